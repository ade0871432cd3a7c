/* SPDX-License-Identifier: LGPL-2.1-or-later */
/** @file cmd_stats.c Commands that show statistics of the host and of domains. */
#include "shell/objects.h"
#include "shell/params.h"
#include "shell/xml.h"

#include <inttypes.h>

/* ---- Parameters ---- */

static void print_value(struct shell *sh, const eb_param *p)
{
    EB_AUTOFREE char *text = param_text(p);

    sh_print(sh, "%s", text);
}

/* ---- domstats ---- */

static const struct {
    const char *name;
    unsigned stats, flags;
} choices[] = {
    {"state", EB_STATS_STATE, 0},
    {"cpu-total", EB_STATS_CPU_TOTAL, 0},
    {"balloon", EB_STATS_BALLOON, 0},
    {"vcpu", EB_STATS_VCPU, 0},
    {"interface", EB_STATS_INTERFACE, 0},
    {"block", EB_STATS_BLOCK, 0},
    {"perf", EB_STATS_PERF, 0},
    {"iothread", EB_STATS_IOTHREAD, 0},
    {"memory", EB_STATS_MEMORY, 0},
    {"dirtyrate", EB_STATS_DIRTYRATE, 0},
    {"vm", EB_STATS_VM, 0},
    {"list-active", 0, EB_LIST_ACTIVE},
    {"list-inactive", 0, EB_LIST_INACTIVE},
    {"list-persistent", 0, EB_LIST_PERSISTENT},
    {"list-transient", 0, EB_LIST_TRANSIENT},
    {"list-running", 0, EB_LIST_RUNNING},
    {"list-paused", 0, EB_LIST_PAUSED},
    {"list-shutoff", 0, EB_LIST_SHUTOFF},
    {"list-other", 0, EB_LIST_OTHER},
    {"enforce", 0, EB_ALL_STATS_ENFORCE},
    {"backing", 0, EB_ALL_STATS_BACKING},
    {"nowait", 0, EB_ALL_STATS_NOWAIT},
};
enum { N_CHOICES = EB_ARRAY_SIZE(choices) };

static const struct opt domstats_opts[] = {
    OPT_FLAG("state", "its state"),
    OPT_FLAG("cpu-total", "its processor time"),
    OPT_FLAG("balloon", "its memory"),
    OPT_FLAG("vcpu", "its virtual CPUs"),
    OPT_FLAG("interface", "its network interfaces"),
    OPT_FLAG("block", "its disks"),
    OPT_FLAG("perf", "its perf events"),
    OPT_FLAG("iothread", "its IOThreads"),
    OPT_FLAG("memory", "its use of the memory controller"),
    OPT_FLAG("dirtyrate", "its rate of changed pages"),
    OPT_FLAG("vm", "the hypervisor's own"),
    OPT_FLAG("list-active", "only active domains"),
    OPT_FLAG("list-inactive", "only inactive domains"),
    OPT_FLAG("list-persistent", "only persistent domains"),
    OPT_FLAG("list-transient", "only transient domains"),
    OPT_FLAG("list-running", "only running domains"),
    OPT_FLAG("list-paused", "only paused domains"),
    OPT_FLAG("list-shutoff", "only domains that are shut off"),
    OPT_FLAG("list-other", "only domains in other states"),
    OPT_FLAG("raw", "print numbers as they are"),
    OPT_FLAG("enforce", "fail when the hypervisor does not have what is asked for"),
    OPT_FLAG("backing", "the images below a disk's own too"),
    OPT_FLAG("nowait", "leave out what would take waiting"),
    {"domain", OPT_ARGV, 0, "domains to tell of; without, all", complete_domain},
    OPTS_END,
};

/* Gives the number of handles of *out; -1 after an error was reported. */
static int named_domains(struct shell *sh, const struct args *args, eb_domain ***out)
{
    int n = 0;

    *out = eb_calloc(args->n + 1, sizeof(**out));
    for (size_t i = 0; i < args->n; i++) {
        struct args one = {.cmd = args->cmd, .items = &args->items[i], .n = 1};

        if (strcmp(args->items[i].opt->name, "domain") != 0)
            continue;
        (*out)[n] = sh_domain(sh, &one, BY_ANY);
        if (!(*out)[n])
            return -1;
        n++;
    }
    return n;
}

