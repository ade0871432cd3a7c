/* SPDX-License-Identifier: LGPL-2.1-or-later */
/** @file generate.c The manual page and the completion scripts, from the command table. */
#include "shell/help.h"

/* ---- everbox(1) ---- */

/** Text for roff: no line may begin with a control character, backslashes and dashes mean themselves. */
static void roff(struct eb_strbuf *b, const char *text)
{
    bool start = true;
    for (; *text; text++) {
        if (start && (*text == '.' || *text == '\''))
            eb_strbuf_add(b, "\\&");
        if (*text == '\\')
            eb_strbuf_add(b, "\\e");
        else if (*text == '-')
            eb_strbuf_add(b, "\\-");
        else
            eb_strbuf_addc(b, *text);
        start = *text == '\n';
    }
}

static void man_program_options(struct eb_strbuf *b)
{
    eb_strbuf_add(b, ".SH OPTIONS\n");
    for (const struct program_opt *o = program_opts; o->letter || o->name; o++) {
        eb_strbuf_add(b, ".TP\n.B ");
        if (o->letter)
            eb_strbuf_printf(b, "\\-%c", o->letter);
        if (o->name) {
            eb_strbuf_add(b, o->letter ? ", \\-\\-" : "\\-\\-");
            roff(b, o->name);
        }
        if (o->argument)
            roff(b, o->argument);
        eb_strbuf_addc(b, '\n');
        roff(b, o->help);
        eb_strbuf_add(b, ".\n");
    }
}

static const char *value_name(const struct opt *opt)
{
    return opt->kind == OPT_INT || opt->kind == OPT_NUMBER ? "number" : "string";
}

static void man_synopsis(struct eb_strbuf *b, const struct command *c)
{
    const struct opt *opt;
    eb_strbuf_add(b, ".B ");
    roff(b, c->name);
    for (size_t i = 0; (opt = command_opt_at(c, i)); i++) {
        EB_AUTOFREE char *text = opt->kind == OPT_BOOL   ? eb_asprintf(" [--%s]", opt->name)
                                 : opt->kind == OPT_ARGV ? eb_asprintf(" [[--%s] string]...", opt->name)
                                 : opt_is_required(opt)
                                     ? eb_asprintf(" %s", opt->name)
                                     : eb_asprintf(" [--%s %s]", opt->name, value_name(opt));
        roff(b, text);
    }
    eb_strbuf_addc(b, '\n');
}

static void man_command(struct eb_strbuf *b, const struct command *c)
{
    const struct opt *opt;

    eb_strbuf_add(b, ".SS ");
    roff(b, c->name);
    eb_strbuf_addc(b, '\n');
    man_synopsis(b, c);
    eb_strbuf_add(b, ".PP\n");
    EB_AUTOFREE char *info = eb_strdup(c->info);
    info[0] = (char)(info[0] >= 'a' && info[0] <= 'z' ? info[0] - 'a' + 'A' : info[0]);
    roff(b, info);
    eb_strbuf_add(b, ".\n");
    if (c->text) {
        roff(b, c->text);
        eb_strbuf_addc(b, '\n');
    }
    for (size_t i = 0; (opt = command_opt_at(c, i)); i++) {
        eb_strbuf_add(b, ".TP\n.B ");
        EB_AUTOFREE char *text = opt->kind == OPT_BOOL  ? eb_asprintf("--%s", opt->name)
                                 : opt_is_required(opt) ? eb_asprintf("[--%s] %s", opt->name, value_name(opt))
                                                        : eb_asprintf("--%s %s", opt->name, value_name(opt));
        roff(b, text);
        eb_strbuf_addc(b, '\n');
        roff(b, opt->help);
        eb_strbuf_add(b, ".\n");
    }
    if (c->example) {
        eb_strbuf_add(b, ".PP\nExample:\n.PP\n.EX\n    ");
        roff(b, c->example);
        eb_strbuf_add(b, "\n.EE\n");
    }
}

static const char man_head[] =
    ".SH NAME\neverbox \\- manage virtual machines of VirtualBox, any version of it\n"
    ".SH SYNOPSIS\n.B everbox\n[\\fIoptions\\fR] [\\fIcommand_string\\fR]\n.br\n.B everbox\n"
    "[\\fIoptions\\fR] \\fIcommand\\fR [\\fIargument\\fR...]\n"
    ".SH DESCRIPTION\n"
    "everbox speaks virsh's language: the same commands and options, the same output, for machines of every\n"
    "VirtualBox from 2.2 on. A command line of several arguments is one command, taken as it stands. A\n"
    "single argument is a string of commands with ';' between them. Without a command everbox shows a\n"
    "prompt, with history and completion.\n.PP\n"
    "A command that names a domain takes its name, its id or its uuid.\n";

