/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* NAT networks (4.3 and later). VirtualBox's gateway is always the first address of the network. */
#include "vbox/network.h"

#include "model/network_update.h"

#include <arpa/inet.h>

enum { USUAL_MTU = 1500, IPV6_PREFIX = 64 };

/* What VirtualBox makes of a network whose DHCP server is not made yet: all behind the server's own. */
static void add_usual_range(struct eb_network_ip *ip, uint32_t network, uint32_t mask)
{
    struct eb_dhcp_range *range = EB_APPEND(ip->ranges, ip->n_ranges);

    range->start = vbox_ipv4_text(network + 3);
    range->end = vbox_ipv4_text((network | ~mask) - 1);
}

/* "10.0.2.0/24" */
static bool parse_cidr(const char *text, uint32_t *network, uint32_t *mask)
{
    EB_AUTOFREE char *address = eb_strndup(text, strcspn(text, "/"));
    const char *slash = strchr(text, '/');
    uint64_t prefix;

    if (!slash || !eb_parse_u64(slash + 1, 32, &prefix) || vbox_ipv4(address) == 0)
        return false;
    *mask = vbox_ipv4_mask((int)prefix);
    *network = vbox_ipv4(address) & *mask;
    return true;
}

static int read_ipv4(struct vbox_conn *c, IVirtualBox *vbox, const struct vbox_network *net,
                     struct eb_network_def *def, eb_error *err)
{
    VB_AUTO(IDHCPServer) server = NULL;
    EB_AUTOFREE char *cidr = NULL, *gateway = NULL, *mask_text = NULL;
    struct eb_network_ip *ip;
    uint32_t network = 0, mask = 0;
    bool dhcp = false;

    if (INATNetwork_get_network(c->vb, net->object, &cidr, err) < 0 ||
        INATNetwork_get_needDhcpServer(c->vb, net->object, &dhcp, err) < 0)
        return -1;
    if (!parse_cidr(cidr, &network, &mask))
        return eb_error_set(err, EB_ERR_INTERNAL_ERROR, "NAT network '%s' has the network '%s'", net->of_vbox,
                            cidr);
    gateway = vbox_ipv4_text(network + 1);
    mask_text = vbox_ipv4_text(mask);
    ip = vbox_network_add_ip(def, gateway, mask_text);
    if (!dhcp)
        return 0;
    if (vbox_dhcp_find(c, vbox, net->dhcp, &server, err) < 0 ||
        (server && vbox_dhcp_read(c, server, ip, err) < 0))
        return -1;
    if (!ip->n_ranges)
        add_usual_range(ip, network, mask);
    return 0;
}

/* The first address of "fd17:625c:f037:2::/64"; NULL: it is no prefix. */
static char *first_of_prefix(const char *prefix)
{
    EB_AUTOFREE char *text = eb_strndup(prefix, strcspn(prefix, "/"));
    char out[INET6_ADDRSTRLEN];
    struct in6_addr address;

    if (inet_pton(AF_INET6, text, &address) != 1)
        return NULL;
    address.s6_addr[15] |= 1;
    return inet_ntop(AF_INET6, &address, out, sizeof(out)) ? eb_strdup(out) : NULL;
}

static int read_ipv6(struct vbox_conn *c, const struct vbox_network *net, struct eb_network_def *def,
                     eb_error *err)
{
    EB_AUTOFREE char *prefix = NULL;
    struct eb_network_ip *ip;
    bool enabled = false;
    char *first;

    if (INATNetwork_get_IPv6Enabled(c->vb, net->object, &enabled, err) < 0)
        return -1;
    if (!enabled)
        return 0;
    if (INATNetwork_get_IPv6Prefix(c->vb, net->object, &prefix, err) < 0 ||
        INATNetwork_get_advertiseDefaultIPv6RouteEnabled(c->vb, net->object, &def->ipv6_default_route, err) <
            0)
        return -1;
    first = first_of_prefix(prefix);
    if (!first)
        return 0;
    ip = EB_APPEND(def->ips, def->n_ips);
    ip->family = eb_strdup("ipv6");
    ip->address = first;
    ip->prefix = IPV6_PREFIX;
    return 0;
}

/* ---- Port forwards ---- */

