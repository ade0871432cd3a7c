/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "test/world.h"

#include "base/log.h"
#include "test/checkpoint.h"
#include "test/snapshot.h"

struct test_world *test_world_new(void)
{
    struct test_world *world = EB_NEW(struct test_world);
    pthread_mutexattr_t again;

    pthread_mutexattr_init(&again);
    pthread_mutexattr_settype(&again, PTHREAD_MUTEX_RECURSIVE);
    pthread_mutex_init(&world->lock, &again);
    pthread_mutexattr_destroy(&again);
    world->hub = eb_event_hub_new();
    world->next_id = 1;
    world->node = (eb_node_info){
        .model = "i686",
        .memory = 3145728,
        .cpus = 16,
        .mhz = 1400,
        .nodes = 2,
        .sockets = 2,
        .cores = 2,
        .threads = 2,
    };
    return world;
}

static void free_domain(struct test_domain *dom)
{
    eb_domain_def_free(dom->def);
    eb_domain_def_free(dom->next);
    test_snapshots_free(dom);
    free(dom->iothreads);
    test_checkpoints_free(dom);
    free(dom);
}

void test_world_free(struct test_world *world)
{
    struct test_domain *dom, *tmp;

    if (!world)
        return;
    HASH_ITER (by_uuid, world->by_uuid, dom, tmp) {
        test_remove(world, dom);
    }
    eb_job_forget(world);
    test_objects_free(&world->objects);
    eb_event_hub_free(world->hub);
    pthread_mutex_destroy(&world->lock);
    free(world);
}

struct test_world *test_world_enter(eb_conn *conn)
{
    struct test_world *world = eb_conn_get_private(conn);

    pthread_mutex_lock(&world->lock);
    return world;
}

void test_world_leave(struct test_world **world)
{
    if (*world)
        pthread_mutex_unlock(&(*world)->lock);
}

struct test_domain *test_find_uuid(struct test_world *world, eb_uuid uuid)
{
    struct test_domain *dom;

    HASH_FIND(by_uuid, world->by_uuid, uuid, 16, dom);
    return dom;
}

struct test_domain *test_find_name(struct test_world *world, const char *name)
{
    struct test_domain *dom;

    HASH_FIND(by_name, world->by_name, name, strlen(name), dom);
    return dom;
}

struct test_domain *test_find_id(struct test_world *world, int id)
{
    struct test_domain *dom, *tmp;

    HASH_ITER (by_uuid, world->by_uuid, dom, tmp) {
        if (dom->def->id == id)
            return dom;
    }
    return NULL;
}

struct test_domain *test_need(struct test_world *world, eb_uuid uuid, eb_error *err)
{
    struct test_domain *dom = test_find_uuid(world, uuid);
    char text[EB_UUID_STRLEN + 1];

    if (!dom) {
        eb_uuid_format(uuid, text);
        eb_error_set(err, EB_ERR_NO_DOMAIN, "no domain with matching uuid '%s'", text);
    }
    return dom;
}

void test_key_of(const struct test_domain *dom, struct eb_domain_key *out)
{
    memcpy(out->uuid, dom->uuid, sizeof(out->uuid));
    out->name = eb_strdup(dom->def->name);
    out->id = dom->def->id;
}

int test_need_active(const struct test_domain *dom, eb_error *err)
{
    if (!test_is_active(dom))
        return eb_error_set_from(err, EB_FROM_DOMAIN, EB_ERR_OPERATION_INVALID, "domain is not running");
    return 0;
}

int test_check_identity(struct test_world *world, const struct eb_domain_def *def, bool start,
                        struct test_domain **existing, eb_error *err)
{
    struct test_domain *dom = def->has_uuid ? test_find_uuid(world, def->uuid) : NULL;
    char text[EB_UUID_STRLEN + 1];

    if (dom) {
        eb_uuid_format(dom->uuid, text);
        if (!eb_streq(dom->def->name, def->name))
            return eb_error_set_from(err, EB_FROM_DOMAIN, EB_ERR_OPERATION_FAILED,
                                     "domain '%s' is already defined with uuid %s", dom->def->name, text);
        if (start && test_is_active(dom))
            return eb_error_set_from(err, EB_FROM_DOMAIN, EB_ERR_OPERATION_INVALID,
                                     "domain '%s' is already active", dom->def->name);
    } else {
        struct test_domain *same_name = test_find_name(world, def->name);

        if (same_name) {
            eb_uuid_format(same_name->uuid, text);
            return eb_error_set_from(err, EB_FROM_DOMAIN, EB_ERR_OPERATION_FAILED,
                                     "domain '%s' already exists with uuid %s", def->name, text);
        }
    }
    *existing = dom;
    return 0;
}

struct test_domain *test_add(struct test_world *world, struct eb_domain_def *def)
{
    struct test_domain *dom = EB_NEW(struct test_domain);

