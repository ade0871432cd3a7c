/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Opening and closing, and the questions about the connection and its host. */
#include "remote/driver.h"
#include "base/log.h"
#include "remote/ops.h"

#define EB_MODULE "remote"

enum { FEATURE_PROGRAM_KEEPALIVE = 10 };
enum { KEEPALIVE_INTERVAL = 5, KEEPALIVE_COUNT = 5 };

/* What only the transport looks at; the rest of the query is the far side's. */
static const char *const transport_parameters[] = {
    "socket", "command",   "netcat",       "keyfile",     "no_verify",
    "no_tty", "pkipath",   "tls_priority", "name",        "mode",
    "proxy",  "no_sanity", "sshauth",      "known_hosts", "known_hosts_verify",
    "auth",   "authfile"};

static int probe(const struct eb_uri *uri, eb_error *err EB_UNUSED)
{
    return eb_transport_wanted(uri);
}

static bool is_ours(const char *name)
{
    for (size_t i = 0; i < EB_ARRAY_SIZE(transport_parameters); i++)
        if (strcmp(name, transport_parameters[i]) == 0)
            return true;
    return false;
}

/* The URI as the far side knows it: without transport, server and what is ours. The caller frees it. */
static char *far_uri(const struct eb_uri *uri)
{
    const char *name = eb_uri_query(uri, "name");
    struct eb_strbuf out = {0};
    char before = '?';

    if (name)
        return eb_strdup(name);
    eb_strbuf_printf(&out, "%s://%s", uri->scheme, uri->path);
    for (char **q = uri->query; q && *q; q += 2) {
        if (is_ours(q[0]))
            continue;
        eb_strbuf_printf(&out, "%c%s=", before, q[0]);
        for (const char *c = q[1]; *c; c++) {
            if (strchr("%&;?# ", *c) || (unsigned char)*c < 0x20 || (unsigned char)*c > 0x7e)
                eb_strbuf_printf(&out, "%%%02X", (unsigned char)*c);
            else
                eb_strbuf_addc(&out, *c);
        }
        before = '&';
    }
    return eb_strbuf_steal(&out);
}

static enum eb_virt_type virt_of(const char *type)
{
    if (strcmp(type, "VBOX") == 0)
        return EB_VIRT_VBOX;
    return strcmp(type, "TEST") == 0 ? EB_VIRT_TEST : EB_VIRT_LAST;
}

static int say_hello(struct remote_conn *c, const struct eb_uri *uri, unsigned flags, eb_error *err)
{
    EB_AUTOFREE char *name = far_uri(uri);
    struct rpc_connect_open_args args = {.name = name, .flags = flags};
    struct rpc_connect_supports_feature_args feature = {.feature = FEATURE_PROGRAM_KEEPALIVE};
    struct rpc_connect_supports_feature_ret supported = {0};
    struct rpc_connect_get_type_ret type = {0};

    if (remote_authenticate(c->conn, c->r, uri, err) < 0)
        return -1;
    if (remote_call(c->r, RPC_CONNECT_SUPPORTS_FEATURE, &feature, &supported, NULL) == 0 &&
        supported.supported) {
        c->answers_pings = true;
        remote_keepalive(c->r, KEEPALIVE_INTERVAL, KEEPALIVE_COUNT);
    }
    if (remote_call(c->r, RPC_CONNECT_OPEN, &args, NULL, err) < 0 ||
        remote_call(c->r, RPC_CONNECT_GET_TYPE, NULL, &type, err) < 0)
        return -1;
    c->type = type.type;
    eb_conn_set_virt(c->conn, virt_of(c->type));
    return 0;
}

static void lost(void *opaque, eb_close_reason reason)
{
    struct remote_conn *c = opaque;

    eb_conn_emit_closed(c->conn, reason);
}

static void on_event(void *opaque, uint32_t procedure, const void *message)
{
    struct remote_conn *c = opaque;

    remote_event(c->conn, procedure, message);
}

static void free_remote(struct remote_conn *c)
{
    remote_free(c->r);
    remote_names_free(c);
    pthread_mutex_destroy(&c->lock);
    pthread_mutex_destroy(&c->events_lock);
    free(c->callbacks);
    free(c->type);
    free(c);
}

static int open_conn(eb_conn *conn, const struct eb_uri *uri, eb_error *err)
{
    bool ro = eb_conn_is_read_only(conn);
    struct eb_transport *transport = eb_transport_open(uri, ro, err);
    struct remote_conn *c;

    if (!transport)
        return -1;
    c = EB_NEW(struct remote_conn);
    c->conn = conn;
    pthread_mutex_init(&c->lock, NULL);
    pthread_mutex_init(&c->events_lock, NULL);
    c->r = remote_new(transport, on_event, lost, c);
    eb_conn_set_private(conn, c);
    if (say_hello(c, uri, ro ? EB_CONNECT_RO : 0, err) < 0) {
        free_remote(c);
        return -1;
    }
    EB_INFO("connected to %s", eb_transport_peer(transport));
    return 0;
}

