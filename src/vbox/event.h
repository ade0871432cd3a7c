/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file event.h
 * Events of the VirtualBox driver. One thread for each open installation, from the first registered callback
 * to the last, hears what VirtualBox says: a passive listener (4.0 and later), an object of ours that it
 * calls (before), or, where it can do neither, a look each second. It knows the machines as they were last
 * told of; what differs is an event. So nothing is told twice, and after VBoxSVC came back what was missed is
 * told.
 */
#ifndef EB_VBOX_EVENT_H
#define EB_VBOX_EVENT_H

#include <sys/stat.h>
#include <uthash.h>

#include "vbox/domain.h"
#include "vbox/event_life.h"

/* ---- For the driver's table (event.c) ---- */

bool vbox_event_has(eb_conn *conn, enum eb_event_class class, int id);
int vbox_event_start(eb_conn *conn, eb_error *err);
void vbox_event_stop(eb_conn *conn);
/** Tells `event` (taken) all connections of this installation. For what VirtualBox itself does not tell. */
void vbox_event_emit(struct vb *vb, struct eb_event *event);
/** Whether a connection of this installation has a callback at all. */
bool vbox_event_wanted(struct vb *vb);

/* ---- What is known of the machines (event_watch.c); for the thread alone ---- */

/** Tells whether a settings file was written, and whether what it says changed. */
struct vbox_stamp {
    ino_t inode;
    off_t size;
    struct timespec written;
    uint64_t mark; /* vbox_settings_mark */
};

/** The guest property in which VirtualBox counts resets, where it does. */
#define VBOX_RESET_COUNTER "/VirtualBox/VMInfo/ResetCounter"

struct vb_own_call;
struct vbox_caller;
struct vbox_console;
struct vbox_notes;

struct vbox_known {
    unsigned char uuid[16];
    char *name;
    char *file; /* of its settings */
    struct vbox_stamp stamp;
    struct vbox_life life;
    int id; /* -1: does not run */
    bool transient;
    bool agent;       /* the guest additions were told to be there */
    bool is_new;      /* made by an operation of this process, which has not ended: nobody was told */
    bool changed;     /* its settings may have changed */
    bool seen;        /* by the sync that is under way */
    bool was_there;   /* it ran before anyone listened */
    bool io_error;    /* its console told of one, which pauses it */
    uint32_t balloon; /* MB */
    struct vbox_console *console; /* event_console.c's; NULL: it is not listened to */
    int64_t console_due;          /* when to try again, in ms of the monotonic clock */
    UT_hash_handle hh;
};

struct vbox_watch {
    struct vbox_conn c; /* of no connection */
    struct eb_event_hub *hub;
    IVirtualBox *vbox; /* while connected */
    struct vbox_known *known;
    bool quiet;                         /* nothing was told yet: what is found is no news */
    uint64_t epoch;                     /* of `vbox` (vb_begin) */
    struct vbox_notes *notes;           /* event_callback.c's; NULL since 4.0 */
    int64_t consoles_due, balloons_due; /* in ms of the monotonic clock */
    struct eb_nodedev_def **devices;    /* of the host, as last told of; NULL: nobody listens to them */
    size_t n_devices;
    int64_t devices_due;
};
/** Compares with what is, and tells the difference. */
int vbox_watch_sync(struct vbox_watch *w, eb_error *err);
void vbox_watch_clear(struct vbox_watch *w);
/** Tells what waited for an operation of this process to end. True when something still waits. */
bool vbox_watch_settle(struct vbox_watch *w);

/* What VirtualBox says; `id` is a machine's uuid as text. Machines that are gone meanwhile are passed over.
 */
void vbox_watch_state(struct vbox_watch *w, const char *id, enum vb_MachineState state);
void vbox_watch_registered(struct vbox_watch *w, const char *id, bool registered);
void vbox_watch_data(struct vbox_watch *w, const char *id);
/** `id` is empty or all zero for VirtualBox's own extra data. */
void vbox_watch_extra_data(struct vbox_watch *w, const char *id, const char *key, const char *value);
void vbox_watch_property(struct vbox_watch *w, const char *id, const char *name, const char *value);
void vbox_watch_agent(struct vbox_watch *w, struct vbox_known *k, bool connected, int reason);

struct vbox_known *vbox_watch_find(struct vbox_watch *w, const unsigned char uuid[16]);
struct eb_event *vbox_watch_event(const struct vbox_known *k, eb_domain_event_id id);
/** Takes the event. */
void vbox_watch_tell(struct vbox_watch *w, struct eb_event *event);

/* ---- A running machine's devices (event_devices.c) ---- */

/* `k`: the machine whose console told it; NULL: VirtualBox itself told it, and the attachment knows its
 * machine. */
