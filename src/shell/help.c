/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "shell/help.h"

const struct program_opt program_opts[] = {
    {'c', "connect", "=URI", "hypervisor to connect to"},
    {'d', "debug", "=NUM", "what to log on stderr, from 0 (everything) to 4 (errors)"},
    {'e', "escape", " <char>", "accepted for virsh's sake: the console is left with ^]"},
    {'h', "help", NULL, "this help"},
    {'k', "keepalive-interval", "=NUM",
     "ask a daemon every NUM seconds whether it is there (default 5, 0: never)"},
    {'K', "keepalive-count", "=NUM", "a daemon is gone after NUM questions without an answer (default 5)"},
    {'l', "log", "=FILE", "append errors to a file"},
    {'q', "quiet", NULL, "print only what was asked for"},
    {'r', "readonly", NULL, "refuse every change"},
    {'t', "timing", NULL, "print how long each command took"},
    {0, "no-pkttyagent", NULL, "accepted for virsh's sake: there is no polkit agent"},
    {'v', NULL, NULL, "short version"},
    {'V', NULL, NULL, "long version"},
    {0, "version", "[=TYPE]", "version, TYPE is short or long (default short)"},
    {0},
};

static void print_commands(struct shell *sh, const struct command_group *group, const char *colon)
{
    sh_print(sh, " %s (help keyword '%s')%s\n", group->title, group->keyword, colon);
    for (const struct command *c = group->commands; c->name; c++)
        if (!(c->flags & CMD_HIDDEN))
            sh_print(sh, "    %-30s %s\n", c->name, c->info);
    sh_print(sh, "\n");
}

void help_program(struct shell *sh)
{
    sh_print(sh, "\n%s [options]... [<command_string>]\n%s [options]... <command> [args...]\n\n  options:\n",
             sh->progname, sh->progname);
    for (const struct program_opt *o = program_opts; o->letter || o->name; o++) {
        EB_AUTOFREE char *letter = o->letter ? eb_asprintf("-%c", o->letter) : eb_strdup("");
        EB_AUTOFREE char *name = o->name ? eb_asprintf("%s--%s%s", o->letter ? " | " : "     ", o->name,
                                                       o->argument ? o->argument : "")
                                         : eb_strdup("");
        EB_AUTOFREE char *both = eb_asprintf("%s%s", letter, name);
        sh_print(sh, "    %-30s %s\n", both, o->help);
    }
    sh_print(sh, "\n  commands:\n\n");
    for (const struct command_group *g = command_groups; g->title; g++)
        print_commands(sh, g, "");
    sh_print(sh, "  '%s help GROUP' and '%s help COMMAND' tell more, and so does everbox(1).\n\n",
             sh->progname, sh->progname);
}

void help_all(struct shell *sh)
{
    sh_print(sh, "Grouped commands:\n\n");
    for (const struct command_group *g = command_groups; g->title; g++)
        print_commands(sh, g, ":");
}

void help_group(struct shell *sh, const struct command_group *group)
{
    print_commands(sh, group, ":");
}

static const char *kind_name(const struct opt *opt)
{
    return opt->kind == OPT_INT || opt->kind == OPT_NUMBER ? "number" : "string";
}

static void print_synopsis(struct shell *sh, const struct command *cmd)
{
    const struct opt *opt;
    sh_print(sh, "    %s", cmd->name);
    for (size_t i = 0; (opt = command_opt_at(cmd, i)); i++) {
        if (opt->kind == OPT_BOOL)
            sh_print(sh, " [--%s]", opt->name);
        else if (opt->kind == OPT_ARGV)
            sh_print(sh, " [[--%s] <string>]...", opt->name);
        else if (opt_is_required(opt))
            sh_print(sh, " <%s>", opt->name);
        else
            sh_print(sh, " [--%s <%s>]", opt->name, kind_name(opt));
    }
    sh_print(sh, "\n\n");
}

/** Prints text with each line moved to the right. */
static void print_indented(struct shell *sh, const char *text)
{
    while (*text) {
        size_t len = strcspn(text, "\n");
        sh_print(sh, "    %.*s\n", (int)len, text);
        text += len + (text[len] == '\n');
    }
}

static void print_options(struct shell *sh, const struct command *cmd)
{
    const struct opt *opt = command_opt_at(cmd, 0);
    if (!opt)
        return;
    sh_print(sh, "\n  OPTIONS\n");
    for (size_t i = 0; (opt = command_opt_at(cmd, i)); i++) {
        EB_AUTOFREE char *text = opt->kind == OPT_BOOL ? eb_asprintf("--%s", opt->name)
                                 : opt_is_required(opt) || opt->kind == OPT_ARGV
                                     ? eb_asprintf("[--%s] <%s>", opt->name, kind_name(opt))
                                     : eb_asprintf("--%s <%s>", opt->name, kind_name(opt));
        sh_print(sh, "    %-15s  %s\n", text, opt->help);
    }
}

void help_command(struct shell *sh, const struct command *cmd)
{
    sh_print(sh, "  NAME\n    %s - %s\n\n  SYNOPSIS\n", cmd->name, cmd->info);
    print_synopsis(sh, cmd);
    if (cmd->text) {
        sh_print(sh, "  DESCRIPTION\n");
        print_indented(sh, cmd->text);
    }
    print_options(sh, cmd);
    if (cmd->example)
        sh_print(sh, "\n  EXAMPLE\n    %s\n", cmd->example);
    sh_print(sh, "\n");
}

static void command_json(struct json *j, const struct command_group *g, const struct command *c)
{
    static const char *const kinds[] = {"flag", "string", "number", "string", "number", "strings"};
    const struct opt *opt;

    json_begin(j, NULL);
    json_string(j, "name", c->name);
    json_string(j, "group", g->keyword);
    json_string(j, "info", c->info);
    json_string(j, "text", c->text);
    json_string(j, "example", c->example);
    json_begin_array(j, "options");
    for (size_t i = 0; (opt = command_opt_at(c, i)); i++) {
        json_begin(j, NULL);
        json_string(j, "name", opt->name);
        json_string(j, "kind", kinds[opt->kind]);
        json_bool(j, "required", opt_is_required(opt));
        json_bool(j, "positional", opt_is_positional(opt));
        json_string(j, "help", opt->help);
        json_end(j);
    }
    json_end_array(j);
    json_end(j);
}

void help_json(struct shell *sh, const struct command *only)
{
    AUTO_JSON struct json j = {0};
    json_begin_array(&j, NULL);
    for (const struct command_group *g = command_groups; g->title; g++)
        for (const struct command *c = g->commands; c->name; c++)
            if (only ? c == only : !(c->flags & CMD_HIDDEN))
                command_json(&j, g, c);
    json_end_array(&j);
    sh_json_print(sh, &j);
}
