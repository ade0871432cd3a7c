/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* <domain> itself, <os>, <features>, <cpu>, <clock>, <devices>: tables, in libvirt's order. */
#include "model/domain_map.h"
#include "model/xml_doc.h"

#include <limits.h>

/* ---- <os> ---- */

static const char *const architectures[] = {
    "alpha",   "armv6l", "armv7l",     "armv7b",       "aarch64", "cris",    "i686",    "itanium",
    "lm32",    "m68k",   "microblaze", "microblazeel", "mips",    "mipsel",  "mips64",  "mips64el",
    "or32",    "parisc", "parisc64",   "ppc",          "ppc64",   "ppc64le", "ppcemb",  "riscv32",
    "riscv64", "s390",   "s390x",      "sh4",          "sh4eb",   "sparc",   "sparc64", "unicore32",
    "x86_64",  "xtensa", "xtensaeb",   "loongarch64",  NULL,
};

bool eb_arch_is_known(const char *name)
{
    return eb_xml_is_word(architectures, name);
}

static const struct eb_xml_item os_type[] = {
    EB_ATTR("arch", eb_domain_def, os.arch, .words = architectures, .complaint = "Unknown architecture %s",
            .complaint_code = EB_ERR_CONFIG_UNSUPPORTED),
    EB_ATTR("machine", eb_domain_def, os.machine),
    EB_TEXT(eb_domain_def, os.type),
    EB_END,
};

struct firmware_feature {
    const char *name;
    size_t offset;
};
static const struct firmware_feature firmware_features[] = {
    {"enrolled-keys", offsetof(struct eb_domain_def, os.enrolled_keys)},
    {"secure-boot", offsetof(struct eb_domain_def, os.secure_boot)},
};

static int read_firmware_features(struct eb_xml_reader *r, xmlNode *parent, const char *path, void *base,
                                  eb_error *err)
{
    for (xmlNode *node = parent->children; node; node = node->next) {
        EB_AUTOFREE char *name = eb_xml_attr(node, "name");
        EB_AUTOFREE char *enabled = eb_xml_attr(node, "enabled");
        EB_AUTOFREE char *child_path = eb_asprintf("%s/feature", path);

        for (size_t i = 0; i < EB_ARRAY_SIZE(firmware_features); i++) {
            enum eb_tristate *state = (enum eb_tristate *)eb_xml_at(base, firmware_features[i].offset);

            if (node->type != XML_ELEMENT_NODE || !eb_streq((const char *)node->name, "feature") ||
                !eb_streq(name, firmware_features[i].name) || *state != EB_ABSENT)
                continue;
            if (!eb_streq(enabled, "yes") && !eb_streq(enabled, "no"))
                return eb_error_set_from(err, EB_FROM_XML, EB_ERR_XML_ERROR,
                                         "Invalid value for attribute 'enabled' in element 'feature': '%s'.",
                                         enabled ? enabled : "");
            *state = eb_streq(enabled, "yes") ? EB_YES : EB_NO;
            eb_xml_take(node);
            eb_xml_take_attr(node, "name");
            eb_xml_take_attr(node, "enabled");
            if (eb_xml_sweep(r, node, child_path, err))
                return -1;
        }
    }
    return 0;
}

static void write_firmware_features(struct eb_xml_writer *w, const char *path EB_UNUSED, const void *base)
{
    for (size_t i = 0; i < EB_ARRAY_SIZE(firmware_features); i++) {
        enum eb_tristate state = *(const enum eb_tristate *)eb_xml_at(base, firmware_features[i].offset);

        if (state != EB_ABSENT)
            eb_strbuf_line(w->out, "<feature enabled='%s' name='%s'/>", state == EB_YES ? "yes" : "no",
                           firmware_features[i].name);
    }
}

static const struct eb_xml_hook firmware_hook = {read_firmware_features, write_firmware_features};
static const struct eb_xml_item os_firmware[] = {EB_HOOK(&firmware_hook), EB_END};

