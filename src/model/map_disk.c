/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* <disk>, <controller>, <filesystem>, <address>: tables, defaults, and libvirt's order of disks. */
#include "model/disk_name.h"
#include "model/domain_map.h"
#include "model/xml_doc.h"

/* ---- <address>, <alias>, <boot order> ---- */

#define ADDRESS_TYPE(NAME, name)                                                                             \
    static bool is_##name(const void *base)                                                                  \
    {                                                                                                        \
        return ((const struct eb_address *)base)->type == EB_ADDRESS_##NAME;                                 \
    }
ADDRESS_TYPE(PCI, pci)
ADDRESS_TYPE(DRIVE, drive)
ADDRESS_TYPE(ISA, isa)

static bool has_controller(const void *base)
{
    const struct eb_address *a = base;

    return a->type == EB_ADDRESS_DRIVE || a->type == EB_ADDRESS_VIRTIO_SERIAL || a->type == EB_ADDRESS_CCID;
}

static bool has_plain_bus(const void *base)
{
    const struct eb_address *a = base;

    return a->type == EB_ADDRESS_DRIVE || a->type == EB_ADDRESS_VIRTIO_SERIAL || a->type == EB_ADDRESS_USB;
}

static bool is_on_port(const void *base)
{
    const struct eb_address *a = base;

    return a->type == EB_ADDRESS_VIRTIO_SERIAL || a->type == EB_ADDRESS_USB;
}

static bool is_ccid(const void *base)
{
    return ((const struct eb_address *)base)->type == EB_ADDRESS_CCID;
}

const struct eb_xml_item eb_map_address[] = {
    EB_ATTR("type", eb_address, type, EB_NAMES(eb_address_type), .flags = EB_XML_REQUIRED | EB_XML_SAID,
            .complaint = "unknown address type '%s'", .complaint_code = EB_ERR_CONFIG_UNSUPPORTED),
    EB_ATTR("domain", eb_address, domain, EB_VALUE(HEX), .digits = 4, .when = is_pci),
    EB_ATTR("bus", eb_address, bus, EB_VALUE(HEX), .digits = 2, .when = is_pci),
    EB_ATTR("slot", eb_address, slot, EB_VALUE(HEX), .digits = 2, .when = is_pci),
    EB_ATTR("function", eb_address, function, EB_VALUE(HEX), .digits = 1, .when = is_pci),
    EB_ATTR("multifunction", eb_address, multifunction, EB_VALUE(ON_OFF), .when = is_pci),
    EB_ATTR("controller", eb_address, controller, EB_VALUE(UINT), .flags = EB_XML_ZERO,
            .when = has_controller),
    EB_ATTR("bus", eb_address, bus, EB_VALUE(UINT), .flags = EB_XML_ZERO, .when = has_plain_bus),
    EB_ATTR("target", eb_address, target, EB_VALUE(UINT), .flags = EB_XML_ZERO, .when = is_drive),
    EB_ATTR("unit", eb_address, unit, EB_VALUE(UINT), .flags = EB_XML_ZERO, .when = is_drive),
    EB_ATTR("slot", eb_address, slot, EB_VALUE(UINT), .flags = EB_XML_ZERO, .when = is_ccid),
    EB_ATTR("port", eb_address, port, .when = is_on_port),
    EB_ATTR("iobase", eb_address, iobase, EB_VALUE(HEX), .when = is_isa),
    EB_ATTR("irq", eb_address, irq, EB_VALUE(HEX), .when = is_isa),
    EB_END,
};

/* Kinds of address that libvirt knows and no machine here has. */
static const char *const foreign_addresses[] = {"spapr-vio", "virtio-s390", "ccw", "virtio-mmio",
                                                "dimm",      "unassigned",  NULL};

bool eb_address_accept(xmlNode *node)
{
    return !eb_attr_is_one_of(node, "type", foreign_addresses);
}

