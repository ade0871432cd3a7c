/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The life of domains: define, start, stop, save, restore. */
#include "rpc/handlers.h"

int rpc_serve_domain_define_xml(struct rpc_call *call, const struct rpc_domain_define_xml_args *args,
                                struct rpc_domain_define_xml_ret *ret, eb_error *err)
{
    RPC_AUTODOMAIN eb_domain *dom = NULL;

    if (eb_domain_define_xml(call->conn, args->xml, 0, &dom, err) < 0)
        return -1;
    rpc_put_domain(dom, &ret->dom);
    return 0;
}

int rpc_serve_domain_define_xml_flags(struct rpc_call *call,
                                      const struct rpc_domain_define_xml_flags_args *args,
                                      struct rpc_domain_define_xml_flags_ret *ret, eb_error *err)
{
    RPC_AUTODOMAIN eb_domain *dom = NULL;

    if (eb_domain_define_xml(call->conn, args->xml, args->flags, &dom, err) < 0)
        return -1;
    rpc_put_domain(dom, &ret->dom);
    return 0;
}

int rpc_serve_domain_create_xml(struct rpc_call *call, const struct rpc_domain_create_xml_args *args,
                                struct rpc_domain_create_xml_ret *ret, eb_error *err)
{
    RPC_AUTODOMAIN eb_domain *dom = NULL;

    if (eb_domain_create_xml(call->conn, args->xml, args->flags, &dom, err) < 0)
        return -1;
    rpc_put_domain(dom, &ret->dom);
    return 0;
}

int rpc_serve_domain_create(struct rpc_call *call, const struct rpc_domain_create_args *args, eb_error *err)
{
    RPC_AUTODOMAIN eb_domain *dom = rpc_get_domain(call, &args->dom);

    return eb_domain_start(dom, 0, err);
}

int rpc_serve_domain_create_with_flags(struct rpc_call *call,
                                       const struct rpc_domain_create_with_flags_args *args,
                                       struct rpc_domain_create_with_flags_ret *ret, eb_error *err)
{
    RPC_AUTODOMAIN eb_domain *dom = rpc_get_domain(call, &args->dom);

    if (eb_domain_start(dom, args->flags, err) < 0)
        return -1;
    rpc_put_domain(dom, &ret->dom);
    return 0;
}

int rpc_serve_domain_suspend(struct rpc_call *call, const struct rpc_domain_suspend_args *args, eb_error *err)
{
    RPC_AUTODOMAIN eb_domain *dom = rpc_get_domain(call, &args->dom);

    return eb_domain_suspend(dom, err);
}

int rpc_serve_domain_resume(struct rpc_call *call, const struct rpc_domain_resume_args *args, eb_error *err)
{
    RPC_AUTODOMAIN eb_domain *dom = rpc_get_domain(call, &args->dom);

    return eb_domain_resume(dom, err);
}

int rpc_serve_domain_shutdown(struct rpc_call *call, const struct rpc_domain_shutdown_args *args,
                              eb_error *err)
{
    RPC_AUTODOMAIN eb_domain *dom = rpc_get_domain(call, &args->dom);

    return eb_domain_shutdown(dom, 0, err);
}

int rpc_serve_domain_shutdown_flags(struct rpc_call *call, const struct rpc_domain_shutdown_flags_args *args,
                                    eb_error *err)
{
    RPC_AUTODOMAIN eb_domain *dom = rpc_get_domain(call, &args->dom);

    return eb_domain_shutdown(dom, args->flags, err);
}

int rpc_serve_domain_reboot(struct rpc_call *call, const struct rpc_domain_reboot_args *args, eb_error *err)
{
    RPC_AUTODOMAIN eb_domain *dom = rpc_get_domain(call, &args->dom);

    return eb_domain_reboot(dom, args->flags, err);
}

int rpc_serve_domain_reset(struct rpc_call *call, const struct rpc_domain_reset_args *args, eb_error *err)
{
    RPC_AUTODOMAIN eb_domain *dom = rpc_get_domain(call, &args->dom);

    return eb_domain_reset(dom, args->flags, err);
}

