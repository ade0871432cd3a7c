/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* <filesystem>: shared folders. VirtualBox cannot change one, so what differs goes and comes anew. */
#include "vbox/machine.h"

static int read_folder(struct vm *vm, ISharedFolder *folder, struct eb_filesystem *fs, eb_error *err)
{
    bool writable = false, automount = false;
    char *point = NULL;

    if (ISharedFolder_get_name(vm->vb, folder, &fs->target, err) < 0 ||
        ISharedFolder_get_hostPath(vm->vb, folder, &fs->source, err) < 0 ||
        ISharedFolder_get_writable(vm->vb, folder, &writable, err) < 0)
        return -1;
    fs->type = eb_strdup("mount");
    fs->accessmode = eb_strdup("passthrough");
    fs->readonly = !writable;
    if (vb_has(vm->vb, VB_ISharedFolder_get_autoMount)) {
        if (ISharedFolder_get_autoMount(vm->vb, folder, &automount, err) < 0)
            return -1;
        fs->automount = automount ? EB_YES : EB_ABSENT;
    }
    if (!vb_has(vm->vb, VB_ISharedFolder_get_autoMountPoint))
        return 0;
    if (ISharedFolder_get_autoMountPoint(vm->vb, folder, &point, err) < 0)
        return -1;
    fs->automount_point = vm_take_text(&point);
    return 0;
}

int vm_read_folders(struct vm *vm, struct eb_domain_def *def, eb_error *err)
{
    ISharedFolder **list = NULL;
    size_t n = 0;
    int rc = IMachine_get_sharedFolders(vm->vb, vm->machine, &n, &list, err);

    for (size_t i = 0; rc == 0 && i < n; i++)
        rc = read_folder(vm, list[i], EB_APPEND(def->filesystems, def->n_filesystems), err);
    vb_objects_free(n, list);
    return rc;
}

int vm_check_folders(struct vm *vm, const struct eb_domain_def *def, eb_error *err)
{
    for (size_t i = 0; i < def->n_filesystems; i++) {
        const struct eb_filesystem *fs = &def->filesystems[i];
        const struct vm_refusal refusals[] = {
            {fs->type && strcmp(fs->type, "mount") != 0, "type of <filesystem> that is not mount"},
            {fs->accessmode && strcmp(fs->accessmode, "passthrough") != 0 &&
                 strcmp(fs->accessmode, "mapped") != 0,
             "attribute 'accessmode' of <filesystem>"},
            {fs->driver_type && strcmp(fs->driver_type, "path") != 0, "<driver> of <filesystem>"},
            {!fs->source, "<filesystem> without <source>"},
            {!fs->target, "<filesystem> without <target>"},
        };

        if (vm_refuse_said(vm, refusals, EB_ARRAY_SIZE(refusals), err) < 0)
            return -1;
        if (fs->automount == EB_YES && !vb_has(vm->vb, VB_ISharedFolder_get_autoMount))
            return vm_refuse_release(vm, err, "attribute 'automount' of <vbox:filesystem>");
        if (fs->automount_point && !vb_has(vm->vb, VB_ISharedFolder_get_autoMountPoint))
            return vm_refuse_release(vm, err, "attribute 'automount-point' of <vbox:filesystem>");
        for (size_t k = 0; k < i; k++)
            if (eb_streq(fs->target, def->filesystems[k].target))
                return eb_error_set(err, EB_ERR_XML_ERROR, "filesystem target '%s' specified twice",
                                    fs->target);
    }
    return 0;
}

static bool same(const struct eb_filesystem *a, const struct eb_filesystem *b)
{
    return eb_streq(a->target, b->target) && eb_streq(a->source, b->source) && a->readonly == b->readonly &&
           (a->automount == EB_YES) == (b->automount == EB_YES) &&
           vm_same_text(a->automount_point, b->automount_point);
}

static bool is_in(const struct eb_filesystem *fs, const struct eb_domain_def *def)
{
    for (size_t i = 0; i < def->n_filesystems; i++)
        if (same(fs, &def->filesystems[i]))
            return true;
    return false;
}

static int create(struct vm *vm, const struct eb_filesystem *fs, eb_error *err)
{
    bool automount = fs->automount == EB_YES;

    if (vb_has(vm->vb, VB_IMachine_createSharedFolder__point))
        return IMachine_createSharedFolder__point(vm->vb, vm->machine, fs->target, fs->source, !fs->readonly,
                                                  automount, fs->automount_point ? fs->automount_point : "",
                                                  err);
    if (vb_has(vm->vb, VB_IMachine_createSharedFolder__automount))
        return IMachine_createSharedFolder__automount(vm->vb, vm->machine, fs->target, fs->source,
                                                      !fs->readonly, automount, err);
    return IMachine_createSharedFolder__plain(vm->vb, vm->machine, fs->target, fs->source, !fs->readonly,
                                              err);
}

int vm_apply_folders(struct vm *vm, const struct eb_domain_def *def, eb_error *err)
{
    EB_AUTODEF struct eb_domain_def *is = eb_domain_def_new();

    if (vm_read_folders(vm, is, err) < 0)
        return -1;
    for (size_t i = 0; i < is->n_filesystems; i++)
        if (!is_in(&is->filesystems[i], def) &&
            IMachine_removeSharedFolder(vm->vb, vm->machine, is->filesystems[i].target, err) < 0)
            return -1;
    for (size_t i = 0; i < def->n_filesystems; i++)
        if (!is_in(&def->filesystems[i], is) && create(vm, &def->filesystems[i], err) < 0)
            return -1;
    return 0;
}
