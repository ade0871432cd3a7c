/* SPDX-License-Identifier: LGPL-2.1-or-later */
/** @file cmd_storage.c Commands on storage pools and volumes. */
#include "shell/volume.h"

#include <stdlib.h>

static const struct opt pool_opts[] = {OPT_POOL, OPTS_END};

static const char *state_name(eb_pool_state state)
{
    static const char *const names[] = {"inactive", "building", "running", "degraded", "inaccessible"};

    return (size_t)state < EB_ARRAY_SIZE(names) ? names[state] : "unknown";
}

static const struct opt no_opts[] = {OPTS_END};

/* ---- pool-list ---- */

static const struct opt list_options[] = {
    OPT_FLAG("inactive", "those that are not active"),
    OPT_FLAG("all", "those that are active and those that are not"),
    OPT_FLAG("transient", "only transient ones"),
    OPT_FLAG("persistent", "only defined ones"),
    OPT_FLAG("autostart", "only those that start with the host"),
    OPT_FLAG("no-autostart", "only those that do not start with the host"),
    {"type", OPT_STRING, OPT_NAMED_ONLY, "only pools of these types, comma separated", NULL},
    OPT_FLAG("details", "show sizes too"),
    OPT_FLAG("uuid", "print uuids only"),
    OPT_FLAG("name", "print names only"),
    OPTS_END,
};

/* In the order of the filters' bits. */
static const char *const types[] = {"dir",     "fs",   "netfs",    "logical",     "disk",
                                    "iscsi",   "scsi", "mpath",    "rbd",         "sheepdog",
                                    "gluster", "zfs",  "vstorage", "iscsi-direct"};

static int type_flags(struct shell *sh, const struct args *args, unsigned *flags)
{
    const char *text;
    int there = args_string(sh, args, "type", &text);

    if (there < 1)
        return there;
    EB_AUTOFREE char *copy = eb_strdup(text);
    char *rest = copy, *one;
    while ((one = strsep(&rest, ","))) {
        size_t i = 0;

        while (i < EB_ARRAY_SIZE(types) && strcmp(types[i], one) != 0)
            i++;
        if (i == EB_ARRAY_SIZE(types))
            return sh_error(sh, "Invalid pool type '%s'", one);
        *flags |= (unsigned)EB_LIST_POOLS_DIR << i;
    }
    return 0;
}

static unsigned list_flags(const struct args *args)
{
    unsigned flags = (args_has(args, "persistent") ? EB_LIST_POOLS_PERSISTENT : 0u) |
                     (args_has(args, "transient") ? EB_LIST_POOLS_TRANSIENT : 0u) |
                     (args_has(args, "autostart") ? EB_LIST_POOLS_AUTOSTART : 0u) |
                     (args_has(args, "no-autostart") ? EB_LIST_POOLS_NO_AUTOSTART : 0u);

    if (args_has(args, "all"))
        return flags | EB_LIST_POOLS_ACTIVE | EB_LIST_POOLS_INACTIVE;
    return flags | (args_has(args, "inactive") ? EB_LIST_POOLS_INACTIVE : EB_LIST_POOLS_ACTIVE);
}

static int compare(const void *a, const void *b)
{
    return strcasecmp(eb_pool_get_name(*(eb_pool *const *)a), eb_pool_get_name(*(eb_pool *const *)b));
}

static void add_details(struct table *t, eb_pool *pool)
{
    eb_pool_info info = {0};
    bool known = eb_pool_get_info(pool, &info, NULL) == 0 && info.state != EB_POOL_INACTIVE;
    EB_AUTOFREE char *capacity = known ? sh_pretty_size(info.capacity) : eb_strdup("-");
    EB_AUTOFREE char *allocation = known ? sh_pretty_size(info.allocation) : eb_strdup("-");
    EB_AUTOFREE char *available = known ? sh_pretty_size(info.available) : eb_strdup("-");

    table_add(t, (const char *const[]){eb_pool_get_name(pool), state_name(info.state),
                                       sh_yes_no(eb_pool_get_autostart(pool, NULL) == 1),
                                       sh_yes_no(eb_pool_is_persistent(pool, NULL) == 1), capacity,
                                       allocation, available});
}

static void print_table(struct shell *sh, bool details, eb_pool **pools, int n)
{
    static const char *const titles[] = {"Name",     "State",      "Autostart", "Persistent",
                                         "Capacity", "Allocation", "Available"};
    AUTO_TABLE struct table t;

    table_init(&t, details ? 7 : 3, titles);
    for (int i = 0; i < n; i++) {
        if (details)
            add_details(&t, pools[i]);
        else
            table_add(&t,
                      (const char *const[]){eb_pool_get_name(pools[i]),
                                            eb_pool_is_active(pools[i], NULL) == 1 ? "active" : "inactive",
                                            sh_yes_no(eb_pool_get_autostart(pools[i], NULL) == 1)});
    }
    EB_AUTOFREE char *text = table_format(&t, !sh->quiet);
    sh_print(sh, "%s", text);
}

