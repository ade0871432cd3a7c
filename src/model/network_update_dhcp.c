/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* virNetworkUpdate of what a <dhcp> hands out: addresses of its own for hosts, and ranges. */
#include "model/network_tree.h"

#include <strings.h>
#include <sys/socket.h>

/* The <ip> that is meant: by its number, else the first with a <dhcp>, else the first of IPv4. */
static const struct eb_network_ip *find_ip(const struct eb_net_update *u, size_t *number, eb_error *err)
{
    const struct eb_network_def *def = u->def;
    unsigned char bytes[16];

    if (u->index >= 0 && (size_t)u->index >= def->n_ips) {
        eb_net_invalid(err,
                       "couldn't update dhcp host entry - no <ip> element found at index %d in network '%s'",
                       u->index, u->name);
        return NULL;
    }
    if (u->index >= 0) {
        *number = (size_t)u->index;
        return &def->ips[u->index];
    }
    for (*number = 0; *number < def->n_ips; ++*number) {
        if (def->ips[*number].n_ranges || def->ips[*number].n_hosts)
            return &def->ips[*number];
    }
    for (*number = 0; *number < def->n_ips; ++*number) {
        if (eb_network_address(def->ips[*number].address, bytes) == AF_INET)
            return &def->ips[*number];
    }
    eb_net_invalid(err, "couldn't update dhcp host entry - no <ip> element found in network '%s'", u->name);
    return NULL;
}

/* The <dhcp> of the <ip> of that number, made where there is none. */
static xmlNode *dhcp_of(struct eb_net_update *u, size_t number)
{
    xmlNode *ip = eb_net_child(u->root, "ip");

    while (number--)
        ip = eb_net_next(ip->next, "ip");
    return eb_net_need_child(ip, "dhcp");
}

static xmlNode *nth(xmlNode *parent, const char *name, size_t n)
{
    xmlNode *node = eb_net_child(parent, name);

    while (n--)
        node = eb_net_next(node->next, name);
    return node;
}

/* ---- Hosts ---- */

static void clear_host(struct eb_dhcp_host *host)
{
    free(host->mac);
    free(host->id);
    free(host->name);
    free(host->ip);
}

static void read_host(xmlNode *node, struct eb_dhcp_host *out)
{
    *out = (struct eb_dhcp_host){eb_xml_attr(node, "mac"), eb_xml_attr(node, "id"), eb_xml_attr(node, "name"),
                                 eb_xml_attr(node, "ip")};
}

static bool same_mac(const char *a, const char *b)
{
    return a && b && strcasecmp(a, b) == 0;
}

static bool same_ip(const char *a, const char *b)
{
    unsigned char x[16], y[16];

    return a && b && eb_network_address(a, x) == eb_network_address(b, y) && memcmp(x, y, sizeof(x)) == 0;
}

/* One of what names a host is the same. */
static bool meets(const struct eb_dhcp_host *a, const struct eb_dhcp_host *b)
{
    return same_mac(a->mac, b->mac) || (a->name && eb_streq(a->name, b->name)) || same_ip(a->ip, b->ip);
}

/* All that is said is the same. */
static bool agrees(const struct eb_dhcp_host *wanted, const struct eb_dhcp_host *b)
{
    return (!wanted->mac || same_mac(wanted->mac, b->mac)) &&
           (!wanted->name || eb_streq(wanted->name, b->name)) && (!wanted->ip || same_ip(wanted->ip, b->ip));
}

static int find_host(const struct eb_network_ip *ip, const struct eb_dhcp_host *host,
                     bool (*same)(const struct eb_dhcp_host *, const struct eb_dhcp_host *))
{
    for (size_t i = 0; i < ip->n_hosts; i++) {
        if (same(host, &ip->hosts[i]))
            return (int)i;
    }
    return -1;
}

/* libvirt's words for what is not said. */
static const char *or_null(const char *text)
{
    return text ? text : "(null)";
}

