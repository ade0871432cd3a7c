/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Statistics that the test driver makes up: libvirt's. */
#include "test/stats.h"
#include "core/params.h"
#include "test/tune.h"

#include <time.h>

#include "test/world.h"

/* ---- The host ---- */

static int node_cpu_map(eb_conn *conn EB_UNUSED, unsigned char **map, unsigned *online,
                        eb_error *err EB_UNUSED)
{
    *map = eb_calloc(1, 1);
    (*map)[0] = 0x15; /* 0, 2 and 4 */
    *online = 3;
    return 8;
}

static int node_cpu(eb_conn *conn EB_UNUSED, int cpu EB_UNUSED, eb_param **out, eb_error *err EB_UNUSED)
{
    struct eb_param_list list = {0};

    eb_params_add_ullong(&list, 9797400000, "user");
    eb_params_add_ullong(&list, 34678723400000, "kernel");
    eb_params_add_ullong(&list, 87264900000, "idle");
    eb_params_add_ullong(&list, 763600000, "iowait");
    return eb_params_give(&list, out);
}

/* Of each family, those that a hypervisor on such a host lets one choose. */
static const char *const x86_models[] = {
    "486",
    "pentium",
    "pentium2",
    "pentium3",
    "pentiumpro",
    "coreduo",
    "n270",
    "core2duo",
    "qemu32",
    "kvm32",
    "cpu64-rhel5",
    "cpu64-rhel6",
    "qemu64",
    "kvm64",
    "Conroe",
    "Penryn",
    "Nehalem",
    "Nehalem-IBRS",
    "Westmere",
    "Westmere-IBRS",
    "SandyBridge",
    "SandyBridge-IBRS",
    "IvyBridge",
    "IvyBridge-IBRS",
    "Haswell-noTSX",
    "Haswell-noTSX-IBRS",
    "Haswell",
    "Haswell-IBRS",
    "Broadwell-noTSX",
    "Broadwell-noTSX-IBRS",
    "Broadwell",
    "Broadwell-IBRS",
    "Skylake-Client",
    "Skylake-Client-IBRS",
    "Skylake-Client-noTSX-IBRS",
    "Skylake-Server",
    "Skylake-Server-IBRS",
    "Skylake-Server-noTSX-IBRS",
    "Cascadelake-Server",
    "Cascadelake-Server-noTSX",
    "Icelake-Client",
    "Icelake-Client-noTSX",
    "Icelake-Server",
    "Icelake-Server-noTSX",
    "Cooperlake",
    "Snowridge",
    "athlon",
    "phenom",
    "Opteron_G1",
    "Opteron_G2",
    "Opteron_G3",
    "Opteron_G4",
    "Opteron_G5",
    "EPYC",
    "EPYC-IBPB",
    "EPYC-Rome",
    "EPYC-Milan",
    "Dhyana",
    NULL,
};
static const char *const ppc64_models[] = {"POWER6",  "POWER7",        "POWER8",        "POWER9",
                                           "POWER10", "POWERPC_e5500", "POWERPC_e6500", NULL};
static const char *const any_model[] = {NULL};
/* libvirt's architectures; without models, libvirt has no driver for their CPUs. */
static const struct {
    const char *arch;
    const char *const *models;
} archs[] = {
    {"x86_64", x86_models}, {"i686", x86_models},  {"ppc64", ppc64_models}, {"ppc64le", ppc64_models},
    {"armv6l", any_model},  {"armv7l", any_model}, {"armv7b", any_model},   {"aarch64", any_model},
    {"s390", any_model},    {"s390x", any_model},  {"alpha", NULL},         {"cris", NULL},
    {"ia64", NULL},         {"itanium", NULL},     {"lm32", NULL},          {"loongarch64", NULL},
    {"m68k", NULL},         {"microblaze", NULL},  {"microblazeel", NULL},  {"mips", NULL},
    {"mipsel", NULL},       {"mips64", NULL},      {"mips64el", NULL},      {"or32", NULL},
    {"parisc", NULL},       {"parisc64", NULL},    {"ppc", NULL},           {"ppcemb", NULL},
    {"ppcle", NULL},        {"riscv32", NULL},     {"riscv64", NULL},       {"sh4", NULL},
    {"sh4eb", NULL},        {"sparc", NULL},       {"sparc64", NULL},       {"unicore32", NULL},
    {"xtensa", NULL},       {"xtensaeb", NULL},
};

