/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* From a slot to what answers it: a handler, an attribute of the schema, or nothing. */
#include <ctype.h>
#include <stdio.h>

#include "model.h"

struct bound {
    char *name; /* lower case */
    handler fn;
    UT_hash_handle hh;
};
static struct bound *table;

/* Interfaces that are one thing under an older name. */
static const char *const same_iface[][2] = {
    {"IHardDisk", "IMedium"},
    {"IDVDImage", "IMedium"},
    {"IFloppyImage", "IMedium"},
    {"IHardDiskFormat", "IMediumFormat"},
    {"IHardDiskAttachment", "IMediumAttachment"},
    {"IVRDPServer", "IVRDEServer"},
    {"IRemoteDisplayInfo", "IVRDEServerInfo"},
    {"IBIOSSettings", "IFirmwareSettings"},
    {"IHostUSBDeviceFilter", "IUSBDeviceFilter"},
};

static const char *canonical(const char *iface)
{
    for (size_t i = 0; i < EB_ARRAY_SIZE(same_iface); i++)
        if (strcmp(same_iface[i][0], iface) == 0)
            return same_iface[i][1];
    return iface;
}

static void lower(char *s)
{
    for (; *s; s++)
        *s = (char)tolower((unsigned char)*s);
}

static void add_members(const struct member *m)
{
    for (; m->name; m++) {
        struct bound *b = EB_NEW(struct bound);

        b->name = eb_strdup(m->name);
        lower(b->name);
        b->fn = m->fn;
        HASH_ADD_KEYPTR(hh, table, b->name, strlen(b->name), b);
    }
}

static handler look_up(const char *iface, const char *member, const char *mark)
{
    EB_AUTOFREE char *name = eb_asprintf("%s.%s%s", iface, member, mark);
    struct bound *b;

    if (!table) {
#define X(part) add_members(part##_members);
        MODEL_PARTS
#undef X
    }
    lower(name);
    HASH_FIND_STR(table, name, b);
    return b ? b->fn : NULL;
}

static bool no_arguments(const struct sim_slot *slot)
{
    for (unsigned i = 0; i < slot->n; i++)
        if (slot->params[i].dir == SIM_IN)
            return false;
    return slot->n > 0;
}

static handler look_for(const struct sim_slot *slot)
{
    const char *iface = slot->iface->name, *mark = slot->what == SIM_SET ? "=" : "";
    handler fn = look_up(iface, slot->name, mark);

    if (!fn)
        fn = look_up(canonical(iface), slot->name, mark);
    /* an attribute that some release has as a method without arguments */
    if (!fn && slot->what == SIM_METHOD && eb_starts_with(slot->name, "get") && no_arguments(slot))
        fn = look_up(canonical(iface), slot->name + 3, mark);
    return fn;
}

handler find_handler(const struct sim_slot *slot)
{
    struct sim_slot *s = (struct sim_slot *)(uintptr_t)slot;

    if (!s->looked_for) {
        handler fn = look_for(slot);

        memcpy(&s->found, &fn, sizeof(fn));
        s->looked_for = true;
    }
    {
        handler fn;

        memcpy(&fn, &s->found, sizeof(fn));
        return fn;
    }
}

bool release_has(const char *iface_name, const char *member)
{
    const struct sim_iface *iface = sim_iface_named(release, iface_name);

    for (; iface; iface = iface->base)
        for (unsigned i = 0; i < iface->n; i++)
            if (strcmp(iface->slots[i].name, member) == 0)
                return true;
    return false;
}

/* ---- attributes that are plain data ---- */

struct attr {
    const char *name;    /* IFoo.bar */
    const char *path;    /* of the node below the object's own */
    const char *prop;    /* NULL: the attribute's name */
    const char *initial; /* what it is until it is set */
    const char
        *flags; /* "r" read only, "l" changeable while the machine runs, "L" so from 5.0 on, "e" not empty */
    int64_t min, max; /* of a number; both 0: any */
};

static const struct attr attrs[] = {
#include "attrs.inc"
};

static const struct attr *find_attr(const char *iface, const char *member)
{
    static struct named {
        char *name;
        const struct attr *attr;
        UT_hash_handle hh;
    } * all;
    EB_AUTOFREE char *name = eb_asprintf("%s.%s", iface, member);
    struct named *n;

    if (!all)
        for (size_t i = 0; i < EB_ARRAY_SIZE(attrs); i++) {
            n = EB_NEW(struct named);
            n->name = eb_strdup(attrs[i].name);
            n->attr = &attrs[i];
            lower(n->name);
            HASH_ADD_KEYPTR(hh, all, n->name, strlen(n->name), n);
        }
    lower(name);
    HASH_FIND_STR(all, name, n);
    return n ? n->attr : NULL;
}

const char *attr_value(const struct node *n, const char *iface_attr, const char *prop)
{
    EB_AUTOFREE char *iface = eb_strndup(iface_attr, strcspn(iface_attr, "."));
    const struct attr *a = find_attr(iface, strchr(iface_attr, '.') + 1);
    const struct node *at = a ? node_follow((struct node *)(uintptr_t)n, a->path, false) : n;
    const char *v = node_get(at, prop ? prop : a && a->prop ? a->prop : strchr(iface_attr, '.') + 1);

    return v ? v : a ? a->initial : "";
}

static uint32_t attr_get(struct call *c, const struct attr *a)
{
    uint32_t rc;
    struct node *n = node_read(c, &rc);

    if (!n)
        return rc;
    n = node_follow(n, a->path, false);
    ret_text(c, node_get_or(n, a->prop ? a->prop : c->slot->name, a->initial));
    return S_OK;
}

