/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file wire.h
 * What lies between a client's socket and its messages: nothing, TLS, a layer of SASL. For the thread of the
 * loop; for src/rpc alone.
 */
#ifndef EB_RPC_WIRE_H
#define EB_RPC_WIRE_H

#include "rpc/framing.h"
#include "rpc/sasl.h"
#include "rpc/security.h"
#include "rpc/tls.h"

struct rpc_wire {
    struct rpc_tls *tls;   /* or NULL */
    bool tls_ready;        /* the handshake is done and the peer was found good */
    struct rpc_sasl *sasl; /* set by the handshake's calls */
    bool sasl_layer;       /* all goes through it */
};
/** Begins TLS. */
int rpc_wire_begin_tls(struct rpc_wire *wire, const struct rpc_security *security, eb_error *err);
void rpc_wire_free(struct rpc_wire *wire);
/**
 * Bytes came from the socket: what they mean is added to `input`. `raw` gets what TLS itself has to say to
 * the peer, also on failure. -1: the peer is to be closed. `*dn` (borrowed) is set when the handshake has
 * just ended.
 */
int rpc_wire_take(struct rpc_wire *wire, const struct rpc_security *security, const void *bytes, size_t n,
                  struct rpc_framing *input, struct eb_strbuf *raw, const char **dn, eb_error *err);
/** Makes of a message what goes to the socket. */
int rpc_wire_give(struct rpc_wire *wire, struct eb_strbuf *frame, eb_error *err);

#endif
