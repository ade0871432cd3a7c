/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Changes to a domain's configuration and devices. What has no flags acts as libvirt's call without flags. */
#include "rpc/handlers.h"

int rpc_serve_domain_get_autostart(struct rpc_call *call, const struct rpc_domain_get_autostart_args *args,
                                   struct rpc_domain_get_autostart_ret *ret, eb_error *err)
{
    RPC_AUTODOMAIN eb_domain *dom = rpc_get_domain(call, &args->dom);

    return rpc_put_int(eb_domain_get_autostart(dom, err), &ret->autostart);
}

int rpc_serve_domain_set_autostart(struct rpc_call *call, const struct rpc_domain_set_autostart_args *args,
                                   eb_error *err)
{
    RPC_AUTODOMAIN eb_domain *dom = rpc_get_domain(call, &args->dom);

    return eb_domain_set_autostart(dom, args->autostart, err);
}

int rpc_serve_domain_get_max_memory(struct rpc_call *call, const struct rpc_domain_get_max_memory_args *args,
                                    struct rpc_domain_get_max_memory_ret *ret, eb_error *err)
{
    RPC_AUTODOMAIN eb_domain *dom = rpc_get_domain(call, &args->dom);

    return eb_domain_get_max_memory(dom, &ret->memory, err);
}

int rpc_serve_domain_set_memory(struct rpc_call *call, const struct rpc_domain_set_memory_args *args,
                                eb_error *err)
{
    RPC_AUTODOMAIN eb_domain *dom = rpc_get_domain(call, &args->dom);

    return eb_domain_set_memory(dom, args->memory, 0, err);
}

int rpc_serve_domain_set_memory_flags(struct rpc_call *call,
                                      const struct rpc_domain_set_memory_flags_args *args, eb_error *err)
{
    RPC_AUTODOMAIN eb_domain *dom = rpc_get_domain(call, &args->dom);

    return eb_domain_set_memory(dom, args->memory, args->flags, err);
}

int rpc_serve_domain_set_max_memory(struct rpc_call *call, const struct rpc_domain_set_max_memory_args *args,
                                    eb_error *err)
{
    RPC_AUTODOMAIN eb_domain *dom = rpc_get_domain(call, &args->dom);

    return eb_domain_set_memory(dom, args->memory, EB_MEM_MAXIMUM, err);
}

int rpc_serve_domain_get_vcpus_flags(struct rpc_call *call,
                                     const struct rpc_domain_get_vcpus_flags_args *args,
                                     struct rpc_domain_get_vcpus_flags_ret *ret, eb_error *err)
{
    RPC_AUTODOMAIN eb_domain *dom = rpc_get_domain(call, &args->dom);

    return rpc_put_int(eb_domain_get_vcpus(dom, args->flags, err), &ret->count);
}

int rpc_serve_domain_get_max_vcpus(struct rpc_call *call, const struct rpc_domain_get_max_vcpus_args *args,
                                   struct rpc_domain_get_max_vcpus_ret *ret, eb_error *err)
{
    RPC_AUTODOMAIN eb_domain *dom = rpc_get_domain(call, &args->dom);

    return rpc_put_int(eb_domain_get_vcpus(dom, EB_VCPU_MAXIMUM, err), &ret->count);
}

int rpc_serve_domain_set_vcpus(struct rpc_call *call, const struct rpc_domain_set_vcpus_args *args,
                               eb_error *err)
{
    RPC_AUTODOMAIN eb_domain *dom = rpc_get_domain(call, &args->dom);

    return eb_domain_set_vcpus(dom, args->count, 0, err);
}

int rpc_serve_domain_set_vcpus_flags(struct rpc_call *call,
                                     const struct rpc_domain_set_vcpus_flags_args *args, eb_error *err)
{
    RPC_AUTODOMAIN eb_domain *dom = rpc_get_domain(call, &args->dom);

    return eb_domain_set_vcpus(dom, args->count, args->flags, err);
}

int rpc_serve_domain_get_metadata(struct rpc_call *call, const struct rpc_domain_get_metadata_args *args,
                                  struct rpc_domain_get_metadata_ret *ret, eb_error *err)
{
    RPC_AUTODOMAIN eb_domain *dom = rpc_get_domain(call, &args->dom);

    return eb_domain_get_metadata(dom, args->type, args->uri, args->flags, &ret->metadata, err);
}

int rpc_serve_domain_set_metadata(struct rpc_call *call, const struct rpc_domain_set_metadata_args *args,
                                  eb_error *err)
{
    RPC_AUTODOMAIN eb_domain *dom = rpc_get_domain(call, &args->dom);

    return eb_domain_set_metadata(dom, args->type, args->metadata, args->key, args->uri, args->flags, err);
}

int rpc_serve_domain_rename(struct rpc_call *call, const struct rpc_domain_rename_args *args,
                            struct rpc_domain_rename_ret *ret, eb_error *err)
{
    RPC_AUTODOMAIN eb_domain *dom = rpc_get_domain(call, &args->dom);

    return rpc_put_int(eb_domain_rename(dom, args->name, args->flags, err), &ret->result);
}

int rpc_serve_domain_attach_device(struct rpc_call *call, const struct rpc_domain_attach_device_args *args,
                                   eb_error *err)
{
    RPC_AUTODOMAIN eb_domain *dom = rpc_get_domain(call, &args->dom);

    return eb_domain_attach_device(dom, args->xml, EB_AFFECT_LIVE, err);
}

int rpc_serve_domain_attach_device_flags(struct rpc_call *call,
                                         const struct rpc_domain_attach_device_flags_args *args,
                                         eb_error *err)
{
    RPC_AUTODOMAIN eb_domain *dom = rpc_get_domain(call, &args->dom);

    return eb_domain_attach_device(dom, args->xml, args->flags, err);
}

int rpc_serve_domain_detach_device(struct rpc_call *call, const struct rpc_domain_detach_device_args *args,
                                   eb_error *err)
{
    RPC_AUTODOMAIN eb_domain *dom = rpc_get_domain(call, &args->dom);

    return eb_domain_detach_device(dom, args->xml, EB_AFFECT_LIVE, err);
}

int rpc_serve_domain_detach_device_flags(struct rpc_call *call,
                                         const struct rpc_domain_detach_device_flags_args *args,
                                         eb_error *err)
{
    RPC_AUTODOMAIN eb_domain *dom = rpc_get_domain(call, &args->dom);

    return eb_domain_detach_device(dom, args->xml, args->flags, err);
}

int rpc_serve_domain_update_device_flags(struct rpc_call *call,
                                         const struct rpc_domain_update_device_flags_args *args,
                                         eb_error *err)
{
    RPC_AUTODOMAIN eb_domain *dom = rpc_get_domain(call, &args->dom);

    return eb_domain_update_device(dom, args->xml, args->flags, err);
}
