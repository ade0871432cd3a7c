/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Power: IConsole's operations, and what of them moved to IMachine in 5.0. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "model.h"

const char *console_source(const struct machine *m)
{
    static char key[64];

    snprintf(key, sizeof(key), "console:%s", m->id);
    return key;
}

static uint32_t bad_state(struct call *c, const char *what)
{
    return fail(c, VBOX_E_INVALID_VM_STATE, "%s (machine state: %s)", what, c->self->machine->state);
}

/* The session must be there, and a VM in it. */
static uint32_t need_vm(struct call *c)
{
    struct machine *m = c->self->machine;
    uint32_t rc;

    if (!node_read(c, &rc))
        return rc;
    if (!machine_online(m))
        return fail(c, VBOX_E_INVALID_VM_STATE, "Invalid machine state: %s", m->state);
    return S_OK;
}

/* ---- going up ---- */

static bool missing_medium(const struct machine *m, EB_UNUSED struct progress *p, const char **location)
{
    for (size_t i = 0; i < m->config->n; i++) {
        const struct node *a = m->config->children[i], *medium;
        const char *id = node_get(a, "medium");

        if (strcmp(a->tag, "Attachment") != 0 || !id)
            continue;
        medium = medium_node(id);
        if (medium && !node_bool(medium, "hostDrive") && eb_streq(medium_state(medium), "Inaccessible")) {
            *location = node_get_or(medium, "location", "");
            return true;
        }
    }
    return false;
}

static void up_running(struct progress *p, bool cancelled)
{
    struct machine *m = p->machine;
    EB_AUTOFREE char *why = NULL;
    const char *location = NULL;

    m->spawning = NULL;
    if (!cancelled && !p->rc && missing_medium(m, p, &location))
        progress_fail(p, VBOX_E_FILE_ERROR, "MediumWrap",
                      "Could not find file for the medium '%s' (VERR_FILE_NOT_FOUND)", location);
    if (!cancelled && !p->rc && !serials_open(m, &why))
        progress_fail(p, E_FAIL, "ConsoleWrap", "%s", why);
    if (p->rc) {
        machine_state(m, node_get(m->snapshots, "stateFile") ? "Saved" : "PoweredOff");
        progress_finish(p);
        session_vm_ended(m);
        return;
    }
    machine_drop_saved_state(m, true);
    m->started = now_ms();
    machine_state(m, p->data ? "Paused" : "Running");
}

/* The process is there and begins. */
static void up_spawned(struct progress *p, bool cancelled)
{
    struct machine *m = p->machine;

    if (cancelled) {
        session_vm_ended(m);
        return;
    }
    session_vm_started(m);
    machine_state(m, node_get(m->snapshots, "stateFile") ? "Restoring" : "Starting");
    p->end = up_running;
    up_running(p, false);
}

struct progress *vm_power_up(struct call *c, struct machine *m, const char *front_end, bool paused,
                             bool spawn)
{
    struct progress *p = progress_begin(c, "Starting VM", false, spawn ? up_spawned : up_running);

    (void)front_end;
    p->machine = m;
    p->data = paused ? eb_strdup("paused") : NULL;
    if (!spawn)
        machine_state(m, node_get(m->snapshots, "stateFile") ? "Restoring" : "Starting");
    return p;
}

static uint32_t up(struct call *c, bool paused)
{
    struct machine *m = c->self->machine;
    uint32_t rc;

    if (!node_read(c, &rc))
        return rc;
    if (machine_online(m))
        return bad_state(c, "Virtual machine is already running or busy");
    if (machine_transient(m))
        return bad_state(c, "Cannot power up the machine as it is busy");
    machine_commit(m);
    ret_obj(c, vm_power_up(c, m, "", paused, false)->object);
    return S_OK;
}

static uint32_t power_up(struct call *c)
{
    return up(c, false);
}

static uint32_t power_up_paused(struct call *c)
{
    return up(c, true);
}

/* ---- going down ---- */

/* A machine that was running has its last state from now on. */
void vm_end(struct machine *m, const char *state)
{
    /* what a running machine got for its time alone goes with it */
    for (size_t i = m->config->n; i-- > 0;)
        if (node_bool(m->config->children[i], "transient"))
            node_remove(m->config->children[i]);
    serials_close(m);
    m->viewers = 0;
    eb_replace_string(&m->additions, NULL);
    machine_state(m, state);
    session_vm_ended(m);
}

static void down_end(struct progress *p, bool cancelled)
{
    (void)cancelled;
    progress_finish(p);
    vm_end(p->machine, "PoweredOff");
}

