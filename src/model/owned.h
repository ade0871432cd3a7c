/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file owned.h
 * What a structure of the model owns, as a table: both freeing and copying follow it, so that they cannot
 * disagree. Its short words are for the files that make such tables.
 */
#ifndef EB_MODEL_OWNED_H
#define EB_MODEL_OWNED_H

#include "model/domain.h"

enum eb_owned_kind { EB_OWNS_END, EB_OWNS_STRING, EB_OWNS_STRV, EB_OWNS_ARRAY, EB_OWNS_STRUCT };

struct eb_owned {
    enum eb_owned_kind kind;
    size_t offset;
    size_t n_offset, size;        /* ARRAY */
    const struct eb_owned *parts; /* ARRAY, STRUCT; NULL: its elements own nothing */
};

#define STR(type, member)                                                                                    \
    {                                                                                                        \
        .kind = EB_OWNS_STRING, .offset = offsetof(struct type, member)                                      \
    }
#define STRV(type, member)                                                                                   \
    {                                                                                                        \
        .kind = EB_OWNS_STRV, .offset = offsetof(struct type, member)                                        \
    }
#define ARRAY(type, member, table)                                                                           \
    {                                                                                                        \
        .kind = EB_OWNS_ARRAY, .offset = offsetof(struct type, member),                                      \
        .n_offset = offsetof(struct type, n_##member), .size = sizeof(*((struct type *)0)->member),          \
        .parts = (table)                                                                                     \
    }
#define PART(type, member, table)                                                                            \
    {                                                                                                        \
        .kind = EB_OWNS_STRUCT, .offset = offsetof(struct type, member), .parts = (table)                    \
    }
#define END                                                                                                  \
    {                                                                                                        \
        .kind = EB_OWNS_END                                                                                  \
    }
#define OWNED(type) static const struct eb_owned type##_owned[]

extern const struct eb_owned eb_owned_unmodelled[];

/** Frees what the structure owns, not itself. */
void eb_owned_free(void *base, const struct eb_owned *owned);
/** `base` is a flat copy: what it points to is still the original's, and becomes a copy. */
void eb_owned_copy(void *base, const struct eb_owned *owned);

#endif
