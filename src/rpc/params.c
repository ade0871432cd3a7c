/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rpc/params.h"

#include "base/util.h"

struct rpc_param *rpc_lend_params(const eb_param *params, size_t n)
{
    struct rpc_param *out = eb_calloc(n + 1, sizeof(*out));

    for (size_t i = 0; i < n; i++) {
        const eb_param *p = &params[i];
        struct xdr_variant *v = &out[i].value;

        out[i].field = (char *)(uintptr_t)p->field;
        v->type = (int32_t)p->type;
        switch (p->type) {
        case EB_PARAM_INT:
            v->value.i = p->value.i;
            break;
        case EB_PARAM_UINT:
            v->value.ui = p->value.ui;
            break;
        case EB_PARAM_LLONG:
            v->value.l = p->value.l;
            break;
        case EB_PARAM_ULLONG:
            v->value.ul = p->value.ul;
            break;
        case EB_PARAM_DOUBLE:
            v->value.d = p->value.d;
            break;
        case EB_PARAM_BOOLEAN:
            v->value.b = p->value.b;
            break;
        case EB_PARAM_STRING:
            v->value.s = p->value.s;
            break;
        }
    }
    return out;
}

struct rpc_param *rpc_put_params(const eb_param *params, size_t n)
{
    struct rpc_param *out = rpc_lend_params(params, n);

    for (size_t i = 0; i < n; i++) {
        out[i].field = eb_strdup(params[i].field);
        if (params[i].type == EB_PARAM_STRING)
            out[i].value.value.s = eb_strdup(params[i].value.s);
    }
    return out;
}
