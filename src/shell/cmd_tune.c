/* SPDX-License-Identifier: LGPL-2.1-or-later */
/** @file cmd_tune.c Commands about how much of the host a domain may use. */
#include "shell/params.h"

#include <inttypes.h>
#include <limits.h>

#define UNLIMITED 9007199254740991u

/* ---- What all of them do ---- */

/* Shows what there is. `number` is what virsh says when it cannot. */
static int show(struct shell *sh, const struct args *args, eb_domain *dom, eb_tuning_kind kind,
                const char *device, unsigned flags, const char *what)
{
    AUTO_PARAMS list = {0};
    int n = eb_domain_get_tuning(dom, kind, device, flags, &list.items, &sh->error);

    if (n < 0)
        return sh_error(sh, "Unable to get %s", what);
    list.n = (size_t)n;
    sh_show_params(sh, args, list.items, list.n);
    return 0;
}

static int change(struct shell *sh, eb_domain *dom, eb_tuning_kind kind, const char *device,
                  const struct params *list, unsigned flags, const char *failed)
{
    if (eb_domain_set_tuning(dom, kind, device, list->items, list->n, flags, &sh->error) < 0)
        return sh_error(sh, "%s", failed);
    return 0;
}

/* ---- schedinfo ---- */

static const struct opt schedinfo_opts[] = {
    OPT_DOMAIN(complete_domain),
    {"weight", OPT_INT, OPT_NAMED_ONLY, "the parameter weight, where there is one", NULL},
    {"cap", OPT_INT, OPT_NAMED_ONLY, "the parameter cap, where there is one", NULL},
    OPTS_AFFECT,
    {"set", OPT_ARGV, 0, "parameter=value", NULL},
    OPTS_END,
};

/* Reads `text` as the type of `as`; -1 when it is none. */
static int add_value(struct shell *sh, struct params *list, const eb_param *as, const char *text)
{
    static const char *const types[] = {
        [EB_PARAM_INT] = "int",         [EB_PARAM_UINT] = "unsigned int",
        [EB_PARAM_LLONG] = "long long", [EB_PARAM_ULLONG] = "unsigned long long",
        [EB_PARAM_DOUBLE] = "double",   [EB_PARAM_BOOLEAN] = "boolean",
        [EB_PARAM_STRING] = "string",
    };
    eb_param *p = EB_APPEND(list->items, list->n);
    uint64_t u = 0;
    int64_t i = 0;
    bool ok = true;

    memcpy(p->field, as->field, sizeof(p->field));
    p->type = as->type;
    if (as->type == EB_PARAM_UINT && (ok = eb_parse_u64(text, UINT_MAX, &u)))
        p->value.ui = (unsigned)u;
    else if (as->type == EB_PARAM_ULLONG && (ok = eb_parse_u64(text, UINT64_MAX, &u)))
        p->value.ul = u;
    else if (as->type == EB_PARAM_INT && (ok = eb_parse_i64(text, INT_MIN, INT_MAX, &i)))
        p->value.i = (int)i;
    else if (as->type == EB_PARAM_LLONG && (ok = eb_parse_i64(text, INT64_MIN + 1, INT64_MAX, &i)))
        p->value.l = i;
    else if (as->type == EB_PARAM_BOOLEAN && (ok = eb_parse_u64(text, 1, &u)))
        p->value.b = u != 0;
    else if (as->type == EB_PARAM_STRING)
        p->value.s = eb_strdup(text);
    else if (as->type == EB_PARAM_DOUBLE)
        p->value.d = strtod(text, NULL);
    if (ok)
        return 0;
    return eb_error_set(&sh->error, EB_ERR_INVALID_ARG, "Invalid value for field '%s': expected %s",
                        as->field, types[as->type]);
}

