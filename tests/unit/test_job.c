/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Jobs: what core keeps of them, and the test driver's, which take as long as the URI says. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <pthread.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "core/driver.h"

static const unsigned char uuid[16] = {1}, other_uuid[16] = {2};
static const char world, other_world;

static eb_job_type type_of(const void *where, unsigned flags)
{
    struct eb_job_stats stats;
    eb_job_type type;

    eb_job_get(where, uuid, flags, &stats);
    type = stats.info.type;
    eb_job_stats_clear(&stats);
    return type;
}

static void end(struct eb_job *job, const eb_error *why)
{
    eb_job_end(job, why, NULL, NULL);
}

/* ---- What core keeps ---- */

static void a_job_is_seen_from_its_begin_to_its_end(void **state)
{
    struct eb_job_progress progress = {.percent = 25, .remaining_ms = 3000};
    struct eb_job_stats stats;
    struct eb_job *job;

    (void)state;
    assert_int_equal(type_of(&world, 0), EB_JOB_NONE);
    job = eb_job_begin(&world, uuid, EB_JOB_OPERATION_SAVE);
    assert_int_equal(type_of(&world, 0), EB_JOB_UNBOUNDED);
    assert_false(eb_job_report(job, &progress));
    eb_job_get(&world, uuid, 0, &stats);
    assert_int_equal(stats.info.type, EB_JOB_BOUNDED);
    assert_int_equal(stats.operation, EB_JOB_OPERATION_SAVE);
    assert_int_equal(stats.info.data_processed, 25);
    assert_int_equal(stats.info.data_remaining, 75);
    assert_int_equal(stats.info.time_remaining, 3000);
    end(job, NULL);
    assert_int_equal(type_of(&world, 0), EB_JOB_NONE);
    eb_job_forget(&world);
}

static void a_job_belongs_to_one_domain_of_one_world(void **state)
{
    struct eb_job *job = eb_job_begin(&world, uuid, EB_JOB_OPERATION_SAVE);
    struct eb_job *other = eb_job_begin(&other_world, uuid, EB_JOB_OPERATION_START);
    struct eb_job *third = eb_job_begin(&world, other_uuid, EB_JOB_OPERATION_START);

    (void)state;
    end(job, NULL);
    assert_int_equal(type_of(&world, 0), EB_JOB_NONE);
    assert_int_equal(type_of(&other_world, 0), EB_JOB_UNBOUNDED);
    end(other, NULL);
    end(third, NULL);
    eb_job_forget(&world);
    eb_job_forget(&other_world);
    assert_int_equal(type_of(&world, EB_JOB_STATS_COMPLETED), EB_JOB_NONE);
}

static void numbers_of_an_ended_job_stay_until_they_are_asked_for(void **state)
{
    unsigned keep = EB_JOB_STATS_COMPLETED | EB_JOB_STATS_KEEP_COMPLETED;

    (void)state;
    end(eb_job_begin(&world, uuid, EB_JOB_OPERATION_SAVE), NULL);
    assert_int_equal(type_of(&world, keep), EB_JOB_COMPLETED);
    assert_int_equal(type_of(&world, keep), EB_JOB_COMPLETED);
    assert_int_equal(type_of(&world, EB_JOB_STATS_COMPLETED), EB_JOB_COMPLETED);
    assert_int_equal(type_of(&world, EB_JOB_STATS_COMPLETED), EB_JOB_NONE);
}

static void a_job_that_failed_says_why(void **state)
{
    EB_AUTOERROR eb_error why = EB_ERROR_INIT;
    struct eb_job_stats stats;

    (void)state;
    eb_error_set(&why, EB_ERR_INTERNAL_ERROR, "the disk is full");
    end(eb_job_begin(&world, uuid, EB_JOB_OPERATION_SAVE), &why);
    eb_job_get(&world, uuid, EB_JOB_STATS_COMPLETED, &stats);
    assert_int_equal(stats.info.type, EB_JOB_FAILED);
    assert_non_null(strstr(stats.error, "the disk is full"));
    eb_job_stats_clear(&stats);
}

