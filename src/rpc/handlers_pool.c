/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Storage pools. */
#include "rpc/handlers.h"

eb_pool *rpc_get_pool(struct rpc_call *call, const struct rpc_pool *pool)
{
    struct eb_object_key key = {.name = eb_strdup(pool->name)};

    memcpy(key.uuid, pool->uuid, sizeof(key.uuid));
    return eb_pool_from_key(call->conn, &key);
}

void rpc_put_pool(eb_pool *pool, struct rpc_pool *out)
{
    out->name = eb_strdup(eb_pool_get_name(pool));
    eb_pool_get_uuid(pool, out->uuid);
}

static int count(struct rpc_call *call, unsigned flags, int32_t *out, eb_error *err)
{
    eb_pool **list;
    int n = eb_conn_list_pools(call->conn, flags, &list, err);

    if (n < 0)
        return -1;
    for (int i = 0; i < n; i++)
        eb_pool_unref(list[i]);
    free(list);
    *out = n;
    return 0;
}

int rpc_serve_connect_num_of_storage_pools(struct rpc_call *call,
                                           struct rpc_connect_num_of_storage_pools_ret *ret, eb_error *err)
{
    return count(call, EB_LIST_POOLS_ACTIVE, &ret->count, err);
}

int rpc_serve_connect_num_of_defined_storage_pools(struct rpc_call *call,
                                                   struct rpc_connect_num_of_defined_storage_pools_ret *ret,
                                                   eb_error *err)
{
    return count(call, EB_LIST_POOLS_INACTIVE, &ret->count, err);
}

int rpc_serve_connect_list_storage_pools(struct rpc_call *call,
                                         const struct rpc_connect_list_storage_pools_args *args,
                                         struct rpc_connect_list_storage_pools_ret *ret, eb_error *err)
{
    eb_pool **list;
    int n;

    if (rpc_check_max(args->max, RPC_MAX_LIST, "maxnames", err) < 0)
        return -1;
    n = eb_conn_list_pools(call->conn, EB_LIST_POOLS_ACTIVE, &list, err);
    if (n < 0)
        return -1;
    RPC_PUT_NAMES(ret->names, n, args->max, list, eb_pool_get_name, eb_pool_unref);
    return 0;
}

int rpc_serve_connect_list_defined_storage_pools(
    struct rpc_call *call, const struct rpc_connect_list_defined_storage_pools_args *args,
    struct rpc_connect_list_defined_storage_pools_ret *ret, eb_error *err)
{
    eb_pool **list;
    int n;

    if (rpc_check_max(args->max, RPC_MAX_LIST, "maxnames", err) < 0)
        return -1;
    n = eb_conn_list_pools(call->conn, EB_LIST_POOLS_INACTIVE, &list, err);
    if (n < 0)
        return -1;
    RPC_PUT_NAMES(ret->names, n, args->max, list, eb_pool_get_name, eb_pool_unref);
    return 0;
}

int rpc_serve_connect_list_all_storage_pools(struct rpc_call *call,
                                             const struct rpc_connect_list_all_storage_pools_args *args,
                                             struct rpc_connect_list_all_storage_pools_ret *ret,
                                             eb_error *err)
{
    eb_pool **list;
    int n = eb_conn_list_pools(call->conn, args->flags, &list, err);

    if (n < 0)
        return -1;
    ret->count = (uint32_t)n;
    RPC_PUT_LIST(ret->pools, n, args->need, list, rpc_put_pool, eb_pool_unref);
    return 0;
}

int rpc_serve_storage_pool_lookup_by_name(struct rpc_call *call,
                                          const struct rpc_storage_pool_lookup_by_name_args *args,
                                          struct rpc_storage_pool_lookup_by_name_ret *ret, eb_error *err)
{
    RPC_AUTO(pool) eb_pool *handle = NULL;

    if (eb_pool_lookup_by_name(call->conn, args->name, &handle, err) < 0)
        return -1;
    rpc_put_pool(handle, &ret->pool);
    return 0;
}

