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
    EB_PLACE("bandwidth"),
    EB_CHILD("link", net_link),
    EB_PLACE("mtu"),
    EB_PLACE("coalesce"),
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
