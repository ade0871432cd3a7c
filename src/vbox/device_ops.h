/* SPDX-License-Identifier: LGPL-2.1-or-later */
/** @file device_ops.h Devices that a running machine has for itself alone. */
#ifndef EB_VBOX_DEVICE_OPS_H
#define EB_VBOX_DEVICE_OPS_H

#include "vbox/machine.h"

/** 1: done; 0: nothing of that kind, change the definition; -1: failed. */
typedef int vbox_live_fn(struct vbox_edit *e, const struct eb_device *dev, eb_error *err);
/** A shared folder until the machine stops; a USB device of the host now. */
vbox_live_fn vbox_live_attach, vbox_live_detach;

/** Of vbox_apply_def_flags: media stay as they are; a disk that wants another type of its medium is refused.
 */
#define VBOX_APPLY_KEEP_MEDIA (1u << 31)
/** vbox_apply_def; EB_DEVICE_FORCE changes media even where the guest locked the drive. */
int vbox_apply_def_flags(struct vbox_conn *c, IMachine *machine, const struct eb_domain_def *def,
                         const struct eb_domain_def *old, unsigned flags, eb_error *err);

/** What a change that failed has left is changed back to what was. */
void vbox_change_back(struct vbox_edit *e, const struct eb_domain_def *old);

#endif
