/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The host's network interfaces: VirtualBox lists those that a machine can be bridged to; what kind each is,
 * and what belongs to it, the kernel tells.
 */
#include "vbox/hostdev.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <stdio.h>
#include <strings.h>
#include <unistd.h>

#include "base/strbuf.h"

#define SYS_NET "/sys/class/net"

enum { XML_INACTIVE = 1 << 0 /* VIR_INTERFACE_XML_INACTIVE */ };

static void clear(struct vbox_iface *i)
{
    free(i->name);
    free(i->mac);
    free(i->ip);
    free(i->mask);
    free(i->ip6);
}

void vbox_ifaces_free(struct vbox_iface *ifaces, size_t n)
{
    for (size_t i = 0; i < n; i++)
        clear(&ifaces[i]);
    free(ifaces);
}

/* ---- What VirtualBox tells ---- */

/* Of addresses, "" and all zeros stand for none. */
static void drop_zero(char **text)
{
    if (*text && strspn(*text, "0.:") == strlen(*text))
        free(EB_STEAL(*text));
}

static void lower(char *text)
{
    for (; text && *text; text++)
        if (*text >= 'A' && *text <= 'Z')
            *text = (char)(*text - 'A' + 'a');
}

static int read_addresses(struct vb *vb, IHostNetworkInterface *net, struct vbox_iface *out, eb_error *err)
{
    uint32_t prefix = 0;

    if (IHostNetworkInterface_get_IPAddress(vb, net, &out->ip, err) < 0 ||
        IHostNetworkInterface_get_networkMask(vb, net, &out->mask, err) < 0 ||
        IHostNetworkInterface_get_IPV6Address(vb, net, &out->ip6, err) < 0 ||
        IHostNetworkInterface_get_IPV6NetworkMaskPrefixLength(vb, net, &prefix, err) < 0 ||
        IHostNetworkInterface_get_hardwareAddress(vb, net, &out->mac, err) < 0 ||
        IHostNetworkInterface_get_DHCPEnabled(vb, net, &out->dhcp, err) < 0)
        return -1;
    out->prefix6 = prefix;
    drop_zero(&out->ip);
    drop_zero(&out->mask);
    drop_zero(&out->ip6);
    drop_zero(&out->mac);
    lower(out->mac);
    return 0;
}

static int read_one(struct vb *vb, IHostNetworkInterface *net, struct vbox_iface *out, eb_error *err)
{
    enum vb_HostNetworkInterfaceType type = HostNetworkInterfaceType_Bridged;

    if ((vb_has(vb, VB_IHostNetworkInterface_get_shortName)
             ? IHostNetworkInterface_get_shortName(vb, net, &out->name, err)
             : IHostNetworkInterface_get_name(vb, net, &out->name, err)) < 0 ||
        IHostNetworkInterface_get_interfaceType(vb, net, &type, err) < 0 ||
        IHostNetworkInterface_get_status(vb, net, &out->status, err) < 0 ||
        (vb_has(vb, VB_IHostNetworkInterface_get_wireless) &&
         IHostNetworkInterface_get_wireless(vb, net, &out->wireless, err) < 0))
        return -1;
    out->bridged = type == HostNetworkInterfaceType_Bridged;
    return read_addresses(vb, net, out, err);
}

int vbox_ifaces_read(struct vbox_conn *c, IVirtualBox *vbox, struct vbox_iface **out, eb_error *err)
{
    VB_AUTO(IHost) host = NULL;
    IHostNetworkInterface **list = NULL;
    size_t n_list = 0, n = 0;
    int result;

    *out = NULL;
    if (IVirtualBox_get_host(c->vb, vbox, &host, err) < 0 ||
        IHost_get_networkInterfaces(c->vb, host, &n_list, &list, err) < 0)
        return -1;
    result = 0;
    for (size_t i = 0; i < n_list && result == 0; i++) {
        struct vbox_iface *iface = EB_APPEND(*out, n);

        *iface = (struct vbox_iface){0};
        result = read_one(c->vb, list[i], iface, err);
    }
    vb_objects_free(n_list, list);
    if (result == 0)
        return (int)n;
    vbox_ifaces_free(*out, n);
    *out = NULL;
    return -1;
}

