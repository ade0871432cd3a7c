/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The host's devices as far as VirtualBox knows them: the computer, USB devices, network interfaces. They are
 * named as libvirt names them, so a name stays a device's as long as it is plugged into the same place.
 */
#include "vbox/hostdev.h"

#include <ctype.h>
#include <stdio.h>

#include "base/log.h"
#include "base/strbuf.h"
#include "vbox/host.h"

#define EB_MODULE "vbox"
#define COMPUTER "computer"

struct devices {
    struct eb_nodedev_def **defs;
    size_t n;
};

void vbox_nodedevs_free(struct eb_nodedev_def **defs, size_t n)
{
    for (size_t i = 0; i < n; i++)
        eb_object_def_free(&defs[i]->base);
    free(defs);
}

/* "usb_1-1.2" to "usb_1_1_2", and one more number where another device has that name already. */
static char *name_for(const struct devices *d, const char *kind, const char *place)
{
    EB_AUTOFREE char *first = eb_asprintf("%s_%s", kind, place);
    char *name;

    for (char *p = first; *p; p++)
        if (!isalnum((unsigned char)*p))
            *p = '_';
    name = eb_strdup(first);
    for (unsigned k = 2;; k++) {
        bool taken = false;

        for (size_t i = 0; i < d->n; i++)
            taken = taken || eb_streq(d->defs[i]->base.name, name);
        if (!taken)
            return name;
        free(name);
        name = eb_asprintf("%s_%u", first, k);
    }
}

static int add(struct devices *d, const struct eb_strbuf *xml, eb_error *err)
{
    struct eb_object_def *def = NULL;

    if (eb_object_def_parse(EB_OBJECT_NODEDEV, xml->s, &def, err) < 0)
        return -1;
    *EB_APPEND(d->defs, d->n) = (struct eb_nodedev_def *)def;
    return 0;
}

static void open_device(struct eb_strbuf *b, const char *name, const char *path)
{
    eb_strbuf_line(b, "<device>");
    b->indent = 2;
    eb_strbuf_element(b, "name", name);
    if (path && *path)
        eb_strbuf_element(b, "path", path);
}

static void open_capability(struct eb_strbuf *b, const char *type)
{
    eb_strbuf_line(b, "<capability type='%s'>", type);
    b->indent += 2;
}

static int close_device(struct devices *d, struct eb_strbuf *b, eb_error *err)
{
    b->indent -= 2;
    eb_strbuf_line(b, "</capability>");
    b->indent = 0;
    eb_strbuf_line(b, "</device>");
    return add(d, b, err);
}

/* ---- The computer ---- */

static void add_dmi(struct eb_strbuf *b, const char *element, const char *file)
{
    EB_AUTOFREE char *value = vbox_dmi_read(file);

    eb_strbuf_element(b, element, value);
}

static int add_computer(struct devices *d, eb_error *err)
{
    EB_AUTOSTRBUF struct eb_strbuf b = {0};
    EB_AUTOFREE char *bios = vbox_dmi_read("bios_version");
    unsigned char uuid[16];
    char id[EB_UUID_STRLEN + 1];

    open_device(&b, COMPUTER, NULL);
    open_capability(&b, "system");
    add_dmi(&b, "product", "product_name");
    eb_strbuf_line(&b, "<hardware>");
    b.indent += 2;
    add_dmi(&b, "vendor", "sys_vendor");
    add_dmi(&b, "version", "product_version");
    add_dmi(&b, "serial", "product_serial");
    if (vbox_host_uuid(uuid)) {
        eb_uuid_format(uuid, id);
        eb_strbuf_element(&b, "uuid", id);
    }
    b.indent -= 2;
    eb_strbuf_line(&b, "</hardware>");
    if (bios) {
        eb_strbuf_line(&b, "<firmware>");
        b.indent += 2;
        add_dmi(&b, "vendor", "bios_vendor");
        eb_strbuf_element(&b, "version", bios);
        add_dmi(&b, "release_date", "bios_date");
        b.indent -= 2;
        eb_strbuf_line(&b, "</firmware>");
    }
    return close_device(d, &b, err);
}

