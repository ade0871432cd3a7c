/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a definition says, the machine is; what the machine is, its XML says; and what cannot be is refused.
 */
#include "deftest.h"

/* ---- There and back ---- */

static bool always(void)
{
    return true;
}

#if defined(__APPLE__)
#define MACOS true
#else
#define MACOS false
#endif
#define HAS(name, test)                                                                                      \
    static bool name(void)                                                                                   \
    {                                                                                                        \
        return test;                                                                                         \
    }
#define HAS_BUS(name, bus) HAS(name, vb_enum_has(vb, VB_ENUM_StorageBus, StorageBus_##bus))
#define HAS_NIC(name, type) HAS(name, vb_enum_has(vb, VB_ENUM_NetworkAdapterType, NetworkAdapterType_##type))

HAS_BUS(has_sas, SAS)
HAS_BUS(has_usb_storage, USB)
HAS_BUS(has_nvme, PCIe)
HAS_BUS(has_virtio_scsi, VirtioSCSI)
HAS_BUS(has_media, Floppy) /* 3.1: one road for all drives */
HAS_NIC(has_virtio, Virtio)
HAS_NIC(has_isa_nics, NE2000)
HAS_NIC(has_new_nics, I82583V)
HAS(has_hda, vb_enum_has(vb, VB_ENUM_AudioControllerType, AudioControllerType_HDA))
HAS(has_audio_in, vb_has(vb, VB_IAudioAdapter_set_enabledIn))
HAS(has_chipset, vb_enum_has(vb, VB_ENUM_ChipsetType, ChipsetType_ICH9))
HAS(has_efi, vb_enum_has(vb, VB_ENUM_FirmwareType, FirmwareType_EFI))
HAS(has_secure_boot, vb_has(vb, VB_IUefiVariableStore_set_secureBootEnabled))
HAS(has_tpm, vb_has(vb, VB_IMachine_get_trustedPlatformModule))
HAS(has_hid, vb_has(vb, VB_IMachine_set_pointingHIDType))
HAS(has_multitouch, vb_enum_has(vb, VB_ENUM_PointingHIDType, PointingHIDType_USBMultiTouch))
HAS(has_hotplug, vb_has(vb, VB_IMachine_set_CPUHotPlugEnabled))
HAS(has_xhci, vb_enum_has(vb, VB_ENUM_USBControllerType, USBControllerType_XHCI))
HAS(has_raw_file, vb_enum_has(vb, VB_ENUM_PortMode, PortMode_RawFile))
HAS(has_tcp, vb_enum_has(vb, VB_ENUM_PortMode, PortMode_TCP))
HAS(has_uart, vb_has(vb, VB_ISerialPort_set_uartType))
HAS(has_forwards, vb_has(vb, VB_INATEngine_addRedirect))
HAS(has_promiscuous, vb_has(vb, VB_INetworkAdapter_set_promiscModePolicy))
HAS(has_generic, vb_has(vb, VB_INetworkAdapter_set_genericDriver))
HAS(has_cloud, vb_has(vb, VB_INetworkAdapter_set_cloudNetwork))
/* VirtualBox knows these networks on macOS alone */
HAS(has_host_only_network, vb_has(vb, VB_INetworkAdapter_set_hostOnlyNetwork) && MACOS)
HAS(has_nat_network, vb_has(vb, VB_IVirtualBox_findNATNetworkByName))
HAS(has_vmsvga, vb_enum_has(vb, VB_ENUM_GraphicsControllerType, GraphicsControllerType_VMSVGA))
HAS(has_vboxsvga, vb_enum_has(vb, VB_ENUM_GraphicsControllerType, GraphicsControllerType_VBoxSVGA))
HAS(has_groups, vb_has(vb, VB_IMachine_set_groups))
HAS(has_paravirt, vb_has(vb, VB_IMachine_set_paravirtProvider))
HAS(has_drive_flags, vb_has(vb, VB_IMachine_setHotPluggableForDevice))
HAS(has_cap, vb_has(vb, VB_IMachine_set_CPUExecutionCap))
HAS(has_bandwidth, vb_has(vb, VB_IBandwidthGroup_set_maxBytesPerSec))
HAS(has_automount, vb_has(vb, VB_ISharedFolder_get_autoMountPoint))
HAS(has_hpet, vb_has(vb, VB_IPlatformX86_set_HPETEnabled) || vb_has(vb, VB_IMachine_set_HPETEnabled))
HAS(has_recording, vb_has(vb, VB_IMachine_get_recordingSettings))
HAS(has_nested, vb_enum_has(vb, VB_ENUM_CPUPropertyTypeX86, CPUPropertyTypeX86_HWVirt))

/* Which remote display servers there are. */
static bool has_pack(const char *name)
{
    VB_AUTO(IVirtualBox) vbox = back_vbox();
    VB_AUTO(IExtPackManager) manager = NULL;
    bool usable = false;

    if (!vb_has(vb, VB_IVirtualBox_get_extensionPackManager))
        return false;
    /* there may be none in a build without packs */
    return IVirtualBox_get_extensionPackManager(vb, vbox, &manager, NULL) == 0 &&
           IExtPackManager_isExtPackUsable(vb, manager, name, &usable, NULL) == 0 && usable;
}

