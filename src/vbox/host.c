/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "vbox/host.h"

#include <dirent.h>
#include <stdio.h>
#include <sys/utsname.h>

#include "base/uuid.h"

static char *read_line(const char *path)
{
    char *text = NULL;
    size_t n;

    if (eb_read_file(path, 1 << 20, &text, &n) < 0)
        return NULL;
    text[strcspn(text, "\n")] = '\0';
    return text;
}

static bool read_number(const char *path, unsigned *out)
{
    EB_AUTOFREE char *text = read_line(path);
    uint64_t value;

    if (!text || !eb_parse_u64(text, UINT32_MAX, &value))
        return false;
    *out = (unsigned)value;
    return true;
}

/* "0-3,8": the numbers. */
static size_t parse_list(const char *text, unsigned **out)
{
    unsigned *list = NULL;
    size_t n = 0;

    while (text && *text >= '0' && *text <= '9') {
        char *end;
        unsigned long first = strtoul(text, &end, 10), last = first;

        if (*end == '-')
            last = strtoul(end + 1, &end, 10);
        for (; first <= last && n < 65536; first++)
            *EB_APPEND(list, n) = (unsigned)first;
        text = *end == ',' ? end + 1 : "";
    }
    *out = list;
    return n;
}

static size_t read_list(const char *path, unsigned **out)
{
    EB_AUTOFREE char *text = read_line(path);

    return parse_list(text, out);
}

/* How many different ones there are. */
static unsigned distinct(const uint64_t *values, size_t n)
{
    unsigned count = 0;

    for (size_t i = 0; i < n; i++) {
        size_t j = 0;

        while (j < i && values[j] != values[i])
            j++;
        count += j == i;
    }
    return count;
}

static void read_shape(const char *sys, struct vbox_topology *t)
{
    EB_AUTOFREE char *online = eb_asprintf("%s/devices/system/cpu/online", sys);
    EB_AUTOFREE unsigned *cpus = NULL;
    EB_AUTOFREE uint64_t *packages = NULL;
    EB_AUTOFREE uint64_t *cores = NULL;
    size_t n = read_list(online, &cpus);

    t->cpus = n ? (unsigned)n : 1;
    packages = eb_calloc(n + 1, sizeof(*packages));
    cores = eb_calloc(n + 1, sizeof(*cores));
    for (size_t i = 0; i < n; i++) {
        EB_AUTOFREE char *dir = eb_asprintf("%s/devices/system/cpu/cpu%u/topology", sys, cpus[i]);
        EB_AUTOFREE char *package = eb_asprintf("%s/physical_package_id", dir);
        EB_AUTOFREE char *core = eb_asprintf("%s/core_id", dir);
        unsigned p = 0, c = (unsigned)i;

        read_number(package, &p);
        read_number(core, &c);
        packages[i] = p;
        cores[i] = (uint64_t)p << 32 | c;
    }
    t->sockets = n ? distinct(packages, n) : 1;
    t->cores = n ? distinct(cores, n) / t->sockets : 1;
    t->threads = t->cpus / (t->sockets * t->cores);
    /* what libvirt does where processors are uneven: call each a core */
    if (t->sockets * t->cores * t->threads != t->cpus) {
        t->sockets = t->threads = 1;
        t->cores = t->cpus;
    }
}

/* "model name\t: AMD EPYC" */
static void take_field(const char *line, const char *name, char *out, size_t size)
{
    size_t n = strlen(name);
    const char *colon;

    if (*out || strncmp(line, name, n) != 0 || (line[n] != '\t' && line[n] != ' ' && line[n] != ':') ||
        !(colon = strchr(line, ':')))
        return;
    colon += strspn(colon, ": \t");
    snprintf(out, size, "%s", colon);
}

static void read_cpuinfo(const char *proc, struct vbox_topology *t)
{
    EB_AUTOFREE char *path = eb_asprintf("%s/cpuinfo", proc);
    EB_AUTOFREE char *text = NULL;
    char mhz[32] = "", *rest = NULL;
    size_t n;

    if (eb_read_file(path, 16 << 20, &text, &n) < 0)
        return;
    for (char *line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
        take_field(line, "model name", t->model, sizeof(t->model));
        take_field(line, "vendor_id", t->vendor, sizeof(t->vendor));
        take_field(line, "cpu MHz", mhz, sizeof(mhz));
    }
    t->mhz = (unsigned)strtoul(mhz, NULL, 10);
}

