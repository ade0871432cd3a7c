/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The connection to the stand-in's VBoxSVC: a pool of sockets, one for each call that is under way. */
#include "client.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

#define POOL 16

/* A way to the server: requests go to a socket, answers come from a pipe. */
struct link {
    int to, from;
};
static const struct link no_link = {-1, -1};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct link pool[POOL];
static unsigned n_pool;
static unsigned epoch = 1;
static bool connected;
static pid_t owner;
static uint64_t client_id;
static int events_fd = -1;
static pthread_t events_thread;

struct pending_release {
    uint64_t object;
    uint32_t count;
};
static struct pending_release *releases;
static size_t n_releases;

const char *sim_folder(void)
{
    static char folder[4096];
    Dl_info info;

    if (!folder[0] && dladdr(&pool, &info) && info.dli_fname) {
        char *real = realpath(info.dli_fname, NULL);

        snprintf(folder, sizeof(folder), "%s", real ? real : info.dli_fname);
        free(real);
        *(strrchr(folder, '/') ? strrchr(folder, '/') : folder) = '\0';
    }
    return folder;
}

static const struct sim_release *release;

static void read_release(void)
{
    EB_AUTOFREE char *why = NULL;

    release = sim_release_read(sim_folder(), &why);
    if (!release)
        fprintf(stderr, "stand-in VirtualBox: %s\n", why);
}

const struct sim_release *sim_release_loaded(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;

    pthread_once(&once, read_release);
    return release;
}

unsigned sim_epoch(void)
{
    return __atomic_load_n(&epoch, __ATOMIC_ACQUIRE);
}

static void make_folders(const char *path)
{
    EB_AUTOFREE char *copy = eb_strdup(path);

    for (char *p = copy + 1; *p; p++)
        if (*p == '/') {
            *p = '\0';
            mkdir(copy, 0700);
            *p = '/';
        }
    mkdir(copy, 0700);
}

static void hang_up(struct link l)
{
    if (l.to >= 0)
        close(l.to);
    if (l.from >= 0)
        close(l.from);
}

static struct link dial(const char *home)
{
    struct sockaddr_un addr;
    unsigned len = sim_address(home, &addr);
    struct link l = {socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), -1};
    int ends[2];

    if (l.to >= 0 && connect(l.to, (struct sockaddr *)&addr, len) == 0 && pipe2(ends, O_CLOEXEC) == 0) {
        int passed = sim_pass(l.to, ends[1]);

        close(ends[1]);
        l.from = ends[0];
        if (passed == 0)
            return l;
    }
    hang_up(l);
    return no_link;
}

/* Starts VBoxSVC and waits until it listens, or has died. */
static void start_server(const char *home)
{
    EB_AUTOFREE char *program = eb_asprintf("%s/VBoxSVC", sim_folder());
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attr;
    sigset_t none;
    int ready[2], status;
    pid_t pid = 0;
    char *argv[] = {program, (char *)(uintptr_t) "--home", (char *)(uintptr_t)home, NULL}, c;

    if (pipe2(ready, O_CLOEXEC) != 0)
        return;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, ready[1], 3);
    posix_spawnattr_init(&attr);
    sigemptyset(&none);
    posix_spawnattr_setsigmask(&attr, &none);
    posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSID);
    if (posix_spawn(&pid, program, &actions, &attr, argv, environ) == 0) {
        close(ready[1]);
        while (read(ready[0], &c, 1) < 0 && errno == EINTR)
            ;
        /* the program leaves its child behind as the server, so that no client has to bury it */
        waitpid(pid, &status, 0);
    } else {
        close(ready[1]);
    }
    close(ready[0]);
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attr);
}

/* What this process asks of the stand-in: its EVERBOX_SIM_ variables, one a line. */
static char *options(void)
{
    char *all = eb_strdup("");

    for (char **e = environ; *e; e++)
        if (eb_starts_with(*e, "EVERBOX_SIM_")) {
            char *more = eb_asprintf("%s%s\n", all, *e);

            free(all);
            all = more;
        }
    return all;
}

