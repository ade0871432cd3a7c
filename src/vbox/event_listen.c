/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* VirtualBox's events, 4.0 and later: a passive listener, and a table of what is listened to. */
#include "vbox/event.h"

static void state_changed(struct vbox_watch *w, void *event)
{
    EB_AUTOFREE char *id = NULL;
    enum vb_MachineState state;

    if (IMachineEvent_get_machineId(w->c.vb, event, &id, NULL) == 0 &&
        IMachineStateChangedEvent_get_state(w->c.vb, event, &state, NULL) == 0)
        vbox_watch_state(w, id, state);
}

static void data_changed(struct vbox_watch *w, void *event)
{
    EB_AUTOFREE char *id = NULL;
    bool temporary = false;

    /* what a session has set and not saved is no change yet */
    if (IMachineEvent_get_machineId(w->c.vb, event, &id, NULL) < 0 ||
        (vb_has(w->c.vb, VB_IMachineDataChangedEvent_get_temporary) &&
         IMachineDataChangedEvent_get_temporary(w->c.vb, event, &temporary, NULL) < 0))
        return;
    if (!temporary)
        vbox_watch_data(w, id);
}

static void registered(struct vbox_watch *w, void *event)
{
    EB_AUTOFREE char *id = NULL;
    bool is;

    if (IMachineEvent_get_machineId(w->c.vb, event, &id, NULL) == 0 &&
        IMachineRegisteredEvent_get_registered(w->c.vb, event, &is, NULL) == 0)
        vbox_watch_registered(w, id, is);
}

static void extra_data_changed(struct vbox_watch *w, void *event)
{
    EB_AUTOFREE char *id = NULL;
    EB_AUTOFREE char *key = NULL;
    EB_AUTOFREE char *value = NULL;

    if (IExtraDataChangedEvent_get_machineId(w->c.vb, event, &id, NULL) == 0 &&
        IExtraDataChangedEvent_get_key(w->c.vb, event, &key, NULL) == 0 &&
        IExtraDataChangedEvent_get_value(w->c.vb, event, &value, NULL) == 0)
        vbox_watch_extra_data(w, id, key, value);
}

static void property_changed(struct vbox_watch *w, void *event)
{
    EB_AUTOFREE char *id = NULL;
    EB_AUTOFREE char *name = NULL;
    EB_AUTOFREE char *value = NULL;

    if (IMachineEvent_get_machineId(w->c.vb, event, &id, NULL) == 0 &&
        IGuestPropertyChangedEvent_get_name(w->c.vb, event, &name, NULL) == 0 &&
        IGuestPropertyChangedEvent_get_value(w->c.vb, event, &value, NULL) == 0)
        vbox_watch_property(w, id, name, value);
}

static void medium_changed(struct vbox_watch *w, void *event)
{
    VB_AUTO(IMediumAttachment) attachment = NULL;

    if (IMediumChangedEvent_get_mediumAttachment(w->c.vb, event, &attachment, NULL) == 0 && attachment)
        vbox_watch_medium(w, NULL, attachment);
}

static void device_changed(struct vbox_watch *w, void *event)
{
    VB_AUTO(IMediumAttachment) attachment = NULL;
    bool removed;

    if (IStorageDeviceChangedEvent_get_storageDevice(w->c.vb, event, &attachment, NULL) == 0 && attachment &&
        IStorageDeviceChangedEvent_get_removed(w->c.vb, event, &removed, NULL) == 0)
        vbox_watch_device(w, NULL, attachment, removed);
}

