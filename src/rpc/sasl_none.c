/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A build without Cyrus SASL: there is never a session, so nothing else is ever called. */
#include "rpc/sasl.h"

int rpc_sasl_new(const struct rpc_sasl_peer *peer EB_UNUSED, struct rpc_sasl **out EB_UNUSED,
                 char **mechanisms EB_UNUSED, eb_error *err)
{
    return eb_error_set(err, EB_ERR_AUTH_FAILED, "this everboxd was built without SASL");
}

void rpc_sasl_free(struct rpc_sasl *sasl EB_UNUSED)
{
}

int rpc_sasl_start(struct rpc_sasl *sasl EB_UNUSED, const char *mechanism EB_UNUSED, const char *in EB_UNUSED,
                   size_t in_n EB_UNUSED, const char **reply EB_UNUSED, size_t *n EB_UNUSED,
                   eb_error *err EB_UNUSED)
{
    return -1;
}

int rpc_sasl_step(struct rpc_sasl *sasl EB_UNUSED, const char *in EB_UNUSED, size_t in_n EB_UNUSED,
                  const char **reply EB_UNUSED, size_t *n EB_UNUSED, eb_error *err EB_UNUSED)
{
    return -1;
}

int rpc_sasl_user(struct rpc_sasl *sasl EB_UNUSED, const char **user EB_UNUSED, eb_error *err EB_UNUSED)
{
    return -1;
}

bool rpc_sasl_has_layer(struct rpc_sasl *sasl EB_UNUSED)
{
    return false;
}

int rpc_sasl_encode(struct rpc_sasl *sasl EB_UNUSED, const void *bytes EB_UNUSED, size_t n EB_UNUSED,
                    struct eb_strbuf *out EB_UNUSED, eb_error *err EB_UNUSED)
{
    return -1;
}

int rpc_sasl_decode(struct rpc_sasl *sasl EB_UNUSED, const void *bytes EB_UNUSED, size_t n EB_UNUSED,
                    const char **out EB_UNUSED, size_t *out_n EB_UNUSED, eb_error *err EB_UNUSED)
{
    return -1;
}
