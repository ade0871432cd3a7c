/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file client.h
 * An open installation, as the files of this folder share it. Nothing outside of it includes this.
 */
#ifndef EB_VBOX_COM_CLIENT_H
#define EB_VBOX_COM_CLIENT_H

#include <stdatomic.h>

#include "vbox/com/com.h"

struct vb_binding;
struct vb_hook;

struct vb {
    /**
     * The names of the running VirtualBox, resolved. Replaced when VirtualBox comes back as another version;
     * the old one lives as long as `struct vb`, since calls in flight read it.
     */
    _Atomic(const struct vb_binding *) binding;
    /** Sees every call (trace, fault injection, one call at a time); NULL almost always. */
    _Atomic(struct vb_hook *) hook;
    /** Frees what a call returned (pfnComUnallocMem). */
    void (*com_unalloc)(void *memory);
    /** major * 1000000 + minor * 1000 + build */
    unsigned version;
};

#endif
