/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * USB controllers, and <hostdev type='usb'>: the filters by which a machine takes devices of the host. Until
 * 4.2 there is one controller, which can do EHCI too; from 4.3 on a list, and the filters are by themselves.
 */
#include "vbox/machine.h"

static const struct controller_kind {
    enum vb_USBControllerType type;
    const char *name;      /* that Everbox gives */
    const char *models[4]; /* the first is written */
} kinds[] = {
    {USBControllerType_OHCI, "OHCI", {"pci-ohci", "ohci"}},
    {USBControllerType_EHCI, "EHCI", {"ehci", "ich9-ehci1"}},
    {USBControllerType_XHCI, "xHCI", {"nec-xhci", "qemu-xhci"}},
};

/* ---- Controllers: a bit for each kind ---- */

#define BIT(i) (1u << (i))
enum { OHCI, EHCI, XHCI };

static int list_new(struct vm *vm, unsigned *out, eb_error *err)
{
    IUSBController **list = NULL;
    size_t n = 0;
    int rc = IMachine_get_USBControllers(vm->vb, vm->machine, &n, &list, err);

    for (size_t i = 0; rc == 0 && i < n; i++) {
        enum vb_USBControllerType type = USBControllerType__none;

        rc = IUSBController_get_type(vm->vb, list[i], &type, err);
        for (unsigned k = 0; k < EB_ARRAY_SIZE(kinds); k++)
            if (kinds[k].type == type)
                *out |= BIT(k);
    }
    vb_objects_free(n, list);
    return rc;
}

static bool is_new(struct vm *vm)
{
    return vb_has(vm->vb, VB_IMachine_get_USBControllers);
}

/* NULL in builds of VirtualBox that have no USB (OSE before 4.0). */
static int open_old(struct vm *vm, IUSBController **out, eb_error *err)
{
    eb_error none EB_AUTOERROR = EB_ERROR_INIT;

    if (IMachine_get_USBController(vm->vb, vm->machine, out, &none) == 0)
        return 0;
    if (none.vbox_result == VB_E_NOTIMPL)
        return 0;
    eb_error_move(err, &none);
    return -1;
}

static int list_controllers(struct vm *vm, unsigned *out, eb_error *err)
{
    VB_AUTO(IUSBController) usb = NULL;
    bool enabled = false, ehci = false;

    *out = 0;
    if (is_new(vm))
        return list_new(vm, out, err);
    if (open_old(vm, &usb, err) < 0)
        return -1;
    if (!usb)
        return 0;
    if (IUSBController_get_enabled(vm->vb, usb, &enabled, err) < 0 ||
        IUSBController_get_enabledEHCI(vm->vb, usb, &ehci, err) < 0)
        return -1;
    *out = enabled ? BIT(OHCI) | (ehci ? BIT(EHCI) : 0) : 0;
    return 0;
}

/* ---- What a definition wants ---- */

static int kind_of(const char *model)
{
    if (!model)
        return OHCI;
    for (int k = 0; k < (int)EB_ARRAY_SIZE(kinds); k++)
        for (size_t i = 0; i < EB_ARRAY_SIZE(kinds[k].models); i++)
            if (eb_streq(kinds[k].models[i], model))
                return k;
    return -1;
}

/* A model of the ICH9's companions is OHCI to VirtualBox, where the EHCI has its companion in itself. */
static bool is_companion(const char *model)
{
    return model && eb_starts_with(model, "ich9-uhci");
}

static bool needs_usb(const struct eb_domain_def *def)
{
    for (size_t i = 0; i < def->n_inputs; i++)
        if (eb_streq(def->inputs[i].bus, "usb") ||
            (!def->inputs[i].bus && eb_streq(def->inputs[i].type, "tablet")))
            return true;
    for (size_t i = 0; i < def->n_hostdevs; i++)
        if (eb_streq(def->hostdevs[i].type, "usb"))
            return true;
    for (size_t i = 0; i < def->n_disks; i++)
        if (def->disks[i].bus == EB_BUS_USB)
            return true;
    return false;
}

/* EHCI needs OHCI beside it for slow devices; and a USB device asks for a controller, as with libvirt. */
static unsigned wanted_controllers(const struct eb_domain_def *def)
{
    unsigned wanted = 0;
    bool said = false;

    for (size_t i = 0; i < def->n_controllers; i++) {
        const struct eb_controller *c = &def->controllers[i];
        int kind;

        if (c->type != EB_CONTROLLER_USB)
            continue;
        said = true;
        kind = is_companion(c->model) ? OHCI : kind_of(c->model);
        if (kind >= 0)
            wanted |= BIT(kind);
    }
    if (wanted & BIT(EHCI))
        wanted |= BIT(OHCI);
    return !said && needs_usb(def) ? BIT(OHCI) : wanted;
}

