/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Networks, pools, volumes, host interfaces and node devices. */
#include "remote/remote.h"

/* ---- how the protocol names them ---- */

static struct rpc_network net_of(const struct eb_object_key *key)
{
    struct rpc_network net = {.name = key->name};

    memcpy(net.uuid, key->uuid, sizeof(net.uuid));
    return net;
}

static struct rpc_pool pool_of(const struct eb_object_key *key)
{
    struct rpc_pool pool = {.name = key->name};

    memcpy(pool.uuid, key->uuid, sizeof(pool.uuid));
    return pool;
}

static struct rpc_volume vol_of(const struct eb_object_key *key)
{
    return (struct rpc_volume){.pool = key->pool, .name = key->name, .key = key->also ? key->also : TEXT("")};
}

static struct rpc_interface interface_of(const struct eb_object_key *key)
{
    return (struct rpc_interface){.name = key->name, .mac = key->also ? key->also : TEXT("")};
}

static void take_net(const struct rpc_network *net, struct eb_object_key *out)
{
    *out = (struct eb_object_key){.name = eb_strdup(net->name)};
    memcpy(out->uuid, net->uuid, sizeof(out->uuid));
}

static void take_pool(const struct rpc_pool *pool, struct eb_object_key *out)
{
    *out = (struct eb_object_key){.name = eb_strdup(pool->name)};
    memcpy(out->uuid, pool->uuid, sizeof(out->uuid));
}

static void take_vol(const struct rpc_volume *vol, struct eb_object_key *out)
{
    *out = (struct eb_object_key){
        .name = eb_strdup(vol->name), .pool = eb_strdup(vol->pool), .also = eb_strdup(vol->key)};
}

static void take_interface(const struct rpc_interface *interface, struct eb_object_key *out)
{
    *out = (struct eb_object_key){.name = eb_strdup(interface->name), .also = eb_strdup(interface->mac)};
}

static void take_dev(const struct rpc_nodedev *dev, struct eb_object_key *out)
{
    *out = (struct eb_object_key){.name = eb_strdup(dev->name)};
}

/* ---- calls of one kind: `member` is how the procedure's arguments call the object, and `what`_of makes it
 * ---- */

#define ARGS(name, what, ...) struct rpc_##name##_args args_ = {.what = what##_of(key), __VA_ARGS__}

/* Defines an operation that answers nothing. */
#define DO(fn, PROCEDURE, name, what, params, ...)                                                           \
    static int fn params                                                                                     \
    {                                                                                                        \
        ARGS(name, what, __VA_ARGS__);                                                                       \
        return REMOTE_CALL(conn, PROCEDURE, &args_, NULL, err);                                              \
    }
/* One whose result is a number that the answer has. */
#define ASK(fn, PROCEDURE, name, what, member)                                                               \
    static int fn(eb_conn *conn, const struct eb_object_key *key, eb_error *err)                             \
    {                                                                                                        \
        ARGS(name, what, );                                                                                  \
        struct rpc_##name##_ret ret_ = {0};                                                                  \
        return REMOTE_CALL(conn, PROCEDURE, &args_, &ret_, err) < 0 ? -1                                     \
                                                                    : remote_count((int)ret_.member, err);   \
    }
