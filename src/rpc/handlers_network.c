/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Networks. */
#include "rpc/handlers.h"

eb_network *rpc_get_network(struct rpc_call *call, const struct rpc_network *net)
{
    struct eb_object_key key = {.name = eb_strdup(net->name)};

    memcpy(key.uuid, net->uuid, sizeof(key.uuid));
    return eb_network_from_key(call->conn, &key);
}

void rpc_put_network(eb_network *net, struct rpc_network *out)
{
    out->name = eb_strdup(eb_network_get_name(net));
    eb_network_get_uuid(net, out->uuid);
}

static int count(struct rpc_call *call, unsigned flags, int32_t *out, eb_error *err)
{
    eb_network **list;
    int n = eb_conn_list_networks(call->conn, flags, &list, err);

    if (n < 0)
        return -1;
    for (int i = 0; i < n; i++)
        eb_network_unref(list[i]);
    free(list);
    *out = n;
    return 0;
}

int rpc_serve_connect_num_of_networks(struct rpc_call *call, struct rpc_connect_num_of_networks_ret *ret,
                                      eb_error *err)
{
    return count(call, EB_LIST_NETWORKS_ACTIVE, &ret->count, err);
}

int rpc_serve_connect_num_of_defined_networks(struct rpc_call *call,
                                              struct rpc_connect_num_of_defined_networks_ret *ret,
                                              eb_error *err)
{
    return count(call, EB_LIST_NETWORKS_INACTIVE, &ret->count, err);
}

int rpc_serve_connect_list_networks(struct rpc_call *call, const struct rpc_connect_list_networks_args *args,
                                    struct rpc_connect_list_networks_ret *ret, eb_error *err)
{
    eb_network **list;
    int n;

    if (rpc_check_max(args->max, RPC_MAX_LIST, "maxnames", err) < 0)
        return -1;
    n = eb_conn_list_networks(call->conn, EB_LIST_NETWORKS_ACTIVE, &list, err);
    if (n < 0)
        return -1;
    RPC_PUT_NAMES(ret->names, n, args->max, list, eb_network_get_name, eb_network_unref);
    return 0;
}

int rpc_serve_connect_list_defined_networks(struct rpc_call *call,
                                            const struct rpc_connect_list_defined_networks_args *args,
                                            struct rpc_connect_list_defined_networks_ret *ret, eb_error *err)
{
    eb_network **list;
    int n;

    if (rpc_check_max(args->max, RPC_MAX_LIST, "maxnames", err) < 0)
        return -1;
    n = eb_conn_list_networks(call->conn, EB_LIST_NETWORKS_INACTIVE, &list, err);
    if (n < 0)
        return -1;
    RPC_PUT_NAMES(ret->names, n, args->max, list, eb_network_get_name, eb_network_unref);
    return 0;
}

int rpc_serve_connect_list_all_networks(struct rpc_call *call,
                                        const struct rpc_connect_list_all_networks_args *args,
                                        struct rpc_connect_list_all_networks_ret *ret, eb_error *err)
{
    eb_network **list;
    int n = eb_conn_list_networks(call->conn, args->flags, &list, err);

    if (n < 0)
        return -1;
    ret->count = (uint32_t)n;
    RPC_PUT_LIST(ret->networks, n, args->need, list, rpc_put_network, eb_network_unref);
    return 0;
}

int rpc_serve_network_lookup_by_name(struct rpc_call *call,
                                     const struct rpc_network_lookup_by_name_args *args,
                                     struct rpc_network_lookup_by_name_ret *ret, eb_error *err)
{
    RPC_AUTO(network) eb_network *handle = NULL;

    if (eb_network_lookup_by_name(call->conn, args->name, &handle, err) < 0)
        return -1;
    rpc_put_network(handle, &ret->net);
    return 0;
}

int rpc_serve_network_lookup_by_uuid(struct rpc_call *call,
                                     const struct rpc_network_lookup_by_uuid_args *args,
                                     struct rpc_network_lookup_by_uuid_ret *ret, eb_error *err)
{
    RPC_AUTO(network) eb_network *handle = NULL;

    if (eb_network_lookup_by_uuid(call->conn, args->uuid, &handle, err) < 0)
        return -1;
    rpc_put_network(handle, &ret->net);
    return 0;
}

int rpc_serve_network_create_xml(struct rpc_call *call, const struct rpc_network_create_xml_args *args,
                                 struct rpc_network_create_xml_ret *ret, eb_error *err)
{
    RPC_AUTO(network) eb_network *handle = NULL;

    if (eb_network_create_xml(call->conn, args->xml, 0, &handle, err) < 0)
        return -1;
    rpc_put_network(handle, &ret->net);
    return 0;
}

int rpc_serve_network_create_xml_flags(struct rpc_call *call,
                                       const struct rpc_network_create_xml_flags_args *args,
                                       struct rpc_network_create_xml_flags_ret *ret, eb_error *err)
{
    RPC_AUTO(network) eb_network *handle = NULL;

    if (eb_network_create_xml(call->conn, args->xml, args->flags, &handle, err) < 0)
        return -1;
    rpc_put_network(handle, &ret->net);
    return 0;
}

int rpc_serve_network_define_xml(struct rpc_call *call, const struct rpc_network_define_xml_args *args,
                                 struct rpc_network_define_xml_ret *ret, eb_error *err)
{
    RPC_AUTO(network) eb_network *handle = NULL;

