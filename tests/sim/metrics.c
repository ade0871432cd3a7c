/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* IPerformanceCollector and IMachineDebugger: numbers that grow with time as a machine's do. */
#include <fnmatch.h>
#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "base/strbuf.h"
#include "model.h"

struct metric {
    const char *name, *unit, *description;
    bool machine;
    int32_t value, scale;
};

static const struct metric metrics[] = {
    {"CPU/Load/User", "%", "Percentage of processor time spent in user mode.", false, 3000, 1000},
    {"CPU/Load/Kernel", "%", "Percentage of processor time spent in kernel mode.", false, 1000, 1000},
    {"CPU/Load/Idle", "%", "Percentage of processor time spent idling.", false, 96000, 1000},
    {"RAM/Usage/Total", "kB", "Total physical memory installed.", false, 8388608, 1},
    {"RAM/Usage/Used", "kB", "Physical memory currently occupied.", false, 2097152, 1},
    {"RAM/Usage/Free", "kB", "Physical memory currently available to applications.", false, 6291456, 1},
    {"CPU/Load/User", "%", "Percentage of processor time spent in user mode by the VM process.", true, 2000,
     1000},
    {"CPU/Load/Kernel", "%", "Percentage of processor time spent in kernel mode by the VM process.", true,
     500, 1000},
    {"RAM/Usage/Used", "kB", "Size of resident portion of VM process in memory.", true, 65536, 1},
    {"Net/Rate/Rx", "B/s", "Network receive rate.", true, 1024, 1},
    {"Net/Rate/Tx", "B/s", "Network transmit rate.", true, 512, 1},
    {"Disk/Usage/Used", "MB", "Actual size of all VM disks combined.", true, 2, 1},
};

static uint32_t get_names(struct call *c)
{
    for (size_t i = 0; i < EB_ARRAY_SIZE(metrics); i++)
        ret_add_text(c, metrics[i].name);
    return S_OK;
}

static bool wanted(struct call *c, const char *name)
{
    const struct sim_value *v = arg_value(c, "metricNames");

    if (v->kind != SIM_V_LIST || !v->len)
        return true;
    for (size_t i = 0; i < v->len; i++) {
        EB_AUTOFREE char *copy = eb_strdup(v->items[i].str);
        char *rest = NULL;

        for (char *p = strtok_r(copy, ",", &rest); p; p = strtok_r(NULL, ",", &rest))
            if (!*p || fnmatch(p, name, 0) == 0)
                return true;
    }
    return false;
}

static struct object *metric_object(const struct metric *m, struct object *of)
{
    struct object *o = object_new("IPerformanceMetric");

    o->view = VIEW_OWN;
    o->own = node_new("Metric", m->name);
    node_set(o->own, "metricName", m->name);
    node_set(o->own, "object", event_object(of));
    node_set(o->own, "description", m->description);
    node_set(o->own, "period", "1");
    node_set(o->own, "count", "1");
    node_set(o->own, "unit", m->unit);
    node_set(o->own, "minimumValue", "0");
    node_set(o->own, "maximumValue", "100000");
    return o;
}

/* Calls fn for each metric that the call's names and objects select. */
static void each(struct call *c, void (*fn)(struct call *c, const struct metric *m, struct object *of))
{
    const struct sim_value *objects = arg_value(c, "objects");
    struct object *host = object_view("IHost", VIEW_GLOBAL, NULL, NULL, NULL, "");
    bool all = objects->kind != SIM_V_LIST || !objects->len;

    for (size_t i = 0; i < EB_ARRAY_SIZE(metrics); i++) {
        if (!wanted(c, metrics[i].name))
            continue;
        if (all && !metrics[i].machine)
            fn(c, &metrics[i], host);
        for (struct machine *m = machines; all && metrics[i].machine && m; m = m->next)
            if (machine_runs(m))
                fn(c, &metrics[i], machine_object(m));
        for (size_t k = 0; !all && k < objects->len; k++) {
            struct object *o = object_by_id(objects->items[k].num);

            if (o && (o->machine != NULL) == metrics[i].machine)
                fn(c, &metrics[i], o);
        }
    }
}

