/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Changes to what a domain is: autostart, memory, virtual CPUs, metadata, name. */
#include "test/ops.h"

int test_get_autostart(eb_conn *conn, eb_uuid uuid, eb_error *err)
{
    TEST_AUTOLEAVE struct test_world *world = test_world_enter(conn);
    struct test_domain *dom = test_need(world, uuid, err);

    return dom ? dom->autostart : -1;
}

int test_set_autostart(eb_conn *conn, eb_uuid uuid, bool autostart, eb_error *err)
{
    TEST_AUTOLEAVE struct test_world *world = test_world_enter(conn);
    struct test_domain *dom = test_need(world, uuid, err);

    if (!dom)
        return -1;
    dom->autostart = autostart;
    return 0;
}

int test_get_max_memory(eb_conn *conn, eb_uuid uuid, uint64_t *kib, eb_error *err)
{
    TEST_AUTOLEAVE struct test_world *world = test_world_enter(conn);
    struct test_domain *dom = test_need(world, uuid, err);

    if (!dom)
        return -1;
    *kib = dom->def->max_memory;
    return 0;
}

int test_set_memory(eb_conn *conn, eb_uuid uuid, uint64_t kib, unsigned flags, eb_error *err)
{
    TEST_AUTOLEAVE struct test_world *world = test_world_enter(conn);
    struct test_domain *dom;
    struct eb_domain_def *def;

    if (eb_check_flags(flags, EB_AFFECT_LIVE | EB_AFFECT_CONFIG | EB_MEM_MAXIMUM, "testDomainSetMemoryFlags",
                       err) < 0)
        return -1;
    dom = test_need(world, uuid, err);
    def = dom ? test_resolve_one(dom, flags, err) : NULL;
    if (!def)
        return -1;
    if (flags & EB_MEM_MAXIMUM) {
        if (def == dom->def && test_is_active(dom))
            return eb_error_set(err, EB_ERR_OPERATION_INVALID,
                                "cannot resize the maximum memory on an active domain");
        def->max_memory = kib;
        if (def->memory > kib)
            def->memory = kib;
        return 0;
    }
    if (kib > def->max_memory)
        return eb_error_set(err, EB_ERR_INVALID_ARG, "cannot set memory higher than max memory");
    def->memory = kib;
    return 0;
}

int test_get_vcpus(eb_conn *conn, eb_uuid uuid, unsigned flags, eb_error *err)
{
    TEST_AUTOLEAVE struct test_world *world = test_world_enter(conn);
    struct test_domain *dom;
    struct eb_domain_def *def;

    if (eb_check_flags(flags, EB_AFFECT_LIVE | EB_AFFECT_CONFIG | EB_VCPU_MAXIMUM, "testDomainGetVcpusFlags",
                       err) < 0)
        return -1;
    dom = test_need(world, uuid, err);
    def = dom ? test_resolve_one(dom, flags, err) : NULL;
    if (!def)
        return -1;
    return (int)(flags & EB_VCPU_MAXIMUM ? def->max_vcpus : def->vcpus);
}

static int check_vcpus(const struct eb_domain_def *def, unsigned count, eb_error *err)
{
    if (def && count > def->max_vcpus)
        return eb_error_set(err, EB_ERR_INVALID_ARG, "requested cpu amount exceeds maximum (%u > %u)", count,
                            def->max_vcpus);
    return 0;
}