int eb_address_done(struct eb_xml_reader *r EB_UNUSED, xmlNode *node EB_UNUSED, void *base, eb_error *err)
{
    const struct eb_address *a = base;
    const struct {
        const char *name;
        unsigned value, max;
    } parts[] = {{"domain", a->domain, 0xffff},
                 {"bus", a->bus, 0xff},
                 {"slot", a->slot, 0x1f},
                 {"function", a->function, 7}};

    for (size_t i = 0; a->type == EB_ADDRESS_PCI && i < EB_ARRAY_SIZE(parts); i++) {
        if (parts[i].value > parts[i].max)
            return eb_error_set(err, EB_ERR_XML_ERROR, "Invalid PCI address %s='0x%x', must be <= 0x%X",
                                parts[i].name, parts[i].value, parts[i].max);
    }
    return 0;
}

/* The members themselves are the structures that these two are about. */
const struct eb_xml_item eb_map_alias[] = {
    {.kind = EB_XML_ATTR, .name = "name", .flags = EB_XML_ALIAS},
    EB_END,
};

const struct eb_xml_item eb_map_boot_order[] = {
    {.kind = EB_XML_ATTR, .name = "order", .value = EB_XML_UINT, .flags = EB_XML_NONZERO},
    EB_END,
};

bool eb_attr_is_one_of(xmlNode *node, const char *name, const char *const *words)
{
    EB_AUTOFREE char *value = eb_xml_attr(node, name);

    for (; value && *words; words++) {
        if (eb_streq(value, *words))
            return true;
    }
    return false;
}

/* ---- <disk> ---- */

#define DISK_TYPE(NAME, name)                                                                                \
    static bool disk_is_##name(const void *base)                                                             \
    {                                                                                                        \
        return ((const struct eb_disk *)base)->type == EB_DISK_TYPE_##NAME;                                  \
    }
DISK_TYPE(FILE, file)
DISK_TYPE(BLOCK, block)
DISK_TYPE(DIR, dir)
DISK_TYPE(NETWORK, network)
DISK_TYPE(VOLUME, volume)

static const struct eb_xml_item disk_driver[] = {
    EB_ATTR("name", eb_disk, driver_name),
    EB_ATTR("type", eb_disk, driver_type),
    EB_ATTR("cache", eb_disk, cache),
    EB_ATTR("error_policy", eb_disk, error_policy),
    EB_ATTR_PLACE("rerror_policy"),
    EB_ATTR("io", eb_disk, io),
    EB_ATTR_PLACE("ioeventfd"),
    EB_ATTR_PLACE("event_idx"),
    EB_ATTR_PLACE("copy_on_read"),
    EB_ATTR("discard", eb_disk, discard),
    EB_END,
};

static const struct eb_xml_item disk_source[] = {
    EB_ATTR("file", eb_disk, source, .when = disk_is_file),
    EB_ATTR("dev", eb_disk, source, .when = disk_is_block),
    EB_ATTR("dir", eb_disk, source, .when = disk_is_dir),
    EB_ATTR("protocol", eb_disk, source_protocol, .when = disk_is_network),
    EB_ATTR("name", eb_disk, source_name, .when = disk_is_network),
    EB_ATTR("pool", eb_disk, source_pool, .when = disk_is_volume),
    EB_ATTR("volume", eb_disk, source_volume, .when = disk_is_volume),
    EB_ATTR("startupPolicy", eb_disk, startup_policy),
    EB_END,
};

static const struct eb_xml_item disk_target[] = {
    EB_ATTR("dev", eb_disk, target),
    EB_ATTR("bus", eb_disk, bus, EB_NAMES(eb_disk_bus), .flags = EB_XML_SAID),
    EB_ATTR("tray", eb_disk, tray),
    EB_ATTR("removable", eb_disk, removable, EB_VALUE(ON_OFF)),
    EB_ATTR("rotation_rate", eb_disk, rotation_rate, EB_VALUE(UINT)),
    EB_END,
};

