/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file everbox.h
 * libeverbox: manage virtual machines of VirtualBox, any version of it, with libvirt's words.
 *
 * Conventions, which hold for every function unless it says otherwise:
 *
 * - Result: 0 or a count on success, -1 on failure. Functions that answer yes or no give 1 or 0, -1 on
 * failure.
 * - Errors: the last parameter, `eb_error *err`, may be NULL. On failure it is filled; on success it is left
 * alone. It must be empty (EB_ERROR_INIT or eb_error_clear) when it is passed in.
 * - Ownership: a `char **out` gives a string that the caller frees with eb_free. A handle (`eb_conn`,
 * `eb_domain` …) that a function gives out belongs to the caller, who drops it with its `_unref` function. A
 * domain keeps its connection alive.
 * - Text is UTF-8. Sizes are KiB or bytes as each function says; times are milliseconds unless it says
 * otherwise.
 * - Flags that a function or the driver does not know are refused with EB_ERR_INVALID_ARG or
 * EB_ERR_ARGUMENT_UNSUPPORTED.
 * - Threads: every function may be called from every thread at any time, on the same handle too. eb_error
 * values belong to the thread that made them.
 * - Each function names the libvirt call that it stands for; states, flags and codes have libvirt's numbers.
 */
#ifndef EVERBOX_EVERBOX_H
#define EVERBOX_EVERBOX_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(_WIN32)
#define EB_API
#else
#define EB_API __attribute__((visibility("default")))
#endif

/** Version of this header: major * 1000000 + minor * 1000 + micro. */
#define EB_VERSION_NUMBER 1000

typedef struct eb_conn eb_conn;
typedef struct eb_domain eb_domain;
typedef struct eb_network eb_network;
typedef struct eb_pool eb_pool;
typedef struct eb_volume eb_volume;
/** Bytes from or to a domain or a volume (everbox/guest.h). One thread at a time reads, one at a time writes;
 * both wait until they can, or the stream is aborted. */
typedef struct eb_stream eb_stream;
typedef struct eb_iface eb_iface;
typedef struct eb_nodedev eb_nodedev;
typedef struct eb_snapshot eb_snapshot;

/* ---- Errors ---- */

/** What went wrong, for a program. The numbers are libvirt's (virErrorNumber). */
typedef enum eb_error_code {
    EB_ERR_OK = 0,
    EB_ERR_INTERNAL_ERROR = 1,
    EB_ERR_NO_MEMORY = 2,
    EB_ERR_NO_SUPPORT = 3,
    EB_ERR_NO_CONNECT = 5,
    EB_ERR_INVALID_CONN = 6,
    EB_ERR_INVALID_DOMAIN = 7,
    EB_ERR_INVALID_ARG = 8,
    EB_ERR_OPERATION_FAILED = 9,
    EB_ERR_OS_TYPE = 16,
    EB_ERR_NO_SOURCE = 19,
    EB_ERR_NO_TARGET = 20,
    EB_ERR_NO_NAME = 21,
    EB_ERR_XML_ERROR = 27,
    EB_ERR_DOM_EXIST = 28,
    EB_ERR_OPERATION_DENIED = 29,
    EB_ERR_OPEN_FAILED = 30,
    EB_ERR_READ_FAILED = 31,
    EB_ERR_CONF_SYNTAX = 33,
    EB_ERR_WRITE_FAILED = 34,
    EB_ERR_XML_DETAIL = 35,
    EB_ERR_NETWORK_EXIST = 37,
    EB_ERR_SYSTEM_ERROR = 38,
    EB_ERR_RPC = 39,
    EB_ERR_NO_DOMAIN = 42,
    EB_ERR_NO_NETWORK = 43,
    EB_ERR_INVALID_MAC = 44,
    EB_ERR_AUTH_FAILED = 45,
    EB_ERR_NO_STORAGE_POOL = 49,
    EB_ERR_NO_STORAGE_VOL = 50,
    EB_ERR_NO_NODE_DEVICE = 53,
    EB_ERR_OPERATION_INVALID = 55,
    EB_ERR_NO_INTERFACE = 57,
    EB_ERR_MULTIPLE_INTERFACES = 59,
    EB_ERR_CONFIG_UNSUPPORTED = 67,
    EB_ERR_OPERATION_TIMEOUT = 68,
    EB_ERR_NO_DOMAIN_SNAPSHOT = 72,
    EB_ERR_INVALID_STREAM = 73,
    EB_ERR_ARGUMENT_UNSUPPORTED = 74,
    EB_ERR_OPERATION_ABORTED = 78,
    EB_ERR_AUTH_CANCELLED = 79,
    EB_ERR_NO_DOMAIN_METADATA = 80,
    EB_ERR_OVERFLOW = 82,
    EB_ERR_OPERATION_UNSUPPORTED = 84,
    EB_ERR_AGENT_UNRESPONSIVE = 86,
    EB_ERR_RESOURCE_BUSY = 87,
    EB_ERR_ACCESS_DENIED = 88,
    EB_ERR_SNAPSHOT_REVERT_RISKY = 89,
    EB_ERR_STORAGE_VOL_EXIST = 90,
    EB_ERR_XML_INVALID_SCHEMA = 92,
    EB_ERR_AUTH_UNAVAILABLE = 94,
    EB_ERR_NO_SERVER = 95,
    EB_ERR_NO_CLIENT = 96,
    EB_ERR_DEVICE_MISSING = 99,
    EB_ERR_NO_DOMAIN_CHECKPOINT = 103,
} eb_error_code;

/** Where an error comes from. The numbers are libvirt's (virErrorDomain). */
typedef enum eb_error_domain {
    EB_FROM_NONE = 0,
    EB_FROM_XML = 5,
    EB_FROM_RPC = 7,
    EB_FROM_CONF = 9,
    EB_FROM_TEST = 12,
    EB_FROM_STORAGE = 18,
    EB_FROM_DOMAIN = 20,
    EB_FROM_VBOX = 25,
    EB_FROM_DOMAIN_SNAPSHOT = 35,
    EB_FROM_DOMAIN_CHECKPOINT = 69,
} eb_error_domain;

/**
 * An error, owned by the caller. All strings belong to it and are NULL when empty.
 * `message` is whole: it reads as libvirt's would ("Domain not found: no domain with matching name 'x'").
 */
typedef struct eb_error {
    eb_error_code code;
    eb_error_domain domain;
    char *message;
    /** What VirtualBox said, unchanged (text of IVirtualBoxErrorInfo, its whole chain, a line each). */
    char *vbox_text;
    /** The component of VirtualBox that said it ("MachineWrap"). */
    char *vbox_component;
    /** VirtualBox's result code (nsresult / HRESULT); 0 when the error is not VirtualBox's. */
    uint32_t vbox_result;
    /** For the library; always zero outside. */
    uint32_t reserved[5];
} eb_error;

#define EB_ERROR_INIT                                                                                        \
    {                                                                                                        \
        EB_ERR_OK, EB_FROM_NONE, NULL, NULL, NULL, 0,                                                        \
        {                                                                                                    \
            0                                                                                                \
        }                                                                                                    \
    }

/** Frees what `err` holds and makes it empty. NULL and an empty one are fine. */
EB_API void eb_error_clear(eb_error *err);

/** The message, or "no error". Never NULL; belongs to `err`. */
EB_API const char *eb_error_message(const eb_error *err);

/** The name of VirtualBox's result code ("VBOX_E_INVALID_VM_STATE"), or NULL if it has none. Static. */
EB_API const char *eb_vbox_result_name(uint32_t result);

/** Frees a string or an array that the library gave out. NULL is fine. */
EB_API void eb_free(void *p);

/** The library's version, as EB_VERSION_NUMBER. virGetVersion. */
EB_API unsigned eb_version(void);

/* ---- Typed parameters (virTypedParameter) ---- */

typedef enum eb_param_type {
    EB_PARAM_INT = 1,
    EB_PARAM_UINT = 2,
    EB_PARAM_LLONG = 3,
    EB_PARAM_ULLONG = 4,
    EB_PARAM_DOUBLE = 5,
    EB_PARAM_BOOLEAN = 6,
    EB_PARAM_STRING = 7,
} eb_param_type;

typedef struct eb_param {
    char field[80];
    eb_param_type type;
    union {
        int i;
        unsigned ui;
        int64_t l;
        uint64_t ul;
        double d;
        char b;
        char *s; /* owned */
    } value;
} eb_param;

/** Frees `n` parameters, their strings and the array. */
EB_API void eb_params_free(eb_param *params, size_t n);

/* ---- Connections ---- */

enum {
    /** Every change through this connection is refused. VIR_CONNECT_RO. */
    EB_CONNECT_RO = 1,
};

/**
 * Opens a connection. `uri`: `vbox:///session`, `vbox:///session?home=/opt/VirtualBox`, `vbox:///system`,
 * `test:///default`, `test:///path/of/file.xml`, or NULL: the environment's (EVERBOX_DEFAULT_URI,
 * VIRSH_DEFAULT_CONNECT_URI, LIBVIRT_DEFAULT_URI), else VirtualBox where there is one, else
 * `test:///default`. virConnectOpen, virConnectOpenReadOnly.
 */
EB_API int eb_connect_open(const char *uri, unsigned flags, eb_conn **out, eb_error *err);
/** Asks whoever uses the program for something that a far host wants to know: a user's name, a password
 * (`hidden`: what is typed is not to be seen). `preset` (may be NULL) is what an empty answer means.
 * `*answer` is from malloc. -1: no answer. Called in the thread that opens the connection. */
