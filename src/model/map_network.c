/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* <network>: its tables, in libvirt's order, its defaults and contradictions. */
#include "model/network_update.h"
#include "model/object_map.h"
#include "model/vbox_ns.h"
#include "model/xml_doc.h"

#include <arpa/inet.h>
#include <stdio.h>

static const char *const modes[] = {"none",    "nat",  "route",       "open",   "bridge",
                                    "private", "vepa", "passthrough", "hostdev"};
_Static_assert(EB_ARRAY_SIZE(modes) == EB_FORWARD_LAST, "each forward mode has a word");
EB_DEFINE_WORDS(eb_forward_mode, modes)

OWNED(eb_dhcp_range) = {STR(eb_dhcp_range, start), STR(eb_dhcp_range, end), END};
OWNED(eb_dhcp_host) = {STR(eb_dhcp_host, mac), STR(eb_dhcp_host, id), STR(eb_dhcp_host, name),
                       STR(eb_dhcp_host, ip), END};
OWNED(eb_network_ip) = {STR(eb_network_ip, family),
                        STR(eb_network_ip, address),
                        STR(eb_network_ip, netmask),
                        ARRAY(eb_network_ip, ranges, eb_dhcp_range_owned),
                        ARRAY(eb_network_ip, hosts, eb_dhcp_host_owned),
                        END};
OWNED(eb_forward_interface) = {STR(eb_forward_interface, dev), END};
OWNED(eb_network_forward) = {STR(eb_network_forward, name), STR(eb_network_forward, host_address),
                             STR(eb_network_forward, guest_address), END};
OWNED(eb_network_def) = {STR(eb_network_def, metadata),
                         ARRAY(eb_network_def, forwards, eb_network_forward_owned),
                         STR(eb_network_def, forward_dev),
                         ARRAY(eb_network_def, forward_interfaces, eb_forward_interface_owned),
                         STR(eb_network_def, bridge),
                         STR(eb_network_def, bridge_zone),
                         STR(eb_network_def, mac_table_manager),
                         STR(eb_network_def, mac),
                         STR(eb_network_def, domain),
                         ARRAY(eb_network_def, ips, eb_network_ip_owned),
                         END};

/* ---- <metadata> ---- */

static int read_metadata(struct eb_xml_reader *r, xmlNode *parent, const char *path EB_UNUSED, void *base,
                         eb_error *err)
{
    struct eb_network_def *def = base;
    xmlNode *node = eb_xml_find(r, parent, "metadata");

    if (!node)
        return 0;
    eb_xml_take(node);
    if (eb_vbox_network_read(node, def, err) < 0)
        return -1;
    def->metadata = node->children ? eb_xml_element_text(node) : NULL;
    return 0;
}

static void write_metadata(struct eb_xml_writer *w, const char *path EB_UNUSED, const void *base)
{
    EB_AUTOFREE char *text = eb_vbox_network_metadata(base);

    if (text)
        eb_xml_add_element(w->out, text, '"');
}

static const struct eb_xml_hook metadata = {read_metadata, write_metadata};

/* ---- <forward> ---- */

static void init_forward(void *base)
{
    ((struct eb_network_def *)base)->forward = EB_FORWARD_NAT;
}

static bool forwards(const void *base)
{
    return ((const struct eb_network_def *)base)->forward != EB_FORWARD_NONE;
}

static int forward_done(struct eb_xml_reader *r EB_UNUSED, xmlNode *node EB_UNUSED, void *base, eb_error *err)
{
    struct eb_network_def *def = base;
    const char *first = def->n_forward_interfaces ? def->forward_interfaces[0].dev : NULL;

    if (!def->n_forward_interfaces && def->forward_dev)
        EB_APPEND(def->forward_interfaces, def->n_forward_interfaces)->dev = eb_strdup(def->forward_dev);
    else if (first && !def->forward_dev)
        def->forward_dev = eb_strdup(first);
    else if (!eb_streq(first, def->forward_dev))
        return eb_error_set(err, EB_ERR_XML_ERROR,
                            "<forward dev='%s'> must match first <interface dev='%s'/> in network %s",
                            def->forward_dev, first, def->base.name);
    return 0;
}

