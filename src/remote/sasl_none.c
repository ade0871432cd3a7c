/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A build without Cyrus SASL: there is never a session, so nothing else is ever called. */
#include "remote/sasl.h"

struct remote_sasl *remote_sasl_new(const struct remote_sasl_peer *peer EB_UNUSED,
                                    remote_answer_fn answer EB_UNUSED, void *opaque EB_UNUSED, eb_error *err)
{
    eb_error_set(err, EB_ERR_AUTH_FAILED, "%s wants SASL, which this build of Everbox has not", peer->host);
    return NULL;
}

void remote_sasl_free(struct remote_sasl *sasl EB_UNUSED)
{
}

int remote_sasl_start(struct remote_sasl *sasl EB_UNUSED, const char *mechanisms EB_UNUSED,
                      const char **mechanism EB_UNUSED, const char **out EB_UNUSED, size_t *n EB_UNUSED,
                      eb_error *err EB_UNUSED)
{
    return -1;
}

int remote_sasl_step(struct remote_sasl *sasl EB_UNUSED, const char *in EB_UNUSED, size_t in_n EB_UNUSED,
                     const char **out EB_UNUSED, size_t *n EB_UNUSED, eb_error *err EB_UNUSED)
{
    return -1;
}

int remote_sasl_check(struct remote_sasl *sasl EB_UNUSED, eb_error *err EB_UNUSED)
{
    return -1;
}

bool remote_sasl_has_layer(struct remote_sasl *sasl EB_UNUSED)
{
    return false;
}

int remote_sasl_encode(struct remote_sasl *sasl EB_UNUSED, const void *bytes EB_UNUSED, size_t n EB_UNUSED,
                       struct eb_strbuf *out EB_UNUSED, eb_error *err EB_UNUSED)
{
    return -1;
}

int remote_sasl_decode(struct remote_sasl *sasl EB_UNUSED, const void *bytes EB_UNUSED, size_t n EB_UNUSED,
                       struct eb_strbuf *out EB_UNUSED, eb_error *err EB_UNUSED)
{
    return -1;
}
