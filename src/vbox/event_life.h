/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file event_life.h
 * From VirtualBox's machine states to the events of a domain's life. A machine rests in some states and
 * passes through others; an event is what its way from one rest to the next means.
 */
#ifndef EB_VBOX_EVENT_LIFE_H
#define EB_VBOX_EVENT_LIFE_H

#include "base/error.h"
#include "vbox/com/calls.h"

/** Where a machine is. To begin with: `rest` is its state (or, on its way, the one it most likely left). */
struct vbox_life {
    enum vb_MachineState rest;
    enum vb_MachineState via; /* the first it passed through since; MachineState__none: none */
};

/** `detail` of "stopped" when the states do not tell why: whoever knows is to be asked. */
#define VBOX_DETAIL_UNKNOWN (-1)
struct vbox_life_event {
    int event, detail;
};
enum { VBOX_LIFE_EVENTS = 2 };

struct vbox_life vbox_life_in(enum vb_MachineState state);
/** Takes in the machine's next state; gives the number of events in `out`. */
size_t vbox_life_goes_on(struct vbox_life *life, enum vb_MachineState to,
                         struct vbox_life_event out[VBOX_LIFE_EVENTS]);
/** A VM process holds the machine, as far as a domain's events tell: it was started and has not stopped. */
bool vbox_life_is_active(const struct vbox_life *life);
/** It is not on its way. */
bool vbox_life_rests(const struct vbox_life *life);

/**
 * A number that stands for what the text of a settings file says of the machine's configuration. VirtualBox
 * writes the file also when the machine's state changes: states, their times and guest properties do not
 * count.
 */
uint64_t vbox_settings_mark(const char *text);

/**
 * EB_DOMAIN_EVENT_STOPPED_* of a VM that was powered off, from its log: a request before the VM's own
 * power-off came from a client (destroyed), one after it from the guest (shutdown). VBOX_DETAIL_UNKNOWN when
 * it does not say.
 */
int vbox_log_stop_detail(const char *text);

/** libvirt's word for VirtualBox's runtime error; NULL: it is no disk's. Static. */
const char *vbox_io_error_reason(const char *id);

/**
 * This process is about to stop the domain; `detail` (EB_DOMAIN_EVENT_STOPPED_*) is what the event says when
 * it comes.
 */
void vbox_life_intend(const unsigned char uuid[16], int detail);
/** What was intended, once; -1: nothing. */
int vbox_life_intended(const unsigned char uuid[16]);

#endif
