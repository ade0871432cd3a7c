/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The client's own objects (listeners, callbacks) that VBoxSVC calls, and the event queue: a call waits there
 * until the client processes its queue, as with XPCOM.
 */
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "client.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

struct local {
    uint64_t id;
    struct sim_unknown *object;
};
static struct local *locals;
static size_t n_locals;
static uint64_t last_id;

static struct sim_buf *queue;
static size_t n_queue;
static int event_fd = -1; /* readable while something is pending */
static bool woken;
static pthread_t queue_thread; /* that may process it; set before any other thread has the library */
static bool queue_owned;

uint64_t sim_local_id(void *object)
{
    struct sim_unknown *u = object;
    uint64_t id = 0;

    pthread_mutex_lock(&lock);
    for (size_t i = 0; i < n_locals; i++)
        if (locals[i].object == u)
            id = locals[i].id;
    if (!id) {
        id = ++last_id | SIM_LOCAL_OBJECT;
        locals = eb_reallocarray(locals, n_locals + 1, sizeof(*locals));
        locals[n_locals++] = (struct local){id, u};
        u->v->add_ref(u);
    }
    pthread_mutex_unlock(&lock);
    sim_listen();
    return id;
}

/* A counted reference, or NULL. `forget`: also takes it off the list. */
static struct sim_unknown *find_local(uint64_t id, bool forget)
{
    struct sim_unknown *found = NULL;

    pthread_mutex_lock(&lock);
    for (size_t i = 0; i < n_locals && !found; i++)
        if (locals[i].id == id) {
            found = locals[i].object;
            if (forget)
                locals[i] = locals[--n_locals];
            else
                found->v->add_ref(found);
        }
    pthread_mutex_unlock(&lock);
    return found;
}

void sim_local_clear(void)
{
    struct local *old;
    size_t n;

    pthread_mutex_lock(&lock);
    old = locals;
    n = n_locals;
    locals = NULL;
    n_locals = 0;
    for (size_t i = 0; i < n_queue; i++)
        sim_buf_free(&queue[i]);
    n_queue = 0;
    free(queue);
    queue = NULL;
    pthread_mutex_unlock(&lock);
    for (size_t i = 0; i < n; i++)
        old[i].object->v->release(old[i].object);
    free(old);
}

static void ring(void)
{
    uint64_t one = 1;

    if (event_fd < 0)
        event_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (write(event_fd, &one, sizeof(one)) < 0)
        return; /* it rings already */
}

static void quiet(void)
{
    uint64_t n;

    if (event_fd >= 0 && read(event_fd, &n, sizeof(n)) < 0)
        return;
}

void sim_local_post(struct sim_buf *message)
{
    pthread_mutex_lock(&lock);
    queue = eb_reallocarray(queue, n_queue + 1, sizeof(*queue));
    queue[n_queue++] = *message;
    ring();
    pthread_mutex_unlock(&lock);
}

/* The message is a SIM_M_CALL without releases; slot 2 says that the server has let go of the object. */
static void deliver(struct sim_buf *b)
{
    const struct sim_release *r = sim_release_loaded();
    uint64_t id = sim_get_u64(b);
    uint32_t iface = sim_get_u32(b), index = sim_get_u32(b), n = sim_get_u32(b);
    struct sim_unknown *object = find_local(id, index == 2);
    const struct sim_slot *slot;
    struct sim_value *values;
    struct nsid iid;
    void *face = NULL;

    if (!object)
        return;
    if (index != 2 && iface < r->n_ifaces) {
        slot = sim_slot_at(&r->ifaces[iface], index);
        values = eb_calloc(n + 1, sizeof(*values));
        for (uint32_t i = 0; i < n; i++)
            sim_get_value(b, &values[i]);
        sim_nsid_from_bytes(r->ifaces[iface].iid, &iid);
        if (slot && slot->n == n && object->v->query(object, &iid, &face) == NS_OK && face) {
            sim_call_local(face, slot, values);
            ((struct sim_unknown *)face)->v->release(face);
        }
        sim_values_free(values, n);
    }
    object->v->release(object);
}

