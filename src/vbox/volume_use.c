/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Files that VirtualBox knows. What changes under it would be another image than the one it has noted, so a
 * file that a machine has, or that others are differences to, is left alone; one that is merely known is
 * closed before it changes and opened again after.
 */
#include "vbox/domain.h"
#include "vbox/storage.h"

#include <limits.h>

/* A machine that has it, by name, or NULL. */
static int find_user(struct vbox_conn *c, IMedium *medium, char **out, eb_error *err)
{
    char **users = NULL;
    size_t n = 0;

    *out = NULL;
    if (IMedium_get_machineIds(c->vb, medium, &n, &users, err) < 0)
        return -1;
    if (n > 0) {
        VB_AUTO(IMachine) machine = NULL;
        unsigned char uuid[16];

        if (!eb_uuid_parse(users[0], uuid) || vbox_machine_find(c, uuid, &machine, NULL) < 0 ||
            vbox_machine_name(c, machine, out, NULL) < 0)
            *out = eb_strdup(users[0]);
    }
    vb_strings_free(n, users);
    return 0;
}

/* Until 3.0 only hard disks have any. */
static int has_children(struct vbox_conn *c, IMedium *medium, bool *out, eb_error *err)
{
    VB_AUTO(IHardDisk) disk = NULL;
    IHardDisk **disks = NULL;
    IMedium **media = NULL;
    void *as = NULL;
    size_t n = 0;
    int result = 0;

    if (vb_has(c->vb, VB_IMedium_get_children)) {
        result = IMedium_get_children(c->vb, medium, &n, &media, err);
        vb_objects_free(n, media);
    } else if (vb_cast(c->vb, medium, VB_IFACE_IHardDisk, &as, NULL) == 0) {
        disk = as;
        result = IHardDisk_get_children(c->vb, disk, &n, &disks, err);
        vb_objects_free(n, disks);
    }
    *out = n > 0;
    return result;
}

static int check_unused(struct vbox_conn *c, IMedium *medium, const char *path, eb_error *err)
{
    EB_AUTOFREE char *user = NULL;
    bool children = false;

    if (find_user(c, medium, &user, err) < 0 || has_children(c, medium, &children, err) < 0)
        return -1;
    if (user)
        return eb_error_set(err, EB_ERR_OPERATION_INVALID, "volume '%s' is in use by domain '%s'", path,
                            user);
    return children ? eb_error_set(err, EB_ERR_OPERATION_INVALID,
                                   "volume '%s' is in use by images that hold differences to it", path)
                    : 0;
}

int vbox_volume_hold(struct vbox_conn *c, IVirtualBox *vbox, const char *path, struct vbox_volume_hold *out,
                     eb_error *err)
{
    static const enum vb_DeviceType kinds[] = {DeviceType_HardDisk, DeviceType_DVD, DeviceType_Floppy};
    struct vm vm = {.c = c, .vb = c->vb, .vbox = vbox};
    EB_AUTOFREE char *real = realpath(path, NULL);
    const char *const names[] = {path, real && !eb_streq(real, path) ? real : NULL};

    memset(out, 0, sizeof(*out));
    out->c = c;
    out->vbox = vbox;
    for (size_t i = 0; i < EB_ARRAY_SIZE(names) * EB_ARRAY_SIZE(kinds) && !out->medium; i++) {
        const char *name = names[i / EB_ARRAY_SIZE(kinds)];

        out->type = kinds[i % EB_ARRAY_SIZE(kinds)];
        if (name && vm_image_find(&vm, name, out->type, &out->medium, err) < 0)
            return -1;
        if (out->medium)
            out->path = eb_strdup(name);
    }
    if (!out->medium || check_unused(c, out->medium, path, err) == 0)
        return 0;
    vbox_volume_release(out);
    return -1;
}

int vbox_volume_close(struct vbox_volume_hold *hold, eb_error *err)
{
    if (!hold->medium || IMedium_close(hold->c->vb, hold->medium, err) < 0)
        return hold->medium ? -1 : 0;
    hold->closed = true;
    return 0;
}

void vbox_volume_release(struct vbox_volume_hold *hold)
{
    struct vm vm = {.c = hold->c, .vb = hold->c ? hold->c->vb : NULL, .vbox = hold->vbox};
    EB_AUTOERROR eb_error why = EB_ERROR_INIT;
    VB_AUTO(IMedium) again = NULL;

    if (hold->closed && vm_image_open(&vm, hold->path, hold->type, &again, &why) < 0)
        eb_log(EB_LOG_WARN, "vbox", "VirtualBox knows '%s' no more: %s", hold->path, eb_error_message(&why));
    vb_unref(hold->medium);
    free(hold->path);
    memset(hold, 0, sizeof(*hold));
}
