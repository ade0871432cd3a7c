/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* VirtualBox's DHCP servers: one range each, and since 6.1 addresses for hosts of their own. */
#include "vbox/network.h"

#include "base/strbuf.h"
#include "model/network_update.h"

#include <arpa/inet.h>
#include <ctype.h>

uint32_t vbox_ipv4(const char *text)
{
    struct in_addr address;

    return text && inet_pton(AF_INET, text, &address) == 1 ? ntohl(address.s_addr) : 0;
}

char *vbox_ipv4_text(uint32_t address)
{
    return eb_asprintf("%u.%u.%u.%u", address >> 24, address >> 16 & 255, address >> 8 & 255, address & 255);
}

uint32_t vbox_ipv4_mask(int prefix)
{
    return prefix <= 0 ? 0 : UINT32_MAX << (32 - prefix);
}

int vbox_ipv4_prefix(const char *netmask)
{
    int prefix = 0;

    for (uint32_t mask = vbox_ipv4(netmask); mask & 0x80000000u; mask <<= 1)
        prefix++;
    return prefix;
}

int vbox_dhcp_find(struct vbox_conn *c, IVirtualBox *vbox, const char *name, IDHCPServer **out, eb_error *err)
{
    IDHCPServer **servers = NULL;
    size_t n = 0;
    int result;

    *out = NULL;
    if (IVirtualBox_get_DHCPServers(c->vb, vbox, &n, &servers, err) < 0)
        return -1;
    result = 0;
    for (size_t i = 0; i < n && result == 0 && !*out; i++) {
        EB_AUTOFREE char *of = NULL;

        result = IDHCPServer_get_networkName(c->vb, servers[i], &of, err);
        if (result == 0 && eb_streq(of, name))
            *out = vb_object_ref(servers[i]);
    }
    vb_objects_free(n, servers);
    return result;
}

/* ---- Hosts ---- */

static bool has_hosts(struct vbox_conn *c)
{
    return vb_has(c->vb, VB_IDHCPServer_get_individualConfigs) && vb_has(c->vb, VB_IDHCPServer_getConfig);
}

static bool config_mac(struct vbox_conn *c, IDHCPIndividualConfig *config, char **mac)
{
    EB_AUTOERROR eb_error none = EB_ERROR_INIT;

    return IDHCPIndividualConfig_get_MACAddress(c->vb, config, mac, &none) == 0 && *mac && **mac;
}

/* As libvirt writes it: "0800272A0001" and "08:00:27:2A:00:01" are 08:00:27:2a:00:01. */
static char *normal_mac(const char *mac)
{
    EB_AUTOSTRBUF struct eb_strbuf out = {0};
    unsigned digits = 0;

    for (; *mac; mac++) {
        if (!isxdigit((unsigned char)*mac))
            continue;
        if (digits && digits % 2 == 0)
            eb_strbuf_addc(&out, ':');
        eb_strbuf_addc(&out, (char)tolower((unsigned char)*mac));
        digits++;
    }
    return out.s ? eb_strbuf_steal(&out) : eb_strdup("");
}

static char *host_name(struct vbox_conn *c, IDHCPIndividualConfig *config)
{
    EB_AUTOERROR eb_error none = EB_ERROR_INIT;
    enum vb_DHCPOptionEncoding encoding;
    IDHCPConfig *base = NULL;
    char *name = NULL;

    if (vb_cast(c->vb, config, VB_IFACE_IDHCPConfig, (void **)&base, &none) == 0 &&
        IDHCPConfig_getOption(c->vb, base, DHCPOption_HostName, &encoding, &name, &none) < 0)
        name = NULL;
    vb_unref(base);
    return name;
}

static int read_hosts(struct vbox_conn *c, IDHCPServer *server, struct eb_network_ip *ip, eb_error *err)
{
    IDHCPIndividualConfig **configs = NULL;
    size_t n = 0;
    int result = 0;

    if (IDHCPServer_get_individualConfigs(c->vb, server, &n, &configs, err) < 0)
        return -1;
    for (size_t i = 0; i < n && result == 0; i++) {
        EB_AUTOFREE char *mac = NULL, *address = NULL;
        struct eb_dhcp_host *host;

        if (!config_mac(c, configs[i], &mac))
            continue;
        result = IDHCPIndividualConfig_get_fixedAddress(c->vb, configs[i], &address, err);
        if (result < 0 || !address || !*address)
            continue;
        host = EB_APPEND(ip->hosts, ip->n_hosts);
        host->mac = normal_mac(mac);
        host->ip = EB_STEAL(address);
        host->name = host_name(c, configs[i]);
    }
    vb_objects_free(n, configs);
    return result;
}

