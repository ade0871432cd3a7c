/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rpc/errors.h"

#include "rpc/protocol.h"

enum { LEVEL_ERROR = 2 };

/* A message may quote what somebody else wrote; what cannot be sent is cut off. */
static char *sendable(const char *text)
{
    size_t n;

    if (!text)
        return NULL;
    n = strlen(text);
    if (n > XDR_STRING_MAX)
        n = XDR_STRING_MAX;
    while (n && !eb_utf8_valid(text, n))
        n--;
    return eb_strndup(text, n);
}

void rpc_error_frame(const struct rpc_header *header, const eb_error *err, struct eb_strbuf *out)
{
    struct rpc_header reply = *header;
    struct rpc_error value = {.code = (int32_t)err->code,
                              .domain = (int32_t)err->domain,
                              .message = sendable(eb_error_message(err)),
                              .level = LEVEL_ERROR,
                              .int1 = -1,
                              .int2 = -1};

    value.str1 = eb_strdup(value.message);
    value.str2 = sendable(err->vbox_text);
    value.str3 = sendable(err->vbox_component);
    if (err->vbox_result)
        value.int1 = (int32_t)err->vbox_result;
    reply.status = RPC_STATUS_ERROR;
    rpc_frame_begin(out, &reply);
    /* Neither can fail: every member is there and within its bound. */
    if (xdr_encode(&rpc_error_type, &value, out, NULL) < 0 || rpc_frame_end(out, NULL) < 0)
        abort();
    xdr_clear(&rpc_error_type, &value);
}
