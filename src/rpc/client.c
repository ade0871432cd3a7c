/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A connected client: what it sends becomes calls, and what they answer is sent. */
#include "rpc/client.h"

#include <sys/socket.h>
#include <unistd.h>

#include "base/log.h"
#include "rpc/errors.h"

#define EB_MODULE "rpc"

static void pump(struct rpc_client *client);

/* ---- Life ---- */

struct rpc_client *rpc_client_ref(struct rpc_client *client)
{
    atomic_fetch_add(&client->refs, 1);
    return client;
}

void rpc_client_unref(struct rpc_client *client)
{
    if (!client || atomic_fetch_sub(&client->refs, 1) != 1)
        return;
    rpc_events_free(client->events);
    rpc_framing_free(&client->input);
    free(client);
}

static void free_call(struct rpc_call *call)
{
    rpc_client_unref(call->client);
    eb_strbuf_free(&call->reply);
    free(call->payload);
    free(call);
}

struct parting {
    struct rpc_job job;
    struct rpc_client *client;
    eb_conn *conn;
};

/* In a worker: closing a connection may take its time. */
static void close_conn(struct rpc_job *job)
{
    struct parting *parting = (struct parting *)job;
    struct rpc_server *server = parting->client->server;

    rpc_events_clear(parting->client->events, parting->conn);
    eb_conn_unref(parting->conn);
    /* Its return to the loop is what lets the server end. */
    rpc_server_post(server, parting->client, NULL);
    rpc_client_unref(parting->client);
    free(parting);
}

/* Nothing of it is left in the loop or in a worker: the connection may go, and then the client. */
static void depart(struct rpc_client *client)
{
    struct parting *parting;

    if (!client->closing || client->n_running || client->open_handles)
        return;
    if (client->conn) {
        parting = EB_NEW(struct parting);
        parting->job.run = close_conn;
        parting->client = rpc_client_ref(client);
        parting->conn = EB_STEAL(client->conn);
        rpc_pool_submit(client->server->pool, &parting->job);
        return;
    }
    rpc_server_client_gone(client->server);
    rpc_client_unref(client);
}

static void handle_closed(uv_handle_t *handle)
{
    struct rpc_client *client = handle->data;

    client->open_handles--;
    depart(client);
}

void rpc_client_close(struct rpc_client *client)
{
    struct rpc_call *call;

    if (client->closing)
        return;
    client->closing = true;
    rpc_server_client_left(client->server, client);
    while ((call = client->waiting)) {
        client->waiting = call->next;
        free_call(call);
    }
    client->last_waiting = &client->waiting;
    client->n_waiting = 0;
    uv_close(&client->uv.any, handle_closed);
    uv_close((uv_handle_t *)&client->ping_timer, handle_closed);
}

static void violated(struct rpc_client *client, eb_error *err)
{
    EB_WARN("client %llu is closed: %s", (unsigned long long)client->id, eb_error_message(err));
    eb_error_clear(err);
    rpc_client_close(client);
}

/* ---- Output ---- */

struct write {
    uv_write_t req;
    struct eb_strbuf frame;
    size_t n;
};

static void maybe_leave(struct rpc_client *client)
{
    bool drained = client->server->stopping && !client->n_running && !client->n_waiting;

    if (!client->closing && !client->output && (client->close_when_written || drained))
        rpc_client_close(client);
}

static void written(uv_write_t *req, int status)
{
    struct write *w = (struct write *)req;
    struct rpc_client *client = req->handle->data;

    client->output -= w->n;
    eb_strbuf_free(&w->frame);
    free(w);
    if (client->closing)
        return;
    if (status < 0) {
        rpc_client_close(client);
        return;
    }
    maybe_leave(client);
    if (!client->closing)
        pump(client);
}

void rpc_client_write(struct rpc_client *client, struct eb_strbuf *frame)
{
    EB_AUTOERROR eb_error err = EB_ERROR_INIT;
    size_t sent = 0;
    struct write *w;
    uv_buf_t buf;
    int n;

    if (client->closing) {
        eb_strbuf_free(frame);
        return;
    }
    if (!client->output) {
        buf = uv_buf_init(frame->s, (unsigned)frame->len);
        n = uv_try_write(&client->uv.stream, &buf, 1);
        sent = n > 0 ? (size_t)n : 0;
        if (sent == frame->len) {
            eb_strbuf_free(frame);
            return;
        }
    }
    w = EB_NEW(struct write);
    w->frame = *frame;
    memset(frame, 0, sizeof(*frame));
    w->n = w->frame.len - sent;
    client->output += w->n;
    buf = uv_buf_init(w->frame.s + sent, (unsigned)w->n);
    if (uv_write(&w->req, &client->uv.stream, &buf, 1, written) < 0) {
        client->output -= w->n;
        eb_strbuf_free(&w->frame);
        free(w);
        rpc_client_close(client);
    } else if (client->output > client->server->limits.max_client_output) {
        eb_error_set(&err, EB_ERR_RPC, "%zu bytes wait for it and it does not read", client->output);
        violated(client, &err);
    }
}