/* The configuration of one host; *out is NULL where there is none and none is to be made. */
static int config_of(struct vbox_conn *c, IDHCPServer *server, const char *mac, bool make, IDHCPConfig **out,
                     eb_error *err)
{
    return IDHCPServer_getConfig(c->vb, server, DHCPConfigScope_MAC, mac, 0, make, out, err);
}

static int set_host(struct vbox_conn *c, IDHCPServer *server, const struct eb_dhcp_host *host, eb_error *err)
{
    VB_AUTO(IDHCPIndividualConfig) own = NULL;
    VB_AUTO(IDHCPConfig) config = NULL;
    EB_AUTOERROR eb_error none = EB_ERROR_INIT;

    if (config_of(c, server, host->mac, true, &config, err) < 0 ||
        vb_cast(c->vb, config, VB_IFACE_IDHCPIndividualConfig, (void **)&own, err) < 0 ||
        IDHCPIndividualConfig_set_fixedAddress(c->vb, own, host->ip, err) < 0)
        return -1;
    if (host->name)
        return IDHCPConfig_setOption(c->vb, config, DHCPOption_HostName, DHCPOptionEncoding_Normal,
                                     host->name, err);
    /* it may never have had one */
    IDHCPConfig_removeOption(c->vb, config, DHCPOption_HostName, &none);
    return 0;
}

static const struct eb_dhcp_host *wanted_host(const struct eb_network_ip *ip, const char *mac)
{
    for (size_t i = 0; i < ip->n_hosts; i++) {
        EB_AUTOFREE char *wanted = normal_mac(ip->hosts[i].mac);

        if (eb_streq(wanted, mac))
            return &ip->hosts[i];
    }
    return NULL;
}

static bool same_host(const struct eb_dhcp_host *a, const struct eb_dhcp_host *b)
{
    return eb_streq(a->ip, b->ip) && eb_streq(a->name, b->name);
}

static int apply_hosts(struct vbox_conn *c, IDHCPServer *server, const struct eb_network_ip *ip,
                       eb_error *err)
{
    struct eb_network_ip is = {.prefix = -1};
    int result = has_hosts(c) ? read_hosts(c, server, &is, err) : 0;

    for (size_t i = 0; i < is.n_hosts && result == 0; i++) {
        VB_AUTO(IDHCPConfig) config = NULL;

        if (wanted_host(ip, is.hosts[i].mac))
            continue;
        result = config_of(c, server, is.hosts[i].mac, false, &config, err);
        if (result == 0)
            result = IDHCPConfig_remove(c->vb, config, err);
    }
    for (size_t i = 0; i < ip->n_hosts && result == 0; i++) {
        EB_AUTOFREE char *mac = normal_mac(ip->hosts[i].mac);
        const struct eb_dhcp_host *old = wanted_host(&is, mac);

        if (!old || !same_host(old, &ip->hosts[i]))
            result = set_host(c, server, &ip->hosts[i], err);
    }
    for (size_t i = 0; i < is.n_hosts; i++) {
        free(is.hosts[i].mac);
        free(is.hosts[i].name);
        free(is.hosts[i].ip);
    }
    free(is.hosts);
    return result;
}

/* ---- Servers ---- */

int vbox_dhcp_read(struct vbox_conn *c, IDHCPServer *server, struct eb_network_ip *ip, eb_error *err)
{
    EB_AUTOFREE char *lower = NULL, *upper = NULL;
    struct eb_dhcp_range *range;

    if (IDHCPServer_get_lowerIP(c->vb, server, &lower, err) < 0 ||
        IDHCPServer_get_upperIP(c->vb, server, &upper, err) < 0)
        return -1;
    /* one that was never configured */
    if (vbox_ipv4(lower) == 0)
        return 0;
    range = EB_APPEND(ip->ranges, ip->n_ranges);
    range->start = EB_STEAL(lower);
    range->end = EB_STEAL(upper);
    return has_hosts(c) ? read_hosts(c, server, ip, err) : 0;
}

int vbox_dhcp_check(struct vbox_conn *c, const struct eb_network_ip *ip, eb_error *err)
{
    if (ip->n_ranges > 1)
        return vbox_network_refuse(err, "a second <range>", "VirtualBox's DHCP servers have one");
    if (ip->n_hosts && !ip->n_ranges)
        return vbox_network_refuse(err, "<host> in a <dhcp> without <range>", NULL);
    if (ip->n_hosts && !has_hosts(c))
        return vbox_network_refuse(err, "<host> in <dhcp>", "this VirtualBox does not know it");
    for (size_t i = 0; i < ip->n_hosts; i++) {
        if (!ip->hosts[i].mac || ip->hosts[i].id)
            return vbox_network_refuse(err, "a <host> in <dhcp> that has no MAC address", NULL);
    }
    return 0;
}

