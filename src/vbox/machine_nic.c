/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* <interface>: network adapters, what they are attached to, and how. machine_nat.c has NAT's own settings. */
#include "vbox/machine_nic.h"

#include "vbox/network.h"

#include "vbox/machine_bandwidth.h"

#include <ctype.h>

/* The first word of a model is written; the others are those that libvirt's tools know the same card by. */
static const struct vm_name models[] = {
    {NetworkAdapterType_Am79C970A, "Am79C970A"},
    {NetworkAdapterType_Am79C973, "Am79C973"},
    {NetworkAdapterType_I82540EM, "82540EM"},
    {NetworkAdapterType_I82543GC, "82543GC"},
    {NetworkAdapterType_I82545EM, "82545EM"},
    {NetworkAdapterType_I82583V, "82583V"},
    {NetworkAdapterType_Virtio, "virtio"},
    {NetworkAdapterType_Virtio_1_0, "virtio-non-transitional"},
    {NetworkAdapterType_Am79C960, "Am79C960"},
    {NetworkAdapterType_NE2000, "ne2k_isa"},
    {NetworkAdapterType_NE1000, "ne1000"},
    {NetworkAdapterType_WD8013, "wd8013"},
    {NetworkAdapterType_WD8003, "wd8003"},
    {NetworkAdapterType_ELNK2, "3c503"},
    {NetworkAdapterType_ELNK1, "3c501"},
    {NetworkAdapterType_UsbNet, "usb-net"},
    {NetworkAdapterType_I82540EM, "e1000"},
    {NetworkAdapterType_I82540EM, "e1000-82540em"},
    {NetworkAdapterType_I82545EM, "e1000-82545em"},
    {NetworkAdapterType_I82543GC, "e1000-82543gc"},
    {NetworkAdapterType_Am79C973, "pcnet"},
    {NetworkAdapterType_Virtio, "virtio-net-pci"},
    {NetworkAdapterType_NE2000, "ne2000"},
};

static const struct vm_name promiscuous[] = {
    {NetworkAdapterPromiscModePolicy_Deny, "deny"},
    {NetworkAdapterPromiscModePolicy_AllowNetwork, "allow-network"},
    {NetworkAdapterPromiscModePolicy_AllowAll, "allow-all"},
};

/* ---- Attachments ---- */

/* The text attributes that name what an adapter is attached to. Until 4.0 one name served two attachments. */
#define NAMED(attr)                                                                                          \
    static int get_##attr(struct vm *vm, INetworkAdapter *a, char **out, eb_error *err)                      \
    {                                                                                                        \
        return INetworkAdapter_get_##attr(vm->vb, a, out, err);                                              \
    }                                                                                                        \
    static int set_##attr(struct vm *vm, INetworkAdapter *a, const char *name, eb_error *err)                \
    {                                                                                                        \
        return VM_CHANGE_TEXT(vm, INetworkAdapter, attr, a, name, err);                                      \
    }

NAMED(hostInterface)
NAMED(bridgedInterface)
NAMED(hostOnlyInterface)
NAMED(hostOnlyNetwork)
NAMED(internalNetwork)
NAMED(NATNetwork)
NAMED(genericDriver)
NAMED(cloudNetwork)
NAMED(VDENetwork)

/*
 * `word` is <vbox:attachment>, for those that no interface type says by itself. An entry counts where the
 * installation has the setter of its name; so the old and the new name of one attachment stand together.
 */
