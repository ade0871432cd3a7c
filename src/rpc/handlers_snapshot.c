/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Snapshots of domains. */
#include "rpc/handlers.h"

enum { MAX_LIST = 16384 };

static void snapshot_cleanup(eb_snapshot **snapshot)
{
    eb_snapshot_unref(*snapshot);
}
#define AUTO_SNAPSHOT EB_CLEANUP(snapshot_cleanup) eb_snapshot *

/* The handle of what a client names, without asking the driver. */
static eb_snapshot *get(struct rpc_call *call, const struct rpc_snapshot *snapshot)
{
    RPC_AUTODOMAIN eb_domain *dom = rpc_get_domain(call, &snapshot->dom);

    return eb_snapshot_from_name(dom, snapshot->name);
}

static void put(eb_snapshot *snapshot, struct rpc_snapshot *out)
{
    out->name = eb_strdup(eb_snapshot_get_name(snapshot));
    rpc_put_domain(eb_snapshot_get_domain(snapshot), &out->dom);
}

/* Describes `n` snapshots of one domain, whose id is asked for once, and drops the handles. */
static void put_list(eb_snapshot **list, int n, struct rpc_snapshot **items, uint32_t *count)
{
    int id = n ? eb_domain_get_id(eb_snapshot_get_domain(list[0])) : -1;

    *items = eb_calloc((size_t)n + 1, sizeof(**items));
    *count = (uint32_t)n;
    for (int i = 0; i < n; i++) {
        eb_domain *dom = eb_snapshot_get_domain(list[i]);
        struct rpc_snapshot *out = &(*items)[i];

        out->name = eb_strdup(eb_snapshot_get_name(list[i]));
        out->dom.name = eb_strdup(eb_domain_get_name(dom));
        eb_domain_get_uuid(dom, out->dom.uuid);
        out->dom.id = id;
        eb_snapshot_unref(list[i]);
    }
    eb_free(list);
}

/* The first `max` names; drops the handles. */
static void put_names(eb_snapshot **list, int n, int max, char ***items, uint32_t *count)
{
    *items = eb_calloc((size_t)n + 1, sizeof(**items));
    for (int i = 0; i < n; i++) {
        if (i < max)
            (*items)[(*count)++] = eb_strdup(eb_snapshot_get_name(list[i]));
        eb_snapshot_unref(list[i]);
    }
    eb_free(list);
}

int rpc_serve_domain_snapshot_create_xml(struct rpc_call *call,
                                         const struct rpc_domain_snapshot_create_xml_args *args,
                                         struct rpc_domain_snapshot_create_xml_ret *ret, eb_error *err)
{
    RPC_AUTODOMAIN eb_domain *dom = rpc_get_domain(call, &args->dom);
    AUTO_SNAPSHOT snapshot = NULL;

    if (eb_domain_create_snapshot(dom, args->xml, args->flags, &snapshot, err) < 0)
        return -1;
    put(snapshot, &ret->snapshot);
    return 0;
}

int rpc_serve_domain_snapshot_get_xml_desc(struct rpc_call *call,
                                           const struct rpc_domain_snapshot_get_xml_desc_args *args,
                                           struct rpc_domain_snapshot_get_xml_desc_ret *ret, eb_error *err)
{
    AUTO_SNAPSHOT snapshot = get(call, &args->snapshot);

    return eb_snapshot_get_xml(snapshot, args->flags, &ret->xml, err);
}

int rpc_serve_domain_snapshot_num(struct rpc_call *call, const struct rpc_domain_snapshot_num_args *args,
                                  struct rpc_domain_snapshot_num_ret *ret, eb_error *err)
{
    RPC_AUTODOMAIN eb_domain *dom = rpc_get_domain(call, &args->dom);

    return rpc_put_int(eb_domain_list_snapshots(dom, args->flags, NULL, err), &ret->count);
}

int rpc_serve_domain_snapshot_list_names(struct rpc_call *call,
                                         const struct rpc_domain_snapshot_list_names_args *args,
                                         struct rpc_domain_snapshot_list_names_ret *ret, eb_error *err)
{
    RPC_AUTODOMAIN eb_domain *dom = rpc_get_domain(call, &args->dom);
    eb_snapshot **list = NULL;
    int n;

    if (rpc_check_max(args->max, MAX_LIST, "maxnames", err) < 0)
        return -1;
    n = eb_domain_list_snapshots(dom, args->flags, &list, err);
    if (n < 0)
        return -1;
    put_names(list, n, args->max, &ret->names.items, &ret->names.n);
    return 0;
}

int rpc_serve_domain_snapshot_lookup_by_name(struct rpc_call *call,
                                             const struct rpc_domain_snapshot_lookup_by_name_args *args,
                                             struct rpc_domain_snapshot_lookup_by_name_ret *ret,
                                             eb_error *err)
{
    RPC_AUTODOMAIN eb_domain *dom = rpc_get_domain(call, &args->dom);
    AUTO_SNAPSHOT snapshot = NULL;

    if (eb_domain_lookup_snapshot(dom, args->name, args->flags, &snapshot, err) < 0)
        return -1;
    put(snapshot, &ret->snapshot);
    return 0;
}

int rpc_serve_domain_has_current_snapshot(struct rpc_call *call,
                                          const struct rpc_domain_has_current_snapshot_args *args,
                                          struct rpc_domain_has_current_snapshot_ret *ret, eb_error *err)
{
    RPC_AUTODOMAIN eb_domain *dom = rpc_get_domain(call, &args->dom);

