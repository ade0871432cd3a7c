/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What only pools can do, and volumes: numbers and names in memory, without contents. */
#include "test/objects.h"

#include "base/strbuf.h"
#include "model/xml_doc.h"
#include "test/world.h"

static const uint64_t pool_capacity = (uint64_t)100 << 30;

void test_pool_fill(struct eb_object_def *base)
{
    struct eb_pool_def *def = (struct eb_pool_def *)base;

    def->capacity = pool_capacity;
    def->allocation = 0;
    def->available = pool_capacity;
}

/* ---- Pools ---- */

static struct test_object *need_pool(struct test_world *world, const struct eb_object_key *key, bool active,
                                     eb_error *err)
{
    struct test_object *pool = test_object_need(world, EB_OBJECT_POOL, key, err);

    if (!pool || pool->active == active)
        return pool;
    eb_error_set(err, EB_ERR_OPERATION_INVALID, "storage pool '%s' is %s", pool->def->name,
                 active ? "not active" : "active");
    return NULL;
}

static int pool_get_info(eb_conn *conn, const struct eb_object_key *key, eb_pool_info *out, eb_error *err)
{
    TEST_AUTOLEAVE struct test_world *world = test_world_enter(conn);
    struct test_object *pool = test_object_need(world, EB_OBJECT_POOL, key, err);
    const struct eb_pool_def *def;

    if (!pool)
        return -1;
    def = (const struct eb_pool_def *)pool->def;
    out->state = pool->active ? EB_POOL_RUNNING : EB_POOL_INACTIVE;
    out->capacity = def->capacity;
    out->allocation = def->allocation;
    out->available = def->available;
    return 0;
}

/* There is nothing to look for, to make or to remove: the states are checked, and it is told. */
static int check_pool(eb_conn *conn, const struct eb_object_key *key, bool active, unsigned flags,
                      const char *function, int id, int event, eb_error *err)
{
    TEST_AUTOLEAVE struct test_world *world = test_world_enter(conn);
    struct test_object *pool;

    if (eb_check_flags(flags, 0, function, err) < 0)
        return -1;
    pool = need_pool(world, key, active, err);
    if (!pool)
        return -1;
    test_emit_object(world, pool, id, event);
    return 0;
}

static int pool_refresh(eb_conn *conn, const struct eb_object_key *key, unsigned flags, eb_error *err)
{
    return check_pool(conn, key, true, flags, "testStoragePoolRefresh", EB_POOL_EVENT_ID_REFRESH, 0, err);
}

static int pool_build(eb_conn *conn, const struct eb_object_key *key, unsigned flags, eb_error *err)
{
    return check_pool(conn, key, false, flags, "testStoragePoolBuild", EB_POOL_EVENT_ID_LIFECYCLE,
                      EB_POOL_EVENT_CREATED, err);
}

static int pool_delete(eb_conn *conn, const struct eb_object_key *key, unsigned flags, eb_error *err)
{
    return check_pool(conn, key, false, flags, "testStoragePoolDelete", EB_POOL_EVENT_ID_LIFECYCLE,
                      EB_POOL_EVENT_DELETED, err);
}

/* ---- Volumes ---- */

static struct eb_volume_def *volume_def(const struct test_object *volume)
{
    return (struct eb_volume_def *)volume->def;
}

static void volume_key_of(const struct test_object *pool, const struct test_object *volume,
                          struct eb_object_key *out)
{
    test_object_key_of(volume, out);
    out->pool = eb_strdup(pool->def->name);
    out->also = eb_strdup(volume_def(volume)->key);
}

static struct test_object *find_volume(const struct test_object *pool, const char *name)
{
    for (size_t i = 0; i < pool->n_volumes; i++) {
        if (eb_streq(pool->volumes[i]->def->name, name))
            return pool->volumes[i];
    }
    return NULL;
}

static struct test_object *need_volume(const struct test_object *pool, const char *name, eb_error *err)
{
    struct test_object *volume = find_volume(pool, name);

