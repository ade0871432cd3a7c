/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Pools: folders, noted in VirtualBox's extra data Everbox/Pool/UUID as words and the definition. A pool that
 * was started or stopped stays so until the host boots anew; then those with autostart are active.
 */
#include "vbox/storage.h"

#include "vbox/domain.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#define POOL_KEY VBOX_EXTRA_PREFIX "Pool/"
#define BOOT_ID "/proc/sys/kernel/random/boot_id"

enum {
    MAX_MODE = 07777,
    BUILD_FLAGS = 1 << 0 | 1 << 1 | 1 << 2,
    XML_INACTIVE = 1 << 0, /* VIR_STORAGE_XML_INACTIVE */
};

/* Between reading the pools and writing one. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void unlock(pthread_mutex_t **held)
{
    pthread_mutex_unlock(*held);
}
static pthread_mutex_t *take_lock(void)
{
    pthread_mutex_lock(&lock);
    return &lock;
}
#define POOL_LOCKED __attribute__((cleanup(unlock), unused)) pthread_mutex_t *held = take_lock()

void vbox_pool_clear(struct vbox_pool *pool)
{
    eb_object_def_free(pool->def ? &pool->def->base : NULL);
    memset(pool, 0, sizeof(*pool));
}

void vbox_pools_free(struct vbox_pool *pools, size_t n)
{
    for (size_t i = 0; i < n; i++)
        vbox_pool_clear(&pools[i]);
    free(pools);
}

/* ---- The notes ---- */

static char *key_of(eb_uuid uuid)
{
    char id[EB_UUID_STRLEN + 1];

    eb_uuid_format(uuid, id);
    return eb_asprintf(POOL_KEY "%s", id);
}

/* What tells this run of the host from others. */
static char *boot(void)
{
    char *id = NULL;
    size_t n;

    if (eb_read_file(BOOT_ID, 64, &id, &n) < 0)
        return eb_strdup("unknown");
    id[strcspn(id, "\n")] = '\0';
    return id;
}

static char *note_of(const struct vbox_pool *pool)
{
    EB_AUTOFREE char *id = boot(), *xml = eb_object_def_format(&pool->def->base);

    return eb_asprintf("%s=%s%s%s %s", pool->active ? "started" : "stopped", id,
                       pool->autostart ? " autostart" : "", pool->persistent ? " persistent" : "", xml);
}

/* False for one that is gone: transient, and of another run of the host; or damaged. */
static bool read_note(const char *note, struct vbox_pool *out)
{
    EB_AUTOERROR eb_error why = EB_ERROR_INIT;
    EB_AUTOFREE char *id = boot(), *started = eb_asprintf("started=%s", id),
                     *stopped = eb_asprintf("stopped=%s", id);
    struct eb_object_def *def = NULL;
    const char *xml = strchr(note, '<');
    EB_AUTOFREE char *words = xml ? eb_strndup(note, (size_t)(xml - note)) : NULL;
    char *rest = NULL;
    bool told = false;

    memset(out, 0, sizeof(*out));
    if (!xml)
        return false;
    for (char *word = strtok_r(words, " ", &rest); word; word = strtok_r(NULL, " ", &rest)) {
        out->active |= eb_streq(word, started);
        told |= eb_streq(word, started) || eb_streq(word, stopped);
        out->autostart |= eb_streq(word, "autostart");
        out->persistent |= eb_streq(word, "persistent");
    }
    if (!told)
        out->active = out->persistent && out->autostart;
    if (!out->persistent && !out->active)
        return false;
    if (eb_object_def_parse(EB_OBJECT_POOL, xml, &def, &why) < 0) {
        eb_log(EB_LOG_WARN, "vbox", "a note of a pool cannot be read: %s", eb_error_message(&why));
        return false;
    }
    out->def = (struct eb_pool_def *)def;
    return true;
}

int vbox_pools_read(struct vbox_conn *c, IVirtualBox *vbox, struct vbox_pool **out, eb_error *err)
{
    char **keys = NULL;
    size_t n_keys = 0, n = 0;
    int result = 0;

    *out = NULL;
    if (vbox_global_keys(c, vbox, &n_keys, &keys, err) < 0)
        return -1;
    for (size_t i = 0; i < n_keys && result == 0; i++) {
        EB_AUTOFREE char *note = NULL;
        struct vbox_pool pool;

        if (!eb_starts_with(keys[i], POOL_KEY))
            continue;
        result = vbox_global_get(c, vbox, keys[i], &note, err);
        if (result == 0 && read_note(note, &pool))
            *EB_APPEND(*out, n) = pool;
    }
    vb_strings_free(n_keys, keys);
    if (result == 0)
        return (int)n;
    vbox_pools_free(*out, n);
    *out = NULL;
    return -1;
}

