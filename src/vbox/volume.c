/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Volumes: the files of a pool's folder, as they are now. */
#include "vbox/storage.h"

#include "vbox/domain.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static const struct {
    const char *libvirt, *vbox;
} formats[] = {
    {"vdi", "VDI"}, {"vmdk", "VMDK"}, {"vpc", "VHD"}, {"vhd", "VHD"}, {"qcow2", "QCOW"}, {"qcow", "QCOW"},
};

const char *vbox_volume_format(const char *format)
{
    for (size_t i = 0; i < EB_ARRAY_SIZE(formats); i++)
        if (eb_streq(formats[i].libvirt, format))
            return formats[i].vbox;
    return NULL;
}

const char *vbox_volume_format_at(size_t i)
{
    return i < EB_ARRAY_SIZE(formats) ? formats[i].libvirt : NULL;
}

int vbox_volume_check_name(const char *name, eb_error *err)
{
    if (*name && name[0] != '.' && !strchr(name, '/') && strlen(name) <= NAME_MAX)
        return 0;
    return eb_error_set(err, EB_ERR_INVALID_ARG, "'%s' is no name of a volume", name);
}

static int no_volume(const char *what, const char *value, eb_error *err)
{
    return eb_error_set(err, EB_ERR_NO_STORAGE_VOL, "no storage vol with matching %s '%s'", what, value);
}

static char *path_in(const struct vbox_pool *pool, const char *name)
{
    return eb_asprintf("%s/%s", pool->def->target, name);
}

void vbox_volume_key(const struct vbox_pool *pool, const char *name, struct eb_object_key *out)
{
    memset(out, 0, sizeof(*out));
    out->name = eb_strdup(name);
    out->pool = eb_strdup(pool->def->base.name);
    out->also = path_in(pool, name);
}

/* A file that is a volume; links count as what they lead to. */
static bool is_volume(const struct vbox_pool *pool, const char *name)
{
    EB_AUTOFREE char *path = path_in(pool, name);
    struct stat st;

    return vbox_volume_check_name(name, NULL) == 0 && eb_utf8_valid(name, strlen(name)) &&
           stat(path, &st) == 0 && S_ISREG(st.st_mode);
}

/* ---- Finding ---- */

/* The active pool of a handle. */
static int begin(eb_conn *conn, const struct eb_object_key *key, IVirtualBox **vbox, struct vbox_pool *out,
                 eb_error *err)
{
    struct vbox_conn *c = vbox_conn_of(conn);

    if (vbox_begin(c, vbox, err) < 0 || vbox_pool_find(c, *vbox, key->uuid, out, err) < 0)
        return -1;
    return vbox_pool_need_active(out, err);
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct eb_object_summary *)a)->key.name,
                  ((const struct eb_object_summary *)b)->key.name);
}

static int list(eb_conn *conn, const struct eb_object_key *in, struct eb_object_summary **out, eb_error *err)
{
    VBOX_AUTOPOOL struct vbox_pool pool = {0};
    VB_AUTO(IVirtualBox) vbox = NULL;
    struct dirent *entry;
    size_t n = 0;
    DIR *folder;

    if (begin(conn, in, &vbox, &pool, err) < 0)
        return -1;
    folder = opendir(pool.def->target);
    if (!folder)
        return eb_error_set_errno(err, errno, "cannot open directory '%s'", pool.def->target);
    *out = NULL;
    while ((entry = readdir(folder))) {
        struct eb_object_summary *s;

        if (!is_volume(&pool, entry->d_name))
            continue;
        s = EB_APPEND(*out, n);
        vbox_volume_key(&pool, entry->d_name, &s->key);
        s->active = true;
    }
    closedir(folder);
    if (n > 0)
        qsort(*out, n, sizeof(**out), by_name);
    return (int)n;
}

static int lookup_name(eb_conn *conn, const struct eb_object_key *in, const char *name,
                       struct eb_object_key *out, eb_error *err)
{
    VBOX_AUTOPOOL struct vbox_pool pool = {0};
    VB_AUTO(IVirtualBox) vbox = NULL;

    if (begin(conn, in, &vbox, &pool, err) < 0)
        return -1;
    if (!is_volume(&pool, name))
        return no_volume("name", name, err);
    vbox_volume_key(&pool, name, out);
    return 0;
}

/* In the active pools. */
static int lookup(eb_conn *conn, const char *what, const char *path, struct eb_object_key *out, eb_error *err)
{
    struct vbox_conn *c = vbox_conn_of(conn);
    VB_AUTO(IVirtualBox) vbox = NULL;
    struct vbox_pool *pools = NULL;
    const char *slash = strrchr(path, '/');
    bool found = false;
    int n;

    if (!slash)
        return no_volume(what, path, err);
    if (vbox_begin(c, &vbox, err) < 0)
        return -1;
    n = vbox_pools_read(c, vbox, &pools, err);
    for (int i = 0; i < n && !found; i++) {
        const char *target = pools[i].def->target;

        if (!pools[i].active || strlen(target) != (size_t)(slash - path) ||
            memcmp(target, path, (size_t)(slash - path)) != 0 || !is_volume(&pools[i], slash + 1))
            continue;
        vbox_volume_key(&pools[i], slash + 1, out);
        found = true;
    }
    vbox_pools_free(pools, n < 0 ? 0 : (size_t)n);
    if (n < 0)
        return -1;
    return found ? 0 : no_volume(what, path, err);
}

