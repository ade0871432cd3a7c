/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Storage volumes. */
#include "core/object.h"
#include "model/validate.h"

#include <inttypes.h>

EB_DEFINE_HANDLE(eb_volume, EB_OBJECT_VOLUME)

int eb_pool_list_volumes(eb_pool *pool, unsigned flags, eb_volume ***out, eb_error *err)
{
    static const struct eb_object_filters none = {.own = 0};

    return eb_object_list(pool->object.conn, EB_OBJECT_VOLUME, &pool->object.key, flags, &none,
                          "virStoragePoolListAllVolumes", (struct eb_object ***)out, err);
}

int eb_volume_lookup_by_name(eb_pool *pool, const char *name, eb_volume **out, eb_error *err)
{
    return eb_object_lookup_name(pool->object.conn, EB_OBJECT_VOLUME, &pool->object.key, name,
                                 (struct eb_object **)out, err);
}

int eb_volume_lookup_by_key(eb_conn *conn, const char *key, eb_volume **out, eb_error *err)
{
    struct eb_object_key found = {.name = NULL};

    if (eb_need_arg(key, "key", "virStorageVolLookupByKey", err) < 0)
        return -1;
    return eb_object_give(
        conn, EB_OBJECT_VOLUME,
        EB_CALL_GROUP(conn, "virStorageVolLookupByKey", storage, volume_lookup_key, conn, key, &found, err),
        &found, (struct eb_object **)out, err);
}

int eb_volume_lookup_by_path(eb_conn *conn, const char *path, eb_volume **out, eb_error *err)
{
    struct eb_object_key found = {.name = NULL};

    if (eb_need_arg(path, "path", "virStorageVolLookupByPath", err) < 0)
        return -1;
    return eb_object_give(conn, EB_OBJECT_VOLUME,
                          EB_CALL_GROUP(conn, "virStorageVolLookupByPath", storage, volume_lookup_path, conn,
                                        path, &found, err),
                          &found, (struct eb_object **)out, err);
}

const char *eb_volume_get_key(eb_volume *handle)
{
    return handle->object.key.also;
}

const char *eb_volume_get_pool_name(eb_volume *handle)
{
    return handle->object.key.pool;
}

int eb_volume_get_path(eb_volume *handle, char **out, eb_error *err)
{
    struct eb_object *o = &handle->object;

    return EB_CALL_GROUP(o->conn, "virStorageVolGetPath", storage, volume_get_path, o->conn, &o->key, out,
                         err);
}

int eb_volume_get_info(eb_volume *handle, eb_volume_info *out, eb_error *err)
{
    struct eb_object *o = &handle->object;

    memset(out, 0, sizeof(*out));
    return EB_CALL_GROUP(o->conn, "virStorageVolGetInfo", storage, volume_get_info, o->conn, &o->key, out,
                         err);
}

int eb_volume_get_xml(eb_volume *handle, unsigned flags, char **xml, eb_error *err)
{
    return eb_object_get_xml(&handle->object, flags, xml, err);
}

enum { VALIDATE = 1 << 2 }; /* VIR_STORAGE_VOL_CREATE_VALIDATE */

static int create(eb_pool *pool, const char *xml, const struct eb_object_key *from, unsigned flags,
                  const char *function, eb_volume **out, eb_error *err)
{
    eb_conn *conn = pool->object.conn;
    EB_AUTOOBJECT struct eb_object_def *def = NULL;
    struct eb_object_key key = {.name = NULL};

    if (eb_need_write(conn, function, err) < 0 || eb_need_arg(xml, "xmlDesc", function, err) < 0)
        return -1;
    if (!conn->driver->storage || !conn->driver->storage->volume_create)
        return eb_no_support(conn, function, err);
    if ((flags & VALIDATE) && eb_xml_validate(xml, "storagevol.rng", err) < 0)
        return -1;
    flags &= ~(unsigned)VALIDATE;
    if (eb_driver_result(conn, eb_object_def_parse(EB_OBJECT_VOLUME, xml, &def, err), err) < 0)
        return -1;
    return eb_object_give(conn, EB_OBJECT_VOLUME,
                          conn->driver->storage->volume_create(conn, &pool->object.key,
                                                               (const struct eb_volume_def *)def, from, flags,
                                                               &key, err),
                          &key, (struct eb_object **)out, err);
}

int eb_volume_create_xml(eb_pool *pool, const char *xml, unsigned flags, eb_volume **out, eb_error *err)
{
    return create(pool, xml, NULL, flags, "virStorageVolCreateXML", out, err);
}

