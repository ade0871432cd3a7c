/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Finding machines, by uuid and by name; all that can be said of one whose settings VirtualBox cannot read.
 */
#include "vbox/domain.h"
#include "vbox/known.h"

#include <strings.h>

void vbox_found_clear(struct vbox_found *f)
{
    vb_unref(f->machine);
    vb_unref(f->vbox);
    *f = (struct vbox_found){0};
}

void vbox_found_new(struct vbox_conn *c, IVirtualBox *vbox, IMachine *machine, eb_uuid uuid,
                    struct vbox_found *out)
{
    *out = (struct vbox_found){.c = c, .accessible = true, .state = MachineState_PoweredOff};
    out->vbox = vb_object_ref(vbox);
    out->machine = vb_object_ref(machine);
    memcpy(out->uuid, uuid, sizeof(out->uuid));
    eb_uuid_format(uuid, out->id);
}

bool vbox_came_back(struct vbox_conn *c, uint64_t epoch)
{
    VB_AUTO(IVirtualBox) vbox = NULL;
    uint64_t now;

    return vb_begin(c->vb, &vbox, &now, NULL) == 0 && now != epoch;
}

int vbox_begin(struct vbox_conn *c, IVirtualBox **out, eb_error *err)
{
    EB_AUTOFREE char *folder = NULL;
    EB_AUTOERROR eb_error why = EB_ERROR_INIT;
    uint64_t epoch;

    if (vb_begin(c->vb, out, &epoch, err) < 0)
        return -1;
    if (IVirtualBox_get_homeFolder(c->vb, *out, &folder, &why) == 0)
        return 0;
    vb_unref(*out);
    *out = NULL;
    if (vbox_came_back(c, epoch))
        return vb_begin(c->vb, out, &epoch, err);
    eb_error_move(err, &why);
    return -1;
}

int vbox_not_running(eb_error *err)
{
    return eb_error_set(err, EB_ERR_OPERATION_INVALID, "domain is not running");
}

int vbox_check_flags(unsigned flags, unsigned known, const char *function, eb_error *err)
{
    if (flags & ~known)
        return eb_error_set(err, EB_ERR_ARGUMENT_UNSUPPORTED, "unsupported flags (0x%x) in function %s",
                            flags & ~known, function);
    return 0;
}

int vbox_check_affect(struct vbox_conn *c, IVirtualBox *vbox, eb_uuid uuid, unsigned flags, bool active,
                      eb_error *err)
{
    int transient;

    if ((flags & EB_AFFECT_LIVE) && !active)
        return vbox_not_running(err);
    if (!(flags & EB_AFFECT_CONFIG))
        return 0;
    if ((transient = vbox_is_transient(c, vbox, uuid, err)) < 0)
        return -1;
    if (transient)
        return eb_error_set(err, EB_ERR_OPERATION_INVALID,
                            "transient domains do not have any persistent config");
    return 0;
}

int vbox_find_any(struct vbox_conn *c, IVirtualBox *vbox, eb_uuid uuid, IMachine **out, eb_error *err)
{
    EB_AUTOERROR eb_error why = EB_ERROR_INIT;
    char id[EB_UUID_STRLEN + 1];
    int result;

    eb_uuid_format(uuid, id);
    *out = NULL;
    if (vb_has(c->vb, VB_IVirtualBox_getMachine))
        result = IVirtualBox_getMachine(c->vb, vbox, id, out, &why);
    else
        result = IVirtualBox_findMachine(c->vb, vbox, id, out, &why);
    if (result == 0 && *out)
        return 0;
    if (result == 0 || why.vbox_result == VB_E_OBJECT_NOT_FOUND)
        return eb_error_set(err, EB_ERR_NO_DOMAIN, "no domain with matching uuid '%s'", id);
    eb_error_move(err, &why);
    return -1;
}

int vbox_machine_find(struct vbox_conn *c, eb_uuid uuid, IMachine **out, eb_error *err)
{
    VBOX_AUTOFOUND struct vbox_found f = {0};

    if (vbox_find(c, uuid, &f, err) < 0)
        return -1;
    *out = EB_STEAL(f.machine);
    return 0;
}

