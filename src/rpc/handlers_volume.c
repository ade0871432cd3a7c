/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Storage volumes. */
#include "rpc/handlers.h"

eb_volume *rpc_get_volume(struct rpc_call *call, const struct rpc_volume *vol)
{
    struct eb_object_key key = {
        .name = eb_strdup(vol->name), .pool = eb_strdup(vol->pool), .also = eb_strdup(vol->key)};

    return eb_volume_from_key(call->conn, &key);
}

void rpc_put_volume(eb_volume *vol, struct rpc_volume *out)
{
    out->pool = eb_strdup(eb_volume_get_pool_name(vol));
    out->name = eb_strdup(eb_volume_get_name(vol));
    out->key = eb_strdup(eb_volume_get_key(vol));
}

int rpc_serve_storage_pool_num_of_volumes(struct rpc_call *call,
                                          const struct rpc_storage_pool_num_of_volumes_args *args,
                                          struct rpc_storage_pool_num_of_volumes_ret *ret, eb_error *err)
{
    RPC_AUTO(pool) eb_pool *pool = rpc_get_pool(call, &args->pool);
    eb_volume **list;
    int n = eb_pool_list_volumes(pool, 0, &list, err);

    if (n < 0)
        return -1;
    for (int i = 0; i < n; i++)
        eb_volume_unref(list[i]);
    free(list);
    ret->count = n;
    return 0;
}

int rpc_serve_storage_pool_list_volumes(struct rpc_call *call,
                                        const struct rpc_storage_pool_list_volumes_args *args,
                                        struct rpc_storage_pool_list_volumes_ret *ret, eb_error *err)
{
    RPC_AUTO(pool) eb_pool *pool = rpc_get_pool(call, &args->pool);
    eb_volume **list;
    int n;

    if (rpc_check_max(args->max, RPC_MAX_LIST, "maxnames", err) < 0)
        return -1;
    n = eb_pool_list_volumes(pool, 0, &list, err);
    if (n < 0)
        return -1;
    RPC_PUT_NAMES(ret->names, n, args->max, list, eb_volume_get_name, eb_volume_unref);
    return 0;
}

int rpc_serve_storage_pool_list_all_volumes(struct rpc_call *call,
                                            const struct rpc_storage_pool_list_all_volumes_args *args,
                                            struct rpc_storage_pool_list_all_volumes_ret *ret, eb_error *err)
{
    RPC_AUTO(pool) eb_pool *pool = rpc_get_pool(call, &args->pool);
    eb_volume **list;
    int n = eb_pool_list_volumes(pool, args->flags, &list, err);

    if (n < 0)
        return -1;
    ret->count = (uint32_t)n;
    RPC_PUT_LIST(ret->volumes, n, args->need, list, rpc_put_volume, eb_volume_unref);
    return 0;
}

int rpc_serve_storage_vol_lookup_by_name(struct rpc_call *call,
                                         const struct rpc_storage_vol_lookup_by_name_args *args,
                                         struct rpc_storage_vol_lookup_by_name_ret *ret, eb_error *err)
{
    RPC_AUTO(pool) eb_pool *pool = rpc_get_pool(call, &args->pool);
    RPC_AUTO(volume) eb_volume *handle = NULL;

    if (eb_volume_lookup_by_name(pool, args->name, &handle, err) < 0)
        return -1;
    rpc_put_volume(handle, &ret->vol);
    return 0;
}

int rpc_serve_storage_vol_lookup_by_key(struct rpc_call *call,
                                        const struct rpc_storage_vol_lookup_by_key_args *args,
                                        struct rpc_storage_vol_lookup_by_key_ret *ret, eb_error *err)
{
    RPC_AUTO(volume) eb_volume *handle = NULL;

    if (eb_volume_lookup_by_key(call->conn, args->key, &handle, err) < 0)
        return -1;
    rpc_put_volume(handle, &ret->vol);
    return 0;
}

int rpc_serve_storage_vol_lookup_by_path(struct rpc_call *call,
                                         const struct rpc_storage_vol_lookup_by_path_args *args,
                                         struct rpc_storage_vol_lookup_by_path_ret *ret, eb_error *err)
{
    RPC_AUTO(volume) eb_volume *handle = NULL;

    if (eb_volume_lookup_by_path(call->conn, args->path, &handle, err) < 0)
        return -1;
    rpc_put_volume(handle, &ret->vol);
    return 0;
}

int rpc_serve_storage_vol_create_xml(struct rpc_call *call,
                                     const struct rpc_storage_vol_create_xml_args *args,
                                     struct rpc_storage_vol_create_xml_ret *ret, eb_error *err)
{
    RPC_AUTO(pool) eb_pool *pool = rpc_get_pool(call, &args->pool);
    RPC_AUTO(volume) eb_volume *handle = NULL;

    if (eb_volume_create_xml(pool, args->xml, args->flags, &handle, err) < 0)
        return -1;
    rpc_put_volume(handle, &ret->vol);
    return 0;
}

