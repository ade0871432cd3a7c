/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file xdr.h
 * A table-driven codec for XDR (RFC 4506): a type is a list of fields, each with its kind, its form, its
 * place in a C struct and its bound. Decoding checks every length against the bound and against what is left
 * before it allocates, wants strings to be UTF-8 without a zero, padding to be zero, and all bytes to be
 * used. Thread safe.
 */
#ifndef EB_RPC_XDR_H
#define EB_RPC_XDR_H

#include "base/error.h"
#include "base/strbuf.h"

/** The most bytes that a string may have, everywhere. */
#define XDR_STRING_MAX 4194304u

enum xdr_kind {
    XDR_I32,
    XDR_U32,
    XDR_I64,
    XDR_U64,
    XDR_I8, /* int8_t, four bytes on the wire, as the next two */
    XDR_U8,
    XDR_U16,
    XDR_STRING,  /* char * */
    XDR_UUID,    /* unsigned char[16] */
    XDR_BYTES,   /* a list of unsigned char; one byte each on the wire */
    XDR_CHARS,   /* a list of char, or with XDR_FIXED char[max]; four bytes each on the wire */
    XDR_VARIANT, /* struct xdr_variant */
    XDR_STRUCT,
};

enum xdr_form {
    XDR_ONE,
    XDR_OPTIONAL, /* a pointer, NULL when absent */
    XDR_LIST,     /* struct { uint32_t n; T *items; } */
    XDR_FIXED,
};

struct xdr_type;
struct xdr_field {
    const char *name;
    enum xdr_kind kind;
    enum xdr_form form;
    size_t offset;
    uint32_t max;                /* items of a list, or characters of a fixed one */
    const struct xdr_type *type; /* with XDR_STRUCT */
};
struct xdr_type {
    const char *name;
    size_t size;     /* of the C struct */
    size_t min_wire; /* bytes that the smallest value takes on the wire */
    const struct xdr_field *fields;
    size_t n_fields;
};

/** The value of a typed parameter; `type` has eb_param_type's numbers. */
struct xdr_variant {
    int32_t type;
    union {
        int32_t i;
        uint32_t ui;
        int64_t l;
        uint64_t ul;
        double d;
        int32_t b;
        char *s; /* owned */
    } value;
};

/**
 * Fills `out` (of type->size bytes) from all of `data`; what it holds then is freed with xdr_clear. On
 * failure -1 with EB_ERR_RPC, and `out` holds nothing. `type` NULL: there must be no data.
 */
int xdr_decode(const struct xdr_type *type, const unsigned char *data, size_t len, void *out, eb_error *err);
/** Appends `value` to `out`. A value over its bound or a missing string is -1 with EB_ERR_RPC, and `out` is
 * as before. `type` NULL: nothing. */
int xdr_encode(const struct xdr_type *type, const void *value, struct eb_strbuf *out, eb_error *err);
/** Frees what `value` holds (not `value`) and zeroes it. `type` NULL: nothing. */
void xdr_clear(const struct xdr_type *type, void *value);

/** Appends four bytes in network order. */
void xdr_put_u32(struct eb_strbuf *out, uint32_t value);
static inline uint32_t xdr_get_u32(const unsigned char *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

#endif
