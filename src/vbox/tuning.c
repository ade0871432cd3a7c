/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Memory and virtual CPUs. VirtualBox has one definition, so what is set of a running domain and what is set
 * of its configuration are the same machine; what cannot be changed while it runs is refused.
 *
 * Memory: the maximum is IMachine.memorySize; what the balloon takes away from it is not the guest's.
 * CPUs: the maximum is IMachine.CPUCount; with CPU hotplug some of them may be unplugged.
 */
#include "vbox/domain.h"

#define KIB_PER_MIB 1024u

/* ---- Memory ---- */

/* What IGuest's balloon is set to while the domain runs VirtualBox writes to the machine too. */
int vbox_memory_of(struct vbox_conn *c, IMachine *machine, uint64_t *max, uint64_t *current, eb_error *err)
{
    uint32_t size = 0, balloon = 0;

    if (IMachine_get_memorySize(c->vb, machine, &size, err) < 0)
        return -1;
    if (vb_has(c->vb, VB_IMachine_get_memoryBalloonSize) &&
        IMachine_get_memoryBalloonSize(c->vb, machine, &balloon, err) < 0)
        return -1;
    *max = (uint64_t)size * KIB_PER_MIB;
    *current = (uint64_t)(size > balloon ? size - balloon : size) * KIB_PER_MIB;
    return 0;
}

int vbox_get_max_memory(eb_conn *conn, eb_uuid uuid, uint64_t *kib, eb_error *err)
{
    struct vbox_conn *c = vbox_conn_of(conn);
    VBOX_AUTOFOUND struct vbox_found f = {0};
    uint64_t current;

    if (vbox_find_accessible(c, uuid, &f, err) < 0)
        return -1;
    return vbox_memory_of(c, f.machine, kib, &current, err);
}

static int whole_mib(uint64_t kib, uint32_t *mib, eb_error *err)
{
    uint64_t up = kib / KIB_PER_MIB + (kib % KIB_PER_MIB != 0);

    if (up == 0 || up > UINT32_MAX)
        return eb_error_set(err, EB_ERR_INVALID_ARG, "a domain cannot have %llu KiB of memory",
                            (unsigned long long)kib);
    *mib = (uint32_t)up;
    return 0;
}

static int set_maximum(struct vbox_edit *e, uint32_t mib, eb_error *err)
{
    uint32_t balloon = 0;

    if (e->live)
        return eb_error_set(err, EB_ERR_OPERATION_INVALID,
                            "cannot resize the maximum memory on an active domain");
    if (vb_has(e->c->vb, VB_IMachine_get_memoryBalloonSize) &&
        IMachine_get_memoryBalloonSize(e->c->vb, e->s.machine, &balloon, err) < 0)
        return -1;
    if (IMachine_set_memorySize(e->c->vb, e->s.machine, mib, err) < 0)
        return -1;
    if (balloon >= mib && IMachine_set_memoryBalloonSize(e->c->vb, e->s.machine, 0, err) < 0)
        return -1;
    return vbox_edit_save(e, err);
}

static int set_live(struct vbox_edit *e, uint32_t balloon, eb_error *err)
{
    VB_AUTO(IGuest) guest = NULL;
    enum vb_AdditionsRunLevelType level;
    uint32_t now = 0;
    struct vb *vb = e->c->vb;

    if (!vb_has(vb, VB_IGuest_set_memoryBalloonSize) || !vb_has(vb, VB_IGuest_get_additionsRunLevel))
        return eb_error_set(err, EB_ERR_OPERATION_UNSUPPORTED,
                            "this VirtualBox cannot change the memory of a running domain");
    if (IConsole_get_guest(vb, e->s.console, &guest, err) < 0 ||
        IGuest_get_memoryBalloonSize(vb, guest, &now, err) < 0)
        return -1;
    if (now == balloon)
        return 0;
    if (IGuest_get_additionsRunLevel(vb, guest, &level, err) < 0)
        return -1;
    if (level != AdditionsRunLevelType_System && level != AdditionsRunLevelType_Userland &&
        level != AdditionsRunLevelType_Desktop)
        return eb_error_set(
            err, EB_ERR_AGENT_UNRESPONSIVE,
            "the memory of a running domain is changed by its guest additions, which do not run");
    return IGuest_set_memoryBalloonSize(vb, guest, balloon, err);
}

