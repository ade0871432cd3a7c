/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* USB controllers (one with flags up to 4.2, a list since) and device filters (on the controller, then on the
 * machine). */
#include <stdio.h>

#include "model.h"

/* ---- controllers ---- */

static struct object *controller(struct call *c, const char *name)
{
    EB_AUTOFREE char *path = eb_asprintf("USBController#%s", name);

    return object_part(c->self, "IUSBController", path);
}

static uint32_t get_controllers(struct call *c)
{
    uint32_t rc;
    struct node *n = node_read(c, &rc);

    for (size_t i = 0; n && i < n->n; i++)
        if (strcmp(n->children[i]->tag, "USBController") == 0)
            ret_add_obj(c, controller(c, n->children[i]->id));
    return rc;
}

static unsigned count(const struct node *n, const char *type)
{
    unsigned found = 0;

    for (size_t i = 0; i < n->n; i++)
        found += strcmp(n->children[i]->tag, "USBController") == 0 &&
                 eb_streq(node_get(n->children[i], "type"), type);
    return found;
}

static uint32_t add_controller(struct call *c)
{
    EB_AUTOFREE char *type = eb_strdup(arg_enum(c, "type"));
    const char *name = arg_str(c, "name");
    struct node *n, *u;
    uint32_t rc;

    if (!eb_streq(type, "OHCI") && !eb_streq(type, "EHCI") && !eb_streq(type, "XHCI"))
        return fail(c, E_INVALIDARG, "Invalid USB controller type");
    n = node_write(c, false, &rc);
    if (!n)
        return rc;
    if (node_child(n, "USBController", name))
        return fail(c, VBOX_E_OBJECT_IN_USE, "USB controller named '%s' already exists", name);
    if (count(n, type))
        return fail(c, E_INVALIDARG, "Too many USB controllers of this type");
    u = node_need(n, "USBController", name);
    node_set(u, "name", name);
    node_set(u, "type", type);
    ret_obj(c, controller(c, name));
    return S_OK;
}

static uint32_t remove_controller(struct call *c)
{
    uint32_t rc;
    struct node *n = node_write(c, false, &rc);

    if (n && !node_child(n, "USBController", arg_str(c, "name")))
        return not_found(c, "Could not find a storage controller named '%s'", arg_str(c, "name"));
    if (n)
        node_remove(node_child(n, "USBController", arg_str(c, "name")));
    return rc;
}

static uint32_t controller_by_name(struct call *c)
{
    uint32_t rc;
    struct node *n = node_read(c, &rc);

    if (n && !node_child(n, "USBController", arg_str(c, "name")))
        return not_found(c, "Could not find a storage controller named '%s'", arg_str(c, "name"));
    if (n)
        ret_obj(c, controller(c, arg_str(c, "name")));
    return rc;
}

static uint32_t count_by_type(struct call *c)
{
    EB_AUTOFREE char *type = eb_strdup(arg_enum(c, "type"));
    uint32_t rc;
    struct node *n = node_read(c, &rc);

    if (n)
        ret_num(c, count(n, type));
    return rc;
}

/* The one controller of before 4.3 stands for an OHCI and perhaps an EHCI. */
static uint32_t get_controller(struct call *c)
{
    uint32_t rc;

    if (node_read(c, &rc))
        ret_obj(c, object_part(c->self, "IUSBController", ""));
    return rc;
}

static uint32_t get_enabled(struct call *c)
{
    bool ohci = !eb_ends_with(c->slot->name, "hci") || eb_streq(c->slot->name, "enabledOHCI");
    uint32_t rc;
    struct node *n = node_read(c, &rc);

    if (n)
        ret_num(c, count(n, ohci && strcasecmp(c->slot->name, "enabledEhci") != 0 ? "OHCI" : "EHCI") > 0);
    return rc;
}

static uint32_t set_enabled(struct call *c)
{
    const char *type = strcasecmp(c->slot->name, "enabledEhci") == 0 ? "EHCI" : "OHCI";
    uint32_t rc;
    struct node *n = node_write(c, false, &rc), *u;

    if (!n)
        return rc;
    u = node_child(n, "USBController", type);
    if (c->in[0].num && !u) {
        u = node_need(n, "USBController", type);
        node_set(u, "name", type);
        node_set(u, "type", type);
    } else if (!c->in[0].num) {
        node_remove(u);
    }
    return S_OK;
}

static uint32_t get_standard(struct call *c)
{
    uint32_t rc;
    struct node *n = node_read(c, &rc);
    const char *type = n ? node_get_or(n, "type", "EHCI") : "";

    if (n)
        ret_num(c, eb_streq(type, "OHCI") ? 0x0101 : eb_streq(type, "XHCI") ? 0x0300 : 0x0200);
    return rc;
}