static void abort_without_a_job_is_refused(void **state)
{
    EB_AUTOERROR eb_error err = EB_ERROR_INIT;

    (void)state;
    assert_int_equal(eb_job_abort(&world, uuid, &err), -1);
    assert_int_equal(err.code, EB_ERR_OPERATION_INVALID);
}

static void abort_of_a_job_that_cannot_stop_is_refused_by_name(void **state)
{
    struct eb_job_progress progress = {.percent = 1, .remaining_ms = -1};
    struct eb_job *job = eb_job_begin(&world, uuid, EB_JOB_OPERATION_START);
    EB_AUTOERROR eb_error err = EB_ERROR_INIT;

    (void)state;
    eb_job_report(job, &progress);
    assert_int_equal(eb_job_abort(&world, uuid, &err), -1);
    assert_int_equal(err.code, EB_ERR_OPERATION_UNSUPPORTED);
    assert_non_null(strstr(err.message, "'start'"));
    assert_false(eb_job_report(job, &progress));
    end(job, NULL);
    eb_job_forget(&world);
}

static void *report_until_asked(void *opaque)
{
    struct eb_job_progress progress = {.percent = 1, .remaining_ms = -1, .cancelable = true};
    const struct timespec step = {0, 1000000};

    while (!eb_job_report(opaque, &progress))
        nanosleep(&step, NULL);
    end(opaque, NULL);
    return NULL;
}

static void abort_reaches_the_thread_of_the_job_even_before_its_first_report(void **state)
{
    struct eb_job *job = eb_job_begin(&world, uuid, EB_JOB_OPERATION_SAVE);
    pthread_t thread;

    (void)state;
    assert_int_equal(pthread_create(&thread, NULL, report_until_asked, job), 0);
    assert_int_equal(eb_job_abort(&world, uuid, NULL), 0);
    pthread_join(thread, NULL);
    eb_job_forget(&world);
}

static void *begin_and_end(void *opaque)
{
    (void)opaque;
    end(eb_job_begin(&world, uuid, EB_JOB_OPERATION_START), NULL);
    return NULL;
}

static void the_next_job_of_a_domain_waits_for_the_one_before(void **state)
{
    struct eb_job *job = eb_job_begin(&world, uuid, EB_JOB_OPERATION_SAVE);
    struct eb_job_stats stats;
    pthread_t threads[3];

    (void)state;
    for (int i = 0; i < 3; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, begin_and_end, NULL), 0);
    usleep(20000);
    eb_job_get(&world, uuid, 0, &stats);
    assert_int_equal(stats.operation, EB_JOB_OPERATION_SAVE);
    end(job, NULL);
    for (int i = 0; i < 3; i++)
        pthread_join(threads[i], NULL);
    eb_job_get(&world, uuid, EB_JOB_STATS_COMPLETED, &stats);
    assert_int_equal(stats.operation, EB_JOB_OPERATION_START);
}

static void what_is_remembered_of_ended_jobs_is_bounded(void **state)
{
    unsigned char each[16] = {0};
    struct eb_job_stats stats;

    (void)state;
    for (unsigned i = 0; i < 5000; i++) {
        memcpy(each, &i, sizeof(i));
        end(eb_job_begin(&world, each, EB_JOB_OPERATION_SAVE), NULL);
    }
    eb_job_get(&world, each, EB_JOB_STATS_COMPLETED, &stats);
    assert_int_equal(stats.info.type, EB_JOB_COMPLETED);
    memset(each, 0, sizeof(each));
    eb_job_get(&world, each, EB_JOB_STATS_COMPLETED, &stats);
    assert_int_equal(stats.info.type, EB_JOB_NONE);
    eb_job_forget(&world);
}

/* ---- The test driver ---- */

static const char save_file[] = "test-job.save";

