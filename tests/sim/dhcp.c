/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a DHCP server hands out: options of all, of one machine's adapter, of one address (6.1 and later). */
#include <stdio.h>

#include "model.h"

static struct object *config(struct call *c, const char *iface, const char *tag, const char *id)
{
    EB_AUTOFREE char *path =
        eb_asprintf("%s" PATH_SEP_STR "%s%s%s", c->self->path, tag, id ? "#" : "", id ? id : "");

    return object_part(c->self, iface, path);
}

static uint32_t get_global(struct call *c)
{
    uint32_t rc;

    if (node_read(c, &rc))
        ret_obj(c, config(c, "IDHCPGlobalConfig", "GlobalConfig", NULL));
    return rc;
}

static uint32_t get_individual(struct call *c)
{
    uint32_t rc;
    struct node *n = node_read(c, &rc);

    for (size_t i = 0; n && i < n->n; i++)
        if (strcmp(n->children[i]->tag, "IndividualConfig") == 0)
            ret_add_obj(c, config(c, "IDHCPIndividualConfig", "IndividualConfig", n->children[i]->id));
    return rc;
}

static uint32_t get_groups(struct call *c)
{
    uint32_t rc;

    node_read(c, &rc);
    return rc;
}

/* name: nothing (Global), a machine (MachineNIC, with its slot), an address (MAC). */
static uint32_t get_config(struct call *c)
{
    EB_AUTOFREE char *scope = eb_strdup(arg_enum(c, "scope")), *id = NULL;
    bool nic = eb_streq(scope, "MachineNIC");
    const char *name = arg_str(c, "name");
    struct machine *m = nic ? machine_find(name) : NULL;
    uint32_t rc;
    struct node *n = node_read(c, &rc), *one;

    if (!n)
        return rc;
    if (eb_streq(scope, "Global"))
        return get_global(c);
    if (!nic && !eb_streq(scope, "MAC"))
        return E_NOTIMPL;
    if (nic && !m)
        return not_found(c, "Could not find a registered machine named '%s'", name);
    id = nic ? eb_asprintf("%s/%u", m->id, (unsigned)arg_num(c, "slot")) : eb_strdup(name);
    one = node_child(n, "IndividualConfig", id);
    if (!one && !arg_bool(c, "mayAdd"))
        return not_found(c, "There is no configuration for '%s'", name);
    if (!one) {
        one = node_need(n, "IndividualConfig", id);
        node_set(one, "scope", scope);
        node_set(one, "MACAddress", nic ? "" : name);
        node_set(one, "machineId", nic ? m->id : "");
        node_set_num(one, "slot", nic ? arg_num(c, "slot") : 0);
        save_global();
    }
    ret_obj(c, config(c, "IDHCPIndividualConfig", "IndividualConfig", id));
    return S_OK;
}

static uint32_t get_fact(struct call *c)
{
    uint32_t rc;
    struct node *n = node_read(c, &rc);
    bool global_scope = eb_streq(c->slot->name, "scope");

    if (n)
        ret_text(c, node_get_or(n, c->slot->name, global_scope ? "Global" : ""));
    return rc;
}

static struct node *option_node(struct call *c, bool make, uint32_t *rc)
{
    EB_AUTOFREE char *option = eb_strdup(arg_enum(c, "option"));
    struct node *n = make ? node_write(c, false, rc) : node_read(c, rc);

    if (!n)
        return NULL;
    return make ? node_need(n, "Option", option) : node_child(n, "Option", option);
}

static uint32_t set_option(struct call *c)
{
    EB_AUTOFREE char *encoding = eb_strdup(arg_enum(c, "encoding"));
    uint32_t rc;
    struct node *o;

    if (!*arg_enum(c, "option"))
        return fail(c, E_INVALIDARG, "Invalid DHCP option");
    o = option_node(c, true, &rc);
    if (!o)
        return rc;
    node_set(o, "encoding", encoding);
    node_set(o, "value", arg_str(c, "value"));
    save_global();
    return S_OK;
}

static uint32_t get_option(struct call *c)
{
    uint32_t rc;
    const struct node *o = option_node(c, false, &rc);

    if (rc != S_OK)
        return rc;
    if (!o)
        return not_found(c, "DHCP option is not set");
    out_text(c, "encoding", node_get(o, "encoding"));
    ret_str(c, node_get(o, "value"));
    return S_OK;
}

static uint32_t remove_option(struct call *c)
{
    uint32_t rc;
    struct node *o = option_node(c, false, &rc);

    if (rc != S_OK)
        return rc;
    if (!o)
        return not_found(c, "DHCP option is not set");
    node_remove(o);
    save_global();
    return S_OK;
}

static uint32_t remove_all(struct call *c)
{
    uint32_t rc;
    struct node *n = node_write(c, false, &rc);

    while (n && node_child(n, "Option", NULL))
        node_remove(node_child(n, "Option", NULL));
    if (n)
        save_global();
    return rc;
}

static uint32_t get_all(struct call *c)
{
    uint32_t rc;
    struct node *n = node_read(c, &rc);

    for (size_t i = 0; n && i < n->n; i++) {
        if (strcmp(n->children[i]->tag, "Option") != 0)
            continue;
        out_add_text(c, "options", n->children[i]->id);
        out_add_text(c, "encodings", node_get(n->children[i], "encoding"));
        ret_add_text(c, node_get(n->children[i], "value"));
    }
    return rc;
}

static uint32_t remove_config(struct call *c)
{
    uint32_t rc;
    struct node *n = node_read(c, &rc);

    if (!n)
        return rc;
    if (!n->tag || strcmp(n->tag, "IndividualConfig") != 0)
        return fail(c, E_ACCESSDENIED, "Cannot delete the global configuration");
    node_remove(n);
    save_global();
    return S_OK;
}

const struct member dhcp_members[] = {
    {"IDHCPServer.globalConfig", get_global},
    {"IDHCPServer.individualConfigs", get_individual},
    {"IDHCPServer.groupConfigs", get_groups},
    {"IDHCPServer.getConfig", get_config},
    {"IDHCPConfig.scope", get_fact},
    {"IDHCPConfig.setOption", set_option},
    {"IDHCPConfig.getOption", get_option},
    {"IDHCPConfig.removeOption", remove_option},
    {"IDHCPConfig.removeAllOptions", remove_all},
    {"IDHCPConfig.getAllOptions", get_all},
    {"IDHCPConfig.remove", remove_config},
    {"IDHCPIndividualConfig.MACAddress", get_fact},
    {"IDHCPIndividualConfig.machineId", get_fact},
    {"IDHCPIndividualConfig.slot", get_fact},
    {NULL, NULL},
};
