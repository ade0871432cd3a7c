/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Waiting for VirtualBox's long operations. */
#include "vbox/com/call.h"
#include "vbox/com/hook.h"
#include "vbox/com/link.h"
#include "vbox/com/vberror.h"

/* Between reports. Where calls go one at a time, a wait holds up all others. */
enum { WAIT_MS = 100, SERIALIZED_WAIT_MS = 10 };

/* Tells how far it is; asks VirtualBox to stop when `fn` says so. False: the progress object does not answer.
 */
static int report(struct vb *vb, IProgress *progress, vb_progress_fn fn, void *opaque, bool *cancel,
                  eb_error *err)
{
    struct vb_progress now = {.remaining_s = -1};
    EB_AUTOFREE char *step = NULL;
    int32_t remaining = -1;

    if (IProgress_get_percent(vb, progress, &now.percent, err) < 0 ||
        IProgress_get_cancelable(vb, progress, &now.cancelable, err) < 0)
        return -1;
    /* These are decoration: a progress object that ends just now may have none. */
    if (IProgress_get_operationDescription(vb, progress, &step, NULL) == 0 && step && *step)
        now.step = step;
    if (IProgress_get_timeRemaining(vb, progress, &remaining, NULL) == 0 && remaining > 0)
        now.remaining_s = remaining;
    if (!fn(&now, opaque) || *cancel)
        return 0;
    /* It may have ended in between; then there is nothing to stop. */
    if (now.cancelable && IProgress_cancel(vb, progress, NULL) == 0)
        *cancel = true;
    return 0;
}

static int outcome(struct vb *vb, IProgress *progress, const char *what, eb_error *err)
{
    struct vb_link *link = vb_current_link(vb);
    VB_AUTO(IVirtualBoxErrorInfo) info = NULL;
    struct vb_error_info text = {0};
    bool canceled = false;
    int32_t result = 0;

    if (IProgress_get_canceled(vb, progress, &canceled, err) < 0)
        return -1;
    if (canceled)
        return eb_error_set_from(err, EB_FROM_VBOX, EB_ERR_OPERATION_ABORTED, "%s was canceled", what);
    if (IProgress_get_resultCode(vb, progress, &result, err) < 0)
        return -1;
    if (result >= 0)
        return 0;
    if (IProgress_get_errorInfo(vb, progress, &info, NULL) == 0 && info)
        vb_link_read_error(link, info, &text);
    vb_error_fill(err, (uint32_t)result, what, &text);
    vb_error_info_clear(&text);
    return -1;
}

int vb_wait(struct vb *vb, struct IProgress *progress, const char *what, vb_progress_fn fn, void *opaque,
            eb_error *err)
{
    int32_t step = vb_hook_serializes(vb) ? SERIALIZED_WAIT_MS : WAIT_MS;
    bool completed = false, cancel = false;

    if (!progress)
        return eb_error_set_from(err, EB_FROM_VBOX, EB_ERR_INTERNAL_ERROR, "%s gave no progress object",
                                 what);
    for (unsigned waited = 0;; waited += (unsigned)step) {
        if (IProgress_waitForCompletion(vb, progress, step, err) < 0 ||
            IProgress_get_completed(vb, progress, &completed, err) < 0)
            return eb_error_prefix(err, "%s", what);
        if (completed)
            break;
        if (fn && waited % WAIT_MS == 0 && report(vb, progress, fn, opaque, &cancel, err) < 0)
            return eb_error_prefix(err, "%s", what);
    }
    return outcome(vb, progress, what, err);
}
