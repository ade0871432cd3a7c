/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Who listens to domain events, and the messages that tell them. Callbacks run in the thread of the event
 * loop (core/loop.h), registrations in workers; both reach the client through the server's mailbox. */
#include "rpc/events.h"
#include "base/log.h"
#include "rpc/handlers.h"

#define EB_MODULE "rpc"

/* How the client wants to be told: libvirt's messages before 1.2 name no callback. OBJECT: of what is no
 * domain. */
enum style { WITH_CALLBACK, BARE, OBJECT };

struct registration {
    int id;    /* what the client knows it by */
    int inner; /* the connection's callback, or -1: accepted, but the driver has no source of it */
    int event;
    enum style style;
    struct registration *next;
};

struct rpc_events {
    pthread_mutex_t lock; /* guards what follows */
    struct registration *list;
    unsigned n; /* in the list */
    int next_id;
    bool wants_close, hears_close; /* of the connection's end */
};

/* What a callback needs; it lives as long as the callback. */
struct listener {
    struct rpc_client *client; /* a reference */
    int id;
    enum style style;
};

struct rpc_events *rpc_events_new(void)
{
    struct rpc_events *events = EB_NEW(struct rpc_events);

    pthread_mutex_init(&events->lock, NULL);
    return events;
}

void rpc_events_free(struct rpc_events *events)
{
    struct registration *r;

    while ((r = events->list)) {
        events->list = r->next;
        free(r);
    }
    pthread_mutex_destroy(&events->lock);
    free(events);
}

void rpc_events_clear(struct rpc_events *events, eb_conn *conn)
{
    struct registration *list, *r;

    rpc_events_forget_close(conn);
    pthread_mutex_lock(&events->lock);
    list = EB_STEAL(events->list);
    events->n = 0;
    pthread_mutex_unlock(&events->lock);
    while ((r = list)) {
        list = r->next;
        if (r->inner >= 0)
            eb_conn_deregister_domain_event(conn, r->inner, NULL);
        free(r);
    }
}

/* ---- Messages ---- */

void rpc_events_post(struct rpc_client *client, uint32_t procedure, const struct xdr_type *type,
                     const void *message)
{
    struct rpc_header header = {.program = RPC_PROGRAM_REMOTE,
                                .version = RPC_VERSION,
                                .procedure = procedure,
                                .type = RPC_TYPE_EVENT};
    EB_AUTOERROR eb_error err = EB_ERROR_INIT;
    struct eb_strbuf frame = {0};

    rpc_frame_begin(&frame, &header);
    if (xdr_encode(type, message, &frame, &err) < 0 || rpc_frame_end(&frame, &err) < 0) {
        EB_WARN("an event cannot be sent: %s", eb_error_message(&err));
        eb_strbuf_free(&frame);
        return;
    }
    rpc_server_post(client->server, client, &frame);
}

