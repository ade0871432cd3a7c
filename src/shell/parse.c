/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "shell/parse.h"

#include "base/strbuf.h"

#include <ctype.h>

/* ---- Words ---- */

static bool ends_command(char c)
{
    return c == '\0' || c == ';' || c == '\n';
}

static void skip_comment(const char *text, size_t *pos)
{
    while (text[*pos] != '\0' && text[*pos] != '\n')
        (*pos)++;
}

/** Copies a quoted part up to its closing quote. False when there is none. */
static bool take_quoted(const char *text, size_t *pos, struct eb_strbuf *word)
{
    char quote = text[(*pos)++];
    while (text[*pos] != '\0' && text[*pos] != quote) {
        if (quote == '"' && text[*pos] == '\\' && text[*pos + 1] != '\0') {
            (*pos)++;
            if (text[*pos] == '\n') {
                (*pos)++;
                continue;
            }
        }
        eb_strbuf_addc(word, text[(*pos)++]);
    }
    if (text[*pos] == '\0')
        return false;
    (*pos)++;
    return true;
}

/** Takes one word that starts at *pos. Result: NULL, or what is wrong. */
static const char *take_word(const char *text, size_t *pos, struct words *out)
{
    EB_AUTOSTRBUF struct eb_strbuf buf = {0};
    const char *error = NULL;
    bool open = false;
    size_t start = *pos;

    while (!ends_command(text[*pos]) && !isblank((unsigned char)text[*pos])) {
        if (text[*pos] == '\'' || text[*pos] == '"') {
            char quote = text[*pos];
            open = !take_quoted(text, pos, &buf);
            if (open && quote == '"')
                error = "missing \"";
        } else if (text[*pos] == '\\') {
            (*pos)++;
            if (text[*pos] == '\0')
                error = "dangling \\";
            else if (text[*pos] == '\n')
                (*pos)++;
            else
                eb_strbuf_addc(&buf, text[(*pos)++]);
        } else {
            eb_strbuf_addc(&buf, text[(*pos)++]);
        }
    }
    struct word *word = EB_APPEND(out->items, out->n);
    word->start = start;
    word->end = *pos;
    word->open = open;
    word->text = eb_strbuf_steal(&buf);
    return error;
}

enum split_end split_words(const char *text, size_t *pos, bool lenient, struct words *out, const char **error)
{
    memset(out, 0, sizeof(*out));
    for (;;) {
        while (isblank((unsigned char)text[*pos]) || (text[*pos] == '\\' && text[*pos + 1] == '\n'))
            *pos += text[*pos] == '\\' ? 2 : 1;
        if (text[*pos] == '#')
            skip_comment(text, pos);
        if (text[*pos] == '\0')
            return SPLIT_END;
        if (ends_command(text[*pos])) {
            (*pos)++;
            return SPLIT_COMMAND;
        }
        *error = take_word(text, pos, out);
        if (*error && !lenient) {
            words_free(out);
            return SPLIT_ERROR;
        }
    }
}

void words_free(struct words *words)
{
    for (size_t i = 0; i < words->n; i++)
        free(words->items[i].text);
    free(words->items);
    memset(words, 0, sizeof(*words));
}

/* ---- Options ---- */

void parse_error_clear(struct parse_error *error)
{
    for (size_t i = 0; i < error->n; i++)
        free(error->lines[i]);
    free(error->lines);
    memset(error, 0, sizeof(*error));
}

static void append(struct parse_error *error, char *line)
{
    *EB_APPEND(error->lines, error->n) = line;
}

static int refuse(struct parse_error *error, char *message)
{
    parse_error_clear(error);
    append(error, message);
    return -1;
}

static void suggest(struct parse_error *error, const char *dashes, const char *near)
{
    if (near)
        append(error, eb_asprintf("did you mean '%s%s'?", dashes, near));
}

static void add_arg(struct args *args, const struct opt *opt, const char *value)
{
    struct arg *arg = EB_APPEND(args->items, args->n);
    arg->opt = opt;
    arg->value = eb_strdup(value);
}

static bool seen(const struct args *args, const struct opt *opt)
{
    for (size_t i = 0; i < args->n; i++)
        if (args->items[i].opt == opt)
            return true;
    return false;
}

static bool looks_like_option(const char *word)
{
    return word[0] == '-' && word[1] == '-' && isalnum((unsigned char)word[2]);
}

/** The option that the next positional argument fills, or NULL. */
static const struct opt *next_positional(const struct args *args)
{
    const struct opt *opt;
    for (size_t i = 0; (opt = command_opt_at(args->cmd, i)); i++)
        if (opt_is_positional(opt) && (opt->kind == OPT_ARGV || !seen(args, opt)))
            return opt;
    return NULL;
}

static const char *value_syntax(const struct opt *opt)
{
    return opt->kind == OPT_INT || opt->kind == OPT_NUMBER ? "number" : "string";
}

