/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* <os>: firmware with its keys, chipset, boot order and boot menu. */
#include "vbox/machine.h"

/* ---- Firmware ---- */

static const struct vm_name firmwares[] = {
    {FirmwareType_BIOS, "bios"},   {FirmwareType_EFI, "efi"},         {FirmwareType_EFI32, "efi32"},
    {FirmwareType_EFI64, "efi64"}, {FirmwareType_EFIDUAL, "efidual"},
};

/* Before 3.1 there is the BIOS alone. */
static int get_firmware(struct vm *vm, enum vb_FirmwareType *out, eb_error *err)
{
    *out = FirmwareType_BIOS;
    if (vb_has(vm->vb, VB_IFirmwareSettings_get_firmwareType))
        return IFirmwareSettings_get_firmwareType(vm->vb, vm->firmware, out, err);
    if (vb_has(vm->vb, VB_IMachine_get_firmwareType))
        return IMachine_get_firmwareType(vm->vb, vm->machine, out, err);
    return 0;
}

static int set_firmware(struct vm *vm, enum vb_FirmwareType type, eb_error *err)
{
    enum vb_FirmwareType is;

    if (get_firmware(vm, &is, err) < 0)
        return -1;
    if (is == type)
        return 0;
    if (vb_has(vm->vb, VB_IFirmwareSettings_set_firmwareType))
        return IFirmwareSettings_set_firmwareType(vm->vb, vm->firmware, type, err);
    return IMachine_set_firmwareType(vm->vb, vm->machine, type, err);
}

static enum vb_FirmwareType wanted_firmware(struct vm *vm, const struct eb_domain_def *def)
{
    if (def->vbox.firmware)
        return (enum vb_FirmwareType)vm_value_of(firmwares, EB_ARRAY_SIZE(firmwares), def->vbox.firmware);
    if (def->os.firmware == EB_FIRMWARE_EFI || (vm->platform && !vm->x86))
        return FirmwareType_EFI;
    return FirmwareType_BIOS;
}

/* ---- The variables of EFI: where they are kept, secure boot ---- */

/* The store of a machine that never had EFI, or whose file is not there yet, gives an error: no store. */
static IUefiVariableStore *find_store(struct vm *vm, INvramStore *nvram)
{
    eb_error ignored EB_AUTOERROR = EB_ERROR_INIT;
    IUefiVariableStore *store = NULL;

    if (INvramStore_get_uefiVariableStore(vm->vb, nvram, &store, &ignored) < 0)
        return NULL;
    return store;
}

static int read_secure_boot(struct vm *vm, INvramStore *nvram, struct eb_os *os)
{
    VB_AUTO(IUefiVariableStore) store = find_store(vm, nvram);
    eb_error ignored EB_AUTOERROR = EB_ERROR_INIT;
    bool on = false;

    /* a store without a platform key has no answer: secure boot cannot be on */
    if (store && IUefiVariableStore_get_secureBootEnabled(vm->vb, store, &on, &ignored) == 0 && on)
        os->secure_boot = EB_YES;
    return 0;
}

static int read_nvram(struct vm *vm, struct eb_os *os, eb_error *err)
{
    VB_AUTO(INvramStore) nvram = NULL;
    char *path = NULL;

    if (vb_has(vm->vb, VB_IMachine_get_nonVolatileStore)) {
        if (IMachine_get_nonVolatileStore(vm->vb, vm->machine, &nvram, err) < 0 ||
            INvramStore_get_nonVolatileStorageFile(vm->vb, nvram, &path, err) < 0)
            return -1;
        if (read_secure_boot(vm, nvram, os) < 0)
            return -1;
    } else if (vb_has(vm->vb, VB_IFirmwareSettings_get_nonVolatileStorageFile)) {
        if (IFirmwareSettings_get_nonVolatileStorageFile(vm->vb, vm->firmware, &path, err) < 0)
            return -1;
    }
    os->nvram = vm_take_text(&path);
    if (os->secure_boot == EB_YES)
        os->enrolled_keys = EB_YES;
    return 0;
}

