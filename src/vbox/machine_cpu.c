/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Memory, balloon, processors and their properties. */
#include "vbox/machine.h"

#define KIB_PER_MIB 1024

/* ---- Memory ---- */

/* <currentMemory> is what the balloon leaves to the guest. */
int vm_read_memory(struct vm *vm, struct eb_domain_def *def, eb_error *err)
{
    uint32_t size = 0, balloon = 0;

    if (IMachine_get_memorySize(vm->vb, vm->machine, &size, err) < 0 ||
        IMachine_get_memoryBalloonSize(vm->vb, vm->machine, &balloon, err) < 0)
        return -1;
    def->max_memory = (uint64_t)size * KIB_PER_MIB;
    def->memory = balloon < size ? (uint64_t)(size - balloon) * KIB_PER_MIB : def->max_memory;
    return 0;
}

static uint64_t mib_of(uint64_t kib)
{
    return (kib + KIB_PER_MIB - 1) / KIB_PER_MIB;
}

static uint64_t wanted_balloon(const struct eb_domain_def *def)
{
    uint64_t size = mib_of(def->max_memory), left = mib_of(def->memory);

    if (def->vbox.balloon_set)
        return def->vbox.balloon_mib;
    return def->memory && left < size ? size - left : 0;
}

int vm_check_memory(struct vm *vm, const struct eb_domain_def *def, eb_error *err)
{
    VB_AUTO(ISystemProperties) system = NULL;
    uint64_t size = mib_of(def->max_memory);
    uint32_t min = 0, max = 0;

    if (def->memory_slots_max || def->memory_slots)
        return vm_refuse(vm, err, "element <maxMemory>", "memory cannot be plugged in");
    if (IVirtualBox_get_systemProperties(vm->vb, vm->vbox, &system, err) < 0 ||
        ISystemProperties_get_minGuestRAM(vm->vb, system, &min, err) < 0 ||
        ISystemProperties_get_maxGuestRAM(vm->vb, system, &max, err) < 0)
        return -1;
    if (size < min || size > max)
        return vm_refuse(vm, err, "element <memory>", "%llu MiB is not between %u and %u MiB",
                         (unsigned long long)size, min, max);
    if (wanted_balloon(def) >= size)
        return vm_refuse(vm, err, "element <currentMemory>", "the balloon would take all memory");
    return 0;
}

int vm_apply_memory(struct vm *vm, const struct eb_domain_def *def, eb_error *err)
{
    uint32_t size = (uint32_t)mib_of(def->max_memory), balloon = (uint32_t)wanted_balloon(def);

    if (VM_CHANGE(uint32_t, vm, IMachine, memorySize, vm->machine, size, err) < 0)
        return -1;
    return VM_CHANGE(uint32_t, vm, IMachine, memoryBalloonSize, vm->machine, balloon, err);
}

/* ---- Properties, in their three homes ---- */

bool vm_has_cpu_property(struct vm *vm, enum vb_CPUPropertyTypeX86 property)
{
    if (vm->machine && vm->platform && !vm->x86)
        return false;
    if (vb_has(vm->vb, VB_IPlatformX86_getCPUProperty) || vb_has(vm->vb, VB_IMachine_getCPUProperty))
        return vb_enum_has(vm->vb, VB_ENUM_CPUPropertyTypeX86, (int)property);
    return property == CPUPropertyTypeX86_PAE && vb_has(vm->vb, VB_IMachine_get_PAEEnabled);
}

int vm_cpu_property(struct vm *vm, enum vb_CPUPropertyTypeX86 property, bool *out, eb_error *err)
{
    if (!vm_has_cpu_property(vm, property))
        return 0;
    if (vm->x86)
        return IPlatformX86_getCPUProperty(vm->vb, vm->x86, property, out, err);
    if (vb_has(vm->vb, VB_IMachine_getCPUProperty))
        return IMachine_getCPUProperty(vm->vb, vm->machine, property, out, err);
    return IMachine_get_PAEEnabled(vm->vb, vm->machine, out, err);
}

