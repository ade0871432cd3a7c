/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The host that the machines run on. */
#include "vbox/domain.h"
#include "vbox/host.h"

#include <stdio.h>

/* Where the kernel tells nothing (no /proc), VirtualBox does. */
static int ask_virtualbox(struct vbox_conn *c, struct vbox_topology *t, uint64_t *total, uint64_t *available,
                          eb_error *err)
{
    VB_AUTO(IVirtualBox) vbox = NULL;
    VB_AUTO(IHost) host = NULL;
    uint32_t cpus, speed = 0, size, left;

    if (vbox_begin(c, &vbox, err) < 0 || IVirtualBox_get_host(c->vb, vbox, &host, err) < 0 ||
        IHost_get_processorOnlineCount(c->vb, host, &cpus, err) < 0 ||
        IHost_get_memorySize(c->vb, host, &size, err) < 0 ||
        IHost_get_memoryAvailable(c->vb, host, &left, err) < 0)
        return -1;
    if (t && t->mhz == 0 && IHost_getProcessorSpeed(c->vb, host, 0, &speed, NULL) == 0)
        t->mhz = speed;
    if (t && t->sockets * t->cores * t->threads != cpus) {
        t->cpus = t->cores = cpus;
        t->sockets = t->threads = 1;
    }
    *total = (uint64_t)size << 20;
    *available = (uint64_t)left << 20;
    return 0;
}

int vbox_node_get_info(eb_conn *conn, eb_node_info *out, eb_error *err)
{
    struct vbox_topology t;
    uint64_t total, available;

    vbox_topology_read("/sys", "/proc", &t);
    if (ask_virtualbox(vbox_conn_of(conn), &t, &total, &available, err) < 0)
        return -1;
    *out = (eb_node_info){.memory = total >> 10, .cpus = t.cpus, .mhz = t.mhz, .nodes = 1};
    /* libvirt counts sockets of one node */
    out->nodes = t.nodes && t.sockets % t.nodes == 0 ? t.nodes : 1;
    out->sockets = t.sockets / out->nodes;
    out->cores = t.cores;
    out->threads = t.threads;
    snprintf(out->model, sizeof(out->model), "%s", vbox_host_arch());
    return 0;
}

int vbox_node_get_free_memory(eb_conn *conn, uint64_t *bytes, eb_error *err)
{
    uint64_t total;

    return ask_virtualbox(vbox_conn_of(conn), NULL, &total, bytes, err);
}

int vbox_node_get_cells_free_memory(eb_conn *conn, uint64_t *bytes, int start, int n, eb_error *err)
{
    struct vbox_cell *cells;
    size_t count = vbox_cells_read("/sys", "/proc", &cells);
    int filled = 0;

    (void)conn;
    if (start < 0 || (size_t)start >= count) {
        vbox_cells_free(cells, count);
        return eb_error_set(err, EB_ERR_INVALID_ARG, "start cell %d out of range (0-%zu)", start, count - 1);
    }
    for (size_t i = (size_t)start; i < count && filled < n; i++)
        bytes[filled++] = cells[i].free;
    vbox_cells_free(cells, count);
    return filled;
}

/* VirtualBox has no security labels. */
int vbox_node_get_security_model(eb_conn *conn, eb_security_model *out, eb_error *err)
{
    (void)conn;
    (void)err;
    memset(out, 0, sizeof(*out));
    return 0;
}
