/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Domain XML. tests/unit/data/domain: NAME.xml is what a user writes, NAME.out what libvirt's test driver
 * gives back for it; bad/NAME.err is libvirt's error (code, domain, message) for bad/NAME.xml. */
#include "base/strbuf.h"
#include "model/domain_devices.h"
#include "model/domain_xml.h"
#include "model/validate.h"

#include <dirent.h>
#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdio.h>

#include <cmocka.h>

static const char *source_root;

enum { STORED = EB_XML_INACTIVE | EB_XML_SECURE };

static char *read_text(const char *fmt, ...) EB_PRINTF(1, 2);
static char *read_text(const char *fmt, ...)
{
    EB_AUTOFREE char *name = NULL, *path = NULL;
    char *text = NULL;
    size_t len;
    va_list args;

    va_start(args, fmt);
    name = eb_vasprintf(fmt, args);
    va_end(args);
    path = eb_asprintf("%s/%s", source_root, name);
    if (eb_read_file(path, EB_XML_MAX, &text, &len))
        fail_msg("%s: %s", path, strerror(errno));
    return text;
}

static struct eb_domain_def *parse(const char *xml, unsigned flags)
{
    EB_AUTOERROR eb_error err = EB_ERROR_INIT;
    struct eb_domain_def *def = NULL;

    if (eb_domain_def_parse(xml, flags, &def, &err))
        fail_msg("%s", err.message);
    return def;
}

static char *reformat(const char *xml, unsigned flags)
{
    EB_AUTODEF struct eb_domain_def *def = parse(xml, flags);
    EB_AUTODEF struct eb_domain_def *copy = eb_domain_def_copy(def);

    return eb_domain_def_format(copy, flags);
}

static void assert_refused(const char *xml, eb_error_code code, const char *message)
{
    EB_AUTOERROR eb_error err = EB_ERROR_INIT;
    struct eb_domain_def *def = NULL;

    assert_int_equal(eb_domain_def_parse(xml, EB_XML_INACTIVE, &def, &err), -1);
    assert_null(def);
    assert_string_equal(err.message, message);
    assert_int_equal(err.code, code);
}

/* `inner` in a machine that lacks nothing. */
static char *machine(const char *inner)
{
    return eb_asprintf(
        "<domain type='vbox'><name>m</name><memory>1024</memory><os><type>hvm</type></os>\n%s</domain>",
        inner);
}

/* Calls `check` for each NAME.`suffix` of a folder. Result: how many. */
static unsigned each_file(const char *folder, const char *suffix, void (*check)(const char *name))
{
    EB_AUTOFREE char *path = eb_asprintf("%s/%s", source_root, folder);
    DIR *dir = opendir(path);
    struct dirent *entry;
    unsigned n = 0;

    assert_non_null(dir);
    while ((entry = readdir(dir))) {
        EB_AUTOFREE char *name = NULL;

        if (!eb_ends_with(entry->d_name, suffix))
            continue;
        name = eb_strndup(entry->d_name, strlen(entry->d_name) - strlen(suffix));
        check(name);
        n++;
    }
    closedir(dir);
    return n;
}

static void compare_with_libvirt(const char *name)
{
    EB_AUTOFREE char *in = read_text("tests/unit/data/domain/%s.xml", name);
    EB_AUTOFREE char *expected = read_text("tests/unit/data/domain/%s.out", name);
    EB_AUTOFREE char *out = reformat(in, STORED);
    EB_AUTOFREE char *again = reformat(out, STORED);
    EB_AUTOFREE char *settled = reformat(again, STORED);

    assert_string_equal(out, expected);
    /* not yet the same as `again`: controllers that parsing added take their places at the next reading */
    assert_string_equal(settled, again);
}

static void definitions_come_back_as_libvirt_gives_them_back(void **state EB_UNUSED)
{
    assert_true(each_file("tests/unit/data/domain", ".out", compare_with_libvirt) >= 20);
}

