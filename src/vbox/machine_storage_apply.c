/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * From the controllers and drives that are there to those that are wanted: what is not wanted goes first, so
 * that a medium can move; then controllers; then drives and what they hold. What is as wanted is not touched.
 */
#include "vbox/machine_bandwidth.h"
#include "vbox/machine_storage.h"

struct change {
    struct vm *vm;
    const struct vm_plan *plan;
    const struct vm_storage *is;
    long *kept_controller; /* of each planned controller, the one that is there; -1: to be made */
    long *kept_drive;      /* of each planned drive */
    char **names;          /* of each planned controller */
};

/* ---- What can stay ---- */

static bool fits(const struct vm_plan_controller *wanted, const struct vm_controller *is)
{
    return wanted->bus == is->bus;
}

static bool is_kept(const struct change *c, size_t is)
{
    for (size_t i = 0; i < c->plan->n_controllers; i++)
        if (c->kept_controller[i] == (long)is)
            return true;
    return false;
}

/* By name first, then by its place among its kind. */
static void keep_controllers(struct change *c)
{
    for (int by_name = 1; by_name >= 0; by_name--) {
        for (size_t i = 0; i < c->plan->n_controllers; i++) {
            const struct vm_plan_controller *wanted = &c->plan->controllers[i];
            const char *name = wanted->said ? wanted->said->name : NULL;

            for (size_t k = 0; c->kept_controller[i] < 0 && k < c->is->n_controllers; k++) {
                const struct vm_controller *is = &c->is->controllers[k];
                bool same = by_name ? eb_streq(is->name, name) : !name && is->index == wanted->index;

                if (same && fits(wanted, is) && !is_kept(c, k))
                    c->kept_controller[i] = (long)k;
            }
        }
    }
}

static bool same_medium(const struct eb_disk *disk, const struct vm_medium_info *info)
{
    if (info->protocol)
        return disk->type == EB_DISK_TYPE_NETWORK && eb_streq(disk->source_name, info->path);
    return info->host == (disk->source && disk->type == EB_DISK_TYPE_BLOCK) &&
           eb_streq(disk->source, info->path) && info->transient == disk->transient;
}

/* A drive stays when it is the same kind at the same place; a hard disk must hold the same medium too. */
static int keep_drives(struct change *c, eb_error *err)
{
    for (size_t i = 0; i < c->plan->n_drives; i++) {
        const struct vm_plan_drive *wanted = &c->plan->drives[i];
        long controller = c->kept_controller[wanted->controller];

        for (size_t k = 0; k < c->is->n_drives; k++) {
            const struct vm_drive *is = &c->is->drives[k];
            struct vm_medium_info info VM_AUTO_MEDIUM_INFO = {0};

            if ((long)is->controller != controller || is->port != wanted->port ||
                is->device != wanted->device || is->type != vm_disk_type(wanted->disk))
                continue;
            if (is->type == DeviceType_HardDisk) {
                if (vm_medium_info(c->vm, &is->medium, &info, err) < 0)
                    return -1;
                if (!same_medium(wanted->disk, &info))
                    continue;
            }
            c->kept_drive[i] = (long)k;
        }
    }
    return 0;
}

/* ---- Taking away ---- */

static int unmount_fixed(struct vm *vm, const struct vm_drive *drive, eb_error *err)
{
    VB_AUTO(IDVDDrive) dvd = NULL;
    VB_AUTO(IFloppyDrive) floppy = NULL;

    if (drive->type == DeviceType_DVD) {
        if (IMachine_get_DVDDrive(vm->vb, vm->machine, &dvd, err) < 0)
            return -1;
        return vm_medium_none(&drive->medium) ? 0 : IDVDDrive_unmount(vm->vb, dvd, err);
    }
    if (IMachine_get_floppyDrive(vm->vb, vm->machine, &floppy, err) < 0)
        return -1;
    if (!vm_medium_none(&drive->medium) && IFloppyDrive_unmount(vm->vb, floppy, err) < 0)
        return -1;
    return IFloppyDrive_set_enabled(vm->vb, floppy, false, err);
}

