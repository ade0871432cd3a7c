/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rpc/xdr.h"

/* What a list looks like in memory, whatever its items are. */
struct list {
    uint32_t n;
    void *items;
};

struct reader {
    const unsigned char *p;
    size_t left;
    const struct xdr_field *field; /* for messages */
    eb_error *err;
};

static const unsigned char zeros[4];

static size_t padding(size_t n)
{
    return (4 - n % 4) % 4;
}

static size_t item_size(const struct xdr_field *field)
{
    switch (field->kind) {
    case XDR_I8:
    case XDR_U8:
    case XDR_BYTES:
    case XDR_CHARS:
        return 1;
    case XDR_U16:
        return 2;
    case XDR_I32:
    case XDR_U32:
        return 4;
    case XDR_I64:
    case XDR_U64:
        return 8;
    case XDR_STRING:
        return sizeof(char *);
    case XDR_UUID:
        return 16;
    case XDR_VARIANT:
        return sizeof(struct xdr_variant);
    case XDR_STRUCT:
        return field->type->size;
    }
    abort();
}

/* The least that one item takes on the wire. */
static size_t item_wire(const struct xdr_field *field)
{
    switch (field->kind) {
    case XDR_BYTES:
        return 1;
    case XDR_I64:
    case XDR_U64:
        return 8;
    case XDR_STRUCT:
        return field->type->min_wire;
    case XDR_UUID:
        return 16;
    case XDR_I32:
    case XDR_U32:
    case XDR_I8:
    case XDR_U8:
    case XDR_U16:
    case XDR_STRING:
    case XDR_CHARS:
    case XDR_VARIANT:
        return 4;
    }
    abort();
}

/* ---- Decoding ---- */

/* The next `n` bytes, or NULL with an error. */
static const unsigned char *take(struct reader *r, size_t n)
{
    const unsigned char *p = r->p;

    if (!n)
        return zeros;
    if (r->left < n) {
        eb_error_set(r->err, EB_ERR_RPC, "the message ends inside '%s'", r->field->name);
        return NULL;
    }
    r->p += n;
    r->left -= n;
    return p;
}

static int get_u32(struct reader *r, uint32_t *out)
{
    const unsigned char *p = take(r, 4);

    if (!p)
        return -1;
    *out = xdr_get_u32(p);
    return 0;
}

static int get_u64(struct reader *r, uint64_t *out)
{
    const unsigned char *p = take(r, 8);

    if (!p)
        return -1;
    *out = (uint64_t)xdr_get_u32(p) << 32 | xdr_get_u32(p + 4);
    return 0;
}

static int get_small(struct reader *r, int32_t min, int32_t max, int32_t *out)
{
    uint32_t value;

    if (get_u32(r, &value) < 0)
        return -1;
    *out = (int32_t)value;
    if (*out < min || *out > max)
        return eb_error_set(r->err, EB_ERR_RPC, "'%s' is %d, which is not from %d to %d", r->field->name,
                            *out, min, max);
    return 0;
}

/* A count, checked before anything is allocated for it: each item takes at least `wire` bytes. */
static int get_count(struct reader *r, uint32_t max, size_t wire, uint32_t *out)
{
    if (get_u32(r, out) < 0)
        return -1;
    if (*out > max)
        return eb_error_set(r->err, EB_ERR_RPC, "the length of '%s' is %u, the limit is %u", r->field->name,
                            *out, max);
    if (wire && *out > r->left / wire)
        return eb_error_set(r->err, EB_ERR_RPC, "the message ends inside '%s'", r->field->name);
    return 0;
}

static int get_opaque(struct reader *r, uint32_t max, uint32_t *n, const unsigned char **out)
{
    const unsigned char *pad;

    if (get_count(r, max, 1, n) < 0)
        return -1;
    *out = take(r, *n);
    pad = *out ? take(r, padding(*n)) : NULL;
    if (!pad)
        return -1;
    if (memcmp(pad, zeros, padding(*n)) != 0)
        return eb_error_set(r->err, EB_ERR_RPC, "the padding of '%s' is not zero", r->field->name);
    return 0;
}

static int get_string(struct reader *r, char **out)
{
    const unsigned char *p;
    uint32_t n;

    if (get_opaque(r, XDR_STRING_MAX, &n, &p) < 0)
        return -1;
    if (!eb_utf8_valid((const char *)p, n))
        return eb_error_set(r->err, EB_ERR_RPC, "'%s' is not UTF-8", r->field->name);
    *out = eb_strndup((const char *)p, n);
    return 0;
}

