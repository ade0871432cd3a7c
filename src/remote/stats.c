/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Statistics of the host and of domains. */
#include "core/params.h"
#include "remote/calls.h"

enum { MAX_PARAMS = 16, MAX_CPUS_AT_ONCE = 128, MAX_MEMORY_STATS = 1024, MAX_DISK_ERRORS = 256 };

uint32_t remote_params(const struct rpc_param *items, uint32_t n, eb_param **out)
{
    struct eb_param_list list = {0};

    for (uint32_t i = 0; i < n; i++) {
        const struct xdr_variant *v = &items[i].value;
        const char *field = items[i].field;

        switch ((eb_param_type)v->type) {
        case EB_PARAM_INT:
            eb_params_add_int(&list, v->value.i, "%s", field);
            break;
        case EB_PARAM_UINT:
            eb_params_add_uint(&list, v->value.ui, "%s", field);
            break;
        case EB_PARAM_LLONG:
            eb_params_add_llong(&list, v->value.l, "%s", field);
            break;
        case EB_PARAM_ULLONG:
            eb_params_add_ullong(&list, v->value.ul, "%s", field);
            break;
        case EB_PARAM_BOOLEAN:
            eb_params_add_bool(&list, v->value.b, "%s", field);
            break;
        case EB_PARAM_STRING:
            eb_params_add_string(&list, v->value.s, "%s", field);
            break;
        case EB_PARAM_DOUBLE: /* no statistic is one */
            break;
        }
    }
    return (uint32_t)eb_params_give(&list, out);
}

uint32_t remote_node_stats(const struct rpc_node_stat *items, uint32_t n, eb_param **out)
{
    struct eb_param_list list = {0};

    for (uint32_t i = 0; i < n; i++)
        eb_params_add_ullong(&list, items[i].value, "%s", items[i].field);
    return (uint32_t)eb_params_give(&list, out);
}

/* ---- the host ---- */

static int node_cpu_map(eb_conn *conn, unsigned char **map, unsigned *online, eb_error *err)
{
    struct rpc_node_get_cpu_map_args args = {.need_map = 1, .need_online = 1};
    struct rpc_node_get_cpu_map_ret ret = {0};

    if (REMOTE_CALL(conn, NODE_GET_CPU_MAP, &args, &ret, err) < 0)
        return -1;
    if (remote_count(ret.count, err) < 0) {
        remote_clear(RPC_NODE_GET_CPU_MAP, &ret);
        return -1;
    }
    *map = ret.map.n ? ret.map.items : eb_calloc(1, 1);
    *online = ret.online;
    return ret.map.n * 8 < (uint32_t)ret.count ? (int)ret.map.n * 8 : ret.count;
}

static int node_cpu(eb_conn *conn, int cpu, eb_param **out, eb_error *err)
{
    struct rpc_node_get_cpu_stats_args args = {.cpu = cpu, .max = MAX_PARAMS};
    struct rpc_node_get_cpu_stats_ret ret = {0};
    int n;

    if (REMOTE_CALL(conn, NODE_GET_CPU_STATS, &args, &ret, err) < 0)
        return -1;
    n = (int)remote_node_stats(ret.stats.items, ret.stats.n, out);
    remote_clear(RPC_NODE_GET_CPU_STATS, &ret);
    return n;
}

static int node_memory(eb_conn *conn, int cell, eb_param **out, eb_error *err)
{
    struct rpc_node_get_memory_stats_args args = {.cell = cell, .max = MAX_PARAMS};
    struct rpc_node_get_memory_stats_ret ret = {0};
    int n;

    if (REMOTE_CALL(conn, NODE_GET_MEMORY_STATS, &args, &ret, err) < 0)
        return -1;
    n = (int)remote_node_stats(ret.stats.items, ret.stats.n, out);
    remote_clear(RPC_NODE_GET_MEMORY_STATS, &ret);
    return n;
}

static int cpu_models(eb_conn *conn, const char *arch, char ***out, eb_error *err)
{
    struct rpc_connect_get_cpu_model_names_args args = {.arch = TEXT(arch), .need = 1};
    struct rpc_connect_get_cpu_model_names_ret ret = {0};
    int n;

    if (REMOTE_CALL(conn, CONNECT_GET_CPU_MODEL_NAMES, &args, &ret, err) < 0)
        return -1;
    n = (int)ret.models.n;
    *out = eb_calloc((size_t)n + 1, sizeof(char *));
    for (int i = 0; i < n; i++)
        (*out)[i] = EB_STEAL(ret.models.items[i]);
    ret.models.n = 0;
    remote_clear(RPC_CONNECT_GET_CPU_MODEL_NAMES, &ret);
    return n;
}

/* ---- a domain ---- */

static int block(eb_conn *conn, eb_uuid uuid, const char *path, eb_block_stats *out, eb_error *err)
{
    BEGIN(DOMAIN_BLOCK_STATS, domain_block_stats, .path = TEXT(path));
    *out = (eb_block_stats){ret.rd_req, ret.rd_bytes, ret.wr_req, ret.wr_bytes, ret.errors};
    return 0;
}

static int block_info(eb_conn *conn, eb_uuid uuid, const char *path, eb_block_info *out, eb_error *err)
{
    BEGIN(DOMAIN_GET_BLOCK_INFO, domain_get_block_info, .path = TEXT(path));
    *out = (eb_block_info){.capacity = ret.capacity, .allocation = ret.allocation, .physical = ret.physical};
    return 0;
}

