/* SPDX-License-Identifier: LGPL-2.1-or-later */
/** @file cmd_pin.c Commands about which CPUs of the host run what of a domain, and about its IOThreads. */
#include "base/cpuset.h"
#include "shell/objects.h"
#include "shell/params.h"

/* ---- Lists of CPUs ---- */

/* How many CPUs the host has; -1 with an error. */
static int host_cpus(struct shell *sh)
{
    return eb_node_get_cpu_map(sh->conn, NULL, NULL, 0, &sh->error);
}

/* The first `cpus` of a map. */
static char *affinity(const unsigned char *map, unsigned length, int cpus)
{
    unsigned char shown[EB_CPUSET_BYTES] = {0};

    for (int i = 0; i < cpus && i < (int)(length * 8) && i < EB_CPUSET_BITS; i++) {
        if (eb_cpuset_has(map, (size_t)i))
            eb_cpuset_add(shown, (size_t)i);
    }
    return eb_cpuset_format(shown, sizeof(shown));
}

/* Reads --cpulist; "r" is all CPUs. Gives the map's length. */
static int read_cpulist(struct shell *sh, const char *text, int cpus, unsigned char *map)
{
    int last;

    memset(map, 0, EB_CPUSET_BYTES);
    for (int i = 0; *text == 'r' && i < cpus && i < EB_CPUSET_BITS; i++)
        eb_cpuset_add(map, (size_t)i);
    if (*text != 'r' && !eb_cpuset_parse(text, map)) {
        eb_error_set(&sh->error, EB_ERR_INVALID_ARG, "Failed to parse bitmap '%s'", text);
        return sh_error(sh, "Invalid cpulist '%s'", text);
    }
    last = eb_cpuset_last(map, EB_CPUSET_BYTES);
    if (last < 0)
        return sh_error(sh, "No CPU specified in '%s'", text);
    if (last >= cpus)
        return sh_error(sh, "CPU %d in cpulist '%s' exceed the maxcpu %d", last, text, cpus);
    return (cpus + 7) / 8;
}

/* ---- vcpupin ---- */

static const struct opt vcpupin_opts[] = {
    OPT_DOMAIN(complete_domain),
    {"vcpu", OPT_INT, 0, "a virtual CPU", NULL},
    {"cpulist", OPT_STRING, 0, "the CPUs of the host that it may run on: 0-3,5; r: all", NULL},
    OPTS_AFFECT,
    OPTS_END,
};

/* From the first to the last but one row of a table of two columns. */
static void print_pins(struct shell *sh, const struct args *args, const char *const titles[2],
                       const unsigned *ids, char *const *sets, size_t n)
{
    AUTO_TABLE struct table t = {0};

    if (sh_wants_json(args)) {
        AUTO_JSON struct json j = {0};

        json_begin_array(&j, NULL);
        for (size_t i = 0; i < n; i++) {
            json_begin(&j, NULL);
            json_uint(&j, "id", ids[i]);
            json_string(&j, "cpus", sets[i]);
            json_end(&j);
        }
        json_end_array(&j);
        sh_json_print(sh, &j);
        return;
    }
    table_init(&t, 2, titles);
    for (size_t i = 0; i < n; i++) {
        EB_AUTOFREE char *id = eb_asprintf("%u", ids[i]);

        table_add(&t, (const char *const[]){id, sets[i]});
    }
    EB_AUTOFREE char *text = table_format(&t, !sh->quiet);
    sh_print(sh, "%s", text);
}

