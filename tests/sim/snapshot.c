/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Snapshots: on the console up to 4.3, on the machine since. */
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "model.h"

static struct node *find_below(struct node *n, const char *id, const char *name)
{
    for (size_t i = 0; n && i < n->n; i++) {
        struct node *s = n->children[i], *found;

        if (strcmp(s->tag, "Snapshot") != 0)
            continue;
        if ((*id && eb_streq(s->id, id)) || (!*id && eb_streq(node_get(s, "name"), name)))
            return s;
        found = find_below(s, id, name);
        if (found)
            return found;
    }
    return NULL;
}

struct node *snapshot_find(const struct machine *m, const char *name_or_id)
{
    char id[37];

    id_normal(name_or_id ? name_or_id : "", id);
    return find_below(m->snapshots, id, name_or_id ? name_or_id : "");
}

unsigned snapshot_count(const struct node *n)
{
    unsigned count = 0;

    for (size_t i = 0; n && i < n->n; i++)
        if (strcmp(n->children[i]->tag, "Snapshot") == 0)
            count += 1 + snapshot_count(n->children[i]);
    return count;
}

struct object *snapshot_object(struct machine *m, const char *id)
{
    return id && snapshot_find(m, id) ? object_view("ISnapshot", VIEW_SNAPSHOT, m, NULL, id, "") : NULL;
}

static struct node *current(const struct machine *m)
{
    const char *id = node_get(m->snapshots, "currentSnapshot");

    return id ? snapshot_find(m, id) : NULL;
}

/* ---- facts ---- */

static struct node *self(struct call *c, uint32_t *rc)
{
    struct node *s = snapshot_find(c->self->machine, c->self->snapshot);

    *rc = S_OK;
    if (!s)
        *rc = fail(c, E_ACCESSDENIED, "The object is not ready");
    return s;
}

#define SELF                                                                                                 \
    uint32_t rc;                                                                                             \
    struct node *s = self(c, &rc);                                                                           \
    if (!s)                                                                                                  \
        return rc;

static uint32_t get_id(struct call *c)
{
    SELF;
    ret_str(c, s->id);
    return rc;
}

static uint32_t get_text(struct call *c)
{
    SELF;
    ret_text(c, node_get_or(s, c->slot->name, ""));
    return rc;
}

static uint32_t set_text(struct call *c)
{
    struct machine *m = c->self->machine;
    SELF;
    node_set(s, c->slot->name, c->in[0].str);
    machine_save(c, m);
    event_fire("vbox", "OnSnapshotChanged", "machineId", m->id, "snapshotId", s->id, NULL);
    return rc;
}

static uint32_t get_time(struct call *c)
{
    SELF;
    ret_num(c, (uint64_t)node_num(s, "timeStamp"));
    return rc;
}

static uint32_t get_online(struct call *c)
{
    SELF;
    ret_num(c, node_get(s, "stateFile") != NULL);
    return rc;
}

static uint32_t get_machine(struct call *c)
{
    SELF;
    ret_obj(c, object_view("IMachine", VIEW_SNAPSHOT, c->self->machine, NULL, s->id, ""));
    return rc;
}

static uint32_t get_parent(struct call *c)
{
    SELF;
    if (s->parent && strcmp(s->parent->tag, "Snapshot") == 0)
        ret_obj(c, snapshot_object(c->self->machine, s->parent->id));
    return rc;
}

static uint32_t get_children(struct call *c)
{
    SELF;
    for (size_t i = 0; i < s->n; i++)
        if (strcmp(s->children[i]->tag, "Snapshot") == 0)
            ret_add_obj(c, snapshot_object(c->self->machine, s->children[i]->id));
    return rc;
}

static unsigned children_of(const struct node *s)
{
    unsigned n = 0;

    for (size_t i = 0; i < s->n; i++)
        n += strcmp(s->children[i]->tag, "Snapshot") == 0;
    return n;
}

static uint32_t get_children_count(struct call *c)
{
    SELF;
    ret_num(c, children_of(s));
    return rc;
}

static uint32_t current_snapshot(struct call *c)
{
    uint32_t rc;
    struct node *s = current(c->self->machine);

    if (node_read(c, &rc))
        ret_obj(c, s ? snapshot_object(c->self->machine, s->id) : NULL);
    return rc;
}

