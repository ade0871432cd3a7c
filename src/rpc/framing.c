/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rpc/framing.h"

void rpc_framing_add(struct rpc_framing *f, const void *bytes, size_t n)
{
    if (f->used) {
        memmove(f->bytes, f->bytes + f->used, f->len - f->used);
        f->len -= f->used;
        f->used = 0;
    }
    /* Grows with what really came, never with what a length only promises. */
    if (f->len + n > f->cap) {
        f->cap = (f->len + n) * 2;
        f->bytes = eb_reallocarray(f->bytes, f->cap, 1);
    }
    memcpy(f->bytes + f->len, bytes, n);
    f->len += n;
}

int rpc_framing_next(struct rpc_framing *f, uint32_t max, struct rpc_header *header,
                     const unsigned char **payload, size_t *n, eb_error *err)
{
    const unsigned char *p;
    size_t left = f->len - f->used;
    uint32_t length;

    if (!left) { /* an idle peer costs nothing */
        rpc_framing_free(f);
        return 0;
    }
    if (left < RPC_LENGTH_SIZE)
        return 0;
    p = f->bytes + f->used;
    length = xdr_get_u32(p);
    if (length < RPC_FRAME_MIN || length > max)
        return eb_error_set(err, EB_ERR_RPC, "a message of %u bytes: the length must be from %d to %u",
                            length, RPC_FRAME_MIN, max);
    if (left < length)
        return 0;
    p += RPC_LENGTH_SIZE;
    *header = (struct rpc_header){.program = xdr_get_u32(p),
                                  .version = xdr_get_u32(p + 4),
                                  .procedure = xdr_get_u32(p + 8),
                                  .type = xdr_get_u32(p + 12),
                                  .serial = xdr_get_u32(p + 16),
                                  .status = xdr_get_u32(p + 20)};
    *payload = p + RPC_HEADER_SIZE;
    *n = length - RPC_FRAME_MIN;
    f->used += length;
    return 1;
}

void rpc_framing_free(struct rpc_framing *f)
{
    free(f->bytes);
    memset(f, 0, sizeof(*f));
}

void rpc_frame_begin(struct eb_strbuf *out, const struct rpc_header *header)
{
    xdr_put_u32(out, 0);
    xdr_put_u32(out, header->program);
    xdr_put_u32(out, header->version);
    xdr_put_u32(out, header->procedure);
    xdr_put_u32(out, header->type);
    xdr_put_u32(out, header->serial);
    xdr_put_u32(out, header->status);
}

int rpc_frame_end(struct eb_strbuf *out, eb_error *err)
{
    struct eb_strbuf length = {0};

    if (out->len > RPC_FRAME_MAX) {
        eb_error_set(err, EB_ERR_RPC, "a message of %zu bytes is over the limit of %u", out->len,
                     RPC_FRAME_MAX);
        eb_strbuf_free(out);
        return -1;
    }
    xdr_put_u32(&length, (uint32_t)out->len);
    memcpy(out->s, length.s, RPC_LENGTH_SIZE);
    eb_strbuf_free(&length);
    return 0;
}
