/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Checks texts against libvirt's RelaxNG schemas, where they are installed. */
#include "model/validate.h"

#include "model/domain_xml.h"
#include "model/xml_doc.h"

#include <libxml/relaxng.h>
#include <pthread.h>
#include <sys/stat.h>
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

static void free_validator(xmlRelaxNGValidCtxt **p)
{
    xmlRelaxNGFreeValidCtxt(*p);
}

static void complaints_free(struct complaints *c)
{
    eb_strbuf_free(&c->text);
}

/* Reading a schema takes longer than everything else: each is kept until its file changes. */
struct schema {
    struct schema *next;
    char *path;
    struct timespec changed;
    xmlRelaxNG *rng; /* NULL: could not be read */
};
static struct schema *schemas;
static pthread_mutex_t schemas_lock = PTHREAD_MUTEX_INITIALIZER; /* also held while one is in use */

static xmlRelaxNG *read_schema(const char *path, eb_error *err)
{
    EB_CLEANUP(complaints_free) struct complaints complaints = {0};
    EB_CLEANUP(free_parser) xmlRelaxNGParserCtxt *parser = xmlRelaxNGNewParserCtxt(path);
    xmlRelaxNG *rng;

    xmlRelaxNGSetParserStructuredErrors(parser, on_complaint, &complaints);
    rng = parser ? xmlRelaxNGParse(parser) : NULL;
    if (!rng)
        eb_error_set_from(err, EB_FROM_XML, EB_ERR_INTERNAL_ERROR, "Unable to parse RNG %s: %s", path,
                          complaints.text.s ? complaints.text.s : "");
    return rng;
}

static struct schema *schema_at(const char *path)
{
    struct schema *s = schemas;

    while (s && !eb_streq(s->path, path))
        s = s->next;
    if (!s) {
        s = EB_NEW(struct schema);
        s->path = eb_strdup(path);
        s->next = schemas;
        schemas = s;
    }
    return s;
}

/* With the lock held. */
static xmlRelaxNG *schema_of(const char *path, eb_error *err)
{
    struct schema *s = schema_at(path);
    struct stat now = {0};

    if (stat(path, &now) == 0 && s->rng && s->changed.tv_sec == now.st_mtim.tv_sec &&
        s->changed.tv_nsec == now.st_mtim.tv_nsec)
        return s->rng;
    xmlRelaxNGFree(s->rng);
    s->rng = read_schema(path, err);
    s->changed = now.st_mtim;
    return s->rng;
}

static int check_against(xmlRelaxNG *rng, xmlDoc *doc, const char *path, eb_error *err)
{
    EB_CLEANUP(complaints_free) struct complaints complaints = {0};
    EB_CLEANUP(free_validator) xmlRelaxNGValidCtxt *validator = xmlRelaxNGNewValidCtxt(rng);

    xmlRelaxNGSetValidStructuredErrors(validator, on_complaint, &complaints);
    if (xmlRelaxNGValidateDoc(validator, doc) == 0)
        return 0;
    return eb_error_set_from(err, EB_FROM_XML, EB_ERR_XML_INVALID_SCHEMA,
                             "Unable to validate doc against %s\n%s", path,
                             complaints.text.s ? complaints.text.s : "");
}

static int check(xmlDoc *doc, const char *path, eb_error *err)
{
    xmlRelaxNG *rng;
    int result;

    pthread_mutex_lock(&schemas_lock);
    rng = schema_of(path, err);
    result = rng ? check_against(rng, doc, path, err) : -1;
    pthread_mutex_unlock(&schemas_lock);
    return result;
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
