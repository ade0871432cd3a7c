/* SPDX-License-Identifier: LGPL-2.1-or-later */
/** @file cmd_storage_make.c New storage pools, and what they could be made of. */
#include "shell/editor.h"
#include "shell/volume.h"

#define OPT_TEXT(name, help)                                                                                 \
    {                                                                                                        \
        name, OPT_STRING, 0, help, NULL                                                                      \
    }
/* clang-format off */
#define OPTS_DEFINE                                                                                          \
    {"name", OPT_DATA, 0, "the new pool's name", NULL},                                                      \
    {"type", OPT_DATA, 0, "its type: dir, logical, netfs …", complete_pool_type},                            \
    OPT_FLAG("print-xml", "print the XML and make nothing"),                                                 \
    OPT_TEXT("source-host", "the host that it is on"),                                                       \
    OPT_TEXT("source-path", "its folder on that host"),                                                      \
    OPT_TEXT("source-dev", "the device that it is on"),                                                      \
    OPT_TEXT("source-name", "its name there"),                                                               \
    OPT_TEXT("target", "where its volumes are found here"),                                                  \
    OPT_TEXT("source-format", "its format"),                                                                 \
    OPT_TEXT("auth-type", "how to authenticate"),                                                            \
    OPT_TEXT("auth-username", "as whom to authenticate"),                                                    \
    OPT_TEXT("secret-usage", "the usage of the secret to authenticate with"),                                \
    OPT_TEXT("secret-uuid", "the uuid of the secret to authenticate with"),                                  \
    OPT_TEXT("adapter-name", "the SCSI adapter that it is behind"),                                          \
    OPT_TEXT("adapter-wwnn", "the node name of its Fibre Channel adapter"),                                  \
    OPT_TEXT("adapter-wwpn", "the port name of its Fibre Channel adapter"),                                  \
    OPT_TEXT("adapter-parent", "the adapter that this one is on"),                                           \
    OPT_TEXT("adapter-parent-wwnn", "the node name of that"),                                                \
    OPT_TEXT("adapter-parent-wwpn", "the port name of that"),                                                \
    OPT_TEXT("adapter-parent-fabric-wwn", "the fabric name of that"),                                        \
    OPT_TEXT("source-protocol-ver", "the version of NFS to speak"),                                          \
    OPT_TEXT("source-initiator", "the name to show to an iSCSI target")
/* clang-format on */

static void complete_pool_type(struct shell *sh EB_UNUSED, const struct args *args EB_UNUSED,
                               struct candidates *list)
{
    static const char *const types[] = {"dir", "fs", "netfs", "logical", "disk", "iscsi", "scsi", "mpath"};

    for (size_t i = 0; i < EB_ARRAY_SIZE(types); i++)
        candidates_add(list, types[i]);
}

const struct opt pool_define_as_opts[] = {OPTS_DEFINE, OPTS_END};
const struct opt pool_create_as_opts[] = {OPTS_DEFINE, OPTS_BUILD, OPTS_END};

/* What cannot be there without the other is left out, as virsh does. */
static void add_adapter(const struct args *args, struct eb_strbuf *xml)
{
    const char *name = args_get(args, "adapter-name");

    if (args_has(args, "adapter-wwnn") && args_has(args, "adapter-wwpn")) {
        eb_strbuf_add(xml, "    <adapter type='fc_host'");
        eb_strbuf_attr(xml, "parent", args_get(args, "adapter-parent"));
        eb_strbuf_attr(xml, "wwnn", args_get(args, "adapter-wwnn"));
        eb_strbuf_attr(xml, "wwpn", args_get(args, "adapter-wwpn"));
        eb_strbuf_add(xml, "/>\n");
    } else if (name) {
        eb_strbuf_add(xml, "    <adapter type='scsi_host'");
        eb_strbuf_attr(xml, "name", name);
        eb_strbuf_add(xml, "/>\n");
    }
}

static void add_auth(const struct args *args, struct eb_strbuf *xml)
{
    if (!args_has(args, "auth-type") || !args_has(args, "auth-username") ||
        (!args_has(args, "secret-usage") && !args_has(args, "secret-uuid")))
        return;
    eb_strbuf_add(xml, "    <auth");
    eb_strbuf_attr(xml, "type", args_get(args, "auth-type"));
    eb_strbuf_attr(xml, "username", args_get(args, "auth-username"));
    eb_strbuf_add(xml, ">\n      <secret");
    eb_strbuf_attr(xml, "usage", args_get(args, "secret-usage"));
    eb_strbuf_attr(xml, "uuid", args_get(args, "secret-uuid"));
    eb_strbuf_add(xml, "/>\n    </auth>\n");
}

