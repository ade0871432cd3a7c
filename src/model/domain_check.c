/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/domain_check.h"

#include "model/disk_name.h"
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

int eb_domain_check(struct eb_domain_def *def, eb_error *err)
{
    if (check_name(def, err) || check_memory(def, err) || check_vcpus(def, err) || check_os(def, err))
        return -1;
    default_actions(def);
    number_ports(def->serials, def->n_serials);
    number_ports(def->parallels, def->n_parallels);
    return 0;
}
