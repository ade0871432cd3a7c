/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Snapshots: each domain's list and its tree; taking, reverting, deleting. */
#include "test/snapshot.h"

#include "test/ops.h"

static struct eb_snapshot_def *find(const struct test_domain *dom, const char *name)
{
    for (size_t i = 0; i < dom->n_snapshots; i++) {
        if (eb_streq(dom->snapshots[i]->name, name))
            return dom->snapshots[i];
    }
    return NULL;
}

/* The snapshot of that name, or NULL with the error. */
static struct eb_snapshot_def *need(const struct test_domain *dom, const char *name, eb_error *err)
{
    struct eb_snapshot_def *snapshot = find(dom, name);

    if (!snapshot)
        eb_error_set(err, EB_ERR_NO_DOMAIN_SNAPSHOT, "no domain snapshot with matching name '%s'", name);
    return snapshot;
}

/* Whether `snapshot` is `ancestor` or descends from it. */
static bool descends(const struct test_domain *dom, const struct eb_snapshot_def *snapshot,
                     const char *ancestor)
{
    for (; snapshot; snapshot = snapshot->parent ? find(dom, snapshot->parent) : NULL) {
        if (eb_streq(snapshot->name, ancestor))
            return true;
    }
    return false;
}

static void set_current(struct test_domain *dom, const char *name)
{
    eb_replace_string(&dom->current_snapshot, name);
}

void test_snapshots_free(struct test_domain *dom)
{
    for (size_t i = 0; i < dom->n_snapshots; i++)
        eb_snapshot_def_free(dom->snapshots[i]);
    free(dom->snapshots);
    free(dom->current_snapshot);
}

/* ---- Asking ---- */

static void add_summary(const struct test_domain *dom, const struct eb_snapshot_def *def,
                        struct eb_snapshot_summary *out)
{
    out->name = eb_strdup(def->name);
    out->parent = eb_strdup(def->parent);
    out->state = def->state;
    out->current = eb_streq(def->name, dom->current_snapshot);
    out->metadata = true;
    out->external = eb_snapshot_def_is_external(def);
}

/* Those whose parent is `parent`, and after each what descends from it. */
static size_t add_tree(const struct test_domain *dom, const char *parent, struct eb_snapshot_summary *out,
                       size_t n)
{
    for (size_t i = 0; i < dom->n_snapshots; i++) {
        if (!eb_streq(dom->snapshots[i]->parent, parent))
            continue;
        add_summary(dom, dom->snapshots[i], &out[n]);
        n = add_tree(dom, dom->snapshots[i]->name, out, n + 1);
    }
    return n;
}

static int list(eb_conn *conn, eb_uuid uuid, struct eb_snapshot_summary **out, eb_error *err)
{
    TEST_AUTOLEAVE struct test_world *world = test_world_enter(conn);
    struct test_domain *dom = test_need(world, uuid, err);

    if (!dom)
        return -1;
    *out = eb_calloc(dom->n_snapshots + 1, sizeof(**out));
    return (int)add_tree(dom, NULL, *out, 0);
}

static int get_def(eb_conn *conn, eb_uuid uuid, const char *name, unsigned flags EB_UNUSED,
                   struct eb_snapshot_def **out, eb_error *err)
{
    TEST_AUTOLEAVE struct test_world *world = test_world_enter(conn);
    struct test_domain *dom = test_need(world, uuid, err);
    struct eb_snapshot_def *snapshot = dom ? need(dom, name, err) : NULL;

    if (!snapshot)
        return -1;
    *out = eb_snapshot_def_copy(snapshot);
    return 0;
}

/* ---- Telling of one that is there ---- */

static bool is_online(int state)
{
    return state == EB_DOMAIN_RUNNING || state == EB_DOMAIN_PAUSED;
}

