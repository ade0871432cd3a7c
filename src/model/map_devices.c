/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* <input>, <tpm>, <graphics>, <sound>, <video>, <hostdev>, <watchdog>, <memballoon>, <rng>: tables. */
#include "model/domain_map.h"
#include "model/xml_doc.h"

#include <limits.h>

/* ---- <input> ---- */

static const char *const input_types[] = {"mouse", "tablet", "keyboard", "passthrough", "evdev", NULL};

const struct eb_xml_item eb_map_input[] = {
    EB_ATTR("type", eb_input, type, .flags = EB_XML_REQUIRED, .words = input_types,
            .complaint = "unknown input device type '%s'", .complaint_code = EB_ERR_CONFIG_UNSUPPORTED),
    EB_ATTR("bus", eb_input, bus),
    EB_PLACE("driver"),
    EB_PLACE("source"),
    EB_DEVICE_END(eb_input),
};

int eb_input_done(struct eb_xml_reader *r EB_UNUSED, xmlNode *node EB_UNUSED, void *base,
                  eb_error *err EB_UNUSED)
{
    struct eb_input *input = base;

    if (!input->bus && (eb_streq(input->type, "mouse") || eb_streq(input->type, "keyboard")))
        input->bus = eb_strdup("ps2");
    else if (!input->bus && eb_streq(input->type, "tablet"))
        input->bus = eb_strdup("usb");
    return 0;
}

/* ---- <tpm> ---- */

static const char *const tpm_models[] = {"tpm-tis", "tpm-crb", "tpm-spapr", "spapr-tpm-proxy", NULL};
static const struct eb_xml_item tpm_device[] = {EB_ATTR("path", eb_tpm, device), EB_END};
static const struct eb_xml_item tpm_backend[] = {
    EB_ATTR("type", eb_tpm, backend),
    EB_ATTR("version", eb_tpm, version),
    EB_CHILD("device", tpm_device),
    EB_END,
};

const struct eb_xml_item eb_map_tpm[] = {
    EB_ATTR("model", eb_tpm, model, .words = tpm_models),
    EB_CHILD("backend", tpm_backend),
    EB_DEVICE_ALIAS(eb_tpm),
    EB_PLACE("address"),
    EB_END,
};

int eb_tpm_done(struct eb_xml_reader *r EB_UNUSED, xmlNode *node EB_UNUSED, void *base, eb_error *err)
{
    struct eb_tpm *tpm = base;

    if (!tpm->backend)
        return eb_domain_xml_error(err, "missing TPM device backend");
    if (eb_streq(tpm->backend, "passthrough") && !tpm->device)
        tpm->device = eb_strdup("/dev/tpm0");
    return 0;
}

/* ---- <graphics> ---- */

static enum eb_graphics_type graphics_of(const void *base)
{
    return ((const struct eb_graphics *)base)->type;
}

static bool is_vnc(const void *base)
{
    return graphics_of(base) == EB_GRAPHICS_VNC;
}

static bool is_rdp(const void *base)
{
    return graphics_of(base) == EB_GRAPHICS_RDP;
}

static bool is_local(const void *base)
{
    return graphics_of(base) == EB_GRAPHICS_SDL || graphics_of(base) == EB_GRAPHICS_DESKTOP;
}

static bool is_sdl(const void *base)
{
    return graphics_of(base) == EB_GRAPHICS_SDL;
}

static bool is_remote(const void *base)
{
    return !is_local(base);
}

static bool has_keymap(const void *base)
{
    return is_vnc(base) || graphics_of(base) == EB_GRAPHICS_SPICE;
}

static int read_port(const char *text, void *base, eb_error *err)
{
    struct eb_graphics *g = base;
    int64_t port;

    if (!eb_parse_i64(text, -1, 65535, &port))
        return eb_error_set_from(err, EB_FROM_DOMAIN, EB_ERR_INTERNAL_ERROR, "cannot parse %s port %s",
                                 eb_graphics_type_to_string((int)g->type), text);
    g->port = (int)port;
    return 0;
}

