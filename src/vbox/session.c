/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Sessions: opened by IVirtualBox before 4.0, a machine's lock since. */
#include "vbox/domain.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <time.h>

/* How long a lock may stay that someone is about to let go: a VM's process that ends, another client's edit.
 */
#define LOCK_PATIENCE_MS 3000
/* How long a machine may take that starts although we could not wait for it. */
#define LAUNCH_PATIENCE_MS 10000

static bool has_locks(struct vbox_conn *c)
{
    return vb_prefer(c->vb, VB_IMachine_lockMachine, VB_IVirtualBox_openSession);
}

static void sleep_ms(unsigned ms)
{
    struct timespec t = {ms / 1000, (long)(ms % 1000) * 1000000};

    while (nanosleep(&t, &t) < 0 && errno == EINTR)
        ;
}

static bool is_unlocked(enum vb_SessionState state)
{
    return state == SessionState_Unlocked || state == SessionState_Closed || state == SessionState_Null;
}

bool vbox_wait_unlocked(struct vbox_conn *c, IMachine *machine, unsigned timeout_ms)
{
    unsigned step = 2;

    for (unsigned waited = 0;; waited += step, step = step < 50 ? step * 2 : step) {
        enum vb_SessionState state;

        if (IMachine_get_sessionState(c->vb, machine, &state, NULL) < 0)
            return false;
        if (is_unlocked(state))
            return true;
        if (waited >= timeout_ms)
            return false;
        sleep_ms(step);
    }
}

/* Since 4.2 a session that locks for writing has a console only when it says so. */
static enum vb_LockType lock_type(struct vbox_conn *c, enum vbox_lock kind)
{
    if (kind == VBOX_LOCK_SHARED)
        return LockType_Shared;
    return kind == VBOX_LOCK_CONSOLE && vb_enum_has(c->vb, VB_ENUM_LockType, LockType_VM) ? LockType_VM
                                                                                          : LockType_Write;
}

static int lock(struct vbox_conn *c, IMachine *machine, ISession *session, enum vbox_lock kind, eb_error *err)
{
    EB_AUTOFREE char *id = NULL;
    VB_AUTO(IVirtualBox) vbox = NULL;

    if (has_locks(c))
        return IMachine_lockMachine(c->vb, machine, session, lock_type(c, kind), err);
    if (IMachine_get_id(c->vb, machine, &id, err) < 0 || vbox_begin(c, &vbox, err) < 0)
        return -1;
    return kind != VBOX_LOCK_SHARED ? IVirtualBox_openSession(c->vb, vbox, session, id, err)
                                    : IVirtualBox_openExistingSession(c->vb, vbox, session, id, err);
}

static int unlock_once(struct vb *vb, ISession *session)
{
    return vb_prefer(vb, VB_ISession_unlockMachine, VB_ISession_close)
               ? ISession_unlockMachine(vb, session, NULL)
               : ISession_close(vb, session, NULL);
}

/* A machine that stays locked is one that nobody can change any more: try again. */
static void unlock(struct vb *vb, ISession *session)
{
    if (unlock_once(vb, session) < 0)
        (void)unlock_once(vb, session);
}

int vbox_session_open(struct vbox_conn *c, IMachine *machine, enum vbox_lock kind, struct vbox_session *out,
                      eb_error *err)
{
    struct vbox_session s = {.vb = c->vb};
    EB_AUTOERROR eb_error why = EB_ERROR_INIT;
    int result;

    if (vb_new_session(c->vb, &s.session, err) < 0)
        return -1;
    result = lock(c, machine, s.session, kind, &why);
    if (result < 0 && kind != VBOX_LOCK_SHARED && vbox_wait_unlocked(c, machine, LOCK_PATIENCE_MS)) {
        eb_error_clear(&why);
        result = lock(c, machine, s.session, kind, &why);
    }
    if (result < 0) {
        vb_unref(s.session);
        eb_error_move(err, &why);
        return -1;
    }
    if (ISession_get_machine(c->vb, s.session, &s.machine, err) < 0 ||
        (kind != VBOX_LOCK_WRITE && ISession_get_console(c->vb, s.session, &s.console, err) < 0)) {
        vbox_session_close(&s);
        return -1;
    }
    *out = s;
    return 0;
}

void vbox_session_close(struct vbox_session *s)
{
    vb_unref(s->console);
    vb_unref(s->machine);
    if (s->session)
        unlock(s->vb, s->session);
    vb_unref(s->session);
    if (s->session)
        vbox_close_leftover_media(s->vb);
    *s = (struct vbox_session){0};
}

/* ---- Launching ---- */

/* A window needs to know where it shall appear. */
static const char *const window_variables[] = {"DISPLAY", "XAUTHORITY", "WAYLAND_DISPLAY", "XDG_RUNTIME_DIR"};

