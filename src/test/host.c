/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The host that the test driver makes up. */
#include "base/strbuf.h"
#include "test/ops.h"

#define MIB 1048576u

int test_get_version(eb_conn *conn EB_UNUSED, unsigned long *out, eb_error *err EB_UNUSED)
{
    *out = 2;
    return 0;
}

int test_get_max_vcpus(eb_conn *conn EB_UNUSED, const char *type EB_UNUSED, eb_error *err EB_UNUSED)
{
    return TEST_MAX_VCPUS;
}

int test_get_sysinfo(eb_conn *conn EB_UNUSED, unsigned flags, char **xml, eb_error *err)
{
    if (eb_check_flags(flags, 0, "testConnectGetSysinfo", err) < 0)
        return -1;
    *xml = eb_strdup("<sysinfo type='smbios'>\n"
                     "  <bios>\n"
                     "    <entry name='vendor'>LENOVO</entry>\n"
                     "    <entry name='version'>G4ETA1WW (2.61 )</entry>\n"
                     "    <entry name='date'>05/07/2014</entry>\n"
                     "    <entry name='release'>2.61</entry>\n"
                     "  </bios>\n"
                     "</sysinfo>\n");
    return 0;
}

int test_node_get_info(eb_conn *conn, eb_node_info *out, eb_error *err EB_UNUSED)
{
    TEST_AUTOLEAVE struct test_world *world = test_world_enter(conn);

    *out = world->node;
    return 0;
}

/* Of 2 MiB in the first cell and 4 MiB in the second, half is free. */
int test_node_get_free_memory(eb_conn *conn, uint64_t *bytes, eb_error *err EB_UNUSED)
{
    TEST_AUTOLEAVE struct test_world *world = test_world_enter(conn);

    *bytes = 0;
    for (unsigned i = 0; i < (unsigned)world->cells; i++)
        *bytes += (i + 1) * MIB;
    return 0;
}

int test_node_get_cells_free_memory(eb_conn *conn, uint64_t *bytes, int start, int n, eb_error *err)
{
    TEST_AUTOLEAVE struct test_world *world = test_world_enter(conn);
    int end;

    if (start >= world->cells)
        return eb_error_set(err, EB_ERR_INVALID_ARG, "Range exceeds available cells");
    end = n < world->cells - start ? start + n : world->cells;
    for (int i = start; i < end; i++)
        bytes[i - start] = ((unsigned)i + 1) * 2 * MIB;
    return end - start;
}

int test_node_get_security_model(eb_conn *conn EB_UNUSED, eb_security_model *out, eb_error *err EB_UNUSED)
{
    strcpy(out->model, "testSecurity");
    return 0;
}

static void add_features(struct eb_strbuf *b)
{
    eb_strbuf_line(b, "<features>");
    eb_strbuf_line(b, "  <pae/>");
    eb_strbuf_line(b, "  <nonpae/>");
    eb_strbuf_line(b, "</features>");
}

static void add_cell(struct eb_strbuf *b, int cell)
{
    eb_strbuf_line(b, "<cell id='%d'>", cell);
    b->indent += 2;
    eb_strbuf_line(b, "<memory unit='KiB'>%u</memory>", ((unsigned)cell + 1) * 2 * MIB);
    eb_strbuf_line(b, "<pages unit='KiB' size='%d'>524288</pages>", (cell + 1) * 4);
    eb_strbuf_line(b, "<pages unit='KiB' size='2048'>0</pages>");
    eb_strbuf_line(b, "<pages unit='KiB' size='1048576'>0</pages>");
    eb_strbuf_line(b, "<cpus num='%d'>", TEST_CELL_CPUS);
    for (int core = 0; core < TEST_CELL_CPUS; core++) {
        int id = cell * TEST_CELL_CPUS + core;

        eb_strbuf_line(b, "  <cpu id='%d' socket_id='%d' die_id='0' core_id='%d' siblings='%d'/>", id, cell,
                       core, id);
    }
    eb_strbuf_line(b, "</cpus>");
    b->indent -= 2;
    eb_strbuf_line(b, "</cell>");
}

