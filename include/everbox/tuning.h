/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file tuning.h
 * How much of the host a domain may use. Part of everbox.h, whose conventions hold; include that.
 *
 * Where it says `flags`: EB_AFFECT_*, and EB_PARAM_STRING_OKAY, which libvirt's own library adds to its
 * calls (only schedulers and launch security look at it, as libvirt's test driver does).
 */
#ifndef EVERBOX_TUNING_H
#define EVERBOX_TUNING_H

#include "everbox/everbox.h"

#ifdef __cplusplus
extern "C" {
#endif

/** virTypedParameterFlags. */
enum { EB_PARAM_STRING_OKAY = 1 << 2 };

/** What is told and set as typed parameters, which have libvirt's names, types and units. */
typedef enum eb_tuning_kind {
    /** virDomainGetSchedulerParametersFlags, virDomainSetSchedulerParametersFlags. */
    EB_TUNING_SCHEDULER,
    /** virDomainGetMemoryParameters, virDomainSetMemoryParameters: KiB. */
    EB_TUNING_MEMORY,
    /** virDomainGetBlkioParameters, virDomainSetBlkioParameters. */
    EB_TUNING_BLKIO,
    /** virDomainGetNumaParameters, virDomainSetNumaParameters. */
    EB_TUNING_NUMA,
    /** virDomainGetPerfEvents, virDomainSetPerfEvents. */
    EB_TUNING_PERF,
    /** Of a disk (its target or source): virDomainGetBlockIoTune, virDomainSetBlockIoTune. */
    EB_TUNING_BLOCK_IO,
    /** Of an interface (its target or MAC address): virDomainGetInterfaceParameters,
     * virDomainSetInterfaceParameters. */
    EB_TUNING_INTERFACE,
    /** virDomainGetLaunchSecurityInfo, virDomainSetLaunchSecurityState. Not through a read-only connection.
     */
    EB_TUNING_LAUNCH_SECURITY,
    EB_TUNING_LAST,
} eb_tuning_kind;

/** Gives the number of entries of `*out` (eb_params_free). `device` NULL: of kinds that are of the whole
 * domain. `out` NULL: gives how many there are at most, and looks at neither domain nor device. */
EB_API int eb_domain_get_tuning(eb_domain *dom, eb_tuning_kind kind, const char *device, unsigned flags,
                                eb_param **out, eb_error *err);
/** All or nothing. What is not among the parameters stays as it is. */
EB_API int eb_domain_set_tuning(eb_domain *dom, eb_tuning_kind kind, const char *device,
                                const eb_param *params, size_t n, unsigned flags, eb_error *err);
/** The scheduler's name (eb_free); gives how many parameters it has. virDomainGetSchedulerType. */
EB_API int eb_domain_get_scheduler_type(eb_domain *dom, char **out, eb_error *err);

/* Maps of the host's CPUs: the first in the lowest bit of the first byte. */

/** Which CPUs each of a domain's virtual CPUs may run on: `*maps` (eb_free) has one map after the other,
 * `*length` bytes each; gives their number. virDomainGetVcpuPinInfo. */
EB_API int eb_domain_get_vcpu_pins(eb_domain *dom, unsigned flags, unsigned char **maps, unsigned *length,
                                   eb_error *err);
/** virDomainPinVcpuFlags; without flags virDomainPinVcpu. */
EB_API int eb_domain_pin_vcpu(eb_domain *dom, unsigned vcpu, const unsigned char *map, unsigned length,
                              unsigned flags, eb_error *err);
/** One map; gives 0 (all of them) or 1. virDomainGetEmulatorPinInfo. */
EB_API int eb_domain_get_emulator_pin(eb_domain *dom, unsigned flags, unsigned char **map, unsigned *length,
                                      eb_error *err);
EB_API int eb_domain_pin_emulator(eb_domain *dom, const unsigned char *map, unsigned length, unsigned flags,
                                  eb_error *err);

/** A thread for input and output, and the CPUs that it may run on. virDomainIOThreadInfo. */
typedef struct eb_iothread_info {
    unsigned id;
    unsigned char *map; /* eb_free */
    unsigned length;
} eb_iothread_info;
/** Gives the number of entries of `*out` (eb_iothreads_free). virDomainGetIOThreadInfo. */
EB_API int eb_domain_get_iothreads(eb_domain *dom, unsigned flags, eb_iothread_info **out, eb_error *err);
EB_API void eb_iothreads_free(eb_iothread_info *list, size_t n);
/** virDomainPinIOThread, virDomainAddIOThread, virDomainDelIOThread, virDomainSetIOThreadParams. */
EB_API int eb_domain_pin_iothread(eb_domain *dom, unsigned id, const unsigned char *map, unsigned length,
                                  unsigned flags, eb_error *err);
EB_API int eb_domain_add_iothread(eb_domain *dom, unsigned id, unsigned flags, eb_error *err);
EB_API int eb_domain_del_iothread(eb_domain *dom, unsigned id, unsigned flags, eb_error *err);
EB_API int eb_domain_set_iothread(eb_domain *dom, unsigned id, const eb_param *params, size_t n,
                                  unsigned flags, eb_error *err);

#ifdef __cplusplus
}
#endif

#endif