static const char man_parsing[] =
    ".SH COMMAND STRINGS\n"
    "Words end at blanks; ';' or a newline ends a command; '#' where a word would begin starts a comment.\n"
    "Inside '...' everything stands for itself, inside \"...\" everything but \\e and \"; \\e takes the "
    "next\n"
    "character as it is. A word '\\-\\-' ends a command's options.\n";

static const char man_tail[] =
    ".SH ENVIRONMENT\n"
    ".TP\n.B EVERBOX_DEFAULT_URI, VIRSH_DEFAULT_CONNECT_URI, LIBVIRT_DEFAULT_URI\n"
    "Where to connect when \\-c is not given, the first that is set. Without any of them: VirtualBox where\n"
    "there is one, else test:///default, a simulated host; everbox says which.\n"
    ".TP\n.B VBOX_APP_HOME\nThe folder of the VirtualBox to use; no other one is looked for.\n"
    ".TP\n.B VISUAL, EDITOR\nThe editor of edit, desc and metadata.\n"
    ".TP\n.B EVERBOX_TRACE=1\nPrints every call of VirtualBox with its arguments, result and time.\n"
    ".SH FILES\n.TP\n.I $XDG_STATE_HOME/everbox/history\nThe prompt's history (by default below "
    "~/.local/state).\n"
    ".SH EXIT STATUS\n0 when the last command went well, 1 when it failed or could not be understood.\n"
    ".SH EXAMPLES\n"
    "The machines there are, and one of them in detail:\n.PP\n.EX\n"
    "    everbox list \\-\\-all\n    everbox dominfo web\n.EE\n.PP\n"
    "Several commands at once, on the simulated host:\n.PP\n.EX\n"
    "    everbox \\-q \\-c test:///default 'shutdown test; undefine test; list \\-\\-all'\n.EE\n.PP\n"
    "A machine from its XML, started, with what a script wants to know:\n.PP\n.EX\n"
    "    everbox define web.xml && everbox start web\n    everbox dominfo web \\-\\-json | jq "
    ".state\n.EE\n.PP\n"
    "What Everbox makes of the VirtualBox that is installed:\n.PP\n.EX\n"
    "    everbox doctor\n    everbox api diff 7.1 installed IMachine\n.EE\n"
    ".SH SEE ALSO\nvirsh(1), VBoxManage(1)\n";

char *generate_man(void)
{
    EB_AUTOSTRBUF struct eb_strbuf b = {0};
    unsigned v = EB_VERSION_NUMBER;

    eb_strbuf_printf(
        &b, ".\\\" Generated from the command table.\n.TH EVERBOX 1 \"\" \"Everbox %u.%u.%u\" \"\"\n",
        v / 1000000, v / 1000 % 1000, v % 1000);
    eb_strbuf_add(&b, man_head);
    man_program_options(&b);
    eb_strbuf_add(&b, man_parsing);
    for (const struct command_group *g = command_groups; g->title; g++) {
        EB_AUTOFREE char *title = eb_strdup(g->title);
        for (char *p = title; *p; p++)
            *p = (char)(*p >= 'a' && *p <= 'z' ? *p - 'a' + 'A' : *p);
        eb_strbuf_printf(&b, ".SH %s\n", title);
        for (const struct command *c = g->commands; c->name; c++)
            if (!(c->flags & CMD_HIDDEN))
                man_command(&b, c);
    }
    eb_strbuf_add(&b, man_tail);
    return eb_strbuf_steal(&b);
}

/* ---- Completion ---- */

/** " -c --connect …", those with an argument or those without. */
static char *program_words(bool with_argument, const char *separator)
{
    EB_AUTOSTRBUF struct eb_strbuf b = {0};
    for (const struct program_opt *o = program_opts; o->letter || o->name; o++) {
        bool takes = o->argument && o->argument[0] != '[';
        if (takes != with_argument)
            continue;
        if (o->letter)
            eb_strbuf_printf(&b, "%s-%c", b.len ? separator : "", o->letter);
        if (o->name)
            eb_strbuf_printf(&b, "%s--%s", b.len ? separator : "", o->name);
    }
    return eb_strbuf_steal(&b);
}

/* The scripts find where the command begins and which URI is meant; the rest everbox answers itself. */

