/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How much of the host domains may use, as typed parameters: kept in their definitions. Names, order, types
 * and complaints are those of libvirt's test driver. pins.c has what is about CPUs. */
#include "test/tune.h"

#include <limits.h>

#include "base/cpuset.h"
#include "base/strbuf.h"

/** KiB: what libvirt says where there is no limit. */
#define UNLIMITED 9007199254740991u
enum { FLAGS = EB_AFFECT_LIVE | EB_AFFECT_CONFIG | EB_PARAM_STRING_OKAY };

static int get_u64(const eb_param *params, size_t n, const char *field, uint64_t *out)
{
    const eb_param *p = eb_params_find(params, n, field);

    if (p)
        *out = p->value.ul;
    return p != NULL;
}

/* ---- The scheduler: it has one parameter, which nothing changes ---- */

enum { WEIGHT = 50 };
static const struct eb_param_rule scheduler_rules[] = {{"weight", EB_PARAM_UINT}};

static int get_scheduler(const struct tuned *t EB_UNUSED, struct eb_param_list *list, eb_error *err EB_UNUSED)
{
    eb_params_add_uint(list, WEIGHT, "weight");
    return 0;
}

static int set_scheduler(struct tuned *t EB_UNUSED, const eb_param *params EB_UNUSED, size_t n EB_UNUSED,
                         eb_error *err EB_UNUSED)
{
    return 0;
}

/* ---- Memory ---- */

static const struct eb_param_rule memory_rules[] = {
    {"hard_limit", EB_PARAM_ULLONG},
    {"soft_limit", EB_PARAM_ULLONG},
    {"swap_hard_limit", EB_PARAM_ULLONG},
};

static uint64_t *memory_limit(struct eb_tuning *tune, size_t i)
{
    uint64_t *const limits[] = {&tune->hard_limit, &tune->soft_limit, &tune->swap_hard_limit};

    return limits[i];
}

static uint64_t limit_or(uint64_t kib)
{
    return kib ? kib : UNLIMITED;
}

static int get_memory(const struct tuned *t, struct eb_param_list *list, eb_error *err EB_UNUSED)
{
    for (size_t i = 0; i < EB_ARRAY_SIZE(memory_rules); i++)
        eb_params_add_ullong(list, limit_or(*memory_limit(&t->def->tune, i)), "%s", memory_rules[i].field);
    return 0;
}

static int set_memory(struct tuned *t, const eb_param *params, size_t n, eb_error *err)
{
    struct eb_tuning *tune = &t->def->tune;

    for (size_t i = 0; i < EB_ARRAY_SIZE(memory_rules); i++) {
        uint64_t *limit = memory_limit(tune, i);

        if (get_u64(params, n, memory_rules[i].field, limit) && *limit >= UNLIMITED)
            *limit = 0;
    }
    if (limit_or(tune->hard_limit) > limit_or(tune->swap_hard_limit))
        return eb_error_set(err, EB_ERR_INVALID_ARG,
                            "memory hard_limit tunable value must be lower than or equal to swap_hard_limit");
    return 0;
}

/* ---- Input and output of block devices of the host ---- */

static const struct eb_param_rule blkio_rules[] = {
    {"weight", EB_PARAM_UINT},
    {"device_weight", EB_PARAM_STRING},
    {"device_read_iops_sec", EB_PARAM_STRING},
    {"device_write_iops_sec", EB_PARAM_STRING},
    {"device_read_bytes_sec", EB_PARAM_STRING},
    {"device_write_bytes_sec", EB_PARAM_STRING},
};

static uint64_t blkio_value(const struct eb_blkio_device *d, size_t rule)
{
    const uint64_t values[] = {
        0, d->weight, d->read_iops_sec, d->write_iops_sec, d->read_bytes_sec, d->write_bytes_sec,
    };

    return values[rule];
}

static void blkio_set(struct eb_blkio_device *d, size_t rule, uint64_t value)
{
    unsigned *const numbers[] = {NULL, &d->weight, &d->read_iops_sec, &d->write_iops_sec};

    if (rule < EB_ARRAY_SIZE(numbers))
        *numbers[rule] = (unsigned)value;
    else
        *(rule == 4 ? &d->read_bytes_sec : &d->write_bytes_sec) = value;
}

