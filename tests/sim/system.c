/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* ISystemProperties and IPlatformProperties, guest OS types, medium formats. */
#include <stdio.h>

#include "model.h"
#include "storage.h"

/* ---- guest OS types: family, id, what it is called, memory in MB ---- */

static const char *const types[][4] = {
    {"Other", "Other", "Other/Unknown", "64"},
    {"Other", "Other_64", "Other/Unknown (64-bit)", "64"},
    {"Windows", "WindowsXP", "Windows XP (32-bit)", "192"},
    {"Windows", "WindowsXP_64", "Windows XP (64-bit)", "512"},
    {"Windows", "Windows2003", "Windows 2003 (32-bit)", "512"},
    {"Windows", "WindowsVista", "Windows Vista (32-bit)", "512"},
    {"Windows", "WindowsVista_64", "Windows Vista (64-bit)", "512"},
    {"Windows", "Windows2008", "Windows 2008 (32-bit)", "1024"},
    {"Windows", "Windows2008_64", "Windows 2008 (64-bit)", "2048"},
    {"Windows", "Windows7", "Windows 7 (32-bit)", "1024"},
    {"Windows", "Windows7_64", "Windows 7 (64-bit)", "2048"},
    {"Windows", "Windows10_64", "Windows 10 (64-bit)", "2048"},
    {"Windows", "Windows11_64", "Windows 11 (64-bit)", "4096"},
    {"Linux", "Linux", "Other Linux (32-bit)", "256"},
    {"Linux", "Linux_64", "Other Linux (64-bit)", "512"},
    {"Linux", "Linux26", "Linux 2.6 / 3.x / 4.x / 5.x (32-bit)", "1024"},
    {"Linux", "Linux26_64", "Linux 2.6 / 3.x / 4.x / 5.x (64-bit)", "1024"},
    {"Linux", "ArchLinux_64", "Arch Linux (64-bit)", "1024"},
    {"Linux", "Debian", "Debian (32-bit)", "1024"},
    {"Linux", "Debian_64", "Debian (64-bit)", "1024"},
    {"Linux", "Debian12_64", "Debian 12 Bookworm (64-bit)", "2048"},
    {"Linux", "Fedora", "Fedora (32-bit)", "1024"},
    {"Linux", "Fedora_64", "Fedora (64-bit)", "2048"},
    {"Linux", "Gentoo_64", "Gentoo (64-bit)", "1024"},
    {"Linux", "OpenSUSE_64", "openSUSE (64-bit)", "1024"},
    {"Linux", "Oracle_64", "Oracle Linux (64-bit)", "2048"},
    {"Linux", "RedHat", "Red Hat (32-bit)", "1024"},
    {"Linux", "RedHat_64", "Red Hat (64-bit)", "2048"},
    {"Linux", "Ubuntu", "Ubuntu (32-bit)", "2048"},
    {"Linux", "Ubuntu_64", "Ubuntu (64-bit)", "2048"},
    {"Solaris", "Solaris_64", "Oracle Solaris 10 5/09 and earlier (64-bit)", "2048"},
    {"Solaris", "OpenSolaris_64", "Solaris 10 10/09 and later (64-bit)", "2048"},
    {"BSD", "FreeBSD", "FreeBSD (32-bit)", "1024"},
    {"BSD", "FreeBSD_64", "FreeBSD (64-bit)", "1024"},
    {"BSD", "OpenBSD_64", "OpenBSD (64-bit)", "1024"},
    {"BSD", "NetBSD_64", "NetBSD (64-bit)", "1024"},
    {"OS2", "OS2", "Other OS/2", "96"},
    {"MacOS", "MacOS_64", "Mac OS X (64-bit)", "2048"},
    {"Other", "DOS", "DOS", "32"},
    {"Other", "L4", "L4", "64"},
    {"Other", "QNX", "QNX", "512"},
};

bool os_type_known(const char *id)
{
    for (size_t i = 0; i < EB_ARRAY_SIZE(types); i++)
        if (strcasecmp(types[i][1], id) == 0)
            return true;
    return false;
}

bool os_type_64(const char *id)
{
    return eb_ends_with(id, "_64");
}

struct object *os_type_object(const char *id)
{
    EB_AUTOFREE char *key = eb_asprintf("ostype %s", id);
    struct object *o = object_get("IGuestOSType", key);

