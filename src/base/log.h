/* SPDX-License-Identifier: LGPL-2.1-or-later */
/** @file log.h One line a message on stderr (the daemon installs another sink). Off by default but for
 * warnings. */
#ifndef EB_BASE_LOG_H
#define EB_BASE_LOG_H

#include "base/util.h"

/** libvirt's numbers. */
enum eb_log_level { EB_LOG_DEBUG = 1, EB_LOG_INFO = 2, EB_LOG_WARN = 3, EB_LOG_ERROR = 4 };

typedef void (*eb_log_sink)(enum eb_log_level level, const char *module, const char *text, void *opaque);
/** Thread safe. EVERBOX_LOG=debug|info|warning|error sets the first level. */
void eb_log_set_level(enum eb_log_level level);
void eb_log_set_sink(eb_log_sink sink, void *opaque);
void eb_log(enum eb_log_level level, const char *module, const char *fmt, ...) EB_PRINTF(3, 4);

#define EB_DEBUG(...) eb_log(EB_LOG_DEBUG, EB_MODULE, __VA_ARGS__)
#define EB_INFO(...) eb_log(EB_LOG_INFO, EB_MODULE, __VA_ARGS__)
#define EB_WARN(...) eb_log(EB_LOG_WARN, EB_MODULE, __VA_ARGS__)

#endif
