/* SPDX-License-Identifier: LGPL-2.1-or-later */
/** @file help.h Texts made from the command table: help, the manual page, completion scripts. */
#ifndef EB_SHELL_HELP_H
#define EB_SHELL_HELP_H

#include "shell/shell.h"

/** An option of the program itself. */
struct program_opt {
    char letter;          /* 0: none */
    const char *name;     /* "connect", or NULL */
    const char *argument; /* NULL: none; "[=TYPE]" is optional */
    const char *help;
};
/** Ends with an entry that has neither letter nor name. */
extern const struct program_opt program_opts[];

/** `everbox --help`. */
void help_program(struct shell *sh);
/** `help`, `help GROUP`, `help COMMAND`. */
void help_all(struct shell *sh);
void help_group(struct shell *sh, const struct command_group *group);
void help_command(struct shell *sh, const struct command *cmd);
void help_json(struct shell *sh, const struct command *only);

/** everbox(1), in roff. The caller frees it. */
char *generate_man(void);
/** The completion script for "bash", "zsh" or "fish"; NULL for another shell. The caller frees it. */
char *generate_completion(const char *shell_name);

#endif
