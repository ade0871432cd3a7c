/* SPDX-License-Identifier: LGPL-2.1-or-later */
/** @file domain_devices.h The devices of a definition as lists: what parsing adds, and attach, detach,
 * update. */
#ifndef EB_MODEL_DOMAIN_DEVICES_H
#define EB_MODEL_DOMAIN_DEVICES_H

#include "model/domain.h"

/**
 * Adds what libvirt's parser adds for every driver: indexes of controllers, addresses of disks on IDE, SCSI,
 * SATA and floppy buses, the controllers that disks and channels need, the console that the first serial port
 * is, the video card that graphics needs, and what a video card does not say. Does nothing the second time.
 */
int eb_domain_def_fill(struct eb_domain_def *def, eb_error *err);

/** Moves the unmodelled parts of `element`[from] (from 1) and of those behind it by `delta` places. */
void eb_domain_def_shift_unmodelled(struct eb_domain_def *def, const char *element, size_t from, int delta);

#endif
