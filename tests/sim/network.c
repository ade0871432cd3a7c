/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Network adapters with their NAT engines, serial and parallel ports. */
#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>

#include "model.h"

static unsigned adapter_count(const struct node *config)
{
    if (release->numeric < 3001000)
        return 4;
    return config && release->numeric >= 4001000 &&
                   eb_streq(attr_value(config, "IMachine.chipsetType", NULL), "ICH9")
               ? 36
               : 8;
}

static uint32_t get_part(struct call *c, const char *tag, const char *iface, unsigned count, const char *what)
{
    int64_t slot = arg_num(c, "slot");
    EB_AUTOFREE char *path = eb_asprintf("%s#%" PRId64, tag, slot);
    uint32_t rc;

    if (!node_read(c, &rc))
        return rc;
    if (slot < 0 || slot >= count)
        return eb_streq(what, "network adapter")
                   ? fail(c, E_INVALIDARG, "No network adapter in slot %d (total %u adapters)", (int)slot,
                          count)
                   : fail(c, E_INVALIDARG, "%s slot %d is out of bounds (max %u)", what, (int)slot, count);
    ret_obj(c, object_part(c->self, iface, path));
    return S_OK;
}

static uint32_t get_adapter(struct call *c)
{
    uint32_t rc;
    struct node *n = node_read(c, &rc);

    return n ? get_part(c, "NetworkAdapter", "INetworkAdapter", adapter_count(n), "network adapter") : rc;
}

static uint32_t get_serial(struct call *c)
{
    return get_part(c, "SerialPort", "ISerialPort", release->numeric >= 5000000 ? 4 : 2, "Serial port");
}

static uint32_t get_parallel(struct call *c)
{
    return get_part(c, "ParallelPort", "IParallelPort", 2, "Parallel port");
}

/* "NetworkAdapter#3" -> 3 */
static unsigned slot_of(const struct object *o)
{
    const char *id = strchr(o->path, '#');

    return id ? (unsigned)strtoul(id + 1, NULL, 10) : 0;
}

static uint32_t get_slot(struct call *c)
{
    ret_num(c, slot_of(c->self));
    return S_OK;
}

static uint32_t get_mac(struct call *c)
{
    uint32_t rc, hash = 2166136261u;
    struct node *n = node_read(c, &rc);
    char text[16];

    if (!n)
        return rc;
    for (const char *p = c->self->machine->id; *p; p++)
        hash = (hash ^ (unsigned char)*p) * 16777619u;
    hash += slot_of(c->self) * 65599u;
    snprintf(text, sizeof(text), "080027%06X", hash & 0xffffffu);
    ret_str(c, node_get_or(n, "MACAddress", text));
    return S_OK;
}

static uint32_t set_mac(struct call *c)
{
    EB_AUTOFREE char *mac = eb_strdup(c->in[0].str);
    struct node *n;
    uint32_t rc;

    for (char *p = mac; *p; p++)
        *p = (char)toupper((unsigned char)*p);
    if (*mac && (strlen(mac) != 12 || strspn(mac, "0123456789ABCDEF") != 12))
        return fail(c, E_INVALIDARG, "Invalid MAC address format");
    if (*mac && (strtol((char[3]){mac[0], mac[1], 0}, NULL, 16) & 1))
        return fail(c, E_INVALIDARG, "Invalid MAC address format");
    n = node_write(c, false, &rc);
    if (n)
        node_set(n, "MACAddress", *mac ? mac : NULL);
    return rc;
}

static uint32_t get_attachment(struct call *c)
{
    uint32_t rc;
    struct node *n = node_read(c, &rc);

    if (n)
        ret_text(c, node_get_or(n, "attachmentType", "Null"));
    return rc;
}

static uint32_t attach(struct call *c, const char *type)
{
    uint32_t rc;
    struct node *n;

    if (!*type)
        return fail(c, E_INVALIDARG, "Invalid attachment type");
    n = node_write(c, true, &rc);
    if (!n)
        return rc;
    node_set(n, "attachmentType", type);
    if (machine_runs(c->self->machine))
        event_console(c->self->machine, "OnNetworkAdapterChanged", "networkAdapter", event_object(c->self));
    return S_OK;
}

static uint32_t set_attachment(struct call *c)
{
    EB_AUTOFREE char *type = value_text(&c->slot->params[0], &c->in[0]);

    return attach(c, type);
}

static uint32_t to_nat(struct call *c)
{
    return attach(c, "NAT");
}

static uint32_t to_bridged(struct call *c)
{
    return attach(c, "Bridged");
}

static uint32_t to_internal(struct call *c)
{
    return attach(c, "Internal");
}