/* One that gives the key of what the answer names; its arguments are the rest. */
#define KEY(fn, PROCEDURE, name, what, params, ...)                                                          \
    static int fn params                                                                                     \
    {                                                                                                        \
        struct rpc_##name##_args args_ = {__VA_ARGS__};                                                      \
        struct rpc_##name##_ret ret_ = {0};                                                                  \
        if (REMOTE_CALL(conn, PROCEDURE, &args_, &ret_, err) < 0)                                            \
            return -1;                                                                                       \
        take_##what(&ret_.what, out);                                                                        \
        remote_clear(RPC_##PROCEDURE, &ret_);                                                                \
        return 0;                                                                                            \
    }
/* One that gives the key of what has this uuid. */
#define BY_UUID(fn, PROCEDURE, name, what)                                                                   \
    static int fn(eb_conn *conn, eb_uuid uuid, struct eb_object_key *out, eb_error *err)                     \
    {                                                                                                        \
        struct rpc_##name##_args args_;                                                                      \
        struct rpc_##name##_ret ret_ = {0};                                                                  \
        memcpy(args_.uuid, uuid, sizeof(args_.uuid));                                                        \
        if (REMOTE_CALL(conn, PROCEDURE, &args_, &ret_, err) < 0)                                            \
            return -1;                                                                                       \
        take_##what(&ret_.what, out);                                                                        \
        remote_clear(RPC_##PROCEDURE, &ret_);                                                                \
        return 0;                                                                                            \
    }
/* Defines get_def of a kind. */
#define DEF(fn, PROCEDURE, name, kind, ...)                                                                  \
    static int fn(eb_conn *conn, const struct eb_object_key *key, unsigned flags,                            \
                  struct eb_object_def **out, eb_error *err)                                                 \
    {                                                                                                        \
        struct rpc_##name##_args args_ = {__VA_ARGS__, .flags = flags};                                      \
        struct rpc_##name##_ret ret_ = {0};                                                                  \
        int result;                                                                                          \
        if (REMOTE_CALL(conn, PROCEDURE, &args_, &ret_, err) < 0)                                            \
            return -1;                                                                                       \
        result = eb_object_def_parse(kind, ret_.xml, out, err);                                              \
        remote_clear(RPC_##PROCEDURE, &ret_);                                                                \
        return result;                                                                                       \
    }
/* Defines an operation that makes something of a definition; `send` uses `xml`. */
#define MAKE(fn, PROCEDURE, name, what, ...)                                                                 \
    static int fn(eb_conn *conn, const struct eb_object_def *def, unsigned flags EB_UNUSED,                  \
                  struct eb_object_key *out, eb_error *err)                                                  \
    {                                                                                                        \
        EB_AUTOFREE char *xml = eb_object_def_format(def);                                                   \
        struct rpc_##name##_args args_ = {__VA_ARGS__};                                                      \
        struct rpc_##name##_ret ret_ = {0};                                                                  \
        if (REMOTE_CALL(conn, PROCEDURE, &args_, &ret_, err) < 0)                                            \
            return -1;                                                                                       \
        take_##what(&ret_.what, out);                                                                        \
        remote_clear(RPC_##PROCEDURE, &ret_);                                                                \
        return 0;                                                                                            \
    }

#define ON_KEY (eb_conn * conn, const struct eb_object_key *key, eb_error *err)
#define ON_KEY_FLAGS (eb_conn * conn, const struct eb_object_key *key, unsigned flags, eb_error *err)
#define ON_KEY_UNUSED_FLAGS                                                                                  \
    (eb_conn * conn, const struct eb_object_key *key, unsigned flags EB_UNUSED, eb_error *err)
#define ON_KEY_BOOL (eb_conn * conn, const struct eb_object_key *key, bool autostart, eb_error *err)
#define BY_NAME                                                                                              \
    (eb_conn * conn, const struct eb_object_key *in EB_UNUSED, const char *name, struct eb_object_key *out,  \
     eb_error *err)

/* ---- lists ---- */

/* What is asked about each object of a list; NULL: it is always so (autostart: never). Each sends its
 * question. */
typedef int64_t question_fn(eb_conn *conn, const struct eb_object_key *key);
struct questions {
    question_fn *active, *persistent, *autostart;
};
#define QUESTION(fn, PROCEDURE, name, what)                                                                  \
    static int64_t fn(eb_conn *conn, const struct eb_object_key *key)                                        \
    {                                                                                                        \
        ARGS(name, what, );                                                                                  \
        _Static_assert(sizeof(struct rpc_##name##_ret) == sizeof(int32_t), "the answer is one number");      \
        return remote_send(remote_of(conn)->r, RPC_##PROCEDURE, &args_, NULL);                               \
    }

static int64_t ask(eb_conn *conn, question_fn *question, const struct eb_object_key *key)
{
    return question ? question(conn, key) : -1;
}

static int hear(eb_conn *conn, question_fn *question, int64_t number, int otherwise)
{
    int32_t answer = 0;

    if (!question)
        return otherwise;
    if (number < 0 || remote_wait(remote_of(conn)->r, number, &answer, NULL) < 0)
        return -1;
    return answer;
}

/* The states of all objects are asked for at once. Of what is gone by then `active` is -1. */
static int *read_states(eb_conn *conn, const struct questions *q, struct eb_object_summary *list, uint32_t n)
{
    EB_AUTOFREE int64_t *numbers = eb_calloc(3 * (size_t)n + 1, sizeof(*numbers));
    int *active = eb_calloc((size_t)n + 1, sizeof(*active));

    for (uint32_t i = 0; i < n; i++) {
        numbers[3 * i] = ask(conn, q->active, &list[i].key);
        numbers[3 * i + 1] = ask(conn, q->persistent, &list[i].key);
        numbers[3 * i + 2] = ask(conn, q->autostart, &list[i].key);
    }
    for (uint32_t i = 0; i < n; i++) {
        active[i] = hear(conn, q->active, numbers[3 * i], 1);
        list[i].active = active[i] > 0;
        list[i].persistent = hear(conn, q->persistent, numbers[3 * i + 1], 1) > 0;
        list[i].autostart = hear(conn, q->autostart, numbers[3 * i + 2], 0) > 0;
    }
    return active;
}

/* What the list of names does not tell. Those that are gone by now are dropped; gives how many are left. */
static uint32_t describe(eb_conn *conn, const struct eb_driver_object_ops *ops, const struct questions *q,
                         bool by_def, struct eb_object_summary *list, uint32_t n)
{
    EB_AUTOFREE int *active = read_states(conn, q, list, n);
    uint32_t kept = 0;

    for (uint32_t i = 0; i < n; i++) {
        struct eb_object_summary *s = &list[i];
        struct eb_object_def *def = NULL;

        if (active[i] < 0 || (by_def && ops->get_def(conn, &s->key, 0, &def, NULL) < 0)) {
            eb_object_key_clear(&s->key);
            continue;
        }
        s->filters = def ? eb_object_def_filters(def) : 0;
        if (def && def->kind == EB_OBJECT_NODEDEV)
            s->key.also = eb_strdup(((const struct eb_nodedev_def *)def)->parent);
        eb_object_def_free(def);
        list[kept++] = *s;
    }
    return kept;
}

/* Defines the list of a kind. */
#define LIST(fn, PROCEDURE, name, what, items_, ops, questions, by_def)                                      \
    static int fn(eb_conn *conn, const struct eb_object_key *in EB_UNUSED, struct eb_object_summary **out,   \
                  eb_error *err)                                                                             \
    {                                                                                                        \
        struct rpc_##name##_args args_ = {.need = 1};                                                        \
        struct rpc_##name##_ret ret_ = {0};                                                                  \
        uint32_t n;                                                                                          \
        if (REMOTE_CALL(conn, PROCEDURE, &args_, &ret_, err) < 0)                                            \
            return -1;                                                                                       \
        n = ret_.items_.n;                                                                                   \
        *out = eb_calloc((size_t)n + 1, sizeof(**out));                                                      \
        for (uint32_t i = 0; i < n; i++)                                                                     \
            take_##what(&ret_.items_.items[i], &(*out)[i].key);                                              \
        remote_clear(RPC_##PROCEDURE, &ret_);                                                                \
        return (int)describe(conn, &(ops), &(questions), by_def, *out, n);                                   \
    }

/* ---- networks ---- */

QUESTION(ask_network_active, NETWORK_IS_ACTIVE, network_is_active, net)
QUESTION(ask_network_persistent, NETWORK_IS_PERSISTENT, network_is_persistent, net)
QUESTION(ask_network_autostart, NETWORK_GET_AUTOSTART, network_get_autostart, net)
static const struct questions network_questions = {
    .active = ask_network_active, .persistent = ask_network_persistent, .autostart = ask_network_autostart};
LIST(network_list, CONNECT_LIST_ALL_NETWORKS, connect_list_all_networks, net, networks, remote_network_ops,
     network_questions, false)
KEY(network_by_name, NETWORK_LOOKUP_BY_NAME, network_lookup_by_name, net, BY_NAME, .name = TEXT(name))
ASK(network_is_active, NETWORK_IS_ACTIVE, network_is_active, net, active)
ASK(network_is_persistent, NETWORK_IS_PERSISTENT, network_is_persistent, net, persistent)
ASK(network_autostart, NETWORK_GET_AUTOSTART, network_get_autostart, net, autostart)
DEF(network_def, NETWORK_GET_XML_DESC, network_get_xml_desc, EB_OBJECT_NETWORK, .net = net_of(key))
DO(network_set_autostart, NETWORK_SET_AUTOSTART, network_set_autostart, net, ON_KEY_BOOL,
   .autostart = autostart)
DO(network_start, NETWORK_CREATE, network_create, net, ON_KEY_UNUSED_FLAGS, )
DO(network_destroy, NETWORK_DESTROY, network_destroy, net, ON_KEY_UNUSED_FLAGS, )
DO(network_undefine, NETWORK_UNDEFINE, network_undefine, net, ON_KEY, )
MAKE(network_define, NETWORK_DEFINE_XML, network_define_xml, net, .xml = xml)
MAKE(network_create, NETWORK_CREATE_XML, network_create_xml, net, .xml = xml)

BY_UUID(network_by_uuid, NETWORK_LOOKUP_BY_UUID, network_lookup_by_uuid, net)

const struct eb_driver_object_ops remote_network_ops = {
    .list = network_list,
    .lookup_uuid = network_by_uuid,
    .lookup_name = network_by_name,
    .is_active = network_is_active,
    .is_persistent = network_is_persistent,
    .get_def = network_def,
    .get_autostart = network_autostart,
    .set_autostart = network_set_autostart,
    .define = network_define,
    .create = network_create,
    .start = network_start,
    .destroy = network_destroy,
    .undefine = network_undefine,
};

/* ---- pools ---- */

QUESTION(ask_pool_active, STORAGE_POOL_IS_ACTIVE, storage_pool_is_active, pool)
QUESTION(ask_pool_persistent, STORAGE_POOL_IS_PERSISTENT, storage_pool_is_persistent, pool)
QUESTION(ask_pool_autostart, STORAGE_POOL_GET_AUTOSTART, storage_pool_get_autostart, pool)
static const struct questions pool_questions = {
    .active = ask_pool_active, .persistent = ask_pool_persistent, .autostart = ask_pool_autostart};
LIST(pool_list, CONNECT_LIST_ALL_STORAGE_POOLS, connect_list_all_storage_pools, pool, pools, remote_pool_ops,
     pool_questions, true)
KEY(pool_by_name, STORAGE_POOL_LOOKUP_BY_NAME, storage_pool_lookup_by_name, pool, BY_NAME, .name = TEXT(name))
ASK(pool_is_active, STORAGE_POOL_IS_ACTIVE, storage_pool_is_active, pool, active)
ASK(pool_is_persistent, STORAGE_POOL_IS_PERSISTENT, storage_pool_is_persistent, pool, persistent)
ASK(pool_autostart, STORAGE_POOL_GET_AUTOSTART, storage_pool_get_autostart, pool, autostart)
DEF(pool_def_alone, STORAGE_POOL_GET_XML_DESC, storage_pool_get_xml_desc, EB_OBJECT_POOL,
    .pool = pool_of(key))
DO(pool_set_autostart, STORAGE_POOL_SET_AUTOSTART, storage_pool_set_autostart, pool, ON_KEY_BOOL,
   .autostart = autostart)
DO(pool_start, STORAGE_POOL_CREATE, storage_pool_create, pool, ON_KEY_FLAGS, .flags = flags)
DO(pool_destroy, STORAGE_POOL_DESTROY, storage_pool_destroy, pool, ON_KEY_UNUSED_FLAGS, )
DO(pool_undefine, STORAGE_POOL_UNDEFINE, storage_pool_undefine, pool, ON_KEY, )
DO(pool_refresh, STORAGE_POOL_REFRESH, storage_pool_refresh, pool, ON_KEY_FLAGS, .flags = flags)
DO(pool_build, STORAGE_POOL_BUILD, storage_pool_build, pool, ON_KEY_FLAGS, .flags = flags)
DO(pool_delete, STORAGE_POOL_DELETE, storage_pool_delete, pool, ON_KEY_FLAGS, .flags = flags)
MAKE(pool_define, STORAGE_POOL_DEFINE_XML, storage_pool_define_xml, pool, .xml = xml, .flags = flags)
MAKE(pool_create, STORAGE_POOL_CREATE_XML, storage_pool_create_xml, pool, .xml = xml, .flags = flags)

BY_UUID(pool_by_uuid, STORAGE_POOL_LOOKUP_BY_UUID, storage_pool_lookup_by_uuid, pool)

static int pool_info(eb_conn *conn, const struct eb_object_key *key, eb_pool_info *out, eb_error *err)
{
    struct rpc_storage_pool_get_info_args args = {.pool = pool_of(key)};
    struct rpc_storage_pool_get_info_ret ret = {0};

    if (REMOTE_CALL(conn, STORAGE_POOL_GET_INFO, &args, &ret, err) < 0)
        return -1;
    *out = (eb_pool_info){(eb_pool_state)ret.state, ret.capacity, ret.allocation, ret.available};
    return 0;
}

/* Reading a definition leaves out the sizes, which are not the user's to say. */
static int pool_def(eb_conn *conn, const struct eb_object_key *key, unsigned flags,
                    struct eb_object_def **out, eb_error *err)
{
    eb_pool_info info;
    struct eb_pool_def *def;

    if (pool_def_alone(conn, key, flags, out, err) < 0)
        return -1;
    if (pool_info(conn, key, &info, err) < 0) {
        eb_object_def_free(EB_STEAL(*out));
        return -1;
    }
    def = (struct eb_pool_def *)*out;
    def->capacity = info.capacity;
    def->allocation = info.allocation;
    def->available = info.available;
    return 0;
}

static int find_sources(eb_conn *conn, const char *type, const char *spec, unsigned flags, char **xml,
                        eb_error *err)
{
    struct rpc_connect_find_storage_pool_sources_args args = {TEXT(type), TEXT(spec), flags};
    struct rpc_connect_find_storage_pool_sources_ret ret = {0};

    if (REMOTE_CALL(conn, CONNECT_FIND_STORAGE_POOL_SOURCES, &args, &ret, err) < 0)
        return -1;
    *xml = ret.xml;
    return 0;
}

KEY(pool_by_target, STORAGE_POOL_LOOKUP_BY_TARGET_PATH, storage_pool_lookup_by_target_path, pool,
    (eb_conn * conn, const char *path, struct eb_object_key *out, eb_error *err), .path = TEXT(path))

static int pool_capabilities(eb_conn *conn, unsigned flags, char **xml, eb_error *err)
{
    struct rpc_connect_get_storage_pool_capabilities_args args = {flags};
    struct rpc_connect_get_storage_pool_capabilities_ret ret = {0};

    if (REMOTE_CALL(conn, CONNECT_GET_STORAGE_POOL_CAPABILITIES, &args, &ret, err) < 0)
        return -1;
    *xml = ret.xml;
    return 0;
}

const struct eb_driver_object_ops remote_pool_ops = {
    .list = pool_list,
    .lookup_uuid = pool_by_uuid,
    .lookup_name = pool_by_name,
    .is_active = pool_is_active,
    .is_persistent = pool_is_persistent,
    .get_def = pool_def,
    .get_autostart = pool_autostart,
    .set_autostart = pool_set_autostart,
    .define = pool_define,
    .create = pool_create,
    .start = pool_start,
    .destroy = pool_destroy,
    .undefine = pool_undefine,
};

/* ---- volumes ---- */

KEY(vol_by_key, STORAGE_VOL_LOOKUP_BY_KEY, storage_vol_lookup_by_key, vol,
    (eb_conn * conn, const char *key, struct eb_object_key *out, eb_error *err), .key = TEXT(key))
KEY(vol_by_path, STORAGE_VOL_LOOKUP_BY_PATH, storage_vol_lookup_by_path, vol,
    (eb_conn * conn, const char *path, struct eb_object_key *out, eb_error *err), .path = TEXT(path))
KEY(vol_by_name, STORAGE_VOL_LOOKUP_BY_NAME, storage_vol_lookup_by_name, vol,
    (eb_conn * conn, const struct eb_object_key *in, const char *name, struct eb_object_key *out,
     eb_error *err),
    .pool = pool_of(in), .name = TEXT(name))
DEF(vol_def, STORAGE_VOL_GET_XML_DESC, storage_vol_get_xml_desc, EB_OBJECT_VOLUME, .vol = vol_of(key))
DO(vol_delete, STORAGE_VOL_DELETE, storage_vol_delete, vol, ON_KEY_FLAGS, .flags = flags)

static int vol_list(eb_conn *conn, const struct eb_object_key *in, struct eb_object_summary **out,
                    eb_error *err)
{
    struct rpc_storage_pool_list_all_volumes_args args = {.pool = pool_of(in), .need = 1};
    struct rpc_storage_pool_list_all_volumes_ret ret = {0};
    int n;

    if (REMOTE_CALL(conn, STORAGE_POOL_LIST_ALL_VOLUMES, &args, &ret, err) < 0)
        return -1;
    n = (int)ret.volumes.n;
    *out = eb_calloc((size_t)n + 1, sizeof(**out));
    for (int i = 0; i < n; i++) {
        take_vol(&ret.volumes.items[i], &(*out)[i].key);
        (*out)[i].active = (*out)[i].persistent = true;
    }
    remote_clear(RPC_STORAGE_POOL_LIST_ALL_VOLUMES, &ret);
    return n;
}

static int vol_info(eb_conn *conn, const struct eb_object_key *key, eb_volume_info *out, eb_error *err)
{
    struct rpc_storage_vol_get_info_args args = {.vol = vol_of(key)};
    struct rpc_storage_vol_get_info_ret ret = {0};

    if (REMOTE_CALL(conn, STORAGE_VOL_GET_INFO, &args, &ret, err) < 0)
        return -1;
    *out = (eb_volume_info){(eb_volume_type)ret.type, ret.capacity, ret.allocation};
    return 0;
}

static int vol_path(eb_conn *conn, const struct eb_object_key *key, char **out, eb_error *err)
{
    struct rpc_storage_vol_get_path_args args = {.vol = vol_of(key)};
    struct rpc_storage_vol_get_path_ret ret = {0};

    if (REMOTE_CALL(conn, STORAGE_VOL_GET_PATH, &args, &ret, err) < 0)
        return -1;
    *out = ret.path;
    return 0;
}

static int vol_create(eb_conn *conn, const struct eb_object_key *pool, const struct eb_volume_def *def,
                      const struct eb_object_key *from, unsigned flags, struct eb_object_key *out,
                      eb_error *err)
{
    EB_AUTOFREE char *xml = eb_object_def_format(&def->base);
    struct rpc_storage_vol_create_xml_args args = {.pool = pool_of(pool), .xml = xml, .flags = flags};
    struct rpc_storage_vol_create_xml_ret ret = {0};
    struct rpc_storage_vol_create_xml_from_args args_from = {
        .pool = pool_of(pool), .xml = xml, .flags = flags};
    struct rpc_storage_vol_create_xml_from_ret ret_from = {0};

    if (!from) {
        if (REMOTE_CALL(conn, STORAGE_VOL_CREATE_XML, &args, &ret, err) < 0)
            return -1;
        take_vol(&ret.vol, out);
        remote_clear(RPC_STORAGE_VOL_CREATE_XML, &ret);
        return 0;
    }
    args_from.source = vol_of(from);
    if (REMOTE_CALL(conn, STORAGE_VOL_CREATE_XML_FROM, &args_from, &ret_from, err) < 0)
        return -1;
    take_vol(&ret_from.vol, out);
    remote_clear(RPC_STORAGE_VOL_CREATE_XML_FROM, &ret_from);
    return 0;
}

static int vol_info_flags(eb_conn *conn, const struct eb_object_key *key, unsigned flags, eb_volume_info *out,
                          eb_error *err)
{
    struct rpc_storage_vol_get_info_flags_args args = {.vol = vol_of(key), .flags = flags};
    struct rpc_storage_vol_get_info_flags_ret ret = {0};

    if (REMOTE_CALL(conn, STORAGE_VOL_GET_INFO_FLAGS, &args, &ret, err) < 0)
        return -1;
    *out = (eb_volume_info){(eb_volume_type)ret.type, ret.capacity, ret.allocation};
    return 0;
}

DO(vol_resize, STORAGE_VOL_RESIZE, storage_vol_resize, vol,
   (eb_conn * conn, const struct eb_object_key *key, uint64_t capacity, unsigned flags, eb_error *err),
   .capacity = capacity, .flags = flags)
DO(vol_wipe, STORAGE_VOL_WIPE_PATTERN, storage_vol_wipe_pattern, vol,
   (eb_conn * conn, const struct eb_object_key *key, unsigned algorithm, unsigned flags, eb_error *err),
   .algorithm = algorithm, .flags = flags)

static int vol_download(eb_conn *conn, const struct eb_object_key *key, uint64_t offset, uint64_t length,
                        unsigned flags, eb_stream **out, eb_error *err)
{
    ARGS(storage_vol_download, vol, .offset = offset, .length = length, .flags = flags);

    return remote_call_opening(conn, RPC_STORAGE_VOL_DOWNLOAD, &args_, NULL, out, err);
}

static int vol_upload(eb_conn *conn, const struct eb_object_key *key, uint64_t offset, uint64_t length,
                      unsigned flags, eb_stream **out, eb_error *err)
{
    ARGS(storage_vol_upload, vol, .offset = offset, .length = length, .flags = flags);

    return remote_call_opening(conn, RPC_STORAGE_VOL_UPLOAD, &args_, NULL, out, err);
}

const struct eb_driver_object_ops remote_volume_ops = {
    .list = vol_list,
    .lookup_name = vol_by_name,
    .get_def = vol_def,
};

const struct eb_driver_storage_ops remote_storage_ops = {
    .find_pool_sources = find_sources,
    .pool_get_info = pool_info,
    .pool_refresh = pool_refresh,
    .pool_build = pool_build,
    .pool_delete = pool_delete,
    .volume_lookup_key = vol_by_key,
    .volume_lookup_path = vol_by_path,
    .volume_get_info = vol_info,
    .volume_get_path = vol_path,
    .volume_create = vol_create,
    .volume_delete = vol_delete,
    .pool_lookup_target = pool_by_target,
    .pool_capabilities = pool_capabilities,
    .volume_get_info_flags = vol_info_flags,
    .volume_resize = vol_resize,
    .volume_wipe = vol_wipe,
    .volume_download = vol_download,
    .volume_upload = vol_upload,
};

/* ---- host interfaces ---- */

QUESTION(ask_iface_active, INTERFACE_IS_ACTIVE, interface_is_active, interface)
static const struct questions iface_questions = {.active = ask_iface_active};
LIST(iface_list, CONNECT_LIST_ALL_INTERFACES, connect_list_all_interfaces, interface, interfaces,
     remote_iface_ops, iface_questions, false)
KEY(iface_by_name, INTERFACE_LOOKUP_BY_NAME, interface_lookup_by_name, interface, BY_NAME, .name = TEXT(name))
KEY(iface_by_mac, INTERFACE_LOOKUP_BY_MAC_STRING, interface_lookup_by_mac_string, interface,
    (eb_conn * conn, const char *mac, struct eb_object_key *out, eb_error *err), .mac = TEXT(mac))
ASK(iface_is_active, INTERFACE_IS_ACTIVE, interface_is_active, interface, active)
DEF(iface_def, INTERFACE_GET_XML_DESC, interface_get_xml_desc, EB_OBJECT_IFACE,
    .interface = interface_of(key))
DO(iface_start, INTERFACE_CREATE, interface_create, interface, ON_KEY_FLAGS, .flags = flags)
DO(iface_destroy, INTERFACE_DESTROY, interface_destroy, interface, ON_KEY_FLAGS, .flags = flags)
DO(iface_undefine, INTERFACE_UNDEFINE, interface_undefine, interface, ON_KEY, )
MAKE(iface_define, INTERFACE_DEFINE_XML, interface_define_xml, interface, .xml = xml, .flags = flags)

static int change_begin(eb_conn *conn, unsigned flags, eb_error *err)
{
    return REMOTE_CALL(conn, INTERFACE_CHANGE_BEGIN, &(struct rpc_interface_change_begin_args){flags}, NULL,
                       err);
}

static int change_commit(eb_conn *conn, unsigned flags, eb_error *err)
{
    return REMOTE_CALL(conn, INTERFACE_CHANGE_COMMIT, &(struct rpc_interface_change_commit_args){flags}, NULL,
                       err);
}

static int change_rollback(eb_conn *conn, unsigned flags, eb_error *err)
{
    return REMOTE_CALL(conn, INTERFACE_CHANGE_ROLLBACK, &(struct rpc_interface_change_rollback_args){flags},
                       NULL, err);
}

const struct eb_driver_object_ops remote_iface_ops = {
    .list = iface_list,
    .lookup_name = iface_by_name,
    .is_active = iface_is_active,
    .get_def = iface_def,
    .define = iface_define,
    .start = iface_start,
    .destroy = iface_destroy,
    .undefine = iface_undefine,
};

const struct eb_driver_iface_ops remote_iface_own_ops = {
    .lookup_mac = iface_by_mac,
    .change_begin = change_begin,
    .change_commit = change_commit,
    .change_rollback = change_rollback,
};

/* ---- node devices ---- */

static const struct questions dev_questions = {NULL, NULL, NULL};
LIST(dev_list, CONNECT_LIST_ALL_NODE_DEVICES, connect_list_all_node_devices, dev, devices, remote_nodedev_ops,
     dev_questions, true)
KEY(dev_by_name, NODE_DEVICE_LOOKUP_BY_NAME, node_device_lookup_by_name, dev, BY_NAME, .name = TEXT(name))
KEY(dev_by_wwn, NODE_DEVICE_LOOKUP_SCSI_HOST_BY_WWN, node_device_lookup_scsi_host_by_wwn, dev,
    (eb_conn * conn, const char *wwnn, const char *wwpn, struct eb_object_key *out, eb_error *err),
    .wwnn = TEXT(wwnn), .wwpn = TEXT(wwpn))
DEF(dev_def, NODE_DEVICE_GET_XML_DESC, node_device_get_xml_desc, EB_OBJECT_NODEDEV, .name = key->name)

const struct eb_driver_object_ops remote_nodedev_ops = {
    .list = dev_list,
    .lookup_name = dev_by_name,
    .get_def = dev_def,
};

const struct eb_driver_nodedev_ops remote_nodedev_own_ops = {.lookup_wwn = dev_by_wwn};
