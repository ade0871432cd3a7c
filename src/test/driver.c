/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "test/driver.h"

#include "test/checkpoint.h"
#include "test/ops.h"
#include "test/snapshot.h"
#include "test/stats.h"
#include "test/tune.h"

#define MAX_JOB_MS 3600000

/* The world of test:///default. */
static struct {
    pthread_mutex_t lock;
    struct test_world *world; /* NULL while no connection has it */
    unsigned users;
} shared = {.lock = PTHREAD_MUTEX_INITIALIZER};

static bool is_default(const struct eb_uri *uri)
{
    return strcmp(uri->path, "/default") == 0;
}

static int probe(const struct eb_uri *uri, eb_error *err)
{
    if (!eb_streq(uri->scheme, "test"))
        return 0;
    if (!uri->path || !*uri->path || strcmp(uri->path, "/") == 0)
        return eb_error_set(err, EB_ERR_INVALID_ARG, "testOpen: supply a path or use test:///default");
    return 1;
}

/* Always there; the drivers before it have been asked first. */
static int probe_default(char **uri)
{
    *uri = eb_strdup("test:///default");
    return 1;
}

static int open_default(eb_conn *conn, eb_error *err)
{
    int result = 0;

    pthread_mutex_lock(&shared.lock);
    if (!shared.world) {
        shared.world = test_world_new();
        result = test_world_add_default(shared.world, err);
        if (result < 0) {
            test_world_free(shared.world);
            shared.world = NULL;
        }
    }
    if (result == 0) {
        shared.users++;
        eb_conn_set_private(conn, shared.world);
        eb_event_hub_join(shared.world->hub, conn);
    }
    pthread_mutex_unlock(&shared.lock);
    return result;
}

static int open_file(eb_conn *conn, const char *path, eb_error *err)
{
    struct test_world *world = test_world_new();

    if (test_world_load(world, path, err) < 0) {
        test_world_free(world);
        return -1;
    }
    eb_conn_set_private(conn, world);
    eb_event_hub_join(world->hub, conn);
    return 0;
}

/* `?job-ms=N`: operations that a hypervisor takes time for are to take so long. */
static int read_job_ms(const struct eb_uri *uri, unsigned *out, eb_error *err)
{
    const char *text = eb_uri_query(uri, "job-ms");
    unsigned long ms;
    char *end;

    *out = 0;
    if (!text)
        return 0;
    ms = strtoul(text, &end, 10);
    if (*text < '0' || *text > '9' || *end || ms > MAX_JOB_MS)
        return eb_error_set(err, EB_ERR_INVALID_ARG, "job-ms=%s: expected a number of milliseconds up to %d",
                            text, MAX_JOB_MS);
    *out = (unsigned)ms;
    return 0;
}

static void set_job_ms(eb_conn *conn, unsigned ms)
{
    TEST_AUTOLEAVE struct test_world *world = test_world_enter(conn);

    world->job_ms = ms;
}

static int open_conn(eb_conn *conn, const struct eb_uri *uri, eb_error *err)
{
    unsigned job_ms;

    if (read_job_ms(uri, &job_ms, err) < 0 ||
        (is_default(uri) ? open_default(conn, err) : open_file(conn, uri->path, err)) < 0)
        return -1;
    if (job_ms > 0)
        set_job_ms(conn, job_ms);
    return 0;
}

static void destroy_autodestroyed(struct test_world *world, eb_conn *conn)
{
    struct test_domain *dom, *tmp;

    pthread_mutex_lock(&world->lock);
    HASH_ITER (by_uuid, world->by_uuid, dom, tmp) {
        if (dom->autodestroy == conn)
            test_stop(world, dom, EB_SHUTOFF_DESTROYED);
    }
    pthread_mutex_unlock(&world->lock);
}

static void close_conn(eb_conn *conn)
{
    struct test_world *world = eb_conn_get_private(conn);

    destroy_autodestroyed(world, conn);
    eb_event_hub_leave(world->hub, conn);
    pthread_mutex_lock(&shared.lock);
    if (world == shared.world) {
        if (--shared.users == 0)
            shared.world = NULL;
        else
            world = NULL;
    }
    pthread_mutex_unlock(&shared.lock);
    test_world_free(world);
}

