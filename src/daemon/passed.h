/* SPDX-License-Identifier: LGPL-2.1-or-later */
/** @file passed.h Sockets that systemd made and passed to this process. */
#ifndef EB_DAEMON_PASSED_H
#define EB_DAEMON_PASSED_H

#include "daemon/config.h"

/** How many there are. */
int daemon_passed_count(void);
/**
 * Gives them to `server`. What each is for is told by its name (LISTEN_FDNAMES), else by its path: a name or
 * path with -ro is for those who only look, with -admin for administration; sockets of the Internet need -tls
 * or -tcp in their names. `*abroad` gets a bit (1 << transport) for each kind of the Internet among them.
 */
int daemon_passed_listen(int n, bool system, const struct daemon_config *config, struct rpc_server *server,
                         unsigned *abroad, eb_error *err);

#endif