static uint32_t to_host_only(struct call *c)
{
    return attach(c, "HostOnly");
}

static uint32_t to_vde(struct call *c)
{
    return attach(c, "VDE");
}

static uint32_t detach(struct call *c)
{
    return attach(c, "Null");
}

/* One name up to 4.0, for bridged and host-only alike; two since. */
static uint32_t get_host_interface(struct call *c)
{
    uint32_t rc;
    struct node *n = node_read(c, &rc);

    if (n)
        ret_str(c, node_get_or(n,
                               eb_streq(node_get(n, "attachmentType"), "HostOnly") ? "hostOnlyInterface"
                                                                                   : "bridgedInterface",
                               ""));
    return rc;
}

static uint32_t set_host_interface(struct call *c)
{
    uint32_t rc;
    struct node *n = node_write(c, true, &rc);

    if (n) {
        node_set(n, "bridgedInterface", c->in[0].str);
        node_set(n, "hostOnlyInterface", c->in[0].str);
    }
    return rc;
}

static uint32_t get_group(struct call *c)
{
    uint32_t rc;
    struct node *n = node_read(c, &rc);

    if (n && node_get(n, "bandwidthGroup")) {
        EB_AUTOFREE char *path = eb_asprintf("BandwidthGroup#%s", node_get(n, "bandwidthGroup"));

        ret_obj(c, object_part(c->self, "IBandwidthGroup", path));
    }
    return rc;
}

static uint32_t set_group(struct call *c)
{
    struct object *group = object_by_id(c->in[0].num);
    uint32_t rc;
    struct node *n = node_write(c, true, &rc);

    if (n)
        node_set(n, "bandwidthGroup", group ? strchr(group->path, '#') + 1 : NULL);
    return rc;
}

static uint32_t get_property(struct call *c)
{
    EB_AUTOFREE char *name = eb_asprintf("property.%s", arg_str(c, "key"));
    uint32_t rc;
    struct node *n = node_read(c, &rc);

    if (n)
        ret_str(c, node_get_or(n, name, ""));
    return rc;
}

static uint32_t set_property(struct call *c)
{
    EB_AUTOFREE char *name = eb_asprintf("property.%s", arg_str(c, "key"));
    uint32_t rc;
    struct node *n = node_write(c, true, &rc);

    if (n)
        node_set(n, name, *arg_str(c, "value") ? arg_str(c, "value") : NULL);
    return rc;
}

static uint32_t get_properties(struct call *c)
{
    uint32_t rc;
    struct node *n = node_read(c, &rc);

    for (size_t i = 0; n && i < n->n_props; i++)
        if (eb_starts_with(n->props[i].name, "property.")) {
            out_add_text(c, "returnNames", n->props[i].name + strlen("property."));
            ret_add_text(c, n->props[i].value);
        }
    return rc;
}

/* ---- the NAT engine ---- */

static uint32_t get_engine(struct call *c)
{
    EB_AUTOFREE char *path = eb_asprintf("%s" PATH_SEP_STR "NATEngine", c->self->path);
    uint32_t rc;

    if (node_read(c, &rc))
        ret_obj(c, object_part(c->self, "INATEngine", path));
    return rc;
}

static uint32_t get_redirects(struct call *c)
{
    uint32_t rc;
    struct node *n = node_read(c, &rc);

    for (size_t i = 0; n && i < n->n; i++)
        if (strcmp(n->children[i]->tag, "Redirect") == 0)
            ret_add_text(c, node_get(n->children[i], "rule"));
    return rc;
}

static void tell_redirect(struct call *c, const struct node *r, bool removed)
{
    char slot[16];

    snprintf(slot, sizeof(slot), "%u", slot_of(c->self));
    event_fire("vbox", "OnNATRedirect", "machineId", c->self->machine->id, "slotId", slot, "remove",
               removed ? "1" : "0", "name", r->id, "proto", node_get(r, "proto"), "hostIP",
               node_get(r, "hostIP"), "hostPort", node_get(r, "hostPort"), "guestIP", node_get(r, "guestIP"),
               "guestPort", node_get(r, "guestPort"), NULL);
}

