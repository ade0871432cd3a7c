/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/xml_doc.h"

#include "model/domain_xml.h"

#include <libxml/parser.h>
#include <libxml/parserInternals.h>

struct parse_state {
    const char *what;
    eb_error *err;
    bool failed;
};

/* The line in which the parser stands, with a mark below the place; nothing at the end of an empty one. */
static char *context_of(xmlParserInput *input)
{
    const char *base, *cur, *start, *end;
    char *dashes, *text;
    size_t column;

    if (!input || !input->cur || !input->base)
        return NULL;
    base = (const char *)input->base;
    cur = start = (const char *)input->cur;
    while (start > base && (*start == '\n' || *start == '\r'))
        start--;
    while (start > base && start[-1] != '\n' && start[-1] != '\r')
        start--;
    end = start + strcspn(start, "\r\n");
    if (end == start)
        return NULL;
    if (end - start > 200)
        end = start + 200;
    column = cur > end ? (size_t)(end - start) : (size_t)(cur - start);
    dashes = eb_calloc(column + 1, 1);
    memset(dashes, '-', column);
    text = eb_asprintf("\n%.*s\n%s^", (int)(end - start), start, dashes);
    free(dashes);
    if (!eb_utf8_valid(text, strlen(text)))
        return free(text), NULL;
    return text;
}

static void on_error(void *data, eb_xml_error error)
{
    xmlParserCtxt *ctxt = data;
    struct parse_state *state = ctxt->_private;
    EB_AUTOFREE char *context = NULL;
    size_t len;

    if (error->level < XML_ERR_ERROR || state->failed)
        return;
    state->failed = true;
    context = context_of(ctxt->input);
    len = error->message ? strcspn(error->message, "\n") : 0;
    eb_error_set_from(state->err, EB_FROM_DOMAIN, EB_ERR_XML_DETAIL, "%s:%d: %.*s%s", state->what,
                      error->line, (int)len, error->message ? error->message : "", context ? context : "");
}

/* Definitions need no document type, and entities are what small texts grow without bound by. */
static void on_document_type(void *data, const xmlChar *name EB_UNUSED, const xmlChar *public_id EB_UNUSED,
                             const xmlChar *system_id EB_UNUSED)
{
    xmlParserCtxt *ctxt = data;
    struct parse_state *state = ctxt->_private;

    if (!state->failed)
        eb_error_set_from(state->err, EB_FROM_DOMAIN, EB_ERR_XML_DETAIL,
                          "%s:%d: a document type declaration is not accepted here", state->what,
                          ctxt->input ? ctxt->input->line : 0);
    state->failed = true;
    xmlStopParser(ctxt);
}

/* libxml2's time grows with the square of a tag's attributes and more: no element has that many. */
enum { MOST_ATTRIBUTES = 256 };

static const char *after(const char *p, const char *end_mark)
{
    const char *end = strstr(p, end_mark);

    return end ? end + strlen(end_mark) : p + strlen(p);
}

/* The end of the tag that starts at `p`, with the attributes that it has: what stands in quotes. */
static const char *end_of_tag(const char *p, unsigned *attributes)
{
    for (*attributes = 0; *p && *p != '>'; p++) {
        if (*p != '"' && *p != '\'')
            continue;
        ++*attributes;
        p = strchr(p + 1, *p);
        if (!p)
            return NULL;
    }
    return p;
}

static bool has_crowded_tag(const char *xml)
{
    unsigned attributes;

    for (const char *p = strchr(xml, '<'); p && *p; p = strchr(p, '<')) {
        if (eb_starts_with(p, "<!--")) {
            p = after(p + 4, "-->");
        } else if (eb_starts_with(p, "<![CDATA[")) {
            p = after(p, "]]>");
        } else if (eb_starts_with(p, "<?")) {
            p = after(p, "?>");
        } else {
            p = end_of_tag(p, &attributes);
            if (attributes > MOST_ATTRIBUTES)
                return true;
            if (!p)
                return false;
        }
    }
    return false;
}

/* What libxml2 must not see. NULL: nothing. */
static const char *reason_against(const char *xml, size_t len)
{
    if (len > EB_XML_MAX)
        return "larger than 10485760 bytes";
    if (!eb_utf8_valid(xml, len))
        return "not UTF-8";
    if (has_crowded_tag(xml))
        return "an element has more than 256 attributes";
    return NULL;
}

