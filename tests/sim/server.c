/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The stand-in's VBoxSVC: its socket, its clients, its timer. */
#include "server.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "model.h"

pthread_mutex_t model_lock = PTHREAD_MUTEX_INITIALIZER;
pthread_cond_t model_changed;
const struct sim_release *release;
char *home;

static struct client *clients;
static int64_t idle_since;
static struct sockaddr_un address;
static unsigned address_len;

int64_t now_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* ---- tasks ---- */

struct task {
    int64_t due;
    uint64_t order;
    void (*fn)(void *data);
    void *data;
};
static struct task *tasks;
static size_t n_tasks;

void task_after(int64_t ms, void (*fn)(void *data), void *data)
{
    static uint64_t order;
    struct task *t = EB_APPEND(tasks, n_tasks);

    t->due = now_ms() + (ms > 0 ? ms : 0);
    t->order = order++;
    t->fn = fn;
    t->data = data;
    pthread_cond_broadcast(&model_changed);
}

static struct task *next_task(void)
{
    struct task *next = NULL;

    for (size_t i = 0; i < n_tasks; i++)
        if (!next || tasks[i].due < next->due || (tasks[i].due == next->due && tasks[i].order < next->order))
            next = &tasks[i];
    return next;
}

static void wait_until(int64_t due)
{
    struct timespec t = {.tv_sec = due / 1000, .tv_nsec = due % 1000 * 1000000};

    pthread_cond_timedwait(&model_changed, &model_lock, &t);
}

/* True when nothing keeps this process: no client, no machine that runs; or its home went away. */
static bool time_to_end(void)
{
    struct sockaddr_un there;
    unsigned len = sim_address(home, &there);
    bool moved = len != address_len || memcmp(&there, &address, len) != 0;

    if (clients || model_busy())
        idle_since = now_ms();
    return moved || now_ms() - idle_since > 500;
}

static void *run_tasks(void *opaque)
{
    int64_t look = now_ms() + 250;

    (void)opaque;
    pthread_mutex_lock(&model_lock);
    for (;;) {
        struct task *t = next_task();

        if (t && t->due <= now_ms()) {
            struct task due = *t;

            *t = tasks[--n_tasks];
            due.fn(due.data);
            continue;
        }
        if (now_ms() >= look) {
            look = now_ms() + 250;
            if (time_to_end())
                _exit(0);
        }
        wait_until(t && t->due < look ? t->due : look);
    }
    return NULL;
}

/* ---- clients ---- */

static struct client *client_of(uint64_t id, pid_t pid, char *options)
{
    struct client *c;

    HASH_FIND(hh, clients, &id, sizeof(id), c);
    if (!c) {
        c = EB_NEW(struct client);
        c->id = id;
        c->pid = pid;
        c->events_fd = -1;
        HASH_ADD(hh, clients, id, sizeof(c->id), c);
    }
    c->connections++;
    eb_replace_string(&c->options, options);
    return c;
}

static void disconnect(struct client *c)
{
    if (--c->connections > 0)
        return;
    HASH_DEL(clients, c);
    client_gone(c);
    if (c->events_fd >= 0)
        close(c->events_fd);
    free(c->options);
    free(c);
}

static struct client *greet(struct sim_buf *b)
{
    pid_t pid = (pid_t)sim_get_u32(b);
    uint64_t id = sim_get_u64(b);
    EB_AUTOFREE char *digest = sim_get_str(b), *options = sim_get_str(b);

    b->len = 0;
    if (!eb_streq(digest, release->digest)) {
        sim_put_str(b, "another release");
        /* with nothing to do, this one makes room */
        if (!clients && !model_busy())
            idle_since = 0;
        return NULL;
    }
    sim_put_str(b, "");
    return client_of(id, pid, options);
}

static void take_releases(struct client *c, struct sim_buf *b)
{
    uint32_t n = sim_get_u32(b);

    while (n-- > 0 && !b->bad) {
        uint64_t id = sim_get_u64(b);

        client_release(c, id, sim_get_u32(b));
    }
}

