/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is read of /proc and /sys, on hosts that are written down here. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "vbox/host.h"

static char root[] = "/tmp/everbox-host-XXXXXX";
static char *sys, *proc;

static void write_text(const char *base, const char *path, const char *text)
{
    EB_AUTOFREE char *file = eb_asprintf("%s/%s", base, path);

    for (char *p = file + 1; (p = strchr(p, '/')); p++) {
        *p = '\0';
        mkdir(file, 0700);
        *p = '/';
    }
    assert_int_equal(eb_write_file(file, text, strlen(text), 0600), 0);
}

static void cpu(unsigned n, const char *package, const char *core)
{
    char path[128];

    snprintf(path, sizeof(path), "devices/system/cpu/cpu%u/topology/physical_package_id", n);
    write_text(sys, path, package);
    snprintf(path, sizeof(path), "devices/system/cpu/cpu%u/topology/core_id", n);
    write_text(sys, path, core);
}

static int setup(void **state)
{
    (void)state;
    strcpy(root + strlen(root) - 6, "XXXXXX");
    if (!mkdtemp(root))
        return -1;
    sys = eb_asprintf("%s/sys", root);
    proc = eb_asprintf("%s/proc", root);
    return 0;
}

static int teardown(void **state)
{
    EB_AUTOFREE char *command = eb_asprintf("rm -rf '%s'", root);

    (void)state;
    free(sys);
    free(proc);
    return system(command);
}

static void two_sockets_with_threads_are_told(void **state)
{
    struct vbox_topology t;

    (void)state;
    write_text(sys, "devices/system/cpu/online", "0-7\n");
    for (unsigned i = 0; i < 8; i++)
        cpu(i, i < 4 ? "0\n" : "1\n", i % 4 < 2 ? "0\n" : "1\n");
    write_text(
        proc, "cpuinfo",
        "processor\t: 0\nvendor_id\t: AuthenticAMD\nmodel name\t: AMD EPYC 7B13\ncpu MHz\t\t: 2450.000\n");
    vbox_topology_read(sys, proc, &t);
    assert_int_equal(t.cpus, 8);
    assert_int_equal(t.sockets, 2);
    assert_int_equal(t.cores, 2);
    assert_int_equal(t.threads, 2);
    assert_int_equal(t.mhz, 2450);
    assert_string_equal(t.model, "AMD EPYC 7B13");
    assert_string_equal(t.vendor, "AuthenticAMD");
}

static void uneven_processors_are_cores_of_one_socket(void **state)
{
    struct vbox_topology t;

    (void)state;
    write_text(sys, "devices/system/cpu/online", "0-1,3\n");
    cpu(0, "0\n", "0\n");
    cpu(1, "0\n", "0\n");
    cpu(3, "0\n", "1\n");
    vbox_topology_read(sys, proc, &t);
    assert_int_equal(t.cpus, 3);
    assert_int_equal(t.sockets * t.cores * t.threads, 3);
}

static void host_that_tells_nothing_has_one_processor(void **state)
{
    struct vbox_topology t;

    (void)state;
    vbox_topology_read(sys, proc, &t);
    assert_int_equal(t.cpus, 1);
    assert_int_equal(t.sockets * t.cores * t.threads, 1);
    assert_int_equal(t.nodes, 1);
    assert_int_equal(t.mhz, 0);
}

static void memory_nodes_are_cells(void **state)
{
    struct vbox_cell *cells;
    size_t n;

    (void)state;
    write_text(sys, "devices/system/node/online", "0,2\n");
    write_text(sys, "devices/system/node/node0/meminfo",
               "Node 0 MemTotal:       1000 kB\nNode 0 MemFree:         400 kB\n");
    write_text(sys, "devices/system/node/node0/cpulist", "0-1\n");
    write_text(sys, "devices/system/node/node2/meminfo",
               "Node 2 MemTotal:       2000 kB\nNode 2 MemFree:         500 kB\n");
    write_text(sys, "devices/system/node/node2/cpulist", "\n");
    n = vbox_cells_read(sys, proc, &cells);
    assert_int_equal(n, 2);
    assert_int_equal(cells[0].id, 0);
    assert_int_equal(cells[0].total, 1000 * 1024);
    assert_int_equal(cells[0].n_cpus, 2);
    assert_int_equal(cells[1].id, 2);
    assert_int_equal(cells[1].free, 500 * 1024);
    assert_int_equal(cells[1].n_cpus, 0);
    vbox_cells_free(cells, n);
}

static void host_without_nodes_is_one_cell(void **state)
{
    struct vbox_cell *cells;
    size_t n;

    (void)state;
    write_text(proc, "meminfo", "MemTotal:       3000 kB\nMemFree:         700 kB\n");
    write_text(sys, "devices/system/cpu/online", "0-3\n");
    n = vbox_cells_read(sys, proc, &cells);
    assert_int_equal(n, 1);
    assert_int_equal(cells[0].total, 3000 * 1024);
    assert_int_equal(cells[0].free, 700 * 1024);
    assert_int_equal(cells[0].n_cpus, 4);
    vbox_cells_free(cells, n);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(two_sockets_with_threads_are_told, setup, teardown),
        cmocka_unit_test_setup_teardown(uneven_processors_are_cores_of_one_socket, setup, teardown),
        cmocka_unit_test_setup_teardown(host_that_tells_nothing_has_one_processor, setup, teardown),
        cmocka_unit_test_setup_teardown(memory_nodes_are_cells, setup, teardown),
        cmocka_unit_test_setup_teardown(host_without_nodes_is_one_cell, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
