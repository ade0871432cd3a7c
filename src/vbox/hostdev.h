/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file hostdev.h
 * What VirtualBox tells of the host: its network interfaces, and these and its USB devices as node devices.
 * Nothing of it can be changed. Read anew at every call.
 */
#ifndef EB_VBOX_HOSTDEV_H
#define EB_VBOX_HOSTDEV_H

#include "base/strbuf.h"
#include "vbox/vbox.h"

/* ---- Interfaces (iface.c) ---- */

struct vbox_iface {
    char *name;      /* "eth0" */
    char *mac;       /* "52:54:00:12:34:56", lower case; NULL: none */
    char *ip, *mask; /* NULL: none */
    char *ip6;       /* NULL: none */
    unsigned prefix6;
    bool dhcp, wireless;
    bool bridged; /* one of the host's own; false: VirtualBox made it (host-only) */
    enum vb_HostNetworkInterfaceStatus status;
};
/** Gives their number, or -1. Free with vbox_ifaces_free. */
int vbox_ifaces_read(struct vbox_conn *c, IVirtualBox *vbox, struct vbox_iface **out, eb_error *err);
void vbox_ifaces_free(struct vbox_iface *ifaces, size_t n);
/** Adds <link>: up or down, and the speed that the kernel says; nothing when neither is known. */
void vbox_iface_add_link(struct eb_strbuf *b, const struct vbox_iface *iface);

extern const struct eb_driver_object_ops vbox_iface_ops;
extern const struct eb_driver_iface_ops vbox_iface_own_ops;

/* ---- Devices (nodedev.c) ---- */

/** The definitions of all; gives their number, or -1. Free with vbox_nodedevs_free. */
int vbox_nodedevs_read(struct vbox_conn *c, IVirtualBox *vbox, struct eb_nodedev_def ***out, eb_error *err);
void vbox_nodedevs_free(struct eb_nodedev_def **defs, size_t n);

extern const struct eb_driver_object_ops vbox_nodedev_ops;

#endif
