/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* virDomainSetMetadata's and GetMetadata's rules on a definition. */
#include "model/domain_map.h"
#include "model/domain_xml.h"
#include "model/vbox_ns.h"
#include "model/xml_doc.h"

#define NOT_PRESENT "Requested metadata element is not present"

static int bad_argument(eb_error *err, const char *fmt, ...) EB_PRINTF(2, 3);
/* These messages are whole: libvirt says them without "invalid argument: ". */
static int bad_argument(eb_error *err, const char *fmt, ...)
{
    va_list args;

    if (!err || eb_error_is_set(err))
        return -1;
    va_start(args, fmt);
    err->message = eb_vasprintf(fmt, args);
    va_end(args);
    err->code = EB_ERR_INVALID_ARG;
    err->domain = EB_FROM_DOMAIN;
    return -1;
}

static int unknown_type(eb_error *err, int type)
{
    return eb_error_set_from(err, EB_FROM_DOMAIN, EB_ERR_INVALID_ARG, "unknown metadata type '%d'", type);
}

/* ---- Set ---- */

static int check_set(int type, const char *metadata, const char *key, const char *uri, eb_error *err)
{
    if (type == EB_METADATA_TITLE && metadata && strchr(metadata, '\n'))
        return bad_argument(err, "metadata title can't contain newlines");
    if (type == EB_METADATA_TITLE || type == EB_METADATA_DESCRIPTION) {
        if (uri)
            return bad_argument(err, "uri in virDomainSetMetadata must be NULL");
        if (key)
            return bad_argument(err, "key in virDomainSetMetadata must be NULL");
        return 0;
    }
    if (type != EB_METADATA_ELEMENT)
        return unknown_type(err, type);
    if (!uri)
        return bad_argument(err, "uri in virDomainSetMetadata must not be NULL");
    if (metadata && !key)
        return bad_argument(err, "key in virDomainSetMetadata must not be NULL");
    return 0;
}

static void put_into(xmlNode *node, xmlNs *ns)
{
    for (; node; node = node->next) {
        if (node->type != XML_ELEMENT_NODE)
            continue;
        if (!node->ns || xmlStrEqual(node->ns->href, ns->href))
            xmlSetNs(node, ns);
        put_into(node->children, ns);
    }
}

/* The element with everything that names no namespace put into `uri`, under the prefix `key`. */
static xmlDoc *parse_element(const char *metadata, const char *key, const char *uri, eb_error *err)
{
    EB_AUTODOC xmlDoc *doc = eb_xml_doc_parse(metadata, "(metadata_xml)", err);
    xmlNode *root;
    xmlNs *ns;

    if (!doc)
        return NULL;
    root = xmlDocGetRootElement(doc);
    ns = xmlValidateNCName(BAD_CAST key, 0) ? NULL : xmlNewNs(root, BAD_CAST uri, BAD_CAST key);
    for (xmlNs *other = root->nsDef; other && !ns; other = other->next) {
        if (eb_streq((const char *)other->prefix, key) && eb_streq((const char *)other->href, uri))
            ns = other;
    }
    if (!ns) {
        eb_error_set_from(err, EB_FROM_XML, EB_ERR_INTERNAL_ERROR,
                          "failed to validate prefix for a new XML namespace");
        return NULL;
    }
    put_into(root, ns);
    return EB_STEAL(doc);
}

static void drop_entry(struct eb_domain_def *def, const char *uri)
{
    for (size_t i = 0; i < def->n_metadata; i++) {
        if (!eb_streq(def->metadata[i].uri, uri))
            continue;
        free(def->metadata[i].uri);
        free(def->metadata[i].xml);
        memmove(def->metadata + i, def->metadata + i + 1, (def->n_metadata - i - 1) * sizeof(*def->metadata));
        def->n_metadata--;
        return;
    }
}

static int set_element(struct eb_domain_def *def, const char *metadata, const char *key, const char *uri,
                       eb_error *err)
{
    EB_AUTODOC xmlDoc *doc = NULL;
    struct eb_metadata *entry;
    xmlNode *root;

    if (metadata) {
        doc = parse_element(metadata, key, uri, err);
        if (!doc)
            return -1;
    }
    drop_entry(def, uri);
    if (!doc)
        return 0;
    root = xmlDocGetRootElement(doc);
    drop_entry(def, (const char *)root->ns->href);
    entry = EB_APPEND(def->metadata, def->n_metadata);
    entry->uri = eb_strdup((const char *)root->ns->href);
    entry->xml = eb_xml_element_text(root);
    return 0;
}

/* ---- Everbox's own element ---- */

static xmlNode *child_of(xmlNode *parent, const char *name, const char *uri)
{
    for (xmlNode *child = parent->children; child; child = child->next) {
        if (child->type == XML_ELEMENT_NODE && eb_streq((const char *)child->name, name) &&
            eb_streq(child->ns ? (const char *)child->ns->href : NULL, uri))
            return child;
    }
    return NULL;
}

static int check_machine(const xmlNode *root, eb_error *err)
{
    if (root->ns && eb_streq((const char *)root->ns->href, EB_VBOX_NS) &&
        eb_streq((const char *)root->name, "machine"))
        return 0;
    return eb_domain_xml_error(err, "unexpected element <%s> for the namespace '%s'",
                               (const char *)root->name, EB_VBOX_NS);
}

