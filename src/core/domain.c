/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Domain handles: lists and their filters, lookups, definitions, what is known of a domain. */
#include "core/conn.h"

eb_domain *eb_domain_from_key(eb_conn *conn, struct eb_domain_key *key)
{
    eb_domain *dom = EB_NEW(eb_domain);

    atomic_init(&dom->refs, 1);
    pthread_mutex_init(&dom->lock, NULL);
    dom->conn = eb_conn_ref(conn);
    memcpy(dom->uuid, key->uuid, sizeof(dom->uuid));
    *EB_APPEND(dom->names, dom->n_names) = EB_STEAL(key->name);
    return dom;
}

eb_domain *eb_domain_ref(eb_domain *dom)
{
    atomic_fetch_add(&dom->refs, 1);
    return dom;
}

void eb_domain_unref(eb_domain *dom)
{
    if (!dom || atomic_fetch_sub(&dom->refs, 1) != 1)
        return;
    for (size_t i = 0; i < dom->n_names; i++)
        free(dom->names[i]);
    free(dom->names);
    pthread_mutex_destroy(&dom->lock);
    eb_conn_unref(dom->conn);
    free(dom);
}

eb_conn *eb_domain_get_conn(eb_domain *dom)
{
    return dom->conn;
}

const char *eb_domain_get_name(eb_domain *dom)
{
    const char *name;

    pthread_mutex_lock(&dom->lock);
    name = dom->names[dom->n_names - 1];
    pthread_mutex_unlock(&dom->lock);
    return name;
}

void eb_domain_get_uuid(eb_domain *dom, unsigned char uuid[16])
{
    memcpy(uuid, dom->uuid, 16);
}

void eb_domain_get_uuid_string(eb_domain *dom, char uuid[37])
{
    eb_uuid_format(dom->uuid, uuid);
}

int eb_domain_get_id(eb_domain *dom)
{
    struct eb_domain_key key = {.id = -1};

    if (!dom->conn->driver->domain.lookup_uuid ||
        dom->conn->driver->domain.lookup_uuid(dom->conn, dom->uuid, &key, NULL) < 0)
        return -1;
    free(key.name);
    return key.id;
}

void eb_domain_summaries_free(struct eb_domain_summary *list, size_t n)
{
    for (size_t i = 0; i < n; i++)
        free(list[i].key.name);
    free(list);
}

/* A group of filters: at most one of the two (or four) holds for a domain; none asked for lets all pass. */
static bool group_passes(unsigned flags, unsigned group, unsigned of_domain)
{
    return !(flags & group) || (flags & group & of_domain);
}

static unsigned state_filter(eb_domain_state state)
{
    if (state == EB_DOMAIN_RUNNING)
        return EB_LIST_RUNNING;
    if (state == EB_DOMAIN_PAUSED)
        return EB_LIST_PAUSED;
    return state == EB_DOMAIN_SHUTOFF ? EB_LIST_SHUTOFF : EB_LIST_OTHER;
}

static bool passes(const struct eb_domain_summary *s, unsigned flags)
{
    return group_passes(flags, EB_LIST_ACTIVE | EB_LIST_INACTIVE,
                        s->key.id >= 0 ? EB_LIST_ACTIVE : EB_LIST_INACTIVE) &&
           group_passes(flags, EB_LIST_PERSISTENT | EB_LIST_TRANSIENT,
                        s->persistent ? EB_LIST_PERSISTENT : EB_LIST_TRANSIENT) &&
           group_passes(flags, EB_LIST_RUNNING | EB_LIST_PAUSED | EB_LIST_SHUTOFF | EB_LIST_OTHER,
                        state_filter(s->state)) &&
           group_passes(flags, EB_LIST_MANAGEDSAVE | EB_LIST_NO_MANAGEDSAVE,
                        s->managed_save ? EB_LIST_MANAGEDSAVE : EB_LIST_NO_MANAGEDSAVE) &&
           group_passes(flags, EB_LIST_AUTOSTART | EB_LIST_NO_AUTOSTART,
                        s->autostart ? EB_LIST_AUTOSTART : EB_LIST_NO_AUTOSTART) &&
           group_passes(flags, EB_LIST_HAS_SNAPSHOT | EB_LIST_NO_SNAPSHOT,
                        s->has_snapshot ? EB_LIST_HAS_SNAPSHOT : EB_LIST_NO_SNAPSHOT) &&
           group_passes(flags, EB_LIST_HAS_CHECKPOINT | EB_LIST_NO_CHECKPOINT,
                        s->has_checkpoint ? EB_LIST_HAS_CHECKPOINT : EB_LIST_NO_CHECKPOINT);
}

