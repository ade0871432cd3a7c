/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Arguments and results by name. */
#include <inttypes.h>
#include <stdio.h>
#include <strings.h>

#include "base/strbuf.h"
#include "base/uuid.h"
#include "server.h"

/* Constants that were renamed; the model says the newest name. */
static const char *const renamed[][3] = {
    {"SessionState", "Unlocked", "Closed"},
    {"SessionState", "Locked", "Open"},
    {"SessionState", "Unlocking", "Closing"},
    {"MachineState", "DeletingSnapshot", "Discarding"},
    {"MachineState", "OnlineSnapshotting", "LiveSnapshotting"},
    {"MachineState", "LiveSnapshotting", "Saving"},
    {"MachineState", "OnlineSnapshotting", "Saving"},
    {"MachineState", "Snapshotting", "Saving"},
    {"MachineState", "AbortedSaved", "Saved"},
    {"MachineState", "Teleported", "PoweredOff"},
    {"SessionType", "WriteLock", "Direct"},
    {"SessionType", "Shared", "Remote"},
    {"SessionType", "Shared", "Existing"},
    {"AudioDriverType", "Default", "ALSA"},
    {"AudioDriverType", "WAS", "DirectSound"},
};

static int param_index(struct call *c, const char *names, bool in)
{
    while (*names) {
        size_t len = strcspn(names, "|");

        for (unsigned i = 0; i < c->slot->n; i++) {
            const struct sim_param *p = &c->slot->params[i];

            if ((p->dir == SIM_IN) == in && strlen(p->name) == len && strncasecmp(p->name, names, len) == 0)
                return (int)i;
        }
        names += len + (names[len] == '|');
    }
    return -1;
}

bool arg_has(struct call *c, const char *names)
{
    return param_index(c, names, true) >= 0;
}

const struct sim_value *arg_value(struct call *c, const char *names)
{
    static const struct sim_value none;
    int i = param_index(c, names, true);

    if (i < 0)
        sim_log("BUG: %s.%s has no parameter %s", c->slot->iface->name, c->slot->name, names);
    return i >= 0 ? &c->in[i] : &none;
}

const char *arg_str(struct call *c, const char *names)
{
    const struct sim_value *v = arg_value(c, names);

    return v->kind == SIM_V_STR ? v->str : "";
}

int64_t arg_num(struct call *c, const char *names)
{
    return (int64_t)arg_value(c, names)->num;
}

bool arg_bool(struct call *c, const char *names)
{
    return arg_num(c, names) != 0;
}

static const char *constant_name(const struct sim_enum *e, uint32_t number)
{
    const struct sim_const *k = sim_const_valued(e, number);

    if (!k)
        return "";
    for (size_t i = 0; i < EB_ARRAY_SIZE(renamed); i++)
        if (eb_streq(renamed[i][0], e->name) && eb_streq(renamed[i][2], k->name) &&
            !sim_const_named(e, renamed[i][1]))
            return renamed[i][1];
    return k->name;
}

const char *arg_enum(struct call *c, const char *names)
{
    int i = param_index(c, names, true);

    if (i < 0 || !c->slot->params[i].en)
        return "";
    return constant_name(c->slot->params[i].en, (uint32_t)c->in[i].num);
}

struct object *arg_obj(struct call *c, const char *names)
{
    const struct sim_value *v = arg_value(c, names);

    return v->kind == SIM_V_OBJ && !(v->num & SIM_LOCAL_OBJECT) ? object_by_id(v->num) : NULL;
}

uint64_t arg_local(struct call *c, const char *names)
{
    const struct sim_value *v = arg_value(c, names);

    return v->kind == SIM_V_OBJ && v->num & SIM_LOCAL_OBJECT ? v->num : 0;
}

bool arg_flag(struct call *c, const char *names, const char *enum_name, const char *flag)
{
    const struct sim_value *v = arg_value(c, names);
    const struct sim_enum *e = sim_enum_named(release, enum_name);
    const struct sim_const *k = e ? sim_const_named(e, flag) : NULL;
    uint64_t bits = v->num;

    if (!k)
        return false;
    for (size_t i = 0; v->kind == SIM_V_LIST && i < v->len; i++)
        bits |= v->items[i].num;
    return (bits & k->value) == k->value && k->value;
}

static const struct sim_const *constant(const struct sim_enum *e, const char *name)
{
    const struct sim_const *k = sim_const_named(e, name);

    for (size_t i = 0; !k && i < EB_ARRAY_SIZE(renamed); i++)
        if (eb_streq(renamed[i][0], e->name) && eb_streq(renamed[i][1], name))
            k = sim_const_named(e, renamed[i][2]);
    return k;
}

