/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "shell/interrupt.h"

#include <signal.h>
#include <stddef.h>

static volatile sig_atomic_t pending;

static void on_interrupt(int sig)
{
    if (pending) {
        signal(sig, SIG_DFL);
        raise(sig);
    }
    pending = 1;
}

static void on_interrupt_at_prompt(int sig)
{
    (void)sig;
    pending = 1;
}

static void handle(void (*handler)(int))
{
    struct sigaction action = {.sa_handler = handler};
    struct sigaction before;

    if (sigaction(SIGINT, NULL, &before) == 0 && before.sa_handler == SIG_IGN)
        return; /* `nohup`, a background job of sh: it stays ignored */
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
}

void interrupt_begin(void)
{
    pending = 0;
    handle(on_interrupt);
}

void interrupt_end(void)
{
    handle(SIG_DFL);
}

bool interrupt_pending(void)
{
    return pending != 0;
}

void interrupt_at_prompt(bool on)
{
    if (on)
        pending = 0;
    handle(on ? on_interrupt_at_prompt : SIG_DFL);
}
