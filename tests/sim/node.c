/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "node.h"

#include <inttypes.h>
#include <libxml/parser.h>
#include <stdio.h>

#include "base/strbuf.h"

struct node *node_new(const char *tag, const char *id)
{
    struct node *n = EB_NEW(struct node);

    n->tag = eb_strdup(tag);
    n->id = eb_strdup(id ? id : "");
    return n;
}

void node_free(struct node *n)
{
    if (!n)
        return;
    for (size_t i = 0; i < n->n; i++)
        node_free(n->children[i]);
    for (size_t i = 0; i < n->n_props; i++) {
        free(n->props[i].name);
        free(n->props[i].value);
    }
    free(n->props);
    free(n->children);
    free(n->tag);
    free(n->id);
    free(n);
}

struct node *node_copy(const struct node *n)
{
    struct node *copy = node_new(n->tag, n->id);

    for (size_t i = 0; i < n->n_props; i++) {
        struct prop *p = EB_APPEND(copy->props, copy->n_props);

        p->name = eb_strdup(n->props[i].name);
        p->value = eb_strdup(n->props[i].value);
    }
    for (size_t i = 0; i < n->n; i++)
        node_add(copy, node_copy(n->children[i]));
    return copy;
}

static struct prop *find(const struct node *n, const char *name)
{
    for (size_t i = 0; n && i < n->n_props; i++)
        if (strcmp(n->props[i].name, name) == 0)
            return &n->props[i];
    return NULL;
}

const char *node_get(const struct node *n, const char *name)
{
    const struct prop *p = find(n, name);

    return p ? p->value : NULL;
}

const char *node_get_or(const struct node *n, const char *name, const char *otherwise)
{
    const char *v = node_get(n, name);

    return v ? v : otherwise;
}

int64_t node_num(const struct node *n, const char *name)
{
    return strtoll(node_get_or(n, name, "0"), NULL, 10);
}

bool node_bool(const struct node *n, const char *name)
{
    return node_num(n, name) != 0;
}

void node_set(struct node *n, const char *name, const char *value)
{
    struct prop *p = find(n, name);

    if (value && !p) {
        p = EB_APPEND(n->props, n->n_props);
        p->name = eb_strdup(name);
    }
    if (value) {
        eb_replace_string(&p->value, value);
    } else if (p) {
        free(p->name);
        free(p->value);
        memmove(p, p + 1, (size_t)(n->props + n->n_props - p - 1) * sizeof(*p));
        n->n_props--;
    }
}

void node_set_num(struct node *n, const char *name, int64_t value)
{
    char text[32];

    snprintf(text, sizeof(text), "%" PRId64, value);
    node_set(n, name, text);
}

struct node *node_child(const struct node *n, const char *tag, const char *id)
{
    for (size_t i = 0; n && i < n->n; i++)
        if (strcmp(n->children[i]->tag, tag) == 0 && (!id || strcmp(n->children[i]->id, id) == 0))
            return n->children[i];
    return NULL;
}

struct node *node_add(struct node *n, struct node *child)
{
    child->parent = n;
    *EB_APPEND(n->children, n->n) = child;
    return child;
}

struct node *node_need(struct node *n, const char *tag, const char *id)
{
    struct node *child = node_child(n, tag, id ? id : "");

    return child ? child : node_add(n, node_new(tag, id));
}

struct node *node_take(struct node *n)
{
    struct node *p = n->parent;

    for (size_t i = 0; p && i < p->n; i++)
        if (p->children[i] == n) {
            memmove(&p->children[i], &p->children[i + 1], (p->n - i - 1) * sizeof(*p->children));
            p->n--;
            break;
        }
    n->parent = NULL;
    return n;
}

void node_remove(struct node *n)
{
    if (n)
        node_free(node_take(n));
}

struct node *node_follow(struct node *n, const char *path, bool make)
{
    while (n && path && *path) {
        size_t len = strcspn(path, PATH_SEP_STR);
        EB_AUTOFREE char *step = eb_strndup(path, len);
        char *id = strchr(step, '#');

        if (id)
            *id++ = '\0';
        n = make ? node_need(n, step, id) : node_child(n, step, id ? id : "");
        path += len + (path[len] == PATH_SEP);
    }
    return n;
}

bool node_equal(const struct node *a, const struct node *b)
{
    if (strcmp(a->tag, b->tag) != 0 || strcmp(a->id, b->id) != 0 || a->n != b->n || a->n_props != b->n_props)
        return false;
    for (size_t i = 0; i < a->n_props; i++)
        if (!eb_streq(node_get(b, a->props[i].name), a->props[i].value))
            return false;
    for (size_t i = 0; i < a->n; i++)
        if (!node_equal(a->children[i], b->children[i]))
            return false;
    return true;
}

