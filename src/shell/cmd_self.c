/* SPDX-License-Identifier: LGPL-2.1-or-later */
/** @file cmd_self.c Commands on the shell itself. */
#include "shell/help.h"
#include "shell/opts.h"

#include <errno.h>
#include <unistd.h>

/* ---- cd, pwd ---- */

static const struct opt cd_opts[] = {
    {"dir", OPT_STRING, 0, "where to (default: home)", complete_file},
    OPTS_END,
};

static int run_cd(struct shell *sh, const struct args *args)
{
    const char *dir;
    if (!sh->interactive)
        return sh_error(sh, "cd: command valid only in interactive mode");
    if (args_string(sh, args, "dir", &dir) < 0)
        return -1;
    if (!dir)
        dir = getenv("HOME");
    if (!dir || !*dir)
        dir = "/";
    if (chdir(dir) < 0)
        return sh_error(sh, "cd: %s: %s", strerror(errno), dir);
    return 0;
}

static const struct opt no_opts[] = {OPTS_END};

static int run_pwd(struct shell *sh, const struct args *args)
{
    char *dir = getcwd(NULL, 0);
    (void)args;
    if (!dir)
        return sh_error(sh, "pwd: cannot get current directory: %s", strerror(errno));
    sh_print(sh, "%s\n", dir);
    free(dir);
    return 0;
}

/* ---- echo ---- */

static const struct opt echo_opts[] = {
    OPT_FLAG("shell", "quote for a shell"),
    OPT_FLAG("xml", "escape for XML"),
    OPT_FLAG("split", "one line for each part between commas; two commas are one in the text"),
    OPT_FLAG("err", "print an error message"),
    {"string", OPT_ARGV, 0, "what to print", NULL},
    OPTS_END,
};

static void add_shell_quoted(struct eb_strbuf *b, const char *text)
{
    if (*text && !strpbrk(text, "\r\t\n !\"#$&'()*;<>?[\\]^`{|}~")) {
        eb_strbuf_add(b, text);
        return;
    }
    eb_strbuf_addc(b, '\'');
    for (; *text; text++) {
        if (*text == '\'')
            eb_strbuf_add(b, "'\\''");
        else
            eb_strbuf_addc(b, *text);
    }
    eb_strbuf_addc(b, '\'');
}

static void add_split(struct eb_strbuf *b, const char *text)
{
    for (; *text; text++) {
        if (*text == ',' && text[1] == ',')
            eb_strbuf_addc(b, *text++);
        else
            eb_strbuf_addc(b, *text == ',' ? '\n' : *text);
    }
    eb_strbuf_addc(b, '\n');
}

static int run_echo(struct shell *sh, const struct args *args)
{
    EB_AUTOSTRBUF struct eb_strbuf text = {0};
    bool first = true;

    if (args_exclusive(sh, args, "shell", "xml") < 0)
        return -1;
    for (size_t i = 0; i < args->n; i++) {
        const char *value = args->items[i].value;
        if (!value)
            continue;
        if (!first)
            eb_strbuf_addc(&text, ' ');
        first = false;
        if (args_has(args, "xml"))
            eb_strbuf_escape(&text, value);
        else if (args_has(args, "shell"))
            add_shell_quoted(&text, value);
        else if (args_has(args, "split"))
            add_split(&text, value);
        else
            eb_strbuf_add(&text, value);
    }
    if (!args_has(args, "err"))
        sh_print(sh, "%s", text.s ? text.s : "");
    else if (text.s)
        sh_error(sh, "%s", text.s);
    return 0;
}

/* ---- help, quit ---- */

static const struct opt help_opts[] = {
    {"command", OPT_STRING, 0, "a command or a group of commands", complete_command},
    OPTS_END,
};

static int run_help(struct shell *sh, const struct args *args)
{
    const char *name = args_get(args, "command");
    const struct command *cmd = name && *name ? command_find(name) : NULL;
    const struct command_group *group = name && *name ? command_group_find(name) : NULL;

    if (name && *name && !cmd && !group) {
        const char *near = command_suggest(name);
        sh_error(sh, "command or command group '%s' doesn't exist", name);
        return near ? sh_error(sh, "did you mean '%s'?", near) : -1;
    }
    if (sh_wants_json(args))
        help_json(sh, cmd);
    else if (group)
        help_group(sh, group);
    else if (cmd)
        help_command(sh, cmd);
    else
        help_all(sh);
    return 0;
}

static int run_quit(struct shell *sh, const struct args *args)
{
    (void)args;
    sh->quit = true;
    return 0;
}

/* ---- connect ---- */

static const struct opt connect_opts[] = {
    {"name", OPT_STRING, 0, "URI of the hypervisor", complete_uri},
    OPT_FLAG("readonly", "refuse every change"),
    OPTS_END,
};

/**
 * The connection that is open is closed first: a simulated host that nobody else uses begins anew, as with
 * virsh. When the new one cannot be had, the next command opens the old one again.
 */
static int run_connect(struct shell *sh, const struct args *args)
{
    const char *uri = args_get(args, "name");
    char *old_uri = sh->uri;
    bool old_readonly = sh->readonly;

    sh_disconnect(sh);
    sh->uri = eb_strdup(uri && *uri ? uri : old_uri);
    sh->readonly = args_has(args, "readonly");
    if (sh_connect(sh) < 0) {
        free(sh->uri);
        sh->uri = old_uri;
        sh->readonly = old_readonly;
        return -1;
    }
    free(old_uri);
    return 0;
}

/* ---- complete (for the completion scripts) ---- */

static const struct opt complete_opts[] = {
    {"string", OPT_ARGV, 0, "the words of the command line; the last one is being typed", NULL},
    OPTS_END,
};

static int run_complete(struct shell *sh, const struct args *args)
{
    struct candidates list = {0};
    struct words words = {0};

    for (size_t i = 0; i < args->n; i++)
        EB_APPEND(words.items, words.n)->text = eb_strdup(args->items[i].value);
    if (words.n == 0)
        EB_APPEND(words.items, words.n)->text = eb_strdup("");
    complete_words(sh, &words, &list);
    for (size_t i = 0; i < list.n; i++)
        sh_print(sh, "%s\n", list.items[i]);
    candidates_free(&list);
    words_free(&words);
    sh->quit = true; /* nothing more, not even the blank line after a command */
    return 0;
}

const struct command commands_self[] = {
    {"cd", "change the current directory", "In the interactive shell only.", cd_opts, run_cd, CMD_NO_CONNECT,
     "cd /var/lib/machines"},
    {"complete", "print what may stand at the end of a command line", NULL, complete_opts, run_complete,
     CMD_NO_CONNECT | CMD_HIDDEN, NULL},
    {"connect", "connect to a hypervisor, or to the same one anew", NULL, connect_opts, run_connect,
     CMD_NO_CONNECT, "connect test:///default --readonly"},
    {"echo", "print the arguments, quoted if asked for", NULL, echo_opts, run_echo, CMD_NO_CONNECT,
     "echo --shell \"it's\""},
    {"exit", "leave the shell", NULL, no_opts, run_quit, CMD_NO_CONNECT, NULL},
    {"help", "print help on all commands, a group or a command", NULL, help_opts, run_help,
     CMD_NO_CONNECT | CMD_JSON, "help monitor"},
    {"pwd", "print the current directory", NULL, no_opts, run_pwd, CMD_NO_CONNECT, NULL},
    {"quit", "leave the shell", NULL, no_opts, run_quit, CMD_NO_CONNECT, NULL},
    {0},
};
