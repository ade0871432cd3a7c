/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Opening and closing, and the questions about the connection. */
#include "base/log.h"
#include "rpc/handlers.h"

#include <unistd.h>

#define EB_MODULE "rpc"

/* What clients ask a server for before they rely on it: libvirt's numbers. */
enum {
    FEATURE_TYPED_PARAM_STRING = 9,
    FEATURE_PROGRAM_KEEPALIVE = 10,
    FEATURE_XML_MIGRATABLE = 11,
    FEATURE_REMOTE_EVENT_CALLBACK = 14,
    FEATURE_REMOTE_CLOSE_CALLBACK = 15,
    FEATURE_NETWORK_UPDATE_HAS_CORRECT_ORDER = 16,
};

int rpc_check_max(int64_t value, int64_t max, const char *name, eb_error *err)
{
    if (value < 0 || value > max)
        return eb_error_set_from(err, EB_FROM_RPC, EB_ERR_RPC, "%s %lld is not from 0 to %lld", name,
                                 (long long)value, (long long)max);
    return 0;
}

/*
 * What this daemon opens is on its own host: no command is run and no other host reached for a client. A URI
 * may also name a file to read, or the folder that VirtualBox's library is loaded from: only for who could do
 * that anyway.
 */
static int check_uri(const struct rpc_client *client, const char *name, eb_error *err)
{
    bool trusted = client->uid == 0 || client->uid == geteuid(), here, harmless;
    struct eb_uri *uri = NULL;

    if (!name || !*name)
        return 0;
    if (eb_uri_parse(name, &uri, err) < 0)
        return -1;
    here = !uri->transport && !uri->server;
    harmless = (!uri->query || !uri->query[0]) &&
               (!eb_streq(uri->scheme, "test") || eb_streq(uri->path, "/default"));
    eb_uri_free(uri);
    if (!here)
        return eb_error_set_from(err, EB_FROM_RPC, EB_ERR_NO_CONNECT,
                                 "'%s' is on another host than this daemon", name);
    if (!harmless && !trusted)
        return eb_error_set_from(err, EB_FROM_RPC, EB_ERR_OPERATION_DENIED,
                                 "only root and the daemon's own user may open '%s'", name);
    return 0;
}

int rpc_serve_connect_open(struct rpc_call *call, const struct rpc_connect_open_args *args, eb_error *err)
{
    struct rpc_client *client = call->client;
    /* libvirt's client leaves bits of its own among the flags. */
    unsigned flags = args->flags & EB_CONNECT_RO;

    if (client->conn)
        return eb_error_set_from(err, EB_FROM_RPC, EB_ERR_INTERNAL_ERROR, "connection already open");
    if (client->access.read_only)
        flags |= EB_CONNECT_RO;
    if (check_uri(client, args->name, err) < 0 || eb_connect_open(args->name, flags, &client->conn, err) < 0)
        return -1;
    eb_replace_string(&client->uri, args->name && *args->name ? args->name : NULL);
    client->conn_read_only = flags & EB_CONNECT_RO;
    EB_DEBUG("client %llu opened '%s'", (unsigned long long)client->id, args->name ? args->name : "");
    return 0;
}

/* The connection goes with the client, once this is answered. */
int rpc_serve_connect_close(struct rpc_call *call EB_UNUSED, eb_error *err EB_UNUSED)
{
    return 0;
}

int rpc_serve_connect_supports_feature(struct rpc_call *call,
                                       const struct rpc_connect_supports_feature_args *args,
                                       struct rpc_connect_supports_feature_ret *ret, eb_error *err EB_UNUSED)
{
    switch (args->feature) {
    case FEATURE_PROGRAM_KEEPALIVE:
        call->client->wants_keepalive = true;
        ret->supported = 1;
        break;
    case FEATURE_TYPED_PARAM_STRING:
    case FEATURE_XML_MIGRATABLE:
    case FEATURE_REMOTE_EVENT_CALLBACK:
    case FEATURE_REMOTE_CLOSE_CALLBACK:
    case FEATURE_NETWORK_UPDATE_HAS_CORRECT_ORDER:
        ret->supported = 1;
        break;
    default:
        ret->supported = 0;
    }
    return 0;
}

