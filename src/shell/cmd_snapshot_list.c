/* SPDX-License-Identifier: LGPL-2.1-or-later */
/** @file cmd_snapshot_list.c Commands that show snapshots. */
#include "shell/snapshot.h"
#include "shell/table.h"
#include "shell/tree.h"
#include "shell/xml.h"

#include <stdlib.h>
#include <strings.h>
#include <time.h>

eb_snapshot *sh_snapshot(struct shell *sh, const struct args *args, eb_domain *dom, const char *option,
                         bool exclusive)
{
    eb_snapshot *snapshot = NULL;
    const char *name;
    int given = args_string(sh, args, option, &name);

    if (given < 0)
        return NULL;
    if (given && exclusive && args_has(args, "current")) {
        sh_error(sh, "--%s and --current are mutually exclusive", option);
        return NULL;
    }
    if (given)
        eb_domain_lookup_snapshot(dom, name, 0, &snapshot, &sh->error);
    else if (args_has(args, "current"))
        eb_domain_get_current_snapshot(dom, 0, &snapshot, &sh->error);
    else
        sh_error(sh, "--%s or --current is required", option);
    return snapshot;
}

/* ---- What a line of a list shows ---- */

struct row {
    eb_snapshot *snapshot;
    char *parent; /* NULL: none, or not asked for */
    char *state, *time;
};
struct rows {
    struct row *items;
    size_t n;
};

static void rows_clear(struct rows *rows)
{
    for (size_t i = 0; i < rows->n; i++) {
        eb_snapshot_unref(rows->items[i].snapshot);
        free(rows->items[i].parent);
        free(rows->items[i].state);
        free(rows->items[i].time);
    }
    free(rows->items);
}
#define AUTO_ROWS EB_CLEANUP(rows_clear) struct rows

static int by_name(const void *a, const void *b)
{
    const struct row *x = a, *y = b;
    const char *one = eb_snapshot_get_name(x->snapshot), *two = eb_snapshot_get_name(y->snapshot);
    int order = strcasecmp(one, two);

    return order ? order : strcmp(one, two);
}

static char *parent_name(eb_snapshot *snapshot)
{
    AUTO_SNAPSHOT parent = NULL;

    if (eb_snapshot_get_parent(snapshot, 0, &parent, NULL) < 0)
        return NULL;
    return eb_strdup(eb_snapshot_get_name(parent));
}

char *sh_local_time(const char *seconds)
{
    int64_t number = 0;
    char text[64] = "";
    struct tm tm;
    time_t when;

    if (!eb_parse_i64(seconds, INT64_MIN + 1, INT64_MAX, &number))
        return eb_strdup("");
    when = (time_t)number;
    if (localtime_r(&when, &tm))
        strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S %z", &tm);
    return eb_strdup(text);
}

/* ---- snapshot-list ---- */

const struct opt snapshot_list_opts[] = {
    OPT_DOMAIN(complete_domain),
    OPT_FLAG("parent", "show each snapshot's parent, too"),
    OPT_FLAG("roots", "only those without a parent"),
    OPT_FLAG("leaves", "only those without children"),
    OPT_FLAG("no-leaves", "only those with children"),
    OPT_FLAG("metadata", "only those that keep the domain from being undefined"),
    OPT_FLAG("no-metadata", "only those that do not keep the domain from being undefined"),
    OPT_FLAG("inactive", "only those taken while the domain was off"),
    OPT_FLAG("active", "only those taken while the domain ran"),
    OPT_FLAG("disk-only", "only those of disks alone"),
    OPT_FLAG("internal", "only those that the disk images hold"),
    OPT_FLAG("external", "only those in files of their own"),
    OPT_FLAG("tree", "draw a tree"),
    {"from", OPT_STRING, 0, "only children of this snapshot", complete_snapshot},
    OPT_FLAG("current", "only children of the current snapshot"),
    OPT_FLAG("descendants", "with --from or --current: not only children, all that descend from it"),
    OPT_FLAG("name", "print names only"),
    OPT_FLAG("topological", "parents before their children, not by name"),
    OPTS_END,
};