HAS(has_vnc, has_pack("VNC"))
HAS(has_rdp, !has_pack("VNC"))
HAS(has_port_ranges, has_rdp() && !vb_has(vb, VB_IVRDEServer_get_port))

static const struct definition {
    const char *name, *extra, *devices;
    bool (*needs)(void);
    const char *shows[4]; /* in its XML */
} definitions[] = {
    {"nothing", NULL, NULL, always, {"<on_crash>preserve</on_crash>", "<on_reboot>restart</on_reboot>"}},
    {"memory-of-no-whole-mib", NULL, NULL, always, {"<memory unit='KiB'>32768</memory>"}},
    {"balloon",
     "<currentMemory unit='MiB'>24</currentMemory>",
     NULL,
     always,
     {"<currentMemory unit='KiB'>24576</currentMemory>"}},
    {"vcpus", "<vcpu>2</vcpu>", NULL, always, {"<vcpu placement='static'>2</vcpu>"}},
    {"vcpus-to-plug",
     "<vcpu current='2'>4</vcpu>",
     NULL,
     has_hotplug,
     {"<vcpu placement='static' current='2'>4</vcpu>"}},
    {"features",
     "<features><acpi/><apic/><pae/><hap state='off'/></features>",
     NULL,
     always,
     {"<acpi/>", "<apic/>", "<pae/>"}},
    {"no-features", "<features/>", NULL, always, {NULL}},
    {"utc", "<clock offset='utc'/>", NULL, always, {"<clock offset='utc'"}},
    {"localtime", "<clock offset='localtime'/>", NULL, always, {"<clock offset='localtime'"}},
    {"clock-that-is-late",
     "<clock offset='variable' adjustment='-3600' basis='utc'/>",
     NULL,
     always,
     {"adjustment='-3600' basis='utc'"}},
    {"clock-of-milliseconds", NS("<vbox:clock offset-ms='1500'/>"), NULL, always, {"offset-ms='1500'"}},
    {"hpet",
     "<clock offset='utc'><timer name='hpet' present='yes'/></clock>",
     NULL,
     has_hpet,
     {"<timer name='hpet' present='yes'/>"}},
    {"ends-instead-of-rebooting",
     "<on_reboot>destroy</on_reboot>",
     NULL,
     always,
     {"<on_reboot>destroy</on_reboot>"}},
    {"os-type", NS(""), NULL, always, {NULL}},
    {"debian",
     "<metadata><libosinfo:libosinfo xmlns:libosinfo='http://libosinfo.org/xmlns/libvirt/domain/1.0'>"
     "<libosinfo:os id='http://debian.org/debian/12'/></libosinfo:libosinfo></metadata>",
     NULL,
     always,
     {"http://debian.org/debian/12"}},
    {"groups",
     NS("<vbox:group path='/one/two'/><vbox:group path='/three'/>"),
     NULL,
     has_groups,
     {"path='/one/two'", "path='/three'"}},
    {"settings",
     "<metadata><vbox:machine xmlns:vbox='urn:everbox:vbox:1' frontend='headless' paravirt='kvm'>"
     "<vbox:processor cap='50' hwvirt='yes' vpid='no' large-pages='yes'/>"
     "<vbox:sharing clipboard='bidirectional' dnd='host-to-guest'/>"
     "<vbox:extradata key='VBoxInternal/Everbox/Test' value='a &lt; b'/>"
     "<vbox:guest-property name='/Everbox/Test' value='x=y'/></vbox:machine></metadata>",
     NULL,
     has_paravirt,
     {"paravirt='kvm'", "<quota>50000</quota>", "clipboard='bidirectional' dnd='host-to-guest'",
      "key='VBoxInternal/Everbox/Test' value='a &lt; b'"}},
    {"capped",
     "<cputune><period>50000</period><quota>12345</quota></cputune>",
     NULL,
     has_cap,
     {"<period>100000</period>", "<quota>25000</quota>"}},
    {"nested",
     NS("<vbox:processor nested-hwvirt='yes' triple-fault-reset='yes'/>"),
     NULL,
     has_nested,
     {"nested-hwvirt='yes'", "triple-fault-reset='yes'"}},
    {"recording",
     NS("<vbox:recording enabled='yes' file='/tmp/everbox-recording.webm'/>"),
     NULL,
     has_recording,
     {"enabled='yes'"}},
    /* os is said by the template; these replace it */
    {"os=<os><type arch='i686'>hvm</type></os>", NULL, NULL, always, {"arch='i686'"}},
    {"os=<os><type machine='ich9'>hvm</type></os>", NULL, NULL, has_chipset, {"machine='ich9'"}},
    {"os=<os firmware='efi'><type>hvm</type></os>", NULL, NULL, has_efi, {"<os firmware='efi'>"}},
    {"os=<os firmware='efi'><type>hvm</type><firmware><feature enabled='yes' name='secure-boot'/>"
     "<feature enabled='yes' name='enrolled-keys'/></firmware></os>",
     NULL,
     NULL,
     has_secure_boot,
     {"<feature enabled='yes' name='secure-boot'/>"}},
    {"os=<os><type>hvm</type><boot dev='network'/><boot dev='cdrom'/><bootmenu enable='no'/></os>",
     NULL,
     NULL,
     always,
     {"<boot dev='network'/>\n    <boot dev='cdrom'/>", "<bootmenu enable='no'/>"}},

    /* drives */
    {"ide",
     NULL,
     "<disk type='file' device='disk'><source file='@/one.vdi'/><target dev='hda' bus='ide'/></disk>"
     "<disk type='file' device='cdrom'><source file='@/cd.iso'/><target dev='hdc' bus='ide'/></disk>",
     always,
     {"file='", "/one.vdi'", "<target dev='hda' bus='ide'/>", "<target dev='hdc' bus='ide'/>"}},
    {"ide-controllers",
     NULL,
     "<controller type='ide' index='0' model='ich6'/><disk type='file' device='cdrom'><target dev='hdc' "
     "bus='ide'/></disk>",
     always,
     {"<controller type='ide' index='0' model='ich6'/>"}},
    {"sata",
     NULL,
     "<disk type='file' device='disk'><driver discard='ignore' type='vdi'/><source file='@/one.vdi'/>"
     "<target dev='sda' bus='sata'/></disk>",
     always,
     {"<target dev='sda' bus='sata'/>", "<controller type='sata' index='0'/>"}},
    {"sata-port-of-the-seventh",
     NULL,
     "<disk type='file' device='disk'><source file='@/one.vdi'/><target dev='sdg' bus='sata'/></disk>",
     always,
     {"<target dev='sdg' bus='sata'/>", "controller='0' bus='0' target='0' unit='6'"}},
    {"sata-name-that-is-not-the-place",
     NULL,
     "<disk type='file' device='disk'><source file='@/one.vdi'/><target dev='sdb' bus='sata'/>"
     "<address type='drive' controller='0' bus='0' target='0' unit='5'/></disk>",
     always,
     {"<target dev='sdb' bus='sata'/>", "unit='5'"}},
    {"sata-and-scsi",
     NULL,
     "<controller type='scsi' index='0' model='buslogic'/>"
     "<disk type='file' device='disk'><source file='@/one.vdi'/><target dev='sda' bus='sata'/></disk>"
     "<disk type='file' device='disk'><source file='@/two.vdi'/><target dev='sdb' bus='scsi'/></disk>",
     always,
     {"<target dev='sda' bus='sata'/>", "<target dev='sdb' bus='scsi'/>", "model='buslogic'"}},
    {"sata-cd",
     NULL,
     "<disk type='file' device='cdrom'><source file='@/cd.iso'/><target dev='sda' bus='sata'/></disk>",
     has_media,
     {"device='cdrom'", "/cd.iso'", "<readonly/>"}},
    {"sas",
     NULL,
     "<controller type='scsi' index='0' model='lsisas1068'/>"
     "<disk type='file' device='disk'><source file='@/one.vdi'/><target dev='sda' bus='scsi'/></disk>",
     has_sas,
     {"model='lsisas1068'"}},
    {"usb-storage",
     NULL,
     "<disk type='file' device='disk'><source file='@/one.vdi'/><target dev='sda' bus='usb'/></disk>",
     has_usb_storage,
     {"<target dev='sda' bus='usb'", "<controller type='usb' index='0' model='pci-ohci'/>"}},
    {"nvme",
     NULL,
     "<disk type='file' device='disk'><source file='@/one.vdi'/><target dev='nvme0n1' bus='nvme'/></disk>",
     has_nvme,
     {"bus='nvme'"}},
    {"virtio-scsi",
     NULL,
     "<controller type='scsi' index='0' model='virtio-scsi'/>"
     "<disk type='file' device='disk'><source file='@/one.vdi'/><target dev='sda' bus='scsi'/></disk>",
     has_virtio_scsi,
     {"model='virtio-scsi'"}},
    {"floppy",
     NULL,
     "<disk type='file' device='floppy'><source file='@/floppy.img'/><target dev='fda' bus='fdc'/></disk>",
     always,
     {"device='floppy'", "<target dev='fda' bus='fdc'/>"}},
    {"controllers-without-drives",
     NS("<vbox:controller for='sata0' name='Disks' ports='4' host-io-cache='yes'/>"),
     "<controller type='sata' index='0'/><controller type='scsi' index='0' model='lsilogic'/>",
     has_drive_flags,
     {"name='Disks' ports='4' host-io-cache='yes'", "<controller type='scsi' index='0' model='lsilogic'/>"}},
    {"drive-flags",
     NULL,
     "<disk type='file' device='disk'><driver type='vdi' discard='unmap'/><source file='@/one.vdi'/>"
     "<target dev='sda' bus='sata' rotation_rate='1' removable='on'/></disk>",
     has_drive_flags,
     {"removable='on'"}},
    {"solid-state",
     NULL,
     "<disk type='file' device='disk'><source file='@/one.vdi'/>"
     "<target dev='sda' bus='sata' rotation_rate='1' removable='on'/></disk>",
     has_drive_flags,
     {"removable='on'", "rotation_rate='1'"}},
    {"limited",
     NULL,
     "<disk type='file' device='disk'><source file='@/one.vdi'/><target dev='sda' bus='sata'/>"
     "<iotune><total_bytes_sec>1048576</total_bytes_sec><group_name>slow</group_name></iotune></disk>",
     has_bandwidth,
     {"<total_bytes_sec>1048576</total_bytes_sec>", "<group_name>slow</group_name>"}},
    {"limited-by-itself",
     NULL,
     "<disk type='file' device='disk'><source file='@/one.vdi'/><target dev='sda' bus='sata'/>"
     "<iotune><total_bytes_sec>2097152</total_bytes_sec></iotune></disk>",
     has_bandwidth,
     {"<total_bytes_sec>2097152</total_bytes_sec>", "<group_name>limit-sda</group_name>"}},

    /* network adapters */
    {"nat",
     NULL,
     "<interface type='user'>" MAC "<model type='82540EM'/></interface>",
     always,
     {"<interface type='user'>", "08:00:27:00:00:01", "<model type='82540EM'/>"}},
    {"nat-limited",
     NULL,
     "<interface type='user'>" MAC
     "<bandwidth><outbound average='2048'/></bandwidth><model type='82540EM'/></interface>",
     has_bandwidth,
     {"<outbound average='2048'/>"}},
    {"nat-forwards",
     NS("<vbox:interface for='08:00:27:00:00:01' nat-network='10.9.8.0/24'>"
        "<vbox:forward name='ssh' protocol='tcp' host-ip='127.0.0.1' host-port='2222' guest-port='22'/>"
        "<vbox:forward name='dns' protocol='udp' host-port='5353' guest-ip='10.9.8.15' guest-port='53'/>"
        "</vbox:interface>"),
     "<interface type='user'>" MAC "</interface>",
     has_forwards,
     {"nat-network='10.9.8.0/24'", "name='ssh'", "guest-ip='10.9.8.15'"}},
    {"bridge",
     NULL,
     "<interface type='bridge'>" MAC "<source bridge='eth7'/><model type='82545EM'/></interface>",
     always,
     {"<interface type='bridge'>", "<source bridge='eth7'/>", "82545EM"}},
    {"internal",
     NULL,
     "<interface type='internal'>" MAC
     "<source name='inside'/><model type='82543GC'/><link state='down'/></interface>",
     always,
     {"<interface type='internal'>", "<source name='inside'/>", "<link state='down'/>"}},
    {"host-only",
     NS("<vbox:interface for='08:00:27:00:00:01' attachment='HostOnly'/>"),
     "<interface type='network'>" MAC "<source network='vboxnet7'/><model type='Am79C970A'/></interface>",
     always,
     {"<interface type='network'>", "attachment='HostOnly'", "<source network='vboxnet7'/>", "Am79C970A"}},
    {"nat-network",
     NS("<vbox:interface for='08:00:27:00:00:01' attachment='NATNetwork'/>"),
     "<interface type='network'>" MAC "<source network='ours'/><model type='Am79C973'/></interface>",
     has_nat_network,
     {"attachment='NATNetwork'", "<source network='ours'/>"}},
    {"host-only-network",
     NS("<vbox:interface for='08:00:27:00:00:01' attachment='HostOnlyNetwork'/>"),
     "<interface type='network'>" MAC "<source network='ours'/></interface>",
     has_host_only_network,
     {"attachment='HostOnlyNetwork'"}},
    {"generic",
     NS("<vbox:interface for='08:00:27:00:00:01' attachment='Generic' generic-driver='UDPTunnel'>"
        "<vbox:property name='dest' value='192.0.2.7'/><vbox:property name='dport' "
        "value='4789'/></vbox:interface>"),
     "<interface type='null'>" MAC "</interface>",
     has_generic,
     {"attachment='Generic'", "generic-driver='UDPTunnel'", "name='dport' value='4789'"}},
    {"cloud",
     NS("<vbox:interface for='08:00:27:00:00:01' attachment='Cloud' generic-driver='sky'/>"),
     "<interface type='null'>" MAC "</interface>",
     has_cloud,
     {"attachment='Cloud'", "generic-driver='sky'"}},
    {"unconnected", NULL, "<interface type='null'>" MAC "</interface>", always, {"<interface type="}},
    {"promiscuous",
     NS("<vbox:interface for='08:00:27:00:00:01' slot='3' promiscuous='allow-all' boot-priority='1'/>"),
     "<interface type='user'>" MAC "</interface>",
     has_promiscuous,
     {"slot='3'", "promiscuous='allow-all'", "boot-priority='1'"}},
    {"virtio-nic",
     NULL,
     "<interface type='user'>" MAC "<model type='virtio'/></interface>",
     has_virtio,
     {"<model type='virtio'/>"}},
    {"isa-nics",
     NULL,
     "<interface type='user'>" MAC "<model type='ne2k_isa'/></interface>"
     "<interface type='user'><mac address='08:00:27:00:00:02'/><model type='3c501'/></interface>",
     has_isa_nics,
     {"<model type='ne2k_isa'/>", "<model type='3c501'/>"}},
    {"new-nics",
     NULL,
     "<interface type='user'>" MAC "<model type='82583V'/></interface>"
     "<interface type='user'><mac address='08:00:27:00:00:02'/><model type='usb-net'/></interface>",
     has_new_nics,
     {"<model type='82583V'/>", "<model type='usb-net'/>"}},

    /* screens, sound, input */
    {"rdp",
     NULL,
     "<graphics type='rdp' port='4001' autoport='no' multiUser='yes' replaceUser='yes'>"
     "<listen type='address' address='127.0.0.1'/></graphics>",
     has_rdp,
     {"type='rdp' port='4001'", "address='127.0.0.1'", "replaceUser='yes' multiUser='yes'"}},
    {"rdp-on-any-port", NULL, "<graphics type='rdp' autoport='yes'/>", has_port_ranges, {"autoport='yes'"}},
    {"rdp-on-some-ports",
     NS("<vbox:graphics for='rdp' ports='4000,4010-4020' auth='external'/>"),
     "<graphics type='rdp' autoport='no'/>",
     has_port_ranges,
     {"ports='4000,4010-4020' auth='external'"}},
    {"vnc",
     NULL,
     "<graphics type='vnc' port='5901' passwd='secret'/>",
     has_vnc,
     {"<graphics type='vnc' port='5901'", "passwd='secret'"}},
    {"vnc-on-any-port", NULL, "<graphics type='vnc' autoport='yes'/>", has_vnc, {"autoport='yes'"}},
    {"window",
     NULL,
     "<graphics type='desktop' display=':7'/>",
     always,
     {"<graphics type='desktop' display=':7'/>"}},
    {"sdl", NULL, "<graphics type='sdl'/>", always, {"<graphics type='sdl'"}},
    {"video",
     NULL,
     "<video><model type='vbox' vram='16384' heads='2'/></video>",
     always,
     {"vram='16384' heads='2'"}},
    {"video-3d",
     NULL,
     "<video><model type='vmvga' vram='65536' heads='1'><acceleration accel3d='yes'/></model></video>",
     has_vmsvga,
     {"accel3d='yes'"}},
    {"vmsvga",
     NULL,
     "<video><model type='vmvga' vram='16384' heads='1'/></video>",
     has_vmsvga,
     {"type='vmvga'"}},
    {"vboxsvga",
     NS("<vbox:video for='#1' controller='vboxsvga'/>"),
     "<video><model type='vbox' vram='16384' heads='1'/></video>",
     has_vboxsvga,
     {"controller='vboxsvga'"}},
    {"no-video", NULL, "<video><model type='none'/></video>", has_vboxsvga, {"<model type='none'"}},
    {"hda", NULL, "<sound model='ich6'/>", has_hda, {"<sound model='ich6'/>"}},
    {"ac97", NULL, "<sound model='ac97'/>", always, {"<sound model='ac97'/>"}},
    {"sb16",
     NS("<vbox:sound for='#1' driver='null'/>"),
     "<sound model='sb16'/>",
     always,
     {"<sound model='sb16'/>", "driver='null'"}},
    {"microphone",
     NS("<vbox:sound for='#1' input='on' output='off'/>"),
     "<sound model='ich6'/>",
     has_audio_in,
     {"input='on' output='off'"}},
    {"tablet",
     NULL,
     "<input type='tablet' bus='usb'/><input type='keyboard' bus='usb'/>",
     has_hid,
     {"<input type='tablet' bus='usb'/>", "<input type='keyboard' bus='usb'/>"}},
    {"multitouch",
     NS("<vbox:input for='#1' model='multitouch'/>"),
     "<input type='tablet' bus='usb'/><input type='keyboard' bus='ps2'/>",
     has_multitouch,
     {"model='multitouch'"}},

    /* ports */
    {"serial-sockets",
     NULL,
     "<serial type='unix'><source mode='bind' path='/tmp/everbox-a'/><target port='0'/></serial>"
     "<serial type='unix'><source mode='connect' path='/tmp/everbox-b'/><target port='1'/></serial>",
     always,
     {"mode='bind' path='/tmp/everbox-a'", "mode='connect' path='/tmp/everbox-b'"}},
    {"serial-pty", NULL, "<serial type='pty'/>", always, {"<serial type='pty'"}},
    {"console-alone", NULL, "<console type='pty'/>", always, {"<serial type='pty'"}},
    {"serial-others",
     NULL,
     "<serial type='file'><source path='/tmp/everbox-serial'/><target port='0'/></serial>"
     "<serial type='dev'><source path='/dev/ttyS0'/><target port='1'/></serial>",
     has_raw_file,
     {"<serial type='file'>", "<serial type='dev'>", "/dev/ttyS0"}},
    {"serial-nothing",
     NULL,
     "<serial type='null'><target port='1'/></serial>",
     always,
     {"<serial type='null'>", "<target port='1'"}},
    {"serial-tcp",
     NULL,
     "<serial type='tcp'><source mode='bind' host='0.0.0.0' service='4555'/><protocol type='raw'/><target "
     "port='0'/></serial>"
     "<serial type='tcp'><source mode='connect' host='192.0.2.1' service='4556'/><protocol "
     "type='raw'/><target port='1'/></serial>",
     has_tcp,
     {"mode='bind' host='0.0.0.0' service='4555'", "host='192.0.2.1' service='4556'"}},
    {"serial-uart",
     NS("<vbox:serial for='0' uart='16750'/>"),
     "<serial type='file'><source path='/tmp/everbox-serial'/><target port='0'/>"
     "<address type='isa' iobase='0x2e8' irq='0x3'/></serial>",
     has_uart,
     {"uart='16750'", "iobase='0x2e8'"}},
    {"parallel",
     NULL,
     "<parallel type='dev'><source path='/dev/parport0'/><target port='0'/></parallel>",
     always,
     {"<parallel type='dev'>", "/dev/parport0"}},

    /* USB, folders, TPM */
    {"usb-controllers",
     NULL,
     "<controller type='usb' index='0' model='pci-ohci'/><controller type='usb' index='1' model='ehci'/>",
     always,
     {"model='pci-ohci'", "model='ehci'"}},
    {"xhci", NULL, "<controller type='usb' index='0' model='nec-xhci'/>", has_xhci, {"model='nec-xhci'"}},
    {"usb-filters",
     NS("<vbox:hostdev for='#1' name='dongle' active='no' serial='42'/>"
        "<vbox:usb-filter name='all of ours' vendor-id='0x1234'/>"),
     "<hostdev mode='subsystem' type='usb'><source><vendor id='0x046d'/><product "
     "id='0xc52b'/></source></hostdev>",
     always,
     {"<vendor id='0x046d'/>", "name='dongle'", "all of ours"}},
    {"folders",
     NULL,
     "<filesystem type='mount'><source dir='/tmp'/><target dir='share'/><readonly/></filesystem>",
     always,
     {"<source dir='/tmp'/>", "<target dir='share'/>", "<readonly/>"}},
    {"folder-that-mounts-itself",
     NS("<vbox:filesystem for='share' automount='yes' automount-point='/mnt/share'/>"),
     "<filesystem type='mount'><source dir='/tmp'/><target dir='share'/></filesystem>",
     has_automount,
     {"automount='yes' automount-point='/mnt/share'"}},
    {"tpm",
     NULL,
     "<tpm model='tpm-crb'><backend type='emulator' version='2.0'/></tpm>",
     has_tpm,
     {"<backend type='emulator' version='2.0'/>"}},
    {"tpm-1.2",
     NULL,
     "<tpm model='tpm-tis'><backend type='emulator' version='1.2'/></tpm>",
     has_tpm,
     {"version='1.2'"}},
};

