/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file link.h
 * One loaded library that is connected to one VBoxSVC, through whatever function table: the few calls that
 * the glue itself makes. They are made by hand, so that the trace and injected faults never see them.
 *
 * When its VBoxSVC dies, a link is dead for good (VirtualBox's IPC does not connect a second time); the next
 * one loads the library again. Objects of a dead link may still be called (each call fails) and released.
 */
#ifndef EB_VBOX_COM_LINK_H
#define EB_VBOX_COM_LINK_H

#include "vbox/com/typelib.h"
#include "vbox/com/xpcom.h"

struct vb_guid;

struct vb_link {
    struct vb_link *older; /* links are never freed */
    struct vb_xpcom xpcom;
    bool initialized;
    bool dead;               /* its VBoxSVC is gone: it cannot be opened again */
    void *client;            /* IVirtualBoxClient; NULL before V3 */
    void *virtualbox;        /* IVirtualBox */
    void *session;           /* V1 and V2: the first session, until it is given out */
    void *component_manager; /* V1 and V2 */
    void *exception_service; /* V1 and V2 */
    void *event_queue;       /* of the thread that opened it, where the table has none (V1); may be NULL */
    struct vb_link_ids *ids;
};

/** Loads the library. Only on the thread that will open, close and pump it. NULL on failure. */
struct vb_link *vb_link_load(const char *home, const char *library, eb_error *err);
/** Connects to VBoxSVC, which is started where it does not run. On failure the link is closed again. */
int vb_link_open(struct vb_link *link, const struct vb_typelib *tl, eb_error *err);
/** Disconnects, after which it can be opened again. Only while VBoxSVC lives and no call is in flight. */
void vb_link_close(struct vb_link *link);
/** Gives up the objects of a link whose VBoxSVC died. */
void vb_link_abandon(struct vb_link *link);

/**
 * The event queue of the calling thread, from XPCOM's service manager: a counted reference, or NULL. The road
 * to the queue where the function table has none.
 */
void *vb_link_thread_queue(void *services);
/** Whether calls of VirtualBox to our objects are delivered while the queue is processed. */
bool vb_link_has_queue(const struct vb_link *link);
/** One round trip to VBoxSVC. */
bool vb_link_alive(const struct vb_link *link);
int vb_link_new_session(struct vb_link *link, void **out, eb_error *err);

/** What VirtualBox said about the last failed call of this thread. Strings are the caller's. */
struct vb_error_info {
    char *text;      /* the whole chain, a line each; NULL: nothing */
    char *component; /* of the first; or NULL */
};
/** Takes it: the thread's exception is cleared. False when there is none. */
bool vb_link_take_error(struct vb_link *link, struct vb_error_info *out);
/** The same of an IVirtualBoxErrorInfo that someone has, a progress object's. */
void vb_link_read_error(struct vb_link *link, void *info, struct vb_error_info *out);
void vb_error_info_clear(struct vb_error_info *info);

#endif
