/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Definitions of snapshots, and the disks of snapshots beside those of their domains. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/error.h"
#include "base/strbuf.h"
#include "model/domain_xml.h"
#include "model/snapshot.h"
#include "model/validate.h"

#define DOMAIN(tag, memory)                                                                                  \
    "  <" tag " type='test'>\n"                                                                              \
    "    <name>d</name>\n"                                                                                   \
    "    <uuid>6695eb01-f6a4-8304-79aa-97f2502e193f</uuid>\n"                                                \
    "    <memory unit='KiB'>" memory "</memory>\n"                                                           \
    "    <currentMemory unit='KiB'>" memory "</currentMemory>\n"                                             \
    "    <vcpu placement='static'>1</vcpu>\n"                                                                \
    "    <os>\n"                                                                                             \
    "      <type arch='x86_64'>hvm</type>\n"                                                                 \
    "      <boot dev='hd'/>\n"                                                                               \
    "    </os>\n"                                                                                            \
    "    <clock offset='utc'/>\n"                                                                            \
    "    <on_poweroff>destroy</on_poweroff>\n"                                                               \
    "    <on_reboot>restart</on_reboot>\n"                                                                   \
    "    <on_crash>destroy</on_crash>\n"                                                                     \
    "    <devices>\n"                                                                                        \
    "    </devices>\n"                                                                                       \
    "  </" tag ">\n"

static const char whole[] =
    "<domainsnapshot>\n"
    "  <name>s &amp; t</name>\n"
    "  <description>before the change</description>\n"
    "  <state>running</state>\n"
    "  <parent>\n"
    "    <name>r</name>\n"
    "  </parent>\n"
    "  <creationTime>1795369285</creationTime>\n"
    "  <memory snapshot='external' file='/m'/>\n"
    "  <disks>\n"
    "    <disk name='hda' snapshot='external' type='file'>\n"
    "      <driver type='vmdk'/>\n"
    "      <source file='/a.vdi'/>\n"
    "    </disk>\n"
    "    <disk name='hdb' snapshot='no'/>\n"
    "    <disk name='sda' snapshot='external' type='block'>\n"
    "      <source dev='/dev/sdb'/>\n"
    "    </disk>\n"
    "  </disks>\n" DOMAIN("domain", "2048") DOMAIN("inactiveDomain", "4096") "</domainsnapshot>\n";

static void a_definition_comes_back_as_it_was(void **state)
{
    EB_AUTOSNAPSHOT struct eb_snapshot_def *def = NULL, *copy = NULL;

    (void)state;
    assert_int_equal(eb_snapshot_def_parse(whole, true, &def, NULL), 0);
    copy = eb_snapshot_def_copy(def);
    EB_AUTOFREE char *text = eb_snapshot_def_format(copy, 0);
    assert_string_equal(text, whole);
}

static void what_is_written_is_valid(void **state)
{
    EB_AUTOSNAPSHOT struct eb_snapshot_def *def = NULL;
    EB_AUTOERROR eb_error err = EB_ERROR_INIT;

    (void)state;
    assert_int_equal(eb_snapshot_def_parse(whole, true, &def, NULL), 0);
    EB_AUTOFREE char *text = eb_snapshot_def_format(def, 0);
    if (eb_xml_validate(text, "domainsnapshot.rng", &err) < 0) {
        if (err.code == EB_ERR_OPERATION_UNSUPPORTED) {
            print_message("%s\n", err.message);
            skip();
        }
        fail_msg("%s", err.message);
    }
}

static void a_new_one_takes_nothing_that_its_driver_says(void **state)
{
    EB_AUTOSNAPSHOT struct eb_snapshot_def *def = NULL;

    (void)state;
    assert_int_equal(
        eb_snapshot_def_parse("<domainsnapshot><state>nonsense</state><creationTime>x</creationTime>"
                              "<parent><name>p</name></parent><domain/><active>7</active>"
                              "<description>d</description></domainsnapshot>",
                              false, &def, NULL),
        0);
    assert_string_equal(def->description, "d");
    assert_null(def->parent);
    assert_null(def->domain);
    assert_int_equal(def->state, 0);
    assert_int_equal(def->n_unmodelled, 0);
    /* named after its time */
    EB_AUTOFREE char *seconds = eb_asprintf("%lld", (long long)def->time);
    assert_string_equal(def->name, seconds);
}

static void a_wrong_definition_is_refused_in_libvirts_words(void **state)
{
#define SNAP(inside) "<domainsnapshot><name>n</name>" inside "</domainsnapshot>"
    static const struct {
        bool redefine;
        const char *xml, *message;
    } cases[] = {
        {false, "<domain/>", "XML error: expecting root element of 'domainsnapshot', not 'domain'"},
        {false, SNAP("<memory snapshot='x'/>"),
         "XML error: Invalid value for attribute 'snapshot' in element 'memory': 'x'."},
        {false, SNAP("<memory snapshot='external'/>"),
         "XML error: external memory snapshots require a filename"},
        {false, SNAP("<memory snapshot='internal' file='/m'/>"),
         "XML error: memory filename '/m' requires external snapshot"},
        {false, SNAP("<memory file='m'/>"), "XML error: memory snapshot file path (m) must be absolute"},
        {false, SNAP("<disks><disk/></disks>"), "internal error: missing name from disk snapshot element"},
        {false, SNAP("<disks><disk name='a' snapshot='x'/></disks>"),
         "XML error: Invalid value for attribute 'snapshot' in element 'disk': 'x'."},
        {false, SNAP("<disks><disk name='a'><source file='b'/></disk></disks>"),
         "XML error: disk snapshot image path 'b' must be absolute"},
        {true, "<domainsnapshot/>", "XML error: a redefined snapshot must have a name"},
        {true, SNAP("<state>shutoff</state>"), "internal error: missing creationTime from existing snapshot"},
        {true, SNAP("<creationTime>1</creationTime>"), "XML error: missing state from existing snapshot"},
        {true, SNAP("<state>x</state><creationTime>1</creationTime>"),
         "unsupported configuration: Invalid state 'x' in domain snapshot XML"},
    };

    (void)state;
    for (size_t i = 0; i < EB_ARRAY_SIZE(cases); i++) {
        EB_AUTOERROR eb_error err = EB_ERROR_INIT;
        EB_AUTOSNAPSHOT struct eb_snapshot_def *def = NULL;

        assert_int_equal(eb_snapshot_def_parse(cases[i].xml, cases[i].redefine, &def, &err), -1);
        assert_string_equal(eb_error_message(&err), cases[i].message);
    }
}