static uint32_t down(struct call *c)
{
    struct machine *m = c->self->machine;
    uint32_t rc;

    if (!node_read(c, &rc))
        return rc;
    if (!machine_runs(m)) {
        if (eb_streq(m->state, "Saved"))
            return fail(c, VBOX_E_INVALID_VM_STATE, "Cannot power down a saved virtual machine");
        if (eb_streq(m->state, "Stopping"))
            return fail(c, VBOX_E_INVALID_VM_STATE, "The virtual machine is being powered down");
        return fail(c, VBOX_E_INVALID_VM_STATE,
                    "Invalid machine state: %s (must be Running, Paused or Stuck)", m->state);
    }
    vm_log_request(m);
    machine_state(m, "Stopping");
    if (c->slot->n) {
        ret_obj(c, progress_begin(c, "Stopping the virtual machine", false, down_end)->object);
    } else {
        vm_end(m, "PoweredOff"); /* 2.2's waits for it */
    }
    return S_OK;
}

static uint32_t power_button(struct call *c)
{
    struct machine *m = c->self->machine;
    uint32_t rc = need_vm(c);

    if (rc != S_OK)
        return rc;
    if (!eb_streq(m->state, "Running"))
        return fail(c, VBOX_E_INVALID_VM_STATE, "Invalid machine state: %s", m->state);
    if (!eb_streq(
            attr_value(node_follow(m->config, "Firmware", false), "IFirmwareSettings.ACPIEnabled", NULL),
            "1"))
        return fail(c, VBOX_E_PDM_ERROR, "Controlled power off failed (VERR_PDM_DEVICE_INSTANCE_NOT_FOUND)");
    return S_OK; /* nobody in the guest cares */
}

static uint32_t get_button_handled(struct call *c)
{
    uint32_t rc = need_vm(c);

    ret_num(c, 0);
    return rc;
}

static uint32_t reset(struct call *c)
{
    uint32_t rc = need_vm(c);

    if (rc == S_OK && !machine_runs(c->self->machine))
        return fail(c, VBOX_E_INVALID_VM_STATE, "Invalid machine state: %s", c->self->machine->state);
    if (rc == S_OK)
        vm_was_reset(c->self->machine);
    return rc;
}

static uint32_t pause_vm(struct call *c)
{
    struct machine *m = c->self->machine;
    uint32_t rc;

    if (!node_read(c, &rc))
        return rc;
    if (eb_streq(m->state, "Paused"))
        return fail(c, VBOX_E_INVALID_VM_STATE, "Already paused");
    if (!eb_streq(m->state, "Running"))
        return fail(c, VBOX_E_INVALID_VM_STATE, "Invalid machine state: %s", m->state);
    machine_state(m, "Paused");
    return S_OK;
}

static uint32_t resume(struct call *c)
{
    struct machine *m = c->self->machine;
    uint32_t rc;

    if (!node_read(c, &rc))
        return rc;
    if (!eb_streq(m->state, "Paused"))
        return bad_state(c, "Cannot resume the machine as it is not paused");
    machine_state(m, "Running");
    return S_OK;
}

/* ---- saved states ---- */

static char *new_state_file(struct machine *m)
{
    EB_AUTOFREE char *folder = machine_snapshot_folder(m), *parent = machine_folder(m);
    struct timespec now;
    struct tm tm;
    char stamp[64];

    clock_gettime(CLOCK_REALTIME, &now);
    gmtime_r(&now.tv_sec, &tm);
    strftime(stamp, sizeof(stamp), "%Y-%m-%dT%H-%M-%S", &tm);
    mkdir(parent, 0700);
    mkdir(folder, 0700);
    return eb_asprintf("%s/%s-%09ldZ.sav", folder, stamp, now.tv_nsec);
}

static void save_end(struct progress *p, bool cancelled)
{
    struct machine *m = p->machine;
    const char *file = p->data;
    int fd;

    if (cancelled || p->rc) {
        machine_state(m, m->paused_before ? "Paused" : "Running");
        return;
    }
    fd = open(file, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0 || write(fd, "saved state\n", 12) != 12) {
        progress_fail(p, VBOX_E_FILE_ERROR, "ConsoleWrap", "Failed to save the machine state to '%s'", file);
        machine_state(m, m->paused_before ? "Paused" : "Running");
        if (fd >= 0)
            close(fd);
        return;
    }
    close(fd);
    node_set(m->snapshots, "stateFile", file);
    progress_finish(p);
    vm_end(m, "Saved");
    event_machine_data(m);
}

static uint32_t save_state(struct call *c)
{
    struct machine *m = c->self->machine;
    struct progress *p;
    uint32_t rc;

    if (!node_read(c, &rc))
        return rc;
    if (c->self->view != VIEW_SESSION)
        return E_NOTIMPL; /* a session does that */
    if (!eb_streq(m->state, "Running") && !eb_streq(m->state, "Paused"))
        return bad_state(c, "Cannot save the execution state as the machine is not running or paused");
    if (disk_full(c))
        return fail(c, VBOX_E_FILE_ERROR, "Could not create the saved state file (VERR_DISK_FULL)");
    m->paused_before = eb_streq(m->state, "Paused");
    machine_state(m, "Saving");
    p = progress_begin(c, "Saving the execution state of the virtual machine", false, save_end);
    p->data = new_state_file(m);
    ret_obj(c, p->object);
    return S_OK;
}

