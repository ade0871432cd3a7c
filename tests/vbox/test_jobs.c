/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Jobs of VirtualBox's machines, as another connection of the same process sees them. On a stand-in,
 * operations take as long as its options say; on the real one they may be over before anybody looks. */
#include "vboxtest.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PATIENCE_MS = 20000 };

static bool is_slow(void)
{
    return getenv("EVERBOX_SIM_PROGRESS_MS") != NULL;
}

struct operation {
    pthread_t thread;
    eb_conn *conn;
    eb_domain *dom;
    int (*call)(eb_domain *dom, eb_error *err);
    int result;
    eb_error err;
};

static int save(eb_domain *dom, eb_error *err)
{
    return eb_domain_managed_save(dom, 0, err);
}

static int start(eb_domain *dom, eb_error *err)
{
    return eb_domain_start(dom, 0, err);
}

static void *run(void *opaque)
{
    struct operation *o = opaque;

    o->result = o->call(o->dom, &o->err);
    return NULL;
}

/* Begins it in a thread and on a connection of its own. */
static void begin(struct operation *o, const char *name, int (*call)(eb_domain *, eb_error *))
{
    *o = (struct operation){.call = call};
    OK(eb_connect_open(test_uri, 0, &o->conn, fresh()));
    OK(eb_domain_lookup_by_name(o->conn, name, &o->dom, fresh()));
    assert_int_equal(pthread_create(&o->thread, NULL, run, o), 0);
}

static void finish(struct operation *o)
{
    pthread_join(o->thread, NULL);
    eb_domain_unref(o->dom);
    eb_conn_unref(o->conn);
}

static void wait_until_busy(eb_domain *dom)
{
    eb_job_info info = {0};

    for (unsigned waited = 0; info.type != EB_JOB_BOUNDED; waited++) {
        assert_true(waited < PATIENCE_MS);
        OK(eb_domain_get_job_info(dom, &info, fresh()));
        usleep(1000);
    }
    assert_int_equal(info.data_total, 100);
}

static int64_t number(const eb_param *params, int n, const char *field)
{
    for (int i = 0; i < n; i++) {
        if (strcmp(params[i].field, field) == 0)
            return params[i].type == EB_PARAM_ULLONG    ? (int64_t)params[i].value.ul
                   : params[i].type == EB_PARAM_BOOLEAN ? params[i].value.b
                                                        : params[i].value.i;
    }
    fail_msg("no %s", field);
    return -1;
}

static void assert_completed(eb_domain *dom, eb_job_type type, eb_job_operation operation)
{
    eb_param *params = NULL;
    eb_job_type is;
    int n = OK(eb_domain_get_job_stats(dom, EB_JOB_STATS_COMPLETED, &is, &params, fresh()));

    assert_int_equal(is, type);
    assert_int_equal(number(params, n, "operation"), operation);
    assert_int_equal(number(params, n, "success"), type == EB_JOB_COMPLETED);
    assert_true(number(params, n, "time_elapsed") >= 0);
    eb_params_free(params, (size_t)n);
}

static unsigned n_completed;

static void hear(eb_conn *conn, eb_domain *dom, const eb_domain_event *event, void *opaque)
{
    (void)conn;
    (void)opaque;
    assert_string_equal(eb_domain_get_name(dom), "works");
    assert_int_equal(event->id, EB_DOMAIN_EVENT_ID_JOB_COMPLETED);
    assert_int_equal(
        number(event->data.job_completed.params, (int)event->data.job_completed.n_params, "success"), 1);
    n_completed++;
}

static void tick(int timer, void *opaque)
{
    (void)timer;
    (void)opaque;
}

static void run_until_completed(unsigned n)
{
    int timer = eb_loop_current()->add_timer(20, tick, NULL, NULL);

    for (unsigned turns = 0; n_completed < n && turns < PATIENCE_MS / 20; turns++)
        assert_int_equal(eb_loop_run_default(NULL), 0);
    eb_loop_current()->remove_timer(timer);
    assert_int_equal(n_completed, n);
}

