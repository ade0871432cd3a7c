/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What VirtualBox tells before 4.0: it calls objects of ours. Its calls are noted down, on whatever thread
 * they come, and looked at by the thread of the events, since a call that waited or asked VirtualBox
 * something would hold up VirtualBox. */
#include "vbox/event.h"

#include <pthread.h>
#include <time.h>

#include "vbox/com/own.h"

enum {
    ASK_ALIVE_MS = 1000, /* between two questions whether VBoxSVC, which says nothing, is still there */
    NOTES_MAX = 10000,   /* more are not kept: everything is compared then */
};

struct note {
    struct note *next;
    bool console;
    unsigned char uuid[16];  /* of the console's machine */
    struct vb_own_call call; /* with texts of its own, and references */
};

struct vbox_notes {
    pthread_mutex_t lock;
    pthread_cond_t came;
    struct note *first, *last;
    size_t n;
    bool overflow;
    struct timespec asked; /* the thread's: when VBoxSVC last gave a sign of life */
    uint64_t epoch;
    struct vbox_caller *vbox; /* VirtualBox itself */
};

struct vbox_caller {
    struct vbox_notes *notes;
    bool console;
    unsigned char uuid[16];
    void *object;
};

static void free_note(struct note *n)
{
    if (!n)
        return;
    for (size_t i = 0; i < VB_OWN_ARGS; i++) {
        free(n->call.in[i].text);
        vb_unref(n->call.in[i].object);
    }
    free(n);
}

static void append(struct vbox_notes *notes, struct note *n)
{
    pthread_mutex_lock(&notes->lock);
    if (notes->n < NOTES_MAX) {
        if (notes->last)
            notes->last->next = n;
        else
            notes->first = n;
        notes->last = n;
        notes->n++;
        n = NULL;
    } else {
        notes->overflow = true;
    }
    pthread_cond_signal(&notes->came);
    pthread_mutex_unlock(&notes->lock);
    free_note(n);
}

/* ---- What VirtualBox itself tells ---- */

static void state_changed(struct vbox_watch *w, const struct vb_own_call *call)
{
    vbox_watch_state(w, call->in[0].text, (enum vb_MachineState)call->in[1].number);
}

static void data_changed(struct vbox_watch *w, const struct vb_own_call *call)
{
    vbox_watch_data(w, call->in[0].text);
}

static void registered(struct vbox_watch *w, const struct vb_own_call *call)
{
    vbox_watch_registered(w, call->in[0].text, call->in[1].number);
}

static void extra_data_changed(struct vbox_watch *w, const struct vb_own_call *call)
{
    vbox_watch_extra_data(w, call->in[0].text, call->in[1].text, call->in[2].text);
}

static void property_changed(struct vbox_watch *w, const struct vb_own_call *call)
{
    vbox_watch_property(w, call->in[0].text, call->in[1].text, call->in[2].text);
}

static const struct {
    enum vb_VBoxEventType type; /* the event that took its place in 4.0 */
    enum vb_member member;
    void (*heard)(struct vbox_watch *w, const struct vb_own_call *call);
} kinds[] = {
    {VBoxEventType_OnMachineStateChanged, VB_IVirtualBoxCallback_onMachineStateChange, state_changed},
    {VBoxEventType_OnMachineDataChanged, VB_IVirtualBoxCallback_onMachineDataChange, data_changed},
    {VBoxEventType_OnMachineRegistered, VB_IVirtualBoxCallback_onMachineRegistered, registered},
    {VBoxEventType_OnExtraDataChanged, VB_IVirtualBoxCallback_onExtraDataChange, extra_data_changed},
    {VBoxEventType_OnGuestPropertyChanged, VB_IVirtualBoxCallback_onGuestPropertyChange, property_changed},
};

static bool is_heard(const struct vbox_caller *caller, enum vb_member member)
{
    if (caller->console)
        return vbox_console_hears_member(member);
    for (size_t i = 0; i < EB_ARRAY_SIZE(kinds); i++) {
        if (kinds[i].member == member)
            return true;
    }
    return false;
}

/* From VirtualBox, on any thread. */
static void called(void *opaque, struct vb_own_call *call)
{
    const struct vbox_caller *caller = opaque;
    struct note *n;

    /* whether extra data may change: we have nothing against it */
    call->answer = call->member == VB_IVirtualBoxCallback_onExtraDataCanChange;
    if (!is_heard(caller, call->member))
        return;
    n = EB_NEW(struct note);
    n->console = caller->console;
    memcpy(n->uuid, caller->uuid, sizeof(n->uuid));
    n->call = *call;
    for (size_t i = 0; i < VB_OWN_ARGS; i++) {
        call->in[i].text = NULL; /* it is the note's now */
        vb_object_ref(n->call.in[i].object);
    }
    append(caller->notes, n);
}

bool vbox_callback_possible(const struct vb *vb)
{
    return vb_has(vb, VB_IVirtualBox_registerCallback) &&
           vb_has(vb, VB_IVirtualBoxCallback_onMachineStateChange) &&
           vb_has(vb, VB_IVirtualBoxCallback_onMachineRegistered) && vb_calls_back(vb);
}

bool vbox_callback_hears(const struct vb *vb, enum vb_VBoxEventType type)
{
    for (size_t i = 0; i < EB_ARRAY_SIZE(kinds); i++) {
        if (kinds[i].type == type)
            return vbox_callback_possible(vb) && vb_has(vb, kinds[i].member);
    }
    return false;
}

