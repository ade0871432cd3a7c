/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file client.h
 * One connected client and its calls; for src/rpc alone. What is not marked otherwise belongs to the thread
 * of the loop.
 */
#ifndef EB_RPC_CLIENT_H
#define EB_RPC_CLIENT_H

#include <pthread.h>
#include <stdatomic.h>

#include "everbox/everbox.h"
#include "rpc/framing.h"
#include "rpc/pool.h"
#include "rpc/protocol.h"
#include "rpc/serve.h"
#include "rpc/server.h"
#include "rpc/wire.h"

enum { RPC_VERSION = 1 };

struct rpc_client;
struct rpc_events;
struct rpc_stream;

/** A call from its arrival to its answer. While it runs it belongs to its worker. */
struct rpc_call {
    struct rpc_job job;
    struct rpc_client *client; /* a reference */
    eb_conn *conn;             /* a reference, or NULL before the connection is open */
    struct rpc_header header;
    const struct rpc_procedure *proc;
    rpc_serve_fn *serve;
    unsigned char *payload;
    size_t n;
    uint64_t started;           /* uv_now as it began */
    struct eb_strbuf reply;     /* the whole answer, once it ran */
    eb_stream *stream;          /* what the call opened; else NULL */
    struct rpc_call *next;      /* in the client's list; for the loop */
    struct rpc_call *done_next; /* in the server's mailbox */
};

/** A message to a client from another thread. */
struct rpc_letter {
    struct rpc_client *client; /* a reference */
    struct eb_strbuf frame;
    struct rpc_letter *next;
};

struct rpc_server {
    struct rpc_limits limits;
    uv_loop_t loop;
    uv_async_t mail;
    uv_timer_t idle;
    uv_timer_t look; /* after the pools, while something runs in them */
    struct rpc_listener *listeners;
    struct rpc_client *clients; /* connected; doubly linked */
    unsigned n_clients;         /* but for those of administration */
    unsigned n_anonymous;
    struct rpc_security *security;
    unsigned leaving; /* clients that were closed and are not yet gone */
    uint64_t next_id;
    bool running, stopping, stopped;
    bool prompt_waited; /* a call that must not wait did: from then on none runs in the loop's thread */
    int64_t began;      /* seconds since 1970 */
    const struct rpc_admin_hooks *hooks;
    void *hooks_opaque;
    void (*on_stopping)(void *opaque);
    void *opaque;
    struct rpc_pool *pool, *quick_pool, *auth_pool;
    char read_buffer[65536]; /* one for all: the loop reads into it and at once takes it out */
    atomic_bool stop_wanted;
    pthread_mutex_t lock; /* guards the mailbox */
    bool mail_closed;     /* what comes now is dropped */
    struct rpc_call *done;
    struct rpc_letter *letters, **last_letter;
};

struct rpc_client {
    atomic_int refs;
    struct rpc_server *server;
    uint64_t id;
    union {
        uv_handle_t any;
        uv_stream_t stream;
        uv_pipe_t pipe;
        uv_tcp_t tcp;
    } uv;
    uv_timer_t ping_timer; /* until it is known who it is: how long that may take */
    struct rpc_client *prev, *next;
    struct rpc_framing input;
    struct rpc_call *waiting, **last_waiting; /* calls that did not begin */
    unsigned n_waiting;
    size_t waiting_bytes; /* of them */
    struct rpc_call *running_calls;
    unsigned n_running;
    bool exclusive; /* an `early` call runs: it alone */
    bool reading, closing, close_when_written;
    unsigned prompt_left;  /* calls that the loop's thread still runs for it before it looks at the others */
    unsigned open_handles; /* of libuv */
    size_t output;         /* bytes that wait to be written */
    unsigned unanswered;   /* pings */
    bool pinging;
    bool anonymous; /* counted in the server's n_anonymous */

    /* Set once, before the first call. */
    struct rpc_access access;
    struct rpc_security *security; /* a reference, or NULL */
    uid_t uid;                     /* (uid_t)-1: not of this host */
    pid_t pid;
    gid_t gid;
    uint64_t pid_start_time;
    int64_t since;        /* seconds since 1970 */
    uint64_t calls;       /* that it made so far */
    char *dn;             /* the name in its certificate, once it is known, or NULL */
    char *local, *remote; /* addresses as SASL writes them, or NULL */
    unsigned strength;    /* of TLS, in bits, after its handshake */
    struct rpc_wire wire; /* for the loop, but for `sasl` while an `early` call runs */