/* Secure boot needs a store with a platform key and the keys that sign boot loaders. */
static int enroll(struct vm *vm, INvramStore *nvram, IUefiVariableStore **store, eb_error *err)
{
    if (INvramStore_initUefiVariableStore(vm->vb, nvram, 0, err) < 0)
        return -1;
    vb_unref(*store);
    *store = NULL;
    if (INvramStore_get_uefiVariableStore(vm->vb, nvram, store, err) < 0 ||
        IUefiVariableStore_enrollOraclePlatformKey(vm->vb, *store, err) < 0)
        return -1;
    return IUefiVariableStore_enrollDefaultMsSignatures(vm->vb, *store, err);
}

static int apply_secure_boot(struct vm *vm, const struct eb_os *os, eb_error *err)
{
    bool wanted = os->secure_boot == EB_YES || os->loader_secure == EB_YES, on = false;
    VB_AUTO(INvramStore) nvram = NULL;
    VB_AUTO(IUefiVariableStore) store = NULL;
    eb_error ignored EB_AUTOERROR = EB_ERROR_INIT;

    if (!vb_has(vm->vb, VB_IMachine_get_nonVolatileStore))
        return 0;
    if (IMachine_get_nonVolatileStore(vm->vb, vm->machine, &nvram, err) < 0)
        return -1;
    store = find_store(vm, nvram);
    if (store && IUefiVariableStore_get_secureBootEnabled(vm->vb, store, &on, &ignored) < 0)
        on = false;
    if (on == wanted)
        return 0;
    if (wanted && enroll(vm, nvram, &store, err) < 0)
        return -1;
    return IUefiVariableStore_set_secureBootEnabled(vm->vb, store, wanted, err);
}

/* ---- Chipset ---- */

static const struct vm_name chipsets[] = {
    {ChipsetType_PIIX3, "piix3"},
    {ChipsetType_ICH9, "ich9"},
    {ChipsetType_ARMv8Virtual, "armv8virtual"},
    {ChipsetType_PIIX3, "pc"},
    {ChipsetType_ICH9, "q35"},
    {ChipsetType_PIIX3, "i440fx"},
    {ChipsetType_ARMv8Virtual, "virt"},
};

static int apply_chipset(struct vm *vm, const char *machine, eb_error *err)
{
    enum vb_ChipsetType wanted = (enum vb_ChipsetType)vm_value_of(chipsets, EB_ARRAY_SIZE(chipsets), machine);

    if (!machine)
        return 0;
    if (vm->platform)
        return VM_CHANGE(enum vb_ChipsetType, vm, IPlatform, chipsetType, vm->platform, wanted, err);
    if (vb_has(vm->vb, VB_IMachine_set_chipsetType))
        return VM_CHANGE(enum vb_ChipsetType, vm, IMachine, chipsetType, vm->machine, wanted, err);
    return 0;
}

static int check_chipset(struct vm *vm, const char *machine, eb_error *err)
{
    int value = vm_value_of(chipsets, EB_ARRAY_SIZE(chipsets), machine);

    if (value == ChipsetType_PIIX3)
        return 0; /* before 4.0 it is the only one and has no constant */
    return vm_check_name(vm, chipsets, EB_ARRAY_SIZE(chipsets), VB_ENUM_ChipsetType,
                         "machine of <os><type>:", machine, err);
}

/* ---- Boot order ---- */

static const int boot_devices[EB_BOOT_LAST] = {
    [EB_BOOT_FD] = DeviceType_Floppy,
    [EB_BOOT_CDROM] = DeviceType_DVD,
    [EB_BOOT_HD] = DeviceType_HardDisk,
    [EB_BOOT_NETWORK] = DeviceType_Network,
};

static int read_boot(struct vm *vm, struct eb_os *os, eb_error *err)
{
    uint32_t positions = 0;

    if (vm_count_of(vm, VM_BOOT_POSITIONS, &positions, err) < 0)
        return -1;
    for (uint32_t i = 1; i <= positions; i++) {
        enum vb_DeviceType type = DeviceType__none;

        if (IMachine_getBootOrder(vm->vb, vm->machine, i, &type, err) < 0)
            return -1;
        for (int dev = 0; dev < EB_BOOT_LAST; dev++)
            if (boot_devices[dev] == (int)type)
                *EB_APPEND(os->boot, os->n_boot) = (enum eb_boot_dev)dev;
    }
    return 0;
}