typedef int (*eb_ask_fn)(const char *prompt, int hidden, const char *preset, char **answer, void *opaque);
/** As eb_connect_open; `ask` NULL: nobody is asked. virConnectOpenAuth. */
EB_API int eb_connect_open_auth(const char *uri, unsigned flags, eb_ask_fn ask, void *opaque, eb_conn **out,
                                eb_error *err);
EB_API eb_conn *eb_conn_ref(eb_conn *conn);
/** Drops one reference; the last one closes. NULL is fine. virConnectClose. */
EB_API void eb_conn_unref(eb_conn *conn);

/** The URI as the driver understood it. virConnectGetURI. */
EB_API int eb_conn_get_uri(eb_conn *conn, char **out, eb_error *err);
/** "VBOX" or "TEST": static, never fails. virConnectGetType. */
EB_API const char *eb_conn_get_type(eb_conn *conn);
/** The hypervisor's version, major * 1000000 + minor * 1000 + micro. virConnectGetVersion. */
EB_API int eb_conn_get_version(eb_conn *conn, unsigned long *out, eb_error *err);
/** virConnectGetHostname. */
EB_API int eb_conn_get_hostname(eb_conn *conn, char **out, eb_error *err);
/** virConnectGetCapabilities. */
EB_API int eb_conn_get_capabilities(eb_conn *conn, char **xml, eb_error *err);
/** Each of `emulator`, `arch`, `machine`, `virttype` may be NULL. virConnectGetDomainCapabilities. */
EB_API int eb_conn_get_domain_capabilities(eb_conn *conn, const char *emulator, const char *arch,
                                           const char *machine, const char *virttype, unsigned flags,
                                           char **xml, eb_error *err);
/**
 * A machine in the hypervisor's own format (virConnectDomainXMLFromNative, virConnectDomainXMLToNative): for
 * VirtualBox "vbox", the text of a settings file. Nothing is defined, and no file is kept. The caller frees
 * the text with eb_free.
 */
EB_API int eb_conn_domain_xml_from_native(eb_conn *conn, const char *format, const char *config,
                                          unsigned flags, char **xml, eb_error *err);
EB_API int eb_conn_domain_xml_to_native(eb_conn *conn, const char *format, const char *xml, unsigned flags,
                                        char **config, eb_error *err);
/** `type` may be NULL. virConnectGetMaxVcpus. */
EB_API int eb_conn_get_max_vcpus(eb_conn *conn, const char *type, eb_error *err);
/** virConnectGetSysinfo. */
EB_API int eb_conn_get_sysinfo(eb_conn *conn, unsigned flags, char **xml, eb_error *err);
EB_API int eb_conn_is_alive(eb_conn *conn, eb_error *err);
EB_API int eb_conn_is_encrypted(eb_conn *conn, eb_error *err);
EB_API int eb_conn_is_secure(eb_conn *conn, eb_error *err);
/** 1 when the connection was opened with EB_CONNECT_RO. */
EB_API int eb_conn_is_read_only(eb_conn *conn);
/**
 * Asks the far side each `interval` seconds whether it is still there; after `count` questions without an
 * answer the connection is lost. `interval` 0: never. Result: 0, or 1 where nothing is far. A connection
 * begins with 5 and 5. virConnectSetKeepAlive.
 */
EB_API int eb_conn_set_keepalive(eb_conn *conn, unsigned interval, unsigned count, eb_error *err);

/** virNodeInfo. */
typedef struct eb_node_info {
    char model[32];
    uint64_t memory; /* KiB */
    unsigned cpus;
    unsigned mhz;
    unsigned nodes;
    unsigned sockets; /* a node */
    unsigned cores;   /* a socket */
    unsigned threads; /* a core */
} eb_node_info;
EB_API int eb_node_get_info(eb_conn *conn, eb_node_info *out, eb_error *err);
/** Bytes. virNodeGetFreeMemory. */
EB_API int eb_node_get_free_memory(eb_conn *conn, uint64_t *bytes, eb_error *err);
/** Bytes for each of `n` cells from `start` on; gives how many were filled. virNodeGetCellsFreeMemory. */
EB_API int eb_node_get_cells_free_memory(eb_conn *conn, uint64_t *bytes, int start, int n, eb_error *err);

/** virSecurityModel; both empty where there is none. */
typedef struct eb_security_model {
    char model[256];
    char doi[256];
} eb_security_model;
EB_API int eb_node_get_security_model(eb_conn *conn, eb_security_model *out, eb_error *err);

/**
 * How far a long operation is. `done` of `total` (100 for percent); `what` names the step or is NULL. Runs in
 * the thread of the operation. Result: 0 to go on, not 0 to cancel: the operation then fails with
 * EB_ERR_OPERATION_ABORTED where the hypervisor can stop it, and goes on where it cannot.
 */
typedef int (*eb_progress_fn)(const char *what, unsigned done, unsigned total, void *opaque);
/** Sets (or with NULL removes) who hears of long operations that this connection's calls start. */
EB_API void eb_conn_set_progress(eb_conn *conn, eb_progress_fn fn, void *opaque);

/* ---- Domains ---- */

/** virDomainState. */
typedef enum eb_domain_state {
    EB_DOMAIN_NOSTATE = 0,
    EB_DOMAIN_RUNNING = 1,
    EB_DOMAIN_BLOCKED = 2,
    EB_DOMAIN_PAUSED = 3,
    EB_DOMAIN_SHUTDOWN = 4,
    EB_DOMAIN_SHUTOFF = 5,
    EB_DOMAIN_CRASHED = 6,
    EB_DOMAIN_PMSUSPENDED = 7,
} eb_domain_state;

/** Why a domain is in its state: libvirt's numbers, one enum a state (virDomainRunningReason …). */
enum {
    EB_RUNNING_UNKNOWN = 0,
    EB_RUNNING_BOOTED = 1,
    EB_RUNNING_MIGRATED = 2,
    EB_RUNNING_RESTORED = 3,
    EB_RUNNING_FROM_SNAPSHOT = 4,
    EB_RUNNING_UNPAUSED = 5,
    EB_RUNNING_MIGRATION_CANCELED = 6,
    EB_RUNNING_SAVE_CANCELED = 7,
    EB_RUNNING_WAKEUP = 8,
    EB_RUNNING_CRASHED = 9,
    EB_PAUSED_UNKNOWN = 0,
    EB_PAUSED_USER = 1,
    EB_PAUSED_MIGRATION = 2,
    EB_PAUSED_SAVE = 3,
    EB_PAUSED_DUMP = 4,
    EB_PAUSED_IOERROR = 5,
    EB_PAUSED_WATCHDOG = 6,
    EB_PAUSED_FROM_SNAPSHOT = 7,
    EB_PAUSED_SHUTTING_DOWN = 8,
    EB_PAUSED_SNAPSHOT = 9,
    EB_PAUSED_CRASHED = 10,
    EB_PAUSED_STARTING_UP = 11,
    EB_SHUTDOWN_UNKNOWN = 0,
    EB_SHUTDOWN_USER = 1,
    EB_SHUTOFF_UNKNOWN = 0,
    EB_SHUTOFF_SHUTDOWN = 1,
    EB_SHUTOFF_DESTROYED = 2,
    EB_SHUTOFF_CRASHED = 3,
    EB_SHUTOFF_MIGRATED = 4,
    EB_SHUTOFF_SAVED = 5,
    EB_SHUTOFF_FAILED = 6,
    EB_SHUTOFF_FROM_SNAPSHOT = 7,
    EB_CRASHED_UNKNOWN = 0,
    EB_CRASHED_PANICKED = 1,
};

/** virDomainInfo. */
typedef struct eb_domain_info {
    eb_domain_state state;
    uint64_t max_memory; /* KiB */
    uint64_t memory;     /* KiB */
    unsigned vcpus;
    uint64_t cpu_time; /* nanoseconds */
} eb_domain_info;

/** Filters of eb_conn_list_domains (virConnectListAllDomainsFlags): groups, each a choice; none of a group
 * means all. */
enum {
    EB_LIST_ACTIVE = 1 << 0,
    EB_LIST_INACTIVE = 1 << 1,
    EB_LIST_PERSISTENT = 1 << 2,
    EB_LIST_TRANSIENT = 1 << 3,
    EB_LIST_RUNNING = 1 << 4,
    EB_LIST_PAUSED = 1 << 5,
    EB_LIST_SHUTOFF = 1 << 6,
    EB_LIST_OTHER = 1 << 7,
    EB_LIST_MANAGEDSAVE = 1 << 8,
    EB_LIST_NO_MANAGEDSAVE = 1 << 9,
    EB_LIST_AUTOSTART = 1 << 10,
    EB_LIST_NO_AUTOSTART = 1 << 11,
    EB_LIST_HAS_SNAPSHOT = 1 << 12,
    EB_LIST_NO_SNAPSHOT = 1 << 13,
    EB_LIST_HAS_CHECKPOINT = 1 << 14,
    EB_LIST_NO_CHECKPOINT = 1 << 15,
};

/** Gives the number of domains; `*out` is an array of handles: drop each, then eb_free it.
 * virConnectListAllDomains. */
EB_API int eb_conn_list_domains(eb_conn *conn, unsigned flags, eb_domain ***out, eb_error *err);

/** A line of a list: the handle, and the id and state that it had when the list was read. */
typedef struct eb_domain_entry {
    eb_domain *domain;
    int id; /* -1: does not run */
    eb_domain_state state;
    int reason;
} eb_domain_entry;
/**
 * As eb_conn_list_domains, with the id and state of each, all read in one go: what a table of machines costs
 * least with. Free with eb_domain_entries_free. virConnectListAllDomains and virDomainGetState of each.
 */