/* ---- USB devices ---- */

struct usb {
    uint16_t vendor, product;
    char *vendor_name, *product_name;
    char *path; /* the kernel's, in /sys; NULL: unknown */
    char *node; /* /dev/bus/usb/001/004; NULL */
    char *port; /* "1-2": where it is plugged in; NULL: unknown */
    unsigned bus, device;
    enum vb_USBDeviceState state;
};

static void clear_usb(struct usb *usb)
{
    free(usb->vendor_name);
    free(usb->product_name);
    free(usb->path);
    free(usb->node);
    free(usb->port);
}

/* "1-1.4": what the kernel calls a place. */
static bool is_port(const char *text)
{
    return *text >= '0' && *text <= '9' && strchr(text, '-') && strspn(text, "0123456789.-") == strlen(text);
}

/* An address says both places, or one: "sysfs:/sys/devices/…/1-1.2//device:/dev/bus/usb/001/004". */
static void read_address(const char *address, struct usb *usb)
{
    const char *sys = strstr(address, "sysfs:"), *node = strstr(address, "device:"), *last;
    size_t n = strlen(address);

    if (sys) {
        const char *end = strstr(sys, "//");

        sys += strlen("sysfs:");
        usb->path = eb_strndup(sys, end && end > sys ? (size_t)(end - sys) : strlen(sys));
        last = strrchr(usb->path, '/');
        if (last && is_port(last + 1))
            usb->port = eb_strdup(last + 1);
    }
    node = node ? node + strlen("device:") : address;
    if (n > 8 && sscanf(address + n - 8, "/%3u/%3u", &usb->bus, &usb->device) == 2 && *node == '/')
        usb->node = eb_strdup(node);
}

/* What is no character of XML is left out. */
static void clean(char *text)
{
    char *to = text;

    for (; *text; text++)
        if ((unsigned char)*text >= ' ')
            *to++ = *text;
    *to = '\0';
}

static int read_usb(struct vb *vb, IHostUSBDevice *host_device, struct usb *out, eb_error *err)
{
    IUSBDevice *device = (IUSBDevice *)host_device; /* which it is first of all */
    EB_AUTOFREE char *address = NULL;
    EB_AUTOFREE char *port = NULL;

    if (IUSBDevice_get_vendorId(vb, device, &out->vendor, err) < 0 ||
        IUSBDevice_get_productId(vb, device, &out->product, err) < 0 ||
        IUSBDevice_get_manufacturer(vb, device, &out->vendor_name, err) < 0 ||
        IUSBDevice_get_product(vb, device, &out->product_name, err) < 0 ||
        IUSBDevice_get_address(vb, device, &address, err) < 0 ||
        IHostUSBDevice_get_state(vb, host_device, &out->state, err) < 0)
        return -1;
    clean(out->vendor_name);
    clean(out->product_name);
    clean(address);
    read_address(address, out);
    if (out->port || !vb_has(vb, VB_IUSBDevice_get_portPath))
        return 0;
    if (IUSBDevice_get_portPath(vb, device, &port, err) < 0)
        return -1;
    if (is_port(port))
        out->port = EB_STEAL(port);
    return 0;
}

static void add_id(struct eb_strbuf *b, const char *element, unsigned id, const char *name)
{
    eb_strbuf_indent(b);
    eb_strbuf_printf(b, "<%s id='0x%04x'", element, id);
    if (*name) {
        eb_strbuf_addc(b, '>');
        eb_strbuf_escape(b, name);
        eb_strbuf_printf(b, "</%s>\n", element);
    } else {
        eb_strbuf_add(b, "/>\n");
    }
}

/* libvirt has no place for the state, but says whose a device is by its driver. */
static const char *driver_of(const struct usb *usb)
{
    return usb->state == USBDeviceState_Held || usb->state == USBDeviceState_Captured ? "vboxusb" : "usb";
}