/* ---- What the kernel tells ---- */

/* NULL when there is no such file. */
static char *sys_read(const char *iface, const char *file)
{
    EB_AUTOFREE char *path = eb_asprintf(SYS_NET "/%s/%s", iface, file);
    char *text = NULL;
    size_t n;

    if (strchr(iface, '/') || eb_read_file(path, 4096, &text, &n) < 0)
        return NULL;
    text[strcspn(text, "\n")] = '\0';
    return text;
}

static bool sys_has(const char *iface, const char *file)
{
    EB_AUTOFREE char *path = eb_asprintf(SYS_NET "/%s/%s", iface, file);

    return !strchr(iface, '/') && access(path, F_OK) == 0;
}

void vbox_iface_add_link(struct eb_strbuf *b, const struct vbox_iface *iface)
{
    EB_AUTOFREE char *text = sys_read(iface->name, "speed");
    uint64_t speed = 0;
    bool known = text && eb_parse_u64(text, UINT32_MAX, &speed) && speed != 0;

    if (!known && iface->status == HostNetworkInterfaceStatus_Unknown)
        return;
    eb_strbuf_indent(b);
    eb_strbuf_add(b, "<link");
    if (known)
        eb_strbuf_printf(b, " speed='%llu'", (unsigned long long)speed);
    if (iface->status != HostNetworkInterfaceStatus_Unknown)
        eb_strbuf_attr(b, "state", iface->status == HostNetworkInterfaceStatus_Up ? "up" : "down");
    eb_strbuf_add(b, "/>\n");
}

static void add_member(struct eb_strbuf *b, const char *name)
{
    eb_strbuf_indent(b);
    eb_strbuf_add(b, "<interface type='ethernet'");
    eb_strbuf_attr(b, "name", name);
    eb_strbuf_add(b, "/>\n");
}

static void add_bridge(struct eb_strbuf *b, const char *name)
{
    EB_AUTOFREE char *folder = eb_asprintf(SYS_NET "/%s/brif", name);
    EB_AUTOFREE char *stp = sys_read(name, "bridge/stp_state");
    struct dirent **entries = NULL;
    int n = scandir(folder, &entries, NULL, alphasort);

    eb_strbuf_line(b, "<bridge stp='%s'>", stp && strcmp(stp, "0") != 0 ? "on" : "off");
    b->indent += 2;
    for (int i = 0; i < n; i++) {
        if (entries[i]->d_name[0] != '.')
            add_member(b, entries[i]->d_name);
        free(entries[i]);
    }
    free(entries);
    b->indent -= 2;
    eb_strbuf_line(b, "</bridge>");
}

static void add_bond(struct eb_strbuf *b, const char *name)
{
    EB_AUTOFREE char *members = sys_read(name, "bonding/slaves");
    EB_AUTOFREE char *mode = sys_read(name, "bonding/mode");
    char *rest = NULL;

    if (mode)
        mode[strcspn(mode, " ")] = '\0';
    eb_strbuf_indent(b);
    eb_strbuf_add(b, "<bond");
    eb_strbuf_attr(b, "mode", mode);
    eb_strbuf_add(b, ">\n");
    b->indent += 2;
    for (char *one = members ? strtok_r(members, " ", &rest) : NULL; one; one = strtok_r(NULL, " ", &rest))
        add_member(b, one);
    b->indent -= 2;
    eb_strbuf_line(b, "</bond>");
}

/* "eth0.42  VID: 42 …" and "Device: eth0"; false for what is no VLAN. */
static bool read_vlan(const char *name, unsigned *tag, char device[32])
{
    EB_AUTOFREE char *path = eb_asprintf("/proc/net/vlan/%s", name);
    EB_AUTOFREE char *text = NULL;
    const char *id, *below;
    size_t n;

    if (strchr(name, '/') || eb_read_file(path, 1 << 16, &text, &n) < 0)
        return false;
    id = strstr(text, "VID: ");
    below = strstr(text, "Device: ");
    return id && below && sscanf(id, "VID: %u", tag) == 1 && sscanf(below, "Device: %31s", device) == 1;
}