    for (size_t i = 0; o && !o->own && i < EB_ARRAY_SIZE(types); i++) {
        const char *const *t = types[i];
        EB_AUTOFREE char *family = NULL;

        if (strcasecmp(t[1], id) != 0)
            continue;
        family = eb_strdup(t[0]);
        o->view = VIEW_OWN;
        o->own = node_new("OSType", t[1]);
        node_set(o->own, "familyId", t[0]);
        node_set(o->own, "familyDescription", t[0]);
        node_set(o->own, "id", t[1]);
        node_set(o->own, "description", t[2]);
        node_set(o->own, "is64Bit", os_type_64(t[1]) ? "1" : "0");
        node_set(o->own, "platformArchitecture", "x86");
        node_set(o->own, "recommendedIOAPIC", os_type_64(t[1]) ? "1" : "0");
        node_set(o->own, "recommendedVirtEx", "1");
        node_set(o->own, "recommendedRAM", t[3]);
        node_set(o->own, "recommendedGraphicsController", eb_streq(t[0], "Linux") ? "VMSVGA" : "VBoxVGA");
        node_set(o->own, "recommendedVRAM", "16");
        node_set(o->own, "recommended2DVideoAcceleration", "0");
        node_set(o->own, "recommended3DAcceleration", "0");
        node_set(o->own, "recommendedHDD", "21474836480");
        node_set(o->own, "adapterType", os_type_64(t[1]) ? "I82540EM" : "Am79C973");
        node_set(o->own, "recommendedPAE", "0");
        node_set(o->own, "recommendedDVDStorageController", "PIIX4");
        node_set(o->own, "recommendedDVDStorageBus", "IDE");
        node_set(o->own, "recommendedHDStorageController", "IntelAhci");
        node_set(o->own, "recommendedHDStorageBus", "SATA");
        node_set(o->own, "recommendedFirmware", "BIOS");
        node_set(o->own, "recommendedUSBHID", "0");
        node_set(o->own, "recommendedHPET", "0");
        node_set(o->own, "recommendedUSBTablet", "0");
        node_set(o->own, "recommendedRTCUseUTC", eb_streq(t[0], "Linux") ? "1" : "0");
        node_set(o->own, "recommendedChipset", "PIIX3");
        node_set(o->own, "recommendedIommuType", "None");
        node_set(o->own, "recommendedAudioController", "AC97");
        node_set(o->own, "recommendedAudioCodec", "STAC9700");
        node_set(o->own, "recommendedFloppy", "0");
        node_set(o->own, "recommendedUSB", "1");
        node_set(o->own, "recommendedUSB3", "0");
        node_set(o->own, "recommendedTFReset", "0");
        node_set(o->own, "recommendedX2APIC", "0");
        node_set(o->own, "recommendedCPUCount", "1");
        node_set(o->own, "recommendedTpmType", "None");
        node_set(o->own, "recommendedSecureBoot", "0");
        node_set(o->own, "recommendedWDDMGraphics", "0");
    }
    return o;
}

static uint32_t get_types(struct call *c)
{
    for (size_t i = 0; i < EB_ARRAY_SIZE(types); i++)
        ret_add_obj(c, os_type_object(types[i][1]));
    return S_OK;
}

static uint32_t get_type(struct call *c)
{
    const char *id = arg_str(c, "id");

    if (!os_type_known(id))
        return fail(c, release->numeric >= 4000000 ? VBOX_E_OBJECT_NOT_FOUND : E_INVALIDARG,
                    "'%s' is not a valid Guest OS type", id);
    ret_obj(c, os_type_object(id));
    return S_OK;
}

/* ---- medium formats ---- */

static const char *const formats[][3] = {
    {"VDI", "vdi", "VirtualBox Disk Image"}, {"VMDK", "vmdk", "Virtual Machine Disk"},
    {"VHD", "vhd", "Virtual Hard Disk"},     {"Parallels", "hdd", "Parallels Hard Disk"},
    {"QCOW", "qcow", "QEMU Copy-On-Write"},  {"RAW", "iso", "RAW"}};