static const struct eb_xml_item os_loader[] = {
    EB_ATTR("readonly", eb_domain_def, os.loader_readonly, EB_VALUE(YES_NO)),
    EB_ATTR("secure", eb_domain_def, os.loader_secure, EB_VALUE(YES_NO)),
    EB_ATTR("type", eb_domain_def, os.loader_type),
    EB_TEXT(eb_domain_def, os.loader),
    EB_END,
};
static const struct eb_xml_item os_nvram[] = {
    EB_ATTR("template", eb_domain_def, os.nvram_template),
    EB_TEXT(eb_domain_def, os.nvram),
    EB_END,
};
static const struct eb_xml_item os_kernel[] = {EB_TEXT(eb_domain_def, os.kernel), EB_END};
static const struct eb_xml_item os_initrd[] = {EB_TEXT(eb_domain_def, os.initrd), EB_END};
static const struct eb_xml_item os_cmdline[] = {EB_TEXT(eb_domain_def, os.cmdline), EB_END};
static const struct eb_xml_item os_init[] = {EB_TEXT(eb_domain_def, os.init), EB_END};
static const struct eb_xml_item os_smbios[] = {EB_ATTR("mode", eb_domain_def, os.smbios_mode), EB_END};

/* An element of the array is the enum itself. */
static const struct eb_xml_item os_boot[] = {
    {.kind = EB_XML_ATTR, .name = "dev", EB_NAMES(eb_boot_dev), .flags = EB_XML_REQUIRED},
    EB_END,
};

static int read_timeout(const char *text, void *base, eb_error *err)
{
    struct eb_domain_def *def = base;
    uint64_t ms;

    if (!eb_parse_u64(text, 65535, &ms))
        return eb_domain_xml_error(err, "invalid value for boot menu timeout, must be in range [0,65535]");
    def->os.bootmenu_timeout = (unsigned)ms;
    def->os.bootmenu_timeout_set = true;
    return 0;
}

static char *write_timeout(const void *base)
{
    const struct eb_domain_def *def = base;

    return def->os.bootmenu_timeout_set ? eb_asprintf("%u", def->os.bootmenu_timeout) : NULL;
}

static const struct eb_xml_custom bootmenu_timeout = {read_timeout, write_timeout};
static const struct eb_xml_item os_bootmenu[] = {
    EB_ATTR("enable", eb_domain_def, os.bootmenu, EB_VALUE(YES_NO)),
    EB_ATTR("timeout", eb_domain_def, os.bootmenu_timeout, EB_VALUE(CUSTOM), .custom = &bootmenu_timeout),
    EB_END,
};

static const struct eb_xml_item map_os[] = {
    EB_ATTR("firmware", eb_domain_def, os.firmware, EB_NAMES(eb_firmware), .flags = EB_XML_SAID),
    EB_CHILD("type", os_type),
    EB_CHILD("firmware", os_firmware),
    EB_CHILD("init", os_init),
    EB_PLACE("initarg"),
    EB_PLACE("initenv"),
    EB_PLACE("initdir"),
    EB_PLACE("inituser"),
    EB_PLACE("initgroup"),
    EB_CHILD("loader", os_loader),
    EB_CHILD("nvram", os_nvram),
    EB_CHILD("kernel", os_kernel),
    EB_CHILD("initrd", os_initrd),
    EB_CHILD("cmdline", os_cmdline),
    EB_PLACE("dtb"),
    EB_PLACE("acpi"),
    EB_LIST("boot", eb_domain_def, os.boot, os.n_boot, os_boot),
    EB_CHILD("bootmenu", os_bootmenu),
    EB_PLACE("bios"),
    EB_CHILD("smbios", os_smbios),
    EB_END,
};

/* ---- <features> ---- */

static const struct eb_xml_item state_hap[] = {
    EB_ATTR("state", eb_domain_def, features.hap, EB_VALUE(ON_OFF)),
    EB_END,
};
static const struct eb_xml_item state_smm[] = {
    EB_ATTR("state", eb_domain_def, features.smm, EB_VALUE(ON_OFF)),
    EB_END,
};

