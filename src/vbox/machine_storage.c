/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The controllers and drives that a machine has, and how XML says them. */
#include "vbox/machine_storage.h"

#include "model/disk_name.h"
#include "vbox/machine_bandwidth.h"

#define SCSI_PORTS 16

/* In the order in which target names count. */
const struct vm_bus vm_buses[] = {
    {StorageBus_IDE, EB_CONTROLLER_IDE, EB_BUS_IDE, "hd", "IDE", 2, 2, false, true},
    {StorageBus_SATA, EB_CONTROLLER_SATA, EB_BUS_SATA, "sd", "SATA", 30, 1, true, true},
    {StorageBus_SCSI, EB_CONTROLLER_SCSI, EB_BUS_SCSI, "sd", "SCSI", SCSI_PORTS, 1, false, true},
    {StorageBus_SAS, EB_CONTROLLER_SCSI, EB_BUS_SCSI, "sd", "SAS", 255, 1, true, true},
    {StorageBus_VirtioSCSI, EB_CONTROLLER_SCSI, EB_BUS_SCSI, "sd", "VirtioSCSI", 256, 1, true, true},
    {StorageBus_USB, EB_CONTROLLER_USB, EB_BUS_USB, "sd", "USB", 8, 1, false, false},
    {StorageBus_PCIe, EB_CONTROLLER_NVME, EB_BUS_NVME, NULL, "NVMe", 255, 1, true, true},
    {StorageBus_Floppy, EB_CONTROLLER_FDC, EB_BUS_FDC, "fd", "Floppy", 1, 2, false, true},
};
const size_t vm_n_buses = EB_ARRAY_SIZE(vm_buses);

const struct vm_model vm_models[] = {
    {StorageBus_IDE, StorageControllerType_PIIX4, "piix4"},
    {StorageBus_IDE, StorageControllerType_PIIX3, "piix3"},
    {StorageBus_IDE, StorageControllerType_ICH6, "ich6"},
    {StorageBus_SCSI, StorageControllerType_LsiLogic, "lsilogic"},
    {StorageBus_SCSI, StorageControllerType_BusLogic, "buslogic"},
    {StorageBus_SAS, StorageControllerType_LsiLogicSas, "lsisas1068"},
    {StorageBus_VirtioSCSI, StorageControllerType_VirtioSCSI, "virtio-scsi"},
    {StorageBus_SATA, StorageControllerType_IntelAhci, NULL},
    {StorageBus_Floppy, StorageControllerType_I82078, NULL},
    {StorageBus_USB, StorageControllerType_USB, NULL},
    {StorageBus_PCIe, StorageControllerType_NVMe, NULL},
};
const size_t vm_n_models = EB_ARRAY_SIZE(vm_models);

const struct vm_bus *vm_bus_of(enum vb_StorageBus bus)
{
    for (size_t i = 0; i < vm_n_buses; i++)
        if (vm_buses[i].bus == bus)
            return &vm_buses[i];
    return NULL;
}

bool vm_storage_is_fixed(struct vm *vm)
{
    return !vb_has(vm->vb, VB_IMachine_get_mediumAttachments);
}

/* ---- Names ---- */

static char *target_name(const struct vm_bus *bus, unsigned base, int32_t port, int32_t device)
{
    unsigned long n = base + (unsigned)port * bus->devices + (unsigned)device + 1;
    char letters[16];
    size_t at = sizeof(letters) - 1;

    if (!bus->prefix)
        return eb_asprintf("nvme%un%d", base / bus->ports, port + 1);
    letters[at] = '\0';
    for (; n > 0 && at > 0; n = (n - 1) / 26)
        letters[--at] = (char)('a' + (n - 1) % 26);
    return eb_asprintf("%s%s", bus->prefix, letters + at);
}

long vm_target_number(const char *target, const char *prefix)
{
    long n = 0;

    if (!target || !eb_starts_with(target, prefix) || !target[strlen(prefix)])
        return -1;
    for (target += strlen(prefix); *target; target++) {
        if (*target < 'a' || *target > 'z' || n > 1000000)
            return -1;
        n = n * 26 + (*target - 'a' + 1);
    }
    return n - 1;
}

char *vm_target_key(const char *controller, int32_t port, int32_t device)
{
    return eb_asprintf(VBOX_EXTRA_PREFIX "Target/%s/%d/%d", controller, port, device);
}

/* ---- Listing controllers ---- */