static const struct attachment {
    enum vb_NetworkAttachmentType type;
    enum eb_net_type net;
    const char *word;
    enum vb_member setter; /* of the name; for those without: of the attachment */
    int (*get)(struct vm *vm, INetworkAdapter *a, char **out, eb_error *err);
    int (*set)(struct vm *vm, INetworkAdapter *a, const char *name, eb_error *err);
    int (*attach)(struct vb *vb, INetworkAdapter *a, eb_error *err); /* until 4.0 */
} attachments[] = {
    {NetworkAttachmentType_NAT, EB_NET_USER, NULL, VB_INetworkAdapter_get_attachmentType, NULL, NULL,
     INetworkAdapter_attachToNAT},
    {NetworkAttachmentType_Bridged, EB_NET_BRIDGE, NULL, VB_INetworkAdapter_set_bridgedInterface,
     get_bridgedInterface, set_bridgedInterface, NULL},
    {NetworkAttachmentType_Bridged, EB_NET_BRIDGE, NULL, VB_INetworkAdapter_set_hostInterface,
     get_hostInterface, set_hostInterface, INetworkAdapter_attachToBridgedInterface},
    {NetworkAttachmentType_Internal, EB_NET_INTERNAL, NULL, VB_INetworkAdapter_set_internalNetwork,
     get_internalNetwork, set_internalNetwork, INetworkAdapter_attachToInternalNetwork},
    {NetworkAttachmentType_HostOnly, EB_NET_NETWORK, "HostOnly", VB_INetworkAdapter_set_hostOnlyInterface,
     get_hostOnlyInterface, set_hostOnlyInterface, NULL},
    {NetworkAttachmentType_HostOnly, EB_NET_NETWORK, "HostOnly", VB_INetworkAdapter_set_hostInterface,
     get_hostInterface, set_hostInterface, INetworkAdapter_attachToHostOnlyInterface},
    {NetworkAttachmentType_NATNetwork, EB_NET_NETWORK, "NATNetwork", VB_IVirtualBox_findNATNetworkByName,
     get_NATNetwork, set_NATNetwork, NULL},
    {NetworkAttachmentType_HostOnlyNetwork, EB_NET_NETWORK, "HostOnlyNetwork",
     VB_INetworkAdapter_set_hostOnlyNetwork, get_hostOnlyNetwork, set_hostOnlyNetwork, NULL},
    {NetworkAttachmentType_Generic, EB_NET_NULL, "Generic", VB_INetworkAdapter_set_genericDriver,
     get_genericDriver, set_genericDriver, NULL},
    {NetworkAttachmentType_Cloud, EB_NET_NULL, "Cloud", VB_INetworkAdapter_set_cloudNetwork, get_cloudNetwork,
     set_cloudNetwork, NULL},
    {NetworkAttachmentType_VDE, EB_NET_NULL, "VDE", VB_INetworkAdapter_attachToVDE, get_VDENetwork,
     set_VDENetwork, INetworkAdapter_attachToVDE},
    {NetworkAttachmentType_Null, EB_NET_NULL, NULL, VB_INetworkAdapter_get_attachmentType, NULL, NULL,
     INetworkAdapter_detach},
};

static const struct attachment *attachment_of(struct vm *vm, enum vb_NetworkAttachmentType type)
{
    for (size_t i = 0; i < EB_ARRAY_SIZE(attachments); i++)
        if (attachments[i].type == type && vb_has(vm->vb, attachments[i].setter))
            return &attachments[i];
    return NULL;
}

static const struct attachment *attachment_by_word(struct vm *vm, const char *word)
{
    for (size_t i = 0; word && i < EB_ARRAY_SIZE(attachments); i++)
        if (eb_streq(attachments[i].word, word) && vb_has(vm->vb, attachments[i].setter))
            return &attachments[i];
    return NULL;
}

/* A Generic driver, a cloud and a VDE network are named where libvirt's <source> has no place for it. */
static const char *wanted_name(const struct eb_interface *net)
{
    return net->type == EB_NET_NULL && net->generic_driver ? net->generic_driver : net->source;
}

/* ---- Which network a name means ---- */

static bool is_nat_network(struct vm *vm, const char *name)
{
    VB_AUTO(INATNetwork) found = NULL;
    eb_error none EB_AUTOERROR = EB_ERROR_INIT;

    return vb_has(vm->vb, VB_IVirtualBox_findNATNetworkByName) &&
           IVirtualBox_findNATNetworkByName(vm->vb, vm->vbox, name, &found, &none) == 0 && found;
}

static bool is_host_only_network(struct vm *vm, const char *name)
{
    VB_AUTO(IHostOnlyNetwork) found = NULL;
    eb_error none EB_AUTOERROR = EB_ERROR_INIT;

    return vb_has(vm->vb, VB_IVirtualBox_findHostOnlyNetworkByName) &&
           IVirtualBox_findHostOnlyNetworkByName(vm->vb, vm->vbox, name, &found, &none) == 0 && found;
}