/* One "name=value" by what the scheduler has. */
static int add_setting(struct shell *sh, struct params *list, const struct params *has, const char *name,
                       size_t length, const char *value)
{
    for (size_t i = 0; i < has->n; i++) {
        if (strlen(has->items[i].field) == length && strncmp(has->items[i].field, name, length) == 0)
            return add_value(sh, list, &has->items[i], value);
    }
    return sh_error(sh, "invalid scheduler option: %.*s", (int)length, name);
}

static int scheduler_settings(struct shell *sh, const struct args *args, const struct params *has,
                              struct params *list)
{
    for (size_t i = 0; i < args->n; i++) {
        const char *name = args->items[i].opt->name, *value = args->items[i].value;
        bool is_set = strcmp(name, "set") == 0;
        const char *equals = is_set ? strchr(value, '=') : NULL;

        if (is_set && !equals)
            return sh_error(sh, "Invalid syntax for --set, expecting name=value");
        if (is_set && add_setting(sh, list, has, value, (size_t)(equals - value), equals + 1) < 0)
            return -1;
        if (!is_set && (strcmp(name, "weight") == 0 || strcmp(name, "cap") == 0) &&
            add_setting(sh, list, has, name, strlen(name), value) < 0)
            return -1;
    }
    return 0;
}

static int run_schedinfo(struct shell *sh, const struct args *args)
{
    bool plain = !args_has(args, "live") && !args_has(args, "config") && !args_has(args, "current");
    AUTO_PARAMS has = {0};
    AUTO_PARAMS wanted = {0};
    EB_AUTOFREE char *type = NULL;
    unsigned flags, ask;
    int n;

    if (sh_affect(sh, args, &flags) < 0)
        return -1;
    AUTO_DOMAIN dom = sh_domain(sh, args, BY_ANY);
    if (!dom || eb_domain_get_scheduler_type(dom, &type, &sh->error) < 0)
        return -1;
    if (!sh_wants_json(args))
        sh_print(sh, "%-15s: %s\n", "Scheduler", type);
    /* both cannot be asked for at once: what there is now, then */
    ask = (flags == (EB_AFFECT_LIVE | EB_AFFECT_CONFIG) ? 0u : flags) | (plain ? 0u : EB_PARAM_STRING_OKAY);
    n = eb_domain_get_tuning(dom, EB_TUNING_SCHEDULER, NULL, ask, &has.items, &sh->error);
    if (n < 0)
        return -1;
    has.n = (size_t)n;
    if (scheduler_settings(sh, args, &has, &wanted) < 0)
        return -1;
    if (!wanted.n) {
        sh_show_params(sh, args, has.items, has.n);
        return 0;
    }
    if (eb_domain_set_tuning(dom, EB_TUNING_SCHEDULER, NULL, wanted.items, wanted.n, flags, &sh->error) < 0)
        return -1;
    return show(sh, args, dom, EB_TUNING_SCHEDULER, NULL, ask, "scheduler parameters");
}

/* ---- memtune ---- */

static const struct opt memtune_opts[] = {
    OPT_DOMAIN(complete_domain),
    {"hard-limit", OPT_INT, 0, "the most memory, with a unit (KiB without one); -1: all", NULL},
    {"soft-limit", OPT_INT, 0, "the most memory when it is scarce", NULL},
    {"swap-hard-limit", OPT_INT, 0, "the most memory and swap together", NULL},
    {"min-guarantee", OPT_INT, 0, "the memory that it is sure to have", NULL},
    OPTS_AFFECT,
    OPTS_END,
};
static const struct {
    const char *option, *field;
} memory_limits[] = {
    {"hard-limit", "hard_limit"},
    {"soft-limit", "soft_limit"},
    {"swap-hard-limit", "swap_hard_limit"},
    {"min-guarantee", "min_guarantee"},
};

