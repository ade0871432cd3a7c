/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* <domaincheckpoint>: its tables, in libvirt's order, and its disks beside those of its domain. */
#include "model/checkpoint.h"
#include "model/domain_map.h"
#include "model/domain_xml.h"
#include "model/moment_map.h"
#include "model/object_map.h"
#include "model/validate.h"
#include "model/xml_doc.h"

#include <time.h>

static const char *const kinds[] = {NULL, "no", "bitmap"};
_Static_assert(EB_ARRAY_SIZE(kinds) == EB_CHECKPOINT_KIND_LAST, "each kind has a word");
EB_DEFINE_WORDS(eb_checkpoint_kind, kinds)

OWNED(eb_checkpoint_disk) = {STR(eb_checkpoint_disk, name), STR(eb_checkpoint_disk, bitmap), END};
OWNED(eb_checkpoint_def) = {STR(eb_checkpoint_def, name),
                            STR(eb_checkpoint_def, description),
                            STR(eb_checkpoint_def, parent),
                            ARRAY(eb_checkpoint_def, disks, eb_checkpoint_disk_owned),
                            ARRAY(eb_checkpoint_def, unmodelled, eb_owned_unmodelled),
                            END};

/* What is no time is missing, in libvirt's words. */
static int read_time(const char *text, void *base, eb_error *err EB_UNUSED)
{
    struct eb_checkpoint_def *def = base;

    def->has_time = eb_parse_i64(text, INT64_MIN + 1, INT64_MAX, &def->time);
    return 0;
}

static char *write_time(const void *base)
{
    const struct eb_checkpoint_def *def = base;

    return def->has_time ? eb_asprintf("%lld", (long long)def->time) : NULL;
}

static int read_then(struct eb_xml_reader *r, xmlNode *node, const char *path EB_UNUSED, void *base,
                     eb_error *err)
{
    return eb_moment_read_domain(r, node, "domain", &((struct eb_checkpoint_def *)base)->domain, err);
}

static void write_then(struct eb_xml_writer *w, const char *path EB_UNUSED, const void *base)
{
    const struct eb_checkpoint_def *def = base;

    if (def->domain)
        eb_domain_def_write(w->out, "domain", def->domain, w->flags);
}

static const struct eb_xml_custom time_text = {read_time, write_time};
static const struct eb_xml_hook domain_then = {read_then, write_then};

static const struct eb_xml_item name[] = {EB_TEXT(eb_checkpoint_def, name), EB_END};
static const struct eb_xml_item description[] = {EB_TEXT(eb_checkpoint_def, description), EB_END};
static const struct eb_xml_item parent_name[] = {EB_TEXT(eb_checkpoint_def, parent), EB_END};
static const struct eb_xml_item parent[] = {EB_CHILD("name", parent_name), EB_END};
static const struct eb_xml_item creation_time[] = {
    EB_TEXT(eb_checkpoint_def, time, EB_VALUE(CUSTOM), .custom = &time_text), EB_END};
static const struct eb_xml_item disk[] = {
    EB_ATTR("name", eb_checkpoint_disk, name),
    EB_ATTR("checkpoint", eb_checkpoint_disk, kind, EB_NAMES(eb_checkpoint_kind), .flags = EB_XML_SAID),
    EB_ATTR("bitmap", eb_checkpoint_disk, bitmap),
    EB_END,
};
static const struct eb_xml_item disks[] = {EB_LIST("disk", eb_checkpoint_def, disks, n_disks, disk), EB_END};
static const struct eb_xml_item items[] = {
    EB_CHILD("name", name),
    EB_CHILD("description", description),
    EB_CHILD("parent", parent),
    EB_CHILD("creationTime", creation_time),
    EB_CHILD("disks", disks),
    EB_HOOK(&domain_then),
    EB_END,
};

static int complete(struct eb_checkpoint_def *def, bool redefine, eb_error *err)
{
    if (redefine) {
        if (!def->name || !*def->name)
            return eb_error_set(err, EB_ERR_XML_ERROR, "a redefined checkpoint must have a name");
        if (!def->has_time)
            return eb_error_set(err, EB_ERR_INTERNAL_ERROR, "missing creationTime from existing checkpoint");
        return 0;
    }
    def->time = (int64_t)time(NULL);
    def->has_time = true;
    if (!def->name || !*def->name) {
        free(def->name);
        def->name = eb_asprintf("%lld", (long long)def->time);
    }
    return 0;
}

static int check_root(xmlNode *root, eb_error *err)
{
    if (root->ns || !eb_streq((const char *)root->name, "domaincheckpoint"))
        return eb_error_set_from(err, EB_FROM_XML, EB_ERR_XML_ERROR,
                                 "expecting root element of 'domaincheckpoint', not '%s'",
                                 (const char *)root->name);
    return 0;
}

static int check_schema(const char *xml, eb_error *err)
{
    EB_AUTOERROR eb_error invalid = EB_ERROR_INIT;

    if (eb_xml_validate(xml, "domaincheckpoint.rng", &invalid) == 0 ||
        invalid.code == EB_ERR_OPERATION_UNSUPPORTED) /* there is none */
        return 0;
    eb_error_move(err, &invalid);
    return -1;
}

