/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/error.h"
#include "base/strbuf.h"
#include "base/uuid.h"

static void error_reads_as_libvirt_words_it(void **state)
{
    EB_AUTOERROR eb_error err = EB_ERROR_INIT;

    (void)state;
    assert_int_equal(eb_error_set(&err, EB_ERR_NO_DOMAIN, "no domain with matching name '%s'", "x"), -1);
    assert_string_equal(err.message, "Domain not found: no domain with matching name 'x'");
    assert_int_equal(err.code, EB_ERR_NO_DOMAIN);
}

static void first_error_is_kept(void **state)
{
    EB_AUTOERROR eb_error err = EB_ERROR_INIT;

    (void)state;
    eb_error_set(&err, EB_ERR_INTERNAL_ERROR, "first");
    eb_error_set(&err, EB_ERR_NO_DOMAIN, "second");
    assert_string_equal(err.message, "internal error: first");
    eb_error_prefix(&err, "machine '%s'", "a");
    assert_string_equal(err.message, "machine 'a': internal error: first");
}

static void uuid_round_trips(void **state)
{
    unsigned char a[16], b[16];
    char text[EB_UUID_STRLEN + 1];

    (void)state;
    eb_uuid_generate(a);
    eb_uuid_format(a, text);
    assert_true(eb_uuid_parse(text, b));
    assert_memory_equal(a, b, 16);
    assert_false(eb_uuid_parse("6695eb01-f6a4-8304-79aa-97f2502e193", b));
    assert_false(eb_uuid_parse("6695eb01-f6a4-8304-79aa-97f2502e193fa", b));
    assert_true(eb_uuid_parse(" 6695eb01f6a4830479aa97f2502e193f ", b));
    assert_false(eb_uuid_parse("x", b));
}

static void numbers_are_strict(void **state)
{
    uint64_t v = 7;
    int64_t i = 7;

    (void)state;
    assert_true(eb_parse_u64("18446744073709551615", UINT64_MAX, &v));
    assert_true(v == UINT64_MAX);
    assert_false(eb_parse_u64("18446744073709551616", UINT64_MAX, &v));
    assert_false(eb_parse_u64("-1", UINT64_MAX, &v));
    assert_false(eb_parse_u64(" 1", UINT64_MAX, &v));
    assert_false(eb_parse_u64("", UINT64_MAX, &v));
    assert_true(eb_parse_i64("-5", -5, 5, &i));
    assert_int_equal(i, -5);
    assert_false(eb_parse_i64("-6", -5, 5, &i));
}

static void utf8_is_checked(void **state)
{
    (void)state;
    assert_true(eb_utf8_valid("h\xc3\xa9\xf0\x9f\x98\x80", 7));
    assert_false(eb_utf8_valid("\xc0\x80", 2));
    assert_false(eb_utf8_valid("\xed\xa0\x80", 3));
    assert_false(eb_utf8_valid("\xf5\x80\x80\x80", 4));
    assert_false(eb_utf8_valid("a\0b", 3));
    assert_false(eb_utf8_valid("\xe2\x82", 2));
}

static void strbuf_escapes_and_indents(void **state)
{
    EB_AUTOSTRBUF struct eb_strbuf b = {0};

    (void)state;
    b.indent = 2;
    eb_strbuf_element(&b, "name", "<a & 'b' \"c\">");
    assert_string_equal(b.s, "  <name>&lt;a &amp; &apos;b&apos; &quot;c&quot;&gt;</name>\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(error_reads_as_libvirt_words_it),
        cmocka_unit_test(first_error_is_kept),
        cmocka_unit_test(uuid_round_trips),
        cmocka_unit_test(numbers_are_strict),
        cmocka_unit_test(utf8_is_checked),
        cmocka_unit_test(strbuf_escapes_and_indents),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