static int add_usb(struct devices *d, const struct usb *usb, eb_error *err)
{
    EB_AUTOSTRBUF struct eb_strbuf b = {0};
    EB_AUTOFREE char *place = usb->port     ? eb_strdup(usb->port)
                              : usb->device ? eb_asprintf("%03u_%03u", usb->bus, usb->device)
                                            : eb_asprintf("%04x_%04x", usb->vendor, usb->product);
    EB_AUTOFREE char *name = name_for(d, "usb", place);

    open_device(&b, name, usb->path);
    if (usb->node) {
        eb_strbuf_indent(&b);
        eb_strbuf_add(&b, "<devnode type='dev'>");
        eb_strbuf_escape(&b, usb->node);
        eb_strbuf_add(&b, "</devnode>\n");
    }
    eb_strbuf_line(&b, "<parent>" COMPUTER "</parent>");
    eb_strbuf_line(&b, "<driver>");
    eb_strbuf_line(&b, "  <name>%s</name>", driver_of(usb));
    eb_strbuf_line(&b, "</driver>");
    open_capability(&b, "usb_device");
    eb_strbuf_line(&b, "<bus>%u</bus>", usb->bus);
    eb_strbuf_line(&b, "<device>%u</device>", usb->device);
    add_id(&b, "product", usb->product, usb->product_name);
    add_id(&b, "vendor", usb->vendor, usb->vendor_name);
    return close_device(d, &b, err);
}

/* Builds without USB, and hosts on which it does not work, have no such devices. */
static int list_usb(struct vb *vb, IHost *host, size_t *n, IHostUSBDevice ***list, eb_error *err)
{
    EB_AUTOERROR eb_error why = EB_ERROR_INIT;

    *n = 0;
    if (IHost_get_USBDevices(vb, host, n, list, &why) == 0)
        return 0;
    if (why.vbox_result != VB_E_NOTIMPL && why.vbox_result != VB_E_HOST_ERROR) {
        eb_error_move(err, &why);
        return -1;
    }
    EB_DEBUG("no USB devices: %s", eb_error_message(&why));
    return 0;
}

static int add_usbs(struct devices *d, struct vbox_conn *c, IHost *host, eb_error *err)
{
    IHostUSBDevice **list = NULL;
    size_t n;
    int result;

    if (list_usb(c->vb, host, &n, &list, err) < 0)
        return -1;
    result = 0;
    for (size_t i = 0; i < n && result == 0; i++) {
        struct usb usb EB_CLEANUP(clear_usb) = {0};

        result = read_usb(c->vb, list[i], &usb, err) < 0 ? -1 : add_usb(d, &usb, err);
    }
    vb_objects_free(n, list);
    return result;
}

/* ---- Network interfaces ---- */

static int add_net(struct devices *d, const struct vbox_iface *iface, eb_error *err)
{
    EB_AUTOSTRBUF struct eb_strbuf b = {0};
    EB_AUTOFREE char *place =
        eb_asprintf("%s_%s", iface->name, iface->mac ? iface->mac : "00:00:00:00:00:00");
    EB_AUTOFREE char *name = name_for(d, "net", place);
    EB_AUTOFREE char *link = eb_asprintf("/sys/class/net/%s", iface->name);
    EB_AUTOFREE char *path = strchr(iface->name, '/') ? NULL : realpath(link, NULL);

    open_device(&b, name, path);
    eb_strbuf_line(&b, "<parent>" COMPUTER "</parent>");
    open_capability(&b, "net");
    eb_strbuf_element(&b, "interface", iface->name);
    eb_strbuf_element(&b, "address", iface->mac);
    vbox_iface_add_link(&b, iface);
    eb_strbuf_line(&b, "<capability type='%s'/>", iface->wireless ? "80211" : "80203");
    return close_device(d, &b, err);
}

static int add_nets(struct devices *d, struct vbox_conn *c, IVirtualBox *vbox, eb_error *err)
{
    struct vbox_iface *ifaces;
    int n = vbox_ifaces_read(c, vbox, &ifaces, err), result = n < 0 ? -1 : 0;

    for (int i = 0; i < n && result == 0; i++)
        result = add_net(d, &ifaces[i], err);
    vbox_ifaces_free(ifaces, n < 0 ? 0 : (size_t)n);
    return result;
}

