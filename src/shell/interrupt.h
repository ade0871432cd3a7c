/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file interrupt.h
 * Ctrl-C. While a command runs, the first one asks it to stop and the second one ends the program at once.
 */
#ifndef EB_SHELL_INTERRUPT_H
#define EB_SHELL_INTERRUPT_H

#include <stdbool.h>

/** A command starts: Ctrl-C is remembered. */
void interrupt_begin(void);
/** The command is over: Ctrl-C does what it did before. What was remembered stays until the next begin. */
void interrupt_end(void);
bool interrupt_pending(void);
/** At the prompt: Ctrl-C only makes the read return (EINTR). */
void interrupt_at_prompt(bool on);

#endif
