/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "shell/params.h"

#include <inttypes.h>

void params_free(struct params *list)
{
    eb_params_free(list->items, list->n);
}

static eb_param *add(struct params *list, const char *field, eb_param_type type)
{
    eb_param *param = EB_APPEND(list->items, list->n);

    snprintf(param->field, sizeof(param->field), "%s", field);
    param->type = type;
    return param;
}

void params_add_uint(struct params *list, const char *field, unsigned value)
{
    add(list, field, EB_PARAM_UINT)->value.ui = value;
}

void params_add_ullong(struct params *list, const char *field, uint64_t value)
{
    add(list, field, EB_PARAM_ULLONG)->value.ul = value;
}

void params_add_string(struct params *list, const char *field, const char *value)
{
    add(list, field, EB_PARAM_STRING)->value.s = eb_strdup(value);
}

void params_add_bool(struct params *list, const char *field, bool value)
{
    add(list, field, EB_PARAM_BOOLEAN)->value.b = value;
}

void params_add_int(struct params *list, const char *field, int value)
{
    add(list, field, EB_PARAM_INT)->value.i = value;
}

char *param_text(const eb_param *p)
{
    switch (p->type) {
    case EB_PARAM_INT:
        return eb_asprintf("%d", p->value.i);
    case EB_PARAM_UINT:
        return eb_asprintf("%u", p->value.ui);
    case EB_PARAM_LLONG:
        return eb_asprintf("%" PRId64, p->value.l);
    case EB_PARAM_ULLONG:
        return eb_asprintf("%" PRIu64, p->value.ul);
    case EB_PARAM_DOUBLE:
        return eb_asprintf("%lf", p->value.d);
    case EB_PARAM_BOOLEAN:
        return eb_strdup(p->value.b ? "yes" : "no");
    case EB_PARAM_STRING:
        return eb_strdup(p->value.s);
    }
    return eb_strdup("");
}

void json_param(struct json *j, const eb_param *p)
{
    switch (p->type) {
    case EB_PARAM_INT:
        json_int(j, p->field, p->value.i);
        break;
    case EB_PARAM_UINT:
        json_uint(j, p->field, p->value.ui);
        break;
    case EB_PARAM_LLONG:
        json_int(j, p->field, p->value.l);
        break;
    case EB_PARAM_ULLONG:
        json_uint(j, p->field, p->value.ul);
        break;
    case EB_PARAM_DOUBLE:
        json_int(j, p->field, (int64_t)p->value.d);
        break;
    case EB_PARAM_BOOLEAN:
        json_bool(j, p->field, p->value.b);
        break;
    case EB_PARAM_STRING:
        json_string(j, p->field, p->value.s);
        break;
    }
}

void sh_show_params(struct shell *sh, const struct args *args, const eb_param *params, size_t n)
{
    if (sh_wants_json(args)) {
        AUTO_JSON struct json j = {0};

        json_begin(&j, NULL);
        for (size_t i = 0; i < n; i++)
            json_param(&j, &params[i]);
        json_end(&j);
        sh_json_print(sh, &j);
        return;
    }
    for (size_t i = 0; i < n; i++) {
        EB_AUTOFREE char *text = param_text(&params[i]);

        sh_print(sh, "%-15s: %s\n", params[i].field, text);
    }
}
