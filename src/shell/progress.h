/* SPDX-License-Identifier: LGPL-2.1-or-later */
/** @file progress.h The bar for long operations: on a terminal's stderr only, and only when it takes a while.
 */
#ifndef EB_SHELL_PROGRESS_H
#define EB_SHELL_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct progress {
    bool enabled; /* stderr is a terminal and nobody asked for quiet */
    bool shown;
    bool stopping; /* the user was told so */
    int64_t started_ms, drawn_ms;
};

/** eb_progress_fn: draws, and cancels after Ctrl-C. `opaque` is a struct progress. */
int progress_update(const char *what, unsigned done, unsigned total, void *opaque);
/** A command starts or ends: the bar, if there is one, goes away. */
void progress_reset(struct progress *p);
/**
 * The text of the bar: "Saving [#####.....]  50 %, 3 s left". What does not fit into `width` cells is cut off
 * the name. `elapsed_ms` since the start. Result: its length in bytes.
 */
size_t progress_format(char *out, size_t size, const char *what, unsigned done, unsigned total,
                       int64_t elapsed_ms, unsigned width);

#endif