/* Reads the state. Where the settings could not be read even that is refused. */
static int read_state(struct vbox_found *f, eb_error *err)
{
    EB_AUTOERROR eb_error why = EB_ERROR_INIT;

    f->accessible = true;
    if (IMachine_get_state(f->c->vb, f->machine, &f->state, &why) < 0) {
        if (IMachine_get_accessible(f->c->vb, f->machine, &f->accessible, NULL) < 0 || f->accessible) {
            eb_error_move(err, &why);
            return -1;
        }
        f->state = MachineState_Null;
    } else if (f->state == MachineState_Null &&
               IMachine_get_accessible(f->c->vb, f->machine, &f->accessible, err) < 0) {
        return -1;
    }
    f->active = vbox_state_is_active(f->state);
    return 0;
}

static int find_once(struct vbox_found *f, uint64_t *epoch, eb_error *err)
{
    if (vb_begin(f->c->vb, &f->vbox, epoch, err) < 0)
        return -1;
    return vbox_find_any(f->c, f->vbox, f->uuid, &f->machine, err) < 0 || read_state(f, err) < 0 ? -1 : 0;
}

/* A transient domain that has stopped is not there. */
static int check_there(struct vbox_found *f, eb_error *err)
{
    int gone = f->active ? 0 : vbox_transient_gone(f, err);

    if (gone > 0)
        return eb_error_set(err, EB_ERR_NO_DOMAIN, "no domain with matching uuid '%s'", f->id);
    return gone;
}

int vbox_find(struct vbox_conn *c, eb_uuid uuid, struct vbox_found *out, eb_error *err)
{
    VBOX_AUTOFOUND struct vbox_found f = {.c = c};
    EB_AUTOERROR eb_error why = EB_ERROR_INIT;
    uint64_t epoch = 0;

    memcpy(f.uuid, uuid, sizeof(f.uuid));
    eb_uuid_format(uuid, f.id);
    if (find_once(&f, &epoch, &why) < 0) {
        if (why.code == EB_ERR_NO_DOMAIN || !vbox_came_back(c, epoch)) {
            eb_error_move(err, &why);
            return -1;
        }
        vb_unref(EB_STEAL(f.vbox));
        vb_unref(EB_STEAL(f.machine));
        if (find_once(&f, &epoch, err) < 0)
            return -1;
    }
    if (check_there(&f, err) < 0)
        return -1;
    *out = f;
    f = (struct vbox_found){0};
    return 0;
}

int vbox_found_open(struct vbox_conn *c, IVirtualBox *vbox, IMachine *machine, eb_uuid uuid,
                    struct vbox_found *out, eb_error *err)
{
    VBOX_AUTOFOUND struct vbox_found f = {0};

    vbox_found_new(c, vbox, machine, uuid, &f);
    if (read_state(&f, err) < 0 || check_there(&f, err) < 0)
        return -1;
    *out = f;
    f = (struct vbox_found){0};
    return 0;
}

int vbox_find_accessible(struct vbox_conn *c, eb_uuid uuid, struct vbox_found *out, eb_error *err)
{
    VBOX_AUTOFOUND struct vbox_found f = {0};

    if (vbox_find(c, uuid, &f, err) < 0)
        return -1;
    if (!f.accessible)
        return vbox_inaccessible(c, f.machine, err);
    *out = f;
    f = (struct vbox_found){0};
    return 0;
}

int vbox_inaccessible(struct vbox_conn *c, IMachine *machine, eb_error *err)
{
    VB_AUTO(IVirtualBoxErrorInfo) info = NULL;
    EB_AUTOFREE char *text = NULL, *name = NULL;

    if (vbox_machine_name(c, machine, &name, err) < 0)
        return -1;
    if (IMachine_get_accessError(c->vb, machine, &info, NULL) == 0 && info &&
        IVirtualBoxErrorInfo_get_text(c->vb, info, &text, NULL) == 0)
        return eb_error_set_from(err, EB_FROM_VBOX, EB_ERR_OPERATION_FAILED,
                                 "VirtualBox cannot read the settings of '%s': %s", name, text);
    return eb_error_set_from(err, EB_FROM_VBOX, EB_ERR_OPERATION_FAILED,
                             "VirtualBox cannot read the settings of '%s'", name);
}

