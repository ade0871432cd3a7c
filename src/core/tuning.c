/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How much of the host domains may use: what is asked and set as typed parameters, and as maps of CPUs. */
#include "core/conn.h"
#include "core/params.h"

#define OP(conn, function, name, ...)                                                                        \
    ((conn)->driver->tune && (conn)->driver->tune->name                                                      \
         ? eb_driver_result((conn), (conn)->driver->tune->name(__VA_ARGS__), err)                            \
         : eb_no_support((conn), (function), err))

/* libvirt's calls; `plain`: the ones without flags. */
static const struct {
    const char *get, *set, *plain_get, *plain_set, *device;
} calls[] = {
    [EB_TUNING_SCHEDULER] = {"virDomainGetSchedulerParametersFlags", "virDomainSetSchedulerParametersFlags",
                             "virDomainGetSchedulerParameters", "virDomainSetSchedulerParameters", NULL},
    [EB_TUNING_MEMORY] = {"virDomainGetMemoryParameters", "virDomainSetMemoryParameters", NULL, NULL, NULL},
    [EB_TUNING_BLKIO] = {"virDomainGetBlkioParameters", "virDomainSetBlkioParameters", NULL, NULL, NULL},
    [EB_TUNING_NUMA] = {"virDomainGetNumaParameters", "virDomainSetNumaParameters", NULL, NULL, NULL},
    [EB_TUNING_PERF] = {"virDomainGetPerfEvents", "virDomainSetPerfEvents", NULL, NULL, NULL},
    [EB_TUNING_BLOCK_IO] = {"virDomainGetBlockIoTune", "virDomainSetBlockIoTune", NULL, NULL, "disk"},
    [EB_TUNING_INTERFACE] = {"virDomainGetInterfaceParameters", "virDomainSetInterfaceParameters", NULL, NULL,
                             "device"},
    [EB_TUNING_LAUNCH_SECURITY] = {"virDomainGetLaunchSecurityInfo", "virDomainSetLaunchSecurityState", NULL,
                                   NULL, NULL},
};
_Static_assert(EB_ARRAY_SIZE(calls) == (size_t)EB_TUNING_LAST, "each kind has its calls");

static const char *get_name(eb_tuning_kind kind, unsigned flags)
{
    bool plain = !(flags & ~(unsigned)EB_PARAM_STRING_OKAY) && calls[kind].plain_get;

    return plain ? calls[kind].plain_get : calls[kind].get;
}

static const char *set_name(eb_tuning_kind kind, unsigned flags)
{
    return !flags && calls[kind].plain_set ? calls[kind].plain_set : calls[kind].set;
}

int eb_tuning_no_support(eb_conn *conn, eb_tuning_kind kind, bool set, unsigned flags, eb_error *err)
{
    return eb_no_support(conn, set ? set_name(kind, flags) : get_name(kind, flags), err);
}

static bool is_kind(eb_tuning_kind kind)
{
    return (unsigned)kind < EB_ARRAY_SIZE(calls);
}

static int no_kind(eb_tuning_kind kind, eb_error *err)
{
    return eb_error_set_arg(err, EB_FROM_DOMAIN, "there is no tuning of kind %d", (int)kind);
}

int eb_domain_get_tuning(eb_domain *dom, eb_tuning_kind kind, const char *device, unsigned flags,
                         eb_param **out, eb_error *err)
{
    const char *function;

    if (!is_kind(kind))
        return no_kind(kind, err);
    function = get_name(kind, flags);
    if ((kind == EB_TUNING_LAUNCH_SECURITY && eb_need_write(dom->conn, function, err) < 0) ||
        (out && calls[kind].device && eb_need_arg(device, calls[kind].device, function, err) < 0))
        return -1;
    return OP(dom->conn, function, get_params, dom->conn, dom->uuid, kind, device, flags, out, err);
}

/* Each parameter has a name and its text, and there are some. */
static int check_params(const eb_param *params, size_t n, const char *function, eb_error *err)
{
    if (!n)
        return eb_error_set_arg(err, EB_FROM_DOMAIN, "nparams in %s must be greater than zero", function);
    for (size_t i = 0; i < n; i++) {
        if (params[i].type == EB_PARAM_STRING && !params[i].value.s)
            return eb_error_set_arg(err, EB_FROM_DOMAIN, "NULL string parameter '%s'", params[i].field);
    }
    return 0;
}