static int get_blkio(const struct tuned *t, struct eb_param_list *list, eb_error *err EB_UNUSED)
{
    const struct eb_tuning *tune = &t->def->tune;

    eb_params_add_uint(list, tune->blkio_weight, "weight");
    for (size_t rule = 1; rule < EB_ARRAY_SIZE(blkio_rules); rule++) {
        EB_AUTOSTRBUF struct eb_strbuf text = {0};

        for (size_t i = 0; i < tune->n_blkio_devices; i++) {
            uint64_t value = blkio_value(&tune->blkio_devices[i], rule);

            if (value)
                eb_strbuf_printf(&text, "%s%s,%llu", text.len ? "," : "", tune->blkio_devices[i].path,
                                 (unsigned long long)value);
        }
        eb_params_add_string(list, text.s ? text.s : "", "%s", blkio_rules[rule].field);
    }
    return 0;
}

/* "path,value,path,value…" */
static int set_devices(struct eb_tuning *tune, size_t rule, const char *text, eb_error *err)
{
    const char *field = blkio_rules[rule].field;
    const char *p = text;

    do {
        const char *comma = strchr(p, ',');
        EB_AUTOFREE char *path = NULL;
        EB_AUTOFREE char *number = NULL;
        uint64_t value;

        if (!comma)
            return eb_error_set(err, EB_ERR_INVALID_ARG, "unable to parse blkio device '%s' '%s'", field,
                                text);
        path = eb_strndup(p, (size_t)(comma - p));
        number = eb_strndup(comma + 1, strcspn(comma + 1, ","));
        if (!eb_parse_u64(number, rule < 4 ? UINT_MAX : UINT64_MAX, &value))
            return eb_error_set(err, EB_ERR_INVALID_ARG,
                                "invalid value '%s' for parameter '%s' of device '%s'", number, field, path);
        blkio_set(eb_blkio_device_need(tune, path), rule, value);
        p = comma + 1 + strlen(number);
    } while (*p++);
    return 0;
}

static int set_blkio(struct tuned *t, const eb_param *params, size_t n, eb_error *err)
{
    const eb_param *weight = eb_params_find(params, n, "weight");

    if (weight)
        t->def->tune.blkio_weight = weight->value.ui;
    for (size_t rule = 1; rule < EB_ARRAY_SIZE(blkio_rules); rule++) {
        const eb_param *p = eb_params_find(params, n, blkio_rules[rule].field);

        if (p && set_devices(&t->def->tune, rule, p->value.s, err) < 0)
            return -1;
    }
    return 0;
}

/* ---- Memory cells ---- */

static const struct eb_param_rule numa_rules[] = {{"numa_mode", EB_PARAM_INT},
                                                  {"numa_nodeset", EB_PARAM_STRING}};
static const char *const numa_modes[] = {"strict", "preferred", "interleave", "restrictive"};

static int numa_mode(const struct eb_tuning *tune)
{
    for (size_t i = 0; i < EB_ARRAY_SIZE(numa_modes); i++) {
        if (eb_streq(tune->numa_mode, numa_modes[i]))
            return (int)i;
    }
    return 0;
}

static int get_numa(const struct tuned *t, struct eb_param_list *list, eb_error *err EB_UNUSED)
{
    const struct eb_tuning *tune = &t->def->tune;

    eb_params_add_int(list, numa_mode(tune), "numa_mode");
    eb_params_add_string(list, tune->numa_nodeset ? tune->numa_nodeset : "", "numa_nodeset");
    return 0;
}

static int set_numa(struct tuned *t, const eb_param *params, size_t n, eb_error *err)
{
    struct eb_tuning *tune = &t->def->tune;
    const eb_param *mode = eb_params_find(params, n, "numa_mode");
    const eb_param *nodeset = eb_params_find(params, n, "numa_nodeset");
    unsigned char map[EB_CPUSET_BYTES];

    if (mode && (mode->value.i < 0 || (size_t)mode->value.i >= EB_ARRAY_SIZE(numa_modes)))
        return eb_error_set(err, EB_ERR_INVALID_ARG, "unsupported numatune mode: '%d'", mode->value.i);
    if (nodeset && !eb_cpuset_parse(nodeset->value.s, map))
        return eb_error_set(err, EB_ERR_INVALID_ARG, "Failed to parse bitmap '%s'", nodeset->value.s);
    if (mode && t->live && tune->numa_mode && numa_mode(tune) != mode->value.i)
        return eb_error_set(err, EB_ERR_OPERATION_INVALID, "can't change numatune mode for running domain");
    if (!nodeset && !tune->numa_nodeset)
        return eb_error_set_from(err, EB_FROM_DOMAIN, EB_ERR_CONFIG_UNSUPPORTED,
                                 "nodeset for NUMA memory tuning must be set if 'placement' is 'static'");
    if (mode || !tune->numa_mode)
        eb_replace_string(&tune->numa_mode, numa_modes[mode ? mode->value.i : 0]);
    if (nodeset) {
        free(tune->numa_nodeset);
        tune->numa_nodeset = eb_cpuset_format(map, sizeof(map));
    }
    return 0;
}

