/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/generate.h"

#include <stdio.h>

#include "daemon/config.h"
#include "daemon/options.h"

enum { WIDTH = 110 };

/* ---- everboxd.conf ---- */

/* A paragraph as comment lines. */
static void comment(const char *text)
{
    size_t column = 0;

    while (*text) {
        size_t n = strcspn(text, " ");

        if (!column || column + 1 + n > WIDTH) {
            printf("%s# ", column ? "\n" : "");
            column = 2;
        } else {
            putchar(' ');
            column++;
        }
        fwrite(text, 1, n, stdout);
        column += n;
        text += n;
        text += strspn(text, " ");
    }
    putchar('\n');
}

static void print_conf(void)
{
    comment("everboxd.conf: the settings of everboxd, see everboxd.conf(5). What is commented out is the "
            "default, or an "
            "example where there is none. SIGHUP reads the file anew. What is marked with (restart) counts "
            "at the start of the daemon "
            "alone. A key that is not known is an error.");
    for (const struct daemon_key *key = daemon_keys; key->name; key++) {
        if (!*key->name) {
            printf("\n# ---- %s ----\n", key->text);
            continue;
        }
        if (key->text) {
            putchar('\n');
            comment(key->text);
        }
        printf("#%s = %s%s\n", key->name, key->value ? key->value : key->example,
               key->fixed ? " # (restart)" : "");
    }
}

/* ---- Manual pages ---- */

/* Text for roff: no line may begin with a control character, backslashes and dashes mean themselves. */
static void roff(const char *text)
{
    if (*text == '.' || *text == '\'')
        fputs("\\&", stdout);
    for (; *text; text++) {
        if (*text == '\\')
            fputs("\\e", stdout);
        else if (*text == '-')
            fputs("\\-", stdout);
        else
            putchar(*text);
    }
}

static void kind_of(const struct daemon_key *key)
{
    switch (key->kind) {
    case KEY_COUNT:
        printf("a number from 1 to %llu", (unsigned long long)key->max);
        break;
    case KEY_SIZE:
        printf("KiB, from 1 to %llu", (unsigned long long)key->max);
        break;
    case KEY_SECONDS:
        printf("a number from 0 to %llu", (unsigned long long)key->max);
        break;
    case KEY_FLAG:
        fputs("0 or 1", stdout);
        break;
    case KEY_TEXT:
        fputs("a text", stdout);
        break;
    case KEY_OCTAL:
        fputs("an octal number in quotes", stdout);
        break;
    case KEY_CHOICE:
        printf("one of: %s", key->words);
        break;
    case KEY_LIST:
        fputs("a list of texts", stdout);
        break;
    }
}

static void man_key(const struct daemon_key *key)
{
    printf(".TP\n.B %s\n", key->name);
    putchar('(');
    kind_of(key);
    if (key->value) {
        fputs("; default ", stdout);
        roff(key->value);
    } else {
        fputs("; for example ", stdout);
        roff(key->example);
    }
    fputs(key->fixed ? "; needs a restart)\n" : ")\n", stdout);
    if (key->text) {
        fputs(".br\n", stdout);
        roff(key->text);
        putchar('\n');
    } else {
        fputs("See the key before it.\n", stdout);
    }
}

static void print_man_conf(void)
{
    fputs(".TH EVERBOXD.CONF 5 \"\" Everbox \"File formats\"\n"
          ".SH NAME\neverboxd.conf \\- settings of everboxd\n"
          ".SH SYNOPSIS\n.I /etc/everbox/everboxd.conf\n.br\n.I $XDG_CONFIG_HOME/everbox/everboxd.conf\n"
          ".SH DESCRIPTION\n"
          "The first is read by root's daemon, the second (by default in ~/.config) by a user's; the option "
          "\\-f names "
          "another one. Without a file the defaults below hold. Each line is\n"
          ".I key = value\n"
          "where a value is a number, a text in quotes, or a list of texts between [ and ], which may go "
          "over several "
          "lines. What follows # is a comment. A key that is not known or a value that cannot be is an error "
          "that names "
          "the line: the daemon does not start. SIGHUP reads the file anew: all but what needs a restart "
          "changes "
          "at once, certificates, lists of names and the keepalive interval for clients that come from then "
          "on. Where "
          "the file is wrong the former settings stay, and where a key changed that needs a restart, the log "
          "says so.\n",
          stdout);
    for (const struct daemon_key *key = daemon_keys; key->name; key++) {
        if (*key->name) {
            man_key(key);
            continue;
        }
        fputs(".SH \"", stdout);
        for (const char *c = key->text; *c; c++)
            putchar(*c >= 'a' && *c <= 'z' ? *c - 'a' + 'A' : *c);
        fputs("\"\n", stdout);
    }
    fputs(".SH SEE ALSO\n.BR everboxd (8),\n.BR everbox (1)\n", stdout);
}

static void man_options(void)
{
    fputs(".SH OPTIONS\n", stdout);
    for (const struct daemon_option *o = daemon_options; o->name; o++) {
        printf(".TP\n.B \\-%c, \\-\\-", o->letter);
        roff(o->name);
        if (o->argument)
            printf("=%s", o->argument);
        putchar('\n');
        roff(o->help);
        fputs(".\n", stdout);
    }
}

