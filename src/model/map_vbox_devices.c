/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The elements of <vbox:machine> that say more about a device. */
#include "model/domain_map.h"
#include "model/domain_xml.h"
#include "model/vbox_ns.h"
#include "model/xml_doc.h"

/* ---- What they say ---- */

/* libvirt's own word is for these two alone. */
static bool has_no_word_for_ports(const void *base)
{
    const struct eb_controller *c = base;

    return c->type != EB_CONTROLLER_VIRTIO_SERIAL && c->type != EB_CONTROLLER_USB;
}

static const struct eb_xml_item vbox_controller[] = {
    EB_ATTR("name", eb_controller, name),
    EB_ATTR("ports", eb_controller, ports, EB_VALUE(INT), .when = has_no_word_for_ports),
    EB_ATTR("host-io-cache", eb_controller, host_io_cache, EB_VALUE(YES_NO)),
    EB_END,
};

static int read_protocol(const char *text, void *base, eb_error *err)
{
    if (!eb_streq(text, "tcp") && !eb_streq(text, "udp"))
        return eb_domain_xml_error(err, "vbox:forward protocol '%s' is neither tcp nor udp", text);
    ((struct eb_port_forward *)base)->udp = eb_streq(text, "udp");
    return 0;
}

static char *write_protocol(const void *base)
{
    return eb_strdup(((const struct eb_port_forward *)base)->udp ? "udp" : "tcp");
}

static const struct eb_xml_custom protocol = {read_protocol, write_protocol};

static const struct eb_xml_item vbox_forward[] = {
    EB_ATTR("name", eb_port_forward, name),
    EB_ATTR("protocol", eb_port_forward, udp, EB_VALUE(CUSTOM), .custom = &protocol),
    EB_ATTR("host-ip", eb_port_forward, host_ip),
    EB_ATTR("host-port", eb_port_forward, host_port, EB_VALUE(U16),
            .flags = EB_XML_REQUIRED | EB_XML_NONZERO),
    EB_ATTR("guest-ip", eb_port_forward, guest_ip),
    EB_ATTR("guest-port", eb_port_forward, guest_port, EB_VALUE(U16),
            .flags = EB_XML_REQUIRED | EB_XML_NONZERO),
    EB_END,
};

static const struct eb_xml_item vbox_interface[] = {
    EB_ATTR("slot", eb_interface, slot, EB_VALUE(INT)),
    EB_ATTR("attachment", eb_interface, attachment),
    EB_ATTR("generic-driver", eb_interface, generic_driver),
    EB_ATTR("promiscuous", eb_interface, promiscuous),
    EB_ATTR("boot-priority", eb_interface, boot_priority, EB_VALUE(UINT)),
    EB_ATTR("nat-network", eb_interface, nat_network),
    EB_ATTR("line-speed", eb_interface, line_speed, EB_VALUE(UINT)),
    EB_STRINGS("property", eb_interface, generic_properties, "name", "value"),
    EB_LIST("forward", eb_interface, forwards, n_forwards, vbox_forward),
    EB_END,
};

static const struct eb_xml_item vbox_serial[] = {EB_ATTR("uart", eb_chardev, uart), EB_END};

static const struct eb_xml_item vbox_graphics[] = {
    EB_ATTR("ports", eb_graphics, ports),
    EB_ATTR("auth", eb_graphics, auth_type),
    EB_ATTR("extpack", eb_graphics, extpack),
    EB_END,
};

static const struct eb_xml_item vbox_video[] = {EB_ATTR("controller", eb_video, controller), EB_END};

static const struct eb_xml_item vbox_sound[] = {
    EB_ATTR("driver", eb_sound, driver),
    EB_ATTR("input", eb_sound, input, EB_VALUE(ON_OFF)),
    EB_ATTR("output", eb_sound, output, EB_VALUE(ON_OFF)),
    EB_END,
};

static const struct eb_xml_item vbox_input[] = {EB_ATTR("model", eb_input, model), EB_END};

static const struct eb_xml_item vbox_hostdev[] = {
    EB_ATTR("name", eb_hostdev, name),
    EB_ATTR("active", eb_hostdev, active, EB_VALUE(YES_NO)),
    EB_ATTR("manufacturer", eb_hostdev, manufacturer),
    EB_ATTR("product", eb_hostdev, product_name),
    EB_ATTR("serial", eb_hostdev, serial),
    EB_ATTR("revision", eb_hostdev, revision),
    EB_ATTR("port", eb_hostdev, port),
    EB_ATTR("remote", eb_hostdev, remote),
    EB_END,
};

