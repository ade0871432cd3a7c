/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file event.h
 * The events of one connection: who wants to hear what, and a queue of what happened. Its timer exists
 * exactly while at least one callback is registered: the first registration adds it, the removal of the last
 * one drops it and the queue. Making the state adds no timer, so none can fire into a freed state; the timer
 * holds a reference to the state, which the loop drops when it frees the timer, so the state outlives the
 * last firing, and no cycle keeps it alive.
 *
 * Callbacks run from the loop with no lock held, one after another in the order of registration for each
 * event, and events in the order in which they were queued. A callback may register and deregister, itself
 * and others, and drop the connection. A callback that was deregistered is not called again; its opaque is
 * freed after the dispatch that it was part of.
 */
#ifndef EB_CORE_EVENT_H
#define EB_CORE_EVENT_H

#include <stdatomic.h>

#include "core/loop.h"
#include "everbox/everbox.h"

/** What kind of object an event is about. */
enum eb_event_class {
    EB_EVENT_DOMAIN,
    EB_EVENT_NETWORK,
    EB_EVENT_POOL,
    EB_EVENT_NODEDEV,
    EB_EVENT_CONNECTION, /* id 0: it was lost; the number is the reason */
    EB_EVENT_CLASS_LAST
};

#define EB_EVENT_NUMBERS 4
#define EB_EVENT_TEXTS 5

/** One thing that happened. Immutable once queued or emitted, reference counted. */
struct eb_event {
    enum eb_event_class class;
    int id;                 /* libvirt's event id in its class: eb_domain_event_id … */
    unsigned char uuid[16]; /* of the object */
    char *name;             /* of the object; owned */
    int object_id;          /* a domain's id then, or -1 */
    /* By event id, in the order of the members of eb_domain_event. */
    int64_t numbers[EB_EVENT_NUMBERS];
    char *texts[EB_EVENT_TEXTS]; /* owned */
    eb_param *params;            /* owned */
    size_t n_params;
    atomic_int refs; /* for event.c */
};
/** Numbers and texts are zero and NULL. */
struct eb_event *eb_event_new(enum eb_event_class class, int id, const unsigned char *uuid, const char *name,
                              int object_id);
struct eb_event *eb_event_ref(struct eb_event *event);
/** NULL is fine. */
void eb_event_unref(struct eb_event *event);

/** `conn` is what the callback was registered with: opaque here. */
typedef void (*eb_event_fn)(void *conn, const struct eb_event *event, void *opaque);

struct eb_event_state;
/**
 * `hold` (with `release`; both may be NULL) keeps a callback's `conn` while the callback runs: it gives
 * false, and the callback does not run, when that connection is being closed. Called with the state's lock
 * held; so a connection that removes its callbacks before it is freed is there then. `release` is called
 * without it.
 */
struct eb_event_state *eb_event_state_new(bool (*hold)(void *conn), void (*release)(void *conn));
/** The last reference frees it; callbacks that are left are freed with it, uncalled. NULL is fine. */
void eb_event_state_unref(struct eb_event_state *state);

/**
 * Registers `fn` for events of `class` and `id`, of one object (`uuid`) or of all (NULL). `free_fn` (may be
 * NULL) frees `opaque` once the callback can run no more. Result: a callback id (0 or more), which is never
 * given twice; -1 when there is no loop to run it (EB_ERR_OPERATION_INVALID) or the loop refuses a timer.
 */
int eb_event_state_register(struct eb_event_state *state, void *conn, enum eb_event_class class, int id,
                            const unsigned char *uuid, eb_event_fn fn, void *opaque, void (*free_fn)(void *),
                            eb_error *err);
/** Result: how many callbacks are left for the class and id of the removed one; -1 EB_ERR_INVALID_ARG when
 * there is none. */
int eb_event_state_deregister(struct eb_event_state *state, void *conn, int callback_id, eb_error *err);
/** Removes every callback of `conn`; the timer goes with the last one. */
void eb_event_state_deregister_conn(struct eb_event_state *state, void *conn);
/** Takes `event` (one reference). Costs a look at a number when nobody listens. */
void eb_event_state_queue(struct eb_event_state *state, struct eb_event *event);
/** For tests and for status: how many callbacks there are, and whether the timer exists. */
size_t eb_event_state_count(struct eb_event_state *state);
/** Whether a callback is registered for this event, of whatever object. */
bool eb_event_state_wants(struct eb_event_state *state, enum eb_event_class class, int id);
bool eb_event_state_has_timer(struct eb_event_state *state);

#endif
