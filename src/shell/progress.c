/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "shell/progress.h"

#include "shell/interrupt.h"

#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

enum {
    SHOW_AFTER_MS = 300, /* what is over before is not worth a bar */
    REDRAW_MS = 100,
    BAR_CELLS = 30,
};

static int64_t now_ms(void)
{
    struct timespec ts;
    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static unsigned terminal_width(void)
{
    struct winsize size;
    return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

/** "3 s", "2 min 05 s", "1 h 10 min" */
static void format_seconds(char *out, size_t size, int64_t seconds)
{
    if (seconds < 60)
        snprintf(out, size, "%d s", (int)seconds);
    else if (seconds < 3600)
        snprintf(out, size, "%d min %02d s", (int)(seconds / 60), (int)(seconds % 60));
    else
        snprintf(out, size, "%d h %02d min", (int)(seconds / 3600), (int)(seconds / 60 % 60));
}

size_t progress_format(char *out, size_t size, const char *what, unsigned done, unsigned total,
                       int64_t elapsed_ms, unsigned width)
{
    unsigned percent = total ? (unsigned)((uint64_t)done * 100 / total) : 0;
    char bar[BAR_CELLS + 1], left[32] = "";

    if (percent > 100)
        percent = 100;
    unsigned full = percent * BAR_CELLS / 100;
    memset(bar, '.', BAR_CELLS);
    memset(bar, '#', full);
    bar[BAR_CELLS] = '\0';
    if (done > 0 && done < total) {
        char seconds[24];
        format_seconds(seconds, sizeof(seconds),
                       (elapsed_ms * (int64_t)(total - done) / (int64_t)done + 999) / 1000);
        snprintf(left, sizeof(left), ", %s left", seconds);
    }
    char after[128];
    int after_len = snprintf(after, sizeof(after), "[%s] %3u %%%s", bar, percent, left);
    size_t room = width > (unsigned)after_len + 1 ? width - (unsigned)after_len - 1 : 0;
    size_t name = what ? strlen(what) : 0;
    if (name > room)
        name = room;
    while (name > 0 && ((unsigned char)what[name] & 0xc0) == 0x80)
        name--; /* never half a letter */
    int len = snprintf(out, size, "%.*s%s%s", (int)name, what ? what : "", name ? " " : "", after);
    return len < 0 ? 0 : (size_t)len < size ? (size_t)len : size - 1;
}

/** Not everything can be stopped: say what happens now, once. */
static void tell_stopping(struct progress *p)
{
    if (p->enabled && !p->stopping)
        fputs("\r\033[KStopping where it can be stopped; Ctrl-C again leaves at once.\n", stderr);
    p->stopping = true;
    p->shown = false;
}

int progress_update(const char *what, unsigned done, unsigned total, void *opaque)
{
    struct progress *p = opaque;
    int64_t now = now_ms();

    if (interrupt_pending()) {
        tell_stopping(p);
        return 1;
    }
    if (!p->enabled)
        return 0;
    if (p->started_ms == 0)
        p->started_ms = now;
    if (now - p->started_ms < SHOW_AFTER_MS || (p->shown && now - p->drawn_ms < REDRAW_MS && done < total))
        return 0;
    char text[512];
    progress_format(text, sizeof(text), what, done, total, now - p->started_ms, terminal_width() - 1);
    fprintf(stderr, "\r%s\033[K", text);
    fflush(stderr);
    p->shown = true;
    p->drawn_ms = now;
    return 0;
}

void progress_reset(struct progress *p)
{
    if (p->shown) {
        fputs("\r\033[K", stderr);
        fflush(stderr);
    }
    p->shown = false;
    p->stopping = false;
    p->started_ms = 0;
}