/* Introduces us on a new link. 0, 1: the server plays another release, -1: gone. */
static int hello(struct link l)
{
    EB_AUTOFREE char *opts = options(), *problem = NULL;
    struct sim_buf b = {0};
    int result = -1;

    sim_put_u32(&b, SIM_M_HELLO);
    sim_put_u32(&b, (uint32_t)getpid());
    sim_put_u64(&b, client_id);
    sim_put_str(&b, release->digest);
    sim_put_str(&b, opts);
    if (sim_send(l.to, &b) == 0 && sim_receive_only(l.from, &b) == 0) {
        problem = sim_get_str(&b);
        result = *problem ? 1 : 0;
    }
    sim_buf_free(&b);
    return result;
}

static struct link open_link(void)
{
    EB_AUTOFREE char *home = sim_user_home(release->version);
    EB_AUTOFREE char *lock_path = NULL;
    EB_AUTOCLOSE int lock_fd = -1;
    struct link l;

    make_folders(home);
    l = dial(home);
    if (l.to >= 0 && hello(l) == 0)
        return l;
    hang_up(l);
    lock_path = eb_asprintf("%s/.sim-start", home);
    lock_fd = open(lock_path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (lock_fd >= 0)
        flock(lock_fd, LOCK_EX);
    /* one that is just ending, or plays another release and has nothing to do, makes room within a second */
    for (int tries = 0; tries < 100; tries++) {
        l = dial(home);
        if (l.to < 0) {
            start_server(home);
            l = dial(home);
        }
        if (l.to >= 0 && hello(l) == 0)
            return l;
        hang_up(l);
        usleep(20000);
    }
    return no_link;
}

static void drop_all(void)
{
    while (n_pool)
        hang_up(pool[--n_pool]);
    if (events_fd >= 0)
        shutdown(events_fd, SHUT_RDWR);
    events_fd = -1;
    n_releases = 0;
    connected = false;
    __atomic_add_fetch(&epoch, 1, __ATOMIC_ACQ_REL);
}

static struct link acquire(void)
{
    struct link l;

