/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the host's kernel counts. */
#include "core/params.h"
#include "vbox/stats.h"

#include <stdio.h>
#include <unistd.h>

enum { MAX_TEXT = 1 << 20, MAX_CPUS = 16384 };

/* Sets the bits of a list like "0-3,6"; gives the number after the last. */
static unsigned read_cpu_list(const char *path, unsigned char *bits)
{
    EB_AUTOFREE char *text = NULL;
    unsigned end = 0;
    size_t n;

    if (eb_read_file(path, MAX_TEXT, &text, &n) < 0)
        return 0;
    for (char *p = text; *p >= '0' && *p <= '9'; p += *p == ',') {
        unsigned long first = strtoul(p, &p, 10), last = first;

        if (*p == '-')
            last = strtoul(p + 1, &p, 10);
        for (unsigned long cpu = first; cpu <= last && cpu < MAX_CPUS; cpu++) {
            if (bits)
                bits[cpu / 8] |= (unsigned char)(1u << cpu % 8);
            end = (unsigned)cpu + 1;
        }
    }
    return end;
}

int vbox_node_cpu_map(eb_conn *conn EB_UNUSED, unsigned char **map, unsigned *online, eb_error *err)
{
    unsigned n = read_cpu_list("/sys/devices/system/cpu/present", NULL);

    if (!n)
        return eb_error_set(err, EB_ERR_OPERATION_UNSUPPORTED, "this host does not tell its CPUs one by one");
    *map = eb_calloc(MAX_CPUS / 8, 1);
    read_cpu_list("/sys/devices/system/cpu/online", *map);
    *online = 0;
    for (unsigned i = 0; i < MAX_CPUS / 8; i++)
        *online += (unsigned)__builtin_popcount((*map)[i]);
    return (int)n;
}

int vbox_node_cpu(eb_conn *conn EB_UNUSED, int cpu, eb_param **out, eb_error *err)
{
    EB_AUTOFREE char *text = NULL, *line = cpu < 0 ? eb_strdup("cpu ") : eb_asprintf("cpu%d ", cpu);
    unsigned long long user, nice, system, idle, iowait, irq, softirq;
    unsigned long long tick = 1000000000ull / (unsigned long)sysconf(_SC_CLK_TCK);
    struct eb_param_list list = {0};
    const char *at;
    size_t n;

    if (eb_read_file("/proc/stat", MAX_TEXT, &text, &n) < 0)
        return eb_error_set(err, EB_ERR_OPERATION_UNSUPPORTED, "this host does not count its CPUs' time");
    at = eb_starts_with(text, line) ? text : NULL;
    if (!at) {
        EB_AUTOFREE char *other = eb_asprintf("\n%s", line);

        at = strstr(text, other);
        at = at ? at + 1 : NULL;
    }
    if (!at || sscanf(at + strlen(line), "%llu %llu %llu %llu %llu %llu %llu", &user, &nice, &system, &idle,
                      &iowait, &irq, &softirq) != 7)
        return eb_error_set_arg(err, EB_FROM_NONE, "Invalid cpuNum in virNodeGetCPUStats");
    eb_params_add_ullong(&list, (system + irq + softirq) * tick, "kernel");
    eb_params_add_ullong(&list, (user + nice) * tick, "user");
    eb_params_add_ullong(&list, idle * tick, "idle");
    eb_params_add_ullong(&list, iowait * tick, "iowait");
    return eb_params_give(&list, out);
}

int vbox_node_memory(eb_conn *conn EB_UNUSED, int cell, eb_param **out, eb_error *err)
{
    static const struct {
        const char *line, *name;
        bool cells; /* a cell has it too */
    } lines[] = {{"MemTotal:", "total", true},
                 {"MemFree:", "free", true},
                 {"Buffers:", "buffers", false},
                 {"Cached:", "cached", false}};
    EB_AUTOFREE char *text = NULL, *path = cell < 0
                                               ? eb_strdup("/proc/meminfo")
                                               : eb_asprintf("/sys/devices/system/node/node%d/meminfo", cell);
    struct eb_param_list list = {0};
    size_t n;

    if (eb_read_file(path, MAX_TEXT, &text, &n) < 0)
        return eb_error_set_arg(err, EB_FROM_NONE, "Invalid cellNum in virNodeGetMemoryStats");
    for (size_t i = 0; i < EB_ARRAY_SIZE(lines); i++) {
        const char *at = strstr(text, lines[i].line);

        if (at && (cell < 0 || lines[i].cells))
            eb_params_add_ullong(&list, strtoull(at + strlen(lines[i].line), NULL, 10), "%s", lines[i].name);
    }
    return eb_params_give(&list, out);
}
