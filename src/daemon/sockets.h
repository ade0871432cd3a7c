/* SPDX-License-Identifier: LGPL-2.1-or-later */
/** @file sockets.h Where libvirt's clients look for a daemon, and the sockets there. */
#ifndef EB_DAEMON_SOCKETS_H
#define EB_DAEMON_SOCKETS_H

#include "daemon/config.h"

/** The sockets that this process bound, to be removed at the end, and its pid file. Zeroed: none. */
struct daemon_sockets {
    char **paths;
    size_t n;
    char *pid_file;
    int pid_fd; /* holds the lock; valid while pid_file is set */
};

/** What to listen on. */
struct daemon_places {
    const char *socket;   /* --socket: this and this with -ro; NULL: the usual places */
    const char *pid_file; /* --pid-file, or NULL: beside the sockets */
    bool system;          /* root's daemon, for all users */
};

/**
 * Gives `server` its sockets: those that systemd passed (LISTEN_FDS), else those of `places`, after taking
 * the lock of the pid file. -1: EB_ERR_SYSTEM_ERROR, EB_ERR_OPERATION_FAILED when another daemon runs;
 * nothing is left behind.
 */
int daemon_sockets_open(struct daemon_sockets *sockets, const struct daemon_places *places,
                        const struct daemon_config *config, struct rpc_server *server, eb_error *err);
/** Whether somebody listens there. */
bool daemon_sockets_answers(const char *path);
/** Removes what daemon_sockets_open made. */
void daemon_sockets_close(struct daemon_sockets *sockets);

#endif
