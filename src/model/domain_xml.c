/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whole definitions and single devices, to and from XML. */
#include "model/domain_xml.h"

#include "model/domain_check.h"
#include "model/domain_map.h"
#include "model/vbox_ns.h"
#include "model/xml_doc.h"

int eb_domain_xml_error(eb_error *err, const char *fmt, ...)
{
    bool fresh = err && !eb_error_is_set(err);
    va_list args;

    va_start(args, fmt);
    eb_error_vset(err, EB_ERR_XML_ERROR, fmt, args);
    va_end(args);
    if (fresh)
        err->domain = EB_FROM_DOMAIN;
    return -1;
}

static int check_root(xmlNode *root, const char *name, eb_error *err)
{
    if (root->ns == NULL && eb_streq((const char *)root->name, name))
        return 0;
    return eb_error_set_from(err, EB_FROM_XML, EB_ERR_XML_ERROR, "expecting root element of '%s', not '%s'",
                             name, (const char *)root->name);
}

int eb_domain_def_read(xmlNode *root, unsigned flags, struct eb_domain_def **out, eb_error *err)
{
    EB_AUTODEF struct eb_domain_def *def = eb_domain_def_new();
    struct eb_xml_reader r = {.flags = flags, .entries = &def->unmodelled, .n_entries = &def->n_unmodelled};

    if (check_root(root, "domain", err) || eb_domain_check_type(root, err) ||
        eb_xml_read(&r, root, "/domain", eb_map_domain, def, err) || eb_domain_check(def, err) ||
        eb_metadata_read_machine(root, def, err))
        return -1;
    *out = EB_STEAL(def);
    return 0;
}

int eb_domain_def_parse(const char *xml, unsigned flags, struct eb_domain_def **out, eb_error *err)
{
    EB_AUTODOC xmlDoc *doc = eb_xml_doc_parse(xml, "(domain_definition)", err);

    return doc ? eb_domain_def_read(xmlDocGetRootElement(doc), flags, out, err) : -1;
}

void eb_domain_def_write(struct eb_strbuf *out, const char *element, const struct eb_domain_def *def,
                         unsigned flags)
{
    struct eb_xml_writer w;

    eb_xml_writer_init(&w, out, flags, def->unmodelled, def->n_unmodelled);
    eb_xml_write(&w, element, "/domain", eb_map_domain, def, EB_XML_ALWAYS);
    eb_xml_writer_clear(&w);
}

char *eb_domain_def_format(const struct eb_domain_def *def, unsigned flags)
{
    struct eb_strbuf out = {0};

    eb_domain_def_write(&out, "domain", def, flags);
    return eb_strbuf_steal(&out);
}

/* ---- One device ---- */

int eb_device_parse(const char *xml, enum eb_virt_type virt, struct eb_device *out, eb_error *err)
{
    EB_AUTODOC xmlDoc *doc = eb_xml_doc_parse(xml, "(device_definition)", err);
    EB_AUTODEF struct eb_domain_def *def = NULL;
    struct eb_xml_reader r = {.flags = EB_XML_INACTIVE};
    xmlNode *devices, *element;
    int type;

    if (!doc)
        return -1;
    element = xmlDocGetRootElement(doc);
    type = element->ns ? -1 : eb_device_type_from_string((const char *)element->name);
    if (type <= 0)
        return eb_domain_xml_error(err, "unknown device type '%s'", (const char *)element->name);
    /* the table of <devices> reads it as its only child */
    devices = xmlNewDocNode(doc, NULL, BAD_CAST "devices", NULL);
    xmlDocSetRootElement(doc, devices);
    xmlAddChild(devices, element);
    def = eb_domain_def_new();
    def->virt = virt;
    r.entries = &def->unmodelled;
    r.n_entries = &def->n_unmodelled;
    if (eb_xml_read(&r, devices, "/domain/devices", eb_map_devices, def, err))
        return -1;
    for (size_t i = 0; i < def->n_unmodelled; i++) {
        if (eb_streq(def->unmodelled[i].path, "/domain/devices"))
            return eb_error_set_from(err, EB_FROM_DOMAIN, EB_ERR_CONFIG_UNSUPPORTED,
                                     "a device <%s> of that type is not supported", def->unmodelled[i].name);
    }
    *out = (struct eb_device){.type = (enum eb_device_type)type, .def = EB_STEAL(def)};
    return 0;
}

/* The lines of <devices>, without its own first and last. */
char *eb_device_format(const struct eb_device *dev, unsigned flags)
{
    static const char first[] = "<devices>\n", last[] = "</devices>\n";
    EB_AUTOSTRBUF struct eb_strbuf out = {.indent = -2};
    struct eb_xml_writer w;

    eb_xml_writer_init(&w, &out, flags, dev->def->unmodelled, dev->def->n_unmodelled);
    eb_xml_write(&w, "devices", "/domain/devices", eb_map_devices, dev->def, 0);
    eb_xml_writer_clear(&w);
    if (out.len < strlen(first) + strlen(last))
        return eb_strdup("");
    return eb_strndup(out.s + strlen(first), out.len - strlen(first) - strlen(last));
}
