/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The machines as they were last told of, and what is told when they change. */
#include "vbox/event.h"

#include <string.h>

#include "vbox/domain.h"

#define SETTINGS_MAX (16u << 20)

static struct eb_domain_key key_of(const struct vbox_known *k)
{
    struct eb_domain_key key = {.name = k->name, .id = k->id};

    memcpy(key.uuid, k->uuid, sizeof(key.uuid));
    return key;
}

static void tell(struct vbox_watch *w, struct eb_event *event)
{
    if (w->quiet)
        eb_event_unref(event);
    else
        eb_event_hub_emit(w->hub, event);
}

static void tell_life(struct vbox_watch *w, const struct vbox_known *k, int event, int detail)
{
    struct eb_domain_key key = key_of(k);

    tell(w, eb_lifecycle_event_new(&key, event, detail));
}

static struct eb_event *new_event(const struct vbox_known *k, eb_domain_event_id id)
{
    struct eb_domain_key key = key_of(k);

    return eb_domain_event_new(&key, id);
}

/* ---- Machines ---- */

static struct vbox_known *find(struct vbox_watch *w, const unsigned char uuid[16])
{
    struct vbox_known *k = NULL;

    HASH_FIND(hh, w->known, uuid, 16, k);
    return k;
}

static struct vbox_known *find_text(struct vbox_watch *w, const char *id)
{
    unsigned char uuid[16];

    return eb_uuid_parse(id, uuid) ? find(w, uuid) : NULL;
}

static void forget(struct vbox_watch *w, struct vbox_known *k)
{
    HASH_DEL(w->known, k);
    free(k->name);
    free(k->file);
    free(k);
}

/* Takes in how the settings file is now. True when what it says changed. */
static bool read_settings(struct vbox_known *k)
{
    struct vbox_stamp *is = &k->stamp, was = k->stamp;
    EB_AUTOFREE char *text = NULL;
    struct stat st;
    size_t len;

    if (!k->file || stat(k->file, &st) < 0)
        return false;
    is->inode = st.st_ino;
    is->size = st.st_size;
    is->written = st.st_mtim;
    if (is->inode == was.inode && is->size == was.size && is->written.tv_sec == was.written.tv_sec &&
        is->written.tv_nsec == was.written.tv_nsec)
        return false;
    if (eb_read_file(k->file, SETTINGS_MAX, &text, &len) < 0)
        return true;
    is->mark = vbox_settings_mark(text);
    return is->mark != was.mark;
}

static int read_names(struct vbox_watch *w, IMachine *machine, struct vbox_known *k, eb_error *err)
{
    char *name = NULL, *file = NULL;

    if (vbox_machine_name(&w->c, machine, &name, err) < 0)
        return -1;
    if (IMachine_get_settingsFilePath(w->c.vb, machine, &file, err) < 0) {
        free(name);
        return -1;
    }
    free(k->name);
    free(k->file);
    k->name = name;
    k->file = file;
    return 0;
}

static void read_id(struct vbox_watch *w, IMachine *machine, struct vbox_known *k)
{
    if (vbox_machine_id(&w->c, machine, k->uuid, &k->id, NULL) < 0)
        k->id = vbox_domain_id(k->uuid, 0);
}

/* A new entry; NULL when the machine is gone again. */
static struct vbox_known *learn(struct vbox_watch *w, IMachine *machine, const unsigned char uuid[16],
                                enum vb_MachineState state)
{
    struct vbox_known *k = EB_NEW(struct vbox_known);
    int transient = vbox_is_transient(&w->c, w->vbox, uuid, NULL);

    memcpy(k->uuid, uuid, sizeof(k->uuid));
    if (transient < 0 || read_names(w, machine, k, NULL) < 0) {
        free(k);
        return NULL;
    }
    k->transient = transient;
    k->life = vbox_life_in(state);
    k->id = -1;
    if (vbox_life_is_active(&k->life))
        read_id(w, machine, k);
    read_settings(k);
    HASH_ADD(hh, w->known, uuid, 16, k);
    return k;
}

/* An operation of this process works on the domain. */
static bool is_worked_on(const struct vbox_known *k)
{
    void *job = vbox_job_try(k->uuid);

    vbox_job_end(job);
    return !job;
}

/* ---- Definitions ---- */

static void tell_added(struct vbox_watch *w, struct vbox_known *k)
{
    k->is_new = k->changed = false;
    read_settings(k);
    if (!k->transient)
        tell_life(w, k, EB_DOMAIN_EVENT_DEFINED, EB_DOMAIN_EVENT_DEFINED_ADDED);
}

