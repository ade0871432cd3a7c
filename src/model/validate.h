/* SPDX-License-Identifier: LGPL-2.1-or-later */
/** @file validate.h libvirt's schemas. */
#ifndef EB_MODEL_VALIDATE_H
#define EB_MODEL_VALIDATE_H

#include "base/error.h"

/**
 * Checks `xml` against the schema of that file name ("capability.rng"). 0: fine; -1 with
 * EB_ERR_XML_INVALID_SCHEMA and what is wrong, or EB_ERR_OPERATION_UNSUPPORTED when it is not installed.
 */
int eb_xml_validate(const char *xml, const char *schema, eb_error *err);

#endif