static void compare_error_with_libvirt(const char *name)
{
    EB_AUTOFREE char *in = read_text("tests/unit/data/domain/bad/%s.xml", name);
    EB_AUTOFREE char *expected = read_text("tests/unit/data/domain/bad/%s.err", name);
    EB_AUTOFREE char *got = NULL;
    EB_AUTOERROR eb_error err = EB_ERROR_INIT;
    struct eb_domain_def *def = NULL;

    assert_int_equal(eb_domain_def_parse(in, EB_XML_INACTIVE, &def, &err), -1);
    assert_null(def);
    got = eb_asprintf("%d %d %s\n", err.code, err.domain, err.message);
    assert_string_equal(got, expected);
}

static void mistakes_get_libvirts_errors(void **state EB_UNUSED)
{
    assert_true(each_file("tests/unit/data/domain/bad", ".err", compare_error_with_libvirt) >= 50);
}

static void the_running_domain_of_the_test_driver_round_trips(void **state EB_UNUSED)
{
    EB_AUTOFREE char *in = read_text("tests/unit/data/domain/default.live");
    EB_AUTODEF struct eb_domain_def *def = parse(in, 0);
    EB_AUTOFREE char *out = eb_domain_def_format(def, 0);
    EB_AUTOFREE char *inactive = eb_domain_def_format(def, EB_XML_INACTIVE);

    assert_string_equal(out, in);
    assert_int_equal(def->id, 1);
    assert_null(strstr(inactive, " id='1'"));
}

static void memory_takes_every_unit(void **state EB_UNUSED)
{
    static const struct {
        const char *text, *unit;
        uint64_t kib;
    } cases[] = {
        {"1", "b", 1},
        {"1025", "bytes", 2},
        {"3", "KB", 3},
        {"1000", "kB", 977},
        {"3", "k", 3},
        {"3", "KiB", 3},
        {"3", "kib", 3},
        {"3", "MB", 2930},
        {"3", "M", 3072},
        {"3", "MiB", 3072},
        {"3", "GB", 2929688},
        {"3", "GiB", 3145728},
        {"3", "", 3},
        {"3", "TiB", UINT64_C(3) << 30},
        {"3", "PiB", UINT64_C(3) << 40},
        {"3", "EiB", UINT64_C(3) << 50},
    };

    for (size_t i = 0; i < EB_ARRAY_SIZE(cases); i++) {
        EB_AUTOFREE char *xml = eb_asprintf(
            "<domain type='test'><name>m</name><memory unit='%s'>%s</memory><os><type>hvm</type></os>"
            "</domain>",
            cases[i].unit, cases[i].text);
        EB_AUTODEF struct eb_domain_def *def = parse(xml, 0);

        assert_int_equal(def->max_memory, cases[i].kib);
        assert_int_equal(def->memory, cases[i].kib);
    }
}

/* ---- What the model has no member for ---- */

static void unknown_parts_are_listed_with_their_places(void **state EB_UNUSED)
{
    EB_AUTOFREE char *xml =
        machine("<memoryBacking><nosharepages/></memoryBacking>\n"
                "<devices><controller type='ide'/>\n"
                "<disk type='file' device='cdrom' snapshot='no'><target dev='hda'/></disk>\n"
                "<shmem name='s'/></devices>\n");
    EB_AUTODEF struct eb_domain_def *def = parse(xml, 0);

    assert_int_equal(def->n_unmodelled, 3);
    assert_string_equal(def->unmodelled[0].path, "/domain/devices/disk[1]");
    assert_string_equal(def->unmodelled[0].what, "attribute 'snapshot' of <disk>");
    assert_string_equal(def->unmodelled[0].xml, "no");
    assert_true(def->unmodelled[0].attribute);
    assert_int_equal(def->unmodelled[0].line, 4);
    assert_string_equal(def->unmodelled[1].what, "element <shmem>");
    assert_string_equal(def->unmodelled[1].path, "/domain/devices");
    assert_string_equal(def->unmodelled[2].what, "element <memoryBacking>");
    assert_string_equal(def->unmodelled[2].xml, "<memoryBacking><nosharepages/></memoryBacking>");
    assert_int_equal(def->unmodelled[2].line, 2);
}