int vbox_nodedevs_read(struct vbox_conn *c, IVirtualBox *vbox, struct eb_nodedev_def ***out, eb_error *err)
{
    struct devices d = {NULL, 0};
    VB_AUTO(IHost) host = NULL;

    if (IVirtualBox_get_host(c->vb, vbox, &host, err) < 0 || add_computer(&d, err) < 0 ||
        add_usbs(&d, c, host, err) < 0 || add_nets(&d, c, vbox, err) < 0) {
        vbox_nodedevs_free(d.defs, d.n);
        return -1;
    }
    *out = d.defs;
    return (int)d.n;
}

/* ---- The operations ---- */

static int begin(eb_conn *conn, struct eb_nodedev_def ***out, eb_error *err)
{
    struct vbox_conn *c = vbox_conn_of(conn);
    VB_AUTO(IVirtualBox) vbox = NULL;

    return vbox_begin(c, &vbox, err) < 0 ? -1 : vbox_nodedevs_read(c, vbox, out, err);
}

static void give_key(const struct eb_nodedev_def *def, struct eb_object_key *out)
{
    *out = (struct eb_object_key){.name = eb_strdup(def->base.name), .also = eb_strdup(def->parent)};
}

static int list(eb_conn *conn, const struct eb_object_key *in EB_UNUSED, struct eb_object_summary **out,
                eb_error *err)
{
    struct eb_nodedev_def **defs;
    int n = begin(conn, &defs, err);

    if (n < 0)
        return -1;
    *out = eb_calloc((size_t)n, sizeof(**out));
    for (int i = 0; i < n; i++) {
        (*out)[i] = (struct eb_object_summary){.active = true,
                                               .persistent = true,
                                               .autostart = true,
                                               .filters = eb_object_def_filters(&defs[i]->base)};
        give_key(defs[i], &(*out)[i].key);
    }
    vbox_nodedevs_free(defs, (size_t)n);
    return n;
}

/* The caller frees it. */
static struct eb_nodedev_def *take(eb_conn *conn, const char *name, eb_error *err)
{
    struct eb_nodedev_def **defs, *found = NULL;
    int n = begin(conn, &defs, err);

    if (n < 0)
        return NULL;
    for (int i = 0; i < n; i++) {
        if (!found && eb_streq(defs[i]->base.name, name))
            found = defs[i];
        else
            eb_object_def_free(&defs[i]->base);
    }
    free(defs);
    if (!found)
        eb_error_set(err, EB_ERR_NO_NODE_DEVICE, "no node device with matching name '%s'", name);
    return found;
}

static int lookup_name(eb_conn *conn, const struct eb_object_key *in EB_UNUSED, const char *name,
                       struct eb_object_key *out, eb_error *err)
{
    struct eb_nodedev_def *def = take(conn, name, err);

    if (!def)
        return -1;
    give_key(def, out);
    eb_object_def_free(&def->base);
    return 0;
}

static int get_def(eb_conn *conn, const struct eb_object_key *key, unsigned flags, struct eb_object_def **out,
                   eb_error *err)
{
    struct eb_nodedev_def *def;

    if (eb_check_flags(flags, 0, "virNodeDeviceGetXMLDesc", err) < 0 || !(def = take(conn, key->name, err)))
        return -1;
    *out = &def->base;
    return 0;
}

/* What is plugged in is there, and will be when the host starts anew. */
static int is_there(eb_conn *conn, const struct eb_object_key *key, eb_error *err)
{
    struct eb_nodedev_def *def = take(conn, key->name, err);

    if (!def)
        return -1;
    eb_object_def_free(&def->base);
    return 1;
}

const struct eb_driver_object_ops vbox_nodedev_ops = {
    .list = list,
    .lookup_name = lookup_name,
    .is_active = is_there,
    .is_persistent = is_there,
    .get_autostart = is_there,
    .get_def = get_def,
};
