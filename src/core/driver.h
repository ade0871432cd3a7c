/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file driver.h
 * What a driver is: a table of operations, synchronous and thread safe. core/ checks arguments, read-only
 * connections and flags that libvirt's API defines as exclusive before it calls one. An operation that is
 * NULL answers EB_ERR_NO_SUPPORT with the libvirt function's name. Definitions cross as model structs; XML is
 * parsed and formatted in core/.
 *
 * Every operation: 0 (or the value it names) on success, -1 with `err` filled. Each stands for the libvirt
 * call of its name (domain.get_state: virDomainGetState) unless it names another. Domains are known by their
 * uuid (16 bytes). A driver looks at its world anew at every call: a domain that someone else removed is
 * EB_ERR_NO_DOMAIN.
 */
#ifndef EB_CORE_DRIVER_H
#define EB_CORE_DRIVER_H

#include "core/event.h"
#include "core/job.h"
#include "model/checkpoint.h"
#include "model/domain_xml.h"
#include "model/object.h"
#include "model/snapshot.h"

/** The parts of a URI that drivers look at. */
struct eb_uri {
    char *text;      /* as given */
    char *scheme;    /* "vbox", "test" */
    char *transport; /* after '+', or NULL */
    char *user;      /* of the server, or NULL */
    char *server;    /* NULL: local */
    int port;        /* 0: not said */
    char *path;      /* "/session" */
    char **query;    /* name, value, name, value, … NULL */
};
/** The value of a query parameter, or NULL. */
const char *eb_uri_query(const struct eb_uri *uri, const char *name);
int eb_uri_parse(const char *text, struct eb_uri **out, eb_error *err);
void eb_uri_free(struct eb_uri *uri);

/** What identifies a domain. `name` is owned. */
struct eb_domain_key {
    unsigned char uuid[16];
    char *name;
    int id; /* -1: does not run */
};

/** A handle from a key, without asking the driver; takes key->name. For who serves others. */
eb_domain *eb_domain_from_key(eb_conn *conn, struct eb_domain_key *key);
/** The same for the other kinds; each takes the strings of the key. */
struct eb_object_key;
eb_network *eb_network_from_key(eb_conn *conn, struct eb_object_key *key);
eb_pool *eb_pool_from_key(eb_conn *conn, struct eb_object_key *key);
eb_volume *eb_volume_from_key(eb_conn *conn, struct eb_object_key *key);
eb_iface *eb_iface_from_key(eb_conn *conn, struct eb_object_key *key);
eb_nodedev *eb_nodedev_from_key(eb_conn *conn, struct eb_object_key *key);
/** The same for a snapshot of `dom`. */
eb_snapshot *eb_snapshot_from_name(eb_domain *dom, const char *name);
eb_checkpoint *eb_checkpoint_from_name(eb_domain *dom, const char *name);

/** The driver's try_hold (false without one) and let_go. */
bool eb_conn_try_hold(eb_conn *conn);
void eb_conn_let_go(eb_conn *conn);

/** What eb_conn_list_domains filters by and a list shows, read in one go. */
struct eb_domain_summary {
    struct eb_domain_key key;
    eb_domain_state state;
    int reason;
    bool persistent, autostart, managed_save, has_snapshot, has_checkpoint;
};
void eb_domain_summaries_free(struct eb_domain_summary *list, size_t n);

/** Which fields of eb_domain_summary are asked for; key and state always are. */
enum {
    EB_WANT_PERSISTENT = 1 << 0,
    EB_WANT_AUTOSTART = 1 << 1,
    EB_WANT_MANAGED_SAVE = 1 << 2,
    EB_WANT_SNAPSHOT = 1 << 3,
    EB_WANT_CHECKPOINT = 1 << 4,
};

