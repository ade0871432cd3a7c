/* SPDX-License-Identifier: LGPL-2.1-or-later */
/** @file editor.h Letting the user edit a text. */
#ifndef EB_SHELL_EDITOR_H
#define EB_SHELL_EDITOR_H

#include "shell/shell.h"

/** Writes `text` to a new file that only the user may read; the caller unlinks it and frees its path. NULL
 * after an error was reported. */
char *editor_file(struct shell *sh, const char *text);
/** Runs $VISUAL, else $EDITOR, else vi, on a file and waits. It may be a command with arguments. */
int editor_run(struct shell *sh, const char *path);

typedef int editor_apply_fn(struct shell *sh, const char *text, void *opaque);
/**
 * Lets the user edit `before` until `apply` takes it or the user gives up; what `apply` says in sh->error is
 * reported. Result: 1 applied, 0 not changed, -1 failed.
 */
int editor_change(struct shell *sh, const char *before, editor_apply_fn *apply, void *opaque);

#endif
