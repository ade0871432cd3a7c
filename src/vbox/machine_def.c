/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A machine as a definition and back: all concepts in turn, and what may be said without being done. */
#include "model/domain_devices.h"
#include "vbox/device_ops.h"

/* In the order in which they are applied: what others depend on goes first (the chipset before adapters). */
static const struct concept {
    vm_read_fn *read;
    vm_check_fn *check;
    vm_apply_fn *apply;
}
concepts[] = {
#define CONCEPT(name)                                                                                        \
    {                                                                                                        \
        vm_read_##name, vm_check_##name, vm_apply_##name                                                     \
    }
    CONCEPT(ostype),   CONCEPT(os),    CONCEPT(memory), CONCEPT(cpu),     CONCEPT(tune), CONCEPT(features),
    CONCEPT(settings), CONCEPT(usb),   CONCEPT(input),  CONCEPT(storage), CONCEPT(nics), CONCEPT(graphics),
    CONCEPT(video),    CONCEPT(sound), CONCEPT(ports),  CONCEPT(folders), CONCEPT(tpm),
};

/* ---- Reading ---- */

static int read_identity(struct vm *vm, struct eb_domain_def *def, eb_error *err)
{
    EB_AUTOFREE char *id = NULL;

    if (IMachine_get_name(vm->vb, vm->machine, &def->name, err) < 0 ||
        IMachine_get_id(vm->vb, vm->machine, &id, err) < 0)
        return -1;
    def->virt = EB_VIRT_VBOX;
    def->has_uuid = eb_uuid_parse(id, def->uuid);
    return 0;
}

int vbox_read_def(struct vbox_conn *c, IMachine *machine, unsigned flags, struct eb_domain_def **out,
                  eb_error *err)
{
    struct vm vm VM_AUTO;
    EB_AUTODEF struct eb_domain_def *def = eb_domain_def_new();

    if (vm_open(c, machine, flags, &vm, err) < 0 || read_identity(&vm, def, err) < 0)
        return -1;
    for (size_t i = 0; i < EB_ARRAY_SIZE(concepts); i++)
        if (concepts[i].read(&vm, def, err) < 0)
            return -1;
    /* what every parser adds, so that what was read equals what was written */
    def->vcpu_placement = eb_strdup("static");
    if (eb_domain_def_fill(def, err) < 0)
        return -1;
    *out = EB_STEAL(def);
    return 0;
}

/* ---- Checking ---- */

/*
 * What libvirt's tools send whether or not anyone asked for it, and what cannot change what the guest sees.
 * The reasons are in docs/xml.md. `text`: what the element must contain to be let pass; NULL: anything.
 */
static const struct {
    const char *parent, *name, *text;
} ignored[] = {
    {"/domain", "resource", NULL},
    {"/domain", "seclabel", "none"},
    {"/domain/devices", "audio", "none"},
};

static bool is_ignored(const struct eb_unmodelled *u)
{
    for (size_t i = 0; i < EB_ARRAY_SIZE(ignored); i++)
        if (!u->attribute && eb_streq(u->path, ignored[i].parent) && eb_streq(u->name, ignored[i].name) &&
            (!ignored[i].text || (u->xml && strstr(u->xml, ignored[i].text))))
            return true;
    return false;
}

static int check_unmodelled(struct vm *vm, const struct eb_domain_def *def, eb_error *err)
{
    for (size_t i = 0; i < def->n_unmodelled; i++) {
        const struct eb_unmodelled *u = &def->unmodelled[i];
        EB_AUTOFREE char *what = NULL;

        if (is_ignored(u))
            continue;
        what = u->line ? eb_asprintf("%s (line %ld)", u->what, u->line) : eb_strdup(u->what);
        return vm_refuse(vm, err, what, NULL);
    }
    return 0;
}

/* What no concept owns. */
static int check_others(struct vm *vm, const struct eb_domain_def *def, eb_error *err)
{
    const struct eb_memballoon *b = &def->memballoon;
    const struct vm_refusal refusals[] = {
        {def->virt != EB_VIRT_VBOX && def->virt != EB_VIRT_NONE, "a <domain> whose type is not 'vbox'"},
        {def->genid != NULL, "element <genid>"},
        {def->n_channels != 0, "element <channel>"},
        {def->n_consoles && def->consoles->target_type && strcmp(def->consoles->target_type, "serial") != 0,
         "<console> that is no serial port"},
        {def->n_rngs != 0, "element <rng>"},
        {def->n_watchdogs != 0, "element <watchdog>"},
        {b->present && b->model && strcmp(b->model, "none") != 0 && strcmp(b->model, "virtio") != 0,
         "model of <memballoon>"},
        {b->present && (b->period || b->autodeflate == EB_YES), "settings of <memballoon>"},
    };

    return vm_refuse_said(vm, refusals, EB_ARRAY_SIZE(refusals), err);
}

static int check_strays(struct vm *vm, const struct eb_domain_def *def, eb_error *err)
{
    EB_AUTOFREE char *what = NULL;

    if (!def->vbox.strays || !def->vbox.strays[0])
        return 0;
    what = eb_asprintf("%s>", def->vbox.strays[0]);
    return vm_refuse(vm, err, what, "the domain has no such device");
}

int vbox_check_def(struct vbox_conn *c, const struct eb_domain_def *def, eb_error *err)
{
    struct vm vm VM_AUTO;

    if (vm_open(c, NULL, 0, &vm, err) < 0 || check_unmodelled(&vm, def, err) < 0 ||
        check_strays(&vm, def, err) < 0 || check_others(&vm, def, err) < 0)
        return -1;
    for (size_t i = 0; i < EB_ARRAY_SIZE(concepts); i++)
        if (concepts[i].check(&vm, def, err) < 0)
            return -1;
    return 0;
}