static void show_stats(struct shell *sh, const struct args *args, const eb_domain_stats *stats, int n)
{
    if (sh_wants_json(args)) {
        AUTO_JSON struct json j = {0};

        json_begin_array(&j, NULL);
        for (int i = 0; i < n; i++) {
            json_begin(&j, NULL);
            json_string(&j, "domain", eb_domain_get_name(stats[i].domain));
            for (size_t k = 0; k < stats[i].n_params; k++)
                json_param(&j, &stats[i].params[k]);
            json_end(&j);
        }
        json_end_array(&j);
        sh_json_print(sh, &j);
        return;
    }
    for (int i = 0; i < n; i++) {
        sh_print(sh, "Domain: '%s'\n", eb_domain_get_name(stats[i].domain));
        for (size_t k = 0; k < stats[i].n_params; k++) {
            sh_print(sh, "  %s=", stats[i].params[k].field);
            print_value(sh, &stats[i].params[k]);
            sh_print(sh, "\n");
        }
        if (i + 1 < n)
            sh_print(sh, "\n");
    }
}

static int run_domstats(struct shell *sh, const struct args *args)
{
    unsigned stats = 0, flags = 0;
    eb_domain **domains;
    eb_domain_stats *list = NULL;
    int n = named_domains(sh, args, &domains), told = -1;

    for (size_t i = 0; i < N_CHOICES; i++) {
        if (args_has(args, choices[i].name)) {
            stats |= choices[i].stats;
            flags |= choices[i].flags;
        }
    }
    if (n >= 0)
        told =
            eb_conn_get_all_stats(sh->conn, n ? domains : NULL, (size_t)n, stats, flags, &list, &sh->error);
    for (size_t i = 0; domains[i]; i++)
        eb_domain_unref(domains[i]);
    free(domains);
    if (told < 0)
        return -1;
    show_stats(sh, args, list, told);
    eb_domain_stats_free(list, (size_t)told);
    return 0;
}

/* ---- domblkinfo ---- */

static const struct opt domblkinfo_opts[] = {
    OPT_DOMAIN(complete_domain),
    {"device", OPT_STRING, 0, "the disk's target or source", NULL},
    OPT_FLAG("human", "sizes with units"),
    OPT_FLAG("all", "all disks"),
    OPTS_END,
};

static char *size_text(uint64_t bytes, bool human)
{
    return human ? sh_pretty_size_digits(bytes, 3) : eb_asprintf("%" PRIu64, bytes);
}

static int all_block_infos(struct shell *sh, eb_domain *dom, bool human)
{
    static const char *const titles[] = {"Target", "Capacity", "Allocation", "Physical"};
    EB_CLEANUP(xml_disks_free) struct xml_disks disks = {0};
    EB_AUTOFREE char *xml = NULL;
    AUTO_TABLE struct table t = {0};

    if (eb_domain_get_xml(dom, 0, &xml, &sh->error) < 0 || xml_read_disks(xml, &disks, &sh->error) < 0)
        return -1;
    table_init(&t, EB_ARRAY_SIZE(titles), titles);
    for (size_t i = 0; i < disks.n; i++) {
        eb_block_info info;

        if (eb_domain_get_block_info(dom, disks.items[i].target, 0, &info, &sh->error) < 0)
            return -1;
        EB_AUTOFREE char *capacity = size_text(info.capacity, human);
        EB_AUTOFREE char *allocation = size_text(info.allocation, human);
        EB_AUTOFREE char *physical = size_text(info.physical, human);
        table_add(&t, (const char *const[]){disks.items[i].target, capacity, allocation, physical});
    }
    EB_AUTOFREE char *text = table_format(&t, !sh->quiet);
    sh_print(sh, "%s", text);
    return 0;
}

