/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Autostart: VirtualBox's own since 4.2, where its administrator has set up the database of autostarted
 * machines; elsewhere a note of ours, which the daemon goes by when it starts.
 */
#include "vbox/domain.h"

#define KEY_AUTOSTART VBOX_EXTRA_PREFIX "Autostart"

int vbox_autostart_of(struct vbox_conn *c, IMachine *machine, eb_error *err)
{
    EB_AUTOFREE char *note = NULL;
    bool enabled = false;

    if (vb_has(c->vb, VB_IMachine_get_autostartEnabled) &&
        IMachine_get_autostartEnabled(c->vb, machine, &enabled, err) < 0)
        return -1;
    if (enabled)
        return 1;
    if (vbox_extra_get(c, machine, KEY_AUTOSTART, &note, err) < 0)
        return -1;
    return strcmp(note, "1") == 0;
}

int vbox_get_autostart(eb_conn *conn, eb_uuid uuid, eb_error *err)
{
    struct vbox_conn *c = vbox_conn_of(conn);
    VBOX_AUTOFOUND struct vbox_found f = {0};

    if (vbox_find(c, uuid, &f, err) < 0)
        return -1;
    return f.accessible ? vbox_autostart_of(c, f.machine, err) : 0;
}

static bool has_database(struct vbox_edit *e)
{
    VB_AUTO(ISystemProperties) properties = NULL;
    EB_AUTOFREE char *path = NULL;

    return vb_has(e->c->vb, VB_IMachine_set_autostartEnabled) &&
           IVirtualBox_get_systemProperties(e->c->vb, e->vbox, &properties, NULL) == 0 && properties &&
           ISystemProperties_get_autostartDatabasePath(e->c->vb, properties, &path, NULL) == 0 && *path;
}

int vbox_set_autostart(eb_conn *conn, eb_uuid uuid, bool autostart, eb_error *err)
{
    struct vbox_conn *c = vbox_conn_of(conn);
    VBOX_AUTOEDIT struct vbox_edit e = {0};
    bool enabled = false;
    int transient;

    if (vbox_edit_begin(c, uuid, &e, err) < 0 || (transient = vbox_is_transient(c, e.vbox, uuid, err)) < 0)
        return -1;
    if (transient)
        return eb_error_set(err, EB_ERR_OPERATION_INVALID, "cannot set autostart for transient domain");
    if (has_database(&e)) {
        if (IMachine_get_autostartEnabled(c->vb, e.s.machine, &enabled, err) < 0 ||
            (enabled != autostart && IMachine_set_autostartEnabled(c->vb, e.s.machine, autostart, err) < 0) ||
            vbox_edit_save(&e, err) < 0)
            return -1;
        autostart = false; /* one place says it */
    }
    return vbox_extra_set(c, e.s.machine, KEY_AUTOSTART, autostart ? "1" : NULL, err);
}
