/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * <cputune> and its like. VirtualBox can cap how much of a host's processor each virtual one may use, in
 * whole percents: <quota> of each <period>. It has nothing like the others.
 */
#include "vbox/machine.h"

enum { PERIOD = 100000, PER_PERCENT = PERIOD / 100, NO_CAP = 100 };

unsigned vbox_cap_of_quota(uint64_t period, long long quota)
{
    uint64_t all = period ? period : PERIOD;

    if (quota < 0 || (uint64_t)quota >= all)
        return NO_CAP;
    return (unsigned)(((uint64_t)quota * 100 + all - 1) / all);
}

long long vbox_quota_of_cap(unsigned cap)
{
    return cap >= NO_CAP ? -1 : (long long)cap * PER_PERCENT;
}

uint64_t vbox_cap_period(void)
{
    return PERIOD;
}

/* What the definition says, in either way. */
static unsigned wanted_cap(const struct eb_domain_def *def)
{
    if (def->tune.quota_set)
        return vbox_cap_of_quota(def->tune.period, def->tune.quota);
    return def->vbox.cpu_cap ? def->vbox.cpu_cap : NO_CAP;
}

int vm_read_tune(struct vm *vm, struct eb_domain_def *def, eb_error *err)
{
    uint32_t cap = NO_CAP;

    if (!vb_has(vm->vb, VB_IMachine_get_CPUExecutionCap))
        return 0;
    if (IMachine_get_CPUExecutionCap(vm->vb, vm->machine, &cap, err) < 0)
        return -1;
    if (cap >= NO_CAP)
        return 0;
    def->tune.period = PERIOD;
    def->tune.quota = vbox_quota_of_cap(cap);
    def->tune.quota_set = true;
    return 0;
}

int vm_check_tune(struct vm *vm, const struct eb_domain_def *def, eb_error *err)
{
    const struct eb_tuning *t = &def->tune;
    const struct vm_refusal refusals[] = {
        {t->blkio_weight || t->n_blkio_devices, "element <blkiotune>"},
        {t->hard_limit || t->soft_limit || t->min_guarantee || t->swap_hard_limit, "element <memtune>"},
        {t->n_iothreads != 0, "element <iothreads>"},
        {t->n_vcpu_pins != 0, "element <vcpupin>"},
        {t->emulator_pin != NULL, "element <emulatorpin>"},
        {t->n_iothread_pins != 0, "element <iothreadpin>"},
        {t->numa_mode || t->numa_nodeset, "element <numatune>"},
        {t->n_perf != 0, "element <perf>"},
    };
    unsigned cap = wanted_cap(def);

    if (vm_refuse_said(vm, refusals, EB_ARRAY_SIZE(refusals), err) < 0)
        return -1;
    if (t->quota_set && def->vbox.cpu_cap && def->vbox.cpu_cap != cap)
        return vm_refuse(vm, err, "<vbox:processor cap>", "%u %% contradicts <quota>, which is %u %%",
                         def->vbox.cpu_cap, cap);
    if (cap != NO_CAP && !vb_has(vm->vb, VB_IMachine_set_CPUExecutionCap))
        return vm_refuse_release(vm, err, "element <quota> of <cputune>");
    return 0;
}

int vm_apply_tune(struct vm *vm, const struct eb_domain_def *def, eb_error *err)
{
    uint32_t cap = wanted_cap(def);

    if (!vb_has(vm->vb, VB_IMachine_set_CPUExecutionCap))
        return 0;
    return VM_CHANGE(uint32_t, vm, IMachine, CPUExecutionCap, vm->machine, cap, err);
}
