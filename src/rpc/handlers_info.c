/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is known of a domain. */
#include "rpc/handlers.h"

enum { MAX_VCPUS = 16384, MAX_MAP = 2048, MAX_MAPS = 8388608 };

int rpc_serve_domain_get_state(struct rpc_call *call, const struct rpc_domain_get_state_args *args,
                               struct rpc_domain_get_state_ret *ret, eb_error *err)
{
    RPC_AUTODOMAIN eb_domain *dom = rpc_get_domain(call, &args->dom);
    eb_domain_state state;
    int reason;

    if (eb_check_flags(args->flags, 0, "virDomainGetState", err) < 0 ||
        eb_domain_get_state(dom, &state, &reason, err) < 0)
        return -1;
    ret->state = (int32_t)state;
    ret->reason = reason;
    return 0;
}

int rpc_serve_domain_get_info(struct rpc_call *call, const struct rpc_domain_get_info_args *args,
                              struct rpc_domain_get_info_ret *ret, eb_error *err)
{
    RPC_AUTODOMAIN eb_domain *dom = rpc_get_domain(call, &args->dom);
    eb_domain_info info;

    if (eb_domain_get_info(dom, &info, err) < 0)
        return -1;
    ret->state = (uint8_t)info.state;
    ret->max_memory = info.max_memory;
    ret->memory = info.memory;
    ret->vcpus = (uint16_t)info.vcpus;
    ret->cpu_time = info.cpu_time;
    return 0;
}

int rpc_serve_domain_get_xml_desc(struct rpc_call *call, const struct rpc_domain_get_xml_desc_args *args,
                                  struct rpc_domain_get_xml_desc_ret *ret, eb_error *err)
{
    RPC_AUTODOMAIN eb_domain *dom = rpc_get_domain(call, &args->dom);

    return eb_domain_get_xml(dom, args->flags, &ret->xml, err);
}

int rpc_serve_domain_get_os_type(struct rpc_call *call, const struct rpc_domain_get_os_type_args *args,
                                 struct rpc_domain_get_os_type_ret *ret, eb_error *err)
{
    RPC_AUTODOMAIN eb_domain *dom = rpc_get_domain(call, &args->dom);

    return eb_domain_get_os_type(dom, &ret->type, err);
}

int rpc_serve_domain_is_active(struct rpc_call *call, const struct rpc_domain_is_active_args *args,
                               struct rpc_domain_is_active_ret *ret, eb_error *err)
{
    RPC_AUTODOMAIN eb_domain *dom = rpc_get_domain(call, &args->dom);

    return rpc_put_int(eb_domain_is_active(dom, err), &ret->active);
}

int rpc_serve_domain_is_persistent(struct rpc_call *call, const struct rpc_domain_is_persistent_args *args,
                                   struct rpc_domain_is_persistent_ret *ret, eb_error *err)
{
    RPC_AUTODOMAIN eb_domain *dom = rpc_get_domain(call, &args->dom);

    return rpc_put_int(eb_domain_is_persistent(dom, err), &ret->persistent);
}

int rpc_serve_domain_is_updated(struct rpc_call *call, const struct rpc_domain_is_updated_args *args,
                                struct rpc_domain_is_updated_ret *ret, eb_error *err)
{
    RPC_AUTODOMAIN eb_domain *dom = rpc_get_domain(call, &args->dom);

    return rpc_put_int(eb_domain_is_updated(dom, err), &ret->updated);
}

/* Gives how many virtual CPUs are told of. */
static int vcpu_info(eb_domain *dom, int max, struct rpc_domain_get_vcpus_ret *ret, eb_error *err)
{
    EB_AUTOFREE eb_vcpu_info *all = NULL;
    int n = eb_domain_get_vcpu_info(dom, &all, err);

    if (n > max)
        n = max;
    if (n < 0)
        return -1;
    ret->info.items = eb_calloc((size_t)n + 1, sizeof(*ret->info.items));
    ret->info.n = (uint32_t)n;
    for (int i = 0; i < n; i++) {
        ret->info.items[i].number = all[i].number;
        ret->info.items[i].state = all[i].state;
        ret->info.items[i].cpu_time = all[i].cpu_time;
        ret->info.items[i].cpu = all[i].cpu;
    }
    return n;
}

