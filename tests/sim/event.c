/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Events: listeners since 4.0, callbacks before. */
#include <stdio.h>

#include "model.h"

struct queued {
    struct object *event;
    struct queued *next;
};

struct listener {
    struct client *client;
    struct object *object; /* made by createListener, or NULL */
    uint64_t local;        /* the client's own, or 0 */
    bool active, callback;
    bool console; /* an IConsoleCallback */
    char *types;  /* put together by '|', with one before and behind */
    struct queued *first, *last;
    struct listener *next;
};

struct event_source {
    char *key;
    struct listener *listeners;
    UT_hash_handle hh;
};
static struct event_source *sources;

static struct event_source *source_of(const char *key, bool make)
{
    struct event_source *s;

    HASH_FIND_STR(sources, key, s);
    if (!s && make) {
        s = EB_NEW(struct event_source);
        s->key = eb_strdup(key);
        HASH_ADD_KEYPTR(hh, sources, s->key, strlen(s->key), s);
    }
    return s;
}

struct object *event_source_object(const char *key)
{
    EB_AUTOFREE char *full = eb_asprintf("source %s", key);
    struct object *o = object_get("IEventSource", full);

    if (o && !o->data)
        o->data = source_of(key, true);
    return o;
}

const char *event_object(const struct object *o)
{
    static char text[32];

    snprintf(text, sizeof(text), "@%llu", (unsigned long long)(o ? o->id : 0));
    return text;
}

/* ---- which listener wants which ---- */

static bool in_group(const char *type, const char *iface, const char *group)
{
    const struct sim_iface *i = sim_iface_named(release, iface), *base;
    EB_AUTOFREE char *name = eb_asprintf("I%s", group);

    (void)type;
    base = sim_iface_named(release, name);
    return i && base && sim_iface_is(i, base);
}

static bool wants(const struct listener *l, const char *type, const char *iface)
{
    EB_AUTOFREE char *mark = eb_asprintf("|%s|", type);

    return strstr(l->types, "|Any|") || strstr(l->types, mark) ||
           (strstr(l->types, "|MachineEvent|") && in_group(type, iface, "MachineEvent")) ||
           (strstr(l->types, "|SnapshotEvent|") && in_group(type, iface, "SnapshotEvent")) ||
           (strstr(l->types, "|Vetoable|") && in_group(type, iface, "VetoEvent"));
}

/* ---- delivery ---- */

static void enqueue(struct listener *l, struct object *event)
{
    struct queued *q = EB_NEW(struct queued);

    q->event = event;
    object_hold(event);
    if (l->last)
        l->last->next = q;
    else
        l->first = q;
    l->last = q;
    pthread_cond_broadcast(&model_changed);
}

static void empty_queue(struct listener *l)
{
    while (l->first) {
        struct queued *q = l->first;

        l->first = q->next;
        object_drop(q->event);
        free(q);
    }
    l->last = NULL;
}

/* Calls the client's own object; `values` are for each parameter. */
static void call_local(struct client *c, uint64_t local, const struct sim_slot *slot, unsigned index,
                       const struct sim_iface *iface, const struct sim_value *values)
{
    struct sim_buf b = {0};
    unsigned n = slot ? slot->n : 0;

    if (c->events_fd < 0)
        return;
    sim_put_u64(&b, local);
    sim_put_u32(&b, iface ? iface->number : 0);
    sim_put_u32(&b, index);
    sim_put_u32(&b, n);
    for (unsigned i = 0; i < n; i++) {
        if (values[i].kind == SIM_V_OBJ && values[i].num)
            client_hold(c, values[i].num);
        sim_put_value(&b, &values[i]);
    }
    sim_send(c->events_fd, &b);
    sim_buf_free(&b);
}

static const struct sim_slot *method(const struct sim_iface *iface, const char *name)
{
    for (; iface; iface = iface->base)
        for (unsigned i = 0; i < iface->n; i++)
            if (eb_streq(iface->slots[i].name, name))
                return &iface->slots[i];
    return NULL;
}

static void handle_event(struct listener *l, struct object *event)
{
    const struct sim_iface *iface = sim_iface_named(release, "IEventListener");
    const struct sim_slot *slot = iface ? method(iface, "handleEvent") : NULL;
    struct sim_value v = {.kind = SIM_V_OBJ, .num = event->id, .len = event->iface->number};

    if (slot)
        call_local(l->client, l->local, slot, slot->index, iface, &v);
}

