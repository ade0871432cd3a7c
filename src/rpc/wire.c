/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rpc/wire.h"

enum { CHUNK = 16384 };

int rpc_wire_begin_tls(struct rpc_wire *wire, const struct rpc_security *security, eb_error *err)
{
    if (!security || !security->tls)
        return eb_error_set(err, EB_ERR_CONFIG_UNSUPPORTED, "there is no TLS");
    return rpc_tls_new(security->tls, &wire->tls, err);
}

void rpc_wire_free(struct rpc_wire *wire)
{
    rpc_tls_free(wire->tls);
    rpc_sasl_free(wire->sasl);
    memset(wire, 0, sizeof(*wire));
}

static int take_plain(struct rpc_wire *wire, const void *bytes, size_t n, struct rpc_framing *input,
                      eb_error *err)
{
    const char *decoded;
    size_t decoded_n;

    if (!wire->sasl_layer) {
        rpc_framing_add(input, bytes, n);
        return 0;
    }
    if (rpc_sasl_decode(wire->sasl, bytes, n, &decoded, &decoded_n, err) < 0)
        return -1;
    if (decoded_n)
        rpc_framing_add(input, decoded, decoded_n);
    return 0;
}

/* 1: done, 0: not yet. */
static int shake_hands(struct rpc_wire *wire, const struct rpc_security *security, const char **dn,
                       eb_error *err)
{
    int result = rpc_tls_handshake(wire->tls, err);

    if (result <= 0)
        return result;
    if (rpc_tls_check_peer(wire->tls, security->tls_allowed_dns, dn, err) < 0)
        return -1;
    wire->tls_ready = true;
    /* The client waits for this byte to know that its certificate was found good. */
    return rpc_tls_write(wire->tls, "\1", 1, err) < 0 ? -1 : 1;
}

static int take_tls(struct rpc_wire *wire, const struct rpc_security *security, struct rpc_framing *input,
                    const char **dn, eb_error *err)
{
    char chunk[CHUNK];
    int n;

    if (!wire->tls_ready && (n = shake_hands(wire, security, dn, err)) <= 0)
        return n;
    while ((n = rpc_tls_read(wire->tls, chunk, sizeof(chunk), err)) > 0) {
        if (take_plain(wire, chunk, (size_t)n, input, err) < 0)
            return -1;
    }
    return n;
}

int rpc_wire_take(struct rpc_wire *wire, const struct rpc_security *security, const void *bytes, size_t n,
                  struct rpc_framing *input, struct eb_strbuf *raw, const char **dn, eb_error *err)
{
    int result;

    if (!wire->tls)
        return take_plain(wire, bytes, n, input, err);
    rpc_tls_feed(wire->tls, bytes, n);
    result = take_tls(wire, security, input, dn, err);
    *raw = rpc_tls_output(wire->tls);
    return result;
}

int rpc_wire_give(struct rpc_wire *wire, struct eb_strbuf *frame, eb_error *err)
{
    struct eb_strbuf encoded = {0};
    int result;

    if (wire->sasl_layer) {
        result = rpc_sasl_encode(wire->sasl, frame->s, frame->len, &encoded, err);
        eb_strbuf_free(frame);
        *frame = encoded;
        if (result < 0)
            return -1;
    }
    if (wire->tls) {
        result = rpc_tls_write(wire->tls, frame->s, frame->len, err);
        eb_strbuf_free(frame);
        *frame = rpc_tls_output(wire->tls);
        return result;
    }
    return 0;
}