/* ---- Performance events ---- */

static int get_perf(const struct tuned *t, struct eb_param_list *list, eb_error *err EB_UNUSED)
{
    const struct eb_tuning *tune = &t->def->tune;

    for (int name = 0; name < (int)EB_PERF_LAST; name++) {
        bool enabled = false;

        for (size_t i = 0; i < tune->n_perf; i++)
            enabled = enabled || ((int)tune->perf[i].name == name && tune->perf[i].enabled);
        eb_params_add_bool(list, enabled, "%s", eb_perf_name_to_string(name));
    }
    return 0;
}

static int set_perf(struct tuned *t, const eb_param *params, size_t n, eb_error *err EB_UNUSED)
{
    for (size_t i = 0; i < n; i++)
        eb_perf_set(&t->def->tune, (enum eb_perf_name)eb_perf_name_from_string(params[i].field),
                    params[i].value.b != 0);
    return 0;
}

/* ---- A disk ---- */

#define MOST_PER_SECOND 1000000000000000u

static struct eb_iotune *find_iotune(const struct tuned *t)
{
    for (size_t i = 0; i < t->def->n_disks; i++) {
        struct eb_disk *disk = &t->def->disks[i];

        if (eb_streq(disk->target, t->device) || eb_streq(disk->source, t->device))
            return &disk->iotune;
    }
    return NULL;
}

static int get_block_io(const struct tuned *t, struct eb_param_list *list, eb_error *err)
{
    struct eb_iotune *iotune = find_iotune(t);

    if (!iotune)
        return eb_error_set(err, EB_ERR_INVALID_ARG, "disk '%s' was not found in the domain config",
                            t->device);
    for (size_t i = 0; i < EB_IOTUNE_FIELDS; i++) {
        if (i == EB_IOTUNE_FIRST_LENGTH)
            eb_params_add_string(list, iotune->group_name ? iotune->group_name : "", "group_name");
        eb_params_add_ullong(list, *eb_iotune_at(iotune, i), "%s", eb_iotune_fields[i].name);
    }
    return 0;
}

/* As libvirt's test driver has it, a limit needs a larger one for bursts. */
static int check_bursts(struct eb_iotune *iotune, eb_error *err)
{
    enum { LIMITS = 6 };

    for (size_t i = 0; i < LIMITS; i++) {
        if (*eb_iotune_at(iotune, i) > *eb_iotune_at(iotune, i + LIMITS))
            return eb_error_set(err, EB_ERR_INVALID_ARG, "%s cannot be set higher than %s_max",
                                eb_iotune_fields[i].name, eb_iotune_fields[i].name);
    }
    return 0;
}

static int set_block_io(struct tuned *t, const eb_param *params, size_t n, eb_error *err)
{
    struct eb_iotune *iotune = find_iotune(t);
    const eb_param *group = eb_params_find(params, n, "group_name");

    if (!iotune)
        return eb_error_set(err, EB_ERR_INVALID_ARG, "missing persistent configuration for disk '%s'",
                            t->device);
    for (size_t i = 0; i < EB_IOTUNE_FIELDS; i++) {
        uint64_t *value = eb_iotune_at(iotune, i);

        if (get_u64(params, n, eb_iotune_fields[i].name, value) && *value > MOST_PER_SECOND)
            return eb_error_set(err, EB_ERR_ARGUMENT_UNSUPPORTED,
                                "block I/O throttle limit value must be no more than %llu",
                                (unsigned long long)MOST_PER_SECOND);
    }
    if (group)
        eb_replace_string(&iotune->group_name, *group->value.s ? group->value.s : NULL);
    return eb_iotune_check(iotune, EB_ERR_INVALID_ARG, err) < 0 ? -1 : check_bursts(iotune, err);
}

