/* SPDX-License-Identifier: LGPL-2.1-or-later */
/** @file config.h everboxd.conf: lines `key = number` and `key = "text"`, documented in everboxd.conf itself.
 */
#ifndef EB_DAEMON_CONFIG_H
#define EB_DAEMON_CONFIG_H

#include "rpc/server.h"

struct daemon_config {
    struct rpc_limits limits;
    unsigned log_level;       /* enum eb_log_level */
    unsigned legacy_socket;   /* libvirt-sock too */
    char *unix_sock_group;    /* or NULL */
    char *unix_sock_rw_perms; /* octal */
    char *unix_sock_ro_perms;
};
/** What holds without a file. The caller frees it with daemon_config_clear. */
void daemon_config_init(struct daemon_config *config);
void daemon_config_clear(struct daemon_config *config);
/** Sets what `path` says; -1 with EB_ERR_CONF_SYNTAX naming file, line and key, or EB_ERR_SYSTEM_ERROR. A
 * file that is missing is one error of the latter unless `optional`. */
int daemon_config_load(struct daemon_config *config, const char *path, bool optional, eb_error *err);
/** The number of an octal text as the checks of daemon_config_load let through. */
unsigned daemon_config_perms(const char *octal);

#endif