static int show_vcpus(struct shell *sh, const struct args *args, eb_domain *dom, int only, unsigned flags,
                      int cpus)
{
    static const char *const titles[2] = {"VCPU", "CPU Affinity"};
    EB_AUTOFREE unsigned char *maps = NULL;
    EB_AUTOFREE unsigned *ids = NULL;
    EB_AUTOSTRV char **sets = NULL;
    unsigned length;
    size_t shown = 0;
    int n;

    if ((flags & EB_AFFECT_LIVE) && eb_domain_is_active(dom, &sh->error) == 0)
        return sh_error(sh, "cannot get vcpupin for offline domain");
    n = eb_domain_get_vcpu_pins(dom, flags, &maps, &length, &sh->error);
    if (n < 0)
        return -1;
    if (only >= n)
        return sh_error(
            sh, "vcpu %d is out of range of %s cpu count %d", only,
            flags & EB_AFFECT_CONFIG || eb_domain_is_active(dom, NULL) == 0 ? "persistent" : "live", n);
    ids = eb_calloc((size_t)n + 1, sizeof(*ids));
    sets = eb_calloc((size_t)n + 1, sizeof(*sets));
    for (int i = 0; i < n; i++) {
        if (only >= 0 && only != i)
            continue;
        ids[shown] = (unsigned)i;
        sets[shown++] = affinity(maps + (size_t)i * length, length, cpus);
    }
    print_pins(sh, args, titles, ids, sets, shown);
    return 0;
}

static int run_vcpupin(struct shell *sh, const struct args *args)
{
    unsigned char map[EB_CPUSET_BYTES];
    const char *list = NULL;
    unsigned flags, vcpu = 0;
    int there, cpus, length;

    if (sh_affect(sh, args, &flags) < 0 || (there = args_uint(sh, args, "vcpu", &vcpu)) < 0 ||
        args_string(sh, args, "cpulist", &list) < 0)
        return -1;
    if (list && !there)
        return sh_error(sh, "vcpupin: Missing vCPU number in pin mode.");
    if (!list && args_exclusive(sh, args, "live", "config") < 0)
        return -1;
    AUTO_DOMAIN dom = sh_domain(sh, args, BY_ANY);
    if (!dom || (cpus = host_cpus(sh)) < 0)
        return -1;
    if (!list)
        return show_vcpus(sh, args, dom, there ? (int)vcpu : -1, flags, cpus);
    length = read_cpulist(sh, list, cpus, map);
    if (length < 0)
        return -1;
    return eb_domain_pin_vcpu(dom, vcpu, map, (unsigned)length, flags, &sh->error);
}

/* ---- emulatorpin ---- */

static const struct opt emulatorpin_opts[] = {
    OPT_DOMAIN(complete_domain),
    {"cpulist", OPT_STRING, 0, "the CPUs of the host that it may run on: 0-3,5; r: all", NULL},
    OPTS_AFFECT,
    OPTS_END,
};

static void show_set(struct shell *sh, const char *set)
{
    sh_extra(sh, "emulator: CPU Affinity\n----------------------------------\n       *: ");
    sh_print(sh, "%s\n", set);
}

static int show_emulator(struct shell *sh, const struct args *args, eb_domain *dom, unsigned flags, int cpus)
{
    EB_AUTOFREE unsigned char *map = NULL;
    EB_AUTOFREE char *set = NULL;
    unsigned length;
    int n = eb_domain_get_emulator_pin(dom, flags, &map, &length, &sh->error);

    if (n < 0)
        return -1;
    set = affinity(map, length, cpus);
    if (sh_wants_json(args))
        sh_json_text(sh, "cpus", set);
    else
        show_set(sh, set);
    return 0;
}

static int run_emulatorpin(struct shell *sh, const struct args *args)
{
    unsigned char map[EB_CPUSET_BYTES];
    const char *list = NULL;
    unsigned flags;
    int cpus, length;

    if (sh_affect(sh, args, &flags) < 0)
        return -1;
    AUTO_DOMAIN dom = sh_domain(sh, args, BY_ANY);
    if (!dom || args_string(sh, args, "cpulist", &list) < 0 || (cpus = host_cpus(sh)) < 0)
        return -1;
    if (!list)
        return show_emulator(sh, args, dom, flags, cpus);
    length = read_cpulist(sh, list, cpus, map);
    if (length < 0)
        return -1;
    /* as virsh has it: without a word about it the running domain */
    if (!flags && !args_has(args, "current"))
        flags = EB_AFFECT_LIVE;
    return eb_domain_pin_emulator(dom, map, (unsigned)length, flags, &sh->error);
}

/* ---- IOThreads ---- */

