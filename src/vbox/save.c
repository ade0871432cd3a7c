/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Saving to a file and restoring from it, and the managed save, which is VirtualBox's own saved state: kept
 * with the machine, and started from at its next start.
 */
#include "vbox/domain.h"
#include "vbox/save_file.h"

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define SAVE_PATIENCE_MS 15000

int vbox_discard_saved(struct vbox_found *f, bool remove_file, eb_error *err)
{
    VBOX_AUTOSESSION struct vbox_session s = {0};
    struct vb *vb = f->c->vb;
    bool here = vb_prefer(vb, VB_IMachine_discardSavedState, VB_IConsole_discardSavedState);

    if (vbox_session_open(f->c, f->machine, here ? VBOX_LOCK_WRITE : VBOX_LOCK_CONSOLE, &s, err) < 0)
        return -1;
    if (here)
        return IMachine_discardSavedState(vb, s.machine, remove_file, err);
    if (vb_has(vb, VB_IConsole_discardSavedState__remove))
        return IConsole_discardSavedState__remove(vb, s.console, remove_file, err);
    return IConsole_discardSavedState__plain(vb, s.console, err);
}

static int adopt(struct vbox_found *f, const char *state_file, eb_error *err)
{
    VBOX_AUTOSESSION struct vbox_session s = {0};
    struct vb *vb = f->c->vb;
    bool here = vb_prefer(vb, VB_IMachine_adoptSavedState, VB_IConsole_adoptSavedState);

    if (vbox_session_open(f->c, f->machine, here ? VBOX_LOCK_WRITE : VBOX_LOCK_CONSOLE, &s, err) < 0)
        return -1;
    if (here)
        return IMachine_adoptSavedState(vb, s.machine, state_file, err);
    return IConsole_adoptSavedState(vb, s.console, state_file, err);
}

/* Where only the waiting went wrong the saving goes on. */
static bool is_saved_after_all(struct vbox_found *f)
{
    const struct timespec step = {0, 50000000};
    enum vb_MachineState state = MachineState_Null;

    for (unsigned waited = 0; waited < SAVE_PATIENCE_MS; waited += 50) {
        if (IMachine_get_state(f->c->vb, f->machine, &state, NULL) < 0 || !vbox_state_is_transient(state))
            break;
        nanosleep(&step, NULL);
    }
    return vbox_state_is_saved(state);
}

int vbox_save_state(struct vbox_found *f, eb_error *err)
{
    VBOX_AUTOSESSION struct vbox_session s = {0};
    IProgress *progress = NULL;
    struct vb *vb = f->c->vb;
    int result;

    if (vbox_session_open(f->c, f->machine, VBOX_LOCK_SHARED, &s, err) < 0)
        return -1;
    result = vb_prefer(vb, VB_IMachine_saveState, VB_IConsole_saveState)
                 ? IMachine_saveState(vb, s.machine, &progress, err)
                 : IConsole_saveState(vb, s.console, &progress, err);
    if (result < 0 || (vbox_wait_job(f->c, f->uuid, EB_JOB_OPERATION_SAVE, progress, "save", err) < 0 &&
                       !is_saved_after_all(f)))
        return -1;
    eb_error_clear(err);
    vbox_session_close(&s);
    vbox_wait_unlocked(f->c, f->machine, SAVE_PATIENCE_MS);
    return 0;
}

int vbox_note_saved_paused(struct vbox_found *f, bool paused, eb_error *err)
{
    VBOX_AUTOSESSION struct vbox_session s = {0};
    EB_AUTOFREE char *now = NULL;

    if (vbox_extra_get(f->c, f->machine, VBOX_EXTRA_SAVED_PAUSED, &now, err) < 0)
        return -1;
    if ((*now != '\0') == paused)
        return 0;
    if (vbox_session_open(f->c, f->machine, f->active ? VBOX_LOCK_SHARED : VBOX_LOCK_WRITE, &s, err) < 0)
        return -1;
    return vbox_extra_set(f->c, s.machine, VBOX_EXTRA_SAVED_PAUSED, paused ? "1" : NULL, err);
}

