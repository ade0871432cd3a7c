/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Checkpoints of domains. */
#include "remote/calls.h"

static struct rpc_checkpoint checkpoint_of(eb_conn *conn, eb_uuid uuid, const char *name)
{
    return (struct rpc_checkpoint){.name = TEXT(name), .dom = remote_domain(conn, uuid)};
}

static int get_def(eb_conn *conn, eb_uuid uuid, const char *name, unsigned flags,
                   struct eb_checkpoint_def **out, eb_error *err)
{
    struct rpc_domain_checkpoint_get_xml_desc_args args = {.checkpoint = checkpoint_of(conn, uuid, name),
                                                           .flags = flags};
    struct rpc_domain_checkpoint_get_xml_desc_ret ret = {0};
    int result;

    if (REMOTE_CALL(conn, DOMAIN_CHECKPOINT_GET_XML_DESC, &args, &ret, err) < 0)
        return -1;
    result = eb_checkpoint_def_parse(ret.xml, true, false, out, err);
    remote_clear(RPC_DOMAIN_CHECKPOINT_GET_XML_DESC, &ret);
    return result;
}

/* The parents of all are asked for at once; a root has none. */
static void read_parents(eb_conn *conn, eb_uuid uuid, struct eb_checkpoint_summary *list, uint32_t n)
{
    EB_AUTOFREE int64_t *numbers = eb_calloc((size_t)n + 1, sizeof(*numbers));
    struct remote *r = remote_of(conn)->r;

    for (uint32_t i = 0; i < n; i++) {
        struct rpc_domain_checkpoint_get_parent_args args = {.checkpoint =
                                                                 checkpoint_of(conn, uuid, list[i].name)};

        numbers[i] = remote_send(r, RPC_DOMAIN_CHECKPOINT_GET_PARENT, &args, NULL);
    }
    for (uint32_t i = 0; i < n; i++) {
        struct rpc_domain_checkpoint_get_parent_ret ret = {0};

        if (numbers[i] < 0 || remote_wait(r, numbers[i], &ret, NULL) < 0)
            continue;
        list[i].parent = eb_strdup(ret.parent.name);
        remote_clear(RPC_DOMAIN_CHECKPOINT_GET_PARENT, &ret);
    }
}

static int list_all(eb_conn *conn, eb_uuid uuid, struct eb_checkpoint_summary **out, eb_error *err)
{
    uint32_t n;

    BEGIN(DOMAIN_LIST_ALL_CHECKPOINTS, domain_list_all_checkpoints, .need = 1,
          .flags = EB_LIST_CHECKPOINTS_TOPOLOGICAL);
    n = ret.checkpoints.n;
    *out = eb_calloc((size_t)n + 1, sizeof(**out));
    for (uint32_t i = 0; i < n; i++)
        (*out)[i].name = EB_STEAL(ret.checkpoints.items[i].name);
    remote_clear(RPC_DOMAIN_LIST_ALL_CHECKPOINTS, &ret);
    read_parents(conn, uuid, *out, n);
    return (int)n;
}

static int create(eb_conn *conn, eb_uuid uuid, const struct eb_checkpoint_def *def, unsigned flags,
                  eb_error *err)
{
    EB_AUTOFREE char *xml = eb_checkpoint_def_format(def, true, EB_XML_SECURE);

    BEGIN(DOMAIN_CHECKPOINT_CREATE_XML, domain_checkpoint_create_xml, .xml = xml, .flags = flags);
    remote_clear(RPC_DOMAIN_CHECKPOINT_CREATE_XML, &ret);
    return 0;
}

static int delete_checkpoint(eb_conn *conn, eb_uuid uuid, const char *name, unsigned flags, eb_error *err)
{
    struct rpc_domain_checkpoint_delete_args args = {.checkpoint = checkpoint_of(conn, uuid, name),
                                                     .flags = flags};

    return REMOTE_CALL(conn, DOMAIN_CHECKPOINT_DELETE, &args, NULL, err);
}

const struct eb_driver_checkpoint_ops remote_checkpoint_ops = {
    .list = list_all,
    .get_def = get_def,
    .create = create,
    .delete = delete_checkpoint,
};
