/* SPDX-License-Identifier: LGPL-2.1-or-later */
/** @file cmd_volume_make.c New storage volumes. */
#include "shell/volume.h"
#include "shell/xml.h"

enum { PREALLOC_METADATA = 1 << 0, REFLINK = 1 << 1, VALIDATE = 1 << 2 };

static unsigned flags_of(const struct args *args)
{
    return (args_has(args, "prealloc-metadata") ? PREALLOC_METADATA : 0u) |
           (args_has(args, "reflink") ? REFLINK : 0u) | (args_has(args, "validate") ? VALIDATE : 0u);
}

#define OPT_REFLINK OPT_FLAG("reflink", "share the blocks on the disk, where the file system can")
#define OPT_VALIDATE OPT_FLAG("validate", "check the XML against the schema first")

/* ---- vol-create ---- */

const struct opt volume_create_opts[] = {
    OPT_POOL, OPT_FILE("file with the volume's XML"), OPT_PREALLOC, OPT_VALIDATE, OPTS_END,
};

int run_volume_create(struct shell *sh, const struct args *args)
{
    AUTO_POOL pool = sh_pool(sh, args, "pool", BY_NAME | BY_UUID);
    EB_AUTOFREE char *xml = NULL;
    AUTO_VOLUME vol = NULL;
    const char *file;

    if (!pool || args_string(sh, args, "file", &file) < 1 || sh_read_file(sh, file, &xml) < 0)
        return -1;
    if (eb_volume_create_xml(pool, xml, flags_of(args), &vol, &sh->error) < 0)
        return sh_error(sh, "Failed to create vol from %s", file);
    sh_extra(sh, "Vol %s created from %s\n", eb_volume_get_name(vol), file);
    return 0;
}

/* ---- vol-create-as ---- */

static void complete_format(struct shell *sh EB_UNUSED, const struct args *args EB_UNUSED,
                            struct candidates *list)
{
    static const char *const formats[] = {"raw", "iso", "qcow", "qcow2", "vdi", "vmdk", "vpc"};

    for (size_t i = 0; i < EB_ARRAY_SIZE(formats); i++)
        candidates_add(list, formats[i]);
}

const struct opt volume_create_as_opts[] = {
    OPT_POOL,
    {"name", OPT_DATA, 0, "the new volume's name", NULL},
    {"capacity", OPT_DATA, 0, "its size, with a unit (bytes without one)", NULL},
    {"allocation", OPT_STRING, 0, "how much of it has room on the disk from the beginning", NULL},
    {"format", OPT_STRING, 0, "raw, vdi, vmdk, vpc, qcow2 …", complete_format},
    {"backing-vol", OPT_STRING, 0, "the volume that it holds differences to", complete_volume},
    {"backing-vol-format", OPT_STRING, 0, "the format of that", complete_format},
    OPT_PREALLOC,
    OPT_FLAG("print-xml", "print the XML and make nothing"),
    OPTS_END,
};

/* By name in the pool, key or path. */
static int add_backing(struct shell *sh, eb_pool *pool, const char *name, const char *format,
                       struct eb_strbuf *xml)
{
    AUTO_VOLUME vol = NULL;
    EB_AUTOFREE char *path = NULL;

    eb_volume_lookup_by_name(pool, name, &vol, &sh->error);
    if (!vol && (sh_forget(sh), true))
        eb_volume_lookup_by_key(sh->conn, name, &vol, &sh->error);
    if (!vol && (sh_forget(sh), true))
        eb_volume_lookup_by_path(sh->conn, name, &vol, &sh->error);
    if (!vol)
        return sh_error(sh, "failed to get vol '%s'", name);
    if (eb_volume_get_path(vol, &path, &sh->error) < 0)
        return sh_error(sh, "failed to get volume path");
    eb_strbuf_line(xml, "<backingStore>");
    xml->indent += 2;
    eb_strbuf_element(xml, "path", path);
    if (format) {
        eb_strbuf_indent(xml);
        eb_strbuf_add(xml, "<format");
        eb_strbuf_attr(xml, "type", format);
        eb_strbuf_add(xml, "/>\n");
    }
    xml->indent -= 2;
    eb_strbuf_line(xml, "</backingStore>");
    return 0;
}