static int run_domblkinfo(struct shell *sh, const struct args *args)
{
    AUTO_DOMAIN dom = NULL;
    bool human = args_has(args, "human");
    eb_block_info info;
    const char *device;
    int there;

    if (args_exclusive(sh, args, "all", "device") < 0)
        return -1;
    there = args_string(sh, args, "device", &device);
    if (there < 0)
        return -1;
    if (!there && !args_has(args, "all"))
        return sh_error(sh, "command 'domblkinfo' requires <device> option");
    dom = sh_domain(sh, args, BY_ANY);
    if (!dom)
        return -1;
    if (!there)
        return all_block_infos(sh, dom, human);
    if (eb_domain_get_block_info(dom, device, 0, &info, &sh->error) < 0)
        return -1;
    if (sh_wants_json(args)) {
        AUTO_JSON struct json j = {0};

        json_begin(&j, NULL);
        json_uint(&j, "capacity", info.capacity);
        json_uint(&j, "allocation", info.allocation);
        json_uint(&j, "physical", info.physical);
        json_end(&j);
        sh_json_print(sh, &j);
        return 0;
    }
    EB_AUTOFREE char *capacity = size_text(info.capacity, human);
    EB_AUTOFREE char *allocation = size_text(info.allocation, human);
    EB_AUTOFREE char *physical = size_text(info.physical, human);
    sh_info(sh, "Capacity:", capacity);
    sh_info(sh, "Allocation:", allocation);
    sh_info(sh, "Physical:", physical);
    return 0;
}

/* ---- domblkstat, domifstat ---- */

static void print_known(struct shell *sh, const char *device, const char *name, int64_t value)
{
    if (value >= 0)
        sh_print(sh, "%s %s %" PRId64 "\n", device, name, value);
}

static void print_counts(struct shell *sh, const struct args *args, const char *device,
                         const char *const *names, const int64_t *values, size_t n)
{
    if (sh_wants_json(args)) {
        AUTO_JSON struct json j = {0};

        json_begin(&j, NULL);
        for (size_t i = 0; i < n; i++) {
            if (values[i] >= 0)
                json_int(&j, names[i], values[i]);
        }
        json_end(&j);
        sh_json_print(sh, &j);
        return;
    }
    for (size_t i = 0; i < n; i++)
        print_known(sh, device, names[i], values[i]);
}

static const struct opt domblkstat_opts[] = {
    OPT_DOMAIN(complete_domain),
    {"device", OPT_STRING, 0, "the disk's target or source; without, all together", NULL},
    OPT_FLAG("human", "in words"),
    OPTS_END,
};

static int run_domblkstat(struct shell *sh, const struct args *args)
{
    static const char *const names[] = {"rd_req", "rd_bytes", "wr_req", "wr_bytes", "errs"};
    static const char *const words[] = {
        "number of read operations:", "number of bytes read:", "number of write operations:",
        "number of bytes written:", "error count:"};
    AUTO_DOMAIN dom = sh_domain(sh, args, BY_ANY);
    const char *device = NULL;
    eb_block_stats stats;

    if (!dom || args_string(sh, args, "device", &device) < 0)
        return -1;
    device = device ? device : "";
    if (eb_domain_get_block_stats(dom, device, &stats, &sh->error) < 0)
        return sh_error(sh, "Failed to get block stats %s %s", eb_domain_get_name(dom), device);
    const int64_t values[] = {stats.rd_req, stats.rd_bytes, stats.wr_req, stats.wr_bytes, stats.errs};
    if (!args_has(args, "human")) {
        print_counts(sh, args, device, names, values, EB_ARRAY_SIZE(values));
        return 0;
    }
    sh_print(sh, "Device: %s\n", device);
    for (size_t i = 0; i < EB_ARRAY_SIZE(values); i++) {
        if (values[i] >= 0)
            sh_print(sh, " %-31s %" PRId64 "\n", words[i], values[i]);
    }
    return 0;
}

static const struct opt domifstat_opts[] = {
    OPT_DOMAIN(complete_domain),
    {"interface", OPT_DATA, 0, "the interface's target or MAC address", NULL},
    OPTS_END,
};

static int run_domifstat(struct shell *sh, const struct args *args)
{
    static const char *const names[] = {"rx_bytes", "rx_packets", "rx_errs", "rx_drop",
                                        "tx_bytes", "tx_packets", "tx_errs", "tx_drop"};
    AUTO_DOMAIN dom = sh_domain(sh, args, BY_ANY);
    eb_interface_stats s;
    const char *device;

    if (!dom || args_string(sh, args, "interface", &device) < 0)
        return -1;
    if (eb_domain_get_interface_stats(dom, device, &s, &sh->error) < 0)
        return sh_error(sh, "Failed to get interface stats %s %s", eb_domain_get_name(dom), device);
    const int64_t values[] = {s.rx_bytes, s.rx_packets, s.rx_errs, s.rx_drop,
                              s.tx_bytes, s.tx_packets, s.tx_errs, s.tx_drop};
    print_counts(sh, args, device, names, values, EB_ARRAY_SIZE(values));
    return 0;
}

