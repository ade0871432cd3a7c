/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Checkpoints: a handle is a domain and a name; lists, lookups and the tree come from the driver's one list.
 */
#include "core/object.h"

struct eb_checkpoint {
    atomic_int refs;
    eb_domain *dom;
    char *name;
};

/* All checkpoints of a domain. */
struct summaries {
    struct eb_checkpoint_summary *items;
    size_t n;
};

void eb_checkpoint_summaries_free(struct eb_checkpoint_summary *list, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        free(list[i].name);
        free(list[i].parent);
    }
    free(list);
}

static void summaries_clear(struct summaries *s)
{
    eb_checkpoint_summaries_free(s->items, s->n);
}
#define AUTO_SUMMARIES EB_CLEANUP(summaries_clear) struct summaries

eb_checkpoint *eb_checkpoint_from_name(eb_domain *dom, const char *name)
{
    eb_checkpoint *checkpoint = EB_NEW(eb_checkpoint);

    atomic_init(&checkpoint->refs, 1);
    checkpoint->dom = eb_domain_ref(dom);
    checkpoint->name = eb_strdup(name);
    return checkpoint;
}

eb_checkpoint *eb_checkpoint_ref(eb_checkpoint *checkpoint)
{
    atomic_fetch_add(&checkpoint->refs, 1);
    return checkpoint;
}

void eb_checkpoint_unref(eb_checkpoint *checkpoint)
{
    if (!checkpoint || atomic_fetch_sub(&checkpoint->refs, 1) != 1)
        return;
    eb_domain_unref(checkpoint->dom);
    free(checkpoint->name);
    free(checkpoint);
}

eb_domain *eb_checkpoint_get_domain(eb_checkpoint *checkpoint)
{
    return checkpoint->dom;
}

const char *eb_checkpoint_get_name(eb_checkpoint *checkpoint)
{
    return checkpoint->name;
}

static int read_all(eb_domain *dom, const char *function, struct summaries *out, eb_error *err)
{
    int n = EB_CALL_GROUP(dom->conn, function, checkpoint, list, dom->conn, dom->uuid, &out->items, err);

    if (n < 0)
        return -1;
    out->n = (size_t)n;
    return 0;
}

/* The checkpoint of that name, or NULL with the error. */
static const struct eb_checkpoint_summary *need(eb_domain *dom, const struct summaries *all, const char *name,
                                                eb_error *err)
{
    for (size_t i = 0; i < all->n; i++) {
        if (eb_streq(all->items[i].name, name))
            return &all->items[i];
    }
    eb_error_set(err, EB_ERR_NO_DOMAIN_CHECKPOINT, "no domain checkpoint with matching name '%s'", name);
    eb_driver_result(dom->conn, -1, err);
    return NULL;
}

/* ---- Lists ---- */

static bool has_children(const struct summaries *all, const char *name)
{
    for (size_t i = 0; i < all->n; i++) {
        if (eb_streq(all->items[i].parent, name))
            return true;
    }
    return false;
}

static bool passes(const struct summaries *all, const char *name, unsigned flags)
{
    const unsigned leaves = EB_LIST_CHECKPOINTS_LEAVES | EB_LIST_CHECKPOINTS_NO_LEAVES;

    return !(flags & leaves) || (flags & leaves) == leaves ||
           has_children(all, name) == !!(flags & EB_LIST_CHECKPOINTS_NO_LEAVES);
}

static int known_flags(unsigned flags, const char *function, eb_error *err)
{
    return eb_check_flags(flags, (EB_LIST_CHECKPOINTS_NO_LEAVES << 1) - 1, function, err);
}

/* Handles of those that `wanted` says; a flag for each of `all`. */
static int give(eb_domain *dom, const struct summaries *all, const bool *wanted, eb_checkpoint ***out)
{
    eb_checkpoint **handles = out ? eb_calloc(all->n + 1, sizeof(*handles)) : NULL;
    int n = 0;

    for (size_t i = 0; i < all->n; i++) {
        if (!wanted[i])
            continue;
        if (handles)
            handles[n] = eb_checkpoint_from_name(dom, all->items[i].name);
        n++;
    }
    if (out)
        *out = handles;
    return n;
}