static uint32_t attr_check(struct call *c, const struct attr *a, const char *text)
{
    int64_t n = strtoll(text, NULL, 10);

    if (c->slot->params[0].kind == SIM_ENUM && !c->slot->params[0].array && !*text)
        return fail(c, E_INVALIDARG, "Invalid value %u for %s", (unsigned)c->in[0].num, c->slot->name);
    if ((a->min || a->max) && (n < a->min || n > a->max))
        return fail(c, E_INVALIDARG, "Invalid %s: %lld (must be in range [%lld, %lld])", c->slot->name,
                    (long long)n, (long long)a->min, (long long)a->max);
    if (strchr(a->flags, 'e') && !*text)
        return fail(c, E_INVALIDARG, "%s must not be empty", c->slot->name);
    return S_OK;
}

/* What a running machine's console tells when such a thing of it was changed. */
static void tell_console(struct call *c)
{
    static const char *const told[][3] = {
        {"INetworkAdapter", "OnNetworkAdapterChanged", "networkAdapter"},
        {"IVRDEServer", "OnVRDEServerChanged", NULL},
        {"IVRDPServer", "OnVRDEServerChanged", NULL},
        {"ISerialPort", "OnSerialPortChanged", "serialPort"},
        {"IParallelPort", "OnParallelPortChanged", "parallelPort"},
        {"IUSBController", "OnUSBControllerChanged", NULL},
        {"IBandwidthGroup", "OnBandwidthGroupChanged", "bandwidthGroup"},
    };

    if (!c->self->machine || !machine_runs(c->self->machine))
        return;
    for (size_t i = 0; i < EB_ARRAY_SIZE(told); i++)
        if (eb_streq(c->self->iface->name, told[i][0]))
            event_console(c->self->machine, told[i][1], told[i][2], event_object(c->self));
}

static uint32_t attr_set(struct call *c, const struct attr *a)
{
    EB_AUTOFREE char *text = value_text(&c->slot->params[0], &c->in[0]);
    const char *prop = a->prop ? a->prop : c->slot->name;
    struct node *n;
    uint32_t rc = attr_check(c, a, text);

    if (rc != S_OK)
        return rc;
    n = node_write(
        c, strchr(a->flags, 'l') || (strchr(a->flags, 'L') && release_has("IMachine", "paravirtProvider")),
        &rc);
    if (!n)
        return rc;
    n = node_follow(n, a->path, true);
    node_set(n, prop, text);
    node_changed(c);
    tell_console(c);
    return S_OK;
}

bool generic_attr(struct call *c, uint32_t *rc)
{
    const char *member = c->slot->name;
    const struct attr *a = find_attr(c->slot->iface->name, member);

    if (!a)
        a = find_attr(canonical(c->slot->iface->name), member);
    if (!a && c->slot->what == SIM_METHOD && eb_starts_with(member, "get") && no_arguments(c->slot))
        a = find_attr(canonical(c->slot->iface->name), member + 3);
    if (!a || (c->slot->what == SIM_SET && strchr(a->flags, 'r')))
        return false;
    *rc = c->slot->what == SIM_SET ? attr_set(c, a) : attr_get(c, a);
    return true;
}

/* ---- a call ---- */

/* Attributes of objects that carry their values with them: events, finished facts. */
static bool own_attr(struct call *c, uint32_t *rc)
{
    const char *v;

    if (c->self->view != VIEW_OWN || !c->self->own)
        return false;
    v = node_get(c->self->own, c->slot->name);
    if (!v && c->slot->what == SIM_GET)
        return false;
    if (c->slot->what == SIM_GET)
        ret_text(c, v);
    else if (c->slot->what == SIM_SET) {
        EB_AUTOFREE char *text = value_text(&c->slot->params[0], &c->in[0]);

        node_set(c->self->own, c->slot->name, text);
    } else
        return false;
    *rc = S_OK;
    return true;
}

/* A successful call gives every out parameter a value. */
static void fill_outs(struct call *c)
{
    for (unsigned i = 0; i < c->slot->n; i++)
        if (c->slot->params[i].dir != SIM_IN && c->out[i].kind == SIM_V_NONE)
            text_to_value(&c->slot->params[i], "", &c->out[i]);
}

static void answer_call(struct call *c, uint32_t *rc)
{
    handler fn;

    if (!faults_before(c, rc))
        return;
    fn = c->self->bare ? NULL : find_handler(c->slot);
    if (fn)
        *rc = fn(c);
    else if (c->self->bare || (!own_attr(c, rc) && !generic_attr(c, rc))) {
        sim_log("not modelled: %s.%s%s", c->slot->iface->name, *c->slot->name ? c->slot->name : "(reserved)",
                c->slot->what == SIM_SET ? "=" : "");
        *rc = E_NOTIMPL;
    }
    if (!(*rc & 0x80000000u))
        fill_outs(c);
}

void dispatch(struct call *c, uint32_t *rc)
{
    EB_AUTOFREE char *trace = NULL;
    int64_t begun = now_ms();

    control_read();
    trace = option(c->client, "TRACE");
    answer_call(c, rc);
    if (trace)
        sim_log("%lld ms: %d %s.%s%s of object %llu: 0x%08x %s", (long long)(now_ms() - begun),
                (int)c->client->pid, c->slot->iface->name, c->slot->name, c->slot->what == SIM_SET ? "=" : "",
                (unsigned long long)c->self->id, *rc, c->error ? node_get_or(c->error->own, "text", "") : "");
}
