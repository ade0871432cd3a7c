/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The words of libvirt's XML for the enums of the model. */
#include "model/domain.h"

static int find(const char *const *names, int n, const char *text)
{
    for (int i = 0; text && i < n; i++) {
        if (eb_streq(names[i], text))
            return i;
    }
    return -1;
}

#define DEFINE_ENUM(type, last, ...)                                                                         \
    static const char *const type##_names[] = {__VA_ARGS__};                                                 \
    _Static_assert(EB_ARRAY_SIZE(type##_names) == (size_t)(last), #type " has a name for each constant");    \
    const char *type##_to_string(int value)                                                                  \
    {                                                                                                        \
        return value >= 0 && value < (int)(last) ? type##_names[value] : NULL;                               \
    }                                                                                                        \
    int type##_from_string(const char *text)                                                                 \
    {                                                                                                        \
        return find(type##_names, (int)(last), text);                                                        \
    }

DEFINE_ENUM(eb_virt_type, EB_VIRT_LAST, "none", "vbox", "test", "qemu", "kvm", "xen", "lxc")
DEFINE_ENUM(eb_address_type, EB_ADDRESS_LAST, "none", "pci", "drive", "usb", "isa", "virtio-serial", "ccid")
DEFINE_ENUM(eb_boot_dev, EB_BOOT_LAST, "fd", "cdrom", "hd", "network")
DEFINE_ENUM(eb_firmware, EB_FIRMWARE_LAST, "none", "bios", "efi")
DEFINE_ENUM(eb_clock_offset, EB_CLOCK_LAST, "none", "utc", "localtime", "timezone", "variable")
DEFINE_ENUM(eb_lifecycle_action, EB_ACTION_LAST, "none", "destroy", "restart", "rename-restart", "preserve",
            "coredump-destroy", "coredump-restart")
DEFINE_ENUM(eb_disk_device, EB_DISK_DEVICE_LAST, "disk", "cdrom", "floppy", "lun")
DEFINE_ENUM(eb_disk_type, EB_DISK_TYPE_LAST, "none", "file", "block", "dir", "network", "volume")
DEFINE_ENUM(eb_disk_bus, EB_BUS_LAST, "none", "ide", "fdc", "scsi", "sata", "usb", "virtio", "nvme", "xen")
DEFINE_ENUM(eb_controller_type, EB_CONTROLLER_LAST, "ide", "fdc", "scsi", "sata", "virtio-serial", "ccid",
            "usb", "pci", "xenbus", "isa", "nvme")
DEFINE_ENUM(eb_net_type, EB_NET_LAST, "user", "ethernet", "network", "bridge", "internal", "direct", "udp",
            "null")
DEFINE_ENUM(eb_chr_source, EB_CHR_LAST, "null", "vc", "pty", "dev", "file", "pipe", "stdio", "udp", "tcp",
            "unix", "spicevmc")
DEFINE_ENUM(eb_graphics_type, EB_GRAPHICS_LAST, "sdl", "vnc", "rdp", "desktop", "spice")
DEFINE_ENUM(eb_device_type, EB_DEVICE_LAST, "none", "disk", "controller", "filesystem", "interface", "serial",
            "parallel", "console", "channel", "input", "tpm", "graphics", "sound", "video", "hostdev",
            "watchdog", "memballoon", "rng")
