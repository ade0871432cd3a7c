/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Storage pools. */
#include "core/object.h"

EB_DEFINE_HANDLE(eb_pool, EB_OBJECT_POOL)

int eb_conn_list_pools(eb_conn *conn, unsigned flags, eb_pool ***out, eb_error *err)
{
    static const struct eb_object_filters filters = {
        .active = EB_LIST_POOLS_ACTIVE,
        .inactive = EB_LIST_POOLS_INACTIVE,
        .persistent = EB_LIST_POOLS_PERSISTENT,
        .transient = EB_LIST_POOLS_TRANSIENT,
        .autostart = EB_LIST_POOLS_AUTOSTART,
        .no_autostart = EB_LIST_POOLS_NO_AUTOSTART,
        .own = (EB_LIST_POOLS_ISCSI_DIRECT << 1) - EB_LIST_POOLS_DIR,
    };

    return eb_object_list(conn, EB_OBJECT_POOL, NULL, flags, &filters, "virConnectListAllStoragePools",
                          (struct eb_object ***)out, err);
}

int eb_pool_lookup_by_name(eb_conn *conn, const char *name, eb_pool **out, eb_error *err)
{
    return eb_object_lookup_name(conn, EB_OBJECT_POOL, NULL, name, (struct eb_object **)out, err);
}

int eb_pool_lookup_by_uuid(eb_conn *conn, const unsigned char *uuid, eb_pool **out, eb_error *err)
{
    return eb_object_lookup_uuid(conn, EB_OBJECT_POOL, uuid, (struct eb_object **)out, err);
}

int eb_pool_lookup_by_uuid_string(eb_conn *conn, const char *uuid, eb_pool **out, eb_error *err)
{
    return eb_object_lookup_uuid_string(conn, EB_OBJECT_POOL, uuid, (struct eb_object **)out, err);
}

void eb_pool_get_uuid(eb_pool *handle, unsigned char uuid[16])
{
    memcpy(uuid, handle->object.key.uuid, 16);
}

void eb_pool_get_uuid_string(eb_pool *handle, char uuid[37])
{
    eb_uuid_format(handle->object.key.uuid, uuid);
}

int eb_pool_is_active(eb_pool *handle, eb_error *err)
{
    return eb_object_is_active(&handle->object, err);
}

int eb_pool_is_persistent(eb_pool *handle, eb_error *err)
{
    return eb_object_is_persistent(&handle->object, err);
}

int eb_pool_get_xml(eb_pool *handle, unsigned flags, char **xml, eb_error *err)
{
    return eb_object_get_xml(&handle->object, flags, xml, err);
}

int eb_pool_get_autostart(eb_pool *handle, eb_error *err)
{
    return eb_object_get_autostart(&handle->object, err);
}

int eb_pool_set_autostart(eb_pool *handle, int autostart, eb_error *err)
{
    return eb_object_set_autostart(&handle->object, autostart, err);
}

int eb_pool_start(eb_pool *handle, unsigned flags, eb_error *err)
{
    return eb_object_start(&handle->object, flags, err);
}

int eb_pool_destroy(eb_pool *handle, eb_error *err)
{
    return eb_object_destroy(&handle->object, 0, err);
}

int eb_pool_undefine(eb_pool *handle, eb_error *err)
{
    return eb_object_undefine(&handle->object, err);
}

int eb_pool_define_xml(eb_conn *conn, const char *xml, unsigned flags, eb_pool **out, eb_error *err)
{
    return eb_object_define_xml(conn, EB_OBJECT_POOL, xml, flags, (struct eb_object **)out, err);
}

int eb_pool_create_xml(eb_conn *conn, const char *xml, unsigned flags, eb_pool **out, eb_error *err)
{
    return eb_object_create_xml(conn, EB_OBJECT_POOL, xml, flags, (struct eb_object **)out, err);
}

int eb_pool_lookup_by_volume(eb_volume *vol, eb_pool **out, eb_error *err)
{
    return eb_pool_lookup_by_name(vol->object.conn, vol->object.key.pool, out, err);
}

int eb_conn_find_pool_sources(eb_conn *conn, const char *type, const char *spec, unsigned flags, char **xml,
                              eb_error *err)
{
    static const char function[] = "virConnectFindStoragePoolSources";

    if (eb_need_arg(type, "type", function, err) < 0 || eb_need_write(conn, function, err) < 0)
        return -1;
    return EB_CALL_GROUP(conn, function, storage, find_pool_sources, conn, type, spec, flags, xml, err);
}

int eb_pool_lookup_by_target_path(eb_conn *conn, const char *path, eb_pool **out, eb_error *err)
{
    static const char function[] = "virStoragePoolLookupByTargetPath";
    struct eb_object_key found = {.name = NULL};

    if (eb_need_arg(path, "path", function, err) < 0)
        return -1;
    return eb_object_give(conn, EB_OBJECT_POOL,
                          EB_CALL_GROUP(conn, function, storage, pool_lookup_target, conn, path, &found, err),
                          &found, (struct eb_object **)out, err);
}

int eb_conn_get_pool_capabilities(eb_conn *conn, unsigned flags, char **xml, eb_error *err)
{
    return EB_CALL_GROUP(conn, "virConnectGetStoragePoolCapabilities", storage, pool_capabilities, conn,
                         flags, xml, err);
}

int eb_pool_get_info(eb_pool *handle, eb_pool_info *out, eb_error *err)
{
    struct eb_object *o = &handle->object;

    memset(out, 0, sizeof(*out));
    return EB_CALL_GROUP(o->conn, "virStoragePoolGetInfo", storage, pool_get_info, o->conn, &o->key, out,
                         err);
}

int eb_pool_refresh(eb_pool *handle, unsigned flags, eb_error *err)
{
    struct eb_object *o = &handle->object;

    if (eb_need_write(o->conn, "virStoragePoolRefresh", err) < 0)
        return -1;
    return EB_CALL_GROUP(o->conn, "virStoragePoolRefresh", storage, pool_refresh, o->conn, &o->key, flags,
                         err);
}

int eb_pool_build(eb_pool *handle, unsigned flags, eb_error *err)
{
    struct eb_object *o = &handle->object;

    if (eb_need_write(o->conn, "virStoragePoolBuild", err) < 0)
        return -1;
    return EB_CALL_GROUP(o->conn, "virStoragePoolBuild", storage, pool_build, o->conn, &o->key, flags, err);
}

int eb_pool_delete(eb_pool *handle, unsigned flags, eb_error *err)
{
    struct eb_object *o = &handle->object;

    if (eb_need_write(o->conn, "virStoragePoolDelete", err) < 0)
        return -1;
    return EB_CALL_GROUP(o->conn, "virStoragePoolDelete", storage, pool_delete, o->conn, &o->key, flags, err);
}
