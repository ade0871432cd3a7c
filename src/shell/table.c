/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "shell/table.h"

#include <wchar.h>
#include <wctype.h>

/** Copies `s`, writes what is not printable in this locale as \xNN, and counts its display cells. */
static char *printable(const char *s, size_t *width)
{
    EB_AUTOSTRBUF struct eb_strbuf out = {0};
    mbstate_t state;
    size_t left = strlen(s);

    memset(&state, 0, sizeof(state));
    *width = 0;
    while (left > 0) {
        wchar_t wc;
        size_t len = mbrtowc(&wc, s, left, &state);
        bool valid = len != 0 && len != (size_t)-1 && len != (size_t)-2;
        if (valid && iswprint((wint_t)wc) && *s != '\\') {
            int cells = wcwidth(wc);
            eb_strbuf_addn(&out, s, len);
            *width += cells > 0 ? (size_t)cells : 0;
        } else if (valid && *s == '\\' && !(left > 1 && s[1] == 'x')) {
            eb_strbuf_addc(&out, '\\');
            *width += 1;
        } else {
            if (!valid) {
                memset(&state, 0, sizeof(state));
                len = 1;
            }
            for (size_t i = 0; i < len; i++)
                eb_strbuf_printf(&out, "\\x%02x", (unsigned char)s[i]);
            *width += 4 * len;
        }
        s += len;
        left -= len;
    }
    return eb_strbuf_steal(&out);
}

size_t text_width(const char *s)
{
    size_t width;
    EB_AUTOFREE char *copy = printable(s, &width);
    (void)copy;
    return width;
}

void table_init(struct table *t, size_t n, const char *const *titles)
{
    memset(t, 0, sizeof(*t));
    t->n_columns = n;
    table_add(t, titles);
}

void table_add(struct table *t, const char *const *row)
{
    t->cells = eb_reallocarray(t->cells, (t->n_rows + 1) * t->n_columns, sizeof(*t->cells));
    for (size_t i = 0; i < t->n_columns; i++)
        t->cells[t->n_rows * t->n_columns + i] = eb_strdup(row[i] ? row[i] : "");
    t->n_rows++;
}

char *table_format(const struct table *t, bool header)
{
    EB_AUTOSTRBUF struct eb_strbuf out = {0};
    EB_AUTOFREE size_t *widths = eb_calloc(t->n_columns, sizeof(*widths));
    size_t first = header ? 0 : 1;
    size_t dashes = 0;

    for (size_t i = first * t->n_columns; i < t->n_rows * t->n_columns; i++) {
        size_t width = text_width(t->cells[i]);
        if (width > widths[i % t->n_columns])
            widths[i % t->n_columns] = width;
    }
    for (size_t i = 0; i < t->n_columns; i++)
        dashes += widths[i] + 3;

    for (size_t row = first; row < t->n_rows; row++) {
        for (size_t i = 0; i < t->n_columns; i++) {
            size_t width;
            EB_AUTOFREE char *text = printable(t->cells[row * t->n_columns + i], &width);
            eb_strbuf_printf(&out, " %s", text);
            for (size_t pad = width; i + 1 < t->n_columns && pad < widths[i] + 2; pad++)
                eb_strbuf_addc(&out, ' ');
        }
        eb_strbuf_addc(&out, '\n');
        if (header && row == 0) {
            for (size_t i = 0; i < dashes; i++)
                eb_strbuf_addc(&out, '-');
            eb_strbuf_addc(&out, '\n');
        }
    }
    return eb_strbuf_steal(&out);
}

void table_free(struct table *t)
{
    for (size_t i = 0; i < t->n_rows * t->n_columns; i++)
        free(t->cells[i]);
    free(t->cells);
    memset(t, 0, sizeof(*t));
}
