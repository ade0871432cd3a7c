/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file framing.h
 * Messages on a byte stream: a length, a header of six numbers, a payload. One thread at a time uses one
 * rpc_framing.
 */
#ifndef EB_RPC_FRAMING_H
#define EB_RPC_FRAMING_H

#include "rpc/xdr.h"

enum { RPC_LENGTH_SIZE = 4, RPC_HEADER_SIZE = 24, RPC_FRAME_MIN = RPC_LENGTH_SIZE + RPC_HEADER_SIZE };
/** What libvirt's own limit is: no client sends or takes more. */
#define RPC_FRAME_MAX (32u * 1024 * 1024)

/** The program of pings and pongs. */
#define RPC_PROGRAM_KEEPALIVE 0x6b656570u

enum rpc_type {
    RPC_TYPE_CALL = 0,
    RPC_TYPE_REPLY = 1,
    RPC_TYPE_EVENT = 2,
    RPC_TYPE_STREAM = 3,
    RPC_TYPE_CALL_WITH_FDS = 4,
    RPC_TYPE_REPLY_WITH_FDS = 5,
    RPC_TYPE_STREAM_HOLE = 6,
};
enum rpc_status { RPC_STATUS_OK = 0, RPC_STATUS_ERROR = 1, RPC_STATUS_CONTINUE = 2 };

struct rpc_header {
    uint32_t program, version, procedure;
    uint32_t type; /* enum rpc_type, or whatever came */
    uint32_t serial;
    uint32_t status;
};

/** Bytes that came and are not yet whole messages. Zeroed it is empty. */
struct rpc_framing {
    unsigned char *bytes;
    size_t len, used, cap;
};
void rpc_framing_add(struct rpc_framing *f, const void *bytes, size_t n);
/**
 * Takes the next whole message. 1: `*header` is filled, `*payload` points into `f` until the next call; 0:
 * more bytes are needed; -1: what came is no message (EB_ERR_RPC), and nothing after it can be understood.
 */
int rpc_framing_next(struct rpc_framing *f, uint32_t max, struct rpc_header *header,
                     const unsigned char **payload, size_t *n, eb_error *err);
/** Bytes that are not yet a whole message. */
static inline size_t rpc_framing_left(const struct rpc_framing *f)
{
    return f->len - f->used;
}
void rpc_framing_free(struct rpc_framing *f);

/** Begins a message in `out`, which is empty. */
void rpc_frame_begin(struct eb_strbuf *out, const struct rpc_header *header);
/** Writes the length of what followed; -1 when it is over RPC_FRAME_MAX, and `out` is empty again. */
int rpc_frame_end(struct eb_strbuf *out, eb_error *err);

#endif
