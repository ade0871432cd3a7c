/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Networks: the operations, alike for all kinds. */
#include "vbox/network.h"

#include "model/network_update.h"
#include "vbox/event.h"

#include <pthread.h>
#include <sys/socket.h>

enum { XML_INACTIVE = 1 << 0 /* VIR_NETWORK_XML_INACTIVE */ };

/* Between reading the networks and changing one. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void unlock(pthread_mutex_t **held)
{
    pthread_mutex_unlock(*held);
}
static pthread_mutex_t *take_lock(void)
{
    pthread_mutex_lock(&lock);
    return &lock;
}
#define NETWORK_LOCKED __attribute__((cleanup(unlock), unused)) pthread_mutex_t *held = take_lock()

/* ---- Used by the kinds ---- */

int vbox_network_refuse(eb_error *err, const char *what, const char *why)
{
    return eb_error_set(err, EB_ERR_CONFIG_UNSUPPORTED, "%s is not supported by the VirtualBox driver%s%s",
                        what, why ? ": " : "", why ? why : "");
}

int vbox_network_ip(const struct eb_network_def *def, int family, const struct eb_network_ip **out,
                    eb_error *err)
{
    unsigned char bytes[16];

    *out = NULL;
    for (size_t i = 0; i < def->n_ips; i++) {
        if (eb_network_address(def->ips[i].address, bytes) != family)
            continue;
        if (*out)
            return vbox_network_refuse(err, "a second <ip> of one family", NULL);
        *out = &def->ips[i];
    }
    return 0;
}

struct eb_network_ip *vbox_network_add_ip(struct eb_network_def *def, const char *address,
                                          const char *netmask)
{
    struct eb_network_ip *ip = EB_APPEND(def->ips, def->n_ips);

    ip->address = eb_strdup(address);
    ip->netmask = eb_strdup(netmask);
    ip->prefix = -1;
    return ip;
}

/* ---- Finding ---- */

static int need(struct vbox_conn *c, IVirtualBox *vbox, const unsigned char *uuid, const char *name,
                struct vbox_network *out, eb_error *err)
{
    char id[EB_UUID_STRLEN + 1];

    if (vbox_network_find(c, vbox, uuid, name, out, err) < 0)
        return -1;
    if (out->name)
        return 0;
    if (!uuid)
        return eb_error_set(err, EB_ERR_NO_NETWORK, "no network with matching name '%s'", name);
    eb_uuid_format(uuid, id);
    return eb_error_set(err, EB_ERR_NO_NETWORK, "no network with matching uuid '%s'%s%s%s", id,
                        name ? " (" : "", name ? name : "", name ? ")" : "");
}

/* What each operation on one network begins with. */
static int begin(eb_conn *conn, const struct eb_object_key *key, IVirtualBox **vbox, struct vbox_network *out,
                 eb_error *err)
{
    struct vbox_conn *c = vbox_conn_of(conn);

    return vbox_begin(c, vbox, err) < 0 ? -1 : need(c, *vbox, key->uuid, key->name, out, err);
}

static void give_key(const struct vbox_network *net, struct eb_object_key *out)
{
    memset(out, 0, sizeof(*out));
    memcpy(out->uuid, net->uuid, sizeof(out->uuid));
    out->name = eb_strdup(net->name);
}

static int list(eb_conn *conn, const struct eb_object_key *in EB_UNUSED, struct eb_object_summary **out,
                eb_error *err)
{
    struct vbox_conn *c = vbox_conn_of(conn);
    struct vbox_network *nets = NULL;
    VB_AUTO(IVirtualBox) vbox = NULL;
    int n;

    if (vbox_begin(c, &vbox, err) < 0 || (n = vbox_networks_read(c, vbox, &nets, err)) < 0)
        return -1;
    *out = eb_calloc((size_t)n + 1, sizeof(**out));
    for (int i = 0; i < n; i++) {
        struct eb_object_summary *s = &(*out)[i];

        give_key(&nets[i], &s->key);
        s->active = nets[i].active;
        s->persistent = !nets[i].transient;
        s->autostart = nets[i].autostart;
    }
    vbox_networks_free(nets, (size_t)n);
    return n;
}

