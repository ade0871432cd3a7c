/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Settings files as definitions, and back: nothing is defined, and nothing stays. */
#include "vboxtest.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "vbox/machine_medium.h"

static char folder[64];
static char image[96];

/* The folder for temporary files is the test's, and empty again after each. */
static int setup(void **state)
{
    EB_AUTOFREE char *zeros = eb_calloc(1, 1 << 16);

    strcpy(folder, "/tmp/native-test-XXXXXX");
    assert_non_null(mkdtemp(folder));
    setenv("TMPDIR", folder, 1);
    snprintf(image, sizeof(image), "%s.iso", folder);
    assert_int_equal(eb_write_file(image, zeros, 1 << 16, 0600), 0);
    return test_setup(state);
}

static int teardown(void **state)
{
    assert_int_equal(unlink(image), 0);
    assert_int_equal(rmdir(folder), 0);
    return test_teardown(state);
}
#define NATIVE_TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

static bool image_is_known(void)
{
    struct vbox_conn c = {.vb = vb};
    struct vm vm VM_AUTO = {0};
    IMedium *medium = NULL;
    bool known;

    OK(vm_open(&c, NULL, 0, &vm, fresh()));
    known = vm_image_find(&vm, image, DeviceType_DVD, &medium, NULL) == 0 && medium;
    vb_unref(medium);
    return known;
}

static unsigned count_domains(eb_conn *conn)
{
    eb_domain **list = NULL;
    int n = OK(eb_conn_list_domains(conn, 0, &list, fresh()));

    for (int i = 0; i < n; i++)
        eb_domain_unref(list[i]);
    eb_free(list);
    return (unsigned)n;
}

static char *with_image(const char *name, const char *extra)
{
    EB_AUTOFREE char *devices = eb_asprintf("<disk type='file' device='cdrom'><source file='%s'/>"
                                            "<target dev='hdc' bus='ide'/></disk><serial type='pty'/>",
                                            image);

    return xml_of(name, extra, devices);
}

/* The text of a domain's settings file. */
static char *settings_of(eb_domain *dom)
{
    IMachine *machine = back_machine(dom);
    EB_AUTOFREE char *path = NULL;
    char *text = NULL;
    size_t n;

    OK(IMachine_get_settingsFilePath(vb, machine, &path, fresh()));
    vb_unref(machine);
    assert_int_equal(eb_read_file(path, 1 << 20, &text, &n), 0);
    return text;
}

static void says(const char *text, const char *words)
{
    if (!text || !strstr(text, words))
        fail_msg("not \"%s\":\n%s", words, text ? text : "nothing");
}

static void file_is_the_definition_of_its_machine(void **state)
{
    EB_AUTOFREE char *xml = with_image("filed &amp; known", "<title>a title</title>");
    EB_AUTOFREE char *text = NULL, *told = NULL, *same = NULL;
    eb_domain *dom = NULL;

    OK(eb_domain_define_xml(*state, xml, 0, &dom, fresh()));
    text = settings_of(dom);
    OK(eb_conn_domain_xml_from_native(*state, "vbox", text, 0, &told, fresh()));
    OK(eb_domain_get_xml(dom, 0, &same, fresh()));
    assert_string_equal(told, same);
    assert_true(image_is_known());
    remove_domain(dom);
}

static void file_of_a_machine_that_is_gone_is_read_too(void **state)
{
    EB_AUTOFREE char *xml =
        xml_of("gone", "<uuid>11111111-2222-3333-4444-555555555555</uuid>", "<serial type='pty'/>");
    EB_AUTOFREE char *text = NULL, *told = NULL, *same = NULL;
    eb_domain *dom = NULL;
    unsigned n;

    OK(eb_domain_define_xml(*state, xml, 0, &dom, fresh()));
    text = settings_of(dom);
    OK(eb_domain_get_xml(dom, 0, &same, fresh()));
    remove_domain(dom);
    n = count_domains(*state);
    OK(eb_conn_domain_xml_from_native(*state, "vbox", text, 0, &told, fresh()));
    assert_string_equal(told, same);
    assert_int_equal(count_domains(*state), n);
    assert_false(domain_exists(*state, "gone"));
}

static void definition_becomes_a_file_and_that_the_definition(void **state)
{
    EB_AUTOFREE char *xml =
        with_image("written", "<uuid>aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee</uuid><title>a title</title>");
    EB_AUTOFREE char *text = NULL, *told = NULL, *again = NULL, *inside = eb_asprintf("%s/", folder);
    unsigned n = count_domains(*state);

    OK(eb_conn_domain_xml_to_native(*state, "vbox", xml, 0, &text, fresh()));
    assert_false(image_is_known());
    says(text, "<VirtualBox");
    says(text, "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee");
    assert_null(strstr(text, inside));
    assert_int_equal(count_domains(*state), n);
    assert_false(domain_exists(*state, "written"));
    if (strstr(text, image)) {
        /* since 4.0 the file tells what its images are, before VirtualBox does */
        OK(eb_conn_domain_xml_from_native(*state, "vbox", text, 0, &told, fresh()));
        says(told, image);
        says(told, "<uuid>aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee</uuid>");
        says(told, "<title>a title</title>");
        says(told, "<serial type='pty'>");
        OK(eb_conn_domain_xml_to_native(*state, "vbox", told, 0, &again, fresh()));
        assert_false(image_is_known());
    }
}

