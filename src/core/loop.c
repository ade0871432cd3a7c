/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which loop is in use, and the built-in one, over libuv. */
#include "core/loop.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdatomic.h>
#include <uthash.h>
#include <uv.h>

static _Atomic(const struct eb_loop *) current;

const struct eb_loop *eb_loop_current(void)
{
    return atomic_load(&current);
}

int eb_loop_register(const eb_loop *loop, eb_error *err)
{
    const struct eb_loop *none = NULL;

    if (!loop || !loop->add_timer || !loop->update_timer || !loop->remove_timer || !loop->add_handle ||
        !loop->update_handle || !loop->remove_handle)
        return eb_error_set(err, EB_ERR_INVALID_ARG, "an event loop lacks functions");
    if (!atomic_compare_exchange_strong(&current, &none, loop))
        return eb_error_set(err, EB_ERR_OPERATION_INVALID, "an event loop is registered already");
    return 0;
}

/*
 * The built-in loop. libuv's handles belong to the thread that runs the loop; the functions of struct eb_loop
 * come from any thread. So they only note what is wanted, under the lock, and wake the loop, which makes it
 * so before its next turn.
 */

struct watch {
    int id;
    bool is_timer;
    bool removed;
    bool changed; /* the loop has yet to apply `ms` or `events` */
    bool open;    /* `uv` is initialized; for the loop's thread */
    int ms;
    int fd; /* a duplicate, since libuv allows one watch for a descriptor; -1 for a timer */
    int caller_fd;
    int events;
    eb_timer_fn timer_fn;
    eb_handle_fn handle_fn;
    void *opaque;
    void (*free_fn)(void *opaque);
    union {
        uv_handle_t any;
        uv_timer_t timer;
        uv_poll_t poll;
    } uv;
    UT_hash_handle hh;
};

static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct watch *watches; /* by id; under the lock */
static int next_id = 1;       /* under the lock */
static uv_loop_t uv;
static uv_async_t wakeup;
static int setup_result;

static void woken(uv_async_t *async)
{
    (void)async;
}

static void set_up(void)
{
    setup_result = uv_loop_init(&uv);
    if (setup_result == 0)
        setup_result = uv_async_init(&uv, &wakeup, woken);
}

static int add(struct watch *w)
{
    int id;

    pthread_mutex_lock(&lock);
    id = w->id = next_id == INT_MAX ? -1 : next_id++;
    if (id > 0)
        HASH_ADD_INT(watches, id, w);
    pthread_mutex_unlock(&lock);
    if (id > 0)
        uv_async_send(&wakeup);
    return id;
}

static struct watch *find(int id, bool is_timer)
{
    struct watch *w;

    HASH_FIND_INT(watches, &id, w);
    return w && !w->removed && w->is_timer == is_timer ? w : NULL;
}

static int add_timer(int ms, eb_timer_fn fn, void *opaque, void (*free_fn)(void *))
{
    struct watch *w = EB_NEW(struct watch);

    w->is_timer = w->changed = true;
    w->fd = -1;
    w->ms = ms;
    w->timer_fn = fn;
    w->opaque = opaque;
    w->free_fn = free_fn;
    return add(w);
}

static void update(int id, bool is_timer, int value)
{
    struct watch *w;

    pthread_mutex_lock(&lock);
    w = find(id, is_timer);
    if (w) {
        *(is_timer ? &w->ms : &w->events) = value;
        w->changed = true;
    }
    pthread_mutex_unlock(&lock);
    if (w)
        uv_async_send(&wakeup);
}

static int remove_watch(int id, bool is_timer)
{
    struct watch *w;

    pthread_mutex_lock(&lock);
    w = find(id, is_timer);
    if (w)
        w->removed = true;
    pthread_mutex_unlock(&lock);
    if (!w)
        return -1;
    uv_async_send(&wakeup);
    return 0;
}

static void update_timer(int id, int ms)
{
    update(id, true, ms);
}

static int remove_timer(int id)
{
    return remove_watch(id, true);
}

static int add_handle(int fd, int events, eb_handle_fn fn, void *opaque, void (*free_fn)(void *))
{
    struct watch *w;
    int copy = fcntl(fd, F_DUPFD_CLOEXEC, 0);

    if (copy < 0)
        return -1;
    w = EB_NEW(struct watch);
    w->changed = true;
    w->fd = copy;
    w->caller_fd = fd;
    w->events = events;
    w->handle_fn = fn;
    w->opaque = opaque;
    w->free_fn = free_fn;
    return add(w);
}

