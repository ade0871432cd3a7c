/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file parse.h
 * From text or argv to commands with their options. The rules are virsh's: words end at blanks, `;` and a
 * newline end a command, `#` at the start of a word comments to the end of the line, '…' keeps everything,
 * "…" keeps all but \ and ", \ keeps the next character (and drops a newline), `--` ends the options.
 */
#ifndef EB_SHELL_PARSE_H
#define EB_SHELL_PARSE_H

#include "shell/command.h"

struct arg {
    const struct opt *opt;
    char *value; /* NULL for OPT_BOOL */
};

/** One command to run, with its options in the order given. */
struct args {
    const struct command *cmd;
    struct arg *items;
    size_t n;
    struct args *next;
};

/** A word of a command string. */
struct word {
    char *text;
    size_t start, end; /* bytes of the source; `end` is one past the last */
    bool open;         /* its quote is not closed */
};

struct words {
    struct word *items;
    size_t n;
};

enum split_end {
    SPLIT_COMMAND, /* a command ended; there may be more */
    SPLIT_END,     /* nothing is left */
    SPLIT_ERROR,   /* *error says what is wrong (static) */
};

/**
 * Takes the next command's words from `text` at `*pos`, which moves on. With `lenient` an unclosed quote or a
 * dangling backslash is no error but ends the word (for completion).
 */
enum split_end split_words(const char *text, size_t *pos, bool lenient, struct words *out,
                           const char **error);
void words_free(struct words *words);

/** Why a command line was refused: lines for the user. */
struct parse_error {
    char **lines;
    size_t n;
};
void parse_error_clear(struct parse_error *error);

/**
 * Parses a string of commands. Result: 0 and a list (NULL when the string holds no command), or -1.
 */
int parse_string(const char *text, struct args **out, struct parse_error *error);
/** One command from an argument vector, taken as it stands: nothing is special in it. */
int parse_argv(size_t n, char *const *argv, struct args **out, struct parse_error *error);
/** The same, but goes on over errors and never asks for what is missing: for completion. */
struct args *parse_partial(const struct words *words, size_t n);
void args_free(struct args *args);

/** The first value of an option, or NULL. */
const char *args_get(const struct args *args, const char *name);
bool args_has(const struct args *args, const char *name);

#endif
