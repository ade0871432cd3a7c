/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Statistics of machines: VirtualBox's own counters (of disks and adapters), what the guest additions tell of
 * memory, and what the host's kernel says of the VM's process.
 */
#include "vbox/stats.h"
#include "core/params.h"
#include "model/mac.h"
#include "vbox/counters.h"
#include "vbox/domain.h"
#include "vbox/machine_storage.h"

#include <stdio.h>
#include <strings.h>
#include <sys/stat.h>

int vbox_running_open(eb_conn *conn, eb_uuid uuid, struct vbox_running *out, eb_error *err)
{
    struct vbox_conn *c = vbox_conn_of(conn);

    *out = (struct vbox_running){0};
    if (vbox_find_accessible(c, uuid, &out->f, err) < 0)
        return -1;
    if (!out->f.active)
        return vbox_not_running(err);
    return vbox_session_open(c, out->f.machine, VBOX_LOCK_SHARED, &out->s, err);
}

void vbox_running_close(struct vbox_running *r)
{
    vbox_session_close(&r->s);
    vbox_found_clear(&r->f);
}

/* The counters whose names match. */
static int counters(struct vbox_running *r, const char *pattern, char **out, eb_error *err)
{
    struct vb *vb = r->f.c->vb;
    VB_AUTO(IMachineDebugger) debugger = NULL;

    if (IConsole_get_debugger(vb, r->s.console, &debugger, err) < 0)
        return -1;
    return IMachineDebugger_getStats(vb, debugger, pattern, false, out, err);
}

/* ---- Disks ---- */

static const struct eb_disk *find_disk(const struct eb_domain_def *def, const char *path)
{
    for (size_t i = 0; i < def->n_disks; i++) {
        if (eb_streq(def->disks[i].target, path) || eb_streq(def->disks[i].source, path))
            return &def->disks[i];
    }
    return NULL;
}

/* How VirtualBox's device emulations are named in counters. */
static const struct {
    enum eb_disk_bus bus;
    const char *const *devices;
} device_names[] = {
    {EB_BUS_IDE, (const char *const[]){"PIIX3IDE", "IDE", NULL}},
    {EB_BUS_SATA, (const char *const[]){"AHCI", "SATA", NULL}},
    {EB_BUS_SCSI, (const char *const[]){"LSILOGICSCSI", "LSILOGICSAS", "BUSLOGIC", "SCSI", NULL}},
    {EB_BUS_VIRTIO, (const char *const[]){"VIRTIO-SCSI", NULL}},
    {EB_BUS_NVME, (const char *const[]){"NVME", NULL}},
    {EB_BUS_USB, (const char *const[]){"MSD", NULL}},
    {EB_BUS_FDC, (const char *const[]){"I82078", NULL}},
};

/* A drive's own number at its controller. */
static unsigned lun_of(const struct eb_disk *disk)
{
    if (disk->bus == EB_BUS_IDE)
        return disk->address.bus * 2 + disk->address.unit;
    return disk->address.unit;
}

static int64_t disk_counter(const char *stats, const struct eb_disk *disk, const char *name)
{
    EB_AUTOFREE char *rest = eb_asprintf("Port%u/%s", lun_of(disk), name);

    for (size_t i = 0; i < EB_ARRAY_SIZE(device_names); i++) {
        if (device_names[i].bus == disk->bus)
            return vbox_counter(stats, "/Public/Storage/", device_names[i].devices,
                                (int)disk->address.controller, rest);
    }
    return -1;
}

/* The older counters of IDE drives, which are all that releases before 4.3 have. */
static int64_t ide_counter(const char *stats, const struct eb_disk *disk, const char *name)
{
    static const char *const devices[] = {"IDE", NULL};
    EB_AUTOFREE char *rest = eb_asprintf("ATA%u/Unit%u/%s", disk->address.bus, disk->address.unit, name);

    return disk->bus == EB_BUS_IDE ? vbox_counter(stats, "/Devices/", devices, 0, rest) : -1;
}

