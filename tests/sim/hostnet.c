/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Networks of the host: interfaces, host-only interfaces and networks, DHCP servers, NAT networks, cloud
 * networks. */
#include <arpa/inet.h>
#include <inttypes.h>
#include <stdio.h>

#include "model.h"

/* ---- interfaces: one bridged one that is always there, host-only ones that are made ---- */

static struct object *interface_object(const struct node *n)
{
    EB_AUTOFREE char *path = eb_asprintf("HostInterface#%s", n->id);

    return object_view("IHostNetworkInterface", VIEW_GLOBAL, NULL, NULL, NULL, path);
}

static struct node *add_interface(const char *name, const char *type, const char *ip, const char *mac)
{
    struct node *n = node_need(global, "HostInterface", name);
    EB_AUTOFREE char *network = eb_asprintf("HostInterfaceNetworking-%s", name);
    char id[37];

    /* the id begins with the name, as VirtualBox makes it */
    snprintf(id, sizeof(id), "%02x%02x%02x%02x-%02x%02x-4000-8000-0a0027000000", (unsigned char)name[0],
             (unsigned char)name[1], (unsigned char)(name[1] ? name[2] : 0),
             (unsigned char)(name[1] && name[2] ? name[3] : 0),
             (unsigned char)(strlen(name) > 4 ? name[4] : 0), (unsigned char)name[strlen(name) - 1]);
    node_set(n, "name", name);
    node_set(n, "uuid", id);
    node_set(n, "networkName", network);
    node_set(n, "type", type);
    node_set(n, "IPAddress", ip);
    node_set(n, "networkMask", *ip ? "255.255.255.0" : "");
    node_set(n, "hardwareAddress", mac);
    node_set(n, "status", "Up");
    return n;
}

/* "eth1 52:54:00:12:34:57 192.0.2.11 Up", as the option INTERFACES has them */
static void need_other(const char *text)
{
    char name[16] = "", mac[18] = "", ip[16] = "", status[8] = "Up";

    if (sscanf(text, "%15s %17s %15s %7s", name, mac, ip, status) < 2)
        return;
    node_set(add_interface(name, "Bridged", strcmp(ip, "-") == 0 ? "" : ip, mac), "status", status);
}

static void need_bridged(const struct call *c)
{
    EB_AUTOFREE char *others = option(c->client, "INTERFACES");
    char *rest = others, *one;

    if (!node_child(global, "HostInterface", "eth0"))
        add_interface("eth0", "Bridged", "192.0.2.10", "52:54:00:12:34:56");
    while (rest && (one = strsep(&rest, ";")))
        need_other(one);
}

static uint32_t list_interfaces(struct call *c, const char *type)
{
    need_bridged(c);
    for (size_t i = 0; i < global->n; i++)
        if (strcmp(global->children[i]->tag, "HostInterface") == 0 &&
            (!type || eb_streq(node_get(global->children[i], "type"), type)))
            ret_add_obj(c, interface_object(global->children[i]));
    return S_OK;
}

static uint32_t get_interfaces(struct call *c)
{
    return list_interfaces(c, NULL);
}

static uint32_t interfaces_of_type(struct call *c)
{
    EB_AUTOFREE char *type = eb_strdup(arg_enum(c, "type"));

    return list_interfaces(c, type);
}

static struct node *interface_by(const struct call *c, const char *prop, const char *value)
{
    need_bridged(c);
    for (size_t i = 0; i < global->n; i++)
        if (strcmp(global->children[i]->tag, "HostInterface") == 0 &&
            eb_streq(node_get(global->children[i], prop), value))
            return global->children[i];
    return NULL;
}

static uint32_t find_interface(struct call *c)
{
    bool by_id = arg_has(c, "id");
    const char *what = arg_str(c, by_id ? "id" : "name");
    const struct node *n;
    char id[37] = "";

    if (by_id)
        id_normal(what, id);
    n = interface_by(c, by_id ? "uuid" : "name", by_id ? id : what);
    if (!n)
        return fail(c, E_INVALIDARG, "The host network interface %s '%s' could not be found",
                    by_id ? "with the id" : "named", what);
    ret_obj(c, interface_object(n));
    return S_OK;
}

static void drop_interface(struct progress *p, bool cancelled)
{
    if (!cancelled && p->rc == S_OK)
        node_remove(node_child(global, "HostInterface", p->data));
    save_global();
}

static void undo_interface(struct progress *p, bool cancelled)
{
    if (cancelled || p->rc != S_OK)
        node_remove(node_child(global, "HostInterface", p->data));
    save_global();
}