/* ---- An interface ---- */

static const struct eb_param_rule interface_rules[] = {
    {"inbound.average", EB_PARAM_UINT}, {"inbound.peak", EB_PARAM_UINT},     {"inbound.burst", EB_PARAM_UINT},
    {"inbound.floor", EB_PARAM_UINT},   {"outbound.average", EB_PARAM_UINT}, {"outbound.peak", EB_PARAM_UINT},
    {"outbound.burst", EB_PARAM_UINT},
};
enum { FIRST_OUTBOUND = 4 };

static uint64_t *rate_member(struct eb_rate *rate, size_t i)
{
    uint64_t *const members[] = {&rate->average, &rate->peak, &rate->burst, &rate->floor};

    return members[i % FIRST_OUTBOUND];
}

static struct eb_interface *find_interface(const struct tuned *t, eb_error *err)
{
    const struct eb_interface *found = test_find_interface(t->def, t->device);

    if (!found)
        eb_error_set(err, EB_ERR_INVALID_ARG, "'%s' is not a known interface", t->device);
    return found ? &t->def->interfaces[found - t->def->interfaces] : NULL;
}

static int get_interface(const struct tuned *t, struct eb_param_list *list, eb_error *err)
{
    struct eb_interface *net = find_interface(t, err);

    for (size_t i = 0; net && i < EB_ARRAY_SIZE(interface_rules); i++)
        eb_params_add_uint(list,
                           (unsigned)*rate_member(i < FIRST_OUTBOUND ? &net->inbound : &net->outbound, i),
                           "%s", interface_rules[i].field);
    return net ? 0 : -1;
}

/* What is said of a direction is all of it. */
static int set_interface(struct tuned *t, const eb_param *params, size_t n, eb_error *err)
{
    struct eb_interface *net = find_interface(t, err);
    struct eb_rate said[2] = {{0}};
    bool any[2] = {false};

    if (!net)
        return -1;
    for (size_t i = 0; i < EB_ARRAY_SIZE(interface_rules); i++) {
        const eb_param *p = eb_params_find(params, n, interface_rules[i].field);
        size_t direction = i >= FIRST_OUTBOUND;

        if (p)
            *rate_member(&said[direction], i) = p->value.ui;
        any[direction] = any[direction] || p;
    }
    for (size_t direction = 0; direction < 2; direction++) {
        if (any[direction])
            *(direction ? &net->outbound : &net->inbound) =
                eb_rate_is_set(&said[direction]) ? said[direction] : (struct eb_rate){0};
    }
    return 0;
}

/* ---- All of them ---- */

static const struct {
    const char *get, *set;
    const struct eb_param_rule *rules; /* NULL: made anew, see below */
    size_t n_rules;
    int (*read)(const struct tuned *t, struct eb_param_list *list, eb_error *err);
    int (*change)(struct tuned *t, const eb_param *params, size_t n, eb_error *err);
} kinds[EB_TUNING_LAST] = {
#define KIND(name, Name)                                                                                     \
    "testDomainGet" Name, "testDomainSet" Name, name##_rules, EB_ARRAY_SIZE(name##_rules), get_##name,       \
        set_##name
    [EB_TUNING_SCHEDULER] = {KIND(scheduler, "SchedulerParametersFlags")},
    [EB_TUNING_MEMORY] = {KIND(memory, "MemoryParameters")},
    [EB_TUNING_BLKIO] = {KIND(blkio, "BlkioParameters")},
    [EB_TUNING_NUMA] = {KIND(numa, "NumaParameters")},
    [EB_TUNING_PERF] = {"testDomainGetPerfEvents", "testDomainSetPerfEvents", NULL, 0, get_perf, set_perf},
    [EB_TUNING_BLOCK_IO] = {"testDomainGetBlockIoTune", "testDomainSetBlockIoTune", NULL, 0, get_block_io,
                            set_block_io},
    [EB_TUNING_INTERFACE] = {KIND(interface, "InterfaceParameters")},
#undef KIND
};

