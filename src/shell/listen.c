/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "shell/listen.h"

#include <time.h>

#include "shell/interrupt.h"

#define TICK_MS 100

char *listen_time_now(void)
{
    struct timespec now;
    struct tm utc;
    char text[32];

    clock_gettime(CLOCK_REALTIME, &now);
    gmtime_r(&now.tv_sec, &utc);
    strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S", &utc);
    return eb_asprintf("%s.%03ld+0000", text, now.tv_nsec / 1000000);
}

static void tick(int timer, void *opaque)
{
    (void)timer;
    (void)opaque;
}

static long now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

enum listen_end listen_until(struct shell *sh, int seconds, int (*done)(void *opaque), void *opaque)
{
    long until = seconds ? now_ms() + seconds * 1000L : 0;
    int timer = eb_loop_current()->add_timer(TICK_MS, tick, NULL, NULL), is;
    enum listen_end end = LISTEN_DONE;

    while ((is = done(opaque)) == 0) {
        if (interrupt_pending())
            end = LISTEN_INTERRUPT;
        else if (until && now_ms() >= until)
            end = LISTEN_TIMEOUT;
        else if (eb_loop_run_default(&sh->error) == 0)
            continue;
        else
            end = LISTEN_ERROR;
        break;
    }
    eb_loop_current()->remove_timer(timer);
    return is < 0 ? LISTEN_ERROR : end;
}

int listen_timeout(struct shell *sh, const struct args *args, int *seconds)
{
    *seconds = 0;
    if (args_int(sh, args, "timeout", seconds) < 0)
        return -1;
    if (args_has(args, "timeout") && (*seconds < 1 || *seconds > 2147483))
        return sh_error(sh, "invalid timeout: expected a number of seconds from 1 to 2147483");
    return 0;
}

int listen_result(struct shell *sh, enum listen_end end, bool json, unsigned count)
{
    if (end == LISTEN_ERROR)
        return -1;
    if (!json) {
        if (end != LISTEN_DONE)
            sh_extra(sh, "event loop %s\n", end == LISTEN_TIMEOUT ? "timed out" : "interrupted");
        sh_extra(sh, "events received: %u\n", count);
    }
    return count > 0 ? 0 : -1;
}