    /* For `early` calls, which run alone, and for the loop while none runs. */
    eb_conn *conn;
    bool wants_keepalive;
    bool conn_read_only;
    atomic_bool authenticated; /* it may call more than the handshake; never back to false */
    unsigned auth_failures;    /* in a row */
    char *sasl_user;
    char *uri; /* that it opened, as it said */

    struct rpc_stream *streams;
    unsigned n_streams;

    struct rpc_events *events; /* with a lock of its own */
};

/** Takes an accepted connection over. */
void rpc_client_accept(struct rpc_server *server, uv_stream_t *listener, const struct rpc_access *access);
/** Closes a client that broke a rule: says why, clears `err`. */
void rpc_client_violated(struct rpc_client *client, eb_error *err);
/** Begins to take in what the client says, or stops for a while, as its limits want. */
void rpc_client_read_or_wait(struct rpc_client *client);
/** No more input, calls or output; what runs ends, then it is gone. */
void rpc_client_close(struct rpc_client *client);
/** Writes `frame` (taken). */
void rpc_client_write(struct rpc_client *client, struct eb_strbuf *frame);
/** It is known who it is: from now on it may call everything. In an `early` call or before all calls. */
void rpc_client_trust(struct rpc_client *client);
/** Its call ran: answers it. */
void rpc_client_finish(struct rpc_call *call);
/** One of its handles of libuv, counted in open_handles, is closed. */
void rpc_client_handle_gone(struct rpc_client *client);
/** The server stops: no new calls; closes once all that run are answered. */
void rpc_client_drain(struct rpc_client *client);
struct rpc_client *rpc_client_ref(struct rpc_client *client); /* any thread */
void rpc_client_unref(struct rpc_client *client);             /* any thread */

/** A client that was closed is gone. */
void rpc_server_client_gone(struct rpc_server *server);
void rpc_server_client_left(struct rpc_server *server, struct rpc_client *client);
/** Has a job run by a pool of the server's. */
void rpc_server_submit(struct rpc_server *server, struct rpc_pool *pool, struct rpc_job *job);
/** Gives a call back to the loop. Any thread. */
void rpc_server_done(struct rpc_server *server, struct rpc_call *call);
/** Sends `frame` (taken) to a client. Any thread. */
void rpc_server_post(struct rpc_server *server, struct rpc_client *client, struct eb_strbuf *frame);

/* dispatch.c */
/** Finds out what the call is, and whether it may run now: -1 with the error to answer. */
int rpc_dispatch_check(struct rpc_call *call, eb_error *err);
/** For workers: decodes, runs, and makes the answer. */
void rpc_dispatch_run(struct rpc_call *call);
/** Makes the answer that the call failed; clears `err`. */
void rpc_dispatch_fail(struct rpc_call *call, eb_error *err);

/* prompt.c */
enum { RPC_PROMPT_TURN = 16 }; /* of one client, each time that it was read from */
/** Runs a call in the loop's thread, when it is one that waits for nobody now; false: a worker must. */
bool rpc_prompt_run(struct rpc_call *call);

/** Of the procedures by which a client says who it is. */
bool rpc_dispatch_is_auth(const struct rpc_header *header);

/* stream.c */
enum { RPC_MAX_STREAMS = 32 }; /* of one client */
/** The call, which is answered next, opened call->stream (taken). */
int rpc_stream_open(struct rpc_call *call, eb_error *err);
/** The call is answered: data may follow. */
void rpc_streams_start(struct rpc_client *client, uint32_t serial);
/** The client has read: more may follow. */
void rpc_streams_move(struct rpc_client *client);
void rpc_streams_close(struct rpc_client *client);
/** One of them has as much to write as it should: the client is not to send more now. */
bool rpc_streams_full(const struct rpc_client *client);
bool rpc_streams_have(const struct rpc_client *client, const struct rpc_header *header);
/** A message of a stream came. */
void rpc_stream_message(struct rpc_client *client, const struct rpc_header *header,
                        const unsigned char *payload, size_t n);

/* keepalive.c */
void rpc_keepalive_start(struct rpc_client *client);
/** A message of the keepalive program came. */
void rpc_keepalive_message(struct rpc_client *client, const struct rpc_header *header);

/* events.c: who listens, and the messages that tell them. */
struct rpc_events *rpc_events_new(void);
void rpc_events_free(struct rpc_events *events);
/** Forgets every registration. Any thread. */
void rpc_events_clear(struct rpc_events *events, eb_conn *conn);

#endif