static void tell_renamed(struct vbox_watch *w, struct vbox_known *k, const char *name)
{
    tell_life(w, k, EB_DOMAIN_EVENT_UNDEFINED, EB_DOMAIN_EVENT_UNDEFINED_RENAMED);
    eb_replace_string(&k->name, name);
    tell_life(w, k, EB_DOMAIN_EVENT_DEFINED, EB_DOMAIN_EVENT_DEFINED_RENAMED);
}

/* VirtualBox says more often that settings changed than it writes them. */
static void tell_changed(struct vbox_watch *w, struct vbox_known *k)
{
    EB_AUTOFREE char *before = eb_strdup(k->name);
    VB_AUTO(IMachine) machine = NULL;
    bool differs;

    k->changed = false;
    if (vbox_find_any(&w->c, w->vbox, k->uuid, &machine, NULL) < 0 || read_names(w, machine, k, NULL) < 0)
        return;
    differs = read_settings(k);
    if (strcmp(before, k->name) != 0) {
        EB_AUTOFREE char *name = EB_STEAL(k->name);

        k->name = eb_strdup(before);
        tell_renamed(w, k, name);
        return;
    }
    if (differs && !k->transient)
        tell_life(w, k, EB_DOMAIN_EVENT_DEFINED, EB_DOMAIN_EVENT_DEFINED_UPDATED);
}

static void settle_one(struct vbox_watch *w, struct vbox_known *k)
{
    if (k->is_new)
        tell_added(w, k);
    if (k->changed)
        tell_changed(w, k);
}

bool vbox_watch_settle(struct vbox_watch *w)
{
    struct vbox_known *k, *next;
    bool waits = false;

    HASH_ITER (hh, w->known, k, next) {
        if (!k->is_new && !k->changed)
            continue;
        if (is_worked_on(k))
            waits = true;
        else
            settle_one(w, k);
    }
    return waits;
}

static int stop_detail(const struct vbox_known *k, int detail)
{
    int intended = vbox_life_intended(k->uuid);

    if (intended >= 0 && (detail == VBOX_DETAIL_UNKNOWN || detail == EB_DOMAIN_EVENT_STOPPED_CRASHED))
        return intended;
    return detail == VBOX_DETAIL_UNKNOWN ? EB_DOMAIN_EVENT_STOPPED_SHUTDOWN : detail;
}

static void gone(struct vbox_watch *w, struct vbox_known *k)
{
    if (vbox_life_is_active(&k->life)) {
        k->id = -1;
        tell_life(w, k, EB_DOMAIN_EVENT_STOPPED, stop_detail(k, VBOX_DETAIL_UNKNOWN));
    }
    if (!k->is_new && !k->transient)
        tell_life(w, k, EB_DOMAIN_EVENT_UNDEFINED, EB_DOMAIN_EVENT_UNDEFINED_REMOVED);
    forget(w, k);
}

void vbox_watch_registered(struct vbox_watch *w, const char *id, bool registered)
{
    struct vbox_known *k = find_text(w, id);
    VB_AUTO(IMachine) machine = NULL;
    enum vb_MachineState state = MachineState_PoweredOff;
    unsigned char uuid[16];

    if (!registered) {
        if (k)
            gone(w, k);
        return;
    }
    if (k || !eb_uuid_parse(id, uuid) || vbox_find_any(&w->c, w->vbox, uuid, &machine, NULL) < 0)
        return;
    if (IMachine_get_state(w->c.vb, machine, &state, NULL) < 0)
        state = MachineState_Null;
    /* the states that it has passed by now are still to come */
    k = learn(w, machine, uuid, vbox_state_is_saved(state) ? state : MachineState_PoweredOff);
    if (!k)
        return;
    k->is_new = true;
    if (!is_worked_on(k))
        tell_added(w, k);
}

void vbox_watch_data(struct vbox_watch *w, const char *id)
{
    struct vbox_known *k = find_text(w, id);

    if (!k)
        return;
    k->changed = true;
    if (!is_worked_on(k))
        settle_one(w, k);
}

/* ---- Life ---- */

static void tell_agent(struct vbox_watch *w, struct vbox_known *k, bool connected, int reason)
{
    struct eb_event *event;

    if (k->agent == connected)
        return;
    k->agent = connected;
    event = new_event(k, EB_DOMAIN_EVENT_ID_AGENT_LIFECYCLE);
    event->numbers[0] = connected ? EB_DOMAIN_EVENT_AGENT_LIFECYCLE_STATE_CONNECTED
                                  : EB_DOMAIN_EVENT_AGENT_LIFECYCLE_STATE_DISCONNECTED;
    event->numbers[1] = reason;
    tell(w, event);
}