struct saving {
    pthread_t thread;
    eb_conn *conn;
    int result;
    eb_error err;
};

static void *save(void *opaque)
{
    struct saving *s = opaque;
    eb_domain *dom = NULL;

    s->result = eb_domain_lookup_by_name(s->conn, "test", &dom, &s->err);
    if (s->result == 0)
        s->result = eb_domain_save(dom, save_file, NULL, 0, &s->err);
    eb_domain_unref(dom);
    return NULL;
}

static void set_up(struct saving *s, const char *uri, eb_domain **dom)
{
    memset(s, 0, sizeof(*s));
    assert_int_equal(eb_connect_open(uri, 0, &s->conn, NULL), 0);
    assert_int_equal(eb_domain_lookup_by_name(s->conn, "test", dom, NULL), 0);
}

/* Waits until another thread's save goes on. */
static void begin_save(struct saving *s, eb_domain *dom)
{
    eb_job_info info = {0};

    assert_int_equal(pthread_create(&s->thread, NULL, save, s), 0);
    while (info.type != EB_JOB_BOUNDED) {
        assert_int_equal(eb_domain_get_job_info(dom, &info, NULL), 0);
        usleep(1000);
    }
}

static int end_save(struct saving *s)
{
    pthread_join(s->thread, NULL);
    eb_conn_unref(s->conn);
    unlink(save_file);
    return s->result;
}

static void an_operation_that_takes_time_shows_and_is_stopped_from_another_connection(void **state)
{
    eb_domain_state is = EB_DOMAIN_NOSTATE;
    eb_domain *dom, *seen = NULL;
    eb_conn *other = NULL;
    struct saving s;
    eb_job_type type;
    eb_param *params;
    int n;

    (void)state;
    set_up(&s, "test:///default?job-ms=600000", &dom);
    assert_int_equal(eb_connect_open("test:///default", 0, &other, NULL), 0);
    assert_int_equal(eb_domain_lookup_by_name(other, "test", &seen, NULL), 0);
    begin_save(&s, seen);
    assert_int_equal(eb_domain_abort_job(seen, NULL), 0);
    eb_domain_unref(dom);
    assert_int_equal(end_save(&s), -1);
    assert_int_equal(s.err.code, EB_ERR_OPERATION_ABORTED);
    eb_error_clear(&s.err);
    assert_int_equal(eb_domain_get_state(seen, &is, NULL, NULL), 0);
    assert_int_equal(is, EB_DOMAIN_RUNNING);
    assert_int_not_equal(access(save_file, F_OK), 0);
    n = eb_domain_get_job_stats(seen, EB_JOB_STATS_COMPLETED, &type, &params, NULL);
    assert_true(n >= 3);
    assert_int_equal(type, EB_JOB_CANCELLED);
    assert_string_equal(params[0].field, "operation");
    assert_int_equal(params[0].value.i, EB_JOB_OPERATION_SAVE);
    eb_params_free(params, (size_t)n);
    eb_domain_unref(seen);
    eb_conn_unref(other);
}

static void calls_on_another_domain_do_not_wait_for_a_job(void **state)
{
    static const char xml[] = "<domain type='test'><name>other</name><memory>65536</memory>"
                              "<os><type>hvm</type></os></domain>";
    eb_domain *dom, *other = NULL;
    eb_domain_state is;
    struct saving s;
    eb_job_info info;

    (void)state;
    set_up(&s, "test:///default?job-ms=600000", &dom);
    begin_save(&s, dom);
    assert_int_equal(eb_domain_define_xml(s.conn, xml, 0, &other, NULL), 0);
    for (int i = 0; i < 1000; i++)
        assert_int_equal(eb_domain_get_state(other, &is, NULL, NULL), 0);
    assert_int_equal(eb_domain_undefine(other, 0, NULL), 0);
    assert_int_equal(eb_domain_get_job_info(dom, &info, NULL), 0);
    assert_int_equal(info.type, EB_JOB_BOUNDED); /* it goes on: nothing waited for it */
    assert_int_equal(eb_domain_abort_job(dom, NULL), 0);
    eb_domain_unref(dom);
    eb_domain_unref(other);
    assert_int_equal(end_save(&s), -1);
    eb_error_clear(&s.err);
}

