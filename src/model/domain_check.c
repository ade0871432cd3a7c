/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/domain_check.h"

#include "model/domain_devices.h"
#include "model/domain_map.h"
#include "model/xml_doc.h"

int eb_domain_check_type(xmlNode *root, eb_error *err)
{
    EB_AUTOFREE char *type = eb_xml_attr(root, "type");

    if (type)
        return 0;
    return eb_error_set_from(err, EB_FROM_DOMAIN, EB_ERR_INTERNAL_ERROR, "missing domain type attribute");
}

static int check_name(const struct eb_domain_def *def, eb_error *err)
{
    if (!def->name || !*def->name)
        return eb_error_set_from(err, EB_FROM_DOMAIN, EB_ERR_NO_NAME, NULL);
    if (strchr(def->name, '/'))
        return eb_domain_xml_error(err, "name %s cannot contain '/'", def->name);
    if (strchr(def->name, '\n'))
        return eb_error_set_from(err, EB_FROM_XML, EB_ERR_XML_DETAIL, "invalid char in name: \n");
    if (def->title && strchr(def->title, '\n'))
        return eb_domain_xml_error(err, "Domain title can't contain newlines");
    return 0;
}

static int check_memory(struct eb_domain_def *def, eb_error *err)
{
    if (!def->max_memory)
        return eb_domain_xml_error(
            err, "Memory size must be specified via <memory> or in the <numa> configuration");
    if (!def->memory || def->memory > def->max_memory)
        def->memory = def->max_memory;
    return 0;
}

static int check_vcpus(struct eb_domain_def *def, eb_error *err)
{
    if (!def->max_vcpus)
        def->max_vcpus = 1;
    if (!def->vcpus)
        def->vcpus = def->max_vcpus;
    if (def->vcpus > def->max_vcpus)
        return eb_error_set_from(err, EB_FROM_DOMAIN, EB_ERR_CONFIG_UNSUPPORTED,
                                 "maximum vCPU count must not be less than current vCPU count");
    if (!def->vcpu_placement)
        def->vcpu_placement = eb_strdup("static");
    return 0;
}

static int check_os(const struct eb_domain_def *def, eb_error *err)
{
    static const char *const types[] = {"hvm", "xen", "linux", "exe", "uml", "xenpvh"};

    if (!def->os.type && !def->bootloader)
        return eb_domain_xml_error(err, "an os <type> must be specified");
    for (size_t i = 0; i < EB_ARRAY_SIZE(types); i++) {
        if (!def->os.type || eb_streq(def->os.type, types[i]))
            return 0;
    }
    return eb_error_set_from(err, EB_FROM_DOMAIN, EB_ERR_CONFIG_UNSUPPORTED, "unknown OS type '%s'",
                             def->os.type);
}

static void default_actions(struct eb_domain_def *def)
{
    if (def->clock.offset == EB_CLOCK_NONE)
        def->clock.offset = EB_CLOCK_UTC;
    if (def->clock.offset == EB_CLOCK_VARIABLE && !def->clock.basis)
        def->clock.basis = eb_strdup("utc");
    if (def->on_poweroff == EB_ACTION_NONE)
        def->on_poweroff = EB_ACTION_DESTROY;
    if (def->on_reboot == EB_ACTION_NONE)
        def->on_reboot = EB_ACTION_RESTART;
    if (def->on_crash == EB_ACTION_NONE)
        def->on_crash = EB_ACTION_DESTROY;
}

/* Serial and parallel ports that were not numbered follow those that were. */
static void number_ports(struct eb_chardev *chrs, size_t n)
{
    int next = 0;

    for (size_t i = 0; i < n; i++) {
        if (chrs[i].port >= next && chrs[i].port < 1 << 20)
            next = chrs[i].port + 1;
    }
    for (size_t i = 0; i < n; i++) {
        if (chrs[i].port < 0)
            chrs[i].port = next++;
    }
}

/* ---- What two devices contradict each other in ---- */

static int unsupported(eb_error *err, const char *text)
{
    return eb_error_set_from(err, EB_FROM_DOMAIN, EB_ERR_CONFIG_UNSUPPORTED, "%s", text);
}