static bool comes_back_paused(struct vbox_found *f, unsigned flags)
{
    if (flags & EB_SAVE_PAUSED)
        return true;
    return f->state == MachineState_Paused && !(flags & EB_SAVE_RUNNING);
}

/* ---- Managed save ---- */

int vbox_managed_save(eb_conn *conn, eb_uuid uuid, unsigned flags, eb_error *err)
{
    struct vbox_conn *c = vbox_conn_of(conn);
    VBOX_AUTOFOUND struct vbox_found f = {0};
    VBOX_AUTOJOB void *job = NULL;
    int transient;

    if (vbox_check_flags(flags, EB_SAVE_RUNNING | EB_SAVE_PAUSED, "virDomainManagedSave", err) < 0)
        return -1;
    job = vbox_job_begin(uuid);
    if (vbox_find_accessible(c, uuid, &f, err) < 0)
        return -1;
    if (!f.active)
        return vbox_not_running(err);
    if ((transient = vbox_is_transient(c, f.vbox, uuid, err)) < 0)
        return -1;
    if (transient)
        return eb_error_set(err, EB_ERR_OPERATION_INVALID, "cannot do managed save for transient domain");
    if (vbox_note_saved_paused(&f, comes_back_paused(&f, flags), err) < 0)
        return -1;
    return vbox_save_state(&f, err);
}

int vbox_has_managed_save(eb_conn *conn, eb_uuid uuid, unsigned flags, eb_error *err)
{
    VBOX_AUTOFOUND struct vbox_found f = {0};

    if (vbox_check_flags(flags, 0, "virDomainHasManagedSaveImage", err) < 0 ||
        vbox_find(vbox_conn_of(conn), uuid, &f, err) < 0)
        return -1;
    return vbox_state_is_saved(f.state);
}

int vbox_managed_save_remove(eb_conn *conn, eb_uuid uuid, unsigned flags, eb_error *err)
{
    VBOX_AUTOFOUND struct vbox_found f = {0};
    VBOX_AUTOJOB void *job = NULL;

    if (vbox_check_flags(flags, 0, "virDomainManagedSaveRemove", err) < 0)
        return -1;
    job = vbox_job_begin(uuid);
    if (vbox_find_accessible(vbox_conn_of(conn), uuid, &f, err) < 0)
        return -1;
    return vbox_state_is_saved(f.state) ? vbox_discard_saved(&f, true, err) : 0;
}

/* ---- Save ---- */

/* The definition that goes into the file: `dxml` may change what is written about the machine, not the
 * machine. */
static int definition_to_save(struct vbox_found *f, const struct eb_domain_def *dxml, char **xml,
                              eb_error *err)
{
    EB_AUTODEF struct eb_domain_def *def = NULL;

    if (vbox_domain_def(f, EB_XML_SECURE | EB_XML_INACTIVE, &def, err) < 0)
        return -1;
    if (dxml &&
        (strcmp(dxml->name, def->name) != 0 || (dxml->has_uuid && memcmp(dxml->uuid, def->uuid, 16) != 0)))
        return eb_error_set(err, EB_ERR_CONFIG_UNSUPPORTED,
                            "the definition to save is of domain '%s', the domain is '%s'", dxml->name,
                            def->name);
    *xml = eb_domain_def_format(dxml ? dxml : def, EB_XML_SECURE | EB_XML_INACTIVE);
    return 0;
}

/* The domain goes on where it was stopped. */
static void run_again(struct vbox_found *f, bool paused)
{
    vbox_wait_unlocked(f->c, f->machine, SAVE_PATIENCE_MS);
    vbox_start(f, paused, true, NULL);
}

