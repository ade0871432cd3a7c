/* SPDX-License-Identifier: LGPL-2.1-or-later */
/** @file params.h Typed parameters in commands: put together, shown. */
#ifndef EB_SHELL_PARAMS_H
#define EB_SHELL_PARAMS_H

#include "shell/opts.h"
#include "shell/shell.h"

/** A list that grows; a zeroed one is empty. */
struct params {
    eb_param *items;
    size_t n;
};
void params_free(struct params *list);
#define AUTO_PARAMS EB_CLEANUP(params_free) struct params
void params_add_uint(struct params *list, const char *field, unsigned value);
void params_add_ullong(struct params *list, const char *field, uint64_t value);
void params_add_string(struct params *list, const char *field, const char *value);
void params_add_bool(struct params *list, const char *field, bool value);
void params_add_int(struct params *list, const char *field, int value);

/** The value as virsh prints it; the caller's. */
char *param_text(const eb_param *param);
/** A member of an object that is open. */
void json_param(struct json *j, const eb_param *param);
/** A line "name           : value" of each, or (--json) one object. */
void sh_show_params(struct shell *sh, const struct args *args, const eb_param *params, size_t n);

#endif
