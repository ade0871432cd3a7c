/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The XML that domains give: it is valid, and says the same when it is read again. */
#include "suite.h"

static const char rich_extra[] =
    "<uuid>0f0e0d0c-0b0a-4908-8706-050403020100</uuid>"
    "<title>A &lt;title&gt; &amp; more</title>"
    "<description>two\nlines \xe2\x82\xac</description>"
    "<metadata><k:mark xmlns:k='http://everbox.example/suite' a='1'><k:c>x</k:c></k:mark></metadata>"
    "<vcpu>2</vcpu>"
    "<features><acpi/><apic/><pae/></features>"
    "<clock offset='utc'/>";
static const char rich_devices[] =
    "<disk type='file' device='cdrom'><target dev='hdc' bus='ide'/><readonly/></disk>"
    "<interface type='user'><mac address='08:00:27:12:34:56'/><model type='82540EM'/></interface>"
    "<video><model type='vbox' vram='16384' heads='1'/></video>";

static eb_domain *define_rich(struct fixture *t)
{
    return define(t, xml_for(t, name_for(t, "rich"), rich_extra, rich_devices));
}

static void emitted_xml_says_what_was_defined(void **state)
{
    static const char *const said[] = {
        "<uuid>0f0e0d0c-0b0a-4908-8706-050403020100</uuid>",
        "<title>A &lt;title&gt; &amp; more</title>",
        "<description>two\nlines \xe2\x82\xac</description>",
        "http://everbox.example/suite",
        "<memory unit='KiB'>65536</memory>",
        "<currentMemory unit='KiB'>65536</currentMemory>",
        ">2</vcpu>",
        "arch='x86_64'",
        "<acpi/>",
        "<clock offset='utc'",
        "device='cdrom'",
        "<mac address='08:00:27:12:34:56'/>",
        "type='vbox' vram='16384'",
    };
    struct fixture *t = *state;
    const char *xml = xml_of(t, define_rich(t), EB_XML_INACTIVE);

    for (size_t i = 0; i < sizeof(said) / sizeof(said[0]); i++) {
        if (!strstr(xml, said[i]))
            fail_msg("no %s in\n%s", said[i], xml);
    }
    assert_memory_equal(xml, text(t, "<domain type='%s'", domain_type(t)), 13 + strlen(domain_type(t)));
}

static void emitted_xml_defines_the_same_domain(void **state)
{
    struct fixture *t = *state;
    eb_domain *dom = define_rich(t);
    const char *first = xml_of(t, dom, EB_XML_INACTIVE | EB_XML_SECURE);

    define(t, first);
    assert_string_equal(xml_of(t, dom, EB_XML_INACTIVE | EB_XML_SECURE), first);
    OK(t, eb_domain_undefine(dom, 0, fresh(t)));
    dom = define(t, first);
    assert_string_equal(xml_of(t, dom, EB_XML_INACTIVE | EB_XML_SECURE), first);
}

static void emitted_xml_is_valid(void **state)
{
    struct fixture *t = *state;
    eb_domain *dom = define_rich(t);
    const char *xml = xml_of(t, dom, EB_XML_INACTIVE);
    int result = eb_domain_define_xml(t->conn, xml, EB_DEFINE_VALIDATE, NULL, fresh(t));

    if (result < 0 && t->err.code == EB_ERR_OPERATION_UNSUPPORTED) {
        print_message("no schema to check against: %s\n", eb_error_message(&t->err));
        skip();
    }
    OK(t, result);
    assert_string_equal(xml_of(t, dom, EB_XML_INACTIVE), xml);
}

static void xml_of_a_running_domain_is_valid_and_names_its_id(void **state)
{
    struct fixture *t = *state;
    eb_domain *dom = define_rich(t);
    const char *off = xml_of(t, dom, EB_XML_INACTIVE);
    const char *xml;

    OK(t, eb_domain_start(dom, 0, fresh(t)));
    xml = xml_of(t, dom, 0);
    assert_memory_equal(xml, text(t, "<domain type='%s' id='%d'", domain_type(t), eb_domain_get_id(dom)),
                        strlen(text(t, "<domain type='%s' id='%d'", domain_type(t), eb_domain_get_id(dom))));
    assert_string_equal(xml_of(t, dom, EB_XML_INACTIVE), off);
}

static void invalid_xml_is_refused_when_asked(void **state)
{
    struct fixture *t = *state;
    const char *xml = xml_for(t, name_for(t, "invalid"), "<nosuchelement/>", "");

    REFUSED(t, EB_ERR_OK, eb_domain_define_xml(t->conn, xml, EB_DEFINE_VALIDATE, NULL, fresh(t)));
    if (t->err.code != EB_ERR_OPERATION_UNSUPPORTED)
        assert_int_equal(t->err.code, EB_ERR_XML_INVALID_SCHEMA);
    assert_false(exists(t, t->conn, name_for(t, "invalid")));
}

static void unknown_xml_flag_is_refused(void **state)
{
    struct fixture *t = *state;
    eb_domain *dom = define_small(t, "flags");
    char *xml = NULL;

    REFUSED(t, EB_ERR_INVALID_ARG, eb_domain_get_xml(dom, 1u << 20, &xml, fresh(t)));
    assert_null(xml);
}

static void os_type_and_security_are_told(void **state)
{
    struct fixture *t = *state;
    eb_domain *dom = define_small(t, "told");
    eb_security_label label;
    char **messages = NULL;
    char *os_type = NULL;

    OK(t, eb_domain_get_os_type(dom, &os_type, fresh(t)));
    keep_text(t, os_type);
    assert_true(os_type[0]);
    OK(t, eb_domain_get_security_label(dom, &label, fresh(t)));
    assert_string_equal(label.label, "");
    assert_int_equal(OK(t, eb_domain_get_messages(dom, 0, &messages, fresh(t))), 0);
    eb_free(messages);
}

static const struct CMUnitTest tests[] = {
    SUITE_TEST(emitted_xml_says_what_was_defined),
    SUITE_TEST(emitted_xml_defines_the_same_domain),
    SUITE_TEST(emitted_xml_is_valid),
    SUITE_TEST(xml_of_a_running_domain_is_valid_and_names_its_id),
    SUITE_TEST(invalid_xml_is_refused_when_asked),
    SUITE_TEST(unknown_xml_flag_is_refused),
    SUITE_TEST(os_type_and_security_are_told),
};
SUITE_GROUP(suite_xml, "xml", tests);