/* Where no state is said, being there means on. */
static int hap_done(struct eb_xml_reader *r EB_UNUSED, xmlNode *node EB_UNUSED, void *base,
                    eb_error *err EB_UNUSED)
{
    struct eb_domain_def *def = base;

    if (def->features.hap == EB_ABSENT)
        def->features.hap = EB_YES;
    return 0;
}

static int smm_done(struct eb_xml_reader *r EB_UNUSED, xmlNode *node EB_UNUSED, void *base,
                    eb_error *err EB_UNUSED)
{
    struct eb_domain_def *def = base;

    if (def->features.smm == EB_ABSENT)
        def->features.smm = EB_YES;
    return 0;
}

static const struct eb_xml_item map_features[] = {
    EB_FLAG("acpi", eb_domain_def, features.acpi, EB_VALUE(BOOL)),
    EB_FLAG("apic", eb_domain_def, features.apic, EB_VALUE(YES_NO)),
    EB_FLAG("pae", eb_domain_def, features.pae, EB_VALUE(BOOL)),
    EB_CHILD("hap", state_hap, .done = hap_done),
    EB_FLAG("viridian", eb_domain_def, features.viridian, EB_VALUE(YES_NO)),
    EB_PLACE("privnet"),
    EB_FLAG("hyperv", eb_domain_def, features.hyperv, EB_VALUE(YES_NO)),
    EB_PLACE("kvm"),
    EB_PLACE("pvspinlock"),
    EB_PLACE("capabilities"),
    EB_PLACE("pmu"),
    EB_PLACE("vmport"),
    EB_PLACE("gic"),
    EB_CHILD("smm", state_smm, .done = smm_done),
    EB_END,
};

/* Those that libvirt knows beside the ones of the table. */
static const char *const other_features[] = {"privnet",   "kvm",  "pvspinlock", "capabilities",  "pmu",
                                             "vmport",    "gic",  "ioapic",     "hpt",           "htm",
                                             "nested-hv", "msrs", "ccf-assist", "xen",           "cfpc",
                                             "sbbc",      "ibs",  "tcg",        "async-teardown"};

static int features_done(struct eb_xml_reader *r EB_UNUSED, xmlNode *node, void *base EB_UNUSED,
                         eb_error *err)
{
    for (xmlNode *child = node->children; child; child = child->next) {
        const char *name = (const char *)child->name;
        bool known = child->type != XML_ELEMENT_NODE || child->ns;

        for (const struct eb_xml_item *item = map_features; item->kind != EB_XML_END && !known; item++)
            known = eb_streq(item->name, name);
        for (size_t i = 0; i < EB_ARRAY_SIZE(other_features) && !known; i++)
            known = eb_streq(other_features[i], name);
        if (!known)
            return eb_error_set_from(err, EB_FROM_DOMAIN, EB_ERR_CONFIG_UNSUPPORTED,
                                     "unexpected feature '%s'", name);
    }
    return 0;
}

/* ---- <cpu> ---- */

static const struct eb_xml_item cpu_model[] = {
    EB_ATTR("fallback", eb_domain_def, cpu.fallback),
    EB_TEXT(eb_domain_def, cpu.model),
    EB_END,
};
static const struct eb_xml_item cpu_vendor[] = {EB_TEXT(eb_domain_def, cpu.vendor), EB_END};
static const struct eb_xml_item cpu_topology[] = {
    EB_ATTR("sockets", eb_domain_def, cpu.sockets, EB_VALUE(UINT), .flags = EB_XML_NONZERO),
    EB_ATTR("dies", eb_domain_def, cpu.dies, EB_VALUE(UINT), .flags = EB_XML_NONZERO),
    EB_ATTR("clusters", eb_domain_def, cpu.clusters, EB_VALUE(UINT), .flags = EB_XML_NONZERO),
    EB_ATTR("cores", eb_domain_def, cpu.cores, EB_VALUE(UINT), .flags = EB_XML_NONZERO),
    EB_ATTR("threads", eb_domain_def, cpu.threads, EB_VALUE(UINT), .flags = EB_XML_NONZERO),
    EB_END,
};
static const struct eb_xml_item cpu_feature[] = {
    EB_ATTR("policy", eb_cpu_feature, policy),
    EB_ATTR("name", eb_cpu_feature, name, .flags = EB_XML_REQUIRED),
    EB_END,
};

