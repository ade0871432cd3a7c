/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Snapshots: the tree that VirtualBox keeps, as lists and definitions. */
#include "vbox/snapshot.h"

#include <time.h>

#define SETTLE_PATIENCE_MS 15000

void vbox_snapshots_clear(struct vbox_snapshots *all)
{
    for (size_t i = 0; i < all->n; i++) {
        vb_unref(all->items[i].object);
        free(all->items[i].id);
        free(all->items[i].name);
        free(all->items[i].parent);
    }
    free(all->items);
    *all = (struct vbox_snapshots){0};
}

#define NO_PARENT SIZE_MAX

/* Takes over `object`. `parent`: the index of its parent, or NO_PARENT. */
static int add(struct vbox_conn *c, struct vbox_snapshots *all, ISnapshot *object, size_t parent,
               eb_error *err)
{
    struct vbox_snapshot *s = EB_APPEND(all->items, all->n);
    size_t self = all->n - 1, n = 0;
    EB_AUTOFREE char *name = NULL;
    ISnapshot **children = NULL;
    int result;

    s->object = object;
    s->parent = parent == NO_PARENT ? NULL : eb_strdup(all->items[parent].name);
    if (ISnapshot_get_id(c->vb, object, &s->id, err) < 0 ||
        ISnapshot_get_name(c->vb, object, &name, err) < 0 ||
        ISnapshot_get_online(c->vb, object, &s->online, err) < 0 ||
        ISnapshot_get_children(c->vb, object, &n, &children, err) < 0)
        return -1;
    s->name = !*name || vbox_snapshot_find(all, name) ? eb_strdup(s->id) : EB_STEAL(name);
    s->children = n;
    result = 0;
    for (size_t i = 0; i < n && result == 0; i++)
        result = add(c, all, EB_STEAL(children[i]), self, err);
    vb_objects_free(n, children);
    return result;
}

static int root_of(struct vbox_found *f, ISnapshot **out, eb_error *err)
{
    /* without a name or an id: the first one */
    if (vb_has(f->c->vb, VB_IMachine_getSnapshot))
        return IMachine_getSnapshot(f->c->vb, f->machine, NULL, out, err);
    return IMachine_findSnapshot(f->c->vb, f->machine, "", out, err);
}

static int mark_current(struct vbox_found *f, struct vbox_snapshots *all, eb_error *err)
{
    VB_AUTO(ISnapshot) current = NULL;
    EB_AUTOFREE char *id = NULL;

    if (IMachine_get_currentSnapshot(f->c->vb, f->machine, &current, err) < 0)
        return -1;
    if (!current)
        return 0;
    if (ISnapshot_get_id(f->c->vb, current, &id, err) < 0)
        return -1;
    for (size_t i = 0; i < all->n; i++)
        all->items[i].current = eb_streq(all->items[i].id, id);
    return 0;
}

int vbox_snapshots_read(struct vbox_found *f, struct vbox_snapshots *out, eb_error *err)
{
    VBOX_AUTOSNAPSHOTS struct vbox_snapshots all = {0};
    ISnapshot *root = NULL;
    uint32_t count = 0;

    if (IMachine_get_snapshotCount(f->c->vb, f->machine, &count, err) < 0)
        return -1;
    if (count > 0 && (root_of(f, &root, err) < 0 || add(f->c, &all, root, NO_PARENT, err) < 0 ||
                      mark_current(f, &all, err) < 0))
        return -1;
    *out = all;
    all = (struct vbox_snapshots){0};
    return 0;
}

const struct vbox_snapshot *vbox_snapshot_find(const struct vbox_snapshots *all, const char *name)
{
    for (size_t i = 0; i < all->n; i++) {
        if (all->items[i].name && eb_streq(all->items[i].name, name))
            return &all->items[i];
    }
    return NULL;
}

const struct vbox_snapshot *vbox_snapshot_need(const struct vbox_snapshots *all, const char *name,
                                               eb_error *err)
{
    const struct vbox_snapshot *found = vbox_snapshot_find(all, name);

    if (!found)
        eb_error_set(err, EB_ERR_NO_DOMAIN_SNAPSHOT, "no domain snapshot with matching name '%s'", name);
    return found;
}

/* ---- What VirtualBox forgets ---- */

int vbox_snapshot_state(struct vbox_found *f, const struct vbox_snapshot *s, int *state, eb_error *err)
{
    EB_AUTOFREE char *key = eb_asprintf(VBOX_EXTRA_SNAPSHOT "%s", s->id);
    EB_AUTOFREE char *note = NULL;

    *state = EB_DOMAIN_SHUTOFF;
    if (!s->online)
        return 0;
    if (vbox_extra_get(f->c, f->machine, key, &note, err) < 0)
        return -1;
    if (!eb_streq(note, "saved"))
        *state = eb_streq(note, "paused") ? EB_DOMAIN_PAUSED : EB_DOMAIN_RUNNING;
    return 0;
}

int vbox_snapshot_note(struct vbox_found *f, const char *id, const char *note, eb_error *err)
{
    VBOX_AUTOSESSION struct vbox_session s = {0};
    EB_AUTOFREE char *key = eb_asprintf(VBOX_EXTRA_SNAPSHOT "%s", id);

    if (vbox_session_open(f->c, f->machine, f->active ? VBOX_LOCK_SHARED : VBOX_LOCK_WRITE, &s, err) < 0)
        return -1;
    return vbox_extra_set(f->c, s.machine, key, note, err);
}

