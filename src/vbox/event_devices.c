/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is told of a running machine's devices: discs put in and taken out, disks and USB devices that come
 * and go. */
#include "vbox/event.h"

/* ---- Drives ---- */

/* What libvirt calls a drive: "ide0-1-0", "sata0-0-2". The caller frees it. */
static char *drive_alias(struct vbox_watch *w, IMachine *machine, IMediumAttachment *attachment)
{
    static const char *const buses[] = {
        [StorageBus_IDE] = "ide",    [StorageBus_SATA] = "sata",       [StorageBus_SCSI] = "scsi",
        [StorageBus_Floppy] = "fdc", [StorageBus_SAS] = "scsi",        [StorageBus_USB] = "usb",
        [StorageBus_PCIe] = "nvme",  [StorageBus_VirtioSCSI] = "scsi",
    };
    VB_AUTO(IStorageController) controller = NULL;
    EB_AUTOFREE char *name = NULL;
    enum vb_StorageBus bus = StorageBus__none;
    int32_t port, device;

    if (IMediumAttachment_get_controller(w->c.vb, attachment, &name, NULL) < 0 ||
        IMediumAttachment_get_port(w->c.vb, attachment, &port, NULL) < 0 ||
        IMediumAttachment_get_device(w->c.vb, attachment, &device, NULL) < 0 ||
        IMachine_getStorageControllerByName(w->c.vb, machine, name, &controller, NULL) < 0 ||
        IStorageController_get_bus(w->c.vb, controller, &bus, NULL) < 0)
        return NULL;
    if ((size_t)bus >= EB_ARRAY_SIZE(buses) || !buses[bus])
        return NULL;
    if (bus == StorageBus_IDE)
        return eb_asprintf("%s0-%d-%d", buses[bus], port, device);
    return eb_asprintf("%s0-0-%d", buses[bus], bus == StorageBus_Floppy ? device : port);
}

/* The running machine that has the drive: `k` where the machine itself told, else the attachment knows. */
static struct vbox_known *of_drive(struct vbox_watch *w, struct vbox_known *k, IMediumAttachment *attachment,
                                   char **alias)
{
    VB_AUTO(IMachine) machine = k ? vb_object_ref(vbox_console_machine(k)) : NULL;
    unsigned char uuid[16];

    if (!k) {
        if (IMediumAttachment_get_machine(w->c.vb, attachment, &machine, NULL) < 0 || !machine ||
            vbox_machine_uuid(&w->c, machine, uuid, NULL) < 0)
            return NULL;
        k = vbox_watch_find(w, uuid);
    }
    if (!k || !machine || !vbox_life_is_active(&k->life))
        return NULL;
    *alias = drive_alias(w, machine, attachment);
    return *alias ? k : NULL;
}

static void tell_tray(struct vbox_watch *w, const struct vbox_known *k, char *alias, bool filled)
{
    struct eb_event *event = vbox_watch_event(k, EB_DOMAIN_EVENT_ID_TRAY_CHANGE);

    event->texts[0] = alias;
    event->numbers[0] = filled ? EB_DOMAIN_EVENT_TRAY_CHANGE_CLOSE : EB_DOMAIN_EVENT_TRAY_CHANGE_OPEN;
    vbox_watch_tell(w, event);
}

void vbox_watch_medium(struct vbox_watch *w, struct vbox_known *of, IMediumAttachment *attachment)
{
    EB_AUTOFREE char *alias = NULL;
    struct vbox_known *k = of_drive(w, of, attachment, &alias);
    enum vb_DeviceType type = DeviceType__none;
    VB_AUTO(IMedium) medium = NULL;

    if (k && IMediumAttachment_get_type(w->c.vb, attachment, &type, NULL) == 0 &&
        (type == DeviceType_DVD || type == DeviceType_Floppy) &&
        IMediumAttachment_get_medium(w->c.vb, attachment, &medium, NULL) == 0)
        tell_tray(w, k, EB_STEAL(alias), medium);
}

void vbox_watch_drive(struct vbox_watch *w, struct vbox_known *k, bool floppy)
{
    IMachine *machine = vbox_console_machine(k);
    VB_AUTO(IDVDDrive) dvd = NULL;
    VB_AUTO(IFloppyDrive) fd = NULL;
    enum vb_DriveState state = DriveState__none;

    if (!machine)
        return;
    if (floppy ? IMachine_get_floppyDrive(w->c.vb, machine, &fd, NULL) < 0 ||
                     IFloppyDrive_get_state(w->c.vb, fd, &state, NULL) < 0
               : IMachine_get_DVDDrive(w->c.vb, machine, &dvd, NULL) < 0 ||
                     IDVDDrive_get_state(w->c.vb, dvd, &state, NULL) < 0)
        return;
    tell_tray(w, k, eb_strdup(floppy ? "fdc0-0-0" : "ide0-1-0"), state != DriveState_NotMounted);
}

static void tell_device(struct vbox_watch *w, const struct vbox_known *k, int id, char *alias)
{
    struct eb_event *event = vbox_watch_event(k, (eb_domain_event_id)id);

    event->texts[0] = alias;
    vbox_watch_tell(w, event);
}

void vbox_watch_device(struct vbox_watch *w, struct vbox_known *of, IMediumAttachment *attachment,
                       bool removed)
{
    EB_AUTOFREE char *alias = NULL;
    struct vbox_known *k = of_drive(w, of, attachment, &alias);

    if (k)
        tell_device(w, k, removed ? EB_DOMAIN_EVENT_ID_DEVICE_REMOVED : EB_DOMAIN_EVENT_ID_DEVICE_ADDED,
                    EB_STEAL(alias));
}

/* ---- USB ---- */

void vbox_watch_usb(struct vbox_watch *w, struct vbox_known *k, IUSBDevice *device, bool attached,
                    bool failed)
{
    uint16_t vendor, product;
    int id = attached ? EB_DOMAIN_EVENT_ID_DEVICE_ADDED : EB_DOMAIN_EVENT_ID_DEVICE_REMOVED;

    /* one that could not be attached is none: whoever attached it got the error */
    if (!device || (failed && attached) || IUSBDevice_get_vendorId(w->c.vb, device, &vendor, NULL) < 0 ||
        IUSBDevice_get_productId(w->c.vb, device, &product, NULL) < 0)
        return;
    tell_device(w, k, failed ? EB_DOMAIN_EVENT_ID_DEVICE_REMOVAL_FAILED : id,
                eb_asprintf("usb-%04x:%04x", vendor, product));
}
