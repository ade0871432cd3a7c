/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "vbox/machine_medium.h"

#include "vbox/device_ops.h"

#include <strings.h>

void vm_medium_clear(struct vm_medium *m)
{
    vb_unref(m->medium);
    vb_unref(m->dvd_drive);
    vb_unref(m->floppy_drive);
    memset(m, 0, sizeof(*m));
}

void vm_medium_info_clear(struct vm_medium_info *info)
{
    free(info->path);
    free(info->format);
    free(info->protocol);
    memset(info, 0, sizeof(*info));
}

enum vb_DeviceType vm_disk_type(const struct eb_disk *disk)
{
    if (disk->device == EB_DISK_CDROM)
        return DeviceType_DVD;
    return disk->device == EB_DISK_FLOPPY ? DeviceType_Floppy : DeviceType_HardDisk;
}

/* ---- What a medium is ---- */

/* VirtualBox's formats that libvirt has a word for. */
static const struct {
    const char *vbox, *libvirt;
} formats[] = {
    {"VDI", "vdi"}, {"VMDK", "vmdk"}, {"VHD", "vhd"}, {"RAW", "raw"}, {"QCOW", "qcow2"}, {"QED", "qed"},
};

static char *format_word(const char *format)
{
    for (size_t i = 0; i < EB_ARRAY_SIZE(formats); i++)
        if (strcasecmp(formats[i].vbox, format) == 0)
            return eb_strdup(formats[i].libvirt);
    return NULL;
}

/* Until 3.0 images of CDs and floppies have no format and no type. */
static IHardDisk *as_hard_disk(struct vm *vm, IMedium *medium)
{
    eb_error ignored EB_AUTOERROR = EB_ERROR_INIT;
    void *disk = NULL;

    if (vb_cast(vm->vb, medium, VB_IFACE_IHardDisk, &disk, &ignored) < 0)
        return NULL;
    return disk;
}

static int old_info(struct vm *vm, IMedium *medium, struct vm_medium_info *out, eb_error *err)
{
    VB_AUTO(IHardDisk) disk = as_hard_disk(vm, medium);
    EB_AUTOFREE char *format = NULL;

    if (!disk) {
        out->format = eb_strdup("raw");
        return 0;
    }
    if (IHardDisk_get_format(vm->vb, disk, &format, err) < 0)
        return -1;
    out->format = format_word(format);
    return 0;
}

/* A machine holds a difference to an immutable image, which is what its definition names. */
static int base_of_immutable(struct vm *vm, IMedium *medium, IMedium **out, eb_error *err)
{
    VB_AUTO(IMedium) parent = NULL;
    enum vb_MediumType type = MediumType__none;

    *out = NULL;
    if (IMedium_get_parent(vm->vb, medium, &parent, err) < 0)
        return -1;
    if (!parent)
        return 0;
    if (IMedium_get_type(vm->vb, parent, &type, err) < 0)
        return -1;
    if (type == MediumType_Immutable)
        *out = EB_STEAL(parent);
    return 0;
}

static int new_info(struct vm *vm, IMedium *medium, struct vm_medium_info *out, eb_error *err)
{
    enum vb_MediumType type = MediumType__none;
    EB_AUTOFREE char *format = NULL;

    if (IMedium_get_hostDrive(vm->vb, medium, &out->host, err) < 0)
        return -1;
    if (out->host)
        return 0;
    if (IMedium_get_format(vm->vb, medium, &format, err) < 0 ||
        IMedium_get_type(vm->vb, medium, &type, err) < 0)
        return -1;
    out->format = format_word(format);
    out->shareable = type == MediumType_Shareable;
    if (strcasecmp(format, "iSCSI") == 0)
        out->protocol = eb_strdup("iscsi");
    return 0;
}

