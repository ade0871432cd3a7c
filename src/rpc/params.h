/* SPDX-License-Identifier: LGPL-2.1-or-later */
/** @file params.h Typed parameters as they are sent, for both ends. Thread safe. */
#ifndef EB_RPC_PARAMS_H
#define EB_RPC_PARAMS_H

#include "rpc/protocol.h"

/** `n` parameters as they are sent; names and text stay those of `params`. The caller frees the list alone.
 */
struct rpc_param *rpc_lend_params(const eb_param *params, size_t n);
/** The same; text is copied. The items are the caller's. */
struct rpc_param *rpc_put_params(const eb_param *params, size_t n);

#endif
