/* SPDX-License-Identifier: LGPL-2.1-or-later */
/** @file moment_map.h What the definitions of snapshots and checkpoints, moments of a domain, share. */
#ifndef EB_MODEL_MOMENT_MAP_H
#define EB_MODEL_MOMENT_MAP_H

#include "model/domain.h"
#include "model/xml_map.h"

/** The domain as it was then; *out stays NULL where it is not there, or is a uuid alone. */
int eb_moment_read_domain(struct eb_xml_reader *r, xmlNode *parent, const char *element,
                          struct eb_domain_def **out, eb_error *err);
/** Takes the elements of these names (the last is NULL) out: what the driver of a new moment says. */
void eb_moment_drop(xmlNode *root, const char *const *names);

#endif
