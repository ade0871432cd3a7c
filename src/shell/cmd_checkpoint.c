/* SPDX-License-Identifier: LGPL-2.1-or-later */
/** @file cmd_checkpoint.c Commands on checkpoints. */
#include "shell/editor.h"
#include "shell/snapshot.h"
#include "shell/spec.h"
#include "shell/table.h"
#include "shell/tree.h"
#include "shell/xml.h"

#include <stdlib.h>
#include <strings.h>
#include <unistd.h>

#define OPT_CHECKPOINT                                                                                       \
    {                                                                                                        \
        "checkpointname", OPT_STRING, 0, "the checkpoint's name", complete_checkpoint                        \
    }

static void checkpoint_cleanup(eb_checkpoint **checkpoint)
{
    eb_checkpoint_unref(*checkpoint);
}
#define AUTO_CHECKPOINT EB_CLEANUP(checkpoint_cleanup) eb_checkpoint *

/* The one that `option` names; NULL after an error was reported. */
static eb_checkpoint *named(struct shell *sh, const struct args *args, eb_domain *dom, const char *option)
{
    eb_checkpoint *checkpoint = NULL;
    const char *name;
    int given = args_string(sh, args, option, &name);

    if (given < 0)
        return NULL;
    if (given)
        eb_domain_lookup_checkpoint(dom, name, 0, &checkpoint, &sh->error);
    else
        sh_error(sh, "--%s is required", option);
    return checkpoint;
}

static char *parent_name(eb_checkpoint *checkpoint)
{
    AUTO_CHECKPOINT parent = NULL;

    if (eb_checkpoint_get_parent(checkpoint, 0, &parent, NULL) < 0)
        return NULL;
    return eb_strdup(eb_checkpoint_get_name(parent));
}

/* ---- checkpoint-create, checkpoint-create-as ---- */

static int create(struct shell *sh, eb_domain *dom, const char *xml, const struct args *args,
                  const char *from)
{
    unsigned flags = (args_has(args, "redefine") ? EB_CHECKPOINT_CREATE_REDEFINE : 0u) |
                     (args_has(args, "redefine-validate") ? EB_CHECKPOINT_CREATE_REDEFINE_VALIDATE : 0u) |
                     (args_has(args, "quiesce") ? EB_CHECKPOINT_CREATE_QUIESCE : 0u);
    AUTO_CHECKPOINT checkpoint = NULL;

    if (eb_domain_create_checkpoint(dom, xml, flags, &checkpoint, &sh->error) < 0)
        return -1;
    sh_extra(sh, "Domain checkpoint %s created", eb_checkpoint_get_name(checkpoint));
    if (from)
        sh_extra(sh, " from '%s'", from);
    return 0;
}

static const struct opt create_opts[] = {
    OPT_DOMAIN(complete_domain),
    {"xmlfile", OPT_STRING, 0, "file with the checkpoint's XML", complete_file},
    OPT_FLAG("redefine", "tell of a checkpoint that is there"),
    OPT_FLAG("redefine-validate", "and look whether it is"),
    OPT_FLAG("quiesce", "let the guest freeze its file systems"),
    OPTS_END,
};

static int run_create(struct shell *sh, const struct args *args)
{
    EB_AUTOFREE char *xml = NULL;
    const char *file = NULL;

    if (args_requires(sh, args, "redefine-validate", "redefine") < 0)
        return -1;
    AUTO_DOMAIN dom = sh_domain(sh, args, BY_ANY);
    if (!dom || args_string(sh, args, "xmlfile", &file) < 0)
        return -1;
    if (!file)
        xml = eb_strdup("<domaincheckpoint/>");
    else if (sh_read_file(sh, file, &xml) < 0)
        return -1;
    return create(sh, dom, xml, args, file);
}

static const struct opt create_as_opts[] = {
    OPT_DOMAIN(complete_domain),
    {"name", OPT_STRING, 0, "name of the checkpoint", NULL},
    {"description", OPT_STRING, 0, "what it is of", NULL},
    OPT_FLAG("print-xml", "print the XML and make none"),
    OPT_FLAG("quiesce", "let the guest freeze its file systems"),
    {"diskspec", OPT_ARGV, 0, "a disk: DISK[,checkpoint=TYPE][,bitmap=NAME]", NULL},
    OPTS_END,
};