static void json_pool(struct json *j, eb_pool *pool)
{
    eb_pool_info info = {0};
    char uuid[37];

    eb_pool_get_uuid_string(pool, uuid);
    json_begin(j, NULL);
    json_string(j, "name", eb_pool_get_name(pool));
    json_string(j, "uuid", uuid);
    if (eb_pool_get_info(pool, &info, NULL) == 0) {
        json_string(j, "state", state_name(info.state));
        json_uint(j, "capacity", info.capacity);
        json_uint(j, "allocation", info.allocation);
        json_uint(j, "available", info.available);
    }
    json_bool(j, "persistent", eb_pool_is_persistent(pool, NULL) == 1);
    json_bool(j, "autostart", eb_pool_get_autostart(pool, NULL) == 1);
    json_end(j);
}

static void print_names(struct shell *sh, const struct args *args, eb_pool **pools, int n)
{
    for (int i = 0; i < n; i++) {
        EB_AUTOSTRBUF struct eb_strbuf line = {0};
        char uuid[37];

        eb_pool_get_uuid_string(pools[i], uuid);
        if (args_has(args, "uuid"))
            eb_strbuf_add(&line, uuid);
        if (args_has(args, "name"))
            eb_strbuf_printf(&line, "%s%-20s", line.len ? " " : "", eb_pool_get_name(pools[i]));
        sh_print(sh, "%s\n", line.s);
    }
}

static int run_list_pools(struct shell *sh, const struct args *args)
{
    unsigned flags = list_flags(args);
    eb_pool **pools = NULL;
    int n;

    if (args_exclusive(sh, args, "details", "uuid") < 0 || args_exclusive(sh, args, "details", "name") < 0 ||
        type_flags(sh, args, &flags) < 0)
        return -1;
    n = eb_conn_list_pools(sh->conn, flags, &pools, &sh->error);
    if (n < 0)
        return sh_error(sh, "Failed to list pools");
    qsort(pools, (size_t)n, sizeof(*pools), compare);
    if (sh_wants_json(args)) {
        AUTO_JSON struct json j = {0};

        json_begin_array(&j, NULL);
        for (int i = 0; i < n; i++)
            json_pool(&j, pools[i]);
        json_end_array(&j);
        sh_json_print(sh, &j);
    } else if (args_has(args, "name") || args_has(args, "uuid")) {
        print_names(sh, args, pools, n);
    } else {
        print_table(sh, args_has(args, "details"), pools, n);
    }
    for (int i = 0; i < n; i++)
        eb_pool_unref(pools[i]);
    eb_free(pools);
    return 0;
}

/* ---- pool-info, pool-dumpxml ---- */

static const struct opt info_opts[] = {OPT_POOL, OPT_FLAG("bytes", "print sizes as bytes"), OPTS_END};

static void info_size(struct shell *sh, const char *label, uint64_t bytes, bool exact)
{
    EB_AUTOFREE char *text = exact ? eb_asprintf("%llu", (unsigned long long)bytes) : sh_pretty_size(bytes);

    sh_info(sh, label, text);
}

static int run_info(struct shell *sh, const struct args *args)
{
    AUTO_POOL pool = sh_pool(sh, args, "pool", BY_NAME | BY_UUID);
    bool bytes = args_has(args, "bytes");
    eb_pool_info info;
    char uuid[37];

    if (!pool)
        return -1;
    if (sh_wants_json(args)) {
        AUTO_JSON struct json j = {0};

        json_pool(&j, pool);
        sh_json_print(sh, &j);
        return 0;
    }
    eb_pool_get_uuid_string(pool, uuid);
    sh_info(sh, "Name:", eb_pool_get_name(pool));
    sh_info(sh, "UUID:", uuid);
    if (eb_pool_get_info(pool, &info, &sh->error) < 0)
        return -1;
    sh_info(sh, "State:", state_name(info.state));
    sh_info(sh, "Persistent:", sh_yes_no(eb_pool_is_persistent(pool, NULL) == 1));
    sh_info(sh, "Autostart:", sh_yes_no(eb_pool_get_autostart(pool, NULL) == 1));
    if (info.state == EB_POOL_RUNNING || info.state == EB_POOL_DEGRADED) {
        info_size(sh, "Capacity:", info.capacity, bytes);
        info_size(sh, "Allocation:", info.allocation, bytes);
        info_size(sh, "Available:", info.available, bytes);
    }
    return 0;
}

