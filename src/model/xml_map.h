/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file xml_map.h
 * XML elements ⇄ members of a structure, by table. One table describes an element: the reader and the writer
 * both follow it, so that they cannot disagree, and its order is the order in which the element is written.
 *
 * The reader marks every attribute and child element that a table took. What is left is not dropped: it is
 * listed (struct eb_unmodelled) with the path of its parent, and the writer puts it back there.
 */
#ifndef EB_MODEL_XML_MAP_H
#define EB_MODEL_XML_MAP_H

#include "base/strbuf.h"
#include "model/domain.h"

#include <libxml/tree.h>

enum eb_xml_kind {
    EB_XML_END,
    EB_XML_ATTR,    /* an attribute of the element */
    EB_XML_TEXT,    /* the element's own text */
    EB_XML_CHILD,   /* a child element with a table; its members are in the same structure, or `offset` in */
    EB_XML_LIST,    /* child elements, each an element of an array */
    EB_XML_FLAG,    /* a child element whose being there says yes */
    EB_XML_SCALED,  /* a child element <name unit='KiB'>number</name>, an uint64_t */
    EB_XML_STRINGS, /* child elements, each a string of a NULL-terminated array */
    EB_XML_HOOK,    /* child elements that no table says: `hook` */
    EB_XML_ATTR_PLACE, /* where an unmodelled attribute of that name is written */
    EB_XML_PLACE,      /* where unmodelled child elements of that name are written */
};

enum eb_xml_value {
    EB_XML_STRING, /* char * */
    EB_XML_ENUM,   /* an enum with to_string and from_string */
    EB_XML_UINT,   /* unsigned; 0: not said (but EB_XML_ZERO) */
    EB_XML_INT,    /* int; -1: not said */
    EB_XML_U16,    /* uint16_t; 0: not said */
    EB_XML_U64,    /* uint64_t; 0: not said */
    EB_XML_LLONG,  /* long long; always written */
    EB_XML_HEX, /* unsigned, written as 0x… with `digits` digits (0: as many as it has, and 0 is not said) */
    EB_XML_BOOL,    /* bool, "yes"; "no" is not written */
    EB_XML_YES_NO,  /* enum eb_tristate */
    EB_XML_ON_OFF,  /* enum eb_tristate */
    EB_XML_UP_DOWN, /* enum eb_tristate: down is yes */
    EB_XML_CUSTOM,  /* `custom` */
};

enum eb_xml_item_flags {
    EB_XML_REQUIRED = 1 << 0,  /* libvirt's "Missing required attribute" */
    EB_XML_ALWAYS = 1 << 1,    /* a child element that is written even when it is empty */
    EB_XML_OPENED = 1 << 9,    /* … and with a closing tag */
    EB_XML_ZERO = 1 << 2,      /* numbers: 0 is written too */
    EB_XML_NONZERO = 1 << 3,   /* numbers: 0 is refused */
    EB_XML_ANY_BASE = 1 << 10, /* numbers: 0x… is read, too */
    EB_XML_REPEATS =
        1 << 11, /* a child element of what is not kept with EB_XML_INACTIVE: then each is taken */
    EB_XML_ONLY_SECURE = 1 << 4,
    EB_XML_ONLY_LIVE = 1 << 5, /* not read nor written with EB_XML_INACTIVE */
    EB_XML_SAID = 1 << 6,      /* enum: value 0 is "not said" */
    EB_XML_ALIAS = 1 << 7,     /* with EB_XML_INACTIVE only what the user chose ("ua-…") */
    EB_XML_YIELDS = 1 << 8,    /* not written where an unmodelled element has its name */
};

struct eb_xml_reader;
struct eb_xml_item;

/** A value of its own kind. `read` sets an error; `write` gives a string of the caller's, NULL: not said. */
struct eb_xml_custom {
    int (*read)(const char *text, void *base, eb_error *err);
    char *(*write)(const void *base);
};

struct eb_xml_writer;

/** Child elements of their own kind. `path` is the parent's. */
struct eb_xml_hook {
    int (*read)(struct eb_xml_reader *r, xmlNode *parent, const char *path, void *base, eb_error *err);
    void (*write)(struct eb_xml_writer *w, const char *path, const void *base);
};