/* The methods of IVirtualBoxCallback and IConsoleCallback, by the events of later releases. */
static const char *const callbacks[][2] = {
    {"OnMachineStateChanged", "onMachineStateChange"},
    {"OnMachineDataChanged", "onMachineDataChange"},
    {"OnExtraDataChanged", "onExtraDataChange"},
    {"OnMediumRegistered", "onMediaRegistered"},
    {"OnMediumRegistered", "onMediumRegistered"},
    {"OnMachineRegistered", "onMachineRegistered"},
    {"OnSessionStateChanged", "onSessionStateChange"},
    {"OnSnapshotTaken", "onSnapshotTaken"},
    {"OnSnapshotDeleted", "onSnapshotDiscarded"},
    {"OnSnapshotDeleted", "onSnapshotDeleted"},
    {"OnSnapshotChanged", "onSnapshotChange"},
    {"OnGuestPropertyChanged", "onGuestPropertyChange"},
    {"OnStateChanged", "onStateChange"},
    {"OnNetworkAdapterChanged", "onNetworkAdapterChange"},
    {"OnSerialPortChanged", "onSerialPortChange"},
    {"OnParallelPortChanged", "onParallelPortChange"},
    {"OnStorageControllerChanged", "onStorageControllerChange"},
    {"OnMediumChanged", "onMediumChange"},
    {"OnVRDEServerChanged", "onVRDPServerChange"},
    {"OnVRDEServerInfoChanged", "onRemoteDisplayInfoChange"},
    {"OnUSBControllerChanged", "onUSBControllerChange"},
    {"OnSharedFolderChanged", "onSharedFolderChange"},
    {"OnCPUChanged", "onCPUChange"},
    {"OnRuntimeError", "onRuntimeError"},
    {"OnAdditionsStateChanged", "onAdditionsStateChange"},
    {"OnUSBDeviceStateChanged", "onUSBDeviceStateChange"},
    {"OnDVDDriveChanged", "onDVDDriveChange"},
    {"OnFloppyDriveChanged", "onFloppyDriveChange"},
};

static void call_back(struct listener *l, const char *type, const struct node *props)
{
    const struct sim_iface *iface =
        sim_iface_named(release, l->console ? "IConsoleCallback" : "IVirtualBoxCallback");

    for (size_t i = 0; iface && i < EB_ARRAY_SIZE(callbacks); i++) {
        const struct sim_slot *slot = eb_streq(callbacks[i][0], type) ? method(iface, callbacks[i][1]) : NULL;
        struct sim_value *values;

        if (!slot)
            continue;
        values = eb_calloc(slot->n + 1, sizeof(*values));
        for (unsigned p = 0; p < slot->n; p++)
            text_to_value(&slot->params[p], node_get_or(props, slot->params[p].name, ""), &values[p]);
        call_local(l->client, l->local, slot, slot->index, iface, values);
        sim_values_free(values, slot->n);
    }
}

static struct object *make_event(const char *source, const char *type, const char *iface,
                                 const struct node *props)
{
    struct object *e = object_new(sim_iface_named(release, iface) ? iface : "IEvent");

    if (!e)
        return NULL;
    e->view = VIEW_OWN;
    e->own = node_copy(props);
    node_set(e->own, "type", type);
    node_set(e->own, "waitable", "0");
    node_set(e->own, "source", event_object(event_source_object(source)));
    object_hold(e);
    return e;
}

void event_fire(const char *key, const char *type, ...)
{
    struct event_source *s = source_of(key, false);
    EB_AUTOFREE char *iface = eb_asprintf("I%sEvent", type + 2);
    struct node *props = NULL;
    struct object *event = NULL;
    const char *name;
    va_list args;

    if (!s)
        return;
    props = node_new("Event", NULL);
    va_start(args, type);
    while ((name = va_arg(args, const char *)) != NULL)
        node_set(props, name, va_arg(args, const char *));
    va_end(args);
    for (struct listener *l = s->listeners; l; l = l->next) {
        if (l->callback) {
            call_back(l, type, props);
            continue;
        }
        if (!enum_has("VBoxEventType", type) || !wants(l, type, iface))
            continue;
        if (!event)
            event = make_event(key, type, iface, props);
        if (!event)
            break;
        if (l->active && l->local)
            handle_event(l, event);
        else
            enqueue(l, event);
    }
    if (event)
        object_drop(event);
    node_free(props);
}