/* Devices with a <boot order> of their own, as VirtualBox knows them: by kind, in order, each kind once. */
struct boot_entry {
    unsigned order;
    int type;
};

static int by_order(const void *a, const void *b)
{
    const struct boot_entry *x = a, *y = b;

    return x->order < y->order ? -1 : x->order > y->order;
}

static int disk_boot_type(const struct eb_disk *disk)
{
    static const int types[EB_DISK_DEVICE_LAST] = {
        [EB_DISK_DISK] = DeviceType_HardDisk,
        [EB_DISK_CDROM] = DeviceType_DVD,
        [EB_DISK_FLOPPY] = DeviceType_Floppy,
        [EB_DISK_LUN] = DeviceType_HardDisk,
    };

    return types[disk->device];
}

/* The wanted order as VirtualBox's device types, each once; the caller frees it. */
static int *wanted_boot(const struct eb_domain_def *def, size_t *n_out)
{
    EB_AUTOFREE struct boot_entry *list =
        eb_calloc(def->os.n_boot + def->n_disks + def->n_interfaces + 1, sizeof(*list));
    int *types;
    size_t n = 0, n_types = 0;

    for (size_t i = 0; i < def->os.n_boot; i++)
        list[n++] = (struct boot_entry){(unsigned)i, boot_devices[def->os.boot[i]]};
    for (size_t i = 0; i < def->n_disks; i++)
        if (def->disks[i].boot_order)
            list[n++] = (struct boot_entry){def->disks[i].boot_order, disk_boot_type(&def->disks[i])};
    for (size_t i = 0; i < def->n_interfaces; i++)
        if (def->interfaces[i].boot_order)
            list[n++] = (struct boot_entry){def->interfaces[i].boot_order, DeviceType_Network};
    qsort(list, n, sizeof(*list), by_order);
    types = eb_calloc(n + 1, sizeof(*types));
    for (size_t i = 0; i < n; i++) {
        bool seen = false;

        for (size_t k = 0; k < n_types; k++)
            seen = seen || types[k] == list[i].type;
        if (!seen)
            types[n_types++] = list[i].type;
    }
    *n_out = n_types;
    return types;
}

static int set_boot(struct vm *vm, uint32_t position, enum vb_DeviceType wanted, eb_error *err)
{
    enum vb_DeviceType is = DeviceType__none;

    if (IMachine_getBootOrder(vm->vb, vm->machine, position, &is, err) < 0)
        return -1;
    return is == wanted ? 0 : IMachine_setBootOrder(vm->vb, vm->machine, position, wanted, err);
}

/* An order that is not said stays. A device may not be at two places, not even for a moment: clear first. */
static int apply_boot(struct vm *vm, const struct eb_domain_def *def, eb_error *err)
{
    size_t n;
    EB_AUTOFREE int *types = wanted_boot(def, &n);
    uint32_t positions = 0;

    if (n == 0)
        return 0;
    if (vm_count_of(vm, VM_BOOT_POSITIONS, &positions, err) < 0)
        return -1;
    for (uint32_t i = 1; i <= positions; i++) {
        enum vb_DeviceType is = DeviceType__none;

        if (IMachine_getBootOrder(vm->vb, vm->machine, i, &is, err) < 0)
            return -1;
        if ((i > n || types[i - 1] != (int)is) && set_boot(vm, i, DeviceType_Null, err) < 0)
            return -1;
    }
    for (uint32_t i = 1; i <= positions && i <= n; i++)
        if (set_boot(vm, i, (enum vb_DeviceType)types[i - 1], err) < 0)
            return -1;
    return 0;
}

/* ---- Boot menu: on with a message is VirtualBox's default, and so is saying nothing ---- */

static int read_bootmenu(struct vm *vm, struct eb_os *os, eb_error *err)
{
    enum vb_FirmwareBootMenuMode mode = FirmwareBootMenuMode__none;

    if (IFirmwareSettings_get_bootMenuMode(vm->vb, vm->firmware, &mode, err) < 0)
        return -1;
    if (mode == FirmwareBootMenuMode_Disabled)
        os->bootmenu = EB_NO;
    return 0;
}

