/* SPDX-License-Identifier: LGPL-2.1-or-later */
/** @file params.h Building lists of typed parameters. A zeroed list is empty; it is freed with
 * eb_params_free. */
#ifndef EB_CORE_PARAMS_H
#define EB_CORE_PARAMS_H

#include "base/error.h"

struct eb_param_list {
    eb_param *items;
    size_t n;
};
/* Each appends one; `fmt` names it. */
void eb_params_add_int(struct eb_param_list *list, int value, const char *fmt, ...) EB_PRINTF(3, 4);
void eb_params_add_uint(struct eb_param_list *list, unsigned value, const char *fmt, ...) EB_PRINTF(3, 4);
void eb_params_add_llong(struct eb_param_list *list, int64_t value, const char *fmt, ...) EB_PRINTF(3, 4);
void eb_params_add_ullong(struct eb_param_list *list, uint64_t value, const char *fmt, ...) EB_PRINTF(3, 4);
void eb_params_add_bool(struct eb_param_list *list, bool value, const char *fmt, ...) EB_PRINTF(3, 4);
/** `value` is copied; NULL: nothing is appended. */
void eb_params_add_string(struct eb_param_list *list, const char *value, const char *fmt, ...)
    EB_PRINTF(3, 4);
/** The list's items, for a caller's `out`. Result: how many. */
int eb_params_give(struct eb_param_list *list, eb_param **out);

/** What a parameter that a call takes is called, and its type. */
struct eb_param_rule {
    const char *field;
    eb_param_type type;
};
/** -1 in libvirt's words when a parameter is not among the rules, of another type, or there twice. */
int eb_params_check(const eb_param *params, size_t n, const struct eb_param_rule *rules, size_t n_rules,
                    eb_error *err);
/** The parameter of that name, or NULL. */
const eb_param *eb_params_find(const eb_param *params, size_t n, const char *field);

#endif
