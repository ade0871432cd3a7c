/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Networks of the host and its guests alone: host-only interfaces, and what stands in their place where
 * VirtualBox has no driver for these (macOS, 7.0 and later), host-only networks.
 */
#include "vbox/network.h"

#include "model/network_update.h"

#include <sys/socket.h>

static int check_common(struct vbox_conn *c, const struct eb_network_def *def, eb_error *err)
{
    const struct eb_network_ip *ip = NULL, *ip6 = NULL;

    if (def->mtu)
        return vbox_network_refuse(err, "<mtu> of an isolated network", NULL);
    if (def->n_forwards || def->ipv6_default_route)
        return vbox_network_refuse(err, "<vbox:network> of an isolated network", NULL);
    if (vbox_network_ip(def, AF_INET, &ip, err) < 0 || vbox_network_ip(def, AF_INET6, &ip6, err) < 0)
        return -1;
    if (ip6 && (ip6->n_ranges || ip6->n_hosts))
        return vbox_network_refuse(err, "<dhcp> of IPv6", NULL);
    return ip ? vbox_dhcp_check(c, ip, err) : 0;
}

/* ---- Interfaces ---- */

static int read_ipv6(struct vbox_conn *c, const struct vbox_network *net, struct eb_network_def *def,
                     eb_error *err)
{
    EB_AUTOFREE char *address = NULL;
    struct eb_network_ip *ip;
    uint32_t prefix = 0;

    if (IHostNetworkInterface_get_IPV6Address(c->vb, net->object, &address, err) < 0 ||
        IHostNetworkInterface_get_IPV6NetworkMaskPrefixLength(c->vb, net->object, &prefix, err) < 0)
        return -1;
    /* the one that each interface has anyway is no setting */
    if (!address || !*address || !prefix || eb_starts_with(address, "fe80:"))
        return 0;
    ip = EB_APPEND(def->ips, def->n_ips);
    ip->family = eb_strdup("ipv6");
    ip->address = EB_STEAL(address);
    ip->prefix = (int)prefix;
    return 0;
}

static int read_ipv4(struct vbox_conn *c, IVirtualBox *vbox, const struct vbox_network *net,
                     struct eb_network_def *def, eb_error *err)
{
    VB_AUTO(IDHCPServer) server = NULL;
    EB_AUTOFREE char *address = NULL, *mask = NULL;
    struct eb_network_ip *ip;
    bool enabled = false;

    if (IHostNetworkInterface_get_IPAddress(c->vb, net->object, &address, err) < 0 ||
        IHostNetworkInterface_get_networkMask(c->vb, net->object, &mask, err) < 0)
        return -1;
    if (vbox_ipv4(address) == 0)
        return 0;
    ip = vbox_network_add_ip(def, address, vbox_ipv4(mask) ? mask : "255.255.255.0");
    if (vbox_dhcp_find(c, vbox, net->dhcp, &server, err) < 0 ||
        (server && IDHCPServer_get_enabled(c->vb, server, &enabled, err) < 0))
        return -1;
    /* that of a network that is stopped waits for it */
    return server && (enabled || !net->active) ? vbox_dhcp_read(c, server, ip, err) : 0;
}

static int read_interface(struct vbox_conn *c, IVirtualBox *vbox, const struct vbox_network *net,
                          struct eb_network_def *def, eb_error *err)
{
    EB_AUTOFREE char *mac = NULL;

    def->bridge = eb_strdup(net->of_vbox);
    if (IHostNetworkInterface_get_hardwareAddress(c->vb, net->object, &mac, err) < 0)
        return -1;
    def->mac = mac && *mac ? EB_STEAL(mac) : NULL;
    return read_ipv4(c, vbox, net, def, err) < 0 ? -1 : read_ipv6(c, net, def, err);
}

static int check_interface(struct vbox_conn *c, const struct eb_network_def *def, eb_error *err)
{
    return check_common(c, def, err);
}

/* A question that failed while VirtualBox was at it says nothing about how that ends. Releases `progress`. */
static int settle(struct vbox_conn *c, IProgress *progress, const char *what, eb_error *err)
{
    EB_AUTOERROR eb_error first = EB_ERROR_INIT;
    IProgress *again = vb_object_ref(progress);

    if (vbox_wait(c, progress, what, &first) < 0)
        return vbox_wait(c, again, what, err);
    vb_unref(again);
    return 0;
}

/* VirtualBox chooses its name. */
static int make_interface(struct vbox_conn *c, IVirtualBox *vbox, const struct eb_network_def *def EB_UNUSED,
                          struct vbox_network *net, eb_error *err)
{
    VB_AUTO(IHost) host = NULL;
    IHostNetworkInterface *made = NULL;
    IProgress *progress = NULL;