static int run_dumpxml(struct shell *sh, const struct args *args)
{
    AUTO_POOL pool = sh_pool(sh, args, "pool", BY_NAME | BY_UUID);
    EB_AUTOFREE char *xml = NULL;

    if (!pool || eb_pool_get_xml(pool, args_has(args, "inactive") ? 1 : 0, &xml, &sh->error) < 0)
        return -1;
    return sh_show_xml(sh, args, xml);
}

static const struct opt dumpxml_opts[] = {
    OPT_POOL,
    OPT_FLAG("inactive", "as it will be at the next start"),
    {"xpath", OPT_STRING, OPT_NAMED_ONLY, "print only what this XPath expression selects", NULL},
    OPT_FLAG("wrap", "put what --xpath selects into one element <nodes>"),
    OPTS_END,
};

/* ---- Changes of pools ---- */

static const struct opt file_opts[] = {
    OPT_FILE("file with the pool's XML"),
    OPT_FLAG("validate", "check the XML against the schema first"),
    OPTS_END,
};

static int run_define(struct shell *sh, const struct args *args)
{
    EB_AUTOFREE char *xml = NULL;
    AUTO_POOL pool = NULL;
    const char *file;

    if (args_string(sh, args, "file", &file) < 0 || sh_read_file(sh, file, &xml) < 0)
        return -1;
    if (eb_pool_define_xml(sh->conn, xml, args_has(args, "validate") ? EB_DEFINE_VALIDATE : 0, &pool,
                           &sh->error) < 0)
        return sh_error(sh, "Failed to define pool from %s", file);
    sh_extra(sh, "Pool %s defined from %s\n", eb_pool_get_name(pool), file);
    return 0;
}

static const struct opt create_opts[] = {OPT_FILE("file with the pool's XML"), OPTS_BUILD, OPTS_END};

static int run_create(struct shell *sh, const struct args *args)
{
    EB_AUTOFREE char *xml = NULL;
    AUTO_POOL pool = NULL;
    const char *file;
    unsigned flags;

    if (args_string(sh, args, "file", &file) < 0 || pool_build_flags(sh, args, &flags) < 0 ||
        sh_read_file(sh, file, &xml) < 0)
        return -1;
    if (eb_pool_create_xml(sh->conn, xml, flags, &pool, &sh->error) < 0)
        return sh_error(sh, "Failed to create pool from %s", file);
    sh_extra(sh, "Pool %s created from %s\n", eb_pool_get_name(pool), file);
    return 0;
}

static int refresh(eb_pool *pool, eb_error *err)
{
    return eb_pool_refresh(pool, 0, err);
}

static int change(struct shell *sh, const struct args *args, int (*call)(eb_pool *, eb_error *),
                  const char *verb, const char *done)
{
    AUTO_POOL pool = sh_pool(sh, args, "pool", BY_NAME | BY_UUID);

    if (!pool)
        return -1;
    if (call(pool, &sh->error) < 0)
        return sh_error(sh, "Failed to %s pool %s", verb, eb_pool_get_name(pool));
    sh_extra(sh, "Pool %s %s\n", eb_pool_get_name(pool), done);
    return 0;
}

static const struct opt start_opts[] = {OPT_POOL, OPTS_BUILD, OPTS_END};

static int run_start(struct shell *sh, const struct args *args)
{
    AUTO_POOL pool = sh_pool(sh, args, "pool", BY_NAME | BY_UUID);
    unsigned flags;

    if (!pool || pool_build_flags(sh, args, &flags) < 0)
        return -1;
    if (eb_pool_start(pool, flags, &sh->error) < 0)
        return sh_error(sh, "Failed to start pool %s", eb_pool_get_name(pool));
    sh_extra(sh, "Pool %s started\n", eb_pool_get_name(pool));
    return 0;
}

static int run_refresh(struct shell *sh, const struct args *args)
{
    return change(sh, args, refresh, "refresh", "refreshed");
}

static int run_destroy(struct shell *sh, const struct args *args)
{
    return change(sh, args, eb_pool_destroy, "destroy", "destroyed");
}

static int run_undefine(struct shell *sh, const struct args *args)
{
    return change(sh, args, eb_pool_undefine, "undefine", "has been undefined");
}

/* ---- What else there is to do with one ---- */

static const struct opt autostart_opts[] = {OPT_POOL, OPT_FLAG("disable", "not any more"), OPTS_END};

static int run_autostart(struct shell *sh, const struct args *args)
{
    AUTO_POOL pool = sh_pool(sh, args, "pool", BY_NAME | BY_UUID);
    bool on = !args_has(args, "disable");

    if (!pool)
        return -1;
    if (eb_pool_set_autostart(pool, on, &sh->error) < 0)
        return sh_error(sh, "failed to %smark pool %s as autostarted", on ? "" : "un",
                        eb_pool_get_name(pool));
    sh_extra(sh, "Pool %s %smarked as autostarted\n", eb_pool_get_name(pool), on ? "" : "un");
    return 0;
}

