/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* virDomainDefineXML and virDomainCreateXML: a new machine, or one made anew. All or nothing. */
#include "vbox/device_ops.h"
#include "vbox/domain.h"

int vbox_check_identity(struct vbox_conn *c, IVirtualBox *vbox, const struct eb_domain_def *def,
                        IMachine **same, eb_error *err)
{
    EB_AUTOERROR eb_error why = EB_ERROR_INIT;
    VB_AUTO(IMachine) by_uuid = NULL;
    VB_AUTO(IMachine) by_name = NULL;
    EB_AUTOFREE char *name = NULL;
    unsigned char uuid[16];
    char id[EB_UUID_STRLEN + 1];

    *same = NULL;
    if (vbox_find_any(c, vbox, def->uuid, &by_uuid, &why) < 0) {
        if (why.code != EB_ERR_NO_DOMAIN) {
            eb_error_move(err, &why);
            return -1;
        }
        if (vbox_find_by_name(c, vbox, def->name, &by_name, err) < 0)
            return -1;
        if (!by_name)
            return 0;
        if (vbox_machine_uuid(c, by_name, uuid, err) < 0)
            return -1;
        eb_uuid_format(uuid, id);
        return eb_error_set(err, EB_ERR_OPERATION_FAILED, "domain '%s' already exists with uuid %s",
                            def->name, id);
    }
    if (vbox_machine_name(c, by_uuid, &name, err) < 0)
        return -1;
    if (strcmp(name, def->name) != 0) {
        eb_uuid_format(def->uuid, id);
        return eb_error_set(err, EB_ERR_OPERATION_FAILED, "domain '%s' is already defined with uuid %s", name,
                            id);
    }
    *same = EB_STEAL(by_uuid);
    return 0;
}

int vbox_fill_new(struct vbox_conn *c, IMachine *machine, const struct eb_domain_def *def, unsigned flags,
                  eb_error *err)
{
    VBOX_AUTOSESSION struct vbox_session s = {0};

    if (vbox_session_open(c, machine, VBOX_LOCK_WRITE, &s, err) < 0)
        return -1;
    if (vbox_apply_def_flags(c, s.machine, def, NULL, flags, err) < 0 ||
        vbox_metadata_apply(c, s.machine, def, NULL, err) < 0 ||
        IMachine_saveSettings(c->vb, s.machine, err) < 0) {
        /* saved all the same: of media VirtualBox lets go only what was saved, and the machine goes next */
        if (IMachine_saveSettings(c->vb, s.machine, NULL) < 0)
            IMachine_discardSettings(c->vb, s.machine, NULL);
        return -1;
    }
    return 0;
}

int vbox_define_new(struct vbox_conn *c, IVirtualBox *vbox, const struct eb_domain_def *def, IMachine **out,
                    eb_error *err)
{
    VB_AUTO(IMachine) machine = NULL;

    if (vbox_machine_create(c, vbox, def, &machine, err) < 0)
        return -1;
    if (vbox_fill_new(c, machine, def, 0, err) < 0) {
        vbox_machine_remove(c, vbox, machine, true, VBOX_DISKS_KEEP, NULL);
        return -1;
    }
    *out = EB_STEAL(machine);
    return 0;
}

/* What a definition says whatever way it is written. */
static bool equal(const struct eb_domain_def *a, const struct eb_domain_def *b)
{
    EB_AUTOFREE char *x = eb_domain_def_format(a, EB_XML_SECURE | EB_XML_INACTIVE);
    EB_AUTOFREE char *y = eb_domain_def_format(b, EB_XML_SECURE | EB_XML_INACTIVE);

    return strcmp(x, y) == 0;
}

/* Some settings (extra data) are saved as they are set, and a running machine has taken on what it could:
 * what differs from `old` now is changed back. */
static void change_back(struct vbox_found *f, struct vbox_edit *e, const struct eb_domain_def *old)
{
    EB_AUTODEF struct eb_domain_def *now = NULL;
    IMachine *machine = e->s.machine;
    struct vbox_conn *c = e->c;

    IMachine_discardSettings(c->vb, machine, NULL);
    if (vbox_domain_def(f, EB_XML_SECURE | EB_XML_INACTIVE, &now, NULL) < 0 || equal(now, old))
        return;
    if (vbox_apply_def(c, machine, old, now, NULL) == 0 &&
        vbox_metadata_apply(c, machine, old, now, NULL) == 0)
        IMachine_saveSettings(c->vb, machine, NULL);
    IMachine_discardSettings(c->vb, machine, NULL);
}

static int change(struct vbox_found *f, struct vbox_edit *e, const struct eb_domain_def *old,
                  const struct eb_domain_def *def, eb_error *err)
{
    struct vbox_conn *c = e->c;

    if (e->live && vbox_check_live_change(c, old, def, err) < 0)
        return -1;
    if (vbox_apply_def(c, e->s.machine, def, old, err) == 0 &&
        vbox_metadata_apply(c, e->s.machine, def, old, err) == 0 &&
        IMachine_saveSettings(c->vb, e->s.machine, err) == 0)
        return 0;
    change_back(f, e, old);
    return -1;
}