static bool is_host_only_interface(struct vm *vm, const char *name)
{
    enum vb_HostNetworkInterfaceType type = HostNetworkInterfaceType__none;
    eb_error none EB_AUTOERROR = EB_ERROR_INIT;
    VB_AUTO(IHostNetworkInterface) found = NULL;
    EB_AUTOFREE char *interface = NULL;
    VB_AUTO(IHost) host = NULL;

    if (vbox_network_of_vbox(vm->c, vm->vbox, name, &interface, &none) < 0 ||
        IVirtualBox_get_host(vm->vb, vm->vbox, &host, &none) < 0 ||
        IHost_findHostNetworkInterfaceByName(vm->vb, host, interface, &found, &none) < 0 || !found ||
        IHostNetworkInterface_get_interfaceType(vm->vb, found, &type, &none) < 0)
        return false;
    return type == HostNetworkInterfaceType_HostOnly;
}

/* The attachment that an <interface> asks for; NULL with an error. */
static const struct attachment *wanted_attachment(struct vm *vm, const struct eb_interface *net,
                                                  eb_error *err)
{
    enum vb_NetworkAttachmentType type = NetworkAttachmentType__none;
    const struct attachment *a;
    const char *name = net->source ? net->source : "";

    if (net->attachment) {
        EB_AUTOFREE char *what = eb_asprintf("<vbox:attachment> '%s'", net->attachment);

        a = attachment_by_word(vm, net->attachment);
        if (!a)
            vm_refuse(vm, err, what, "this VirtualBox has no such attachment");
        else if (a->net != net->type)
            vm_refuse(vm, err, what, "it contradicts <interface type='%s'>",
                      eb_net_type_to_string((int)net->type));
        return a && a->net == net->type ? a : NULL;
    }
    if (net->type == EB_NET_USER)
        type = NetworkAttachmentType_NAT;
    else if (net->type == EB_NET_BRIDGE || net->type == EB_NET_DIRECT)
        type = NetworkAttachmentType_Bridged;
    else if (net->type == EB_NET_INTERNAL)
        type = NetworkAttachmentType_Internal;
    else if (net->type == EB_NET_NULL)
        type = NetworkAttachmentType_Null;
    else if (net->type != EB_NET_NETWORK) {
        EB_AUTOFREE char *what = eb_asprintf("<interface type='%s'>", eb_net_type_to_string((int)net->type));

        vm_refuse(vm, err, what, "it may be user, network, bridge, direct, internal, null");
        return NULL;
    } else if (is_nat_network(vm, name))
        type = NetworkAttachmentType_NATNetwork;
    else if (is_host_only_network(vm, name))
        type = NetworkAttachmentType_HostOnlyNetwork;
    else if (is_host_only_interface(vm, name))
        type = NetworkAttachmentType_HostOnly;
    else {
        eb_error_set(err, EB_ERR_NO_NETWORK, "no network with matching name '%s'", name);
        return NULL;
    }
    a = attachment_of(vm, type);
    if (!a)
        vm_refuse_release(vm, err, "<interface type='%s'>", eb_net_type_to_string((int)net->type));
    return a;
}

/* ---- Addresses ---- */

static bool parse_mac(const char *text, unsigned char mac[6])
{
    for (int i = 0; i < 6; i++) {
        char pair[3] = {text[0], text[0] ? text[1] : '\0', '\0'};

        if (!isxdigit((unsigned char)pair[0]) || !isxdigit((unsigned char)pair[1]))
            return false;
        mac[i] = (unsigned char)strtoul(pair, NULL, 16);
        text += 2;
    }
    return *text == '\0';
}

static void format_mac(const unsigned char mac[6], char out[13])
{
    static const char digits[] = "0123456789ABCDEF";

    for (int i = 0; i < 6; i++) {
        out[2 * i] = digits[mac[i] >> 4];
        out[2 * i + 1] = digits[mac[i] & 15];
    }
    out[12] = '\0';
}

/* ---- Reading ---- */