static int set_config(struct vbox_edit *e, uint32_t balloon, eb_error *err)
{
    uint32_t now = 0;

    if (!vb_has(e->c->vb, VB_IMachine_set_memoryBalloonSize)) {
        if (balloon == 0)
            return 0;
        return eb_error_set(err, EB_ERR_OPERATION_UNSUPPORTED,
                            "this VirtualBox gives a domain all of its maximum memory");
    }
    if (IMachine_get_memoryBalloonSize(e->c->vb, e->s.machine, &now, err) < 0)
        return -1;
    if (now == balloon)
        return 0;
    if (IMachine_set_memoryBalloonSize(e->c->vb, e->s.machine, balloon, err) < 0)
        return -1;
    return vbox_edit_save(e, err);
}

int vbox_set_memory(eb_conn *conn, eb_uuid uuid, uint64_t kib, unsigned flags, eb_error *err)
{
    struct vbox_conn *c = vbox_conn_of(conn);
    VBOX_AUTOEDIT struct vbox_edit e = {0};
    uint32_t mib = 0, size;

    if (vbox_check_flags(flags, EB_AFFECT_LIVE | EB_AFFECT_CONFIG | EB_MEM_MAXIMUM, "virDomainSetMemoryFlags",
                         err) < 0 ||
        whole_mib(kib, &mib, err) < 0 || vbox_edit_begin(c, uuid, &e, err) < 0 ||
        vbox_check_affect(c, e.vbox, uuid, flags, e.live, err) < 0)
        return -1;
    if (flags & EB_MEM_MAXIMUM)
        return set_maximum(&e, mib, err);
    if (IMachine_get_memorySize(c->vb, e.s.machine, &size, err) < 0)
        return -1;
    if (mib > size)
        return eb_error_set(err, EB_ERR_INVALID_ARG, "cannot set memory higher than max memory");
    if (e.live && !(flags & EB_AFFECT_CONFIG && !(flags & EB_AFFECT_LIVE)))
        return set_live(&e, size - mib, err);
    return set_config(&e, size - mib, err);
}

/* ---- Virtual CPUs ---- */

static int has_hotplug(struct vbox_conn *c, IMachine *machine, bool *out, eb_error *err)
{
    *out = false;
    if (!vb_has(c->vb, VB_IMachine_get_CPUHotPlugEnabled) || !vb_has(c->vb, VB_IMachine_getCPUStatus))
        return 0;
    return IMachine_get_CPUHotPlugEnabled(c->vb, machine, out, err);
}

int vbox_vcpus_of(struct vbox_conn *c, IMachine *machine, unsigned *max, unsigned *current, eb_error *err)
{
    uint32_t count = 0;
    bool hotplug;

    if (IMachine_get_CPUCount(c->vb, machine, &count, err) < 0 || has_hotplug(c, machine, &hotplug, err) < 0)
        return -1;
    *max = count;
    *current = count;
    for (uint32_t cpu = 0; hotplug && cpu < count; cpu++) {
        bool plugged = false;

        if (IMachine_getCPUStatus(c->vb, machine, cpu, &plugged, err) < 0)
            return -1;
        *current -= !plugged;
    }
    return 0;
}

int vbox_get_vcpus(eb_conn *conn, eb_uuid uuid, unsigned flags, eb_error *err)
{
    struct vbox_conn *c = vbox_conn_of(conn);
    VBOX_AUTOFOUND struct vbox_found f = {0};
    unsigned max, current;

    if (vbox_check_flags(flags, EB_AFFECT_LIVE | EB_AFFECT_CONFIG | EB_VCPU_MAXIMUM, "virDomainGetVcpusFlags",
                         err) < 0 ||
        vbox_find_accessible(c, uuid, &f, err) < 0 ||
        vbox_check_affect(c, f.vbox, uuid, flags, f.active, err) < 0 ||
        vbox_vcpus_of(c, f.machine, &max, &current, err) < 0)
        return -1;
    return (int)(flags & EB_VCPU_MAXIMUM ? max : current);
}

static int set_max_vcpus(struct vbox_edit *e, unsigned count, eb_error *err)
{
    if (e->live)
        return eb_error_set(err, EB_ERR_INVALID_ARG, "maximum vcpu count of a live domain can't be modified");
    if (IMachine_set_CPUCount(e->c->vb, e->s.machine, count, err) < 0)
        return -1;
    return vbox_edit_save(e, err);
}

