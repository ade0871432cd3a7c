/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is told of a running machine's display, guest additions, memory and errors. */
#include "vbox/event.h"

/* ---- The remote display ---- */

static int read_clients(struct vbox_watch *w, IConsole *console, struct vbox_viewer *out)
{
    VB_AUTO(IVRDEServerInfo) info = NULL;
    struct vb *vb = w->c.vb;

    *out = (struct vbox_viewer){0};
    if (IConsole_get_VRDEServerInfo(vb, console, &info, NULL) < 0 ||
        IVRDEServerInfo_get_numberOfClients(vb, info, &out->n, NULL) < 0)
        return -1;
    if (IVRDEServerInfo_get_clientIP(vb, info, &out->address, NULL) < 0)
        out->address = NULL;
    if (IVRDEServerInfo_get_user(vb, info, &out->user, NULL) < 0)
        out->user = NULL;
    if (!vb_has(vb, VB_IVRDEServerInfo_get_port) || IVRDEServerInfo_get_port(vb, info, &out->port, NULL) < 0)
        out->port = 0;
    return 0;
}

void vbox_viewer_clear(struct vbox_viewer *viewer)
{
    free(viewer->address);
    free(viewer->user);
    *viewer = (struct vbox_viewer){0};
}

static int family_of(const char *address)
{
    return address && strchr(address, ':') ? EB_DOMAIN_EVENT_GRAPHICS_ADDRESS_IPV6
                                           : EB_DOMAIN_EVENT_GRAPHICS_ADDRESS_IPV4;
}

static void tell_viewer(struct vbox_watch *w, const struct vbox_known *k, int phase,
                        const struct vbox_viewer *viewer)
{
    struct eb_event *event = vbox_watch_event(k, EB_DOMAIN_EVENT_ID_GRAPHICS);

    event->numbers[0] = phase;
    event->numbers[1] = event->numbers[2] = family_of(viewer->address);
    event->texts[1] = viewer->port > 0 ? eb_asprintf("%d", viewer->port) : NULL;
    event->texts[2] = viewer->address ? eb_strdup(viewer->address) : NULL;
    vbox_watch_tell(w, event);
}

int vbox_watch_viewers_now(struct vbox_watch *w, IConsole *console, struct vbox_viewer *out)
{
    return vb_has(w->c.vb, VB_IConsole_get_VRDEServerInfo) ? read_clients(w, console, out) : -1;
}

/* One client at a time is described, the last that came. */
void vbox_watch_viewers(struct vbox_watch *w, struct vbox_known *k, IConsole *console,
                        struct vbox_viewer *last)
{
    struct vbox_viewer now;

    if (read_clients(w, console, &now) < 0)
        return;
    for (uint32_t n = last->n; n < now.n; n++) {
        tell_viewer(w, k, EB_DOMAIN_EVENT_GRAPHICS_CONNECT, &now);
        tell_viewer(w, k, EB_DOMAIN_EVENT_GRAPHICS_INITIALIZE, &now);
    }
    for (uint32_t n = now.n; n < last->n; n++)
        tell_viewer(w, k, EB_DOMAIN_EVENT_GRAPHICS_DISCONNECT, last);
    vbox_viewer_clear(last);
    *last = now;
}

/* ---- The guest additions ---- */

bool vbox_watch_additions_run(struct vbox_watch *w, IConsole *console)
{
    enum vb_AdditionsRunLevelType level = AdditionsRunLevelType__none;
    VB_AUTO(IGuest) guest = NULL;
    bool active = false;

    if (IConsole_get_guest(w->c.vb, console, &guest, NULL) < 0)
        return false;
    if (vb_has(w->c.vb, VB_IGuest_get_additionsRunLevel))
        return IGuest_get_additionsRunLevel(w->c.vb, guest, &level, NULL) == 0 &&
               (level == AdditionsRunLevelType_Userland || level == AdditionsRunLevelType_Desktop);
    return IGuest_get_additionsActive(w->c.vb, guest, &active, NULL) == 0 && active;
}

/* ---- Errors ---- */

/* VirtualBox does not say which disk it was. */
bool vbox_watch_error(struct vbox_watch *w, struct vbox_known *k, bool fatal, const char *id)
{
    static const eb_domain_event_id ids[] = {EB_DOMAIN_EVENT_ID_IO_ERROR, EB_DOMAIN_EVENT_ID_IO_ERROR_REASON};
    const char *reason = vbox_io_error_reason(id);

    for (size_t i = 0; reason && i < EB_ARRAY_SIZE(ids); i++) {
        struct eb_event *event = vbox_watch_event(k, ids[i]);

        /* the machine is paused for it, unless it cannot go on at all */
        event->numbers[0] = fatal ? EB_DOMAIN_EVENT_IO_ERROR_REPORT : EB_DOMAIN_EVENT_IO_ERROR_PAUSE;
        event->texts[2] = eb_strdup(reason);
        vbox_watch_tell(w, event);
    }
    return reason && !fatal;
}

/* ---- Memory ---- */

/* The console knows; the machine as VBoxSVC has it only once someone saved its settings. */
void vbox_watch_balloon(struct vbox_watch *w, struct vbox_known *k, struct vbox_session *session, bool tell)
{
    VB_AUTO(IGuest) guest = NULL;
    uint32_t balloon, memory;
    struct eb_event *event;

    if (!vb_has(w->c.vb, VB_IGuest_get_memoryBalloonSize) ||
        IConsole_get_guest(w->c.vb, session->console, &guest, NULL) < 0 ||
        IGuest_get_memoryBalloonSize(w->c.vb, guest, &balloon, NULL) < 0)
        return;
    if (tell && balloon != k->balloon &&
        IMachine_get_memorySize(w->c.vb, session->machine, &memory, NULL) == 0 && memory > balloon) {
        event = vbox_watch_event(k, EB_DOMAIN_EVENT_ID_BALLOON_CHANGE);
        event->numbers[0] = (int64_t)(memory - balloon) * 1024;
        vbox_watch_tell(w, event);
    }
    k->balloon = balloon;
}
