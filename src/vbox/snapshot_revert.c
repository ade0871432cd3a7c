/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Going back to a snapshot. VirtualBox does it with machines that do not run: one that runs is saved first,
 * so that it can go on where it was when going back fails.
 */
#include "vbox/event_life.h"
#include "vbox/snapshot.h"

#define STOP_PATIENCE_MS 15000

/* ---- Back to its disks and settings ---- */

/* Before 3.1 the console drops what the machine is now for what its current snapshot holds. */
static int discard(struct vbox_found *f, struct vbox_session *s, const struct vbox_snapshot *to,
                   IProgress **progress, eb_error *err)
{
    struct vb *vb = f->c->vb;
    EB_AUTOERROR eb_error why = EB_ERROR_INIT;

    if (!to->current && IMachine_setCurrentSnapshot(vb, s->machine, to->id, &why) < 0) {
        if (why.vbox_result == VB_E_NOTIMPL)
            return eb_error_set(err, EB_ERR_OPERATION_UNSUPPORTED,
                                "this VirtualBox goes back to the current snapshot only, not to '%s'",
                                to->name);
        eb_error_move(err, &why);
        return -1;
    }
    return IConsole_discardCurrentState(vb, s->console, progress, err);
}

static int begin(struct vbox_found *f, struct vbox_session *s, const struct vbox_snapshot *to,
                 IProgress **progress, eb_error *err)
{
    struct vb *vb = f->c->vb;
    bool here = vb_has(vb, VB_IMachine_restoreSnapshot);

    if (vbox_session_open(f->c, f->machine, here ? VBOX_LOCK_WRITE : VBOX_LOCK_CONSOLE, s, err) < 0)
        return -1;
    if (here)
        return IMachine_restoreSnapshot(vb, s->machine, to->object, progress, err);
    if (vb_has(vb, VB_IConsole_restoreSnapshot))
        return IConsole_restoreSnapshot(vb, s->console, to->object, progress, err);
    return discard(f, s, to, progress, err);
}

static int restore(struct vbox_found *f, const struct vbox_snapshot *to, eb_error *err)
{
    VBOX_AUTOSESSION struct vbox_session s = {0};
    IProgress *progress = NULL;

    if (begin(f, &s, to, &progress, err) < 0)
        return -1;
    return vbox_snapshot_wait(f, EB_JOB_OPERATION_SNAPSHOT_REVERT, progress, "revert", err);
}

/* ---- From running, and to it ---- */

static int stop(struct vbox_found *f, eb_error *err)
{
    bool hangs = f->state == MachineState_Stuck; /* its state cannot be saved, and is worth nothing */
    int result;

    vbox_life_intend(f->uuid, EB_DOMAIN_EVENT_STOPPED_FROM_SNAPSHOT);
    result = hangs ? vbox_power_down(f, false, err) : vbox_save_state(f, err);
    if (result < 0) {
        vbox_life_intended(f->uuid);
        return -1;
    }
    vbox_wait_unlocked(f->c, f->machine, STOP_PATIENCE_MS);
    f->active = false;
    return 0;
}

static void go_on(struct vbox_found *f, bool paused)
{
    vbox_wait_unlocked(f->c, f->machine, STOP_PATIENCE_MS);
    if (IMachine_get_state(f->c->vb, f->machine, &f->state, NULL) == 0 && vbox_state_is_saved(f->state))
        vbox_start(f, paused, true, NULL);
}

