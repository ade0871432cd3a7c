/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Checkpoints of domains. */
#include "rpc/handlers.h"

static void checkpoint_cleanup(eb_checkpoint **checkpoint)
{
    eb_checkpoint_unref(*checkpoint);
}
#define AUTO_CHECKPOINT EB_CLEANUP(checkpoint_cleanup) eb_checkpoint *

/* The handle of what a client names, without asking the driver. */
static eb_checkpoint *get(struct rpc_call *call, const struct rpc_checkpoint *checkpoint)
{
    RPC_AUTODOMAIN eb_domain *dom = rpc_get_domain(call, &checkpoint->dom);

    return eb_checkpoint_from_name(dom, checkpoint->name);
}

static void put(eb_checkpoint *checkpoint, struct rpc_checkpoint *out)
{
    out->name = eb_strdup(eb_checkpoint_get_name(checkpoint));
    rpc_put_domain(eb_checkpoint_get_domain(checkpoint), &out->dom);
}

/* Describes `n` checkpoints, and drops the handles. */
static void put_list(eb_checkpoint **list, int n, struct rpc_checkpoint **items, uint32_t *count)
{
    *items = eb_calloc((size_t)n + 1, sizeof(**items));
    *count = (uint32_t)n;
    for (int i = 0; i < n; i++) {
        put(list[i], &(*items)[i]);
        eb_checkpoint_unref(list[i]);
    }
    eb_free(list);
}

int rpc_serve_domain_checkpoint_create_xml(struct rpc_call *call,
                                           const struct rpc_domain_checkpoint_create_xml_args *args,
                                           struct rpc_domain_checkpoint_create_xml_ret *ret, eb_error *err)
{
    RPC_AUTODOMAIN eb_domain *dom = rpc_get_domain(call, &args->dom);
    AUTO_CHECKPOINT checkpoint = NULL;

    if (eb_domain_create_checkpoint(dom, args->xml, args->flags, &checkpoint, err) < 0)
        return -1;
    put(checkpoint, &ret->checkpoint);
    return 0;
}

int rpc_serve_domain_checkpoint_get_xml_desc(struct rpc_call *call,
                                             const struct rpc_domain_checkpoint_get_xml_desc_args *args,
                                             struct rpc_domain_checkpoint_get_xml_desc_ret *ret,
                                             eb_error *err)
{
    AUTO_CHECKPOINT checkpoint = get(call, &args->checkpoint);

    return eb_checkpoint_get_xml(checkpoint, args->flags, &ret->xml, err);
}

int rpc_serve_domain_list_all_checkpoints(struct rpc_call *call,
                                          const struct rpc_domain_list_all_checkpoints_args *args,
                                          struct rpc_domain_list_all_checkpoints_ret *ret, eb_error *err)
{
    RPC_AUTODOMAIN eb_domain *dom = rpc_get_domain(call, &args->dom);
    eb_checkpoint **list = NULL;
    int n = eb_domain_list_checkpoints(dom, args->flags, args->need ? &list : NULL, err);

    if (n >= 0 && list)
        put_list(list, n, &ret->checkpoints.items, &ret->checkpoints.n);
    return rpc_put_int(n, &ret->count);
}

int rpc_serve_domain_checkpoint_list_all_children(
    struct rpc_call *call, const struct rpc_domain_checkpoint_list_all_children_args *args,
    struct rpc_domain_checkpoint_list_all_children_ret *ret, eb_error *err)
{
    AUTO_CHECKPOINT checkpoint = get(call, &args->checkpoint);
    eb_checkpoint **list = NULL;
    int n = eb_checkpoint_list_children(checkpoint, args->flags, args->need ? &list : NULL, err);

    if (n >= 0 && list)
        put_list(list, n, &ret->checkpoints.items, &ret->checkpoints.n);
    return rpc_put_int(n, &ret->count);
}

int rpc_serve_domain_checkpoint_lookup_by_name(struct rpc_call *call,
                                               const struct rpc_domain_checkpoint_lookup_by_name_args *args,
                                               struct rpc_domain_checkpoint_lookup_by_name_ret *ret,
                                               eb_error *err)
{
    RPC_AUTODOMAIN eb_domain *dom = rpc_get_domain(call, &args->dom);
    AUTO_CHECKPOINT checkpoint = NULL;

    if (eb_domain_lookup_checkpoint(dom, args->name, args->flags, &checkpoint, err) < 0)
        return -1;
    put(checkpoint, &ret->checkpoint);
    return 0;
}

int rpc_serve_domain_checkpoint_get_parent(struct rpc_call *call,
                                           const struct rpc_domain_checkpoint_get_parent_args *args,
                                           struct rpc_domain_checkpoint_get_parent_ret *ret, eb_error *err)
{
    AUTO_CHECKPOINT checkpoint = get(call, &args->checkpoint);
    AUTO_CHECKPOINT parent = NULL;

    if (eb_checkpoint_get_parent(checkpoint, args->flags, &parent, err) < 0)
        return -1;
    put(parent, &ret->parent);
    return 0;
}

int rpc_serve_domain_checkpoint_delete(struct rpc_call *call,
                                       const struct rpc_domain_checkpoint_delete_args *args, eb_error *err)
{
    AUTO_CHECKPOINT checkpoint = get(call, &args->checkpoint);

    return eb_checkpoint_delete(checkpoint, args->flags, err);
}