static void add_metric(struct call *c, const struct metric *m, struct object *of)
{
    ret_add_obj(c, metric_object(m, of));
}

static uint32_t get_metrics(struct call *c)
{
    each(c, add_metric);
    return S_OK;
}

static void add_data(struct call *c, const struct metric *m, struct object *of)
{
    int index = 0;
    char text[32];

    for (unsigned i = 0; i < c->slot->n; i++)
        if (c->slot->params[i].dir == SIM_RET)
            index = (int)(c->out[i].kind == SIM_V_LIST ? c->out[i].len : 0);
    out_add_text(c, "returnMetricNames|returnNames", m->name);
    out_add_text(c, "returnObjects", event_object(of));
    out_add_text(c, "returnUnits", m->unit);
    out_add_num(c, "returnScales", m->scale);
    out_add_num(c, "returnSequenceNumbers", now_ms() / 1000);
    out_add_num(c, "returnDataIndices", index);
    out_add_num(c, "returnDataLengths", 1);
    snprintf(text, sizeof(text), "%d", m->value);
    ret_add_text(c, text);
}

static uint32_t query(struct call *c)
{
    each(c, add_data);
    return S_OK;
}

/* ---- the debugger's statistics ---- */

static uint32_t need_vm(struct call *c)
{
    uint32_t rc;

    if (!node_read(c, &rc))
        return rc;
    if (!machine_runs(c->self->machine))
        return fail(c, VBOX_E_INVALID_VM_STATE, "Machine is not running (machine state: %s)",
                    c->self->machine->state);
    return S_OK;
}

static const char *device(const struct node *nic)
{
    const char *type = node_get_or(nic, "adapterType", "Am79C973");

    return eb_starts_with(type, "Am79") ? "PCNet" : eb_streq(type, "Virtio") ? "VNet" : "E1k";
}

/* A drive is known by the emulation of its controller, and its number there. */
static void add_drive(struct eb_strbuf *b, const struct node *config, const struct node *n, int64_t seconds)
{
    static const char *const devices[][2] = {
        {"IDE", "PIIX3IDE"}, {"SATA", "AHCI"}, {"SCSI", "LSILOGICSCSI"},      {"SAS", "LSILOGICSAS"},
        {"USB", "MSD"},      {"PCIe", "NVME"}, {"VirtioSCSI", "VIRTIO-SCSI"}, {"Floppy", "I82078"}};
    static const char *const names[] = {"ReqsRead", "ReqsWrite", "BytesRead", "BytesWritten"};
    const struct node *s = node_child(config, "StorageController", node_get_or(n, "controller", ""));
    const char *bus = s ? node_get_or(s, "bus", "") : "IDE", *kind = NULL;
    long port = strtol(node_get_or(n, "port", "0"), NULL, 10);

    for (size_t i = 0; i < EB_ARRAY_SIZE(devices); i++)
        kind = eb_streq(devices[i][0], bus) ? devices[i][1] : kind;
    if (eb_streq(bus, "IDE"))
        port = port * 2 + strtol(node_get_or(n, "device", "0"), NULL, 10);
    for (size_t k = 0; kind && k < EB_ARRAY_SIZE(names); k++)
        eb_strbuf_printf(
            b, "<Counter c=\"%" PRId64 "\" unit=\"%s\" name=\"/Public/Storage/%s%s/Port%ld/%s\"/>\n",
            seconds * (k < 2 ? 4 : 4096), k < 2 ? "times" : "bytes", kind,
            s ? node_get_or(s, "instance", "0") : "0", port, names[k]);
}

