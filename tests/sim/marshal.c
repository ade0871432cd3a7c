/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* From the C parameters of a slot to values and back, by the release's declared types. */
#include "client.h"

#include <ffi.h>
#include <stdio.h>

#include "base/uuid.h"

uint16_t *sim_utf16(const char *s)
{
    const unsigned char *p = (const unsigned char *)(s ? s : "");
    uint16_t *out = eb_calloc(strlen((const char *)p) + 1, sizeof(*out)), *o = out;

    while (*p) {
        uint32_t c = *p++;
        unsigned more = c >= 0xf0 ? 3 : c >= 0xe0 ? 2 : c >= 0xc0 ? 1 : 0;

        c = more == 3 ? c & 0x07 : more == 2 ? c & 0x0f : more == 1 ? c & 0x1f : c;
        while (more-- && (*p & 0xc0) == 0x80)
            c = c << 6 | (*p++ & 0x3f);
        if (c >= 0x10000) {
            *o++ = (uint16_t)(0xd800 | ((c - 0x10000) >> 10));
            *o++ = (uint16_t)(0xdc00 | ((c - 0x10000) & 0x3ff));
        } else {
            *o++ = (uint16_t)c;
        }
    }
    return out;
}

char *sim_utf8(const uint16_t *s)
{
    size_t n = 0;
    char *out, *o;

    if (!s)
        return eb_strdup("");
    while (s[n])
        n++;
    o = out = eb_calloc(n * 3 + 1, 1);
    for (size_t i = 0; i < n; i++) {
        uint32_t c = s[i];

        if (c >= 0xd800 && c < 0xdc00 && s[i + 1] >= 0xdc00 && s[i + 1] < 0xe000)
            c = 0x10000 + ((c & 0x3ff) << 10) + (s[++i] & 0x3ff);
        if (c < 0x80) {
            *o++ = (char)c;
        } else if (c < 0x800) {
            *o++ = (char)(0xc0 | c >> 6);
            *o++ = (char)(0x80 | (c & 0x3f));
        } else if (c < 0x10000) {
            *o++ = (char)(0xe0 | c >> 12);
            *o++ = (char)(0x80 | (c >> 6 & 0x3f));
            *o++ = (char)(0x80 | (c & 0x3f));
        } else {
            *o++ = (char)(0xf0 | c >> 18);
            *o++ = (char)(0x80 | (c >> 12 & 0x3f));
            *o++ = (char)(0x80 | (c >> 6 & 0x3f));
            *o++ = (char)(0x80 | (c & 0x3f));
        }
    }
    return out;
}

static size_t width(enum sim_kind kind)
{
    switch (kind) {
    case SIM_U8:
        return 1;
    case SIM_I16:
    case SIM_U16:
        return 2;
    case SIM_BOOL:
    case SIM_I32:
    case SIM_U32:
    case SIM_ENUM:
        return 4;
    case SIM_I64:
    case SIM_U64:
    case SIM_WSTRING:
    case SIM_STRING:
    case SIM_UUID:
    case SIM_OBJECT:
    case SIM_PTR:
        break;
    }
    return 8;
}

static uint64_t number_at(enum sim_kind kind, const void *at)
{
    uint64_t v = 0;
    int16_t i16;
    int32_t i32;

    switch (kind) {
    case SIM_I16:
        memcpy(&i16, at, 2);
        return (uint64_t)(int64_t)i16;
    case SIM_BOOL:
    case SIM_I32:
        memcpy(&i32, at, 4);
        return (uint64_t)(int64_t)i32;
    case SIM_U8:
    case SIM_U16:
    case SIM_U32:
    case SIM_ENUM:
    case SIM_I64:
    case SIM_U64:
    case SIM_WSTRING:
    case SIM_STRING:
    case SIM_UUID:
    case SIM_OBJECT:
    case SIM_PTR:
        break;
    }
    memcpy(&v, at, width(kind));
    return v;
}

