/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Function tables: which one is taken, and where its functions are. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "vbox/com/fault.h"
#include "vbox/com/result.h"
#include "vbox/com/xpcom.h"

static const char *fakes; /* the folder of the fake libraries */

/* ---- where the functions are ---- */

struct table {
    uint32_t cb, version;
    uintptr_t functions[40];
};

/* Function i of n has the address 0x1000 + i, from 1. */
static struct table make_table(uint32_t version, unsigned n)
{
    struct table t = {.cb = (uint32_t)(8 + n * sizeof(void *) + 8), .version = version};

    for (unsigned i = 0; i < n; i++)
        t.functions[i] = 0x1001 + i;
    memcpy(&t.functions[n], &version, sizeof(version));
    return t;
}

#define AT(function) ((function) ? (int)((uintptr_t)(function)-0x1000) : 0)

static void assert_table(uint32_t version, unsigned n, const char *name, const int *places)
{
    struct table t = make_table(version, n);
    struct vb_xpcom x = {0};
    const char *why = NULL;

    assert_true(vb_xpcom_read_table(&t, version & 0xffff0000, &x, &why));
    assert_string_equal(x.table, name);
    assert_int_equal(AT(x.get_version), places[0]);
    assert_int_equal(AT(x.client_initialize), places[1]);
    assert_int_equal(AT(x.client_uninitialize), places[2]);
    assert_int_equal(AT(x.thread_initialize), places[3]);
    assert_int_equal(AT(x.thread_uninitialize), places[4]);
    assert_int_equal(AT(x.com_initialize_v1), places[5]);
    assert_int_equal(AT(x.com_initialize), places[6]);
    assert_int_equal(AT(x.com_uninitialize), places[7]);
    assert_int_equal(AT(x.com_unalloc), places[8]);
    assert_int_equal(AT(x.get_event_queue), places[9]);
    assert_int_equal(AT(x.get_exception), places[10]);
    assert_int_equal(AT(x.clear_exception), places[11]);
    assert_int_equal(AT(x.process_event_queue), places[12]);
    assert_int_equal(AT(x.interrupt_event_queue), places[13]);
}

static void each_table_has_its_functions_in_place(void **state EB_UNUSED)
{
    static const int v1[] = {1, 0, 0, 0, 0, 2, 0, 3, 4, 0, 0, 0, 0, 0};
    static const int v2[] = {1, 0, 0, 0, 0, 0, 2, 3, 4, 9, 0, 0, 0, 0};
    static const int v3[] = {1, 3, 4, 0, 0, 0, 5, 6, 7, 12, 13, 14, 0, 0};
    static const int v4a[] = {1, 3, 6, 4, 5, 0, 7, 8, 9, 20, 21, 22, 23, 24};
    static const int v4b[] = {1, 3, 6, 4, 5, 0, 7, 8, 9, 21, 22, 23, 24, 25};

    assert_table(0x10000, 8, "V1", v1);
    assert_table(0x20000, 9, "V2", v2);
    assert_table(0x30000, 14, "V3", v3);
    assert_table(0x40000, 24, "V4a", v4a);
    assert_table(0x40000, 25, "V4b", v4b);
    assert_table(0x40001, 27, "V4c", v4b);
}

static void the_sizes_are_those_of_the_releases(void **state EB_UNUSED)
{
    if (sizeof(void *) != 8)
        skip();
    assert_int_equal(make_table(0x10000, 8).cb, 80);
    assert_int_equal(make_table(0x40001, 27).cb, 232);
}

static void assert_refused(const struct table *t, const char *words)
{
    struct vb_xpcom x = {0};
    const char *why = NULL;

    assert_false(vb_xpcom_read_table(t, t->version & 0xffff0000, &x, &why));
    assert_string_equal(why, words);
}

static void a_table_that_contradicts_itself_is_refused(void **state EB_UNUSED)
{
    struct table t = make_table(0x40001, 27);

    t.functions[27] = 0x40000;
    assert_refused(&t, "its end does not repeat its version");
    t = make_table(0x40001, 27);
    t.functions[10] = 0;
    assert_refused(&t, "a function is missing in it");
    t = make_table(0x40001, 27);
    t.cb -= 8;
    assert_refused(&t, "its version and size are unknown to this build");
    t = make_table(0x40002, 27);
    assert_refused(&t, "its version and size are unknown to this build");
    t = make_table(0x50000, 27);
    assert_refused(&t, "its version and size are unknown to this build");
}

/* ---- which table is taken ---- */

/* Each library is loaded in a process of its own. The answer is "V4c 7002022", or the error. */
static char *load(const char *name)
{
    static char answer[1024];
    EB_AUTOFREE char *path = eb_asprintf("%s/%s", fakes, name);
    int fds[2], status = 0;
    size_t len = 0;
    ssize_t n;
    pid_t child;

    assert_int_equal(pipe(fds), 0);
    child = fork();
    if (child == 0) {
        EB_AUTOERROR eb_error err = EB_ERROR_INIT;
        struct vb_xpcom x;

        if (vb_xpcom_load(&x, "/fake/home", path, &err) < 0)
            dprintf(fds[1], "%s", eb_error_message(&err));
        else
            dprintf(fds[1], "%s %u %s", x.table, x.get_version(), getenv("VBOX_APP_HOME"));
        _exit(0);
    }
    close(fds[1]);
    while ((n = read(fds[0], answer + len, sizeof(answer) - 1 - len)) > 0)
        len += (size_t)n;
    answer[len] = '\0';
    close(fds[0]);
    waitpid(child, &status, 0);
    assert_int_equal(status, 0);
    return answer;
}

