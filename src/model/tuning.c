/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/tuning.h"

#include <stddef.h>

const struct eb_iotune_field eb_iotune_fields[EB_IOTUNE_FIELDS] = {
#define X(member) {#member, offsetof(struct eb_iotune, member)},
    EB_IOTUNE_LIMITS(X) EB_IOTUNE_LENGTHS(X)
#undef X
};

uint64_t *eb_iotune_at(struct eb_iotune *iotune, size_t field)
{
    return (uint64_t *)(void *)((char *)iotune + eb_iotune_fields[field].offset);
}

bool eb_iotune_is_set(const struct eb_iotune *iotune)
{
    struct eb_iotune copy = *iotune;
    bool set = iotune->group_name != NULL;

    for (size_t i = 0; i < EB_IOTUNE_FIELDS; i++)
        set = set || *eb_iotune_at(&copy, i) != 0;
    return set;
}

int eb_iotune_check(const struct eb_iotune *t, eb_error_code code, eb_error *err)
{
    const struct {
        bool both;
        const char *what;
    } limits[] = {
        {t->total_bytes_sec && (t->read_bytes_sec || t->write_bytes_sec), "bytes_sec"},
        {t->total_iops_sec && (t->read_iops_sec || t->write_iops_sec), "iops_sec"},
        {t->total_bytes_sec_max && (t->read_bytes_sec_max || t->write_bytes_sec_max), "bytes_sec_max"},
        {t->total_iops_sec_max && (t->read_iops_sec_max || t->write_iops_sec_max), "iops_sec_max"},
    };

    for (size_t i = 0; i < EB_ARRAY_SIZE(limits); i++) {
        if (limits[i].both)
            return eb_error_set(err, code,
                                code == EB_ERR_INVALID_ARG
                                    ? "total and read/write of %s cannot be set at the same time"
                                    : "total and read/write %s cannot be set at the same time",
                                limits[i].what);
    }
    return 0;
}

/* ---- Pins ---- */

struct eb_pin *eb_pin_find(struct eb_pin *pins, size_t n, unsigned id)
{
    for (size_t i = 0; i < n; i++) {
        if (pins[i].id == id)
            return &pins[i];
    }
    return NULL;
}

void eb_pin_set(struct eb_pin **pins, size_t *n, unsigned id, const char *cpuset)
{
    struct eb_pin *pin = eb_pin_find(*pins, *n, id);
    size_t at = 0;

    if (pin && cpuset) {
        eb_replace_string(&pin->cpuset, cpuset);
    } else if (pin) {
        free(pin->cpuset);
        memmove(pin, pin + 1, (size_t)(*pins + *n - (pin + 1)) * sizeof(*pin));
        --*n;
    } else if (cpuset) {
        (void)EB_APPEND(*pins, *n);
        while ((*pins)[at].id < id && at + 1 < *n)
            at++;
        memmove(*pins + at + 1, *pins + at, (*n - 1 - at) * sizeof(**pins));
        (*pins)[at] = (struct eb_pin){.id = id, .cpuset = eb_strdup(cpuset)};
    }
}

/* ---- Threads for input and output ---- */

struct eb_iothread *eb_iothread_find(struct eb_tuning *tune, unsigned id)
{
    for (size_t i = 0; i < tune->n_iothreads; i++) {
        if (tune->iothreads[i].id == id)
            return &tune->iothreads[i];
    }
    return NULL;
}

struct eb_iothread *eb_iothread_add(struct eb_tuning *tune, unsigned id)
{
    struct eb_iothread *thread = EB_APPEND(tune->iothreads, tune->n_iothreads);

    *thread = (struct eb_iothread){.id = id, .pool_min = -1, .pool_max = -1};
    return thread;
}

void eb_iothread_remove(struct eb_tuning *tune, unsigned id)
{
    struct eb_iothread *thread = eb_iothread_find(tune, id);

    memmove(thread, thread + 1,
            (size_t)(tune->iothreads + tune->n_iothreads - (thread + 1)) * sizeof(*thread));
    tune->n_iothreads--;
    eb_pin_set(&tune->iothread_pins, &tune->n_iothread_pins, id, NULL);
}

/* ---- The rest ---- */

void eb_perf_set(struct eb_tuning *tune, enum eb_perf_name name, bool enabled)
{
    size_t at = 0;

    while (at < tune->n_perf && tune->perf[at].name < name)
        at++;
    if (at == tune->n_perf || tune->perf[at].name != name) {
        (void)EB_APPEND(tune->perf, tune->n_perf);
        memmove(tune->perf + at + 1, tune->perf + at, (tune->n_perf - 1 - at) * sizeof(*tune->perf));
    }
    tune->perf[at] = (struct eb_perf_event){name, enabled};
}

struct eb_blkio_device *eb_blkio_device_need(struct eb_tuning *tune, const char *path)
{
    struct eb_blkio_device *device;

    for (size_t i = 0; i < tune->n_blkio_devices; i++) {
        if (eb_streq(tune->blkio_devices[i].path, path))
            return &tune->blkio_devices[i];
    }
    device = EB_APPEND(tune->blkio_devices, tune->n_blkio_devices);
    device->path = eb_strdup(path);
    return device;
}
