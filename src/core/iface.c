/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The host's network interfaces. */
#include "core/object.h"

EB_DEFINE_HANDLE(eb_iface, EB_OBJECT_IFACE)

int eb_conn_list_ifaces(eb_conn *conn, unsigned flags, eb_iface ***out, eb_error *err)
{
    static const struct eb_object_filters filters = {
        .active = EB_LIST_IFACES_ACTIVE,
        .inactive = EB_LIST_IFACES_INACTIVE,
    };

    return eb_object_list(conn, EB_OBJECT_IFACE, NULL, flags, &filters, "virConnectListAllInterfaces",
                          (struct eb_object ***)out, err);
}

int eb_iface_lookup_by_name(eb_conn *conn, const char *name, eb_iface **out, eb_error *err)
{
    return eb_object_lookup_name(conn, EB_OBJECT_IFACE, NULL, name, (struct eb_object **)out, err);
}

int eb_iface_lookup_by_mac(eb_conn *conn, const char *mac, eb_iface **out, eb_error *err)
{
    static const char function[] = "virInterfaceLookupByMACString";
    struct eb_object_key key = {.name = NULL};

    if (eb_need_arg(mac, "macstr", function, err) < 0)
        return -1;
    return eb_object_give(conn, EB_OBJECT_IFACE,
                          EB_CALL_GROUP(conn, function, iface, lookup_mac, conn, mac, &key, err), &key,
                          (struct eb_object **)out, err);
}

const char *eb_iface_get_mac(eb_iface *handle)
{
    return handle->object.key.also ? handle->object.key.also : "";
}

int eb_iface_is_active(eb_iface *handle, eb_error *err)
{
    return eb_object_is_active(&handle->object, err);
}

int eb_iface_get_xml(eb_iface *handle, unsigned flags, char **xml, eb_error *err)
{
    return eb_object_get_xml(&handle->object, flags, xml, err);
}

int eb_iface_start(eb_iface *handle, unsigned flags, eb_error *err)
{
    return eb_object_start(&handle->object, flags, err);
}

int eb_iface_destroy(eb_iface *handle, unsigned flags, eb_error *err)
{
    return eb_object_destroy(&handle->object, flags, err);
}

int eb_iface_undefine(eb_iface *handle, eb_error *err)
{
    return eb_object_undefine(&handle->object, err);
}

int eb_iface_define_xml(eb_conn *conn, const char *xml, unsigned flags, eb_iface **out, eb_error *err)
{
    return eb_object_define_xml(conn, EB_OBJECT_IFACE, xml, flags, (struct eb_object **)out, err);
}

int eb_iface_change_begin(eb_conn *conn, unsigned flags, eb_error *err)
{
    static const char function[] = "virInterfaceChangeBegin";

    if (eb_need_write(conn, function, err) < 0)
        return -1;
    return EB_CALL_GROUP(conn, function, iface, change_begin, conn, flags, err);
}

int eb_iface_change_commit(eb_conn *conn, unsigned flags, eb_error *err)
{
    static const char function[] = "virInterfaceChangeCommit";

    if (eb_need_write(conn, function, err) < 0)
        return -1;
    return EB_CALL_GROUP(conn, function, iface, change_commit, conn, flags, err);
}

int eb_iface_change_rollback(eb_conn *conn, unsigned flags, eb_error *err)
{
    static const char function[] = "virInterfaceChangeRollback";

    if (eb_need_write(conn, function, err) < 0)
        return -1;
    return EB_CALL_GROUP(conn, function, iface, change_rollback, conn, flags, err);
}