EB_API int eb_conn_list_domains_full(eb_conn *conn, unsigned flags, eb_domain_entry **out, eb_error *err);
EB_API void eb_domain_entries_free(eb_domain_entry *entries, size_t n);

/** virDomainLookupByID, virDomainLookupByUUID (16 bytes), virDomainLookupByUUIDString, virDomainLookupByName.
 */
EB_API int eb_domain_lookup_by_id(eb_conn *conn, int id, eb_domain **out, eb_error *err);
EB_API int eb_domain_lookup_by_uuid(eb_conn *conn, const unsigned char *uuid, eb_domain **out, eb_error *err);
EB_API int eb_domain_lookup_by_uuid_string(eb_conn *conn, const char *uuid, eb_domain **out, eb_error *err);
EB_API int eb_domain_lookup_by_name(eb_conn *conn, const char *name, eb_domain **out, eb_error *err);

EB_API eb_domain *eb_domain_ref(eb_domain *dom);
EB_API void eb_domain_unref(eb_domain *dom);
/** Borrowed from `dom`. */
EB_API eb_conn *eb_domain_get_conn(eb_domain *dom);
/** The name that the handle was made with, or that eb_domain_rename gave it. Borrowed. virDomainGetName. */
EB_API const char *eb_domain_get_name(eb_domain *dom);
/** The id now, or -1 when it does not run. Asks the driver. virDomainGetID. */
EB_API int eb_domain_get_id(eb_domain *dom);
/** 16 bytes. virDomainGetUUID. */
EB_API void eb_domain_get_uuid(eb_domain *dom, unsigned char uuid[16]);
/** 36 characters and a zero. virDomainGetUUIDString. */
EB_API void eb_domain_get_uuid_string(eb_domain *dom, char uuid[37]);

/** `reason` may be NULL. virDomainGetState. */
EB_API int eb_domain_get_state(eb_domain *dom, eb_domain_state *state, int *reason, eb_error *err);
EB_API int eb_domain_get_info(eb_domain *dom, eb_domain_info *out, eb_error *err);
/** "hvm". virDomainGetOSType. */
EB_API int eb_domain_get_os_type(eb_domain *dom, char **out, eb_error *err);
EB_API int eb_domain_is_active(eb_domain *dom, eb_error *err);
EB_API int eb_domain_is_persistent(eb_domain *dom, eb_error *err);
EB_API int eb_domain_is_updated(eb_domain *dom, eb_error *err);

enum {
    EB_XML_SECURE = 1 << 0,     /* passwords too; refused on a read-only connection */
    EB_XML_INACTIVE = 1 << 1,   /* as it will be at the next start */
    EB_XML_UPDATE_CPU = 1 << 2, /* accepted, changes nothing */
    EB_XML_MIGRATABLE = 1 << 3, /* without what only this host knows */
};
/** virDomainGetXMLDesc. */
EB_API int eb_domain_get_xml(eb_domain *dom, unsigned flags, char **xml, eb_error *err);

enum {
    EB_DEFINE_VALIDATE = 1 << 0, /* check against the schema first */
};
/** Defines a new domain or redefines the one with this uuid. All or nothing. virDomainDefineXMLFlags. */
EB_API int eb_domain_define_xml(eb_conn *conn, const char *xml, unsigned flags, eb_domain **out,
                                eb_error *err);

/** virDomainCreateFlags. */
enum {
    EB_START_PAUSED = 1 << 0,
    EB_START_AUTODESTROY = 1 << 1,
    EB_START_BYPASS_CACHE = 1 << 2,
    EB_START_FORCE_BOOT = 1 << 3, /* drop a managed save and boot */
    EB_START_VALIDATE = 1 << 4,
    EB_START_RESET_NVRAM = 1 << 5,
};
/** Makes and starts a transient domain: it vanishes when it stops. virDomainCreateXML. */
EB_API int eb_domain_create_xml(eb_conn *conn, const char *xml, unsigned flags, eb_domain **out,
                                eb_error *err);
/** Starts a defined domain. virDomainCreateWithFlags. */
EB_API int eb_domain_start(eb_domain *dom, unsigned flags, eb_error *err);
EB_API int eb_domain_suspend(eb_domain *dom, eb_error *err);
EB_API int eb_domain_resume(eb_domain *dom, eb_error *err);

/** virDomainShutdownFlagValues, virDomainRebootFlagValues; 0 lets the driver choose. */
enum {
    EB_SHUTDOWN_ACPI_POWER_BTN = 1 << 0,
    EB_SHUTDOWN_GUEST_AGENT = 1 << 1, /* VirtualBox: the guest additions */
    EB_SHUTDOWN_INITCTL = 1 << 2,
    EB_SHUTDOWN_SIGNAL = 1 << 3,
    EB_SHUTDOWN_PARAVIRT = 1 << 4,
};
EB_API int eb_domain_shutdown(eb_domain *dom, unsigned flags, eb_error *err);
EB_API int eb_domain_reboot(eb_domain *dom, unsigned flags, eb_error *err);
EB_API int eb_domain_reset(eb_domain *dom, unsigned flags, eb_error *err);

enum {
    EB_DESTROY_GRACEFUL = 1 << 0,
    EB_DESTROY_REMOVE_LOGS = 1 << 1,
};
EB_API int eb_domain_destroy(eb_domain *dom, unsigned flags, eb_error *err);

/** virDomainUndefineFlagsValues. */
enum {
    EB_UNDEFINE_MANAGED_SAVE = 1 << 0,
    EB_UNDEFINE_SNAPSHOTS_METADATA = 1 << 1,
    EB_UNDEFINE_NVRAM = 1 << 2,
    EB_UNDEFINE_KEEP_NVRAM = 1 << 3,
    EB_UNDEFINE_CHECKPOINTS_METADATA = 1 << 4,
    EB_UNDEFINE_TPM = 1 << 5,
    EB_UNDEFINE_KEEP_TPM = 1 << 6,
    /** Everbox's own: also delete the machine's hard disk images that no other machine uses. */
    EB_UNDEFINE_STORAGE = 1 << 30,
};
EB_API int eb_domain_undefine(eb_domain *dom, unsigned flags, eb_error *err);

/** virDomainSaveRestoreFlags. */
enum {
    EB_SAVE_BYPASS_CACHE = 1 << 0,
    EB_SAVE_RUNNING = 1 << 1,
    EB_SAVE_PAUSED = 1 << 2,
    EB_SAVE_RESET_NVRAM = 1 << 3,
};
/** Saves the state to `path` and stops. `dxml` (NULL: as it is) changes the definition stored.
 * virDomainSaveFlags. */
EB_API int eb_domain_save(eb_domain *dom, const char *path, const char *dxml, unsigned flags, eb_error *err);
/** virDomainRestoreFlags. */
EB_API int eb_domain_restore(eb_conn *conn, const char *path, const char *dxml, unsigned flags,
                             eb_error *err);
/** virDomainSaveImageGetXMLDesc. */
EB_API int eb_save_image_get_xml(eb_conn *conn, const char *path, unsigned flags, char **xml, eb_error *err);
EB_API int eb_domain_managed_save(eb_domain *dom, unsigned flags, eb_error *err);
EB_API int eb_domain_has_managed_save(eb_domain *dom, unsigned flags, eb_error *err);
EB_API int eb_domain_managed_save_remove(eb_domain *dom, unsigned flags, eb_error *err);

EB_API int eb_domain_get_autostart(eb_domain *dom, eb_error *err);
EB_API int eb_domain_set_autostart(eb_domain *dom, int autostart, eb_error *err);

/** virDomainModificationImpact: which of the two definitions; 0 is the live one of a running domain. */
enum {
    EB_AFFECT_CURRENT = 0,
    EB_AFFECT_LIVE = 1 << 0,
    EB_AFFECT_CONFIG = 1 << 1,
};
enum { EB_MEM_MAXIMUM = 1 << 2 };
/** KiB. virDomainGetMaxMemory, virDomainSetMemoryFlags. */
EB_API int eb_domain_get_max_memory(eb_domain *dom, uint64_t *kib, eb_error *err);
EB_API int eb_domain_set_memory(eb_domain *dom, uint64_t kib, unsigned flags, eb_error *err);
enum {
    EB_VCPU_MAXIMUM = 1 << 2,
    EB_VCPU_GUEST = 1 << 3,
    EB_VCPU_HOTPLUGGABLE = 1 << 4,
};
/** virDomainGetVcpusFlags, virDomainSetVcpusFlags. */
EB_API int eb_domain_get_vcpus(eb_domain *dom, unsigned flags, eb_error *err);
EB_API int eb_domain_set_vcpus(eb_domain *dom, unsigned count, unsigned flags, eb_error *err);

/** virVcpuInfo. */
typedef struct eb_vcpu_info {
    unsigned number;
    int state;         /* 0 offline, 1 running, 2 blocked */
    uint64_t cpu_time; /* nanoseconds */
    int cpu;           /* host cpu, -1 unknown */
} eb_vcpu_info;
/** Gives the number of entries of `*out` (eb_free). virDomainGetVcpus. */
EB_API int eb_domain_get_vcpu_info(eb_domain *dom, eb_vcpu_info **out, eb_error *err);

/** virDomainMetadataType. */
enum {
    EB_METADATA_DESCRIPTION = 0,
    EB_METADATA_TITLE = 1,
    EB_METADATA_ELEMENT = 2,
};
/** `uri` names the element's namespace with EB_METADATA_ELEMENT. virDomainGetMetadata. */
EB_API int eb_domain_get_metadata(eb_domain *dom, int type, const char *uri, unsigned flags, char **out,
                                  eb_error *err);
