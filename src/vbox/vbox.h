/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file vbox.h
 * What the files of the VirtualBox driver share: a connection, finding machines, jobs, sessions, and the two
 * directions of the definition mapping. Everything here may be called from every thread.
 *
 * Rules: nothing is remembered that VirtualBox could change without us; differences between releases are
 * asked for (vb_has), in the one file that owns the concept; an object found is used within the operation
 * that found it, since VBoxSVC may be another one at the next.
 */
#ifndef EB_VBOX_VBOX_H
#define EB_VBOX_VBOX_H

#include "core/driver.h"
#include "vbox/com/calls.h"
#include "vbox/com/com.h"

/** One connection's own data. */
struct vbox_conn {
    struct vb *vb;
    eb_conn *conn; /* borrowed; for eb_conn_progress */
};
struct vbox_conn *vbox_conn_of(eb_conn *conn);
/** At the start of an operation: vb_begin, and a first call that finds out whether VBoxSVC is still the one
 * that we know. `*out` is a counted reference. */
int vbox_begin(struct vbox_conn *c, IVirtualBox **out, eb_error *err);
/** After a call that failed: VBoxSVC has died and was reconnected to since `epoch`, so the operation may
 * begin anew. */
bool vbox_came_back(struct vbox_conn *c, uint64_t epoch);
/** vb_wait with the connection's progress function; releases `progress`. */
int vbox_wait(struct vbox_conn *c, struct IProgress *progress, const char *what, eb_error *err);
/** As vbox_wait for an operation on a domain that clients may look at and stop meanwhile: a job (core/job.h).
 */
int vbox_wait_job(struct vbox_conn *c, eb_uuid uuid, eb_job_operation operation, struct IProgress *progress,
                  const char *what, eb_error *err);

/** The keys under which Everbox keeps, in a machine's extra data, what VirtualBox has no place for. They are
 * not part of a definition's extradata. */
#define VBOX_EXTRA_PREFIX "Everbox/"
/** A domain's title, and its <metadata> elements (metadata_text.h). */
#define VBOX_EXTRA_TITLE VBOX_EXTRA_PREFIX "Title"
#define VBOX_EXTRA_METADATA VBOX_EXTRA_PREFIX "Metadata"
/** Before 4.3: the front end that starts a machine (IMachine.defaultFrontend since). */
#define VBOX_EXTRA_FRONTEND VBOX_EXTRA_PREFIX "Frontend"
/** Its saved state was made of a paused machine, which it is to be again. */
#define VBOX_EXTRA_SAVED_PAUSED VBOX_EXTRA_PREFIX "SavedPaused"

/* ---- Finding (domain.c) ---- */

/** The machine with this uuid, as a counted reference. EB_ERR_NO_DOMAIN in libvirt's words. */
int vbox_machine_find(struct vbox_conn *c, eb_uuid uuid, IMachine **out, eb_error *err);
/** True for a state in which a VM process holds the machine (state.c). */
bool vbox_state_is_active(enum vb_MachineState state);

/**
 * EB_AFFECT_* of `flags` against what is: LIVE of a domain that does not run and CONFIG of a transient one
 * are refused in libvirt's words.
 */
int vbox_check_affect(struct vbox_conn *c, IVirtualBox *vbox, eb_uuid uuid, unsigned flags, bool active,
                      eb_error *err);

/* ---- Sessions (session.c) ---- */

enum vbox_lock {
    VBOX_LOCK_WRITE,   /* the settings of a machine that does not run */
    VBOX_LOCK_CONSOLE, /* as VBOX_LOCK_WRITE, with the console that 4.x gives a machine that is off */
    VBOX_LOCK_SHARED,  /* one that runs: what may change now, and its console */
};
/** A zeroed one is closed. */
struct vbox_session {
    struct vb *vb;
    ISession *session;
    IMachine *machine; /* the mutable one of the session */
    IConsole *console; /* NULL with VBOX_LOCK_WRITE */
};
/** Fails with EB_ERR_OPERATION_INVALID or EB_ERR_RESOURCE_BUSY where another process holds the lock. */
int vbox_session_open(struct vbox_conn *c, IMachine *machine, enum vbox_lock lock, struct vbox_session *out,
                      eb_error *err);
