/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Prints what happens to domains, with an event loop of the program's own around poll(). Everbox calls the
 * six functions from every thread; here a lock guards one list, and a pipe wakes the loop. */
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <everbox/everbox.h>

enum { MAX_WATCHES = 64 };

/* A timer (fd -1) or a handle. */
struct watch {
    int id; /* 0: this place is free */
    int removed;
    int fd, events;
    int ms;        /* -1: not now */
    long long due; /* of a timer */
    eb_timer_fn timer_fn;
    eb_handle_fn handle_fn;
    void *opaque;
    void (*free_fn)(void *);
};

static struct watch watches[MAX_WATCHES];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* guards them */
static int wake_pipe[2], last_id;

static long long now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (long long)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void wake(void)
{
    if (write(wake_pipe[1], "", 1) < 0)
        return; /* it is full: the loop wakes anyway */
}

static int add(struct watch watch)
{
    int id = -1;

    pthread_mutex_lock(&lock);
    for (int i = 0; i < MAX_WATCHES && id < 0; i++) {
        if (watches[i].id == 0) {
            id = watch.id = ++last_id;
            watches[i] = watch;
        }
    }
    pthread_mutex_unlock(&lock);
    wake();
    return id;
}

/* With the lock held. */
static struct watch *find(int id)
{
    for (int i = 0; i < MAX_WATCHES; i++) {
        if (watches[i].id == id && !watches[i].removed)
            return &watches[i];
    }
    return NULL;
}

static int add_timer(int ms, eb_timer_fn fn, void *opaque, void (*free_fn)(void *))
{
    struct watch watch = {.fd = -1, .ms = ms, .due = now_ms() + ms, .timer_fn = fn, .opaque = opaque};

    watch.free_fn = free_fn;
    return add(watch);
}

static void update_timer(int id, int ms)
{
    struct watch *watch;

    pthread_mutex_lock(&lock);
    watch = find(id);
    if (watch) {
        watch->ms = ms;
        watch->due = now_ms() + ms;
    }
    pthread_mutex_unlock(&lock);
    wake();
}

static int add_handle(int fd, int events, eb_handle_fn fn, void *opaque, void (*free_fn)(void *))
{
    struct watch watch = {.fd = fd, .events = events, .handle_fn = fn, .opaque = opaque};

    watch.free_fn = free_fn;
    return add(watch);
}

static void update_handle(int id, int events)
{
    struct watch *watch;

    pthread_mutex_lock(&lock);
    watch = find(id);
    if (watch)
        watch->events = events;
    pthread_mutex_unlock(&lock);
    wake();
}

/* It is freed later, by the loop, when nothing can call it any more. */
static int remove_watch(int id)
{
    struct watch *watch;

    pthread_mutex_lock(&lock);
    watch = find(id);
    if (watch)
        watch->removed = 1;
    pthread_mutex_unlock(&lock);
    wake();
    return watch ? 0 : -1;
}

static const eb_loop loop = {
    add_timer, update_timer, remove_watch, add_handle, update_handle, remove_watch,
};

static short to_poll(int events)
{
    return (short)((events & EB_HANDLE_READABLE ? POLLIN : 0) | (events & EB_HANDLE_WRITABLE ? POLLOUT : 0));
}

static int from_poll(short events)
{
    return (events & POLLIN ? EB_HANDLE_READABLE : 0) | (events & POLLOUT ? EB_HANDLE_WRITABLE : 0) |
           (events & POLLERR ? EB_HANDLE_ERROR : 0) | (events & POLLHUP ? EB_HANDLE_HANGUP : 0);
}

