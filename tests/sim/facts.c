/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "facts.h"

#include <stdio.h>

#include "base/uuid.h"

static const char *const kind_names[] = {"bool", "u8",  "i16",     "u16",    "i32", "u32",
                                         "i64",  "u64", "wstring", "string", "uuid"};

const struct sim_iface *sim_iface_named(const struct sim_release *r, const char *name)
{
    for (unsigned i = 0; i < r->n_ifaces; i++)
        if (strcmp(r->ifaces[i].name, name) == 0)
            return &r->ifaces[i];
    return NULL;
}

const struct sim_iface *sim_iface_by_iid(const struct sim_release *r, const unsigned char iid[16])
{
    for (unsigned i = 0; i < r->n_ifaces; i++)
        if (memcmp(r->ifaces[i].iid, iid, 16) == 0)
            return &r->ifaces[i];
    return NULL;
}

const struct sim_enum *sim_enum_named(const struct sim_release *r, const char *name)
{
    for (unsigned i = 0; i < r->n_enums; i++)
        if (strcmp(r->enums[i].name, name) == 0)
            return &r->enums[i];
    return NULL;
}

const struct sim_const *sim_const_named(const struct sim_enum *e, const char *name)
{
    for (unsigned i = 0; i < e->n; i++)
        if (strcmp(e->consts[i].name, name) == 0)
            return &e->consts[i];
    return NULL;
}

const struct sim_const *sim_const_valued(const struct sim_enum *e, uint32_t value)
{
    for (unsigned i = 0; i < e->n; i++)
        if (e->consts[i].value == value)
            return &e->consts[i];
    return NULL;
}

unsigned sim_slot_count(const struct sim_iface *iface)
{
    return iface->first + iface->n;
}

const struct sim_slot *sim_slot_at(const struct sim_iface *iface, unsigned index)
{
    while (iface && index < iface->first)
        iface = iface->base;
    return iface && index < iface->first + iface->n ? &iface->slots[index - iface->first] : NULL;
}

bool sim_iface_is(const struct sim_iface *iface, const struct sim_iface *base)
{
    while (iface && iface != base)
        iface = iface->base;
    return iface != NULL;
}

/* Takes the next blank-separated token of *line. */
static char *token(char **line)
{
    char *t = *line;

    while (*t == ' ')
        t++;
    if (!*t)
        return NULL;
    *line = t + strcspn(t, " ");
    if (**line)
        *(*line)++ = '\0';
    return t;
}

/* Types name interfaces and enums that may follow later in the file: only the text is kept in the first pass.
 */
static void set_type(struct sim_param *p, const char *text)
{
    size_t len = strlen(text);

    p->array = len > 2 && strcmp(text + len - 2, "[]") == 0;
    p->raw = len > 1 && text[len - 1] == '*';
    /* kept in en until resolve() */
    p->en = (void *)eb_strndup(text, len - (p->array ? 2 : p->raw ? 1 : 0));
}

static void resolve(const struct sim_release *r, struct sim_param *p)
{
    char *text = (char *)(uintptr_t)p->en;

    p->en = NULL;
    p->kind = SIM_PTR;
    if (!text)
        return;
    for (unsigned i = 0; i < EB_ARRAY_SIZE(kind_names); i++)
        if (strcmp(text, kind_names[i]) == 0)
            p->kind = i;
    if (strcmp(text, "result") == 0)
        p->kind = SIM_U32;
    if (strcmp(text, "unknown") == 0 || strcmp(text, "nsISupports") == 0)
        p->kind = SIM_OBJECT;
    p->iface = sim_iface_named(r, text);
    if (p->iface)
        p->kind = SIM_OBJECT;
    p->en = sim_enum_named(r, text);
    if (p->en)
        p->kind = SIM_ENUM;
    free(text);
}

static struct sim_slot *add_slot(struct sim_iface *iface, enum sim_what what, const char *name)
{
    struct sim_slot *slot = EB_APPEND(iface->slots, iface->n);

