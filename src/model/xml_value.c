/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One value of an XML table: its text to a member and back. */
#include "model/xml_map.h"

#include <errno.h>
#include <limits.h>
#include <strings.h>

static void *member(const struct eb_xml_item *item, void *base)
{
    return eb_xml_at(base, item->offset);
}

static int complain(const struct eb_xml_item *item, const char *element, const char *text,
                    const char *expected, eb_error *err)
{
    if (item->complaint) {
        const char *hole = strstr(item->complaint, "%s");

        if (!hole)
            return eb_error_set_from(err, EB_FROM_DOMAIN, item->complaint_code, "%s", item->complaint);
        return eb_error_set_from(err, EB_FROM_DOMAIN, item->complaint_code, "%.*s%s%s",
                                 (int)(hole - item->complaint), item->complaint, text, hole + 2);
    }
    if (item->kind == EB_XML_TEXT)
        return eb_error_set_from(err, EB_FROM_XML, EB_ERR_XML_ERROR,
                                 "Invalid value '%s' for element or attribute '%s'", text, element);
    if (*expected == '!') /* instead of the value */
        return eb_error_set_from(err, EB_FROM_XML, EB_ERR_XML_ERROR,
                                 "Invalid value for attribute '%s' in element '%s': %s", item->name, element,
                                 expected + 1);
    return eb_error_set_from(err, EB_FROM_XML, EB_ERR_XML_ERROR,
                             "Invalid value for attribute '%s' in element '%s': '%s'.%s", item->name, element,
                             text, expected);
}

bool eb_xml_parse_number(const char *text, uint64_t max, uint64_t *out)
{
    char *end;
    unsigned long long n;

    while (*text == ' ' || *text == '\t' || *text == '\n' || *text == '\r')
        text++;
    if (*text < '0' || *text > '9')
        return false;
    errno = 0;
    n = strtoull(text, &end, text[0] == '0' && (text[1] | 0x20) == 'x' ? 16 : 10);
    while (*end == ' ' || *end == '\t' || *end == '\n' || *end == '\r')
        end++;
    if (errno || *end || n > max)
        return false;
    *out = n;
    return true;
}

static int read_unsigned(const struct eb_xml_item *item, const char *element, const char *text,
                         uint64_t type_max, uint64_t *out, eb_error *err)
{
    uint64_t max = item->max ? item->max : type_max;
    bool any_base = item->value == EB_XML_HEX || (item->flags & EB_XML_ANY_BASE);

    if (!(any_base ? eb_xml_parse_number(text, max, out) : eb_parse_u64(text, max, out)))
        return complain(item, element, text, " Expected non-negative integer value", err);
    if (*out == 0 && (item->flags & EB_XML_NONZERO))
        return complain(item, element, text, "!Zero is not permitted", err);
    return 0;
}

static int read_number(const struct eb_xml_item *item, const char *element, const char *text, void *base,
                       eb_error *err)
{
    int64_t sign = 0;
    uint64_t n = 0;

    if (item->value == EB_XML_INT || item->value == EB_XML_LLONG) {
        int64_t min = item->value == EB_XML_INT ? -1 : INT64_MIN + 1;
        int64_t max = item->value == EB_XML_INT ? INT_MAX : INT64_MAX;

        if (!eb_parse_i64(text, min, max, &sign))
            return complain(item, element, text, " Expected integer value", err);
        if (item->value == EB_XML_INT)
            *(int *)member(item, base) = (int)sign;
        else
            *(long long *)member(item, base) = sign;
        return 0;
    }
    if (item->value == EB_XML_U64) {
        if (read_unsigned(item, element, text, UINT64_MAX, &n, err))
            return -1;
        *(uint64_t *)member(item, base) = n;
    } else if (item->value == EB_XML_U16) {
        if (read_unsigned(item, element, text, UINT16_MAX, &n, err))
            return -1;
        *(uint16_t *)member(item, base) = (uint16_t)n;
    } else {
        if (read_unsigned(item, element, text, UINT_MAX, &n, err))
            return -1;
        *(unsigned *)member(item, base) = (unsigned)n;
    }
    return 0;
}

static const struct {
    enum eb_xml_value value;
    const char *yes, *no;
} tristates[] = {
    {EB_XML_YES_NO, "yes", "no"},
    {EB_XML_ON_OFF, "on", "off"},
    {EB_XML_UP_DOWN, "down", "up"},
    {EB_XML_BOOL, "yes", "no"},
};

static int read_tristate(const struct eb_xml_item *item, const char *element, const char *text, void *base,
                         eb_error *err)
{
    for (size_t i = 0; i < EB_ARRAY_SIZE(tristates); i++) {
        bool yes = eb_streq(text, tristates[i].yes);

        if (tristates[i].value != item->value)
            continue;
        if (!yes && !eb_streq(text, tristates[i].no))
            break;
        if (item->value == EB_XML_BOOL)
            *(bool *)member(item, base) = yes;
        else
            *(enum eb_tristate *)member(item, base) = yes ? EB_YES : EB_NO;
        return 0;
    }
    return complain(item, element, text, "", err);
}

bool eb_xml_is_word(const char *const *words, const char *text)
{
    while (*words && !eb_streq(*words, text))
        words++;
    return *words;
}