static const char *source_text(const struct eb_disk *disk)
{
    const char *source = disk->source ? disk->source : disk->source_volume;

    return source ? source : "<null>";
}

static bool same_drive(const struct eb_disk *a, const struct eb_disk *b)
{
    return a->bus == b->bus && a->address.type == EB_ADDRESS_DRIVE && b->address.type == EB_ADDRESS_DRIVE &&
           a->address.controller == b->address.controller && a->address.bus == b->address.bus &&
           a->address.target == b->address.target && a->address.unit == b->address.unit;
}

static int check_disk_pair(const struct eb_disk *a, const struct eb_disk *b, eb_error *err)
{
    EB_AUTOFREE char *text = NULL;

    if (eb_streq(a->target, b->target))
        return eb_domain_xml_error(err, "target '%s' duplicated for disk sources '%s' and '%s'", a->target,
                                   source_text(a), source_text(b));
    if (!same_drive(a, b))
        return 0;
    text =
        eb_asprintf("Found duplicate drive address for disk with target name '%s' controller='%u' bus='%u' "
                    "target='%u' unit='%u'",
                    a->target, a->address.controller, a->address.bus, a->address.target, a->address.unit);
    return unsupported(err, text);
}

static int check_disks(const struct eb_domain_def *def, eb_error *err)
{
    for (size_t i = 0; i < def->n_disks; i++) {
        for (size_t j = 0; j < i; j++) {
            if (check_disk_pair(&def->disks[j], &def->disks[i], err))
                return -1;
        }
    }
    return 0;
}

/* The controllers of one USB bus share its index. */
static bool shares_index(const struct eb_controller *c)
{
    return c->type == EB_CONTROLLER_USB && c->model && eb_starts_with(c->model, "ich9-");
}

static int check_controllers(const struct eb_domain_def *def, eb_error *err)
{
    for (size_t i = 0; i < def->n_controllers; i++) {
        const struct eb_controller *c = &def->controllers[i];

        for (size_t j = 0; j < i; j++) {
            const struct eb_controller *other = &def->controllers[j];

            if (c->type == other->type && c->index == other->index && !shares_index(c))
                return eb_domain_xml_error(err, "Multiple '%s' controllers with index '%d'",
                                           eb_controller_type_to_string((int)c->type), c->index);
        }
    }
    return 0;
}

static int add_order(struct eb_strbuf *orders, unsigned order, eb_error *err)
{
    EB_AUTOFREE char *word = eb_asprintf(" %u ", order);
    EB_AUTOFREE char *text = NULL;

    if (!order)
        return 0;
    if (orders->s && strstr(orders->s, word)) {
        text = eb_asprintf("boot order '%u' used for more than one device", order);
        return unsupported(err, text);
    }
    eb_strbuf_add(orders, word);
    return 0;
}

static int check_boot(const struct eb_domain_def *def, eb_error *err)
{
    EB_AUTOSTRBUF struct eb_strbuf orders = {0};

    for (size_t i = 0; i < def->n_disks; i++) {
        if (add_order(&orders, def->disks[i].boot_order, err))
            return -1;
    }
    for (size_t i = 0; i < def->n_interfaces; i++) {
        if (add_order(&orders, def->interfaces[i].boot_order, err))
            return -1;
    }
    if (orders.len && def->os.n_boot)
        return unsupported(err, "per-device boot elements cannot be used together with os/boot elements");
    return 0;
}

static int check_consoles(const struct eb_domain_def *def, eb_error *err)
{
    for (size_t i = 1; i < def->n_consoles; i++) {
        const char *type = def->consoles[i].target_type;

        if (!type || eb_streq(type, "serial"))
            return unsupported(err, "Only the first console can be a serial port");
    }
    return 0;
}

int eb_domain_check(struct eb_domain_def *def, eb_error *err)
{
    if (check_name(def, err) || check_memory(def, err) || check_vcpus(def, err) || check_os(def, err) ||
        check_boot(def, err) || check_consoles(def, err))
        return -1;
    default_actions(def);
    number_ports(def->serials, def->n_serials);
    number_ports(def->parallels, def->n_parallels);
    if (eb_domain_def_fill(def, err))
        return -1;
    return check_disks(def, err) || check_controllers(def, err) ? -1 : 0;
}
