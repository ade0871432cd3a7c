/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Connections and the host behind them. */
#include "suite.h"

static void connection_knows_itself(void **state)
{
    struct fixture *t = *state;
    unsigned long version = 0;
    char *uri = NULL;
    char *host = NULL;

    OK(t, eb_conn_get_uri(t->conn, &uri, fresh(t)));
    keep_text(t, uri);
    assert_string_equal(uri, suite_uri);
    OK(t, eb_conn_get_hostname(t->conn, &host, fresh(t)));
    keep_text(t, host);
    assert_true(host[0]);
    OK(t, eb_conn_get_version(t->conn, &version, fresh(t)));
    assert_true(version > 0);
    assert_int_equal(OK(t, eb_conn_is_alive(t->conn, fresh(t))), 1);
    assert_int_equal(OK(t, eb_conn_is_encrypted(t->conn, fresh(t))), 0);
    assert_int_equal(OK(t, eb_conn_is_secure(t->conn, fresh(t))), 1);
    assert_false(eb_conn_is_read_only(t->conn));
}

static void capabilities_say_what_a_domain_may_be(void **state)
{
    struct fixture *t = *state;
    char *xml = NULL;

    OK(t, eb_conn_get_capabilities(t->conn, &xml, fresh(t)));
    keep_text(t, xml);
    assert_memory_equal(xml, "<capabilities>", 14);
    assert_non_null(strstr(xml, "<os_type>hvm</os_type>"));
    assert_non_null(strstr(xml, text(t, "<domain type='%s'", domain_type(t))));
    assert_true(OK(t, eb_conn_get_max_vcpus(t->conn, NULL, fresh(t))) > 0);
}

static void node_has_cpus_and_memory(void **state)
{
    struct fixture *t = *state;
    eb_node_info info;
    eb_security_model model;
    uint64_t bytes = 0;

    OK(t, eb_node_get_info(t->conn, &info, fresh(t)));
    assert_true(info.model[0]);
    assert_true(info.memory > 0 && info.cpus > 0);
    assert_true(info.nodes && info.sockets && info.cores && info.threads);
    assert_true(info.nodes * info.sockets * info.cores * info.threads >= info.cpus);
    OK(t, eb_node_get_free_memory(t->conn, &bytes, fresh(t)));
    assert_true(bytes > 0);
    OK(t, eb_node_get_security_model(t->conn, &model, fresh(t)));
}

static void cells_end_where_the_node_does(void **state)
{
    struct fixture *t = *state;
    uint64_t cells[64] = {0};
    int n = OK(t, eb_node_get_cells_free_memory(t->conn, cells, 0, 64, fresh(t)));

    assert_in_range(n, 1, 64);
    assert_int_equal(OK(t, eb_node_get_cells_free_memory(t->conn, cells, n - 1, 1, fresh(t))), 1);
    REFUSED(t, EB_ERR_INVALID_ARG, eb_node_get_cells_free_memory(t->conn, cells, 1000, 1, fresh(t)));
    REFUSED(t, EB_ERR_INVALID_ARG, eb_node_get_cells_free_memory(t->conn, cells, -1, 1, fresh(t)));
    REFUSED(t, EB_ERR_INVALID_ARG, eb_node_get_cells_free_memory(t->conn, cells, 0, 0, fresh(t)));
}

static void unknown_open_flag_is_refused(void **state)
{
    struct fixture *t = *state;
    eb_conn *conn = NULL;

    REFUSED(t, EB_ERR_INVALID_ARG, eb_connect_open(suite_uri, 1u << 20, &conn, fresh(t)));
    assert_null(conn);
}

static void domain_keeps_its_connection_alive(void **state)
{
    struct fixture *t = *state;
    eb_domain *dom = define_small(t, "keeper");
    eb_conn *other = suite_open(0);
    eb_domain *through = NULL;

    assert_non_null(other);
    OK(t, eb_domain_lookup_by_name(other, eb_domain_get_name(dom), &through, fresh(t)));
    eb_conn_unref(other);
    keep_domain(t, through);
    assert_int_equal(OK(t, eb_domain_is_persistent(through, fresh(t))), 1);
    assert_ptr_equal(eb_domain_get_conn(through), other);
}