struct eb_driver_conn_ops {
    /** 1: takes this URI; 0: not mine; -1: mine, but wrong. Has no side effects. */
    int (*probe)(const struct eb_uri *uri, eb_error *err);
    /** For an open without any URI: 1 when this driver can serve it now (*uri is the one to use, the
     * caller's), else 0. */
    int (*probe_default)(char **uri);
    /** Keeps its own data with eb_conn_set_private. */
    int (*open)(eb_conn *conn, const struct eb_uri *uri, eb_error *err);
    /** The last reference is gone, no operation runs. */
    void (*close)(eb_conn *conn);
    /** virConnectGetType of this connection; NULL: `type`. Lives as long as the connection. */
    const char *(*get_type)(eb_conn *conn);
    /** NULL: the URI as given. */
    int (*get_uri)(eb_conn *conn, char **out, eb_error *err);
    int (*get_version)(eb_conn *conn, unsigned long *out, eb_error *err);
    /** NULL: this host's name. */
    int (*get_hostname)(eb_conn *conn, char **out, eb_error *err);
    int (*get_capabilities)(eb_conn *conn, char **xml, eb_error *err);
    int (*get_domain_capabilities)(eb_conn *conn, const char *emulator, const char *arch, const char *machine,
                                   const char *virttype, unsigned flags, char **xml, eb_error *err);
    int (*get_max_vcpus)(eb_conn *conn, const char *type, eb_error *err);
    /** virConnectDomainXMLFromNative; `config` is the text in the format. The caller frees *out. Neither this
     * nor the other changes anything. */
    int (*xml_from_native)(eb_conn *conn, const char *format, const char *config, unsigned flags,
                           struct eb_domain_def **out, eb_error *err);
    /** virConnectDomainXMLToNative; `def` is the caller's. */
    int (*xml_to_native)(eb_conn *conn, const char *format, const struct eb_domain_def *def, unsigned flags,
                         char **config, eb_error *err);
    int (*get_sysinfo)(eb_conn *conn, unsigned flags, char **xml, eb_error *err);
    int (*is_alive)(eb_conn *conn, eb_error *err);
    /** NULL: nothing is far. */
    int (*set_keepalive)(eb_conn *conn, unsigned interval, unsigned count, eb_error *err);
    /**
     * For reads that must wait for nobody (`prompt` in rpc/procedures.def). True: until let_go, by the same
     * thread, it holds whatever such operations of the connection might have to wait for, so that they run
     * without a lock of another thread, IPC or a file. False: somebody else has it now. Waits for nothing
     * itself. NULL: they may always have to wait.
     */
    bool (*try_hold)(eb_conn *conn);
    void (*let_go)(eb_conn *conn);
    int (*is_encrypted)(eb_conn *conn, eb_error *err);
    int (*is_secure)(eb_conn *conn, eb_error *err);
};

struct eb_driver_node_ops {
    int (*get_info)(eb_conn *conn, eb_node_info *out, eb_error *err);
    int (*get_free_memory)(eb_conn *conn, uint64_t *bytes, eb_error *err);
    int (*get_cells_free_memory)(eb_conn *conn, uint64_t *bytes, int start, int n, eb_error *err);
    int (*get_security_model)(eb_conn *conn, eb_security_model *out, eb_error *err);
};

typedef const unsigned char *eb_uuid; /* 16 bytes */

struct eb_driver_domain_ops {
    /** virConnectListAllDomains and the older lists. `want`: EB_WANT_*. Gives the number of entries of *out.
     */
    int (*list)(eb_conn *conn, unsigned want, struct eb_domain_summary **out, eb_error *err);
    /** virDomainLookupBy*; out->name is the caller's. EB_ERR_NO_DOMAIN in libvirt's words. */
    int (*lookup_uuid)(eb_conn *conn, eb_uuid uuid, struct eb_domain_key *out, eb_error *err);
    int (*lookup_name)(eb_conn *conn, const char *name, struct eb_domain_key *out, eb_error *err);
    int (*lookup_id)(eb_conn *conn, int id, struct eb_domain_key *out, eb_error *err);

    int (*get_state)(eb_conn *conn, eb_uuid uuid, eb_domain_state *state, int *reason, eb_error *err);
    int (*get_info)(eb_conn *conn, eb_uuid uuid, eb_domain_info *out, eb_error *err);
    int (*get_os_type)(eb_conn *conn, eb_uuid uuid, char **out, eb_error *err);
    int (*is_active)(eb_conn *conn, eb_uuid uuid, eb_error *err);
    int (*is_persistent)(eb_conn *conn, eb_uuid uuid, eb_error *err);
    int (*is_updated)(eb_conn *conn, eb_uuid uuid, eb_error *err);
    /** virDomainGetXMLDesc: the definition; core formats it. `flags`: EB_XML_*. The caller frees it. */
    int (*get_def)(eb_conn *conn, eb_uuid uuid, unsigned flags, struct eb_domain_def **out, eb_error *err);

