/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file remote.h
 * A connection to a daemon: calls and their answers, events, the peer's life. Shared by the files of this
 * folder.
 */
#ifndef EB_REMOTE_REMOTE_H
#define EB_REMOTE_REMOTE_H

#include <pthread.h>

#include "core/driver.h"
#include "remote/transport.h"
#include "rpc/protocol.h"

/** What a message borrows from the caller. */
#define TEXT(s) (char *)(uintptr_t)(s)

struct remote;
/**
 * Starts to talk. `event` is called for each message of the program that nobody asked for, in the reader's
 * thread; `lost` once, there too, when the peer has gone or broke the protocol. Takes `transport`.
 */
struct remote *remote_new(struct eb_transport *transport,
                          void (*event)(void *opaque, uint32_t procedure, const void *message),
                          void (*lost)(void *opaque, eb_close_reason reason), void *opaque);
/** No call is in flight. */
void remote_free(struct remote *r);
struct eb_transport *remote_transport(const struct remote *r);

/**
 * One procedure of REMOTE: sends `args` and waits for the answer in `ret` (of the procedure's structs; NULL
 * where it has none). What `ret` holds is freed with xdr_clear. -1 with the error of the far side, or
 * EB_ERR_RPC / EB_ERR_SYSTEM_ERROR when it is gone. Thread safe: the calls of several threads are on their
 * way together.
 */
int remote_call(struct remote *r, uint32_t procedure, const void *args, void *ret, eb_error *err);
/** The same, but after so many seconds (0: none) without an answer it is EB_ERR_OPERATION_TIMEOUT. */
int remote_call_within(struct remote *r, unsigned seconds, uint32_t procedure, const void *args, void *ret,
                       eb_error *err);
/** The same in two steps, so that one thread can have many under way: remote_send gives a number for
 * remote_wait, or -1. Each number is waited for once, also when another one failed. */
int64_t remote_send(struct remote *r, uint32_t procedure, const void *args, eb_error *err);
int remote_wait(struct remote *r, int64_t number, void *ret, eb_error *err);
/** Frees what a call gave. */
void remote_clear(uint32_t procedure, void *ret);

/** Still connected, as far as is known. */
bool remote_is_alive(struct remote *r);
/** Pings the peer each `interval` s (0: never); `count` unanswered ones mean that it is gone. After the peer
 * said that it answers. */
void remote_keepalive(struct remote *r, unsigned interval, unsigned count);

/* ---- the driver's own data of an eb_conn ---- */

struct known_name;
/** What the far side calls a registration of ours. */
struct remote_callback {
    enum eb_event_class class;
    int32_t id;
};
struct remote_conn {
    eb_conn *conn;
    struct remote *r;
    char *type;
    bool answers_pings;
    pthread_mutex_t lock;     /* guards `names` */
    struct known_name *names; /* of uuids: the protocol wants both */
    pthread_mutex_t events_lock;
    struct remote_callback *callbacks;
    size_t n_callbacks;
};
static inline struct remote_conn *remote_of(eb_conn *conn)
{
    return eb_conn_get_private(conn);
}
#define REMOTE_CALL(conn, procedure, args, ret, err)                                                         \
    remote_call(remote_of(conn)->r, RPC_##procedure, args, ret, err)

/** A call that opens a stream, which keeps the connection open; `*out` is the caller's. */
int remote_call_opening(eb_conn *conn, uint32_t procedure, const void *args, void *ret, eb_stream **out,
                        eb_error *err);
/** One that opens a stream from the daemon, and all that comes over it: *n bytes, the caller's. */
int remote_call_reading(eb_conn *conn, uint32_t procedure, const void *args, void *ret, unsigned char **bytes,
                        size_t *n, eb_error *err);

/** auth.c: as the server wants it, or as the URI asks for (`auth`, `authfile`). */
int remote_authenticate(eb_conn *conn, struct remote *r, const struct eb_uri *uri, eb_error *err);

/** Fills in how the protocol names the object of this uuid; the name belongs to the connection. */
struct rpc_domain remote_domain(eb_conn *conn, eb_uuid uuid);
/** Remembers the name; out->name is a copy. */
void remote_take_domain(eb_conn *conn, const struct rpc_domain *dom, struct eb_domain_key *out);
void remote_names_free(struct remote_conn *c);

/** A number out of an answer that counts something: -1 with EB_ERR_RPC when it is negative. */
int remote_count(int32_t n, eb_error *err);
/** Text out of an answer. */
char *remote_chars(const char *items, uint32_t n);

extern const struct eb_driver_object_ops remote_network_ops, remote_pool_ops, remote_volume_ops,
    remote_iface_ops, remote_nodedev_ops;
extern const struct eb_driver_network_ops remote_network_own_ops;
extern const struct eb_driver_storage_ops remote_storage_ops;
extern const struct eb_driver_iface_ops remote_iface_own_ops;
extern const struct eb_driver_nodedev_ops remote_nodedev_own_ops;
extern const struct eb_driver_snapshot_ops remote_snapshot_ops;
extern const struct eb_driver_checkpoint_ops remote_checkpoint_ops;
extern const struct eb_driver_stats_ops remote_stats_ops;
extern const struct eb_driver_guest_ops remote_guest_ops;
extern const struct eb_driver_tune_ops remote_tune_ops;

/** event.c: a message of the far side. */
void remote_event(void *conn, uint32_t procedure, const void *message);

#endif