static unsigned wanted(unsigned flags)
{
    unsigned want = 0;

    if (flags & (EB_LIST_PERSISTENT | EB_LIST_TRANSIENT))
        want |= EB_WANT_PERSISTENT;
    if (flags & (EB_LIST_MANAGEDSAVE | EB_LIST_NO_MANAGEDSAVE))
        want |= EB_WANT_MANAGED_SAVE;
    if (flags & (EB_LIST_AUTOSTART | EB_LIST_NO_AUTOSTART))
        want |= EB_WANT_AUTOSTART;
    if (flags & (EB_LIST_HAS_SNAPSHOT | EB_LIST_NO_SNAPSHOT))
        want |= EB_WANT_SNAPSHOT;
    if (flags & (EB_LIST_HAS_CHECKPOINT | EB_LIST_NO_CHECKPOINT))
        want |= EB_WANT_CHECKPOINT;
    return want;
}

int eb_conn_list_domains_full(eb_conn *conn, unsigned flags, eb_domain_entry **out, eb_error *err)
{
    struct eb_domain_summary *list = NULL;
    eb_domain_entry *entries;
    int n, kept = 0;

    if (eb_check_flags(flags, (1u << 16) - 1, "virConnectListAllDomains", err) < 0)
        return -1;
    n = EB_CALL(conn, "virConnectListAllDomains", domain.list, conn, wanted(flags), &list, err);
    if (n < 0)
        return -1;
    entries = eb_calloc((size_t)n + 1, sizeof(*entries));
    for (int i = 0; i < n; i++) {
        if (!passes(&list[i], flags))
            continue;
        entries[kept].id = list[i].key.id;
        entries[kept].state = list[i].state;
        entries[kept].reason = list[i].reason;
        entries[kept++].domain = eb_domain_from_key(conn, &list[i].key);
    }
    eb_domain_summaries_free(list, (size_t)n);
    if (out)
        *out = entries;
    else
        eb_domain_entries_free(entries, (size_t)kept);
    return kept;
}

void eb_domain_entries_free(eb_domain_entry *entries, size_t n)
{
    for (size_t i = 0; i < n; i++)
        eb_domain_unref(entries[i].domain);
    free(entries);
}

int eb_conn_list_domains(eb_conn *conn, unsigned flags, eb_domain ***out, eb_error *err)
{
    eb_domain_entry *entries = NULL;
    eb_domain **domains;
    int n = eb_conn_list_domains_full(conn, flags, &entries, err);

    if (n < 0)
        return -1;
    domains = eb_calloc((size_t)n + 1, sizeof(*domains));
    for (int i = 0; i < n; i++)
        domains[i] = EB_STEAL(entries[i].domain);
    free(entries);
    if (out) {
        *out = domains;
    } else {
        for (int i = 0; i < n; i++)
            eb_domain_unref(domains[i]);
        free(domains);
    }
    return n;
}

int eb_domain_give(eb_conn *conn, int result, struct eb_domain_key *key, eb_domain **out)
{
    if (result < 0)
        return -1;
    if (out)
        *out = eb_domain_from_key(conn, key);
    else
        free(key->name);
    return 0;
}

int eb_domain_lookup_by_id(eb_conn *conn, int id, eb_domain **out, eb_error *err)
{
    struct eb_domain_key key = {.id = -1};

    if (id < 0)
        return eb_error_set_arg(err, EB_FROM_DOMAIN, "id in virDomainLookupByID must be zero or greater");
    return eb_domain_give(conn, EB_CALL(conn, "virDomainLookupByID", domain.lookup_id, conn, id, &key, err),
                          &key, out);
}

int eb_domain_lookup_by_uuid(eb_conn *conn, const unsigned char *uuid, eb_domain **out, eb_error *err)
{
    struct eb_domain_key key = {.id = -1};

    if (eb_need_arg(uuid, "uuid", "virDomainLookupByUUID", err) < 0)
        return -1;
    return eb_domain_give(
        conn, EB_CALL(conn, "virDomainLookupByUUID", domain.lookup_uuid, conn, uuid, &key, err), &key, out);
}