/* ---- dommemstat ---- */

static const struct opt domain_opts[] = {OPT_DOMAIN(complete_domain), OPTS_END};

static int run_dommemstat(struct shell *sh, const struct args *args)
{
    static const char *const names[] = {
        "swap_in", "swap_out", "major_fault", "minor_fault", "unused",          "available",      "actual",
        "rss",     "usable",   "last_update", "disk_caches", "hugetlb_pgalloc", "hugetlb_pgfail",
    };
    AUTO_DOMAIN dom = sh_domain(sh, args, BY_ANY);
    EB_AUTOFREE eb_memory_stat *stats = NULL;
    AUTO_JSON struct json j = {0};
    int n;

    if (!dom)
        return -1;
    n = eb_domain_get_memory_stats(dom, 0, &stats, &sh->error);
    if (n < 0)
        return sh_error(sh, "Failed to get memory statistics for domain %s", eb_domain_get_name(dom));
    json_begin(&j, NULL);
    for (int i = 0; i < n; i++) {
        if ((size_t)stats[i].tag >= EB_ARRAY_SIZE(names))
            continue;
        json_uint(&j, names[stats[i].tag], stats[i].value);
        if (!sh_wants_json(args))
            sh_print(sh, "%s %" PRIu64 "\n", names[stats[i].tag], stats[i].value);
    }
    json_end(&j);
    if (sh_wants_json(args))
        sh_json_print(sh, &j);
    return 0;
}

/* ---- cpu-stats ---- */

static const struct opt cpu_stats_opts[] = {
    OPT_DOMAIN(complete_domain),
    OPT_FLAG("total", "of all CPUs together only"),
    {"start", OPT_INT, 0, "the first CPU", NULL},
    {"count", OPT_INT, 0, "how many CPUs", NULL},
    OPTS_END,
};

static void print_times(struct shell *sh, const eb_param *params, unsigned n)
{
    for (unsigned i = 0; i < n; i++) {
        uint64_t ns = params[i].value.ul;

        sh_print(sh, "\t%-12s %9" PRIu64 ".%09" PRIu64 " seconds\n", params[i].field, ns / 1000000000,
                 ns % 1000000000);
    }
}

static int cpu_failed(struct shell *sh, eb_domain *dom)
{
    return sh_error(sh, "Failed to retrieve CPU statistics for domain '%s'", eb_domain_get_name(dom));
}

static int cpus_each(struct shell *sh, eb_domain *dom, int start, int count)
{
    eb_param *params;
    unsigned per_cpu;
    int all = eb_domain_get_cpu_stats(dom, 0, 0, 0, &params, &per_cpu, &sh->error), n;

    if (all < 0)
        return cpu_failed(sh, dom);
    if (start >= all)
        return sh_error(sh, "Start CPU %d is out of range (min: 0, max: %d)", start, all - 1);
    if (count < 0 || count > all - start)
        count = all - start;
    n = count ? eb_domain_get_cpu_stats(dom, start, (unsigned)count, 0, &params, &per_cpu, &sh->error) : 0;
    if (n < 0)
        return cpu_failed(sh, dom);
    for (int i = 0; i < n; i++) {
        sh_print(sh, "CPU%d:\n", start + i);
        print_times(sh, params + (unsigned)i * per_cpu, per_cpu);
    }
    if (n)
        eb_params_free(params, (size_t)n * per_cpu);
    return 0;
}

static int run_cpu_stats(struct shell *sh, const struct args *args)
{
    AUTO_DOMAIN dom = sh_domain(sh, args, BY_ANY);
    int start = 0, count = -1, chosen, counted;
    eb_param *params;
    unsigned per_cpu;

    if (!dom)
        return -1;
    chosen = args_int(sh, args, "start", &start);
    counted = chosen < 0 ? -1 : args_int(sh, args, "count", &count);
    if (counted < 0)
        return -1;
    if ((chosen && start < 0) || (counted && count < 0))
        return sh_error(sh, "Invalid value for %s CPU", start < 0 ? "start" : "number of");
    if ((!args_has(args, "total") || chosen || counted) && cpus_each(sh, dom, start, count) < 0)
        return -1;
    if ((chosen || counted) && !args_has(args, "total"))
        return 0;
    if (eb_domain_get_cpu_stats(dom, -1, 1, 0, &params, &per_cpu, &sh->error) < 0)
        return cpu_failed(sh, dom);
    sh_print(sh, "Total:\n");
    print_times(sh, params, per_cpu);
    eb_params_free(params, per_cpu);
    return 0;
}

