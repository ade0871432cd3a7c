/* SPDX-License-Identifier: LGPL-2.1-or-later */
/** @file cmd_life.c Commands that start, stop, define and remove domains. */
#include "shell/opts.h"
#include "shell/xml.h"

#include <stdio.h>
#include <unistd.h>

#define NO_CONSOLE "attach with the command console afterwards"
#define NO_FDS "VirtualBox cannot be given file descriptors"

/** --pass-fds is checked as virsh does, then refused. */
static int refuse_pass_fds(struct shell *sh, const struct args *args)
{
    const char *text = args_get(args, "pass-fds");
    uint64_t fd;
    if (!text)
        return 0;
    char *copy = eb_strdup(text), *rest = copy, *one;
    int result = 0;
    while (result == 0 && (one = strsep(&rest, ",")))
        if (!eb_parse_u64(one, INT32_MAX, &fd))
            result = sh_error(sh, "Unable to parse FD number '%s'", one);
    free(copy);
    return result < 0 ? -1 : args_refuse(sh, args, "pass-fds", NO_FDS);
}

static unsigned start_flags(const struct args *args)
{
    return (args_has(args, "paused") ? EB_START_PAUSED : 0u) |
           (args_has(args, "autodestroy") ? EB_START_AUTODESTROY : 0u) |
           (args_has(args, "bypass-cache") ? EB_START_BYPASS_CACHE : 0u) |
           (args_has(args, "force-boot") ? EB_START_FORCE_BOOT : 0u) |
           (args_has(args, "validate") ? EB_START_VALIDATE : 0u) |
           (args_has(args, "reset-nvram") ? EB_START_RESET_NVRAM : 0u);
}

/* ---- define, create, start ---- */

static const struct opt define_opts[] = {
    OPT_FILE("file with the domain's XML"),
    OPT_FLAG("validate", "check the XML against the schema first"),
    OPTS_END,
};

static int run_define(struct shell *sh, const struct args *args)
{
    EB_AUTOFREE char *xml = NULL;
    AUTO_DOMAIN dom = NULL;
    const char *file;

    if (args_string(sh, args, "file", &file) < 0 || sh_read_file(sh, file, &xml) < 0)
        return -1;
    if (eb_domain_define_xml(sh->conn, xml, args_has(args, "validate") ? EB_DEFINE_VALIDATE : 0, &dom,
                             &sh->error) < 0)
        return sh_error(sh, "Failed to define domain from %s", file);
    sh_extra(sh, "Domain '%s' defined from %s\n", eb_domain_get_name(dom), file);
    return 0;
}

#define START_OPTS                                                                                           \
    OPT_FLAG("console", "attach to the console (refused: " NO_CONSOLE ")"),                                  \
        OPT_FLAG("paused", "leave the domain paused"),                                                       \
        OPT_FLAG("autodestroy", "destroy the domain when this connection closes"),                           \
        {"pass-fds", OPT_STRING, 0, "file descriptors N,M,... for the guest (refused: " NO_FDS ")", NULL},   \
        OPT_FLAG("reset-nvram", "start with a fresh NVRAM")

static const struct opt create_opts[] = {
    OPT_FILE("file with the domain's XML"),
    START_OPTS,
    OPT_FLAG("validate", "check the XML against the schema first"),
    OPTS_END,
};

static int run_create(struct shell *sh, const struct args *args)
{
    EB_AUTOFREE char *xml = NULL;
    AUTO_DOMAIN dom = NULL;
    const char *file;

    if (args_string(sh, args, "file", &file) < 0 || sh_read_file(sh, file, &xml) < 0 ||
        refuse_pass_fds(sh, args) < 0 || args_refuse(sh, args, "console", NO_CONSOLE) < 0)
        return -1;
    if (eb_domain_create_xml(sh->conn, xml, start_flags(args), &dom, &sh->error) < 0)
        return sh_error(sh, "Failed to create domain from %s", file);
    sh_extra(sh, "Domain '%s' created from %s\n", eb_domain_get_name(dom), file);
    return 0;
}

static const struct opt start_opts[] = {
    {"domain", OPT_DATA, 0, "the domain's name or uuid", complete_domain_inactive},
    START_OPTS,
    OPT_FLAG("bypass-cache", "read a saved state without the host's file cache"),
    OPT_FLAG("force-boot", "drop a saved state and boot"),
    OPTS_END,
};