    slot->what = what;
    slot->name = eb_strdup(name);
    return slot;
}

static void add_param(struct sim_slot *slot, enum sim_dir dir, const char *type, const char *name)
{
    struct sim_param *p = EB_APPEND(slot->params, slot->n);

    p->dir = dir;
    p->name = eb_strdup(name);
    set_type(p, type);
}

static void read_attr(struct sim_iface *iface, char *line)
{
    const char *access = token(&line), *type = token(&line), *name = token(&line);

    if (!name)
        return;
    if (strcmp(access, "wo") != 0)
        add_param(add_slot(iface, SIM_GET, name), SIM_RET, type, name);
    if (strcmp(access, "ro") != 0)
        add_param(add_slot(iface, SIM_SET, name), SIM_IN, type, name);
}

static void read_reserved(struct sim_iface *iface, char *line)
{
    const char *count = token(&line), *kind = token(&line);
    unsigned n = count ? (unsigned)atoi(count) : 0;

    while (kind && n-- > 0) {
        struct sim_slot *slot = add_slot(iface, SIM_RESERVED, "");

        if (strcmp(kind, "attr") == 0)
            add_param(slot, SIM_OUT, "u32", "reserved");
    }
}

static void read_method(struct sim_iface *iface, char *line)
{
    struct sim_slot *slot = add_slot(iface, SIM_METHOD, token(&line));
    const char *dir;

    while ((dir = token(&line)) != NULL) {
        char *type, *name;

        if (strcmp(dir, "in") != 0 && strcmp(dir, "out") != 0 && strcmp(dir, "ret") != 0)
            continue; /* a mark at the line's end */
        type = token(&line);
        name = token(&line);
        if (!name)
            break;
        name[strcspn(name, ",")] = '\0';
        add_param(slot, *dir == 'i' ? SIM_IN : *dir == 'o' ? SIM_OUT : SIM_RET, type, name);
    }
}

static void read_enum(struct sim_release *r, char *line)
{
    struct sim_enum *e = EB_APPEND(r->enums, r->n_enums);
    char *t;

    e->name = eb_strdup(token(&line));
    while ((t = token(&line)) != NULL) {
        struct sim_const *c;
        char *eq = strchr(t, '=');

        if (!eq)
            continue;
        *eq = '\0';
        c = EB_APPEND(e->consts, e->n);
        c->name = eb_strdup(t);
        c->value = (uint32_t)strtoul(eq + 1, NULL, 10);
    }
}

static void read_interface(struct sim_release *r, char *line)
{
    struct sim_iface *iface = EB_APPEND(r->ifaces, r->n_ifaces);
    const char *t;

    iface->name = eb_strdup(token(&line));
    iface->number = r->n_ifaces - 1;
    while ((t = token(&line)) != NULL) {
        if (strcmp(t, "iid") == 0)
            eb_uuid_parse(token(&line), iface->iid);
        else if (strcmp(t, "base") == 0)
            iface->base_name = eb_strdup(token(&line));
    }
}

static void read_class(struct sim_release *r, char *line)
{
    struct sim_class *c = EB_APPEND(r->classes, r->n_classes);
    const char *t;

    c->name = eb_strdup(token(&line));
    while ((t = token(&line)) != NULL) {
        if (strcmp(t, "clsid") == 0)
            eb_uuid_parse(token(&line), c->clsid);
        else if (strcmp(t, "contract") == 0)
            c->contract = eb_strdup(token(&line));
    }
}

