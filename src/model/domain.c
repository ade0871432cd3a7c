/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Making, freeing and copying domain definitions, by tables of what each structure owns. */
#include "model/domain.h"

#include "model/owned.h"

OWNED(eb_address) = {STR(eb_address, port), END};
OWNED(eb_metadata) = {STR(eb_metadata, uri), STR(eb_metadata, xml), END};
OWNED(eb_timer) = {STR(eb_timer, name), STR(eb_timer, tickpolicy), STR(eb_timer, track), STR(eb_timer, mode),
                   END};
OWNED(eb_clock) = {STR(eb_clock, timezone), STR(eb_clock, basis), ARRAY(eb_clock, timers, eb_timer_owned),
                   END};
OWNED(eb_cpu_feature) = {STR(eb_cpu_feature, name), STR(eb_cpu_feature, policy), END};
OWNED(eb_cpu) = {STR(eb_cpu, mode),
                 STR(eb_cpu, match),
                 STR(eb_cpu, check),
                 STR(eb_cpu, model),
                 STR(eb_cpu, vendor),
                 STR(eb_cpu, migratable),
                 STR(eb_cpu, fallback),
                 ARRAY(eb_cpu, features, eb_cpu_feature_owned),
                 END};
OWNED(eb_os) = {STR(eb_os, type),           STR(eb_os, arch),
                STR(eb_os, machine),        STR(eb_os, loader),
                STR(eb_os, loader_type),    STR(eb_os, nvram),
                STR(eb_os, nvram_template), STR(eb_os, kernel),
                STR(eb_os, initrd),         STR(eb_os, cmdline),
                STR(eb_os, init),           STR(eb_os, smbios_mode),
                ARRAY(eb_os, boot, NULL),   END};
#define DEVICE(type) STR(type, alias), PART(type, address, eb_address_owned)
OWNED(eb_disk) = {STR(eb_disk, driver_name),
                  STR(eb_disk, driver_type),
                  STR(eb_disk, cache),
                  STR(eb_disk, io),
                  STR(eb_disk, discard),
                  STR(eb_disk, error_policy),
                  STR(eb_disk, source),
                  STR(eb_disk, source_pool),
                  STR(eb_disk, source_volume),
                  STR(eb_disk, startup_policy),
                  STR(eb_disk, source_protocol),
                  STR(eb_disk, source_name),
                  STR(eb_disk, target),
                  STR(eb_disk, tray),
                  STR(eb_disk, serial),
                  STR(eb_disk, wwn),
                  STR(eb_disk, vendor),
                  STR(eb_disk, product),
                  STR(eb_disk, iotune.group_name),
                  DEVICE(eb_disk),
                  END};
OWNED(eb_controller) = {STR(eb_controller, model), STR(eb_controller, name), DEVICE(eb_controller), END};
OWNED(eb_port_forward) = {STR(eb_port_forward, name), STR(eb_port_forward, host_ip),
                          STR(eb_port_forward, guest_ip), END};
OWNED(eb_interface) = {STR(eb_interface, source),
                       STR(eb_interface, source_mode),
                       STR(eb_interface, portgroup),
                       STR(eb_interface, model),
                       STR(eb_interface, driver_name),
                       STR(eb_interface, target),
                       ARRAY(eb_interface, forwards, eb_port_forward_owned),
                       STR(eb_interface, attachment),
                       STR(eb_interface, generic_driver),
                       STRV(eb_interface, generic_properties),
                       STR(eb_interface, promiscuous),
                       STR(eb_interface, nat_network),
                       DEVICE(eb_interface),
                       END};
OWNED(eb_chardev) = {STR(eb_chardev, path),        STR(eb_chardev, host),
                     STR(eb_chardev, service),     STR(eb_chardev, protocol),
                     STR(eb_chardev, target_type), STR(eb_chardev, target_model),
                     STR(eb_chardev, target_name), STR(eb_chardev, uart),
                     DEVICE(eb_chardev),           END};
OWNED(eb_graphics) = {STR(eb_graphics, listen),
                      STR(eb_graphics, listen_network),
                      STR(eb_graphics, passwd),
                      STR(eb_graphics, display),
                      STR(eb_graphics, xauth),
                      STR(eb_graphics, keymap),
                      STR(eb_graphics, ports),
                      STR(eb_graphics, auth_type),
                      STR(eb_graphics, extpack),
                      STR(eb_graphics, alias),
                      END};
OWNED(eb_video) = {STR(eb_video, model), STR(eb_video, controller), DEVICE(eb_video), END};
OWNED(eb_sound) = {STR(eb_sound, model), STR(eb_sound, driver), STR(eb_sound, codec), DEVICE(eb_sound), END};
OWNED(eb_input) = {STR(eb_input, type), STR(eb_input, bus), STR(eb_input, model), DEVICE(eb_input), END};
OWNED(eb_hostdev) = {STR(eb_hostdev, mode),
                     STR(eb_hostdev, type),
                     STR(eb_hostdev, startup_policy),
                     PART(eb_hostdev, source, eb_address_owned),
                     STR(eb_hostdev, name),
                     STR(eb_hostdev, manufacturer),
                     STR(eb_hostdev, product_name),
                     STR(eb_hostdev, serial),
                     STR(eb_hostdev, revision),
                     STR(eb_hostdev, port),
                     STR(eb_hostdev, remote),
                     DEVICE(eb_hostdev),
                     END};
OWNED(eb_filesystem) = {STR(eb_filesystem, type),        STR(eb_filesystem, accessmode),
                        STR(eb_filesystem, driver_type), STR(eb_filesystem, source),
                        STR(eb_filesystem, target),      STR(eb_filesystem, automount_point),
                        DEVICE(eb_filesystem),           END};
