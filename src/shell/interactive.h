/* SPDX-License-Identifier: LGPL-2.1-or-later */
/** @file interactive.h Between the prompt and its completion. */
#ifndef EB_SHELL_INTERACTIVE_H
#define EB_SHELL_INTERACTIVE_H

#include "shell/shell.h"

#include <histedit.h>

/** What the tab key runs (an editline function). */
unsigned char complete_line(EditLine *el, int ch);
/** The shell that an EditLine belongs to. */
struct shell *prompt_shell(void *el);

/**
 * The words of the last command of `text`, whose end is the cursor; the last word is the one being typed,
 * empty at a new one. `words_free` frees them.
 */
void words_at_cursor(const char *text, struct words *out);
/** `text` written so that the parser reads it back, in the quoting that `typed` begins with. */
char *quote_word(const char *text, const char *typed, bool complete) EB_MUST_CHECK;

#endif
