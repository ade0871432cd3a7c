/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The payload of any procedure, call or answer: decoded, it is encoded to the same bytes; else it is an
 * error. */
#include "rpc/protocol.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The first three bytes choose the type. */
static const struct xdr_type *choose(const uint8_t *data)
{
    const struct rpc_program *program = &rpc_programs[data[0] / 2 % rpc_n_programs];
    const struct rpc_procedure *proc = &program->procedures[(data[1] * 256u + data[2]) % program->n];

    if (data[0] == 0xff)
        return &rpc_error_type;
    return data[0] % 2 ? proc->ret : proc->args;
}

/* What we wrote is read and written the same. (What came may say in more than one way that something is
 * there.)
 */
static void check_again(const struct xdr_type *type, const struct eb_strbuf *wrote)
{
    EB_AUTOSTRBUF struct eb_strbuf out = {0};
    EB_AUTOFREE void *value = type ? eb_calloc(1, type->size) : NULL;

    if (xdr_decode(type, (const unsigned char *)wrote->s, wrote->len, value, NULL) < 0 ||
        xdr_encode(type, value, &out, NULL) < 0 || out.len != wrote->len ||
        (out.len && memcmp(out.s, wrote->s, out.len) != 0))
        abort();
    xdr_clear(type, value);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    EB_AUTOERROR eb_error err = EB_ERROR_INIT;
    EB_AUTOSTRBUF struct eb_strbuf out = {0};
    EB_AUTOFREE void *value = NULL;
    const struct xdr_type *type;

    if (size < 3)
        return 0;
    type = choose(data);
    value = type ? eb_calloc(1, type->size) : NULL;
    if (xdr_decode(type, data + 3, size - 3, value, &err) < 0) {
        if (err.code != EB_ERR_RPC)
            abort();
        return 0;
    }
    if (xdr_encode(type, value, &out, NULL) < 0 || out.len != size - 3)
        abort();
    xdr_clear(type, value);
    check_again(type, &out);
    return 0;
}
