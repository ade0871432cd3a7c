/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where a definition wants its controllers and drives, and what it says of drives that VirtualBox cannot do.
 */
#include "model/disk_name.h"
#include "vbox/machine_bandwidth.h"
#include "vbox/machine_storage.h"

#include <strings.h>

void vm_plan_clear(struct vm_plan *p)
{
    free(p->controllers);
    free(p->drives);
    memset(p, 0, sizeof(*p));
}

static const char *disk_name(const struct eb_disk *disk)
{
    return disk->target ? disk->target : "?";
}

static int refuse_disk(struct vm *vm, const struct eb_disk *disk, eb_error *err, const char *why)
{
    EB_AUTOFREE char *what = eb_asprintf("<disk> '%s'", disk_name(disk));

    return vm_refuse(vm, err, what, "%s", why);
}

static bool is_left_over(const struct eb_domain_def *def, const struct eb_controller *c);

/* ---- Controllers ---- */

/* Until 3.0 there is no controller for floppies, but the drive is there. */
static bool bus_is_there(struct vm *vm, const struct vm_bus *bus)
{
    if (bus->bus == StorageBus_Floppy && vm_storage_is_fixed(vm))
        return true;
    return vb_enum_has(vm->vb, VB_ENUM_StorageBus, (int)bus->bus);
}

static const struct vm_model *model_said(enum eb_controller_type kind, const char *model)
{
    if (eb_streq(model, "auto"))
        model = NULL;
    for (size_t i = 0; i < vm_n_models; i++) {
        if (vm_bus_of(vm_models[i].bus)->kind != kind)
            continue;
        if (!model || (vm_models[i].model && strcasecmp(vm_models[i].model, model) == 0))
            return &vm_models[i];
    }
    return NULL;
}

static int refuse_model(struct vm *vm, const struct eb_controller *c, eb_error *err)
{
    EB_AUTOFREE char *what = eb_asprintf("model '%s' of <controller type='%s'>", c->model ? c->model : "?",
                                         eb_controller_type_to_string((int)c->type));
    struct eb_strbuf b EB_AUTOSTRBUF = {0};

    for (size_t i = 0; i < vm_n_models; i++)
        if (vm_models[i].model && vm_bus_of(vm_models[i].bus)->kind == c->type)
            eb_strbuf_printf(&b, "%s%s", b.len ? ", " : "", vm_models[i].model);
    return vm_refuse(vm, err, what, "it may be %s", b.len ? b.s : "nothing");
}

static long find_controller(const struct vm_plan *p, enum eb_controller_type kind, unsigned index)
{
    for (size_t i = 0; i < p->n_controllers; i++)
        if (p->controllers[i].bus->kind == kind && p->controllers[i].index == index)
            return (long)i;
    return -1;
}

static int add_controller(struct vm *vm, struct vm_plan *p, enum eb_controller_type kind, unsigned index,
                          const struct eb_controller *said, eb_error *err)
{
    const struct vm_model *model = model_said(kind, said ? said->model : NULL);
    struct vm_plan_controller *c;

    if (!model)
        return said ? refuse_model(vm, said, err)
                    : vm_refuse(vm, err, eb_controller_type_to_string((int)kind), "no such controller");
    if (!bus_is_there(vm, vm_bus_of(model->bus)))
        return vm_refuse_release(vm, err, "<controller type='%s'%s%s%s>",
                                 eb_controller_type_to_string((int)kind), model->model ? " model='" : "",
                                 model->model ? model->model : "", model->model ? "'" : "");
    c = EB_APPEND(p->controllers, p->n_controllers);
    c->bus = vm_bus_of(model->bus);
    c->type = model->type;
    c->index = index;
    c->said = said;
    return 0;
}

static bool is_storage(enum eb_controller_type kind)
{
    return kind == EB_CONTROLLER_IDE || kind == EB_CONTROLLER_FDC || kind == EB_CONTROLLER_SCSI ||
           kind == EB_CONTROLLER_SATA || kind == EB_CONTROLLER_NVME;
}

static unsigned next_index(const struct vm_plan *p, enum eb_controller_type kind)
{
    unsigned index = 0;

    while (find_controller(p, kind, index) >= 0)
        index++;
    return index;
}

