/* SPDX-License-Identifier: LGPL-2.1-or-later */
/** @file cmd_volume.c Commands on storage volumes. */
#include "shell/objects.h"

#include <inttypes.h>
#include <stdlib.h>

#define OPT_POOL                                                                                             \
    {                                                                                                        \
        "pool", OPT_DATA, 0, "the pool's name or uuid", NULL                                                 \
    }

static const struct opt pool_opts[] = {OPT_POOL, OPTS_END};

static const struct opt vol_opts[] = {
    {"vol", OPT_DATA, 0, "the volume's name, key or path", NULL},
    {"pool", OPT_STRING, 0, "the pool's name or uuid", NULL},
    OPTS_END,
};

static eb_volume *find_volume(struct shell *sh, const struct args *args)
{
    eb_volume *vol = NULL;
    const char *name, *pool_name = NULL;

    if (args_string(sh, args, "vol", &name) != 1 || args_string(sh, args, "pool", &pool_name) < 0)
        return NULL;
    if (pool_name) {
        AUTO_POOL pool = sh_pool(sh, args, "pool", BY_NAME | BY_UUID);

        if (!pool)
            return NULL;
        if (eb_pool_is_active(pool, &sh->error) != 1) {
            sh_error(sh, "pool '%s' is not active", pool_name);
            return NULL;
        }
        eb_volume_lookup_by_name(pool, name, &vol, &sh->error);
    }
    if (!vol && (sh_forget(sh), true))
        eb_volume_lookup_by_key(sh->conn, name, &vol, &sh->error);
    if (!vol && (sh_forget(sh), true))
        eb_volume_lookup_by_path(sh->conn, name, &vol, &sh->error);
    if (!vol)
        sh_error(sh, "failed to get vol '%s'%s", name, pool_name ? "" : ", specifying --pool might help");
    return vol;
}

/* By its key or path alone. */
static eb_volume *find_place(struct shell *sh, const struct args *args)
{
    eb_volume *vol = NULL;
    const char *name;

    if (args_string(sh, args, "vol", &name) != 1)
        return NULL;
    eb_volume_lookup_by_key(sh->conn, name, &vol, &sh->error);
    if (!vol && (sh_forget(sh), true))
        eb_volume_lookup_by_path(sh->conn, name, &vol, &sh->error);
    if (!vol)
        sh_error(sh, "failed to get vol '%s'", name);
    return vol;
}

static int compare_volumes(const void *a, const void *b)
{
    return strcasecmp(eb_volume_get_name(*(eb_volume *const *)a), eb_volume_get_name(*(eb_volume *const *)b));
}

static int run_vol_list(struct shell *sh, const struct args *args)
{
    static const char *const titles[] = {"Name", "Path"};
    AUTO_POOL pool = sh_pool(sh, args, "pool", BY_NAME | BY_UUID);
    AUTO_TABLE struct table t;
    AUTO_JSON struct json j = {0};
    eb_volume **vols = NULL;
    int n;

    table_init(&t, 2, titles);
    if (!pool)
        return -1;
    n = eb_pool_list_volumes(pool, 0, &vols, &sh->error);
    if (n < 0)
        return sh_error(sh, "Failed to list volumes");
    qsort(vols, (size_t)n, sizeof(*vols), compare_volumes);
    json_begin_array(&j, NULL);
    for (int i = 0; i < n; i++) {
        EB_AUTOFREE char *path = NULL;

        eb_volume_get_path(vols[i], &path, NULL);
        table_add(&t, (const char *const[]){eb_volume_get_name(vols[i]), path ? path : "-"});
        json_begin(&j, NULL);
        json_string(&j, "name", eb_volume_get_name(vols[i]));
        json_string(&j, "path", path);
        json_end(&j);
        eb_volume_unref(vols[i]);
    }
    json_end_array(&j);
    eb_free(vols);
    if (sh_wants_json(args)) {
        sh_json_print(sh, &j);
        return 0;
    }
    EB_AUTOFREE char *text = table_format(&t, !sh->quiet);
    sh_print(sh, "%s", text);
    return 0;
}

static int run_vol_dumpxml(struct shell *sh, const struct args *args)
{
    AUTO_VOLUME vol = find_volume(sh, args);
    EB_AUTOFREE char *xml = NULL;

    if (!vol || eb_volume_get_xml(vol, 0, &xml, &sh->error) < 0)
        return -1;
    return sh_show_xml(sh, args, xml);
}

static int run_vol_delete(struct shell *sh, const struct args *args)
{
    AUTO_VOLUME vol = find_volume(sh, args);
    const char *name = args_get(args, "vol");

    if (!vol)
        return -1;
    if (eb_volume_delete(vol, 0, &sh->error) < 0)
        return sh_error(sh, "Failed to delete vol %s", name);
    sh_extra(sh, "Vol %s deleted\n", name);
    return 0;
}

static const struct opt vol_create_opts[] = {OPT_POOL, OPT_FILE("file with the volume's XML"), OPTS_END};

