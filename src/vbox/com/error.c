/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Failed calls in words: VirtualBox's own, with the result's name and the component that said it. */
#include "vbox/com/call.h"
#include "vbox/com/hook.h"
#include "vbox/com/link.h"
#include "vbox/com/result.h"
#include "vbox/com/vberror.h"

void vb_error_fill(eb_error *err, uint32_t result, const char *what, struct vb_error_info *info)
{
    const char *name = eb_vbox_result_name(result);
    EB_AUTOFREE char *first = NULL;

    if (!err || eb_error_is_set(err))
        return;
    /* The message is a line; the rest of the chain is in vbox_text. */
    first = info->text ? eb_strndup(info->text, strcspn(info->text, "\n")) : eb_asprintf("%s failed", what);
    eb_error_set_from(err, EB_FROM_VBOX, vb_result_code(result), "%s (%s%s0x%08x%s%s)", first,
                      name ? name : "", name ? " " : "", result, info->component ? ", component " : "",
                      info->component ? info->component : "");
    err->vbox_result = result;
    err->vbox_text = EB_STEAL(info->text);
    err->vbox_component = EB_STEAL(info->component);
}

int vb_call_failed(struct vb *vb, enum vb_member member, void *self, int32_t result, eb_error *err)
{
    struct vb_link *link = vb_current_link(vb);
    struct vb_error_info info = {0};
    bool explained, turn;

    (void)self;
    turn = vb_hook_take_turn(vb);
    explained = link && vb_link_take_error(link, &info);
    vb_hook_end_turn(vb, turn);
    if (!explained && link && !vb_client_alive(vb)) {
        eb_error_set_from(err, EB_FROM_VBOX, EB_ERR_OPERATION_FAILED,
                          "VirtualBox's server (VBoxSVC) went away during %s (0x%08x)",
                          vb_member_name(member), (uint32_t)result);
        if (err && !err->vbox_result)
            err->vbox_result = (uint32_t)result;
    } else {
        vb_error_fill(err, (uint32_t)result, vb_member_name(member), &info);
    }
    vb_error_info_clear(&info);
    return -1;
}