/* A counter is there from the first time that it counts; a drive that has any has them all. */
static void read_disk(const char *stats, const struct eb_disk *disk, eb_block_stats *out)
{
    int64_t any = disk_counter(stats, disk, "QueryBufAttempts");

    out->rd_bytes = disk_counter(stats, disk, "BytesRead");
    out->wr_bytes = disk_counter(stats, disk, "BytesWritten");
    out->rd_req = disk_counter(stats, disk, "ReqsRead");
    out->wr_req = disk_counter(stats, disk, "ReqsWrite");
    out->errs = disk_counter(stats, disk, "ReqsFailed");
    if (out->rd_bytes < 0)
        out->rd_bytes = ide_counter(stats, disk, "ReadBytes");
    if (out->wr_bytes < 0)
        out->wr_bytes = ide_counter(stats, disk, "WrittenBytes");
    if (any < 0 && out->rd_bytes < 0 && out->wr_bytes < 0)
        return;
    for (int64_t *value = &out->rd_req; value <= &out->errs; value++) {
        if (*value < 0 && any >= 0)
            *value = 0;
    }
}

static void add_up(eb_block_stats *total, const eb_block_stats *one)
{
    int64_t *to = &total->rd_req;
    const int64_t *from = &one->rd_req;

    for (size_t i = 0; i < sizeof(*total) / sizeof(*to); i++) {
        if (from[i] >= 0)
            to[i] = to[i] < 0 ? from[i] : to[i] + from[i];
    }
}

static int block(eb_conn *conn, eb_uuid uuid, const char *path, eb_block_stats *out, eb_error *err)
{
    VBOX_AUTORUNNING struct vbox_running r;
    EB_AUTODEF struct eb_domain_def *def = NULL;
    EB_AUTOFREE char *stats = NULL;

    if (vbox_running_open(conn, uuid, &r, err) < 0 || vbox_domain_def(&r.f, 0, &def, err) < 0)
        return -1;
    if (*path && !find_disk(def, path))
        return eb_error_set(err, EB_ERR_INVALID_ARG, "invalid path: %s", path);
    if (counters(&r, "/Public/Storage/*|/Devices/IDE*", &stats, err) < 0)
        return -1;
    for (size_t i = 0; i < def->n_disks; i++) {
        eb_block_stats one = {-1, -1, -1, -1, -1};

        if (*path && &def->disks[i] != find_disk(def, path))
            continue;
        read_disk(stats, &def->disks[i], &one);
        add_up(out, &one);
    }
    return 0;
}

/* The drive of a disk of the definition. */
static bool is_drive_of(const struct vm_storage *s, const struct vm_drive *d, const struct eb_disk *disk)
{
    const struct vm_controller *c = &s->controllers[d->controller];

    if (c->bus->disk_bus != disk->bus)
        return false;
    if (c->bus->bus == StorageBus_USB)
        return disk->address.port && atoi(disk->address.port) == d->port + 1;
    return disk->address.controller == c->index &&
           (c->bus->bus != StorageBus_IDE || disk->address.bus == (unsigned)d->port) &&
           disk->address.unit == (unsigned)(c->bus->devices > 1 ? d->device : d->port);
}

/* What the drive of a disk holds, or NULL. */
static IMedium *medium_of(const struct vm_storage *s, const struct eb_disk *disk)
{
    for (size_t i = 0; i < s->n_drives; i++) {
        if (is_drive_of(s, &s->drives[i], disk))
            return s->drives[i].medium.medium;
    }
    return NULL;
}

int vbox_disk_medium(struct vbox_found *f, const char *path, IMedium **out, eb_error *err)
{
    EB_AUTODEF struct eb_domain_def *def = NULL;
    struct vm vm VM_AUTO = {0};
    struct vm_storage s VM_AUTO_STORAGE = {0};
    const struct eb_disk *disk;

    if (vbox_domain_def(f, 0, &def, err) < 0)
        return -1;
    disk = find_disk(def, path);
    if (!disk)
        return eb_error_set(err, EB_ERR_INVALID_ARG, "invalid path %s not assigned to domain", path);
    if (vm_open(f->c, f->machine, 0, &vm, err) < 0 || vm_storage_list(&vm, &s, err) < 0)
        return -1;
    *out = vb_object_ref(medium_of(&s, disk));
    return 0;
}

