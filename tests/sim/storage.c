/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Storage controllers and what is attached to them, in the ways of 2.2 to 3.0, 3.1 to 3.2 and since 4.0. */
#include <stdio.h>
#include <unistd.h>

#include "storage.h"

struct bus {
    const char *name, *controller;
    unsigned ports, min_ports, max_ports, devices, instances;
    bool hotplug;
};

static const struct bus buses[] = {
    {"IDE", "PIIX4", 2, 2, 2, 2, 1, false},         {"SATA", "IntelAhci", 30, 1, 30, 1, 1, true},
    {"SCSI", "LsiLogic", 16, 16, 16, 1, 1, false},  {"Floppy", "I82078", 1, 1, 1, 2, 1, false},
    {"SAS", "LsiLogicSas", 8, 1, 255, 1, 1, false}, {"USB", "USB", 8, 8, 8, 1, 1, true},
    {"PCIe", "NVMe", 1, 1, 255, 1, 1, false},       {"VirtioSCSI", "VirtioSCSI", 1, 1, 256, 1, 1, false},
};

static const struct bus *bus_named(const char *name)
{
    for (size_t i = 0; i < EB_ARRAY_SIZE(buses); i++)
        if (eb_streq(buses[i].name, name))
            return &buses[i];
    return NULL;
}

unsigned storage_bus_fact(const char *bus, const char *fact)
{
    const struct bus *b = bus_named(bus);

    if (!b)
        return 0;
    return eb_streq(fact, "devices")   ? b->devices
           : eb_streq(fact, "min")     ? b->min_ports
           : eb_streq(fact, "max")     ? b->max_ports
           : eb_streq(fact, "hotplug") ? b->hotplug
                                       : b->instances;
}

struct node *storage_attachment(const struct node *config, const char *controller, int64_t port,
                                int64_t device)
{
    EB_AUTOFREE char *id = eb_asprintf("%s|%lld|%lld", controller, (long long)port, (long long)device);

    return node_child(config, "Attachment", id);
}

/* ---- controllers ---- */

static struct object *controller_object(struct call *c, const char *name)
{
    EB_AUTOFREE char *path = eb_asprintf("StorageController#%s", name);

    return object_part(c->self, "IStorageController", path);
}

static uint32_t no_controller(struct call *c, const char *name)
{
    return not_found(c, "Could not find a storage controller named '%s'", name);
}

static uint32_t add_controller(struct call *c)
{
    EB_AUTOFREE char *bus = eb_strdup(arg_enum(c, "connectionType"));
    const char *name = arg_str(c, "name");
    const struct bus *b = bus_named(bus);
    struct node *n, *s;
    unsigned same = 0;
    uint32_t rc;

    n = node_write(c, false, &rc);
    if (!n)
        return rc;
    if (!b)
        return fail(c, E_INVALIDARG, "Invalid connection type: %s", bus);
    if (!*name)
        return fail(c, E_INVALIDARG, "The storage controller's name must not be empty");
    if (node_child(n, "StorageController", name))
        return fail(c, VBOX_E_OBJECT_IN_USE, "Storage controller named '%s' already exists", name);
    for (size_t i = 0; i < n->n; i++)
        same += strcmp(n->children[i]->tag, "StorageController") == 0 &&
                eb_streq(node_get(n->children[i], "bus"), bus);
    if (same >= b->instances *
                    (eb_streq(attr_value(n, "IMachine.chipsetType", NULL), "ICH9") && b->ports != 2 ? 8 : 1))
        return fail(c, E_INVALIDARG, "Too many storage controllers of this type");
    s = node_need(n, "StorageController", name);
    node_set(s, "bus", bus);
    node_set(s, "controllerType", b->controller);
    node_set_num(s, "portCount", b->ports);
    node_set_num(s, "instance", same);
    node_set(s, "useHostIOCache", eb_streq(bus, "IDE") || eb_streq(bus, "Floppy") ? "1" : "0");
    node_set(s, "bootable", "1");
    ret_obj(c, controller_object(c, name));
    return S_OK;
}

static uint32_t get_controllers(struct call *c)
{
    uint32_t rc;
    struct node *n = node_read(c, &rc);

    for (size_t i = 0; n && i < n->n; i++)
        if (strcmp(n->children[i]->tag, "StorageController") == 0)
            ret_add_obj(c, controller_object(c, n->children[i]->id));
    return rc;
}

