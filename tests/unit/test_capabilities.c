/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* <capabilities> as libvirt's test driver writes them, and <domainCapabilities> that libvirt's schema
 * accepts. */
#include "model/capabilities.h"
#include "model/validate.h"

#include <setjmp.h>
#include <stdio.h>

#include <cmocka.h>

static const char *source_root;

static void assert_valid(const char *xml, const char *schema)
{
    EB_AUTOERROR eb_error err = EB_ERROR_INIT;

    if (eb_xml_validate(xml, schema, &err) && err.code != EB_ERR_OPERATION_UNSUPPORTED)
        fail_msg("%s", err.message);
}

static void fill_cpus(struct eb_caps_cpu cpus[16], char siblings[16][3])
{
    for (unsigned i = 0; i < 16; i++) {
        snprintf(siblings[i], sizeof(siblings[i]), "%u", i);
        cpus[i] = (struct eb_caps_cpu){i, i / 8, 0, i % 8, siblings[i]};
    }
}

static void the_test_drivers_capabilities_are_libvirts(void **state EB_UNUSED)
{
    static const unsigned page_sizes[] = {4, 8, 2048, 1048576};
    static const struct eb_caps_pages pages[2][3] = {{{4, 524288}, {2048, 0}, {1048576, 0}},
                                                     {{8, 524288}, {2048, 0}, {1048576, 0}}};
    static const char *const features[] = {"pae", "nonpae", NULL};
    static const char *const domains[] = {"test", NULL};
    static const struct eb_caps_feature guest_features[] = {{"pae", 0, 0}, {"nonpae", 0, 0}};
    struct eb_caps_cpu cpus[16];
    char siblings[16][3];
    const struct eb_caps_cell cells[] = {{0, 2097152, pages[0], 3, cpus, 8},
                                         {1, 4194304, pages[1], 3, cpus + 8, 8}};
    const struct eb_caps_guest guests[] = {
        {"hvm", "i686", 32, "/usr/bin/test-hv", NULL, domains, guest_features, 2},
        {"xen", "i686", 32, "/usr/bin/test-hv", NULL, domains, guest_features, 2}};
    const struct eb_capabilities caps = {.arch = "i686",
                                         .cpu_features = features,
                                         .page_sizes = page_sizes,
                                         .n_page_sizes = 4,
                                         .power_management = true,
                                         .iommu = EB_NO,
                                         .cells = cells,
                                         .n_cells = 2,
                                         .secmodel = "testSecurity",
                                         .guests = guests,
                                         .n_guests = 2};
    EB_AUTOFREE char *path = eb_asprintf("%s/tests/unit/data/capabilities/test.xml", source_root);
    EB_AUTOFREE char *expected = NULL, *xml = NULL;
    size_t len;

    fill_cpus(cpus, siblings);
    assert_int_equal(eb_read_file(path, 1 << 20, &expected, &len), 0);
    xml = eb_capabilities_format(&caps);
    assert_string_equal(xml, expected);
    assert_valid(xml, "capability.rng");
}

static void a_hosts_own_details_are_said(void **state EB_UNUSED)
{
    static const unsigned char uuid[16] = {1, 2, 3};
    static const char *const states[] = {"suspend_mem", "suspend_disk", NULL};
    static const char *const machines[] = {"piix3", "ich9", NULL};
    static const char *const domains[] = {"vbox", NULL};
    static const struct eb_caps_feature features[] = {{"acpi", EB_YES, EB_YES}, {"apic", EB_YES, EB_NO}};
    const struct eb_caps_guest guest = {"hvm",    "x86_64", 64,       "/usr/lib/virtualbox/VBoxHeadless",
                                        machines, domains,  features, 2};
    const struct eb_capabilities caps = {.host_uuid = uuid,
                                         .arch = "x86_64",
                                         .cpu_model = "Some <model>",
                                         .cpu_vendor = "Intel",
                                         .sockets = 1,
                                         .cores = 4,
                                         .threads = 2,
                                         .power_management = true,
                                         .power_states = states,
                                         .guests = &guest,
                                         .n_guests = 1};
    EB_AUTOFREE char *xml = eb_capabilities_format(&caps);
    char *domain = strstr(xml, "<domain type='vbox'/>");

    assert_non_null(domain);
    assert_non_null(strstr(xml, "    <uuid>01020300-0000-0000-0000-000000000000</uuid>\n"));
    assert_non_null(strstr(xml, "      <model>Some &lt;model&gt;</model>\n"));
    assert_non_null(strstr(xml, "      <topology sockets='1' dies='1' cores='4' threads='2'/>\n"));
    assert_non_null(strstr(xml, "      <machine>ich9</machine>\n"));
    assert_non_null(strstr(xml, "      <acpi default='on' toggle='yes'/>\n"));
    memcpy(domain, "<domain type='test'/>", strlen("<domain type='test'/>")); /* the schema forgot vbox */
    assert_valid(xml, "capability.rng");
}

static void domain_capabilities_are_valid(void **state EB_UNUSED)
{
    static const char *const firmwares[] = {"bios", "efi", NULL};
    static const char *const buses[] = {"ide", "sata", "scsi", NULL};
    static const char *const devices[] = {"disk", "cdrom", "floppy", NULL};
    static const struct eb_domcaps_enum disk[] = {{"diskDevice", devices}, {"bus", buses}};
    static const struct eb_domcaps_part parts[] = {{"disk", true, disk, 2}, {"rng", false, NULL, 0}};
    static const struct eb_domcaps_part features[] = {{"genid", false, NULL, 0}};
    static const struct eb_domcaps_cpu_model models[] = {{"host", NULL, EB_ABSENT}};
    const struct eb_domain_capabilities caps = {.path = "/usr/lib/virtualbox/VBoxHeadless",
                                                .domain = "vbox",
                                                .machine = "piix3",
                                                .arch = "x86_64",
                                                .max_vcpus = 64,
                                                .iothreads = EB_NO,
                                                .firmware = {"firmware", firmwares},
                                                .cpu = true,
                                                .cpu_host_passthrough = true,
                                                .cpu_custom = true,
                                                .cpu_models = models,
                                                .n_cpu_models = 1,
                                                .devices = parts,
                                                .n_devices = 2,
                                                .features = features,
                                                .n_features = 1};
    EB_AUTOFREE char *xml = eb_domain_capabilities_format(&caps);

    assert_non_null(strstr(xml, "      <enum name='bus'>\n        <value>ide</value>\n"));
    assert_non_null(strstr(xml, "    <rng supported='no'/>\n"));
    assert_non_null(strstr(xml, "      <model usable='unknown' vendor='unknown'>host</model>\n"));
    assert_valid(xml, "domaincaps.rng");
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_test_drivers_capabilities_are_libvirts),
        cmocka_unit_test(a_hosts_own_details_are_said),
        cmocka_unit_test(domain_capabilities_are_valid),
    };

    if (argc != 2)
        return 2;
    source_root = argv[1];
    return cmocka_run_group_tests(tests, NULL, NULL);
}
