/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The host's devices: VirtualBox does not tell of them, so they are looked at while somebody wants to hear.
 */
#include "vbox/event.h"
#include "vbox/hostdev.h"

#include <time.h>

static int64_t now_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

void vbox_devices_forget(struct vbox_watch *w)
{
    vbox_nodedevs_free(w->devices, w->n_devices);
    w->devices = NULL;
    w->n_devices = 0;
}

static void tell(struct vbox_watch *w, const struct eb_nodedev_def *def, int id, int what)
{
    const struct eb_object_key key = {.name = def->base.name, .also = def->parent};

    eb_event_hub_emit(w->hub, eb_object_event_new(EB_OBJECT_NODEDEV, &key, id, what));
}

static struct eb_nodedev_def *find(struct eb_nodedev_def **defs, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++)
        if (eb_streq(defs[i]->base.name, name))
            return defs[i];
    return NULL;
}

static bool differ(const struct eb_nodedev_def *a, const struct eb_nodedev_def *b)
{
    EB_AUTOFREE char *x = eb_object_def_format(&a->base);
    EB_AUTOFREE char *y = eb_object_def_format(&b->base);

    return strcmp(x, y) != 0;
}

static void compare(struct vbox_watch *w, struct eb_nodedev_def **now, size_t n)
{
    for (size_t i = 0; i < w->n_devices; i++)
        if (!find(now, n, w->devices[i]->base.name))
            tell(w, w->devices[i], EB_NODEDEV_EVENT_ID_LIFECYCLE, EB_NODEDEV_EVENT_DELETED);
    for (size_t i = 0; i < n; i++) {
        const struct eb_nodedev_def *was = find(w->devices, w->n_devices, now[i]->base.name);

        if (!was)
            tell(w, now[i], EB_NODEDEV_EVENT_ID_LIFECYCLE, EB_NODEDEV_EVENT_CREATED);
        else if (differ(was, now[i]))
            tell(w, now[i], EB_NODEDEV_EVENT_ID_UPDATE, 0);
    }
}

void vbox_devices_tend(struct vbox_watch *w, int interval_ms)
{
    struct eb_nodedev_def **defs = NULL;
    int64_t now = now_ms();
    int n;

    if (!eb_event_hub_wants(w->hub, EB_EVENT_NODEDEV, EB_NODEDEV_EVENT_ID_LIFECYCLE) &&
        !eb_event_hub_wants(w->hub, EB_EVENT_NODEDEV, EB_NODEDEV_EVENT_ID_UPDATE)) {
        vbox_devices_forget(w);
        return;
    }
    if (w->devices && now < w->devices_due)
        return;
    w->devices_due = now + interval_ms;
    n = vbox_nodedevs_read(&w->c, w->vbox, &defs, NULL);
    if (n < 0)
        return;
    /* there is always the computer: none means that nobody listened until now */
    if (w->devices)
        compare(w, defs, (size_t)n);
    vbox_devices_forget(w);
    w->devices = defs;
    w->n_devices = (size_t)n;
}