static int detach(struct change *c, const struct vm_drive *drive, eb_error *err)
{
    struct vm *vm = c->vm;
    const char *controller = c->is->controllers[drive->controller].name;
    EB_AUTOFREE char *key = vm_target_key(controller, drive->port, drive->device);

    if (vm_set_extra(vm, key, NULL, err) < 0)
        return -1;
    if (!vm_storage_is_fixed(vm))
        return IMachine_detachDevice(vm->vb, vm->machine, controller, drive->port, drive->device, err);
    if (drive->type != DeviceType_HardDisk)
        return unmount_fixed(vm, drive, err);
    return IMachine_detachHardDisk(vm->vb, vm->machine, controller, drive->port, drive->device, err);
}

static int detach_unwanted(struct change *c, eb_error *err)
{
    for (size_t k = 0; k < c->is->n_drives; k++) {
        bool wanted = false;

        for (size_t i = 0; i < c->plan->n_drives; i++)
            wanted = wanted || c->kept_drive[i] == (long)k;
        if (!wanted && detach(c, &c->is->drives[k], err) < 0)
            return -1;
    }
    return 0;
}

static bool is_pseudo(struct vm *vm, const struct vm_bus *bus)
{
    return bus->bus == StorageBus_Floppy && vm_storage_is_fixed(vm);
}

/* The CD drive of 2.2 and 3.0 lives on the IDE controller, which therefore stays. */
static int remove_controllers(struct change *c, eb_error *err)
{
    struct vm *vm = c->vm;

    for (size_t k = 0; k < c->is->n_controllers; k++) {
        const struct vm_controller *is = &c->is->controllers[k];
        bool stays =
            is_pseudo(vm, is->bus) || (vm_storage_is_fixed(vm) && is->bus->bus == StorageBus_IDE && k == 0);

        if (!is_kept(c, k) && !stays &&
            IMachine_removeStorageController(vm->vb, vm->machine, is->name, err) < 0)
            return -1;
    }
    return 0;
}

/* ---- Controllers ---- */

static bool name_taken(const struct change *c, const char *name)
{
    for (size_t k = 0; k < c->is->n_controllers; k++)
        if (is_kept(c, k) && strcmp(c->is->controllers[k].name, name) == 0)
            return true;
    for (size_t i = 0; i < c->plan->n_controllers; i++)
        if (eb_streq(c->names[i], name))
            return true;
    return false;
}

static char *choose_name(const struct change *c, const struct vm_plan_controller *wanted)
{
    char *name;

    if (wanted->said && wanted->said->name)
        return eb_strdup(wanted->said->name);
    name =
        wanted->index ? eb_asprintf("%s %u", wanted->bus->name, wanted->index) : eb_strdup(wanted->bus->name);
    for (unsigned n = wanted->index + 1; name_taken(c, name); n++) {
        free(name);
        name = eb_asprintf("%s %u", wanted->bus->name, n);
    }
    return name;
}

/* More drives than ports: the controller grows. */
static uint32_t wanted_ports(const struct change *c, size_t controller, uint32_t is)
{
    const struct vm_plan_controller *wanted = &c->plan->controllers[controller];
    uint32_t ports = wanted->said && wanted->said->ports > 0 ? (uint32_t)wanted->said->ports : is;

    for (size_t i = 0; i < c->plan->n_drives; i++)
        if (c->plan->drives[i].controller == controller && (uint32_t)c->plan->drives[i].port >= ports)
            ports = (uint32_t)c->plan->drives[i].port + 1;
    return ports;
}

