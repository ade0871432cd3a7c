/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reads an element by its table and lists what the table does not take. */
#include "model/xml_doc.h"
#include "model/xml_map.h"

/* What was taken carries this in `_private`, which libxml2 leaves to its user. */
static char taken_mark;

void eb_xml_take(xmlNode *node)
{
    node->_private = &taken_mark;
}

void eb_xml_take_attr(xmlNode *node, const char *name)
{
    xmlAttr *attr = xmlHasNsProp(node, BAD_CAST name, NULL);

    if (attr && attr->type == XML_ATTRIBUTE_NODE)
        attr->_private = &taken_mark;
}

bool eb_xml_is(const struct eb_xml_reader *r, const xmlNode *node, const char *name)
{
    if (node->type != XML_ELEMENT_NODE || node->_private == &taken_mark)
        return false;
    if (!eb_streq(node->ns ? (const char *)node->ns->href : NULL, r->ns))
        return false;
    return eb_streq((const char *)node->name, name);
}

xmlNode *eb_xml_find(const struct eb_xml_reader *r, xmlNode *node, const char *name)
{
    for (xmlNode *child = node->children; child; child = child->next) {
        if (eb_xml_is(r, child, name))
            return child;
    }
    return NULL;
}

static int read_attr(struct eb_xml_reader *r, xmlNode *node, const struct eb_xml_item *item, void *base,
                     eb_error *err)
{
    EB_AUTOFREE char *text = eb_xml_attr(node, item->name);

    if (!text) {
        if (item->flags & EB_XML_REQUIRED)
            return eb_error_set_from(err, EB_FROM_XML, EB_ERR_XML_ERROR,
                                     "Missing required attribute '%s' in element '%s'", item->name,
                                     (const char *)node->name);
        return 0;
    }
    eb_xml_take_attr(node, item->name);
    if ((item->flags & EB_XML_ONLY_LIVE) && (r->flags & EB_XML_INACTIVE))
        return 0;
    if ((item->flags & EB_XML_ALIAS) && (r->flags & EB_XML_INACTIVE) && !eb_starts_with(text, "ua-"))
        return 0;
    return eb_xml_read_value(item, (const char *)node->name, text, base, err);
}

static int read_text(xmlNode *node, const struct eb_xml_item *item, void *base, eb_error *err)
{
    EB_AUTOFREE char *text = eb_xml_own_text(node);

    if (!text && !(item->flags & EB_XML_REQUIRED))
        return 0;
    return eb_xml_read_value(item, (const char *)node->name, text ? text : "", base, err);
}

/* Reads `child` with the item's table into `base`. */
static int read_element(struct eb_xml_reader *r, xmlNode *child, const char *path,
                        const struct eb_xml_item *item, void *base, eb_error *err)
{
    eb_xml_take(child);
    if (eb_xml_read(r, child, path, item->items, base, err))
        return -1;
    return item->done ? item->done(r, child, base, err) : 0;
}

static int read_child(struct eb_xml_reader *r, xmlNode *node, const char *path,
                      const struct eb_xml_item *item, void *base, eb_error *err)
{
    bool repeats = (item->flags & EB_XML_REPEATS) && (r->flags & EB_XML_INACTIVE);
    EB_AUTOFREE char *child_path = NULL;
    void *member = eb_xml_at(base, item->offset);

    for (xmlNode *child = node->children; child; child = child->next) {
        if (!eb_xml_is(r, child, item->name))
            continue;
        if (item->accept && !item->accept(child))
            return 0;
        if (!child_path)
            child_path = eb_asprintf("%s/%s", path, item->name);
        if (item->init)
            item->init(member);
        if (read_element(r, child, child_path, item, member, err))
            return -1;
        if (!repeats)
            return 0;
    }
    return 0;
}

/* The child elements that a list takes; the caller frees them. */
static xmlNode **list_nodes(const struct eb_xml_reader *r, xmlNode *node, const struct eb_xml_item *item,
                            size_t *n)
{
    xmlNode **nodes = NULL;
    size_t cap = 0;

    *n = 0;
    for (xmlNode *child = node->children; child; child = child->next) {
        if (!eb_xml_is(r, child, item->name) || (item->accept && !item->accept(child)))
            continue;
        if (*n == cap) {
            cap = cap ? cap * 2 : 8;
            nodes = eb_reallocarray(nodes, cap, sizeof(xmlNode *));
        }
        nodes[(*n)++] = child;
    }
    return nodes;
}