static void read_line(struct sim_release *r, char *line)
{
    struct sim_iface *iface = r->n_ifaces ? &r->ifaces[r->n_ifaces - 1] : NULL;
    const char *word;

    if (strlen(line) > 11 && (eb_ends_with(line, " mscom-only")))
        return;
    word = token(&line);
    if (!word)
        return;
    if (strcmp(word, "interface") == 0)
        read_interface(r, line);
    else if (strcmp(word, "enum") == 0)
        read_enum(r, line);
    else if (strcmp(word, "class") == 0)
        read_class(r, line);
    else if (strcmp(word, "attr") == 0 && iface)
        read_attr(iface, line);
    else if (strcmp(word, "method") == 0 && iface)
        read_method(iface, line);
    else if (strcmp(word, "reserved") == 0 && iface)
        read_reserved(iface, line);
    else if (strcmp(word, "release") == 0)
        eb_replace_string(&r->version, token(&line));
    else if (strcmp(word, "table") == 0)
        eb_replace_string(&r->table, token(&line));
    else if (strcmp(word, "digest") == 0)
        eb_replace_string(&r->digest, token(&line));
}

/* Bases may come after what derives from them. */
static unsigned place(const struct sim_release *r, struct sim_iface *iface)
{
    if (!iface->first) {
        struct sim_iface *base = NULL;

        if (iface->base_name && strcmp(iface->base_name, "nsISupports") != 0)
            base = (struct sim_iface *)(uintptr_t)sim_iface_named(r, iface->base_name);
        iface->base = base;
        iface->first = base ? place(r, base) : 3;
    }
    return iface->first + iface->n;
}

static void finish(struct sim_release *r)
{
    unsigned major = 0, minor = 0, build = 0;

    for (unsigned i = 0; i < r->n_ifaces; i++)
        place(r, &r->ifaces[i]);
    for (unsigned i = 0; i < r->n_ifaces; i++) {
        struct sim_iface *iface = &r->ifaces[i];

        for (unsigned k = 0; k < iface->n; k++) {
            iface->slots[k].iface = iface;
            iface->slots[k].index = iface->first + k;
            for (unsigned p = 0; p < iface->slots[k].n; p++)
                resolve(r, &iface->slots[k].params[p]);
        }
    }
    if (sscanf(r->version, "%u.%u.%u", &major, &minor, &build) == 3)
        r->numeric = major * 1000000 + minor * 1000 + build;
}

struct sim_release *sim_release_read(const char *folder, char **why)
{
    EB_AUTOFREE char *path = eb_asprintf("%s/release.sim", folder);
    EB_AUTOFREE char *text = NULL;
    struct sim_release *r;
    size_t len;
    char *line, *rest;

    if (eb_read_file(path, 64u << 20, &text, &len) != 0) {
        *why = eb_asprintf("cannot read %s", path);
        return NULL;
    }
    r = EB_NEW(struct sim_release);
    r->folder = eb_strdup(folder);
    r->version = eb_strdup("0.0.0");
    r->table = eb_strdup("V4c");
    r->digest = eb_strdup("");
    for (line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest))
        read_line(r, line);
    finish(r);
    return r;
}

static void free_iface(struct sim_iface *iface)
{
    for (unsigned i = 0; i < iface->n; i++) {
        for (unsigned k = 0; k < iface->slots[i].n; k++)
            free(iface->slots[i].params[k].name);
        free(iface->slots[i].params);
        free(iface->slots[i].name);
    }
    free(iface->slots);
    free(iface->name);
    free(iface->base_name);
}

void sim_release_free(struct sim_release *r)
{
    for (unsigned i = 0; i < r->n_ifaces; i++)
        free_iface(&r->ifaces[i]);
    for (unsigned i = 0; i < r->n_enums; i++) {
        for (unsigned k = 0; k < r->enums[i].n; k++)
            free(r->enums[i].consts[k].name);
        free(r->enums[i].consts);
        free(r->enums[i].name);
    }
    for (unsigned i = 0; i < r->n_classes; i++) {
        free(r->classes[i].name);
        free(r->classes[i].contract);
    }
    free(r->ifaces);
    free(r->enums);
    free(r->classes);
    free(r->folder);
    free(r->version);
    free(r->table);
    free(r->digest);
    free(r);
}
