/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/job.h"

#include <pthread.h>
#include <stdio.h>
#include <time.h>

#include <uthash.h>

#include "core/conn.h"

/* Of more domains than these the last job is not remembered. */
enum { MAX_ENDED = 1024 };
/* How long one who wants to stop a job waits for its first report. */
enum { ANSWER_S = 5 };

struct id {
    const void *world;
    unsigned char uuid[16];
};

/* What is known of one domain. */
struct eb_job {
    struct id id;
    unsigned users; /* has the job, or waits for it */
    bool running;
    struct timespec begun;
    eb_job_operation operation;
    struct eb_job_progress progress;
    bool told;                 /* something was reported */
    bool wanted;               /* to be stopped */
    struct eb_job_stats ended; /* type EB_JOB_NONE: nothing */
    UT_hash_handle hh;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* of all that follows */
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static struct eb_job *jobs; /* in the order in which they were made */

const char *eb_job_name(eb_job_operation operation)
{
    static const char *const names[] = {
        "operation", "start",           "save", "restore", "incoming migration", "outgoing migration",
        "snapshot",  "snapshot-revert", "dump", "backup",  "snapshot-delete",
    };

    return (size_t)operation < EB_ARRAY_SIZE(names) ? names[operation] : names[0];
}

static struct id id_of(const void *world, const unsigned char *uuid)
{
    struct id id;

    memset(&id, 0, sizeof(id));
    id.world = world;
    memcpy(id.uuid, uuid, sizeof(id.uuid));
    return id;
}

static struct eb_job *find(const void *world, const unsigned char *uuid)
{
    struct id id = id_of(world, uuid);
    struct eb_job *job;

    HASH_FIND(hh, jobs, &id, sizeof(id), job);
    return job;
}

static void drop(struct eb_job *job)
{
    HASH_DEL(jobs, job);
    eb_job_stats_clear(&job->ended);
    free(job);
}

/* Forgets the oldest that is only remembered. */
static void make_room(void)
{
    struct eb_job *job, *tmp;

    if (HASH_COUNT(jobs) < MAX_ENDED)
        return;
    HASH_ITER (hh, jobs, job, tmp) {
        if (job->users == 0) {
            drop(job);
            return;
        }
    }
}

struct eb_job *eb_job_begin(const void *world, const unsigned char *uuid, eb_job_operation operation)
{
    struct eb_job *job;

    pthread_mutex_lock(&lock);
    job = find(world, uuid);
    if (!job) {
        make_room();
        job = EB_NEW(struct eb_job);
        job->id = id_of(world, uuid);
        HASH_ADD(hh, jobs, id, sizeof(job->id), job);
    }
    job->users++;
    while (job->running)
        pthread_cond_wait(&changed, &lock);
    job->running = true;
    job->operation = operation;
    job->progress = (struct eb_job_progress){.percent = -1, .remaining_ms = -1};
    job->told = job->wanted = false;
    clock_gettime(CLOCK_MONOTONIC, &job->begun);
    pthread_mutex_unlock(&lock);
    return job;
}

bool eb_job_report(struct eb_job *job, const struct eb_job_progress *progress)
{
    bool wanted;

    pthread_mutex_lock(&lock);
    job->progress = *progress;
    if (!job->told) {
        job->told = true;
        pthread_cond_broadcast(&changed);
    }
    wanted = job->wanted;
    pthread_mutex_unlock(&lock);
    return wanted;
}

static uint64_t elapsed_ms(const struct eb_job *job)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)((now.tv_sec - job->begun.tv_sec) * 1000 + (now.tv_nsec - job->begun.tv_nsec) / 1000000);
}

/* The numbers of a job that runs. */
static void measure(const struct eb_job *job, struct eb_job_stats *out)
{
    int percent = job->progress.percent > 100 ? 100 : job->progress.percent;

    out->operation = job->operation;
    out->info = (eb_job_info){.type = percent < 0 ? EB_JOB_UNBOUNDED : EB_JOB_BOUNDED,
                              .time_elapsed = elapsed_ms(job)};
    if (percent >= 0) {
        out->info.data_total = 100;
        out->info.data_processed = (uint64_t)percent;
        out->info.data_remaining = (uint64_t)(100 - percent);
    }
    if (job->progress.remaining_ms >= 0)
        out->info.time_remaining = (uint64_t)job->progress.remaining_ms;
    else if (percent > 0)
        out->info.time_remaining = out->info.time_elapsed * (uint64_t)(100 - percent) / (uint64_t)percent;
}

