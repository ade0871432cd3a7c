/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * virNetworkUpdate on a definition's tree, which is read anew afterwards: so what the model has no member for
 * (dns, port groups) changes as the rest does. network_update_dhcp.c has the hosts and ranges.
 */
#include "model/network_tree.h"

#include <ctype.h>

/* ---- The tree ---- */

bool eb_net_is(const xmlNode *node, const char *name)
{
    return node->type == XML_ELEMENT_NODE && !node->ns && eb_streq((const char *)node->name, name);
}

xmlNode *eb_net_next(xmlNode *node, const char *name)
{
    while (node && !eb_net_is(node, name))
        node = node->next;
    return node;
}

xmlNode *eb_net_child(xmlNode *parent, const char *name)
{
    return parent ? eb_net_next(parent->children, name) : NULL;
}

xmlNode *eb_net_need_child(xmlNode *parent, const char *name)
{
    xmlNode *child = eb_net_child(parent, name);

    return child ? child : xmlNewChild(parent, NULL, BAD_CAST name, NULL);
}

void eb_net_add(struct eb_net_update *u, xmlNode *parent)
{
    xmlNode *first = eb_net_child(parent, (const char *)u->node->name), *last = first;
    xmlNode *copy = xmlDocCopyNode(u->node, u->doc, 1);

    for (xmlNode *n = first; n; n = eb_net_next(n->next, (const char *)u->node->name))
        last = n;
    if (!first)
        xmlAddChild(parent, copy);
    else if (u->command == EB_NETWORK_UPDATE_ADD_FIRST)
        xmlAddPrevSibling(first, copy);
    else
        xmlAddNextSibling(last, copy);
}

void eb_net_remove(xmlNode *node)
{
    xmlUnlinkNode(node);
    xmlFreeNode(node);
}

bool eb_net_adds(const struct eb_net_update *u)
{
    return u->command == EB_NETWORK_UPDATE_ADD_FIRST || u->command == EB_NETWORK_UPDATE_ADD_LAST;
}

int eb_net_no_change(const char *what, eb_error *err)
{
    return eb_error_set(err, EB_ERR_OPERATION_UNSUPPORTED, "%s cannot be modified, only added or deleted",
                        what);
}

int eb_net_invalid(eb_error *err, const char *fmt, ...)
{
    EB_AUTOFREE char *text = NULL;
    va_list args;

    va_start(args, fmt);
    text = eb_vasprintf(fmt, args);
    va_end(args);
    return eb_error_set(err, EB_ERR_OPERATION_INVALID, "%s", text);
}

static int detail(eb_error *err, const char *fmt, ...) EB_PRINTF(2, 3);
static int detail(eb_error *err, const char *fmt, ...)
{
    EB_AUTOFREE char *text = NULL;
    va_list args;

    va_start(args, fmt);
    text = eb_vasprintf(fmt, args);
    va_end(args);
    return eb_error_set(err, EB_ERR_XML_DETAIL, "%s", text);
}

/* ---- Interfaces to forward to ---- */

static int update_forward_interface(struct eb_net_update *u, eb_error *err)
{
    EB_AUTOFREE char *dev = eb_xml_attr(u->node, "dev");
    xmlNode *forward = eb_net_child(u->root, "forward"), *same = NULL;

    if (!dev)
        return eb_error_set(err, EB_ERR_XML_ERROR, "missing dev attribute in <interface> element");
    if (u->command == EB_NETWORK_UPDATE_MODIFY)
        return eb_net_no_change("forward interface entries", err);
    for (xmlNode *n = eb_net_child(forward, "interface"); n; n = eb_net_next(n->next, "interface")) {
        EB_AUTOFREE char *other = eb_xml_attr(n, "dev");

        if (eb_streq(other, dev))
            same = n;
    }
    if (eb_net_adds(u)) {
        if (!forward)
            return eb_net_invalid(err, "network '%s' has no <forward> element", u->name);
        if (u->def->forward <= EB_FORWARD_OPEN && eb_net_child(forward, "interface"))
            return eb_error_set(
                err, EB_ERR_XML_ERROR,
                "multiple forwarding interfaces specified for network '%s', only one is supported", u->name);
        if (same)
            return eb_net_invalid(
                err,
                "there is an existing interface entry in network '%s' that matches \"<interface dev='%s'>\"",
                u->name, dev);
        eb_net_add(u, forward);
    } else {
        if (!same)
            return eb_net_invalid(
                err, "couldn't find an interface entry in network '%s' matching <interface dev='%s'>",
                u->name, dev);
        eb_net_remove(same);
    }
    /* it is the first of them */
    xmlUnsetProp(forward, BAD_CAST "dev");
    return 0;
}