static void print_man(void)
{
    fputs(".TH EVERBOXD 8 \"\" Everbox \"System administration\"\n"
          ".SH NAME\neverboxd, virtvboxd \\- serves VirtualBox machines to libvirt's clients\n"
          ".SH SYNOPSIS\n.B everboxd\n[\\fIOPTION\\fR]...\n"
          ".SH DESCRIPTION\n"
          "everboxd speaks libvirt's wire protocol, so that virsh, virt\\-manager and all that is built on "
          "libvirt manage "
          "VirtualBox (vbox:///session, vbox:///system) and the embedded test driver (test:///default) "
          "unmodified. "
          "Run by root it serves the host, else its user. It is installed as virtvboxd too, which is the "
          "name by which "
          "libvirt's client starts it.\n",
          stdout);
    man_options();
    fputs(".SH FILES\n"
          ".TP\n.I /run/libvirt/virtvboxd\\-sock\n"
          "The system daemon's socket; beside it virtvboxd\\-sock\\-ro, which changes nothing, and "
          "virtvboxd\\-admin\\-sock "
          "for virt\\-admin and everbox status.\n"
          ".TP\n.I $XDG_RUNTIME_DIR/libvirt/virtvboxd\\-sock\n"
          "A user's; without XDG_RUNTIME_DIR in $XDG_CACHE_HOME/libvirt or ~/.cache/libvirt. The folder is "
          "closed to "
          "everybody else; one that belongs to another user, or lies where others can put their own in its "
          "place, is "
          "refused.\n"
          ".TP\n.I virtvboxd.pid\n"
          "Beside the sockets (PATH.pid with \\-\\-socket): the process's number. Its lock lets one daemon "
          "be there; who "
          "starts while another one ends waits for that for a few seconds.\n"
          ".TP\n.I /etc/everbox/everboxd.conf\n.TQ\n.I $XDG_CONFIG_HOME/everbox/everboxd.conf\n"
          "The configuration, see everboxd.conf(5).\n"
          ".TP\n.I /etc/pki/CA/cacert.pem\n.TQ\n.I /etc/pki/libvirt/servercert.pem\n.TQ\n"
          ".I /etc/pki/libvirt/private/serverkey.pem\nFor TLS; all of its places are in everboxd.conf(5).\n"
          ".TP\n.I /etc/sasl2/libvirt.conf\nMechanisms and passwords of SASL.\n"
          ".SH ENVIRONMENT\n"
          ".TP\n.B EVERBOX_LOG\ndebug, info, warning or error: goes before log_level.\n"
          ".TP\n.B LISTEN_FDS\nSockets from systemd are used in place of the usual ones. A name "
          "(LISTEN_FDNAMES) or path "
          "with \\-ro is for those who only look, with \\-admin for administration; \\-tls and \\-tcp are "
          "for other hosts. With them there is no pid file but the one of \\-\\-pid\\-file, and \\-\\-socket "
          "is an error.\n"
          ".TP\n.BR XDG_RUNTIME_DIR ,\\  XDG_CACHE_HOME ,\\  XDG_CONFIG_HOME ,\\  HOME\nWhere a user's files "
          "are, see above.\n"
          ".TP\n.B VBOX_APP_HOME\nThe folder of the VirtualBox to use, as for everbox(1).\n"
          ".SH SIGNALS\n"
          ".TP\n.B SIGHUP\nReads the configuration anew, and opens log files anew.\n"
          ".TP\n.BR SIGTERM ,\\  SIGINT\nTakes no new calls, lets running operations end (for at most "
          "stop_timeout "
          "seconds), answers them, and ends. A second one does not wait.\n"
          ".SH EXIT STATUS\n0 after it was asked to end or nobody came for the timeout; 1 when it could not "
          "start, or "
          "operations had to be left; 2 when the command line was not understood.\n"
          ".SH SEE ALSO\n.BR everboxd.conf (5),\n.BR everbox (1),\n.BR virsh (1),\n.BR virt\\-admin (1)\n",
          stdout);
}

/* ---- Completion ---- */

static void print_bash(void)
{
    fputs("# Completion of everboxd and virtvboxd, made from the table of options.\n"
          "_everboxd() {\n"
          "\tlocal word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]}\n"
          "\t[ \"$before\" != = ] || before=${COMP_WORDS[COMP_CWORD - 2]}\n"
          "\t[ \"$word\" != = ] || word=\n"
          "\tCOMPREPLY=()\n"
          "\tcase $before in\n",
          stdout);
    for (const struct daemon_option *o = daemon_options; o->name; o++) {
        if (!o->argument)
            continue;
        printf("\t-%c | --%s) %s; return ;;\n", o->letter, o->name,
               strcmp(o->argument, "SECONDS") == 0
                   ? ":"
                   : "mapfile -t COMPREPLY < <(compgen -f -- \"$word\"); compopt -o filenames 2> /dev/null");
    }
    fputs("\tesac\n\tmapfile -t COMPREPLY < <(compgen -W '", stdout);
    for (const struct daemon_option *o = daemon_options; o->name; o++)
        printf("%s--%s", o == daemon_options ? "" : " ", o->name);
    fputs("' -- \"$word\")\n}\ncomplete -F _everboxd everboxd virtvboxd\n", stdout);
}

int daemon_generate(const char *what)
{
    static const struct {
        const char *name;
        void (*print)(void);
    } makers[] = {
        {"conf", print_conf}, {"man-conf", print_man_conf}, {"man", print_man}, {"bash", print_bash}};

    for (size_t i = 0; i < EB_ARRAY_SIZE(makers); i++) {
        if (strcmp(makers[i].name, what) == 0) {
            makers[i].print();
            return 0;
        }
    }
    return -1;
}
