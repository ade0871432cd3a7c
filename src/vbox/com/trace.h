/* SPDX-License-Identifier: LGPL-2.1-or-later */
/** @file trace.h EVERBOX_TRACE=1: each VirtualBox call as a line on stderr, with arguments, result and
 * microseconds. */
#ifndef EB_VBOX_COM_TRACE_H
#define EB_VBOX_COM_TRACE_H

#include "vbox/com/call.h"

/** Whether the environment asks for it. */
bool vb_trace_wanted(void);
/** "vbox: 0x55… IMachine.lockMachine(session=0x55…, lockType=Shared) = 0x00000000 () 132 us" */
void vb_trace_call(const struct vb_call *call, void *const *args, int32_t result, uint64_t microseconds);

#endif
