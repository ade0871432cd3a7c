/* SPDX-License-Identifier: LGPL-2.1-or-later */
/** @file disk_name.h What a disk's target name ("hda", "sdb", "vda") says. */
#ifndef EB_MODEL_DISK_NAME_H
#define EB_MODEL_DISK_NAME_H

#include "model/domain.h"

/** The disk's number: 0 for hda, 26 for sdaa. -1: no such name. */
int eb_disk_index(const char *target);
/** The bus that the name's first letters stand for; EB_BUS_NONE: none. */
enum eb_disk_bus eb_disk_bus_of(enum eb_disk_device device, const char *target);
/** Gives the disk the drive address that its name stands for, if it has none and its bus has such. */
void eb_disk_assign_address(struct eb_disk *disk);

#endif