static void conclude(struct eb_job *job, const eb_error *why)
{
    struct eb_job_stats *ended = &job->ended;

    eb_job_stats_clear(ended);
    measure(job, ended);
    ended->info.time_remaining = 0;
    if (!why) {
        ended->info.type = EB_JOB_COMPLETED;
        ended->info.data_processed = ended->info.data_total;
        ended->info.data_remaining = 0;
        return;
    }
    ended->info.type = why->code == EB_ERR_OPERATION_ABORTED ? EB_JOB_CANCELLED : EB_JOB_FAILED;
    ended->error = eb_strdup(eb_error_message(why));
}

void eb_job_end(struct eb_job *job, const eb_error *why, eb_param **params, size_t *n)
{
    pthread_mutex_lock(&lock);
    conclude(job, why);
    if (params)
        *n = eb_job_params(&job->ended, params);
    job->running = false;
    job->users--;
    pthread_cond_broadcast(&changed);
    pthread_mutex_unlock(&lock);
}

void eb_job_stats_clear(struct eb_job_stats *stats)
{
    free(stats->error);
    *stats = (struct eb_job_stats){0};
}

void eb_job_get(const void *world, const unsigned char *uuid, unsigned flags, struct eb_job_stats *out)
{
    struct eb_job *job;

    *out = (struct eb_job_stats){0};
    pthread_mutex_lock(&lock);
    job = find(world, uuid);
    if (job && (flags & EB_JOB_STATS_COMPLETED)) {
        *out = job->ended;
        if (flags & EB_JOB_STATS_KEEP_COMPLETED) {
            out->error = eb_strdup(out->error);
        } else {
            job->ended = (struct eb_job_stats){0};
            if (job->users == 0)
                drop(job);
        }
    } else if (job && job->running) {
        measure(job, out);
    }
    pthread_mutex_unlock(&lock);
}

static void add_number(eb_param **list, size_t *n, const char *field, uint64_t value)
{
    eb_param *p = EB_APPEND(*list, *n);

    snprintf(p->field, sizeof(p->field), "%s", field);
    p->type = EB_PARAM_ULLONG;
    p->value.ul = value;
}

size_t eb_job_params(const struct eb_job_stats *stats, eb_param **out)
{
    const eb_job_info *info = &stats->info;
    size_t n = 0;
    eb_param *p;

    *out = NULL;
    if (info->type == EB_JOB_NONE)
        return 0;
    p = EB_APPEND(*out, n);
    *p = (eb_param){.field = "operation", .type = EB_PARAM_INT, .value.i = (int)stats->operation};
    add_number(out, &n, "time_elapsed", info->time_elapsed);
    if (info->time_remaining > 0)
        add_number(out, &n, "time_remaining", info->time_remaining);
    if (info->data_total > 0) {
        add_number(out, &n, "data_total", info->data_total);
        add_number(out, &n, "data_processed", info->data_processed);
        add_number(out, &n, "data_remaining", info->data_remaining);
    }
    if (info->type < EB_JOB_COMPLETED)
        return n;
    p = EB_APPEND(*out, n);
    *p = (eb_param){.field = "success", .type = EB_PARAM_BOOLEAN, .value.b = info->type == EB_JOB_COMPLETED};
    if (stats->error) {
        p = EB_APPEND(*out, n);
        *p = (eb_param){.field = "errmsg", .type = EB_PARAM_STRING, .value.s = eb_strdup(stats->error)};
    }
    return n;
}