static void unknown_parts_are_put_back(void **state EB_UNUSED)
{
    static const char *const parts[] = {
        "<memory>1</memory>", /* the second one */
        "<zzz a='1'>x<y/>z</zzz>",
        "<q:commandline xmlns:q='http://example.org/q'><q:arg value='-x'/></q:commandline>",
        "<clock offset='utc' adjustment='reset'/>",
        "<os><type>hvm</type></os><on_crash foo='1'>destroy</on_crash>",
        "<devices><disk type='nvme' device='disk'><target dev='vda'/></disk></devices>",
        "<devices><disk device='cdrom'><target dev='hda' x:y='1' xmlns:x='urn:x' x:z='2'/></disk></devices>",
        "<devices><interface type='mcast'><source address='230.0.0.1' port='5558'/></interface></devices>",
        "<description>a<b>c</b>d</description>",
    };

    for (size_t i = 0; i < EB_ARRAY_SIZE(parts); i++) {
        EB_AUTOFREE char *xml = machine(parts[i]);
        EB_AUTODEF struct eb_domain_def *first = parse(xml, 0);
        EB_AUTOFREE char *once = eb_domain_def_format(first, 0);
        EB_AUTODEF struct eb_domain_def *second = parse(once, 0);
        EB_AUTOFREE char *twice = eb_domain_def_format(second, 0);

        assert_true(first->n_unmodelled > 0);
        assert_string_equal(once, twice);
        assert_int_equal(first->n_unmodelled, second->n_unmodelled);
        for (size_t k = 0; k < first->n_unmodelled; k++) {
            assert_string_equal(first->unmodelled[k].path, second->unmodelled[k].path);
            assert_string_equal(first->unmodelled[k].name, second->unmodelled[k].name);
            assert_string_equal(first->unmodelled[k].xml, second->unmodelled[k].xml);
        }
    }
}

static void a_copy_shares_nothing_with_its_original(void **state EB_UNUSED)
{
    EB_AUTOFREE char *xml = read_text("tests/unit/data/domain/vbox-like.xml");
    EB_AUTODEF struct eb_domain_def *def = parse(xml, 0);
    EB_AUTOFREE char *before = eb_domain_def_format(def, 0);
    EB_AUTODEF struct eb_domain_def *copy = eb_domain_def_copy(def);
    EB_AUTOFREE char *after = NULL;

    def->disks[0].source[0] = '?';
    def->os.boot[0] = EB_BOOT_NETWORK;
    eb_domain_def_free(EB_STEAL(def));
    after = eb_domain_def_format(copy, 0);
    assert_string_equal(after, before);
}

/* ---- The vbox namespace ---- */

static char *documented_example(void)
{
    EB_AUTOFREE char *text = read_text("docs/xml.md");
    char *start = strstr(text, "```xml\n");
    char *end = start ? strstr(start, "\n```\n") : NULL;

    assert_non_null(end);
    start += strlen("```xml\n");
    return eb_strndup(start, (size_t)(end - start) + 1);
}

