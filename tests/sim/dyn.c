/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "dyn.h"

#include <dlfcn.h>
#include <ffi.h>
#include <inttypes.h>
#include <stdio.h>

#include "base/strbuf.h"
#include "base/uuid.h"
#include "client.h"

struct unknown_table {
    uint32_t (*query)(void *self, const struct nsid *iid, void **out);
    uint32_t (*add_ref)(void *self);
    uint32_t (*release)(void *self);
};

static const struct unknown_table *methods(void *object)
{
    return *(const struct unknown_table *const *)object;
}

void (*dyn_member(const struct dyn *d, unsigned number))(void)
{
    void (*member)(void);

    memcpy(&member, (const char *)d->table + 8 * (size_t)number, sizeof(member));
    return member;
}

/* ids as Everbox's text order; the stand-in's functions are not linked here */
static void to_nsid(const unsigned char b[16], struct nsid *out)
{
    out->m0 = (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
    out->m1 = (uint16_t)(b[4] << 8 | b[5]);
    out->m2 = (uint16_t)(b[6] << 8 | b[7]);
    memcpy(out->m3, b + 8, 8);
}

static char *iid_text(const struct dyn *d, const char *iface)
{
    const struct sim_iface *i = sim_iface_named(d->facts, iface);
    char text[EB_UUID_STRLEN + 1];

    if (!i)
        return NULL;
    eb_uuid_format(i->iid, text);
    return eb_strdup(text);
}

static bool start_v1_v2(struct dyn *d, unsigned number, bool with_iids)
{
    EB_AUTOFREE char *vbox = iid_text(d, "IVirtualBox"), *session = iid_text(d, "ISession");

    if (with_iids)
        ((void (*)(const char *, void **, const char *, void **))dyn_member(d, number))(vbox, &d->vbox,
                                                                                        session, &d->session);
    else
        ((void (*)(void **, void **))dyn_member(d, number))(&d->vbox, &d->session);
    return d->vbox && d->session;
}

static bool start_client(struct dyn *d)
{
    EB_AUTOFREE char *iid = iid_text(d, "IVirtualBoxClient");

    if (((uint32_t(*)(const char *, void **))dyn_member(d, 3))(iid, &d->client) != 0 || !d->client)
        return false;
    d->vbox = dyn_call(d, d->client, "IVirtualBoxClient.virtualBox", NULL);
    d->session = dyn_call(d, d->client, "IVirtualBoxClient.session", NULL);
    return d->vbox && d->session;
}

struct dyn *dyn_open(const char *folder, const char *facts, unsigned table_version)
{
    EB_AUTOFREE char *path = eb_asprintf("%s/VBoxXPCOMC.so", folder), *why = NULL;
    struct dyn *d = EB_NEW(struct dyn);
    const void *(*get)(unsigned) = NULL;
    void *symbol;
    bool ok;

    d->facts = sim_release_read(facts, &why);
    d->library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    symbol = d->library ? dlsym(d->library, "VBoxGetXPCOMCFunctions") : NULL;
    memcpy(&get, &symbol, sizeof(get));
    d->table = get ? get(table_version) : NULL;
    d->table_version = table_version;
    if (!d->facts || !d->table) {
        fprintf(stderr, "%s: %s\n", path, why ? why : symbol ? "no such function table" : dlerror());
        free(d);
        return NULL;
    }
    ok = table_version >> 16 >= 3 ? start_client(d) : start_v1_v2(d, 2, table_version >> 16 == 2);
    if (!ok) {
        fprintf(stderr, "%s: cannot start\n", path);
        free(d);
        return NULL;
    }
    return d;
}

static void own(struct dyn *d, void *object)
{
    if (object && d->n_owned < EB_ARRAY_SIZE(d->owned))
        d->owned[d->n_owned++] = object;
}

static void clear_outs(struct dyn *d)
{
    for (unsigned i = 0; i < d->n_out; i++) {
        free(d->out[i].name);
        free(d->out[i].text);
    }
    d->n_out = 0;
}

void dyn_close(struct dyn *d)
{
    static const unsigned uninit[] = {0, 3, 3, 4, 6};
    unsigned major = d->table_version >> 16;

    clear_outs(d);
    while (d->n_owned)
        methods(d->owned[d->n_owned - 1])->release(d->owned[d->n_owned - 1]), d->n_owned--;
    if (d->client)
        methods(d->client)->release(d->client);
    ((void (*)(void))dyn_member(d, uninit[major]))();
    sim_release_free(d->facts);
    free(d);
}

const char *dyn_ptr(const void *object)
{
    static char buffers[8][32];
    static unsigned next;
    char *b = buffers[next++ % 8];

    snprintf(b, 32, "%" PRIxPTR, (uintptr_t)object);
    return b;
}

static void *from_ptr(const char *text)
{
    return (void *)(uintptr_t)strtoull(text, NULL, 16); /* NOLINT */
}

void *dyn_item(const char *text, unsigned index)
{
    while (index-- > 0 && text && *text)
        text = strchr(text, '\n') ? strchr(text, '\n') + 1 : NULL;
    return text && *text ? from_ptr(text) : NULL;
}

static uint16_t *wide(const char *s)
{
    size_t n = strlen(s);
    uint16_t *out = eb_calloc(n + 1, sizeof(*out));

    for (size_t i = 0; i < n; i++)
        out[i] = (unsigned char)s[i];
    return out;
}

static size_t width(enum sim_kind kind)
{
    return kind == SIM_U8                        ? 1
           : kind == SIM_I16 || kind == SIM_U16  ? 2
           : kind <= SIM_U32 || kind == SIM_ENUM ? 4
                                                 : 8;
}

/* Puts the text's value at `to`; memory for it is noted in *own_it. */
static void put(const struct sim_param *p, const char *text, void *to, void **own_it)
{
    const struct sim_const *k;
    struct nsid *id;
    unsigned char bytes[16] = {0};
    uint64_t n;
    void *pointer = NULL;

    switch (p->kind) {
    case SIM_WSTRING:
        pointer = *own_it = wide(text);
        break;
    case SIM_STRING:
        pointer = *own_it = eb_strdup(text);
        break;
    case SIM_UUID:
        id = EB_NEW(struct nsid);
        eb_uuid_parse(text, bytes);
        to_nsid(bytes, id);
        pointer = *own_it = id;
        break;
    case SIM_OBJECT:
        pointer = from_ptr(text);
        break;
    case SIM_PTR:
        break;
    case SIM_ENUM:
        k = sim_const_named(p->en, text);
        n = k ? k->value : strtoull(text, NULL, 0);
        memcpy(to, &n, 4);
        return;
    case SIM_BOOL:
    case SIM_U8:
    case SIM_I16:
    case SIM_U16:
    case SIM_I32:
    case SIM_U32:
    case SIM_I64:
    case SIM_U64:
        n = (uint64_t)strtoll(text, NULL, 0);
        memcpy(to, &n, width(p->kind));
        return;
    }
    memcpy(to, &pointer, sizeof(pointer));
}

struct slot_arg {
    uint64_t word;  /* in: the value; out: where it is put */
    uint64_t count; /* of an array */
    void *place, *count_place;
    void *own_it;
    void *items[64]; /* memory of array items */
    uint8_t *array;
};

static void put_array(const struct sim_param *p, const char *text, struct slot_arg *a)
{
    EB_AUTOFREE char *copy = eb_strdup(text);
    char *rest = NULL;

    a->array = eb_calloc(64, 8);
    for (char *t = strtok_r(copy, "\n", &rest); t && a->count < 64;
         t = strtok_r(NULL, "\n", &rest), a->count++)
        put(p, t, a->array + a->count * width(p->kind), &a->items[a->count]);
    memcpy(&a->word, &a->array, sizeof(a->array));
}

static char *narrow(const uint16_t *s)
{
    struct eb_strbuf b = {0};

    for (; s && *s; s++)
        eb_strbuf_addc(&b, *s < 0x80 ? (char)*s : '?');
    return eb_strbuf_steal(&b);
}

/* Adds the text of the value at `at`, and takes over what it owns. */
static void take(struct dyn *d, const struct sim_param *p, const void *at, struct eb_strbuf *b, void **object)
{
    void *pointer = NULL;
    uint64_t n = 0;

    if (width(p->kind) == 8)
        memcpy(&pointer, at, sizeof(pointer));
    if (p->kind == SIM_WSTRING) {
        EB_AUTOFREE char *s = narrow(pointer);

        eb_strbuf_add(b, s);
        free(pointer);
    } else if (p->kind == SIM_STRING) {
        eb_strbuf_add(b, pointer ? pointer : "");
        free(pointer);
    } else if (p->kind == SIM_UUID) {
        const struct nsid *id = pointer;

        if (id)
            eb_strbuf_printf(b, "%08x-%04x-%04x-%02x%02x-%02x%02x%02x%02x%02x%02x", id->m0, id->m1, id->m2,
                             id->m3[0], id->m3[1], id->m3[2], id->m3[3], id->m3[4], id->m3[5], id->m3[6],
                             id->m3[7]);
        free(pointer);
    } else if (p->kind == SIM_OBJECT) {
        own(d, pointer);
        *object = pointer;
        eb_strbuf_add(b, dyn_ptr(pointer));
    } else {
        memcpy(&n, at, width(p->kind));
        if (p->kind == SIM_ENUM && sim_const_valued(p->en, (uint32_t)n))
            eb_strbuf_add(b, sim_const_valued(p->en, (uint32_t)n)->name);
        else if (p->kind == SIM_I32)
            eb_strbuf_printf(b, "%d", (int32_t)n);
        else
            eb_strbuf_printf(b, "%" PRIu64, n);
    }
}

static void take_out(struct dyn *d, const struct sim_param *p, struct slot_arg *a)
{
    struct dyn_out *o = &d->out[d->n_out++];
    EB_AUTOSTRBUF struct eb_strbuf b = {0};
    uint8_t *items = NULL;

    o->name = eb_strdup(p->dir == SIM_RET ? "" : p->name);
    o->object = NULL;
    if (p->array) {
        memcpy(&items, &a->word, sizeof(items));
        for (uint32_t i = 0; i < (uint32_t)a->count; i++) {
            take(d, p, items + i * width(p->kind), &b, &o->object);
            if (p->kind != SIM_U8)
                eb_strbuf_addc(&b, '\n');
        }
        free(items);
    } else {
        take(d, p, &a->word, &b, &o->object);
    }
    o->text = eb_strbuf_steal(&b);
}

static const char *given(const char *const *pairs, const char *name)
{
    for (; pairs && pairs[0]; pairs += 2)
        if (strcmp(pairs[0], name) == 0)
            return pairs[1];
    return "";
}

void *dyn_call_slot(struct dyn *d, void *object, const struct sim_slot *slot, const char *const *pairs)
{
    struct slot_arg *a = eb_calloc(slot->n + 1, sizeof(*a));
    ffi_type *types[40] = {&ffi_type_pointer};
    void *args[40] = {&object};
    static uint64_t room[1 << 17]; /* for T* */
    void *memory = room;
    unsigned n = 1;
    ffi_arg rc = 0;
    ffi_cif cif;
    void *result = NULL;

    for (unsigned i = 0; i < slot->n; i++) {
        const struct sim_param *p = &slot->params[i];

        if (p->raw)
            memcpy(&a[i].word, &memory, sizeof(memory));
        else if (p->dir == SIM_IN && p->array)
            put_array(p, given(pairs, p->name), &a[i]);
        else if (p->dir == SIM_IN)
            put(p, given(pairs, p->name), &a[i].word, &a[i].own_it);
        a[i].place = &a[i].word;
        a[i].count_place = &a[i].count;
        if (p->array) {
            types[n] = p->dir == SIM_IN ? &ffi_type_uint32 : &ffi_type_pointer;
            args[n++] = p->dir == SIM_IN ? (void *)&a[i].count : (void *)&a[i].count_place;
        }
        types[n] = p->dir != SIM_IN || p->array || p->raw || width(p->kind) == 8 ? &ffi_type_pointer
                   : width(p->kind) == 4                                         ? &ffi_type_uint32
                   : width(p->kind) == 2                                         ? &ffi_type_uint16
                                                                                 : &ffi_type_uint8;
        args[n++] = p->dir == SIM_IN ? (void *)&a[i].word : (void *)&a[i].place;
    }
    clear_outs(d);
    if (ffi_prep_cif(&cif, FFI_DEFAULT_ABI, n, &ffi_type_uint32, types) == FFI_OK)
        ffi_call(&cif, FFI_FN(((void **)(*(void ***)object))[slot->index]), &rc, args);
    d->rc = (uint32_t)rc;
    for (unsigned i = 0; i < slot->n; i++) {
        free(a[i].own_it);
        for (unsigned k = 0; k < 64; k++)
            free(a[i].items[k]);
        free(a[i].array);
        if (slot->params[i].dir != SIM_IN && !(d->rc & 0x80000000u)) {
            take_out(d, &slot->params[i], &a[i]);
            if (!result || slot->params[i].dir == SIM_RET)
                result = d->out[d->n_out - 1].object;
        }
    }
    free(a);
    return result;
}

static const struct sim_slot *find(const struct dyn *d, const char *member)
{
    EB_AUTOFREE char *copy = eb_strdup(member);
    char *name = strchr(copy, '.');
    const struct sim_iface *iface;
    bool setter = copy[strlen(copy) - 1] == '=';

    if (!name)
        return NULL;
    *name++ = '\0';
    name[strcspn(name, "=")] = '\0';
    for (iface = sim_iface_named(d->facts, copy); iface; iface = iface->base)
        for (unsigned i = 0; i < iface->n; i++)
            if (strcmp(iface->slots[i].name, name) == 0 && (iface->slots[i].what == SIM_SET) == setter)
                return &iface->slots[i];
    return NULL;
}

bool dyn_has(const struct dyn *d, const char *member)
{
    return find(d, member) != NULL;
}

void *dyn_call(struct dyn *d, void *object, const char *member, ...)
{
    const struct sim_slot *slot = find(d, member);
    const char *pairs[42] = {NULL};
    va_list args;
    unsigned n = 0;

    if (!slot || !object) {
        fprintf(stderr, "dyn: %s %s\n", member, object ? "is not there" : "of no object");
        d->rc = 0x80004001u;
        clear_outs(d);
        return NULL;
    }
    va_start(args, member);
    while (n < 40 && (pairs[n] = va_arg(args, const char *)) != NULL) {
        pairs[n + 1] = va_arg(args, const char *);
        n += 2;
    }
    va_end(args);
    pairs[n] = NULL;
    return dyn_call_slot(d, object, slot, pairs);
}

const char *dyn_result(const struct dyn *d)
{
    return dyn_get(d, "");
}

const char *dyn_get(const struct dyn *d, const char *name)
{
    for (unsigned i = 0; i < d->n_out; i++)
        if (strcmp(d->out[i].name, name) == 0)
            return d->out[i].text;
    return "";
}

void *dyn_query(struct dyn *d, void *object, const char *name)
{
    const struct sim_iface *iface = sim_iface_named(d->facts, name);
    struct nsid iid;
    void *face = NULL;

    if (!iface || !object)
        return NULL;
    to_nsid(iface->iid, &iid);
    if (methods(object)->query(object, &iid, &face) != 0)
        return NULL;
    own(d, face);
    return face;
}

const struct sim_iface *dyn_class(struct dyn *d, void *object, const struct sim_iface *declared)
{
    const struct sim_iface *best = declared;

    for (unsigned i = 0; i < d->facts->n_ifaces; i++) {
        const struct sim_iface *iface = &d->facts->ifaces[i];
        struct nsid iid;
        void *face = NULL;

        if (declared && !sim_iface_is(iface, declared))
            continue;
        to_nsid(iface->iid, &iid);
        if (methods(object)->query(object, &iid, &face) != 0)
            continue;
        methods(face)->release(face);
        if (!best || (iface != best && sim_iface_is(iface, best)))
            best = iface;
    }
    return best;
}

/* V3 and later have a table member for it; before, the service manager of VBoxXPCOM.so leads there. */
static void *current_exception(struct dyn *d)
{
    static const unsigned member[] = {0, 0, 0, 13, 21};
    static const struct nsid service = {
        0x35a88f54, 0xf267, 0x4414, {0x92, 0xa7, 0x19, 0x1f, 0x64, 0x54, 0xab, 0x52}};
    uint32_t (*get_manager)(void **) = NULL;
    void *symbol, *manager = NULL, *exceptions = NULL, *exception = NULL;
    unsigned major = d->table_version >> 16, number = major <= 4 ? member[major] : 0;
    unsigned cb;

    if (number) {
        memcpy(&cb, d->table, sizeof(cb));
        if (major == 4 && cb > 208)
            number++;
        ((uint32_t(*)(void **))dyn_member(d, number))(&exception);
        return exception;
    }
    symbol = dlsym(d->library, "VBoxNsxpNS_GetServiceManager");
    memcpy(&get_manager, &symbol, sizeof(get_manager));
    if (!get_manager || get_manager(&manager) != 0)
        return NULL;
    ((uint32_t(*)(void *, const char *, const struct nsid *, void **))(*(void ***)manager)[4])(
        manager, "@mozilla.org/exceptionservice;1", &service, &exceptions);
    if (exceptions)
        ((uint32_t(*)(void *, void **))(*(void ***)exceptions)[4])(exceptions, &exception);
    return exception;
}

char *dyn_error(struct dyn *d)
{
    void *exception = current_exception(d);
    uint32_t rc = d->rc;
    char *text;

    own(d, exception);
    exception = dyn_query(d, exception, "IVirtualBoxErrorInfo");
    if (exception)
        dyn_call(d, exception, "IVirtualBoxErrorInfo.text", NULL);
    text = eb_strdup(exception ? dyn_result(d) : "");
    d->rc = rc;
    return text;
}
