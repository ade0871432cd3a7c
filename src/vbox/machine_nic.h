/* SPDX-License-Identifier: LGPL-2.1-or-later */
/** @file machine_nic.h What machine_nic.c asks of machine_nat.c: the settings of an adapter that is attached
 * to NAT. */
#ifndef EB_VBOX_MACHINE_NIC_H
#define EB_VBOX_MACHINE_NIC_H

#include "vbox/machine.h"

int vm_read_nat(struct vm *vm, INetworkAdapter *a, struct eb_interface *net, eb_error *err);
int vm_apply_nat(struct vm *vm, INetworkAdapter *a, const struct eb_interface *net, eb_error *err);

#endif