static void the_documented_example_round_trips(void **state EB_UNUSED)
{
    EB_AUTOFREE char *xml = documented_example();
    EB_AUTODEF struct eb_domain_def *def = parse(xml, STORED);
    EB_AUTOFREE char *out = eb_domain_def_format(def, STORED);

    assert_string_equal(out, xml);
    assert_int_equal(def->n_unmodelled, 0);
    assert_int_equal(def->n_metadata, 0);
    assert_string_equal(def->vbox.groups[1], "/linux");
    assert_int_equal(def->vbox.time_offset, -3600000);
    assert_string_equal(def->controllers[0].name, "SATA");
    assert_int_equal(def->controllers[0].ports, 4);
    assert_int_equal(def->interfaces[0].n_forwards, 2);
    assert_true(def->interfaces[0].forwards[1].udp);
    assert_string_equal(def->interfaces[1].generic_properties[0], "dest=192.0.2.7");
    assert_string_equal(def->serials[0].uart, "16750");
    assert_int_equal(def->n_hostdevs, 2);
    assert_string_equal(def->hostdevs[1].name, "anything of ours");
    assert_false(def->hostdevs[1].has_product);
}

static void what_libvirt_has_no_words_for_is_refused_by_name(void **state EB_UNUSED)
{
    static const struct {
        const char *inner, *message;
    } cases[] = {
        {"<vbox:foo/>", "XML error: unknown element <vbox:foo> in vbox:machine, line 3"},
        {"<vbox:clock bar='1'/>", "XML error: unknown attribute 'bar' of <clock> in vbox:machine, line 3"},
        {"<vbox:video controller='none'/>", "XML error: vbox:video has no attribute 'for', line 3"},
        {"<vbox:memory page-fusion='maybe'/>",
         "XML error: Invalid value for attribute 'page-fusion' in element 'memory': 'maybe'."},
        {"<vbox:group/>", "XML error: Missing required attribute 'path' in element 'group'"},
    };

    for (size_t i = 0; i < EB_ARRAY_SIZE(cases); i++) {
        EB_AUTOFREE char *inner = eb_asprintf("<metadata><vbox:machine xmlns:vbox='" EB_VBOX_NS "'>\n%s"
                                              "</vbox:machine></metadata>",
                                              cases[i].inner);
        EB_AUTOFREE char *xml = machine(inner);

        assert_refused(xml, EB_ERR_XML_ERROR, cases[i].message);
    }
}

static void what_is_said_of_devices_that_are_not_there_is_left_to_the_driver(void **state EB_UNUSED)
{
    EB_AUTOFREE char *xml =
        machine("<metadata><vbox:machine xmlns:vbox='" EB_VBOX_NS
                "'><vbox:controller for='ide7' name='x'/><vbox:sound for='#1' driver='null'/>"
                "</vbox:machine></metadata>");
    EB_AUTODEF struct eb_domain_def *def = parse(xml, 0);
    EB_AUTOFREE char *out = eb_domain_def_format(def, 0);

    assert_string_equal(def->vbox.strays[0], "<vbox:controller for='ide7'");
    assert_string_equal(def->vbox.strays[1], "<vbox:sound for='#1'");
    assert_null(def->vbox.strays[2]);
    assert_null(strstr(out, "vbox:sound"));
}

static void libvirts_port_forwards_are_understood(void **state EB_UNUSED)
{
    EB_AUTOFREE char *xml =
        machine("<devices><interface type='user'><portForward proto='udp' address='127.0.0.1'>"
                "<range start='2000' end='2001' to='20'/></portForward><portForward proto='tcp'>"
                "<range start='80'/></portForward><portForward proto='tcp' dev='eth0'><range start='1'/>"
                "</portForward></interface></devices>");
    EB_AUTODEF struct eb_domain_def *def = parse(xml, 0);
    const struct eb_port_forward *forwards = def->interfaces[0].forwards;
    EB_AUTOFREE char *out = eb_domain_def_format(def, 0);
    EB_AUTOFREE char *again = reformat(out, 0);

    assert_int_equal(def->interfaces[0].n_forwards, 3);
    assert_true(forwards[1].udp);
    assert_string_equal(forwards[1].host_ip, "127.0.0.1");
    assert_int_equal(forwards[1].host_port, 2001);
    assert_int_equal(forwards[1].guest_port, 21);
    assert_false(forwards[2].udp);
    assert_int_equal(forwards[2].guest_port, 80);
    assert_int_equal(def->n_unmodelled, 1);
    assert_string_equal(out, again);
}

