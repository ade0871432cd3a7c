/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The machines as they were last told of, and what is told when they change. */
#include "vbox/event.h"

#include <string.h>

#include "vbox/domain.h"

#define SETTINGS_MAX (16u << 20)
#define LOG_MAX (64u << 20)

static struct eb_domain_key key_of(const struct vbox_known *k)
{
    struct eb_domain_key key = {.name = k->name, .id = k->id};

    memcpy(key.uuid, k->uuid, sizeof(key.uuid));
    return key;
}

void vbox_watch_tell(struct vbox_watch *w, struct eb_event *event)
{
    if (w->quiet)
        eb_event_unref(event);
    else
        eb_event_hub_emit(w->hub, event);
}

static void tell_life(struct vbox_watch *w, const struct vbox_known *k, int event, int detail)
{
    struct eb_domain_key key = key_of(k);

    vbox_watch_tell(w, eb_lifecycle_event_new(&key, event, detail));
}

struct eb_event *vbox_watch_event(const struct vbox_known *k, eb_domain_event_id id)
{
    struct eb_domain_key key = key_of(k);

    return eb_domain_event_new(&key, id);
}

/* ---- Machines ---- */

struct vbox_known *vbox_watch_find(struct vbox_watch *w, const unsigned char uuid[16])
{
    struct vbox_known *k = NULL;

    HASH_FIND(hh, w->known, uuid, 16, k);
    return k;
}

static struct vbox_known *find_text(struct vbox_watch *w, const char *id)
{
    unsigned char uuid[16];

    return eb_uuid_parse(id, uuid) ? vbox_watch_find(w, uuid) : NULL;
}

static void forget(struct vbox_watch *w, struct vbox_known *k)
{
    vbox_console_close(w, k);
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
    k->was_there = w->quiet && vbox_life_is_active(&k->life);
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

/* Who turned the machine off: VirtualBox does not tell, but its log does. */
static int logged_stop(struct vbox_watch *w, IMachine *machine)
{
    EB_AUTOFREE char *folder = NULL, *path = NULL, *text = NULL;
    size_t len;

    if (!machine || IMachine_get_logFolder(w->c.vb, machine, &folder, NULL) < 0)
        return VBOX_DETAIL_UNKNOWN;
    path = eb_asprintf("%s/VBox.log", folder);
    if (eb_read_file(path, LOG_MAX, &text, &len) < 0)
        return VBOX_DETAIL_UNKNOWN;
    return vbox_log_stop_detail(text);
}

static int stop_detail(struct vbox_watch *w, const struct vbox_known *k, IMachine *machine, int detail)
{
    int intended = vbox_life_intended(k->uuid);

    if (intended >= 0 && (detail == VBOX_DETAIL_UNKNOWN || detail == EB_DOMAIN_EVENT_STOPPED_CRASHED ||
                          intended == EB_DOMAIN_EVENT_STOPPED_FROM_SNAPSHOT))
        return intended;
    if (detail == VBOX_DETAIL_UNKNOWN)
        detail = logged_stop(w, machine);
    return detail == VBOX_DETAIL_UNKNOWN ? EB_DOMAIN_EVENT_STOPPED_SHUTDOWN : detail;
}

static void gone(struct vbox_watch *w, struct vbox_known *k)
{
    if (vbox_life_is_active(&k->life)) {
        k->id = -1;
        tell_life(w, k, EB_DOMAIN_EVENT_STOPPED, stop_detail(w, k, NULL, VBOX_DETAIL_UNKNOWN));
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

void vbox_watch_agent(struct vbox_watch *w, struct vbox_known *k, bool connected, int reason)
{
    struct eb_event *event;

    if (k->agent == connected)
        return;
    k->agent = connected;
    event = vbox_watch_event(k, EB_DOMAIN_EVENT_ID_AGENT_LIFECYCLE);
    event->numbers[0] = connected ? EB_DOMAIN_EVENT_AGENT_LIFECYCLE_STATE_CONNECTED
                                  : EB_DOMAIN_EVENT_AGENT_LIFECYCLE_STATE_DISCONNECTED;
    event->numbers[1] = reason;
    vbox_watch_tell(w, event);
}

static void tell_events(struct vbox_watch *w, struct vbox_known *k, IMachine *machine,
                        const struct vbox_life_event *events, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        int detail = events[i].detail;

        if (events[i].event == EB_DOMAIN_EVENT_STOPPED) {
            vbox_watch_agent(w, k, false, EB_DOMAIN_EVENT_AGENT_LIFECYCLE_REASON_DOMAIN_STARTED);
            detail = stop_detail(w, k, machine, detail);
        }
        if (events[i].event == EB_DOMAIN_EVENT_SUSPENDED && detail == EB_DOMAIN_EVENT_SUSPENDED_PAUSED &&
            k->io_error)
            detail = EB_DOMAIN_EVENT_SUSPENDED_IOERROR;
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
    if (state == MachineState_Paused)
        vbox_console_paused(w, k);
    tell_events(w, k, machine, events, n);
    k->io_error = false;
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
    struct eb_event *event = vbox_watch_event(k, EB_DOMAIN_EVENT_ID_METADATA_CHANGE);

    event->numbers[0] = type;
    vbox_watch_tell(w, event);
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

/* VirtualBox counts how often the guest started over, whoever reset it; the count begins at 0 with the
 * machine. */
static void tell_reboot(struct vbox_watch *w, const struct vbox_known *k)
{
    vbox_watch_tell(w, vbox_watch_event(k, EB_DOMAIN_EVENT_ID_REBOOT));
}

/* The guest additions' service says what system it runs on as soon as it runs; with the VM that vanishes. */
void vbox_watch_property(struct vbox_watch *w, const char *id, const char *name, const char *value)
{
    struct vbox_known *k = find_text(w, id);

    if (k && eb_streq(name, VBOX_RESET_COUNTER) && strtoul(value, NULL, 10) > 0 &&
        vbox_life_is_active(&k->life))
        tell_reboot(w, k);
    if (k && eb_streq(name, "/VirtualBox/GuestInfo/OS/Product") && vbox_life_is_active(&k->life))
        vbox_watch_agent(w, k, *value, EB_DOMAIN_EVENT_AGENT_LIFECYCLE_REASON_CHANNEL);
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
    k = vbox_watch_find(w, uuid);
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