static uint32_t controller_by_name(struct call *c)
{
    const char *name = arg_str(c, "name");
    uint32_t rc;
    struct node *n = node_read(c, &rc);

    if (n && !node_child(n, "StorageController", name))
        return no_controller(c, name);
    if (n)
        ret_obj(c, controller_object(c, name));
    return rc;
}

static uint32_t controller_by_instance(struct call *c)
{
    EB_AUTOFREE char *bus = arg_has(c, "connectionType") ? eb_strdup(arg_enum(c, "connectionType")) : NULL;
    uint32_t rc;
    struct node *n = node_read(c, &rc);

    for (size_t i = 0; n && i < n->n; i++) {
        const struct node *s = n->children[i];

        if (strcmp(s->tag, "StorageController") == 0 && node_num(s, "instance") == arg_num(c, "instance") &&
            (!bus || eb_streq(node_get(s, "bus"), bus))) {
            ret_obj(c, controller_object(c, s->id));
            return S_OK;
        }
    }
    return n ? not_found(c, "Could not find a storage controller with instance number '%lld'",
                         (long long)arg_num(c, "instance"))
             : rc;
}

static uint32_t remove_controller(struct call *c)
{
    const char *name = arg_str(c, "name");
    uint32_t rc;
    struct node *n = node_write(c, false, &rc);

    if (!n)
        return rc;
    if (!node_child(n, "StorageController", name))
        return no_controller(c, name);
    for (size_t i = n->n; i-- > 0;)
        if (strcmp(n->children[i]->tag, "Attachment") == 0 &&
            eb_streq(node_get(n->children[i], "controller"), name))
            node_remove(n->children[i]);
    node_remove(node_child(n, "StorageController", name));
    return S_OK;
}

static uint32_t set_bootable(struct call *c)
{
    uint32_t rc;
    struct node *n = node_write(c, false, &rc), *s;

    if (!n)
        return rc;
    s = node_child(n, "StorageController", arg_str(c, "name"));
    if (!s)
        return no_controller(c, arg_str(c, "name"));
    node_set(s, "bootable", arg_bool(c, "bootable") ? "1" : "0");
    return S_OK;
}

static uint32_t get_name(struct call *c)
{
    uint32_t rc;
    struct node *n = node_read(c, &rc);

    if (n)
        ret_str(c, n->id);
    return rc;
}

static uint32_t set_name(struct call *c)
{
    EB_AUTOFREE char *old = NULL;
    const char *name = c->in[0].str;
    uint32_t rc;
    struct node *n = node_write(c, false, &rc), *config;

    if (!n)
        return rc;
    config = n->parent;
    if (node_child(config, "StorageController", name))
        return fail(c, VBOX_E_OBJECT_IN_USE, "Storage controller named '%s' already exists", name);
    old = eb_strdup(n->id);
    eb_replace_string(&n->id, name);
    for (size_t i = 0; i < config->n; i++) {
        struct node *a = config->children[i];

        if (strcmp(a->tag, "Attachment") == 0 && eb_streq(node_get(a, "controller"), old)) {
            free(a->id);
            a->id = eb_asprintf("%s|%s|%s", name, node_get(a, "port"), node_get(a, "device"));
            node_set(a, "controller", name);
        }
    }
    free(c->self->path);
    c->self->path = eb_asprintf("StorageController#%s", name);
    return S_OK;
}

static uint32_t bus_number(struct call *c, const char *fact)
{
    uint32_t rc;
    struct node *n = node_read(c, &rc);

    if (n)
        ret_num(c, storage_bus_fact(node_get_or(n, "bus", ""), fact));
    return rc;
}

static uint32_t get_max_devices(struct call *c)
{
    return bus_number(c, "devices");
}

static uint32_t get_min_ports(struct call *c)
{
    return bus_number(c, "min");
}

static uint32_t get_max_ports(struct call *c)
{
    return bus_number(c, "max");
}

static uint32_t get_port_count(struct call *c)
{
    uint32_t rc;
    struct node *n = node_read(c, &rc);

    if (n)
        ret_num(c, (uint64_t)node_num(n, "portCount"));
    return rc;
}