/* The definition's members are what holds it: the element is replaced in its XML, which is read again. */
static int set_machine(struct eb_domain_def *def, const char *metadata, const char *key, eb_error *err)
{
    EB_AUTODOC xmlDoc *machine = NULL;
    EB_AUTODOC xmlDoc *doc = NULL;
    EB_AUTODEF struct eb_domain_def *changed = NULL;
    EB_AUTOFREE char *xml = eb_domain_def_format(def, EB_XML_SECURE);
    struct eb_domain_def before;
    xmlNode *parent, *old;

    if (metadata) {
        machine = parse_element(metadata, key, EB_VBOX_NS, err);
        if (!machine || check_machine(xmlDocGetRootElement(machine), err))
            return -1;
    }
    doc = eb_xml_doc_parse(xml, "(domain_definition)", err);
    if (!doc)
        return -1;
    parent = child_of(xmlDocGetRootElement(doc), "metadata", NULL);
    if (!parent)
        parent = xmlNewChild(xmlDocGetRootElement(doc), NULL, BAD_CAST "metadata", NULL);
    old = child_of(parent, "machine", EB_VBOX_NS);
    if (old) {
        xmlUnlinkNode(old);
        xmlFreeNode(old);
    }
    if (machine)
        xmlAddChild(parent, xmlDocCopyNode(xmlDocGetRootElement(machine), doc, 1));
    if (eb_domain_def_read(xmlDocGetRootElement(doc), 0, &changed, err))
        return -1;
    before = *def;
    *def = *changed;
    *changed = before;
    return 0;
}

int eb_domain_def_set_metadata(struct eb_domain_def *def, int type, const char *metadata, const char *key,
                               const char *uri, eb_error *err)
{
    char **text = type == EB_METADATA_TITLE ? &def->title : &def->description;

    if (check_set(type, metadata, key, uri, err))
        return -1;
    if (type == EB_METADATA_ELEMENT)
        return eb_streq(uri, EB_VBOX_NS) ? set_machine(def, metadata, key, err)
                                         : set_element(def, metadata, key, uri, err);
    eb_replace_string(text, metadata && *metadata ? metadata : NULL);
    return 0;
}

/* ---- Get ---- */

static bool attribute_uses(const xmlNode *node, const char *uri)
{
    for (; node; node = node->next) {
        if (node->type != XML_ELEMENT_NODE)
            continue;
        for (const xmlAttr *attr = node->properties; attr; attr = attr->next) {
            if (attr->ns && eb_streq((const char *)attr->ns->href, uri))
                return true;
        }
        if (attribute_uses(node->children, uri))
            return true;
    }
    return false;
}

static void take_out_of(xmlNode *node, const char *uri)
{
    for (; node; node = node->next) {
        if (node->type != XML_ELEMENT_NODE)
            continue;
        if (node->ns && eb_streq((const char *)node->ns->href, uri))
            xmlSetNs(node, NULL);
        take_out_of(node->children, uri);
    }
}

static void drop_declarations(xmlNode *node, const char *uri)
{
    for (; node; node = node->next) {
        if (node->type != XML_ELEMENT_NODE)
            continue;
        for (xmlNs **ns = &node->nsDef; *ns;) {
            xmlNs *gone = *ns;

            if (!eb_streq((const char *)gone->href, uri)) {
                ns = &gone->next;
                continue;
            }
            *ns = gone->next;
            xmlFreeNs(gone);
        }
        drop_declarations(node->children, uri);
    }
}

/* The element without the namespace that the caller named. */
static char *plain_element(const char *xml, const char *uri)
{
    EB_AUTODOC xmlDoc *doc = eb_xml_doc_parse(xml, "(metadata_xml)", NULL);
    xmlNode *root = doc ? xmlDocGetRootElement(doc) : NULL;

    if (!root)
        return NULL;
    take_out_of(root, uri);
    if (!attribute_uses(root, uri))
        drop_declarations(root, uri);
    return eb_xml_pretty(root);
}

static char *get_element(const struct eb_domain_def *def, const char *uri)
{
    EB_AUTOSTRBUF struct eb_strbuf machine = {0};

    if (eb_streq(uri, EB_VBOX_NS)) {
        eb_vbox_machine_write(&machine, def);
        return machine.s ? plain_element(machine.s, uri) : NULL;
    }
    for (size_t i = 0; i < def->n_metadata; i++) {
        if (eb_streq(def->metadata[i].uri, uri))
            return plain_element(def->metadata[i].xml, uri);
    }
    return NULL;
}

int eb_domain_def_get_metadata(const struct eb_domain_def *def, int type, const char *uri, char **out,
                               eb_error *err)
{
    char *text;

    if (type == EB_METADATA_TITLE || type == EB_METADATA_DESCRIPTION) {
        if (uri)
            return bad_argument(err, "uri in virDomainGetMetadata must be NULL");
        text = eb_strdup(type == EB_METADATA_TITLE ? def->title : def->description);
    } else if (type == EB_METADATA_ELEMENT) {
        if (!uri)
            return bad_argument(err, "uri in virDomainGetMetadata must not be NULL");
        text = get_element(def, uri);
    } else {
        return unknown_type(err, type);
    }
    if (!text)
        return eb_error_set_from(err, EB_FROM_DOMAIN, EB_ERR_NO_DOMAIN_METADATA, NOT_PRESENT);
    *out = text;
    return 0;
}
