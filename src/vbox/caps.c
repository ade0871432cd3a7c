/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Capabilities: of the host, of the domains that this VirtualBox can run; the host's system information. */
#include "base/strbuf.h"
#include "vbox/domain.h"
#include "vbox/host.h"

#include <stdio.h>
#include <unistd.h>

/* ---- What runs here ---- */

struct guest {
    const char *arch;
    int bits;
    enum vb_PlatformArchitecture platform;
};
static const struct guest guests[] = {
    {"x86_64", 64, PlatformArchitecture_x86},
    {"i686", 32, PlatformArchitecture_x86},
    {"aarch64", 64, PlatformArchitecture_ARM},
};

/* Before 7.1 there is one platform, x86; since, VirtualBox says which it runs. */
static int supports(struct vbox_conn *c, IVirtualBox *vbox, enum vb_PlatformArchitecture platform, bool *out,
                    eb_error *err)
{
    VB_AUTO(ISystemProperties) properties = NULL;
    enum vb_PlatformArchitecture *list = NULL;
    size_t n = 0;

    *out = platform == PlatformArchitecture_x86;
    if (!vb_has(c->vb, VB_ISystemProperties_get_supportedPlatformArchitectures))
        return 0;
    if (IVirtualBox_get_systemProperties(c->vb, vbox, &properties, err) < 0 ||
        ISystemProperties_get_supportedPlatformArchitectures(c->vb, properties, &n, &list, err) < 0)
        return -1;
    *out = false;
    for (size_t i = 0; i < n; i++)
        *out |= list[i] == platform;
    free(list);
    return 0;
}

static char *emulator_of(struct vbox_conn *c)
{
    return eb_asprintf("%s/VBoxHeadless", vb_home(c->vb));
}

/* ---- virConnectGetCapabilities ---- */

static void open_element(struct eb_strbuf *b, const char *name)
{
    eb_strbuf_line(b, "<%s>", name);
    b->indent += 2;
}

static void close_element(struct eb_strbuf *b, const char *name)
{
    b->indent -= 2;
    eb_strbuf_line(b, "</%s>", name);
}

static void add_host_uuid(struct eb_strbuf *b)
{
    unsigned char uuid[16];
    char formatted[EB_UUID_STRLEN + 1];

    if (!vbox_host_uuid(uuid))
        return;
    eb_uuid_format(uuid, formatted);
    eb_strbuf_line(b, "<uuid>%s</uuid>", formatted);
}

static void add_topology(struct eb_strbuf *b)
{
    struct vbox_cell *cells;
    size_t n = vbox_cells_read("/sys", "/proc", &cells);

    open_element(b, "topology");
    eb_strbuf_line(b, "<cells num='%zu'>", n);
    b->indent += 2;
    for (size_t i = 0; i < n; i++) {
        eb_strbuf_line(b, "<cell id='%u'>", cells[i].id);
        b->indent += 2;
        eb_strbuf_line(b, "<memory unit='KiB'>%llu</memory>", (unsigned long long)(cells[i].total >> 10));
        eb_strbuf_line(b, "<cpus num='%zu'>", cells[i].n_cpus);
        for (size_t k = 0; k < cells[i].n_cpus; k++)
            eb_strbuf_line(b, "  <cpu id='%u'/>", cells[i].cpus[k]);
        eb_strbuf_line(b, "</cpus>");
        close_element(b, "cell");
    }
    close_element(b, "cells");
    close_element(b, "topology");
    vbox_cells_free(cells, n);
}

static void add_host(struct eb_strbuf *b)
{
    struct vbox_topology t;

    vbox_topology_read("/sys", "/proc", &t);
    open_element(b, "host");
    add_host_uuid(b);
    open_element(b, "cpu");
    eb_strbuf_line(b, "<arch>%s</arch>", vbox_host_arch());
    eb_strbuf_line(b, "<topology sockets='%u' dies='1' cores='%u' threads='%u'/>", t.sockets, t.cores,
                   t.threads);
    close_element(b, "cpu");
    add_topology(b);
    close_element(b, "host");
    eb_strbuf_addc(b, '\n');
}

static const struct {
    const char *name;
    enum vb_PlatformArchitecture platform;
    int chipset; /* ChipsetType__none: every release has it */
} machines[] = {
    {"piix3", PlatformArchitecture_x86, ChipsetType__none},
    {"ich9", PlatformArchitecture_x86, ChipsetType_ICH9},
    {"armv8virtual", PlatformArchitecture_ARM, ChipsetType_ARMv8Virtual},
};

static bool has_machine(struct vbox_conn *c, const struct guest *guest, size_t i)
{
    return machines[i].platform == guest->platform &&
           (machines[i].chipset == ChipsetType__none ||
            vb_enum_has(c->vb, VB_ENUM_ChipsetType, machines[i].chipset));
}

