/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "vbox/com/marshal.h"

/** Reads one code point of checked UTF-8 and moves on. */
static uint32_t next_utf8(const unsigned char **s)
{
    const unsigned char *p = *s;
    uint32_t c = *p++;
    unsigned more = c < 0x80 ? 0 : c < 0xe0 ? 1 : c < 0xf0 ? 2 : 3;

    if (more)
        c &= 0x3fu >> more;
    for (; more; more--)
        c = c << 6 | (*p++ & 0x3fu);
    *s = p;
    return c;
}

size_t vb_utf16_put(uint16_t *to, const char *s)
{
    const unsigned char *p = (const unsigned char *)s;
    size_t n = 0;

    while (*p) {
        uint32_t c = next_utf8(&p);

        if (c >= 0x10000) {
            to[n++] = (uint16_t)(0xd800 + ((c - 0x10000) >> 10));
            to[n++] = (uint16_t)(0xdc00 + ((c - 0x10000) & 0x3ff));
        } else {
            to[n++] = (uint16_t)c;
        }
    }
    to[n] = 0;
    return n;
}

uint16_t *vb_utf16_from_utf8(const char *s, size_t *units)
{
    size_t n = strlen(s);
    uint16_t *out;

    if (!eb_utf8_valid(s, n))
        return NULL;
    out = eb_calloc(n + 1, sizeof(*out));
    n = vb_utf16_put(out, s);
    if (units)
        *units = n;
    return out;
}

char *vb_utf16_to_utf8(const uint16_t *s)
{
    size_t n = 0;
    unsigned char *out, *p;

    if (!s)
        return eb_strdup("");
    while (s[n])
        n++;
    p = out = eb_calloc(n * 3 + 1, 1);
    while (*s) {
        uint32_t c = *s++;

        if (c >= 0xd800 && c < 0xdc00 && *s >= 0xdc00 && *s < 0xe000)
            c = 0x10000 + ((c - 0xd800) << 10) + (*s++ - 0xdc00u);
        else if (c >= 0xd800 && c < 0xe000)
            c = 0xfffd;
        if (c >= 0x10000) {
            *p++ = (unsigned char)(0xf0 | c >> 18);
            *p++ = (unsigned char)(0x80 | (c >> 12 & 0x3f));
        } else if (c >= 0x800) {
            *p++ = (unsigned char)(0xe0 | c >> 12);
        }
        if (c >= 0x800)
            *p++ = (unsigned char)(0x80 | (c >> 6 & 0x3f));
        else if (c >= 0x80)
            *p++ = (unsigned char)(0xc0 | c >> 6);
        *p++ = (unsigned char)(c >= 0x80 ? 0x80 | (c & 0x3f) : c);
    }
    return (char *)out;
}
