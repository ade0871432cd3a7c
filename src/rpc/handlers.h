/* SPDX-License-Identifier: LGPL-2.1-or-later */
/** @file handlers.h What the handlers of procedures (rpc_serve_*, declared in serve.h) share. */
#ifndef EB_RPC_HANDLERS_H
#define EB_RPC_HANDLERS_H

#include "core/driver.h"
#include "rpc/client.h"

/** The handle of a domain that a client names, without asking the driver: the operation itself will tell if
 * it is not there. The caller drops it. */
eb_domain *rpc_get_domain(struct rpc_call *call, const struct rpc_domain *dom);
/** Describes `dom` for the client. */
void rpc_put_domain(eb_domain *dom, struct rpc_domain *out);

static inline void rpc_domain_cleanup(eb_domain **dom)
{
    eb_domain_unref(*dom);
}
/** Drops the domain when the variable leaves its scope. */
#define RPC_AUTODOMAIN EB_CLEANUP(rpc_domain_cleanup)

/** The text and its zero as a list of characters. */
#define RPC_PUT_CHARS(list, text)                                                                            \
    ((list).n = (uint32_t)strlen(text) + 1, (list).items = eb_memdup((text), (list).n))

/** Result 0 with `*out` set to a yes or no (or a count) that an operation answered, -1 when it failed. */
static inline int rpc_put_int(int result, int32_t *out)
{
    if (result < 0)
        return -1;
    *out = result;
    return 0;
}

/** -1 with EB_ERR_RPC unless 0 <= value <= max: what a client asks to be given at most. */
int rpc_check_max(int64_t value, int64_t max, const char *name, eb_error *err);

#endif