/* ---- As a definition ---- */

static unsigned prefix_of(const char *mask)
{
    struct in_addr address;
    unsigned n = 0;

    if (!mask || inet_pton(AF_INET, mask, &address) != 1)
        return 32;
    for (uint32_t bits = ntohl(address.s_addr); bits & 0x80000000u; bits <<= 1)
        n++;
    return n;
}

static void add_protocol(struct eb_strbuf *b, const char *family, bool dhcp, const char *address,
                         unsigned prefix)
{
    if (!address && !dhcp)
        return;
    eb_strbuf_line(b, "<protocol family='%s'>", family);
    if (dhcp)
        eb_strbuf_line(b, "  <dhcp/>");
    if (address) {
        eb_strbuf_indent(b);
        eb_strbuf_add(b, "  <ip");
        eb_strbuf_attr(b, "address", address);
        eb_strbuf_printf(b, " prefix='%u'/>\n", prefix);
    }
    eb_strbuf_line(b, "</protocol>");
}

static void add_mtu(struct eb_strbuf *b, const char *name)
{
    EB_AUTOFREE char *text = sys_read(name, "mtu");
    uint64_t mtu;

    if (text && eb_parse_u64(text, UINT32_MAX, &mtu))
        eb_strbuf_line(b, "<mtu size='%llu'/>", (unsigned long long)mtu);
}

static char *xml_of(const struct vbox_iface *i)
{
    EB_AUTOSTRBUF struct eb_strbuf b = {0};
    char device[32] = "";
    unsigned tag = 0;
    bool vlan = read_vlan(i->name, &tag, device), bridge = sys_has(i->name, "bridge"),
         bond = sys_has(i->name, "bonding");

    eb_strbuf_printf(&b, "<interface type='%s'",
                     vlan     ? "vlan"
                     : bridge ? "bridge"
                     : bond   ? "bond"
                              : "ethernet");
    eb_strbuf_attr(&b, "name", i->name);
    eb_strbuf_add(&b, ">\n");
    b.indent = 2;
    add_mtu(&b, i->name);
    add_protocol(&b, "ipv4", i->dhcp, i->ip, prefix_of(i->mask));
    add_protocol(&b, "ipv6", false, i->ip6, i->prefix6);
    if (vlan)
        eb_strbuf_line(&b, "<vlan tag='%u'><interface name='%s'/></vlan>", tag, device);
    else if (bridge)
        add_bridge(&b, i->name);
    else if (bond)
        add_bond(&b, i->name);
    else
        vbox_iface_add_link(&b, i);
    if (i->mac && !bridge && !bond && !vlan) {
        eb_strbuf_indent(&b);
        eb_strbuf_add(&b, "<mac");
        eb_strbuf_attr(&b, "address", i->mac);
        eb_strbuf_add(&b, "/>\n");
    }
    b.indent = 0;
    eb_strbuf_line(&b, "</interface>");
    return eb_strbuf_steal(&b);
}

/* ---- The operations ---- */

static void give_key(const struct vbox_iface *iface, struct eb_object_key *out)
{
    *out = (struct eb_object_key){.name = eb_strdup(iface->name),
                                  .also = eb_strdup(iface->mac ? iface->mac : "")};
}

static int begin(eb_conn *conn, struct vbox_iface **out, eb_error *err)
{
    struct vbox_conn *c = vbox_conn_of(conn);
    VB_AUTO(IVirtualBox) vbox = NULL;

    return vbox_begin(c, &vbox, err) < 0 ? -1 : vbox_ifaces_read(c, vbox, out, err);
}

