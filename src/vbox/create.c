/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Making machines and removing them, in the ways of all releases. */
#include "vbox/domain.h"
#include "vbox/old_disks.h"

#include <unistd.h>

static enum vb_PlatformArchitecture platform_of(const struct eb_domain_def *def)
{
    const char *arch = def->os.arch;

    if (arch && (strcmp(arch, "aarch64") == 0 || eb_starts_with(arch, "arm")))
        return PlatformArchitecture_ARM;
    return PlatformArchitecture_x86;
}

static size_t count(char *const *strings)
{
    size_t n = 0;

    while (strings && strings[n])
        n++;
    return n;
}

static const char *first_group(const struct eb_domain_def *def)
{
    return def->vbox.groups && def->vbox.groups[0] ? def->vbox.groups[0] : "";
}

/* The settings file of a machine in the folder `base` ("": the usual one); "" before 4.0, where it is not
 * chosen. The caller frees it. */
static int file_in(struct vbox_conn *c, IVirtualBox *vbox, const struct eb_domain_def *def, const char *base,
                   char **out, eb_error *err)
{
    if (vb_has(c->vb, VB_IVirtualBox_composeMachineFilename__group))
        return IVirtualBox_composeMachineFilename__group(c->vb, vbox, def->name, first_group(def), "", base,
                                                         out, err);
    if (vb_has(c->vb, VB_IVirtualBox_composeMachineFilename__plain))
        return IVirtualBox_composeMachineFilename__plain(c->vb, vbox, def->name, base, out, err);
    *out = eb_strdup("");
    return 0;
}

int vbox_machine_usual_folder(struct vbox_conn *c, IVirtualBox *vbox, const struct eb_domain_def *def,
                              char **out, eb_error *err)
{
    VB_AUTO(ISystemProperties) properties = NULL;
    EB_AUTOFREE char *base = NULL;
    EB_AUTOFREE char *file = NULL;
    char *slash;

    if (file_in(c, vbox, def, "", &file, err) < 0)
        return -1;
    if ((slash = strrchr(file, '/'))) {
        *slash = '\0';
        *out = EB_STEAL(file);
        return 0;
    }
    if (IVirtualBox_get_systemProperties(c->vb, vbox, &properties, err) < 0 ||
        ISystemProperties_get_defaultMachineFolder(c->vb, properties, &base, err) < 0)
        return -1;
    *out = eb_asprintf("%s/%s", base, def->name);
    return 0;
}

static int create(struct vbox_conn *c, IVirtualBox *vbox, const struct eb_domain_def *def,
                  const char *os_type, const char *base, IMachine **out, eb_error *err)
{
    const char *const *groups = (const char *const *)def->vbox.groups;
    size_t n_groups = count(def->vbox.groups);
    char id[EB_UUID_STRLEN + 1], flags[sizeof("UUID=") + EB_UUID_STRLEN];
    EB_AUTOFREE char *file = NULL;
    struct vb *vb = c->vb;

    if (base && file_in(c, vbox, def, base, &file, err) < 0)
        return -1;
    if (!file)
        file = eb_strdup("");
    eb_uuid_format(def->uuid, id);
    memcpy(flags, "UUID=", 5);
    memcpy(flags + 5, id, sizeof(id));
    if (vb_has(vb, VB_IVirtualBox_createMachine__platform))
        return IVirtualBox_createMachine__platform(vb, vbox, file, def->name, platform_of(def), n_groups,
                                                   groups, os_type, flags, "", "", "", out, err);
    if (vb_has(vb, VB_IVirtualBox_createMachine__cipher))
        return IVirtualBox_createMachine__cipher(vb, vbox, file, def->name, n_groups, groups, os_type, flags,
                                                 "", "", "", out, err);
    if (vb_has(vb, VB_IVirtualBox_createMachine__groups))
        return IVirtualBox_createMachine__groups(vb, vbox, file, def->name, n_groups, groups, os_type, flags,
                                                 out, err);
    if (vb_has(vb, VB_IVirtualBox_createMachine__settingsFile))
        return IVirtualBox_createMachine__settingsFile(vb, vbox, file, def->name, os_type, id, false, out,
                                                       err);
    if (vb_has(vb, VB_IVirtualBox_createMachine__override))
        return IVirtualBox_createMachine__override(vb, vbox, def->name, os_type, base ? base : "", id, false,
                                                   out, err);
    return IVirtualBox_createMachine__baseFolder(vb, vbox, def->name, os_type, base ? base : "", id, out,
                                                 err);
}

static int delete_files(struct vbox_conn *c, IMachine *machine, size_t n_media, IMedium *const *media,
                        eb_error *err)
{
    IProgress *progress = NULL;

    if (!vb_prefer(c->vb, VB_IMachine_deleteConfig, VB_IMachine_deleteSettings))
        return IMachine_deleteSettings(c->vb, machine, err);
    if (IMachine_deleteConfig(c->vb, machine, n_media, media, &progress, err) < 0)
        return -1;
    return vbox_wait(c, progress, "remove", err);
}