/* A running machine that was made to be transient: what it cannot be now it will be once it has stopped. */
static int define_later(struct vbox_found *f, const struct eb_domain_def *def, bool transient, eb_error *err)
{
    if (vbox_check_def(f->c, def, err) < 0 || vbox_next_note(f, def, err) < 0)
        return -1;
    if (!transient || vbox_transient_unmark(f->c, f->vbox, f->uuid, err) == 0)
        return 0;
    vbox_next_note(f, NULL, NULL);
    return -1;
}

/* Whether a definition waits already. */
static int waits(struct vbox_found *f, eb_error *err)
{
    EB_AUTODEF struct eb_domain_def *next = NULL;

    return vbox_next_read(f, &next, err);
}

/* Drops what `def` says of devices that `old` had and that went. */
static void drop_leftovers(struct eb_domain_def *def, const struct eb_domain_def *old)
{
    EB_AUTOFREE char *text = eb_domain_def_format(old, EB_XML_INACTIVE);
    char **strays = def->vbox.strays;
    size_t kept = 0;

    for (size_t i = 0; strays && strays[i]; i++) {
        if (strstr(text, strays[i]))
            free(strays[i]);
        else
            strays[kept++] = strays[i];
    }
    if (strays)
        strays[kept] = NULL;
}

int vbox_redefine(struct vbox_found *f, const struct eb_domain_def *given, eb_error *err)
{
    EB_AUTODEF struct eb_domain_def *def = eb_domain_def_copy(given);
    EB_AUTODEF struct eb_domain_def *old = NULL;
    VBOX_AUTOEDIT struct vbox_edit e = {0};
    int transient, waiting;

    if (!f->accessible)
        return vbox_inaccessible(f->c, f->machine, err);
    if ((transient = vbox_is_transient(f->c, f->vbox, f->uuid, err)) < 0 ||
        vbox_domain_def(f, EB_XML_SECURE | EB_XML_INACTIVE, &old, err) < 0 || (waiting = waits(f, err)) < 0)
        return -1;
    drop_leftovers(def, old);
    if (f->active && (waiting || (transient && vbox_check_live_change(f->c, old, def, NULL) < 0)))
        return define_later(f, def, transient, err);
    if (!equal(old, def) || (def->vbox.strays && def->vbox.strays[0])) {
        if (vbox_check_def(f->c, def, err) < 0 || vbox_edit_found(f, &e, err) < 0 ||
            change(f, &e, old, def, err) < 0)
            return -1;
    }
    /* what was to vanish when it stops has been defined now, and what waited is outdone */
    if ((transient && vbox_transient_unmark(f->c, f->vbox, f->uuid, err) < 0) ||
        (waiting && vbox_next_note(f, NULL, err) < 0)) {
        if (e.s.machine)
            change_back(f, &e, old);
        return -1;
    }
    return 0;
}

static void fill_key(const struct eb_domain_def *def, int id, struct eb_domain_key *out)
{
    memcpy(out->uuid, def->uuid, sizeof(out->uuid));
    out->name = eb_strdup(def->name);
    out->id = id;
}

/* The definition with a uuid: a new one where it says none. */
static struct eb_domain_def *with_uuid(const struct eb_domain_def *def)
{
    struct eb_domain_def *copy = eb_domain_def_copy(def);

    if (!copy->has_uuid)
        eb_uuid_generate(copy->uuid);
    copy->has_uuid = true;
    return copy;
}

/* A name or uuid that a stopped transient domain still holds is free: looking at it removes it. */
static void make_room(struct vbox_conn *c, IVirtualBox *vbox, const struct eb_domain_def *def)
{
    VBOX_AUTOFOUND struct vbox_found by_uuid = {0}, by_name = {0};
    VB_AUTO(IMachine) machine = NULL;
    unsigned char uuid[16];

    (void)vbox_find(c, def->uuid, &by_uuid, NULL);
    if (vbox_find_by_name(c, vbox, def->name, &machine, NULL) == 0 && machine &&
        vbox_machine_uuid(c, machine, uuid, NULL) == 0)
        (void)vbox_find(c, uuid, &by_name, NULL);
}

/* The one that is there anew. */
static int define_same(struct vbox_conn *c, const struct eb_domain_def *def, struct eb_domain_key *out,
                       eb_error *err)
{
    VBOX_AUTOFOUND struct vbox_found f = {0};
    int id = -1;

    if (vbox_find(c, def->uuid, &f, err) < 0 ||
        (f.active && vbox_machine_id(c, f.machine, f.uuid, &id, err) < 0) || vbox_redefine(&f, def, err) < 0)
        return -1;
    fill_key(def, id, out);
    return 0;
}