static int check_list(struct shell *sh, const struct args *args)
{
    static const char *const pairs[][2] = {{"tree", "name"},  {"parent", "roots"}, {"parent", "tree"},
                                           {"roots", "tree"}, {"roots", "from"},   {"roots", "current"}};

    if (args_has(args, "descendants") && !args_has(args, "from") && !args_has(args, "current"))
        return sh_error(sh, "--descendants requires either --from or --current");
    for (size_t i = 0; i < EB_ARRAY_SIZE(pairs); i++) {
        if (args_exclusive(sh, args, pairs[i][0], pairs[i][1]) < 0)
            return -1;
    }
    if (args_has(args, "leaves") && args_has(args, "tree"))
        return sh_error(sh, "--leaves and --tree are mutually exclusive");
    return 0;
}

static unsigned list_flags(const struct args *args)
{
    static const struct {
        const char *name;
        unsigned flag;
    } flags[] = {
        {"roots", EB_LIST_SNAPSHOTS_ROOTS},         {"descendants", EB_LIST_SNAPSHOTS_DESCENDANTS},
        {"leaves", EB_LIST_SNAPSHOTS_LEAVES},       {"no-leaves", EB_LIST_SNAPSHOTS_NO_LEAVES},
        {"metadata", EB_LIST_SNAPSHOTS_METADATA},   {"no-metadata", EB_LIST_SNAPSHOTS_NO_METADATA},
        {"inactive", EB_LIST_SNAPSHOTS_INACTIVE},   {"active", EB_LIST_SNAPSHOTS_ACTIVE},
        {"disk-only", EB_LIST_SNAPSHOTS_DISK_ONLY}, {"internal", EB_LIST_SNAPSHOTS_INTERNAL},
        {"external", EB_LIST_SNAPSHOTS_EXTERNAL},   {"topological", EB_LIST_SNAPSHOTS_TOPOLOGICAL},
    };
    unsigned result = 0;

    for (size_t i = 0; i < EB_ARRAY_SIZE(flags); i++)
        result |= args_has(args, flags[i].name) ? flags[i].flag : 0;
    return result;
}

/* `start` (may be NULL) is only shown where a tree begins with it. */
static int collect(struct shell *sh, const struct args *args, eb_domain *dom, eb_snapshot *start,
                   struct rows *out)
{
    eb_snapshot **list = NULL;
    int n = start ? eb_snapshot_list_children(start, list_flags(args), &list, &sh->error)
                  : eb_domain_list_snapshots(dom, list_flags(args), &list, &sh->error);

    if (n < 0)
        return -1;
    out->items = eb_calloc((size_t)n + 1, sizeof(*out->items));
    for (int i = 0; i < n; i++)
        out->items[out->n++].snapshot = list[i];
    eb_free(list);
    if (start && args_has(args, "tree"))
        out->items[out->n++].snapshot = eb_snapshot_ref(start);
    if (!args_has(args, "topological"))
        qsort(out->items, out->n, sizeof(*out->items), by_name);
    for (size_t i = 0; i < out->n; i++) {
        bool top =
            start && eb_streq(eb_snapshot_get_name(out->items[i].snapshot), eb_snapshot_get_name(start));

        if ((args_has(args, "tree") && !top) || args_has(args, "parent") || sh_wants_json(args))
            out->items[i].parent = parent_name(out->items[i].snapshot);
    }
    return 0;
}

static int read_states(struct shell *sh, struct rows *rows)
{
    for (size_t i = 0; i < rows->n; i++) {
        EB_AUTOFREE char *xml = NULL, *seconds = NULL;
        struct row *row = &rows->items[i];

        if (eb_snapshot_get_xml(row->snapshot, 0, &xml, &sh->error) < 0 ||
            xml_read_text(xml, "string(/domainsnapshot/state)", &row->state, &sh->error) < 0 ||
            xml_read_text(xml, "string(/domainsnapshot/creationTime)", &seconds, &sh->error) < 0)
            return -1;
        row->time = sh_local_time(seconds);
    }
    return 0;
}

static void print_tree(struct shell *sh, const struct rows *rows)
{
    struct tree_node *nodes = eb_calloc(rows->n + 1, sizeof(*nodes));
    EB_AUTOSTRBUF struct eb_strbuf text = {0};

    for (size_t i = 0; i < rows->n; i++)
        nodes[i] = (struct tree_node){eb_snapshot_get_name(rows->items[i].snapshot), rows->items[i].parent};
    tree_format(&text, nodes, rows->n);
    free(nodes);
    sh_print(sh, "%s", text.s ? text.s : "");
}

