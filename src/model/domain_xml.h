/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file domain_xml.h
 * Domain definitions to and from libvirt's XML. UTF-8 only; document types (and so entities) are refused,
 * no network is touched, depth, size and counts are bounded (docs/xml.md). Thread safe.
 */
#ifndef EB_MODEL_DOMAIN_XML_H
#define EB_MODEL_DOMAIN_XML_H

#include "model/domain.h"

/** The namespace of Everbox's own settings inside <metadata>. */
#define EB_VBOX_NS "urn:everbox:vbox:1"
/** The largest definition that is read, bytes. */
#define EB_XML_MAX (10u << 20)

/**
 * Parses a <domain>. A missing name, memory or os type and contradictions are errors (EB_ERR_XML_ERROR,
 * EB_ERR_OS_TYPE …, in libvirt's exact words where it has some), each naming the culprit, and its line where
 * the words are ours. Defaults that libvirt's own parser fills in for every driver are filled in (bus from
 * target, currentMemory, vcpu, on_* …; eb_domain_def_fill). EB_XML_INACTIVE in `flags`: ignore the id, and
 * aliases but "ua-…".
 */
int eb_domain_def_parse(const char *xml, unsigned flags, struct eb_domain_def **out, eb_error *err);
/**
 * Parses one device element for a domain of `virt`. A device that the model cannot hold (an unknown element
 * or type) is an error, so that the list of its kind holds it.
 */
int eb_device_parse(const char *xml, enum eb_virt_type virt, struct eb_device *out, eb_error *err);

/**
 * Formats it with libvirt's order, indentation and quoting. `flags`: EB_XML_SECURE (passwords),
 * EB_XML_INACTIVE (no id, no alias …). The caller frees the text.
 */
char *eb_domain_def_format(const struct eb_domain_def *def, unsigned flags);
/** One device alone. */
char *eb_device_format(const struct eb_device *dev, unsigned flags);

/**
 * Checks `xml` against libvirt's RelaxNG schema for domains where it is installed. 0: fine; -1 with
 * EB_ERR_XML_INVALID_SCHEMA, or EB_ERR_OPERATION_UNSUPPORTED when there is no schema to check against.
 */
int eb_domain_xml_validate(const char *xml, eb_error *err);

/** virDomainSetMetadata's and GetMetadata's rules on a definition, for drivers that keep definitions. */
int eb_domain_def_set_metadata(struct eb_domain_def *def, int type, const char *metadata, const char *key,
                               const char *uri, eb_error *err);
int eb_domain_def_get_metadata(const struct eb_domain_def *def, int type, const char *uri, char **out,
                               eb_error *err);

#endif
