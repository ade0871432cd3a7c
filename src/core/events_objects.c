/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Callbacks for events of networks, storage pools and node devices. */
#include "core/object.h"

/* What a callback was registered with. */
struct registration {
    union {
        eb_network_event_fn network;
        eb_pool_event_fn pool;
        eb_nodedev_event_fn nodedev;
    } fn;
    void *opaque;
    void (*free_fn)(void *opaque);
    char only[]; /* of node devices, which have no uuid, the one it is about; "": all */
};

static const struct kind {
    enum eb_event_class class;
    const char *what;
    const char *add; /* libvirt's function */
    int last;        /* event id */
} networks = {EB_EVENT_NETWORK, "network", "virConnectNetworkEventRegisterAny",
              EB_NETWORK_EVENT_ID_LIFECYCLE},
  pools = {EB_EVENT_POOL, "storage pool", "virConnectStoragePoolEventRegisterAny", EB_POOL_EVENT_ID_REFRESH},
  nodedevs = {EB_EVENT_NODEDEV, "node device", "virConnectNodeDeviceEventRegisterAny",
              EB_NODEDEV_EVENT_ID_UPDATE};

static void free_registration(void *opaque)
{
    struct registration *r = opaque;

    if (r->free_fn)
        r->free_fn(r->opaque);
    free(r);
}

static void call(void *conn, const struct eb_event *event, void *opaque)
{
    const struct registration *r = opaque;
    struct eb_object_key key = {.name = eb_strdup(event->name)};
    eb_object_event public = {
        .id = event->id, .event = (int)event->numbers[0], .detail = (int)event->numbers[1]};
    enum eb_object_kind kind = event->class == EB_EVENT_NETWORK ? EB_OBJECT_NETWORK
                               : event->class == EB_EVENT_POOL  ? EB_OBJECT_POOL
                                                                : EB_OBJECT_NODEDEV;
    struct eb_object *object;

    if (*r->only && !eb_streq(r->only, event->name)) {
        free(key.name);
        return;
    }
    memcpy(key.uuid, event->uuid, sizeof(key.uuid));
    key.also = eb_strdup(event->texts[0]);
    object = eb_object_new(conn, kind, &key);
    if (kind == EB_OBJECT_NETWORK)
        r->fn.network(conn, (eb_network *)object, &public, r->opaque);
    else if (kind == EB_OBJECT_POOL)
        r->fn.pool(conn, (eb_pool *)object, &public, r->opaque);
    else
        r->fn.nodedev(conn, (eb_nodedev *)object, &public, r->opaque);
    eb_object_unref(object);
}

static int add(eb_conn *conn, const struct kind *kind, const struct eb_object *object, int id,
               const struct registration *registration, bool has_fn, eb_error *err)
{
    struct registration *r;
    const char *only;
    bool known = object && kind->class != EB_EVENT_NODEDEV;

    if (!has_fn)
        return eb_need_arg(NULL, "cb", kind->add, err);
    if (object && object->conn != conn)
        return eb_error_set_arg(err, EB_FROM_NONE, "%s '%s' in %s must match connection", kind->what,
                                object->key.name, kind->add);
    if (id < 0 || id > kind->last)
        return eb_error_set_arg(err, EB_FROM_NONE, "eventID in %s must be less than %d", kind->add,
                                kind->last + 1);
    only = object && !known ? object->key.name : "";
    r = eb_calloc(1, sizeof(*r) + strlen(only) + 1);
    *r = *registration;
    memcpy(r->only, only, strlen(only) + 1);
    return eb_conn_add_callback(conn, kind->add, kind->class, id, known ? object->key.uuid : NULL, call, r,
                                free_registration, err);
}

int eb_conn_register_network_event(eb_conn *conn, eb_network *net, eb_network_event_id id,
                                   eb_network_event_fn fn, void *opaque, void (*free_fn)(void *),
                                   eb_error *err)
{
    return add(conn, &networks, (struct eb_object *)net, (int)id,
               &(struct registration){.fn.network = fn, .opaque = opaque, .free_fn = free_fn}, fn != NULL,
               err);
}

int eb_conn_register_pool_event(eb_conn *conn, eb_pool *pool, eb_pool_event_id id, eb_pool_event_fn fn,
                                void *opaque, void (*free_fn)(void *), eb_error *err)
{
    return add(conn, &pools, (struct eb_object *)pool, (int)id,
               &(struct registration){.fn.pool = fn, .opaque = opaque, .free_fn = free_fn}, fn != NULL, err);
}

int eb_conn_register_nodedev_event(eb_conn *conn, eb_nodedev *dev, eb_nodedev_event_id id,
                                   eb_nodedev_event_fn fn, void *opaque, void (*free_fn)(void *),
                                   eb_error *err)
{
    return add(conn, &nodedevs, (struct eb_object *)dev, (int)id,
               &(struct registration){.fn.nodedev = fn, .opaque = opaque, .free_fn = free_fn}, fn != NULL,
               err);
}

int eb_conn_deregister_object_event(eb_conn *conn, int callback_id, eb_error *err)
{
    return eb_conn_remove_callback(conn, "eb_conn_deregister_object_event", callback_id, err);
}

struct eb_event *eb_object_event_new(enum eb_object_kind kind, const struct eb_object_key *key, int id,
                                     int event)
{
    enum eb_event_class class = kind == EB_OBJECT_NETWORK ? EB_EVENT_NETWORK
                                : kind == EB_OBJECT_POOL  ? EB_EVENT_POOL
                                                          : EB_EVENT_NODEDEV;
    struct eb_event *e = eb_event_new(class, id, key->uuid, key->name, -1);

    e->numbers[0] = event;
    if (kind == EB_OBJECT_NODEDEV)
        e->texts[0] = eb_strdup(key->also);
    return e;
}