static uint32_t set_port_count(struct call *c)
{
    int64_t count = (int64_t)c->in[0].num;
    uint32_t rc;
    struct node *n = node_write(c, false, &rc);
    const struct bus *b;

    if (!n)
        return rc;
    b = bus_named(node_get_or(n, "bus", ""));
    if (b && (count < b->min_ports || count > b->max_ports))
        return fail(c, E_INVALIDARG, "Invalid port count: %lld (must be in range [%u, %u])", (long long)count,
                    b->min_ports, b->max_ports);
    node_set_num(n, "portCount", count);
    return S_OK;
}

static uint32_t get_controller_type(struct call *c)
{
    uint32_t rc;
    struct node *n = node_read(c, &rc);

    if (n)
        ret_text(c, node_get_or(n, "controllerType", "Null"));
    return rc;
}

static const char *const types[][2] = {{"PIIX3", "IDE"},
                                       {"PIIX4", "IDE"},
                                       {"ICH6", "IDE"},
                                       {"IntelAhci", "SATA"},
                                       {"LsiLogic", "SCSI"},
                                       {"BusLogic", "SCSI"},
                                       {"I82078", "Floppy"},
                                       {"LsiLogicSas", "SAS"},
                                       {"USB", "USB"},
                                       {"NVMe", "PCIe"},
                                       {"VirtioSCSI", "VirtioSCSI"}};

static const char *storage_bus_of(const char *controller)
{
    for (size_t i = 0; i < EB_ARRAY_SIZE(types); i++)
        if (eb_streq(types[i][0], controller))
            return types[i][1];
    return NULL;
}

static uint32_t bus_of_type(struct call *c)
{
    EB_AUTOFREE char *type = eb_strdup(arg_enum(c, "storageControllerType"));

    if (!storage_bus_of(type))
        return fail(c, E_INVALIDARG, "Invalid controller type");
    ret_text(c, storage_bus_of(type));
    return S_OK;
}

static uint32_t types_of_bus(struct call *c)
{
    EB_AUTOFREE char *bus = eb_strdup(arg_enum(c, "storageBus"));

    if (!bus_named(bus))
        return fail(c, E_INVALIDARG, "Invalid storage bus");
    for (size_t i = 0; i < EB_ARRAY_SIZE(types); i++)
        if (eb_streq(types[i][1], bus))
            ret_add_text(c, types[i][0]);
    return S_OK;
}

static uint32_t set_controller_type(struct call *c)
{
    EB_AUTOFREE char *type = value_text(&c->slot->params[0], &c->in[0]);
    uint32_t rc;
    struct node *n = node_write(c, false, &rc);

    if (!n)
        return rc;
    for (size_t i = 0; i < EB_ARRAY_SIZE(types); i++)
        if (eb_streq(types[i][0], type) && eb_streq(types[i][1], node_get(n, "bus"))) {
            node_set(n, "controllerType", type);
            return S_OK;
        }
    return fail(c, E_INVALIDARG, "Invalid controller type %u", (unsigned)c->in[0].num);
}

static uint32_t get_ide_port(struct call *c)
{
    ret_num(c, (uint64_t)arg_num(c, "devicePosition"));
    return S_OK;
}

/* ---- attaching ---- */

static bool hot_pluggable(const struct node *controller)
{
    const struct bus *b = bus_named(node_get_or(controller, "bus", ""));

    return b && b->hotplug;
}

/* The configuration to change for a device at that controller; NULL after a failure. */
static struct node *config_for(struct call *c, const char *controller, bool removable, uint32_t *rc)
{
    struct node *n = node_write(c, true, rc), *s;

    if (!n)
        return NULL;
    s = node_child(n, "StorageController", controller);
    if (!s)
        *rc = no_controller(c, controller);
    else if (eb_streq(c->self->machine->state, "Saved") && !removable)
        *rc = machine_bad_state(c, c->self->machine);
    else if (machine_online(c->self->machine) && !removable && !hot_pluggable(s))
        *rc = fail(c, VBOX_E_INVALID_VM_STATE, "Controller '%s' does not support hot-plugging", controller);
    return *rc == S_OK ? n : NULL;
}