static int check_parent(const struct test_domain *dom, const struct eb_snapshot_def *def, eb_error *err)
{
    const struct eb_snapshot_def *parent;

    if (!def->parent)
        return 0;
    if (eb_streq(def->parent, def->name))
        return eb_error_set(err, EB_ERR_INVALID_ARG, "cannot set moment %s as its own parent", def->name);
    parent = find(dom, def->parent);
    if (!parent)
        return eb_error_set(err, EB_ERR_INVALID_ARG, "parent %s for moment %s not found", def->parent,
                            def->name);
    if (descends(dom, parent, def->name))
        return eb_error_set(err, EB_ERR_INVALID_ARG, "parent %s would create cycle to %s", def->parent,
                            def->name);
    return 0;
}

static int check_redefined(const struct test_domain *dom, const struct eb_snapshot_def *def,
                           const struct eb_snapshot_def *old, eb_error *err)
{
    char uuid[EB_UUID_STRLEN + 1];

    if (check_parent(dom, def, err) < 0)
        return -1;
    eb_uuid_format(dom->uuid, uuid);
    if (def->domain && memcmp(def->domain->uuid, dom->uuid, sizeof(dom->uuid)) != 0)
        return eb_error_set(err, EB_ERR_INVALID_ARG, "definition for snapshot %s must use uuid %s", def->name,
                            uuid);
    if (!def->domain && !(old && old->domain))
        return eb_error_set(err, EB_ERR_INTERNAL_ERROR, "missing domain in snapshot");
    if (!old)
        return 0;
    if (is_online(old->state) != is_online(def->state))
        return eb_error_set(err, EB_ERR_INVALID_ARG,
                            "cannot change between online and offline snapshot state in snapshot %s",
                            def->name);
    if ((old->state == EB_SNAPSHOT_DISK_ONLY) != (def->state == EB_SNAPSHOT_DISK_ONLY))
        return eb_error_set(err, EB_ERR_INVALID_ARG,
                            "cannot change between disk only and full system in snapshot %s", def->name);
    return 0;
}

static int align_redefined(struct eb_snapshot_def *def, eb_error *err)
{
    bool external = def->state == EB_SNAPSHOT_DISK_ONLY || eb_snapshot_def_is_external(def);

    if (!def->n_disks)
        return 0;
    return eb_snapshot_def_align(def, def->domain, external ? EB_SNAPSHOT_EXTERNAL : EB_SNAPSHOT_INTERNAL,
                                 !external, err);
}

static int redefine(struct test_domain *dom, const struct eb_snapshot_def *given, bool make_current,
                    eb_error *err)
{
    EB_AUTOSNAPSHOT struct eb_snapshot_def *def = eb_snapshot_def_copy(given);
    struct eb_snapshot_def *old = find(dom, def->name);

    if (check_redefined(dom, def, old, err) < 0)
        return -1;
    if (!def->domain)
        def->domain = eb_domain_def_copy(old->domain);
    test_fill_defaults(def->domain);
    if (def->inactive)
        test_fill_defaults(def->inactive);
    if (align_redefined(def, err) < 0)
        return -1;
    if (make_current)
        set_current(dom, def->name);
    if (!old) {
        *EB_APPEND(dom->snapshots, dom->n_snapshots) = EB_STEAL(def);
        return 0;
    }
    for (size_t i = 0; i < dom->n_snapshots; i++) {
        if (dom->snapshots[i] == old)
            dom->snapshots[i] = EB_STEAL(def);
    }
    eb_snapshot_def_free(old);
    return 0;
}

/* ---- Taking one ---- */

static int check_manual(const struct eb_snapshot_def *def, eb_error *err)
{
    for (size_t i = 0; i < def->n_disks; i++) {
        if (def->disks[i].location == EB_SNAPSHOT_MANUAL)
            return eb_error_set(err, EB_ERR_OPERATION_UNSUPPORTED,
                                "'manual' snapshot mode is not supported by the test driver");
    }
    return 0;
}

