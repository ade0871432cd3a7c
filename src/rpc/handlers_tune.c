/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How much of the host domains may use. A client that asks for 0 parameters wants to know how many there are.
 */
#include "rpc/handlers.h"

#include <stdio.h>

enum { MAX_PARAMS = 16, MAX_BLOCK_IO = 32, MAX_MAP = 2048, MAX_MAPS = 8388608, MAX_VCPUS = 16384 };

/* ---- Parameters ---- */

/* What a client gave, as the API has it: text still belongs to the message. */
static eb_param *take_params(const struct rpc_param *items, uint32_t n)
{
    eb_param *out = eb_calloc(n + 1u, sizeof(*out));

    for (uint32_t i = 0; i < n; i++) {
        const struct xdr_variant *v = &items[i].value;

        snprintf(out[i].field, sizeof(out[i].field), "%s", items[i].field);
        out[i].type = (eb_param_type)v->type;
        switch (out[i].type) {
        case EB_PARAM_INT:
            out[i].value.i = v->value.i;
            break;
        case EB_PARAM_UINT:
            out[i].value.ui = v->value.ui;
            break;
        case EB_PARAM_LLONG:
            out[i].value.l = v->value.l;
            break;
        case EB_PARAM_ULLONG:
            out[i].value.ul = v->value.ul;
            break;
        case EB_PARAM_DOUBLE:
            out[i].value.d = v->value.d;
            break;
        case EB_PARAM_BOOLEAN:
            out[i].value.b = v->value.b != 0;
            break;
        case EB_PARAM_STRING:
            out[i].value.s = v->value.s;
            break;
        }
    }
    return out;
}

static int set(struct rpc_call *call, const struct rpc_domain *of, eb_tuning_kind kind, const char *device,
               const struct rpc_param *items, uint32_t n, unsigned flags, eb_error *err)
{
    RPC_AUTODOMAIN eb_domain *dom = rpc_get_domain(call, of);
    EB_AUTOFREE eb_param *params = take_params(items, n);

    return eb_domain_set_tuning(dom, kind, device, params, n, flags, err);
}

/* Gives how many there are; *items has at most `max` of them. */
static int get(struct rpc_call *call, const struct rpc_domain *of, eb_tuning_kind kind, const char *device,
               unsigned flags, int32_t max, int most, struct rpc_param **items, uint32_t *n, eb_error *err)
{
    RPC_AUTODOMAIN eb_domain *dom = rpc_get_domain(call, of);
    eb_param *params;
    int all;

    if (rpc_check_max(max, most, "nparams", err) < 0 ||
        (all = eb_domain_get_tuning(dom, kind, device, flags, max ? &params : NULL, err)) < 0)
        return -1;
    if (!max)
        return all;
    *n = (uint32_t)(all < max ? all : max);
    *items = rpc_put_params(params, *n);
    eb_params_free(params, (size_t)all);
    return all;
}

#define SERVE_SET(name, kind, of_device, with_flags)                                                         \
    int rpc_serve_domain_set_##name(struct rpc_call *call, const struct rpc_domain_set_##name##_args *args,  \
                                    eb_error *err)                                                           \
    {                                                                                                        \
        return set(call, &args->dom, (kind), (of_device), args->params.items, args->params.n, (with_flags),  \
                   err);                                                                                     \
    }
#define SERVE_GET(name, kind, of_device, most)                                                               \
    int rpc_serve_domain_get_##name(struct rpc_call *call, const struct rpc_domain_get_##name##_args *args,  \
                                    struct rpc_domain_get_##name##_ret *ret, eb_error *err)                  \
    {                                                                                                        \
        int n = get(call, &args->dom, (kind), (of_device), args->flags, args->max, (most),                   \
                    &ret->params.items, &ret->params.n, err);                                                \
                                                                                                             \
        ret->count = args->max && n > args->max ? args->max : n;                                             \
        return n < 0 ? -1 : 0;                                                                               \
    }

SERVE_SET(scheduler_parameters, EB_TUNING_SCHEDULER, NULL, 0)
SERVE_SET(scheduler_parameters_flags, EB_TUNING_SCHEDULER, NULL, args->flags)
SERVE_GET(memory_parameters, EB_TUNING_MEMORY, NULL, MAX_PARAMS)
SERVE_SET(memory_parameters, EB_TUNING_MEMORY, NULL, args->flags)
SERVE_GET(blkio_parameters, EB_TUNING_BLKIO, NULL, MAX_PARAMS)
SERVE_SET(blkio_parameters, EB_TUNING_BLKIO, NULL, args->flags)
SERVE_GET(numa_parameters, EB_TUNING_NUMA, NULL, MAX_PARAMS)
SERVE_SET(numa_parameters, EB_TUNING_NUMA, NULL, args->flags)
SERVE_SET(perf_events, EB_TUNING_PERF, NULL, args->flags)
SERVE_GET(interface_parameters, EB_TUNING_INTERFACE, args->device, MAX_PARAMS)
SERVE_SET(interface_parameters, EB_TUNING_INTERFACE, args->device, args->flags)
SERVE_SET(block_io_tune, EB_TUNING_BLOCK_IO, args->disk, args->flags)
SERVE_SET(launch_security_state, EB_TUNING_LAUNCH_SECURITY, NULL, args->flags)

