/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* driver-suite [URI] [PATTERN]: runs the driver suite against a backend. Without URI: EVERBOX_SUITE_URI, else
 * test:///default. PATTERN picks tests by name, with * and ?. */
#include "suite.h"

static const struct suite_group *const groups[] = {
    &suite_conn, &suite_list,   &suite_define, &suite_life,
    &suite_save, &suite_config, &suite_xml,    &suite_threads,
};

int main(int argc, char **argv)
{
    int failed = 0;

    suite_uri = argc > 1 ? argv[1] : getenv("EVERBOX_SUITE_URI");
    if (!suite_uri || !*suite_uri)
        suite_uri = "test:///default";
    if (argc > 2)
        cmocka_set_test_filter(argv[2]);
    print_message("driver suite on %s\n", suite_uri);
    for (size_t i = 0; i < sizeof(groups) / sizeof(groups[0]); i++)
        failed += _cmocka_run_group_tests(groups[i]->name, groups[i]->tests, groups[i]->n, NULL, NULL) != 0;
    return failed ? 1 : 0;
}
