/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Networks and pools, whose lives are alike, and what all objects of a test world have in common. */
#include "test/objects.h"

#include "test/world.h"

/* How the kinds differ where they do the same. */
static const struct {
    const char *what;       /* "no WHAT with matching name" */
    const char *short_what; /* "WHAT 'x' already exists" */
    eb_error_code missing;
} words[EB_OBJECT_LAST] = {
    [EB_OBJECT_NETWORK] = {"network", "network", EB_ERR_NO_NETWORK},
    [EB_OBJECT_POOL] = {"storage pool", "pool", EB_ERR_NO_STORAGE_POOL},
    [EB_OBJECT_VOLUME] = {"storage vol", "volume", EB_ERR_NO_STORAGE_VOL},
    [EB_OBJECT_IFACE] = {"interface", "interface", EB_ERR_NO_INTERFACE},
    [EB_OBJECT_NODEDEV] = {"node device", "device", EB_ERR_NO_NODE_DEVICE},
};

static bool has_uuid(enum eb_object_kind kind)
{
    return kind == EB_OBJECT_NETWORK || kind == EB_OBJECT_POOL;
}

/* ---- The world's lists ---- */

static void free_object(struct test_object *object)
{
    for (size_t i = 0; i < object->n_volumes; i++)
        free_object(object->volumes[i]);
    free(object->volumes);
    eb_object_def_free(object->def);
    eb_object_def_free(object->next);
    free(object);
}

void test_list_clear(struct test_list *list)
{
    for (size_t i = 0; i < list->n; i++)
        free_object(list->items[i]);
    free(list->items);
    memset(list, 0, sizeof(*list));
}

void test_objects_free(struct test_objects *objects)
{
    for (size_t i = 0; i < EB_OBJECT_LAST; i++)
        test_list_clear(&objects->lists[i]);
    test_list_clear(&objects->before);
}

struct test_object *test_object_add(struct test_list *list, struct eb_object_def *def)
{
    struct test_object *object = EB_NEW(struct test_object);

    if (has_uuid(def->kind) && !def->has_uuid) {
        eb_uuid_generate(def->uuid);
        def->has_uuid = true;
    }
    object->def = def;
    *EB_APPEND(list->items, list->n) = object;
    return object;
}

void test_object_remove(struct test_list *list, struct test_object *object)
{
    for (size_t i = 0; i < list->n; i++) {
        if (list->items[i] == object) {
            memmove(&list->items[i], &list->items[i + 1], (list->n - i - 1) * sizeof(*list->items));
            list->n--;
            free_object(object);
            return;
        }
    }
}

struct test_object *test_object_by_name(const struct test_world *world, enum eb_object_kind kind,
                                        const char *name)
{
    const struct test_list *list = &world->objects.lists[kind];

    for (size_t i = 0; i < list->n; i++) {
        if (eb_streq(list->items[i]->def->name, name))
            return list->items[i];
    }
    return NULL;
}

static struct test_object *by_uuid(const struct test_world *world, enum eb_object_kind kind, eb_uuid uuid)
{
    const struct test_list *list = &world->objects.lists[kind];

    for (size_t i = 0; i < list->n; i++) {
        if (memcmp(list->items[i]->def->uuid, uuid, 16) == 0)
            return list->items[i];
    }
    return NULL;
}

static struct test_object *need_name(const struct test_world *world, enum eb_object_kind kind,
                                     const char *name, eb_error *err)
{
    struct test_object *object = test_object_by_name(world, kind, name);

    if (!object)
        eb_error_set(err, words[kind].missing, "no %s with matching name '%s'", words[kind].what, name);
    return object;
}

static struct test_object *need_uuid(const struct test_world *world, enum eb_object_kind kind, eb_uuid uuid,
                                     eb_error *err)
{
    struct test_object *object = by_uuid(world, kind, uuid);
    char text[EB_UUID_STRLEN + 1];

    if (!object) {
        eb_uuid_format(uuid, text);
        eb_error_set(err, words[kind].missing, "no %s with matching uuid '%s'", words[kind].what, text);
    }
    return object;
}

struct test_object *test_object_need(const struct test_world *world, enum eb_object_kind kind,
                                     const struct eb_object_key *key, eb_error *err)
{
    return has_uuid(kind) ? need_uuid(world, kind, key->uuid, err) : need_name(world, kind, key->name, err);
}

void test_object_key_of(const struct test_object *object, struct eb_object_key *out)
{
    const struct eb_object_def *def = object->def;

    memset(out, 0, sizeof(*out));
    memcpy(out->uuid, def->uuid, sizeof(out->uuid));
    out->name = eb_strdup(def->name);
    if (def->kind == EB_OBJECT_IFACE) {
        const char *mac = ((const struct eb_iface_def *)def)->mac;

        out->also = eb_strdup(mac ? mac : "");
    } else if (def->kind == EB_OBJECT_NODEDEV) {
        out->also = eb_strdup(((const struct eb_nodedev_def *)def)->parent);
    }
}