static void print_table(struct shell *sh, const struct args *args, const struct rows *rows)
{
    static const char *const titles[] = {"Name", "Creation Time", "State", "Parent"};
    AUTO_TABLE struct table t;

    table_init(&t, args_has(args, "parent") ? 4 : 3, titles);
    for (size_t i = 0; i < rows->n; i++) {
        const struct row *row = &rows->items[i];

        table_add(&t, (const char *const[]){eb_snapshot_get_name(row->snapshot), row->time, row->state,
                                            row->parent ? row->parent : ""});
    }
    EB_AUTOFREE char *text = table_format(&t, !sh->quiet);
    sh_print(sh, "%s", text);
}

static void print_json(struct shell *sh, const struct rows *rows)
{
    AUTO_JSON struct json j = {0};

    json_begin_array(&j, NULL);
    for (size_t i = 0; i < rows->n; i++) {
        const struct row *row = &rows->items[i];

        json_begin(&j, NULL);
        json_string(&j, "name", eb_snapshot_get_name(row->snapshot));
        json_string(&j, "creation_time", row->time);
        json_string(&j, "state", row->state);
        json_string(&j, "parent", row->parent);
        json_bool(&j, "current", eb_snapshot_is_current(row->snapshot, 0, NULL) == 1);
        json_end(&j);
    }
    json_end_array(&j);
    sh_json_print(sh, &j);
}

int run_snapshot_list(struct shell *sh, const struct args *args)
{
    AUTO_SNAPSHOT start = NULL;
    AUTO_ROWS rows = {0};

    if (check_list(sh, args) < 0)
        return -1;
    AUTO_DOMAIN dom = sh_domain(sh, args, BY_ANY);
    if (!dom)
        return -1;
    if ((args_has(args, "from") || args_has(args, "current")) &&
        !(start = sh_snapshot(sh, args, dom, "from", true)))
        return -1;
    if (collect(sh, args, dom, start, &rows) < 0)
        return -1;
    if (args_has(args, "tree") && !sh_wants_json(args)) {
        print_tree(sh, &rows);
    } else if (args_has(args, "name") && !sh_wants_json(args)) {
        for (size_t i = 0; i < rows.n; i++)
            sh_print(sh, "%s\n", eb_snapshot_get_name(rows.items[i].snapshot));
    } else {
        if (read_states(sh, &rows) < 0)
            return -1;
        if (sh_wants_json(args))
            print_json(sh, &rows);
        else
            print_table(sh, args, &rows);
    }
    return 0;
}

/* ---- snapshot-info ---- */

const struct opt snapshot_info_opts[] = {
    OPT_DOMAIN(complete_domain),
    OPT_SNAPSHOT,
    OPT_FLAG("current", "the current snapshot"),
    OPTS_END,
};

struct facts {
    int current, children, descendants, metadata;
    char *state, *location, *parent;
};

static void facts_clear(struct facts *f)
{
    free(f->state);
    free(f->location);
    free(f->parent);
}

static int read_facts(struct shell *sh, eb_snapshot *s, struct facts *f)
{
    static const char location[] =
        "string(/domainsnapshot[state='disk-snapshot' or memory/@snapshot='external' or "
        "disks/disk/@snapshot='external']/name)";
    EB_AUTOFREE char *xml = NULL, *external = NULL;

    if (eb_snapshot_get_xml(s, 0, &xml, &sh->error) < 0 ||
        (f->current = eb_snapshot_is_current(s, 0, &sh->error)) < 0 ||
        (f->children = eb_snapshot_list_children(s, 0, NULL, &sh->error)) < 0 ||
        (f->descendants = eb_snapshot_list_children(s, EB_LIST_SNAPSHOTS_DESCENDANTS, NULL, &sh->error)) <
            0 ||
        (f->metadata = eb_snapshot_has_metadata(s, 0, &sh->error)) < 0 ||
        xml_read_text(xml, "string(/domainsnapshot/state)", &f->state, &sh->error) < 0 ||
        xml_read_text(xml, location, &external, &sh->error) < 0)
        return -1;
    f->location = eb_strdup(*external ? "external" : "internal");
    f->parent = parent_name(s);
    return 0;
}

static void print_fact(struct shell *sh, const char *label, const char *value)
{
    sh_print(sh, "%-15s %s\n", label, value);
}

