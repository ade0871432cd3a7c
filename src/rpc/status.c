/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What `everbox status` shows: the daemon, its clients and what runs for them. In the thread of the loop. */
#include <pwd.h>
#include <unistd.h>

#include "rpc/handlers.h"

enum { NAMES_ROOM = 65536, LIST_MAX = 16384, NAME_MAX_SHOWN = 256 };

/* What clients call themselves and what they ask for must not command the terminal of who looks at it. */
static char *visible(char *text)
{
    for (unsigned char *c = (unsigned char *)text; c && *c; c++) {
        if (*c < ' ' || *c == 0x7f)
            *c = '?';
        else if (*c == 0xc2 && c[1] >= 0x80 && c[1] < 0xa0) /* the same, with eight bits, in UTF-8 */
            c[0] = c[1] = '?';
    }
    return text;
}

static char *user_name(uid_t uid)
{
    EB_AUTOFREE char *room = eb_calloc(1, NAMES_ROOM);
    struct passwd user, *found = NULL;

    if (getpwuid_r(uid, &user, room, NAMES_ROOM, &found) == 0 && found &&
        eb_utf8_valid(found->pw_name, strlen(found->pw_name)))
        return eb_strdup(found->pw_name);
    return eb_asprintf("%u", (unsigned)uid);
}

static void describe_client(const struct rpc_client *client, struct rpc_status_client *out)
{
    static const char *const transports[] = {"unix", "tcp", "tls"};

    out->id = client->id;
    out->transport = eb_strdup(transports[client->access.transport]);
    out->read_only = client->access.read_only;
    out->since = client->since;
    out->pid = client->pid;
    out->calls = client->calls;
    out->running = client->n_running;
    out->waiting = client->n_waiting;
    out->address = eb_strdup(client->remote);
    /* While a call of the handshake runs, these are its worker's. */
    if (!client->exclusive) {
        out->read_only |= client->conn_read_only;
        out->uri = visible(eb_strdup(client->uri));
        out->user = visible(eb_strdup(client->sasl_user));
    }
    if (!out->user && client->dn)
        out->user = visible(eb_strdup(client->dn));
    if (!out->user && client->access.transport == RPC_UNIX)
        out->user = user_name(client->uid);
}

/* The name of the object that a call is about, where its arguments begin with one. Its worker only reads
 * these bytes. Other texts may be secrets. */
static char *object_name(const struct rpc_call *call)
{
    const struct xdr_type *args = call->proc->args;
    const struct xdr_type *object = args && args->n_fields ? args->fields[0].type : NULL;
    uint32_t n;

    if (!object || args->fields[0].form != XDR_ONE || !object->n_fields ||
        object->fields[0].kind != XDR_STRING || strcmp(object->fields[0].name, "name") != 0 || call->n < 4)
        return NULL;
    n = xdr_get_u32(call->payload);
    if (n > NAME_MAX_SHOWN || n > call->n - 4 || !eb_utf8_valid((const char *)call->payload + 4, n))
        return NULL;
    return eb_strndup((const char *)call->payload + 4, n);
}

static void describe_jobs(const struct rpc_client *client, struct rpc_status_get_ret *ret)
{
    uint64_t now = uv_now(&client->server->loop);

    for (const struct rpc_call *call = client->running_calls; call && ret->jobs.n < LIST_MAX;
         call = call->next) {
        struct rpc_status_job *job = EB_APPEND(ret->jobs.items, ret->jobs.n);

        job->client = client->id;
        job->procedure = eb_strdup(call->proc->function ? call->proc->function : call->proc->name);
        job->object = visible(object_name(call));
        job->milliseconds = now - call->started;
    }
}

int rpc_serve_status_get(struct rpc_call *call, struct rpc_status_get_ret *ret, eb_error *err EB_UNUSED)
{
    struct rpc_server *server = call->client->server;
    struct rpc_pool_state all, quick;

    rpc_pool_look(server->pool, &all);
    rpc_pool_look(server->quick_pool, &quick);
    ret->version = (uint32_t)eb_version();
    ret->pid = getpid();
    ret->started = server->began;
    ret->workers = all.n - all.idle + quick.n - quick.idle;
    ret->max_workers = all.max + quick.max;
    ret->queued = all.queued + quick.queued;
    ret->max_clients = server->limits.max_clients;
    for (const struct rpc_client *client = server->clients; client && ret->clients.n < LIST_MAX;
         client = client->next) {
        if (client->access.admin)
            continue;
        describe_client(client, EB_APPEND(ret->clients.items, ret->clients.n));
        describe_jobs(client, ret);
    }
    return 0;
}
