/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* <pool> and <volume>: their tables, in libvirt's order, their defaults and contradictions. */
#include "model/object_map.h"
#include "model/xml_doc.h"

#include <stdio.h>

static const char *const types[] = {"dir",  "fs",    "netfs", "logical",  "disk",    "iscsi", "iscsi-direct",
                                    "scsi", "mpath", "rbd",   "sheepdog", "gluster", "zfs",   "vstorage"};
_Static_assert(EB_ARRAY_SIZE(types) == EB_POOL_LAST, "each type of pool has a word");
EB_DEFINE_WORDS(eb_pool_type, types)

#define PERMISSIONS(type)                                                                                    \
    STR(type, permissions.mode), STR(type, permissions.owner), STR(type, permissions.group),                 \
        STR(type, permissions.label)
OWNED(eb_pool_host) = {STR(eb_pool_host, name), END};
OWNED(eb_pool_device) = {STR(eb_pool_device, path), END};
OWNED(eb_pool_def) = {ARRAY(eb_pool_def, hosts, eb_pool_host_owned),
                      ARRAY(eb_pool_def, devices, eb_pool_device_owned),
                      STR(eb_pool_def, dir),
                      STR(eb_pool_def, source_name),
                      STR(eb_pool_def, format),
                      STR(eb_pool_def, vendor),
                      STR(eb_pool_def, product),
                      STR(eb_pool_def, target),
                      PERMISSIONS(eb_pool_def),
                      END};
OWNED(eb_volume_def) = {STR(eb_volume_def, type),           STR(eb_volume_def, key),
                        STR(eb_volume_def, path),           STR(eb_volume_def, format),
                        PERMISSIONS(eb_volume_def),         STR(eb_volume_def, backing_path),
                        STR(eb_volume_def, backing_format), END};

/* ---- <permissions> ---- */

static int check_mode(char **mode, eb_error *err)
{
    unsigned value;
    int end = 0;

    if (!*mode)
        return 0;
    if (strlen(*mode) > 8 || sscanf(*mode, "%o%n", &value, &end) != 1 || (*mode)[end] || value > 0777)
        return eb_error_set(err, EB_ERR_XML_ERROR, "malformed octal mode");
    free(*mode);
    *mode = eb_asprintf("0%o", value);
    return 0;
}

