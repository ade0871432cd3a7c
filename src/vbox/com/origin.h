/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file origin.h
 * Whose type library it is: an installation that was half upgraded, or whose file was copied from another
 * release, would lead into wrong slots, even where the interfaces' ids are equal. A type library that is
 * known to be another release's than the one that runs is refused; one that no known release has is believed,
 * since it is the only one that can tell of a release that came after this build.
 */
#ifndef EB_VBOX_COM_ORIGIN_H
#define EB_VBOX_COM_ORIGIN_H

#include "vbox/com/typelib.h"

/** A known release's type library. tools/gen-origins makes the table, oldest first. */
struct vb_origin {
    uint32_t since,
        until;        /* as vb_version; the first with this interface, the first that may have another one */
    const char *span; /* "7.1.0..7.1.4": releases that are known to have it */
    uint64_t mark;    /* of the names, ids and sizes of the interfaces that Everbox uses */
};
extern const struct vb_origin vb_origins[];
extern const unsigned vb_n_origins;

/**
 * Whether it may be the type library of VirtualBox `version` (as vb_version). Error: EB_ERR_INTERNAL_ERROR
 * with the file and both releases.
 */
int vb_origin_check(const struct vb_typelib *tl, unsigned version, eb_error *err);

#endif
