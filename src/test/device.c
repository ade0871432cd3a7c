/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Adding, removing and replacing one device of a definition. */
#include "model/domain_devices.h"
#include "test/ops.h"

/* Whether two devices are one: what identifies a device of its kind to libvirt's clients. */
typedef bool same_fn(const void *a, const void *b);

static bool same_address(const struct eb_address *a, const struct eb_address *b)
{
    return a->type != EB_ADDRESS_NONE && a->type == b->type && a->domain == b->domain && a->bus == b->bus &&
           a->slot == b->slot && a->function == b->function && a->controller == b->controller &&
           a->target == b->target && a->unit == b->unit && eb_streq(a->port, b->port);
}

static bool same_disk(const void *a, const void *b)
{
    return eb_streq(((const struct eb_disk *)a)->target, ((const struct eb_disk *)b)->target);
}

static bool same_controller(const void *a, const void *b)
{
    const struct eb_controller *x = a, *y = b;

    return x->type == y->type && (x->index < 0 ? 0 : x->index) == (y->index < 0 ? 0 : y->index);
}

static bool same_filesystem(const void *a, const void *b)
{
    return eb_streq(((const struct eb_filesystem *)a)->target, ((const struct eb_filesystem *)b)->target);
}

static bool same_interface(const void *a, const void *b)
{
    const struct eb_interface *x = a, *y = b;

    if (x->has_mac && y->has_mac)
        return memcmp(x->mac, y->mac, sizeof(x->mac)) == 0;
    return same_address(&x->address, &y->address);
}

static bool same_chardev(const void *a, const void *b)
{
    const struct eb_chardev *x = a, *y = b;

    return eb_streq(x->target_name, y->target_name) &&
           (x->port < 0 ? 0 : x->port) == (y->port < 0 ? 0 : y->port);
}

static bool same_input(const void *a, const void *b)
{
    const struct eb_input *x = a, *y = b;

    return eb_streq(x->type, y->type) && eb_streq(x->bus, y->bus);
}

static bool same_graphics(const void *a, const void *b)
{
    return ((const struct eb_graphics *)a)->type == ((const struct eb_graphics *)b)->type;
}

static bool same_sound(const void *a, const void *b)
{
    return eb_streq(((const struct eb_sound *)a)->model, ((const struct eb_sound *)b)->model);
}

static bool same_hostdev(const void *a, const void *b)
{
    const struct eb_hostdev *x = a, *y = b;

    return eb_streq(x->type, y->type) && x->has_vendor == y->has_vendor && x->vendor == y->vendor &&
           x->has_product == y->has_product && x->product == y->product && x->has_device == y->has_device &&
           x->bus == y->bus && x->device == y->device && x->source.domain == y->source.domain &&
           x->source.bus == y->source.bus && x->source.slot == y->source.slot &&
           x->source.function == y->source.function;
}

/* A domain has one of these at most. */
static bool only_one(const void *a EB_UNUSED, const void *b EB_UNUSED)
{
    return true;
}

struct kind {
    size_t items, n, size; /* of the array in a definition */
    size_t alias;          /* in one of its elements */
    same_fn *same;
};
#define KIND(member, count, same_one)                                                                        \
    {                                                                                                        \
        offsetof(struct eb_domain_def, member), offsetof(struct eb_domain_def, count),                       \
            sizeof(*((struct eb_domain_def *)0)->member),                                                    \
            offsetof(__typeof__(*((struct eb_domain_def *)0)->member), alias), same_one                      \
    }
static const struct kind kinds[EB_DEVICE_LAST] = {
    [EB_DEVICE_DISK] = KIND(disks, n_disks, same_disk),
    [EB_DEVICE_CONTROLLER] = KIND(controllers, n_controllers, same_controller),
    [EB_DEVICE_FILESYSTEM] = KIND(filesystems, n_filesystems, same_filesystem),
    [EB_DEVICE_INTERFACE] = KIND(interfaces, n_interfaces, same_interface),
    [EB_DEVICE_SERIAL] = KIND(serials, n_serials, same_chardev),
    [EB_DEVICE_PARALLEL] = KIND(parallels, n_parallels, same_chardev),
    [EB_DEVICE_CONSOLE] = KIND(consoles, n_consoles, same_chardev),
    [EB_DEVICE_CHANNEL] = KIND(channels, n_channels, same_chardev),
    [EB_DEVICE_INPUT] = KIND(inputs, n_inputs, same_input),
    [EB_DEVICE_TPM] = KIND(tpms, n_tpms, only_one),
    [EB_DEVICE_GRAPHICS] = KIND(graphics, n_graphics, same_graphics),
    [EB_DEVICE_SOUND] = KIND(sounds, n_sounds, same_sound),
    [EB_DEVICE_VIDEO] = KIND(videos, n_videos, only_one),
    [EB_DEVICE_HOSTDEV] = KIND(hostdevs, n_hostdevs, same_hostdev),
    [EB_DEVICE_WATCHDOG] = KIND(watchdogs, n_watchdogs, only_one),
    [EB_DEVICE_RNG] = KIND(rngs, n_rngs, only_one),
};

