/* SPDX-License-Identifier: LGPL-2.1-or-later */
/** @file job_text.h A job's parameters as text (cmd_job.c). */
#ifndef EB_SHELL_JOB_TEXT_H
#define EB_SHELL_JOB_TEXT_H

#include "shell/shell.h"

/** The value; the caller frees it. */
char *job_param_text(const eb_param *p);
/** A line each. */
void job_params_print(struct shell *sh, const eb_param *params, size_t n, const char *indent);
/** Members of the object that is open; the operation by its name. */
void job_params_json(struct json *j, const eb_param *params, size_t n);

#endif
