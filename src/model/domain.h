/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file domain.h
 * A domain's definition, as libvirt's domain XML says it. Plain data: every pointer is owned by the structure
 * that holds it and freed by eb_domain_def_free; NULL means "not said". Memory is KiB, where a name does not
 * say otherwise.
 *
 * What the XML said and this model does not carry is not lost: the parser lists it in `unmodelled`, with its
 * name and place. A driver that cannot carry it refuses it by that name (docs/xml.md lists what may be
 * ignored, and why); the test driver keeps it and gives it back.
 */
#ifndef EB_MODEL_DOMAIN_H
#define EB_MODEL_DOMAIN_H

#include "base/error.h"
#include "base/uuid.h"
#include "model/tuning.h"

/** Not said, yes/on, no/off. */
enum eb_tristate { EB_ABSENT = 0, EB_YES, EB_NO };

/**
 * Declares, for an enum whose constants start at 0 and run without gaps, NAME_to_string (static text; NULL
 * for one that is out of range or has no text) and NAME_from_string (-1 for an unknown text). Defined in
 * enums.c with tables.
 */
#define EB_DECLARE_ENUM(name)                                                                                \
    const char *name##_to_string(int value);                                                                 \
    int name##_from_string(const char *text)

enum eb_virt_type {
    EB_VIRT_NONE,
    EB_VIRT_VBOX,
    EB_VIRT_TEST,
    EB_VIRT_QEMU,
    EB_VIRT_KVM,
    EB_VIRT_XEN,
    EB_VIRT_LXC,
    EB_VIRT_LAST
};
EB_DECLARE_ENUM(eb_virt_type);

/** Whether `name` is one of libvirt's architectures ("x86_64"), whatever a driver can do with it. */
bool eb_arch_is_known(const char *name);

/* ---- Addresses ---- */

enum eb_address_type {
    EB_ADDRESS_NONE,
    EB_ADDRESS_PCI,
    EB_ADDRESS_DRIVE,
    EB_ADDRESS_USB,
    EB_ADDRESS_ISA,
    EB_ADDRESS_VIRTIO_SERIAL,
    EB_ADDRESS_CCID,
    EB_ADDRESS_LAST
};
EB_DECLARE_ENUM(eb_address_type);

struct eb_address {
    enum eb_address_type type;
    unsigned domain, bus, slot, function; /* pci; bus: usb, drive, virtio-serial too */
    enum eb_tristate multifunction;
    unsigned controller, target, unit; /* drive; controller: virtio-serial too */
    char *port;                        /* usb "1.2"; virtio-serial, as text */
    unsigned iobase, irq;              /* isa; 0: not said */
};

/* ---- Parts of the machine ---- */

/** <metadata>: one element of a foreign namespace. */
struct eb_metadata {
    char *uri;
    char *xml; /* the element, as it is written back; it declares its namespace itself */
};

enum eb_boot_dev { EB_BOOT_FD, EB_BOOT_CDROM, EB_BOOT_HD, EB_BOOT_NETWORK, EB_BOOT_LAST };
EB_DECLARE_ENUM(eb_boot_dev);

enum eb_firmware { EB_FIRMWARE_NONE, EB_FIRMWARE_BIOS, EB_FIRMWARE_EFI, EB_FIRMWARE_LAST };
EB_DECLARE_ENUM(eb_firmware); /* <os firmware=…>: "bios", "efi" */

struct eb_os {
    char *type;    /* "hvm" */
    char *arch;    /* "x86_64", "i686", "aarch64" */
    char *machine; /* VirtualBox: the chipset, "piix3", "ich9", "armv8virtual" */
    enum eb_firmware firmware;
    enum eb_tristate secure_boot;   /* <firmware><feature name='secure-boot' enabled=…/> */
    enum eb_tristate enrolled_keys; /* … name='enrolled-keys' */
    char *loader;                   /* path */
    enum eb_tristate loader_readonly, loader_secure;
    char *loader_type; /* "rom", "pflash" */
    char *nvram;       /* path */
    char *nvram_template;
    char *kernel, *initrd, *cmdline, *init;
    enum eb_boot_dev *boot;
    size_t n_boot;
    enum eb_tristate bootmenu;
    unsigned bootmenu_timeout; /* ms; when bootmenu_timeout_set */
    bool bootmenu_timeout_set;
    char *smbios_mode;
};

/** <features>. */
struct eb_features {
    bool acpi;
    bool pae;
    enum eb_tristate apic; /* <apic/> is yes */
    enum eb_tristate hap, viridian, smm;
    enum eb_tristate hyperv; /* <hyperv> is there; its parts are unmodelled */
};