/* ---- Disks ---- */

static struct eb_domain_def *three_disks(void)
{
    static const char xml[] =
        "<domain type='test'><name>d</name><memory>1024</memory><os><type>hvm</type></os><devices>"
        "<disk type='file' device='disk'><source file='/images/a.vdi'/><target dev='hda'/></disk>"
        "<disk type='file' device='cdrom'><target dev='hdb'/></disk>"
        "<disk type='file' device='disk' snapshot='no'><source file='/images/c.vdi'/><target "
        "dev='hdc'/></disk>"
        "</devices></domain>";
    struct eb_domain_def *def = NULL;

    assert_int_equal(eb_domain_def_parse(xml, EB_XML_INACTIVE, &def, NULL), 0);
    return def;
}

/* "hda=internal hdb=no …", or the error's text. */
static char *aligned(const char *disks, enum eb_snapshot_location location, bool must_match)
{
    EB_AUTODEF struct eb_domain_def *dom = three_disks();
    EB_AUTOFREE char *xml =
        eb_asprintf("<domainsnapshot><name>n</name><disks>%s</disks></domainsnapshot>", disks);
    EB_AUTOSNAPSHOT struct eb_snapshot_def *def = NULL;
    EB_AUTOERROR eb_error err = EB_ERROR_INIT;
    struct eb_strbuf out = {0};

    assert_int_equal(eb_snapshot_def_parse(xml, false, &def, NULL), 0);
    if (eb_snapshot_def_align(def, dom, location, must_match, &err) < 0)
        return eb_strdup(err.message);
    for (size_t i = 0; i < def->n_disks; i++)
        eb_strbuf_printf(&out, "%s%s=%s", i ? " " : "", def->disks[i].name,
                         eb_snapshot_location_to_string((int)def->disks[i].location));
    return eb_strbuf_steal(&out);
}

static void each_disk_of_the_domain_gets_its_place(void **state)
{
    static const struct {
        const char *disks;
        enum eb_snapshot_location location;
        bool must_match;
        const char *result;
    } cases[] = {
        {"", EB_SNAPSHOT_INTERNAL, true, "hda=internal hdb=no hdc=no"},
        {"<disk name='hdc'/><disk name='/images/a.vdi'/>", EB_SNAPSHOT_INTERNAL, true,
         "hda=internal hdb=no hdc=no"},
        {"<disk name='hdc' snapshot='internal'/>", EB_SNAPSHOT_INTERNAL, true,
         "hda=internal hdb=no hdc=internal"},
        {"<disk name='hdc' snapshot='no'/>", EB_SNAPSHOT_INTERNAL, true, "hda=internal hdb=no hdc=no"},
        {"<disk name='hda' snapshot='no'/>", EB_SNAPSHOT_INTERNAL, true,
         "unsupported configuration: disk 'hda' must use snapshot mode 'internal'"},
        {"<disk name='hda' snapshot='no'/>", EB_SNAPSHOT_EXTERNAL, false, "hda=no hdb=no hdc=no"},
        {"<disk name='hda'><source file='/o'/></disk>", EB_SNAPSHOT_EXTERNAL, false,
         "hda=external hdb=no hdc=no"},
        {"<disk name='hda' snapshot='internal'><source file='/o'/></disk>", EB_SNAPSHOT_INTERNAL, true,
         "unsupported configuration: file '/o' for disk 'hda' requires use of external snapshot mode"},
        {"<disk name='hdx'/>", EB_SNAPSHOT_INTERNAL, true, "unsupported configuration: no disk named 'hdx'"},
        {"<disk name='hda'/><disk name='hda'/>", EB_SNAPSHOT_INTERNAL, true,
         "unsupported configuration: disk 'hda' specified twice"},
        {"<disk name='hda'/><disk name='hdb'/><disk name='hdc'/><disk name='hda'/>", EB_SNAPSHOT_INTERNAL,
         true, "unsupported configuration: too many disk snapshot requests for domain"},
        {"", EB_SNAPSHOT_EXTERNAL, false,
         "unsupported configuration: source for disk 'hda' is not a regular file; refusing to generate "
         "external snapshot name"},
    };

    (void)state;
    for (size_t i = 0; i < EB_ARRAY_SIZE(cases); i++) {
        EB_AUTOFREE char *result = aligned(cases[i].disks, cases[i].location, cases[i].must_match);

        assert_string_equal(result, cases[i].result);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_definition_comes_back_as_it_was),
        cmocka_unit_test(what_is_written_is_valid),
        cmocka_unit_test(a_new_one_takes_nothing_that_its_driver_says),
        cmocka_unit_test(a_wrong_definition_is_refused_in_libvirts_words),
        cmocka_unit_test(each_disk_of_the_domain_gets_its_place),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
