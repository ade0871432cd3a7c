/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What only networks have; object.c has the rest. */
#include "remote/remote.h"

static struct rpc_network net_of(const struct eb_object_key *key)
{
    struct rpc_network net = {.name = key->name};

    memcpy(net.uuid, key->uuid, sizeof(net.uuid));
    return net;
}

static int update(eb_conn *conn, const struct eb_object_key *key, unsigned command, unsigned section,
                  int index, const char *xml, unsigned flags, eb_error *err)
{
    struct rpc_network_update_args args = {.net = net_of(key),
                                           .command = command,
                                           .section = section,
                                           .index = index,
                                           .xml = TEXT(xml),
                                           .flags = flags};

    return REMOTE_CALL(conn, NETWORK_UPDATE, &args, NULL, err);
}

static void take_lease(struct rpc_dhcp_lease *from, eb_dhcp_lease *to)
{
    to->interface = EB_STEAL(from->interface);
    to->expiry = from->expiry;
    to->type = from->type;
    to->mac = EB_STEAL(from->mac);
    to->iaid = EB_STEAL(from->iaid);
    to->address = EB_STEAL(from->address);
    to->prefix = from->prefix;
    to->hostname = EB_STEAL(from->hostname);
    to->client_id = EB_STEAL(from->client_id);
}

static int get_dhcp_leases(eb_conn *conn, const struct eb_object_key *key, const char *mac,
                           eb_dhcp_lease **out, eb_error *err)
{
    struct rpc_network_get_dhcp_leases_args args = {.net = net_of(key), .mac = TEXT(mac), .need = 1};
    struct rpc_network_get_dhcp_leases_ret ret = {0};
    uint32_t n;

    if (REMOTE_CALL(conn, NETWORK_GET_DHCP_LEASES, &args, &ret, err) < 0)
        return -1;
    n = ret.leases.n;
    *out = eb_calloc((size_t)n + 1, sizeof(**out));
    for (uint32_t i = 0; i < n; i++)
        take_lease(&ret.leases.items[i], &(*out)[i]);
    remote_clear(RPC_NETWORK_GET_DHCP_LEASES, &ret);
    return (int)n;
}

const struct eb_driver_network_ops remote_network_own_ops = {
    .update = update,
    .get_dhcp_leases = get_dhcp_leases,
};
