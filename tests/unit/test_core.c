/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the library checks before a driver is asked, and the life of its handles, on a driver made for the
 * purpose. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/driver.h"

static int closed, calls;
static struct eb_domain_summary known[] = {
    {.key = {.uuid = {1}, .name = (char *)"runs", .id = 7}, .state = EB_DOMAIN_RUNNING, .persistent = true},
    {.key = {.uuid = {2}, .name = (char *)"paused", .id = 9}, .state = EB_DOMAIN_PAUSED, .autostart = true},
    {.key = {.uuid = {3}, .name = (char *)"off", .id = -1},
     .state = EB_DOMAIN_SHUTOFF,
     .persistent = true,
     .managed_save = true,
     .has_snapshot = true},
    {.key = {.uuid = {4}, .name = (char *)"broken", .id = -1},
     .state = EB_DOMAIN_CRASHED,
     .persistent = true},
};

static int fake_probe(const struct eb_uri *uri, eb_error *err)
{
    if (strcmp(uri->scheme, "fake") != 0)
        return 0;
    if (eb_uri_query(uri, "wrong"))
        return eb_error_set(err, EB_ERR_INVALID_ARG, "wrong");
    return 1;
}

static int fake_probe_default(char **uri)
{
    *uri = eb_strdup("fake:///default");
    return 1;
}

static int fake_open(eb_conn *conn, const struct eb_uri *uri, eb_error *err)
{
    (void)conn;
    if (strcmp(uri->path, "/nowhere") == 0)
        return eb_error_set(err, EB_ERR_OPERATION_FAILED, "nothing is there");
    return 0;
}

static void fake_close(eb_conn *conn)
{
    (void)conn;
    closed++;
}

static int fake_list(eb_conn *conn, unsigned want, struct eb_domain_summary **out, eb_error *err)
{
    (void)conn;
    (void)want;
    (void)err;
    *out = eb_memdup(known, sizeof(known));
    for (size_t i = 0; i < EB_ARRAY_SIZE(known); i++)
        (*out)[i].key.name = eb_strdup(known[i].key.name);
    return (int)EB_ARRAY_SIZE(known);
}

static int fake_lookup_name(eb_conn *conn, const char *name, struct eb_domain_key *out, eb_error *err)
{
    (void)conn;
    for (size_t i = 0; i < EB_ARRAY_SIZE(known); i++) {
        if (strcmp(known[i].key.name, name) == 0) {
            *out = known[i].key;
            out->name = eb_strdup(name);
            return 0;
        }
    }
    return eb_error_set(err, EB_ERR_NO_DOMAIN, "no domain with matching name '%s'", name);
}

static int fake_change(eb_conn *conn, eb_uuid uuid, eb_error *err)
{
    (void)conn;
    (void)uuid;
    (void)err;
    calls++;
    return 0;
}

static int fake_rename(eb_conn *conn, eb_uuid uuid, const char *name, unsigned flags, eb_error *err)
{
    (void)name;
    (void)flags;
    return fake_change(conn, uuid, err);
}

static const struct eb_driver fake = {
    .name = "fake",
    .type = "Fake",
    .error_domain = EB_FROM_TEST,
    .virt = EB_VIRT_TEST,
    .conn = {.probe = fake_probe,
             .probe_default = fake_probe_default,
             .open = fake_open,
             .close = fake_close},
    .domain = {.list = fake_list,
               .lookup_name = fake_lookup_name,
               .suspend = fake_change,
               .rename = fake_rename},
};

const struct eb_driver *const eb_drivers[] = {&fake, NULL};

static eb_conn *open_fake(unsigned flags)
{
    eb_conn *conn = NULL;

    assert_int_equal(eb_connect_open("fake:///x", flags, &conn, NULL), 0);
    return conn;
}

static void the_scheme_chooses_the_driver(void **state)
{
    EB_AUTOERROR eb_error err = EB_ERROR_INIT;
    eb_conn *conn = open_fake(0);

    (void)state;
    assert_string_equal(eb_conn_get_type(conn), "Fake");
    eb_conn_unref(conn);
    assert_int_equal(eb_connect_open("other:///x", 0, &conn, &err), -1);
    assert_int_equal(err.code, EB_ERR_NO_CONNECT);
    assert_string_equal(err.message, "no connection driver available for other:///x");
}

static void a_wrong_uri_names_itself(void **state)
{
    static const char *const wrong[] = {
        "nonsense", "://", "fake:///%zz", "\xff://x", "fake:///x?wrong=1", "fake:///nowhere"};

    (void)state;
    for (size_t i = 0; i < EB_ARRAY_SIZE(wrong); i++) {
        EB_AUTOERROR eb_error err = EB_ERROR_INIT;
        eb_conn *conn = NULL;

        assert_int_equal(eb_connect_open(wrong[i], 0, &conn, &err), -1);
        assert_null(conn);
        assert_true(eb_error_is_set(&err));
    }
}

