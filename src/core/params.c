/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/error.h"
#include "everbox/everbox.h"

void eb_params_free(eb_param *params, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (params[i].type == EB_PARAM_STRING)
            free(params[i].value.s);
    }
    free(params);
}
