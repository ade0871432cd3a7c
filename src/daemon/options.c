/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/options.h"

#include <getopt.h>
#include <stdio.h>

#include "daemon/generate.h"
#include "everbox/everbox.h"

enum { MAX_OPTIONS = 16, TIMEOUT_MAX = 86400, GENERATE = 256 };

const struct daemon_option daemon_options[] = {
    {"daemon", 'd', NULL, "go to the background once the sockets are there"},
    {"config", 'f', "FILE", "read FILE in place of the usual configuration"},
    {"pid-file", 'p', "FILE", "where the process's number is written and locked"},
    {"socket", 's', "PATH",
     "in place of the usual sockets: PATH, read-only PATH-ro, for administration PATH-admin"},
    {"timeout", 't', "SECONDS", "end after so long without a client, from 1 to 86400"},
    {"verbose", 'v', NULL, "log what is done, too (log_level 2)"},
    {"help", 'h', NULL, "show this"},
    {"version", 'V', NULL, "show the version"},
    {0},
};

static void print_usage(FILE *out)
{
    fputs("usage: everboxd [OPTION]...\n"
          "Serves libvirt's clients: vbox:///session, vbox:///system, test:///default.\n\n",
          out);
    for (const struct daemon_option *o = daemon_options; o->name; o++) {
        EB_AUTOFREE char *left = eb_asprintf("-%c, --%s%s%s", o->letter, o->name, o->argument ? "=" : "",
                                             o->argument ? o->argument : "");

        fprintf(out, "  %-23s  %s\n", left, o->help);
    }
}

static int bad_usage(const char *text)
{
    fprintf(stderr, "everboxd: %s\n", text);
    print_usage(stderr);
    return 2;
}

/* For getopt, of the table. */
static void spell(struct option known[MAX_OPTIONS], char letters[2 * MAX_OPTIONS])
{
    size_t n = 0, at = 0;

    for (const struct daemon_option *o = daemon_options; o->name; o++) {
        known[n++] = (struct option){o->name, o->argument ? required_argument : no_argument, NULL, o->letter};
        letters[at++] = o->letter;
        if (o->argument)
            letters[at++] = ':';
    }
    known[n++] = (struct option){"generate", required_argument, NULL, GENERATE};
    known[n] = (struct option){0};
    letters[at] = '\0';
}

int daemon_options_parse(int argc, char **argv, struct daemon_options *options)
{
    struct option known[MAX_OPTIONS];
    char letters[2 * MAX_OPTIONS];
    uint64_t seconds;
    int c;

    spell(known, letters);
    while ((c = getopt_long(argc, argv, letters, known, NULL)) != -1) {
        switch (c) {
        case 'd':
            options->background = true;
            break;
        case 'f':
            options->config = optarg;
            break;
        case 'p':
            options->pid_file = optarg;
            break;
        case 's':
            options->socket = optarg;
            break;
        case 't':
            if (!eb_parse_u64(optarg, TIMEOUT_MAX, &seconds) || !seconds)
                return bad_usage("--timeout needs a number of seconds from 1 to 86400");
            options->timeout = (unsigned)seconds;
            break;
        case 'v':
            options->verbose = true;
            break;
        case 'h':
            print_usage(stdout);
            return 0;
        case 'V':
            printf("everboxd (everbox) %u.%u.%u\n", eb_version() / 1000000, eb_version() / 1000 % 1000,
                   eb_version() % 1000);
            return 0;
        case GENERATE:
            return daemon_generate(optarg) < 0 ? bad_usage("--generate knows conf, man, man-conf and bash")
                                               : 0;
        default:
            print_usage(stderr);
            return 2;
        }
    }
    return optind < argc ? bad_usage("no arguments are expected") : -1;
}