static int lookup(eb_conn *conn, const unsigned char *uuid, const char *name, struct eb_object_key *out,
                  eb_error *err)
{
    VBOX_AUTONETWORK struct vbox_network net = {0};
    VB_AUTO(IVirtualBox) vbox = NULL;
    struct vbox_conn *c = vbox_conn_of(conn);

    if (vbox_begin(c, &vbox, err) < 0 || need(c, vbox, uuid, name, &net, err) < 0)
        return -1;
    give_key(&net, out);
    return 0;
}

static int lookup_uuid(eb_conn *conn, eb_uuid uuid, struct eb_object_key *out, eb_error *err)
{
    return lookup(conn, uuid, NULL, out, err);
}

static int lookup_name(eb_conn *conn, const struct eb_object_key *in EB_UNUSED, const char *name,
                       struct eb_object_key *out, eb_error *err)
{
    return lookup(conn, NULL, name, out, err);
}

/* ---- What is known of one ---- */

#define ASK(fn, what)                                                                                        \
    static int fn(eb_conn *conn, const struct eb_object_key *key, eb_error *err)                             \
    {                                                                                                        \
        VBOX_AUTONETWORK struct vbox_network net = {0};                                                      \
        VB_AUTO(IVirtualBox) vbox = NULL;                                                                    \
        return begin(conn, key, &vbox, &net, err) < 0 ? -1 : (what);                                         \
    }
ASK(is_active, net.active)
ASK(is_persistent, !net.transient)
ASK(get_autostart, net.autostart)

static int def_of(struct vbox_conn *c, IVirtualBox *vbox, const struct vbox_network *net,
                  struct eb_network_def **out, eb_error *err)
{
    EB_AUTOOBJECT struct eb_object_def *base = NULL;

    if (net->noted)
        base = eb_object_def_copy(&net->noted->base);
    else if (eb_object_def_parse(EB_OBJECT_NETWORK, "<network><name>n</name></network>", &base, err) < 0)
        return -1;
    eb_replace_string(&base->name, net->name);
    memcpy(base->uuid, net->uuid, sizeof(base->uuid));
    base->has_uuid = true;
    if (vbox_network_ops_of(net->kind)->read(c, vbox, net, (struct eb_network_def *)base, err) < 0)
        return -1;
    *out = (struct eb_network_def *)EB_STEAL(base);
    return 0;
}

static int get_def(eb_conn *conn, const struct eb_object_key *key, unsigned flags, struct eb_object_def **out,
                   eb_error *err)
{
    VBOX_AUTONETWORK struct vbox_network net = {0};
    struct eb_network_def *def = NULL;
    VB_AUTO(IVirtualBox) vbox = NULL;

    /* what it is while active and what it will be are the same */
    if (eb_check_flags(flags, XML_INACTIVE, "virNetworkGetXMLDesc", err) < 0 ||
        begin(conn, key, &vbox, &net, err) < 0 || def_of(vbox_conn_of(conn), vbox, &net, &def, err) < 0)
        return -1;
    *out = &def->base;
    return 0;
}

/* ---- Checking ---- */

/* What libvirt writes for a network that says nothing about it. */
static bool is_usual(const struct eb_unmodelled *u)
{
    if (eb_streq(u->name, "title") || eb_streq(u->name, "description"))
        return true;
    return eb_streq(u->name, "nat") && u->xml && strstr(u->xml, "<port ") && strstr(u->xml, "1024") &&
           strstr(u->xml, "65535") && !strstr(u->xml, "<address");
}

