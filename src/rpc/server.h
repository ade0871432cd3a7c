/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file server.h
 * Serves libvirt's protocol on listening sockets. One thread (the caller of rpc_server_run) does all that
 * touches sockets; calls run on two pools of workers, one for what is quick, one for all else.
 */
#ifndef EB_RPC_SERVER_H
#define EB_RPC_SERVER_H

#include <sys/types.h>
#include <uv.h>

#include "base/error.h"
#include "rpc/security.h"

struct rpc_limits {
    unsigned max_clients;
    unsigned max_client_requests; /* running at a time for one client; the others wait */
    unsigned max_client_waiting;  /* beyond them the client is not read until some are done */
    uint32_t max_message;         /* bytes of one message from a client */
    size_t max_client_output;     /* bytes that wait for a client that does not read: then it is closed */
    unsigned workers;
    unsigned quick_workers;
    unsigned keepalive_interval; /* seconds between pings to a silent client; 0: no pings */
    unsigned keepalive_count;    /* pings without an answer before the client is closed */
    unsigned idle_timeout;       /* seconds without a client before rpc_server_run ends; 0: never */
    unsigned max_anonymous;      /* clients that did not yet say who they are; more are turned away */
    unsigned handshake_timeout;  /* seconds that they have for it */
};
/** What everboxd.conf(5) documents. */
#define RPC_LIMITS_DEFAULT                                                                                   \
    {                                                                                                        \
        .max_clients = 5000, .max_client_requests = 5, .max_client_waiting = 64,                             \
        .max_message = 32u * 1024 * 1024, .max_client_output = 64u * 1024 * 1024, .workers = 20,             \
        .quick_workers = 5, .keepalive_interval = 5, .keepalive_count = 5, .idle_timeout = 0,                \
        .max_anonymous = 20, .handshake_timeout = 30                                                         \
    }

enum rpc_transport { RPC_UNIX, RPC_TCP, RPC_TLS };
/** libvirt's numbers. */
enum rpc_auth { RPC_BY_NOTHING = 0, RPC_BY_SASL = 1, RPC_BY_POLKIT = 2 };

/** Who may come through a listening socket, and what they may do. */
struct rpc_access {
    bool read_only;
    bool admin;     /* only the calls for administration, and no others */
    bool same_user; /* only this process's user and root; for RPC_UNIX */
    enum rpc_transport transport;
    enum rpc_auth auth; /* how a client proves who it is, beyond what the transport proves */
};

struct rpc_server;
int rpc_server_new(const struct rpc_limits *limits, struct rpc_server **out, eb_error *err);
/** Takes the listening socket `fd` (of the kind that access->transport says), also on failure. Before
 * rpc_server_run or in its thread. */
int rpc_server_listen(struct rpc_server *server, int fd, const struct rpc_access *access, eb_error *err);
/** Changes the limits, but the numbers of workers. In the thread of rpc_server_run. */
void rpc_server_set_limits(struct rpc_server *server, const struct rpc_limits *limits);
/** What clients that come from now on are measured by; takes a reference. NULL: none, which RPC_TLS needs.
 * Before rpc_server_run or in its thread. */
void rpc_server_set_security(struct rpc_server *server, struct rpc_security *security);
/** What administration may ask of the program around the server. They run in the thread of rpc_server_run. */
struct rpc_admin_hooks {
    /** In force now, with their number; the caller frees it. Without any, log_filters gives NULL. */
    char *(*log_filters)(unsigned *n);
    char *(*log_outputs)(unsigned *n);
    int (*set_log_filters)(const char *filters, void *opaque, eb_error *err); /* NULL or "": none */
    int (*set_log_outputs)(const char *outputs, void *opaque, eb_error *err); /* NULL or "": the usual one */
    /** Reads certificates and lists of names anew. */
    int (*reload_security)(void *opaque, eb_error *err);
};
/** `hooks` must live as long as the server. Without them such calls answer that they are not supported. */
void rpc_server_set_admin_hooks(struct rpc_server *server, const struct rpc_admin_hooks *hooks, void *opaque);
/** For signals and timers of the caller; it closes its own handles in `stopping`, which runs in the loop. */
uv_loop_t *rpc_server_loop(struct rpc_server *server);
/** Serves until rpc_server_stop or the idle timeout. */
void rpc_server_run(struct rpc_server *server, void (*stopping)(void *opaque), void *opaque);
/** Asks rpc_server_run to end: no new clients and calls; running operations end and are answered first. From
 * any thread; once it ended, nothing. */
void rpc_server_stop(struct rpc_server *server);
/** After rpc_server_run ended, or before it began. NULL is fine. */
void rpc_server_free(struct rpc_server *server);

#endif
