/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "shell/spec.h"

#include "base/strbuf.h"

char **spec_split(const char *text)
{
    EB_AUTOSTRBUF struct eb_strbuf part = {0};
    char **parts = NULL;
    size_t n = 0;

    for (;; text++) {
        if (text[0] == ',' && text[1] == ',') {
            eb_strbuf_addc(&part, *text++);
        } else if (*text == ',' || !*text) {
            *EB_APPEND(parts, n) = eb_strbuf_steal(&part);
            if (!*text)
                break;
        } else {
            eb_strbuf_addc(&part, *text);
        }
    }
    EB_APPEND(parts, n);
    return parts;
}

bool spec_value(const char *part, const char *key, const char **value)
{
    size_t len = strlen(key);

    if (*value || strncmp(part, key, len) != 0 || part[len] != '=')
        return false;
    *value = part + len + 1;
    return true;
}