static int get_variant(struct reader *r, struct xdr_variant *v)
{
    uint32_t word;
    uint64_t bits;

    if (get_small(r, EB_PARAM_INT, EB_PARAM_STRING, &v->type) < 0)
        return -1;
    switch ((eb_param_type)v->type) {
    case EB_PARAM_INT:
    case EB_PARAM_UINT:
        if (get_u32(r, &word) < 0)
            return -1;
        v->value.ui = word;
        return 0;
    case EB_PARAM_LLONG:
    case EB_PARAM_ULLONG:
        return get_u64(r, &v->value.ul);
    case EB_PARAM_DOUBLE:
        if (get_u64(r, &bits) < 0)
            return -1;
        memcpy(&v->value.d, &bits, sizeof(bits));
        return 0;
    case EB_PARAM_BOOLEAN:
        return get_small(r, 0, 1, &v->value.b);
    case EB_PARAM_STRING:
        return get_string(r, &v->value.s);
    }
    abort();
}

static int get_chars(struct reader *r, char *out, uint32_t n)
{
    int32_t c;

    for (uint32_t i = 0; i < n; i++) {
        if (get_small(r, INT8_MIN, INT8_MAX, &c) < 0)
            return -1;
        out[i] = (char)c;
    }
    return 0;
}

static int get_struct(struct reader *r, const struct xdr_type *type, void *out);

/* One item of a field; its place is zeroed memory. */
static int get_item(struct reader *r, const struct xdr_field *field, void *out)
{
    const unsigned char *p;
    int32_t small = 0;

    r->field = field;
    switch (field->kind) {
    case XDR_I32:
    case XDR_U32:
        return get_u32(r, out);
    case XDR_I64:
    case XDR_U64:
        return get_u64(r, out);
    case XDR_I8:
        if (get_small(r, INT8_MIN, INT8_MAX, &small) < 0)
            return -1;
        *(int8_t *)out = (int8_t)small;
        return 0;
    case XDR_U8:
        if (get_small(r, 0, UINT8_MAX, &small) < 0)
            return -1;
        *(uint8_t *)out = (uint8_t)small;
        return 0;
    case XDR_U16:
        if (get_small(r, 0, UINT16_MAX, &small) < 0)
            return -1;
        *(uint16_t *)out = (uint16_t)small;
        return 0;
    case XDR_STRING:
        return get_string(r, out);
    case XDR_UUID:
        p = take(r, 16);
        if (!p)
            return -1;
        memcpy(out, p, 16);
        return 0;
    case XDR_VARIANT:
        return get_variant(r, out);
    case XDR_STRUCT:
        return get_struct(r, field->type, out);
    case XDR_BYTES:
    case XDR_CHARS:
        break; /* never alone */
    }
    abort();
}

/* Fills a list that is stored in the message's struct item by item, so that what was read is always freeable.
 */
static int get_list(struct reader *r, const struct xdr_field *field, void *place)
{
    size_t size = item_size(field);
    const unsigned char *p;
    struct list list = {0};
    uint32_t n;

    if (field->kind == XDR_BYTES) {
        if (get_opaque(r, field->max, &list.n, &p) < 0)
            return -1;
        list.items = list.n ? eb_memdup(p, list.n) : NULL;
        memcpy(place, &list, sizeof(list));
        return 0;
    }
    if (get_count(r, field->max, item_wire(field), &n) < 0)
        return -1;
    if (!n)
        return 0;
    list.n = n;
    list.items = eb_calloc(n, size);
    memcpy(place, &list, sizeof(list));
    if (field->kind == XDR_CHARS)
        return get_chars(r, list.items, n);
    for (uint32_t i = 0; i < n; i++) {
        if (get_item(r, field, (char *)list.items + i * size) < 0)
            return -1;
    }
    return 0;
}

static int get_optional(struct reader *r, const struct xdr_field *field, void *place)
{
    uint32_t there;
    void *item;

    /* RFC 4506 knows 0 and 1, but clients in Go send 0x01000000, and libvirt takes all that is not 0 */
    if (get_u32(r, &there) < 0)
        return -1;
    if (!there)
        return 0;
    if (field->kind == XDR_STRING)
        return get_item(r, field, place);
    item = eb_calloc(1, item_size(field));
    memcpy(place, &item, sizeof(item));
    return get_item(r, field, item);
}