    /** virDomainDefineXMLFlags: new, or the one with this uuid anew. `def` is the caller's. All or nothing.
     */
    int (*define)(eb_conn *conn, const struct eb_domain_def *def, unsigned flags, struct eb_domain_key *out,
                  eb_error *err);
    /** virDomainCreateXML: a transient domain, started. */
    int (*create)(eb_conn *conn, const struct eb_domain_def *def, unsigned flags, struct eb_domain_key *out,
                  eb_error *err);
    int (*undefine)(eb_conn *conn, eb_uuid uuid, unsigned flags, eb_error *err);
    /** virDomainCreateWithFlags. */
    int (*start)(eb_conn *conn, eb_uuid uuid, unsigned flags, eb_error *err);
    int (*suspend)(eb_conn *conn, eb_uuid uuid, eb_error *err);
    int (*resume)(eb_conn *conn, eb_uuid uuid, eb_error *err);
    int (*shutdown)(eb_conn *conn, eb_uuid uuid, unsigned flags, eb_error *err);
    int (*reboot)(eb_conn *conn, eb_uuid uuid, unsigned flags, eb_error *err);
    int (*reset)(eb_conn *conn, eb_uuid uuid, unsigned flags, eb_error *err);
    int (*destroy)(eb_conn *conn, eb_uuid uuid, unsigned flags, eb_error *err);

    /** virDomainSaveFlags; `dxml` is a definition or NULL. */
    int (*save)(eb_conn *conn, eb_uuid uuid, const char *path, const struct eb_domain_def *dxml,
                unsigned flags, eb_error *err);
    int (*restore)(eb_conn *conn, const char *path, const struct eb_domain_def *dxml, unsigned flags,
                   eb_error *err);
    /** virDomainSaveImageGetXMLDesc. */
    int (*save_image_get_def)(eb_conn *conn, const char *path, unsigned flags, struct eb_domain_def **out,
                              eb_error *err);
    int (*managed_save)(eb_conn *conn, eb_uuid uuid, unsigned flags, eb_error *err);
    int (*has_managed_save)(eb_conn *conn, eb_uuid uuid, unsigned flags, eb_error *err);
    int (*managed_save_remove)(eb_conn *conn, eb_uuid uuid, unsigned flags, eb_error *err);

    int (*get_autostart)(eb_conn *conn, eb_uuid uuid, eb_error *err);
    int (*set_autostart)(eb_conn *conn, eb_uuid uuid, bool autostart, eb_error *err);
    int (*get_max_memory)(eb_conn *conn, eb_uuid uuid, uint64_t *kib, eb_error *err);
    int (*set_memory)(eb_conn *conn, eb_uuid uuid, uint64_t kib, unsigned flags, eb_error *err);
    int (*get_vcpus)(eb_conn *conn, eb_uuid uuid, unsigned flags, eb_error *err);
    int (*set_vcpus)(eb_conn *conn, eb_uuid uuid, unsigned count, unsigned flags, eb_error *err);
    int (*get_vcpu_info)(eb_conn *conn, eb_uuid uuid, eb_vcpu_info **out, eb_error *err);
    int (*get_metadata)(eb_conn *conn, eb_uuid uuid, int type, const char *uri, unsigned flags, char **out,
                        eb_error *err);
    int (*set_metadata)(eb_conn *conn, eb_uuid uuid, int type, const char *metadata, const char *key,
                        const char *uri, unsigned flags, eb_error *err);
    int (*rename)(eb_conn *conn, eb_uuid uuid, const char *name, unsigned flags, eb_error *err);
    int (*get_security_label)(eb_conn *conn, eb_uuid uuid, eb_security_label *out, eb_error *err);
    int (*get_messages)(eb_conn *conn, eb_uuid uuid, unsigned flags, char ***out, eb_error *err);
    /** Where the jobs of this connection's domains are (job.h); never NULL. Core serves the calls. NULL: no
     * operation of the driver is a job. */
    const void *(*job_world)(eb_conn *conn);
    /** For a driver whose jobs run elsewhere, in place of `job_world`. */
    int (*job_info)(eb_conn *conn, eb_uuid uuid, eb_job_info *out, eb_error *err);
    int (*job_stats)(eb_conn *conn, eb_uuid uuid, unsigned flags, eb_job_type *type, eb_param **params,
                     eb_error *err);
    int (*job_abort)(eb_conn *conn, eb_uuid uuid, eb_error *err);
};

