/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a running machine has for itself alone: transient shared folders, USB devices that it holds. */
#include "vbox/device_ops.h"

/* ---- Shared folders ---- */

static int create_folder(struct vbox_edit *e, const struct eb_filesystem *fs, eb_error *err)
{
    struct vb *vb = e->c->vb;
    bool automount = fs->automount == EB_YES;

    if (vb_has(vb, VB_IConsole_createSharedFolder__point))
        return IConsole_createSharedFolder__point(vb, e->s.console, fs->target, fs->source, !fs->readonly,
                                                  automount, fs->automount_point ? fs->automount_point : "",
                                                  err);
    if (vb_has(vb, VB_IConsole_createSharedFolder__automount))
        return IConsole_createSharedFolder__automount(vb, e->s.console, fs->target, fs->source, !fs->readonly,
                                                      automount, err);
    return IConsole_createSharedFolder__plain(vb, e->s.console, fs->target, fs->source, !fs->readonly, err);
}

static int has_transient_folder(struct vbox_edit *e, const char *name, bool *out, eb_error *err)
{
    ISharedFolder **list = NULL;
    size_t n = 0;
    int rc = IConsole_get_sharedFolders(e->c->vb, e->s.console, &n, &list, err);

    *out = false;
    for (size_t i = 0; rc == 0 && i < n; i++) {
        EB_AUTOFREE char *is = NULL;

        rc = ISharedFolder_get_name(e->c->vb, list[i], &is, err);
        *out = *out || (rc == 0 && strcmp(is, name) == 0);
    }
    vb_objects_free(n, list);
    return rc;
}

/* ---- USB devices ---- */

static int usb_id(struct vbox_edit *e, void *device, const struct eb_hostdev *dev, char **id, eb_error *err)
{
    struct vb *vb = e->c->vb;
    uint16_t vendor = 0, product = 0;

    if (IUSBDevice_get_vendorId(vb, device, &vendor, err) < 0 ||
        IUSBDevice_get_productId(vb, device, &product, err) < 0)
        return -1;
    if (*id || vendor != dev->vendor || product != dev->product)
        return 0;
    return IUSBDevice_get_id(vb, device, id, err);
}

static int find_host_device(struct vbox_edit *e, const struct eb_hostdev *dev, char **id, eb_error *err)
{
    VB_AUTO(IHost) host = NULL;
    IHostUSBDevice **list = NULL;
    size_t n = 0;
    int rc;

    if (IVirtualBox_get_host(e->c->vb, e->vbox, &host, err) < 0 ||
        IHost_get_USBDevices(e->c->vb, host, &n, &list, err) < 0)
        return -1;
    rc = 0;
    for (size_t i = 0; rc == 0 && i < n; i++)
        rc = usb_id(e, list[i], dev, id, err);
    vb_objects_free(n, list);
    return rc;
}

static int find_guest_device(struct vbox_edit *e, const struct eb_hostdev *dev, char **id, eb_error *err)
{
    IUSBDevice **list = NULL;
    size_t n = 0;
    int rc = IConsole_get_USBDevices(e->c->vb, e->s.console, &n, &list, err);

    for (size_t i = 0; rc == 0 && i < n; i++)
        rc = usb_id(e, list[i], dev, id, err);
    vb_objects_free(n, list);
    return rc;
}

static int attach_usb(struct vbox_edit *e, const struct eb_hostdev *dev, eb_error *err)
{
    EB_AUTOFREE char *id = NULL;

    if (find_host_device(e, dev, &id, err) < 0)
        return -1;
    if (!id)
        return eb_error_set_from(err, EB_FROM_VBOX, EB_ERR_OPERATION_FAILED,
                                 "this host has no USB device %04x:%04x", dev->vendor, dev->product);
    if (vb_has(e->c->vb, VB_IConsole_attachUSBDevice__capture))
        return IConsole_attachUSBDevice__capture(e->c->vb, e->s.console, id, "", err);
    return IConsole_attachUSBDevice__plain(e->c->vb, e->s.console, id, err);
}

/* ---- The operations ---- */

int vbox_live_attach(struct vbox_edit *e, const struct eb_device *dev, eb_error *err)
{
    if (dev->type == EB_DEVICE_FILESYSTEM)
        return create_folder(e, dev->def->filesystems, err) < 0 ? -1 : 1;
    if (dev->type == EB_DEVICE_HOSTDEV && eb_streq(dev->def->hostdevs->type, "usb"))
        return attach_usb(e, dev->def->hostdevs, err) < 0 ? -1 : 1;
    return 0;
}

int vbox_live_detach(struct vbox_edit *e, const struct eb_device *dev, eb_error *err)
{
    VB_AUTO(IUSBDevice) gone = NULL;
    EB_AUTOFREE char *id = NULL;
    bool transient = false;

    if (dev->type == EB_DEVICE_FILESYSTEM) {
        const char *name = dev->def->filesystems->target;

        if (has_transient_folder(e, name, &transient, err) < 0)
            return -1;
        if (!transient)
            return 0;
        return IConsole_removeSharedFolder(e->c->vb, e->s.console, name, err) < 0 ? -1 : 1;
    }
    if (dev->type != EB_DEVICE_HOSTDEV)
        return 0;
    if (find_guest_device(e, dev->def->hostdevs, &id, err) < 0)
        return -1;
    if (!id)
        return 0;
    return IConsole_detachUSBDevice(e->c->vb, e->s.console, id, &gone, err) < 0 ? -1 : 1;
}
