/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* virDomainUndefineFlags. */
#include "vbox/domain.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#define KNOWN_FLAGS                                                                                          \
    ((unsigned)(EB_UNDEFINE_MANAGED_SAVE | EB_UNDEFINE_SNAPSHOTS_METADATA | EB_UNDEFINE_NVRAM |              \
                EB_UNDEFINE_KEEP_NVRAM | EB_UNDEFINE_CHECKPOINTS_METADATA | EB_UNDEFINE_TPM |                \
                EB_UNDEFINE_KEEP_TPM | EB_UNDEFINE_STORAGE))
/* NVRAM is larger than this in no machine. */
#define NVRAM_MAX (64u << 20)

/* The file of the machine's NVRAM (which holds its TPM's state too), or NULL where it has none yet. */
static char *nvram_file(struct vbox_found *f)
{
    VB_AUTO(INvramStore) store = NULL;
    char *path = NULL;

    if (!vb_has(f->c->vb, VB_INvramStore_get_nonVolatileStorageFile) ||
        IMachine_get_nonVolatileStore(f->c->vb, f->machine, &store, NULL) < 0 || !store ||
        INvramStore_get_nonVolatileStorageFile(f->c->vb, store, &path, NULL) < 0)
        return NULL;
    if (!*path || access(path, F_OK) < 0) {
        free(path);
        return NULL;
    }
    return path;
}

static int check(struct vbox_found *f, unsigned flags, const char *nvram, eb_error *err)
{
    uint32_t snapshots = 0;

    if (vbox_state_is_saved(f->state) && !(flags & EB_UNDEFINE_MANAGED_SAVE))
        return eb_error_set(err, EB_ERR_OPERATION_INVALID,
                            "Refusing to undefine while domain managed save image exists");
    if (IMachine_get_snapshotCount(f->c->vb, f->machine, &snapshots, err) < 0)
        return -1;
    if (snapshots > 0 && !(flags & EB_UNDEFINE_SNAPSHOTS_METADATA))
        return eb_error_set(err, EB_ERR_OPERATION_INVALID, "cannot delete inactive domain with %u snapshots",
                            snapshots);
    if (nvram &&
        !(flags & (EB_UNDEFINE_NVRAM | EB_UNDEFINE_KEEP_NVRAM | EB_UNDEFINE_TPM | EB_UNDEFINE_KEEP_TPM)))
        return eb_error_set(err, EB_ERR_OPERATION_INVALID, "cannot undefine domain with nvram");
    return 0;
}

/* VirtualBox deletes the NVRAM with the machine; what is to stay is put back. */
static int put_back(const char *path, const char *data, size_t n, eb_error *err)
{
    EB_AUTOFREE char *folder = eb_strdup(path);
    char *slash = strrchr(folder, '/');

    if (slash) {
        *slash = '\0';
        if (mkdir(folder, 0700) < 0 && errno != EEXIST)
            return eb_error_set_errno(err, errno, "cannot make '%s' again for the NVRAM", folder);
    }
    if (eb_write_file(path, data, n, 0600) < 0)
        return eb_error_set_errno(err, errno, "cannot keep '%s'", path);
    return 0;
}

/* One whose files VirtualBox cannot delete (a full or read-only disk) is registered again. */
static void register_again(struct vbox_found *f, const char *settings)
{
    VB_AUTO(IMachine) again = NULL;

    if (access(settings, R_OK) < 0)
        return;
    if (vb_has(f->c->vb, VB_IVirtualBox_openMachine__password)) {
        if (IVirtualBox_openMachine__password(f->c->vb, f->vbox, settings, "", &again, NULL) < 0)
            return;
    } else if (IVirtualBox_openMachine__plain(f->c->vb, f->vbox, settings, &again, NULL) < 0) {
        return;
    }
    IVirtualBox_registerMachine(f->c->vb, f->vbox, again, NULL);
}

/* deleteSettings, before 4.0, leaves the file of a saved state behind, and of a saved machine nothing may
 * change. */
static int drop_saved(struct vbox_found *f, eb_error *err)
{
    if (!vbox_state_is_saved(f->state))
        return 0;
    if (vbox_discard_saved(f, true, err) < 0)
        return -1;
    if (!vbox_wait_unlocked(f->c, f->machine, 3000))
        return eb_error_set(err, EB_ERR_RESOURCE_BUSY, "another process changes the domain now");
    return 0;
}

static int remove_machine(struct vbox_found *f, unsigned flags, eb_error *err)
{
    EB_AUTOFREE char *nvram = f->accessible ? nvram_file(f) : NULL;
    EB_AUTOFREE char *kept = NULL;
    EB_AUTOFREE char *settings = NULL;
    size_t n_kept = 0;

    if (f->accessible && check(f, flags, nvram, err) < 0)
        return -1;
    if (IMachine_get_settingsFilePath(f->c->vb, f->machine, &settings, err) < 0)
        return -1;
    if (nvram && (flags & (EB_UNDEFINE_KEEP_NVRAM | EB_UNDEFINE_KEEP_TPM)) &&
        eb_read_file(nvram, NVRAM_MAX, &kept, &n_kept) < 0)
        return eb_error_set_errno(err, errno, "cannot read '%s'", nvram);
    if (!vbox_wait_unlocked(f->c, f->machine, 3000) && f->accessible)
        return eb_error_set(err, EB_ERR_RESOURCE_BUSY, "another process changes the domain now");
    if (f->accessible && !vb_prefer(f->c->vb, VB_IMachine_unregister, VB_IVirtualBox_unregisterMachine) &&
        drop_saved(f, err) < 0)
        return -1;
    if (vbox_machine_remove(f->c, f->vbox, f->machine, f->accessible,
                            flags & EB_UNDEFINE_STORAGE ? VBOX_DISKS_DELETE : VBOX_DISKS_KEEP, err) < 0) {
        register_again(f, settings);
        return -1;
    }
    vbox_next_note(f, NULL, NULL);
    vbox_reason_forget(f->uuid);
    return kept ? put_back(nvram, kept, n_kept, err) : 0;
}

int vbox_undefine(eb_conn *conn, eb_uuid uuid, unsigned flags, eb_error *err)
{
    struct vbox_conn *c = vbox_conn_of(conn);
    VBOX_AUTOFOUND struct vbox_found f = {0};
    VBOX_AUTOJOB void *job = NULL;
    int transient;

    if (vbox_check_flags(flags, KNOWN_FLAGS, "virDomainUndefineFlags", err) < 0)
        return -1;
    job = vbox_job_begin(uuid);
    if (vbox_find(c, uuid, &f, err) < 0 || (transient = vbox_is_transient(c, f.vbox, uuid, err)) < 0)
        return -1;
    if (transient)
        return eb_error_set(err, EB_ERR_OPERATION_INVALID, "cannot undefine transient domain");
    if (!f.active)
        return remove_machine(&f, flags, err);
    /* what runs goes on running, and vanishes when it stops */
    if (flags & EB_UNDEFINE_STORAGE)
        return eb_error_set(err, EB_ERR_OPERATION_INVALID, "cannot delete the disks of a running domain");
    if (vbox_next_note(&f, NULL, err) < 0)
        return -1;
    return vbox_transient_mark_made(c, f.vbox, uuid, err);
}
