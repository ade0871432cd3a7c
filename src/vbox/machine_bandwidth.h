/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file machine_bandwidth.h
 * Bandwidth groups: what several drives, or several adapters, of one machine may transfer in a second
 * together. Rates are bytes a second; 0: no limit. Before 4.2 VirtualBox counts in MiB, and rounds up.
 */
#ifndef EB_VBOX_MACHINE_BANDWIDTH_H
#define EB_VBOX_MACHINE_BANDWIDTH_H

#include "vbox/machine.h"

int vm_group_rate(struct vm *vm, IBandwidthGroup *group, uint64_t *rate, eb_error *err);
int vm_set_group_rate(struct vm *vm, IBandwidthGroup *group, uint64_t rate, eb_error *err);
/** The machine's group of that name, made where there is none, with this rate. */
int vm_need_group(struct vm *vm, const char *name, enum vb_BandwidthGroupType type, uint64_t rate,
                  IBandwidthGroup **out, eb_error *err);

/** <bandwidth> of the interface in a slot: VirtualBox limits what the guest sends. */
int vm_read_bandwidth(struct vm *vm, INetworkAdapter *a, struct eb_interface *net, eb_error *err);
int vm_check_bandwidth(struct vm *vm, const struct eb_interface *net, eb_error *err);
int vm_apply_bandwidth(struct vm *vm, INetworkAdapter *a, uint32_t slot, const struct eb_interface *net,
                       eb_error *err);
/** <iotune> of a disk, as far as it can be said: the rest is refused by its name. */
int vm_check_iotune(struct vm *vm, const struct eb_domain_def *def, const struct eb_disk *disk,
                    eb_error *err);

#endif