#define DEFINE_PERMISSIONS(type)                                                                             \
    static const struct eb_xml_item type##_mode[] = {EB_TEXT(type, permissions.mode), EB_END};               \
    static const struct eb_xml_item type##_owner[] = {EB_TEXT(type, permissions.owner), EB_END};             \
    static const struct eb_xml_item type##_group[] = {EB_TEXT(type, permissions.group), EB_END};             \
    static const struct eb_xml_item type##_label[] = {EB_TEXT(type, permissions.label), EB_END};             \
    static const struct eb_xml_item type##_permissions[] = {                                                 \
        EB_CHILD("mode", type##_mode), EB_CHILD("owner", type##_owner), EB_CHILD("group", type##_group),     \
        EB_CHILD("label", type##_label), EB_END}
DEFINE_PERMISSIONS(eb_pool_def);
DEFINE_PERMISSIONS(eb_volume_def);

/* ---- <pool> ---- */

/* What the driver finds out; a definition's own say nothing. */
static int read_sizes(struct eb_xml_reader *r, xmlNode *parent, const char *path EB_UNUSED,
                      void *base EB_UNUSED, eb_error *err EB_UNUSED)
{
    static const char *const names[] = {"capacity", "allocation", "available"};

    for (size_t i = 0; i < EB_ARRAY_SIZE(names); i++) {
        xmlNode *node = eb_xml_find(r, parent, names[i]);

        if (node)
            eb_xml_take(node);
    }
    return 0;
}

static void write_size(struct eb_xml_writer *w, const char *name, uint64_t bytes)
{
    eb_strbuf_line(w->out, "<%s unit='bytes'>%llu</%s>", name, (unsigned long long)bytes, name);
}

static void write_sizes(struct eb_xml_writer *w, const char *path EB_UNUSED, const void *base)
{
    const struct eb_pool_def *def = base;

    write_size(w, "capacity", def->capacity);
    write_size(w, "allocation", def->allocation);
    write_size(w, "available", def->available);
}

static const struct eb_xml_hook sizes = {read_sizes, write_sizes};

static int note_adapter(struct eb_xml_reader *r, xmlNode *parent, const char *path EB_UNUSED, void *base,
                        eb_error *err EB_UNUSED)
{
    ((struct eb_pool_def *)base)->has_adapter = eb_xml_find(r, parent, "adapter") != NULL;
    return 0;
}

static void write_nothing(struct eb_xml_writer *w EB_UNUSED, const char *path EB_UNUSED,
                          const void *base EB_UNUSED)
{
}

static const struct eb_xml_hook adapter = {note_adapter, write_nothing};

static const struct eb_xml_item source_host[] = {
    EB_ATTR("name", eb_pool_host, name, .flags = EB_XML_REQUIRED),
    EB_ATTR("port", eb_pool_host, port, EB_VALUE(UINT)), EB_END};
static const struct eb_xml_item source_device[] = {
    EB_ATTR("path", eb_pool_device, path, .flags = EB_XML_REQUIRED), EB_END};
static const struct eb_xml_item source_dir[] = {EB_ATTR("path", eb_pool_def, dir), EB_END};
static const struct eb_xml_item source_name[] = {EB_TEXT(eb_pool_def, source_name), EB_END};
static const struct eb_xml_item source_format[] = {EB_ATTR("type", eb_pool_def, format), EB_END};
static const struct eb_xml_item source_vendor[] = {EB_ATTR("name", eb_pool_def, vendor), EB_END};
static const struct eb_xml_item source_product[] = {EB_ATTR("name", eb_pool_def, product), EB_END};

static bool has_name(const void *base)
{
    const struct eb_pool_def *def = base;

    return def->type == EB_POOL_LOGICAL || def->type == EB_POOL_RBD || def->type == EB_POOL_SHEEPDOG ||
           def->type == EB_POOL_GLUSTER || def->type == EB_POOL_ZFS || def->type == EB_POOL_VSTORAGE;
}

static const struct eb_xml_item source[] = {
    EB_LIST("host", eb_pool_def, hosts, n_hosts, source_host),
    EB_LIST("device", eb_pool_def, devices, n_devices, source_device),
    EB_CHILD("dir", source_dir),
    EB_HOOK(&adapter),
    EB_PLACE("adapter"),
    EB_CHILD("name", source_name, .show = has_name),
    EB_PLACE("initiator"),
    EB_CHILD("format", source_format),
    EB_PLACE("auth"),
    EB_PLACE("protocol"),
    EB_CHILD("vendor", source_vendor),
    EB_CHILD("product", source_product),
    EB_END,
};
static const struct eb_xml_item target_path[] = {EB_TEXT(eb_pool_def, target), EB_END};
static const struct eb_xml_item target[] = {
    EB_CHILD("path", target_path),
    EB_CHILD("permissions", eb_pool_def_permissions),
    EB_END,
};

static const struct eb_xml_item pool_items[] = {
    EB_ATTR("type", eb_pool_def, type, EB_NAMES(eb_pool_type), .flags = EB_XML_REQUIRED),
    EB_CHILD("name", eb_map_object_name),
    EB_CHILD("uuid", eb_map_object_uuid),
    EB_HOOK(&sizes),
    EB_PLACE("features"),
    EB_CHILD("source", source, .flags = EB_XML_ALWAYS | EB_XML_OPENED),
    EB_CHILD("target", target),
    EB_END,
};

static const char *const fs_formats[] = {"auto", "ext2", "ext3", "ext4", "ufs",   "iso9660", "udf", "gfs",
                                         "gfs2", "vfat", "hfs+", "xfs",  "ocfs2", "vmfs",    NULL};
static const char *const netfs_formats[] = {"auto", "nfs", "glusterfs", "cifs", NULL};
static const char *const logical_formats[] = {"lvm2", "unknown", NULL};
static const char *const disk_formats[] = {"unknown", "dos",  "dvh", "gpt",  "mac",
                                           "bsd",     "pc98", "sun", "lvm2", NULL};

/** What each type of pool needs, and its formats, the default first. */
static const struct {
    bool host, dir, device, adapter, no_target;
    const char *const *formats;
    const char *target; /* what its name follows, when no target is given */
} needs[EB_POOL_LAST] = {
    [EB_POOL_FS] = {.device = true, .formats = fs_formats},
    [EB_POOL_NETFS] = {.host = true, .dir = true, .formats = netfs_formats},
    [EB_POOL_LOGICAL] = {.formats = logical_formats, .target = "/dev/"},
    [EB_POOL_DISK] = {.device = true, .formats = disk_formats},
    [EB_POOL_ISCSI] = {.host = true, .device = true},
    [EB_POOL_ISCSI_DIRECT] = {.host = true, .device = true, .no_target = true},
    [EB_POOL_SCSI] = {.adapter = true},
    [EB_POOL_RBD] = {.host = true, .no_target = true},
    [EB_POOL_SHEEPDOG] = {.host = true, .no_target = true},
    [EB_POOL_GLUSTER] = {.host = true, .dir = true, .no_target = true},
    [EB_POOL_ZFS] = {.target = "/dev/zvol/"},
};

static int check_format(struct eb_pool_def *def, eb_error *err)
{
    const char *const *formats = needs[def->type].formats;

    if (!formats)
        return 0;
    if (!def->format)
        def->format = eb_strdup(formats[0]);
    for (; *formats; formats++) {
        if (eb_streq(*formats, def->format))
            return 0;
    }
    return eb_error_set(err, EB_ERR_CONFIG_UNSUPPORTED, "unknown pool format type %s", def->format);
}

/* Without doubled and trailing slashes. */
static void tidy_path(char *path)
{
    char *to = path;

    if (!path)
        return;
    for (const char *from = path; *from; from++) {
        if (*from != '/' || from[1] != '/')
            *to++ = *from;
    }
    if (to > path + 1 && to[-1] == '/')
        to--;
    *to = '\0';
}

static int check_source(struct eb_pool_def *def, eb_error *err)
{
    if (needs[def->type].host && !def->n_hosts)
        return eb_error_set(err, EB_ERR_XML_ERROR, "missing storage pool source host name");
    if (needs[def->type].dir && !def->dir)
        return eb_error_set(err, EB_ERR_XML_ERROR, "missing storage pool source path");
    if (has_name(def) && !def->source_name)
        def->source_name = eb_strdup(def->base.name);
    if (needs[def->type].adapter && !def->has_adapter)
        return eb_error_set(err, EB_ERR_XML_ERROR, "missing storage pool source adapter");
    if (needs[def->type].device && !def->n_devices)
        return eb_error_set(err, EB_ERR_XML_ERROR, "missing storage pool source device name");
    tidy_path(def->dir);
    return 0;
}

static int check_pool(struct eb_object_def *base, eb_error *err)
{
    struct eb_pool_def *def = (struct eb_pool_def *)base;

    if (check_format(def, err) < 0)
        return -1;
    if (!base->name && def->source_name)
        base->name = eb_strdup(def->source_name);
    if (!base->name)
        return eb_error_set(err, EB_ERR_XML_ERROR, "missing pool source name element");
    if (strchr(base->name, '/'))
        return eb_error_set(err, EB_ERR_XML_ERROR, "name %s cannot contain '/'", base->name);
    if (check_source(def, err) < 0)
        return -1;
    if (needs[def->type].target && !def->target)
        def->target = eb_asprintf("%s%s", needs[def->type].target, def->source_name);
    if (!def->target && !needs[def->type].no_target)
        return eb_error_set(err, EB_ERR_XML_ERROR, "missing storage pool target path");
    tidy_path(def->target);
    return check_mode(&def->permissions.mode, err);
}

const struct eb_object_model eb_model_pool = {
    .element = "pool",
    .document = "(storage_pool_definition)",
    .size = sizeof(struct eb_pool_def),
    .owned = eb_pool_def_owned,
    .items = pool_items,
    .check = check_pool,
};

/* ---- <volume> ---- */

static int read_bytes(xmlNode *node, uint64_t *out, eb_error *err)
{
    EB_AUTOFREE char *text = eb_xml_own_text(node);
    EB_AUTOFREE char *unit = eb_xml_attr(node, "unit");

    eb_xml_take(node);
    return eb_xml_parse_bytes(text ? text : "", unit, 1, (const char *)node->name, out, err);
}

static int read_volume_sizes(struct eb_xml_reader *r, xmlNode *parent, const char *path EB_UNUSED, void *base,
                             eb_error *err)
{
    struct eb_volume_def *def = base;
    xmlNode *capacity = eb_xml_find(r, parent, "capacity"),
            *allocation = eb_xml_find(r, parent, "allocation");

    if (!def->base.name)
        return eb_error_set(err, EB_ERR_XML_ERROR, "missing volume name element");
    if (!capacity)
        return eb_error_set(err, EB_ERR_XML_ERROR, "missing capacity element");
    if (read_bytes(capacity, &def->capacity, err) < 0)
        return -1;
    def->allocation = def->capacity;
    def->allocation_implied = !allocation;
    return allocation ? read_bytes(allocation, &def->allocation, err) : 0;
}

static void write_volume_sizes(struct eb_xml_writer *w, const char *path EB_UNUSED, const void *base)
{
    const struct eb_volume_def *def = base;

    write_size(w, "capacity", def->capacity);
    if (!def->allocation_implied)
        write_size(w, "allocation", def->allocation);
}

static const struct eb_xml_hook volume_sizes = {read_volume_sizes, write_volume_sizes};

static const char *const volume_formats[] = {"none",  "raw", "dir",  "bochs",   "cloop", "dmg", "iso",
                                             "vpc",   "vdi", "fat",  "vhd",     "ploop", "cow", "qcow",
                                             "qcow2", "qed", "vmdk", "unknown", NULL};
#define FORMAT                                                                                               \
    .words = volume_formats, .complaint = "unknown volume format type %s",                                   \
    .complaint_code = EB_ERR_CONFIG_UNSUPPORTED
static const struct eb_xml_item volume_key[] = {EB_TEXT(eb_volume_def, key), EB_END};
static const struct eb_xml_item volume_path[] = {EB_TEXT(eb_volume_def, path), EB_END};
static const struct eb_xml_item volume_format[] = {EB_ATTR("type", eb_volume_def, format, FORMAT), EB_END};
static const struct eb_xml_item backing_path[] = {EB_TEXT(eb_volume_def, backing_path), EB_END};
static const struct eb_xml_item backing_format[] = {EB_ATTR("type", eb_volume_def, backing_format, FORMAT),
                                                    EB_END};
static const struct eb_xml_item volume_target[] = {
    EB_CHILD("path", volume_path),
    EB_CHILD("format", volume_format),
    EB_CHILD("permissions", eb_volume_def_permissions),
    EB_END,
};
static const struct eb_xml_item backing[] = {
    EB_CHILD("path", backing_path),
    EB_CHILD("format", backing_format),
    EB_END,
};
static const struct eb_xml_item volume_items[] = {
    EB_ATTR("type", eb_volume_def, type),
    EB_CHILD("name", eb_map_object_name),
    EB_CHILD("key", volume_key),
    EB_PLACE("source"),
    EB_HOOK(&volume_sizes),
    EB_CHILD("target", volume_target),
    EB_CHILD("backingStore", backing),
    EB_END,
};

static int check_volume(struct eb_object_def *base, eb_error *err)
{
    struct eb_volume_def *def = (struct eb_volume_def *)base;

    if (!def->type)
        def->type = eb_strdup("file");
    if (!def->format)
        def->format = eb_strdup("raw");
    if (def->backing_path && !def->backing_format)
        def->backing_format = eb_strdup("raw");
    return check_mode(&def->permissions.mode, err);
}

const struct eb_object_model eb_model_volume = {
    .element = "volume",
    .document = "(storage_volume_definition)",
    .size = sizeof(struct eb_volume_def),
    .owned = eb_volume_def_owned,
    .items = volume_items,
    .check = check_volume,
};