static int plan_said(struct vm *vm, const struct eb_domain_def *def, struct vm_plan *p, eb_error *err)
{
    for (size_t i = 0; i < def->n_controllers; i++) {
        const struct eb_controller *c = &def->controllers[i];
        unsigned index = c->index < 0 ? next_index(p, c->type) : (unsigned)c->index;

        if (!is_storage(c->type) || is_left_over(def, c))
            continue;
        if (find_controller(p, c->type, index) >= 0)
            return eb_error_set(err, EB_ERR_XML_ERROR, "there are two <controller type='%s' index='%u'>",
                                eb_controller_type_to_string((int)c->type), index);
        if (c->host_io_cache && !vb_has(vm->vb, VB_IStorageController_set_useHostIOCache))
            return vm_refuse_release(vm, err, "attribute 'host-io-cache' of <vbox:controller>");
        if (add_controller(vm, p, c->type, index, c, err) < 0)
            return -1;
        if (c->ports > (int)p->controllers[p->n_controllers - 1].bus->ports)
            return vm_refuse(vm, err, "attribute 'ports' of <controller>", "%d is more than %u", c->ports,
                             p->controllers[p->n_controllers - 1].bus->ports);
    }
    return 0;
}

/* ---- Drives ---- */

static const struct vm_bus *disk_bus(const struct eb_disk *disk)
{
    for (size_t i = 0; i < vm_n_buses; i++)
        if (vm_buses[i].disk_bus == disk->bus)
            return &vm_buses[i];
    return NULL;
}

static bool is_taken(const struct vm_plan *p, size_t controller, int32_t port, int32_t device)
{
    for (size_t i = 0; i < p->n_drives; i++)
        if (p->drives[i].controller == controller && p->drives[i].port == port &&
            p->drives[i].device == device)
            return true;
    return false;
}

static int place(struct vm *vm, struct vm_plan *p, const struct eb_disk *disk, size_t controller,
                 int32_t port, int32_t device, eb_error *err)
{
    const struct vm_bus *bus = p->controllers[controller].bus;
    struct vm_plan_drive *d;

    if ((unsigned)port >= bus->ports || (unsigned)device >= bus->devices)
        return refuse_disk(vm, disk, err, "its controller has no such place");
    if (is_taken(p, controller, port, device))
        return refuse_disk(vm, disk, err, "another disk is at the same place");
    d = EB_APPEND(p->drives, p->n_drives);
    d->disk = disk;
    d->controller = controller;
    d->port = port;
    d->device = device;
    return 0;
}

static int ensure_controller(struct vm *vm, struct vm_plan *p, enum eb_controller_type kind, unsigned index,
                             size_t *out, eb_error *err)
{
    long found = find_controller(p, kind, index);

    if (found < 0) {
        if (add_controller(vm, p, kind, index, NULL, err) < 0)
            return -1;
        found = (long)p->n_controllers - 1;
    }
    *out = (size_t)found;
    return 0;
}

/* The largest controller number that an address may have: more would be a typing error, not a machine. */
#define MAX_CONTROLLER 31

static int place_by_address(struct vm *vm, struct vm_plan *p, const struct eb_disk *disk, eb_error *err)
{
    const struct eb_address *a = &disk->address;
    const struct vm_bus *bus = disk_bus(disk);
    size_t controller;
    uint64_t port = 0;

    if (a->type == EB_ADDRESS_USB) {
        if (bus->bus != StorageBus_USB || !eb_parse_u64(a->port ? a->port : "", bus->ports, &port) || !port)
            return refuse_disk(vm, disk, err, "its <address type='usb'> is no port of a USB disk");
        if (ensure_controller(vm, p, EB_CONTROLLER_USB, 0, &controller, err) < 0)
            return -1;
        return place(vm, p, disk, controller, (int32_t)port - 1, 0, err);
    }
    if (a->target || a->controller > MAX_CONTROLLER || a->unit > 255 || a->bus > 255 ||
        (a->bus && bus->bus != StorageBus_IDE))
        return refuse_disk(vm, disk, err, "its <address> is no place of such a controller");
    if (ensure_controller(vm, p, bus->kind, a->controller, &controller, err) < 0)
        return -1;
    bus = p->controllers[controller].bus;
    if (bus->bus == StorageBus_IDE)
        return place(vm, p, disk, controller, (int32_t)a->bus, (int32_t)a->unit, err);
    if (bus->devices > 1)
        return place(vm, p, disk, controller, 0, (int32_t)a->unit, err);
    return place(vm, p, disk, controller, (int32_t)a->unit, 0, err);
}

