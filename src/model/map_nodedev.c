/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* <device> of the host: name, parent, and what its capabilities are called; they stay as they are. */
#include "model/object_map.h"
#include "model/xml_doc.h"

OWNED(eb_nodedev_def) = {STR(eb_nodedev_def, parent), STRV(eb_nodedev_def, caps), STR(eb_nodedev_def, wwnn),
                         STR(eb_nodedev_def, wwpn), END};

static bool is_named(const xmlNode *node, const char *name)
{
    return node->type == XML_ELEMENT_NODE && !node->ns && eb_streq((const char *)node->name, name);
}

static void take_text(xmlNode *node, const char *name, char **out)
{
    if (is_named(node, name) && !*out)
        *out = eb_xml_own_text(node);
}

/* A capability may hold others: a SCSI host that is one of Fibre Channel. libxml2 bounds the depth. */
static void note_caps(xmlNode *parent, struct eb_nodedev_def *def)
{
    for (xmlNode *node = parent->children; node; node = node->next) {
        char *type = is_named(node, "capability") ? eb_xml_attr(node, "type") : NULL;

        take_text(node, "wwnn", &def->wwnn);
        take_text(node, "wwpn", &def->wwpn);
        if (!type)
            continue;
        def->caps = eb_reallocarray(def->caps, def->n_caps + 2, sizeof(*def->caps));
        def->caps[def->n_caps++] = type;
        def->caps[def->n_caps] = NULL;
        note_caps(node, def);
    }
}

static int read_caps(struct eb_xml_reader *r EB_UNUSED, xmlNode *parent, const char *path EB_UNUSED,
                     void *base, eb_error *err EB_UNUSED)
{
    note_caps(parent, base);
    return 0;
}

static void write_nothing(struct eb_xml_writer *w EB_UNUSED, const char *path EB_UNUSED,
                          const void *base EB_UNUSED)
{
}

static const struct eb_xml_hook caps = {read_caps, write_nothing};
static const struct eb_xml_item parent[] = {EB_TEXT(eb_nodedev_def, parent), EB_END};
static const struct eb_xml_item items[] = {
    EB_CHILD("name", eb_map_object_name),
    EB_PLACE("path"),
    EB_PLACE("devnode"),
    EB_CHILD("parent", parent),
    EB_PLACE("driver"),
    EB_HOOK(&caps),
    EB_PLACE("capability"),
    EB_END,
};

static int check(struct eb_object_def *def, eb_error *err)
{
    if (!def->name)
        return eb_error_set(err, EB_ERR_NO_NAME, NULL);
    if (!((struct eb_nodedev_def *)def)->caps)
        return eb_error_set(err, EB_ERR_XML_ERROR, "no device capabilities for '%s'", def->name);
    return 0;
}

const struct eb_object_model eb_model_nodedev = {
    .element = "device",
    .document = "(node_device_definition)",
    .size = sizeof(struct eb_nodedev_def),
    .owned = eb_nodedev_def_owned,
    .items = items,
    .check = check,
};
