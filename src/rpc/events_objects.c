/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Events of networks, storage pools and node devices, and the connection's end, as clients hear of them. */
#include "rpc/events.h"
#include "rpc/handlers.h"

/* What a callback needs; it lives as long as the callback. */
struct listener {
    struct rpc_client *client; /* a reference */
    int id;
};

static struct listener *new_listener(struct rpc_client *client, int id)
{
    struct listener *listener = EB_NEW(struct listener);

    listener->client = rpc_client_ref(client);
    listener->id = id;
    return listener;
}

static void free_listener(void *opaque)
{
    struct listener *listener = opaque;

    rpc_client_unref(listener->client);
    free(listener);
}

/* ---- Messages ---- */

#define POST(PROCEDURE, name, ...)                                                                           \
    rpc_events_post(listener->client, RPC_##PROCEDURE, &rpc_##name##_msg_type,                               \
                    &(struct rpc_##name##_msg){__VA_ARGS__})

static void tell_network(eb_conn *conn EB_UNUSED, eb_network *net, const eb_object_event *event, void *opaque)
{
    const struct listener *listener = opaque;
    struct rpc_network described = {0};

    rpc_put_network(net, &described);
    POST(NETWORK_EVENT_LIFECYCLE, network_event_lifecycle, .callback = listener->id, .net = described,
         .event = event->event, .detail = event->detail);
    free(described.name);
}

static void tell_pool(eb_conn *conn EB_UNUSED, eb_pool *pool, const eb_object_event *event, void *opaque)
{
    const struct listener *listener = opaque;
    struct rpc_pool described = {0};

    rpc_put_pool(pool, &described);
    if (event->id == EB_POOL_EVENT_ID_REFRESH)
        POST(STORAGE_POOL_EVENT_REFRESH, storage_pool_event_refresh, .callback = listener->id,
             .pool = described);
    else
        POST(STORAGE_POOL_EVENT_LIFECYCLE, storage_pool_event_lifecycle, .callback = listener->id,
             .pool = described, .event = event->event, .detail = event->detail);
    free(described.name);
}

static void tell_nodedev(eb_conn *conn EB_UNUSED, eb_nodedev *dev, const eb_object_event *event, void *opaque)
{
    const struct listener *listener = opaque;
    struct rpc_nodedev described = {0};

    rpc_put_nodedev(dev, &described);
    if (event->id == EB_NODEDEV_EVENT_ID_UPDATE)
        POST(NODE_DEVICE_EVENT_UPDATE, node_device_event_update, .callback = listener->id, .dev = described);
    else
        POST(NODE_DEVICE_EVENT_LIFECYCLE, node_device_event_lifecycle, .callback = listener->id,
             .dev = described, .event = event->event, .detail = event->detail);
    free(described.name);
}

static void tell_closed(eb_conn *conn EB_UNUSED, eb_close_reason reason, void *opaque)
{
    const struct listener *listener = opaque;

    POST(CONNECT_EVENT_CONNECTION_CLOSED, connect_event_connection_closed, .reason = (int32_t)reason);
}

/* ---- Registrations ---- */

/* NULL when the client has too many. */
static struct listener *next_listener(struct rpc_call *call, eb_error *err)
{
    int id = rpc_events_new_id(call->client->events, err);

    return id < 0 ? NULL : new_listener(call->client, id);
}

/* `inner` is what registering gave; keeps it, or drops the listener. */
static int keep(struct rpc_call *call, struct listener *listener, int inner, int event, int32_t *id)
{
    if (inner < 0) {
        free_listener(listener);
        return -1;
    }
    *id = listener->id;
    rpc_events_keep(call, listener->id, inner, event);
    return 0;
}

int rpc_serve_connect_network_event_register_any(
    struct rpc_call *call, const struct rpc_connect_network_event_register_any_args *args,
    struct rpc_connect_network_event_register_any_ret *ret, eb_error *err)
{
    RPC_AUTO(network) eb_network *net = args->net ? rpc_get_network(call, args->net) : NULL;
    struct listener *listener = next_listener(call, err);
    int inner;

    if (!listener)
        return -1;
    inner = eb_conn_register_network_event(call->conn, net, (eb_network_event_id)args->event, tell_network,
                                           listener, free_listener, err);
    return keep(call, listener, inner, args->event, &ret->callback);
}

int rpc_serve_connect_network_event_deregister_any(
    struct rpc_call *call, const struct rpc_connect_network_event_deregister_any_args *args, eb_error *err)
{
    return rpc_events_drop(call, "network", args->callback, err);
}

int rpc_serve_connect_storage_pool_event_register_any(
    struct rpc_call *call, const struct rpc_connect_storage_pool_event_register_any_args *args,
    struct rpc_connect_storage_pool_event_register_any_ret *ret, eb_error *err)
{
    RPC_AUTO(pool) eb_pool *pool = args->pool ? rpc_get_pool(call, args->pool) : NULL;
    struct listener *listener = next_listener(call, err);
    int inner;

    if (!listener)
        return -1;
    inner = eb_conn_register_pool_event(call->conn, pool, (eb_pool_event_id)args->event, tell_pool, listener,
                                        free_listener, err);
    return keep(call, listener, inner, args->event, &ret->callback);
}

int rpc_serve_connect_storage_pool_event_deregister_any(
    struct rpc_call *call, const struct rpc_connect_storage_pool_event_deregister_any_args *args,
    eb_error *err)
{
    return rpc_events_drop(call, "storage pool", args->callback, err);
}

int rpc_serve_connect_node_device_event_register_any(
    struct rpc_call *call, const struct rpc_connect_node_device_event_register_any_args *args,
    struct rpc_connect_node_device_event_register_any_ret *ret, eb_error *err)
{
    RPC_AUTO(nodedev) eb_nodedev *dev = args->dev ? rpc_get_nodedev(call, args->dev->name) : NULL;
    struct listener *listener = next_listener(call, err);
    int inner;

    if (!listener)
        return -1;
    inner = eb_conn_register_nodedev_event(call->conn, dev, (eb_nodedev_event_id)args->event, tell_nodedev,
                                           listener, free_listener, err);
    return keep(call, listener, inner, args->event, &ret->callback);
}

int rpc_serve_connect_node_device_event_deregister_any(
    struct rpc_call *call, const struct rpc_connect_node_device_event_deregister_any_args *args,
    eb_error *err)
{
    return rpc_events_drop(call, "node device", args->callback, err);
}

/* ---- The connection's end ---- */

int rpc_events_hear_close(struct rpc_client *client, eb_conn *conn, eb_error *err)
{
    struct listener *listener = new_listener(client, 0);

    if (eb_conn_register_close(conn, tell_closed, listener, free_listener, err) == 0)
        return 0;
    free_listener(listener);
    return -1;
}

void rpc_events_forget_close(eb_conn *conn)
{
    eb_conn_unregister_close(conn, tell_closed, NULL);
}

int rpc_serve_connect_register_close_callback(struct rpc_call *call, eb_error *err)
{
    return rpc_events_want_close(call, true, err);
}

int rpc_serve_connect_unregister_close_callback(struct rpc_call *call, eb_error *err)
{
    return rpc_events_want_close(call, false, err);
}