static const struct eb_xml_item text_serial[] = {EB_TEXT(eb_disk, serial), EB_END};
static const struct eb_xml_item text_wwn[] = {EB_TEXT(eb_disk, wwn), EB_END};
static const struct eb_xml_item text_vendor[] = {EB_TEXT(eb_disk, vendor), EB_END};
static const struct eb_xml_item text_product[] = {EB_TEXT(eb_disk, product), EB_END};

const struct eb_xml_item eb_map_disk[] = {
    EB_ATTR("type", eb_disk, type, EB_NAMES(eb_disk_type), .flags = EB_XML_SAID),
    EB_ATTR("device", eb_disk, device, EB_NAMES(eb_disk_device)),
    EB_CHILD("driver", disk_driver),
    EB_PLACE("auth"),
    EB_CHILD("source", disk_source),
    EB_PLACE("backingStore"),
    EB_PLACE("mirror"),
    EB_PLACE("geometry"),
    EB_PLACE("blockio"),
    EB_CHILD("target", disk_target),
    EB_CHILD("iotune", eb_map_iotune, EB_XML_OF(eb_disk, iotune), .done = eb_iotune_done),
    EB_FLAG("readonly", eb_disk, readonly, EB_VALUE(BOOL)),
    EB_FLAG("shareable", eb_disk, shareable, EB_VALUE(BOOL)),
    EB_FLAG("transient", eb_disk, transient, EB_VALUE(BOOL)),
    EB_CHILD("serial", text_serial),
    EB_CHILD("wwn", text_wwn),
    EB_CHILD("vendor", text_vendor),
    EB_CHILD("product", text_product),
    EB_PLACE("encryption"),
    EB_DEVICE_BOOT(eb_disk),
    EB_DEVICE_END(eb_disk),
};

void eb_disk_init(void *base)
{
    ((struct eb_disk *)base)->type = EB_DISK_TYPE_FILE;
}

bool eb_disk_accept(xmlNode *node)
{
    static const char *const foreign[] = {"nvme", "vhostuser", "vhostvdpa", NULL};

    return !eb_attr_is_one_of(node, "type", foreign);
}

static bool disk_has_source(const struct eb_disk *disk)
{
    return disk->source || disk->source_volume || disk->source_pool || disk->source_protocol;
}

int eb_disk_done(struct eb_xml_reader *r EB_UNUSED, xmlNode *node EB_UNUSED, void *base, eb_error *err)
{
    struct eb_disk *disk = base;
    const char *source;

    if (disk->source && !*disk->source)
        eb_replace_string(&disk->source, NULL);
    source = disk->source ? disk->source : disk->source_volume;
    if (!disk->target)
        return eb_error_set_from(err, EB_FROM_DOMAIN, EB_ERR_NO_TARGET, "%s", source ? source : "(null)");
    if (!disk_has_source(disk) && disk->device != EB_DISK_CDROM && disk->device != EB_DISK_FLOPPY)
        return eb_error_set_from(err, EB_FROM_DOMAIN, EB_ERR_NO_SOURCE, "%s", disk->target);
    if (eb_streq(disk->tray, "closed"))
        eb_replace_string(&disk->tray, NULL);
    if (!disk_has_source(disk))
        disk->type = EB_DISK_TYPE_FILE; /* as libvirt says of an empty drive */
    if (disk->bus == EB_BUS_NONE)
        disk->bus = eb_disk_bus_of(disk->device, disk->target);
    if (disk->device == EB_DISK_CDROM)
        disk->readonly = true;
    if (eb_disk_index(disk->target) < 0 && disk->bus != EB_BUS_NVME && disk->address.type == EB_ADDRESS_NONE)
        return eb_domain_xml_error(err, "Unknown disk name '%s' and no address specified", disk->target);
    return 0;
}

/* ---- The order of disks and controllers ---- */

struct place_key {
    xmlNode *node;
    int kind, index; /* -1: not said */
};

/*
 * libvirt keeps the disks of one bus together in the order of their names, and the controllers of one type in
 * the order of their indexes, as far as these were said: one goes before the first of its kind (from the end)
 * that is greater, else behind the last of its kind, else to the end.
 */