static char **items_of(struct eb_domain_def *def, const struct kind *kind)
{
    return (char **)(void *)((char *)def + kind->items);
}

static size_t *count_of(struct eb_domain_def *def, const struct kind *kind)
{
    return (size_t *)(void *)((char *)def + kind->n);
}

static const void *the_device(const struct eb_device *dev)
{
    return *items_of(dev->def, &kinds[dev->type]);
}

/* The index of the device, or -1. */
static long find(struct eb_domain_def *def, const struct eb_device *dev)
{
    const struct kind *kind = &kinds[dev->type];

    for (size_t i = 0; i < *count_of(def, kind); i++) {
        if (kind->same(*items_of(def, kind) + i * kind->size, the_device(dev)))
            return (long)i;
    }
    return -1;
}

/* The alias of the device in `def` that is the same as `dev`; NULL when it has none. Borrowed. */
static const char *alias_in(struct eb_domain_def *def, const struct eb_device *dev)
{
    const struct kind *kind = &kinds[dev->type];
    long at = find(def, dev);

    if (at < 0)
        return NULL;
    return *(char **)(void *)(*items_of(def, kind) + (size_t)at * kind->size + kind->alias);
}

/* What to call a device in an error. */
static char *describe(const struct eb_device *dev)
{
    const char *kind = eb_device_type_to_string((int)dev->type);
    const char *name = NULL;

    if (dev->type == EB_DEVICE_DISK)
        name = dev->def->disks[0].target;
    else if (dev->type == EB_DEVICE_FILESYSTEM)
        name = dev->def->filesystems[0].target;
    if (name)
        return eb_asprintf("%s '%s'", kind, name);
    if (dev->type == EB_DEVICE_INTERFACE && dev->def->interfaces[0].has_mac) {
        const unsigned char *mac = dev->def->interfaces[0].mac;

        return eb_asprintf("%s %02x:%02x:%02x:%02x:%02x:%02x", kind, mac[0], mac[1], mac[2], mac[3], mac[4],
                           mac[5]);
    }
    return eb_strdup(kind);
}

/* The device leaves `from`, which holds it alone. */
static void append(struct eb_domain_def *def, struct eb_domain_def *from, const struct kind *kind)
{
    size_t n = *count_of(def, kind);

    *items_of(def, kind) = eb_reallocarray(*items_of(def, kind), n + 1, kind->size);
    memcpy(*items_of(def, kind) + n * kind->size, *items_of(from, kind), kind->size);
    *count_of(def, kind) = n + 1;
    *count_of(from, kind) = 0;
}

static void exchange(char *a, char *b, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        char c = a[i];

        a[i] = b[i];
        b[i] = c;
    }
}

/* ---- What the XML of a device says and the model does not carry: it is listed by the device's place ---- */

static const char *element_of(const struct eb_device *dev)
{
    return eb_device_type_to_string((int)dev->type);
}

/* Drops what belongs to the device at `at`. */
static void drop_unmodelled(struct eb_domain_def *def, const char *element, size_t at)
{
    EB_AUTOFREE char *prefix = eb_asprintf("/domain/devices/%s[%zu]", element, at + 1);
    EB_AUTODEF struct eb_domain_def *bin = eb_domain_def_new();
    size_t kept = 0;

    for (size_t i = 0; i < def->n_unmodelled; i++) {
        if (eb_starts_with(def->unmodelled[i].path, prefix))
            *EB_APPEND(bin->unmodelled, bin->n_unmodelled) = def->unmodelled[i];
        else
            def->unmodelled[kept++] = def->unmodelled[i];
    }
    def->n_unmodelled = kept;
}

/* Moves what belongs to the only device of `from` to the device at `at`. */
static void take_unmodelled(struct eb_domain_def *def, struct eb_domain_def *from, const char *element,
                            size_t at)
{
    eb_domain_def_shift_unmodelled(from, element, 1, (int)at);
    for (size_t i = 0; i < from->n_unmodelled; i++)
        *EB_APPEND(def->unmodelled, def->n_unmodelled) = from->unmodelled[i];
    from->n_unmodelled = 0;
}

/* ---- Changes ---- */

typedef int change_fn(struct eb_domain_def *def, const struct eb_device *dev, eb_error *err);

#define NO_EVENT ((eb_domain_event_id)-1)

static int no_such_device(const struct eb_device *dev, eb_error *err)
{
    EB_AUTOFREE char *what = describe(dev);

    return eb_error_set(err, EB_ERR_DEVICE_MISSING, "the domain has no %s", what);
}

static int attach(struct eb_domain_def *def, const struct eb_device *dev, eb_error *err)
{
    EB_AUTODEF struct eb_domain_def *copy = eb_domain_def_copy(dev->def);
    EB_AUTOFREE char *what = describe(dev);
    const struct kind *kind = &kinds[dev->type];

    if (find(def, dev) >= 0)
        return eb_error_set(err, EB_ERR_OPERATION_INVALID, "the domain has %s already", what);
    append(def, copy, kind);
    take_unmodelled(def, copy, element_of(dev), *count_of(def, kind) - 1);
    return 0;
}