static uint32_t check_place(struct call *c, const struct node *config, const char *controller, int64_t port,
                            int64_t device)
{
    const struct node *s = node_child(config, "StorageController", controller);
    const struct bus *b = bus_named(node_get_or(s, "bus", ""));
    int64_t ports = node_num(s, "portCount"), devices = b ? b->devices : 1;

    if (port < 0 || port >= ports || device < 0 || device >= devices)
        return fail(
            c, E_INVALIDARG,
            "The port and/or device parameter are out of range: port=%lld (must be in range [0, %lld]), "
            "device=%lld (must be in range [0, %lld])",
            (long long)port, (long long)ports - 1, (long long)device, (long long)devices - 1);
    if (storage_attachment(config, controller, port, device))
        return fail(
            c, VBOX_E_OBJECT_IN_USE,
            "Device is already attached to port %lld, device %lld of controller '%s' of this virtual machine",
            (long long)port, (long long)device, controller);
    return S_OK;
}

static uint32_t check_medium(struct call *c, const struct node *config, const struct node *medium,
                             const char *type)
{
    if (!eb_streq(node_get_or(medium, "deviceType", "HardDisk"), type))
        return fail(c, E_INVALIDARG, "Medium '%s' is no %s", node_get_or(medium, "location", ""), type);
    if (eb_streq(medium_state(medium), "NotCreated"))
        return fail(c, VBOX_E_INVALID_OBJECT_STATE, "Medium '%s' is not created",
                    node_get_or(medium, "location", ""));
    for (size_t i = 0; eb_streq(type, "HardDisk") && i < config->n; i++)
        if (strcmp(config->children[i]->tag, "Attachment") == 0 &&
            eb_streq(node_get(config->children[i], "medium"), medium->id))
            return fail(c, VBOX_E_OBJECT_IN_USE, "Medium '%s' is already attached to this virtual machine",
                        node_get_or(medium, "location", ""));
    return S_OK;
}

static void tell_device(struct call *c, const char *controller, int64_t port, int64_t device, bool removed)
{
    EB_AUTOFREE char *path =
        eb_asprintf("Attachment#%s|%lld|%lld", controller, (long long)port, (long long)device);
    struct object *o = object_part(
        c->self, release_has("IMachine", "hardDiskAttachments") ? "IHardDiskAttachment" : "IMediumAttachment",
        path);
    struct machine *m = c->self->machine;

    if (!machine_online(m))
        return;
    event_fire(console_source(m), "OnStorageDeviceChanged", "storageDevice", event_object(o), "removed",
               removed ? "1" : "0", "silent", "0", "machineId", m->id, NULL);
}

static uint32_t attach(struct call *c, const char *controller, int64_t port, int64_t device, const char *type,
                       const char *medium)
{
    const struct node *m = medium_node(medium);
    struct node *n, *a;
    uint32_t rc;

    n = config_for(c, controller, false, &rc);
    if (!n)
        return rc;
    rc = check_place(c, n, controller, port, device);
    if (rc == S_OK && m)
        rc = check_medium(c, n, m, type);
    if (rc == S_OK && !m && (*medium || eb_streq(type, "HardDisk")))
        rc = fail(c, *medium ? VBOX_E_OBJECT_NOT_FOUND : E_INVALIDARG,
                  *medium ? "Could not find a medium with UUID {%s}" : "A hard disk must have a medium%s",
                  medium);
    if (rc != S_OK)
        return rc;
    a = node_add(n, node_new("Attachment", ""));
    free(a->id);
    a->id = eb_asprintf("%s|%lld|%lld", controller, (long long)port, (long long)device);
    node_set(a, "controller", controller);
    node_set_num(a, "port", port);
    node_set_num(a, "device", device);
    node_set(a, "type", type);
    if (machine_online(c->self->machine)) /* only what can be unplugged again is plugged in */
        node_set(a, "hotPluggable", "1");
    if (m)
        node_set(a, "medium", m->id);
    tell_device(c, controller, port, device, false);
    return S_OK;
}

