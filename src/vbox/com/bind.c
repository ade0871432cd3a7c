/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "vbox/com/bind.h"

#include <ctype.h>

#include "vbox/com/known.h"

/** A member whose shape can only be told once the others are bound (struct vb_known_shape, witness). */
struct pending {
    unsigned member;
    int16_t slot;
    char *abi;
};

struct binder {
    const struct vb_typelib *tl;
    struct vb_binding *out;
    struct pending *pending;
    size_t n_pending;
};

/* ---- the text of a type library's parameters; tools/callsmodel.py writes the same from the facts ---- */

struct abi_text {
    char s[512];
    size_t len;
    bool unknown; /* too long, or of a kind that has no letter */
};

static void put(struct abi_text *t, char c)
{
    if (t->len + 1 < sizeof(t->s)) {
        t->s[t->len++] = c;
        t->s[t->len] = 0;
    } else {
        t->unknown = true;
    }
}

static void put_kind(struct abi_text *t, const struct vb_tl_param *p)
{
    static const char letters[] = {
        [VB_T_BOOL] = 'b', [VB_T_I8] = '1',        [VB_T_U8] = '1',   [VB_T_I16] = '2',
        [VB_T_U16] = '2',  [VB_T_I32] = '4',       [VB_T_U32] = '4',  [VB_T_I64] = '8',
        [VB_T_U64] = '8',  [VB_T_STRING] = 's',    [VB_T_UUID] = 'g', [VB_T_WSTRING] = 'w',
        [VB_T_PTR] = 'p',  [VB_T_INTERFACE] = 'I',
    };
    char letter = (size_t)p->kind < sizeof(letters) ? letters[p->kind] : 0;

    if (!letter || (letter == 'I' && !p->iface)) {
        t->unknown = true;
        return;
    }
    put(t, letter);
    if (letter == 'I') {
        for (const char *c = p->iface; *c; c++)
            put(t, *c);
        put(t, ';');
    }
}

static void write_abi(const struct vb_tl_method *m, struct abi_text *t)
{
    t->len = 0;
    t->s[0] = 0;
    t->unknown = m->notxpcom;
    for (unsigned i = 0; i < m->n_params && !t->unknown; i++) {
        const struct vb_tl_param *p = &m->params[i];

        if (p->in && p->out)
            put(t, 'x');
        else
            put(t, p->retval ? 'r' : p->out ? 'o' : 'i');
        if (p->array) {
            put(t, '[');
            if (i == 0 || p->count_arg != i - 1)
                t->unknown = true;
        }
        put_kind(t, p);
    }
}

/* ---- members ---- */

static void set_why(struct vb_binding *b, unsigned any, enum vb_unbound why)
{
    b->members[any].why = (uint8_t)why;
    for (unsigned m = any + 1; m < VB_MEMBER__COUNT && vb_known_members[m].any == any; m++)
        b->members[m].why = (uint8_t)why;
}

static void bind_shape(struct vb_binding *b, unsigned any, const struct vb_known_shape *shape, int16_t slot)
{
    set_why(b, any, VB_OTHER_SHAPE);
    b->members[any] = (struct vb_bound){slot, shape->thunk, VB_BOUND};
    b->members[shape->member] = b->members[any];
}

/** The rules of a member that fit the text: their number, and the first. */
static unsigned fitting(unsigned any, const char *abi, const struct vb_known_shape **first)
{
    const struct vb_known_member *known = &vb_known_members[any];
    unsigned n = 0;

    for (unsigned i = 0; i < known->n_shapes; i++) {
        const struct vb_known_shape *shape = &vb_known_shapes[known->first_shape + i];

        if (strcmp(shape->abi, abi) == 0 && n++ == 0)
            *first = shape;
    }
    return n;
}

static void bind_member(struct binder *b, unsigned any, const struct vb_tl_method *m, unsigned slot)
{
    const struct vb_known_shape *shape = NULL;
    struct abi_text abi;
    unsigned n;

    if (b->out->members[any].slot >= 0 || slot > INT16_MAX)
        return;
    write_abi(m, &abi);
    n = abi.unknown ? 0 : fitting(any, abi.s, &shape);
    if (n == 0) {
        set_why(b->out, any, VB_UNKNOWN_SHAPE);
    } else if (n == 1 && shape->witness == VB_MEMBER__COUNT) {
        bind_shape(b->out, any, shape, (int16_t)slot);
    } else {
        struct pending *p = EB_APPEND(b->pending, b->n_pending);

        p->member = any;
        p->slot = (int16_t)slot;
        p->abi = eb_strdup(abi.s);
    }
}

