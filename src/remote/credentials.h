/* SPDX-License-Identifier: LGPL-2.1-or-later */
/** @file credentials.h The file in which libvirt's clients keep what they say when a server asks who they
 * are. */
#ifndef EB_REMOTE_CREDENTIALS_H
#define EB_REMOTE_CREDENTIALS_H

#include "core/driver.h"

/**
 * The file that holds: $LIBVIRT_AUTH_FILE, else the URI's parameter authfile, else the user's
 * libvirt/auth.conf, else /etc/libvirt/auth.conf. The caller frees it; NULL: there is none that can be read.
 */
char *remote_credentials_file(const struct eb_uri *uri);
/**
 * What `file` says for the service "libvirt" on `host` under `name` ("authname", "password" …). `*out` is the
 * caller's; NULL: nothing. -1: the file is no file of credentials.
 */
int remote_credentials_find(const char *file, const char *host, const char *name, char **out, eb_error *err);

#endif
