/* SPDX-License-Identifier: LGPL-2.1-or-later */
/** @file listen.h What commands that wait for events share. */
#ifndef EB_SHELL_LISTEN_H
#define EB_SHELL_LISTEN_H

#include "shell/shell.h"

enum listen_end { LISTEN_DONE, LISTEN_TIMEOUT, LISTEN_INTERRUPT, LISTEN_ERROR };

/** Runs the loop until `done` says so (1, or -1 on an error), the time is over (0: never) or Ctrl-C. */
enum listen_end listen_until(struct shell *sh, int seconds, int (*done)(void *opaque), void *opaque);
/** --timeout; 0 when it is not there. */
int listen_timeout(struct shell *sh, const struct args *args, int *seconds);
/** The time now as virsh prints it; the caller frees it. */
char *listen_time_now(void) EB_MUST_CHECK;
/** Says how it ended, as virsh does. Result: the command's. */
int listen_result(struct shell *sh, enum listen_end end, bool json, unsigned count);

#endif