int eb_domain_set_tuning(eb_domain *dom, eb_tuning_kind kind, const char *device, const eb_param *params,
                         size_t n, unsigned flags, eb_error *err)
{
    const char *function;

    if (!is_kind(kind))
        return no_kind(kind, err);
    function = set_name(kind, flags);
    if (eb_need_write(dom->conn, function, err) < 0 || check_params(params, n, function, err) < 0 ||
        (calls[kind].device && eb_need_arg(device, calls[kind].device, function, err) < 0))
        return -1;
    return OP(dom->conn, function, set_params, dom->conn, dom->uuid, kind, device, params, n, flags, err);
}

int eb_domain_get_scheduler_type(eb_domain *dom, char **out, eb_error *err)
{
    return OP(dom->conn, "virDomainGetSchedulerType", scheduler_type, dom->conn, dom->uuid, out, err);
}

/* ---- Pins ---- */

int eb_domain_get_vcpu_pins(eb_domain *dom, unsigned flags, unsigned char **maps, unsigned *length,
                            eb_error *err)
{
    static const char function[] = "virDomainGetVcpuPinInfo";

    if (eb_need_exclusive(flags, EB_AFFECT_LIVE, "VIR_DOMAIN_AFFECT_LIVE", EB_AFFECT_CONFIG,
                          "VIR_DOMAIN_AFFECT_CONFIG", err) < 0)
        return -1;
    return OP(dom->conn, function, vcpu_pins, dom->conn, dom->uuid, flags, maps, length, err);
}

static int check_pin(eb_domain *dom, const unsigned char *map, unsigned length, const char *function,
                     eb_error *err)
{
    if (eb_need_write(dom->conn, function, err) < 0 || eb_need_arg(map, "cpumap", function, err) < 0)
        return -1;
    if (length)
        return 0;
    return eb_error_set_arg(err, EB_FROM_DOMAIN, "maplen in %s must be greater than zero", function);
}

int eb_domain_pin_vcpu(eb_domain *dom, unsigned vcpu, const unsigned char *map, unsigned length,
                       unsigned flags, eb_error *err)
{
    const char *function = flags ? "virDomainPinVcpuFlags" : "virDomainPinVcpu";

    if (check_pin(dom, map, length, function, err) < 0)
        return -1;
    return OP(dom->conn, function, pin_vcpu, dom->conn, dom->uuid, vcpu, map, length, flags, err);
}

int eb_domain_get_emulator_pin(eb_domain *dom, unsigned flags, unsigned char **map, unsigned *length,
                               eb_error *err)
{
    static const char function[] = "virDomainGetEmulatorPinInfo";

    if (eb_need_exclusive(flags, EB_AFFECT_LIVE, "VIR_DOMAIN_AFFECT_LIVE", EB_AFFECT_CONFIG,
                          "VIR_DOMAIN_AFFECT_CONFIG", err) < 0)
        return -1;
    return OP(dom->conn, function, emulator_pin, dom->conn, dom->uuid, flags, map, length, err);
}

int eb_domain_pin_emulator(eb_domain *dom, const unsigned char *map, unsigned length, unsigned flags,
                           eb_error *err)
{
    static const char function[] = "virDomainPinEmulator";

    if (check_pin(dom, map, length, function, err) < 0)
        return -1;
    return OP(dom->conn, function, pin_emulator, dom->conn, dom->uuid, map, length, flags, err);
}

/* ---- Threads for input and output ---- */

int eb_domain_get_iothreads(eb_domain *dom, unsigned flags, eb_iothread_info **out, eb_error *err)
{
    static const char function[] = "virDomainGetIOThreadInfo";

    if (eb_need_exclusive(flags, EB_AFFECT_LIVE, "VIR_DOMAIN_AFFECT_LIVE", EB_AFFECT_CONFIG,
                          "VIR_DOMAIN_AFFECT_CONFIG", err) < 0)
        return -1;
    return OP(dom->conn, function, iothreads, dom->conn, dom->uuid, flags, out, err);
}

void eb_iothreads_free(eb_iothread_info *list, size_t n)
{
    for (size_t i = 0; i < n; i++)
        free(list[i].map);
    free(list);
}