/** Unlocks and releases; a closed one is fine. What was not saved is discarded. */
void vbox_session_close(struct vbox_session *s);
#define VBOX_AUTOSESSION EB_CLEANUP(vbox_session_close)

/* ---- Changing one machine (job.c) ---- */

/**
 * A change to one domain: the only one of this process at that time (other domains go on), its machine, and a
 * session: a write lock where it does not run, the VM's own where it does.
 */
struct vbox_edit {
    struct vbox_conn *c;
    IVirtualBox *vbox;
    struct vbox_session s; /* s.machine is what setters want */
    enum vb_MachineState state;
    bool live; /* it runs or is paused: s.console is there */
    void *job;
};
int vbox_edit_begin(struct vbox_conn *c, eb_uuid uuid, struct vbox_edit *out, eb_error *err);
/** saveSettings. On failure what was set is discarded. */
int vbox_edit_save(struct vbox_edit *e, eb_error *err);
/** Discards what vbox_edit_save did not save, closes, lets the next change in. A zeroed one is fine. */
void vbox_edit_end(struct vbox_edit *e);
#define VBOX_AUTOEDIT EB_CLEANUP(vbox_edit_end)

/* ---- Definitions (define_*.c) ---- */

/**
 * What the machine is, as a definition: everything but id, title, description and <metadata> elements, which
 * domain.c adds. `flags`: EB_XML_*. `machine`: the registered one or a session's. The caller frees it.
 */
int vbox_read_def(struct vbox_conn *c, IMachine *machine, unsigned flags, struct eb_domain_def **out,
                  eb_error *err);
/**
 * After vbox_read_def and the <metadata> elements: says the guest's system as libosinfo does, and keeps
 * VirtualBox's own type only where that does not say it.
 */
int vbox_finish_osinfo(struct vbox_conn *c, struct eb_domain_def *def, eb_error *err);
/** Refuses, by the element's name, what this VirtualBox cannot carry out. Touches nothing. */
int vbox_check_def(struct vbox_conn *c, const struct eb_domain_def *def, eb_error *err);
/** Refuses, by the element's name, a difference between `old` and `def` that a running machine cannot take
 * on. */
int vbox_check_live_change(struct vbox_conn *c, const struct eb_domain_def *old,
                           const struct eb_domain_def *def, eb_error *err);
/**
 * Makes the mutable machine be as `def` says (all but name, uuid, title, description, <metadata> elements);
 * saves nothing. `old` (NULL: a new machine) is what it is now: what is equal is not touched, so that a live
 * machine takes it too. On failure the caller discards the settings; media that it opened or created are
 * closed again when the session ends.
 */
int vbox_apply_def(struct vbox_conn *c, IMachine *machine, const struct eb_domain_def *def,
                   const struct eb_domain_def *old, eb_error *err);
/** The guest OS type that a new machine gets for `def` (never NULL; "Other" at worst). The caller frees it.
 */
int vbox_choose_os_type(struct vbox_conn *c, const struct eb_domain_def *def, char **out, eb_error *err);

/**
 * After a session: closes the media that a change which failed had opened. (VBoxSVC crashes when they are
 * closed within it.)
 */
void vbox_close_leftover_media(struct vb *vb);

/** The operations of struct eb_driver_device_ops (device_ops.c). */
int vbox_device_attach(eb_conn *conn, eb_uuid uuid, const struct eb_device *dev, unsigned flags,
                       eb_error *err);
int vbox_device_detach(eb_conn *conn, eb_uuid uuid, const struct eb_device *dev, unsigned flags,
                       eb_error *err);
int vbox_device_update(eb_conn *conn, eb_uuid uuid, const struct eb_device *dev, unsigned flags,
                       eb_error *err);

#endif
