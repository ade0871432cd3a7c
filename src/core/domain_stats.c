/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* All statistics of many domains, put together from what the driver tells of each: libvirt's names. */
#include "core/object.h"
#include "core/params.h"
#include "model/domain_xml.h"
#include "model/mac.h"

/* What one domain's statistics are made from; `def` NULL: it could not be read. */
struct record {
    eb_domain *dom;
    eb_domain_state state;
    int reason;
    struct eb_domain_def *def;
    struct eb_param_list list;
};

static bool runs(const struct record *r)
{
    return r->state != EB_DOMAIN_SHUTOFF && r->state != EB_DOMAIN_NOSTATE && r->state != EB_DOMAIN_CRASHED;
}

static void add_state(struct record *r)
{
    eb_params_add_int(&r->list, (int)r->state, "state.state");
    eb_params_add_int(&r->list, r->reason, "state.reason");
}

static void add_cpu_total(struct record *r)
{
    eb_domain_info info;

    if (runs(r) && eb_domain_get_info(r->dom, &info, NULL) == 0)
        eb_params_add_ullong(&r->list, info.cpu_time, "cpu.time");
}

/* By tag. */
static const char *const memory_names[] = {
    "swap_in", "swap_out", "major_fault", "minor_fault", "unused",          "available",      NULL,
    "rss",     "usable",   "last-update", "disk_caches", "hugetlb_pgalloc", "hugetlb_pgfail",
};

static void add_balloon(struct record *r)
{
    EB_AUTOFREE eb_memory_stat *stats = NULL;
    int n = 0;

    if (runs(r))
        n = eb_domain_get_memory_stats(r->dom, 0, &stats, NULL);
    if (r->def) {
        eb_params_add_ullong(&r->list, r->def->memory, "balloon.current");
        eb_params_add_ullong(&r->list, r->def->max_memory, "balloon.maximum");
    }
    for (int i = 0; i < n; i++) {
        if ((size_t)stats[i].tag < EB_ARRAY_SIZE(memory_names) && memory_names[stats[i].tag])
            eb_params_add_ullong(&r->list, stats[i].value, "balloon.%s", memory_names[stats[i].tag]);
    }
}

static void add_vcpu(struct record *r)
{
    EB_AUTOFREE eb_vcpu_info *vcpus = NULL;
    int n = 0;

    if (r->def) {
        eb_params_add_uint(&r->list, r->def->vcpus, "vcpu.current");
        eb_params_add_uint(&r->list, r->def->max_vcpus, "vcpu.maximum");
    }
    if (runs(r))
        n = eb_domain_get_vcpu_info(r->dom, &vcpus, NULL);
    for (int i = 0; i < n; i++) {
        eb_params_add_int(&r->list, vcpus[i].state, "vcpu.%u.state", vcpus[i].number);
        eb_params_add_ullong(&r->list, vcpus[i].cpu_time, "vcpu.%u.time", vcpus[i].number);
    }
}

static void add_known(struct eb_param_list *list, int64_t value, const char *group, unsigned i,
                      const char *name)
{
    if (value >= 0)
        eb_params_add_ullong(list, (uint64_t)value, "%s.%u.%s", group, i, name);
}

static void add_one_interface(struct record *r, const struct eb_interface *nic, unsigned i)
{
    char mac[EB_MAC_STRLEN + 1];
    const char *name = nic->target;
    eb_interface_stats s;

    if (!name && nic->has_mac)
        name = eb_mac_format(nic->mac, mac);
    if (!name || eb_domain_get_interface_stats(r->dom, name, &s, NULL) < 0)
        return;
    eb_params_add_string(&r->list, name, "net.%u.name", i);
    add_known(&r->list, s.rx_bytes, "net", i, "rx.bytes");
    add_known(&r->list, s.rx_packets, "net", i, "rx.pkts");
    add_known(&r->list, s.rx_errs, "net", i, "rx.errs");
    add_known(&r->list, s.rx_drop, "net", i, "rx.drop");
    add_known(&r->list, s.tx_bytes, "net", i, "tx.bytes");
    add_known(&r->list, s.tx_packets, "net", i, "tx.pkts");
    add_known(&r->list, s.tx_errs, "net", i, "tx.errs");
    add_known(&r->list, s.tx_drop, "net", i, "tx.drop");
}

static void add_interface(struct record *r)
{
    if (!r->def || !runs(r))
        return;
    eb_params_add_uint(&r->list, (unsigned)r->def->n_interfaces, "net.count");
    for (unsigned i = 0; i < r->def->n_interfaces; i++)
        add_one_interface(r, &r->def->interfaces[i], i);
}

