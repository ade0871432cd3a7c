/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file stats.h
 * Statistics of the host and of domains. Part of everbox.h, whose conventions hold; include that.
 */
#ifndef EVERBOX_STATS_H
#define EVERBOX_STATS_H

#include "everbox/everbox.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- The host ---- */

/** Gives the number of the host's CPUs. `*map` (eb_free; may be NULL): a bit for each that is online, the
 * first in the lowest bit; `*online` (may be NULL): how many are. virNodeGetCPUMap. */
EB_API int eb_node_get_cpu_map(eb_conn *conn, unsigned char **map, unsigned *online, unsigned flags,
                               eb_error *err);
enum { EB_NODE_CPU_ALL = -1, EB_NODE_CELLS_ALL = -1 };
/** Nanoseconds in "kernel", "user", "idle", "iowait" …, of one CPU or of all; gives the number of entries of
 * `*out` (eb_params_free). virNodeGetCPUStats. */
EB_API int eb_node_get_cpu_stats(eb_conn *conn, int cpu, unsigned flags, eb_param **out, eb_error *err);
/** KiB: "total", "free", "buffers", "cached", of one cell or of all. virNodeGetMemoryStats. */
EB_API int eb_node_get_memory_stats(eb_conn *conn, int cell, unsigned flags, eb_param **out, eb_error *err);
/** The CPU models that a machine may have; none: every name is accepted. Gives the number of entries of
 * `*out` (each eb_free, then the array). virConnectGetCPUModelNames. */
EB_API int eb_conn_get_cpu_model_names(eb_conn *conn, const char *arch, unsigned flags, char ***out,
                                       eb_error *err);

/* ---- A domain ---- */

/** virDomainBlockStatsStruct; -1: not known. */
typedef struct eb_block_stats {
    int64_t rd_req, rd_bytes, wr_req, wr_bytes, errs;
} eb_block_stats;
/** `path`: a disk's target or source; "": all disks together. virDomainBlockStats. */
EB_API int eb_domain_get_block_stats(eb_domain *dom, const char *path, eb_block_stats *out, eb_error *err);
/** The same as parameters. virDomainBlockStatsFlags. */
EB_API int eb_domain_get_block_params(eb_domain *dom, const char *path, unsigned flags, eb_param **out,
                                      eb_error *err);
/** virDomainBlockInfo; bytes. */
typedef struct eb_block_info {
    uint64_t capacity;
    uint64_t allocation;
    uint64_t physical;
} eb_block_info;
EB_API int eb_domain_get_block_info(eb_domain *dom, const char *path, unsigned flags, eb_block_info *out,
                                    eb_error *err);
/** virDomainInterfaceStatsStruct; -1: not known. */
typedef struct eb_interface_stats {
    int64_t rx_bytes, rx_packets, rx_errs, rx_drop, tx_bytes, tx_packets, tx_errs, tx_drop;
} eb_interface_stats;
/** `device`: an interface's target or MAC address. virDomainInterfaceStats. */
EB_API int eb_domain_get_interface_stats(eb_domain *dom, const char *device, eb_interface_stats *out,
                                         eb_error *err);

/** virDomainMemoryStatTags: KiB, but for the faults (a count) and the last update (seconds since 1970). */
typedef enum eb_memory_stat_tag {
    EB_MEMORY_SWAP_IN = 0,
    EB_MEMORY_SWAP_OUT = 1,
    EB_MEMORY_MAJOR_FAULT = 2,
    EB_MEMORY_MINOR_FAULT = 3,
    EB_MEMORY_UNUSED = 4,
    EB_MEMORY_AVAILABLE = 5,
    EB_MEMORY_ACTUAL_BALLOON = 6,
    EB_MEMORY_RSS = 7,
    EB_MEMORY_USABLE = 8,
    EB_MEMORY_LAST_UPDATE = 9,
    EB_MEMORY_DISK_CACHES = 10,
    EB_MEMORY_HUGETLB_PGALLOC = 11,
    EB_MEMORY_HUGETLB_PGFAIL = 12,
} eb_memory_stat_tag;
typedef struct eb_memory_stat {
    eb_memory_stat_tag tag;
    uint64_t value;
} eb_memory_stat;
/** Gives the number of entries of `*out` (eb_free). virDomainMemoryStats. */
EB_API int eb_domain_get_memory_stats(eb_domain *dom, unsigned flags, eb_memory_stat **out, eb_error *err);

/**
 * Processor time, in nanoseconds. `start` -1 (and `n` 1): of the whole domain. Else of at most `n` CPUs from
 * `start` on: `*out` has `*per_cpu` parameters of each. Gives the number of CPUs told of; with `n` 0 how many
 * there are, and nothing in `*out`. virDomainGetCPUStats.
 */
EB_API int eb_domain_get_cpu_stats(eb_domain *dom, int start, unsigned n, unsigned flags, eb_param **out,
                                   unsigned *per_cpu, eb_error *err);

/** virDomainDiskError: what went wrong with a disk. */
typedef struct eb_disk_error {
    char *disk; /* eb_free */
    int error;  /* 0 none, 1 unspecified, 2 no space */
} eb_disk_error;
/** Gives the number of entries of `*out` (the disk of each eb_free, then the array). virDomainGetDiskErrors.
 */
EB_API int eb_domain_get_disk_errors(eb_domain *dom, unsigned flags, eb_disk_error **out, eb_error *err);

/** virDomainControlInfo. */
typedef struct eb_control_info {
    unsigned state; /* 0 ok, 1 a job runs, 2 occupied, 3 error */
    unsigned details;
    uint64_t state_time; /* milliseconds */
} eb_control_info;
EB_API int eb_domain_get_control_info(eb_domain *dom, unsigned flags, eb_control_info *out, eb_error *err);

/** What eb_conn_get_all_stats tells of (virDomainStatsTypes); 0: all that the driver has. */
enum {
    EB_STATS_STATE = 1 << 0,
    EB_STATS_CPU_TOTAL = 1 << 1,
    EB_STATS_BALLOON = 1 << 2,
    EB_STATS_VCPU = 1 << 3,
    EB_STATS_INTERFACE = 1 << 4,
    EB_STATS_BLOCK = 1 << 5,
    EB_STATS_PERF = 1 << 6,
    EB_STATS_IOTHREAD = 1 << 7,
    EB_STATS_MEMORY = 1 << 8,
    EB_STATS_DIRTYRATE = 1 << 9,
    EB_STATS_VM = 1 << 10,
    /** With the filters of eb_conn_list_domains in `flags`: */
    EB_ALL_STATS_NOWAIT = 1 << 29,
    EB_ALL_STATS_BACKING = 1 << 30,
};
#define EB_ALL_STATS_ENFORCE (1u << 31) /* refuse what the driver has not */
typedef struct eb_domain_stats {
    eb_domain *domain;
    eb_param *params;
    size_t n_params;
} eb_domain_stats;
/**
 * Of these domains, or (`n` 0) of all that pass the filters. Gives the number of entries of `*out`
 * (eb_domain_stats_free); domains that are gone meanwhile are left out. virDomainListGetStats,
 * virConnectGetAllDomainStats.
 */
EB_API int eb_conn_get_all_stats(eb_conn *conn, eb_domain *const *domains, size_t n, unsigned stats,
                                 unsigned flags, eb_domain_stats **out, eb_error *err);
EB_API void eb_domain_stats_free(eb_domain_stats *list, size_t n);

#ifdef __cplusplus
}
#endif

#endif
