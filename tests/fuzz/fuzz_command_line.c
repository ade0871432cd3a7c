/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Command lines: whatever is typed gives commands or says what is wrong, completion finds the word at the
 * cursor, and a word that completion writes is read back as it was.
 */
#include "shell/interactive.h"

#include "base/util.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_back(const char *text, const char *style)
{
    EB_AUTOFREE char *written = quote_word(text, style, true);
    struct words words;
    const char *problem = NULL;
    size_t pos = 0;

    if (split_words(written, &pos, false, &words, &problem) != SPLIT_END)
        abort();
    if (words.n != 1 || strcmp(words.items[0].text, text) != 0)
        abort();
    words_free(&words);
}

static void parse(const char *text)
{
    struct parse_error problem = {0};
    struct args *list = NULL;

    if (parse_string(text, &list, &problem) == 0) {
        if (problem.n)
            abort();
        args_free(list);
    } else if (problem.n == 0 || list) {
        abort();
    }
    parse_error_clear(&problem);
}

static void complete(const char *text)
{
    struct words words;

    words_at_cursor(text, &words);
    if (words.n == 0)
        abort();
    args_free(parse_partial(&words, words.n - 1));
    words_free(&words);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    EB_AUTOFREE char *text = eb_calloc(size + 1, 1);
    if (size)
        memcpy(text, data, size);
    parse(text);
    complete(text);
    read_back(text, "");
    read_back(text, "\"");
    read_back(text, "'");
    return 0;
}