static const char bash_script[] =
    "# bash completion for everbox; generated from its command table\n"
    "_everbox()\n{\n"
    "    local words=() uri=() w i=1 line cur before\n"
    "    COMPREPLY=()\n"
    "    # bash breaks words at : and =; put them together again\n"
    "    for w in \"${COMP_WORDS[@]:0:COMP_CWORD+1}\"; do\n"
    "        if ((${#words[@]})) && [[ $w == [:=]* || ${words[-1]} == *[:=] ]]; then\n"
    "            words[-1]+=$w\n"
    "        else\n"
    "            words+=(\"$w\")\n"
    "        fi\n"
    "    done\n"
    "    cur=${words[-1]}\n"
    "    local cword=$((${#words[@]} - 1)) quoted=${cur:0:1}\n"
    "    [[ $quoted == [\\\"\\'] ]] || quoted=\n"
    "    before=${cur%%\"${cur##*[:=]}\"}\n"
    "    words=(\"${words[@]//\\\\/}\")\n"
    "    while ((i < cword)); do\n"
    "        case ${words[i]} in\n"
    "        -c|--connect) uri=(-c \"${words[i+1]}\"); ((i += 2)) ;;\n"
    "        %s) ((i += 2)) ;;\n"
    "        -*) ((i++)) ;;\n"
    "        *) break ;;\n"
    "        esac\n"
    "    done\n"
    "    if ((i >= cword)) && [[ $cur == -* ]]; then\n"
    "        mapfile -t COMPREPLY < <(compgen -W '%s %s' -- \"$cur\")\n"
    "        return\n"
    "    fi\n"
    "    ((i > cword)) && return\n"
    "    w=${words[cword]#\"$quoted\"}\n"
    "    while IFS= read -r line; do\n"
    "        [[ -n $line ]] || continue\n"
    "        [[ -n $quoted ]] || line=$(printf '%%q' \"$line\")\n"
    "        COMPREPLY+=(\"${line#\"$before\"}\")\n"
    "    done < <(\"${words[0]}\" -q \"${uri[@]}\" complete -- \"${words[@]:i:cword-i}\" \"$w\" 2> "
    "/dev/null)\n"
    "}\n"
    "complete -o default -F _everbox everbox\n";

static const char zsh_script[] =
    "#compdef everbox\n# generated from the command table of everbox\n"
    "_everbox() {\n"
    "    local i=2 uri=() lines\n"
    "    while ((i < CURRENT)); do\n"
    "        case $words[i] in\n"
    "        -c|--connect) uri=(-c \"$words[i+1]\"); ((i += 2)) ;;\n"
    "        %s) ((i += 2)) ;;\n"
    "        -*) ((i++)) ;;\n"
    "        *) break ;;\n"
    "        esac\n"
    "    done\n"
    "    if ((i >= CURRENT)) && [[ $words[CURRENT] == -* ]]; then\n"
    "        compadd -- %s %s\n"
    "        return\n"
    "    fi\n"
    "    lines=(\"${(@f)$($words[1] -q $uri complete -- \"${(@)words[i,CURRENT-1]}\" \"$words[CURRENT]\" "
    "2>/dev/null)}\")\n"
    "    compadd -- ${lines:#} || _files\n"
    "}\n"
    "_everbox \"$@\"\n";

static char *fish_script(void)
{
    EB_AUTOSTRBUF struct eb_strbuf b = {0};
    eb_strbuf_add(&b, "# fish completion for everbox; generated from its command table\n");
    for (const struct program_opt *o = program_opts; o->letter || o->name; o++) {
        bool takes = o->argument && o->argument[0] != '[';
        eb_strbuf_add(&b, "complete -c everbox -n __fish_use_subcommand");
        if (o->letter)
            eb_strbuf_printf(&b, " -s %c", o->letter);
        if (o->name)
            eb_strbuf_printf(&b, " -l %s", o->name);
        EB_AUTOSTRBUF struct eb_strbuf help = {0};
        for (const char *p = o->help; *p; p++)
            eb_strbuf_printf(&help, *p == '\'' || *p == '\\' ? "\\%c" : "%c", *p);
        eb_strbuf_printf(&b, "%s -d '%s'\n", takes ? " -r" : "", help.s);
    }
    eb_strbuf_add(&b, "function __everbox_complete\n"
                      "    set -l words (commandline -opc)[2..-1]\n"
                      "    set -l uri\n"
                      "    while set -q words[1]; and string match -q -- '-*' $words[1]\n"
                      "        if contains -- $words[1] -c --connect\n"
                      "            set uri -c $words[2]\n"
                      "        end\n"
                      "        set -l skip 1\n"
                      "        contains -- $words[1] ");
    EB_AUTOFREE char *with = program_words(true, " ");
    eb_strbuf_printf(&b,
                     "%s; and set skip 2\n"
                     "        set -e words[1..$skip]\n"
                     "    end\n"
                     "    everbox -q $uri complete -- $words (commandline -ct) 2>/dev/null\n"
                     "end\n"
                     "complete -c everbox -a '(__everbox_complete)'\n",
                     with);
    return eb_strbuf_steal(&b);
}

char *generate_completion(const char *shell_name)
{
    EB_AUTOFREE char *cases = program_words(true, "|");
    EB_AUTOFREE char *with = program_words(true, " ");
    EB_AUTOFREE char *without = program_words(false, " ");

    if (strcmp(shell_name, "bash") == 0)
        return eb_asprintf(bash_script, cases, with, without);
    if (strcmp(shell_name, "zsh") == 0)
        return eb_asprintf(zsh_script, cases, with, without);
    return strcmp(shell_name, "fish") == 0 ? fish_script() : NULL;
}