/** `metadata` NULL removes. `key` is the prefix for a new element. virDomainSetMetadata. */
EB_API int eb_domain_set_metadata(eb_domain *dom, int type, const char *metadata, const char *key,
                                  const char *uri, unsigned flags, eb_error *err);
/** virDomainRename. */
EB_API int eb_domain_rename(eb_domain *dom, const char *name, unsigned flags, eb_error *err);

/** `flags`: EB_AFFECT_*, for update also EB_DEVICE_FORCE. virDomainAttachDeviceFlags and friends. */
enum { EB_DEVICE_FORCE = 1 << 2 };
EB_API int eb_domain_attach_device(eb_domain *dom, const char *xml, unsigned flags, eb_error *err);
EB_API int eb_domain_detach_device(eb_domain *dom, const char *xml, unsigned flags, eb_error *err);
EB_API int eb_domain_update_device(eb_domain *dom, const char *xml, unsigned flags, eb_error *err);

/** virSecurityLabel; label empty where there is none. */
typedef struct eb_security_label {
    char label[4097];
    int enforcing;
} eb_security_label;
EB_API int eb_domain_get_security_label(eb_domain *dom, eb_security_label *out, eb_error *err);
/** Gives the number of messages of `*out` (each eb_free, then the array). virDomainGetMessages. */
EB_API int eb_domain_get_messages(eb_domain *dom, unsigned flags, char ***out, eb_error *err);

/* ---- Snapshots (virDomainSnapshot…) ---- */

/** virDomainSnapshotCreateFlags. */
enum {
    EB_SNAPSHOT_CREATE_REDEFINE = 1 << 0, /* tell of one that is there */
    EB_SNAPSHOT_CREATE_CURRENT = 1 << 1,  /* with REDEFINE: make it the current one */
    EB_SNAPSHOT_CREATE_NO_METADATA = 1 << 2,
    EB_SNAPSHOT_CREATE_HALT = 1 << 3, /* stop the domain afterwards */
    EB_SNAPSHOT_CREATE_DISK_ONLY = 1 << 4,
    EB_SNAPSHOT_CREATE_REUSE_EXT = 1 << 5,
    EB_SNAPSHOT_CREATE_QUIESCE = 1 << 6,
    EB_SNAPSHOT_CREATE_ATOMIC = 1 << 7,
    EB_SNAPSHOT_CREATE_LIVE = 1 << 8, /* without pausing the guest */
    EB_SNAPSHOT_CREATE_VALIDATE = 1 << 9,
};
/** virDomainSnapshotCreateXML. `out` may be NULL. */
EB_API int eb_domain_create_snapshot(eb_domain *dom, const char *xml, unsigned flags, eb_snapshot **out,
                                     eb_error *err);

/** Filters of lists (virDomainSnapshotListFlags): groups, each a choice; none of a group means all. */
enum {
    EB_LIST_SNAPSHOTS_ROOTS = 1 << 0,       /* of a domain: those without a parent */
    EB_LIST_SNAPSHOTS_DESCENDANTS = 1 << 0, /* of a snapshot: not only its children */
    EB_LIST_SNAPSHOTS_METADATA = 1 << 1,
    EB_LIST_SNAPSHOTS_LEAVES = 1 << 2,
    EB_LIST_SNAPSHOTS_NO_LEAVES = 1 << 3,
    EB_LIST_SNAPSHOTS_NO_METADATA = 1 << 4,
    EB_LIST_SNAPSHOTS_INACTIVE = 1 << 5,
    EB_LIST_SNAPSHOTS_ACTIVE = 1 << 6,
    EB_LIST_SNAPSHOTS_DISK_ONLY = 1 << 7,
    EB_LIST_SNAPSHOTS_INTERNAL = 1 << 8,
    EB_LIST_SNAPSHOTS_EXTERNAL = 1 << 9,
    EB_LIST_SNAPSHOTS_TOPOLOGICAL = 1 << 10, /* parents first: always so here */
};
/** As eb_conn_list_domains; `out` NULL: their number alone. virDomainListAllSnapshots, virDomainSnapshotNum.
 */
EB_API int eb_domain_list_snapshots(eb_domain *dom, unsigned flags, eb_snapshot ***out, eb_error *err);
/** virDomainSnapshotListAllChildren, virDomainSnapshotNumChildren. */
EB_API int eb_snapshot_list_children(eb_snapshot *snapshot, unsigned flags, eb_snapshot ***out,
                                     eb_error *err);
/** virDomainSnapshotLookupByName. */
EB_API int eb_domain_lookup_snapshot(eb_domain *dom, const char *name, unsigned flags, eb_snapshot **out,
                                     eb_error *err);
/** virDomainHasCurrentSnapshot. */
EB_API int eb_domain_has_current_snapshot(eb_domain *dom, unsigned flags, eb_error *err);
/** virDomainSnapshotCurrent. */
EB_API int eb_domain_get_current_snapshot(eb_domain *dom, unsigned flags, eb_snapshot **out, eb_error *err);

EB_API eb_snapshot *eb_snapshot_ref(eb_snapshot *snapshot);
EB_API void eb_snapshot_unref(eb_snapshot *snapshot);
/** Borrowed from the handle. */
EB_API eb_domain *eb_snapshot_get_domain(eb_snapshot *snapshot);
EB_API const char *eb_snapshot_get_name(eb_snapshot *snapshot);
/** virDomainSnapshotGetParent: EB_ERR_NO_DOMAIN_SNAPSHOT when it has none. */
EB_API int eb_snapshot_get_parent(eb_snapshot *snapshot, unsigned flags, eb_snapshot **out, eb_error *err);
EB_API int eb_snapshot_is_current(eb_snapshot *snapshot, unsigned flags, eb_error *err);
EB_API int eb_snapshot_has_metadata(eb_snapshot *snapshot, unsigned flags, eb_error *err);
/** `flags`: EB_XML_SECURE. */
EB_API int eb_snapshot_get_xml(eb_snapshot *snapshot, unsigned flags, char **xml, eb_error *err);

/** virDomainSnapshotRevertFlags. */
enum {
    EB_SNAPSHOT_REVERT_RUNNING = 1 << 0,
    EB_SNAPSHOT_REVERT_PAUSED = 1 << 1,
    EB_SNAPSHOT_REVERT_FORCE = 1 << 2,
    EB_SNAPSHOT_REVERT_RESET_NVRAM = 1 << 3,
};
/** virDomainRevertToSnapshot. */
EB_API int eb_snapshot_revert(eb_snapshot *snapshot, unsigned flags, eb_error *err);

/** virDomainSnapshotDeleteFlags. */
enum {
    EB_SNAPSHOT_DELETE_CHILDREN = 1 << 0, /* and all that descend from it */
    EB_SNAPSHOT_DELETE_METADATA_ONLY = 1 << 1,
    EB_SNAPSHOT_DELETE_CHILDREN_ONLY = 1 << 2,
};
/** virDomainSnapshotDelete. */
EB_API int eb_snapshot_delete(eb_snapshot *snapshot, unsigned flags, eb_error *err);

/* ---- Networks (virNetwork…) ---- */

/** Filters of eb_conn_list_networks (virConnectListAllNetworksFlags). */
enum {
    EB_LIST_NETWORKS_INACTIVE = 1 << 0,
    EB_LIST_NETWORKS_ACTIVE = 1 << 1,
    EB_LIST_NETWORKS_PERSISTENT = 1 << 2,
    EB_LIST_NETWORKS_TRANSIENT = 1 << 3,
    EB_LIST_NETWORKS_AUTOSTART = 1 << 4,
    EB_LIST_NETWORKS_NO_AUTOSTART = 1 << 5,
};
/** As eb_conn_list_domains. virConnectListAllNetworks. */
EB_API int eb_conn_list_networks(eb_conn *conn, unsigned flags, eb_network ***out, eb_error *err);
EB_API int eb_network_lookup_by_name(eb_conn *conn, const char *name, eb_network **out, eb_error *err);
EB_API int eb_network_lookup_by_uuid(eb_conn *conn, const unsigned char *uuid, eb_network **out,
                                     eb_error *err);
EB_API int eb_network_lookup_by_uuid_string(eb_conn *conn, const char *uuid, eb_network **out, eb_error *err);
EB_API eb_network *eb_network_ref(eb_network *net);
EB_API void eb_network_unref(eb_network *net);
/** Borrowed from the handle. */
EB_API eb_conn *eb_network_get_conn(eb_network *net);
EB_API const char *eb_network_get_name(eb_network *net);
EB_API void eb_network_get_uuid(eb_network *net, unsigned char uuid[16]);
EB_API void eb_network_get_uuid_string(eb_network *net, char uuid[37]);
EB_API int eb_network_is_active(eb_network *net, eb_error *err);
EB_API int eb_network_is_persistent(eb_network *net, eb_error *err);
/** virNetworkGetXMLDesc. */
EB_API int eb_network_get_xml(eb_network *net, unsigned flags, char **xml, eb_error *err);
EB_API int eb_network_get_bridge_name(eb_network *net, char **out, eb_error *err);
EB_API int eb_network_get_autostart(eb_network *net, eb_error *err);
EB_API int eb_network_set_autostart(eb_network *net, int autostart, eb_error *err);
/** virNetworkDefineXMLFlags; `out` may be NULL. */
EB_API int eb_network_define_xml(eb_conn *conn, const char *xml, unsigned flags, eb_network **out,
                                 eb_error *err);
/** Makes and starts a transient network. virNetworkCreateXMLFlags. */
EB_API int eb_network_create_xml(eb_conn *conn, const char *xml, unsigned flags, eb_network **out,
                                 eb_error *err);
