/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Taking a snapshot, and telling of one that is there. */
#include "vbox/event_life.h"
#include "vbox/snapshot.h"

/* ---- What VirtualBox cannot do, by its name ---- */

static int refuse(eb_error *err, const char *what)
{
    return eb_error_set(err, EB_ERR_CONFIG_UNSUPPORTED, "%s", what);
}

static int check_flags(unsigned flags, eb_error *err)
{
    static const struct {
        unsigned flag;
        const char *why;
    } refused[] = {
        {EB_SNAPSHOT_CREATE_NO_METADATA,
         "VirtualBox takes no snapshot without telling of it (VIR_DOMAIN_SNAPSHOT_CREATE_NO_METADATA)"},
        {EB_SNAPSHOT_CREATE_REUSE_EXT,
         "VirtualBox makes the images of a snapshot itself (VIR_DOMAIN_SNAPSHOT_CREATE_REUSE_EXT)"},
        {EB_SNAPSHOT_CREATE_QUIESCE,
         "VirtualBox cannot freeze the guest's file systems (VIR_DOMAIN_SNAPSHOT_CREATE_QUIESCE)"},
    };

    if (vbox_check_flags(flags, (EB_SNAPSHOT_CREATE_VALIDATE << 1) - 1, "virDomainSnapshotCreateXML", err) <
        0)
        return -1;
    for (size_t i = 0; i < EB_ARRAY_SIZE(refused); i++) {
        if (flags & refused[i].flag)
            return eb_error_set(err, EB_ERR_ARGUMENT_UNSUPPORTED, "%s", refused[i].why);
    }
    return 0;
}

static int check_memory(struct vbox_found *f, const struct eb_snapshot_def *def, unsigned flags,
                        eb_error *err)
{
    if (def->memory == EB_SNAPSHOT_EXTERNAL)
        return refuse(err, "VirtualBox keeps a snapshot's memory itself: <memory snapshot='external'>");
    if (def->memory == EB_SNAPSHOT_MANUAL)
        return refuse(err, "VirtualBox keeps a snapshot's memory itself: <memory snapshot='manual'>");
    if (!f->active && !vbox_state_is_saved(f->state))
        return 0;
    if (flags & EB_SNAPSHOT_CREATE_DISK_ONLY)
        return refuse(err,
                      "VirtualBox takes no snapshot of the disks alone of a domain that runs or is saved "
                      "(VIR_DOMAIN_SNAPSHOT_CREATE_DISK_ONLY)");
    if (def->memory == EB_SNAPSHOT_NO)
        return refuse(err, "VirtualBox takes no snapshot without memory of a domain that runs or is saved: "
                           "<memory snapshot='no'>");
    return 0;
}

static int check_live(struct vbox_found *f, unsigned flags, eb_error *err)
{
    struct vb *vb = f->c->vb;

    if (!(flags & EB_SNAPSHOT_CREATE_LIVE) || f->state != MachineState_Running ||
        vb_enum_has(vb, VB_ENUM_MachineState, MachineState_LiveSnapshotting))
        return 0;
    return eb_error_set(err, EB_ERR_ARGUMENT_UNSUPPORTED,
                        "this VirtualBox pauses a domain while it takes a snapshot of it "
                        "(VIR_DOMAIN_SNAPSHOT_CREATE_LIVE)");
}

static int check_new(struct vbox_found *f, const struct eb_snapshot_def *def, unsigned flags, eb_error *err)
{
    EB_AUTOSNAPSHOT struct eb_snapshot_def *copy = NULL;
    EB_AUTODEF struct eb_domain_def *domain = NULL;
    VBOX_AUTOSNAPSHOTS struct vbox_snapshots all = {0};
    int transient;

    if ((transient = vbox_is_transient(f->c, f->vbox, f->uuid, err)) < 0)
        return -1;
    if (transient && (flags & EB_SNAPSHOT_CREATE_HALT))
        return eb_error_set(err, EB_ERR_OPERATION_INVALID, "cannot halt after transient domain snapshot");
    if (def->n_unmodelled > 0)
        return eb_error_set(err, EB_ERR_CONFIG_UNSUPPORTED,
                            "VirtualBox has nothing like the %s of a snapshot", def->unmodelled[0].what);
    if (check_memory(f, def, flags, err) < 0 || check_live(f, flags, err) < 0 ||
        vbox_domain_def(f, EB_XML_INACTIVE, &domain, err) < 0)
        return -1;
    copy = eb_snapshot_def_copy(def);
    if (eb_snapshot_def_align(copy, domain, EB_SNAPSHOT_INTERNAL, true, err) < 0 ||
        vbox_snapshots_read(f, &all, err) < 0)
        return -1;
    if (vbox_snapshot_find(&all, def->name))
        return eb_error_set_from(err, EB_FROM_DOMAIN, EB_ERR_OPERATION_FAILED,
                                 "domain moment %s already exists", def->name);
    return 0;
}