unsigned sim_queue_run(void)
{
    struct sim_buf *all;
    size_t n;

    pthread_mutex_lock(&lock);
    all = queue;
    n = n_queue;
    queue = NULL;
    n_queue = 0;
    quiet();
    pthread_mutex_unlock(&lock);
    for (size_t i = 0; i < n; i++) {
        deliver(&all[i]);
        sim_buf_free(&all[i]);
    }
    free(all);
    return (unsigned)n;
}

int sim_queue_wait(int64_t ms)
{
    struct pollfd p = {.events = POLLIN};
    int result;

    pthread_mutex_lock(&lock);
    if (event_fd < 0)
        event_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    p.fd = event_fd;
    pthread_mutex_unlock(&lock);
    result = poll(&p, 1, ms < 0 || ms > 0x7fffffff ? -1 : (int)ms);
    pthread_mutex_lock(&lock);
    if (result > 0 && n_queue == 0)
        quiet();
    result = result == 0 ? 3 : woken && n_queue == 0 ? 1 : 0;
    woken = false;
    pthread_mutex_unlock(&lock);
    return result;
}

void sim_queue_wake(void)
{
    pthread_mutex_lock(&lock);
    woken = true;
    ring();
    pthread_mutex_unlock(&lock);
}

void sim_queue_is_mine(void)
{
    pthread_mutex_lock(&lock);
    queue_thread = pthread_self();
    queue_owned = true;
    pthread_mutex_unlock(&lock);
}

bool sim_on_queue_thread(void)
{
    bool mine;

    pthread_mutex_lock(&lock);
    mine = queue_owned && pthread_equal(queue_thread, pthread_self());
    pthread_mutex_unlock(&lock);
    return mine;
}

/* nsIEventQueue: 3 slots of nsISupports, 2 of nsIEventTarget, 19 of its own. */

static uint32_t queue_query(void *self, const struct nsid *iid, void **out)
{
    (void)iid;
    *out = self;
    return NS_OK;
}

static uint32_t queue_count(void *self)
{
    (void)self;
    return 2; /* it lives as long as the library */
}

static uint32_t queue_no(void *self)
{
    (void)self;
    return NS_ERROR_NOT_IMPLEMENTED;
}

static uint32_t queue_on_thread(void *self, int32_t *yes)
{
    (void)self;
    *yes = sim_on_queue_thread();
    return NS_OK;
}

static uint32_t queue_pending(void *self, int32_t *yes)
{
    (void)self;
    pthread_mutex_lock(&lock);
    *yes = n_queue > 0;
    pthread_mutex_unlock(&lock);
    return NS_OK;
}

static uint32_t queue_process(void *self)
{
    (void)self;
    if (!sim_on_queue_thread())
        return NS_ERROR_FAILURE;
    sim_queue_run();
    return NS_OK;
}

static uint32_t queue_loop(void *self)
{
    (void)self;
    if (sim_queue_wait(-1) == 0)
        sim_queue_run();
    return NS_OK;
}

static int32_t queue_fd(void *self)
{
    int fd;

    (void)self;
    pthread_mutex_lock(&lock);
    if (event_fd < 0)
        event_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    fd = event_fd;
    pthread_mutex_unlock(&lock);
    return fd;
}

void *sim_event_queue(void)
{
#define SLOT(f) (void *)(uintptr_t)(f)
    static void *vtbl[24];
    static struct {
        void *const *v;
    } object = {vtbl};

    pthread_mutex_lock(&lock);
    if (!vtbl[0]) {
        for (size_t i = 3; i < EB_ARRAY_SIZE(vtbl); i++)
            vtbl[i] = SLOT(queue_no);
        vtbl[0] = SLOT(queue_query);
        vtbl[1] = vtbl[2] = SLOT(queue_count);
        vtbl[4] = SLOT(queue_on_thread);
        vtbl[5 + 2] = SLOT(queue_pending);
        vtbl[5 + 3] = SLOT(queue_process);
        vtbl[5 + 4] = SLOT(queue_loop);
        vtbl[5 + 9] = SLOT(queue_fd);
    }
    pthread_mutex_unlock(&lock);
    return &object;
}
