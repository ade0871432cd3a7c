/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "shell/json.h"

#include <inttypes.h>

/** The length of the UTF-8 sequence at `s`, 0 when there is none. */
static size_t sequence_length(const unsigned char *s, size_t n)
{
    size_t len = s[0] < 0x80 ? 1 : s[0] < 0xe0 ? 2 : s[0] < 0xf0 ? 3 : 4;
    return len <= n && eb_utf8_valid((const char *)s, len) ? len : 0;
}

static void add_quoted(struct eb_strbuf *b, const char *text)
{
    const unsigned char *s = (const unsigned char *)text;
    size_t left = strlen(text);

    eb_strbuf_addc(b, '"');
    while (left > 0) {
        size_t len = sequence_length(s, left);
        if (len == 0) {
            eb_strbuf_add(b, "\xef\xbf\xbd");
            len = 1;
        } else if (*s == '"' || *s == '\\') {
            eb_strbuf_printf(b, "\\%c", *s);
        } else if (*s == '\n') {
            eb_strbuf_add(b, "\\n");
        } else if (*s == '\t') {
            eb_strbuf_add(b, "\\t");
        } else if (*s < 0x20 || *s == 0x7f) {
            eb_strbuf_printf(b, "\\u%04x", *s);
        } else {
            eb_strbuf_addn(b, (const char *)s, len);
        }
        s += len;
        left -= len;
    }
    eb_strbuf_addc(b, '"');
}

static void new_line(struct json *j)
{
    eb_strbuf_addc(&j->out, '\n');
    for (unsigned i = 0; i < j->depth; i++)
        eb_strbuf_add(&j->out, "  ");
}

static void start_value(struct json *j, const char *key)
{
    if (j->depth > 0) {
        if (!j->first)
            eb_strbuf_addc(&j->out, ',');
        new_line(j);
    }
    j->first = false;
    if (key) {
        add_quoted(&j->out, key);
        eb_strbuf_add(&j->out, ": ");
    }
}

static void open_level(struct json *j, const char *key, char bracket)
{
    start_value(j, key);
    eb_strbuf_addc(&j->out, bracket);
    j->depth++;
    j->first = true;
}

static void close_level(struct json *j, char bracket)
{
    bool empty = j->first;
    j->depth--;
    j->first = false;
    if (!empty)
        new_line(j);
    eb_strbuf_addc(&j->out, bracket);
}

void json_begin(struct json *j, const char *key)
{
    open_level(j, key, '{');
}

void json_end(struct json *j)
{
    close_level(j, '}');
}

void json_begin_array(struct json *j, const char *key)
{
    open_level(j, key, '[');
}

void json_end_array(struct json *j)
{
    close_level(j, ']');
}

void json_string(struct json *j, const char *key, const char *value)
{
    if (!value) {
        json_null(j, key);
        return;
    }
    start_value(j, key);
    add_quoted(&j->out, value);
}

void json_int(struct json *j, const char *key, int64_t value)
{
    start_value(j, key);
    eb_strbuf_printf(&j->out, "%" PRId64, value);
}

void json_uint(struct json *j, const char *key, uint64_t value)
{
    start_value(j, key);
    eb_strbuf_printf(&j->out, "%" PRIu64, value);
}

void json_bool(struct json *j, const char *key, bool value)
{
    start_value(j, key);
    eb_strbuf_add(&j->out, value ? "true" : "false");
}

void json_null(struct json *j, const char *key)
{
    start_value(j, key);
    eb_strbuf_add(&j->out, "null");
}

void json_free(struct json *j)
{
    eb_strbuf_free(&j->out);
}