    if (!def->has_uuid) {
        eb_uuid_generate(def->uuid);
        def->has_uuid = true;
    }
    def->id = -1;
    memcpy(dom->uuid, def->uuid, sizeof(dom->uuid));
    dom->def = def;
    dom->state = EB_DOMAIN_SHUTOFF;
    dom->reason = EB_SHUTOFF_UNKNOWN;
    HASH_ADD(by_uuid, world->by_uuid, uuid, sizeof(dom->uuid), dom);
    HASH_ADD_KEYPTR(by_name, world->by_name, dom->def->name, strlen(dom->def->name), dom);
    return dom;
}

/* The name in the definition is the key of by_name. */
void test_replace_def(struct test_world *world, struct test_domain *dom, struct eb_domain_def *def)
{
    HASH_DELETE(by_name, world->by_name, dom);
    if (dom->def != def)
        eb_domain_def_free(dom->def);
    dom->def = def;
    HASH_ADD_KEYPTR(by_name, world->by_name, dom->def->name, strlen(dom->def->name), dom);
}

void test_set_persistent_def(struct test_world *world, struct test_domain *dom, struct eb_domain_def *def)
{
    def->id = -1;
    dom->persistent = true;
    if (test_is_active(dom)) {
        eb_domain_def_free(dom->next);
        dom->next = def;
    } else {
        test_replace_def(world, dom, def);
    }
}

void test_remove(struct test_world *world, struct test_domain *dom)
{
    HASH_DELETE(by_uuid, world->by_uuid, dom);
    HASH_DELETE(by_name, world->by_name, dom);
    free_domain(dom);
}

void test_set_name(struct test_world *world, struct test_domain *dom, const char *name)
{
    HASH_DELETE(by_name, world->by_name, dom);
    eb_replace_string(&dom->def->name, name);
    HASH_ADD_KEYPTR(by_name, world->by_name, dom->def->name, strlen(dom->def->name), dom);
}

void test_run(struct test_world *world, struct test_domain *dom, struct eb_domain_def *live,
              eb_domain_state state, int reason)
{
    if (dom->persistent)
        dom->next = eb_domain_def_copy(dom->def);
    if (live)
        test_replace_def(world, dom, live);
    dom->def->id = world->next_id++;
    dom->state = state;
    dom->reason = reason;
    dom->managed_save = dom->managed_save_paused = false;
    dom->autodestroy = NULL;
}

/* Details of "stopped", by the reason of the state that follows. */
static const int stopped_details[] = {
    [EB_SHUTOFF_SHUTDOWN] = EB_DOMAIN_EVENT_STOPPED_SHUTDOWN,
    [EB_SHUTOFF_DESTROYED] = EB_DOMAIN_EVENT_STOPPED_DESTROYED,
    [EB_SHUTOFF_SAVED] = EB_DOMAIN_EVENT_STOPPED_SAVED,
    [EB_SHUTOFF_FROM_SNAPSHOT] = EB_DOMAIN_EVENT_STOPPED_FROM_SNAPSHOT,
};

void test_stop(struct test_world *world, struct test_domain *dom, int reason)
{
    if (dom->next)
        test_replace_def(world, dom, EB_STEAL(dom->next));
    dom->def->id = -1;
    dom->state = EB_DOMAIN_SHUTOFF;
    dom->reason = reason;
    dom->autodestroy = NULL;
    test_emit(world, dom, EB_DOMAIN_EVENT_STOPPED, stopped_details[reason]);
    if (!dom->persistent)
        test_remove(world, dom);
}

int test_resolve(struct test_domain *dom, unsigned flags, struct test_targets *out, eb_error *err)
{
    bool active = test_is_active(dom);

    if (!(flags & (EB_AFFECT_LIVE | EB_AFFECT_CONFIG)))
        flags |= active ? EB_AFFECT_LIVE : EB_AFFECT_CONFIG;
    if ((flags & EB_AFFECT_LIVE) && test_need_active(dom, err) < 0)
        return -1;
    if ((flags & EB_AFFECT_CONFIG) && !dom->persistent)
        return eb_error_set_from(err, EB_FROM_DOMAIN, EB_ERR_OPERATION_INVALID,
                                 "transient domains do not have any persistent config");
    out->live = flags & EB_AFFECT_LIVE ? dom->def : NULL;
    out->config = !(flags & EB_AFFECT_CONFIG) ? NULL : active ? dom->next : dom->def;
    return 0;
}

struct eb_domain_def *test_resolve_one(struct test_domain *dom, unsigned flags, eb_error *err)
{
    struct test_targets targets;

    if ((flags & EB_AFFECT_LIVE) && (flags & EB_AFFECT_CONFIG)) {
        eb_error_set_arg(err, EB_FROM_DOMAIN,
                         "Flags 'VIR_DOMAIN_AFFECT_LIVE' and 'VIR_DOMAIN_AFFECT_CONFIG' are mutually "
                         "exclusive");
        return NULL;
    }
    if (test_resolve(dom, flags, &targets, err) < 0)
        return NULL;
    return targets.live ? targets.live : targets.config;
}