/* Reads -1, or a size; with virsh's words for what is neither. */
static int add_limit(struct shell *sh, const struct args *args, struct params *list, size_t i)
{
    const char *text = args_get(args, memory_limits[i].option);
    uint64_t bytes = 0;
    int64_t number;

    if (!text)
        return 0;
    if (eb_parse_i64(text, INT64_MIN + 1, -1, &number)) {
        params_add_ullong(list, memory_limits[i].field, UNLIMITED);
        return 0;
    }
    if (sh_scaled(sh, text, 1024, (uint64_t)INT64_MAX, &bytes) < 0)
        return sh_error(sh, "Unable to parse integer parameter %s", memory_limits[i].option);
    params_add_ullong(list, memory_limits[i].field, bytes / 1024 + (bytes % 1024 != 0));
    return 0;
}

static int show_memory(struct shell *sh, eb_domain *dom, unsigned flags)
{
    AUTO_PARAMS list = {0};
    int n = eb_domain_get_tuning(dom, EB_TUNING_MEMORY, NULL, flags, &list.items, &sh->error);

    if (n < 0)
        return sh_error(sh, "Unable to get memory parameters");
    list.n = (size_t)n;
    for (size_t i = 0; i < list.n; i++) {
        EB_AUTOFREE char *text = list.items[i].type == EB_PARAM_ULLONG && list.items[i].value.ul >= UNLIMITED
                                     ? eb_strdup("unlimited")
                                     : param_text(&list.items[i]);

        sh_print(sh, "%-15s: %s\n", list.items[i].field, text);
    }
    return 0;
}

static int run_memtune(struct shell *sh, const struct args *args)
{
    AUTO_PARAMS list = {0};
    unsigned flags;

    if (sh_affect(sh, args, &flags) < 0)
        return -1;
    AUTO_DOMAIN dom = sh_domain(sh, args, BY_ANY);
    if (!dom)
        return -1;
    for (size_t i = 0; i < EB_ARRAY_SIZE(memory_limits); i++) {
        if (add_limit(sh, args, &list, i) < 0)
            return -1;
    }
    if (list.n)
        return change(sh, dom, EB_TUNING_MEMORY, NULL, &list, flags, "Unable to change memory parameters");
    if (sh_wants_json(args))
        return show(sh, args, dom, EB_TUNING_MEMORY, NULL, flags, "memory parameters");
    return show_memory(sh, dom, flags);
}

/* ---- blkiotune ---- */

static const struct opt blkiotune_opts[] = {
    OPT_DOMAIN(complete_domain),
    {"weight", OPT_INT, OPT_NAMED_ONLY, "its share of all devices", NULL},
    {"device-weights", OPT_STRING, OPT_NAMED_ONLY, "shares of devices: PATH,WEIGHT,PATH,WEIGHT…", NULL},
    {"device-read-iops-sec", OPT_STRING, OPT_NAMED_ONLY, "reads a second: PATH,COUNT…", NULL},
    {"device-write-iops-sec", OPT_STRING, OPT_NAMED_ONLY, "writes a second: PATH,COUNT…", NULL},
    {"device-read-bytes-sec", OPT_STRING, OPT_NAMED_ONLY, "bytes read a second: PATH,BYTES…", NULL},
    {"device-write-bytes-sec", OPT_STRING, OPT_NAMED_ONLY, "bytes written a second: PATH,BYTES…", NULL},
    OPTS_AFFECT,
    OPTS_END,
};

static int run_blkiotune(struct shell *sh, const struct args *args)
{
    static const char *const texts[][2] = {
        {"device-weights", "device_weight"},
        {"device-read-iops-sec", "device_read_iops_sec"},
        {"device-write-iops-sec", "device_write_iops_sec"},
        {"device-read-bytes-sec", "device_read_bytes_sec"},
        {"device-write-bytes-sec", "device_write_bytes_sec"},
    };
    AUTO_PARAMS list = {0};
    unsigned flags;
    int weight = 0, there;

    if (sh_affect(sh, args, &flags) < 0)
        return -1;
    AUTO_DOMAIN dom = sh_domain(sh, args, BY_ANY);
    if (!dom || (there = args_int(sh, args, "weight", &weight)) < 0)
        return -1;
    if (there && weight <= 0)
        return sh_error(sh, "Invalid value of %d for I/O weight", weight);
    if (there)
        params_add_uint(&list, "weight", (unsigned)weight);
    for (size_t i = 0; i < EB_ARRAY_SIZE(texts); i++) {
        const char *text = args_get(args, texts[i][0]);

        if (text && !*text)
            return sh_error(sh, "Unable to parse string parameter");
        if (text)
            params_add_string(&list, texts[i][1], text);
    }
    if (list.n)
        return change(sh, dom, EB_TUNING_BLKIO, NULL, &list, flags, "Unable to change blkio parameters");
    return show(sh, args, dom, EB_TUNING_BLKIO, NULL, flags, "blkio parameters");
}