/* ---- filters ---- */

static uint32_t get_filters_object(struct call *c)
{
    uint32_t rc;

    if (node_read(c, &rc))
        ret_obj(c, object_part(c->self, "IUSBDeviceFilters", ""));
    return rc;
}

static const char *filter_iface(const struct call *c)
{
    return eb_streq(c->self->iface->name, "IHost") ? "IHostUSBDeviceFilter" : "IUSBDeviceFilter";
}

static struct object *filter(struct call *c, const char *id)
{
    EB_AUTOFREE char *path = eb_asprintf("USBDeviceFilter#%s", id);

    return object_part(c->self, filter_iface(c), path);
}

static bool is_filter(const struct node *n)
{
    return strcmp(n->tag, "USBDeviceFilter") == 0 && node_bool(n, "inserted");
}

static uint32_t get_filters(struct call *c)
{
    uint32_t rc;
    struct node *n = node_read(c, &rc);

    for (size_t i = 0; n && i < n->n; i++)
        if (is_filter(n->children[i]))
            ret_add_obj(c, filter(c, n->children[i]->id));
    return rc;
}

/* A new one belongs to nobody until it is inserted. */
static uint32_t create_filter(struct call *c)
{
    EB_AUTOFREE char *id = id_new();
    uint32_t rc;
    struct node *n;

    if (!*arg_str(c, "name"))
        return fail(c, E_INVALIDARG, "The filter's name must not be empty");
    n = node_write(c, true, &rc);
    if (!n)
        return rc;
    node_set(node_need(n, "USBDeviceFilter", id), "name", arg_str(c, "name"));
    ret_obj(c, filter(c, id));
    return S_OK;
}

static size_t at_position(const struct node *n, int64_t position)
{
    size_t i = 0;

    for (; i < n->n; i++)
        if (is_filter(n->children[i]) && position-- == 0)
            break;
    return i;
}

static uint32_t insert_filter(struct call *c)
{
    struct object *o = arg_obj(c, "filter|aFilter");
    const char *id = o && o->path ? strchr(o->path, '#') : NULL;
    uint32_t rc;
    struct node *n = node_write(c, true, &rc), *f;
    size_t at;

    if (!n)
        return rc;
    f = id ? node_child(n, "USBDeviceFilter", id + 1) : NULL;
    if (!f)
        return fail(c, E_INVALIDARG, "The given USB filter is not created within this VirtualBox instance");
    if (node_bool(f, "inserted"))
        return fail(c, VBOX_E_INVALID_OBJECT_STATE, "The given USB filter is already in the list");
    node_take(f);
    at = at_position(n, arg_num(c, "position"));
    node_add(n, f);
    memmove(&n->children[at + 1], &n->children[at], (n->n - at - 1) * sizeof(*n->children));
    n->children[at] = f;
    node_set(f, "inserted", "1");
    node_changed(c);
    return S_OK;
}

static uint32_t remove_filter(struct call *c)
{
    uint32_t rc;
    struct node *n = node_write(c, true, &rc);
    size_t at;

    if (!n)
        return rc;
    at = at_position(n, arg_num(c, "position"));
    if (at >= n->n)
        return fail(c, E_INVALIDARG, "The USB device filter list position %lld is invalid",
                    (long long)arg_num(c, "position"));
    ret_obj(c, filter(c, n->children[at]->id));
    node_set(n->children[at], "inserted", NULL);
    node_changed(c);
    return S_OK;
}

/* ---- the host's devices ---- */

/* What is plugged in unless the option USB says otherwise. */
#define PLUGGED                                                                                              \
    "046d:c52b:Logitech:USB Receiver::1-2:Busy;0951:1666:Kingston:DataTraveler "                             \
    "3.0:60A44C413FAE:2-1.4:Available"
enum { FIELDS = 7 };

static struct object *host_device(const char *text)
{
    static const char *const names[FIELDS] = {"vendorId",     "productId", "manufacturer", "product",
                                              "serialNumber", "portPath",  "state"};
    EB_AUTOFREE char *key = eb_asprintf("host USB device %s", text), *copy = eb_strdup(text);
    EB_AUTOFREE char *id = NULL, *address = NULL;
    struct object *o = object_get("IHostUSBDevice", key);
    char *rest = copy;
    unsigned bus = 0, port = 0;