int rpc_serve_storage_pool_lookup_by_uuid(struct rpc_call *call,
                                          const struct rpc_storage_pool_lookup_by_uuid_args *args,
                                          struct rpc_storage_pool_lookup_by_uuid_ret *ret, eb_error *err)
{
    RPC_AUTO(pool) eb_pool *handle = NULL;

    if (eb_pool_lookup_by_uuid(call->conn, args->uuid, &handle, err) < 0)
        return -1;
    rpc_put_pool(handle, &ret->pool);
    return 0;
}

int rpc_serve_storage_pool_lookup_by_volume(struct rpc_call *call,
                                            const struct rpc_storage_pool_lookup_by_volume_args *args,
                                            struct rpc_storage_pool_lookup_by_volume_ret *ret, eb_error *err)
{
    RPC_AUTO(volume) eb_volume *vol = rpc_get_volume(call, &args->vol);
    RPC_AUTO(pool) eb_pool *handle = NULL;

    if (eb_pool_lookup_by_volume(vol, &handle, err) < 0)
        return -1;
    rpc_put_pool(handle, &ret->pool);
    return 0;
}

int rpc_serve_storage_pool_create_xml(struct rpc_call *call,
                                      const struct rpc_storage_pool_create_xml_args *args,
                                      struct rpc_storage_pool_create_xml_ret *ret, eb_error *err)
{
    RPC_AUTO(pool) eb_pool *handle = NULL;

    if (eb_pool_create_xml(call->conn, args->xml, args->flags, &handle, err) < 0)
        return -1;
    rpc_put_pool(handle, &ret->pool);
    return 0;
}

int rpc_serve_storage_pool_define_xml(struct rpc_call *call,
                                      const struct rpc_storage_pool_define_xml_args *args,
                                      struct rpc_storage_pool_define_xml_ret *ret, eb_error *err)
{
    RPC_AUTO(pool) eb_pool *handle = NULL;

    if (eb_pool_define_xml(call->conn, args->xml, args->flags, &handle, err) < 0)
        return -1;
    rpc_put_pool(handle, &ret->pool);
    return 0;
}

int rpc_serve_connect_find_storage_pool_sources(struct rpc_call *call,
                                                const struct rpc_connect_find_storage_pool_sources_args *args,
                                                struct rpc_connect_find_storage_pool_sources_ret *ret,
                                                eb_error *err)
{
    return eb_conn_find_pool_sources(call->conn, args->type, args->source, args->flags, &ret->xml, err);
}

int rpc_serve_storage_pool_create(struct rpc_call *call, const struct rpc_storage_pool_create_args *args,
                                  eb_error *err)
{
    RPC_AUTO(pool) eb_pool *handle = rpc_get_pool(call, &args->pool);

    return eb_pool_start(handle, args->flags, err);
}

int rpc_serve_storage_pool_build(struct rpc_call *call, const struct rpc_storage_pool_build_args *args,
                                 eb_error *err)
{
    RPC_AUTO(pool) eb_pool *handle = rpc_get_pool(call, &args->pool);

    return eb_pool_build(handle, args->flags, err);
}

int rpc_serve_storage_pool_delete(struct rpc_call *call, const struct rpc_storage_pool_delete_args *args,
                                  eb_error *err)
{
    RPC_AUTO(pool) eb_pool *handle = rpc_get_pool(call, &args->pool);

    return eb_pool_delete(handle, args->flags, err);
}

int rpc_serve_storage_pool_refresh(struct rpc_call *call, const struct rpc_storage_pool_refresh_args *args,
                                   eb_error *err)
{
    RPC_AUTO(pool) eb_pool *handle = rpc_get_pool(call, &args->pool);

    return eb_pool_refresh(handle, args->flags, err);
}

int rpc_serve_storage_pool_destroy(struct rpc_call *call, const struct rpc_storage_pool_destroy_args *args,
                                   eb_error *err)
{
    RPC_AUTO(pool) eb_pool *handle = rpc_get_pool(call, &args->pool);

    return eb_pool_destroy(handle, err);
}