static char *xml_for(const struct definition *d)
{
    EB_AUTOFREE char *devices = with_media(d->devices ? d->devices : "");
    bool os = eb_starts_with(d->name, "os=");
    char *xml = xml_of("subject", d->extra, devices);

    if (os)
        replace(&xml, "<os><type>hvm</type></os>", d->name + strlen("os="));
    return xml;
}

static void assert_same(const char *name, const char *a, const char *b)
{
    if (strcmp(a, b) == 0)
        return;
    print_error("%s:\n--- before\n%s--- after\n%s", name, a, b);
    fail();
}

/* VirtualBox leaves the folders of groups behind. */
static void remove_empty_folders(void)
{
    EB_AUTOFREE char *command = eb_asprintf("find '%s' -mindepth 1 -type d -empty -delete", machine_folder);

    assert_int_equal(system(command), 0);
}

static void definition_there_and_back(eb_conn *conn, const struct definition *d)
{
    EB_AUTOFREE char *xml = xml_for(d), *first = NULL, *titled = NULL, *second = NULL, *copy = NULL;
    eb_domain *dom = NULL;

    define_xml(conn, d->name, xml, &dom);
    first = dump(dom);
    assert_valid(d->name, first);
    for (size_t i = 0; i < EB_ARRAY_SIZE(d->shows) && d->shows[i]; i++) {
        if (!strstr(first, d->shows[i])) {
            print_error("%s: no %s in\n%s", d->name, d->shows[i], first);
            fail();
        }
    }
    /* the same with a title goes through every setter, none of which may change a thing */
    titled = eb_strdup(first);
    replace(&titled, "</uuid>\n", "</uuid>\n  <title>again</title>\n");
    eb_domain_unref(dom);
    define_xml(conn, d->name, titled, &dom);
    second = dump(dom);
    assert_same(d->name, titled, second);
    remove_domain(dom);

    /* another machine of the same definition */
    copy = eb_strdup(first);
    drop_line(&copy, "<uuid>");
    replace(&copy, "<name>subject</name>", "<name>copy</name>");
    define_xml(conn, d->name, copy, &dom);
    free(EB_STEAL(second));
    second = dump(dom);
    drop_line(&second, "<uuid>");
    drop_line(&second, "<nvram>");
    drop_line(&copy, "<nvram>");
    assert_same(d->name, copy, second);
    remove_domain(dom);
    remove_empty_folders();
}