/* A device filter that does not name one vendor and product: libvirt's <hostdev> cannot be without. */
static const struct eb_xml_item vbox_filter[] = {
    EB_ATTR("name", eb_hostdev, name),
    EB_ATTR("active", eb_hostdev, active, EB_VALUE(YES_NO)),
    EB_ATTR("vendor-id", eb_hostdev, vendor, EB_VALUE(CUSTOM), .custom = &eb_hostdev_vendor_id),
    EB_ATTR("product-id", eb_hostdev, product, EB_VALUE(CUSTOM), .custom = &eb_hostdev_product_id),
    EB_ATTR("manufacturer", eb_hostdev, manufacturer),
    EB_ATTR("product", eb_hostdev, product_name),
    EB_ATTR("serial", eb_hostdev, serial),
    EB_ATTR("revision", eb_hostdev, revision),
    EB_ATTR("port", eb_hostdev, port),
    EB_ATTR("remote", eb_hostdev, remote),
    EB_END,
};

static const struct eb_xml_item vbox_filesystem[] = {
    EB_ATTR("automount", eb_filesystem, automount, EB_VALUE(YES_NO)),
    EB_ATTR("automount-point", eb_filesystem, automount_point),
    EB_END,
};

/* ---- Whom they are for ---- */

static char *controller_name(const void *base)
{
    const struct eb_controller *c = base;

    return c->index < 0 ? NULL : eb_asprintf("%s%d", eb_controller_type_to_string((int)c->type), c->index);
}

static char *interface_name(const void *base)
{
    const struct eb_interface *net = base;
    const unsigned char *m = net->mac;

    if (!net->has_mac)
        return NULL;
    return eb_asprintf("%02x:%02x:%02x:%02x:%02x:%02x", m[0], m[1], m[2], m[3], m[4], m[5]);
}

static char *serial_name(const void *base)
{
    const struct eb_chardev *chr = base;

    return chr->port < 0 ? NULL : eb_asprintf("%d", chr->port);
}

static char *graphics_name(const void *base)
{
    return eb_strdup(eb_graphics_type_to_string((int)((const struct eb_graphics *)base)->type));
}

static char *filesystem_name(const void *base)
{
    return eb_strdup(((const struct eb_filesystem *)base)->target);
}

