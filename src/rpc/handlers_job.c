/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Jobs of domains: looked at and stopped while other calls of theirs run. */
#include "rpc/handlers.h"

int rpc_serve_domain_get_job_info(struct rpc_call *call, const struct rpc_domain_get_job_info_args *args,
                                  struct rpc_domain_get_job_info_ret *ret, eb_error *err)
{
    RPC_AUTODOMAIN eb_domain *dom = rpc_get_domain(call, &args->dom);
    eb_job_info info;

    if (eb_domain_get_job_info(dom, &info, err) < 0)
        return -1;
    *ret = (struct rpc_domain_get_job_info_ret){
        .type = (int32_t)info.type,
        .time_elapsed = info.time_elapsed,
        .time_remaining = info.time_remaining,
        .data_total = info.data_total,
        .data_processed = info.data_processed,
        .data_remaining = info.data_remaining,
        .mem_total = info.mem_total,
        .mem_processed = info.mem_processed,
        .mem_remaining = info.mem_remaining,
        .file_total = info.file_total,
        .file_processed = info.file_processed,
        .file_remaining = info.file_remaining,
    };
    return 0;
}

int rpc_serve_domain_get_job_stats(struct rpc_call *call, const struct rpc_domain_get_job_stats_args *args,
                                   struct rpc_domain_get_job_stats_ret *ret, eb_error *err)
{
    RPC_AUTODOMAIN eb_domain *dom = rpc_get_domain(call, &args->dom);
    eb_job_type type;
    eb_param *params;
    int n = eb_domain_get_job_stats(dom, args->flags, &type, &params, err);

    if (n < 0)
        return -1;
    ret->type = (int32_t)type;
    ret->params.items = rpc_put_params(params, (size_t)n);
    ret->params.n = (uint32_t)n;
    eb_params_free(params, (size_t)n);
    return 0;
}

int rpc_serve_domain_abort_job(struct rpc_call *call, const struct rpc_domain_abort_job_args *args,
                               eb_error *err)
{
    RPC_AUTODOMAIN eb_domain *dom = rpc_get_domain(call, &args->dom);

    return eb_domain_abort_job(dom, err);
}

int rpc_serve_domain_abort_job_flags(struct rpc_call *call,
                                     const struct rpc_domain_abort_job_flags_args *args, eb_error *err)
{
    RPC_AUTODOMAIN eb_domain *dom = rpc_get_domain(call, &args->dom);

    if (eb_check_flags(args->flags, 0, "virDomainAbortJobFlags", err) < 0)
        return -1;
    return eb_domain_abort_job(dom, err);
}