static int check_controllers(struct vm *vm, const struct eb_domain_def *def, eb_error *err)
{
    bool none = false;

    for (size_t i = 0; i < def->n_controllers; i++) {
        const struct eb_controller *c = &def->controllers[i];
        EB_AUTOFREE char *what = NULL;
        int kind = kind_of(c->model);

        if (c->type != EB_CONTROLLER_USB || is_companion(c->model))
            continue;
        what = eb_asprintf("model '%s' of <controller type='usb'>", c->model ? c->model : "?");
        none = none || eb_streq(c->model, "none");
        if (kind < 0 && !eb_streq(c->model, "none"))
            return vm_refuse(vm, err, what, "it may be pci-ohci, ehci, nec-xhci, qemu-xhci, none");
        if (kind == XHCI && !vb_enum_has(vm->vb, VB_ENUM_USBControllerType, USBControllerType_XHCI))
            return vm_refuse_release(vm, err, "%s", what);
    }
    if (none && needs_usb(def))
        return vm_refuse(vm, err, "a USB device with <controller type='usb' model='none'>", NULL);
    return 0;
}

static int name_of_kind(struct vm *vm, unsigned kind, char **out, eb_error *err)
{
    IUSBController **list = NULL;
    size_t n = 0;
    int rc = IMachine_get_USBControllers(vm->vb, vm->machine, &n, &list, err);

    for (size_t i = 0; rc == 0 && !*out && i < n; i++) {
        enum vb_USBControllerType type = USBControllerType__none;

        rc = IUSBController_get_type(vm->vb, list[i], &type, err);
        if (rc == 0 && type == kinds[kind].type)
            rc = IUSBController_get_name(vm->vb, list[i], out, err);
    }
    vb_objects_free(n, list);
    return rc;
}

static int apply_new(struct vm *vm, unsigned is, unsigned wanted, eb_error *err)
{
    /* what goes first makes room: VirtualBox lets EHCI be only beside OHCI, so it goes first and comes last
     */
    for (unsigned k = EB_ARRAY_SIZE(kinds); k-- > 0;) {
        EB_AUTOFREE char *name = NULL;

        if (!(is & ~wanted & BIT(k)))
            continue;
        if (name_of_kind(vm, k, &name, err) < 0 ||
            (name && IMachine_removeUSBController(vm->vb, vm->machine, name, err) < 0))
            return -1;
    }
    for (unsigned k = 0; k < EB_ARRAY_SIZE(kinds); k++) {
        VB_AUTO(IUSBController) made = NULL;

        if ((wanted & ~is & BIT(k)) &&
            IMachine_addUSBController(vm->vb, vm->machine, kinds[k].name, kinds[k].type, &made, err) < 0)
            return -1;
    }
    return 0;
}

static int apply_controllers(struct vm *vm, const struct eb_domain_def *def, eb_error *err)
{
    VB_AUTO(IUSBController) usb = NULL;
    unsigned is, wanted = wanted_controllers(def);

    if (list_controllers(vm, &is, err) < 0)
        return -1;
    if (is == wanted)
        return 0;
    if (is_new(vm))
        return apply_new(vm, is, wanted, err);
    if (open_old(vm, &usb, err) < 0)
        return -1;
    if (!usb)
        return vm_refuse(vm, err, "USB", "this build of VirtualBox has none");
    if (VM_CHANGE(bool, vm, IUSBController, enabled, usb, (wanted != 0), err) < 0)
        return -1;
    return VM_CHANGE(bool, vm, IUSBController, enabledEHCI, usb, ((wanted & BIT(EHCI)) != 0), err);
}

/* ---- Filters ---- */

/* The filters' home: the machine's list (4.3 on) or its controller. Both NULL: there is no USB. */
struct filters {
    IUSBDeviceFilters *list;
    IUSBController *controller;
};

static void filters_close(struct filters *f)
{
    vb_unref(f->list);
    vb_unref(f->controller);
}

static int filters_open(struct vm *vm, struct filters *out, eb_error *err)
{
    if (is_new(vm))
        return IMachine_get_USBDeviceFilters(vm->vb, vm->machine, &out->list, err);
    return open_old(vm, &out->controller, err);
}

static int filters_get(struct vm *vm, const struct filters *f, size_t *n, IUSBDeviceFilter ***list,
                       eb_error *err)
{
    if (f->list)
        return IUSBDeviceFilters_get_deviceFilters(vm->vb, f->list, n, list, err);
    return f->controller ? IUSBController_get_deviceFilters(vm->vb, f->controller, n, list, err) : 0;
}