int test_object_list(eb_conn *conn, enum eb_object_kind kind, struct eb_object_summary **out)
{
    TEST_AUTOLEAVE struct test_world *world = test_world_enter(conn);
    const struct test_list *list = &world->objects.lists[kind];

    *out = eb_calloc(list->n + 1, sizeof(**out));
    for (size_t i = 0; i < list->n; i++) {
        const struct test_object *object = list->items[i];
        struct eb_object_summary *s = &(*out)[i];

        test_object_key_of(object, &s->key);
        s->active = object->active;
        s->persistent = object->persistent;
        s->autostart = object->autostart;
        s->filters = eb_object_def_filters(object->def);
    }
    return (int)list->n;
}

int test_object_lookup_name(eb_conn *conn, enum eb_object_kind kind, const char *name,
                            struct eb_object_key *out, eb_error *err)
{
    TEST_AUTOLEAVE struct test_world *world = test_world_enter(conn);
    struct test_object *object = need_name(world, kind, name, err);

    if (!object)
        return -1;
    test_object_key_of(object, out);
    return 0;
}

int test_object_get_def(eb_conn *conn, enum eb_object_kind kind, const struct eb_object_key *key,
                        unsigned flags, const char *function, struct eb_object_def **out, eb_error *err)
{
    TEST_AUTOLEAVE struct test_world *world = test_world_enter(conn);
    struct test_object *object;

    if (eb_check_flags(flags, 0, function, err) < 0)
        return -1;
    object = test_object_need(world, kind, key, err);
    if (!object)
        return -1;
    *out = eb_object_def_copy(object->def);
    return 0;
}

/* ---- The lives of networks and pools ---- */

/* The events have the same numbers for both. */
enum {
    DEFINED = EB_NETWORK_EVENT_DEFINED,
    UNDEFINED = EB_NETWORK_EVENT_UNDEFINED,
    STARTED = EB_NETWORK_EVENT_STARTED,
    STOPPED = EB_NETWORK_EVENT_STOPPED,
};

static void tell(struct test_world *world, const struct test_object *object, int event)
{
    test_emit_object(world, object, EB_NETWORK_EVENT_ID_LIFECYCLE, event);
}

static int check_identity(const struct test_world *world, const struct eb_object_def *def, bool start,
                          struct test_object **existing, eb_error *err)
{
    struct test_object *same = def->has_uuid ? by_uuid(world, def->kind, def->uuid) : NULL;
    struct test_object *same_name = test_object_by_name(world, def->kind, def->name);
    const char *what = words[def->kind].short_what;
    char text[EB_UUID_STRLEN + 1];

    if (same && same != same_name) {
        eb_uuid_format(same->def->uuid, text);
        return eb_error_set(err, EB_ERR_OPERATION_FAILED, "%s '%s' is already defined with uuid %s", what,
                            same->def->name, text);
    }
    if (!same && same_name) {
        eb_uuid_format(same_name->def->uuid, text);
        return eb_error_set(err, EB_ERR_OPERATION_FAILED, "%s '%s' already exists with uuid %s", what,
                            def->name, text);
    }
    if (same && start && same->active)
        return eb_error_set(err, EB_ERR_OPERATION_INVALID, "%s is already active as '%s'", what, def->name);
    *existing = same;
    return 0;
}

static struct eb_object_def *own_copy(const struct eb_object_def *def)
{
    struct eb_object_def *copy = eb_object_def_copy(def);

    if (copy->kind == EB_OBJECT_POOL)
        test_pool_fill(copy);
    return copy;
}

static void replace_def(struct test_object *object, struct eb_object_def *def)
{
    eb_object_def_free(object->def);
    object->def = def;
}

static int define(eb_conn *conn, const struct eb_object_def *def, struct eb_object_key *out, eb_error *err)
{
    TEST_AUTOLEAVE struct test_world *world = test_world_enter(conn);
    struct test_object *object;

    if (check_identity(world, def, false, &object, err) < 0)
        return -1;
    if (!object) {
        object = test_object_add(&world->objects.lists[def->kind], own_copy(def));
    } else if (object->active) {
        eb_object_def_free(object->next);
        object->next = own_copy(def);
    } else {
        replace_def(object, own_copy(def));
    }
    object->persistent = true;
    tell(world, object, DEFINED);
    test_object_key_of(object, out);
    return 0;
}

