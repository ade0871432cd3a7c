/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The host's devices. */
#include "rpc/handlers.h"

enum { MAX_DEVICES = 65536 };

eb_nodedev *rpc_get_nodedev(struct rpc_call *call, const char *name)
{
    struct eb_object_key key = {.name = eb_strdup(name)};

    return eb_nodedev_from_key(call->conn, &key);
}

void rpc_put_nodedev(eb_nodedev *dev, struct rpc_nodedev *out)
{
    out->name = eb_strdup(eb_nodedev_get_name(dev));
}

/* The devices with a capability (NULL: all). */
static int list_devices(struct rpc_call *call, const char *cap, unsigned flags, const char *function,
                        eb_nodedev ***out, eb_error *err)
{
    unsigned filter = cap ? eb_nodedev_cap_filter(cap) : 0;

    if (eb_check_flags(flags, 0, function, err) < 0)
        return -1;
    if (cap && !filter) {
        *out = eb_calloc(1, sizeof(**out));
        return 0;
    }
    return eb_conn_list_nodedevs(call->conn, filter, out, err);
}

int rpc_serve_node_num_of_devices(struct rpc_call *call, const struct rpc_node_num_of_devices_args *args,
                                  struct rpc_node_num_of_devices_ret *ret, eb_error *err)
{
    eb_nodedev **list;
    int n = list_devices(call, args->capability, args->flags, "virNodeNumOfDevices", &list, err);

    if (n < 0)
        return -1;
    for (int i = 0; i < n; i++)
        eb_nodedev_unref(list[i]);
    free(list);
    ret->count = n;
    return 0;
}

int rpc_serve_node_list_devices(struct rpc_call *call, const struct rpc_node_list_devices_args *args,
                                struct rpc_node_list_devices_ret *ret, eb_error *err)
{
    eb_nodedev **list;
    int n;

    if (rpc_check_max(args->max, MAX_DEVICES, "maxnames", err) < 0)
        return -1;
    n = list_devices(call, args->capability, args->flags, "virNodeListDevices", &list, err);
    if (n < 0)
        return -1;
    RPC_PUT_NAMES(ret->names, n, args->max, list, eb_nodedev_get_name, eb_nodedev_unref);
    return 0;
}

int rpc_serve_connect_list_all_node_devices(struct rpc_call *call,
                                            const struct rpc_connect_list_all_node_devices_args *args,
                                            struct rpc_connect_list_all_node_devices_ret *ret, eb_error *err)
{
    eb_nodedev **list;
    int n = eb_conn_list_nodedevs(call->conn, args->flags, &list, err);

    if (n < 0)
        return -1;
    ret->count = (uint32_t)n;
    RPC_PUT_LIST(ret->devices, n, args->need, list, rpc_put_nodedev, eb_nodedev_unref);
    return 0;
}

int rpc_serve_node_device_lookup_by_name(struct rpc_call *call,
                                         const struct rpc_node_device_lookup_by_name_args *args,
                                         struct rpc_node_device_lookup_by_name_ret *ret, eb_error *err)
{
    RPC_AUTO(nodedev) eb_nodedev *handle = NULL;

    if (eb_nodedev_lookup_by_name(call->conn, args->name, &handle, err) < 0)
        return -1;
    rpc_put_nodedev(handle, &ret->dev);
    return 0;
}

int rpc_serve_node_device_lookup_scsi_host_by_wwn(
    struct rpc_call *call, const struct rpc_node_device_lookup_scsi_host_by_wwn_args *args,
    struct rpc_node_device_lookup_scsi_host_by_wwn_ret *ret, eb_error *err)
{
    RPC_AUTO(nodedev) eb_nodedev *handle = NULL;

    if (eb_nodedev_lookup_by_wwn(call->conn, args->wwnn, args->wwpn, args->flags, &handle, err) < 0)
        return -1;
    rpc_put_nodedev(handle, &ret->dev);
    return 0;
}

int rpc_serve_node_device_get_xml_desc(struct rpc_call *call,
                                       const struct rpc_node_device_get_xml_desc_args *args,
                                       struct rpc_node_device_get_xml_desc_ret *ret, eb_error *err)
{
    RPC_AUTO(nodedev) eb_nodedev *handle = rpc_get_nodedev(call, args->name);

    return eb_nodedev_get_xml(handle, args->flags, &ret->xml, err);
}

int rpc_serve_node_device_get_parent(struct rpc_call *call,
                                     const struct rpc_node_device_get_parent_args *args,
                                     struct rpc_node_device_get_parent_ret *ret, eb_error *err)
{
    RPC_AUTO(nodedev) eb_nodedev *handle = NULL;
    const char *parent;

    if (eb_nodedev_lookup_by_name(call->conn, args->name, &handle, err) < 0)
        return -1;
    parent = eb_nodedev_get_parent(handle);
    ret->parent = parent ? eb_strdup(parent) : NULL;
    return 0;
}

int rpc_serve_node_device_num_of_caps(struct rpc_call *call,
                                      const struct rpc_node_device_num_of_caps_args *args,
                                      struct rpc_node_device_num_of_caps_ret *ret, eb_error *err)
{
    RPC_AUTO(nodedev) eb_nodedev *handle = rpc_get_nodedev(call, args->name);
    char **caps;
    int n = eb_nodedev_list_caps(handle, &caps, err);

    if (n < 0)
        return -1;
    for (int i = 0; i < n; i++)
        free(caps[i]);
    free(caps);
    ret->count = n;
    return 0;
}

int rpc_serve_node_device_list_caps(struct rpc_call *call, const struct rpc_node_device_list_caps_args *args,
                                    struct rpc_node_device_list_caps_ret *ret, eb_error *err)
{
    RPC_AUTO(nodedev) eb_nodedev *handle = rpc_get_nodedev(call, args->name);
    char **caps;
    int n;

    if (rpc_check_max(args->max, MAX_DEVICES, "maxnames", err) < 0)
        return -1;
    n = eb_nodedev_list_caps(handle, &caps, err);
    if (n < 0)
        return -1;
    for (int i = args->max; i < n; i++)
        free(caps[i]);
    ret->names.items = caps;
    ret->names.n = (uint32_t)(n < args->max ? n : args->max);
    return 0;
}

int rpc_serve_node_device_is_active(struct rpc_call *call, const struct rpc_node_device_is_active_args *args,
                                    struct rpc_node_device_is_active_ret *ret, eb_error *err)
{
    RPC_AUTO(nodedev) eb_nodedev *handle = rpc_get_nodedev(call, args->name);

    return rpc_put_int(eb_nodedev_is_active(handle, err), &ret->active);
}

int rpc_serve_node_device_is_persistent(struct rpc_call *call,
                                        const struct rpc_node_device_is_persistent_args *args,
                                        struct rpc_node_device_is_persistent_ret *ret, eb_error *err)
{
    RPC_AUTO(nodedev) eb_nodedev *handle = rpc_get_nodedev(call, args->name);

    return rpc_put_int(eb_nodedev_is_persistent(handle, err), &ret->persistent);
}

int rpc_serve_node_device_get_autostart(struct rpc_call *call,
                                        const struct rpc_node_device_get_autostart_args *args,
                                        struct rpc_node_device_get_autostart_ret *ret, eb_error *err)
{
    RPC_AUTO(nodedev) eb_nodedev *handle = rpc_get_nodedev(call, args->name);

    return rpc_put_int(eb_nodedev_get_autostart(handle, err), &ret->autostart);
}
