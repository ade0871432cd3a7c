/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What only the console of a running machine tells: its own event source since 4.0, IConsoleCallback before.
 * Each costs a session that shares the machine's lock and, since 4.0, a question every moment; so they are
 * listened to only while a callback wants what they tell.
 */
#include "vbox/event.h"

#include <time.h>

#include "vbox/com/own.h"

enum {
    ROUND_MS = 200,    /* between two rounds over all consoles, at least */
    EACH_MS = 10,      /* and for each console: what they cost together is bounded */
    RETRY_MS = 1000,   /* after a console that could not be opened */
    BALLOON_MS = 1000, /* between two looks at balloons, of whose changes nothing tells */
    AT_ONCE = 64,      /* events of one console in one round */
    ERROR_WAIT_MS = 60 /* how long after a pause the error is awaited that caused it */
};

struct vbox_console {
    struct vbox_session session;
    IEventSource *source;
    IEventListener *listener;
    struct vbox_caller *caller; /* before 4.0 */
    struct vbox_viewer viewer;
};

static int64_t now_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* ---- What is told ---- */

static void additions_changed(struct vbox_watch *w, struct vbox_known *k)
{
    vbox_watch_agent(w, k, vbox_watch_additions_run(w, k->console->session.console),
                     EB_DOMAIN_EVENT_AGENT_LIFECYCLE_REASON_CHANNEL);
}

static void viewers_changed(struct vbox_watch *w, struct vbox_known *k)
{
    vbox_watch_viewers(w, k, k->console->session.console, &k->console->viewer);
}

static void failed(struct vbox_watch *w, struct vbox_known *k, bool fatal, const char *id)
{
    if (vbox_watch_error(w, k, fatal, id))
        k->io_error = true;
}

/* ---- 4.0 and later: events ---- */

static void medium_event(struct vbox_watch *w, struct vbox_known *k, void *event)
{
    VB_AUTO(IMediumAttachment) attachment = NULL;

    if (IMediumChangedEvent_get_mediumAttachment(w->c.vb, event, &attachment, NULL) == 0 && attachment)
        vbox_watch_medium(w, k, attachment);
}

static void device_event(struct vbox_watch *w, struct vbox_known *k, void *event)
{
    VB_AUTO(IMediumAttachment) attachment = NULL;
    bool removed;

    if (IStorageDeviceChangedEvent_get_storageDevice(w->c.vb, event, &attachment, NULL) == 0 && attachment &&
        IStorageDeviceChangedEvent_get_removed(w->c.vb, event, &removed, NULL) == 0)
        vbox_watch_device(w, k, attachment, removed);
}

static void additions_event(struct vbox_watch *w, struct vbox_known *k, void *event)
{
    (void)event;
    additions_changed(w, k);
}

static void viewer_event(struct vbox_watch *w, struct vbox_known *k, void *event)
{
    (void)event;
    viewers_changed(w, k);
}

static void error_event(struct vbox_watch *w, struct vbox_known *k, void *event)
{
    EB_AUTOFREE char *id = NULL;
    bool fatal;

    if (IRuntimeErrorEvent_get_fatal(w->c.vb, event, &fatal, NULL) == 0 &&
        IRuntimeErrorEvent_get_id(w->c.vb, event, &id, NULL) == 0)
        failed(w, k, fatal, id);
}

static void usb_event(struct vbox_watch *w, struct vbox_known *k, void *event)
{
    VB_AUTO(IUSBDevice) device = NULL;
    VB_AUTO(IVirtualBoxErrorInfo) error = NULL;
    bool attached;

    if (IUSBDeviceStateChangedEvent_get_device(w->c.vb, event, &device, NULL) == 0 &&
        IUSBDeviceStateChangedEvent_get_attached(w->c.vb, event, &attached, NULL) == 0 &&
        IUSBDeviceStateChangedEvent_get_error(w->c.vb, event, &error, NULL) == 0)
        vbox_watch_usb(w, k, device, attached, error);
}