static int create(eb_conn *conn, const struct eb_object_def *def, struct eb_object_key *out, eb_error *err)
{
    TEST_AUTOLEAVE struct test_world *world = test_world_enter(conn);
    struct test_object *object;

    if (check_identity(world, def, true, &object, err) < 0)
        return -1;
    if (!object) {
        object = test_object_add(&world->objects.lists[def->kind], own_copy(def));
    } else {
        object->next = EB_STEAL(object->def);
        object->def = own_copy(def);
    }
    object->active = true;
    tell(world, object, STARTED);
    test_object_key_of(object, out);
    return 0;
}

static void stop(struct test_world *world, struct test_object *object)
{
    object->active = false;
    if (object->next)
        replace_def(object, EB_STEAL(object->next));
    tell(world, object, STOPPED);
    if (!object->persistent)
        test_object_remove(&world->objects.lists[object->def->kind], object);
}

static int network_define(eb_conn *conn, const struct eb_object_def *def, unsigned flags,
                          struct eb_object_key *out, eb_error *err)
{
    return eb_check_flags(flags, 0, "testNetworkDefineXMLFlags", err) < 0 ? -1 : define(conn, def, out, err);
}

static int network_create(eb_conn *conn, const struct eb_object_def *def, unsigned flags,
                          struct eb_object_key *out, eb_error *err)
{
    return eb_check_flags(flags, 0, "testNetworkCreateXMLFlags", err) < 0 ? -1 : create(conn, def, out, err);
}

static int pool_define(eb_conn *conn, const struct eb_object_def *def, unsigned flags,
                       struct eb_object_key *out, eb_error *err)
{
    return eb_check_flags(flags, 0, "testStoragePoolDefineXML", err) < 0 ? -1 : define(conn, def, out, err);
}

static int pool_create(eb_conn *conn, const struct eb_object_def *def, unsigned flags,
                       struct eb_object_key *out, eb_error *err)
{
    return eb_check_flags(flags, 0, "testStoragePoolCreateXML", err) < 0 ? -1 : create(conn, def, out, err);
}

/* libvirt's test driver lets an inactive network be destroyed again. */
static int network_destroy(eb_conn *conn, const struct eb_object_key *key, unsigned flags EB_UNUSED,
                           eb_error *err)
{
    TEST_AUTOLEAVE struct test_world *world = test_world_enter(conn);
    struct test_object *object = test_object_need(world, EB_OBJECT_NETWORK, key, err);

    if (!object)
        return -1;
    stop(world, object);
    return 0;
}

static int pool_destroy(eb_conn *conn, const struct eb_object_key *key, unsigned flags EB_UNUSED,
                        eb_error *err)
{
    TEST_AUTOLEAVE struct test_world *world = test_world_enter(conn);
    struct test_object *object = test_object_need(world, EB_OBJECT_POOL, key, err);

    if (!object)
        return -1;
    if (!object->active)
        return eb_error_set(err, EB_ERR_OPERATION_INVALID, "storage pool '%s' is not active",
                            object->def->name);
    stop(world, object);
    return 0;
}

static int network_start(eb_conn *conn, const struct eb_object_key *key, unsigned flags EB_UNUSED,
                         eb_error *err)
{
    TEST_AUTOLEAVE struct test_world *world = test_world_enter(conn);
    struct test_object *object = test_object_need(world, EB_OBJECT_NETWORK, key, err);

    if (!object)
        return -1;
    if (object->active)
        return eb_error_set(err, EB_ERR_OPERATION_INVALID, "Network '%s' is already running",
                            object->def->name);
    object->active = true;
    tell(world, object, STARTED);
    return 0;
}

static int pool_start(eb_conn *conn, const struct eb_object_key *key, unsigned flags, eb_error *err)
{
    TEST_AUTOLEAVE struct test_world *world = test_world_enter(conn);
    struct test_object *object;

    if (eb_check_flags(flags, 0, "testStoragePoolCreate", err) < 0)
        return -1;
    object = test_object_need(world, EB_OBJECT_POOL, key, err);
    if (!object)
        return -1;
    if (object->active)
        return eb_error_set(err, EB_ERR_OPERATION_INVALID, "storage pool '%s' is active", object->def->name);
    object->active = true;
    tell(world, object, STARTED);
    return 0;
}

static int undefine(eb_conn *conn, enum eb_object_kind kind, const struct eb_object_key *key, eb_error *err)
{
    TEST_AUTOLEAVE struct test_world *world = test_world_enter(conn);
    struct test_object *object = test_object_need(world, kind, key, err);

    if (!object)
        return -1;
    if (object->active && kind == EB_OBJECT_NETWORK)
        return eb_error_set(err, EB_ERR_OPERATION_INVALID, "Network '%s' is still running",
                            object->def->name);
    if (object->active)
        return eb_error_set(err, EB_ERR_OPERATION_INVALID, "storage pool '%s' is active", object->def->name);
    tell(world, object, UNDEFINED);
    test_object_remove(&world->objects.lists[kind], object);
    return 0;
}