static void object_in(void *object, struct sim_value *v)
{
    v->kind = SIM_V_OBJ;
    if (!object)
        return;
    v->num = sim_proxy_id(object);
    if (!v->num)
        v->num = sim_local_id(object);
}

static void uuid_in(const struct nsid *id, struct sim_value *v)
{
    unsigned char bytes[16];
    char text[EB_UUID_STRLEN + 1] = "";

    if (id) {
        sim_nsid_bytes(id, bytes);
        eb_uuid_format(bytes, text);
    }
    sim_value_str(v, text);
}

/* `at` is where the parameter's (or element's) value lies. */
static void one_in(const struct sim_param *p, const void *at, struct sim_value *v)
{
    void *pointer = NULL;

    if (p->kind == SIM_WSTRING || p->kind == SIM_STRING || p->kind == SIM_UUID || p->kind == SIM_OBJECT)
        memcpy(&pointer, at, sizeof(pointer));
    switch (p->kind) {
    case SIM_WSTRING: {
        EB_AUTOFREE char *s = sim_utf8(pointer);

        sim_value_str(v, s);
        break;
    }
    case SIM_STRING:
        sim_value_str(v, pointer);
        break;
    case SIM_UUID:
        uuid_in(pointer, v);
        break;
    case SIM_OBJECT:
        object_in(pointer, v);
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
    case SIM_ENUM:
        v->kind = SIM_V_NUM;
        v->num = number_at(p->kind, at);
        break;
    }
}

static void array_in(const struct sim_param *p, uint32_t n, const uint8_t *items, struct sim_value *v)
{
    if (!items)
        n = 0;
    if (p->kind == SIM_U8) {
        v->kind = SIM_V_BYTES;
        v->len = n;
        v->str = eb_calloc((size_t)n + 1, 1);
        if (n)
            memcpy(v->str, items, n);
        return;
    }
    v->kind = SIM_V_LIST;
    v->len = n;
    v->items = n ? eb_calloc(n, sizeof(*v->items)) : NULL;
    for (uint32_t i = 0; i < n; i++)
        one_in(p, items + i * width(p->kind), &v->items[i]);
}

void sim_marshal_in(const struct sim_slot *slot, void **args, struct sim_value *values)
{
    for (unsigned i = 0; i < slot->n; i++) {
        const struct sim_param *p = &slot->params[i];

        if (p->dir != SIM_IN) {
            args += p->array ? 2 : 1;
        } else if (p->array) {
            array_in(p, *(uint32_t *)args[0], *(uint8_t **)args[1], &values[i]);
            args += 2;
        } else {
            if (!p->raw)
                one_in(p, args[0], &values[i]);
            args++;
        }
    }
}

static void *uuid_out(const char *text)
{
    struct nsid *id = eb_calloc(1, sizeof(*id));
    unsigned char bytes[16] = {0};

    if (text)
        eb_uuid_parse(text, bytes);
    sim_nsid_from_bytes(bytes, id);
    return id;
}

/* Writes the value to `to`; strings and ids become the receiver's memory, objects its references. */
static void one_out(const struct sim_param *p, const struct sim_value *v, void *to)
{
    void *pointer = NULL;

    switch (p->kind) {
    case SIM_WSTRING:
        pointer = sim_utf16(v->str);
        break;
    case SIM_STRING:
        pointer = eb_strdup(v->str ? v->str : "");
        break;
    case SIM_UUID:
        pointer = uuid_out(v->str);
        break;
    case SIM_OBJECT:
        pointer =
            v->kind == SIM_V_OBJ && !(v->num & SIM_LOCAL_OBJECT) ? sim_proxy(v->num, (uint32_t)v->len) : NULL;
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
    case SIM_ENUM:
        memcpy(to, &v->num, width(p->kind));
        return;
    }
    memcpy(to, &pointer, sizeof(pointer));
}