static uint32_t create_interface(struct call *c)
{
    EB_AUTOFREE char *name = NULL, *ip = NULL, *mac = NULL, *network = NULL;
    struct progress *p;
    struct node *n;
    unsigned i = 0;

    do {
        free(EB_STEAL(name));
        name = eb_asprintf("vboxnet%u", i++);
    } while (node_child(global, "HostInterface", name));
    ip = eb_asprintf("192.168.%u.1", 55 + i);
    mac = eb_asprintf("0a:00:27:00:00:%02x", i - 1);
    network = eb_asprintf("HostInterfaceNetworking-%s", name);
    n = add_interface(name, "HostOnly", ip, mac);
    save_global();
    out_obj(c, "hostInterface", interface_object(n));
    p = progress_begin(c, "Creating host only network interface", false, undo_interface);
    p->data = eb_strdup(name);
    ret_obj(c, p->object);
    return S_OK;
}

static uint32_t remove_interface(struct call *c)
{
    char id[37];
    const struct node *n;
    struct progress *p;

    id_normal(arg_str(c, "id"), id);
    n = interface_by(c, "uuid", id);
    if (!n)
        return fail(c, VBOX_E_OBJECT_NOT_FOUND, "Host network interface with UUID {%s} does not exist", id);
    if (!eb_streq(node_get(n, "type"), "HostOnly"))
        return fail(c, E_INVALIDARG, "'%s' is no host only interface", n->id);
    p = progress_begin(c, "Removing host network interface", false, drop_interface);
    p->data = eb_strdup(n->id);
    out_obj(c, "hostInterface", interface_object(n));
    ret_obj(c, p->object);
    return S_OK;
}

static uint32_t interface_id(struct call *c)
{
    uint32_t rc;
    struct node *n = node_read(c, &rc);

    if (n)
        ret_str(c, node_get(n, "uuid"));
    return rc;
}

static uint32_t interface_text(struct call *c)
{
    static const char *const initial[][2] = {{"mediumType", "Ethernet"}, {"status", "Up"},
                                             {"DHCPEnabled", "0"},       {"dhcpEnabled", "0"},
                                             {"IPV6Supported", "1"},     {"IPV6NetworkMaskPrefixLength", "0"},
                                             {"wireless", "0"}};
    uint32_t rc;
    struct node *n = node_read(c, &rc);
    const char *v = n ? node_get(n, c->slot->name) : NULL;

    for (size_t i = 0; n && !v && i < EB_ARRAY_SIZE(initial); i++)
        if (eb_streq(initial[i][0], c->slot->name))
            v = initial[i][1];
    if (n)
        ret_text(c, v ? v : "");
    return rc;
}

static uint32_t interface_type(struct call *c)
{
    uint32_t rc;
    struct node *n = node_read(c, &rc);

    if (n)
        ret_text(c, node_get_or(n, "type", "Bridged"));
    return rc;
}

static uint32_t short_name(struct call *c)
{
    uint32_t rc;
    struct node *n = node_read(c, &rc);

    if (n)
        ret_str(c, n->id);
    return rc;
}

static uint32_t set_static(struct call *c)
{
    uint32_t rc;
    struct node *n = node_read(c, &rc);
    struct in_addr addr;

    if (!n)
        return rc;
    if (*arg_str(c, "IPAddress") && inet_pton(AF_INET, arg_str(c, "IPAddress"), &addr) != 1)
        return fail(c, E_INVALIDARG, "Invalid IP address '%s'", arg_str(c, "IPAddress"));
    node_set(n, "IPAddress", arg_str(c, "IPAddress"));
    node_set(n, "networkMask", *arg_str(c, "networkMask") ? arg_str(c, "networkMask") : "255.255.255.0");
    node_set(n, "DHCPEnabled", "0");
    node_set(n, "dhcpEnabled", "0");
    save_global();
    return S_OK;
}

static uint32_t set_static_v6(struct call *c)
{
    uint32_t rc;
    struct node *n = node_read(c, &rc);

    if (!n)
        return rc;
    node_set(n, "IPV6Address", arg_str(c, "IPV6Address"));
    node_set_num(n, "IPV6NetworkMaskPrefixLength", arg_num(c, "IPV6NetworkMaskPrefixLength"));
    save_global();
    return S_OK;
}

