/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* <blkiotune>, <memtune>, <iothreads>, <cputune>, <numatune>, <perf> of a domain, <iotune> of a disk and
 * <bandwidth> of an interface: tables. What only other hypervisors have stays unmodelled. */
#include "base/cpuset.h"
#include "model/domain_map.h"
#include "model/xml_doc.h"

#include <limits.h>

/* ---- Sets of processors ---- */

int eb_cpuset_read(const char *text, char **out, eb_error *err)
{
    unsigned char map[EB_CPUSET_BYTES];

    if (!eb_cpuset_parse(text, map))
        return eb_error_set(err, EB_ERR_INVALID_ARG, "Failed to parse bitmap '%s'", text);
    free(*out);
    *out = eb_cpuset_format(map, sizeof(map));
    return 0;
}

static int read_nonempty(const char *text, char **out, eb_error *err)
{
    if (eb_cpuset_read(text, out, err) < 0)
        return -1;
    if (!**out)
        return eb_domain_xml_error(err, "Invalid value of 'cpuset': %s", text);
    return 0;
}

#define CPUSET(name, type, member)                                                                           \
    static int read_##name(const char *text, void *base, eb_error *err)                                      \
    {                                                                                                        \
        return read_nonempty(text, &((struct type *)base)->member, err);                                     \
    }                                                                                                        \
    static char *write_##name(const void *base)                                                              \
    {                                                                                                        \
        return eb_strdup(((const struct type *)base)->member);                                               \
    }                                                                                                        \
    const struct eb_xml_custom name##_set = {read_##name, write_##name}
CPUSET(eb_pins, eb_pin, cpuset);
CPUSET(eb_emulator, eb_tuning, emulator_pin);
CPUSET(eb_nodeset, eb_tuning, numa_nodeset);
CPUSET(eb_vcpu, eb_domain_def, cpuset);

/* ---- <blkiotune> ---- */

#define NUMBER(name, type, member, kind)                                                                     \
    static const struct eb_xml_item name[] = {EB_TEXT(type, member, EB_VALUE(kind)), EB_END}
NUMBER(text_blkio_weight, eb_tuning, blkio_weight, UINT);
NUMBER(text_weight, eb_blkio_device, weight, UINT);
NUMBER(text_read_iops, eb_blkio_device, read_iops_sec, UINT);
NUMBER(text_write_iops, eb_blkio_device, write_iops_sec, UINT);
NUMBER(text_read_bytes, eb_blkio_device, read_bytes_sec, U64);
NUMBER(text_write_bytes, eb_blkio_device, write_bytes_sec, U64);
static const struct eb_xml_item text_path[] = {EB_TEXT(eb_blkio_device, path), EB_END};

static const struct eb_xml_item blkio_device[] = {
    EB_CHILD("path", text_path),
    EB_CHILD("weight", text_weight),
    EB_CHILD("read_iops_sec", text_read_iops),
    EB_CHILD("write_iops_sec", text_write_iops),
    EB_CHILD("read_bytes_sec", text_read_bytes),
    EB_CHILD("write_bytes_sec", text_write_bytes),
    EB_END,
};

static int blkio_device_done(struct eb_xml_reader *r EB_UNUSED, xmlNode *node EB_UNUSED, void *base,
                             eb_error *err)
{
    if (((struct eb_blkio_device *)base)->path)
        return 0;
    return eb_domain_xml_error(err, "missing per-device path");
}

/* One whose limits are all taken away is not there. */
static bool blkio_device_says(const void *element)
{
    const struct eb_blkio_device *d = element;

    return d->weight || d->read_iops_sec || d->write_iops_sec || d->read_bytes_sec || d->write_bytes_sec;
}

const struct eb_xml_item eb_map_blkiotune[] = {
    EB_CHILD("weight", text_blkio_weight),
    EB_LIST("device", eb_tuning, blkio_devices, n_blkio_devices, blkio_device, .done = blkio_device_done,
            .each = blkio_device_says),
    EB_END,
};

/* ---- <memtune> ---- */

#define LIMIT(member)                                                                                        \
    {                                                                                                        \
        .kind = EB_XML_SCALED, .name = #member, EB_XML_OF(eb_tuning, member)                                 \
    }
const struct eb_xml_item eb_map_memtune[] = {
    LIMIT(hard_limit), LIMIT(soft_limit), LIMIT(min_guarantee), LIMIT(swap_hard_limit), EB_END,
};

/* ---- <iothreads>, <iothreadids> ---- */

static int read_iothreads(const char *text, void *base, eb_error *err)
{
    struct eb_tuning *tune = base;
    uint64_t n;

    if (!eb_parse_u64(text, EB_XML_MOST_ELEMENTS, &n))
        return eb_domain_xml_error(err, "invalid iothreads count '%s'", text);
    tune->count_iothreads = (unsigned)n;
    return 0;
}

