/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The threads that hear of events: one for each open installation, shared by its connections. */
#include "vbox/event.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "base/log.h"

#define EB_MODULE "vbox"

enum {
    HEAR_MS = 200,  /* how long one getEvent waits; stopping takes as long at worst */
    ASK_MS = 50,    /* between two of them where one that waits would hold up all other calls */
    SETTLE_MS = 10, /* between looks whether an operation of ours has ended */
    POLL_MS = 1000, /* between two looks at a VirtualBox that tells nothing; EVERBOX_POLL_MS */
    RETRY_MS = 1000,
};

struct source {
    struct source *next;
    struct vb *vb;
    struct eb_event_hub *hub;
    unsigned users; /* under `sources_lock` */
    pthread_t thread;
    struct vbox_watch watch; /* the thread's */
    pthread_mutex_t lock;    /* of the following */
    pthread_cond_t changed;
    bool stop, begun;
    eb_error why; /* why it has not begun; empty when it has */
};

static struct source *sources;
static pthread_mutex_t sources_lock = PTHREAD_MUTEX_INITIALIZER;

static bool is_stopping(struct source *s)
{
    bool stop;

    pthread_mutex_lock(&s->lock);
    stop = s->stop;
    pthread_mutex_unlock(&s->lock);
    return stop;
}

/* Sleeps, but not past a stop. */
static void pause_for(struct source *s, int ms)
{
    struct timespec until;

    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += (long)(ms % 1000) * 1000000;
    until.tv_sec += ms / 1000 + until.tv_nsec / 1000000000;
    until.tv_nsec %= 1000000000;
    pthread_mutex_lock(&s->lock);
    while (!s->stop && pthread_cond_timedwait(&s->changed, &s->lock, &until) == 0)
        ;
    pthread_mutex_unlock(&s->lock);
}

static void say_begun(struct source *s, eb_error *why)
{
    pthread_mutex_lock(&s->lock);
    if (!s->begun) {
        s->begun = true;
        if (why)
            eb_error_move(&s->why, why);
        pthread_cond_broadcast(&s->changed);
    }
    pthread_mutex_unlock(&s->lock);
}

static int hear_next(struct source *s, struct vbox_listener *listener, bool waits, eb_error *err)
{
    /* where a question that waits holds up all other calls */
    bool asks = vb_calls_take_turns(s->vb);
    int result;

    if (s->watch.notes)
        return vbox_callback_hear(&s->watch, waits ? SETTLE_MS : HEAR_MS, err);
    result = vbox_listener_hear(&s->watch, listener, asks ? 0 : waits ? SETTLE_MS : HEAR_MS, err);
    if (result == 0 && asks)
        pause_for(s, ASK_MS);
    return result;
}

static int poll_ms(void)
{
    const char *said = getenv("EVERBOX_POLL_MS");

    return said && atoi(said) > 0 ? atoi(said) : POLL_MS;
}

static int hear_until_stopped(struct source *s, eb_error *err)
{
    struct vbox_listener listener = {0};
    int result, interval = poll_ms();

    if (vbox_listener_possible(s->vb) ? vbox_listener_open(&s->watch, &listener, err) < 0
                                      : vbox_callback_open(&s->watch, err) < 0)
        return -1;
    /* what changes from here on is heard; what changed before is found */
    result = vbox_watch_sync(&s->watch, err);
    if (result == 0)
        say_begun(s, NULL);
    while (result >= 0 && !is_stopping(s)) {
        vbox_consoles_tend(&s->watch);
        vbox_devices_tend(&s->watch, interval);
        result = hear_next(s, &listener, vbox_watch_settle(&s->watch), err);
    }
    vbox_consoles_close(&s->watch);
    vbox_callback_close(&s->watch);
    vbox_listener_close(&s->watch, &listener);
    return result < 0 ? -1 : 0;
}

