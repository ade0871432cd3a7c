/* SPDX-License-Identifier: LGPL-2.1-or-later */
/** @file cmd_config.c Commands that change a domain's settings. */
#include "shell/editor.h"
#include "shell/opts.h"

#include <unistd.h>

/* ---- autostart, domrename ---- */

static const struct opt autostart_opts[] = {
    OPT_DOMAIN(complete_domain),
    OPT_FLAG("disable", "do not start it any more"),
    OPTS_END,
};

static int run_autostart(struct shell *sh, const struct args *args)
{
    bool disable = args_has(args, "disable");
    AUTO_DOMAIN dom = sh_domain(sh, args, BY_ANY);
    if (!dom)
        return -1;
    if (eb_domain_set_autostart(dom, !disable, &sh->error) < 0)
        return sh_error(sh, "Failed to %smark domain '%s' as autostarted", disable ? "un" : "",
                        eb_domain_get_name(dom));
    sh_extra(sh, "Domain '%s' %smarked as autostarted\n", eb_domain_get_name(dom), disable ? "un" : "");
    return 0;
}

static const struct opt domrename_opts[] = {
    {"domain", OPT_DATA, 0, "the domain's name or uuid", complete_domain_inactive},
    {"new-name", OPT_DATA, 0, "its new name", NULL},
    OPTS_END,
};

static int run_domrename(struct shell *sh, const struct args *args)
{
    const char *name;
    AUTO_DOMAIN dom = sh_domain(sh, args, BY_NAME | BY_UUID);
    if (!dom || args_string(sh, args, "new-name", &name) < 0)
        return -1;
    if (eb_domain_rename(dom, name, 0, &sh->error) < 0)
        return -1;
    sh_extra(sh, "Domain successfully renamed\n");
    return 0;
}

/* ---- setmem, setmaxmem, setvcpus ---- */

static const struct opt setmem_opts[] = {
    OPT_DOMAIN(complete_domain),
    {"size", OPT_NUMBER, 0, "how much, with a unit (2G, 512MiB; KiB without one)", NULL},
    OPTS_AFFECT,
    OPTS_END,
};

static int set_memory(struct shell *sh, const struct args *args, unsigned extra, const char *failed)
{
    uint64_t kib = 0;
    unsigned flags;

    if (sh_affect(sh, args, &flags) < 0)
        return -1;
    AUTO_DOMAIN dom = sh_domain(sh, args, BY_ANY);
    if (!dom || args_kib(sh, args, "size", &kib) < 0)
        return -1;
    if (eb_domain_set_memory(dom, kib, flags | extra, &sh->error) < 0)
        return failed ? sh_error(sh, "%s", failed) : -1;
    return 0;
}

static int run_setmem(struct shell *sh, const struct args *args)
{
    return set_memory(sh, args, 0, NULL);
}

static int run_setmaxmem(struct shell *sh, const struct args *args)
{
    return set_memory(sh, args, EB_MEM_MAXIMUM, "Unable to change MaxMemorySize");
}

static const struct opt setvcpus_opts[] = {
    OPT_DOMAIN(complete_domain),
    {"count", OPT_NUMBER, 0, "how many", NULL},
    OPT_FLAG("maximum", "the limit, with --config"),
    OPTS_AFFECT,
    OPT_FLAG("guest", "ask the guest to switch them"),
    OPT_FLAG("hotpluggable", "let those that are added be removable"),
    OPTS_END,
};

static int run_setvcpus(struct shell *sh, const struct args *args)
{
    unsigned count = 0, flags;

    if (sh_affect(sh, args, &flags) < 0 || args_exclusive(sh, args, "guest", "config") < 0 ||
        args_requires(sh, args, "maximum", "config") < 0)
        return -1;
    flags |= (args_has(args, "maximum") ? EB_VCPU_MAXIMUM : 0u) |
             (args_has(args, "guest") ? EB_VCPU_GUEST : 0u) |
             (args_has(args, "hotpluggable") ? EB_VCPU_HOTPLUGGABLE : 0u);
    AUTO_DOMAIN dom = sh_domain(sh, args, BY_ANY);
    if (!dom || args_uint(sh, args, "count", &count) < 0)
        return -1;
    if (count == 0)
        return sh_error(sh, "Can't set 0 processors for a VM");
    return eb_domain_set_vcpus(dom, count, flags, &sh->error);
}

/* ---- edit ---- */

static const struct opt edit_opts[] = {
    OPT_DOMAIN(complete_domain),
    OPT_FLAG("skip-validate", "do not check the XML against the schema"),
    OPTS_END,
};

