/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Autostart, title, description, metadata, name, memory, virtual CPUs. */
#include "suite.h"

#define NS "http://everbox.example/suite"

static const char *metadata_of(struct fixture *t, eb_domain *dom, int type, const char *uri, unsigned flags)
{
    char *out = NULL;

    OK(t, eb_domain_get_metadata(dom, type, uri, flags, &out, fresh(t)));
    return keep_text(t, out);
}

static void no_metadata(struct fixture *t, eb_domain *dom, int type, const char *uri, unsigned flags)
{
    char *out = NULL;

    REFUSED(t, EB_ERR_NO_DOMAIN_METADATA, eb_domain_get_metadata(dom, type, uri, flags, &out, fresh(t)));
    assert_null(out);
}

static void autostart_is_kept(void **state)
{
    struct fixture *t = *state;
    eb_domain *dom = define_small(t, "auto");

    OK(t, eb_domain_set_autostart(dom, 1, fresh(t)));
    assert_int_equal(OK(t, eb_domain_get_autostart(dom, fresh(t))), 1);
    OK(t, eb_domain_set_autostart(dom, 1, fresh(t)));
    assert_int_equal(OK(t, eb_domain_get_autostart(dom, fresh(t))), 1);
    OK(t, eb_domain_set_autostart(dom, 0, fresh(t)));
    assert_int_equal(OK(t, eb_domain_get_autostart(dom, fresh(t))), 0);
}

static void title_and_description_come_and_go(void **state)
{
    static const int types[] = {EB_METADATA_TITLE, EB_METADATA_DESCRIPTION};
    static const char said[] = "a <b> & 'c' \"d\" \xe2\x82\xac";
    struct fixture *t = *state;
    eb_domain *dom = define_small(t, "titled");

    for (size_t i = 0; i < 2; i++) {
        no_metadata(t, dom, types[i], NULL, 0);
        OK(t, eb_domain_set_metadata(dom, types[i], said, NULL, NULL, 0, fresh(t)));
        assert_string_equal(metadata_of(t, dom, types[i], NULL, 0), said);
        assert_non_null(strstr(xml_of(t, dom, 0), "a &lt;b&gt; &amp; "));
        OK(t, eb_domain_set_metadata(dom, types[i], NULL, NULL, NULL, 0, fresh(t)));
        no_metadata(t, dom, types[i], NULL, 0);
    }
}

static void title_has_one_line(void **state)
{
    struct fixture *t = *state;
    eb_domain *dom = define_small(t, "titled");

    REFUSED(t, EB_ERR_INVALID_ARG,
            eb_domain_set_metadata(dom, EB_METADATA_TITLE, "two\nlines", NULL, NULL, 0, fresh(t)));
    no_metadata(t, dom, EB_METADATA_TITLE, NULL, 0);
    OK(t, eb_domain_set_metadata(dom, EB_METADATA_DESCRIPTION, "two\nlines", NULL, NULL, 0, fresh(t)));
    assert_string_equal(metadata_of(t, dom, EB_METADATA_DESCRIPTION, NULL, 0), "two\nlines");
}

static void element_of_a_namespace_comes_and_goes(void **state)
{
    struct fixture *t = *state;
    eb_domain *dom = define_small(t, "marked");

    no_metadata(t, dom, EB_METADATA_ELEMENT, NS, 0);
    OK(t, eb_domain_set_metadata(dom, EB_METADATA_ELEMENT, "<mark a='1'>x</mark>", "k", NS, 0, fresh(t)));
    assert_non_null(strstr(metadata_of(t, dom, EB_METADATA_ELEMENT, NS, 0), "<mark a=\"1\">x</mark>"));
    assert_non_null(strstr(xml_of(t, dom, 0), "xmlns:k=\"" NS "\""));
    OK(t, eb_domain_set_metadata(dom, EB_METADATA_ELEMENT, "<other/>", "k", NS, 0, fresh(t)));
    assert_non_null(strstr(metadata_of(t, dom, EB_METADATA_ELEMENT, NS, 0), "<other"));
    no_metadata(t, dom, EB_METADATA_ELEMENT, NS "/more", 0);
    OK(t, eb_domain_set_metadata(dom, EB_METADATA_ELEMENT, NULL, NULL, NS, 0, fresh(t)));
    no_metadata(t, dom, EB_METADATA_ELEMENT, NS, 0);
}

