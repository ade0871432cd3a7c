/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "vbox/machine_bandwidth.h"

#define MIB 0x100000u

/* ---- Groups ---- */

static bool counts_bytes(struct vm *vm)
{
    return vb_has(vm->vb, VB_IBandwidthGroup_set_maxBytesPerSec);
}

static uint32_t whole_mib(uint64_t rate)
{
    return (uint32_t)((rate + MIB - 1) / MIB);
}

int vm_group_rate(struct vm *vm, IBandwidthGroup *group, uint64_t *rate, eb_error *err)
{
    int64_t bytes = 0;
    uint32_t mib = 0;

    if (counts_bytes(vm)) {
        if (IBandwidthGroup_get_maxBytesPerSec(vm->vb, group, &bytes, err) < 0)
            return -1;
    } else {
        if (IBandwidthGroup_get_maxMbPerSec(vm->vb, group, &mib, err) < 0)
            return -1;
        bytes = (int64_t)mib * MIB;
    }
    *rate = bytes > 0 ? (uint64_t)bytes : 0;
    return 0;
}

int vm_set_group_rate(struct vm *vm, IBandwidthGroup *group, uint64_t rate, eb_error *err)
{
    if (counts_bytes(vm))
        return VM_CHANGE(int64_t, vm, IBandwidthGroup, maxBytesPerSec, group, (int64_t)rate, err);
    return VM_CHANGE(uint32_t, vm, IBandwidthGroup, maxMbPerSec, group, whole_mib(rate), err);
}

int vm_need_group(struct vm *vm, const char *name, enum vb_BandwidthGroupType type, uint64_t rate,
                  IBandwidthGroup **out, eb_error *err)
{
    VB_AUTO(IBandwidthControl) control = NULL;
    eb_error none EB_AUTOERROR = EB_ERROR_INIT;

    if (IMachine_get_bandwidthControl(vm->vb, vm->machine, &control, err) < 0)
        return -1;
    if (IBandwidthControl_getBandwidthGroup(vm->vb, control, name, out, &none) == 0)
        return vm_set_group_rate(vm, *out, rate, err);
    if (IBandwidthControl_createBandwidthGroup(vm->vb, control, name, type,
                                               counts_bytes(vm) ? (int64_t)rate : (int64_t)whole_mib(rate),
                                               err) < 0)
        return -1;
    return IBandwidthControl_getBandwidthGroup(vm->vb, control, name, out, err);
}

/* ---- Interfaces ---- */

enum { KIB = 1024 };

/* What VirtualBox has, as libvirt counts it: rounded up, so that a limit is never lost. */
static uint64_t whole_kib(uint64_t rate)
{
    return rate / KIB + (rate % KIB != 0);
}

/* *group may be NULL afterwards: there is none. */
static int group_of(struct vm *vm, INetworkAdapter *a, IBandwidthGroup **group, uint64_t *rate, eb_error *err)
{
    *rate = 0;
    if (!vb_has(vm->vb, VB_INetworkAdapter_get_bandwidthGroup))
        return 0;
    if (INetworkAdapter_get_bandwidthGroup(vm->vb, a, group, err) < 0)
        return -1;
    return *group ? vm_group_rate(vm, *group, rate, err) : 0;
}

int vm_read_bandwidth(struct vm *vm, INetworkAdapter *a, struct eb_interface *net, eb_error *err)
{
    VB_AUTO(IBandwidthGroup) group = NULL;
    uint64_t rate;

    if (group_of(vm, a, &group, &rate, err) < 0)
        return -1;
    net->outbound.average = whole_kib(rate);
    return 0;
}

int vm_check_bandwidth(struct vm *vm, const struct eb_interface *net, eb_error *err)
{
    const struct vm_refusal refusals[] = {
        {eb_rate_is_set(&net->inbound), "element <inbound> of <bandwidth>"},
        {net->outbound.peak != 0, "attribute 'peak' of <outbound>"},
        {net->outbound.burst != 0, "attribute 'burst' of <outbound>"},
    };

    if (vm_refuse_said(vm, refusals, EB_ARRAY_SIZE(refusals), err) < 0)
        return -1;
    if (net->outbound.average > INT64_MAX / KIB)
        return vm_refuse(vm, err, "attribute 'average' of <outbound>", "it is too much");
    if (net->outbound.average && !vb_has(vm->vb, VB_INetworkAdapter_set_bandwidthGroup))
        return vm_refuse_release(vm, err, "element <bandwidth> of an interface");
    return 0;
}

int vm_apply_bandwidth(struct vm *vm, INetworkAdapter *a, uint32_t slot, const struct eb_interface *net,
                       eb_error *err)
{
    EB_AUTOFREE char *name = eb_asprintf("limit-nic%u", slot);
    VB_AUTO(IBandwidthGroup) is = NULL;
    VB_AUTO(IBandwidthGroup) own = NULL;
    uint32_t members = 0;
    uint64_t rate;

    if (group_of(vm, a, &is, &rate, err) < 0)
        return -1;
    if (whole_kib(rate) == net->outbound.average)
        return 0;
    if (!net->outbound.average)
        return INetworkAdapter_set_bandwidthGroup(vm->vb, a, NULL, err);
    /* the limit of others stays as it is */
    if (is && IBandwidthGroup_get_reference(vm->vb, is, &members, err) < 0)
        return -1;
    if (is && members <= 1)
        return vm_set_group_rate(vm, is, net->outbound.average * KIB, err);
    if (vm_need_group(vm, name, BandwidthGroupType_Network, net->outbound.average * KIB, &own, err) < 0)
        return -1;
    return INetworkAdapter_set_bandwidthGroup(vm->vb, a, own, err);
}

/* ---- Disks ---- */

int vm_check_iotune(struct vm *vm, const struct eb_domain_def *def, const struct eb_disk *disk, eb_error *err)
{
    struct eb_iotune said = disk->iotune;

    for (size_t i = 1; i < EB_IOTUNE_FIELDS; i++) {
        EB_AUTOFREE char *what = eb_asprintf("element <%s> of <iotune>", eb_iotune_fields[i].name);

        if (*eb_iotune_at(&said, i))
            return vm_refuse(vm, err, what, NULL);
    }
    if (said.total_bytes_sec > INT64_MAX)
        return vm_refuse(vm, err, "element <total_bytes_sec> of <iotune>", "it is too much");
    for (size_t i = 0; said.group_name && i < def->n_disks; i++) {
        const struct eb_iotune *other = &def->disks[i].iotune;

        if (eb_streq(other->group_name, said.group_name) && other->total_bytes_sec != said.total_bytes_sec)
            return eb_error_set(err, EB_ERR_XML_ERROR,
                                "disks '%s' and '%s' are in the group '%s', but have other limits",
                                disk->target, def->disks[i].target, said.group_name);
    }
    if (eb_iotune_is_set(&said) && !vb_has(vm->vb, VB_IMachine_setBandwidthGroupForDevice))
        return vm_refuse_release(vm, err, "element <iotune> of a disk");
    return 0;
}