/** A drive's medium came or went. */
void vbox_watch_medium(struct vbox_watch *w, struct vbox_known *k, IMediumAttachment *attachment);
/** A drive came or went. */
void vbox_watch_device(struct vbox_watch *w, struct vbox_known *k, IMediumAttachment *attachment,
                       bool removed);
/** Before 3.1, where a machine has one drive of each kind: its medium came or went. */
void vbox_watch_drive(struct vbox_watch *w, struct vbox_known *k, bool floppy);
void vbox_watch_usb(struct vbox_watch *w, struct vbox_known *k, IUSBDevice *device, bool attached,
                    bool failed);

/* ---- Its display, guest additions, errors and memory (event_guest.c) ---- */

/** Who looks at the remote display: how many, and the last one. Cleared by vbox_viewer_clear. */
struct vbox_viewer {
    uint32_t n;
    int32_t port; /* of the server; 0: unknown */
    char *address, *user;
};
void vbox_viewer_clear(struct vbox_viewer *viewer);
int vbox_watch_viewers_now(struct vbox_watch *w, IConsole *console, struct vbox_viewer *out);
/** Tells who came and who left since `last`, which becomes now. */
void vbox_watch_viewers(struct vbox_watch *w, struct vbox_known *k, IConsole *console,
                        struct vbox_viewer *last);
bool vbox_watch_additions_run(struct vbox_watch *w, IConsole *console);
/** VirtualBox's runtime error. True when it was a disk's and paused the machine. */
bool vbox_watch_error(struct vbox_watch *w, struct vbox_known *k, bool fatal, const char *id);
/** Takes in how much memory the balloon has; `tell`: and tells when that changed. */
void vbox_watch_balloon(struct vbox_watch *w, struct vbox_known *k, struct vbox_session *session, bool tell);

/* ---- What only consoles tell (event_console.c) ---- */

/** Whether this VirtualBox's consoles tell this event, and it does not come without them. */
bool vbox_console_tells(const struct vb *vb, eb_domain_event_id id);
bool vbox_console_hears_member(enum vb_member member);
/** From time to time: listens to the consoles of running machines while someone wants what they tell. */
void vbox_consoles_tend(struct vbox_watch *w);
void vbox_consoles_close(struct vbox_watch *w);
/** The machine was paused: hears out its console for the reason, which sets `io_error`. */
void vbox_console_paused(struct vbox_watch *w, struct vbox_known *k);
void vbox_console_called(struct vbox_watch *w, const unsigned char uuid[16], const struct vb_own_call *call);
void vbox_console_close(struct vbox_watch *w, struct vbox_known *k);
/** The session's machine (borrowed); NULL while its console is not listened to. */
IMachine *vbox_console_machine(const struct vbox_known *k);

/* ---- The host's devices (event_hostdev.c) ---- */

/** While someone wants to hear of them: looks at them each `interval_ms`, and tells the difference. */
void vbox_devices_tend(struct vbox_watch *w, int interval_ms);
void vbox_devices_forget(struct vbox_watch *w);

/* ---- VirtualBox's calls to us, before 4.0 (event_callback.c) ---- */

/** Whether this VirtualBox calls back, and says what took the place of these events later. */
bool vbox_callback_possible(const struct vb *vb);
bool vbox_callback_hears(const struct vb *vb, enum vb_VBoxEventType type);
int vbox_callback_open(struct vbox_watch *w, eb_error *err);
/** As vbox_listener_hear. */
int vbox_callback_hear(struct vbox_watch *w, int timeout_ms, eb_error *err);
void vbox_callback_close(struct vbox_watch *w);
/** An object that VirtualBox calls, or the console of the machine `console_of` (else NULL). Freed before the
 * callbacks are closed. */
struct vbox_caller *vbox_caller_new(struct vbox_watch *w, const unsigned char *console_of, void **object,
                                    eb_error *err);
void *vbox_caller_object(const struct vbox_caller *caller);
void vbox_caller_free(struct vbox_caller *caller);

/* ---- VirtualBox's listener (event_listen.c) ---- */

struct vbox_listener {
    IEventSource *source;
    IEventListener *listener;
};
/** Whether this VirtualBox has event sources, and says this through them. */
bool vbox_listener_possible(const struct vb *vb);
bool vbox_listener_hears(const struct vb *vb, enum vb_VBoxEventType type);
int vbox_listener_open(struct vbox_watch *w, struct vbox_listener *out, eb_error *err);
/** Waits at most `timeout_ms` for an event. 1: one was heard. 0: none came. */
int vbox_listener_hear(struct vbox_watch *w, struct vbox_listener *l, int timeout_ms, eb_error *err);
void vbox_listener_close(struct vbox_watch *w, struct vbox_listener *l);

#endif
