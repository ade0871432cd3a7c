/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file security.h
 * What those who come from elsewhere are measured by. Made once and then never changed: a server that is
 * given another keeps the former for the clients that came under it. Thread safe.
 */
#ifndef EB_RPC_SECURITY_H
#define EB_RPC_SECURITY_H

#include <stdatomic.h>

#include "base/util.h"

struct rpc_tls_context;

struct rpc_security {
    atomic_int refs;
    struct rpc_tls_context *tls; /* owned; NULL: there is no TLS */
    char **tls_allowed_dns;      /* owned patterns; NULL: every certificate of the authority will do */
    char **sasl_allowed_users;   /* owned patterns; NULL: everyone whom SASL knows */
};
/** One reference, all members NULL. */
struct rpc_security *rpc_security_new(void);
struct rpc_security *rpc_security_ref(struct rpc_security *security);
/** NULL is fine. */
void rpc_security_unref(struct rpc_security *security);

/** Whether one of `patterns` (NULL: everything matches; empty: nothing) matches `text`: `*` is any text, `?`
 * any one byte. */
bool rpc_security_listed(char *const *patterns, const char *text);

#endif
