/* SPDX-License-Identifier: LGPL-2.1-or-later */
/** @file inet.h Sockets of the Internet. */
#ifndef EB_DAEMON_INET_H
#define EB_DAEMON_INET_H

#include "base/error.h"

enum { DAEMON_INET_MAX = 16 };
/** Binds one socket for each address that `address` (NULL: all of this host's) and `port` (a number or a
 * service's name) stand for; they do not listen yet. Gives their number, at most DAEMON_INET_MAX; the caller
 * closes them. -1: EB_ERR_SYSTEM_ERROR or EB_ERR_CONF_SYNTAX, and there are none. */
int daemon_inet_bind(const char *address, const char *port, int fds[DAEMON_INET_MAX], eb_error *err);

#endif
