/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Domains: lists and lookups, what is known of them, their definitions. */
#include "remote/calls.h"

#include <uthash.h>

/* ---- names ---- */

struct known_name {
    unsigned char uuid[16];
    char *name;
    int id;
    struct known_name *older; /* the name that it had: a message under way may still borrow it */
    UT_hash_handle hh;
};

static void remember(struct remote_conn *c, const struct rpc_domain *dom)
{
    struct known_name *known;

    pthread_mutex_lock(&c->lock);
    HASH_FIND(hh, c->names, dom->uuid, sizeof(known->uuid), known);
    if (!known) {
        known = EB_NEW(struct known_name);
        memcpy(known->uuid, dom->uuid, sizeof(known->uuid));
        known->name = eb_strdup(dom->name);
        HASH_ADD(hh, c->names, uuid, sizeof(known->uuid), known);
    } else if (strcmp(known->name, dom->name) != 0) {
        struct known_name *old = EB_NEW(struct known_name);

        old->name = known->name;
        old->older = known->older;
        known->older = old;
        known->name = eb_strdup(dom->name);
    }
    known->id = dom->id;
    pthread_mutex_unlock(&c->lock);
}

struct rpc_domain remote_domain(eb_conn *conn, eb_uuid uuid)
{
    struct remote_conn *c = remote_of(conn);
    struct rpc_domain dom = {.name = TEXT("-"), .id = -1};
    struct known_name *known;

    memcpy(dom.uuid, uuid, sizeof(dom.uuid));
    pthread_mutex_lock(&c->lock);
    HASH_FIND(hh, c->names, uuid, sizeof(known->uuid), known);
    if (known) {
        dom.name = known->name;
        dom.id = known->id;
    }
    pthread_mutex_unlock(&c->lock);
    return dom;
}

void remote_take_domain(eb_conn *conn, const struct rpc_domain *dom, struct eb_domain_key *out)
{
    remember(remote_of(conn), dom);
    memcpy(out->uuid, dom->uuid, sizeof(out->uuid));
    out->name = eb_strdup(dom->name);
    out->id = dom->id;
}

void remote_names_free(struct remote_conn *c)
{
    struct known_name *known, *next;

    HASH_ITER (hh, c->names, known, next) {
        HASH_DEL(c->names, known);
        while (known) {
            struct known_name *older = known->older;

            free(known->name);
            free(known);
            known = older;
        }
    }
}

/* ---- calls of one kind ---- */