static uint32_t set_dynamic(struct call *c)
{
    uint32_t rc;
    struct node *n = node_read(c, &rc);

    if (n) {
        node_set(n, "DHCPEnabled", "1");
        node_set(n, "dhcpEnabled", "1");
        save_global();
    }
    return rc;
}

static uint32_t dhcp_rediscover(struct call *c)
{
    uint32_t rc;

    node_read(c, &rc);
    return rc;
}

/* ---- things with a name: DHCP servers, NAT networks, host-only networks, cloud networks ---- */

static uint32_t list_named(struct call *c, const char *tag, const char *iface)
{
    for (size_t i = 0; i < global->n; i++) {
        EB_AUTOFREE char *path = eb_asprintf("%s#%s", tag, global->children[i]->id);

        if (strcmp(global->children[i]->tag, tag) == 0)
            ret_add_obj(c, object_view(iface, VIEW_GLOBAL, NULL, NULL, NULL, path));
    }
    return S_OK;
}

static struct object *named_object(const char *tag, const char *iface, const char *name)
{
    EB_AUTOFREE char *path = eb_asprintf("%s#%s", tag, name);

    return object_view(iface, VIEW_GLOBAL, NULL, NULL, NULL, path);
}

static struct node *create_named(struct call *c, const char *tag, const char *iface, const char *name,
                                 const char *what, uint32_t *rc)
{
    struct node *n;

    *rc = S_OK;
    if (!*name)
        *rc = fail(c, E_INVALIDARG, "The %s's name must not be empty", what);
    else if (node_child(global, tag, name))
        *rc = fail(c, E_INVALIDARG, "%s '%s' already exists", what, name);
    if (*rc != S_OK)
        return NULL;
    n = node_need(global, tag, name);
    node_set(n, "networkName", name);
    save_global();
    ret_obj(c, named_object(tag, iface, name));
    return n;
}

static uint32_t find_named(struct call *c, const char *tag, const char *iface, const char *name,
                           uint32_t code)
{
    if (!node_child(global, tag, name))
        return fail(c, code, "No %s with the name '%s'", tag, name);
    ret_obj(c, named_object(tag, iface, name));
    return S_OK;
}

static uint32_t remove_named(struct call *c, const char *tag, const char *argument)
{
    struct object *o = arg_obj(c, argument);
    struct node *n =
        o && o->path && eb_starts_with(o->path, tag) ? node_follow(global, o->path, false) : NULL;

    if (!n)
        return fail(c, E_INVALIDARG, "Invalid %s", tag);
    node_remove(n);
    save_global();
    return S_OK;
}

static uint32_t dhcp_servers(struct call *c)
{
    return list_named(c, "DHCPServer", "IDHCPServer");
}

static uint32_t create_dhcp(struct call *c)
{
    uint32_t rc;

    create_named(c, "DHCPServer", "IDHCPServer", arg_str(c, "name"), "DHCP server", &rc);
    return rc;
}

static uint32_t find_dhcp(struct call *c)
{
    return find_named(c, "DHCPServer", "IDHCPServer", arg_str(c, "name"), E_INVALIDARG);
}

static uint32_t remove_dhcp(struct call *c)
{
    return remove_named(c, "DHCPServer", "server");
}

static uint32_t configure_dhcp(struct call *c)
{
    static const char *const args[][2] = {{"IPAddress", "IPAddress"},
                                          {"networkMask", "networkMask"},
                                          {"FromIPAddress", "lowerIP"},
                                          {"ToIPAddress", "upperIP"}};
    uint32_t rc;
    struct node *n = node_read(c, &rc);
    struct in_addr addr;

    for (size_t i = 0; n && i < EB_ARRAY_SIZE(args); i++)
        if (inet_pton(AF_INET, arg_str(c, args[i][0]), &addr) != 1)
            return fail(c, E_INVALIDARG, "Invalid IPv4 address '%s' for %s", arg_str(c, args[i][0]),
                        args[i][0]);
    for (size_t i = 0; n && i < EB_ARRAY_SIZE(args); i++)
        node_set(n, args[i][1], arg_str(c, args[i][0]));
    if (n)
        save_global();
    return rc;
}

static uint32_t start_server(struct call *c)
{
    uint32_t rc;
    struct node *n = node_read(c, &rc);
    bool start = eb_streq(c->slot->name, "start");

    if (n && eb_streq(c->self->iface->name, "INATNetwork"))
        event_fire("vbox", "OnNATNetworkStartStop", "networkName", node_get_or(n, "networkName", ""),
                   "startEvent", start ? "1" : "0", NULL);
    return rc;
}

