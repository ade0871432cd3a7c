/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* <interface> of the host: its tables, in libvirt's order. */
#include "model/object_map.h"

OWNED(eb_iface_ip) = {STR(eb_iface_ip, address), END};
OWNED(eb_iface_protocol) = {STR(eb_iface_protocol, family), ARRAY(eb_iface_protocol, ips, eb_iface_ip_owned),
                            STR(eb_iface_protocol, gateway), END};
OWNED(eb_iface_def) = {STR(eb_iface_def, type), STR(eb_iface_def, start_mode), STR(eb_iface_def, mac),
                       ARRAY(eb_iface_def, protocols, eb_iface_protocol_owned), END};

static const char *const types[] = {"ethernet", "bridge", "bond", "vlan", NULL};
static const char *const start_modes[] = {"none", "onboot", "hotplug", NULL};

static const struct eb_xml_item start[] = {EB_ATTR("mode", eb_iface_def, start_mode, .words = start_modes,
                                                   .complaint = "unknown interface startmode %s",
                                                   .complaint_code = EB_ERR_XML_ERROR),
                                           EB_END};
static const struct eb_xml_item mtu[] = {EB_ATTR("size", eb_iface_def, mtu, EB_VALUE(UINT)), EB_END};
static const struct eb_xml_item mac[] = {EB_ATTR("address", eb_iface_def, mac), EB_END};
static const struct eb_xml_item dhcp[] = {
    EB_ATTR("peerdns", eb_iface_protocol, dhcp_peerdns, EB_VALUE(YES_NO)), EB_END};
static const struct eb_xml_item no_items[] = {EB_END};
static const struct eb_xml_item ip_items[] = {
    EB_ATTR("address", eb_iface_ip, address, .flags = EB_XML_REQUIRED),
    EB_ATTR("prefix", eb_iface_ip, prefix, EB_VALUE(UINT)), EB_END};
static const struct eb_xml_item route[] = {EB_ATTR("gateway", eb_iface_protocol, gateway), EB_END};
static const struct eb_xml_item protocol[] = {
    EB_ATTR("family", eb_iface_protocol, family, .flags = EB_XML_REQUIRED),
    EB_FLAG("autoconf", eb_iface_protocol, autoconf, EB_VALUE(BOOL), .items = no_items),
    EB_FLAG("dhcp", eb_iface_protocol, dhcp, EB_VALUE(BOOL), .items = dhcp),
    EB_LIST("ip", eb_iface_protocol, ips, n_ips, ip_items),
    EB_CHILD("route", route),
    EB_END,
};
static const struct eb_xml_item items[] = {
    EB_ATTR("type", eb_iface_def, type, .words = types, .flags = EB_XML_REQUIRED),
    EB_ATTR("name", eb_iface_def, base.name),
    EB_CHILD("start", start),
    EB_CHILD("mtu", mtu),
    EB_LIST("protocol", eb_iface_def, protocols, n_protocols, protocol),
    EB_PLACE("bridge"),
    EB_PLACE("bond"),
    EB_PLACE("vlan"),
    EB_PLACE("link"),
    EB_CHILD("mac", mac),
    EB_END,
};

static int check(struct eb_object_def *def, eb_error *err)
{
    return def->name ? 0 : eb_error_set(err, EB_ERR_XML_ERROR, "interface has no name");
}

const struct eb_object_model eb_model_iface = {
    .element = "interface",
    .document = "(interface_definition)",
    .size = sizeof(struct eb_iface_def),
    .owned = eb_iface_def_owned,
    .items = items,
    .flags = EB_XML_OPENED,
    .check = check,
};