static int run_vol_create(struct shell *sh, const struct args *args)
{
    AUTO_POOL pool = sh_pool(sh, args, "pool", BY_NAME | BY_UUID);
    EB_AUTOFREE char *xml = NULL;
    AUTO_VOLUME vol = NULL;
    const char *file;

    if (!pool || args_string(sh, args, "file", &file) < 0 || sh_read_file(sh, file, &xml) < 0)
        return -1;
    if (eb_volume_create_xml(pool, xml, 0, &vol, &sh->error) < 0)
        return sh_error(sh, "Failed to create vol from %s", file);
    sh_extra(sh, "Vol %s created from %s\n", eb_volume_get_name(vol), file);
    return 0;
}

/* ---- What is known of one ---- */

static const struct opt info_opts[] = {
    {"vol", OPT_DATA, 0, "the volume's name, key or path", NULL},
    {"pool", OPT_STRING, 0, "the pool's name or uuid", NULL},
    OPT_FLAG("bytes", "print sizes as bytes"),
    OPTS_END,
};

static void show_size(struct shell *sh, const char *label, uint64_t bytes, bool exact)
{
    EB_AUTOFREE char *text = exact ? eb_asprintf("%" PRIu64 " bytes", bytes) : sh_pretty_size(bytes);

    sh_info(sh, label, text);
}

static int run_vol_info(struct shell *sh, const struct args *args)
{
    static const char *const types[] = {"file", "block", "dir", "network", "netdir", "ploop"};
    AUTO_VOLUME vol = find_volume(sh, args);
    eb_volume_info info;

    if (!vol)
        return -1;
    if (!sh_wants_json(args))
        sh_info(sh, "Name:", eb_volume_get_name(vol));
    if (eb_volume_get_info(vol, &info, &sh->error) < 0)
        return -1;
    if (sh_wants_json(args)) {
        AUTO_JSON struct json j = {0};

        json_begin(&j, NULL);
        json_string(&j, "name", eb_volume_get_name(vol));
        json_uint(&j, "capacity", info.capacity);
        json_uint(&j, "allocation", info.allocation);
        json_end(&j);
        sh_json_print(sh, &j);
        return 0;
    }
    sh_info(sh, "Type:", (size_t)info.type < EB_ARRAY_SIZE(types) ? types[info.type] : "unknown");
    show_size(sh, "Capacity:", info.capacity, args_has(args, "bytes"));
    show_size(sh, "Allocation:", info.allocation, args_has(args, "bytes"));
    return 0;
}

static int run_vol_key(struct shell *sh, const struct args *args)
{
    AUTO_VOLUME vol = find_volume(sh, args);

    if (!vol)
        return -1;
    sh_print(sh, "%s\n", eb_volume_get_key(vol));
    return 0;
}

static int run_vol_path(struct shell *sh, const struct args *args)
{
    AUTO_VOLUME vol = find_volume(sh, args);
    EB_AUTOFREE char *path = NULL;

    if (!vol || eb_volume_get_path(vol, &path, &sh->error) < 0)
        return -1;
    sh_print(sh, "%s\n", path);
    return 0;
}

static const struct opt place_opts[] = {
    {"vol", OPT_DATA, 0, "the volume's key or path", NULL},
    OPTS_END,
};

static int run_vol_name(struct shell *sh, const struct args *args)
{
    AUTO_VOLUME vol = find_place(sh, args);

    if (!vol)
        return -1;
    sh_print(sh, "%s\n", eb_volume_get_name(vol));
    return 0;
}

static const struct opt vol_pool_opts[] = {
    {"vol", OPT_DATA, 0, "the volume's key or path", NULL},
    OPT_FLAG("uuid", "print the pool's uuid"),
    OPTS_END,
};

static int run_vol_pool(struct shell *sh, const struct args *args)
{
    AUTO_VOLUME vol = find_place(sh, args);
    AUTO_POOL pool = NULL;
    char uuid[37];

    if (!vol)
        return -1;
    if (eb_pool_lookup_by_volume(vol, &pool, &sh->error) < 0)
        return sh_error(sh, "failed to get parent pool");
    eb_pool_get_uuid_string(pool, uuid);
    sh_print(sh, "%s\n", args_has(args, "uuid") ? uuid : eb_pool_get_name(pool));
    return 0;
}

const struct command commands_volume[] = {
    {"vol-create", "make a volume from an XML file", NULL, vol_create_opts, run_vol_create, 0,
     "vol-create iso disk.xml"},
    {"vol-delete", "remove a volume", NULL, vol_opts, run_vol_delete, 0, "vol-delete disk.vdi iso"},
    {"vol-dumpxml", "print a volume's XML", NULL, vol_opts, run_vol_dumpxml, CMD_JSON,
     "vol-dumpxml disk.vdi iso"},
    {"vol-list", "list a pool's volumes", NULL, pool_opts, run_vol_list, CMD_JSON, "vol-list iso"},
    {"vol-info", "print what there is to know about a volume", NULL, info_opts, run_vol_info, CMD_JSON,
     "vol-info disk.vdi iso"},
    {"vol-key", "print a volume's key", NULL, vol_opts, run_vol_key, 0, "vol-key disk.vdi iso"},
    {"vol-name", "print the name of the volume with a key or path", NULL, place_opts, run_vol_name, 0, NULL},
    {"vol-path", "print a volume's path", NULL, vol_opts, run_vol_path, 0, "vol-path disk.vdi iso"},
    {"vol-pool", "print the pool of the volume with a key or path", NULL, vol_pool_opts, run_vol_pool, 0,
     NULL},
    {0},
};