static int write_note(struct vbox_conn *c, IVirtualBox *vbox, const struct vbox_pool *pool, eb_error *err)
{
    EB_AUTOFREE char *key = key_of(pool->def->base.uuid);
    EB_AUTOFREE char *note = pool->persistent || pool->active ? note_of(pool) : NULL;

    return vbox_global_set(c, vbox, key, note, err);
}

/* ---- Finding ---- */

/* By uuid or, where that is NULL, by name; an empty one where there is none. */
static int find(struct vbox_conn *c, IVirtualBox *vbox, const unsigned char *uuid, const char *name,
                struct vbox_pool *out, eb_error *err)
{
    struct vbox_pool *pools = NULL;
    int n = vbox_pools_read(c, vbox, &pools, err);

    memset(out, 0, sizeof(*out));
    if (n < 0)
        return -1;
    for (int i = 0; i < n && !out->def; i++) {
        const struct eb_object_def *def = &pools[i].def->base;

        if (uuid ? memcmp(def->uuid, uuid, sizeof(def->uuid)) == 0 : eb_streq(def->name, name)) {
            *out = pools[i];
            pools[i].def = NULL;
        }
    }
    vbox_pools_free(pools, (size_t)n);
    return 0;
}

int vbox_pool_find(struct vbox_conn *c, IVirtualBox *vbox, eb_uuid uuid, struct vbox_pool *out, eb_error *err)
{
    char id[EB_UUID_STRLEN + 1];

    if (find(c, vbox, uuid, NULL, out, err) < 0)
        return -1;
    if (out->def)
        return 0;
    eb_uuid_format(uuid, id);
    return eb_error_set(err, EB_ERR_NO_STORAGE_POOL, "no storage pool with matching uuid '%s'", id);
}

int vbox_pool_find_name(struct vbox_conn *c, IVirtualBox *vbox, const char *name, struct vbox_pool *out,
                        eb_error *err)
{
    if (find(c, vbox, NULL, name, out, err) < 0)
        return -1;
    return out->def
               ? 0
               : eb_error_set(err, EB_ERR_NO_STORAGE_POOL, "no storage pool with matching name '%s'", name);
}

int vbox_pool_need_active(const struct vbox_pool *pool, eb_error *err)
{
    return pool->active ? 0
                        : eb_error_set(err, EB_ERR_OPERATION_INVALID, "storage pool '%s' is not active",
                                       pool->def->base.name);
}

static int need_inactive(const struct vbox_pool *pool, eb_error *err)
{
    return pool->active ? eb_error_set(err, EB_ERR_OPERATION_INVALID, "storage pool '%s' is already active",
                                       pool->def->base.name)
                        : 0;
}

/* What each operation on one pool begins with. */
static int begin(eb_conn *conn, const struct eb_object_key *key, IVirtualBox **vbox, struct vbox_pool *out,
                 eb_error *err)
{
    struct vbox_conn *c = vbox_conn_of(conn);

    return vbox_begin(c, vbox, err) < 0 ? -1 : vbox_pool_find(c, *vbox, key->uuid, out, err);
}

static void give_key(const struct vbox_pool *pool, struct eb_object_key *out)
{
    memset(out, 0, sizeof(*out));
    memcpy(out->uuid, pool->def->base.uuid, sizeof(out->uuid));
    out->name = eb_strdup(pool->def->base.name);
}

static int list(eb_conn *conn, const struct eb_object_key *in EB_UNUSED, struct eb_object_summary **out,
                eb_error *err)
{
    struct vbox_conn *c = vbox_conn_of(conn);
    VB_AUTO(IVirtualBox) vbox = NULL;
    struct vbox_pool *pools = NULL;
    int n;

    if (vbox_begin(c, &vbox, err) < 0)
        return -1;
    n = vbox_pools_read(c, vbox, &pools, err);
    if (n < 0)
        return -1;
    *out = eb_calloc((size_t)n + 1, sizeof(**out));
    for (int i = 0; i < n; i++) {
        struct eb_object_summary *s = &(*out)[i];

        give_key(&pools[i], &s->key);
        s->active = pools[i].active;
        s->persistent = pools[i].persistent;
        s->autostart = pools[i].autostart;
        s->filters = EB_LIST_POOLS_DIR;
    }
    vbox_pools_free(pools, (size_t)n);
    return n;
}