static void without_a_uri_the_environment_and_then_a_driver_decides(void **state)
{
    EB_AUTOFREE char *uri = NULL;
    EB_AUTOFREE char *other = NULL;
    eb_conn *conn = NULL;

    (void)state;
    unsetenv("EVERBOX_DEFAULT_URI");
    unsetenv("VIRSH_DEFAULT_CONNECT_URI");
    unsetenv("LIBVIRT_DEFAULT_URI");
    assert_int_equal(eb_connect_open(NULL, 0, &conn, NULL), 0);
    assert_int_equal(eb_conn_get_uri(conn, &uri, NULL), 0);
    assert_string_equal(uri, "fake:///default");
    eb_conn_unref(conn);
    setenv("LIBVIRT_DEFAULT_URI", "fake:///environment", 1);
    assert_int_equal(eb_connect_open(NULL, 0, &conn, NULL), 0);
    assert_int_equal(eb_conn_get_uri(conn, &other, NULL), 0);
    assert_string_equal(other, "fake:///environment");
    eb_conn_unref(conn);
}

static void query_values_are_unescaped(void **state)
{
    struct eb_uri *uri = NULL;

    (void)state;
    assert_int_equal(eb_uri_parse("vbox+ssh://host/session?home=/opt/V%20B&empty&x=1=2", &uri, NULL), 0);
    assert_string_equal(uri->scheme, "vbox");
    assert_string_equal(uri->transport, "ssh");
    assert_string_equal(uri->server, "host");
    assert_string_equal(uri->path, "/session");
    assert_string_equal(eb_uri_query(uri, "home"), "/opt/V B");
    assert_string_equal(eb_uri_query(uri, "empty"), "");
    assert_string_equal(eb_uri_query(uri, "x"), "1=2");
    assert_null(eb_uri_query(uri, "y"));
    eb_uri_free(uri);
}

static void a_handle_keeps_its_connection_open(void **state)
{
    eb_conn *conn = open_fake(0);
    eb_domain *dom = NULL;

    (void)state;
    closed = 0;
    assert_int_equal(eb_domain_lookup_by_name(conn, "runs", &dom, NULL), 0);
    eb_conn_unref(conn);
    assert_int_equal(closed, 0);
    assert_string_equal(eb_domain_get_name(dom), "runs");
    eb_domain_unref(dom);
    assert_int_equal(closed, 1);
}

static void lists_are_filtered_in_groups(void **state)
{
    static const struct {
        unsigned flags;
        int n;
    } cases[] = {
        {0, 4},
        {EB_LIST_ACTIVE, 2},
        {EB_LIST_INACTIVE, 2},
        {EB_LIST_ACTIVE | EB_LIST_INACTIVE, 4},
        {EB_LIST_RUNNING | EB_LIST_PAUSED, 2},
        {EB_LIST_OTHER, 1},
        {EB_LIST_ACTIVE | EB_LIST_SHUTOFF, 0},
        {EB_LIST_PERSISTENT, 3},
        {EB_LIST_TRANSIENT, 1},
        {EB_LIST_AUTOSTART, 1},
        {EB_LIST_NO_AUTOSTART | EB_LIST_ACTIVE, 1},
        {EB_LIST_MANAGEDSAVE, 1},
        {EB_LIST_HAS_SNAPSHOT | EB_LIST_INACTIVE, 1},
        {EB_LIST_HAS_CHECKPOINT, 0},
    };
    EB_AUTOERROR eb_error err = EB_ERROR_INIT;
    eb_conn *conn = open_fake(0);

    (void)state;
    for (size_t i = 0; i < EB_ARRAY_SIZE(cases); i++) {
        eb_domain_entry *entries = NULL;
        int n = eb_conn_list_domains_full(conn, cases[i].flags, &entries, NULL);

        assert_int_equal(n, cases[i].n);
        eb_domain_entries_free(entries, (size_t)n);
    }
    assert_int_equal(eb_conn_list_domains(conn, 1u << 20, NULL, &err), -1);
    assert_int_equal(err.code, EB_ERR_INVALID_ARG);
    eb_conn_unref(conn);
}

static void what_a_driver_lacks_is_refused_by_its_libvirt_name(void **state)
{
    EB_AUTOERROR eb_error err = EB_ERROR_INIT;
    eb_conn *conn = open_fake(0);
    eb_node_info info;

    (void)state;
    assert_int_equal(eb_node_get_info(conn, &info, &err), -1);
    assert_int_equal(err.code, EB_ERR_NO_SUPPORT);
    assert_int_equal(err.domain, EB_FROM_TEST);
    assert_string_equal(err.message,
                        "this function is not supported by the connection driver: virNodeGetInfo");
    eb_conn_unref(conn);
}

#define REFUSED(call)                                                                                        \
    do {                                                                                                     \
        EB_AUTOERROR eb_error err = EB_ERROR_INIT;                                                           \
        assert_int_equal((call), -1);                                                                        \
        assert_int_equal(err.code, EB_ERR_OPERATION_DENIED);                                                 \
    } while (0)