static int topology_done(struct eb_xml_reader *r EB_UNUSED, xmlNode *node EB_UNUSED, void *base,
                         eb_error *err)
{
    struct eb_cpu *cpu = &((struct eb_domain_def *)base)->cpu;
    const char *missing = !cpu->sockets   ? "sockets"
                          : !cpu->cores   ? "cores"
                          : !cpu->threads ? "threads"
                                          : NULL;

    if (missing)
        return eb_error_set_from(err, EB_FROM_XML, EB_ERR_XML_ERROR,
                                 "Missing required attribute '%s' in element 'topology'", missing);
    if (!cpu->dies)
        cpu->dies = 1;
    return 0;
}

static int cpu_feature_done(struct eb_xml_reader *r EB_UNUSED, xmlNode *node EB_UNUSED, void *base,
                            eb_error *err EB_UNUSED)
{
    struct eb_cpu_feature *feature = base;

    if (!feature->policy)
        feature->policy = eb_strdup("require");
    return 0;
}

static int cpu_done(struct eb_xml_reader *r EB_UNUSED, xmlNode *node EB_UNUSED, void *base, eb_error *err)
{
    struct eb_cpu *cpu = &((struct eb_domain_def *)base)->cpu;

    cpu->present = true;
    if (cpu->n_features && !cpu->model && !eb_starts_with(cpu->mode ? cpu->mode : "", "host-"))
        return eb_domain_xml_error(err, "Non-empty feature list specified without CPU model");
    if (cpu->model && !cpu->mode)
        cpu->mode = eb_strdup("custom");
    if (eb_streq(cpu->mode, "custom") && cpu->model) {
        if (!cpu->match)
            cpu->match = eb_strdup("exact");
        if (!cpu->fallback)
            cpu->fallback = eb_strdup("allow");
    }
    return 0;
}

static bool cpu_shown(const void *base)
{
    return ((const struct eb_domain_def *)base)->cpu.present;
}

static const struct eb_xml_item map_cpu[] = {
    EB_ATTR("mode", eb_domain_def, cpu.mode),
    EB_ATTR("match", eb_domain_def, cpu.match),
    EB_ATTR("check", eb_domain_def, cpu.check),
    EB_ATTR("migratable", eb_domain_def, cpu.migratable),
    EB_CHILD("model", cpu_model),
    EB_CHILD("vendor", cpu_vendor),
    EB_CHILD("topology", cpu_topology, .done = topology_done),
    EB_PLACE("cache"),
    EB_PLACE("maxphysaddr"),
    EB_LIST("feature", eb_domain_def, cpu.features, cpu.n_features, cpu_feature, .done = cpu_feature_done),
    EB_PLACE("numa"),
    EB_END,
};

/* ---- <clock>, <pm> ---- */

static bool clock_is_variable(const void *base)
{
    return ((const struct eb_domain_def *)base)->clock.offset == EB_CLOCK_VARIABLE;
}

static bool clock_has_timezone(const void *base)
{
    return ((const struct eb_domain_def *)base)->clock.offset == EB_CLOCK_TIMEZONE;
}

static const struct eb_xml_item clock_timer[] = {
    EB_ATTR("name", eb_timer, name, .flags = EB_XML_REQUIRED),
    EB_ATTR("present", eb_timer, present, EB_VALUE(YES_NO)),
    EB_ATTR("tickpolicy", eb_timer, tickpolicy),
    EB_ATTR("track", eb_timer, track),
    EB_ATTR_PLACE("frequency"),
    EB_ATTR("mode", eb_timer, mode),
    EB_END,
};

