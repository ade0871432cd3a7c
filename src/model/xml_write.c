/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Writes an element by its table and puts back what the tables did not take when it was read. */
#include "model/xml_doc.h"
#include "model/xml_map.h"

#include <uthash.h>

struct eb_xml_place {
    const char *path;
    const struct eb_unmodelled **entries;
    size_t n;
    UT_hash_handle hh;
};

void eb_xml_writer_init(struct eb_xml_writer *w, struct eb_strbuf *out, unsigned flags,
                        const struct eb_unmodelled *entries, size_t n_entries)
{
    *w = (struct eb_xml_writer){.out = out, .flags = flags};
    for (size_t i = 0; i < n_entries; i++) {
        struct eb_xml_place *place;

        HASH_FIND_STR(w->places, entries[i].path, place);
        if (!place) {
            place = EB_NEW(struct eb_xml_place);
            place->path = entries[i].path;
            HASH_ADD_KEYPTR(hh, w->places, place->path, strlen(place->path), place);
        }
        *EB_APPEND(place->entries, place->n) = &entries[i];
    }
}

void eb_xml_writer_clear(struct eb_xml_writer *w)
{
    struct eb_xml_place *place, *next;

    HASH_ITER (hh, w->places, place, next) {
        HASH_DEL(w->places, place);
        free(place->entries);
        free(place);
    }
}

static const struct eb_xml_place *find_place(const struct eb_xml_writer *w, const char *path)
{
    struct eb_xml_place *place;

    HASH_FIND_STR(w->places, path, place);
    return place;
}

bool eb_xml_has_unmodelled(const struct eb_xml_writer *w, const char *path, const char *name)
{
    const struct eb_xml_place *place = find_place(w, path);

    for (size_t i = 0; place && i < place->n; i++) {
        if (!place->entries[i]->attribute && eb_streq(place->entries[i]->name, name))
            return true;
    }
    return false;
}

/* As eb_strbuf_escape, and line breaks and tabs too where a parser would make blanks of them. */
static void add_escaped(struct eb_strbuf *b, const char *s, bool attribute)
{
    for (size_t n; *s; s += n) {
        n = strcspn(s, attribute ? "\r\n\t" : "\r");
        if (n) {
            EB_AUTOFREE char *part = eb_strndup(s, n);

            eb_strbuf_escape(b, part);
        } else {
            eb_strbuf_printf(b, "&#%d;", *s);
            n = 1;
        }
    }
}

static void add_attr(struct eb_strbuf *b, const char *name, const char *value)
{
    eb_strbuf_printf(b, " %s='", name);
    add_escaped(b, value, true);
    eb_strbuf_addc(b, '\'');
}

/* What an element consists of, before it is known whether it is empty. */
struct parts {
    struct eb_strbuf attrs, text, children;
};

static void parts_free(struct parts *p)
{
    eb_strbuf_free(&p->attrs);
    eb_strbuf_free(&p->text);
    eb_strbuf_free(&p->children);
}

static bool is_shown(const struct eb_xml_writer *w, const struct eb_xml_item *item, const void *base)
{
    if ((item->when && !item->when(base)) || (item->show && !item->show(base)))
        return false;
    if ((item->flags & EB_XML_ONLY_SECURE) && !(w->flags & EB_XML_SECURE))
        return false;
    return !((item->flags & EB_XML_ONLY_LIVE) && (w->flags & EB_XML_INACTIVE));
}

/* The element with what `p` holds. */
static void add_element(struct eb_xml_writer *w, const char *name, const struct parts *p, unsigned flags)
{
    const char *prefix = w->prefix ? w->prefix : "";
    bool filled = p->text.len || p->children.len || (flags & EB_XML_OPENED);

    eb_strbuf_indent(w->out);
    eb_strbuf_printf(w->out, "<%s%s", prefix, name);
    eb_strbuf_addn(w->out, p->attrs.s, p->attrs.len);
    eb_strbuf_add(w->out, filled ? ">" : "/>");
    if (filled) {
        if (!p->text.len)
            eb_strbuf_addc(w->out, '\n');
        eb_strbuf_addn(w->out, p->text.s, p->text.len);
        eb_strbuf_addn(w->out, p->children.s, p->children.len);
        if (!p->text.len)
            eb_strbuf_indent(w->out);
        eb_strbuf_printf(w->out, "</%s%s>", prefix, name);
    }
    eb_strbuf_addc(w->out, '\n');
}

