/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "vbox/old_disks.h"

static int detach_medium(struct vbox_conn *c, IMachine *machine, IMediumAttachment *at,
                         struct vbox_old_disks *out, eb_error *err)
{
    VB_AUTO(IMedium) medium = NULL;
    EB_AUTOFREE char *controller = NULL;
    enum vb_DeviceType type;
    int32_t port, device;
    struct vb *vb = c->vb;

    if (IMediumAttachment_get_type(vb, at, &type, err) < 0 ||
        IMediumAttachment_get_medium(vb, at, &medium, err) < 0 ||
        IMediumAttachment_get_controller(vb, at, &controller, err) < 0 ||
        IMediumAttachment_get_port(vb, at, &port, err) < 0 ||
        IMediumAttachment_get_device(vb, at, &device, err) < 0 ||
        IMachine_detachDevice(vb, machine, controller, port, device, err) < 0)
        return -1;
    if (medium && type == DeviceType_HardDisk)
        *EB_APPEND(out->media, out->n_media) = EB_STEAL(medium);
    return 0;
}

static int detach_media(struct vbox_conn *c, IMachine *machine, struct vbox_old_disks *out, eb_error *err)
{
    IMediumAttachment **attachments = NULL;
    size_t n = 0;
    int result;

    result = IMachine_get_mediumAttachments(c->vb, machine, &n, &attachments, err);
    for (size_t i = 0; i < n && result == 0; i++)
        result = detach_medium(c, machine, attachments[i], out, err);
    vb_objects_free(n, attachments);
    return result;
}

static int detach_disk(struct vbox_conn *c, IMachine *machine, IHardDiskAttachment *at,
                       struct vbox_old_disks *out, eb_error *err)
{
    VB_AUTO(IHardDisk) disk = NULL;
    EB_AUTOFREE char *controller = NULL;
    int32_t port, device;
    struct vb *vb = c->vb;

    if (IHardDiskAttachment_get_hardDisk(vb, at, &disk, err) < 0 ||
        IHardDiskAttachment_get_controller(vb, at, &controller, err) < 0 ||
        IHardDiskAttachment_get_port(vb, at, &port, err) < 0 ||
        IHardDiskAttachment_get_device(vb, at, &device, err) < 0 ||
        IMachine_detachHardDisk(vb, machine, controller, port, device, err) < 0)
        return -1;
    if (disk)
        *EB_APPEND(out->disks, out->n_disks) = EB_STEAL(disk);
    return 0;
}

static int detach_disks(struct vbox_conn *c, IMachine *machine, struct vbox_old_disks *out, eb_error *err)
{
    IHardDiskAttachment **attachments = NULL;
    size_t n = 0;
    int result;

    result = IMachine_get_hardDiskAttachments(c->vb, machine, &n, &attachments, err);
    for (size_t i = 0; i < n && result == 0; i++)
        result = detach_disk(c, machine, attachments[i], out, err);
    vb_objects_free(n, attachments);
    return result;
}

int vbox_old_disks_detach(struct vbox_conn *c, IMachine *machine, struct vbox_old_disks *out, eb_error *err)
{
    VBOX_AUTOSESSION struct vbox_session s = {0};
    int result;

    if (vbox_session_open(c, machine, VBOX_LOCK_WRITE, &s, err) < 0)
        return -1;
    if (vb_has(c->vb, VB_IMachine_get_mediumAttachments))
        result = detach_media(c, s.machine, out, err);
    else
        result = detach_disks(c, s.machine, out, err);
    if (result == 0)
        result = IMachine_saveSettings(c->vb, s.machine, err);
    if (result < 0) {
        IMachine_discardSettings(c->vb, s.machine, NULL);
        vbox_old_disks_clear(out);
    }
    return result;
}

/* The id of a snapshot without children, below `snapshot`. */
static int leaf_id(struct vbox_conn *c, ISnapshot *snapshot, char **id, eb_error *err)
{
    ISnapshot **children = NULL;
    size_t n = 0;
    int result;

    if (ISnapshot_get_children(c->vb, snapshot, &n, &children, err) < 0)
        return -1;
    result = n > 0 ? leaf_id(c, children[0], id, err) : ISnapshot_get_id(c->vb, snapshot, id, err);
    vb_objects_free(n, children);
    return result;
}

static int merge_one(struct vbox_conn *c, struct vbox_session *s, eb_error *err)
{
    VB_AUTO(ISnapshot) root = NULL;
    VB_AUTO(IConsole) console = NULL;
    EB_AUTOFREE char *id = NULL;
    IProgress *progress = NULL;

    /* without an id: the first one */
    if (IMachine_getSnapshot(c->vb, s->machine, NULL, &root, err) < 0 || leaf_id(c, root, &id, err) < 0 ||
        ISession_get_console(c->vb, s->session, &console, err) < 0 ||
        IConsole_deleteSnapshot(c->vb, console, id, &progress, err) < 0)
        return -1;
    return vbox_wait(c, progress, "merge snapshots", err);
}

int vbox_old_snapshots_merge(struct vbox_conn *c, IMachine *machine, eb_error *err)
{
    VBOX_AUTOSESSION struct vbox_session s = {0};
    uint32_t left = 0;

    if (IMachine_get_snapshotCount(c->vb, machine, &left, err) < 0)
        return -1;
    if (left == 0)
        return 0;
    if (vbox_session_open(c, machine, VBOX_LOCK_WRITE, &s, err) < 0)
        return -1;
    for (; left > 0; left--)
        if (merge_one(c, &s, err) < 0)
            return -1;
    return 0;
}

static int delete_medium(struct vbox_conn *c, IMedium *medium, eb_error *err)
{
    IProgress *progress = NULL;
    char **users = NULL;
    size_t n = 0;

    if (IMedium_get_machineIds(c->vb, medium, &n, &users, err) < 0)
        return -1;
    vb_strings_free(n, users);
    if (n > 0)
        return 0;
    if (IMedium_deleteStorage(c->vb, medium, &progress, err) < 0)
        return -1;
    return vbox_wait(c, progress, "delete", err);
}

static int delete_disk(struct vbox_conn *c, IHardDisk *disk, eb_error *err)
{
    VB_AUTO(IMedium) medium = NULL;
    IProgress *progress = NULL;
    char **users = NULL;
    size_t n = 0;

    if (vb_cast(c->vb, disk, VB_IFACE_IMedium, (void **)&medium, err) < 0 ||
        IMedium_get_machineIds(c->vb, medium, &n, &users, err) < 0)
        return -1;
    vb_strings_free(n, users);
    if (n > 0)
        return 0;
    if (IHardDisk_deleteStorage(c->vb, disk, &progress, err) < 0)
        return -1;
    return vbox_wait(c, progress, "delete", err);
}

int vbox_old_disks_delete(struct vbox_conn *c, struct vbox_old_disks *disks, eb_error *err)
{
    for (size_t i = 0; i < disks->n_media; i++)
        if (delete_medium(c, disks->media[i], err) < 0)
            return -1;
    for (size_t i = 0; i < disks->n_disks; i++)
        if (delete_disk(c, disks->disks[i], err) < 0)
            return -1;
    return 0;
}

void vbox_old_disks_clear(struct vbox_old_disks *disks)
{
    vb_objects_free(disks->n_media, disks->media);
    vb_objects_free(disks->n_disks, disks->disks);
    *disks = (struct vbox_old_disks){0};
}
