/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file tls.h
 * The server's side of TLS over buffers: bytes that came are fed in, bytes to send are taken out; nothing
 * here touches a socket. Where the build has no GnuTLS, rpc_tls_context_new says so.
 */
#ifndef EB_RPC_TLS_H
#define EB_RPC_TLS_H

#include "base/error.h"
#include "base/strbuf.h"

struct rpc_tls_files {
    const char *ca;       /* the authority's certificate: clients must have one that it signed */
    const char *crl;      /* what it revoked, or NULL */
    const char *cert;     /* the server's */
    const char *key;      /* the server's */
    const char *priority; /* GnuTLS's priority string, or NULL: its default */
};
struct rpc_tls_context;
/** Reads the files. -1: EB_ERR_SYSTEM_ERROR or EB_ERR_CONF_SYNTAX naming the file. */
int rpc_tls_context_new(const struct rpc_tls_files *files, struct rpc_tls_context **out, eb_error *err);
/** Whether GnuTLS understands it; -1: EB_ERR_CONF_SYNTAX, which begins with "tls_priority". */
int rpc_tls_check_priority(const char *priority, eb_error *err);
/** Sessions made of it must be gone. NULL is fine. */
void rpc_tls_context_free(struct rpc_tls_context *context);

/** One connection; one thread at a time. */
struct rpc_tls;
int rpc_tls_new(struct rpc_tls_context *context, struct rpc_tls **out, eb_error *err);
void rpc_tls_free(struct rpc_tls *tls); /* NULL is fine */
/** Bytes that came from the peer. */
void rpc_tls_feed(struct rpc_tls *tls, const void *bytes, size_t n);
/** 1: done, 0: needs more of the peer, -1: EB_ERR_AUTH_FAILED. There may be output in each case. */
int rpc_tls_handshake(struct rpc_tls *tls, eb_error *err);
/**
 * After the handshake: whether the peer's certificate is of the authority, valid now, not revoked, meant for
 * a client, and its name on the list (security.h). The name (borrowed) is in `*dn` where it could be read,
 * else NULL. -1: EB_ERR_AUTH_FAILED.
 */
int rpc_tls_check_peer(struct rpc_tls *tls, char *const *allowed, const char **dn, eb_error *err);
/** The strength of the cipher in bits. */
unsigned rpc_tls_strength(struct rpc_tls *tls);
/** Gives at most `size` bytes of what the peer said: their number, 0: none yet, -1: it left, or broke the
 * rules (EB_ERR_RPC). */
int rpc_tls_read(struct rpc_tls *tls, void *out, size_t size, eb_error *err);
int rpc_tls_write(struct rpc_tls *tls, const void *bytes, size_t n, eb_error *err);
/** Takes what is to be sent to the peer, which may be nothing. */
struct eb_strbuf rpc_tls_output(struct rpc_tls *tls);

#endif
