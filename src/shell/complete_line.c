/* SPDX-License-Identifier: LGPL-2.1-or-later */
/** @file complete_line.c The tab key: from the line and the cursor to words, and back. */
#include "shell/complete.h"
#include "shell/interactive.h"
#include "shell/table.h"

#include <dirent.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <wchar.h>

void words_at_cursor(const char *text, struct words *out)
{
    size_t pos = 0, len = strlen(text);
    const char *error;

    while (split_words(text, &pos, true, out, &error) == SPLIT_COMMAND)
        words_free(out);
    const struct word *last = out->n ? &out->items[out->n - 1] : NULL;
    if (!last || (last->end < len && !last->open)) {
        struct word *word = EB_APPEND(out->items, out->n);
        word->text = eb_strdup("");
        word->start = word->end = len;
    }
}

char *quote_word(const char *text, const char *typed, bool complete)
{
    EB_AUTOSTRBUF struct eb_strbuf b = {0};
    char quote = *typed == '\'' && !strchr(text, '\'') ? '\'' : *typed == '"' ? '"' : '\0';

    if (!quote && (strchr(text, '\n') || (*text == '\0' && complete)))
        quote = '"'; /* a backslash would drop the newline, and nothing at all is no word */
    const char *special = quote == '\'' ? "" : quote == '"' ? "\\\"" : " \t;\\\"'";
    if (quote)
        eb_strbuf_addc(&b, quote);
    for (const char *s = text; *s; s++) {
        if (strchr(special, *s) || (!quote && *s == '#' && s == text))
            eb_strbuf_addc(&b, '\\');
        eb_strbuf_addc(&b, *s);
    }
    if (quote && complete)
        eb_strbuf_addc(&b, quote);
    return eb_strbuf_steal(&b);
}

/** Adds the file names that begin as `word` does; folders end with a slash. */
static void add_files(const char *word, struct candidates *list)
{
    const char *slash = strrchr(word, '/');
    EB_AUTOFREE char *folder = slash ? eb_strndup(word, (size_t)(slash - word) + 1) : eb_strdup("");
    const char *base = slash ? slash + 1 : word;
    DIR *dir = opendir(*folder ? folder : ".");
    struct dirent *entry;

    while (dir && (entry = readdir(dir))) {
        struct stat st;
        if (!eb_starts_with(entry->d_name, base) || (entry->d_name[0] == '.' && *base != '.'))
            continue;
        EB_AUTOFREE char *path = eb_asprintf("%s%s", folder, entry->d_name);
        bool is_folder = stat(path, &st) == 0 && S_ISDIR(st.st_mode);
        EB_AUTOFREE char *shown = eb_asprintf("%s%s", path, is_folder ? "/" : "");
        candidates_add(list, shown);
    }
    if (dir)
        closedir(dir);
}

/** What all candidates begin with, in whole UTF-8 letters. */
static char *common_prefix(const struct candidates *list)
{
    size_t len = strlen(list->items[0]);
    for (size_t i = 1; i < list->n; i++) {
        size_t same = 0;
        while (same < len && list->items[i][same] == list->items[0][same])
            same++;
        len = same;
    }
    while (len > 0 && ((unsigned char)list->items[0][len] & 0xc0) == 0x80)
        len--;
    return eb_strndup(list->items[0], len);
}

static size_t letters(const char *text, size_t bytes)
{
    EB_AUTOFREE char *copy = eb_strndup(text, bytes);
    size_t n = mbstowcs(NULL, copy, 0);
    return n == (size_t)-1 ? bytes : n;
}

/** Replaces what was typed of the word by `text`. */
static void replace_word(EditLine *el, const char *line, const struct word *word, const char *text)
{
    el_deletestr(el, (int)letters(line + word->start, strlen(line) - word->start));
    el_insertstr(el, text);
}

/** Shows the candidates in columns below the line. */
static void show_candidates(const struct candidates *list)
{
    struct winsize size;
    size_t width = ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col ? size.ws_col : 80;
    size_t widest = 0;

    for (size_t i = 0; i < list->n; i++)
        if (text_width(list->items[i]) > widest)
            widest = text_width(list->items[i]);
    size_t columns = width / (widest + 2) ? width / (widest + 2) : 1;
    size_t rows = (list->n + columns - 1) / columns;
    for (size_t row = 0; row < rows; row++) {
        putchar('\n');
        for (size_t i = row; i < list->n; i += rows)
            printf("%s%*s", list->items[i], (int)(widest + 2 - text_width(list->items[i])), "");
    }
    putchar('\n');
    fflush(stdout);
}

/** True when one candidate is the end of the word: no more letters are expected. */
static bool ends_word(const char *text)
{
    return !eb_ends_with(text, "/") && !eb_ends_with(text, "=");
}

static unsigned char apply(EditLine *el, const char *line, const struct word *word, struct candidates *list)
{
    if (list->n == 1) {
        bool complete = ends_word(list->items[0]);
        EB_AUTOFREE char *quoted = quote_word(list->items[0], line + word->start, complete);
        EB_AUTOFREE char *text = eb_asprintf("%s%s", quoted, complete ? " " : "");
        replace_word(el, line, word, text);
        return CC_REFRESH;
    }
    EB_AUTOFREE char *common = common_prefix(list);
    if (strlen(common) > strlen(word->text)) {
        EB_AUTOFREE char *text = quote_word(common, line + word->start, false);
        replace_word(el, line, word, text);
        return CC_REFRESH;
    }
    show_candidates(list);
    return CC_REDISPLAY;
}

unsigned char complete_line(EditLine *el, int ch)
{
    const LineInfo *info = el_line(el);
    EB_AUTOFREE char *line = eb_strndup(info->buffer, (size_t)(info->cursor - info->buffer));
    struct candidates list = {0};
    struct words words = {0};
    unsigned char result = CC_ERROR;

    (void)ch;
    words_at_cursor(line, &words);
    complete_words(prompt_shell(el), &words, &list);
    const struct word *word = &words.items[words.n - 1];
    if (list.files)
        add_files(word->text, &list);
    if (list.n > 0)
        result = apply(el, line, word, &list);
    candidates_free(&list);
    words_free(&words);
    return result;
}
