/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file job.h
 * Jobs: what an operation that takes time tells of itself, for every connection of this process. A job
 * belongs to one domain of one world (any pointer that tells domains with the same uuid apart: the test
 * driver's world, for instance). The thread that does the work begins it, reports, and ends it; every other
 * thread may look at it and ask it to stop. Of the job that ended last, the numbers stay until they are asked
 * for.
 */
#ifndef EB_CORE_JOB_H
#define EB_CORE_JOB_H

#include "base/error.h"
#include "base/util.h"
#include "everbox/everbox.h"

struct eb_job;

/** "save", "snapshot" …: as errors name it. Static. */
const char *eb_job_name(eb_job_operation operation);

/** Waits until the domain has no other job. The caller ends it. */
struct eb_job *eb_job_begin(const void *world, const unsigned char *uuid, eb_job_operation operation);

/** How far it is. */
struct eb_job_progress {
    int percent;          /* -1: unknown */
    int64_t remaining_ms; /* -1: unknown; then it is estimated from the percents */
    bool cancelable;      /* now: this may change as it goes on */
};
/** True when somebody asked to stop it. */
bool eb_job_report(struct eb_job *job, const struct eb_job_progress *progress);

/**
 * `why`: NULL when the work was done, else the error; EB_ERR_OPERATION_ABORTED: it was cancelled. Gives what
 * the event "job completed" carries: `*n` parameters, the caller's; `params` may be NULL.
 */
void eb_job_end(struct eb_job *job, const eb_error *why, eb_param **params, size_t *n);

/** What eb_domain_get_job_stats gives. `flags`: EB_JOB_STATS_*. With type EB_JOB_NONE there is nothing. */
struct eb_job_stats {
    eb_job_operation operation;
    eb_job_info info;
    char *error; /* owned */
};
void eb_job_get(const void *world, const unsigned char *uuid, unsigned flags, struct eb_job_stats *out);
void eb_job_stats_clear(struct eb_job_stats *stats);
/** The caller frees them. */
size_t eb_job_params(const struct eb_job_stats *stats, eb_param **out);
/**
 * Asks the domain's job to stop; while it did not tell yet whether it can be stopped, waits for that. -1:
 * EB_ERR_OPERATION_INVALID, EB_ERR_OPERATION_UNSUPPORTED.
 */
int eb_job_abort(const void *world, const unsigned char *uuid, eb_error *err);
/** The world ends, and with it what is known of its domains. No job runs in it. */
void eb_job_forget(const void *world);

#endif