static int change_host(struct eb_net_update *u, const struct eb_network_ip *ip, size_t number,
                       const struct eb_dhcp_host *host, eb_error *err)
{
    bool delete = u->command == EB_NETWORK_UPDATE_DELETE;
    int found = find_host(ip, host, delete ? agrees : meets);
    const char *mac = host->mac ? host->mac : "unknown", *address = host->ip ? host->ip : "unknown";
    xmlNode *dhcp = dhcp_of(u, number);

    if (eb_net_adds(u)) {
        if (found >= 0)
            return eb_net_invalid(err,
                                  "there is an existing dhcp host entry in network '%s' that matches "
                                  "\"<host mac='%s' name='%s' ip='%s'/>\"",
                                  u->name, mac, or_null(host->name), address);
        eb_net_add(u, dhcp);
        return 0;
    }
    if (found < 0 && delete)
        return eb_net_invalid(err, "couldn't locate a matching dhcp host entry in network '%s'", u->name);
    if (found < 0)
        return eb_net_invalid(err,
                              "couldn't locate an existing dhcp host entry with \"mac='%s'\" \"name='%s'\" "
                              "\"ip='%s'\" in network '%s'",
                              mac, or_null(host->name), address, u->name);
    if (!delete)
        xmlAddPrevSibling(nth(dhcp, "host", (size_t)found), xmlDocCopyNode(u->node, u->doc, 1));
    eb_net_remove(nth(dhcp, "host", (size_t)found + (delete ? 0 : 1)));
    return 0;
}

int eb_net_update_host(struct eb_net_update *u, eb_error *err)
{
    EB_CLEANUP(clear_host) struct eb_dhcp_host host = {0};
    unsigned char bytes[16];
    const struct eb_network_ip *ip;
    size_t number;

    ip = find_ip(u, &number, err);
    if (!ip)
        return -1;
    read_host(u->node, &host);
    if (eb_network_check_host(u->def, ip, &host, u->command == EB_NETWORK_UPDATE_DELETE, err) < 0)
        return -1;
    if (eb_net_adds(u) && host.ip &&
        eb_network_address(host.ip, bytes) != eb_network_address(ip->address, bytes))
        return eb_net_invalid(err,
                              "the address family of a host entry IP must match the address family of the "
                              "dhcp element's parent");
    return change_host(u, ip, number, &host, err);
}

/* ---- Ranges ---- */

static void clear_range(struct eb_dhcp_range *range)
{
    free(range->start);
    free(range->end);
}

int eb_net_update_range(struct eb_net_update *u, eb_error *err)
{
    EB_CLEANUP(clear_range) struct eb_dhcp_range range = {0};
    const struct eb_network_ip *ip;
    size_t number;
    int found = -1;

    if (u->command == EB_NETWORK_UPDATE_MODIFY)
        return eb_net_no_change("dhcp ranges", err);
    ip = find_ip(u, &number, err);
    if (!ip)
        return -1;
    range = (struct eb_dhcp_range){eb_xml_attr(u->node, "start"), eb_xml_attr(u->node, "end")};
    if (eb_network_check_range(u->def, ip, &range, err) < 0)
        return -1;
    for (size_t i = 0; i < ip->n_ranges; i++) {
        if (same_ip(ip->ranges[i].start, range.start) && same_ip(ip->ranges[i].end, range.end))
            found = (int)i;
    }
    if (found >= 0 && eb_net_adds(u))
        return eb_net_invalid(err,
                              "there is an existing dhcp range entry in network '%s' that matches \"<range "
                              "start='%s' end='%s'/>\"",
                              u->name, range.start, range.end);
    if (found < 0 && !eb_net_adds(u))
        return eb_net_invalid(err, "couldn't locate a matching dhcp range entry in network '%s'", u->name);
    if (found < 0)
        eb_net_add(u, dhcp_of(u, number));
    else
        eb_net_remove(nth(dhcp_of(u, number), "range", (size_t)found));
    return 0;
}
