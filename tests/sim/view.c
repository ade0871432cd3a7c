/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where an object's data lie, and whether they may be changed now. */
#include "model.h"

struct node *view_root(const struct object *o)
{
    struct node *s;

    switch (o->view) {
    case VIEW_GLOBAL:
        return global;
    case VIEW_MACHINE:
        return !o->machine->registered && o->machine->pending ? o->machine->pending : o->machine->config;
    case VIEW_SESSION:
        if (!session_valid(o))
            return NULL;
        return o->machine->pending ? o->machine->pending : o->machine->config;
    case VIEW_SNAPSHOT:
        s = snapshot_find(o->machine, o->snapshot);
        return node_child(s, "Machine", NULL);
    case VIEW_OWN:
        return o->own;
    }
    return NULL;
}

static bool inaccessible(const struct object *o)
{
    return o->machine && o->view == VIEW_MACHINE && o->machine->access_error;
}

/* What lived in a VM's process answers no more when that is gone. */
static bool of_process(const char *iface)
{
    static const char *const names[] = {
        "IConsole", "IDisplay",         "IGuest",          "IKeyboard",
        "IMouse",   "IMachineDebugger", "IVRDEServerInfo", "IRemoteDisplayInfo"};

    for (size_t i = 0; i < EB_ARRAY_SIZE(names); i++)
        if (eb_streq(names[i], iface))
            return true;
    return false;
}

static uint32_t gone(struct call *c)
{
    if (c->self->view == VIEW_SESSION && of_process(c->self->iface->name))
        return CALL_FAILED;
    return fail(c, E_ACCESSDENIED, "The object is not ready");
}

/* Below the root; a part that was never written has nothing in it yet. */
static struct node *part(struct node *root, const char *path)
{
    static struct node empty = {.tag = NULL};
    struct node *n = root && path && *path ? node_follow(root, path, false) : root;

    return n ? n : &empty;
}

/* Things that must be there, since they can be removed: their path ends in such a step. */
static bool removable(const char *path)
{
    static const char *const tags[] = {
        "StorageController#", "SharedFolder#",    "USBController#", "BandwidthGroup#",  "DHCPServer#",
        "NATNetwork#",        "HostOnlyNetwork#", "Medium#",        "USBDeviceFilter#", "HostInterface#"};

    for (size_t i = 0; i < EB_ARRAY_SIZE(tags); i++)
        if (strstr(path, tags[i]))
            return true;
    return false;
}

struct node *node_read(struct call *c, uint32_t *rc)
{
    struct object *o = c->self;
    struct node *root = view_root(o);

    *rc = S_OK;
    if (inaccessible(o)) {
        *rc = fail(c, E_ACCESSDENIED, "The object is not ready");
        return NULL;
    }
    if (!root || (o->path && removable(o->path) && !node_follow(root, o->path, false))) {
        *rc = gone(c);
        return NULL;
    }
    return part(root, o->path);
}

struct node *node_write(struct call *c, bool live, uint32_t *rc)
{
    struct object *o = c->self;
    struct machine *m = o->machine;

    if (!node_read(c, rc))
        return NULL;
    if (o->view == VIEW_GLOBAL || o->view == VIEW_OWN)
        return node_follow(view_root(o), o->path, true);
    if (o->view == VIEW_SNAPSHOT || (o->view == VIEW_MACHINE && m->registered) || machine_transient(m) ||
        (o->view == VIEW_SESSION && !live && (machine_online(m) || eb_streq(m->state, "Saved")))) {
        *rc = machine_bad_state(c, m);
        return NULL;
    }
    return node_follow(machine_pending(m), o->path, true);
}

void node_changed(struct call *c)
{
    if (c->self->view == VIEW_GLOBAL)
        save_global();
}