static int lookup_uuid(eb_conn *conn, eb_uuid uuid, struct eb_object_key *out, eb_error *err)
{
    VBOX_AUTOPOOL struct vbox_pool pool = {0};
    VB_AUTO(IVirtualBox) vbox = NULL;
    struct vbox_conn *c = vbox_conn_of(conn);

    if (vbox_begin(c, &vbox, err) < 0 || vbox_pool_find(c, vbox, uuid, &pool, err) < 0)
        return -1;
    give_key(&pool, out);
    return 0;
}

static int lookup_name(eb_conn *conn, const struct eb_object_key *in EB_UNUSED, const char *name,
                       struct eb_object_key *out, eb_error *err)
{
    VBOX_AUTOPOOL struct vbox_pool pool = {0};
    VB_AUTO(IVirtualBox) vbox = NULL;
    struct vbox_conn *c = vbox_conn_of(conn);

    if (vbox_begin(c, &vbox, err) < 0 || vbox_pool_find_name(c, vbox, name, &pool, err) < 0)
        return -1;
    give_key(&pool, out);
    return 0;
}

/* ---- What is known of one ---- */

static int is_active(eb_conn *conn, const struct eb_object_key *key, eb_error *err)
{
    VBOX_AUTOPOOL struct vbox_pool pool = {0};
    VB_AUTO(IVirtualBox) vbox = NULL;

    return begin(conn, key, &vbox, &pool, err) < 0 ? -1 : pool.active;
}

static int is_persistent(eb_conn *conn, const struct eb_object_key *key, eb_error *err)
{
    VBOX_AUTOPOOL struct vbox_pool pool = {0};
    VB_AUTO(IVirtualBox) vbox = NULL;

    return begin(conn, key, &vbox, &pool, err) < 0 ? -1 : pool.persistent;
}

static int get_autostart(eb_conn *conn, const struct eb_object_key *key, eb_error *err)
{
    VBOX_AUTOPOOL struct vbox_pool pool = {0};
    VB_AUTO(IVirtualBox) vbox = NULL;

    return begin(conn, key, &vbox, &pool, err) < 0 ? -1 : pool.autostart;
}

/* Of the file system that its folder is on. */
static void read_sizes(struct eb_pool_def *def)
{
    struct statvfs fs;

    if (statvfs(def->target, &fs) < 0)
        return;
    def->capacity = (uint64_t)fs.f_blocks * fs.f_frsize;
    def->available = (uint64_t)fs.f_bfree * fs.f_frsize;
    def->allocation = def->capacity - def->available;
}

static int get_def(eb_conn *conn, const struct eb_object_key *key, unsigned flags, struct eb_object_def **out,
                   eb_error *err)
{
    VBOX_AUTOPOOL struct vbox_pool pool = {0};
    VB_AUTO(IVirtualBox) vbox = NULL;
    struct stat st;

    /* what it is while active and what it will be are the same */
    if (eb_check_flags(flags, XML_INACTIVE, "virStoragePoolGetXMLDesc", err) < 0 ||
        begin(conn, key, &vbox, &pool, err) < 0)
        return -1;
    if (pool.active)
        read_sizes(pool.def);
    if (pool.active && !pool.def->permissions.mode && stat(pool.def->target, &st) == 0) {
        pool.def->permissions.mode = eb_asprintf("0%o", (unsigned)st.st_mode & MAX_MODE);
        free(pool.def->permissions.owner);
        pool.def->permissions.owner = eb_asprintf("%u", (unsigned)st.st_uid);
        free(pool.def->permissions.group);
        pool.def->permissions.group = eb_asprintf("%u", (unsigned)st.st_gid);
    }
    *out = &EB_STEAL(pool.def)->base;
    return 0;
}

int vbox_pool_get_info(eb_conn *conn, const struct eb_object_key *key, eb_pool_info *out, eb_error *err)
{
    VBOX_AUTOPOOL struct vbox_pool pool = {0};
    VB_AUTO(IVirtualBox) vbox = NULL;

    if (begin(conn, key, &vbox, &pool, err) < 0)
        return -1;
    out->state = pool.active ? EB_POOL_RUNNING : EB_POOL_INACTIVE;
    if (!pool.active)
        return 0;
    read_sizes(pool.def);
    out->capacity = pool.def->capacity;
    out->allocation = pool.def->allocation;
    out->available = pool.def->available;
    return 0;
}