int vbox_choose_os_type(struct vbox_conn *c, const struct eb_domain_def *def, char **out, eb_error *err)
{
    struct vm vm VM_AUTO;

    return vm_open(c, NULL, 0, &vm, err) < 0 ? -1 : vm_choose_os_type(&vm, def, out, err);
}

/* ---- Applying ---- */

int vbox_apply_def(struct vbox_conn *c, IMachine *machine, const struct eb_domain_def *def,
                   const struct eb_domain_def *old, eb_error *err)
{
    return vbox_apply_def_flags(c, machine, def, old, 0, err);
}

static int apply_all(struct vm *vm, const struct eb_domain_def *def, eb_error *err)
{
    for (size_t i = 0; i < EB_ARRAY_SIZE(concepts); i++)
        if (concepts[i].apply(vm, def, err) < 0)
            return -1;
    return vm_flush_extra(vm, err);
}

int vbox_apply_def_flags(struct vbox_conn *c, IMachine *machine, const struct eb_domain_def *def,
                         const struct eb_domain_def *old, unsigned flags, eb_error *err)
{
    struct vm vm VM_AUTO;

    if (vm_open(c, machine, flags, &vm, err) < 0)
        return -1;
    vm.fresh = !old;
    vm.force = flags & EB_DEVICE_FORCE;
    if (apply_all(&vm, def, err) == 0)
        return 0;
    vm_undo_media(&vm);
    return -1;
}

/* ---- What a running machine can take on ---- */

#define SWAP(a, b)                                                                                           \
    do {                                                                                                     \
        __typeof__(a) swap_ = (a);                                                                           \
        (a) = (b);                                                                                           \
        (b) = swap_;                                                                                         \
    } while (0)
#define SWAP_LIST(a, b, list)                                                                                \
    do {                                                                                                     \
        SWAP((a)->list, (b)->list);                                                                          \
        SWAP((a)->n_##list, (b)->n_##list);                                                                  \
    } while (0)

/* Puts what can change while the machine runs out of sight: what then still differs cannot. */
static void hide_live_parts(struct eb_domain_def *def, struct eb_domain_def *sink)
{
    SWAP_LIST(def, sink, disks);
    SWAP_LIST(def, sink, filesystems);
    SWAP_LIST(def, sink, hostdevs);
    SWAP_LIST(def, sink, graphics);
    SWAP_LIST(def, sink, metadata);
    SWAP(def->title, sink->title);
    SWAP(def->description, sink->description);
    SWAP(def->memory, sink->memory);
    SWAP(def->vbox.clipboard, sink->vbox.clipboard);
    SWAP(def->vbox.dnd, sink->vbox.dnd);
    SWAP(def->vbox.cpu_cap, sink->vbox.cpu_cap);
    SWAP(def->tune.period, sink->tune.period);
    SWAP(def->tune.quota, sink->tune.quota);
    SWAP(def->tune.quota_set, sink->tune.quota_set);
    SWAP(def->vbox.extradata, sink->vbox.extradata);
    SWAP(def->vbox.guest_properties, sink->vbox.guest_properties);
    SWAP(def->vbox.frontend, sink->vbox.frontend);
    SWAP(def->vbox.recording, sink->vbox.recording);
    SWAP(def->vbox.balloon_mib, sink->vbox.balloon_mib);
    SWAP(def->vbox.balloon_set, sink->vbox.balloon_set);
    if (def->vbox.cpu_hotplug == EB_YES)
        SWAP(def->vcpus, sink->vcpus);
    def->id = -1;
    for (size_t i = 0; i < def->n_interfaces; i++) {
        struct eb_interface *net = &def->interfaces[i];

        /* what it is stays; what it is connected to may change */
        net->type = EB_NET_NULL;
        net->link_down = EB_ABSENT;
        net->outbound = (struct eb_rate){0};
        eb_replace_string(&net->source, NULL);
        eb_replace_string(&net->source_mode, NULL);
        eb_replace_string(&net->attachment, NULL);
        eb_replace_string(&net->generic_driver, NULL);
        eb_replace_string(&net->promiscuous, NULL);
        eb_strv_free(net->generic_properties);
        net->generic_properties = NULL;
        for (size_t k = 0; k < net->n_forwards; k++) {
            free(net->forwards[k].name);
            free(net->forwards[k].host_ip);
            free(net->forwards[k].guest_ip);
        }
        net->n_forwards = 0;
    }
}

static char *visible_text(const struct eb_domain_def *def)
{
    EB_AUTODEF struct eb_domain_def *copy = eb_domain_def_copy(def);
    EB_AUTODEF struct eb_domain_def *sink = eb_domain_def_new();

    hide_live_parts(copy, sink);
    return eb_domain_def_format(copy, EB_XML_INACTIVE);
}

int vbox_check_live_change(struct vbox_conn *c EB_UNUSED, const struct eb_domain_def *old,
                           const struct eb_domain_def *def, eb_error *err)
{
    EB_AUTOFREE char *before = visible_text(old);
    EB_AUTOFREE char *after = visible_text(def);
    const char *a = before, *b = after;

    while (*a && *b) {
        size_t n = strcspn(a, "\n"), m = strcspn(b, "\n");

        if (n != m || strncmp(a, b, n) != 0)
            break;
        a += n + (a[n] == '\n');
        b += m + (b[m] == '\n');
    }
    if (!*a && !*b)
        return 0;
    b += strspn(b, " ");
    return eb_error_set_from(err, EB_FROM_VBOX, EB_ERR_OPERATION_UNSUPPORTED,
                             "a running machine cannot change this: %.*s", (int)strcspn(b, "\n"), b);
}