/** virNetworkCreate. */
EB_API int eb_network_start(eb_network *net, eb_error *err);
EB_API int eb_network_destroy(eb_network *net, eb_error *err);
EB_API int eb_network_undefine(eb_network *net, eb_error *err);

/** virNetworkUpdateCommand. */
enum {
    EB_NETWORK_UPDATE_MODIFY = 1,
    EB_NETWORK_UPDATE_DELETE = 2,
    EB_NETWORK_UPDATE_ADD_LAST = 3,
    EB_NETWORK_UPDATE_ADD_FIRST = 4,
};
/** virNetworkUpdateSection. */
enum {
    EB_NETWORK_SECTION_BRIDGE = 1,
    EB_NETWORK_SECTION_DOMAIN = 2,
    EB_NETWORK_SECTION_IP = 3,
    EB_NETWORK_SECTION_IP_DHCP_HOST = 4,
    EB_NETWORK_SECTION_IP_DHCP_RANGE = 5,
    EB_NETWORK_SECTION_FORWARD = 6,
    EB_NETWORK_SECTION_FORWARD_INTERFACE = 7,
    EB_NETWORK_SECTION_FORWARD_PF = 8,
    EB_NETWORK_SECTION_PORTGROUP = 9,
    EB_NETWORK_SECTION_DNS_HOST = 10,
    EB_NETWORK_SECTION_DNS_TXT = 11,
    EB_NETWORK_SECTION_DNS_SRV = 12,
};
/**
 * Changes one element of a network: `command` (EB_NETWORK_UPDATE_…) on the `section` (EB_NETWORK_SECTION_…)
 * with the element `xml`; `index`: which <ip>, -1: the one that fits. `flags`: EB_AFFECT_*. virNetworkUpdate.
 */
EB_API int eb_network_update(eb_network *net, unsigned command, unsigned section, int index, const char *xml,
                             unsigned flags, eb_error *err);

/** An address that a network's DHCP server gave (virNetworkDHCPLease). Any text but the address may be NULL.
 */
typedef struct eb_dhcp_lease {
    char *interface; /* the bridge */
    int64_t expiry;  /* seconds since 1970 */
    int type;        /* 0: IPv4, 1: IPv6 */
    char *mac, *iaid, *address;
    unsigned prefix;
    char *hostname, *client_id;
} eb_dhcp_lease;
/** All, or those of one MAC address; eb_dhcp_leases_free frees them. Gives their number.
 * virNetworkGetDHCPLeases. */
EB_API int eb_network_get_dhcp_leases(eb_network *net, const char *mac, unsigned flags, eb_dhcp_lease **out,
                                      eb_error *err);
EB_API void eb_dhcp_leases_free(eb_dhcp_lease *leases, size_t n);

/* ---- Storage pools (virStoragePool…) ---- */

/** Filters of eb_conn_list_pools (virConnectListAllStoragePoolsFlags). */
enum {
    EB_LIST_POOLS_INACTIVE = 1 << 0,
    EB_LIST_POOLS_ACTIVE = 1 << 1,
    EB_LIST_POOLS_PERSISTENT = 1 << 2,
    EB_LIST_POOLS_TRANSIENT = 1 << 3,
    EB_LIST_POOLS_AUTOSTART = 1 << 4,
    EB_LIST_POOLS_NO_AUTOSTART = 1 << 5,
    EB_LIST_POOLS_DIR = 1 << 6,
    EB_LIST_POOLS_FS = 1 << 7,
    EB_LIST_POOLS_NETFS = 1 << 8,
    EB_LIST_POOLS_LOGICAL = 1 << 9,
    EB_LIST_POOLS_DISK = 1 << 10,
    EB_LIST_POOLS_ISCSI = 1 << 11,
    EB_LIST_POOLS_SCSI = 1 << 12,
    EB_LIST_POOLS_MPATH = 1 << 13,
    EB_LIST_POOLS_RBD = 1 << 14,
    EB_LIST_POOLS_SHEEPDOG = 1 << 15,
    EB_LIST_POOLS_GLUSTER = 1 << 16,
    EB_LIST_POOLS_ZFS = 1 << 17,
    EB_LIST_POOLS_VSTORAGE = 1 << 18,
    EB_LIST_POOLS_ISCSI_DIRECT = 1 << 19,
};
/** virStoragePoolState. */
typedef enum eb_pool_state {
    EB_POOL_INACTIVE = 0,
    EB_POOL_BUILDING = 1,
    EB_POOL_RUNNING = 2,
    EB_POOL_DEGRADED = 3,
    EB_POOL_INACCESSIBLE = 4,
} eb_pool_state;
/** virStoragePoolInfo; bytes. */
typedef struct eb_pool_info {
    eb_pool_state state;
    uint64_t capacity;
    uint64_t allocation;
    uint64_t available;
} eb_pool_info;
/** virConnectListAllStoragePools. */
EB_API int eb_conn_list_pools(eb_conn *conn, unsigned flags, eb_pool ***out, eb_error *err);
/** `spec` may be NULL. virConnectFindStoragePoolSources. */
EB_API int eb_conn_find_pool_sources(eb_conn *conn, const char *type, const char *spec, unsigned flags,
                                     char **xml, eb_error *err);
EB_API int eb_pool_lookup_by_name(eb_conn *conn, const char *name, eb_pool **out, eb_error *err);
EB_API int eb_pool_lookup_by_uuid(eb_conn *conn, const unsigned char *uuid, eb_pool **out, eb_error *err);
EB_API int eb_pool_lookup_by_uuid_string(eb_conn *conn, const char *uuid, eb_pool **out, eb_error *err);
/** The pool that a volume is in. virStoragePoolLookupByVolume. */
EB_API int eb_pool_lookup_by_volume(eb_volume *vol, eb_pool **out, eb_error *err);
EB_API eb_pool *eb_pool_ref(eb_pool *pool);
EB_API void eb_pool_unref(eb_pool *pool);
/** Borrowed from the handle. */
EB_API eb_conn *eb_pool_get_conn(eb_pool *pool);
EB_API const char *eb_pool_get_name(eb_pool *pool);
EB_API void eb_pool_get_uuid(eb_pool *pool, unsigned char uuid[16]);
EB_API void eb_pool_get_uuid_string(eb_pool *pool, char uuid[37]);
EB_API int eb_pool_is_active(eb_pool *pool, eb_error *err);
EB_API int eb_pool_is_persistent(eb_pool *pool, eb_error *err);
EB_API int eb_pool_get_xml(eb_pool *pool, unsigned flags, char **xml, eb_error *err);
EB_API int eb_pool_get_info(eb_pool *pool, eb_pool_info *out, eb_error *err);
EB_API int eb_pool_get_autostart(eb_pool *pool, eb_error *err);
EB_API int eb_pool_set_autostart(eb_pool *pool, int autostart, eb_error *err);
EB_API int eb_pool_define_xml(eb_conn *conn, const char *xml, unsigned flags, eb_pool **out, eb_error *err);
EB_API int eb_pool_create_xml(eb_conn *conn, const char *xml, unsigned flags, eb_pool **out, eb_error *err);
/** virStoragePoolCreate. */
EB_API int eb_pool_start(eb_pool *pool, unsigned flags, eb_error *err);
EB_API int eb_pool_destroy(eb_pool *pool, eb_error *err);
EB_API int eb_pool_undefine(eb_pool *pool, eb_error *err);
EB_API int eb_pool_refresh(eb_pool *pool, unsigned flags, eb_error *err);
EB_API int eb_pool_build(eb_pool *pool, unsigned flags, eb_error *err);
/** Removes what the pool is made of. virStoragePoolDelete. */
EB_API int eb_pool_delete(eb_pool *pool, unsigned flags, eb_error *err);

/* ---- Storage volumes (virStorageVol…) ---- */

/** virStorageVolType. */
typedef enum eb_volume_type {
    EB_VOLUME_FILE = 0,
    EB_VOLUME_BLOCK = 1,
    EB_VOLUME_DIR = 2,
    EB_VOLUME_NETWORK = 3,
    EB_VOLUME_NETDIR = 4,
    EB_VOLUME_PLOOP = 5,
} eb_volume_type;
/** virStorageVolInfo; bytes. */
typedef struct eb_volume_info {
    eb_volume_type type;
    uint64_t capacity;
    uint64_t allocation;
} eb_volume_info;
/** virStoragePoolListAllVolumes. */
EB_API int eb_pool_list_volumes(eb_pool *pool, unsigned flags, eb_volume ***out, eb_error *err);
EB_API int eb_volume_lookup_by_name(eb_pool *pool, const char *name, eb_volume **out, eb_error *err);
EB_API int eb_volume_lookup_by_key(eb_conn *conn, const char *key, eb_volume **out, eb_error *err);
EB_API int eb_volume_lookup_by_path(eb_conn *conn, const char *path, eb_volume **out, eb_error *err);
EB_API eb_volume *eb_volume_ref(eb_volume *vol);
EB_API void eb_volume_unref(eb_volume *vol);
/** Borrowed from the handle. */
EB_API eb_conn *eb_volume_get_conn(eb_volume *vol);
EB_API const char *eb_volume_get_name(eb_volume *vol);
/** Borrowed from the handle. virStorageVolGetKey. */
EB_API const char *eb_volume_get_key(eb_volume *vol);
/** The name of its pool; borrowed from the handle. */
EB_API const char *eb_volume_get_pool_name(eb_volume *vol);
EB_API int eb_volume_get_path(eb_volume *vol, char **out, eb_error *err);
EB_API int eb_volume_get_info(eb_volume *vol, eb_volume_info *out, eb_error *err);
EB_API int eb_volume_get_xml(eb_volume *vol, unsigned flags, char **xml, eb_error *err);
EB_API int eb_volume_create_xml(eb_pool *pool, const char *xml, unsigned flags, eb_volume **out,
                                eb_error *err);