static uint32_t get_formats(struct call *c)
{
    const char *iface = sim_iface_named(release, "IMediumFormat") ? "IMediumFormat" : "IHardDiskFormat";

    for (size_t i = 0; i < EB_ARRAY_SIZE(formats); i++) {
        EB_AUTOFREE char *path = eb_asprintf("MediumFormat#%s", formats[i][0]);

        ret_add_obj(c, object_view(iface, VIEW_GLOBAL, NULL, NULL, NULL, path));
    }
    return S_OK;
}

static size_t format_of(const struct call *c)
{
    const char *id = strchr(c->self->path, '#') + 1;

    for (size_t i = 0; i < EB_ARRAY_SIZE(formats); i++)
        if (strcasecmp(formats[i][0], id) == 0)
            return i;
    return 0;
}

static uint32_t format_id(struct call *c)
{
    ret_str(c, formats[format_of(c)][0]);
    return S_OK;
}

static uint32_t format_name(struct call *c)
{
    ret_str(c, formats[format_of(c)][2]);
    return S_OK;
}

static uint32_t format_capabilities(struct call *c)
{
    static const char *const all[] = {"Uuid",         "CreateFixed",  "CreateDynamic",
                                      "Differencing", "Asynchronous", "File"};

    if (!c->slot->params[0].array) {
        ret_num(c, 1 | 2 | 4 | 16 | 32 | 64);
        return S_OK;
    }
    for (size_t i = 0; i < EB_ARRAY_SIZE(all); i++)
        ret_add_text(c, all[i]);
    return S_OK;
}

static uint32_t format_extensions(struct call *c)
{
    size_t i = format_of(c);

    out_add_text(c, "extensions", formats[i][1]);
    out_add_text(c, "types|type", i == 5 ? "DVD" : "HardDisk");
    if (eb_streq(c->slot->name, "fileExtensions"))
        ret_add_text(c, formats[i][1]);
    return S_OK;
}

static uint32_t format_properties(struct call *c)
{
    out_add_text(c, "names", "AllocationBlockSize");
    out_add_text(c, "descriptions|description", "Allocation block size");
    out_add_text(c, "types", "Int32");
    out_add_text(c, "flags", "0");
    out_add_text(c, "defaults", "1048576");
    return S_OK;
}

/* ---- limits ---- */

static const char *const numbers[][2] = {
    {"minGuestRAM", "4"},       {"maxGuestRAM", "2097152"},      {"minGuestVRAM", "0"},
    {"maxGuestVRAM", "256"},    {"minGuestCPUCount", "1"},       {"maxGuestCPUCount", "64"},
    {"maxGuestMonitors", "64"}, {"maxVDISize", "2199022206976"}, {"infoVDSize", "2199022206976"},
    {"parallelPortCount", "2"}, {"maxBootPosition", "4"},        {"rawModeSupported", "0"},
    {"VFSTypes", ""},
};

static uint32_t get_number(struct call *c)
{
    for (size_t i = 0; i < EB_ARRAY_SIZE(numbers); i++)
        if (strcasecmp(numbers[i][0], c->slot->name) == 0)
            ret_text(c, numbers[i][1]);
    return S_OK;
}

/* As many as a machine of that release gives out (network.c). */
static uint32_t get_adapter_count(struct call *c)
{
    ret_num(c, release->numeric < 3001000 ? 4 : 8);
    return S_OK;
}

static uint32_t get_serial_count(struct call *c)
{
    ret_num(c, release->numeric >= 5000000 ? 4 : 2);
    return S_OK;
}

static uint32_t bus_fact(struct call *c, const char *fact, const char *argument)
{
    EB_AUTOFREE char *bus = eb_strdup(arg_enum(c, argument));

    if (!storage_bus_fact(bus, "max"))
        return fail(c, E_INVALIDARG, "Invalid storage bus");
    ret_num(c, storage_bus_fact(bus, fact));
    return S_OK;
}

static uint32_t max_devices(struct call *c)
{
    return bus_fact(c, "devices", "bus");
}

static uint32_t min_ports(struct call *c)
{
    return bus_fact(c, "min", "bus");
}

static uint32_t max_ports(struct call *c)
{
    return bus_fact(c, "max", "bus");
}

static bool is_ich9(struct call *c)
{
    return arg_has(c, "chipset") && eb_streq(arg_enum(c, "chipset"), "ICH9");
}