/* ---- The folder ---- */

static int number_of(const char *text, const char *what, uint32_t *out, eb_error *err)
{
    uint64_t number;

    *out = UINT32_MAX; /* as it is */
    if (!text || eb_streq(text, "-1"))
        return 0;
    if (!eb_parse_u64(text, UINT32_MAX - 1, &number))
        return eb_error_set(err, EB_ERR_XML_ERROR, "malformed %s element", what);
    *out = (uint32_t)number;
    return 0;
}

int vbox_set_permissions(const char *path, const struct eb_storage_permissions *permissions, eb_error *err)
{
    uint32_t owner, group;
    struct stat st;

    if (number_of(permissions->owner, "owner", &owner, err) < 0 ||
        number_of(permissions->group, "group", &group, err) < 0)
        return -1;
    if (permissions->label)
        return eb_error_set(err, EB_ERR_CONFIG_UNSUPPORTED,
                            "element <label> is not supported by the VirtualBox driver");
    if (stat(path, &st) < 0)
        return eb_error_set_errno(err, errno, "cannot stat '%s'", path);
    if (((owner != UINT32_MAX && owner != st.st_uid) || (group != UINT32_MAX && group != st.st_gid)) &&
        chown(path, owner, group) < 0)
        return eb_error_set_errno(err, errno, "cannot chown '%s' to (%s, %s)", path, permissions->owner,
                                  permissions->group);
    if (permissions->mode && chmod(path, (mode_t)strtoul(permissions->mode, NULL, 8)) < 0)
        return eb_error_set_errno(err, errno, "cannot set mode of '%s' to %s", path, permissions->mode);
    return 0;
}

static int check_folder(const struct vbox_pool *pool, eb_error *err)
{
    struct stat st;

    if (stat(pool->def->target, &st) < 0)
        return eb_error_set_errno(err, errno, "cannot open directory '%s'", pool->def->target);
    if (!S_ISDIR(st.st_mode))
        return eb_error_set_errno(err, ENOTDIR, "cannot open directory '%s'", pool->def->target);
    return 0;
}

/* The folder and those above it; one that is there already is left as it is. */
static int make_folder(const char *path, eb_error *err)
{
    EB_AUTOFREE char *part = eb_strdup(path);

    for (char *slash = strchr(part + 1, '/');; slash = strchr(slash + 1, '/')) {
        if (slash)
            *slash = '\0';
        if (mkdir(part, slash ? 0755 : 0711) < 0 && errno != EEXIST)
            return eb_error_set_errno(err, errno, "cannot create path '%s'", part);
        if (!slash)
            return 0;
        *slash = '/';
    }
}

static int build(const struct vbox_pool *pool, eb_error *err)
{
    if (make_folder(pool->def->target, err) < 0 || check_folder(pool, err) < 0)
        return -1;
    return vbox_set_permissions(pool->def->target, &pool->def->permissions, err);
}

int vbox_pool_build(eb_conn *conn, const struct eb_object_key *key, unsigned flags, eb_error *err)
{
    VBOX_AUTOPOOL struct vbox_pool pool = {0};
    VB_AUTO(IVirtualBox) vbox = NULL;

    if (eb_check_flags(flags, 0, "virStoragePoolBuild", err) < 0 || begin(conn, key, &vbox, &pool, err) < 0 ||
        need_inactive(&pool, err) < 0)
        return -1;
    return build(&pool, err);
}

int vbox_pool_delete(eb_conn *conn, const struct eb_object_key *key, unsigned flags, eb_error *err)
{
    VBOX_AUTOPOOL struct vbox_pool pool = {0};
    VB_AUTO(IVirtualBox) vbox = NULL;

    if (eb_check_flags(flags, 0, "virStoragePoolDelete", err) < 0 ||
        begin(conn, key, &vbox, &pool, err) < 0 || need_inactive(&pool, err) < 0)
        return -1;
    return rmdir(pool.def->target) < 0
               ? eb_error_set_errno(err, errno, "failed to remove pool '%s'", pool.def->target)
               : 0;
}