struct eb_driver_device_ops {
    /** virDomainAttachDeviceFlags, DetachDeviceFlags, UpdateDeviceFlags. `flags`: EB_AFFECT_*,
     * EB_DEVICE_FORCE. */
    int (*attach)(eb_conn *conn, eb_uuid uuid, const struct eb_device *dev, unsigned flags, eb_error *err);
    int (*detach)(eb_conn *conn, eb_uuid uuid, const struct eb_device *dev, unsigned flags, eb_error *err);
    int (*update)(eb_conn *conn, eb_uuid uuid, const struct eb_device *dev, unsigned flags, eb_error *err);
    /** virDomainBlockResize; `disk` is a target or a source. */
    int (*block_resize)(eb_conn *conn, eb_uuid uuid, const char *disk, uint64_t bytes, unsigned flags,
                        eb_error *err);
};

struct eb_driver_event_ops {
    /** Whether the driver has a source of this event; the close event is core's own. NULL: of none. */
    bool (*has)(eb_conn *conn, enum eb_event_class class, int id);
    /** Before the first callback of the connection, and after the last one, is there. Not at the same time as
     * each other; `stop` also when the connection closes, before `close`. Both may be NULL. */
    int (*start)(eb_conn *conn, eb_error *err);
    void (*stop)(eb_conn *conn);
};

/** What identifies an object that is no domain. The strings are owned. */
struct eb_object_key {
    unsigned char uuid[16]; /* networks and pools: what they are known by */
    char *name;             /* the others are known by their name */
    char *pool;             /* volumes: the pool's name, which they are known by too; else NULL */
    char *also;             /* volumes: the key; interfaces: the MAC address, ""; node devices: the parent */
};
void eb_object_key_clear(struct eb_object_key *key);

/** What a list is filtered by and shows. */
struct eb_object_summary {
    struct eb_object_key key;
    bool active, persistent, autostart;
    unsigned filters; /* pools: EB_LIST_POOLS_… of the type; node devices: EB_LIST_NODEDEVS_… */
};
void eb_object_summaries_free(struct eb_object_summary *list, size_t n);
/** The `filters` of what has this definition; 0 for kinds that have none. */
unsigned eb_object_def_filters(const struct eb_object_def *def);

/**
 * Networks, pools, volumes, host interfaces, node devices: what their calls have in common. Each stands for
 * the call of the kind (get_def: virNetworkGetXMLDesc, virStoragePoolGetXMLDesc …). The definitions are of
 * the kind's struct (model/object.h).
 */
struct eb_driver_object_ops {
    /** Gives the number of entries of *out. Volumes: those of the pool `in`; else NULL. */
    int (*list)(eb_conn *conn, const struct eb_object_key *in, struct eb_object_summary **out, eb_error *err);
    int (*lookup_uuid)(eb_conn *conn, eb_uuid uuid, struct eb_object_key *out, eb_error *err);
    /** Volumes: in the pool `in`; else NULL. */
    int (*lookup_name)(eb_conn *conn, const struct eb_object_key *in, const char *name,
                       struct eb_object_key *out, eb_error *err);
    int (*is_active)(eb_conn *conn, const struct eb_object_key *key, eb_error *err);
    int (*is_persistent)(eb_conn *conn, const struct eb_object_key *key, eb_error *err);
    /** The caller frees it. */
    int (*get_def)(eb_conn *conn, const struct eb_object_key *key, unsigned flags, struct eb_object_def **out,
                   eb_error *err);
    int (*get_autostart)(eb_conn *conn, const struct eb_object_key *key, eb_error *err);
    int (*set_autostart)(eb_conn *conn, const struct eb_object_key *key, bool autostart, eb_error *err);
    /** `def` is the caller's. All or nothing. */
    int (*define)(eb_conn *conn, const struct eb_object_def *def, unsigned flags, struct eb_object_key *out,
                  eb_error *err);
    /** virNetworkCreateXML, virStoragePoolCreateXML: a transient one, started. */
    int (*create)(eb_conn *conn, const struct eb_object_def *def, unsigned flags, struct eb_object_key *out,
                  eb_error *err);
    int (*start)(eb_conn *conn, const struct eb_object_key *key, unsigned flags, eb_error *err);
    int (*destroy)(eb_conn *conn, const struct eb_object_key *key, unsigned flags, eb_error *err);
    int (*undefine)(eb_conn *conn, const struct eb_object_key *key, eb_error *err);
};