static size_t place_of(const struct place_key *keys, size_t n, const struct place_key *key)
{
    size_t at = n;
    bool found = false;

    for (size_t i = n; i-- > 0;) {
        if (keys[i].kind != key->kind)
            continue;
        if (keys[i].index > key->index && key->index >= 0) {
            at = i;
            found = true;
        } else if (!found) {
            at = i + 1;
            found = true;
        }
    }
    return at;
}

static void sort_nodes(xmlNode **nodes, size_t n, struct place_key (*key_of)(xmlNode *))
{
    EB_AUTOFREE struct place_key *keys = eb_calloc(n, sizeof(*keys));

    for (size_t i = 0; i < n; i++) {
        struct place_key key = key_of(nodes[i]);
        size_t at = place_of(keys, i, &key);

        memmove(keys + at + 1, keys + at, (i - at) * sizeof(*keys));
        keys[at] = key;
    }
    for (size_t i = 0; i < n; i++)
        nodes[i] = keys[i].node;
}

static struct place_key disk_key(xmlNode *disk)
{
    struct place_key key = {.node = disk, .kind = -1, .index = -1};

    for (xmlNode *child = disk->children; child; child = child->next) {
        EB_AUTOFREE char *dev = NULL, *bus = NULL;

        if (child->type != XML_ELEMENT_NODE || !eb_streq((const char *)child->name, "target"))
            continue;
        dev = eb_xml_attr(child, "dev");
        bus = eb_xml_attr(child, "bus");
        key.kind = eb_disk_bus_from_string(bus);
        key.index = dev ? eb_disk_index(dev) : -1;
        break;
    }
    return key;
}

void eb_disk_sort(xmlNode **nodes, size_t n)
{
    sort_nodes(nodes, n, disk_key);
}

static struct place_key controller_key(xmlNode *controller)
{
    EB_AUTOFREE char *type = eb_xml_attr(controller, "type");
    EB_AUTOFREE char *index = eb_xml_attr(controller, "index");
    struct place_key key = {.node = controller, .kind = eb_controller_type_from_string(type), .index = -1};
    uint64_t n;

    if (index && eb_parse_u64(index, 1 << 20, &n))
        key.index = (int)n;
    return key;
}

void eb_controller_sort(xmlNode **nodes, size_t n)
{
    sort_nodes(nodes, n, controller_key);
}

/* ---- <controller> ---- */

static bool controller_has_ports(const void *base)
{
    const struct eb_controller *c = base;

    return c->type == EB_CONTROLLER_VIRTIO_SERIAL || c->type == EB_CONTROLLER_USB;
}

const struct eb_xml_item eb_map_controller[] = {
    EB_ATTR("type", eb_controller, type, EB_NAMES(eb_controller_type)),
    EB_ATTR("index", eb_controller, index, EB_VALUE(INT)),
    EB_ATTR("model", eb_controller, model),
    EB_ATTR("ports", eb_controller, ports, EB_VALUE(INT), .show = controller_has_ports),
    EB_PLACE("driver"),
    EB_PLACE("model"),
    EB_PLACE("target"),
    EB_PLACE("master"),
    EB_DEVICE_END(eb_controller),
};