/** Takes `--name`, `--name=value` or `--name value` at words[*i]. */
static int take_option(struct args *args, char *const *words, size_t n, size_t *i, struct parse_error *error)
{
    const char *equals = strchr(words[*i], '=');
    EB_AUTOFREE char *name =
        eb_strndup(words[*i] + 2, equals ? (size_t)(equals - words[*i] - 2) : strlen(words[*i]) - 2);
    const struct opt *opt = command_find_opt(args->cmd, name);

    if (!opt) {
        refuse(error, eb_asprintf("command '%s' doesn't support option --%s", args->cmd->name, name));
        suggest(error, "--", command_suggest_opt(args->cmd, name));
        return -1;
    }
    if (opt->kind != OPT_ARGV && seen(args, opt))
        return refuse(error, eb_asprintf("option --%s already seen", name));
    if (opt->kind == OPT_BOOL) {
        if (equals)
            return refuse(error, eb_asprintf("invalid '=' after option --%s", name));
        add_arg(args, opt, NULL);
    } else if (equals) {
        add_arg(args, opt, equals + 1);
    } else if (*i + 1 < n) {
        add_arg(args, opt, words[++*i]);
    } else {
        return refuse(error, eb_asprintf("expected syntax: --%s <%s>", name, value_syntax(opt)));
    }
    return 0;
}

static int take_positional(struct args *args, const char *word, struct parse_error *error)
{
    const struct opt *opt = next_positional(args);
    if (!opt)
        return refuse(error, eb_asprintf("unexpected data '%s'", word));
    add_arg(args, opt, word);
    return 0;
}

static int check_required(const struct args *args, struct parse_error *error)
{
    const struct opt *opt;
    for (size_t i = 0; (opt = command_opt_at(args->cmd, i)); i++)
        if (opt_is_required(opt) && !seen(args, opt))
            append(error, eb_asprintf("command '%s' requires <%s> option", args->cmd->name, opt->name));
    return error->n ? -1 : 0;
}

static struct args *new_args(const struct command *cmd)
{
    struct args *args = EB_NEW(struct args);
    args->cmd = cmd;
    return args;
}

/** `COMMAND … --help` is `help COMMAND`, once the words before it were understood. */
static struct args *help_for(const struct command *cmd)
{
    struct args *args = new_args(command_find("help"));
    add_arg(args, command_opt_at(args->cmd, 0), cmd->name);
    return args;
}

int parse_argv(size_t n, char *const *argv, struct args **out, struct parse_error *error)
{
    const struct command *cmd = command_find(argv[0]);
    bool options = true;

    if (!cmd) {
        refuse(error, eb_asprintf("unknown command: '%s'", argv[0]));
        suggest(error, "", command_suggest(argv[0]));
        return -1;
    }
    struct args *args = new_args(cmd);
    for (size_t i = 1; i < n; i++) {
        int result;
        if (options && strcmp(argv[i], "--") == 0) {
            options = false;
            continue;
        }
        if (options && strcmp(argv[i], "--help") == 0) {
            args_free(args);
            *out = help_for(cmd);
            return 0;
        }
        result = options && looks_like_option(argv[i]) ? take_option(args, argv, n, &i, error)
                                                       : take_positional(args, argv[i], error);
        if (result < 0) {
            args_free(args);
            return -1;
        }
    }
    if (check_required(args, error) < 0) {
        args_free(args);
        return -1;
    }
    *out = args;
    return 0;
}

struct args *parse_partial(const struct words *words, size_t n)
{
    const struct command *cmd = n > 0 ? command_find(words->items[0].text) : NULL;
    bool options = true;

    if (!cmd)
        return NULL;
    struct args *args = new_args(cmd);
    EB_AUTOFREE char **argv = eb_calloc(n, sizeof(*argv));
    for (size_t i = 0; i < n; i++)
        argv[i] = words->items[i].text;
    for (size_t i = 1; i < n; i++) {
        struct parse_error error = {0};
        if (options && strcmp(argv[i], "--") == 0)
            options = false;
        else if (options && looks_like_option(argv[i]))
            (void)take_option(args, argv, n, &i, &error);
        else
            (void)take_positional(args, argv[i], &error);
        parse_error_clear(&error);
    }
    return args;
}

/** The parsed command of `words`. */
static int parse_words(const struct words *words, struct args **out, struct parse_error *error)
{
    EB_AUTOFREE char **argv = eb_calloc(words->n, sizeof(*argv));
    for (size_t i = 0; i < words->n; i++)
        argv[i] = words->items[i].text;
    return parse_argv(words->n, argv, out, error);
}

int parse_string(const char *text, struct args **out, struct parse_error *error)
{
    struct args *list = NULL, **tail = &list;
    enum split_end end;
    size_t pos = 0;

    do {
        struct words words;
        const char *problem = NULL;
        end = split_words(text, &pos, false, &words, &problem);
        int result = end == SPLIT_ERROR ? refuse(error, eb_strdup(problem))
                     : words.n == 0     ? 0
                                        : parse_words(&words, tail, error);
        words_free(&words);
        if (result < 0) {
            args_free(list);
            return -1;
        }
        if (*tail)
            tail = &(*tail)->next;
    } while (end == SPLIT_COMMAND);
    *out = list;
    return 0;
}

void args_free(struct args *args)
{
    while (args) {
        struct args *next = args->next;
        for (size_t i = 0; i < args->n; i++)
            free(args->items[i].value);
        free(args->items);
        free(args);
        args = next;
    }
}

const char *args_get(const struct args *args, const char *name)
{
    for (size_t i = 0; i < args->n; i++)
        if (strcmp(args->items[i].opt->name, name) == 0)
            return args->items[i].value ? args->items[i].value : "";
    return NULL;
}

bool args_has(const struct args *args, const char *name)
{
    return args_get(args, name) != NULL;
}