static int look_until_stopped(struct source *s, eb_error *err)
{
    int interval = poll_ms();

    while (!is_stopping(s)) {
        if (vbox_watch_sync(&s->watch, err) < 0)
            return -1;
        say_begun(s, NULL);
        vbox_devices_tend(&s->watch, interval);
        pause_for(s, interval);
    }
    return 0;
}

/* From a connection to VBoxSVC until it breaks or the source is stopped. */
static int serve(struct source *s, bool *connected, eb_error *err)
{
    int result;

    *connected = vb_begin(s->vb, &s->watch.vbox, &s->watch.epoch, err) == 0;
    if (!*connected)
        return -1;
    result = vbox_listener_possible(s->vb) || vbox_callback_possible(s->vb) ? hear_until_stopped(s, err)
                                                                            : look_until_stopped(s, err);
    vb_unref(EB_STEAL(s->watch.vbox));
    return result;
}

static void tell_closed(struct source *s)
{
    struct eb_event *event = eb_event_new(EB_EVENT_CONNECTION, 0, NULL, NULL, -1);

    event->numbers[0] = EB_CLOSE_REASON_ERROR;
    eb_event_hub_emit(s->hub, event);
}

static void *run(void *opaque)
{
    struct source *s = opaque;
    bool lost = false;

    s->watch.quiet = true;
    while (!is_stopping(s)) {
        EB_AUTOERROR eb_error why = EB_ERROR_INIT;
        bool connected;

        if (serve(s, &connected, &why) == 0)
            break;
        EB_INFO("events of VirtualBox stopped: %s", eb_error_message(&why));
        if (!connected && !lost)
            tell_closed(s);
        lost = !connected;
        if (s->watch.quiet) {
            say_begun(s, &why);
            break;
        }
        if (!connected)
            pause_for(s, RETRY_MS);
    }
    vbox_devices_forget(&s->watch);
    vbox_watch_clear(&s->watch);
    return NULL;
}

static void free_source(struct source *s)
{
    eb_event_hub_free(s->hub);
    vb_unref_client(s->vb);
    pthread_cond_destroy(&s->changed);
    pthread_mutex_destroy(&s->lock);
    eb_error_clear(&s->why);
    free(s);
}

static struct source *new_source(struct vb *vb)
{
    struct source *s = EB_NEW(struct source);
    pthread_condattr_t attributes;

    s->vb = s->watch.c.vb = vb_ref(vb);
    s->hub = s->watch.hub = eb_event_hub_new();
    pthread_mutex_init(&s->lock, NULL);
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&s->changed, &attributes);
    pthread_condattr_destroy(&attributes);
    return s;
}

/* Waits until everything that happens from now on is heard. */
static struct source *start(struct vb *vb, eb_error *err)
{
    struct source *s = new_source(vb);
    int result = pthread_create(&s->thread, NULL, run, s);

    if (result != 0) {
        free_source(s);
        eb_error_set_errno(err, result, "cannot start a thread for events");
        return NULL;
    }
    pthread_mutex_lock(&s->lock);
    while (!s->begun)
        pthread_cond_wait(&s->changed, &s->lock);
    pthread_mutex_unlock(&s->lock);
    if (!eb_error_is_set(&s->why))
        return s;
    pthread_join(s->thread, NULL);
    eb_error_move(err, &s->why);
    free_source(s);
    return NULL;
}

static struct source **place_of(const struct vb *vb)
{
    struct source **place = &sources;

    while (*place && (*place)->vb != vb)
        place = &(*place)->next;
    return place;
}

int vbox_event_start(eb_conn *conn, eb_error *err)
{
    struct vb *vb = vbox_conn_of(conn)->vb;
    struct source **place, *s;

    pthread_mutex_lock(&sources_lock);
    place = place_of(vb);
    if (!*place)
        *place = start(vb, err);
    s = *place;
    if (s) {
        s->users++;
        eb_event_hub_join(s->hub, conn);
    }
    pthread_mutex_unlock(&sources_lock);
    return s ? 0 : -1;
}