/* ---- Port groups ---- */

static bool is_default(xmlNode *node)
{
    EB_AUTOFREE char *word = eb_xml_attr(node, "default");

    return eb_streq(word, "yes");
}

static int update_portgroup(struct eb_net_update *u, eb_error *err)
{
    EB_AUTOFREE char *name = eb_xml_attr(u->node, "name");
    xmlNode *same = NULL, *other_default = NULL;

    if (!name)
        return eb_error_set(err, EB_ERR_XML_ERROR, "Missing required name attribute in portgroup");
    for (xmlNode *n = eb_net_child(u->root, "portgroup"); n; n = eb_net_next(n->next, "portgroup")) {
        EB_AUTOFREE char *other = eb_xml_attr(n, "name");

        if (eb_streq(other, name))
            same = n;
        else if (is_default(n))
            other_default = n;
    }
    if (!same && !eb_net_adds(u))
        return eb_net_invalid(
            err, "couldn't find a portgroup entry in network '%s' matching <portgroup name='%s'>", u->name,
            name);
    if (same && eb_net_adds(u))
        return eb_net_invalid(
            err,
            "there is an existing portgroup entry in network '%s' that matches \"<portgroup name='%s'>\"",
            u->name, name);
    if (u->command == EB_NETWORK_UPDATE_DELETE) {
        eb_net_remove(same);
        return 0;
    }
    if (other_default && is_default(u->node))
        return eb_net_invalid(err,
                              "a different portgroup entry in network '%s' is already set as the default. "
                              "Only one default is allowed.",
                              u->name);
    if (same)
        xmlReplaceNode(same, xmlDocCopyNode(u->node, u->doc, 1)), xmlFreeNode(same);
    else
        eb_net_add(u, u->root);
    return 0;
}

/* ---- DNS ---- */

/* Finds what the new element is about; *n: how many there are, *found: the last one. */
typedef bool same_fn(xmlNode *wanted, xmlNode *node);

static unsigned find_same(struct eb_net_update *u, same_fn *same, xmlNode **found)
{
    const char *name = (const char *)u->node->name;
    unsigned n = 0;

    for (xmlNode *node = eb_net_child(eb_net_child(u->root, "dns"), name); node;
         node = eb_net_next(node->next, name)) {
        if (same(u->node, node)) {
            *found = node;
            n++;
        }
    }
    return n;
}

static bool same_attribute(xmlNode *wanted, xmlNode *node, const char *name)
{
    EB_AUTOFREE char *a = eb_xml_attr(wanted, name), *b = eb_xml_attr(node, name);

    return eb_streq(a, b);
}

/* What the wanted one does not say is the same. */
static bool agrees(xmlNode *wanted, xmlNode *node, const char *name)
{
    return !xmlHasProp(wanted, BAD_CAST name) || same_attribute(wanted, node, name);
}

static bool same_host_address(xmlNode *wanted, xmlNode *node)
{
    return xmlHasProp(wanted, BAD_CAST "ip") && same_attribute(wanted, node, "ip");
}