struct eb_xml_item {
    enum eb_xml_kind kind;
    enum eb_xml_value value;
    unsigned flags;
    const char *name;
    size_t offset;
    const struct eb_xml_item *items; /* CHILD, LIST, FLAG */
    const char *(*to_string)(int value);
    int (*from_string)(const char *text);
    const struct eb_xml_custom *custom;
    const struct eb_xml_hook *hook;
    const char *const *words;             /* STRING: the only ones, NULL-terminated; NULL: any */
    const char *string_attr, *value_attr; /* STRINGS: "string", or "string=value" when there are two */
    unsigned digits;
    uint64_t max;          /* numbers: the largest; 0: what the type holds */
    size_t size, n_offset; /* LIST */
    /** Whether the item is there, from members that earlier items read. NULL: always. */
    bool (*when)(const void *base);
    /** Whether to write it. NULL: always. */
    bool (*show)(const void *base);
    /** LIST: whether to write this element of the array. NULL: always. */
    bool (*each)(const void *element);
    /** CHILD, LIST: whether the table can hold the element; if not it is unmodelled, whole. NULL: always. */
    bool (*accept)(xmlNode *node);
    /** LIST, CHILD with an offset: sets "not said" values that are not zero. */
    void (*init)(void *base);
    /** LIST: puts the elements in the order in which the array holds them. */
    void (*sort)(xmlNode **nodes, size_t n);
    /** CHILD, LIST: checks and defaults, after the element was read. */
    int (*done)(struct eb_xml_reader *r, xmlNode *node, void *base, eb_error *err);
    /** What to say instead of libvirt's usual words when the value is none: one %s, the value. */
    const char *complaint;
    eb_error_code complaint_code;
};

/** The member at `offset` of a structure; a constant structure's is only to be read. */
static inline void *eb_xml_at(const void *base, size_t offset)
{
    return (char *)(uintptr_t)base + offset;
}

#define EB_XML_OF(type, member) .offset = offsetof(struct type, member)
#define EB_ATTR(attr, type, member, ...)                                                                     \
    {                                                                                                        \
        .kind = EB_XML_ATTR, .name = (attr), EB_XML_OF(type, member), __VA_ARGS__                            \
    }
#define EB_TEXT(type, member, ...)                                                                           \
    {                                                                                                        \
        .kind = EB_XML_TEXT, EB_XML_OF(type, member), __VA_ARGS__                                            \
    }
#define EB_CHILD(element, table, ...)                                                                        \
    {                                                                                                        \
        .kind = EB_XML_CHILD, .name = (element), .items = (table), __VA_ARGS__                               \
    }
#define EB_LIST(element, type, member, count, table, ...)                                                    \
    {                                                                                                        \
        .kind = EB_XML_LIST, .name = (element), .items = (table), EB_XML_OF(type, member),                   \
        .n_offset = offsetof(struct type, count), .size = sizeof(*((struct type *)0)->member), __VA_ARGS__   \
    }
#define EB_FLAG(element, type, member, ...)                                                                  \
    {                                                                                                        \
        .kind = EB_XML_FLAG, .name = (element), EB_XML_OF(type, member), __VA_ARGS__                         \
    }
#define EB_STRINGS(element, type, member, string, value)                                                     \
    {                                                                                                        \
        .kind = EB_XML_STRINGS, .name = (element), EB_XML_OF(type, member), .string_attr = (string),         \
        .value_attr = (value)                                                                                \
    }
#define EB_HOOK(functions)                                                                                   \
    {                                                                                                        \
        .kind = EB_XML_HOOK, .hook = (functions)                                                             \
    }
#define EB_PLACE(element)                                                                                    \
    {                                                                                                        \
        .kind = EB_XML_PLACE, .name = (element)                                                              \
    }
#define EB_ATTR_PLACE(attr)                                                                                  \
    {                                                                                                        \
        .kind = EB_XML_ATTR_PLACE, .name = (attr)                                                            \
    }
#define EB_VALUE(kind) .value = EB_XML_##kind
#define EB_NAMES(type) .value = EB_XML_ENUM, .to_string = type##_to_string, .from_string = type##_from_string
#define EB_END                                                                                               \
    {                                                                                                        \
        .kind = EB_XML_END                                                                                   \
    }