int vbox_machine_uuid(struct vbox_conn *c, IMachine *machine, unsigned char uuid[16], eb_error *err)
{
    EB_AUTOFREE char *id = NULL;

    if (IMachine_get_id(c->vb, machine, &id, err) < 0)
        return -1;
    if (!eb_uuid_parse(id, uuid))
        return eb_error_set(err, EB_ERR_INTERNAL_ERROR, "VirtualBox gave '%s' as a machine's id", id);
    return 0;
}

/* "broken" of "/home/me/VirtualBox VMs/broken/broken.vbox" */
static int name_of_file(struct vbox_conn *c, IMachine *machine, char **out, eb_error *err)
{
    EB_AUTOFREE char *path = NULL;
    const char *name;
    size_t n;

    if (IMachine_get_settingsFilePath(c->vb, machine, &path, err) < 0)
        return -1;
    name = path;
    for (const char *p = path; *p; p++)
        if (*p == '/' || *p == '\\')
            name = p + 1;
    n = strlen(name);
    if (eb_ends_with(name, ".vbox"))
        n -= 5;
    else if (eb_ends_with(name, ".xml"))
        n -= 4;
    *out = eb_strndup(name, n);
    return 0;
}

int vbox_machine_name(struct vbox_conn *c, IMachine *machine, char **out, eb_error *err)
{
    EB_AUTOERROR eb_error why = EB_ERROR_INIT;
    bool accessible = false;

    if (IMachine_get_name(c->vb, machine, out, &why) == 0)
        return 0;
    if (IMachine_get_accessible(c->vb, machine, &accessible, NULL) == 0 && !accessible)
        return name_of_file(c, machine, out, err);
    eb_error_move(err, &why);
    return -1;
}

/* findMachine does not know inaccessible machines by name. */
static int find_inaccessible(struct vbox_conn *c, IVirtualBox *vbox, const char *name, IMachine **out,
                             eb_error *err)
{
    IMachine **machines = NULL;
    size_t n = 0;
    int result = 0;

    if (IVirtualBox_get_machines(c->vb, vbox, &n, &machines, err) < 0)
        return -1;
    for (size_t i = 0; i < n && !*out; i++) {
        EB_AUTOFREE char *its = NULL;
        bool accessible = true;

        if (IMachine_get_accessible(c->vb, machines[i], &accessible, NULL) == 0 && !accessible &&
            name_of_file(c, machines[i], &its, NULL) == 0 && strcmp(its, name) == 0)
            *out = vb_object_ref(machines[i]);
    }
    vb_objects_free(n, machines);
    return result;
}

int vbox_find_by_name(struct vbox_conn *c, IVirtualBox *vbox, const char *name, IMachine **out, eb_error *err)
{
    EB_AUTOERROR eb_error why = EB_ERROR_INIT;
    VB_AUTO(IMachine) machine = NULL;

    *out = NULL;
    if (IVirtualBox_findMachine(c->vb, vbox, name, &machine, &why) < 0 &&
        why.vbox_result != VB_E_OBJECT_NOT_FOUND) {
        eb_error_move(err, &why);
        return -1;
    }
    if (machine) {
        EB_AUTOFREE char *its = NULL;

        /* it finds by uuid too */
        if (vbox_known_name(c, machine, &its, err) < 0)
            return -1;
        if (strcmp(its, name) == 0) {
            *out = EB_STEAL(machine);
            return 0;
        }
    }
    return find_inaccessible(c, vbox, name, out, err);
}

int vbox_machine_id(struct vbox_conn *c, IMachine *machine, eb_uuid uuid, int *id, eb_error *err)
{
    uint32_t pid = 0;

    if (IMachine_get_sessionPID(c->vb, machine, &pid, err) < 0)
        return -1;
    *id = vbox_domain_id(uuid, pid);
    return 0;
}

void vbox_keep_reason(struct vbox_conn *c, IMachine *machine, eb_uuid uuid, int reason)
{
    enum vb_MachineState state;
    eb_domain_state words;
    int64_t changed;
    int ignored;

    if (IMachine_get_state(c->vb, machine, &state, NULL) < 0 ||
        IMachine_get_lastStateChange(c->vb, machine, &changed, NULL) < 0)
        return;
    vbox_state_words(state, &words, &ignored);
    vbox_reason_keep(uuid, words, reason, changed);
}
