/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* All networks that VirtualBox has, with what is noted of them. */
#include "vbox/network.h"

void vbox_network_clear(struct vbox_network *net)
{
    vb_unref(net->object);
    free(net->of_vbox);
    free(net->dhcp);
    free(net->name);
    eb_object_def_free(net->noted ? &net->noted->base : NULL);
    memset(net, 0, sizeof(*net));
}

void vbox_networks_free(struct vbox_network *list, size_t n)
{
    for (size_t i = 0; i < n; i++)
        vbox_network_clear(&list[i]);
    free(list);
}

const struct vbox_network_kind_ops *vbox_network_ops_of(enum vbox_network_kind kind)
{
    switch (kind) {
    case VBOX_NETWORK_NAT:
        return &vbox_nat_ops;
    case VBOX_NETWORK_INTERFACE:
        return &vbox_host_interface_ops;
    case VBOX_NETWORK_HOST_ONLY:
        break;
    }
    return &vbox_host_network_ops;
}

/* A NAT network has no uuid: one that follows from its name (FNV-1a), so that all clients see the same. */
static void uuid_of_name(const char *name, unsigned char uuid[16])
{
    uint64_t hash[2] = {14695981039346656037u, 14695981039346656037u ^ 0x4e4154u};

    for (size_t i = 0; i < EB_ARRAY_SIZE(hash); i++) {
        for (const char *p = name; *p; p++)
            hash[i] = (hash[i] ^ (unsigned char)*p) * 1099511628211u;
        memcpy(uuid + 8 * i, &hash[i], 8);
    }
    uuid[6] = (uuid[6] & 0x0f) | 0x80;
    uuid[8] = (uuid[8] & 0x3f) | 0x80;
}

/* ---- What VirtualBox has ---- */

struct found {
    struct vbox_network *items;
    size_t n;
};

static struct vbox_network *add(struct found *found, enum vbox_network_kind kind, void *object)
{
    struct vbox_network *net = EB_APPEND(found->items, found->n);

    net->kind = kind;
    net->object = vb_object_ref(object);
    return net;
}

static int add_nat(struct vbox_conn *c, INATNetwork *nat, struct found *found, eb_error *err)
{
    struct vbox_network *net = add(found, VBOX_NETWORK_NAT, nat);

    if (INATNetwork_get_networkName(c->vb, nat, &net->of_vbox, err) < 0 ||
        INATNetwork_get_enabled(c->vb, nat, &net->active, err) < 0)
        return -1;
    net->dhcp = eb_strdup(net->of_vbox);
    uuid_of_name(net->of_vbox, net->uuid);
    return 0;
}

static int take_id(char *id, struct vbox_network *net, eb_error *err)
{
    int result =
        eb_uuid_parse(id, net->uuid)
            ? 0
            : eb_error_set(err, EB_ERR_INTERNAL_ERROR, "network '%s' has the id '%s'", net->of_vbox, id);

    free(id);
    return result;
}

static int add_interface(struct vbox_conn *c, IHostNetworkInterface *iface, struct found *found,
                         eb_error *err)
{
    struct vbox_network *net = add(found, VBOX_NETWORK_INTERFACE, iface);
    char *id = NULL;

    net->active = true;
    if (IHostNetworkInterface_get_name(c->vb, iface, &net->of_vbox, err) < 0 ||
        IHostNetworkInterface_get_networkName(c->vb, iface, &net->dhcp, err) < 0 ||
        IHostNetworkInterface_get_id(c->vb, iface, &id, err) < 0)
        return -1;
    return take_id(id, net, err);
}

static int add_host_only(struct vbox_conn *c, IHostOnlyNetwork *one, struct found *found, eb_error *err)
{
    struct vbox_network *net = add(found, VBOX_NETWORK_HOST_ONLY, one);
    char *id = NULL;

    net->dhcp = eb_strdup("");
    if (IHostOnlyNetwork_get_networkName(c->vb, one, &net->of_vbox, err) < 0 ||
        IHostOnlyNetwork_get_enabled(c->vb, one, &net->active, err) < 0 ||
        IHostOnlyNetwork_get_id(c->vb, one, &id, err) < 0)
        return -1;
    return take_id(id, net, err);
}

/* Adds all of an array, and frees it. */
#define ADD_ALL(list, n_list, add_one)                                                                       \
    do {                                                                                                     \
        for (size_t i_ = 0; i_ < (n_list) && result == 0; i_++)                                              \
            result = add_one(c, (list)[i_], found, err);                                                     \
        vb_objects_free((n_list), (list));                                                                   \
    } while (0)

static int find_nats(struct vbox_conn *c, IVirtualBox *vbox, struct found *found, eb_error *err)
{
    INATNetwork **list = NULL;
    size_t n = 0;
    int result = 0;

    if (!vb_has(c->vb, VB_IVirtualBox_get_NATNetworks))
        return 0;
    if (IVirtualBox_get_NATNetworks(c->vb, vbox, &n, &list, err) < 0)
        return -1;
    ADD_ALL(list, n, add_nat);
    return result;
}

static int find_interfaces(struct vbox_conn *c, IVirtualBox *vbox, struct found *found, eb_error *err)
{
    IHostNetworkInterface **list = NULL;
    VB_AUTO(IHost) host = NULL;
    size_t n = 0;
    int result = 0;

    if (IVirtualBox_get_host(c->vb, vbox, &host, err) < 0 ||
        IHost_findHostNetworkInterfacesOfType(c->vb, host, HostNetworkInterfaceType_HostOnly, &n, &list,
                                              err) < 0)
        return -1;
    ADD_ALL(list, n, add_interface);
    return result;
}

