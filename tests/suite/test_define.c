/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Definitions: new, again, changed, wrong, gone. */
#include "suite.h"

static void defined_domain_is_persistent_and_off(void **state)
{
    struct fixture *t = *state;
    eb_domain *dom = define_small(t, "new");

    assert_string_equal(eb_domain_get_name(dom), name_for(t, "new"));
    assert_int_equal(OK(t, eb_domain_is_persistent(dom, fresh(t))), 1);
    assert_int_equal(OK(t, eb_domain_is_active(dom, fresh(t))), 0);
    assert_int_equal(OK(t, eb_domain_is_updated(dom, fresh(t))), 0);
    assert_int_equal(OK(t, eb_domain_get_autostart(dom, fresh(t))), 0);
    assert_int_equal(OK(t, eb_domain_has_managed_save(dom, 0, fresh(t))), 0);
    assert_int_equal(eb_domain_get_id(dom), -1);
    IN_STATE(t, dom, EB_DOMAIN_SHUTOFF, REASON_ANY);
}

static void uuid_of_the_definition_is_kept(void **state)
{
    static const char uuid[] = "1b2c3d4e-5f60-4718-8293-a4b5c6d7e8f9";
    struct fixture *t = *state;
    eb_domain *dom = define(t, xml_for(t, name_for(t, "new"), text(t, "<uuid>%s</uuid>", uuid), ""));

    assert_string_equal(uuid_of(t, dom), uuid);
    assert_non_null(strstr(xml_of(t, dom, 0), uuid));
}

static void definition_without_uuid_gets_one_of_its_own(void **state)
{
    struct fixture *t = *state;
    eb_domain *a = define_small(t, "a");
    eb_domain *b = define_small(t, "b");

    assert_string_not_equal(uuid_of(t, a), uuid_of(t, b));
}

static void defining_the_same_again_changes_nothing(void **state)
{
    struct fixture *t = *state;
    eb_domain *dom = define_small(t, "same");
    const char *before = xml_of(t, dom, EB_XML_INACTIVE);
    eb_domain *again = define(t, before);

    assert_string_equal(uuid_of(t, again), uuid_of(t, dom));
    assert_string_equal(xml_of(t, dom, EB_XML_INACTIVE), before);
    define(t, before);
    assert_string_equal(xml_of(t, dom, EB_XML_INACTIVE), before);
}

static void editing_changes_what_was_edited(void **state)
{
    struct fixture *t = *state;
    eb_domain *dom = define_small(t, "edited");
    const char *extra = text(t, "<uuid>%s</uuid><title>new title</title><vcpu>2</vcpu>", uuid_of(t, dom));
    eb_domain_info info;

    define(t, xml_for(t, eb_domain_get_name(dom), extra, ""));
    OK(t, eb_domain_get_info(dom, &info, fresh(t)));
    assert_int_equal(info.vcpus, 2);
    assert_non_null(strstr(xml_of(t, dom, 0), "<title>new title</title>"));
    define(t, xml_for(t, eb_domain_get_name(dom), text(t, "<uuid>%s</uuid>", uuid_of(t, dom)), ""));
    assert_null(strstr(xml_of(t, dom, 0), "<title>"));
    OK(t, eb_domain_get_info(dom, &info, fresh(t)));
    assert_int_equal(info.vcpus, 1);
}

static void name_of_another_domain_is_refused(void **state)
{
    struct fixture *t = *state;
    eb_domain *dom = define_small(t, "taken");
    const char *before = xml_of(t, dom, 0);

    REFUSED(t, EB_ERR_OPERATION_FAILED,
            eb_domain_define_xml(t->conn, xml_for(t, name_for(t, "taken"), "<vcpu>2</vcpu>", ""), 0, NULL,
                                 fresh(t)));
    REFUSED(t, EB_ERR_OPERATION_FAILED,
            eb_domain_create_xml(t->conn, xml_for(t, name_for(t, "taken"), "<vcpu>2</vcpu>", ""), 0, NULL,
                                 fresh(t)));
    assert_string_equal(xml_of(t, dom, 0), before);
}

static void uuid_of_another_domain_is_refused(void **state)
{
    struct fixture *t = *state;
    eb_domain *dom = define_small(t, "owner");
    const char *xml = xml_for(t, name_for(t, "thief"), text(t, "<uuid>%s</uuid>", uuid_of(t, dom)), "");

    REFUSED(t, EB_ERR_OPERATION_FAILED, eb_domain_define_xml(t->conn, xml, 0, NULL, fresh(t)));
    REFUSED(t, EB_ERR_OPERATION_FAILED, eb_domain_create_xml(t->conn, xml, 0, NULL, fresh(t)));
    assert_string_equal(eb_domain_get_name(dom), name_for(t, "owner"));
    assert_false(exists(t, t->conn, name_for(t, "thief")));
}

