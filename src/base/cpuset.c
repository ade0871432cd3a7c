/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/cpuset.h"

#include "base/strbuf.h"

static const char *skip_blanks(const char *p)
{
    while (*p == ' ' || *p == '\t' || *p == '\n')
        p++;
    return p;
}

/* NULL: no number that a set may have. */
static const char *read_number(const char *p, unsigned *out)
{
    if (*p < '0' || *p > '9')
        return NULL;
    for (*out = 0; *p >= '0' && *p <= '9'; p++) {
        *out = *out * 10 + (unsigned)(*p - '0');
        if (*out >= EB_CPUSET_BITS)
            return NULL;
    }
    return p;
}

/* One part, "3", "1-4" or "^2". NULL: malformed. */
static const char *read_part(const char *p, unsigned char *map)
{
    bool without = *p == '^';
    unsigned first, last;

    p = read_number(without ? p + 1 : p, &first);
    if (!p)
        return NULL;
    last = first;
    p = skip_blanks(p);
    if (*p == '-' && !without) {
        p = read_number(skip_blanks(p + 1), &last);
        if (!p || last < first)
            return NULL;
    }
    if (without)
        map[first / 8] = (unsigned char)(map[first / 8] & ~(1u << (first % 8)));
    for (unsigned i = first; !without && i <= last; i++)
        eb_cpuset_add(map, i);
    return skip_blanks(p);
}

bool eb_cpuset_parse(const char *text, unsigned char *map)
{
    const char *p = skip_blanks(text);

    memset(map, 0, EB_CPUSET_BYTES);
    while (p) {
        p = read_part(p, map);
        if (p && !*p)
            return true;
        if (p && *p != ',')
            return false;
        if (p)
            p = skip_blanks(p + 1);
    }
    return false;
}

char *eb_cpuset_format(const unsigned char *map, size_t n)
{
    struct eb_strbuf out = {0};
    size_t bits = n * 8;

    for (size_t first = 0; first < bits; first++) {
        size_t last = first;

        if (!eb_cpuset_has(map, first))
            continue;
        while (last + 1 < bits && eb_cpuset_has(map, last + 1))
            last++;
        eb_strbuf_printf(&out, "%s%zu", out.len ? "," : "", first);
        if (last > first)
            eb_strbuf_printf(&out, "-%zu", last);
        first = last;
    }
    return eb_strbuf_steal(&out);
}

int eb_cpuset_last(const unsigned char *map, size_t n)
{
    for (size_t i = n * 8; i > 0; i--) {
        if (eb_cpuset_has(map, i - 1))
            return (int)i - 1;
    }
    return -1;
}
