/* SPDX-License-Identifier: LGPL-2.1-or-later */
/** @file cmd_host.c Commands on the host and the hypervisor. */
#include "shell/opts.h"
#include "shell/xml.h"

#include <inttypes.h>

static const struct opt no_opts[] = {OPTS_END};

static int show_text(struct shell *sh, const struct args *args, const char *key, const char *text)
{
    if (sh_wants_json(args))
        sh_json_text(sh, key, text);
    else
        sh_print(sh, "%s\n", text);
    return 0;
}

static int run_uri(struct shell *sh, const struct args *args)
{
    EB_AUTOFREE char *uri = NULL;
    if (eb_conn_get_uri(sh->conn, &uri, &sh->error) < 0)
        return sh_error(sh, "failed to get URI");
    return show_text(sh, args, "uri", uri);
}

static int run_hostname(struct shell *sh, const struct args *args)
{
    EB_AUTOFREE char *name = NULL;
    if (eb_conn_get_hostname(sh->conn, &name, &sh->error) < 0)
        return sh_error(sh, "failed to get hostname");
    return show_text(sh, args, "hostname", name);
}

/* ---- version ---- */

static const struct opt version_opts[] = {
    OPT_FLAG("daemon", "the daemon's version too"),
    OPTS_END,
};

struct version_text {
    char text[32];
};

static struct version_text format_version(unsigned long v)
{
    struct version_text t;
    snprintf(t.text, sizeof(t.text), "%lu.%lu.%lu", v / 1000000, v / 1000 % 1000, v % 1000);
    return t;
}

static void version_json(struct shell *sh, const char *library, const char *type, const char *hypervisor)
{
    AUTO_JSON struct json j = {0};
    json_begin(&j, NULL);
    json_string(&j, "library", library);
    json_string(&j, "api", type);
    json_string(&j, "hypervisor", hypervisor);
    json_end(&j);
    sh_json_print(sh, &j);
}

static int run_version(struct shell *sh, const struct args *args)
{
    unsigned long version = 0;
    const char *type = eb_conn_get_type(sh->conn);

    if (eb_conn_get_version(sh->conn, &version, &sh->error) < 0)
        return sh_error(sh, "failed to get the hypervisor version");
    struct version_text built = format_version(EB_VERSION_NUMBER), used = format_version(eb_version()),
                        hypervisor = format_version(version);
    if (sh_wants_json(args)) {
        version_json(sh, used.text, type, hypervisor.text);
        return 0;
    }
    sh_print(sh, "Compiled against library: everbox %s\n", built.text);
    sh_print(sh, "Using library: everbox %s\n", used.text);
    sh_print(sh, "Using API: %s %s\n", type, used.text);
    sh_print(sh, "Running hypervisor: %s %s\n", type, hypervisor.text);
    if (args_has(args, "daemon"))
        sh_print(sh, "Running against daemon: %s\n", used.text);
    return 0;
}

/* ---- nodeinfo ---- */

static void nodeinfo_json(struct shell *sh, const eb_node_info *info)
{
    AUTO_JSON struct json j = {0};
    json_begin(&j, NULL);
    json_string(&j, "model", info->model);
    json_uint(&j, "cpus", info->cpus);
    json_uint(&j, "mhz", info->mhz);
    json_uint(&j, "sockets", info->sockets);
    json_uint(&j, "cores", info->cores);
    json_uint(&j, "threads", info->threads);
    json_uint(&j, "numa_cells", info->nodes);
    json_uint(&j, "memory_kib", info->memory);
    json_end(&j);
    sh_json_print(sh, &j);
}