static void write_list(struct eb_xml_writer *w, const struct eb_xml_item *item, const char *path,
                       const void *base)
{
    const char *array = *(char *const *)eb_xml_at(base, item->offset);
    size_t n = *(const size_t *)eb_xml_at(base, item->n_offset);

    for (size_t i = 0; i < n; i++) {
        EB_AUTOFREE char *child_path = eb_asprintf("%s/%s[%zu]", path, item->name, i + 1);

        if (!item->each || item->each(array + i * item->size))
            eb_xml_write(w, item->name, child_path, item->items, array + i * item->size,
                         EB_XML_ALWAYS | item->flags);
    }
}

static void write_strings(struct eb_xml_writer *w, const struct eb_xml_item *item, const void *base)
{
    char *const *strings = *(char *const *const *)eb_xml_at(base, item->offset);

    for (; strings && *strings; strings++) {
        EB_CLEANUP(parts_free) struct parts p = {0};
        size_t n = item->value_attr ? strcspn(*strings, "=") : strlen(*strings);
        EB_AUTOFREE char *string = eb_strndup(*strings, n);

        add_attr(&p.attrs, item->string_attr, string);
        if (item->value_attr)
            add_attr(&p.attrs, item->value_attr, *strings + n + ((*strings)[n] == '='));
        add_element(w, item->name, &p, 0);
    }
}

static bool flag_of(const struct eb_xml_item *item, const void *base)
{
    const void *m = eb_xml_at(base, item->offset);

    return item->value == EB_XML_BOOL ? *(const bool *)m : *(const enum eb_tristate *)m == EB_YES;
}

static void write_items(struct eb_xml_writer *w, struct parts *p, const char *path,
                        const struct eb_xml_item *items, const void *base);

static void write_scaled(struct eb_xml_writer *w, const struct eb_xml_item *item, const char *path,
                         const void *base)
{
    uint64_t kib = *(const uint64_t *)eb_xml_at(base, item->offset);
    EB_CLEANUP(parts_free) struct parts p = {0};

    if (!kib && !(item->flags & EB_XML_ZERO))
        return;
    p.children.indent = w->out->indent + 2;
    eb_strbuf_printf(&p.text, "%llu", (unsigned long long)kib);
    write_items(w, &p, path, item->items, base);
    add_attr(&p.attrs, "unit", "KiB");
    add_element(w, item->name, &p, 0);
}

static void write_child(struct eb_xml_writer *w, const struct eb_xml_item *item, const char *path,
                        const void *base)
{
    EB_AUTOFREE char *child_path = eb_asprintf("%s/%s", path, item->name ? item->name : "");

    if ((item->flags & EB_XML_YIELDS) && eb_xml_has_unmodelled(w, path, item->name))
        return;
    if (item->kind == EB_XML_LIST)
        write_list(w, item, path, base);
    else if (item->kind == EB_XML_CHILD)
        eb_xml_write(w, item->name, child_path, item->items, eb_xml_at(base, item->offset), item->flags);
    else if (item->kind == EB_XML_SCALED)
        write_scaled(w, item, child_path, base);
    else if (item->kind == EB_XML_STRINGS)
        write_strings(w, item, base);
    else if (item->kind == EB_XML_HOOK)
        item->hook->write(w, path, base);
    else if (item->kind == EB_XML_FLAG && flag_of(item, base))
        eb_xml_write(w, item->name, child_path, item->items, base, EB_XML_ALWAYS);
}

/* ---- Unmodelled parts ---- */

static bool has_place(const struct eb_xml_item *items, enum eb_xml_kind kind, const char *name)
{
    for (const struct eb_xml_item *item = items; item && item->kind != EB_XML_END; item++) {
        if (item->kind == kind && eb_streq(item->name, name))
            return true;
    }
    return false;
}

