/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Statistics of the host and of domains. What a client asks to be given at most may be 0: then it wants to
 * know how many there are. */
#include "rpc/handlers.h"

enum { MAX_NODE_STATS = 16, MAX_BLOCK_PARAMS = 16, MAX_MEMORY_STATS = 1024, MAX_DISK_ERRORS = 256 };
enum { MAX_CPU_PARAMS = 2048, MAX_CPUS_AT_ONCE = 128, MAX_CPU_MAP = 2048 };

/* ---- The host ---- */

int rpc_serve_node_get_cpu_map(struct rpc_call *call, const struct rpc_node_get_cpu_map_args *args,
                               struct rpc_node_get_cpu_map_ret *ret, eb_error *err)
{
    EB_AUTOFREE unsigned char *map = NULL;
    unsigned online;
    int n = eb_node_get_cpu_map(call->conn, &map, &online, args->flags, err);

    if (n < 0 || rpc_check_max(n, MAX_CPU_MAP * 8, "the number of CPUs", err) < 0)
        return -1;
    if (args->need_map) {
        ret->map.n = ((uint32_t)n + 7) / 8;
        ret->map.items = EB_STEAL(map);
    }
    ret->online = args->need_online ? online : 0;
    ret->count = n;
    return 0;
}

static struct rpc_node_stat *node_stats(const eb_param *params, uint32_t n)
{
    struct rpc_node_stat *out = eb_calloc(n + 1u, sizeof(*out));

    for (uint32_t i = 0; i < n; i++) {
        out[i].field = eb_strdup(params[i].field);
        out[i].value = params[i].value.ul;
    }
    return out;
}

int rpc_serve_node_get_cpu_stats(struct rpc_call *call, const struct rpc_node_get_cpu_stats_args *args,
                                 struct rpc_node_get_cpu_stats_ret *ret, eb_error *err)
{
    eb_param *params;
    int n;

    if (rpc_check_max(args->max, MAX_NODE_STATS, "nparams", err) < 0 ||
        (n = eb_node_get_cpu_stats(call->conn, args->cpu, args->flags, &params, err)) < 0)
        return -1;
    ret->count = args->max && args->max < n ? args->max : n;
    ret->stats.n = args->max ? (uint32_t)ret->count : 0;
    ret->stats.items = node_stats(params, ret->stats.n);
    eb_params_free(params, (size_t)n);
    return 0;
}

int rpc_serve_node_get_memory_stats(struct rpc_call *call, const struct rpc_node_get_memory_stats_args *args,
                                    struct rpc_node_get_memory_stats_ret *ret, eb_error *err)
{
    eb_param *params;
    int n;

    if (rpc_check_max(args->max, MAX_NODE_STATS, "nparams", err) < 0 ||
        (n = eb_node_get_memory_stats(call->conn, args->cell, args->flags, &params, err)) < 0)
        return -1;
    ret->count = args->max && args->max < n ? args->max : n;
    ret->stats.n = args->max ? (uint32_t)ret->count : 0;
    ret->stats.items = node_stats(params, ret->stats.n);
    eb_params_free(params, (size_t)n);
    return 0;
}

int rpc_serve_connect_get_cpu_model_names(struct rpc_call *call,
                                          const struct rpc_connect_get_cpu_model_names_args *args,
                                          struct rpc_connect_get_cpu_model_names_ret *ret, eb_error *err)
{
    char **names;
    int n = eb_conn_get_cpu_model_names(call->conn, args->arch, args->flags, &names, err);

    if (n < 0)
        return -1;
    ret->count = n;
    ret->models.n = args->need ? (uint32_t)n : 0;
    for (int i = 0; !args->need && i < n; i++)
        free(names[i]);
    ret->models.items = names;
    return 0;
}

/* ---- A domain ---- */

int rpc_serve_domain_block_stats(struct rpc_call *call, const struct rpc_domain_block_stats_args *args,
                                 struct rpc_domain_block_stats_ret *ret, eb_error *err)
{
    RPC_AUTODOMAIN eb_domain *dom = rpc_get_domain(call, &args->dom);
    eb_block_stats stats;

    if (eb_domain_get_block_stats(dom, args->path, &stats, err) < 0)
        return -1;
    ret->rd_req = stats.rd_req;
    ret->rd_bytes = stats.rd_bytes;
    ret->wr_req = stats.wr_req;
    ret->wr_bytes = stats.wr_bytes;
    ret->errors = stats.errs;
    return 0;
}