static int list(eb_conn *conn, const struct eb_object_key *in EB_UNUSED, struct eb_object_summary **out,
                eb_error *err)
{
    struct vbox_iface *ifaces;
    int n = begin(conn, &ifaces, err);
    size_t n_out = 0;

    *out = NULL;
    if (n < 0)
        return -1;
    for (int i = 0; i < n; i++) {
        struct eb_object_summary *s;

        if (!ifaces[i].bridged)
            continue;
        s = EB_APPEND(*out, n_out);
        *s = (struct eb_object_summary){.active = ifaces[i].status == HostNetworkInterfaceStatus_Up,
                                        .persistent = true};
        give_key(&ifaces[i], &s->key);
    }
    vbox_ifaces_free(ifaces, (size_t)n);
    return (int)n_out;
}

/* Takes the one with this name out of the list; *out is then the caller's. */
static int take(eb_conn *conn, const char *name, struct vbox_iface *out, eb_error *err)
{
    struct vbox_iface *ifaces;
    int n = begin(conn, &ifaces, err);
    bool found = false;

    if (n < 0)
        return -1;
    for (int i = 0; i < n && !found; i++) {
        found = ifaces[i].bridged && eb_streq(ifaces[i].name, name);
        if (found) {
            *out = ifaces[i];
            ifaces[i] = (struct vbox_iface){0};
        }
    }
    vbox_ifaces_free(ifaces, (size_t)n);
    return found ? 0 : eb_error_set(err, EB_ERR_NO_INTERFACE, "couldn't find interface named '%s'", name);
}

static int lookup_name(eb_conn *conn, const struct eb_object_key *in EB_UNUSED, const char *name,
                       struct eb_object_key *out, eb_error *err)
{
    struct vbox_iface iface EB_CLEANUP(clear) = {0};

    if (take(conn, name, &iface, err) < 0)
        return -1;
    give_key(&iface, out);
    return 0;
}

static int lookup_mac(eb_conn *conn, const char *mac, struct eb_object_key *out, eb_error *err)
{
    struct vbox_iface *ifaces;
    const struct vbox_iface *found = NULL;
    int n = begin(conn, &ifaces, err), matches = 0;

    if (n < 0)
        return -1;
    for (int i = 0; i < n; i++) {
        if (!ifaces[i].bridged || !ifaces[i].mac || strcasecmp(ifaces[i].mac, mac) != 0)
            continue;
        found = &ifaces[i];
        matches++;
    }
    if (matches == 1)
        give_key(found, out);
    vbox_ifaces_free(ifaces, (size_t)n);
    if (matches > 1)
        return eb_error_set(err, EB_ERR_MULTIPLE_INTERFACES,
                            "the MAC address '%s' matches multiple interfaces", mac);
    return matches == 1
               ? 0
               : eb_error_set(err, EB_ERR_NO_INTERFACE, "couldn't find interface with MAC address '%s'", mac);
}

static int is_active(eb_conn *conn, const struct eb_object_key *key, eb_error *err)
{
    struct vbox_iface iface EB_CLEANUP(clear) = {0};

    return take(conn, key->name, &iface, err) < 0 ? -1 : iface.status == HostNetworkInterfaceStatus_Up;
}

static int get_def(eb_conn *conn, const struct eb_object_key *key, unsigned flags, struct eb_object_def **out,
                   eb_error *err)
{
    struct vbox_iface iface EB_CLEANUP(clear) = {0};
    EB_AUTOFREE char *xml = NULL;

    if (eb_check_flags(flags, XML_INACTIVE, "virInterfaceGetXMLDesc", err) < 0 ||
        take(conn, key->name, &iface, err) < 0)
        return -1;
    xml = xml_of(&iface);
    return eb_object_def_parse(EB_OBJECT_IFACE, xml, out, err);
}

const struct eb_driver_object_ops vbox_iface_ops = {
    .list = list,
    .lookup_name = lookup_name,
    .is_active = is_active,
    .get_def = get_def,
};
const struct eb_driver_iface_ops vbox_iface_own_ops = {.lookup_mac = lookup_mac};