static int read_generic(struct vm *vm, INetworkAdapter *a, struct eb_interface *net, eb_error *err)
{
    char **names = NULL, **values = NULL;
    size_t n_names = 0, n_values = 0;

    if (INetworkAdapter_getProperties(vm->vb, a, "", &n_names, &names, &n_values, &values, err) < 0)
        return -1;
    net->generic_properties = n_names ? eb_calloc(n_names + 1, sizeof(char *)) : NULL;
    for (size_t i = 0; i < n_names && i < n_values; i++)
        net->generic_properties[i] = eb_asprintf("%s=%s", names[i], values[i]);
    vb_strings_free(n_names, names);
    vb_strings_free(n_values, values);
    return 0;
}

static int read_attachment(struct vm *vm, INetworkAdapter *a, struct eb_interface *net, eb_error *err)
{
    enum vb_NetworkAttachmentType type = NetworkAttachmentType__none;
    const struct attachment *is;
    char *name = NULL;

    if (INetworkAdapter_get_attachmentType(vm->vb, a, &type, err) < 0)
        return -1;
    is = attachment_of(vm, type);
    /* one of a release to come: unconnected is the nearest that clients know */
    net->type = is ? is->net : EB_NET_NULL;
    net->attachment = eb_strdup(is ? is->word : NULL);
    if (is && is->get && is->get(vm, a, &name, err) < 0)
        return -1;
    if (type == NetworkAttachmentType_HostOnly && name && *name) {
        char *of_vbox = name;
        int result = vbox_network_name_of(vm->c, vm->vbox, of_vbox, &name, err);

        free(of_vbox);
        if (result < 0)
            return -1;
    }
    if (net->type == EB_NET_NULL)
        net->generic_driver = vm_take_text(&name);
    else
        net->source = vm_take_text(&name);
    if (type == NetworkAttachmentType_Generic)
        return read_generic(vm, a, net, err);
    return type == NetworkAttachmentType_NAT ? vm_read_nat(vm, a, net, err) : 0;
}

static int read_switches(struct vm *vm, INetworkAdapter *a, struct eb_interface *net, eb_error *err)
{
    enum vb_NetworkAdapterPromiscModePolicy policy = NetworkAdapterPromiscModePolicy_Deny;
    uint32_t speed = 0, priority = 0;
    bool cable = true;

    if (INetworkAdapter_get_cableConnected(vm->vb, a, &cable, err) < 0 ||
        INetworkAdapter_get_lineSpeed(vm->vb, a, &speed, err) < 0)
        return -1;
    if (vb_has(vm->vb, VB_INetworkAdapter_get_promiscModePolicy) &&
        INetworkAdapter_get_promiscModePolicy(vm->vb, a, &policy, err) < 0)
        return -1;
    if (vb_has(vm->vb, VB_INetworkAdapter_get_bootPriority) &&
        INetworkAdapter_get_bootPriority(vm->vb, a, &priority, err) < 0)
        return -1;
    net->link_down = cable ? EB_ABSENT : EB_YES;
    net->line_speed = speed;
    net->boot_priority = priority;
    if (policy != NetworkAdapterPromiscModePolicy_Deny)
        net->promiscuous = eb_strdup(vm_name_of(promiscuous, EB_ARRAY_SIZE(promiscuous), (int)policy));
    return 0;
}

static int read_nic(struct vm *vm, INetworkAdapter *a, struct eb_interface *net, eb_error *err)
{
    enum vb_NetworkAdapterType type = NetworkAdapterType__none;
    EB_AUTOFREE char *mac = NULL;

    if (INetworkAdapter_get_adapterType(vm->vb, a, &type, err) < 0 ||
        INetworkAdapter_get_MACAddress(vm->vb, a, &mac, err) < 0)
        return -1;
    net->model = eb_strdup(vm_name_of(models, EB_ARRAY_SIZE(models), (int)type));
    net->has_mac = parse_mac(mac, net->mac);
    if (read_attachment(vm, a, net, err) < 0)
        return -1;
    return read_switches(vm, a, net, err) < 0 ? -1 : vm_read_bandwidth(vm, a, net, err);
}