static uint32_t attach_device(struct call *c)
{
    EB_AUTOFREE char *type = eb_strdup(arg_enum(c, "type"));
    struct object *o = arg_has(c, "medium") ? arg_obj(c, "medium") : NULL;
    char id[37] = "";

    if (arg_has(c, "id")) {
        const char *wanted = arg_str(c, "id");

        id_normal(wanted, id);
        if (eb_starts_with(wanted, "null") ||
            (*id && !strtoull(id, NULL, 16) && strtoull(id + 24, NULL, 16) == 0))
            id[0] = '\0';
    }
    return attach(c, arg_str(c, "name"), (int32_t)arg_num(c, "controllerPort"), (int32_t)arg_num(c, "device"),
                  type, medium_id(o) ? medium_id(o) : id);
}

static uint32_t attach_hard_disk(struct call *c)
{
    char id[37];

    id_normal(arg_str(c, "id"), id);
    return attach(c, arg_str(c, "name"), (int32_t)arg_num(c, "controllerPort"), (int32_t)arg_num(c, "device"),
                  "HardDisk", *id ? id : "none");
}

static uint32_t no_device(struct call *c)
{
    return not_found(c, "No storage device attached to device slot %lld on port %lld of controller '%s'",
                     (long long)arg_num(c, "device"), (long long)arg_num(c, "controllerPort"),
                     arg_str(c, "name"));
}

static uint32_t detach_device(struct call *c)
{
    const char *name = arg_str(c, "name");
    int64_t port = (int32_t)arg_num(c, "controllerPort"), device = (int32_t)arg_num(c, "device");
    struct node *n, *a;
    uint32_t rc;

    n = config_for(c, name, false, &rc);
    if (!n)
        return rc;
    a = storage_attachment(n, name, port, device);
    if (!a)
        return no_device(c);
    tell_device(c, name, port, device, true);
    node_remove(a);
    return S_OK;
}

static uint32_t mount(struct call *c, const char *medium, const char *type_of_medium)
{
    const char *name = arg_str(c, "name");
    struct node *n, *a;
    uint32_t rc;

    n = config_for(c, name, true, &rc);
    if (!n)
        return rc;
    a = storage_attachment(n, name, (int32_t)arg_num(c, "controllerPort"), (int32_t)arg_num(c, "device"));
    if (!a)
        return not_found(c, "No drive attached to device slot %lld on port %lld of controller '%s'",
                         (long long)arg_num(c, "device"), (long long)arg_num(c, "controllerPort"), name);
    if (eb_streq(node_get(a, "type"), "HardDisk"))
        return fail(c, E_INVALIDARG,
                    "Medium at port %s, device %s of controller '%s' of this virtual machine is no "
                    "removable medium",
                    node_get(a, "port"), node_get(a, "device"), name);
    if (medium && !eb_streq(node_get(a, "type"), type_of_medium))
        return fail(c, E_INVALIDARG, "A %s does not go into a %s drive", type_of_medium, node_get(a, "type"));
    node_set(a, "medium", medium);
    if (machine_online(c->self->machine)) {
        EB_AUTOFREE char *path = eb_asprintf("Attachment#%s", a->id);

        event_console(c->self->machine, "OnMediumChanged", "mediumAttachment",
                      event_object(object_part(c->self, "IMediumAttachment", path)));
    }
    return S_OK;
}

static uint32_t mount_medium(struct call *c)
{
    const struct sim_value *v = arg_value(c, "medium");
    char id[37] = "";
    const struct node *m;

    if (v->kind == SIM_V_OBJ && medium_id(object_by_id(v->num)))
        snprintf(id, sizeof(id), "%s", medium_id(object_by_id(v->num)));
    else if (v->kind == SIM_V_STR)
        id_normal(v->str, id);
    m = medium_node(id);
    return mount(c, m ? id : NULL, m ? node_get_or(m, "deviceType", "HardDisk") : "");
}

static uint32_t unmount_medium(struct call *c)
{
    return mount(c, NULL, "");
}

static uint32_t set_flag(struct call *c, const char *prop, const char *argument)
{
    uint32_t rc;
    struct node *n = node_write(c, false, &rc), *a;

    if (!n)
        return rc;
    a = storage_attachment(n, arg_str(c, "name"), (int32_t)arg_num(c, "controllerPort"),
                           (int32_t)arg_num(c, "device"));
    if (!a)
        return no_device(c);
    node_set(a, prop, arg_bool(c, argument) ? "1" : "0");
    return S_OK;
}

