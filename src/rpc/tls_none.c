/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A build without GnuTLS: there is never a context, so nothing else is ever called. */
#include "rpc/tls.h"

int rpc_tls_context_new(const struct rpc_tls_files *files EB_UNUSED, struct rpc_tls_context **out EB_UNUSED,
                        eb_error *err)
{
    return eb_error_set(err, EB_ERR_CONFIG_UNSUPPORTED, "this everboxd was built without TLS");
}

int rpc_tls_check_priority(const char *priority EB_UNUSED, eb_error *err)
{
    return eb_error_set(err, EB_ERR_CONF_SYNTAX, "tls_priority: this everboxd was built without TLS");
}

void rpc_tls_context_free(struct rpc_tls_context *context EB_UNUSED)
{
}

int rpc_tls_new(struct rpc_tls_context *context EB_UNUSED, struct rpc_tls **out EB_UNUSED, eb_error *err)
{
    return eb_error_set(err, EB_ERR_CONFIG_UNSUPPORTED, "this everboxd was built without TLS");
}

void rpc_tls_free(struct rpc_tls *tls EB_UNUSED)
{
}

void rpc_tls_feed(struct rpc_tls *tls EB_UNUSED, const void *bytes EB_UNUSED, size_t n EB_UNUSED)
{
}

int rpc_tls_handshake(struct rpc_tls *tls EB_UNUSED, eb_error *err EB_UNUSED)
{
    return -1;
}

int rpc_tls_check_peer(struct rpc_tls *tls EB_UNUSED, char *const *allowed EB_UNUSED,
                       const char **dn EB_UNUSED, eb_error *err EB_UNUSED)
{
    return -1;
}

unsigned rpc_tls_strength(struct rpc_tls *tls EB_UNUSED)
{
    return 0;
}

int rpc_tls_read(struct rpc_tls *tls EB_UNUSED, void *out EB_UNUSED, size_t size EB_UNUSED,
                 eb_error *err EB_UNUSED)
{
    return -1;
}

int rpc_tls_write(struct rpc_tls *tls EB_UNUSED, const void *bytes EB_UNUSED, size_t n EB_UNUSED,
                  eb_error *err EB_UNUSED)
{
    return -1;
}

struct eb_strbuf rpc_tls_output(struct rpc_tls *tls EB_UNUSED)
{
    return (struct eb_strbuf){0};
}