static int interface(eb_conn *conn, eb_uuid uuid, const char *device, eb_interface_stats *out, eb_error *err)
{
    BEGIN(DOMAIN_INTERFACE_STATS, domain_interface_stats, .device = TEXT(device));
    *out = (eb_interface_stats){ret.rx_bytes, ret.rx_packets, ret.rx_errors, ret.rx_dropped,
                                ret.tx_bytes, ret.tx_packets, ret.tx_errors, ret.tx_dropped};
    return 0;
}

static int memory(eb_conn *conn, eb_uuid uuid, eb_memory_stat **out, eb_error *err)
{
    int n;

    BEGIN(DOMAIN_MEMORY_STATS, domain_memory_stats, .max = MAX_MEMORY_STATS);
    n = (int)ret.stats.n;
    *out = eb_calloc((size_t)n + 1, sizeof(**out));
    for (int i = 0; i < n; i++)
        (*out)[i] = (eb_memory_stat){(eb_memory_stat_tag)ret.stats.items[i].tag, ret.stats.items[i].value};
    remote_clear(RPC_DOMAIN_MEMORY_STATS, &ret);
    return n;
}

/* One question of a range of CPUs, after two of how many CPUs there are and how much is told of each. */
static int cpu(eb_conn *conn, eb_uuid uuid, int start, unsigned n, eb_param **out, unsigned *per_cpu,
               eb_error *err)
{
    struct rpc_domain_get_cpu_stats_args args = {
        .dom = remote_domain(conn, uuid), .start = start, .cpus = n ? 1 : 0};
    struct rpc_domain_get_cpu_stats_ret ret = {0};
    uint32_t total;

    if (REMOTE_CALL(conn, DOMAIN_GET_CPU_STATS, &args, &ret, err) < 0)
        return -1;
    if (!n) /* the number of CPUs was asked for */
        return remote_count(ret.count, err);
    *per_cpu = (unsigned)ret.count;
    args.max = *per_cpu;
    args.cpus = n < MAX_CPUS_AT_ONCE ? n : MAX_CPUS_AT_ONCE;
    if (!*per_cpu)
        return 0;
    memset(&ret, 0, sizeof(ret));
    if (REMOTE_CALL(conn, DOMAIN_GET_CPU_STATS, &args, &ret, err) < 0)
        return -1;
    total = remote_params(ret.params.items, ret.params.n, out);
    remote_clear(RPC_DOMAIN_GET_CPU_STATS, &ret);
    return (int)(total / *per_cpu);
}

static int disk_errors(eb_conn *conn, eb_uuid uuid, eb_disk_error **out, eb_error *err)
{
    int n;

    BEGIN(DOMAIN_GET_DISK_ERRORS, domain_get_disk_errors, .max = MAX_DISK_ERRORS);
    n = (int)ret.errors.n;
    *out = eb_calloc((size_t)n + 1, sizeof(**out));
    for (int i = 0; i < n; i++) {
        (*out)[i].disk = EB_STEAL(ret.errors.items[i].disk);
        (*out)[i].error = ret.errors.items[i].error;
    }
    remote_clear(RPC_DOMAIN_GET_DISK_ERRORS, &ret);
    return n;
}

static int control_info(eb_conn *conn, eb_uuid uuid, eb_control_info *out, eb_error *err)
{
    BEGIN(DOMAIN_GET_CONTROL_INFO, domain_get_control_info, );
    *out = (eb_control_info){ret.state, ret.details, ret.state_time};
    return 0;
}

/* ---- all of many domains ---- */

static void take_record(eb_conn *conn, const struct rpc_stats_record *record, eb_domain_stats *out)
{
    struct eb_domain_key key = {0};

    remote_take_domain(conn, &record->dom, &key);
    out->domain = eb_domain_from_key(conn, &key);
    out->n_params = remote_params(record->params.items, record->params.n, &out->params);
}

static int all(eb_conn *conn, eb_domain *const *domains, size_t n, unsigned stats, unsigned flags,
               eb_domain_stats **out, eb_error *err)
{
    struct rpc_connect_get_all_domain_stats_args args = {.stats = stats, .flags = flags};
    struct rpc_connect_get_all_domain_stats_ret ret = {0};
    int told, result;

    args.domains.n = (uint32_t)n;
    args.domains.items = eb_calloc(n + 1, sizeof(*args.domains.items));
    for (size_t i = 0; i < n; i++) {
        unsigned char uuid[16];

        eb_domain_get_uuid(domains[i], uuid);
        args.domains.items[i] = remote_domain(conn, uuid);
    }
    result = REMOTE_CALL(conn, CONNECT_GET_ALL_DOMAIN_STATS, &args, &ret, err);
    free(args.domains.items);
    if (result < 0)
        return -1;
    told = (int)ret.records.n;
    *out = eb_calloc((size_t)told + 1, sizeof(**out));
    for (int i = 0; i < told; i++)
        take_record(conn, &ret.records.items[i], &(*out)[i]);
    remote_clear(RPC_CONNECT_GET_ALL_DOMAIN_STATS, &ret);
    return told;
}

const struct eb_driver_stats_ops remote_stats_ops = {
    .all = all,
    .node_cpu_map = node_cpu_map,
    .node_cpu = node_cpu,
    .node_memory = node_memory,
    .cpu_models = cpu_models,
    .block = block,
    .block_params = true,
    .block_info = block_info,
    .interface = interface,
    .memory = memory,
    .cpu = cpu,
    .disk_errors = disk_errors,
    .control_info = control_info,
};
