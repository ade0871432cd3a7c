/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The host's devices. */
#include "core/object.h"

EB_DEFINE_HANDLE(eb_nodedev, EB_OBJECT_NODEDEV)

int eb_conn_list_nodedevs(eb_conn *conn, unsigned flags, eb_nodedev ***out, eb_error *err)
{
    static const struct eb_object_filters filters = {
        .active = EB_LIST_NODEDEVS_ACTIVE,
        .inactive = EB_LIST_NODEDEVS_INACTIVE,
        .persistent = EB_LIST_NODEDEVS_PERSISTENT,
        .transient = EB_LIST_NODEDEVS_TRANSIENT,
        .own = (EB_LIST_NODEDEVS_VPD << 1) - 1,
    };

    return eb_object_list(conn, EB_OBJECT_NODEDEV, NULL, flags, &filters, "virConnectListAllNodeDevices",
                          (struct eb_object ***)out, err);
}

int eb_nodedev_lookup_by_name(eb_conn *conn, const char *name, eb_nodedev **out, eb_error *err)
{
    return eb_object_lookup_name(conn, EB_OBJECT_NODEDEV, NULL, name, (struct eb_object **)out, err);
}

int eb_nodedev_lookup_by_wwn(eb_conn *conn, const char *wwnn, const char *wwpn, unsigned flags,
                             eb_nodedev **out, eb_error *err)
{
    static const char function[] = "virNodeDeviceLookupSCSIHostByWWN";
    struct eb_object_key key = {.name = NULL};

    if (eb_need_arg(wwnn, "wwnn", function, err) < 0 || eb_need_arg(wwpn, "wwpn", function, err) < 0 ||
        eb_check_flags(flags, 0, function, err) < 0)
        return -1;
    return eb_object_give(conn, EB_OBJECT_NODEDEV,
                          EB_CALL_GROUP(conn, function, nodedev, lookup_wwn, conn, wwnn, wwpn, &key, err),
                          &key, (struct eb_object **)out, err);
}

const char *eb_nodedev_get_parent(eb_nodedev *handle)
{
    return handle->object.key.also;
}

int eb_nodedev_is_active(eb_nodedev *handle, eb_error *err)
{
    return eb_object_is_active(&handle->object, err);
}

int eb_nodedev_is_persistent(eb_nodedev *handle, eb_error *err)
{
    return eb_object_is_persistent(&handle->object, err);
}

int eb_nodedev_get_autostart(eb_nodedev *handle, eb_error *err)
{
    return eb_object_get_autostart(&handle->object, err);
}

int eb_nodedev_get_xml(eb_nodedev *handle, unsigned flags, char **xml, eb_error *err)
{
    return eb_object_get_xml(&handle->object, flags, xml, err);
}

int eb_nodedev_list_caps(eb_nodedev *handle, char ***out, eb_error *err)
{
    struct eb_object *o = &handle->object;
    EB_AUTOOBJECT struct eb_object_def *def = NULL;
    struct eb_nodedev_def *dev;

    if (eb_object_get_def(o, "virNodeDeviceListCaps", &def, err) < 0)
        return -1;
    dev = (struct eb_nodedev_def *)def;
    *out = EB_STEAL(dev->caps);
    return (int)dev->n_caps;
}
