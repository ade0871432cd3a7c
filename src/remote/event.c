/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Events of the far side: registered there while anybody listens here, and queued as our own. */
#include "base/log.h"
#include "remote/ops.h"

#define EB_MODULE "remote"

/* What is asked for; a far side that has no such event says so. */
static const eb_domain_event_id wanted[] = {
    EB_DOMAIN_EVENT_ID_LIFECYCLE,
    EB_DOMAIN_EVENT_ID_REBOOT,
    EB_DOMAIN_EVENT_ID_WATCHDOG,
    EB_DOMAIN_EVENT_ID_IO_ERROR,
    EB_DOMAIN_EVENT_ID_GRAPHICS,
    EB_DOMAIN_EVENT_ID_IO_ERROR_REASON,
    EB_DOMAIN_EVENT_ID_DISK_CHANGE,
    EB_DOMAIN_EVENT_ID_TRAY_CHANGE,
    EB_DOMAIN_EVENT_ID_BALLOON_CHANGE,
    EB_DOMAIN_EVENT_ID_DEVICE_REMOVED,
    EB_DOMAIN_EVENT_ID_DEVICE_ADDED,
    EB_DOMAIN_EVENT_ID_AGENT_LIFECYCLE,
    EB_DOMAIN_EVENT_ID_MIGRATION_ITERATION,
    EB_DOMAIN_EVENT_ID_DEVICE_REMOVAL_FAILED,
    EB_DOMAIN_EVENT_ID_METADATA_CHANGE,
};

bool remote_has_event(eb_conn *conn EB_UNUSED, enum eb_event_class class, int id)
{
    for (size_t i = 0; class == EB_EVENT_DOMAIN && i < EB_ARRAY_SIZE(wanted); i++)
        if ((int)wanted[i] == id)
            return true;
    return false;
}

void remote_events_stop(eb_conn *conn)
{
    struct remote_conn *c = remote_of(conn);

    pthread_mutex_lock(&c->events_lock);
    for (size_t i = 0; i < c->n_callbacks; i++) {
        struct rpc_connect_domain_event_callback_deregister_any_args args = {.callback = c->callbacks[i]};

        REMOTE_CALL(conn, CONNECT_DOMAIN_EVENT_CALLBACK_DEREGISTER_ANY, &args, NULL, NULL);
    }
    c->n_callbacks = 0;
    free(EB_STEAL(c->callbacks));
    pthread_mutex_unlock(&c->events_lock);
}

