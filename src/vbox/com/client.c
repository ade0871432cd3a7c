/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "vbox/com/client.h"
#include "base/log.h"
#include "vbox/com/bind.h"
#include "vbox/com/hook.h"
#include "vbox/com/install.h"
#include "vbox/com/ipc.h"
#include "vbox/com/link.h"
#include "vbox/com/mainthread.h"
#include "vbox/com/space.h"
#include "vbox/com/typelib.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#define EB_MODULE "vbox"
/* VirtualBox gives up starting VBoxSVC after 30 s. */
#define CONNECT_TIMEOUT_MS 45000
/* How long VBoxSVC counts as alive after it answered. */
#define FRESH_MS 100
/* How long a VBoxSVC that ends may take for it. */
#define PASSING_MS 10000
#define TRIES_MAX 4
/* What IVirtualBoxClient.virtualBox gives in a library whose IPC lost its VBoxSVC. */
#define RESULT_NOT_REGISTERED 0x80040154u
/* The place of VBoxSVC is taken by one that does not listen. */
#define RESULT_SOCKET_FAILED 0xc1f30200u
#define RESULT_CALL_FAILED 0x800706beu
#define RESULT_FAILED 0x80004005u

static pthread_mutex_t list_lock = PTHREAD_MUTEX_INITIALIZER;
static struct vb *list;

static uint64_t now_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

static struct vb_link *current_link(struct vb *vb)
{
    return atomic_load_explicit(&vb->link, memory_order_acquire);
}

/* ---- threads ---- */

/* What this thread is registered with. */
struct registration {
    struct registration *next;
    struct vb *vb;
    uint64_t epoch;
};

static pthread_key_t registrations;
static pthread_once_t registrations_once = PTHREAD_ONCE_INIT;

/* A thread ends: a library that has gone since then must not be called. */
static void unregister_thread(void *value)
{
    struct registration *r = value;

    while (r) {
        struct registration *next = r->next;

        pthread_mutex_lock(&r->vb->lock);
        if (r->vb->connected && atomic_load(&r->vb->epoch) == r->epoch)
            current_link(r->vb)->xpcom.thread_uninitialize();
        pthread_mutex_unlock(&r->vb->lock);
        free(r);
        r = next;
    }
}

static void make_key(void)
{
    pthread_key_create(&registrations, unregister_thread);
}

static void register_thread(struct vb *vb, struct vb_link *link, uint64_t epoch)
{
    struct registration *first, *r;

    if (!link->xpcom.thread_initialize)
        return;
    pthread_once(&registrations_once, make_key);
    first = pthread_getspecific(registrations);
    for (r = first; r && r->vb != vb; r = r->next)
        ;
    if (r && r->epoch == epoch)
        return;
    if (link->xpcom.thread_initialize() & 0x80000000u) {
        EB_WARN("%s: VirtualBox does not register the calling thread", vb->home);
        return;
    }
    if (!r) {
        r = EB_NEW(struct registration);
        r->vb = vb;
        r->next = first;
        pthread_setspecific(registrations, r);
    }
    r->epoch = epoch;
}

/* ---- the type library ---- */

static int mark_file(const char *path, struct vb_file_mark *mark, eb_error *err)
{
    struct stat st;

    if (stat(path, &st) < 0)
        return eb_error_set_errno(err, errno, "cannot read %s", path);
    memset(mark, 0, sizeof(*mark));
    mark->device = st.st_dev;
    mark->inode = st.st_ino;
    mark->size = st.st_size;
    mark->changed = st.st_mtim;
    return 0;
}

/*
 * Binds anew when the installation's files are others than before; the library in memory is then of no use
 * either. The old binding stays, for calls that are on their way.
 */
