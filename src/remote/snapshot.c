/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Snapshots of domains. */
#include "remote/calls.h"

static struct rpc_snapshot snapshot_of(eb_conn *conn, eb_uuid uuid, const char *name)
{
    return (struct rpc_snapshot){.name = TEXT(name), .dom = remote_domain(conn, uuid)};
}

static int get_def(eb_conn *conn, eb_uuid uuid, const char *name, unsigned flags,
                   struct eb_snapshot_def **out, eb_error *err)
{
    struct rpc_domain_snapshot_get_xml_desc_args args = {.snapshot = snapshot_of(conn, uuid, name),
                                                         .flags = flags};
    struct rpc_domain_snapshot_get_xml_desc_ret ret = {0};
    int result;

    if (REMOTE_CALL(conn, DOMAIN_SNAPSHOT_GET_XML_DESC, &args, &ret, err) < 0)
        return -1;
    result = eb_snapshot_def_parse(ret.xml, true, out, err);
    remote_clear(RPC_DOMAIN_SNAPSHOT_GET_XML_DESC, &ret);
    return result;
}

static bool is_current(eb_conn *conn, eb_uuid uuid, const char *name)
{
    struct rpc_domain_snapshot_is_current_args args = {.snapshot = snapshot_of(conn, uuid, name)};
    struct rpc_domain_snapshot_is_current_ret ret = {0};

    return REMOTE_CALL(conn, DOMAIN_SNAPSHOT_IS_CURRENT, &args, &ret, NULL) == 0 && ret.current;
}

static bool has_metadata(eb_conn *conn, eb_uuid uuid, const char *name)
{
    struct rpc_domain_snapshot_has_metadata_args args = {.snapshot = snapshot_of(conn, uuid, name)};
    struct rpc_domain_snapshot_has_metadata_ret ret = {0};

    return REMOTE_CALL(conn, DOMAIN_SNAPSHOT_HAS_METADATA, &args, &ret, NULL) == 0 && ret.metadata;
}

/* False when it went meanwhile. */
static bool describe(eb_conn *conn, eb_uuid uuid, struct eb_snapshot_summary *s)
{
    EB_AUTOSNAPSHOT struct eb_snapshot_def *def = NULL;

    if (get_def(conn, uuid, s->name, 0, &def, NULL) < 0)
        return false;
    s->parent = EB_STEAL(def->parent);
    s->state = def->state;
    s->external = eb_snapshot_def_is_external(def);
    s->current = is_current(conn, uuid, s->name);
    s->metadata = has_metadata(conn, uuid, s->name);
    return true;
}

static int list(eb_conn *conn, eb_uuid uuid, struct eb_snapshot_summary **out, eb_error *err)
{
    int kept = 0;

    BEGIN(DOMAIN_LIST_ALL_SNAPSHOTS, domain_list_all_snapshots, .need = 1,
          .flags = EB_LIST_SNAPSHOTS_TOPOLOGICAL);
    *out = eb_calloc((size_t)ret.snapshots.n + 1, sizeof(**out));
    for (uint32_t i = 0; i < ret.snapshots.n; i++) {
        struct eb_snapshot_summary *s = &(*out)[kept];

        s->name = EB_STEAL(ret.snapshots.items[i].name);
        if (describe(conn, uuid, s))
            kept++;
        else
            free(EB_STEAL(s->name));
    }
    remote_clear(RPC_DOMAIN_LIST_ALL_SNAPSHOTS, &ret);
    return kept;
}

static int create(eb_conn *conn, eb_uuid uuid, const struct eb_snapshot_def *def, unsigned flags,
                  eb_error *err)
{
    EB_AUTOFREE char *xml = eb_snapshot_def_format(def, EB_XML_SECURE);

    BEGIN(DOMAIN_SNAPSHOT_CREATE_XML, domain_snapshot_create_xml, .xml = xml, .flags = flags);
    remote_clear(RPC_DOMAIN_SNAPSHOT_CREATE_XML, &ret);
    return 0;
}

static int revert(eb_conn *conn, eb_uuid uuid, const char *name, unsigned flags, eb_error *err)
{
    struct rpc_domain_revert_to_snapshot_args args = {.snapshot = snapshot_of(conn, uuid, name),
                                                      .flags = flags};

    return REMOTE_CALL(conn, DOMAIN_REVERT_TO_SNAPSHOT, &args, NULL, err);
}

static int delete (eb_conn *conn, eb_uuid uuid, const char *name, unsigned flags, eb_error *err)
{
    struct rpc_domain_snapshot_delete_args args = {.snapshot = snapshot_of(conn, uuid, name), .flags = flags};

    return REMOTE_CALL(conn, DOMAIN_SNAPSHOT_DELETE, &args, NULL, err);
}

const struct eb_driver_snapshot_ops remote_snapshot_ops = {list, get_def, create, revert, delete};
