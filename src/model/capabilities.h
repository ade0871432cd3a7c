/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file capabilities.h
 * <capabilities> and <domainCapabilities>. Plain data that the caller fills, keeps and frees; the formatters
 * only read it. NULL pointers and empty arrays: not said. Arrays of strings end with NULL.
 */
#ifndef EB_MODEL_CAPABILITIES_H
#define EB_MODEL_CAPABILITIES_H

#include "model/domain.h"

typedef const char *const *eb_words;

struct eb_caps_cpu {
    unsigned id, socket, die, core;
    const char *siblings; /* "0-1" */
};

struct eb_caps_pages {
    unsigned size_kib;
    uint64_t count;
};

struct eb_caps_cell {
    unsigned id;
    uint64_t memory_kib;
    const struct eb_caps_pages *pages;
    size_t n_pages;
    const struct eb_caps_cpu *cpus;
    size_t n_cpus;
};

/** An element of <features>: <name/>, or with default='on|off' and toggle='yes|no'. */
struct eb_caps_feature {
    const char *name;
    enum eb_tristate on, toggle; /* EB_ABSENT: no such attribute */
};

/** A guest of one type and architecture that this host can run. */
struct eb_caps_guest {
    const char *os_type; /* "hvm" */
    const char *arch;
    unsigned wordsize; /* 32, 64 */
    const char *emulator;
    eb_words machines;
    eb_words domains; /* "vbox" */
    const struct eb_caps_feature *features;
    size_t n_features;
};

struct eb_capabilities {
    const unsigned char *host_uuid; /* 16 bytes */
    const char *arch;
    const char *cpu_model, *cpu_vendor;
    unsigned sockets, dies, cores, threads; /* 0: no topology said */
    eb_words cpu_features;                  /* <cpu><features>: "pae", "nonpae" */
    const unsigned *page_sizes;             /* KiB */
    size_t n_page_sizes;
    bool power_management; /* whether it is known */
    eb_words power_states; /* "suspend_mem" … */
    enum eb_tristate iommu;
    const struct eb_caps_cell *cells;
    size_t n_cells;
    const char *secmodel, *secmodel_doi;
    const struct eb_caps_guest *guests;
    size_t n_guests;
};

/** virConnectGetCapabilities' text; the caller frees it. */
char *eb_capabilities_format(const struct eb_capabilities *caps);

/** <enum name='…'> of values that a setting may have. */
struct eb_domcaps_enum {
    const char *name;
    eb_words values;
};

struct eb_domcaps_part {
    const char *name; /* "disk", "graphics" …; of features "genid" … */
    bool supported;
    const struct eb_domcaps_enum *enums; /* when supported */
    size_t n_enums;
};

struct eb_domcaps_cpu_model {
    const char *name, *vendor;
    enum eb_tristate usable; /* EB_ABSENT: unknown */
};

struct eb_domain_capabilities {
    const char *path; /* the emulator */
    const char *domain, *machine, *arch;
    unsigned max_vcpus; /* 0: not said */
    enum eb_tristate iothreads;
    struct eb_domcaps_enum firmware; /* <os><enum name='firmware'>; no name: no <os> */
    bool loader;
    eb_words loaders;
    const struct eb_domcaps_enum *loader_enums;
    size_t n_loader_enums;
    bool cpu; /* whether the modes of the processor are said */
    bool cpu_host_passthrough, cpu_maximum, cpu_host_model, cpu_custom;
    const struct eb_domcaps_cpu_model *cpu_models; /* of custom */
    size_t n_cpu_models;
    const struct eb_domcaps_part *devices;
    size_t n_devices;
    const struct eb_domcaps_part *features;
    size_t n_features;
};

/** virConnectGetDomainCapabilities' text; the caller frees it. */
char *eb_domain_capabilities_format(const struct eb_domain_capabilities *caps);

#endif