static int run_start(struct shell *sh, const struct args *args)
{
    AUTO_DOMAIN dom = sh_domain(sh, args, BY_NAME | BY_UUID);
    if (!dom)
        return -1;
    if (eb_domain_get_id(dom) >= 0)
        return sh_error(sh, "Domain is already active");
    if (refuse_pass_fds(sh, args) < 0 || args_refuse(sh, args, "console", NO_CONSOLE) < 0)
        return -1;
    if (eb_domain_start(dom, start_flags(args), &sh->error) < 0)
        return sh_error(sh, "Failed to start domain '%s'", eb_domain_get_name(dom));
    sh_extra(sh, "Domain '%s' started\n", eb_domain_get_name(dom));
    return 0;
}

/* ---- undefine ---- */

static const struct opt undefine_opts[] = {
    OPT_DOMAIN(complete_domain),
    OPT_FLAG("managed-save", "remove its managed save too"),
    {"storage", OPT_STRING, 0, "remove these disk images too: targets or paths, comma separated; all or none",
     complete_disk},
    OPT_FLAG("remove-all-storage", "remove all its hard disk images that no other machine uses"),
    OPT_FLAG("delete-storage-volume-snapshots",
             "remove the images' snapshots too, with --remove-all-storage"),
    OPT_FLAG("wipe-storage", "wipe the removed images (refused: VirtualBox cannot)"),
    OPT_FLAG("snapshots-metadata", "remove what is known of its snapshots"),
    OPT_FLAG("checkpoints-metadata", "remove what is known of its checkpoints"),
    OPT_FLAG("nvram", "remove its NVRAM file"),
    OPT_FLAG("keep-nvram", "keep its NVRAM file"),
    OPT_FLAG("tpm", "remove its TPM state"),
    OPT_FLAG("keep-tpm", "keep its TPM state"),
    OPTS_END,
};

static unsigned undefine_flags(const struct args *args)
{
    static const struct {
        const char *name;
        unsigned flag;
    } flags[] = {
        {"managed-save", EB_UNDEFINE_MANAGED_SAVE},
        {"snapshots-metadata", EB_UNDEFINE_SNAPSHOTS_METADATA},
        {"checkpoints-metadata", EB_UNDEFINE_CHECKPOINTS_METADATA},
        {"nvram", EB_UNDEFINE_NVRAM},
        {"keep-nvram", EB_UNDEFINE_KEEP_NVRAM},
        {"tpm", EB_UNDEFINE_TPM},
        {"keep-tpm", EB_UNDEFINE_KEEP_TPM},
    };
    unsigned result = 0;
    for (size_t i = 0; i < EB_ARRAY_SIZE(flags); i++)
        if (args_has(args, flags[i].name))
            result |= flags[i].flag;
    return result;
}

static bool named_in(const char *list, const struct xml_disk *disk)
{
    EB_AUTOFREE char *copy = eb_strdup(list);
    char *rest = copy, *one;
    while ((one = strsep(&rest, ",")))
        if (eb_streq(one, disk->target) || (*disk->source && eb_streq(one, disk->source)))
            return true;
    return false;
}

/** VirtualBox removes a machine's images together or not at all: --storage must name each of them. */
static int check_storage_names(struct shell *sh, const char *list, const struct xml_disks *disks)
{
    EB_AUTOFREE char *copy = eb_strdup(list);
    char *rest = copy, *one;
    while ((one = strsep(&rest, ","))) {
        bool known = false;
        for (size_t i = 0; i < disks->n; i++)
            known = known || eb_streq(one, disks->items[i].target) || eb_streq(one, disks->items[i].source);
        if (!known)
            return sh_error(sh, "'%s' is no disk of the domain", one);
    }
    for (size_t i = 0; i < disks->n; i++)
        if (eb_streq(disks->items[i].device, "disk") && *disks->items[i].source &&
            !named_in(list, &disks->items[i]))
            return sh_error(sh, "--storage must name every hard disk image: '%s' (%s) is missing",
                            disks->items[i].target, disks->items[i].source);
    return 0;
}

/** Tells which images went, once the domain is gone. */
static void tell_removed(struct shell *sh, const struct xml_disks *disks)
{
    for (size_t i = 0; i < disks->n; i++) {
        const struct xml_disk *disk = &disks->items[i];
        if (!eb_streq(disk->device, "disk") || disk->source[0] != '/')
            continue;
        if (access(disk->source, F_OK) == 0)
            sh_extra(sh, "Volume '%s'(%s) was kept: another machine uses it.\n", disk->target, disk->source);
        else
            sh_extra(sh, "Volume '%s'(%s) removed.\n", disk->target, disk->source);
    }
}