static int parse(xmlNode *root, bool redefine, struct eb_checkpoint_def *def, eb_error *err)
{
    static const char *const ignored[] = {"parent", "creationTime", "domain", NULL};
    struct eb_xml_reader r = {.entries = &def->unmodelled, .n_entries = &def->n_unmodelled};

    if (!redefine)
        eb_moment_drop(root, ignored);
    return eb_xml_read(&r, root, "/domaincheckpoint", items, def, err) < 0 ? -1
                                                                           : complete(def, redefine, err);
}

int eb_checkpoint_def_parse(const char *xml, bool redefine, bool validate, struct eb_checkpoint_def **out,
                            eb_error *err)
{
    EB_AUTODOC xmlDoc *doc = eb_xml_doc_parse(xml, "(domain_checkpoint)", err);
    EB_AUTOCHECKPOINT struct eb_checkpoint_def *def = EB_NEW(struct eb_checkpoint_def);

    if (!doc || check_root(xmlDocGetRootElement(doc), err) < 0 || (validate && check_schema(xml, err) < 0))
        return -1;
    if (parse(xmlDocGetRootElement(doc), redefine, def, err) < 0) {
        if (err && err->domain == EB_FROM_NONE)
            err->domain = EB_FROM_DOMAIN_CHECKPOINT;
        return -1;
    }
    *out = EB_STEAL(def);
    return 0;
}

char *eb_checkpoint_def_format(const struct eb_checkpoint_def *def, bool with_domain, unsigned flags)
{
    struct eb_checkpoint_def shown = *def;
    struct eb_strbuf out = {0};
    struct eb_xml_writer w;

    if (!with_domain)
        shown.domain = NULL;
    eb_xml_writer_init(&w, &out, flags | EB_XML_INACTIVE, def->unmodelled, def->n_unmodelled);
    eb_xml_write(&w, "domaincheckpoint", "/domaincheckpoint", items, &shown, EB_XML_ALWAYS | EB_XML_OPENED);
    eb_xml_writer_clear(&w);
    return eb_strbuf_steal(&out);
}

struct eb_checkpoint_def *eb_checkpoint_def_copy(const struct eb_checkpoint_def *def)
{
    struct eb_checkpoint_def *copy = eb_memdup(def, sizeof(*def));

    eb_owned_copy(copy, eb_checkpoint_def_owned);
    copy->domain = def->domain ? eb_domain_def_copy(def->domain) : NULL;
    return copy;
}

void eb_checkpoint_def_free(struct eb_checkpoint_def *def)
{
    if (!def)
        return;
    eb_owned_free(def, eb_checkpoint_def_owned);
    eb_domain_def_free(def->domain);
    free(def);
}

void eb_checkpoint_def_cleanup(struct eb_checkpoint_def **def)
{
    eb_checkpoint_def_free(*def);
    *def = NULL;
}

/* ---- Beside the domain's disks ---- */

static int index_of(const struct eb_domain_def *domain, const char *target)
{
    for (size_t i = 0; i < domain->n_disks; i++) {
        if (eb_streq(domain->disks[i].target, target))
            return (int)i;
    }
    return -1;
}

/* Where each disk of the domain is in the definition; -1: it is not named. */
static int find_places(const struct eb_checkpoint_def *def, const struct eb_domain_def *domain, int *places,
                       eb_error *err)
{
    if (def->n_disks > domain->n_disks)
        return eb_error_set(err, EB_ERR_CONFIG_UNSUPPORTED, "too many disk checkpoint requests for domain");
    for (size_t i = 0; i < domain->n_disks; i++)
        places[i] = -1;
    for (size_t i = 0; i < def->n_disks; i++) {
        int index = index_of(domain, def->disks[i].name);

        if (index < 0)
            return eb_error_set(err, EB_ERR_CONFIG_UNSUPPORTED, "no disk named '%s'", def->disks[i].name);
        if (places[index] >= 0)
            return eb_error_set(err, EB_ERR_CONFIG_UNSUPPORTED, "disk '%s' specified twice",
                                def->disks[i].name);
        places[index] = (int)i;
    }
    return 0;
}

int eb_checkpoint_def_align(struct eb_checkpoint_def *def, const struct eb_domain_def *domain, eb_error *err)
{
    EB_AUTOFREE int *places = eb_calloc(domain->n_disks + 1, sizeof(*places));
    struct eb_checkpoint_disk *all;

    if (find_places(def, domain, places, err) < 0)
        return -1;
    all = eb_calloc(domain->n_disks + 1, sizeof(*all));
    for (size_t i = 0; i < domain->n_disks; i++) {
        const struct eb_disk *of = &domain->disks[i];
        struct eb_checkpoint_disk *to = &all[i];

        if (places[i] >= 0) {
            *to = def->disks[places[i]];
            if (!to->kind)
                to->kind = EB_CHECKPOINT_BITMAP;
        } else {
            to->name = eb_strdup(of->target);
            to->kind = def->n_disks || !of->source || of->readonly || of->device == EB_DISK_CDROM
                           ? EB_CHECKPOINT_NONE
                           : EB_CHECKPOINT_BITMAP;
        }
        if (to->kind == EB_CHECKPOINT_BITMAP && !to->bitmap)
            to->bitmap = eb_strdup(def->name);
    }
    free(def->disks);
    def->disks = all;
    def->n_disks = domain->n_disks;
    return 0;
}
