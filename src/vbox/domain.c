/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What can be asked of one domain. */
#include "vbox/domain.h"

#include <time.h>

/* ---- Reading what others change ---- */

typedef int read_fn(struct vbox_found *f, void *out, eb_error *err);

/* What a machine answers while its VM ends, or while it is removed. */
static bool is_in_between(const eb_error *err)
{
    return err->vbox_result == VB_E_INVALID_VM_STATE || err->vbox_result == VB_E_INVALID_OBJECT_STATE ||
           err->vbox_result == VB_E_INVALID_SESSION_STATE || err->vbox_result == VB_E_ACCESSDENIED;
}

/* Reads; and again, where the machine was just about to stop or go. */
static int read_domain(eb_conn *conn, eb_uuid uuid, read_fn *fn, void *out, eb_error *err)
{
    const struct timespec pause = {0, 20000000};

    for (unsigned tries = 0;; tries++) {
        VBOX_AUTOFOUND struct vbox_found f = {0};
        EB_AUTOERROR eb_error why = EB_ERROR_INIT;

        if (vbox_find(vbox_conn_of(conn), uuid, &f, err) < 0)
            return -1;
        if (fn(&f, out, &why) == 0)
            return 0;
        if (!f.accessible || !is_in_between(&why) || tries == 50) {
            eb_error_move(err, &why);
            return -1;
        }
        nanosleep(&pause, NULL);
    }
}

struct state_words {
    eb_domain_state state;
    int reason;
};

static int read_words(struct vbox_found *f, void *out, eb_error *err)
{
    struct state_words *w = out;
    int64_t kept_at, changed;
    int kept;

    vbox_state_words(f->state, &w->state, &w->reason);
    if (!f->accessible || !vbox_reason_get(f->uuid, w->state, &kept, &kept_at))
        return 0;
    if (IMachine_get_lastStateChange(f->c->vb, f->machine, &changed, err) < 0)
        return -1;
    /* someone else has changed it since */
    if (changed == kept_at)
        w->reason = kept;
    return 0;
}

int vbox_get_state(eb_conn *conn, eb_uuid uuid, eb_domain_state *state, int *reason, eb_error *err)
{
    struct state_words w;

    if (read_domain(conn, uuid, read_words, &w, err) < 0)
        return -1;
    *state = w.state;
    *reason = w.reason;
    return 0;
}

static int read_info(struct vbox_found *f, void *out, eb_error *err)
{
    eb_domain_info *info = out;
    unsigned max, current;
    uint32_t pid = 0;
    int reason;

    if (!f->accessible)
        return vbox_inaccessible(f->c, f->machine, err);
    *info = (eb_domain_info){0};
    vbox_state_words(f->state, &info->state, &reason);
    if (vbox_memory_of(f->c, f->machine, &info->max_memory, &info->memory, err) < 0 ||
        vbox_vcpus_of(f->c, f->machine, &max, &current, err) < 0)
        return -1;
    info->vcpus = current;
    if (f->active) {
        if (IMachine_get_sessionPID(f->c->vb, f->machine, &pid, err) < 0)
            return -1;
        info->cpu_time = vbox_process_time(pid);
    }
    return 0;
}

int vbox_get_info(eb_conn *conn, eb_uuid uuid, eb_domain_info *out, eb_error *err)
{
    return read_domain(conn, uuid, read_info, out, err);
}

int vbox_get_os_type(eb_conn *conn, eb_uuid uuid, char **out, eb_error *err)
{
    VBOX_AUTOFOUND struct vbox_found f = {0};

    if (vbox_find(vbox_conn_of(conn), uuid, &f, err) < 0)
        return -1;
    *out = eb_strdup("hvm");
    return 0;
}

int vbox_is_active(eb_conn *conn, eb_uuid uuid, eb_error *err)
{
    VBOX_AUTOFOUND struct vbox_found f = {0};

    return vbox_find(vbox_conn_of(conn), uuid, &f, err) < 0 ? -1 : f.active;
}