bool enum_has(const char *enum_name, const char *name)
{
    const struct sim_enum *e = sim_enum_named(release, enum_name);

    return e && constant(e, name);
}

/* Enums of bits are kept as text "A|B". */
static uint32_t constants_value(const struct sim_enum *e, const char *text)
{
    uint32_t bits = 0;

    while (*text) {
        size_t len = strcspn(text, "|");
        EB_AUTOFREE char *name = eb_strndup(text, len);
        const struct sim_const *k = constant(e, name);

        if (k)
            bits |= k->value;
        else
            sim_log("%s of this release has no %s", e->name, name);
        text += len + (text[len] == '|');
    }
    return bits;
}

static void one_text(const struct sim_param *p, const char *text, struct sim_value *v)
{
    sim_value_clear(v);
    switch (p->kind) {
    case SIM_WSTRING:
    case SIM_STRING:
    case SIM_UUID:
        sim_value_str(v, text);
        break;
    case SIM_ENUM:
        v->kind = SIM_V_NUM;
        v->num = constants_value(p->en, text);
        break;
    case SIM_OBJECT:
        v->kind = SIM_V_OBJ;
        if (*text == '@') {
            struct object *o = object_by_id(strtoull(text + 1, NULL, 10));

            v->num = o ? o->id : 0;
            v->len = o ? o->iface->number : 0;
        }
        break;
    case SIM_PTR:
        break;
    case SIM_BOOL:
    case SIM_U8:
    case SIM_I16:
    case SIM_U16:
    case SIM_I32:
    case SIM_U32:
    case SIM_I64:
    case SIM_U64:
        v->kind = SIM_V_NUM;
        v->num = (uint64_t)strtoll(text, NULL, 10);
        break;
    }
}

static void list_add(struct sim_value *v, struct sim_value *item)
{
    if (v->kind != SIM_V_LIST) {
        sim_value_clear(v);
        v->kind = SIM_V_LIST;
    }
    v->items = eb_reallocarray(v->items, v->len + 1, sizeof(*v->items));
    v->items[v->len++] = *item;
}

/* Arrays are kept as text with PATH_SEP behind each item. */
void text_to_value(const struct sim_param *p, const char *text, struct sim_value *v)
{
    if (!p->array) {
        one_text(p, text, v);
        return;
    }
    sim_value_clear(v);
    v->kind = p->kind == SIM_U8 ? SIM_V_BYTES : SIM_V_LIST;
    while (*text && v->kind == SIM_V_LIST) {
        size_t len = strcspn(text, PATH_SEP_STR);
        EB_AUTOFREE char *one = eb_strndup(text, len);
        struct sim_value item = {0};

        one_text(p, one, &item);
        list_add(v, &item);
        text += len + (text[len] == PATH_SEP);
    }
}

static void value_text_one(const struct sim_param *p, const struct sim_value *v, struct eb_strbuf *b)
{
    if (v->kind == SIM_V_STR)
        eb_strbuf_add(b, v->str);
    else if (v->kind == SIM_V_OBJ)
        eb_strbuf_printf(b, "@%" PRIu64, v->num);
    else if (p->kind == SIM_ENUM)
        eb_strbuf_add(b, constant_name(p->en, (uint32_t)v->num));
    else if (p->kind == SIM_BOOL)
        eb_strbuf_add(b, v->num ? "1" : "0");
    else
        eb_strbuf_printf(b, "%" PRId64, (int64_t)v->num);
}

char *value_text(const struct sim_param *p, const struct sim_value *v)
{
    struct eb_strbuf b = {0};

    if (v->kind == SIM_V_LIST) {
        for (size_t i = 0; i < v->len; i++) {
            value_text_one(p, &v->items[i], &b);
            eb_strbuf_addc(&b, PATH_SEP);
        }
    } else if (v->kind != SIM_V_BYTES && v->kind != SIM_V_NONE) {
        value_text_one(p, v, &b);
    }
    return eb_strbuf_steal(&b);
}

/* ---- results ---- */

static int ret_index(struct call *c)
{
    for (unsigned i = 0; i < c->slot->n; i++)
        if (c->slot->params[i].dir == SIM_RET)
            return (int)i;
    return -1;
}

static int out_index(struct call *c, const char *name)
{
    return param_index(c, name, false);
}

static void put_text(struct call *c, int i, const char *text)
{
    if (i >= 0)
        text_to_value(&c->slot->params[i], text ? text : "", &c->out[i]);
}

static void put_obj(struct call *c, int i, struct object *o)
{
    if (i < 0)
        return;
    sim_value_clear(&c->out[i]);
    c->out[i].kind = SIM_V_OBJ;
    c->out[i].num = o ? o->id : 0;
    c->out[i].len = o ? o->iface->number : 0;
}