/* The far side lets go of what was ours when the connection ends; the goodbye is only polite. */
static void close_conn(eb_conn *conn)
{
    struct remote_conn *c = remote_of(conn);

    if (remote_is_alive(c->r))
        remote_call(c->r, RPC_CONNECT_CLOSE, NULL, NULL, NULL);
    free_remote(c);
}

char *remote_chars(const char *items, uint32_t n)
{
    return eb_strndup(items ? items : "", n);
}

static const char *get_type(eb_conn *conn)
{
    return remote_of(conn)->type;
}

static int get_version(eb_conn *conn, unsigned long *out, eb_error *err)
{
    struct rpc_connect_get_version_ret ret = {0};

    if (REMOTE_CALL(conn, CONNECT_GET_VERSION, NULL, &ret, err) < 0)
        return -1;
    *out = (unsigned long)ret.version;
    return 0;
}

static int get_hostname(eb_conn *conn, char **out, eb_error *err)
{
    struct rpc_connect_get_hostname_ret ret = {0};

    if (REMOTE_CALL(conn, CONNECT_GET_HOSTNAME, NULL, &ret, err) < 0)
        return -1;
    *out = ret.name;
    return 0;
}

static int get_capabilities(eb_conn *conn, char **xml, eb_error *err)
{
    struct rpc_connect_get_capabilities_ret ret = {0};

    if (REMOTE_CALL(conn, CONNECT_GET_CAPABILITIES, NULL, &ret, err) < 0)
        return -1;
    *xml = ret.xml;
    return 0;
}

static int get_domain_capabilities(eb_conn *conn, const char *emulator, const char *arch, const char *machine,
                                   const char *virttype, unsigned flags, char **xml, eb_error *err)
{
    struct rpc_connect_get_domain_capabilities_args args = {TEXT(emulator), TEXT(arch), TEXT(machine),
                                                            TEXT(virttype), flags};
    struct rpc_connect_get_domain_capabilities_ret ret = {0};

    if (REMOTE_CALL(conn, CONNECT_GET_DOMAIN_CAPABILITIES, &args, &ret, err) < 0)
        return -1;
    *xml = ret.xml;
    return 0;
}

static int get_max_vcpus(eb_conn *conn, const char *type, eb_error *err)
{
    struct rpc_connect_get_max_vcpus_args args = {.type = TEXT(type)};
    struct rpc_connect_get_max_vcpus_ret ret = {0};

    return REMOTE_CALL(conn, CONNECT_GET_MAX_VCPUS, &args, &ret, err) < 0 ? -1 : remote_count(ret.count, err);
}

static int get_sysinfo(eb_conn *conn, unsigned flags, char **xml, eb_error *err)
{
    struct rpc_connect_get_sysinfo_args args = {.flags = flags};
    struct rpc_connect_get_sysinfo_ret ret = {0};

    if (REMOTE_CALL(conn, CONNECT_GET_SYSINFO, &args, &ret, err) < 0)
        return -1;
    *xml = ret.xml;
    return 0;
}

static int is_alive(eb_conn *conn, eb_error *err EB_UNUSED)
{
    return remote_is_alive(remote_of(conn)->r);
}

/* The far side said when the connection was opened whether it answers pings. */
static int set_keepalive(eb_conn *conn, unsigned interval, unsigned count, eb_error *err EB_UNUSED)
{
    if (!remote_of(conn)->answers_pings)
        return 1;
    remote_keepalive(remote_of(conn)->r, interval, count);
    return 0;
}

static int is_encrypted(eb_conn *conn, eb_error *err EB_UNUSED)
{
    return eb_transport_is_encrypted(remote_transport(remote_of(conn)->r));
}

static int is_secure(eb_conn *conn, eb_error *err EB_UNUSED)
{
    return eb_transport_is_secure(remote_transport(remote_of(conn)->r));
}

static int node_get_info(eb_conn *conn, eb_node_info *out, eb_error *err)
{
    struct rpc_node_get_info_ret ret = {0};

    if (REMOTE_CALL(conn, NODE_GET_INFO, NULL, &ret, err) < 0)
        return -1;
    memset(out, 0, sizeof(*out));
    memcpy(out->model, ret.model, sizeof(out->model) - 1);
    out->memory = ret.memory;
    out->cpus = (unsigned)ret.cpus;
    out->mhz = (unsigned)ret.mhz;
    out->nodes = (unsigned)ret.nodes;
    out->sockets = (unsigned)ret.sockets;
    out->cores = (unsigned)ret.cores;
    out->threads = (unsigned)ret.threads;
    return 0;
}

static int node_get_free_memory(eb_conn *conn, uint64_t *bytes, eb_error *err)
{
    struct rpc_node_get_free_memory_ret ret = {0};

    if (REMOTE_CALL(conn, NODE_GET_FREE_MEMORY, NULL, &ret, err) < 0)
        return -1;
    *bytes = ret.memory;
    return 0;
}

