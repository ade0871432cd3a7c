/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/png.h"
#include "base/strbuf.h"

#include <zlib.h>

static void add_u32(struct eb_strbuf *out, uint32_t value)
{
    char bytes[] = {(char)(value >> 24), (char)(value >> 16), (char)(value >> 8), (char)value};

    eb_strbuf_addn(out, bytes, sizeof(bytes));
}

static void add_chunk(struct eb_strbuf *out, const char *type, const unsigned char *data, size_t n)
{
    size_t start = out->len + 4;

    add_u32(out, (uint32_t)n);
    eb_strbuf_addn(out, type, 4);
    if (n)
        eb_strbuf_addn(out, (const char *)data, n);
    add_u32(out, (uint32_t)crc32(0, (const unsigned char *)out->s + start, (unsigned)(out->len - start)));
}

/* Each row begins with its filter: 1, each byte as the difference from that of the pixel before. */
static unsigned char *filter(const unsigned char *rgb, unsigned width, unsigned height, size_t *n)
{
    size_t row = (size_t)width * 3;
    unsigned char *rows = eb_calloc(height, row + 1), *to = rows;

    for (unsigned y = 0; y < height; y++, rgb += row) {
        *to++ = 1;
        for (size_t x = 0; x < row; x++)
            *to++ = (unsigned char)(rgb[x] - (x < 3 ? 0 : rgb[x - 3]));
    }
    *n = (row + 1) * height;
    return rows;
}

unsigned char *eb_png_encode(const unsigned char *rgb, unsigned width, unsigned height, size_t *n)
{
    static const char signature[] = "\x89PNG\r\n\x1a\n";
    unsigned char header[13] = {
        (unsigned char)(width >> 24),
        (unsigned char)(width >> 16),
        (unsigned char)(width >> 8),
        (unsigned char)width,
        (unsigned char)(height >> 24),
        (unsigned char)(height >> 16),
        (unsigned char)(height >> 8),
        (unsigned char)height,
        8, /* bits of each */
        2  /* red, green, blue */
    };
    struct eb_strbuf out = {0};
    size_t size;
    EB_AUTOFREE unsigned char *rows = filter(rgb, width, height, &size);
    unsigned long packed_size = compressBound(size);
    EB_AUTOFREE unsigned char *packed = eb_calloc(packed_size, 1);

    compress2(packed, &packed_size, rows, size, 6);
    eb_strbuf_addn(&out, signature, sizeof(signature) - 1);
    add_chunk(&out, "IHDR", header, sizeof(header));
    add_chunk(&out, "IDAT", packed, packed_size);
    add_chunk(&out, "IEND", NULL, 0);
    *n = out.len;
    return (unsigned char *)eb_strbuf_steal(&out);
}