/* ---- Objects ---- */

struct vbox_caller *vbox_caller_new(struct vbox_watch *w, const unsigned char *console_of, void **object,
                                    eb_error *err)
{
    struct vbox_caller *caller = EB_NEW(struct vbox_caller);

    caller->notes = w->notes;
    caller->console = console_of;
    if (console_of)
        memcpy(caller->uuid, console_of, sizeof(caller->uuid));
    if (vb_own_new(w->c.vb, console_of ? VB_IFACE_IConsoleCallback : VB_IFACE_IVirtualBoxCallback, called,
                   caller, &caller->object, err) < 0) {
        free(caller);
        return NULL;
    }
    *object = caller->object;
    return caller;
}

void *vbox_caller_object(const struct vbox_caller *caller)
{
    return caller->object;
}

void vbox_caller_free(struct vbox_caller *caller)
{
    if (!caller)
        return;
    vb_own_close(caller->object);
    free(caller);
}

/* ---- Hearing ---- */

static struct vbox_notes *new_notes(void)
{
    struct vbox_notes *notes = EB_NEW(struct vbox_notes);
    pthread_condattr_t attributes;

    pthread_mutex_init(&notes->lock, NULL);
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&notes->came, &attributes);
    pthread_condattr_destroy(&attributes);
    clock_gettime(CLOCK_MONOTONIC, &notes->asked);
    return notes;
}

static void free_notes(struct vbox_notes *notes)
{
    while (notes->first) {
        struct note *n = notes->first;

        notes->first = n->next;
        free_note(n);
    }
    pthread_cond_destroy(&notes->came);
    pthread_mutex_destroy(&notes->lock);
    free(notes);
}

int vbox_callback_open(struct vbox_watch *w, eb_error *err)
{
    void *object = NULL;

    w->notes = new_notes();
    w->notes->epoch = w->epoch;
    w->notes->vbox = vbox_caller_new(w, NULL, &object, err);
    if (w->notes->vbox && IVirtualBox_registerCallback(w->c.vb, w->vbox, object, err) == 0)
        return 0;
    vbox_caller_free(w->notes->vbox);
    free_notes(w->notes);
    w->notes = NULL;
    return -1;
}

void vbox_callback_close(struct vbox_watch *w)
{
    struct vbox_notes *notes = w->notes;

    if (!notes)
        return;
    IVirtualBox_unregisterCallback(w->c.vb, w->vbox, notes->vbox->object, NULL);
    vbox_caller_free(notes->vbox);
    free_notes(notes);
    w->notes = NULL;
}

static void handle(struct vbox_watch *w, const struct note *n)
{
    if (n->console) {
        vbox_console_called(w, n->uuid, &n->call);
        return;
    }
    for (size_t i = 0; i < EB_ARRAY_SIZE(kinds); i++) {
        if (kinds[i].member == n->call.member)
            kinds[i].heard(w, &n->call);
    }
}

static struct timespec after(const struct timespec *from, int ms)
{
    struct timespec t = *from;

    t.tv_nsec += (long)(ms % 1000) * 1000000;
    t.tv_sec += ms / 1000 + t.tv_nsec / 1000000000;
    t.tv_nsec %= 1000000000;
    return t;
}

static bool is_past(const struct timespec *now, const struct timespec *then)
{
    return now->tv_sec != then->tv_sec ? now->tv_sec > then->tv_sec : now->tv_nsec >= then->tv_nsec;
}

/* The next note, or NULL after `ms`. */
static struct note *wait_for_note(struct vbox_notes *notes, int ms, bool *overflow)
{
    struct timespec now, until;
    struct note *n;

    clock_gettime(CLOCK_MONOTONIC, &now);
    until = after(&now, ms);
    pthread_mutex_lock(&notes->lock);
    while (!notes->first && !notes->overflow &&
           pthread_cond_timedwait(&notes->came, &notes->lock, &until) == 0)
        ;
    n = notes->first;
    if (n) {
        notes->first = n->next;
        notes->n--;
        if (!n->next)
            notes->last = NULL;
    }
    *overflow = !n && notes->overflow;
    if (*overflow)
        notes->overflow = false;
    pthread_mutex_unlock(&notes->lock);
    return n;
}

/* A VBoxSVC that died calls no more: asking is the only way to know. */
static int ask_alive(struct vbox_watch *w, eb_error *err)
{
    struct vbox_notes *notes = w->notes;
    struct timespec now, due = after(&notes->asked, ASK_ALIVE_MS);
    IVirtualBox *vbox = NULL;
    uint64_t epoch;

    clock_gettime(CLOCK_MONOTONIC, &now);
    if (!is_past(&now, &due))
        return 0;
    notes->asked = now;
    if (vb_begin(w->c.vb, &vbox, &epoch, err) < 0)
        return -1;
    vb_unref(vbox);
    if (epoch == notes->epoch)
        return 0;
    return eb_error_set_from(err, EB_FROM_VBOX, EB_ERR_OPERATION_FAILED,
                             "VirtualBox's server (VBoxSVC) went away");
}

int vbox_callback_hear(struct vbox_watch *w, int timeout_ms, eb_error *err)
{
    bool overflow;
    struct note *n = wait_for_note(w->notes, timeout_ms, &overflow);

    if (overflow)
        return vbox_watch_sync(w, err) < 0 ? -1 : 1;
    if (n) {
        handle(w, n);
        free_note(n);
    }
    return ask_alive(w, err) < 0 ? -1 : n != NULL;
}
