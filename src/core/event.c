/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/event.h"

#include <pthread.h>
#include <utlist.h>

struct callback {
    int id;
    void *conn;
    enum eb_event_class class;
    int event_id;
    bool all; /* of every object, else of `uuid` alone */
    unsigned char uuid[16];
    eb_event_fn fn;
    void *opaque;
    void (*free_fn)(void *);
    bool deleted; /* while a dispatch may still look at it */
    struct callback *next, *prev;
};

struct queued {
    struct eb_event *event;
    struct queued *next, *prev;
};

struct eb_event_state {
    atomic_int refs;
    bool (*hold)(void *conn);
    void (*release)(void *conn);
    atomic_size_t live;   /* callbacks that are not deleted; read without the lock by the queue */
    pthread_mutex_t lock; /* guards what follows */
    struct callback *callbacks;
    struct queued *queue;
    int next_id;
    int timer;                  /* -1: none */
    const struct eb_loop *loop; /* whose timer it is */
    unsigned dispatching;
};

struct eb_event *eb_event_new(enum eb_event_class class, int id, const unsigned char *uuid, const char *name,
                              int object_id)
{
    struct eb_event *event = EB_NEW(struct eb_event);

    event->class = class;
    event->id = id;
    if (uuid)
        memcpy(event->uuid, uuid, sizeof(event->uuid));
    event->name = eb_strdup(name);
    event->object_id = object_id;
    atomic_init(&event->refs, 1);
    return event;
}

struct eb_event *eb_event_ref(struct eb_event *event)
{
    atomic_fetch_add(&event->refs, 1);
    return event;
}

void eb_event_unref(struct eb_event *event)
{
    if (!event || atomic_fetch_sub(&event->refs, 1) != 1)
        return;
    free(event->name);
    for (size_t i = 0; i < EB_ARRAY_SIZE(event->texts); i++)
        free(event->texts[i]);
    eb_params_free(event->params, event->n_params);
    free(event);
}

struct eb_event_state *eb_event_state_new(bool (*hold)(void *), void (*release)(void *))
{
    struct eb_event_state *state = EB_NEW(struct eb_event_state);

    atomic_init(&state->refs, 1);
    pthread_mutex_init(&state->lock, NULL);
    state->hold = hold;
    state->release = release;
    state->timer = -1;
    return state;
}

static void free_callback(struct callback *cb)
{
    if (cb->free_fn)
        cb->free_fn(cb->opaque);
    free(cb);
}

static void free_queue(struct queued *queue)
{
    struct queued *item, *next;

    DL_FOREACH_SAFE(queue, item, next)
    {
        eb_event_unref(item->event);
        free(item);
    }
}

void eb_event_state_unref(struct eb_event_state *state)
{
    struct callback *cb, *next;

    if (!state || atomic_fetch_sub(&state->refs, 1) != 1)
        return;
    DL_FOREACH_SAFE(state->callbacks, cb, next)
    {
        free_callback(cb);
    }
    free_queue(state->queue);
    pthread_mutex_destroy(&state->lock);
    free(state);
}

static void unref_from_loop(void *state)
{
    eb_event_state_unref(state);
}

static bool wants(const struct callback *cb, const struct eb_event *event)
{
    return !cb->deleted && cb->class == event->class && cb->event_id == event->id &&
           (cb->all || memcmp(cb->uuid, event->uuid, sizeof(cb->uuid)) == 0);
}

/* Calls those of the callbacks up to and including `last` (the newest when the dispatch began) that want it.
 */
static void deliver(struct eb_event_state *state, const struct eb_event *event, int last)
{
    /* Callbacks are never unlinked while a dispatch runs, so `cb->next` stays good across the unlocked call.
     */
    for (struct callback *cb = state->callbacks; cb && cb->id <= last; cb = cb->next) {
        if (!wants(cb, event) || (state->hold && !state->hold(cb->conn)))
            continue;
        pthread_mutex_unlock(&state->lock);
        cb->fn(cb->conn, event, cb->opaque);
        if (state->release)
            state->release(cb->conn);
        pthread_mutex_lock(&state->lock);
    }
}

/* Unlinks the callbacks that were deregistered during a dispatch and gives them to be freed without the lock.
 */
static struct callback *take_deleted(struct eb_event_state *state)
{
    struct callback *dead = NULL, *cb, *next;

    DL_FOREACH_SAFE(state->callbacks, cb, next)
    {
        if (!cb->deleted)
            continue;
        DL_DELETE(state->callbacks, cb);
        DL_APPEND(dead, cb);
    }
    return dead;
}

static void free_callbacks(struct callback *dead)
{
    struct callback *cb, *next;

    DL_FOREACH_SAFE(dead, cb, next)
    {
        free_callback(cb);
    }
}

/* With the lock held: when no callback is left, drops the timer and the queue. The loop drops the timer's
 * reference later. */
static struct queued *drop_timer_if_unused(struct eb_event_state *state)
{
    struct queued *queue = NULL;

    if (atomic_load(&state->live) || state->timer < 0)
        return NULL;
    state->loop->remove_timer(state->timer);
    state->timer = -1;
    queue = state->queue;
    state->queue = NULL;
    return queue;
}

