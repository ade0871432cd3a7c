/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file strbuf.h
 * A growing string, with the indentation and escaping that XML output needs.
 */
#ifndef EB_BASE_STRBUF_H
#define EB_BASE_STRBUF_H

#include "base/util.h"

struct eb_strbuf {
    char *s; /* zero-terminated, or NULL while nothing was added */
    size_t len;
    size_t cap;
    int indent; /* columns put before each line that eb_strbuf_line starts */
};

void eb_strbuf_add(struct eb_strbuf *b, const char *s);
void eb_strbuf_addn(struct eb_strbuf *b, const char *s, size_t n);
void eb_strbuf_addc(struct eb_strbuf *b, char c);
void eb_strbuf_printf(struct eb_strbuf *b, const char *fmt, ...) EB_PRINTF(2, 3);
/** Adds the indentation, the text and a newline. */
void eb_strbuf_line(struct eb_strbuf *b, const char *fmt, ...) EB_PRINTF(2, 3);
/** Adds the indentation alone. */
void eb_strbuf_indent(struct eb_strbuf *b);
/** Adds `s` with & < > ' " escaped as libvirt does (&amp; &lt; &gt; &apos; &quot;). */
void eb_strbuf_escape(struct eb_strbuf *b, const char *s);
/** Adds ` name='escaped value'`; nothing when value is NULL. */
void eb_strbuf_attr(struct eb_strbuf *b, const char *name, const char *value);
/** Adds a line `<name>escaped value</name>`; nothing when value is NULL. */
void eb_strbuf_element(struct eb_strbuf *b, const char *name, const char *value);
/** Gives the string ("" when empty), which the caller frees, and empties the buffer. */
char *eb_strbuf_steal(struct eb_strbuf *b) EB_MUST_CHECK;
void eb_strbuf_free(struct eb_strbuf *b);
#define EB_AUTOSTRBUF EB_CLEANUP(eb_strbuf_free)

#endif