static void jobs_are_asked_for_of_domains_that_are_there(void **state)
{
    static const char xml[] = "<domain type='test'><name>gone</name><memory>65536</memory>"
                              "<os><type>hvm</type></os></domain>";
    EB_AUTOERROR eb_error err = EB_ERROR_INIT;
    eb_domain *dom = NULL;
    eb_conn *conn = NULL;
    eb_job_info info;

    (void)state;
    assert_int_equal(eb_connect_open("test:///default", 0, &conn, NULL), 0);
    assert_int_equal(eb_domain_define_xml(conn, xml, 0, &dom, NULL), 0);
    assert_int_equal(eb_domain_get_job_info(dom, &info, NULL), 0);
    assert_int_equal(info.type, EB_JOB_NONE);
    assert_int_equal(eb_domain_undefine(dom, 0, NULL), 0);
    assert_int_equal(eb_domain_get_job_info(dom, &info, &err), -1);
    assert_int_equal(err.code, EB_ERR_NO_DOMAIN);
    eb_domain_unref(dom);
    eb_conn_unref(conn);
}

static void a_read_only_connection_looks_but_does_not_stop(void **state)
{
    EB_AUTOERROR eb_error err = EB_ERROR_INIT;
    eb_domain *dom = NULL;
    eb_conn *conn = NULL;
    eb_job_info info;

    (void)state;
    assert_int_equal(eb_connect_open("test:///default", EB_CONNECT_RO, &conn, NULL), 0);
    assert_int_equal(eb_domain_lookup_by_name(conn, "test", &dom, NULL), 0);
    assert_int_equal(eb_domain_get_job_info(dom, &info, NULL), 0);
    assert_int_equal(eb_domain_abort_job(dom, &err), -1);
    assert_int_equal(err.code, EB_ERR_OPERATION_DENIED);
    eb_domain_unref(dom);
    eb_conn_unref(conn);
}

static void a_wrong_duration_is_refused(void **state)
{
    static const char *const uris[] = {"test:///default?job-ms=", "test:///default?job-ms=-1",
                                       "test:///default?job-ms=5s", "test:///default?job-ms=99999999"};

    (void)state;
    for (size_t i = 0; i < EB_ARRAY_SIZE(uris); i++) {
        EB_AUTOERROR eb_error err = EB_ERROR_INIT;
        eb_conn *conn = NULL;

        assert_int_equal(eb_connect_open(uris[i], 0, &conn, &err), -1);
        assert_int_equal(err.code, EB_ERR_INVALID_ARG);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_job_is_seen_from_its_begin_to_its_end),
        cmocka_unit_test(a_job_belongs_to_one_domain_of_one_world),
        cmocka_unit_test(numbers_of_an_ended_job_stay_until_they_are_asked_for),
        cmocka_unit_test(a_job_that_failed_says_why),
        cmocka_unit_test(abort_without_a_job_is_refused),
        cmocka_unit_test(abort_of_a_job_that_cannot_stop_is_refused_by_name),
        cmocka_unit_test(abort_reaches_the_thread_of_the_job_even_before_its_first_report),
        cmocka_unit_test(the_next_job_of_a_domain_waits_for_the_one_before),
        cmocka_unit_test(what_is_remembered_of_ended_jobs_is_bounded),
        cmocka_unit_test(an_operation_that_takes_time_shows_and_is_stopped_from_another_connection),
        cmocka_unit_test(calls_on_another_domain_do_not_wait_for_a_job),
        cmocka_unit_test(jobs_are_asked_for_of_domains_that_are_there),
        cmocka_unit_test(a_read_only_connection_looks_but_does_not_stop),
        cmocka_unit_test(a_wrong_duration_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