static int set_controller(struct change *c, size_t i, IStorageController *controller, eb_error *err)
{
    const struct vm_plan_controller *wanted = &c->plan->controllers[i];
    struct vm *vm = c->vm;
    uint32_t is_ports = 0, ports;
    bool says_model = wanted->said && wanted->said->model;

    if ((says_model || c->kept_controller[i] < 0) &&
        VM_CHANGE(enum vb_StorageControllerType, vm, IStorageController, controllerType, controller,
                  wanted->type, err) < 0)
        return -1;
    if (wanted->bus->ports_vary) {
        if (IStorageController_get_portCount(vm->vb, controller, &is_ports, err) < 0)
            return -1;
        ports = wanted_ports(c, i, is_ports);
        if (ports != is_ports && IStorageController_set_portCount(vm->vb, controller, ports, err) < 0)
            return -1;
    }
    if (!wanted->said || !wanted->said->host_io_cache ||
        !vb_has(vm->vb, VB_IStorageController_set_useHostIOCache))
        return 0;
    return VM_CHANGE(bool, vm, IStorageController, useHostIOCache, controller,
                     (wanted->said->host_io_cache == EB_YES), err);
}

static int make_controllers(struct change *c, eb_error *err)
{
    struct vm *vm = c->vm;

    for (size_t i = 0; i < c->plan->n_controllers; i++) {
        const struct vm_plan_controller *wanted = &c->plan->controllers[i];
        VB_AUTO(IStorageController) controller = NULL;
        long kept = c->kept_controller[i];

        c->names[i] = kept >= 0 ? eb_strdup(c->is->controllers[kept].name) : choose_name(c, wanted);
        if (is_pseudo(vm, wanted->bus))
            continue;
        if (kept >= 0) {
            if (IMachine_getStorageControllerByName(vm->vb, vm->machine, c->names[i], &controller, err) < 0)
                return -1;
        } else if (IMachine_addStorageController(vm->vb, vm->machine, c->names[i], wanted->bus->bus,
                                                 &controller, err) < 0) {
            return -1;
        }
        if (set_controller(c, i, controller, err) < 0)
            return -1;
    }
    return 0;
}

/* ---- Drives ---- */

static int attach_fixed(struct vm *vm, const char *controller, const struct vm_plan_drive *d,
                        const struct vm_medium *medium, eb_error *err)
{
    VB_AUTO(IDVDDrive) dvd = NULL;
    VB_AUTO(IFloppyDrive) floppy = NULL;
    EB_AUTOFREE char *id = NULL;

    if (medium->medium && IMedium_get_id(vm->vb, medium->medium, &id, err) < 0)
        return -1;
    if (d->disk->device == EB_DISK_DISK)
        return IMachine_attachHardDisk(vm->vb, vm->machine, id, controller, d->port, d->device, err);
    if (d->disk->device == EB_DISK_CDROM) {
        if (IMachine_get_DVDDrive(vm->vb, vm->machine, &dvd, err) < 0)
            return -1;
        if (id)
            return IDVDDrive_mountImage(vm->vb, dvd, id, err);
        return medium->dvd_drive ? IDVDDrive_captureHostDrive(vm->vb, dvd, medium->dvd_drive, err)
                                 : IDVDDrive_unmount(vm->vb, dvd, err);
    }
    if (IMachine_get_floppyDrive(vm->vb, vm->machine, &floppy, err) < 0 ||
        VM_CHANGE(bool, vm, IFloppyDrive, enabled, floppy, true, err) < 0)
        return -1;
    if (id)
        return IFloppyDrive_mountImage(vm->vb, floppy, id, err);
    return medium->floppy_drive ? IFloppyDrive_captureHostDrive(vm->vb, floppy, medium->floppy_drive, err)
                                : IFloppyDrive_unmount(vm->vb, floppy, err);
}

static int attach(struct vm *vm, const char *controller, const struct vm_plan_drive *d,
                  const struct vm_medium *medium, eb_error *err)
{
    enum vb_DeviceType type = vm_disk_type(d->disk);
    EB_AUTOFREE char *id = NULL;

    if (vm_storage_is_fixed(vm))
        return attach_fixed(vm, controller, d, medium, err);
    if (vb_has(vm->vb, VB_IMachine_attachDevice__id)) {
        if (medium->medium && IMedium_get_id(vm->vb, medium->medium, &id, err) < 0)
            return -1;
        return IMachine_attachDevice__id(vm->vb, vm->machine, controller, d->port, d->device, type,
                                         id ? id : "", err);
    }
    if (!medium->medium && vb_has(vm->vb, VB_IMachine_attachDeviceWithoutMedium))
        return IMachine_attachDeviceWithoutMedium(vm->vb, vm->machine, controller, d->port, d->device, type,
                                                  err);
    return IMachine_attachDevice__medium(vm->vb, vm->machine, controller, d->port, d->device, type,
                                         medium->medium, err);
}

