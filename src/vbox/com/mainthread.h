/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file mainthread.h
 * The thread that VirtualBox's library takes for the process's main thread: it loads the library, initializes
 * it and handles its events for as long as the process lives. (VirtualBox refuses to be initialized by
 * another thread than the one that loaded it.)
 */
#ifndef EB_VBOX_COM_MAINTHREAD_H
#define EB_VBOX_COM_MAINTHREAD_H

#include "vbox/com/xpcom.h"

struct vb_main;

/** A piece of work. `done` may run after the waiting side has given up. */
struct vb_main_job {
    void (*run)(struct vb_main_job *job);
    /** Frees the job; called by the side that leaves last. */
    void (*drop)(struct vb_main_job *job);
};

/** NULL with `err` when no thread can be made. */
struct vb_main *vb_main_start(eb_error *err);
/**
 * Runs `job` there and waits for it. 0: it ran, the caller drops it. -1 with EB_ERR_OPERATION_TIMEOUT: it is
 * not done after `timeout_ms`; the thread drops it when it is. While such a job still runs, others fail at
 * once.
 */
int vb_main_run(struct vb_main *main, struct vb_main_job *job, unsigned timeout_ms, eb_error *err);
/**
 * Whose events are handled from now on; NULL: no one's. `queue`: the event queue (borrowed) where the
 * function table has none; may be NULL. Only from a job.
 */
void vb_main_pump(struct vb_main *main, const struct vb_xpcom *xpcom, void *queue);

#endif