static void dispatch(int timer, void *opaque)
{
    struct eb_event_state *state = opaque;
    struct callback *dead = NULL;
    struct queued *queue, *item;
    int last;

    (void)timer;
    atomic_fetch_add(&state->refs, 1);
    pthread_mutex_lock(&state->lock);
    state->dispatching++;
    queue = state->queue;
    state->queue = NULL;
    last = state->next_id - 1;
    if (state->timer >= 0)
        state->loop->update_timer(state->timer, -1);
    DL_FOREACH (queue, item) {
        deliver(state, item->event, last);
    }
    if (--state->dispatching == 0)
        dead = take_deleted(state);
    pthread_mutex_unlock(&state->lock);
    free_queue(queue);
    free_callbacks(dead);
    eb_event_state_unref(state);
}

static int add_timer(struct eb_event_state *state, eb_error *err)
{
    state->loop = eb_loop_current();
    if (!state->loop)
        return eb_error_set(err, EB_ERR_OPERATION_INVALID,
                            "no event loop is there to deliver events: register one first");
    atomic_fetch_add(&state->refs, 1);
    state->timer = state->loop->add_timer(-1, dispatch, state, unref_from_loop);
    if (state->timer >= 0)
        return 0;
    atomic_fetch_sub(&state->refs, 1);
    return eb_error_set(err, EB_ERR_INTERNAL_ERROR, "could not initialize domain event timer");
}

int eb_event_state_register(struct eb_event_state *state, void *conn, enum eb_event_class class, int id,
                            const unsigned char *uuid, eb_event_fn fn, void *opaque, void (*free_fn)(void *),
                            eb_error *err)
{
    struct callback *cb;
    int result;

    pthread_mutex_lock(&state->lock);
    if (state->timer < 0 && add_timer(state, err) < 0) {
        pthread_mutex_unlock(&state->lock);
        return -1;
    }
    cb = EB_NEW(struct callback);
    result = cb->id = state->next_id++;
    cb->conn = conn;
    cb->class = class;
    cb->event_id = id;
    cb->all = !uuid;
    if (uuid)
        memcpy(cb->uuid, uuid, sizeof(cb->uuid));
    cb->fn = fn;
    cb->opaque = opaque;
    cb->free_fn = free_fn;
    DL_APPEND(state->callbacks, cb);
    atomic_fetch_add(&state->live, 1);
    pthread_mutex_unlock(&state->lock);
    return result;
}

/* With the lock held: takes the callback out of use. Gives it back when it may be freed at once. */
static struct callback *retire(struct eb_event_state *state, struct callback *cb)
{
    atomic_fetch_sub(&state->live, 1);
    cb->deleted = true;
    if (state->dispatching)
        return NULL;
    DL_DELETE(state->callbacks, cb);
    return cb;
}

static int count_like(const struct eb_event_state *state, const struct callback *like)
{
    int n = 0;

    for (const struct callback *cb = state->callbacks; cb; cb = cb->next)
        n += !cb->deleted && cb->class == like->class && cb->event_id == like->event_id;
    return n;
}

int eb_event_state_deregister(struct eb_event_state *state, void *conn, int callback_id, eb_error *err)
{
    struct callback *cb, *dead;
    struct queued *queue;
    int left;

    pthread_mutex_lock(&state->lock);
    for (cb = state->callbacks; cb; cb = cb->next) {
        if (cb->id == callback_id && cb->conn == conn && !cb->deleted)
            break;
    }
    if (!cb) {
        pthread_mutex_unlock(&state->lock);
        return eb_error_set(err, EB_ERR_INVALID_ARG, "could not find event callback %d for deletion",
                            callback_id);
    }
    dead = retire(state, cb);
    left = count_like(state, cb);
    queue = drop_timer_if_unused(state);
    pthread_mutex_unlock(&state->lock);
    free_queue(queue);
    if (dead)
        free_callback(dead);
    return left;
}

void eb_event_state_deregister_conn(struct eb_event_state *state, void *conn)
{
    struct callback *dead = NULL, *cb, *next, *one;
    struct queued *queue;

    pthread_mutex_lock(&state->lock);
    DL_FOREACH_SAFE(state->callbacks, cb, next)
    {
        if (cb->conn == conn && !cb->deleted && (one = retire(state, cb)))
            DL_APPEND(dead, one);
    }
    queue = drop_timer_if_unused(state);
    pthread_mutex_unlock(&state->lock);
    free_queue(queue);
    free_callbacks(dead);
}

void eb_event_state_queue(struct eb_event_state *state, struct eb_event *event)
{
    struct queued *item;

    if (!atomic_load_explicit(&state->live, memory_order_acquire)) {
        eb_event_unref(event);
        return;
    }
    pthread_mutex_lock(&state->lock);
    if (state->timer < 0) {
        pthread_mutex_unlock(&state->lock);
        eb_event_unref(event);
        return;
    }
    item = EB_NEW(struct queued);
    item->event = event;
    if (!state->queue)
        state->loop->update_timer(state->timer, 0);
    DL_APPEND(state->queue, item);
    pthread_mutex_unlock(&state->lock);
}

size_t eb_event_state_count(struct eb_event_state *state)
{
    return atomic_load(&state->live);
}

bool eb_event_state_has_timer(struct eb_event_state *state)
{
    bool there;

    pthread_mutex_lock(&state->lock);
    there = state->timer >= 0;
    pthread_mutex_unlock(&state->lock);
    return there;
}

bool eb_event_state_wants(struct eb_event_state *state, enum eb_event_class class, int id)
{
    bool wanted = false;

    pthread_mutex_lock(&state->lock);
    for (const struct callback *cb = state->callbacks; cb && !wanted; cb = cb->next)
        wanted = !cb->deleted && cb->class == class && cb->event_id == id;
    pthread_mutex_unlock(&state->lock);
    return wanted;
}
