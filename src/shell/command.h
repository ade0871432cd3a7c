/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file command.h
 * The command table: one description of every command, from which parsing, help, the manual page and
 * completion are made.
 */
#ifndef EB_SHELL_COMMAND_H
#define EB_SHELL_COMMAND_H

#include "base/util.h"

struct shell;
struct args;

enum opt_kind {
    OPT_BOOL,
    OPT_STRING, /* optional value */
    OPT_INT,    /* optional number */
    OPT_DATA,   /* required value, usually given by position */
    OPT_NUMBER, /* required number, usually given by position */
    OPT_ARGV,   /* all that remains */
};

enum opt_flags {
    OPT_NAMED_ONLY = 1 << 0, /* an OPT_STRING that no positional argument fills */
};

/** Adds the values that may stand for an option to `list` (see complete.h). */
struct candidates;
typedef void (*complete_fn)(struct shell *sh, const struct args *args, struct candidates *list);

struct opt {
    const char *name; /* NULL ends a table */
    enum opt_kind kind;
    unsigned flags;
    const char *help;
    complete_fn complete;
};

enum command_flags {
    CMD_NO_CONNECT = 1 << 0, /* needs no connection */
    CMD_JSON = 1 << 1,       /* has --json */
    CMD_HIDDEN = 1 << 2,     /* neither in help nor in completion */
};

struct command {
    const char *name; /* NULL ends a table */
    const char *info; /* one line, no full stop */
    const char *text; /* paragraphs, or NULL: the info is all there is to say */
    const struct opt *opts;
    int (*run)(struct shell *sh, const struct args *args); /* 0, or -1 after an error was reported */
    unsigned flags;
    const char *example; /* for the manual page: a command line of the shell, or NULL */
};

struct command_group {
    const char *title; /* NULL ends the table */
    const char *keyword;
    const struct command *commands;
};

extern const struct command_group command_groups[];

/** Every command that is not hidden carries --help; those with CMD_JSON carry --json. */
extern const struct opt command_json_opt;

/** NULL when there is none. */
const struct command *command_find(const char *name);
const struct command_group *command_group_find(const char *keyword);
/** The option `name` (without dashes) of a command, --json included; NULL when there is none. */
const struct opt *command_find_opt(const struct command *cmd, const char *name);
/** Runs over a command's options, --json last: NULL at the end. `i` starts at 0. */
const struct opt *command_opt_at(const struct command *cmd, size_t i);
/** True for options that a positional argument fills. */
bool opt_is_positional(const struct opt *opt);
bool opt_is_required(const struct opt *opt);

/** Finds the name that is nearest to a mistyped one; `name` stays NULL when none is near. */
struct nearest {
    const char *typed;
    const char *name;
    unsigned distance;
};
void nearest_consider(struct nearest *n, const char *name);

/** The nearest known name to a mistyped one, or NULL when none is near. */
const char *command_suggest(const char *name);
const char *command_suggest_opt(const struct command *cmd, const char *name);

/* The groups' tables, one file each. */
extern const struct command commands_life[];
extern const struct command commands_save[];
extern const struct command commands_snapshot[];
extern const struct command commands_checkpoint[];
extern const struct command commands_config[];
extern const struct command commands_tune[];
extern const struct command commands_pin[];
extern const struct command commands_metadata[];
extern const struct command commands_device[];
extern const struct command commands_info[];
extern const struct command commands_devinfo[];
extern const struct command commands_stats[];
extern const struct command commands_guest[];
extern const struct command commands_event[];
extern const struct command commands_objevent[];
extern const struct command commands_job[];
extern const struct command commands_network[];
extern const struct command commands_storage[];
extern const struct command commands_volume[];
extern const struct command commands_hostdev[];
extern const struct command commands_native[];
extern const struct command commands_nodedev[];
extern const struct command commands_host[];
extern const struct command commands_doctor[];
extern const struct command commands_api[];
extern const struct command commands_daemon[];
extern const struct command commands_self[];

#endif