/* The rules of the kinds whose parameters the model names. */
static size_t make_rules(eb_tuning_kind kind, struct eb_param_rule *rules)
{
    size_t n = 0;

    for (int i = 0; kind == EB_TUNING_PERF && i < (int)EB_PERF_LAST; i++)
        rules[n++] = (struct eb_param_rule){eb_perf_name_to_string(i), EB_PARAM_BOOLEAN};
    for (size_t i = 0; kind == EB_TUNING_BLOCK_IO && i < EB_IOTUNE_FIELDS; i++)
        rules[n++] = (struct eb_param_rule){eb_iotune_fields[i].name, EB_PARAM_ULLONG};
    if (kind == EB_TUNING_BLOCK_IO)
        rules[n++] = (struct eb_param_rule){"group_name", EB_PARAM_STRING};
    return n;
}

static int check_params(eb_tuning_kind kind, const eb_param *params, size_t n, eb_error *err)
{
    struct eb_param_rule rules[EB_PERF_LAST];

    if (kinds[kind].rules)
        return eb_params_check(params, n, kinds[kind].rules, kinds[kind].n_rules, err);
    return eb_params_check(params, n, rules, make_rules(kind, rules), err);
}

/* Schedulers have no flags. */
static unsigned flags_of(eb_tuning_kind kind)
{
    return kind == EB_TUNING_SCHEDULER || kind == EB_TUNING_LAUNCH_SECURITY ? 0 : FLAGS;
}

static int get_params(eb_conn *conn, eb_uuid uuid, eb_tuning_kind kind, const char *device, unsigned flags,
                      eb_param **out, eb_error *err)
{
    TEST_AUTOLEAVE struct test_world *world = test_world_enter(conn);
    struct eb_param_rule rules[EB_PERF_LAST];
    struct eb_param_list list = {0};
    struct tuned t = {.device = device};
    struct test_domain *dom;

    if (eb_check_flags(flags, flags_of(kind),
                       kinds[kind].get ? kinds[kind].get : "testDomainGetLaunchSecurityInfo", err) < 0)
        return -1;
    if (!out)
        return (int)(kinds[kind].rules ? kinds[kind].n_rules : make_rules(kind, rules));
    dom = test_need(world, uuid, err);
    if (!dom || !(t.def = test_resolve_one(dom, flags & ~(unsigned)EB_PARAM_STRING_OKAY, err)) ||
        (kinds[kind].read && kinds[kind].read(&t, &list, err) < 0))
        return -1;
    return eb_params_give(&list, out);
}

static int set_params(eb_conn *conn, eb_uuid uuid, eb_tuning_kind kind, const char *device,
                      const eb_param *params, size_t n, unsigned flags, eb_error *err)
{
    TEST_AUTOLEAVE struct test_world *world = test_world_enter(conn);
    EB_AUTODEF struct eb_domain_def *changed = NULL;
    struct tuned t = {.device = device};
    struct eb_domain_def *def, old;
    struct test_domain *dom;

    if (!kinds[kind].change)
        return eb_tuning_no_support(conn, kind, true, flags, err);
    if (eb_check_flags(flags, flags_of(kind), kinds[kind].set, err) < 0 ||
        check_params(kind, params, n, err) < 0)
        return -1;
    dom = test_need(world, uuid, err);
    def = dom ? test_resolve_one(dom, flags & ~(unsigned)EB_PARAM_STRING_OKAY, err) : NULL;
    if (!def)
        return -1;
    changed = eb_domain_def_copy(def);
    t.def = changed;
    t.live = test_is_active(dom) && def == dom->def;
    if (kinds[kind].change(&t, params, n, err) < 0)
        return -1;
    old = *def;
    *def = *changed;
    *changed = old;
    /* domains are found by the name where it is */
    changed->name = def->name;
    def->name = old.name;
    return 0;
}

static int scheduler_type(eb_conn *conn, eb_uuid uuid, char **out, eb_error *err)
{
    TEST_AUTOLEAVE struct test_world *world = test_world_enter(conn);

    if (!test_need(world, uuid, err))
        return -1;
    *out = eb_strdup("fair");
    return EB_ARRAY_SIZE(scheduler_rules);
}

const struct eb_driver_tune_ops test_tune_ops = {
    .get_params = get_params,
    .set_params = set_params,
    .scheduler_type = scheduler_type,
    .vcpu_pins = test_vcpu_pins,
    .pin_vcpu = test_pin_vcpu,
    .emulator_pin = test_emulator_pin,
    .pin_emulator = test_pin_emulator,
    .iothreads = test_iothreads,
    .pin_iothread = test_pin_iothread,
    .add_iothread = test_add_iothread,
    .del_iothread = test_del_iothread,
    .set_iothread = test_set_iothread,
};
