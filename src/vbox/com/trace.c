/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "vbox/com/trace.h"

#include <inttypes.h>
#include <stdio.h>

bool vb_trace_wanted(void)
{
    const char *value = getenv("EVERBOX_TRACE");

    return value && *value && strcmp(value, "0") != 0;
}

void vb_trace_call(const struct vb_call *call, void *const *args, int32_t result, uint64_t microseconds)
{
    EB_AUTOSTRBUF struct eb_strbuf line = {0};
    const char *name = eb_vbox_result_name((uint32_t)result);

    eb_strbuf_printf(&line, "vbox: %p %s(", call->self, vb_member_name(call->member));
    vb_call_format(call, args, false, &line);
    eb_strbuf_add(&line, ") = ");
    if (result < 0)
        eb_strbuf_printf(&line, "%s%s0x%08x", name ? name : "", name ? " " : "", (uint32_t)result);
    else
        eb_strbuf_printf(&line, "0x%08x (", (uint32_t)result);
    if (result >= 0) {
        vb_call_format(call, args, true, &line);
        eb_strbuf_addc(&line, ')');
    }
    eb_strbuf_printf(&line, " %" PRIu64 " us\n", microseconds);
    /* One write, so that lines of several threads do not mix. */
    fwrite(line.s, 1, line.len, stderr);
}