/* How many parameters disks have may be asked without naming one. */
int rpc_serve_domain_get_block_io_tune(struct rpc_call *call,
                                       const struct rpc_domain_get_block_io_tune_args *args,
                                       struct rpc_domain_get_block_io_tune_ret *ret, eb_error *err)
{
    int n = get(call, &args->dom, EB_TUNING_BLOCK_IO, args->disk, args->flags, args->max, MAX_BLOCK_IO,
                &ret->params.items, &ret->params.n, err);

    ret->count = args->max && n > args->max ? args->max : n;
    return n < 0 ? -1 : 0;
}

int rpc_serve_domain_get_scheduler_parameters(struct rpc_call *call,
                                              const struct rpc_domain_get_scheduler_parameters_args *args,
                                              struct rpc_domain_get_scheduler_parameters_ret *ret,
                                              eb_error *err)
{
    return get(call, &args->dom, EB_TUNING_SCHEDULER, NULL, 0, args->max, MAX_PARAMS, &ret->params.items,
               &ret->params.n, err) < 0
               ? -1
               : 0;
}

int rpc_serve_domain_get_scheduler_parameters_flags(
    struct rpc_call *call, const struct rpc_domain_get_scheduler_parameters_flags_args *args,
    struct rpc_domain_get_scheduler_parameters_flags_ret *ret, eb_error *err)
{
    return get(call, &args->dom, EB_TUNING_SCHEDULER, NULL, args->flags, args->max, MAX_PARAMS,
               &ret->params.items, &ret->params.n, err) < 0
               ? -1
               : 0;
}

int rpc_serve_domain_get_perf_events(struct rpc_call *call,
                                     const struct rpc_domain_get_perf_events_args *args,
                                     struct rpc_domain_get_perf_events_ret *ret, eb_error *err)
{
    return get(call, &args->dom, EB_TUNING_PERF, NULL, args->flags, INT16_MAX, INT16_MAX, &ret->params.items,
               &ret->params.n, err) < 0
               ? -1
               : 0;
}

int rpc_serve_domain_get_launch_security_info(struct rpc_call *call,
                                              const struct rpc_domain_get_launch_security_info_args *args,
                                              struct rpc_domain_get_launch_security_info_ret *ret,
                                              eb_error *err)
{
    return get(call, &args->dom, EB_TUNING_LAUNCH_SECURITY, NULL, args->flags, INT16_MAX, INT16_MAX,
               &ret->params.items, &ret->params.n, err) < 0
               ? -1
               : 0;
}

int rpc_serve_domain_get_scheduler_type(struct rpc_call *call,
                                        const struct rpc_domain_get_scheduler_type_args *args,
                                        struct rpc_domain_get_scheduler_type_ret *ret, eb_error *err)
{
    RPC_AUTODOMAIN eb_domain *dom = rpc_get_domain(call, &args->dom);

    return rpc_put_int(eb_domain_get_scheduler_type(dom, &ret->type, err), &ret->count);
}

/* ---- Maps of CPUs ---- */

/* Maps of `length` bytes each, from ones of `is` bytes. */
static unsigned char *put_maps(const unsigned char *maps, unsigned is, int n, int length)
{
    unsigned char *out = eb_calloc((size_t)n * (size_t)length + 1, 1);

    for (int i = 0; i < n; i++)
        memcpy(out + (size_t)i * (size_t)length, maps + (size_t)i * is,
               is < (unsigned)length ? is : (unsigned)length);
    return out;
}

int rpc_serve_domain_get_vcpu_pin_info(struct rpc_call *call,
                                       const struct rpc_domain_get_vcpu_pin_info_args *args,
                                       struct rpc_domain_get_vcpu_pin_info_ret *ret, eb_error *err)
{
    RPC_AUTODOMAIN eb_domain *dom = rpc_get_domain(call, &args->dom);
    EB_AUTOFREE unsigned char *maps = NULL;
    unsigned length;
    int n;

    if (rpc_check_max(args->max, MAX_VCPUS, "ncpumaps", err) < 0 ||
        rpc_check_max((int64_t)args->max * args->map_length, MAX_MAPS, "ncpumaps * maplen", err) < 0 ||
        rpc_check_max(args->map_length, MAX_MAPS, "maplen", err) < 0 ||
        (n = eb_domain_get_vcpu_pins(dom, args->flags, &maps, &length, err)) < 0)
        return -1;
    ret->count = n < args->max ? n : args->max;
    ret->maps.items = put_maps(maps, length, ret->count, args->map_length);
    ret->maps.n = (uint32_t)ret->count * (uint32_t)args->map_length;
    return 0;
}