int vm_read_nics(struct vm *vm, struct eb_domain_def *def, eb_error *err)
{
    enum vb_ChipsetType chipset;
    uint32_t n = 0;

    if (vm_chipset(vm, &chipset, err) < 0 || vm_max_adapters(vm, chipset, &n, err) < 0)
        return -1;
    for (uint32_t slot = 0; slot < n; slot++) {
        VB_AUTO(INetworkAdapter) a = NULL;
        struct eb_interface *net;
        bool enabled = false;

        if (IMachine_getNetworkAdapter(vm->vb, vm->machine, slot, &a, err) < 0 ||
            INetworkAdapter_get_enabled(vm->vb, a, &enabled, err) < 0)
            return -1;
        if (!enabled)
            continue;
        net = EB_APPEND(def->interfaces, def->n_interfaces);
        /* the slot is said where counting does not give it */
        net->slot = slot == def->n_interfaces - 1 ? -1 : (int)slot;
        if (read_nic(vm, a, net, err) < 0)
            return -1;
    }
    return 0;
}

/* ---- Where adapters go ---- */

/* slots[i] is the slot of interface i; an interface without one takes the next free. */
static int plan_slots(struct vm *vm, const struct eb_domain_def *def, uint32_t max, uint32_t *slots,
                      eb_error *err)
{
    EB_AUTOFREE bool *taken = eb_calloc(max + 1, sizeof(bool));
    uint32_t next = 0;

    for (size_t i = 0; i < def->n_interfaces; i++) {
        int slot = def->interfaces[i].slot;

        if (slot < 0)
            continue;
        if ((uint32_t)slot >= max)
            return vm_refuse(vm, err, "<vbox:slot> of an <interface>", "%d is not below %u", slot, max);
        if (taken[slot])
            return eb_error_set(err, EB_ERR_XML_ERROR, "two interfaces have the slot %d", slot);
        taken[slot] = true;
        slots[i] = (uint32_t)slot;
    }
    for (size_t i = 0; i < def->n_interfaces; i++) {
        if (def->interfaces[i].slot >= 0)
            continue;
        while (next < max && taken[next])
            next++;
        if (next == max)
            return vm_refuse(vm, err, "<interface>", "this machine has %u network adapters", max);
        taken[next] = true;
        slots[i] = next;
    }
    return 0;
}

/* ---- Checking ---- */

static int check_nic(struct vm *vm, const struct eb_interface *net, eb_error *err)
{
    const struct vm_refusal refusals[] = {
        {net->portgroup != NULL, "attribute 'portgroup' of an interface's <source>"},
        {net->driver_name != NULL, "element <driver> of an interface"},
        {net->target && !eb_starts_with(net->target, "vnet"), "element <target> of an interface"},
        {net->type == EB_NET_DIRECT && net->source_mode && strcmp(net->source_mode, "bridge") != 0,
         "attribute 'mode' of an interface's <source>"},
        {(net->n_forwards || net->nat_network) && net->type != EB_NET_USER,
         "port forwards of an interface whose type is not user"},
        {(net->type == EB_NET_BRIDGE || net->type == EB_NET_DIRECT || net->type == EB_NET_INTERNAL) &&
             !net->source,
         "an interface without <source>"},
    };
    const struct {
        bool said;
        enum vb_member member;
        const char *what;
    } members[] = {
        {net->promiscuous && strcmp(net->promiscuous, "deny") != 0, VB_INetworkAdapter_set_promiscModePolicy,
         "<vbox:promiscuous> of an interface"},
        {net->n_forwards != 0, VB_INATEngine_addRedirect, "port forwards of an interface"},
        {net->boot_priority != 0, VB_INetworkAdapter_set_bootPriority,
         "<vbox:boot-priority> of an interface"},
    };

    if (vm_refuse_said(vm, refusals, EB_ARRAY_SIZE(refusals), err) < 0 || !wanted_attachment(vm, net, err))
        return -1;
    for (size_t i = 0; i < EB_ARRAY_SIZE(members); i++)
        if (members[i].said && !vb_has(vm->vb, members[i].member))
            return vm_refuse_release(vm, err, "%s", members[i].what);
    if (vm_check_name(vm, promiscuous, EB_ARRAY_SIZE(promiscuous), VB_ENUM_NetworkAdapterPromiscModePolicy,
                      "<vbox:promiscuous>", net->promiscuous, err) < 0)
        return -1;
    return vm_check_name(vm, models, EB_ARRAY_SIZE(models), VB_ENUM_NetworkAdapterType,
                         "model of <interface>", net->model, err);
}

