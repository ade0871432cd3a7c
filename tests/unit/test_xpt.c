/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "vbox/com/dump.h"

/* A type library that the tests put together by hand; numbers are big endian. */
struct bytes {
    uint8_t data[4096];
    size_t len;
};

struct file {
    struct bytes directory, pool;
    unsigned n;
};

static void put(struct bytes *b, uint32_t value, unsigned bytes)
{
    for (unsigned i = bytes; i > 0; i--)
        b->data[b->len++] = (uint8_t)(value >> (8 * (i - 1)));
}

static void put_all(struct bytes *b, const struct bytes *from)
{
    memcpy(b->data + b->len, from->data, from->len);
    b->len += from->len;
}

static uint32_t put_name(struct file *f, const char *name)
{
    uint32_t at = (uint32_t)f->pool.len + 1;

    memcpy(f->pool.data + f->pool.len, name, strlen(name) + 1);
    f->pool.len += strlen(name) + 1;
    return at;
}

/* Result: its index, from 1. descriptor NULL: only named. */
static unsigned put_interface(struct file *f, const char *name, const struct bytes *descriptor)
{
    uint32_t name_at = put_name(f, name), at = descriptor ? (uint32_t)f->pool.len + 1 : 0;

    if (descriptor)
        put_all(&f->pool, descriptor);
    put(&f->directory, 0x11223344, 4);
    put(&f->directory, 0x55667788, 4);
    put(&f->directory, 0x99aabbcc, 4);
    put(&f->directory, 0xddeeff00 + f->n, 4);
    put(&f->directory, name_at, 4);
    put(&f->directory, 0, 4);
    put(&f->directory, at, 4);
    return ++f->n;
}

/* A method without parameters that gives a status. */
static void put_method(struct bytes *b, uint32_t name, uint8_t flags)
{
    put(b, flags, 1);
    put(b, name, 4);
    put(b, 0, 1);
    put(b, 0x0006, 2);
}

static struct bytes descriptor_of(unsigned parent, unsigned n_methods, const struct bytes *methods)
{
    struct bytes b = {.len = 0};

    put(&b, parent, 2);
    put(&b, n_methods, 2);
    if (methods)
        put_all(&b, methods);
    put(&b, 0, 2);
    put(&b, 0x80, 1);
    return b;
}

static struct bytes whole(const struct file *f)
{
    struct bytes b = {.len = 16};

    memcpy(b.data, "XPCOM\nTypeLib\r\n\032", 16);
    put(&b, 0x0102, 2);
    put(&b, f->n, 2);
    put(&b, (uint32_t)(33 + f->directory.len + f->pool.len), 4);
    put(&b, 34, 4);
    put(&b, (uint32_t)(33 + f->directory.len), 4);
    put(&b, 0x80, 1);
    put_all(&b, &f->directory);
    put_all(&b, &f->pool);
    return b;
}

static struct vb_typelib *parse(const struct bytes *b)
{
    eb_error err = EB_ERROR_INIT;
    struct vb_typelib *tl = NULL;

    if (vb_xpt_parse("test.xpt", b->data, b->len, &tl, &err) < 0)
        fail_msg("%s", eb_error_message(&err));
    return tl;
}

static void assert_refused(const struct bytes *b, const char *words)
{
    EB_AUTOERROR eb_error err = EB_ERROR_INIT;
    struct vb_typelib *tl = NULL;

    assert_int_equal(vb_xpt_parse("test.xpt", b->data, b->len, &tl, &err), -1);
    assert_null(tl);
    assert_int_equal(err.code, EB_ERR_INTERNAL_ERROR);
    assert_non_null(strstr(err.message, "test.xpt"));
    if (!strstr(err.message, words))
        fail_msg("'%s' does not say '%s'", err.message, words);
}

/* IFoo : nsISupports with `go`, IBar : IFoo with `stop`, enum Color. */
static struct bytes sample(void)
{
    struct file f = {.n = 0};
    struct bytes method = {.len = 0}, color = {.len = 0}, d;
    unsigned base = put_interface(&f, "nsISupports", NULL), foo;

    put_method(&method, put_name(&f, "go"), 0);
    d = descriptor_of(base, 1, &method);
    foo = put_interface(&f, "IFoo", &d);
    method.len = 0;
    put_method(&method, put_name(&f, "stop"), 0);
    d = descriptor_of(foo, 1, &method);
    put_interface(&f, "IBar", &d);
    put(&color, 0, 4);
    put(&color, 2, 2);
    for (unsigned i = 0; i < 2; i++) {
        put(&color, put_name(&f, i ? "Blue" : "Red"), 4);
        put(&color, 0x06, 1);
        put(&color, i ? 0x80000000u : 1, 4);
    }
    put(&color, 0x80, 1);
    put_interface(&f, "Color", &color);
    return whole(&f);
}

