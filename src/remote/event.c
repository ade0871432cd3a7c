/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Events of the far side: registered there while anybody listens here, and queued as our own. */
#include "base/log.h"
#include "remote/calls.h"

#define EB_MODULE "remote"

/* What is asked for; a far side that has no such event says so. */
static const struct wanted {
    enum eb_event_class class;
    int id;
} wanted[] = {
    {EB_EVENT_DOMAIN, EB_DOMAIN_EVENT_ID_LIFECYCLE},
    {EB_EVENT_DOMAIN, EB_DOMAIN_EVENT_ID_REBOOT},
    {EB_EVENT_DOMAIN, EB_DOMAIN_EVENT_ID_WATCHDOG},
    {EB_EVENT_DOMAIN, EB_DOMAIN_EVENT_ID_IO_ERROR},
    {EB_EVENT_DOMAIN, EB_DOMAIN_EVENT_ID_GRAPHICS},
    {EB_EVENT_DOMAIN, EB_DOMAIN_EVENT_ID_IO_ERROR_REASON},
    {EB_EVENT_DOMAIN, EB_DOMAIN_EVENT_ID_DISK_CHANGE},
    {EB_EVENT_DOMAIN, EB_DOMAIN_EVENT_ID_TRAY_CHANGE},
    {EB_EVENT_DOMAIN, EB_DOMAIN_EVENT_ID_BALLOON_CHANGE},
    {EB_EVENT_DOMAIN, EB_DOMAIN_EVENT_ID_DEVICE_REMOVED},
    {EB_EVENT_DOMAIN, EB_DOMAIN_EVENT_ID_DEVICE_ADDED},
    {EB_EVENT_DOMAIN, EB_DOMAIN_EVENT_ID_AGENT_LIFECYCLE},
    {EB_EVENT_DOMAIN, EB_DOMAIN_EVENT_ID_MIGRATION_ITERATION},
    {EB_EVENT_DOMAIN, EB_DOMAIN_EVENT_ID_JOB_COMPLETED},
    {EB_EVENT_DOMAIN, EB_DOMAIN_EVENT_ID_DEVICE_REMOVAL_FAILED},
    {EB_EVENT_DOMAIN, EB_DOMAIN_EVENT_ID_METADATA_CHANGE},
    {EB_EVENT_NETWORK, EB_NETWORK_EVENT_ID_LIFECYCLE},
    {EB_EVENT_POOL, EB_POOL_EVENT_ID_LIFECYCLE},
    {EB_EVENT_POOL, EB_POOL_EVENT_ID_REFRESH},
    {EB_EVENT_NODEDEV, EB_NODEDEV_EVENT_ID_LIFECYCLE},
    {EB_EVENT_NODEDEV, EB_NODEDEV_EVENT_ID_UPDATE},
};

bool remote_has_event(eb_conn *conn EB_UNUSED, enum eb_event_class class, int id)
{
    for (size_t i = 0; i < EB_ARRAY_SIZE(wanted); i++)
        if (wanted[i].class == class && wanted[i].id == id)
            return true;
    return false;
}

/* All registrations are made of one number and an absent object, and answer one number. */
static int add(eb_conn *conn, const struct wanted *w, int32_t *callback, eb_error *err)
{
    struct rpc_connect_domain_event_callback_register_any_args domain = {.event = w->id};
    struct rpc_connect_domain_event_callback_register_any_ret domain_id = {0};
    struct rpc_connect_network_event_register_any_args network = {.event = w->id};
    struct rpc_connect_network_event_register_any_ret network_id = {0};
    struct rpc_connect_storage_pool_event_register_any_args pool = {.event = w->id};
    struct rpc_connect_storage_pool_event_register_any_ret pool_id = {0};
    struct rpc_connect_node_device_event_register_any_args dev = {.event = w->id};
    struct rpc_connect_node_device_event_register_any_ret dev_id = {0};
    int result;

    switch ((int)w->class) {
    case EB_EVENT_NETWORK:
        result = REMOTE_CALL(conn, CONNECT_NETWORK_EVENT_REGISTER_ANY, &network, &network_id, err);
        *callback = network_id.callback;
        break;
    case EB_EVENT_POOL:
        result = REMOTE_CALL(conn, CONNECT_STORAGE_POOL_EVENT_REGISTER_ANY, &pool, &pool_id, err);
        *callback = pool_id.callback;
        break;
    case EB_EVENT_NODEDEV:
        result = REMOTE_CALL(conn, CONNECT_NODE_DEVICE_EVENT_REGISTER_ANY, &dev, &dev_id, err);
        *callback = dev_id.callback;
        break;
    default:
        result = REMOTE_CALL(conn, CONNECT_DOMAIN_EVENT_CALLBACK_REGISTER_ANY, &domain, &domain_id, err);
        *callback = domain_id.callback;
    }
    return result;
}

