/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Deleting snapshots. What they hold is merged into what comes after them. VirtualBox deletes one that has
 * one child at most; a whole tree goes leaf by leaf.
 */
#include "vbox/snapshot.h"

int vbox_snapshot_delete_id(struct vbox_found *f, const char *id, eb_error *err)
{
    VBOX_AUTOSESSION struct vbox_session s = {0};
    IProgress *progress = NULL;
    struct vb *vb = f->c->vb;
    bool here = vb_has(vb, VB_IMachine_deleteSnapshot);
    int result;

    if (vbox_session_open(f->c, f->machine,
                          f->active ? VBOX_LOCK_SHARED
                          : here    ? VBOX_LOCK_WRITE
                                    : VBOX_LOCK_CONSOLE,
                          &s, err) < 0)
        return -1;
    result = here ? IMachine_deleteSnapshot(vb, s.machine, id, &progress, err)
                  : IConsole_deleteSnapshot(vb, s.console, id, &progress, err);
    if (result < 0)
        return -1;
    return vbox_snapshot_wait(f, EB_JOB_OPERATION_SNAPSHOT_DELETE, progress, "delete snapshot", err);
}

/* Deletes it with what was noted of it. */
static int delete_one(struct vbox_found *f, const struct vbox_snapshot *s, eb_error *err)
{
    EB_AUTOFREE char *key = eb_asprintf(VBOX_EXTRA_SNAPSHOT "%s", s->id);
    EB_AUTOFREE char *note = NULL;

    if (vbox_extra_get(f->c, f->machine, key, &note, err) < 0 || vbox_snapshot_delete_id(f, s->id, err) < 0)
        return -1;
    /* a note of none is of no harm */
    if (*note)
        vbox_snapshot_note(f, s->id, NULL, NULL);
    return 0;
}

static int check_one(const struct vbox_snapshot *s, eb_error *err)
{
    if (s->children > 1)
        return eb_error_set(err, EB_ERR_OPERATION_UNSUPPORTED,
                            "VirtualBox cannot delete snapshot '%s' alone, which has %zu children", s->name,
                            s->children);
    if (s->current && s->children > 0)
        return eb_error_set(
            err, EB_ERR_OPERATION_UNSUPPORTED,
            "VirtualBox cannot delete snapshot '%s' alone, which is the current one and has a "
            "child",
            s->name);
    return 0;
}

static bool descends(const struct vbox_snapshots *all, const struct vbox_snapshot *s, const char *ancestor)
{
    while (s && !eb_streq(s->name, ancestor))
        s = s->parent ? vbox_snapshot_find(all, s->parent) : NULL;
    return s != NULL;
}

/* Parents come before their children in the list. */
static int delete_tree(struct vbox_found *f, const struct vbox_snapshots *all,
                       const struct vbox_snapshot *top, bool itself, eb_error *err)
{
    size_t deleted = 0;

    for (size_t i = all->n; i-- > 0;) {
        const struct vbox_snapshot *s = &all->items[i];

        if (!descends(all, s, top->name) || (s == top && !itself))
            continue;
        if (delete_one(f, s, err) < 0)
            return deleted
                       ? eb_error_prefix(err, "deleted %zu of the snapshots below '%s', then failed at '%s'",
                                         deleted, top->name, s->name)
                       : -1;
        deleted++;
    }
    return 0;
}

int vbox_snapshot_delete(eb_conn *conn, eb_uuid uuid, const char *name, unsigned flags, eb_error *err)
{
    VBOX_AUTOFOUND struct vbox_found f = {0};
    VBOX_AUTOSNAPSHOTS struct vbox_snapshots all = {0};
    VBOX_AUTOJOB void *job = NULL;
    const struct vbox_snapshot *s;

    if (flags & EB_SNAPSHOT_DELETE_METADATA_ONLY)
        return eb_error_set(err, EB_ERR_ARGUMENT_UNSUPPORTED,
                            "nothing is known of a snapshot beside what VirtualBox keeps: it cannot be "
                            "forgotten alone (VIR_DOMAIN_SNAPSHOT_DELETE_METADATA_ONLY)");
    if (vbox_check_flags(flags, EB_SNAPSHOT_DELETE_CHILDREN | EB_SNAPSHOT_DELETE_CHILDREN_ONLY,
                         "virDomainSnapshotDelete", err) < 0)
        return -1;
    job = vbox_job_begin(uuid);
    if (vbox_find_accessible(vbox_conn_of(conn), uuid, &f, err) < 0 ||
        vbox_snapshots_read(&f, &all, err) < 0 || !(s = vbox_snapshot_need(&all, name, err)))
        return -1;
    if (flags)
        return delete_tree(&f, &all, s, flags & EB_SNAPSHOT_DELETE_CHILDREN, err);
    return check_one(s, err) < 0 ? -1 : delete_one(&f, s, err);
}