static void interfaces_are_found_with_slots_after_their_parents(void **state EB_UNUSED)
{
    struct bytes b = sample();
    struct vb_typelib *tl = parse(&b);
    const struct vb_tl_interface *foo = vb_typelib_find(tl, "IFoo"), *bar = vb_typelib_find(tl, "IBar");

    assert_int_equal(foo->first_slot, 3);
    assert_int_equal(bar->first_slot, 4);
    assert_ptr_equal(bar->parent, foo);
    assert_string_equal(bar->methods[0].name, "stop");
    assert_int_equal(foo->iid[0], 0x11);
    assert_int_equal(foo->iid[15], 0x01);
    assert_null(vb_typelib_find(tl, "IBaz"));
    vb_typelib_free(tl);
}

static void an_enum_has_its_constants(void **state EB_UNUSED)
{
    struct bytes b = sample();
    struct vb_typelib *tl = parse(&b);
    const struct vb_tl_interface *color = vb_typelib_find(tl, "Color");

    assert_int_equal(color->n_consts, 2);
    assert_string_equal(color->consts[1].name, "Blue");
    assert_int_equal(color->consts[1].value, 0x80000000u);
    vb_typelib_free(tl);
}

static void the_base_interfaces_are_built_in(void **state EB_UNUSED)
{
    struct file f = {.n = 0};
    struct bytes b = whole(&f);
    struct vb_typelib *tl = parse(&b);

    assert_int_equal(vb_typelib_find(tl, "nsISupports")->n_methods, 3);
    assert_int_equal(vb_typelib_find(tl, "nsIException")->first_slot, 3);
    assert_int_equal(vb_typelib_find(tl, "nsIException")->n_methods, 10);
    vb_typelib_free(tl);
}

static void what_derives_from_an_unknown_parent_has_no_slots(void **state EB_UNUSED)
{
    struct file f = {.n = 0};
    struct bytes method = {.len = 0}, d, b;
    unsigned other = put_interface(&f, "IOther", NULL);
    struct vb_typelib *tl;

    put_method(&method, put_name(&f, "go"), 0);
    d = descriptor_of(other, 1, &method);
    put_interface(&f, "IMine", &d);
    b = whole(&f);
    tl = parse(&b);
    assert_false(vb_typelib_find(tl, "IMine")->resolved);
    assert_int_equal(vb_typelib_find(tl, "IMine")->first_slot, 0);
    assert_string_equal(vb_typelib_find(tl, "IMine")->parent_name, "IOther");
    vb_typelib_free(tl);
}

static void a_dump_reads_like_the_facts(void **state EB_UNUSED)
{
    struct bytes b = sample();
    struct vb_typelib *tl = parse(&b);
    EB_AUTOSTRBUF struct eb_strbuf out = {0};

    vb_dump_typelib(tl, &out);
    assert_string_equal(out.s,
                        "enum Color Red=1 Blue=2147483648\n"
                        "interface IBar iid 11223344-5566-7788-99aa-bbccddeeff02 base IFoo slots 1\n"
                        "  method stop\n"
                        "interface IFoo iid 11223344-5566-7788-99aa-bbccddeeff01 base nsISupports slots 1\n"
                        "  method go\n");
    vb_typelib_free(tl);
}

static void every_truncation_is_refused(void **state EB_UNUSED)
{
    struct bytes b = sample();

    for (size_t len = 0; len < b.len; len++) {
        struct bytes cut = {.len = len};

        memcpy(cut.data, b.data, len);
        assert_refused(&cut, "offset");
    }
}

/* The same with a header that fits the cut file, so that the readers behind it see the end. */
static void every_truncation_with_a_fitting_header_ends_cleanly(void **state EB_UNUSED)
{
    struct bytes b = sample();
    unsigned refused = 0;

    for (size_t len = 33; len < b.len; len++) {
        struct bytes cut = {.len = len};
        EB_AUTOERROR eb_error err = EB_ERROR_INIT;
        EB_AUTOFREE uint8_t *exact = NULL;
        struct vb_typelib *tl = NULL;

        memcpy(cut.data, b.data, len);
        cut.len = 20;
        put(&cut, (uint32_t)len, 4);
        exact = eb_memdup(cut.data, len);
        refused += vb_xpt_parse("cut", exact, len, &tl, &err) < 0;
        vb_typelib_free(tl);
    }
    assert_int_equal(refused, b.len - 33);
}

static void a_parent_cycle_is_refused(void **state EB_UNUSED)
{
    struct file f = {.n = 0};
    struct bytes d = descriptor_of(2, 0, NULL), b;

    put_interface(&f, "IA", &d);
    d = descriptor_of(1, 0, NULL);
    put_interface(&f, "IB", &d);
    b = whole(&f);
    assert_refused(&b, "is its own ancestor");
}