static int place_at(struct vm *vm, struct vm_plan *p, const struct eb_disk *disk, size_t controller,
                    unsigned n, eb_error *err)
{
    unsigned devices = p->controllers[controller].bus->devices;

    return place(vm, p, disk, controller, (int32_t)(n / devices), (int32_t)(n % devices), err);
}

/* The first free place of the disk's kind, on the controllers that are there. 1: placed, 0: all are full. */
static int place_anywhere(struct vm *vm, struct vm_plan *p, const struct eb_disk *disk, eb_error *err)
{
    enum eb_controller_type kind = disk_bus(disk)->kind;

    for (size_t c = 0; c < p->n_controllers; c++) {
        const struct vm_bus *bus = p->controllers[c].bus;

        for (unsigned n = 0; bus->kind == kind && n < bus->ports * bus->devices; n++)
            if (!is_taken(p, c, (int32_t)(n / bus->devices), (int32_t)(n % bus->devices)))
                return place_at(vm, p, disk, c, n, err) < 0 ? -1 : 1;
    }
    return 0;
}

/* A target name counts the places from the first controller's first on; a taken one gives way. */
static int place_by_name(struct vm *vm, struct vm_plan *p, const struct eb_disk *disk, eb_error *err)
{
    const struct vm_bus *bus = disk_bus(disk);
    long n = bus->prefix ? vm_target_number(disk->target, bus->prefix) : -1;
    size_t controller;
    int rc;

    if (ensure_controller(vm, p, bus->kind, 0, &controller, err) < 0)
        return -1;
    for (unsigned index = 0; n >= 0; index++) {
        long found = find_controller(p, bus->kind, index);
        unsigned places;

        if (found < 0)
            break;
        places = p->controllers[found].bus->ports * p->controllers[found].bus->devices;
        if (n < (long)places) {
            unsigned devices = p->controllers[found].bus->devices;

            if (!is_taken(p, (size_t)found, (int32_t)(n / devices), (int32_t)(n % devices)))
                return place_at(vm, p, disk, (size_t)found, (unsigned)n, err);
            break;
        }
        n -= places;
    }
    rc = place_anywhere(vm, p, disk, err);
    if (rc != 0)
        return rc < 0 ? -1 : 0;
    if (ensure_controller(vm, p, bus->kind, next_index(p, bus->kind), &controller, err) < 0)
        return -1;
    return place_at(vm, p, disk, controller, 0, err);
}

/*
 * Parsing gives a disk without address the one that its name stands for to libvirt, with few places a
 * controller (6 on SATA). VirtualBox has more places and fewer controllers: such a disk goes where its name
 * stands for here. A controller with a name of VirtualBox's is a real one, so its disks are where they say.
 */
static bool is_from_name(const struct eb_domain_def *def, const struct eb_disk *disk)
{
    const struct eb_address *a = &disk->address, *b;
    const struct vm_bus *bus = disk_bus(disk);
    struct eb_disk again = *disk;

    memset(&again.address, 0, sizeof(again.address));
    eb_disk_assign_address(&again);
    b = &again.address;
    if (a->type != b->type || a->controller != b->controller || a->bus != b->bus || a->target != b->target ||
        a->unit != b->unit)
        return false;
    for (size_t i = 0; i < def->n_controllers; i++)
        if (bus && def->controllers[i].type == bus->kind && def->controllers[i].index == (int)a->controller &&
            def->controllers[i].name)
            return false;
    return true;
}

static bool has_place(const struct eb_domain_def *def, const struct eb_disk *disk)
{
    if (disk->address.type == EB_ADDRESS_DRIVE)
        return !is_from_name(def, disk);
    return disk->address.type == EB_ADDRESS_USB;
}