static void tell_events(struct vbox_watch *w, struct vbox_known *k, const struct vbox_life_event *events,
                        size_t n)
{
    for (size_t i = 0; i < n; i++) {
        int detail = events[i].detail;

        if (events[i].event == EB_DOMAIN_EVENT_STOPPED) {
            tell_agent(w, k, false, EB_DOMAIN_EVENT_AGENT_LIFECYCLE_REASON_DOMAIN_STARTED);
            detail = stop_detail(k, detail);
        }
        tell_life(w, k, events[i].event, detail);
    }
}

static void goes_on(struct vbox_watch *w, struct vbox_known *k, IMachine *machine, enum vb_MachineState state)
{
    struct vbox_life_event events[VBOX_LIFE_EVENTS];
    bool active = vbox_life_is_active(&k->life);
    size_t n = vbox_life_goes_on(&k->life, state, events);

    if (n == 0)
        return;
    if (k->is_new)
        tell_added(w, k);
    if (!vbox_life_is_active(&k->life))
        k->id = -1;
    else if (!active)
        read_id(w, machine, k);
    tell_events(w, k, events, n);
}

void vbox_watch_state(struct vbox_watch *w, const char *id, enum vb_MachineState state)
{
    struct vbox_known *k = find_text(w, id);
    VB_AUTO(IMachine) machine = NULL;

    if (k && vbox_find_any(&w->c, w->vbox, k->uuid, &machine, NULL) == 0)
        goes_on(w, k, machine, state);
    else if (k)
        goes_on(w, k, NULL, state);
}

/* ---- Extra data and guest properties ---- */

/* The mark of a transient domain was set or taken away. */
static void mark_changed(struct vbox_watch *w, const char *id, bool marked)
{
    struct vbox_known *k = find_text(w, id);

    if (!k || k->transient == marked)
        return;
    k->transient = marked;
    if (k->is_new)
        return;
    if (marked)
        tell_life(w, k, EB_DOMAIN_EVENT_UNDEFINED, EB_DOMAIN_EVENT_UNDEFINED_REMOVED);
    else
        tell_life(w, k, EB_DOMAIN_EVENT_DEFINED, EB_DOMAIN_EVENT_DEFINED_ADDED);
}

static void tell_metadata(struct vbox_watch *w, const struct vbox_known *k, int type)
{
    struct eb_event *event = new_event(k, EB_DOMAIN_EVENT_ID_METADATA_CHANGE);

    event->numbers[0] = type;
    tell(w, event);
}

void vbox_watch_extra_data(struct vbox_watch *w, const char *id, const char *key, const char *value)
{
    struct vbox_known *k = find_text(w, id);

    if (eb_starts_with(key, VBOX_TRANSIENT_KEY))
        mark_changed(w, key + strlen(VBOX_TRANSIENT_KEY), *value);
    else if (k && !k->is_new && eb_streq(key, VBOX_EXTRA_TITLE))
        tell_metadata(w, k, EB_METADATA_TITLE);
    else if (k && !k->is_new && eb_streq(key, VBOX_EXTRA_METADATA))
        tell_metadata(w, k, EB_METADATA_ELEMENT);
}

/* The guest additions' service says what system it runs on as soon as it runs; with the VM that vanishes. */
void vbox_watch_property(struct vbox_watch *w, const char *id, const char *name, const char *value)
{
    struct vbox_known *k = find_text(w, id);

    if (k && eb_streq(name, "/VirtualBox/GuestInfo/OS/Product") && vbox_life_is_active(&k->life))
        tell_agent(w, k, *value, EB_DOMAIN_EVENT_AGENT_LIFECYCLE_REASON_CHANNEL);
}

/* ---- Drives ---- */

/* What libvirt calls a drive: "ide0-1-0", "sata0-0-2". The caller frees it. */
static char *drive_alias(struct vbox_watch *w, IMachine *machine, IMediumAttachment *attachment)
{
    static const char *const buses[] = {
        [StorageBus_IDE] = "ide",    [StorageBus_SATA] = "sata",       [StorageBus_SCSI] = "scsi",
        [StorageBus_Floppy] = "fdc", [StorageBus_SAS] = "scsi",        [StorageBus_USB] = "usb",
        [StorageBus_PCIe] = "nvme",  [StorageBus_VirtioSCSI] = "scsi",
    };
    VB_AUTO(IStorageController) controller = NULL;
    EB_AUTOFREE char *name = NULL;
    enum vb_StorageBus bus = StorageBus__none;
    int32_t port, device;

    if (IMediumAttachment_get_controller(w->c.vb, attachment, &name, NULL) < 0 ||
        IMediumAttachment_get_port(w->c.vb, attachment, &port, NULL) < 0 ||
        IMediumAttachment_get_device(w->c.vb, attachment, &device, NULL) < 0 ||
        IMachine_getStorageControllerByName(w->c.vb, machine, name, &controller, NULL) < 0 ||
        IStorageController_get_bus(w->c.vb, controller, &bus, NULL) < 0)
        return NULL;
    if ((size_t)bus >= EB_ARRAY_SIZE(buses) || !buses[bus])
        return NULL;
    if (bus == StorageBus_IDE)
        return eb_asprintf("%s0-%d-%d", buses[bus], port, device);
    return eb_asprintf("%s0-0-%d", buses[bus], bus == StorageBus_Floppy ? device : port);
}

