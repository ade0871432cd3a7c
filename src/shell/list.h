/* SPDX-License-Identifier: LGPL-2.1-or-later */
/** @file list.h The command list, and the order that domains are listed in. */
#ifndef EB_SHELL_LIST_H
#define EB_SHELL_LIST_H

#include "shell/shell.h"

struct list_entry {
    eb_domain *dom;
    int id; /* -1: does not run */
    eb_domain_state state;
    int reason;
};

/** Gives the number of entries, running ones first by id, then by name; -1 after an error was reported. */
int list_read(struct shell *sh, unsigned flags, struct list_entry **out);
void list_free(struct list_entry *entries, int n);

extern const struct opt list_opts[];
int run_list(struct shell *sh, const struct args *args);

#endif