static bool same_host(xmlNode *wanted, xmlNode *node)
{
    if (same_host_address(wanted, node))
        return true;
    for (xmlNode *a = eb_net_child(wanted, "hostname"); a; a = eb_net_next(a->next, "hostname")) {
        EB_AUTOFREE char *name = eb_xml_own_text(a);

        for (xmlNode *b = eb_net_child(node, "hostname"); b; b = eb_net_next(b->next, "hostname")) {
            EB_AUTOFREE char *other = eb_xml_own_text(b);

            if (name && eb_streq(name, other))
                return true;
        }
    }
    return false;
}

static bool same_text(xmlNode *wanted, xmlNode *node)
{
    return same_attribute(wanted, node, "name");
}

static bool same_service(xmlNode *wanted, xmlNode *node)
{
    static const char *const names[] = {"service", "protocol", "domain", "target"};

    for (size_t i = 0; i < EB_ARRAY_SIZE(names); i++) {
        if (!agrees(wanted, node, names[i]))
            return false;
    }
    return true;
}

static int check_dns_host(const struct eb_net_update *u, bool partial, eb_error *err)
{
    EB_AUTOFREE char *ip = eb_xml_attr(u->node, "ip");
    unsigned char bytes[16];
    bool named = false;

    for (xmlNode *n = eb_net_child(u->node, "hostname"); n; n = eb_net_next(n->next, "hostname")) {
        EB_AUTOFREE char *text = eb_xml_own_text(n);

        named |= text != NULL;
    }
    if (!ip && !partial)
        return detail(err, "Missing IP address in network '%s' DNS HOST record", u->name);
    if (ip && eb_network_address(ip, bytes) == 0)
        return detail(err, "Invalid IP address in network '%s' DNS HOST record", u->name);
    if (!named && !partial)
        return detail(err, "Missing hostname in network '%s' DNS HOST record", u->name);
    if (!named && !ip)
        return detail(err, "Missing ip and hostname in network '%s' DNS HOST record", u->name);
    return 0;
}

static int check_dns_text(const struct eb_net_update *u, bool partial, eb_error *err)
{
    EB_AUTOFREE char *name = eb_xml_attr(u->node, "name"), *value = eb_xml_attr(u->node, "value");

    if (!name)
        return detail(err, "missing required name attribute in DNS TXT record of network %s", u->name);
    if (strchr(name, ' '))
        return detail(err, "prohibited character in DNS TXT record name '%s' of network %s", name, u->name);
    if (!value && !partial)
        return detail(err, "missing required value attribute in DNS TXT record named '%s' of network %s",
                      name, u->name);
    return 0;
}

/* An attribute of a <srv> that is a number below 65536. */
static int check_number(const struct eb_net_update *u, const char *service, const char *attribute,
                        const char *word, bool needs_target, eb_error *err)
{
    EB_AUTOFREE char *text = eb_xml_attr(u->node, attribute);
    uint64_t n;

    if (!text)
        return 0;
    if (needs_target && !xmlHasProp(u->node, BAD_CAST "target"))
        return detail(err,
                      "DNS SRV %s attribute not permitted without target for service '%s' in network '%s'",
                      attribute, service, u->name);
    if (!eb_parse_u64(text, UINT16_MAX, &n) || (eb_streq(attribute, "port") && n == 0))
        return detail(err, "%s DNS SRV %s attribute for service '%s' in network '%s'", word, attribute,
                      service, u->name);
    return 0;
}

static int check_dns_service(const struct eb_net_update *u, bool partial, eb_error *err)
{
    EB_AUTOFREE char *service = eb_xml_attr(u->node, "service");

    if (!service && !partial)
        return detail(err, "missing required service attribute in DNS SRV record of network '%s'", u->name);
    if (!xmlHasProp(u->node, BAD_CAST "protocol") && !partial)
        return detail(err, "missing required protocol attribute in DNS SRV record '%s' of network '%s'",
                      service, u->name);
    if (check_number(u, service, "port", "invalid", true, err) < 0 ||
        check_number(u, service, "priority", "Invalid", true, err) < 0)
        return -1;
    return check_number(u, service, "weight", "invalid", true, err);
}