int eb_job_abort(const void *world, const unsigned char *uuid, eb_error *err)
{
    struct eb_job *job;
    struct timespec until;
    bool late = false;
    int result = 0;

    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += ANSWER_S;
    pthread_mutex_lock(&lock);
    /* looked up anew each time: one that ended may be gone */
    while ((job = find(world, uuid)) && job->running && !job->told && !late)
        late = pthread_cond_timedwait(&changed, &lock, &until) != 0;
    if (job && job->running && !job->told)
        result = eb_error_set(err, EB_ERR_OPERATION_TIMEOUT,
                              "the job '%s' of the domain does not tell whether it can be stopped",
                              eb_job_name(job->operation));
    else if (!job || !job->running)
        result = eb_error_set(err, EB_ERR_OPERATION_INVALID, "no job is active on the domain");
    else if (!job->progress.cancelable)
        result = eb_error_set(err, EB_ERR_OPERATION_UNSUPPORTED,
                              "the job '%s' of the domain cannot be stopped: the hypervisor goes on with it",
                              eb_job_name(job->operation));
    else
        job->wanted = true;
    pthread_mutex_unlock(&lock);
    return result;
}

void eb_job_forget(const void *world)
{
    struct eb_job *job, *tmp;

    pthread_mutex_lock(&lock);
    HASH_ITER (hh, jobs, job, tmp) {
        if (job->id.world == world && job->users == 0)
            drop(job);
    }
    pthread_mutex_unlock(&lock);
}

/* ---- The public API ---- */

/* Where the domain's jobs are; NULL with an error. A domain that is not there has none: only when no job
 * runs, the driver is asked whether it is there, so that nobody waits for the job. */
static const void *world_of(eb_domain *dom, const char *function, eb_error *err)
{
    eb_conn *conn = dom->conn;

    if (conn->driver->domain.job_world)
        return conn->driver->domain.job_world(conn);
    eb_no_support(conn, function, err);
    return NULL;
}

static int get_stats(eb_domain *dom, const char *function, unsigned flags, struct eb_job_stats *out,
                     eb_error *err)
{
    const void *world = world_of(dom, function, err);

    if (!world)
        return -1;
    eb_job_get(world, dom->uuid, flags, out);
    if (out->info.type != EB_JOB_NONE)
        return 0;
    return eb_domain_is_active(dom, err) < 0 ? -1 : 0;
}

int eb_domain_get_job_info(eb_domain *dom, eb_job_info *out, eb_error *err)
{
    struct eb_job_stats stats;

    if (dom->conn->driver->domain.job_info)
        return EB_CALL(dom->conn, "virDomainGetJobInfo", domain.job_info, dom->conn, dom->uuid, out, err);
    if (get_stats(dom, "virDomainGetJobInfo", 0, &stats, err) < 0)
        return -1;
    *out = stats.info;
    eb_job_stats_clear(&stats);
    return 0;
}

int eb_domain_get_job_stats(eb_domain *dom, unsigned flags, eb_job_type *type, eb_param **params,
                            eb_error *err)
{
    static const char function[] = "virDomainGetJobStats";
    struct eb_job_stats stats;
    size_t n;

    if (eb_check_flags(flags, EB_JOB_STATS_COMPLETED | EB_JOB_STATS_KEEP_COMPLETED, function, err) < 0)
        return -1;
    if (dom->conn->driver->domain.job_stats)
        return EB_CALL(dom->conn, function, domain.job_stats, dom->conn, dom->uuid, flags, type, params, err);
    if (get_stats(dom, function, flags, &stats, err) < 0)
        return -1;
    *type = stats.info.type;
    n = eb_job_params(&stats, params);
    eb_job_stats_clear(&stats);
    return (int)n;
}

int eb_domain_abort_job(eb_domain *dom, eb_error *err)
{
    const void *world;

    if (eb_need_write(dom->conn, "virDomainAbortJob", err) < 0)
        return -1;
    if (dom->conn->driver->domain.job_abort)
        return EB_CALL(dom->conn, "virDomainAbortJob", domain.job_abort, dom->conn, dom->uuid, err);
    world = world_of(dom, "virDomainAbortJob", err);
    if (!world)
        return -1;
    return eb_driver_result(dom->conn, eb_job_abort(world, dom->uuid, err), err);
}