int eb_domain_pin_iothread(eb_domain *dom, unsigned id, const unsigned char *map, unsigned length,
                           unsigned flags, eb_error *err)
{
    static const char function[] = "virDomainPinIOThread";

    if (check_pin(dom, map, length, function, err) < 0)
        return -1;
    return OP(dom->conn, function, pin_iothread, dom->conn, dom->uuid, id, map, length, flags, err);
}

static int need_thread(eb_domain *dom, unsigned id, const char *function, eb_error *err)
{
    if (eb_need_write(dom->conn, function, err) < 0)
        return -1;
    if (id)
        return 0;
    return eb_error_set_arg(err, EB_FROM_DOMAIN, "iothread_id in %s must not be zero", function);
}

int eb_domain_add_iothread(eb_domain *dom, unsigned id, unsigned flags, eb_error *err)
{
    static const char function[] = "virDomainAddIOThread";

    if (need_thread(dom, id, function, err) < 0)
        return -1;
    return OP(dom->conn, function, add_iothread, dom->conn, dom->uuid, id, flags, err);
}

int eb_domain_del_iothread(eb_domain *dom, unsigned id, unsigned flags, eb_error *err)
{
    static const char function[] = "virDomainDelIOThread";

    if (need_thread(dom, id, function, err) < 0)
        return -1;
    return OP(dom->conn, function, del_iothread, dom->conn, dom->uuid, id, flags, err);
}

int eb_domain_set_iothread(eb_domain *dom, unsigned id, const eb_param *params, size_t n, unsigned flags,
                           eb_error *err)
{
    static const char function[] = "virDomainSetIOThreadParams";

    if (need_thread(dom, id, function, err) < 0 || check_params(params, n, function, err) < 0)
        return -1;
    return OP(dom->conn, function, set_iothread, dom->conn, dom->uuid, id, params, n, flags, err);
}

/* ---- Checking parameters, for drivers ---- */

static const char *const type_names[] = {
    [EB_PARAM_INT] = "int",       [EB_PARAM_UINT] = "uint",     [EB_PARAM_LLONG] = "llong",
    [EB_PARAM_ULLONG] = "ullong", [EB_PARAM_DOUBLE] = "double", [EB_PARAM_BOOLEAN] = "boolean",
    [EB_PARAM_STRING] = "string",
};

static int by_field(const void *a, const void *b)
{
    return strcmp((*(const eb_param *const *)a)->field, (*(const eb_param *const *)b)->field);
}

static const char *type_name(eb_param_type type)
{
    const char *name = (unsigned)type < EB_ARRAY_SIZE(type_names) ? type_names[type] : NULL;

    return name ? name : "unknown";
}

static int check_one(const eb_param *param, const struct eb_param_rule *rules, size_t n_rules, eb_error *err)
{
    const struct eb_param_rule *rule = NULL;

    for (size_t i = 0; i < n_rules && !rule; i++)
        rule = eb_streq(rules[i].field, param->field) ? &rules[i] : NULL;
    if (!rule)
        return eb_error_set(err, EB_ERR_ARGUMENT_UNSUPPORTED, "parameter '%s' not supported", param->field);
    if (rule->type != param->type)
        return eb_error_set(err, EB_ERR_INVALID_ARG, "invalid type '%s' for parameter '%s', expected '%s'",
                            type_name(param->type), param->field, type_name(rule->type));
    return 0;
}

int eb_params_check(const eb_param *params, size_t n, const struct eb_param_rule *rules, size_t n_rules,
                    eb_error *err)
{
    EB_AUTOFREE const eb_param **sorted = eb_calloc(n + 1, sizeof(*sorted));

    for (size_t i = 0; i < n; i++)
        sorted[i] = &params[i];
    qsort(sorted, n, sizeof(*sorted), by_field);
    for (size_t i = 0; i < n; i++) {
        if (i > 0 && eb_streq(sorted[i]->field, sorted[i - 1]->field))
            return eb_error_set(err, EB_ERR_INVALID_ARG, "parameter '%s' occurs multiple times",
                                sorted[i]->field);
        if (check_one(sorted[i], rules, n_rules, err) < 0)
            return -1;
    }
    return 0;
}

const eb_param *eb_params_find(const eb_param *params, size_t n, const char *field)
{
    for (size_t i = 0; i < n; i++) {
        if (eb_streq(params[i].field, field))
            return &params[i];
    }
    return NULL;
}
