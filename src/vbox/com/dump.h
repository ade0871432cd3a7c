/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file dump.h
 * Prints a type library in the file format of api/ (api/README.md), as far as a type library knows it: enums
 * are u32, parameters are called p0, p1 … . Interfaces and enums are sorted by name.
 */
#ifndef EB_VBOX_COM_DUMP_H
#define EB_VBOX_COM_DUMP_H

#include "base/strbuf.h"
#include "vbox/com/typelib.h"

/** One interface or enum; `name` must be described in `tl` (else nothing is added). */
void vb_dump_interface(const struct vb_typelib *tl, const char *name, struct eb_strbuf *out);
/** All that the file describes: what is only named, and what is built in, is left out. */
void vb_dump_typelib(const struct vb_typelib *tl, struct eb_strbuf *out);

#endif
