/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file machine_medium.h
 * What a drive holds, over the three ages of media: until 3.0 hard disks, CD and floppy images and the host's
 * drives are four kinds of objects; in 3.1 and 3.2 all are media that machines know by id; from 4.0 on
 * machines take the object.
 */
#ifndef EB_VBOX_MACHINE_MEDIUM_H
#define EB_VBOX_MACHINE_MEDIUM_H

#include "vbox/machine.h"

/** A medium; zeroed: none. Until 3.0 `medium` is the base of an IHardDisk, IDVDImage or IFloppyImage. */
struct vm_medium {
    IMedium *medium;
    IHostDVDDrive *dvd_drive;       /* until 3.0 */
    IHostFloppyDrive *floppy_drive; /* until 3.0 */
};
void vm_medium_clear(struct vm_medium *m);
#define VM_AUTO_MEDIUM EB_CLEANUP(vm_medium_clear)

/** True when it holds nothing. */
static inline bool vm_medium_none(const struct vm_medium *m)
{
    return !m->medium && !m->dvd_drive && !m->floppy_drive;
}

/** What XML says of a medium. */
struct vm_medium_info {
    char *path;     /* of the image, or the host drive's name; for an iSCSI target its name and LUN */
    bool host;      /* a drive of the host */
    char *format;   /* libvirt's word, or NULL */
    char *protocol; /* "iscsi" or NULL */
    bool shareable, transient;
};
void vm_medium_info_clear(struct vm_medium_info *info);
#define VM_AUTO_MEDIUM_INFO EB_CLEANUP(vm_medium_info_clear)
int vm_medium_info(struct vm *vm, const struct vm_medium *m, struct vm_medium_info *out, eb_error *err);

/**
 * The medium that a disk names: found, or opened and noted in vm->opened. Nothing is created; VirtualBox's
 * own words say why a file cannot be opened.
 */
int vm_medium_open(struct vm *vm, const struct eb_disk *disk, struct vm_medium *out, eb_error *err);
/** The medium of this path that VirtualBox knows already, or NULL. Until 3.0 as in struct vm_medium. */
int vm_image_find(struct vm *vm, const char *path, enum vb_DeviceType type, IMedium **out, eb_error *err);
/** Opens an image that VirtualBox does not know yet. */
int vm_image_open(struct vm *vm, const char *path, enum vb_DeviceType type, IMedium **out, eb_error *err);
/** VirtualBox's kind of drive for a disk. */
enum vb_DeviceType vm_disk_type(const struct eb_disk *disk);

#endif
