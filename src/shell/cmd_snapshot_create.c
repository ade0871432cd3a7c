/* SPDX-License-Identifier: LGPL-2.1-or-later */
/** @file cmd_snapshot_create.c Commands that take snapshots. */
#include "shell/snapshot.h"
#include "shell/spec.h"

#define OPTS_CREATE                                                                                          \
    OPT_FLAG("no-metadata", "take it, and forget it"), OPT_FLAG("halt", "stop the domain afterwards"),       \
        OPT_FLAG("disk-only", "of the disks, not of the memory"),                                            \
        OPT_FLAG("reuse-external", "write to files that are there"),                                         \
        OPT_FLAG("quiesce", "let the guest freeze its file systems"), OPT_FLAG("atomic", "all or nothing"),  \
        OPT_FLAG("live", "without pausing the guest"),                                                       \
        OPT_FLAG("validate", "check the XML against the schema first")

static unsigned create_flags(const struct args *args)
{
    static const struct {
        const char *name;
        unsigned flag;
    } flags[] = {
        {"redefine", EB_SNAPSHOT_CREATE_REDEFINE}, {"current", EB_SNAPSHOT_CREATE_CURRENT},
        {"halt", EB_SNAPSHOT_CREATE_HALT},         {"no-metadata", EB_SNAPSHOT_CREATE_NO_METADATA},
        {"quiesce", EB_SNAPSHOT_CREATE_QUIESCE},   {"disk-only", EB_SNAPSHOT_CREATE_DISK_ONLY},
        {"atomic", EB_SNAPSHOT_CREATE_ATOMIC},     {"reuse-external", EB_SNAPSHOT_CREATE_REUSE_EXT},
        {"live", EB_SNAPSHOT_CREATE_LIVE},         {"validate", EB_SNAPSHOT_CREATE_VALIDATE},
    };
    unsigned result = 0;

    for (size_t i = 0; i < EB_ARRAY_SIZE(flags); i++)
        result |= args_has(args, flags[i].name) ? flags[i].flag : 0;
    return result;
}

static int create(struct shell *sh, eb_domain *dom, const char *xml, unsigned flags, const char *from)
{
    AUTO_SNAPSHOT snapshot = NULL;

    if (eb_domain_create_snapshot(dom, xml, flags, &snapshot, &sh->error) < 0)
        return -1;
    sh_extra(sh, "Domain snapshot %s created", eb_snapshot_get_name(snapshot));
    if (from)
        sh_extra(sh, " from '%s'", from);
    return 0;
}

const struct opt snapshot_create_opts[] = {
    OPT_DOMAIN(complete_domain),
    {"xmlfile", OPT_STRING, 0, "file with the snapshot's XML", complete_file},
    OPT_FLAG("redefine", "tell of a snapshot that is there"),
    OPT_FLAG("current", "with --redefine: make it the current one"),
    OPTS_CREATE,
    OPTS_END,
};

int run_snapshot_create(struct shell *sh, const struct args *args)
{
    EB_AUTOFREE char *xml = NULL;
    const char *file = NULL;

    AUTO_DOMAIN dom = sh_domain(sh, args, BY_ANY);
    if (!dom || args_string(sh, args, "xmlfile", &file) < 0)
        return -1;
    if (!file)
        xml = eb_strdup("<domainsnapshot/>");
    else if (sh_read_file(sh, file, &xml) < 0)
        return -1;
    return create(sh, dom, xml, create_flags(args), file);
}

/* ---- snapshot-create-as ---- */

const struct opt snapshot_create_as_opts[] = {
    OPT_DOMAIN(complete_domain),
    {"name", OPT_STRING, 0, "name of the snapshot", NULL},
    {"description", OPT_STRING, 0, "what it is of", NULL},
    OPT_FLAG("print-xml", "print the XML and take none"),
    OPTS_CREATE,
    {"memspec", OPT_STRING, OPT_NAMED_ONLY, "the memory: [file=]NAME[,snapshot=TYPE]", NULL},
    {"diskspec", OPT_ARGV, 0, "a disk: DISK[,snapshot=TYPE][,driver=TYPE][,stype=TYPE][,file=NAME]", NULL},
    OPTS_END,
};