static void put_num(struct call *c, int i, uint64_t n)
{
    char text[32];

    if (i < 0)
        return;
    if (c->slot->params[i].kind == SIM_WSTRING || c->slot->params[i].kind == SIM_STRING) {
        snprintf(text, sizeof(text), "%" PRIu64, n);
        put_text(c, i, text);
        return;
    }
    sim_value_clear(&c->out[i]);
    c->out[i].kind = SIM_V_NUM;
    c->out[i].num = n;
}

void ret_str(struct call *c, const char *s)
{
    put_text(c, ret_index(c), s);
}

void ret_text(struct call *c, const char *text)
{
    put_text(c, ret_index(c), text);
}

void ret_num(struct call *c, uint64_t n)
{
    put_num(c, ret_index(c), n);
}

void ret_obj(struct call *c, struct object *o)
{
    put_obj(c, ret_index(c), o);
}

static void add_text(struct call *c, int i, const char *text)
{
    struct sim_value item = {0};

    if (i < 0)
        return;
    one_text(&c->slot->params[i], text ? text : "", &item);
    list_add(&c->out[i], &item);
}

void ret_add_text(struct call *c, const char *text)
{
    add_text(c, ret_index(c), text);
}

void ret_add_obj(struct call *c, struct object *o)
{
    struct sim_value item = {.kind = SIM_V_OBJ};
    int i = ret_index(c);

    if (i < 0 || !o)
        return;
    item.num = o->id;
    item.len = o->iface->number;
    list_add(&c->out[i], &item);
}

void out_text(struct call *c, const char *name, const char *text)
{
    put_text(c, out_index(c, name), text);
}

void out_num(struct call *c, const char *name, uint64_t n)
{
    put_num(c, out_index(c, name), n);
}

void out_obj(struct call *c, const char *name, struct object *o)
{
    put_obj(c, out_index(c, name), o);
}

void out_add_text(struct call *c, const char *name, const char *text)
{
    add_text(c, out_index(c, name), text);
}

void out_add_num(struct call *c, const char *name, int64_t n)
{
    char text[32];

    snprintf(text, sizeof(text), "%" PRId64, n);
    add_text(c, out_index(c, name), text);
}

void ret_bytes(struct call *c, const void *data, size_t n)
{
    int i = ret_index(c);
    struct sim_value *v;

    /* the old forms take memory of the caller's to write to */
    for (unsigned k = 0; i < 0 && k < c->slot->n; k++)
        if (c->slot->params[k].raw)
            i = (int)k;
    if (i < 0)
        return;
    v = &c->out[i];
    sim_value_clear(v);
    v->kind = SIM_V_BYTES;
    v->len = n;
    v->str = eb_calloc(n + 1, 1);
    if (n)
        memcpy(v->str, data, n);
}

/* ---- failures ---- */

uint32_t fail(struct call *c, uint32_t rc, const char *fmt, ...)
{
    EB_AUTOFREE char *component = NULL, *text = NULL;
    const char *name = c->self ? c->self->iface->name : "IVirtualBox";
    va_list args;

    va_start(args, fmt);
    text = eb_vasprintf(fmt, args);
    va_end(args);
    /* a machine's parts tell their class; the session's view of a machine is another class */
    if (eb_streq(name, "IMachine") && c->self->view == VIEW_SESSION)
        component = eb_strdup("SessionMachine");
    else if (eb_streq(name, "IVirtualBox"))
        component = eb_strdup("VirtualBoxWrap");
    else
        component = eb_asprintf("%sWrap", name + 1);
    if (c->error)
        object_drop(c->error);
    c->error = error_new(rc, component, text);
    object_hold(c->error);
    return rc;
}

uint32_t not_found(struct call *c, const char *fmt, ...)
{
    EB_AUTOFREE char *text = NULL;
    va_list args;

    va_start(args, fmt);
    text = eb_vasprintf(fmt, args);
    va_end(args);
    return fail(c, VBOX_E_OBJECT_NOT_FOUND, "%s", text);
}

char *id_new(void)
{
    unsigned char bytes[16];
    char text[EB_UUID_STRLEN + 1];

    eb_uuid_generate(bytes);
    eb_uuid_format(bytes, text);
    return eb_strdup(text);
}

void id_normal(const char *text, char out[37])
{
    EB_AUTOFREE char *copy = eb_strdup(text);
    unsigned char bytes[16];
    size_t len = strlen(copy);

    out[0] = '\0';
    if (len == 38 && copy[0] == '{' && copy[37] == '}') {
        memmove(copy, copy + 1, 36);
        copy[36] = '\0';
        len = 36;
    }
    if (len == 36 && eb_uuid_parse(copy, bytes))
        eb_uuid_format(bytes, out);
}
