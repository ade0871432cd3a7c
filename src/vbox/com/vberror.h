/* SPDX-License-Identifier: LGPL-2.1-or-later */
/** @file vberror.h From what VirtualBox says to an eb_error. */
#ifndef EB_VBOX_COM_VBERROR_H
#define EB_VBOX_COM_VBERROR_H

#include "vbox/com/link.h"

/**
 * Fills `err` (NULL, or set already: nothing) from a failed result and its info, whose strings it takes.
 * `what` stands for the text that is missing: "IMachine.lockMachine".
 */
void vb_error_fill(eb_error *err, uint32_t result, const char *what, struct vb_error_info *info);

#endif