static uint32_t find_lease(struct call *c)
{
    return fail(c, VBOX_E_OBJECT_NOT_FOUND, "Could not find a lease for %s", arg_str(c, "mac"));
}

static uint32_t nat_networks(struct call *c)
{
    return list_named(c, "NATNetwork", "INATNetwork");
}

static uint32_t create_nat(struct call *c)
{
    uint32_t rc;
    const char *name = arg_str(c, "networkName");

    /* a second one of the name is no error */
    if (node_child(global, "NATNetwork", name)) {
        ret_obj(c, named_object("NATNetwork", "INATNetwork", name));
        return S_OK;
    }
    if (create_named(c, "NATNetwork", "INATNetwork", name, "NAT network", &rc))
        event_fire("vbox", "OnNATNetworkCreationDeletion", "networkName", name, "creationEvent", "1", NULL);
    return rc;
}

static uint32_t find_nat(struct call *c)
{
    return find_named(c, "NATNetwork", "INATNetwork", arg_str(c, "networkName"), E_INVALIDARG);
}

static uint32_t remove_nat(struct call *c)
{
    struct object *o = arg_obj(c, "network");
    EB_AUTOFREE char *name = o && o->path ? eb_strdup(strchr(o->path, '#') + 1) : eb_strdup("");
    uint32_t rc = remove_named(c, "NATNetwork", "network");

    if (rc == S_OK)
        event_fire("vbox", "OnNATNetworkCreationDeletion", "networkName", name, "creationEvent", "0", NULL);
    return rc;
}

static uint32_t get_nat_network(struct call *c)
{
    uint32_t rc;
    struct node *n = node_read(c, &rc);

    if (n)
        ret_str(c, node_get_or(n, "network", "10.0.2.0/24"));
    return rc;
}

/* The gateway is the network's first address. */
static uint32_t set_nat_network(struct call *c)
{
    EB_AUTOFREE char *copy = eb_strdup(c->in[0].str), *gateway = NULL;
    char *slash = strchr(copy, '/');
    struct in_addr addr;
    uint32_t rc;
    struct node *n = node_read(c, &rc);

    if (!n)
        return rc;
    if (slash)
        *slash = '\0';
    if (!slash || inet_pton(AF_INET, copy, &addr) != 1)
        return fail(c, E_FAIL, "%s is not a valid IPv4 CIDR notation", c->in[0].str);
    addr.s_addr = htonl(ntohl(addr.s_addr) + 1);
    gateway = eb_strdup(inet_ntoa(addr));
    node_set(n, "network", c->in[0].str);
    node_set(n, "gateway", gateway);
    save_global();
    return S_OK;
}

static uint32_t add_rule(struct call *c)
{
    EB_AUTOFREE char *proto = eb_strdup(arg_enum(c, "proto"));
    const char *tag = arg_bool(c, "isIpv6") ? "Rule6" : "Rule4", *name = arg_str(c, "ruleName");
    EB_AUTOFREE char *rule = eb_asprintf(
        "%s:%s:[%s]:%" PRId64 ":[%s]:%" PRId64, name, eb_streq(proto, "UDP") ? "udp" : "tcp",
        arg_str(c, "hostIP"), arg_num(c, "hostPort"), arg_str(c, "guestIP"), arg_num(c, "guestPort"));
    uint32_t rc;
    struct node *n = node_read(c, &rc);

    if (!n)
        return rc;
    if (!*name || node_child(n, tag, name))
        return fail(c, E_INVALIDARG, "A NAT rule of this name already exists");
    node_set(node_need(n, tag, name), "rule", rule);
    save_global();
    return S_OK;
}

static uint32_t remove_rule(struct call *c)
{
    const char *tag = arg_bool(c, "isIpv6") ? "Rule6" : "Rule4";
    uint32_t rc;
    struct node *n = node_read(c, &rc);

    if (n && !node_child(n, tag, arg_str(c, "ruleName")))
        return fail(c, E_INVALIDARG, "No NAT rule with the name '%s'", arg_str(c, "ruleName"));
    if (n) {
        node_remove(node_child(n, tag, arg_str(c, "ruleName")));
        save_global();
    }
    return rc;
}

static uint32_t get_rules(struct call *c)
{
    const char *tag = eb_streq(c->slot->name, "portForwardRules6") ? "Rule6" : "Rule4";
    uint32_t rc;
    struct node *n = node_read(c, &rc);

    for (size_t i = 0; n && i < n->n; i++)
        if (strcmp(n->children[i]->tag, tag) == 0)
            ret_add_text(c, node_get(n->children[i], "rule"));
    return rc;
}