static const struct eb_xml_item forward_interface[] = {EB_ATTR("dev", eb_forward_interface, dev), EB_END};
static const struct eb_xml_item forward[] = {
    EB_ATTR("dev", eb_network_def, forward_dev),
    EB_ATTR("mode", eb_network_def, forward, EB_NAMES(eb_forward_mode),
            .complaint = "unknown forwarding type '%s'", .complaint_code = EB_ERR_CONFIG_UNSUPPORTED),
    EB_ATTR("managed", eb_network_def, forward_managed, EB_VALUE(YES_NO)),
    EB_PLACE("driver"),
    EB_PLACE("pf"),
    EB_PLACE("nat"),
    EB_LIST("interface", eb_network_def, forward_interfaces, n_forward_interfaces, forward_interface),
    EB_PLACE("address"),
    EB_END,
};

/* ---- <bridge>, <mtu>, <mac>, <domain> ---- */

/* Those whose bridge the network makes itself. */
static bool owns_bridge(const void *base)
{
    return ((const struct eb_network_def *)base)->forward <= EB_FORWARD_OPEN;
}

static bool has_bridge(const void *base)
{
    return owns_bridge(base) || ((const struct eb_network_def *)base)->bridge;
}

static int read_stp(const char *text, void *base, eb_error *err EB_UNUSED)
{
    ((struct eb_network_def *)base)->stp_off = eb_streq(text, "off");
    return 0;
}

static char *write_stp(const void *base)
{
    return eb_strdup(((const struct eb_network_def *)base)->stp_off ? "off" : "on");
}

static int read_delay(const char *text, void *base, eb_error *err)
{
    struct eb_network_def *def = base;
    uint64_t n;

    if (!eb_parse_u64(text, UINT32_MAX, &n))
        return eb_error_set(err, EB_ERR_XML_ERROR, "Invalid delay value in network '%s'", def->base.name);
    def->delay = (unsigned)n;
    return 0;
}

static char *write_delay(const void *base)
{
    return eb_asprintf("%u", ((const struct eb_network_def *)base)->delay);
}

static int read_mtu(const char *text, void *base, eb_error *err)
{
    struct eb_network_def *def = base;
    uint64_t n;

    if (!eb_parse_u64(text, UINT32_MAX, &n))
        return eb_error_set(err, EB_ERR_XML_ERROR, "Invalid mtu size '%s' in network '%s'", text,
                            def->base.name);
    def->mtu = (unsigned)n;
    return 0;
}

static char *write_mtu(const void *base)
{
    const struct eb_network_def *def = base;

    return def->mtu ? eb_asprintf("%u", def->mtu) : NULL;
}

static int read_mac(const char *text, void *base, eb_error *err)
{
    struct eb_network_def *def = base;
    unsigned m[6];
    int end = 0;

    if (sscanf(text, "%2x:%2x:%2x:%2x:%2x:%2x%n", &m[0], &m[1], &m[2], &m[3], &m[4], &m[5], &end) != 6 ||
        text[end])
        return eb_error_set(err, EB_ERR_XML_ERROR, "Invalid bridge mac address '%s' in network '%s'", text,
                            def->base.name);
    def->mac = eb_asprintf("%02x:%02x:%02x:%02x:%02x:%02x", m[0], m[1], m[2], m[3], m[4], m[5]);
    return 0;
}

static char *write_mac(const void *base)
{
    return eb_strdup(((const struct eb_network_def *)base)->mac);
}

static const struct eb_xml_custom stp = {read_stp, write_stp}, delay = {read_delay, write_delay},
                                  mtu_size = {read_mtu, write_mtu}, mac_text = {read_mac, write_mac};