static char *write_iothreads(const void *base)
{
    size_t n = ((const struct eb_tuning *)base)->n_iothreads;

    return n ? eb_asprintf("%zu", n) : NULL;
}

static const struct eb_xml_custom iothreads_text = {read_iothreads, write_iothreads};
const struct eb_xml_item eb_map_iothreads[] = {
    EB_TEXT(eb_tuning, count_iothreads, EB_VALUE(CUSTOM), .custom = &iothreads_text), EB_END};

static void iothread_init(void *base)
{
    struct eb_iothread *thread = base;

    thread->pool_min = thread->pool_max = -1;
}

static const struct eb_xml_item iothread_poll[] = {
    EB_ATTR("max", eb_iothread, poll_max, EB_VALUE(U64)),
    EB_ATTR("grow", eb_iothread, poll_grow, EB_VALUE(U64)),
    EB_ATTR("shrink", eb_iothread, poll_shrink, EB_VALUE(U64)),
    EB_END,
};

static const struct eb_xml_item iothread_id[] = {
    EB_ATTR("id", eb_iothread, id, EB_VALUE(UINT), .flags = EB_XML_REQUIRED | EB_XML_NONZERO),
    EB_ATTR("thread_pool_min", eb_iothread, pool_min, EB_VALUE(INT)),
    EB_ATTR("thread_pool_max", eb_iothread, pool_max, EB_VALUE(INT)),
    EB_CHILD("poll", iothread_poll),
    EB_END,
};

const struct eb_xml_item eb_map_iothreadids[] = {
    EB_LIST("iothread", eb_tuning, iothreads, n_iothreads, iothread_id, .init = iothread_init),
    EB_END,
};

bool eb_iothreadids_shown(const void *base)
{
    const struct eb_tuning *tune = &((const struct eb_domain_def *)base)->tune;

    for (size_t i = 0; i < tune->n_iothreads; i++) {
        if (!tune->iothreads[i].counted)
            return true;
    }
    return false;
}

int eb_iothreads_fill(struct eb_tuning *tune, eb_error *err)
{
    for (size_t i = 0; i < tune->n_iothreads; i++) {
        if (eb_iothread_find(tune, tune->iothreads[i].id) != &tune->iothreads[i])
            return eb_domain_xml_error(err, "duplicate iothread id '%u' found", tune->iothreads[i].id);
    }
    for (unsigned id = 1; tune->n_iothreads < tune->count_iothreads; id++) {
        if (!eb_iothread_find(tune, id))
            eb_iothread_add(tune, id)->counted = true;
    }
    for (size_t i = 0; i < tune->n_iothread_pins; i++) {
        if (!eb_iothread_find(tune, tune->iothread_pins[i].id))
            return eb_domain_xml_error(err, "Cannot find 'iothread' : %u", tune->iothread_pins[i].id);
    }
    tune->count_iothreads = 0;
    return 0;
}

/* ---- <cputune> ---- */

enum { MIN_PERIOD = 1000, MAX_PERIOD = 1000000 };
#define MAX_QUOTA 17592186044415

static int read_quota(const char *text, void *base, eb_error *err)
{
    struct eb_tuning *tune = base;
    int64_t quota;

    if (!eb_parse_i64(text, INT64_MIN + 1, INT64_MAX, &quota))
        return eb_domain_xml_error(err, "Invalid value '%s' for element or attribute './cputune/quota'",
                                   text);
    if (quota >= 0 && (quota < MIN_PERIOD || quota > MAX_QUOTA))
        return eb_error_set_from(err, EB_FROM_DOMAIN, EB_ERR_CONFIG_UNSUPPORTED,
                                 "Value of cputune 'quota' must be in range [1000, 17592186044415]");
    tune->quota = quota;
    tune->quota_set = true;
    return 0;
}

static char *write_quota(const void *base)
{
    const struct eb_tuning *tune = base;

    return tune->quota_set ? eb_asprintf("%lld", tune->quota) : NULL;
}

static int period_done(struct eb_xml_reader *r EB_UNUSED, xmlNode *node EB_UNUSED, void *base, eb_error *err)
{
    uint64_t period = ((struct eb_tuning *)base)->period;

    if (period >= MIN_PERIOD && period <= MAX_PERIOD)
        return 0;
    return eb_error_set_from(err, EB_FROM_DOMAIN, EB_ERR_CONFIG_UNSUPPORTED,
                             "Value of cputune 'period' must be in range [1000, 1000000]");
}