static int get_struct(struct reader *r, const struct xdr_type *type, void *out)
{
    for (size_t i = 0; i < type->n_fields; i++) {
        const struct xdr_field *field = &type->fields[i];
        void *place = (char *)out + field->offset;
        int result = -1;

        r->field = field;
        switch (field->form) {
        case XDR_ONE:
            result = get_item(r, field, place);
            break;
        case XDR_OPTIONAL:
            result = get_optional(r, field, place);
            break;
        case XDR_LIST:
            result = get_list(r, field, place);
            break;
        case XDR_FIXED:
            result = get_chars(r, place, field->max);
            break;
        }
        if (result < 0)
            return -1;
    }
    return 0;
}

int xdr_decode(const struct xdr_type *type, const unsigned char *data, size_t len, void *out, eb_error *err)
{
    struct reader r = {.p = data, .left = len, .err = err};

    if (type) {
        memset(out, 0, type->size);
        if (get_struct(&r, type, out) < 0) {
            xdr_clear(type, out);
            return -1;
        }
    }
    if (r.left) {
        if (type)
            xdr_clear(type, out);
        return eb_error_set(err, EB_ERR_RPC, "%zu bytes follow the end of the message", r.left);
    }
    return 0;
}

/* ---- Encoding ---- */

void xdr_put_u32(struct eb_strbuf *out, uint32_t value)
{
    char bytes[4] = {(char)(value >> 24), (char)(value >> 16), (char)(value >> 8), (char)value};

    eb_strbuf_addn(out, bytes, 4);
}

static void put_u64(struct eb_strbuf *out, uint64_t value)
{
    xdr_put_u32(out, (uint32_t)(value >> 32));
    xdr_put_u32(out, (uint32_t)value);
}

static void put_opaque(struct eb_strbuf *out, const void *p, size_t n)
{
    xdr_put_u32(out, (uint32_t)n);
    if (n)
        eb_strbuf_addn(out, p, n);
    eb_strbuf_addn(out, (const char *)zeros, padding(n));
}

static int put_string(struct eb_strbuf *out, const struct xdr_field *field, const char *s, eb_error *err)
{
    size_t n = s ? strlen(s) : 0;

    if (!s)
        return eb_error_set(err, EB_ERR_RPC, "'%s' is missing", field->name);
    if (n > XDR_STRING_MAX)
        return eb_error_set(err, EB_ERR_RPC, "the length of '%s' is %zu, the limit is %u", field->name, n,
                            XDR_STRING_MAX);
    put_opaque(out, s, n);
    return 0;
}

static int put_variant(struct eb_strbuf *out, const struct xdr_field *field, const struct xdr_variant *v,
                       eb_error *err)
{
    uint64_t bits;

    xdr_put_u32(out, (uint32_t)v->type);
    switch ((eb_param_type)v->type) {
    case EB_PARAM_INT:
    case EB_PARAM_UINT:
        xdr_put_u32(out, v->value.ui);
        return 0;
    case EB_PARAM_LLONG:
    case EB_PARAM_ULLONG:
        put_u64(out, v->value.ul);
        return 0;
    case EB_PARAM_DOUBLE:
        memcpy(&bits, &v->value.d, sizeof(bits));
        put_u64(out, bits);
        return 0;
    case EB_PARAM_BOOLEAN:
        xdr_put_u32(out, v->value.b != 0);
        return 0;
    case EB_PARAM_STRING:
        return put_string(out, field, v->value.s, err);
    }
    return eb_error_set(err, EB_ERR_RPC, "'%s' has the unknown type %d", field->name, v->type);
}

static int put_struct(struct eb_strbuf *out, const struct xdr_type *type, const void *value, eb_error *err);

static int put_item(struct eb_strbuf *out, const struct xdr_field *field, const void *place, eb_error *err)
{
    char *s;

    switch (field->kind) {
    case XDR_I32:
    case XDR_U32:
        xdr_put_u32(out, *(const uint32_t *)place);
        return 0;
    case XDR_I64:
    case XDR_U64:
        put_u64(out, *(const uint64_t *)place);
        return 0;
    case XDR_I8:
        xdr_put_u32(out, (uint32_t)(int32_t) * (const int8_t *)place);
        return 0;
    case XDR_U8:
        xdr_put_u32(out, *(const uint8_t *)place);
        return 0;
    case XDR_U16:
        xdr_put_u32(out, *(const uint16_t *)place);
        return 0;
    case XDR_STRING:
        memcpy(&s, place, sizeof(s));
        return put_string(out, field, s, err);
    case XDR_UUID:
        eb_strbuf_addn(out, place, 16);
        return 0;
    case XDR_VARIANT:
        return put_variant(out, field, place, err);
    case XDR_STRUCT:
        return put_struct(out, field->type, place, err);
    case XDR_BYTES:
    case XDR_CHARS:
        break; /* never alone */
    }
    abort();
}