/* What this VirtualBox has no member for is kept in another way, or refused by name and leaves nothing. Gives
 * whether it was refused. */
static bool refused_by_name(eb_conn *conn, const struct definition *d)
{
    EB_AUTOFREE char *xml = xml_for(d);
    eb_domain *dom = NULL;

    if (eb_domain_define_xml(conn, xml, 0, &dom, fresh()) == 0) {
        remove_domain(dom);
        return false;
    }
    assert_false(test_error.code == EB_ERR_INTERNAL_ERROR);
    print_message("definition %s: refused: %s\n", d->name, eb_error_message(&test_error));
    assert_false(domain_exists(conn, "subject"));
    assert_int_equal(entries_of(machine_folder), 0);
    return true;
}

static void every_definition_goes_there_and_back(void **state)
{
    for (size_t i = 0; i < EB_ARRAY_SIZE(definitions); i++) {
        const struct definition *d = &definitions[i];
        bool has = d->needs();

        if (!has && refused_by_name(*state, d))
            continue;
        definition_there_and_back(*state, d);
        print_message("definition %s: %s\n", d->name, has ? "yes" : "substitute");
    }
}

/* ---- What cannot be ---- */

static const struct refusal {
    const char *extra, *devices, *says;
} refusals[] = {
    {"<genid>4d3c1f0a-0000-4000-8000-00000000000a</genid>", NULL, "<genid>"},
    {"<cpu mode='custom'><model>Nehalem</model></cpu>", NULL, "'mode' of <cpu>"},
    {"<cpu><topology sockets='2' cores='1' threads='1'/></cpu><vcpu>2</vcpu>", NULL, "<topology>"},
    {"<cpu mode='host-passthrough'><feature name='avx512f' policy='disable'/></cpu>", NULL, "'avx512f'"},
    {"<vcpu cpuset='0-1'>2</vcpu>", NULL, "'cpuset'"},
    {"<vcpu>4000</vcpu>", NULL, "<vcpu>"},
    {"<features><smm state='on'/></features>", NULL, "<smm>"},
    {"<features><hyperv><relaxed state='on'/></hyperv></features>", NULL, "relaxed"},
    {"<clock offset='timezone' timezone='Europe/Paris'/>", NULL, "'timezone'"},
    {"<clock offset='utc'><timer name='kvmclock' present='yes'/></clock>", NULL, "'kvmclock'"},
    {"<on_poweroff>restart</on_poweroff>", NULL, "<on_poweroff>"},
    {"<on_crash>coredump-restart</on_crash>", NULL, "<on_crash>"},
    {"<pm><suspend-to-disk enabled='yes'/></pm>", NULL, "<pm>"},
    {"<memtune><hard_limit unit='MiB'>64</hard_limit></memtune>", NULL, "<memtune>"},
    {"<blkiotune><weight>500</weight></blkiotune>", NULL, "<blkiotune>"},
    {"<iothreads>1</iothreads>", NULL, "<iothreads>"},
    {"<cputune><shares>512</shares></cputune>", NULL, "<shares>"},
    {"<cputune><vcpupin vcpu='0' cpuset='0'/></cputune>", NULL, "<vcpupin>"},
    {"<cputune><emulatorpin cpuset='0'/></cputune>", NULL, "<emulatorpin>"},
    {"<numatune><memory mode='strict' nodeset='0'/></numatune>", NULL, "<numatune>"},
    {"<perf><event name='cmt' enabled='yes'/></perf>", NULL, "<perf>"},
    {NS("<vbox:processor cap='50'/>") "<cputune><period>1000</period><quota>2000</quota></cputune>", NULL,
     "cap"},
    {NS("<vbox:clock offset-ms='1'/>") "<sysinfo type='smbios'/>", NULL, "<sysinfo>"},
    {"<metadata><vbox:machine xmlns:vbox='urn:everbox:vbox:1' os-type='Plan9'/></metadata>", NULL, "'Plan9'"},
    {"<metadata><vbox:machine xmlns:vbox='urn:everbox:vbox:1' paravirt='xen'/></metadata>", NULL, "'xen'"},
    {NS("<vbox:sound for='#1' driver='null'/>"), NULL, "<vbox:sound for='#1'>"},
    {NULL,
     "<disk type='file' device='disk'><source file='@/one.vdi'/><target dev='vda' bus='virtio'/></disk>",
     "bus 'virtio'"},
    {NULL, "<disk type='file' device='disk'><source file='@/none.vdi'/><target dev='sda' bus='sata'/></disk>",
     "none.vdi"},
    {NULL, "<disk type='file' device='disk'><target dev='sda' bus='sata'/></disk>", "missing source"},
    {NULL,
     "<disk type='file' device='disk'><source file='@/one.vdi'/><target dev='sda' bus='sata'/>"
     "<iotune><read_iops_sec>100</read_iops_sec></iotune></disk>",
     "<read_iops_sec>"},
    {NULL,
     "<disk type='file' device='disk'><driver cache='none'/><source file='@/one.vdi'/><target dev='sda' "
     "bus='sata'/></disk>",
     "'cache'"},
    {NULL,
     "<disk type='file' device='disk'><driver type='qcow2'/><source file='@/one.vdi'/><target dev='sda' "
     "bus='sata'/></disk>",
     "the image is vdi"},
    {NULL,
     "<disk type='file' device='disk'><source file='@/one.vdi'/><target dev='sda' "
     "bus='sata'/><serial>1</serial></disk>",
     "<serial>"},
    {NULL, "<disk type='block' device='disk'><source dev='/dev/sdz'/><target dev='sda' bus='sata'/></disk>",
     "type='block'"},
    {NULL,
     "<disk type='network' device='disk'><source protocol='rbd' name='a/b'/><target dev='sda' "
     "bus='sata'/></disk>",
     "sda"},
    {NULL, "<controller type='scsi' model='lsisas1078'/>", "'lsisas1078'"},
    {NULL, "<controller type='usb' model='piix3-uhci'/>", "'piix3-uhci'"},
    {NULL, "<controller type='virtio-serial'/>", "virtio-serial"},
    {NULL, "<interface type='network'><source network='no such network'/></interface>", "no such network"},
    {NULL, "<interface type='ethernet'/>", "'ethernet'"},
    {NULL, "<interface type='user'><model type='rtl8139'/></interface>", "'rtl8139'"},
    {NULL, "<interface type='user'><bandwidth><inbound average='1'/></bandwidth></interface>", "<inbound>"},
    {NULL, "<interface type='user'><bandwidth><outbound average='1' peak='2'/></bandwidth></interface>",
     "'peak'"},
    {NULL, "<interface type='user'><bandwidth><outbound average='1' burst='2'/></bandwidth></interface>",
     "'burst'"},
    {NULL, "<graphics type='spice'/>", "'spice'"},
    {NULL, "<graphics type='rdp' passwd='x'/>", "'passwd'"},
    {NULL, "<video><model type='qxl'/></video>", "'qxl'"},
    {NULL, "<sound model='es1370'/>", "'es1370'"},
    {NULL, "<sound model='ac97'/><sound model='sb16'/>", "<sound>"},
    {NULL, "<serial type='stdio'/>", "'stdio'"},
    {NULL,
     "<serial type='tcp'><source mode='bind' host='0.0.0.0' service='1'/><protocol type='telnet'/></serial>",
     "<protocol>"},
    {NULL, "<channel type='unix'><target type='virtio' name='org.qemu.guest_agent.0'/></channel>",
     "<channel>"},
    {NULL, "<console type='pty'><target type='virtio'/></console>", "<console>"},
    {NULL,
     "<hostdev mode='subsystem' type='pci'><source><address domain='0' bus='1' slot='0' "
     "function='0'/></source></hostdev>",
     "type='pci'"},
    {NULL, "<rng model='virtio'><backend model='random'>/dev/urandom</backend></rng>", "<rng>"},
    {NULL, "<watchdog model='i6300esb' action='reset'/>", "<watchdog>"},
    {NULL, "<shmem name='x'/>", "<shmem>"},
    {NULL, "<input type='mouse' bus='xen'/>", "bus='xen'"},
};