static void add_part(const struct args *args, const char *option, const char *before, const char *attribute,
                     const char *after, struct eb_strbuf *xml)
{
    const char *value = args_get(args, option);

    if (!value)
        return;
    eb_strbuf_add(xml, before);
    eb_strbuf_attr(xml, attribute, value);
    eb_strbuf_add(xml, after);
}

static char *source_of(const struct args *args)
{
    EB_AUTOSTRBUF struct eb_strbuf xml = {0};

    add_part(args, "source-host", "    <host", "name", "/>\n", &xml);
    add_part(args, "source-path", "    <dir", "path", "/>\n", &xml);
    add_part(args, "source-dev", "    <device", "path", "/>\n", &xml);
    add_part(args, "source-initiator", "    <initiator>\n      <iqn", "name", "/>\n    </initiator>\n", &xml);
    add_adapter(args, &xml);
    add_auth(args, &xml);
    add_part(args, "source-format", "    <format", "type", "/>\n", &xml);
    xml.indent = 4;
    eb_strbuf_element(&xml, "name", args_get(args, "source-name"));
    if (xml.len)
        add_part(args, "source-protocol-ver", "    <protocol", "ver", "/>\n", &xml);
    return eb_strbuf_steal(&xml);
}

static int describe(struct shell *sh, const struct args *args, struct eb_strbuf *xml)
{
    EB_AUTOFREE char *source = NULL;
    const char *value;

    for (const struct opt *opt = pool_define_as_opts; opt->name; opt++) {
        if (opt->kind != OPT_BOOL && args_string(sh, args, opt->name, &value) < 0)
            return -1;
    }
    if (args_exclusive(sh, args, "secret-usage", "secret-uuid") < 0)
        return -1;
    source = source_of(args);
    eb_strbuf_add(xml, "<pool");
    eb_strbuf_attr(xml, "type", args_get(args, "type"));
    eb_strbuf_add(xml, ">\n");
    xml->indent = 2;
    eb_strbuf_element(xml, "name", args_get(args, "name"));
    if (*source)
        eb_strbuf_printf(xml, "  <source>\n%s  </source>\n", source);
    if (args_has(args, "target")) {
        eb_strbuf_line(xml, "<target>");
        xml->indent = 4;
        eb_strbuf_element(xml, "path", args_get(args, "target"));
        xml->indent = 2;
        eb_strbuf_line(xml, "</target>");
    }
    xml->indent = 0;
    eb_strbuf_line(xml, "</pool>");
    return 0;
}

int run_pool_define_as(struct shell *sh, const struct args *args)
{
    EB_AUTOSTRBUF struct eb_strbuf xml = {0};
    AUTO_POOL pool = NULL;
    const char *name = args_get(args, "name");

    if (describe(sh, args, &xml) < 0)
        return -1;
    if (args_has(args, "print-xml")) {
        sh_print(sh, "%s", xml.s);
        return 0;
    }
    if (eb_pool_define_xml(sh->conn, xml.s, 0, &pool, &sh->error) < 0)
        return sh_error(sh, "Failed to define pool %s", name);
    sh_extra(sh, "Pool %s defined\n", name);
    return 0;
}

int pool_build_flags(struct shell *sh, const struct args *args, unsigned *out)
{
    enum { BUILD = 1 << 0, OVERWRITE = 1 << 1, NO_OVERWRITE = 1 << 2 };

    *out = (args_has(args, "build") ? BUILD : 0u) | (args_has(args, "overwrite") ? OVERWRITE : 0u) |
           (args_has(args, "no-overwrite") ? NO_OVERWRITE : 0u);
    return args_exclusive(sh, args, "overwrite", "no-overwrite");
}

int run_pool_create_as(struct shell *sh, const struct args *args)
{
    EB_AUTOSTRBUF struct eb_strbuf xml = {0};
    AUTO_POOL pool = NULL;
    const char *name = args_get(args, "name");
    unsigned flags;

    if (pool_build_flags(sh, args, &flags) < 0 || describe(sh, args, &xml) < 0)
        return -1;
    if (args_has(args, "print-xml")) {
        sh_print(sh, "%s", xml.s);
        return 0;
    }
    if (eb_pool_create_xml(sh->conn, xml.s, flags, &pool, &sh->error) < 0)
        return sh_error(sh, "Failed to create pool %s", name);
    sh_extra(sh, "Pool %s created\n", name);
    return 0;
}

/* ---- pool-edit ---- */

const struct opt pool_edit_opts[] = {OPT_POOL, OPTS_END};

