/* SPDX-License-Identifier: LGPL-2.1-or-later */
/** @file vbox_ns.h <vbox:machine>, the element of Everbox's own namespace inside <metadata>. */
#ifndef EB_MODEL_VBOX_NS_H
#define EB_MODEL_VBOX_NS_H

#include "model/xml_map.h"

/** Reads it into a definition whose devices are known. What it does not know is an error that names it. */
int eb_vbox_machine_read(xmlNode *node, struct eb_domain_def *def, eb_error *err);
/** Finds it in a <domain> and reads it. */
int eb_metadata_read_machine(xmlNode *domain, struct eb_domain_def *def, eb_error *err);
/** Adds it with what the definition says; nothing when that is nothing. */
void eb_vbox_machine_write(struct eb_strbuf *out, const struct eb_domain_def *def);
/** Takes <vbox:network> out of a network's <metadata>; what it does not know is an error that names it. */
struct eb_network_def;
int eb_vbox_network_read(xmlNode *metadata, struct eb_network_def *def, eb_error *err);
/** The <metadata> with it; NULL: there is none. The caller frees it. */
char *eb_vbox_network_metadata(const struct eb_network_def *def);
/** Its elements for devices. */
extern const struct eb_xml_hook eb_map_vbox_devices;

#endif
