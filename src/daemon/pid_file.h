/* SPDX-License-Identifier: LGPL-2.1-or-later */
/** @file pid_file.h The file that says which process the daemon is; its lock lets one daemon be there. */
#ifndef EB_DAEMON_PID_FILE_H
#define EB_DAEMON_PID_FILE_H

#include "base/error.h"

/**
 * Takes the lock of `path` and writes this process's number into it. Gives the descriptor that holds the
 * lock: the file is removed before it is closed. A daemon that ends holds its lock for a moment longer, and
 * one that begins does not answer yet, so a lock that is taken is waited for a few seconds, unless somebody
 * answers on the socket `answering` (or NULL). -1: EB_ERR_OPERATION_FAILED when another daemon runs or the
 * file is not a plain one of this user, EB_ERR_SYSTEM_ERROR.
 */
int daemon_pid_file_take(const char *path, const char *answering, eb_error *err);

#endif
