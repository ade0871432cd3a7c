/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A domain's life: define, start, stop. */
#include "test/ops.h"

int test_check_name(const char *name, eb_error *err)
{
    if (strchr(name, '/'))
        return eb_error_set(err, EB_ERR_XML_ERROR, "name %s cannot contain '/'", name);
    return 0;
}

int test_define(eb_conn *conn, const struct eb_domain_def *def, unsigned flags, struct eb_domain_key *out,
                eb_error *err)
{
    TEST_AUTOLEAVE struct test_world *world = test_world_enter(conn);
    EB_AUTODEF struct eb_domain_def *copy = NULL;
    struct test_domain *dom;
    bool update;

    if (eb_check_flags(flags, EB_DEFINE_VALIDATE, "testDomainDefineXMLFlags", err) < 0 ||
        test_check_name(def->name, err) < 0 || test_check_identity(world, def, false, &dom, err) < 0)
        return -1;
    copy = eb_domain_def_copy(def);
    test_fill_defaults(copy);
    update = dom && dom->persistent;
    if (!dom) {
        dom = test_add(world, EB_STEAL(copy));
        dom->persistent = true;
    } else {
        test_set_persistent_def(world, dom, EB_STEAL(copy));
    }
    test_emit(world, dom, EB_DOMAIN_EVENT_DEFINED,
              update ? EB_DOMAIN_EVENT_DEFINED_UPDATED : EB_DOMAIN_EVENT_DEFINED_ADDED);
    test_key_of(dom, out);
    return 0;
}

int test_create(eb_conn *conn, const struct eb_domain_def *def, unsigned flags, struct eb_domain_key *out,
                eb_error *err)
{
    TEST_AUTOLEAVE struct test_world *world = test_world_enter(conn);
    EB_AUTODEF struct eb_domain_def *copy = NULL;
    struct test_domain *dom;

    if (eb_check_flags(flags, EB_START_PAUSED | EB_START_AUTODESTROY, "testDomainCreateXML", err) < 0 ||
        test_check_name(def->name, err) < 0 || test_check_identity(world, def, true, &dom, err) < 0)
        return -1;
    copy = eb_domain_def_copy(def);
    test_fill_defaults(copy);
    if (!dom)
        dom = test_add(world, EB_STEAL(copy));
    if (flags & EB_START_PAUSED)
        test_run(world, dom, EB_STEAL(copy), EB_DOMAIN_PAUSED, EB_PAUSED_USER);
    else
        test_run(world, dom, EB_STEAL(copy), EB_DOMAIN_RUNNING, EB_RUNNING_BOOTED);
    if (flags & EB_START_AUTODESTROY)
        dom->autodestroy = conn;
    test_emit_started(world, dom, EB_DOMAIN_EVENT_STARTED_BOOTED);
    test_key_of(dom, out);
    return 0;
}

int test_undefine(eb_conn *conn, eb_uuid uuid, unsigned flags, eb_error *err)
{
    TEST_AUTOLEAVE struct test_world *world = test_world_enter(conn);
    struct test_domain *dom;

    if (eb_check_flags(flags,
                       EB_UNDEFINE_MANAGED_SAVE | EB_UNDEFINE_SNAPSHOTS_METADATA |
                           EB_UNDEFINE_CHECKPOINTS_METADATA,
                       "testDomainUndefineFlags", err) < 0)
        return -1;
    dom = test_need(world, uuid, err);
    if (!dom)
        return -1;
    if (dom->managed_save && !(flags & EB_UNDEFINE_MANAGED_SAVE))
        return eb_error_set(err, EB_ERR_OPERATION_INVALID,
                            "Refusing to undefine while domain managed save image exists");
    if (!test_is_active(dom) && dom->n_snapshots && !(flags & EB_UNDEFINE_SNAPSHOTS_METADATA))
        return eb_error_set(err, EB_ERR_OPERATION_INVALID, "cannot delete inactive domain with %zu snapshots",
                            dom->n_snapshots);
    test_emit(world, dom, EB_DOMAIN_EVENT_UNDEFINED, EB_DOMAIN_EVENT_UNDEFINED_REMOVED);
    if (!test_is_active(dom)) {
        test_remove(world, dom);
        return 0;
    }
    dom->persistent = false;
    eb_domain_def_free(dom->next);
    dom->next = NULL;
    return 0;
}

int test_start(eb_conn *conn, eb_uuid uuid, unsigned flags, eb_error *err)
{
    TEST_AUTOLEAVE struct test_world *world = NULL;
    struct test_domain *dom;
    bool paused = flags & EB_START_PAUSED;

    if (eb_check_flags(flags, EB_START_PAUSED | EB_START_AUTODESTROY | EB_START_FORCE_BOOT,
                       "testDomainCreateWithFlags", err) < 0 ||
        test_job_run(conn, uuid, EB_JOB_OPERATION_START, false, err) < 0)
        return -1;
    world = test_world_enter(conn);
    dom = test_need(world, uuid, err);
    if (!dom)
        return -1;
    if (test_is_active(dom))
        return eb_error_set(err, EB_ERR_INTERNAL_ERROR, "Domain '%s' is already running", dom->def->name);
    if (dom->managed_save_paused && !(flags & EB_START_FORCE_BOOT))
        paused = true;
    if (paused)
        test_run(world, dom, NULL, EB_DOMAIN_PAUSED, EB_PAUSED_USER);
    else
        test_run(world, dom, NULL, EB_DOMAIN_RUNNING, EB_RUNNING_BOOTED);
    if (flags & EB_START_AUTODESTROY)
        dom->autodestroy = conn;
    test_emit_started(world, dom, EB_DOMAIN_EVENT_STARTED_BOOTED);
    return 0;
}

