/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Start, pause, resume, reset, shut down, destroy: the states, and the reasons for them. */
#include "suite.h"

static void started_domain_runs(void **state)
{
    struct fixture *t = *state;
    eb_domain *dom = start_small(t, "run");
    eb_domain_info info;

    IN_STATE(t, dom, EB_DOMAIN_RUNNING, EB_RUNNING_BOOTED);
    assert_int_equal(OK(t, eb_domain_is_active(dom, fresh(t))), 1);
    assert_int_equal(OK(t, eb_domain_is_persistent(dom, fresh(t))), 1);
    assert_true(eb_domain_get_id(dom) >= 0);
    OK(t, eb_domain_get_info(dom, &info, fresh(t)));
    assert_int_equal(info.state, EB_DOMAIN_RUNNING);
    assert_int_equal(info.max_memory, 65536);
    assert_true(info.memory > 0 && info.memory <= info.max_memory);
    assert_int_equal(info.vcpus, 1);
}

static void running_domain_cannot_be_started(void **state)
{
    struct fixture *t = *state;
    eb_domain *dom = start_small(t, "run");
    int id = eb_domain_get_id(dom);

    REFUSED(t, EB_ERR_OK, eb_domain_start(dom, 0, fresh(t)));
    IN_STATE(t, dom, EB_DOMAIN_RUNNING, EB_RUNNING_BOOTED);
    assert_int_equal(eb_domain_get_id(dom), id);
    OK(t, eb_domain_suspend(dom, fresh(t)));
    REFUSED(t, EB_ERR_OK, eb_domain_start(dom, 0, fresh(t)));
    IN_STATE(t, dom, EB_DOMAIN_PAUSED, EB_PAUSED_USER);
}

static void suspended_domain_is_paused_until_it_resumes(void **state)
{
    struct fixture *t = *state;
    eb_domain *dom = start_small(t, "pause");
    int id = eb_domain_get_id(dom);

    OK(t, eb_domain_suspend(dom, fresh(t)));
    IN_STATE(t, dom, EB_DOMAIN_PAUSED, EB_PAUSED_USER);
    assert_int_equal(OK(t, eb_domain_is_active(dom, fresh(t))), 1);
    assert_int_equal(eb_domain_get_id(dom), id);
    OK(t, eb_domain_resume(dom, fresh(t)));
    IN_STATE(t, dom, EB_DOMAIN_RUNNING, EB_RUNNING_UNPAUSED);
    assert_int_equal(eb_domain_get_id(dom), id);
}

static void only_a_running_domain_can_be_suspended(void **state)
{
    struct fixture *t = *state;
    eb_domain *off = define_small(t, "off");

    REFUSED(t, EB_ERR_OK, eb_domain_suspend(off, fresh(t)));
    IN_STATE(t, off, EB_DOMAIN_SHUTOFF, REASON_ANY);
}

static void only_a_paused_domain_can_be_resumed(void **state)
{
    struct fixture *t = *state;
    eb_domain *off = define_small(t, "off");

    REFUSED(t, EB_ERR_OK, eb_domain_resume(off, fresh(t)));
    IN_STATE(t, off, EB_DOMAIN_SHUTOFF, REASON_ANY);
}

static void destroyed_domain_is_off(void **state)
{
    struct fixture *t = *state;
    eb_domain *dom = start_small(t, "off");

    OK(t, eb_domain_destroy(dom, 0, fresh(t)));
    IN_STATE(t, dom, EB_DOMAIN_SHUTOFF, EB_SHUTOFF_DESTROYED);
    assert_int_equal(OK(t, eb_domain_is_active(dom, fresh(t))), 0);
    assert_int_equal(eb_domain_get_id(dom), -1);
    OK(t, eb_domain_start(dom, 0, fresh(t)));
    IN_STATE(t, dom, EB_DOMAIN_RUNNING, EB_RUNNING_BOOTED);
}

static void paused_domain_can_be_destroyed(void **state)
{
    struct fixture *t = *state;
    eb_domain *dom = start_small(t, "off");

    OK(t, eb_domain_suspend(dom, fresh(t)));
    OK(t, eb_domain_destroy(dom, EB_DESTROY_GRACEFUL, fresh(t)));
    IN_STATE(t, dom, EB_DOMAIN_SHUTOFF, EB_SHUTOFF_DESTROYED);
}

