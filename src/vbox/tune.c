/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * How much of the host a domain may use, as far as VirtualBox can say it: the cap of what processors may use
 * (machine_tune.c) is a scheduler's quota, bandwidth groups (machine_bandwidth.c) are the limits of a disk
 * and of what an interface sends. A change goes the way of a definition's, and a running machine takes it at
 * once.
 */
#include "vbox/tune.h"

#include "base/cpuset.h"
#include "core/params.h"
#include "model/mac.h"
#include "vbox/device_ops.h"
#include "vbox/machine.h"

#include <limits.h>
#include <strings.h>

enum { FLAGS = EB_AFFECT_LIVE | EB_AFFECT_CONFIG | EB_PARAM_STRING_OKAY };

/* A definition, and the device of it that is asked for. */
struct subject {
    struct eb_domain_def *def;
    const char *device;
};

/* ---- Processors ---- */

enum { MIN_US = 1000, MAX_PERIOD_US = 1000000 };
#define MAX_QUOTA_US 17592186044415
static const struct eb_param_rule scheduler_rules[] = {{"vcpu_period", EB_PARAM_ULLONG},
                                                       {"vcpu_quota", EB_PARAM_LLONG}};

static int get_scheduler(const struct subject *s, struct eb_param_list *list, eb_error *err EB_UNUSED)
{
    const struct eb_tuning *tune = &s->def->tune;

    eb_params_add_ullong(list, vbox_cap_period(), "vcpu_period");
    eb_params_add_llong(list, tune->quota_set ? tune->quota : -1, "vcpu_quota");
    return 0;
}

static int set_scheduler(struct subject *s, const eb_param *params, size_t n, eb_error *err)
{
    const eb_param *period = eb_params_find(params, n, "vcpu_period");
    const eb_param *quota = eb_params_find(params, n, "vcpu_quota");
    struct eb_tuning *tune = &s->def->tune;

    if (period && (period->value.ul < MIN_US || period->value.ul > MAX_PERIOD_US))
        return eb_error_set(err, EB_ERR_INVALID_ARG, "value of 'vcpu_period' is out of range [%d, %d]",
                            MIN_US, MAX_PERIOD_US);
    if (quota && quota->value.l >= 0 && (quota->value.l < MIN_US || quota->value.l > MAX_QUOTA_US))
        return eb_error_set(err, EB_ERR_INVALID_ARG, "value of 'vcpu_quota' is out of range [%d, %lld]",
                            MIN_US, (long long)MAX_QUOTA_US);
    tune->period = period ? period->value.ul : vbox_cap_period();
    tune->quota = quota ? quota->value.l : tune->quota_set ? tune->quota : -1;
    tune->quota_set = true;
    return 0;
}

/* ---- A disk ---- */

static const struct eb_param_rule block_io_rules[] = {{"total_bytes_sec", EB_PARAM_ULLONG},
                                                      {"group_name", EB_PARAM_STRING}};

static struct eb_iotune *find_iotune(const struct subject *s, eb_error *err)
{
    for (size_t i = 0; i < s->def->n_disks; i++) {
        struct eb_disk *disk = &s->def->disks[i];

        if (eb_streq(disk->target, s->device) || eb_streq(disk->source, s->device))
            return &disk->iotune;
    }
    eb_error_set(err, EB_ERR_INVALID_ARG, "disk '%s' was not found in the domain config", s->device);
    return NULL;
}

static int get_block_io(const struct subject *s, struct eb_param_list *list, eb_error *err)
{
    const struct eb_iotune *iotune = find_iotune(s, err);

    if (!iotune)
        return -1;
    eb_params_add_ullong(list, iotune->total_bytes_sec, "total_bytes_sec");
    eb_params_add_string(list, iotune->group_name ? iotune->group_name : "", "group_name");
    return 0;
}

/* The drives of a group share its limit. */
static void share_limit(struct eb_domain_def *def, const struct eb_iotune *with)
{
    for (size_t i = 0; with->group_name && i < def->n_disks; i++) {
        if (eb_streq(def->disks[i].iotune.group_name, with->group_name))
            def->disks[i].iotune.total_bytes_sec = with->total_bytes_sec;
    }
}

/* What the group has already; 0: there is none. */
static uint64_t limit_of(const struct eb_domain_def *def, const char *group)
{
    for (size_t i = 0; i < def->n_disks; i++) {
        if (eb_streq(def->disks[i].iotune.group_name, group))
            return def->disks[i].iotune.total_bytes_sec;
    }
    return 0;
}