int vbox_is_persistent(eb_conn *conn, eb_uuid uuid, eb_error *err)
{
    struct vbox_conn *c = vbox_conn_of(conn);
    VBOX_AUTOFOUND struct vbox_found f = {0};
    int transient;

    if (vbox_find(c, uuid, &f, err) < 0)
        return -1;
    transient = vbox_is_transient(c, f.vbox, uuid, err);
    return transient < 0 ? -1 : !transient;
}

/* VirtualBox keeps one definition, which is the running one; rarely another one waits. */
int vbox_is_updated(eb_conn *conn, eb_uuid uuid, eb_error *err)
{
    VBOX_AUTOFOUND struct vbox_found f = {0};
    EB_AUTODEF struct eb_domain_def *next = NULL;

    if (vbox_find(vbox_conn_of(conn), uuid, &f, err) < 0)
        return -1;
    return f.active ? vbox_next_read(&f, &next, err) : 0;
}

int vbox_domain_def(struct vbox_found *f, unsigned flags, struct eb_domain_def **out, eb_error *err)
{
    EB_AUTODEF struct eb_domain_def *def = NULL;

    if (vbox_read_def(f->c, f->machine, flags, &def, err) < 0 ||
        vbox_metadata_read(f->c, f->machine, def, err) < 0 || vbox_finish_osinfo(f->c, def, err) < 0)
        return -1;
    def->id = -1;
    if (f->active && vbox_machine_id(f->c, f->machine, f->uuid, &def->id, err) < 0)
        return -1;
    *out = EB_STEAL(def);
    return 0;
}

struct def_request {
    unsigned flags;
    struct eb_domain_def *def;
};

static int read_whole_def(struct vbox_found *f, void *out, eb_error *err)
{
    struct def_request *request = out;
    int waits;

    if (!f->accessible)
        return vbox_inaccessible(f->c, f->machine, err);
    if ((waits = vbox_next_def(f, request->flags, &request->def, err)) != 0)
        return waits < 0 ? -1 : 0;
    return vbox_domain_def(f, request->flags, &request->def, err);
}

int vbox_get_def(eb_conn *conn, eb_uuid uuid, unsigned flags, struct eb_domain_def **out, eb_error *err)
{
    struct def_request request = {.flags = flags};

    if (vbox_check_flags(flags, EB_XML_SECURE | EB_XML_INACTIVE | EB_XML_UPDATE_CPU | EB_XML_MIGRATABLE,
                         "virDomainGetXMLDesc", err) < 0 ||
        read_domain(conn, uuid, read_whole_def, &request, err) < 0)
        return -1;
    *out = request.def;
    return 0;
}

/* VirtualBox has no security labels. */
int vbox_get_security_label(eb_conn *conn, eb_uuid uuid, eb_security_label *out, eb_error *err)
{
    VBOX_AUTOFOUND struct vbox_found f = {0};

    if (vbox_find(vbox_conn_of(conn), uuid, &f, err) < 0)
        return -1;
    memset(out, 0, sizeof(*out));
    return 0;
}

int vbox_get_messages(eb_conn *conn, eb_uuid uuid, unsigned flags, char ***out, eb_error *err)
{
    struct vbox_conn *c = vbox_conn_of(conn);
    EB_AUTOERROR eb_error why = EB_ERROR_INIT;
    VBOX_AUTOFOUND struct vbox_found f = {0};

    if (vbox_check_flags(flags, 3, "virDomainGetMessages", err) < 0 || vbox_find(c, uuid, &f, err) < 0)
        return -1;
    *out = eb_calloc(2, sizeof(**out));
    if (f.accessible)
        return 0;
    vbox_inaccessible(c, f.machine, &why);
    (*out)[0] = eb_strdup(eb_error_message(&why));
    return 1;
}