static const struct eb_xml_item map_clock[] = {
    EB_ATTR("offset", eb_domain_def, clock.offset, EB_NAMES(eb_clock_offset), .flags = EB_XML_SAID,
            .complaint = "unknown clock offset '%s'", .complaint_code = EB_ERR_CONFIG_UNSUPPORTED),
    EB_ATTR("timezone", eb_domain_def, clock.timezone, .when = clock_has_timezone),
    EB_ATTR("adjustment", eb_domain_def, clock.adjustment, EB_VALUE(LLONG), .when = clock_is_variable),
    EB_ATTR("basis", eb_domain_def, clock.basis, .when = clock_is_variable),
    EB_LIST("timer", eb_domain_def, clock.timers, clock.n_timers, clock_timer),
    EB_END,
};

static const struct eb_xml_item pm_mem[] = {
    EB_ATTR("enabled", eb_domain_def, suspend_to_mem, EB_VALUE(YES_NO)),
    EB_END,
};
static const struct eb_xml_item pm_disk[] = {
    EB_ATTR("enabled", eb_domain_def, suspend_to_disk, EB_VALUE(YES_NO)),
    EB_END,
};
static const struct eb_xml_item map_pm[] = {
    EB_CHILD("suspend-to-mem", pm_mem),
    EB_CHILD("suspend-to-disk", pm_disk),
    EB_END,
};

/* ---- <devices> ---- */

static const struct eb_xml_item text_emulator[] = {EB_TEXT(eb_domain_def, emulator), EB_END};

static bool memballoon_shown(const void *base)
{
    return ((const struct eb_domain_def *)base)->memballoon.present;
}

const struct eb_xml_item eb_map_devices[] = {
    EB_CHILD("emulator", text_emulator),
    EB_LIST("disk", eb_domain_def, disks, n_disks, eb_map_disk, .init = eb_disk_init,
            .accept = eb_disk_accept, .sort = eb_disk_sort, .done = eb_disk_done),
    EB_PLACE("disk"),
    EB_LIST("controller", eb_domain_def, controllers, n_controllers, eb_map_controller,
            .init = eb_controller_init, .sort = eb_controller_sort, .done = eb_controller_done),
    EB_PLACE("lease"),
    EB_LIST("filesystem", eb_domain_def, filesystems, n_filesystems, eb_map_filesystem,
            .done = eb_filesystem_done),
    EB_LIST("interface", eb_domain_def, interfaces, n_interfaces, eb_map_interface,
            .accept = eb_interface_accept, .init = eb_interface_init, .done = eb_interface_done),
    EB_PLACE("interface"),
    EB_PLACE("smartcard"),
    EB_LIST("serial", eb_domain_def, serials, n_serials, eb_map_serial, .accept = eb_chardev_accept,
            .init = eb_chardev_init, .done = eb_chardev_done),
    EB_PLACE("serial"),
    EB_LIST("parallel", eb_domain_def, parallels, n_parallels, eb_map_serial, .accept = eb_chardev_accept,
            .init = eb_chardev_init, .done = eb_chardev_done),
    EB_PLACE("parallel"),
    EB_LIST("console", eb_domain_def, consoles, n_consoles, eb_map_console, .accept = eb_chardev_accept,
            .init = eb_chardev_init, .done = eb_chardev_done),
    EB_PLACE("console"),
    EB_LIST("channel", eb_domain_def, channels, n_channels, eb_map_channel, .accept = eb_chardev_accept,
            .init = eb_chardev_init, .done = eb_chardev_done),
    EB_PLACE("channel"),
    EB_LIST("input", eb_domain_def, inputs, n_inputs, eb_map_input, .done = eb_input_done),
    EB_LIST("tpm", eb_domain_def, tpms, n_tpms, eb_map_tpm, .done = eb_tpm_done),
    EB_LIST("graphics", eb_domain_def, graphics, n_graphics, eb_map_graphics, .accept = eb_graphics_accept,
            .done = eb_graphics_done),
    EB_PLACE("graphics"),
    EB_LIST("sound", eb_domain_def, sounds, n_sounds, eb_map_sound),
    EB_PLACE("audio"),
    EB_LIST("video", eb_domain_def, videos, n_videos, eb_map_video),
    EB_LIST("hostdev", eb_domain_def, hostdevs, n_hostdevs, eb_map_hostdev, .accept = eb_hostdev_accept,
            .each = eb_hostdev_has_words, .done = eb_hostdev_done),
    EB_PLACE("hostdev"),
    EB_PLACE("redirdev"),
    EB_PLACE("redirfilter"),
    EB_PLACE("hub"),
    EB_LIST("watchdog", eb_domain_def, watchdogs, n_watchdogs, eb_map_watchdog, .done = eb_watchdog_done),
    EB_CHILD("memballoon", eb_map_memballoon, EB_XML_OF(eb_domain_def, memballoon), .show = memballoon_shown,
             .done = eb_memballoon_done),
    EB_PLACE("memballoon"),
    EB_LIST("rng", eb_domain_def, rngs, n_rngs, eb_map_rng),
    EB_PLACE("nvram"),
    EB_PLACE("panic"),
    EB_PLACE("shmem"),
    EB_PLACE("memory"),
    EB_PLACE("iommu"),
    EB_PLACE("vsock"),
    EB_END,
};