int vm_check_nics(struct vm *vm, const struct eb_domain_def *def, eb_error *err)
{
    EB_AUTOFREE uint32_t *slots = eb_calloc(def->n_interfaces + 1, sizeof(*slots));
    enum vb_ChipsetType chipset = ChipsetType_PIIX3;
    uint32_t max = 0;

    if (eb_streq(def->os.machine, "ich9") || eb_streq(def->os.machine, "q35"))
        chipset = ChipsetType_ICH9;
    else if (eb_streq(def->os.arch, "aarch64"))
        chipset = ChipsetType_ARMv8Virtual;
    if (vm_max_adapters(vm, chipset, &max, err) < 0)
        return -1;
    for (size_t i = 0; i < def->n_interfaces; i++)
        if (check_nic(vm, &def->interfaces[i], err) < 0 ||
            vm_check_bandwidth(vm, &def->interfaces[i], err) < 0)
            return -1;
    return plan_slots(vm, def, max, slots, err);
}

/* ---- Applying ---- */

static int apply_generic(struct vm *vm, INetworkAdapter *a, const struct eb_interface *net, eb_error *err)
{
    char **names = NULL, **values = NULL;
    size_t n_names = 0, n_values = 0;
    int rc = INetworkAdapter_getProperties(vm->vb, a, "", &n_names, &names, &n_values, &values, err);

    /* what is no longer said goes */
    for (size_t i = 0; rc == 0 && i < n_names; i++) {
        bool said = false;

        for (char **p = net->generic_properties; p && *p; p++)
            said = said || (eb_starts_with(*p, names[i]) && (*p)[strlen(names[i])] == '=');
        if (!said)
            rc = INetworkAdapter_setProperty(vm->vb, a, names[i], "", err);
    }
    for (char **p = net->generic_properties; rc == 0 && p && *p; p++) {
        EB_AUTOFREE char *name = eb_strndup(*p, strcspn(*p, "="));
        const char *value = *p + strlen(name) + (strchr(*p, '=') ? 1 : 0);
        bool same = false;

        for (size_t i = 0; i < n_names && i < n_values; i++)
            same = same || (strcmp(names[i], name) == 0 && strcmp(values[i], value) == 0);
        if (!same)
            rc = INetworkAdapter_setProperty(vm->vb, a, name, value, err);
    }
    vb_strings_free(n_names, names);
    vb_strings_free(n_values, values);
    return rc;
}

static int apply_attachment(struct vm *vm, INetworkAdapter *a, const struct eb_interface *net, eb_error *err)
{
    const struct attachment *wanted = wanted_attachment(vm, net, err);
    enum vb_NetworkAttachmentType is = NetworkAttachmentType__none;
    EB_AUTOFREE char *interface = NULL;

    if (!wanted || INetworkAdapter_get_attachmentType(vm->vb, a, &is, err) < 0)
        return -1;
    if (wanted->type == NetworkAttachmentType_HostOnly && net->source &&
        vbox_network_of_vbox(vm->c, vm->vbox, net->source, &interface, err) < 0)
        return -1;
    if (wanted->set && wanted->set(vm, a, interface ? interface : wanted_name(net), err) < 0)
        return -1;
    if (is != wanted->type) {
        if (vb_has(vm->vb, VB_INetworkAdapter_set_attachmentType)) {
            if (INetworkAdapter_set_attachmentType(vm->vb, a, wanted->type, err) < 0)
                return -1;
        } else if (wanted->attach(vm->vb, a, err) < 0) {
            return -1;
        }
    }
    if (wanted->type == NetworkAttachmentType_Generic)
        return apply_generic(vm, a, net, err);
    return wanted->type == NetworkAttachmentType_NAT ? vm_apply_nat(vm, a, net, err) : 0;
}