static int check(struct vbox_conn *c, enum vbox_network_kind kind, const struct eb_network_def *def,
                 eb_error *err)
{
    const struct {
        bool said;
        const char *what;
    } refusals[] = {
        {def->trust_guest_rx_filters == EB_YES, "attribute 'trustGuestRxFilters' of <network>"},
        {def->bridge_zone != NULL, "attribute 'zone' of <bridge>"},
        {eb_streq(def->mac_table_manager, "libvirt"), "attribute 'macTableManager' of <bridge>"},
        {def->domain != NULL, "element <domain>"},
    };

    for (size_t i = 0; i < EB_ARRAY_SIZE(refusals); i++) {
        if (refusals[i].said)
            return vbox_network_refuse(err, refusals[i].what, NULL);
    }
    for (size_t i = 0; i < def->base.n_unmodelled; i++) {
        if (!is_usual(&def->base.unmodelled[i]))
            return vbox_network_refuse(err, def->base.unmodelled[i].what, NULL);
    }
    return vbox_network_ops_of(kind)->check(c, def, err);
}

/* Which of VirtualBox's networks a new one becomes. */
static int kind_of(struct vbox_conn *c, IVirtualBox *vbox, const struct eb_network_def *def,
                   enum vbox_network_kind *out, eb_error *err)
{
    EB_AUTOERROR eb_error none = EB_ERROR_INIT;
    IHostOnlyNetwork **networks = NULL;
    size_t n = 0;

    *out = def->forward == EB_FORWARD_NAT ? VBOX_NETWORK_NAT : VBOX_NETWORK_INTERFACE;
    if (def->forward != EB_FORWARD_NAT && def->forward != EB_FORWARD_NONE) {
        EB_AUTOFREE char *what =
            eb_asprintf("<forward mode='%s'>", eb_forward_mode_to_string((int)def->forward));

        return vbox_network_refuse(err, what, "only 'nat' is, and none");
    }
    /* VirtualBox answers where these work, and there interfaces do not */
    if (*out == VBOX_NETWORK_INTERFACE && vb_has(c->vb, VB_IVirtualBox_get_hostOnlyNetworks) &&
        IVirtualBox_get_hostOnlyNetworks(c->vb, vbox, &n, &networks, &none) == 0) {
        vb_objects_free(n, networks);
        *out = VBOX_NETWORK_HOST_ONLY;
    }
    return 0;
}

/* ---- Changes ---- */

static void tell(struct vbox_conn *c, const struct vbox_network *net, int event)
{
    struct eb_object_key key;

    give_key(net, &key);
    vbox_event_emit(c->vb,
                    eb_object_event_new(EB_OBJECT_NETWORK, &key, EB_NETWORK_EVENT_ID_LIFECYCLE, event));
    eb_object_key_clear(&key);
}

static void clear_ip(struct eb_network_ip *ip)
{
    for (size_t i = 0; i < ip->n_ranges; i++) {
        free(ip->ranges[i].start);
        free(ip->ranges[i].end);
    }
    for (size_t i = 0; i < ip->n_hosts; i++) {
        free(ip->hosts[i].mac);
        free(ip->hosts[i].id);
        free(ip->hosts[i].name);
        free(ip->hosts[i].ip);
    }
    free(ip->ranges);
    free(ip->hosts);
    free(ip->family);
    free(ip->address);
    free(ip->netmask);
}

/* What VirtualBox keeps need not be noted. */
static struct eb_network_def *to_note(const struct eb_network_def *def)
{
    struct eb_network_def *note = (struct eb_network_def *)eb_object_def_copy(&def->base);

    for (size_t i = 0; i < note->n_ips; i++)
        clear_ip(&note->ips[i]);
    free(EB_STEAL(note->ips));
    note->n_ips = 0;
    for (size_t i = 0; i < note->n_forwards; i++) {
        free(note->forwards[i].name);
        free(note->forwards[i].host_address);
        free(note->forwards[i].guest_address);
    }
    free(EB_STEAL(note->forwards));
    note->n_forwards = 0;
    note->ipv6_default_route = false;
    note->forward = EB_FORWARD_NONE;
    note->mtu = 0;
    note->delay = 0;
    note->stp_off = false;
    eb_replace_string(&note->mac, NULL);
    eb_replace_string(&note->bridge, NULL);
    return note;
}

/* The network of `def`'s uuid, else an empty one; that name and uuid belong together is checked. */
static int find_same(struct vbox_conn *c, IVirtualBox *vbox, const struct eb_object_def *def,
                     struct vbox_network *out, eb_error *err)
{
    VBOX_AUTONETWORK struct vbox_network by_name = {0};
    char id[EB_UUID_STRLEN + 1];