/* ---- Taking ---- */

/* On the machine since 5.0, on its console before, which the guest's pausing is left to, and which does not
 * tell the new one's id. */
static int begin(struct vbox_found *f, const struct eb_snapshot_def *def, bool live, struct vbox_session *s,
                 char **id, IProgress **progress, eb_error *err)
{
    const char *description = def->description ? def->description : "";
    struct vb *vb = f->c->vb;
    bool here = vb_has(vb, VB_IMachine_takeSnapshot);

    if (vbox_session_open(f->c, f->machine,
                          f->active ? VBOX_LOCK_SHARED
                          : here    ? VBOX_LOCK_WRITE
                                    : VBOX_LOCK_CONSOLE,
                          s, err) < 0)
        return -1;
    if (here)
        return IMachine_takeSnapshot(vb, s->machine, def->name, description, !live, id, progress, err);
    return IConsole_takeSnapshot(vb, s->console, def->name, description, progress, err);
}

/* `*id`: the new one's. */
static int find_taken(struct vbox_found *f, const char *name, char **id, eb_error *err)
{
    VBOX_AUTOSNAPSHOTS struct vbox_snapshots all = {0};
    const struct vbox_snapshot *s;

    if (vbox_snapshots_read(f, &all, err) < 0 || !(s = vbox_snapshot_need(&all, name, err)))
        return -1;
    *id = eb_strdup(s->id);
    return 0;
}

static int take(struct vbox_found *f, const struct eb_snapshot_def *def, bool live, char **id, eb_error *err)
{
    VBOX_AUTOSESSION struct vbox_session s = {0};
    EB_AUTOFREE char *given = NULL, *found = NULL;
    IProgress *progress = NULL;

    if (begin(f, def, live, &s, &given, &progress, err) < 0 ||
        vbox_snapshot_wait(f, EB_JOB_OPERATION_SNAPSHOT, progress, "snapshot", err) < 0)
        return -1;
    /* it is there: one failed look is no reason to say that it is not */
    if (!given && find_taken(f, def->name, &found, NULL) < 0 && find_taken(f, def->name, &found, err) < 0)
        return -1;
    *id = given ? EB_STEAL(given) : EB_STEAL(found);
    return 0;
}

/* What was paused is paused again after a revert, what was off and saved is off. */
static int note_state(struct vbox_found *f, const char *id, eb_error *err)
{
    const char *note = vbox_state_is_saved(f->state)     ? "saved"
                       : f->state == MachineState_Paused ? "paused"
                                                         : NULL;

    return note ? vbox_snapshot_note(f, id, note, err) : 0;
}

static int halt(struct vbox_found *f, eb_error *err)
{
    vbox_life_intend(f->uuid, EB_DOMAIN_EVENT_STOPPED_FROM_SNAPSHOT);
    if (vbox_power_down(f, false, err) < 0) {
        vbox_life_intended(f->uuid);
        return -1;
    }
    vbox_keep_reason(f->c, f->machine, f->uuid, EB_SHUTOFF_FROM_SNAPSHOT);
    return 0;
}