/* ---- Calls ---- */

static void run_call(struct rpc_job *job)
{
    struct rpc_call *call = (struct rpc_call *)job;

    rpc_dispatch_run(call);
    if (call->conn)
        eb_conn_unref(EB_STEAL(call->conn));
    rpc_server_done(call->client->server, call);
}

static void start_call(struct rpc_client *client, struct rpc_call *call)
{
    eb_error err = EB_ERROR_INIT;

    if (rpc_dispatch_check(call, &err) < 0) {
        rpc_dispatch_fail(call, &err);
        rpc_client_write(client, &call->reply);
        free_call(call);
        return;
    }
    client->n_running++;
    client->exclusive = (call->proc->marks & RPC_EARLY) != 0;
    call->next = client->running_calls;
    client->running_calls = call;
    call->job.run = run_call;
    /* Opening starts what a driver needs, closing ends it: not quick, whatever the table says of the call. */
    if ((call->proc->marks & RPC_QUICK) && call->header.procedure != RPC_CONNECT_OPEN &&
        call->header.procedure != RPC_CONNECT_CLOSE)
        rpc_pool_submit(client->server->quick_pool, &call->job);
    else
        rpc_pool_submit(client->server->pool, &call->job);
}

static bool is_early(const struct rpc_call *call)
{
    const struct rpc_program *remote = &rpc_programs[0];
    uint32_t n = call->header.procedure;

    return call->header.program == remote->number && n >= 1 && n <= remote->n &&
           (remote->procedures[n - 1].marks & RPC_EARLY);
}

static void alloc_buffer(uv_handle_t *handle, size_t suggested EB_UNUSED, uv_buf_t *buf)
{
    struct rpc_client *client = handle->data;

    *buf = uv_buf_init(client->server->read_buffer, sizeof(client->server->read_buffer));
}

static void got_bytes(uv_stream_t *stream, ssize_t n, const uv_buf_t *buf);

static void read_or_wait(struct rpc_client *client)
{
    bool wanted = client->n_waiting < client->server->limits.max_client_waiting &&
                  !client->server->stopping && !client->close_when_written;

    if (wanted == client->reading)
        return;
    client->reading = wanted;
    if (!wanted)
        uv_read_stop(&client->uv.stream);
    else if (uv_read_start(&client->uv.stream, alloc_buffer, got_bytes) < 0)
        rpc_client_close(client);
}

/* Begins what may begin: so many at a time, an `early` call alone, nothing while the answers are not read. */
static void pump(struct rpc_client *client)
{
    const struct rpc_limits *limits = &client->server->limits;
    struct rpc_call *call;

    while (!client->closing && (call = client->waiting) && client->n_running < limits->max_client_requests &&
           client->output <= limits->max_client_output / 4 && !client->exclusive) {
        if (is_early(call) && client->n_running)
            break;
        client->waiting = call->next;
        if (!client->waiting)
            client->last_waiting = &client->waiting;
        client->n_waiting--;
        start_call(client, call);
    }
    if (!client->closing)
        read_or_wait(client);
    maybe_leave(client);
}

void rpc_client_finish(struct rpc_call *call)
{
    struct rpc_client *client = call->client;
    struct rpc_call **at = &client->running_calls;

    while (*at != call)
        at = &(*at)->next;
    *at = call->next;
    client->n_running--;
    client->exclusive = false;
    if (client->closing) {
        free_call(call);
        depart(client);
        return;
    }
    if (call->header.program == RPC_PROGRAM_REMOTE && call->header.procedure == RPC_CONNECT_CLOSE)
        client->close_when_written = true;
    rpc_client_write(client, &call->reply);
    free_call(call);
    if (client->closing)
        return;
    if (client->wants_keepalive)
        rpc_keepalive_start(client);
    pump(client);
}