static int run_nodeinfo(struct shell *sh, const struct args *args)
{
    eb_node_info info;
    if (eb_node_get_info(sh->conn, &info, &sh->error) < 0)
        return sh_error(sh, "failed to get node information");
    if (sh_wants_json(args)) {
        nodeinfo_json(sh, &info);
        return 0;
    }
    sh_print(sh, "%-20s %s\n", "CPU model:", info.model);
    sh_print(sh, "%-20s %u\n", "CPU(s):", info.cpus);
    if (info.mhz)
        sh_print(sh, "%-20s %u MHz\n", "CPU frequency:", info.mhz);
    sh_print(sh, "%-20s %u\n", "CPU socket(s):", info.sockets);
    sh_print(sh, "%-20s %u\n", "Core(s) per socket:", info.cores);
    sh_print(sh, "%-20s %u\n", "Thread(s) per core:", info.threads);
    sh_print(sh, "%-20s %u\n", "NUMA cell(s):", info.nodes);
    sh_print(sh, "%-20s %" PRIu64 " KiB\n", "Memory size:", info.memory);
    return 0;
}

/* ---- capabilities, domcapabilities, sysinfo ---- */

static int run_capabilities(struct shell *sh, const struct args *args)
{
    EB_AUTOFREE char *xml = NULL;
    if (eb_conn_get_capabilities(sh->conn, &xml, &sh->error) < 0)
        return sh_error(sh, "failed to get capabilities");
    return show_text(sh, args, "xml", xml);
}

static const struct opt domcapabilities_opts[] = {
    {"virttype", OPT_STRING, 0, "kind of domain (/domain/@type)", NULL},
    {"emulatorbin", OPT_STRING, 0, "emulator (/domain/devices/emulator)", complete_file},
    {"arch", OPT_STRING, 0, "architecture (/domain/os/type/@arch)", NULL},
    {"machine", OPT_STRING, 0, "machine (/domain/os/type/@machine)", NULL},
    OPTS_END,
};

static int run_domcapabilities(struct shell *sh, const struct args *args)
{
    EB_AUTOFREE char *xml = NULL;
    const char *virttype, *emulator, *arch, *machine;

    if (args_string(sh, args, "virttype", &virttype) < 0 ||
        args_string(sh, args, "emulatorbin", &emulator) < 0 || args_string(sh, args, "arch", &arch) < 0 ||
        args_string(sh, args, "machine", &machine) < 0)
        return -1;
    if (eb_conn_get_domain_capabilities(sh->conn, emulator, arch, machine, virttype, 0, &xml, &sh->error) < 0)
        return sh_error(sh, "failed to get emulator capabilities");
    return sh_show_xml(sh, args, xml);
}

static int run_sysinfo(struct shell *sh, const struct args *args)
{
    EB_AUTOFREE char *xml = NULL;
    if (eb_conn_get_sysinfo(sh->conn, 0, &xml, &sh->error) < 0)
        return sh_error(sh, "failed to get sysinfo");
    return sh_show_xml(sh, args, xml);
}

/* ---- freecell, maxvcpus ---- */

static const struct opt freecell_opts[] = {
    {"cellno", OPT_INT, 0, "number of the NUMA cell", NULL},
    OPT_FLAG("all", "every NUMA cell"),
    OPTS_END,
};

static void freecell_json(struct shell *sh, const int *cells, const uint64_t *kib, int n, uint64_t total)
{
    AUTO_JSON struct json j = {0};
    json_begin(&j, NULL);
    json_begin_array(&j, "cells");
    for (int i = 0; i < n; i++) {
        json_begin(&j, NULL);
        json_int(&j, "cell", cells[i]);
        json_uint(&j, "free_kib", kib[i]);
        json_end(&j);
    }
    json_end_array(&j);
    json_uint(&j, "total_kib", total);
    json_end(&j);
    sh_json_print(sh, &j);
}