/** More elements of a list, and more unmodelled parts, than any definition has: an error. */
enum { EB_XML_MOST_ELEMENTS = 1024, EB_XML_MOST_UNMODELLED = 16384 };

struct eb_xml_reader {
    unsigned flags;                 /* EB_XML_INACTIVE */
    const char *ns;                 /* of the elements that tables name; NULL: none */
    const char *strict;             /* what the document is, for errors; NULL: leftovers are listed */
    struct eb_unmodelled **entries; /* where they are listed */
    size_t *n_entries;
};

/** Reads `node`, whose own path is `path`, by `items` into `base`, and lists what they do not take. */
int eb_xml_read(struct eb_xml_reader *r, xmlNode *node, const char *path, const struct eb_xml_item *items,
                void *base, eb_error *err);
/** Lists (or, when strict, refuses) what no table took of `node`. eb_xml_read does it for what it reads. */
int eb_xml_sweep(struct eb_xml_reader *r, xmlNode *node, const char *path, eb_error *err);
/** As eb_xml_sweep, attributes alone. */
int eb_xml_sweep_attrs(struct eb_xml_reader *r, xmlNode *node, const char *path, eb_error *err);
/** Marks as taken. */
void eb_xml_take(xmlNode *node);
void eb_xml_take_attr(xmlNode *node, const char *name);
/** Whether it is an element of that name, in the reader's namespace, that no one took yet. */
bool eb_xml_is(const struct eb_xml_reader *r, const xmlNode *node, const char *name);
/** The first child element of that name that no one took yet, in the reader's namespace. NULL: none. */
xmlNode *eb_xml_find(const struct eb_xml_reader *r, xmlNode *node, const char *name);

struct eb_xml_place; /* unmodelled parts by path */
struct eb_xml_writer {
    struct eb_strbuf *out;
    unsigned flags;     /* EB_XML_SECURE, EB_XML_INACTIVE */
    const char *prefix; /* before element names, "vbox:"; NULL: none */
    struct eb_xml_place *places;
};

/** Whether unmodelled elements `name` belong into `path`. */
bool eb_xml_has_unmodelled(const struct eb_xml_writer *w, const char *path, const char *name);

/** Collects the unmodelled parts; `w` is used until eb_xml_writer_clear. */
void eb_xml_writer_init(struct eb_xml_writer *w, struct eb_strbuf *out, unsigned flags,
                        const struct eb_unmodelled *entries, size_t n_entries);
void eb_xml_writer_clear(struct eb_xml_writer *w);
/**
 * Writes the element `name` at `path` with what `items` say of `base`; nothing when it would be empty and
 * EB_XML_ALWAYS is not in `flags` (which may have EB_XML_OPENED too).
 */
void eb_xml_write(struct eb_xml_writer *w, const char *name, const char *path,
                  const struct eb_xml_item *items, const void *base, unsigned flags);

/* ---- Values (xml_value.c) ---- */

/** Whether `text` is among `words`, which NULL ends. */
bool eb_xml_is_word(const char *const *words, const char *text);

/** Reads `text`, the value of attribute or element `item` of element `element`. */
int eb_xml_read_value(const struct eb_xml_item *item, const char *element, const char *text, void *base,
                      eb_error *err);
/** The text of the item's value, the caller's; NULL: not said. */
char *eb_xml_write_value(const struct eb_xml_item *item, const void *base);
/** Numbers with an optional 0x, blanks around. */
bool eb_xml_parse_number(const char *text, uint64_t max, uint64_t *out);
/**
 * `text` in `unit` ("b", "KB", "MiB" …; NULL: `default_unit`, a multiplier) as KiB, rounded up. `what` names
 * it in errors ("./memory[1]").
 */
int eb_xml_parse_kib(const char *text, const char *unit, uint64_t default_unit, const char *what,
                     uint64_t *out, eb_error *err);
/** As eb_xml_parse_kib, in bytes. */
int eb_xml_parse_bytes(const char *text, const char *unit, uint64_t default_unit, const char *what,
                       uint64_t *out, eb_error *err);

#endif