/* Cuts what is behind the last `mark` off; "" where it is not there. */
static char *cut(char *text, char mark)
{
    char *at = strrchr(text, mark);

    if (!at)
        return text + strlen(text);
    *at = '\0';
    return at + 1;
}

/* "ssh:tcp:[127.0.0.1]:1022:[10.5.0.15]:22" */
static void parse_rule(const char *rule, bool ipv6, struct eb_network_forward *out)
{
    EB_AUTOFREE char *text = eb_strdup(rule);
    char *part;

    out->ipv6 = ipv6;
    out->guest_port = (unsigned)strtoul(cut(text, ':'), NULL, 10);
    cut(text, ']');
    out->guest_address = eb_strdup(cut(text, '['));
    cut(text, ':');
    out->host_port = (unsigned)strtoul(cut(text, ':'), NULL, 10);
    cut(text, ']');
    part = cut(text, '[');
    out->host_address = *part ? eb_strdup(part) : NULL;
    cut(text, ':');
    out->udp = eb_streq(cut(text, ':'), "udp");
    out->name = eb_strdup(text);
}

static int read_forwards(struct vbox_conn *c, const struct vbox_network *net, bool ipv6,
                         struct eb_network_def *def, eb_error *err)
{
    char **rules = NULL;
    size_t n = 0;

    if ((ipv6 ? INATNetwork_get_portForwardRules6(c->vb, net->object, &n, &rules, err)
              : INATNetwork_get_portForwardRules4(c->vb, net->object, &n, &rules, err)) < 0)
        return -1;
    for (size_t i = 0; i < n; i++)
        parse_rule(rules[i], ipv6, EB_APPEND(def->forwards, def->n_forwards));
    vb_strings_free(n, rules);
    return 0;
}

static const struct eb_network_forward *find_forward(const struct eb_network_def *def,
                                                     const struct eb_network_forward *wanted)
{
    for (size_t i = 0; i < def->n_forwards; i++) {
        const struct eb_network_forward *f = &def->forwards[i];

        if (f->ipv6 == wanted->ipv6 && f->udp == wanted->udp && eb_streq(f->name, wanted->name) &&
            eb_streq(f->host_address, wanted->host_address) && f->host_port == wanted->host_port &&
            eb_streq(f->guest_address, wanted->guest_address) && f->guest_port == wanted->guest_port)
            return f;
    }
    return NULL;
}

static int apply_forwards(struct vbox_conn *c, const struct vbox_network *net,
                          const struct eb_network_def *def, const struct eb_network_def *is, eb_error *err)
{
    for (size_t i = 0; i < is->n_forwards; i++) {
        const struct eb_network_forward *f = &is->forwards[i];

        if (!find_forward(def, f) &&
            INATNetwork_removePortForwardRule(c->vb, net->object, f->ipv6, f->name, err) < 0)
            return -1;
    }
    for (size_t i = 0; i < def->n_forwards; i++) {
        const struct eb_network_forward *f = &def->forwards[i];

        if (!find_forward(is, f) &&
            INATNetwork_addPortForwardRule(c->vb, net->object, f->ipv6, f->name,
                                           f->udp ? NATProtocol_UDP : NATProtocol_TCP,
                                           f->host_address ? f->host_address : "", (uint16_t)f->host_port,
                                           f->guest_address, (uint16_t)f->guest_port, err) < 0)
            return -1;
    }
    return 0;
}

/* ---- The kind ---- */

/* 7.2 declares the attribute, and says when it is asked that it is not implemented. */
static bool has_mtu(struct vbox_conn *c, const struct vbox_network *net, uint32_t *mtu)
{
    EB_AUTOERROR eb_error none = EB_ERROR_INIT;

    return vb_has(c->vb, VB_INATNetwork_set_natMTU) &&
           INATNetwork_get_natMTU(c->vb, net->object, mtu, &none) == 0;
}

static int read_nat(struct vbox_conn *c, IVirtualBox *vbox, const struct vbox_network *net,
                    struct eb_network_def *def, eb_error *err)
{
    uint32_t mtu = USUAL_MTU;

