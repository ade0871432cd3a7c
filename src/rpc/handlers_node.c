/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The host. */
#include "rpc/handlers.h"

enum { MAX_CELLS = 1024 };

int rpc_serve_node_get_info(struct rpc_call *call, struct rpc_node_get_info_ret *ret, eb_error *err)
{
    eb_node_info info;

    if (eb_node_get_info(call->conn, &info, err) < 0)
        return -1;
    memcpy(ret->model, info.model, sizeof(ret->model));
    ret->memory = info.memory;
    ret->cpus = (int32_t)info.cpus;
    ret->mhz = (int32_t)info.mhz;
    ret->nodes = (int32_t)info.nodes;
    ret->sockets = (int32_t)info.sockets;
    ret->cores = (int32_t)info.cores;
    ret->threads = (int32_t)info.threads;
    return 0;
}

int rpc_serve_node_get_free_memory(struct rpc_call *call, struct rpc_node_get_free_memory_ret *ret,
                                   eb_error *err)
{
    return eb_node_get_free_memory(call->conn, &ret->memory, err);
}

int rpc_serve_node_get_cells_free_memory(struct rpc_call *call,
                                         const struct rpc_node_get_cells_free_memory_args *args,
                                         struct rpc_node_get_cells_free_memory_ret *ret, eb_error *err)
{
    int n;

    if (rpc_check_max(args->max, MAX_CELLS, "maxcells", err) < 0)
        return -1;
    ret->cells.items = eb_calloc((size_t)args->max + 1, sizeof(*ret->cells.items));
    n = eb_node_get_cells_free_memory(call->conn, ret->cells.items, args->start, args->max, err);
    if (n < 0)
        return -1;
    ret->cells.n = (uint32_t)n;
    return 0;
}

int rpc_serve_node_get_security_model(struct rpc_call *call, struct rpc_node_get_security_model_ret *ret,
                                      eb_error *err)
{
    eb_security_model model;

    if (eb_node_get_security_model(call->conn, &model, err) < 0)
        return -1;
    RPC_PUT_CHARS(ret->model, model.model);
    RPC_PUT_CHARS(ret->doi, model.doi);
    return 0;
}