/** A witness only has to be there; its own parameters may be unknown. */
static bool testifies(const struct vb_binding *b, const struct vb_known_shape *shape)
{
    const struct vb_bound *witness = &b->members[shape->witness];

    return witness->slot >= 0 || witness->why == VB_UNKNOWN_SHAPE;
}

static void bind_pending(struct binder *b)
{
    for (size_t i = 0; i < b->n_pending; i++) {
        const struct pending *p = &b->pending[i];
        const struct vb_known_member *known = &vb_known_members[p->member];

        for (unsigned s = 0; s < known->n_shapes; s++) {
            const struct vb_known_shape *shape = &vb_known_shapes[known->first_shape + s];

            if (strcmp(shape->abi, p->abi) == 0 &&
                (shape->witness == VB_MEMBER__COUNT || testifies(b->out, shape))) {
                bind_shape(b->out, p->member, shape, p->slot);
                break;
            }
        }
        if (b->out->members[p->member].slot < 0)
            set_why(b->out, p->member, VB_UNKNOWN_SHAPE);
        free(p->abi);
    }
    free(b->pending);
}

static int compare_name(const void *key, const void *name)
{
    return strcmp(key, ((const struct vb_known_name *)name)->name);
}

static const struct vb_known_name *find_name(const struct vb_known_iface *iface, const char *name)
{
    char lower[128];
    size_t n = strlen(name);

    if (n >= sizeof(lower))
        return NULL;
    for (size_t i = 0; i <= n; i++)
        lower[i] = (char)tolower((unsigned char)name[i]);
    return bsearch(lower, &vb_known_names[iface->first_name], iface->n_names, sizeof(vb_known_names[0]),
                   compare_name);
}

/**
 * What a method of the type library is to the driver. An attribute of array type is a pair of methods getFoo
 * and setFoo there (XPIDL has no such attributes).
 */
static const struct vb_known_name *find_method(const struct vb_known_iface *iface,
                                               const struct vb_tl_method *m, bool *setter)
{
    const struct vb_known_name *name = find_name(iface, m->name);

    *setter = m->setter;
    if (name && name->member != VB_MEMBER__COUNT) {
        bool attribute = vb_known_members[name->member].role == VB_GETTER && !name->method_only;

        if (attribute == (m->getter || m->setter))
            return name;
    }
    if (m->getter || m->setter || (strncmp(m->name, "get", 3) != 0 && strncmp(m->name, "set", 3) != 0))
        return NULL;
    name = find_name(iface, m->name + 3);
    *setter = m->name[0] == 's';
    if (name && name->member != VB_MEMBER__COUNT && vb_known_members[name->member].role == VB_GETTER)
        return name;
    return NULL;
}

static void bind_method(struct binder *b, const struct vb_known_iface *iface, const struct vb_tl_method *m,
                        unsigned slot)
{
    bool setter;
    const struct vb_known_name *name = find_method(iface, m, &setter);

    if (!name)
        return;
    if (!setter) {
        bind_member(b, name->member, m, slot);
        if (name->setter != VB_MEMBER__COUNT && b->out->members[name->setter].why == VB_NO_MEMBER)
            set_why(b->out, name->setter, VB_NO_SETTER);
    } else if (name->setter != VB_MEMBER__COUNT) {
        bind_member(b, name->setter, m, slot);
    }
}

/* ---- interfaces and enums ---- */

static const struct vb_tl_interface *find_interface(const struct vb_typelib *tl, const char *const *names)
{
    for (; *names; names++) {
        const struct vb_tl_interface *found = vb_typelib_find(tl, *names);

        if (found && found->resolved)
            return found;
    }
    return NULL;
}

/** Slots are only known when every parent is. */
static bool whole(const struct vb_tl_interface *t)
{
    for (; t->parent; t = t->parent)
        if (!t->resolved)
            return false;
    return !t->parent_name;
}

