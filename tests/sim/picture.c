/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "picture.h"

static bool framed(unsigned x, unsigned y, unsigned width, unsigned height)
{
    return x == 0 || y == 0 || x == width - 1 || y == height - 1;
}

static uint8_t *raw(unsigned width, unsigned height, uint32_t colour, const char *order, size_t *len)
{
    size_t each = strlen(order);
    uint8_t *data = eb_calloc((size_t)width * height, each), *p = data;

    for (unsigned y = 0; y < height; y++)
        for (unsigned x = 0; x < width; x++) {
            uint32_t c = framed(x, y, width, height) ? 0xffffff : colour;

            for (size_t i = 0; i < each; i++)
                *p++ = (uint8_t)(order[i] == 'R'   ? c >> 16
                                 : order[i] == 'G' ? c >> 8
                                 : order[i] == 'B' ? c
                                 : order[i] == 'A' ? 0xff
                                                   : 0);
        }
    *len = (size_t)width * height * each;
    return data;
}

/* ---- PNG, with blocks that are stored as they are ---- */

struct out {
    uint8_t *data;
    size_t len;
};

static void put(struct out *o, const void *p, size_t n)
{
    memcpy(o->data + o->len, p, n);
    o->len += n;
}

static void put32(struct out *o, uint32_t v)
{
    uint8_t b[4] = {(uint8_t)(v >> 24), (uint8_t)(v >> 16), (uint8_t)(v >> 8), (uint8_t)v};

    put(o, b, 4);
}

static uint32_t crc(const uint8_t *p, size_t n)
{
    uint32_t c = ~0u;

    while (n--) {
        c ^= *p++;
        for (int k = 0; k < 8; k++)
            c = c & 1 ? 0xedb88320u ^ c >> 1 : c >> 1;
    }
    return ~c;
}

static void chunk(struct out *o, const char *type, const uint8_t *data, size_t n)
{
    size_t start;

    put32(o, (uint32_t)n);
    start = o->len;
    put(o, type, 4);
    if (n)
        put(o, data, n);
    put32(o, crc(o->data + start, n + 4));
}

static uint8_t *stored(const uint8_t *data, size_t n, size_t *len)
{
    size_t blocks = n / 65535 + 1;
    struct out o = {eb_calloc(n + blocks * 5 + 6, 1), 0};
    uint32_t a = 1, b = 0;

    put(&o, "\x78\x01", 2);
    for (size_t at = 0; at < n || at == 0; at += 65535) {
        size_t part = n - at < 65535 ? n - at : 65535;
        uint8_t head[5] = {at + part >= n, (uint8_t)part, (uint8_t)(part >> 8), (uint8_t)~part,
                           (uint8_t)(~part >> 8)};

        put(&o, head, 5);
        put(&o, data + at, part);
    }
    for (size_t i = 0; i < n; i++) {
        a = (a + data[i]) % 65521;
        b = (b + a) % 65521;
    }
    put32(&o, b << 16 | a);
    *len = o.len;
    return o.data;
}

static uint8_t *png(unsigned width, unsigned height, uint32_t colour, size_t *len)
{
    size_t row = 1 + (size_t)width * 3, n, packed;
    EB_AUTOFREE uint8_t *pixels = raw(width, height, colour, "RGB", &n);
    EB_AUTOFREE uint8_t *lines = eb_calloc(row, height);
    EB_AUTOFREE uint8_t *zip = NULL;
    uint8_t head[13] = {(uint8_t)(width >> 24),
                        (uint8_t)(width >> 16),
                        (uint8_t)(width >> 8),
                        (uint8_t)width,
                        (uint8_t)(height >> 24),
                        (uint8_t)(height >> 16),
                        (uint8_t)(height >> 8),
                        (uint8_t)height,
                        8,
                        2,
                        0,
                        0,
                        0};
    struct out o = {NULL, 0};

    for (unsigned y = 0; y < height; y++)
        memcpy(lines + y * row + 1, pixels + (size_t)y * width * 3, (size_t)width * 3);
    zip = stored(lines, row * height, &packed);
    o.data = eb_calloc(packed + 100, 1);
    put(&o, "\x89PNG\r\n\x1a\n", 8);
    chunk(&o, "IHDR", head, sizeof(head));
    chunk(&o, "IDAT", zip, packed);
    chunk(&o, "IEND", NULL, 0);
    *len = o.len;
    return o.data;
}

uint8_t *picture_make(unsigned width, unsigned height, uint32_t colour, const char *format, size_t *len)
{
    if (eb_streq(format, "PNG"))
        return png(width, height, colour, len);
    if (eb_streq(format, "BGR") || eb_streq(format, "BGR0") || eb_streq(format, "BGRA") ||
        eb_streq(format, "RGBA"))
        return raw(width, height, colour, format, len);
    return NULL;
}