static int read_controller(struct vm *vm, IStorageController *c, struct vm_storage *s, eb_error *err)
{
    enum vb_StorageBus bus = StorageBus__none;
    struct vm_controller *out;
    bool cache = false;

    if (IStorageController_get_bus(vm->vb, c, &bus, err) < 0)
        return -1;
    if (!vm_bus_of(bus))
        return 0; /* of a release to come: XML has no word for it */
    out = EB_APPEND(s->controllers, s->n_controllers);
    out->bus = vm_bus_of(bus);
    if (IStorageController_get_name(vm->vb, c, &out->name, err) < 0 ||
        IStorageController_get_controllerType(vm->vb, c, &out->type, err) < 0 ||
        IStorageController_get_portCount(vm->vb, c, &out->ports, err) < 0)
        return -1;
    if (!vb_has(vm->vb, VB_IStorageController_get_useHostIOCache))
        return 0;
    if (IStorageController_get_useHostIOCache(vm->vb, c, &cache, err) < 0)
        return -1;
    out->cache = vm_tristate(cache);
    return 0;
}

static void number_controllers(struct vm_storage *s)
{
    unsigned next[EB_CONTROLLER_LAST] = {0};

    for (size_t i = 0; i < s->n_controllers; i++)
        s->controllers[i].index = next[s->controllers[i].bus->kind]++;
}

static int list_controllers(struct vm *vm, struct vm_storage *s, eb_error *err)
{
    IStorageController **list = NULL;
    size_t n = 0;
    int rc = IMachine_get_storageControllers(vm->vb, vm->machine, &n, &list, err);

    for (size_t i = 0; rc == 0 && i < n; i++)
        rc = read_controller(vm, list[i], s, err);
    vb_objects_free(n, list);
    return rc;
}

/* ---- Listing drives, from 3.1 on ---- */

static long find_controller(const struct vm_storage *s, const char *name)
{
    for (size_t i = 0; i < s->n_controllers; i++)
        if (strcmp(s->controllers[i].name, name) == 0)
            return (long)i;
    return -1;
}

static int read_group(struct vm *vm, IMediumAttachment *a, struct vm_drive *drive, eb_error *err)
{
    eb_error why EB_AUTOERROR = EB_ERROR_INIT;
    VB_AUTO(IBandwidthGroup) group = NULL;

    if (!vb_has(vm->vb, VB_IMediumAttachment_get_bandwidthGroup))
        return 0;
    if (IMediumAttachment_get_bandwidthGroup(vm->vb, a, &group, &why) < 0) {
        /* VirtualBox does not find a group that was just made and is not saved yet */
        if (why.vbox_result == VB_E_OBJECT_NOT_FOUND)
            return 0;
        eb_error_move(err, &why);
        return -1;
    }
    if (!group)
        return 0;
    if (IBandwidthGroup_get_name(vm->vb, group, &drive->group, err) < 0)
        return -1;
    return vm_group_rate(vm, group, &drive->group_rate, err);
}

/* The switches of an attachment that came one by one. */
static int read_attachment_flags(struct vm *vm, IMediumAttachment *a, struct vm_drive *drive, eb_error *err)
{
    if (vb_has(vm->vb, VB_IMediumAttachment_get_nonRotational) &&
        IMediumAttachment_get_nonRotational(vm->vb, a, &drive->nonrotational, err) < 0)
        return -1;
    if (vb_has(vm->vb, VB_IMediumAttachment_get_discard) &&
        IMediumAttachment_get_discard(vm->vb, a, &drive->discard, err) < 0)
        return -1;
    if (vb_has(vm->vb, VB_IMediumAttachment_get_hotPluggable))
        return IMediumAttachment_get_hotPluggable(vm->vb, a, &drive->hotpluggable, err);
    return 0;
}

int vm_drive_flags(struct vm *vm, const char *controller, int32_t port, int32_t device, struct vm_drive *out,
                   eb_error *err)
{
    VB_AUTO(IMediumAttachment) a = NULL;

    if (IMachine_getMediumAttachment(vm->vb, vm->machine, controller, port, device, &a, err) < 0)
        return -1;
    return read_attachment_flags(vm, a, out, err);
}

static int read_attachment(struct vm *vm, IMediumAttachment *a, struct vm_storage *s, eb_error *err)
{
    EB_AUTOFREE char *name = NULL;
    struct vm_drive *drive;
    long controller;

    if (IMediumAttachment_get_controller(vm->vb, a, &name, err) < 0)
        return -1;
    controller = find_controller(s, name);
    if (controller < 0)
        return 0;
    drive = EB_APPEND(s->drives, s->n_drives);
    drive->controller = (size_t)controller;
    if (IMediumAttachment_get_port(vm->vb, a, &drive->port, err) < 0 ||
        IMediumAttachment_get_device(vm->vb, a, &drive->device, err) < 0 ||
        IMediumAttachment_get_type(vm->vb, a, &drive->type, err) < 0 ||
        IMediumAttachment_get_medium(vm->vb, a, &drive->medium.medium, err) < 0)
        return -1;
    if (read_attachment_flags(vm, a, drive, err) < 0)
        return -1;
    return read_group(vm, a, drive, err);
}