static int image_info(struct vm *vm, IMedium *medium, struct vm_medium_info *out, eb_error *err)
{
    VB_AUTO(IMedium) base = NULL;

    if (!vb_has(vm->vb, VB_IMedium_get_hostDrive)) {
        if (old_info(vm, medium, out, err) < 0)
            return -1;
    } else {
        if (base_of_immutable(vm, medium, &base, err) < 0)
            return -1;
        out->transient = base != NULL;
        if (new_info(vm, base ? base : medium, out, err) < 0)
            return -1;
    }
    return IMedium_get_location(vm->vb, base ? base : medium, &out->path, err);
}

int vm_medium_info(struct vm *vm, const struct vm_medium *m, struct vm_medium_info *out, eb_error *err)
{
    int rc;

    memset(out, 0, sizeof(*out));
    out->host = m->dvd_drive || m->floppy_drive;
    if (m->dvd_drive)
        rc = IHostDVDDrive_get_name(vm->vb, m->dvd_drive, &out->path, err);
    else if (m->floppy_drive)
        rc = IHostFloppyDrive_get_name(vm->vb, m->floppy_drive, &out->path, err);
    else
        rc = m->medium ? image_info(vm, m->medium, out, err) : 0;
    if (rc < 0)
        vm_medium_info_clear(out);
    return rc;
}

/* ---- Finding ---- */

static int find_host_drive(struct vm *vm, const struct eb_disk *disk, struct vm_medium *out, eb_error *err)
{
    VB_AUTO(IHost) host = NULL;
    bool dvd = disk->device == EB_DISK_CDROM;

    if (IVirtualBox_get_host(vm->vb, vm->vbox, &host, err) < 0)
        return -1;
    if (vb_has(vm->vb, VB_IHost_findHostDVDDrive__medium))
        return dvd ? IHost_findHostDVDDrive__medium(vm->vb, host, disk->source, &out->medium, err)
                   : IHost_findHostFloppyDrive__medium(vm->vb, host, disk->source, &out->medium, err);
    return dvd ? IHost_findHostDVDDrive__drive(vm->vb, host, disk->source, &out->dvd_drive, err)
               : IHost_findHostFloppyDrive__drive(vm->vb, host, disk->source, &out->floppy_drive, err);
}

/* From 4.2 on there is no search: the lists are looked through. */
static int search_lists(struct vm *vm, const char *path, enum vb_DeviceType type, IMedium **out,
                        eb_error *err)
{
    IMedium **list = NULL;
    size_t n = 0;
    int rc;

    if (type == DeviceType_HardDisk)
        rc = IVirtualBox_get_hardDisks__medium(vm->vb, vm->vbox, &n, &list, err);
    else if (type == DeviceType_DVD)
        rc = IVirtualBox_get_DVDImages__medium(vm->vb, vm->vbox, &n, &list, err);
    else
        rc = IVirtualBox_get_floppyImages__medium(vm->vb, vm->vbox, &n, &list, err);
    for (size_t i = 0; rc == 0 && !*out && i < n; i++) {
        EB_AUTOFREE char *location = NULL;

        rc = IMedium_get_location(vm->vb, list[i], &location, err);
        if (rc == 0 && strcmp(location, path) == 0)
            *out = vb_object_ref(list[i]);
    }
    vb_objects_free(n, list);
    return rc;
}

int vm_image_find(struct vm *vm, const char *path, enum vb_DeviceType type, IMedium **out, eb_error *err)
{
    eb_error none EB_AUTOERROR = EB_ERROR_INIT;
    struct vb *vb = vm->vb;
    IHardDisk *disk = NULL;
    IDVDImage *dvd = NULL;
    IFloppyImage *floppy = NULL;

    *out = NULL;
    if (vb_has(vb, VB_IVirtualBox_findMedium)) {
        IVirtualBox_findMedium(vb, vm->vbox, path, type, out, &none);
    } else if (!vb_has(vb, VB_IVirtualBox_findHardDisk)) {
        return search_lists(vm, path, type, out, err);
    } else if (vb_has(vb, VB_IVirtualBox_findHardDisk__medium)) {
        if (type == DeviceType_HardDisk)
            IVirtualBox_findHardDisk__medium(vb, vm->vbox, path, out, &none);
        else if (type == DeviceType_DVD)
            IVirtualBox_findDVDImage__medium(vb, vm->vbox, path, out, &none);
        else
            IVirtualBox_findFloppyImage__medium(vb, vm->vbox, path, out, &none);
    } else if (type == DeviceType_HardDisk) {
        if (IVirtualBox_findHardDisk__hardDisk(vb, vm->vbox, path, &disk, &none) == 0)
            *out = (IMedium *)(void *)disk;
    } else if (type == DeviceType_DVD) {
        if (IVirtualBox_findDVDImage__image(vb, vm->vbox, path, &dvd, &none) == 0)
            *out = (IMedium *)(void *)dvd;
    } else if (IVirtualBox_findFloppyImage__image(vb, vm->vbox, path, &floppy, &none) == 0) {
        *out = (IMedium *)(void *)floppy;
    }
    return 0;
}