static int read_list(struct eb_xml_reader *r, xmlNode *node, const char *path, const struct eb_xml_item *item,
                     void *base, eb_error *err)
{
    char **array = (char **)eb_xml_at(base, item->offset);
    size_t *count = (size_t *)eb_xml_at(base, item->n_offset);
    size_t n;
    EB_AUTOFREE xmlNode **nodes = list_nodes(r, node, item, &n);

    if (!n)
        return 0;
    if (n > EB_XML_MOST_ELEMENTS)
        return eb_error_set_from(err, EB_FROM_XML, EB_ERR_XML_ERROR, "more than %d elements <%s>",
                                 EB_XML_MOST_ELEMENTS, item->name);
    if (item->sort)
        item->sort(nodes, n);
    *array = eb_reallocarray(*array, *count + n, item->size);
    for (size_t i = 0; i < n; i++) {
        EB_AUTOFREE char *child_path = eb_asprintf("%s/%s[%zu]", path, item->name, *count + 1);
        char *entry = *array + *count * item->size;

        memset(entry, 0, item->size);
        ++*count;
        if (item->init)
            item->init(entry);
        if (read_element(r, nodes[i], child_path, item, entry, err))
            return -1;
    }
    return 0;
}

static int read_strings(struct eb_xml_reader *r, xmlNode *node, const char *path,
                        const struct eb_xml_item *item, void *base, eb_error *err)
{
    char ***strings = (char ***)eb_xml_at(base, item->offset);
    size_t n, done = 0;
    EB_AUTOFREE xmlNode **nodes = list_nodes(r, node, item, &n);

    if (!n)
        return 0;
    *strings = eb_calloc(n + 1, sizeof(char *));
    for (size_t i = 0; i < n; i++) {
        EB_AUTOFREE char *string = eb_xml_attr(nodes[i], item->string_attr);
        EB_AUTOFREE char *value = item->value_attr ? eb_xml_attr(nodes[i], item->value_attr) : NULL;
        EB_AUTOFREE char *child_path = eb_asprintf("%s/%s", path, item->name);

        if (!string || (item->value_attr && !value))
            return eb_error_set_from(err, EB_FROM_XML, EB_ERR_XML_ERROR,
                                     "Missing required attribute '%s' in element '%s'",
                                     string ? item->value_attr : item->string_attr, item->name);
        if (item->value_attr && strchr(string, '='))
            return eb_error_set_from(err, EB_FROM_XML, EB_ERR_XML_ERROR,
                                     "Invalid value for attribute '%s' in element '%s': '%s'.",
                                     item->string_attr, item->name, string);
        eb_xml_take(nodes[i]);
        eb_xml_take_attr(nodes[i], item->string_attr);
        if (item->value_attr)
            eb_xml_take_attr(nodes[i], item->value_attr);
        (*strings)[done++] = value ? eb_asprintf("%s=%s", string, value) : EB_STEAL(string);
        if (eb_xml_sweep(r, nodes[i], child_path, err))
            return -1;
    }
    return 0;
}

static int read_flag(struct eb_xml_reader *r, xmlNode *node, const char *path, const struct eb_xml_item *item,
                     void *base, eb_error *err)
{
    xmlNode *child = eb_xml_find(r, node, item->name);
    EB_AUTOFREE char *child_path = NULL;

    if (!child)
        return 0;
    child_path = eb_asprintf("%s/%s", path, item->name);
    if (item->value == EB_XML_BOOL)
        *(bool *)eb_xml_at(base, item->offset) = true;
    else
        *(enum eb_tristate *)eb_xml_at(base, item->offset) = EB_YES;
    return read_element(r, child, child_path, item, base, err);
}

static int read_scaled(struct eb_xml_reader *r, xmlNode *node, const char *path,
                       const struct eb_xml_item *item, void *base, eb_error *err)
{
    xmlNode *child = eb_xml_find(r, node, item->name);
    EB_AUTOFREE char *what = NULL, *text = NULL, *unit = NULL, *child_path = NULL;

    if (!child)
        return 0;
    what = eb_asprintf("./%s[1]", item->name);
    child_path = eb_asprintf("%s/%s", path, item->name);
    text = eb_xml_own_text(child);
    unit = eb_xml_attr(child, "unit");
    eb_xml_take_attr(child, "unit");
    if (eb_xml_parse_kib(text ? text : "", unit, 1024, what, (uint64_t *)eb_xml_at(base, item->offset), err))
        return -1;
    return read_element(r, child, child_path, item, base, err);
}

