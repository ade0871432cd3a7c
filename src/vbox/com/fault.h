/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file fault.h
 * Faults for tests: the Nth VirtualBox call of the process goes wrong. EVERBOX_FAULT="N:fail", "N:garbage" or
 * "N:die" sets one when VirtualBox is opened; vb_hook_set_fault sets one from a test program.
 */
#ifndef EB_VBOX_COM_FAULT_H
#define EB_VBOX_COM_FAULT_H

#include "base/util.h"

struct vb_call;

enum vb_fault_kind {
    VB_FAULT_NONE = 0,
    VB_FAULT_FAIL,    /* the call is not made; its result is E_FAIL */
    VB_FAULT_GARBAGE, /* it is made, and what it gives is replaced by values that make no sense */
    VB_FAULT_DIE,     /* VBoxSVC is killed before it is made */
};

/** "3:fail"; false when it is none of that. */
bool vb_fault_parse(const char *text, enum vb_fault_kind *kind, unsigned *nth);
/** Replaces the results of a call: numbers out of range, odd texts, unknown enum values, no objects, empty
 * arrays. */
void vb_fault_garble(const struct vb_call *call, void *const *args);
/**
 * Kills the VBoxSVC of the installation in `home` that serves this process's user and settings folder, and
 * waits until it is gone (at most a second). Result: how many there were.
 */
unsigned vb_fault_kill_server(const char *home);

#endif