static void add_host(struct eb_strbuf *b, int cells)
{
    eb_strbuf_line(b, "<host>");
    b->indent += 2;
    eb_strbuf_line(b, "<cpu>");
    b->indent += 2;
    eb_strbuf_line(b, "<arch>i686</arch>");
    add_features(b);
    for (unsigned size = 4; size <= MIB; size = size == 4 ? 8 : size == 8 ? 2048 : size * 512)
        eb_strbuf_line(b, "<pages unit='KiB' size='%u'/>", size);
    b->indent -= 2;
    eb_strbuf_line(b, "</cpu>");
    eb_strbuf_line(b, "<power_management/>");
    eb_strbuf_line(b, "<iommu support='no'/>");
    eb_strbuf_line(b, "<topology>");
    eb_strbuf_line(b, "  <cells num='%d'>", cells);
    b->indent += 4;
    for (int i = 0; i < cells; i++)
        add_cell(b, i);
    b->indent -= 4;
    eb_strbuf_line(b, "  </cells>");
    eb_strbuf_line(b, "</topology>");
    eb_strbuf_line(b, "<secmodel>");
    eb_strbuf_line(b, "  <model>testSecurity</model>");
    eb_strbuf_line(b, "  <doi></doi>");
    eb_strbuf_line(b, "</secmodel>");
    b->indent -= 2;
    eb_strbuf_line(b, "</host>");
}

static void add_guest(struct eb_strbuf *b, const char *os_type)
{
    eb_strbuf_line(b, "<guest>");
    b->indent += 2;
    eb_strbuf_line(b, "<os_type>%s</os_type>", os_type);
    eb_strbuf_line(b, "<arch name='i686'>");
    eb_strbuf_line(b, "  <wordsize>32</wordsize>");
    eb_strbuf_line(b, "  <emulator>/usr/bin/test-hv</emulator>");
    eb_strbuf_line(b, "  <domain type='test'/>");
    eb_strbuf_line(b, "</arch>");
    add_features(b);
    b->indent -= 2;
    eb_strbuf_line(b, "</guest>");
}

int test_get_capabilities(eb_conn *conn, char **xml, eb_error *err EB_UNUSED)
{
    TEST_AUTOLEAVE struct test_world *world = test_world_enter(conn);
    struct eb_strbuf b = {0};

    eb_strbuf_add(&b, "<capabilities>\n\n");
    b.indent = 2;
    add_host(&b, world->cells);
    eb_strbuf_addc(&b, '\n');
    add_guest(&b, "hvm");
    eb_strbuf_addc(&b, '\n');
    add_guest(&b, "xen");
    eb_strbuf_add(&b, "\n</capabilities>\n");
    *xml = eb_strbuf_steal(&b);
    return 0;
}

/* What libvirt's test driver of today says of its domains: little; an element is there where the caller named
 * it. */
int test_get_domain_capabilities(eb_conn *conn EB_UNUSED, const char *emulator, const char *arch,
                                 const char *machine, const char *virttype, unsigned flags, char **xml,
                                 eb_error *err)
{
    static const char *const cpu_modes[] = {"host-passthrough", "maximum", "host-model", "custom"};
    struct eb_strbuf b = {0};

    if (eb_check_flags(flags, 0, "testConnectGetDomainCapabilities", err) < 0)
        return -1;
    if (virttype && eb_virt_type_from_string(virttype) <= EB_VIRT_NONE)
        return eb_error_set(err, EB_ERR_INVALID_ARG, "unknown virttype: %s", virttype);
    if (arch && !eb_arch_is_known(arch))
        return eb_error_set(err, EB_ERR_INVALID_ARG, "unknown architecture: %s", arch);
    eb_strbuf_line(&b, "<domainCapabilities>");
    b.indent = 2;
    if (emulator)
        eb_strbuf_element(&b, "path", emulator);
    eb_strbuf_element(&b, "domain", virttype ? virttype : "test");
    if (machine)
        eb_strbuf_element(&b, "machine", machine);
    eb_strbuf_element(&b, "arch", arch ? arch : "i686");
    eb_strbuf_line(&b, "<cpu>");
    for (size_t i = 0; i < sizeof cpu_modes / sizeof *cpu_modes; i++)
        eb_strbuf_line(&b, "  <mode name='%s' supported='no'/>", cpu_modes[i]);
    eb_strbuf_line(&b, "</cpu>");
    eb_strbuf_line(&b, "<devices>");
    eb_strbuf_line(&b, "</devices>");
    eb_strbuf_line(&b, "<features>");
    eb_strbuf_line(&b, "  <sev supported='no'/>");
    eb_strbuf_line(&b, "  <sgx supported='no'/>");
    eb_strbuf_line(&b, "</features>");
    b.indent = 0;
    eb_strbuf_line(&b, "</domainCapabilities>");
    *xml = eb_strbuf_steal(&b);
    return 0;
}
