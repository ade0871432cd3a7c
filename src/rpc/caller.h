/* SPDX-License-Identifier: LGPL-2.1-or-later */
/** @file caller.h Calls a daemon on a Unix socket, one call after another, and waits for each. One thread at
 * a time. */
#ifndef EB_RPC_CALLER_H
#define EB_RPC_CALLER_H

#include "rpc/protocol.h"

struct rpc_caller;
/** -1: EB_ERR_SYSTEM_ERROR where nobody listens, EB_ERR_INVALID_ARG for a path that is too long. */
int rpc_caller_open(const char *path, struct rpc_caller **out, eb_error *err);
void rpc_caller_close(struct rpc_caller *caller); /* NULL is fine */
/**
 * Calls a procedure with `args` of its type (NULL where it has none) and fills `ret`, which the caller clears
 * by xdr_clear with the procedure's type. -1: EB_ERR_RPC, EB_ERR_OPERATION_TIMEOUT when the daemon is silent
 * for half a minute, or what the daemon answered.
 */
int rpc_caller_call(struct rpc_caller *caller, uint32_t program, uint32_t procedure, const void *args,
                    void *ret, eb_error *err);

#endif