/* Takes the saved state away from its machine into the file. On failure the machine has it still. */
static int take_state(struct vbox_found *f, struct vbox_save_writer *writer, const char *xml, bool paused,
                      eb_error *err)
{
    EB_AUTOFREE char *state_file = NULL;

    if (IMachine_get_stateFilePath(f->c->vb, f->machine, &state_file, err) < 0 ||
        vbox_save_write(writer, xml, paused, state_file, err) < 0 || vbox_discard_saved(f, false, err) < 0)
        return -1;
    if (vbox_save_commit(writer, err) < 0) {
        adopt(f, state_file, NULL);
        return -1;
    }
    unlink(state_file);
    return 0;
}

int vbox_save(eb_conn *conn, eb_uuid uuid, const char *path, const struct eb_domain_def *dxml, unsigned flags,
              eb_error *err)
{
    struct vbox_conn *c = vbox_conn_of(conn);
    VBOX_AUTOFOUND struct vbox_found f = {0};
    VBOX_AUTOWRITER struct vbox_save_writer writer = {0};
    EB_AUTOFREE char *xml = NULL;
    VBOX_AUTOJOB void *job = NULL;

    if (vbox_check_flags(flags, EB_SAVE_RUNNING | EB_SAVE_PAUSED, "virDomainSaveFlags", err) < 0)
        return -1;
    job = vbox_job_begin(uuid);
    if (vbox_find_accessible(c, uuid, &f, err) < 0)
        return -1;
    if (!f.active)
        return vbox_not_running(err);
    if (definition_to_save(&f, dxml, &xml, err) < 0 || vbox_save_open(path, &writer, err) < 0 ||
        vbox_save_state(&f, err) < 0)
        return -1;
    if (take_state(&f, &writer, xml, comes_back_paused(&f, flags), err) < 0) {
        run_again(&f, f.state == MachineState_Paused);
        return -1;
    }
    vbox_keep_reason(c, f.machine, uuid, EB_SHUTOFF_SAVED);
    vbox_transient_stopped(&f);
    return 0;
}

/* ---- Restore ---- */

static int read_saved(const char *path, struct vbox_save_header *h, struct eb_domain_def **def, eb_error *err)
{
    if (vbox_save_read_header(path, h, err) < 0)
        return -1;
    if (eb_domain_def_parse(h->xml, EB_XML_INACTIVE, def, err) < 0)
        return eb_error_prefix(err, "'%s' holds a definition that cannot be read", path);
    return 0;
}

int vbox_save_image_get_def(eb_conn *conn, const char *path, unsigned flags, struct eb_domain_def **out,
                            eb_error *err)
{
    VBOX_AUTOHEADER struct vbox_save_header h = {0};

    (void)conn;
    if (vbox_check_flags(flags, EB_XML_SECURE, "virDomainSaveImageGetXMLDesc", err) < 0)
        return -1;
    return read_saved(path, &h, out, err);
}

/* A state fits only the machine that it was saved of. */
static int check_dxml(const struct eb_domain_def *saved, const struct eb_domain_def *dxml, eb_error *err)
{
    EB_AUTOFREE char *a = eb_domain_def_format(saved, EB_XML_SECURE | EB_XML_INACTIVE);
    EB_AUTOFREE char *b = NULL;

    if (!dxml)
        return 0;
    b = eb_domain_def_format(dxml, EB_XML_SECURE | EB_XML_INACTIVE);
    if (strcmp(a, b) != 0)
        return eb_error_set(err, EB_ERR_CONFIG_UNSUPPORTED,
                            "VirtualBox restores a domain only with the definition that it was saved with");
    return 0;
}