/* ---- domblkerror, domcontrol ---- */

static int run_domblkerror(struct shell *sh, const struct args *args)
{
    static const char *const words[] = {"no error", "unspecified error", "no space"};
    AUTO_DOMAIN dom = sh_domain(sh, args, BY_ANY);
    eb_disk_error *errors;
    int n;

    if (!dom || (n = eb_domain_get_disk_errors(dom, 0, &errors, &sh->error)) < 0)
        return -1;
    if (!n)
        sh_extra(sh, "No errors found\n");
    for (int i = 0; i < n; i++) {
        sh_print(sh, "%s: %s\n", errors[i].disk,
                 (size_t)errors[i].error < EB_ARRAY_SIZE(words) ? words[errors[i].error] : "unknown error");
        free(errors[i].disk);
    }
    free(errors);
    return 0;
}

static int run_domcontrol(struct shell *sh, const struct args *args)
{
    static const char *const words[] = {"ok", "background job", "occupied", "error"};
    AUTO_DOMAIN dom = sh_domain(sh, args, BY_ANY);
    eb_control_info info;

    if (!dom || eb_domain_get_control_info(dom, 0, &info, &sh->error) < 0)
        return -1;
    sh_print(sh, "%s", info.state < EB_ARRAY_SIZE(words) ? words[info.state] : "unknown");
    if (info.state && info.state != 3)
        sh_print(sh, " (%0.3fs)", (double)info.state_time / 1000);
    sh_print(sh, "\n");
    return 0;
}

/* ---- The host ---- */

static const struct opt nodecpustats_opts[] = {
    {"cpu", OPT_INT, 0, "number of the CPU", NULL},
    OPTS_END,
};

static uint64_t find_value(const eb_param *params, int n, const char *name)
{
    for (int i = 0; i < n; i++) {
        if (strcmp(params[i].field, name) == 0)
            return params[i].value.ul;
    }
    return 0;
}

static int run_nodecpustats(struct shell *sh, const struct args *args)
{
    static const char *const names[][2] = {
        {"user:", "user"}, {"system:", "kernel"}, {"idle:", "idle"}, {"iowait:", "iowait"}};
    eb_param *params;
    int cpu = EB_NODE_CPU_ALL, n;

    if (args_int(sh, args, "cpu", &cpu) < 0)
        return -1;
    n = eb_node_get_cpu_stats(sh->conn, cpu, 0, &params, &sh->error);
    if (n < 0)
        return sh_error(sh, "Unable to get node cpu stats");
    for (size_t i = 0; i < EB_ARRAY_SIZE(names) && !sh_wants_json(args); i++)
        sh_print(sh, "%-15s %20" PRIu64 "\n", names[i][0], find_value(params, n, names[i][1]));
    if (sh_wants_json(args)) {
        AUTO_JSON struct json j = {0};

        json_begin(&j, NULL);
        for (int i = 0; i < n; i++)
            json_param(&j, &params[i]);
        json_end(&j);
        sh_json_print(sh, &j);
    }
    eb_params_free(params, (size_t)n);
    return 0;
}

static const struct opt nodememstats_opts[] = {
    {"cell", OPT_INT, 0, "number of the NUMA cell", NULL},
    OPTS_END,
};

static int run_nodememstats(struct shell *sh, const struct args *args)
{
    eb_param *params;
    int cell = EB_NODE_CELLS_ALL, n;

    if (args_int(sh, args, "cell", &cell) < 0)
        return -1;
    n = eb_node_get_memory_stats(sh->conn, cell, 0, &params, &sh->error);
    if (n < 0)
        return sh_error(sh, "Unable to get number of memory stats");
    for (int i = 0; i < n; i++)
        sh_print(sh, "%-7s: %20" PRIu64 " KiB\n", params[i].field, params[i].value.ul);
    eb_params_free(params, (size_t)n);
    return 0;
}

