/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whole machines: clones, and machines that move. */
#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "medium.h"

/* A copy of the disk beside the machine. Its id is the caller's; NULL: there was none to copy. */
static char *copy_disk(const char *id, const char *folder, const char *name, unsigned number, bool link)
{
    const struct node *disk = medium_node(id);
    EB_AUTOFREE char *fresh = id_new(), *location = NULL;
    struct node *copy;

    if (!disk || node_bool(disk, "hostDrive") || !eb_streq(node_get_or(disk, "deviceType", ""), "HardDisk"))
        return NULL;
    location = eb_asprintf("%s/%s-disk%u.vdi", folder, name, number);
    copy = node_need(global, "Medium", fresh);
    node_set(copy, "location", location);
    node_set(copy, "format", "VDI");
    node_set(copy, "deviceType", "HardDisk");
    node_set(copy, "logicalSize", node_get_or(disk, "logicalSize", "0"));
    if (link) {
        node_set(copy, "parent", id);
        node_set(copy, "variant", "Diff");
    }
    medium_write_file(NULL, copy);
    medium_registered(copy, true);
    return EB_STEAL(fresh);
}

static void new_addresses(struct node *config)
{
    for (size_t i = 0; i < config->n; i++)
        if (strcmp(config->children[i]->tag, "NetworkAdapter") == 0)
            node_set(config->children[i], "MACAddress", NULL);
}

static uint32_t clone_to(struct call *c)
{
    struct object *o = arg_obj(c, "target");
    struct machine *from = c->self->machine, *to = o ? o->machine : NULL;
    bool link = arg_flag(c, "options", "CloneOptions", "Link"),
         keep = arg_flag(c, "options", "CloneOptions", "KeepAllMACs");
    EB_AUTOFREE char *name = NULL, *folder = NULL;
    struct node *config;
    unsigned number = 0;
    uint32_t rc;

    if (!node_read(c, &rc))
        return rc;
    if (!to || to->registered)
        return fail(c, E_INVALIDARG, "The target machine must be a new one");
    if (link && c->self->view != VIEW_SNAPSHOT)
        return fail(c, E_INVALIDARG, "Linked clone can only be created from a snapshot");
    if (machine_online(from) && c->self->view != VIEW_SNAPSHOT)
        return fail(c, VBOX_E_INVALID_VM_STATE, "The machine is running (machine state: %s)", from->state);
    name = eb_strdup(node_get_or(view_root(o), "name", ""));
    folder = machine_folder(to);
    config = node_copy(view_root(c->self));
    eb_replace_string(&config->id, to->id);
    node_set(config, "name", name);
    node_set(config, "hardwareUUID", NULL);
    if (!keep)
        new_addresses(config);
    for (size_t i = 0; i < config->n; i++) {
        EB_AUTOFREE char *copy =
            strcmp(config->children[i]->tag, "Attachment") == 0
                ? copy_disk(node_get(config->children[i], "medium"), folder, name, ++number, link)
                : NULL;

        if (copy)
            node_set(config->children[i], "medium", copy);
    }
    save_global();
    node_free(to->config);
    node_free(EB_STEAL(to->pending));
    to->config = config;
    rc = machine_save(c, to);
    if (rc == S_OK)
        ret_obj(c, progress_begin(c, "Cloning Machine", true, NULL)->object);
    return rc;
}

static uint32_t move_to(struct call *c)
{
    struct machine *m = c->self->machine;
    EB_AUTOFREE char *old = NULL, *moved = NULL, *file = NULL;
    uint32_t rc;

    if (!node_read(c, &rc))
        return rc;
    if (c->self->view != VIEW_SESSION || machine_online(m))
        return machine_bad_state(c, m);
    old = machine_folder(m);
    moved = eb_asprintf("%s/%s", arg_str(c, "folder"), strrchr(old, '/') + 1);
    if (rename(old, moved) != 0)
        return fail(c, VBOX_E_FILE_ERROR, "Could not move '%s' to '%s': %s", old, moved, strerror(errno));
    file = eb_asprintf("%s%s", moved, m->settings_file + strlen(old));
    for (size_t i = 0; i < global->n; i++) {
        const char *location = node_get(global->children[i], "location");

        if (location && eb_starts_with(location, old) && location[strlen(old)] == '/') {
            EB_AUTOFREE char *now = eb_asprintf("%s%s", moved, location + strlen(old));

            node_set(global->children[i], "location", now);
        }
    }
    eb_replace_string(&m->settings_file, file);
    node_set(node_need(global, "MachineEntry", m->id), "src", file);
    save_global();
    ret_obj(c, progress_begin(c, "Moving machine", true, NULL)->object);
    return S_OK;
}

const struct member clone_members[] = {
    {"IMachine.cloneTo", clone_to},
    {"IMachine.moveTo", move_to},
    {NULL, NULL},
};