int eb_domain_lookup_by_uuid_string(eb_conn *conn, const char *text, eb_domain **out, eb_error *err)
{
    unsigned char uuid[16];

    if (eb_need_arg(text, "uuidstr", "virDomainLookupByUUIDString", err) < 0)
        return -1;
    if (!eb_uuid_parse(text, uuid))
        return eb_error_set_arg(err, EB_FROM_DOMAIN,
                                "uuidstr in virDomainLookupByUUIDString must be a valid UUID");
    return eb_domain_lookup_by_uuid(conn, uuid, out, err);
}

int eb_domain_lookup_by_name(eb_conn *conn, const char *name, eb_domain **out, eb_error *err)
{
    struct eb_domain_key key = {.id = -1};

    if (eb_need_arg(name, "name", "virDomainLookupByName", err) < 0)
        return -1;
    return eb_domain_give(
        conn, EB_CALL(conn, "virDomainLookupByName", domain.lookup_name, conn, name, &key, err), &key, out);
}

int eb_domain_get_state(eb_domain *dom, eb_domain_state *state, int *reason, eb_error *err)
{
    int ignored;

    return EB_CALL(dom->conn, "virDomainGetState", domain.get_state, dom->conn, dom->uuid, state,
                   reason ? reason : &ignored, err);
}

int eb_domain_get_info(eb_domain *dom, eb_domain_info *out, eb_error *err)
{
    memset(out, 0, sizeof(*out));
    return EB_CALL(dom->conn, "virDomainGetInfo", domain.get_info, dom->conn, dom->uuid, out, err);
}

int eb_domain_get_os_type(eb_domain *dom, char **out, eb_error *err)
{
    return EB_CALL(dom->conn, "virDomainGetOSType", domain.get_os_type, dom->conn, dom->uuid, out, err);
}

int eb_domain_is_active(eb_domain *dom, eb_error *err)
{
    return EB_CALL(dom->conn, "virDomainIsActive", domain.is_active, dom->conn, dom->uuid, err);
}

int eb_domain_is_persistent(eb_domain *dom, eb_error *err)
{
    return EB_CALL(dom->conn, "virDomainIsPersistent", domain.is_persistent, dom->conn, dom->uuid, err);
}

int eb_domain_is_updated(eb_domain *dom, eb_error *err)
{
    return EB_CALL(dom->conn, "virDomainIsUpdated", domain.is_updated, dom->conn, dom->uuid, err);
}

int eb_domain_get_xml(eb_domain *dom, unsigned flags, char **xml, eb_error *err)
{
    EB_AUTODEF struct eb_domain_def *def = NULL;
    eb_conn *conn = dom->conn;

    if ((conn->flags & EB_CONNECT_RO) && (flags & (EB_XML_SECURE | EB_XML_MIGRATABLE)))
        return eb_error_set(err, EB_ERR_OPERATION_DENIED, "virDomainGetXMLDesc with secure flag");
    if (eb_check_flags(flags, EB_XML_SECURE | EB_XML_INACTIVE | EB_XML_UPDATE_CPU | EB_XML_MIGRATABLE,
                       "virDomainGetXMLDesc", err) < 0 ||
        EB_CALL(conn, "virDomainGetXMLDesc", domain.get_def, conn, dom->uuid, flags, &def, err) < 0)
        return -1;
    *xml = eb_domain_def_format(def, flags);
    return 0;
}

int eb_domain_get_security_label(eb_domain *dom, eb_security_label *out, eb_error *err)
{
    memset(out, 0, sizeof(*out));
    return EB_CALL(dom->conn, "virDomainGetSecurityLabel", domain.get_security_label, dom->conn, dom->uuid,
                   out, err);
}

int eb_domain_get_messages(eb_domain *dom, unsigned flags, char ***out, eb_error *err)
{
    return EB_CALL(dom->conn, "virDomainGetMessages", domain.get_messages, dom->conn, dom->uuid, flags, out,
                   err);
}

int eb_domain_get_vcpu_info(eb_domain *dom, eb_vcpu_info **out, eb_error *err)
{
    return EB_CALL(dom->conn, "virDomainGetVcpus", domain.get_vcpu_info, dom->conn, dom->uuid, out, err);
}
