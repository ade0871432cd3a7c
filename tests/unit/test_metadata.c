/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Setting and getting titles, descriptions and metadata elements, with the results and errors of libvirt's
 * test driver. */
#include "model/domain_xml.h"

#include <setjmp.h>
#include <stdio.h>

#include <cmocka.h>

#define URI "urn:example:a"

static struct eb_domain_def *machine(void)
{
    EB_AUTOERROR eb_error err = EB_ERROR_INIT;
    struct eb_domain_def *def = NULL;

    assert_int_equal(
        eb_domain_def_parse("<domain type='vbox'><name>m</name><memory>1024</memory><os><type>hvm</type>"
                            "</os><devices><graphics type='rdp'/></devices></domain>",
                            0, &def, &err),
        0);
    return def;
}

static void set(struct eb_domain_def *def, int type, const char *text, const char *key, const char *uri)
{
    EB_AUTOERROR eb_error err = EB_ERROR_INIT;

    if (eb_domain_def_set_metadata(def, type, text, key, uri, &err))
        fail_msg("%s", err.message);
}

static void assert_set_refused(int type, const char *text, const char *key, const char *uri,
                               eb_error_code code, const char *message)
{
    EB_AUTODEF struct eb_domain_def *def = machine();
    EB_AUTOFREE char *before = eb_domain_def_format(def, 0);
    EB_AUTOFREE char *after = NULL;
    EB_AUTOERROR eb_error err = EB_ERROR_INIT;

    assert_int_equal(eb_domain_def_set_metadata(def, type, text, key, uri, &err), -1);
    assert_string_equal(err.message, message);
    assert_int_equal(err.code, code);
    after = eb_domain_def_format(def, 0);
    assert_string_equal(after, before);
}

static void assert_got(const struct eb_domain_def *def, int type, const char *uri, const char *expected)
{
    EB_AUTOERROR eb_error err = EB_ERROR_INIT;
    EB_AUTOFREE char *text = NULL;

    if (eb_domain_def_get_metadata(def, type, uri, &text, &err))
        fail_msg("%s", err.message);
    assert_string_equal(text, expected);
}

static void assert_get_refused(const struct eb_domain_def *def, int type, const char *uri, eb_error_code code,
                               const char *message)
{
    EB_AUTOERROR eb_error err = EB_ERROR_INIT;
    char *text = NULL;

    assert_int_equal(eb_domain_def_get_metadata(def, type, uri, &text, &err), -1);
    assert_null(text);
    assert_string_equal(err.message, message);
    assert_int_equal(err.code, code);
}

#define MISSING EB_ERR_NO_DOMAIN_METADATA, "metadata not found: Requested metadata element is not present"

static void titles_and_descriptions_are_set_and_removed(void **state EB_UNUSED)
{
    EB_AUTODEF struct eb_domain_def *def = machine();

    assert_get_refused(def, EB_METADATA_TITLE, NULL, MISSING);
    set(def, EB_METADATA_TITLE, "a b", NULL, NULL);
    set(def, EB_METADATA_DESCRIPTION, "one\ntwo", NULL, NULL);
    assert_got(def, EB_METADATA_TITLE, NULL, "a b");
    assert_got(def, EB_METADATA_DESCRIPTION, NULL, "one\ntwo");
    set(def, EB_METADATA_TITLE, "", NULL, NULL);
    set(def, EB_METADATA_DESCRIPTION, NULL, NULL, NULL);
    assert_get_refused(def, EB_METADATA_TITLE, NULL, MISSING);
    assert_get_refused(def, EB_METADATA_DESCRIPTION, NULL, MISSING);
}

static void an_element_gets_the_namespace_and_loses_it_again(void **state EB_UNUSED)
{
    EB_AUTODEF struct eb_domain_def *def = machine();
    EB_AUTOFREE char *xml = NULL;

    set(def, EB_METADATA_ELEMENT, "<x a='1'><y/></x>", "foo", URI);
    assert_got(def, EB_METADATA_ELEMENT, URI, "<x a=\"1\">\n  <y/>\n</x>");
    xml = eb_domain_def_format(def, 0);
    assert_non_null(strstr(xml, "  <metadata>\n"
                                "    <foo:x xmlns:foo=\"" URI "\" a=\"1\">\n"
                                "      <foo:y/>\n"
                                "    </foo:x>\n"
                                "  </metadata>\n"));
    set(def, EB_METADATA_ELEMENT, "<x><y/>t</x>", "k", URI);
    assert_got(def, EB_METADATA_ELEMENT, URI, "<x><y/>t</x>");
    set(def, EB_METADATA_ELEMENT, "<q:x xmlns:q='" URI "'><q:y/><z/></q:x>", "k", URI);
    assert_got(def, EB_METADATA_ELEMENT, URI, "<x>\n  <y/>\n  <z/>\n</x>");
    assert_int_equal(def->n_metadata, 1);
    set(def, EB_METADATA_ELEMENT, NULL, NULL, URI);
    assert_get_refused(def, EB_METADATA_ELEMENT, URI, MISSING);
    set(def, EB_METADATA_ELEMENT, NULL, NULL, "urn:example:never");
}