static int add_memory(struct shell *sh, const char *spec, struct eb_strbuf *out)
{
    EB_AUTOSTRV char **parts = spec_split(spec);
    const char *snapshot = NULL, *file = NULL;

    for (char **p = parts; *p; p++) {
        if (spec_value(*p, "snapshot", &snapshot) || spec_value(*p, "file", &file))
            continue;
        if (file || **p != '/')
            return sh_error(sh, "unable to parse memspec: %s", spec);
        file = *p;
    }
    eb_strbuf_indent(out);
    eb_strbuf_add(out, "<memory");
    eb_strbuf_attr(out, "snapshot", snapshot);
    eb_strbuf_attr(out, "file", file);
    eb_strbuf_add(out, "/>\n");
    return 0;
}

static void write_disk(struct eb_strbuf *out, const char *name, const char *snapshot, const char *driver,
                       const char *type, const char *file)
{
    eb_strbuf_indent(out);
    eb_strbuf_add(out, "<disk");
    eb_strbuf_attr(out, "name", name);
    eb_strbuf_attr(out, "snapshot", snapshot);
    eb_strbuf_attr(out, "type", type);
    if (!driver && !file) {
        eb_strbuf_add(out, "/>\n");
        return;
    }
    eb_strbuf_add(out, ">\n");
    out->indent += 2;
    if (driver) {
        eb_strbuf_indent(out);
        eb_strbuf_add(out, "<driver");
        eb_strbuf_attr(out, "type", driver);
        eb_strbuf_add(out, "/>\n");
    }
    if (file) {
        eb_strbuf_indent(out);
        eb_strbuf_add(out, "<source");
        eb_strbuf_attr(out, eb_streq(type, "block") ? "dev" : "file", file);
        eb_strbuf_add(out, "/>\n");
    }
    out->indent -= 2;
    eb_strbuf_line(out, "</disk>");
}

static int add_disk(struct shell *sh, const char *spec, struct eb_strbuf *out)
{
    EB_AUTOSTRV char **parts = spec_split(spec);
    const char *snapshot = NULL, *driver = NULL, *type = NULL, *file = NULL;

    for (char **p = parts + 1; *p; p++) {
        if (!spec_value(*p, "snapshot", &snapshot) && !spec_value(*p, "driver", &driver) &&
            !spec_value(*p, "stype", &type) && !spec_value(*p, "file", &file))
            return sh_error(sh, "unable to parse diskspec: %s", spec);
    }
    if (type && !eb_streq(type, "file") && !eb_streq(type, "block")) {
        sh_error(sh, "Unknown storage type: '%s'", type);
        return sh_error(sh, "unable to parse diskspec: %s", spec);
    }
    write_disk(out, parts[0], snapshot, driver, type, file);
    return 0;
}

static int add_disks(struct shell *sh, const struct args *args, struct eb_strbuf *out)
{
    bool any = false;

    for (size_t i = 0; i < args->n; i++) {
        if (!eb_streq(args->items[i].opt->name, "diskspec"))
            continue;
        if (!any) {
            eb_strbuf_line(out, "<disks>");
            out->indent += 2;
            any = true;
        }
        if (add_disk(sh, args->items[i].value, out) < 0)
            return -1;
    }
    if (any) {
        out->indent -= 2;
        eb_strbuf_line(out, "</disks>");
    }
    return 0;
}

int run_snapshot_create_as(struct shell *sh, const struct args *args)
{
    EB_AUTOSTRBUF struct eb_strbuf xml = {0};
    const char *name, *description, *memspec;

    AUTO_DOMAIN dom = sh_domain(sh, args, BY_ANY);
    if (!dom || args_string(sh, args, "name", &name) < 0 ||
        args_string(sh, args, "description", &description) < 0 ||
        args_string(sh, args, "memspec", &memspec) < 0)
        return -1;
    eb_strbuf_line(&xml, "<domainsnapshot>");
    xml.indent = 2;
    eb_strbuf_element(&xml, "name", name);
    eb_strbuf_element(&xml, "description", description);
    if ((memspec && add_memory(sh, memspec, &xml) < 0) || add_disks(sh, args, &xml) < 0)
        return -1;
    xml.indent = 0;
    eb_strbuf_line(&xml, "</domainsnapshot>");
    if (args_has(args, "print-xml")) {
        sh_print(sh, "%s\n", xml.s);
        return 0;
    }
    return create(sh, dom, xml.s, create_flags(args), NULL);
}
