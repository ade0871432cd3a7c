/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file tuning.h
 * What a definition says of how much of the host a domain may use. Part of domain.h, whose conventions hold;
 * include that. Sets of processors and memory cells are texts in their shortest form (base/cpuset.h).
 */
#ifndef EB_MODEL_TUNING_H
#define EB_MODEL_TUNING_H

#include "base/error.h"

/** <blkiotune><device>; 0: not said. */
struct eb_blkio_device {
    char *path;
    unsigned weight, read_iops_sec, write_iops_sec;
    uint64_t read_bytes_sec, write_bytes_sec;
};

/** A thread for input and output: <iothreadids><iothread>, or one that <iothreads> merely counts. */
struct eb_iothread {
    unsigned id;
    bool counted;                              /* its id was chosen for it */
    int pool_min, pool_max;                    /* -1: not said */
    uint64_t poll_max, poll_grow, poll_shrink; /* <poll>; 0: not said */
};

/** <vcpupin>, <iothreadpin>: which processors of the host it may run on. */
struct eb_pin {
    unsigned id;
    char *cpuset;
};

/** Performance events; their names are libvirt's. */
enum eb_perf_name {
    EB_PERF_CMT,
    EB_PERF_MBMT,
    EB_PERF_MBML,
    EB_PERF_CPU_CYCLES,
    EB_PERF_INSTRUCTIONS,
    EB_PERF_CACHE_REFERENCES,
    EB_PERF_CACHE_MISSES,
    EB_PERF_BRANCH_INSTRUCTIONS,
    EB_PERF_BRANCH_MISSES,
    EB_PERF_BUS_CYCLES,
    EB_PERF_STALLED_CYCLES_FRONTEND,
    EB_PERF_STALLED_CYCLES_BACKEND,
    EB_PERF_REF_CPU_CYCLES,
    EB_PERF_CPU_CLOCK,
    EB_PERF_TASK_CLOCK,
    EB_PERF_PAGE_FAULTS,
    EB_PERF_CONTEXT_SWITCHES,
    EB_PERF_CPU_MIGRATIONS,
    EB_PERF_PAGE_FAULTS_MIN,
    EB_PERF_PAGE_FAULTS_MAJ,
    EB_PERF_ALIGNMENT_FAULTS,
    EB_PERF_EMULATION_FAULTS,
    EB_PERF_LAST
};
const char *eb_perf_name_to_string(int value);
int eb_perf_name_from_string(const char *text);

struct eb_perf_event {
    enum eb_perf_name name;
    bool enabled;
};

/** Of a domain: <blkiotune>, <memtune>, <iothreads>, <cputune>, <numatune>, <perf>. */
struct eb_tuning {
    unsigned blkio_weight; /* 0: not said */
    struct eb_blkio_device *blkio_devices;
    size_t n_blkio_devices;
    uint64_t hard_limit, soft_limit, min_guarantee, swap_hard_limit; /* KiB; 0: not said */
    unsigned count_iothreads; /* what <iothreads> said; `iothreads` has them all */
    struct eb_iothread *iothreads;
    size_t n_iothreads;
    uint64_t period; /* microseconds; 0: not said */
    long long quota; /* microseconds of each period that a vcpu may use; negative: all */
    bool quota_set;
    struct eb_pin *vcpu_pins, *iothread_pins; /* by id */
    size_t n_vcpu_pins, n_iothread_pins;
    char *emulator_pin;
    char *numa_mode, *numa_nodeset;
    struct eb_perf_event *perf; /* by name, each once */
    size_t n_perf;
};

/* <iotune> of a disk: limits of bytes or operations a second; 0: none. Lengths of bursts are in seconds. */
#define EB_IOTUNE_LIMITS(X)                                                                                  \
    X(total_bytes_sec)                                                                                       \
    X(read_bytes_sec)                                                                                        \
    X(write_bytes_sec)                                                                                       \
    X(total_iops_sec)                                                                                        \
    X(read_iops_sec)                                                                                         \
    X(write_iops_sec)                                                                                        \
    X(total_bytes_sec_max)                                                                                   \
    X(read_bytes_sec_max)                                                                                    \
    X(write_bytes_sec_max)                                                                                   \
    X(total_iops_sec_max)                                                                                    \
    X(read_iops_sec_max)                                                                                     \
    X(write_iops_sec_max)                                                                                    \
    X(size_iops_sec)
#define EB_IOTUNE_LENGTHS(X)                                                                                 \
    X(total_bytes_sec_max_length)                                                                            \
    X(read_bytes_sec_max_length)                                                                             \
    X(write_bytes_sec_max_length)                                                                            \
    X(total_iops_sec_max_length)                                                                             \
    X(read_iops_sec_max_length)                                                                              \
    X(write_iops_sec_max_length)

struct eb_iotune {
#define X(name) uint64_t name;
    EB_IOTUNE_LIMITS(X)
    EB_IOTUNE_LENGTHS(X)
#undef X
    char *group_name;
};

/** The members that are numbers, in the order of libvirt's parameters; the group's name stands before
 * `EB_IOTUNE_FIRST_LENGTH`. */
struct eb_iotune_field {
    const char *name;
    size_t offset;
};
enum { EB_IOTUNE_FIRST_LENGTH = 13, EB_IOTUNE_FIELDS = 19 };
extern const struct eb_iotune_field eb_iotune_fields[EB_IOTUNE_FIELDS];
/** The member that a field names. */
uint64_t *eb_iotune_at(struct eb_iotune *iotune, size_t field);
/** Whether anything is limited. */
bool eb_iotune_is_set(const struct eb_iotune *iotune);
/** -1, EB_ERR_CONFIG_UNSUPPORTED or `code`, in libvirt's words, for a limit of reading and writing together
 * beside one of them alone. */
int eb_iotune_check(const struct eb_iotune *iotune, eb_error_code code, eb_error *err);

/** <inbound>, <outbound> of an interface's <bandwidth>: KiB a second, the burst in KiB; 0: not said. */
struct eb_rate {
    uint64_t average, peak, floor, burst;
};
static inline bool eb_rate_is_set(const struct eb_rate *rate)
{
    return rate->average || rate->floor;
}

/** The pin of this id, or NULL. */
struct eb_pin *eb_pin_find(struct eb_pin *pins, size_t n, unsigned id);
/** Pins it, to nothing with `cpuset` NULL: then there is none. */
void eb_pin_set(struct eb_pin **pins, size_t *n, unsigned id, const char *cpuset);
struct eb_iothread *eb_iothread_find(struct eb_tuning *tune, unsigned id);
/** A new one; nothing has this id. */
struct eb_iothread *eb_iothread_add(struct eb_tuning *tune, unsigned id);
/** Removes one that is there, and where it is pinned. */
void eb_iothread_remove(struct eb_tuning *tune, unsigned id);
/** Switches an event. */
void eb_perf_set(struct eb_tuning *tune, enum eb_perf_name name, bool enabled);
/** The device with this path, made where there is none. */
struct eb_blkio_device *eb_blkio_device_need(struct eb_tuning *tune, const char *path);

#endif