int rpc_serve_storage_pool_undefine(struct rpc_call *call, const struct rpc_storage_pool_undefine_args *args,
                                    eb_error *err)
{
    RPC_AUTO(pool) eb_pool *handle = rpc_get_pool(call, &args->pool);

    return eb_pool_undefine(handle, err);
}

int rpc_serve_storage_pool_set_autostart(struct rpc_call *call,
                                         const struct rpc_storage_pool_set_autostart_args *args,
                                         eb_error *err)
{
    RPC_AUTO(pool) eb_pool *handle = rpc_get_pool(call, &args->pool);

    return eb_pool_set_autostart(handle, args->autostart, err);
}

int rpc_serve_storage_pool_get_autostart(struct rpc_call *call,
                                         const struct rpc_storage_pool_get_autostart_args *args,
                                         struct rpc_storage_pool_get_autostart_ret *ret, eb_error *err)
{
    RPC_AUTO(pool) eb_pool *handle = rpc_get_pool(call, &args->pool);

    return rpc_put_int(eb_pool_get_autostart(handle, err), &ret->autostart);
}

int rpc_serve_storage_pool_is_active(struct rpc_call *call,
                                     const struct rpc_storage_pool_is_active_args *args,
                                     struct rpc_storage_pool_is_active_ret *ret, eb_error *err)
{
    RPC_AUTO(pool) eb_pool *handle = rpc_get_pool(call, &args->pool);

    return rpc_put_int(eb_pool_is_active(handle, err), &ret->active);
}

int rpc_serve_storage_pool_is_persistent(struct rpc_call *call,
                                         const struct rpc_storage_pool_is_persistent_args *args,
                                         struct rpc_storage_pool_is_persistent_ret *ret, eb_error *err)
{
    RPC_AUTO(pool) eb_pool *handle = rpc_get_pool(call, &args->pool);

    return rpc_put_int(eb_pool_is_persistent(handle, err), &ret->persistent);
}

int rpc_serve_storage_pool_get_xml_desc(struct rpc_call *call,
                                        const struct rpc_storage_pool_get_xml_desc_args *args,
                                        struct rpc_storage_pool_get_xml_desc_ret *ret, eb_error *err)
{
    RPC_AUTO(pool) eb_pool *handle = rpc_get_pool(call, &args->pool);

    return eb_pool_get_xml(handle, args->flags, &ret->xml, err);
}

int rpc_serve_storage_pool_get_info(struct rpc_call *call, const struct rpc_storage_pool_get_info_args *args,
                                    struct rpc_storage_pool_get_info_ret *ret, eb_error *err)
{
    RPC_AUTO(pool) eb_pool *handle = rpc_get_pool(call, &args->pool);
    eb_pool_info info;

    if (eb_pool_get_info(handle, &info, err) < 0)
        return -1;
    ret->state = (uint8_t)info.state;
    ret->capacity = info.capacity;
    ret->allocation = info.allocation;
    ret->available = info.available;
    return 0;
}

int rpc_serve_storage_pool_lookup_by_target_path(
    struct rpc_call *call, const struct rpc_storage_pool_lookup_by_target_path_args *args,
    struct rpc_storage_pool_lookup_by_target_path_ret *ret, eb_error *err)
{
    RPC_AUTO(pool) eb_pool *handle = NULL;

    if (eb_pool_lookup_by_target_path(call->conn, args->path, &handle, err) < 0)
        return -1;
    rpc_put_pool(handle, &ret->pool);
    return 0;
}

int rpc_serve_connect_get_storage_pool_capabilities(
    struct rpc_call *call, const struct rpc_connect_get_storage_pool_capabilities_args *args,
    struct rpc_connect_get_storage_pool_capabilities_ret *ret, eb_error *err)
{
    return eb_conn_get_pool_capabilities(call->conn, args->flags, &ret->xml, err);
}