/* ---- numatune ---- */

static const char *const numa_modes[] = {"strict", "preferred", "interleave", "restrictive"};
static const struct opt numatune_opts[] = {
    OPT_DOMAIN(complete_domain),
    {"mode", OPT_STRING, 0, "strict, preferred, interleave, restrictive, or its number", NULL},
    {"nodeset", OPT_STRING, 0, "the cells of the host's memory: 0-3,5", NULL},
    OPTS_AFFECT,
    OPTS_END,
};

static int add_mode(struct shell *sh, const char *text, struct params *list)
{
    int64_t number;

    for (size_t i = 0; i < EB_ARRAY_SIZE(numa_modes); i++) {
        if (strcmp(text, numa_modes[i]) == 0) {
            params_add_int(list, "numa_mode", (int)i);
            return 0;
        }
    }
    if (!eb_parse_i64(text, INT_MIN, INT_MAX, &number))
        return sh_error(sh, "Invalid mode: %s", text);
    params_add_int(list, "numa_mode", (int)number);
    return 0;
}

static int show_numa(struct shell *sh, eb_domain *dom, unsigned flags)
{
    AUTO_PARAMS list = {0};
    int n = eb_domain_get_tuning(dom, EB_TUNING_NUMA, NULL, flags, &list.items, &sh->error);

    if (n < 0)
        return sh_error(sh, "Unable to get numa parameters");
    list.n = (size_t)n;
    for (size_t i = 0; i < list.n; i++) {
        const eb_param *p = &list.items[i];
        bool mode = strcmp(p->field, "numa_mode") == 0 && (size_t)p->value.i < EB_ARRAY_SIZE(numa_modes);
        EB_AUTOFREE char *text = mode ? eb_strdup(numa_modes[p->value.i]) : param_text(p);

        sh_print(sh, "%-15s: %s\n", p->field, text);
    }
    return 0;
}

static int run_numatune(struct shell *sh, const struct args *args)
{
    const char *mode = NULL, *nodeset = NULL;
    AUTO_PARAMS list = {0};
    unsigned flags;

    if (sh_affect(sh, args, &flags) < 0)
        return -1;
    AUTO_DOMAIN dom = sh_domain(sh, args, BY_ANY);
    if (!dom || args_string(sh, args, "nodeset", &nodeset) < 0 || args_string(sh, args, "mode", &mode) < 0)
        return -1;
    if (nodeset)
        params_add_string(&list, "numa_nodeset", nodeset);
    if (mode && add_mode(sh, mode, &list) < 0)
        return -1;
    if (list.n)
        return change(sh, dom, EB_TUNING_NUMA, NULL, &list, flags, "Unable to change numa parameters");
    if (sh_wants_json(args))
        return show(sh, args, dom, EB_TUNING_NUMA, NULL, flags, "numa parameters");
    return show_numa(sh, dom, flags);
}

/* ---- perf ---- */

static const struct opt perf_opts[] = {
    OPT_DOMAIN(complete_domain),
    {"enable", OPT_STRING, OPT_NAMED_ONLY, "events to count: cmt,mbml…", NULL},
    {"disable", OPT_STRING, OPT_NAMED_ONLY, "events not to count", NULL},
    OPTS_AFFECT,
    OPTS_END,
};