static int add_disk(struct shell *sh, const char *spec, struct eb_strbuf *out)
{
    EB_AUTOSTRV char **parts = spec_split(spec);
    const char *kind = NULL, *bitmap = NULL;

    for (char **p = parts + 1; *p; p++) {
        if (!spec_value(*p, "checkpoint", &kind) && !spec_value(*p, "bitmap", &bitmap))
            return sh_error(sh, "unable to parse diskspec: %s", spec);
    }
    eb_strbuf_indent(out);
    eb_strbuf_add(out, "<disk");
    eb_strbuf_attr(out, "name", parts[0]);
    eb_strbuf_attr(out, "checkpoint", kind);
    eb_strbuf_attr(out, "bitmap", bitmap);
    eb_strbuf_add(out, "/>\n");
    return 0;
}

static int add_disks(struct shell *sh, const struct args *args, struct eb_strbuf *out)
{
    bool any = false;

    for (size_t i = 0; i < args->n; i++) {
        if (!eb_streq(args->items[i].opt->name, "diskspec"))
            continue;
        if (!any)
            eb_strbuf_line(out, "<disks>");
        any = true;
        out->indent = 4;
        if (add_disk(sh, args->items[i].value, out) < 0)
            return -1;
    }
    out->indent = 2;
    if (any)
        eb_strbuf_line(out, "</disks>");
    return 0;
}

static int run_create_as(struct shell *sh, const struct args *args)
{
    EB_AUTOSTRBUF struct eb_strbuf xml = {0};
    const char *name, *description;

    AUTO_DOMAIN dom = sh_domain(sh, args, BY_ANY);
    if (!dom || args_string(sh, args, "name", &name) < 0 ||
        args_string(sh, args, "description", &description) < 0)
        return -1;
    eb_strbuf_line(&xml, "<domaincheckpoint>");
    xml.indent = 2;
    eb_strbuf_element(&xml, "name", name);
    eb_strbuf_element(&xml, "description", description);
    if (add_disks(sh, args, &xml) < 0)
        return -1;
    xml.indent = 0;
    eb_strbuf_line(&xml, "</domaincheckpoint>");
    if (args_has(args, "print-xml")) {
        sh_print(sh, "%s\n", xml.s);
        return 0;
    }
    return create(sh, dom, xml.s, args, NULL);
}

/* ---- checkpoint-list ---- */

static const struct opt list_opts[] = {
    OPT_DOMAIN(complete_domain),
    OPT_FLAG("parent", "show each checkpoint's parent, too"),
    OPT_FLAG("roots", "only those without a parent"),
    OPT_FLAG("leaves", "only those without children"),
    OPT_FLAG("no-leaves", "only those with children"),
    OPT_FLAG("tree", "draw a tree"),
    {"from", OPT_STRING, 0, "only children of this checkpoint", complete_checkpoint},
    OPT_FLAG("descendants", "with --from: not only children, all that descend from it"),
    OPT_FLAG("name", "print names only"),
    OPT_FLAG("topological", "parents before their children, not by name"),
    OPTS_END,
};

struct row {
    eb_checkpoint *checkpoint;
    char *parent; /* NULL: none, or not asked for */
    char *time;
};
struct rows {
    struct row *items;
    size_t n;
};

static void rows_clear(struct rows *rows)
{
    for (size_t i = 0; i < rows->n; i++) {
        eb_checkpoint_unref(rows->items[i].checkpoint);
        free(rows->items[i].parent);
        free(rows->items[i].time);
    }
    free(rows->items);
}
#define AUTO_ROWS EB_CLEANUP(rows_clear) struct rows

static int by_name(const void *a, const void *b)
{
    const struct row *x = a, *y = b;
    const char *one = eb_checkpoint_get_name(x->checkpoint), *two = eb_checkpoint_get_name(y->checkpoint);
    int order = strcasecmp(one, two);

    return order ? order : strcmp(one, two);
}

static int check_list(struct shell *sh, const struct args *args)
{
    static const char *const pairs[][2] = {
        {"tree", "name"}, {"parent", "roots"}, {"parent", "tree"}, {"roots", "tree"}, {"roots", "from"}};

    for (size_t i = 0; i < EB_ARRAY_SIZE(pairs); i++) {
        if (args_exclusive(sh, args, pairs[i][0], pairs[i][1]) < 0)
            return -1;
    }
    if (args_has(args, "descendants") && !args_has(args, "from"))
        return sh_error(sh, "--descendants requires --from");
    return 0;
}