static void bad_definition_leaves_nothing_behind(void **state)
{
    struct fixture *t = *state;
    const char *type = domain_type(t);
    const char *name = name_for(t, "bad");
    const char *bad[] = {
        "",
        "no XML at all",
        text(t, "<domain type='%s'><name>%s</name>", type, name),
        text(t, "<network><name>%s</name></network>", name),
        text(t, "<domain type='%s'><memory>65536</memory><os><type>hvm</type></os></domain>", type),
        text(t, "<domain type='%s'><name>%s</name><memory>many</memory><os><type>hvm</type></os></domain>",
             type, name),
        text(t,
             "<domain type='bogus'><name>%s</name><memory>65536</memory><os><type>hvm</type></os></domain>",
             name),
        text(t, "<domain><name>%s</name><memory>65536</memory><os><type>hvm</type></os></domain>", name),
        text(t, "<domain type='%s'><name>%s</name><memory>65536</memory></domain>", type, name),
        xml_for(t, name, "<uuid>not-a-uuid</uuid>", ""),
        xml_for(t, name, "<vcpu>0</vcpu>", ""),
        xml_for(t, name, "<vcpu current='3'>2</vcpu>", ""),
        xml_for(t, text(t, "%s/sub", name), "", ""),
        xml_for(t, name, "", "<interface type='user'><mac address='never'/></interface>"),
        xml_for(t, name, "", "<disk type='file' device='disk'><source file='/x'/></disk>"),
    };
    eb_domain **domains = NULL;

    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        eb_domain *dom = NULL;

        print_message("%.100s\n", bad[i]);
        REFUSED(t, EB_ERR_OK, eb_domain_define_xml(t->conn, bad[i], 0, &dom, fresh(t)));
        REFUSED(t, EB_ERR_OK, eb_domain_create_xml(t->conn, bad[i], 0, &dom, fresh(t)));
        assert_null(dom);
    }
    for (int n = OK(t, eb_conn_list_domains(t->conn, 0, &domains, fresh(t))); n-- > 0;) {
        assert_null(strstr(eb_domain_get_name(domains[n]), t->prefix));
        eb_domain_unref(domains[n]);
    }
    eb_free(domains);
}

static void bad_redefinition_leaves_the_old_one(void **state)
{
    struct fixture *t = *state;
    eb_domain *dom = define_small(t, "kept");
    const char *before = xml_of(t, dom, EB_XML_INACTIVE);
    const char *uuid = text(t, "<uuid>%s</uuid>", uuid_of(t, dom));

    REFUSED(t, EB_ERR_OK,
            eb_domain_define_xml(t->conn,
                                 xml_for(t, eb_domain_get_name(dom), uuid,
                                         "<interface type='user'><mac address='never'/></interface>"),
                                 0, NULL, fresh(t)));
    assert_string_equal(xml_of(t, dom, EB_XML_INACTIVE), before);
}

static void unknown_define_flag_is_refused(void **state)
{
    struct fixture *t = *state;

    REFUSED(t, EB_ERR_INVALID_ARG,
            eb_domain_define_xml(t->conn, xml_for(t, name_for(t, "new"), "", ""), 1u << 20, NULL, fresh(t)));
    assert_false(exists(t, t->conn, name_for(t, "new")));
}

static void names_with_blanks_and_letters_of_all_kinds_work(void **state)
{
    static const char *const labels[] = {"two words",
                                         "it's",
                                         "a;b",
                                         ("Stra\xc3\x9f"
                                          "e \xe6\xbc\xa2"),
                                         "x=1,y",
                                         "100%"};
    struct fixture *t = *state;

    for (size_t i = 0; i < sizeof(labels) / sizeof(labels[0]); i++) {
        const char *name = name_for(t, labels[i]);
        eb_domain *found = NULL;

        define(t, xml_for(t, name, "", ""));
        OK(t, eb_domain_lookup_by_name(t->conn, name, &found, fresh(t)));
        assert_string_equal(eb_domain_get_name(keep_domain(t, found)), name);
        OK(t, eb_domain_undefine(found, 0, fresh(t)));
    }
}

static void undefined_domain_is_gone(void **state)
{
    struct fixture *t = *state;
    eb_domain *dom = define_small(t, "gone");
    eb_domain_state is;

    OK(t, eb_domain_undefine(dom, 0, fresh(t)));
    assert_false(exists(t, t->conn, eb_domain_get_name(dom)));
    REFUSED(t, EB_ERR_NO_DOMAIN, eb_domain_undefine(dom, 0, fresh(t)));
    REFUSED(t, EB_ERR_NO_DOMAIN, eb_domain_start(dom, 0, fresh(t)));
    REFUSED(t, EB_ERR_NO_DOMAIN, eb_domain_get_state(dom, &is, NULL, fresh(t)));
    REFUSED(t, EB_ERR_NO_DOMAIN, eb_domain_is_active(dom, fresh(t)));
    assert_int_equal(eb_domain_get_id(dom), -1);
}

