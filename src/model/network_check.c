/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What an <ip> of a network and its <dhcp> may say. */
#include "model/network_update.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <net/ethernet.h>
#include <netinet/ether.h>

int eb_network_address(const char *text, unsigned char bytes[16])
{
    memset(bytes, 0, 16);
    if (text && inet_pton(AF_INET, text, bytes) == 1)
        return AF_INET;
    return text && inet_pton(AF_INET6, text, bytes) == 1 ? AF_INET6 : AF_UNSPEC;
}

static int class_prefix(const unsigned char address[16])
{
    if (address[0] < 128)
        return 8;
    return address[0] < 192 ? 16 : 24;
}

int eb_network_ip_prefix(const struct eb_network_ip *ip)
{
    unsigned char bytes[16];
    int prefix = 0;

    if (ip->prefix >= 0)
        return ip->prefix;
    if (eb_network_address(ip->netmask, bytes) == AF_INET) {
        while (prefix < 32 && (bytes[prefix / 8] & (0x80 >> prefix % 8)))
            prefix++;
        return prefix;
    }
    return eb_network_address(ip->address, bytes) == AF_INET ? class_prefix(bytes) : 64;
}

/* ---- Ranges ---- */

static bool same_network(const unsigned char *a, const unsigned char *b, int prefix)
{
    for (int i = 0; i < prefix; i++) {
        if ((a[i / 8] ^ b[i / 8]) & (0x80 >> i % 8))
            return false;
    }
    return true;
}

/* All of an address's bits behind the prefix are `bit`. */
static bool host_bits_are(const unsigned char *a, int prefix, int bits, bool bit)
{
    for (int i = prefix; i < bits; i++) {
        if (((a[i / 8] & (0x80 >> i % 8)) != 0) != bit)
            return false;
    }
    return true;
}

int eb_network_check_range(const struct eb_network_def *def, const struct eb_network_ip *ip,
                           const struct eb_dhcp_range *range, eb_error *err)
{
    unsigned char start[16], end[16], own[16];
    int family = eb_network_address(range->start, start), end_family = eb_network_address(range->end, end);
    int own_family = eb_network_address(ip->address, own), prefix = eb_network_ip_prefix(ip);
    int bits = family == AF_INET ? 32 : 128;

    if (!range->start || !range->end)
        return eb_error_set(err, EB_ERR_XML_ERROR, "Missing '%s' attribute in dhcp range for network '%s'",
                            range->start ? "end" : "start", def->base.name);
    if (family == AF_UNSPEC || end_family == AF_UNSPEC)
        return eb_error_set(err, EB_ERR_SYSTEM_ERROR,
                            "Cannot parse socket address '%s': Name or service not known",
                            family == AF_UNSPEC ? range->start : range->end);
    if (family != end_family)
        return eb_error_set(err, EB_ERR_INTERNAL_ERROR, "mismatch of address family in range %s - %s",
                            range->start, range->end);
    if (family != own_family)
        return eb_error_set(err, EB_ERR_INTERNAL_ERROR,
                            "mismatch of address family in range %s - %s for network %s", range->start,
                            range->end, ip->address);
    if (!same_network(start, own, prefix) || !same_network(end, own, prefix))
        return eb_error_set(err, EB_ERR_INTERNAL_ERROR, "range %s - %s is not entirely within network %s/%d",
                            range->start, range->end, ip->address, prefix);
    if (family == AF_INET && host_bits_are(start, prefix, bits, false))
        return eb_error_set(err, EB_ERR_INTERNAL_ERROR,
                            "start of range %s - %s in network %s/%d is the network address", range->start,
                            range->end, ip->address, prefix);
    if (family == AF_INET && host_bits_are(end, prefix, bits, true))
        return eb_error_set(err, EB_ERR_INTERNAL_ERROR,
                            "end of range %s - %s in network %s/%d is the broadcast address", range->start,
                            range->end, ip->address, prefix);
    if (memcmp(start, end, sizeof(start)) > 0)
        return eb_error_set(err, EB_ERR_INTERNAL_ERROR, "range %s - %s is reversed ", range->start,
                            range->end);
    return 0;
}

/* ---- Hosts ---- */

static int bad(eb_error *err, const char *fmt, ...) EB_PRINTF(2, 3);
static int bad(eb_error *err, const char *fmt, ...)
{
    va_list args;
    EB_AUTOFREE char *text = NULL;

    va_start(args, fmt);
    text = eb_vasprintf(fmt, args);
    va_end(args);
    return eb_error_set(err, EB_ERR_XML_ERROR, "%s", text);
}

static int check_mac(const struct eb_network_def *def, const struct eb_dhcp_host *host, bool ipv6,
                     eb_error *err)
{
    struct ether_addr mac;

    if (!host->mac)
        return 0;
    if (!ether_aton_r(host->mac, &mac))
        return bad(err, "Cannot parse MAC address '%s' in network '%s'", host->mac, def->base.name);
    if (mac.ether_addr_octet[0] & 1)
        return bad(err, "expected unicast mac address, found multicast '%s' in network '%s'", host->mac,
                   def->base.name);
    return ipv6 ? bad(err, "Invalid to specify MAC address '%s' in network '%s' IPv6 static host definition",
                      host->mac, def->base.name)
                : 0;
}

static int check_names(const struct eb_network_def *def, const struct eb_dhcp_host *host, eb_error *err)
{
    size_t good = host->id ? strspn(host->id, "0123456789ABCDEFabcdef:") : 0;

    if (host->id && host->id[good])
        return bad(err, "Invalid character '%c' in id '%s' of network '%s'", host->id[good], host->id,
                   def->base.name);
    if (host->name && !isalnum((unsigned char)host->name[0]))
        return bad(err, "Cannot use host name '%s' in network '%s'", host->name, def->base.name);
    return 0;
}

int eb_network_check_host(const struct eb_network_def *def, const struct eb_network_ip *ip,
                          const struct eb_dhcp_host *host, bool partial, eb_error *err)
{
    unsigned char bytes[16];
    int own = eb_network_address(ip->address, bytes), family = eb_network_address(host->ip, bytes);
    bool ipv6 = own == AF_INET6;

    if (check_mac(def, host, ipv6, err) < 0 || check_names(def, host, err) < 0)
        return -1;
    if (host->ip && family == AF_UNSPEC)
        return bad(err, "Invalid IP address in static host definition for network '%s'", def->base.name);
    if (partial && !host->mac && !host->name && !host->ip)
        return bad(err,
                   "At least one of name, mac, or ip attribute must be specified for static host definition "
                   "in network '%s' ",
                   def->base.name);
    if (partial)
        return 0;
    if (ipv6 && !host->id && !host->name)
        return bad(err, "Static host definition in IPv6 network '%s' must have id or name attribute",
                   def->base.name);
    if (!ipv6 && !host->mac && !host->name)
        return bad(err, "Static host definition in IPv4 network '%s' must have mac or name attribute",
                   def->base.name);
    if (!host->ip)
        return bad(err, "Missing IP address in static host definition for network '%s'", def->base.name);
    return 0;
}