#define OPT_IOTHREAD                                                                                         \
    {                                                                                                        \
        "id", OPT_NUMBER, 0, "the IOThread's number", NULL                                                   \
    }
static const struct opt iothreadinfo_opts[] = {OPT_DOMAIN(complete_domain), OPTS_AFFECT, OPTS_END};
static const struct opt iothread_opts[] = {OPT_DOMAIN(complete_domain), OPT_IOTHREAD, OPTS_AFFECT, OPTS_END};
static const struct opt iothreadpin_opts[] = {
    OPT_DOMAIN(complete_domain),
    {"iothread", OPT_NUMBER, 0, "the IOThread's number", NULL},
    {"cpulist", OPT_DATA, 0, "the CPUs of the host that it may run on: 0-3,5; r: all", NULL},
    OPTS_AFFECT,
    OPTS_END,
};
static const struct opt iothreadset_opts[] = {
    OPT_DOMAIN(complete_domain),
    OPT_IOTHREAD,
    {"poll-max-ns", OPT_INT, OPT_NAMED_ONLY, "the longest time to poll, in nanoseconds", NULL},
    {"poll-grow", OPT_INT, OPT_NAMED_ONLY, "by what the time grows", NULL},
    {"poll-shrink", OPT_INT, OPT_NAMED_ONLY, "by what the time shrinks", NULL},
    {"poll-weight", OPT_INT, OPT_NAMED_ONLY, "how much the last time counts", NULL},
    {"thread-pool-min", OPT_INT, OPT_NAMED_ONLY, "the least workers", NULL},
    {"thread-pool-max", OPT_INT, OPT_NAMED_ONLY, "the most workers", NULL},
    OPTS_AFFECT,
    OPTS_END,
};

static int run_iothreadinfo(struct shell *sh, const struct args *args)
{
    static const char *const titles[2] = {"IOThread ID", "CPU Affinity"};
    EB_AUTOFREE unsigned *ids = NULL;
    EB_AUTOSTRV char **sets = NULL;
    eb_iothread_info *list = NULL;
    unsigned flags;
    int n, cpus;

    if (sh_affect(sh, args, &flags) < 0)
        return -1;
    AUTO_DOMAIN dom = sh_domain(sh, args, BY_ANY);
    if (!dom)
        return -1;
    n = eb_domain_get_iothreads(dom, flags, &list, &sh->error);
    if (n < 0)
        return sh_error(sh, "Unable to get domain IOThreads information");
    cpus = n ? host_cpus(sh) : 0;
    ids = eb_calloc((size_t)n + 1, sizeof(*ids));
    sets = eb_calloc((size_t)n + 1, sizeof(*sets));
    for (int i = 0; i < n; i++) {
        ids[i] = list[i].id;
        sets[i] = affinity(list[i].map, list[i].length, cpus);
    }
    eb_iothreads_free(list, (size_t)n);
    if (cpus < 0)
        return -1;
    if (!n && !sh_wants_json(args))
        sh_extra(sh, "No IOThreads found for the domain");
    else
        print_pins(sh, args, titles, ids, sets, (size_t)n);
    return 0;
}

/* The number that an option names, which is not 0. */
static int read_id(struct shell *sh, const struct args *args, const char *option, unsigned *id)
{
    int value = 0;

    if (args_int(sh, args, option, &value) < 0)
        return -1;
    if (value <= 0)
        return sh_error(sh, "Invalid IOThread id value: '%d'", value);
    *id = (unsigned)value;
    return 0;
}

static int run_iothreadadd(struct shell *sh, const struct args *args)
{
    unsigned flags, id = 0;

    if (sh_affect(sh, args, &flags) < 0)
        return -1;
    AUTO_DOMAIN dom = sh_domain(sh, args, BY_ANY);
    if (!dom || read_id(sh, args, "id", &id) < 0)
        return -1;
    return eb_domain_add_iothread(dom, id, flags, &sh->error);
}

