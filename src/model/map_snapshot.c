/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* <domainsnapshot>: its tables, in libvirt's order, its defaults and contradictions. */
#include "model/domain_map.h"
#include "model/domain_xml.h"
#include "model/moment_map.h"
#include "model/object_map.h"
#include "model/snapshot.h"
#include "model/xml_doc.h"

#include <time.h>

static const char *const locations[] = {NULL, "no", "internal", "external", "manual"};
_Static_assert(EB_ARRAY_SIZE(locations) == EB_SNAPSHOT_LOCATION_LAST, "each location has a word");
EB_DEFINE_WORDS(eb_snapshot_location, locations)

static const char *const states[] = {"nostate", "running", "blocked",     "paused",       "shutdown",
                                     "shutoff", "crashed", "pmsuspended", "disk-snapshot"};
_Static_assert(EB_ARRAY_SIZE(states) == EB_SNAPSHOT_STATE_LAST, "each state has a word");
EB_DEFINE_WORDS(eb_snapshot_state, states)

OWNED(eb_snapshot_disk) = {STR(eb_snapshot_disk, name), STR(eb_snapshot_disk, driver),
                           STR(eb_snapshot_disk, file), STR(eb_snapshot_disk, dev), END};
OWNED(eb_snapshot_def) = {STR(eb_snapshot_def, name),
                          STR(eb_snapshot_def, description),
                          STR(eb_snapshot_def, parent),
                          STR(eb_snapshot_def, memory_file),
                          ARRAY(eb_snapshot_def, disks, eb_snapshot_disk_owned),
                          ARRAY(eb_snapshot_def, unmodelled, eb_owned_unmodelled),
                          END};

/* ---- Single values ---- */

/* What is no time is missing, in libvirt's words. */
static int read_time(const char *text, void *base, eb_error *err EB_UNUSED)
{
    struct eb_snapshot_def *def = base;

    def->has_time = eb_parse_i64(text, INT64_MIN + 1, INT64_MAX, &def->time);
    return 0;
}

static char *write_time(const void *base)
{
    const struct eb_snapshot_def *def = base;

    return def->has_time ? eb_asprintf("%lld", (long long)def->time) : NULL;
}

static const struct eb_xml_custom time_text = {read_time, write_time};

static const struct eb_xml_item name[] = {EB_TEXT(eb_snapshot_def, name), EB_END};
static const struct eb_xml_item description[] = {EB_TEXT(eb_snapshot_def, description), EB_END};
static const struct eb_xml_item state[] = {EB_TEXT(eb_snapshot_def, state, EB_NAMES(eb_snapshot_state),
                                                   .flags = EB_XML_SAID,
                                                   .complaint = "Invalid state '%s' in domain snapshot XML",
                                                   .complaint_code = EB_ERR_CONFIG_UNSUPPORTED),
                                           EB_END};
static const struct eb_xml_item parent_name[] = {EB_TEXT(eb_snapshot_def, parent), EB_END};
static const struct eb_xml_item parent[] = {EB_CHILD("name", parent_name), EB_END};
static const struct eb_xml_item creation_time[] = {
    EB_TEXT(eb_snapshot_def, time, EB_VALUE(CUSTOM), .custom = &time_text), EB_END};

/* ---- <memory> ---- */

static int memory_done(struct eb_xml_reader *r EB_UNUSED, xmlNode *node EB_UNUSED, void *base, eb_error *err)
{
    struct eb_snapshot_def *def = base;

    if (def->memory_file && def->memory == EB_SNAPSHOT_DEFAULT)
        def->memory = EB_SNAPSHOT_EXTERNAL;
    if (def->memory_file && def->memory != EB_SNAPSHOT_EXTERNAL)
        return eb_error_set(err, EB_ERR_XML_ERROR, "memory filename '%s' requires external snapshot",
                            def->memory_file);
    if (def->memory == EB_SNAPSHOT_EXTERNAL && !def->memory_file)
        return eb_error_set(err, EB_ERR_XML_ERROR, "external memory snapshots require a filename");
    if (def->memory_file && def->memory_file[0] != '/')
        return eb_error_set(err, EB_ERR_XML_ERROR, "memory snapshot file path (%s) must be absolute",
                            def->memory_file);
    return 0;
}

static const struct eb_xml_item memory[] = {
    EB_ATTR("snapshot", eb_snapshot_def, memory, EB_NAMES(eb_snapshot_location), .flags = EB_XML_SAID),
    EB_ATTR("file", eb_snapshot_def, memory_file), EB_END};

/* ---- <disks> ---- */

