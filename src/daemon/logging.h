/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file logging.h
 * Which messages are written, and where to. Filters are LEVEL:NAME between blanks, the first whose NAME is in
 * the name of the module or of the source file holds; outputs are LEVEL:stderr, LEVEL:syslog:NAME,
 * LEVEL:file:/PATH, LEVEL:journald. Levels are enum eb_log_level's numbers. Thread safe, but for
 * daemon_logging_end.
 */
#ifndef EB_DAEMON_LOGGING_H
#define EB_DAEMON_LOGGING_H

#include "base/error.h"
#include "base/log.h"

/** What holds from now on; NULL or "": no filters, the usual output (the journal when stderr leads there,
 * syslog in the background, else stderr). -1 with EB_ERR_CONF_SYNTAX or EB_ERR_SYSTEM_ERROR: all is as
 * before. */
int daemon_logging_set(enum eb_log_level level, const char *filters, const char *outputs, bool background,
                       eb_error *err);
/** Whether daemon_logging_set would understand them; opens no file. -1 with EB_ERR_CONF_SYNTAX. */
int daemon_logging_check_filters(const char *filters, eb_error *err);
int daemon_logging_check_outputs(const char *outputs, eb_error *err);
/** As they are in force; the caller frees it. NULL: there are no filters. */
char *daemon_logging_filters(unsigned *n);
char *daemon_logging_outputs(unsigned *n);
/** No messages of threads any more: frees all. */
void daemon_logging_end(void);

#endif