struct eb_driver_network_ops {
    /** virNetworkUpdate; model/network_update.h has its rules. */
    int (*update)(eb_conn *conn, const struct eb_object_key *key, unsigned command, unsigned section,
                  int index, const char *xml, unsigned flags, eb_error *err);
    /** `mac` NULL: all. Gives the number of entries of *out. */
    int (*get_dhcp_leases)(eb_conn *conn, const struct eb_object_key *key, const char *mac,
                           eb_dhcp_lease **out, eb_error *err);
};

struct eb_driver_storage_ops {
    int (*find_pool_sources)(eb_conn *conn, const char *type, const char *spec, unsigned flags, char **xml,
                             eb_error *err);
    int (*pool_get_info)(eb_conn *conn, const struct eb_object_key *pool, eb_pool_info *out, eb_error *err);
    int (*pool_refresh)(eb_conn *conn, const struct eb_object_key *pool, unsigned flags, eb_error *err);
    int (*pool_build)(eb_conn *conn, const struct eb_object_key *pool, unsigned flags, eb_error *err);
    int (*pool_delete)(eb_conn *conn, const struct eb_object_key *pool, unsigned flags, eb_error *err);
    int (*volume_lookup_key)(eb_conn *conn, const char *volume_key, struct eb_object_key *out, eb_error *err);
    int (*volume_lookup_path)(eb_conn *conn, const char *path, struct eb_object_key *out, eb_error *err);
    int (*volume_get_info)(eb_conn *conn, const struct eb_object_key *vol, eb_volume_info *out,
                           eb_error *err);
    int (*volume_get_path)(eb_conn *conn, const struct eb_object_key *vol, char **out, eb_error *err);
    /** virStorageVolCreateXML; with `from` virStorageVolCreateXMLFrom. */
    int (*volume_create)(eb_conn *conn, const struct eb_object_key *pool, const struct eb_volume_def *def,
                         const struct eb_object_key *from, unsigned flags, struct eb_object_key *out,
                         eb_error *err);
    int (*volume_delete)(eb_conn *conn, const struct eb_object_key *vol, unsigned flags, eb_error *err);
    int (*pool_lookup_target)(eb_conn *conn, const char *path, struct eb_object_key *out, eb_error *err);
    int (*pool_capabilities)(eb_conn *conn, unsigned flags, char **xml, eb_error *err);
    /** virStorageVolGetInfoFlags. */
    int (*volume_get_info_flags)(eb_conn *conn, const struct eb_object_key *vol, unsigned flags,
                                 eb_volume_info *out, eb_error *err);
    int (*volume_resize)(eb_conn *conn, const struct eb_object_key *vol, uint64_t capacity, unsigned flags,
                         eb_error *err);
    /** virStorageVolWipePattern. */
    int (*volume_wipe)(eb_conn *conn, const struct eb_object_key *vol, unsigned algorithm, unsigned flags,
                       eb_error *err);
    /** `*out` (core/stream.h) is the caller's. `length` 0: as many bytes as there are. */
    int (*volume_download)(eb_conn *conn, const struct eb_object_key *vol, uint64_t offset, uint64_t length,
                           unsigned flags, eb_stream **out, eb_error *err);
    int (*volume_upload)(eb_conn *conn, const struct eb_object_key *vol, uint64_t offset, uint64_t length,
                         unsigned flags, eb_stream **out, eb_error *err);
};

struct eb_driver_iface_ops {
    int (*lookup_mac)(eb_conn *conn, const char *mac, struct eb_object_key *out, eb_error *err);
    int (*change_begin)(eb_conn *conn, unsigned flags, eb_error *err);
    int (*change_commit)(eb_conn *conn, unsigned flags, eb_error *err);
    int (*change_rollback)(eb_conn *conn, unsigned flags, eb_error *err);
};

struct eb_driver_nodedev_ops {
    /** virNodeDeviceLookupSCSIHostByWWN. */
    int (*lookup_wwn)(eb_conn *conn, const char *wwnn, const char *wwpn, struct eb_object_key *out,
                      eb_error *err);
};

/** What a list of snapshots is filtered by and shows. The strings are owned. */
struct eb_snapshot_summary {
    char *name, *parent; /* NULL: a root */
    int state;           /* eb_snapshot_state */
    bool current, metadata, external;
};
void eb_snapshot_summaries_free(struct eb_snapshot_summary *list, size_t n);