/* True for a controller that parsing added for disks which then went elsewhere. */
static bool is_left_over(const struct eb_domain_def *def, const struct eb_controller *c)
{
    bool asked_for = false;

    if (c->name || c->index <= 0)
        return false;
    for (size_t i = 0; i < def->n_disks; i++) {
        const struct eb_disk *disk = &def->disks[i];

        if (disk->address.type != EB_ADDRESS_DRIVE || !disk_bus(disk) || disk_bus(disk)->kind != c->type ||
            (int)disk->address.controller != c->index)
            continue;
        if (!is_from_name(def, disk))
            return false;
        asked_for = true;
    }
    return asked_for;
}

/* The CD drive of 2.2 and 3.0 has one place, and a machine has one. */
static int check_fixed(struct vm *vm, const struct vm_plan *p, eb_error *err)
{
    for (size_t i = 0; i < p->n_drives; i++) {
        const struct vm_plan_drive *d = &p->drives[i];
        enum vb_StorageBus bus = p->controllers[d->controller].bus->bus;
        bool dvd_place = bus == StorageBus_IDE && p->controllers[d->controller].index == 0 && d->port == 1 &&
                         d->device == 0;

        if ((d->disk->device == EB_DISK_CDROM) != dvd_place)
            return refuse_disk(vm, d->disk, err, "this release has one CD drive, hdc");
        if (d->disk->device == EB_DISK_FLOPPY && d->device != 0)
            return refuse_disk(vm, d->disk, err, "this release has one floppy drive, fda");
    }
    return 0;
}

int vm_plan_storage(struct vm *vm, const struct eb_domain_def *def, struct vm_plan *out, eb_error *err)
{
    if (plan_said(vm, def, out, err) < 0)
        return -1;
    for (int named = 0; named < 2; named++) {
        for (size_t i = 0; i < def->n_disks; i++) {
            const struct eb_disk *disk = &def->disks[i];

            if (has_place(def, disk) == named)
                continue;
            if (!disk_bus(disk))
                return refuse_disk(vm, disk, err, "VirtualBox has no such bus");
            if ((named ? place_by_name(vm, out, disk, err) : place_by_address(vm, out, disk, err)) < 0)
                return -1;
        }
    }
    return vm_storage_is_fixed(vm) ? check_fixed(vm, out, err) : 0;
}

/* ---- What a disk says ---- */

static int check_bus(struct vm *vm, const struct eb_disk *disk, eb_error *err)
{
    const struct vm_bus *bus = disk_bus(disk);
    EB_AUTOFREE char *what =
        eb_asprintf("bus '%s' of <disk> '%s'", eb_disk_bus_to_string((int)disk->bus), disk_name(disk));

    if (!bus)
        return vm_refuse(vm, err, what, "it may be ide, sata, scsi, usb, nvme, fdc");
    if (!bus_is_there(vm, bus))
        return vm_refuse_release(vm, err, "%s", what);
    if ((disk->device == EB_DISK_FLOPPY) != (bus->bus == StorageBus_Floppy))
        return vm_refuse(vm, err, what, "floppies, and only they, are on fdc");
    if (bus->bus == StorageBus_PCIe && disk->device == EB_DISK_CDROM)
        return vm_refuse(vm, err, what, "CD drives are on ide, sata, scsi or usb");
    return 0;
}

static int check_source(struct vm *vm, const struct eb_disk *disk, eb_error *err)
{
    bool removable = disk->device == EB_DISK_CDROM || disk->device == EB_DISK_FLOPPY;

    if (disk->device == EB_DISK_LUN)
        return refuse_disk(vm, disk, err, "device='lun'");
    if (disk->type == EB_DISK_TYPE_NETWORK && !eb_streq(disk->source_protocol, "iscsi"))
        return refuse_disk(vm, disk, err, "the protocol of type='network' may be iscsi");
    if (disk->type == EB_DISK_TYPE_DIR || disk->type == EB_DISK_TYPE_VOLUME)
        return refuse_disk(vm, disk, err, "its type may be file, or block for drives of the host");
    if (disk->type == EB_DISK_TYPE_BLOCK && !removable)
        return refuse_disk(vm, disk, err, "type='block' is for CD and floppy drives of the host");
    if (!disk->source && !removable && disk->type != EB_DISK_TYPE_NETWORK)
        return refuse_disk(vm, disk, err, "a hard disk needs a <source>");
    if ((disk->shareable || disk->transient) && removable)
        return refuse_disk(vm, disk, err, "<shareable> and <transient> are for hard disks");
    return 0;
}