void vbox_event_stop(eb_conn *conn)
{
    struct source *s, **place;

    pthread_mutex_lock(&sources_lock);
    place = place_of(vbox_conn_of(conn)->vb);
    s = *place;
    eb_event_hub_leave(s->hub, conn);
    if (--s->users == 0) {
        *place = s->next;
        pthread_mutex_lock(&s->lock);
        s->stop = true;
        pthread_cond_broadcast(&s->changed);
        pthread_mutex_unlock(&s->lock);
        pthread_join(s->thread, NULL);
        free_source(s);
    }
    pthread_mutex_unlock(&sources_lock);
}

void vbox_event_emit(struct vb *vb, struct eb_event *event)
{
    struct source *s;

    pthread_mutex_lock(&sources_lock);
    s = *place_of(vb);
    if (s)
        eb_event_hub_emit(s->hub, eb_event_ref(event));
    pthread_mutex_unlock(&sources_lock);
    eb_event_unref(event);
}

bool vbox_event_wanted(struct vb *vb)
{
    bool wanted;

    pthread_mutex_lock(&sources_lock);
    wanted = *place_of(vb) != NULL;
    pthread_mutex_unlock(&sources_lock);
    return wanted;
}

static bool is_heard(const struct vb *vb, enum vb_VBoxEventType type)
{
    return vbox_listener_hears(vb, type) || vbox_callback_hears(vb, type);
}

bool vbox_event_has(eb_conn *conn, enum eb_event_class class, int id)
{
    const struct vb *vb = vbox_conn_of(conn)->vb;

    if (class == EB_EVENT_NETWORK)
        return id == EB_NETWORK_EVENT_ID_LIFECYCLE;
    if (class == EB_EVENT_NODEDEV)
        return id == EB_NODEDEV_EVENT_ID_LIFECYCLE || id == EB_NODEDEV_EVENT_ID_UPDATE;
    if (class != EB_EVENT_DOMAIN)
        return false;
    switch (id) {
    case EB_DOMAIN_EVENT_ID_LIFECYCLE:
    case EB_DOMAIN_EVENT_ID_JOB_COMPLETED:
        return true;
    case EB_DOMAIN_EVENT_ID_METADATA_CHANGE:
        return is_heard(vb, VBoxEventType_OnExtraDataChanged);
    case EB_DOMAIN_EVENT_ID_REBOOT:
        return is_heard(vb, VBoxEventType_OnGuestPropertyChanged);
    case EB_DOMAIN_EVENT_ID_AGENT_LIFECYCLE:
        return is_heard(vb, VBoxEventType_OnGuestPropertyChanged) ||
               vbox_console_tells(vb, EB_DOMAIN_EVENT_ID_AGENT_LIFECYCLE);
    case EB_DOMAIN_EVENT_ID_TRAY_CHANGE:
        return is_heard(vb, VBoxEventType_OnMediumChanged) ||
               vbox_console_tells(vb, EB_DOMAIN_EVENT_ID_TRAY_CHANGE);
    case EB_DOMAIN_EVENT_ID_DEVICE_ADDED:
    case EB_DOMAIN_EVENT_ID_DEVICE_REMOVED:
        return is_heard(vb, VBoxEventType_OnStorageDeviceChanged) ||
               vbox_console_tells(vb, (eb_domain_event_id)id);
    case EB_DOMAIN_EVENT_ID_BALLOON_CHANGE:
    case EB_DOMAIN_EVENT_ID_DEVICE_REMOVAL_FAILED:
    case EB_DOMAIN_EVENT_ID_GRAPHICS:
    case EB_DOMAIN_EVENT_ID_IO_ERROR:
    case EB_DOMAIN_EVENT_ID_IO_ERROR_REASON:
        return vbox_console_tells(vb, (eb_domain_event_id)id);
    default:
        return false;
    }
}
