/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* <vbox:network>: what VirtualBox's networks have and libvirt's have no word for. */
#include "model/domain_xml.h"
#include "model/network_update.h"
#include "model/vbox_ns.h"
#include "model/xml_doc.h"

#include <sys/socket.h>

static bool is_ours(const xmlNode *node)
{
    return node->type == XML_ELEMENT_NODE && node->ns && eb_streq((const char *)node->ns->href, EB_VBOX_NS);
}

static int read_port(const char *text, const char *what, unsigned *out, eb_error *err)
{
    uint64_t n = 0;

    if (!text || !eb_parse_u64(text, UINT16_MAX, &n) || n == 0)
        return eb_error_set(err, EB_ERR_XML_ERROR, "attribute '%s' of <vbox:forward> must be a port", what);
    *out = (unsigned)n;
    return 0;
}

static int read_forward(xmlNode *node, struct eb_network_def *def, eb_error *err)
{
    struct eb_network_forward *f = EB_APPEND(def->forwards, def->n_forwards);
    EB_AUTOFREE char *protocol = eb_xml_attr(node, "protocol"), *host_port = eb_xml_attr(node, "host-port"),
                     *guest_port = eb_xml_attr(node, "guest-port");
    unsigned char bytes[16];
    int family;

    f->name = eb_xml_attr(node, "name");
    f->host_address = eb_xml_attr(node, "host-address");
    f->guest_address = eb_xml_attr(node, "guest-address");
    f->udp = eb_streq(protocol, "udp");
    family = eb_network_address(f->guest_address, bytes);
    f->ipv6 = family == AF_INET6;
    if (!f->name || !*f->name)
        return eb_error_set(err, EB_ERR_XML_ERROR, "<vbox:forward> needs the attribute 'name'");
    if (!f->udp && !eb_streq(protocol, "tcp"))
        return eb_error_set(err, EB_ERR_XML_ERROR,
                            "attribute 'protocol' of <vbox:forward> must be 'tcp' or 'udp'");
    if (family == AF_UNSPEC)
        return eb_error_set(err, EB_ERR_XML_ERROR,
                            "attribute 'guest-address' of <vbox:forward> must be an address");
    if (f->host_address && eb_network_address(f->host_address, bytes) != family)
        return eb_error_set(
            err, EB_ERR_XML_ERROR,
            "attribute 'host-address' of <vbox:forward> must be an address of the same family");
    return read_port(host_port, "host-port", &f->host_port, err) < 0
               ? -1
               : read_port(guest_port, "guest-port", &f->guest_port, err);
}

static int read_settings(xmlNode *network, struct eb_network_def *def, eb_error *err)
{
    for (xmlNode *node = network->children; node; node = node->next) {
        if (node->type != XML_ELEMENT_NODE)
            continue;
        if (is_ours(node) && eb_streq((const char *)node->name, "forward")) {
            if (read_forward(node, def, err) < 0)
                return -1;
        } else if (is_ours(node) && eb_streq((const char *)node->name, "ipv6-default-route")) {
            def->ipv6_default_route = true;
        } else {
            return eb_error_set(err, EB_ERR_XML_ERROR, "unexpected element <%s> in <vbox:network>, line %ld",
                                (const char *)node->name, xmlGetLineNo(node));
        }
    }
    return 0;
}

int eb_vbox_network_read(xmlNode *metadata, struct eb_network_def *def, eb_error *err)
{
    xmlNode *next;

    for (xmlNode *node = metadata->children; node; node = next) {
        next = node->next;
        if (!is_ours(node))
            continue;
        if (!eb_streq((const char *)node->name, "network"))
            return eb_error_set(err, EB_ERR_XML_ERROR, "unexpected element <vbox:%s> in <metadata>, line %ld",
                                (const char *)node->name, xmlGetLineNo(node));
        if (read_settings(node, def, err) < 0)
            return -1;
        xmlUnlinkNode(node);
        xmlFreeNode(node);
    }
    return 0;
}

static void add_forward(struct eb_strbuf *out, const struct eb_network_forward *f)
{
    EB_AUTOFREE char *host = eb_asprintf("%u", f->host_port), *guest = eb_asprintf("%u", f->guest_port);

    eb_strbuf_add(out, "<vbox:forward");
    eb_strbuf_attr(out, "name", f->name);
    eb_strbuf_attr(out, "protocol", f->udp ? "udp" : "tcp");
    eb_strbuf_attr(out, "host-address", f->host_address);
    eb_strbuf_attr(out, "host-port", host);
    eb_strbuf_attr(out, "guest-address", f->guest_address);
    eb_strbuf_attr(out, "guest-port", guest);
    eb_strbuf_add(out, "/>");
}

char *eb_vbox_network_metadata(const struct eb_network_def *def)
{
    EB_AUTOSTRBUF struct eb_strbuf out = {0};
    static const char end[] = "</metadata>";
    size_t len = def->metadata ? strlen(def->metadata) : 0;

    if (!def->n_forwards && !def->ipv6_default_route)
        return eb_strdup(def->metadata);
    if (len > strlen(end))
        eb_strbuf_addn(&out, def->metadata, len - strlen(end));
    else
        eb_strbuf_add(&out, "<metadata>");
    eb_strbuf_add(&out, "<vbox:network");
    eb_strbuf_attr(&out, "xmlns:vbox", EB_VBOX_NS);
    eb_strbuf_add(&out, ">");
    if (def->ipv6_default_route)
        eb_strbuf_add(&out, "<vbox:ipv6-default-route/>");
    for (size_t i = 0; i < def->n_forwards; i++)
        add_forward(&out, &def->forwards[i]);
    eb_strbuf_add(&out, "</vbox:network>");
    eb_strbuf_add(&out, end);
    return eb_strbuf_steal(&out);
}
