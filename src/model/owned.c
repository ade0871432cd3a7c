/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/owned.h"

const struct eb_owned eb_owned_unmodelled[] = {
    STR(eb_unmodelled, path), STR(eb_unmodelled, what), STR(eb_unmodelled, name),
    STR(eb_unmodelled, uri),  STR(eb_unmodelled, xml),  END,
};

static void *at(void *base, size_t offset)
{
    return (char *)base + offset;
}

static void each_element(char *array, size_t n, const struct eb_owned *owned,
                         void (*apply)(void *, const struct eb_owned *))
{
    for (size_t i = 0; owned->parts && i < n; i++)
        apply(array + i * owned->size, owned->parts);
}

void eb_owned_free(void *base, const struct eb_owned *owned)
{
    for (; owned->kind != EB_OWNS_END; owned++) {
        void *member = at(base, owned->offset);

        if (owned->kind == EB_OWNS_STRUCT) {
            eb_owned_free(member, owned->parts);
            continue;
        }
        if (owned->kind == EB_OWNS_ARRAY)
            each_element(*(char **)member, *(size_t *)at(base, owned->n_offset), owned, eb_owned_free);
        if (owned->kind == EB_OWNS_STRV)
            eb_strv_free(*(char ***)member);
        else
            free(*(void **)member);
    }
}

static char **copy_strv(char *const *strv)
{
    size_t n = 0;
    char **copy;

    if (!strv)
        return NULL;
    while (strv[n])
        n++;
    copy = eb_calloc(n + 1, sizeof(*copy));
    for (size_t i = 0; i < n; i++)
        copy[i] = eb_strdup(strv[i]);
    return copy;
}

void eb_owned_copy(void *base, const struct eb_owned *owned)
{
    for (; owned->kind != EB_OWNS_END; owned++) {
        void *member = at(base, owned->offset);

        if (owned->kind == EB_OWNS_STRUCT) {
            eb_owned_copy(member, owned->parts);
        } else if (owned->kind == EB_OWNS_STRING) {
            *(char **)member = eb_strdup(*(char **)member);
        } else if (owned->kind == EB_OWNS_STRV) {
            *(char ***)member = copy_strv(*(char ***)member);
        } else if (*(void **)member) {
            size_t n = *(size_t *)at(base, owned->n_offset);

            *(void **)member = n ? eb_memdup(*(void **)member, n * owned->size) : NULL;
            each_element(*(char **)member, n, owned, eb_owned_copy);
        }
    }
}