int rpc_serve_storage_vol_create_xml_from(struct rpc_call *call,
                                          const struct rpc_storage_vol_create_xml_from_args *args,
                                          struct rpc_storage_vol_create_xml_from_ret *ret, eb_error *err)
{
    RPC_AUTO(pool) eb_pool *pool = rpc_get_pool(call, &args->pool);
    RPC_AUTO(volume) eb_volume *source = rpc_get_volume(call, &args->source);
    RPC_AUTO(volume) eb_volume *handle = NULL;

    if (eb_volume_create_xml_from(pool, args->xml, source, args->flags, &handle, err) < 0)
        return -1;
    rpc_put_volume(handle, &ret->vol);
    return 0;
}

int rpc_serve_storage_vol_delete(struct rpc_call *call, const struct rpc_storage_vol_delete_args *args,
                                 eb_error *err)
{
    RPC_AUTO(volume) eb_volume *handle = rpc_get_volume(call, &args->vol);

    return eb_volume_delete(handle, args->flags, err);
}

int rpc_serve_storage_vol_get_xml_desc(struct rpc_call *call,
                                       const struct rpc_storage_vol_get_xml_desc_args *args,
                                       struct rpc_storage_vol_get_xml_desc_ret *ret, eb_error *err)
{
    RPC_AUTO(volume) eb_volume *handle = rpc_get_volume(call, &args->vol);

    return eb_volume_get_xml(handle, args->flags, &ret->xml, err);
}

int rpc_serve_storage_vol_get_path(struct rpc_call *call, const struct rpc_storage_vol_get_path_args *args,
                                   struct rpc_storage_vol_get_path_ret *ret, eb_error *err)
{
    RPC_AUTO(volume) eb_volume *handle = rpc_get_volume(call, &args->vol);

    return eb_volume_get_path(handle, &ret->path, err);
}

int rpc_serve_storage_vol_get_info(struct rpc_call *call, const struct rpc_storage_vol_get_info_args *args,
                                   struct rpc_storage_vol_get_info_ret *ret, eb_error *err)
{
    RPC_AUTO(volume) eb_volume *handle = rpc_get_volume(call, &args->vol);
    eb_volume_info info;

    if (eb_volume_get_info(handle, &info, err) < 0)
        return -1;
    ret->type = (int8_t)info.type;
    ret->capacity = info.capacity;
    ret->allocation = info.allocation;
    return 0;
}

int rpc_serve_storage_vol_get_info_flags(struct rpc_call *call,
                                         const struct rpc_storage_vol_get_info_flags_args *args,
                                         struct rpc_storage_vol_get_info_flags_ret *ret, eb_error *err)
{
    RPC_AUTO(volume) eb_volume *handle = rpc_get_volume(call, &args->vol);
    eb_volume_info info;

    if (eb_volume_get_info_flags(handle, &info, args->flags, err) < 0)
        return -1;
    ret->type = (int8_t)info.type;
    ret->capacity = info.capacity;
    ret->allocation = info.allocation;
    return 0;
}

/* ---- Sizes and contents ---- */

int rpc_serve_storage_vol_resize(struct rpc_call *call, const struct rpc_storage_vol_resize_args *args,
                                 eb_error *err)
{
    RPC_AUTO(volume) eb_volume *handle = rpc_get_volume(call, &args->vol);

    return eb_volume_resize(handle, args->capacity, args->flags, err);
}

int rpc_serve_storage_vol_wipe(struct rpc_call *call, const struct rpc_storage_vol_wipe_args *args,
                               eb_error *err)
{
    RPC_AUTO(volume) eb_volume *handle = rpc_get_volume(call, &args->vol);

    return eb_volume_wipe(handle, EB_VOLUME_WIPE_ZERO, args->flags, err);
}

int rpc_serve_storage_vol_wipe_pattern(struct rpc_call *call,
                                       const struct rpc_storage_vol_wipe_pattern_args *args, eb_error *err)
{
    RPC_AUTO(volume) eb_volume *handle = rpc_get_volume(call, &args->vol);

    return eb_volume_wipe(handle, args->algorithm, args->flags, err);
}

int rpc_serve_storage_vol_upload(struct rpc_call *call, const struct rpc_storage_vol_upload_args *args,
                                 eb_error *err)
{
    RPC_AUTO(volume) eb_volume *handle = rpc_get_volume(call, &args->vol);

    return eb_volume_upload(handle, args->offset, args->length, args->flags, &call->stream, err);
}

int rpc_serve_storage_vol_download(struct rpc_call *call, const struct rpc_storage_vol_download_args *args,
                                   eb_error *err)
{
    RPC_AUTO(volume) eb_volume *handle = rpc_get_volume(call, &args->vol);

    return eb_volume_download(handle, args->offset, args->length, args->flags, &call->stream, err);
}

int rpc_serve_domain_block_resize(struct rpc_call *call, const struct rpc_domain_block_resize_args *args,
                                  eb_error *err)
{
    RPC_AUTODOMAIN eb_domain *dom = rpc_get_domain(call, &args->dom);

    return eb_domain_block_resize(dom, args->disk, args->size, args->flags, err);
}