enum eb_clock_offset {
    EB_CLOCK_NONE,
    EB_CLOCK_UTC,
    EB_CLOCK_LOCALTIME,
    EB_CLOCK_TIMEZONE,
    EB_CLOCK_VARIABLE,
    EB_CLOCK_LAST
};
EB_DECLARE_ENUM(eb_clock_offset);

struct eb_timer {
    char *name; /* "hpet", "rtc", "pit", "tsc", "kvmclock", "hypervclock" */
    enum eb_tristate present;
    char *tickpolicy, *track, *mode;
};

struct eb_clock {
    enum eb_clock_offset offset;
    char *timezone;
    char *basis;
    long long adjustment; /* seconds, with variable */
    bool adjustment_set;
    struct eb_timer *timers;
    size_t n_timers;
};

enum eb_lifecycle_action {
    EB_ACTION_NONE,
    EB_ACTION_DESTROY,
    EB_ACTION_RESTART,
    EB_ACTION_RENAME_RESTART,
    EB_ACTION_PRESERVE,
    EB_ACTION_COREDUMP_DESTROY,
    EB_ACTION_COREDUMP_RESTART,
    EB_ACTION_LAST
};
EB_DECLARE_ENUM(eb_lifecycle_action);

struct eb_cpu_feature {
    char *name;
    char *policy; /* "require", "disable" … */
};

struct eb_cpu {
    bool present; /* <cpu> was said */
    char *mode, *match, *check, *model, *fallback, *vendor, *migratable;
    unsigned sockets, dies, clusters, cores, threads; /* 0: no topology said */
    struct eb_cpu_feature *features;
    size_t n_features;
};

/** <boot order=…> of a device; 0: not said. */
typedef unsigned eb_boot_order;

enum eb_disk_device { EB_DISK_DISK, EB_DISK_CDROM, EB_DISK_FLOPPY, EB_DISK_LUN, EB_DISK_DEVICE_LAST };
EB_DECLARE_ENUM(eb_disk_device);
enum eb_disk_type {
    EB_DISK_TYPE_NONE,
    EB_DISK_TYPE_FILE,
    EB_DISK_TYPE_BLOCK,
    EB_DISK_TYPE_DIR,
    EB_DISK_TYPE_NETWORK,
    EB_DISK_TYPE_VOLUME,
    EB_DISK_TYPE_LAST
};
EB_DECLARE_ENUM(eb_disk_type);
enum eb_disk_bus {
    EB_BUS_NONE,
    EB_BUS_IDE,
    EB_BUS_FDC,
    EB_BUS_SCSI,
    EB_BUS_SATA,
    EB_BUS_USB,
    EB_BUS_VIRTIO,
    EB_BUS_NVME,
    EB_BUS_XEN,
    EB_BUS_LAST
};
EB_DECLARE_ENUM(eb_disk_bus);

struct eb_disk {
    enum eb_disk_type type;
    enum eb_disk_device device;
    char *driver_name, *driver_type; /* "vdi", "vmdk", "vhd", "raw" … */
    char *cache, *io, *discard, *error_policy;
    char *source; /* path of file, block, dir; NULL: an empty drive */
    char *source_pool, *source_volume, *startup_policy;
    char *source_protocol, *source_name; /* network */
    char *target;                        /* "hda" */
    enum eb_disk_bus bus;
    char *tray; /* "open" */
    enum eb_tristate removable;
    bool readonly, shareable, transient;
    char *serial, *wwn, *vendor, *product;
    unsigned rotation_rate; /* 0: not said; 1: solid state */
    struct eb_iotune iotune;
    eb_boot_order boot_order;
    struct eb_address address;
    char *alias;
};

enum eb_controller_type {
    EB_CONTROLLER_IDE,
    EB_CONTROLLER_FDC,
    EB_CONTROLLER_SCSI,
    EB_CONTROLLER_SATA,
    EB_CONTROLLER_VIRTIO_SERIAL,
    EB_CONTROLLER_CCID,
    EB_CONTROLLER_USB,
    EB_CONTROLLER_PCI,
    EB_CONTROLLER_XENBUS,
    EB_CONTROLLER_ISA,
    EB_CONTROLLER_NVME,
    EB_CONTROLLER_LAST
};
EB_DECLARE_ENUM(eb_controller_type);

