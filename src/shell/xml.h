/* SPDX-License-Identifier: LGPL-2.1-or-later */
/** @file xml.h What the shell reads from the XML that the library gives it. */
#ifndef EB_SHELL_XML_H
#define EB_SHELL_XML_H

#include "base/error.h"

struct xml_disk {
    char *type, *device, *target, *source; /* never NULL; "" where there is none */
};
struct xml_disks {
    struct xml_disk *items;
    size_t n;
};
int xml_read_disks(const char *xml, struct xml_disks *out, eb_error *err);
void xml_disks_free(struct xml_disks *disks);

struct xml_interface {
    char *target, *type, *source, *model, *mac, *link; /* never NULL; "" where there is none */
};
struct xml_interfaces {
    struct xml_interface *items;
    size_t n;
};
int xml_read_interfaces(const char *xml, struct xml_interfaces *out, eb_error *err);
void xml_interfaces_free(struct xml_interfaces *interfaces);

/** The string value of an XPath expression; the caller frees it. */
int xml_read_text(const char *xml, const char *xpath, char **out, eb_error *err);

/** The ids of the NUMA cells that capabilities tell of. Result: their number, -1 on failure. */
int xml_read_cells(const char *xml, int **ids, eb_error *err);

/**
 * The nodes that an XPath expression selects, as text, each with a newline; in one <nodes> element when
 * `wrap`. *out is "" when there are none and no wrapping.
 */
int xml_select(const char *xml, const char *xpath, bool wrap, char **out, eb_error *err);

/** The document with another text in the <name> below its root; the caller frees it. */
int xml_rename(const char *xml, const char *name, char **out, eb_error *err);

#endif
