/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/object_map.h"
#include "model/xml_doc.h"

static const struct eb_object_model *const models[EB_OBJECT_LAST] = {
    [EB_OBJECT_NETWORK] = &eb_model_network, [EB_OBJECT_POOL] = &eb_model_pool,
    [EB_OBJECT_VOLUME] = &eb_model_volume,   [EB_OBJECT_IFACE] = &eb_model_iface,
    [EB_OBJECT_NODEDEV] = &eb_model_nodedev,
};

OWNED(eb_object_def) = {STR(eb_object_def, name), ARRAY(eb_object_def, unmodelled, eb_owned_unmodelled), END};

static int read_uuid(const char *text, void *base, eb_error *err)
{
    struct eb_object_def *def = base;

    if (!eb_uuid_parse(text, def->uuid))
        return eb_error_set(err, def->kind == EB_OBJECT_NETWORK ? EB_ERR_INTERNAL_ERROR : EB_ERR_XML_ERROR,
                            "malformed uuid element");
    def->has_uuid = true;
    return 0;
}

static char *write_uuid(const void *base)
{
    const struct eb_object_def *def = base;
    char text[EB_UUID_STRLEN + 1];

    if (!def->has_uuid)
        return NULL;
    eb_uuid_format(def->uuid, text);
    return eb_strdup(text);
}

static const struct eb_xml_custom uuid_text = {read_uuid, write_uuid};
const struct eb_xml_item eb_map_object_name[] = {EB_TEXT(eb_object_def, name), EB_END};
const struct eb_xml_item eb_map_object_uuid[] = {
    EB_TEXT(eb_object_def, uuid, EB_VALUE(CUSTOM), .custom = &uuid_text, .flags = EB_XML_REQUIRED), EB_END};

int eb_object_def_parse(enum eb_object_kind kind, const char *xml, struct eb_object_def **out, eb_error *err)
{
    const struct eb_object_model *model = models[kind];
    EB_AUTODOC xmlDoc *doc = eb_xml_doc_parse(xml, model->document, err);
    EB_AUTOOBJECT struct eb_object_def *def = NULL;
    EB_AUTOFREE char *path = eb_asprintf("/%s", model->element);
    xmlNode *root = doc ? xmlDocGetRootElement(doc) : NULL;

    if (!root)
        return -1;
    if (root->ns || !eb_streq((const char *)root->name, model->element))
        return eb_error_set_from(err, EB_FROM_XML, EB_ERR_XML_ERROR,
                                 "expecting root element of '%s', not '%s'", model->element,
                                 (const char *)root->name);
    def = eb_calloc(1, model->size);
    def->kind = kind;
    struct eb_xml_reader r = {.entries = &def->unmodelled, .n_entries = &def->n_unmodelled};
    if (eb_xml_read(&r, root, path, model->items, def, err) < 0 ||
        (model->check && model->check(def, err) < 0))
        return -1;
    *out = EB_STEAL(def);
    return 0;
}

char *eb_object_def_format(const struct eb_object_def *def)
{
    const struct eb_object_model *model = models[def->kind];
    EB_AUTOFREE char *path = eb_asprintf("/%s", model->element);
    struct eb_strbuf out = {0};
    struct eb_xml_writer w;

    eb_xml_writer_init(&w, &out, 0, def->unmodelled, def->n_unmodelled);
    eb_xml_write(&w, model->element, path, model->items, def, EB_XML_ALWAYS | model->flags);
    eb_xml_writer_clear(&w);
    return eb_strbuf_steal(&out);
}

struct eb_object_def *eb_object_def_copy(const struct eb_object_def *def)
{
    struct eb_object_def *copy = eb_memdup(def, models[def->kind]->size);

    eb_owned_copy(copy, eb_object_def_owned);
    eb_owned_copy(copy, models[def->kind]->owned);
    return copy;
}

void eb_object_def_free(struct eb_object_def *def)
{
    if (!def)
        return;
    eb_owned_free(def, eb_object_def_owned);
    eb_owned_free(def, models[def->kind]->owned);
    free(def);
}

void eb_object_def_cleanup(struct eb_object_def **def)
{
    eb_object_def_free(*def);
    *def = NULL;
}