static int list_attachments(struct vm *vm, struct vm_storage *s, eb_error *err)
{
    IMediumAttachment **list = NULL;
    size_t n = 0;
    int rc = IMachine_get_mediumAttachments(vm->vb, vm->machine, &n, &list, err);

    for (size_t i = 0; rc == 0 && i < n; i++)
        rc = read_attachment(vm, list[i], s, err);
    vb_objects_free(n, list);
    return rc;
}

/* ---- Listing drives, until 3.0 ---- */

static int read_hard_disk(struct vm *vm, IHardDiskAttachment *a, struct vm_storage *s, eb_error *err)
{
    EB_AUTOFREE char *name = NULL;
    IHardDisk *disk = NULL;
    struct vm_drive *drive;
    long controller;

    if (IHardDiskAttachment_get_controller(vm->vb, a, &name, err) < 0)
        return -1;
    controller = find_controller(s, name);
    if (controller < 0)
        return 0;
    drive = EB_APPEND(s->drives, s->n_drives);
    drive->controller = (size_t)controller;
    drive->type = DeviceType_HardDisk;
    if (IHardDiskAttachment_get_port(vm->vb, a, &drive->port, err) < 0 ||
        IHardDiskAttachment_get_device(vm->vb, a, &drive->device, err) < 0 ||
        IHardDiskAttachment_get_hardDisk(vm->vb, a, &disk, err) < 0)
        return -1;
    drive->medium.medium = (IMedium *)(void *)disk;
    return 0;
}

static int list_hard_disks(struct vm *vm, struct vm_storage *s, eb_error *err)
{
    IHardDiskAttachment **list = NULL;
    size_t n = 0;
    int rc = IMachine_get_hardDiskAttachments(vm->vb, vm->machine, &n, &list, err);

    for (size_t i = 0; rc == 0 && i < n; i++)
        rc = read_hard_disk(vm, list[i], s, err);
    vb_objects_free(n, list);
    return rc;
}

/* The CD drive is the master of the second channel of the IDE controller. */
static int add_cd_drive(struct vm *vm, struct vm_storage *s, eb_error *err)
{
    VB_AUTO(IDVDDrive) dvd = NULL;
    IDVDImage *image = NULL;
    struct vm_drive *drive;
    size_t controller = 0;

    while (controller < s->n_controllers && s->controllers[controller].bus->bus != StorageBus_IDE)
        controller++;
    if (controller == s->n_controllers)
        return 0;
    drive = EB_APPEND(s->drives, s->n_drives);
    drive->controller = controller;
    drive->port = 1;
    drive->type = DeviceType_DVD;
    if (IMachine_get_DVDDrive(vm->vb, vm->machine, &dvd, err) < 0 ||
        IDVDDrive_getImage(vm->vb, dvd, &image, err) < 0)
        return -1;
    drive->medium.medium = (IMedium *)(void *)image;
    return image ? 0 : IDVDDrive_getHostDrive(vm->vb, dvd, &drive->medium.dvd_drive, err);
}

static int add_floppy_drive(struct vm *vm, struct vm_storage *s, eb_error *err)
{
    VB_AUTO(IFloppyDrive) floppy = NULL;
    IFloppyImage *image = NULL;
    struct vm_controller *controller;
    struct vm_drive *drive;
    bool enabled = false;

    if (IMachine_get_floppyDrive(vm->vb, vm->machine, &floppy, err) < 0 ||
        IFloppyDrive_get_enabled(vm->vb, floppy, &enabled, err) < 0)
        return -1;
    if (!enabled)
        return 0;
    controller = EB_APPEND(s->controllers, s->n_controllers);
    controller->name = eb_strdup("Floppy");
    controller->bus = vm_bus_of(StorageBus_Floppy);
    controller->type = StorageControllerType_I82078;
    drive = EB_APPEND(s->drives, s->n_drives);
    drive->controller = s->n_controllers - 1;
    drive->type = DeviceType_Floppy;
    if (IFloppyDrive_getImage(vm->vb, floppy, &image, err) < 0)
        return -1;
    drive->medium.medium = (IMedium *)(void *)image;
    return image ? 0 : IFloppyDrive_getHostDrive(vm->vb, floppy, &drive->medium.floppy_drive, err);
}