static void free_context(xmlParserCtxt **ctxt)
{
    if (*ctxt)
        xmlFreeParserCtxt(*ctxt);
}

_Static_assert(EB_XML_MAX == 10485760, "the text of the error says the limit");

xmlDoc *eb_xml_doc_parse(const char *xml, const char *what, eb_error *err)
{
    EB_CLEANUP(free_context) xmlParserCtxt *ctxt = NULL;
    struct parse_state state = {.what = what, .err = err};
    size_t len = strnlen(xml, EB_XML_MAX + 1);
    const char *reason = reason_against(xml, len);
    xmlDoc *doc;

    if (reason) {
        eb_error_set_from(err, EB_FROM_DOMAIN, EB_ERR_XML_DETAIL, "%s: %s", what, reason);
        return NULL;
    }
    ctxt = xmlNewParserCtxt();
    if (!ctxt) {
        eb_error_set_from(err, EB_FROM_DOMAIN, EB_ERR_NO_MEMORY, NULL);
        return NULL;
    }
    ctxt->_private = &state;
    ctxt->sax->serror = on_error;
    ctxt->sax->internalSubset = on_document_type;
    doc = xmlCtxtReadMemory(ctxt, xml, (int)len, what, "UTF-8",
                            XML_PARSE_NONET | XML_PARSE_NOBLANKS | XML_PARSE_NOWARNING | XML_PARSE_BIG_LINES);
    if (doc && !state.failed && xmlDocGetRootElement(doc))
        return doc;
    if (!state.failed)
        eb_error_set_from(err, EB_FROM_DOMAIN, EB_ERR_XML_DETAIL, "%s: no XML element", what);
    xmlFreeDoc(doc);
    return NULL;
}

void eb_xml_doc_cleanup(xmlDoc **doc)
{
    xmlFreeDoc(*doc);
    *doc = NULL;
}

char *eb_xml_attr(xmlNode *node, const char *name)
{
    xmlChar *value = xmlGetNoNsProp(node, BAD_CAST name);
    char *copy = eb_strdup((const char *)value);

    xmlFree(value);
    return copy;
}

char *eb_xml_own_text(xmlNode *node)
{
    EB_AUTOSTRBUF struct eb_strbuf text = {0};

    for (xmlNode *child = node->children; child; child = child->next) {
        if ((child->type == XML_TEXT_NODE || child->type == XML_CDATA_SECTION_NODE) && child->content)
            eb_strbuf_add(&text, (const char *)child->content);
    }
    return text.s ? eb_strbuf_steal(&text) : NULL;
}

/* ---- A tree to text ---- */

static void add_escaped(struct eb_strbuf *out, const char *s, char quote, bool attribute)
{
    for (; *s; s++) {
        if (*s == '&')
            eb_strbuf_add(out, "&amp;");
        else if (*s == '<')
            eb_strbuf_add(out, "&lt;");
        else if (*s == '>')
            eb_strbuf_add(out, "&gt;");
        else if (*s == '\r')
            eb_strbuf_add(out, "&#13;");
        else if (attribute && *s == '\n')
            eb_strbuf_add(out, "&#10;");
        else if (attribute && *s == '\t')
            eb_strbuf_add(out, "&#9;");
        else if (*s == '"' && (quote == '\'' || attribute))
            eb_strbuf_add(out, "&quot;");
        else if (*s == '\'' && quote == '\'')
            eb_strbuf_add(out, "&apos;");
        else
            eb_strbuf_addc(out, *s);
    }
}

static void add_qname(struct eb_strbuf *out, const xmlNs *ns, const xmlChar *name)
{
    if (ns && ns->prefix)
        eb_strbuf_printf(out, "%s:", (const char *)ns->prefix);
    eb_strbuf_add(out, (const char *)name);
}

static void add_quoted(struct eb_strbuf *out, const char *value, char quote)
{
    eb_strbuf_addc(out, '=');
    eb_strbuf_addc(out, quote);
    add_escaped(out, value, quote, true);
    eb_strbuf_addc(out, quote);
}