/* The size that the guest sees; until 3.1 VirtualBox counts it in MiB, where it can be asked at all. */
static void read_capacity(struct vm *vm, const struct vm_storage *s, const struct eb_disk *disk,
                          uint64_t *capacity)
{
    enum { MIB = 1 << 20 };
    IMedium *medium = medium_of(s, disk);
    int64_t size = 0;

    if (medium && IMedium_get_logicalSize(vm->vb, medium, &size, NULL) == 0)
        *capacity = (uint64_t)size * (vb_has(vm->vb, VB_IMachine_lockMachine) ? 1 : MIB);
}

static int block_info(eb_conn *conn, eb_uuid uuid, const char *path, eb_block_info *out, eb_error *err)
{
    VBOX_AUTOFOUND struct vbox_found f = {0};
    EB_AUTODEF struct eb_domain_def *def = NULL;
    struct vm vm VM_AUTO = {0};
    struct vm_storage s VM_AUTO_STORAGE = {0};
    const struct eb_disk *disk;
    struct stat st;

    if (vbox_find_accessible(vbox_conn_of(conn), uuid, &f, err) < 0 || vbox_domain_def(&f, 0, &def, err) < 0)
        return -1;
    disk = find_disk(def, path);
    if (!disk)
        return eb_error_set(err, EB_ERR_INVALID_ARG, "invalid path %s not assigned to domain", path);
    if (!disk->source)
        return 0; /* an empty drive */
    if (vm_open(f.c, f.machine, 0, &vm, err) < 0 || vm_storage_list(&vm, &s, err) < 0)
        return -1;
    read_capacity(&vm, &s, disk, &out->capacity);
    if (stat(disk->source, &st) == 0) {
        out->physical = (uint64_t)st.st_size;
        out->allocation = (uint64_t)st.st_blocks * 512;
        if (!out->capacity)
            out->capacity = out->physical;
    }
    return 0;
}

/* ---- Adapters ---- */

static int find_slot(const struct eb_domain_def *def, const char *device)
{
    for (size_t i = 0; i < def->n_interfaces; i++) {
        const struct eb_interface *nic = &def->interfaces[i];
        char mac[EB_MAC_STRLEN + 1];

        eb_mac_format(nic->mac, mac);
        if (eb_streq(nic->target, device) || (nic->has_mac && strcasecmp(mac, device) == 0))
            return nic->slot >= 0 ? nic->slot : (int)i;
    }
    return -1;
}

static int interface(eb_conn *conn, eb_uuid uuid, const char *device, eb_interface_stats *out, eb_error *err)
{
    /* how the emulations are named, of all releases */
    static const char *const adapters[] = {"e1000#", "E1k",     "pcnet#", "PCNet", "virtio-net#",
                                           "VNet",   "dp8390#", "DP8390", NULL};
    static const char *const by_slot[] = {"", NULL};
    VBOX_AUTORUNNING struct vbox_running r;
    EB_AUTODEF struct eb_domain_def *def = NULL;
    EB_AUTOFREE char *stats = NULL;
    int slot;

    if (vbox_running_open(conn, uuid, &r, err) < 0 || vbox_domain_def(&r.f, 0, &def, err) < 0)
        return -1;
    slot = find_slot(def, device);
    if (slot < 0)
        return eb_error_set(err, EB_ERR_INVALID_ARG, "'%s' is not a known interface", device);
    if (counters(&r, "/Public/NetAdapter/*|/Devices/*Bytes", &stats, err) < 0)
        return -1;
    out->rx_bytes = vbox_counter(stats, "/Public/NetAdapter/", by_slot, slot, "BytesReceived");
    out->tx_bytes = vbox_counter(stats, "/Public/NetAdapter/", by_slot, slot, "BytesTransmitted");
    if (out->rx_bytes < 0)
        out->rx_bytes = vbox_counter(stats, "/Devices/", adapters, slot, "ReceiveBytes");
    if (out->tx_bytes < 0)
        out->tx_bytes = vbox_counter(stats, "/Devices/", adapters, slot, "TransmitBytes");
    return 0;
}

/* ---- Memory and processors ---- */

static void add_stat(eb_memory_stat *list, int *n, eb_memory_stat_tag tag, uint64_t value)
{
    list[*n].tag = tag;
    list[(*n)++].value = value;
}