static void add_events(struct params *list, const char *names, bool enable)
{
    for (const char *p = names; p && *p; p += strcspn(p, ",") + (p[strcspn(p, ",")] == ',')) {
        EB_AUTOFREE char *name = eb_strndup(p, strcspn(p, ","));

        params_add_bool(list, name, enable);
    }
}

static void show_events(struct shell *sh, const struct args *args, const struct params *list)
{
    if (sh_wants_json(args)) {
        sh_show_params(sh, args, list->items, list->n);
        return;
    }
    for (size_t i = 0; i < list->n; i++)
        sh_extra(sh, "%-15s: %s\n", list->items[i].field, list->items[i].value.b ? "enabled" : "disabled");
}

static int run_perf(struct shell *sh, const struct args *args)
{
    const char *enable = NULL, *disable = NULL;
    AUTO_PARAMS list = {0};
    unsigned flags;
    int n;

    if (sh_affect(sh, args, &flags) < 0 || args_string(sh, args, "enable", &enable) < 0 ||
        args_string(sh, args, "disable", &disable) < 0)
        return -1;
    AUTO_DOMAIN dom = sh_domain(sh, args, BY_ANY);
    if (!dom)
        return -1;
    add_events(&list, enable, true);
    add_events(&list, disable, false);
    if (list.n) {
        if (change(sh, dom, EB_TUNING_PERF, NULL, &list, flags, "Unable to enable/disable perf events") < 0)
            return -1;
    } else {
        n = eb_domain_get_tuning(dom, EB_TUNING_PERF, NULL, flags, &list.items, &sh->error);
        if (n < 0)
            return sh_error(sh, "Unable to get perf events");
        list.n = (size_t)n;
    }
    show_events(sh, args, &list);
    return 0;
}

/* ---- domiftune ---- */

static const struct opt domiftune_opts[] = {
    OPT_DOMAIN(complete_domain),
    {"interface", OPT_DATA, 0, "its target or MAC address", NULL},
    {"inbound", OPT_STRING, OPT_NAMED_ONLY, "AVERAGE,PEAK,BURST,FLOOR of what it receives, in KiB/s and KiB",
     NULL},
    {"outbound", OPT_STRING, OPT_NAMED_ONLY, "AVERAGE,PEAK,BURST of what it sends", NULL},
    OPTS_AFFECT,
    OPTS_END,
};

static int parse_rates(struct shell *sh, const char *text, uint64_t rates[4])
{
    static const char *const names[] = {"average", "peak", "burst", "floor"};
    const char *p = text;

    for (size_t i = 0; i < EB_ARRAY_SIZE(names); i++) {
        size_t length = strcspn(p, ",");
        EB_AUTOFREE char *number = eb_strndup(p, length);

        if (length && !eb_parse_u64(number, UINT64_MAX, &rates[i]))
            return sh_error(sh, "field '%s' is malformed", names[i]);
        p += length;
        if (!*p)
            return 0;
        p++;
    }
    return sh_error(sh, "Rate string '%s' has too many fields", text);
}

static int add_rates(struct shell *sh, const char *text, const char *direction, struct params *list)
{
    static const char *const fields[] = {"average", "peak", "burst", "floor"};
    bool outbound = strcmp(direction, "outbound") == 0;
    uint64_t rates[4] = {0};

    if (parse_rates(sh, text, rates) < 0)
        return -1;
    if (outbound && rates[3])
        return sh_error(sh, "outbound floor is unsupported yet");
    if (!rates[0] && !rates[3] && (rates[1] || rates[2]))
        return sh_error(sh, outbound ? "outbound average is mandatory"
                                     : "either inbound average or floor is mandatory");
    for (size_t i = 0; i < (outbound ? 3 : EB_ARRAY_SIZE(fields)); i++) {
        EB_AUTOFREE char *field = eb_asprintf("%s.%s", direction, fields[i]);

        if (rates[i] > UINT_MAX)
            return sh_error(sh, "%s rate larger than maximum %u", direction, UINT_MAX);
        params_add_uint(list, field, (unsigned)rates[i]);
    }
    return 0;
}