static int refresh_binding(struct vb *vb, eb_error *err)
{
    struct vb_file_mark mark, library;
    struct vb_typelib *tl = NULL;

    if (mark_file(vb->typelib_path, &mark, err) < 0 || mark_file(vb->library, &library, err) < 0)
        return -1;
    if (vb->typelib && memcmp(&mark, &vb->typelib_mark, sizeof(mark)) == 0 &&
        memcmp(&library, &vb->library_mark, sizeof(library)) == 0)
        return 0;
    if (vb_xpt_read(vb->typelib_path, &tl, err) < 0)
        return -1;
    vb_typelib_free(vb->typelib);
    vb->typelib = tl;
    vb->typelib_mark = mark;
    vb->library_mark = library;
    if (current_link(vb))
        current_link(vb)->dead = true;
    *EB_APPEND(vb->bindings, vb->n_bindings) = vb_bind(tl);
    atomic_store_explicit(&vb->binding, vb->bindings[vb->n_bindings - 1], memory_order_release);
    return 0;
}

/* ---- connecting ---- */

struct connect_job {
    struct vb_main_job job;
    struct vb *vb;
    struct vb_link *link; /* to open once more, or NULL: load one */
    bool again;           /* it was open before */
    bool opened;
    eb_error err;
};

/*
 * What VirtualBox answers while one VBoxSVC ends and the next one may not start yet. A VBoxSVC ends by itself
 * some seconds after its last client, so that every new client can come at that moment.
 */
static bool may_pass(uint32_t result)
{
    return result == RESULT_SOCKET_FAILED || result == RESULT_NOT_REGISTERED ||
           result == RESULT_CALL_FAILED || result == RESULT_FAILED;
}

/* A library that lost its VBoxSVC never finds another one; one that never had one can try again. */
static void open_again(struct connect_job *c, bool fresh)
{
    eb_error_clear(&c->err);
    if (fresh) {
        c->link->dead = true;
        c->link = vb_link_load(c->vb->home, c->vb->library, &c->err);
    }
    c->opened = c->link && vb_link_open(c->link, c->vb->typelib, &c->err) == 0;
}

static void name_deaf_server(eb_error *err)
{
    long deaf = vb_ipc_deaf_server();

    if (deaf)
        eb_error_prefix(err,
                        "VBoxSVC (process %ld) neither answers nor ends; end it (kill %ld) and try again",
                        deaf, deaf);
}

static void run_connect(struct vb_main_job *job)
{
    struct connect_job *c = (struct connect_job *)job;
    uint64_t end = now_ms() + PASSING_MS;
    unsigned pause_ms = 0;

    if (!c->link)
        c->link = vb_link_load(c->vb->home, c->vb->library, &c->err);
    c->opened = c->link && vb_link_open(c->link, c->vb->typelib, &c->err) == 0;
    for (unsigned tries = 1; !c->opened && c->link && may_pass(c->err.vbox_result) && tries < TRIES_MAX;
         tries++) {
        EB_INFO("%s: once more: %s", c->vb->home, c->err.message);
        vb_ipc_wait_for_place(now_ms() < end ? (unsigned)(end - now_ms()) : 0);
        usleep(pause_ms * 1000);
        pause_ms = pause_ms ? pause_ms * 2 : 100;
        /* The library keeps what it once found; only a new one looks again. */
        open_again(c, c->again || c->err.vbox_result == RESULT_NOT_REGISTERED);
        c->again = false;
    }
    if (c->opened)
        vb_main_pump(c->vb->main, &c->link->xpcom, c->link->event_queue);
    else if (c->link && may_pass(c->err.vbox_result))
        name_deaf_server(&c->err);
}

/* Also runs on the main thread, when nobody waits any more: the next connection then starts from the
 * beginning. */
static void drop_connect(struct vb_main_job *job)
{
    struct connect_job *c = (struct connect_job *)job;

    eb_error_clear(&c->err);
    free(c);
}

static void run_close(struct vb_main_job *job)
{
    struct connect_job *c = (struct connect_job *)job;

    vb_main_pump(c->vb->main, NULL, NULL);
    if (vb_link_alive(c->link))
        vb_link_close(c->link);
    else
        vb_link_abandon(c->link);
}

static struct connect_job *new_job(struct vb *vb, struct vb_link *link, void (*run)(struct vb_main_job *))
{
    struct connect_job *c = EB_NEW(struct connect_job);

    c->job.run = run;
    c->job.drop = drop_connect;
    c->vb = vb;
    c->link = link;
    c->again = link != NULL;
    return c;
}

