/* SPDX-License-Identifier: LGPL-2.1-or-later */
/** @file main.c everbox: options of the program, then a command, a string of commands, or the prompt. */
#include "base/log.h"
#include "shell/help.h"
#include "shell/shell.h"

#include <ctype.h>
#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <locale.h>
#include <unistd.h>

enum { OPT_VERSION = 256, OPT_NO_PKTTYAGENT, OPT_GENERATE };

static const struct option long_options[] = {
    {"connect", required_argument, NULL, 'c'},
    {"debug", required_argument, NULL, 'd'},
    {"escape", required_argument, NULL, 'e'},
    {"help", no_argument, NULL, 'h'},
    {"keepalive-interval", required_argument, NULL, 'k'},
    {"keepalive-count", required_argument, NULL, 'K'},
    {"log", required_argument, NULL, 'l'},
    {"quiet", no_argument, NULL, 'q'},
    {"readonly", no_argument, NULL, 'r'},
    {"timing", no_argument, NULL, 't'},
    {"no-pkttyagent", no_argument, NULL, OPT_NO_PKTTYAGENT},
    {"version", optional_argument, NULL, OPT_VERSION},
    {"generate", required_argument, NULL, OPT_GENERATE}, /* for the build: man, bash, zsh, fish */
    {0},
};

static void print_version(struct shell *sh, bool full)
{
    unsigned v = eb_version();
    if (!full) {
        sh_print(sh, "%u.%u.%u\n", v / 1000000, v / 1000 % 1000, v % 1000);
        return;
    }
    sh_print(sh, "Everbox command line tool %u.%u.%u\n", v / 1000000, v / 1000 % 1000, v % 1000);
    sh_print(sh, "\nHypervisors: VirtualBox 2.2 and later (bound by name when it connects), Test\n");
}

/** A number of 0 or more for -k and -K, checked as virsh does. */
static int check_keepalive(struct shell *sh, char option, const char *text)
{
    int64_t value;
    if (!eb_parse_i64(text, INT_MIN, INT_MAX, &value))
        return sh_error(sh, "Invalid value for option -%c", option);
    if (value < 0)
        return sh_error(sh, "option -%c requires a positive integer argument", option);
    *(option == 'k' ? &sh->keepalive_interval : &sh->keepalive_count) = (unsigned)value;
    return 0;
}

static int set_debug(struct shell *sh, const char *text)
{
    static const enum eb_log_level levels[] = {EB_LOG_DEBUG, EB_LOG_INFO, EB_LOG_INFO, EB_LOG_WARN,
                                               EB_LOG_ERROR};
    int64_t value;
    if (!eb_parse_i64(text, INT_MIN, INT_MAX, &value))
        return sh_error(sh, "option -d takes a numeric argument");
    if (value < 0 || value > 4) {
        sh_error(sh, "ignoring debug level %d out of range [0-4]", (int)value);
        return 0;
    }
    eb_log_set_level(levels[value]);
    return 0;
}

/** One character, or ^ and one that Ctrl makes: what virsh takes. */
static int check_escape(struct shell *sh, const char *text)
{
    size_t len = strlen(text);
    char c = len == 2 && text[0] == '^' ? (char)toupper((unsigned char)text[1]) : '\0';
    if ((len == 1 && text[0] != '^') || (c >= '@' && c <= '_'))
        return 0;
    return sh_error(sh, "Invalid string '%s' for escape sequence", text);
}

static int open_log(struct shell *sh, const char *path)
{
    if (sh->log)
        fclose(sh->log);
    sh->log = fopen(path, "ae");
    return sh->log ? 0 : sh_error(sh, "failed to open the log file '%s': %s", path, strerror(errno));
}

static int generate(struct shell *sh, const char *what)
{
    EB_AUTOFREE char *text = strcmp(what, "man") == 0 ? generate_man() : generate_completion(what);
    if (!text)
        return sh_error(sh, "cannot generate '%s'", what);
    sh_print(sh, "%s", text);
    return 1;
}

static int missing_argument(struct shell *sh, int letter)
{
    for (const struct option *o = long_options; o->name; o++)
        if (o->val == letter && letter < 256)
            return sh_error(sh, "option '-%c'/'--%s' requires an argument", letter, o->name);
    return sh_error(sh, "option requires an argument. See --help.");
}

static int unknown_option(struct shell *sh, char *const *argv)
{
    if (optopt > 0 && optopt < 256 && isprint(optopt))
        return sh_error(sh, "unsupported option '-%c'. See --help.", optopt);
    return sh_error(sh, "unsupported option '%s'. See --help.", argv[optind - 1]);
}

/** One option. Result: 0 to go on, 1 when all is done, -1 when refused. */
static int take_option(struct shell *sh, int c, char *const *argv)
{
    switch (c) {
    case 'c':
        eb_replace_string(&sh->uri, optarg);
        return 0;
    case 'd':
        return set_debug(sh, optarg);
    case 'e':
        return check_escape(sh, optarg);
    case 'h':
        help_program(sh);
        return 1;
    case 'k':
    case 'K':
        return check_keepalive(sh, (char)c, optarg);
    case 'l':
        return open_log(sh, optarg);
    case 'q':
        sh->quiet = true;
        return 0;
    case 'r':
        sh->readonly = true;
        return 0;
    case 't':
        sh->timing = true;
        return 0;
    case 'v':
    case OPT_VERSION:
        print_version(sh, c == OPT_VERSION && optarg && strcmp(optarg, "long") == 0);
        return 1;
    case 'V':
        print_version(sh, true);
        return 1;
    case OPT_NO_PKTTYAGENT:
        return 0;
    case OPT_GENERATE:
        return generate(sh, optarg);
    case ':':
        return missing_argument(sh, optopt);
    default:
        return unknown_option(sh, argv);
    }
}

static int run_arguments(struct shell *sh, size_t n, char *const *argv)
{
    struct parse_error problem = {0};
    struct args *list = NULL;

    if (n == 1 && argv[0][0] == '\0')
        return -1;
    int result = n == 1 ? parse_string(argv[0], &list, &problem) : parse_argv(n, argv, &list, &problem);
    if (result < 0)
        return sh_parse_error(sh, &problem);
    if (sh->uri && list && strcmp(list->cmd->name, "complete") != 0)
        result = sh_connect(sh);
    if (result == 0)
        result = sh_run(sh, list);
    args_free(list);
    return result;
}

/** What was printed must have arrived. */
static int finish(struct shell *sh, int result)
{
    if (fflush(stdout) != 0 || ferror(stdout))
        result = sh_error(sh, "cannot write the output: %s", strerror(errno));
    sh_disconnect(sh);
    free(sh->uri);
    if (sh->log)
        fclose(sh->log);
    return result < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
    struct shell sh = {.progname = "everbox", .keepalive_interval = 5, .keepalive_count = 5};
    int c;

    setlocale(LC_ALL, "");
    sh.progress.enabled = isatty(STDERR_FILENO);
    while ((c = getopt_long(argc, argv, "+:c:d:e:hk:K:l:qrtvV", long_options, NULL)) != -1) {
        int result = take_option(&sh, c, argv);
        if (result != 0)
            return finish(&sh, result);
    }
    sh.progress.enabled = sh.progress.enabled && !sh.quiet;
    if (optind < argc)
        return finish(&sh, run_arguments(&sh, (size_t)(argc - optind), argv + optind));
    if (sh.uri && sh_connect(&sh) < 0)
        return finish(&sh, -1);
    sh_interactive(&sh);
    return finish(&sh, 0);
}