struct eb_controller {
    enum eb_controller_type type;
    int index;   /* -1: not said */
    char *model; /* scsi: "buslogic", "lsilogic", "lsisas1068", "virtio-scsi"; ide: "piix3"…; usb:
                    "piix3-uhci", "ehci", "nec-xhci" … */
    int ports;   /* -1: not said */
    char *name;  /* vbox namespace: the storage controller's own name; NULL: from type and index */
    enum eb_tristate host_io_cache; /* vbox namespace */
    struct eb_address address;
    char *alias;
};

enum eb_net_type {
    EB_NET_USER,
    EB_NET_ETHERNET,
    EB_NET_NETWORK,
    EB_NET_BRIDGE,
    EB_NET_INTERNAL,
    EB_NET_DIRECT,
    EB_NET_UDP,
    EB_NET_NULL,
    EB_NET_LAST
};
EB_DECLARE_ENUM(eb_net_type);

struct eb_port_forward {
    char *name;
    bool udp;      /* else tcp */
    char *host_ip; /* NULL: all */
    uint16_t host_port;
    char *guest_ip; /* NULL: the one that DHCP gave */
    uint16_t guest_port;
};

struct eb_interface {
    enum eb_net_type type;
    unsigned char mac[6];
    bool has_mac;
    char *source;      /* network's name, bridge's or device's name, internal network's name */
    char *source_mode; /* direct */
    char *portgroup;
    char *model; /* "82540EM", "virtio" … */
    char *driver_name;
    char *target; /* "testnet0" */
    struct eb_rate inbound, outbound;
    enum eb_tristate link_down; /* <link state='down'/> is EB_YES, 'up' EB_NO */
    unsigned boot_priority;     /* vbox namespace: among the adapters that boot from the network; 0: none */
    eb_boot_order boot_order;
    /* vbox namespace: what libvirt's XML has no word for */
    struct eb_port_forward *forwards;
    size_t n_forwards;
    char *attachment; /* VirtualBox's own where no `type` says it: "Generic", "Cloud", "HostOnlyNetwork",
                         "NATNetwork", "HostOnly" */
    char *generic_driver;
    char **generic_properties; /* "name=value", NULL-terminated */
    char *promiscuous;         /* "deny", "allow-network", "allow-all" */
    char *nat_network;         /* the NAT engine's network, "10.0.2.0/24" */
    unsigned line_speed;       /* kbit/s; 0: not said */
    int slot;                  /* which of VirtualBox's adapters, from 0; -1: the next free one */
    struct eb_address address;
    char *alias;
};

enum eb_chr_source {
    EB_CHR_NULL,
    EB_CHR_VC,
    EB_CHR_PTY,
    EB_CHR_DEV,
    EB_CHR_FILE,
    EB_CHR_PIPE,
    EB_CHR_STDIO,
    EB_CHR_UDP,
    EB_CHR_TCP,
    EB_CHR_UNIX,
    EB_CHR_SPICEVMC,
    EB_CHR_LAST
};
EB_DECLARE_ENUM(eb_chr_source);

/** <serial>, <parallel>, <console>, <channel>. */
struct eb_chardev {
    enum eb_chr_source source;
    char *path; /* dev, file, pipe, unix, pty */
    char *host; /* tcp, udp */
    char *service;
    bool listen;    /* unix, tcp: mode='bind'; VirtualBox: the server's side */
    char *protocol; /* tcp: "raw", "telnet" */
    enum eb_tristate append;
    int port; /* <target port>; -1: not said */
    char *target_type, *target_model, *target_name;
    char *uart; /* vbox namespace: "16450", "16550A", "16750" */
    struct eb_address address;
    char *alias;
};

enum eb_graphics_type {
    EB_GRAPHICS_SDL,
    EB_GRAPHICS_VNC,
    EB_GRAPHICS_RDP,
    EB_GRAPHICS_DESKTOP,
    EB_GRAPHICS_SPICE,
    EB_GRAPHICS_LAST
};
EB_DECLARE_ENUM(eb_graphics_type);

struct eb_graphics {
    enum eb_graphics_type type;
    int port; /* -1: chosen by the hypervisor; 0: not said */
    enum eb_tristate autoport;
    char *listen; /* address */
    char *listen_network;
    char *passwd; /* formatted only with EB_XML_SECURE */
    char *display, *xauth;
    enum eb_tristate fullscreen, multi_user, replace_user;
    char *keymap;
    /* vbox namespace */
    char *ports;     /* VirtualBox's own text, a list or range, where one number does not say it */
    char *auth_type; /* "null", "external", "guest" */
    char *extpack;   /* which VRDE provider */
    char *alias;
};