/* ---- <domain> ---- */

static int read_uuid(const char *text, void *base, eb_error *err)
{
    struct eb_domain_def *def = base;

    if (!eb_uuid_parse(text, def->uuid))
        return eb_error_set_from(err, EB_FROM_DOMAIN, EB_ERR_INTERNAL_ERROR, "malformed uuid element");
    def->has_uuid = true;
    return 0;
}

static char *write_uuid(const void *base)
{
    const struct eb_domain_def *def = base;
    char text[EB_UUID_STRLEN + 1];

    if (!def->has_uuid)
        return NULL;
    eb_uuid_format(def->uuid, text);
    return eb_strdup(text);
}

static int read_vcpus(const char *text, void *base, eb_error *err)
{
    struct eb_domain_def *def = base;
    uint64_t n;

    if (!eb_parse_u64(text, UINT_MAX, &n))
        return eb_domain_xml_error(err, "maximum vcpus count must be an integer");
    if (!n)
        return eb_domain_xml_error(err, "invalid maximum number of vCPUs '0'");
    def->max_vcpus = (unsigned)n;
    return 0;
}

static char *write_vcpus(const void *base)
{
    return eb_asprintf("%u", ((const struct eb_domain_def *)base)->max_vcpus);
}

static bool some_vcpus_offline(const void *base)
{
    const struct eb_domain_def *def = base;

    return def->vcpus != def->max_vcpus;
}

static const struct eb_xml_custom uuid_text = {read_uuid, write_uuid};
static const struct eb_xml_custom vcpus_text = {read_vcpus, write_vcpus};

static const struct eb_xml_item text_name[] = {EB_TEXT(eb_domain_def, name), EB_END};
static const struct eb_xml_item text_uuid[] = {
    EB_TEXT(eb_domain_def, uuid, EB_VALUE(CUSTOM), .custom = &uuid_text, .flags = EB_XML_REQUIRED), EB_END};
static const struct eb_xml_item text_genid[] = {EB_TEXT(eb_domain_def, genid), EB_END};
static const struct eb_xml_item text_title[] = {EB_TEXT(eb_domain_def, title), EB_END};
static const struct eb_xml_item text_description[] = {EB_TEXT(eb_domain_def, description), EB_END};
static const struct eb_xml_item text_bootloader[] = {EB_TEXT(eb_domain_def, bootloader), EB_END};

static const struct eb_xml_item map_vcpu[] = {
    EB_ATTR("placement", eb_domain_def, vcpu_placement),
    EB_ATTR("cpuset", eb_domain_def, cpuset, EB_VALUE(CUSTOM), .custom = &eb_vcpu_set),
    EB_ATTR("current", eb_domain_def, vcpus, EB_VALUE(UINT), .show = some_vcpus_offline),
    EB_TEXT(eb_domain_def, max_vcpus, EB_VALUE(CUSTOM), .custom = &vcpus_text),
    EB_END,
};