static const struct dns_section {
    unsigned section;
    const char *element, *what;
    int (*check)(const struct eb_net_update *u, bool partial, eb_error *err);
    same_fn *same_to_add, *same_to_delete;
} dns_sections[] = {
    {EB_NETWORK_SECTION_DNS_HOST, "host", "DNS HOST", check_dns_host, same_host_address, same_host},
    {EB_NETWORK_SECTION_DNS_TXT, "txt", "DNS TXT", check_dns_text, same_text, same_text},
    {EB_NETWORK_SECTION_DNS_SRV, "srv", "DNS SRV", check_dns_service, same_service, same_service},
};

static int add_dns(struct eb_net_update *u, const struct dns_section *s, unsigned n, eb_error *err)
{
    xmlNode *dns = eb_net_child(u->root, "dns");
    EB_AUTOFREE char *name = eb_xml_attr(u->node, "name"), *enable = dns ? eb_xml_attr(dns, "enable") : NULL;

    if (n && s->section == EB_NETWORK_SECTION_DNS_HOST)
        return eb_net_invalid(
            err, "there is already at least one DNS HOST record with a matching field in network %s",
            u->name);
    if (n && s->section == EB_NETWORK_SECTION_DNS_TXT)
        return eb_net_invalid(err, "there is already a DNS TXT record with name '%s' in network %s", name,
                              u->name);
    if (n)
        return eb_net_invalid(
            err, "there is already at least one DNS SRV record matching all specified fields in network %s",
            u->name);
    if (eb_streq(enable, "no"))
        return eb_error_set(err, EB_ERR_XML_ERROR, "Extra data in disabled network '%s'", u->name);
    eb_net_add(u, dns ? dns : eb_net_need_child(u->root, "dns"));
    return 0;
}

static int delete_dns(struct eb_net_update *u, const struct dns_section *s, unsigned n, xmlNode *found,
                      eb_error *err)
{
    if (n == 0)
        return eb_net_invalid(err, "couldn't locate a matching %s record in network %s", s->what, u->name);
    if (n > 1 && s->section == EB_NETWORK_SECTION_DNS_SRV)
        return eb_net_invalid(
            err, "multiple DNS SRV records matching all specified fields were found in network %s", u->name);
    if (n > 1)
        return eb_net_invalid(err, "multiple matching %s records were found in network %s", s->what, u->name);
    eb_net_remove(found);
    return 0;
}

/* txt, srv, host: the order in which libvirt writes them; it writes no empty one. */
static void tidy_dns(xmlNode *dns)
{
    static const char *const names[] = {"txt", "srv", "host"};

    for (size_t i = 0; i < EB_ARRAY_SIZE(names); i++) {
        unsigned many = 0;

        for (xmlNode *n = eb_net_child(dns, names[i]); n; n = eb_net_next(n->next, names[i]))
            many++;
        while (many--) {
            xmlNode *n = eb_net_child(dns, names[i]);

            xmlUnlinkNode(n);
            xmlAddChild(dns, n);
        }
    }
    if (!dns->children && !dns->properties)
        eb_net_remove(dns);
}

static int update_dns(struct eb_net_update *u, const struct dns_section *s, eb_error *err)
{
    EB_AUTOFREE char *records = eb_asprintf("%s records", s->what);
    xmlNode *found = NULL;
    unsigned n;

    if (u->command == EB_NETWORK_UPDATE_MODIFY)
        return eb_net_no_change(records, err);
    if (s->check(u, u->command == EB_NETWORK_UPDATE_DELETE, err) < 0)
        return -1;
    n = find_same(u, eb_net_adds(u) ? s->same_to_add : s->same_to_delete, &found);
    if ((eb_net_adds(u) ? add_dns(u, s, n, err) : delete_dns(u, s, n, found, err)) < 0)
        return -1;
    tidy_dns(eb_net_child(u->root, "dns"));
    return 0;
}