/* The models that libvirt knows, by type; a type that is not here takes any. */
static const struct {
    enum eb_controller_type type;
    const char *model;
} controller_models[] = {
    {EB_CONTROLLER_SCSI, "auto"},        {EB_CONTROLLER_SCSI, "buslogic"},
    {EB_CONTROLLER_SCSI, "lsilogic"},    {EB_CONTROLLER_SCSI, "lsisas1068"},
    {EB_CONTROLLER_SCSI, "vmpvscsi"},    {EB_CONTROLLER_SCSI, "ibmvscsi"},
    {EB_CONTROLLER_SCSI, "virtio-scsi"}, {EB_CONTROLLER_SCSI, "lsisas1078"},
    {EB_CONTROLLER_SCSI, "ncr53c90"},    {EB_CONTROLLER_SCSI, "am53c974"},
    {EB_CONTROLLER_SCSI, "dc390"},       {EB_CONTROLLER_SCSI, "virtio-transitional"},
    {EB_CONTROLLER_IDE, "piix3"},        {EB_CONTROLLER_SCSI, "virtio-non-transitional"},
    {EB_CONTROLLER_IDE, "piix4"},        {EB_CONTROLLER_IDE, "ich6"},
    {EB_CONTROLLER_USB, "piix3-uhci"},   {EB_CONTROLLER_USB, "piix4-uhci"},
    {EB_CONTROLLER_USB, "ehci"},         {EB_CONTROLLER_USB, "ich9-ehci1"},
    {EB_CONTROLLER_USB, "ich9-uhci1"},   {EB_CONTROLLER_USB, "ich9-uhci2"},
    {EB_CONTROLLER_USB, "ich9-uhci3"},   {EB_CONTROLLER_USB, "vt82c686b-uhci"},
    {EB_CONTROLLER_USB, "pci-ohci"},     {EB_CONTROLLER_USB, "nec-xhci"},
    {EB_CONTROLLER_USB, "qusb1"},        {EB_CONTROLLER_USB, "qusb2"},
    {EB_CONTROLLER_USB, "qemu-xhci"},    {EB_CONTROLLER_USB, "none"},
};

int eb_controller_done(struct eb_xml_reader *r EB_UNUSED, xmlNode *node EB_UNUSED, void *base, eb_error *err)
{
    const struct eb_controller *c = base;
    bool restricted = false;

    for (size_t i = 0; c->model && i < EB_ARRAY_SIZE(controller_models); i++) {
        if (controller_models[i].type != c->type)
            continue;
        if (eb_streq(controller_models[i].model, c->model))
            return 0;
        restricted = true;
    }
    if (!restricted)
        return 0;
    return eb_error_set_from(err, EB_FROM_DOMAIN, EB_ERR_CONFIG_UNSUPPORTED, "Unknown model type '%s'",
                             c->model);
}

void eb_controller_init(void *base)
{
    struct eb_controller *c = base;

    c->index = c->ports = -1;
}

/* ---- <filesystem> ---- */

static const struct eb_xml_item filesystem_driver[] = {
    EB_ATTR("type", eb_filesystem, driver_type),
    EB_END,
};
static const struct eb_xml_item filesystem_source[] = {EB_ATTR("dir", eb_filesystem, source), EB_END};
static const struct eb_xml_item filesystem_target[] = {EB_ATTR("dir", eb_filesystem, target), EB_END};

const struct eb_xml_item eb_map_filesystem[] = {
    EB_ATTR("type", eb_filesystem, type),
    EB_ATTR("accessmode", eb_filesystem, accessmode),
    EB_CHILD("driver", filesystem_driver),
    EB_PLACE("binary"),
    EB_CHILD("source", filesystem_source),
    EB_CHILD("target", filesystem_target),
    EB_FLAG("readonly", eb_filesystem, readonly, EB_VALUE(BOOL)),
    EB_PLACE("space_hard_limit"),
    EB_PLACE("space_soft_limit"),
    EB_DEVICE_END(eb_filesystem),
};

int eb_filesystem_done(struct eb_xml_reader *r EB_UNUSED, xmlNode *node EB_UNUSED, void *base, eb_error *err)
{
    struct eb_filesystem *fs = base;

    if (!fs->type)
        fs->type = eb_strdup("mount");
    if (!fs->accessmode)
        fs->accessmode = eb_strdup("passthrough");
    if (!eb_streq(fs->type, "mount"))
        return 0; /* its source has other words, and is unmodelled */
    if (!fs->source)
        return eb_error_set_from(err, EB_FROM_DOMAIN, EB_ERR_NO_SOURCE, "%s",
                                 fs->target ? fs->target : "(null)");
    if (!fs->target)
        return eb_error_set_from(err, EB_FROM_DOMAIN, EB_ERR_NO_TARGET, "%s", fs->source);
    return 0;
}