int eb_xml_read_value(const struct eb_xml_item *item, const char *element, const char *text, void *base,
                      eb_error *err)
{
    int n;

    switch (item->value) {
    case EB_XML_STRING:
        if (item->words && !eb_xml_is_word(item->words, text))
            return complain(item, element, text, "", err);
        eb_replace_string(member(item, base), text);
        return 0;
    case EB_XML_ENUM:
        n = item->from_string(text);
        if (n < 0 || (n == 0 && (item->flags & EB_XML_SAID)))
            return complain(item, element, text, "", err);
        *(int *)member(item, base) = n;
        return 0;
    case EB_XML_BOOL:
    case EB_XML_YES_NO:
    case EB_XML_ON_OFF:
    case EB_XML_UP_DOWN:
        return read_tristate(item, element, text, base, err);
    case EB_XML_CUSTOM:
        return item->custom->read(text, base, err);
    case EB_XML_UINT:
    case EB_XML_INT:
    case EB_XML_U16:
    case EB_XML_U64:
    case EB_XML_LLONG:
    case EB_XML_HEX:
        break;
    }
    return read_number(item, element, text, base, err);
}

static char *write_unsigned(const struct eb_xml_item *item, uint64_t n)
{
    return n || (item->flags & EB_XML_ZERO) ? eb_asprintf("%llu", (unsigned long long)n) : NULL;
}

static char *write_tristate(const struct eb_xml_item *item, enum eb_tristate state)
{
    for (size_t i = 0; i < EB_ARRAY_SIZE(tristates); i++) {
        if (tristates[i].value == item->value && state != EB_ABSENT)
            return eb_strdup(state == EB_YES ? tristates[i].yes : tristates[i].no);
    }
    return NULL;
}

char *eb_xml_write_value(const struct eb_xml_item *item, const void *base)
{
    const void *m = eb_xml_at(base, item->offset);
    int n;

    switch (item->value) {
    case EB_XML_STRING:
        return eb_strdup(*(char *const *)m);
    case EB_XML_ENUM:
        n = *(const int *)m;
        return n == 0 && (item->flags & EB_XML_SAID) ? NULL : eb_strdup(item->to_string(n));
    case EB_XML_UINT:
        return write_unsigned(item, *(const unsigned *)m);
    case EB_XML_U16:
        return write_unsigned(item, *(const uint16_t *)m);
    case EB_XML_U64:
        return write_unsigned(item, *(const uint64_t *)m);
    case EB_XML_INT:
        n = *(const int *)m;
        return n < 0 && !(item->flags & EB_XML_ZERO) ? NULL : eb_asprintf("%d", n);
    case EB_XML_LLONG:
        return eb_asprintf("%lld", *(const long long *)m);
    case EB_XML_HEX:
        if (!*(const unsigned *)m && !item->digits)
            return NULL;
        return eb_asprintf("0x%0*x", (int)item->digits, *(const unsigned *)m);
    case EB_XML_BOOL:
        return *(const bool *)m ? eb_strdup("yes") : NULL;
    case EB_XML_YES_NO:
    case EB_XML_ON_OFF:
    case EB_XML_UP_DOWN:
        return write_tristate(item, *(const enum eb_tristate *)m);
    case EB_XML_CUSTOM:
        break;
    }
    return item->custom->write(base);
}

/* ---- Sizes ---- */

/* "K", "KiB" are 1024, "KB" is 1000, in any case. 0: unknown. */
static uint64_t unit_of(const char *unit)
{
    static const char prefixes[] = "kmgtpe";
    const char *prefix;
    uint64_t step, n = 1;

    if (!strcasecmp(unit, "b") || !strcasecmp(unit, "byte") || !strcasecmp(unit, "bytes"))
        return 1;
    prefix = *unit ? strchr(prefixes, *unit | 0x20) : NULL;
    if (!prefix)
        return 0;
    if (!unit[1] || !strcasecmp(unit + 1, "ib"))
        step = 1024;
    else if (!strcasecmp(unit + 1, "b"))
        step = 1000;
    else
        return 0;
    for (long i = 0; i <= prefix - prefixes; i++)
        n *= step;
    return n;
}

int eb_xml_parse_bytes(const char *text, const char *unit, uint64_t default_unit, const char *what,
                       uint64_t *out, eb_error *err)
{
    uint64_t n, scale = unit && *unit ? unit_of(unit) : default_unit;

    if (!eb_parse_u64(text, UINT64_MAX, &n))
        return eb_error_set_from(err, EB_FROM_XML, EB_ERR_XML_ERROR,
                                 "Invalid value '%s' for element or attribute '%s'", text, what);
    if (!scale)
        return eb_error_set(err, EB_ERR_INVALID_ARG, "unknown suffix '%s'", unit);
    /* what is beyond a signed number of bytes cannot be a size of memory or of a disk */
    if (n > (uint64_t)INT64_MAX / scale)
        return eb_error_set(err, EB_ERR_OVERFLOW, "value too large: %llu%s", (unsigned long long)n,
                            unit ? unit : "");
    *out = n * scale;
    return 0;
}

int eb_xml_parse_kib(const char *text, const char *unit, uint64_t default_unit, const char *what,
                     uint64_t *out, eb_error *err)
{
    uint64_t bytes;

    if (eb_xml_parse_bytes(text, unit, default_unit, what, &bytes, err) < 0)
        return -1;
    *out = (bytes + 1023) / 1024;
    return 0;
}