static void devices_that_share_a_name_are_numbered(void **state EB_UNUSED)
{
    EB_AUTOFREE char *xml = machine("<devices><filesystem><source dir='/a'/><target dir='s'/></filesystem>"
                                    "<filesystem><source dir='/b'/><target dir='s'/></filesystem></devices>");
    EB_AUTODEF struct eb_domain_def *def = parse(xml, 0);
    EB_AUTODEF struct eb_domain_def *again = NULL;
    EB_AUTOFREE char *out = NULL;

    def->filesystems[1].automount = EB_YES;
    out = eb_domain_def_format(def, 0);
    assert_non_null(strstr(out, "<vbox:filesystem for='#2' automount='yes'/>"));
    again = parse(out, 0);
    assert_int_equal(again->filesystems[0].automount, EB_ABSENT);
    assert_int_equal(again->filesystems[1].automount, EB_YES);
}

static void validate_output(const char *name)
{
    EB_AUTOFREE char *in = read_text("tests/unit/data/domain/%s.xml", name);
    EB_AUTOFREE char *out = reformat(in, STORED);
    EB_AUTOERROR eb_error err = EB_ERROR_INIT;

    if (eb_domain_xml_validate(out, &err))
        fail_msg("%s: %s", name, err.message);
}

static void output_is_valid_by_libvirts_schema(void **state EB_UNUSED)
{
    EB_AUTOFREE char *example = documented_example();
    EB_AUTOFREE char *wrong = machine("<nonsense/>");
    EB_AUTOERROR eb_error err = EB_ERROR_INIT;
    EB_AUTOERROR eb_error refused = EB_ERROR_INIT;

    if (eb_domain_xml_validate(example, &err)) {
        if (err.code == EB_ERR_OPERATION_UNSUPPORTED)
            skip();
        fail_msg("%s", err.message);
    }
    assert_true(each_file("tests/unit/data/domain", ".xml", validate_output) >= 20);
    assert_int_equal(eb_domain_xml_validate(wrong, &refused), -1);
    assert_int_equal(refused.code, EB_ERR_XML_INVALID_SCHEMA);
}

/* ---- Hostile input ---- */

static void document_types_and_entities_are_refused(void **state EB_UNUSED)
{
    assert_refused(
        "<!DOCTYPE domain [<!ENTITY a 'x'><!ENTITY b '&a;&a;'>]>\n<domain type='test'><name>&b;</name>"
        "</domain>",
        EB_ERR_XML_DETAIL, "(domain_definition):1: a document type declaration is not accepted here");
}

static void too_large_a_text_is_refused(void **state EB_UNUSED)
{
    EB_AUTOFREE char *xml = eb_calloc(EB_XML_MAX + 2, 1);

    memset(xml, ' ', EB_XML_MAX + 1);
    assert_refused(xml, EB_ERR_XML_DETAIL, "(domain_definition): larger than 10485760 bytes");
}

static void too_deep_a_text_is_refused(void **state EB_UNUSED)
{
    EB_AUTOSTRBUF struct eb_strbuf xml = {0};
    EB_AUTOERROR eb_error err = EB_ERROR_INIT;
    struct eb_domain_def *def = NULL;

    eb_strbuf_add(&xml, "<domain type='test'>");
    for (int i = 0; i < 100000; i++)
        eb_strbuf_add(&xml, "<a>");
    assert_int_equal(eb_domain_def_parse(xml.s, 0, &def, &err), -1);
    assert_int_equal(err.code, EB_ERR_XML_DETAIL);
}