static uint32_t get_stats(struct call *c)
{
    EB_AUTOSTRBUF struct eb_strbuf b = {0};
    struct machine *m = c->self->machine;
    uint32_t rc = need_vm(c);
    int64_t seconds;

    if (rc != S_OK)
        return rc;
    seconds = (now_ms() - m->started) / 1000 + 1;
    eb_strbuf_add(&b, "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"no\"?>\n<Statistics>\n");
    for (size_t i = 0; i < m->config->n; i++) {
        const struct node *n = m->config->children[i];

        if (strcmp(n->tag, "NetworkAdapter") == 0 && node_bool(n, "enabled")) {
            eb_strbuf_printf(&b,
                             "<Counter c=\"%" PRId64
                             "\" unit=\"bytes\" name=\"/Public/NetAdapter/%s/BytesReceived\"/>\n",
                             seconds * 1024, n->id);
            eb_strbuf_printf(&b,
                             "<Counter c=\"%" PRId64
                             "\" unit=\"bytes\" name=\"/Public/NetAdapter/%s/BytesTransmitted\"/>\n",
                             seconds * 512, n->id);
            eb_strbuf_printf(
                &b, "<Counter c=\"%" PRId64 "\" unit=\"bytes\" name=\"/Devices/%s%s/ReceiveBytes\"/>\n",
                seconds * 1024, device(n), n->id);
            eb_strbuf_printf(
                &b, "<Counter c=\"%" PRId64 "\" unit=\"bytes\" name=\"/Devices/%s%s/TransmitBytes\"/>\n",
                seconds * 512, device(n), n->id);
        }
        if (strcmp(n->tag, "Attachment") == 0)
            add_drive(&b, m->config, n, seconds);
    }
    eb_strbuf_add(&b, "</Statistics>");
    /* it became the result only later */
    ret_str(c, b.s);
    out_text(c, "stats", b.s);
    return S_OK;
}

static uint32_t get_load(struct call *c)
{
    uint32_t rc = need_vm(c);

    out_num(c, "pctExecuting", 5);
    out_num(c, "pctHalted", 94);
    out_num(c, "pctOther", 1);
    ret_num(c, 1000);
    return rc;
}

static uint32_t get_uptime(struct call *c)
{
    uint32_t rc = need_vm(c);

    ret_num(c, (uint64_t)(now_ms() - c->self->machine->started));
    return rc;
}

static uint32_t get_flag(struct call *c)
{
    uint32_t rc = need_vm(c);

    ret_num(c, eb_streq(c->slot->name, "virtualTimeRate") ? 100 : eb_streq(c->slot->name, "HWVirtExEnabled"));
    return rc;
}

static uint32_t get_engine(struct call *c)
{
    uint32_t rc = need_vm(c);

    ret_text(c, "HwVirt");
    return rc;
}

static uint32_t inject(struct call *c)
{
    return need_vm(c);
}

static uint32_t dump_core(struct call *c)
{
    uint32_t rc = need_vm(c);

    if (rc == S_OK && access(arg_str(c, "filename"), F_OK) == 0)
        return fail(c, E_FAIL, "DBGFR3CoreWrite failed with VERR_ALREADY_EXISTS");
    if (rc == S_OK && eb_write_file(arg_str(c, "filename"), "core\n", 5, 0600) != 0)
        return fail(c, VBOX_E_FILE_ERROR, "Could not write '%s'", arg_str(c, "filename"));
    return rc;
}

const struct member metrics_members[] = {
    {"IPerformanceCollector.metricNames", get_names},
    {"IPerformanceCollector.getMetrics", get_metrics},
    {"IPerformanceCollector.setupMetrics", get_metrics},
    {"IPerformanceCollector.enableMetrics", get_metrics},
    {"IPerformanceCollector.disableMetrics", get_metrics},
    {"IPerformanceCollector.queryMetricsData", query},
    {"IMachineDebugger.getStats", get_stats},
    {"IMachineDebugger.resetStats", inject},
    {"IMachineDebugger.getCPULoad", get_load},
    {"IMachineDebugger.uptime", get_uptime},
    {"IMachineDebugger.virtualTimeRate", get_flag},
    {"IMachineDebugger.HWVirtExEnabled", get_flag},
    {"IMachineDebugger.HWVirtExNestedPagingEnabled", get_flag},
    {"IMachineDebugger.PAEEnabled", get_flag},
    {"IMachineDebugger.executionEngine", get_engine},
    {"IMachineDebugger.injectNMI", inject},
    {"IMachineDebugger.dumpGuestCore", dump_core},
    {NULL, NULL},
};
