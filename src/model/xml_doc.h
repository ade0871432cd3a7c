/* SPDX-License-Identifier: LGPL-2.1-or-later */
/** @file xml_doc.h Text to libxml2's tree, bounded and without entities, and parts of a tree to text. */
#ifndef EB_MODEL_XML_DOC_H
#define EB_MODEL_XML_DOC_H

#include "base/error.h"
#include "base/strbuf.h"

#include <libxml/tree.h>
#include <libxml/xmlerror.h>

/* What libxml2 hands to a structured error function; const since 2.12. */
#if LIBXML_VERSION >= 21200
typedef const xmlError *eb_xml_error;
#else
typedef xmlError *eb_xml_error;
#endif

/**
 * Parses `xml`; `what` names it in errors ("(domain_definition)"). No network, no document type (so no
 * entities), UTF-8, at most EB_XML_MAX bytes and 256 attributes an element. NULL: an error, of
 * EB_ERR_XML_DETAIL with the line for what is malformed. The caller frees it with xmlFreeDoc.
 */
xmlDoc *eb_xml_doc_parse(const char *xml, const char *what, eb_error *err);
void eb_xml_doc_cleanup(xmlDoc **doc);
#define EB_AUTODOC EB_CLEANUP(eb_xml_doc_cleanup)

/** The text of attribute `name` (no namespace), or NULL; the caller frees it. */
char *eb_xml_attr(xmlNode *node, const char *name);
/** The element's own text, its children's not; NULL: none. The caller frees it. */
char *eb_xml_own_text(xmlNode *node);
/** The element alone, with every namespace that it needs declared, one line, attributes in `quote`. */
char *eb_xml_element_text(xmlNode *node);
/**
 * Adds an element that eb_xml_element_text gave, a line for each element from the buffer's indentation on;
 * elements that hold text stay as they are. `quote`: ' or ".
 */
void eb_xml_add_element(struct eb_strbuf *out, const char *xml, char quote);
/** The element as it is, a line for each element, attributes in double quotes; no line break behind it. */
char *eb_xml_pretty(xmlNode *node);

#endif
