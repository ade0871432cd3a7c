/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A connected client: what it sends becomes calls, and what they answer is sent. */
#include "rpc/client.h"

#include "base/log.h"
#include "rpc/errors.h"

#define EB_MODULE "rpc"

/* Of a client that did not yet say who it is: bytes of a message, and calls that wait. A step of SASL takes
 * four bytes a character. */
enum {
    MAX_ANONYMOUS_MESSAGE = 4 * RPC_SASL_DATA_MAX + 4096,
    MAX_ANONYMOUS_WAITING = 2,
    MAX_AUTH_FAILURES = 3,
};

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
    rpc_wire_free(&client->wire);
    rpc_security_unref(client->security);
    free(client->sasl_user);
    free(client->uri);
    free(client->dn);
    free(client->local);
    free(client->remote);
    free(client);
}

static void free_call(struct rpc_call *call)
{
    eb_conn_unref(call->conn);
    rpc_client_unref(call->client);
    eb_strbuf_free(&call->reply);
    eb_stream_unref(call->stream);
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

static void not_anonymous(struct rpc_client *client)
{
    if (client->anonymous) {
        client->anonymous = false;
        client->server->n_anonymous--;
    }
}

/* Nothing of it is left in the loop or in a worker: the connection may go, and then the client. */
static void depart(struct rpc_client *client)
{
    struct parting *parting;

    if (!client->closing || client->n_running || client->open_handles)
        return;
    /* Not before: whoever left while somebody is asked about it still has a worker wait for the answer. */
    not_anonymous(client);
    if (client->conn) {
        parting = EB_NEW(struct parting);
        parting->job.run = close_conn;
        parting->client = rpc_client_ref(client);
        parting->conn = EB_STEAL(client->conn);
        rpc_server_submit(client->server, client->server->pool, &parting->job);
        return;
    }
    rpc_server_client_gone(client->server);
    rpc_client_unref(client);
}

void rpc_client_handle_gone(struct rpc_client *client)
{
    client->open_handles--;
    depart(client);
}

static void handle_closed(uv_handle_t *handle)
{
    rpc_client_handle_gone(handle->data);
}

static void forget_waiting(struct rpc_client *client)
{
    struct rpc_call *call;

    while ((call = client->waiting)) {
        client->waiting = call->next;
        free_call(call);
    }
    client->last_waiting = &client->waiting;
    client->n_waiting = 0;
    client->waiting_bytes = 0;
}

void rpc_client_close(struct rpc_client *client)
{
    if (client->closing)
        return;
    client->closing = true;
    rpc_server_client_left(client->server, client);
    forget_waiting(client);
    rpc_streams_close(client);
    uv_close(&client->uv.any, handle_closed);
    uv_close((uv_handle_t *)&client->ping_timer, handle_closed);
}

void rpc_client_violated(struct rpc_client *client, eb_error *err)
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
    rpc_streams_move(client);
    maybe_leave(client);
    if (!client->closing)
        pump(client);
}

/* Writes bytes (taken) as they are. */
static void write_raw(struct rpc_client *client, struct eb_strbuf *frame)
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
        rpc_client_violated(client, &err);
    }
}

void rpc_client_write(struct rpc_client *client, struct eb_strbuf *frame)
{
    eb_error err = EB_ERROR_INIT;

    if (client->closing) {
        eb_strbuf_free(frame);
    } else if (rpc_wire_give(&client->wire, frame, &err) < 0) {
        eb_strbuf_free(frame);
        rpc_client_violated(client, &err);
    } else {
        write_raw(client, frame);
    }
}

/* ---- Who it is ---- */

void rpc_client_trust(struct rpc_client *client)
{
    client->authenticated = true;
    client->auth_failures = 0;
}

/* The last answer of the handshake is written; what follows goes through the layer that it agreed upon. */
static void begin_layer(struct rpc_client *client)
{
    eb_error err = EB_ERROR_INIT;

    if (!client->wire.sasl || client->wire.sasl_layer || !rpc_sasl_has_layer(client->wire.sasl))
        return;
    if (client->n_waiting || rpc_framing_left(&client->input)) {
        eb_error_set(&err, EB_ERR_RPC, "it spoke on without waiting for the layer");
        rpc_client_violated(client, &err);
        return;
    }
    client->wire.sasl_layer = true;
}

/* After a call of the handshake. */
static void judge(struct rpc_client *client)
{
    if (client->anonymous && client->authenticated) {
        not_anonymous(client);
        uv_timer_stop(&client->ping_timer);
        begin_layer(client);
    } else if (client->auth_failures >= MAX_AUTH_FAILURES) {
        client->close_when_written = true;
    }
}

/* ---- Calls ---- */

static void run_call(struct rpc_job *job)
{
    struct rpc_call *call = (struct rpc_call *)job;

    rpc_dispatch_run(call);
    eb_conn_unref(EB_STEAL(call->conn)); /* not in the loop: the last one closes it */
    rpc_server_done(call->client->server, call);
}

/* A client whose streams are many may open no more. */
static void check_streams(const struct rpc_call *call, eb_error *err)
{
    const struct rpc_program *remote = &rpc_programs[0];
    uint32_t n = call->header.procedure;

    if (call->header.program == remote->number && n >= 1 && n <= remote->n &&
        (remote->procedures[n - 1].marks & (RPC_STREAM_IN | RPC_STREAM_OUT)))
        eb_error_set_from(err, EB_FROM_RPC, EB_ERR_RPC, "there are %u open streams already", RPC_MAX_STREAMS);
}