/* Calls one, unless it was removed meanwhile, and frees what was removed; always without the lock. */
static void serve(int place, int events)
{
    struct watch watch;

    pthread_mutex_lock(&lock);
    watch = watches[place];
    if (watch.id && watch.removed)
        watches[place].id = 0;
    else if (watch.id && watch.fd < 0)
        watches[place].due = now_ms() + watch.ms;
    pthread_mutex_unlock(&lock);
    if (!watch.id)
        return;
    if (watch.removed) {
        if (watch.free_fn)
            watch.free_fn(watch.opaque);
    } else if (watch.fd < 0) {
        watch.timer_fn(watch.id, watch.opaque);
    } else {
        watch.handle_fn(watch.id, watch.fd, events, watch.opaque);
    }
}

static void run_once(void)
{
    struct pollfd fds[MAX_WATCHES + 1] = {{.fd = wake_pipe[0], .events = POLLIN}};
    long long now = now_ms(), wait = 1000;
    char bytes[64];

    pthread_mutex_lock(&lock);
    for (int i = 0; i < MAX_WATCHES; i++) {
        const struct watch *w = &watches[i];

        fds[i + 1].fd = w->id && !w->removed ? w->fd : -1;
        fds[i + 1].events = to_poll(w->events);
        if (w->id && w->removed)
            wait = 0;
        else if (w->id && w->fd < 0 && w->ms >= 0 && w->due - now < wait)
            wait = w->due > now ? w->due - now : 0;
    }
    pthread_mutex_unlock(&lock);
    if (poll(fds, MAX_WATCHES + 1, (int)wait) < 0)
        return;
    if (fds[0].revents && read(wake_pipe[0], bytes, sizeof(bytes)) < 0)
        return;
    now = now_ms();
    for (int i = 0; i < MAX_WATCHES; i++) {
        int due;

        pthread_mutex_lock(&lock);
        due = watches[i].id &&
              (watches[i].removed || (watches[i].fd < 0 && watches[i].ms >= 0 && watches[i].due <= now));
        pthread_mutex_unlock(&lock);
        if (due || fds[i + 1].revents)
            serve(i, from_poll(fds[i + 1].revents));
    }
}

/* ---- The program ---- */

static void print(eb_conn *conn, eb_domain *dom, const eb_domain_event *event, void *opaque)
{
    (void)conn;
    printf("%s: event %d, detail %d\n", eb_domain_get_name(dom), event->data.lifecycle.event,
           event->data.lifecycle.detail);
    ++*(int *)opaque;
}

/* So that there is something to tell: pauses the first domain that runs, and lets it run again. */
static int cause_two_events(eb_conn *conn, eb_error *err)
{
    eb_domain **list = NULL;
    int n = eb_conn_list_domains(conn, EB_LIST_RUNNING, &list, err), wanted = 0;

    if (n > 0 && eb_domain_suspend(list[0], err) == 0 && eb_domain_resume(list[0], err) == 0)
        wanted = 2;
    for (int i = 0; i < n; i++)
        eb_domain_unref(list[i]);
    eb_free(list);
    return wanted;
}

int main(int argc, char **argv)
{
    eb_error err = EB_ERROR_INIT;
    eb_conn *conn = NULL;
    int heard = 0, wanted = 0, id = -1;

    if (pipe(wake_pipe) < 0 || fcntl(wake_pipe[1], F_SETFL, O_NONBLOCK) < 0)
        return 1;
    if (eb_loop_register(&loop, &err) == 0 && eb_connect_open(argc > 1 ? argv[1] : NULL, 0, &conn, &err) == 0)
        id = eb_conn_register_domain_event(conn, NULL, EB_DOMAIN_EVENT_ID_LIFECYCLE, print, &heard, NULL,
                                           &err);
    if (id >= 0)
        wanted = cause_two_events(conn, &err);
    while (heard < wanted)
        run_once();
    if (id >= 0)
        eb_conn_deregister_domain_event(conn, id, NULL);
    eb_conn_unref(conn);
    run_once(); /* what was removed is freed */
    if (err.code)
        fprintf(stderr, "%s\n", eb_error_message(&err));
    eb_error_clear(&err);
    return id < 0 || wanted == 0;
}