static void bad_metadata_is_refused(void **state)
{
    struct fixture *t = *state;
    eb_domain *dom = define_small(t, "marked");
    const char *before = xml_of(t, dom, 0);

    REFUSED(t, EB_ERR_OK, eb_domain_set_metadata(dom, EB_METADATA_ELEMENT, "<broken", "k", NS, 0, fresh(t)));
    REFUSED(t, EB_ERR_INVALID_ARG,
            eb_domain_set_metadata(dom, EB_METADATA_ELEMENT, "<a/>", NULL, NS, 0, fresh(t)));
    REFUSED(t, EB_ERR_INVALID_ARG,
            eb_domain_set_metadata(dom, EB_METADATA_ELEMENT, "<a/>", "k", NULL, 0, fresh(t)));
    REFUSED(t, EB_ERR_INVALID_ARG, eb_domain_set_metadata(dom, EB_METADATA_TITLE, "x", "k", NS, 0, fresh(t)));
    REFUSED(t, EB_ERR_OK, eb_domain_set_metadata(dom, 99, "x", NULL, NULL, 0, fresh(t)));
    assert_string_equal(xml_of(t, dom, 0), before);
}

static void title_of_a_running_domain_is_live_or_for_the_next_start(void **state)
{
    struct fixture *t = *state;
    eb_domain *dom;

    NEEDS(t, ABLE_TWO_DEFINITIONS);
    dom = start_small(t, "titled");
    OK(t, eb_domain_set_metadata(dom, EB_METADATA_TITLE, "now", NULL, NULL, EB_AFFECT_LIVE, fresh(t)));
    OK(t, eb_domain_set_metadata(dom, EB_METADATA_TITLE, "then", NULL, NULL, EB_AFFECT_CONFIG, fresh(t)));
    assert_string_equal(metadata_of(t, dom, EB_METADATA_TITLE, NULL, EB_AFFECT_LIVE), "now");
    assert_string_equal(metadata_of(t, dom, EB_METADATA_TITLE, NULL, EB_AFFECT_CONFIG), "then");
    assert_string_equal(metadata_of(t, dom, EB_METADATA_TITLE, NULL, EB_AFFECT_CURRENT), "now");
    OK(t, eb_domain_destroy(dom, 0, fresh(t)));
    assert_string_equal(metadata_of(t, dom, EB_METADATA_TITLE, NULL, EB_AFFECT_CURRENT), "then");
}

static void live_changes_need_a_running_domain(void **state)
{
    struct fixture *t = *state;
    eb_domain *dom = define_small(t, "off");
    const char *before = xml_of(t, dom, 0);
    char *out = NULL;

    REFUSED(t, EB_ERR_OPERATION_INVALID,
            eb_domain_set_metadata(dom, EB_METADATA_TITLE, "x", NULL, NULL, EB_AFFECT_LIVE, fresh(t)));
    REFUSED(t, EB_ERR_OPERATION_INVALID,
            eb_domain_get_metadata(dom, EB_METADATA_TITLE, NULL, EB_AFFECT_LIVE, &out, fresh(t)));
    REFUSED(t, EB_ERR_OPERATION_INVALID, eb_domain_set_memory(dom, 32768, EB_AFFECT_LIVE, fresh(t)));
    REFUSED(t, EB_ERR_OPERATION_INVALID, eb_domain_set_vcpus(dom, 1, EB_AFFECT_LIVE, fresh(t)));
    REFUSED(t, EB_ERR_OPERATION_INVALID, eb_domain_get_vcpus(dom, EB_AFFECT_LIVE, fresh(t)));
    REFUSED(t, EB_ERR_OPERATION_INVALID,
            eb_domain_attach_device(dom, "<sound model='ac97'/>", EB_AFFECT_LIVE, fresh(t)));
    assert_string_equal(xml_of(t, dom, 0), before);
}

static void transient_domain_has_no_next_start_to_change(void **state)
{
    struct fixture *t = *state;
    eb_domain *dom = create_small(t, "transient");
    const char *before = xml_of(t, dom, 0);

    REFUSED(t, EB_ERR_OPERATION_INVALID,
            eb_domain_set_metadata(dom, EB_METADATA_TITLE, "x", NULL, NULL, EB_AFFECT_CONFIG, fresh(t)));
    REFUSED(t, EB_ERR_OPERATION_INVALID, eb_domain_set_memory(dom, 32768, EB_AFFECT_CONFIG, fresh(t)));
    REFUSED(t, EB_ERR_OPERATION_INVALID, eb_domain_set_vcpus(dom, 1, EB_AFFECT_CONFIG, fresh(t)));
    REFUSED(t, EB_ERR_OPERATION_INVALID, eb_domain_get_vcpus(dom, EB_AFFECT_CONFIG, fresh(t)));
    assert_string_equal(xml_of(t, dom, 0), before);
}