static int give_names(const char *const *names, char ***out)
{
    int n = 0;

    while (names[n])
        n++;
    *out = eb_calloc((size_t)n + 1, sizeof(char *));
    for (int i = 0; i < n; i++)
        (*out)[i] = eb_strdup(names[i]);
    return n;
}

static int cpu_models(eb_conn *conn EB_UNUSED, const char *arch, char ***out, eb_error *err)
{
    for (size_t i = 0; i < EB_ARRAY_SIZE(archs); i++) {
        if (!eb_streq(arch, archs[i].arch))
            continue;
        if (archs[i].models)
            return give_names(archs[i].models, out);
        return eb_error_set(err, EB_ERR_NO_SUPPORT, "'%s' architecture is not supported by CPU driver", arch);
    }
    return eb_error_set(err, EB_ERR_INVALID_ARG, "cannot find architecture %s", arch);
}

/* ---- A domain ---- */

/* The domain, which runs. */
static struct test_domain *need_running(struct test_world *world, eb_uuid uuid, eb_error *err)
{
    struct test_domain *dom = test_need(world, uuid, err);

    return dom && test_need_active(dom, err) == 0 ? dom : NULL;
}

static const struct eb_disk *find_disk(const struct eb_domain_def *def, const char *path)
{
    for (size_t i = 0; i < def->n_disks; i++) {
        if (eb_streq(def->disks[i].target, path) || eb_streq(def->disks[i].source, path))
            return &def->disks[i];
    }
    return NULL;
}

struct clock {
    int64_t us, s;
};
static struct clock read_clock(void)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    return (struct clock){.us = (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000, .s = now.tv_sec};
}

static int block(eb_conn *conn, eb_uuid uuid, const char *path, eb_block_stats *out, eb_error *err)
{
    TEST_AUTOLEAVE struct test_world *world = test_world_enter(conn);
    struct test_domain *dom;
    struct clock clock;

    if (!*path)
        return eb_error_set(err, EB_ERR_OPERATION_UNSUPPORTED, "summary statistics are not supported yet");
    dom = need_running(world, uuid, err);
    if (!dom)
        return -1;
    if (!find_disk(dom->def, path))
        return eb_error_set(err, EB_ERR_INVALID_ARG, "invalid path: %s", path);
    clock = read_clock();
    *out = (eb_block_stats){clock.us / 10, clock.us / 20, clock.us / 30, clock.us / 40, clock.s / 2};
    return 0;
}

static int block_info(eb_conn *conn, eb_uuid uuid, const char *path, eb_block_info *out, eb_error *err)
{
    TEST_AUTOLEAVE struct test_world *world = test_world_enter(conn);
    struct test_domain *dom = test_need(world, uuid, err);

    if (!dom)
        return -1;
    if (!find_disk(dom->def, path))
        return eb_error_set(err, EB_ERR_INVALID_ARG, "invalid path %s not assigned to domain", path);
    *out = (eb_block_info){.capacity = 1099506450432, .allocation = 1099511627776, .physical = 1099511627776};
    return 0;
}

static int interface(eb_conn *conn, eb_uuid uuid, const char *device, eb_interface_stats *out, eb_error *err)
{
    TEST_AUTOLEAVE struct test_world *world = test_world_enter(conn);
    struct test_domain *dom = need_running(world, uuid, err);
    struct clock c;

    if (!dom)
        return -1;
    if (!test_find_interface(dom->def, device))
        return eb_error_set(err, EB_ERR_INVALID_ARG, "'%s' is not a known interface", device);
    c = read_clock();
    *out = (eb_interface_stats){.rx_bytes = c.us / 10,
                                .rx_packets = c.us / 100,
                                .rx_errs = c.s,
                                .rx_drop = c.s / 2,
                                .tx_bytes = c.us / 20,
                                .tx_packets = c.us / 110,
                                .tx_errs = c.s / 3,
                                .tx_drop = c.s / 4};
    return 0;
}