static const struct eb_xml_item max_memory_slots[] = {
    EB_ATTR("slots", eb_domain_def, memory_slots, EB_VALUE(UINT)),
    EB_END,
};

#define ACTION(element)                                                                                      \
    static const struct eb_xml_item text_##element[] = {                                                     \
        EB_TEXT(eb_domain_def, element, EB_NAMES(eb_lifecycle_action), .flags = EB_XML_SAID,                 \
                .complaint = "unknown " #element " action: %s",                                              \
                .complaint_code = EB_ERR_CONFIG_UNSUPPORTED),                                                \
        EB_END}
ACTION(on_poweroff);
ACTION(on_reboot);
ACTION(on_crash);

const struct eb_xml_item eb_map_domain[] = {
    EB_ATTR("type", eb_domain_def, virt, EB_NAMES(eb_virt_type), .flags = EB_XML_SAID,
            .complaint = "invalid domain type %s", .complaint_code = EB_ERR_CONFIG_UNSUPPORTED),
    EB_ATTR("id", eb_domain_def, id, EB_VALUE(INT), .flags = EB_XML_ONLY_LIVE),
    EB_CHILD("name", text_name),
    EB_CHILD("uuid", text_uuid),
    EB_CHILD("genid", text_genid),
    EB_CHILD("title", text_title),
    EB_CHILD("description", text_description),
    EB_HOOK(&eb_map_metadata),
    {.kind = EB_XML_SCALED,
     .name = "maxMemory",
     EB_XML_OF(eb_domain_def, memory_slots_max),
     .items = max_memory_slots},
    {.kind = EB_XML_SCALED, .name = "memory", EB_XML_OF(eb_domain_def, max_memory), .flags = EB_XML_ZERO},
    {.kind = EB_XML_SCALED, .name = "currentMemory", EB_XML_OF(eb_domain_def, memory), .flags = EB_XML_ZERO},
    EB_CHILD("blkiotune", eb_map_blkiotune, EB_XML_OF(eb_domain_def, tune)),
    EB_CHILD("memtune", eb_map_memtune, EB_XML_OF(eb_domain_def, tune)),
    EB_PLACE("memoryBacking"),
    EB_CHILD("vcpu", map_vcpu),
    EB_PLACE("vcpus"),
    EB_CHILD("iothreads", eb_map_iothreads, EB_XML_OF(eb_domain_def, tune)),
    EB_CHILD("iothreadids", eb_map_iothreadids, EB_XML_OF(eb_domain_def, tune), .show = eb_iothreadids_shown),
    EB_CHILD("cputune", eb_map_cputune, EB_XML_OF(eb_domain_def, tune), .done = eb_cputune_done),
    EB_CHILD("numatune", eb_map_numatune, EB_XML_OF(eb_domain_def, tune)),
    EB_PLACE("resource"),
    EB_PLACE("sysinfo"),
    EB_CHILD("bootloader", text_bootloader),
    EB_PLACE("bootloader_args"),
    EB_CHILD("os", map_os),
    EB_PLACE("idmap"),
    EB_CHILD("features", map_features, .done = features_done),
    EB_CHILD("cpu", map_cpu, .show = cpu_shown, .done = cpu_done),
    EB_CHILD("clock", map_clock),
    EB_CHILD("on_poweroff", text_on_poweroff),
    EB_CHILD("on_reboot", text_on_reboot),
    EB_CHILD("on_crash", text_on_crash),
    EB_PLACE("on_lockfailure"),
    EB_CHILD("pm", map_pm),
    EB_CHILD("perf", eb_map_perf, EB_XML_OF(eb_domain_def, tune), .done = eb_perf_done),
    EB_CHILD("devices", eb_map_devices, .flags = EB_XML_ALWAYS | EB_XML_OPENED),
    EB_PLACE("seclabel"),
    EB_PLACE("keywrap"),
    EB_PLACE("launchSecurity"),
    EB_END,
};
