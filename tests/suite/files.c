/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Small files that hypervisors take for media. */
#include "suite.h"

static const char *write_all(struct fixture *t, const char *name, const unsigned char *data, size_t size)
{
    const char *path = path_for(t, name);
    FILE *f = fopen(path, "wb");

    assert_non_null(f);
    assert_int_equal(fwrite(data, 1, size, f), size);
    assert_int_equal(fclose(f), 0);
    return path;
}

const char *write_iso(struct fixture *t, const char *name)
{
    enum { SECTOR = 2048, DESCRIPTOR = 16 * SECTOR };
    static unsigned char data[64 * SECTOR];

    memcpy(data + DESCRIPTOR, "\1CD001\1", 7);
    memcpy(data + DESCRIPTOR + SECTOR, "\377CD001\1", 7);
    return write_all(t, name, data, sizeof(data));
}

static void put32(unsigned char *at, uint32_t value)
{
    for (int i = 0; i < 4; i++)
        at[i] = (unsigned char)(value >> (8 * i));
}

/* A VDI 1.1 that grows: two heads, the map of blocks of which none is there yet. */
const char *write_vdi(struct fixture *t, const char *name)
{
    enum { BLOCK = 1 << 20, BLOCKS = 4, MAP = 512, DATA = 1024 };
    unsigned char data[DATA] = {0};
    unsigned char *head = data + 72;
    static unsigned made;

    strcpy((char *)data, "<<< Everbox suite >>>\n");
    put32(data + 64, 0xbeda107f);
    put32(data + 68, 0x00010001);
    put32(head, 400);
    put32(head + 4, 1); /* grows */
    put32(head + 268, MAP);
    put32(head + 272, DATA);
    put32(head + 288, 512); /* a sector */
    put32(head + 296, BLOCK * BLOCKS);
    put32(head + 304, BLOCK);
    put32(head + 312, BLOCKS);
    memcpy(head + 320, "\x45\x76\x65\x72\x62\x6f\x48\x78\x80", 9); /* its uuid: new for each */
    put32(head + 329, (uint32_t)getpid());
    head[333] = (unsigned char)++made;
    head[334] = (unsigned char)(made >> 8);
    memcpy(head + 336, head + 320, 16); /* of its contents */
    put32(head + 396, 512);
    memset(data + MAP, 0xff, BLOCKS * 4);
    return write_all(t, name, data, sizeof(data));
}