static void start_call(struct rpc_client *client, struct rpc_call *call)
{
    eb_error err = EB_ERROR_INIT;

    if (client->n_streams >= RPC_MAX_STREAMS)
        check_streams(call, &err);
    if (eb_error_is_set(&err) || rpc_dispatch_check(call, &err) < 0) {
        rpc_dispatch_fail(call, &err);
        rpc_client_write(client, &call->reply);
        free_call(call);
        return;
    }
    client->calls++;
    if (call->proc->marks & RPC_LOOP) {
        bool last =
            call->header.program == RPC_PROGRAM_ADMIN && call->header.procedure == RPC_ADMIN_CONNECT_CLOSE;

        rpc_dispatch_run(call);
        client->close_when_written |= last;
        rpc_client_write(client, &call->reply);
        free_call(call);
        return;
    }
    if (rpc_prompt_run(call)) {
        rpc_client_write(client, &call->reply);
        free_call(call);
        return;
    }
    call->started = uv_now(&client->server->loop);
    client->n_running++;
    client->exclusive = (call->proc->marks & RPC_EARLY) != 0;
    call->next = client->running_calls;
    client->running_calls = call;
    call->job.run = run_call;
    if (rpc_dispatch_is_auth(&call->header)) {
        rpc_server_submit(client->server, client->server->auth_pool, &call->job);
        return;
    }
    /* Opening starts what a driver needs, closing ends it: not quick, whatever the table says of the call. */
    if ((call->proc->marks & RPC_QUICK) && call->header.procedure != RPC_CONNECT_OPEN &&
        call->header.procedure != RPC_CONNECT_CLOSE)
        rpc_server_submit(client->server, client->server->quick_pool, &call->job);
    else
        rpc_server_submit(client->server, client->server->pool, &call->job);
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

void rpc_client_read_or_wait(struct rpc_client *client)
{
    unsigned max = client->authenticated ? client->server->limits.max_client_waiting : MAX_ANONYMOUS_WAITING;
    /* However many calls may wait, together they are no larger than two messages may be. */
    bool wanted = client->n_waiting < max && client->waiting_bytes <= client->server->limits.max_message &&
                  !client->server->stopping && !client->close_when_written && !rpc_streams_full(client);

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
        client->waiting_bytes -= call->n;
        start_call(client, call);
    }
    if (!client->closing)
        rpc_client_read_or_wait(client);
    maybe_leave(client);
}

void rpc_client_finish(struct rpc_call *call)
{
    struct rpc_client *client = call->client;
    struct rpc_call **at = &client->running_calls;
    EB_AUTOERROR eb_error err = EB_ERROR_INIT;

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
    if (call->stream && rpc_stream_open(call, &err) < 0)
        rpc_dispatch_fail(call, &err);
    rpc_client_write(client, &call->reply);
    if (!client->closing)
        rpc_streams_start(client, call->header.serial);
    free_call(call);
    if (client->closing)
        return;
    judge(client);
    if (client->closing)
        return;
    if (client->wants_keepalive)
        rpc_keepalive_start(client);
    pump(client);
}

void rpc_client_drain(struct rpc_client *client)
{
    forget_waiting(client); /* what did not begin will not */
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
    if (header->type == RPC_TYPE_STREAM || header->type == RPC_TYPE_STREAM_HOLE) {
        rpc_stream_message(client, header, payload, n);
        return;
    }
    if (rpc_streams_have(client, header) || has_serial(client->running_calls, header) ||
        has_serial(client->waiting, header)) {
        eb_error_set(&err, EB_ERR_RPC, "the serial %u is in use", header->serial);
        rpc_client_violated(client, &err);
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
    client->waiting_bytes += n;
}

/* Whoever is not known yet has little to say. */
static uint32_t max_message(const struct rpc_client *client)
{
    uint32_t max = client->server->limits.max_message;

    return client->authenticated || max < MAX_ANONYMOUS_MESSAGE ? max : MAX_ANONYMOUS_MESSAGE;
}

/* -1: the client was closed. */
static int take(struct rpc_client *client, const char *bytes, size_t n)
{
    struct eb_strbuf raw = {0};
    eb_error err = EB_ERROR_INIT;
    const char *dn = NULL;
    int result = rpc_wire_take(&client->wire, client->security, bytes, n, &client->input, &raw, &dn, &err);

    if (raw.len)
        write_raw(client, &raw);
    else
        eb_strbuf_free(&raw);
    if (result < 0) {
        rpc_client_violated(client, &err);
        return -1;
    }
    if (dn) {
        client->strength = rpc_tls_strength(client->wire.tls);
        EB_INFO("client %llu is '%s'", (unsigned long long)client->id, dn);
        eb_replace_string(&client->dn, dn);
        if (client->access.auth == RPC_BY_NOTHING) {
            rpc_client_trust(client);
            judge(client);
        }
    }
    return client->closing ? -1 : 0;
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
    client->prompt_left = RPC_PROMPT_TURN;
    if (take(client, buf->base, (size_t)n) < 0)
        return;
    while (!client->closing && (got = rpc_framing_next(&client->input, max_message(client), &header, &payload,
                                                       &len, &err)) != 0) {
        if (got < 0) {
            rpc_client_violated(client, &err);
            return;
        }
        got_message(client, &header, payload, len);
    }
    pump(client);
}
