/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What virt-admin asks. All of it runs in the thread of the loop, which owns what it looks at. */
#include <grp.h>
#include <pwd.h>

#include "rpc/handlers.h"

/* The one server that there is. */
#define SERVER_NAME "virtvboxd"
enum { NAMES_ROOM = 65536, LIST_MAX = 16384, TIMEOUT_MAX = 86400, CLIENTS_MAX = 100000 };

static int no_flags(uint32_t flags, eb_error *err)
{
    if (flags)
        return eb_error_set_from(err, EB_FROM_RPC, EB_ERR_INVALID_ARG, "unsupported flags (0x%x)", flags);
    return 0;
}

static int check_server(const struct rpc_admin_server *server, uint32_t flags, eb_error *err)
{
    if (strcmp(server->name, SERVER_NAME) != 0)
        return eb_error_set_from(err, EB_FROM_RPC, EB_ERR_NO_SERVER,
                                 "no server with matching name '%s' found", server->name);
    return no_flags(flags, err);
}

/* ---- The daemon ---- */

int rpc_serve_admin_connect_open(struct rpc_call *call EB_UNUSED,
                                 const struct rpc_admin_connect_open_args *args, eb_error *err)
{
    return no_flags(args->flags, err);
}

int rpc_serve_admin_connect_close(struct rpc_call *call EB_UNUSED, eb_error *err EB_UNUSED)
{
    return 0;
}

int rpc_serve_admin_connect_get_lib_version(struct rpc_call *call EB_UNUSED,
                                            struct rpc_admin_connect_get_lib_version_ret *ret,
                                            eb_error *err EB_UNUSED)
{
    ret->version = RPC_LIBVIRT_VERSION;
    return 0;
}

int rpc_serve_admin_connect_list_servers(struct rpc_call *call EB_UNUSED,
                                         const struct rpc_admin_connect_list_servers_args *args,
                                         struct rpc_admin_connect_list_servers_ret *ret, eb_error *err)
{
    if (no_flags(args->flags, err) < 0)
        return -1;
    if (args->want) {
        ret->servers.n = 1;
        ret->servers.items = EB_NEW(struct rpc_admin_server);
        ret->servers.items[0].name = eb_strdup(SERVER_NAME);
    }
    ret->count = 1;
    return 0;
}

int rpc_serve_admin_connect_lookup_server(struct rpc_call *call EB_UNUSED,
                                          const struct rpc_admin_connect_lookup_server_args *args,
                                          struct rpc_admin_connect_lookup_server_ret *ret, eb_error *err)
{
    struct rpc_admin_server wanted = {.name = args->name};

    if (check_server(&wanted, args->flags, err) < 0)
        return -1;
    ret->server.name = eb_strdup(SERVER_NAME);
    return 0;
}

int rpc_serve_admin_connect_set_daemon_timeout(struct rpc_call *call,
                                               const struct rpc_admin_connect_set_daemon_timeout_args *args,
                                               eb_error *err)
{
    struct rpc_limits limits = call->client->server->limits;

    if (no_flags(args->flags, err) < 0)
        return -1;
    if (args->seconds > TIMEOUT_MAX)
        return eb_error_set_from(err, EB_FROM_RPC, EB_ERR_INVALID_ARG,
                                 "a timeout of %u s is over the limit of %d s", args->seconds, TIMEOUT_MAX);
    limits.idle_timeout = args->seconds;
    rpc_server_set_limits(call->client->server, &limits);
    return 0;
}

/* ---- Parameters ---- */

struct params {
    uint32_t n;
    struct rpc_param *items;
};

static struct rpc_param *add_param(struct params *list, const char *field, int type)
{
    struct rpc_param *param = EB_APPEND(list->items, list->n);

    param->field = eb_strdup(field);
    param->value.type = type;
    return param;
}

static void add_uint(struct params *list, const char *field, unsigned value)
{
    add_param(list, field, EB_PARAM_UINT)->value.value.ui = value;
}

static void add_int(struct params *list, const char *field, int value)
{
    add_param(list, field, EB_PARAM_INT)->value.value.i = value;
}

static void add_text(struct params *list, const char *field, const char *value)
{
    if (value)
        add_param(list, field, EB_PARAM_STRING)->value.value.s = eb_strdup(value);
}

#define GIVE_PARAMS(ret, list) ((ret)->params.n = (list).n, (ret)->params.items = (list).items)

