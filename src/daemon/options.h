/* SPDX-License-Identifier: LGPL-2.1-or-later */
/** @file options.h The command line of everboxd: one table, from which parsing, help, manual and completion
 * come. */
#ifndef EB_DAEMON_OPTIONS_H
#define EB_DAEMON_OPTIONS_H

#include "base/util.h"

struct daemon_options {
    const char *config, *pid_file, *socket; /* of argv, or NULL */
    bool background, verbose;
    unsigned timeout; /* 0: not given */
};

struct daemon_option {
    const char *name; /* NULL ends the table */
    char letter;
    const char *argument; /* its name, or NULL: takes none */
    const char *help;
};
extern const struct daemon_option daemon_options[];

/** -1 to go on, else the exit status: something was asked for that is done now, or was not understood. */
int daemon_options_parse(int argc, char **argv, struct daemon_options *options);

#endif