static void drop(eb_conn *conn, const struct remote_callback *callback)
{
    struct rpc_connect_domain_event_callback_deregister_any_args domain = {.callback = callback->id};
    struct rpc_connect_network_event_deregister_any_args network = {.callback = callback->id};
    struct rpc_connect_storage_pool_event_deregister_any_args pool = {.callback = callback->id};
    struct rpc_connect_node_device_event_deregister_any_args dev = {.callback = callback->id};

    switch ((int)callback->class) {
    case EB_EVENT_NETWORK:
        REMOTE_CALL(conn, CONNECT_NETWORK_EVENT_DEREGISTER_ANY, &network, NULL, NULL);
        break;
    case EB_EVENT_POOL:
        REMOTE_CALL(conn, CONNECT_STORAGE_POOL_EVENT_DEREGISTER_ANY, &pool, NULL, NULL);
        break;
    case EB_EVENT_NODEDEV:
        REMOTE_CALL(conn, CONNECT_NODE_DEVICE_EVENT_DEREGISTER_ANY, &dev, NULL, NULL);
        break;
    default:
        REMOTE_CALL(conn, CONNECT_DOMAIN_EVENT_CALLBACK_DEREGISTER_ANY, &domain, NULL, NULL);
    }
}

void remote_events_stop(eb_conn *conn)
{
    struct remote_conn *c = remote_of(conn);

    pthread_mutex_lock(&c->events_lock);
    for (size_t i = 0; i < c->n_callbacks; i++)
        drop(conn, &c->callbacks[i]);
    c->n_callbacks = 0;
    free(EB_STEAL(c->callbacks));
    pthread_mutex_unlock(&c->events_lock);
}

int remote_events_start(eb_conn *conn, eb_error *err)
{
    struct remote_conn *c = remote_of(conn);
    eb_error why = EB_ERROR_INIT;
    int result = 0;

    pthread_mutex_lock(&c->events_lock);
    for (size_t i = 0; i < EB_ARRAY_SIZE(wanted); i++) {
        struct remote_callback callback = {.class = wanted[i].class};

        eb_error_clear(&why);
        if (add(conn, &wanted[i], &callback.id, &why) == 0)
            *EB_APPEND(c->callbacks, c->n_callbacks) = callback;
        else
            EB_DEBUG("the event %d: %s", wanted[i].id, eb_error_message(&why));
    }
    if (c->n_callbacks == 0) {
        eb_error_move(err, &why);
        result = -1;
    }
    pthread_mutex_unlock(&c->events_lock);
    eb_error_clear(&why);
    return result;
}

/* ---- messages ---- */

static struct eb_event *begin(eb_conn *conn, const struct rpc_domain *dom, eb_domain_event_id id)
{
    struct eb_domain_key key = {0};
    struct eb_event *event;

    remote_take_domain(conn, dom, &key);
    event = eb_domain_event_new(&key, id);
    free(key.name);
    return event;
}

static char *copy(const char *text)
{
    return eb_strdup(text);
}

#define MESSAGE(type) const struct rpc_domain_event_callback_##type##_msg *m = message
/* The event of a message, with its numbers and texts in the order of eb_domain_event's members. */
#define EVENT(ID) struct eb_event *e = begin(conn, &m->dom, EB_DOMAIN_EVENT_ID_##ID)

static void on_lifecycle(eb_conn *conn, const void *message)
{
    MESSAGE(lifecycle);
    EVENT(LIFECYCLE);

    e->numbers[0] = m->event;
    e->numbers[1] = m->detail;
    eb_conn_emit(conn, e);
}

static void on_reboot(eb_conn *conn, const void *message)
{
    MESSAGE(reboot);
    EVENT(REBOOT);

    eb_conn_emit(conn, e);
}

static void on_watchdog(eb_conn *conn, const void *message)
{
    MESSAGE(watchdog);
    EVENT(WATCHDOG);

    e->numbers[0] = m->action;
    eb_conn_emit(conn, e);
}