static int check_disk(struct vm *vm, const struct eb_disk *disk, eb_error *err)
{
    const struct vm_refusal refusals[] = {
        {disk->driver_name != NULL, "attribute 'name' of a disk's <driver>"},
        {disk->cache && strcmp(disk->cache, "default") != 0, "attribute 'cache' of a disk's <driver>"},
        {disk->io != NULL, "attribute 'io' of a disk's <driver>"},
        {disk->error_policy != NULL, "attribute 'error_policy' of a disk's <driver>"},
        {disk->discard && strcmp(disk->discard, "unmap") != 0 && strcmp(disk->discard, "ignore") != 0,
         "attribute 'discard' of a disk's <driver>"},
        {disk->startup_policy && strcmp(disk->startup_policy, "mandatory") != 0,
         "attribute 'startupPolicy' of a disk's <source>"},
        {eb_streq(disk->tray, "open"), "attribute 'tray' of a disk's <target>"},
        {disk->readonly && disk->device == EB_DISK_DISK, "element <readonly> of a hard disk"},
        {disk->serial != NULL, "element <serial> of a disk"},
        {disk->wwn != NULL, "element <wwn> of a disk"},
        {disk->vendor != NULL, "element <vendor> of a disk"},
        {disk->product != NULL, "element <product> of a disk"},
        {disk->rotation_rate > 1, "attribute 'rotation_rate' of a disk's <target>"},
    };
    const struct {
        bool said;
        enum vb_member member;
        const char *what;
    } members[] = {
        {eb_streq(disk->discard, "unmap"), VB_IMachine_setAutoDiscardForDevice, "discard='unmap' of a disk"},
        {disk->rotation_rate == 1, VB_IMachine_nonRotationalDevice, "rotation_rate='1' of a disk"},
        {disk->removable == EB_YES, VB_IMachine_setHotPluggableForDevice, "removable='on' of a disk"},
    };

    if (check_bus(vm, disk, err) < 0 || vm_refuse_said(vm, refusals, EB_ARRAY_SIZE(refusals), err) < 0)
        return -1;
    for (size_t i = 0; i < EB_ARRAY_SIZE(members); i++)
        if (members[i].said && !vb_has(vm->vb, members[i].member))
            return vm_refuse_release(vm, err, "%s", members[i].what);
    return check_source(vm, disk, err);
}

/* Controllers of other kinds: what libvirt's tools add by themselves is let pass (docs/xml.md). */
static int check_controllers(struct vm *vm, const struct eb_domain_def *def, eb_error *err)
{
    for (size_t i = 0; i < def->n_controllers; i++) {
        const struct eb_controller *c = &def->controllers[i];
        bool root = c->type == EB_CONTROLLER_PCI &&
                    (eb_streq(c->model, "pci-root") || eb_streq(c->model, "pcie-root"));
        EB_AUTOFREE char *what = NULL;

        if (is_storage(c->type) || c->type == EB_CONTROLLER_USB || c->type == EB_CONTROLLER_ISA || root)
            continue;
        what = eb_asprintf("<controller type='%s'>", eb_controller_type_to_string((int)c->type));
        return vm_refuse(vm, err, what, NULL);
    }
    return 0;
}

int vm_check_storage(struct vm *vm, const struct eb_domain_def *def, eb_error *err)
{
    struct vm_plan plan VM_AUTO_PLAN = {0};

    for (size_t i = 0; i < def->n_disks; i++) {
        if (check_disk(vm, &def->disks[i], err) < 0 || vm_check_iotune(vm, def, &def->disks[i], err) < 0)
            return -1;
        for (size_t k = 0; k < i; k++)
            if (eb_streq(def->disks[i].target, def->disks[k].target))
                return eb_error_set(
                    err, EB_ERR_XML_ERROR, "target '%s' duplicated for disk sources '%s' and '%s'",
                    disk_name(&def->disks[i]), def->disks[i].source ? def->disks[i].source : "",
                    def->disks[k].source ? def->disks[k].source : "");
    }
    if (check_controllers(vm, def, err) < 0)
        return -1;
    return vm_plan_storage(vm, def, &plan, err);
}
