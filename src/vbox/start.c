/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Starting machines. Headless, unless the machine's own settings name another front end. VirtualBox always
 * lets a machine that it launches run: a start that shall be paused pauses it as soon as it does.
 */
#include "vbox/domain.h"

#define FRONTEND "headless"

/* The front end that the machine's settings ask for. */
static int frontend_of(struct vbox_found *f, char **out, eb_error *err)
{
    if (vb_has(f->c->vb, VB_IMachine_get_defaultFrontend)) {
        if (IMachine_get_defaultFrontend(f->c->vb, f->machine, out, err) < 0)
            return -1;
    } else if (vbox_extra_get(f->c, f->machine, VBOX_EXTRA_FRONTEND, out, err) < 0) {
        return -1;
    }
    if (!**out || strcmp(*out, "default") == 0)
        eb_replace_string(out, FRONTEND);
    return 0;
}

static int pause_now(struct vbox_found *f, eb_error *err)
{
    VBOX_AUTOSESSION struct vbox_session s = {0};

    if (vbox_session_open(f->c, f->machine, VBOX_LOCK_SHARED, &s, err) < 0)
        return -1;
    return IConsole_pause(f->c->vb, s.console, err);
}

int vbox_start(struct vbox_found *f, bool paused, bool resumed, eb_error *err)
{
    EB_AUTOFREE char *frontend = NULL;

    if (frontend_of(f, &frontend, err) < 0 || vbox_launch(f, frontend, err) < 0)
        return -1;
    if (paused && pause_now(f, err) < 0) {
        vbox_power_down(f, false, NULL);
        return -1;
    }
    vbox_keep_reason(f->c, f->machine, f->uuid,
                     paused    ? EB_PAUSED_USER
                     : resumed ? EB_RUNNING_RESTORED
                               : EB_RUNNING_BOOTED);
    return 0;
}

/* An empty variable store, as a machine has that never started. */
static int reset_nvram(struct vbox_found *f, eb_error *err)
{
    VBOX_AUTOSESSION struct vbox_session s = {0};
    VB_AUTO(INvramStore) store = NULL;
    struct vb *vb = f->c->vb;

    if (!vb_has(vb, VB_INvramStore_initUefiVariableStore))
        return eb_error_set(err, EB_ERR_ARGUMENT_UNSUPPORTED,
                            "this VirtualBox cannot reset a machine's NVRAM");
    if (vbox_session_open(f->c, f->machine, VBOX_LOCK_WRITE, &s, err) < 0 ||
        IMachine_get_nonVolatileStore(vb, s.machine, &store, err) < 0)
        return -1;
    if (INvramStore_initUefiVariableStore(vb, store, 0, err) < 0 ||
        IMachine_saveSettings(vb, s.machine, err) < 0) {
        IMachine_discardSettings(vb, s.machine, NULL);
        return -1;
    }
    return 0;
}

/* A domain that was paused when it was saved is paused when it comes back. */
static int take_saved_paused(struct vbox_found *f, bool *paused, eb_error *err)
{
    EB_AUTOFREE char *note = NULL;

    if (vbox_extra_get(f->c, f->machine, VBOX_EXTRA_SAVED_PAUSED, &note, err) < 0)
        return -1;
    if (*note)
        *paused = true;
    return 0;
}

int vbox_domain_start(eb_conn *conn, eb_uuid uuid, unsigned flags, eb_error *err)
{
    struct vbox_conn *c = vbox_conn_of(conn);
    VBOX_AUTOFOUND struct vbox_found f = {0};
    VBOX_AUTOJOB void *job = NULL;
    bool paused = flags & EB_START_PAUSED;
    bool saved;

    if (vbox_check_flags(flags,
                         EB_START_PAUSED | EB_START_AUTODESTROY | EB_START_FORCE_BOOT | EB_START_RESET_NVRAM,
                         "virDomainCreateWithFlags", err) < 0)
        return -1;
    job = vbox_job_begin(uuid);
    if (vbox_find_accessible(c, uuid, &f, err) < 0)
        return -1;
    if (f.active)
        return eb_error_set(err, EB_ERR_OPERATION_INVALID, "domain is already running");
    saved = vbox_state_is_saved(f.state);
    if (!saved && vbox_next_apply(&f, err) < 0)
        return -1;
    if (saved && (flags & EB_START_FORCE_BOOT)) {
        if (vbox_discard_saved(&f, true, err) < 0)
            return -1;
        saved = false;
    }
    if (saved && take_saved_paused(&f, &paused, err) < 0)
        return -1;
    if ((flags & EB_START_RESET_NVRAM) && reset_nvram(&f, err) < 0)
        return -1;
    if (vbox_start(&f, paused, saved, err) < 0)
        return -1;
    f.active = true;
    if (saved)
        vbox_note_saved_paused(&f, false, NULL);
    if (flags & EB_START_AUTODESTROY)
        vbox_conn_autodestroy(c, uuid);
    return 0;
}