static void on_io_error(eb_conn *conn, const void *message)
{
    MESSAGE(io_error);
    EVENT(IO_ERROR);

    e->numbers[0] = m->action;
    e->texts[0] = copy(m->source);
    e->texts[1] = copy(m->alias);
    eb_conn_emit(conn, e);
}

static void on_io_error_reason(eb_conn *conn, const void *message)
{
    MESSAGE(io_error_reason);
    EVENT(IO_ERROR_REASON);

    e->numbers[0] = m->action;
    e->texts[0] = copy(m->source);
    e->texts[1] = copy(m->alias);
    e->texts[2] = copy(m->reason);
    eb_conn_emit(conn, e);
}

static void on_graphics(eb_conn *conn, const void *message)
{
    MESSAGE(graphics);
    EVENT(GRAPHICS);

    e->numbers[0] = m->phase;
    e->numbers[1] = m->local.family;
    e->numbers[2] = m->remote.family;
    e->texts[0] = copy(m->local.node);
    e->texts[1] = copy(m->local.service);
    e->texts[2] = copy(m->remote.node);
    e->texts[3] = copy(m->remote.service);
    e->texts[4] = copy(m->scheme);
    eb_conn_emit(conn, e);
}

static void on_disk_change(eb_conn *conn, const void *message)
{
    MESSAGE(disk_change);
    EVENT(DISK_CHANGE);

    e->numbers[0] = m->reason;
    e->texts[0] = copy(m->old_source);
    e->texts[1] = copy(m->new_source);
    e->texts[2] = copy(m->alias);
    eb_conn_emit(conn, e);
}

static void on_tray_change(eb_conn *conn, const void *message)
{
    MESSAGE(tray_change);
    EVENT(TRAY_CHANGE);

    e->numbers[0] = m->reason;
    e->texts[0] = copy(m->alias);
    eb_conn_emit(conn, e);
}

static void on_balloon(eb_conn *conn, const void *message)
{
    MESSAGE(balloon_change);
    EVENT(BALLOON_CHANGE);

    e->numbers[0] = (int64_t)m->actual;
    eb_conn_emit(conn, e);
}

static void on_device_added(eb_conn *conn, const void *message)
{
    MESSAGE(device_added);
    EVENT(DEVICE_ADDED);

    e->texts[0] = copy(m->alias);
    eb_conn_emit(conn, e);
}

static void on_device_removed(eb_conn *conn, const void *message)
{
    MESSAGE(device_removed);
    EVENT(DEVICE_REMOVED);

    e->texts[0] = copy(m->alias);
    eb_conn_emit(conn, e);
}

static void on_removal_failed(eb_conn *conn, const void *message)
{
    MESSAGE(device_removal_failed);
    EVENT(DEVICE_REMOVAL_FAILED);

    e->texts[0] = copy(m->alias);
    eb_conn_emit(conn, e);
}

static void on_agent(eb_conn *conn, const void *message)
{
    MESSAGE(agent_lifecycle);
    EVENT(AGENT_LIFECYCLE);

    e->numbers[0] = m->state;
    e->numbers[1] = m->reason;
    eb_conn_emit(conn, e);
}

static void on_iteration(eb_conn *conn, const void *message)
{
    MESSAGE(migration_iteration);
    EVENT(MIGRATION_ITERATION);

    e->numbers[0] = m->iteration;
    eb_conn_emit(conn, e);
}

static void on_metadata(eb_conn *conn, const void *message)
{
    MESSAGE(metadata_change);
    EVENT(METADATA_CHANGE);

    e->numbers[0] = m->type;
    e->texts[0] = copy(m->uri);
    eb_conn_emit(conn, e);
}

static void on_job(eb_conn *conn, const void *message)
{
    MESSAGE(job_completed);
    struct eb_domain_key key = {0};
    eb_param *params;
    uint32_t n = remote_params(m->params.items, m->params.n, &params);

    remote_take_domain(conn, &m->dom, &key);
    eb_conn_emit(conn, eb_job_event_new(&key, params, n));
    free(key.name);
}

/* ---- what is no domain ---- */

static void emit_object(eb_conn *conn, enum eb_object_kind kind, const char *name, const unsigned char *uuid,
                        int id, int event, int detail)
{
    struct eb_object_key key = {.name = eb_strdup(name), .also = eb_strdup("")};
    struct eb_event *e;

    if (uuid)
        memcpy(key.uuid, uuid, sizeof(key.uuid));
    e = eb_object_event_new(kind, &key, id, event);
    e->numbers[1] = detail;
    eb_conn_emit(conn, e);
    eb_object_key_clear(&key);
}