/* As it will be at the next start, where the driver tells these apart. */
static int definition_of(struct shell *sh, eb_pool *pool, char **out)
{
    enum { INACTIVE = 1 << 0 };

    if (eb_pool_get_xml(pool, INACTIVE, out, &sh->error) == 0)
        return 0;
    if (sh->error.code != EB_ERR_INVALID_ARG)
        return -1;
    sh_forget(sh);
    return eb_pool_get_xml(pool, 0, out, &sh->error);
}

struct edit {
    eb_pool *pool;
    const char *before;
};

static int apply_edit(struct shell *sh, const char *text, void *opaque)
{
    struct edit *e = opaque;
    EB_AUTOFREE char *now = NULL;

    if (definition_of(sh, e->pool, &now) < 0)
        return -1;
    if (!eb_streq(now, e->before))
        return eb_error_set(&sh->error, EB_ERR_OPERATION_FAILED,
                            "the pool's XML was changed by someone else meanwhile");
    return eb_pool_define_xml(sh->conn, text, 0, NULL, &sh->error);
}

int run_pool_edit(struct shell *sh, const struct args *args)
{
    EB_AUTOFREE char *before = NULL;
    AUTO_POOL pool = sh_pool(sh, args, "pool", BY_NAME | BY_UUID);
    struct edit e = {.pool = pool};
    int result;

    if (!pool || definition_of(sh, pool, &before) < 0)
        return -1;
    e.before = before;
    result = editor_change(sh, before, apply_edit, &e);
    if (result >= 0)
        sh_extra(sh, "Pool %s XML configuration %s.\n", eb_pool_get_name(pool),
                 result ? "edited" : "not changed");
    return result < 0 ? -1 : 0;
}

/* ---- Sources ---- */

#define OPT_SOURCE_TYPE                                                                                      \
    {                                                                                                        \
        "type", OPT_DATA, 0, "the type of the pools", complete_pool_type                                     \
    }

const struct opt pool_sources_opts[] = {
    OPT_SOURCE_TYPE,
    {"srcSpec", OPT_STRING, 0, "file with XML that says where to look", complete_file},
    OPTS_END,
};
const struct opt pool_sources_as_opts[] = {
    OPT_SOURCE_TYPE,
    OPT_TEXT("host", "the host to look on"),
    OPT_TEXT("port", "the port to ask it at"),
    OPT_TEXT("initiator", "the name to show to an iSCSI target"),
    OPTS_END,
};

static int find_sources(struct shell *sh, const struct args *args, const char *spec)
{
    EB_AUTOFREE char *xml = NULL;
    const char *type;

    if (args_string(sh, args, "type", &type) < 1)
        return -1;
    if (eb_conn_find_pool_sources(sh->conn, type, spec, 0, &xml, &sh->error) < 0)
        return sh_error(sh, "Failed to find any %s pool sources", type);
    if (sh_wants_json(args))
        sh_json_text(sh, "xml", xml);
    else
        sh_print(sh, "%s", xml);
    return 0;
}

int run_pool_sources(struct shell *sh, const struct args *args)
{
    EB_AUTOFREE char *spec = NULL;
    const char *file = NULL;

    if (args_string(sh, args, "srcSpec", &file) < 0 || (file && sh_read_file(sh, file, &spec) < 0))
        return -1;
    return find_sources(sh, args, spec);
}

int run_pool_sources_as(struct shell *sh, const struct args *args)
{
    EB_AUTOSTRBUF struct eb_strbuf spec = {0};
    const char *host = NULL, *port = NULL, *initiator = NULL;

    if (args_string(sh, args, "host", &host) < 0 || args_string(sh, args, "port", &port) < 0 ||
        args_string(sh, args, "initiator", &initiator) < 0)
        return -1;
    if (!host)
        return find_sources(sh, args, NULL);
    eb_strbuf_add(&spec, "<source>\n  <host");
    eb_strbuf_attr(&spec, "name", host);
    eb_strbuf_attr(&spec, "port", port);
    eb_strbuf_add(&spec, "/>\n");
    if (initiator) {
        eb_strbuf_add(&spec, "  <initiator>\n    <iqn");
        eb_strbuf_attr(&spec, "name", initiator);
        eb_strbuf_add(&spec, "/>\n  </initiator>\n");
    }
    eb_strbuf_add(&spec, "</source>\n");
    return find_sources(sh, args, spec.s);
}

/* ---- What there can be ---- */

int run_pool_capabilities(struct shell *sh, const struct args *args)
{
    EB_AUTOFREE char *xml = NULL;

    if (eb_conn_get_pool_capabilities(sh->conn, 0, &xml, &sh->error) < 0)
        return sh_error(sh, "failed to get storage pool capabilities");
    return sh_show_xml(sh, args, xml);
}