int eb_volume_create_xml_from(eb_pool *pool, const char *xml, eb_volume *from, unsigned flags,
                              eb_volume **out, eb_error *err)
{
    static const char function[] = "virStorageVolCreateXMLFrom";

    if (eb_need_arg(from, "clonevol", function, err) < 0)
        return -1;
    return create(pool, xml, &from->object.key, flags, function, out, err);
}

int eb_volume_delete(eb_volume *handle, unsigned flags, eb_error *err)
{
    struct eb_object *o = &handle->object;

    if (eb_need_write(o->conn, "virStorageVolDelete", err) < 0)
        return -1;
    return EB_CALL_GROUP(o->conn, "virStorageVolDelete", storage, volume_delete, o->conn, &o->key, flags,
                         err);
}

/* ---- Sizes and contents ---- */

int eb_volume_get_info_flags(eb_volume *handle, eb_volume_info *out, unsigned flags, eb_error *err)
{
    struct eb_object *o = &handle->object;

    memset(out, 0, sizeof(*out));
    return EB_CALL_GROUP(o->conn, "virStorageVolGetInfoFlags", storage, volume_get_info_flags, o->conn,
                         &o->key, flags, out, err);
}

int eb_volume_resize(eb_volume *handle, uint64_t capacity, unsigned flags, eb_error *err)
{
    static const char function[] = "virStorageVolResize";
    struct eb_object *o = &handle->object;

    if (eb_need_write(o->conn, function, err) < 0)
        return -1;
    if (!capacity && !(flags & (EB_VOLUME_RESIZE_DELTA | EB_VOLUME_RESIZE_SHRINK)))
        return eb_error_set_arg(err, EB_FROM_STORAGE,
                                "capacity in %s cannot be zero without 'delta' or 'shrink' flags set",
                                function);
    return EB_CALL_GROUP(o->conn, function, storage, volume_resize, o->conn, &o->key, capacity, flags, err);
}

int eb_volume_wipe(eb_volume *handle, unsigned algorithm, unsigned flags, eb_error *err)
{
    const char *function =
        algorithm == EB_VOLUME_WIPE_ZERO ? "virStorageVolWipe" : "virStorageVolWipePattern";
    struct eb_object *o = &handle->object;

    if (eb_need_write(o->conn, function, err) < 0)
        return -1;
    return EB_CALL_GROUP(o->conn, function, storage, volume_wipe, o->conn, &o->key, algorithm, flags, err);
}

/* Reading what a guest wrote is no less than a change: libvirt refuses both on a read-only connection. */
int eb_volume_download(eb_volume *handle, uint64_t offset, uint64_t length, unsigned flags, eb_stream **out,
                       eb_error *err)
{
    static const char function[] = "virStorageVolDownload";
    struct eb_object *o = &handle->object;

    if (eb_need_write(o->conn, function, err) < 0)
        return -1;
    return EB_CALL_GROUP(o->conn, function, storage, volume_download, o->conn, &o->key, offset, length, flags,
                         out, err);
}

int eb_volume_upload(eb_volume *handle, uint64_t offset, uint64_t length, unsigned flags, eb_stream **out,
                     eb_error *err)
{
    static const char function[] = "virStorageVolUpload";
    struct eb_object *o = &handle->object;

    if (eb_need_write(o->conn, function, err) < 0)
        return -1;
    return EB_CALL_GROUP(o->conn, function, storage, volume_upload, o->conn, &o->key, offset, length, flags,
                         out, err);
}

int eb_domain_block_resize(eb_domain *dom, const char *disk, uint64_t size, unsigned flags, eb_error *err)
{
    static const char function[] = "virDomainBlockResize";
    enum { KIB = 1024 };
    bool bytes = flags & EB_BLOCK_RESIZE_BYTES;

    if (eb_need_write(dom->conn, function, err) < 0 || eb_need_arg(disk, "disk", function, err) < 0)
        return -1;
    if (!bytes && size > UINT64_MAX / KIB)
        return eb_error_set(err, EB_ERR_OVERFLOW, "size must be less than %" PRIu64, UINT64_MAX / KIB);
    return EB_CALL(dom->conn, function, device.block_resize, dom->conn, dom->uuid, disk,
                   bytes ? size : size * KIB, flags & ~(unsigned)EB_BLOCK_RESIZE_BYTES, err);
}
