/* SPDX-License-Identifier: LGPL-2.1-or-later */
/** @file calls.h Calls of one kind, for the files that hold operations on domains: `conn`, `uuid` and `err`
 * are the operation's. */
#ifndef EB_REMOTE_CALLS_H
#define EB_REMOTE_CALLS_H

#include "remote/ops.h"

/** A procedure that answers nothing. */
#define DO(PROCEDURE, name, ...)                                                                             \
    REMOTE_CALL(conn, PROCEDURE,                                                                             \
                &((struct rpc_##name##_args){.dom = remote_domain(conn, uuid), __VA_ARGS__}), NULL, err)

/** One that answers one number, which is the result of the function and not negative. */
#define ASK(PROCEDURE, name, member, ...)                                                                    \
    do {                                                                                                     \
        struct rpc_##name##_args args_ = {.dom = remote_domain(conn, uuid), __VA_ARGS__};                    \
        struct rpc_##name##_ret ret_ = {0};                                                                  \
                                                                                                             \
        return REMOTE_CALL(conn, PROCEDURE, &args_, &ret_, err) < 0 ? -1                                     \
                                                                    : remote_count((int)ret_.member, err);   \
    } while (0)

/** One that answers one thing, which goes to *out. */
#define GET(PROCEDURE, name, member, ...)                                                                    \
    do {                                                                                                     \
        struct rpc_##name##_args args_ = {.dom = remote_domain(conn, uuid), __VA_ARGS__};                    \
        struct rpc_##name##_ret ret_ = {0};                                                                  \
                                                                                                             \
        if (REMOTE_CALL(conn, PROCEDURE, &args_, &ret_, err) < 0)                                            \
            return -1;                                                                                       \
        *out = ret_.member;                                                                                  \
        return 0;                                                                                            \
    } while (0)

/** Begins a function with `args` and `ret`, both of the procedure; -1 is returned when it fails. */
#define BEGIN(PROCEDURE, name, ...)                                                                          \
    struct rpc_##name##_args args = {.dom = remote_domain(conn, uuid), __VA_ARGS__};                         \
    struct rpc_##name##_ret ret = {0};                                                                       \
                                                                                                             \
    if (REMOTE_CALL(conn, PROCEDURE, &args, &ret, err) < 0)                                                  \
    return -1

/** A list of parameters as the API has them; `*n` of them are copied to *out, and what is of an unknown type
 * is left out. */
uint32_t remote_params(const struct rpc_param *items, uint32_t n, eb_param **out);
/** The same of the host's statistics. */
uint32_t remote_node_stats(const struct rpc_node_stat *items, uint32_t n, eb_param **out);

#endif