static const struct eb_xml_item bridge[] = {
    EB_ATTR("name", eb_network_def, bridge),
    EB_ATTR("zone", eb_network_def, bridge_zone),
    EB_ATTR("stp", eb_network_def, stp_off, EB_VALUE(CUSTOM), .custom = &stp, .show = owns_bridge),
    EB_ATTR("delay", eb_network_def, delay, EB_VALUE(CUSTOM), .custom = &delay, .show = owns_bridge),
    EB_ATTR("macTableManager", eb_network_def, mac_table_manager),
    EB_END,
};
static const struct eb_xml_item mtu[] = {
    EB_ATTR("size", eb_network_def, mtu, EB_VALUE(CUSTOM), .custom = &mtu_size), EB_END};
static const struct eb_xml_item mac[] = {
    EB_ATTR("address", eb_network_def, mac, EB_VALUE(CUSTOM), .custom = &mac_text), EB_END};
static const struct eb_xml_item domain[] = {
    EB_ATTR("name", eb_network_def, domain),
    EB_ATTR("localOnly", eb_network_def, domain_local_only, EB_VALUE(YES_NO)), EB_END};

/* ---- <ip> ---- */

static void init_ip(void *base)
{
    ((struct eb_network_ip *)base)->prefix = -1;
}

static const struct eb_xml_item range[] = {EB_ATTR("start", eb_dhcp_range, start),
                                           EB_ATTR("end", eb_dhcp_range, end), EB_END};
static const struct eb_xml_item host[] = {EB_ATTR("mac", eb_dhcp_host, mac), EB_ATTR("id", eb_dhcp_host, id),
                                          EB_ATTR("name", eb_dhcp_host, name),
                                          EB_ATTR("ip", eb_dhcp_host, ip), EB_END};
static const struct eb_xml_item dhcp[] = {
    EB_LIST("range", eb_network_ip, ranges, n_ranges, range),
    EB_LIST("host", eb_network_ip, hosts, n_hosts, host),
    EB_PLACE("bootp"),
    EB_END,
};
static const struct eb_xml_item ip_items[] = {
    EB_ATTR("family", eb_network_ip, family),
    EB_ATTR("address", eb_network_ip, address),
    EB_ATTR("netmask", eb_network_ip, netmask),
    EB_ATTR("prefix", eb_network_ip, prefix, EB_VALUE(INT)),
    EB_ATTR("localPtr", eb_network_ip, local_ptr, EB_VALUE(YES_NO)),
    EB_PLACE("tftp"),
    EB_CHILD("dhcp", dhcp),
    EB_END,
};

static int check_family(const struct eb_network_def *def, const struct eb_network_ip *ip, int *family,
                        eb_error *err)
{
    unsigned char address[16];

    if (!ip->address)
        return eb_error_set(err, EB_ERR_XML_ERROR, "Missing required address attribute in network '%s'",
                            def->base.name);
    *family = inet_pton(AF_INET, ip->address, address) == 1    ? AF_INET
              : inet_pton(AF_INET6, ip->address, address) == 1 ? AF_INET6
                                                               : AF_UNSPEC;
    if (*family == AF_UNSPEC)
        return eb_error_set(err, EB_ERR_XML_ERROR, "Invalid address '%s' in network '%s'", ip->address,
                            def->base.name);
    if (!ip->family && *family != AF_INET)
        return eb_error_set(err, EB_ERR_CONFIG_UNSUPPORTED,
                            "no family specified for non-IPv4 address '%s' in network '%s'", ip->address,
                            def->base.name);
    if (ip->family && !eb_streq(ip->family, *family == AF_INET ? "ipv4" : "ipv6"))
        return eb_error_set(err, EB_ERR_CONFIG_UNSUPPORTED,
                            "family '%s' specified for non-%s address '%s' in network '%s'", ip->family,
                            eb_streq(ip->family, "ipv6") ? "IPv6" : "IPv4", ip->address, def->base.name);
    return 0;
}