static void crowds_are_refused_before_they_cost_time(void **state EB_UNUSED)
{
    EB_AUTOSTRBUF struct eb_strbuf attributes = {0};
    EB_AUTOSTRBUF struct eb_strbuf disks = {0};
    EB_AUTOSTRBUF struct eb_strbuf unknown = {0};
    EB_AUTOFREE char *many_disks = NULL, *many_unknown = NULL;

    eb_strbuf_add(&disks, "<devices>");
    for (int i = 0; i < 200000; i++)
        eb_strbuf_add(&disks, "<disk device='cdrom'/>");
    eb_strbuf_add(&disks, "</devices>");
    many_disks = machine(disks.s);
    assert_refused(many_disks, EB_ERR_XML_ERROR, "XML error: more than 1024 elements <disk>");

    for (int i = 0; i < 200000; i++)
        eb_strbuf_add(&unknown, "<q/>");
    many_unknown = machine(unknown.s);
    assert_refused(many_unknown, EB_ERR_XML_ERROR,
                   "XML error: more than 16384 unknown elements and attributes");

    eb_strbuf_add(&attributes, "<domain type='test'");
    for (int i = 0; i < 300000; i++)
        eb_strbuf_printf(&attributes, " a%d=''", i);
    eb_strbuf_add(&attributes, "/>");
    assert_refused(attributes.s, EB_ERR_XML_DETAIL,
                   "(domain_definition): an element has more than 256 attributes");
}

static void other_encodings_are_refused(void **state EB_UNUSED)
{
    assert_refused("<?xml version='1.0' encoding='ISO-8859-1'?><domain><name>\xe4</name></domain>",
                   EB_ERR_XML_DETAIL, "(domain_definition): not UTF-8");
}

static void a_very_long_disk_name_is_none(void **state EB_UNUSED)
{
    EB_AUTOFREE char *xml =
        machine("<devices><disk device='cdrom'><target dev='hdzzzzzzzzzzzz'/></disk></devices>");

    assert_refused(xml, EB_ERR_XML_ERROR,
                   "XML error: Unknown disk name 'hdzzzzzzzzzzzz' and no address specified");
}

static void an_address_does_not_make_millions_of_controllers(void **state EB_UNUSED)
{
    EB_AUTOFREE char *xml = machine(
        "<devices><disk device='cdrom'><target dev='hda'/><address type='drive' controller='4000000000'/>"
        "</disk></devices>");

    assert_refused(xml, EB_ERR_XML_ERROR, "XML error: no machine has a ide controller with index '256'");
}

static void *parse_in_thread(void *message)
{
    for (int i = 0; i < 200; i++) {
        EB_AUTOERROR eb_error err = EB_ERROR_INIT;
        EB_AUTOFREE char *xml = eb_asprintf("<domain type='test'><%s", (const char *)message);
        EB_AUTOFREE char *expected =
            eb_asprintf("(domain_definition):1: Couldn't find end of Start Tag %s", (const char *)message);
        struct eb_domain_def *def = NULL;

        if (eb_domain_def_parse(xml, 0, &def, &err) != -1 || !eb_starts_with(err.message, expected))
            return message;
    }
    return NULL;
}

static void threads_get_their_own_errors(void **state EB_UNUSED)
{
    static char names[4][8] = {"one", "two", "three", "four"};
    pthread_t threads[4];
    void *result;

    for (size_t i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, parse_in_thread, names[i]), 0);
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(pthread_join(threads[i], &result), 0);
        assert_null(result);
    }
}

/* ---- Flags, devices ---- */

static void passwords_need_the_secure_flag(void **state EB_UNUSED)
{
    EB_AUTOFREE char *xml = machine("<devices><graphics type='vnc' passwd='sesame'/></devices>");
    EB_AUTODEF struct eb_domain_def *def = parse(xml, 0);
    EB_AUTOFREE char *open = eb_domain_def_format(def, 0);
    EB_AUTOFREE char *secure = eb_domain_def_format(def, EB_XML_SECURE);

    assert_null(strstr(open, "sesame"));
    assert_non_null(strstr(secure, "passwd='sesame'"));
}

