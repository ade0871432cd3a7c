/* SPDX-License-Identifier: LGPL-2.1-or-later */
/** @file cmd_snapshot.c Commands that change snapshots, and the table of all. */
#include "shell/editor.h"
#include "shell/snapshot.h"
#include "shell/xml.h"

#include <unistd.h>

/* ---- snapshot-current ---- */

static const struct opt current_opts[] = {
    OPT_DOMAIN(complete_domain),
    OPT_FLAG("name", "print its name only"),
    OPT_SECURITY,
    {"snapshotname", OPT_STRING, 0, "the snapshot that becomes the current one", complete_snapshot},
    OPTS_END,
};

static int make_current(struct shell *sh, eb_domain *dom, const char *name)
{
    EB_AUTOFREE char *xml = NULL;
    AUTO_SNAPSHOT snapshot = NULL;

    if (eb_domain_lookup_snapshot(dom, name, 0, &snapshot, &sh->error) < 0 ||
        eb_snapshot_get_xml(snapshot, EB_XML_SECURE, &xml, &sh->error) < 0 ||
        eb_domain_create_snapshot(dom, xml, EB_SNAPSHOT_CREATE_REDEFINE | EB_SNAPSHOT_CREATE_CURRENT, NULL,
                                  &sh->error) < 0)
        return -1;
    sh_extra(sh, "Snapshot %s set as current", name);
    return 0;
}

static int run_current(struct shell *sh, const struct args *args)
{
    EB_AUTOFREE char *xml = NULL;
    AUTO_SNAPSHOT snapshot = NULL;
    const char *name;
    int has;

    if (args_exclusive(sh, args, "name", "snapshotname") < 0)
        return -1;
    AUTO_DOMAIN dom = sh_domain(sh, args, BY_ANY);
    if (!dom || args_string(sh, args, "snapshotname", &name) < 0)
        return -1;
    if (name)
        return make_current(sh, dom, name);
    has = eb_domain_has_current_snapshot(dom, 0, &sh->error);
    if (has < 0)
        return -1;
    if (!has)
        return sh_error(sh, "domain '%s' has no current snapshot", eb_domain_get_name(dom));
    if (eb_domain_get_current_snapshot(dom, 0, &snapshot, &sh->error) < 0)
        return -1;
    if (args_has(args, "name")) {
        if (sh_wants_json(args))
            sh_json_text(sh, "name", eb_snapshot_get_name(snapshot));
        else
            sh_print(sh, "%s", eb_snapshot_get_name(snapshot));
        return 0;
    }
    if (eb_snapshot_get_xml(snapshot, args_has(args, "security-info") ? EB_XML_SECURE : 0, &xml, &sh->error) <
        0)
        return -1;
    return sh_show_xml(sh, args, xml);
}

/* ---- snapshot-edit ---- */

static const struct opt edit_opts[] = {
    OPT_DOMAIN(complete_domain),
    OPT_SNAPSHOT,
    OPT_FLAG("current", "also make the edited snapshot the current one"),
    OPT_FLAG("rename", "another name renames it"),
    OPT_FLAG("clone", "another name makes another one"),
    OPTS_END,
};

struct edit {
    struct shell *sh;
    const struct args *args;
    eb_domain *dom;
    const char *name, *before;
};

/* Another name than before must have been asked for. */
static int check_name(struct edit *e, const char *text)
{
    EB_AUTOFREE char *name = NULL;

    if (xml_read_text(text, "string(/domainsnapshot/name)", &name, NULL) < 0 || eb_streq(name, e->name) ||
        args_has(e->args, "rename") || args_has(e->args, "clone"))
        return 0;
    return sh_error(e->sh, "Must use --rename or --clone to change %s to %s", e->name, name);
}

/* With --rename: the new one is there, the old one goes. */
static int drop_old(struct edit *e, eb_snapshot *edited)
{
    AUTO_SNAPSHOT old = NULL;

    if (eb_domain_lookup_snapshot(e->dom, e->name, 0, &old, &e->sh->error) < 0 ||
        eb_snapshot_delete(old, EB_SNAPSHOT_DELETE_METADATA_ONLY, &e->sh->error) < 0) {
        eb_snapshot_delete(edited, EB_SNAPSHOT_DELETE_METADATA_ONLY, NULL);
        return sh_error(e->sh, "Failed to clean up %s", e->name);
    }
    return 0;
}

