/* SPDX-License-Identifier: LGPL-2.1-or-later */
/** @file shell.h The state of one run of everbox, its output, and what every command needs. */
#ifndef EB_SHELL_SHELL_H
#define EB_SHELL_SHELL_H

#include "base/error.h"
#include "base/strbuf.h"
#include "shell/json.h"
#include "shell/parse.h"
#include "shell/progress.h"

#include <stdio.h>

struct shell {
    const char *progname;
    char *uri; /* NULL: the environment's, else what there is */
    bool readonly, quiet, timing, interactive;
    int debug;
    unsigned keepalive_interval, keepalive_count; /* seconds; pings */
    FILE *log;
    eb_conn *conn;
    eb_error error; /* what the library said during the running command; reported after the command's own */
    struct progress progress;
    bool quit;
};

/* ---- Output ---- */

/** To stdout. */
void sh_print(struct shell *sh, const char *fmt, ...) EB_PRINTF(2, 3);
/** To stdout unless --quiet: what a person reads and a script does not. */
void sh_extra(struct shell *sh, const char *fmt, ...) EB_PRINTF(2, 3);
/** "error: TEXT" on stderr, after everything printed before. Result: -1. */
int sh_error(struct shell *sh, const char *fmt, ...) EB_PRINTF(2, 3);
/** "note: TEXT" on stderr unless --quiet. */
void sh_note(struct shell *sh, const char *fmt, ...) EB_PRINTF(2, 3);
/** Prints what sh->error holds, as "error: …" lines with what VirtualBox said, and empties it. */
void sh_report(struct shell *sh);
/** Forgets sh->error. */
static inline void sh_forget(struct shell *sh)
{
    eb_error_clear(&sh->error);
}

/** Prints a finished document. */
void sh_json_print(struct shell *sh, struct json *json);
/** {"NAME": "TEXT"}: the --json of commands that show one text. */
void sh_json_text(struct shell *sh, const char *name, const char *text);
static inline bool sh_wants_json(const struct args *args)
{
    return args_has(args, "json");
}

/* ---- Connection ---- */

/** Opens sh->uri unless a connection is open. Reports its failure. */
int sh_connect(struct shell *sh);
void sh_disconnect(struct shell *sh);

/* ---- Running ---- */

/** Runs parsed commands one after another until one says quit. Result: the last one's. */
int sh_run(struct shell *sh, const struct args *list);
/** Parses and runs a string; reports what is wrong with it. */
int sh_run_string(struct shell *sh, const char *text);
/** Prints why a command line was refused, and empties it. Result: -1. */
int sh_parse_error(struct shell *sh, struct parse_error *problem);
/** The interactive loop, until end of file or quit. */
void sh_interactive(struct shell *sh);

/* ---- Values of options: each reports what is wrong and gives -1 ---- */

/** *out is borrowed; NULL when the option is not there. An empty value is refused. Result: 1 there, 0 not. */
int args_string(struct shell *sh, const struct args *args, const char *name, const char **out);
/** A decimal number in an int. Result: 1 there, 0 not. */
int args_int(struct shell *sh, const struct args *args, const char *name, int *out);
int args_uint(struct shell *sh, const struct args *args, const char *name, unsigned *out);
/** A size with a unit ("2G", "512MiB"; KiB without one). Result in KiB, rounded up. */
int args_kib(struct shell *sh, const struct args *args, const char *name, uint64_t *out);
/** The same in bytes; `without` a unit a number is of so many. */
int args_bytes(struct shell *sh, const struct args *args, const char *name, uint64_t without, uint64_t *out);
/** A size with a unit (`without` one: so many bytes each), at most `most`; sh->error says more where there is
 * more to say. */
int sh_scaled(struct shell *sh, const char *text, uint64_t without, uint64_t most, uint64_t *out);
/** The same of a text, bytes without a unit; what is wrong is "Malformed size". 0, or -1. */
int sh_size(struct shell *sh, const char *text, uint64_t *out);
/** Refuses two options at once. */
int args_exclusive(struct shell *sh, const struct args *args, const char *a, const char *b);
int args_requires(struct shell *sh, const struct args *args, const char *option, const char *needed);
/** Refuses an option that virsh has and Everbox cannot carry out: nothing is done, nothing is dropped. */
int args_refuse(struct shell *sh, const struct args *args, const char *name, const char *why);

/* ---- Domains ---- */

enum {
    BY_ID = 1 << 0,
    BY_UUID = 1 << 1,
    BY_NAME = 1 << 2,
    BY_ANY = BY_ID | BY_UUID | BY_NAME,
};
/** Looks up the domain that --domain names; the caller drops it. NULL after an error was reported. */
eb_domain *sh_domain(struct shell *sh, const struct args *args, unsigned by);
void sh_domain_cleanup(eb_domain **dom);
#define AUTO_DOMAIN EB_CLEANUP(sh_domain_cleanup) eb_domain *

/** EB_AFFECT_* from --config, --live, --current, which exclude each other as virsh has it. -1 when refused.
 */
int sh_affect(struct shell *sh, const struct args *args, unsigned *flags);
/** "running", "shut off" … */
const char *sh_state_name(int state);
const char *sh_reason_name(int state, int reason);

/** Prints XML, or what --xpath and --wrap make of it, or a JSON document with it. */
int sh_show_xml(struct shell *sh, const struct args *args, const char *xml);
/** Reads a file of XML or text for a command; reports failure as virsh does. */
int sh_read_file(struct shell *sh, const char *path, char **out);

#endif