int eb_domain_list_checkpoints(eb_domain *dom, unsigned flags, eb_checkpoint ***out, eb_error *err)
{
    static const char function[] = "virDomainListAllCheckpoints";
    AUTO_SUMMARIES all = {0};
    EB_AUTOFREE bool *wanted = NULL;

    if (known_flags(flags, function, err) < 0 || read_all(dom, function, &all, err) < 0)
        return -1;
    wanted = eb_calloc(all.n + 1, sizeof(*wanted));
    for (size_t i = 0; i < all.n; i++)
        wanted[i] = passes(&all, all.items[i].name, flags) &&
                    (!(flags & EB_LIST_CHECKPOINTS_ROOTS) || !all.items[i].parent);
    return give(dom, &all, wanted, out);
}

static bool is_below(const struct summaries *all, const bool *below, const char *parent)
{
    for (size_t i = 0; i < all->n; i++) {
        if (eb_streq(all->items[i].name, parent))
            return below[i];
    }
    return false;
}

int eb_checkpoint_list_children(eb_checkpoint *checkpoint, unsigned flags, eb_checkpoint ***out,
                                eb_error *err)
{
    static const char function[] = "virDomainCheckpointListAllChildren";
    AUTO_SUMMARIES all = {0};
    EB_AUTOFREE bool *below = NULL;

    if (known_flags(flags, function, err) < 0 || read_all(checkpoint->dom, function, &all, err) < 0 ||
        !need(checkpoint->dom, &all, checkpoint->name, err))
        return -1;
    below = eb_calloc(all.n + 1, sizeof(*below));
    for (size_t i = 0; i < all.n; i++) {
        const char *parent = all.items[i].parent;

        /* parents come before their children */
        below[i] = parent && (eb_streq(parent, checkpoint->name) ||
                              ((flags & EB_LIST_CHECKPOINTS_DESCENDANTS) && is_below(&all, below, parent)));
    }
    for (size_t i = 0; i < all.n; i++)
        below[i] = below[i] && passes(&all, all.items[i].name, flags);
    return give(checkpoint->dom, &all, below, out);
}

int eb_domain_lookup_checkpoint(eb_domain *dom, const char *name, unsigned flags, eb_checkpoint **out,
                                eb_error *err)
{
    static const char function[] = "virDomainCheckpointLookupByName";
    AUTO_SUMMARIES all = {0};

    if (eb_need_arg(name, "name", function, err) < 0 || eb_check_flags(flags, 0, function, err) < 0 ||
        read_all(dom, function, &all, err) < 0 || !need(dom, &all, name, err))
        return -1;
    *out = eb_checkpoint_from_name(dom, name);
    return 0;
}

/* ---- What is known of one ---- */

int eb_checkpoint_get_parent(eb_checkpoint *checkpoint, unsigned flags, eb_checkpoint **out, eb_error *err)
{
    static const char function[] = "virDomainCheckpointGetParent";
    const struct eb_checkpoint_summary *found;
    AUTO_SUMMARIES all = {0};

    if (eb_check_flags(flags, 0, function, err) < 0 || read_all(checkpoint->dom, function, &all, err) < 0)
        return -1;
    found = need(checkpoint->dom, &all, checkpoint->name, err);
    if (!found)
        return -1;
    if (!found->parent) {
        eb_error_set(err, EB_ERR_NO_DOMAIN_CHECKPOINT, "checkpoint '%s' does not have a parent", found->name);
        return eb_driver_result(checkpoint->dom->conn, -1, err);
    }
    *out = eb_checkpoint_from_name(checkpoint->dom, found->parent);
    return 0;
}