static bool makes_current(const struct edit *e)
{
    return args_has(e->args, "current") && args_has(e->args, "snapshotname");
}

/* What was written; 1: applied, -1: refused. */
static int apply_edit(struct edit *e, const char *text)
{
    struct shell *sh = e->sh;
    AUTO_SNAPSHOT edited = NULL;
    const char *name;
    unsigned flags = EB_SNAPSHOT_CREATE_REDEFINE;

    if (makes_current(e))
        flags |= EB_SNAPSHOT_CREATE_CURRENT;
    if (check_name(e, text) < 0 || eb_domain_create_snapshot(e->dom, text, flags, &edited, &sh->error) < 0)
        return -1;
    name = eb_snapshot_get_name(edited);
    if (eb_streq(name, e->name))
        sh_extra(sh, "Snapshot %s edited.\n", name);
    else if (args_has(e->args, "clone"))
        sh_extra(sh, "Snapshot %s cloned to %s.\n", e->name, name);
    else if (drop_old(e, edited) < 0)
        return -1;
    else
        sh_extra(sh, "Snapshot %s renamed to %s.\n", e->name, name);
    return 1;
}

static bool wants_again(void)
{
    char answer[64];

    if (!isatty(STDIN_FILENO))
        return false;
    fputs("Failed. Try again? [y,n]: ", stdout);
    fflush(stdout);
    return fgets(answer, sizeof(answer), stdin) && answer[0] == 'y';
}

/* Edit and apply until it is applied or given up. 1: applied, 0: not changed, -1: failed. */
static int edit_loop(struct edit *e, const char *path)
{
    for (;;) {
        EB_AUTOFREE char *text = NULL;

        if (editor_run(e->sh, path) < 0 || sh_read_file(e->sh, path, &text) < 0)
            return -1;
        if (eb_streq(text, e->before) && !makes_current(e))
            return 0;
        if (apply_edit(e, text) == 1)
            return 1;
        sh_report(e->sh);
        if (!wants_again())
            return isatty(STDIN_FILENO) ? -1 : sh_error(e->sh, "Failed.");
    }
}

static int run_edit(struct shell *sh, const struct args *args)
{
    EB_AUTOFREE char *before = NULL, *path = NULL;
    AUTO_SNAPSHOT snapshot = NULL;
    int result;

    if (args_exclusive(sh, args, "rename", "clone") < 0)
        return -1;
    AUTO_DOMAIN dom = sh_domain(sh, args, BY_ANY);
    if (!dom || !(snapshot = sh_snapshot(sh, args, dom, "snapshotname", false)) ||
        eb_snapshot_get_xml(snapshot, EB_XML_SECURE, &before, &sh->error) < 0 ||
        !(path = editor_file(sh, before)))
        return -1;
    struct edit e = {
        .sh = sh, .args = args, .dom = dom, .name = eb_snapshot_get_name(snapshot), .before = before};
    result = edit_loop(&e, path);
    unlink(path);
    if (result == 0)
        sh_extra(sh, "Snapshot %s XML configuration not changed.\n", e.name);
    return result < 0 ? -1 : 0;
}

/* ---- snapshot-revert, snapshot-delete ---- */

static const struct opt revert_opts[] = {
    OPT_DOMAIN(complete_domain),
    OPT_SNAPSHOT,
    OPT_FLAG("current", "to the current snapshot"),
    OPT_FLAG("running", "let the domain run then"),
    OPT_FLAG("paused", "leave the domain paused then"),
    OPT_FLAG("force", "even where that is risky"),
    OPT_FLAG("reset-nvram", "with a fresh NVRAM"),
    OPTS_END,
};