static int run_domiftune(struct shell *sh, const struct args *args)
{
    const char *device = NULL, *inbound = NULL, *outbound = NULL;
    AUTO_PARAMS list = {0};
    unsigned flags;

    if (sh_affect(sh, args, &flags) < 0)
        return -1;
    AUTO_DOMAIN dom = sh_domain(sh, args, BY_ANY);
    if (!dom || args_string(sh, args, "interface", &device) < 0 ||
        args_string(sh, args, "inbound", &inbound) < 0 || args_string(sh, args, "outbound", &outbound) < 0 ||
        (inbound && add_rates(sh, inbound, "inbound", &list) < 0) ||
        (outbound && add_rates(sh, outbound, "outbound", &list) < 0))
        return -1;
    if (list.n)
        return change(sh, dom, EB_TUNING_INTERFACE, device, &list, flags,
                      "Unable to set interface parameters");
    return show(sh, args, dom, EB_TUNING_INTERFACE, device, flags, "interface parameters");
}

/* ---- blkdeviotune ---- */

#define BYTES(name, what)                                                                                    \
    {                                                                                                        \
        name, OPT_INT, OPT_NAMED_ONLY, what " bytes a second", NULL                                          \
    }
#define COUNT(name, what)                                                                                    \
    {                                                                                                        \
        name, OPT_INT, OPT_NAMED_ONLY, what, NULL                                                            \
    }
static const struct opt blkdeviotune_opts[] = {
    OPT_DOMAIN(complete_domain),
    {"device", OPT_DATA, 0, "the disk's target or source", NULL},
    BYTES("total-bytes-sec", "all"),
    BYTES("read-bytes-sec", "read"),
    BYTES("write-bytes-sec", "written"),
    COUNT("total-iops-sec", "operations a second"),
    COUNT("read-iops-sec", "reads a second"),
    COUNT("write-iops-sec", "writes a second"),
    BYTES("total-bytes-sec-max", "in bursts all"),
    BYTES("read-bytes-sec-max", "in bursts read"),
    BYTES("write-bytes-sec-max", "in bursts written"),
    COUNT("total-iops-sec-max", "operations a second in bursts"),
    COUNT("read-iops-sec-max", "reads a second in bursts"),
    COUNT("write-iops-sec-max", "writes a second in bursts"),
    COUNT("size-iops-sec", "bytes that count as one operation"),
    {"group-name", OPT_STRING, OPT_NAMED_ONLY, "the group of disks that share the limits", NULL},
    COUNT("total-bytes-sec-max-length", "seconds that a burst of bytes lasts"),
    COUNT("read-bytes-sec-max-length", "seconds that a burst of bytes read lasts"),
    COUNT("write-bytes-sec-max-length", "seconds that a burst of bytes written lasts"),
    COUNT("total-iops-sec-max-length", "seconds that a burst of operations lasts"),
    COUNT("read-iops-sec-max-length", "seconds that a burst of reads lasts"),
    COUNT("write-iops-sec-max-length", "seconds that a burst of writes lasts"),
    OPTS_AFFECT,
    OPTS_END,
};
#undef BYTES
#undef COUNT

/* One option; virsh takes units where bytes are counted. */
static int add_limit_of_disk(struct shell *sh, const struct args *args, const struct opt *opt,
                             struct params *list)
{
    EB_AUTOFREE char *field = eb_strdup(opt->name);
    const char *text = args_get(args, opt->name);
    uint64_t value = 0;
    bool scaled = strstr(opt->name, "bytes-sec") && !eb_ends_with(opt->name, "-length");

