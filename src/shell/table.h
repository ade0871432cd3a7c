/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file table.h
 * A table as virsh prints it: a header, a line of dashes, left-aligned columns three blanks apart. Widths
 * are counted in display cells; what is not printable shows as \xNN.
 */
#ifndef EB_SHELL_TABLE_H
#define EB_SHELL_TABLE_H

#include "base/strbuf.h"

struct table {
    size_t n_columns, n_rows;
    char **cells; /* row by row, the header first */
};

/** `titles`: `n` header cells. */
void table_init(struct table *t, size_t n, const char *const *titles);
/** `n_columns` strings; copied. */
void table_add(struct table *t, const char *const *row);
/** The whole table, with or without header. The caller frees it. */
char *table_format(const struct table *t, bool header) EB_MUST_CHECK;
void table_free(struct table *t);
#define AUTO_TABLE EB_CLEANUP(table_free)

/** Display cells of a text in the current locale, non-printable bytes counted as \xNN. */
size_t text_width(const char *s);

#endif