    def->forward = EB_FORWARD_NAT;
    /* its switch in VirtualBox; clients ask for a name of all networks that do not lead to a bridge */
    def->bridge = eb_strdup(net->of_vbox);
    def->mtu = has_mtu(c, net, &mtu) && mtu != USUAL_MTU ? mtu : 0;
    if (read_ipv4(c, vbox, net, def, err) < 0 || read_ipv6(c, net, def, err) < 0 ||
        read_forwards(c, net, false, def, err) < 0)
        return -1;
    return read_forwards(c, net, true, def, err);
}

static int check_ipv6(const struct eb_network_ip *ip, eb_error *err)
{
    struct in6_addr address;

    if (!ip)
        return 0;
    if (ip->n_ranges || ip->n_hosts)
        return vbox_network_refuse(err, "<dhcp> of IPv6", NULL);
    if (eb_network_ip_prefix(ip) != IPV6_PREFIX)
        return vbox_network_refuse(err, "an IPv6 <ip> whose prefix is not 64", NULL);
    if (inet_pton(AF_INET6, ip->address, &address) != 1 || address.s6_addr[15] != 1 ||
        memcmp(address.s6_addr + 8, (unsigned char[7]){0}, 7) != 0)
        return vbox_network_refuse(err, "this address of <ip>",
                                   "VirtualBox's gateway is the network's first address (…::1)");
    return 0;
}

static int check_nat(struct vbox_conn *c, const struct eb_network_def *def, eb_error *err)
{
    const struct eb_network_ip *ip = NULL, *ip6 = NULL;
    uint32_t mask;

    if (!vb_has(c->vb, VB_IVirtualBox_createNATNetwork))
        return vbox_network_refuse(err, "<forward mode='nat'>", "this VirtualBox has no NAT networks");
    if (def->forward_dev)
        return vbox_network_refuse(err, "attribute 'dev' of <forward>", NULL);
    if (def->mtu && !vb_has(c->vb, VB_INATNetwork_set_natMTU))
        return vbox_network_refuse(err, "<mtu>", "this VirtualBox does not know it");
    if (vbox_network_ip(def, AF_INET, &ip, err) < 0 || vbox_network_ip(def, AF_INET6, &ip6, err) < 0 ||
        check_ipv6(ip6, err) < 0)
        return -1;
    if (!ip)
        return vbox_network_refuse(err, "<forward mode='nat'> without an <ip> of IPv4", NULL);
    mask = vbox_ipv4_mask(eb_network_ip_prefix(ip));
    if ((vbox_ipv4(ip->address) & ~mask) != 1)
        return vbox_network_refuse(err, "this address of <ip>",
                                   "VirtualBox's gateway is the network's first address");
    return vbox_dhcp_check(c, ip, err);
}

static int make_nat(struct vbox_conn *c, IVirtualBox *vbox, const struct eb_network_def *def,
                    struct vbox_network *net, eb_error *err)
{
    INATNetwork *made = NULL;

    if (IVirtualBox_createNATNetwork(c->vb, vbox, def->base.name, &made, err) < 0)
        return -1;
    net->object = made;
    net->of_vbox = eb_strdup(def->base.name);
    net->dhcp = eb_strdup(def->base.name);
    return 0;
}

static int apply_ipv4(struct vbox_conn *c, const struct vbox_network *net, const struct eb_network_ip *ip,
                      eb_error *err)
{
    int prefix = eb_network_ip_prefix(ip);
    EB_AUTOFREE char *network = vbox_ipv4_text(vbox_ipv4(ip->address) & vbox_ipv4_mask(prefix));
    EB_AUTOFREE char *wanted = eb_asprintf("%s/%d", network, prefix), *is = NULL;
    bool dhcp = false;

    if (INATNetwork_get_network(c->vb, net->object, &is, err) < 0 ||
        (!eb_streq(is, wanted) && INATNetwork_set_network(c->vb, net->object, wanted, err) < 0) ||
        INATNetwork_get_needDhcpServer(c->vb, net->object, &dhcp, err) < 0)
        return -1;
    return dhcp == (ip->n_ranges > 0)
               ? 0
               : INATNetwork_set_needDhcpServer(c->vb, net->object, ip->n_ranges > 0, err);
}