static int run_name(struct shell *sh, const struct args *args)
{
    AUTO_POOL pool = sh_pool(sh, args, "pool", BY_UUID);

    if (!pool)
        return -1;
    sh_print(sh, "%s\n", eb_pool_get_name(pool));
    return 0;
}

static int run_uuid(struct shell *sh, const struct args *args)
{
    AUTO_POOL pool = sh_pool(sh, args, "pool", BY_NAME);
    char uuid[37];

    if (!pool)
        return -1;
    eb_pool_get_uuid_string(pool, uuid);
    sh_print(sh, "%s\n", uuid);
    return 0;
}

static const struct opt build_opts[] = {
    OPT_POOL,
    OPT_FLAG("no-overwrite", "keep what is there"),
    OPT_FLAG("overwrite", "even what is there"),
    OPTS_END,
};

static int run_build(struct shell *sh, const struct args *args)
{
    enum { NO_OVERWRITE = 1 << 2, OVERWRITE = 1 << 3 };
    AUTO_POOL pool = sh_pool(sh, args, "pool", BY_NAME | BY_UUID);
    unsigned flags =
        (args_has(args, "no-overwrite") ? NO_OVERWRITE : 0u) | (args_has(args, "overwrite") ? OVERWRITE : 0u);

    if (!pool)
        return -1;
    if (eb_pool_build(pool, flags, &sh->error) < 0)
        return sh_error(sh, "Failed to build pool %s", eb_pool_get_name(pool));
    sh_extra(sh, "Pool %s built\n", eb_pool_get_name(pool));
    return 0;
}

static int delete_pool(eb_pool *pool, eb_error *err)
{
    return eb_pool_delete(pool, 0, err);
}

static int run_delete(struct shell *sh, const struct args *args)
{
    return change(sh, args, delete_pool, "delete", "deleted");
}

const struct command commands_storage[] = {
    {"find-storage-pool-sources", "look for what pools could be made of", NULL, pool_sources_opts,
     run_pool_sources, CMD_JSON, NULL},
    {"find-storage-pool-sources-as", "look on a host for what pools could be made of", NULL,
     pool_sources_as_opts, run_pool_sources_as, CMD_JSON, NULL},
    {"pool-autostart", "start a pool with the host", NULL, autostart_opts, run_autostart, 0,
     "pool-autostart iso"},
    {"pool-build", "make what a pool is made of", NULL, build_opts, run_build, 0, "pool-build iso"},
    {"pool-capabilities", "print which pools and volumes there can be", NULL, no_opts, run_pool_capabilities,
     CMD_JSON, "pool-capabilities"},
    {"pool-create", "make and start a transient pool from an XML file", NULL, create_opts, run_create, 0,
     "pool-create iso.xml"},
    {"pool-create-as", "make and start a transient pool from options", NULL, pool_create_as_opts,
     run_pool_create_as, 0, "pool-create-as iso dir --target /srv/iso --build"},
    {"pool-define", "define a pool from an XML file, or change the one with its uuid", NULL, file_opts,
     run_define, 0, "pool-define iso.xml"},
    {"pool-define-as", "define a pool from options", NULL, pool_define_as_opts, run_pool_define_as, 0,
     "pool-define-as iso dir --target /srv/iso"},
    {"pool-delete", "remove what a pool is made of", NULL, pool_opts, run_delete, 0, "pool-delete iso"},
    {"pool-destroy", "stop a pool", "Its volumes stay.", pool_opts, run_destroy, 0, "pool-destroy iso"},
    {"pool-dumpxml", "print a pool's XML", NULL, dumpxml_opts, run_dumpxml, CMD_JSON, "pool-dumpxml iso"},
    {"pool-edit", "edit a pool's XML in $VISUAL, $EDITOR or vi", NULL, pool_edit_opts, run_pool_edit, 0,
     "pool-edit iso"},
    {"pool-info", "print what there is to know about a pool", NULL, info_opts, run_info, CMD_JSON,
     "pool-info iso --bytes"},
    {"pool-list", "list pools", "Only active ones, unless --all or --inactive is given.", list_options,
     run_list_pools, CMD_JSON, "pool-list --all --details"},
    {"pool-name", "print the name of the pool with a uuid", NULL, pool_opts, run_name, 0, NULL},
    {"pool-refresh", "look for a pool's volumes anew", NULL, pool_opts, run_refresh, 0, "pool-refresh iso"},
    {"pool-start", "start a defined pool", NULL, start_opts, run_start, 0, "pool-start iso"},
    {"pool-undefine", "remove an inactive pool's definition", NULL, pool_opts, run_undefine, 0,
     "pool-undefine iso"},
    {"pool-uuid", "print a pool's uuid", NULL, pool_opts, run_uuid, 0, "pool-uuid iso"},
    {0},
};