static int run_iothreaddel(struct shell *sh, const struct args *args)
{
    unsigned flags, id = 0;

    if (sh_affect(sh, args, &flags) < 0)
        return -1;
    AUTO_DOMAIN dom = sh_domain(sh, args, BY_ANY);
    if (!dom || read_id(sh, args, "id", &id) < 0)
        return -1;
    return eb_domain_del_iothread(dom, id, flags, &sh->error);
}

static int run_iothreadpin(struct shell *sh, const struct args *args)
{
    unsigned char map[EB_CPUSET_BYTES];
    const char *list = NULL;
    unsigned flags, id = 0;
    int cpus, length;

    if (sh_affect(sh, args, &flags) < 0)
        return -1;
    AUTO_DOMAIN dom = sh_domain(sh, args, BY_ANY);
    if (!dom || args_uint(sh, args, "iothread", &id) < 0 || args_string(sh, args, "cpulist", &list) < 0 ||
        (cpus = host_cpus(sh)) < 0 || (length = read_cpulist(sh, list, cpus, map)) < 0)
        return -1;
    return eb_domain_pin_iothread(dom, id, map, (unsigned)length, flags, &sh->error);
}

static int run_iothreadset(struct shell *sh, const struct args *args)
{
    static const char *const numbers[][2] = {
        {"poll-grow", "poll_grow"},
        {"poll-shrink", "poll_shrink"},
        {"poll-weight", "poll_weight"},
    };
    static const char *const bounds[][2] = {
        {"thread-pool-min", "thread_pool_min"},
        {"thread-pool-max", "thread_pool_max"},
    };
    AUTO_PARAMS list = {0};
    unsigned flags, id = 0, value = 0;
    uint64_t max = 0;
    int there, bound;

    if (sh_affect(sh, args, &flags) < 0)
        return -1;
    AUTO_DOMAIN dom = sh_domain(sh, args, BY_ANY);
    if (!dom || read_id(sh, args, "id", &id) < 0 ||
        (there = args_bytes(sh, args, "poll-max-ns", 1, &max)) < 0)
        return -1;
    if (there)
        params_add_ullong(&list, "poll_max_ns", max);
    for (size_t i = 0; i < EB_ARRAY_SIZE(numbers); i++) {
        if ((there = args_uint(sh, args, numbers[i][0], &value)) < 0)
            return -1;
        if (there)
            params_add_uint(&list, numbers[i][1], value);
    }
    for (size_t i = 0; i < EB_ARRAY_SIZE(bounds); i++) {
        if ((there = args_int(sh, args, bounds[i][0], &bound)) < 0)
            return -1;
        if (there)
            params_add_int(&list, bounds[i][1], bound);
    }
    if (!list.n)
        return sh_error(sh, "Not enough arguments passed, nothing to set");
    return eb_domain_set_iothread(dom, id, list.items, list.n, flags, &sh->error);
}

const struct command commands_pin[] = {
    {"emulatorpin", "show or choose the CPUs that a domain's emulator runs on", NULL, emulatorpin_opts,
     run_emulatorpin, CMD_JSON, "emulatorpin web 0-3"},
    {"iothreadadd", "add an IOThread to a domain", NULL, iothread_opts, run_iothreadadd, 0,
     "iothreadadd web 2"},
    {"iothreaddel", "remove an IOThread from a domain", NULL, iothread_opts, run_iothreaddel, 0,
     "iothreaddel web 2"},
    {"iothreadinfo", "show a domain's IOThreads and the CPUs that they run on", NULL, iothreadinfo_opts,
     run_iothreadinfo, CMD_JSON, "iothreadinfo web"},
    {"iothreadpin", "choose the CPUs that an IOThread runs on", NULL, iothreadpin_opts, run_iothreadpin, 0,
     "iothreadpin web 2 0,3"},
    {"iothreadset", "change how an IOThread polls", NULL, iothreadset_opts, run_iothreadset, 0,
     "iothreadset web 2 --poll-max-ns 32768"},
    {"vcpupin", "show or choose the CPUs that virtual CPUs run on", NULL, vcpupin_opts, run_vcpupin, CMD_JSON,
     "vcpupin web 0 2-3"},
    {0},
};
