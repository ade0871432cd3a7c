/* SPDX-License-Identifier: LGPL-2.1-or-later */
/** @file network.h What the files of the network commands share. */
#ifndef EB_SHELL_NETWORK_H
#define EB_SHELL_NETWORK_H

#include "shell/objects.h"

/* clang-format off */
#define OPT_NETWORK {"network", OPT_DATA, 0, "the network's name or uuid", NULL}
/* clang-format on */

/* cmd_network_change.c */
extern const struct opt network_update_opts[], network_leases_opts[], network_edit_opts[];
int run_network_update(struct shell *sh, const struct args *args);
int run_network_leases(struct shell *sh, const struct args *args);
int run_network_edit(struct shell *sh, const struct args *args);

#endif