    if (vbox_network_find(c, vbox, NULL, def->name, &by_name, err) < 0 ||
        (def->has_uuid && vbox_network_find(c, vbox, def->uuid, NULL, out, err) < 0))
        return -1;
    if (out->name && !eb_streq(out->name, def->name)) {
        eb_uuid_format(def->uuid, id);
        return eb_error_set(err, EB_ERR_OPERATION_FAILED, "network '%s' is already defined with uuid %s",
                            out->name, id);
    }
    if (!out->name && by_name.name) {
        eb_uuid_format(by_name.uuid, id);
        return eb_error_set(err, EB_ERR_OPERATION_FAILED, "network '%s' already exists with uuid %s",
                            def->name, id);
    }
    return 0;
}

/* A new one; nothing is left of it when it fails. */
static int make(struct vbox_conn *c, IVirtualBox *vbox, enum vbox_network_kind kind,
                const struct eb_network_def *def, bool active, struct vbox_network *net, eb_error *err)
{
    const struct vbox_network_kind_ops *ops = vbox_network_ops_of(kind);
    EB_AUTOERROR eb_error none = EB_ERROR_INIT;

    net->kind = kind;
    net->name = eb_strdup(def->base.name);
    net->active = net->autostart = active;
    net->transient = active;
    memcpy(net->uuid, def->base.uuid, sizeof(net->uuid));
    if (!def->base.has_uuid)
        eb_uuid_generate(net->uuid);
    net->noted = to_note(def);
    if (ops->make(c, vbox, def, net, err) == 0 && ops->apply(c, vbox, net, def, err) == 0 &&
        ops->set_active(c, vbox, net, active, err) == 0 && vbox_network_note(c, vbox, net, err) == 0)
        return 0;
    if (net->object) {
        ops->remove(c, vbox, net, &none);
        vbox_network_forget(c, vbox, net, &none);
    }
    return -1;
}

/* One that is there, anew; as it was when that fails. */
static int change(struct vbox_conn *c, IVirtualBox *vbox, struct vbox_network *net,
                  const struct eb_network_def *def, bool persistent, eb_error *err)
{
    const struct vbox_network_kind_ops *ops = vbox_network_ops_of(net->kind);
    EB_AUTOERROR eb_error none = EB_ERROR_INIT;
    struct eb_network_def *is = NULL, *old_note = net->noted;
    bool was_transient = net->transient;
    int result;

    if (def_of(c, vbox, net, &is, err) < 0)
        return -1;
    net->noted = to_note(def);
    net->transient = net->transient && !persistent;
    result = ops->apply(c, vbox, net, def, err);
    if (result == 0)
        result = vbox_network_note(c, vbox, net, err);
    if (result < 0) {
        ops->apply(c, vbox, net, is, &none);
        eb_object_def_free(&net->noted->base);
        net->noted = old_note;
        net->transient = was_transient;
        vbox_network_note(c, vbox, net, &none);
    } else {
        eb_object_def_free(old_note ? &old_note->base : NULL);
    }
    eb_object_def_free(&is->base);
    return result;
}

static int define(eb_conn *conn, const struct eb_object_def *base, unsigned flags, struct eb_object_key *out,
                  eb_error *err)
{
    const struct eb_network_def *def = (const struct eb_network_def *)base;
    VBOX_AUTONETWORK struct vbox_network net = {0};
    VB_AUTO(IVirtualBox) vbox = NULL;
    struct vbox_conn *c = vbox_conn_of(conn);
    enum vbox_network_kind kind;
    NETWORK_LOCKED;

    if (eb_check_flags(flags, 0, "virNetworkDefineXMLFlags", err) < 0 || vbox_begin(c, &vbox, err) < 0 ||
        kind_of(c, vbox, def, &kind, err) < 0 || find_same(c, vbox, base, &net, err) < 0)
        return -1;
    if (net.name && (kind == VBOX_NETWORK_NAT) != (net.kind == VBOX_NETWORK_NAT))
        return vbox_network_refuse(err, "another mode of <forward> for a network that is there", NULL);
    if (check(c, net.name ? net.kind : kind, def, err) < 0 ||
        (net.name ? change(c, vbox, &net, def, true, err) : make(c, vbox, kind, def, false, &net, err)) < 0)
        return -1;
    tell(c, &net, EB_NETWORK_EVENT_DEFINED);
    give_key(&net, out);
    return 0;
}

