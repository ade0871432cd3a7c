/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file call.h
 * What each generated call does around the vtable call. Only the generated files and this folder include it.
 */
#ifndef EB_VBOX_COM_CALL_H
#define EB_VBOX_COM_CALL_H

#include "base/strbuf.h"
#include "vbox/com/bind.h"
#include "vbox/com/calls.h"
#include "vbox/com/client.h"

typedef void (*vb_fn)(void);

/** One call on its way. */
struct vb_call {
    struct vb *vb;
    const struct vb_binding *binding;
    void *self;
    vb_fn fn;
    enum vb_member member;
    uint8_t thunk;        /* which of the function's ways to pass the arguments */
    bool hooked;          /* the hook's `before` has run, so its `after` must */
    struct vb_hook *hook; /* which one: it may be replaced meanwhile */
    bool serialized;      /* the hook holds up other calls */
    uint64_t started;     /* the hook's own use */
};

/**
 * Watches calls. `args` holds a pointer to each C argument in order (an array has two: the count and the
 * items); that of an out argument points to the caller's variable, so `after` may read the results, and
 * change them.
 */
struct vb_hook {
    /** True: the call is not made, *result is its result (outs then stay NULL and 0). */
    bool (*before)(struct vb_hook *hook, struct vb_call *call, void *const *args, int32_t *result);
    /** Runs after each `before`, on the same thread. `result` is VirtualBox's, outs are converted. */
    void (*after)(struct vb_hook *hook, struct vb_call *call, void *const *args, int32_t result);
};

/**
 * Turns a failed result into `err`, with VirtualBox's error info of this thread. Result: -1.
 */
int vb_call_failed(struct vb *vb, enum vb_member member, void *self, int32_t result, eb_error *err);
/** Why the call cannot be made: not bound, or `self` is NULL. Result: -1. */
int vb_call_refused(struct vb *vb, enum vb_member member, void *self, eb_error *err);
/** Appends the arguments as text: the in arguments, or what came out. */
void vb_call_format(const struct vb_call *call, void *const *args, bool out, struct eb_strbuf *text);

bool vb_call_before(struct vb_call *call, struct vb_hook *hook, void *const *args, int32_t *result);
void vb_call_after(struct vb_call *call, void *const *args, int32_t result);

static inline int vb_call_begin(struct vb_call *call, struct vb *vb, enum vb_member member, void *self,
                                eb_error *err)
{
    const struct vb_binding *binding = vb_current_binding(vb);
    const struct vb_bound *bound = &binding->members[member];

    if (__builtin_expect(bound->slot < 0 || !self, 0))
        return vb_call_refused(vb, member, self, err);
    call->vb = vb;
    call->binding = binding;
    call->self = self;
    call->fn = (*(vb_fn **)self)[bound->slot];
    call->member = member;
    call->thunk = bound->thunk;
    call->hooked = false;
    return 0;
}

/** True: the hook answered in VirtualBox's place. */
static inline bool vb_call_taken(struct vb_call *call, void *const *args, int32_t *result)
{
    struct vb_hook *hook = atomic_load_explicit(&call->vb->hook, memory_order_acquire);

    return __builtin_expect(hook != NULL, 0) && vb_call_before(call, hook, args, result);
}

static inline int vb_call_end(struct vb_call *call, void *const *args, int32_t result, eb_error *err)
{
    if (__builtin_expect(call->hooked, 0))
        vb_call_after(call, args, result);
    if (__builtin_expect(result < 0, 0))
        return vb_call_failed(call->vb, call->member, call->self, result, err);
    return 0;
}

#endif