/* Plugs CPUs in from the front, or unplugs them from the back; the first one stays. */
static int plug(struct vbox_edit *e, unsigned max, unsigned count, eb_error *err)
{
    for (unsigned cpu = 1; cpu < max; cpu++) {
        bool plugged = false;

        if (IMachine_getCPUStatus(e->c->vb, e->s.machine, cpu, &plugged, err) < 0)
            return -1;
        if (cpu < count && !plugged && IMachine_hotPlugCPU(e->c->vb, e->s.machine, cpu, err) < 0)
            return -1;
    }
    for (unsigned cpu = max - 1; cpu > 0 && cpu >= count; cpu--) {
        bool plugged = false;

        if (IMachine_getCPUStatus(e->c->vb, e->s.machine, cpu, &plugged, err) < 0)
            return -1;
        if (plugged && IMachine_hotUnplugCPU(e->c->vb, e->s.machine, cpu, err) < 0)
            return -1;
    }
    return 0;
}

static int set_current_vcpus(struct vbox_edit *e, unsigned count, eb_error *err)
{
    struct vbox_conn *c = e->c;
    unsigned max, current;
    bool hotplug;

    if (vbox_vcpus_of(c, e->s.machine, &max, &current, err) < 0 ||
        has_hotplug(c, e->s.machine, &hotplug, err) < 0)
        return -1;
    if (count > max)
        return eb_error_set(err, EB_ERR_INVALID_ARG,
                            "requested vcpus is greater than max allowable vcpus for the %s domain: %u > %u",
                            e->live ? "live" : "persistent", count, max);
    if (count == current)
        return 0;
    if (!hotplug && e->live)
        return eb_error_set(err, EB_ERR_OPERATION_UNSUPPORTED,
                            "the domain was started without CPU hotplug, so its vcpus cannot change");
    if (!hotplug && !vb_has(c->vb, VB_IMachine_set_CPUHotPlugEnabled))
        return eb_error_set(err, EB_ERR_OPERATION_UNSUPPORTED,
                            "this VirtualBox has no CPU hotplug: a domain has all of its maximum vcpus");
    if (!hotplug && IMachine_set_CPUHotPlugEnabled(c->vb, e->s.machine, true, err) < 0)
        return -1;
    if (plug(e, max, count, err) < 0)
        return -1;
    return vbox_edit_save(e, err);
}

int vbox_set_vcpus(eb_conn *conn, eb_uuid uuid, unsigned count, unsigned flags, eb_error *err)
{
    struct vbox_conn *c = vbox_conn_of(conn);
    VBOX_AUTOEDIT struct vbox_edit e = {0};

    if (vbox_check_flags(flags, EB_AFFECT_LIVE | EB_AFFECT_CONFIG | EB_VCPU_MAXIMUM, "virDomainSetVcpusFlags",
                         err) < 0)
        return -1;
    if (count == 0)
        return eb_error_set(err, EB_ERR_INVALID_ARG, "a domain needs at least one vcpu");
    if ((flags & EB_VCPU_MAXIMUM) && !(flags & EB_AFFECT_CONFIG))
        return eb_error_set(err, EB_ERR_INVALID_ARG,
                            "the maximum vcpu count can be changed in the configuration alone");
    if (vbox_edit_begin(c, uuid, &e, err) < 0 || vbox_check_affect(c, e.vbox, uuid, flags, e.live, err) < 0)
        return -1;
    return flags & EB_VCPU_MAXIMUM ? set_max_vcpus(&e, count, err) : set_current_vcpus(&e, count, err);
}

int vbox_get_vcpu_info(eb_conn *conn, eb_uuid uuid, eb_vcpu_info **out, eb_error *err)
{
    struct vbox_conn *c = vbox_conn_of(conn);
    VBOX_AUTOFOUND struct vbox_found f = {0};
    unsigned max, current;
    uint32_t pid = 0;

    if (vbox_find_accessible(c, uuid, &f, err) < 0)
        return -1;
    if (!f.active)
        return vbox_not_running(err);
    if (vbox_vcpus_of(c, f.machine, &max, &current, err) < 0 ||
        IMachine_get_sessionPID(c->vb, f.machine, &pid, err) < 0)
        return -1;
    *out = eb_calloc(max ? max : 1, sizeof(**out));
    for (unsigned i = 0; i < current; i++) {
        (*out)[i] = (eb_vcpu_info){.number = i, .state = f.state == MachineState_Running, .cpu = -1};
        vbox_vcpu_time(pid, i, &(*out)[i].cpu_time, &(*out)[i].cpu);
    }
    return (int)current;
}