static uint32_t set_passthrough(struct call *c)
{
    return set_flag(c, "passthrough", "passthrough");
}

static uint32_t set_eject(struct call *c)
{
    return set_flag(c, "temporaryEject", "temporaryEject");
}

static uint32_t set_non_rotational(struct call *c)
{
    return set_flag(c, "nonRotational", "nonRotational");
}

static uint32_t set_discard(struct call *c)
{
    return set_flag(c, "discard", "discard");
}

static uint32_t set_hot_pluggable(struct call *c)
{
    return set_flag(c, "hotPluggable", "hotPluggable");
}

static uint32_t set_bandwidth_group(struct call *c)
{
    struct object *group = arg_has(c, "bandwidthGroup") ? arg_obj(c, "bandwidthGroup") : NULL;
    uint32_t rc;
    struct node *n = node_write(c, false, &rc), *a;

    if (!n)
        return rc;
    a = storage_attachment(n, arg_str(c, "name"), (int32_t)arg_num(c, "controllerPort"),
                           (int32_t)arg_num(c, "device"));
    if (!a)
        return no_device(c);
    node_set(a, "bandwidthGroup", group ? strchr(group->path, '#') + 1 : NULL);
    return S_OK;
}

/* ---- what is attached ---- */

static struct object *attachment_object(struct call *c, const struct node *a)
{
    EB_AUTOFREE char *path = eb_asprintf("Attachment#%s", a->id);

    return object_part(
        c->self, sim_iface_named(release, "IMediumAttachment") ? "IMediumAttachment" : "IHardDiskAttachment",
        path);
}

static uint32_t list_attachments(struct call *c, const char *controller)
{
    uint32_t rc;
    struct node *n = node_read(c, &rc);

    for (size_t i = 0; n && i < n->n; i++) {
        const struct node *a = n->children[i];

        if (strcmp(a->tag, "Attachment") != 0 ||
            (controller && !eb_streq(node_get(a, "controller"), controller)))
            continue;
        if (!sim_iface_named(release, "IMediumAttachment") && !eb_streq(node_get(a, "type"), "HardDisk"))
            continue;
        ret_add_obj(c, attachment_object(c, a));
    }
    return rc;
}

static uint32_t get_attachments(struct call *c)
{
    return list_attachments(c, NULL);
}

static uint32_t get_attachments_of(struct call *c)
{
    const char *name = arg_str(c, "name");
    uint32_t rc;
    struct node *n = node_read(c, &rc);

    if (n && !node_child(n, "StorageController", name))
        return no_controller(c, name);
    return n ? list_attachments(c, name) : rc;
}

static struct node *find_attachment(struct call *c, uint32_t *rc)
{
    struct node *n = node_read(c, rc), *a;

    if (!n)
        return NULL;
    a = storage_attachment(n, arg_str(c, "name"), (int32_t)arg_num(c, "controllerPort"),
                           (int32_t)arg_num(c, "device"));
    if (!a)
        *rc = no_device(c);
    return a;
}

static uint32_t get_attachment(struct call *c)
{
    uint32_t rc;
    struct node *a = find_attachment(c, &rc);

    if (a)
        ret_obj(c, attachment_object(c, a));
    return rc;
}

static uint32_t get_medium_at(struct call *c)
{
    uint32_t rc;
    struct node *a = find_attachment(c, &rc);

    if (a)
        ret_obj(c, medium_object(node_get(a, "medium")));
    return rc;
}

static uint32_t attachment_medium(struct call *c)
{
    uint32_t rc;
    struct node *a = node_read(c, &rc);

    if (a)
        ret_obj(c, medium_object(node_get(a, "medium")));
    return rc;
}

static uint32_t attachment_machine(struct call *c)
{
    ret_obj(c, object_part(c->self, "IMachine", ""));
    return S_OK;
}

static uint32_t attachment_group(struct call *c)
{
    uint32_t rc;
    struct node *a = node_read(c, &rc);

    if (a && node_get(a, "bandwidthGroup")) {
        EB_AUTOFREE char *path = eb_asprintf("BandwidthGroup#%s", node_get(a, "bandwidthGroup"));

        ret_obj(c, object_part(c->self, "IBandwidthGroup", path));
    }
    return rc;
}