/* The text attributes of a filter and where a definition has them. */
#define FILTER_TEXTS(X)                                                                                      \
    X(name, name)                                                                                            \
    X(manufacturer, manufacturer)                                                                            \
    X(product, product_name)                                                                                 \
    X(serialNumber, serial)                                                                                  \
    X(revision, revision)                                                                                    \
    X(port, port)                                                                                            \
    X(remote, remote)

static bool parse_id(const char *text, unsigned *out)
{
    char *end = NULL;

    *out = (unsigned)strtoul(text, &end, 16);
    return *text && end && !*end && strlen(text) <= 4;
}

/* Whether a definition can say the filter: an id that is an expression ("1200-12ff") it cannot, and such a
 * filter stays as it is. */
static bool read_ids(struct vm *vm, IUSBDeviceFilter *filter, struct eb_hostdev *out)
{
    eb_error none EB_AUTOERROR = EB_ERROR_INIT;
    EB_AUTOFREE char *v = NULL;
    EB_AUTOFREE char *p = NULL;

    if (IUSBDeviceFilter_get_vendorId(vm->vb, filter, &v, &none) < 0 ||
        IUSBDeviceFilter_get_productId(vm->vb, filter, &p, &none) < 0)
        return false;
    out->has_vendor = v[0] != '\0';
    out->has_product = p[0] != '\0';
    return (!v[0] || parse_id(v, &out->vendor)) && (!p[0] || parse_id(p, &out->product));
}

