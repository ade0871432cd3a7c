/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* NAT's own settings: its network and the ports that it forwards. */
#include "vbox/machine_nic.h"

/* One rule as VirtualBox writes it: "name,protocol,host ip,host port,guest ip,guest port"; 0 is UDP, 1 TCP.
 */
static bool parse_forward(char *text, struct eb_port_forward *out)
{
    char *field[6];
    uint64_t host_port, guest_port;
    size_t n = 0;

    for (char *p = text; p && n < EB_ARRAY_SIZE(field); n++) {
        field[n] = strsep(&p, ",");
        if (n + 1 == EB_ARRAY_SIZE(field) && p)
            return false;
    }
    if (n != EB_ARRAY_SIZE(field) || !eb_parse_u64(field[3], UINT16_MAX, &host_port) ||
        !eb_parse_u64(field[5], UINT16_MAX, &guest_port))
        return false;
    out->name = eb_strdup(field[0]);
    out->udp = strcmp(field[1], "0") == 0;
    out->host_ip = eb_strdup(field[2][0] ? field[2] : NULL);
    out->host_port = (uint16_t)host_port;
    out->guest_ip = eb_strdup(field[4][0] ? field[4] : NULL);
    out->guest_port = (uint16_t)guest_port;
    return true;
}

static void clear_forward(struct eb_port_forward *f)
{
    free(f->name);
    free(f->host_ip);
    free(f->guest_ip);
    memset(f, 0, sizeof(*f));
}

static int list_forwards(struct vm *vm, INATEngine *nat, struct eb_port_forward **out, size_t *n,
                         eb_error *err)
{
    char **rules = NULL;
    size_t n_rules = 0;

    if (INATEngine_get_redirects(vm->vb, nat, &n_rules, &rules, err) < 0)
        return -1;
    for (size_t i = 0; i < n_rules; i++) {
        struct eb_port_forward f = {0};

        if (parse_forward(rules[i], &f))
            *EB_APPEND(*out, *n) = f;
    }
    vb_strings_free(n_rules, rules);
    return 0;
}

/* Before 3.2 the network alone can be set, at the adapter itself. */
static int get_network(struct vm *vm, INetworkAdapter *a, INATEngine *nat, char **out, eb_error *err)
{
    if (nat)
        return INATEngine_get_network(vm->vb, nat, out, err);
    return INetworkAdapter_get_NATNetwork(vm->vb, a, out, err);
}

static int open_engine(struct vm *vm, INetworkAdapter *a, INATEngine **out, eb_error *err)
{
    *out = NULL;
    if (!vb_has(vm->vb, VB_INetworkAdapter_get_NATEngine))
        return 0;
    return INetworkAdapter_get_NATEngine(vm->vb, a, out, err);
}

int vm_read_nat(struct vm *vm, INetworkAdapter *a, struct eb_interface *net, eb_error *err)
{
    VB_AUTO(INATEngine) nat = NULL;
    char *network = NULL;

    if (open_engine(vm, a, &nat, err) < 0 || get_network(vm, a, nat, &network, err) < 0)
        return -1;
    net->nat_network = vm_take_text(&network);
    return nat ? list_forwards(vm, nat, &net->forwards, &net->n_forwards, err) : 0;
}

/* VirtualBox makes up a name from the rule when none is given. */
static bool same_forward(const struct eb_port_forward *wanted, const struct eb_port_forward *is)
{
    return (!wanted->name || eb_streq(wanted->name, is->name)) && wanted->udp == is->udp &&
           vm_same_text(wanted->host_ip, is->host_ip) && wanted->host_port == is->host_port &&
           vm_same_text(wanted->guest_ip, is->guest_ip) && wanted->guest_port == is->guest_port;
}

static bool has_forward(const struct eb_port_forward *list, size_t n, const struct eb_port_forward *f,
                        bool f_is_wanted)
{
    for (size_t i = 0; i < n; i++)
        if (f_is_wanted ? same_forward(f, &list[i]) : same_forward(&list[i], f))
            return true;
    return false;
}

static int apply_forwards(struct vm *vm, INATEngine *nat, const struct eb_interface *net, eb_error *err)
{
    struct eb_port_forward *is = NULL;
    size_t n = 0;
    int rc = list_forwards(vm, nat, &is, &n, err);

    for (size_t i = 0; rc == 0 && i < n; i++)
        if (!has_forward(net->forwards, net->n_forwards, &is[i], false))
            rc = INATEngine_removeRedirect(vm->vb, nat, is[i].name, err);
    for (size_t i = 0; rc == 0 && i < net->n_forwards; i++) {
        const struct eb_port_forward *f = &net->forwards[i];

        if (!has_forward(is, n, f, true))
            rc = INATEngine_addRedirect(vm->vb, nat, f->name ? f->name : "",
                                        f->udp ? NATProtocol_UDP : NATProtocol_TCP,
                                        f->host_ip ? f->host_ip : "", f->host_port,
                                        f->guest_ip ? f->guest_ip : "", f->guest_port, err);
    }
    for (size_t i = 0; i < n; i++)
        clear_forward(&is[i]);
    free(is);
    return rc;
}

int vm_apply_nat(struct vm *vm, INetworkAdapter *a, const struct eb_interface *net, eb_error *err)
{
    VB_AUTO(INATEngine) nat = NULL;

    if (open_engine(vm, a, &nat, err) < 0)
        return -1;
    if (!nat)
        return VM_CHANGE_TEXT(vm, INetworkAdapter, NATNetwork, a, net->nat_network, err);
    if (VM_CHANGE_TEXT(vm, INATEngine, network, nat, net->nat_network, err) < 0)
        return -1;
    return apply_forwards(vm, nat, net, err);
}
