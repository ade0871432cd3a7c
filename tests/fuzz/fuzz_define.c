/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Domain XML all the way through define: whatever is defined can be read back, defined again, started and
 * removed; whatever is refused leaves the list of machines as it was and says why.
 */
#include "base/error.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(int result)
{
    if (result < 0)
        abort();
}

static void live(eb_conn *conn, eb_domain *dom)
{
    EB_AUTOFREE char *xml = NULL;
    eb_domain *same = NULL;

    must(eb_domain_get_xml(dom, EB_XML_INACTIVE | EB_XML_SECURE, &xml, NULL));
    must(eb_domain_define_xml(conn, xml, 0, &same, NULL));
    eb_domain_unref(same);
    if (eb_domain_start(dom, 0, NULL) == 0)
        must(eb_domain_destroy(dom, 0, NULL));
    must(eb_domain_undefine(dom, 0, NULL));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    EB_AUTOERROR eb_error err = EB_ERROR_INIT;
    EB_AUTOFREE char *xml = eb_calloc(size + 1, 1);
    eb_conn *conn = NULL;
    eb_domain *dom = NULL;

    if (size)
        memcpy(xml, data, size);
    must(eb_connect_open("test:///default", 0, &conn, NULL));
    if (eb_domain_define_xml(conn, xml, 0, &dom, &err) == 0) {
        /* The running machine `test` may be what was redefined: it is not started again. */
        if (eb_domain_is_active(dom, NULL) == 0)
            live(conn, dom);
        eb_domain_unref(dom);
    } else if (!eb_error_is_set(&err) || eb_conn_list_domains(conn, 0, NULL, NULL) != 1) {
        abort();
    }
    eb_conn_unref(conn);
    return 0;
}
