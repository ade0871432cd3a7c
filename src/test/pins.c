/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which CPUs of the host a domain's virtual CPUs, its emulator and its threads for input and output may run
 * on, and those threads themselves. */
#include "base/cpuset.h"
#include "test/tune.h"

enum { FLAGS = EB_AFFECT_LIVE | EB_AFFECT_CONFIG };

/* ---- Maps ---- */

static unsigned host_cpus(const struct test_world *world)
{
    const eb_node_info *node = &world->node;

    return node->nodes * node->sockets * node->cores * node->threads;
}

static unsigned map_length(const struct test_world *world)
{
    return (host_cpus(world) + 7) / 8;
}

/* `pinned` or what the domain has, or the first `n` CPUs. */
static void fill_map(const struct eb_domain_def *def, const char *pinned, unsigned n, unsigned char *map)
{
    const char *set = pinned ? pinned : def->cpuset;

    if (set) {
        (void)eb_cpuset_parse(set, map); /* the model keeps no others */
        return;
    }
    memset(map, 0, EB_CPUSET_BYTES);
    for (unsigned cpu = 0; cpu < n && cpu < EB_CPUSET_BITS; cpu++)
        eb_cpuset_add(map, cpu);
}

static const char *pinned_to(const struct eb_pin *pin)
{
    return pin ? pin->cpuset : NULL;
}

void test_vcpu_map(const struct test_world *world, const struct eb_domain_def *def, unsigned vcpu,
                   unsigned char *map)
{
    fill_map(def, pinned_to(eb_pin_find(def->tune.vcpu_pins, def->tune.n_vcpu_pins, vcpu)), host_cpus(world),
             map);
}

/* The text of a map that a client gave; NULL with an error for an empty one. */
static char *set_of(const unsigned char *map, unsigned length, const char *whose, eb_error *err)
{
    EB_AUTOFREE char *set =
        eb_cpuset_format(map, length < EB_CPUSET_BYTES ? length : (unsigned)EB_CPUSET_BYTES);

    if (*set)
        return EB_STEAL(set);
    eb_error_set(err, EB_ERR_INVALID_ARG, "Empty cpu list for %s", whose);
    return NULL;
}

/* ---- Virtual CPUs ---- */

int test_vcpu_pins(eb_conn *conn, eb_uuid uuid, unsigned flags, unsigned char **maps, unsigned *length,
                   eb_error *err)
{
    TEST_AUTOLEAVE struct test_world *world = test_world_enter(conn);
    struct eb_domain_def *def;
    struct test_domain *dom;

    if (eb_check_flags(flags, FLAGS, "testDomainGetVcpuPinInfo", err) < 0)
        return -1;
    dom = test_need(world, uuid, err);
    def = dom ? test_resolve_one(dom, flags, err) : NULL;
    if (!def)
        return -1;
    *length = map_length(world);
    *maps = eb_calloc(def->max_vcpus + 1u, *length);
    for (unsigned i = 0; i < def->max_vcpus; i++) {
        unsigned char map[EB_CPUSET_BYTES];

        test_vcpu_map(world, def, i, map);
        memcpy(*maps + (size_t)i * *length, map, *length);
    }
    return (int)def->max_vcpus;
}

int test_pin_vcpu(eb_conn *conn, eb_uuid uuid, unsigned vcpu, const unsigned char *map, unsigned length,
                  unsigned flags, eb_error *err)
{
    TEST_AUTOLEAVE struct test_world *world = test_world_enter(conn);
    EB_AUTOFREE char *set = NULL;
    struct test_domain *dom;

    if (eb_check_flags(flags, 0, "testDomainPinVcpuFlags", err) < 0)
        return -1;
    dom = test_need(world, uuid, err);
    if (!dom)
        return -1;
    if (!test_is_active(dom))
        return eb_error_set(err, EB_ERR_OPERATION_INVALID, "cannot pin vcpus on an inactive domain");
    if (vcpu >= dom->def->vcpus)
        return eb_error_set(err, EB_ERR_INVALID_ARG, "requested vcpu '%u' is not present in the domain",
                            vcpu);
    set = set_of(map, length, "vcpu pinning", err);
    if (!set)
        return -1;
    eb_pin_set(&dom->def->tune.vcpu_pins, &dom->def->tune.n_vcpu_pins, vcpu, set);
    return 0;
}

/* ---- The emulator ---- */