/* What the operation comes to that nobody could wait for. */
static bool went_well(struct vbox_found *f, IProgress *progress)
{
    const struct timespec step = {0, 50000000};
    bool completed = false;
    int32_t result = -1;

    for (unsigned waited = 0; waited < SETTLE_PATIENCE_MS && !completed; waited += 50) {
        if (waited)
            nanosleep(&step, NULL);
        if (IProgress_get_completed(f->c->vb, progress, &completed, NULL) < 0)
            return false;
    }
    return completed && IProgress_get_resultCode(f->c->vb, progress, &result, NULL) == 0 && result == 0;
}

int vbox_snapshot_wait(struct vbox_found *f, eb_job_operation operation, IProgress *progress,
                       const char *what, eb_error *err)
{
    VB_AUTO(IProgress) kept = vb_object_ref(progress);
    EB_AUTOERROR eb_error why = EB_ERROR_INIT;

    if (vbox_wait_job(f->c, f->uuid, operation, progress, what, &why) < 0 && !went_well(f, kept)) {
        eb_error_move(err, &why);
        return -1;
    }
    return 0;
}

/* ---- Definitions ---- */

/* The machine as it was then. Its name, title and description are those of the machine now. */
static int domain_then(struct vbox_found *f, const struct vbox_snapshot *s, unsigned flags,
                       struct eb_domain_def **out, eb_error *err)
{
    EB_AUTODEF struct eb_domain_def *def = NULL;
    VB_AUTO(IMachine) then = NULL;
    char *name = NULL;

    if (ISnapshot_get_machine(f->c->vb, s->object, &then, err) < 0 ||
        vbox_read_def(f->c, then, flags | EB_XML_INACTIVE, &def, err) < 0 ||
        vbox_machine_name(f->c, f->machine, &name, err) < 0)
        return -1;
    free(def->name);
    def->name = name;
    memcpy(def->uuid, f->uuid, sizeof(def->uuid));
    def->has_uuid = true;
    if (vbox_metadata_read(f->c, f->machine, def, err) < 0 || vbox_finish_osinfo(f->c, def, err) < 0)
        return -1;
    def->id = -1;
    *out = EB_STEAL(def);
    return 0;
}

/* VirtualBox takes no snapshot of what several machines write to. */
static void leave_out_shared(struct eb_snapshot_def *def)
{
    for (size_t i = 0; i < def->n_disks && i < def->domain->n_disks; i++) {
        if (def->domain->disks[i].shareable)
            def->disks[i].location = EB_SNAPSHOT_NO;
    }
}

int vbox_snapshot_def(struct vbox_found *f, const struct vbox_snapshot *s, unsigned flags,
                      struct eb_snapshot_def **out, eb_error *err)
{
    EB_AUTOSNAPSHOT struct eb_snapshot_def *def = EB_NEW(struct eb_snapshot_def);
    EB_AUTOFREE char *description = NULL;
    int64_t ms = 0;

    def->name = eb_strdup(s->name);
    def->parent = eb_strdup(s->parent);
    if (ISnapshot_get_description(f->c->vb, s->object, &description, err) < 0 ||
        ISnapshot_get_timeStamp(f->c->vb, s->object, &ms, err) < 0 ||
        vbox_snapshot_state(f, s, &def->state, err) < 0 || domain_then(f, s, flags, &def->domain, err) < 0)
        return -1;
    if (*description)
        def->description = EB_STEAL(description);
    def->time = ms / 1000;
    def->has_time = true;
    def->memory = s->online ? EB_SNAPSHOT_INTERNAL : EB_SNAPSHOT_NO;
    if (eb_snapshot_def_align(def, def->domain, EB_SNAPSHOT_INTERNAL, false, err) < 0)
        return -1;
    leave_out_shared(def);
    *out = EB_STEAL(def);
    return 0;
}

static int get_def(eb_conn *conn, eb_uuid uuid, const char *name, unsigned flags,
                   struct eb_snapshot_def **out, eb_error *err)
{
    VBOX_AUTOFOUND struct vbox_found f = {0};
    VBOX_AUTOSNAPSHOTS struct vbox_snapshots all = {0};
    const struct vbox_snapshot *s;

    if (vbox_find_accessible(vbox_conn_of(conn), uuid, &f, err) < 0 ||
        vbox_snapshots_read(&f, &all, err) < 0 || !(s = vbox_snapshot_need(&all, name, err)))
        return -1;
    return vbox_snapshot_def(&f, s, flags, out, err);
}

static int list(eb_conn *conn, eb_uuid uuid, struct eb_snapshot_summary **out, eb_error *err)
{
    VBOX_AUTOFOUND struct vbox_found f = {0};
    VBOX_AUTOSNAPSHOTS struct vbox_snapshots all = {0};

    if (vbox_find(vbox_conn_of(conn), uuid, &f, err) < 0)
        return -1;
    /* of one whose settings cannot be read nothing is known */
    if (f.accessible && vbox_snapshots_read(&f, &all, err) < 0)
        return -1;
    *out = eb_calloc(all.n + 1, sizeof(**out));
    for (size_t i = 0; i < all.n; i++) {
        struct vbox_snapshot *s = &all.items[i];

        if (vbox_snapshot_state(&f, s, &(*out)[i].state, err) < 0) {
            eb_snapshot_summaries_free(EB_STEAL(*out), i);
            return -1;
        }
        (*out)[i].name = EB_STEAL(s->name);
        (*out)[i].parent = EB_STEAL(s->parent);
        (*out)[i].current = s->current;
        /* a domain with snapshots is not undefined unless that is asked for */
        (*out)[i].metadata = true;
    }
    return (int)all.n;
}

const struct eb_driver_snapshot_ops vbox_snapshot_ops = {
    .list = list,
    .get_def = get_def,
    .create = vbox_snapshot_create,
    .revert = vbox_snapshot_revert,
    .delete = vbox_snapshot_delete,
};