int vbox_machine_make(struct vbox_conn *c, IVirtualBox *vbox, const struct eb_domain_def *def,
                      const char *base, IMachine **out, eb_error *err)
{
    EB_AUTOFREE char *os_type = NULL;
    VB_AUTO(IMachine) machine = NULL;

    /* until it is saved there is no file */
    if (vbox_choose_os_type(c, def, &os_type, err) < 0 ||
        create(c, vbox, def, os_type, base, &machine, err) < 0 ||
        IMachine_saveSettings(c->vb, machine, err) < 0)
        return -1;
    *out = EB_STEAL(machine);
    return 0;
}

int vbox_machine_create(struct vbox_conn *c, IVirtualBox *vbox, const struct eb_domain_def *def,
                        IMachine **out, eb_error *err)
{
    VB_AUTO(IMachine) machine = NULL;

    if (vbox_machine_make(c, vbox, def, NULL, &machine, err) < 0)
        return -1;
    if (IVirtualBox_registerMachine(c->vb, vbox, machine, err) < 0) {
        delete_files(c, machine, 0, NULL, NULL);
        return -1;
    }
    *out = EB_STEAL(machine);
    return 0;
}

/* Since 4.0 a machine unregisters itself, with what is attached to it. */
static int remove_with_media(struct vbox_conn *c, IMachine *machine, enum vbox_disks disks, eb_error *err)
{
    IMedium **media = NULL;
    size_t n = 0;
    int result;

    if (IMachine_unregister(c->vb, machine, CleanupMode_DetachAllReturnHardDisksOnly, &n, &media, err) < 0)
        return -1;
    result = delete_files(c, machine, disks == VBOX_DISKS_DELETE ? n : 0, media, err);
    /* VirtualBox does not know images that stay any longer, else it would count them as some machine's */
    for (size_t i = 0; i < n && disks == VBOX_DISKS_KEEP; i++)
        IMedium_close(c->vb, media[i], NULL);
    vb_objects_free(n, media);
    return result;
}

/* The snapshot folder, which deleteSettings may leave, and the machine's around it; only if nothing is in
 * them. */
static void remove_empty_folders(const char *snapshots)
{
    EB_AUTOFREE char *folder = eb_strdup(snapshots);
    char *slash = strrchr(folder, '/');

    if (rmdir(snapshots) == 0 && slash) {
        *slash = '\0';
        rmdir(folder);
    }
}

static int remove_old(struct vbox_conn *c, IVirtualBox *vbox, IMachine *machine, enum vbox_disks disks,
                      eb_error *err)
{
    struct vbox_old_disks attached = {0};
    VB_AUTO(IMachine) removed = NULL;
    EB_AUTOFREE char *id = NULL;
    EB_AUTOFREE char *snapshots = NULL;
    int result = -1;

    if (IMachine_get_id(c->vb, machine, &id, err) < 0 ||
        IMachine_get_snapshotFolder(c->vb, machine, &snapshots, err) < 0 ||
        vbox_old_snapshots_merge(c, machine, err) < 0 ||
        vbox_old_disks_detach(c, machine, &attached, err) < 0)
        return -1;
    if (IVirtualBox_unregisterMachine(c->vb, vbox, id, &removed, err) == 0)
        result = delete_files(c, removed ? removed : machine, 0, NULL, err);
    if (result == 0)
        remove_empty_folders(snapshots);
    if (result == 0 && disks == VBOX_DISKS_DELETE)
        result = vbox_old_disks_delete(c, &attached, err);
    vbox_old_disks_clear(&attached);
    return result;
}

/* Nothing but its registration can be touched: whatever is in its files stays there to be repaired. */
static int remove_inaccessible(struct vbox_conn *c, IVirtualBox *vbox, IMachine *machine, eb_error *err)
{
    VB_AUTO(IMachine) removed = NULL;
    EB_AUTOFREE char *id = NULL;
    IMedium **media = NULL;
    size_t n = 0;

    if (vb_prefer(c->vb, VB_IMachine_unregister, VB_IVirtualBox_unregisterMachine)) {
        if (IMachine_unregister(c->vb, machine, CleanupMode_UnregisterOnly, &n, &media, err) < 0)
            return -1;
        vb_objects_free(n, media);
        return 0;
    }
    if (IMachine_get_id(c->vb, machine, &id, err) < 0)
        return -1;
    return IVirtualBox_unregisterMachine(c->vb, vbox, id, &removed, err);
}

int vbox_machine_remove(struct vbox_conn *c, IVirtualBox *vbox, IMachine *machine, bool accessible,
                        enum vbox_disks disks, eb_error *err)
{
    if (!accessible)
        return remove_inaccessible(c, vbox, machine, err);
    if (vb_prefer(c->vb, VB_IMachine_unregister, VB_IVirtualBox_unregisterMachine))
        return remove_with_media(c, machine, disks, err);
    return remove_old(c, vbox, machine, disks, err);
}