/** With the contents of `from`. virStorageVolCreateXMLFrom. */
EB_API int eb_volume_create_xml_from(eb_pool *pool, const char *xml, eb_volume *from, unsigned flags,
                                     eb_volume **out, eb_error *err);
EB_API int eb_volume_delete(eb_volume *vol, unsigned flags, eb_error *err);

/* ---- Interfaces of the host (virInterface…) ---- */

/** Filters of eb_conn_list_ifaces (virConnectListAllInterfacesFlags). */
enum {
    EB_LIST_IFACES_INACTIVE = 1 << 0,
    EB_LIST_IFACES_ACTIVE = 1 << 1,
};
EB_API int eb_conn_list_ifaces(eb_conn *conn, unsigned flags, eb_iface ***out, eb_error *err);
EB_API int eb_iface_lookup_by_name(eb_conn *conn, const char *name, eb_iface **out, eb_error *err);
EB_API int eb_iface_lookup_by_mac(eb_conn *conn, const char *mac, eb_iface **out, eb_error *err);
EB_API eb_iface *eb_iface_ref(eb_iface *iface);
EB_API void eb_iface_unref(eb_iface *iface);
/** Borrowed from the handle. */
EB_API eb_conn *eb_iface_get_conn(eb_iface *iface);
EB_API const char *eb_iface_get_name(eb_iface *iface);
/** "" where it has none. Borrowed from the handle. virInterfaceGetMACString. */
EB_API const char *eb_iface_get_mac(eb_iface *iface);
EB_API int eb_iface_is_active(eb_iface *iface, eb_error *err);
EB_API int eb_iface_get_xml(eb_iface *iface, unsigned flags, char **xml, eb_error *err);
EB_API int eb_iface_define_xml(eb_conn *conn, const char *xml, unsigned flags, eb_iface **out, eb_error *err);
/** virInterfaceCreate. */
EB_API int eb_iface_start(eb_iface *iface, unsigned flags, eb_error *err);
EB_API int eb_iface_destroy(eb_iface *iface, unsigned flags, eb_error *err);
EB_API int eb_iface_undefine(eb_iface *iface, eb_error *err);
/** What is changed from begin on can be taken back, all of it, until commit. virInterfaceChangeBegin. */
EB_API int eb_iface_change_begin(eb_conn *conn, unsigned flags, eb_error *err);
EB_API int eb_iface_change_commit(eb_conn *conn, unsigned flags, eb_error *err);
EB_API int eb_iface_change_rollback(eb_conn *conn, unsigned flags, eb_error *err);

/* ---- Devices of the host (virNodeDevice…) ---- */

/** Filters of eb_conn_list_nodedevs (virConnectListAllNodeDeviceFlags). */
enum {
    EB_LIST_NODEDEVS_SYSTEM = 1 << 0,
    EB_LIST_NODEDEVS_PCI = 1 << 1,
    EB_LIST_NODEDEVS_USB_DEV = 1 << 2,
    EB_LIST_NODEDEVS_USB_INTERFACE = 1 << 3,
    EB_LIST_NODEDEVS_NET = 1 << 4,
    EB_LIST_NODEDEVS_SCSI_HOST = 1 << 5,
    EB_LIST_NODEDEVS_SCSI_TARGET = 1 << 6,
    EB_LIST_NODEDEVS_SCSI = 1 << 7,
    EB_LIST_NODEDEVS_STORAGE = 1 << 8,
    EB_LIST_NODEDEVS_FC_HOST = 1 << 9,
    EB_LIST_NODEDEVS_VPORTS = 1 << 10,
    EB_LIST_NODEDEVS_SCSI_GENERIC = 1 << 11,
    EB_LIST_NODEDEVS_DRM = 1 << 12,
    EB_LIST_NODEDEVS_MDEV_TYPES = 1 << 13,
    EB_LIST_NODEDEVS_MDEV = 1 << 14,
    EB_LIST_NODEDEVS_CCW_DEV = 1 << 15,
    EB_LIST_NODEDEVS_CSS_DEV = 1 << 16,
    EB_LIST_NODEDEVS_VDPA = 1 << 17,
    EB_LIST_NODEDEVS_AP_CARD = 1 << 18,
    EB_LIST_NODEDEVS_AP_QUEUE = 1 << 19,
    EB_LIST_NODEDEVS_AP_MATRIX = 1 << 20,
    EB_LIST_NODEDEVS_VPD = 1 << 21,
    EB_LIST_NODEDEVS_PERSISTENT = 1 << 28,
    EB_LIST_NODEDEVS_TRANSIENT = 1 << 29,
    EB_LIST_NODEDEVS_INACTIVE = 1 << 30,
};
/** The last filter: a number that no enum of C holds. */
#define EB_LIST_NODEDEVS_ACTIVE (1u << 31)
/** The filter of a capability ("net", "usb_device" …); 0 for none of that name, which no device has. */
EB_API unsigned eb_nodedev_cap_filter(const char *cap);
EB_API int eb_conn_list_nodedevs(eb_conn *conn, unsigned flags, eb_nodedev ***out, eb_error *err);
EB_API int eb_nodedev_lookup_by_name(eb_conn *conn, const char *name, eb_nodedev **out, eb_error *err);
/** virNodeDeviceLookupSCSIHostByWWN. */
EB_API int eb_nodedev_lookup_by_wwn(eb_conn *conn, const char *wwnn, const char *wwpn, unsigned flags,
                                    eb_nodedev **out, eb_error *err);
EB_API eb_nodedev *eb_nodedev_ref(eb_nodedev *dev);
EB_API void eb_nodedev_unref(eb_nodedev *dev);
/** Borrowed from the handle. */
EB_API eb_conn *eb_nodedev_get_conn(eb_nodedev *dev);
EB_API const char *eb_nodedev_get_name(eb_nodedev *dev);
/** NULL: none. Borrowed from the handle. virNodeDeviceGetParent. */
EB_API const char *eb_nodedev_get_parent(eb_nodedev *dev);
EB_API int eb_nodedev_is_active(eb_nodedev *dev, eb_error *err);
EB_API int eb_nodedev_is_persistent(eb_nodedev *dev, eb_error *err);
EB_API int eb_nodedev_get_autostart(eb_nodedev *dev, eb_error *err);
EB_API int eb_nodedev_get_xml(eb_nodedev *dev, unsigned flags, char **xml, eb_error *err);
/** Gives the number of entries of `*out` (each eb_free, then the array). virNodeDeviceListCaps. */
EB_API int eb_nodedev_list_caps(eb_nodedev *dev, char ***out, eb_error *err);

/* ---- Jobs: operations on a domain that take time ---- */

/** virDomainJobType. */
typedef enum eb_job_type {
    EB_JOB_NONE = 0,
    EB_JOB_BOUNDED = 1,   /* it is known how far it is */
    EB_JOB_UNBOUNDED = 2, /* it is not */
    EB_JOB_COMPLETED = 3,
    EB_JOB_FAILED = 4,
    EB_JOB_CANCELLED = 5,
} eb_job_type;

/** virDomainJobOperation. */
typedef enum eb_job_operation {
    EB_JOB_OPERATION_UNKNOWN = 0,
    EB_JOB_OPERATION_START = 1,
    EB_JOB_OPERATION_SAVE = 2,
    EB_JOB_OPERATION_RESTORE = 3,
    EB_JOB_OPERATION_MIGRATION_IN = 4,
    EB_JOB_OPERATION_MIGRATION_OUT = 5,
    EB_JOB_OPERATION_SNAPSHOT = 6,
    EB_JOB_OPERATION_SNAPSHOT_REVERT = 7,
    EB_JOB_OPERATION_DUMP = 8,
    EB_JOB_OPERATION_BACKUP = 9,
    EB_JOB_OPERATION_SNAPSHOT_DELETE = 10,
} eb_job_operation;

/**
 * virDomainJobInfo. Times are milliseconds; `time_remaining` is 0 where nobody knows. VirtualBox tells
 * percents: `data_*` are parts of a hundred then. What is not known is 0.
 */
typedef struct eb_job_info {
    eb_job_type type;
    uint64_t time_elapsed, time_remaining;
    uint64_t data_total, data_processed, data_remaining;
    uint64_t mem_total, mem_processed, mem_remaining;
    uint64_t file_total, file_processed, file_remaining;
} eb_job_info;

/** virDomainGetJobStatsFlags. */
enum {
    EB_JOB_STATS_COMPLETED = 1 << 0,      /* of the last job that ended; forgotten once it was asked for */
    EB_JOB_STATS_KEEP_COMPLETED = 1 << 1, /* it is not forgotten */
};

/** The job that runs now on the domain, whoever in this process began it; EB_JOB_NONE: none does.
 * virDomainGetJobInfo. */
EB_API int eb_domain_get_job_info(eb_domain *dom, eb_job_info *out, eb_error *err);
/**
 * The same as parameters, with the names that libvirt gives them ("operation", "time_elapsed" …); of an ended
 * job also "success" and "errmsg". Gives their number; free them with eb_params_free. virDomainGetJobStats.
 */
EB_API int eb_domain_get_job_stats(eb_domain *dom, unsigned flags, eb_job_type *type, eb_param **params,
                                   eb_error *err);
/**
 * Asks the job to stop: its operation then fails with EB_ERR_OPERATION_ABORTED. EB_ERR_OPERATION_INVALID when
 * no job runs, EB_ERR_OPERATION_UNSUPPORTED when the hypervisor cannot stop this one. virDomainAbortJob.
 */