    if (!volume)
        eb_error_set(err, EB_ERR_NO_STORAGE_VOL, "no storage vol with matching name '%s'", name);
    return volume;
}

/* The volume of a handle and its pool, which must be active. */
static struct test_object *volume_of(struct test_world *world, const struct eb_object_key *key,
                                     struct test_object **pool, eb_error *err)
{
    struct test_object *found = test_object_by_name(world, EB_OBJECT_POOL, key->pool);

    if (!found) {
        eb_error_set(err, EB_ERR_NO_STORAGE_POOL, "no storage pool with matching name '%s'", key->pool);
        return NULL;
    }
    if (!found->active) {
        eb_error_set(err, EB_ERR_OPERATION_INVALID, "storage pool '%s' is not active", key->pool);
        return NULL;
    }
    *pool = found;
    return need_volume(found, key->name, err);
}

static int volume_list(eb_conn *conn, const struct eb_object_key *in, struct eb_object_summary **out,
                       eb_error *err)
{
    TEST_AUTOLEAVE struct test_world *world = test_world_enter(conn);
    struct test_object *pool = test_object_need(world, EB_OBJECT_POOL, in, err);

    if (!pool)
        return -1;
    if (!pool->active)
        return eb_error_set(err, EB_ERR_OPERATION_INVALID, "storage pool is not active");
    *out = eb_calloc(pool->n_volumes + 1, sizeof(**out));
    for (size_t i = 0; i < pool->n_volumes; i++) {
        volume_key_of(pool, pool->volumes[i], &(*out)[i].key);
        (*out)[i].active = true;
    }
    return (int)pool->n_volumes;
}

static int volume_lookup_name(eb_conn *conn, const struct eb_object_key *in, const char *name,
                              struct eb_object_key *out, eb_error *err)
{
    TEST_AUTOLEAVE struct test_world *world = test_world_enter(conn);
    struct test_object *pool = need_pool(world, in, true, err);
    struct test_object *volume = pool ? need_volume(pool, name, err) : NULL;

    if (!volume)
        return -1;
    volume_key_of(pool, volume, out);
    return 0;
}

/* In the active pools: by key or, where that is NULL, by path. */
static int lookup(eb_conn *conn, const char *key, const char *path, struct eb_object_key *out, eb_error *err)
{
    TEST_AUTOLEAVE struct test_world *world = test_world_enter(conn);
    const struct test_list *pools = &world->objects.lists[EB_OBJECT_POOL];

    for (size_t i = 0; i < pools->n; i++) {
        const struct test_object *pool = pools->items[i];

        for (size_t j = 0; pool->active && j < pool->n_volumes; j++) {
            const struct eb_volume_def *def = volume_def(pool->volumes[j]);

            if (eb_streq(key ? def->key : def->path, key ? key : path)) {
                volume_key_of(pool, pool->volumes[j], out);
                return 0;
            }
        }
    }
    return eb_error_set(err, EB_ERR_NO_STORAGE_VOL, "no storage vol with matching %s '%s'",
                        key ? "key" : "path", key ? key : path);
}

static int volume_lookup_key(eb_conn *conn, const char *key, struct eb_object_key *out, eb_error *err)
{
    return lookup(conn, key, NULL, out, err);
}

static int volume_lookup_path(eb_conn *conn, const char *path, struct eb_object_key *out, eb_error *err)
{
    return lookup(conn, NULL, path, out, err);
}

static int volume_get_def(eb_conn *conn, const struct eb_object_key *key, unsigned flags,
                          struct eb_object_def **out, eb_error *err)
{
    TEST_AUTOLEAVE struct test_world *world = test_world_enter(conn);
    struct test_object *pool, *volume;

    if (eb_check_flags(flags, 0, "testStorageVolGetXMLDesc", err) < 0)
        return -1;
    volume = volume_of(world, key, &pool, err);
    if (!volume)
        return -1;
    *out = eb_object_def_copy(volume->def);
    return 0;
}

