/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Waiting for what VirtualBox takes time for, and telling how far it is. */
#include "vbox/domain.h"
#include "vbox/event.h"

struct waiting {
    eb_conn *conn;      /* whose call it is */
    struct eb_job *job; /* or NULL */
};

static bool tell(const struct vb_progress *now, void *opaque)
{
    struct waiting *w = opaque;
    bool stop = eb_conn_progress(now->step, now->percent, 100, w->conn) != 0;
    struct eb_job_progress progress = {
        .percent = (int)now->percent,
        .remaining_ms = now->remaining_s < 0 ? -1 : (int64_t)now->remaining_s * 1000,
        .cancelable = now->cancelable,
    };

    return (w->job && eb_job_report(w->job, &progress)) || stop;
}

int vbox_wait(struct vbox_conn *c, struct IProgress *progress, const char *what, eb_error *err)
{
    struct waiting w = {.conn = c->conn};
    int result = vb_wait(c->vb, progress, what, tell, &w, err);

    vb_unref(progress);
    return result;
}

const void *vbox_job_world(eb_conn *conn EB_UNUSED)
{
    static const char one_for_all; /* VirtualBox's machines have uuids that nothing else has */

    return &one_for_all;
}

static void tell_completed(struct vbox_conn *c, eb_uuid uuid, eb_param *params, size_t n)
{
    struct eb_domain_key key = {.id = -1};

    if (!vbox_event_wanted(c->vb) || vbox_lookup_uuid(c->conn, uuid, &key, NULL) < 0) {
        eb_params_free(params, n);
        return;
    }
    vbox_event_emit(c->vb, eb_job_event_new(&key, params, n));
    free(key.name);
}

int vbox_wait_job(struct vbox_conn *c, eb_uuid uuid, eb_job_operation operation, struct IProgress *progress,
                  const char *what, eb_error *err)
{
    EB_AUTOERROR eb_error why = EB_ERROR_INIT;
    struct waiting w = {.conn = c->conn};
    eb_param *params;
    size_t n;
    int result;

    w.job = eb_job_begin(vbox_job_world(c->conn), uuid, operation);
    result = vb_wait(c->vb, progress, what, tell, &w, &why);
    vb_unref(progress);
    eb_job_end(w.job, result < 0 ? &why : NULL, &params, &n);
    tell_completed(c, uuid, params, n);
    if (result < 0)
        eb_error_move(err, &why);
    return result;
}