static int set_block_io(struct subject *s, const eb_param *params, size_t n, eb_error *err)
{
    const eb_param *total = eb_params_find(params, n, "total_bytes_sec");
    const eb_param *group = eb_params_find(params, n, "group_name");
    struct eb_iotune *iotune = find_iotune(s, err);

    if (!iotune)
        return -1;
    if (group && *group->value.s && !total && limit_of(s->def, group->value.s))
        iotune->total_bytes_sec = limit_of(s->def, group->value.s);
    if (group)
        eb_replace_string(&iotune->group_name, *group->value.s ? group->value.s : NULL);
    if (total)
        iotune->total_bytes_sec = total->value.ul;
    if (!iotune->total_bytes_sec && !group) /* no limit: it leaves its group, whose others keep theirs */
        eb_replace_string(&iotune->group_name, NULL);
    share_limit(s->def, iotune);
    return 0;
}

/* ---- An interface ---- */

static const struct eb_param_rule interface_rules[] = {
    {"inbound.average", EB_PARAM_UINT}, {"inbound.peak", EB_PARAM_UINT},     {"inbound.burst", EB_PARAM_UINT},
    {"inbound.floor", EB_PARAM_UINT},   {"outbound.average", EB_PARAM_UINT}, {"outbound.peak", EB_PARAM_UINT},
    {"outbound.burst", EB_PARAM_UINT},
};
enum { OUTBOUND_AVERAGE = 4 };

static struct eb_interface *find_interface(const struct subject *s, eb_error *err)
{
    for (size_t i = 0; i < s->def->n_interfaces; i++) {
        struct eb_interface *net = &s->def->interfaces[i];
        char mac[EB_MAC_STRLEN + 1];

        if (eb_streq(net->target, s->device) ||
            (net->has_mac && strcasecmp(eb_mac_format(net->mac, mac), s->device) == 0))
            return net;
    }
    eb_error_set(err, EB_ERR_INVALID_ARG, "'%s' is not a known interface", s->device);
    return NULL;
}

static int get_interface(const struct subject *s, struct eb_param_list *list, eb_error *err)
{
    const struct eb_interface *net = find_interface(s, err);

    for (size_t i = 0; net && i < EB_ARRAY_SIZE(interface_rules); i++) {
        uint64_t average = i == OUTBOUND_AVERAGE ? net->outbound.average : 0;

        eb_params_add_uint(list, average > UINT_MAX ? UINT_MAX : (unsigned)average, "%s",
                           interface_rules[i].field);
    }
    return net ? 0 : -1;
}

/* Clients send all that libvirt knows of a direction: zeros are fine. */
static int set_interface(struct subject *s, const eb_param *params, size_t n, eb_error *err)
{
    struct eb_interface *net = find_interface(s, err);

    for (size_t i = 0; net && i < n; i++) {
        if (eb_streq(params[i].field, interface_rules[OUTBOUND_AVERAGE].field))
            net->outbound.average = params[i].value.ui;
        else if (params[i].value.ui)
            return eb_error_set(err, EB_ERR_ARGUMENT_UNSUPPORTED,
                                "parameter '%s' not supported: VirtualBox limits the average of what a guest "
                                "sends",
                                params[i].field);
    }
    return net ? 0 : -1;
}

/* ---- All of them ---- */

static const struct {
    const struct eb_param_rule *rules; /* NULL: VirtualBox has nothing of the kind */
    size_t n_rules;
    const char *get, *set;
    enum vb_member member; /* without it this VirtualBox has nothing of it */
    int (*read)(const struct subject *s, struct eb_param_list *list, eb_error *err);
    int (*change)(struct subject *s, const eb_param *params, size_t n, eb_error *err);
} kinds[EB_TUNING_LAST] = {
#define KIND(name, getter, setter, member)                                                                   \
    {                                                                                                        \
        name##_rules, EB_ARRAY_SIZE(name##_rules), getter, setter, VB_##member, get_##name, set_##name       \
    }
    [EB_TUNING_SCHEDULER] = KIND(scheduler, "virDomainGetSchedulerParametersFlags",
                                 "virDomainSetSchedulerParametersFlags", IMachine_set_CPUExecutionCap),
    [EB_TUNING_BLOCK_IO] = KIND(block_io, "virDomainGetBlockIoTune", "virDomainSetBlockIoTune",
                                IMachine_setBandwidthGroupForDevice),
    [EB_TUNING_INTERFACE] = KIND(interface, "virDomainGetInterfaceParameters",
                                 "virDomainSetInterfaceParameters", INetworkAdapter_set_bandwidthGroup),
#undef KIND
};

static bool has(struct vbox_conn *c, eb_tuning_kind kind)
{
    return kinds[kind].rules && vb_has(c->vb, kinds[kind].member);
}

