/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/params.h"

#include <stdio.h>

void eb_params_free(eb_param *params, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (params[i].type == EB_PARAM_STRING)
            free(params[i].value.s);
    }
    free(params);
}

static eb_param *add(struct eb_param_list *list, eb_param_type type, const char *fmt, va_list args)
    EB_PRINTF(3, 0);
static eb_param *add(struct eb_param_list *list, eb_param_type type, const char *fmt, va_list args)
{
    eb_param *param = EB_APPEND(list->items, list->n);

    vsnprintf(param->field, sizeof(param->field), fmt, args);
    param->type = type;
    return param;
}

#define DEFINE_ADD(name, ctype, param_type, member)                                                          \
    void eb_params_add_##name(struct eb_param_list *list, ctype value, const char *fmt, ...)                 \
    {                                                                                                        \
        va_list args;                                                                                        \
                                                                                                             \
        va_start(args, fmt);                                                                                 \
        add(list, (param_type), fmt, args)->value.member = value;                                            \
        va_end(args);                                                                                        \
    }
DEFINE_ADD(int, int, EB_PARAM_INT, i)
DEFINE_ADD(uint, unsigned, EB_PARAM_UINT, ui)
DEFINE_ADD(llong, int64_t, EB_PARAM_LLONG, l)
DEFINE_ADD(ullong, uint64_t, EB_PARAM_ULLONG, ul)
DEFINE_ADD(bool, bool, EB_PARAM_BOOLEAN, b)

void eb_params_add_string(struct eb_param_list *list, const char *value, const char *fmt, ...)
{
    va_list args;

    if (!value)
        return;
    va_start(args, fmt);
    add(list, EB_PARAM_STRING, fmt, args)->value.s = eb_strdup(value);
    va_end(args);
}

int eb_params_give(struct eb_param_list *list, eb_param **out)
{
    int n = (int)list->n;

    *out = EB_STEAL(list->items);
    list->n = 0;
    return n;
}