int rpc_serve_connect_get_type(struct rpc_call *call, struct rpc_connect_get_type_ret *ret,
                               eb_error *err EB_UNUSED)
{
    ret->type = eb_strdup(eb_conn_get_type(call->conn));
    return 0;
}

int rpc_serve_connect_get_version(struct rpc_call *call, struct rpc_connect_get_version_ret *ret,
                                  eb_error *err)
{
    unsigned long version;

    if (eb_conn_get_version(call->conn, &version, err) < 0)
        return -1;
    ret->version = version;
    return 0;
}

int rpc_serve_connect_get_lib_version(struct rpc_call *call EB_UNUSED,
                                      struct rpc_connect_get_lib_version_ret *ret, eb_error *err EB_UNUSED)
{
    ret->version = RPC_LIBVIRT_VERSION;
    return 0;
}

int rpc_serve_connect_get_hostname(struct rpc_call *call, struct rpc_connect_get_hostname_ret *ret,
                                   eb_error *err)
{
    return eb_conn_get_hostname(call->conn, &ret->name, err);
}

int rpc_serve_connect_get_uri(struct rpc_call *call, struct rpc_connect_get_uri_ret *ret, eb_error *err)
{
    return eb_conn_get_uri(call->conn, &ret->uri, err);
}

int rpc_serve_connect_get_capabilities(struct rpc_call *call, struct rpc_connect_get_capabilities_ret *ret,
                                       eb_error *err)
{
    return eb_conn_get_capabilities(call->conn, &ret->xml, err);
}

int rpc_serve_connect_get_domain_capabilities(struct rpc_call *call,
                                              const struct rpc_connect_get_domain_capabilities_args *args,
                                              struct rpc_connect_get_domain_capabilities_ret *ret,
                                              eb_error *err)
{
    return eb_conn_get_domain_capabilities(call->conn, args->emulator, args->arch, args->machine,
                                           args->virttype, args->flags, &ret->xml, err);
}

int rpc_serve_connect_domain_xml_from_native(struct rpc_call *call,
                                             const struct rpc_connect_domain_xml_from_native_args *args,
                                             struct rpc_connect_domain_xml_from_native_ret *ret,
                                             eb_error *err)
{
    return eb_conn_domain_xml_from_native(call->conn, args->format, args->config, args->flags, &ret->xml,
                                          err);
}

int rpc_serve_connect_domain_xml_to_native(struct rpc_call *call,
                                           const struct rpc_connect_domain_xml_to_native_args *args,
                                           struct rpc_connect_domain_xml_to_native_ret *ret, eb_error *err)
{
    return eb_conn_domain_xml_to_native(call->conn, args->format, args->xml, args->flags, &ret->config, err);
}

int rpc_serve_connect_get_max_vcpus(struct rpc_call *call, const struct rpc_connect_get_max_vcpus_args *args,
                                    struct rpc_connect_get_max_vcpus_ret *ret, eb_error *err)
{
    return rpc_put_int(eb_conn_get_max_vcpus(call->conn, args->type, err), &ret->count);
}

int rpc_serve_connect_get_sysinfo(struct rpc_call *call, const struct rpc_connect_get_sysinfo_args *args,
                                  struct rpc_connect_get_sysinfo_ret *ret, eb_error *err)
{
    return eb_conn_get_sysinfo(call->conn, args->flags, &ret->xml, err);
}

int rpc_serve_connect_is_secure(struct rpc_call *call, struct rpc_connect_is_secure_ret *ret, eb_error *err)
{
    return rpc_put_int(eb_conn_is_secure(call->conn, err), &ret->secure);
}