static int create(eb_conn *conn, const struct eb_object_def *base, unsigned flags, struct eb_object_key *out,
                  eb_error *err)
{
    const struct eb_network_def *def = (const struct eb_network_def *)base;
    VBOX_AUTONETWORK struct vbox_network net = {0};
    VB_AUTO(IVirtualBox) vbox = NULL;
    struct vbox_conn *c = vbox_conn_of(conn);
    enum vbox_network_kind kind;
    NETWORK_LOCKED;

    if (eb_check_flags(flags, 0, "virNetworkCreateXMLFlags", err) < 0 || vbox_begin(c, &vbox, err) < 0 ||
        kind_of(c, vbox, def, &kind, err) < 0 || find_same(c, vbox, base, &net, err) < 0)
        return -1;
    if (net.name && net.active)
        return eb_error_set(err, EB_ERR_OPERATION_INVALID, "network is already active as '%s'", net.name);
    if (net.name)
        return eb_error_set(err, EB_ERR_OPERATION_FAILED, "network '%s' is defined already: start that one",
                            net.name);
    if (check(c, kind, def, err) < 0 || make(c, vbox, kind, def, true, &net, err) < 0)
        return -1;
    tell(c, &net, EB_NETWORK_EVENT_STARTED);
    give_key(&net, out);
    return 0;
}

/* Whether it comes up with the host stays as it is. */
static int set_active(struct vbox_conn *c, IVirtualBox *vbox, struct vbox_network *net, bool active,
                      eb_error *err)
{
    const struct vbox_network_kind_ops *ops = vbox_network_ops_of(net->kind);
    EB_AUTOERROR eb_error none = EB_ERROR_INIT;

    if (ops->set_active(c, vbox, net, active, err) < 0)
        return -1;
    net->active = active;
    if (vbox_network_note(c, vbox, net, err) == 0)
        return 0;
    ops->set_active(c, vbox, net, !active, &none);
    return -1;
}

/* Once it is gone a note that stays says nothing: the next network of the name removes it. */
static int remove_network(struct vbox_conn *c, IVirtualBox *vbox, const struct vbox_network *net,
                          eb_error *err)
{
    EB_AUTOERROR eb_error none = EB_ERROR_INIT;

    if (vbox_network_ops_of(net->kind)->remove(c, vbox, net, err) < 0)
        return -1;
    vbox_network_forget(c, vbox, net, &none);
    return 0;
}

static int start(eb_conn *conn, const struct eb_object_key *key, unsigned flags, eb_error *err)
{
    VBOX_AUTONETWORK struct vbox_network net = {0};
    VB_AUTO(IVirtualBox) vbox = NULL;
    struct vbox_conn *c = vbox_conn_of(conn);
    NETWORK_LOCKED;

    if (eb_check_flags(flags, 0, "virNetworkCreate", err) < 0 || begin(conn, key, &vbox, &net, err) < 0)
        return -1;
    if (net.active)
        return eb_error_set(err, EB_ERR_OPERATION_INVALID, "network is already active");
    if (set_active(c, vbox, &net, true, err) < 0)
        return -1;
    tell(c, &net, EB_NETWORK_EVENT_STARTED);
    return 0;
}