int rpc_serve_domain_block_stats_flags(struct rpc_call *call,
                                       const struct rpc_domain_block_stats_flags_args *args,
                                       struct rpc_domain_block_stats_flags_ret *ret, eb_error *err)
{
    RPC_AUTODOMAIN eb_domain *dom = rpc_get_domain(call, &args->dom);
    eb_param *params;
    int n;

    if (rpc_check_max(args->max, MAX_BLOCK_PARAMS, "nparams", err) < 0 ||
        (n = eb_domain_get_block_params(dom, args->path, args->flags & ~RPC_STRINGS_OKAY, &params, err)) < 0)
        return -1;
    ret->count = args->max && args->max < n ? args->max : n;
    ret->params.n = args->max ? (uint32_t)ret->count : 0;
    ret->params.items = rpc_put_params(params, ret->params.n);
    eb_params_free(params, (size_t)n);
    return 0;
}

int rpc_serve_domain_get_block_info(struct rpc_call *call, const struct rpc_domain_get_block_info_args *args,
                                    struct rpc_domain_get_block_info_ret *ret, eb_error *err)
{
    RPC_AUTODOMAIN eb_domain *dom = rpc_get_domain(call, &args->dom);
    eb_block_info info;

    if (eb_domain_get_block_info(dom, args->path, args->flags, &info, err) < 0)
        return -1;
    ret->allocation = info.allocation;
    ret->capacity = info.capacity;
    ret->physical = info.physical;
    return 0;
}

int rpc_serve_domain_interface_stats(struct rpc_call *call,
                                     const struct rpc_domain_interface_stats_args *args,
                                     struct rpc_domain_interface_stats_ret *ret, eb_error *err)
{
    RPC_AUTODOMAIN eb_domain *dom = rpc_get_domain(call, &args->dom);
    eb_interface_stats stats;

    if (eb_domain_get_interface_stats(dom, args->device, &stats, err) < 0)
        return -1;
    ret->rx_bytes = stats.rx_bytes;
    ret->rx_packets = stats.rx_packets;
    ret->rx_errors = stats.rx_errs;
    ret->rx_dropped = stats.rx_drop;
    ret->tx_bytes = stats.tx_bytes;
    ret->tx_packets = stats.tx_packets;
    ret->tx_errors = stats.tx_errs;
    ret->tx_dropped = stats.tx_drop;
    return 0;
}

int rpc_serve_domain_memory_stats(struct rpc_call *call, const struct rpc_domain_memory_stats_args *args,
                                  struct rpc_domain_memory_stats_ret *ret, eb_error *err)
{
    RPC_AUTODOMAIN eb_domain *dom = rpc_get_domain(call, &args->dom);
    EB_AUTOFREE eb_memory_stat *stats = NULL;
    int n;

    if (rpc_check_max(args->max, MAX_MEMORY_STATS, "maxStats", err) < 0 ||
        (n = eb_domain_get_memory_stats(dom, args->flags, &stats, err)) < 0)
        return -1;
    ret->stats.items = eb_calloc((size_t)n + 1, sizeof(*ret->stats.items));
    for (uint32_t i = 0; i < (uint32_t)n && i < args->max; i++) {
        ret->stats.items[i].tag = (int32_t)stats[i].tag;
        ret->stats.items[i].value = stats[i].value;
        ret->stats.n = i + 1;
    }
    return 0;
}

/* How many parameters each CPU has, or (both 0) how many CPUs there are. */
static int cpu_counts(eb_domain *dom, const struct rpc_domain_get_cpu_stats_args *args, int32_t *count,
                      eb_error *err)
{
    eb_param *params;
    unsigned per_cpu;
    int n = eb_domain_get_cpu_stats(dom, args->start, args->cpus ? 1 : 0, args->flags & ~RPC_STRINGS_OKAY,
                                    &params, &per_cpu, err);

    if (n < 0)
        return -1;
    *count = args->cpus ? (int32_t)per_cpu : n;
    eb_params_free(params, (size_t)n * per_cpu);
    return 0;
}

int rpc_serve_domain_get_cpu_stats(struct rpc_call *call, const struct rpc_domain_get_cpu_stats_args *args,
                                   struct rpc_domain_get_cpu_stats_ret *ret, eb_error *err)
{
    RPC_AUTODOMAIN eb_domain *dom = rpc_get_domain(call, &args->dom);
    eb_param *params;
    unsigned per_cpu;
    int n;

