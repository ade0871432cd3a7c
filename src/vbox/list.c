/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Lists and lookups. A call to VirtualBox goes through another process, so a list asks for what it can get
 * for all machines at once: the machines, their states, the marks of transient domains; then for each its
 * name and uuid and what the caller wants to know.
 */
#include "vbox/domain.h"
#include "vbox/known.h"

struct listing {
    struct vbox_conn *c;
    IVirtualBox *vbox;
    IMachine **machines;
    size_t n;
    enum vb_MachineState *states;
    char **keys; /* VirtualBox's own extra data */
    size_t n_keys;
};

static void listing_clear(struct listing *l)
{
    vb_objects_free(l->n, l->machines);
    free(l->states);
    vb_strings_free(l->n_keys, l->keys);
    vb_unref(l->vbox);
}

/* Before 4.2 each machine is asked; one that cannot answer is inaccessible. */
static int read_states(struct listing *l, eb_error *err)
{
    size_t n = 0;

    if (vb_has(l->c->vb, VB_IVirtualBox_getMachineStates)) {
        if (IVirtualBox_getMachineStates(l->c->vb, l->vbox, l->n, l->machines, &n, &l->states, err) < 0)
            return -1;
        if (n != l->n)
            return eb_error_set(err, EB_ERR_INTERNAL_ERROR, "VirtualBox gave %zu states of %zu machines", n,
                                l->n);
        return 0;
    }
    l->states = eb_calloc(l->n + 1, sizeof(*l->states));
    for (size_t i = 0; i < l->n; i++)
        if (IMachine_get_state(l->c->vb, l->machines[i], &l->states[i], NULL) < 0)
            l->states[i] = MachineState_Null;
    return 0;
}

static int read_once(struct listing *l, uint64_t *epoch, eb_error *err)
{
    if (vb_begin(l->c->vb, &l->vbox, epoch, err) < 0 ||
        IVirtualBox_get_machines(l->c->vb, l->vbox, &l->n, &l->machines, err) < 0 || read_states(l, err) < 0)
        return -1;
    return vbox_global_keys(l->c, l->vbox, &l->n_keys, &l->keys, err);
}

static int listing_read(struct vbox_conn *c, struct listing *l, eb_error *err)
{
    EB_AUTOERROR eb_error why = EB_ERROR_INIT;
    uint64_t epoch = 0;

    l->c = c;
    if (read_once(l, &epoch, &why) == 0)
        return 0;
    if (!vbox_came_back(c, epoch)) {
        eb_error_move(err, &why);
        return -1;
    }
    listing_clear(l);
    *l = (struct listing){.c = c};
    return read_once(l, &epoch, err);
}

static bool has_mark(const struct listing *l, eb_uuid uuid)
{
    unsigned char its[16];

    for (size_t i = 0; i < l->n_keys; i++)
        if (eb_starts_with(l->keys[i], VBOX_TRANSIENT_KEY) &&
            eb_uuid_parse(l->keys[i] + strlen(VBOX_TRANSIENT_KEY), its) && memcmp(its, uuid, 16) == 0)
            return true;
    return false;
}

static int read_reason(struct listing *l, IMachine *machine, struct eb_domain_summary *s, eb_error *err)
{
    int64_t kept_at, changed;
    int kept;

    if (!vbox_reason_get(s->key.uuid, s->state, &kept, &kept_at))
        return 0;
    if (IMachine_get_lastStateChange(l->c->vb, machine, &changed, err) < 0)
        return -1;
    if (changed == kept_at)
        s->reason = kept;
    return 0;
}

static int read_wanted(struct listing *l, IMachine *machine, unsigned want, struct eb_domain_summary *s,
                       eb_error *err)
{
    uint32_t snapshots = 0;
    int autostart;

    if (want & EB_WANT_AUTOSTART) {
        if ((autostart = vbox_autostart_of(l->c, machine, err)) < 0)
            return -1;
        s->autostart = autostart;
    }
    if (want & EB_WANT_SNAPSHOT) {
        if (IMachine_get_snapshotCount(l->c->vb, machine, &snapshots, err) < 0)
            return -1;
        s->has_snapshot = snapshots > 0;
    }
    return 0;
}

