/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file metadata_text.h
 * How <metadata> elements are written in one extra data value: for each its namespace and its text, as
 * "LENGTH:TEXT," (netstrings), so that they come back byte for byte.
 */
#ifndef EB_VBOX_METADATA_TEXT_H
#define EB_VBOX_METADATA_TEXT_H

#include "model/domain.h"

/** What all of a domain's notes may take together; VirtualBox keeps them in its settings file. */
#define VBOX_METADATA_MAX (1u << 20)

/** "" for none. The caller frees it. */
char *vbox_metadata_encode(const struct eb_metadata *items, size_t n);
/** False, and nothing given, when the text is not of this form. */
bool vbox_metadata_decode(const char *text, struct eb_metadata **items, size_t *n);
void vbox_metadata_free(struct eb_metadata *items, size_t n);

#endif