int vm_set_cpu_property(struct vm *vm, enum vb_CPUPropertyTypeX86 property, bool value, eb_error *err)
{
    bool is = value;

    if (vm_cpu_property(vm, property, &is, err) < 0)
        return -1;
    if (is == value)
        return 0;
    if (vm->x86)
        return IPlatformX86_setCPUProperty(vm->vb, vm->x86, property, value, err);
    if (vb_has(vm->vb, VB_IMachine_setCPUProperty))
        return IMachine_setCPUProperty(vm->vb, vm->machine, property, value, err);
    return IMachine_set_PAEEnabled(vm->vb, vm->machine, value, err);
}

/* Until 3.0 three of them are attributes of their own. */
static bool is_old_hwvirt(enum vb_HWVirtExPropertyType property)
{
    return property == HWVirtExPropertyType_Enabled || property == HWVirtExPropertyType_VPID ||
           property == HWVirtExPropertyType_NestedPaging;
}

bool vm_has_hwvirt_property(struct vm *vm, enum vb_HWVirtExPropertyType property)
{
    if (vm->machine && vm->platform && !vm->x86)
        return false;
    if (vb_has(vm->vb, VB_IPlatformX86_getHWVirtExProperty) ||
        vb_has(vm->vb, VB_IMachine_getHWVirtExProperty))
        return vb_enum_has(vm->vb, VB_ENUM_HWVirtExPropertyType, (int)property);
    return is_old_hwvirt(property) && vb_has(vm->vb, VB_IMachine_get_HWVirtExEnabled);
}

static int old_hwvirt(struct vm *vm, enum vb_HWVirtExPropertyType property, bool *out, eb_error *err)
{
    enum vb_TSBool three = TSBool__none;

    if (property == HWVirtExPropertyType_VPID)
        return IMachine_get_HWVirtExVPIDEnabled(vm->vb, vm->machine, out, err);
    if (property == HWVirtExPropertyType_NestedPaging)
        return IMachine_get_HWVirtExNestedPagingEnabled(vm->vb, vm->machine, out, err);
    if (vb_has(vm->vb, VB_IMachine_get_HWVirtExEnabled__bool))
        return IMachine_get_HWVirtExEnabled__bool(vm->vb, vm->machine, out, err);
    if (IMachine_get_HWVirtExEnabled__tristate(vm->vb, vm->machine, &three, err) < 0)
        return -1;
    if (three != TSBool_Default) /* the default is all machines' setting: not this one's */
        *out = three == TSBool_True;
    return 0;
}

static int set_old_hwvirt(struct vm *vm, enum vb_HWVirtExPropertyType property, bool value, eb_error *err)
{
    if (property == HWVirtExPropertyType_VPID)
        return IMachine_set_HWVirtExVPIDEnabled(vm->vb, vm->machine, value, err);
    if (property == HWVirtExPropertyType_NestedPaging)
        return IMachine_set_HWVirtExNestedPagingEnabled(vm->vb, vm->machine, value, err);
    if (vb_has(vm->vb, VB_IMachine_set_HWVirtExEnabled__bool))
        return IMachine_set_HWVirtExEnabled__bool(vm->vb, vm->machine, value, err);
    return IMachine_set_HWVirtExEnabled__tristate(vm->vb, vm->machine, value ? TSBool_True : TSBool_False,
                                                  err);
}

int vm_hwvirt_property(struct vm *vm, enum vb_HWVirtExPropertyType property, bool *out, eb_error *err)
{
    if (!vm_has_hwvirt_property(vm, property))
        return 0;
    if (vm->x86)
        return IPlatformX86_getHWVirtExProperty(vm->vb, vm->x86, property, out, err);
    if (vb_has(vm->vb, VB_IMachine_getHWVirtExProperty))
        return IMachine_getHWVirtExProperty(vm->vb, vm->machine, property, out, err);
    return old_hwvirt(vm, property, out, err);
}

