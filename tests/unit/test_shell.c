/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The shell's parts that need no hypervisor: words, quoting, suggestions, JSON, tables, the progress bar. */
#include "shell/command.h"
#include "shell/interactive.h"
#include "shell/interrupt.h"
#include "shell/json.h"
#include "shell/progress.h"
#include "shell/table.h"

#include <locale.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* ---- Words ---- */

static void assert_words(const char *text, const char *const *want)
{
    struct words words;
    const char *problem = NULL;
    size_t pos = 0;

    assert_int_equal(split_words(text, &pos, false, &words, &problem), SPLIT_END);
    for (size_t i = 0; want[i]; i++) {
        assert_true(i < words.n);
        assert_string_equal(words.items[i].text, want[i]);
        assert_null(want[words.n]);
    }
    words_free(&words);
}
#define WORDS(text, ...) assert_words(text, (const char *const[]){__VA_ARGS__, NULL})

static void words_end_at_blanks_and_keep_what_is_quoted(void **state)
{
    (void)state;
    WORDS("a  b\tc", "a", "b", "c");
    WORDS("a 'b c' \"d e\"", "a", "b c", "d e");
    WORDS("a'b'\"c\"d", "abcd");
    WORDS("a\\ b \\\"", "a b", "\"");
    WORDS("'a\\b' \"a\\\"b\\\\\"", "a\\b", "a\"b\\");
    WORDS("a#b c # d", "a#b", "c");
    WORDS("'' \"\"", "", "");
    WORDS("ünï\\ 中文", "ünï 中文");
}

static void semicolons_and_newlines_end_commands(void **state)
{
    static const char text[] = "a b; c\nd ';' # e; f\ng";
    static const char *const first_words[] = {"a", "c", "d", "g"};
    const char *problem = NULL;
    size_t pos = 0;

    (void)state;
    for (size_t i = 0; i < 4; i++) {
        struct words words;
        assert_int_equal(split_words(text, &pos, false, &words, &problem), i < 3 ? SPLIT_COMMAND : SPLIT_END);
        assert_string_equal(words.items[0].text, first_words[i]);
        words_free(&words);
    }
}

static void open_quotes_are_named(void **state)
{
    static const struct {
        const char *text, *problem;
    } cases[] = {{"a \"b", "missing \""}, {"a b\\", "dangling \\"}};

    (void)state;
    for (size_t i = 0; i < EB_ARRAY_SIZE(cases); i++) {
        struct words words;
        const char *problem = NULL;
        size_t pos = 0;
        assert_int_equal(split_words(cases[i].text, &pos, false, &words, &problem), SPLIT_ERROR);
        assert_string_equal(problem, cases[i].problem);
    }
}

static void completion_finds_the_word_at_the_cursor(void **state)
{
    static const struct {
        const char *text;
        size_t n, start;
        const char *last;
    } cases[] = {
        {"", 1, 0, ""},
        {"dom", 1, 0, "dom"},
        {"start ", 2, 6, ""},
        {"list; start te", 2, 12, "te"},
        {"start \"a b", 2, 6, "a b"},
        {"start a\\ ", 2, 6, "a "},
        {"start 'a b' ", 3, 12, ""},
    };
    (void)state;
    for (size_t i = 0; i < EB_ARRAY_SIZE(cases); i++) {
        struct words words;
        words_at_cursor(cases[i].text, &words);
        assert_int_equal(words.n, cases[i].n);
        assert_int_equal(words.items[words.n - 1].start, cases[i].start);
        assert_string_equal(words.items[words.n - 1].text, cases[i].last);
        words_free(&words);
    }
}

static void completed_words_are_quoted_as_they_were_begun(void **state)
{
    static const struct {
        const char *text, *typed, *want;
    } cases[] = {
        {"test", "te", "test"},   {"a b;c", "a", "a\\ b\\;c"}, {"a b", "\"a", "\"a b\""},
        {"a b", "'a", "'a b'"},   {"a'b", "'a", "a\\'b"},      {"#1", "", "\\#1"},
        {"a\nb", "", "\"a\nb\""},
    };
    (void)state;
    for (size_t i = 0; i < EB_ARRAY_SIZE(cases); i++) {
        EB_AUTOFREE char *got = quote_word(cases[i].text, cases[i].typed, true);
        assert_string_equal(got, cases[i].want);
    }
}

/* ---- The command table ---- */

static void every_command_is_described_and_found_by_its_name(void **state)
{
    (void)state;
    for (const struct command_group *g = command_groups; g->title; g++) {
        assert_ptr_equal(command_group_find(g->keyword), g);
        for (const struct command *c = g->commands; c->name; c++) {
            const struct opt *opt;
            assert_ptr_equal(command_find(c->name), c);
            assert_non_null(c->run);
            assert_true(strlen(c->info) > 0 && c->info[strlen(c->info) - 1] != '.');
            for (size_t i = 0; (opt = command_opt_at(c, i)); i++) {
                assert_ptr_equal(command_find_opt(c, opt->name), opt);
                assert_true(strlen(opt->help) > 0);
            }
        }
    }
}

