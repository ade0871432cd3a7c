/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A definition that is accepted says the same when it is written, read, copied and written again. */
#include "base/strbuf.h"
#include "model/domain_xml.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int compare_lines(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Controllers that parsing added take their places at the next reading, so only the order may differ. */
static char *sorted(const char *text)
{
    EB_AUTOSTRBUF struct eb_strbuf out = {0};
    EB_AUTOFREE char *copy = eb_strdup(text);
    EB_AUTOFREE char **lines = NULL;
    size_t n = 0, cap = 0;

    for (char *rest = copy, *line; (line = strsep(&rest, "\n"));) {
        if (n == cap) {
            cap = cap ? cap * 2 : 64;
            lines = eb_reallocarray(lines, cap, sizeof(char *));
        }
        lines[n++] = line;
    }
    qsort(lines, n, sizeof(*lines), compare_lines);
    for (size_t i = 0; i < n; i++)
        eb_strbuf_line(&out, "%s", lines[i]);
    return eb_strbuf_steal(&out);
}

static void check(const char *text, unsigned flags)
{
    EB_AUTOERROR eb_error err = EB_ERROR_INIT;
    EB_AUTODEF struct eb_domain_def *first = NULL;
    EB_AUTODEF struct eb_domain_def *second = NULL;
    EB_AUTODEF struct eb_domain_def *copy = NULL;
    EB_AUTODEF struct eb_domain_def *third = NULL;
    EB_AUTOFREE char *once = NULL, *twice = NULL, *thrice = NULL, *copied = NULL;
    EB_AUTOFREE char *once_sorted = NULL, *twice_sorted = NULL;

    if (eb_domain_def_parse(text, flags, &first, &err) < 0) {
        if (!eb_error_is_set(&err))
            abort();
        return;
    }
    once = eb_domain_def_format(first, flags | EB_XML_SECURE);
    copy = eb_domain_def_copy(first);
    copied = eb_domain_def_format(copy, flags | EB_XML_SECURE);
    if (!eb_streq(once, copied) || eb_domain_def_parse(once, flags, &second, &err) < 0)
        abort();
    twice = eb_domain_def_format(second, flags | EB_XML_SECURE);
    once_sorted = sorted(once);
    twice_sorted = sorted(twice);
    if (!eb_streq(once_sorted, twice_sorted) || eb_domain_def_parse(twice, flags, &third, &err) < 0)
        abort();
    thrice = eb_domain_def_format(third, flags | EB_XML_SECURE);
    if (!eb_streq(twice, thrice))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    EB_AUTOFREE char *text = eb_calloc(size + 1, 1);

    if (size)
        memcpy(text, data, size);
    check(text, 0);
    check(text, EB_XML_INACTIVE);
    return 0;
}