int remote_events_start(eb_conn *conn, eb_error *err)
{
    struct remote_conn *c = remote_of(conn);
    eb_error why = EB_ERROR_INIT;

    pthread_mutex_lock(&c->events_lock);
    for (size_t i = 0; i < EB_ARRAY_SIZE(wanted); i++) {
        struct rpc_connect_domain_event_callback_register_any_args args = {.event = (int32_t)wanted[i]};
        struct rpc_connect_domain_event_callback_register_any_ret ret = {0};

        eb_error_clear(&why);
        if (REMOTE_CALL(conn, CONNECT_DOMAIN_EVENT_CALLBACK_REGISTER_ANY, &args, &ret, &why) == 0)
            *EB_APPEND(c->callbacks, c->n_callbacks) = ret.callback;
        else
            EB_DEBUG("the event %d: %s", args.event, eb_error_message(&why));
    }
    pthread_mutex_unlock(&c->events_lock);
    if (c->n_callbacks == 0) {
        eb_error_move(err, &why);
        return -1;
    }
    eb_error_clear(&why);
    return 0;
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
#define BEGIN(ID) struct eb_event *e = begin(conn, &m->dom, EB_DOMAIN_EVENT_ID_##ID)

static void on_lifecycle(eb_conn *conn, const void *message)
{
    MESSAGE(lifecycle);
    BEGIN(LIFECYCLE);

    e->numbers[0] = m->event;
    e->numbers[1] = m->detail;
    eb_conn_emit(conn, e);
}

static void on_reboot(eb_conn *conn, const void *message)
{
    MESSAGE(reboot);
    BEGIN(REBOOT);

    eb_conn_emit(conn, e);
}

static void on_watchdog(eb_conn *conn, const void *message)
{
    MESSAGE(watchdog);
    BEGIN(WATCHDOG);

    e->numbers[0] = m->action;
    eb_conn_emit(conn, e);
}

static void on_io_error(eb_conn *conn, const void *message)
{
    MESSAGE(io_error);
    BEGIN(IO_ERROR);

    e->numbers[0] = m->action;
    e->texts[0] = copy(m->source);
    e->texts[1] = copy(m->alias);
    eb_conn_emit(conn, e);
}

static void on_io_error_reason(eb_conn *conn, const void *message)
{
    MESSAGE(io_error_reason);
    BEGIN(IO_ERROR_REASON);

    e->numbers[0] = m->action;
    e->texts[0] = copy(m->source);
    e->texts[1] = copy(m->alias);
    e->texts[2] = copy(m->reason);
    eb_conn_emit(conn, e);
}

static void on_graphics(eb_conn *conn, const void *message)
{
    MESSAGE(graphics);
    BEGIN(GRAPHICS);

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
    BEGIN(DISK_CHANGE);

    e->numbers[0] = m->reason;
    e->texts[0] = copy(m->old_source);
    e->texts[1] = copy(m->new_source);
    e->texts[2] = copy(m->alias);
    eb_conn_emit(conn, e);
}

static void on_tray_change(eb_conn *conn, const void *message)
{
    MESSAGE(tray_change);
    BEGIN(TRAY_CHANGE);

    e->numbers[0] = m->reason;
    e->texts[0] = copy(m->alias);
    eb_conn_emit(conn, e);
}

static void on_balloon(eb_conn *conn, const void *message)
{
    MESSAGE(balloon_change);
    BEGIN(BALLOON_CHANGE);

    e->numbers[0] = (int64_t)m->actual;
    eb_conn_emit(conn, e);
}

static void on_device_added(eb_conn *conn, const void *message)
{
    MESSAGE(device_added);
    BEGIN(DEVICE_ADDED);

    e->texts[0] = copy(m->alias);
    eb_conn_emit(conn, e);
}

static void on_device_removed(eb_conn *conn, const void *message)
{
    MESSAGE(device_removed);
    BEGIN(DEVICE_REMOVED);

    e->texts[0] = copy(m->alias);
    eb_conn_emit(conn, e);
}

static void on_removal_failed(eb_conn *conn, const void *message)
{
    MESSAGE(device_removal_failed);
    BEGIN(DEVICE_REMOVAL_FAILED);

    e->texts[0] = copy(m->alias);
    eb_conn_emit(conn, e);
}

static void on_agent(eb_conn *conn, const void *message)
{
    MESSAGE(agent_lifecycle);
    BEGIN(AGENT_LIFECYCLE);

    e->numbers[0] = m->state;
    e->numbers[1] = m->reason;
    eb_conn_emit(conn, e);
}

static void on_iteration(eb_conn *conn, const void *message)
{
    MESSAGE(migration_iteration);
    BEGIN(MIGRATION_ITERATION);

    e->numbers[0] = m->iteration;
    eb_conn_emit(conn, e);
}

static void on_metadata(eb_conn *conn, const void *message)
{
    MESSAGE(metadata_change);
    BEGIN(METADATA_CHANGE);

    e->numbers[0] = m->type;
    e->texts[0] = copy(m->uri);
    eb_conn_emit(conn, e);
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
    {RPC_CONNECT_EVENT_CONNECTION_CLOSED, on_closed},
};

void remote_event(void *conn, uint32_t procedure, const void *message)
{
    for (size_t i = 0; i < EB_ARRAY_SIZE(messages); i++)
        if (messages[i].procedure == procedure)
            messages[i].take(conn, message);
}