int test_emulator_pin(eb_conn *conn, eb_uuid uuid, unsigned flags, unsigned char **map, unsigned *length,
                      eb_error *err)
{
    TEST_AUTOLEAVE struct test_world *world = test_world_enter(conn);
    struct eb_domain_def *def;
    struct test_domain *dom;

    if (eb_check_flags(flags, FLAGS, "testDomainGetEmulatorPinInfo", err) < 0)
        return -1;
    dom = test_need(world, uuid, err);
    def = dom ? test_resolve_one(dom, flags, err) : NULL;
    if (!def)
        return -1;
    *length = map_length(world);
    *map = eb_calloc(EB_CPUSET_BYTES, 1);
    fill_map(def, def->tune.emulator_pin, host_cpus(world), *map);
    return 1;
}

int test_pin_emulator(eb_conn *conn, eb_uuid uuid, const unsigned char *map, unsigned length, unsigned flags,
                      eb_error *err)
{
    TEST_AUTOLEAVE struct test_world *world = test_world_enter(conn);
    EB_AUTOFREE char *set = NULL;
    struct eb_domain_def *def;
    struct test_domain *dom;

    if (eb_check_flags(flags, FLAGS, "testDomainPinEmulator", err) < 0)
        return -1;
    dom = test_need(world, uuid, err);
    def = dom ? test_resolve_one(dom, flags, err) : NULL;
    if (!def || !(set = set_of(map, length, "emulator pinning", err)))
        return -1;
    eb_replace_string(&def->tune.emulator_pin, set);
    return 0;
}

/* ---- Threads for input and output ---- */

int test_iothreads(eb_conn *conn, eb_uuid uuid, unsigned flags, eb_iothread_info **out, eb_error *err)
{
    TEST_AUTOLEAVE struct test_world *world = test_world_enter(conn);
    struct eb_domain_def *def;
    struct eb_tuning *tune;
    struct test_domain *dom;

    if (eb_check_flags(flags, FLAGS, "testDomainGetIOThreadInfo", err) < 0)
        return -1;
    dom = test_need(world, uuid, err);
    def = dom ? test_resolve_one(dom, flags, err) : NULL;
    if (!def)
        return -1;
    tune = &def->tune;
    *out = eb_calloc(tune->n_iothreads + 1, sizeof(**out));
    for (size_t i = 0; i < tune->n_iothreads; i++) {
        eb_iothread_info *info = &(*out)[i];

        info->id = tune->iothreads[i].id;
        info->length = map_length(world);
        info->map = eb_calloc(EB_CPUSET_BYTES, 1);
        fill_map(def, pinned_to(eb_pin_find(tune->iothread_pins, tune->n_iothread_pins, info->id)),
                 def->max_vcpus, info->map);
    }
    return (int)tune->n_iothreads;
}

int test_pin_iothread(eb_conn *conn, eb_uuid uuid, unsigned id, const unsigned char *map, unsigned length,
                      unsigned flags, eb_error *err)
{
    TEST_AUTOLEAVE struct test_world *world = test_world_enter(conn);
    EB_AUTOFREE char *set = NULL;
    struct eb_domain_def *def;
    struct test_domain *dom;

    if (eb_check_flags(flags, FLAGS, "testDomainPinIOThread", err) < 0)
        return -1;
    dom = test_need(world, uuid, err);
    def = dom ? test_resolve_one(dom, flags, err) : NULL;
    if (!def || !(set = set_of(map, length, "iothread pinning", err)))
        return -1;
    if (!eb_iothread_find(&def->tune, id))
        return eb_error_set(err, EB_ERR_INVALID_ARG, "iothreadid %u not found", id);
    eb_pin_set(&def->tune.iothread_pins, &def->tune.n_iothread_pins, id, set);
    return 0;
}

/* What is told of threads is of the domain, whichever definition they are in: libvirt's test driver's way. */
static struct test_iothread *find_stats(struct test_domain *dom, unsigned id)
{
    for (size_t i = 0; i < dom->n_iothreads; i++) {
        if (dom->iothreads[i].id == id)
            return &dom->iothreads[i];
    }
    return NULL;
}

enum { DEFAULT_POLL_NS = 32768 };