/* 1: described. 0: a transient domain that has stopped. */
static int describe(struct listing *l, size_t i, unsigned want, struct eb_domain_summary *s, eb_error *err)
{
    IMachine *machine = l->machines[i];
    enum vb_MachineState state = l->states[i];
    bool active = vbox_state_is_active(state), marked;

    s->key.id = -1;
    if (vbox_known_uuid(l->c, machine, s->key.uuid, err) < 0)
        return -1;
    marked = has_mark(l, s->key.uuid);
    if (marked && !active) {
        struct vbox_found f = {.c = l->c, .vbox = l->vbox, .machine = machine};
        int gone;

        memcpy(f.uuid, s->key.uuid, 16);
        if ((gone = vbox_transient_gone(&f, err)) != 0)
            return gone < 0 ? -1 : 0;
    }
    vbox_state_words(state, &s->state, &s->reason);
    s->persistent = !marked;
    s->managed_save = vbox_state_is_saved(state);
    if (vbox_known_name(l->c, machine, &s->key.name, err) < 0)
        return -1;
    if (active && vbox_machine_id(l->c, machine, s->key.uuid, &s->key.id, err) < 0)
        return -1;
    /* a machine whose settings cannot be read has nothing more to say */
    if (state == MachineState_Null || state == MachineState__none)
        return 1;
    return read_reason(l, machine, s, err) < 0 || read_wanted(l, machine, want, s, err) < 0 ? -1 : 1;
}

/* A machine that someone removed while we looked. */
static bool is_gone(const eb_error *why)
{
    return why->vbox_result == VB_E_ACCESSDENIED || why->vbox_result == VB_E_OBJECT_NOT_FOUND;
}

int vbox_list(eb_conn *conn, unsigned want, struct eb_domain_summary **out, eb_error *err)
{
    EB_CLEANUP(listing_clear) struct listing l = {0};
    struct eb_domain_summary *list;
    size_t n = 0;

    if (listing_read(vbox_conn_of(conn), &l, err) < 0)
        return -1;
    list = eb_calloc(l.n + 1, sizeof(*list));
    for (size_t i = 0; i < l.n; i++) {
        EB_AUTOERROR eb_error why = EB_ERROR_INIT;
        int described = describe(&l, i, want, &list[n], &why);

        if (described > 0) {
            n++;
            continue;
        }
        free(list[n].key.name);
        list[n] = (struct eb_domain_summary){0};
        if (described < 0 && !is_gone(&why)) {
            eb_error_move(err, &why);
            eb_domain_summaries_free(list, n);
            return -1;
        }
    }
    vbox_known_prune(l.c, l.machines, l.n);
    *out = list;
    return (int)n;
}

/* ---- Lookups ---- */

static int fill_key(struct vbox_found *f, struct eb_domain_key *out, eb_error *err)
{
    struct eb_domain_key key = {.id = -1};

    memcpy(key.uuid, f->uuid, sizeof(key.uuid));
    if (f->active && vbox_machine_id(f->c, f->machine, f->uuid, &key.id, err) < 0)
        return -1;
    if (vbox_known_name(f->c, f->machine, &key.name, err) < 0)
        return -1;
    *out = key;
    return 0;
}

int vbox_lookup_uuid(eb_conn *conn, eb_uuid uuid, struct eb_domain_key *out, eb_error *err)
{
    VBOX_AUTOFOUND struct vbox_found f = {0};

    if (vbox_find(vbox_conn_of(conn), uuid, &f, err) < 0)
        return -1;
    return fill_key(&f, out, err);
}

int vbox_lookup_name(eb_conn *conn, const char *name, struct eb_domain_key *out, eb_error *err)
{
    struct vbox_conn *c = vbox_conn_of(conn);
    EB_AUTOERROR eb_error why = EB_ERROR_INIT;
    VBOX_AUTOFOUND struct vbox_found f = {0};
    VB_AUTO(IVirtualBox) vbox = NULL;
    VB_AUTO(IMachine) machine = NULL;
    unsigned char uuid[16];

    if (vbox_begin(c, &vbox, err) < 0 || vbox_find_by_name(c, vbox, name, &machine, err) < 0)
        return -1;
    if (machine && vbox_known_uuid(c, machine, uuid, err) < 0)
        return -1;
    if (!machine || (vbox_found_open(c, vbox, machine, uuid, &f, &why) < 0 && why.code == EB_ERR_NO_DOMAIN))
        return eb_error_set(err, EB_ERR_NO_DOMAIN, "no domain with matching name '%s'", name);
    if (eb_error_is_set(&why)) {
        eb_error_move(err, &why);
        return -1;
    }
    return fill_key(&f, out, err);
}

int vbox_lookup_id(eb_conn *conn, int id, struct eb_domain_key *out, eb_error *err)
{
    EB_CLEANUP(listing_clear) struct listing l = {0};
    struct vbox_conn *c = vbox_conn_of(conn);

    if (listing_read(c, &l, err) < 0)
        return -1;
    for (size_t i = 0; i < l.n; i++) {
        unsigned char uuid[16];
        int its;

        if (vbox_state_is_active(l.states[i]) && vbox_known_uuid(c, l.machines[i], uuid, NULL) == 0 &&
            vbox_machine_id(c, l.machines[i], uuid, &its, NULL) == 0 && its == id)
            return vbox_lookup_uuid(conn, uuid, out, err);
    }
    return eb_error_set(err, EB_ERR_NO_DOMAIN, "no domain with matching id %d", id);
}