static int read_item(struct eb_xml_reader *r, xmlNode *node, const char *path, const struct eb_xml_item *item,
                     void *base, eb_error *err)
{
    switch (item->kind) {
    case EB_XML_ATTR:
        return read_attr(r, node, item, base, err);
    case EB_XML_TEXT:
        return read_text(node, item, base, err);
    case EB_XML_CHILD:
        return read_child(r, node, path, item, base, err);
    case EB_XML_LIST:
        return read_list(r, node, path, item, base, err);
    case EB_XML_FLAG:
        return read_flag(r, node, path, item, base, err);
    case EB_XML_SCALED:
        return read_scaled(r, node, path, item, base, err);
    case EB_XML_STRINGS:
        return read_strings(r, node, path, item, base, err);
    case EB_XML_HOOK:
        return item->hook->read(r, node, path, base, err);
    case EB_XML_ATTR_PLACE:
    case EB_XML_PLACE:
    case EB_XML_END:
        break;
    }
    return 0;
}

int eb_xml_read(struct eb_xml_reader *r, xmlNode *node, const char *path, const struct eb_xml_item *items,
                void *base, eb_error *err)
{
    for (const struct eb_xml_item *item = items; item && item->kind != EB_XML_END; item++) {
        if (item->when && !item->when(base))
            continue;
        if (read_item(r, node, path, item, base, err))
            return -1;
    }
    return eb_xml_sweep(r, node, path, err);
}

/* ---- What no table took ---- */

static char *qname(const xmlNs *ns, const xmlChar *name)
{
    if (ns && ns->prefix)
        return eb_asprintf("%s:%s", (const char *)ns->prefix, (const char *)name);
    return eb_strdup((const char *)name);
}

/* NULL: there are too many. */
static struct eb_unmodelled *list_entry(struct eb_xml_reader *r, xmlNode *node, const char *path,
                                        eb_error *err)
{
    struct eb_unmodelled *entry;

    if (*r->n_entries >= EB_XML_MOST_UNMODELLED) {
        eb_error_set_from(err, EB_FROM_XML, EB_ERR_XML_ERROR, "more than %d unknown elements and attributes",
                          EB_XML_MOST_UNMODELLED);
        return NULL;
    }
    entry = EB_APPEND(*r->entries, *r->n_entries);
    entry->path = eb_strdup(path);
    entry->line = xmlGetLineNo(node);
    return entry;
}

static int sweep_attr(struct eb_xml_reader *r, xmlNode *node, xmlAttr *attr, const char *path, eb_error *err)
{
    EB_AUTOFREE char *name = qname(attr->ns, attr->name);
    EB_AUTOFREE char *what = eb_asprintf("attribute '%s' of <%s>", name, (const char *)node->name);
    struct eb_unmodelled *entry;
    xmlChar *value;

    if (r->strict)
        return eb_error_set_from(err, EB_FROM_XML, EB_ERR_XML_ERROR, "unknown %s in %s, line %ld", what,
                                 r->strict, xmlGetLineNo(node));
    entry = list_entry(r, node, path, err);
    if (!entry)
        return -1;
    value = xmlNodeListGetString(node->doc, attr->children, 1);
    entry->attribute = true;
    entry->what = EB_STEAL(what);
    entry->name = EB_STEAL(name);
    entry->uri = eb_strdup(attr->ns ? (const char *)attr->ns->href : NULL);
    entry->xml = eb_strdup(value ? (const char *)value : "");
    xmlFree(value);
    return 0;
}

static int sweep_child(struct eb_xml_reader *r, xmlNode *child, const char *path, eb_error *err)
{
    EB_AUTOFREE char *name = qname(child->ns, child->name);
    struct eb_unmodelled *entry;

    if (r->strict)
        return eb_error_set_from(err, EB_FROM_XML, EB_ERR_XML_ERROR, "unknown element <%s> in %s, line %ld",
                                 name, r->strict, xmlGetLineNo(child));
    entry = list_entry(r, child, path, err);
    if (!entry)
        return -1;
    entry->what = eb_asprintf("element <%s>", name);
    entry->name = EB_STEAL(name);
    entry->xml = eb_xml_element_text(child);
    return 0;
}

int eb_xml_sweep_attrs(struct eb_xml_reader *r, xmlNode *node, const char *path, eb_error *err)
{
    for (xmlAttr *attr = node->properties; attr; attr = attr->next) {
        if (attr->_private != &taken_mark && sweep_attr(r, node, attr, path, err))
            return -1;
    }
    return 0;
}

int eb_xml_sweep(struct eb_xml_reader *r, xmlNode *node, const char *path, eb_error *err)
{
    if (eb_xml_sweep_attrs(r, node, path, err))
        return -1;
    for (xmlNode *child = node->children; child; child = child->next) {
        if (child->type == XML_ELEMENT_NODE && child->_private != &taken_mark &&
            sweep_child(r, child, path, err))
            return -1;
    }
    return 0;
}
