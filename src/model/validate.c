/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Checks texts against libvirt's RelaxNG schemas, where they are installed. */
#include "model/validate.h"

#include "model/domain_xml.h"
#include "model/xml_doc.h"

#include <libxml/relaxng.h>
#include <unistd.h>

/* Where libvirt installs its schemas; EVERBOX_SCHEMAS names another folder. */
#define SCHEMAS "/usr/share/libvirt/schemas"

struct complaints {
    struct eb_strbuf text;
};

static void on_complaint(void *data, eb_xml_error error)
{
    struct complaints *complaints = data;
    size_t len = error->message ? strcspn(error->message, "\n") : 0;

    if (!len || complaints->text.len > 4096)
        return;
    if (complaints->text.len)
        eb_strbuf_addc(&complaints->text, '\n');
    eb_strbuf_addn(&complaints->text, error->message, len);
    if (error->line > 0)
        eb_strbuf_printf(&complaints->text, " (line %d)", error->line);
}

static void free_parser(xmlRelaxNGParserCtxt **p)
{
    xmlRelaxNGFreeParserCtxt(*p);
}

static void free_schema(xmlRelaxNG **p)
{
    xmlRelaxNGFree(*p);
}

static void free_validator(xmlRelaxNGValidCtxt **p)
{
    xmlRelaxNGFreeValidCtxt(*p);
}

static void complaints_free(struct complaints *c)
{
    eb_strbuf_free(&c->text);
}

static int check(xmlDoc *doc, const char *path, eb_error *err)
{
    EB_CLEANUP(complaints_free) struct complaints complaints = {0};
    EB_CLEANUP(free_parser) xmlRelaxNGParserCtxt *parser = xmlRelaxNGNewParserCtxt(path);
    EB_CLEANUP(free_schema) xmlRelaxNG *schema = NULL;
    EB_CLEANUP(free_validator) xmlRelaxNGValidCtxt *validator = NULL;

    xmlRelaxNGSetParserStructuredErrors(parser, on_complaint, &complaints);
    schema = parser ? xmlRelaxNGParse(parser) : NULL;
    if (!schema)
        return eb_error_set_from(err, EB_FROM_XML, EB_ERR_INTERNAL_ERROR, "Unable to parse RNG %s: %s", path,
                                 complaints.text.s ? complaints.text.s : "");
    validator = xmlRelaxNGNewValidCtxt(schema);
    xmlRelaxNGSetValidStructuredErrors(validator, on_complaint, &complaints);
    if (xmlRelaxNGValidateDoc(validator, doc) == 0)
        return 0;
    return eb_error_set_from(err, EB_FROM_XML, EB_ERR_XML_INVALID_SCHEMA,
                             "Unable to validate doc against %s\n%s", path,
                             complaints.text.s ? complaints.text.s : "");
}

int eb_xml_validate(const char *xml, const char *schema, eb_error *err)
{
    const char *folder = getenv("EVERBOX_SCHEMAS");
    EB_AUTOFREE char *path = eb_asprintf("%s/%s", folder ? folder : SCHEMAS, schema);
    EB_AUTODOC xmlDoc *doc = NULL;

    if (access(path, R_OK))
        return eb_error_set_from(err, EB_FROM_XML, EB_ERR_OPERATION_UNSUPPORTED,
                                 "there is no schema %s to validate with", path);
    doc = eb_xml_doc_parse(xml, "(definition)", err);
    return doc ? check(doc, path, err) : -1;
}

int eb_domain_xml_validate(const char *xml, eb_error *err)
{
    return eb_xml_validate(xml, "domain.rng", err);
}