static void print_facts(struct shell *sh, eb_snapshot *s, const struct facts *f)
{
    print_fact(sh, "Name:", eb_snapshot_get_name(s));
    print_fact(sh, "Domain:", eb_domain_get_name(eb_snapshot_get_domain(s)));
    print_fact(sh, "Current:", f->current ? "yes" : "no");
    print_fact(sh, "State:", f->state);
    print_fact(sh, "Location:", f->location);
    print_fact(sh, "Parent:", f->parent ? f->parent : "-");
    sh_print(sh, "%-15s %d\n", "Children:", f->children);
    sh_print(sh, "%-15s %d\n", "Descendants:", f->descendants);
    print_fact(sh, "Metadata:", f->metadata ? "yes" : "no");
}

static void print_facts_json(struct shell *sh, eb_snapshot *s, const struct facts *f)
{
    AUTO_JSON struct json j = {0};

    json_begin(&j, NULL);
    json_string(&j, "name", eb_snapshot_get_name(s));
    json_string(&j, "domain", eb_domain_get_name(eb_snapshot_get_domain(s)));
    json_bool(&j, "current", f->current);
    json_string(&j, "state", f->state);
    json_string(&j, "location", f->location);
    json_string(&j, "parent", f->parent);
    json_int(&j, "children", f->children);
    json_int(&j, "descendants", f->descendants);
    json_bool(&j, "metadata", f->metadata);
    json_end(&j);
    sh_json_print(sh, &j);
}

int run_snapshot_info(struct shell *sh, const struct args *args)
{
    EB_CLEANUP(facts_clear) struct facts f = {0};
    AUTO_SNAPSHOT snapshot = NULL;

    AUTO_DOMAIN dom = sh_domain(sh, args, BY_ANY);
    if (!dom || !(snapshot = sh_snapshot(sh, args, dom, "snapshotname", true)) ||
        read_facts(sh, snapshot, &f) < 0)
        return -1;
    if (sh_wants_json(args))
        print_facts_json(sh, snapshot, &f);
    else
        print_facts(sh, snapshot, &f);
    return 0;
}

/* ---- snapshot-parent, snapshot-dumpxml ---- */

const struct opt snapshot_parent_opts[] = {
    OPT_DOMAIN(complete_domain),
    OPT_SNAPSHOT,
    OPT_FLAG("current", "the current snapshot's parent"),
    OPTS_END,
};

int run_snapshot_parent(struct shell *sh, const struct args *args)
{
    AUTO_SNAPSHOT snapshot = NULL;
    AUTO_SNAPSHOT parent = NULL;

    AUTO_DOMAIN dom = sh_domain(sh, args, BY_ANY);
    if (!dom || !(snapshot = sh_snapshot(sh, args, dom, "snapshotname", true)))
        return -1;
    if (eb_snapshot_get_parent(snapshot, 0, &parent, &sh->error) < 0) {
        if (sh->error.code != EB_ERR_NO_DOMAIN_SNAPSHOT)
            return -1;
        sh_forget(sh);
        return sh_error(sh, "snapshot '%s' has no parent", eb_snapshot_get_name(snapshot));
    }
    if (sh_wants_json(args))
        sh_json_text(sh, "parent", eb_snapshot_get_name(parent));
    else
        sh_print(sh, "%s", eb_snapshot_get_name(parent));
    return 0;
}

const struct opt snapshot_dumpxml_opts[] = {
    OPT_DOMAIN(complete_domain),
    {"snapshotname", OPT_DATA, 0, "the snapshot's name", complete_snapshot},
    OPT_SECURITY,
    OPT_SELECT,
    OPTS_END,
};

int run_snapshot_dumpxml(struct shell *sh, const struct args *args)
{
    EB_AUTOFREE char *xml = NULL;
    AUTO_SNAPSHOT snapshot = NULL;
    const char *name;

    AUTO_DOMAIN dom = sh_domain(sh, args, BY_ANY);
    if (!dom || args_string(sh, args, "snapshotname", &name) < 0 ||
        eb_domain_lookup_snapshot(dom, name, 0, &snapshot, &sh->error) < 0 ||
        eb_snapshot_get_xml(snapshot, args_has(args, "security-info") ? EB_XML_SECURE : 0, &xml, &sh->error) <
            0)
        return -1;
    return sh_show_xml(sh, args, xml);
}
