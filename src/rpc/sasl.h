/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file sasl.h
 * The server's side of SASL by Cyrus, with the names that libvirt's clients and administrators know: the
 * service `libvirt`, whose settings are in /etc/sasl2/libvirt.conf. Where the build has no Cyrus SASL,
 * rpc_sasl_new says so. One thread at a time uses one rpc_sasl.
 */
#ifndef EB_RPC_SASL_H
#define EB_RPC_SASL_H

#include "base/error.h"
#include "base/strbuf.h"
#include "rpc/sasl_layer.h"

struct rpc_sasl_peer {
    const char *local, *remote; /* "address;port", or NULL: not of the Internet */
    unsigned strength;          /* of the TLS below, in bits; 0: none */
    bool hidden;                /* nobody else can read: TLS, or a Unix socket. No layer is then needed. */
};

struct rpc_sasl;
/** Begins; `*mechanisms` is the list to choose from, between commas, and the caller's. -1:
 * EB_ERR_AUTH_FAILED. */
int rpc_sasl_new(const struct rpc_sasl_peer *peer, struct rpc_sasl **out, char **mechanisms, eb_error *err);
void rpc_sasl_free(struct rpc_sasl *sasl); /* NULL is fine */
/**
 * The client's choice with its first data, and each step after it. `in` NULL: it sent none, which is not the
 * same as empty. 1: it is who it says, 0: goes on, -1: EB_ERR_AUTH_FAILED. `*reply` (borrowed until the next
 * call, NULL: none) of `*n` bytes is for the client.
 */
int rpc_sasl_start(struct rpc_sasl *sasl, const char *mechanism, const char *in, size_t in_n,
                   const char **reply, size_t *n, eb_error *err);
int rpc_sasl_step(struct rpc_sasl *sasl, const char *in, size_t in_n, const char **reply, size_t *n,
                  eb_error *err);
/** Once it is complete: who it is, borrowed. -1: EB_ERR_AUTH_FAILED, also when the layer agreed upon is too
 * weak for who is not hidden. */
int rpc_sasl_user(struct rpc_sasl *sasl, const char **user, eb_error *err);
/** Whether all that follows goes through rpc_sasl_encode and rpc_sasl_decode. */
bool rpc_sasl_has_layer(struct rpc_sasl *sasl);
/** Appends to `out`. */
int rpc_sasl_encode(struct rpc_sasl *sasl, const void *bytes, size_t n, struct eb_strbuf *out, eb_error *err);
/** `*out` (borrowed until the next call) is what the bytes meant: `*out_n` may be 0 when more is needed. */
int rpc_sasl_decode(struct rpc_sasl *sasl, const void *bytes, size_t n, const char **out, size_t *out_n,
                    eb_error *err);

#endif