/* VirtualBox 7.2 declares these alone. */
static uint32_t not_there(struct call *c EB_UNUSED)
{
    return E_NOTIMPL;
}

static uint32_t add_mapping(struct call *c)
{
    EB_AUTOFREE char *text = eb_asprintf("%s=%" PRId64, arg_str(c, "hostid"), arg_num(c, "offset"));
    uint32_t rc;
    struct node *n = node_read(c, &rc);

    if (n) {
        node_set(node_need(n, "Mapping", arg_str(c, "hostid")), "text", text);
        save_global();
    }
    return rc;
}

static uint32_t get_mappings(struct call *c)
{
    uint32_t rc;
    struct node *n = node_read(c, &rc);

    for (size_t i = 0; n && i < n->n; i++)
        if (strcmp(n->children[i]->tag, "Mapping") == 0)
            ret_add_text(c, node_get(n->children[i], "text"));
    return rc;
}

static uint32_t own_events(struct call *c)
{
    ret_obj(c, event_source_object("vbox"));
    return S_OK;
}

/* VirtualBox has them on macOS; here only for who asks for them (HOSTONLY_NETWORKS=1). */
static bool has_host_only_networks(const struct call *c)
{
    EB_AUTOFREE char *v = option(c->client, "HOSTONLY_NETWORKS");

    return v && *v == '1';
}

static uint32_t host_only_networks(struct call *c)
{
    if (!has_host_only_networks(c))
        return E_NOTIMPL;
    return list_named(c, "HostOnlyNetwork", "IHostOnlyNetwork");
}

static uint32_t create_host_only(struct call *c)
{
    EB_AUTOFREE char *id = id_new();
    uint32_t rc;
    struct node *n;

    if (!has_host_only_networks(c))
        return E_NOTIMPL;
    n = create_named(c, "HostOnlyNetwork", "IHostOnlyNetwork", arg_str(c, "networkName"), "Host-only network",
                     &rc);

    if (n)
        node_set(n, "uuid", id);
    save_global();
    return rc;
}

static uint32_t find_host_only(struct call *c)
{
    char id[37];

    if (!has_host_only_networks(c))
        return E_NOTIMPL;
    if (arg_has(c, "networkName"))
        return find_named(c, "HostOnlyNetwork", "IHostOnlyNetwork", arg_str(c, "networkName"),
                          VBOX_E_OBJECT_NOT_FOUND);
    id_normal(arg_str(c, "id"), id);
    for (size_t i = 0; i < global->n; i++)
        if (strcmp(global->children[i]->tag, "HostOnlyNetwork") == 0 &&
            eb_streq(node_get(global->children[i], "uuid"), id))
            return find_named(c, "HostOnlyNetwork", "IHostOnlyNetwork", global->children[i]->id,
                              VBOX_E_OBJECT_NOT_FOUND);
    return not_found(c, "Could not find a host-only network with UUID {%s}", id);
}

static uint32_t remove_host_only(struct call *c)
{
    return remove_named(c, "HostOnlyNetwork", "network");
}

static uint32_t cloud_networks(struct call *c)
{
    return list_named(c, "CloudNetwork", "ICloudNetwork");
}

static uint32_t create_cloud(struct call *c)
{
    uint32_t rc;

    create_named(c, "CloudNetwork", "ICloudNetwork", arg_str(c, "networkName"), "Cloud network", &rc);
    return rc;
}

static uint32_t find_cloud(struct call *c)
{
    return find_named(c, "CloudNetwork", "ICloudNetwork", arg_str(c, "networkName"), VBOX_E_OBJECT_NOT_FOUND);
}

static uint32_t remove_cloud(struct call *c)
{
    return remove_named(c, "CloudNetwork", "network");
}

/* What has a name as its key changes it there. */
static uint32_t set_name(struct call *c)
{
    const char *name = c->in[0].str;
    uint32_t rc;
    struct node *n = node_read(c, &rc);
    EB_AUTOFREE char *tag = n ? eb_strdup(n->tag) : NULL;

    if (!n)
        return rc;
    if (!*name || node_child(global, tag, name))
        return fail(c, E_INVALIDARG, "Invalid network name '%s'", name);
    eb_replace_string(&n->id, name);
    node_set(n, "networkName", name);
    free(c->self->path);
    c->self->path = eb_asprintf("%s#%s", tag, name);
    save_global();
    return S_OK;
}

