/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file util.h
 * Memory and cleanup helpers. Allocation never fails here: out of memory ends the process with a message, so
 * that no caller carries an untestable path; sizes that come from outside are bounded before they get here.
 */
#ifndef EB_BASE_UTIL_H
#define EB_BASE_UTIL_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define EB_PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))
#define EB_CLEANUP(fn) __attribute__((cleanup(fn)))
#define EB_UNUSED __attribute__((unused))
#define EB_MUST_CHECK __attribute__((warn_unused_result))
#define EB_ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

/** Zeroed memory; ends the process when there is none. `n * size` that overflows ends it too. */
void *eb_calloc(size_t n, size_t size) EB_MUST_CHECK;
/** As realloc for an array; the new part is not zeroed. */
void *eb_reallocarray(void *p, size_t n, size_t size) EB_MUST_CHECK;
/** NULL gives NULL. */
char *eb_strdup(const char *s) EB_MUST_CHECK;
char *eb_strndup(const char *s, size_t n) EB_MUST_CHECK;
void *eb_memdup(const void *p, size_t n) EB_MUST_CHECK;
char *eb_asprintf(const char *fmt, ...) EB_PRINTF(1, 2) EB_MUST_CHECK;
char *eb_vasprintf(const char *fmt, va_list args) EB_PRINTF(1, 0) EB_MUST_CHECK;

#define EB_NEW(type) ((type *)eb_calloc(1, sizeof(type)))

/** Appends one zeroed element to the array `items` of `n` elements and gives a pointer to it. */
#define EB_APPEND(items, n)                                                                                  \
    ((items) = eb_reallocarray((items), (n) + 1, sizeof(*(items))),                                          \
     memset(&(items)[(n)], 0, sizeof(*(items))), &(items)[(n)++])

/** Takes the value of a pointer and leaves NULL. */
#define EB_STEAL(p)                                                                                          \
    ({                                                                                                       \
        __typeof__(p) *eb_steal_p = &(p);                                                                    \
        __typeof__(p) eb_steal_v = *eb_steal_p;                                                              \
        *eb_steal_p = NULL;                                                                                  \
        eb_steal_v;                                                                                          \
    })

/** Frees the string that *dst holds and puts a copy of `s` (may be NULL) there. */
void eb_replace_string(char **dst, const char *s);

/** A NULL-terminated array of strings, with its strings. NULL is fine. */
void eb_strv_free(char **strv);

void eb_free_cleanup(void *p); /* for EB_AUTOFREE: gets the address of the pointer */
void eb_strv_cleanup(char ***p);
void eb_close_cleanup(int *fd);
/** Frees with free() when the variable leaves its scope: `EB_AUTOFREE char *s = NULL;` */
#define EB_AUTOFREE EB_CLEANUP(eb_free_cleanup)
#define EB_AUTOSTRV EB_CLEANUP(eb_strv_cleanup)
/** Closes a descriptor that is not -1. */
#define EB_AUTOCLOSE EB_CLEANUP(eb_close_cleanup)

static inline bool eb_streq(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

bool eb_starts_with(const char *s, const char *prefix);
bool eb_ends_with(const char *s, const char *suffix);

/**
 * Whole-string number: decimal digits (strict: no sign, no blanks, no overflow past `max`). Result: true and
 * *out set.
 */
bool eb_parse_u64(const char *s, uint64_t max, uint64_t *out);
/** Decimal with an optional minus. */
bool eb_parse_i64(const char *s, int64_t min, int64_t max, int64_t *out);

/** True when the `n` bytes are UTF-8 (no overlong forms, no surrogates, no zero byte). */
bool eb_utf8_valid(const char *s, size_t n);

/**
 * Reads a whole file of at most `max` bytes; a zero byte follows the contents. Result: 0, or -1 with errno
 * (EFBIG when it is larger). *out is the caller's.
 */
int eb_read_file(const char *path, size_t max, char **out, size_t *len) EB_MUST_CHECK;
/** Writes `path` by way of a temporary file beside it, so that it is there whole or as before. 0, or -1 with
 * errno. */
int eb_write_file(const char *path, const char *data, size_t len, unsigned mode) EB_MUST_CHECK;

#endif