static void what_needs_a_running_domain_refuses_one_that_is_off(void **state)
{
    struct fixture *t = *state;
    eb_domain *dom = define_small(t, "off");

    REFUSED(t, EB_ERR_OPERATION_INVALID, eb_domain_destroy(dom, 0, fresh(t)));
    REFUSED(t, EB_ERR_OPERATION_INVALID, eb_domain_reboot(dom, 0, fresh(t)));
    REFUSED(t, EB_ERR_OPERATION_INVALID, eb_domain_reset(dom, 0, fresh(t)));
    REFUSED(t, EB_ERR_OPERATION_INVALID, eb_domain_managed_save(dom, 0, fresh(t)));
    REFUSED(t, EB_ERR_OPERATION_INVALID, eb_domain_save(dom, path_for(t, "x"), NULL, 0, fresh(t)));
    REFUSED(t, EB_ERR_OK, eb_domain_shutdown(dom, 0, fresh(t)));
    IN_STATE(t, dom, EB_DOMAIN_SHUTOFF, REASON_ANY);
}

static void reset_domain_goes_on_running(void **state)
{
    struct fixture *t = *state;
    eb_domain *dom = start_small(t, "reset");
    int id = eb_domain_get_id(dom);

    OK(t, eb_domain_reset(dom, 0, fresh(t)));
    IN_STATE(t, dom, EB_DOMAIN_RUNNING, REASON_ANY);
    assert_int_equal(eb_domain_get_id(dom), id);
}

static void shut_down_domain_is_off(void **state)
{
    struct fixture *t = *state;
    eb_domain *dom;

    NEEDS(t, ABLE_SHUTDOWN);
    dom = start_small(t, "shut");
    OK(t, eb_domain_shutdown(dom, 0, fresh(t)));
    IN_STATE(t, dom, EB_DOMAIN_SHUTOFF, EB_SHUTOFF_SHUTDOWN);
}

static void rebooted_domain_does_what_on_reboot_says(void **state)
{
    struct fixture *t = *state;
    eb_domain *again, *off;

    NEEDS(t, ABLE_REBOOT);
    again = start_small(t, "again");
    OK(t, eb_domain_reboot(again, 0, fresh(t)));
    IN_STATE(t, again, EB_DOMAIN_RUNNING, EB_RUNNING_BOOTED);
    off = define(t, xml_for(t, name_for(t, "off"), "<on_reboot>destroy</on_reboot>", ""));
    OK(t, eb_domain_start(off, 0, fresh(t)));
    OK(t, eb_domain_reboot(off, 0, fresh(t)));
    IN_STATE(t, off, EB_DOMAIN_SHUTOFF, EB_SHUTOFF_SHUTDOWN);
}

static void domain_can_start_paused(void **state)
{
    struct fixture *t = *state;
    eb_domain *dom = define_small(t, "paused");

    OK(t, eb_domain_start(dom, EB_START_PAUSED, fresh(t)));
    IN_STATE(t, dom, EB_DOMAIN_PAUSED, REASON_ANY);
    OK(t, eb_domain_resume(dom, fresh(t)));
    IN_STATE(t, dom, EB_DOMAIN_RUNNING, EB_RUNNING_UNPAUSED);
}

static void autodestroyed_domain_ends_with_its_connection(void **state)
{
    struct fixture *t = *state;
    eb_domain *dom = define_small(t, "auto");
    eb_conn *other = suite_open(0);
    eb_domain *through = NULL;

    assert_non_null(other);
    OK(t, eb_domain_lookup_by_name(other, eb_domain_get_name(dom), &through, fresh(t)));
    OK(t, eb_domain_start(through, EB_START_AUTODESTROY, fresh(t)));
    OK(t, eb_domain_create_xml(other, xml_for(t, name_for(t, "vanish"), "", ""), EB_START_AUTODESTROY, NULL,
                               fresh(t)));
    IN_STATE(t, dom, EB_DOMAIN_RUNNING, REASON_ANY);
    eb_domain_unref(through);
    eb_conn_unref(other);
    /* A daemon notices a little later. */
    for (unsigned i = 0;
         i < 1000 && (eb_domain_is_active(dom, NULL) > 0 || exists(t, t->conn, name_for(t, "vanish"))); i++)
        usleep(10000);
    IN_STATE(t, dom, EB_DOMAIN_SHUTOFF, EB_SHUTOFF_DESTROYED);
    assert_false(exists(t, t->conn, name_for(t, "vanish")));
}

