/* SPDX-License-Identifier: LGPL-2.1-or-later */
/** @file log.h One line a message on stderr (the daemon installs another sink). Off by default but for
 * warnings. */
#ifndef EB_BASE_LOG_H
#define EB_BASE_LOG_H

#include "base/util.h"

/** libvirt's numbers. */
enum eb_log_level { EB_LOG_DEBUG = 1, EB_LOG_INFO = 2, EB_LOG_WARN = 3, EB_LOG_ERROR = 4 };

/** Borrowed by the sink. */
struct eb_log_record {
    enum eb_log_level level;
    const char *module;
    const char *file; /* of the source, from `src/` on */
    int line;
    const char *function;
    const char *text;
};
/** One call at a time. It must not log. */
typedef void (*eb_log_sink)(const struct eb_log_record *record, void *opaque);
/** Thread safe. EVERBOX_LOG=debug|info|warning|error sets the first level. */
void eb_log_set_level(enum eb_log_level level);
void eb_log_set_sink(eb_log_sink sink, void *opaque);
void eb_log_at(enum eb_log_level level, const char *module, const char *file, int line, const char *function,
               const char *fmt, ...) EB_PRINTF(6, 7);
/** "debug", "info", "warning", "error". */
const char *eb_log_level_name(enum eb_log_level level);

#define eb_log(level, module, ...) eb_log_at((level), (module), __FILE__, __LINE__, __func__, __VA_ARGS__)

#define EB_DEBUG(...) eb_log(EB_LOG_DEBUG, EB_MODULE, __VA_ARGS__)
#define EB_INFO(...) eb_log(EB_LOG_INFO, EB_MODULE, __VA_ARGS__)
#define EB_WARN(...) eb_log(EB_LOG_WARN, EB_MODULE, __VA_ARGS__)

#endif