static int apply_ipv6(struct vbox_conn *c, const struct vbox_network *net, const struct eb_network_ip *ip,
                      bool route, eb_error *err)
{
    EB_AUTOFREE char *prefix = NULL, *first = NULL;
    bool enabled = false, routed = false;

    if (INATNetwork_get_IPv6Enabled(c->vb, net->object, &enabled, err) < 0 ||
        INATNetwork_get_advertiseDefaultIPv6RouteEnabled(c->vb, net->object, &routed, err) < 0 ||
        INATNetwork_get_IPv6Prefix(c->vb, net->object, &prefix, err) < 0)
        return -1;
    first = first_of_prefix(prefix);
    if (ip && !eb_streq(first, ip->address)) {
        EB_AUTOFREE char *start = eb_strndup(ip->address, strlen(ip->address) - 1);
        EB_AUTOFREE char *wanted = eb_asprintf("%s/%d", start, IPV6_PREFIX);

        if (INATNetwork_set_IPv6Prefix(c->vb, net->object, wanted, err) < 0)
            return -1;
    }
    if (enabled != (ip != NULL) && INATNetwork_set_IPv6Enabled(c->vb, net->object, ip != NULL, err) < 0)
        return -1;
    return routed == route ? 0
                           : INATNetwork_set_advertiseDefaultIPv6RouteEnabled(c->vb, net->object, route, err);
}

static int apply_mtu(struct vbox_conn *c, const struct vbox_network *net, const struct eb_network_def *def,
                     eb_error *err)
{
    uint32_t wanted = def->mtu ? def->mtu : USUAL_MTU, is = USUAL_MTU;

    if (!has_mtu(c, net, &is))
        return def->mtu ? vbox_network_refuse(err, "<mtu>", "this VirtualBox does not know it") : 0;
    return is == wanted ? 0 : INATNetwork_set_natMTU(c->vb, net->object, wanted, err);
}

static int apply_nat(struct vbox_conn *c, IVirtualBox *vbox, const struct vbox_network *net,
                     const struct eb_network_def *def, eb_error *err)
{
    EB_AUTOOBJECT struct eb_object_def *is = NULL;
    const struct eb_network_ip *ip = NULL, *ip6 = NULL;

    if (eb_object_def_parse(EB_OBJECT_NETWORK, "<network><name>is</name></network>", &is, err) < 0 ||
        read_forwards(c, net, false, (struct eb_network_def *)is, err) < 0 ||
        read_forwards(c, net, true, (struct eb_network_def *)is, err) < 0 ||
        vbox_network_ip(def, AF_INET, &ip, err) < 0 || vbox_network_ip(def, AF_INET6, &ip6, err) < 0 ||
        apply_ipv4(c, net, ip, err) < 0 || apply_ipv6(c, net, ip6, def->ipv6_default_route, err) < 0 ||
        apply_mtu(c, net, def, err) < 0 || apply_forwards(c, net, def, (struct eb_network_def *)is, err) < 0)
        return -1;
    return vbox_dhcp_apply(c, vbox, net->dhcp, ip, true, err);
}

/* VirtualBox starts the network itself when a machine uses it, unless it is disabled. */
static int set_nat_active(struct vbox_conn *c, IVirtualBox *vbox EB_UNUSED, const struct vbox_network *net,
                          bool active, eb_error *err)
{
    EB_AUTOERROR eb_error none = EB_ERROR_INIT;

    if (INATNetwork_set_enabled(c->vb, net->object, active, err) < 0)
        return -1;
    if (active || INATNetwork_stop(c->vb, net->object, err) == 0)
        return 0;
    INATNetwork_set_enabled(c->vb, net->object, true, &none);
    return -1;
}

static int remove_nat(struct vbox_conn *c, IVirtualBox *vbox, const struct vbox_network *net, eb_error *err)
{
    EB_AUTOERROR eb_error none = EB_ERROR_INIT;

    if (IVirtualBox_removeNATNetwork(c->vb, vbox, net->object, err) < 0)
        return -1;
    vbox_dhcp_apply(c, vbox, net->dhcp, NULL, false, &none);
    return 0;
}

const struct vbox_network_kind_ops vbox_nat_ops = {.read = read_nat,
                                                   .check = check_nat,
                                                   .make = make_nat,
                                                   .apply = apply_nat,
                                                   .set_active = set_nat_active,
                                                   .remove = remove_nat};