static int destroy(eb_conn *conn, const struct eb_object_key *key, unsigned flags, eb_error *err)
{
    VBOX_AUTONETWORK struct vbox_network net = {0};
    VB_AUTO(IVirtualBox) vbox = NULL;
    struct vbox_conn *c = vbox_conn_of(conn);
    NETWORK_LOCKED;

    if (eb_check_flags(flags, 0, "virNetworkDestroy", err) < 0 || begin(conn, key, &vbox, &net, err) < 0)
        return -1;
    if (!net.active)
        return eb_error_set(err, EB_ERR_OPERATION_INVALID, "network '%s' is not active", net.name);
    if ((net.transient ? remove_network(c, vbox, &net, err) : set_active(c, vbox, &net, false, err)) < 0)
        return -1;
    tell(c, &net, EB_NETWORK_EVENT_STOPPED);
    return 0;
}

/* As libvirt has it: what is active becomes transient. */
static int undefine(eb_conn *conn, const struct eb_object_key *key, eb_error *err)
{
    VBOX_AUTONETWORK struct vbox_network net = {0};
    VB_AUTO(IVirtualBox) vbox = NULL;
    struct vbox_conn *c = vbox_conn_of(conn);
    NETWORK_LOCKED;

    if (begin(conn, key, &vbox, &net, err) < 0)
        return -1;
    if (net.transient)
        return eb_error_set(err, EB_ERR_OPERATION_INVALID, "cannot undefine transient network");
    net.transient = net.active;
    net.autostart = net.active;
    if ((net.active ? vbox_network_note(c, vbox, &net, err) : remove_network(c, vbox, &net, err)) < 0)
        return -1;
    tell(c, &net, EB_NETWORK_EVENT_UNDEFINED);
    return 0;
}

static int set_autostart(eb_conn *conn, const struct eb_object_key *key, bool autostart, eb_error *err)
{
    VBOX_AUTONETWORK struct vbox_network net = {0};
    VB_AUTO(IVirtualBox) vbox = NULL;
    NETWORK_LOCKED;

    if (begin(conn, key, &vbox, &net, err) < 0)
        return -1;
    if (net.transient)
        return eb_error_set(err, EB_ERR_OPERATION_INVALID, "cannot set autostart for transient network");
    net.autostart = autostart;
    return vbox_network_note(vbox_conn_of(conn), vbox, &net, err);
}

static int update(eb_conn *conn, const struct eb_object_key *key, unsigned command, unsigned section,
                  int index, const char *xml, unsigned flags, eb_error *err)
{
    VBOX_AUTONETWORK struct vbox_network net = {0};
    struct eb_network_def *is = NULL, *def = NULL;
    VB_AUTO(IVirtualBox) vbox = NULL;
    struct vbox_conn *c = vbox_conn_of(conn);
    int result;
    NETWORK_LOCKED;

    if (eb_check_flags(flags, EB_AFFECT_LIVE | EB_AFFECT_CONFIG, "virNetworkUpdate", err) < 0 ||
        begin(conn, key, &vbox, &net, err) < 0)
        return -1;
    if ((flags & EB_AFFECT_LIVE) && !net.active)
        return eb_error_set(err, EB_ERR_OPERATION_INVALID, "network is not running");
    if ((flags & EB_AFFECT_CONFIG) && net.transient)
        return eb_error_set(err, EB_ERR_OPERATION_INVALID,
                            "cannot change persistent config of a transient network");
    if (def_of(c, vbox, &net, &is, err) < 0)
        return -1;
    result = eb_network_def_update(is, command, section, index, xml, &def, err);
    eb_object_def_free(&is->base);
    if (result < 0)
        return -1;
    result = check(c, net.kind, def, err);
    if (result == 0)
        result = change(c, vbox, &net, def, false, err);
    eb_object_def_free(&def->base);
    return result;
}

const struct eb_driver_object_ops vbox_network_ops = {
    .list = list,
    .lookup_uuid = lookup_uuid,
    .lookup_name = lookup_name,
    .is_active = is_active,
    .is_persistent = is_persistent,
    .get_def = get_def,
    .get_autostart = get_autostart,
    .set_autostart = set_autostart,
    .define = define,
    .create = create,
    .start = start,
    .destroy = destroy,
    .undefine = undefine,
};

const struct eb_driver_network_ops vbox_network_own_ops = {.update = update,
                                                           .get_dhcp_leases = vbox_network_get_leases};