/* ---- Opening ---- */

/* 3.1 and 3.2: media, by three roads. An empty id keeps the image's own, or makes one. */
static int open_by_kind(struct vm *vm, const char *path, enum vb_DeviceType type, IMedium **out,
                        eb_error *err)
{
    if (type == DeviceType_HardDisk)
        return IVirtualBox_openHardDisk__medium(vm->vb, vm->vbox, path, AccessMode_ReadWrite, false, "",
                                                false, "", out, err);
    if (type == DeviceType_DVD)
        return IVirtualBox_openDVDImage__medium(vm->vb, vm->vbox, path, "", out, err);
    return IVirtualBox_openFloppyImage__medium(vm->vb, vm->vbox, path, "", out, err);
}

/* Until 3.0: an object of each kind. */
static int open_old(struct vm *vm, const char *path, enum vb_DeviceType type, IMedium **out, eb_error *err)
{
    IHardDisk *disk = NULL;
    IDVDImage *dvd = NULL;
    IFloppyImage *floppy = NULL;
    int rc;

    if (type == DeviceType_HardDisk && vb_has(vm->vb, VB_IVirtualBox_openHardDisk__plain))
        rc = IVirtualBox_openHardDisk__plain(vm->vb, vm->vbox, path, AccessMode_ReadWrite, &disk, err);
    else if (type == DeviceType_HardDisk)
        rc = IVirtualBox_openHardDisk__ids(vm->vb, vm->vbox, path, AccessMode_ReadWrite, false, "", false, "",
                                           &disk, err);
    else if (type == DeviceType_DVD)
        rc = IVirtualBox_openDVDImage__image(vm->vb, vm->vbox, path, "", &dvd, err);
    else
        rc = IVirtualBox_openFloppyImage__image(vm->vb, vm->vbox, path, "", &floppy, err);
    *out = disk ? (IMedium *)(void *)disk : dvd ? (IMedium *)(void *)dvd : (IMedium *)(void *)floppy;
    return rc;
}

int vm_image_open(struct vm *vm, const char *path, enum vb_DeviceType type, IMedium **out, eb_error *err)
{
    enum vb_AccessMode mode = type == DeviceType_DVD ? AccessMode_ReadOnly : AccessMode_ReadWrite;

    if (vb_has(vm->vb, VB_IVirtualBox_openMedium__newUuid) ||
        (!vb_has(vm->vb, VB_IVirtualBox_openMedium) && !vb_has(vm->vb, VB_IVirtualBox_openHardDisk)))
        return IVirtualBox_openMedium__newUuid(vm->vb, vm->vbox, path, type, mode, false, out, err);
    if (vb_has(vm->vb, VB_IVirtualBox_openMedium__plain))
        return IVirtualBox_openMedium__plain(vm->vb, vm->vbox, path, type, mode, out, err);
    if (vb_has(vm->vb, VB_IVirtualBox_openHardDisk__medium))
        return open_by_kind(vm, path, type, out, err);
    return open_old(vm, path, type, out, err);
}

