/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Attaching, detaching and updating one device: a change of the definition, made as every other is.
 * VirtualBox keeps one configuration of a machine, so what changes while it runs stays; two things can be
 * there for the running machine alone, a shared folder and a USB device of the host (device_live.c).
 */
#include "vbox/device_ops.h"
#include "model/domain_devices.h"

/* ---- Lists of devices ---- */

typedef bool same_fn(const void *a, const void *b);

static bool same_disk(const void *a, const void *b)
{
    return eb_streq(((const struct eb_disk *)a)->target, ((const struct eb_disk *)b)->target);
}

/* By address where one is said; else the first. */
static bool same_interface(const void *a, const void *b)
{
    const struct eb_interface *x = a, *y = b;

    return !x->has_mac || (y->has_mac && memcmp(x->mac, y->mac, sizeof(x->mac)) == 0);
}

static bool same_filesystem(const void *a, const void *b)
{
    return eb_streq(((const struct eb_filesystem *)a)->target, ((const struct eb_filesystem *)b)->target);
}

static bool same_hostdev(const void *a, const void *b)
{
    const struct eb_hostdev *x = a, *y = b;

    return x->vendor == y->vendor && x->product == y->product;
}

static bool same_controller(const void *a, const void *b)
{
    const struct eb_controller *x = a, *y = b;

    return x->type == y->type && (x->index < 0 || x->index == y->index);
}

static bool same_chardev(const void *a, const void *b)
{
    const struct eb_chardev *x = a, *y = b;

    return x->port >= 0 ? x->port == y->port : x->source == y->source && eb_streq(x->path, y->path);
}

static bool same_graphics(const void *a, const void *b)
{
    return ((const struct eb_graphics *)a)->type == ((const struct eb_graphics *)b)->type;
}

static bool same_input(const void *a, const void *b)
{
    const struct eb_input *x = a, *y = b;

    return eb_streq(x->type, y->type) && (!x->bus || eb_streq(x->bus, y->bus));
}

/* There is one. */
static bool same_only(const void *a EB_UNUSED, const void *b EB_UNUSED)
{
    return true;
}

