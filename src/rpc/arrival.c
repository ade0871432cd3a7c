/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A client arrives: where from, what it has to prove, and how long it may take. */
#include <arpa/inet.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "rpc/client.h"
#include "rpc/polkit.h"

#define EB_MODULE "rpc"

/* As SASL writes it; NULL when it is none of the Internet. */
static char *address(int (*get)(int, struct sockaddr *, socklen_t *), int fd)
{
    struct sockaddr_storage place;
    char text[INET6_ADDRSTRLEN];
    socklen_t n = sizeof(place);

    if (get(fd, (struct sockaddr *)&place, &n) < 0)
        return NULL;
    if (place.ss_family == AF_INET) {
        struct sockaddr_in *in = (struct sockaddr_in *)&place;

        inet_ntop(AF_INET, &in->sin_addr, text, sizeof(text));
        return eb_asprintf("%s;%u", text, ntohs(in->sin_port));
    }
    if (place.ss_family == AF_INET6) {
        struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)&place;

        inet_ntop(AF_INET6, &in6->sin6_addr, text, sizeof(text));
        return eb_asprintf("%s;%u", text, ntohs(in6->sin6_port));
    }
    return NULL;
}

enum { TCP_SILENCE = 60 }; /* seconds before the system asks whether the peer is still there */

static int check_peer(struct rpc_client *client, const struct rpc_access *access, eb_error *err)
{
    struct ucred peer;
    socklen_t n = sizeof(peer);
    uv_os_fd_t fd;

    if (access->transport != RPC_UNIX) {
        client->uid = (uid_t)-1;
        if (uv_fileno(&client->uv.any, &fd) == 0) {
            client->local = address(getsockname, fd);
            client->remote = address(getpeername, fd);
        }
        uv_tcp_nodelay(&client->uv.tcp, 1);
        uv_tcp_keepalive(&client->uv.tcp, 1, TCP_SILENCE);
        return access->transport == RPC_TLS ? rpc_wire_begin_tls(&client->wire, client->security, err) : 0;
    }
    if (uv_fileno(&client->uv.any, &fd) < 0 || getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &n) < 0)
        return eb_error_set(err, EB_ERR_AUTH_FAILED, "cannot tell who it is");
    client->uid = peer.uid;
    client->pid = peer.pid;
    client->gid = peer.gid;
    if (access->auth == RPC_BY_POLKIT)
        client->pid_start_time = rpc_polkit_start_time(peer.pid);
    if (access->same_user && peer.uid != 0 && peer.uid != geteuid())
        return eb_error_set(err, EB_ERR_AUTH_FAILED, "user %u may not use this user's daemon",
                            (unsigned)peer.uid);
    return 0;
}

/* Whoever says nothing of who it is may not stay. While a person is asked, that takes as long as it takes. */
static void too_slow(uv_timer_t *timer)
{
    struct rpc_client *client = timer->data;
    eb_error err = EB_ERROR_INIT;

    if (client->n_running)
        return;
    eb_error_set(&err, EB_ERR_AUTH_FAILED, "it did not say in time who it is");
    rpc_client_violated(client, &err);
}

/* Nothing to prove, or a limited time to do so and a limited number of those who do. */
static int begin_trust(struct rpc_client *client, eb_error *err)
{
    struct rpc_server *server = client->server;
    uint64_t ms = (uint64_t)server->limits.handshake_timeout * 1000;

    /* Nobody has to tell root what it may do. */
    if ((client->access.auth == RPC_BY_NOTHING && client->access.transport != RPC_TLS) ||
        (client->access.auth == RPC_BY_POLKIT && client->uid == 0)) {
        client->authenticated = true;
        return 0;
    }
    if (server->n_anonymous >= server->limits.max_anonymous)
        return eb_error_set(err, EB_ERR_RPC, "%u clients did not yet say who they are", server->n_anonymous);
    client->anonymous = true;
    server->n_anonymous++;
    uv_timer_start(&client->ping_timer, too_slow, ms, ms);
    return 0;
}

void rpc_client_accept(struct rpc_server *server, uv_stream_t *listener, const struct rpc_access *access)
{
    struct rpc_client *client = EB_NEW(struct rpc_client);
    eb_error err = EB_ERROR_INIT;

    atomic_init(&client->refs, 1);
    client->server = server;
    client->id = ++server->next_id;
    client->since = time(NULL);
    atomic_init(&client->authenticated, false);
    client->last_waiting = &client->waiting;
    client->events = rpc_events_new();
    client->open_handles = 2;
    client->access = *access;
    if (access->transport == RPC_UNIX)
        uv_pipe_init(&server->loop, &client->uv.pipe, 0);
    else
        uv_tcp_init(&server->loop, &client->uv.tcp);
    if (server->security)
        client->security = rpc_security_ref(server->security);
    uv_timer_init(&server->loop, &client->ping_timer);
    client->uv.any.data = client;
    client->ping_timer.data = client;
    client->next = server->clients;
    if (client->next)
        client->next->prev = client;
    server->clients = client;
    server->n_clients += !access->admin;
    uv_timer_stop(&server->idle);
    if (uv_accept(listener, &client->uv.stream) < 0) {
        rpc_client_close(client);
        return;
    }
    /* Who looks after the daemon is let in when it is full. */
    if (!access->admin && server->n_clients > server->limits.max_clients)
        eb_error_set(&err, EB_ERR_RPC, "there are %u clients already", server->limits.max_clients);
    if (eb_error_is_set(&err) || check_peer(client, access, &err) < 0 || begin_trust(client, &err) < 0) {
        rpc_client_violated(client, &err);
        return;
    }
    rpc_client_read_or_wait(client);
}
