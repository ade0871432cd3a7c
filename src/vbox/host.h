/* SPDX-License-Identifier: LGPL-2.1-or-later */
/** @file host.h What the host's kernel says of processors and memory; VirtualBox tells little of either. */
#ifndef EB_VBOX_HOST_H
#define EB_VBOX_HOST_H

#include "base/util.h"

struct vbox_topology {
    unsigned cpus;    /* online */
    unsigned sockets; /* all of them, not a node's */
    unsigned cores;   /* a socket */
    unsigned threads; /* a core */
    unsigned nodes;
    unsigned mhz;    /* 0: unknown */
    char model[128]; /* "AMD EPYC …"; empty: unknown */
    char vendor[32]; /* "AuthenticAMD" */
};
/** `sys`: "/sys", `proc`: "/proc"; tests have their own. */
void vbox_topology_read(const char *sys, const char *proc, struct vbox_topology *out);

struct vbox_cell {
    unsigned id;
    uint64_t total, free; /* bytes */
    unsigned *cpus;
    size_t n_cpus;
};
/** The memory nodes, in the order of their ids; at least one. Free with vbox_cells_free. */
size_t vbox_cells_read(const char *sys, const char *proc, struct vbox_cell **out);
void vbox_cells_free(struct vbox_cell *cells, size_t n);

/** What the firmware says of the machine ("sys_vendor", "bios_version" …); NULL where it says nothing or not
 * to this user. The caller frees it. */
char *vbox_dmi_read(const char *name);
/** The machine's uuid, or, where the firmware's is not for this user, the system's own (machine-id). */
bool vbox_host_uuid(unsigned char uuid[16]);

/** The processor's name as libvirt says it: "x86_64", "aarch64". */
const char *vbox_host_arch(void);

#endif
