/* SPDX-License-Identifier: LGPL-2.1-or-later */
/** @file sasl.h The client's side of SASL by Cyrus, for the service "libvirt". Where the build has none,
 * remote_sasl_new says so. */
#ifndef EB_REMOTE_SASL_H
#define EB_REMOTE_SASL_H

#include "base/strbuf.h"
#include "core/driver.h"

struct remote_sasl_peer {
    const char *host;           /* the server's name, for who wants tickets for it */
    const char *local, *remote; /* "address;port", or NULL: not of the Internet */
    unsigned strength;          /* of the TLS below, in bits; 0: none */
    bool hidden;                /* nobody else can read: no layer is needed, and passwords may be plain */
};
/** What the user is asked for: `name` as files of credentials call it ("authname", "password",
 * "realm", NULL: they have none). *answer is the caller's; -1: there is none. */
typedef int (*remote_answer_fn)(void *opaque, const char *name, const char *prompt, bool hidden,
                                const char *preset, char **answer);

struct remote_sasl;
struct remote_sasl *remote_sasl_new(const struct remote_sasl_peer *peer, remote_answer_fn answer,
                                    void *opaque, eb_error *err);
void remote_sasl_free(struct remote_sasl *sasl); /* NULL is fine */
/** One of `mechanisms` (between commas) and its first data. 1: complete from here; 0: goes on; -1:
 * EB_ERR_AUTH_FAILED. `*mechanism` and `*out` (NULL: none, which is not the same as empty) are borrowed until
 * the next call. */
int remote_sasl_start(struct remote_sasl *sasl, const char *mechanisms, const char **mechanism,
                      const char **out, size_t *n, eb_error *err);
int remote_sasl_step(struct remote_sasl *sasl, const char *in, size_t in_n, const char **out, size_t *n,
                     eb_error *err);
/** Once it is complete: -1 when the layer agreed upon is too weak for who is not hidden. */
int remote_sasl_check(struct remote_sasl *sasl, eb_error *err);
/** Whether all that follows goes through the two below, which may be called at the same time. */
bool remote_sasl_has_layer(struct remote_sasl *sasl);
/** Both append to `out`. */
int remote_sasl_encode(struct remote_sasl *sasl, const void *bytes, size_t n, struct eb_strbuf *out,
                       eb_error *err);
int remote_sasl_decode(struct remote_sasl *sasl, const void *bytes, size_t n, struct eb_strbuf *out,
                       eb_error *err);

#endif