/* ---- Sections ---- */

static int check_element(const struct eb_net_update *u, const char *expected, eb_error *err)
{
    if (eb_net_is(u->node, expected))
        return 0;
    return eb_error_set(err, EB_ERR_XML_ERROR,
                        "unexpected element <%s>, expecting <%s>, while updating network '%s'",
                        (const char *)u->node->name, expected, u->name);
}

static int update_section(struct eb_net_update *u, unsigned section, eb_error *err)
{
    static const char *const fixed[] = {
        [EB_NETWORK_SECTION_BRIDGE] = "bridge",
        [EB_NETWORK_SECTION_DOMAIN] = "domain",
        [EB_NETWORK_SECTION_IP] = "ip",
        [EB_NETWORK_SECTION_FORWARD] = "forward",
        [EB_NETWORK_SECTION_FORWARD_PF] = "forward pf",
        [EB_NETWORK_SECTION_DNS_SRV] = NULL,
    };
    static const struct {
        unsigned section;
        const char *element;
        int (*update)(struct eb_net_update *u, eb_error *err);
    } sections[] = {
        {EB_NETWORK_SECTION_IP_DHCP_HOST, "host", eb_net_update_host},
        {EB_NETWORK_SECTION_IP_DHCP_RANGE, "range", eb_net_update_range},
        {EB_NETWORK_SECTION_FORWARD_INTERFACE, "interface", update_forward_interface},
        {EB_NETWORK_SECTION_PORTGROUP, "portgroup", update_portgroup},
    };

    for (size_t i = 0; i < EB_ARRAY_SIZE(sections); i++) {
        if (sections[i].section == section)
            return check_element(u, sections[i].element, err) < 0 ? -1 : sections[i].update(u, err);
    }
    for (size_t i = 0; i < EB_ARRAY_SIZE(dns_sections); i++) {
        if (dns_sections[i].section == section)
            return check_element(u, dns_sections[i].element, err) < 0 ? -1
                                                                      : update_dns(u, &dns_sections[i], err);
    }
    if (section < EB_ARRAY_SIZE(fixed) && fixed[section])
        return eb_error_set(err, EB_ERR_OPERATION_UNSUPPORTED, "can't update '%s' section of network '%s'",
                            fixed[section], u->name);
    return eb_error_set(err, EB_ERR_OPERATION_UNSUPPORTED,
                        "can't update unrecognized section of network '%s'", u->name);
}

static int read_again(const struct eb_net_update *u, struct eb_network_def **out, eb_error *err)
{
    EB_AUTOFREE char *xml = eb_xml_element_text(u->root);
    struct eb_object_def *def = NULL;

    if (eb_object_def_parse(EB_OBJECT_NETWORK, xml, &def, err) < 0)
        return -1;
    *out = (struct eb_network_def *)def;
    return 0;
}

int eb_network_def_update(const struct eb_network_def *def, unsigned command, unsigned section, int index,
                          const char *xml, struct eb_network_def **out, eb_error *err)
{
    EB_AUTOFREE char *text = eb_object_def_format(&def->base);
    EB_AUTODOC xmlDoc *doc = NULL, *update = eb_xml_doc_parse(xml, "network_update_xml", err);
    struct eb_net_update u = {.def = def, .name = def->base.name, .command = command, .index = index};

    if (!update)
        return -1;
    if (command < EB_NETWORK_UPDATE_MODIFY || command > EB_NETWORK_UPDATE_ADD_FIRST)
        return eb_error_set(err, EB_ERR_OPERATION_UNSUPPORTED, "unrecognized network update command code %u",
                            command);
    doc = eb_xml_doc_parse(text, "(network_definition)", err);
    if (!doc)
        return -1;
    u.doc = doc;
    u.root = xmlDocGetRootElement(doc);
    u.node = xmlDocGetRootElement(update);
    return update_section(&u, section, err) < 0 ? -1 : read_again(&u, out, err);
}