/* What of it can be now; the whole of it waits where volumes are to come. */
static int define_split(struct vbox_conn *c, IVirtualBox *vbox, const struct eb_domain_def *def,
                        IMachine **out, eb_error *err)
{
    EB_AUTODEF struct eb_domain_def *now = NULL;
    VBOX_AUTOFOUND struct vbox_found f = {0};

    if (vbox_next_split(c, vbox, def, &now, err) < 0 ||
        vbox_define_new(c, vbox, now ? now : def, out, err) < 0)
        return -1;
    if (!now)
        return 0;
    vbox_found_new(c, vbox, *out, def->uuid, &f);
    if (vbox_next_note(&f, def, err) == 0)
        return 0;
    vbox_machine_remove(c, vbox, *out, true, VBOX_DISKS_KEEP, NULL);
    return -1;
}

int vbox_define(eb_conn *conn, const struct eb_domain_def *given, unsigned flags, struct eb_domain_key *out,
                eb_error *err)
{
    struct vbox_conn *c = vbox_conn_of(conn);
    EB_AUTODEF struct eb_domain_def *def = with_uuid(given);
    VB_AUTO(IVirtualBox) vbox = NULL;
    VB_AUTO(IMachine) same = NULL;
    VB_AUTO(IMachine) made = NULL;
    VBOX_AUTOJOB void *job = NULL;

    if (vbox_check_flags(flags, EB_DEFINE_VALIDATE, "virDomainDefineXMLFlags", err) < 0 ||
        vbox_begin(c, &vbox, err) < 0)
        return -1;
    make_room(c, vbox, def);
    job = vbox_job_begin(def->uuid);
    if (vbox_check_identity(c, vbox, def, &same, err) < 0)
        return -1;
    if (same)
        return define_same(c, def, out, err);
    if (vbox_check_def(c, def, err) < 0 || define_split(c, vbox, def, &made, err) < 0)
        return -1;
    fill_key(def, -1, out);
    return 0;
}

/* ---- virDomainCreateXML ---- */

void vbox_take_back(struct vbox_found *f)
{
    enum vb_MachineState state;

    if (IMachine_get_state(f->c->vb, f->machine, &state, NULL) == 0 && vbox_state_is_active(state))
        vbox_power_down(f, false, NULL);
    vbox_wait_unlocked(f->c, f->machine, 3000);
    vbox_machine_remove(f->c, f->vbox, f->machine, true, VBOX_DISKS_KEEP, NULL);
    vbox_transient_unmark(f->c, f->vbox, f->uuid, NULL);
}

static int make_transient(struct vbox_conn *c, IVirtualBox *vbox, const struct eb_domain_def *def,
                          bool paused, struct eb_domain_key *out, eb_error *err)
{
    VBOX_AUTOFOUND struct vbox_found f = {0};
    VB_AUTO(IMachine) made = NULL;
    int id;

    if (vbox_transient_mark_making(c, vbox, def->uuid, err) < 0)
        return -1;
    if (vbox_define_new(c, vbox, def, &made, err) < 0) {
        vbox_transient_unmark(c, vbox, def->uuid, NULL);
        return -1;
    }
    vbox_found_new(c, vbox, made, def->uuid, &f);
    if (vbox_start(&f, paused, false, err) < 0 || vbox_transient_mark_made(c, vbox, def->uuid, err) < 0 ||
        vbox_machine_id(c, made, def->uuid, &id, err) < 0) {
        vbox_take_back(&f);
        return -1;
    }
    fill_key(def, id, out);
    return 0;
}

int vbox_create(eb_conn *conn, const struct eb_domain_def *given, unsigned flags, struct eb_domain_key *out,
                eb_error *err)
{
    struct vbox_conn *c = vbox_conn_of(conn);
    EB_AUTODEF struct eb_domain_def *def = with_uuid(given);
    VB_AUTO(IVirtualBox) vbox = NULL;
    VB_AUTO(IMachine) same = NULL;
    VBOX_AUTOJOB void *job = NULL;

    if (vbox_check_flags(flags, EB_START_PAUSED | EB_START_AUTODESTROY, "virDomainCreateXML", err) < 0 ||
        vbox_begin(c, &vbox, err) < 0)
        return -1;
    make_room(c, vbox, def);
    job = vbox_job_begin(def->uuid);
    if (vbox_check_identity(c, vbox, def, &same, err) < 0)
        return -1;
    if (same)
        return eb_error_set(err, EB_ERR_OPERATION_INVALID,
                            "domain '%s' is defined already; VirtualBox keeps one definition of a domain, so "
                            "start that one",
                            def->name);
    if (vbox_check_def(c, def, err) < 0 ||
        make_transient(c, vbox, def, flags & EB_START_PAUSED, out, err) < 0)
        return -1;
    if (flags & EB_START_AUTODESTROY)
        vbox_conn_autodestroy(c, def->uuid);
    return 0;
}
