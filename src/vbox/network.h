/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file network.h
 * VirtualBox's networks as libvirt's: host-only interfaces and host-only networks are isolated ones, NAT
 * networks those with <forward mode='nat'/>. What VirtualBox has no place for (a uuid, a name of its own for
 * an interface, <metadata>, whether it comes up with the host) is noted in its extra data
 * Everbox/Network/UUID.
 */
#ifndef EB_VBOX_NETWORK_H
#define EB_VBOX_NETWORK_H

#include "vbox/domain.h"

enum vbox_network_kind {
    VBOX_NETWORK_NAT,       /* INATNetwork */
    VBOX_NETWORK_INTERFACE, /* IHostNetworkInterface of type HostOnly */
    VBOX_NETWORK_HOST_ONLY, /* IHostOnlyNetwork */
};

/** One network as an operation sees it. A zeroed one is empty. */
struct vbox_network {
    enum vbox_network_kind kind;
    void *object;  /* counted; of the kind's interface */
    char *of_vbox; /* VirtualBox's name */
    char *dhcp;    /* the name of its DHCP server */
    char *name;    /* libvirt's: of_vbox where nothing else is noted */
    unsigned char uuid[16];
    bool active, autostart, transient;
    struct eb_network_def *noted; /* what is noted: metadata and the like; NULL: nothing */
};
void vbox_network_clear(struct vbox_network *net);
#define VBOX_AUTONETWORK EB_CLEANUP(vbox_network_clear)

/* ---- All networks (network_find.c) ---- */

/** Gives the number of entries of *out, or -1. */
int vbox_networks_read(struct vbox_conn *c, IVirtualBox *vbox, struct vbox_network **out, eb_error *err);
void vbox_networks_free(struct vbox_network *list, size_t n);
/** By uuid, or, where that is NULL, by libvirt's name. An empty one (no name) where there is none. */
int vbox_network_find(struct vbox_conn *c, IVirtualBox *vbox, const unsigned char *uuid, const char *name,
                      struct vbox_network *out, eb_error *err);
/** For domains: VirtualBox's name of the network that libvirt's name means, and the other way round; the text
 * itself where there is no such network. The caller frees it. */
int vbox_network_of_vbox(struct vbox_conn *c, IVirtualBox *vbox, const char *name, char **out, eb_error *err);
int vbox_network_name_of(struct vbox_conn *c, IVirtualBox *vbox, const char *of_vbox, char **out,
                         eb_error *err);

/* ---- Notes (network_note.c) ---- */

struct vbox_network_note {
    enum vbox_network_kind kind;
    struct eb_network_def *def; /* its bridge is VirtualBox's name */
    bool transient, stopped;
    bool wishes, autostart; /* what it is to be at the host's next start, where that is not what it is */
    bool rebooted;          /* the host has started since */
};
/** Reads what is noted of all; the number of entries or -1. */
int vbox_network_notes_read(struct vbox_conn *c, IVirtualBox *vbox, struct vbox_network_note **out,
                            eb_error *err);
void vbox_network_notes_free(struct vbox_network_note *notes, size_t n);
/** Notes what VirtualBox does not keep of `net`; nothing stays noted where there is nothing to. */
int vbox_network_note(struct vbox_conn *c, IVirtualBox *vbox, const struct vbox_network *net, eb_error *err);
int vbox_network_forget(struct vbox_conn *c, IVirtualBox *vbox, const struct vbox_network *net,
                        eb_error *err);

/* ---- Each kind (network_nat.c, network_host.c) ---- */

struct vbox_network_kind_ops {
    /** Adds what VirtualBox knows to a definition that has name and uuid. */
    int (*read)(struct vbox_conn *c, IVirtualBox *vbox, const struct vbox_network *net,
                struct eb_network_def *def, eb_error *err);
    /** Refuses, by the element's name, what this kind cannot be. Touches nothing. */
    int (*check)(struct vbox_conn *c, const struct eb_network_def *def, eb_error *err);
    /** Makes VirtualBox's object, and fills of_vbox, dhcp, object. When it fails with `object`, that is there
     * and is to be removed. */
    int (*make)(struct vbox_conn *c, IVirtualBox *vbox, const struct eb_network_def *def,
                struct vbox_network *net, eb_error *err);
    /** Makes it be as `def` says; what fails half way the caller applies again as it was. */
    int (*apply)(struct vbox_conn *c, IVirtualBox *vbox, const struct vbox_network *net,
                 const struct eb_network_def *def, eb_error *err);
    int (*set_active)(struct vbox_conn *c, IVirtualBox *vbox, const struct vbox_network *net, bool active,
                      eb_error *err);
    /** Removes it; once it is gone its DHCP server goes as far as that is possible. */
    int (*remove)(struct vbox_conn *c, IVirtualBox *vbox, const struct vbox_network *net, eb_error *err);
};
extern const struct vbox_network_kind_ops vbox_nat_ops, vbox_host_interface_ops, vbox_host_network_ops;
const struct vbox_network_kind_ops *vbox_network_ops_of(enum vbox_network_kind kind);

/** EB_ERR_CONFIG_UNSUPPORTED "WHAT is not supported by the VirtualBox driver[: WHY]". -1. */
int vbox_network_refuse(eb_error *err, const char *what, const char *why);
/** The only <ip> of the family; more than one is refused. NULL: none. */
int vbox_network_ip(const struct eb_network_def *def, int family, const struct eb_network_ip **out,
                    eb_error *err);
/** IPv4 as a number, and back; the caller frees the text. */
uint32_t vbox_ipv4(const char *text);
char *vbox_ipv4_text(uint32_t address);
uint32_t vbox_ipv4_mask(int prefix);
int vbox_ipv4_prefix(const char *netmask);
/** A new <ip> of the definition, with a netmask. */
struct eb_network_ip *vbox_network_add_ip(struct eb_network_def *def, const char *address,
                                          const char *netmask);

/* ---- DHCP servers (network_dhcp.c) ---- */

/** The server of that name, or NULL. */
int vbox_dhcp_find(struct vbox_conn *c, IVirtualBox *vbox, const char *name, IDHCPServer **out,
                   eb_error *err);
/** Adds its range and hosts to `ip`. */
int vbox_dhcp_read(struct vbox_conn *c, IDHCPServer *server, struct eb_network_ip *ip, eb_error *err);
/** Refuses what a server of VirtualBox cannot hand out. */
int vbox_dhcp_check(struct vbox_conn *c, const struct eb_network_ip *ip, eb_error *err);
/** Makes the server hand out what `ip` says (NULL or no range: removes it). */
int vbox_dhcp_apply(struct vbox_conn *c, IVirtualBox *vbox, const char *name, const struct eb_network_ip *ip,
                    bool enabled, eb_error *err);
int vbox_dhcp_set_enabled(struct vbox_conn *c, IVirtualBox *vbox, const char *name, bool enabled,
                          eb_error *err);
int vbox_network_get_leases(eb_conn *conn, const struct eb_object_key *key, const char *mac,
                            eb_dhcp_lease **out, eb_error *err);

/* ---- For the driver's table (network.c) ---- */

extern const struct eb_driver_object_ops vbox_network_ops;
extern const struct eb_driver_network_ops vbox_network_own_ops;

#endif
