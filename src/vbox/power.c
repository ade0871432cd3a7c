/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What is done to a domain that runs: pause, resume, shut down, reboot, reset, destroy.
 *
 * VirtualBox refuses the power button and the reset button of a paused machine. libvirt's callers expect both
 * to work, so the machine is resumed for them; after a reset it is paused again.
 *
 * A reboot asks the guest additions. Where they do not run there is nothing in VirtualBox that reboots a
 * guest in an orderly way, and a reboot without flags resets the machine, as libvirt's driver has always
 * done; one that asks for the additions fails then.
 */
#include "base/log.h"
#include "vbox/domain.h"
#include "vbox/event.h"

#define POWER_DOWN_PATIENCE_MS 15000

static void keep(struct vbox_conn *c, eb_uuid uuid, int reason)
{
    VB_AUTO(IVirtualBox) vbox = NULL;
    VB_AUTO(IMachine) machine = NULL;

    if (vbox_begin(c, &vbox, NULL) == 0 && vbox_find_any(c, vbox, uuid, &machine, NULL) == 0)
        vbox_keep_reason(c, machine, uuid, reason);
}

int vbox_suspend(eb_conn *conn, eb_uuid uuid, eb_error *err)
{
    struct vbox_conn *c = vbox_conn_of(conn);
    VBOX_AUTOEDIT struct vbox_edit e = {0};

    if (vbox_edit_running(c, uuid, &e, err) < 0)
        return -1;
    if (e.state == MachineState_Paused)
        return 0;
    if (IConsole_pause(c->vb, e.s.console, err) < 0)
        return -1;
    keep(c, uuid, EB_PAUSED_USER);
    return 0;
}

int vbox_resume(eb_conn *conn, eb_uuid uuid, eb_error *err)
{
    struct vbox_conn *c = vbox_conn_of(conn);
    VBOX_AUTOEDIT struct vbox_edit e = {0};

    if (vbox_edit_running(c, uuid, &e, err) < 0)
        return -1;
    if (e.state == MachineState_Running)
        return eb_error_set(err, EB_ERR_OPERATION_INVALID, "domain is already running");
    if (IConsole_resume(c->vb, e.s.console, err) < 0)
        return -1;
    keep(c, uuid, EB_RUNNING_UNPAUSED);
    return 0;
}

/* ---- The guest additions ---- */

/* 1: a service of the guest additions runs in the guest, which can be asked to shut it down. */
static int additions_run(struct vbox_edit *e, IGuest **guest, eb_error *err)
{
    enum vb_AdditionsRunLevelType level;
    struct vb *vb = e->c->vb;

    if (!vb_has(vb, VB_IGuest_shutdown))
        return 0;
    if (IConsole_get_guest(vb, e->s.console, guest, err) < 0 ||
        IGuest_get_additionsRunLevel(vb, *guest, &level, err) < 0)
        return -1;
    return level == AdditionsRunLevelType_Userland || level == AdditionsRunLevelType_Desktop;
}

/* 1: asked. 0: cannot be asked, and `must` is not set. */
static int ask_additions(struct vbox_edit *e, enum vb_GuestShutdownFlag what, bool must, eb_error *err)
{
    VB_AUTO(IGuest) guest = NULL;
    int run = additions_run(e, &guest, err);

    if (run < 0)
        return -1;
    if (run)
        return IGuest_shutdown(e->c->vb, guest, 1, &what, err) < 0 ? -1 : 1;
    if (!must)
        return 0;
    if (!vb_has(e->c->vb, VB_IGuest_shutdown))
        return eb_error_set(err, EB_ERR_ARGUMENT_UNSUPPORTED,
                            "this VirtualBox cannot shut down a guest by its guest additions");
    return eb_error_set(err, EB_ERR_AGENT_UNRESPONSIVE, "the guest additions do not run in the guest");
}

/* ---- Buttons ---- */

/* Presses a button of a machine that may be paused. */
static int press(struct vbox_edit *e, int (*button)(struct vb *, IConsole *, eb_error *), eb_error *err)
{
    struct vb *vb = e->c->vb;
    bool paused = e->state == MachineState_Paused;

    if (paused && IConsole_resume(vb, e->s.console, err) < 0)
        return -1;
    if (button(vb, e->s.console, err) < 0) {
        if (paused)
            IConsole_pause(vb, e->s.console, NULL);
        return -1;
    }
    return 0;
}

static bool lacks_acpi(struct vbox_edit *e)
{
    VB_AUTO(IFirmwareSettings) firmware = NULL;
    bool acpi;

    return IMachine_get_firmwareSettings(e->c->vb, e->s.machine, &firmware, NULL) == 0 &&
           IFirmwareSettings_get_ACPIEnabled(e->c->vb, firmware, &acpi, NULL) == 0 && !acpi;
}

int vbox_shutdown(eb_conn *conn, eb_uuid uuid, unsigned flags, eb_error *err)
{
    struct vbox_conn *c = vbox_conn_of(conn);
    VBOX_AUTOEDIT struct vbox_edit e = {0};
    EB_AUTOERROR eb_error refused = EB_ERROR_INIT;
    bool acpi = flags == 0 || (flags & EB_SHUTDOWN_ACPI_POWER_BTN);

    if (vbox_check_flags(flags, EB_SHUTDOWN_ACPI_POWER_BTN | EB_SHUTDOWN_GUEST_AGENT,
                         "virDomainShutdownFlags", err) < 0 ||
        vbox_edit_running(c, uuid, &e, err) < 0)
        return -1;
    if (flags & EB_SHUTDOWN_GUEST_AGENT) {
        int asked = ask_additions(&e, GuestShutdownFlag_PowerOff, !acpi, err);

        if (asked != 0)
            return asked < 0 ? -1 : 0;
    }
    if (press(&e, IConsole_powerButton, &refused) == 0)
        return 0;
    if (lacks_acpi(&e)) /* VirtualBox's words for that are about its insides */
        return eb_error_set(err, EB_ERR_OPERATION_INVALID,
                            "the domain has no ACPI, so it has no power button");
    eb_error_move(err, &refused);
    return -1;
}