/* Another CD or floppy in a drive that stays: this works while the machine runs. */
static int change_medium(struct vm *vm, const char *controller, const struct vm_plan_drive *d,
                         const struct vm_medium *medium, eb_error *err)
{
    EB_AUTOFREE char *id = NULL;

    if (vm_storage_is_fixed(vm))
        return attach_fixed(vm, controller, d, medium, err);
    if (vb_has(vm->vb, VB_IMachine_mountMedium__id)) {
        if (medium->medium && IMedium_get_id(vm->vb, medium->medium, &id, err) < 0)
            return -1;
        return IMachine_mountMedium__id(vm->vb, vm->machine, controller, d->port, d->device, id ? id : "",
                                        vm->force, err);
    }
    if (!medium->medium && vb_has(vm->vb, VB_IMachine_unmountMedium))
        return IMachine_unmountMedium(vm->vb, vm->machine, controller, d->port, d->device, vm->force, err);
    return IMachine_mountMedium__medium(vm->vb, vm->machine, controller, d->port, d->device, medium->medium,
                                        vm->force, err);
}

static int fill(struct change *c, const struct vm_plan_drive *d, const struct vm_drive *is, eb_error *err)
{
    struct vm_medium_info info VM_AUTO_MEDIUM_INFO = {0};
    struct vm_medium medium VM_AUTO_MEDIUM = {0};
    const char *controller = c->names[d->controller];

    if (is && vm_medium_info(c->vm, &is->medium, &info, err) < 0)
        return -1;
    if (is && same_medium(d->disk, &info))
        return 0;
    if (vm_medium_open(c->vm, d->disk, &medium, err) < 0)
        return -1;
    if ((is ? change_medium(c->vm, controller, d, &medium, err)
            : attach(c->vm, controller, d, &medium, err)) < 0)
        return -1;
    c->vm->filled = true;
    return 0;
}

/* ---- What is set of a drive ---- */

static int set_flags(struct change *c, const struct vm_plan_drive *d, const struct vm_drive *is,
                     eb_error *err)
{
    struct vm_drive made = {0};
    const struct vm_drive *now = is ? is : &made;
    const char *name = c->names[d->controller];
    struct vm *vm = c->vm;
    bool discard = eb_streq(d->disk->discard, "unmap"), flat = d->disk->rotation_rate == 1;
    bool hotplug = d->disk->removable == EB_YES;

    if (!is && !vm_storage_is_fixed(vm) && vm_drive_flags(vm, name, d->port, d->device, &made, err) < 0)
        return -1;
    if (discard != now->discard &&
        IMachine_setAutoDiscardForDevice(vm->vb, vm->machine, name, d->port, d->device, discard, err) < 0)
        return -1;
    if (flat != now->nonrotational &&
        IMachine_nonRotationalDevice(vm->vb, vm->machine, name, d->port, d->device, flat, err) < 0)
        return -1;
    /* VirtualBox makes USB disks pluggable by itself: only what is said is set */
    if (d->disk->removable && hotplug != now->hotpluggable &&
        IMachine_setHotPluggableForDevice(vm->vb, vm->machine, name, d->port, d->device, hotplug, err) < 0)
        return -1;
    return 0;
}