static unsigned list_flags(const struct args *args)
{
    return (args_has(args, "roots") ? EB_LIST_CHECKPOINTS_ROOTS : 0u) |
           (args_has(args, "descendants") || (args_has(args, "from") && args_has(args, "tree"))
                ? EB_LIST_CHECKPOINTS_DESCENDANTS
                : 0u) |
           (args_has(args, "leaves") ? EB_LIST_CHECKPOINTS_LEAVES : 0u) |
           (args_has(args, "no-leaves") ? EB_LIST_CHECKPOINTS_NO_LEAVES : 0u) |
           (args_has(args, "topological") ? EB_LIST_CHECKPOINTS_TOPOLOGICAL : 0u);
}

/* `start` (may be NULL) is only shown where a tree begins with it. */
static int collect(struct shell *sh, const struct args *args, eb_domain *dom, eb_checkpoint *start,
                   struct rows *out)
{
    eb_checkpoint **list = NULL;
    int n = start ? eb_checkpoint_list_children(start, list_flags(args), &list, &sh->error)
                  : eb_domain_list_checkpoints(dom, list_flags(args), &list, &sh->error);

    if (n < 0)
        return -1;
    out->items = eb_calloc((size_t)n + 2, sizeof(*out->items));
    for (int i = 0; i < n; i++) {
        out->items[i].checkpoint = list[i];
        out->items[i].parent = parent_name(list[i]);
    }
    out->n = (size_t)n;
    eb_free(list);
    if (start && args_has(args, "tree"))
        out->items[out->n++].checkpoint = eb_checkpoint_ref(start);
    if (!args_has(args, "topological"))
        qsort(out->items, out->n, sizeof(*out->items), by_name);
    return 0;
}

static int read_times(struct shell *sh, struct rows *rows)
{
    for (size_t i = 0; i < rows->n; i++) {
        EB_AUTOFREE char *xml = NULL, *seconds = NULL;

        if (eb_checkpoint_get_xml(rows->items[i].checkpoint, EB_CHECKPOINT_XML_NO_DOMAIN, &xml, &sh->error) <
                0 ||
            xml_read_text(xml, "string(/domaincheckpoint/creationTime)", &seconds, &sh->error) < 0)
            return -1;
        rows->items[i].time = sh_local_time(seconds);
    }
    return 0;
}

static void print_tree(struct shell *sh, const struct rows *rows)
{
    struct tree_node *nodes = eb_calloc(rows->n + 1, sizeof(*nodes));
    EB_AUTOSTRBUF struct eb_strbuf text = {0};

    for (size_t i = 0; i < rows->n; i++)
        nodes[i] =
            (struct tree_node){eb_checkpoint_get_name(rows->items[i].checkpoint), rows->items[i].parent};
    tree_format(&text, nodes, rows->n);
    free(nodes);
    sh_print(sh, "%s", text.s ? text.s : "");
}

