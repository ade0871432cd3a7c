/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file own.h
 * Objects of our own that VirtualBox calls: its vtable is laid out as the installation's type library says, a
 * function for each member that used.def lists and the right way to take its arguments. What this build does
 * not know of the interface answers "not implemented".
 *
 * VirtualBox calls while its event queue is processed, on the thread that does that (mainthread.h), or on
 * threads of its own: `fn` may run on any thread, several at a time. It must not block and not call
 * VirtualBox.
 */
#ifndef EB_VBOX_COM_OWN_H
#define EB_VBOX_COM_OWN_H

#include "vbox/com/calls.h"

enum { VB_OWN_ARGS = 8 };

/** A call from VirtualBox. */
struct vb_own_call {
    enum vb_member member; /* with several shapes, the shape's */
    /** By parameter: text for strings and ids (never NULL), the number of numbers, truth values and enum
     * constants (calls.h's), the object (borrowed, may be NULL). All of it ends with the call. */
    struct {
        char *text;
        int64_t number;
        void *object;
    } in[VB_OWN_ARGS];
    bool answer; /* what truth values that VirtualBox asks for become; everything else becomes 0 and NULL */
};
typedef void (*vb_own_fn)(void *opaque, struct vb_own_call *call);

/**
 * A new object with one reference, for the VirtualBox of this thread's operation (vb_begin).
 * EB_ERR_NO_SUPPORT: the installation has no such interface, or used.def does not implement it.
 */
int vb_own_new(struct vb *vb, enum vb_iface_id id, vb_own_fn fn, void *opaque, void **out, eb_error *err);
/** `fn` does not run any more when this returns. Drops the reference; VirtualBox may hold more. NULL is fine.
 */
void vb_own_close(void *object);

#endif
