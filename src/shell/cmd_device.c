/* SPDX-License-Identifier: LGPL-2.1-or-later */
/** @file cmd_device.c Commands that change a domain's devices. */
#include "shell/opts.h"

#define DEVICE_OPTS                                                                                          \
    OPT_DOMAIN(complete_domain), OPT_FILE("file with the device's XML"),                                     \
        OPT_FLAG("persistent", "the running domain, if it runs, and its definition"), OPTS_AFFECT

static const struct opt device_opts[] = {DEVICE_OPTS, OPTS_END};
static const struct opt update_opts[] = {
    DEVICE_OPTS,
    OPT_FLAG("force", "even against the guest's will, as for a locked drive"),
    OPTS_END,
};

typedef int (*device_fn)(eb_domain *, const char *, unsigned, eb_error *);

static int change_device(struct shell *sh, const struct args *args, device_fn call, const char *failed,
                         const char *done)
{
    EB_AUTOFREE char *xml = NULL;
    const char *file;
    unsigned flags;

    if (args_exclusive(sh, args, "persistent", "current") < 0 || sh_affect(sh, args, &flags) < 0)
        return -1;
    AUTO_DOMAIN dom = sh_domain(sh, args, BY_ANY);
    if (!dom || args_string(sh, args, "file", &file) < 0)
        return -1;
    if (args_has(args, "persistent")) {
        flags |= EB_AFFECT_CONFIG;
        if (eb_domain_is_active(dom, &sh->error) == 1)
            flags |= EB_AFFECT_LIVE;
    }
    if (args_has(args, "force"))
        flags |= EB_DEVICE_FORCE;
    if (sh_read_file(sh, file, &xml) < 0)
        return -1;
    if (call(dom, xml, flags, &sh->error) < 0)
        return sh_error(sh, "Failed to %s device from %s", failed, file);
    sh_extra(sh, "Device %s successfully\n", done);
    return 0;
}

static int run_attach(struct shell *sh, const struct args *args)
{
    return change_device(sh, args, eb_domain_attach_device, "attach", "attached");
}

static int run_detach(struct shell *sh, const struct args *args)
{
    return change_device(sh, args, eb_domain_detach_device, "detach", "detached");
}

static int run_update(struct shell *sh, const struct args *args)
{
    return change_device(sh, args, eb_domain_update_device, "update", "updated");
}

/* ---- blockresize ---- */

static const struct opt blockresize_opts[] = {
    OPT_DOMAIN(complete_domain),
    {"path", OPT_DATA, 0, "the disk's target, or the path of its image", complete_disk},
    {"size", OPT_NUMBER, 0, "the new size, with a unit (KiB without one)", NULL},
    OPTS_END,
};

static int run_blockresize(struct shell *sh, const struct args *args)
{
    AUTO_DOMAIN dom = NULL;
    const char *path;
    uint64_t bytes;

    if (args_string(sh, args, "path", &path) < 1 || args_bytes(sh, args, "size", 1024, &bytes) < 1 ||
        !(dom = sh_domain(sh, args, BY_ANY)))
        return -1;
    if (eb_domain_block_resize(dom, path, bytes, EB_BLOCK_RESIZE_BYTES, &sh->error) < 0)
        return sh_error(sh, "Failed to resize block device '%s'", path);
    sh_extra(sh, "Block device '%s' is resized\n", path);
    return 0;
}

const struct command commands_device[] = {
    {"blockresize", "make one of a domain's disks larger",
     "VirtualBox does so while the domain does not run.", blockresize_opts, run_blockresize, 0,
     "blockresize web sda 40G"},
    {"attach-device", "add a device to a domain", NULL, device_opts, run_attach, 0,
     "attach-device web disk.xml --config"},
    {"detach-device", "remove a device from a domain", NULL, device_opts, run_detach, 0,
     "detach-device web disk.xml --config"},
    {"update-device", "change a device of a domain: its medium, its link, its network", NULL, update_opts,
     run_update, 0, "update-device web cdrom.xml --live"},
    {0},
};
