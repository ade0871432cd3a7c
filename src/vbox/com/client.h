/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file client.h
 * An open installation, as the files of this folder share it. Nothing outside of it includes this.
 */
#ifndef EB_VBOX_COM_CLIENT_H
#define EB_VBOX_COM_CLIENT_H

#include <pthread.h>
#include <stdatomic.h>
#include <sys/types.h>
#include <time.h>

#include "vbox/com/com.h"

struct vb_binding;
struct vb_hook;
struct vb_link;
struct vb_main;
struct vb_typelib;
struct watch;

/** Tells whether a file is still the one that was read. */
struct vb_file_mark {
    dev_t device;
    ino_t inode;
    off_t size;
    struct timespec changed;
};

struct vb {
    /**
     * The names of the running VirtualBox, resolved. Replaced when VirtualBox comes back as another version;
     * the old one lives as long as `struct vb`, since calls in flight read it.
     */
    _Atomic(const struct vb_binding *) binding;
    /** Sees every call (trace, fault injection, one call at a time); NULL almost always. */
    _Atomic(struct vb_hook *) hook;
    /** Frees what a call returned (pfnComUnallocMem). */
    void (*_Atomic com_unalloc)(void *memory);
    /** major * 1000000 + minor * 1000 + build */
    _Atomic(unsigned) version;

    /* The rest is client.c's. */
    struct vb *next; /* all installations that were ever opened; never freed, since libraries are not */
    unsigned refs;   /* guarded by the list's lock */
    char *home, *library, *typelib_path;
    struct vb_main *main;
    /** Guards what follows, and is held while connecting. */
    pthread_mutex_t lock;
    _Atomic(struct vb_link *) link; /* the current one, or the last one; never freed */
    bool connected;
    _Atomic(uint64_t) epoch;
    /** A call failed in a way that a dead VBoxSVC could explain. */
    atomic_bool suspect;
    uint64_t checked_ms; /* when VBoxSVC last answered */
    struct watch *watch; /* hook.c's */
    struct vb_typelib *typelib;
    const struct vb_binding **bindings; /* all that were ever made */
    size_t n_bindings;
    struct vb_file_mark typelib_mark, library_mark;
};

/**
 * What this thread's operation works with: it goes on with the library and the names that its objects came
 * from, also when another thread connects anew meanwhile. vb_begin sets it.
 */
struct vb_pin {
    const struct vb *vb; /* NULL: nothing is pinned */
    const struct vb_binding *binding;
    struct vb_link *link;
    void (*com_unalloc)(void *memory);
};
extern _Thread_local struct vb_pin vb_pin;

static inline const struct vb_binding *vb_current_binding(const struct vb *vb)
{
    return vb_pin.vb == vb ? vb_pin.binding : atomic_load_explicit(&vb->binding, memory_order_acquire);
}

static inline void vb_com_unalloc(const struct vb *vb, void *memory)
{
    (vb_pin.vb == vb ? vb_pin.com_unalloc : vb->com_unalloc)(memory);
}

static inline struct vb_link *vb_current_link(struct vb *vb)
{
    return vb_pin.vb == vb ? vb_pin.link : atomic_load_explicit(&vb->link, memory_order_acquire);
}

/** Whether the VBoxSVC of this thread's operation answers. Asks it. When it does not, the next vb_begin
 * connects anew. */
bool vb_client_alive(struct vb *vb);

#endif