static void adopt(struct vb *vb, struct vb_link *link)
{
    struct vb_link *old = current_link(vb);

    if (old != link)
        link->older = old;
    vb->com_unalloc = link->xpcom.com_unalloc;
    vb->version = link->xpcom.get_version();
    atomic_store_explicit(&vb->link, link, memory_order_release);
}

/* A link that was closed, or never opened well, can be opened again; a dead one cannot. */
static int connect(struct vb *vb, eb_error *err)
{
    struct vb_link *old = current_link(vb);
    struct connect_job *c;
    int result = -1;

    if (refresh_binding(vb, err) < 0)
        return -1;
    c = new_job(vb, old && !old->dead ? old : NULL, run_connect);
    if (vb_main_run(vb->main, &c->job, CONNECT_TIMEOUT_MS, err) < 0)
        return -1;
    if (c->link)
        adopt(vb, c->link);
    if (c->opened) {
        vb->connected = true;
        vb->checked_ms = now_ms();
        atomic_fetch_add(&vb->epoch, 1);
        vb_hook_install(vb, !c->link->xpcom.thread_initialize);
        EB_INFO("%s: connected to VirtualBox %u (function table %s)", vb->home, vb->version,
                c->link->xpcom.table);
        result = 0;
    } else {
        eb_error_move(err, &c->err);
    }
    drop_connect(&c->job);
    return result;
}

/* VBoxSVC is gone: what came from it is dead. The lock is held. */
static void lose(struct vb *vb)
{
    struct vb_link *link = current_link(vb);

    EB_WARN("%s: VirtualBox's server (VBoxSVC) went away", vb->home);
    link->dead = true;
    vb->connected = false;
    vb_link_abandon(link);
}

static bool is_alive(struct vb *vb)
{
    bool alive, turn;

    turn = vb_hook_take_turn(vb);
    alive = vb_link_alive(current_link(vb));
    vb_hook_end_turn(vb, turn);
    return alive;
}

static bool answers(struct vb *vb)
{
    bool doubt = atomic_exchange(&vb->suspect, false);

    if (!doubt && now_ms() - vb->checked_ms < FRESH_MS)
        return true;
    if (!is_alive(vb))
        return false;
    vb->checked_ms = now_ms();
    return true;
}

static int ensure_connected(struct vb *vb, eb_error *err)
{
    if (vb->connected)
        vb_space_prepare_thread(current_link(vb)->xpcom.space);
    if (vb->connected && answers(vb))
        return 0;
    if (vb->connected)
        lose(vb);
    if (connect(vb, err) < 0)
        return -1;
    vb_space_prepare_thread(current_link(vb)->xpcom.space);
    return 0;
}

bool vb_client_alive(struct vb *vb)
{
    bool alive;

    pthread_mutex_lock(&vb->lock);
    alive = vb->connected && vb_current_link(vb) == current_link(vb) && is_alive(vb);
    if (!alive)
        atomic_store(&vb->suspect, true);
    pthread_mutex_unlock(&vb->lock);
    return alive;
}

/* ---- com.h ---- */

int vb_begin(struct vb *vb, IVirtualBox **out, uint64_t *epoch, eb_error *err)
{
    struct vb_link *link = NULL;
    uint64_t at = 0;
    int result;

    *out = NULL;
    pthread_mutex_lock(&vb->lock);
    result = ensure_connected(vb, err);
    if (result == 0) {
        link = current_link(vb);
        at = atomic_load(&vb->epoch);
        *out = vb_object_ref(link->virtualbox);
        vb_pin = (struct vb_pin){vb, atomic_load(&vb->binding), link, link->xpcom.com_unalloc};
    }
    pthread_mutex_unlock(&vb->lock);
    if (result == 0) {
        register_thread(vb, link, at);
        if (epoch)
            *epoch = at;
    }
    return result;
}