/* The machine is as the snapshot says, and does not run. */
static int run_again(struct vbox_found *f, int state, unsigned flags, eb_error *err)
{
    bool paused = (flags & EB_SNAPSHOT_REVERT_PAUSED) ||
                  (state == EB_DOMAIN_PAUSED && !(flags & EB_SNAPSHOT_REVERT_RUNNING));

    if (state == EB_DOMAIN_SHUTOFF && !(flags & (EB_SNAPSHOT_REVERT_RUNNING | EB_SNAPSHOT_REVERT_PAUSED))) {
        vbox_keep_reason(f->c, f->machine, f->uuid,
                         vbox_state_is_saved(f->state) ? EB_SHUTOFF_SAVED : EB_SHUTOFF_FROM_SNAPSHOT);
        return 0;
    }
    if (vbox_start(f, paused, vbox_state_is_saved(f->state), err) < 0)
        return eb_error_prefix(err, "the domain is as the snapshot was, but does not run");
    f->active = true;
    vbox_keep_reason(f->c, f->machine, f->uuid, paused ? EB_PAUSED_FROM_SNAPSHOT : EB_RUNNING_FROM_SNAPSHOT);
    return 0;
}

static int revert(struct vbox_found *f, const struct vbox_snapshot *to, int state, unsigned flags,
                  eb_error *err)
{
    bool ran = f->active, paused = f->state == MachineState_Paused;

    if (ran && stop(f, err) < 0)
        return -1;
    if (restore(f, to, err) < 0) {
        if (ran)
            go_on(f, paused);
        return -1;
    }
    if (IMachine_get_state(f->c->vb, f->machine, &f->state, NULL) < 0 &&
        IMachine_get_state(f->c->vb, f->machine, &f->state, err) < 0)
        return eb_error_prefix(err, "the domain is as the snapshot was, but does not run");
    return run_again(f, state, flags, err);
}

/* While a transient domain is off nobody may take it for one that has stopped. */
static int revert_transient(struct vbox_found *f, const struct vbox_snapshot *to, int state, unsigned flags,
                            eb_error *err)
{
    int result;

    if (state == EB_DOMAIN_SHUTOFF && !(flags & (EB_SNAPSHOT_REVERT_RUNNING | EB_SNAPSHOT_REVERT_PAUSED)))
        return eb_error_set(err, EB_ERR_OPERATION_INVALID,
                            "transient domain needs to request run or pause to revert to inactive snapshot");
    if (vbox_transient_mark_making(f->c, f->vbox, f->uuid, err) < 0)
        return -1;
    result = revert(f, to, state, flags, err);
    if (vbox_transient_mark_made(f->c, f->vbox, f->uuid, result < 0 ? NULL : err) < 0)
        result = -1;
    return result;
}

int vbox_snapshot_revert(eb_conn *conn, eb_uuid uuid, const char *name, unsigned flags, eb_error *err)
{
    VBOX_AUTOFOUND struct vbox_found f = {0};
    VBOX_AUTOSNAPSHOTS struct vbox_snapshots all = {0};
    VBOX_AUTOJOB void *job = NULL;
    const struct vbox_snapshot *to;
    int state, transient;

    if (flags & EB_SNAPSHOT_REVERT_RESET_NVRAM)
        return eb_error_set(err, EB_ERR_ARGUMENT_UNSUPPORTED,
                            "VirtualBox's snapshots hold the NVRAM, too "
                            "(VIR_DOMAIN_SNAPSHOT_REVERT_RESET_NVRAM)");
    if (vbox_check_flags(flags,
                         EB_SNAPSHOT_REVERT_RUNNING | EB_SNAPSHOT_REVERT_PAUSED | EB_SNAPSHOT_REVERT_FORCE,
                         "virDomainRevertToSnapshot", err) < 0)
        return -1;
    job = vbox_job_begin(uuid);
    if (vbox_find_accessible(vbox_conn_of(conn), uuid, &f, err) < 0 ||
        vbox_snapshots_read(&f, &all, err) < 0 || !(to = vbox_snapshot_need(&all, name, err)) ||
        vbox_snapshot_state(&f, to, &state, err) < 0 ||
        (transient = vbox_is_transient(f.c, f.vbox, uuid, err)) < 0)
        return -1;
    return transient ? revert_transient(&f, to, state, flags, err) : revert(&f, to, state, flags, err);
}