struct eb_video {
    char *model;       /* "vbox", "vmvga" … */
    uint64_t vram_kib; /* 0: not said */
    unsigned heads;    /* 0: not said */
    unsigned ram_kib, vgamem_kib;
    enum eb_tristate primary, accel3d, accel2d;
    char *controller; /* vbox namespace: "vboxvga", "vmsvga", "vboxsvga", "none"; NULL: from `model` */
    struct eb_address address;
    char *alias;
};

struct eb_sound {
    char *model;  /* "ich6" (HDA), "ac97", "sb16" … */
    char *driver; /* vbox namespace: host driver "default", "pulse", "alsa", "null" … */
    char *codec;
    enum eb_tristate input, output; /* vbox namespace */
    struct eb_address address;
    char *alias;
};

struct eb_input {
    char *type;  /* "mouse", "tablet", "keyboard" */
    char *bus;   /* "ps2", "usb" */
    char *model; /* vbox namespace: "multitouch" … */
    struct eb_address address;
    char *alias;
};

/** <hostdev>: a device of the host that the guest gets; for VirtualBox a USB device filter. */
struct eb_hostdev {
    char *mode, *type; /* "subsystem"; "usb", "pci" */
    enum eb_tristate managed;
    char *startup_policy;
    bool has_vendor, has_product, has_device; /* has_device: bus and device */
    unsigned vendor, product, bus, device;
    struct eb_address source; /* pci */
    /* vbox namespace: the rest of a device filter */
    char *name, *manufacturer, *product_name, *serial, *revision, *port, *remote;
    enum eb_tristate active;
    struct eb_address address;
    char *alias;
};

/** <filesystem>: a shared folder. */
struct eb_filesystem {
    char *type; /* "mount" */
    char *accessmode;
    char *driver_type;
    char *source; /* the host's path */
    char *target; /* the name that the guest mounts */
    bool readonly;
    enum eb_tristate automount; /* vbox namespace */
    char *automount_point;      /* vbox namespace */
    struct eb_address address;
    char *alias;
};

struct eb_tpm {
    char *model;   /* "tpm-tis", "tpm-crb" */
    char *backend; /* "emulator", "passthrough" */
    char *version; /* "1.2", "2.0" */
    char *device;  /* passthrough */
    char *alias;
};

struct eb_rng {
    char *model, *backend, *source;
    struct eb_address address;
    char *alias;
};

struct eb_memballoon {
    bool present;
    char *model; /* "virtio", "none" */
    enum eb_tristate autodeflate;
    unsigned period; /* seconds; 0: not said */
    struct eb_address address;
    char *alias;
};

struct eb_watchdog {
    char *model, *action;
    struct eb_address address;
    char *alias;
};

/**
 * Settings of VirtualBox that libvirt's XML has no word for: <metadata><vbox:machine
 * xmlns:vbox='urn:everbox:vbox:1'>. Device settings "of the vbox namespace" above are written there too,
 * since libvirt's schema allows foreign elements only there.
 */
struct eb_vbox_settings {
    char *os_type;  /* IGuestOSType id, "Debian_64" */
    char **groups;  /* "/servers", NULL-terminated */
    char *frontend; /* what starts it: "headless", "gui", "sdl", "separate" */
    char *paravirt; /* "none", "default", "legacy", "minimal", "hyperv", "kvm" */
    char *iommu;
    char *firmware; /* "efi32", "efi64", "efidual" where plain efi does not say it */
    char *clipboard, *dnd;
    char *cpu_profile;
    char *execution_engine; /* "default", "hwvirt", "native-api", "interpreter", "recompiler" */
    enum eb_tristate nested_hwvirt, nested_paging, vpid, unrestricted, large_pages, hwvirt, long_mode,
        triple_fault_reset, page_fusion, x2apic, cpu_hotplug, recording;
    unsigned cpu_cap;     /* percent; 0: not said */
    unsigned balloon_mib; /* when balloon_set */
    bool balloon_set;
    char *snapshot_folder;
    long long time_offset; /* ms; when time_offset_set */
    bool time_offset_set;
    char *recording_file;
    unsigned autostart_delay; /* seconds */
    char *autostop;
    char **extradata;        /* "key=value", NULL-terminated; Everbox's own keys are not here */
    char **guest_properties; /* "name=value" */
    char **strays;           /* "<vbox:sound for='#1'": of devices that are not there; read, never written */
};