int vb_new_session(struct vb *vb, ISession **out, eb_error *err)
{
    void *session = NULL;
    int result = -1;
    bool turn;

    *out = NULL;
    /* A session has to come from where the operation's objects come from, so nothing is connected anew here.
     */
    pthread_mutex_lock(&vb->lock);
    if (vb_pin.vb != vb) {
        eb_error_set_from(err, EB_FROM_VBOX, EB_ERR_INTERNAL_ERROR, "a session outside of an operation");
    } else if (!vb->connected && vb_pin.link == current_link(vb)) {
        eb_error_set_from(err, EB_FROM_VBOX, EB_ERR_OPERATION_FAILED,
                          "VirtualBox's server (VBoxSVC) went away");
    } else {
        turn = vb_hook_take_turn(vb);
        result = vb_link_new_session(vb_pin.link, &session, err);
        vb_hook_end_turn(vb, turn);
    }
    pthread_mutex_unlock(&vb->lock);
    *out = session;
    return result;
}

static struct vb *find_open(const char *home)
{
    for (struct vb *vb = list; vb; vb = vb->next)
        if (strcmp(vb->home, home) == 0)
            return vb;
    return NULL;
}

static struct vb *new_vb(struct vb_install *install, eb_error *err)
{
    struct vb_main *main = vb_main_start(err);
    struct vb *vb;

    if (!main)
        return NULL;
    vb = EB_NEW(struct vb);
    vb->main = main;
    vb->home = EB_STEAL(install->home);
    vb->library = EB_STEAL(install->library);
    vb->typelib_path = EB_STEAL(install->typelib);
    pthread_mutex_init(&vb->lock, NULL);
    vb->next = list;
    list = vb;
    return vb;
}

int vb_open_in(const struct vb_install_places *places, const char *home, struct vb **out, eb_error *err)
{
    struct vb_install install = {0};
    struct vb *vb;
    int result = -1;

    *out = NULL;
    if (vb_install_choose(places, home, &install, err) < 0)
        return -1;
    pthread_mutex_lock(&list_lock);
    vb = find_open(install.home);
    if (!vb)
        vb = new_vb(&install, err);
    if (vb)
        vb->refs++;
    pthread_mutex_unlock(&list_lock);
    vb_install_clear(&install);
    if (!vb)
        return -1;
    pthread_mutex_lock(&vb->lock);
    result = ensure_connected(vb, err);
    pthread_mutex_unlock(&vb->lock);
    if (result < 0)
        vb_unref_client(vb);
    else
        *out = vb;
    return result;
}

int vb_open(const char *home, struct vb **out, eb_error *err)
{
    struct vb_install_places places = vb_install_system_places();

    return vb_open_in(&places, home, out, err);
}

struct vb *vb_ref(struct vb *vb)
{
    pthread_mutex_lock(&list_lock);
    vb->refs++;
    pthread_mutex_unlock(&list_lock);
    return vb;
}

static bool is_referenced(struct vb *vb)
{
    bool referenced;

    pthread_mutex_lock(&list_lock);
    referenced = vb->refs > 0;
    pthread_mutex_unlock(&list_lock);
    return referenced;
}

/* With the last reference VBoxSVC is let go, so that it can end; the library stays. */
void vb_unref_client(struct vb *vb)
{
    struct vb_link *link;
    bool last;

    if (!vb)
        return;
    pthread_mutex_lock(&list_lock);
    last = --vb->refs == 0;
    pthread_mutex_unlock(&list_lock);
    if (!last)
        return;
    pthread_mutex_lock(&vb->lock);
    link = current_link(vb);
    if (vb->connected && !is_referenced(vb)) {
        struct connect_job *c = new_job(vb, link, run_close);

        vb->connected = false;
        if (vb_main_run(vb->main, &c->job, CONNECT_TIMEOUT_MS, NULL) == 0)
            drop_connect(&c->job);
        link->dead = link->initialized;
    }
    pthread_mutex_unlock(&vb->lock);
}

bool vb_calls_take_turns(const struct vb *vb)
{
    return vb_hook_serializes(vb);
}

bool vb_calls_back(const struct vb *vb)
{
    return vb_link_has_queue(atomic_load_explicit(&vb->link, memory_order_acquire));
}

unsigned vb_version(const struct vb *vb)
{
    return vb->version;
}

const char *vb_home(const struct vb *vb)
{
    return vb->home;
}