static size_t window_environment(const char *frontend, char *out[EB_ARRAY_SIZE(window_variables)])
{
    size_t n = 0;

    if (strcmp(frontend, "headless") == 0)
        return 0;
    for (size_t i = 0; i < EB_ARRAY_SIZE(window_variables); i++) {
        const char *value = getenv(window_variables[i]);

        if (value && *value)
            out[n++] = eb_asprintf("%s=%s", window_variables[i], value);
    }
    return n;
}

/* The variables as older releases take them: in one text, a line each. */
static char *one_text(size_t n, char *const *variables)
{
    char *text = eb_strdup("");

    for (size_t i = 0; i < n; i++) {
        char *longer = eb_asprintf("%s%s\n", text, variables[i]);

        free(text);
        text = longer;
    }
    return text;
}

static int launch(struct vbox_found *f, ISession *session, const char *frontend, IProgress **progress,
                  eb_error *err)
{
    struct vb *vb = f->c->vb;
    char *variables[EB_ARRAY_SIZE(window_variables)] = {NULL};
    size_t n = window_environment(frontend, variables);
    EB_AUTOFREE char *text = one_text(n, variables);
    int result;

    if (vb_has(vb, VB_IMachine_launchVMProcess__changes))
        result = IMachine_launchVMProcess__changes(vb, f->machine, session, frontend, n,
                                                   (const char *const *)variables, progress, err);
    else if (vb_has(vb, VB_IMachine_launchVMProcess__environment) || has_locks(f->c))
        result =
            IMachine_launchVMProcess__environment(vb, f->machine, session, frontend, text, progress, err);
    else
        result = IVirtualBox_openRemoteSession(vb, f->vbox, session, f->id, frontend, text, progress, err);
    for (size_t i = 0; i < n; i++)
        free(variables[i]);
    return result;
}

/* After a launch that failed: the VM's process ends by itself, unless it was not VirtualBox that failed it.
 */
static void settle(struct vbox_found *f, ISession *session)
{
    enum vb_SessionState state;
    enum vb_MachineState what = MachineState_Null;

    if (vbox_wait_unlocked(f->c, f->machine, 200))
        return;
    for (unsigned waited = 0; waited < LAUNCH_PATIENCE_MS; waited += 50) {
        if (IMachine_get_state(f->c->vb, f->machine, &what, NULL) < 0 || !vbox_state_is_transient(what))
            break;
        sleep_ms(50);
    }
    if (ISession_get_state(f->c->vb, session, &state, NULL) == 0 && !is_unlocked(state))
        unlock(f->c->vb, session);
    if (vbox_state_is_active(what))
        vbox_power_down(f, false, NULL);
    vbox_wait_unlocked(f->c, f->machine, LOCK_PATIENCE_MS);
}

int vbox_launch(struct vbox_found *f, const char *frontend, eb_error *err)
{
    VB_AUTO(ISession) session = NULL;
    EB_AUTOERROR eb_error why = EB_ERROR_INIT;
    IProgress *progress = NULL;
    int result;

    vbox_wait_unlocked(f->c, f->machine, LOCK_PATIENCE_MS);
    if (vb_new_session(f->c->vb, &session, err) < 0)
        return -1;
    result = launch(f, session, frontend, &progress, &why);
    /* releases that had no session type of this name yet */
    if (result < 0 && !has_locks(f->c) && strcmp(frontend, "headless") == 0) {
        eb_error_clear(&why);
        result = launch(f, session, "vrdp", &progress, &why);
    }
    if (result < 0) {
        eb_error_move(err, &why);
        return -1;
    }
    result = vbox_wait_job(f->c, f->uuid,
                           vbox_state_is_saved(f->state) ? EB_JOB_OPERATION_RESTORE : EB_JOB_OPERATION_START,
                           progress, "start", err);
    if (result == 0)
        unlock(f->c->vb, session);
    else
        settle(f, session);
    return result;
}

int vbox_emergency_stop(struct vbox_found *f, eb_error *err)
{
    EB_AUTOERROR eb_error why = EB_ERROR_INIT;
    IProgress *progress = NULL;
    uint32_t pid = 0;

    if (has_locks(f->c) && launch(f, NULL, "emergencystop", &progress, &why) == 0) {
        vb_unref(progress);
        return 0;
    }
    if (IMachine_get_sessionPID(f->c->vb, f->machine, &pid, err) < 0)
        return -1;
    if (pid <= 1 || pid >= INT32_MAX)
        return eb_error_set(err, EB_ERR_OPERATION_FAILED, "VirtualBox does not say which process runs it");
    if (kill((pid_t)pid, SIGKILL) < 0 && errno != ESRCH)
        return eb_error_set_errno(err, errno, "cannot end process %u", pid);
    return 0;
}
