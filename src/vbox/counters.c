/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "vbox/counters.h"

#include <stdio.h>
#include <strings.h>

/* The value of an attribute within the tag that begins at `tag`: where it begins, and its length. */
static const char *attribute(const char *tag, const char *name, size_t *len)
{
    const char *end = strchr(tag, '>');
    EB_AUTOFREE char *want = eb_asprintf(" %s=\"", name);
    const char *at = strstr(tag, want);

    if (!at || !end || at > end)
        return NULL;
    at += strlen(want);
    *len = strcspn(at, "\"");
    return at;
}

static int64_t find(const char *stats, const char *name)
{
    size_t len, wanted = strlen(name);

    for (const char *tag = stats; (tag = strstr(tag, "<Counter ")); tag++) {
        const char *at = attribute(tag, "name", &len);

        if (!at || len != wanted || strncasecmp(at, name, len) != 0)
            continue;
        at = attribute(tag, "c", &len);
        return at ? strtoll(at, NULL, 10) : -1;
    }
    return -1;
}

int64_t vbox_counter(const char *stats, const char *prefix, const char *const *devices, int instance,
                     const char *rest)
{
    for (; *devices; devices++) {
        char number[16] = "";
        int64_t value;

        if (instance >= 0)
            snprintf(number, sizeof(number), "%d", instance);
        EB_AUTOFREE char *name = eb_asprintf("%s%s%s/%s", prefix, *devices, number, rest);

        value = find(stats, name);
        if (value >= 0)
            return value;
    }
    return -1;
}
