/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/uuid.h"

#include <errno.h>
#include <stdio.h>
#include <sys/random.h>

/* Not isspace: a library in a link namespace of its own has no locale that is set up for every thread. */
static bool is_blank(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static int hex(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

bool eb_uuid_parse(const char *s, unsigned char uuid[16])
{
    unsigned char out[16];

    if (!s)
        return false;
    while (is_blank(*s))
        s++;
    for (size_t i = 0; i < sizeof(out); i++) {
        int hi, lo;

        while (*s == '-')
            s++;
        if ((hi = hex(s[0])) < 0 || (lo = hex(s[1])) < 0)
            return false;
        out[i] = (unsigned char)(hi << 4 | lo);
        s += 2;
    }
    while (is_blank(*s))
        s++;
    if (*s)
        return false;
    memcpy(uuid, out, sizeof(out));
    return true;
}

void eb_uuid_format(const unsigned char uuid[16], char out[EB_UUID_STRLEN + 1])
{
    static const char digits[] = "0123456789abcdef";
    char *p = out;

    for (int i = 0; i < 16; i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10)
            *p++ = '-';
        *p++ = digits[uuid[i] >> 4];
        *p++ = digits[uuid[i] & 15];
    }
    *p = '\0';
}

void eb_uuid_generate(unsigned char uuid[16])
{
    ssize_t got;

    do {
        got = getrandom(uuid, 16, 0);
    } while (got < 0 && errno == EINTR);
    if (got != 16) {
        perror("everbox: getrandom");
        abort();
    }
    uuid[6] = (unsigned char)((uuid[6] & 0x0f) | 0x40);
    uuid[8] = (unsigned char)((uuid[8] & 0x3f) | 0x80);
}