int vm_set_hwvirt_property(struct vm *vm, enum vb_HWVirtExPropertyType property, bool value, eb_error *err)
{
    bool is = !value;

    if (vm_hwvirt_property(vm, property, &is, err) < 0)
        return -1;
    if (is == value)
        return 0;
    if (vm->x86)
        return IPlatformX86_setHWVirtExProperty(vm->vb, vm->x86, property, value, err);
    if (vb_has(vm->vb, VB_IMachine_setHWVirtExProperty))
        return IMachine_setHWVirtExProperty(vm->vb, vm->machine, property, value, err);
    return set_old_hwvirt(vm, property, value, err);
}

/* ---- Processors ---- */

static int plugged(struct vm *vm, unsigned count, unsigned *out, eb_error *err)
{
    *out = 0;
    for (unsigned i = 0; i < count; i++) {
        bool attached = false;

        if (IMachine_getCPUStatus(vm->vb, vm->machine, i, &attached, err) < 0)
            return -1;
        *out += attached;
    }
    return 0;
}

int vm_read_cpu(struct vm *vm, struct eb_domain_def *def, eb_error *err)
{
    uint32_t count = 0;
    bool hotplug = false;

    if (IMachine_get_CPUCount(vm->vb, vm->machine, &count, err) < 0)
        return -1;
    def->max_vcpus = def->vcpus = count;
    if (!vb_has(vm->vb, VB_IMachine_get_CPUHotPlugEnabled))
        return 0;
    if (IMachine_get_CPUHotPlugEnabled(vm->vb, vm->machine, &hotplug, err) < 0)
        return -1;
    if (!hotplug)
        return 0;
    def->vbox.cpu_hotplug = EB_YES;
    return plugged(vm, count, &def->vcpus, err);
}

/* CPU features that VirtualBox has a switch for. */
static const struct {
    const char *name;
    enum vb_CPUPropertyTypeX86 property;
} cpu_features[] = {
    {"pae", CPUPropertyTypeX86_PAE},       {"lm", CPUPropertyTypeX86_LongMode},
    {"vmx", CPUPropertyTypeX86_HWVirt},    {"svm", CPUPropertyTypeX86_HWVirt},
    {"x2apic", CPUPropertyTypeX86_X2APIC}, {"apic", CPUPropertyTypeX86_APIC},
};

static int cpu_feature_property(const struct eb_cpu_feature *f, enum vb_CPUPropertyTypeX86 *out)
{
    for (size_t i = 0; i < EB_ARRAY_SIZE(cpu_features); i++) {
        if (eb_streq(cpu_features[i].name, f->name)) {
            *out = cpu_features[i].property;
            return 0;
        }
    }
    return -1;
}

static int check_cpu_element(struct vm *vm, const struct eb_domain_def *def, eb_error *err)
{
    const struct eb_cpu *cpu = &def->cpu;
    unsigned dies = cpu->dies ? cpu->dies : 1, clusters = cpu->clusters ? cpu->clusters : 1;

    if (cpu->mode && strcmp(cpu->mode, "host-passthrough") != 0 && strcmp(cpu->mode, "host-model") != 0 &&
        strcmp(cpu->mode, "maximum") != 0)
        return vm_refuse(vm, err, "attribute 'mode' of <cpu>",
                         "guests see the host's processor; a profile is <vbox:cpu-profile>");
    if (cpu->model)
        return vm_refuse(vm, err, "element <model> of <cpu>", NULL);
    if (cpu->vendor)
        return vm_refuse(vm, err, "element <vendor> of <cpu>", NULL);
    if (cpu->sockets > 1 || dies > 1 || clusters > 1 || cpu->threads > 1)
        return vm_refuse(vm, err, "element <topology> of <cpu>", "guests see cores of one socket");
    if (cpu->cores && cpu->cores != def->max_vcpus)
        return vm_refuse(vm, err, "element <topology> of <cpu>", "%u cores are not the %u of <vcpu>",
                         cpu->cores, def->max_vcpus);
    for (size_t i = 0; i < cpu->n_features; i++) {
        enum vb_CPUPropertyTypeX86 property;
        EB_AUTOFREE char *what = eb_asprintf("processor feature '%s'", cpu->features[i].name);

        if (cpu_feature_property(&cpu->features[i], &property) < 0 || !vm_has_cpu_property(vm, property))
            return vm_refuse(vm, err, what, NULL);
    }
    return 0;
}