/* A port that the hypervisor chooses is -1 for vnc, 0 for rdp, and not said for spice. */
static char *write_port(const void *base)
{
    const struct eb_graphics *g = base;

    if (g->port > 0)
        return eb_asprintf("%d", g->port);
    if (g->autoport != EB_YES || g->type == EB_GRAPHICS_SPICE)
        return NULL;
    return eb_strdup(g->type == EB_GRAPHICS_VNC ? "-1" : "0");
}

static const struct eb_xml_custom graphics_port = {read_port, write_port};

static bool shows_autoport(const void *base)
{
    const struct eb_graphics *g = base;

    return !is_rdp(base) || g->autoport == EB_YES || g->port <= 0;
}

/* spice without a port, none asked for, listens nowhere. */
static bool has_no_way_in(const struct eb_graphics *g)
{
    return g->type == EB_GRAPHICS_SPICE && g->port <= 0 && g->autoport == EB_ABSENT && !g->listen &&
           !g->listen_network;
}

static char *write_listen_type(const void *base)
{
    const struct eb_graphics *g = base;

    if (!is_remote(base))
        return NULL;
    return eb_strdup(has_no_way_in(g) ? "none" : g->listen_network ? "network" : "address");
}

static int read_listen_type(const char *text EB_UNUSED, void *base EB_UNUSED, eb_error *err EB_UNUSED)
{
    return 0; /* only "address" and "network" come here, and their attributes tell them apart */
}

static const struct eb_xml_custom listen_type = {read_listen_type, write_listen_type};

static const struct eb_xml_item graphics_listen[] = {
    EB_ATTR("type", eb_graphics, listen, EB_VALUE(CUSTOM), .custom = &listen_type),
    EB_ATTR("address", eb_graphics, listen),
    EB_ATTR("network", eb_graphics, listen_network),
    EB_END,
};

/* One listener, by address or by network; any other arrangement stays as it is, unmodelled. */
static bool accept_listen(xmlNode *node)
{
    static const char *const kinds[] = {"address", "network", NULL};

    for (xmlNode *other = node->parent->children; other; other = other->next) {
        if (other != node && other->type == XML_ELEMENT_NODE && xmlStrEqual(other->name, node->name))
            return false;
    }
    return eb_attr_is_one_of(node, "type", kinds);
}

/* "-1" is what clients write for "none", and says nothing. */
static int read_tls_port(struct eb_xml_reader *r EB_UNUSED, xmlNode *parent, const char *path EB_UNUSED,
                         void *base EB_UNUSED, eb_error *err EB_UNUSED)
{
    static const char *const none[] = {"-1", NULL};

    if (eb_attr_is_one_of(parent, "tlsPort", none))
        eb_xml_take_attr(parent, "tlsPort");
    return 0;
}

static void write_nothing(struct eb_xml_writer *w EB_UNUSED, const char *path EB_UNUSED,
                          const void *base EB_UNUSED)
{
}

static const struct eb_xml_hook tls_port = {read_tls_port, write_nothing};

const struct eb_xml_item eb_map_graphics[] = {
    EB_ATTR("type", eb_graphics, type, EB_NAMES(eb_graphics_type), .flags = EB_XML_REQUIRED),
    EB_ATTR("port", eb_graphics, port, EB_VALUE(CUSTOM), .custom = &graphics_port, .when = is_remote),
    EB_ATTR_PLACE("tlsPort"),
    EB_ATTR("autoport", eb_graphics, autoport, EB_VALUE(YES_NO), .when = is_remote, .show = shows_autoport),
    EB_ATTR("replaceUser", eb_graphics, replace_user, EB_VALUE(YES_NO), .when = is_rdp),
    EB_ATTR("multiUser", eb_graphics, multi_user, EB_VALUE(YES_NO), .when = is_rdp),
    EB_ATTR("listen", eb_graphics, listen, .when = is_remote),
    EB_ATTR("keymap", eb_graphics, keymap, .when = has_keymap),
    EB_ATTR("display", eb_graphics, display, .when = is_local),
    EB_ATTR("xauth", eb_graphics, xauth, .when = is_sdl),
    EB_ATTR("fullscreen", eb_graphics, fullscreen, EB_VALUE(YES_NO), .when = is_local),
    EB_ATTR_PLACE("defaultMode"),
    EB_ATTR_PLACE("sharePolicy"),
    EB_ATTR("passwd", eb_graphics, passwd, .flags = EB_XML_ONLY_SECURE, .when = is_remote),
    EB_CHILD("listen", graphics_listen, .flags = EB_XML_YIELDS, .when = is_remote, .accept = accept_listen),
    EB_PLACE("listen"),
    EB_HOOK(&tls_port),
    EB_PLACE("channel"),
    EB_END,
};

