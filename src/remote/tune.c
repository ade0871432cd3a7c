/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How much of the host domains may use. */
#include "base/cpuset.h"
#include "remote/calls.h"
#include "rpc/params.h"

enum { MAX_PARAMS = 16, MAX_BLOCK_IO = 32, MAX_VCPUS = 16384 };

/* ---- Parameters ---- */

/* Asks a procedure for all the parameters that it has. */
#define FETCH(PROCEDURE, name, ...)                                                                          \
    do {                                                                                                     \
        uint32_t n_;                                                                                         \
        BEGIN(PROCEDURE, name, __VA_ARGS__);                                                                 \
                                                                                                             \
        n_ = remote_params(ret.params.items, ret.params.n, out);                                             \
        remote_clear(RPC_##PROCEDURE, &ret);                                                                 \
        return (int)n_;                                                                                      \
    } while (0)

static int get_params(eb_conn *conn, eb_uuid uuid, eb_tuning_kind kind, const char *device, unsigned flags,
                      eb_param **out, eb_error *err)
{
    if (!out) {
        eb_param *params;
        int n = get_params(conn, uuid, kind, device, flags, &params, err);

        if (n >= 0)
            eb_params_free(params, (size_t)n);
        return n;
    }
    switch (kind) {
    case EB_TUNING_SCHEDULER:
        if (!flags)
            FETCH(DOMAIN_GET_SCHEDULER_PARAMETERS, domain_get_scheduler_parameters, .max = MAX_PARAMS);
        FETCH(DOMAIN_GET_SCHEDULER_PARAMETERS_FLAGS, domain_get_scheduler_parameters_flags, .max = MAX_PARAMS,
              .flags = flags);
    case EB_TUNING_MEMORY:
        FETCH(DOMAIN_GET_MEMORY_PARAMETERS, domain_get_memory_parameters, .max = MAX_PARAMS, .flags = flags);
    case EB_TUNING_BLKIO:
        FETCH(DOMAIN_GET_BLKIO_PARAMETERS, domain_get_blkio_parameters, .max = MAX_PARAMS, .flags = flags);
    case EB_TUNING_NUMA:
        FETCH(DOMAIN_GET_NUMA_PARAMETERS, domain_get_numa_parameters, .max = MAX_PARAMS, .flags = flags);
    case EB_TUNING_PERF:
        FETCH(DOMAIN_GET_PERF_EVENTS, domain_get_perf_events, .flags = flags);
    case EB_TUNING_BLOCK_IO:
        FETCH(DOMAIN_GET_BLOCK_IO_TUNE, domain_get_block_io_tune, .disk = TEXT(device), .max = MAX_BLOCK_IO,
              .flags = flags);
    case EB_TUNING_INTERFACE:
        FETCH(DOMAIN_GET_INTERFACE_PARAMETERS, domain_get_interface_parameters, .device = TEXT(device),
              .max = MAX_PARAMS, .flags = flags);
    case EB_TUNING_LAUNCH_SECURITY:
        FETCH(DOMAIN_GET_LAUNCH_SECURITY_INFO, domain_get_launch_security_info, .flags = flags);
    case EB_TUNING_LAST:
        break;
    }
    return eb_tuning_no_support(conn, kind, false, flags, err);
}

/* What a message has of a list of parameters. */
#define PARAMS .params = {.n = (uint32_t)n, .items = items}

static int set_params(eb_conn *conn, eb_uuid uuid, eb_tuning_kind kind, const char *device,
                      const eb_param *params, size_t n, unsigned flags, eb_error *err)
{
    EB_AUTOFREE struct rpc_param *items = rpc_lend_params(params, n);

    switch (kind) {
    case EB_TUNING_SCHEDULER:
        if (!flags)
            return DO(DOMAIN_SET_SCHEDULER_PARAMETERS, domain_set_scheduler_parameters, PARAMS);
        return DO(DOMAIN_SET_SCHEDULER_PARAMETERS_FLAGS, domain_set_scheduler_parameters_flags, PARAMS,
                  .flags = flags);
    case EB_TUNING_MEMORY:
        return DO(DOMAIN_SET_MEMORY_PARAMETERS, domain_set_memory_parameters, PARAMS, .flags = flags);
    case EB_TUNING_BLKIO:
        return DO(DOMAIN_SET_BLKIO_PARAMETERS, domain_set_blkio_parameters, PARAMS, .flags = flags);
    case EB_TUNING_NUMA:
        return DO(DOMAIN_SET_NUMA_PARAMETERS, domain_set_numa_parameters, PARAMS, .flags = flags);
    case EB_TUNING_PERF:
        return DO(DOMAIN_SET_PERF_EVENTS, domain_set_perf_events, PARAMS, .flags = flags);
    case EB_TUNING_BLOCK_IO:
        return DO(DOMAIN_SET_BLOCK_IO_TUNE, domain_set_block_io_tune, .disk = TEXT(device), PARAMS,
                  .flags = flags);
    case EB_TUNING_INTERFACE:
        return DO(DOMAIN_SET_INTERFACE_PARAMETERS, domain_set_interface_parameters, .device = TEXT(device),
                  PARAMS, .flags = flags);
    case EB_TUNING_LAUNCH_SECURITY:
        return DO(DOMAIN_SET_LAUNCH_SECURITY_STATE, domain_set_launch_security_state, PARAMS, .flags = flags);
    case EB_TUNING_LAST:
        break;
    }
    return eb_tuning_no_support(conn, kind, true, flags, err);
}

static int scheduler_type(eb_conn *conn, eb_uuid uuid, char **out, eb_error *err)
{
    BEGIN(DOMAIN_GET_SCHEDULER_TYPE, domain_get_scheduler_type, );
    *out = ret.type;
    return ret.count;
}

/* ---- Maps of CPUs ---- */

static int bad_maps(eb_error *err)
{
    return eb_error_set_from(err, EB_FROM_RPC, EB_ERR_RPC, "the daemon's maps of CPUs are too short");
}

static int vcpu_pins(eb_conn *conn, eb_uuid uuid, unsigned flags, unsigned char **maps, unsigned *length,
                     eb_error *err)
{
    struct rpc_domain_get_vcpu_pin_info_args args = {
        .dom = remote_domain(conn, uuid), .map_length = EB_CPUSET_BYTES, .flags = flags};
    struct rpc_domain_get_vcpu_pin_info_ret ret = {0};

    args.max = MAX_VCPUS;
    if (REMOTE_CALL(conn, DOMAIN_GET_VCPU_PIN_INFO, &args, &ret, err) < 0)
        return -1;
    if (ret.count < 0 || (uint64_t)ret.count * EB_CPUSET_BYTES > ret.maps.n) {
        remote_clear(RPC_DOMAIN_GET_VCPU_PIN_INFO, &ret);
        return bad_maps(err);
    }
    *maps = ret.maps.n ? ret.maps.items : eb_calloc(1, 1);
    *length = EB_CPUSET_BYTES;
    return ret.count;
}

#define MAP .map = {.n = length, .items = (unsigned char *)(uintptr_t)map}

static int pin_vcpu(eb_conn *conn, eb_uuid uuid, unsigned vcpu, const unsigned char *map, unsigned length,
                    unsigned flags, eb_error *err)
{
    if (!flags)
        return DO(DOMAIN_PIN_VCPU, domain_pin_vcpu, .vcpu = vcpu, MAP);
    return DO(DOMAIN_PIN_VCPU_FLAGS, domain_pin_vcpu_flags, .vcpu = vcpu, MAP, .flags = flags);
}

static int emulator_pin(eb_conn *conn, eb_uuid uuid, unsigned flags, unsigned char **map, unsigned *length,
                        eb_error *err)
{
    BEGIN(DOMAIN_GET_EMULATOR_PIN_INFO, domain_get_emulator_pin_info, .map_length = EB_CPUSET_BYTES,
          .flags = flags);
    if (ret.count < 0 || ret.maps.n < EB_CPUSET_BYTES) {
        remote_clear(RPC_DOMAIN_GET_EMULATOR_PIN_INFO, &ret);
        return bad_maps(err);
    }
    *map = ret.maps.items;
    *length = EB_CPUSET_BYTES;
    return ret.count;
}

static int pin_emulator(eb_conn *conn, eb_uuid uuid, const unsigned char *map, unsigned length,
                        unsigned flags, eb_error *err)
{
    return DO(DOMAIN_PIN_EMULATOR, domain_pin_emulator, MAP, .flags = flags);
}

/* ---- Threads for input and output ---- */

static int iothreads(eb_conn *conn, eb_uuid uuid, unsigned flags, eb_iothread_info **out, eb_error *err)
{
    int n;

    BEGIN(DOMAIN_GET_IOTHREAD_INFO, domain_get_iothread_info, .flags = flags);
    n = (int)ret.threads.n;
    *out = eb_calloc((size_t)n + 1, sizeof(**out));
    for (int i = 0; i < n; i++) {
        (*out)[i].id = ret.threads.items[i].id;
        (*out)[i].length = ret.threads.items[i].map.n;
        (*out)[i].map = EB_STEAL(ret.threads.items[i].map.items);
    }
    remote_clear(RPC_DOMAIN_GET_IOTHREAD_INFO, &ret);
    return n;
}

static int pin_iothread(eb_conn *conn, eb_uuid uuid, unsigned id, const unsigned char *map, unsigned length,
                        unsigned flags, eb_error *err)
{
    return DO(DOMAIN_PIN_IOTHREAD, domain_pin_iothread, .id = id, MAP, .flags = flags);
}

static int add_iothread(eb_conn *conn, eb_uuid uuid, unsigned id, unsigned flags, eb_error *err)
{
    return DO(DOMAIN_ADD_IOTHREAD, domain_add_iothread, .id = id, .flags = flags);
}

static int del_iothread(eb_conn *conn, eb_uuid uuid, unsigned id, unsigned flags, eb_error *err)
{
    return DO(DOMAIN_DEL_IOTHREAD, domain_del_iothread, .id = id, .flags = flags);
}

static int set_iothread(eb_conn *conn, eb_uuid uuid, unsigned id, const eb_param *params, size_t n,
                        unsigned flags, eb_error *err)
{
    EB_AUTOFREE struct rpc_param *items = rpc_lend_params(params, n);

    return DO(DOMAIN_SET_IOTHREAD_PARAMS, domain_set_iothread_params, .id = id, PARAMS, .flags = flags);
}

const struct eb_driver_tune_ops remote_tune_ops = {
    .get_params = get_params,
    .set_params = set_params,
    .scheduler_type = scheduler_type,
    .vcpu_pins = vcpu_pins,
    .pin_vcpu = pin_vcpu,
    .emulator_pin = emulator_pin,
    .pin_emulator = pin_emulator,
    .iothreads = iothreads,
    .pin_iothread = pin_iothread,
    .add_iothread = add_iothread,
    .del_iothread = del_iothread,
    .set_iothread = set_iothread,
};
