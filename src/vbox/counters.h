/* SPDX-License-Identifier: LGPL-2.1-or-later */
/** @file counters.h VirtualBox's statistics of a running machine: what IMachineDebugger.getStats gives. */
#ifndef EB_VBOX_COUNTERS_H
#define EB_VBOX_COUNTERS_H

#include "base/util.h"

/**
 * The counter of the XML text `stats` whose name is "<prefix><one of `devices`><instance>/<rest>", letter
 * case free; -1 when there is none. `devices` is NULL-terminated; instance -1: without a number.
 */
int64_t vbox_counter(const char *stats, const char *prefix, const char *const *devices, int instance,
                     const char *rest);

#endif