void event_machine_data(const struct machine *m)
{
    event_fire("vbox", "OnMachineDataChanged", "machineId", m->id, "temporary", "0", NULL);
}

void event_console(struct machine *m, const char *type, const char *name, const char *value)
{
    if (name)
        event_fire(console_source(m), type, name, value, NULL);
    else
        event_fire(console_source(m), type, NULL);
}

/* ---- listeners ---- */

static struct listener **find(struct event_source *s, const struct object *o, const struct client *c,
                              uint64_t local)
{
    for (struct listener **l = &s->listeners; *l; l = &(*l)->next)
        if ((o && (*l)->object == o) || (local && (*l)->local == local && (*l)->client == c))
            return l;
    return NULL;
}

static void remove_listener(struct listener **at)
{
    struct listener *l = *at;

    *at = l->next;
    empty_queue(l);
    /* the client may let go of its own object */
    if (l->local)
        call_local(l->client, l->local, NULL, 2, NULL, NULL);
    if (l->object)
        object_drop(l->object);
    free(l->types);
    free(l);
    pthread_cond_broadcast(&model_changed);
}

void event_client_gone(struct client *c)
{
    struct event_source *s, *next;

    HASH_ITER (hh, sources, s, next) {
        struct listener **l = &s->listeners;

        while (*l)
            if ((*l)->client == c) {
                (*l)->local = 0;
                remove_listener(l);
            } else {
                l = &(*l)->next;
            }
    }
}

static uint32_t create_listener(struct call *c)
{
    ret_obj(c, object_new("IEventListener"));
    return S_OK;
}

static uint32_t register_listener(struct call *c)
{
    struct event_source *s = c->self->data;
    const struct sim_value *v = arg_value(c, "interesting");
    struct object *o = arg_obj(c, "listener");
    uint64_t local = arg_local(c, "listener");
    struct listener *l;
    EB_AUTOFREE char *types = NULL, *all = NULL;
    struct sim_param type = {.kind = SIM_ENUM, .array = true, .en = sim_enum_named(release, "VBoxEventType")};

    if (!o && !local)
        return fail(c, E_INVALIDARG, "Invalid listener");
    if (find(s, o, c->client, local))
        return fail(c, E_INVALIDARG, "This listener already registered");
    types = value_text(&type, v);
    for (char *p = types; *p; p++)
        if (*p == PATH_SEP)
            *p = '|';
    all = eb_asprintf("|%s", types);
    l = EB_NEW(struct listener);
    l->client = c->client;
    l->object = o;
    object_hold(o);
    l->local = local;
    l->active = arg_bool(c, "active");
    l->types = EB_STEAL(all);
    l->next = s->listeners;
    s->listeners = l;
    event_fire(s->key, "OnEventSourceChanged", "listener", event_object(o), "add", "1", NULL);
    return S_OK;
}

static uint32_t no_listener(struct call *c)
{
    return fail(c, VBOX_E_OBJECT_NOT_FOUND, "Listener was never registered");
}

static uint32_t unregister_listener(struct call *c)
{
    struct event_source *s = c->self->data;
    struct object *o = arg_obj(c, "listener");
    struct listener **l = find(s, o, c->client, arg_local(c, "listener"));

    if (!l)
        return no_listener(c);
    remove_listener(l);
    event_fire(s->key, "OnEventSourceChanged", "listener", event_object(o), "add", "0", NULL);
    return S_OK;
}

static uint32_t get_event(struct call *c)
{
    struct event_source *s = c->self->data;
    struct object *o = arg_obj(c, "listener");
    uint64_t local = arg_local(c, "listener");
    int64_t ms = (int32_t)arg_num(c, "timeout"), until = now_ms() + ms;
    struct listener **l = find(s, o, c->client, local);
    struct queued *q;

    if (!l)
        return no_listener(c);
    if ((*l)->active)
        return fail(c, E_INVALIDARG, "Only applicable to passive listeners");
    while (!(*l)->first && (ms < 0 || now_ms() < until)) {
        int64_t next = ms < 0 || until > now_ms() + 1000 ? now_ms() + 1000 : until;
        struct timespec t = {.tv_sec = next / 1000, .tv_nsec = next % 1000 * 1000000};

        pthread_cond_timedwait(&model_changed, &model_lock, &t);
        l = find(s, o, c->client, local);
        if (!l)
            return no_listener(c);
    }
    q = (*l)->first;
    if (!q) {
        ret_obj(c, NULL);
        return S_OK;
    }
    (*l)->first = q->next;
    if (!q->next)
        (*l)->last = NULL;
    ret_obj(c, q->event);
    object_give(q->event);
    free(q);
    return S_OK;
}