static const struct eb_xml_custom quota_text = {read_quota, write_quota};
NUMBER(text_period, eb_tuning, period, U64);
static const struct eb_xml_item text_quota[] = {
    EB_TEXT(eb_tuning, quota, EB_VALUE(CUSTOM), .custom = &quota_text), EB_END};

#define PIN(name)                                                                                            \
    static const struct eb_xml_item name##_pin[] = {                                                         \
        EB_ATTR(#name, eb_pin, id, EB_VALUE(UINT), .flags = EB_XML_REQUIRED | EB_XML_ZERO),                  \
        EB_ATTR("cpuset", eb_pin, cpuset, EB_VALUE(CUSTOM), .custom = &eb_pins_set,                          \
                .flags = EB_XML_REQUIRED),                                                                   \
        EB_END}
PIN(vcpu);
PIN(iothread);
static const struct eb_xml_item emulator_pin[] = {
    EB_ATTR("cpuset", eb_tuning, emulator_pin, EB_VALUE(CUSTOM), .custom = &eb_emulator_set,
            .flags = EB_XML_REQUIRED),
    EB_END,
};

const struct eb_xml_item eb_map_cputune[] = {
    EB_PLACE("shares"),
    EB_CHILD("period", text_period, .done = period_done),
    EB_CHILD("quota", text_quota),
    EB_PLACE("global_period"),
    EB_PLACE("global_quota"),
    EB_PLACE("emulator_period"),
    EB_PLACE("emulator_quota"),
    EB_PLACE("iothread_period"),
    EB_PLACE("iothread_quota"),
    EB_LIST("vcpupin", eb_tuning, vcpu_pins, n_vcpu_pins, vcpu_pin),
    EB_CHILD("emulatorpin", emulator_pin),
    EB_LIST("iothreadpin", eb_tuning, iothread_pins, n_iothread_pins, iothread_pin),
    EB_PLACE("emulatorsched"),
    EB_PLACE("vcpusched"),
    EB_PLACE("iothreadsched"),
    EB_PLACE("cachetune"),
    EB_PLACE("memorytune"),
    EB_END,
};

static int pin_order(const void *a, const void *b)
{
    unsigned x = ((const struct eb_pin *)a)->id, y = ((const struct eb_pin *)b)->id;

    return x < y ? -1 : x > y;
}

static int sort_pins(struct eb_pin *pins, size_t n, const char *what, eb_error *err)
{
    if (n)
        qsort(pins, n, sizeof(*pins), pin_order);
    for (size_t i = 1; i < n; i++) {
        if (pins[i].id == pins[i - 1].id)
            return eb_domain_xml_error(err, "duplicate %s for %s '%u'", what,
                                       *what == 'v' ? "vcpu" : "iothread", pins[i].id);
    }
    return 0;
}

int eb_cputune_done(struct eb_xml_reader *r EB_UNUSED, xmlNode *node EB_UNUSED, void *base, eb_error *err)
{
    struct eb_tuning *tune = base;

    if (sort_pins(tune->vcpu_pins, tune->n_vcpu_pins, "vcpupin", err) < 0)
        return -1;
    return sort_pins(tune->iothread_pins, tune->n_iothread_pins, "iothreadpin", err);
}

/* ---- <numatune> ---- */

static const char *const numa_modes[] = {"strict", "preferred", "interleave", "restrictive", NULL};
static const struct eb_xml_item numa_memory[] = {
    EB_ATTR("mode", eb_tuning, numa_mode, .words = numa_modes),
    EB_ATTR("nodeset", eb_tuning, numa_nodeset, EB_VALUE(CUSTOM), .custom = &eb_nodeset_set),
    EB_ATTR_PLACE("placement"),
    EB_END,
};

static int numa_memory_done(struct eb_xml_reader *r EB_UNUSED, xmlNode *node EB_UNUSED, void *base,
                            eb_error *err EB_UNUSED)
{
    struct eb_tuning *tune = base;

    if (!tune->numa_mode)
        tune->numa_mode = eb_strdup("strict");
    return 0;
}

const struct eb_xml_item eb_map_numatune[] = {
    EB_CHILD("memory", numa_memory, .done = numa_memory_done),
    EB_PLACE("memnode"),
    EB_END,
};

/* ---- <perf> ---- */

static const char *const perf_names[] = {
    "cmt",
    "mbmt",
    "mbml",
    "cpu_cycles",
    "instructions",
    "cache_references",
    "cache_misses",
    "branch_instructions",
    "branch_misses",
    "bus_cycles",
    "stalled_cycles_frontend",
    "stalled_cycles_backend",
    "ref_cpu_cycles",
    "cpu_clock",
    "task_clock",
    "page_faults",
    "context_switches",
    "cpu_migrations",
    "page_faults_min",
    "page_faults_maj",
    "alignment_faults",
    "emulation_faults",
};
_Static_assert(EB_ARRAY_SIZE(perf_names) == (size_t)EB_PERF_LAST, "each event has a name");