static uint32_t get_count(struct call *c)
{
    uint32_t rc;

    if (node_read(c, &rc))
        ret_num(c, snapshot_count(c->self->machine->snapshots));
    return rc;
}

static uint32_t get_modified(struct call *c)
{
    struct machine *m = c->self->machine;

    ret_num(c, !current(m) || node_bool(m->snapshots, "currentStateModified"));
    return S_OK;
}

static uint32_t find_snapshot(struct call *c)
{
    struct machine *m = c->self->machine;
    const char *what = arg_str(c, "nameOrId|name|id");
    char id[37];
    struct node *s;
    uint32_t rc;

    if (!node_read(c, &rc))
        return rc;
    if (!snapshot_count(m->snapshots))
        return not_found(c, "This machine does not have any snapshots");
    /* nothing asks for the root */
    id_normal(what, id);
    s = !*what || (*id && strspn(id, "0-") == 36) ? node_child(m->snapshots, "Snapshot", NULL)
                                                  : snapshot_find(m, what);
    if (!s)
        return not_found(
            c, *id ? "Could not find a snapshot with UUID {%s}" : "Could not find a snapshot named '%s'",
            what);
    ret_obj(c, snapshot_object(m, s->id));
    return S_OK;
}

/* ---- taking ---- */

static void take_end(struct progress *p, bool cancelled)
{
    struct machine *m = p->machine;
    struct node *order = p->object->own, *s, *parent = current(m);
    const char *before = node_get(order, "before");
    bool online = node_bool(order, "online"), live = eb_streq(m->state, "LiveSnapshotting");
    static const char *const states[] = {"PoweredOff", "Saved", "Running", "Paused", "Aborted", "Teleported"};

    for (size_t i = 0; i < EB_ARRAY_SIZE(states); i++)
        if (eb_streq(states[i], before))
            before = states[i];
    if (cancelled || p->rc) {
        machine_state(m, before);
        return;
    }
    if (live && enum_has("MachineState", "OnlineSnapshotting")) {
        event_machine_data(m);
        machine_state(m, "OnlineSnapshotting");
    }
    event_machine_data(m);
    s = node_new("Snapshot", node_get(order, "id"));
    node_set(s, "name", node_get(order, "name"));
    node_set(s, "description", node_get(order, "description"));
    node_set_num(s, "timeStamp", (int64_t)time(NULL) * 1000);
    node_set(s, "stateFile", node_get(m->snapshots, "stateFile"));
    if (online) {
        EB_AUTOFREE char *folder = machine_snapshot_folder(m);
        EB_AUTOFREE char *file = eb_asprintf("%s/%s.sav", folder, s->id);
        int fd;

        mkdir(folder, 0700);
        fd = open(file, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
        if (fd >= 0)
            close(fd);
        node_set(s, "stateFile", file);
    }
    node_add(s, node_copy(m->config));
    node_add(parent ? parent : m->snapshots, s);
    node_set(m->snapshots, "currentSnapshot", s->id);
    node_set(m->snapshots, "currentStateModified", NULL);
    storage_make_diffs(m, m->config);
    machine_state(m, before);
    machine_save(NULL, m);
    event_fire("vbox", "OnSnapshotTaken", "machineId", m->id, "snapshotId", s->id, NULL);
}

static uint32_t take(struct call *c)
{
    struct machine *m = c->self->machine;
    bool pause = arg_has(c, "pause") && arg_bool(c, "pause"), online = machine_runs(m);
    EB_AUTOFREE char *id = NULL;
    struct progress *p;
    struct node *order;
    uint32_t rc;

    if (!node_read(c, &rc))
        return rc;
    if (c->self->view != VIEW_SESSION)
        return E_NOTIMPL; /* a session does that */
    if (machine_transient(m))
        return fail(c, VBOX_E_INVALID_VM_STATE,
                    "Cannot take a snapshot of the machine while it is changing the state "
                    "(machine state: %s)",
                    m->state);
    if (!*arg_str(c, "name"))
        return fail(c, E_INVALIDARG, "The snapshot's name must not be empty");
    if (arg_has(c, "pause") && !pause && !eb_streq(m->state, "Running"))
        return fail(c, VBOX_E_INVALID_VM_STATE,
                    "Cannot take a live snapshot of a virtual machine unless it is running.");
    if (disk_full(c))
        return fail(c, VBOX_E_FILE_ERROR, "Could not create a snapshot's file (VERR_DISK_FULL)");
    machine_commit(m);
    p = progress_begin(c, "Taking a snapshot of the virtual machine", false, take_end);
    id = id_new();
    order = p->object->own = node_new("Order", NULL);
    node_set(order, "id", id);
    node_set(order, "name", arg_str(c, "name"));
    node_set(order, "description", arg_str(c, "description"));
    node_set(order, "before", m->state);
    node_set(order, "online", online ? "1" : "0");
    machine_state(m, !online                                 ? "Snapshotting"
                     : pause || eb_streq(m->state, "Paused") ? "OnlineSnapshotting"
                                                             : "LiveSnapshotting");
    out_text(c, "id", id);
    ret_obj(c, p->object);
    return S_OK;
}

/* ---- deleting ---- */

/* The disk of the snapshot takes in its only child, whose users get it instead. */
static void merge_child(struct machine *m, const char *disk, struct node *config, struct node *next)
{
    for (size_t i = 0; next && i < next->n; i++) {
        struct node *a = next->children[i];
        EB_AUTOFREE char *child = eb_strdup(node_get(a, "medium"));
        const struct node *n = medium_node(child);

        if (strcmp(a->tag, "Attachment") != 0 || !n || !eb_streq(node_get(n, "parent"), disk))
            continue;
        for (size_t k = 0; k < global->n; k++)
            if (eb_streq(node_get(global->children[k], "parent"), child))
                node_set(global->children[k], "parent", disk);
        node_set(a, "medium", disk);
        medium_forget(child, true);
    }
    (void)m;
    (void)config;
}

static bool only_difference(const char *disk)
{
    const struct node *n = medium_node(disk);
    EB_AUTOFREE char *users = medium_users(disk, NULL);

    for (size_t k = 0; k < global->n; k++)
        if (eb_streq(node_get(global->children[k], "parent"), disk))
            return false;
    return n && node_get(n, "parent") && !*users;
}

static void tell_deleted(const struct machine *m, const char *id)
{
    event_fire("vbox", "OnSnapshotDeleted", "machineId", m->id, "snapshotId", id, NULL);
}

static void remove_snapshot(struct machine *m, struct node *s)
{
    EB_AUTOFREE char *id = eb_strdup(s->id), *file = eb_strdup(node_get(s, "stateFile"));
    struct node *config = node_take(node_child(s, "Machine", NULL)), *parent = s->parent;
    struct node *child = node_child(s, "Snapshot", NULL);
    bool was_current = eb_streq(node_get(m->snapshots, "currentSnapshot"), id);

    for (size_t i = 0; i < config->n; i++) {
        const char *disk = node_get(config->children[i], "medium");

        if (disk)
            merge_child(m, disk, config,
                        child         ? node_child(child, "Machine", NULL)
                        : was_current ? m->config
                                      : NULL);
    }
    if (child)
        node_add(parent, node_take(child));
    node_remove(s);
    if (was_current)
        node_set(m->snapshots, "currentSnapshot", strcmp(parent->tag, "Snapshot") == 0 ? parent->id : NULL);
    for (size_t i = 0; i < config->n; i++) {
        EB_AUTOFREE char *disk = eb_strdup(node_get(config->children[i], "medium"));

        if (disk && only_difference(disk))
            medium_forget(disk, true);
    }
    if (file && !eb_streq(file, node_get(m->snapshots, "stateFile")))
        unlink(file);
    node_free(config);
}

static void delete_end(struct progress *p, bool cancelled)
{
    struct machine *m = p->machine;
    struct node *order = p->object->own, *s = snapshot_find(m, node_get(order, "id"));
    const char *before = eb_streq(node_get(order, "before"), "Running")   ? "Running"
                         : eb_streq(node_get(order, "before"), "Paused")  ? "Paused"
                         : eb_streq(node_get(order, "before"), "Saved")   ? "Saved"
                         : eb_streq(node_get(order, "before"), "Aborted") ? "Aborted"
                                                                          : "PoweredOff";

    if (!cancelled && !p->rc && s) {
        /* with its children: from the leaves on */
        while (node_bool(order, "tree") && node_child(s, "Snapshot", NULL)) {
            struct node *leaf = s;

            while (node_child(leaf, "Snapshot", NULL))
                leaf = node_child(leaf, "Snapshot", NULL);
            tell_deleted(m, leaf->id);
            remove_snapshot(m, leaf);
        }
        remove_snapshot(m, s);
    }
    machine_state(m, before);
    machine_save(NULL, m);
    if (!cancelled && !p->rc && s)
        tell_deleted(m, node_get(order, "id"));
}

static uint32_t begin_delete(struct call *c, bool tree)
{
    struct machine *m = c->self->machine;
    const char *id = arg_str(c, "id|startId");
    struct node *s = snapshot_find(m, id), *order;
    EB_AUTOFREE char *text = eb_asprintf("Deleting snapshot '%s'", s ? node_get_or(s, "name", "") : "");
    struct progress *p;
    uint32_t rc;

    if (!node_read(c, &rc))
        return rc;
    if (c->self->view != VIEW_SESSION)
        return E_NOTIMPL; /* a session does that */
    if (machine_transient(m))
        return fail(c, VBOX_E_INVALID_VM_STATE,
                    "Cannot delete the current state of the machine while it is changing the "
                    "state (machine state: %s)",
                    m->state);
    if (machine_online(m) && !enum_has("MachineState", "DeletingSnapshotOnline"))
        return fail(c, VBOX_E_INVALID_VM_STATE,
                    "Cannot discard a snapshot of the running machine (machine state: %s)", m->state);
    if (!snapshot_count(m->snapshots))
        return fail(c, E_FAIL, "This machine does not have any snapshots");
    if (!s)
        return not_found(c, "Could not find a snapshot with UUID {%s}", id);
    if (!tree && children_of(s) > 1)
        return fail(c, VBOX_E_INVALID_OBJECT_STATE,
                    "Snapshot '%s' of the machine '%s' cannot be deleted, because it has %u child snapshots, "
                    "which is more "
                    "than the one snapshot allowed for deletion",
                    node_get(s, "name"), machine_name(m), children_of(s));
    if (!tree && children_of(s) == 1 && s == current(m))
        return fail(c, VBOX_E_INVALID_OBJECT_STATE,
                    "Snapshot '%s' of the machine '%s' cannot be deleted, because it is the current snapshot "
                    "and has one "
                    "child snapshot",
                    node_get(s, "name"), machine_name(m));
    p = progress_begin(c, text, false, delete_end);
    order = p->object->own = node_new("Order", NULL);
    node_set(order, "id", s->id);
    node_set(order, "before", m->state);
    node_set(order, "tree", tree ? "1" : "0");
    event_machine_data(m);
    machine_state(m, eb_streq(m->state, "Running")  ? "DeletingSnapshotOnline"
                     : eb_streq(m->state, "Paused") ? "DeletingSnapshotPaused"
                                                    : "DeletingSnapshot");
    ret_obj(c, p->object);
    return S_OK;
}

static uint32_t delete_one(struct call *c)
{
    return begin_delete(c, false);
}

static uint32_t delete_tree(struct call *c)
{
    return begin_delete(c, true);
}

/* ---- going back ---- */

static void restore_to(struct machine *m, struct node *s)
{
    struct node *before = m->config;

    m->config = node_copy(node_child(s, "Machine", NULL));
    storage_make_diffs(m, m->config);
    storage_drop_diffs(before, m->config);
    node_free(before);
    node_free(EB_STEAL(m->pending));
    machine_drop_saved_state(m, true);
    node_set(m->snapshots, "stateFile", node_get(s, "stateFile"));
    node_set(m->snapshots, "currentSnapshot", s->id);
    node_set(m->snapshots, "currentStateModified", NULL);
}

static void restore_end(struct progress *p, bool cancelled)
{
    struct machine *m = p->machine;
    struct node *order = p->object->own, *s = snapshot_find(m, node_get(order, "id"));

    if (!cancelled && !p->rc && s)
        restore_to(m, s);
    machine_state(m, node_get(m->snapshots, "stateFile") ? "Saved" : "PoweredOff");
    machine_save(NULL, m);
    if (s) {
        if (enum_has("VBoxEventType", "OnSnapshotRestored"))
            event_fire("vbox", "OnSnapshotRestored", "machineId", m->id, "snapshotId", s->id, NULL);
        else
            event_fire("vbox", "OnSnapshotChanged", "machineId", m->id, "snapshotId", s->id, NULL);
    }
}

static uint32_t begin_restore(struct call *c, struct node *s)
{
    struct machine *m = c->self->machine;
    EB_AUTOFREE char *text = NULL;
    struct progress *p;

    if (machine_online(m))
        return fail(c, VBOX_E_INVALID_VM_STATE,
                    "Cannot delete the current state of the running machine (machine state: %s)", m->state);
    if (machine_transient(m))
        return machine_bad_state(c, m);
    text = eb_asprintf("Restoring snapshot '%s'", node_get_or(s, "name", ""));
    p = progress_begin(c, text, false, restore_end);
    p->object->own = node_new("Order", NULL);
    node_set(p->object->own, "id", s->id);
    machine_state(m, "RestoringSnapshot");
    ret_obj(c, p->object);
    return S_OK;
}

static uint32_t restore(struct call *c)
{
    struct object *o = arg_obj(c, "snapshot");
    struct node *s = o && o->machine == c->self->machine ? snapshot_find(o->machine, o->snapshot) : NULL;
    uint32_t rc;

    if (!node_read(c, &rc))
        return rc;
    if (c->self->view != VIEW_SESSION)
        return E_NOTIMPL; /* a session does that */
    if (!snapshot_count(c->self->machine->snapshots))
        return not_found(c, "This VM does not have any current snapshot");
    return s ? begin_restore(c, s) : fail(c, E_INVALIDARG, "The given snapshot is invalid");
}

static uint32_t discard_current_state(struct call *c)
{
    struct node *s = current(c->self->machine);
    uint32_t rc;

    if (!node_read(c, &rc))
        return rc;
    return s ? begin_restore(c, s)
             : fail(c, VBOX_E_INVALID_OBJECT_STATE,
                    "Could not discard the current state of the machine '%s' because it "
                    "doesn't have any snapshots",
                    machine_name(c->self->machine));
}

/* Goes back to the last but one, and the last is no more. */
static uint32_t discard_current_both(struct call *c)
{
    struct machine *m = c->self->machine;
    struct node *s = current(m);
    EB_AUTOFREE char *id = NULL;
    uint32_t rc;

    if (!node_read(c, &rc))
        return rc;
    if (!s || machine_online(m))
        return machine_bad_state(c, m);
    id = eb_strdup(s->id);
    if (s->parent && strcmp(s->parent->tag, "Snapshot") == 0) {
        restore_to(m, s->parent);
        remove_snapshot(m, s);
    } else {
        restore_to(m, s);
        remove_snapshot(m, s);
    }
    tell_deleted(m, id);
    machine_save(c, m);
    ret_obj(c, progress_begin(c, "Discarding the current snapshot and state", false, NULL)->object);
    return S_OK;
}

/* It is in the interface; no release ever did it. */
static uint32_t set_current(struct call *c)
{
    (void)c;
    return E_NOTIMPL;
}

const struct member snapshot_members[] = {
    {"ISnapshot.id", get_id},
    {"ISnapshot.name", get_text},
    {"ISnapshot.name=", set_text},
    {"ISnapshot.description", get_text},
    {"ISnapshot.description=", set_text},
    {"ISnapshot.timeStamp", get_time},
    {"ISnapshot.online", get_online},
    {"ISnapshot.machine", get_machine},
    {"ISnapshot.parent", get_parent},
    {"ISnapshot.children", get_children},
    {"ISnapshot.childrenCount", get_children_count},
    {"IMachine.currentSnapshot", current_snapshot},
    {"IMachine.snapshotCount", get_count},
    {"IMachine.currentStateModified", get_modified},
    {"IMachine.findSnapshot", find_snapshot},
    {"IMachine.getSnapshot", find_snapshot},
    {"IMachine.setCurrentSnapshot", set_current},
    {"IMachine.takeSnapshot", take},
    {"IMachine.deleteSnapshot", delete_one},
    {"IMachine.deleteSnapshotAndAllChildren", delete_tree},
    {"IMachine.restoreSnapshot", restore},
    {"IConsole.takeSnapshot", take},
    {"IConsole.discardSnapshot", delete_one},
    {"IConsole.deleteSnapshot", delete_one},
    {"IConsole.deleteSnapshotAndAllChildren", delete_tree},
    {"IConsole.restoreSnapshot", restore},
    {"IConsole.discardCurrentState", discard_current_state},
    {"IConsole.discardCurrentSnapshotAndState", discard_current_both},
    {NULL, NULL},
};