static void add_guest(struct vbox_conn *c, struct eb_strbuf *b, const struct guest *guest,
                      const char *emulator)
{
    open_element(b, "guest");
    eb_strbuf_line(b, "<os_type>hvm</os_type>");
    eb_strbuf_line(b, "<arch name='%s'>", guest->arch);
    b->indent += 2;
    eb_strbuf_line(b, "<wordsize>%d</wordsize>", guest->bits);
    eb_strbuf_element(b, "emulator", emulator);
    for (size_t i = 0; i < EB_ARRAY_SIZE(machines); i++)
        if (has_machine(c, guest, i))
            eb_strbuf_line(b, "<machine>%s</machine>", machines[i].name);
    eb_strbuf_line(b, "<domain type='vbox'/>");
    close_element(b, "arch");
    if (guest->platform == PlatformArchitecture_x86) {
        open_element(b, "features");
        if (guest->bits == 32)
            eb_strbuf_line(b, "<pae/>");
        eb_strbuf_line(b, "<acpi default='on' toggle='yes'/>");
        eb_strbuf_line(b, "<apic default='on' toggle='yes'/>");
        close_element(b, "features");
    }
    close_element(b, "guest");
    eb_strbuf_addc(b, '\n');
}

int vbox_conn_get_capabilities(eb_conn *conn, char **xml, eb_error *err)
{
    struct vbox_conn *c = vbox_conn_of(conn);
    EB_AUTOSTRBUF struct eb_strbuf b = {0};
    EB_AUTOFREE char *emulator = emulator_of(c);
    VB_AUTO(IVirtualBox) vbox = NULL;

    if (vbox_begin(c, &vbox, err) < 0)
        return -1;
    eb_strbuf_add(&b, "<capabilities>\n\n");
    b.indent = 2;
    add_host(&b);
    for (size_t i = 0; i < EB_ARRAY_SIZE(guests); i++) {
        bool there;

        if (supports(c, vbox, guests[i].platform, &there, err) < 0)
            return -1;
        if (there)
            add_guest(c, &b, &guests[i], emulator);
    }
    b.indent = 0;
    eb_strbuf_add(&b, "</capabilities>\n");
    *xml = eb_strbuf_steal(&b);
    return 0;
}

/* ---- virConnectGetMaxVcpus ---- */

static int max_vcpus(struct vbox_conn *c, IVirtualBox *vbox, uint32_t *out, eb_error *err)
{
    VB_AUTO(ISystemProperties) properties = NULL;

    if (IVirtualBox_get_systemProperties(c->vb, vbox, &properties, err) < 0)
        return -1;
    return ISystemProperties_get_maxGuestCPUCount(c->vb, properties, out, err);
}

static int check_type(const char *type, eb_error *err)
{
    if (type && *type && strcmp(type, "vbox") != 0)
        return eb_error_set(err, EB_ERR_INVALID_ARG, "unknown type '%s' (VirtualBox has 'vbox')", type);
    return 0;
}

int vbox_conn_get_max_vcpus(eb_conn *conn, const char *type, eb_error *err)
{
    struct vbox_conn *c = vbox_conn_of(conn);
    VB_AUTO(IVirtualBox) vbox = NULL;
    uint32_t max = 0;

    if (check_type(type, err) < 0 || vbox_begin(c, &vbox, err) < 0 || max_vcpus(c, vbox, &max, err) < 0)
        return -1;
    return (int)max;
}

/* ---- virConnectGetDomainCapabilities ---- */

/* libvirt's value, and the constant without which this VirtualBox does not have it. */
struct choice {
    const char *value;
    enum vb_enum_id id; /* VB_ENUM__COUNT: always there */
    int constant;
};
#define ALWAYS VB_ENUM__COUNT, 0

static const struct choice firmwares[] = {{"bios", ALWAYS}, {"efi", VB_ENUM_FirmwareType, FirmwareType_EFI}};
static const struct choice disk_devices[] = {{"disk", ALWAYS}, {"cdrom", ALWAYS}, {"floppy", ALWAYS}};
static const struct choice disk_buses[] = {
    {"fdc", ALWAYS},
    {"ide", ALWAYS},
    {"sata", VB_ENUM_StorageBus, StorageBus_SATA},
    {"scsi", VB_ENUM_StorageBus, StorageBus_SCSI},
    {"usb", VB_ENUM_StorageBus, StorageBus_USB},
    {"nvme", VB_ENUM_StorageBus, StorageBus_PCIe},
};
static const struct choice graphics[] = {{"sdl", ALWAYS}, {"rdp", ALWAYS}, {"desktop", ALWAYS}};
static const struct choice videos[] = {
    {"vbox", ALWAYS},
    {"vmvga", VB_ENUM_GraphicsControllerType, GraphicsControllerType_VMSVGA},
};
static const struct choice hostdev_modes[] = {{"subsystem", ALWAYS}};
static const struct choice hostdev_types[] = {{"usb", ALWAYS}};
static const struct choice tpm_models[] = {{"tpm-tis", VB_ENUM_TpmType, TpmType_v1_2},
                                           {"tpm-crb", VB_ENUM_TpmType, TpmType_v2_0}};
