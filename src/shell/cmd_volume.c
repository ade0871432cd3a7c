/* SPDX-License-Identifier: LGPL-2.1-or-later */
/** @file cmd_volume.c Commands on storage volumes. */
#include "shell/volume.h"

#include <inttypes.h>
#include <stdlib.h>

static const struct opt list_opts[] = {OPT_POOL, OPT_FLAG("details", "show sizes too"), OPTS_END};

static const struct opt vol_opts[] = {
    OPT_VOLUME,
    {"pool", OPT_STRING, 0, "the pool's name or uuid", complete_pool},
    OPTS_END,
};

eb_volume *sh_volume(struct shell *sh, const struct args *args, const char *pool_option)
{
    eb_volume *vol = NULL;
    const char *name, *pool_name = NULL;

    if (args_string(sh, args, "vol", &name) != 1 || args_string(sh, args, pool_option, &pool_name) < 0)
        return NULL;
    if (pool_name) {
        AUTO_POOL pool = sh_pool(sh, args, pool_option, BY_NAME | BY_UUID);

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
    if (!vol && pool_name)
        sh_error(sh, "failed to get vol '%s'", name);
    else if (!vol)
        sh_error(sh, "failed to get vol '%s', specifying --%s might help", name, pool_option);
    return vol;
}

static eb_volume *find_volume(struct shell *sh, const struct args *args)
{
    return sh_volume(sh, args, "pool");
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

static const char *type_name(eb_volume_type type)
{
    static const char *const types[] = {"file", "block", "dir", "network", "netdir", "ploop"};

    return (size_t)type < EB_ARRAY_SIZE(types) ? types[type] : "unknown";
}

static void add_row(struct table *t, struct json *j, bool details, eb_volume *vol)
{
    EB_AUTOFREE char *path = NULL;
    eb_volume_info info = {0};
    bool known = details && eb_volume_get_info(vol, &info, NULL) == 0;
    EB_AUTOFREE char *capacity = known ? sh_pretty_size(info.capacity) : eb_strdup("-");
    EB_AUTOFREE char *allocation = known ? sh_pretty_size(info.allocation) : eb_strdup("-");

    eb_volume_get_path(vol, &path, NULL);
    table_add(t, (const char *const[]){eb_volume_get_name(vol), path ? path : "-",
                                       known ? type_name(info.type) : "-", capacity, allocation});
    json_begin(j, NULL);
    json_string(j, "name", eb_volume_get_name(vol));
    json_string(j, "path", path);
    if (known) {
        json_string(j, "type", type_name(info.type));
        json_uint(j, "capacity", info.capacity);
        json_uint(j, "allocation", info.allocation);
    }
    json_end(j);
}

static int run_vol_list(struct shell *sh, const struct args *args)
{
    static const char *const titles[] = {"Name", "Path", "Type", "Capacity", "Allocation"};
    AUTO_POOL pool = sh_pool(sh, args, "pool", BY_NAME | BY_UUID);
    bool details = args_has(args, "details");
    AUTO_TABLE struct table t;
    AUTO_JSON struct json j = {0};
    eb_volume **vols = NULL;
    int n;

    table_init(&t, details ? 5 : 2, titles);
    if (!pool)
        return -1;
    n = eb_pool_list_volumes(pool, 0, &vols, &sh->error);
    if (n < 0)
        return sh_error(sh, "Failed to list volumes");
    qsort(vols, (size_t)n, sizeof(*vols), compare_volumes);
    json_begin_array(&j, NULL);
    for (int i = 0; i < n; i++) {
        add_row(&t, &j, details, vols[i]);
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

static const struct opt dumpxml_opts[] = {
    OPT_VOLUME,
    {"pool", OPT_STRING, 0, "the pool's name or uuid", complete_pool},
    {"xpath", OPT_STRING, OPT_NAMED_ONLY, "print only what this XPath expression selects", NULL},
    OPT_FLAG("wrap", "put what --xpath selects into one element <nodes>"),
    OPTS_END,
};

static int run_vol_dumpxml(struct shell *sh, const struct args *args)
{
    AUTO_VOLUME vol = find_volume(sh, args);
    EB_AUTOFREE char *xml = NULL;

    if (!vol || eb_volume_get_xml(vol, 0, &xml, &sh->error) < 0)
        return -1;
    return sh_show_xml(sh, args, xml);
}

static const struct opt delete_opts[] = {
    OPT_VOLUME,
    {"pool", OPT_STRING, 0, "the pool's name or uuid", complete_pool},
    OPT_FLAG("delete-snapshots", "its snapshots too"),
    OPTS_END,
};

static int run_vol_delete(struct shell *sh, const struct args *args)
{
    enum { WITH_SNAPSHOTS = 1 << 1 };
    AUTO_VOLUME vol = find_volume(sh, args);
    const char *name = args_get(args, "vol");

    if (!vol)
        return -1;
    if (eb_volume_delete(vol, args_has(args, "delete-snapshots") ? WITH_SNAPSHOTS : 0, &sh->error) < 0)
        return sh_error(sh, "Failed to delete vol %s", name);
    sh_extra(sh, "Vol %s deleted\n", name);
    return 0;
}

/* ---- What is known of one ---- */

static const struct opt info_opts[] = {
    OPT_VOLUME,
    {"pool", OPT_STRING, 0, "the pool's name or uuid", complete_pool},
    OPT_FLAG("bytes", "print sizes as bytes"),
    OPT_FLAG("physical", "print the size of its file, holes and all, not what it takes of the disk"),
    OPTS_END,
};

static void show_size(struct shell *sh, const char *label, uint64_t bytes, bool exact)
{
    EB_AUTOFREE char *text = exact ? eb_asprintf("%" PRIu64 " bytes", bytes) : sh_pretty_size(bytes);

    sh_info(sh, label, text);
}

static int run_vol_info(struct shell *sh, const struct args *args)
{
    AUTO_VOLUME vol = find_volume(sh, args);
    bool physical = args_has(args, "physical");
    eb_volume_info info;

    if (!vol)
        return -1;
    if (!sh_wants_json(args))
        sh_info(sh, "Name:", eb_volume_get_name(vol));
    if (physical ? eb_volume_get_info_flags(vol, &info, EB_VOLUME_GET_PHYSICAL, &sh->error) < 0
                 : eb_volume_get_info(vol, &info, &sh->error) < 0)
        return -1;
    if (sh_wants_json(args)) {
        AUTO_JSON struct json j = {0};

        json_begin(&j, NULL);
        json_string(&j, "name", eb_volume_get_name(vol));
        json_uint(&j, "capacity", info.capacity);
        json_uint(&j, physical ? "physical" : "allocation", info.allocation);
        json_end(&j);
        sh_json_print(sh, &j);
        return 0;
    }
    sh_info(sh, "Type:", type_name(info.type));
    show_size(sh, "Capacity:", info.capacity, args_has(args, "bytes"));
    show_size(sh, physical ? "Physical:" : "Allocation:", info.allocation, args_has(args, "bytes"));
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
    {"vol-clone", "copy a volume within its pool", NULL, volume_clone_opts, run_volume_clone, 0,
     "vol-clone disk.vdi copy.vdi --pool iso"},
    {"vol-create", "make a volume from an XML file", NULL, volume_create_opts, run_volume_create, 0,
     "vol-create iso disk.xml"},
    {"vol-create-as", "make a volume from options", NULL, volume_create_as_opts, run_volume_create_as, 0,
     "vol-create-as iso disk.vdi 20G --format vdi"},
    {"vol-create-from", "make a volume from an XML file, with the contents of another one", NULL,
     volume_create_from_opts, run_volume_create_from, 0, "vol-create-from iso disk.xml old.vdi"},
    {"vol-delete", "remove a volume", NULL, delete_opts, run_vol_delete, 0, "vol-delete disk.vdi iso"},
    {"vol-download", "write a volume's contents to a file",
     "The bytes are those of the volume's file, whatever its format. What a running machine writes\n"
     "meanwhile may be in it or not.",
     volume_download_opts, run_volume_download, 0, "vol-download disk.vdi backup.vdi --pool iso"},
    {"vol-dumpxml", "print a volume's XML", NULL, dumpxml_opts, run_vol_dumpxml, CMD_JSON,
     "vol-dumpxml disk.vdi iso"},
    {"vol-info", "print what there is to know about a volume", NULL, info_opts, run_vol_info, CMD_JSON,
     "vol-info disk.vdi iso"},
    {"vol-key", "print a volume's key", NULL, vol_opts, run_vol_key, 0, "vol-key disk.vdi iso"},
    {"vol-list", "list a pool's volumes", NULL, list_opts, run_vol_list, CMD_JSON, "vol-list iso --details"},
    {"vol-name", "print the name of the volume with a key or path", NULL, place_opts, run_vol_name, 0, NULL},
    {"vol-path", "print a volume's path", NULL, vol_opts, run_vol_path, 0, "vol-path disk.vdi iso"},
    {"vol-pool", "print the pool of the volume with a key or path", NULL, vol_pool_opts, run_vol_pool, 0,
     NULL},
    {"vol-resize", "change a volume's size", "VirtualBox makes images larger, not smaller.",
     volume_resize_opts, run_volume_resize, 0, "vol-resize disk.vdi 40G --pool iso"},
    {"vol-upload", "write a file's contents to a volume",
     "The new contents take the old ones' place when all of them have arrived; until then, and when\n"
     "that fails, the volume is as it was. One that a machine has cannot be written.",
     volume_upload_opts, run_volume_upload, 0, "vol-upload disk.vdi backup.vdi --pool iso"},
    {"vol-wipe", "write over all that a volume holds",
     "Raw volumes alone: VirtualBox has no such thing for its images.", volume_wipe_opts, run_volume_wipe, 0,
     "vol-wipe old.img --pool iso"},
    {0},
};