/* ---- Before: calls ---- */

static void medium_call(struct vbox_watch *w, struct vbox_known *k, const struct vb_own_call *call)
{
    if (call->in[0].object)
        vbox_watch_medium(w, k, call->in[0].object);
}

static void dvd_call(struct vbox_watch *w, struct vbox_known *k, const struct vb_own_call *call)
{
    (void)call;
    vbox_watch_drive(w, k, false);
}

static void floppy_call(struct vbox_watch *w, struct vbox_known *k, const struct vb_own_call *call)
{
    (void)call;
    vbox_watch_drive(w, k, true);
}

static void additions_call(struct vbox_watch *w, struct vbox_known *k, const struct vb_own_call *call)
{
    (void)call;
    additions_changed(w, k);
}

static void viewer_call(struct vbox_watch *w, struct vbox_known *k, const struct vb_own_call *call)
{
    (void)call;
    viewers_changed(w, k);
}

static void error_call(struct vbox_watch *w, struct vbox_known *k, const struct vb_own_call *call)
{
    failed(w, k, call->in[0].number, call->in[1].text);
}

static void usb_call(struct vbox_watch *w, struct vbox_known *k, const struct vb_own_call *call)
{
    vbox_watch_usb(w, k, call->in[0].object, call->in[1].number, call->in[2].object);
}

/* ---- Which is which ---- */

#define NO_EVENT EB_DOMAIN_EVENT_ID_LIFECYCLE

/* The events of a domain that come of it. */
#define AGENT                                                                                                \
    {                                                                                                        \
        EB_DOMAIN_EVENT_ID_AGENT_LIFECYCLE, NO_EVENT, NO_EVENT                                               \
    }
#define GRAPHICS                                                                                             \
    {                                                                                                        \
        EB_DOMAIN_EVENT_ID_GRAPHICS, NO_EVENT, NO_EVENT                                                      \
    }
#define IO_ERROR                                                                                             \
    {                                                                                                        \
        EB_DOMAIN_EVENT_ID_IO_ERROR, EB_DOMAIN_EVENT_ID_IO_ERROR_REASON, NO_EVENT                            \
    }
#define TRAY                                                                                                 \
    {                                                                                                        \
        EB_DOMAIN_EVENT_ID_TRAY_CHANGE, NO_EVENT, NO_EVENT                                                   \
    }
#define DRIVES                                                                                               \
    {                                                                                                        \
        EB_DOMAIN_EVENT_ID_DEVICE_ADDED, EB_DOMAIN_EVENT_ID_DEVICE_REMOVED, NO_EVENT                         \
    }
#define DEVICES                                                                                              \
    {                                                                                                        \
        EB_DOMAIN_EVENT_ID_DEVICE_ADDED, EB_DOMAIN_EVENT_ID_DEVICE_REMOVED,                                  \
            EB_DOMAIN_EVENT_ID_DEVICE_REMOVAL_FAILED                                                         \
    }

static const struct event_kind {
    eb_domain_event_id ids[3];
    enum vb_VBoxEventType type;
    enum vb_iface_id iface;
    enum vb_member member; /* without it the event says nothing */
    void (*heard)(struct vbox_watch *w, struct vbox_known *k, void *event);
} event_kinds[] = {
    {AGENT, VBoxEventType_OnAdditionsStateChanged, VB_IFACE_IAdditionsStateChangedEvent,
     VB_IConsole_get_guest, additions_event},
    {GRAPHICS, VBoxEventType_OnVRDEServerInfoChanged, VB_IFACE_IVRDEServerInfoChangedEvent,
     VB_IConsole_get_VRDEServerInfo, viewer_event},
    {IO_ERROR, VBoxEventType_OnRuntimeError, VB_IFACE_IRuntimeErrorEvent, VB_IRuntimeErrorEvent_get_id,
     error_event},
    {TRAY, VBoxEventType_OnMediumChanged, VB_IFACE_IMediumChangedEvent,
     VB_IMediumChangedEvent_get_mediumAttachment, medium_event},
    {DRIVES, VBoxEventType_OnStorageDeviceChanged, VB_IFACE_IStorageDeviceChangedEvent,
     VB_IStorageDeviceChangedEvent_get_storageDevice, device_event},
    {DEVICES, VBoxEventType_OnUSBDeviceStateChanged, VB_IFACE_IUSBDeviceStateChangedEvent,
     VB_IUSBDeviceStateChangedEvent_get_device, usb_event},
};

