/* SPDX-License-Identifier: LGPL-2.1-or-later */
/** @file typelib-arena.h What the readers of type libraries share: memory and the interfaces that are built
 * in. */
#ifndef EB_VBOX_COM_TYPELIB_ARENA_H
#define EB_VBOX_COM_TYPELIB_ARENA_H

#include "vbox/com/typelib.h"

/** Memory that is freed all at once. */
struct vb_arena;
struct vb_arena *vb_arena_new(void);
/** Zeroed, aligned for any object; valid until vb_arena_free. Size 0 gives a valid pointer too. */
void *vb_arena_alloc(struct vb_arena *arena, size_t size);
void vb_arena_free(struct vb_arena *arena);

/** How many interfaces vb_builtin_fill adds at most. */
#define VB_BUILTIN_MAX 2
/**
 * Describes nsISupports and nsIException in `interfaces` (of `n`, with room for VB_BUILTIN_MAX more) where
 * they are only named or missing. Parents point into the array. Result: the new `n`.
 */
unsigned vb_builtin_fill(struct vb_tl_interface *interfaces, unsigned n);

#endif