static void hold_results(struct client *c, const struct sim_value *v)
{
    if (v->kind == SIM_V_OBJ && v->num)
        client_hold(c, v->num);
    if (v->kind == SIM_V_LIST)
        for (size_t i = 0; i < v->len; i++)
            hold_results(c, &v->items[i]);
}

static void answer(struct call *c, uint32_t rc, struct sim_buf *b)
{
    unsigned n = rc & 0x80000000u ? 0 : c->slot->n;

    b->len = 0;
    sim_put_u32(b, rc);
    sim_put_u64(b, c->error ? c->error->id : 0);
    sim_put_u32(b, c->error ? c->error->iface->number : 0);
    if (c->error)
        client_hold(c->client, c->error->id);
    sim_put_u32(b, n);
    for (unsigned i = 0; i < n; i++) {
        hold_results(c->client, &c->out[i]);
        sim_put_value(b, &c->out[i]);
    }
}

static void serve_call(struct client *client, struct sim_buf *b)
{
    struct call c = {.client = client};
    uint64_t id = sim_get_u64(b);
    uint32_t iface = sim_get_u32(b), index = sim_get_u32(b), n, rc = E_UNEXPECTED;

    take_releases(client, b);
    n = sim_get_u32(b);
    c.self = object_by_id(id);
    c.slot = iface < release->n_ifaces ? sim_slot_at(&release->ifaces[iface], index) : NULL;
    if (!c.slot || c.slot->n != n) {
        b->len = 0;
        sim_put_u32(b, E_UNEXPECTED);
        for (int i = 0; i < 4; i++)
            sim_put_u32(b, 0);
        return;
    }
    c.in = eb_calloc(n + 1, sizeof(*c.in));
    c.out = eb_calloc(n + 1, sizeof(*c.out));
    for (uint32_t i = 0; i < n; i++)
        sim_get_value(b, &c.in[i]);
    if (c.self) {
        object_hold(c.self);
        dispatch(&c, &rc);
    }
    answer(&c, rc, b);
    if (c.self)
        object_drop(c.self);
    if (c.error)
        object_drop(c.error);
    sim_values_free(c.in, n);
    sim_values_free(c.out, n);
}

/* "BARE:IFoo" is an object of nothing but that interface, on which tests call what no object of the model
 * has. */
static struct object *create_object(const char *contract, struct client *client)
{
    struct object *o = NULL;

    if (eb_starts_with(contract, "BARE:")) {
        o = object_new(contract + strlen("BARE:"));
        if (o)
            o->bare = true;
        return o;
    }
    for (unsigned i = 0; i < release->n_classes && !o; i++)
        if (eb_streq(release->classes[i].contract, contract))
            o = model_create(release->classes[i].name, client);
    return o;
}

static void serve_create(struct client *client, struct sim_buf *b)
{
    EB_AUTOFREE char *contract = sim_get_str(b);
    struct object *o = create_object(contract, client);
    struct sim_value v = {.kind = SIM_V_OBJ};
    uint32_t rc = o ? S_OK : 0x80040154u; /* not registered */

    if (o) {
        v.num = o->id;
        v.len = o->iface->number;
        client_hold(client, o->id);
    }
    b->len = 0;
    sim_put_u32(b, rc);
    sim_put_value(b, &v);
}

/* The socket becomes the client's events_fd. */
static void serve_events(struct client *c, int fd, int answers, struct sim_buf *b)
{
    b->len = 0;
    sim_send_answer(answers, b);
    if (c->events_fd >= 0)
        close(c->events_fd);
    c->events_fd = dup(fd);
}

