/* SPDX-License-Identifier: LGPL-2.1-or-later */
/** @file cmd_save.c Commands on saved states. */
#include "shell/opts.h"
#include "shell/xml.h"

#define OPT_XPATH                                                                                            \
    {"xpath", OPT_STRING, OPT_NAMED_ONLY, "print only what this XPath expression selects", NULL},            \
        OPT_FLAG("wrap", "put what --xpath selects into one element <nodes>")

static unsigned save_flags(const struct args *args)
{
    return (args_has(args, "bypass-cache") ? EB_SAVE_BYPASS_CACHE : 0u) |
           (args_has(args, "running") ? EB_SAVE_RUNNING : 0u) |
           (args_has(args, "paused") ? EB_SAVE_PAUSED : 0u) |
           (args_has(args, "reset-nvram") ? EB_SAVE_RESET_NVRAM : 0u);
}

/** --verbose asks for a percentage even where there is no terminal: the end of it, as virsh prints it. */
static void tell_verbose(struct shell *sh, const struct args *args, const char *what)
{
    if (!args_has(args, "verbose") || sh->quiet)
        return;
    fflush(stdout);
    fprintf(stderr, "\r%s: [100 %%]", what);
    fflush(stderr);
}

static const struct opt save_opts[] = {
    OPT_DOMAIN(complete_domain_active),
    OPT_FILE("file to save to"),
    OPT_FLAG("bypass-cache", "write without the host's file cache"),
    {"xml", OPT_STRING, 0, "file with the definition to store in place of the domain's", complete_file},
    OPT_FLAG("running", "let it run when it is restored"),
    OPT_FLAG("paused", "leave it paused when it is restored"),
    OPT_FLAG("verbose", "print how far it is"),
    OPTS_END,
};

static int run_save(struct shell *sh, const struct args *args)
{
    EB_AUTOFREE char *xml = NULL;
    const char *file, *xml_file;

    AUTO_DOMAIN dom = sh_domain(sh, args, BY_ANY);
    if (!dom || args_string(sh, args, "file", &file) < 0 || args_string(sh, args, "xml", &xml_file) < 0)
        return -1;
    if (xml_file && sh_read_file(sh, xml_file, &xml) < 0)
        return -1;
    if (eb_domain_save(dom, file, xml, save_flags(args), &sh->error) < 0)
        return sh_error(sh, "Failed to save domain '%s' to %s", eb_domain_get_name(dom), file);
    tell_verbose(sh, args, "Save");
    sh_extra(sh, "\nDomain '%s' saved to %s\n", eb_domain_get_name(dom), file);
    return 0;
}

static const struct opt restore_opts[] = {
    OPT_FILE("the saved state"),
    OPT_FLAG("bypass-cache", "read without the host's file cache"),
    {"xml", OPT_STRING, 0, "file with the definition to use in place of the stored one", complete_file},
    OPT_FLAG("running", "let it run"),
    OPT_FLAG("paused", "leave it paused"),
    OPT_FLAG("reset-nvram", "start with a fresh NVRAM"),
    OPTS_END,
};

static int run_restore(struct shell *sh, const struct args *args)
{
    EB_AUTOFREE char *xml = NULL;
    const char *file, *xml_file;

    if (args_string(sh, args, "file", &file) < 0 || args_string(sh, args, "xml", &xml_file) < 0)
        return -1;
    if (xml_file && sh_read_file(sh, xml_file, &xml) < 0)
        return -1;
    if (eb_domain_restore(sh->conn, file, xml, save_flags(args), &sh->error) < 0)
        return sh_error(sh, "Failed to restore domain from %s", file);
    sh_extra(sh, "Domain restored from %s\n", file);
    return 0;
}

static const struct opt dumpxml_opts[] = {
    OPT_FILE("the saved state"),
    OPT_FLAG("security-info", "show passwords too"),
    OPT_XPATH,
    OPTS_END,
};

static int run_save_image_dumpxml(struct shell *sh, const struct args *args)
{
    EB_AUTOFREE char *xml = NULL;
    const char *file;

    if (args_string(sh, args, "file", &file) < 0)
        return -1;
    if (eb_save_image_get_xml(sh->conn, file, args_has(args, "security-info") ? EB_XML_SECURE : 0, &xml,
                              &sh->error) < 0)
        return -1;
    return sh_show_xml(sh, args, xml);
}

static const struct opt managedsave_opts[] = {
    OPT_DOMAIN(complete_domain_active),
    OPT_FLAG("bypass-cache", "write without the host's file cache"),
    OPT_FLAG("running", "let it run at the next start"),
    OPT_FLAG("paused", "leave it paused at the next start"),
    OPT_FLAG("verbose", "print how far it is"),
    OPTS_END,
};

static int run_managedsave(struct shell *sh, const struct args *args)
{
    AUTO_DOMAIN dom = sh_domain(sh, args, BY_ANY);
    if (!dom)
        return -1;
    if (eb_domain_managed_save(dom, save_flags(args), &sh->error) < 0)
        return sh_error(sh, "Failed to save domain '%s' state", eb_domain_get_name(dom));
    tell_verbose(sh, args, "Managedsave");
    sh_extra(sh, "\nDomain '%s' state saved by libvirt\n", eb_domain_get_name(dom));
    return 0;
}

static const struct opt saved_domain_opts[] = {OPT_DOMAIN(complete_domain_saved), OPTS_END};

static int run_managedsave_remove(struct shell *sh, const struct args *args)
{
    AUTO_DOMAIN dom = sh_domain(sh, args, BY_ANY);
    if (!dom)
        return -1;
    const char *name = eb_domain_get_name(dom);
    int has = eb_domain_has_managed_save(dom, 0, &sh->error);
    if (has < 0)
        return sh_error(sh, "Failed to check for domain managed save image");
    if (!has) {
        sh_extra(sh, "Domain '%s' has no manage save image; removal skipped", name);
        return 0;
    }
    if (eb_domain_managed_save_remove(dom, 0, &sh->error) < 0)
        return sh_error(sh, "Failed to remove managed save image for domain '%s'", name);
    sh_extra(sh, "Removed managedsave image for domain '%s'", name);
    return 0;
}

const struct command commands_save[] = {
    {"managedsave", "save a domain's state and stop it; its next start goes on from there", NULL,
     managedsave_opts, run_managedsave, 0, "managedsave web"},
    {"managedsave-remove", "drop a domain's managed save", NULL, saved_domain_opts, run_managedsave_remove, 0,
     "managedsave-remove web"},
    {"restore", "let a domain run on from a file that 'save' made", NULL, restore_opts, run_restore, 0,
     "restore /var/tmp/web.sav"},
    {"save", "save a domain's state to a file and stop it", NULL, save_opts, run_save, 0,
     "save web /var/tmp/web.sav"},
    {"save-image-dumpxml", "print the XML in a saved state", NULL, dumpxml_opts, run_save_image_dumpxml,
     CMD_JSON, "save-image-dumpxml /var/tmp/web.sav"},
    {0},
};