static int freecell_all(struct shell *sh, const struct args *args)
{
    EB_AUTOFREE char *xml = NULL;
    EB_AUTOFREE int *cells = NULL;
    uint64_t total = 0;

    if (eb_conn_get_capabilities(sh->conn, &xml, &sh->error) < 0)
        return sh_error(sh, "unable to get node capabilities");
    int n = xml_read_cells(xml, &cells, &sh->error);
    if (n < 0)
        return sh_error(sh, "unable to get node capabilities");
    EB_AUTOFREE uint64_t *kib = eb_calloc((size_t)n + 1, sizeof(*kib));
    for (int i = 0; i < n; i++) {
        uint64_t bytes = 0;
        if (eb_node_get_cells_free_memory(sh->conn, &bytes, cells[i], 1, &sh->error) != 1)
            return sh_error(sh, "failed to get free memory for NUMA node number: %d", cells[i]);
        kib[i] = bytes / 1024;
        total += kib[i];
    }
    if (sh_wants_json(args)) {
        freecell_json(sh, cells, kib, n, total);
        return 0;
    }
    for (int i = 0; i < n; i++)
        sh_print(sh, "%5d: %10" PRIu64 " KiB\n", cells[i], kib[i]);
    sh_extra(sh, "--------------------\n%5s: %10" PRIu64 " KiB\n", "Total", total);
    return 0;
}

static int run_freecell(struct shell *sh, const struct args *args)
{
    uint64_t bytes = 0, kib;
    int cell = 0;

    if (args_exclusive(sh, args, "all", "cellno") < 0)
        return -1;
    if (args_has(args, "all"))
        return freecell_all(sh, args);
    int has_cell = args_int(sh, args, "cellno", &cell);
    if (has_cell < 0)
        return -1;
    if (has_cell ? eb_node_get_cells_free_memory(sh->conn, &bytes, cell, 1, &sh->error) < 1
                 : eb_node_get_free_memory(sh->conn, &bytes, &sh->error) < 0)
        return -1;
    kib = bytes / 1024;
    if (sh_wants_json(args))
        freecell_json(sh, &cell, &kib, has_cell, kib);
    else if (has_cell)
        sh_print(sh, "%d: %" PRIu64 " KiB\n", cell, kib);
    else
        sh_print(sh, "Total: %" PRIu64 " KiB\n", kib);
    return 0;
}

static const struct opt maxvcpus_opts[] = {
    {"type", OPT_STRING, 0, "kind of domain", NULL},
    OPTS_END,
};

static int run_maxvcpus(struct shell *sh, const struct args *args)
{
    const char *type;
    if (args_string(sh, args, "type", &type) < 0)
        return -1;
    int n = eb_conn_get_max_vcpus(sh->conn, type, &sh->error);
    if (n < 0)
        return -1;
    if (sh_wants_json(args)) {
        AUTO_JSON struct json j = {0};
        json_begin(&j, NULL);
        json_int(&j, "max_vcpus", n);
        json_end(&j);
        sh_json_print(sh, &j);
    } else {
        sh_print(sh, "%d\n", n);
    }
    return 0;
}

const struct command commands_host[] = {
    {"capabilities", "print what the host can do, as XML", NULL, no_opts, run_capabilities, CMD_JSON, NULL},
    {"domcapabilities", "print what a domain can have, as XML", NULL, domcapabilities_opts,
     run_domcapabilities, CMD_JSON, "domcapabilities --arch x86_64"},
    {"freecell", "print the host's free memory", NULL, freecell_opts, run_freecell, CMD_JSON,
     "freecell --all"},
    {"hostname", "print the host's name", NULL, no_opts, run_hostname, CMD_JSON, NULL},
    {"maxvcpus", "print how many virtual CPUs a domain can have", NULL, maxvcpus_opts, run_maxvcpus, CMD_JSON,
     NULL},
    {"nodeinfo", "print the host's CPUs and memory", NULL, no_opts, run_nodeinfo, CMD_JSON, NULL},
    {"sysinfo", "print the host's firmware data, as XML", NULL, no_opts, run_sysinfo, CMD_JSON, NULL},
    {"uri", "print the URI of the connection", NULL, no_opts, run_uri, CMD_JSON, NULL},
    {"version", "print the versions of Everbox and of the hypervisor", NULL, version_opts, run_version,
     CMD_JSON, NULL},
    {0},
};
