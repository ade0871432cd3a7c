/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Snapshots: a handle is a domain and a name; lists, lookups and the tree come from the driver's one list. */
#include "core/object.h"
#include "model/validate.h"

struct eb_snapshot {
    atomic_int refs;
    eb_domain *dom;
    char *name;
};

/* All snapshots of a domain. */
struct summaries {
    struct eb_snapshot_summary *items;
    size_t n;
};

void eb_snapshot_summaries_free(struct eb_snapshot_summary *list, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        free(list[i].name);
        free(list[i].parent);
    }
    free(list);
}

static void summaries_clear(struct summaries *s)
{
    eb_snapshot_summaries_free(s->items, s->n);
}
#define AUTO_SUMMARIES EB_CLEANUP(summaries_clear) struct summaries

eb_snapshot *eb_snapshot_from_name(eb_domain *dom, const char *name)
{
    eb_snapshot *snapshot = EB_NEW(eb_snapshot);

    atomic_init(&snapshot->refs, 1);
    snapshot->dom = eb_domain_ref(dom);
    snapshot->name = eb_strdup(name);
    return snapshot;
}

eb_snapshot *eb_snapshot_ref(eb_snapshot *snapshot)
{
    atomic_fetch_add(&snapshot->refs, 1);
    return snapshot;
}

void eb_snapshot_unref(eb_snapshot *snapshot)
{
    if (!snapshot || atomic_fetch_sub(&snapshot->refs, 1) != 1)
        return;
    eb_domain_unref(snapshot->dom);
    free(snapshot->name);
    free(snapshot);
}

eb_domain *eb_snapshot_get_domain(eb_snapshot *snapshot)
{
    return snapshot->dom;
}

const char *eb_snapshot_get_name(eb_snapshot *snapshot)
{
    return snapshot->name;
}

static int no_flags(unsigned flags, const char *function, eb_error *err)
{
    return eb_check_flags(flags, 0, function, err);
}

static int read_all(eb_domain *dom, const char *function, struct summaries *out, eb_error *err)
{
    int n = EB_CALL_GROUP(dom->conn, function, snapshot, list, dom->conn, dom->uuid, &out->items, err);

    if (n < 0)
        return -1;
    out->n = (size_t)n;
    return 0;
}

static const struct eb_snapshot_summary *find(const struct summaries *all, const char *name)
{
    for (size_t i = 0; i < all->n; i++) {
        if (eb_streq(all->items[i].name, name))
            return &all->items[i];
    }
    return NULL;
}

/* The snapshot of that name, or NULL with the error. */
static const struct eb_snapshot_summary *need(const struct summaries *all, const char *name, eb_error *err)
{
    const struct eb_snapshot_summary *found = find(all, name);

    if (!found)
        eb_error_set(err, EB_ERR_NO_DOMAIN_SNAPSHOT, "no domain snapshot with matching name '%s'", name);
    return found;
}

/* ---- Lists ---- */

static bool group_passes(unsigned flags, unsigned group, unsigned of_snapshot)
{
    return !(flags & group) || (flags & group & of_snapshot);
}

static bool has_children(const struct summaries *all, const char *name)
{
    for (size_t i = 0; i < all->n; i++) {
        if (eb_streq(all->items[i].parent, name))
            return true;
    }
    return false;
}

static unsigned state_filter(int state)
{
    if (state == EB_SNAPSHOT_DISK_ONLY)
        return EB_LIST_SNAPSHOTS_DISK_ONLY;
    return state == EB_DOMAIN_SHUTOFF ? EB_LIST_SNAPSHOTS_INACTIVE : EB_LIST_SNAPSHOTS_ACTIVE;
}

