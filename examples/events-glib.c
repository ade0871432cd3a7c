/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Prints what happens to domains, in GLib's main loop, as a program with a window has it. Each timer and
 * handle of Everbox is one source of GLib; a table finds it by its number. */
#include <stdio.h>

#include <glib-unix.h>
#include <glib.h>

#include <everbox/everbox.h>

/* A timer (fd -1) or a handle. */
struct watch {
    int id;
    int fd;
    guint source; /* 0: not now */
    eb_timer_fn timer_fn;
    eb_handle_fn handle_fn;
    void *opaque;
    void (*free_fn)(void *);
};

static GMutex lock; /* guards the table */
static GHashTable *watches;
static int last_id;

static gboolean fire_timer(gpointer data)
{
    struct watch *watch = data;

    watch->timer_fn(watch->id, watch->opaque);
    return G_SOURCE_CONTINUE;
}

static gboolean fire_handle(gint fd, GIOCondition condition, gpointer data)
{
    struct watch *watch = data;
    int events = (condition & G_IO_IN ? EB_HANDLE_READABLE : 0) |
                 (condition & G_IO_OUT ? EB_HANDLE_WRITABLE : 0) |
                 (condition & G_IO_ERR ? EB_HANDLE_ERROR : 0) | (condition & G_IO_HUP ? EB_HANDLE_HANGUP : 0);

    watch->handle_fn(watch->id, fd, events, watch->opaque);
    return G_SOURCE_CONTINUE;
}

/* With the lock held: GLib's source in place of the one before. */
static void set_source(struct watch *watch, int ms, int events)
{
    if (watch->source)
        g_source_remove(watch->source);
    watch->source = 0;
    if (watch->fd >= 0 && events)
        watch->source = g_unix_fd_add(watch->fd,
                                      (GIOCondition)((events & EB_HANDLE_READABLE ? G_IO_IN : 0) |
                                                     (events & EB_HANDLE_WRITABLE ? G_IO_OUT : 0) |
                                                     (events & EB_HANDLE_ERROR ? G_IO_ERR : 0) |
                                                     (events & EB_HANDLE_HANGUP ? G_IO_HUP : 0)),
                                      fire_handle, watch);
    else if (watch->fd < 0 && ms >= 0)
        watch->source = g_timeout_add((guint)ms, fire_timer, watch);
}

static int add(const struct watch *wanted, int ms, int events)
{
    struct watch *watch = g_new(struct watch, 1);
    int id;

    *watch = *wanted;
    g_mutex_lock(&lock);
    id = watch->id = ++last_id;
    g_hash_table_insert(watches, GINT_TO_POINTER(watch->id), watch);
    set_source(watch, ms, events);
    g_mutex_unlock(&lock);
    return id;
}

static void update(int id, int ms, int events)
{
    struct watch *watch;

    g_mutex_lock(&lock);
    watch = g_hash_table_lookup(watches, GINT_TO_POINTER(id));
    if (watch)
        set_source(watch, ms, events);
    g_mutex_unlock(&lock);
}

/* From the loop: nothing can call it any more. */
static gboolean free_watch(gpointer data)
{
    struct watch *watch = data;

    if (watch->free_fn)
        watch->free_fn(watch->opaque);
    g_free(watch);
    return G_SOURCE_REMOVE;
}

static int remove_watch(int id)
{
    struct watch *watch;

    g_mutex_lock(&lock);
    watch = g_hash_table_lookup(watches, GINT_TO_POINTER(id));
    if (watch) {
        set_source(watch, -1, 0);
        g_hash_table_remove(watches, GINT_TO_POINTER(id));
        g_idle_add(free_watch, watch);
    }
    g_mutex_unlock(&lock);
    return watch ? 0 : -1;
}

static int add_timer(int ms, eb_timer_fn fn, void *opaque, void (*free_fn)(void *))
{
    return add(&(struct watch){.fd = -1, .timer_fn = fn, .opaque = opaque, .free_fn = free_fn}, ms, 0);
}

static void update_timer(int id, int ms)
{
    update(id, ms, 0);
}

static int add_handle(int fd, int events, eb_handle_fn fn, void *opaque, void (*free_fn)(void *))
{
    return add(&(struct watch){.fd = fd, .handle_fn = fn, .opaque = opaque, .free_fn = free_fn}, -1, events);
}

static void update_handle(int id, int events)
{
    update(id, -1, events);
}

static const eb_loop loop = {
    add_timer, update_timer, remove_watch, add_handle, update_handle, remove_watch,
};

/* ---- The program ---- */

static GMainLoop *main_loop;
static int heard;

static void print(eb_conn *conn, eb_domain *dom, const eb_domain_event *event, void *opaque)
{
    (void)conn;
    (void)opaque;
    printf("%s: event %d, detail %d\n", eb_domain_get_name(dom), event->data.lifecycle.event,
           event->data.lifecycle.detail);
    if (++heard == 2)
        g_main_loop_quit(main_loop);
}

/* So that there is something to tell: pauses the first domain that runs, and lets it run again. */
static int cause_two_events(eb_conn *conn, eb_error *err)
{
    eb_domain **list = NULL;
    int n = eb_conn_list_domains(conn, EB_LIST_RUNNING, &list, err), result = -1;

    if (n > 0 && eb_domain_suspend(list[0], err) == 0)
        result = eb_domain_resume(list[0], err);
    for (int i = 0; i < n; i++)
        eb_domain_unref(list[i]);
    eb_free(list);
    return result;
}

int main(int argc, char **argv)
{
    eb_error err = EB_ERROR_INIT;
    eb_conn *conn = NULL;
    int id = -1, result = 1;

    main_loop = g_main_loop_new(NULL, FALSE);
    watches = g_hash_table_new(NULL, NULL);
    if (eb_loop_register(&loop, &err) == 0 && eb_connect_open(argc > 1 ? argv[1] : NULL, 0, &conn, &err) == 0)
        id = eb_conn_register_domain_event(conn, NULL, EB_DOMAIN_EVENT_ID_LIFECYCLE, print, NULL, NULL, &err);
    if (id >= 0 && cause_two_events(conn, &err) == 0) {
        g_main_loop_run(main_loop);
        result = 0;
    }
    if (id >= 0)
        eb_conn_deregister_domain_event(conn, id, NULL);
    eb_conn_unref(conn);
    while (g_main_context_iteration(NULL, FALSE)) /* what was removed is freed */
        ;
    if (err.code)
        fprintf(stderr, "%s\n", eb_error_message(&err));
    eb_error_clear(&err);
    g_hash_table_destroy(watches);
    g_main_loop_unref(main_loop);
    return result;
}
