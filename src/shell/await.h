/* SPDX-License-Identifier: LGPL-2.1-or-later */
/** @file await.h The command await, for the table of the commands on events. */
#ifndef EB_SHELL_AWAIT_H
#define EB_SHELL_AWAIT_H

#include "shell/shell.h"

extern const struct opt await_opts[];
int run_await(struct shell *sh, const struct args *args);

#endif