int test_suspend(eb_conn *conn, eb_uuid uuid, eb_error *err)
{
    TEST_AUTOLEAVE struct test_world *world = test_world_enter(conn);
    struct test_domain *dom = test_need(world, uuid, err);

    if (!dom)
        return -1;
    if (dom->state == EB_DOMAIN_SHUTOFF || dom->state == EB_DOMAIN_PAUSED)
        return eb_error_set(err, EB_ERR_INTERNAL_ERROR, "domain '%s' not running", dom->def->name);
    dom->state = EB_DOMAIN_PAUSED;
    dom->reason = EB_PAUSED_USER;
    test_emit(world, dom, EB_DOMAIN_EVENT_SUSPENDED, EB_DOMAIN_EVENT_SUSPENDED_PAUSED);
    return 0;
}

int test_resume(eb_conn *conn, eb_uuid uuid, eb_error *err)
{
    TEST_AUTOLEAVE struct test_world *world = test_world_enter(conn);
    struct test_domain *dom = test_need(world, uuid, err);

    if (!dom)
        return -1;
    if (dom->state != EB_DOMAIN_PAUSED)
        return eb_error_set(err, EB_ERR_INTERNAL_ERROR, "domain '%s' not paused", dom->def->name);
    dom->state = EB_DOMAIN_RUNNING;
    dom->reason = EB_RUNNING_UNPAUSED;
    test_emit(world, dom, EB_DOMAIN_EVENT_RESUMED, EB_DOMAIN_EVENT_RESUMED_UNPAUSED);
    return 0;
}

int test_shutdown(eb_conn *conn, eb_uuid uuid, unsigned flags, eb_error *err)
{
    TEST_AUTOLEAVE struct test_world *world = test_world_enter(conn);
    struct test_domain *dom;

    if (eb_check_flags(flags, 0, "testDomainShutdownFlags", err) < 0)
        return -1;
    dom = test_need(world, uuid, err);
    if (!dom)
        return -1;
    if (dom->state == EB_DOMAIN_SHUTOFF)
        return eb_error_set(err, EB_ERR_INTERNAL_ERROR, "domain '%s' not running", dom->def->name);
    test_stop(world, dom, EB_SHUTOFF_SHUTDOWN);
    return 0;
}

static bool restarts(enum eb_lifecycle_action action)
{
    return action == EB_ACTION_NONE || action == EB_ACTION_RESTART || action == EB_ACTION_RENAME_RESTART ||
           action == EB_ACTION_COREDUMP_RESTART;
}

int test_reboot(eb_conn *conn, eb_uuid uuid, unsigned flags, eb_error *err)
{
    TEST_AUTOLEAVE struct test_world *world = test_world_enter(conn);
    struct test_domain *dom;

    if (eb_check_flags(flags,
                       EB_SHUTDOWN_ACPI_POWER_BTN | EB_SHUTDOWN_GUEST_AGENT | EB_SHUTDOWN_INITCTL |
                           EB_SHUTDOWN_SIGNAL | EB_SHUTDOWN_PARAVIRT,
                       "testDomainReboot", err) < 0)
        return -1;
    dom = test_need(world, uuid, err);
    if (!dom || test_need_active(dom, err) < 0)
        return -1;
    if (restarts(dom->def->on_reboot)) {
        dom->state = EB_DOMAIN_RUNNING;
        dom->reason = EB_RUNNING_BOOTED;
    } else {
        test_stop(world, dom, EB_SHUTOFF_SHUTDOWN);
    }
    return 0;
}

int test_reset(eb_conn *conn, eb_uuid uuid, unsigned flags, eb_error *err)
{
    TEST_AUTOLEAVE struct test_world *world = test_world_enter(conn);
    struct test_domain *dom;

    if (eb_check_flags(flags, 0, "testDomainReset", err) < 0)
        return -1;
    dom = test_need(world, uuid, err);
    return dom ? test_need_active(dom, err) : -1;
}

int test_destroy(eb_conn *conn, eb_uuid uuid, unsigned flags, eb_error *err)
{
    TEST_AUTOLEAVE struct test_world *world = test_world_enter(conn);
    struct test_domain *dom;

    if (eb_check_flags(flags, EB_DESTROY_GRACEFUL, "testDomainDestroyFlags", err) < 0)
        return -1;
    dom = test_need(world, uuid, err);
    if (!dom || test_need_active(dom, err) < 0)
        return -1;
    test_stop(world, dom, EB_SHUTOFF_DESTROYED);
    return 0;
}