OWNED(eb_tpm) = {STR(eb_tpm, model),  STR(eb_tpm, backend), STR(eb_tpm, version),
                 STR(eb_tpm, device), STR(eb_tpm, alias),   END};
OWNED(eb_rng) = {STR(eb_rng, model), STR(eb_rng, backend), STR(eb_rng, source), DEVICE(eb_rng), END};
OWNED(eb_memballoon) = {STR(eb_memballoon, model), DEVICE(eb_memballoon), END};
OWNED(eb_watchdog) = {STR(eb_watchdog, model), STR(eb_watchdog, action), DEVICE(eb_watchdog), END};
OWNED(eb_vbox_settings) = {STR(eb_vbox_settings, os_type),
                           STRV(eb_vbox_settings, groups),
                           STR(eb_vbox_settings, frontend),
                           STR(eb_vbox_settings, paravirt),
                           STR(eb_vbox_settings, iommu),
                           STR(eb_vbox_settings, firmware),
                           STR(eb_vbox_settings, clipboard),
                           STR(eb_vbox_settings, dnd),
                           STR(eb_vbox_settings, cpu_profile),
                           STR(eb_vbox_settings, execution_engine),
                           STR(eb_vbox_settings, snapshot_folder),
                           STR(eb_vbox_settings, recording_file),
                           STR(eb_vbox_settings, autostop),
                           STRV(eb_vbox_settings, extradata),
                           STRV(eb_vbox_settings, strays),
                           STRV(eb_vbox_settings, guest_properties),
                           END};
OWNED(eb_blkio_device) = {STR(eb_blkio_device, path), END};
OWNED(eb_pin) = {STR(eb_pin, cpuset), END};
OWNED(eb_tuning) = {ARRAY(eb_tuning, blkio_devices, eb_blkio_device_owned),
                    ARRAY(eb_tuning, iothreads, NULL),
                    ARRAY(eb_tuning, vcpu_pins, eb_pin_owned),
                    ARRAY(eb_tuning, iothread_pins, eb_pin_owned),
                    STR(eb_tuning, emulator_pin),
                    STR(eb_tuning, numa_mode),
                    STR(eb_tuning, numa_nodeset),
                    ARRAY(eb_tuning, perf, NULL),
                    END};
OWNED(eb_domain_def) = {STR(eb_domain_def, name),
                        STR(eb_domain_def, title),
                        STR(eb_domain_def, description),
                        STR(eb_domain_def, genid),
                        ARRAY(eb_domain_def, metadata, eb_metadata_owned),
                        STR(eb_domain_def, vcpu_placement),
                        STR(eb_domain_def, cpuset),
                        PART(eb_domain_def, tune, eb_tuning_owned),
                        PART(eb_domain_def, os, eb_os_owned),
                        STR(eb_domain_def, bootloader),
                        PART(eb_domain_def, cpu, eb_cpu_owned),
                        PART(eb_domain_def, clock, eb_clock_owned),
                        STR(eb_domain_def, emulator),
                        ARRAY(eb_domain_def, disks, eb_disk_owned),
                        ARRAY(eb_domain_def, controllers, eb_controller_owned),
                        ARRAY(eb_domain_def, filesystems, eb_filesystem_owned),
                        ARRAY(eb_domain_def, interfaces, eb_interface_owned),
                        ARRAY(eb_domain_def, serials, eb_chardev_owned),
                        ARRAY(eb_domain_def, parallels, eb_chardev_owned),
                        ARRAY(eb_domain_def, consoles, eb_chardev_owned),
                        ARRAY(eb_domain_def, channels, eb_chardev_owned),
                        ARRAY(eb_domain_def, inputs, eb_input_owned),
                        ARRAY(eb_domain_def, tpms, eb_tpm_owned),
                        ARRAY(eb_domain_def, graphics, eb_graphics_owned),
                        ARRAY(eb_domain_def, sounds, eb_sound_owned),
                        ARRAY(eb_domain_def, videos, eb_video_owned),
                        ARRAY(eb_domain_def, hostdevs, eb_hostdev_owned),
                        ARRAY(eb_domain_def, watchdogs, eb_watchdog_owned),
                        PART(eb_domain_def, memballoon, eb_memballoon_owned),
                        ARRAY(eb_domain_def, rngs, eb_rng_owned),
                        PART(eb_domain_def, vbox, eb_vbox_settings_owned),
                        ARRAY(eb_domain_def, unmodelled, eb_owned_unmodelled),
                        END};

struct eb_domain_def *eb_domain_def_new(void)
{
    struct eb_domain_def *def = EB_NEW(struct eb_domain_def);

    def->id = -1;
    return def;
}

void eb_domain_def_free(struct eb_domain_def *def)
{
    if (!def)
        return;
    eb_owned_free(def, eb_domain_def_owned);
    free(def);
}

struct eb_domain_def *eb_domain_def_copy(const struct eb_domain_def *def)
{
    struct eb_domain_def *copy = eb_memdup(def, sizeof(*def));

    eb_owned_copy(copy, eb_domain_def_owned);
    return copy;
}

void eb_domain_def_cleanup(struct eb_domain_def **def)
{
    eb_domain_def_free(*def);
    *def = NULL;
}

void eb_chardev_copy(struct eb_chardev *to, const struct eb_chardev *from)
{
    *to = *from;
    eb_owned_copy(to, eb_chardev_owned);
}

void eb_chardev_clear(struct eb_chardev *chr)
{
    eb_owned_free(chr, eb_chardev_owned);
    memset(chr, 0, sizeof(*chr));
}

void eb_device_clear(struct eb_device *dev)
{
    eb_domain_def_free(dev->def);
    memset(dev, 0, sizeof(*dev));
}
