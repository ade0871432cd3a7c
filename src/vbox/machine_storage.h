/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file machine_storage.h
 * Controllers and drives: what a machine has (machine_storage.c), where a definition wants them
 * (machine_storage_plan.c), and from the one to the other (machine_storage_apply.c).
 *
 * Places and names. A drive is at (controller, port, device). In XML that is <address type='drive'>: IDE has
 * bus = port and unit = device; all others have unit = port (a floppy: unit = device). USB disks have
 * <address type='usb'> with port + 1. A target name follows from the place: letters count the places of all
 * controllers with the same prefix (hd, sd, fd), SATA first, so that it stays the same while drives come and
 * go. A name that does not follow from the place is kept in extra data.
 */
#ifndef EB_VBOX_MACHINE_STORAGE_H
#define EB_VBOX_MACHINE_STORAGE_H

#include "vbox/machine_medium.h"

/** One kind of VirtualBox's storage buses. */
struct vm_bus {
    enum vb_StorageBus bus;
    enum eb_controller_type kind;
    enum eb_disk_bus disk_bus;
    const char *prefix;  /* of target names; NULL: "nvme0n1" */
    const char *name;    /* of the first controller that Everbox makes */
    unsigned ports;      /* at most */
    unsigned devices;    /* a port */
    bool ports_vary;     /* portCount can be set */
    bool has_controller; /* XML has a <controller> for it */
};
extern const struct vm_bus vm_buses[];
extern const size_t vm_n_buses;
const struct vm_bus *vm_bus_of(enum vb_StorageBus bus);

/** Models of controllers; the first of a bus is the default. */
struct vm_model {
    enum vb_StorageBus bus;
    enum vb_StorageControllerType type;
    const char *model; /* NULL: the bus has only one, and XML does not name it */
};
extern const struct vm_model vm_models[];
extern const size_t vm_n_models;

/* ---- What is there ---- */

struct vm_controller {
    char *name;
    const struct vm_bus *bus;
    enum vb_StorageControllerType type;
    unsigned index; /* in XML, among its kind */
    uint32_t ports;
    enum eb_tristate cache; /* useHostIOCache; absent: not to be chosen */
};
struct vm_drive {
    size_t controller; /* in vm_storage */
    int32_t port, device;
    enum vb_DeviceType type;
    struct vm_medium medium;
    bool discard, nonrotational, hotpluggable;
    char *group; /* bandwidth group */
    uint64_t group_rate;
};
struct vm_storage {
    struct vm_controller *controllers;
    size_t n_controllers;
    struct vm_drive *drives; /* in the order of controllers, ports, devices */
    size_t n_drives;
};
int vm_storage_list(struct vm *vm, struct vm_storage *out, eb_error *err);
/** The switches alone (discard, nonrotational, hotpluggable) of the drive at a place. From 3.1 on. */
int vm_drive_flags(struct vm *vm, const char *controller, int32_t port, int32_t device, struct vm_drive *out,
                   eb_error *err);
void vm_storage_clear(struct vm_storage *s);
#define VM_AUTO_STORAGE EB_CLEANUP(vm_storage_clear)
/** Until 3.0 the CD drive is always there, at one place, and the floppy drive has no controller. */
bool vm_storage_is_fixed(struct vm *vm);

/** The target name that follows from a drive's place; the caller frees it. */
char *vm_usual_target(const struct vm_storage *s, const struct vm_drive *d);
/** The number that a target name's letters stand for, from 0, when it has the prefix; else -1. */
long vm_target_number(const char *target, const char *prefix);
/** The extra data key for the name of a drive; the caller frees it. */
char *vm_target_key(const char *controller, int32_t port, int32_t device);

/* ---- What is wanted ---- */

struct vm_plan_controller {
    const struct vm_bus *bus;
    enum vb_StorageControllerType type;
    unsigned index;
    const struct eb_controller *said; /* NULL: only disks ask for it */
};
struct vm_plan_drive {
    const struct eb_disk *disk;
    size_t controller; /* in vm_plan */
    int32_t port, device;
};
struct vm_plan {
    struct vm_plan_controller *controllers;
    size_t n_controllers;
    struct vm_plan_drive *drives;
    size_t n_drives;
};
/** Where everything goes; refuses what has no place, by the disk's name. */
int vm_plan_storage(struct vm *vm, const struct eb_domain_def *def, struct vm_plan *out, eb_error *err);
void vm_plan_clear(struct vm_plan *p);
#define VM_AUTO_PLAN EB_CLEANUP(vm_plan_clear)

#endif
