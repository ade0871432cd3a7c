/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Checkpoints: each domain's list and its tree. */
#include "test/checkpoint.h"

#include "test/ops.h"

static struct eb_checkpoint_def *find(const struct test_domain *dom, const char *name)
{
    for (size_t i = 0; i < dom->n_checkpoints; i++) {
        if (eb_streq(dom->checkpoints[i]->name, name))
            return dom->checkpoints[i];
    }
    return NULL;
}

/* The checkpoint of that name, or NULL with the error. */
static struct eb_checkpoint_def *need(const struct test_domain *dom, const char *name, eb_error *err)
{
    struct eb_checkpoint_def *checkpoint = find(dom, name);

    if (!checkpoint)
        eb_error_set(err, EB_ERR_NO_DOMAIN_CHECKPOINT, "no domain checkpoint with matching name '%s'", name);
    return checkpoint;
}

/* Whether `checkpoint` is `ancestor` or descends from it. */
static bool descends(const struct test_domain *dom, const struct eb_checkpoint_def *checkpoint,
                     const char *ancestor)
{
    for (; checkpoint; checkpoint = checkpoint->parent ? find(dom, checkpoint->parent) : NULL) {
        if (eb_streq(checkpoint->name, ancestor))
            return true;
    }
    return false;
}

void test_checkpoints_free(struct test_domain *dom)
{
    for (size_t i = 0; i < dom->n_checkpoints; i++)
        eb_checkpoint_def_free(dom->checkpoints[i]);
    free(dom->checkpoints);
    free(dom->current_checkpoint);
}

/* Those whose parent is `parent`, and after each what descends from it. */
static size_t add_tree(const struct test_domain *dom, const char *parent, struct eb_checkpoint_summary *out,
                       size_t n)
{
    for (size_t i = 0; i < dom->n_checkpoints; i++) {
        const struct eb_checkpoint_def *def = dom->checkpoints[i];

        if (!eb_streq(def->parent, parent))
            continue;
        out[n].name = eb_strdup(def->name);
        out[n].parent = eb_strdup(def->parent);
        n = add_tree(dom, def->name, out, n + 1);
    }
    return n;
}

static int list(eb_conn *conn, eb_uuid uuid, struct eb_checkpoint_summary **out, eb_error *err)
{
    TEST_AUTOLEAVE struct test_world *world = test_world_enter(conn);
    struct test_domain *dom = test_need(world, uuid, err);

    if (!dom)
        return -1;
    *out = eb_calloc(dom->n_checkpoints + 1, sizeof(**out));
    return (int)add_tree(dom, NULL, *out, 0);
}

static int get_def(eb_conn *conn, eb_uuid uuid, const char *name, unsigned flags EB_UNUSED,
                   struct eb_checkpoint_def **out, eb_error *err)
{
    TEST_AUTOLEAVE struct test_world *world = test_world_enter(conn);
    struct test_domain *dom = test_need(world, uuid, err);
    struct eb_checkpoint_def *checkpoint = dom ? need(dom, name, err) : NULL;

    if (!checkpoint)
        return -1;
    *out = eb_checkpoint_def_copy(checkpoint);
    return 0;
}

/* ---- Telling of one that is there ---- */

static int check_redefined(const struct test_domain *dom, const struct eb_checkpoint_def *def, eb_error *err)
{
    const struct eb_checkpoint_def *parent = def->parent ? find(dom, def->parent) : NULL;
    char uuid[EB_UUID_STRLEN + 1];

    if (def->parent && eb_streq(def->parent, def->name))
        return eb_error_set(err, EB_ERR_INVALID_ARG, "cannot set moment %s as its own parent", def->name);
    if (def->parent && !parent)
        return eb_error_set(err, EB_ERR_INVALID_ARG, "parent %s for moment %s not found", def->parent,
                            def->name);
    if (parent && descends(dom, parent, def->name))
        return eb_error_set(err, EB_ERR_INVALID_ARG, "parent %s would create cycle to %s", def->parent,
                            def->name);
    eb_uuid_format(dom->uuid, uuid);
    if (def->domain && memcmp(def->domain->uuid, dom->uuid, sizeof(dom->uuid)) != 0)
        return eb_error_set(err, EB_ERR_INVALID_ARG, "definition for checkpoint %s must use uuid %s",
                            def->name, uuid);
    return 0;
}

static int redefine(struct test_domain *dom, const struct eb_checkpoint_def *given, eb_error *err)
{
    EB_AUTOCHECKPOINT struct eb_checkpoint_def *def = eb_checkpoint_def_copy(given);
    struct eb_checkpoint_def *old = find(dom, def->name);

    if (check_redefined(dom, def, err) < 0)
        return -1;
    if (def->domain) {
        test_fill_defaults(def->domain);
        if (eb_checkpoint_def_align(def, def->domain, err) < 0)
            return -1;
    }
    if (eb_streq(def->parent, dom->current_checkpoint) || (!def->parent && !dom->current_checkpoint))
        eb_replace_string(&dom->current_checkpoint, def->name);
    if (!old) {
        *EB_APPEND(dom->checkpoints, dom->n_checkpoints) = EB_STEAL(def);
        return 0;
    }
    for (size_t i = 0; i < dom->n_checkpoints; i++) {
        if (dom->checkpoints[i] == old)
            dom->checkpoints[i] = EB_STEAL(def);
    }
    eb_checkpoint_def_free(old);
    return 0;
}