static int memory(eb_conn *conn, eb_uuid uuid, eb_memory_stat **out, eb_error *err)
{
    TEST_AUTOLEAVE struct test_world *world = test_world_enter(conn);
    struct test_domain *dom = need_running(world, uuid, err);
    uint64_t now = dom ? dom->def->memory : 0;
    const eb_memory_stat stats[] = {
        {EB_MEMORY_ACTUAL_BALLOON, now},
        {EB_MEMORY_SWAP_IN, 0},
        {EB_MEMORY_SWAP_OUT, 0},
        {EB_MEMORY_MAJOR_FAULT, 0},
        {EB_MEMORY_MINOR_FAULT, 0},
        {EB_MEMORY_UNUSED, now / 2},
        {EB_MEMORY_AVAILABLE, now},
        {EB_MEMORY_USABLE, now / 2},
        {EB_MEMORY_LAST_UPDATE, TEST_GUEST_TIME},
        {EB_MEMORY_DISK_CACHES, now / 8},
        {EB_MEMORY_HUGETLB_PGALLOC, 0},
        {EB_MEMORY_HUGETLB_PGFAIL, 0},
        {EB_MEMORY_RSS, now / 2},
    };

    if (!dom)
        return -1;
    *out = eb_memdup(stats, sizeof(stats));
    return EB_ARRAY_SIZE(stats);
}

static int cpu_total(eb_param **out, unsigned *per_cpu)
{
    struct eb_param_list list = {0};

    eb_params_add_ullong(&list, TEST_CPU_TIME, "cpu_time");
    eb_params_add_ullong(&list, 5540000000, "user_time");
    eb_params_add_ullong(&list, 6460000000, "system_time");
    *per_cpu = (unsigned)eb_params_give(&list, out);
    return 1;
}

static int cpu(eb_conn *conn, eb_uuid uuid, int start, unsigned n, eb_param **out, unsigned *per_cpu,
               eb_error *err)
{
    TEST_AUTOLEAVE struct test_world *world = test_world_enter(conn);
    struct test_domain *dom = need_running(world, uuid, err);
    struct eb_param_list list = {0};
    unsigned all;

    if (!dom)
        return -1;
    if (start < 0)
        return cpu_total(out, per_cpu);
    all = dom->def->vcpus;
    if (!n)
        return (int)all;
    if ((unsigned)start >= all)
        return eb_error_set(err, EB_ERR_INVALID_ARG, "start_cpu %d larger than maximum of %u", start,
                            all - 1);
    if (n > all - (unsigned)start)
        n = all - (unsigned)start;
    for (unsigned i = (unsigned)start; i < (unsigned)start + n; i++) {
        eb_params_add_ullong(&list, TEST_CPU_TIME / all + i, "cpu_time");
        eb_params_add_ullong(&list, 46303481255 / all + i, "vcpu_time");
    }
    *per_cpu = 2;
    eb_params_give(&list, out);
    return (int)n;
}

/* Every other kind of error, disk by disk. */
static int disk_errors(eb_conn *conn, eb_uuid uuid, eb_disk_error **out, eb_error *err)
{
    TEST_AUTOLEAVE struct test_world *world = test_world_enter(conn);
    struct test_domain *dom = need_running(world, uuid, err);
    size_t n = 0;

    if (!dom)
        return -1;
    *out = eb_calloc(dom->def->n_disks + 1, sizeof(**out));
    for (size_t i = 0; i < dom->def->n_disks; i++) {
        (*out)[n].disk = eb_strdup(dom->def->disks[i].target);
        (*out)[n++].error = i % 2 ? 2 : 1;
    }
    return (int)n;
}

static int control_info(eb_conn *conn, eb_uuid uuid, eb_control_info *out EB_UNUSED, eb_error *err)
{
    TEST_AUTOLEAVE struct test_world *world = test_world_enter(conn);

    return need_running(world, uuid, err) ? 0 : -1;
}

const struct eb_driver_stats_ops test_stats_ops = {
    .groups = EB_STATS_STATE | EB_STATS_IOTHREAD,
    .iothreads = test_iothread_stats,
    .node_cpu_map = node_cpu_map,
    .node_cpu = node_cpu,
    .cpu_models = cpu_models,
    .block = block,
    .block_info = block_info,
    .interface = interface,
    .memory = memory,
    .cpu = cpu,
    .disk_errors = disk_errors,
    .control_info = control_info,
};