static int lookup_key(eb_conn *conn, const char *key, struct eb_object_key *out, eb_error *err)
{
    return lookup(conn, "key", key, out, err);
}

static int lookup_path(eb_conn *conn, const char *path, struct eb_object_key *out, eb_error *err)
{
    return lookup(conn, "path", path, out, err);
}

int vbox_volume_path(struct vbox_conn *c, IVirtualBox *vbox, const struct eb_object_key *vol, char **out,
                     eb_error *err)
{
    VBOX_AUTOPOOL struct vbox_pool pool = {0};

    if (vbox_pool_find_name(c, vbox, vol->pool, &pool, err) < 0 || vbox_pool_need_active(&pool, err) < 0)
        return -1;
    if (!is_volume(&pool, vol->name))
        return no_volume("name", vol->name, err);
    *out = path_in(&pool, vol->name);
    return 0;
}

/* ---- What is known of one ---- */

static int get_path(eb_conn *conn, const struct eb_object_key *vol, char **out, eb_error *err)
{
    struct vbox_conn *c = vbox_conn_of(conn);
    VB_AUTO(IVirtualBox) vbox = NULL;

    return vbox_begin(c, &vbox, err) < 0 ? -1 : vbox_volume_path(c, vbox, vol, out, err);
}

static int read_image(eb_conn *conn, const struct eb_object_key *vol, char **path, struct vbox_image *out,
                      eb_error *err)
{
    if (get_path(conn, vol, path, err) < 0)
        return -1;
    return vbox_image_read(*path, out) < 0 ? eb_error_set_errno(err, errno, "cannot read '%s'", *path) : 0;
}

static int get_info_flags(eb_conn *conn, const struct eb_object_key *vol, unsigned flags, eb_volume_info *out,
                          eb_error *err)
{
    EB_AUTOFREE char *path = NULL;
    struct vbox_image image;

    if (eb_check_flags(flags, EB_VOLUME_GET_PHYSICAL, "virStorageVolGetInfoFlags", err) < 0 ||
        read_image(conn, vol, &path, &image, err) < 0)
        return -1;
    out->type = EB_VOLUME_FILE;
    out->capacity = image.capacity;
    out->allocation = flags & EB_VOLUME_GET_PHYSICAL ? image.physical : image.allocation;
    return 0;
}

static int get_info(eb_conn *conn, const struct eb_object_key *vol, eb_volume_info *out, eb_error *err)
{
    return get_info_flags(conn, vol, 0, out, err);
}

static void put_permissions(const struct stat *st, struct eb_storage_permissions *out)
{
    out->mode = eb_asprintf("0%o", (unsigned)st->st_mode & 07777);
    out->owner = eb_asprintf("%u", (unsigned)st->st_uid);
    out->group = eb_asprintf("%u", (unsigned)st->st_gid);
}

static int get_def(eb_conn *conn, const struct eb_object_key *vol, unsigned flags, struct eb_object_def **out,
                   eb_error *err)
{
    EB_AUTOFREE char *path = NULL;
    struct eb_volume_def *def;
    struct vbox_image image;
    struct stat st;

    if (eb_check_flags(flags, 0, "virStorageVolGetXMLDesc", err) < 0 ||
        read_image(conn, vol, &path, &image, err) < 0)
        return -1;
    def = EB_NEW(struct eb_volume_def);
    def->base.kind = EB_OBJECT_VOLUME;
    def->base.name = eb_strdup(vol->name);
    def->type = eb_strdup("file");
    def->format = eb_strdup(image.format);
    def->capacity = image.capacity;
    def->allocation = image.allocation;
    if (stat(path, &st) == 0)
        put_permissions(&st, &def->permissions);
    def->key = eb_strdup(path);
    def->path = EB_STEAL(path);
    *out = &def->base;
    return 0;
}

const struct eb_driver_object_ops vbox_volume_ops = {
    .list = list,
    .lookup_name = lookup_name,
    .get_def = get_def,
};

const struct eb_driver_storage_ops vbox_storage_ops = {
    .find_pool_sources = vbox_find_pool_sources,
    .pool_get_info = vbox_pool_get_info,
    .pool_refresh = vbox_pool_refresh,
    .pool_build = vbox_pool_build,
    .pool_delete = vbox_pool_delete,
    .volume_lookup_key = lookup_key,
    .volume_lookup_path = lookup_path,
    .volume_get_info = get_info,
    .volume_get_path = get_path,
    .volume_create = vbox_volume_create,
    .volume_delete = vbox_volume_delete,
    .pool_lookup_target = vbox_pool_lookup_target,
    .pool_capabilities = vbox_pool_capabilities,
    .volume_get_info_flags = get_info_flags,
    .volume_resize = vbox_volume_resize,
    .volume_wipe = vbox_volume_wipe,
    .volume_download = vbox_volume_download,
    .volume_upload = vbox_volume_upload,
};
