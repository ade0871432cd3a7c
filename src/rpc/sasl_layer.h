/* SPDX-License-Identifier: LGPL-2.1-or-later */
/** @file sasl_layer.h What both ends of SASL share: the library's beginning, and the layer that a
 * conversation may have agreed upon. The functions are not there where the build has no Cyrus SASL. */
#ifndef EB_RPC_SASL_LAYER_H
#define EB_RPC_SASL_LAYER_H

#include "base/error.h"
#include "base/strbuf.h"

/** What a layer of SASL's own must at least be worth where nothing else hides the bytes. */
enum { RPC_SASL_MIN_STRENGTH = 56 };
/** The most bytes of data in one step, either way: libvirt's limit. */
enum { RPC_SASL_DATA_MAX = 65536 };

struct sasl_conn; /* the library's */

/** Before anything else of the library; again does no harm. */
void rpc_sasl_library(void);
/** A SASL_CB_LOG; what may hold passwords is never written down. */
int rpc_sasl_say(void *context, int level, const char *text);
/** Asks for such a layer (`peer_strength`: of the TLS below, in bits; 0: none), or for none where the bytes
 * are `hidden` anyway. A code of the library. */
int rpc_sasl_want(struct sasl_conn *conn, unsigned peer_strength, bool hidden, unsigned flags);
/** Of the layer agreed upon; 0: there is none. */
unsigned rpc_sasl_strength(struct sasl_conn *conn);
/** The bytes that one encoding may take; 0: any number. */
unsigned rpc_sasl_max_out(struct sasl_conn *conn);
/** Appends to `out`. */
int rpc_sasl_encode_by(struct sasl_conn *conn, unsigned max_out, const void *bytes, size_t n,
                       struct eb_strbuf *out, eb_error *err);
/** `*out` (borrowed until the next call) is what the bytes meant: `*out_n` may be 0 when more is needed. */
int rpc_sasl_decode_by(struct sasl_conn *conn, const void *bytes, size_t n, const char **out, size_t *out_n,
                       eb_error *err);

#endif