/* ---- Making one ---- */

static int make(struct test_domain *dom, const struct eb_checkpoint_def *given, eb_error *err)
{
    EB_AUTOCHECKPOINT struct eb_checkpoint_def *def = eb_checkpoint_def_copy(given);

    def->domain = eb_domain_def_copy(dom->def);
    if (eb_checkpoint_def_align(def, def->domain, err) < 0)
        return -1;
    if (find(dom, def->name))
        return eb_error_set_from(err, EB_FROM_DOMAIN, EB_ERR_OPERATION_FAILED,
                                 "domain moment %s already exists", def->name);
    def->parent = eb_strdup(dom->current_checkpoint);
    eb_replace_string(&dom->current_checkpoint, def->name);
    *EB_APPEND(dom->checkpoints, dom->n_checkpoints) = EB_STEAL(def);
    return 0;
}

static int create(eb_conn *conn, eb_uuid uuid, const struct eb_checkpoint_def *def, unsigned flags,
                  eb_error *err)
{
    TEST_AUTOLEAVE struct test_world *world = test_world_enter(conn);
    struct test_domain *dom;

    if (eb_check_flags(flags, EB_CHECKPOINT_CREATE_REDEFINE | EB_CHECKPOINT_CREATE_QUIESCE,
                       "testDomainCheckpointCreateXML", err) < 0)
        return -1;
    dom = test_need(world, uuid, err);
    if (!dom)
        return -1;
    if (dom->n_snapshots)
        return eb_error_set(err, EB_ERR_OPERATION_UNSUPPORTED,
                            "cannot create checkpoint while snapshot exists");
    if (!test_is_active(dom))
        return eb_error_set(err, EB_ERR_OPERATION_UNSUPPORTED,
                            "cannot create checkpoint for inactive domain");
    return flags & EB_CHECKPOINT_CREATE_REDEFINE ? redefine(dom, def, err) : make(dom, def, err);
}

/* ---- Deleting ---- */

/* Takes out those that `gone` says, a flag for each. */
static void take_out(struct test_domain *dom, const bool *gone)
{
    size_t kept = 0;

    for (size_t i = 0; i < dom->n_checkpoints; i++) {
        if (gone[i])
            eb_checkpoint_def_free(dom->checkpoints[i]);
        else
            dom->checkpoints[kept++] = dom->checkpoints[i];
    }
    dom->n_checkpoints = kept;
}

/* Without `all` its children become its parent's. */
static void delete_some(struct test_domain *dom, const struct eb_checkpoint_def *top, bool all, bool itself)
{
    EB_AUTOFREE bool *gone = eb_calloc(dom->n_checkpoints, sizeof(*gone));

    for (size_t i = 0; i < dom->n_checkpoints; i++) {
        struct eb_checkpoint_def *checkpoint = dom->checkpoints[i];

        gone[i] = checkpoint == top ? itself : all && descends(dom, checkpoint, top->name);
    }
    for (size_t i = 0; i < dom->n_checkpoints; i++) {
        if (gone[i] && eb_streq(dom->checkpoints[i]->name, dom->current_checkpoint))
            eb_replace_string(&dom->current_checkpoint, itself ? top->parent : top->name);
        if (!gone[i] && itself && eb_streq(dom->checkpoints[i]->parent, top->name))
            eb_replace_string(&dom->checkpoints[i]->parent, top->parent);
    }
    take_out(dom, gone);
}

static int delete_checkpoint(eb_conn *conn, eb_uuid uuid, const char *name, unsigned flags, eb_error *err)
{
    TEST_AUTOLEAVE struct test_world *world = test_world_enter(conn);
    const struct eb_checkpoint_def *checkpoint;
    struct test_domain *dom;

    if (eb_check_flags(flags,
                       EB_CHECKPOINT_DELETE_CHILDREN | EB_CHECKPOINT_DELETE_METADATA_ONLY |
                           EB_CHECKPOINT_DELETE_CHILDREN_ONLY,
                       "testDomainCheckpointDelete", err) < 0)
        return -1;
    dom = test_need(world, uuid, err);
    checkpoint = dom ? need(dom, name, err) : NULL;
    if (!checkpoint)
        return -1;
    delete_some(dom, checkpoint, flags & (EB_CHECKPOINT_DELETE_CHILDREN | EB_CHECKPOINT_DELETE_CHILDREN_ONLY),
                !(flags & EB_CHECKPOINT_DELETE_CHILDREN_ONLY));
    return 0;
}

const struct eb_driver_checkpoint_ops test_checkpoint_ops = {
    .list = list,
    .get_def = get_def,
    .create = create,
    .delete = delete_checkpoint,
};