static uint32_t adopt_state(struct call *c)
{
    struct machine *m = c->self->machine;
    const char *file = arg_str(c, "savedStateFile");
    uint32_t rc;

    if (!node_read(c, &rc))
        return rc;
    if (c->self->view != VIEW_SESSION)
        return E_NOTIMPL; /* a session does that */
    if (!eb_streq(m->state, "PoweredOff") && !eb_streq(m->state, "Aborted"))
        return bad_state(
            c, "Cannot adopt the saved machine state as the machine is not in Powered Off, Teleported or "
               "Aborted state");
    if (access(file, R_OK) != 0)
        return fail(c, VBOX_E_FILE_ERROR, "Saved state file '%s' does not exist", file);
    node_set(m->snapshots, "stateFile", file);
    machine_state(m, "Saved");
    return S_OK;
}

static uint32_t discard_state(struct call *c)
{
    struct machine *m = c->self->machine;
    const char *flag = "remove|fRemoveFile|aRemove";
    bool remove = !arg_has(c, flag) || arg_bool(c, flag);
    uint32_t rc;

    if (!node_read(c, &rc))
        return rc;
    if (c->self->view != VIEW_SESSION)
        return E_NOTIMPL; /* a session does that */
    if (!eb_streq(m->state, "Saved"))
        return fail(
            c, VBOX_E_INVALID_VM_STATE,
            "Cannot discard the saved state as the machine is not in the Saved or Aborted-Saved state");
    machine_drop_saved_state(m, remove);
    machine_state(m, "PoweredOff");
    return S_OK;
}

/* ---- what a console has ---- */

static uint32_t get_machine(struct call *c)
{
    uint32_t rc;

    if (node_read(c, &rc))
        ret_obj(c, machine_session_object(c->self->machine, c->self->session));
    return rc;
}

static uint32_t get_state(struct call *c)
{
    uint32_t rc;

    if (node_read(c, &rc))
        ret_text(c, c->self->machine->state);
    return rc;
}

static uint32_t part(struct call *c, const char *iface)
{
    uint32_t rc;

    if (node_read(c, &rc))
        ret_obj(c, object_part(c->self, iface, ""));
    return rc;
}

static uint32_t get_guest(struct call *c)
{
    return part(c, "IGuest");
}

static uint32_t get_keyboard(struct call *c)
{
    return part(c, "IKeyboard");
}

static uint32_t get_mouse(struct call *c)
{
    return part(c, "IMouse");
}

static uint32_t get_display(struct call *c)
{
    return part(c, "IDisplay");
}

static uint32_t get_debugger(struct call *c)
{
    return part(c, "IMachineDebugger");
}

static uint32_t get_event_source(struct call *c)
{
    uint32_t rc;

    if (node_read(c, &rc))
        ret_obj(c, event_source_object(console_source(c->self->machine)));
    return rc;
}

static uint32_t get_none(struct call *c)
{
    uint32_t rc;

    node_read(c, &rc);
    return rc;
}

static uint32_t get_activity(struct call *c)
{
    uint32_t rc = need_vm(c);
    const struct sim_value *v;

    if (rc != S_OK)
        return rc;
    v = arg_value(c, "type");
    if (v->kind != SIM_V_LIST)
        ret_text(c, "Idle");
    for (size_t i = 0; v->kind == SIM_V_LIST && i < v->len; i++)
        ret_add_text(c, "Idle");
    return S_OK;
}

static uint32_t sleep_button(struct call *c)
{
    return power_button(c);
}

const struct member console_members[] = {
    {"IConsole.machine", get_machine},
    {"IConsole.state", get_state},
    {"IConsole.guest", get_guest},
    {"IConsole.keyboard", get_keyboard},
    {"IConsole.mouse", get_mouse},
    {"IConsole.display", get_display},
    {"IConsole.debugger", get_debugger},
    {"IConsole.eventSource", get_event_source},
    {"IConsole.USBDevices", get_none},
    {"IConsole.remoteUSBDevices", get_none},
    {"IConsole.attachedPCIDevices", get_none},
    {"IConsole.powerUp", power_up},
    {"IConsole.powerUpPaused", power_up_paused},
    {"IConsole.powerDown", down},
    {"IConsole.powerDownAsync", down},
    {"IConsole.reset", reset},
    {"IConsole.pause", pause_vm},
    {"IConsole.resume", resume},
    {"IConsole.powerButton", power_button},
    {"IConsole.sleepButton", sleep_button},
    {"IConsole.getPowerButtonHandled", get_button_handled},
    {"IConsole.getGuestEnteredACPIMode", get_button_handled},
    {"IConsole.getDeviceActivity", get_activity},
    {"IConsole.saveState", save_state},
    {"IConsole.adoptSavedState", adopt_state},
    {"IConsole.discardSavedState", discard_state},
    {"IConsole.forgetSavedState", discard_state},
    {"IMachine.saveState", save_state},
    {"IMachine.adoptSavedState", adopt_state},
    {"IMachine.discardSavedState", discard_state},
    {NULL, NULL},
};