const char *eb_perf_name_to_string(int value)
{
    return value >= 0 && value < (int)EB_PERF_LAST ? perf_names[value] : NULL;
}

int eb_perf_name_from_string(const char *text)
{
    for (int i = 0; i < (int)EB_PERF_LAST; i++) {
        if (eb_streq(perf_names[i], text))
            return i;
    }
    return -1;
}

static int read_enabled(const char *text, void *base, eb_error *err)
{
    if (!eb_streq(text, "yes") && !eb_streq(text, "no"))
        return eb_error_set_from(err, EB_FROM_XML, EB_ERR_XML_ERROR,
                                 "Invalid value for attribute 'enabled' in element 'event': '%s'.", text);
    ((struct eb_perf_event *)base)->enabled = eb_streq(text, "yes");
    return 0;
}

static char *write_enabled(const void *base)
{
    return eb_strdup(((const struct eb_perf_event *)base)->enabled ? "yes" : "no");
}

static const struct eb_xml_custom enabled_text = {read_enabled, write_enabled};
static const struct eb_xml_item perf_event[] = {
    EB_ATTR("name", eb_perf_event, name, EB_NAMES(eb_perf_name), .flags = EB_XML_REQUIRED),
    EB_ATTR("enabled", eb_perf_event, enabled, EB_VALUE(CUSTOM), .custom = &enabled_text,
            .flags = EB_XML_REQUIRED),
    EB_END,
};
const struct eb_xml_item eb_map_perf[] = {EB_LIST("event", eb_tuning, perf, n_perf, perf_event), EB_END};

static int perf_order(const void *a, const void *b)
{
    return (int)((const struct eb_perf_event *)a)->name - (int)((const struct eb_perf_event *)b)->name;
}

int eb_perf_done(struct eb_xml_reader *r EB_UNUSED, xmlNode *node EB_UNUSED, void *base, eb_error *err)
{
    struct eb_tuning *tune = base;

    if (tune->n_perf)
        qsort(tune->perf, tune->n_perf, sizeof(*tune->perf), perf_order);
    for (size_t i = 1; i < tune->n_perf; i++) {
        if (tune->perf[i].name == tune->perf[i - 1].name)
            return eb_domain_xml_error(err, "perf event '%s' is duplicated",
                                       eb_perf_name_to_string((int)tune->perf[i].name));
    }
    return 0;
}

/* ---- <iotune> of a disk ---- */

#define X(name) NUMBER(text_##name, eb_iotune, name, U64);
EB_IOTUNE_LIMITS(X)
EB_IOTUNE_LENGTHS(X)
#undef X
static const struct eb_xml_item text_group_name[] = {EB_TEXT(eb_iotune, group_name), EB_END};

#define X(name) EB_CHILD(#name, text_##name),
const struct eb_xml_item eb_map_iotune[] = {
    EB_IOTUNE_LIMITS(X) EB_CHILD("group_name", text_group_name),
    EB_IOTUNE_LENGTHS(X) EB_END,
};
#undef X

int eb_iotune_done(struct eb_xml_reader *r EB_UNUSED, xmlNode *node EB_UNUSED, void *base, eb_error *err)
{
    return eb_iotune_check(base, EB_ERR_CONFIG_UNSUPPORTED, err);
}

/* ---- <bandwidth> of an interface ---- */

static const struct eb_xml_item rate[] = {
    EB_ATTR("average", eb_rate, average, EB_VALUE(U64)),
    EB_ATTR("peak", eb_rate, peak, EB_VALUE(U64)),
    EB_ATTR("floor", eb_rate, floor, EB_VALUE(U64)),
    EB_ATTR("burst", eb_rate, burst, EB_VALUE(U64)),
    EB_END,
};

static int rate_done(struct eb_xml_reader *r EB_UNUSED, xmlNode *node, void *base, eb_error *err)
{
    const struct eb_rate *said = base;
    bool outbound = eb_streq((const char *)node->name, "outbound");

    if (outbound && said->floor)
        return eb_domain_xml_error(err, "'floor' attribute allowed only in <inbound> element");
    if (said->average || said->floor || (!said->peak && !said->burst))
        return 0;
    if (outbound)
        return eb_domain_xml_error(err, "Missing mandatory average attribute");
    return eb_domain_xml_error(err, "Missing mandatory average or floor attributes");
}

const struct eb_xml_item eb_map_bandwidth[] = {
    EB_CHILD("inbound", rate, EB_XML_OF(eb_interface, inbound), .done = rate_done),
    EB_CHILD("outbound", rate, EB_XML_OF(eb_interface, outbound), .done = rate_done),
    EB_END,
};
