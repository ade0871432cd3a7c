/* SPDX-License-Identifier: LGPL-2.1-or-later */
/** @file facts_data.h The tables that gen-facts makes, for facts.c: lines, blocks of lines, releases of
 * blocks. */
#ifndef EB_VBOX_COM_FACTS_DATA_H
#define EB_VBOX_COM_FACTS_DATA_H

#include <stddef.h>
#include <stdint.h>

struct facts_block {
    uint32_t first; /* in facts_numbers */
    uint16_t n;
};

struct facts_release {
    const char *name, *span;
    const uint16_t *blocks; /* in facts_blocks */
    uint16_t n;
};

extern const char *const facts_lines[];
extern const uint16_t facts_numbers[]; /* in facts_lines */
extern const struct facts_block facts_blocks[];
extern const struct facts_release facts_releases[];
extern const size_t facts_n_releases;

#endif