static void renamed_domain_keeps_everything_else(void **state)
{
    struct fixture *t = *state;
    eb_domain *dom = define_small(t, "old");
    const char *uuid = uuid_of(t, dom);

    OK(t, eb_domain_set_metadata(dom, EB_METADATA_TITLE, "kept", NULL, NULL, 0, fresh(t)));
    OK(t, eb_domain_rename(dom, name_for(t, "new"), 0, fresh(t)));
    assert_string_equal(eb_domain_get_name(dom), name_for(t, "new"));
    assert_false(exists(t, t->conn, name_for(t, "old")));
    assert_true(exists(t, t->conn, name_for(t, "new")));
    assert_string_equal(uuid_of(t, dom), uuid);
    assert_string_equal(metadata_of(t, dom, EB_METADATA_TITLE, NULL, 0), "kept");
    assert_non_null(strstr(xml_of(t, dom, 0), name_for(t, "new")));
}

static void bad_rename_is_refused(void **state)
{
    struct fixture *t = *state;
    eb_domain *dom = define_small(t, "old");

    define_small(t, "taken");
    REFUSED(t, EB_ERR_OPERATION_INVALID, eb_domain_rename(dom, name_for(t, "taken"), 0, fresh(t)));
    REFUSED(t, EB_ERR_OPERATION_INVALID, eb_domain_rename(dom, name_for(t, "old"), 0, fresh(t)));
    REFUSED(t, EB_ERR_INVALID_ARG, eb_domain_rename(dom, "", 0, fresh(t)));
    REFUSED(t, EB_ERR_INVALID_ARG, eb_domain_rename(dom, NULL, 0, fresh(t)));
    REFUSED(t, EB_ERR_OK, eb_domain_rename(dom, text(t, "%s/x", name_for(t, "sub")), 0, fresh(t)));
    REFUSED(t, EB_ERR_OK, eb_domain_rename(dom, name_for(t, "new"), 1, fresh(t)));
    assert_string_equal(eb_domain_get_name(dom), name_for(t, "old"));
    assert_true(exists(t, t->conn, name_for(t, "old")));
    OK(t, eb_domain_start(dom, 0, fresh(t)));
    REFUSED(t, EB_ERR_OPERATION_INVALID, eb_domain_rename(dom, name_for(t, "new"), 0, fresh(t)));
    assert_false(exists(t, t->conn, name_for(t, "new")));
}

static void most_memory_of_a_domain_that_is_off_can_change(void **state)
{
    struct fixture *t = *state;
    eb_domain *dom = define_small(t, "memory");
    uint64_t kib = 0;

    OK(t, eb_domain_get_max_memory(dom, &kib, fresh(t)));
    assert_int_equal(kib, 65536);
    OK(t, eb_domain_set_memory(dom, 131072, EB_AFFECT_CONFIG | EB_MEM_MAXIMUM, fresh(t)));
    OK(t, eb_domain_get_max_memory(dom, &kib, fresh(t)));
    assert_int_equal(kib, 131072);
    assert_non_null(strstr(xml_of(t, dom, 0), "<memory unit='KiB'>131072</memory>"));
}

static void most_memory_of_a_running_domain_stays(void **state)
{
    struct fixture *t = *state;
    eb_domain *dom = start_small(t, "memory");
    uint64_t kib = 0;

    REFUSED(t, EB_ERR_OPERATION_INVALID,
            eb_domain_set_memory(dom, 131072, EB_AFFECT_LIVE | EB_MEM_MAXIMUM, fresh(t)));
    OK(t, eb_domain_get_max_memory(dom, &kib, fresh(t)));
    assert_int_equal(kib, 65536);
}