static bool passes(const struct summaries *all, const struct eb_snapshot_summary *s, unsigned flags)
{
    const unsigned leaves = EB_LIST_SNAPSHOTS_LEAVES | EB_LIST_SNAPSHOTS_NO_LEAVES;

    if ((flags & leaves) && (flags & leaves) != leaves &&
        has_children(all, s->name) == !!(flags & EB_LIST_SNAPSHOTS_LEAVES))
        return false;
    return group_passes(flags, EB_LIST_SNAPSHOTS_METADATA | EB_LIST_SNAPSHOTS_NO_METADATA,
                        s->metadata ? EB_LIST_SNAPSHOTS_METADATA : EB_LIST_SNAPSHOTS_NO_METADATA) &&
           group_passes(flags,
                        EB_LIST_SNAPSHOTS_INACTIVE | EB_LIST_SNAPSHOTS_ACTIVE | EB_LIST_SNAPSHOTS_DISK_ONLY,
                        state_filter(s->state)) &&
           group_passes(flags, EB_LIST_SNAPSHOTS_INTERNAL | EB_LIST_SNAPSHOTS_EXTERNAL,
                        s->external ? EB_LIST_SNAPSHOTS_EXTERNAL : EB_LIST_SNAPSHOTS_INTERNAL);
}

static int known_flags(unsigned flags, const char *function, eb_error *err)
{
    return eb_check_flags(flags, (EB_LIST_SNAPSHOTS_TOPOLOGICAL << 1) - 1, function, err);
}

/* Handles of those that `wanted` says; a flag for each of `all`. */
static int give(eb_domain *dom, const struct summaries *all, const bool *wanted, eb_snapshot ***out)
{
    eb_snapshot **handles = out ? eb_calloc(all->n + 1, sizeof(*handles)) : NULL;
    int n = 0;

    for (size_t i = 0; i < all->n; i++) {
        if (!wanted[i])
            continue;
        if (handles)
            handles[n] = eb_snapshot_from_name(dom, all->items[i].name);
        n++;
    }
    if (out)
        *out = handles;
    return n;
}

int eb_domain_list_snapshots(eb_domain *dom, unsigned flags, eb_snapshot ***out, eb_error *err)
{
    const char *function = out ? "virDomainListAllSnapshots" : "virDomainSnapshotNum";
    AUTO_SUMMARIES all = {0};
    EB_AUTOFREE bool *wanted = NULL;

    if (known_flags(flags, function, err) < 0 || read_all(dom, function, &all, err) < 0)
        return -1;
    wanted = eb_calloc(all.n + 1, sizeof(*wanted));
    for (size_t i = 0; i < all.n; i++)
        wanted[i] = passes(&all, &all.items[i], flags) &&
                    (!(flags & EB_LIST_SNAPSHOTS_ROOTS) || !all.items[i].parent);
    return give(dom, &all, wanted, out);
}

int eb_snapshot_list_children(eb_snapshot *snapshot, unsigned flags, eb_snapshot ***out, eb_error *err)
{
    const char *function = out ? "virDomainSnapshotListAllChildren" : "virDomainSnapshotNumChildren";
    AUTO_SUMMARIES all = {0};
    EB_AUTOFREE bool *below = NULL;

    if (known_flags(flags, function, err) < 0 || read_all(snapshot->dom, function, &all, err) < 0 ||
        !need(&all, snapshot->name, err))
        return -1;
    below = eb_calloc(all.n + 1, sizeof(*below));
    for (size_t i = 0; i < all.n; i++) {
        const char *parent = all.items[i].parent;

        /* parents come before their children */
        below[i] = parent && (eb_streq(parent, snapshot->name) || ((flags & EB_LIST_SNAPSHOTS_DESCENDANTS) &&
                                                                   below[find(&all, parent) - all.items]));
    }
    for (size_t i = 0; i < all.n; i++)
        below[i] = below[i] && passes(&all, &all.items[i], flags);
    return give(snapshot->dom, &all, below, out);
}

int eb_domain_lookup_snapshot(eb_domain *dom, const char *name, unsigned flags, eb_snapshot **out,
                              eb_error *err)
{
    static const char function[] = "virDomainSnapshotLookupByName";
    AUTO_SUMMARIES all = {0};

    if (eb_need_arg(name, "name", function, err) < 0 || no_flags(flags, function, err) < 0 ||
        read_all(dom, function, &all, err) < 0)
        return -1;
    if (!need(&all, name, err))
        return eb_driver_result(dom->conn, -1, err);
    *out = eb_snapshot_from_name(dom, name);
    return 0;
}