static const struct opt nodecpumap_opts[] = {
    OPT_FLAG("pretty", "as ranges"),
    OPTS_END,
};

static bool is_online(const unsigned char *map, int cpu)
{
    return map[cpu / 8] >> cpu % 8 & 1;
}

static char *ranges(const unsigned char *map, int n)
{
    struct eb_strbuf b = {0};

    for (int i = 0; i < n; i++) {
        int first = i;

        if (!is_online(map, i))
            continue;
        while (i + 1 < n && is_online(map, i + 1))
            i++;
        eb_strbuf_printf(&b, "%s%d", b.len ? "," : "", first);
        if (i > first)
            eb_strbuf_printf(&b, "-%d", i);
    }
    return eb_strbuf_steal(&b);
}

static int run_nodecpumap(struct shell *sh, const struct args *args)
{
    EB_AUTOFREE unsigned char *map = NULL;
    unsigned online;
    int n = eb_node_get_cpu_map(sh->conn, &map, &online, 0, &sh->error);

    if (n < 0)
        return sh_error(sh, "Unable to get cpu map");
    EB_AUTOFREE char *text = args_has(args, "pretty") ? ranges(map, n) : eb_calloc((size_t)n + 1, 1);
    for (int i = 0; !args_has(args, "pretty") && i < n; i++)
        text[i] = is_online(map, i) ? 'y' : '-';
    sh_print(sh, "%-15s %d\n", "CPUs present:", n);
    sh_print(sh, "%-15s %u\n", "CPUs online:", online);
    sh_info(sh, "CPU map:", text);
    return 0;
}

static const struct opt cpu_models_opts[] = {
    {"arch", OPT_DATA, 0, "the architecture", NULL},
    OPTS_END,
};

static int run_cpu_models(struct shell *sh, const struct args *args)
{
    char **names;
    const char *arch;
    int n;

    if (args_string(sh, args, "arch", &arch) < 0)
        return -1;
    n = eb_conn_get_cpu_model_names(sh->conn, arch, 0, &names, &sh->error);
    if (n < 0)
        return sh_error(sh, "failed to get CPU model names");
    if (!n)
        sh_print(sh, "all CPU models are accepted\n");
    for (int i = 0; i < n; i++) {
        sh_print(sh, "%s\n", names[i]);
        free(names[i]);
    }
    free(names);
    return 0;
}

const struct command commands_stats[] = {
    {"cpu-models", "print the CPU models that a domain may have", NULL, cpu_models_opts, run_cpu_models, 0,
     "cpu-models x86_64"},
    {"cpu-stats", "print a domain's processor time", NULL, cpu_stats_opts, run_cpu_stats, 0,
     "cpu-stats web --total"},
    {"domblkerror", "print errors of a domain's disks", NULL, domain_opts, run_domblkerror, 0, NULL},
    {"domblkinfo", "print the sizes of a domain's disk", NULL, domblkinfo_opts, run_domblkinfo, CMD_JSON,
     "domblkinfo web --all --human"},
    {"domblkstat", "print what a domain's disk has read and written", NULL, domblkstat_opts, run_domblkstat,
     CMD_JSON, "domblkstat web sda"},
    {"domcontrol", "print whether the hypervisor answers for a domain", NULL, domain_opts, run_domcontrol, 0,
     NULL},
    {"domifstat", "print what a domain's interface has received and sent", NULL, domifstat_opts,
     run_domifstat, CMD_JSON, "domifstat web 08:00:27:10:d3:aa"},
    {"dommemstat", "print a domain's use of memory", NULL, domain_opts, run_dommemstat, CMD_JSON, NULL},
    {"domstats", "print statistics of domains", NULL, domstats_opts, run_domstats, CMD_JSON,
     "domstats --block --interface"},
    {"nodecpumap", "print which of the host's CPUs are online", NULL, nodecpumap_opts, run_nodecpumap, 0,
     NULL},
    {"nodecpustats", "print the host's processor time", NULL, nodecpustats_opts, run_nodecpustats, CMD_JSON,
     NULL},
    {"nodememstats", "print the host's use of memory", NULL, nodememstats_opts, run_nodememstats, 0, NULL},
    {0},
};