static void setting_is_refused_in_libvirts_words(void **state EB_UNUSED)
{
    assert_set_refused(EB_METADATA_TITLE, "a\nb", NULL, NULL, EB_ERR_INVALID_ARG,
                       "metadata title can't contain newlines");
    assert_set_refused(EB_METADATA_TITLE, "a", "k", "u", EB_ERR_INVALID_ARG,
                       "uri in virDomainSetMetadata must be NULL");
    assert_set_refused(EB_METADATA_ELEMENT, "<x/>", "k", NULL, EB_ERR_INVALID_ARG,
                       "uri in virDomainSetMetadata must not be NULL");
    assert_set_refused(EB_METADATA_ELEMENT, "<x/>", NULL, URI, EB_ERR_INVALID_ARG,
                       "key in virDomainSetMetadata must not be NULL");
    assert_set_refused(EB_METADATA_ELEMENT, "<x", "k", URI, EB_ERR_XML_DETAIL,
                       "(metadata_xml):1: Couldn't find end of Start Tag x line 1\n<x\n--^");
    assert_set_refused(EB_METADATA_ELEMENT, "text", "k", URI, EB_ERR_XML_DETAIL,
                       "(metadata_xml):1: Start tag expected, '<' not found\ntext\n^");
    assert_set_refused(EB_METADATA_ELEMENT, "<x/><y/>", "k", URI, EB_ERR_XML_DETAIL,
                       "(metadata_xml):1: Extra content at the end of the document\n<x/><y/>\n----^");
    assert_set_refused(EB_METADATA_ELEMENT, "<x/>", "a b", URI, EB_ERR_INTERNAL_ERROR,
                       "internal error: failed to validate prefix for a new XML namespace");
    assert_set_refused(3, "x", NULL, NULL, EB_ERR_INVALID_ARG, "invalid argument: unknown metadata type '3'");
}

static void getting_is_refused_in_libvirts_words(void **state EB_UNUSED)
{
    EB_AUTODEF struct eb_domain_def *def = machine();

    assert_get_refused(def, EB_METADATA_TITLE, URI, EB_ERR_INVALID_ARG,
                       "uri in virDomainGetMetadata must be NULL");
    assert_get_refused(def, EB_METADATA_ELEMENT, NULL, EB_ERR_INVALID_ARG,
                       "uri in virDomainGetMetadata must not be NULL");
    assert_get_refused(def, 3, NULL, EB_ERR_INVALID_ARG, "invalid argument: unknown metadata type '3'");
}

static void the_vbox_element_is_the_definitions_own_settings(void **state EB_UNUSED)
{
    EB_AUTODEF struct eb_domain_def *def = machine();

    assert_get_refused(def, EB_METADATA_ELEMENT, EB_VBOX_NS, MISSING);
    set(def, EB_METADATA_ELEMENT, "<machine frontend='gui'><graphics for='rdp' auth='null'/></machine>",
        "vbox", EB_VBOX_NS);
    assert_string_equal(def->vbox.frontend, "gui");
    assert_string_equal(def->graphics[0].auth_type, "null");
    assert_int_equal(def->n_metadata, 0);
    assert_got(def, EB_METADATA_ELEMENT, EB_VBOX_NS,
               "<machine frontend=\"gui\">\n  <graphics for=\"rdp\" auth=\"null\"/>\n</machine>");
    set(def, EB_METADATA_ELEMENT, NULL, NULL, EB_VBOX_NS);
    assert_null(def->vbox.frontend);
    assert_null(def->graphics[0].auth_type);
    assert_set_refused(EB_METADATA_ELEMENT, "<machine frontends='gui'/>", "vbox", EB_VBOX_NS,
                       EB_ERR_XML_ERROR,
                       "XML error: unknown attribute 'frontends' of <machine> in vbox:machine, line 1");
    assert_set_refused(EB_METADATA_ELEMENT, "<other/>", "vbox", EB_VBOX_NS, EB_ERR_XML_ERROR,
                       "XML error: unexpected element <other> for the namespace '" EB_VBOX_NS "'");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(titles_and_descriptions_are_set_and_removed),
        cmocka_unit_test(an_element_gets_the_namespace_and_loses_it_again),
        cmocka_unit_test(setting_is_refused_in_libvirts_words),
        cmocka_unit_test(getting_is_refused_in_libvirts_words),
        cmocka_unit_test(the_vbox_element_is_the_definitions_own_settings),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