    pthread_mutex_lock(&lock);
    if (owner != getpid()) {
        /* a forked child has no share in its parent's calls */
        if (owner)
            drop_all();
        owner = getpid();
        if (getrandom(&client_id, sizeof(client_id), 0) < 0)
            client_id = (uint64_t)owner << 32 | epoch;
    }
    l = n_pool ? pool[--n_pool] : no_link;
    pthread_mutex_unlock(&lock);
    return l.to >= 0 ? l : open_link();
}

static void give_back(struct link l, unsigned of)
{
    pthread_mutex_lock(&lock);
    if (of == epoch && n_pool < POOL) {
        pool[n_pool++] = l;
        connected = true;
        l = no_link;
    }
    pthread_mutex_unlock(&lock);
    hang_up(l);
}

static void lost(struct link l, unsigned of)
{
    hang_up(l);
    pthread_mutex_lock(&lock);
    if (of == epoch)
        drop_all();
    pthread_mutex_unlock(&lock);
}

static void put_releases(struct sim_buf *b)
{
    pthread_mutex_lock(&lock);
    sim_put_u32(b, (uint32_t)n_releases);
    for (size_t i = 0; i < n_releases; i++) {
        sim_put_u64(b, releases[i].object);
        sim_put_u32(b, releases[i].count);
    }
    n_releases = 0;
    pthread_mutex_unlock(&lock);
}

void sim_queue_release(uint64_t object, uint32_t count, unsigned of)
{
    pthread_mutex_lock(&lock);
    if (of == epoch && connected) {
        releases = eb_reallocarray(releases, n_releases + 1, sizeof(*releases));
        releases[n_releases++] = (struct pending_release){object, count};
    }
    pthread_mutex_unlock(&lock);
}

static int exchange(struct sim_buf *b)
{
    unsigned of = sim_epoch();
    struct link l = acquire();

    of = sim_epoch();
    if (l.to < 0)
        return -1;
    if (sim_send(l.to, b) != 0 || sim_receive_only(l.from, b) != 0) {
        lost(l, of);
        return -1;
    }
    give_back(l, of);
    return 0;
}

uint32_t sim_connect(void)
{
    struct link l;

    if (!sim_release_loaded())
        return NS_ERROR_FAILURE;
    l = acquire();
    if (l.to < 0)
        return NS_ERROR_FAILURE;
    give_back(l, sim_epoch());
    return NS_OK;
}

void sim_disconnect(void)
{
    pthread_t thread = 0;

    pthread_mutex_lock(&lock);
    if (owner == getpid()) {
        drop_all();
        thread = events_thread;
        events_thread = 0;
    }
    pthread_mutex_unlock(&lock);
    if (thread)
        pthread_join(thread, NULL);
}

uint32_t sim_call(uint64_t object, const struct sim_slot *slot, const struct sim_iface *iface,
                  const struct sim_value *in, struct sim_value **out)
{
    struct sim_buf b = {0};
    uint32_t rc, error_iface, n;
    uint64_t error;

    sim_put_u32(&b, SIM_M_CALL);
    sim_put_u64(&b, object);
    sim_put_u32(&b, iface->number);
    sim_put_u32(&b, slot->index);
    put_releases(&b);
    sim_put_u32(&b, slot->n);
    for (unsigned i = 0; i < slot->n; i++)
        sim_put_value(&b, &in[i]);
    if (exchange(&b) != 0) {
        sim_buf_free(&b);
        sim_exception_clear();
        return NS_ERROR_CALL_FAILED;
    }
    rc = sim_get_u32(&b);
    error = sim_get_u64(&b);
    error_iface = sim_get_u32(&b);
    n = sim_get_u32(&b);
    *out = eb_calloc(slot->n + 1, sizeof(**out));
    for (unsigned i = 0; i < n && i < slot->n; i++)
        sim_get_value(&b, &(*out)[i]);
    sim_buf_free(&b);
    if (rc & 0x80000000u || error)
        sim_exception_set(error, error_iface);
    return rc;
}

uint32_t sim_create(const char *contract, void **out)
{
    struct sim_buf b = {0};
    struct sim_value v = {0};
    uint32_t rc;

    *out = NULL;
    if (!sim_release_loaded())
        return NS_ERROR_FAILURE;
    sim_put_u32(&b, SIM_M_CREATE);
    sim_put_str(&b, contract);
    if (exchange(&b) != 0) {
        sim_buf_free(&b);
        return NS_ERROR_CALL_FAILED;
    }
    rc = sim_get_u32(&b);
    sim_get_value(&b, &v);
    if (rc == NS_OK && !b.bad)
        *out = sim_proxy(v.num, (uint32_t)v.len);
    sim_buf_free(&b);
    return *out ? NS_OK : rc ? rc : NS_ERROR_FAILURE;
}

static void *read_events(void *opaque)
{
    int fd = (int)(intptr_t)opaque;

    for (;;) {
        struct sim_buf b = {0};

        if (sim_receive(fd, &b) != 0) {
            sim_buf_free(&b);
            break;
        }
        sim_local_post(&b);
    }
    close(fd);
    return NULL;
}

void sim_listen(void)
{
    struct sim_buf b = {0};
    bool there;
    struct link l;

    pthread_mutex_lock(&lock);
    there = events_fd >= 0 && owner == getpid();
    pthread_mutex_unlock(&lock);
    if (there || (l = acquire()).to < 0)
        return;
    sim_put_u32(&b, SIM_M_EVENTS);
    if (sim_send(l.to, &b) == 0 && sim_receive_only(l.from, &b) == 0) {
        pthread_mutex_lock(&lock);
        events_fd = l.to;
        if (pthread_create(&events_thread, NULL, read_events, (void *)(intptr_t)l.to) != 0)
            events_thread = 0;
        pthread_mutex_unlock(&lock);
        close(l.from);
    } else {
        hang_up(l);
    }
    sim_buf_free(&b);
}