/* As eb_strbuf_escape, and control characters, which settings hold too, in a way that an attribute can carry.
 */
static void add_value(struct eb_strbuf *b, const char *value)
{
    EB_AUTOSTRBUF struct eb_strbuf clean = {0};

    for (const unsigned char *p = (const unsigned char *)value; *p; p++) {
        if (*p < 0x20 || *p == '%' || *p == 0x7f)
            eb_strbuf_printf(&clean, "%%%02x", *p);
        else
            eb_strbuf_addc(&clean, (char)*p);
    }
    eb_strbuf_escape(b, clean.s ? clean.s : "");
}

/* Names of properties have slashes ("property.TCP/Ports"), those of attributes must not. */
#define SLASH "_-_"

static void add_name(struct eb_strbuf *b, const char *name)
{
    for (; *name; name++)
        eb_strbuf_addn(b, *name == '/' ? SLASH : name, *name == '/' ? strlen(SLASH) : 1);
}

static void set_named(struct node *n, const char *attribute, const char *value)
{
    EB_AUTOSTRBUF struct eb_strbuf b = {0};
    const char *at;

    for (; (at = strstr(attribute, SLASH)); attribute = at + strlen(SLASH)) {
        eb_strbuf_addn(&b, attribute, (size_t)(at - attribute));
        eb_strbuf_addc(&b, '/');
    }
    eb_strbuf_add(&b, attribute);
    node_set(n, b.s, value);
}

static void write_node(struct eb_strbuf *b, const struct node *n)
{
    eb_strbuf_indent(b);
    eb_strbuf_printf(b, "<%s", n->tag);
    if (*n->id) {
        eb_strbuf_add(b, " id=\"");
        add_value(b, n->id);
        eb_strbuf_add(b, "\"");
    }
    for (size_t i = 0; i < n->n_props; i++) {
        eb_strbuf_addc(b, ' ');
        add_name(b, n->props[i].name);
        eb_strbuf_add(b, "=\"");
        add_value(b, n->props[i].value);
        eb_strbuf_add(b, "\"");
    }
    eb_strbuf_add(b, n->n ? ">\n" : "/>\n");
    if (!n->n)
        return;
    b->indent += 2;
    for (size_t i = 0; i < n->n; i++)
        write_node(b, n->children[i]);
    b->indent -= 2;
    eb_strbuf_line(b, "</%s>", n->tag);
}

char *node_to_xml(const struct node *root)
{
    struct eb_strbuf b = {0};

    eb_strbuf_add(&b, "<?xml version=\"1.0\"?>\n");
    write_node(&b, root);
    return eb_strbuf_steal(&b);
}

int node_write_file(const struct node *root, const char *path)
{
    EB_AUTOFREE char *xml = node_to_xml(root), *beside = eb_asprintf("%s.new", path);
    FILE *f = fopen(beside, "we");
    bool ok;

    if (!f)
        return -1;
    ok = fputs(xml, f) >= 0;
    ok = fclose(f) == 0 && ok;
    return ok && rename(beside, path) == 0 ? 0 : -1;
}

static char *read_value(const xmlNode *element, const xmlChar *name)
{
    xmlChar *raw = xmlGetProp(element, name);
    char *value = eb_strdup(raw ? (const char *)raw : ""), *to = value;

    xmlFree(raw);
    for (const char *p = value; *p; p++) {
        unsigned c;

        if (*p == '%' && sscanf(p + 1, "%2x", &c) == 1) {
            *to++ = (char)c;
            p += 2;
        } else {
            *to++ = *p;
        }
    }
    *to = '\0';
    return value;
}

static struct node *read_node(const xmlNode *element)
{
    struct node *n = node_new((const char *)element->name, NULL);

    for (const xmlAttr *a = element->properties; a; a = a->next) {
        char *value = read_value(element, a->name);

        if (strcmp((const char *)a->name, "id") == 0)
            eb_replace_string(&n->id, value);
        else
            set_named(n, (const char *)a->name, value);
        free(value);
    }
    for (const xmlNode *child = element->children; child; child = child->next)
        if (child->type == XML_ELEMENT_NODE)
            node_add(n, read_node(child));
    return n;
}

struct node *node_from_xml(const char *xml, size_t len, char **why)
{
    xmlDoc *doc =
        xmlReadMemory(xml, (int)len, NULL, NULL, XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
    const xmlNode *root = doc ? xmlDocGetRootElement(doc) : NULL;
    struct node *n = NULL;

    if (root && strcmp((const char *)root->name, "VirtualBox") == 0)
        n = read_node(root);
    else
        *why = eb_strdup(root ? "the document is no VirtualBox settings file" : "not well-formed XML");
    xmlFreeDoc(doc);
    return n;
}