static int check_undefine_options(struct shell *sh, const struct args *args, bool storage)
{
    if (args_has(args, "wipe-storage") && !storage)
        return sh_error(sh, "'--wipe-storage' requires '--storage <string>' or '--remove-all-storage'");
    if (args_requires(sh, args, "delete-storage-volume-snapshots", "remove-all-storage") < 0 ||
        args_exclusive(sh, args, "nvram", "keep-nvram") < 0 ||
        args_exclusive(sh, args, "tpm", "keep-tpm") < 0)
        return -1;
    return 0;
}

/** Reads the disks for --storage and --remove-all-storage, and checks that the images may go. */
static int prepare_storage(struct shell *sh, const struct args *args, eb_domain *dom, struct xml_disks *disks)
{
    const char *names = args_get(args, "storage");
    EB_AUTOFREE char *xml = NULL;

    if (eb_domain_get_id(dom) >= 0)
        return sh_error(sh, "Storage volume deletion is supported only on stopped domains");
    if (args_refuse(sh, args, "wipe-storage", "VirtualBox does not wipe images") < 0)
        return -1;
    if (eb_domain_get_xml(dom, EB_XML_INACTIVE, &xml, &sh->error) < 0 ||
        xml_read_disks(xml, disks, &sh->error) < 0)
        return sh_error(sh, "Failed to undefine domain '%s'", eb_domain_get_name(dom));
    return names ? check_storage_names(sh, names, disks) : 0;
}

static int run_undefine(struct shell *sh, const struct args *args)
{
    EB_CLEANUP(xml_disks_free) struct xml_disks disks = {0};
    bool storage = args_has(args, "remove-all-storage") || args_has(args, "storage");
    unsigned flags = undefine_flags(args);
    const char *ignored;

    if (args_string(sh, args, "storage", &ignored) < 0 || check_undefine_options(sh, args, storage) < 0)
        return -1;
    AUTO_DOMAIN dom = sh_domain(sh, args, BY_ANY);
    if (!dom)
        return -1;
    if (storage && prepare_storage(sh, args, dom, &disks) < 0)
        return -1;
    if (!(flags & EB_UNDEFINE_MANAGED_SAVE) && eb_domain_get_id(dom) < 0 &&
        eb_domain_has_managed_save(dom, 0, NULL) == 1)
        return sh_error(sh, "Refusing to undefine while domain managed save image exists");
    EB_AUTOFREE char *name = eb_strdup(eb_domain_get_name(dom));
    if (eb_domain_undefine(dom, flags | (storage ? EB_UNDEFINE_STORAGE : 0u), &sh->error) < 0)
        return sh_error(sh, "Failed to undefine domain '%s'", name);
    sh_extra(sh, "Domain '%s' has been undefined\n", name);
    if (storage)
        tell_removed(sh, &disks);
    return 0;
}

/* ---- suspend, resume, reset, destroy ---- */

static const struct opt domain_opts[] = {OPT_DOMAIN(complete_domain_active), OPTS_END};

static int simple(struct shell *sh, const struct args *args, int (*call)(eb_domain *, eb_error *),
                  const char *verb, const char *done)
{
    AUTO_DOMAIN dom = sh_domain(sh, args, BY_ANY);
    if (!dom)
        return -1;
    if (call(dom, &sh->error) < 0)
        return sh_error(sh, "Failed to %s domain '%s'", verb, eb_domain_get_name(dom));
    sh_extra(sh, "Domain '%s' %s\n", eb_domain_get_name(dom), done);
    return 0;
}

static int run_suspend(struct shell *sh, const struct args *args)
{
    return simple(sh, args, eb_domain_suspend, "suspend", "suspended");
}

static int run_resume(struct shell *sh, const struct args *args)
{
    return simple(sh, args, eb_domain_resume, "resume", "resumed");
}

static int reset_plain(eb_domain *dom, eb_error *err)
{
    return eb_domain_reset(dom, 0, err);
}

static int run_reset(struct shell *sh, const struct args *args)
{
    return simple(sh, args, reset_plain, "reset", "was reset");
}

static const struct opt destroy_opts[] = {
    OPT_DOMAIN(complete_domain_active),
    OPT_FLAG("graceful", "only if it can be stopped in an orderly way"),
    OPT_FLAG("remove-logs", "remove its log files"),
    OPTS_END,
};

static int run_destroy(struct shell *sh, const struct args *args)
{
    AUTO_DOMAIN dom = sh_domain(sh, args, BY_ANY);
    if (!dom)
        return -1;
    unsigned flags = (args_has(args, "graceful") ? EB_DESTROY_GRACEFUL : 0u) |
                     (args_has(args, "remove-logs") ? EB_DESTROY_REMOVE_LOGS : 0u);
    if (eb_domain_destroy(dom, flags, &sh->error) < 0)
        return sh_error(sh, "Failed to destroy domain '%s'", eb_domain_get_name(dom));
    sh_extra(sh, "Domain '%s' destroyed\n", eb_domain_get_name(dom));
    return 0;
}