static int node_get_cells(eb_conn *conn, uint64_t *bytes, int start, int n, eb_error *err)
{
    struct rpc_node_get_cells_free_memory_args args = {.start = start, .max = n};
    struct rpc_node_get_cells_free_memory_ret ret = {0};
    int got;

    if (REMOTE_CALL(conn, NODE_GET_CELLS_FREE_MEMORY, &args, &ret, err) < 0)
        return -1;
    got = ret.cells.n < (uint32_t)n ? (int)ret.cells.n : n;
    for (int i = 0; i < got; i++)
        bytes[i] = ret.cells.items[i];
    remote_clear(RPC_NODE_GET_CELLS_FREE_MEMORY, &ret);
    return got;
}

static void copy_chars(char *out, size_t size, const char *items, uint32_t n)
{
    if (n)
        memcpy(out, items, n < size ? n : size - 1);
}

static int node_get_security_model(eb_conn *conn, eb_security_model *out, eb_error *err)
{
    struct rpc_node_get_security_model_ret ret = {0};

    if (REMOTE_CALL(conn, NODE_GET_SECURITY_MODEL, NULL, &ret, err) < 0)
        return -1;
    memset(out, 0, sizeof(*out));
    copy_chars(out->model, sizeof(out->model), ret.model.items, ret.model.n);
    copy_chars(out->doi, sizeof(out->doi), ret.doi.items, ret.doi.n);
    remote_clear(RPC_NODE_GET_SECURITY_MODEL, &ret);
    return 0;
}

const struct eb_driver eb_remote_driver = {
    .name = "remote",
    .type = "Remote",
    .error_domain = EB_FROM_RPC,
    .conn =
        {
            .probe = probe,
            .open = open_conn,
            .close = close_conn,
            .get_type = get_type,
            .get_version = get_version,
            .get_hostname = get_hostname,
            .get_capabilities = get_capabilities,
            .get_domain_capabilities = get_domain_capabilities,
            .xml_from_native = remote_xml_from_native,
            .xml_to_native = remote_xml_to_native,
            .get_max_vcpus = get_max_vcpus,
            .get_sysinfo = get_sysinfo,
            .is_alive = is_alive,
            .set_keepalive = set_keepalive,
            .is_encrypted = is_encrypted,
            .is_secure = is_secure,
        },
    .node =
        {
            .get_info = node_get_info,
            .get_free_memory = node_get_free_memory,
            .get_cells_free_memory = node_get_cells,
            .get_security_model = node_get_security_model,
        },
    .domain =
        {
            .list = remote_list,
            .lookup_uuid = remote_lookup_uuid,
            .lookup_name = remote_lookup_name,
            .lookup_id = remote_lookup_id,
            .get_state = remote_get_state,
            .get_info = remote_get_info,
            .get_os_type = remote_get_os_type,
            .is_active = remote_is_active,
            .is_persistent = remote_is_persistent,
            .is_updated = remote_is_updated,
            .get_def = remote_get_def,
            .define = remote_define,
            .create = remote_create,
            .undefine = remote_undefine,
            .start = remote_start,
            .suspend = remote_suspend,
            .resume = remote_resume,
            .shutdown = remote_shutdown,
            .reboot = remote_reboot,
            .reset = remote_reset,
            .destroy = remote_destroy,
            .save = remote_save,
            .restore = remote_restore,
            .save_image_get_def = remote_save_image_get_def,
            .managed_save = remote_managed_save,
            .has_managed_save = remote_has_managed_save,
            .managed_save_remove = remote_managed_save_remove,
            .get_autostart = remote_get_autostart,
            .set_autostart = remote_set_autostart,
            .get_max_memory = remote_get_max_memory,
            .set_memory = remote_set_memory,
            .get_vcpus = remote_get_vcpus,
            .set_vcpus = remote_set_vcpus,
            .get_vcpu_info = remote_get_vcpu_info,
            .get_metadata = remote_get_metadata,
            .set_metadata = remote_set_metadata,
            .rename = remote_rename,
            .get_security_label = remote_get_security_label,
            .get_messages = remote_get_messages,
            .job_info = remote_job_info,
            .job_stats = remote_job_stats,
            .job_abort = remote_job_abort,
        },
    .device =
        {
            .attach = remote_attach,
            .detach = remote_detach,
            .update = remote_update,
            .block_resize = remote_block_resize,
        },
    .event = {.has = remote_has_event, .start = remote_events_start, .stop = remote_events_stop},
    .object =
        {
            [EB_OBJECT_NETWORK] = &remote_network_ops,
            [EB_OBJECT_POOL] = &remote_pool_ops,
            [EB_OBJECT_VOLUME] = &remote_volume_ops,
            [EB_OBJECT_IFACE] = &remote_iface_ops,
            [EB_OBJECT_NODEDEV] = &remote_nodedev_ops,
        },
    .network = &remote_network_own_ops,
    .storage = &remote_storage_ops,
    .iface = &remote_iface_own_ops,
    .nodedev = &remote_nodedev_own_ops,
    .snapshot = &remote_snapshot_ops,
    .checkpoint = &remote_checkpoint_ops,
    .stats = &remote_stats_ops,
    .guest = &remote_guest_ops,
    .tune = &remote_tune_ops,
};