/* Takes the domain out of an answer. */
static int give_key(eb_conn *conn, uint32_t procedure, void *ret, const struct rpc_domain *dom,
                    struct eb_domain_key *out)
{
    remote_take_domain(conn, dom, out);
    remote_clear(procedure, ret);
    return 0;
}
#define GIVE_KEY(PROCEDURE, name, ...)                                                                       \
    do {                                                                                                     \
        struct rpc_##name##_args args_ = {__VA_ARGS__};                                                      \
        struct rpc_##name##_ret ret_ = {0};                                                                  \
                                                                                                             \
        if (REMOTE_CALL(conn, PROCEDURE, &args_, &ret_, err) < 0)                                            \
            return -1;                                                                                       \
        return give_key(conn, RPC_##PROCEDURE, &ret_, &ret_.dom, out);                                       \
    } while (0)

/* ---- lists ---- */

/* libvirt's flags of a list that has only those that are so. */
static const struct {
    unsigned want, flag;
} filters[] = {{EB_WANT_PERSISTENT, EB_LIST_PERSISTENT},
               {EB_WANT_AUTOSTART, EB_LIST_AUTOSTART},
               {EB_WANT_MANAGED_SAVE, EB_LIST_MANAGEDSAVE},
               {EB_WANT_SNAPSHOT, EB_LIST_HAS_SNAPSHOT},
               {EB_WANT_CHECKPOINT, EB_LIST_HAS_CHECKPOINT}};

static void mark(struct eb_domain_summary *s, unsigned want)
{
    switch (want) {
    case EB_WANT_PERSISTENT:
        s->persistent = true;
        break;
    case EB_WANT_AUTOSTART:
        s->autostart = true;
        break;
    case EB_WANT_MANAGED_SAVE:
        s->managed_save = true;
        break;
    case EB_WANT_SNAPSHOT:
        s->has_snapshot = true;
        break;
    default:
        s->has_checkpoint = true;
        break;
    }
}

static int mark_those(eb_conn *conn, unsigned want, unsigned flag, struct eb_domain_summary *list, uint32_t n,
                      eb_error *err)
{
    struct rpc_connect_list_all_domains_args args = {.need = 1, .flags = flag};
    struct rpc_connect_list_all_domains_ret ret = {0};

    if (REMOTE_CALL(conn, CONNECT_LIST_ALL_DOMAINS, &args, &ret, err) < 0)
        return -1;
    for (uint32_t i = 0, at = 0; i < ret.domains.n; i++) {
        /* Both are in the far side's order, unless something happened between. */
        for (uint32_t tried = 0; tried < n; tried++, at++) {
            if (memcmp(list[at % n].key.uuid, ret.domains.items[i].uuid, 16) == 0) {
                mark(&list[at % n], want);
                break;
            }
        }
    }
    remote_clear(RPC_CONNECT_LIST_ALL_DOMAINS, &ret);
    return 0;
}

/* Their states, with all questions under way at once. One that went meanwhile leaves the list. */
static uint32_t take_states(eb_conn *conn, struct eb_domain_summary *list, uint32_t n)
{
    struct remote *r = remote_of(conn)->r;
    int64_t *numbers = eb_calloc((size_t)n + 1, sizeof(*numbers));
    uint32_t kept = 0;

    for (uint32_t i = 0; i < n; i++) {
        struct rpc_domain_get_state_args args = {.dom = remote_domain(conn, list[i].key.uuid)};

        numbers[i] = remote_send(r, RPC_DOMAIN_GET_STATE, &args, NULL);
    }
    for (uint32_t i = 0; i < n; i++) {
        struct rpc_domain_get_state_ret ret = {0};

        if (numbers[i] < 0 || remote_wait(r, numbers[i], &ret, NULL) < 0) {
            free(list[i].key.name);
            continue;
        }
        list[i].state = (eb_domain_state)ret.state;
        list[i].reason = ret.reason;
        list[kept++] = list[i];
    }
    free(numbers);
    return kept;
}

int remote_list(eb_conn *conn, unsigned want, struct eb_domain_summary **out, eb_error *err)
{
    struct rpc_connect_list_all_domains_args args = {.need = 1};
    struct rpc_connect_list_all_domains_ret ret = {0};
    struct eb_domain_summary *list;
    uint32_t n;

    if (REMOTE_CALL(conn, CONNECT_LIST_ALL_DOMAINS, &args, &ret, err) < 0)
        return -1;
    n = ret.domains.n;
    list = eb_calloc((size_t)n + 1, sizeof(*list));
    for (uint32_t i = 0; i < n; i++)
        remote_take_domain(conn, &ret.domains.items[i], &list[i].key);
    remote_clear(RPC_CONNECT_LIST_ALL_DOMAINS, &ret);
    for (size_t i = 0; n && i < EB_ARRAY_SIZE(filters); i++) {
        if ((want & filters[i].want) &&
            mark_those(conn, filters[i].want, filters[i].flag, list, n, err) < 0) {
            eb_domain_summaries_free(list, n);
            return -1;
        }
    }
    n = take_states(conn, list, n);
    *out = list;
    return (int)n;
}

int remote_lookup_uuid(eb_conn *conn, eb_uuid uuid, struct eb_domain_key *out, eb_error *err)
{
    struct rpc_domain_lookup_by_uuid_args args;
    struct rpc_domain_lookup_by_uuid_ret ret = {0};

    memcpy(args.uuid, uuid, sizeof(args.uuid));
    if (REMOTE_CALL(conn, DOMAIN_LOOKUP_BY_UUID, &args, &ret, err) < 0)
        return -1;
    return give_key(conn, RPC_DOMAIN_LOOKUP_BY_UUID, &ret, &ret.dom, out);
}

int remote_lookup_name(eb_conn *conn, const char *name, struct eb_domain_key *out, eb_error *err)
{
    GIVE_KEY(DOMAIN_LOOKUP_BY_NAME, domain_lookup_by_name, .name = TEXT(name));
}

int remote_lookup_id(eb_conn *conn, int id, struct eb_domain_key *out, eb_error *err)
{
    GIVE_KEY(DOMAIN_LOOKUP_BY_ID, domain_lookup_by_id, .id = id);
}

/* ---- what is known ---- */

int remote_get_state(eb_conn *conn, eb_uuid uuid, eb_domain_state *state, int *reason, eb_error *err)
{
    struct rpc_domain_get_state_args args = {.dom = remote_domain(conn, uuid)};
    struct rpc_domain_get_state_ret ret = {0};

    if (REMOTE_CALL(conn, DOMAIN_GET_STATE, &args, &ret, err) < 0)
        return -1;
    *state = (eb_domain_state)ret.state;
    if (reason)
        *reason = ret.reason;
    return 0;
}

int remote_get_info(eb_conn *conn, eb_uuid uuid, eb_domain_info *out, eb_error *err)
{
    struct rpc_domain_get_info_args args = {.dom = remote_domain(conn, uuid)};
    struct rpc_domain_get_info_ret ret = {0};

    if (REMOTE_CALL(conn, DOMAIN_GET_INFO, &args, &ret, err) < 0)
        return -1;
    out->state = (eb_domain_state)ret.state;
    out->max_memory = ret.max_memory;
    out->memory = ret.memory;
    out->vcpus = ret.vcpus;
    out->cpu_time = ret.cpu_time;
    return 0;
}

int remote_get_os_type(eb_conn *conn, eb_uuid uuid, char **out, eb_error *err)
{
    GET(DOMAIN_GET_OS_TYPE, domain_get_os_type, type, );
}

int remote_is_active(eb_conn *conn, eb_uuid uuid, eb_error *err)
{
    ASK(DOMAIN_IS_ACTIVE, domain_is_active, active, );
}

int remote_is_persistent(eb_conn *conn, eb_uuid uuid, eb_error *err)
{
    ASK(DOMAIN_IS_PERSISTENT, domain_is_persistent, persistent, );
}

int remote_is_updated(eb_conn *conn, eb_uuid uuid, eb_error *err)
{
    ASK(DOMAIN_IS_UPDATED, domain_is_updated, updated, );
}

int remote_get_security_label(eb_conn *conn, eb_uuid uuid, eb_security_label *out, eb_error *err)
{
    struct rpc_domain_get_security_label_args args = {.dom = remote_domain(conn, uuid)};
    struct rpc_domain_get_security_label_ret ret = {0};

    if (REMOTE_CALL(conn, DOMAIN_GET_SECURITY_LABEL, &args, &ret, err) < 0)
        return -1;
    memset(out, 0, sizeof(*out));
    for (uint32_t i = 0; i < ret.label.n && i + 1 < sizeof(out->label); i++)
        out->label[i] = ret.label.items[i];
    out->enforcing = ret.enforcing;
    remote_clear(RPC_DOMAIN_GET_SECURITY_LABEL, &ret);
    return 0;
}

int remote_get_messages(eb_conn *conn, eb_uuid uuid, unsigned flags, char ***out, eb_error *err)
{
    struct rpc_domain_get_messages_args args = {.dom = remote_domain(conn, uuid), .flags = flags};
    struct rpc_domain_get_messages_ret ret = {0};
    int n;

    if (REMOTE_CALL(conn, DOMAIN_GET_MESSAGES, &args, &ret, err) < 0)
        return -1;
    n = (int)ret.messages.n;
    *out = eb_calloc((size_t)n + 1, sizeof(char *));
    for (int i = 0; i < n; i++)
        (*out)[i] = EB_STEAL(ret.messages.items[i]);
    ret.messages.n = 0;
    remote_clear(RPC_DOMAIN_GET_MESSAGES, &ret);
    return n;
}

/* ---- definitions ---- */

static int parse(const char *xml, unsigned flags, struct eb_domain_def **out, eb_error *err)
{
    return eb_domain_def_parse(xml, flags & EB_XML_INACTIVE, out, err);
}

int remote_get_def(eb_conn *conn, eb_uuid uuid, unsigned flags, struct eb_domain_def **out, eb_error *err)
{
    struct rpc_domain_get_xml_desc_args args = {.dom = remote_domain(conn, uuid), .flags = flags};
    struct rpc_domain_get_xml_desc_ret ret = {0};
    int result;

    if (REMOTE_CALL(conn, DOMAIN_GET_XML_DESC, &args, &ret, err) < 0)
        return -1;
    result = parse(ret.xml, flags, out, err);
    remote_clear(RPC_DOMAIN_GET_XML_DESC, &ret);
    return result;
}

static char *format(const struct eb_domain_def *def)
{
    return def ? eb_domain_def_format(def, EB_XML_SECURE) : NULL;
}

int remote_define(eb_conn *conn, const struct eb_domain_def *def, unsigned flags, struct eb_domain_key *out,
                  eb_error *err)
{
    EB_AUTOFREE char *xml = format(def);

    GIVE_KEY(DOMAIN_DEFINE_XML_FLAGS, domain_define_xml_flags, .xml = xml, .flags = flags);
}

int remote_xml_from_native(eb_conn *conn, const char *type, const char *config, unsigned flags,
                           struct eb_domain_def **out, eb_error *err)
{
    struct rpc_connect_domain_xml_from_native_args args = {(char *)(uintptr_t)type, (char *)(uintptr_t)config,
                                                           flags};
    struct rpc_connect_domain_xml_from_native_ret ret = {0};
    int result;

    if (REMOTE_CALL(conn, CONNECT_DOMAIN_XML_FROM_NATIVE, &args, &ret, err) < 0)
        return -1;
    result = parse(ret.xml, 0, out, err);
    remote_clear(RPC_CONNECT_DOMAIN_XML_FROM_NATIVE, &ret);
    return result;
}

int remote_xml_to_native(eb_conn *conn, const char *type, const struct eb_domain_def *def, unsigned flags,
                         char **config, eb_error *err)
{
    EB_AUTOFREE char *xml = format(def);
    struct rpc_connect_domain_xml_to_native_args args = {(char *)(uintptr_t)type, xml, flags};
    struct rpc_connect_domain_xml_to_native_ret ret = {0};

    if (REMOTE_CALL(conn, CONNECT_DOMAIN_XML_TO_NATIVE, &args, &ret, err) < 0)
        return -1;
    *config = ret.config;
    return 0;
}

int remote_create(eb_conn *conn, const struct eb_domain_def *def, unsigned flags, struct eb_domain_key *out,
                  eb_error *err)
{
    EB_AUTOFREE char *xml = format(def);

    GIVE_KEY(DOMAIN_CREATE_XML, domain_create_xml, .xml = xml, .flags = flags);
}

int remote_undefine(eb_conn *conn, eb_uuid uuid, unsigned flags, eb_error *err)
{
    return DO(DOMAIN_UNDEFINE_FLAGS, domain_undefine_flags, .flags = flags);
}

int remote_get_metadata(eb_conn *conn, eb_uuid uuid, int type, const char *uri, unsigned flags, char **out,
                        eb_error *err)
{
    GET(DOMAIN_GET_METADATA, domain_get_metadata, metadata, .type = type, .uri = TEXT(uri), .flags = flags);
}

int remote_set_metadata(eb_conn *conn, eb_uuid uuid, int type, const char *metadata, const char *key,
                        const char *uri, unsigned flags, eb_error *err)
{
    return DO(DOMAIN_SET_METADATA, domain_set_metadata, .type = type, .metadata = TEXT(metadata),
              .key = TEXT(key), .uri = TEXT(uri), .flags = flags);
}

int remote_rename(eb_conn *conn, eb_uuid uuid, const char *name, unsigned flags, eb_error *err)
{
    struct rpc_domain_rename_args args = {
        .dom = remote_domain(conn, uuid), .name = TEXT(name), .flags = flags};
    struct rpc_domain_rename_ret ret = {0};
    struct rpc_domain renamed = args.dom;

    if (REMOTE_CALL(conn, DOMAIN_RENAME, &args, &ret, err) < 0)
        return -1;
    renamed.name = TEXT(name);
    remember(remote_of(conn), &renamed);
    return 0;
}

/* ---- life ---- */

int remote_start(eb_conn *conn, eb_uuid uuid, unsigned flags, eb_error *err)
{
    struct rpc_domain_create_with_flags_args args = {.dom = remote_domain(conn, uuid), .flags = flags};
    struct rpc_domain_create_with_flags_ret ret = {0};

    if (REMOTE_CALL(conn, DOMAIN_CREATE_WITH_FLAGS, &args, &ret, err) < 0)
        return -1;
    remember(remote_of(conn), &ret.dom);
    remote_clear(RPC_DOMAIN_CREATE_WITH_FLAGS, &ret);
    return 0;
}

int remote_suspend(eb_conn *conn, eb_uuid uuid, eb_error *err)
{
    return DO(DOMAIN_SUSPEND, domain_suspend, );
}

int remote_resume(eb_conn *conn, eb_uuid uuid, eb_error *err)
{
    return DO(DOMAIN_RESUME, domain_resume, );
}

int remote_shutdown(eb_conn *conn, eb_uuid uuid, unsigned flags, eb_error *err)
{
    return flags ? DO(DOMAIN_SHUTDOWN_FLAGS, domain_shutdown_flags, .flags = flags)
                 : DO(DOMAIN_SHUTDOWN, domain_shutdown, );
}

int remote_reboot(eb_conn *conn, eb_uuid uuid, unsigned flags, eb_error *err)
{
    return DO(DOMAIN_REBOOT, domain_reboot, .flags = flags);
}

int remote_reset(eb_conn *conn, eb_uuid uuid, unsigned flags, eb_error *err)
{
    return DO(DOMAIN_RESET, domain_reset, .flags = flags);
}

int remote_destroy(eb_conn *conn, eb_uuid uuid, unsigned flags, eb_error *err)
{
    return flags ? DO(DOMAIN_DESTROY_FLAGS, domain_destroy_flags, .flags = flags)
                 : DO(DOMAIN_DESTROY, domain_destroy, );
}

int remote_save(eb_conn *conn, eb_uuid uuid, const char *path, const struct eb_domain_def *dxml,
                unsigned flags, eb_error *err)
{
    EB_AUTOFREE char *xml = format(dxml);

    return xml || flags
               ? DO(DOMAIN_SAVE_FLAGS, domain_save_flags, .path = TEXT(path), .xml = xml, .flags = flags)
               : DO(DOMAIN_SAVE, domain_save, .path = TEXT(path));
}

int remote_restore(eb_conn *conn, const char *path, const struct eb_domain_def *dxml, unsigned flags,
                   eb_error *err)
{
    EB_AUTOFREE char *xml = format(dxml);
    struct rpc_domain_restore_args plain = {.path = TEXT(path)};
    struct rpc_domain_restore_flags_args args = {.path = TEXT(path), .xml = xml, .flags = flags};

    return xml || flags ? REMOTE_CALL(conn, DOMAIN_RESTORE_FLAGS, &args, NULL, err)
                        : REMOTE_CALL(conn, DOMAIN_RESTORE, &plain, NULL, err);
}

int remote_save_image_get_def(eb_conn *conn, const char *path, unsigned flags, struct eb_domain_def **out,
                              eb_error *err)
{
    struct rpc_domain_save_image_get_xml_desc_args args = {.path = TEXT(path), .flags = flags};
    struct rpc_domain_save_image_get_xml_desc_ret ret = {0};
    int result;

    if (REMOTE_CALL(conn, DOMAIN_SAVE_IMAGE_GET_XML_DESC, &args, &ret, err) < 0)
        return -1;
    result = parse(ret.xml, flags, out, err);
    remote_clear(RPC_DOMAIN_SAVE_IMAGE_GET_XML_DESC, &ret);
    return result;
}

int remote_managed_save(eb_conn *conn, eb_uuid uuid, unsigned flags, eb_error *err)
{
    return DO(DOMAIN_MANAGED_SAVE, domain_managed_save, .flags = flags);
}

int remote_has_managed_save(eb_conn *conn, eb_uuid uuid, unsigned flags, eb_error *err)
{
    ASK(DOMAIN_HAS_MANAGED_SAVE_IMAGE, domain_has_managed_save_image, has, .flags = flags);
}

int remote_managed_save_remove(eb_conn *conn, eb_uuid uuid, unsigned flags, eb_error *err)
{
    return DO(DOMAIN_MANAGED_SAVE_REMOVE, domain_managed_save_remove, .flags = flags);
}

/* ---- settings ---- */

int remote_get_autostart(eb_conn *conn, eb_uuid uuid, eb_error *err)
{
    ASK(DOMAIN_GET_AUTOSTART, domain_get_autostart, autostart, );
}

int remote_set_autostart(eb_conn *conn, eb_uuid uuid, bool autostart, eb_error *err)
{
    return DO(DOMAIN_SET_AUTOSTART, domain_set_autostart, .autostart = autostart);
}

int remote_get_max_memory(eb_conn *conn, eb_uuid uuid, uint64_t *out, eb_error *err)
{
    GET(DOMAIN_GET_MAX_MEMORY, domain_get_max_memory, memory, );
}

int remote_set_memory(eb_conn *conn, eb_uuid uuid, uint64_t kib, unsigned flags, eb_error *err)
{
    return DO(DOMAIN_SET_MEMORY_FLAGS, domain_set_memory_flags, .memory = kib, .flags = flags);
}

int remote_get_vcpus(eb_conn *conn, eb_uuid uuid, unsigned flags, eb_error *err)
{
    ASK(DOMAIN_GET_VCPUS_FLAGS, domain_get_vcpus_flags, count, .flags = flags);
}

int remote_set_vcpus(eb_conn *conn, eb_uuid uuid, unsigned count, unsigned flags, eb_error *err)
{
    return DO(DOMAIN_SET_VCPUS_FLAGS, domain_set_vcpus_flags, .count = count, .flags = flags);
}

int remote_get_vcpu_info(eb_conn *conn, eb_uuid uuid, eb_vcpu_info **out, eb_error *err)
{
    struct rpc_domain_get_vcpus_args args = {.dom = remote_domain(conn, uuid), .max_info = 16384};
    struct rpc_domain_get_vcpus_ret ret = {0};
    int n;

    if (REMOTE_CALL(conn, DOMAIN_GET_VCPUS, &args, &ret, err) < 0)
        return -1;
    n = (int)ret.info.n;
    *out = eb_calloc((size_t)n + 1, sizeof(**out));
    for (int i = 0; i < n; i++)
        (*out)[i] = (eb_vcpu_info){.number = ret.info.items[i].number,
                                   .state = ret.info.items[i].state,
                                   .cpu_time = ret.info.items[i].cpu_time,
                                   .cpu = ret.info.items[i].cpu};
    remote_clear(RPC_DOMAIN_GET_VCPUS, &ret);
    return n;
}

/* ---- devices ---- */

int remote_attach(eb_conn *conn, eb_uuid uuid, const struct eb_device *dev, unsigned flags, eb_error *err)
{
    EB_AUTOFREE char *xml = eb_device_format(dev, EB_XML_SECURE);

    return DO(DOMAIN_ATTACH_DEVICE_FLAGS, domain_attach_device_flags, .xml = xml, .flags = flags);
}

int remote_detach(eb_conn *conn, eb_uuid uuid, const struct eb_device *dev, unsigned flags, eb_error *err)
{
    EB_AUTOFREE char *xml = eb_device_format(dev, EB_XML_SECURE);

    return DO(DOMAIN_DETACH_DEVICE_FLAGS, domain_detach_device_flags, .xml = xml, .flags = flags);
}

int remote_update(eb_conn *conn, eb_uuid uuid, const struct eb_device *dev, unsigned flags, eb_error *err)
{
    EB_AUTOFREE char *xml = eb_device_format(dev, EB_XML_SECURE);

    return DO(DOMAIN_UPDATE_DEVICE_FLAGS, domain_update_device_flags, .xml = xml, .flags = flags);
}

int remote_block_resize(eb_conn *conn, eb_uuid uuid, const char *disk, uint64_t bytes, unsigned flags,
                        eb_error *err)
{
    return DO(DOMAIN_BLOCK_RESIZE, domain_block_resize, .disk = TEXT(disk), .size = bytes,
              .flags = flags | EB_BLOCK_RESIZE_BYTES);
}
