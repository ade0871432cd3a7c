/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* virDomainRename. VirtualBox renames the machine's folder and files too. */
#include "vbox/domain.h"

int vbox_rename(eb_conn *conn, eb_uuid uuid, const char *name, unsigned flags, eb_error *err)
{
    struct vbox_conn *c = vbox_conn_of(conn);
    VBOX_AUTOFOUND struct vbox_found f = {0};
    VBOX_AUTOEDIT struct vbox_edit e = {0};
    VB_AUTO(IMachine) taken = NULL;
    VBOX_AUTOJOB void *job = NULL;

    if (vbox_check_flags(flags, 0, "virDomainRename", err) < 0)
        return -1;
    if (!*name)
        return eb_error_set(err, EB_ERR_INVALID_ARG, "new name of the domain is empty");
    if (strchr(name, '/') || strchr(name, '\n'))
        return eb_error_set(err, EB_ERR_XML_ERROR, "name %s cannot contain '%s'", name,
                            strchr(name, '/') ? "/" : "\\n");
    job = vbox_job_begin(uuid);
    if (vbox_find_accessible(c, uuid, &f, err) < 0)
        return -1;
    if (f.active)
        return eb_error_set(err, EB_ERR_OPERATION_INVALID, "domain has to be shutoff before renaming");
    if (vbox_find_by_name(c, f.vbox, name, &taken, err) < 0)
        return -1;
    if (taken)
        return eb_error_set(err, EB_ERR_OPERATION_INVALID, "domain with name '%s' already exists", name);
    if (vbox_edit_found(&f, &e, err) < 0 || IMachine_set_name(c->vb, e.s.machine, name, err) < 0)
        return -1;
    return vbox_edit_save(&e, err);
}