/* A name in the machine's own snapshot folder: VirtualBox deletes the file there once it is used. */
static int state_file_for(struct vbox_found *f, char **out, eb_error *err)
{
    EB_AUTOFREE char *folder = NULL;
    unsigned char uuid[16];
    char text[EB_UUID_STRLEN + 1];

    if (IMachine_get_snapshotFolder(f->c->vb, f->machine, &folder, err) < 0)
        return -1;
    if (mkdir(folder, 0700) < 0 && errno != EEXIST)
        return eb_error_set_errno(err, errno, "cannot make '%s'", folder);
    eb_uuid_generate(uuid);
    eb_uuid_format(uuid, text);
    *out = eb_asprintf("%s/{%s}.sav", folder, text);
    return 0;
}

/* Within the job, on a machine without a saved state. */
static int run_saved(struct vbox_found *f, const char *path, const struct vbox_save_header *h, bool paused,
                     eb_error *err)
{
    EB_AUTOFREE char *state_file = NULL;

    if (state_file_for(f, &state_file, err) < 0 || vbox_save_extract(path, h, state_file, err) < 0)
        return -1;
    if (adopt(f, state_file, err) < 0) {
        unlink(state_file);
        return -1;
    }
    if (vbox_start(f, paused, true, err) < 0) {
        vbox_wait_unlocked(f->c, f->machine, SAVE_PATIENCE_MS);
        vbox_discard_saved(f, true, NULL);
        return -1;
    }
    return 0;
}

/* A domain that is not defined comes back as a transient one, as with libvirt. */
static int restore_undefined(struct vbox_conn *c, IVirtualBox *vbox, const struct eb_domain_def *def,
                             const char *path, const struct vbox_save_header *h, bool paused, eb_error *err)
{
    VBOX_AUTOFOUND struct vbox_found f = {0};
    VB_AUTO(IMachine) made = NULL;

    if (vbox_check_def(c, def, err) < 0 || vbox_transient_mark_making(c, vbox, def->uuid, err) < 0)
        return -1;
    if (vbox_define_new(c, vbox, def, &made, err) < 0) {
        vbox_transient_unmark(c, vbox, def->uuid, NULL);
        return -1;
    }
    vbox_found_new(c, vbox, made, def->uuid, &f);
    if (run_saved(&f, path, h, paused, err) < 0 || vbox_transient_mark_made(c, vbox, def->uuid, err) < 0) {
        vbox_take_back(&f);
        return -1;
    }
    return 0;
}

int vbox_restore(eb_conn *conn, const char *path, const struct eb_domain_def *dxml, unsigned flags,
                 eb_error *err)
{
    struct vbox_conn *c = vbox_conn_of(conn);
    VBOX_AUTOHEADER struct vbox_save_header h = {0};
    VBOX_AUTOFOUND struct vbox_found f = {0};
    EB_AUTODEF struct eb_domain_def *def = NULL;
    VB_AUTO(IVirtualBox) vbox = NULL;
    VB_AUTO(IMachine) same = NULL;
    VBOX_AUTOJOB void *job = NULL;
    bool paused;

    if (vbox_check_flags(flags, EB_SAVE_RUNNING | EB_SAVE_PAUSED, "virDomainRestoreFlags", err) < 0 ||
        read_saved(path, &h, &def, err) < 0 || check_dxml(def, dxml, err) < 0 ||
        vbox_begin(c, &vbox, err) < 0)
        return -1;
    paused = (h.paused || (flags & EB_SAVE_PAUSED)) && !(flags & EB_SAVE_RUNNING);
    job = vbox_job_begin(def->uuid);
    if (vbox_check_identity(c, vbox, def, &same, err) < 0)
        return -1;
    if (!same)
        return restore_undefined(c, vbox, def, path, &h, paused, err);
    if (vbox_find_accessible(c, def->uuid, &f, err) < 0)
        return -1;
    if (f.active)
        return eb_error_set(err, EB_ERR_OPERATION_INVALID, "domain is already active as '%s'", def->name);
    if (vbox_state_is_saved(f.state))
        return eb_error_set(
            err, EB_ERR_OPERATION_INVALID,
            "domain '%s' has a managed save image; remove that before restoring another state", def->name);
    return run_saved(&f, path, &h, paused, err);
}