/* ---- The current one ---- */

static const struct eb_snapshot_summary *current(const struct summaries *all)
{
    for (size_t i = 0; i < all->n; i++) {
        if (all->items[i].current)
            return &all->items[i];
    }
    return NULL;
}

int eb_domain_has_current_snapshot(eb_domain *dom, unsigned flags, eb_error *err)
{
    static const char function[] = "virDomainHasCurrentSnapshot";
    AUTO_SUMMARIES all = {0};

    if (no_flags(flags, function, err) < 0 || read_all(dom, function, &all, err) < 0)
        return -1;
    return current(&all) != NULL;
}

int eb_domain_get_current_snapshot(eb_domain *dom, unsigned flags, eb_snapshot **out, eb_error *err)
{
    static const char function[] = "virDomainSnapshotCurrent";
    const struct eb_snapshot_summary *found;
    AUTO_SUMMARIES all = {0};

    if (no_flags(flags, function, err) < 0 || read_all(dom, function, &all, err) < 0)
        return -1;
    found = current(&all);
    if (!found) {
        eb_error_set(err, EB_ERR_NO_DOMAIN_SNAPSHOT, "the domain does not have a current snapshot");
        return eb_driver_result(dom->conn, -1, err);
    }
    *out = eb_snapshot_from_name(dom, found->name);
    return 0;
}

/* ---- What is known of one ---- */

/* What the driver's list says of the snapshot; it lives as long as `all`. */
static const struct eb_snapshot_summary *look(eb_snapshot *s, unsigned flags, const char *function,
                                              struct summaries *all, eb_error *err)
{
    const struct eb_snapshot_summary *found;

    if (no_flags(flags, function, err) < 0 || read_all(s->dom, function, all, err) < 0)
        return NULL;
    found = need(all, s->name, err);
    if (!found)
        eb_driver_result(s->dom->conn, -1, err);
    return found;
}

int eb_snapshot_get_parent(eb_snapshot *snapshot, unsigned flags, eb_snapshot **out, eb_error *err)
{
    AUTO_SUMMARIES all = {0};
    const struct eb_snapshot_summary *found = look(snapshot, flags, "virDomainSnapshotGetParent", &all, err);

    if (!found)
        return -1;
    if (!found->parent) {
        eb_error_set(err, EB_ERR_NO_DOMAIN_SNAPSHOT, "snapshot '%s' does not have a parent", found->name);
        return eb_driver_result(snapshot->dom->conn, -1, err);
    }
    *out = eb_snapshot_from_name(snapshot->dom, found->parent);
    return 0;
}

int eb_snapshot_is_current(eb_snapshot *snapshot, unsigned flags, eb_error *err)
{
    AUTO_SUMMARIES all = {0};
    const struct eb_snapshot_summary *found = look(snapshot, flags, "virDomainSnapshotIsCurrent", &all, err);

    return found ? found->current : -1;
}

int eb_snapshot_has_metadata(eb_snapshot *snapshot, unsigned flags, eb_error *err)
{
    AUTO_SUMMARIES all = {0};
    const struct eb_snapshot_summary *found =
        look(snapshot, flags, "virDomainSnapshotHasMetadata", &all, err);

    return found ? found->metadata : -1;
}

int eb_snapshot_get_xml(eb_snapshot *snapshot, unsigned flags, char **xml, eb_error *err)
{
    static const char function[] = "virDomainSnapshotGetXMLDesc";
    EB_AUTOSNAPSHOT struct eb_snapshot_def *def = NULL;
    eb_conn *conn = snapshot->dom->conn;

    if ((conn->flags & EB_CONNECT_RO) && (flags & EB_XML_SECURE))
        return eb_error_set_from(err, EB_FROM_DOMAIN_SNAPSHOT, EB_ERR_OPERATION_DENIED, "%s with secure flag",
                                 function);
    if (eb_check_flags(flags, EB_XML_SECURE, function, err) < 0 ||
        EB_CALL_GROUP(conn, function, snapshot, get_def, conn, snapshot->dom->uuid, snapshot->name, flags,
                      &def, err) < 0)
        return -1;
    *xml = eb_snapshot_def_format(def, flags);
    return 0;
}