static int check_ip(const struct eb_network_def *def, const struct eb_network_ip *ip, eb_error *err)
{
    unsigned char mask[4];
    int family = AF_UNSPEC;

    if (check_family(def, ip, &family, err) < 0)
        return -1;
    if (ip->netmask && (family != AF_INET || inet_pton(AF_INET, ip->netmask, mask) != 1))
        return eb_error_set(err, EB_ERR_XML_ERROR, "Invalid netmask '%s' in network '%s'", ip->netmask,
                            def->base.name);
    if (ip->netmask && ip->prefix >= 0)
        return eb_error_set(err, EB_ERR_CONFIG_UNSUPPORTED,
                            "Network '%s' IP address cannot have both a prefix and a netmask",
                            def->base.name);
    if (ip->prefix > (family == AF_INET ? 32 : 128))
        return eb_error_set(err, EB_ERR_CONFIG_UNSUPPORTED, "Invalid %s prefix '%d' in network '%s'",
                            family == AF_INET ? "IPv4" : "IPv6", ip->prefix, def->base.name);
    for (size_t i = 0; i < ip->n_ranges; i++) {
        if (eb_network_check_range(def, ip, &ip->ranges[i], err) < 0)
            return -1;
    }
    for (size_t i = 0; i < ip->n_hosts; i++) {
        if (eb_network_check_host(def, ip, &ip->hosts[i], false, err) < 0)
            return -1;
    }
    return 0;
}

/* ---- <network> ---- */

static int check(struct eb_object_def *base, eb_error *err)
{
    struct eb_network_def *def = (struct eb_network_def *)base;

    if (!base->name)
        return eb_error_set(err, EB_ERR_NO_NAME, NULL);
    if (strchr(base->name, '/'))
        return eb_error_set(err, EB_ERR_XML_DETAIL, "invalid char in name: /");
    for (size_t i = 0; i < def->n_ips; i++) {
        if (check_ip(def, &def->ips[i], err) < 0)
            return -1;
    }
    if (def->forward >= EB_FORWARD_NAT && def->forward <= EB_FORWARD_OPEN && !def->n_ips)
        return eb_error_set(err, EB_ERR_XML_ERROR,
                            "%s forwarding requested, but no IP address provided for network '%s'",
                            eb_forward_mode_to_string((int)def->forward), base->name);
    if (def->forward == EB_FORWARD_BRIDGE && def->bridge && def->n_forward_interfaces)
        return eb_error_set(err, EB_ERR_XML_ERROR,
                            "A network with forward mode='bridge' can specify a bridge name or a forward "
                            "dev, but not both (network '%s')",
                            base->name);
    return 0;
}

static const struct eb_xml_item items[] = {
    EB_ATTR("ipv6", eb_network_def, ipv6, EB_VALUE(YES_NO)),
    EB_ATTR("trustGuestRxFilters", eb_network_def, trust_guest_rx_filters, EB_VALUE(YES_NO)),
    EB_CHILD("name", eb_map_object_name),
    EB_CHILD("uuid", eb_map_object_uuid),
    EB_PLACE("title"),
    EB_PLACE("description"),
    EB_HOOK(&metadata),
    EB_CHILD("forward", forward, .init = init_forward, .done = forward_done, .flags = EB_XML_ALWAYS,
             .show = forwards),
    EB_CHILD("bridge", bridge, .flags = EB_XML_ALWAYS, .show = has_bridge),
    EB_CHILD("mtu", mtu),
    EB_CHILD("mac", mac),
    EB_CHILD("domain", domain),
    EB_PLACE("dns"),
    EB_PLACE("vlan"),
    EB_PLACE("bandwidth"),
    EB_PLACE("port"),
    EB_LIST("ip", eb_network_def, ips, n_ips, ip_items, .init = init_ip, .flags = EB_XML_OPENED),
    EB_PLACE("route"),
    EB_PLACE("virtualport"),
    EB_PLACE("portgroup"),
    EB_END,
};

const struct eb_object_model eb_model_network = {
    .element = "network",
    .document = "(network_definition)",
    .size = sizeof(struct eb_network_def),
    .owned = eb_network_def_owned,
    .items = items,
    .check = check,
};