int vbox_pool_refresh(eb_conn *conn, const struct eb_object_key *key, unsigned flags, eb_error *err)
{
    VBOX_AUTOPOOL struct vbox_pool pool = {0};
    VB_AUTO(IVirtualBox) vbox = NULL;

    /* nothing is remembered: only that it is still there is to be seen */
    if (eb_check_flags(flags, 0, "virStoragePoolRefresh", err) < 0 ||
        begin(conn, key, &vbox, &pool, err) < 0 || vbox_pool_need_active(&pool, err) < 0)
        return -1;
    return check_folder(&pool, err);
}

/* ---- Changes ---- */

static int check_def(const struct eb_pool_def *def, eb_error *err)
{
    if (def->type != EB_POOL_DIR)
        return eb_error_set(err, EB_ERR_CONFIG_UNSUPPORTED,
                            "a pool of type='%s' is not supported by the VirtualBox driver: only 'dir' is",
                            eb_pool_type_to_string((int)def->type));
    if (def->target[0] != '/')
        return eb_error_set(err, EB_ERR_XML_ERROR, "target '%s' is not an absolute path", def->target);
    if (def->n_hosts || def->n_devices || def->dir || def->source_name || def->format || def->vendor ||
        def->product || def->has_adapter)
        return eb_error_set(err, EB_ERR_CONFIG_UNSUPPORTED,
                            "element <source> of a pool of type='dir' is not supported");
    return 0;
}

/* The pool of `def`'s uuid, else an empty one; that name and uuid belong together is checked. */
static int find_same(struct vbox_conn *c, IVirtualBox *vbox, const struct eb_object_def *def,
                     struct vbox_pool *out, eb_error *err)
{
    VBOX_AUTOPOOL struct vbox_pool by_name = {0};
    char id[EB_UUID_STRLEN + 1];

    if (find(c, vbox, NULL, def->name, &by_name, err) < 0 ||
        (def->has_uuid && find(c, vbox, def->uuid, NULL, out, err) < 0))
        return -1;
    if (out->def && !eb_streq(out->def->base.name, def->name)) {
        eb_uuid_format(def->uuid, id);
        return eb_error_set(err, EB_ERR_OPERATION_FAILED, "pool '%s' is already defined with uuid %s",
                            out->def->base.name, id);
    }
    if (!out->def && by_name.def) {
        eb_uuid_format(by_name.def->base.uuid, id);
        return eb_error_set(err, EB_ERR_OPERATION_FAILED, "pool '%s' already exists with uuid %s", def->name,
                            id);
    }
    return 0;
}

/* No two pools share a folder, or a path would be in both. */
static int check_target(struct vbox_conn *c, IVirtualBox *vbox, const struct eb_pool_def *def, eb_error *err)
{
    struct vbox_pool *pools = NULL;
    int n = vbox_pools_read(c, vbox, &pools, err), result = n < 0 ? -1 : 0;

    for (int i = 0; i < n && result == 0; i++) {
        const struct eb_pool_def *other = pools[i].def;

        if (eb_streq(other->target, def->target) && !eb_streq(other->base.name, def->base.name))
            result = eb_error_set(err, EB_ERR_OPERATION_FAILED, "Storage source conflict with pool: '%s'",
                                  other->base.name);
    }
    vbox_pools_free(pools, n < 0 ? 0 : (size_t)n);
    return result;
}

static void own_def(struct vbox_pool *pool, const struct eb_object_def *base)
{
    eb_object_def_free(pool->def ? &pool->def->base : NULL);
    pool->def = (struct eb_pool_def *)eb_object_def_copy(base);
    if (!base->has_uuid)
        eb_uuid_generate(pool->def->base.uuid);
    pool->def->base.has_uuid = true;
}

static int define(eb_conn *conn, const struct eb_object_def *base, unsigned flags, struct eb_object_key *out,
                  eb_error *err)
{
    const struct eb_pool_def *def = (const struct eb_pool_def *)base;
    VBOX_AUTOPOOL struct vbox_pool pool = {0};
    VB_AUTO(IVirtualBox) vbox = NULL;
    struct vbox_conn *c = vbox_conn_of(conn);
    POOL_LOCKED;

    if (eb_check_flags(flags, 0, "virStoragePoolDefineXML", err) < 0 || check_def(def, err) < 0 ||
        vbox_begin(c, &vbox, err) < 0 || find_same(c, vbox, base, &pool, err) < 0 ||
        check_target(c, vbox, def, err) < 0)
        return -1;
    own_def(&pool, base);
    pool.persistent = true;
    if (write_note(c, vbox, &pool, err) < 0)
        return -1;
    give_key(&pool, out);
    return 0;
}

