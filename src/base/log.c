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

const char *eb_log_level_name(enum eb_log_level level)
{
    return names[level];
}

/* The compiler was given a path that depends on where it ran. */
static const char *from_source(const char *file)
{
    const char *found = strstr(file, "src/");

    return found ? found : file;
}

void eb_log_at(enum eb_log_level level, const char *module, const char *file, int line, const char *function,
               const char *fmt, ...)
{
    struct eb_log_record record = {level, module, from_source(file), line, function, NULL};
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
    record.text = text;
    pthread_mutex_lock(&lock);
    if (sink_now)
        sink_now(&record, sink_opaque);
    else
        fprintf(stderr, "everbox: %s: %s: %s\n", names[level], module, text);
    pthread_mutex_unlock(&lock);
    free(text);
}