static int is_alive(eb_conn *conn EB_UNUSED, eb_error *err EB_UNUSED)
{
    return 1;
}

static bool try_hold(eb_conn *conn)
{
    struct test_world *world = eb_conn_get_private(conn);

    return pthread_mutex_trylock(&world->lock) == 0;
}

static void let_go(eb_conn *conn)
{
    struct test_world *world = eb_conn_get_private(conn);

    pthread_mutex_unlock(&world->lock);
}

static int is_encrypted(eb_conn *conn EB_UNUSED, eb_error *err EB_UNUSED)
{
    return 0;
}

static int is_secure(eb_conn *conn EB_UNUSED, eb_error *err EB_UNUSED)
{
    return 1;
}

const struct eb_driver eb_test_driver = {
    .name = "test",
    .type = "TEST",
    .error_domain = EB_FROM_TEST,
    .virt = EB_VIRT_TEST,
    .conn =
        {
            .probe = probe,
            .probe_default = probe_default,
            .open = open_conn,
            .close = close_conn,
            .get_version = test_get_version,
            .get_capabilities = test_get_capabilities,
            .get_max_vcpus = test_get_max_vcpus,
            .get_domain_capabilities = test_get_domain_capabilities,
            .get_sysinfo = test_get_sysinfo,
            .is_alive = is_alive,
            .try_hold = try_hold,
            .let_go = let_go,
            .is_encrypted = is_encrypted,
            .is_secure = is_secure,
        },
    .object =
        {
            [EB_OBJECT_NETWORK] = &test_network_ops,
            [EB_OBJECT_POOL] = &test_pool_ops,
            [EB_OBJECT_VOLUME] = &test_volume_ops,
            [EB_OBJECT_IFACE] = &test_iface_ops,
            [EB_OBJECT_NODEDEV] = &test_nodedev_ops,
        },
    .network = &test_network_own_ops,
    .storage = &test_storage_ops,
    .iface = &test_iface_own_ops,
    .nodedev = &test_nodedev_own_ops,
    .snapshot = &test_snapshot_ops,
    .checkpoint = &test_checkpoint_ops,
    .stats = &test_stats_ops,
    .guest = &test_guest_ops,
    .tune = &test_tune_ops,
    .node =
        {
            .get_info = test_node_get_info,
            .get_free_memory = test_node_get_free_memory,
            .get_cells_free_memory = test_node_get_cells_free_memory,
            .get_security_model = test_node_get_security_model,
        },
    .domain =
        {
            .list = test_list,
            .lookup_uuid = test_lookup_uuid,
            .lookup_name = test_lookup_name,
            .lookup_id = test_lookup_id,
            .get_state = test_get_state,
            .get_info = test_get_info,
            .get_os_type = test_get_os_type,
            .is_active = test_domain_is_active,
            .is_persistent = test_domain_is_persistent,
            .is_updated = test_domain_is_updated,
            .get_def = test_get_def,
            .define = test_define,
            .create = test_create,
            .undefine = test_undefine,
            .start = test_start,
            .suspend = test_suspend,
            .resume = test_resume,
            .shutdown = test_shutdown,
            .reboot = test_reboot,
            .reset = test_reset,
            .destroy = test_destroy,
            .save = test_save,
            .restore = test_restore,
            .save_image_get_def = test_save_image_get_def,
            .managed_save = test_managed_save,
            .has_managed_save = test_has_managed_save,
            .managed_save_remove = test_managed_save_remove,
            .get_autostart = test_get_autostart,
            .set_autostart = test_set_autostart,
            .get_max_memory = test_get_max_memory,
            .set_memory = test_set_memory,
            .get_vcpus = test_get_vcpus,
            .set_vcpus = test_set_vcpus,
            .get_vcpu_info = test_get_vcpu_info,
            .get_metadata = test_get_metadata,
            .set_metadata = test_set_metadata,
            .rename = test_rename,
            .get_security_label = test_get_security_label,
            .get_messages = test_get_messages,
            .job_world = test_job_world,
        },
    .device =
        {
            .attach = test_attach,
            .detach = test_detach,
            .update = test_update,
        },
    .event = {.has = test_has_event},
};