static void a_parent_outside_the_directory_is_refused(void **state EB_UNUSED)
{
    struct file f = {.n = 0};
    struct bytes d = descriptor_of(7, 0, NULL), b;

    put_interface(&f, "IA", &d);
    b = whole(&f);
    assert_refused(&b, "IA: the parent is interface 7 of 1");
}

static void nested_arrays_end(void **state EB_UNUSED)
{
    struct file f = {.n = 0};
    struct bytes method = {.len = 0}, d, b;

    put(&method, 0, 1);
    put(&method, put_name(&f, "go"), 4);
    put(&method, 1, 1);
    put(&method, 0x80, 1);
    for (unsigned i = 0; i < 300; i++)
        put(&method, 0x940000, 3);
    put(&method, 6, 1);
    put(&method, 6, 2);
    d = descriptor_of(0, 1, &method);
    put_interface(&f, "IDeep", &d);
    b = whole(&f);
    assert_refused(&b, "nested");
}

static void an_array_count_outside_the_parameters_is_refused(void **state EB_UNUSED)
{
    struct file f = {.n = 0};
    struct bytes method = {.len = 0}, d, b;

    put(&method, 0, 1);
    put(&method, put_name(&f, "go"), 4);
    put(&method, 1, 1);
    put(&method, 0x80, 1);
    put(&method, 0x94090006, 4);
    put(&method, 6, 2);
    d = descriptor_of(0, 1, &method);
    put_interface(&f, "IArray", &d);
    b = whole(&f);
    assert_refused(&b, "an array's count is parameter 9 of 1");
}

static void overlapping_descriptors_are_refused(void **state EB_UNUSED)
{
    struct file f = {.n = 0};
    struct bytes methods = {.len = 0}, d, b;
    uint32_t name = put_name(&f, "go");

    for (unsigned i = 0; i < 60; i++)
        put_method(&methods, name, 0);
    d = descriptor_of(0, 60, &methods);
    put_interface(&f, "IA", &d);
    for (unsigned i = 0; i < 40; i++) {
        char other[8];

        snprintf(other, sizeof(other), "IB%u", i);
        put_interface(&f, other, NULL);
        memcpy(f.directory.data + f.directory.len - 4, f.directory.data + 24, 4);
    }
    b = whole(&f);
    assert_refused(&b, "overlaps");
}

static void two_interfaces_of_one_name_are_refused(void **state EB_UNUSED)
{
    struct file f = {.n = 0};
    struct bytes b;

    put_interface(&f, "ISame", NULL);
    put_interface(&f, "ISame", NULL);
    b = whole(&f);
    assert_refused(&b, "ISame is there twice");
}

static void a_name_that_is_no_identifier_is_refused(void **state EB_UNUSED)
{
    struct file f = {.n = 0};
    struct bytes b;

    put_interface(&f, "I\033[31m", NULL);
    b = whole(&f);
    assert_refused(&b, "no identifier");
}

static void other_formats_are_refused(void **state EB_UNUSED)
{
    struct bytes b = sample();

    b.data[16] = 2;
    assert_refused(&b, "version 2.2 of the format is unknown");
    b.data[0] = 'Y';
    assert_refused(&b, "no XPT type library");
}

static void a_missing_file_is_named(void **state EB_UNUSED)
{
    EB_AUTOERROR eb_error err = EB_ERROR_INIT;
    struct vb_typelib *tl = NULL;

    assert_int_equal(vb_xpt_read("/nonexistent/x.xpt", &tl, &err), -1);
    assert_non_null(strstr(err.message, "/nonexistent/x.xpt"));
    assert_non_null(strstr(err.message, "No such file"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(interfaces_are_found_with_slots_after_their_parents),
        cmocka_unit_test(an_enum_has_its_constants),
        cmocka_unit_test(the_base_interfaces_are_built_in),
        cmocka_unit_test(what_derives_from_an_unknown_parent_has_no_slots),
        cmocka_unit_test(a_dump_reads_like_the_facts),
        cmocka_unit_test(every_truncation_is_refused),
        cmocka_unit_test(every_truncation_with_a_fitting_header_ends_cleanly),
        cmocka_unit_test(a_parent_cycle_is_refused),
        cmocka_unit_test(a_parent_outside_the_directory_is_refused),
        cmocka_unit_test(nested_arrays_end),
        cmocka_unit_test(an_array_count_outside_the_parameters_is_refused),
        cmocka_unit_test(overlapping_descriptors_are_refused),
        cmocka_unit_test(two_interfaces_of_one_name_are_refused),
        cmocka_unit_test(a_name_that_is_no_identifier_is_refused),
        cmocka_unit_test(other_formats_are_refused),
        cmocka_unit_test(a_missing_file_is_named),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