static int volume_get_path(eb_conn *conn, const struct eb_object_key *key, char **out, eb_error *err)
{
    TEST_AUTOLEAVE struct test_world *world = test_world_enter(conn);
    struct test_object *pool, *volume = volume_of(world, key, &pool, err);

    if (!volume)
        return -1;
    *out = eb_strdup(volume_def(volume)->path);
    return 0;
}

static eb_volume_type volume_type(const char *type)
{
    static const char *const types[] = {"file", "block", "dir", "network", "netdir", "ploop"};

    for (size_t i = 0; i < EB_ARRAY_SIZE(types); i++) {
        if (eb_streq(types[i], type))
            return (eb_volume_type)i;
    }
    return EB_VOLUME_FILE;
}

static int volume_get_info(eb_conn *conn, const struct eb_object_key *key, eb_volume_info *out, eb_error *err)
{
    TEST_AUTOLEAVE struct test_world *world = test_world_enter(conn);
    struct test_object *pool, *volume = volume_of(world, key, &pool, err);

    if (!volume)
        return -1;
    out->type = volume_type(volume_def(volume)->type);
    out->capacity = volume_def(volume)->capacity;
    out->allocation = volume_def(volume)->allocation;
    return 0;
}

static void account(struct test_object *pool, uint64_t more, uint64_t less)
{
    struct eb_pool_def *def = (struct eb_pool_def *)pool->def;

    def->allocation += more;
    def->allocation -= less;
    def->available = def->capacity - def->allocation;
}

static struct test_object *add_volume(struct test_object *pool, const struct eb_volume_def *def)
{
    const char *target = ((const struct eb_pool_def *)pool->def)->target;
    struct eb_volume_def *copy = (struct eb_volume_def *)eb_object_def_copy(&def->base);
    struct test_list volumes = {pool->volumes, pool->n_volumes};
    struct test_object *volume;

    copy->allocation_implied = false;
    free(copy->path);
    copy->path = eb_asprintf("%s/%s", target ? target : "", def->base.name);
    eb_replace_string(&copy->key, copy->path);
    volume = test_object_add(&volumes, &copy->base);
    pool->volumes = volumes.items;
    pool->n_volumes = volumes.n;
    account(pool, copy->allocation, 0);
    return volume;
}

static int volume_create(eb_conn *conn, const struct eb_object_key *key, const struct eb_volume_def *def,
                         const struct eb_object_key *from, unsigned flags, struct eb_object_key *out,
                         eb_error *err)
{
    TEST_AUTOLEAVE struct test_world *world = test_world_enter(conn);
    struct test_object *pool, *from_pool;

    if (eb_check_flags(flags, 0, from ? "testStorageVolCreateXMLFrom" : "testStorageVolCreateXML", err) < 0)
        return -1;
    pool = need_pool(world, key, true, err);
    if (!pool || (from && !volume_of(world, from, &from_pool, err)))
        return -1;
    if (find_volume(pool, def->base.name))
        return eb_error_set(err, EB_ERR_OPERATION_FAILED, "storage vol already exists");
    if (def->allocation > ((const struct eb_pool_def *)pool->def)->available)
        return eb_error_set(err, EB_ERR_INTERNAL_ERROR, "Not enough free space in pool for volume '%s'",
                            def->base.name);
    volume_key_of(pool, add_volume(pool, def), out);
    return 0;
}

static int volume_delete(eb_conn *conn, const struct eb_object_key *key, unsigned flags, eb_error *err)
{
    TEST_AUTOLEAVE struct test_world *world = test_world_enter(conn);
    struct test_object *pool, *volume;
    struct test_list volumes;

    if (eb_check_flags(flags, 0, "testStorageVolDelete", err) < 0)
        return -1;
    volume = volume_of(world, key, &pool, err);
    if (!volume)
        return -1;
    account(pool, 0, volume_def(volume)->allocation);
    volumes = (struct test_list){pool->volumes, pool->n_volumes};
    test_object_remove(&volumes, volume);
    pool->n_volumes = volumes.n;
    return 0;
}