    if (rpc_check_max(args->cpus, MAX_CPUS_AT_ONCE, "ncpus", err) < 0 ||
        rpc_check_max((int64_t)args->max * (args->cpus ? args->cpus : 1), MAX_CPU_PARAMS, "nparams * ncpus",
                      err) < 0)
        return -1;
    if (!args->max || !args->cpus)
        return cpu_counts(dom, args, &ret->count, err);
    n = eb_domain_get_cpu_stats(dom, args->start, args->cpus, args->flags & ~RPC_STRINGS_OKAY, &params,
                                &per_cpu, err);
    if (n < 0)
        return -1;
    if (args->max < per_cpu) {
        eb_params_free(params, (size_t)n * per_cpu);
        return eb_error_set_from(err, EB_FROM_RPC, EB_ERR_RPC, "nparams %u is less than the %u of each CPU",
                                 args->max, per_cpu);
    }
    ret->count = (int32_t)per_cpu;
    ret->params.n = (uint32_t)n * per_cpu;
    ret->params.items = rpc_put_params(params, ret->params.n);
    eb_params_free(params, ret->params.n);
    return 0;
}

int rpc_serve_domain_get_disk_errors(struct rpc_call *call,
                                     const struct rpc_domain_get_disk_errors_args *args,
                                     struct rpc_domain_get_disk_errors_ret *ret, eb_error *err)
{
    RPC_AUTODOMAIN eb_domain *dom = rpc_get_domain(call, &args->dom);
    eb_disk_error *errors;
    int n;

    if (rpc_check_max(args->max, MAX_DISK_ERRORS, "maxerrors", err) < 0 ||
        (n = eb_domain_get_disk_errors(dom, args->flags, &errors, err)) < 0)
        return -1;
    ret->errors.items = eb_calloc((size_t)n + 1, sizeof(*ret->errors.items));
    for (int i = 0; i < n; i++) {
        if ((uint32_t)i < args->max) {
            ret->errors.items[i].disk = EB_STEAL(errors[i].disk);
            ret->errors.items[i].error = errors[i].error;
            ret->errors.n++;
        }
        free(errors[i].disk);
    }
    free(errors);
    ret->count = args->max && (uint32_t)n > args->max ? (int32_t)args->max : n;
    return 0;
}

int rpc_serve_domain_get_control_info(struct rpc_call *call,
                                      const struct rpc_domain_get_control_info_args *args,
                                      struct rpc_domain_get_control_info_ret *ret, eb_error *err)
{
    RPC_AUTODOMAIN eb_domain *dom = rpc_get_domain(call, &args->dom);
    eb_control_info info;

    if (eb_domain_get_control_info(dom, args->flags, &info, err) < 0)
        return -1;
    ret->state = info.state;
    ret->details = info.details;
    ret->state_time = info.state_time;
    return 0;
}

/* ---- All ---- */

static void put_records(const eb_domain_stats *list, int n, struct rpc_connect_get_all_domain_stats_ret *ret)
{
    ret->records.items = eb_calloc((size_t)n + 1, sizeof(*ret->records.items));
    ret->records.n = (uint32_t)n;
    for (int i = 0; i < n; i++) {
        struct rpc_stats_record *record = &ret->records.items[i];

        rpc_put_domain(list[i].domain, &record->dom);
        record->params.n = (uint32_t)list[i].n_params;
        record->params.items = rpc_put_params(list[i].params, list[i].n_params);
    }
}

int rpc_serve_connect_get_all_domain_stats(struct rpc_call *call,
                                           const struct rpc_connect_get_all_domain_stats_args *args,
                                           struct rpc_connect_get_all_domain_stats_ret *ret, eb_error *err)
{
    uint32_t asked = args->domains.n;
    EB_AUTOFREE eb_domain **domains = eb_calloc(asked + 1u, sizeof(*domains));
    eb_domain_stats *list = NULL;
    int n;

    for (uint32_t i = 0; i < asked; i++)
        domains[i] = rpc_get_domain(call, &args->domains.items[i]);
    n = eb_conn_get_all_stats(call->conn, asked ? domains : NULL, asked, args->stats, args->flags, &list,
                              err);
    for (uint32_t i = 0; i < asked; i++)
        eb_domain_unref(domains[i]);
    if (n < 0)
        return -1;
    put_records(list, n, ret);
    eb_domain_stats_free(list, (size_t)n);
    return 0;
}