static const struct choice tpm_backends[] = {{"emulator", VB_ENUM_TpmType, TpmType_v2_0}};
static const struct choice tpm_versions[] = {{"1.2", VB_ENUM_TpmType, TpmType_v1_2},
                                             {"2.0", VB_ENUM_TpmType, TpmType_v2_0}};

static void add_choices(struct vbox_conn *c, struct eb_strbuf *b, const char *name,
                        const struct choice *choices, size_t n)
{
    eb_strbuf_line(b, "<enum name='%s'>", name);
    for (size_t i = 0; i < n; i++)
        if (choices[i].id == VB_ENUM__COUNT || vb_enum_has(c->vb, choices[i].id, choices[i].constant))
            eb_strbuf_line(b, "  <value>%s</value>", choices[i].value);
    eb_strbuf_line(b, "</enum>");
}
#define ADD(name, choices) add_choices(c, b, name, choices, EB_ARRAY_SIZE(choices))

static void open_device(struct eb_strbuf *b, const char *name, bool supported)
{
    eb_strbuf_line(b, "<%s supported='%s'%s>", name, supported ? "yes" : "no", supported ? "" : "/");
    if (supported)
        b->indent += 2;
}

static void add_devices(struct vbox_conn *c, struct eb_strbuf *b)
{
    bool tpm = vb_enum_has(c->vb, VB_ENUM_TpmType, TpmType_v2_0);

    open_element(b, "devices");
    open_device(b, "disk", true);
    ADD("diskDevice", disk_devices);
    ADD("bus", disk_buses);
    close_element(b, "disk");
    open_device(b, "graphics", true);
    ADD("type", graphics);
    close_element(b, "graphics");
    open_device(b, "video", true);
    ADD("modelType", videos);
    close_element(b, "video");
    open_device(b, "hostdev", true);
    ADD("mode", hostdev_modes);
    ADD("subsysType", hostdev_types);
    close_element(b, "hostdev");
    open_device(b, "rng", false);
    open_device(b, "tpm", tpm);
    if (tpm) {
        ADD("model", tpm_models);
        ADD("backendModel", tpm_backends);
        ADD("backendVersion", tpm_versions);
        close_element(b, "tpm");
    }
    close_element(b, "devices");
}

static void add_os(struct vbox_conn *c, struct eb_strbuf *b)
{
    eb_strbuf_line(b, "<os supported='yes'>");
    b->indent += 2;
    ADD("firmware", firmwares);
    eb_strbuf_line(b, "<loader supported='no'/>");
    close_element(b, "os");
}

static void add_cpu(struct eb_strbuf *b, bool native)
{
    open_element(b, "cpu");
    eb_strbuf_line(b, "<mode name='host-passthrough' supported='%s'/>", native ? "yes" : "no");
    eb_strbuf_line(b, "<mode name='maximum' supported='no'/>");
    eb_strbuf_line(b, "<mode name='host-model' supported='no'/>");
    eb_strbuf_line(b, "<mode name='custom' supported='no'/>");
    close_element(b, "cpu");
}

static const struct guest *find_guest(const char *arch)
{
    for (size_t i = 0; i < EB_ARRAY_SIZE(guests); i++)
        if (strcmp(guests[i].arch, arch) == 0)
            return &guests[i];
    return NULL;
}

/* The machine type asked for, or the platform's first. */
static const char *find_machine(struct vbox_conn *c, const struct guest *guest, const char *name)
{
    for (size_t i = 0; i < EB_ARRAY_SIZE(machines); i++)
        if (has_machine(c, guest, i) && (!name || strcmp(name, machines[i].name) == 0))
            return machines[i].name;
    return NULL;
}

