/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Event callbacks as the public API has them: checks, the driver's source, and events as callbacks see them.
 */
#include "core/conn.h"

#define CLOSED 0 /* the only event id of EB_EVENT_CONNECTION */
#define LAST_DOMAIN_EVENT EB_DOMAIN_EVENT_ID_NIC_MAC_CHANGE

/* What a callback was registered with. */
struct registration {
    eb_domain_event_fn domain_fn;
    eb_close_fn close_fn;
    void *opaque;
    void (*free_fn)(void *opaque);
};

static void free_registration(void *opaque)
{
    struct registration *r = opaque;

    if (r->free_fn)
        r->free_fn(r->opaque);
    free(r);
}

/* A callback runs with a reference to its connection, unless that one is closing. */
static bool hold_conn(void *opaque)
{
    eb_conn *conn = opaque;
    int refs = atomic_load(&conn->refs);

    while (refs > 0) {
        if (atomic_compare_exchange_weak(&conn->refs, &refs, refs + 1))
            return true;
    }
    return false;
}

static void release_conn(void *conn)
{
    eb_conn_unref(conn);
}

void eb_conn_events_init(eb_conn *conn)
{
    conn->events = eb_event_state_new(hold_conn, release_conn);
    pthread_mutex_init(&conn->source_lock, NULL);
}

/* Stops the driver's source when no callback is left. Deregistering frees opaques, which is the caller's
 * code, so it happens without the lock; hence the second look. */
static void stop_source_if_unused(eb_conn *conn)
{
    pthread_mutex_lock(&conn->source_lock);
    if (conn->source && eb_event_state_count(conn->events) == 0) {
        conn->source = false;
        if (conn->driver->event.stop)
            conn->driver->event.stop(conn);
    }
    pthread_mutex_unlock(&conn->source_lock);
}

void eb_conn_events_stop(eb_conn *conn)
{
    eb_event_state_deregister_conn(conn->events, conn);
    stop_source_if_unused(conn);
}

void eb_conn_events_free(eb_conn *conn)
{
    eb_event_state_unref(conn->events);
    pthread_mutex_destroy(&conn->source_lock);
}

static int start_source(eb_conn *conn, eb_error *err)
{
    if (conn->source)
        return 0;
    if (conn->driver->event.start && eb_driver_result(conn, conn->driver->event.start(conn, err), err) < 0)
        return -1;
    conn->source = true;
    return 0;
}

static int add_callback(eb_conn *conn, enum eb_event_class class, int id, const unsigned char *uuid,
                        eb_event_fn fn, void *registration, void (*free_fn)(void *), eb_error *err)
{
    int result = -1;

    pthread_mutex_lock(&conn->source_lock);
    if (start_source(conn, err) == 0)
        result = eb_event_state_register(conn->events, conn, class, id, uuid, fn, registration, free_fn, err);
    pthread_mutex_unlock(&conn->source_lock);
    if (result < 0) {
        /* On failure `opaque` stays the caller's. */
        free(registration);
        stop_source_if_unused(conn);
    }
    return result;
}

static int check_source(eb_conn *conn, const char *function, enum eb_event_class class, int id, eb_error *err)
{
    static const char *const names[EB_EVENT_CLASS_LAST] = {"domain", "network", "storage pool", "node device",
                                                           "connection"};
    const struct eb_driver *driver = conn->driver;

    if (!driver->event.has)
        return eb_no_support(conn, function, err);
    if (!driver->event.has(conn, class, id))
        return eb_error_set_from(err, driver->error_domain, EB_ERR_NO_SUPPORT,
                                 "%s: the %s driver has no source of %s event %d", function, driver->name,
                                 names[class], id);
    return 0;
}

int eb_conn_add_callback(eb_conn *conn, const char *function, enum eb_event_class class, int id,
                         const unsigned char *uuid, eb_event_fn fn, void *registration,
                         void (*free_fn)(void *), eb_error *err)
{
    if (check_source(conn, function, class, id, err) < 0) {
        free(registration);
        return -1;
    }
    return add_callback(conn, class, id, uuid, fn, registration, free_fn, err);
}

int eb_conn_remove_callback(eb_conn *conn, const char *function, int callback_id, eb_error *err)
{
    if (callback_id < 0)
        return eb_error_set_arg(err, EB_FROM_DOMAIN, "callbackID in %s must be non-negative", function);
    if (eb_event_state_deregister(conn->events, conn, callback_id, err) < 0)
        return -1;
    stop_source_if_unused(conn);
    return 0;
}

static void *new_registration(struct registration registration)
{
    return eb_memdup(&registration, sizeof(registration));
}

/* ---- Domain events ---- */

static const char *text(const struct eb_event *event, size_t i)
{
    return event->texts[i] ? event->texts[i] : "";
}

