/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/strbuf.h"

#include <stdio.h>

void eb_strbuf_addn(struct eb_strbuf *b, const char *s, size_t n)
{
    if (b->len + n + 1 > b->cap) {
        b->cap = (b->len + n + 1) * 2;
        b->s = eb_reallocarray(b->s, b->cap, 1);
    }
    if (n)
        memcpy(b->s + b->len, s, n);
    b->len += n;
    b->s[b->len] = '\0';
}

void eb_strbuf_add(struct eb_strbuf *b, const char *s)
{
    eb_strbuf_addn(b, s, strlen(s));
}

void eb_strbuf_addc(struct eb_strbuf *b, char c)
{
    eb_strbuf_addn(b, &c, 1);
}

static EB_PRINTF(2, 0) void add_formatted(struct eb_strbuf *b, const char *fmt, va_list args)
{
    char *text = eb_vasprintf(fmt, args);

    eb_strbuf_add(b, text);
    free(text);
}

void eb_strbuf_printf(struct eb_strbuf *b, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    add_formatted(b, fmt, args);
    va_end(args);
}

void eb_strbuf_indent(struct eb_strbuf *b)
{
    for (int i = 0; i < b->indent; i++)
        eb_strbuf_addc(b, ' ');
}

void eb_strbuf_line(struct eb_strbuf *b, const char *fmt, ...)
{
    va_list args;

    eb_strbuf_indent(b);
    va_start(args, fmt);
    add_formatted(b, fmt, args);
    va_end(args);
    eb_strbuf_addc(b, '\n');
}

void eb_strbuf_escape(struct eb_strbuf *b, const char *s)
{
    for (; *s; s++) {
        switch (*s) {
        case '&':
            eb_strbuf_add(b, "&amp;");
            break;
        case '<':
            eb_strbuf_add(b, "&lt;");
            break;
        case '>':
            eb_strbuf_add(b, "&gt;");
            break;
        case '\'':
            eb_strbuf_add(b, "&apos;");
            break;
        case '"':
            eb_strbuf_add(b, "&quot;");
            break;
        default:
            eb_strbuf_addc(b, *s);
        }
    }
}

void eb_strbuf_attr(struct eb_strbuf *b, const char *name, const char *value)
{
    if (!value)
        return;
    eb_strbuf_printf(b, " %s='", name);
    eb_strbuf_escape(b, value);
    eb_strbuf_addc(b, '\'');
}

void eb_strbuf_element(struct eb_strbuf *b, const char *name, const char *value)
{
    if (!value)
        return;
    eb_strbuf_indent(b);
    eb_strbuf_printf(b, "<%s>", name);
    eb_strbuf_escape(b, value);
    eb_strbuf_printf(b, "</%s>\n", name);
}

char *eb_strbuf_steal(struct eb_strbuf *b)
{
    char *s = b->s ? b->s : eb_strdup("");

    memset(b, 0, sizeof(*b));
    return s;
}

void eb_strbuf_free(struct eb_strbuf *b)
{
    free(b->s);
    memset(b, 0, sizeof(*b));
}