    return rpc_put_int(eb_domain_has_current_snapshot(dom, args->flags, err), &ret->has);
}

int rpc_serve_domain_snapshot_current(struct rpc_call *call,
                                      const struct rpc_domain_snapshot_current_args *args,
                                      struct rpc_domain_snapshot_current_ret *ret, eb_error *err)
{
    RPC_AUTODOMAIN eb_domain *dom = rpc_get_domain(call, &args->dom);
    AUTO_SNAPSHOT snapshot = NULL;

    if (eb_domain_get_current_snapshot(dom, args->flags, &snapshot, err) < 0)
        return -1;
    put(snapshot, &ret->snapshot);
    return 0;
}

int rpc_serve_domain_revert_to_snapshot(struct rpc_call *call,
                                        const struct rpc_domain_revert_to_snapshot_args *args, eb_error *err)
{
    AUTO_SNAPSHOT snapshot = get(call, &args->snapshot);

    return eb_snapshot_revert(snapshot, args->flags, err);
}

int rpc_serve_domain_snapshot_delete(struct rpc_call *call,
                                     const struct rpc_domain_snapshot_delete_args *args, eb_error *err)
{
    AUTO_SNAPSHOT snapshot = get(call, &args->snapshot);

    return eb_snapshot_delete(snapshot, args->flags, err);
}

int rpc_serve_domain_snapshot_get_parent(struct rpc_call *call,
                                         const struct rpc_domain_snapshot_get_parent_args *args,
                                         struct rpc_domain_snapshot_get_parent_ret *ret, eb_error *err)
{
    AUTO_SNAPSHOT snapshot = get(call, &args->snapshot);
    AUTO_SNAPSHOT parent = NULL;

    if (eb_snapshot_get_parent(snapshot, args->flags, &parent, err) < 0)
        return -1;
    put(parent, &ret->snapshot);
    return 0;
}

int rpc_serve_domain_snapshot_num_children(struct rpc_call *call,
                                           const struct rpc_domain_snapshot_num_children_args *args,
                                           struct rpc_domain_snapshot_num_children_ret *ret, eb_error *err)
{
    AUTO_SNAPSHOT snapshot = get(call, &args->snapshot);

    return rpc_put_int(eb_snapshot_list_children(snapshot, args->flags, NULL, err), &ret->count);
}

int rpc_serve_domain_snapshot_list_children_names(
    struct rpc_call *call, const struct rpc_domain_snapshot_list_children_names_args *args,
    struct rpc_domain_snapshot_list_children_names_ret *ret, eb_error *err)
{
    AUTO_SNAPSHOT snapshot = get(call, &args->snapshot);
    eb_snapshot **list = NULL;
    int n;

    if (rpc_check_max(args->max, MAX_LIST, "maxnames", err) < 0)
        return -1;
    n = eb_snapshot_list_children(snapshot, args->flags, &list, err);
    if (n < 0)
        return -1;
    put_names(list, n, args->max, &ret->names.items, &ret->names.n);
    return 0;
}

int rpc_serve_domain_snapshot_is_current(struct rpc_call *call,
                                         const struct rpc_domain_snapshot_is_current_args *args,
                                         struct rpc_domain_snapshot_is_current_ret *ret, eb_error *err)
{
    AUTO_SNAPSHOT snapshot = get(call, &args->snapshot);

    return rpc_put_int(eb_snapshot_is_current(snapshot, args->flags, err), &ret->current);
}

int rpc_serve_domain_snapshot_has_metadata(struct rpc_call *call,
                                           const struct rpc_domain_snapshot_has_metadata_args *args,
                                           struct rpc_domain_snapshot_has_metadata_ret *ret, eb_error *err)
{
    AUTO_SNAPSHOT snapshot = get(call, &args->snapshot);

    return rpc_put_int(eb_snapshot_has_metadata(snapshot, args->flags, err), &ret->metadata);
}

int rpc_serve_domain_list_all_snapshots(struct rpc_call *call,
                                        const struct rpc_domain_list_all_snapshots_args *args,
                                        struct rpc_domain_list_all_snapshots_ret *ret, eb_error *err)
{
    RPC_AUTODOMAIN eb_domain *dom = rpc_get_domain(call, &args->dom);
    eb_snapshot **list = NULL;

    if (rpc_put_int(eb_domain_list_snapshots(dom, args->flags, args->need ? &list : NULL, err), &ret->count) <
        0)
        return -1;
    if (list)
        put_list(list, ret->count, &ret->snapshots.items, &ret->snapshots.n);
    return 0;
}

int rpc_serve_domain_snapshot_list_all_children(struct rpc_call *call,
                                                const struct rpc_domain_snapshot_list_all_children_args *args,
                                                struct rpc_domain_snapshot_list_all_children_ret *ret,
                                                eb_error *err)
{
    AUTO_SNAPSHOT snapshot = get(call, &args->snapshot);
    eb_snapshot **list = NULL;

    if (rpc_put_int(eb_snapshot_list_children(snapshot, args->flags, args->need ? &list : NULL, err),
                    &ret->count) < 0)
        return -1;
    if (list)
        put_list(list, ret->count, &ret->snapshots.items, &ret->snapshots.n);
    return 0;
}
