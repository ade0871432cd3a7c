/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* <features>, <clock>, and what a machine does when its guest ends or reboots. */
#include "vbox/machine.h"

/* VirtualBox's own switch: a reset ends the machine instead. */
#define HALT_ON_RESET_KEY "VBoxInternal/PDM/HaltOnReset"
/* And its switch for the clock where there is no attribute yet. */
#define USE_UTC_KEY "VBoxInternal/Devices/mc146818/0/Config/UseUTC"

bool vm_is_own_extra(const char *pair)
{
    static const char *const own[] = {HALT_ON_RESET_KEY "=", USE_UTC_KEY "=",
                                      "FRONTEND/Type=", "FRONTEND/Display=", VBOX_EXTRA_PREFIX};

    for (size_t i = 0; i < EB_ARRAY_SIZE(own); i++)
        if (eb_starts_with(pair, own[i]))
            return true;
    return false;
}

/* ---- Features ---- */

static int read_features(struct vm *vm, struct eb_features *f, eb_error *err)
{
    bool acpi = false, apic = false, paging = false;

    if (IFirmwareSettings_get_ACPIEnabled(vm->vb, vm->firmware, &acpi, err) < 0 ||
        IFirmwareSettings_get_IOAPICEnabled(vm->vb, vm->firmware, &apic, err) < 0 ||
        vm_cpu_property(vm, CPUPropertyTypeX86_PAE, &f->pae, err) < 0 ||
        vm_hwvirt_property(vm, HWVirtExPropertyType_NestedPaging, &paging, err) < 0)
        return -1;
    f->acpi = acpi;
    f->apic = apic ? EB_YES : EB_ABSENT;
    if (vm_has_hwvirt_property(vm, HWVirtExPropertyType_NestedPaging))
        f->hap = vm_tristate(paging);
    return 0;
}

static int check_features(struct vm *vm, const struct eb_domain_def *def, eb_error *err)
{
    const struct eb_features *f = &def->features;
    const struct vm_refusal refusals[] = {
        {f->viridian == EB_YES, "feature <viridian>"},
        {f->smm == EB_YES, "feature <smm>"},
        {f->hyperv == EB_YES && !eb_streq(def->vbox.paravirt, "hyperv"),
         "feature <hyperv> without <vbox:paravirt>hyperv</vbox:paravirt>"},
        {f->hap && def->vbox.nested_paging && f->hap != def->vbox.nested_paging,
         "feature <hap> that contradicts <vbox:nested-paging>"},
    };

    return vm_refuse_said(vm, refusals, EB_ARRAY_SIZE(refusals), err);
}

static int apply_features(struct vm *vm, const struct eb_domain_def *def, eb_error *err)
{
    const struct eb_features *f = &def->features;
    enum eb_tristate paging = f->hap ? f->hap : def->vbox.nested_paging;

    if (VM_CHANGE(bool, vm, IFirmwareSettings, ACPIEnabled, vm->firmware, f->acpi, err) < 0 ||
        VM_CHANGE(bool, vm, IFirmwareSettings, IOAPICEnabled, vm->firmware, f->apic == EB_YES, err) < 0)
        return -1;
    if (vm_has_cpu_property(vm, CPUPropertyTypeX86_PAE) &&
        vm_set_cpu_property(vm, CPUPropertyTypeX86_PAE, f->pae, err) < 0)
        return -1;
    if (!paging || !vm_has_hwvirt_property(vm, HWVirtExPropertyType_NestedPaging))
        return 0;
    return vm_set_hwvirt_property(vm, HWVirtExPropertyType_NestedPaging, paging == EB_YES, err);
}

/* ---- Clock ---- */

static int get_utc(struct vm *vm, bool *out, eb_error *err)
{
    const char *value;

    if (vm->platform)
        return IPlatform_get_RTCUseUTC(vm->vb, vm->platform, out, err);
    if (vb_has(vm->vb, VB_IMachine_get_RTCUseUTC))
        return IMachine_get_RTCUseUTC(vm->vb, vm->machine, out, err);
    if (vm_extra(vm, USE_UTC_KEY, &value, err) < 0)
        return -1;
    *out = eb_streq(value, "1");
    return 0;
}