int rpc_serve_domain_pin_vcpu(struct rpc_call *call, const struct rpc_domain_pin_vcpu_args *args,
                              eb_error *err)
{
    RPC_AUTODOMAIN eb_domain *dom = rpc_get_domain(call, &args->dom);

    return eb_domain_pin_vcpu(dom, args->vcpu, args->map.items, args->map.n, 0, err);
}

int rpc_serve_domain_pin_vcpu_flags(struct rpc_call *call, const struct rpc_domain_pin_vcpu_flags_args *args,
                                    eb_error *err)
{
    RPC_AUTODOMAIN eb_domain *dom = rpc_get_domain(call, &args->dom);

    return eb_domain_pin_vcpu(dom, args->vcpu, args->map.items, args->map.n, args->flags, err);
}

int rpc_serve_domain_get_emulator_pin_info(struct rpc_call *call,
                                           const struct rpc_domain_get_emulator_pin_info_args *args,
                                           struct rpc_domain_get_emulator_pin_info_ret *ret, eb_error *err)
{
    RPC_AUTODOMAIN eb_domain *dom = rpc_get_domain(call, &args->dom);
    EB_AUTOFREE unsigned char *map = NULL;
    unsigned length;
    int n;

    if (rpc_check_max(args->map_length, MAX_MAPS, "maplen", err) < 0 ||
        (n = eb_domain_get_emulator_pin(dom, args->flags, &map, &length, err)) < 0)
        return -1;
    ret->count = n;
    ret->maps.items = put_maps(map, length, 1, args->map_length);
    ret->maps.n = (uint32_t)args->map_length;
    return 0;
}

int rpc_serve_domain_pin_emulator(struct rpc_call *call, const struct rpc_domain_pin_emulator_args *args,
                                  eb_error *err)
{
    RPC_AUTODOMAIN eb_domain *dom = rpc_get_domain(call, &args->dom);

    return eb_domain_pin_emulator(dom, args->map.items, args->map.n, args->flags, err);
}

/* ---- Threads for input and output ---- */

int rpc_serve_domain_get_iothread_info(struct rpc_call *call,
                                       const struct rpc_domain_get_iothread_info_args *args,
                                       struct rpc_domain_get_iothread_info_ret *ret, eb_error *err)
{
    RPC_AUTODOMAIN eb_domain *dom = rpc_get_domain(call, &args->dom);
    eb_iothread_info *list;
    int n = eb_domain_get_iothreads(dom, args->flags, &list, err);

    if (n < 0)
        return -1;
    ret->threads.items = eb_calloc((size_t)n + 1, sizeof(*ret->threads.items));
    ret->threads.n = (uint32_t)n;
    ret->count = (uint32_t)n;
    for (int i = 0; i < n; i++) {
        ret->threads.items[i].id = list[i].id;
        ret->threads.items[i].map.n = list[i].length < MAX_MAP ? list[i].length : (unsigned)MAX_MAP;
        ret->threads.items[i].map.items = EB_STEAL(list[i].map);
    }
    eb_iothreads_free(list, (size_t)n);
    return 0;
}

int rpc_serve_domain_pin_iothread(struct rpc_call *call, const struct rpc_domain_pin_iothread_args *args,
                                  eb_error *err)
{
    RPC_AUTODOMAIN eb_domain *dom = rpc_get_domain(call, &args->dom);

    return eb_domain_pin_iothread(dom, args->id, args->map.items, args->map.n, args->flags, err);
}

int rpc_serve_domain_add_iothread(struct rpc_call *call, const struct rpc_domain_add_iothread_args *args,
                                  eb_error *err)
{
    RPC_AUTODOMAIN eb_domain *dom = rpc_get_domain(call, &args->dom);

    return eb_domain_add_iothread(dom, args->id, args->flags, err);
}

int rpc_serve_domain_del_iothread(struct rpc_call *call, const struct rpc_domain_del_iothread_args *args,
                                  eb_error *err)
{
    RPC_AUTODOMAIN eb_domain *dom = rpc_get_domain(call, &args->dom);

    return eb_domain_del_iothread(dom, args->id, args->flags, err);
}

int rpc_serve_domain_set_iothread_params(struct rpc_call *call,
                                         const struct rpc_domain_set_iothread_params_args *args,
                                         eb_error *err)
{
    RPC_AUTODOMAIN eb_domain *dom = rpc_get_domain(call, &args->dom);
    EB_AUTOFREE eb_param *params = take_params(args->params.items, args->params.n);

    return eb_domain_set_iothread(dom, args->id, params, args->params.n, args->flags, err);
}
