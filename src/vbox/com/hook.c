/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "vbox/com/hook.h"
#include "base/log.h"
#include "vbox/com/call.h"
#include "vbox/com/trace.h"

#define EB_MODULE "vbox"
#define RESULT_FAIL ((int32_t)0x80004005)

struct watch {
    struct vb_hook hook; /* first: the calls see this alone */
    atomic_bool serialize;
    bool trace;
    pthread_mutex_t turn;    /* recursive: a callback may call VirtualBox */
    atomic_uint until_fault; /* calls up to and with the one that goes wrong; 0: none will */
    _Atomic(enum vb_fault_kind) fault;
};

/* Which fault this thread's call in progress has. */
static _Thread_local enum vb_fault_kind current_fault;

static uint64_t now_us(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

static enum vb_fault_kind take_fault(struct watch *watch)
{
    unsigned left = atomic_load(&watch->until_fault);

    while (left > 0)
        if (atomic_compare_exchange_weak(&watch->until_fault, &left, left - 1))
            return left == 1 ? atomic_load(&watch->fault) : VB_FAULT_NONE;
    return VB_FAULT_NONE;
}

static bool before(struct vb_hook *hook, struct vb_call *call, void *const *args, int32_t *result)
{
    struct watch *watch = (struct watch *)hook;

    (void)args;
    call->serialized = atomic_load(&watch->serialize);
    if (call->serialized)
        pthread_mutex_lock(&watch->turn);
    current_fault = take_fault(watch);
    if (current_fault == VB_FAULT_DIE)
        vb_fault_kill_server(call->vb->home);
    call->started = now_us();
    if (current_fault != VB_FAULT_FAIL)
        return false;
    *result = RESULT_FAIL;
    return true;
}

static void after(struct vb_hook *hook, struct vb_call *call, void *const *args, int32_t result)
{
    struct watch *watch = (struct watch *)hook;
    uint64_t took = now_us() - call->started;

    if (current_fault == VB_FAULT_GARBAGE && result >= 0)
        vb_fault_garble(call, args);
    current_fault = VB_FAULT_NONE;
    if (watch->trace)
        vb_trace_call(call, args, result, took);
    if (call->serialized)
        pthread_mutex_unlock(&watch->turn);
}

bool vb_call_before(struct vb_call *call, struct vb_hook *hook, void *const *args, int32_t *result)
{
    call->hooked = true;
    call->hook = hook;
    return hook->before(hook, call, args, result);
}

void vb_call_after(struct vb_call *call, void *const *args, int32_t result)
{
    call->hook->after(call->hook, call, args, result);
}

static struct watch *watch_of(struct vb *vb)
{
    pthread_mutexattr_t attr;
    struct watch *watch = vb->watch;

    if (watch)
        return watch;
    watch = EB_NEW(struct watch);
    watch->hook.before = before;
    watch->hook.after = after;
    pthread_mutexattr_init(&attr);
    pthread_mutexattr_settype(&attr, PTHREAD_MUTEX_RECURSIVE);
    pthread_mutex_init(&watch->turn, &attr);
    pthread_mutexattr_destroy(&attr);
    vb->watch = watch;
    return watch;
}

static void use(struct vb *vb, struct watch *watch)
{
    bool wanted = watch->trace || atomic_load(&watch->serialize) || atomic_load(&watch->until_fault) > 0;

    atomic_store_explicit(&vb->hook, wanted ? &watch->hook : NULL, memory_order_release);
}

static void fault_of_environment(struct watch *watch)
{
    const char *text = getenv("EVERBOX_FAULT");
    enum vb_fault_kind kind;
    unsigned nth;

    if (!text || !*text)
        return;
    if (!vb_fault_parse(text, &kind, &nth)) {
        EB_WARN("EVERBOX_FAULT: '%s' is not N:fail, N:garbage or N:die", text);
        return;
    }
    atomic_store(&watch->fault, kind);
    atomic_store(&watch->until_fault, nth);
}

void vb_hook_install(struct vb *vb, bool serialize)
{
    bool first = !vb->watch;
    struct watch *watch = watch_of(vb);

    if (first) {
        watch->trace = vb_trace_wanted();
        fault_of_environment(watch);
    }
    atomic_store(&watch->serialize, serialize);
    use(vb, watch);
}

void vb_hook_set_fault(struct vb *vb, enum vb_fault_kind kind, unsigned nth)
{
    struct watch *watch = watch_of(vb);

    atomic_store(&watch->fault, kind);
    atomic_store(&watch->until_fault, kind == VB_FAULT_NONE ? 0 : nth);
    use(vb, watch);
}

bool vb_hook_fault_waits(const struct vb *vb)
{
    return vb->watch && atomic_load(&vb->watch->until_fault) > 0;
}

bool vb_hook_serializes(const struct vb *vb)
{
    return vb->watch && atomic_load(&vb->watch->serialize);
}

bool vb_hook_take_turn(struct vb *vb)
{
    bool taken = vb_hook_serializes(vb);

    if (taken)
        pthread_mutex_lock(&vb->watch->turn);
    return taken;
}

void vb_hook_end_turn(struct vb *vb, bool taken)
{
    if (taken)
        pthread_mutex_unlock(&vb->watch->turn);
}
