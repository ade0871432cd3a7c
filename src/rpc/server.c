/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The server: listening sockets, the loop, the mailbox of the workers. */
#include "rpc/server.h"

#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "rpc/client.h"

#define EB_MODULE "rpc"

enum { BACKLOG = 4096, MAX_AUTH_WORKERS = 256 };

struct rpc_listener {
    struct rpc_server *server;
    struct rpc_access access;
    union {
        uv_handle_t any;
        uv_stream_t stream;
        uv_pipe_t pipe;
        uv_tcp_t tcp;
    } uv;
    struct rpc_listener *next;
};

/* ---- The end ---- */

static void close_listener(uv_handle_t *handle)
{
    free(handle->data);
}

static void begin_stopping(struct rpc_server *server)
{
    struct rpc_client *client, *next;
    struct rpc_listener *l;

    if (server->stopping)
        return;
    server->stopping = true;
    uv_close((uv_handle_t *)&server->idle, NULL);
    while ((l = server->listeners)) {
        server->listeners = l->next;
        uv_close(&l->uv.any, close_listener);
    }
    for (client = server->clients; client; client = next) {
        next = client->next;
        rpc_client_drain(client);
    }
    if (server->on_stopping)
        server->on_stopping(server->opaque);
}

/* The mailbox is among the last handles: with it the loop ends. */
static void maybe_stopped(struct rpc_server *server)
{
    if (server->stopping && !server->stopped && !server->clients && !server->leaving) {
        server->stopped = true;
        pthread_mutex_lock(&server->lock);
        server->mail_closed = true;
        pthread_mutex_unlock(&server->lock);
        uv_close((uv_handle_t *)&server->mail, NULL);
        uv_close((uv_handle_t *)&server->look, NULL);
    }
}

void rpc_server_stop(struct rpc_server *server)
{
    atomic_store(&server->stop_wanted, true);
    pthread_mutex_lock(&server->lock);
    if (!server->mail_closed)
        uv_async_send(&server->mail);
    pthread_mutex_unlock(&server->lock);
}

static void idle_too_long(uv_timer_t *timer)
{
    struct rpc_server *server = timer->data;

    EB_INFO("no client for %u s", server->limits.idle_timeout);
    rpc_server_stop(server);
}

static void watch_idleness(struct rpc_server *server)
{
    if (server->stopping)
        return;
    uv_timer_stop(&server->idle);
    if (server->limits.idle_timeout && !server->clients && !server->leaving)
        uv_timer_start(&server->idle, idle_too_long, (uint64_t)server->limits.idle_timeout * 1000, 0);
}

/* ---- Clients ---- */

void rpc_server_client_left(struct rpc_server *server, struct rpc_client *client)
{
    if (client->prev)
        client->prev->next = client->next;
    else
        server->clients = client->next;
    if (client->next)
        client->next->prev = client->prev;
    client->prev = client->next = NULL;
    server->n_clients -= !client->access.admin;
    server->leaving++;
}

void rpc_server_client_gone(struct rpc_server *server)
{
    server->leaving--;
    watch_idleness(server);
    maybe_stopped(server);
}

/* ---- The pools ---- */

static void look_after_pools(uv_timer_t *timer)
{
    struct rpc_server *server = timer->data;
    bool busy = rpc_pool_look_after(server->pool);

    busy |= rpc_pool_look_after(server->quick_pool);
    busy |= rpc_pool_look_after(server->auth_pool);
    if (!busy)
        uv_timer_stop(timer);
}

void rpc_server_submit(struct rpc_server *server, struct rpc_pool *pool, struct rpc_job *job)
{
    rpc_pool_submit(pool, job);
    if (!uv_is_active((uv_handle_t *)&server->look))
        uv_timer_start(&server->look, look_after_pools, RPC_POOL_LOOK_MS, RPC_POOL_LOOK_MS);
}

/* ---- The mailbox ---- */

void rpc_server_done(struct rpc_server *server, struct rpc_call *call)
{
    pthread_mutex_lock(&server->lock);
    call->done_next = server->done;
    server->done = call;
    uv_async_send(&server->mail);
    pthread_mutex_unlock(&server->lock);
}

void rpc_server_post(struct rpc_server *server, struct rpc_client *client, struct eb_strbuf *frame)
{
    struct rpc_letter *letter = EB_NEW(struct rpc_letter);

    letter->client = rpc_client_ref(client);
    if (frame) {
        letter->frame = *frame;
        memset(frame, 0, sizeof(*frame));
    }
    pthread_mutex_lock(&server->lock);
    *server->last_letter = letter;
    server->last_letter = &letter->next;
    if (!server->mail_closed) /* under the lock, so that it is not closed meanwhile */
        uv_async_send(&server->mail);
    pthread_mutex_unlock(&server->lock);
}

static void deliver(struct rpc_server *server, struct rpc_letter *letter)
{
    struct rpc_client *client = letter->client;

    if (letter->frame.len) {
        rpc_client_write(client, &letter->frame);
    } else { /* its connection was closed, and that was the last of it */
        rpc_server_client_gone(server);
        rpc_client_unref(client);
    }
    rpc_client_unref(letter->client);
    free(letter);
}