struct edit {
    struct shell *sh;
    eb_domain *dom;
    const char *before;
    unsigned flags;
    bool force;
    eb_domain *edited;
};

/** Defines what was written, unless the domain was changed by someone else meanwhile. */
static int apply_edit(const char *text, void *opaque)
{
    struct edit *e = opaque;
    EB_AUTOFREE char *now = NULL;

    if (eb_domain_get_xml(e->dom, EB_XML_SECURE | EB_XML_INACTIVE, &now, &e->sh->error) < 0)
        return -1;
    if (!e->force && !eb_streq(now, e->before))
        return eb_error_set(&e->sh->error, EB_ERR_OPERATION_FAILED,
                            "the domain's XML was changed by someone else meanwhile");
    return eb_domain_define_xml(eb_domain_get_conn(e->dom), text, e->flags, &e->edited, &e->sh->error);
}

/** Asks what to do about a failed edit. True: edit again (or apply again, when *again is cleared). */
static bool ask_again(struct edit *e, bool *edit_again)
{
    for (;;) {
        char answer[64];
        *edit_again = true;
        fputs("Failed. Try again? [y,n,i,f,?]: ", stdout);
        fflush(stdout);
        if (!fgets(answer, sizeof(answer), stdin))
            return false;
        switch (answer[0]) {
        case 'y':
            return true;
        case 'n':
            return false;
        case 'i':
            e->flags &= ~(unsigned)EB_DEFINE_VALIDATE;
            *edit_again = false;
            return true;
        case 'f':
            e->force = true;
            *edit_again = false;
            return true;
        default:
            puts("y - yes, start the editor again\nn - no, throw the changes away\n"
                 "i - define it without checking against the schema\n"
                 "f - define it even though the domain was changed meanwhile\n? - print this help");
        }
    }
}

/** Edit, apply, ask, until it is applied or given up. Result: 1 applied, 0 not changed, -1 failed. */
static int edit_loop(struct edit *e, const char *path)
{
    bool edit_again = true;

    for (;;) {
        EB_AUTOFREE char *text = NULL;
        if (edit_again && editor_run(e->sh, path) < 0)
            return -1;
        if (sh_read_file(e->sh, path, &text) < 0)
            return -1;
        if (strcmp(text, e->before) == 0)
            return 0;
        if (apply_edit(text, e) == 0)
            return 1;
        sh_report(e->sh);
        if (!isatty(STDIN_FILENO))
            return sh_error(e->sh, "Failed.");
        if (!ask_again(e, &edit_again))
            return -1;
    }
}

static int run_edit(struct shell *sh, const struct args *args)
{
    EB_AUTOFREE char *before = NULL, *path = NULL;
    AUTO_DOMAIN dom = sh_domain(sh, args, BY_ANY);

    if (!dom || eb_domain_get_xml(dom, EB_XML_SECURE | EB_XML_INACTIVE, &before, &sh->error) < 0)
        return -1;
    if (!(path = editor_file(sh, before)))
        return -1;
    struct edit e = {.sh = sh,
                     .dom = dom,
                     .before = before,
                     .flags = args_has(args, "skip-validate") ? 0 : EB_DEFINE_VALIDATE};
    int result = edit_loop(&e, path);
    unlink(path);
    if (result == 0)
        sh_extra(sh, "Domain '%s' XML configuration not changed.\n", eb_domain_get_name(dom));
    else if (result == 1)
        sh_extra(sh, "Domain '%s' XML configuration edited.\n", eb_domain_get_name(e.edited));
    eb_domain_unref(e.edited);
    return result < 0 ? -1 : 0;
}

const struct command commands_config[] = {
    {"autostart", "let a domain start with the host", NULL, autostart_opts, run_autostart, 0,
     "autostart web --disable"},
    {"domrename", "rename a domain that does not run", NULL, domrename_opts, run_domrename, 0,
     "domrename web web-old"},
    {"edit", "edit a domain's XML in $VISUAL, $EDITOR or vi",
     "The definition for the next start is shown, checked and defined again. Nothing changes when the\n"
     "file was left as it was, or when it is refused.",
     edit_opts, run_edit, 0, "edit web"},
    {"setmaxmem", "change the most memory that a domain may have", NULL, setmem_opts, run_setmaxmem, 0,
     "setmaxmem web 4G --config"},
    {"setmem", "change a domain's memory", NULL, setmem_opts, run_setmem, 0, "setmem web 2G --config"},
    {"setvcpus", "change how many virtual CPUs a domain has", NULL, setvcpus_opts, run_setvcpus, 0,
     "setvcpus web 2 --config"},
    {0},
};