/* False: the connection ends. */
static bool serve(int fd, int answers, struct client **client, struct sim_buf *b)
{
    enum sim_message m = sim_get_u32(b);
    bool ok = true;

    if (m != SIM_M_HELLO && !*client)
        return false;
    pthread_mutex_lock(&model_lock);
    switch (m) {
    case SIM_M_HELLO:
        *client = greet(b);
        break;
    case SIM_M_CALL:
        serve_call(*client, b);
        break;
    case SIM_M_CREATE:
        serve_create(*client, b);
        break;
    case SIM_M_RELEASE:
        take_releases(*client, b);
        b->len = 0;
        break;
    case SIM_M_EVENTS:
        serve_events(*client, fd, answers, b);
        pthread_mutex_unlock(&model_lock);
        return true;
    default:
        ok = false;
    }
    pthread_mutex_unlock(&model_lock);
    return ok && sim_send_answer(answers, b) == 0 && *client;
}

static void *run_client(void *opaque)
{
    int fd = (int)(intptr_t)opaque, answers = sim_take_passed(fd);
    struct client *client = NULL;
    struct sim_buf b = {0};

    while (answers >= 0 && sim_receive_only(fd, &b) == 0 && serve(fd, answers, &client, &b))
        ;
    sim_buf_free(&b);
    pthread_mutex_lock(&model_lock);
    if (client)
        disconnect(client);
    pthread_mutex_unlock(&model_lock);
    close(fd);
    if (answers >= 0)
        close(answers);
    return NULL;
}

/* ---- start ---- */

static void use_monotonic_waits(void)
{
    pthread_condattr_t attr;

    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&model_changed, &attr);
}

static int listen_at(const char *where)
{
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    address_len = sim_address(where, &address);
    if (fd < 0 || bind(fd, (struct sockaddr *)&address, address_len) != 0 || listen(fd, 64) != 0) {
        if (fd >= 0)
            close(fd);
        return -1;
    }
    return fd;
}

/* The client waits on descriptor 3 and for our parent; what runs on is a child that keeps no descriptor of
 * theirs. */
static void become_server(void)
{
    int keep = 4, log = open("/dev/null", O_WRONLY | O_CLOEXEC);

    if (fork() != 0)
        _exit(0);
    dup2(log, 0);
    dup2(log, 1);
    if (!getenv("EVERBOX_SIM_STDERR"))
        dup2(log, 2);
    close_range((unsigned)keep, ~0u, CLOSE_RANGE_CLOEXEC);
    signal(SIGPIPE, SIG_IGN);
    if (chdir("/") != 0)
        _exit(1);
}

static char *own_folder(void)
{
    char path[4096];
    ssize_t n = readlink("/proc/self/exe", path, sizeof(path) - 1);

    if (n <= 0)
        return NULL;
    path[n] = '\0';
    *strrchr(path, '/') = '\0';
    return eb_strdup(path);
}

static pthread_t start(void *(*fn)(void *), void *opaque)
{
    pthread_attr_t attr;
    pthread_t thread = 0;

    pthread_attr_init(&attr);
    pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
    pthread_attr_setstacksize(&attr, 512 * 1024);
    if (pthread_create(&thread, &attr, fn, opaque) != 0)
        abort();
    pthread_attr_destroy(&attr);
    return thread;
}

int main(int argc, char **argv)
{
    EB_AUTOFREE char *why = NULL;
    int fd, client;

    if (argc == 2 && strcmp(argv[1], "--vm") == 0)
        return model_vm_process();
    if (argc != 3 || strcmp(argv[1], "--home") != 0) {
        fprintf(stderr, "usage: VBoxSVC --home FOLDER\n");
        return 2;
    }
    release = sim_release_read(own_folder(), &why);
    home = realpath(argv[2], NULL);
    if (!release || !home) {
        fprintf(stderr, "VBoxSVC: %s\n", why ? why : "no such user home");
        return 1;
    }
    fd = listen_at(home);
    if (fd < 0)
        return 1;
    become_server();
    use_monotonic_waits();
    model_start();
    idle_since = now_ms();
    start(run_tasks, NULL);
    if (write(3, "", 1) != 1)
        errno = 0; /* nobody waits */
    close(3);
    for (;;) {
        client = accept4(fd, NULL, NULL, SOCK_CLOEXEC);
        if (client >= 0)
            start(run_client, (void *)(intptr_t)client);
        else if (errno != EINTR && errno != ECONNABORTED)
            return 1;
    }
}
