/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file loop.h
 * The event loop that timers hang on, as a table of functions: the built-in one (loop_default.c) or one that
 * the application brings (eb_loop_register in everbox.h). Every function may be called from every thread,
 * from inside callbacks too.
 */
#ifndef EB_CORE_LOOP_H
#define EB_CORE_LOOP_H

#include "base/error.h"

#endif
