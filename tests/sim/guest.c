/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* IGuest: a guest without additions. */
#include <stdio.h>

#include "model.h"

static uint32_t need_vm(struct call *c)
{
    uint32_t rc;

    if (!node_read(c, &rc))
        return rc;
    if (!machine_runs(c->self->machine))
        return fail(c, VBOX_E_INVALID_VM_STATE, "Invalid machine state: %s", c->self->machine->state);
    return S_OK;
}

static uint32_t get_os_type(struct call *c)
{
    uint32_t rc;

    if (node_read(c, &rc))
        ret_str(c, "");
    return rc;
}

static uint32_t get_nothing(struct call *c)
{
    uint32_t rc;

    node_read(c, &rc);
    return rc;
}

static uint32_t get_run_level(struct call *c)
{
    uint32_t rc;

    if (node_read(c, &rc))
        ret_text(c, c->self->machine->additions ? c->self->machine->additions : "None");
    return rc;
}

static uint32_t get_active(struct call *c)
{
    const char *level = c->self->machine->additions;
    uint32_t rc;

    if (node_read(c, &rc))
        ret_text(c, level && !eb_streq(level, "None") ? "1" : "0");
    return rc;
}

static uint32_t get_balloon(struct call *c)
{
    uint32_t rc;
    struct node *n = node_read(c, &rc);

    if (n)
        ret_text(c, attr_value(n, "IMachine.memoryBalloonSize", NULL));
    return rc;
}

static uint32_t set_balloon(struct call *c)
{
    struct machine *m = c->self->machine;
    uint32_t rc = need_vm(c);

    if (rc != S_OK)
        return rc;
    if ((int64_t)c->in[0].num > strtoll(attr_value(m->config, "IMachine.memorySize", NULL), NULL, 10))
        return fail(c, E_INVALIDARG, "Invalid memory balloon size: %llu MB",
                    (unsigned long long)c->in[0].num);
    node_set_num(m->config, "memoryBalloonSize", (int64_t)c->in[0].num);
    if (m->pending)
        node_set_num(m->pending, "memoryBalloonSize", (int64_t)c->in[0].num);
    return S_OK;
}

static uint32_t get_interval(struct call *c)
{
    uint32_t rc;
    struct node *n = node_read(c, &rc);

    if (n)
        ret_text(c, node_get_or(n, "statisticsUpdateInterval", "0"));
    return rc;
}

static uint32_t set_interval(struct call *c)
{
    uint32_t rc = need_vm(c);

    if (rc == S_OK)
        node_set_num(c->self->machine->config, "statisticsUpdateInterval", (int64_t)c->in[0].num);
    return rc;
}

static uint32_t statistics(struct call *c)
{
    int64_t mb;
    uint32_t rc = need_vm(c);

    if (rc != S_OK)
        return rc;
    mb = strtoll(attr_value(c->self->machine->config, "IMachine.memorySize", NULL), NULL, 10);
    out_num(c, "memAllocTotal", (uint64_t)mb * 1024);
    out_num(c, "memFreeTotal", 4096);
    return S_OK;
}

static uint32_t events(struct call *c)
{
    uint32_t rc;

    if (node_read(c, &rc))
        ret_obj(c, event_source_object(console_source(c->self->machine)));
    return rc;
}

static uint32_t no_additions(struct call *c)
{
    uint32_t rc = need_vm(c);

    return rc == S_OK ? fail(c, VBOX_E_NOT_SUPPORTED, "Guest Additions are not installed or not ready") : rc;
}

static uint32_t set_credentials(struct call *c)
{
    return need_vm(c);
}

const struct member guest_members[] = {
    {"IGuest.OSTypeId", get_os_type},
    {"IGuest.additionsRunLevel", get_run_level},
    {"IGuest.additionsActive", get_active},
    {"IGuest.additionsVersion", get_os_type},
    {"IGuest.additionsRevision", get_nothing},
    {"IGuest.supportsSeamless", get_nothing},
    {"IGuest.supportsGraphics", get_nothing},
    {"IGuest.getAdditionsStatus", get_nothing},
    {"IGuest.facilities", get_nothing},
    {"IGuest.sessions", get_nothing},
    {"IGuest.findSession", get_nothing},
    {"IGuest.getFacilityStatus", get_nothing},
    {"IGuest.memoryBalloonSize", get_balloon},
    {"IGuest.memoryBalloonSize=", set_balloon},
    {"IGuest.statisticsUpdateInterval", get_interval},
    {"IGuest.statisticsUpdateInterval=", set_interval},
    {"IGuest.internalGetStatistics", statistics},
    {"IGuest.getStatistic", set_credentials},
    {"IGuest.eventSource", events},
    {"IGuest.setCredentials", set_credentials},
    {"IGuest.createSession", no_additions},
    {"IGuest.shutdown", no_additions},
    {"IGuest.updateGuestAdditions", no_additions},
    {"IGuest.executeProcess", no_additions},
    {NULL, NULL},
};
