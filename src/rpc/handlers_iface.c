/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The host's network interfaces. */
#include "rpc/handlers.h"

eb_iface *rpc_get_interface(struct rpc_call *call, const struct rpc_interface *iface)
{
    struct eb_object_key key = {.name = eb_strdup(iface->name), .also = eb_strdup(iface->mac)};

    return eb_iface_from_key(call->conn, &key);
}

void rpc_put_interface(eb_iface *iface, struct rpc_interface *out)
{
    out->name = eb_strdup(eb_iface_get_name(iface));
    out->mac = eb_strdup(eb_iface_get_mac(iface));
}

static int count(struct rpc_call *call, unsigned flags, int32_t *out, eb_error *err)
{
    eb_iface **list;
    int n = eb_conn_list_ifaces(call->conn, flags, &list, err);

    if (n < 0)
        return -1;
    for (int i = 0; i < n; i++)
        eb_iface_unref(list[i]);
    free(list);
    *out = n;
    return 0;
}

int rpc_serve_connect_num_of_interfaces(struct rpc_call *call, struct rpc_connect_num_of_interfaces_ret *ret,
                                        eb_error *err)
{
    return count(call, EB_LIST_IFACES_ACTIVE, &ret->count, err);
}

int rpc_serve_connect_num_of_defined_interfaces(struct rpc_call *call,
                                                struct rpc_connect_num_of_defined_interfaces_ret *ret,
                                                eb_error *err)
{
    return count(call, EB_LIST_IFACES_INACTIVE, &ret->count, err);
}

int rpc_serve_connect_list_interfaces(struct rpc_call *call,
                                      const struct rpc_connect_list_interfaces_args *args,
                                      struct rpc_connect_list_interfaces_ret *ret, eb_error *err)
{
    eb_iface **list;
    int n;

    if (rpc_check_max(args->max, RPC_MAX_LIST, "maxnames", err) < 0)
        return -1;
    n = eb_conn_list_ifaces(call->conn, EB_LIST_IFACES_ACTIVE, &list, err);
    if (n < 0)
        return -1;
    RPC_PUT_NAMES(ret->names, n, args->max, list, eb_iface_get_name, eb_iface_unref);
    return 0;
}

int rpc_serve_connect_list_defined_interfaces(struct rpc_call *call,
                                              const struct rpc_connect_list_defined_interfaces_args *args,
                                              struct rpc_connect_list_defined_interfaces_ret *ret,
                                              eb_error *err)
{
    eb_iface **list;
    int n;

    if (rpc_check_max(args->max, RPC_MAX_LIST, "maxnames", err) < 0)
        return -1;
    n = eb_conn_list_ifaces(call->conn, EB_LIST_IFACES_INACTIVE, &list, err);
    if (n < 0)
        return -1;
    RPC_PUT_NAMES(ret->names, n, args->max, list, eb_iface_get_name, eb_iface_unref);
    return 0;
}

int rpc_serve_connect_list_all_interfaces(struct rpc_call *call,
                                          const struct rpc_connect_list_all_interfaces_args *args,
                                          struct rpc_connect_list_all_interfaces_ret *ret, eb_error *err)
{
    eb_iface **list;
    int n = eb_conn_list_ifaces(call->conn, args->flags, &list, err);

    if (n < 0)
        return -1;
    ret->count = (uint32_t)n;
    RPC_PUT_LIST(ret->interfaces, n, args->need, list, rpc_put_interface, eb_iface_unref);
    return 0;
}

int rpc_serve_interface_lookup_by_name(struct rpc_call *call,
                                       const struct rpc_interface_lookup_by_name_args *args,
                                       struct rpc_interface_lookup_by_name_ret *ret, eb_error *err)
{
    RPC_AUTO(iface) eb_iface *handle = NULL;

    if (eb_iface_lookup_by_name(call->conn, args->name, &handle, err) < 0)
        return -1;
    rpc_put_interface(handle, &ret->interface);
    return 0;
}

int rpc_serve_interface_lookup_by_mac_string(struct rpc_call *call,
                                             const struct rpc_interface_lookup_by_mac_string_args *args,
                                             struct rpc_interface_lookup_by_mac_string_ret *ret,
                                             eb_error *err)
{
    RPC_AUTO(iface) eb_iface *handle = NULL;

    if (eb_iface_lookup_by_mac(call->conn, args->mac, &handle, err) < 0)
        return -1;
    rpc_put_interface(handle, &ret->interface);
    return 0;
}

int rpc_serve_interface_define_xml(struct rpc_call *call, const struct rpc_interface_define_xml_args *args,
                                   struct rpc_interface_define_xml_ret *ret, eb_error *err)
{
    RPC_AUTO(iface) eb_iface *handle = NULL;

    if (eb_iface_define_xml(call->conn, args->xml, args->flags, &handle, err) < 0)
        return -1;
    rpc_put_interface(handle, &ret->interface);
    return 0;
}

int rpc_serve_interface_get_xml_desc(struct rpc_call *call,
                                     const struct rpc_interface_get_xml_desc_args *args,
                                     struct rpc_interface_get_xml_desc_ret *ret, eb_error *err)
{
    RPC_AUTO(iface) eb_iface *handle = rpc_get_interface(call, &args->interface);

    return eb_iface_get_xml(handle, args->flags, &ret->xml, err);
}

int rpc_serve_interface_is_active(struct rpc_call *call, const struct rpc_interface_is_active_args *args,
                                  struct rpc_interface_is_active_ret *ret, eb_error *err)
{
    RPC_AUTO(iface) eb_iface *handle = rpc_get_interface(call, &args->interface);

    return rpc_put_int(eb_iface_is_active(handle, err), &ret->active);
}

int rpc_serve_interface_create(struct rpc_call *call, const struct rpc_interface_create_args *args,
                               eb_error *err)
{
    RPC_AUTO(iface) eb_iface *handle = rpc_get_interface(call, &args->interface);

    return eb_iface_start(handle, args->flags, err);
}

int rpc_serve_interface_destroy(struct rpc_call *call, const struct rpc_interface_destroy_args *args,
                                eb_error *err)
{
    RPC_AUTO(iface) eb_iface *handle = rpc_get_interface(call, &args->interface);

    return eb_iface_destroy(handle, args->flags, err);
}

int rpc_serve_interface_undefine(struct rpc_call *call, const struct rpc_interface_undefine_args *args,
                                 eb_error *err)
{
    RPC_AUTO(iface) eb_iface *handle = rpc_get_interface(call, &args->interface);

    return eb_iface_undefine(handle, err);
}

int rpc_serve_interface_change_begin(struct rpc_call *call,
                                     const struct rpc_interface_change_begin_args *args, eb_error *err)
{
    return eb_iface_change_begin(call->conn, args->flags, err);
}

int rpc_serve_interface_change_commit(struct rpc_call *call,
                                      const struct rpc_interface_change_commit_args *args, eb_error *err)
{
    return eb_iface_change_commit(call->conn, args->flags, err);
}

int rpc_serve_interface_change_rollback(struct rpc_call *call,
                                        const struct rpc_interface_change_rollback_args *args, eb_error *err)
{
    return eb_iface_change_rollback(call->conn, args->flags, err);
}