static void init_disk(void *base)
{
    ((struct eb_snapshot_disk *)base)->type = EB_DISK_TYPE_NONE;
}

static const char *disk_path(const struct eb_snapshot_disk *disk)
{
    return disk->file ? disk->file : disk->dev;
}

static int disk_done(struct eb_xml_reader *r EB_UNUSED, xmlNode *node EB_UNUSED, void *base, eb_error *err)
{
    struct eb_snapshot_disk *disk = base;
    const char *path = disk_path(disk);

    if (!disk->name)
        return eb_error_set(err, EB_ERR_INTERNAL_ERROR, "missing name from disk snapshot element");
    if (path && disk->location == EB_SNAPSHOT_DEFAULT)
        disk->location = EB_SNAPSHOT_EXTERNAL;
    if (path && path[0] != '/')
        return eb_error_set(err, EB_ERR_XML_ERROR, "disk snapshot image path '%s' must be absolute", path);
    if (path && disk->type == EB_DISK_TYPE_NONE)
        disk->type = EB_DISK_TYPE_FILE;
    return 0;
}

static const struct eb_xml_item driver[] = {EB_ATTR("type", eb_snapshot_disk, driver), EB_END};
static const struct eb_xml_item source[] = {EB_ATTR("file", eb_snapshot_disk, file),
                                            EB_ATTR("dev", eb_snapshot_disk, dev), EB_END};
static const struct eb_xml_item disk[] = {
    EB_ATTR("name", eb_snapshot_disk, name),
    EB_ATTR("snapshot", eb_snapshot_disk, location, EB_NAMES(eb_snapshot_location), .flags = EB_XML_SAID),
    EB_ATTR("type", eb_snapshot_disk, type, EB_NAMES(eb_disk_type), .flags = EB_XML_SAID),
    EB_CHILD("driver", driver),
    EB_CHILD("source", source),
    EB_END,
};
static const struct eb_xml_item disks[] = {
    EB_LIST("disk", eb_snapshot_def, disks, n_disks, disk, .init = init_disk, .done = disk_done), EB_END};

/* ---- <domain>, <inactiveDomain> ---- */

int eb_moment_read_domain(struct eb_xml_reader *r, xmlNode *parent_node, const char *element,
                          struct eb_domain_def **out, eb_error *err)
{
    xmlNode *node = eb_xml_find(r, parent_node, element);
    EB_AUTOFREE char *type = node ? eb_xml_attr(node, "type") : NULL;

    if (!node)
        return 0;
    eb_xml_take(node);
    if (!type) /* a uuid alone, as old ones have it: nothing is known of the domain */
        return 0;
    xmlNodeSetName(node, BAD_CAST "domain");
    return eb_domain_def_read(node, EB_XML_INACTIVE, out, err);
}

static int read_then(struct eb_xml_reader *r, xmlNode *node, const char *path EB_UNUSED, void *base,
                     eb_error *err)
{
    return eb_moment_read_domain(r, node, "domain", &((struct eb_snapshot_def *)base)->domain, err);
}

static int read_next(struct eb_xml_reader *r, xmlNode *node, const char *path EB_UNUSED, void *base,
                     eb_error *err)
{
    return eb_moment_read_domain(r, node, "inactiveDomain", &((struct eb_snapshot_def *)base)->inactive, err);
}

static void write_then(struct eb_xml_writer *w, const char *path EB_UNUSED, const void *base)
{
    const struct eb_snapshot_def *def = base;

    if (def->domain)
        eb_domain_def_write(w->out, "domain", def->domain, w->flags);
}

static void write_next(struct eb_xml_writer *w, const char *path EB_UNUSED, const void *base)
{
    const struct eb_snapshot_def *def = base;

    if (def->inactive)
        eb_domain_def_write(w->out, "inactiveDomain", def->inactive, w->flags);
}

static const struct eb_xml_hook domain_then = {read_then, write_then}, domain_next = {read_next, write_next};

/* ---- <domainsnapshot> ---- */

static const struct eb_xml_item items[] = {
    EB_CHILD("name", name),
    EB_CHILD("description", description),
    EB_CHILD("state", state),
    EB_CHILD("parent", parent),
    EB_CHILD("creationTime", creation_time),
    EB_CHILD("memory", memory, .done = memory_done),
    EB_CHILD("disks", disks),
    EB_HOOK(&domain_then),
    EB_HOOK(&domain_next),
    EB_PLACE("cookie"),
    EB_END,
};

