/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Leases. VirtualBox tells that of one MAC address (6.1 and later): so the adapters of all machines are asked
 * about. */
#include "vbox/network.h"

#include <ctype.h>
#include <time.h>

struct leases {
    struct vbox_conn *c;
    IDHCPServer *server;
    const struct vbox_network *net;
    int prefix;
    eb_dhcp_lease *items;
    size_t n;
};

/* One MAC address; without a lease that holds there is nothing to add. */
static void add_lease(struct leases *l, const char *mac, const char *hostname)
{
    EB_AUTOERROR eb_error none = EB_ERROR_INIT;
    EB_AUTOFREE char *address = NULL, *state = NULL;
    int64_t issued = 0, expire = 0;
    eb_dhcp_lease *lease;

    for (size_t i = 0; i < l->n; i++) {
        if (eb_streq(l->items[i].mac, mac))
            return;
    }
    if (IDHCPServer_findLeaseByMAC(l->c->vb, l->server, mac, 0, &address, &state, &issued, &expire, &none) <
            0 ||
        !address || !*address || expire < (int64_t)time(NULL))
        return;
    lease = EB_APPEND(l->items, l->n);
    lease->interface = eb_strdup(l->net->kind == VBOX_NETWORK_INTERFACE ? l->net->of_vbox : "");
    lease->expiry = expire;
    lease->mac = eb_strdup(mac);
    lease->address = EB_STEAL(address);
    lease->prefix = (unsigned)l->prefix;
    lease->hostname = eb_strdup(hostname);
}

/* "0800272A0001" */
static char *with_colons(const char *mac)
{
    char out[18] = "";

    if (strlen(mac) != 12)
        return NULL;
    for (size_t i = 0; i < 6; i++) {
        out[3 * i] = (char)tolower((unsigned char)mac[2 * i]);
        out[3 * i + 1] = (char)tolower((unsigned char)mac[2 * i + 1]);
        out[3 * i + 2] = i < 5 ? ':' : '\0';
    }
    return eb_strdup(out);
}

static void add_adapter(struct leases *l, IMachine *machine, uint32_t slot)
{
    EB_AUTOERROR eb_error none = EB_ERROR_INIT;
    VB_AUTO(INetworkAdapter) adapter = NULL;
    EB_AUTOFREE char *mac = NULL, *text = NULL, *name = NULL;
    bool enabled = false;

    if (IMachine_getNetworkAdapter(l->c->vb, machine, slot, &adapter, &none) < 0 ||
        INetworkAdapter_get_enabled(l->c->vb, adapter, &enabled, &none) < 0 || !enabled ||
        (l->net->kind == VBOX_NETWORK_NAT
             ? INetworkAdapter_get_NATNetwork(l->c->vb, adapter, &name, &none)
             : INetworkAdapter_get_hostOnlyInterface(l->c->vb, adapter, &name, &none)) < 0 ||
        !eb_streq(name, l->net->of_vbox) ||
        INetworkAdapter_get_MACAddress(l->c->vb, adapter, &mac, &none) < 0)
        return;
    text = with_colons(mac);
    if (text)
        add_lease(l, text, NULL);
}

static int add_machines(struct leases *l, IVirtualBox *vbox, eb_error *err)
{
    enum { ADAPTERS = 8 };
    IMachine **machines = NULL;
    size_t n = 0;

    if (IVirtualBox_get_machines(l->c->vb, vbox, &n, &machines, err) < 0)
        return -1;
    for (size_t i = 0; i < n; i++) {
        for (uint32_t slot = 0; slot < ADAPTERS; slot++)
            add_adapter(l, machines[i], slot);
    }
    vb_objects_free(n, machines);
    return 0;
}

static int add_all(struct leases *l, IVirtualBox *vbox, const char *mac, eb_error *err)
{
    EB_AUTOOBJECT struct eb_object_def *base = NULL;
    EB_AUTOFREE char *mask = NULL;
    struct eb_network_def *def;
    struct eb_network_ip *ip;

    if (IDHCPServer_get_networkMask(l->c->vb, l->server, &mask, err) < 0 ||
        eb_object_def_parse(EB_OBJECT_NETWORK, "<network><name>n</name></network>", &base, err) < 0)
        return -1;
    l->prefix = vbox_ipv4_prefix(mask);
    if (mac) {
        add_lease(l, mac, NULL);
        return 0;
    }
    def = (struct eb_network_def *)base;
    ip = vbox_network_add_ip(def, "", "");
    if (vbox_dhcp_read(l->c, l->server, ip, err) < 0)
        return -1;
    for (size_t i = 0; i < ip->n_hosts; i++)
        add_lease(l, ip->hosts[i].mac, ip->hosts[i].name);
    return add_machines(l, vbox, err);
}

int vbox_network_get_leases(eb_conn *conn, const struct eb_object_key *key, const char *mac,
                            eb_dhcp_lease **out, eb_error *err)
{
    VBOX_AUTONETWORK struct vbox_network net = {0};
    struct vbox_conn *c = vbox_conn_of(conn);
    struct leases l = {.c = c, .net = &net};
    VB_AUTO(IVirtualBox) vbox = NULL;
    VB_AUTO(IDHCPServer) server = NULL;

    if (vbox_begin(c, &vbox, err) < 0 || vbox_network_find(c, vbox, key->uuid, NULL, &net, err) < 0)
        return -1;
    if (!net.name)
        return eb_error_set(err, EB_ERR_NO_NETWORK, "no network with matching name '%s'", key->name);
    if (vbox_dhcp_find(c, vbox, net.dhcp, &server, err) < 0)
        return -1;
    if (!server)
        return 0; /* it gave no addresses */
    if (!vb_has(c->vb, VB_IDHCPServer_findLeaseByMAC))
        return eb_error_set(err, EB_ERR_NO_SUPPORT, "virNetworkGetDHCPLeases");
    l.server = server;
    if (add_all(&l, vbox, mac, err) < 0) {
        eb_dhcp_leases_free(l.items, l.n);
        return -1;
    }
    *out = l.items;
    return (int)l.n;
}