static int apply_switches(struct vm *vm, INetworkAdapter *a, const struct eb_interface *net, eb_error *err)
{
    const char *word = net->promiscuous ? net->promiscuous : "deny";
    int policy = vm_value_of(promiscuous, EB_ARRAY_SIZE(promiscuous), word);

    if (VM_CHANGE(bool, vm, INetworkAdapter, cableConnected, a, (net->link_down != EB_YES), err) < 0 ||
        VM_CHANGE(uint32_t, vm, INetworkAdapter, lineSpeed, a, net->line_speed, err) < 0)
        return -1;
    if (vb_has(vm->vb, VB_INetworkAdapter_set_promiscModePolicy) &&
        VM_CHANGE(enum vb_NetworkAdapterPromiscModePolicy, vm, INetworkAdapter, promiscModePolicy, a,
                  (enum vb_NetworkAdapterPromiscModePolicy)policy, err) < 0)
        return -1;
    if (!vb_has(vm->vb, VB_INetworkAdapter_set_bootPriority))
        return 0;
    return VM_CHANGE(uint32_t, vm, INetworkAdapter, bootPriority, a, net->boot_priority, err);
}

/* Said, or kept where the adapter was in use already, or one that VirtualBox makes. */
static int apply_mac(struct vm *vm, INetworkAdapter *a, const struct eb_interface *net, bool was_enabled,
                     eb_error *err)
{
    char text[13];

    if (net->has_mac) {
        format_mac(net->mac, text);
        return VM_CHANGE_TEXT(vm, INetworkAdapter, MACAddress, a, text, err);
    }
    return was_enabled ? 0 : INetworkAdapter_set_MACAddress(vm->vb, a, "", err);
}

static int apply_nic(struct vm *vm, uint32_t slot, const struct eb_interface *net, eb_error *err)
{
    VB_AUTO(INetworkAdapter) a = NULL;
    bool was_enabled = false;
    int model = vm_value_of(models, EB_ARRAY_SIZE(models), net->model);

    if (IMachine_getNetworkAdapter(vm->vb, vm->machine, slot, &a, err) < 0 ||
        INetworkAdapter_get_enabled(vm->vb, a, &was_enabled, err) < 0)
        return -1;
    if (!was_enabled && INetworkAdapter_set_enabled(vm->vb, a, true, err) < 0)
        return -1;
    if (net->model && VM_CHANGE(enum vb_NetworkAdapterType, vm, INetworkAdapter, adapterType, a,
                                (enum vb_NetworkAdapterType)model, err) < 0)
        return -1;
    if (apply_mac(vm, a, net, was_enabled, err) < 0 || apply_attachment(vm, a, net, err) < 0)
        return -1;
    return apply_switches(vm, a, net, err) < 0 ? -1 : vm_apply_bandwidth(vm, a, slot, net, err);
}

static int disable(struct vm *vm, uint32_t slot, eb_error *err)
{
    VB_AUTO(INetworkAdapter) a = NULL;

    if (IMachine_getNetworkAdapter(vm->vb, vm->machine, slot, &a, err) < 0)
        return -1;
    return VM_CHANGE(bool, vm, INetworkAdapter, enabled, a, false, err);
}

int vm_apply_nics(struct vm *vm, const struct eb_domain_def *def, eb_error *err)
{
    EB_AUTOFREE uint32_t *slots = eb_calloc(def->n_interfaces + 1, sizeof(*slots));
    enum vb_ChipsetType chipset;
    uint32_t max = 0;

    if (vm_chipset(vm, &chipset, err) < 0 || vm_max_adapters(vm, chipset, &max, err) < 0 ||
        plan_slots(vm, def, max, slots, err) < 0)
        return -1;
    for (uint32_t slot = 0; slot < max; slot++) {
        const struct eb_interface *net = NULL;

        for (size_t i = 0; i < def->n_interfaces; i++)
            if (slots[i] == slot)
                net = &def->interfaces[i];
        if ((net ? apply_nic(vm, slot, net, err) : disable(vm, slot, err)) < 0)
            return -1;
    }
    return 0;
}
