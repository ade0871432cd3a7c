/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Lists of domains, and finding one. */
#include "rpc/handlers.h"

enum { MAX_LIST = 16384 };

eb_domain *rpc_get_domain(struct rpc_call *call, const struct rpc_domain *dom)
{
    struct eb_domain_key key = {.name = eb_strdup(dom->name), .id = dom->id};

    memcpy(key.uuid, dom->uuid, sizeof(key.uuid));
    return eb_domain_from_key(call->conn, &key);
}

void rpc_put_domain(eb_domain *dom, struct rpc_domain *out)
{
    out->name = eb_strdup(eb_domain_get_name(dom));
    eb_domain_get_uuid(dom, out->uuid);
    out->id = eb_domain_get_id(dom);
}

int rpc_serve_connect_list_all_domains(struct rpc_call *call,
                                       const struct rpc_connect_list_all_domains_args *args,
                                       struct rpc_connect_list_all_domains_ret *ret, eb_error *err)
{
    eb_domain_entry *entries;
    int n = eb_conn_list_domains_full(call->conn, args->flags, &entries, err);

    if (n < 0)
        return -1;
    ret->count = (uint32_t)n;
    if (args->need) {
        ret->domains.n = (uint32_t)n;
        ret->domains.items = eb_calloc((size_t)n + 1, sizeof(*ret->domains.items));
        for (int i = 0; i < n; i++) {
            ret->domains.items[i].name = eb_strdup(eb_domain_get_name(entries[i].domain));
            eb_domain_get_uuid(entries[i].domain, ret->domains.items[i].uuid);
            ret->domains.items[i].id = entries[i].id;
        }
    }
    eb_domain_entries_free(entries, (size_t)n);
    return 0;
}

static int count(struct rpc_call *call, unsigned flags, int32_t *out, eb_error *err)
{
    eb_domain_entry *entries;
    int n = eb_conn_list_domains_full(call->conn, flags, &entries, err);

    if (n < 0)
        return -1;
    eb_domain_entries_free(entries, (size_t)n);
    *out = n;
    return 0;
}

int rpc_serve_connect_num_of_domains(struct rpc_call *call, struct rpc_connect_num_of_domains_ret *ret,
                                     eb_error *err)
{
    return count(call, EB_LIST_ACTIVE, &ret->count, err);
}

int rpc_serve_connect_num_of_defined_domains(struct rpc_call *call,
                                             struct rpc_connect_num_of_defined_domains_ret *ret,
                                             eb_error *err)
{
    return count(call, EB_LIST_INACTIVE, &ret->count, err);
}

int rpc_serve_connect_list_domains(struct rpc_call *call, const struct rpc_connect_list_domains_args *args,
                                   struct rpc_connect_list_domains_ret *ret, eb_error *err)
{
    eb_domain_entry *entries;
    int n;

    if (rpc_check_max(args->max, MAX_LIST, "maxids", err) < 0)
        return -1;
    n = eb_conn_list_domains_full(call->conn, EB_LIST_ACTIVE, &entries, err);
    if (n < 0)
        return -1;
    ret->ids.items = eb_calloc((size_t)n + 1, sizeof(*ret->ids.items));
    for (int i = 0; i < n && i < args->max; i++)
        ret->ids.items[ret->ids.n++] = entries[i].id;
    eb_domain_entries_free(entries, (size_t)n);
    return 0;
}

int rpc_serve_connect_list_defined_domains(struct rpc_call *call,
                                           const struct rpc_connect_list_defined_domains_args *args,
                                           struct rpc_connect_list_defined_domains_ret *ret, eb_error *err)
{
    eb_domain_entry *entries;
    int n;

    if (rpc_check_max(args->max, MAX_LIST, "maxnames", err) < 0)
        return -1;
    n = eb_conn_list_domains_full(call->conn, EB_LIST_INACTIVE, &entries, err);
    if (n < 0)
        return -1;
    ret->names.items = eb_calloc((size_t)n + 1, sizeof(*ret->names.items));
    for (int i = 0; i < n && i < args->max; i++)
        ret->names.items[ret->names.n++] = eb_strdup(eb_domain_get_name(entries[i].domain));
    eb_domain_entries_free(entries, (size_t)n);
    return 0;
}

int rpc_serve_domain_lookup_by_id(struct rpc_call *call, const struct rpc_domain_lookup_by_id_args *args,
                                  struct rpc_domain_lookup_by_id_ret *ret, eb_error *err)
{
    RPC_AUTODOMAIN eb_domain *dom = NULL;

    if (eb_domain_lookup_by_id(call->conn, args->id, &dom, err) < 0)
        return -1;
    rpc_put_domain(dom, &ret->dom);
    return 0;
}

int rpc_serve_domain_lookup_by_uuid(struct rpc_call *call, const struct rpc_domain_lookup_by_uuid_args *args,
                                    struct rpc_domain_lookup_by_uuid_ret *ret, eb_error *err)
{
    RPC_AUTODOMAIN eb_domain *dom = NULL;

    if (eb_domain_lookup_by_uuid(call->conn, args->uuid, &dom, err) < 0)
        return -1;
    rpc_put_domain(dom, &ret->dom);
    return 0;
}

int rpc_serve_domain_lookup_by_name(struct rpc_call *call, const struct rpc_domain_lookup_by_name_args *args,
                                    struct rpc_domain_lookup_by_name_ret *ret, eb_error *err)
{
    RPC_AUTODOMAIN eb_domain *dom = NULL;

    if (eb_domain_lookup_by_name(call->conn, args->name, &dom, err) < 0)
        return -1;
    rpc_put_domain(dom, &ret->dom);
    return 0;
}