/* ---- shutdown, reboot ---- */

static const struct opt shutdown_opts[] = {
    OPT_DOMAIN(complete_domain_active),
    {"mode", OPT_STRING, 0, "how to ask: acpi, agent, initctl, signal, paravirt; several with commas",
     complete_shutdown_mode},
    OPTS_END,
};

static int parse_modes(struct shell *sh, const struct args *args, const char *before_last, unsigned *flags)
{
    static const struct {
        const char *name;
        unsigned flag;
    } modes[] = {
        {"acpi", EB_SHUTDOWN_ACPI_POWER_BTN}, {"agent", EB_SHUTDOWN_GUEST_AGENT},
        {"initctl", EB_SHUTDOWN_INITCTL},     {"signal", EB_SHUTDOWN_SIGNAL},
        {"paravirt", EB_SHUTDOWN_PARAVIRT},
    };
    const char *text;
    if (args_string(sh, args, "mode", &text) < 0)
        return -1;
    *flags = 0;
    EB_AUTOFREE char *copy = eb_strdup(text);
    char *rest = copy, *one;
    while (copy && (one = strsep(&rest, ","))) {
        unsigned flag = 0;
        for (size_t i = 0; i < EB_ARRAY_SIZE(modes); i++)
            if (strcmp(one, modes[i].name) == 0)
                flag = modes[i].flag;
        if (!flag)
            return sh_error(
                sh, "Unknown mode %s value, expecting 'acpi', 'agent', 'initctl', 'signal'%s 'paravirt'", one,
                before_last);
        *flags |= flag;
    }
    return 0;
}

static int run_shutdown(struct shell *sh, const struct args *args)
{
    unsigned flags;
    if (parse_modes(sh, args, ", or", &flags) < 0)
        return -1;
    AUTO_DOMAIN dom = sh_domain(sh, args, BY_ANY);
    if (!dom)
        return -1;
    if (eb_domain_shutdown(dom, flags, &sh->error) < 0)
        return sh_error(sh, "Failed to shutdown domain '%s'", eb_domain_get_name(dom));
    sh_extra(sh, "Domain '%s' is being shutdown\n", eb_domain_get_name(dom));
    return 0;
}

static int run_reboot(struct shell *sh, const struct args *args)
{
    unsigned flags;
    if (parse_modes(sh, args, " or", &flags) < 0)
        return -1;
    AUTO_DOMAIN dom = sh_domain(sh, args, BY_ANY);
    if (!dom)
        return -1;
    if (eb_domain_reboot(dom, flags, &sh->error) < 0)
        return sh_error(sh, "Failed to reboot domain '%s'", eb_domain_get_name(dom));
    sh_extra(sh, "Domain '%s' is being rebooted\n", eb_domain_get_name(dom));
    return 0;
}

const struct command commands_life[] = {
    {"create", "make and start a transient domain from an XML file",
     "The domain vanishes when it stops. 'define' and 'start' make one that stays.", create_opts, run_create,
     0, "create web.xml --paused"},
    {"define", "define a domain from an XML file, or change the one with its uuid",
     "Does not start it. When it cannot be defined as the file says, nothing changes.", define_opts,
     run_define, 0, "define web.xml --validate"},
    {"destroy", "stop a domain at once, as if its plug were pulled", "The domain stays defined.",
     destroy_opts, run_destroy, 0, "destroy web"},
    {"reboot", "ask the guest to reboot", NULL, shutdown_opts, run_reboot, 0, "reboot web --mode agent"},
    {"reset", "reset a domain as its reset button would", NULL, domain_opts, run_reset, 0, "reset web"},
    {"resume", "let a suspended domain run on", NULL, domain_opts, run_resume, 0, "resume web"},
    {"shutdown", "ask the guest to shut down",
     "Comes back at once; the guest takes its time, or does not listen.", shutdown_opts, run_shutdown, 0,
     "shutdown web --mode acpi"},
    {"start", "start a defined domain",
     "Goes on from its managed save where there is one, else boots. Domains start without a window.",
     start_opts, run_start, 0, "start web"},
    {"suspend", "pause a running domain", NULL, domain_opts, run_suspend, 0, "suspend web"},
    {"undefine", "remove a domain's definition",
     "A running domain goes on and vanishes when it stops. Its disk images stay unless --remove-all-storage\n"
     "is given.",
     undefine_opts, run_undefine, 0, "undefine web --remove-all-storage"},
    {0},
};