static void bind_interface(struct binder *b, unsigned id)
{
    const struct vb_known_iface *iface = &vb_known_ifaces[id];
    const struct vb_tl_interface *found = find_interface(b->tl, iface->names);
    enum vb_unbound why = VB_NO_INTERFACE;

    if (found && whole(found)) {
        b->out->ifaces[id].there = true;
        memcpy(b->out->ifaces[id].iid, found->iid, sizeof(found->iid));
        b->out->ifaces[id].n_slots = found->first_slot + found->n_methods;
        why = VB_NO_MEMBER;
    } else {
        found = NULL;
    }
    for (unsigned i = 0; i < iface->n_names; i++) {
        const struct vb_known_name *name = &vb_known_names[iface->first_name + i];

        if (name->member != VB_MEMBER__COUNT)
            set_why(b->out, name->member, why);
        if (name->setter != VB_MEMBER__COUNT)
            set_why(b->out, name->setter, why);
    }
    for (; found; found = found->parent)
        for (unsigned i = 0; i < found->n_methods; i++)
            bind_method(b, iface, &found->methods[i], found->first_slot + i);
}

static int compare_pair(const void *a, const void *b)
{
    const struct vb_enum_pair *x = a, *y = b;

    if (x->number != y->number)
        return x->number < y->number ? -1 : 1;
    return x->order < y->order ? -1 : x->order > y->order;
}

static void bind_enum(struct binder *b, unsigned id)
{
    const struct vb_known_enum *known = &vb_known_enums[id];
    const struct vb_tl_interface *found = find_interface(b->tl, known->names);
    struct vb_bound_enum *out = &b->out->enums[id];

    out->numbers = eb_calloc(known->n_constants, sizeof(*out->numbers));
    out->there = eb_calloc(known->n_constants, sizeof(*out->there));
    out->pairs = eb_calloc(known->n_constants, sizeof(*out->pairs));
    for (int v = 1; found && v < known->n_constants; v++) {
        for (unsigned i = 0; i < found->n_consts; i++) {
            /* most often the numbers still have our order */
            unsigned order = (i + (unsigned)v - 1) % found->n_consts;
            const struct vb_tl_const *c = &found->consts[order];

            if (strcmp(c->name, known->constants[v]) == 0) {
                out->numbers[v] = c->value;
                out->there[v] = true;
                out->pairs[out->n++] = (struct vb_enum_pair){c->value, order, v};
                break;
            }
        }
    }
    qsort(out->pairs, out->n, sizeof(*out->pairs), compare_pair);
}

struct vb_binding *vb_bind(const struct vb_typelib *tl)
{
    struct binder b = {.tl = tl, .out = EB_NEW(struct vb_binding)};

    b.out->members = eb_calloc(VB_MEMBER__COUNT, sizeof(*b.out->members));
    b.out->ifaces = eb_calloc(VB_IFACE__COUNT, sizeof(*b.out->ifaces));
    b.out->enums = eb_calloc(VB_ENUM__COUNT + 1, sizeof(*b.out->enums));
    for (unsigned m = 0; m < VB_MEMBER__COUNT; m++)
        b.out->members[m].slot = -1;
    for (unsigned i = 0; i < VB_IFACE__COUNT; i++)
        bind_interface(&b, i);
    bind_pending(&b);
    for (unsigned i = 0; i < VB_ENUM__COUNT; i++)
        bind_enum(&b, i);
    return b.out;
}

void vb_binding_free(struct vb_binding *binding)
{
    if (!binding)
        return;
    for (unsigned i = 0; i < VB_ENUM__COUNT; i++) {
        free(binding->enums[i].numbers);
        free(binding->enums[i].there);
        free(binding->enums[i].pairs);
    }
    free(binding->members);
    free(binding->ifaces);
    free(binding->enums);
    free(binding);
}

int vb_binding_enum_value(const struct vb_binding *binding, enum vb_enum_id id, uint32_t number)
{
    const struct vb_bound_enum *e = &binding->enums[id];
    uint32_t low = 0, high = e->n;

    while (low < high) { /* the first pair whose number is not less */
        uint32_t middle = low + (high - low) / 2;

        if (e->pairs[middle].number < number)
            low = middle + 1;
        else
            high = middle;
    }
    return low < e->n && e->pairs[low].number == number ? e->pairs[low].value : 0;
}

bool vb_binding_enum_number(const struct vb_binding *binding, enum vb_enum_id id, int value, uint32_t *number)
{
    const struct vb_bound_enum *e = &binding->enums[id];

    if (value <= 0 || value >= vb_known_enums[id].n_constants || !e->there[value])
        return false;
    *number = e->numbers[value];
    return true;
}
