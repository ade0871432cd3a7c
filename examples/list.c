/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Lists every machine with its state: the smallest useful program. Build: cc list.c $(pkg-config --cflags
 * --libs everbox) */
#include <stdio.h>

#include <everbox/everbox.h>

static const char *const states[] = {"no state",      "running",  "blocked", "paused",
                                     "shutting down", "shut off", "crashed", "suspended"};

int main(int argc, char **argv)
{
    eb_error err = EB_ERROR_INIT;
    eb_conn *conn = NULL;
    eb_domain_entry *machines = NULL;
    int n;

    if (eb_connect_open(argc > 1 ? argv[1] : NULL, EB_CONNECT_RO, &conn, &err) < 0 ||
        (n = eb_conn_list_domains_full(conn, 0, &machines, &err)) < 0) {
        fprintf(stderr, "%s\n", eb_error_message(&err));
        eb_error_clear(&err);
        eb_conn_unref(conn);
        return 1;
    }
    for (int i = 0; i < n; i++)
        printf("%-30s %s\n", eb_domain_get_name(machines[i].domain), states[machines[i].state]);
    eb_domain_entries_free(machines, (size_t)n);
    eb_conn_unref(conn);
    return 0;
}