static const struct call_kind {
    eb_domain_event_id ids[3];
    enum vb_member member;
    void (*heard)(struct vbox_watch *w, struct vbox_known *k, const struct vb_own_call *call);
} call_kinds[] = {
    {AGENT, VB_IConsoleCallback_onAdditionsStateChange, additions_call},
    {GRAPHICS, VB_IConsoleCallback_onRemoteDisplayInfoChange, viewer_call},
    {IO_ERROR, VB_IConsoleCallback_onRuntimeError, error_call},
    {TRAY, VB_IConsoleCallback_onMediumChange, medium_call},
    {TRAY, VB_IConsoleCallback_onDVDDriveChange, dvd_call},
    {TRAY, VB_IConsoleCallback_onFloppyDriveChange, floppy_call},
    {DEVICES, VB_IConsoleCallback_onUSBDeviceStateChange, usb_call},
};

/* Whether consoles tell it, and VirtualBox itself does not. */
static bool tells_event(const struct vb *vb, const struct event_kind *kind)
{
    return vb_has(vb, VB_IConsole_get_eventSource) &&
           vb_enum_has(vb, VB_ENUM_VBoxEventType, (int)kind->type) && vb_has(vb, kind->member) &&
           !vbox_listener_hears(vb, kind->type);
}

static bool tells_call(const struct vb *vb, const struct call_kind *kind)
{
    return vb_has(vb, VB_IConsole_registerCallback) && vb_has(vb, kind->member) && vbox_callback_possible(vb);
}

static bool lists(const eb_domain_event_id ids[3], eb_domain_event_id id)
{
    return id != NO_EVENT && (ids[0] == id || ids[1] == id || ids[2] == id);
}

bool vbox_console_tells(const struct vb *vb, eb_domain_event_id id)
{
    if (id == EB_DOMAIN_EVENT_ID_BALLOON_CHANGE) /* not told, but seen */
        return vb_has(vb, VB_IGuest_get_memoryBalloonSize) &&
               (vbox_listener_possible(vb) || vbox_callback_possible(vb));
    for (size_t i = 0; i < EB_ARRAY_SIZE(event_kinds); i++) {
        if (lists(event_kinds[i].ids, id) && tells_event(vb, &event_kinds[i]))
            return true;
    }
    for (size_t i = 0; i < EB_ARRAY_SIZE(call_kinds); i++) {
        if (lists(call_kinds[i].ids, id) && tells_call(vb, &call_kinds[i]))
            return true;
    }
    return false;
}

bool vbox_console_hears_member(enum vb_member member)
{
    for (size_t i = 0; i < EB_ARRAY_SIZE(call_kinds); i++) {
        if (call_kinds[i].member == member)
            return true;
    }
    return false;
}

static bool is_wanted(struct vbox_watch *w)
{
    static const eb_domain_event_id ids[] = {
        EB_DOMAIN_EVENT_ID_AGENT_LIFECYCLE, EB_DOMAIN_EVENT_ID_GRAPHICS,
        EB_DOMAIN_EVENT_ID_IO_ERROR,        EB_DOMAIN_EVENT_ID_IO_ERROR_REASON,
        EB_DOMAIN_EVENT_ID_TRAY_CHANGE,     EB_DOMAIN_EVENT_ID_DEVICE_ADDED,
        EB_DOMAIN_EVENT_ID_DEVICE_REMOVED,  EB_DOMAIN_EVENT_ID_DEVICE_REMOVAL_FAILED,
        EB_DOMAIN_EVENT_ID_BALLOON_CHANGE,
    };

    for (size_t i = 0; i < EB_ARRAY_SIZE(ids); i++) {
        if (eb_event_hub_wants(w->hub, EB_EVENT_DOMAIN, (int)ids[i]) && vbox_console_tells(w->c.vb, ids[i]))
            return true;
    }
    return false;
}