/** What the XML said and this model has no member for. */
struct eb_unmodelled {
    char *path; /* of its parent, e.g. "/domain/devices/disk[2]" */
    char *what; /* for messages: "element <shmem>", "attribute 'foo' of <disk>" */
    char *name; /* the element's or attribute's name, with its prefix */
    char *uri;  /* an attribute's namespace; NULL: none */
    bool attribute;
    char *xml; /* the element as text, or the attribute's value */
    long line; /* in the text that was parsed; 0: unknown */
};

struct eb_domain_def {
    enum eb_virt_type virt;
    int id; /* -1: does not run */
    char *name;
    unsigned char uuid[16];
    bool has_uuid;
    char *title, *description;
    char *genid;
    struct eb_metadata *metadata;
    size_t n_metadata;

    uint64_t max_memory;       /* <memory> */
    uint64_t memory;           /* <currentMemory> */
    uint64_t memory_slots_max; /* <maxMemory>; 0: not said */
    unsigned memory_slots;
    unsigned max_vcpus, vcpus;
    char *vcpu_placement; /* "static" */
    char *cpuset;
    struct eb_tuning tune;

    struct eb_os os;
    char *bootloader;
    struct eb_features features;
    struct eb_cpu cpu;
    struct eb_clock clock;
    enum eb_lifecycle_action on_poweroff, on_reboot, on_crash;
    enum eb_tristate suspend_to_mem, suspend_to_disk; /* <pm> */

    char *emulator;
    struct eb_disk *disks;
    size_t n_disks;
    struct eb_controller *controllers;
    size_t n_controllers;
    struct eb_filesystem *filesystems;
    size_t n_filesystems;
    struct eb_interface *interfaces;
    size_t n_interfaces;
    struct eb_chardev *serials, *parallels, *consoles, *channels;
    size_t n_serials, n_parallels, n_consoles, n_channels;
    struct eb_input *inputs;
    size_t n_inputs;
    struct eb_tpm *tpms;
    size_t n_tpms;
    struct eb_graphics *graphics;
    size_t n_graphics;
    struct eb_sound *sounds;
    size_t n_sounds;
    struct eb_video *videos;
    size_t n_videos;
    struct eb_hostdev *hostdevs;
    size_t n_hostdevs;
    struct eb_watchdog *watchdogs;
    size_t n_watchdogs;
    struct eb_memballoon memballoon;
    struct eb_rng *rngs;
    size_t n_rngs;

    struct eb_vbox_settings vbox;

    struct eb_unmodelled *unmodelled;
    size_t n_unmodelled;
};

/** An empty definition: id -1, all else "not said". */
struct eb_domain_def *eb_domain_def_new(void);
/** NULL is fine. */
void eb_domain_def_free(struct eb_domain_def *def);
/** A deep copy. */
struct eb_domain_def *eb_domain_def_copy(const struct eb_domain_def *def);
void eb_domain_def_cleanup(struct eb_domain_def **def);
/** Makes `to` a deep copy of `from`; what it held is not freed. */
void eb_chardev_copy(struct eb_chardev *to, const struct eb_chardev *from);
/** Frees what it holds and zeroes it. */
void eb_chardev_clear(struct eb_chardev *chr);
#define EB_AUTODEF EB_CLEANUP(eb_domain_def_cleanup)

enum eb_device_type {
    EB_DEVICE_NONE,
    EB_DEVICE_DISK,
    EB_DEVICE_CONTROLLER,
    EB_DEVICE_FILESYSTEM,
    EB_DEVICE_INTERFACE,
    EB_DEVICE_SERIAL,
    EB_DEVICE_PARALLEL,
    EB_DEVICE_CONSOLE,
    EB_DEVICE_CHANNEL,
    EB_DEVICE_INPUT,
    EB_DEVICE_TPM,
    EB_DEVICE_GRAPHICS,
    EB_DEVICE_SOUND,
    EB_DEVICE_VIDEO,
    EB_DEVICE_HOSTDEV,
    EB_DEVICE_WATCHDOG,
    EB_DEVICE_MEMBALLOON,
    EB_DEVICE_RNG,
    EB_DEVICE_LAST
};
EB_DECLARE_ENUM(eb_device_type); /* the element's name: "disk" … */

/** One device by itself, as attach, detach and update take it: `def` holds it alone (and its unmodelled
 * parts). */
struct eb_device {
    enum eb_device_type type;
    struct eb_domain_def *def;
};
void eb_device_clear(struct eb_device *dev);

#endif