static void array_out(const struct sim_param *p, const struct sim_value *v, uint32_t *n, void **items)
{
    size_t len = v->kind == SIM_V_LIST || v->kind == SIM_V_BYTES ? v->len : 0;
    uint8_t *all = len ? malloc(len * width(p->kind)) : NULL;

    *n = (uint32_t)len;
    *items = all;
    if (v->kind == SIM_V_BYTES && len) {
        memcpy(all, v->str, len);
        return;
    }
    for (size_t i = 0; i < len; i++)
        one_out(p, &v->items[i], all + i * width(p->kind));
}

uint32_t sim_marshal_out(const struct sim_slot *slot, void **args, struct sim_value *values)
{
    uint32_t rc = NS_OK;

    for (unsigned i = 0; i < slot->n; i++) {
        const struct sim_param *p = &slot->params[i];
        void *to = p->dir != SIM_IN || p->raw ? *(void **)args[p->array ? 1 : 0] : NULL;

        if (p->dir == SIM_IN) {
            if (p->raw && to && values[i].kind == SIM_V_BYTES)
                memcpy(to, values[i].str, values[i].len);
        } else if (!to || (p->array && !*(void **)args[0])) {
            rc = NS_ERROR_INVALID_POINTER;
        } else if (p->array) {
            array_out(p, &values[i], *(uint32_t **)args[0], to);
        } else if (values[i].kind == SIM_V_NONE) {
            memset(to, 0, width(p->kind)); /* a failure leaves nothing to free */
        } else {
            one_out(p, &values[i], to);
        }
        args += p->array ? 2 : 1;
    }
    return rc;
}

/* One in parameter for a call to the client's own object. What it needs memory for goes to *owned. */
static void local_in(const struct sim_param *p, const struct sim_value *v, uint64_t *word, void **owned)
{
    one_out(p, v, word);
    if (p->kind == SIM_WSTRING || p->kind == SIM_STRING || p->kind == SIM_UUID)
        memcpy(owned, word, sizeof(*owned));
}

void sim_call_local(void *object, const struct sim_slot *slot, struct sim_value *values)
{
    const struct sim_unknown *u = object;
    ffi_type *types[32] = {&ffi_type_pointer};
    uint64_t words[32] = {0}, results[32] = {0};
    void *args[32], *owned[32] = {0}, *places[32];
    void *function = ((void **)(uintptr_t)u->v)[slot->index];
    ffi_arg rc = 0;
    ffi_cif cif;

    args[0] = &object;
    for (unsigned i = 0; i < slot->n && i < 30; i++) {
        const struct sim_param *p = &slot->params[i];

        types[i + 1] = p->dir == SIM_IN && width(p->kind) == 4   ? &ffi_type_uint32
                       : p->dir == SIM_IN && width(p->kind) == 2 ? &ffi_type_uint16
                       : p->dir == SIM_IN && width(p->kind) == 1 ? &ffi_type_uint8
                                                                 : &ffi_type_pointer;
        if (p->dir == SIM_IN && !p->raw)
            local_in(p, &values[i], &words[i], &owned[i]);
        places[i] = &results[i];
        args[i + 1] = p->dir == SIM_IN ? (void *)&words[i] : (void *)&places[i];
    }
    if (ffi_prep_cif(&cif, FFI_DEFAULT_ABI, slot->n + 1, &ffi_type_uint32, types) == FFI_OK)
        ffi_call(&cif, FFI_FN(function), &rc, args);
    for (unsigned i = 0; i < slot->n && i < 30; i++) {
        const struct sim_param *p = &slot->params[i];
        struct sim_unknown *out;

        free(owned[i]);
        if (p->kind == SIM_OBJECT && p->dir == SIM_IN && words[i]) {
            memcpy(&out, &words[i], sizeof(out));
            out->v->release(out);
        } else if (p->dir != SIM_IN && p->kind == SIM_WSTRING && results[i]) {
            memcpy(&out, &results[i], sizeof(out));
            free(out);
        }
    }
}