/** Snapshots are known by their domain and their name; one that is not there is EB_ERR_NO_DOMAIN_SNAPSHOT. */
struct eb_driver_snapshot_ops {
    /** All of a domain, parents before their children, brothers in the order in which they were made. Gives
     * their number. Lists, lookups and what is asked about one come from it. */
    int (*list)(eb_conn *conn, eb_uuid uuid, struct eb_snapshot_summary **out, eb_error *err);
    /** virDomainSnapshotGetXMLDesc. `flags`: EB_XML_SECURE. The caller frees it. */
    int (*get_def)(eb_conn *conn, eb_uuid uuid, const char *name, unsigned flags,
                   struct eb_snapshot_def **out, eb_error *err);
    /** virDomainSnapshotCreateXML: new, or with EB_SNAPSHOT_CREATE_REDEFINE told of. `def` is the caller's;
     * it was validated and parsed as its flags say. */
    int (*create)(eb_conn *conn, eb_uuid uuid, const struct eb_snapshot_def *def, unsigned flags,
                  eb_error *err);
    int (*revert)(eb_conn *conn, eb_uuid uuid, const char *name, unsigned flags, eb_error *err);
    int (*delete)(eb_conn *conn, eb_uuid uuid, const char *name, unsigned flags, eb_error *err);
};

/** What a list of checkpoints is filtered by. The strings are owned. */
struct eb_checkpoint_summary {
    char *name, *parent; /* NULL: a root */
};
void eb_checkpoint_summaries_free(struct eb_checkpoint_summary *list, size_t n);

/** Checkpoints, as snapshots; one that is not there is EB_ERR_NO_DOMAIN_CHECKPOINT. */
struct eb_driver_checkpoint_ops {
    int (*list)(eb_conn *conn, eb_uuid uuid, struct eb_checkpoint_summary **out, eb_error *err);
    int (*get_def)(eb_conn *conn, eb_uuid uuid, const char *name, unsigned flags,
                   struct eb_checkpoint_def **out, eb_error *err);
    int (*create)(eb_conn *conn, eb_uuid uuid, const struct eb_checkpoint_def *def, unsigned flags,
                  eb_error *err);
    int (*delete)(eb_conn *conn, eb_uuid uuid, const char *name, unsigned flags, eb_error *err);
};

struct eb_driver_stats_ops {
    /** EB_STATS_*: what eb_conn_get_all_stats tells of this driver's domains. */
    unsigned groups;
    /** eb_conn_get_all_stats for a driver that has it whole; NULL: core makes it of the others. */
    int (*all)(eb_conn *conn, eb_domain *const *domains, size_t n, unsigned stats, unsigned flags,
               eb_domain_stats **out, eb_error *err);
    /** `map` and `online` are never NULL. */
    int (*node_cpu_map)(eb_conn *conn, unsigned char **map, unsigned *online, eb_error *err);
    int (*node_cpu)(eb_conn *conn, int cpu, eb_param **out, eb_error *err);
    int (*node_memory)(eb_conn *conn, int cell, eb_param **out, eb_error *err);
    int (*cpu_models)(eb_conn *conn, const char *arch, char ***out, eb_error *err);
    int (*block)(eb_conn *conn, eb_uuid uuid, const char *path, eb_block_stats *out, eb_error *err);
    /** virDomainBlockStatsFlags may be asked: core makes it from `block`. */
    bool block_params;
    int (*block_info)(eb_conn *conn, eb_uuid uuid, const char *path, eb_block_info *out, eb_error *err);
    int (*interface)(eb_conn *conn, eb_uuid uuid, const char *device, eb_interface_stats *out, eb_error *err);
    int (*memory)(eb_conn *conn, eb_uuid uuid, eb_memory_stat **out, eb_error *err);
    int (*cpu)(eb_conn *conn, eb_uuid uuid, int start, unsigned n, eb_param **out, unsigned *per_cpu,
               eb_error *err);
    /** eb_conn_get_all_stats's part of a domain's threads, as it tells it. */
    int (*iothreads)(eb_conn *conn, eb_uuid uuid, eb_param **out, eb_error *err);
    int (*disk_errors)(eb_conn *conn, eb_uuid uuid, eb_disk_error **out, eb_error *err);
    int (*control_info)(eb_conn *conn, eb_uuid uuid, eb_control_info *out, eb_error *err);
};