int test_set_vcpus(eb_conn *conn, eb_uuid uuid, unsigned count, unsigned flags, eb_error *err)
{
    TEST_AUTOLEAVE struct test_world *world = test_world_enter(conn);
    struct test_domain *dom;
    struct test_targets targets;

    if (eb_check_flags(flags, EB_AFFECT_LIVE | EB_AFFECT_CONFIG | EB_VCPU_MAXIMUM, "testDomainSetVcpusFlags",
                       err) < 0)
        return -1;
    if ((flags & EB_VCPU_MAXIMUM) && !(flags & EB_AFFECT_CONFIG))
        return eb_error_set_arg(
            err, EB_FROM_DOMAIN,
            "Flag 'VIR_DOMAIN_AFFECT_CONFIG' is required by flag 'VIR_DOMAIN_VCPU_MAXIMUM'");
    if ((flags & EB_VCPU_MAXIMUM) && (flags & EB_AFFECT_LIVE))
        return eb_error_set(err, EB_ERR_INVALID_ARG,
                            "the most virtual CPUs of a domain that runs cannot be changed");
    if (count > TEST_MAX_VCPUS)
        return eb_error_set(err, EB_ERR_INVALID_ARG,
                            "requested cpu amount exceeds maximum supported amount (%u > %d)", count,
                            TEST_MAX_VCPUS);
    dom = test_need(world, uuid, err);
    if (!dom || test_resolve(dom, flags, &targets, err) < 0)
        return -1;
    if (flags & EB_VCPU_MAXIMUM) {
        targets.config->max_vcpus = count;
        if (targets.config->vcpus > count)
            targets.config->vcpus = count;
        return 0;
    }
    if (check_vcpus(targets.live, count, err) < 0 || check_vcpus(targets.config, count, err) < 0)
        return -1;
    if (targets.live)
        targets.live->vcpus = count;
    if (targets.config)
        targets.config->vcpus = count;
    return 0;
}

int test_get_metadata(eb_conn *conn, eb_uuid uuid, int type, const char *uri, unsigned flags, char **out,
                      eb_error *err)
{
    TEST_AUTOLEAVE struct test_world *world = test_world_enter(conn);
    struct test_domain *dom;
    struct eb_domain_def *def;

    if (eb_check_flags(flags, EB_AFFECT_LIVE | EB_AFFECT_CONFIG, "testDomainGetMetadata", err) < 0)
        return -1;
    dom = test_need(world, uuid, err);
    def = dom ? test_resolve_one(dom, flags, err) : NULL;
    return def ? eb_domain_def_get_metadata(def, type, uri, out, err) : -1;
}

int test_set_metadata(eb_conn *conn, eb_uuid uuid, int type, const char *metadata, const char *key,
                      const char *uri, unsigned flags, eb_error *err)
{
    TEST_AUTOLEAVE struct test_world *world = test_world_enter(conn);
    struct test_domain *dom;
    struct test_targets targets;

    if (eb_check_flags(flags, EB_AFFECT_LIVE | EB_AFFECT_CONFIG, "testDomainSetMetadata", err) < 0)
        return -1;
    dom = test_need(world, uuid, err);
    if (!dom || test_resolve(dom, flags, &targets, err) < 0)
        return -1;
    /* What the first refuses, the second refuses too: it depends on the arguments alone. */
    if (targets.live && eb_domain_def_set_metadata(targets.live, type, metadata, key, uri, err) < 0)
        return -1;
    if (targets.config && eb_domain_def_set_metadata(targets.config, type, metadata, key, uri, err) < 0)
        return -1;
    test_emit_metadata(world, dom, type, uri);
    return 0;
}

int test_rename(eb_conn *conn, eb_uuid uuid, const char *name, unsigned flags, eb_error *err)
{
    TEST_AUTOLEAVE struct test_world *world = test_world_enter(conn);
    struct test_domain *dom;

    if (eb_check_flags(flags, 0, "testDomainRename", err) < 0)
        return -1;
    dom = test_need(world, uuid, err);
    if (!dom)
        return -1;
    if (test_is_active(dom))
        return eb_error_set(err, EB_ERR_OPERATION_INVALID, "cannot rename active domain");
    if (test_check_name(name, err) < 0)
        return -1;
    if (eb_streq(name, dom->def->name))
        return eb_error_set_from(err, EB_FROM_DOMAIN, EB_ERR_OPERATION_INVALID,
                                 "Can't rename domain to itself");
    if (test_find_name(world, name))
        return eb_error_set_from(err, EB_FROM_DOMAIN, EB_ERR_OPERATION_INVALID,
                                 "domain with name '%s' already exists", name);
    test_emit(world, dom, EB_DOMAIN_EVENT_UNDEFINED, EB_DOMAIN_EVENT_UNDEFINED_RENAMED);
    test_set_name(world, dom, name);
    test_emit(world, dom, EB_DOMAIN_EVENT_DEFINED, EB_DOMAIN_EVENT_DEFINED_RENAMED);
    return 0;
}