static int set_autostart(eb_conn *conn, enum eb_object_kind kind, const struct eb_object_key *key,
                         bool autostart, eb_error *err)
{
    TEST_AUTOLEAVE struct test_world *world = test_world_enter(conn);
    struct test_object *object = test_object_need(world, kind, key, err);

    if (!object)
        return -1;
    if (kind == EB_OBJECT_POOL && !object->persistent)
        return eb_error_set(err, EB_ERR_INVALID_ARG, "pool has no config file");
    object->autostart = autostart;
    return 0;
}

/* ---- Tables ---- */

/* The operations that differ by the kind alone. */
#define SAME(kind, KIND, test_name)                                                                          \
    static int kind##_list(eb_conn *conn, const struct eb_object_key *in EB_UNUSED,                          \
                           struct eb_object_summary **out, eb_error *err EB_UNUSED)                          \
    {                                                                                                        \
        return test_object_list(conn, KIND, out);                                                            \
    }                                                                                                        \
    static int kind##_lookup_name(eb_conn *conn, const struct eb_object_key *in EB_UNUSED, const char *name, \
                                  struct eb_object_key *out, eb_error *err)                                  \
    {                                                                                                        \
        return test_object_lookup_name(conn, KIND, name, out, err);                                          \
    }                                                                                                        \
    static int kind##_lookup_uuid(eb_conn *conn, eb_uuid uuid, struct eb_object_key *out, eb_error *err)     \
    {                                                                                                        \
        TEST_AUTOLEAVE struct test_world *world = test_world_enter(conn);                                    \
        struct test_object *object = need_uuid(world, KIND, uuid, err);                                      \
                                                                                                             \
        if (!object)                                                                                         \
            return -1;                                                                                       \
        test_object_key_of(object, out);                                                                     \
        return 0;                                                                                            \
    }                                                                                                        \
    static int kind##_is_active(eb_conn *conn, const struct eb_object_key *key, eb_error *err)               \
    {                                                                                                        \
        TEST_AUTOLEAVE struct test_world *world = test_world_enter(conn);                                    \
        struct test_object *object = test_object_need(world, KIND, key, err);                                \
                                                                                                             \
        return object ? object->active : -1;                                                                 \
    }                                                                                                        \
    static int kind##_is_persistent(eb_conn *conn, const struct eb_object_key *key, eb_error *err)           \
    {                                                                                                        \
        TEST_AUTOLEAVE struct test_world *world = test_world_enter(conn);                                    \
        struct test_object *object = test_object_need(world, KIND, key, err);                                \
                                                                                                             \
        return object ? object->persistent : -1;                                                             \
    }                                                                                                        \
    static int kind##_get_autostart(eb_conn *conn, const struct eb_object_key *key, eb_error *err)           \
    {                                                                                                        \
        TEST_AUTOLEAVE struct test_world *world = test_world_enter(conn);                                    \
        struct test_object *object = test_object_need(world, KIND, key, err);                                \
                                                                                                             \
        return object ? object->autostart : -1;                                                              \
    }                                                                                                        \
    static int kind##_set_autostart(eb_conn *conn, const struct eb_object_key *key, bool autostart,          \
                                    eb_error *err)                                                           \
    {                                                                                                        \
        return set_autostart(conn, KIND, key, autostart, err);                                               \
    }                                                                                                        \
    static int kind##_get_def(eb_conn *conn, const struct eb_object_key *key, unsigned flags,                \
                              struct eb_object_def **out, eb_error *err)                                     \
    {                                                                                                        \
        return test_object_get_def(conn, KIND, key, flags, test_name "GetXMLDesc", out, err);                \
    }                                                                                                        \
    static int kind##_undefine(eb_conn *conn, const struct eb_object_key *key, eb_error *err)                \
    {                                                                                                        \
        return undefine(conn, KIND, key, err);                                                               \
    }                                                                                                        \
    const struct eb_driver_object_ops test_##kind##_ops = {                                                  \
        .list = kind##_list,                                                                                 \
        .lookup_uuid = kind##_lookup_uuid,                                                                   \
        .lookup_name = kind##_lookup_name,                                                                   \
        .is_active = kind##_is_active,                                                                       \
        .is_persistent = kind##_is_persistent,                                                               \
        .get_def = kind##_get_def,                                                                           \
        .get_autostart = kind##_get_autostart,                                                               \
        .set_autostart = kind##_set_autostart,                                                               \
        .define = kind##_define,                                                                             \
        .create = kind##_create,                                                                             \
        .start = kind##_start,                                                                               \
        .destroy = kind##_destroy,                                                                           \
        .undefine = kind##_undefine,                                                                         \
    }

SAME(network, EB_OBJECT_NETWORK, "testNetwork");
SAME(pool, EB_OBJECT_POOL, "testStoragePool");