    if (!text)
        return 0;
    for (char *p = field; *p; p++)
        *p = *p == '-' ? '_' : *p;
    if (scaled ? args_bytes(sh, args, opt->name, 1, &value) < 0 : !eb_parse_u64(text, UINT64_MAX, &value)) {
        if (!scaled)
            sh_error(sh, "Numeric value '%s' for <%s> option is malformed or out of range", text, opt->name);
        return sh_error(sh, "Unable to parse integer parameter");
    }
    params_add_ullong(list, field, value);
    return 0;
}

static int run_blkdeviotune(struct shell *sh, const struct args *args)
{
    const char *device = NULL, *group = NULL;
    AUTO_PARAMS list = {0};
    unsigned flags;

    if (sh_affect(sh, args, &flags) < 0)
        return -1;
    AUTO_DOMAIN dom = sh_domain(sh, args, BY_ANY);
    if (!dom || args_string(sh, args, "device", &device) < 0)
        return -1;
    for (const struct opt *opt = blkdeviotune_opts + 2; opt->name; opt++) {
        if (opt->kind == OPT_INT && add_limit_of_disk(sh, args, opt, &list) < 0)
            return -1;
    }
    if (args_string(sh, args, "group-name", &group) < 0)
        return -1;
    if (group)
        params_add_string(&list, "group_name", group);
    if (list.n)
        return change(sh, dom, EB_TUNING_BLOCK_IO, device, &list, flags,
                      "Unable to change block I/O throttle");
    return show(sh, args, dom, EB_TUNING_BLOCK_IO, device, flags,
                flags == (EB_AFFECT_LIVE | EB_AFFECT_CONFIG) ? "number of block I/O throttle parameters"
                                                             : "block I/O throttle parameters");
}

/* ---- domlaunchsecinfo ---- */

static const struct opt domlaunchsecinfo_opts[] = {OPT_DOMAIN(complete_domain), OPTS_END};

static int run_domlaunchsecinfo(struct shell *sh, const struct args *args)
{
    AUTO_DOMAIN dom = sh_domain(sh, args, BY_ANY);
    if (!dom)
        return -1;
    return show(sh, args, dom, EB_TUNING_LAUNCH_SECURITY, NULL, EB_PARAM_STRING_OKAY,
                "launch security parameters");
}

const struct command commands_tune[] = {
    {"blkdeviotune", "show or limit what a disk may transfer",
     "VirtualBox limits all bytes a second of a disk, or of a group of disks together.", blkdeviotune_opts,
     run_blkdeviotune, CMD_JSON, "blkdeviotune web sda --total-bytes-sec 20M"},
    {"blkiotune", "show or change a domain's share of the host's disks", NULL, blkiotune_opts, run_blkiotune,
     CMD_JSON, "blkiotune web --weight 500"},
    {"domiftune", "show or limit what an interface may transfer",
     "VirtualBox limits the average of what a guest sends.", domiftune_opts, run_domiftune, CMD_JSON,
     "domiftune web 08:00:27:12:34:56 --outbound 2048"},
    {"domlaunchsecinfo", "show how a domain's start is secured", NULL, domlaunchsecinfo_opts,
     run_domlaunchsecinfo, CMD_JSON, "domlaunchsecinfo web"},
    {"memtune", "show or limit the host's memory that a domain may use", NULL, memtune_opts, run_memtune,
     CMD_JSON, "memtune web --hard-limit 4G"},
    {"numatune", "show or change the cells of memory that a domain may use", NULL, numatune_opts,
     run_numatune, CMD_JSON, "numatune web --nodeset 0-1"},
    {"perf", "show or switch a domain's performance events", NULL, perf_opts, run_perf, CMD_JSON,
     "perf web --enable cmt"},
    {"schedinfo", "show or limit the processors' time that a domain may use",
     "VirtualBox caps each virtual CPU: vcpu_quota microseconds of each vcpu_period, in whole percents; -1: "
     "no cap.",
     schedinfo_opts, run_schedinfo, CMD_JSON, "schedinfo web vcpu_quota=50000"},
    {0},
};
