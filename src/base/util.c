/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/util.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "everbox/everbox.h"

static void *checked(void *p)
{
    if (!p) {
        fputs("everbox: out of memory\n", stderr);
        abort();
    }
    return p;
}

void *eb_calloc(size_t n, size_t size)
{
    return checked(calloc(n ? n : 1, size ? size : 1));
}

void *eb_reallocarray(void *p, size_t n, size_t size)
{
    size_t bytes;

    if (__builtin_mul_overflow(n, size, &bytes))
        return checked(NULL);
    return checked(realloc(p, bytes ? bytes : 1));
}

char *eb_strdup(const char *s)
{
    return s ? checked(strdup(s)) : NULL;
}

char *eb_strndup(const char *s, size_t n)
{
    return s ? checked(strndup(s, n)) : NULL;
}

void *eb_memdup(const void *p, size_t n)
{
    void *copy = eb_calloc(1, n);

    if (n)
        memcpy(copy, p, n);
    return copy;
}

char *eb_vasprintf(const char *fmt, va_list args)
{
    char *s = NULL;

    if (vasprintf(&s, fmt, args) < 0)
        s = NULL;
    return checked(s);
}

char *eb_asprintf(const char *fmt, ...)
{
    va_list args;
    char *s;

    va_start(args, fmt);
    s = eb_vasprintf(fmt, args);
    va_end(args);
    return s;
}

void eb_replace_string(char **dst, const char *s)
{
    char *copy = eb_strdup(s);

    free(*dst);
    *dst = copy;
}

void eb_strv_free(char **strv)
{
    for (char **p = strv; p && *p; p++)
        free(*p);
    free(strv);
}

void eb_free_cleanup(void *p)
{
    free(*(void **)p);
}

void eb_strv_cleanup(char ***p)
{
    eb_strv_free(*p);
}

void eb_close_cleanup(int *fd)
{
    if (*fd >= 0)
        close(*fd);
}

void eb_free(void *p)
{
    free(p);
}

bool eb_starts_with(const char *s, const char *prefix)
{
    return strncmp(s, prefix, strlen(prefix)) == 0;
}

bool eb_ends_with(const char *s, const char *suffix)
{
    size_t a = strlen(s), b = strlen(suffix);

    return a >= b && strcmp(s + a - b, suffix) == 0;
}

bool eb_parse_u64(const char *s, uint64_t max, uint64_t *out)
{
    uint64_t v = 0;

    if (!s || !*s)
        return false;
    for (; *s; s++) {
        if (*s < '0' || *s > '9' || __builtin_mul_overflow(v, 10u, &v) ||
            __builtin_add_overflow(v, (uint64_t)(*s - '0'), &v) || v > max)
            return false;
    }
    *out = v;
    return true;
}

bool eb_parse_i64(const char *s, int64_t min, int64_t max, int64_t *out)
{
    uint64_t v;

    if (s && *s == '-') {
        if (!eb_parse_u64(s + 1, (uint64_t)INT64_MAX, &v) || -(int64_t)v < min || -(int64_t)v > max)
            return false;
        *out = -(int64_t)v;
        return true;
    }
    if (!eb_parse_u64(s, (uint64_t)INT64_MAX, &v) || (int64_t)v < min || (int64_t)v > max)
        return false;
    *out = (int64_t)v;
    return true;
}

/* The number of bytes that a sequence led by `c` has; 0: `c` leads none. */
static size_t utf8_length(unsigned char c)
{
    if (c < 0x80)
        return c ? 1 : 0;
    if (c >= 0xc2 && c <= 0xdf)
        return 2;
    if (c >= 0xe0 && c <= 0xef)
        return 3;
    return c >= 0xf0 && c <= 0xf4 ? 4 : 0;
}

bool eb_utf8_valid(const char *s, size_t n)
{
    const unsigned char *p = (const unsigned char *)s;

    for (size_t i = 0; i < n;) {
        size_t len = utf8_length(p[i]);

        if (!len || len > n - i)
            return false;
        for (size_t k = 1; k < len; k++) {
            if ((p[i + k] & 0xc0) != 0x80)
                return false;
        }
        if ((p[i] == 0xe0 && p[i + 1] < 0xa0) || (p[i] == 0xed && p[i + 1] > 0x9f) ||
            (p[i] == 0xf0 && p[i + 1] < 0x90) || (p[i] == 0xf4 && p[i + 1] > 0x8f))
            return false;
        i += len;
    }
    return true;
}

int eb_read_file(const char *path, size_t max, char **out, size_t *len)
{
    EB_AUTOCLOSE int fd = open(path, O_RDONLY | O_CLOEXEC);
    EB_AUTOFREE char *buf = NULL;
    size_t used = 0, cap = 0;

    if (fd < 0)
        return -1;
    for (;;) {
        ssize_t got;

        if (used + 1 >= cap) {
            cap = cap ? cap * 2 : 4096;
            buf = eb_reallocarray(buf, cap, 1);
        }
        got = read(fd, buf + used, cap - used - 1);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return -1;
        if (got == 0)
            break;
        used += (size_t)got;
        if (used > max) {
            errno = EFBIG;
            return -1;
        }
    }
    buf[used] = '\0';
    *out = EB_STEAL(buf);
    if (len)
        *len = used;
    return 0;
}

static int write_all(int fd, const char *data, size_t len)
{
    while (len) {
        ssize_t n = write(fd, data, len);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -1;
        data += n;
        len -= (size_t)n;
    }
    return 0;
}

int eb_write_file(const char *path, const char *data, size_t len, unsigned mode)
{
    EB_AUTOFREE char *temp = eb_asprintf("%s.XXXXXX", path);
    int fd = mkostemp(temp, O_CLOEXEC);
    int saved;

    if (fd < 0)
        return -1;
    if (write_all(fd, data, len) < 0 || fchmod(fd, (mode_t)mode) < 0 || fsync(fd) < 0) {
        saved = errno;
        close(fd);
        unlink(temp);
        errno = saved;
        return -1;
    }
    if (close(fd) < 0 || rename(temp, path) < 0) {
        saved = errno;
        unlink(temp);
        errno = saved;
        return -1;
    }
    return 0;
}