    if (eb_network_define_xml(call->conn, args->xml, 0, &handle, err) < 0)
        return -1;
    rpc_put_network(handle, &ret->net);
    return 0;
}

int rpc_serve_network_define_xml_flags(struct rpc_call *call,
                                       const struct rpc_network_define_xml_flags_args *args,
                                       struct rpc_network_define_xml_flags_ret *ret, eb_error *err)
{
    RPC_AUTO(network) eb_network *handle = NULL;

    if (eb_network_define_xml(call->conn, args->xml, args->flags, &handle, err) < 0)
        return -1;
    rpc_put_network(handle, &ret->net);
    return 0;
}

int rpc_serve_network_create(struct rpc_call *call, const struct rpc_network_create_args *args, eb_error *err)
{
    RPC_AUTO(network) eb_network *handle = rpc_get_network(call, &args->net);

    return eb_network_start(handle, err);
}

int rpc_serve_network_destroy(struct rpc_call *call, const struct rpc_network_destroy_args *args,
                              eb_error *err)
{
    RPC_AUTO(network) eb_network *handle = rpc_get_network(call, &args->net);

    return eb_network_destroy(handle, err);
}

int rpc_serve_network_undefine(struct rpc_call *call, const struct rpc_network_undefine_args *args,
                               eb_error *err)
{
    RPC_AUTO(network) eb_network *handle = rpc_get_network(call, &args->net);

    return eb_network_undefine(handle, err);
}

int rpc_serve_network_set_autostart(struct rpc_call *call, const struct rpc_network_set_autostart_args *args,
                                    eb_error *err)
{
    RPC_AUTO(network) eb_network *handle = rpc_get_network(call, &args->net);

    return eb_network_set_autostart(handle, args->autostart, err);
}

int rpc_serve_network_get_xml_desc(struct rpc_call *call, const struct rpc_network_get_xml_desc_args *args,
                                   struct rpc_network_get_xml_desc_ret *ret, eb_error *err)
{
    RPC_AUTO(network) eb_network *handle = rpc_get_network(call, &args->net);

    return eb_network_get_xml(handle, args->flags, &ret->xml, err);
}

int rpc_serve_network_get_bridge_name(struct rpc_call *call,
                                      const struct rpc_network_get_bridge_name_args *args,
                                      struct rpc_network_get_bridge_name_ret *ret, eb_error *err)
{
    RPC_AUTO(network) eb_network *handle = rpc_get_network(call, &args->net);

    return eb_network_get_bridge_name(handle, &ret->name, err);
}

int rpc_serve_network_get_autostart(struct rpc_call *call, const struct rpc_network_get_autostart_args *args,
                                    struct rpc_network_get_autostart_ret *ret, eb_error *err)
{
    RPC_AUTO(network) eb_network *handle = rpc_get_network(call, &args->net);

    return rpc_put_int(eb_network_get_autostart(handle, err), &ret->autostart);
}

int rpc_serve_network_is_active(struct rpc_call *call, const struct rpc_network_is_active_args *args,
                                struct rpc_network_is_active_ret *ret, eb_error *err)
{
    RPC_AUTO(network) eb_network *handle = rpc_get_network(call, &args->net);

    return rpc_put_int(eb_network_is_active(handle, err), &ret->active);
}

int rpc_serve_network_is_persistent(struct rpc_call *call, const struct rpc_network_is_persistent_args *args,
                                    struct rpc_network_is_persistent_ret *ret, eb_error *err)
{
    RPC_AUTO(network) eb_network *handle = rpc_get_network(call, &args->net);

    return rpc_put_int(eb_network_is_persistent(handle, err), &ret->persistent);
}

int rpc_serve_network_update(struct rpc_call *call, const struct rpc_network_update_args *args, eb_error *err)
{
    RPC_AUTO(network) eb_network *handle = rpc_get_network(call, &args->net);

    return eb_network_update(handle, args->command, args->section, args->index, args->xml, args->flags, err);
}

int rpc_serve_network_get_dhcp_leases(struct rpc_call *call,
                                      const struct rpc_network_get_dhcp_leases_args *args,
                                      struct rpc_network_get_dhcp_leases_ret *ret, eb_error *err)
{
    RPC_AUTO(network) eb_network *handle = rpc_get_network(call, &args->net);
    eb_dhcp_lease *list = NULL;
    int n = eb_network_get_dhcp_leases(handle, args->mac, args->flags, &list, err);

    if (n < 0)
        return -1;
    ret->count = (uint32_t)n;
    if (args->need) {
        ret->leases.n = (uint32_t)n;
        ret->leases.items = eb_calloc((size_t)n + 1, sizeof(*ret->leases.items));
    }
    for (uint32_t i = 0; i < ret->leases.n; i++) {
        struct rpc_dhcp_lease *to = &ret->leases.items[i];

        to->interface = list[i].interface ? EB_STEAL(list[i].interface) : eb_strdup("");
        to->expiry = list[i].expiry;
        to->type = list[i].type;
        to->mac = EB_STEAL(list[i].mac);
        to->iaid = EB_STEAL(list[i].iaid);
        to->address = EB_STEAL(list[i].address);
        to->prefix = list[i].prefix;
        to->hostname = EB_STEAL(list[i].hostname);
        to->client_id = EB_STEAL(list[i].client_id);
    }
    eb_dhcp_leases_free(list, (size_t)n);
    return 0;
}