/* How the image is attached is a property of the image; only one that no machine uses can change it. */
static int set_type(struct vm *vm, IMedium *medium, const struct eb_disk *disk, eb_error *err)
{
    enum vb_MediumType wanted = disk->transient ? MediumType_Immutable : MediumType_Shareable;
    enum vb_MediumType is = MediumType__none;

    if (!disk->transient && !disk->shareable)
        return 0;
    if (!vb_has(vm->vb, VB_IMedium_set_type) || !vb_enum_has(vm->vb, VB_ENUM_MediumType, (int)wanted))
        return vm_refuse_release(vm, err, disk->transient ? "element <transient>" : "element <shareable>");
    if (IMedium_get_type(vm->vb, medium, &is, err) < 0)
        return -1;
    if (is != wanted && (vm->flags & VBOX_APPLY_KEEP_MEDIA))
        return vm_refuse(vm, err, disk->transient ? "element <transient>" : "element <shareable>",
                         "the image is not of that type");
    return is == wanted ? 0 : IMedium_set_type(vm->vb, medium, wanted, err);
}

/* A <driver type> that is not the image's would be a promise that nobody keeps. */
static int check_format(struct vm *vm, const struct vm_medium *m, const struct eb_disk *disk, eb_error *err)
{
    struct vm_medium_info info VM_AUTO_MEDIUM_INFO = {0};
    EB_AUTOFREE char *what = NULL;

    if (!disk->driver_type || vm_medium_info(vm, m, &info, err) < 0)
        return disk->driver_type ? -1 : 0;
    if (!info.format || eb_streq(info.format, disk->driver_type) ||
        (eb_streq(disk->driver_type, "vpc") && eb_streq(info.format, "vhd")) ||
        (eb_streq(disk->driver_type, "iso") && eb_streq(info.format, "raw")))
        return 0;
    what = eb_asprintf("<driver type='%s'> of '%s'", disk->driver_type, disk->source);
    return vm_refuse(vm, err, what, "the image is %s", info.format);
}

int vm_medium_open(struct vm *vm, const struct eb_disk *disk, struct vm_medium *out, eb_error *err)
{
    enum vb_DeviceType type = vm_disk_type(disk);

    memset(out, 0, sizeof(*out));
    if (disk->type == EB_DISK_TYPE_NETWORK)
        return vm_refuse(vm, err, "a disk of type='network' that the machine does not have yet",
                         "make the iSCSI medium with VirtualBox first");
    if (!disk->source)
        return 0;
    if (disk->type == EB_DISK_TYPE_BLOCK)
        return find_host_drive(vm, disk, out, err);
    if (vm_image_find(vm, disk->source, type, &out->medium, err) < 0)
        return -1;
    if (!out->medium) {
        if (vm_image_open(vm, disk->source, type, &out->medium, err) < 0)
            return -1;
        *EB_APPEND(vm->opened, vm->n_opened) = vb_object_ref(out->medium);
    }
    if (check_format(vm, out, disk, err) < 0 || set_type(vm, out->medium, disk, err) < 0) {
        vm_medium_clear(out);
        return -1;
    }
    return 0;
}

/* Media to be closed when this thread's session ends. */
static _Thread_local IMedium **leftovers;
static _Thread_local size_t n_leftovers;

void vm_undo_media(struct vm *vm)
{
    if (vm->filled)
        (void)IMachine_saveSettings(vm->vb, vm->machine, NULL);
    for (size_t i = 0; i < vm->n_opened; i++)
        *EB_APPEND(leftovers, n_leftovers) = vb_object_ref(vm->opened[i]);
}

void vbox_close_leftover_media(struct vb *vb)
{
    for (size_t i = 0; i < n_leftovers; i++) {
        eb_error ignored EB_AUTOERROR = EB_ERROR_INIT;

        if (IMedium_close(vb, leftovers[i], &ignored) < 0)
            eb_log(EB_LOG_WARN, "vbox", "a medium stays open: %s", eb_error_message(&ignored));
        vb_unref(leftovers[i]);
    }
    free(leftovers);
    leftovers = NULL;
    n_leftovers = 0;
}