bool eb_graphics_accept(xmlNode *node)
{
    static const char *const foreign[] = {"egl-headless", "dbus", NULL};

    return !eb_attr_is_one_of(node, "type", foreign);
}

int eb_graphics_done(struct eb_xml_reader *r, xmlNode *node EB_UNUSED, void *base, eb_error *err EB_UNUSED)
{
    struct eb_graphics *g = base;
    bool chosen = g->autoport == EB_YES || (g->port == -1 && g->autoport == EB_ABSENT);

    if (is_local(base)) {
        if (g->fullscreen == EB_NO)
            g->fullscreen = EB_ABSENT;
        return 0;
    }
    if (g->port == 0 && g->autoport == EB_ABSENT)
        chosen = g->type != EB_GRAPHICS_SPICE;
    if (chosen) {
        g->autoport = EB_YES;
        if (g->port <= 0 || (r->flags & EB_XML_INACTIVE))
            g->port = is_vnc(base) ? -1 : 0;
    } else if (g->port > 0 || !has_no_way_in(g)) {
        g->autoport = EB_NO;
    }
    if (!chosen && g->port < 0)
        g->port = 0;
    return 0;
}

/* ---- <sound>, <video> ---- */

static const char *const sound_models[] = {"sb16", "es1370", "pcspk", "ac97",   "ich6",
                                           "ich9", "usb",    "ich7",  "virtio", NULL};
static const struct eb_xml_item sound_codec[] = {EB_ATTR("type", eb_sound, codec), EB_END};

const struct eb_xml_item eb_map_sound[] = {
    EB_ATTR("model", eb_sound, model, .flags = EB_XML_REQUIRED, .words = sound_models),
    EB_CHILD("codec", sound_codec),
    EB_PLACE("audio"),
    EB_DEVICE_END(eb_sound),
};

static const char *const video_models[] = {"vga",   "cirrus",    "vmvga",   "xen", "vbox",
                                           "qxl",   "parallels", "virtio",  "gop", "bochs",
                                           "ramfb", "none",      "default", NULL};
static const struct eb_xml_item video_acceleration[] = {
    EB_ATTR("accel3d", eb_video, accel3d, EB_VALUE(YES_NO)),
    EB_ATTR("accel2d", eb_video, accel2d, EB_VALUE(YES_NO)),
    EB_END,
};
static const struct eb_xml_item video_model[] = {
    EB_ATTR("type", eb_video, model, .words = video_models, .complaint = "unknown video model '%s'",
            .complaint_code = EB_ERR_CONFIG_UNSUPPORTED),
    EB_ATTR("ram", eb_video, ram_kib, EB_VALUE(UINT)),
    EB_ATTR("vram", eb_video, vram_kib, EB_VALUE(U64), .max = UINT_MAX),
    EB_ATTR("vgamem", eb_video, vgamem_kib, EB_VALUE(UINT)),
    EB_ATTR("heads", eb_video, heads, EB_VALUE(UINT), .flags = EB_XML_NONZERO),
    EB_ATTR("primary", eb_video, primary, EB_VALUE(YES_NO)),
    EB_CHILD("acceleration", video_acceleration),
    EB_END,
};

const struct eb_xml_item eb_map_video[] = {
    EB_PLACE("driver"),
    EB_CHILD("model", video_model),
    EB_DEVICE_END(eb_video),
};

/* ---- <hostdev> ---- */

static int read_id(const char *text, const char *element, bool *has, unsigned *out, eb_error *err)
{
    uint64_t n;

    if (!eb_xml_parse_number(text, UINT_MAX, &n))
        return eb_error_set_from(err, EB_FROM_XML, EB_ERR_XML_ERROR,
                                 "Invalid value for attribute 'id' in element '%s': '%s'. "
                                 "Expected non-negative integer value",
                                 element, text);
    *has = true;
    *out = (unsigned)n;
    return 0;
}

