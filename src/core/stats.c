/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Statistics of the host and of one domain. */
#include "core/object.h"
#include "core/params.h"

#define CALL(conn, function, op, ...) EB_CALL_GROUP(conn, function, stats, op, __VA_ARGS__)

int eb_node_get_cpu_map(eb_conn *conn, unsigned char **map, unsigned *online, unsigned flags, eb_error *err)
{
    static const char function[] = "virNodeGetCPUMap";
    EB_AUTOFREE unsigned char *bits = NULL;
    unsigned count = 0;
    int n;

    if (eb_check_flags(flags, 0, function, err) < 0)
        return -1;
    n = CALL(conn, function, node_cpu_map, conn, &bits, &count, err);
    if (n < 0)
        return -1;
    if (map)
        *map = EB_STEAL(bits);
    if (online)
        *online = count;
    return n;
}

int eb_node_get_cpu_stats(eb_conn *conn, int cpu, unsigned flags, eb_param **out, eb_error *err)
{
    static const char function[] = "virNodeGetCPUStats";

    if (eb_check_flags(flags, 0, function, err) < 0)
        return -1;
    if (cpu < EB_NODE_CPU_ALL)
        return eb_error_set_arg(err, EB_FROM_NONE, "cpuNum in %s only accepts -1 as a negative value",
                                function);
    return CALL(conn, function, node_cpu, conn, cpu, out, err);
}

int eb_node_get_memory_stats(eb_conn *conn, int cell, unsigned flags, eb_param **out, eb_error *err)
{
    static const char function[] = "virNodeGetMemoryStats";

    if (eb_check_flags(flags, 0, function, err) < 0)
        return -1;
    if (cell < EB_NODE_CELLS_ALL)
        return eb_error_set_arg(err, EB_FROM_NONE, "cellNum in %s only accepts -1 as a negative value",
                                function);
    return CALL(conn, function, node_memory, conn, cell, out, err);
}

int eb_conn_get_cpu_model_names(eb_conn *conn, const char *arch, unsigned flags, char ***out, eb_error *err)
{
    static const char function[] = "virConnectGetCPUModelNames";

    if (eb_need_arg(arch, "arch", function, err) < 0 || eb_check_flags(flags, 0, function, err) < 0)
        return -1;
    return CALL(conn, function, cpu_models, conn, arch, out, err);
}

int eb_domain_get_block_stats(eb_domain *dom, const char *path, eb_block_stats *out, eb_error *err)
{
    static const char function[] = "virDomainBlockStats";

    if (eb_need_arg(path, "path", function, err) < 0)
        return -1;
    *out = (eb_block_stats){-1, -1, -1, -1, -1};
    return CALL(dom->conn, function, block, dom->conn, dom->uuid, path, out, err);
}

static void add_known(struct eb_param_list *list, int64_t value, const char *name)
{
    if (value >= 0)
        eb_params_add_llong(list, value, "%s", name);
}

int eb_domain_get_block_params(eb_domain *dom, const char *path, unsigned flags, eb_param **out,
                               eb_error *err)
{
    static const char function[] = "virDomainBlockStatsFlags";
    const struct eb_driver_stats_ops *ops = dom->conn->driver->stats;
    struct eb_param_list list = {0};
    eb_block_stats stats;

    if (eb_check_flags(flags, 0, function, err) < 0)
        return -1;
    if (!ops || !ops->block_params)
        return eb_no_support(dom->conn, function, err);
    if (eb_domain_get_block_stats(dom, path, &stats, err) < 0)
        return -1;
    add_known(&list, stats.wr_bytes, "wr_bytes");
    add_known(&list, stats.wr_req, "wr_operations");
    add_known(&list, stats.rd_bytes, "rd_bytes");
    add_known(&list, stats.rd_req, "rd_operations");
    add_known(&list, stats.errs, "errs");
    return eb_params_give(&list, out);
}

int eb_domain_get_block_info(eb_domain *dom, const char *path, unsigned flags, eb_block_info *out,
                             eb_error *err)
{
    static const char function[] = "virDomainGetBlockInfo";

    if (eb_need_arg(path, "disk", function, err) < 0 || eb_check_flags(flags, 0, function, err) < 0)
        return -1;
    memset(out, 0, sizeof(*out));
    return CALL(dom->conn, function, block_info, dom->conn, dom->uuid, path, out, err);
}

int eb_domain_get_interface_stats(eb_domain *dom, const char *device, eb_interface_stats *out, eb_error *err)
{
    static const char function[] = "virDomainInterfaceStats";

    if (eb_need_arg(device, "device", function, err) < 0)
        return -1;
    *out = (eb_interface_stats){-1, -1, -1, -1, -1, -1, -1, -1};
    return CALL(dom->conn, function, interface, dom->conn, dom->uuid, device, out, err);
}

int eb_domain_get_memory_stats(eb_domain *dom, unsigned flags, eb_memory_stat **out, eb_error *err)
{
    static const char function[] = "virDomainMemoryStats";

    if (eb_check_flags(flags, 0, function, err) < 0)
        return -1;
    return CALL(dom->conn, function, memory, dom->conn, dom->uuid, out, err);
}

int eb_domain_get_cpu_stats(eb_domain *dom, int start, unsigned n, unsigned flags, eb_param **out,
                            unsigned *per_cpu, eb_error *err)
{
    static const char function[] = "virDomainGetCPUStats";

    if (eb_check_flags(flags, 0, function, err) < 0)
        return -1;
    if (start < -1)
        return eb_error_set_arg(err, EB_FROM_DOMAIN, "start_cpu in %s must be zero or greater", function);
    if (start == -1 && n != 1)
        return eb_error_set_arg(err, EB_FROM_DOMAIN, "ncpus in %s must be 1 when start_cpu is -1", function);
    *out = NULL;
    *per_cpu = 0;
    return CALL(dom->conn, function, cpu, dom->conn, dom->uuid, start, n, out, per_cpu, err);
}

int eb_domain_get_disk_errors(eb_domain *dom, unsigned flags, eb_disk_error **out, eb_error *err)
{
    static const char function[] = "virDomainGetDiskErrors";

    if (eb_check_flags(flags, 0, function, err) < 0)
        return -1;
    return CALL(dom->conn, function, disk_errors, dom->conn, dom->uuid, out, err);
}

int eb_domain_get_control_info(eb_domain *dom, unsigned flags, eb_control_info *out, eb_error *err)
{
    static const char function[] = "virDomainGetControlInfo";

    if (eb_check_flags(flags, 0, function, err) < 0)
        return -1;
    memset(out, 0, sizeof(*out));
    return CALL(dom->conn, function, control_info, dom->conn, dom->uuid, out, err);
}
