/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the host's kernel says of a VM's process. */
#include "vbox/domain.h"

#include <dirent.h>
#include <stdio.h>
#include <unistd.h>

struct stat_line {
    uint64_t ns, started;
    uint64_t user, system; /* of `ns` */
    int cpu;
    char state; /* a letter, see proc(5) */
};

/* The fields of a stat file after the name, which is in parentheses and may hold anything: 14 is user time,
 * 15 system time, 22 the start, 39 the last cpu. */
static bool read_stat(const char *path, struct stat_line *out)
{
    EB_AUTOFREE char *text = NULL;
    uint64_t fields[40] = {0};
    long ticks = sysconf(_SC_CLK_TCK);
    char *p;
    size_t n;

    if (eb_read_file(path, 1 << 16, &text, &n) < 0 || !(p = strrchr(text, ')')) || ticks <= 0)
        return false;
    p += strcspn(p + 1, " ") + 1; /* at the blank before field 3 */
    out->state = *p ? p[1] : '\0';
    for (int field = 3; field < 40 && *p; field++) {
        p += strspn(p, " ");
        fields[field] = strtoull(p, NULL, 10);
        p += strcspn(p, " ");
    }
    out->user = fields[14] * (1000000000ull / (unsigned long)ticks);
    out->system = fields[15] * (1000000000ull / (unsigned long)ticks);
    out->ns = out->user + out->system;
    out->started = fields[22];
    out->cpu = (int)fields[39];
    return true;
}

static bool read_process(uint32_t pid, struct stat_line *out)
{
    char path[64];

    snprintf(path, sizeof(path), "/proc/%u/stat", pid);
    return read_stat(path, out);
}

uint64_t vbox_process_time(uint32_t pid)
{
    struct stat_line line;

    return read_process(pid, &line) ? line.ns : 0;
}

bool vbox_process_times(uint32_t pid, uint64_t *user, uint64_t *system)
{
    struct stat_line line;

    if (!read_process(pid, &line))
        return false;
    *user = line.user;
    *system = line.system;
    return true;
}

uint64_t vbox_process_memory(uint32_t pid)
{
    EB_AUTOFREE char *text = NULL;
    char path[64];
    const char *at;
    size_t n;

    snprintf(path, sizeof(path), "/proc/%u/status", pid);
    if (eb_read_file(path, 1 << 16, &text, &n) < 0 || !(at = strstr(text, "VmRSS:")))
        return 0;
    return strtoull(at + strlen("VmRSS:"), NULL, 10);
}

uint64_t vbox_process_started(uint32_t pid)
{
    struct stat_line line;

    return read_process(pid, &line) ? line.started : 0;
}

bool vbox_process_stands_still(uint32_t pid)
{
    struct stat_line line;

    return read_process(pid, &line) && (line.state == 'T' || line.state == 't');
}

/* VirtualBox names the thread of a virtual CPU "EMT-0", with one CPU also "EMT". */
static bool is_vcpu_thread(const char *name, unsigned n)
{
    char want[16];

    snprintf(want, sizeof(want), "EMT-%u", n);
    return strcmp(name, want) == 0 || (n == 0 && strcmp(name, "EMT") == 0);
}

bool vbox_vcpu_time(uint32_t pid, unsigned n, uint64_t *ns, int *cpu)
{
    char path[64];
    struct dirent *entry;
    bool found = false;
    DIR *dir;

    snprintf(path, sizeof(path), "/proc/%u/task", pid);
    dir = opendir(path);
    while (dir && !found && (entry = readdir(dir))) {
        EB_AUTOFREE char *comm = NULL;
        EB_AUTOFREE char *file = eb_asprintf("%s/%s/comm", path, entry->d_name);
        size_t len;

        if (eb_read_file(file, 64, &comm, &len) < 0)
            continue;
        comm[strcspn(comm, "\n")] = '\0';
        if (is_vcpu_thread(comm, n)) {
            EB_AUTOFREE char *stat = eb_asprintf("%s/%s/stat", path, entry->d_name);

            struct stat_line line;

            if ((found = read_stat(stat, &line))) {
                *ns = line.ns;
                *cpu = line.cpu;
            }
        }
    }
    if (dir)
        closedir(dir);
    return found;
}