static void print_table(struct shell *sh, const struct args *args, const struct rows *rows)
{
    static const char *const titles[] = {"Name", "Creation Time", "Parent"};
    AUTO_TABLE struct table t;

    table_init(&t, args_has(args, "parent") ? 3 : 2, titles);
    for (size_t i = 0; i < rows->n; i++) {
        const struct row *row = &rows->items[i];

        table_add(&t, (const char *const[]){eb_checkpoint_get_name(row->checkpoint), row->time,
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
        json_begin(&j, NULL);
        json_string(&j, "name", eb_checkpoint_get_name(rows->items[i].checkpoint));
        json_string(&j, "creation_time", rows->items[i].time);
        json_string(&j, "parent", rows->items[i].parent);
        json_end(&j);
    }
    json_end_array(&j);
    sh_json_print(sh, &j);
}

static int run_list(struct shell *sh, const struct args *args)
{
    AUTO_CHECKPOINT start = NULL;
    AUTO_ROWS rows = {0};

    if (check_list(sh, args) < 0)
        return -1;
    AUTO_DOMAIN dom = sh_domain(sh, args, BY_ANY);
    if (!dom || (args_has(args, "from") && !(start = named(sh, args, dom, "from"))) ||
        collect(sh, args, dom, start, &rows) < 0)
        return -1;
    if (sh_wants_json(args)) {
        if (read_times(sh, &rows) < 0)
            return -1;
        print_json(sh, &rows);
    } else if (args_has(args, "tree")) {
        print_tree(sh, &rows);
    } else if (args_has(args, "name")) {
        for (size_t i = 0; i < rows.n; i++)
            sh_print(sh, "%s\n", eb_checkpoint_get_name(rows.items[i].checkpoint));
    } else {
        if (read_times(sh, &rows) < 0)
            return -1;
        print_table(sh, args, &rows);
    }
    return 0;
}

/* ---- checkpoint-info, checkpoint-parent, checkpoint-dumpxml ---- */

static const struct opt one_opts[] = {OPT_DOMAIN(complete_domain), OPT_CHECKPOINT, OPTS_END};

static int run_info(struct shell *sh, const struct args *args)
{
    EB_AUTOFREE char *parent = NULL;
    AUTO_CHECKPOINT checkpoint = NULL;
    int children, descendants;

    AUTO_DOMAIN dom = sh_domain(sh, args, BY_ANY);
    if (!dom || !(checkpoint = named(sh, args, dom, "checkpointname")))
        return -1;
    children = eb_checkpoint_list_children(checkpoint, 0, NULL, &sh->error);
    descendants = eb_checkpoint_list_children(checkpoint, EB_LIST_CHECKPOINTS_DESCENDANTS, NULL, &sh->error);
    if (children < 0 || descendants < 0)
        return -1;
    parent = parent_name(checkpoint);
    if (sh_wants_json(args)) {
        AUTO_JSON struct json j = {0};

        json_begin(&j, NULL);
        json_string(&j, "name", eb_checkpoint_get_name(checkpoint));
        json_string(&j, "domain", eb_domain_get_name(dom));
        json_string(&j, "parent", parent);
        json_int(&j, "children", children);
        json_int(&j, "descendants", descendants);
        json_end(&j);
        sh_json_print(sh, &j);
        return 0;
    }
    sh_print(sh, "%-15s %s\n%-15s %s\n%-15s %s\n", "Name:", eb_checkpoint_get_name(checkpoint),
             "Domain:", eb_domain_get_name(dom), "Parent:", parent ? parent : "-");
    sh_print(sh, "%-15s %d\n%-15s %d\n", "Children:", children, "Descendants:", descendants);
    return 0;
}

static int run_parent(struct shell *sh, const struct args *args)
{
    EB_AUTOFREE char *parent = NULL;
    AUTO_CHECKPOINT checkpoint = NULL;

    AUTO_DOMAIN dom = sh_domain(sh, args, BY_ANY);
    if (!dom || !(checkpoint = named(sh, args, dom, "checkpointname")))
        return -1;
    parent = parent_name(checkpoint);
    if (!parent)
        return sh_error(sh, "checkpoint '%s' has no parent", eb_checkpoint_get_name(checkpoint));
    if (sh_wants_json(args))
        sh_json_text(sh, "name", parent);
    else
        sh_print(sh, "%s", parent);
    return 0;
}

static const struct opt dumpxml_opts[] = {
    OPT_DOMAIN(complete_domain),
    OPT_CHECKPOINT,
    OPT_FLAG("security-info", "show passwords too"),
    OPT_FLAG("no-domain", "without the domain as it was"),
    OPT_FLAG("size", "with an estimate of a backup's size"),
    {"xpath", OPT_STRING, OPT_NAMED_ONLY, "print only what this XPath expression selects", NULL},
    OPT_FLAG("wrap", "put what --xpath selects into one element <nodes>"),
    OPTS_END,
};

static int run_dumpxml(struct shell *sh, const struct args *args)
{
    unsigned flags = (args_has(args, "security-info") ? EB_CHECKPOINT_XML_SECURE : 0u) |
                     (args_has(args, "no-domain") ? EB_CHECKPOINT_XML_NO_DOMAIN : 0u) |
                     (args_has(args, "size") ? EB_CHECKPOINT_XML_SIZE : 0u);
    EB_AUTOFREE char *xml = NULL;
    AUTO_CHECKPOINT checkpoint = NULL;

    AUTO_DOMAIN dom = sh_domain(sh, args, BY_ANY);
    if (!dom || !(checkpoint = named(sh, args, dom, "checkpointname")) ||
        eb_checkpoint_get_xml(checkpoint, flags, &xml, &sh->error) < 0)
        return -1;
    return sh_show_xml(sh, args, xml);
}

/* ---- checkpoint-edit, checkpoint-delete ---- */

static int apply_edit(struct shell *sh, eb_domain *dom, const char *old, const char *text)
{
    EB_AUTOFREE char *name = NULL;
    AUTO_CHECKPOINT edited = NULL;

    if (xml_read_text(text, "string(/domaincheckpoint/name)", &name, NULL) == 0 && !eb_streq(name, old))
        return sh_error(sh, "Cannot rename checkpoint %s to %s", old, name);
    if (eb_domain_create_checkpoint(dom, text, EB_CHECKPOINT_CREATE_REDEFINE, &edited, &sh->error) < 0)
        return -1;
    sh_extra(sh, "Checkpoint %s edited.\n", old);
    return 0;
}

static int run_edit(struct shell *sh, const struct args *args)
{
    EB_AUTOFREE char *before = NULL, *path = NULL, *text = NULL;
    AUTO_CHECKPOINT checkpoint = NULL;
    const char *name;
    int result = -1;

    AUTO_DOMAIN dom = sh_domain(sh, args, BY_ANY);
    if (!dom || !(checkpoint = named(sh, args, dom, "checkpointname")) ||
        eb_checkpoint_get_xml(checkpoint, EB_CHECKPOINT_XML_SECURE, &before, &sh->error) < 0 ||
        !(path = editor_file(sh, before)))
        return -1;
    name = eb_checkpoint_get_name(checkpoint);
    if (editor_run(sh, path) == 0 && sh_read_file(sh, path, &text) == 0) {
        if (eb_streq(text, before)) {
            sh_extra(sh, "Checkpoint %s XML configuration not changed.\n", name);
            result = 0;
        } else {
            result = apply_edit(sh, dom, name, text);
        }
    }
    unlink(path);
    return result < 0 ? sh_error(sh, "Failed to update %s", name) : 0;
}

static const struct opt delete_opts[] = {
    OPT_DOMAIN(complete_domain),
    OPT_CHECKPOINT,
    OPT_FLAG("children", "and all that descend from it"),
    OPT_FLAG("children-only", "all that descend from it, not itself"),
    OPT_FLAG("metadata", "only what is known of it"),
    OPTS_END,
};

static int run_delete(struct shell *sh, const struct args *args)
{
    unsigned flags = (args_has(args, "children") ? EB_CHECKPOINT_DELETE_CHILDREN : 0u) |
                     (args_has(args, "children-only") ? EB_CHECKPOINT_DELETE_CHILDREN_ONLY : 0u) |
                     (args_has(args, "metadata") ? EB_CHECKPOINT_DELETE_METADATA_ONLY : 0u);
    AUTO_CHECKPOINT checkpoint = NULL;

    AUTO_DOMAIN dom = sh_domain(sh, args, BY_ANY);
    if (!dom || !(checkpoint = named(sh, args, dom, "checkpointname")))
        return -1;
    if (eb_checkpoint_delete(checkpoint, flags, &sh->error) < 0)
        return sh_error(sh, "Failed to delete checkpoint %s", eb_checkpoint_get_name(checkpoint));
    sh_extra(sh, "Domain checkpoint %s%s deleted\n", eb_checkpoint_get_name(checkpoint),
             flags & EB_CHECKPOINT_DELETE_CHILDREN_ONLY ? " children" : "");
    return 0;
}

const struct command commands_checkpoint[] = {
    {"checkpoint-create", "make a checkpoint of a domain",
     "A moment since which a backup can tell what was written. VirtualBox has none; the simulated host does.",
     create_opts, run_create, 0, "checkpoint-create web monday.xml"},
    {"checkpoint-create-as", "make a checkpoint of a domain, said by options", NULL, create_as_opts,
     run_create_as, 0, "checkpoint-create-as web monday --diskspec vda,checkpoint=bitmap"},
    {"checkpoint-delete", "delete a checkpoint", NULL, delete_opts, run_delete, 0,
     "checkpoint-delete web monday --children"},
    {"checkpoint-dumpxml", "print a checkpoint's XML", NULL, dumpxml_opts, run_dumpxml, CMD_JSON,
     "checkpoint-dumpxml web monday --no-domain"},
    {"checkpoint-edit", "edit a checkpoint's XML in $VISUAL, $EDITOR or vi", NULL, one_opts, run_edit, 0,
     "checkpoint-edit web monday"},
    {"checkpoint-info", "print what there is to know about a checkpoint", NULL, one_opts, run_info, CMD_JSON,
     "checkpoint-info web monday"},
    {"checkpoint-list", "list a domain's checkpoints", NULL, list_opts, run_list, CMD_JSON,
     "checkpoint-list web --tree"},
    {"checkpoint-parent", "print the name of a checkpoint's parent", NULL, one_opts, run_parent, CMD_JSON,
     "checkpoint-parent web monday"},
    {0},
};