static int run_revert(struct shell *sh, const struct args *args)
{
    unsigned flags = (args_has(args, "running") ? EB_SNAPSHOT_REVERT_RUNNING : 0u) |
                     (args_has(args, "paused") ? EB_SNAPSHOT_REVERT_PAUSED : 0u) |
                     (args_has(args, "force") ? EB_SNAPSHOT_REVERT_FORCE : 0u) |
                     (args_has(args, "reset-nvram") ? EB_SNAPSHOT_REVERT_RESET_NVRAM : 0u);
    AUTO_SNAPSHOT snapshot = NULL;

    AUTO_DOMAIN dom = sh_domain(sh, args, BY_ANY);
    if (!dom || !(snapshot = sh_snapshot(sh, args, dom, "snapshotname", true)))
        return -1;
    if (eb_snapshot_revert(snapshot, flags, &sh->error) < 0)
        return sh_error(sh, "Failed to revert snapshot %s", eb_snapshot_get_name(snapshot));
    sh_extra(sh, "Domain snapshot %s reverted\n", eb_snapshot_get_name(snapshot));
    return 0;
}

static const struct opt delete_opts[] = {
    OPT_DOMAIN(complete_domain),
    OPT_SNAPSHOT,
    OPT_FLAG("current", "the current snapshot"),
    OPT_FLAG("children", "and all that descend from it"),
    OPT_FLAG("children-only", "all that descend from it, not itself"),
    OPT_FLAG("metadata", "only what is known of it"),
    OPTS_END,
};

static int run_delete(struct shell *sh, const struct args *args)
{
    unsigned flags = (args_has(args, "children") ? EB_SNAPSHOT_DELETE_CHILDREN : 0u) |
                     (args_has(args, "children-only") ? EB_SNAPSHOT_DELETE_CHILDREN_ONLY : 0u) |
                     (args_has(args, "metadata") ? EB_SNAPSHOT_DELETE_METADATA_ONLY : 0u);
    AUTO_SNAPSHOT snapshot = NULL;

    AUTO_DOMAIN dom = sh_domain(sh, args, BY_ANY);
    if (!dom || !(snapshot = sh_snapshot(sh, args, dom, "snapshotname", true)))
        return -1;
    if (eb_snapshot_delete(snapshot, flags, &sh->error) < 0)
        return sh_error(sh, "Failed to delete snapshot %s", eb_snapshot_get_name(snapshot));
    sh_extra(sh, "Domain snapshot %s%s deleted\n", eb_snapshot_get_name(snapshot),
             flags & EB_SNAPSHOT_DELETE_CHILDREN_ONLY ? " children" : "");
    return 0;
}

const struct command commands_snapshot[] = {
    {"snapshot-create", "take a snapshot of a domain",
     "As an XML file says, or without one with a name of its own. A domain that runs goes on.",
     snapshot_create_opts, run_snapshot_create, 0, "snapshot-create web before.xml"},
    {"snapshot-create-as", "take a snapshot of a domain, said by options", NULL, snapshot_create_as_opts,
     run_snapshot_create_as, 0, "snapshot-create-as web before-upgrade --live"},
    {"snapshot-current", "print a domain's current snapshot, or set it", NULL, current_opts, run_current,
     CMD_JSON, "snapshot-current web --name"},
    {"snapshot-delete", "delete a snapshot",
     "The domain stays as it is now; what the snapshot held is merged into what came after it.", delete_opts,
     run_delete, 0, "snapshot-delete web before-upgrade --children"},
    {"snapshot-dumpxml", "print a snapshot's XML", NULL, snapshot_dumpxml_opts, run_snapshot_dumpxml,
     CMD_JSON, "snapshot-dumpxml web before-upgrade"},
    {"snapshot-edit", "edit a snapshot's XML in $VISUAL, $EDITOR or vi",
     "Of VirtualBox's snapshots the description can be changed.", edit_opts, run_edit, 0,
     "snapshot-edit web before-upgrade"},
    {"snapshot-info", "print what there is to know about a snapshot", NULL, snapshot_info_opts,
     run_snapshot_info, CMD_JSON, "snapshot-info web before-upgrade"},
    {"snapshot-list", "list a domain's snapshots", NULL, snapshot_list_opts, run_snapshot_list, CMD_JSON,
     "snapshot-list web --tree"},
    {"snapshot-parent", "print the name of a snapshot's parent", NULL, snapshot_parent_opts,
     run_snapshot_parent, CMD_JSON, NULL},
    {"snapshot-revert", "take a domain back to a snapshot",
     "What it was since is lost. It runs then if it ran when the snapshot was taken.", revert_opts,
     run_revert, 0, "snapshot-revert web before-upgrade"},
    {0},
};