void rpc_client_drain(struct rpc_client *client)
{
    struct rpc_call *call;

    /* What did not begin will not. */
    while ((call = client->waiting)) {
        client->waiting = call->next;
        free_call(call);
    }
    client->last_waiting = &client->waiting;
    client->n_waiting = 0;
    pump(client);
}

/* ---- Input ---- */

static bool has_serial(const struct rpc_call *list, const struct rpc_header *header)
{
    for (; list; list = list->next) {
        if (list->header.serial == header->serial && list->header.program == header->program)
            return true;
    }
    return false;
}

static void got_message(struct rpc_client *client, const struct rpc_header *header,
                        const unsigned char *payload, size_t n)
{
    EB_AUTOERROR eb_error err = EB_ERROR_INIT;
    struct rpc_call *call;

    if (header->program == RPC_PROGRAM_KEEPALIVE) {
        rpc_keepalive_message(client, header);
        return;
    }
    /* Stream data that crossed the end of its stream. */
    if (header->type == RPC_TYPE_STREAM || header->type == RPC_TYPE_STREAM_HOLE)
        return;
    if (has_serial(client->running_calls, header) || has_serial(client->waiting, header)) {
        eb_error_set(&err, EB_ERR_RPC, "the serial %u is in use", header->serial);
        violated(client, &err);
        return;
    }
    call = EB_NEW(struct rpc_call);
    call->client = rpc_client_ref(client);
    call->header = *header;
    call->payload = n ? eb_memdup(payload, n) : NULL;
    call->n = n;
    *client->last_waiting = call;
    client->last_waiting = &call->next;
    client->n_waiting++;
}

static void got_bytes(uv_stream_t *stream, ssize_t n, const uv_buf_t *buf)
{
    struct rpc_client *client = stream->data;
    const unsigned char *payload = NULL;
    struct rpc_header header;
    eb_error err = EB_ERROR_INIT;
    size_t len = 0;
    int got;

    if (n < 0) {
        rpc_client_close(client);
        return;
    }
    client->unanswered = 0;
    rpc_framing_add(&client->input, buf->base, (size_t)n);
    while (!client->closing && (got = rpc_framing_next(&client->input, client->server->limits.max_message,
                                                       &header, &payload, &len, &err)) != 0) {
        if (got < 0) {
            violated(client, &err);
            return;
        }
        got_message(client, &header, payload, len);
    }
    pump(client);
}

/* ---- Arrival ---- */

static int check_peer(struct rpc_client *client, const struct rpc_access *access, eb_error *err)
{
    struct ucred peer;
    socklen_t n = sizeof(peer);
    uv_os_fd_t fd;

    if (uv_fileno(&client->uv.any, &fd) < 0 || getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &n) < 0)
        return eb_error_set(err, EB_ERR_AUTH_FAILED, "cannot tell who it is");
    client->uid = peer.uid;
    client->read_only = access->read_only;
    if (access->same_user && peer.uid != 0 && peer.uid != geteuid())
        return eb_error_set(err, EB_ERR_AUTH_FAILED, "user %u may not use this user's daemon",
                            (unsigned)peer.uid);
    return 0;
}

void rpc_client_accept(struct rpc_server *server, uv_stream_t *listener, const struct rpc_access *access)
{
    struct rpc_client *client = EB_NEW(struct rpc_client);
    eb_error err = EB_ERROR_INIT;

    atomic_init(&client->refs, 1);
    client->server = server;
    client->id = ++server->next_id;
    client->last_waiting = &client->waiting;
    client->events = rpc_events_new();
    client->open_handles = 2;
    uv_pipe_init(&server->loop, &client->uv.pipe, 0);
    uv_timer_init(&server->loop, &client->ping_timer);
    client->uv.any.data = client;
    client->ping_timer.data = client;
    client->next = server->clients;
    if (client->next)
        client->next->prev = client;
    server->clients = client;
    server->n_clients++;
    uv_timer_stop(&server->idle);
    if (uv_accept(listener, &client->uv.stream) < 0) {
        rpc_client_close(client);
        return;
    }
    if (server->n_clients > server->limits.max_clients)
        eb_error_set(&err, EB_ERR_RPC, "there are %u clients already", server->limits.max_clients);
    if (eb_error_is_set(&err) || check_peer(client, access, &err) < 0) {
        violated(client, &err);
        return;
    }
    read_or_wait(client);
}