static void got_mail(uv_async_t *mail)
{
    struct rpc_server *server = mail->data;
    struct rpc_call *done, *in_order = NULL, *call;
    struct rpc_letter *letters, *letter;

    pthread_mutex_lock(&server->lock);
    done = EB_STEAL(server->done);
    letters = EB_STEAL(server->letters);
    server->last_letter = &server->letters;
    pthread_mutex_unlock(&server->lock);
    while ((call = done)) {
        done = call->done_next;
        call->done_next = in_order;
        in_order = call;
    }
    /* Answers first: an event that a call caused never comes before the answer of the registration. */
    while ((call = in_order)) {
        in_order = call->done_next;
        rpc_client_finish(call);
    }
    while ((letter = letters)) {
        letters = letter->next;
        deliver(server, letter);
    }
    if (atomic_load(&server->stop_wanted))
        begin_stopping(server);
    maybe_stopped(server);
}

/* ---- Listening ---- */

static void knocked(uv_stream_t *stream, int status)
{
    struct rpc_listener *listener = stream->data;

    if (status < 0)
        EB_WARN("cannot accept: %s", uv_strerror(status));
    else
        rpc_client_accept(listener->server, stream, &listener->access);
}

int rpc_server_listen(struct rpc_server *server, int fd, const struct rpc_access *access, eb_error *err)
{
    struct rpc_listener *listener = EB_NEW(struct rpc_listener);
    int result;

    listener->server = server;
    listener->access = *access;
    if (access->transport == RPC_UNIX) {
        uv_pipe_init(&server->loop, &listener->uv.pipe, 0);
        result = uv_pipe_open(&listener->uv.pipe, fd);
    } else {
        uv_tcp_init(&server->loop, &listener->uv.tcp);
        result = uv_tcp_open(&listener->uv.tcp, fd);
    }
    listener->uv.any.data = listener;
    if (result < 0)
        close(fd);
    else
        result = uv_listen(&listener->uv.stream, BACKLOG, knocked);
    if (result < 0) {
        uv_close(&listener->uv.any, close_listener);
        return eb_error_set_errno(err, -result, "cannot listen");
    }
    listener->next = server->listeners;
    server->listeners = listener;
    return 0;
}

/* ---- Life ---- */

int rpc_server_new(const struct rpc_limits *limits, struct rpc_server **out, eb_error *err)
{
    struct rpc_server *server = EB_NEW(struct rpc_server);
    /* Who has to be asked may be slow to answer: one for each of those who wait, so that nobody else does. */
    unsigned auth_workers =
        limits->max_anonymous < MAX_AUTH_WORKERS ? limits->max_anonymous : MAX_AUTH_WORKERS;
    int result;

    server->limits = *limits;
    server->began = time(NULL);
    server->last_letter = &server->letters;
    pthread_mutex_init(&server->lock, NULL);
    result = uv_loop_init(&server->loop);
    if (result < 0) {
        pthread_mutex_destroy(&server->lock);
        free(server);
        return eb_error_set_errno(err, -result, "cannot make an event loop");
    }
    result = uv_async_init(&server->loop, &server->mail, got_mail);
    if (result < 0) {
        uv_loop_close(&server->loop);
        pthread_mutex_destroy(&server->lock);
        free(server);
        return eb_error_set_errno(err, -result, "cannot make an event loop");
    }
    server->mail.data = server;
    uv_timer_init(&server->loop, &server->idle);
    server->idle.data = server;
    uv_timer_init(&server->loop, &server->look);
    server->look.data = server;
    if (rpc_pool_new(limits->workers, &server->pool, err) < 0 ||
        rpc_pool_new(limits->quick_workers, &server->quick_pool, err) < 0 ||
        rpc_pool_new(auth_workers, &server->auth_pool, err) < 0) {
        rpc_server_free(server);
        return -1;
    }
    *out = server;
    return 0;
}

void rpc_server_set_limits(struct rpc_server *server, const struct rpc_limits *limits)
{
    server->limits = *limits;
    watch_idleness(server);
}

void rpc_server_set_security(struct rpc_server *server, struct rpc_security *security)
{
    rpc_security_unref(server->security);
    server->security = security ? rpc_security_ref(security) : NULL;
}

void rpc_server_set_admin_hooks(struct rpc_server *server, const struct rpc_admin_hooks *hooks, void *opaque)
{
    server->hooks = hooks;
    server->hooks_opaque = opaque;
}

uv_loop_t *rpc_server_loop(struct rpc_server *server)
{
    return &server->loop;
}

void rpc_server_run(struct rpc_server *server, void (*stopping)(void *opaque), void *opaque)
{
    server->on_stopping = stopping;
    server->opaque = opaque;
    watch_idleness(server);
    uv_run(&server->loop, UV_RUN_DEFAULT);
}

static void drop_letters(struct rpc_server *server)
{
    struct rpc_letter *letter;

    while ((letter = server->letters)) {
        server->letters = letter->next;
        eb_strbuf_free(&letter->frame);
        rpc_client_unref(letter->client);
        free(letter);
    }
}

void rpc_server_free(struct rpc_server *server)
{
    if (!server)
        return;
    if (!server->stopped) { /* it never ran */
        begin_stopping(server);
        maybe_stopped(server);
        uv_run(&server->loop, UV_RUN_DEFAULT);
    }
    rpc_pool_free(server->pool);
    rpc_pool_free(server->quick_pool);
    rpc_pool_free(server->auth_pool);
    drop_letters(server);
    rpc_security_unref(server->security);
    uv_loop_close(&server->loop);
    pthread_mutex_destroy(&server->lock);
    free(server);
}
