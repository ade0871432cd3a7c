/* SPDX-License-Identifier: LGPL-2.1-or-later */
/** @file stream_tls.h The client's end of TLS, on a connected socket. */
#ifndef EB_REMOTE_STREAM_TLS_H
#define EB_REMOTE_STREAM_TLS_H

#include "core/driver.h"

struct eb_tls_stream;
/**
 * Shakes hands on `fd`, which stays the caller's. libvirt's certificates: those of the folder `pkipath`; else
 * of the user's
 * ~/.pki/libvirt where they are there (for root never); else of /etc/pki. `verify` false leaves the server's
 * certificate unchecked.
 */
struct eb_tls_stream *eb_tls_stream_open(int fd, const char *host, const char *pkipath, const char *priority,
                                         bool verify, eb_error *err);
ssize_t eb_tls_stream_read(struct eb_tls_stream *s, void *bytes, size_t n, eb_error *err);
int eb_tls_stream_write(struct eb_tls_stream *s, const void *bytes, size_t n, eb_error *err);
/** Of the cipher, in bits. */
unsigned eb_tls_stream_strength(struct eb_tls_stream *s);
void eb_tls_stream_free(struct eb_tls_stream *s);

#endif
