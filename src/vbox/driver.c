/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The table of the driver for every VirtualBox. */
#include "vbox/driver.h"

#include "vbox/domain.h"
#include "vbox/event.h"
#include "vbox/hostdev.h"
#include "vbox/native.h"
#include "vbox/network.h"
#include "vbox/snapshot.h"
#include "vbox/stats.h"
#include "vbox/storage.h"
#include "vbox/tune.h"

const struct eb_driver eb_vbox_driver = {
    .name = "VirtualBox",
    .type = "VBOX",
    .error_domain = EB_FROM_VBOX,
    .virt = EB_VIRT_VBOX,
    .conn =
        {
            .probe = vbox_conn_probe,
            .probe_default = vbox_conn_probe_default,
            .open = vbox_conn_open,
            .close = vbox_conn_close,
            .get_version = vbox_conn_get_version,
            .get_capabilities = vbox_conn_get_capabilities,
            .get_domain_capabilities = vbox_conn_get_domain_capabilities,
            .xml_from_native = vbox_xml_from_native,
            .xml_to_native = vbox_xml_to_native,
            .get_max_vcpus = vbox_conn_get_max_vcpus,
            .get_sysinfo = vbox_conn_get_sysinfo,
            .is_alive = vbox_conn_is_alive,
            .is_encrypted = vbox_conn_is_encrypted,
            .is_secure = vbox_conn_is_secure,
        },
    .node =
        {
            .get_info = vbox_node_get_info,
            .get_free_memory = vbox_node_get_free_memory,
            .get_cells_free_memory = vbox_node_get_cells_free_memory,
            .get_security_model = vbox_node_get_security_model,
        },
    .domain =
        {
            .list = vbox_list,
            .lookup_uuid = vbox_lookup_uuid,
            .lookup_name = vbox_lookup_name,
            .lookup_id = vbox_lookup_id,
            .get_state = vbox_get_state,
            .get_info = vbox_get_info,
            .get_os_type = vbox_get_os_type,
            .is_active = vbox_is_active,
            .is_persistent = vbox_is_persistent,
            .is_updated = vbox_is_updated,
            .get_def = vbox_get_def,
            .define = vbox_define,
            .create = vbox_create,
            .undefine = vbox_undefine,
            .start = vbox_domain_start,
            .suspend = vbox_suspend,
            .resume = vbox_resume,
            .shutdown = vbox_shutdown,
            .reboot = vbox_reboot,
            .reset = vbox_reset,
            .destroy = vbox_destroy,
            .save = vbox_save,
            .restore = vbox_restore,
            .save_image_get_def = vbox_save_image_get_def,
            .managed_save = vbox_managed_save,
            .has_managed_save = vbox_has_managed_save,
            .managed_save_remove = vbox_managed_save_remove,
            .get_autostart = vbox_get_autostart,
            .set_autostart = vbox_set_autostart,
            .get_max_memory = vbox_get_max_memory,
            .set_memory = vbox_set_memory,
            .get_vcpus = vbox_get_vcpus,
            .set_vcpus = vbox_set_vcpus,
            .get_vcpu_info = vbox_get_vcpu_info,
            .get_metadata = vbox_get_metadata,
            .set_metadata = vbox_set_metadata,
            .rename = vbox_rename,
            .get_security_label = vbox_get_security_label,
            .get_messages = vbox_get_messages,
            .job_world = vbox_job_world,
        },
    .stats = &vbox_stats_ops,
    .guest = &vbox_guest_ops,
    .tune = &vbox_tune_ops,
    .device =
        {
            .attach = vbox_device_attach,
            .detach = vbox_device_detach,
            .update = vbox_device_update,
            .block_resize = vbox_block_resize,
        },
    .object = {[EB_OBJECT_NETWORK] = &vbox_network_ops,
               [EB_OBJECT_POOL] = &vbox_pool_ops,
               [EB_OBJECT_VOLUME] = &vbox_volume_ops,
               [EB_OBJECT_IFACE] = &vbox_iface_ops,
               [EB_OBJECT_NODEDEV] = &vbox_nodedev_ops},
    .iface = &vbox_iface_own_ops,
    .network = &vbox_network_own_ops,
    .storage = &vbox_storage_ops,
    .snapshot = &vbox_snapshot_ops,
    .event = {.has = vbox_event_has, .start = vbox_event_start, .stop = vbox_event_stop},
};