static int detach(struct eb_domain_def *def, const struct eb_device *dev, eb_error *err)
{
    EB_AUTODEF struct eb_domain_def *bin = eb_domain_def_new();
    const struct kind *kind = &kinds[dev->type];
    long found = find(def, dev);
    size_t at = (size_t)found, n = *count_of(def, kind);
    char *items = *items_of(def, kind);

    if (found < 0)
        return no_such_device(dev, err);
    *items_of(bin, kind) = eb_memdup(items + at * kind->size, kind->size);
    *count_of(bin, kind) = 1;
    memmove(items + at * kind->size, items + (at + 1) * kind->size, (n - at - 1) * kind->size);
    *count_of(def, kind) = n - 1;
    drop_unmodelled(def, element_of(dev), at);
    eb_domain_def_shift_unmodelled(def, element_of(dev), at + 2, -1);
    return 0;
}

static int update(struct eb_domain_def *def, const struct eb_device *dev, eb_error *err)
{
    EB_AUTODEF struct eb_domain_def *copy = eb_domain_def_copy(dev->def);
    const struct kind *kind = &kinds[dev->type];
    long found = find(def, dev);

    if (found < 0)
        return no_such_device(dev, err);
    exchange(*items_of(def, kind) + (size_t)found * kind->size, *items_of(copy, kind), kind->size);
    drop_unmodelled(def, element_of(dev), (size_t)found);
    take_unmodelled(def, copy, element_of(dev), (size_t)found);
    return 0;
}

/* A changed definition must be one that could have been defined: it is written and read again, which checks
 * it, puts the device where it belongs and adds what it needs. */
static struct eb_domain_def *reread(const struct eb_domain_def *def, eb_error *err)
{
    EB_AUTOFREE char *xml = eb_domain_def_format(def, EB_XML_SECURE);
    struct eb_domain_def *out = NULL;

    if (eb_domain_def_parse(xml, 0, &out, err) < 0)
        return NULL;
    out->id = def->id;
    test_fill_defaults(out);
    return out;
}

static struct eb_domain_def *changed(const struct eb_domain_def *def, change_fn *fn,
                                     const struct eb_device *dev, eb_error *err)
{
    EB_AUTODEF struct eb_domain_def *copy = eb_domain_def_copy(def);

    return fn(copy, dev, err) < 0 ? NULL : reread(copy, err);
}

/* A change to the device of a running domain is told; `with` has the device, and so its alias. */
static void tell(struct test_world *world, const struct test_domain *dom, struct eb_domain_def *with,
                 const struct eb_device *dev, eb_domain_event_id id)
{
    EB_AUTOFREE char *what = describe(dev);
    const char *alias = alias_in(with, dev);

    test_emit_device(world, dom, id, alias ? alias : what);
}

/* Both definitions change, or none. */
static int change(eb_conn *conn, eb_uuid uuid, const struct eb_device *dev, unsigned flags, change_fn *fn,
                  eb_domain_event_id event, eb_error *err)
{
    TEST_AUTOLEAVE struct test_world *world = test_world_enter(conn);
    EB_AUTODEF struct eb_domain_def *live = NULL;
    EB_AUTODEF struct eb_domain_def *config = NULL;
    struct test_domain *dom = test_need(world, uuid, err);
    struct test_targets targets;

    if (!kinds[dev->type].same)
        return eb_error_set(err, EB_ERR_CONFIG_UNSUPPORTED, "a %s cannot be added, removed or changed alone",
                            element_of(dev));
    if (!dom || test_resolve(dom, flags, &targets, err) < 0)
        return -1;
    if (targets.live && !(live = changed(targets.live, fn, dev, err)))
        return -1;
    if (targets.config && !(config = changed(targets.config, fn, dev, err)))
        return -1;
    if (live && event == EB_DOMAIN_EVENT_ID_DEVICE_REMOVED)
        tell(world, dom, targets.live, dev, event);
    if (live && event == EB_DOMAIN_EVENT_ID_DEVICE_ADDED)
        tell(world, dom, live, dev, event);
    if (live)
        test_replace_def(world, dom, EB_STEAL(live));
    if (config)
        test_set_persistent_def(world, dom, EB_STEAL(config));
    return 0;
}

int test_attach(eb_conn *conn, eb_uuid uuid, const struct eb_device *dev, unsigned flags, eb_error *err)
{
    return change(conn, uuid, dev, flags, attach, EB_DOMAIN_EVENT_ID_DEVICE_ADDED, err);
}

int test_detach(eb_conn *conn, eb_uuid uuid, const struct eb_device *dev, unsigned flags, eb_error *err)
{
    return change(conn, uuid, dev, flags, detach, EB_DOMAIN_EVENT_ID_DEVICE_REMOVED, err);
}

int test_update(eb_conn *conn, eb_uuid uuid, const struct eb_device *dev, unsigned flags, eb_error *err)
{
    return change(conn, uuid, dev, flags, update, NO_EVENT, err);
}