static void memory_goes_down_and_up_below_the_most(void **state)
{
    struct fixture *t = *state;
    eb_domain *dom;
    eb_domain_info info;

    NEEDS(t, ABLE_BALLOON);
    dom = define_small(t, "memory");
    OK(t, eb_domain_set_memory(dom, 32768, EB_AFFECT_CONFIG, fresh(t)));
    OK(t, eb_domain_get_info(dom, &info, fresh(t)));
    assert_int_equal(info.memory, 32768);
    assert_int_equal(info.max_memory, 65536);
    assert_non_null(strstr(xml_of(t, dom, 0), "<currentMemory unit='KiB'>32768</currentMemory>"));
    OK(t, eb_domain_set_memory(dom, 16384, EB_AFFECT_CONFIG | EB_MEM_MAXIMUM, fresh(t)));
    OK(t, eb_domain_get_info(dom, &info, fresh(t)));
    assert_int_equal(info.memory, 16384);
}

static void memory_of_a_running_domain_is_live_or_for_the_next_start(void **state)
{
    struct fixture *t = *state;
    eb_domain *dom;
    eb_domain_info info;

    NEEDS(t, ABLE_LIVE_MEMORY);
    dom = start_small(t, "memory");
    OK(t, eb_domain_set_memory(dom, 32768, EB_AFFECT_LIVE, fresh(t)));
    OK(t, eb_domain_get_info(dom, &info, fresh(t)));
    assert_int_equal(info.memory, 32768);
    assert_non_null(strstr(xml_of(t, dom, EB_XML_INACTIVE), "<currentMemory unit='KiB'>65536<"));
    OK(t, eb_domain_set_memory(dom, 16384, EB_AFFECT_CONFIG, fresh(t)));
    OK(t, eb_domain_get_info(dom, &info, fresh(t)));
    assert_int_equal(info.memory, 32768);
    OK(t, eb_domain_destroy(dom, 0, fresh(t)));
    OK(t, eb_domain_get_info(dom, &info, fresh(t)));
    assert_int_equal(info.memory, 16384);
}

static void memory_that_cannot_be_is_refused(void **state)
{
    struct fixture *t = *state;
    eb_domain *dom = define_small(t, "memory");
    const char *before = xml_of(t, dom, 0);

    REFUSED(t, EB_ERR_INVALID_ARG, eb_domain_set_memory(dom, 0, EB_AFFECT_CONFIG, fresh(t)));
    REFUSED(t, EB_ERR_INVALID_ARG, eb_domain_set_memory(dom, 999999, EB_AFFECT_CONFIG, fresh(t)));
    REFUSED(t, EB_ERR_OK, eb_domain_set_memory(dom, UINT64_MAX, EB_AFFECT_CONFIG | EB_MEM_MAXIMUM, fresh(t)));
    REFUSED(t, EB_ERR_OK, eb_domain_set_memory(dom, 32768, 1u << 20, fresh(t)));
    assert_string_equal(xml_of(t, dom, 0), before);
}

static void most_vcpus_of_a_domain_that_is_off_can_change(void **state)
{
    struct fixture *t = *state;
    eb_domain *dom = define_small(t, "cpus");

    assert_int_equal(OK(t, eb_domain_get_vcpus(dom, EB_AFFECT_CONFIG | EB_VCPU_MAXIMUM, fresh(t))), 1);
    OK(t, eb_domain_set_vcpus(dom, 2, EB_AFFECT_CONFIG | EB_VCPU_MAXIMUM, fresh(t)));
    assert_int_equal(OK(t, eb_domain_get_vcpus(dom, EB_AFFECT_CONFIG | EB_VCPU_MAXIMUM, fresh(t))), 2);
    OK(t, eb_domain_set_vcpus(dom, 1, EB_AFFECT_CONFIG | EB_VCPU_MAXIMUM, fresh(t)));
    assert_int_equal(OK(t, eb_domain_get_vcpus(dom, EB_AFFECT_CONFIG | EB_VCPU_MAXIMUM, fresh(t))), 1);
    assert_int_equal(OK(t, eb_domain_get_vcpus(dom, EB_AFFECT_CONFIG, fresh(t))), 1);
}

