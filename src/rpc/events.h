/* SPDX-License-Identifier: LGPL-2.1-or-later */
/** @file events.h Who listens (events.c), for the kinds of events: domains' (events.c) and the others'
 * (events_objects.c). */
#ifndef EB_RPC_EVENTS_H
#define EB_RPC_EVENTS_H

#include "rpc/client.h"

/** Sends a message to a client. Any thread. */
void rpc_events_post(struct rpc_client *client, uint32_t procedure, const struct xdr_type *type,
                     const void *message);
enum { RPC_MAX_CALLBACKS = 16384 }; /* of one client */
/** A number that the client can know a callback by: none is given twice. -1 with EB_ERR_RPC: it has too many.
 */
int rpc_events_new_id(struct rpc_events *events, eb_error *err);
/** The connection's callback `inner` is what the client knows by `id`. */
void rpc_events_keep(struct rpc_call *call, int id, int inner, int event);
/** Removes the callback that the client knows by `id`; `what` names the kind. */
int rpc_events_drop(struct rpc_call *call, const char *what, int id, eb_error *err);

/** Registers or removes the callback of the connection's end (events_objects.c). */
int rpc_events_hear_close(struct rpc_client *client, eb_conn *conn, eb_error *err);
void rpc_events_forget_close(eb_conn *conn);
/**
 * The client wants to hear of the connection's end, or no more: -1 when it did (did not) already. virsh
 * always does, and a driver's source of events is dear to start: so it is listened for while other events
 * are, too.
 */
int rpc_events_want_close(struct rpc_call *call, bool wants, eb_error *err);

#endif