static uint32_t max_instances(struct call *c)
{
    EB_AUTOFREE char *bus = eb_strdup(arg_enum(c, "bus"));
    uint32_t rc = bus_fact(c, "instances", "bus");

    if (rc == S_OK && is_ich9(c) && !eb_streq(bus, "IDE") && !eb_streq(bus, "Floppy"))
        ret_num(c, 8);
    return rc;
}

static uint32_t max_adapters(struct call *c)
{
    ret_num(c, is_ich9(c) ? 36 : 8);
    return S_OK;
}

static uint32_t max_usb(struct call *c)
{
    ret_num(c, is_ich9(c) ? 8 : 1);
    return S_OK;
}

static uint32_t device_types(struct call *c)
{
    EB_AUTOFREE char *bus = eb_strdup(arg_enum(c, "bus"));

    if (!storage_bus_fact(bus, "max"))
        return fail(c, E_INVALIDARG, "Invalid storage bus");
    if (eb_streq(bus, "Floppy"))
        ret_add_text(c, "Floppy");
    else {
        if (!eb_streq(bus, "PCIe"))
            ret_add_text(c, "DVD");
        ret_add_text(c, "HardDisk");
    }
    return S_OK;
}

static uint32_t io_cache(struct call *c)
{
    EB_AUTOFREE char *type = eb_strdup(arg_enum(c, "controllerType"));

    ret_num(c, eb_starts_with(type, "PIIX") || eb_streq(type, "ICH6") || eb_streq(type, "I82078"));
    return S_OK;
}

static uint32_t hotplug(struct call *c)
{
    EB_AUTOFREE char *type = eb_strdup(arg_enum(c, "controllerType"));

    ret_num(c, eb_streq(type, "IntelAhci") || eb_streq(type, "USB"));
    return S_OK;
}

/* supportedX: every constant of the enum but its zeros and bounds. */
static uint32_t get_supported(struct call *c)
{
    const struct sim_enum *e = c->slot->params[0].en;

    for (unsigned i = 0; e && i < e->n; i++)
        if (!eb_streq(e->consts[i].name, "Null") && !eb_streq(e->consts[i].name, "None") &&
            !eb_streq(e->consts[i].name, "ARM"))
            ret_add_text(c, e->consts[i].name);
    return S_OK;
}

static uint32_t default_folder(struct call *c)
{
    const char *own = node_get(node_child(global, "SystemProperties", NULL), "defaultMachineFolder");
    EB_AUTOFREE char *folder =
        own ? eb_strdup(own)
            : eb_asprintf("%s/%s", home, release->numeric >= 4000000 ? "VirtualBox VMs" : "Machines");

    ret_str(c, folder);
    return S_OK;
}

static uint32_t set_default_folder(struct call *c)
{
    node_set(node_need(global, "SystemProperties", NULL), "defaultMachineFolder",
             *c->in[0].str ? c->in[0].str : NULL);
    save_global();
    return S_OK;
}

static uint32_t default_disk_folder(struct call *c)
{
    const char *own = node_get(node_child(global, "SystemProperties", NULL), "defaultHardDiskFolder");
    EB_AUTOFREE char *folder = own && *own ? eb_strdup(own) : eb_asprintf("%s/HardDisks", home);

    ret_str(c, folder);
    return S_OK;
}

static uint32_t default_audio(struct call *c)
{
    ret_text(c, "ALSA");
    return S_OK;
}

static uint32_t get_platform(struct call *c)
{
    struct object *o = object_get("IPlatformProperties", "platform");

    o->view = VIEW_GLOBAL;
    ret_obj(c, o);
    return S_OK;
}

static uint32_t min_ram(struct call *c)
{
    ret_num(c, 4);
    return S_OK;
}

static uint32_t vram_range(struct call *c)
{
    out_num(c, "minMB", 1);
    out_num(c, "maxMB", 256);
    ret_num(c, 1);
    return S_OK;
}

static uint32_t get_families(struct call *c)
{
    for (size_t i = 0; i < EB_ARRAY_SIZE(types); i++)
        if (i == 0 || (!eb_streq(types[i][0], types[i - 1][0]) && i < EB_ARRAY_SIZE(types) - 3))
            ret_add_text(c, types[i][0]);
    return S_OK;
}

static uint32_t firmware_present(struct call *c)
{
    ret_num(c, 1);
    return S_OK;
}

/* ---- extension packs: none is installed ---- */