/* EB_POOL_CREATE_WITH_BUILD and its two ways: a folder is made, and nothing in it is overwritten anyway. */
static int start_pool(struct vbox_pool *pool, unsigned flags, eb_error *err)
{
    if (need_inactive(pool, err) < 0 || ((flags & BUILD_FLAGS) && build(pool, err) < 0) ||
        check_folder(pool, err) < 0)
        return -1;
    pool->active = true;
    return 0;
}

static int create(eb_conn *conn, const struct eb_object_def *base, unsigned flags, struct eb_object_key *out,
                  eb_error *err)
{
    const struct eb_pool_def *def = (const struct eb_pool_def *)base;
    VBOX_AUTOPOOL struct vbox_pool pool = {0};
    VB_AUTO(IVirtualBox) vbox = NULL;
    struct vbox_conn *c = vbox_conn_of(conn);
    POOL_LOCKED;

    if (eb_check_flags(flags, BUILD_FLAGS, "virStoragePoolCreateXML", err) < 0 || check_def(def, err) < 0 ||
        vbox_begin(c, &vbox, err) < 0 || find_same(c, vbox, base, &pool, err) < 0 ||
        check_target(c, vbox, def, err) < 0)
        return -1;
    if (pool.def)
        return eb_error_set(err, EB_ERR_OPERATION_FAILED, "pool '%s' is defined already: start that one",
                            base->name);
    own_def(&pool, base);
    if (start_pool(&pool, flags, err) < 0 || write_note(c, vbox, &pool, err) < 0)
        return -1;
    give_key(&pool, out);
    return 0;
}

static int start(eb_conn *conn, const struct eb_object_key *key, unsigned flags, eb_error *err)
{
    VBOX_AUTOPOOL struct vbox_pool pool = {0};
    VB_AUTO(IVirtualBox) vbox = NULL;
    POOL_LOCKED;

    if (eb_check_flags(flags, BUILD_FLAGS, "virStoragePoolCreate", err) < 0 ||
        begin(conn, key, &vbox, &pool, err) < 0 || start_pool(&pool, flags, err) < 0)
        return -1;
    return write_note(vbox_conn_of(conn), vbox, &pool, err);
}

static int destroy(eb_conn *conn, const struct eb_object_key *key, unsigned flags, eb_error *err)
{
    VBOX_AUTOPOOL struct vbox_pool pool = {0};
    VB_AUTO(IVirtualBox) vbox = NULL;
    POOL_LOCKED;

    if (eb_check_flags(flags, 0, "virStoragePoolDestroy", err) < 0 ||
        begin(conn, key, &vbox, &pool, err) < 0 || vbox_pool_need_active(&pool, err) < 0)
        return -1;
    pool.active = false;
    return write_note(vbox_conn_of(conn), vbox, &pool, err);
}

static int undefine(eb_conn *conn, const struct eb_object_key *key, eb_error *err)
{
    VBOX_AUTOPOOL struct vbox_pool pool = {0};
    VB_AUTO(IVirtualBox) vbox = NULL;
    POOL_LOCKED;

    if (begin(conn, key, &vbox, &pool, err) < 0)
        return -1;
    if (pool.active)
        return eb_error_set(err, EB_ERR_OPERATION_INVALID, "storage pool '%s' is still active",
                            pool.def->base.name);
    pool.persistent = false;
    return write_note(vbox_conn_of(conn), vbox, &pool, err);
}

static int set_autostart(eb_conn *conn, const struct eb_object_key *key, bool autostart, eb_error *err)
{
    VBOX_AUTOPOOL struct vbox_pool pool = {0};
    VB_AUTO(IVirtualBox) vbox = NULL;
    POOL_LOCKED;

    if (begin(conn, key, &vbox, &pool, err) < 0)
        return -1;
    if (!pool.persistent)
        return eb_error_set(err, EB_ERR_INVALID_ARG, "pool has no config file");
    pool.autostart = autostart;
    return write_note(vbox_conn_of(conn), vbox, &pool, err);
}

const struct eb_driver_object_ops vbox_pool_ops = {
    .list = list,
    .lookup_uuid = lookup_uuid,
    .lookup_name = lookup_name,
    .is_active = is_active,
    .is_persistent = is_persistent,
    .get_def = get_def,
    .get_autostart = get_autostart,
    .set_autostart = set_autostart,
    .define = define,
    .create = create,
    .start = start,
    .destroy = destroy,
    .undefine = undefine,
};