    if (o->own)
        return o;
    o->view = VIEW_OWN;
    o->own = node_new("USBDevice", NULL);
    for (size_t i = 0; i < FIELDS; i++) {
        const char *value = rest ? strsep(&rest, ":") : "";
        EB_AUTOFREE char *number = i < 2 ? eb_asprintf("%lu", strtoul(value, NULL, 16)) : NULL;

        node_set(o->own, names[i], number ? number : value);
    }
    sscanf(node_get(o->own, "portPath"), "%u-%u", &bus, &port);
    /* as on Linux, with the kernel's two ways to say where */
    address =
        eb_asprintf("sysfs:/sys/devices/pci0000:00/0000:00:14.0/usb%u/%s//device:/dev/bus/usb/%03u/%03u", bus,
                    node_get(o->own, "portPath"), bus, port + 1);
    id = id_new();
    node_set(o->own, "id", id);
    node_set(o->own, "address", address);
    node_set_num(o->own, "port", port);
    return o;
}

static char **host_devices(struct call *c, size_t *n)
{
    EB_AUTOFREE char *said = option(c->client, "USB");
    EB_AUTOFREE char *text = eb_strdup(said ? said : PLUGGED);
    char **list = NULL, *rest = text, *one;

    *n = 0;
    while ((one = strsep(&rest, ";")))
        if (*one)
            *EB_APPEND(list, *n) = eb_strdup(one);
    return list;
}

static void free_devices(char **list, size_t n)
{
    for (size_t i = 0; i < n; i++)
        free(list[i]);
    free(list);
}

static uint32_t get_host_devices(struct call *c)
{
    size_t n;
    char **list = host_devices(c, &n);

    for (size_t i = 0; i < n; i++)
        ret_add_obj(c, host_device(list[i]));
    free_devices(list, n);
    return S_OK;
}

static uint32_t find_host_device(struct call *c)
{
    bool by_id = arg_has(c, "id");
    char id[37] = "";
    size_t n;
    char **list = host_devices(c, &n);
    struct object *found = NULL;

    if (by_id)
        id_normal(arg_str(c, "id"), id);
    for (size_t i = 0; i < n && !found; i++) {
        struct object *o = host_device(list[i]);

        if (eb_streq(node_get(o->own, by_id ? "id" : "address"), by_id ? id : arg_str(c, "name|address")))
            found = o;
    }
    free_devices(list, n);
    if (!found)
        return not_found(c, "Could not find a USB device");
    ret_obj(c, found);
    return S_OK;
}

static uint32_t get_device_id(struct call *c)
{
    uint32_t rc;
    struct node *n = node_read(c, &rc);

    if (n)
        ret_str(c, node_get(n, "id"));
    return rc;
}

static uint32_t no_device(struct call *c)
{
    return not_found(c, "Could not find a USB device");
}

const struct member usb_members[] = {
    {"IMachine.USBControllers", get_controllers},
    {"IMachine.addUSBController", add_controller},
    {"IMachine.removeUSBController", remove_controller},
    {"IMachine.getUSBControllerByName", controller_by_name},
    {"IMachine.getUSBControllerCountByType", count_by_type},
    {"IMachine.USBController", get_controller},
    {"IUSBController.enabled", get_enabled},
    {"IUSBController.enabled=", set_enabled},
    {"IUSBController.enabledOHCI", get_enabled},
    {"IUSBController.enabledOHCI=", set_enabled},
    {"IUSBController.enabledEHCI", get_enabled},
    {"IUSBController.enabledEHCI=", set_enabled},
    {"IUSBController.proxyAvailable", get_standard},
    {"IUSBController.USBStandard", get_standard},
    {"IMachine.USBDeviceFilters", get_filters_object},
    {"IUSBDeviceFilters.deviceFilters", get_filters},
    {"IUSBDeviceFilters.createDeviceFilter", create_filter},
    {"IUSBDeviceFilters.insertDeviceFilter", insert_filter},
    {"IUSBDeviceFilters.removeDeviceFilter", remove_filter},
    {"IUSBController.deviceFilters", get_filters},
    {"IUSBController.createDeviceFilter", create_filter},
    {"IUSBController.insertDeviceFilter", insert_filter},
    {"IUSBController.removeDeviceFilter", remove_filter},
    {"IHost.USBDeviceFilters", get_filters},
    {"IHost.createUSBDeviceFilter", create_filter},
    {"IHost.insertUSBDeviceFilter", insert_filter},
    {"IHost.removeUSBDeviceFilter", remove_filter},
    {"IHost.USBDevices", get_host_devices},
    {"IHost.findUSBDeviceById", find_host_device},
    {"IHost.findUSBDeviceByAddress", find_host_device},
    {"IUSBDevice.id", get_device_id},
    {"IConsole.attachUSBDevice", no_device},
    {"IConsole.detachUSBDevice", no_device},
    {"IConsole.findUSBDeviceById", no_device},
    {"IConsole.findUSBDeviceByAddress", no_device},
    {NULL, NULL},
};