static int apply_bootmenu(struct vm *vm, const struct eb_os *os, eb_error *err)
{
    enum vb_FirmwareBootMenuMode mode = FirmwareBootMenuMode__none;
    bool wanted = os->bootmenu != EB_NO;

    if (IFirmwareSettings_get_bootMenuMode(vm->vb, vm->firmware, &mode, err) < 0)
        return -1;
    if ((mode != FirmwareBootMenuMode_Disabled) == wanted)
        return 0;
    return IFirmwareSettings_set_bootMenuMode(
        vm->vb, vm->firmware, wanted ? FirmwareBootMenuMode_MessageAndMenu : FirmwareBootMenuMode_Disabled,
        err);
}

/* ---- The concept ---- */

int vm_read_os(struct vm *vm, struct eb_domain_def *def, eb_error *err)
{
    enum vb_FirmwareType firmware;
    enum vb_ChipsetType chipset;
    const char *name;

    if (get_firmware(vm, &firmware, err) < 0 || vm_chipset(vm, &chipset, err) < 0)
        return -1;
    if (firmware != FirmwareType_BIOS && firmware != FirmwareType__none) {
        def->os.firmware = EB_FIRMWARE_EFI;
        if (firmware != FirmwareType_EFI)
            def->vbox.firmware = eb_strdup(vm_name_of(firmwares, EB_ARRAY_SIZE(firmwares), (int)firmware));
        if (read_nvram(vm, &def->os, err) < 0)
            return -1;
    }
    name = vm_name_of(chipsets, EB_ARRAY_SIZE(chipsets), (int)chipset);
    def->os.machine = eb_strdup(name);
    if (read_boot(vm, &def->os, err) < 0)
        return -1;
    return read_bootmenu(vm, &def->os, err);
}

int vm_check_os(struct vm *vm, const struct eb_domain_def *def, eb_error *err)
{
    const struct eb_os *os = &def->os;
    bool efi = wanted_firmware(vm, def) != FirmwareType_BIOS;
    bool secure = os->secure_boot == EB_YES || os->loader_secure == EB_YES;
    const struct vm_refusal refusals[] = {
        {os->loader != NULL, "element <loader>"},
        {os->nvram_template != NULL, "attribute 'template' of <nvram>"},
        {os->kernel != NULL, "element <kernel>"},
        {os->initrd != NULL, "element <initrd>"},
        {os->cmdline != NULL, "element <cmdline>"},
        {os->init != NULL, "element <init>"},
        {def->bootloader != NULL, "element <bootloader>"},
        {os->bootmenu_timeout_set, "attribute 'timeout' of <bootmenu>"},
        {os->smbios_mode && strcmp(os->smbios_mode, "emulate") != 0, "element <smbios>"},
        {secure && !efi, "secure boot without <os firmware='efi'>"},
        {os->enrolled_keys == EB_NO && secure, "secure boot without 'enrolled-keys'"},
        {os->nvram && !efi, "element <nvram> without <os firmware='efi'>"},
        {os->firmware == EB_FIRMWARE_BIOS && def->vbox.firmware && efi,
         "<os firmware='bios'> with an EFI in <vbox:firmware>"},
    };

    if (vm_refuse_said(vm, refusals, EB_ARRAY_SIZE(refusals), err) < 0 ||
        vm_check_name(vm, firmwares, EB_ARRAY_SIZE(firmwares), VB_ENUM_FirmwareType,
                      "element <vbox:firmware>", def->vbox.firmware, err) < 0)
        return -1;
    if (efi && !vb_enum_has(vm->vb, VB_ENUM_FirmwareType, FirmwareType_EFI))
        return vm_refuse_release(vm, err, "<os firmware='efi'>");
    if (secure && !vb_has(vm->vb, VB_IUefiVariableStore_set_secureBootEnabled))
        return vm_refuse_release(vm, err, "firmware feature 'secure-boot'");
    return check_chipset(vm, os->machine, err);
}

int vm_apply_os(struct vm *vm, const struct eb_domain_def *def, eb_error *err)
{
    if (set_firmware(vm, wanted_firmware(vm, def), err) < 0 || apply_chipset(vm, def->os.machine, err) < 0 ||
        apply_secure_boot(vm, &def->os, err) < 0 || apply_boot(vm, def, err) < 0)
        return -1;
    return apply_bootmenu(vm, &def->os, err);
}