EB_API int eb_domain_abort_job(eb_domain *dom, eb_error *err);

/* ---- Events ---- */

/** What a callback can be registered for. The numbers are libvirt's (virDomainEventID). */
typedef enum eb_domain_event_id {
    EB_DOMAIN_EVENT_ID_LIFECYCLE = 0,
    EB_DOMAIN_EVENT_ID_REBOOT = 1,
    EB_DOMAIN_EVENT_ID_RTC_CHANGE = 2,
    EB_DOMAIN_EVENT_ID_WATCHDOG = 3,
    EB_DOMAIN_EVENT_ID_IO_ERROR = 4,
    EB_DOMAIN_EVENT_ID_GRAPHICS = 5,
    EB_DOMAIN_EVENT_ID_IO_ERROR_REASON = 6,
    EB_DOMAIN_EVENT_ID_CONTROL_ERROR = 7,
    EB_DOMAIN_EVENT_ID_BLOCK_JOB = 8,
    EB_DOMAIN_EVENT_ID_DISK_CHANGE = 9,
    EB_DOMAIN_EVENT_ID_TRAY_CHANGE = 10,
    EB_DOMAIN_EVENT_ID_PMWAKEUP = 11,
    EB_DOMAIN_EVENT_ID_PMSUSPEND = 12,
    EB_DOMAIN_EVENT_ID_BALLOON_CHANGE = 13,
    EB_DOMAIN_EVENT_ID_PMSUSPEND_DISK = 14,
    EB_DOMAIN_EVENT_ID_DEVICE_REMOVED = 15,
    EB_DOMAIN_EVENT_ID_BLOCK_JOB_2 = 16,
    EB_DOMAIN_EVENT_ID_TUNABLE = 17,
    EB_DOMAIN_EVENT_ID_AGENT_LIFECYCLE = 18,
    EB_DOMAIN_EVENT_ID_DEVICE_ADDED = 19,
    EB_DOMAIN_EVENT_ID_MIGRATION_ITERATION = 20,
    EB_DOMAIN_EVENT_ID_JOB_COMPLETED = 21,
    EB_DOMAIN_EVENT_ID_DEVICE_REMOVAL_FAILED = 22,
    EB_DOMAIN_EVENT_ID_METADATA_CHANGE = 23,
    EB_DOMAIN_EVENT_ID_BLOCK_THRESHOLD = 24,
    EB_DOMAIN_EVENT_ID_MEMORY_FAILURE = 25,
    EB_DOMAIN_EVENT_ID_MEMORY_DEVICE_SIZE_CHANGE = 26,
    EB_DOMAIN_EVENT_ID_NIC_MAC_CHANGE = 27,
} eb_domain_event_id;

/** What happened in a domain's life (virDomainEventType). */
enum {
    EB_DOMAIN_EVENT_DEFINED = 0,
    EB_DOMAIN_EVENT_UNDEFINED = 1,
    EB_DOMAIN_EVENT_STARTED = 2,
    EB_DOMAIN_EVENT_SUSPENDED = 3,
    EB_DOMAIN_EVENT_RESUMED = 4,
    EB_DOMAIN_EVENT_STOPPED = 5,
    EB_DOMAIN_EVENT_SHUTDOWN = 6,
    EB_DOMAIN_EVENT_PMSUSPENDED = 7,
    EB_DOMAIN_EVENT_CRASHED = 8,
};

/** Why it happened: libvirt's numbers, one enum an event (virDomainEventDefinedDetailType …). */
enum {
    EB_DOMAIN_EVENT_DEFINED_ADDED = 0,
    EB_DOMAIN_EVENT_DEFINED_UPDATED = 1,
    EB_DOMAIN_EVENT_DEFINED_RENAMED = 2,
    EB_DOMAIN_EVENT_DEFINED_FROM_SNAPSHOT = 3,
    EB_DOMAIN_EVENT_UNDEFINED_REMOVED = 0,
    EB_DOMAIN_EVENT_UNDEFINED_RENAMED = 1,
    EB_DOMAIN_EVENT_STARTED_BOOTED = 0,
    EB_DOMAIN_EVENT_STARTED_MIGRATED = 1,
    EB_DOMAIN_EVENT_STARTED_RESTORED = 2,
    EB_DOMAIN_EVENT_STARTED_FROM_SNAPSHOT = 3,
    EB_DOMAIN_EVENT_STARTED_WAKEUP = 4,
    EB_DOMAIN_EVENT_SUSPENDED_PAUSED = 0,
    EB_DOMAIN_EVENT_SUSPENDED_MIGRATED = 1,
    EB_DOMAIN_EVENT_SUSPENDED_IOERROR = 2,
    EB_DOMAIN_EVENT_SUSPENDED_WATCHDOG = 3,
    EB_DOMAIN_EVENT_SUSPENDED_RESTORED = 4,
    EB_DOMAIN_EVENT_SUSPENDED_FROM_SNAPSHOT = 5,
    EB_DOMAIN_EVENT_SUSPENDED_API_ERROR = 6,
    EB_DOMAIN_EVENT_SUSPENDED_POSTCOPY = 7,
    EB_DOMAIN_EVENT_SUSPENDED_POSTCOPY_FAILED = 8,
    EB_DOMAIN_EVENT_RESUMED_UNPAUSED = 0,
    EB_DOMAIN_EVENT_RESUMED_MIGRATED = 1,
    EB_DOMAIN_EVENT_RESUMED_FROM_SNAPSHOT = 2,
    EB_DOMAIN_EVENT_RESUMED_POSTCOPY = 3,
    EB_DOMAIN_EVENT_RESUMED_POSTCOPY_FAILED = 4,
    EB_DOMAIN_EVENT_STOPPED_SHUTDOWN = 0,
    EB_DOMAIN_EVENT_STOPPED_DESTROYED = 1,
    EB_DOMAIN_EVENT_STOPPED_CRASHED = 2,
    EB_DOMAIN_EVENT_STOPPED_MIGRATED = 3,
    EB_DOMAIN_EVENT_STOPPED_SAVED = 4,
    EB_DOMAIN_EVENT_STOPPED_FAILED = 5,
    EB_DOMAIN_EVENT_STOPPED_FROM_SNAPSHOT = 6,
    EB_DOMAIN_EVENT_SHUTDOWN_FINISHED = 0,
    EB_DOMAIN_EVENT_SHUTDOWN_GUEST = 1,
    EB_DOMAIN_EVENT_SHUTDOWN_HOST = 2,
    EB_DOMAIN_EVENT_PMSUSPENDED_MEMORY = 0,
    EB_DOMAIN_EVENT_PMSUSPENDED_DISK = 1,
    EB_DOMAIN_EVENT_CRASHED_PANICKED = 0,
    EB_DOMAIN_EVENT_CRASHED_CRASHLOADED = 1,
};

/** Numbers of the other events: libvirt's. */
enum {
    EB_DOMAIN_EVENT_IO_ERROR_NONE = 0,
    EB_DOMAIN_EVENT_IO_ERROR_PAUSE = 1,
    EB_DOMAIN_EVENT_IO_ERROR_REPORT = 2,
    EB_DOMAIN_EVENT_GRAPHICS_CONNECT = 0,
    EB_DOMAIN_EVENT_GRAPHICS_INITIALIZE = 1,
    EB_DOMAIN_EVENT_GRAPHICS_DISCONNECT = 2,
    EB_DOMAIN_EVENT_GRAPHICS_ADDRESS_IPV4 = 0,
    EB_DOMAIN_EVENT_GRAPHICS_ADDRESS_IPV6 = 1,
    EB_DOMAIN_EVENT_GRAPHICS_ADDRESS_UNIX = 2,
    EB_DOMAIN_EVENT_DISK_CHANGE_MISSING_ON_START = 0,
    EB_DOMAIN_EVENT_DISK_DROP_MISSING_ON_START = 1,
    EB_DOMAIN_EVENT_TRAY_CHANGE_OPEN = 0,
    EB_DOMAIN_EVENT_TRAY_CHANGE_CLOSE = 1,
    EB_DOMAIN_EVENT_AGENT_LIFECYCLE_STATE_CONNECTED = 1,
    EB_DOMAIN_EVENT_AGENT_LIFECYCLE_STATE_DISCONNECTED = 2,
    EB_DOMAIN_EVENT_AGENT_LIFECYCLE_REASON_UNKNOWN = 0,
    EB_DOMAIN_EVENT_AGENT_LIFECYCLE_REASON_DOMAIN_STARTED = 1,
    EB_DOMAIN_EVENT_AGENT_LIFECYCLE_REASON_CHANNEL = 2,
};

/** One end of a connection to a domain's display (virDomainEventGraphicsAddress); texts are never NULL. */
typedef struct eb_event_address {
    int family;
    const char *node;
    const char *service;
} eb_event_address;

/**
 * What happened; the member of the union is chosen by `id`. Everything in it lives as long as the callback
 * runs. Later versions may add members at the end. Texts may be empty, and NULL only where it is said.
 */
