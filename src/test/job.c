/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Operations that take time, which is only waited for: nothing is done meanwhile, so that what is stopped
 * leaves everything as it was. */
#include <time.h>

#include "test/world.h"

enum { STEP_MS = 10 };

/* How long the operation takes: 0 when it is going to be refused. */
static unsigned duration(eb_conn *conn, eb_uuid uuid, bool running)
{
    TEST_AUTOLEAVE struct test_world *world = test_world_enter(conn);
    struct test_domain *dom = test_find_uuid(world, uuid);

    return dom && test_is_active(dom) == running ? world->job_ms : 0;
}

static int64_t now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* True: it was stopped. */
static bool take_time(eb_conn *conn, struct eb_job *job, const char *name, unsigned ms)
{
    const struct timespec step = {0, (long)STEP_MS * 1000000};
    int64_t begun = now_ms(), passed;

    while ((passed = now_ms() - begun) < (int64_t)ms) {
        struct eb_job_progress progress = {
            .percent = (int)(passed * 100 / ms), .remaining_ms = (int64_t)ms - passed, .cancelable = true};

        if (eb_job_report(job, &progress) ||
            eb_conn_progress(name, (unsigned)progress.percent, 100, conn) != 0)
            return true;
        nanosleep(&step, NULL);
    }
    return false;
}

static void tell_completed(eb_conn *conn, eb_uuid uuid, eb_param *params, size_t n)
{
    TEST_AUTOLEAVE struct test_world *world = test_world_enter(conn);
    struct test_domain *dom = test_find_uuid(world, uuid);

    if (dom)
        test_emit_job(world, dom, params, n);
    else
        eb_params_free(params, n);
}

int test_job_run(eb_conn *conn, eb_uuid uuid, eb_job_operation operation, bool running, eb_error *err)
{
    unsigned ms = duration(conn, uuid, running);
    EB_AUTOERROR eb_error why = EB_ERROR_INIT;
    struct eb_job *job;
    eb_param *params;
    size_t n;

    if (ms == 0)
        return 0;
    job = eb_job_begin(test_job_world(conn), uuid, operation);
    if (take_time(conn, job, eb_job_name(operation), ms))
        eb_error_set_from(&why, EB_FROM_TEST, EB_ERR_OPERATION_ABORTED, "%s was canceled",
                          eb_job_name(operation));
    eb_job_end(job, eb_error_is_set(&why) ? &why : NULL, &params, &n);
    tell_completed(conn, uuid, params, n);
    if (!eb_error_is_set(&why))
        return 0;
    eb_error_move(err, &why);
    return -1;
}

const void *test_job_world(eb_conn *conn)
{
    return eb_conn_get_private(conn);
}
