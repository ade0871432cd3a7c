/* SPDX-License-Identifier: LGPL-2.1-or-later */
/** @file opts.h Options that many commands share. */
#ifndef EB_SHELL_OPTS_H
#define EB_SHELL_OPTS_H

#include "shell/complete.h"

/* clang-format off */
#define OPT_DOMAIN(complete) {"domain", OPT_DATA, 0, "the domain's name, id or uuid", complete}
#define OPT_FLAG(name, help) {name, OPT_BOOL, 0, help, NULL}
#define OPT_FILE(help) {"file", OPT_DATA, 0, help, complete_file}
#define OPTS_AFFECT                                                                                          \
    OPT_FLAG("config", "the definition that holds from the next start on"),                                  \
    OPT_FLAG("live", "the running domain"),                                                                  \
    OPT_FLAG("current", "the running domain if it runs, else its definition (default)")
#define OPTS_END {NULL, OPT_BOOL, 0, NULL, NULL}
/* clang-format on */

#endif
