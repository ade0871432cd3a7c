/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* In place of stream_tls.c in a build without GnuTLS. */
#include "remote/stream_tls.h"

struct eb_tls_stream *eb_tls_stream_open(int fd EB_UNUSED, const char *host EB_UNUSED,
                                         const char *pkipath EB_UNUSED, const char *priority EB_UNUSED,
                                         bool verify EB_UNUSED, eb_error *err)
{
    eb_error_set_from(err, EB_FROM_RPC, EB_ERR_NO_SUPPORT, "TLS: this build has no GnuTLS");
    return NULL;
}

ssize_t eb_tls_stream_read(struct eb_tls_stream *s EB_UNUSED, void *bytes EB_UNUSED, size_t n EB_UNUSED,
                           eb_error *err EB_UNUSED)
{
    return -1;
}

int eb_tls_stream_write(struct eb_tls_stream *s EB_UNUSED, const void *bytes EB_UNUSED, size_t n EB_UNUSED,
                        eb_error *err EB_UNUSED)
{
    return -1;
}

unsigned eb_tls_stream_strength(struct eb_tls_stream *s EB_UNUSED)
{
    return 0;
}

void eb_tls_stream_free(struct eb_tls_stream *s EB_UNUSED)
{
}
