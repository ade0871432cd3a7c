/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/log.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>

static const char *const names[] = {"", "debug", "info", "warning", "error"};
static atomic_int level_now;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static eb_log_sink sink_now;
static void *sink_opaque;

static int first_level(void)
{
    const char *s = getenv("EVERBOX_LOG");

    for (int i = EB_LOG_DEBUG; s && i <= EB_LOG_ERROR; i++) {
        if (strcmp(s, names[i]) == 0)
            return i;
    }
    return EB_LOG_WARN;
}

void eb_log_set_level(enum eb_log_level level)
{
    atomic_store(&level_now, (int)level);
}

void eb_log_set_sink(eb_log_sink sink, void *opaque)
{
    pthread_mutex_lock(&lock);
    sink_now = sink;
    sink_opaque = opaque;
    pthread_mutex_unlock(&lock);
}

void eb_log(enum eb_log_level level, const char *module, const char *fmt, ...)
{
    int now = atomic_load(&level_now);
    va_list args;
    char *text;

    if (!now)
        atomic_store(&level_now, now = first_level());
    if ((int)level < now)
        return;
    va_start(args, fmt);
    text = eb_vasprintf(fmt, args);
    va_end(args);
    pthread_mutex_lock(&lock);
    if (sink_now)
        sink_now(level, module, text, sink_opaque);
    else
        fprintf(stderr, "everbox: %s: %s: %s\n", names[level], module, text);
    pthread_mutex_unlock(&lock);
    free(text);
}