static void update_handle(int id, int events)
{
    update(id, false, events);
}

static int remove_handle(int id)
{
    return remove_watch(id, false);
}

/* A watch may be removed, by any thread, between libuv's decision to call and the call. */
static bool still_wanted(struct watch *w)
{
    bool wanted;

    pthread_mutex_lock(&lock);
    wanted = !w->removed;
    pthread_mutex_unlock(&lock);
    return wanted;
}

static void timer_fired(uv_timer_t *timer)
{
    struct watch *w = timer->data;
    bool each_turn;

    if (still_wanted(w))
        w->timer_fn(w->id, w->opaque);
    /* At each turn, not again and again in this one: so it is started anew at the next. */
    pthread_mutex_lock(&lock);
    each_turn = !w->removed && w->ms == 0;
    if (each_turn)
        w->changed = true;
    pthread_mutex_unlock(&lock);
    if (each_turn)
        uv_async_send(&wakeup);
}

static void handle_ready(uv_poll_t *poll, int status, int ready)
{
    struct watch *w = poll->data;
    int events = 0;

    if (status < 0)
        events = EB_HANDLE_ERROR;
    if (ready & UV_READABLE)
        events |= EB_HANDLE_READABLE;
    if (ready & UV_WRITABLE)
        events |= EB_HANDLE_WRITABLE;
    if (ready & UV_DISCONNECT)
        events |= EB_HANDLE_HANGUP;
    if (still_wanted(w))
        w->handle_fn(w->id, w->caller_fd, events, w->opaque);
}

static void freed(struct watch *w)
{
    if (w->fd >= 0)
        close(w->fd);
    if (w->free_fn)
        w->free_fn(w->opaque);
    free(w);
}

static void closed(uv_handle_t *handle)
{
    freed(handle->data);
}

static void apply_timer(struct watch *w, int ms)
{
    if (ms < 0)
        uv_timer_stop(&w->uv.timer);
    else
        uv_timer_start(&w->uv.timer, timer_fired, (uint64_t)ms, (uint64_t)ms);
}

static void apply_handle(struct watch *w, int events)
{
    int wanted =
        (events & EB_HANDLE_READABLE ? UV_READABLE : 0) | (events & EB_HANDLE_WRITABLE ? UV_WRITABLE : 0);

    if (wanted)
        uv_poll_start(&w->uv.poll, wanted | UV_DISCONNECT, handle_ready);
    else
        uv_poll_stop(&w->uv.poll);
}

static void apply(struct watch *w, int value)
{
    if (!w->open) {
        if (w->is_timer ? uv_timer_init(&uv, &w->uv.timer) : uv_poll_init(&uv, &w->uv.poll, w->fd))
            return; /* a descriptor that cannot be watched (a file) never gets ready */
        w->uv.any.data = w;
        w->open = true;
    }
    if (w->is_timer)
        apply_timer(w, value);
    else
        apply_handle(w, value);
}

/* Makes libuv's handles what the table says. */
static void apply_all(void)
{
    struct watch *w, *next;

    pthread_mutex_lock(&lock);
    HASH_ITER (hh, watches, w, next) {
        int value = w->is_timer ? w->ms : w->events;
        bool removed = w->removed, changed = w->changed;

        w->changed = false;
        if (removed)
            HASH_DEL(watches, w);
        if (!removed && !changed)
            continue;
        pthread_mutex_unlock(&lock);
        if (!removed)
            apply(w, value);
        else if (w->open)
            uv_close(&w->uv.any, closed);
        else
            freed(w);
        pthread_mutex_lock(&lock);
    }
    pthread_mutex_unlock(&lock);
}

static const struct eb_loop built_in = {add_timer,  update_timer,  remove_timer,
                                        add_handle, update_handle, remove_handle};

int eb_loop_register_default(eb_error *err)
{
    pthread_once(&once, set_up);
    if (setup_result < 0)
        return eb_error_set(err, EB_ERR_INTERNAL_ERROR, "cannot make an event loop: %s",
                            uv_strerror(setup_result));
    if (eb_loop_current() == &built_in)
        return 0;
    return eb_loop_register(&built_in, err);
}

int eb_loop_run_default(eb_error *err)
{
    if (eb_loop_current() != &built_in)
        return eb_error_set(err, EB_ERR_OPERATION_INVALID, "the built-in event loop is not registered");
    apply_all();
    uv_run(&uv, UV_RUN_ONCE);
    return 0;
}
