/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define SD_JOURNAL_SUPPRESS_LOCATION /* ours is the place that logs, not this file */
#include "daemon/journal.h"

#include <sys/uio.h>
#include <syslog.h>
#include <systemd/sd-journal.h>

bool daemon_journal_there(void)
{
    return true;
}

void daemon_journal_send(const struct eb_log_record *record)
{
    static const int priorities[] = {LOG_DEBUG, LOG_DEBUG, LOG_INFO, LOG_WARNING, LOG_ERR};
    char *fields[] = {
        eb_asprintf("MESSAGE=%s", record->text),       eb_asprintf("PRIORITY=%d", priorities[record->level]),
        eb_asprintf("CODE_FILE=%s", record->file),     eb_asprintf("CODE_LINE=%d", record->line),
        eb_asprintf("CODE_FUNC=%s", record->function), eb_asprintf("LIBVIRT_SOURCE=%s", record->module),
        eb_strdup("SYSLOG_IDENTIFIER=everboxd"),
    };
    struct iovec parts[EB_ARRAY_SIZE(fields)];

    for (size_t i = 0; i < EB_ARRAY_SIZE(fields); i++)
        parts[i] = (struct iovec){fields[i], strlen(fields[i])};
    sd_journal_sendv(parts, EB_ARRAY_SIZE(fields));
    for (size_t i = 0; i < EB_ARRAY_SIZE(fields); i++)
        free(fields[i]);
}