static void unknown_flags_are_refused(void **state)
{
    struct fixture *t = *state;
    eb_domain *dom = define_small(t, "off");

    REFUSED(t, EB_ERR_OK, eb_domain_start(dom, 1u << 20, fresh(t)));
    IN_STATE(t, dom, EB_DOMAIN_SHUTOFF, REASON_ANY);
    OK(t, eb_domain_start(dom, 0, fresh(t)));
    REFUSED(t, EB_ERR_OK, eb_domain_shutdown(dom, 1u << 20, fresh(t)));
    REFUSED(t, EB_ERR_OK, eb_domain_reboot(dom, 1u << 20, fresh(t)));
    REFUSED(t, EB_ERR_OK, eb_domain_reset(dom, 1u << 20, fresh(t)));
    REFUSED(t, EB_ERR_OK, eb_domain_destroy(dom, 1u << 20, fresh(t)));
    REFUSED(t, EB_ERR_OK, eb_domain_undefine(dom, 1u << 20, fresh(t)));
    IN_STATE(t, dom, EB_DOMAIN_RUNNING, REASON_ANY);
    assert_int_equal(OK(t, eb_domain_is_persistent(dom, fresh(t))), 1);
}

static void transient_domain_vanishes_when_it_stops(void **state)
{
    struct fixture *t = *state;
    eb_domain *dom = create_small(t, "vanish");

    IN_STATE(t, dom, EB_DOMAIN_RUNNING, EB_RUNNING_BOOTED);
    assert_int_equal(OK(t, eb_domain_is_persistent(dom, fresh(t))), 0);
    assert_true(eb_domain_get_id(dom) >= 0);
    assert_true(exists(t, t->conn, eb_domain_get_name(dom)));
    OK(t, eb_domain_destroy(dom, 0, fresh(t)));
    assert_false(exists(t, t->conn, eb_domain_get_name(dom)));
    REFUSED(t, EB_ERR_NO_DOMAIN, eb_domain_start(dom, 0, fresh(t)));
}

static void transient_domain_can_be_made_again(void **state)
{
    struct fixture *t = *state;
    const char *xml =
        xml_for(t, name_for(t, "twice"), "<uuid>1b2c3d4e-5f60-4718-8293-0123456789ab</uuid>", "");

    for (int i = 0; i < 2; i++) {
        eb_domain *dom = NULL;

        OK(t, eb_domain_create_xml(t->conn, xml, 0, &dom, fresh(t)));
        keep_domain(t, dom);
        REFUSED(t, EB_ERR_OK, eb_domain_create_xml(t->conn, xml, 0, NULL, fresh(t)));
        OK(t, eb_domain_destroy(dom, 0, fresh(t)));
    }
}

static void transient_domain_can_be_made_paused(void **state)
{
    struct fixture *t = *state;
    eb_domain *dom = NULL;

    OK(t, eb_domain_create_xml(t->conn, xml_for(t, name_for(t, "paused"), "", ""), EB_START_PAUSED, &dom,
                               fresh(t)));
    keep_domain(t, dom);
    IN_STATE(t, dom, EB_DOMAIN_PAUSED, REASON_ANY);
}

static void creating_a_domain_that_runs_is_refused(void **state)
{
    struct fixture *t = *state;
    eb_domain *dom = start_small(t, "run");
    int id = eb_domain_get_id(dom);
    const char *xml = xml_of(t, dom, EB_XML_INACTIVE);

    REFUSED(t, EB_ERR_OPERATION_INVALID, eb_domain_create_xml(t->conn, xml, 0, NULL, fresh(t)));
    IN_STATE(t, dom, EB_DOMAIN_RUNNING, EB_RUNNING_BOOTED);
    assert_int_equal(eb_domain_get_id(dom), id);
}