/* The public form of an event: numbers and texts in the order of the members. */
static void fill_domain_event(const struct eb_event *from, eb_domain_event *to)
{
    const int64_t *n = from->numbers;

    memset(to, 0, sizeof(*to));
    to->id = (eb_domain_event_id)from->id;
    switch (to->id) {
    case EB_DOMAIN_EVENT_ID_LIFECYCLE:
        to->data.lifecycle.event = (int)n[0];
        to->data.lifecycle.detail = (int)n[1];
        break;
    case EB_DOMAIN_EVENT_ID_WATCHDOG:
        to->data.watchdog.action = (int)n[0];
        break;
    case EB_DOMAIN_EVENT_ID_IO_ERROR:
    case EB_DOMAIN_EVENT_ID_IO_ERROR_REASON:
        to->data.io_error.source = text(from, 0);
        to->data.io_error.device = text(from, 1);
        to->data.io_error.action = (int)n[0];
        to->data.io_error.reason = text(from, 2);
        break;
    case EB_DOMAIN_EVENT_ID_GRAPHICS:
        to->data.graphics.phase = (int)n[0];
        to->data.graphics.local = (eb_event_address){(int)n[1], text(from, 0), text(from, 1)};
        to->data.graphics.remote = (eb_event_address){(int)n[2], text(from, 2), text(from, 3)};
        to->data.graphics.auth_scheme = text(from, 4);
        break;
    case EB_DOMAIN_EVENT_ID_DISK_CHANGE:
        to->data.disk_change.old_source = from->texts[0];
        to->data.disk_change.new_source = from->texts[1];
        to->data.disk_change.device = text(from, 2);
        to->data.disk_change.reason = (int)n[0];
        break;
    case EB_DOMAIN_EVENT_ID_TRAY_CHANGE:
        to->data.tray_change.device = text(from, 0);
        to->data.tray_change.reason = (int)n[0];
        break;
    case EB_DOMAIN_EVENT_ID_BALLOON_CHANGE:
        to->data.balloon_change.actual = (uint64_t)n[0];
        break;
    case EB_DOMAIN_EVENT_ID_DEVICE_ADDED:
    case EB_DOMAIN_EVENT_ID_DEVICE_REMOVED:
    case EB_DOMAIN_EVENT_ID_DEVICE_REMOVAL_FAILED:
        to->data.device.alias = text(from, 0);
        break;
    case EB_DOMAIN_EVENT_ID_AGENT_LIFECYCLE:
        to->data.agent_lifecycle.state = (int)n[0];
        to->data.agent_lifecycle.reason = (int)n[1];
        break;
    case EB_DOMAIN_EVENT_ID_MIGRATION_ITERATION:
        to->data.migration_iteration.iteration = (int)n[0];
        break;
    case EB_DOMAIN_EVENT_ID_JOB_COMPLETED:
        to->data.job_completed.params = from->params;
        to->data.job_completed.n_params = from->n_params;
        break;
    case EB_DOMAIN_EVENT_ID_METADATA_CHANGE:
        to->data.metadata_change.type = (int)n[0];
        to->data.metadata_change.uri = from->texts[0];
        break;
    case EB_DOMAIN_EVENT_ID_MEMORY_FAILURE:
        to->data.memory_failure.recipient = (int)n[0];
        to->data.memory_failure.action = (int)n[1];
        to->data.memory_failure.flags = (unsigned)n[2];
        break;
    case EB_DOMAIN_EVENT_ID_REBOOT:
    case EB_DOMAIN_EVENT_ID_RTC_CHANGE:
    case EB_DOMAIN_EVENT_ID_CONTROL_ERROR:
    case EB_DOMAIN_EVENT_ID_BLOCK_JOB:
    case EB_DOMAIN_EVENT_ID_PMWAKEUP:
    case EB_DOMAIN_EVENT_ID_PMSUSPEND:
    case EB_DOMAIN_EVENT_ID_PMSUSPEND_DISK:
    case EB_DOMAIN_EVENT_ID_BLOCK_JOB_2:
    case EB_DOMAIN_EVENT_ID_TUNABLE:
    case EB_DOMAIN_EVENT_ID_BLOCK_THRESHOLD:
    case EB_DOMAIN_EVENT_ID_MEMORY_DEVICE_SIZE_CHANGE:
    case EB_DOMAIN_EVENT_ID_NIC_MAC_CHANGE:
        break;
    }
}

static void call_domain_fn(void *conn, const struct eb_event *event, void *opaque)
{
    const struct registration *r = opaque;
    struct eb_domain_key key = {.name = eb_strdup(event->name), .id = event->object_id};
    eb_domain_event public;
    eb_domain *dom;

    memcpy(key.uuid, event->uuid, sizeof(key.uuid));
    dom = eb_domain_from_key(conn, &key);
    fill_domain_event(event, &public);
    r->domain_fn(conn, dom, &public, r->opaque);
    eb_domain_unref(dom);
}

