/* SPDX-License-Identifier: LGPL-2.1-or-later */
/** @file journal.h systemd's journal. */
#ifndef EB_DAEMON_JOURNAL_H
#define EB_DAEMON_JOURNAL_H

#include "base/log.h"

/** Whether this build can. */
bool daemon_journal_there(void);
/** MESSAGE, PRIORITY, CODE_FILE, CODE_LINE, CODE_FUNC, SYSLOG_IDENTIFIER, and, as libvirt names the part of a
 * program that speaks, LIBVIRT_SOURCE. */
void daemon_journal_send(const struct eb_log_record *record);

#endif