    if (!vb_has(c->vb, VB_IHost_createHostOnlyNetworkInterface))
        return vbox_network_refuse(err, "a network without <forward>",
                                   "this VirtualBox cannot make host-only interfaces");
    if (IVirtualBox_get_host(c->vb, vbox, &host, err) < 0 ||
        IHost_createHostOnlyNetworkInterface(c->vb, host, &made, &progress, err) < 0)
        return -1;
    net->object = made;
    if (settle(c, progress, "making a host-only interface", err) < 0 ||
        IHostNetworkInterface_get_name(c->vb, made, &net->of_vbox, err) < 0 ||
        IHostNetworkInterface_get_networkName(c->vb, made, &net->dhcp, err) < 0)
        return -1;
    return 0;
}

static int apply_ipv4(struct vbox_conn *c, const struct vbox_network *net, const struct eb_network_ip *ip,
                      eb_error *err)
{
    EB_AUTOFREE char *address = NULL, *mask = NULL, *wanted = NULL;

    if (IHostNetworkInterface_get_IPAddress(c->vb, net->object, &address, err) < 0 ||
        IHostNetworkInterface_get_networkMask(c->vb, net->object, &mask, err) < 0)
        return -1;
    if (!ip && vbox_ipv4(address) == 0)
        return 0;
    wanted = ip ? vbox_ipv4_text(vbox_ipv4_mask(eb_network_ip_prefix(ip))) : eb_strdup("");
    if (ip && eb_streq(address, ip->address) && eb_streq(mask, wanted))
        return 0;
    return IHostNetworkInterface_enableStaticIPConfig(c->vb, net->object, ip ? ip->address : "", wanted, err);
}

static int apply_ipv6(struct vbox_conn *c, const struct vbox_network *net, const struct eb_network_def *def,
                      eb_error *err)
{
    struct eb_network_def is = {.base = {.kind = EB_OBJECT_NETWORK}};
    const struct eb_network_ip *ip = NULL;
    bool same, none;
    int result;

    if (vbox_network_ip(def, AF_INET6, &ip, err) < 0 || read_ipv6(c, net, &is, err) < 0)
        return -1;
    none = !ip && !is.n_ips;
    same = ip && is.n_ips && eb_streq(is.ips[0].address, ip->address) &&
           is.ips[0].prefix == eb_network_ip_prefix(ip);
    result =
        none || same
            ? 0
            : IHostNetworkInterface_enableStaticIPConfigV6(c->vb, net->object, ip ? ip->address : "",
                                                           ip ? (uint32_t)eb_network_ip_prefix(ip) : 0, err);
    for (size_t i = 0; i < is.n_ips; i++) {
        free(is.ips[i].address);
        free(is.ips[i].family);
    }
    free(is.ips);
    return result;
}

static int apply_interface(struct vbox_conn *c, IVirtualBox *vbox, const struct vbox_network *net,
                           const struct eb_network_def *def, eb_error *err)
{
    const struct eb_network_ip *ip = NULL;

    if (vbox_network_ip(def, AF_INET, &ip, err) < 0 || apply_ipv4(c, net, ip, err) < 0 ||
        apply_ipv6(c, net, def, err) < 0)
        return -1;
    return vbox_dhcp_apply(c, vbox, net->dhcp, ip, net->active, err);
}

/* An interface is there or not: one that is stopped hands out no addresses. */
static int set_interface_active(struct vbox_conn *c, IVirtualBox *vbox, const struct vbox_network *net,
                                bool active, eb_error *err)
{
    return vbox_dhcp_set_enabled(c, vbox, net->dhcp, active, err);
}

static int remove_interface(struct vbox_conn *c, IVirtualBox *vbox, const struct vbox_network *net,
                            eb_error *err)
{
    VB_AUTO(IHostNetworkInterface) removed = NULL;
    EB_AUTOERROR eb_error none = EB_ERROR_INIT;
    VB_AUTO(IHost) host = NULL;
    EB_AUTOFREE char *id = NULL;
    IProgress *progress = NULL;
    int result;

    if (IVirtualBox_get_host(c->vb, vbox, &host, err) < 0 ||
        IHostNetworkInterface_get_id(c->vb, net->object, &id, err) < 0)
        return -1;
    if (vb_has(c->vb, VB_IHost_removeHostOnlyNetworkInterface__interface))
        result = IHost_removeHostOnlyNetworkInterface__interface(c->vb, host, id, &removed, &progress, err);
    else
        result = IHost_removeHostOnlyNetworkInterface__progress(c->vb, host, id, &progress, err);
    if (result < 0 || settle(c, progress, "removing a host-only interface", err) < 0)
        return -1;
    if (net->dhcp)
        vbox_dhcp_apply(c, vbox, net->dhcp, NULL, false, &none);
    return 0;
}