static void each_release_is_served_with_its_newest_table(void **state EB_UNUSED)
{
    assert_string_equal(load("fake-v1.so"), "V1 2002000 /fake/home");
    assert_string_equal(load("fake-v2.so"), "V2 4002018 /fake/home");
    assert_string_equal(load("fake-v3.so"), "V3 4003004 /fake/home");
    assert_string_equal(load("fake-v4a.so"), "V4a 4003008 /fake/home");
    assert_string_equal(load("fake-v4b.so"), "V4b 4003012 /fake/home");
    assert_string_equal(load("fake-v4c.so"), "V4c 7002022 /fake/home");
}

static void a_newer_library_is_used_through_an_older_table(void **state EB_UNUSED)
{
    assert_string_equal(load("fake-newer.so"), "V3 9000000 /fake/home");
}

static void a_library_with_unknown_tables_alone_is_refused_with_its_name(void **state EB_UNUSED)
{
    const char *answer = load("fake-unknown.so");

    assert_non_null(strstr(answer, "fake-unknown.so has no function table that this build knows"));
    assert_non_null(strstr(answer, "table 0x00040002 of 256 bytes: its version and size are unknown"));
}

static void a_lying_size_is_refused(void **state EB_UNUSED)
{
    assert_non_null(
        strstr(load("fake-lying.so"), "table 0x00020000 of 96 bytes: its version and size are unknown"));
}

static void a_missing_function_is_refused(void **state EB_UNUSED)
{
    assert_non_null(
        strstr(load("fake-hole.so"), "table 0x00020000 of 88 bytes: a function is missing in it"));
}

static void what_is_no_library_is_refused_with_its_name(void **state EB_UNUSED)
{
    assert_non_null(strstr(load("no-such.so"), "no-such.so"));
}

/* ---- results and faults ---- */

static void results_have_names_and_codes(void **state EB_UNUSED)
{
    assert_string_equal(eb_vbox_result_name(0x80bb0002), "VBOX_E_INVALID_VM_STATE");
    assert_string_equal(eb_vbox_result_name(0x80070057), "E_INVALIDARG");
    assert_string_equal(eb_vbox_result_name(0x800706be), "NS_ERROR_CALL_FAILED");
    assert_null(eb_vbox_result_name(0x12345678));
    assert_int_equal(vb_result_code(0x80bb0002), EB_ERR_OPERATION_INVALID);
    assert_int_equal(vb_result_code(0x80bb000c), EB_ERR_RESOURCE_BUSY);
    assert_int_equal(vb_result_code(0x80bb0009), EB_ERR_OPERATION_UNSUPPORTED);
    assert_int_equal(vb_result_code(0x80070005), EB_ERR_ACCESS_DENIED);
    assert_int_equal(vb_result_code(0x80bb0001), EB_ERR_OPERATION_FAILED);
    assert_int_equal(vb_result_code(0xdeadbeef), EB_ERR_OPERATION_FAILED);
}

static void faults_are_parsed(void **state EB_UNUSED)
{
    enum vb_fault_kind kind = VB_FAULT_NONE;
    unsigned nth = 0;

    assert_true(vb_fault_parse("3:fail", &kind, &nth));
    assert_int_equal(kind, VB_FAULT_FAIL);
    assert_int_equal(nth, 3);
    assert_true(vb_fault_parse("1:die", &kind, &nth));
    assert_int_equal(kind, VB_FAULT_DIE);
    assert_true(vb_fault_parse("12:garbage", &kind, &nth));
    assert_int_equal(kind, VB_FAULT_GARBAGE);
    assert_false(vb_fault_parse("0:fail", &kind, &nth));
    assert_false(vb_fault_parse("fail", &kind, &nth));
    assert_false(vb_fault_parse("1:explode", &kind, &nth));
    assert_false(vb_fault_parse(":fail", &kind, &nth));
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_table_has_its_functions_in_place),
        cmocka_unit_test(the_sizes_are_those_of_the_releases),
        cmocka_unit_test(a_table_that_contradicts_itself_is_refused),
        cmocka_unit_test(each_release_is_served_with_its_newest_table),
        cmocka_unit_test(a_newer_library_is_used_through_an_older_table),
        cmocka_unit_test(a_library_with_unknown_tables_alone_is_refused_with_its_name),
        cmocka_unit_test(a_lying_size_is_refused),
        cmocka_unit_test(a_missing_function_is_refused),
        cmocka_unit_test(what_is_no_library_is_refused_with_its_name),
        cmocka_unit_test(results_have_names_and_codes),
        cmocka_unit_test(faults_are_parsed),
    };

    fakes = argc > 1 ? argv[1] : ".";
    return cmocka_run_group_tests(tests, NULL, NULL);
}