static int read_vendor(const char *text, void *base, eb_error *err)
{
    struct eb_hostdev *dev = base;

    return read_id(text, "vendor", &dev->has_vendor, &dev->vendor, err);
}

static int read_product(const char *text, void *base, eb_error *err)
{
    struct eb_hostdev *dev = base;

    return read_id(text, "product", &dev->has_product, &dev->product, err);
}

static char *write_vendor(const void *base)
{
    const struct eb_hostdev *dev = base;

    return dev->has_vendor ? eb_asprintf("0x%04x", dev->vendor) : NULL;
}

static char *write_product(const void *base)
{
    const struct eb_hostdev *dev = base;

    return dev->has_product ? eb_asprintf("0x%04x", dev->product) : NULL;
}

const struct eb_xml_custom eb_hostdev_vendor_id = {read_vendor, write_vendor};
const struct eb_xml_custom eb_hostdev_product_id = {read_product, write_product};

static bool is_usb(const void *base)
{
    return eb_streq(((const struct eb_hostdev *)base)->type, "usb");
}

static bool is_pci(const void *base)
{
    return eb_streq(((const struct eb_hostdev *)base)->type, "pci");
}

static bool is_on_bus(const void *base)
{
    return ((const struct eb_hostdev *)base)->has_device;
}

static const struct eb_xml_item hostdev_vendor[] = {
    EB_ATTR("id", eb_hostdev, vendor, EB_VALUE(CUSTOM), .custom = &eb_hostdev_vendor_id), EB_END};
static const struct eb_xml_item hostdev_product[] = {
    EB_ATTR("id", eb_hostdev, product, EB_VALUE(CUSTOM), .custom = &eb_hostdev_product_id), EB_END};
static const struct eb_xml_item hostdev_usb[] = {
    EB_ATTR("bus", eb_hostdev, bus, EB_VALUE(UINT), .flags = EB_XML_ZERO | EB_XML_ANY_BASE),
    EB_ATTR("device", eb_hostdev, device, EB_VALUE(UINT), .flags = EB_XML_ZERO | EB_XML_ANY_BASE),
    EB_END,
};
static const struct eb_xml_item hostdev_pci[] = {
    EB_ATTR("domain", eb_hostdev, source.domain, EB_VALUE(HEX), .digits = 4),
    EB_ATTR("bus", eb_hostdev, source.bus, EB_VALUE(HEX), .digits = 2),
    EB_ATTR("slot", eb_hostdev, source.slot, EB_VALUE(HEX), .digits = 2),
    EB_ATTR("function", eb_hostdev, source.function, EB_VALUE(HEX), .digits = 1),
    EB_END,
};

static int usb_address_done(struct eb_xml_reader *r EB_UNUSED, xmlNode *node EB_UNUSED, void *base,
                            eb_error *err EB_UNUSED)
{
    ((struct eb_hostdev *)base)->has_device = true;
    return 0;
}

static int pci_address_done(struct eb_xml_reader *r EB_UNUSED, xmlNode *node EB_UNUSED, void *base,
                            eb_error *err EB_UNUSED)
{
    ((struct eb_hostdev *)base)->source.type = EB_ADDRESS_PCI;
    return 0;
}

static bool has_pci_source(const void *base)
{
    return ((const struct eb_hostdev *)base)->source.type == EB_ADDRESS_PCI;
}

static const struct eb_xml_item hostdev_source[] = {
    EB_ATTR("startupPolicy", eb_hostdev, startup_policy),
    EB_CHILD("vendor", hostdev_vendor, .when = is_usb),
    EB_CHILD("product", hostdev_product, .when = is_usb),
    EB_CHILD("address", hostdev_usb, .when = is_usb, .show = is_on_bus, .done = usb_address_done),
    EB_CHILD("address", hostdev_pci, .when = is_pci, .show = has_pci_source, .done = pci_address_done),
    EB_END,
};