static int get_hpet(struct vm *vm, bool *out, eb_error *err)
{
    *out = false;
    if (vm->x86)
        return IPlatformX86_get_HPETEnabled(vm->vb, vm->x86, out, err);
    if (vb_has(vm->vb, VB_IMachine_get_HPETEnabled))
        return IMachine_get_HPETEnabled(vm->vb, vm->machine, out, err);
    return 0;
}

static bool has_hpet(struct vm *vm)
{
    if (vm->machine && vm->platform)
        return vm->x86 != NULL;
    return vb_has(vm->vb, VB_IPlatformX86_set_HPETEnabled) || vb_has(vm->vb, VB_IMachine_set_HPETEnabled);
}

/* An offset of whole seconds is libvirt's "variable"; what is left is VirtualBox's own word. */
static int read_clock(struct vm *vm, struct eb_domain_def *def, eb_error *err)
{
    struct eb_clock *clock = &def->clock;
    int64_t offset = 0;
    bool utc, hpet;

    if (get_utc(vm, &utc, err) < 0 || get_hpet(vm, &hpet, err) < 0 ||
        IFirmwareSettings_get_timeOffset(vm->vb, vm->firmware, &offset, err) < 0)
        return -1;
    clock->offset = utc ? EB_CLOCK_UTC : EB_CLOCK_LOCALTIME;
    if (offset && offset % 1000 == 0) {
        clock->offset = EB_CLOCK_VARIABLE;
        clock->basis = eb_strdup(utc ? "utc" : "localtime");
        clock->adjustment = offset / 1000;
        clock->adjustment_set = true;
    } else if (offset) {
        def->vbox.time_offset = offset;
        def->vbox.time_offset_set = true;
    }
    if (has_hpet(vm)) {
        struct eb_timer *timer = EB_APPEND(clock->timers, clock->n_timers);

        timer->name = eb_strdup("hpet");
        timer->present = vm_tristate(hpet);
    }
    return 0;
}

static bool wants_utc(const struct eb_clock *clock)
{
    if (clock->offset == EB_CLOCK_VARIABLE)
        return !eb_streq(clock->basis, "localtime");
    return clock->offset == EB_CLOCK_UTC;
}

/* Timers that every guest has: what is said about them must be what they are. */
static int check_timer(struct vm *vm, const struct eb_timer *timer, eb_error *err)
{
    static const char *const always[] = {"rtc", "pit", "tsc"};
    EB_AUTOFREE char *what = eb_asprintf("timer '%s'", timer->name);

    if (timer->track || timer->mode)
        return vm_refuse(vm, err, what, NULL);
    if (eb_streq(timer->name, "hpet")) {
        if (timer->tickpolicy)
            return vm_refuse(vm, err, what, NULL);
        if (timer->present != EB_NO && !has_hpet(vm))
            return vm_refuse_release(vm, err, "%s", what);
        return 0;
    }
    for (size_t i = 0; i < EB_ARRAY_SIZE(always); i++)
        if (eb_streq(timer->name, always[i]))
            return timer->present == EB_NO ? vm_refuse(vm, err, what, "every guest has it") : 0;
    return timer->present == EB_NO ? 0 : vm_refuse(vm, err, what, NULL);
}

static int check_clock(struct vm *vm, const struct eb_domain_def *def, eb_error *err)
{
    const struct eb_clock *clock = &def->clock;

    if (clock->offset == EB_CLOCK_TIMEZONE)
        return vm_refuse(vm, err, "clock offset 'timezone'", "it may be utc, localtime, variable");
    if (clock->offset != EB_CLOCK_VARIABLE && clock->basis)
        return vm_refuse(vm, err, "attribute 'basis' of <clock>", NULL);
    for (size_t i = 0; i < clock->n_timers; i++)
        if (check_timer(vm, &clock->timers[i], err) < 0)
            return -1;
    return 0;
}

static int set_utc(struct vm *vm, bool utc, eb_error *err)
{
    if (vm->platform)
        return VM_CHANGE(bool, vm, IPlatform, RTCUseUTC, vm->platform, utc, err);
    if (vb_has(vm->vb, VB_IMachine_set_RTCUseUTC))
        return VM_CHANGE(bool, vm, IMachine, RTCUseUTC, vm->machine, utc, err);
    return vm_set_extra(vm, USE_UTC_KEY, utc ? "1" : NULL, err);
}