static int get_params(eb_conn *conn, eb_uuid uuid, eb_tuning_kind kind, const char *device, unsigned flags,
                      eb_param **out, eb_error *err)
{
    struct vbox_conn *c = vbox_conn_of(conn);
    EB_AUTODEF struct eb_domain_def *def = NULL;
    VBOX_AUTOFOUND struct vbox_found f = {0};
    struct eb_param_list list = {0};
    struct subject s = {.device = device};

    if (kinds[kind].rules && !out)
        return has(c, kind) ? (int)kinds[kind].n_rules : eb_tuning_no_support(conn, kind, false, flags, err);
    if (vbox_find_accessible(c, uuid, &f, err) < 0)
        return -1;
    if (!has(c, kind))
        return eb_tuning_no_support(conn, kind, false, flags, err);
    if (vbox_check_flags(flags, FLAGS, kinds[kind].get, err) < 0 ||
        vbox_check_affect(c, f.vbox, uuid, flags, f.active, err) < 0 || vbox_domain_def(&f, 0, &def, err) < 0)
        return -1;
    s.def = def;
    return kinds[kind].read(&s, &list, err) < 0 ? -1 : eb_params_give(&list, out);
}

static int change(struct vbox_edit *e, eb_tuning_kind kind, const char *device, const eb_param *params,
                  size_t n, eb_error *err)
{
    EB_AUTODEF struct eb_domain_def *old = NULL;
    EB_AUTODEF struct eb_domain_def *def = NULL;
    struct subject s = {.device = device};

    if (vbox_read_def(e->c, e->s.machine, EB_XML_SECURE, &old, err) < 0)
        return -1;
    s.def = def = eb_domain_def_copy(old);
    if (kinds[kind].change(&s, params, n, err) < 0 || vbox_check_def(e->c, def, err) < 0)
        return -1;
    if (vbox_apply_def(e->c, e->s.machine, def, old, err) < 0) {
        vbox_change_back(e, old);
        return -1;
    }
    return vbox_edit_save(e, err);
}

static int set_params(eb_conn *conn, eb_uuid uuid, eb_tuning_kind kind, const char *device,
                      const eb_param *params, size_t n, unsigned flags, eb_error *err)
{
    struct vbox_conn *c = vbox_conn_of(conn);
    VBOX_AUTOEDIT struct vbox_edit e = {0};

    if (!kinds[kind].rules)
        return eb_tuning_no_support(conn, kind, true, flags, err);
    if (vbox_edit_begin(c, uuid, &e, err) < 0)
        return -1;
    if (!has(c, kind))
        return eb_tuning_no_support(conn, kind, true, flags, err);
    if (vbox_check_flags(flags, FLAGS, kinds[kind].set, err) < 0 ||
        eb_params_check(params, n, kinds[kind].rules, kinds[kind].n_rules, err) < 0 ||
        vbox_check_affect(c, e.vbox, uuid, flags, e.live, err) < 0)
        return -1;
    return change(&e, kind, device, params, n, err);
}

static int scheduler_type(eb_conn *conn, eb_uuid uuid, char **out, eb_error *err)
{
    struct vbox_conn *c = vbox_conn_of(conn);
    VBOX_AUTOFOUND struct vbox_found f = {0};

    if (vbox_find_accessible(c, uuid, &f, err) < 0)
        return -1;
    if (!has(c, EB_TUNING_SCHEDULER))
        return eb_error_set(err, EB_ERR_NO_SUPPORT, "virDomainGetSchedulerType");
    *out = eb_strdup("posix");
    return EB_ARRAY_SIZE(scheduler_rules);
}

/* VirtualBox pins nothing: each virtual CPU may run on all of the host's. */
static int vcpu_pins(eb_conn *conn, eb_uuid uuid, unsigned flags, unsigned char **maps, unsigned *length,
                     eb_error *err)
{
    struct vbox_conn *c = vbox_conn_of(conn);
    VBOX_AUTOFOUND struct vbox_found f = {0};
    unsigned max, current, cpus;
    eb_node_info node;

    if (vbox_check_flags(flags, EB_AFFECT_LIVE | EB_AFFECT_CONFIG, "virDomainGetVcpuPinInfo", err) < 0 ||
        vbox_find_accessible(c, uuid, &f, err) < 0 ||
        vbox_check_affect(c, f.vbox, uuid, flags, f.active, err) < 0 ||
        vbox_vcpus_of(c, f.machine, &max, &current, err) < 0 || vbox_node_get_info(conn, &node, err) < 0)
        return -1;
    cpus = node.nodes * node.sockets * node.cores * node.threads;
    *length = (cpus + 7) / 8;
    *maps = eb_calloc((size_t)max + 1, *length);
    for (unsigned vcpu = 0; vcpu < max; vcpu++)
        for (unsigned cpu = 0; cpu < cpus; cpu++)
            eb_cpuset_add(*maps + (size_t)vcpu * *length, cpu);
    return (int)max;
}

const struct eb_driver_tune_ops vbox_tune_ops = {
    .get_params = get_params,
    .set_params = set_params,
    .scheduler_type = scheduler_type,
    .vcpu_pins = vcpu_pins,
};