/* Sends the message PROCEDURE, of struct rpc_NAME_msg, with the members given beside callback and domain. */
#define POST(PROCEDURE, name, ...)                                                                           \
    rpc_events_post(listener->client, RPC_##PROCEDURE, &rpc_##name##_msg_type,                               \
                    &(struct rpc_##name##_msg){.callback = listener->id, .dom = *dom, __VA_ARGS__})
/* The same, or for clients that know no callbacks the older message, which lacks their number alone. */
#define POST_EITHER(EVENT, event, ...)                                                                       \
    do {                                                                                                     \
        if (listener->style == BARE)                                                                         \
            rpc_events_post(listener->client, RPC_DOMAIN_EVENT_##EVENT,                                      \
                            &rpc_domain_event_##event##_msg_type,                                            \
                            &(struct rpc_domain_event_##event##_msg){.dom = *dom, __VA_ARGS__});             \
        else                                                                                                 \
            POST(DOMAIN_EVENT_CALLBACK_##EVENT, domain_event_callback_##event, __VA_ARGS__);                 \
    } while (0)
/* Text of an event, which the message only borrows. */
#define TEXT(s) (char *)(uintptr_t)(s)

static struct rpc_graphics_address graphics_address(const eb_event_address *a)
{
    return (struct rpc_graphics_address){a->family, TEXT(a->node), TEXT(a->service)};
}

static void post_disk(const struct listener *listener, const struct rpc_domain *dom,
                      const eb_domain_event *event)
{
    if (event->id == EB_DOMAIN_EVENT_ID_DISK_CHANGE)
        POST_EITHER(DISK_CHANGE, disk_change, .old_source = TEXT(event->data.disk_change.old_source),
                    .new_source = TEXT(event->data.disk_change.new_source),
                    .alias = TEXT(event->data.disk_change.device), .reason = event->data.disk_change.reason);
    else if (event->id == EB_DOMAIN_EVENT_ID_IO_ERROR)
        POST_EITHER(IO_ERROR, io_error, .source = TEXT(event->data.io_error.source),
                    .alias = TEXT(event->data.io_error.device), .action = event->data.io_error.action);
    else
        POST_EITHER(IO_ERROR_REASON, io_error_reason, .source = TEXT(event->data.io_error.source),
                    .alias = TEXT(event->data.io_error.device), .action = event->data.io_error.action,
                    .reason = TEXT(event->data.io_error.reason));
}

static void post_device(const struct listener *listener, const struct rpc_domain *dom,
                        const eb_domain_event *event)
{
    char *alias = TEXT(event->data.device.alias);

    if (event->id == EB_DOMAIN_EVENT_ID_DEVICE_ADDED)
        POST(DOMAIN_EVENT_CALLBACK_DEVICE_ADDED, domain_event_callback_device_added, .alias = alias);
    else if (event->id == EB_DOMAIN_EVENT_ID_DEVICE_REMOVED)
        POST_EITHER(DEVICE_REMOVED, device_removed, .alias = alias);
    else
        POST(DOMAIN_EVENT_CALLBACK_DEVICE_REMOVAL_FAILED, domain_event_callback_device_removal_failed,
             .alias = alias);
}

static void post_job(const struct listener *listener, const struct rpc_domain *dom,
                     const eb_domain_event *event)
{
    size_t n = event->data.job_completed.n_params;
    struct rpc_domain_event_callback_job_completed_msg message = {.callback = listener->id};

    message.params.items = rpc_put_params(event->data.job_completed.params, n);
    message.params.n = (uint32_t)n;
    message.dom = *dom;
    message.dom.name = eb_strdup(dom->name);
    rpc_events_post(listener->client, RPC_DOMAIN_EVENT_CALLBACK_JOB_COMPLETED,
                    &rpc_domain_event_callback_job_completed_msg_type, &message);
    xdr_clear(&rpc_domain_event_callback_job_completed_msg_type, &message);
}

static void post_event(const struct listener *listener, const struct rpc_domain *dom,
                       const eb_domain_event *event)
{
    /* Every event that a driver has a source of; the others never come. */
    switch ((int)event->id) {
    case EB_DOMAIN_EVENT_ID_LIFECYCLE:
        POST_EITHER(LIFECYCLE, lifecycle, .event = event->data.lifecycle.event,
                    .detail = event->data.lifecycle.detail);
        break;
    case EB_DOMAIN_EVENT_ID_REBOOT:
        POST_EITHER(REBOOT, reboot, );
        break;
    case EB_DOMAIN_EVENT_ID_WATCHDOG:
        POST_EITHER(WATCHDOG, watchdog, .action = event->data.watchdog.action);
        break;
    case EB_DOMAIN_EVENT_ID_GRAPHICS:
        POST_EITHER(GRAPHICS, graphics, .phase = event->data.graphics.phase,
                    .local = graphics_address(&event->data.graphics.local),
                    .remote = graphics_address(&event->data.graphics.remote),
                    .scheme = TEXT(event->data.graphics.auth_scheme));
        break;
    case EB_DOMAIN_EVENT_ID_IO_ERROR:
    case EB_DOMAIN_EVENT_ID_IO_ERROR_REASON:
    case EB_DOMAIN_EVENT_ID_DISK_CHANGE:
        post_disk(listener, dom, event);
        break;
    case EB_DOMAIN_EVENT_ID_TRAY_CHANGE:
        POST_EITHER(TRAY_CHANGE, tray_change, .alias = TEXT(event->data.tray_change.device),
                    .reason = event->data.tray_change.reason);
        break;
    case EB_DOMAIN_EVENT_ID_BALLOON_CHANGE:
        POST_EITHER(BALLOON_CHANGE, balloon_change, .actual = event->data.balloon_change.actual);
        break;
    case EB_DOMAIN_EVENT_ID_DEVICE_ADDED:
    case EB_DOMAIN_EVENT_ID_DEVICE_REMOVED:
    case EB_DOMAIN_EVENT_ID_DEVICE_REMOVAL_FAILED:
        post_device(listener, dom, event);
        break;
    case EB_DOMAIN_EVENT_ID_AGENT_LIFECYCLE:
        POST(DOMAIN_EVENT_CALLBACK_AGENT_LIFECYCLE, domain_event_callback_agent_lifecycle,
             .state = event->data.agent_lifecycle.state, .reason = event->data.agent_lifecycle.reason);
        break;
    case EB_DOMAIN_EVENT_ID_MIGRATION_ITERATION:
        POST(DOMAIN_EVENT_CALLBACK_MIGRATION_ITERATION, domain_event_callback_migration_iteration,
             .iteration = event->data.migration_iteration.iteration);
        break;
    case EB_DOMAIN_EVENT_ID_JOB_COMPLETED:
        post_job(listener, dom, event);
        break;
    case EB_DOMAIN_EVENT_ID_METADATA_CHANGE:
        POST(DOMAIN_EVENT_CALLBACK_METADATA_CHANGE, domain_event_callback_metadata_change,
             .type = event->data.metadata_change.type, .uri = TEXT(event->data.metadata_change.uri));
        break;
    default:
        EB_WARN("the domain event %d has no message", (int)event->id);
    }
}

static void tell(eb_conn *conn EB_UNUSED, eb_domain *dom, const eb_domain_event *event, void *opaque)
{
    const struct listener *listener = opaque;
    struct rpc_domain described = {0};

    rpc_put_domain(dom, &described);
    post_event(listener, &described, event);
    free(described.name);
}

static void free_listener(void *opaque)
{
    struct listener *listener = opaque;

    rpc_client_unref(listener->client);
    free(listener);
}

/* ---- Registrations ---- */

static int listen_to(struct rpc_call *call, eb_domain *dom, int event, int id, enum style style,
                     eb_error *err)
{
    struct listener *listener = EB_NEW(struct listener);
    int inner;

    listener->client = rpc_client_ref(call->client);
    listener->id = id;
    listener->style = style;
    inner = eb_conn_register_domain_event(call->conn, dom, (eb_domain_event_id)event, tell, listener,
                                          free_listener, err);
    if (inner < 0)
        free_listener(listener);
    return inner;
}

static void ignore_event(eb_conn *conn EB_UNUSED, eb_domain *dom EB_UNUSED,
                         const eb_domain_event *event EB_UNUSED, void *opaque EB_UNUSED)
{
}

/* libvirt's drivers take a registration for an event that they never send; clients rely on that. Where the
 * driver has events at all, so do we. */
static bool has_events(eb_conn *conn)
{
    int id = eb_conn_register_domain_event(conn, NULL, EB_DOMAIN_EVENT_ID_LIFECYCLE, ignore_event, NULL, NULL,
                                           NULL);

    return id >= 0 && eb_conn_deregister_domain_event(conn, id, NULL) == 0;
}

int rpc_events_new_id(struct rpc_events *events, eb_error *err)
{
    int id;

    pthread_mutex_lock(&events->lock);
    id = events->n < RPC_MAX_CALLBACKS && events->next_id < INT32_MAX ? events->next_id++ : -1;
    pthread_mutex_unlock(&events->lock);
    if (id < 0)
        eb_error_set_from(err, EB_FROM_RPC, EB_ERR_RPC, "there are %d event callbacks already",
                          RPC_MAX_CALLBACKS);
    return id;
}

/* Listens for the connection's end when it is wanted and something else is listened for, too. */
static void heed_close(struct rpc_call *call)
{
    struct rpc_events *events = call->client->events;
    bool begin;

    pthread_mutex_lock(&events->lock);
    begin = events->list && events->wants_close && !events->hears_close;
    events->hears_close |= begin;
    pthread_mutex_unlock(&events->lock);
    if (begin)
        rpc_events_hear_close(call->client, call->conn, NULL);
}

static void link_in(struct rpc_call *call, struct registration *r)
{
    struct rpc_events *events = call->client->events;

    pthread_mutex_lock(&events->lock);
    r->next = events->list;
    events->list = r;
    events->n++;
    pthread_mutex_unlock(&events->lock);
    heed_close(call);
}

int rpc_events_want_close(struct rpc_call *call, bool wants, eb_error *err)
{
    struct rpc_events *events = call->client->events;
    bool did, heard;

    pthread_mutex_lock(&events->lock);
    did = events->wants_close;
    heard = events->hears_close && !wants;
    events->wants_close = wants;
    events->hears_close = events->hears_close && wants;
    pthread_mutex_unlock(&events->lock);
    if (did == wants)
        return eb_error_set_from(err, EB_FROM_RPC, EB_ERR_INTERNAL_ERROR,
                                 wants ? "A close callback is already registered"
                                       : "A different callback was requested");
    if (heard)
        rpc_events_forget_close(call->conn);
    heed_close(call);
    return 0;
}

void rpc_events_keep(struct rpc_call *call, int id, int inner, int event)
{
    struct registration *r = EB_NEW(struct registration);

    *r = (struct registration){.id = id, .inner = inner, .event = event, .style = OBJECT};
    link_in(call, r);
}

static int add(struct rpc_call *call, const struct rpc_domain *only, int event, enum style style, int32_t *id,
               eb_error *err)
{
    RPC_AUTODOMAIN eb_domain *dom = only ? rpc_get_domain(call, only) : NULL;
    struct rpc_events *events = call->client->events;
    EB_AUTOERROR eb_error why = EB_ERROR_INIT;
    struct registration *r;
    int new_id = rpc_events_new_id(events, err);

    if (new_id < 0)
        return -1;
    r = EB_NEW(struct registration);
    r->id = new_id;
    r->event = event;
    r->style = style;
    r->inner = listen_to(call, dom, event, r->id, style, &why);
    if (r->inner < 0 && (why.code != EB_ERR_NO_SUPPORT || !has_events(call->conn))) {
        free(r);
        eb_error_move(err, &why);
        return -1;
    }
    *id = r->id;
    link_in(call, r);
    return 0;
}

/* The one of this style that has the callback id, or (for BARE) the event. */
static struct registration *take(struct rpc_events *events, enum style style, int id_or_event)
{
    struct registration *r, **at;

    pthread_mutex_lock(&events->lock);
    for (at = &events->list; (r = *at); at = &r->next) {
        if (r->style == style && (style == BARE ? r->event : r->id) == id_or_event) {
            *at = r->next;
            events->n--;
            break;
        }
    }
    pthread_mutex_unlock(&events->lock);
    return r;
}

static int drop(struct rpc_call *call, enum style style, const char *what, int id_or_event, eb_error *err)
{
    struct registration *r = take(call->client->events, style, id_or_event);
    int result = 0;

    if (!r)
        return eb_error_set_from(err, EB_FROM_RPC, EB_ERR_INTERNAL_ERROR,
                                 "%s event callback %d not registered", what, id_or_event);
    if (r->inner >= 0)
        result = eb_conn_deregister_domain_event(call->conn, r->inner, err);
    free(r);
    return result;
}

int rpc_events_drop(struct rpc_call *call, const char *what, int id, eb_error *err)
{
    return drop(call, OBJECT, what, id, err);
}

int rpc_serve_connect_domain_event_callback_register_any(
    struct rpc_call *call, const struct rpc_connect_domain_event_callback_register_any_args *args,
    struct rpc_connect_domain_event_callback_register_any_ret *ret, eb_error *err)
{
    return add(call, args->dom, args->event, WITH_CALLBACK, &ret->callback, err);
}

int rpc_serve_connect_domain_event_callback_deregister_any(
    struct rpc_call *call, const struct rpc_connect_domain_event_callback_deregister_any_args *args,
    eb_error *err)
{
    return drop(call, WITH_CALLBACK, "domain", args->callback, err);
}

/* The newest event that has a message without a callback; later ones came with callbacks. */
#define LAST_BARE EB_DOMAIN_EVENT_ID_DEVICE_REMOVED

static int add_bare(struct rpc_call *call, int event, eb_error *err)
{
    int32_t id;

    if (event < 0 || event > LAST_BARE)
        return eb_error_set_from(err, EB_FROM_RPC, EB_ERR_NO_SUPPORT, "%s", call->proc->function);
    return add(call, NULL, event, BARE, &id, err);
}

int rpc_serve_connect_domain_event_register(struct rpc_call *call,
                                            struct rpc_connect_domain_event_register_ret *ret, eb_error *err)
{
    ret->registered = 1;
    return add_bare(call, EB_DOMAIN_EVENT_ID_LIFECYCLE, err);
}

int rpc_serve_connect_domain_event_deregister(struct rpc_call *call,
                                              struct rpc_connect_domain_event_deregister_ret *ret,
                                              eb_error *err)
{
    ret->registered = 0;
    return drop(call, BARE, "domain", EB_DOMAIN_EVENT_ID_LIFECYCLE, err);
}

int rpc_serve_connect_domain_event_register_any(struct rpc_call *call,
                                                const struct rpc_connect_domain_event_register_any_args *args,
                                                eb_error *err)
{
    return add_bare(call, args->event, err);
}

int rpc_serve_connect_domain_event_deregister_any(
    struct rpc_call *call, const struct rpc_connect_domain_event_deregister_any_args *args, eb_error *err)
{
    return drop(call, BARE, "domain", args->event, err);
}