static const struct {
    enum vb_VBoxEventType type;
    enum vb_iface_id iface;
    enum vb_member member; /* without it the event says nothing */
    void (*heard)(struct vbox_watch *w, void *event);
} kinds[] = {
    {VBoxEventType_OnMachineStateChanged, VB_IFACE_IMachineStateChangedEvent,
     VB_IMachineStateChangedEvent_get_state, state_changed},
    {VBoxEventType_OnMachineDataChanged, VB_IFACE_IMachineDataChangedEvent, VB_IMachineEvent_get_machineId,
     data_changed},
    {VBoxEventType_OnMachineRegistered, VB_IFACE_IMachineRegisteredEvent,
     VB_IMachineRegisteredEvent_get_registered, registered},
    {VBoxEventType_OnExtraDataChanged, VB_IFACE_IExtraDataChangedEvent, VB_IExtraDataChangedEvent_get_key,
     extra_data_changed},
    {VBoxEventType_OnGuestPropertyChanged, VB_IFACE_IGuestPropertyChangedEvent,
     VB_IGuestPropertyChangedEvent_get_name, property_changed},
    /* from VirtualBox itself; before, only a running machine's console told */
    {VBoxEventType_OnMediumChanged, VB_IFACE_IMediumChangedEvent, VB_IMediumAttachment_get_machine,
     medium_changed},
    {VBoxEventType_OnStorageDeviceChanged, VB_IFACE_IStorageDeviceChangedEvent,
     VB_IMediumAttachment_get_machine, device_changed},
};

bool vbox_listener_possible(const struct vb *vb)
{
    return vb_has(vb, VB_IVirtualBox_get_eventSource) && vb_has(vb, VB_IEventSource_createListener) &&
           vb_has(vb, VB_IEventSource_registerListener) && vb_has(vb, VB_IEventSource_getEvent) &&
           vb_has(vb, VB_IEventSource_eventProcessed);
}

bool vbox_listener_hears(const struct vb *vb, enum vb_VBoxEventType type)
{
    for (size_t i = 0; i < EB_ARRAY_SIZE(kinds); i++) {
        if (kinds[i].type == type)
            return vb_enum_has(vb, VB_ENUM_VBoxEventType, (int)type) && vb_has(vb, kinds[i].member);
    }
    return false;
}

int vbox_listener_open(struct vbox_watch *w, struct vbox_listener *out, eb_error *err)
{
    enum vb_VBoxEventType types[EB_ARRAY_SIZE(kinds)];
    struct vb *vb = w->c.vb;
    size_t n = 0;

    for (size_t i = 0; i < EB_ARRAY_SIZE(kinds); i++) {
        if (vbox_listener_hears(vb, kinds[i].type))
            types[n++] = kinds[i].type;
    }
    *out = (struct vbox_listener){0};
    if (IVirtualBox_get_eventSource(vb, w->vbox, &out->source, err) == 0 &&
        IEventSource_createListener(vb, out->source, &out->listener, err) == 0 &&
        IEventSource_registerListener(vb, out->source, out->listener, n, types, false, err) == 0)
        return 0;
    vb_unref(out->listener);
    vb_unref(out->source);
    *out = (struct vbox_listener){0};
    return -1;
}

static void handle(struct vbox_watch *w, IEvent *event)
{
    enum vb_VBoxEventType type;
    void *cast = NULL;

    if (IEvent_get_type(w->c.vb, event, &type, NULL) < 0)
        return;
    for (size_t i = 0; i < EB_ARRAY_SIZE(kinds); i++) {
        if (kinds[i].type != type || vb_cast(w->c.vb, event, kinds[i].iface, &cast, NULL) < 0)
            continue;
        kinds[i].heard(w, cast);
        vb_unref(cast);
        return;
    }
}

int vbox_listener_hear(struct vbox_watch *w, struct vbox_listener *l, int timeout_ms, eb_error *err)
{
    VB_AUTO(IEvent) event = NULL;

    if (IEventSource_getEvent(w->c.vb, l->source, l->listener, timeout_ms, &event, err) < 0)
        return -1;
    if (!event)
        return 0;
    handle(w, event);
    return IEventSource_eventProcessed(w->c.vb, l->source, l->listener, event, err) < 0 ? -1 : 1;
}

void vbox_listener_close(struct vbox_watch *w, struct vbox_listener *l)
{
    if (l->listener)
        IEventSource_unregisterListener(w->c.vb, l->source, l->listener, NULL);
    vb_unref(l->listener);
    vb_unref(l->source);
    *l = (struct vbox_listener){0};
}