/* Those named `name`; NULL: those that have no place of their own. */
static void put_elements(struct parts *p, const struct eb_xml_place *place, const char *name,
                         const struct eb_xml_item *items)
{
    for (size_t i = 0; place && i < place->n; i++) {
        const struct eb_unmodelled *entry = place->entries[i];

        if (entry->attribute ||
            (name ? !eb_streq(entry->name, name) : has_place(items, EB_XML_PLACE, entry->name)))
            continue;
        if (p->text.len)
            eb_strbuf_add(&p->children, entry->xml);
        else
            eb_xml_add_element(&p->children, entry->xml, '\'');
    }
}

static bool prefix_declared(const struct eb_xml_place *place, size_t before, const char *prefix, size_t n)
{
    for (size_t i = 0; i < before; i++) {
        const struct eb_unmodelled *entry = place->entries[i];

        if (entry->attribute && entry->uri && !strncmp(entry->name, prefix, n) && entry->name[n] == ':')
            return true;
    }
    return false;
}

/* Those named `name`; NULL: those that have no place of their own. */
static void put_attrs(struct parts *p, const struct eb_xml_place *place, const char *name,
                      const struct eb_xml_item *items)
{
    for (size_t i = 0; place && i < place->n; i++) {
        const struct eb_unmodelled *entry = place->entries[i];
        size_t prefix = strcspn(entry->name, ":");

        if (!entry->attribute ||
            (name ? !eb_streq(entry->name, name) : has_place(items, EB_XML_ATTR_PLACE, entry->name)))
            continue;
        if (entry->uri && entry->name[prefix] && !eb_starts_with(entry->name, "xml:") &&
            !prefix_declared(place, i, entry->name, prefix)) {
            EB_AUTOFREE char *declaration = eb_asprintf("xmlns:%.*s", (int)prefix, entry->name);

            add_attr(&p->attrs, declaration, entry->uri);
        }
        add_attr(&p->attrs, entry->name, entry->xml);
    }
}

/* ---- Elements ---- */

static void write_value(const struct eb_xml_writer *w, struct parts *p, const struct eb_xml_item *item,
                        const void *base)
{
    EB_AUTOFREE char *text = eb_xml_write_value(item, base);

    if (!text)
        return;
    if ((item->flags & EB_XML_ALIAS) && (w->flags & EB_XML_INACTIVE) && !eb_starts_with(text, "ua-"))
        return;
    if (item->kind == EB_XML_ATTR)
        add_attr(&p->attrs, item->name, text);
    else
        add_escaped(&p->text, text, false);
}

/* What is written in the element's tag and as its text. */
static void write_values(struct eb_xml_writer *w, struct parts *p, const struct eb_xml_place *place,
                         const struct eb_xml_item *items, const void *base)
{
    for (const struct eb_xml_item *item = items; item && item->kind != EB_XML_END; item++) {
        if (item->kind == EB_XML_ATTR_PLACE)
            put_attrs(p, place, item->name, items);
        else if ((item->kind == EB_XML_ATTR || item->kind == EB_XML_TEXT) && is_shown(w, item, base))
            write_value(w, p, item, base);
    }
    put_attrs(p, place, NULL, items);
}

static void write_items(struct eb_xml_writer *w, struct parts *p, const char *path,
                        const struct eb_xml_item *items, const void *base)
{
    const struct eb_xml_place *place = find_place(w, path);
    struct eb_strbuf *out = w->out;

    write_values(w, p, place, items, base);
    w->out = &p->children;
    for (const struct eb_xml_item *item = items; item && item->kind != EB_XML_END; item++) {
        if (item->kind == EB_XML_PLACE)
            put_elements(p, place, item->name, items);
        else if (item->kind != EB_XML_ATTR && item->kind != EB_XML_TEXT && item->kind != EB_XML_ATTR_PLACE &&
                 is_shown(w, item, base))
            write_child(w, item, path, base);
    }
    put_elements(p, place, NULL, items);
    w->out = out;
}

void eb_xml_write(struct eb_xml_writer *w, const char *name, const char *path,
                  const struct eb_xml_item *items, const void *base, unsigned flags)
{
    EB_CLEANUP(parts_free) struct parts p = {0};

    p.children.indent = w->out->indent + 2;
    write_items(w, &p, path, items, base);
    if ((flags & EB_XML_ALWAYS) || p.attrs.len || p.text.len || p.children.len)
        add_element(w, name, &p, flags);
}