static void read_only_connection_shows_everything(void **state)
{
    struct fixture *t = *state;
    eb_domain *dom = start_small(t, "shown");
    eb_conn *conn = suite_open(EB_CONNECT_RO);
    eb_domain *seen = NULL;

    assert_non_null(conn);
    assert_true(eb_conn_is_read_only(conn));
    OK(t, eb_domain_lookup_by_uuid_string(conn, uuid_of(t, dom), &seen, fresh(t)));
    eb_conn_unref(conn);
    keep_domain(t, seen);
    IN_STATE(t, seen, EB_DOMAIN_RUNNING, REASON_ANY);
    assert_string_equal(xml_of(t, seen, 0), xml_of(t, dom, 0));
    assert_int_equal(eb_domain_get_id(seen), eb_domain_get_id(dom));
}

typedef int change_fn(struct fixture *t, eb_conn *conn, eb_domain *dom, eb_error *err);

static int ro_define(struct fixture *t, eb_conn *conn, eb_domain *dom, eb_error *err)
{
    (void)dom;
    return eb_domain_define_xml(conn, xml_for(t, name_for(t, "never"), "", ""), 0, NULL, err);
}
static int ro_create(struct fixture *t, eb_conn *conn, eb_domain *dom, eb_error *err)
{
    (void)dom;
    return eb_domain_create_xml(conn, xml_for(t, name_for(t, "never"), "", ""), 0, NULL, err);
}
#define RO_CHANGE(name, call)                                                                                \
    static int ro_##name(struct fixture *t, eb_conn *conn, eb_domain *dom, eb_error *err)                    \
    {                                                                                                        \
        (void)t;                                                                                             \
        (void)conn;                                                                                          \
        return call;                                                                                         \
    }
RO_CHANGE(undefine, eb_domain_undefine(dom, 0, err))
RO_CHANGE(start, eb_domain_start(dom, 0, err))
RO_CHANGE(suspend, eb_domain_suspend(dom, err))
RO_CHANGE(resume, eb_domain_resume(dom, err))
RO_CHANGE(shutdown, eb_domain_shutdown(dom, 0, err))
RO_CHANGE(reboot, eb_domain_reboot(dom, 0, err))
RO_CHANGE(reset, eb_domain_reset(dom, 0, err))
RO_CHANGE(destroy, eb_domain_destroy(dom, 0, err))
RO_CHANGE(managed_save, eb_domain_managed_save(dom, 0, err))
RO_CHANGE(managed_save_remove, eb_domain_managed_save_remove(dom, 0, err))
RO_CHANGE(set_autostart, eb_domain_set_autostart(dom, 1, err))
RO_CHANGE(set_memory, eb_domain_set_memory(dom, 32768, EB_AFFECT_CONFIG, err))
RO_CHANGE(set_vcpus, eb_domain_set_vcpus(dom, 2, EB_AFFECT_CONFIG, err))
RO_CHANGE(set_title, eb_domain_set_metadata(dom, EB_METADATA_TITLE, "x", NULL, NULL, 0, err))
RO_CHANGE(rename, eb_domain_rename(dom, "never", 0, err))
RO_CHANGE(attach, eb_domain_attach_device(dom, "<sound model='ac97'/>", EB_AFFECT_CONFIG, err))
RO_CHANGE(detach, eb_domain_detach_device(dom, "<sound model='ac97'/>", EB_AFFECT_CONFIG, err))
RO_CHANGE(update, eb_domain_update_device(dom, "<sound model='ac97'/>", EB_AFFECT_CONFIG, err))
static int ro_save(struct fixture *t, eb_conn *conn, eb_domain *dom, eb_error *err)
{
    (void)conn;
    return eb_domain_save(dom, path_for(t, "never"), NULL, 0, err);
}
static int ro_restore(struct fixture *t, eb_conn *conn, eb_domain *dom, eb_error *err)
{
    (void)dom;
    return eb_domain_restore(conn, path_for(t, "never"), NULL, 0, err);
}

