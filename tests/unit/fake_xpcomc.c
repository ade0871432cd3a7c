/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A stand-in for VBoxXPCOMC that has function tables alone, one build for each FAKE_*. Each function but the
 * version's ends the process: who calls through a wrong slot is found out.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

__attribute__((visibility("default"))) const void *VBoxGetXPCOMCFunctions(unsigned version);

static void wrong_slot(void)
{
    abort();
}

static unsigned get_version(void)
{
    return FAKE_VERSION;
}

typedef void (*fn)(void);

struct table {
    uint32_t cb, version;
    fn functions[40]; /* the last is followed by the version again */
};

static struct table tables[4];

static const void *table(unsigned index, unsigned n, uint32_t version, int extra)
{
    struct table *t = &tables[index];

    t->cb = (uint32_t)(8 + n * sizeof(fn) + 8) + (uint32_t)extra;
    t->version = version;
    t->functions[0] = (fn)get_version;
    for (unsigned i = 1; i < n; i++)
        t->functions[i] = wrong_slot;
#ifdef FAKE_HOLE
    t->functions[FAKE_HOLE] = NULL;
#endif
    memcpy(&t->functions[n], &version, sizeof(version));
    return t;
}

const void *VBoxGetXPCOMCFunctions(unsigned version)
{
    switch (version >> 16) {
#ifdef FAKE_V4
    case 4:
        return table(3, FAKE_V4, FAKE_V4_NUMBER, 0);
#endif
#ifdef FAKE_V3
    case 3:
        return table(2, 14, 0x30000, 0);
#endif
#ifdef FAKE_V2
    case 2:
        return table(1, 9, 0x20000, FAKE_LIE);
#endif
#ifdef FAKE_V1
    case 1:
        return table(0, 8, 0x10000, 0);
#endif
    default:
        return NULL;
    }
}
