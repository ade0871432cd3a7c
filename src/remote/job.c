/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Jobs of domains: the far side's. */
#include "remote/calls.h"

int remote_job_info(eb_conn *conn, eb_uuid uuid, eb_job_info *out, eb_error *err)
{
    BEGIN(DOMAIN_GET_JOB_INFO, domain_get_job_info, );
    *out = (eb_job_info){.type = (eb_job_type)ret.type,
                         .time_elapsed = ret.time_elapsed,
                         .time_remaining = ret.time_remaining,
                         .data_total = ret.data_total,
                         .data_processed = ret.data_processed,
                         .data_remaining = ret.data_remaining,
                         .mem_total = ret.mem_total,
                         .mem_processed = ret.mem_processed,
                         .mem_remaining = ret.mem_remaining,
                         .file_total = ret.file_total,
                         .file_processed = ret.file_processed,
                         .file_remaining = ret.file_remaining};
    return 0;
}

int remote_job_stats(eb_conn *conn, eb_uuid uuid, unsigned flags, eb_job_type *type, eb_param **params,
                     eb_error *err)
{
    int n;

    BEGIN(DOMAIN_GET_JOB_STATS, domain_get_job_stats, .flags = flags);
    *type = (eb_job_type)ret.type;
    n = (int)remote_params(ret.params.items, ret.params.n, params);
    remote_clear(RPC_DOMAIN_GET_JOB_STATS, &ret);
    return n;
}

int remote_job_abort(eb_conn *conn, eb_uuid uuid, eb_error *err)
{
    return DO(DOMAIN_ABORT_JOB, domain_abort_job, );
}
