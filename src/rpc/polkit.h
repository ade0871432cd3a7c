/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file polkit.h
 * Asks polkit, over the system bus, whether a process may use the daemon: the actions are libvirt's, so that
 * rules written for libvirt hold here too. Where the build has no libsystemd, every answer is no. Thread
 * safe.
 */
#ifndef EB_RPC_POLKIT_H
#define EB_RPC_POLKIT_H

#include <sys/types.h>

#include "base/error.h"

struct rpc_polkit_subject {
    pid_t pid;
    uint64_t start_time; /* of the process: its number may be another's by now */
    uid_t uid;
};
/** When the process began, as the kernel counts; 0 when there is none. */
uint64_t rpc_polkit_start_time(pid_t pid);
/**
 * May wait for a person to answer. 0: it may; -1: EB_ERR_AUTH_FAILED, EB_ERR_AUTH_CANCELLED when the person
 * declined to say, EB_ERR_AUTH_UNAVAILABLE when nobody was there to be asked.
 */
int rpc_polkit_check(const struct rpc_polkit_subject *subject, bool read_only, eb_error *err);

#endif