int vbox_snapshot_create(eb_conn *conn, eb_uuid uuid, const struct eb_snapshot_def *def, unsigned flags,
                         eb_error *err)
{
    VBOX_AUTOFOUND struct vbox_found f = {0};
    EB_AUTOFREE char *id = NULL;
    VBOX_AUTOJOB void *job = NULL;
    bool live;

    if (check_flags(flags, err) < 0)
        return -1;
    job = vbox_job_begin(uuid);
    if (vbox_find_accessible(vbox_conn_of(conn), uuid, &f, err) < 0)
        return -1;
    if (flags & EB_SNAPSHOT_CREATE_REDEFINE)
        return vbox_snapshot_redefine(&f, def, flags & EB_SNAPSHOT_CREATE_CURRENT, err);
    live = f.state == MachineState_Running && (flags & EB_SNAPSHOT_CREATE_LIVE);
    if (check_new(&f, def, flags, err) < 0 || take(&f, def, live, &id, err) < 0)
        return -1;
    if (note_state(&f, id, err) < 0 || ((flags & EB_SNAPSHOT_CREATE_HALT) && f.active && halt(&f, err) < 0)) {
        vbox_snapshot_delete_id(&f, id, NULL);
        return -1;
    }
    return 0;
}

/* ---- Telling of one that is there ---- */

/* What may not differ between what is and what is said, and its name. */
static bool same_text(const char *a, const char *b)
{
    return eb_streq(a ? a : "", b ? b : "");
}

static bool same_disks(const struct eb_snapshot_def *a, const struct eb_snapshot_def *b)
{
    if (!b->n_disks)
        return true;
    if (a->n_disks != b->n_disks)
        return false;
    for (size_t i = 0; i < a->n_disks; i++) {
        if (!eb_streq(a->disks[i].name, b->disks[i].name) || a->disks[i].location != b->disks[i].location)
            return false;
    }
    return true;
}

static bool same_domain(const struct eb_domain_def *a, const struct eb_domain_def *b)
{
    EB_AUTOFREE char *one = NULL, *two = NULL;

    if (!a || !b)
        return !b;
    one = eb_domain_def_format(a, EB_XML_INACTIVE);
    two = eb_domain_def_format(b, EB_XML_INACTIVE);
    return eb_streq(one, two);
}

static const char *difference(const struct eb_snapshot_def *is, const struct eb_snapshot_def *said)
{
    return is->state != said->state                 ? "state"
           : !same_text(is->parent, said->parent)   ? "parent"
           : is->time != said->time                 ? "creationTime"
           : is->memory != said->memory             ? "memory"
           : !same_disks(is, said)                  ? "disks"
           : !same_domain(is->domain, said->domain) ? "domain"
           : said->inactive                         ? "inactiveDomain"
           : said->n_unmodelled                     ? said->unmodelled[0].name
                                                    : NULL;
}

/* As it is when it was written and read once: what is said of it was. */
static int read_back(struct vbox_found *f, const struct vbox_snapshot *s, struct eb_snapshot_def **out,
                     eb_error *err)
{
    EB_AUTOSNAPSHOT struct eb_snapshot_def *is = NULL;
    EB_AUTOFREE char *xml = NULL;

    if (vbox_snapshot_def(f, s, EB_XML_SECURE, &is, err) < 0)
        return -1;
    xml = eb_snapshot_def_format(is, EB_XML_SECURE);
    return eb_snapshot_def_parse(xml, true, out, err);
}

int vbox_snapshot_redefine(struct vbox_found *f, const struct eb_snapshot_def *def, bool current,
                           eb_error *err)
{
    VBOX_AUTOSNAPSHOTS struct vbox_snapshots all = {0};
    EB_AUTOSNAPSHOT struct eb_snapshot_def *is = NULL;
    const struct vbox_snapshot *s;
    const char *what;

    if (vbox_snapshots_read(f, &all, err) < 0)
        return -1;
    s = vbox_snapshot_find(&all, def->name);
    if (!s)
        return eb_error_set(err, EB_ERR_OPERATION_UNSUPPORTED,
                            "VirtualBox has no snapshot '%s' of the domain, and cannot be told of one",
                            def->name);
    if (current && !s->current)
        return eb_error_set(err, EB_ERR_OPERATION_UNSUPPORTED,
                            "in VirtualBox a snapshot becomes the current one by reverting to it only");
    if (read_back(f, s, &is, err) < 0)
        return -1;
    what = difference(is, def);
    if (what)
        return eb_error_set(err, EB_ERR_OPERATION_UNSUPPORTED,
                            "of a snapshot VirtualBox can change the description only, not <%s>", what);
    if (same_text(is->description, def->description))
        return 0;
    return ISnapshot_set_description(f->c->vb, s->object, def->description ? def->description : "", err);
}
