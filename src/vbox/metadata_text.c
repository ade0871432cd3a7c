/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "vbox/metadata_text.h"

#include "base/strbuf.h"

char *vbox_metadata_encode(const struct eb_metadata *items, size_t n)
{
    struct eb_strbuf b = {0};

    for (size_t i = 0; i < n; i++) {
        eb_strbuf_printf(&b, "%zu:%s,", strlen(items[i].uri), items[i].uri);
        eb_strbuf_printf(&b, "%zu:%s,", strlen(items[i].xml), items[i].xml);
    }
    return eb_strbuf_steal(&b);
}

/* Takes one "LENGTH:TEXT," off *p; NULL when there is none. */
static char *take(const char **p)
{
    size_t left = strlen(*p), n = 0, digits = 0;
    const char *s = *p;
    char *text;

    while (s[digits] >= '0' && s[digits] <= '9' && digits < 9)
        n = n * 10 + (size_t)(s[digits++] - '0');
    if (digits == 0 || s[digits] != ':' || left < digits + 2 || n > left - digits - 2 ||
        s[digits + 1 + n] != ',')
        return NULL;
    text = eb_strndup(s + digits + 1, n);
    *p = s + digits + 1 + n + 1;
    return text;
}

bool vbox_metadata_decode(const char *text, struct eb_metadata **items, size_t *n)
{
    struct eb_metadata *list = NULL;
    size_t count = 0;

    while (*text) {
        struct eb_metadata *item = EB_APPEND(list, count);

        if (!(item->uri = take(&text)) || !(item->xml = take(&text))) {
            vbox_metadata_free(list, count);
            return false;
        }
    }
    *items = list;
    *n = count;
    return true;
}

void vbox_metadata_free(struct eb_metadata *items, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        free(items[i].uri);
        free(items[i].xml);
    }
    free(items);
}