const struct member hostnet_members[] = {
    {"IHost.networkInterfaces", get_interfaces},
    {"IHost.findHostNetworkInterfacesOfType", interfaces_of_type},
    {"IHost.findHostNetworkInterfaceByName", find_interface},
    {"IHost.findHostNetworkInterfaceById", find_interface},
    {"IHost.createHostOnlyNetworkInterface", create_interface},
    {"IHost.removeHostOnlyNetworkInterface", remove_interface},
    {"IHostNetworkInterface.id", interface_id},
    {"IHostNetworkInterface.name", short_name},
    {"IHostNetworkInterface.shortName", short_name},
    {"IHostNetworkInterface.networkName", interface_text},
    {"IHostNetworkInterface.DHCPEnabled", interface_text},
    {"IHostNetworkInterface.IPAddress", interface_text},
    {"IHostNetworkInterface.networkMask", interface_text},
    {"IHostNetworkInterface.IPV6Supported", interface_text},
    {"IHostNetworkInterface.IPV6Address", interface_text},
    {"IHostNetworkInterface.IPV6NetworkMask", interface_text},
    {"IHostNetworkInterface.IPV6NetworkMaskPrefixLength", interface_text},
    {"IHostNetworkInterface.hardwareAddress", interface_text},
    {"IHostNetworkInterface.mediumType", interface_text},
    {"IHostNetworkInterface.status", interface_text},
    {"IHostNetworkInterface.interfaceType", interface_type},
    {"IHostNetworkInterface.wireless", interface_text},
    {"IHostNetworkInterface.enableStaticIPConfig", set_static},
    {"IHostNetworkInterface.enableStaticIPConfigV6", set_static_v6},
    {"IHostNetworkInterface.enableDynamicIPConfig", set_dynamic},
    {"IHostNetworkInterface.DHCPRediscover", dhcp_rediscover},
    {"IVirtualBox.DHCPServers", dhcp_servers},
    {"IVirtualBox.createDHCPServer", create_dhcp},
    {"IVirtualBox.findDHCPServerByNetworkName", find_dhcp},
    {"IVirtualBox.removeDHCPServer", remove_dhcp},
    {"IDHCPServer.setConfiguration", configure_dhcp},
    {"IDHCPServer.start", start_server},
    {"IDHCPServer.stop", start_server},
    {"IDHCPServer.restart", start_server},
    {"IDHCPServer.findLeaseByMAC", find_lease},
    {"IDHCPServer.eventSource", own_events},
    {"IVirtualBox.NATNetworks", nat_networks},
    {"IVirtualBox.createNATNetwork", create_nat},
    {"IVirtualBox.findNATNetworkByName", find_nat},
    {"IVirtualBox.removeNATNetwork", remove_nat},
    {"INATNetwork.networkName=", set_name},
    {"INATNetwork.network", get_nat_network},
    {"INATNetwork.network=", set_nat_network},
    {"INATNetwork.natMTU", not_there},
    {"INATNetwork.natMTU=", not_there},
    {"INATNetwork.natMRU", not_there},
    {"INATNetwork.natMRU=", not_there},
    {"INATNetwork.addPortForwardRule", add_rule},
    {"INATNetwork.removePortForwardRule", remove_rule},
    {"INATNetwork.portForwardRules4", get_rules},
    {"INATNetwork.portForwardRules6", get_rules},
    {"INATNetwork.addLocalMapping", add_mapping},
    {"INATNetwork.localMappings", get_mappings},
    {"INATNetwork.eventSource", own_events},
    {"INATNetwork.start", start_server},
    {"INATNetwork.stop", start_server},
    {"IVirtualBox.hostOnlyNetworks", host_only_networks},
    {"IVirtualBox.createHostOnlyNetwork", create_host_only},
    {"IVirtualBox.findHostOnlyNetworkByName", find_host_only},
    {"IVirtualBox.findHostOnlyNetworkById", find_host_only},
    {"IVirtualBox.removeHostOnlyNetwork", remove_host_only},
    {"IHostOnlyNetwork.networkName=", set_name},
    {"IHostOnlyNetwork.id", interface_id},
    {"IVirtualBox.cloudNetworks", cloud_networks},
    {"IVirtualBox.createCloudNetwork", create_cloud},
    {"IVirtualBox.findCloudNetworkByName", find_cloud},
    {"IVirtualBox.removeCloudNetwork", remove_cloud},
    {"ICloudNetwork.networkName=", set_name},
    {NULL, NULL},
};
