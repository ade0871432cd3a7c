/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* <interface>: its table and defaults. */
#include "model/domain_map.h"
#include "model/xml_doc.h"

#include <stdio.h>
#include <strings.h>

static int read_mac(const char *text, void *base, eb_error *err)
{
    struct eb_interface *net = base;
    unsigned char mac[6];
    const char *p = text;

    for (int i = 0; i < 6; i++) {
        unsigned value = 0;
        int n = 0;

        if (strspn(p, "0123456789abcdefABCDEF") == 0 || sscanf(p, "%2x%n", &value, &n) != 1)
            break;
        mac[i] = (unsigned char)value;
        p += n;
        if (i == 5 && !*p) {
            if (mac[0] & 1)
                return eb_domain_xml_error(err, "expected unicast mac address, found multicast '%s'", text);
            memcpy(net->mac, mac, sizeof(mac));
            net->has_mac = true;
            return 0;
        }
        if (*p++ != ':')
            break;
    }
    return eb_domain_xml_error(err, "unable to parse mac address '%s'", text);
}

static char *write_mac(const void *base)
{
    const struct eb_interface *net = base;
    const unsigned char *m = net->mac;

    if (!net->has_mac)
        return NULL;
    return eb_asprintf("%02x:%02x:%02x:%02x:%02x:%02x", m[0], m[1], m[2], m[3], m[4], m[5]);
}

static const struct eb_xml_custom mac = {read_mac, write_mac};

/* ---- <portForward> ---- */

/* A range as numbers. False: it is none that single forwards can say. */
static bool read_range(xmlNode *range, unsigned *start, unsigned *end, unsigned *to)
{
    EB_AUTOFREE char *start_text = eb_xml_attr(range, "start");
    EB_AUTOFREE char *end_text = eb_xml_attr(range, "end");
    EB_AUTOFREE char *to_text = eb_xml_attr(range, "to");
    EB_AUTOFREE char *exclude = eb_xml_attr(range, "exclude");
    uint64_t from = 0, last, target;

    if (!eb_streq((const char *)range->name, "range") || (exclude && !eb_streq(exclude, "no")))
        return false;
    if (!start_text || !eb_parse_u64(start_text, UINT16_MAX, &from) || !from)
        return false;
    last = target = from;
    if ((end_text && !eb_parse_u64(end_text, UINT16_MAX, &last)) ||
        (to_text && !eb_parse_u64(to_text, UINT16_MAX, &target)))
        return false;
    *start = (unsigned)from;
    *end = (unsigned)last;
    *to = (unsigned)target;
    return last >= from && last - from < 1024 && target && target + (last - from) <= UINT16_MAX;
}

static bool read_forward(xmlNode *node, struct eb_interface *net)
{
    EB_AUTOFREE char *proto = eb_xml_attr(node, "proto");
    EB_AUTOFREE char *address = eb_xml_attr(node, "address");
    EB_AUTOFREE char *dev = eb_xml_attr(node, "dev");
    unsigned start, end, to;

    if (dev || (!eb_streq(proto, "tcp") && !eb_streq(proto, "udp")) || !xmlFirstElementChild(node))
        return false;
    for (xmlNode *range = xmlFirstElementChild(node); range; range = xmlNextElementSibling(range)) {
        if (!read_range(range, &start, &end, &to))
            return false;
    }
    for (xmlNode *range = xmlFirstElementChild(node); range; range = xmlNextElementSibling(range)) {
        if (!read_range(range, &start, &end, &to))
            continue;
        for (unsigned i = 0; i <= end - start; i++) {
            struct eb_port_forward *forward = EB_APPEND(net->forwards, net->n_forwards);

            forward->udp = eb_streq(proto, "udp");
            forward->host_ip = eb_strdup(address);
            forward->host_port = (uint16_t)(start + i);
            forward->guest_port = (uint16_t)(to + i);
        }
    }
    return true;
}

/*
 * libvirt's own word for a port forward says less than VirtualBox's (no name, no guest's address), so that it
 * is understood and written as <vbox:forward>. What single forwards cannot say stays unmodelled.
 */
static int read_forwards(struct eb_xml_reader *r, xmlNode *parent, const char *path EB_UNUSED, void *base,
                         eb_error *err EB_UNUSED)
{
    struct eb_interface *net = base;

    for (xmlNode *node = xmlFirstElementChild(parent); node; node = xmlNextElementSibling(node)) {
        if (net->type == EB_NET_USER && !node->ns && eb_streq((const char *)node->name, "portForward") &&
            r->ns == NULL && net->n_forwards < 1024 && read_forward(node, net))
            eb_xml_take(node);
    }
    return 0;
}

static void write_no_forwards(struct eb_xml_writer *w EB_UNUSED, const char *path EB_UNUSED,
                              const void *base EB_UNUSED)
{
}