static uint32_t get_packs(struct call *c)
{
    ret_obj(c, object_get("IExtPackManager", "extension packs"));
    return S_OK;
}

static uint32_t no_packs(struct call *c)
{
    (void)c;
    return S_OK;
}

static uint32_t find_pack(struct call *c)
{
    return not_found(c, "No extension pack by the name '%s' was found", arg_str(c, "name"));
}

#define SUPPORTED(iface, name)                                                                               \
    {                                                                                                        \
#iface "." #name, get_supported                                                                      \
    }

const struct member system_members[] = {
    {"IVirtualBox.guestOSTypes", get_types},
    {"IVirtualBox.getGuestOSType", get_type},
    {"IPlatformProperties.supportedGuestOSTypes", get_types},
    {"ISystemProperties.mediumFormats", get_formats},
    {"ISystemProperties.hardDiskFormats", get_formats},
    {"IMediumFormat.id", format_id},
    {"IMediumFormat.name", format_name},
    {"IMediumFormat.capabilities", format_capabilities},
    {"IMediumFormat.fileExtensions", format_extensions},
    {"IMediumFormat.describeFileExtensions", format_extensions},
    {"IMediumFormat.describeProperties", format_properties},
    {"ISystemProperties.minGuestRAM", get_number},
    {"ISystemProperties.maxGuestRAM", get_number},
    {"ISystemProperties.minGuestVRAM", get_number},
    {"ISystemProperties.maxGuestVRAM", get_number},
    {"ISystemProperties.minGuestCPUCount", get_number},
    {"ISystemProperties.maxGuestCPUCount", get_number},
    {"ISystemProperties.maxGuestMonitors", get_number},
    {"ISystemProperties.maxVDISize", get_number},
    {"ISystemProperties.infoVDSize", get_number},
    {"ISystemProperties.networkAdapterCount", get_adapter_count},
    {"ISystemProperties.serialPortCount", get_serial_count},
    {"ISystemProperties.parallelPortCount", get_number},
    {"ISystemProperties.maxBootPosition", get_number},
    {"ISystemProperties.rawModeSupported", get_number},
    {"IPlatformProperties.serialPortCount", get_serial_count},
    {"IPlatformProperties.parallelPortCount", get_number},
    {"IPlatformProperties.maxBootPosition", get_number},
    {"IPlatformProperties.rawModeSupported", get_number},
    {"ISystemProperties.getMaxDevicesPerPortForStorageBus", max_devices},
    {"ISystemProperties.getMinPortCountForStorageBus", min_ports},
    {"ISystemProperties.getMaxPortCountForStorageBus", max_ports},
    {"ISystemProperties.getMaxInstancesOfStorageBus", max_instances},
    {"ISystemProperties.getDeviceTypesForStorageBus", device_types},
    {"ISystemProperties.getMaxNetworkAdapters", max_adapters},
    {"ISystemProperties.getMaxNetworkAdaptersOfType", max_adapters},
    {"ISystemProperties.getMaxInstancesOfUSBControllerType", max_usb},
    {"ISystemProperties.getDefaultIoCacheSettingForStorageController", io_cache},
    {"ISystemProperties.getStorageControllerHotplugCapable", hotplug},
    {"IPlatformProperties.getMaxDevicesPerPortForStorageBus", max_devices},
    {"IPlatformProperties.getMinPortCountForStorageBus", min_ports},
    {"IPlatformProperties.getMaxPortCountForStorageBus", max_ports},
    {"IPlatformProperties.getMaxInstancesOfStorageBus", max_instances},
    {"IPlatformProperties.getDeviceTypesForStorageBus", device_types},
    {"IPlatformProperties.getMaxNetworkAdapters", max_adapters},
    {"IPlatformProperties.getMaxNetworkAdaptersOfType", max_adapters},
    {"IPlatformProperties.getMaxInstancesOfUSBControllerType", max_usb},
    {"IPlatformProperties.getStorageControllerHotplugCapable", hotplug},
    {"ISystemProperties.defaultMachineFolder", default_folder},
    {"ISystemProperties.defaultMachineFolder=", set_default_folder},
    {"ISystemProperties.defaultHardDiskFolder", default_disk_folder},
    {"ISystemProperties.defaultAudioDriver", default_audio},
    {"ISystemProperties.platform", get_platform},
    {"IVirtualBox.getPlatformProperties", get_platform},
    {"IPlatformProperties.getMinGuestRAM", min_ram},
    {"IPlatformProperties.getSupportedVRAMRange", vram_range},
    {"IVirtualBox.guestOSFamilies", get_families},
    {"IVirtualBox.checkFirmwarePresent", firmware_present},
    {"IVirtualBox.extensionPackManager", get_packs},
    {"IExtPackManager.installedExtPacks", no_packs},
    {"IExtPackManager.isExtPackUsable", no_packs},
    {"IExtPackManager.find", find_pack},
    SUPPORTED(ISystemProperties, supportedIommuTypes),
    SUPPORTED(ISystemProperties, supportedUartTypes),
    SUPPORTED(ISystemProperties, supportedRecordingVSModes),
    SUPPORTED(ISystemProperties, supportedRecordingVSMethods),
    SUPPORTED(ISystemProperties, supportedRecordingARCModes),
    SUPPORTED(ISystemProperties, supportedRecordingVRCModes),
    SUPPORTED(ISystemProperties, screenShotFormats),
    SUPPORTED(ISystemProperties, supportedPlatformArchitectures),
    SUPPORTED(ISystemProperties, supportedClipboardModes),
    SUPPORTED(ISystemProperties, supportedDnDModes),
    SUPPORTED(ISystemProperties, supportedPointingHIDTypes),
    SUPPORTED(ISystemProperties, supportedKeyboardHIDTypes),
    SUPPORTED(ISystemProperties, supportedVFSTypes),
    SUPPORTED(ISystemProperties, supportedImportOptions),
    SUPPORTED(ISystemProperties, supportedExportOptions),
    SUPPORTED(ISystemProperties, supportedCloneOptions),
    SUPPORTED(ISystemProperties, supportedAutostopTypes),
    SUPPORTED(ISystemProperties, supportedVMProcPriorities),
    SUPPORTED(ISystemProperties, supportedNetworkAttachmentTypes),
    SUPPORTED(ISystemProperties, supportedPortModes),
    SUPPORTED(ISystemProperties, supportedAudioDriverTypes),
    SUPPORTED(ISystemProperties, supportedNetworkAdapterTypes),
    SUPPORTED(ISystemProperties, supportedParavirtProviders),
    SUPPORTED(ISystemProperties, supportedStorageBuses),
    SUPPORTED(ISystemProperties, supportedStorageControllerTypes),
    SUPPORTED(ISystemProperties, supportedChipsetTypes),
    SUPPORTED(ISystemProperties, supportedUSBControllerTypes),
    SUPPORTED(ISystemProperties, supportedAudioControllerTypes),
    SUPPORTED(ISystemProperties, supportedTpmTypes),
    SUPPORTED(ISystemProperties, supportedFirmwareTypes),
    SUPPORTED(ISystemProperties, supportedGraphicsControllerTypes),
    SUPPORTED(ISystemProperties, supportedGraphicsFeatures),
    SUPPORTED(ISystemProperties, supportedRecordingFeatures),
    SUPPORTED(ISystemProperties, supportedRecordingAudioCodecs),
    SUPPORTED(ISystemProperties, supportedRecordingVideoCodecs),
    SUPPORTED(IPlatformProperties, supportedParavirtProviders),
    SUPPORTED(IPlatformProperties, supportedFirmwareTypes),
    SUPPORTED(IPlatformProperties, supportedGfxControllerTypes),
    SUPPORTED(IPlatformProperties, supportedNetAdpPromiscModePols),
    SUPPORTED(IPlatformProperties, supportedNetworkAdapterTypes),
    SUPPORTED(IPlatformProperties, supportedUartTypes),
    SUPPORTED(IPlatformProperties, supportedUSBControllerTypes),
    SUPPORTED(IPlatformProperties, supportedAudioControllerTypes),
    SUPPORTED(IPlatformProperties, supportedBootDevices),
    SUPPORTED(IPlatformProperties, supportedStorageBuses),
    SUPPORTED(IPlatformProperties, supportedStorageControllerTypes),
    SUPPORTED(IPlatformProperties, supportedChipsetTypes),
    SUPPORTED(IPlatformProperties, supportedIommuTypes),
    SUPPORTED(IPlatformProperties, supportedTpmTypes),
    {NULL, NULL},
};
