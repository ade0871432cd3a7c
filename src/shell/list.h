/* SPDX-License-Identifier: LGPL-2.1-or-later */
/** @file list.h The command list, for the table of the commands that show domains. */
#ifndef EB_SHELL_LIST_H
#define EB_SHELL_LIST_H

#include "shell/shell.h"

extern const struct opt list_opts[];
int run_list(struct shell *sh, const struct args *args);

#endif