static void add_one_block(struct record *r, const struct eb_disk *disk, unsigned i)
{
    eb_block_stats s;
    eb_block_info info;

    eb_params_add_string(&r->list, disk->target, "block.%u.name", i);
    eb_params_add_string(&r->list, disk->source, "block.%u.path", i);
    if (runs(r) && eb_domain_get_block_stats(r->dom, disk->target, &s, NULL) == 0) {
        add_known(&r->list, s.rd_req, "block", i, "rd.reqs");
        add_known(&r->list, s.rd_bytes, "block", i, "rd.bytes");
        add_known(&r->list, s.wr_req, "block", i, "wr.reqs");
        add_known(&r->list, s.wr_bytes, "block", i, "wr.bytes");
        add_known(&r->list, s.errs, "block", i, "errors");
    }
    if (eb_domain_get_block_info(r->dom, disk->target, 0, &info, NULL) == 0) {
        eb_params_add_ullong(&r->list, info.allocation, "block.%u.allocation", i);
        eb_params_add_ullong(&r->list, info.capacity, "block.%u.capacity", i);
        eb_params_add_ullong(&r->list, info.physical, "block.%u.physical", i);
    }
}

static void add_block(struct record *r)
{
    if (!r->def)
        return;
    eb_params_add_uint(&r->list, (unsigned)r->def->n_disks, "block.count");
    for (unsigned i = 0; i < r->def->n_disks; i++)
        add_one_block(r, &r->def->disks[i], i);
}

static void add_iothread(struct record *r)
{
    const struct eb_driver_stats_ops *ops = r->dom->conn->driver->stats;
    EB_AUTOFREE eb_param *params = NULL;
    int n = ops->iothreads ? ops->iothreads(r->dom->conn, r->dom->uuid, &params, NULL) : 0;

    for (int i = 0; i < n; i++)
        *EB_APPEND(r->list.items, r->list.n) = params[i];
}

static const struct {
    unsigned group;
    bool def; /* needs the definition */
    void (*add)(struct record *r);
} groups[] = {
    {EB_STATS_STATE, false, add_state},        {EB_STATS_CPU_TOTAL, false, add_cpu_total},
    {EB_STATS_BALLOON, true, add_balloon},     {EB_STATS_VCPU, true, add_vcpu},
    {EB_STATS_INTERFACE, true, add_interface}, {EB_STATS_BLOCK, true, add_block},
    {EB_STATS_IOTHREAD, false, add_iothread},
};

/* 1: `out` is filled; 0: the domain is gone. */
static int tell(eb_domain *dom, unsigned stats, eb_domain_stats *out)
{
    struct record r = {.dom = dom};
    bool def = false;

    if (eb_domain_get_state(dom, &r.state, &r.reason, NULL) < 0)
        return 0;
    for (size_t i = 0; i < EB_ARRAY_SIZE(groups); i++)
        def |= (stats & groups[i].group) && groups[i].def;
    if (def && dom->conn->driver->domain.get_def)
        (void)dom->conn->driver->domain.get_def(dom->conn, dom->uuid, 0, &r.def, NULL);
    for (size_t i = 0; i < EB_ARRAY_SIZE(groups); i++) {
        if (stats & groups[i].group)
            groups[i].add(&r);
    }
    eb_domain_def_free(r.def);
    out->domain = eb_domain_ref(dom);
    out->n_params = r.list.n;
    out->params = r.list.items;
    return 1;
}

enum { KNOWN_STATS = (EB_STATS_VM << 1) - 1, LIST_FILTERS = (1 << 8) - 1 };

int eb_conn_get_all_stats(eb_conn *conn, eb_domain *const *domains, size_t n, unsigned stats, unsigned flags,
                          eb_domain_stats **out, eb_error *err)
{
    static const char function[] = "virConnectGetAllDomainStats";
    unsigned filters = flags & LIST_FILTERS,
             supported = conn->driver->stats ? conn->driver->stats->groups : 0;
    eb_domain **all = NULL;
    int count = (int)n, told = 0;

    if (conn->driver->stats && conn->driver->stats->all)
        return eb_driver_result(conn, conn->driver->stats->all(conn, domains, n, stats, flags, out, err),
                                err);
    if (!supported)
        return eb_no_support(conn, function, err);
    if (eb_check_flags(flags,
                       LIST_FILTERS | EB_ALL_STATS_NOWAIT | EB_ALL_STATS_BACKING | EB_ALL_STATS_ENFORCE,
                       function, err) < 0)
        return -1;
    if ((flags & EB_ALL_STATS_ENFORCE) && (stats & ~supported))
        return eb_error_set(err, EB_ERR_ARGUMENT_UNSUPPORTED,
                            "Stats types bits 0x%x are not supported by this daemon", stats & ~supported);
    if (!domains && (count = eb_conn_list_domains(conn, filters, &all, err)) < 0)
        return -1;
    stats = stats & KNOWN_STATS ? stats & supported : supported;
    *out = eb_calloc((size_t)count + 1, sizeof(**out));
    for (int i = 0; i < count; i++)
        told += tell(domains ? domains[i] : all[i], stats, &(*out)[told]);
    for (int i = 0; all && i < count; i++)
        eb_domain_unref(all[i]);
    free(all);
    return told;
}

void eb_domain_stats_free(eb_domain_stats *list, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        eb_domain_unref(list[i].domain);
        eb_params_free(list[i].params, list[i].n_params);
    }
    free(list);
}