/* ---- Listing ---- */

static int by_place(const void *a, const void *b)
{
    const struct vm_drive *x = a, *y = b;

    if (x->controller != y->controller)
        return x->controller < y->controller ? -1 : 1;
    if (x->port != y->port)
        return x->port < y->port ? -1 : 1;
    return x->device < y->device ? -1 : x->device > y->device;
}

int vm_storage_list(struct vm *vm, struct vm_storage *out, eb_error *err)
{
    int rc = list_controllers(vm, out, err);

    if (rc == 0 && vm_storage_is_fixed(vm))
        rc = list_hard_disks(vm, out, err) < 0 || add_cd_drive(vm, out, err) < 0 ||
                     add_floppy_drive(vm, out, err) < 0
                 ? -1
                 : 0;
    else if (rc == 0)
        rc = list_attachments(vm, out, err);
    if (rc < 0) {
        vm_storage_clear(out);
        return -1;
    }
    number_controllers(out);
    if (out->n_drives)
        qsort(out->drives, out->n_drives, sizeof(*out->drives), by_place);
    return 0;
}

void vm_storage_clear(struct vm_storage *s)
{
    for (size_t i = 0; i < s->n_controllers; i++)
        free(s->controllers[i].name);
    for (size_t i = 0; i < s->n_drives; i++) {
        vm_medium_clear(&s->drives[i].medium);
        free(s->drives[i].group);
    }
    free(s->controllers);
    free(s->drives);
    memset(s, 0, sizeof(*s));
}

/* ---- To a definition ---- */

static const char *model_of(const struct vm_controller *c)
{
    for (size_t i = 0; i < vm_n_models; i++)
        if (vm_models[i].bus == c->bus->bus && vm_models[i].type == c->type)
            return vm_models[i].model;
    return NULL;
}

static void add_controller(struct eb_domain_def *def, const struct vm_controller *c)
{
    struct eb_controller *out;

    if (!c->bus->has_controller)
        return;
    out = EB_APPEND(def->controllers, def->n_controllers);
    out->type = c->bus->kind;
    out->index = (int)c->index;
    out->model = eb_strdup(model_of(c));
    out->ports = c->bus->ports_vary ? (int)c->ports : -1;
    out->name = eb_strdup(c->name);
    out->host_io_cache = c->cache;
}

/* Where the letters of a controller's drives begin: after all places of those that count before it. */
static unsigned base_of(const struct vm_storage *s, size_t controller)
{
    const struct vm_bus *bus = s->controllers[controller].bus;
    unsigned base = 0;

    for (size_t i = 0; i < s->n_controllers; i++) {
        const struct vm_bus *other = s->controllers[i].bus;

        if (eb_streq(other->prefix, bus->prefix) && (other < bus || (other == bus && i < controller)))
            base += other->ports * other->devices;
    }
    return base;
}

char *vm_usual_target(const struct vm_storage *s, const struct vm_drive *d)
{
    return target_name(s->controllers[d->controller].bus, base_of(s, d->controller), d->port, d->device);
}

static bool target_taken(const struct eb_domain_def *def, const char *name)
{
    for (size_t i = 0; i < def->n_disks; i++)
        if (eb_streq(def->disks[i].target, name))
            return true;
    return false;
}

/* First the names that were given and kept, then those that follow from the place; never one twice. */
static int name_targets(struct vm *vm, const struct vm_storage *s, struct eb_domain_def *def, eb_error *err)
{
    for (size_t i = 0; i < s->n_drives; i++) {
        const struct vm_drive *d = &s->drives[i];
        EB_AUTOFREE char *key = vm_target_key(s->controllers[d->controller].name, d->port, d->device);
        const char *kept;

        if (vm_extra(vm, key, &kept, err) < 0)
            return -1;
        if (kept && !target_taken(def, kept))
            def->disks[i].target = eb_strdup(kept);
    }
    for (size_t i = 0; i < s->n_drives; i++) {
        const struct vm_drive *d = &s->drives[i];
        unsigned base = base_of(s, d->controller);

        for (unsigned skip = 0; !def->disks[i].target; skip += 1024) {
            EB_AUTOFREE char *name =
                target_name(s->controllers[d->controller].bus, base + skip, d->port, d->device);

            if (!target_taken(def, name))
                def->disks[i].target = EB_STEAL(name);
        }
    }
    return 0;
}

