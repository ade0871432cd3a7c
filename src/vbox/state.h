/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file state.h
 * VirtualBox's machine states in libvirt's words, and why a domain is in its state. VirtualBox itself tells
 * only some reasons; the others are those of this process's own actions, remembered for as long as nobody
 * changed the state behind our back.
 */
#ifndef EB_VBOX_STATE_H
#define EB_VBOX_STATE_H

#include "base/error.h"
#include "base/uuid.h"
#include "vbox/com/calls.h"

/** libvirt's state, and the reason that the state alone tells. A state of a later VirtualBox: NOSTATE. */
void vbox_state_words(enum vb_MachineState state, eb_domain_state *out, int *reason);
/** A VM process holds the machine: the domain has an id. */
bool vbox_state_is_active(enum vb_MachineState state);
/** There is a saved state to start from. */
bool vbox_state_is_saved(enum vb_MachineState state);
/** On the way to another state. */
bool vbox_state_is_transient(enum vb_MachineState state);

/**
 * Keeps `reason` for this domain's `state`, entered at `changed` (IMachine.lastStateChange); replaces what
 * was kept.
 */
void vbox_reason_keep(const unsigned char uuid[16], eb_domain_state state, int reason, int64_t changed);
/** The kept reason, if it is for this state; `*changed` is to be compared with the machine's. */
bool vbox_reason_get(const unsigned char uuid[16], eb_domain_state state, int *reason, int64_t *changed);
void vbox_reason_forget(const unsigned char uuid[16]);

/**
 * The id of an active domain: the process id of its VM, which every process sees alike and which stays as
 * long as it runs. While VirtualBox does not know one yet (`pid` 0 or 2^32-1) a number made of the uuid,
 * above all process ids.
 */
int vbox_domain_id(const unsigned char uuid[16], uint32_t pid);

#endif