static void put_chars(struct eb_strbuf *out, const char *s, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++)
        xdr_put_u32(out, (uint32_t)(int32_t)s[i]);
}

static int put_list(struct eb_strbuf *out, const struct xdr_field *field, const void *place, eb_error *err)
{
    size_t size = item_size(field);
    struct list list;

    memcpy(&list, place, sizeof(list));
    if (list.n > field->max)
        return eb_error_set(err, EB_ERR_RPC, "the length of '%s' is %u, the limit is %u", field->name, list.n,
                            field->max);
    if (field->kind == XDR_BYTES) {
        put_opaque(out, list.items, list.n);
        return 0;
    }
    xdr_put_u32(out, list.n);
    if (field->kind == XDR_CHARS) {
        put_chars(out, list.items, list.n);
        return 0;
    }
    for (uint32_t i = 0; i < list.n; i++) {
        if (put_item(out, field, (const char *)list.items + i * size, err) < 0)
            return -1;
    }
    return 0;
}

static int put_optional(struct eb_strbuf *out, const struct xdr_field *field, const void *place,
                        eb_error *err)
{
    void *item;

    memcpy(&item, place, sizeof(item));
    xdr_put_u32(out, item != NULL);
    if (!item)
        return 0;
    return put_item(out, field, field->kind == XDR_STRING ? place : item, err);
}

static int put_struct(struct eb_strbuf *out, const struct xdr_type *type, const void *value, eb_error *err)
{
    for (size_t i = 0; i < type->n_fields; i++) {
        const struct xdr_field *field = &type->fields[i];
        const void *place = (const char *)value + field->offset;
        int result = 0;

        switch (field->form) {
        case XDR_ONE:
            result = put_item(out, field, place, err);
            break;
        case XDR_OPTIONAL:
            result = put_optional(out, field, place, err);
            break;
        case XDR_LIST:
            result = put_list(out, field, place, err);
            break;
        case XDR_FIXED:
            put_chars(out, place, field->max);
            break;
        }
        if (result < 0)
            return -1;
    }
    return 0;
}

int xdr_encode(const struct xdr_type *type, const void *value, struct eb_strbuf *out, eb_error *err)
{
    size_t before = out->len;

    if (type && put_struct(out, type, value, err) < 0) {
        out->len = before;
        if (out->s)
            out->s[before] = '\0';
        return -1;
    }
    return 0;
}

/* ---- Freeing ---- */

static void clear_item(const struct xdr_field *field, void *place)
{
    struct xdr_variant *v;
    char *s;

    if (field->kind == XDR_STRING) {
        memcpy(&s, place, sizeof(s));
        free(s);
    } else if (field->kind == XDR_VARIANT) {
        v = place;
        if (v->type == EB_PARAM_STRING)
            free(v->value.s);
    } else if (field->kind == XDR_STRUCT) {
        xdr_clear(field->type, place);
    }
}

static void clear_field(const struct xdr_field *field, void *place)
{
    struct list list;
    void *item;

    switch (field->form) {
    case XDR_ONE:
        clear_item(field, place);
        break;
    case XDR_OPTIONAL:
        memcpy(&item, place, sizeof(item));
        if (item && field->kind == XDR_STRUCT)
            xdr_clear(field->type, item);
        free(item);
        break;
    case XDR_LIST:
        memcpy(&list, place, sizeof(list));
        for (uint32_t i = 0; i < list.n && (field->kind == XDR_STRING || field->kind == XDR_STRUCT); i++)
            clear_item(field, (char *)list.items + i * item_size(field));
        free(list.items);
        break;
    case XDR_FIXED:
        break;
    }
}

void xdr_clear(const struct xdr_type *type, void *value)
{
    if (!type)
        return;
    for (size_t i = 0; i < type->n_fields; i++)
        clear_field(&type->fields[i], (char *)value + type->fields[i].offset);
    memset(value, 0, type->size);
}
