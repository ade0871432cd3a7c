/* SPDX-License-Identifier: LGPL-2.1-or-later */
/** @file ops.h The operations of this driver (driver.h's, with its types), from the files that hold them. */
#ifndef EB_REMOTE_OPS_H
#define EB_REMOTE_OPS_H

#include "remote/remote.h"

#define OP(group, name) __typeof__(*((struct eb_driver_##group##_ops *)0)->name) remote_##name

OP(conn, xml_from_native);
OP(conn, xml_to_native);
OP(domain, list);
OP(domain, lookup_uuid);
OP(domain, lookup_name);
OP(domain, lookup_id);
OP(domain, get_state);
OP(domain, get_info);
OP(domain, get_os_type);
OP(domain, is_active);
OP(domain, is_persistent);
OP(domain, is_updated);
OP(domain, get_def);
OP(domain, define);
OP(domain, create);
OP(domain, undefine);
OP(domain, start);
OP(domain, suspend);
OP(domain, resume);
OP(domain, shutdown);
OP(domain, reboot);
OP(domain, reset);
OP(domain, destroy);
OP(domain, save);
OP(domain, restore);
OP(domain, save_image_get_def);
OP(domain, managed_save);
OP(domain, has_managed_save);
OP(domain, managed_save_remove);
OP(domain, get_autostart);
OP(domain, set_autostart);
OP(domain, get_max_memory);
OP(domain, set_memory);
OP(domain, get_vcpus);
OP(domain, set_vcpus);
OP(domain, get_vcpu_info);
OP(domain, get_metadata);
OP(domain, set_metadata);
OP(domain, rename);
OP(domain, get_security_label);
OP(domain, get_messages);
OP(domain, job_info);
OP(domain, job_stats);
OP(domain, job_abort);
OP(device, attach);
OP(device, detach);
OP(device, update);
OP(device, block_resize);

#undef OP

/* event.c */
bool remote_has_event(eb_conn *conn, enum eb_event_class class, int id);
int remote_events_start(eb_conn *conn, eb_error *err);
void remote_events_stop(eb_conn *conn);

#endif