static void what_cannot_be_is_refused_by_name_and_leaves_nothing(void **state)
{
    for (size_t i = 0; i < EB_ARRAY_SIZE(refusals); i++) {
        EB_AUTOFREE char *devices = with_media(refusals[i].devices ? refusals[i].devices : "");
        EB_AUTOFREE char *xml = xml_of("refused", refusals[i].extra, devices);
        eb_domain *dom = NULL;

        if (eb_domain_define_xml(*state, xml, 0, &dom, fresh()) == 0) {
            EB_AUTOFREE char *is = dump(dom);

            print_error("not refused: %s\n%s", xml, is);
            remove_domain(dom);
            fail();
        }
        if (!strstr(test_error.message, refusals[i].says)) {
            print_error("%s\nis refused with: %s\n", xml, test_error.message);
            fail();
        }
        assert_false(domain_exists(*state, "refused"));
    }
}

static void what_tools_always_send_is_accepted(void **state)
{
    EB_AUTOFREE char *xml = xml_of(
        "tools",
        "<resource><partition>/machine</partition></resource>"
        "<cpu mode='host-passthrough' check='none' migratable='on'/>"
        "<clock offset='utc'><timer name='rtc' tickpolicy='catchup'/><timer name='pit' tickpolicy='delay'/>"
        "<timer name='hpet' present='no'/></clock>"
        "<on_crash>destroy</on_crash>"
        "<pm><suspend-to-mem enabled='no'/><suspend-to-disk enabled='no'/></pm>"
        "<seclabel type='none'/>",
        "<emulator>/usr/bin/qemu-system-x86_64</emulator>"
        "<controller type='pci' index='0' model='pci-root'/>"
        "<input type='mouse' bus='ps2'/><input type='keyboard' bus='ps2'/>"
        "<audio id='1' type='none'/><memballoon model='virtio'/>"
        "<sound model='ac97'><address type='pci' domain='0' bus='0' slot='4' function='0'/></sound>");
    eb_domain *dom = NULL;

    define_xml(*state, "tools", xml, &dom);
    remove_domain(dom);
}

int main(int argc, char **argv)
{
    static const struct CMUnitTest tests[] = {
        VBOX_TEST(every_definition_goes_there_and_back),
        VBOX_TEST(what_cannot_be_is_refused_by_name_and_leaves_nothing),
        VBOX_TEST(what_tools_always_send_is_accepted),
    };

    return run_definition_tests(argc, argv, "definitions", tests, EB_ARRAY_SIZE(tests));
}
