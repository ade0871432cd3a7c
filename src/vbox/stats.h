/* SPDX-License-Identifier: LGPL-2.1-or-later */
/** @file stats.h Statistics, guests and screens of VirtualBox's machines. */
#ifndef EB_VBOX_STATS_H
#define EB_VBOX_STATS_H

#include "vbox/domain.h"

extern const struct eb_driver_stats_ops vbox_stats_ops; /* stats.c */
extern const struct eb_driver_guest_ops vbox_guest_ops; /* guest.c */

/** A machine that runs, and its session, without the domain's job: for what changes nothing of it. */
struct vbox_running {
    struct vbox_found f;
    struct vbox_session s;
};
/** EB_ERR_OPERATION_INVALID when it does not run. */
int vbox_running_open(eb_conn *conn, eb_uuid uuid, struct vbox_running *out, eb_error *err);
void vbox_running_close(struct vbox_running *r);
#define VBOX_AUTORUNNING EB_CLEANUP(vbox_running_close)

/** The medium of a domain's disk, by target or source: a counted reference, or NULL for an empty drive. As in
 * struct vm_medium. */
int vbox_disk_medium(struct vbox_found *f, const char *path, IMedium **out, eb_error *err);

/* node_stats.c */
int vbox_node_cpu_map(eb_conn *conn, unsigned char **map, unsigned *online, eb_error *err);
int vbox_node_cpu(eb_conn *conn, int cpu, eb_param **out, eb_error *err);
int vbox_node_memory(eb_conn *conn, int cell, eb_param **out, eb_error *err);

/* screen.c */
int vbox_screenshot(eb_conn *conn, eb_uuid uuid, unsigned screen, char **mime, unsigned char **bytes,
                    size_t *n, eb_error *err);
int vbox_send_key(eb_conn *conn, eb_uuid uuid, eb_codeset codeset, unsigned hold_ms, const unsigned *keys,
                  unsigned n, eb_error *err);

/* console.c */
int vbox_open_console(eb_conn *conn, eb_uuid uuid, const char *device, unsigned flags, eb_stream **out,
                      eb_error *err);

#endif