int vm_check_cpu(struct vm *vm, const struct eb_domain_def *def, eb_error *err)
{
    const struct vm_refusal refusals[] = {
        {def->cpuset != NULL, "attribute 'cpuset' of <vcpu>"},
    };
    VB_AUTO(ISystemProperties) system = NULL;
    uint32_t min = 0, max = 0;

    if (vm_refuse_said(vm, refusals, EB_ARRAY_SIZE(refusals), err) < 0)
        return -1;
    if (IVirtualBox_get_systemProperties(vm->vb, vm->vbox, &system, err) < 0 ||
        ISystemProperties_get_minGuestCPUCount(vm->vb, system, &min, err) < 0 ||
        ISystemProperties_get_maxGuestCPUCount(vm->vb, system, &max, err) < 0)
        return -1;
    if (def->max_vcpus < min || def->max_vcpus > max)
        return vm_refuse(vm, err, "element <vcpu>", "%u is not between %u and %u", def->max_vcpus, min, max);
    if (def->vcpus < def->max_vcpus && !vb_has(vm->vb, VB_IMachine_set_CPUHotPlugEnabled))
        return vm_refuse_release(vm, err, "attribute 'current' of <vcpu>");
    return def->cpu.present ? check_cpu_element(vm, def, err) : 0;
}

/* Processor 0 cannot be taken out; which of the others are in does not matter, only how many. */
static int plug(struct vm *vm, unsigned count, unsigned wanted, eb_error *err)
{
    unsigned in = 0;

    if (plugged(vm, count, &in, err) < 0)
        return -1;
    for (unsigned i = 1; i < count && in < wanted; i++) {
        bool attached = false;

        if (IMachine_getCPUStatus(vm->vb, vm->machine, i, &attached, err) < 0)
            return -1;
        if (!attached && IMachine_hotPlugCPU(vm->vb, vm->machine, i, err) < 0)
            return -1;
        in += !attached;
    }
    for (unsigned i = count; i-- > 1 && in > wanted;) {
        bool attached = false;

        if (IMachine_getCPUStatus(vm->vb, vm->machine, i, &attached, err) < 0)
            return -1;
        if (attached && IMachine_hotUnplugCPU(vm->vb, vm->machine, i, err) < 0)
            return -1;
        in -= attached;
    }
    return 0;
}

static int apply_cpu_features(struct vm *vm, const struct eb_cpu *cpu, eb_error *err)
{
    for (size_t i = 0; i < cpu->n_features; i++) {
        enum vb_CPUPropertyTypeX86 property;
        bool on =
            !eb_streq(cpu->features[i].policy, "disable") && !eb_streq(cpu->features[i].policy, "forbid");

        if (cpu_feature_property(&cpu->features[i], &property) == 0 &&
            vm_set_cpu_property(vm, property, on, err) < 0)
            return -1;
    }
    return 0;
}

int vm_apply_cpu(struct vm *vm, const struct eb_domain_def *def, eb_error *err)
{
    bool hotplug = def->vcpus < def->max_vcpus || def->vbox.cpu_hotplug == EB_YES;

    if (VM_CHANGE(uint32_t, vm, IMachine, CPUCount, vm->machine, def->max_vcpus, err) < 0)
        return -1;
    if (vb_has(vm->vb, VB_IMachine_set_CPUHotPlugEnabled)) {
        if (VM_CHANGE(bool, vm, IMachine, CPUHotPlugEnabled, vm->machine, hotplug, err) < 0)
            return -1;
        if (hotplug && plug(vm, def->max_vcpus, def->vcpus, err) < 0)
            return -1;
    }
    return apply_cpu_features(vm, &def->cpu, err);
}