static void undefined_name_can_be_used_again(void **state)
{
    struct fixture *t = *state;
    eb_domain *first = define_small(t, "again");
    const char *xml = xml_of(t, first, EB_XML_INACTIVE);
    eb_domain *second;

    OK(t, eb_domain_undefine(first, 0, fresh(t)));
    second = define(t, xml);
    assert_string_equal(uuid_of(t, second), uuid_of(t, first));
    assert_string_equal(xml_of(t, second, EB_XML_INACTIVE), xml);
}

static void undefining_a_saved_domain_needs_to_say_so(void **state)
{
    struct fixture *t = *state;
    eb_domain *dom = start_small(t, "saved");

    OK(t, eb_domain_managed_save(dom, 0, fresh(t)));
    REFUSED(t, EB_ERR_OPERATION_INVALID, eb_domain_undefine(dom, 0, fresh(t)));
    assert_int_equal(OK(t, eb_domain_has_managed_save(dom, 0, fresh(t))), 1);
    OK(t, eb_domain_undefine(dom, EB_UNDEFINE_MANAGED_SAVE, fresh(t)));
    assert_false(exists(t, t->conn, eb_domain_get_name(dom)));
}

static void running_domain_that_is_undefined_becomes_transient(void **state)
{
    struct fixture *t = *state;
    eb_domain *dom = start_small(t, "running");

    OK(t, eb_domain_undefine(dom, 0, fresh(t)));
    IN_STATE(t, dom, EB_DOMAIN_RUNNING, REASON_ANY);
    assert_int_equal(OK(t, eb_domain_is_persistent(dom, fresh(t))), 0);
    OK(t, eb_domain_destroy(dom, 0, fresh(t)));
    assert_false(exists(t, t->conn, eb_domain_get_name(dom)));
}

static void transient_domain_that_is_defined_becomes_persistent(void **state)
{
    struct fixture *t = *state;
    eb_domain *dom = create_small(t, "kept");

    define(t, xml_of(t, dom, EB_XML_INACTIVE));
    assert_int_equal(OK(t, eb_domain_is_persistent(dom, fresh(t))), 1);
    IN_STATE(t, dom, EB_DOMAIN_RUNNING, REASON_ANY);
    OK(t, eb_domain_destroy(dom, 0, fresh(t)));
    IN_STATE(t, dom, EB_DOMAIN_SHUTOFF, EB_SHUTOFF_DESTROYED);
}

static void redefining_a_running_domain_waits_for_the_next_start(void **state)
{
    struct fixture *t = *state;
    eb_domain *dom;
    const char *live;
    uint64_t kib = 0;

    NEEDS(t, ABLE_TWO_DEFINITIONS);
    dom = start_small(t, "running");
    live = xml_of(t, dom, 0);
    define(t, xml_for(t, eb_domain_get_name(dom), text(t, "<uuid>%s</uuid><vcpu>2</vcpu>", uuid_of(t, dom)),
                      ""));
    assert_string_equal(xml_of(t, dom, 0), live);
    assert_non_null(strstr(xml_of(t, dom, EB_XML_INACTIVE), ">2</vcpu>"));
    OK(t, eb_domain_destroy(dom, 0, fresh(t)));
    assert_non_null(strstr(xml_of(t, dom, 0), ">2</vcpu>"));
    OK(t, eb_domain_get_max_memory(dom, &kib, fresh(t)));
    assert_int_equal(kib, 65536);
}

static const struct CMUnitTest tests[] = {
    SUITE_TEST(defined_domain_is_persistent_and_off),
    SUITE_TEST(uuid_of_the_definition_is_kept),
    SUITE_TEST(definition_without_uuid_gets_one_of_its_own),
    SUITE_TEST(defining_the_same_again_changes_nothing),
    SUITE_TEST(editing_changes_what_was_edited),
    SUITE_TEST(name_of_another_domain_is_refused),
    SUITE_TEST(uuid_of_another_domain_is_refused),
    SUITE_TEST(bad_definition_leaves_nothing_behind),
    SUITE_TEST(bad_redefinition_leaves_the_old_one),
    SUITE_TEST(unknown_define_flag_is_refused),
    SUITE_TEST(names_with_blanks_and_letters_of_all_kinds_work),
    SUITE_TEST(undefined_domain_is_gone),
    SUITE_TEST(undefined_name_can_be_used_again),
    SUITE_TEST(undefining_a_saved_domain_needs_to_say_so),
    SUITE_TEST(running_domain_that_is_undefined_becomes_transient),
    SUITE_TEST(transient_domain_that_is_defined_becomes_persistent),
    SUITE_TEST(redefining_a_running_domain_waits_for_the_next_start),
};
SUITE_GROUP(suite_define, "definitions", tests);