int eb_conn_register_domain_event(eb_conn *conn, eb_domain *dom, eb_domain_event_id id, eb_domain_event_fn fn,
                                  void *opaque, void (*free_fn)(void *), eb_error *err)
{
    static const char function[] = "virConnectDomainEventRegisterAny";

    if (eb_need_arg((const void *)(uintptr_t)fn, "cb", function, err) < 0)
        return -1;
    if (dom && dom->conn != conn)
        return eb_error_set_arg(err, EB_FROM_DOMAIN, "domain '%s' in %s must match connection",
                                eb_domain_get_name(dom), function);
    if ((int)id < 0 || id > LAST_DOMAIN_EVENT)
        return eb_error_set_arg(err, EB_FROM_DOMAIN, "eventID in %s must be less than %d", function,
                                LAST_DOMAIN_EVENT + 1);
    return eb_conn_add_callback(
        conn, function, EB_EVENT_DOMAIN, (int)id, dom ? dom->uuid : NULL, call_domain_fn,
        new_registration((struct registration){.domain_fn = fn, .opaque = opaque, .free_fn = free_fn}),
        free_registration, err);
}

int eb_conn_deregister_domain_event(eb_conn *conn, int callback_id, eb_error *err)
{
    return eb_conn_remove_callback(conn, "virConnectDomainEventDeregisterAny", callback_id, err);
}

/* ---- The connection's end ---- */

static void call_close_fn(void *conn, const struct eb_event *event, void *opaque)
{
    const struct registration *r = opaque;

    r->close_fn(conn, (eb_close_reason)event->numbers[0], r->opaque);
}

int eb_conn_register_close(eb_conn *conn, eb_close_fn fn, void *opaque, void (*free_fn)(void *),
                           eb_error *err)
{
    int id;

    if (eb_need_arg((const void *)(uintptr_t)fn, "cb", "virConnectRegisterCloseCallback", err) < 0)
        return -1;
    pthread_mutex_lock(&conn->lock);
    if (conn->close_fn) {
        pthread_mutex_unlock(&conn->lock);
        return eb_error_set(err, EB_ERR_INTERNAL_ERROR, "A close callback is already registered");
    }
    conn->close_fn = fn;
    pthread_mutex_unlock(&conn->lock);
    id = add_callback(
        conn, EB_EVENT_CONNECTION, CLOSED, NULL, call_close_fn,
        new_registration((struct registration){.close_fn = fn, .opaque = opaque, .free_fn = free_fn}),
        free_registration, err);
    pthread_mutex_lock(&conn->lock);
    conn->close_id = id;
    if (id < 0)
        conn->close_fn = NULL;
    pthread_mutex_unlock(&conn->lock);
    return id < 0 ? -1 : 0;
}

int eb_conn_unregister_close(eb_conn *conn, eb_close_fn fn, eb_error *err)
{
    int id = -1;

    pthread_mutex_lock(&conn->lock);
    if (conn->close_fn && conn->close_fn == fn && conn->close_id >= 0) {
        id = conn->close_id;
        conn->close_id = -1;
        conn->close_fn = NULL;
    }
    pthread_mutex_unlock(&conn->lock);
    if (id < 0)
        return eb_error_set(err, EB_ERR_INTERNAL_ERROR, "A different callback was requested");
    if (eb_event_state_deregister(conn->events, conn, id, err) < 0)
        return -1;
    stop_source_if_unused(conn);
    return 0;
}

/* ---- For drivers ---- */

bool eb_conn_wants_event(eb_conn *conn, enum eb_event_class class, int id)
{
    return eb_event_state_wants(conn->events, class, id);
}

void eb_conn_emit(eb_conn *conn, struct eb_event *event)
{
    eb_event_state_queue(conn->events, event);
}

void eb_conn_emit_closed(eb_conn *conn, eb_close_reason reason)
{
    struct eb_event *event = eb_event_new(EB_EVENT_CONNECTION, CLOSED, NULL, NULL, -1);

    event->numbers[0] = (int64_t)reason;
    eb_conn_emit(conn, event);
}

struct eb_event *eb_domain_event_new(const struct eb_domain_key *key, eb_domain_event_id id)
{
    return eb_event_new(EB_EVENT_DOMAIN, (int)id, key->uuid, key->name, key->id);
}

struct eb_event *eb_job_event_new(const struct eb_domain_key *key, eb_param *params, size_t n_params)
{
    struct eb_event *event = eb_domain_event_new(key, EB_DOMAIN_EVENT_ID_JOB_COMPLETED);

    event->params = params;
    event->n_params = n_params;
    return event;
}

struct eb_event *eb_lifecycle_event_new(const struct eb_domain_key *key, int event, int detail)
{
    struct eb_event *e = eb_domain_event_new(key, EB_DOMAIN_EVENT_ID_LIFECYCLE);

    e->numbers[0] = event;
    e->numbers[1] = detail;
    return e;
}