void vbox_topology_read(const char *sys, const char *proc, struct vbox_topology *out)
{
    struct vbox_cell *cells;
    size_t n = vbox_cells_read(sys, proc, &cells);

    *out = (struct vbox_topology){.nodes = (unsigned)n};
    vbox_cells_free(cells, n);
    read_shape(sys, out);
    read_cpuinfo(proc, out);
}

/* "Node 0 MemTotal:   123 kB" and "MemTotal:   123 kB" */
static uint64_t memory_field(const char *text, const char *name)
{
    const char *p = strstr(text, name);

    return p ? strtoull(p + strlen(name), NULL, 10) * 1024 : 0;
}

static void read_memory(const char *path, struct vbox_cell *cell)
{
    EB_AUTOFREE char *text = NULL;
    size_t n;

    if (eb_read_file(path, 1 << 20, &text, &n) < 0)
        return;
    cell->total = memory_field(text, "MemTotal:");
    cell->free = memory_field(text, "MemFree:");
}

size_t vbox_cells_read(const char *sys, const char *proc, struct vbox_cell **out)
{
    EB_AUTOFREE char *online = eb_asprintf("%s/devices/system/node/online", sys);
    EB_AUTOFREE unsigned *ids = NULL;
    size_t n = read_list(online, &ids);

    *out = eb_calloc(n ? n : 1, sizeof(**out));
    for (size_t i = 0; i < n; i++) {
        EB_AUTOFREE char *memory = eb_asprintf("%s/devices/system/node/node%u/meminfo", sys, ids[i]);
        EB_AUTOFREE char *cpus = eb_asprintf("%s/devices/system/node/node%u/cpulist", sys, ids[i]);

        (*out)[i].id = ids[i];
        read_memory(memory, &(*out)[i]);
        (*out)[i].n_cpus = read_list(cpus, &(*out)[i].cpus);
    }
    if (n == 0) {
        EB_AUTOFREE char *memory = eb_asprintf("%s/meminfo", proc);
        EB_AUTOFREE char *cpus = eb_asprintf("%s/devices/system/cpu/online", sys);

        read_memory(memory, &(*out)[0]);
        (*out)[0].n_cpus = read_list(cpus, &(*out)[0].cpus);
        n = 1;
    }
    return n;
}

void vbox_cells_free(struct vbox_cell *cells, size_t n)
{
    for (size_t i = 0; i < n; i++)
        free(cells[i].cpus);
    free(cells);
}

const char *vbox_host_arch(void)
{
    static _Thread_local struct utsname name;

    if (uname(&name) < 0)
        return "x86_64";
    if (strcmp(name.machine, "i386") == 0 || strcmp(name.machine, "i586") == 0)
        return "i686";
    return strcmp(name.machine, "amd64") == 0   ? "x86_64"
           : strcmp(name.machine, "arm64") == 0 ? "aarch64"
                                                : name.machine;
}

char *vbox_dmi_read(const char *name)
{
    EB_AUTOFREE char *path = eb_asprintf("/sys/class/dmi/id/%s", name);
    char *text = NULL;
    size_t n;

    if (eb_read_file(path, 4096, &text, &n) < 0)
        return NULL;
    text[strcspn(text, "\n")] = '\0';
    if (!*text || !eb_utf8_valid(text, strlen(text))) {
        free(text);
        return NULL;
    }
    return text;
}

bool vbox_host_uuid(unsigned char uuid[16])
{
    EB_AUTOFREE char *hardware = vbox_dmi_read("product_uuid");
    EB_AUTOFREE char *system = NULL;

    if (hardware && eb_uuid_parse(hardware, uuid))
        return true;
    system = read_line("/etc/machine-id");
    return system && eb_uuid_parse(system, uuid);
}