const struct eb_xml_item eb_map_hostdev[] = {
    EB_ATTR("mode", eb_hostdev, mode),
    EB_ATTR("type", eb_hostdev, type),
    EB_ATTR("managed", eb_hostdev, managed, EB_VALUE(YES_NO)),
    EB_PLACE("driver"),
    EB_CHILD("source", hostdev_source, .flags = EB_XML_ALWAYS | EB_XML_OPENED),
    EB_PLACE("readonly"),
    EB_PLACE("shareable"),
    EB_DEVICE_END(eb_hostdev),
};

bool eb_hostdev_has_words(const void *base)
{
    const struct eb_hostdev *dev = base;

    return !is_usb(dev) || (dev->has_vendor && dev->has_product) || dev->has_device;
}

bool eb_hostdev_accept(xmlNode *node)
{
    static const char *const types[] = {"usb", "pci", NULL};

    return eb_attr_is_one_of(node, "type", types);
}

int eb_hostdev_done(struct eb_xml_reader *r EB_UNUSED, xmlNode *node EB_UNUSED, void *base, eb_error *err)
{
    struct eb_hostdev *dev = base;

    if (!dev->mode)
        dev->mode = eb_strdup("subsystem");
    if (dev->managed == EB_ABSENT)
        dev->managed = EB_NO;
    if (dev->has_vendor != dev->has_product)
        return eb_error_set_from(err, EB_FROM_DOMAIN, EB_ERR_INTERNAL_ERROR, "missing %s",
                                 dev->has_vendor ? "product" : "vendor");
    return 0;
}

/* ---- <watchdog>, <memballoon>, <rng> ---- */

static const char *const watchdog_models[] = {"i6300esb", "ib700", "diag288", "itco", NULL};

const struct eb_xml_item eb_map_watchdog[] = {
    EB_ATTR("model", eb_watchdog, model, .flags = EB_XML_REQUIRED, .words = watchdog_models,
            .complaint = "unknown watchdog model '%s'", .complaint_code = EB_ERR_CONFIG_UNSUPPORTED),
    EB_ATTR("action", eb_watchdog, action),
    EB_DEVICE_END(eb_watchdog),
};

int eb_watchdog_done(struct eb_xml_reader *r EB_UNUSED, xmlNode *node EB_UNUSED, void *base,
                     eb_error *err EB_UNUSED)
{
    struct eb_watchdog *watchdog = base;

    if (!watchdog->action)
        watchdog->action = eb_strdup("reset");
    return 0;
}

static const char *const memballoon_models[] = {
    "virtio", "xen", "none", "virtio-transitional", "virtio-non-transitional", NULL};
static const struct eb_xml_item memballoon_stats[] = {
    EB_ATTR("period", eb_memballoon, period, EB_VALUE(UINT)), EB_END};

const struct eb_xml_item eb_map_memballoon[] = {
    EB_ATTR("model", eb_memballoon, model, .flags = EB_XML_REQUIRED, .words = memballoon_models),
    EB_ATTR("autodeflate", eb_memballoon, autodeflate, EB_VALUE(ON_OFF)),
    EB_CHILD("stats", memballoon_stats),
    EB_PLACE("driver"),
    EB_DEVICE_END(eb_memballoon),
};

int eb_memballoon_done(struct eb_xml_reader *r EB_UNUSED, xmlNode *node EB_UNUSED, void *base,
                       eb_error *err EB_UNUSED)
{
    ((struct eb_memballoon *)base)->present = true;
    return 0;
}

static const char *const rng_models[] = {"virtio", "virtio-transitional", "virtio-non-transitional", NULL};
static const struct eb_xml_item rng_backend[] = {
    EB_ATTR("model", eb_rng, backend),
    EB_TEXT(eb_rng, source),
    EB_END,
};

const struct eb_xml_item eb_map_rng[] = {
    EB_ATTR("model", eb_rng, model, .flags = EB_XML_REQUIRED, .words = rng_models,
            .complaint = "unknown RNG model '%s'", .complaint_code = EB_ERR_CONFIG_UNSUPPORTED),
    EB_PLACE("rate"),
    EB_CHILD("backend", rng_backend),
    EB_PLACE("driver"),
    EB_DEVICE_END(eb_rng),
};