void eb_moment_drop(xmlNode *root, const char *const *names)
{
    xmlNode *next;

    for (xmlNode *node = root->children; node; node = next) {
        next = node->next;
        if (node->type != XML_ELEMENT_NODE || node->ns)
            continue;
        for (size_t i = 0; names[i]; i++) {
            if (eb_streq((const char *)node->name, names[i])) {
                xmlUnlinkNode(node);
                xmlFreeNode(node);
                break;
            }
        }
    }
}

static int complete_new(struct eb_snapshot_def *def)
{
    def->time = (int64_t)time(NULL);
    def->has_time = true;
    if (def->name && *def->name)
        return 0;
    free(def->name);
    def->name = eb_asprintf("%lld", (long long)def->time);
    return 0;
}

static int complete_redefined(struct eb_snapshot_def *def, eb_error *err)
{
    if (!def->name || !*def->name)
        return eb_error_set(err, EB_ERR_XML_ERROR, "a redefined snapshot must have a name");
    if (!def->has_time)
        return eb_error_set(err, EB_ERR_INTERNAL_ERROR, "missing creationTime from existing snapshot");
    if (!def->state)
        return eb_error_set(err, EB_ERR_XML_ERROR, "missing state from existing snapshot");
    if (def->memory == EB_SNAPSHOT_DEFAULT)
        def->memory = def->state == EB_DOMAIN_SHUTOFF || def->state == EB_SNAPSHOT_DISK_ONLY
                          ? EB_SNAPSHOT_NO
                          : EB_SNAPSHOT_INTERNAL;
    return 0;
}

static int parse(xmlNode *root, bool redefine, struct eb_snapshot_def *def, eb_error *err)
{
    static const char *const ignored[] = {"state",          "parent", "creationTime", "domain",
                                          "inactiveDomain", "active", "cookie",       NULL};
    struct eb_xml_reader r = {.entries = &def->unmodelled, .n_entries = &def->n_unmodelled};

    if (root->ns || !eb_streq((const char *)root->name, "domainsnapshot"))
        return eb_error_set_from(err, EB_FROM_XML, EB_ERR_XML_ERROR,
                                 "expecting root element of 'domainsnapshot', not '%s'",
                                 (const char *)root->name);
    if (!redefine)
        eb_moment_drop(root, ignored);
    if (eb_xml_read(&r, root, "/domainsnapshot", items, def, err) < 0)
        return -1;
    return redefine ? complete_redefined(def, err) : complete_new(def);
}

int eb_snapshot_def_parse(const char *xml, bool redefine, struct eb_snapshot_def **out, eb_error *err)
{
    EB_AUTODOC xmlDoc *doc = eb_xml_doc_parse(xml, "(domain_snapshot)", err);
    EB_AUTOSNAPSHOT struct eb_snapshot_def *def = EB_NEW(struct eb_snapshot_def);

    if (!doc)
        return -1;
    if (parse(xmlDocGetRootElement(doc), redefine, def, err) < 0) {
        if (err && err->domain == EB_FROM_NONE)
            err->domain = EB_FROM_DOMAIN_SNAPSHOT;
        return -1;
    }
    *out = EB_STEAL(def);
    return 0;
}

char *eb_snapshot_def_format(const struct eb_snapshot_def *def, unsigned flags)
{
    struct eb_strbuf out = {0};
    struct eb_xml_writer w;

    eb_xml_writer_init(&w, &out, flags | EB_XML_INACTIVE, def->unmodelled, def->n_unmodelled);
    eb_xml_write(&w, "domainsnapshot", "/domainsnapshot", items, def, EB_XML_ALWAYS | EB_XML_OPENED);
    eb_xml_writer_clear(&w);
    return eb_strbuf_steal(&out);
}

struct eb_snapshot_def *eb_snapshot_def_copy(const struct eb_snapshot_def *def)
{
    struct eb_snapshot_def *copy = eb_memdup(def, sizeof(*def));

    eb_owned_copy(copy, eb_snapshot_def_owned);
    copy->domain = def->domain ? eb_domain_def_copy(def->domain) : NULL;
    copy->inactive = def->inactive ? eb_domain_def_copy(def->inactive) : NULL;
    return copy;
}

void eb_snapshot_def_free(struct eb_snapshot_def *def)
{
    if (!def)
        return;
    eb_owned_free(def, eb_snapshot_def_owned);
    eb_domain_def_free(def->domain);
    eb_domain_def_free(def->inactive);
    free(def);
}

void eb_snapshot_def_cleanup(struct eb_snapshot_def **def)
{
    eb_snapshot_def_free(*def);
    *def = NULL;
}