/* ---- Opening and closing ---- */

IMachine *vbox_console_machine(const struct vbox_known *k)
{
    return k->console ? k->console->session.machine : NULL;
}

static int listen_to(struct vbox_watch *w, struct vbox_console *c)
{
    enum vb_VBoxEventType types[EB_ARRAY_SIZE(event_kinds)];
    struct vb *vb = w->c.vb;
    size_t n = 0;

    for (size_t i = 0; i < EB_ARRAY_SIZE(event_kinds); i++) {
        if (tells_event(vb, &event_kinds[i]))
            types[n++] = event_kinds[i].type;
    }
    if (IConsole_get_eventSource(vb, c->session.console, &c->source, NULL) < 0 ||
        IEventSource_createListener(vb, c->source, &c->listener, NULL) < 0)
        return -1;
    return IEventSource_registerListener(vb, c->source, c->listener, n, types, false, NULL);
}

static int be_called_by(struct vbox_watch *w, const struct vbox_known *k, struct vbox_console *c)
{
    void *object = NULL;

    c->caller = vbox_caller_new(w, k->uuid, &object, NULL);
    return c->caller ? IConsole_registerCallback(w->c.vb, c->session.console, object, NULL) : -1;
}

/* Its process would let us wait, and with us all events. What is asked in the very moment in which it is
 * stopped waits all the same, until it goes on. */
static bool stands_still(const struct vbox_known *k)
{
    return k->id > 0 && vbox_life_is_active(&k->life) && vbox_process_stands_still((uint32_t)k->id);
}

void vbox_console_close(struct vbox_watch *w, struct vbox_known *k)
{
    struct vbox_console *c = EB_STEAL(k->console);
    bool asks;

    if (!c)
        return;
    asks = !stands_still(k);
    if (c->listener && asks)
        IEventSource_unregisterListener(w->c.vb, c->source, c->listener, NULL);
    if (c->caller && c->session.console && asks)
        IConsole_unregisterCallback(w->c.vb, c->session.console, vbox_caller_object(c->caller), NULL);
    vbox_caller_free(c->caller);
    vb_unref(c->listener);
    vb_unref(c->source);
    vbox_viewer_clear(&c->viewer);
    vbox_session_close(&c->session);
    free(c);
}

static void open_console(struct vbox_watch *w, struct vbox_known *k)
{
    VB_AUTO(IMachine) machine = NULL;
    struct vbox_console *c;
    bool run;

    k->console_due = now_ms() + RETRY_MS;
    if (vbox_find_any(&w->c, w->vbox, k->uuid, &machine, NULL) < 0)
        return;
    c = k->console = EB_NEW(struct vbox_console);
    if (vbox_session_open(&w->c, machine, VBOX_LOCK_SHARED, &c->session, NULL) < 0 || !c->session.console ||
        (w->notes ? be_called_by(w, k, c) : listen_to(w, c)) < 0) {
        vbox_console_close(w, k);
        return;
    }
    vbox_watch_viewers_now(w, c->session.console, &c->viewer);
    vbox_watch_balloon(w, k, &c->session, false);
    run = vbox_watch_additions_run(w, c->session.console);
    if (run && k->was_there)
        k->agent = true; /* since before anyone listened */
    else if (run)
        additions_changed(w, k);
}

/* ---- Hearing ---- */