static int take(struct test_domain *dom, const struct eb_snapshot_def *given, eb_error *err)
{
    EB_AUTOSNAPSHOT struct eb_snapshot_def *def = eb_snapshot_def_copy(given);
    bool external = def->memory == EB_SNAPSHOT_EXTERNAL;

    if (check_manual(def, err) < 0)
        return -1;
    def->domain = eb_domain_def_copy(dom->def);
    def->state = (int)dom->state;
    if (!external)
        def->memory = dom->state == EB_DOMAIN_SHUTOFF ? EB_SNAPSHOT_NO : EB_SNAPSHOT_INTERNAL;
    if (eb_snapshot_def_align(def, def->domain, external ? EB_SNAPSHOT_EXTERNAL : EB_SNAPSHOT_INTERNAL,
                              !external, err) < 0)
        return -1;
    if (find(dom, def->name))
        return eb_error_set_from(err, EB_FROM_DOMAIN, EB_ERR_OPERATION_FAILED,
                                 "domain moment %s already exists", def->name);
    def->parent = eb_strdup(dom->current_snapshot);
    set_current(dom, def->name);
    *EB_APPEND(dom->snapshots, dom->n_snapshots) = EB_STEAL(def);
    return 0;
}

static int create(eb_conn *conn, eb_uuid uuid, const struct eb_snapshot_def *def, unsigned flags,
                  eb_error *err)
{
    TEST_AUTOLEAVE struct test_world *world = test_world_enter(conn);
    struct test_domain *dom;

    if (eb_check_flags(flags,
                       EB_SNAPSHOT_CREATE_REDEFINE | EB_SNAPSHOT_CREATE_CURRENT | EB_SNAPSHOT_CREATE_HALT |
                           EB_SNAPSHOT_CREATE_QUIESCE | EB_SNAPSHOT_CREATE_ATOMIC | EB_SNAPSHOT_CREATE_LIVE,
                       "testDomainSnapshotCreateXML", err) < 0)
        return -1;
    dom = test_need(world, uuid, err);
    if (!dom)
        return -1;
    if (dom->n_checkpoints)
        return eb_error_set(err, EB_ERR_OPERATION_UNSUPPORTED,
                            "cannot create snapshot while checkpoint exists");
    if (!dom->persistent && (flags & EB_SNAPSHOT_CREATE_HALT))
        return eb_error_set(err, EB_ERR_OPERATION_INVALID, "cannot halt after transient domain snapshot");
    if (flags & EB_SNAPSHOT_CREATE_REDEFINE)
        return redefine(dom, def, flags & EB_SNAPSHOT_CREATE_CURRENT, err);
    if (take(dom, def, err) < 0)
        return -1;
    if ((flags & EB_SNAPSHOT_CREATE_HALT) && test_is_active(dom))
        test_stop(world, dom, EB_SHUTOFF_FROM_SNAPSHOT);
    return 0;
}

/* ---- Going back to one ---- */

/* The domain is shut off and has the definition of the snapshot, under the name that it has by now. */
static void put_back(struct test_world *world, struct test_domain *dom, const struct eb_snapshot_def *to)
{
    struct eb_domain_def *def = eb_domain_def_copy(to->domain);

    eb_replace_string(&def->name, dom->def->name);
    def->id = -1;
    if (test_is_active(dom)) {
        dom->state = EB_DOMAIN_SHUTOFF;
        dom->reason = EB_SHUTOFF_FROM_SNAPSHOT;
        dom->def->id = -1;
        test_emit(world, dom, EB_DOMAIN_EVENT_STOPPED, EB_DOMAIN_EVENT_STOPPED_FROM_SNAPSHOT);
    }
    eb_domain_def_free(EB_STEAL(dom->next));
    test_replace_def(world, dom, def);
}

static void run_again(struct test_world *world, struct test_domain *dom, bool paused)
{
    if (paused)
        test_run(world, dom, NULL, EB_DOMAIN_PAUSED, EB_PAUSED_FROM_SNAPSHOT);
    else
        test_run(world, dom, NULL, EB_DOMAIN_RUNNING, EB_RUNNING_FROM_SNAPSHOT);
    test_emit(world, dom, EB_DOMAIN_EVENT_STARTED, EB_DOMAIN_EVENT_STARTED_FROM_SNAPSHOT);
    if (paused)
        test_emit(world, dom, EB_DOMAIN_EVENT_SUSPENDED, EB_DOMAIN_EVENT_SUSPENDED_FROM_SNAPSHOT);
}