static int describe(struct shell *sh, const struct args *args, eb_pool *pool, struct eb_strbuf *xml)
{
    const char *name, *capacity, *allocation = NULL, *format = NULL, *backing = NULL, *backing_format = NULL;
    uint64_t size;

    if (args_string(sh, args, "name", &name) < 1 || args_string(sh, args, "capacity", &capacity) < 1 ||
        args_string(sh, args, "allocation", &allocation) < 0 ||
        args_string(sh, args, "format", &format) < 0 || args_string(sh, args, "backing-vol", &backing) < 0 ||
        args_string(sh, args, "backing-vol-format", &backing_format) < 0 || sh_size(sh, capacity, &size) < 0)
        return -1;
    eb_strbuf_line(xml, "<volume>");
    xml->indent += 2;
    eb_strbuf_element(xml, "name", name);
    eb_strbuf_line(xml, "<capacity>%llu</capacity>", (unsigned long long)size);
    if (allocation && sh_size(sh, allocation, &size) < 0)
        return -1;
    if (allocation)
        eb_strbuf_line(xml, "<allocation>%llu</allocation>", (unsigned long long)size);
    if (format) {
        eb_strbuf_line(xml, "<target>");
        eb_strbuf_add(xml, "    <format");
        eb_strbuf_attr(xml, "type", format);
        eb_strbuf_add(xml, "/>\n");
        eb_strbuf_line(xml, "</target>");
    }
    if (backing && add_backing(sh, pool, backing, backing_format, xml) < 0)
        return -1;
    xml->indent -= 2;
    eb_strbuf_line(xml, "</volume>");
    return 0;
}

int run_volume_create_as(struct shell *sh, const struct args *args)
{
    AUTO_POOL pool = sh_pool(sh, args, "pool", BY_NAME | BY_UUID);
    EB_AUTOSTRBUF struct eb_strbuf xml = {0};
    AUTO_VOLUME vol = NULL;
    const char *name = args_get(args, "name");

    if (!pool || describe(sh, args, pool, &xml) < 0)
        return -1;
    if (args_has(args, "print-xml")) {
        sh_print(sh, "%s", xml.s);
        return 0;
    }
    if (eb_volume_create_xml(pool, xml.s, flags_of(args), &vol, &sh->error) < 0)
        return sh_error(sh, "Failed to create vol %s", name);
    sh_extra(sh, "Vol %s created\n", name);
    return 0;
}

/* ---- vol-create-from, vol-clone ---- */

const struct opt volume_create_from_opts[] = {
    OPT_POOL,     OPT_FILE("file with the volume's XML"),
    OPT_VOLUME,   {"inputpool", OPT_STRING, 0, "the name or uuid of the pool of that volume", complete_pool},
    OPT_PREALLOC, OPT_REFLINK,
    OPT_VALIDATE, OPTS_END,
};

int run_volume_create_from(struct shell *sh, const struct args *args)
{
    AUTO_POOL pool = sh_pool(sh, args, "pool", BY_NAME | BY_UUID);
    AUTO_VOLUME from = NULL;
    AUTO_VOLUME vol = NULL;
    EB_AUTOFREE char *xml = NULL;
    const char *file;

    if (!pool || args_string(sh, args, "file", &file) < 1 || !(from = sh_volume(sh, args, "inputpool")) ||
        sh_read_file(sh, file, &xml) < 0)
        return -1;
    if (eb_volume_create_xml_from(pool, xml, from, flags_of(args), &vol, &sh->error) < 0)
        return sh_error(sh, "Failed to create vol from %s", file);
    sh_extra(sh, "Vol %s created from input vol %s\n", eb_volume_get_name(vol), eb_volume_get_name(from));
    return 0;
}

const struct opt volume_clone_opts[] = {
    OPT_VOLUME,
    {"newname", OPT_DATA, 0, "the copy's name", NULL},
    {"pool", OPT_STRING, 0, "the pool's name or uuid", complete_pool},
    OPT_PREALLOC,
    OPT_REFLINK,
    OPT_FLAG("print-xml", "print the copy's XML and make nothing"),
    OPTS_END,
};

int run_volume_clone(struct shell *sh, const struct args *args)
{
    AUTO_VOLUME from = sh_volume(sh, args, "pool");
    AUTO_VOLUME vol = NULL;
    AUTO_POOL pool = NULL;
    EB_AUTOFREE char *old = NULL, *xml = NULL;
    const char *name;

    if (!from)
        return -1;
    if (eb_pool_lookup_by_volume(from, &pool, &sh->error) < 0)
        return sh_error(sh, "failed to get parent pool");
    if (args_string(sh, args, "newname", &name) < 1 || eb_volume_get_xml(from, 0, &old, &sh->error) < 0 ||
        xml_rename(old, name, &xml, &sh->error) < 0)
        return -1;
    if (args_has(args, "print-xml")) {
        sh_print(sh, "%s", xml);
        return 0;
    }
    if (eb_volume_create_xml_from(pool, xml, from, flags_of(args), &vol, &sh->error) < 0)
        return sh_error(sh, "Failed to clone vol from %s", eb_volume_get_name(from));
    sh_extra(sh, "Vol %s cloned from %s\n", eb_volume_get_name(vol), eb_volume_get_name(from));
    return 0;
}