const struct vbox_network_kind_ops vbox_host_interface_ops = {.read = read_interface,
                                                              .check = check_interface,
                                                              .make = make_interface,
                                                              .apply = apply_interface,
                                                              .set_active = set_interface_active,
                                                              .remove = remove_interface};

/* ---- Networks ---- */

static int read_network(struct vbox_conn *c, IVirtualBox *vbox EB_UNUSED, const struct vbox_network *net,
                        struct eb_network_def *def, eb_error *err)
{
    EB_AUTOFREE char *mask = NULL, *lower = NULL, *upper = NULL, *host = NULL;
    struct eb_network_ip *ip;
    struct eb_dhcp_range *range;

    if (IHostOnlyNetwork_get_networkMask(c->vb, net->object, &mask, err) < 0 ||
        IHostOnlyNetwork_get_lowerIP(c->vb, net->object, &lower, err) < 0 ||
        IHostOnlyNetwork_get_upperIP(c->vb, net->object, &upper, err) < 0)
        return -1;
    def->bridge = eb_strdup(net->of_vbox);
    host = vbox_ipv4_text((vbox_ipv4(lower) & vbox_ipv4(mask)) + 1);
    ip = vbox_network_add_ip(def, host, mask);
    range = EB_APPEND(ip->ranges, ip->n_ranges);
    range->start = EB_STEAL(lower);
    range->end = EB_STEAL(upper);
    return 0;
}

static int check_network(struct vbox_conn *c, const struct eb_network_def *def, eb_error *err)
{
    const struct eb_network_ip *ip = NULL, *ip6 = NULL;

    if (check_common(c, def, err) < 0 || vbox_network_ip(def, AF_INET, &ip, err) < 0 ||
        vbox_network_ip(def, AF_INET6, &ip6, err) < 0)
        return -1;
    if (ip6)
        return vbox_network_refuse(err, "an IPv6 <ip> of a host-only network", NULL);
    if (!ip || !ip->n_ranges)
        return vbox_network_refuse(err, "a host-only network without <range> in the <dhcp> of its <ip>",
                                   NULL);
    if (ip->n_hosts)
        return vbox_network_refuse(err, "<host> in the <dhcp> of a host-only network", NULL);
    if ((vbox_ipv4(ip->address) & ~vbox_ipv4_mask(eb_network_ip_prefix(ip))) != 1)
        return vbox_network_refuse(err, "this address of <ip>", "the host has the network's first address");
    return 0;
}

static int make_network(struct vbox_conn *c, IVirtualBox *vbox, const struct eb_network_def *def,
                        struct vbox_network *net, eb_error *err)
{
    IHostOnlyNetwork *made = NULL;

    if (IVirtualBox_createHostOnlyNetwork(c->vb, vbox, def->base.name, &made, err) < 0)
        return -1;
    net->object = made;
    net->of_vbox = eb_strdup(def->base.name);
    net->dhcp = eb_strdup("");
    return 0;
}

#define CHANGE(attr, wanted)                                                                                 \
    __extension__({                                                                                          \
        char *is_ = NULL;                                                                                    \
        int rc_ = IHostOnlyNetwork_get_##attr(c->vb, net->object, &is_, err);                                \
        if (rc_ == 0 && !eb_streq(is_, wanted))                                                              \
            rc_ = IHostOnlyNetwork_set_##attr(c->vb, net->object, wanted, err);                              \
        free(is_);                                                                                           \
        rc_;                                                                                                 \
    })

static int apply_network(struct vbox_conn *c, IVirtualBox *vbox EB_UNUSED, const struct vbox_network *net,
                         const struct eb_network_def *def, eb_error *err)
{
    EB_AUTOFREE char *mask = NULL;
    const struct eb_network_ip *ip = NULL;

    if (vbox_network_ip(def, AF_INET, &ip, err) < 0)
        return -1;
    mask = vbox_ipv4_text(vbox_ipv4_mask(eb_network_ip_prefix(ip)));
    if (CHANGE(networkMask, mask) < 0 || CHANGE(lowerIP, ip->ranges[0].start) < 0)
        return -1;
    return CHANGE(upperIP, ip->ranges[0].end);
}

static int set_network_active(struct vbox_conn *c, IVirtualBox *vbox EB_UNUSED,
                              const struct vbox_network *net, bool active, eb_error *err)
{
    return IHostOnlyNetwork_set_enabled(c->vb, net->object, active, err);
}

static int remove_network(struct vbox_conn *c, IVirtualBox *vbox, const struct vbox_network *net,
                          eb_error *err)
{
    return IVirtualBox_removeHostOnlyNetwork(c->vb, vbox, net->object, err);
}

const struct vbox_network_kind_ops vbox_host_network_ops = {.read = read_network,
                                                            .check = check_network,
                                                            .make = make_network,
                                                            .apply = apply_network,
                                                            .set_active = set_network_active,
                                                            .remove = remove_network};
