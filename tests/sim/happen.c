/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a guest, its viewers and the host do: a client makes it happen by VirtualBox's own extra data
 * "EverboxSim/Happen/MACHINE" (README.md), which is not kept.
 */
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "model.h"

#define KEY "EverboxSim/Happen/"

/* ---- the VM's log, as far as anyone reads it ---- */

static void write_log(struct machine *m, const char *first, const char *second)
{
    EB_AUTOFREE char *folder = machine_folder(m), *logs = eb_asprintf("%s/Logs", folder),
                     *path = eb_asprintf("%s/VBox.log", logs);
    FILE *f;

    mkdir(logs, 0700);
    f = fopen(path, "we");
    if (!f)
        return;
    fprintf(f, "00:00:01.000000 VirtualBox VM\n00:00:02.000000 %s\n00:00:02.000001 %s\n", first, second);
    fclose(f);
}

void vm_drop_logs(struct machine *m)
{
    EB_AUTOFREE char *folder = machine_folder(m), *logs = eb_asprintf("%s/Logs", folder),
                     *path = eb_asprintf("%s/VBox.log", logs);

    unlink(path);
    rmdir(logs);
}

#define REQUEST                                                                                              \
    "Console::powerDown(): A request to power off the VM has been issued (mMachineState=Stopping, "          \
    "InUninit=0)"
#define OFF "Changing the VM state from 'RUNNING' to 'POWERING_OFF'"

void vm_log_request(struct machine *m)
{
    write_log(m, REQUEST, OFF);
}

/* ---- happenings; `text` is what comes after the word ---- */

static void turns_off(struct machine *m, const char *text)
{
    (void)text;
    write_log(m, OFF, REQUEST);
    machine_state(m, "Stopping");
    vm_end(m, "PoweredOff");
}

void vm_was_reset(struct machine *m)
{
    struct node *counter = node_need(m->config, "GuestProperty", "/VirtualBox/VMInfo/ResetCounter");
    EB_AUTOFREE char *value = NULL;

    if (m->additions && !eb_streq(m->additions, "None")) {
        eb_replace_string(&m->additions, "None");
        event_console(m, "OnAdditionsStateChanged", NULL, NULL);
    }
    if (release->numeric < 5000000)
        return;
    value = eb_asprintf("%d", atoi(node_get_or(counter, "value", "0")) + 1);
    node_set(counter, "value", value);
    node_set(counter, "transient", "1");
    event_fire("vbox", "OnGuestPropertyChanged", "machineId", m->id, "name",
               "/VirtualBox/VMInfo/ResetCounter", "value", value, "flags", "TRANSIENT, RDONLYGUEST",
               "fWasDeleted", "0", NULL);
}

static void resets(struct machine *m, const char *text)
{
    (void)text;
    vm_was_reset(m);
}

static void gets_stuck(struct machine *m, const char *text)
{
    (void)text;
    machine_state(m, "Stuck");
}

static void additions_run(struct machine *m, const char *text)
{
    eb_replace_string(&m->additions, text);
    event_console(m, "OnAdditionsStateChanged", NULL, NULL);
}

/* "COUNT ADDRESS USER" */
static void viewers_come(struct machine *m, const char *text)
{
    char address[64] = "", user[64] = "";

    m->viewers = 0;
    sscanf(text, "%u %63s %63s", &m->viewers, address, user);
    eb_replace_string(&m->viewer_address, address);
    eb_replace_string(&m->viewer_user, user);
    event_console(m, "OnVRDEServerInfoChanged", NULL, NULL);
}

/* "FATAL ID": the VM is paused, or stuck, before anyone hears why */
static void fails(struct machine *m, const char *text)
{
    bool fatal = *text == '1';
    const char *id = *text && text[1] ? text + 2 : "";

    if (machine_runs(m))
        machine_state(m, fatal ? "Stuck" : "Paused");
    event_fire(console_source(m), "OnRuntimeError", "fatal", fatal ? "1" : "0", "id", id, "message",
               "it failed", NULL);
}

/* "attached|detached|failed VENDOR PRODUCT" (decimal) */
static void usb_changes(struct machine *m, const char *text)
{
    struct object *device = object_new("IUSBDevice"), *error = NULL;
    char what[16] = "", vendor[16] = "", product[16] = "", object[32];

    sscanf(text, "%15s %15s %15s", what, vendor, product);
    device->view = VIEW_OWN;
    device->own = node_new("USBDevice", NULL);
    node_set(device->own, "vendorId", vendor);
    node_set(device->own, "productId", product);
    object_hold(device);
    snprintf(object, sizeof(object), "%s", event_object(device));
    if (eb_streq(what, "failed"))
        error = error_new(VBOX_E_HOST_ERROR, "ConsoleWrap", "The device is busy");
    event_fire(console_source(m), "OnUSBDeviceStateChanged", "device", object, "attached",
               eb_streq(what, "attached") ? "1" : "0", "error", error ? event_object(error) : "", NULL);
}

static const struct {
    const char *word;
    void (*happens)(struct machine *m, const char *text);
} happenings[] = {
    {"off", turns_off},        {"reset", resets}, {"stuck", gets_stuck}, {"additions", additions_run},
    {"viewers", viewers_come}, {"error", fails},  {"usb", usb_changes},
};

bool happen(const char *key, const char *value)
{
    struct machine *m;
    size_t length = strcspn(value, " ");

    if (!eb_starts_with(key, KEY))
        return false;
    m = machine_by_id(key + strlen(KEY));
    for (size_t i = 0; m && m->vm && i < EB_ARRAY_SIZE(happenings); i++) {
        if (strlen(happenings[i].word) == length && strncmp(happenings[i].word, value, length) == 0)
            happenings[i].happens(m, value[length] ? value + length + 1 : "");
    }
    return true;
}