/* ---- Changes ---- */

static int check_create(eb_conn *conn, const char *xml, unsigned flags, const char *function, eb_error *err)
{
    if (eb_need_write(conn, function, err) < 0 || eb_need_arg(xml, "xmlDesc", function, err) < 0)
        return -1;
    if ((flags & EB_SNAPSHOT_CREATE_CURRENT) && !(flags & EB_SNAPSHOT_CREATE_REDEFINE))
        return eb_error_set_arg(err, EB_FROM_DOMAIN_SNAPSHOT,
                                "Flag 'VIR_DOMAIN_SNAPSHOT_CREATE_REDEFINE' is required by flag "
                                "'VIR_DOMAIN_SNAPSHOT_CREATE_CURRENT'");
    return eb_need_exclusive(flags, EB_SNAPSHOT_CREATE_REDEFINE, "VIR_DOMAIN_SNAPSHOT_CREATE_REDEFINE",
                             EB_SNAPSHOT_CREATE_NO_METADATA, "VIR_DOMAIN_SNAPSHOT_CREATE_NO_METADATA", err);
}

int eb_domain_create_snapshot(eb_domain *dom, const char *xml, unsigned flags, eb_snapshot **out,
                              eb_error *err)
{
    static const char function[] = "virDomainSnapshotCreateXML";
    EB_AUTOSNAPSHOT struct eb_snapshot_def *def = NULL;
    eb_conn *conn = dom->conn;

    if (check_create(conn, xml, flags, function, err) < 0)
        return -1;
    if (!conn->driver->snapshot || !conn->driver->snapshot->create)
        return eb_no_support(conn, function, err);
    if (((flags & EB_SNAPSHOT_CREATE_VALIDATE) && eb_xml_validate(xml, "domainsnapshot.rng", err) < 0) ||
        eb_snapshot_def_parse(xml, flags & EB_SNAPSHOT_CREATE_REDEFINE, &def, err) < 0 ||
        EB_CALL_GROUP(conn, function, snapshot, create, conn, dom->uuid, def,
                      flags & ~(unsigned)EB_SNAPSHOT_CREATE_VALIDATE, err) < 0)
        return -1;
    if (out)
        *out = eb_snapshot_from_name(dom, def->name);
    return 0;
}

int eb_snapshot_revert(eb_snapshot *snapshot, unsigned flags, eb_error *err)
{
    static const char function[] = "virDomainRevertToSnapshot";
    eb_domain *dom = snapshot->dom;

    if (eb_need_write(dom->conn, function, err) < 0 ||
        eb_need_exclusive(flags, EB_SNAPSHOT_REVERT_RUNNING, "VIR_DOMAIN_SNAPSHOT_REVERT_RUNNING",
                          EB_SNAPSHOT_REVERT_PAUSED, "VIR_DOMAIN_SNAPSHOT_REVERT_PAUSED", err) < 0)
        return -1;
    return EB_CALL_GROUP(dom->conn, function, snapshot, revert, dom->conn, dom->uuid, snapshot->name, flags,
                         err);
}

int eb_snapshot_delete(eb_snapshot *snapshot, unsigned flags, eb_error *err)
{
    static const char function[] = "virDomainSnapshotDelete";
    eb_domain *dom = snapshot->dom;

    if (eb_need_write(dom->conn, function, err) < 0 ||
        eb_need_exclusive(flags, EB_SNAPSHOT_DELETE_CHILDREN, "VIR_DOMAIN_SNAPSHOT_DELETE_CHILDREN",
                          EB_SNAPSHOT_DELETE_CHILDREN_ONLY, "VIR_DOMAIN_SNAPSHOT_DELETE_CHILDREN_ONLY",
                          err) < 0)
        return -1;
    return EB_CALL_GROUP(dom->conn, function, snapshot, delete, dom->conn, dom->uuid, snapshot->name, flags,
                         err);
}