/** Of each kind get and set answer for those that the driver has, and EB_ERR_NO_SUPPORT for the others
 * (eb_tuning_no_support). Core checked what the public functions say. */
struct eb_driver_tune_ops {
    /** `out` NULL: how many there are at most. */
    int (*get_params)(eb_conn *conn, eb_uuid uuid, eb_tuning_kind kind, const char *device, unsigned flags,
                      eb_param **out, eb_error *err);
    int (*set_params)(eb_conn *conn, eb_uuid uuid, eb_tuning_kind kind, const char *device,
                      const eb_param *params, size_t n, unsigned flags, eb_error *err);
    int (*scheduler_type)(eb_conn *conn, eb_uuid uuid, char **out, eb_error *err);
    int (*vcpu_pins)(eb_conn *conn, eb_uuid uuid, unsigned flags, unsigned char **maps, unsigned *length,
                     eb_error *err);
    int (*pin_vcpu)(eb_conn *conn, eb_uuid uuid, unsigned vcpu, const unsigned char *map, unsigned length,
                    unsigned flags, eb_error *err);
    int (*emulator_pin)(eb_conn *conn, eb_uuid uuid, unsigned flags, unsigned char **map, unsigned *length,
                        eb_error *err);
    int (*pin_emulator)(eb_conn *conn, eb_uuid uuid, const unsigned char *map, unsigned length,
                        unsigned flags, eb_error *err);
    int (*iothreads)(eb_conn *conn, eb_uuid uuid, unsigned flags, eb_iothread_info **out, eb_error *err);
    int (*pin_iothread)(eb_conn *conn, eb_uuid uuid, unsigned id, const unsigned char *map, unsigned length,
                        unsigned flags, eb_error *err);
    int (*add_iothread)(eb_conn *conn, eb_uuid uuid, unsigned id, unsigned flags, eb_error *err);
    int (*del_iothread)(eb_conn *conn, eb_uuid uuid, unsigned id, unsigned flags, eb_error *err);
    int (*set_iothread)(eb_conn *conn, eb_uuid uuid, unsigned id, const eb_param *params, size_t n,
                        unsigned flags, eb_error *err);
};
/** "this function is not supported by the connection driver", in the name of the kind's call. -1. */
int eb_tuning_no_support(eb_conn *conn, eb_tuning_kind kind, bool set, unsigned flags, eb_error *err);

struct eb_driver_guest_ops {
    /** The picture's bytes are the caller's. */
    int (*screenshot)(eb_conn *conn, eb_uuid uuid, unsigned screen, char **mime, unsigned char **bytes,
                      size_t *n, eb_error *err);
    int (*send_key)(eb_conn *conn, eb_uuid uuid, eb_codeset codeset, unsigned hold_ms, const unsigned *keys,
                    unsigned n, eb_error *err);
    int (*inject_nmi)(eb_conn *conn, eb_uuid uuid, eb_error *err);
    int (*core_dump)(eb_conn *conn, eb_uuid uuid, const char *path, unsigned format, unsigned flags,
                     eb_error *err);
    /** `*out` (core/stream.h) is the caller's. `device` NULL: the first. */
    int (*open_console)(eb_conn *conn, eb_uuid uuid, const char *device, unsigned flags, eb_stream **out,
                        eb_error *err);
    int (*addresses)(eb_conn *conn, eb_uuid uuid, eb_address_source source, eb_guest_interface **out,
                     eb_error *err);
    int (*hostname)(eb_conn *conn, eb_uuid uuid, unsigned flags, char **out, eb_error *err);
    int (*get_time)(eb_conn *conn, eb_uuid uuid, int64_t *seconds, unsigned *nanoseconds, eb_error *err);
    int (*set_time)(eb_conn *conn, eb_uuid uuid, int64_t seconds, unsigned nanoseconds, unsigned flags,
                    eb_error *err);
    int (*fs_info)(eb_conn *conn, eb_uuid uuid, eb_guest_fs **out, eb_error *err);
    int (*fs_freeze)(eb_conn *conn, eb_uuid uuid, const char *const *mount_points, unsigned n, bool freeze,
                     eb_error *err);
    int (*fs_trim)(eb_conn *conn, eb_uuid uuid, const char *mount_point, uint64_t minimum, eb_error *err);
    int (*info)(eb_conn *conn, eb_uuid uuid, unsigned types, eb_param **out, eb_error *err);
    int (*set_user_password)(eb_conn *conn, eb_uuid uuid, const char *user, const char *password,
                             unsigned flags, eb_error *err);
};