static void creating_a_defined_domain_runs_it_and_keeps_its_definition(void **state)
{
    struct fixture *t = *state;
    eb_domain *dom;
    const char *before;

    NEEDS(t, ABLE_TWO_DEFINITIONS);
    dom = define_small(t, "both");
    before = xml_of(t, dom, EB_XML_INACTIVE);
    OK(t, eb_domain_create_xml(t->conn,
                               xml_for(t, eb_domain_get_name(dom),
                                       text(t, "<uuid>%s</uuid><vcpu>2</vcpu>", uuid_of(t, dom)), ""),
                               0, NULL, fresh(t)));
    IN_STATE(t, dom, EB_DOMAIN_RUNNING, EB_RUNNING_BOOTED);
    assert_int_equal(OK(t, eb_domain_is_persistent(dom, fresh(t))), 1);
    assert_non_null(strstr(xml_of(t, dom, 0), ">2</vcpu>"));
    assert_string_equal(xml_of(t, dom, EB_XML_INACTIVE), before);
    OK(t, eb_domain_destroy(dom, 0, fresh(t)));
    assert_string_equal(xml_of(t, dom, 0), before);
}

static void ids_are_stable_while_domains_run(void **state)
{
    struct fixture *t = *state;
    eb_domain *a = start_small(t, "a");
    int id = eb_domain_get_id(a);
    eb_domain *b = start_small(t, "b");
    eb_domain *c = define_small(t, "c");

    assert_int_not_equal(eb_domain_get_id(b), id);
    assert_int_equal(eb_domain_get_id(a), id);
    OK(t, eb_domain_undefine(c, 0, fresh(t)));
    OK(t, eb_domain_destroy(b, 0, fresh(t)));
    assert_int_equal(eb_domain_get_id(a), id);
    assert_non_null(strstr(xml_of(t, a, 0), text(t, "id='%d'", id)));
    assert_null(strstr(xml_of(t, a, EB_XML_INACTIVE), " id='"));
}

static void ids_count_up(void **state)
{
    struct fixture *t = *state;
    eb_domain *dom;
    int last;

    NEEDS(t, ABLE_COUNTED_IDS);
    dom = start_small(t, "a");
    last = eb_domain_get_id(dom);
    for (int i = 0; i < 3; i++) {
        OK(t, eb_domain_destroy(dom, 0, fresh(t)));
        OK(t, eb_domain_start(dom, 0, fresh(t)));
        assert_true(eb_domain_get_id(dom) > last);
        last = eb_domain_get_id(dom);
    }
}

static void vcpus_are_listed_while_the_domain_runs(void **state)
{
    struct fixture *t = *state;
    eb_domain *dom = define_small(t, "cpus");
    eb_vcpu_info *info = NULL;

    REFUSED(t, EB_ERR_OPERATION_INVALID, eb_domain_get_vcpu_info(dom, &info, fresh(t)));
    assert_null(info);
    OK(t, eb_domain_start(dom, 0, fresh(t)));
    assert_int_equal(OK(t, eb_domain_get_vcpu_info(dom, &info, fresh(t))), 1);
    assert_int_equal(info[0].number, 0);
    eb_free(info);
}

static const struct CMUnitTest tests[] = {
    SUITE_TEST(started_domain_runs),
    SUITE_TEST(running_domain_cannot_be_started),
    SUITE_TEST(suspended_domain_is_paused_until_it_resumes),
    SUITE_TEST(only_a_running_domain_can_be_suspended),
    SUITE_TEST(only_a_paused_domain_can_be_resumed),
    SUITE_TEST(destroyed_domain_is_off),
    SUITE_TEST(paused_domain_can_be_destroyed),
    SUITE_TEST(what_needs_a_running_domain_refuses_one_that_is_off),
    SUITE_TEST(reset_domain_goes_on_running),
    SUITE_TEST(shut_down_domain_is_off),
    SUITE_TEST(rebooted_domain_does_what_on_reboot_says),
    SUITE_TEST(domain_can_start_paused),
    SUITE_TEST(autodestroyed_domain_ends_with_its_connection),
    SUITE_TEST(unknown_flags_are_refused),
    SUITE_TEST(transient_domain_vanishes_when_it_stops),
    SUITE_TEST(transient_domain_can_be_made_again),
    SUITE_TEST(transient_domain_can_be_made_paused),
    SUITE_TEST(creating_a_domain_that_runs_is_refused),
    SUITE_TEST(creating_a_defined_domain_runs_it_and_keeps_its_definition),
    SUITE_TEST(ids_are_stable_while_domains_run),
    SUITE_TEST(ids_count_up),
    SUITE_TEST(vcpus_are_listed_while_the_domain_runs),
};
SUITE_GROUP(suite_life, "life", tests);