static void handle(struct vbox_watch *w, struct vbox_known *k, IEvent *event)
{
    enum vb_VBoxEventType type;
    void *cast = NULL;

    if (IEvent_get_type(w->c.vb, event, &type, NULL) < 0)
        return;
    for (size_t i = 0; i < EB_ARRAY_SIZE(event_kinds); i++) {
        if (event_kinds[i].type != type || vb_cast(w->c.vb, event, event_kinds[i].iface, &cast, NULL) < 0)
            continue;
        event_kinds[i].heard(w, k, cast);
        vb_unref(cast);
        return;
    }
}

/* 1: an event was heard. */
static int hear(struct vbox_watch *w, struct vbox_known *k, int timeout_ms)
{
    struct vbox_console *c = k->console;
    VB_AUTO(IEvent) event = NULL;

    if (IEventSource_getEvent(w->c.vb, c->source, c->listener, timeout_ms, &event, NULL) < 0)
        return -1;
    if (!event)
        return 0;
    handle(w, k, event);
    return IEventSource_eventProcessed(w->c.vb, c->source, c->listener, event, NULL) < 0 ? -1 : 1;
}

void vbox_console_called(struct vbox_watch *w, const unsigned char uuid[16], const struct vb_own_call *call)
{
    struct vbox_known *k = vbox_watch_find(w, uuid);

    for (size_t i = 0; k && k->console && i < EB_ARRAY_SIZE(call_kinds); i++) {
        if (call_kinds[i].member == call->member)
            call_kinds[i].heard(w, k, call);
    }
}

void vbox_console_paused(struct vbox_watch *w, struct vbox_known *k)
{
    int64_t until = now_ms() + ERROR_WAIT_MS;

    while (k->console && k->console->listener && !k->io_error && now_ms() < until) {
        if (hear(w, k, vb_calls_take_turns(w->c.vb) ? 0 : ERROR_WAIT_MS / 3) < 0) {
            vbox_console_close(w, k);
            k->console_due = now_ms() + RETRY_MS;
        }
    }
}

static void tend(struct vbox_watch *w, struct vbox_known *k, bool wanted)
{
    int heard = 1;

    if (k->console && (!wanted || !vbox_life_is_active(&k->life)))
        vbox_console_close(w, k);
    if (!k->console && wanted && vbox_life_rests(&k->life) && vbox_life_is_active(&k->life) &&
        now_ms() >= k->console_due)
        open_console(w, k);
    for (unsigned i = 0; k->console && k->console->listener && heard > 0 && i < AT_ONCE; i++)
        heard = hear(w, k, 0);
    if (heard < 0) {
        vbox_console_close(w, k);
        k->console_due = now_ms() + RETRY_MS;
    }
}

static void look_at_balloons(struct vbox_watch *w, int64_t now)
{
    struct vbox_known *k, *next;

    if (now < w->balloons_due)
        return;
    w->balloons_due = now + BALLOON_MS;
    if (!eb_event_hub_wants(w->hub, EB_EVENT_DOMAIN, EB_DOMAIN_EVENT_ID_BALLOON_CHANGE))
        return;
    HASH_ITER (hh, w->known, k, next) {
        if (k->console && vbox_life_rests(&k->life) && !stands_still(k))
            vbox_watch_balloon(w, k, &k->console->session, true);
    }
}

void vbox_consoles_tend(struct vbox_watch *w)
{
    struct vbox_known *k, *next;
    int64_t now = now_ms();
    unsigned n = 0;
    bool wanted;

    if (now < w->consoles_due)
        return;
    look_at_balloons(w, now);
    wanted = is_wanted(w);
    HASH_ITER (hh, w->known, k, next) {
        if ((wanted || k->console) && !stands_still(k))
            tend(w, k, wanted);
        n += k->console != NULL;
    }
    w->consoles_due = now_ms() + (n * EACH_MS > ROUND_MS ? (int64_t)n * EACH_MS : ROUND_MS);
}

void vbox_consoles_close(struct vbox_watch *w)
{
    struct vbox_known *k, *next;

    HASH_ITER (hh, w->known, k, next) {
        vbox_console_close(w, k);
        k->console_due = 0;
    }
}
