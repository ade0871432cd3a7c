/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "shell/xml.h"

#include "base/strbuf.h"

#include <libxml/parser.h>
#include <libxml/tree.h>
#include <libxml/xpath.h>

static void quiet(void *ctx, const char *fmt, ...)
{
    (void)ctx;
    (void)fmt;
}

struct document {
    xmlDoc *doc;
    xmlXPathContext *ctx;
};

static void document_close(struct document *d)
{
    xmlXPathFreeContext(d->ctx);
    xmlFreeDoc(d->doc);
}
#define AUTO_DOCUMENT EB_CLEANUP(document_close)

static int document_open(const char *xml, struct document *d, eb_error *err)
{
    xmlSetGenericErrorFunc(NULL, quiet);
    d->doc = xmlReadMemory(xml, (int)strlen(xml), "domain.xml", NULL,
                           XML_PARSE_NONET | XML_PARSE_NOBLANKS | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
    d->ctx = d->doc ? xmlXPathNewContext(d->doc) : NULL;
    return d->ctx ? 0 : eb_error_set(err, EB_ERR_XML_ERROR, "the library's own XML does not parse");
}

/** An XPath's string value below `node`; "" where there is none. */
static char *text_at(struct document *d, xmlNode *node, const char *xpath)
{
    d->ctx->node = node;
    xmlXPathObject *object = xmlXPathEvalExpression((const xmlChar *)xpath, d->ctx);
    xmlChar *text = object ? xmlXPathCastToString(object) : NULL;
    char *copy = eb_strdup(text ? (const char *)text : "");
    xmlFree(text);
    xmlXPathFreeObject(object);
    return copy;
}

static xmlXPathObject *nodes_at(struct document *d, const char *xpath)
{
    return xmlXPathEvalExpression((const xmlChar *)xpath, d->ctx);
}

static int count_nodes(const xmlXPathObject *object)
{
    return object && object->nodesetval ? object->nodesetval->nodeNr : 0;
}

int xml_read_disks(const char *xml, struct xml_disks *out, eb_error *err)
{
    AUTO_DOCUMENT struct document d = {0};
    memset(out, 0, sizeof(*out));
    if (document_open(xml, &d, err) < 0)
        return -1;
    xmlXPathObject *nodes = nodes_at(&d, "/domain/devices/disk");
    for (int i = 0; i < count_nodes(nodes); i++) {
        xmlNode *node = nodes->nodesetval->nodeTab[i];
        struct xml_disk *disk = EB_APPEND(out->items, out->n);
        disk->type = text_at(&d, node, "string(./@type)");
        disk->device = text_at(&d, node, "string(./@device)");
        disk->target = text_at(&d, node, "string(./target/@dev)");
        disk->source = text_at(&d, node,
                               "string(./source/@file|./source/@dev|./source/@dir|./source/@name|"
                               "./source/@volume)");
    }
    xmlXPathFreeObject(nodes);
    return 0;
}

void xml_disks_free(struct xml_disks *disks)
{
    for (size_t i = 0; i < disks->n; i++) {
        free(disks->items[i].type);
        free(disks->items[i].device);
        free(disks->items[i].target);
        free(disks->items[i].source);
    }
    free(disks->items);
    memset(disks, 0, sizeof(*disks));
}

int xml_read_interfaces(const char *xml, struct xml_interfaces *out, eb_error *err)
{
    AUTO_DOCUMENT struct document d = {0};
    memset(out, 0, sizeof(*out));
    if (document_open(xml, &d, err) < 0)
        return -1;
    xmlXPathObject *nodes = nodes_at(&d, "/domain/devices/interface");
    for (int i = 0; i < count_nodes(nodes); i++) {
        xmlNode *node = nodes->nodesetval->nodeTab[i];
        struct xml_interface *nic = EB_APPEND(out->items, out->n);
        nic->target = text_at(&d, node, "string(./target/@dev)");
        nic->type = text_at(&d, node, "string(./@type)");
        nic->source = text_at(&d, node,
                              "string(./source/@bridge|./source/@dev|./source/@network|./source/@path|"
                              "./source/@name)");
        nic->model = text_at(&d, node, "string(./model/@type)");
        nic->mac = text_at(&d, node, "string(./mac/@address)");
        nic->link = text_at(&d, node, "string(./link/@state)");
    }
    xmlXPathFreeObject(nodes);
    return 0;
}

void xml_interfaces_free(struct xml_interfaces *interfaces)
{
    for (size_t i = 0; i < interfaces->n; i++) {
        free(interfaces->items[i].target);
        free(interfaces->items[i].type);
        free(interfaces->items[i].source);
        free(interfaces->items[i].model);
        free(interfaces->items[i].mac);
        free(interfaces->items[i].link);
    }
    free(interfaces->items);
    memset(interfaces, 0, sizeof(*interfaces));
}

int xml_read_text(const char *xml, const char *xpath, char **out, eb_error *err)
{
    AUTO_DOCUMENT struct document d = {0};

    if (document_open(xml, &d, err) < 0)
        return -1;
    *out = text_at(&d, xmlDocGetRootElement(d.doc), xpath);
    return 0;
}

int xml_read_cells(const char *xml, int **ids, eb_error *err)
{
    AUTO_DOCUMENT struct document d = {0};
    size_t n = 0;
    *ids = NULL;
    if (document_open(xml, &d, err) < 0)
        return -1;
    xmlXPathObject *nodes = nodes_at(&d, "/capabilities/host/topology/cells/cell");
    for (int i = 0; i < count_nodes(nodes); i++) {
        EB_AUTOFREE char *text = text_at(&d, nodes->nodesetval->nodeTab[i], "string(./@id)");
        int64_t id = 0;
        if (eb_parse_i64(text, 0, INT32_MAX, &id))
            *EB_APPEND(*ids, n) = (int)id;
    }
    xmlXPathFreeObject(nodes);
    return (int)n;
}

/** All nodes as children of a new <nodes>, formatted together. */
static void dump_wrapped(xmlXPathObject *nodes, struct eb_strbuf *out)
{
    xmlDoc *doc = xmlNewDoc((const xmlChar *)"1.0");
    xmlNode *root = xmlNewNode(NULL, (const xmlChar *)"nodes");
    xmlBuffer *buffer = xmlBufferCreate();

    xmlDocSetRootElement(doc, root);
    for (int i = 0; i < count_nodes(nodes); i++) {
        xmlNode *copy = xmlDocCopyNode(nodes->nodesetval->nodeTab[i], doc, 1);
        if (copy)
            xmlAddChild(root, copy);
    }
    xmlNodeDump(buffer, doc, root, 0, 1);
    eb_strbuf_printf(out, "%s\n", (const char *)xmlBufferContent(buffer));
    xmlBufferFree(buffer);
    xmlFreeDoc(doc);
}

static void dump_nodes(xmlDoc *doc, xmlXPathObject *nodes, struct eb_strbuf *out)
{
    for (int i = 0; i < count_nodes(nodes); i++) {
        xmlBuffer *buffer = xmlBufferCreate();
        xmlNodeDump(buffer, doc, nodes->nodesetval->nodeTab[i], 0, 1);
        eb_strbuf_printf(out, "%s\n", (const char *)xmlBufferContent(buffer));
        xmlBufferFree(buffer);
    }
}

int xml_select(const char *xml, const char *xpath, bool wrap, char **out, eb_error *err)
{
    AUTO_DOCUMENT struct document d = {0};
    EB_AUTOSTRBUF struct eb_strbuf text = {0};

    if (document_open(xml, &d, err) < 0)
        return -1;
    xmlXPathObject *nodes = nodes_at(&d, xpath);
    if (!nodes)
        return eb_error_set(err, EB_ERR_INVALID_ARG, "'%s' is no XPath expression", xpath);
    if (nodes->type != XPATH_NODESET) {
        xmlXPathFreeObject(nodes);
        return eb_error_set(err, EB_ERR_INTERNAL_ERROR, "Incorrect xpath '%s'", xpath);
    }
    if (wrap)
        dump_wrapped(nodes, &text);
    else
        dump_nodes(d.doc, nodes, &text);
    xmlXPathFreeObject(nodes);
    *out = eb_strbuf_steal(&text);
    return 0;
}

int xml_rename(const char *xml, const char *name, char **out, eb_error *err)
{
    AUTO_DOCUMENT struct document d = {0};
    xmlNode *root, *node;
    xmlBuffer *buffer;

    if (document_open(xml, &d, err) < 0)
        return -1;
    root = xmlDocGetRootElement(d.doc);
    for (node = root->children; node && !xmlStrEqual(node->name, (const xmlChar *)"name"); node = node->next)
        ;
    if (!node)
        return eb_error_set(err, EB_ERR_XML_ERROR, "missing <name>");
    xmlNodeSetContent(node, NULL);
    xmlNodeAddContent(node, (const xmlChar *)name);
    buffer = xmlBufferCreate();
    xmlNodeDump(buffer, d.doc, root, 0, 1);
    *out = eb_strdup((const char *)xmlBufferContent(buffer));
    xmlBufferFree(buffer);
    return 0;
}
