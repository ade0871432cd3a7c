/* SPDX-License-Identifier: LGPL-2.1-or-later */
/** @file security.h Certificates and lists of names, from where the configuration says they are. */
#ifndef EB_DAEMON_SECURITY_H
#define EB_DAEMON_SECURITY_H

#include "daemon/config.h"

/** `*out` is the caller's. TLS is in it when listen_tls is set. `system`: root's daemon. -1:
 * EB_ERR_SYSTEM_ERROR or EB_ERR_CONF_SYNTAX naming the file. */
int daemon_security_load(const struct daemon_config *config, bool system, struct rpc_security **out,
                         eb_error *err);

#endif