static void vcpus_may_be_fewer_than_the_most(void **state)
{
    struct fixture *t = *state;
    eb_domain *dom;

    NEEDS(t, ABLE_VCPU_ROOM);
    dom = define(t, xml_for(t, name_for(t, "cpus"), "<vcpu current='1'>4</vcpu>", ""));
    assert_int_equal(OK(t, eb_domain_get_vcpus(dom, EB_AFFECT_CONFIG, fresh(t))), 1);
    OK(t, eb_domain_set_vcpus(dom, 3, EB_AFFECT_CONFIG, fresh(t)));
    assert_int_equal(OK(t, eb_domain_get_vcpus(dom, EB_AFFECT_CONFIG, fresh(t))), 3);
    assert_int_equal(OK(t, eb_domain_get_vcpus(dom, EB_AFFECT_CONFIG | EB_VCPU_MAXIMUM, fresh(t))), 4);
}

static void vcpus_of_a_running_domain_are_live_or_for_the_next_start(void **state)
{
    struct fixture *t = *state;
    eb_domain *dom;

    NEEDS(t, ABLE_LIVE_VCPUS);
    dom = define(t, xml_for(t, name_for(t, "cpus"), "<vcpu current='1'>4</vcpu>", ""));
    OK(t, eb_domain_start(dom, 0, fresh(t)));
    OK(t, eb_domain_set_vcpus(dom, 2, EB_AFFECT_LIVE, fresh(t)));
    assert_int_equal(OK(t, eb_domain_get_vcpus(dom, EB_AFFECT_LIVE, fresh(t))), 2);
    assert_int_equal(OK(t, eb_domain_get_vcpus(dom, EB_AFFECT_CONFIG, fresh(t))), 1);
    OK(t, eb_domain_set_vcpus(dom, 3, EB_AFFECT_LIVE | EB_AFFECT_CONFIG, fresh(t)));
    assert_int_equal(OK(t, eb_domain_get_vcpus(dom, EB_AFFECT_LIVE, fresh(t))), 3);
    assert_int_equal(OK(t, eb_domain_get_vcpus(dom, EB_AFFECT_CONFIG, fresh(t))), 3);
}

static void vcpus_that_cannot_be_are_refused(void **state)
{
    struct fixture *t = *state;
    eb_domain *dom = define_small(t, "cpus");
    const char *before = xml_of(t, dom, 0);

    REFUSED(t, EB_ERR_INVALID_ARG, eb_domain_set_vcpus(dom, 0, EB_AFFECT_CONFIG, fresh(t)));
    REFUSED(t, EB_ERR_INVALID_ARG, eb_domain_set_vcpus(dom, 2, EB_AFFECT_CONFIG, fresh(t)));
    REFUSED(t, EB_ERR_INVALID_ARG,
            eb_domain_set_vcpus(dom, 100000, EB_AFFECT_CONFIG | EB_VCPU_MAXIMUM, fresh(t)));
    REFUSED(t, EB_ERR_INVALID_ARG, eb_domain_set_vcpus(dom, 1, EB_VCPU_MAXIMUM, fresh(t)));
    REFUSED(t, EB_ERR_OK, eb_domain_set_vcpus(dom, 1, 1u << 20, fresh(t)));
    assert_string_equal(xml_of(t, dom, 0), before);
}

static const struct CMUnitTest tests[] = {
    SUITE_TEST(autostart_is_kept),
    SUITE_TEST(title_and_description_come_and_go),
    SUITE_TEST(title_has_one_line),
    SUITE_TEST(element_of_a_namespace_comes_and_goes),
    SUITE_TEST(bad_metadata_is_refused),
    SUITE_TEST(title_of_a_running_domain_is_live_or_for_the_next_start),
    SUITE_TEST(live_changes_need_a_running_domain),
    SUITE_TEST(transient_domain_has_no_next_start_to_change),
    SUITE_TEST(renamed_domain_keeps_everything_else),
    SUITE_TEST(bad_rename_is_refused),
    SUITE_TEST(most_memory_of_a_domain_that_is_off_can_change),
    SUITE_TEST(most_memory_of_a_running_domain_stays),
    SUITE_TEST(memory_goes_down_and_up_below_the_most),
    SUITE_TEST(memory_of_a_running_domain_is_live_or_for_the_next_start),
    SUITE_TEST(memory_that_cannot_be_is_refused),
    SUITE_TEST(most_vcpus_of_a_domain_that_is_off_can_change),
    SUITE_TEST(vcpus_may_be_fewer_than_the_most),
    SUITE_TEST(vcpus_of_a_running_domain_are_live_or_for_the_next_start),
    SUITE_TEST(vcpus_that_cannot_be_are_refused),
};
SUITE_GROUP(suite_config, "configuration", tests);