static int set_group(struct change *c, const struct vm_plan_drive *d, const struct vm_drive *is,
                     eb_error *err)
{
    const char *controller = c->names[d->controller];
    EB_AUTOFREE char *name = eb_strdup(d->disk->iotune.group_name);
    VB_AUTO(IBandwidthGroup) group = NULL;
    struct vm *vm = c->vm;

    if (!d->disk->iotune.total_bytes_sec && !name) {
        if (!is || !is->group)
            return 0;
        if (vb_has(vm->vb, VB_IMachine_setNoBandwidthGroupForDevice))
            return IMachine_setNoBandwidthGroupForDevice(vm->vb, vm->machine, controller, d->port, d->device,
                                                         err);
        return IMachine_setBandwidthGroupForDevice(vm->vb, vm->machine, controller, d->port, d->device, NULL,
                                                   err);
    }
    if (!name)
        name = eb_asprintf("limit-%s", d->disk->target);
    if (vm_need_group(vm, name, BandwidthGroupType_Disk, d->disk->iotune.total_bytes_sec, &group, err) < 0)
        return -1;
    if (is && eb_streq(is->group, name))
        return 0;
    return IMachine_setBandwidthGroupForDevice(vm->vb, vm->machine, controller, d->port, d->device, group,
                                               err);
}

static int set_drives(struct change *c, eb_error *err)
{
    for (size_t i = 0; i < c->plan->n_drives; i++) {
        const struct vm_plan_drive *d = &c->plan->drives[i];
        const struct vm_drive *is = c->kept_drive[i] >= 0 ? &c->is->drives[c->kept_drive[i]] : NULL;

        if (fill(c, d, is, err) < 0 || set_flags(c, d, is, err) < 0 || set_group(c, d, is, err) < 0)
            return -1;
    }
    return 0;
}

/* ---- Names: those that do not follow from the places are kept ---- */

static int set_names(struct change *c, eb_error *err)
{
    struct vm_storage now VM_AUTO_STORAGE = {0};

    if (vm_storage_list(c->vm, &now, err) < 0)
        return -1;
    for (size_t i = 0; i < c->plan->n_drives; i++) {
        const struct vm_plan_drive *d = &c->plan->drives[i];
        const char *controller = c->names[d->controller], *wanted = d->disk->target;
        EB_AUTOFREE char *key = vm_target_key(controller, d->port, d->device);

        for (size_t k = 0; k < now.n_drives; k++) {
            const struct vm_drive *is = &now.drives[k];
            EB_AUTOFREE char *usual = NULL;

            if (strcmp(now.controllers[is->controller].name, controller) != 0 || is->port != d->port ||
                is->device != d->device)
                continue;
            usual = vm_usual_target(&now, is);
            if (vm_set_extra(c->vm, key, eb_streq(usual, wanted) ? NULL : wanted, err) < 0)
                return -1;
        }
    }
    return 0;
}

/* ---- The concept ---- */

static int apply(struct change *c, eb_error *err)
{
    keep_controllers(c);
    if (keep_drives(c, err) < 0 || detach_unwanted(c, err) < 0 || remove_controllers(c, err) < 0 ||
        make_controllers(c, err) < 0 || set_drives(c, err) < 0)
        return -1;
    return set_names(c, err);
}

int vm_apply_storage(struct vm *vm, const struct eb_domain_def *def, eb_error *err)
{
    struct vm_plan plan VM_AUTO_PLAN = {0};
    struct vm_storage is VM_AUTO_STORAGE = {0};
    struct change c = {.vm = vm, .plan = &plan, .is = &is};
    int rc;

    if (vm_plan_storage(vm, def, &plan, err) < 0 || vm_storage_list(vm, &is, err) < 0)
        return -1;
    c.kept_controller = eb_calloc(plan.n_controllers + 1, sizeof(long));
    c.kept_drive = eb_calloc(plan.n_drives + 1, sizeof(long));
    c.names = eb_calloc(plan.n_controllers + 1, sizeof(char *));
    for (size_t i = 0; i < plan.n_controllers; i++)
        c.kept_controller[i] = -1;
    for (size_t i = 0; i < plan.n_drives; i++)
        c.kept_drive[i] = -1;
    rc = apply(&c, err);
    eb_strv_free(c.names);
    free(c.kept_controller);
    free(c.kept_drive);
    return rc;
}
