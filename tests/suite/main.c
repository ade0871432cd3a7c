/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* driver-suite [-g GROUP] [-t PATTERN] [URI]: runs the driver suite against a backend. Without URI:
 * EVERBOX_SUITE_URI, else test:///default. -g runs one group; -t picks tests by name, with * and ?. */
#include "suite.h"

static const struct suite_group *const groups[] = {
    &suite_conn,   &suite_list,  &suite_define,   &suite_life,    &suite_save,    &suite_config,  &suite_xml,
    &suite_device, &suite_event, &suite_snapshot, &suite_network, &suite_storage, &suite_threads,
};
enum { N_GROUPS = sizeof(groups) / sizeof(groups[0]) };

static int usage(const char *program)
{
    fprintf(stderr, "usage: %s [-g GROUP] [-t PATTERN] [URI]\ngroups:", program);
    for (size_t i = 0; i < N_GROUPS; i++)
        fprintf(stderr, " %s", groups[i]->name);
    fprintf(stderr, "\n");
    return 2;
}

int main(int argc, char **argv)
{
    const char *only = NULL;
    int option, run = 0, failed = 0;

    while ((option = getopt(argc, argv, "g:t:")) != -1) {
        if (option == 'g')
            only = optarg;
        else if (option == 't')
            cmocka_set_test_filter(optarg);
        else
            return usage(argv[0]);
    }
    suite_uri = optind < argc ? argv[optind] : getenv("EVERBOX_SUITE_URI");
    if (!suite_uri || !*suite_uri)
        suite_uri = "test:///default";
    print_message("driver suite on %s\n", suite_uri);
    for (size_t i = 0; i < N_GROUPS; i++) {
        if (only && strcmp(only, groups[i]->name) != 0)
            continue;
        run++;
        print_message("group %s\n", groups[i]->name);
        failed += _cmocka_run_group_tests(groups[i]->name, groups[i]->tests, groups[i]->n, NULL, NULL) != 0;
    }
    return !run ? usage(argv[0]) : failed ? 1 : 0;
}