static void read_only_connection_refuses_every_change(void **state)
{
    static change_fn *const changes[] = {
        ro_define,        ro_create,
        ro_undefine,      ro_start,
        ro_suspend,       ro_resume,
        ro_shutdown,      ro_reboot,
        ro_reset,         ro_destroy,
        ro_save,          ro_restore,
        ro_managed_save,  ro_managed_save_remove,
        ro_set_autostart, ro_set_memory,
        ro_set_vcpus,     ro_set_title,
        ro_rename,        ro_attach,
        ro_detach,        ro_update,
    };
    struct fixture *t = *state;
    eb_domain *dom = start_small(t, "fixed");
    const char *before = xml_of(t, dom, EB_XML_INACTIVE);
    eb_conn *conn = suite_open(EB_CONNECT_RO);
    eb_domain *seen = NULL;
    char *xml = NULL;

    assert_non_null(conn);
    OK(t, eb_domain_lookup_by_uuid_string(conn, uuid_of(t, dom), &seen, fresh(t)));
    keep_domain(t, seen);
    eb_conn_unref(conn);
    for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
        eb_error *err = fresh(t);

        REFUSED(t, EB_ERR_OPERATION_DENIED, changes[i](t, conn, seen, err));
    }
    REFUSED(t, EB_ERR_OPERATION_DENIED, eb_domain_get_xml(seen, EB_XML_SECURE, &xml, fresh(t)));
    IN_STATE(t, dom, EB_DOMAIN_RUNNING, REASON_ANY);
    assert_string_equal(xml_of(t, dom, EB_XML_INACTIVE), before);
    assert_false(exists(t, t->conn, name_for(t, "never")));
}

static void two_connections_see_each_others_changes(void **state)
{
    struct fixture *t = *state;
    eb_conn *other = suite_open(0);
    eb_domain *dom = define_small(t, "shared");
    const char *name = eb_domain_get_name(dom);
    eb_domain *seen = NULL;

    assert_non_null(other);
    OK(t, eb_domain_lookup_by_name(other, name, &seen, fresh(t)));
    keep_domain(t, seen);
    eb_conn_unref(other);
    assert_string_equal(uuid_of(t, seen), uuid_of(t, dom));
    OK(t, eb_domain_start(dom, 0, fresh(t)));
    IN_STATE(t, seen, EB_DOMAIN_RUNNING, REASON_ANY);
    assert_int_equal(eb_domain_get_id(seen), eb_domain_get_id(dom));
    OK(t, eb_domain_suspend(seen, fresh(t)));
    IN_STATE(t, dom, EB_DOMAIN_PAUSED, REASON_ANY);
    OK(t, eb_domain_destroy(seen, 0, fresh(t)));
    IN_STATE(t, dom, EB_DOMAIN_SHUTOFF, REASON_ANY);
    assert_int_equal(eb_domain_get_id(dom), -1);
    OK(t, eb_domain_set_metadata(dom, EB_METADATA_TITLE, "seen", NULL, NULL, EB_AFFECT_CONFIG, fresh(t)));
    assert_string_equal(xml_of(t, seen, 0), xml_of(t, dom, 0));
    OK(t, eb_domain_undefine(seen, 0, fresh(t)));
    assert_false(exists(t, t->conn, name));
    REFUSED(t, EB_ERR_NO_DOMAIN, eb_domain_start(dom, 0, fresh(t)));
}

static const struct CMUnitTest tests[] = {
    SUITE_TEST(connection_knows_itself),
    SUITE_TEST(capabilities_say_what_a_domain_may_be),
    SUITE_TEST(node_has_cpus_and_memory),
    SUITE_TEST(cells_end_where_the_node_does),
    SUITE_TEST(unknown_open_flag_is_refused),
    SUITE_TEST(domain_keeps_its_connection_alive),
    SUITE_TEST(read_only_connection_shows_everything),
    SUITE_TEST(read_only_connection_refuses_every_change),
    SUITE_TEST(two_connections_see_each_others_changes),
};
SUITE_GROUP(suite_conn, "connections", tests);