static int set_hpet(struct vm *vm, bool hpet, eb_error *err)
{
    if (vm->x86)
        return VM_CHANGE(bool, vm, IPlatformX86, HPETEnabled, vm->x86, hpet, err);
    return VM_CHANGE(bool, vm, IMachine, HPETEnabled, vm->machine, hpet, err);
}

static int apply_clock(struct vm *vm, const struct eb_domain_def *def, eb_error *err)
{
    const struct eb_clock *clock = &def->clock;
    int64_t offset = def->vbox.time_offset_set ? def->vbox.time_offset : clock->adjustment * 1000;

    if (clock->offset != EB_CLOCK_NONE && set_utc(vm, wants_utc(clock), err) < 0)
        return -1;
    if (VM_CHANGE(int64_t, vm, IFirmwareSettings, timeOffset, vm->firmware, offset, err) < 0)
        return -1;
    for (size_t i = 0; has_hpet(vm) && i < clock->n_timers; i++)
        if (eb_streq(clock->timers[i].name, "hpet") &&
            set_hpet(vm, clock->timers[i].present != EB_NO, err) < 0)
            return -1;
    return 0;
}

/* ---- When the guest ends ---- */

/* Off is off; a reset resets, or ends the machine; one that crashes stays as it is, to be looked at. */
static int read_actions(struct vm *vm, struct eb_domain_def *def, eb_error *err)
{
    const char *halt;

    if (vm_extra(vm, HALT_ON_RESET_KEY, &halt, err) < 0)
        return -1;
    def->on_poweroff = EB_ACTION_DESTROY;
    def->on_reboot = eb_streq(halt, "1") ? EB_ACTION_DESTROY : EB_ACTION_RESTART;
    def->on_crash = EB_ACTION_PRESERVE;
    return 0;
}

static int check_actions(struct vm *vm, const struct eb_domain_def *def, eb_error *err)
{
    const struct {
        const char *what, *may;
        enum eb_lifecycle_action is, first, second;
    } rules[] = {
        {"<on_poweroff>", "destroy", def->on_poweroff, EB_ACTION_DESTROY, EB_ACTION_DESTROY},
        {"<on_reboot>", "restart or destroy", def->on_reboot, EB_ACTION_RESTART, EB_ACTION_DESTROY},
        /* destroy is what libvirt's own parser fills in */
        {"<on_crash>", "preserve", def->on_crash, EB_ACTION_PRESERVE, EB_ACTION_DESTROY},
    };

    for (size_t i = 0; i < EB_ARRAY_SIZE(rules); i++) {
        EB_AUTOFREE char *what = NULL;

        if (rules[i].is == EB_ACTION_NONE || rules[i].is == rules[i].first || rules[i].is == rules[i].second)
            continue;
        what = eb_asprintf("'%s' in %s", eb_lifecycle_action_to_string((int)rules[i].is), rules[i].what);
        return vm_refuse(vm, err, what, "it may be %s", rules[i].may);
    }
    if (def->suspend_to_mem == EB_YES || def->suspend_to_disk == EB_YES)
        return vm_refuse(vm, err, "element <pm>", NULL);
    return 0;
}

/* ---- The concept ---- */

int vm_read_features(struct vm *vm, struct eb_domain_def *def, eb_error *err)
{
    if (read_features(vm, &def->features, err) < 0 || read_clock(vm, def, err) < 0)
        return -1;
    return read_actions(vm, def, err);
}

int vm_check_features(struct vm *vm, const struct eb_domain_def *def, eb_error *err)
{
    if (check_features(vm, def, err) < 0 || check_clock(vm, def, err) < 0)
        return -1;
    return check_actions(vm, def, err);
}

int vm_apply_features(struct vm *vm, const struct eb_domain_def *def, eb_error *err)
{
    const char *halt = def->on_reboot == EB_ACTION_DESTROY ? "1" : NULL;

    if (apply_features(vm, def, err) < 0 || apply_clock(vm, def, err) < 0)
        return -1;
    return vm_set_extra(vm, HALT_ON_RESET_KEY, halt, err);
}
