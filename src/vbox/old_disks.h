/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file old_disks.h
 * Before 4.0 a machine could not be unregistered while it had snapshots or disks: this merges the snapshots,
 * takes the disks off, and deletes them where that is asked for.
 */
#ifndef EB_VBOX_OLD_DISKS_H
#define EB_VBOX_OLD_DISKS_H

#include "vbox/vbox.h"

struct vbox_old_disks {
    IMedium **media; /* since 3.1 */
    size_t n_media;
    IHardDisk **disks; /* before */
    size_t n_disks;
};
/** Merges all snapshots into the current state: they too kept a machine from being unregistered. */
int vbox_old_snapshots_merge(struct vbox_conn *c, IMachine *machine, eb_error *err);
/** Detaches all hard disks of a machine that does not run, and saves. */
int vbox_old_disks_detach(struct vbox_conn *c, IMachine *machine, struct vbox_old_disks *out, eb_error *err);
/** Deletes the images that no machine uses. */
int vbox_old_disks_delete(struct vbox_conn *c, struct vbox_old_disks *disks, eb_error *err);
void vbox_old_disks_clear(struct vbox_old_disks *disks);

#endif