/* Those of a driver that ties virtual CPUs to the host's; with others each may run on all of them. Gives
 * whether there are some. */
static bool pinned_maps(struct rpc_call *call, const struct rpc_domain *of, int n, int length,
                        struct rpc_domain_get_vcpus_ret *ret)
{
    RPC_AUTODOMAIN eb_domain *dom = rpc_get_domain(call, of);
    EB_AUTOFREE unsigned char *maps = NULL;
    unsigned is;
    int all = eb_domain_get_vcpu_pins(dom, EB_AFFECT_LIVE, &maps, &is, NULL);

    for (int i = 0; i < n && i < all; i++)
        memcpy(ret->maps.items + (size_t)i * (size_t)length, maps + (size_t)i * is,
               is < (unsigned)length ? is : (unsigned)length);
    return all >= n;
}

static int vcpu_maps(struct rpc_call *call, const struct rpc_domain *of, int n, int length,
                     struct rpc_domain_get_vcpus_ret *ret, eb_error *err)
{
    eb_node_info node;
    unsigned cpus;

    if (!length || !n)
        return 0;
    if (rpc_check_max((int64_t)n * length, MAX_MAPS, "maxinfo * maplen", err) < 0 ||
        eb_node_get_info(call->conn, &node, err) < 0)
        return -1;
    cpus = node.nodes * node.sockets * node.cores * node.threads;
    ret->maps.n = (uint32_t)(n * length);
    ret->maps.items = eb_calloc(ret->maps.n, 1);
    if (pinned_maps(call, of, n, length, ret))
        return 0;
    for (int i = 0; i < n; i++) {
        for (unsigned cpu = 0; cpu < cpus && cpu < 8 * (unsigned)length; cpu++)
            ret->maps.items[i * length + (int)(cpu / 8)] |= (unsigned char)(1 << cpu % 8);
    }
    return 0;
}

int rpc_serve_domain_get_vcpus(struct rpc_call *call, const struct rpc_domain_get_vcpus_args *args,
                               struct rpc_domain_get_vcpus_ret *ret, eb_error *err)
{
    RPC_AUTODOMAIN eb_domain *dom = rpc_get_domain(call, &args->dom);
    int n;

    if (rpc_check_max(args->max_info, MAX_VCPUS, "maxinfo", err) < 0 ||
        rpc_check_max(args->map_length, MAX_MAP, "maplen", err) < 0)
        return -1;
    n = vcpu_info(dom, args->max_info, ret, err);
    return n < 0 ? -1 : vcpu_maps(call, &args->dom, n, args->map_length, ret, err);
}

int rpc_serve_domain_get_security_label(struct rpc_call *call,
                                        const struct rpc_domain_get_security_label_args *args,
                                        struct rpc_domain_get_security_label_ret *ret, eb_error *err)
{
    RPC_AUTODOMAIN eb_domain *dom = rpc_get_domain(call, &args->dom);
    EB_AUTOFREE eb_security_label *label = EB_NEW(eb_security_label);

    if (eb_domain_get_security_label(dom, label, err) < 0)
        return -1;
    RPC_PUT_CHARS(ret->label, label->label);
    ret->enforcing = label->enforcing;
    return 0;
}

int rpc_serve_domain_get_messages(struct rpc_call *call, const struct rpc_domain_get_messages_args *args,
                                  struct rpc_domain_get_messages_ret *ret, eb_error *err)
{
    RPC_AUTODOMAIN eb_domain *dom = rpc_get_domain(call, &args->dom);
    int n = eb_domain_get_messages(dom, args->flags, &ret->messages.items, err);

    if (n < 0)
        return -1;
    ret->messages.n = (uint32_t)n;
    return 0;
}
