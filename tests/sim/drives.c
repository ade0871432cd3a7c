/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The one DVD and the one floppy drive of machines before 3.1; and differences that machines get on their
 * disks. */
#include <stdio.h>
#include <sys/stat.h>

#include "storage.h"

static uint32_t get_dvd(struct call *c)
{
    ret_obj(c, object_part(c->self, "IDVDDrive", "DVDDrive"));
    return S_OK;
}

static uint32_t get_floppy(struct call *c)
{
    ret_obj(c, object_part(c->self, "IFloppyDrive", "FloppyDrive"));
    return S_OK;
}

static uint32_t get_state(struct call *c)
{
    uint32_t rc;
    struct node *n = node_read(c, &rc);
    const struct node *m = n ? medium_node(node_get(n, "medium")) : NULL;

    if (n)
        ret_text(c, !m ? "NotMounted" : node_bool(m, "hostDrive") ? "HostDriveCaptured" : "ImageMounted");
    return rc;
}

static uint32_t put(struct call *c, const char *medium)
{
    uint32_t rc;
    struct node *n = node_write(c, true, &rc);
    bool dvd = eb_streq(c->self->iface->name, "IDVDDrive");

    if (!n)
        return rc;
    if (medium && !medium_node(medium))
        return not_found(c, "Could not find an open image with UUID {%s}", medium);
    node_set(n, "medium", medium);
    if (machine_online(c->self->machine))
        event_console(c->self->machine, dvd ? "OnDVDDriveChanged" : "OnFloppyDriveChanged", NULL, NULL);
    return S_OK;
}

static uint32_t mount_image(struct call *c)
{
    char id[37];

    id_normal(arg_str(c, "imageId"), id);
    return put(c, id);
}

static uint32_t capture(struct call *c)
{
    const char *id = medium_id(arg_obj(c, "drive"));

    return id ? put(c, id) : fail(c, E_INVALIDARG, "Invalid host drive");
}

static uint32_t unmount(struct call *c)
{
    return put(c, NULL);
}

static uint32_t get_medium(struct call *c, bool host)
{
    uint32_t rc;
    struct node *n = node_read(c, &rc);
    const struct node *m = n ? medium_node(node_get(n, "medium")) : NULL;

    if (m && node_bool(m, "hostDrive") == host)
        ret_obj(c, medium_object(m->id));
    return rc;
}

static uint32_t get_image(struct call *c)
{
    return get_medium(c, false);
}

static uint32_t get_host_drive(struct call *c)
{
    return get_medium(c, true);
}

static uint32_t get_flag(struct call *c)
{
    uint32_t rc;
    struct node *n = node_read(c, &rc);

    if (n)
        ret_num(c, node_bool(n, c->slot->name) ||
                       (eb_streq(c->slot->name, "enabled") && !node_get(n, c->slot->name)));
    return rc;
}

static uint32_t set_flag(struct call *c)
{
    uint32_t rc;
    struct node *n = node_write(c, false, &rc);

    if (n)
        node_set(n, c->slot->name, c->in[0].num ? "1" : "0");
    return rc;
}

/* ---- differences ---- */

static bool in_snapshots(const struct node *snapshots, const char *id)
{
    for (size_t i = 0; i < snapshots->n; i++) {
        const struct node *n = snapshots->children[i];

        if (eb_streq(node_get(n, "medium"), id) || in_snapshots(n, id))
            return true;
    }
    return false;
}

static bool takes_diff(const struct node *attachment)
{
    const struct node *m = medium_node(node_get(attachment, "medium"));
    const char *type = m ? node_get_or(m, "type", "Normal") : "";

    return m && strcmp(attachment->tag, "Attachment") == 0 &&
           eb_streq(node_get(attachment, "type"), "HardDisk") && !eb_streq(type, "Writethrough") &&
           !eb_streq(type, "Shareable");
}

static void give_diff(struct machine *m, struct node *attachment)
{
    EB_AUTOFREE char *folder = machine_snapshot_folder(m);
    EB_AUTOFREE char *id = medium_make_diff(node_get(attachment, "medium"), folder);

    node_set(attachment, "medium", id);
}

void storage_make_diffs(struct machine *m, struct node *config)
{
    for (size_t i = 0; i < config->n; i++)
        if (takes_diff(config->children[i]))
            give_diff(m, config->children[i]);
}

/* Disks that may not be written to themselves: immutable ones, and bases of others. */
void storage_implicit_diffs(struct machine *m, struct node *config)
{
    for (size_t i = 0; i < config->n; i++) {
        struct node *a = config->children[i];
        const struct node *disk = medium_node(node_get(a, "medium"));
        const char *type = disk ? node_get_or(disk, "type", "Normal") : "";
        bool base = false;

        if (!disk || !takes_diff(a))
            continue;
        for (size_t k = 0; k < global->n && !base; k++)
            base = eb_streq(node_get(global->children[k], "parent"), disk->id);
        if (base || in_snapshots(m->snapshots, disk->id) ||
            ((eb_streq(type, "Immutable") || eb_streq(type, "MultiAttach")) && !node_get(disk, "parent")))
            give_diff(m, a);
    }
}

static bool has(const struct node *config, const char *medium)
{
    for (size_t i = 0; i < config->n; i++)
        if (strcmp(config->children[i]->tag, "Attachment") == 0 &&
            eb_streq(node_get(config->children[i], "medium"), medium))
            return true;
    return false;
}

/* Differences that nobody else has go when they are detached. */
void storage_drop_diffs(const struct node *before, const struct node *now)
{
    for (size_t i = 0; i < before->n; i++) {
        EB_AUTOFREE char *id = eb_strdup(node_get(before->children[i], "medium"));
        const struct node *m = medium_node(id);
        bool used = false;

        if (strcmp(before->children[i]->tag, "Attachment") != 0 || !m || !node_get(m, "parent") ||
            has(now, id))
            continue;
        for (struct machine *o = machines; o && !used; o = o->next)
            used = in_snapshots(o->snapshots, id) ||
                   (o->config != before && o->pending != before && has(o->config, id));
        for (size_t k = 0; k < global->n && !used; k++)
            used = eb_streq(node_get(global->children[k], "parent"), id);
        /* a difference that someone made by hand lies elsewhere and stays */
        if (!used && strstr(node_get_or(m, "location", ""), "/{"))
            medium_forget(id, true);
    }
}

const struct member drives_members[] = {
    {"IMachine.DVDDrive", get_dvd},
    {"IMachine.floppyDrive", get_floppy},
    {"IDVDDrive.state", get_state},
    {"IDVDDrive.passthrough", get_flag},
    {"IDVDDrive.passthrough=", set_flag},
    {"IDVDDrive.mountImage", mount_image},
    {"IDVDDrive.captureHostDrive", capture},
    {"IDVDDrive.unmount", unmount},
    {"IDVDDrive.getImage", get_image},
    {"IDVDDrive.getHostDrive", get_host_drive},
    {"IFloppyDrive.enabled", get_flag},
    {"IFloppyDrive.enabled=", set_flag},
    {"IFloppyDrive.state", get_state},
    {"IFloppyDrive.mountImage", mount_image},
    {"IFloppyDrive.captureHostDrive", capture},
    {"IFloppyDrive.unmount", unmount},
    {"IFloppyDrive.getImage", get_image},
    {"IFloppyDrive.getHostDrive", get_host_drive},
    {NULL, NULL},
};
