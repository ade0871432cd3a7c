/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file known.h
 * What needs no call to VirtualBox, since it was asked before and cannot have changed: a machine's uuid, its
 * name while its settings file is the same, and which keys VirtualBox's own extra data lacks while
 * VirtualBox.xml is the same. VirtualBox writes these files before a change is done; a file that was written
 * in the last seconds counts as changed. Kept for each installation while a connection to it is open. Any
 * thread.
 */
#ifndef EB_VBOX_KNOWN_H
#define EB_VBOX_KNOWN_H

#include "vbox/vbox.h"

void vbox_known_ref(struct vb *vb);
/** Before the last vb_unref_client of the connection: releases what is kept with the last reference. */
void vbox_known_unref(struct vb *vb);

int vbox_known_uuid(struct vbox_conn *c, IMachine *machine, unsigned char uuid[16], eb_error *err);
/** As vbox_machine_name. `*out` is the caller's. */
int vbox_known_name(struct vbox_conn *c, IMachine *machine, char **out, eb_error *err);
/** Forgets the machines that are not among these, which are all that there are. */
void vbox_known_prune(struct vbox_conn *c, IMachine *const *machines, size_t n);
/** True when VirtualBox's own extra data surely has no such key; false: ask. */
bool vbox_known_lacks_key(struct vbox_conn *c, IVirtualBox *vbox, const char *key);

/** Limits of the installation, which no call changes; `which` is the caller's. False: not kept yet. */
enum { VBOX_KNOWN_LIMITS = 16 };
bool vbox_known_limit(struct vbox_conn *c, unsigned which, uint32_t *out);
void vbox_known_keep_limit(struct vbox_conn *c, unsigned which, uint32_t value);

#endif