/* KiB; nothing where the additions do not run, or tell nothing. */
static void add_guest_memory(struct vbox_running *r, eb_memory_stat *list, int *n)
{
    struct vb *vb = r->f.c->vb;
    VB_AUTO(IGuest) guest = NULL;
    uint32_t user, kernel, idle, total = 0, left = 0, balloon, shared, cache = 0, paged, all, all_free,
                                 all_balloon, all_shared;

    if (!vb_has(vb, VB_IGuest_internalGetStatistics) ||
        IConsole_get_guest(vb, r->s.console, &guest, NULL) < 0 ||
        IGuest_internalGetStatistics(vb, guest, &user, &kernel, &idle, &total, &left, &balloon, &shared,
                                     &cache, &paged, &all, &all_free, &all_balloon, &all_shared, NULL) < 0 ||
        !total)
        return;
    add_stat(list, n, EB_MEMORY_AVAILABLE, total);
    add_stat(list, n, EB_MEMORY_UNUSED, left);
    add_stat(list, n, EB_MEMORY_DISK_CACHES, cache);
}

static int memory(eb_conn *conn, eb_uuid uuid, eb_memory_stat **out, eb_error *err)
{
    enum { MOST = 8 };
    VBOX_AUTORUNNING struct vbox_running r;
    uint64_t max, current, rss;
    uint32_t pid = 0;
    int n = 0;

    if (vbox_running_open(conn, uuid, &r, err) < 0 ||
        vbox_memory_of(r.f.c, r.f.machine, &max, &current, err) < 0 ||
        IMachine_get_sessionPID(r.f.c->vb, r.f.machine, &pid, err) < 0)
        return -1;
    *out = eb_calloc(MOST, sizeof(**out));
    add_stat(*out, &n, EB_MEMORY_ACTUAL_BALLOON, current);
    add_guest_memory(&r, *out, &n);
    rss = vbox_process_memory(pid);
    if (rss)
        add_stat(*out, &n, EB_MEMORY_RSS, rss);
    return n;
}

/* The host's kernel counts a process's time, but not by processor. */
static int cpu(eb_conn *conn, eb_uuid uuid, int start, unsigned n, eb_param **out, unsigned *per_cpu,
               eb_error *err)
{
    VBOX_AUTOFOUND struct vbox_found f = {0};
    struct eb_param_list list = {0};
    uint64_t user, system;
    uint32_t pid = 0;

    if (vbox_find_accessible(vbox_conn_of(conn), uuid, &f, err) < 0)
        return -1;
    if (!f.active)
        return vbox_not_running(err);
    if (start >= 0 || !n)
        return eb_error_set(err, EB_ERR_OPERATION_UNSUPPORTED,
                            "VirtualBox's processes are not counted by the host's CPUs");
    if (IMachine_get_sessionPID(f.c->vb, f.machine, &pid, err) < 0)
        return -1;
    if (!vbox_process_times(pid, &user, &system))
        return vbox_not_running(err);
    eb_params_add_ullong(&list, user + system, "cpu_time");
    eb_params_add_ullong(&list, user, "user_time");
    eb_params_add_ullong(&list, system, "system_time");
    *per_cpu = (unsigned)eb_params_give(&list, out);
    return 1;
}

static int control_info(eb_conn *conn, eb_uuid uuid, eb_control_info *out EB_UNUSED, eb_error *err)
{
    VBOX_AUTOFOUND struct vbox_found f = {0};

    if (vbox_find_accessible(vbox_conn_of(conn), uuid, &f, err) < 0)
        return -1;
    return f.active ? 0 : vbox_not_running(err);
}

const struct eb_driver_stats_ops vbox_stats_ops = {
    .groups = EB_STATS_STATE | EB_STATS_CPU_TOTAL | EB_STATS_BALLOON | EB_STATS_VCPU | EB_STATS_INTERFACE |
              EB_STATS_BLOCK,
    .node_cpu_map = vbox_node_cpu_map,
    .node_cpu = vbox_node_cpu,
    .node_memory = vbox_node_memory,
    .block = block,
    .block_params = true,
    .block_info = block_info,
    .interface = interface,
    .memory = memory,
    .cpu = cpu,
    .control_info = control_info,
};