static const struct device_list {
    enum eb_device_type type;
    size_t list, n, size; /* offsets in struct eb_domain_def, size of an element */
    same_fn *same;        /* said, is */
} lists[] = {
#define LIST(type, member, same)                                                                             \
    {                                                                                                        \
        EB_DEVICE_##type, offsetof(struct eb_domain_def, member),                                            \
            offsetof(struct eb_domain_def, n_##member), sizeof(*((struct eb_domain_def *)0)->member), same   \
    }
    LIST(DISK, disks, same_disk),
    LIST(CONTROLLER, controllers, same_controller),
    LIST(FILESYSTEM, filesystems, same_filesystem),
    LIST(INTERFACE, interfaces, same_interface),
    LIST(SERIAL, serials, same_chardev),
    LIST(PARALLEL, parallels, same_chardev),
    LIST(INPUT, inputs, same_input),
    LIST(TPM, tpms, same_only),
    LIST(GRAPHICS, graphics, same_graphics),
    LIST(SOUND, sounds, same_only),
    LIST(VIDEO, videos, same_only),
    LIST(HOSTDEV, hostdevs, same_hostdev),
};

static const struct device_list *list_for(const struct eb_device *dev, eb_error *err)
{
    for (size_t i = 0; i < EB_ARRAY_SIZE(lists); i++)
        if (lists[i].type == dev->type)
            return &lists[i];
    eb_error_set_from(err, EB_FROM_VBOX, EB_ERR_OPERATION_UNSUPPORTED,
                      "VirtualBox machines have no <%s> that could be attached, detached or updated",
                      eb_device_type_to_string((int)dev->type));
    return NULL;
}

static size_t *count_in(const struct device_list *l, struct eb_domain_def *def)
{
    return (size_t *)(void *)((char *)def + l->n);
}

static char **array_in(const struct device_list *l, struct eb_domain_def *def)
{
    return (char **)(void *)((char *)def + l->list);
}

/* Moves the only device of `from` to the end of the list of `to`. */
static void append_device(const struct device_list *l, struct eb_domain_def *to, struct eb_domain_def *from)
{
    char **array = array_in(l, to);
    size_t *n = count_in(l, to);

    *array = eb_reallocarray(*array, *n + 1, l->size);
    memcpy(*array + (*n)++ * l->size, *array_in(l, from), l->size);
    *count_in(l, from) = 0;
}

/* Moves device `i` of `from` to the empty list of `to`. */
static void take_device(const struct device_list *l, struct eb_domain_def *from, size_t i,
                        struct eb_domain_def *to)
{
    char *array = *array_in(l, from);
    size_t *n = count_in(l, from);

    *array_in(l, to) = eb_memdup(array + i * l->size, l->size);
    *count_in(l, to) = 1;
    memmove(array + i * l->size, array + (i + 1) * l->size, (--*n - i) * l->size);
}

static long find_device(const struct device_list *l, struct eb_domain_def *def, const void *said)
{
    for (size_t i = 0; i < *count_in(l, def); i++)
        if (l->same(said, *array_in(l, def) + i * l->size))
            return (long)i;
    return -1;
}

static int no_device(const struct eb_device *dev, eb_error *err)
{
    return eb_error_set_from(err, EB_FROM_VBOX, EB_ERR_DEVICE_MISSING, "the domain has no such <%s>",
                             eb_device_type_to_string((int)dev->type));
}

/* ---- Editing the definition ---- */

static int attach(const struct device_list *l, struct eb_domain_def *def, struct eb_domain_def *dev,
                  const struct eb_device *said, eb_error *err)
{
    /* an interface without a MAC address is a new one */
    bool named = l->same != same_only && (l->same != same_interface || dev->interfaces[0].has_mac);

    if (named && find_device(l, def, *array_in(l, dev)) >= 0 && said->type != EB_DEVICE_CONTROLLER)
        return eb_error_set_from(err, EB_FROM_VBOX, EB_ERR_OPERATION_FAILED,
                                 "the domain has such a <%s> already",
                                 eb_device_type_to_string((int)said->type));
    append_device(l, def, dev);
    return 0;
}

static int detach(const struct device_list *l, struct eb_domain_def *def, struct eb_domain_def *dev,
                  const struct eb_device *said, eb_error *err)
{
    long i = find_device(l, def, *array_in(l, dev));
    EB_AUTODEF struct eb_domain_def *gone = eb_domain_def_new();

    if (i < 0)
        return no_device(said, err);
    take_device(l, def, (size_t)i, gone);
    return 0;
}

/* What an update leaves unsaid about where the device is stays. */
static void keep_place(enum eb_device_type type, void *wanted, const void *is)
{
    if (type == EB_DEVICE_DISK) {
        struct eb_disk *disk = wanted;
        const struct eb_disk *was = is;

        if (disk->address.type == EB_ADDRESS_NONE) {
            disk->address = was->address;
            disk->address.port = eb_strdup(was->address.port);
        }
    } else if (type == EB_DEVICE_INTERFACE) {
        struct eb_interface *net = wanted;
        const struct eb_interface *was = is;

        if (net->slot < 0)
            net->slot = was->slot;
        if (!net->has_mac)
            memcpy(net->mac, was->mac, sizeof(net->mac));
        net->has_mac = true;
        if (!net->model)
            net->model = eb_strdup(was->model);
    }
}

static int update(const struct device_list *l, struct eb_domain_def *def, struct eb_domain_def *dev,
                  const struct eb_device *said, eb_error *err)
{
    char *wanted = *array_in(l, dev), *is;
    long i = find_device(l, def, wanted);
    EB_AUTOFREE char *tmp = eb_calloc(1, l->size);

    if (i < 0)
        return no_device(said, err);
    is = *array_in(l, def) + (size_t)i * l->size;
    keep_place(said->type, wanted, is);
    /* the two change places: `dev` frees what was */
    memcpy(tmp, is, l->size);
    memcpy(is, wanted, l->size);
    memcpy(wanted, tmp, l->size);
    return 0;
}

/* The console that the first serial port is follows it. */
static int follow_console(struct eb_domain_def *def, eb_error *err)
{
    for (size_t i = 0; i < def->n_consoles; i++)
        eb_chardev_clear(&def->consoles[i]);
    def->n_consoles = 0;
    return eb_domain_def_fill(def, err);
}

/* ---- The operations ---- */

typedef int change_fn(const struct device_list *l, struct eb_domain_def *def, struct eb_domain_def *dev,
                      const struct eb_device *said, eb_error *err);

static int check_affect(const struct vbox_edit *e, unsigned flags, eb_error *err)
{
    if ((flags & EB_AFFECT_LIVE) && !e->live)
        return eb_error_set_from(err, EB_FROM_VBOX, EB_ERR_OPERATION_INVALID, "domain is not running");
    if ((flags & EB_AFFECT_CONFIG) && !(flags & EB_AFFECT_LIVE) && e->live)
        return eb_error_set_from(err, EB_FROM_VBOX, EB_ERR_OPERATION_UNSUPPORTED,
                                 "VirtualBox keeps one configuration of a running machine: a change to it "
                                 "alone cannot wait for the next start");
    return 0;
}

/* Extra data and media are saved as they are set. */
void vbox_change_back(struct vbox_edit *e, const struct eb_domain_def *old)
{
    EB_AUTODEF struct eb_domain_def *now = NULL;
    EB_AUTOFREE char *was = eb_domain_def_format(old, EB_XML_SECURE);
    EB_AUTOFREE char *is = NULL;

    IMachine_discardSettings(e->c->vb, e->s.machine, NULL);
    if (vbox_read_def(e->c, e->s.machine, EB_XML_SECURE, &now, NULL) < 0)
        return;
    is = eb_domain_def_format(now, EB_XML_SECURE);
    if (strcmp(is, was) != 0 && vbox_apply_def(e->c, e->s.machine, old, now, NULL) == 0)
        (void)vbox_edit_save(e, NULL);
}

static int change_def(struct vbox_edit *e, const struct device_list *l, const struct eb_device *dev,
                      change_fn *fn, unsigned flags, eb_error *err)
{
    EB_AUTODEF struct eb_domain_def *old = NULL;
    EB_AUTODEF struct eb_domain_def *def = NULL;
    EB_AUTODEF struct eb_domain_def *one = eb_domain_def_copy(dev->def);

    if (vbox_read_def(e->c, e->s.machine, EB_XML_SECURE, &old, err) < 0)
        return -1;
    def = eb_domain_def_copy(old);
    if (fn(l, def, one, dev, err) < 0 || follow_console(def, err) < 0 || vbox_check_def(e->c, def, err) < 0 ||
        (e->live && vbox_check_live_change(e->c, old, def, err) < 0))
        return -1;
    if (vbox_apply_def_flags(e->c, e->s.machine, def, old, flags & EB_DEVICE_FORCE, err) < 0) {
        vbox_change_back(e, old);
        return -1;
    }
    return vbox_edit_save(e, err);
}

static int change(eb_conn *conn, eb_uuid uuid, const struct eb_device *dev, change_fn *fn, vbox_live_fn *live,
                  unsigned flags, eb_error *err)
{
    const unsigned known = EB_AFFECT_LIVE | EB_AFFECT_CONFIG | EB_DEVICE_FORCE;
    const struct device_list *l = list_for(dev, err);
    VBOX_AUTOEDIT struct vbox_edit e = {0};
    int rc;

    if (flags & ~known)
        return eb_error_set_from(err, EB_FROM_VBOX, EB_ERR_ARGUMENT_UNSUPPORTED, "unsupported flags (0x%x)",
                                 flags & ~known);
    if (!l || vbox_edit_begin(vbox_conn_of(conn), uuid, &e, err) < 0 || check_affect(&e, flags, err) < 0)
        return -1;
    if (dev->def->n_unmodelled)
        return eb_error_set_from(err, EB_FROM_VBOX, EB_ERR_CONFIG_UNSUPPORTED,
                                 "%s is not supported by VirtualBox", dev->def->unmodelled[0].what);
    rc = e.live && live && !(flags & EB_AFFECT_CONFIG) ? live(&e, dev, err) : 0;
    if (rc != 0)
        return rc < 0 ? -1 : 0;
    return change_def(&e, l, dev, fn, flags, err);
}

int vbox_device_attach(eb_conn *conn, eb_uuid uuid, const struct eb_device *dev, unsigned flags,
                       eb_error *err)
{
    return change(conn, uuid, dev, attach, vbox_live_attach, flags, err);
}

int vbox_device_detach(eb_conn *conn, eb_uuid uuid, const struct eb_device *dev, unsigned flags,
                       eb_error *err)
{
    return change(conn, uuid, dev, detach, vbox_live_detach, flags, err);
}

int vbox_device_update(eb_conn *conn, eb_uuid uuid, const struct eb_device *dev, unsigned flags,
                       eb_error *err)
{
    return change(conn, uuid, dev, update, NULL, flags, err);
}