int eb_checkpoint_get_xml(eb_checkpoint *checkpoint, unsigned flags, char **xml, eb_error *err)
{
    static const char function[] = "virDomainCheckpointGetXMLDesc";
    EB_AUTOCHECKPOINT struct eb_checkpoint_def *def = NULL;
    unsigned secure = flags & EB_CHECKPOINT_XML_SECURE ? EB_XML_SECURE : 0;
    eb_conn *conn = checkpoint->dom->conn;

    if ((conn->flags & EB_CONNECT_RO) && secure)
        return eb_error_set_from(err, EB_FROM_DOMAIN_CHECKPOINT, EB_ERR_OPERATION_DENIED,
                                 "%s with secure flag", function);
    if (eb_check_flags(flags, EB_CHECKPOINT_XML_SECURE | EB_CHECKPOINT_XML_NO_DOMAIN | EB_CHECKPOINT_XML_SIZE,
                       function, err) < 0 ||
        EB_CALL_GROUP(conn, function, checkpoint, get_def, conn, checkpoint->dom->uuid, checkpoint->name,
                      secure, &def, err) < 0)
        return -1;
    *xml = eb_checkpoint_def_format(def, !(flags & EB_CHECKPOINT_XML_NO_DOMAIN), secure);
    return 0;
}

/* ---- Changes ---- */

static int check_create(eb_conn *conn, const char *xml, unsigned flags, const char *function, eb_error *err)
{
    if (eb_need_write(conn, function, err) < 0 || eb_need_arg(xml, "xmlDesc", function, err) < 0)
        return -1;
    if ((flags & EB_CHECKPOINT_CREATE_REDEFINE_VALIDATE) && !(flags & EB_CHECKPOINT_CREATE_REDEFINE))
        return eb_error_set_arg(err, EB_FROM_DOMAIN_CHECKPOINT,
                                "Flag 'VIR_DOMAIN_CHECKPOINT_CREATE_REDEFINE' is required by flag "
                                "'VIR_DOMAIN_CHECKPOINT_CREATE_REDEFINE_VALIDATE'");
    return eb_need_exclusive(flags, EB_CHECKPOINT_CREATE_REDEFINE, "VIR_DOMAIN_CHECKPOINT_CREATE_REDEFINE",
                             EB_CHECKPOINT_CREATE_QUIESCE, "VIR_DOMAIN_CHECKPOINT_CREATE_QUIESCE", err);
}

int eb_domain_create_checkpoint(eb_domain *dom, const char *xml, unsigned flags, eb_checkpoint **out,
                                eb_error *err)
{
    static const char function[] = "virDomainCheckpointCreateXML";
    EB_AUTOCHECKPOINT struct eb_checkpoint_def *def = NULL;
    eb_conn *conn = dom->conn;

    if (check_create(conn, xml, flags, function, err) < 0)
        return -1;
    if (!conn->driver->checkpoint || !conn->driver->checkpoint->create)
        return eb_no_support(conn, function, err);
    if (eb_checkpoint_def_parse(xml, flags & EB_CHECKPOINT_CREATE_REDEFINE, true, &def, err) < 0 ||
        EB_CALL_GROUP(conn, function, checkpoint, create, conn, dom->uuid, def, flags, err) < 0)
        return -1;
    if (out)
        *out = eb_checkpoint_from_name(dom, def->name);
    return 0;
}

int eb_checkpoint_delete(eb_checkpoint *checkpoint, unsigned flags, eb_error *err)
{
    static const char function[] = "virDomainCheckpointDelete";
    eb_domain *dom = checkpoint->dom;

    if (eb_need_write(dom->conn, function, err) < 0 ||
        eb_need_exclusive(flags, EB_CHECKPOINT_DELETE_CHILDREN, "VIR_DOMAIN_CHECKPOINT_DELETE_CHILDREN",
                          EB_CHECKPOINT_DELETE_CHILDREN_ONLY, "VIR_DOMAIN_CHECKPOINT_DELETE_CHILDREN_ONLY",
                          err) < 0)
        return -1;
    return EB_CALL_GROUP(dom->conn, function, checkpoint, delete, dom->conn, dom->uuid, checkpoint->name,
                         flags, err);
}