int rpc_serve_domain_destroy(struct rpc_call *call, const struct rpc_domain_destroy_args *args, eb_error *err)
{
    RPC_AUTODOMAIN eb_domain *dom = rpc_get_domain(call, &args->dom);

    return eb_domain_destroy(dom, 0, err);
}

int rpc_serve_domain_destroy_flags(struct rpc_call *call, const struct rpc_domain_destroy_flags_args *args,
                                   eb_error *err)
{
    RPC_AUTODOMAIN eb_domain *dom = rpc_get_domain(call, &args->dom);

    return eb_domain_destroy(dom, args->flags, err);
}

int rpc_serve_domain_undefine(struct rpc_call *call, const struct rpc_domain_undefine_args *args,
                              eb_error *err)
{
    RPC_AUTODOMAIN eb_domain *dom = rpc_get_domain(call, &args->dom);

    return eb_domain_undefine(dom, 0, err);
}

int rpc_serve_domain_undefine_flags(struct rpc_call *call, const struct rpc_domain_undefine_flags_args *args,
                                    eb_error *err)
{
    RPC_AUTODOMAIN eb_domain *dom = rpc_get_domain(call, &args->dom);

    return eb_domain_undefine(dom, args->flags, err);
}

int rpc_serve_domain_save(struct rpc_call *call, const struct rpc_domain_save_args *args, eb_error *err)
{
    RPC_AUTODOMAIN eb_domain *dom = rpc_get_domain(call, &args->dom);

    return eb_domain_save(dom, args->path, NULL, 0, err);
}

int rpc_serve_domain_save_flags(struct rpc_call *call, const struct rpc_domain_save_flags_args *args,
                                eb_error *err)
{
    RPC_AUTODOMAIN eb_domain *dom = rpc_get_domain(call, &args->dom);

    return eb_domain_save(dom, args->path, args->xml, args->flags, err);
}

int rpc_serve_domain_managed_save(struct rpc_call *call, const struct rpc_domain_managed_save_args *args,
                                  eb_error *err)
{
    RPC_AUTODOMAIN eb_domain *dom = rpc_get_domain(call, &args->dom);

    return eb_domain_managed_save(dom, args->flags, err);
}

int rpc_serve_domain_managed_save_remove(struct rpc_call *call,
                                         const struct rpc_domain_managed_save_remove_args *args,
                                         eb_error *err)
{
    RPC_AUTODOMAIN eb_domain *dom = rpc_get_domain(call, &args->dom);

    return eb_domain_managed_save_remove(dom, args->flags, err);
}

int rpc_serve_domain_has_managed_save_image(struct rpc_call *call,
                                            const struct rpc_domain_has_managed_save_image_args *args,
                                            struct rpc_domain_has_managed_save_image_ret *ret, eb_error *err)
{
    RPC_AUTODOMAIN eb_domain *dom = rpc_get_domain(call, &args->dom);

    return rpc_put_int(eb_domain_has_managed_save(dom, args->flags, err), &ret->has);
}

int rpc_serve_domain_restore(struct rpc_call *call, const struct rpc_domain_restore_args *args, eb_error *err)
{
    return eb_domain_restore(call->conn, args->path, NULL, 0, err);
}

int rpc_serve_domain_restore_flags(struct rpc_call *call, const struct rpc_domain_restore_flags_args *args,
                                   eb_error *err)
{
    return eb_domain_restore(call->conn, args->path, args->xml, args->flags, err);
}

int rpc_serve_domain_save_image_get_xml_desc(struct rpc_call *call,
                                             const struct rpc_domain_save_image_get_xml_desc_args *args,
                                             struct rpc_domain_save_image_get_xml_desc_ret *ret,
                                             eb_error *err)
{
    return eb_save_image_get_xml(call->conn, args->path, args->flags, &ret->xml, err);
}