static bool is_taken(const struct eb_network_ip *ip, uint32_t address)
{
    if (address == vbox_ipv4(ip->address) ||
        (address >= vbox_ipv4(ip->ranges[0].start) && address <= vbox_ipv4(ip->ranges[0].end)))
        return true;
    for (size_t i = 0; i < ip->n_hosts; i++) {
        if (vbox_ipv4(ip->hosts[i].ip) == address)
            return true;
    }
    return false;
}

/*
 * The server has an address of its own in the network: the one that it has, else the first that is free.
 * Where the range and the hosts leave none, as the range of libvirt's default network does, the range's
 * first.
 */
static uint32_t server_address(const struct eb_network_ip *ip, uint32_t old, uint32_t *lower, eb_error *err)
{
    uint32_t mask = vbox_ipv4_mask(eb_network_ip_prefix(ip)), network = vbox_ipv4(ip->address) & mask;
    uint32_t start = vbox_ipv4(ip->ranges[0].start), last = network | ~mask;

    *lower = start;
    if ((old & mask) == network && old > network && old < last && !is_taken(ip, old))
        return old;
    for (uint32_t i = network + 1; i < last && i - network < 1 << 16; i++) {
        if (i == start) /* past the range at once */
            i = vbox_ipv4(ip->ranges[0].end) + 1;
        if (i < last && !is_taken(ip, i))
            return i;
    }
    if (start == vbox_ipv4(ip->ranges[0].end)) {
        vbox_network_refuse(err, "this <range>", "it leaves no address for VirtualBox's DHCP server");
        return 0;
    }
    *lower = start + 1;
    return start;
}

static int configure(struct vbox_conn *c, IDHCPServer *server, const struct eb_network_ip *ip, eb_error *err)
{
    EB_AUTOFREE char *old = NULL, *old_mask = NULL, *old_lower = NULL, *old_upper = NULL;
    EB_AUTOFREE char *mask = vbox_ipv4_text(vbox_ipv4_mask(eb_network_ip_prefix(ip)));
    EB_AUTOFREE char *address = NULL, *from = NULL;
    uint32_t lower, own;

    if (IDHCPServer_get_IPAddress(c->vb, server, &old, err) < 0 ||
        IDHCPServer_get_networkMask(c->vb, server, &old_mask, err) < 0 ||
        IDHCPServer_get_lowerIP(c->vb, server, &old_lower, err) < 0 ||
        IDHCPServer_get_upperIP(c->vb, server, &old_upper, err) < 0)
        return -1;
    own = server_address(ip, vbox_ipv4(old), &lower, err);
    if (!own)
        return -1;
    address = vbox_ipv4_text(own);
    from = vbox_ipv4_text(lower);
    if (eb_streq(address, old) && eb_streq(mask, old_mask) && eb_streq(from, old_lower) &&
        eb_streq(ip->ranges[0].end, old_upper))
        return 0;
    return IDHCPServer_setConfiguration(c->vb, server, address, mask, from, ip->ranges[0].end, err);
}

static int set_enabled(struct vbox_conn *c, IDHCPServer *server, bool enabled, eb_error *err)
{
    bool is = false;

    if (IDHCPServer_get_enabled(c->vb, server, &is, err) < 0)
        return -1;
    return is == enabled ? 0 : IDHCPServer_set_enabled(c->vb, server, enabled, err);
}

int vbox_dhcp_apply(struct vbox_conn *c, IVirtualBox *vbox, const char *name, const struct eb_network_ip *ip,
                    bool enabled, eb_error *err)
{
    VB_AUTO(IDHCPServer) server = NULL;

    if (vbox_dhcp_find(c, vbox, name, &server, err) < 0)
        return -1;
    if (!ip || !ip->n_ranges)
        return server ? IVirtualBox_removeDHCPServer(c->vb, vbox, server, err) : 0;
    if (!server && IVirtualBox_createDHCPServer(c->vb, vbox, name, &server, err) < 0)
        return -1;
    if (configure(c, server, ip, err) < 0 || apply_hosts(c, server, ip, err) < 0)
        return -1;
    return set_enabled(c, server, enabled, err);
}

int vbox_dhcp_set_enabled(struct vbox_conn *c, IVirtualBox *vbox, const char *name, bool enabled,
                          eb_error *err)
{
    VB_AUTO(IDHCPServer) server = NULL;

    if (vbox_dhcp_find(c, vbox, name, &server, err) < 0)
        return -1;
    return server ? set_enabled(c, server, enabled, err) : 0;
}
