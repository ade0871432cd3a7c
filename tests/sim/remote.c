/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The remote display: VRDP up to 3.2, VRDE since; one port, then several, then a property. */
#include <stdio.h>

#include "model.h"

static uint32_t get_text(struct call *c, const char *prop, const char *initial)
{
    uint32_t rc;
    struct node *n = node_read(c, &rc);

    if (n)
        ret_text(c, node_get_or(n, prop, initial));
    return rc;
}

static uint32_t set_text(struct call *c, const char *prop, const char *value)
{
    uint32_t rc;
    struct node *n = node_write(c, true, &rc);

    if (!n)
        return rc;
    node_set(n, prop, value);
    if (machine_runs(c->self->machine))
        event_console(c->self->machine, "OnVRDEServerChanged", NULL, NULL);
    return S_OK;
}

static uint32_t get_ports(struct call *c)
{
    return get_text(c, "property.TCP/Ports", "3389");
}

static uint32_t set_ports(struct call *c)
{
    EB_AUTOFREE char *v = value_text(&c->slot->params[0], &c->in[0]);

    return set_text(c, "property.TCP/Ports", v);
}

static uint32_t get_address(struct call *c)
{
    return get_text(c, "property.TCP/Address", "");
}

static uint32_t set_address(struct call *c)
{
    return set_text(c, "property.TCP/Address", c->in[0].str);
}

static uint32_t get_property(struct call *c)
{
    EB_AUTOFREE char *name = eb_asprintf("property.%s", arg_str(c, "key"));

    return get_text(c, name, "");
}

static uint32_t set_property(struct call *c)
{
    EB_AUTOFREE char *name = eb_asprintf("property.%s", arg_str(c, "key"));

    return set_text(c, name, *arg_str(c, "value") ? arg_str(c, "value") : NULL);
}

static uint32_t get_properties(struct call *c)
{
    static const char *const names[] = {"TCP/Ports", "TCP/Address", "VideoChannel/Enabled",
                                        "VideoChannel/Quality"};

    for (size_t i = 0; i < EB_ARRAY_SIZE(names); i++)
        ret_add_text(c, names[i]);
    return S_OK;
}

/* ---- what the console tells of it ---- */

static uint32_t get_info(struct call *c)
{
    uint32_t rc;

    if (node_read(c, &rc))
        ret_obj(c, object_part(c->self,
                               eb_streq(c->slot->name, "remoteDisplayInfo") ? "IRemoteDisplayInfo"
                                                                            : "IVRDEServerInfo",
                               "VRDEServer"));
    return rc;
}

/* The port of a running machine whose server is on; -1: there is none. The first of a range is free here. */
static uint32_t info_port(struct call *c)
{
    uint32_t rc;
    struct node *n = node_read(c, &rc);
    bool on = n && node_bool(n, "enabled") && machine_online(c->self->machine);

    if (n)
        ret_num(c, on ? strtoull(node_get_or(n, "property.TCP/Ports", "3389"), NULL, 10) : (uint64_t)-1);
    return rc;
}

static uint32_t info_zero(struct call *c)
{
    uint32_t rc;

    if (node_read(c, &rc))
        ret_text(c, c->slot->params[0].kind == SIM_WSTRING ? "" : "0");
    return rc;
}

static uint32_t info_active(struct call *c)
{
    uint32_t rc;

    if (node_read(c, &rc))
        ret_num(c, c->self->machine->viewers > 0);
    return rc;
}

static uint32_t info_viewers(struct call *c)
{
    uint32_t rc;

    if (node_read(c, &rc))
        ret_num(c, c->self->machine->viewers);
    return rc;
}

static uint32_t info_address(struct call *c)
{
    uint32_t rc;

    if (node_read(c, &rc))
        ret_str(c, c->self->machine->viewer_address);
    return rc;
}

static uint32_t info_user(struct call *c)
{
    uint32_t rc;

    if (node_read(c, &rc))
        ret_str(c, c->self->machine->viewer_user);
    return rc;
}

const struct member remote_members[] = {
    {"IVRDEServer.port", get_ports},
    {"IVRDEServer.port=", set_ports},
    {"IVRDEServer.ports", get_ports},
    {"IVRDEServer.ports=", set_ports},
    {"IVRDEServer.netAddress", get_address},
    {"IVRDEServer.netAddress=", set_address},
    {"IVRDEServer.getVRDEProperty", get_property},
    {"IVRDEServer.setVRDEProperty", set_property},
    {"IVRDEServer.VRDEProperties", get_properties},
    {"IConsole.VRDEServerInfo", get_info},
    {"IConsole.remoteDisplayInfo", get_info},
    {"IVRDEServerInfo.port", info_port},
    {"IVRDEServerInfo.active", info_active},
    {"IVRDEServerInfo.numberOfClients", info_viewers},
    {"IVRDEServerInfo.beginTime", info_zero},
    {"IVRDEServerInfo.endTime", info_zero},
    {"IVRDEServerInfo.bytesSent", info_zero},
    {"IVRDEServerInfo.bytesSentTotal", info_zero},
    {"IVRDEServerInfo.bytesReceived", info_zero},
    {"IVRDEServerInfo.bytesReceivedTotal", info_zero},
    {"IVRDEServerInfo.user", info_user},
    {"IVRDEServerInfo.domain", info_zero},
    {"IVRDEServerInfo.clientName", info_zero},
    {"IVRDEServerInfo.clientIP", info_address},
    {"IVRDEServerInfo.clientVersion", info_zero},
    {"IVRDEServerInfo.encryptionStyle", info_zero},
    {NULL, NULL},
};