static void one_device_is_read_and_written_alone(void **state EB_UNUSED)
{
    static const char text[] = "<disk type='file' device='cdrom' snapshot='no'>\n"
                               "  <source file='/x.iso'/>\n"
                               "  <target dev='hdc' bus='ide'/>\n"
                               "  <readonly/>\n"
                               "</disk>\n";
    EB_AUTOERROR eb_error err = EB_ERROR_INIT;
    struct eb_device dev = {0};
    char *out;

    assert_int_equal(eb_device_parse(text, EB_VIRT_VBOX, &dev, &err), 0);
    assert_int_equal(dev.type, EB_DEVICE_DISK);
    assert_string_equal(dev.def->disks[0].source, "/x.iso");
    out = eb_device_format(&dev, 0);
    assert_string_equal(out, text);
    free(out);
    eb_device_clear(&dev);
    assert_int_equal(eb_device_parse("<interface type='mcast'/>", EB_VIRT_VBOX, &dev, &err), -1);
    assert_string_equal(err.message,
                        "unsupported configuration: a device <interface> of that type is not supported");
    eb_error_clear(&err);
    assert_int_equal(eb_device_parse("<gadget/>", EB_VIRT_VBOX, &dev, &err), -1);
    assert_string_equal(err.message, "XML error: unknown device type 'gadget'");
}

static void every_name_of_an_enum_leads_back_to_it(void **state EB_UNUSED)
{
    for (int i = 0; i < EB_CONTROLLER_LAST; i++)
        assert_int_equal(eb_controller_type_from_string(eb_controller_type_to_string(i)), i);
    for (int i = 0; i < EB_DEVICE_LAST; i++)
        assert_int_equal(eb_device_type_from_string(eb_device_type_to_string(i)), i);
    assert_null(eb_net_type_to_string(EB_NET_LAST));
    assert_null(eb_net_type_to_string(-1));
    assert_int_equal(eb_net_type_from_string("foo"), -1);
    assert_int_equal(eb_net_type_from_string(NULL), -1);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(definitions_come_back_as_libvirt_gives_them_back),
        cmocka_unit_test(mistakes_get_libvirts_errors),
        cmocka_unit_test(the_running_domain_of_the_test_driver_round_trips),
        cmocka_unit_test(memory_takes_every_unit),
        cmocka_unit_test(unknown_parts_are_listed_with_their_places),
        cmocka_unit_test(unknown_parts_are_put_back),
        cmocka_unit_test(a_copy_shares_nothing_with_its_original),
        cmocka_unit_test(the_documented_example_round_trips),
        cmocka_unit_test(what_libvirt_has_no_words_for_is_refused_by_name),
        cmocka_unit_test(what_is_said_of_devices_that_are_not_there_is_left_to_the_driver),
        cmocka_unit_test(libvirts_port_forwards_are_understood),
        cmocka_unit_test(devices_that_share_a_name_are_numbered),
        cmocka_unit_test(output_is_valid_by_libvirts_schema),
        cmocka_unit_test(document_types_and_entities_are_refused),
        cmocka_unit_test(too_large_a_text_is_refused),
        cmocka_unit_test(too_deep_a_text_is_refused),
        cmocka_unit_test(crowds_are_refused_before_they_cost_time),
        cmocka_unit_test(other_encodings_are_refused),
        cmocka_unit_test(a_very_long_disk_name_is_none),
        cmocka_unit_test(an_address_does_not_make_millions_of_controllers),
        cmocka_unit_test(threads_get_their_own_errors),
        cmocka_unit_test(passwords_need_the_secure_flag),
        cmocka_unit_test(one_device_is_read_and_written_alone),
        cmocka_unit_test(every_name_of_an_enum_leads_back_to_it),
    };

    if (argc != 2)
        return 2;
    source_root = argv[1];
    return cmocka_run_group_tests(tests, NULL, NULL);
}