static int read_filter(struct vm *vm, IUSBDeviceFilter *filter, struct eb_domain_def *def, eb_error *err)
{
    struct eb_hostdev ids = {0}, *dev;
    bool active = false;

    if (!read_ids(vm, filter, &ids))
        return 0;
    dev = EB_APPEND(def->hostdevs, def->n_hostdevs);
    *dev = ids;
    dev->mode = eb_strdup("subsystem");
    dev->type = eb_strdup("usb");
    dev->managed = EB_NO;
    if (IUSBDeviceFilter_get_active(vm->vb, filter, &active, err) < 0)
        return -1;
    dev->active = active ? EB_ABSENT : EB_NO;
#define READ(attr, member)                                                                                   \
    {                                                                                                        \
        char *text = NULL;                                                                                   \
        if (IUSBDeviceFilter_get_##attr(vm->vb, filter, &text, err) < 0)                                     \
            return -1;                                                                                       \
        dev->member = vm_take_text(&text);                                                                   \
    }
    FILTER_TEXTS(READ)
#undef READ
    return 0;
}

int vm_read_usb(struct vm *vm, struct eb_domain_def *def, eb_error *err)
{
    struct filters f EB_CLEANUP(filters_close) = {NULL, NULL};
    IUSBDeviceFilter **list = NULL;
    size_t n = 0;
    unsigned is;
    int index = 0, rc;

    if (list_controllers(vm, &is, err) < 0)
        return -1;
    for (unsigned k = 0; k < EB_ARRAY_SIZE(kinds); k++) {
        struct eb_controller *c;

        if (!(is & BIT(k)))
            continue;
        c = EB_APPEND(def->controllers, def->n_controllers);
        c->type = EB_CONTROLLER_USB;
        c->index = index++;
        c->ports = -1;
        c->model = eb_strdup(kinds[k].models[0]);
    }
    if (filters_open(vm, &f, err) < 0 || filters_get(vm, &f, &n, &list, err) < 0)
        return -1;
    rc = 0;
    for (size_t i = 0; rc == 0 && i < n; i++)
        rc = read_filter(vm, list[i], def, err);
    vb_objects_free(n, list);
    return rc;
}

int vm_check_usb(struct vm *vm, const struct eb_domain_def *def, eb_error *err)
{
    for (size_t i = 0; i < def->n_hostdevs; i++) {
        const struct eb_hostdev *dev = &def->hostdevs[i];
        EB_AUTOFREE char *what =
            eb_asprintf("<hostdev mode='%s' type='%s'>", dev->mode ? dev->mode : "subsystem",
                        dev->type ? dev->type : "?");

        if ((dev->mode && strcmp(dev->mode, "subsystem") != 0) || !eb_streq(dev->type, "usb"))
            return vm_refuse(vm, err, what, "it may be USB");
        if (dev->has_device)
            return vm_refuse(vm, err, "<address> in the <source> of a <hostdev>", NULL);
        if (dev->startup_policy && strcmp(dev->startup_policy, "optional") != 0)
            return vm_refuse(vm, err, "attribute 'startupPolicy' of a <hostdev>", "it may be optional");
    }
    return check_controllers(vm, def, err);
}

/* ---- Applying filters ---- */

static char *filter_name(const struct eb_hostdev *dev)
{
    return dev->name ? eb_strdup(dev->name) : eb_asprintf("USB %04x:%04x", dev->vendor, dev->product);
}

static int set_filter(struct vm *vm, IUSBDeviceFilter *filter, const struct eb_hostdev *dev, eb_error *err)
{
    EB_AUTOFREE char *vendor = dev->has_vendor ? eb_asprintf("%04x", dev->vendor) : NULL;
    EB_AUTOFREE char *product = dev->has_product ? eb_asprintf("%04x", dev->product) : NULL;
    EB_AUTOFREE char *own_name = filter_name(dev);
    struct eb_hostdev wanted = *dev;

    wanted.name = own_name;
    if (VM_CHANGE(bool, vm, IUSBDeviceFilter, active, filter, (dev->active != EB_NO), err) < 0 ||
        VM_CHANGE_TEXT(vm, IUSBDeviceFilter, vendorId, filter, vendor, err) < 0 ||
        VM_CHANGE_TEXT(vm, IUSBDeviceFilter, productId, filter, product, err) < 0)
        return -1;
#define SET(attr, member)                                                                                    \
    if (VM_CHANGE_TEXT(vm, IUSBDeviceFilter, attr, filter, wanted.member, err) < 0)                          \
        return -1;
    FILTER_TEXTS(SET)
#undef SET
    return 0;
}

static int add_filter(struct vm *vm, const struct filters *f, size_t position, const struct eb_hostdev *dev,
                      eb_error *err)
{
    VB_AUTO(IUSBDeviceFilter) filter = NULL;
    EB_AUTOFREE char *name = filter_name(dev);
    int rc = f->list ? IUSBDeviceFilters_createDeviceFilter(vm->vb, f->list, name, &filter, err)
                     : IUSBController_createDeviceFilter(vm->vb, f->controller, name, &filter, err);

    if (rc < 0 || set_filter(vm, filter, dev, err) < 0)
        return -1;
    if (f->list)
        return IUSBDeviceFilters_insertDeviceFilter(vm->vb, f->list, (uint32_t)position, filter, err);
    return IUSBController_insertDeviceFilter(vm->vb, f->controller, (uint32_t)position, filter, err);
}

static int remove_filter(struct vm *vm, const struct filters *f, size_t position, eb_error *err)
{
    VB_AUTO(IUSBDeviceFilter) gone = NULL;

    if (f->list)
        return IUSBDeviceFilters_removeDeviceFilter(vm->vb, f->list, (uint32_t)position, &gone, err);
    return IUSBController_removeDeviceFilter(vm->vb, f->controller, (uint32_t)position, &gone, err);
}

/* The i-th <hostdev> is the i-th filter that can be one; what is left over goes, what is missing is added. */
static int apply_filters(struct vm *vm, const struct filters *f, IUSBDeviceFilter **list, size_t n,
                         const struct eb_domain_def *def, eb_error *err)
{
    size_t next = 0, removed = 0;

    for (size_t i = 0; i < n; i++) {
        struct eb_hostdev ids = {0};

        if (!read_ids(vm, list[i], &ids))
            continue;
        if (next < def->n_hostdevs) {
            if (set_filter(vm, list[i], &def->hostdevs[next++], err) < 0)
                return -1;
        } else if (remove_filter(vm, f, i - removed++, err) < 0) {
            return -1;
        }
    }
    for (; next < def->n_hostdevs; next++)
        if (add_filter(vm, f, n - removed + next, &def->hostdevs[next], err) < 0)
            return -1;
    return 0;
}

int vm_apply_usb(struct vm *vm, const struct eb_domain_def *def, eb_error *err)
{
    struct filters f EB_CLEANUP(filters_close) = {NULL, NULL};
    IUSBDeviceFilter **list = NULL;
    size_t n = 0;
    int rc;

    if (apply_controllers(vm, def, err) < 0 || filters_open(vm, &f, err) < 0 ||
        filters_get(vm, &f, &n, &list, err) < 0)
        return -1;
    if (!f.list && !f.controller && def->n_hostdevs)
        rc = vm_refuse(vm, err, "element <hostdev>", "this build of VirtualBox has no USB");
    else
        rc = apply_filters(vm, &f, list, n, def, err);
    vb_objects_free(n, list);
    return rc;
}