int vbox_conn_get_domain_capabilities(eb_conn *conn, const char *emulator, const char *arch,
                                      const char *machine, const char *virttype, unsigned flags, char **xml,
                                      eb_error *err)
{
    struct vbox_conn *c = vbox_conn_of(conn);
    EB_AUTOSTRBUF struct eb_strbuf b = {0};
    EB_AUTOFREE char *path = emulator_of(c);
    VB_AUTO(IVirtualBox) vbox = NULL;
    const struct guest *guest;
    const char *type;
    bool there = false;
    uint32_t max;

    if (vbox_check_flags(flags, 0, "virConnectGetDomainCapabilities", err) < 0 ||
        check_type(virttype, err) < 0 || vbox_begin(c, &vbox, err) < 0 || max_vcpus(c, vbox, &max, err) < 0)
        return -1;
    if (emulator && strcmp(emulator, path) != 0)
        return eb_error_set(err, EB_ERR_INVALID_ARG, "'%s' is not VirtualBox's ('%s' is)", emulator, path);
    arch = arch ? arch : vbox_host_arch();
    guest = find_guest(arch);
    if (guest && supports(c, vbox, guest->platform, &there, err) < 0)
        return -1;
    if (!guest || !there)
        return eb_error_set(err, EB_ERR_INVALID_ARG, "this VirtualBox has no guests of the architecture '%s'",
                            arch);
    if (!(type = find_machine(c, guest, machine)))
        return eb_error_set(err, EB_ERR_INVALID_ARG, "the machine type '%s' is unknown for '%s'",
                            machine ? machine : "", arch);
    eb_strbuf_line(&b, "<domainCapabilities>");
    b.indent = 2;
    eb_strbuf_element(&b, "path", path);
    eb_strbuf_line(&b, "<domain>vbox</domain>");
    eb_strbuf_line(&b, "<machine>%s</machine>", type);
    eb_strbuf_line(&b, "<arch>%s</arch>", arch);
    eb_strbuf_line(&b, "<vcpu max='%u'/>", max);
    add_os(c, &b);
    add_cpu(&b, strcmp(arch, vbox_host_arch()) == 0);
    add_devices(c, &b);
    eb_strbuf_line(&b, "<features>");
    eb_strbuf_line(&b, "  <gic supported='no'/>");
    eb_strbuf_line(&b, "</features>");
    b.indent = 0;
    eb_strbuf_line(&b, "</domainCapabilities>");
    *xml = eb_strbuf_steal(&b);
    return 0;
}

/* ---- virConnectGetSysinfo ---- */

static const struct {
    const char *block;
    struct {
        const char *entry, *file;
    } entries[7];
} sysinfo[] = {
    {"bios",
     {{"vendor", "bios_vendor"},
      {"version", "bios_version"},
      {"date", "bios_date"},
      {"release", "bios_release"}}},
    {"system",
     {{"manufacturer", "sys_vendor"},
      {"product", "product_name"},
      {"version", "product_version"},
      {"serial", "product_serial"},
      {"uuid", "product_uuid"},
      {"sku", "product_sku"},
      {"family", "product_family"}}},
    {"baseBoard",
     {{"manufacturer", "board_vendor"},
      {"product", "board_name"},
      {"version", "board_version"},
      {"serial", "board_serial"},
      {"asset", "board_asset_tag"}}},
    {"chassis",
     {{"manufacturer", "chassis_vendor"},
      {"version", "chassis_version"},
      {"serial", "chassis_serial"},
      {"asset", "chassis_asset_tag"}}},
};

static void add_sysinfo_block(struct eb_strbuf *b, size_t i)
{
    bool opened = false;

    for (size_t k = 0; k < EB_ARRAY_SIZE(sysinfo[i].entries) && sysinfo[i].entries[k].entry; k++) {
        EB_AUTOFREE char *value = vbox_dmi_read(sysinfo[i].entries[k].file);

        if (!value)
            continue;
        if (!opened)
            open_element(b, sysinfo[i].block);
        opened = true;
        eb_strbuf_indent(b);
        eb_strbuf_printf(b, "<entry name='%s'>", sysinfo[i].entries[k].entry);
        eb_strbuf_escape(b, value);
        eb_strbuf_add(b, "</entry>\n");
    }
    if (opened)
        close_element(b, sysinfo[i].block);
}

int vbox_conn_get_sysinfo(eb_conn *conn, unsigned flags, char **xml, eb_error *err)
{
    EB_AUTOSTRBUF struct eb_strbuf b = {0};

    (void)conn;
    if (vbox_check_flags(flags, 0, "virConnectGetSysinfo", err) < 0)
        return -1;
    if (access("/sys/class/dmi/id", F_OK) < 0)
        return eb_error_set(err, EB_ERR_NO_SUPPORT, "Host SMBIOS information is not available");
    eb_strbuf_line(&b, "<sysinfo type='smbios'>");
    b.indent = 2;
    for (size_t i = 0; i < EB_ARRAY_SIZE(sysinfo); i++)
        add_sysinfo_block(&b, i);
    b.indent = 0;
    eb_strbuf_line(&b, "</sysinfo>");
    *xml = eb_strbuf_steal(&b);
    return 0;
}