/* Where VirtualBox has none of them it says so when it is asked. */
static int find_host_only(struct vbox_conn *c, IVirtualBox *vbox, struct found *found, eb_error *err)
{
    EB_AUTOERROR eb_error none = EB_ERROR_INIT;
    IHostOnlyNetwork **list = NULL;
    size_t n = 0;
    int result = 0;

    if (!vb_has(c->vb, VB_IVirtualBox_get_hostOnlyNetworks) ||
        IVirtualBox_get_hostOnlyNetworks(c->vb, vbox, &n, &list, &none) < 0)
        return 0;
    ADD_ALL(list, n, add_host_only);
    return result;
}

/* ---- With what is noted ---- */

static void put_note(struct vbox_network *net, struct vbox_network_note *note)
{
    eb_replace_string(&net->name, note->def->base.name);
    memcpy(net->uuid, note->def->base.uuid, sizeof(net->uuid));
    net->transient = note->transient;
    if (note->stopped)
        net->active = false;
    net->autostart = note->wishes ? note->autostart : net->active;
    net->noted = EB_STEAL(note->def);
    free(net->noted->bridge);
    net->noted->bridge = NULL;
}

/* The host has started since: what was made for its last run is gone, what was to start has started. True: it
 * stays. */
static bool after_boot(struct vbox_conn *c, IVirtualBox *vbox, struct vbox_network *net, bool wished)
{
    EB_AUTOERROR eb_error none = EB_ERROR_INIT;
    const struct vbox_network_kind_ops *ops = vbox_network_ops_of(net->kind);

    if (net->transient) {
        if (ops->remove(c, vbox, net, &none) == 0)
            vbox_network_forget(c, vbox, net, &none);
        return false;
    }
    if (wished && net->active != net->autostart &&
        ops->set_active(c, vbox, net, net->autostart, &none) == 0) {
        net->active = net->autostart;
        vbox_network_note(c, vbox, net, &none);
    }
    return true;
}

static void add_notes(struct vbox_conn *c, IVirtualBox *vbox, struct found *found,
                      struct vbox_network_note *notes, size_t n_notes)
{
    size_t kept = 0;

    for (size_t i = 0; i < found->n; i++) {
        struct vbox_network *net = &found->items[i];
        bool stays = true;

        net->name = eb_strdup(net->of_vbox);
        net->autostart = net->active;
        for (size_t j = 0; j < n_notes; j++) {
            if (!notes[j].def || notes[j].kind != net->kind || !eb_streq(notes[j].def->bridge, net->of_vbox))
                continue;
            put_note(net, &notes[j]);
            stays = !notes[j].rebooted || after_boot(c, vbox, net, notes[j].wishes);
            break;
        }
        if (stays && kept != i)
            found->items[kept] = *net;
        else if (!stays)
            vbox_network_clear(net);
        kept += stays;
    }
    found->n = kept;
}

int vbox_networks_read(struct vbox_conn *c, IVirtualBox *vbox, struct vbox_network **out, eb_error *err)
{
    struct vbox_network_note *notes = NULL;
    struct found found = {NULL, 0};
    int n_notes;

    *out = NULL;
    if (find_nats(c, vbox, &found, err) < 0 || find_interfaces(c, vbox, &found, err) < 0 ||
        find_host_only(c, vbox, &found, err) < 0 ||
        (n_notes = vbox_network_notes_read(c, vbox, &notes, err)) < 0) {
        vbox_networks_free(found.items, found.n);
        return -1;
    }
    add_notes(c, vbox, &found, notes, (size_t)n_notes);
    for (int i = 0; i < n_notes; i++)
        eb_object_def_free(notes[i].def ? &notes[i].def->base : NULL);
    free(notes);
    *out = found.items;
    return (int)found.n;
}

int vbox_network_find(struct vbox_conn *c, IVirtualBox *vbox, const unsigned char *uuid, const char *name,
                      struct vbox_network *out, eb_error *err)
{
    struct vbox_network *list = NULL;
    int n = vbox_networks_read(c, vbox, &list, err);

    memset(out, 0, sizeof(*out));
    if (n < 0)
        return -1;
    for (int i = 0; i < n && !out->name; i++) {
        if (uuid ? memcmp(list[i].uuid, uuid, sizeof(list[i].uuid)) == 0 : eb_streq(list[i].name, name)) {
            *out = list[i];
            memset(&list[i], 0, sizeof(list[i]));
        }
    }
    vbox_networks_free(list, (size_t)n);
    return 0;
}

/* ---- For domains ---- */

/* Only interfaces have a name of VirtualBox's choice. */
static int translate(struct vbox_conn *c, IVirtualBox *vbox, const char *from, bool to_libvirt, char **out,
                     eb_error *err)
{
    struct vbox_network_note *notes = NULL;
    int n = vbox_network_notes_read(c, vbox, &notes, err);

    *out = NULL;
    for (int i = 0; i < n && !*out; i++) {
        const struct eb_network_def *def = notes[i].def;

        if (notes[i].kind == VBOX_NETWORK_INTERFACE &&
            eb_streq(to_libvirt ? def->bridge : def->base.name, from))
            *out = eb_strdup(to_libvirt ? def->base.name : def->bridge);
    }
    vbox_network_notes_free(notes, n < 0 ? 0 : (size_t)n);
    if (n >= 0 && !*out)
        *out = eb_strdup(from);
    return n < 0 ? -1 : 0;
}

int vbox_network_of_vbox(struct vbox_conn *c, IVirtualBox *vbox, const char *name, char **out, eb_error *err)
{
    return translate(c, vbox, name, false, out, err);
}

int vbox_network_name_of(struct vbox_conn *c, IVirtualBox *vbox, const char *of_vbox, char **out,
                         eb_error *err)
{
    return translate(c, vbox, of_vbox, true, out, err);
}