static uint32_t attachment_text(struct call *c)
{
    static const char *const flags[] = {"passthrough",   "temporaryEject", "isEjected",
                                        "nonRotational", "discard",        "hotPluggable"};
    uint32_t rc;
    struct node *a = node_read(c, &rc);
    bool flag = false;

    if (!a)
        return rc;
    for (size_t i = 0; i < EB_ARRAY_SIZE(flags); i++)
        flag = flag || eb_streq(flags[i], c->slot->name);
    ret_text(c, node_get_or(a, c->slot->name, flag ? "0" : ""));
    return rc;
}

const struct member storage_members[] = {
    {"IMachine.addStorageController", add_controller},
    {"IMachine.storageControllers", get_controllers},
    {"IMachine.getStorageControllerByName", controller_by_name},
    {"IMachine.getStorageControllerByInstance", controller_by_instance},
    {"IMachine.removeStorageController", remove_controller},
    {"IMachine.setStorageControllerBootable", set_bootable},
    {"IStorageController.name", get_name},
    {"IStorageController.name=", set_name},
    {"IStorageController.maxDevicesPerPortCount", get_max_devices},
    {"IStorageController.minPortCount", get_min_ports},
    {"IStorageController.maxPortCount", get_max_ports},
    {"IStorageController.portCount", get_port_count},
    {"IStorageController.portCount=", set_port_count},
    {"IStorageController.controllerType", get_controller_type},
    {"IStorageController.controllerType=", set_controller_type},
    {"IStorageController.getIDEEmulationPort", get_ide_port},
    {"ISystemProperties.getStorageBusForStorageControllerType", bus_of_type},
    {"IPlatformProperties.getStorageBusForControllerType", bus_of_type},
    {"ISystemProperties.getStorageControllerTypesForStorageBus", types_of_bus},
    {"IPlatformProperties.getStorageControllerTypesForBus", types_of_bus},
    {"IMachine.attachDevice", attach_device},
    {"IMachine.attachDeviceWithoutMedium", attach_device},
    {"IMachine.attachHardDisk", attach_hard_disk},
    {"IMachine.detachDevice", detach_device},
    {"IMachine.detachHardDisk", detach_device},
    {"IMachine.mountMedium", mount_medium},
    {"IMachine.unmountMedium", unmount_medium},
    {"IMachine.passthroughDevice", set_passthrough},
    {"IMachine.temporaryEjectDevice", set_eject},
    {"IMachine.nonRotationalDevice", set_non_rotational},
    {"IMachine.setAutoDiscardForDevice", set_discard},
    {"IMachine.setHotPluggableForDevice", set_hot_pluggable},
    {"IMachine.setBandwidthGroupForDevice", set_bandwidth_group},
    {"IMachine.setNoBandwidthGroupForDevice", set_bandwidth_group},
    {"IMachine.mediumAttachments", get_attachments},
    {"IMachine.hardDiskAttachments", get_attachments},
    {"IMachine.getMediumAttachmentsOfController", get_attachments_of},
    {"IMachine.getHardDiskAttachmentsOfController", get_attachments_of},
    {"IMachine.getMediumAttachment", get_attachment},
    {"IMachine.getMedium", get_medium_at},
    {"IMachine.getHardDisk", get_medium_at},
    {"IMediumAttachment.medium", attachment_medium},
    {"IMediumAttachment.hardDisk", attachment_medium},
    {"IMediumAttachment.machine", attachment_machine},
    {"IMediumAttachment.bandwidthGroup", attachment_group},
    {"IMediumAttachment.controller", attachment_text},
    {"IMediumAttachment.port", attachment_text},
    {"IMediumAttachment.device", attachment_text},
    {"IMediumAttachment.type", attachment_text},
    {"IMediumAttachment.passthrough", attachment_text},
    {"IMediumAttachment.temporaryEject", attachment_text},
    {"IMediumAttachment.isEjected", attachment_text},
    {"IMediumAttachment.nonRotational", attachment_text},
    {"IMediumAttachment.discard", attachment_text},
    {"IMediumAttachment.hotPluggable", attachment_text},
    {NULL, NULL},
};