typedef struct eb_domain_event {
    eb_domain_event_id id;
    union {
        /** LIFECYCLE: EB_DOMAIN_EVENT_DEFINED …, and its detail. */
        struct {
            int event;
            int detail;
        } lifecycle;
        /** WATCHDOG: virDomainEventWatchdogAction. */
        struct {
            int action;
        } watchdog;
        /** IO_ERROR, IO_ERROR_REASON: of the disk `device` (its alias) with the image `source`. */
        struct {
            const char *source;
            const char *device;
            int action;
            const char *reason; /* "" with IO_ERROR */
        } io_error;
        struct {
            int phase;
            eb_event_address local, remote;
            const char *auth_scheme;
        } graphics;
        /** DISK_CHANGE: the disk `device` (its alias) got another image. */
        struct {
            const char *old_source; /* NULL: none */
            const char *new_source; /* NULL: none */
            const char *device;
            int reason;
        } disk_change;
        /** TRAY_CHANGE: of the drive `device` (its alias). */
        struct {
            const char *device;
            int reason;
        } tray_change;
        /** BALLOON_CHANGE: KiB. */
        struct {
            uint64_t actual;
        } balloon_change;
        /** DEVICE_ADDED, DEVICE_REMOVED, DEVICE_REMOVAL_FAILED: the device's alias. */
        struct {
            const char *alias;
        } device;
        struct {
            int state;
            int reason;
        } agent_lifecycle;
        struct {
            int iteration;
        } migration_iteration;
        struct {
            const eb_param *params;
            size_t n_params;
        } job_completed;
        /** METADATA_CHANGE: EB_METADATA_*; the namespace of an element. */
        struct {
            int type;
            const char *uri; /* NULL for title and description */
        } metadata_change;
        /** MEMORY_FAILURE: libvirt's numbers (virDomainMemoryFailureRecipientType …). */
        struct {
            int recipient;
            int action;
            unsigned flags;
        } memory_failure;
    } data;
} eb_domain_event;

/**
 * Runs in the thread that runs the event loop, one after the other, in the order in which things happened,
 * with no lock held. It may register and deregister callbacks, itself too, make any other call, and drop the
 * connection. `conn`, `dom` and `event` belong to the caller; `dom` is the domain as it was named then (it
 * may be gone).
 */
typedef void (*eb_domain_event_fn)(eb_conn *conn, eb_domain *dom, const eb_domain_event *event, void *opaque);

/**
 * Calls `fn` for each event of this id, of `dom` or (NULL) of every domain. An event loop must be registered
 * before. `free_fn` (may be NULL) is called with `opaque` once, when `fn` can run no more: after it was
 * deregistered, or when the connection is closed, which callbacks do not prevent. Gives the callback's id (0
 * or more). An event that the driver has no source of is EB_ERR_NO_SUPPORT.
 * virConnectDomainEventRegisterAny.
 */
EB_API int eb_conn_register_domain_event(eb_conn *conn, eb_domain *dom, eb_domain_event_id id,
                                         eb_domain_event_fn fn, void *opaque, void (*free_fn)(void *opaque),
                                         eb_error *err);
/**
 * No further call of the callback begins; one that runs in another thread at this moment goes on. What was
 * queued for it is dropped. virConnectDomainEventDeregisterAny.
 */
EB_API int eb_conn_deregister_domain_event(eb_conn *conn, int callback_id, eb_error *err);

/* Events of networks, storage pools and devices of the host. */

/** virNetworkEventID. */
typedef enum eb_network_event_id {
    EB_NETWORK_EVENT_ID_LIFECYCLE = 0,
} eb_network_event_id;
/** virStoragePoolEventID. */
typedef enum eb_pool_event_id {
    EB_POOL_EVENT_ID_LIFECYCLE = 0,
    EB_POOL_EVENT_ID_REFRESH = 1, /* its volumes were looked at anew */
} eb_pool_event_id;
/** virNodeDeviceEventID. */
typedef enum eb_nodedev_event_id {
    EB_NODEDEV_EVENT_ID_LIFECYCLE = 0,
    EB_NODEDEV_EVENT_ID_UPDATE = 1, /* its description changed */
} eb_nodedev_event_id;

/** What happened in their lives: libvirt's numbers (virNetworkEventLifecycleType …). */
enum {
    EB_NETWORK_EVENT_DEFINED = 0,
    EB_NETWORK_EVENT_UNDEFINED = 1,
    EB_NETWORK_EVENT_STARTED = 2,
    EB_NETWORK_EVENT_STOPPED = 3,
    EB_POOL_EVENT_DEFINED = 0,
    EB_POOL_EVENT_UNDEFINED = 1,
    EB_POOL_EVENT_STARTED = 2,
    EB_POOL_EVENT_STOPPED = 3,
    EB_POOL_EVENT_CREATED = 4,
    EB_POOL_EVENT_DELETED = 5,
    EB_NODEDEV_EVENT_CREATED = 0,
    EB_NODEDEV_EVENT_DELETED = 1,
    EB_NODEDEV_EVENT_DEFINED = 2,
    EB_NODEDEV_EVENT_UNDEFINED = 3,
};

/** `event` and `detail` are of LIFECYCLE, else 0. Later versions may add members at the end. */
typedef struct eb_object_event {
    int id;
    int event;
    int detail;
} eb_object_event;

/** As eb_domain_event_fn. */
typedef void (*eb_network_event_fn)(eb_conn *conn, eb_network *net, const eb_object_event *event,
                                    void *opaque);
typedef void (*eb_pool_event_fn)(eb_conn *conn, eb_pool *pool, const eb_object_event *event, void *opaque);
typedef void (*eb_nodedev_event_fn)(eb_conn *conn, eb_nodedev *dev, const eb_object_event *event,
                                    void *opaque);

/** As eb_conn_register_domain_event; of one object or (NULL) of all. virConnectNetworkEventRegisterAny,
 * virConnectStoragePoolEventRegisterAny, virConnectNodeDeviceEventRegisterAny. */
EB_API int eb_conn_register_network_event(eb_conn *conn, eb_network *net, eb_network_event_id id,
                                          eb_network_event_fn fn, void *opaque, void (*free_fn)(void *opaque),
                                          eb_error *err);
EB_API int eb_conn_register_pool_event(eb_conn *conn, eb_pool *pool, eb_pool_event_id id, eb_pool_event_fn fn,
                                       void *opaque, void (*free_fn)(void *opaque), eb_error *err);
EB_API int eb_conn_register_nodedev_event(eb_conn *conn, eb_nodedev *dev, eb_nodedev_event_id id,
                                          eb_nodedev_event_fn fn, void *opaque, void (*free_fn)(void *opaque),
                                          eb_error *err);
/** As eb_conn_deregister_domain_event, for a callback of any of the three. */
EB_API int eb_conn_deregister_object_event(eb_conn *conn, int callback_id, eb_error *err);

/** Why a connection was lost (virConnectCloseReason). */
typedef enum eb_close_reason {
    EB_CLOSE_REASON_ERROR = 0,
    EB_CLOSE_REASON_EOF = 1,
    EB_CLOSE_REASON_KEEPALIVE = 2,
    EB_CLOSE_REASON_CLIENT = 3,
} eb_close_reason;
typedef void (*eb_close_fn)(eb_conn *conn, eb_close_reason reason, void *opaque);
/**
 * Calls `fn`, from the event loop, when the connection is lost and the library could not restore it. One
 * callback a connection. virConnectRegisterCloseCallback.
 */
EB_API int eb_conn_register_close(eb_conn *conn, eb_close_fn fn, void *opaque, void (*free_fn)(void *opaque),
                                  eb_error *err);
/** `fn` is the one that was registered. virConnectUnregisterCloseCallback. */
EB_API int eb_conn_unregister_close(eb_conn *conn, eb_close_fn fn, eb_error *err);

/* ---- Event loops ---- */

/** What a handle waits for, and what came. virEventHandleType. */
enum {
    EB_HANDLE_READABLE = 1 << 0,
    EB_HANDLE_WRITABLE = 1 << 1,
    EB_HANDLE_ERROR = 1 << 2,
    EB_HANDLE_HANGUP = 1 << 3,
};

typedef void (*eb_timer_fn)(int timer, void *opaque);
typedef void (*eb_handle_fn)(int handle, int fd, int events, void *opaque);

/**
 * An event loop that an application brings. Everbox calls these functions from every thread, from inside
 * callbacks too; none of them may call a callback, or a `free_fn`, before it returns. virEventRegisterImpl's
 * functions.
 */
typedef struct eb_loop {
    /** Fires every `ms` milliseconds (0: at each turn of the loop, -1: not now). Gives the timer's number, or
     * -1. */
    int (*add_timer)(int ms, eb_timer_fn fn, void *opaque, void (*free_fn)(void *opaque));
    void (*update_timer)(int timer, int ms);
    /** `free_fn` runs later, from the loop, when the timer can fire no more. 0, or -1 when there is no such
     * timer. */
    int (*remove_timer)(int timer);
    int (*add_handle)(int fd, int events, eb_handle_fn fn, void *opaque, void (*free_fn)(void *opaque));
    void (*update_handle)(int handle, int events);
    int (*remove_handle)(int handle);
} eb_loop;

/**
 * Tells Everbox which loop to use; once, before the first event callback is registered. The table must stay.
 * A second call is EB_ERR_OPERATION_INVALID. virEventRegisterImpl.
 */
EB_API int eb_loop_register(const eb_loop *loop, eb_error *err);
/** The built-in loop; a second call changes nothing. virEventRegisterDefaultImpl. */
EB_API int eb_loop_register_default(eb_error *err);
/** The loop in use, for timers and handles of the program's own; NULL: none is registered.
 * virEventAddTimeout, virEventAddHandle and friends. */
EB_API const eb_loop *eb_loop_current(void);
/** One turn of the built-in loop: waits until something is due, and does it. From one thread at a time.
 * virEventRunDefaultImpl. */
EB_API int eb_loop_run_default(eb_error *err);

#ifdef __cplusplus
}
#endif

/* The rest of the interface, by what it is about. */
#include "everbox/checkpoint.h"
#include "everbox/guest.h"
#include "everbox/stats.h"
#include "everbox/storage.h"
#include "everbox/tuning.h"

#endif /* EVERBOX_EVERBOX_H */