static void set_address(struct eb_disk *disk, const struct vm_controller *c, const struct vm_drive *d)
{
    struct eb_address *a = &disk->address;

    if (c->bus->bus == StorageBus_USB) {
        a->type = EB_ADDRESS_USB;
        a->port = eb_asprintf("%d", d->port + 1);
        return;
    }
    a->type = EB_ADDRESS_DRIVE;
    a->controller = c->index;
    a->bus = c->bus->bus == StorageBus_IDE ? (unsigned)d->port : 0;
    a->unit = (unsigned)(c->bus->devices > 1 ? d->device : d->port);
}

static int add_disk(struct vm *vm, const struct vm_storage *s, const struct vm_drive *d,
                    struct eb_domain_def *def, eb_error *err)
{
    struct eb_disk *disk = EB_APPEND(def->disks, def->n_disks);
    struct vm_medium_info info VM_AUTO_MEDIUM_INFO = {0};

    if (vm_medium_info(vm, &d->medium, &info, err) < 0)
        return -1;
    disk->device = d->type == DeviceType_DVD      ? EB_DISK_CDROM
                   : d->type == DeviceType_Floppy ? EB_DISK_FLOPPY
                                                  : EB_DISK_DISK;
    disk->type = info.protocol ? EB_DISK_TYPE_NETWORK : info.host ? EB_DISK_TYPE_BLOCK : EB_DISK_TYPE_FILE;
    if (info.protocol) {
        disk->source_protocol = EB_STEAL(info.protocol);
        disk->source_name = EB_STEAL(info.path);
    } else {
        disk->source = EB_STEAL(info.path);
    }
    disk->driver_type = EB_STEAL(info.format);
    disk->bus = s->controllers[d->controller].bus->disk_bus;
    disk->readonly = disk->device == EB_DISK_CDROM;
    disk->shareable = info.shareable;
    disk->transient = info.transient;
    disk->discard = eb_strdup(d->discard ? "unmap" : NULL);
    disk->rotation_rate = d->nonrotational ? 1 : 0;
    disk->removable = d->hotpluggable ? EB_YES : EB_ABSENT;
    disk->iotune.group_name = eb_strdup(d->group);
    disk->iotune.total_bytes_sec = d->group_rate;
    set_address(disk, &s->controllers[d->controller], d);
    return 0;
}

/* ---- The parser's order: each bus and type together, where it first is; within it by number ---- */

struct order {
    int kind, index;
    size_t from;
};

static size_t place_for(const struct order *list, size_t n, const struct order *o)
{
    size_t last = n;

    for (size_t i = 0; i < n; i++) {
        if (list[i].kind != o->kind)
            continue;
        if (list[i].index > o->index)
            return i;
        last = i + 1;
    }
    return last;
}

/* `items` of `size` bytes come into the order that their kinds and indexes, in `keys`, give. */
static void sort_items(void *items, size_t n, size_t size, struct order *keys)
{
    EB_AUTOFREE struct order *sorted = eb_calloc(n + 1, sizeof(*sorted));
    EB_AUTOFREE char *copy = n ? eb_memdup(items, n * size) : NULL;

    for (size_t i = 0; i < n; i++) {
        size_t at = place_for(sorted, i, &keys[i]);

        memmove(sorted + at + 1, sorted + at, (i - at) * sizeof(*sorted));
        sorted[at] = keys[i];
        sorted[at].from = i;
    }
    for (size_t i = 0; i < n; i++)
        memcpy((char *)items + i * size, copy + sorted[i].from * size, size);
}

static void sort_lists(struct eb_domain_def *def)
{
    EB_AUTOFREE struct order *keys = eb_calloc(def->n_disks + def->n_controllers + 1, sizeof(*keys));

    for (size_t i = 0; i < def->n_disks; i++)
        keys[i] = (struct order){(int)def->disks[i].bus, eb_disk_index(def->disks[i].target), 0};
    sort_items(def->disks, def->n_disks, sizeof(*def->disks), keys);
    for (size_t i = 0; i < def->n_controllers; i++)
        keys[i] = (struct order){(int)def->controllers[i].type, def->controllers[i].index, 0};
    sort_items(def->controllers, def->n_controllers, sizeof(*def->controllers), keys);
}

int vm_read_storage(struct vm *vm, struct eb_domain_def *def, eb_error *err)
{
    struct vm_storage s VM_AUTO_STORAGE = {0};

    if (vm_storage_list(vm, &s, err) < 0)
        return -1;
    for (size_t i = 0; i < s.n_controllers; i++)
        add_controller(def, &s.controllers[i]);
    for (size_t i = 0; i < s.n_drives; i++)
        if (add_disk(vm, &s, &s.drives[i], def, err) < 0)
            return -1;
    if (name_targets(vm, &s, def, err) < 0)
        return -1;
    sort_lists(def);
    return 0;
}