static int revert(eb_conn *conn, eb_uuid uuid, const char *name, unsigned flags, eb_error *err)
{
    TEST_AUTOLEAVE struct test_world *world = test_world_enter(conn);
    const struct eb_snapshot_def *snapshot;
    struct test_domain *dom;
    bool asked = flags & (EB_SNAPSHOT_REVERT_RUNNING | EB_SNAPSHOT_REVERT_PAUSED);

    if (eb_check_flags(flags,
                       EB_SNAPSHOT_REVERT_RUNNING | EB_SNAPSHOT_REVERT_PAUSED | EB_SNAPSHOT_REVERT_FORCE,
                       "testDomainRevertToSnapshot", err) < 0)
        return -1;
    dom = test_need(world, uuid, err);
    snapshot = dom ? need(dom, name, err) : NULL;
    if (!snapshot)
        return -1;
    if (!dom->persistent && !is_online(snapshot->state) && !asked)
        return eb_error_set(err, EB_ERR_OPERATION_INVALID,
                            "transient domain needs to request run or pause to revert to inactive snapshot");
    set_current(dom, name);
    put_back(world, dom, snapshot);
    if (asked || is_online(snapshot->state))
        run_again(world, dom,
                  (flags & EB_SNAPSHOT_REVERT_PAUSED) ||
                      (snapshot->state == EB_DOMAIN_PAUSED && !(flags & EB_SNAPSHOT_REVERT_RUNNING)));
    return 0;
}

/* ---- Deleting ---- */

/* Takes out those that `gone` says, a flag for each. */
static void take_out(struct test_domain *dom, const bool *gone)
{
    size_t kept = 0;

    for (size_t i = 0; i < dom->n_snapshots; i++) {
        if (gone[i])
            eb_snapshot_def_free(dom->snapshots[i]);
        else
            dom->snapshots[kept++] = dom->snapshots[i];
    }
    dom->n_snapshots = kept;
}

static void delete_tree(struct test_domain *dom, const struct eb_snapshot_def *top, bool itself)
{
    EB_AUTOFREE bool *gone = eb_calloc(dom->n_snapshots, sizeof(*gone));

    for (size_t i = 0; i < dom->n_snapshots; i++) {
        struct eb_snapshot_def *snapshot = dom->snapshots[i];

        gone[i] = descends(dom, snapshot, top->name) && (itself || snapshot != top);
        if (gone[i] && eb_streq(snapshot->name, dom->current_snapshot))
            set_current(dom, itself ? top->parent : top->name);
    }
    take_out(dom, gone);
}

/* Its children become its parent's. */
static void delete_one(struct test_domain *dom, const struct eb_snapshot_def *snapshot)
{
    EB_AUTOFREE bool *gone = eb_calloc(dom->n_snapshots, sizeof(*gone));

    if (eb_streq(snapshot->name, dom->current_snapshot))
        set_current(dom, snapshot->parent);
    for (size_t i = 0; i < dom->n_snapshots; i++) {
        if (eb_streq(dom->snapshots[i]->parent, snapshot->name))
            eb_replace_string(&dom->snapshots[i]->parent, snapshot->parent);
        gone[i] = dom->snapshots[i] == snapshot;
    }
    take_out(dom, gone);
}

static int delete_snapshot(eb_conn *conn, eb_uuid uuid, const char *name, unsigned flags, eb_error *err)
{
    TEST_AUTOLEAVE struct test_world *world = test_world_enter(conn);
    const struct eb_snapshot_def *snapshot;
    struct test_domain *dom;

    if (eb_check_flags(flags, EB_SNAPSHOT_DELETE_CHILDREN | EB_SNAPSHOT_DELETE_CHILDREN_ONLY,
                       "testDomainSnapshotDelete", err) < 0)
        return -1;
    dom = test_need(world, uuid, err);
    snapshot = dom ? need(dom, name, err) : NULL;
    if (!snapshot)
        return -1;
    if (flags)
        delete_tree(dom, snapshot, flags & EB_SNAPSHOT_DELETE_CHILDREN);
    else
        delete_one(dom, snapshot);
    return 0;
}

const struct eb_driver_snapshot_ops test_snapshot_ops = {
    .list = list,
    .get_def = get_def,
    .create = create,
    .revert = revert,
    .delete = delete_snapshot,
};
