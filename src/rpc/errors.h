/* SPDX-License-Identifier: LGPL-2.1-or-later */
/** @file errors.h Errors on the wire. */
#ifndef EB_RPC_ERRORS_H
#define EB_RPC_ERRORS_H

#include "rpc/framing.h"

/** Makes the whole message in `out`, which is empty: `header` with the status of an error, and `err`. */
void rpc_error_frame(const struct rpc_header *header, const eb_error *err, struct eb_strbuf *out);

#endif
