/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file object.h
 * Definitions of what is no domain: networks, storage pools and volumes, host interfaces, node devices. All
 * begin alike, so that one set of functions makes, reads, writes, copies and frees them.
 */
#ifndef EB_MODEL_OBJECT_H
#define EB_MODEL_OBJECT_H

#include "model/domain.h"

enum eb_object_kind {
    EB_OBJECT_NETWORK,
    EB_OBJECT_POOL,
    EB_OBJECT_VOLUME,
    EB_OBJECT_IFACE,
    EB_OBJECT_NODEDEV,
    EB_OBJECT_LAST
};

/** What each definition begins with. */
struct eb_object_def {
    enum eb_object_kind kind;
    char *name;
    unsigned char uuid[16]; /* networks and pools */
    bool has_uuid;
    struct eb_unmodelled *unmodelled;
    size_t n_unmodelled;
};

/**
 * Parses a definition of that kind, with libvirt's defaults; errors are libvirt's where it has one. What the
 * model has no member for is listed in `unmodelled` and written again.
 */
int eb_object_def_parse(enum eb_object_kind kind, const char *xml, struct eb_object_def **out, eb_error *err);
/** With libvirt's order and indentation. The caller frees the text. */
char *eb_object_def_format(const struct eb_object_def *def) EB_MUST_CHECK;
struct eb_object_def *eb_object_def_copy(const struct eb_object_def *def) EB_MUST_CHECK;
/** NULL is fine. */
void eb_object_def_free(struct eb_object_def *def);
void eb_object_def_cleanup(struct eb_object_def **def);
#define EB_AUTOOBJECT EB_CLEANUP(eb_object_def_cleanup)

/* ---- Networks ---- */

enum eb_forward_mode {
    EB_FORWARD_NONE, /* isolated */
    EB_FORWARD_NAT,
    EB_FORWARD_ROUTE,
    EB_FORWARD_OPEN,
    EB_FORWARD_BRIDGE,
    EB_FORWARD_PRIVATE,
    EB_FORWARD_VEPA,
    EB_FORWARD_PASSTHROUGH,
    EB_FORWARD_HOSTDEV,
    EB_FORWARD_LAST
};
const char *eb_forward_mode_to_string(int mode);
int eb_forward_mode_from_string(const char *text);

struct eb_dhcp_range {
    char *start, *end;
};
struct eb_dhcp_host {
    char *mac, *id, *name, *ip;
};
struct eb_network_ip {
    char *family, *address, *netmask; /* family NULL: ipv4 */
    int prefix;                       /* -1: not said */
    enum eb_tristate local_ptr;
    struct eb_dhcp_range *ranges;
    size_t n_ranges;
    struct eb_dhcp_host *hosts;
    size_t n_hosts;
};
struct eb_forward_interface {
    char *dev;
};
/** A port of the host that leads to one of a guest: <vbox:forward> in <metadata>, since libvirt's networks
 * have no word for it. */
struct eb_network_forward {
    bool ipv6, udp;
    char *name, *host_address, *guest_address; /* host_address NULL: any */
    unsigned host_port, guest_port;
};
struct eb_network_def {
    struct eb_object_def base;
    struct eb_network_forward *forwards;
    size_t n_forwards;
    bool ipv6_default_route; /* <vbox:ipv6-default-route/>: guests are told that there is one */
    enum eb_tristate ipv6, trust_guest_rx_filters;
    char *metadata; /* the element, as text */
    enum eb_forward_mode forward;
    char *forward_dev; /* the first of the interfaces */
    enum eb_tristate forward_managed;
    struct eb_forward_interface *forward_interfaces;
    size_t n_forward_interfaces;
    char *bridge, *bridge_zone, *mac_table_manager;
    bool stp_off;
    unsigned delay; /* seconds */
    unsigned mtu;
    char *mac; /* of the bridge */
    char *domain;
    enum eb_tristate domain_local_only;
    struct eb_network_ip *ips;
    size_t n_ips;
};

/* ---- Storage ---- */

/** libvirt's order. */
enum eb_pool_type {
    EB_POOL_DIR,
    EB_POOL_FS,
    EB_POOL_NETFS,
    EB_POOL_LOGICAL,
    EB_POOL_DISK,
    EB_POOL_ISCSI,
    EB_POOL_ISCSI_DIRECT,
    EB_POOL_SCSI,
    EB_POOL_MPATH,
    EB_POOL_RBD,
    EB_POOL_SHEEPDOG,
    EB_POOL_GLUSTER,
    EB_POOL_ZFS,
    EB_POOL_VSTORAGE,
    EB_POOL_LAST
};
const char *eb_pool_type_to_string(int type);
int eb_pool_type_from_string(const char *text);

struct eb_storage_permissions {
    char *mode; /* octal, four digits */
    char *owner, *group, *label;
};
struct eb_pool_host {
    char *name;
    unsigned port; /* 0: not said */
};
struct eb_pool_device {
    char *path;
};
struct eb_pool_def {
    struct eb_object_def base;
    enum eb_pool_type type;
    uint64_t capacity, allocation, available; /* bytes; the driver's to say */
    struct eb_pool_host *hosts;
    size_t n_hosts;
    struct eb_pool_device *devices;
    size_t n_devices;
    char *dir, *source_name, *format, *vendor, *product;
    bool has_adapter; /* itself unmodelled */
    char *target;
    struct eb_storage_permissions permissions;
};

struct eb_volume_def {
    struct eb_object_def base;
    char *type; /* "file" … */
    char *key, *path;
    uint64_t capacity, allocation; /* bytes */
    bool allocation_implied;       /* XML says none: as much as the capacity */
    char *format;
    struct eb_storage_permissions permissions;
    char *backing_path, *backing_format;
};

/* ---- Host interfaces ---- */

struct eb_iface_ip {
    char *address;
    unsigned prefix;
};
struct eb_iface_protocol {
    char *family;
    bool dhcp, autoconf;
    enum eb_tristate dhcp_peerdns;
    struct eb_iface_ip *ips;
    size_t n_ips;
    char *gateway;
};
struct eb_iface_def {
    struct eb_object_def base;
    char *type;       /* "ethernet", "bridge", "bond", "vlan" */
    char *start_mode; /* "none", "onboot", "hotplug" */
    unsigned mtu;
    char *mac;
    struct eb_iface_protocol *protocols;
    size_t n_protocols;
};

/* ---- Node devices ---- */

struct eb_nodedev_def {
    struct eb_object_def base;
    char *parent;
    char **caps;       /* the types of its capabilities; they are unmodelled, whole */
    size_t n_caps;     /* without the NULL at the end */
    char *wwnn, *wwpn; /* of a Fibre Channel host */
};

#endif
