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
/** True until the fault that was set has happened. */
bool vb_hook_fault_waits(const struct vb *vb);
/** Whether one call passes at a time; waits must be short then. */
bool vb_hook_serializes(const struct vb *vb);
/**
 * Around calls that the glue makes by hand: waits for its turn where one call passes at a time. Result: for
 * vb_hook_end_turn.
 */
bool vb_hook_take_turn(struct vb *vb);
void vb_hook_end_turn(struct vb *vb, bool taken);

#endif