static void mistyped_names_suggest_the_near_one(void **state)
{
    (void)state;
    assert_string_equal(command_suggest("domifno"), "dominfo");
    assert_string_equal(command_suggest("lsit"), "list");
    assert_string_equal(command_suggest("strat"), "start");
    assert_string_equal(command_suggest_opt(command_find("list"), "al"), "all");
    assert_null(command_suggest("xyzzy"));
    assert_null(command_suggest("complet")); /* hidden */
    assert_null(command_suggest("a-name-that-is-longer-than-any-command-has-ever-been"));
}

/* ---- Output ---- */

static void json_escapes_what_it_must(void **state)
{
    AUTO_JSON struct json j = {0};
    (void)state;
    json_begin(&j, NULL);
    json_string(&j, "a\"b", "c\\d\n\t\x01é\xff");
    json_string(&j, "none", NULL);
    json_begin_array(&j, "list");
    json_int(&j, NULL, -1);
    json_uint(&j, NULL, UINT64_MAX);
    json_bool(&j, NULL, true);
    json_end_array(&j);
    json_begin_array(&j, "empty");
    json_end_array(&j);
    json_end(&j);
    assert_string_equal(j.out.s, "{\n  \"a\\\"b\": \"c\\\\d\\n\\t\\u0001é\xef\xbf\xbd\",\n  \"none\": null,\n"
                                 "  \"list\": [\n    -1,\n    18446744073709551615,\n    true\n  ],\n"
                                 "  \"empty\": []\n}");
}

static void columns_are_as_wide_as_what_is_seen(void **state)
{
    static const char *const titles[] = {"Id", "Name"};
    AUTO_TABLE struct table t;
    (void)state;
    table_init(&t, 2, titles);
    table_add(&t, (const char *const[]){"中文", "é"});
    table_add(&t, (const char *const[]){"a\n", "b"});
    EB_AUTOFREE char *text = table_format(&t, true);
    assert_string_equal(text, " Id      Name\n---------------\n 中文    é\n a\\x0a   b\n");
    EB_AUTOFREE char *plain = table_format(&t, false);
    assert_string_equal(plain, " 中文    é\n a\\x0a   b\n");
}

static void progress_shows_share_and_time_left(void **state)
{
    char text[256];
    (void)state;
    progress_format(text, sizeof(text), "Saving", 50, 100, 10000, 100);
    assert_string_equal(text, "Saving [###############...............]  50 %, 10 s left");
    progress_format(text, sizeof(text), NULL, 0, 100, 10000, 100);
    assert_string_equal(text, "[..............................]   0 %");
    progress_format(text, sizeof(text), NULL, 1, 100, 10000, 100);
    assert_string_equal(text, "[..............................]   1 %, 16 min 30 s left");
    progress_format(text, sizeof(text), NULL, 100, 100, 10000, 100);
    assert_string_equal(text, "[##############################] 100 %");
    progress_format(text, sizeof(text), "Saving", 50, 0, 0, 100);
    assert_string_equal(text, "Saving [..............................]   0 %");
    progress_format(text, sizeof(text), "Sicherung läuft", 50, 100, 10000, 61);
    assert_string_equal(text, "Sicherung l [###############...............]  50 %, 10 s left");
}

static void interrupted_operation_is_asked_to_stop(void **state)
{
    struct progress p = {0};
    (void)state;
    interrupt_begin();
    assert_int_equal(progress_update("Saving", 1, 100, &p), 0);
    raise(SIGINT);
    assert_int_equal(progress_update("Saving", 2, 100, &p), 1);
    assert_true(interrupt_pending());
    interrupt_end();
    interrupt_begin();
    assert_int_equal(progress_update("Saving", 3, 100, &p), 0);
    interrupt_end();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_end_at_blanks_and_keep_what_is_quoted),
        cmocka_unit_test(semicolons_and_newlines_end_commands),
        cmocka_unit_test(open_quotes_are_named),
        cmocka_unit_test(completion_finds_the_word_at_the_cursor),
        cmocka_unit_test(completed_words_are_quoted_as_they_were_begun),
        cmocka_unit_test(every_command_is_described_and_found_by_its_name),
        cmocka_unit_test(mistyped_names_suggest_the_near_one),
        cmocka_unit_test(json_escapes_what_it_must),
        cmocka_unit_test(columns_are_as_wide_as_what_is_seen),
        cmocka_unit_test(progress_shows_share_and_time_left),
        cmocka_unit_test(interrupted_operation_is_asked_to_stop),
    };
    setlocale(LC_ALL, "C.UTF-8");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