int rpc_serve_admin_server_get_threadpool_parameters(
    struct rpc_call *call, const struct rpc_admin_server_get_threadpool_parameters_args *args,
    struct rpc_admin_server_get_threadpool_parameters_ret *ret, eb_error *err)
{
    struct rpc_pool_state all, quick;
    struct params list = {0};

    if (check_server(&args->server, args->flags, err) < 0)
        return -1;
    rpc_pool_look(call->client->server->pool, &all);
    rpc_pool_look(call->client->server->quick_pool, &quick);
    add_uint(&list, "minWorkers", 0);
    add_uint(&list, "maxWorkers", all.max);
    add_uint(&list, "nWorkers", all.n);
    add_uint(&list, "freeWorkers", all.idle);
    add_uint(&list, "prioWorkers", quick.max);
    add_uint(&list, "jobQueueDepth", all.queued);
    GIVE_PARAMS(ret, list);
    return 0;
}

int rpc_serve_admin_server_get_client_limits(struct rpc_call *call,
                                             const struct rpc_admin_server_get_client_limits_args *args,
                                             struct rpc_admin_server_get_client_limits_ret *ret,
                                             eb_error *err)
{
    const struct rpc_server *server = call->client->server;
    struct params list = {0};

    if (check_server(&args->server, args->flags, err) < 0)
        return -1;
    add_uint(&list, "nclients_max", server->limits.max_clients);
    add_uint(&list, "nclients", server->n_clients);
    add_uint(&list, "nclients_unauth_max", server->limits.max_anonymous);
    add_uint(&list, "nclients_unauth", server->n_anonymous);
    GIVE_PARAMS(ret, list);
    return 0;
}

int rpc_serve_admin_server_set_client_limits(struct rpc_call *call,
                                             const struct rpc_admin_server_set_client_limits_args *args,
                                             eb_error *err)
{
    struct rpc_limits limits = call->client->server->limits;

    if (check_server(&args->server, args->flags, err) < 0)
        return -1;
    for (uint32_t i = 0; i < args->params.n; i++) {
        const struct rpc_param *param = &args->params.items[i];
        unsigned value = param->value.value.ui;

        if (param->value.type != EB_PARAM_UINT || !value || value > CLIENTS_MAX)
            return eb_error_set_from(err, EB_FROM_RPC, EB_ERR_INVALID_ARG, "%s is not a number from 1 to %d",
                                     param->field, CLIENTS_MAX);
        if (strcmp(param->field, "nclients_max") == 0)
            limits.max_clients = value;
        else if (strcmp(param->field, "nclients_unauth_max") == 0)
            limits.max_anonymous = value;
        else
            return eb_error_set_from(err, EB_FROM_RPC, EB_ERR_INVALID_ARG, "there is no limit '%s'",
                                     param->field);
    }
    rpc_server_set_limits(call->client->server, &limits);
    return 0;
}

/* ---- Clients ---- */

static void describe(const struct rpc_client *client, struct rpc_admin_client *out)
{
    out->server.name = eb_strdup(SERVER_NAME);
    out->id = client->id;
    out->since = client->since;
    out->transport = (uint32_t)client->access.transport;
}

int rpc_serve_admin_server_list_clients(struct rpc_call *call,
                                        const struct rpc_admin_server_list_clients_args *args,
                                        struct rpc_admin_server_list_clients_ret *ret, eb_error *err)
{
    const struct rpc_client *client;

    if (check_server(&args->server, args->flags, err) < 0)
        return -1;
    for (client = call->client->server->clients; client; client = client->next) {
        if (client->access.admin || ret->count == LIST_MAX)
            continue;
        ret->count++;
        if (args->want)
            describe(client, EB_APPEND(ret->clients.items, ret->clients.n));
    }
    return 0;
}

static struct rpc_client *find_client(struct rpc_call *call, uint64_t id, eb_error *err)
{
    struct rpc_client *client;

    for (client = call->client->server->clients; client; client = client->next) {
        if (client->id == id && !client->access.admin)
            return client;
    }
    eb_error_set_from(err, EB_FROM_RPC, EB_ERR_NO_CLIENT, "no client with matching id '%llu' found",
                      (unsigned long long)id);
    return NULL;
}

int rpc_serve_admin_server_lookup_client(struct rpc_call *call,
                                         const struct rpc_admin_server_lookup_client_args *args,
                                         struct rpc_admin_server_lookup_client_ret *ret, eb_error *err)
{
    const struct rpc_client *client;

    if (check_server(&args->server, args->flags, err) < 0 || !(client = find_client(call, args->id, err)))
        return -1;
    describe(client, &ret->client);
    return 0;
}

