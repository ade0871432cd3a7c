/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file event.h
 * Events of the VirtualBox driver. One thread for each open installation, from the first registered callback
 * to the last, hears what VirtualBox says (4.0 and later: a passive listener) or looks each second (before).
 * It knows the machines as they were last told of; what differs is an event. So nothing is told twice, and
 * after VBoxSVC came back what was missed is told.
 */
#ifndef EB_VBOX_EVENT_H
#define EB_VBOX_EVENT_H

#include <sys/stat.h>
#include <uthash.h>

#include "vbox/event_life.h"
#include "vbox/vbox.h"

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

struct vbox_known {
    unsigned char uuid[16];
    char *name;
    char *file; /* of its settings */
    struct vbox_stamp stamp;
    struct vbox_life life;
    int id; /* -1: does not run */
    bool transient;
    bool agent;   /* the guest additions were told to be there */
    bool is_new;  /* made by an operation of this process, which has not ended: nobody was told */
    bool changed; /* its settings may have changed */
    bool seen;    /* by the sync that is under way */
    UT_hash_handle hh;
};

struct vbox_watch {
    struct vbox_conn c; /* of no connection */
    struct eb_event_hub *hub;
    IVirtualBox *vbox; /* while connected */
    struct vbox_known *known;
    bool quiet; /* nothing was told yet: what is found is no news */
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
/** A drive's medium came or went. */
void vbox_watch_medium(struct vbox_watch *w, IMediumAttachment *attachment);
/** A drive came or went. */
void vbox_watch_device(struct vbox_watch *w, IMediumAttachment *attachment, bool removed);

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
