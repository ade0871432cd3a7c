/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file own_thunk.h
 * What the generated functions of our own objects (calls_own.c) use, and their table. Only own.c includes it
 * besides.
 */
#ifndef EB_VBOX_COM_OWN_THUNK_H
#define EB_VBOX_COM_OWN_THUNK_H

#include "vbox/com/marshal.h"
#include "vbox/com/own.h"

/** A member's function for one way in which its arguments are passed (struct vb_bound, thunk). */
struct vb_own_thunk {
    enum vb_iface_id iface; /* VB_IFACE__COUNT ends the table */
    enum vb_member member;
    uint8_t thunk;
    vb_fn fn;
};
extern const struct vb_own_thunk vb_own_thunks[];

char *vb_own_uuid(const struct vb_guid *guid) EB_MUST_CHECK;
int vb_own_enum(void *self, enum vb_enum_id id, uint32_t number);
/** Calls the object's function and frees the texts. */
void vb_own_called(void *self, struct vb_own_call *call);

#endif
