/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is known of domains. */
#include <time.h>

#include "base/cpuset.h"
#include "test/ops.h"
#include "test/tune.h"

int test_list(eb_conn *conn, unsigned want EB_UNUSED, struct eb_domain_summary **out, eb_error *err EB_UNUSED)
{
    TEST_AUTOLEAVE struct test_world *world = test_world_enter(conn);
    struct test_domain *dom, *tmp;
    size_t n = 0;

    *out = eb_calloc(HASH_CNT(by_uuid, world->by_uuid) + 1u, sizeof(**out));
    HASH_ITER (by_uuid, world->by_uuid, dom, tmp) {
        struct eb_domain_summary *s = &(*out)[n++];

        test_key_of(dom, &s->key);
        s->state = dom->state;
        s->reason = dom->reason;
        s->persistent = dom->persistent;
        s->autostart = dom->autostart;
        s->managed_save = dom->managed_save;
        s->has_snapshot = dom->n_snapshots > 0;
        s->has_checkpoint = dom->n_checkpoints > 0;
    }
    return (int)n;
}

int test_lookup_uuid(eb_conn *conn, eb_uuid uuid, struct eb_domain_key *out, eb_error *err)
{
    TEST_AUTOLEAVE struct test_world *world = test_world_enter(conn);
    struct test_domain *dom = test_find_uuid(world, uuid);

    if (!dom)
        return eb_error_set(err, EB_ERR_NO_DOMAIN, NULL);
    test_key_of(dom, out);
    return 0;
}

int test_lookup_name(eb_conn *conn, const char *name, struct eb_domain_key *out, eb_error *err)
{
    TEST_AUTOLEAVE struct test_world *world = test_world_enter(conn);
    struct test_domain *dom = test_find_name(world, name);

    if (!dom)
        return eb_error_set(err, EB_ERR_NO_DOMAIN, NULL);
    test_key_of(dom, out);
    return 0;
}

int test_lookup_id(eb_conn *conn, int id, struct eb_domain_key *out, eb_error *err)
{
    TEST_AUTOLEAVE struct test_world *world = test_world_enter(conn);
    struct test_domain *dom = test_find_id(world, id);

    if (!dom)
        return eb_error_set(err, EB_ERR_NO_DOMAIN, NULL);
    test_key_of(dom, out);
    return 0;
}

int test_get_state(eb_conn *conn, eb_uuid uuid, eb_domain_state *state, int *reason, eb_error *err)
{
    TEST_AUTOLEAVE struct test_world *world = test_world_enter(conn);
    struct test_domain *dom = test_need(world, uuid, err);

    if (!dom)
        return -1;
    *state = dom->state;
    *reason = dom->reason;
    return 0;
}

/* The wall clock: the time that a test domain has used since 1970. */
static uint64_t now_us(void)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    return (uint64_t)now.tv_sec * 1000000u + (uint64_t)now.tv_nsec / 1000u;
}

int test_get_info(eb_conn *conn, eb_uuid uuid, eb_domain_info *out, eb_error *err)
{
    TEST_AUTOLEAVE struct test_world *world = test_world_enter(conn);
    struct test_domain *dom = test_need(world, uuid, err);

    if (!dom)
        return -1;
    out->state = dom->state;
    out->max_memory = dom->def->max_memory;
    out->memory = dom->def->memory;
    out->vcpus = dom->def->vcpus;
    out->cpu_time = now_us() * 1000u;
    return 0;
}

int test_get_os_type(eb_conn *conn, eb_uuid uuid, char **out, eb_error *err)
{
    TEST_AUTOLEAVE struct test_world *world = test_world_enter(conn);

    if (!test_need(world, uuid, err))
        return -1;
    *out = eb_strdup("linux");
    return 0;
}

int test_domain_is_active(eb_conn *conn, eb_uuid uuid, eb_error *err)
{
    TEST_AUTOLEAVE struct test_world *world = test_world_enter(conn);
    struct test_domain *dom = test_need(world, uuid, err);

    return dom ? test_is_active(dom) : -1;
}

int test_domain_is_persistent(eb_conn *conn, eb_uuid uuid, eb_error *err)
{
    TEST_AUTOLEAVE struct test_world *world = test_world_enter(conn);
    struct test_domain *dom = test_need(world, uuid, err);

    return dom ? dom->persistent : -1;
}

/* libvirt's test driver never marks one, not even when it is redefined while it runs. */
int test_domain_is_updated(eb_conn *conn, eb_uuid uuid, eb_error *err)
{
    TEST_AUTOLEAVE struct test_world *world = test_world_enter(conn);

    return test_need(world, uuid, err) ? 0 : -1;
}

int test_get_def(eb_conn *conn, eb_uuid uuid, unsigned flags, struct eb_domain_def **out, eb_error *err)
{
    TEST_AUTOLEAVE struct test_world *world = test_world_enter(conn);
    struct test_domain *dom = test_need(world, uuid, err);

    if (!dom)
        return -1;
    *out = eb_domain_def_copy((flags & EB_XML_INACTIVE) && dom->next ? dom->next : dom->def);
    return 0;
}

/* Each runs on the last of the host's CPUs that it may run on. */
static int host_cpu(const struct test_world *world, const struct eb_domain_def *def, unsigned vcpu)
{
    unsigned char map[EB_CPUSET_BYTES];

    test_vcpu_map(world, def, vcpu, map);
    return eb_cpuset_last(map, sizeof(map));
}

int test_get_vcpu_info(eb_conn *conn, eb_uuid uuid, eb_vcpu_info **out, eb_error *err)
{
    TEST_AUTOLEAVE struct test_world *world = test_world_enter(conn);
    struct test_domain *dom = test_need(world, uuid, err);
    uint64_t time = now_us() / 10;

    if (!dom)
        return -1;
    if (!test_is_active(dom))
        return eb_error_set(err, EB_ERR_OPERATION_INVALID, "cannot list vcpus for an inactive domain");
    *out = eb_calloc(dom->def->vcpus + 1u, sizeof(**out));
    for (unsigned i = 0; i < dom->def->vcpus; i++) {
        (*out)[i] = (eb_vcpu_info){
            .number = i,
            .state = 1,
            .cpu_time = time,
            .cpu = host_cpu(world, dom->def, i),
        };
    }
    return (int)dom->def->vcpus;
}

int test_get_security_label(eb_conn *conn, eb_uuid uuid, eb_security_label *out, eb_error *err)
{
    TEST_AUTOLEAVE struct test_world *world = test_world_enter(conn);
    struct test_domain *dom = test_need(world, uuid, err);

    if (!dom)
        return -1;
    if (test_is_active(dom)) {
        strcpy(out->label, "libvirt-test");
        out->enforcing = 1;
    }
    return 0;
}

int test_get_messages(eb_conn *conn, eb_uuid uuid, unsigned flags, char ***out, eb_error *err)
{
    TEST_AUTOLEAVE struct test_world *world = test_world_enter(conn);

    if (eb_check_flags(flags, 3, "testDomainGetMessages", err) < 0 || !test_need(world, uuid, err))
        return -1;
    *out = eb_calloc(1, sizeof(**out));
    return 0;
}