static void add_start_tag(struct eb_strbuf *out, xmlNode *node, char quote)
{
    eb_strbuf_addc(out, '<');
    add_qname(out, node->ns, node->name);
    for (const xmlNs *ns = node->nsDef; ns; ns = ns->next) {
        eb_strbuf_add(out, ns->prefix ? " xmlns:" : " xmlns");
        if (ns->prefix)
            eb_strbuf_add(out, (const char *)ns->prefix);
        add_quoted(out, ns->href ? (const char *)ns->href : "", quote);
    }
    for (xmlAttr *attr = node->properties; attr; attr = attr->next) {
        xmlChar *value = xmlNodeListGetString(node->doc, attr->children, 1);

        eb_strbuf_addc(out, ' ');
        add_qname(out, attr->ns, attr->name);
        add_quoted(out, value ? (const char *)value : "", quote);
        xmlFree(value);
    }
}

static bool holds_text(const xmlNode *node)
{
    for (const xmlNode *child = node->children; child; child = child->next) {
        if (child->type == XML_TEXT_NODE || child->type == XML_CDATA_SECTION_NODE ||
            child->type == XML_ENTITY_REF_NODE)
            return true;
    }
    return false;
}

static void add_node(struct eb_strbuf *out, xmlNode *node, char quote, bool lines);

static void add_children(struct eb_strbuf *out, xmlNode *node, char quote, bool lines)
{
    lines = lines && !holds_text(node);
    if (lines) {
        eb_strbuf_addc(out, '\n');
        out->indent += 2;
    }
    for (xmlNode *child = node->children; child; child = child->next) {
        if (lines)
            eb_strbuf_indent(out);
        add_node(out, child, quote, lines);
        if (lines)
            eb_strbuf_addc(out, '\n');
    }
    if (lines) {
        out->indent -= 2;
        eb_strbuf_indent(out);
    }
}

static void add_node(struct eb_strbuf *out, xmlNode *node, char quote, bool lines)
{
    const char *content = node->type == XML_ELEMENT_NODE ? NULL : (const char *)node->content;

    if (node->type == XML_TEXT_NODE) {
        add_escaped(out, content ? content : "", quote, false);
    } else if (node->type == XML_CDATA_SECTION_NODE) {
        eb_strbuf_printf(out, "<![CDATA[%s]]>", content ? content : "");
    } else if (node->type == XML_COMMENT_NODE) {
        eb_strbuf_printf(out, "<!--%s-->", content ? content : "");
    } else if (node->type == XML_PI_NODE) {
        eb_strbuf_printf(out, "<?%s%s%s?>", (const char *)node->name, content ? " " : "",
                         content ? content : "");
    } else if (node->type == XML_ELEMENT_NODE) {
        add_start_tag(out, node, quote);
        if (!node->children) {
            eb_strbuf_add(out, "/>");
            return;
        }
        eb_strbuf_addc(out, '>');
        add_children(out, node, quote, lines);
        eb_strbuf_add(out, "</");
        add_qname(out, node->ns, node->name);
        eb_strbuf_addc(out, '>');
    }
}

char *eb_xml_element_text(xmlNode *node)
{
    EB_AUTOSTRBUF struct eb_strbuf out = {0};
    EB_AUTODOC xmlDoc *doc = xmlNewDoc(BAD_CAST "1.0");
    xmlNode *copy = doc ? xmlDocCopyNode(node, doc, 1) : NULL;

    if (!copy)
        return eb_strdup("");
    xmlDocSetRootElement(doc, copy);
    add_node(&out, copy, '"', false);
    return eb_strbuf_steal(&out);
}

void eb_xml_add_element(struct eb_strbuf *out, const char *xml, char quote)
{
    EB_AUTODOC xmlDoc *doc = eb_xml_doc_parse(xml, "element", NULL);

    if (!doc)
        return;
    eb_strbuf_indent(out);
    add_node(out, xmlDocGetRootElement(doc), quote, true);
    eb_strbuf_addc(out, '\n');
}

char *eb_xml_pretty(xmlNode *node)
{
    struct eb_strbuf out = {0};

    add_node(&out, node, '"', true);
    return eb_strbuf_steal(&out);
}