static void domain_that_is_defined_becomes_its_own_file(void **state)
{
    EB_AUTOFREE char *xml = with_image("twice", NULL);
    EB_AUTOFREE char *before = NULL, *after = NULL, *text = NULL, *told = NULL, *own = NULL;
    eb_domain *dom = NULL;

    OK(eb_domain_define_xml(*state, xml, 0, &dom, fresh()));
    OK(eb_domain_get_xml(dom, 0, &before, fresh()));
    own = settings_of(dom);
    OK(eb_conn_domain_xml_to_native(*state, "vbox", before, 0, &text, fresh()));
    assert_string_equal(text, own);
    OK(eb_domain_get_xml(dom, 0, &after, fresh()));
    assert_string_equal(before, after);
    assert_true(image_is_known());
    OK(eb_conn_domain_xml_from_native(*state, "vbox", text, 0, &told, fresh()));
    assert_string_equal(told, before);
    remove_domain(dom);
}

/* ---- Whatever fails, nothing stays ---- */

static char *tried;

static int try_from(eb_conn *conn, eb_domain *dom)
{
    EB_AUTOFREE char *told = NULL;

    (void)dom;
    return eb_conn_domain_xml_from_native(conn, "vbox", tried, 0, &told, fresh());
}

static int try_to(eb_conn *conn, eb_domain *dom)
{
    EB_AUTOFREE char *text = NULL;

    (void)dom;
    return eb_conn_domain_xml_to_native(conn, "vbox", tried, 0, &text, fresh());
}

static void nothing_stays(eb_conn *conn, eb_domain *dom)
{
    (void)dom;
    assert_int_equal(count_domains(conn), 1);
    assert_int_equal(entries_of(folder), 0);
    assert_false(image_is_known());
}

static void conversion_that_fails_anywhere_leaves_nothing(void **state)
{
    EB_AUTOFREE char *text = NULL, *xml = with_image("fails", NULL);
    eb_domain *dom = define(*state, "stays");
    unsigned others = count_domains(*state) - 1;

    if (others)
        skip(); /* someone else's machines are there */
    text = settings_of(dom);
    tried = text;
    assert_true(fail_each_call(*state, dom, try_from, nothing_stays, nothing_stays) > 10);
    tried = xml;
    assert_true(fail_each_call(*state, dom, try_to, nothing_stays, nothing_stays) > 10);
    assert_true(domain_exists(*state, "stays"));
    remove_domain(dom);
}

static void refuses(eb_conn *conn, const char *text, eb_error_code code, const char *words)
{
    EB_AUTOFREE char *told = NULL;

    assert_int_equal(eb_conn_domain_xml_from_native(conn, "vbox", text, 0, &told, fresh()), -1);
    assert_int_equal(test_error.code, code);
    says(eb_error_message(&test_error), words);
}

static void what_is_no_settings_file_is_refused(void **state)
{
    EB_AUTOFREE char *told = NULL;
    EB_AUTOFREE char *wrong = xml_of("wrong", NULL, "<watchdog model='i6300esb'/>");

    refuses(*state, "no XML", EB_ERR_XML_DETAIL, "VirtualBox_settings");
    refuses(*state, "<domain/>", EB_ERR_XML_ERROR, "<domain>");
    refuses(*state, "<VirtualBox/>", EB_ERR_XML_ERROR, "<Machine>");
    refuses(*state, "<VirtualBox><Machine name='x' uuid='{1}'/></VirtualBox>", EB_ERR_XML_ERROR, "uuid");
    refuses(*state, "<VirtualBox><MachineEncrypted/></VirtualBox>", EB_ERR_CONFIG_UNSUPPORTED, "encrypted");
    refuses(*state, "<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><VirtualBox>&e;</VirtualBox>",
            EB_ERR_XML_DETAIL, "");
    assert_int_equal(eb_conn_domain_xml_from_native(*state, "vmware-vmx", "<VirtualBox/>", 0, &told, fresh()),
                     -1);
    assert_int_equal(test_error.code, EB_ERR_INVALID_ARG);
    says(eb_error_message(&test_error), "unsupported config type vmware-vmx");
    assert_int_equal(eb_conn_domain_xml_to_native(*state, "vbox", wrong, 0, &told, fresh()), -1);
    assert_int_equal(test_error.code, EB_ERR_CONFIG_UNSUPPORTED);
    says(eb_error_message(&test_error), "<watchdog>");
}

int main(int argc, char **argv)
{
    static const struct CMUnitTest tests[] = {
        NATIVE_TEST(file_is_the_definition_of_its_machine),
        NATIVE_TEST(file_of_a_machine_that_is_gone_is_read_too),
        NATIVE_TEST(definition_becomes_a_file_and_that_the_definition),
        NATIVE_TEST(domain_that_is_defined_becomes_its_own_file),
        NATIVE_TEST(conversion_that_fails_anywhere_leaves_nothing),
        NATIVE_TEST(what_is_no_settings_file_is_refused),
    };

    return run_vbox_tests(argc, argv, "native", tests, EB_ARRAY_SIZE(tests));
}
