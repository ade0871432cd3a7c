/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Transient domains: machines that vanish when they stop, whoever is there to see it. */
#include "base/log.h"
#include "vbox/domain.h"

#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#define EB_MODULE "vbox"

static char *key_of(eb_uuid uuid)
{
    char id[EB_UUID_STRLEN + 1];

    eb_uuid_format(uuid, id);
    return eb_asprintf(VBOX_TRANSIENT_KEY "%s", id);
}

static int mark(struct vbox_conn *c, IVirtualBox *vbox, eb_uuid uuid, const char *value, eb_error *err)
{
    EB_AUTOFREE char *key = key_of(uuid);

    return vbox_global_set(c, vbox, key, value, err);
}

static int mark_ours(struct vbox_conn *c, IVirtualBox *vbox, eb_uuid uuid, const char *word, eb_error *err)
{
    EB_AUTOFREE char *value =
        eb_asprintf("%s %u %" PRIu64, word, (unsigned)getpid(), vbox_process_started((uint32_t)getpid()));

    return mark(c, vbox, uuid, value, err);
}

int vbox_transient_mark_making(struct vbox_conn *c, IVirtualBox *vbox, eb_uuid uuid, eb_error *err)
{
    return mark_ours(c, vbox, uuid, "making", err);
}

int vbox_transient_mark_hidden(struct vbox_conn *c, IVirtualBox *vbox, eb_uuid uuid, eb_error *err)
{
    return mark_ours(c, vbox, uuid, "hidden", err);
}

int vbox_transient_mark_made(struct vbox_conn *c, IVirtualBox *vbox, eb_uuid uuid, eb_error *err)
{
    return mark(c, vbox, uuid, "1", err);
}

int vbox_transient_unmark(struct vbox_conn *c, IVirtualBox *vbox, eb_uuid uuid, eb_error *err)
{
    return mark(c, vbox, uuid, NULL, err);
}

int vbox_is_transient(struct vbox_conn *c, IVirtualBox *vbox, eb_uuid uuid, eb_error *err)
{
    EB_AUTOFREE char *key = key_of(uuid);
    EB_AUTOFREE char *value = NULL;

    if (vbox_global_get(c, vbox, key, &value, err) < 0)
        return -1;
    return *value != '\0';
}

/* "WORD PID STARTED", and that process lives. */
static bool is_of_living(const char *value, const char *word)
{
    char said[8];
    unsigned pid;
    uint64_t started;

    return sscanf(value, "%7s %u %" SCNu64, said, &pid, &started) == 3 && strcmp(said, word) == 0 &&
           pid != 0 && started != 0 && vbox_process_started(pid) == started;
}

bool vbox_transient_is_making(const char *value)
{
    return is_of_living(value, "making");
}

static void reap(struct vbox_conn *c, IVirtualBox *vbox, IMachine *machine, eb_uuid uuid)
{
    EB_AUTOERROR eb_error why = EB_ERROR_INIT;
    enum vb_MachineState state;
    bool accessible = true;

    /* its VM's process may not have let go of it yet; the next look will find it */
    if (!vbox_wait_unlocked(c, machine, 0))
        return;
    if (IMachine_get_state(c->vb, machine, &state, NULL) < 0)
        accessible = false;
    else if (vbox_state_is_active(state))
        return;
    if (vbox_machine_remove(c, vbox, machine, accessible, VBOX_DISKS_KEEP, &why) < 0) {
        EB_WARN("cannot remove a transient domain that has stopped: %s", eb_error_message(&why));
        return;
    }
    vbox_transient_unmark(c, vbox, uuid, NULL);
    vbox_reason_forget(uuid);
}

void vbox_transient_reap(struct vbox_conn *c, IVirtualBox *vbox, IMachine *machine, eb_uuid uuid)
{
    VBOX_AUTOJOB void *job = NULL;

    /* one that may only look does not remove; it just does not see it */
    if (eb_conn_is_read_only(c->conn))
        return;
    job = vbox_job_try(uuid);
    if (job)
        reap(c, vbox, machine, uuid);
}

void vbox_transient_stopped(struct vbox_found *f)
{
    if (vbox_is_transient(f->c, f->vbox, f->uuid, NULL) == 1)
        reap(f->c, f->vbox, f->machine, f->uuid);
}

int vbox_transient_gone(struct vbox_found *f, eb_error *err)
{
    EB_AUTOFREE char *key = key_of(f->uuid);
    EB_AUTOFREE char *value = NULL;

    if (vbox_global_get(f->c, f->vbox, key, &value, err) < 0)
        return -1;
    if (!*value || vbox_transient_is_making(value))
        return 0;
    if (!is_of_living(value, "hidden"))
        vbox_transient_reap(f->c, f->vbox, f->machine, f->uuid);
    return 1;
}
