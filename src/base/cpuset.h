/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file cpuset.h
 * Sets of small numbers (processors, memory cells) as libvirt writes them, "0-3,5", and as maps of bits: the
 * first number in the lowest bit of the first byte.
 */
#ifndef EB_BASE_CPUSET_H
#define EB_BASE_CPUSET_H

#include "base/util.h"

/** More numbers than any text may name. */
enum { EB_CPUSET_BITS = 1024, EB_CPUSET_BYTES = EB_CPUSET_BITS / 8 };

/**
 * Reads "0-3,5,^2" into a map of EB_CPUSET_BYTES bytes, which is cleared first. False when it is none: empty,
 * malformed, or with numbers from EB_CPUSET_BITS on.
 */
bool eb_cpuset_parse(const char *text, unsigned char *map);
/** The shortest text of a map of `n` bytes, "" for an empty one; the caller's. */
char *eb_cpuset_format(const unsigned char *map, size_t n);

static inline bool eb_cpuset_has(const unsigned char *map, size_t number)
{
    return map[number / 8] & (1u << (number % 8));
}
static inline void eb_cpuset_add(unsigned char *map, size_t number)
{
    map[number / 8] = (unsigned char)(map[number / 8] | 1u << (number % 8));
}
/** The largest number of the set; -1: it is empty. */
int eb_cpuset_last(const unsigned char *map, size_t n);

#endif