static const struct device_kind {
    const char *element;
    const struct eb_xml_item *items;
    size_t offset, n_offset, size;
    char *(*name)(const void *device); /* NULL: only numbers */
} kinds[] = {
#define KIND(element, array, items, name)                                                                    \
    {                                                                                                        \
        element, items, offsetof(struct eb_domain_def, array), offsetof(struct eb_domain_def, n_##array),    \
            sizeof(*((struct eb_domain_def *)0)->array), name                                                \
    }
    KIND("controller", controllers, vbox_controller, controller_name),
    KIND("interface", interfaces, vbox_interface, interface_name),
    KIND("serial", serials, vbox_serial, serial_name),
    KIND("graphics", graphics, vbox_graphics, graphics_name),
    KIND("video", videos, vbox_video, NULL),
    KIND("sound", sounds, vbox_sound, NULL),
    KIND("input", inputs, vbox_input, NULL),
    KIND("hostdev", hostdevs, vbox_hostdev, NULL),
    KIND("filesystem", filesystems, vbox_filesystem, filesystem_name),
};

static size_t count_of(const struct device_kind *kind, const struct eb_domain_def *def)
{
    return *(const size_t *)eb_xml_at(def, kind->n_offset);
}

/* Filters that <devices> does not show are not counted there. */
static bool is_counted(const struct device_kind *kind, const void *device)
{
    return kind->items != vbox_hostdev || eb_hostdev_has_words(device);
}

static char *device_of(const struct device_kind *kind, const struct eb_domain_def *def, size_t i)
{
    return *(char *const *)eb_xml_at(def, kind->offset) + i * kind->size;
}

/* The device that `text` is: "#N" the N-th, else the first of that name. NULL: none. */
static void *find_device(const struct device_kind *kind, const struct eb_domain_def *def, const char *text)
{
    size_t n = count_of(kind, def);
    uint64_t number;

    if (*text == '#')
        return eb_parse_u64(text + 1, n, &number) && number ? device_of(kind, def, number - 1) : NULL;
    for (size_t i = 0; kind->name && i < n; i++) {
        EB_AUTOFREE char *name = kind->name(device_of(kind, def, i));

        if (eb_streq(name, text))
            return device_of(kind, def, i);
    }
    return NULL;
}

/* The name, where it finds just that device; its number otherwise. */
static char *reference_to(const struct device_kind *kind, const struct eb_domain_def *def, size_t i)
{
    char *device = device_of(kind, def, i);
    EB_AUTOFREE char *name = kind->name ? kind->name(device) : NULL;
    size_t number = 0;

    if (name && *name != '#' && find_device(kind, def, name) == device)
        return EB_STEAL(name);
    for (size_t j = 0; j <= i; j++)
        number += is_counted(kind, device_of(kind, def, j));
    return eb_asprintf("#%zu", number);
}

/* ---- Reading and writing ---- */

/* Who takes a device out of a domain's XML leaves what the namespace says of it. VirtualBox's driver knows
 * whether the device was there before. */
static int note_stray(xmlNode *node, const struct device_kind *kind, const char *reference,
                      struct eb_domain_def *def, eb_error *err)
{
    size_t n = 0;

    if (def->virt != EB_VIRT_VBOX)
        return eb_domain_xml_error(err, "vbox:%s is for '%s', which is no %s of this domain, line %ld",
                                   kind->element, reference, kind->element, xmlGetLineNo(node));
    while (def->vbox.strays && def->vbox.strays[n])
        n++;
    if (n >= EB_XML_MOST_ELEMENTS)
        return eb_domain_xml_error(err, "more than %d elements for no device in vbox:machine",
                                   EB_XML_MOST_ELEMENTS);
    def->vbox.strays = eb_reallocarray(def->vbox.strays, n + 2, sizeof(*def->vbox.strays));
    def->vbox.strays[n] = eb_asprintf("<vbox:%s for='%s'", kind->element, reference);
    def->vbox.strays[n + 1] = NULL;
    eb_xml_take(node);
    return 0;
}

static int read_device(struct eb_xml_reader *r, xmlNode *node, const struct device_kind *kind,
                       struct eb_domain_def *def, eb_error *err)
{
    EB_AUTOFREE char *reference = eb_xml_attr(node, "for");
    void *device = reference ? find_device(kind, def, reference) : NULL;

    if (!reference)
        return eb_domain_xml_error(err, "vbox:%s has no attribute 'for', line %ld", kind->element,
                                   xmlGetLineNo(node));
    if (!device)
        return note_stray(node, kind, reference, def, err);
    eb_xml_take(node);
    eb_xml_take_attr(node, "for");
    return eb_xml_read(r, node, "", kind->items, device, err);
}

static int read_filters(struct eb_xml_reader *r, xmlNode *parent, struct eb_domain_def *def, eb_error *err)
{
    for (xmlNode *node = parent->children; node; node = node->next) {
        struct eb_hostdev *dev;

        if (!eb_xml_is(r, node, "usb-filter"))
            continue;
        if (def->n_hostdevs >= EB_XML_MOST_ELEMENTS)
            return eb_domain_xml_error(err, "more than %d elements <vbox:usb-filter>", EB_XML_MOST_ELEMENTS);
        dev = EB_APPEND(def->hostdevs, def->n_hostdevs);
        eb_xml_take(node);
        dev->mode = eb_strdup("subsystem");
        dev->type = eb_strdup("usb");
        dev->managed = EB_NO;
        if (eb_xml_read(r, node, "", vbox_filter, dev, err))
            return -1;
        if (eb_hostdev_has_words(dev))
            return eb_domain_xml_error(err, "vbox:usb-filter with both ids is a <hostdev>, line %ld",
                                       xmlGetLineNo(node));
    }
    return 0;
}

static int read_devices(struct eb_xml_reader *r, xmlNode *parent, const char *path EB_UNUSED, void *base,
                        eb_error *err)
{
    for (size_t k = 0; k < EB_ARRAY_SIZE(kinds); k++) {
        for (xmlNode *node = parent->children; node; node = node->next) {
            if (eb_xml_is(r, node, kinds[k].element) && read_device(r, node, &kinds[k], base, err))
                return -1;
        }
    }
    return read_filters(r, parent, base, err);
}

static void write_device(struct eb_xml_writer *w, const struct device_kind *kind,
                         const struct eb_domain_def *def, size_t i)
{
    EB_AUTOSTRBUF struct eb_strbuf element = {.indent = w->out->indent};
    struct eb_xml_writer inner = {.out = &element, .flags = w->flags, .prefix = w->prefix};
    EB_AUTOFREE char *reference = NULL;
    size_t after;

    eb_xml_write(&inner, kind->element, "", kind->items, device_of(kind, def, i), 0);
    if (!element.len)
        return;
    reference = reference_to(kind, def, i);
    after = (size_t)element.indent + strlen("<") + strlen(w->prefix) + strlen(kind->element);
    eb_strbuf_addn(w->out, element.s, after);
    eb_strbuf_attr(w->out, "for", reference);
    eb_strbuf_add(w->out, element.s + after);
}

static void write_devices(struct eb_xml_writer *w, const char *path EB_UNUSED, const void *base)
{
    const struct eb_domain_def *def = base;

    for (size_t k = 0; k < EB_ARRAY_SIZE(kinds); k++) {
        for (size_t i = 0; i < count_of(&kinds[k], def); i++) {
            if (is_counted(&kinds[k], device_of(&kinds[k], def, i)))
                write_device(w, &kinds[k], def, i);
        }
    }
    for (size_t i = 0; i < def->n_hostdevs; i++) {
        if (!eb_hostdev_has_words(&def->hostdevs[i]))
            eb_xml_write(w, "usb-filter", "", vbox_filter, &def->hostdevs[i], EB_XML_ALWAYS);
    }
}

const struct eb_xml_hook eb_map_vbox_devices = {read_devices, write_devices};