/* ---- Sources ---- */

static const char logical_sources[] = "<sources>\n"
                                      "  <source>\n"
                                      "    <device path='/dev/sda20'/>\n"
                                      "    <name>testvg1</name>\n"
                                      "    <format type='lvm2'/>\n"
                                      "  </source>\n"
                                      "  <source>\n"
                                      "    <device path='/dev/sda21'/>\n"
                                      "    <name>testvg2</name>\n"
                                      "    <format type='lvm2'/>\n"
                                      "  </source>\n"
                                      "</sources>\n";

/* The host that a <source> names. */
static int source_host(const char *spec, char **out, eb_error *err)
{
    EB_AUTODOC xmlDoc *doc = eb_xml_doc_parse(spec, "(storage_source_specification)", err);
    xmlNode *root = doc ? xmlDocGetRootElement(doc) : NULL;

    *out = NULL;
    for (xmlNode *node = root ? root->children : NULL; node && !*out; node = node->next) {
        xmlChar *name = xmlStrEqual(node->name, (const xmlChar *)"host")
                            ? xmlGetProp(node, (const xmlChar *)"name")
                            : NULL;

        if (name)
            *out = eb_strdup((const char *)name);
        xmlFree(name);
    }
    if (!doc)
        return -1;
    return *out ? 0 : eb_error_set(err, EB_ERR_XML_ERROR, "missing host name in <source>");
}

static int netfs_sources(const char *spec, char **xml, eb_error *err)
{
    EB_AUTOSTRBUF struct eb_strbuf b = {0};
    EB_AUTOFREE char *host = NULL;

    if (source_host(spec, &host, err) < 0)
        return -1;
    eb_strbuf_add(&b, "<sources>\n  <source>\n    <host");
    eb_strbuf_attr(&b, "name", host);
    eb_strbuf_add(&b,
                  "/>\n    <dir path='/testshare'/>\n    <format type='nfs'/>\n  </source>\n</sources>\n");
    *xml = eb_strbuf_steal(&b);
    return 0;
}

static int find_pool_sources(eb_conn *conn EB_UNUSED, const char *type, const char *spec, unsigned flags,
                             char **xml, eb_error *err)
{
    int known = eb_pool_type_from_string(type);

    if (eb_check_flags(flags, 0, "testConnectFindStoragePoolSources", err) < 0)
        return -1;
    /* libvirt's test driver does not know `dir` either */
    if (known == EB_POOL_DIR)
        return eb_error_set(err, EB_ERR_INTERNAL_ERROR, "unknown storage pool type %s", type);
    if (known == EB_POOL_LOGICAL) {
        *xml = eb_strdup(logical_sources);
        return 0;
    }
    if (known == EB_POOL_NETFS && !spec)
        return eb_error_set(err, EB_ERR_INVALID_ARG, "hostname must be specified for netfs sources");
    if (known == EB_POOL_NETFS)
        return netfs_sources(spec, xml, err);
    return eb_error_set(err, EB_ERR_NO_SUPPORT, "pool type '%s' does not support source discovery", type);
}

const struct eb_driver_object_ops test_volume_ops = {
    .list = volume_list,
    .lookup_name = volume_lookup_name,
    .get_def = volume_get_def,
};

const struct eb_driver_storage_ops test_storage_ops = {
    .find_pool_sources = find_pool_sources,
    .pool_get_info = pool_get_info,
    .pool_refresh = pool_refresh,
    .pool_build = pool_build,
    .pool_delete = pool_delete,
    .volume_lookup_key = volume_lookup_key,
    .volume_lookup_path = volume_lookup_path,
    .volume_get_info = volume_get_info,
    .volume_get_path = volume_get_path,
    .volume_create = volume_create,
    .volume_delete = volume_delete,
};
