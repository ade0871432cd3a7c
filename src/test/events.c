/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a world tells its connections. Each function is called with the world locked, at the change, so events
 * are queued in the order of the changes. */
#include "test/ops.h"

static struct eb_domain_key key_now(const struct test_domain *dom)
{
    struct eb_domain_key key = {.name = dom->def->name, .id = dom->def->id};

    memcpy(key.uuid, dom->uuid, sizeof(key.uuid));
    return key;
}

void test_emit(struct test_world *world, const struct test_domain *dom, int event, int detail)
{
    struct eb_domain_key key = key_now(dom);

    eb_event_hub_emit(world->hub, eb_lifecycle_event_new(&key, event, detail));
}

void test_emit_started(struct test_world *world, const struct test_domain *dom, int detail)
{
    bool restored = detail == EB_DOMAIN_EVENT_STARTED_RESTORED;

    test_emit(world, dom, EB_DOMAIN_EVENT_STARTED, detail);
    if (dom->state == EB_DOMAIN_PAUSED)
        test_emit(world, dom, EB_DOMAIN_EVENT_SUSPENDED,
                  restored ? EB_DOMAIN_EVENT_SUSPENDED_RESTORED : EB_DOMAIN_EVENT_SUSPENDED_PAUSED);
}

void test_emit_metadata(struct test_world *world, const struct test_domain *dom, int type, const char *uri)
{
    struct eb_domain_key key = key_now(dom);
    struct eb_event *event = eb_domain_event_new(&key, EB_DOMAIN_EVENT_ID_METADATA_CHANGE);

    event->numbers[0] = type;
    event->texts[0] = eb_strdup(uri);
    eb_event_hub_emit(world->hub, event);
}

void test_emit_device(struct test_world *world, const struct test_domain *dom, eb_domain_event_id id,
                      const char *name)
{
    struct eb_domain_key key = key_now(dom);
    struct eb_event *event = eb_domain_event_new(&key, id);

    event->texts[0] = eb_strdup(name);
    eb_event_hub_emit(world->hub, event);
}

void test_emit_job(struct test_world *world, const struct test_domain *dom, eb_param *params, size_t n)
{
    struct eb_domain_key key = key_now(dom);

    eb_event_hub_emit(world->hub, eb_job_event_new(&key, params, n));
}

void test_emit_object(struct test_world *world, const struct test_object *object, int id, int event)
{
    struct eb_object_key key;

    test_object_key_of(object, &key);
    eb_event_hub_emit(world->hub, eb_object_event_new(object->def->kind, &key, id, event));
    eb_object_key_clear(&key);
}

/* The driver of libvirt that this one is like lets every event be registered. */
bool test_has_event(eb_conn *conn EB_UNUSED, enum eb_event_class class, int id EB_UNUSED)
{
    return class != EB_EVENT_CONNECTION;
}