static uint32_t event_processed(struct call *c)
{
    struct event_source *s = c->self->data;

    return find(s, arg_obj(c, "listener"), c->client, arg_local(c, "listener")) ? S_OK : no_listener(c);
}

static uint32_t fire_event(struct call *c)
{
    struct event_source *s = c->self->data;
    struct object *e = arg_obj(c, "event");
    const char *type = e && e->own ? node_get_or(e->own, "type", "") : "";

    if (!e)
        return fail(c, E_INVALIDARG, "Invalid event");
    for (struct listener *l = s->listeners; l; l = l->next)
        if (wants(l, type, e->iface->name)) {
            if (l->active && l->local)
                handle_event(l, e);
            else
                enqueue(l, e);
        }
    ret_num(c, 1);
    return S_OK;
}

static uint32_t aggregator(struct call *c)
{
    static unsigned count;
    EB_AUTOFREE char *key = eb_asprintf("aggregate:%u", ++count);

    ret_obj(c, event_source_object(key));
    return S_OK;
}

static uint32_t set_processed(struct call *c)
{
    (void)c;
    return S_OK;
}

static uint32_t wait_processed(struct call *c)
{
    ret_num(c, 1);
    return S_OK;
}

/* ---- callbacks ---- */

static uint32_t add_callback(struct call *c, const char *key, bool console)
{
    struct event_source *s = source_of(key, true);
    uint64_t local = arg_local(c, "callback");
    struct object *wrapper = arg_obj(c, "callback");
    struct listener *l;

    if (wrapper && wrapper->data)
        local = (uint64_t)(uintptr_t)wrapper->data | SIM_LOCAL_OBJECT;
    if (!local)
        return fail(c, E_INVALIDARG, "Invalid callback");
    l = EB_NEW(struct listener);
    l->client = c->client;
    l->local = local;
    l->callback = true;
    l->console = console;
    l->types = eb_strdup("");
    l->next = s->listeners;
    s->listeners = l;
    return S_OK;
}

static uint32_t remove_callback(struct call *c, const char *key)
{
    struct event_source *s = source_of(key, true);
    uint64_t local = arg_local(c, "callback");
    struct object *wrapper = arg_obj(c, "callback");
    struct listener **l;

    if (wrapper && wrapper->data)
        local = (uint64_t)(uintptr_t)wrapper->data | SIM_LOCAL_OBJECT;
    l = find(s, NULL, c->client, local);
    if (!l)
        return fail(c, E_INVALIDARG, "The callback is not registered");
    remove_listener(l);
    return S_OK;
}

static uint32_t register_callback(struct call *c)
{
    return add_callback(c, "vbox", false);
}

static uint32_t unregister_callback(struct call *c)
{
    return remove_callback(c, "vbox");
}

static uint32_t register_console_callback(struct call *c)
{
    uint32_t rc;

    return node_read(c, &rc) ? add_callback(c, console_source(c->self->machine), true) : rc;
}

static uint32_t unregister_console_callback(struct call *c)
{
    uint32_t rc;

    return node_read(c, &rc) ? remove_callback(c, console_source(c->self->machine)) : rc;
}

const struct member event_members[] = {
    {"IEventSource.createListener", create_listener},
    {"IEventSource.createAggregator", aggregator},
    {"IEventSource.registerListener", register_listener},
    {"IEventSource.unregisterListener", unregister_listener},
    {"IEventSource.fireEvent", fire_event},
    {"IEventSource.getEvent", get_event},
    {"IEventSource.eventProcessed", event_processed},
    {"IEvent.setProcessed", set_processed},
    {"IEvent.waitProcessed", wait_processed},
    {"IVirtualBox.registerCallback", register_callback},
    {"IVirtualBox.unregisterCallback", unregister_callback},
    {"IConsole.registerCallback", register_console_callback},
    {"IConsole.unregisterCallback", unregister_console_callback},
    {NULL, NULL},
};
