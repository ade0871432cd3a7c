/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The objects that clients hold, and who holds them. */
#include <stdio.h>

#include "model.h"

struct ref {
    uint64_t id;
    uint64_t count;
    UT_hash_handle hh;
};

static struct object *by_id, *by_key;
static uint64_t last_id;

struct object *object_by_id(uint64_t id)
{
    struct object *o;

    HASH_FIND(hh_id, by_id, &id, sizeof(id), o);
    return o;
}

struct object *object_get(const char *iface_name, const char *key)
{
    const struct sim_iface *iface = sim_iface_named(release, iface_name);
    struct object *o = NULL;

    if (!iface)
        return NULL;
    if (key)
        HASH_FIND(hh_key, by_key, key, strlen(key), o);
    if (o)
        return o;
    o = EB_NEW(struct object);
    o->id = ++last_id;
    o->iface = iface;
    HASH_ADD(hh_id, by_id, id, sizeof(o->id), o);
    if (key) {
        o->key = eb_strdup(key);
        HASH_ADD_KEYPTR(hh_key, by_key, o->key, strlen(o->key), o);
    }
    return o;
}

struct object *object_new(const char *iface)
{
    return object_get(iface, NULL);
}

void object_hold(struct object *o)
{
    if (o)
        o->refs++;
}

void object_drop(struct object *o)
{
    if (!o || --o->refs > 0)
        return;
    HASH_DELETE(hh_id, by_id, o);
    if (o->key)
        HASH_DELETE(hh_key, by_key, o);
    if (o->destroy)
        o->destroy(o);
    node_free(o->own);
    free(o->key);
    free(o->snapshot);
    free(o->path);
    free(o);
}

void object_give(struct object *o)
{
    o->refs--;
}

void client_hold(struct client *c, uint64_t id)
{
    struct ref *r;

    HASH_FIND(hh, c->refs, &id, sizeof(id), r);
    if (!r) {
        r = EB_NEW(struct ref);
        r->id = id;
        HASH_ADD(hh, c->refs, id, sizeof(r->id), r);
        object_hold(object_by_id(id));
    }
    r->count++;
}

void client_release(struct client *c, uint64_t id, uint32_t count)
{
    struct ref *r;

    HASH_FIND(hh, c->refs, &id, sizeof(id), r);
    if (!r)
        return;
    r->count -= count < r->count ? count : r->count;
    if (r->count == 0) {
        HASH_DEL(c->refs, r);
        free(r);
        object_drop(object_by_id(id));
    }
}

void client_gone(struct client *c)
{
    struct ref *r, *next;

    session_end_all(c);
    event_client_gone(c);
    HASH_ITER (hh, c->refs, r, next) {
        HASH_DEL(c->refs, r);
        object_drop(object_by_id(r->id));
        free(r);
    }
    pthread_cond_broadcast(&model_changed);
}

struct object *object_view(const char *iface, enum view view, struct machine *m, struct session *s,
                           const char *snapshot, const char *path)
{
    EB_AUTOFREE char *key = eb_asprintf("%s %d %p %p %u %s %s", iface, view, (void *)m, (void *)s,
                                        s ? s->generation : 0, snapshot ? snapshot : "", path ? path : "");
    struct object *o = object_get(iface, key);

    if (!o || o->path)
        return o;
    o->view = view;
    o->machine = m;
    o->session = s;
    o->generation = s ? s->generation : 0;
    o->snapshot = snapshot ? eb_strdup(snapshot) : NULL;
    o->path = eb_strdup(path ? path : "");
    return o;
}

struct object *object_part(const struct object *o, const char *iface, const char *path)
{
    struct object *part = object_view(iface, o->view, o->machine, o->session, o->snapshot, path);

    if (part && o->session)
        part->generation = o->generation;
    return part;
}