struct eb_driver {
    const char *name; /* as in messages: "VirtualBox", "test" */
    const char *type; /* virConnectGetType: "VBOX", "TEST" */
    eb_error_domain error_domain;
    enum eb_virt_type virt;
    struct eb_driver_conn_ops conn;
    struct eb_driver_node_ops node;
    struct eb_driver_domain_ops domain;
    struct eb_driver_device_ops device;
    struct eb_driver_event_ops event;
    /** By kind, and what only some kinds have. NULL: the driver has nothing of it. */
    const struct eb_driver_object_ops *object[EB_OBJECT_LAST];
    const struct eb_driver_network_ops *network;
    const struct eb_driver_storage_ops *storage;
    const struct eb_driver_iface_ops *iface;
    const struct eb_driver_nodedev_ops *nodedev;
    const struct eb_driver_snapshot_ops *snapshot;
    const struct eb_driver_checkpoint_ops *checkpoint;
    const struct eb_driver_stats_ops *stats;
    const struct eb_driver_guest_ops *guest;
    const struct eb_driver_tune_ops *tune;
};

/**
 * The drivers of this program in the order in which they are asked, NULL-terminated. Defined once, above core
 * (src/drivers.c): core reaches drivers through it without knowing them.
 */
extern const struct eb_driver *const eb_drivers[];

/** For drivers: -1 with EB_ERR_INVALID_ARG, "unsupported flags (0x…) in function NAME", when `flags` has
 * others. */
int eb_check_flags(unsigned flags, unsigned supported, const char *function, eb_error *err);

/** For drivers: queues `event` (taken) for the callbacks of this connection that want it. Never blocks, runs
 * no callback. */
void eb_conn_emit(eb_conn *conn, struct eb_event *event);
/** The connection is lost for good. */
void eb_conn_emit_closed(eb_conn *conn, eb_close_reason reason);
/** An event of a network, a pool or a node device; `event`: of its life, else 0. */
struct eb_event *eb_object_event_new(enum eb_object_kind kind, const struct eb_object_key *key, int id,
                                     int event);
/** A domain's event; `key` as it was then. */
struct eb_event *eb_domain_event_new(const struct eb_domain_key *key, eb_domain_event_id id);
/** Its job ended; takes the parameters (eb_job_end). */
struct eb_event *eb_job_event_new(const struct eb_domain_key *key, eb_param *params, size_t n_params);
/** One of its life. */
struct eb_event *eb_lifecycle_event_new(const struct eb_domain_key *key, int event, int detail);

/**
 * For drivers with one world and many connections: who hears of what happens there. A connection joins when
 * it opens and leaves when it closes; each event goes to all that are there, in the order of the calls.
 */
struct eb_event_hub;
struct eb_event_hub *eb_event_hub_new(void);
/** Nobody is in it any more. NULL is fine. */
void eb_event_hub_free(struct eb_event_hub *hub);
void eb_event_hub_join(struct eb_event_hub *hub, eb_conn *conn);
void eb_event_hub_leave(struct eb_event_hub *hub, eb_conn *conn);
/** As eb_conn_emit, for all. */
void eb_event_hub_emit(struct eb_event_hub *hub, struct eb_event *event);
/** Whether a callback of any member wants this event; for sources that cost something. */
bool eb_event_hub_wants(struct eb_event_hub *hub, enum eb_event_class class, int id);
/** The same of one connection. */
bool eb_conn_wants_event(eb_conn *conn, enum eb_event_class class, int id);

/** For drivers: the connection's own data. */
void eb_conn_set_private(eb_conn *conn, void *data);
void *eb_conn_get_private(eb_conn *conn);
/** For drivers that learn at open what they drive: the domain type of this connection, else the driver's
 * `virt`. EB_VIRT_LAST: definitions of any type are passed on. */
void eb_conn_set_virt(eb_conn *conn, enum eb_virt_type virt);
/** While the connection is opened: asks its user (eb_ask_fn); -1 when there is nobody, or no answer. */
int eb_conn_ask(eb_conn *conn, const char *prompt, bool hidden, const char *preset, char **answer);
/** The connection's progress function, called with its own opaque; an eb_progress_fn whose opaque is the
 * eb_conn. */
int eb_conn_progress(const char *what, unsigned done, unsigned total, void *conn);

#endif
