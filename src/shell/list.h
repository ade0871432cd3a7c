/* SPDX-License-Identifier: LGPL-2.1-or-later */
/** @file list.h The command list, for the table of the commands that show domains. */
#ifndef EB_SHELL_LIST_H
#define EB_SHELL_LIST_H

#include "shell/shell.h"

extern const struct opt list_opts[];
int run_list(struct shell *sh, const struct args *args);

/** What the options choose, in the order of the table; -1 after an error was reported. */
int list_read(struct shell *sh, const struct args *args, eb_domain_entry **out);
/** As the options say. */
void list_print(struct shell *sh, const struct args *args, const eb_domain_entry *entries, int n);
/** --watch (list_watch.c). */
int list_watch(struct shell *sh, const struct args *args);

#endif