/* The running machine that has the drive, or NULL. */
static struct vbox_known *of_drive(struct vbox_watch *w, IMediumAttachment *attachment, char **alias)
{
    VB_AUTO(IMachine) machine = NULL;
    struct vbox_known *k;
    unsigned char uuid[16];

    if (IMediumAttachment_get_machine(w->c.vb, attachment, &machine, NULL) < 0 || !machine ||
        vbox_machine_uuid(&w->c, machine, uuid, NULL) < 0)
        return NULL;
    k = find(w, uuid);
    if (!k || !vbox_life_is_active(&k->life))
        return NULL;
    *alias = drive_alias(w, machine, attachment);
    return *alias ? k : NULL;
}

void vbox_watch_medium(struct vbox_watch *w, IMediumAttachment *attachment)
{
    EB_AUTOFREE char *alias = NULL;
    struct vbox_known *k = of_drive(w, attachment, &alias);
    enum vb_DeviceType type = DeviceType__none;
    VB_AUTO(IMedium) medium = NULL;
    struct eb_event *event;

    if (!k || IMediumAttachment_get_type(w->c.vb, attachment, &type, NULL) < 0 ||
        (type != DeviceType_DVD && type != DeviceType_Floppy) ||
        IMediumAttachment_get_medium(w->c.vb, attachment, &medium, NULL) < 0)
        return;
    event = new_event(k, EB_DOMAIN_EVENT_ID_TRAY_CHANGE);
    event->texts[0] = EB_STEAL(alias);
    event->numbers[0] = medium ? EB_DOMAIN_EVENT_TRAY_CHANGE_CLOSE : EB_DOMAIN_EVENT_TRAY_CHANGE_OPEN;
    tell(w, event);
}

void vbox_watch_device(struct vbox_watch *w, IMediumAttachment *attachment, bool removed)
{
    EB_AUTOFREE char *alias = NULL;
    struct vbox_known *k = of_drive(w, attachment, &alias);
    struct eb_event *event;

    if (!k)
        return;
    event = new_event(k, removed ? EB_DOMAIN_EVENT_ID_DEVICE_REMOVED : EB_DOMAIN_EVENT_ID_DEVICE_ADDED);
    event->texts[0] = EB_STEAL(alias);
    tell(w, event);
}

/* ---- Comparing ---- */

static void look_at(struct vbox_watch *w, IMachine *machine)
{
    enum vb_MachineState state;
    struct vbox_known *k;
    unsigned char uuid[16];

    if (vbox_machine_uuid(&w->c, machine, uuid, NULL) < 0)
        return;
    if (IMachine_get_state(w->c.vb, machine, &state, NULL) < 0)
        state = MachineState_Null;
    k = find(w, uuid);
    if (!k) {
        k = learn(w, machine, uuid, w->quiet ? state : MachineState_PoweredOff);
        if (!k)
            return;
        k->is_new = true;
    } else {
        int transient = vbox_is_transient(&w->c, w->vbox, uuid, NULL);
        char id[EB_UUID_STRLEN + 1];

        eb_uuid_format(uuid, id);
        if (transient >= 0)
            mark_changed(w, id, transient);
        k->changed = true;
    }
    k->seen = true;
    if (w->quiet || !is_worked_on(k)) {
        settle_one(w, k);
        if (!vbox_life_is_active(&k->life))
            vbox_life_intended(k->uuid); /* for a life that has ended unseen */
    }
    goes_on(w, k, machine, state);
}

int vbox_watch_sync(struct vbox_watch *w, eb_error *err)
{
    struct vbox_known *k, *next;
    IMachine **machines = NULL;
    size_t n = 0;

    if (IVirtualBox_get_machines(w->c.vb, w->vbox, &n, &machines, err) < 0)
        return -1;
    HASH_ITER (hh, w->known, k, next) {
        k->seen = false;
    }
    for (size_t i = 0; i < n; i++)
        look_at(w, machines[i]);
    vb_objects_free(n, machines);
    HASH_ITER (hh, w->known, k, next) {
        if (!k->seen)
            gone(w, k);
    }
    w->quiet = false;
    return 0;
}

void vbox_watch_clear(struct vbox_watch *w)
{
    struct vbox_known *k, *next;

    HASH_ITER (hh, w->known, k, next) {
        forget(w, k);
    }
}