static uint32_t add_redirect(struct call *c)
{
    EB_AUTOFREE char *proto = eb_strdup(arg_enum(c, "proto"));
    int64_t host = arg_num(c, "hostPort"), guest = arg_num(c, "guestPort");
    EB_AUTOFREE char *name = NULL, *rule = NULL;
    bool udp = eb_streq(proto, "UDP");
    struct node *n, *r;
    uint32_t rc;

    name = *arg_str(c, "name") ? eb_strdup(arg_str(c, "name"))
                               : eb_asprintf("%s_%" PRId64 "_%" PRId64, udp ? "udp" : "tcp", host, guest);
    n = node_write(c, true, &rc);
    if (!n)
        return rc;
    if (!*proto)
        return fail(c, E_INVALIDARG, "Invalid protocol");
    for (size_t i = 0; i < n->n; i++) {
        const struct node *o = n->children[i];

        if (strcmp(o->tag, "Redirect") != 0)
            continue;
        if (eb_streq(o->id, name))
            return fail(c, E_INVALIDARG, "A NAT rule of this name already exists");
        if (node_num(o, "hostPort") == host && eb_streq(node_get(o, "proto"), proto) &&
            eb_streq(node_get(o, "hostIP"), arg_str(c, "hostIP")))
            return fail(c, E_INVALIDARG, "A NAT rule for this host port and this host IP already exists");
    }
    r = node_need(n, "Redirect", name);
    rule = eb_asprintf("%s,%d,%s,%" PRId64 ",%s,%" PRId64, name, udp ? 0 : 1, arg_str(c, "hostIP"), host,
                       arg_str(c, "guestIP"), guest);
    node_set(r, "rule", rule);
    node_set(r, "proto", proto);
    node_set(r, "hostIP", arg_str(c, "hostIP"));
    node_set_num(r, "hostPort", host);
    node_set(r, "guestIP", arg_str(c, "guestIP"));
    node_set_num(r, "guestPort", guest);
    tell_redirect(c, r, false);
    return S_OK;
}

static uint32_t remove_redirect(struct call *c)
{
    uint32_t rc;
    struct node *n = node_write(c, true, &rc), *r;

    if (!n)
        return rc;
    r = node_child(n, "Redirect", arg_str(c, "name"));
    if (!r)
        return fail(c, E_INVALIDARG, "No NAT rule with the name '%s'", arg_str(c, "name"));
    tell_redirect(c, r, true);
    node_remove(r);
    return S_OK;
}

static const char *const settings[][2] = {
    {"mtu", "0"}, {"sockSnd", "64"}, {"sockRcv", "64"}, {"TcpWndSnd", "64"}, {"TcpWndRcv", "64"}};

static uint32_t get_settings(struct call *c)
{
    uint32_t rc;
    struct node *n = node_read(c, &rc);

    for (size_t i = 0; n && i < EB_ARRAY_SIZE(settings); i++)
        out_text(c, settings[i][0], node_get_or(n, settings[i][0], settings[i][1]));
    return rc;
}

static uint32_t set_settings(struct call *c)
{
    uint32_t rc;
    struct node *n = node_write(c, true, &rc);

    for (size_t i = 0; n && i < EB_ARRAY_SIZE(settings); i++)
        node_set_num(n, settings[i][0], arg_num(c, settings[i][0]));
    return rc;
}

const struct member network_members[] = {
    {"IMachine.getNetworkAdapter", get_adapter},
    {"IMachine.getSerialPort", get_serial},
    {"IMachine.getParallelPort", get_parallel},
    {"INetworkAdapter.slot", get_slot},
    {"ISerialPort.slot", get_slot},
    {"IParallelPort.slot", get_slot},
    {"INetworkAdapter.MACAddress", get_mac},
    {"INetworkAdapter.MACAddress=", set_mac},
    {"INetworkAdapter.attachmentType", get_attachment},
    {"INetworkAdapter.attachmentType=", set_attachment},
    {"INetworkAdapter.attachToNAT", to_nat},
    {"INetworkAdapter.attachToBridgedInterface", to_bridged},
    {"INetworkAdapter.attachToInternalNetwork", to_internal},
    {"INetworkAdapter.attachToHostOnlyInterface", to_host_only},
    {"INetworkAdapter.attachToVDE", to_vde},
    {"INetworkAdapter.detach", detach},
    {"INetworkAdapter.hostInterface", get_host_interface},
    {"INetworkAdapter.hostInterface=", set_host_interface},
    {"INetworkAdapter.bandwidthGroup", get_group},
    {"INetworkAdapter.bandwidthGroup=", set_group},
    {"INetworkAdapter.getProperty", get_property},
    {"INetworkAdapter.setProperty", set_property},
    {"INetworkAdapter.getProperties", get_properties},
    {"INetworkAdapter.natDriver", get_engine},
    {"INetworkAdapter.NATEngine", get_engine},
    {"INATEngine.redirects", get_redirects},
    {"INATEngine.addRedirect", add_redirect},
    {"INATEngine.removeRedirect", remove_redirect},
    {"INATEngine.getNetworkSettings", get_settings},
    {"INATEngine.setNetworkSettings", set_settings},
    {NULL, NULL},
};