static const struct eb_xml_hook port_forwards = {read_forwards, write_no_forwards};

/* ---- <interface> ---- */

#define NET_TYPE(NAME, name)                                                                                 \
    static bool net_is_##name(const void *base)                                                              \
    {                                                                                                        \
        return ((const struct eb_interface *)base)->type == EB_NET_##NAME;                                   \
    }
NET_TYPE(NETWORK, network)
NET_TYPE(BRIDGE, bridge)
NET_TYPE(INTERNAL, internal)
NET_TYPE(DIRECT, direct)

static bool net_has_source_dev(const void *base)
{
    const struct eb_interface *net = base;

    return net->type == EB_NET_DIRECT || net->type == EB_NET_ETHERNET || net->type == EB_NET_USER;
}

static const struct eb_xml_item net_mac[] = {
    EB_ATTR("address", eb_interface, mac, EB_VALUE(CUSTOM), .custom = &mac),
    EB_END,
};

static const struct eb_xml_item net_source[] = {
    EB_ATTR("network", eb_interface, source, .when = net_is_network),
    EB_ATTR("portgroup", eb_interface, portgroup, .when = net_is_network),
    EB_ATTR("bridge", eb_interface, source, .when = net_is_bridge),
    EB_ATTR("name", eb_interface, source, .when = net_is_internal),
    EB_ATTR("dev", eb_interface, source, .when = net_has_source_dev),
    EB_ATTR("mode", eb_interface, source_mode, .when = net_is_direct),
    EB_END,
};

static const struct eb_xml_item net_target[] = {EB_ATTR("dev", eb_interface, target), EB_END};
static const struct eb_xml_item net_model[] = {EB_ATTR("type", eb_interface, model), EB_END};
static const struct eb_xml_item net_driver[] = {EB_ATTR("name", eb_interface, driver_name), EB_END};
static const struct eb_xml_item net_link[] = {EB_ATTR("state", eb_interface, link_down, EB_VALUE(UP_DOWN)),
                                              EB_END};

const struct eb_xml_item eb_map_interface[] = {
    EB_ATTR("type", eb_interface, type, EB_NAMES(eb_net_type)),
    EB_CHILD("mac", net_mac),
    EB_CHILD("source", net_source),
    EB_PLACE("vlan"),
    EB_PLACE("virtualport"),
    EB_CHILD("bandwidth", eb_map_bandwidth),
    EB_PLACE("ip"),
    EB_PLACE("route"),
    EB_PLACE("script"),
    EB_PLACE("backenddomain"),
    EB_CHILD("target", net_target),
    EB_PLACE("guest"),
    EB_CHILD("model", net_model),
    EB_CHILD("driver", net_driver),
    EB_PLACE("backend"),
    EB_PLACE("filterref"),
    EB_PLACE("tune"),
    EB_CHILD("link", net_link),
    EB_PLACE("mtu"),
    EB_PLACE("coalesce"),
    EB_HOOK(&port_forwards),
    EB_PLACE("portForward"),
    EB_DEVICE_BOOT(eb_interface),
    EB_DEVICE_END(eb_interface),
};

void eb_interface_init(void *base)
{
    ((struct eb_interface *)base)->slot = -1;
}

bool eb_interface_accept(xmlNode *node)
{
    static const char *const foreign[] = {"vhostuser", "server", "client", "mcast",
                                          "hostdev",   "vdpa",   "vds",    NULL};

    return !eb_attr_is_one_of(node, "type", foreign);
}

/* libvirt takes the names that it knows in any case, and gives them back as here. */
static const char *const models[] = {
    "netfront", "rtl8139",    "virtio",   "e1000",   "e1000e",  "igb",     "virtio-transitional",
    "usb-net",  "spapr-vlan", "lan9118",  "vlance",  "vmxnet",  "vmxnet2", "virtio-non-transitional",
    "vmxnet3",  "Am79C970A",  "Am79C973", "82540EM", "82545EM", "82543GC", "scm91c111",
};

int eb_interface_done(struct eb_xml_reader *r EB_UNUSED, xmlNode *node EB_UNUSED, void *base, eb_error *err)
{
    struct eb_interface *net = base;

    for (size_t i = 0; net->model && i < EB_ARRAY_SIZE(models); i++) {
        if (!strcasecmp(net->model, models[i]))
            eb_replace_string(&net->model, models[i]);
    }
    if (net->source)
        return 0;
    if (net->type == EB_NET_NETWORK || net->type == EB_NET_BRIDGE || net->type == EB_NET_INTERNAL ||
        net->type == EB_NET_DIRECT)
        return eb_domain_xml_error(err, "interface type='%s' requires a 'source' element",
                                   eb_net_type_to_string(net->type));
    return 0;
}