/* A VirtualBox that does not count resets tells no one of them; of ours we can tell. */
static void tell_reset(struct vbox_edit *e, eb_uuid uuid)
{
    struct eb_domain_key key = {.id = -1};
    EB_AUTOFREE char *count = NULL;

    if (!vbox_event_wanted(e->c->vb) ||
        (IMachine_getGuestPropertyValue(e->c->vb, e->s.machine, VBOX_RESET_COUNTER, &count, NULL) == 0 &&
         *count))
        return;
    memcpy(key.uuid, uuid, sizeof(key.uuid));
    if (vbox_machine_name(e->c, e->s.machine, &key.name, NULL) < 0)
        return;
    if (vbox_machine_id(e->c, e->s.machine, uuid, &key.id, NULL) < 0)
        key.id = -1;
    vbox_event_emit(e->c->vb, eb_domain_event_new(&key, EB_DOMAIN_EVENT_ID_REBOOT));
    free(key.name);
}

static int reset(struct vbox_edit *e, eb_uuid uuid, eb_error *err)
{
    if (press(e, IConsole_reset, err) < 0)
        return -1;
    tell_reset(e, uuid);
    if (e->state == MachineState_Paused)
        return IConsole_pause(e->c->vb, e->s.console, err);
    return 0;
}

int vbox_reboot(eb_conn *conn, eb_uuid uuid, unsigned flags, eb_error *err)
{
    struct vbox_conn *c = vbox_conn_of(conn);
    VBOX_AUTOEDIT struct vbox_edit e = {0};
    int asked;

    if (vbox_check_flags(flags, EB_SHUTDOWN_GUEST_AGENT, "virDomainReboot", err) < 0 ||
        vbox_edit_running(c, uuid, &e, err) < 0)
        return -1;
    asked = ask_additions(&e, GuestShutdownFlag_Reboot, flags & EB_SHUTDOWN_GUEST_AGENT, err);
    if (asked != 0)
        return asked < 0 ? -1 : 0;
    return reset(&e, uuid, err);
}

int vbox_reset(eb_conn *conn, eb_uuid uuid, unsigned flags, eb_error *err)
{
    VBOX_AUTOEDIT struct vbox_edit e = {0};

    if (vbox_check_flags(flags, 0, "virDomainReset", err) < 0 ||
        vbox_edit_running(vbox_conn_of(conn), uuid, &e, err) < 0)
        return -1;
    return reset(&e, uuid, err);
}

/* ---- Destroy ---- */

static int power_down(struct vbox_found *f, eb_error *err)
{
    VBOX_AUTOSESSION struct vbox_session s = {0};
    IProgress *progress = NULL;
    struct vb *vb = f->c->vb;

    if (vbox_session_open(f->c, f->machine, VBOX_LOCK_SHARED, &s, err) < 0)
        return -1;
    if (vb_has(vb, VB_IConsole_powerDown__progress)) {
        if (IConsole_powerDown__progress(vb, s.console, &progress, err) < 0)
            return -1;
        return vbox_wait(f->c, progress, "stop", err);
    }
    return IConsole_powerDown__now(vb, s.console, err);
}

/* True when it does not run any longer, whoever has stopped it. */
static bool has_stopped(struct vbox_found *f)
{
    enum vb_MachineState state;

    return IMachine_get_state(f->c->vb, f->machine, &state, NULL) == 0 && !vbox_state_is_active(state);
}

int vbox_power_down(struct vbox_found *f, bool graceful, eb_error *err)
{
    EB_AUTOERROR eb_error why = EB_ERROR_INIT;

    if (power_down(f, &why) < 0 && !has_stopped(f)) {
        if (graceful) {
            eb_error_move(err, &why);
            return -1;
        }
        /* a machine that saves, restores or hangs cannot be powered down, but its process can be ended */
        if (vbox_emergency_stop(f, err) < 0)
            return -1;
    }
    vbox_wait_unlocked(f->c, f->machine, POWER_DOWN_PATIENCE_MS);
    return 0;
}

int vbox_destroy(eb_conn *conn, eb_uuid uuid, unsigned flags, eb_error *err)
{
    EB_AUTOERROR eb_error why = EB_ERROR_INIT;
    struct vbox_conn *c = vbox_conn_of(conn);
    VBOX_AUTOFOUND struct vbox_found f = {0};
    VBOX_AUTOJOB void *job = NULL;

    if (vbox_check_flags(flags, EB_DESTROY_GRACEFUL, "virDomainDestroyFlags", err) < 0)
        return -1;
    job = vbox_job_begin(uuid);
    if (vbox_find_accessible(c, uuid, &f, err) < 0)
        return -1;
    if (!f.active)
        return vbox_not_running(err);
    vbox_life_intend(uuid, EB_DOMAIN_EVENT_STOPPED_DESTROYED);
    if (vbox_power_down(&f, flags & EB_DESTROY_GRACEFUL, err) < 0) {
        vbox_life_intended(uuid);
        return -1;
    }
    vbox_keep_reason(c, f.machine, uuid, EB_SHUTOFF_DESTROYED);
    vbox_transient_stopped(&f);
    f.active = false;
    f.state = MachineState_PoweredOff;
    if (vbox_next_apply(&f, &why) < 0)
        eb_log(EB_LOG_WARN, "vbox", "%s", eb_error_message(&why));
    return 0;
}