static void a_read_only_connection_changes_nothing(void **state)
{
    eb_conn *conn = open_fake(EB_CONNECT_RO);
    eb_domain *dom = NULL;
    char *xml = NULL;

    (void)state;
    assert_int_equal(eb_domain_lookup_by_name(conn, "runs", &dom, NULL), 0);
    calls = 0;
    assert_int_equal(eb_conn_is_read_only(conn), 1);
    REFUSED(eb_domain_define_xml(conn, "<domain/>", 0, NULL, &err));
    REFUSED(eb_domain_create_xml(conn, "<domain/>", 0, NULL, &err));
    REFUSED(eb_domain_undefine(dom, 0, &err));
    REFUSED(eb_domain_start(dom, 0, &err));
    REFUSED(eb_domain_suspend(dom, &err));
    REFUSED(eb_domain_resume(dom, &err));
    REFUSED(eb_domain_shutdown(dom, 0, &err));
    REFUSED(eb_domain_reboot(dom, 0, &err));
    REFUSED(eb_domain_reset(dom, 0, &err));
    REFUSED(eb_domain_destroy(dom, 0, &err));
    REFUSED(eb_domain_save(dom, "/x", NULL, 0, &err));
    REFUSED(eb_domain_restore(conn, "/x", NULL, 0, &err));
    REFUSED(eb_domain_managed_save(dom, 0, &err));
    REFUSED(eb_domain_managed_save_remove(dom, 0, &err));
    REFUSED(eb_domain_set_autostart(dom, 1, &err));
    REFUSED(eb_domain_set_memory(dom, 1, 0, &err));
    REFUSED(eb_domain_set_vcpus(dom, 1, 0, &err));
    REFUSED(eb_domain_set_metadata(dom, EB_METADATA_TITLE, "x", NULL, NULL, 0, &err));
    REFUSED(eb_domain_rename(dom, "x", 0, &err));
    REFUSED(eb_domain_attach_device(dom, "<disk/>", 0, &err));
    REFUSED(eb_domain_detach_device(dom, "<disk/>", 0, &err));
    REFUSED(eb_domain_update_device(dom, "<disk/>", 0, &err));
    REFUSED(eb_domain_get_xml(dom, EB_XML_SECURE, &xml, &err));
    assert_int_equal(calls, 0);
    eb_domain_unref(dom);
    eb_conn_unref(conn);
}

static void contradictory_arguments_are_refused(void **state)
{
    eb_conn *conn = open_fake(0);
    eb_domain *dom = NULL;

    (void)state;
    assert_int_equal(eb_domain_lookup_by_name(conn, "off", &dom, NULL), 0);
    for (int i = 0; i < 7; i++) {
        EB_AUTOERROR eb_error err = EB_ERROR_INIT;
        int result = i == 0   ? eb_domain_undefine(dom, EB_UNDEFINE_NVRAM | EB_UNDEFINE_KEEP_NVRAM, &err)
                     : i == 1 ? eb_domain_managed_save(dom, EB_SAVE_RUNNING | EB_SAVE_PAUSED, &err)
                     : i == 2 ? eb_domain_set_memory(dom, 0, 0, &err)
                     : i == 3 ? eb_domain_set_vcpus(dom, 0, 0, &err)
                     : i == 4 ? eb_domain_set_metadata(dom, EB_METADATA_TITLE, "a\nb", NULL, NULL, 0, &err)
                     : i == 5 ? eb_domain_rename(dom, "", 0, &err)
                              : eb_domain_get_metadata(dom, EB_METADATA_ELEMENT, NULL, 0, NULL, &err);

        assert_int_equal(result, -1);
        assert_int_equal(err.code, EB_ERR_INVALID_ARG);
    }
    eb_domain_unref(dom);
    eb_conn_unref(conn);
}

static void a_renamed_handle_has_both_names_valid(void **state)
{
    eb_conn *conn = open_fake(0);
    eb_domain *dom = NULL;
    const char *before;

    (void)state;
    assert_int_equal(eb_domain_lookup_by_name(conn, "off", &dom, NULL), 0);
    before = eb_domain_get_name(dom);
    assert_int_equal(eb_domain_rename(dom, "new", 0, NULL), 0);
    assert_string_equal(before, "off");
    assert_string_equal(eb_domain_get_name(dom), "new");
    eb_domain_unref(dom);
    eb_conn_unref(conn);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_scheme_chooses_the_driver),
        cmocka_unit_test(a_wrong_uri_names_itself),
        cmocka_unit_test(without_a_uri_the_environment_and_then_a_driver_decides),
        cmocka_unit_test(query_values_are_unescaped),
        cmocka_unit_test(a_handle_keeps_its_connection_open),
        cmocka_unit_test(lists_are_filtered_in_groups),
        cmocka_unit_test(what_a_driver_lacks_is_refused_by_its_libvirt_name),
        cmocka_unit_test(a_read_only_connection_changes_nothing),
        cmocka_unit_test(contradictory_arguments_are_refused),
        cmocka_unit_test(a_renamed_handle_has_both_names_valid),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