int test_add_iothread(eb_conn *conn, eb_uuid uuid, unsigned id, unsigned flags, eb_error *err)
{
    TEST_AUTOLEAVE struct test_world *world = test_world_enter(conn);
    struct eb_domain_def *def;
    struct test_domain *dom;

    if (eb_check_flags(flags, FLAGS, "testDomainAddIOThread", err) < 0)
        return -1;
    dom = test_need(world, uuid, err);
    def = dom ? test_resolve_one(dom, flags, err) : NULL;
    if (!def)
        return -1;
    if (eb_iothread_find(&def->tune, id))
        return eb_error_set(err, EB_ERR_INVALID_ARG, "an IOThread is already using iothread_id '%u'", id);
    eb_iothread_add(&def->tune, id);
    if (!find_stats(dom, id))
        *EB_APPEND(dom->iothreads, dom->n_iothreads) =
            (struct test_iothread){.id = id, .poll_max_ns = DEFAULT_POLL_NS};
    return 0;
}

int test_del_iothread(eb_conn *conn, eb_uuid uuid, unsigned id, unsigned flags, eb_error *err)
{
    TEST_AUTOLEAVE struct test_world *world = test_world_enter(conn);
    struct test_iothread *stats;
    struct eb_domain_def *def;
    struct test_domain *dom;

    if (eb_check_flags(flags, FLAGS, "testDomainDelIOThread", err) < 0)
        return -1;
    dom = test_need(world, uuid, err);
    def = dom ? test_resolve_one(dom, flags, err) : NULL;
    if (!def)
        return -1;
    if (!eb_iothread_find(&def->tune, id))
        return eb_error_set(err, EB_ERR_INVALID_ARG, "cannot find IOThread '%u' in iothreadids list", id);
    eb_iothread_remove(&def->tune, id);
    stats = find_stats(dom, id);
    if (stats)
        *stats = dom->iothreads[--dom->n_iothreads];
    return 0;
}

int test_set_iothread(eb_conn *conn, eb_uuid uuid, unsigned id, const eb_param *params, size_t n,
                      unsigned flags, eb_error *err)
{
    static const struct eb_param_rule rules[] = {
        {"poll_max_ns", EB_PARAM_ULLONG},
        {"poll_grow", EB_PARAM_UINT},
        {"poll_shrink", EB_PARAM_UINT},
        {"poll_weight", EB_PARAM_UINT},
    };
    TEST_AUTOLEAVE struct test_world *world = test_world_enter(conn);
    const eb_param *max = eb_params_find(params, n, "poll_max_ns");
    struct test_iothread *stats;
    struct test_domain *dom;

    if (eb_check_flags(flags, EB_AFFECT_LIVE, "testDomainSetIOThreadParams", err) < 0 ||
        eb_params_check(params, n, rules, EB_ARRAY_SIZE(rules), err) < 0)
        return -1;
    dom = test_need(world, uuid, err);
    if (!dom || test_need_active(dom, err) < 0)
        return -1;
    stats = eb_iothread_find(&dom->def->tune, id) ? find_stats(dom, id) : NULL;
    if (!stats)
        return eb_error_set(err, EB_ERR_INVALID_ARG, "cannot find IOThread '%u' in iothreadids", id);
    if (max)
        stats->poll_max_ns = max->value.ul;
    for (size_t i = 1; i < EB_ARRAY_SIZE(rules); i++) {
        unsigned *const members[] = {NULL, &stats->poll_grow, &stats->poll_shrink, &stats->poll_weight};
        const eb_param *p = eb_params_find(params, n, rules[i].field);

        if (p)
            *members[i] = p->value.ui;
    }
    return 0;
}

int test_iothread_stats(eb_conn *conn, eb_uuid uuid, eb_param **out, eb_error *err)
{
    TEST_AUTOLEAVE struct test_world *world = test_world_enter(conn);
    struct test_domain *dom = test_need(world, uuid, err);
    struct eb_param_list list = {0};

    if (!dom)
        return -1;
    if (test_is_active(dom) && dom->n_iothreads)
        eb_params_add_uint(&list, (unsigned)dom->n_iothreads, "iothread.count");
    for (size_t i = 0; test_is_active(dom) && i < dom->n_iothreads; i++) {
        const struct test_iothread *t = &dom->iothreads[i];

        eb_params_add_ullong(&list, t->poll_max_ns, "iothread.%u.poll-max-ns", t->id);
        eb_params_add_uint(&list, t->poll_grow, "iothread.%u.poll-grow", t->id);
        eb_params_add_uint(&list, t->poll_shrink, "iothread.%u.poll-shrink", t->id);
        eb_params_add_uint(&list, t->poll_weight, "iothread.%u.poll-weight", t->id);
    }
    return eb_params_give(&list, out);
}
