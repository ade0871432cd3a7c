/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file hook.h
 * What stands around each VirtualBox call where it is wanted: one call at a time (VirtualBox before 4.3 does
 * not say how threads register), injected faults (fault.h), the trace (trace.h). Nothing wanted: no hook, no
 * cost.
 */
#ifndef EB_VBOX_COM_HOOK_H
#define EB_VBOX_COM_HOOK_H

#include "vbox/com/fault.h"

struct vb;

/** Installs what this process and this VirtualBox want; called with each connection. */
void vb_hook_install(struct vb *vb, bool serialize);
/** Sets a fault for the calls of `vb` from now on, counted from 1; VB_FAULT_NONE: none. */
void vb_hook_set_fault(struct vb *vb, enum vb_fault_kind kind, unsigned nth);
/** One call at a time: is it this call's turn? For waits, which then must be short. */
bool vb_hook_serializes(const struct vb *vb);

#endif
