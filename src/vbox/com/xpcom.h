/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file xpcom.h
 * VirtualBox's C library (VBoxXPCOMC), whatever function table it has: one struct of functions, in which a
 * function that the table lacks is NULL. Nothing above it sees a table.
 */
#ifndef EB_VBOX_COM_XPCOM_H
#define EB_VBOX_COM_XPCOM_H

#include "base/error.h"

struct vb_space;

struct vb_xpcom {
    void *handle; /* of dlopen; never closed: VBoxRT cannot be loaded a second time after it was unloaded */
    const char *table;      /* "V4c" */
    struct vb_space *space; /* where it is loaded (space.h); NULL: among the libraries of the process */

    unsigned (*get_version)(void);
    void (*com_unalloc)(void *memory);

    /* V3 and later, else NULL. */
    uint32_t (*client_initialize)(const char *iid, void **client);
    void (*client_uninitialize)(void);
    uint32_t (*get_exception)(void **exception);
    uint32_t (*clear_exception)(void);

    /* V4 and later, else NULL. */
    uint32_t (*thread_initialize)(void);
    uint32_t (*thread_uninitialize)(void);
    int (*process_event_queue)(int64_t timeout_ms);
    int (*interrupt_event_queue)(void);

    /* V1 alone: the library's own interface ids. */
    void (*com_initialize_v1)(void **virtualbox, void **session);
    /* V2 and later. */
    void (*com_initialize)(const char *virtualbox_iid, void **virtualbox, const char *session_iid,
                           void **session);
    void (*com_uninitialize)(void);
    /* V2 and later; gives a borrowed reference. */
    void (*get_event_queue)(void **queue);

    /* Of VBoxXPCOM, which the library brings; NULL when it has no such function. */
    uint32_t (*get_service_manager)(void **manager);
};

/**
 * Loads the library of `home` for good and checks its function table. VBOX_APP_HOME is set for it. Call it on
 * the thread that will initialize it: VirtualBox takes that one for the main thread.
 *
 * The first load in a process goes to the process's own name space of libraries; each later one gets a name
 * space of its own, since two copies of VirtualBox's runtime do not get on in one. The C library has room for
 * about 14. EB_ERR_OPERATION_FAILED: it does not load, or has no function table that this build knows.
 */
int vb_xpcom_load(struct vb_xpcom *xpcom, const char *home, const char *library, eb_error *err);

/** For tests: the functions of a table that the library gave out for `asked`. False: *why (static) says why
 * not. */
bool vb_xpcom_read_table(const void *table, unsigned asked, struct vb_xpcom *xpcom, const char **why);

#endif