static void on_network(eb_conn *conn, const void *message)
{
    const struct rpc_network_event_lifecycle_msg *m = message;

    emit_object(conn, EB_OBJECT_NETWORK, m->net.name, m->net.uuid, EB_NETWORK_EVENT_ID_LIFECYCLE, m->event,
                m->detail);
}

static void on_pool(eb_conn *conn, const void *message)
{
    const struct rpc_storage_pool_event_lifecycle_msg *m = message;

    emit_object(conn, EB_OBJECT_POOL, m->pool.name, m->pool.uuid, EB_POOL_EVENT_ID_LIFECYCLE, m->event,
                m->detail);
}

static void on_pool_refresh(eb_conn *conn, const void *message)
{
    const struct rpc_storage_pool_event_refresh_msg *m = message;

    emit_object(conn, EB_OBJECT_POOL, m->pool.name, m->pool.uuid, EB_POOL_EVENT_ID_REFRESH, 0, 0);
}

static void on_dev(eb_conn *conn, const void *message)
{
    const struct rpc_node_device_event_lifecycle_msg *m = message;

    emit_object(conn, EB_OBJECT_NODEDEV, m->dev.name, NULL, EB_NODEDEV_EVENT_ID_LIFECYCLE, m->event,
                m->detail);
}

static void on_dev_update(eb_conn *conn, const void *message)
{
    const struct rpc_node_device_event_update_msg *m = message;

    emit_object(conn, EB_OBJECT_NODEDEV, m->dev.name, NULL, EB_NODEDEV_EVENT_ID_UPDATE, 0, 0);
}

static void on_closed(eb_conn *conn, const void *message)
{
    const struct rpc_connect_event_connection_closed_msg *m = message;

    eb_conn_emit_closed(conn, (eb_close_reason)m->reason);
}

static const struct {
    uint32_t procedure;
    void (*take)(eb_conn *conn, const void *message);
} messages[] = {
    {RPC_DOMAIN_EVENT_CALLBACK_LIFECYCLE, on_lifecycle},
    {RPC_DOMAIN_EVENT_CALLBACK_REBOOT, on_reboot},
    {RPC_DOMAIN_EVENT_CALLBACK_WATCHDOG, on_watchdog},
    {RPC_DOMAIN_EVENT_CALLBACK_IO_ERROR, on_io_error},
    {RPC_DOMAIN_EVENT_CALLBACK_IO_ERROR_REASON, on_io_error_reason},
    {RPC_DOMAIN_EVENT_CALLBACK_GRAPHICS, on_graphics},
    {RPC_DOMAIN_EVENT_CALLBACK_DISK_CHANGE, on_disk_change},
    {RPC_DOMAIN_EVENT_CALLBACK_TRAY_CHANGE, on_tray_change},
    {RPC_DOMAIN_EVENT_CALLBACK_BALLOON_CHANGE, on_balloon},
    {RPC_DOMAIN_EVENT_CALLBACK_DEVICE_ADDED, on_device_added},
    {RPC_DOMAIN_EVENT_CALLBACK_DEVICE_REMOVED, on_device_removed},
    {RPC_DOMAIN_EVENT_CALLBACK_DEVICE_REMOVAL_FAILED, on_removal_failed},
    {RPC_DOMAIN_EVENT_CALLBACK_AGENT_LIFECYCLE, on_agent},
    {RPC_DOMAIN_EVENT_CALLBACK_MIGRATION_ITERATION, on_iteration},
    {RPC_DOMAIN_EVENT_CALLBACK_METADATA_CHANGE, on_metadata},
    {RPC_DOMAIN_EVENT_CALLBACK_JOB_COMPLETED, on_job},
    {RPC_NETWORK_EVENT_LIFECYCLE, on_network},
    {RPC_STORAGE_POOL_EVENT_LIFECYCLE, on_pool},
    {RPC_STORAGE_POOL_EVENT_REFRESH, on_pool_refresh},
    {RPC_NODE_DEVICE_EVENT_LIFECYCLE, on_dev},
    {RPC_NODE_DEVICE_EVENT_UPDATE, on_dev_update},
    {RPC_CONNECT_EVENT_CONNECTION_CLOSED, on_closed},
};

void remote_event(void *conn, uint32_t procedure, const void *message)
{
    for (size_t i = 0; i < EB_ARRAY_SIZE(messages); i++)
        if (messages[i].procedure == procedure)
            messages[i].take(conn, message);
}
