/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Defines a machine, starts it, pauses it, stops it and removes it again, showing progress and every error's
 * cause. */
#include <stdio.h>
#include <string.h>

#include <everbox/everbox.h>

static int show_progress(const char *what, unsigned done, unsigned total, void *opaque)
{
    (void)opaque;
    fprintf(stderr, "%s: %u of %u\n", what ? what : "working", done, total);
    return 0; /* anything else cancels */
}

static int walk(eb_domain *dom, eb_error *err)
{
    eb_domain_state state;
    int reason;

    if (eb_domain_start(dom, 0, err) < 0 || eb_domain_suspend(dom, err) < 0 ||
        eb_domain_get_state(dom, &state, &reason, err) < 0)
        return -1;
    printf("%s has id %d, state %d, reason %d\n", eb_domain_get_name(dom), eb_domain_get_id(dom), (int)state,
           reason);
    return eb_domain_resume(dom, err) < 0 || eb_domain_destroy(dom, 0, err) < 0 ? -1 : 0;
}

int main(int argc, char **argv)
{
    eb_error err = EB_ERROR_INIT;
    eb_conn *conn = NULL;
    eb_domain *dom = NULL;
    char xml[512];
    int result = -1;

    if (eb_connect_open(argc > 1 ? argv[1] : NULL, 0, &conn, &err) < 0)
        goto out;
    eb_conn_set_progress(conn, show_progress, NULL);
    snprintf(xml, sizeof(xml),
             "<domain type='%s'><name>everbox-example</name><memory unit='MiB'>64</memory>"
             "<os><type arch='%s'>hvm</type></os></domain>",
             strcmp(eb_conn_get_type(conn), "TEST") == 0 ? "test" : "vbox",
             strcmp(eb_conn_get_type(conn), "TEST") == 0 ? "i686" : "x86_64");
    if (eb_domain_define_xml(conn, xml, 0, &dom, &err) < 0)
        goto out;
    result = walk(dom, &err);
    if (eb_domain_undefine(dom, EB_UNDEFINE_MANAGED_SAVE, result < 0 ? NULL : &err) < 0)
        result = -1;
out:
    if (result < 0) {
        fprintf(stderr, "%s\n", eb_error_message(&err));
        if (err.vbox_text)
            fprintf(stderr, "VirtualBox said: %s\n", err.vbox_text);
    }
    eb_error_clear(&err);
    eb_domain_unref(dom);
    eb_conn_unref(conn);
    return result < 0;
}
