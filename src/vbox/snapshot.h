/* SPDX-License-Identifier: LGPL-2.1-or-later */
/** @file snapshot.h What the files of snapshots share: a machine's tree of them, as one operation sees it. */
#ifndef EB_VBOX_SNAPSHOT_H
#define EB_VBOX_SNAPSHOT_H

#include "vbox/domain.h"

/** What the machine's extra data say of a snapshot that VirtualBox forgets: "paused", "saved". */
#define VBOX_EXTRA_SNAPSHOT VBOX_EXTRA_PREFIX "Snapshot/"

struct vbox_snapshot {
    ISnapshot *object;
    char *id;
    char *name;   /* VirtualBox allows the same twice: those further down the tree are known by their id */
    char *parent; /* NULL: the root */
    bool online;  /* with the memory of a machine that ran */
    bool current;
    size_t children;
};
/** Parents before their children. A zeroed one is empty. */
struct vbox_snapshots {
    struct vbox_snapshot *items;
    size_t n;
};
int vbox_snapshots_read(struct vbox_found *f, struct vbox_snapshots *out, eb_error *err);
void vbox_snapshots_clear(struct vbox_snapshots *all);
#define VBOX_AUTOSNAPSHOTS EB_CLEANUP(vbox_snapshots_clear)

/** NULL: there is none of this name. */
const struct vbox_snapshot *vbox_snapshot_find(const struct vbox_snapshots *all, const char *name);
/** The same, with EB_ERR_NO_DOMAIN_SNAPSHOT in libvirt's words. */
const struct vbox_snapshot *vbox_snapshot_need(const struct vbox_snapshots *all, const char *name,
                                               eb_error *err);
/** The domain's state when it was taken: EB_DOMAIN_*. */
int vbox_snapshot_state(struct vbox_found *f, const struct vbox_snapshot *s, int *state, eb_error *err);
/** Sets or (NULL) removes the note of the snapshot with this id. */
int vbox_snapshot_note(struct vbox_found *f, const char *id, const char *note, eb_error *err);
/** Its whole definition. */
int vbox_snapshot_def(struct vbox_found *f, const struct vbox_snapshot *s, unsigned flags,
                      struct eb_snapshot_def **out, eb_error *err);

/* The operations of struct eb_driver_snapshot_ops. */
int vbox_snapshot_create(eb_conn *conn, eb_uuid uuid, const struct eb_snapshot_def *def, unsigned flags,
                         eb_error *err);
int vbox_snapshot_revert(eb_conn *conn, eb_uuid uuid, const char *name, unsigned flags, eb_error *err);
int vbox_snapshot_delete(eb_conn *conn, eb_uuid uuid, const char *name, unsigned flags, eb_error *err);
/** snapshot_create.c: tells of one that is there, within the job. */
int vbox_snapshot_redefine(struct vbox_found *f, const struct eb_snapshot_def *def, bool current,
                           eb_error *err);
/** snapshot_delete.c: deletes the one with this id, which has no children but one at most; within the job. */
int vbox_snapshot_delete_id(struct vbox_found *f, const char *id, eb_error *err);
/** As vbox_wait_job; where only the waiting goes wrong it is the operation that counts. */
int vbox_snapshot_wait(struct vbox_found *f, eb_job_operation operation, IProgress *progress,
                       const char *what, eb_error *err);

extern const struct eb_driver_snapshot_ops vbox_snapshot_ops;

#endif