static void add_unix(const struct rpc_client *client, struct params *list)
{
    EB_AUTOFREE char *room = eb_calloc(1, NAMES_ROOM);
    struct passwd user, *user_found = NULL;
    struct group group, *group_found = NULL;

    add_int(list, "unix_user_id", (int)client->uid);
    if (getpwuid_r(client->uid, &user, room, NAMES_ROOM, &user_found) == 0 && user_found)
        add_text(list, "unix_user_name", user_found->pw_name);
    add_int(list, "unix_group_id", (int)client->gid);
    if (getgrgid_r(client->gid, &group, room, NAMES_ROOM, &group_found) == 0 && group_found)
        add_text(list, "unix_group_name", group_found->gr_name);
    add_int(list, "unix_process_id", (int)client->pid);
}

int rpc_serve_admin_client_get_info(struct rpc_call *call, const struct rpc_admin_client_get_info_args *args,
                                    struct rpc_admin_client_get_info_ret *ret, eb_error *err)
{
    const struct rpc_client *client;
    struct params list = {0};

    if (check_server(&args->client.server, args->flags, err) < 0 ||
        !(client = find_client(call, args->client.id, err)))
        return -1;
    add_param(&list, "readonly", EB_PARAM_BOOLEAN)->value.value.b =
        client->exclusive ? client->access.read_only : client->access.read_only || client->conn_read_only;
    if (client->access.transport == RPC_UNIX)
        add_unix(client, &list);
    else
        add_text(&list, "sock_addr", client->remote);
    if (!client->exclusive)
        add_text(&list, "sasl_user_name", client->sasl_user);
    add_text(&list, "tls_x509_dname", client->dn);
    GIVE_PARAMS(ret, list);
    return 0;
}

int rpc_serve_admin_client_close(struct rpc_call *call, const struct rpc_admin_client_close_args *args,
                                 eb_error *err)
{
    struct rpc_client *client;

    if (check_server(&args->client.server, args->flags, err) < 0 ||
        !(client = find_client(call, args->client.id, err)))
        return -1;
    rpc_client_close(client);
    return 0;
}

/* ---- What the program around the server does ---- */

static int has_hooks(const struct rpc_call *call, uint32_t flags, eb_error *err)
{
    if (!call->client->server->hooks)
        return eb_error_set_from(err, EB_FROM_RPC, EB_ERR_NO_SUPPORT, "%s", call->proc->function);
    return no_flags(flags, err);
}

int rpc_serve_admin_connect_get_logging_outputs(struct rpc_call *call,
                                                const struct rpc_admin_connect_get_logging_outputs_args *args,
                                                struct rpc_admin_connect_get_logging_outputs_ret *ret,
                                                eb_error *err)
{
    if (has_hooks(call, args->flags, err) < 0)
        return -1;
    ret->outputs = call->client->server->hooks->log_outputs(&ret->count);
    return 0;
}

int rpc_serve_admin_connect_get_logging_filters(struct rpc_call *call,
                                                const struct rpc_admin_connect_get_logging_filters_args *args,
                                                struct rpc_admin_connect_get_logging_filters_ret *ret,
                                                eb_error *err)
{
    if (has_hooks(call, args->flags, err) < 0)
        return -1;
    ret->filters = call->client->server->hooks->log_filters(&ret->count);
    return 0;
}

int rpc_serve_admin_connect_set_logging_outputs(struct rpc_call *call,
                                                const struct rpc_admin_connect_set_logging_outputs_args *args,
                                                eb_error *err)
{
    const struct rpc_server *server = call->client->server;

    if (has_hooks(call, args->flags, err) < 0)
        return -1;
    return server->hooks->set_log_outputs(args->outputs, server->hooks_opaque, err);
}

int rpc_serve_admin_connect_set_logging_filters(struct rpc_call *call,
                                                const struct rpc_admin_connect_set_logging_filters_args *args,
                                                eb_error *err)
{
    const struct rpc_server *server = call->client->server;

    if (has_hooks(call, args->flags, err) < 0)
        return -1;
    return server->hooks->set_log_filters(args->filters, server->hooks_opaque, err);
}

int rpc_serve_admin_server_update_tls_files(struct rpc_call *call,
                                            const struct rpc_admin_server_update_tls_files_args *args,
                                            eb_error *err)
{
    const struct rpc_server *server = call->client->server;

    if (check_server(&args->server, 0, err) < 0 || has_hooks(call, args->flags, err) < 0)
        return -1;
    return server->hooks->reload_security(server->hooks_opaque, err);
}