static void start_and_save_are_jobs_and_their_end_an_event(void **state)
{
    eb_domain *dom = define(*state, "works");
    struct operation o;
    int id;

    OK(eb_loop_register_default(fresh()));
    n_completed = 0;
    id = OK(eb_conn_register_domain_event(*state, dom, EB_DOMAIN_EVENT_ID_JOB_COMPLETED, hear, NULL, NULL,
                                          fresh()));
    OK(eb_domain_start(dom, 0, fresh()));
    assert_completed(dom, EB_JOB_COMPLETED, EB_JOB_OPERATION_START);
    begin(&o, "works", save);
    if (is_slow())
        wait_until_busy(dom);
    finish(&o);
    assert_int_equal(o.result, 0);
    assert_completed(dom, EB_JOB_COMPLETED, EB_JOB_OPERATION_SAVE);
    OK(eb_domain_start(dom, 0, fresh()));
    assert_completed(dom, EB_JOB_COMPLETED, EB_JOB_OPERATION_RESTORE);
    run_until_completed(3);
    OK(eb_conn_deregister_domain_event(*state, id, fresh()));
    remove_domain(dom);
}

static void a_job_is_stopped_where_virtualbox_can_stop_it(void **state)
{
    eb_domain *dom = define(*state, "stops");
    struct operation o;

    if (!is_slow()) {
        remove_domain(dom);
        skip();
    }
    OK(eb_domain_start(dom, 0, fresh()));
    begin(&o, "stops", save);
    wait_until_busy(dom);
    OK(eb_domain_abort_job(dom, fresh()));
    finish(&o);
    assert_int_equal(o.result, -1);
    assert_int_equal(o.err.code, EB_ERR_OPERATION_ABORTED);
    eb_error_clear(&o.err);
    assert_completed(dom, EB_JOB_CANCELLED, EB_JOB_OPERATION_SAVE);
    assert_int_equal(eb_domain_is_active(dom, fresh()), 1);
    assert_int_equal(eb_domain_has_managed_save(dom, 0, fresh()), 0);
    remove_domain(dom);
}

static void a_job_that_virtualbox_cannot_stop_goes_on(void **state)
{
    eb_domain *dom = define(*state, "goes-on");
    struct operation o;

    if (!is_slow()) {
        remove_domain(dom);
        skip();
    }
    begin(&o, "goes-on", start);
    wait_until_busy(dom);
    assert_int_equal(eb_domain_abort_job(dom, fresh()), -1);
    assert_int_equal(test_error.code, EB_ERR_OPERATION_UNSUPPORTED);
    assert_non_null(strstr(test_error.message, "'start'"));
    finish(&o);
    assert_int_equal(o.result, 0);
    assert_int_equal(eb_domain_abort_job(dom, fresh()), -1);
    assert_int_equal(test_error.code, EB_ERR_OPERATION_INVALID);
    remove_domain(dom);
}

static void other_domains_do_not_wait_for_a_job(void **state)
{
    eb_domain *dom = define(*state, "busy"), *other = define(*state, "other");
    eb_domain_state is;
    eb_job_info info;
    struct operation o;

    if (!is_slow()) {
        remove_domain(dom);
        remove_domain(other);
        skip();
    }
    begin(&o, "busy", start);
    wait_until_busy(dom);
    for (int i = 0; i < 3; i++)
        OK(eb_domain_get_state(other, &is, NULL, fresh()));
    OK(eb_domain_get_job_info(dom, &info, fresh()));
    assert_int_equal(info.type, EB_JOB_BOUNDED); /* it goes on: nothing waited for it */
    finish(&o);
    assert_int_equal(o.result, 0);
    remove_domain(dom);
    remove_domain(other);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        VBOX_TEST(start_and_save_are_jobs_and_their_end_an_event),
        VBOX_TEST(a_job_is_stopped_where_virtualbox_can_stop_it),
        VBOX_TEST(a_job_that_virtualbox_cannot_stop_goes_on),
        VBOX_TEST(other_domains_do_not_wait_for_a_job),
    };

    return run_vbox_tests(argc, argv, "jobs", tests, EB_ARRAY_SIZE(tests));
}
