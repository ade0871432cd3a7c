/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Objects of VBoxSVC as the client sees them: a vtable of closures in the release's order. */
#include "client.h"

#include <ffi.h>
#include <pthread.h>
#include <uthash.h>

struct key {
    uint64_t id;
    uint32_t iface;
    uint32_t epoch;
};

struct proxy {
    void *const *vtbl;
    const struct sim_iface *iface;
    struct key key;
    uint32_t refs;
    uint32_t received; /* references that the server counts for us */
    UT_hash_handle hh;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct proxy *proxies;
static void ***vtables;  /* by interface number */
static void ***closures; /* by interface number, then own slot */

void sim_nsid_bytes(const struct nsid *id, unsigned char out[16])
{
    out[0] = (unsigned char)(id->m0 >> 24);
    out[1] = (unsigned char)(id->m0 >> 16);
    out[2] = (unsigned char)(id->m0 >> 8);
    out[3] = (unsigned char)id->m0;
    out[4] = (unsigned char)(id->m1 >> 8);
    out[5] = (unsigned char)id->m1;
    out[6] = (unsigned char)(id->m2 >> 8);
    out[7] = (unsigned char)id->m2;
    memcpy(out + 8, id->m3, 8);
}

void sim_nsid_from_bytes(const unsigned char b[16], struct nsid *out)
{
    out->m0 = (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
    out->m1 = (uint16_t)(b[4] << 8 | b[5]);
    out->m2 = (uint16_t)(b[6] << 8 | b[7]);
    memcpy(out->m3, b + 8, 8);
}

static uint32_t proxy_query(void *self, const struct nsid *iid, void **out);
static uint32_t proxy_add_ref(void *self);
static uint32_t proxy_release(void *self);

static void on_call(ffi_cif *cif, void *result, void **args, void *opaque)
{
    const struct sim_slot *slot = opaque;

    (void)cif;
    *(ffi_arg *)result = sim_proxy_call(*(void **)args[0], slot, args + 1);
}

static ffi_type *in_type(enum sim_kind kind)
{
    switch (kind) {
    case SIM_BOOL:
    case SIM_I32:
        return &ffi_type_sint32;
    case SIM_U8:
        return &ffi_type_uint8;
    case SIM_I16:
        return &ffi_type_sint16;
    case SIM_U16:
        return &ffi_type_uint16;
    case SIM_U32:
    case SIM_ENUM:
        return &ffi_type_uint32;
    case SIM_I64:
        return &ffi_type_sint64;
    case SIM_U64:
        return &ffi_type_uint64;
    case SIM_WSTRING:
    case SIM_STRING:
    case SIM_UUID:
    case SIM_OBJECT:
    case SIM_PTR:
        break;
    }
    return &ffi_type_pointer;
}

static void *make_closure(const struct sim_slot *slot)
{
    ffi_type **types = eb_calloc(1 + 2 * (size_t)slot->n, sizeof(*types));
    ffi_cif *cif = eb_calloc(1, sizeof(*cif));
    ffi_closure *closure;
    unsigned n = 0;
    void *code = NULL;

    types[n++] = &ffi_type_pointer;
    for (unsigned i = 0; i < slot->n; i++) {
        const struct sim_param *p = &slot->params[i];

        if (p->array)
            types[n++] = p->dir == SIM_IN ? &ffi_type_uint32 : &ffi_type_pointer;
        types[n++] = p->array || p->raw || p->dir != SIM_IN ? &ffi_type_pointer : in_type(p->kind);
    }
    closure = ffi_closure_alloc(sizeof(*closure), &code);
    if (!closure || ffi_prep_cif(cif, FFI_DEFAULT_ABI, n, &ffi_type_uint32, types) != FFI_OK ||
        ffi_prep_closure_loc(closure, cif, on_call, (void *)(uintptr_t)slot, code) != FFI_OK)
        abort();
    return code;
}

static void *closure_of(const struct sim_slot *slot)
{
    void ***own = &closures[slot->iface->number];

    if (!*own)
        *own = eb_calloc(slot->iface->n, sizeof(**own));
    if (!(*own)[slot->index - slot->iface->first])
        (*own)[slot->index - slot->iface->first] = make_closure(slot);
    return (*own)[slot->index - slot->iface->first];
}

static void *const *vtable_locked(const struct sim_iface *iface)
{
    const struct sim_release *r = sim_release_loaded();
    unsigned n = sim_slot_count(iface);
    void **v;

    if (!vtables) {
        vtables = eb_calloc(r->n_ifaces, sizeof(*vtables));
        closures = eb_calloc(r->n_ifaces, sizeof(*closures));
    }
    v = vtables[iface->number];
    if (v)
        return v;
    v = eb_calloc(n, sizeof(*v));
    v[0] = (void *)(uintptr_t)proxy_query;
    v[1] = (void *)(uintptr_t)proxy_add_ref;
    v[2] = (void *)(uintptr_t)proxy_release;
    for (unsigned i = 3; i < n; i++)
        v[i] = closure_of(sim_slot_at(iface, i));
    vtables[iface->number] = v;
    return v;
}

static struct proxy *find_or_make(uint64_t id, const struct sim_iface *iface)
{
    struct key key = {id, iface->number, sim_epoch()};
    struct proxy *p;

    HASH_FIND(hh, proxies, &key, sizeof(key), p);
    if (!p) {
        p = EB_NEW(struct proxy);
        p->vtbl = vtable_locked(iface);
        p->iface = iface;
        p->key = key;
        HASH_ADD(hh, proxies, key, sizeof(key), p);
    }
    p->refs++;
    return p;
}

void *sim_proxy(uint64_t id, uint32_t number)
{
    const struct sim_release *r = sim_release_loaded();
    struct proxy *p;

    if (!id || number >= r->n_ifaces)
        return NULL;
    pthread_mutex_lock(&lock);
    p = find_or_make(id, &r->ifaces[number]);
    p->received++;
    pthread_mutex_unlock(&lock);
    return p;
}

uint64_t sim_proxy_id(void *object)
{
    const struct sim_unknown *u = object;

    return u->v->query == proxy_query ? ((struct proxy *)object)->key.id : 0;
}

/* Interfaces that one of VirtualBox's objects has besides its main one's chain. */
static bool has_extra(const struct sim_iface *iface, const struct sim_iface *wanted)
{
    static const char *const extra[][2] = {
        {"ISession", "IInternalSessionControl"},   {"IMachine", "IInternalMachineControl"},
        {"IProgress", "IInternalProgressControl"}, {"ILocalOwner", "IVirtualBoxCallback"},
        {"ILocalOwner", "IConsoleCallback"},
    };

    for (size_t i = 0; i < EB_ARRAY_SIZE(extra); i++)
        if ((eb_streq(iface->name, extra[i][0]) && eb_streq(wanted->name, extra[i][1])) ||
            (eb_streq(iface->name, extra[i][1]) && eb_streq(wanted->name, extra[i][0])))
            return true;
    return false;
}

static uint32_t proxy_query(void *self, const struct nsid *iid, void **out)
{
    static const unsigned char supports[16] = {[8] = 0xc0, [15] = 0x46};
    const struct sim_release *r = sim_release_loaded();
    struct proxy *p = self;
    const struct sim_iface *wanted;
    unsigned char bytes[16];

    if (!out || !iid)
        return NS_ERROR_INVALID_POINTER;
    *out = NULL;
    sim_nsid_bytes(iid, bytes);
    wanted = sim_iface_by_iid(r, bytes);
    if (memcmp(bytes, supports, 16) == 0 || (wanted && sim_iface_is(p->iface, wanted))) {
        proxy_add_ref(self);
        *out = self;
        return NS_OK;
    }
    if (!wanted || !has_extra(p->iface, wanted))
        return NS_ERROR_NO_INTERFACE;
    pthread_mutex_lock(&lock);
    *out = find_or_make(p->key.id, wanted);
    pthread_mutex_unlock(&lock);
    return NS_OK;
}

static uint32_t proxy_add_ref(void *self)
{
    struct proxy *p = self;
    uint32_t refs;

    pthread_mutex_lock(&lock);
    refs = ++p->refs;
    pthread_mutex_unlock(&lock);
    return refs;
}

static uint32_t proxy_release(void *self)
{
    struct proxy *p = self;
    uint32_t refs, received;

    pthread_mutex_lock(&lock);
    refs = --p->refs;
    received = p->received;
    if (refs == 0)
        HASH_DEL(proxies, p);
    pthread_mutex_unlock(&lock);
    if (refs == 0) {
        if (received)
            sim_queue_release(p->key.id, received, p->key.epoch);
        free(p);
    }
    return refs;
}

/* The VirtualBoxClient lives in the client's process in truth: it outlives VBoxSVC and finds the next one. */
static bool renew_client(struct proxy *p)
{
    void *fresh = NULL;
    struct proxy *f;

    if (!eb_streq(p->iface->name, "IVirtualBoxClient") ||
        sim_create("@virtualbox.org/VirtualBoxClient;1", &fresh) != NS_OK)
        return false;
    f = fresh;
    if (f == p)
        return true;
    pthread_mutex_lock(&lock);
    HASH_DEL(proxies, p);
    HASH_DEL(proxies, f);
    p->key = f->key;
    p->received = f->received;
    HASH_ADD(hh, proxies, key, sizeof(p->key), p);
    pthread_mutex_unlock(&lock);
    free(f);
    return true;
}

static uint32_t call_one(struct proxy *p, const struct sim_slot *slot, const struct sim_value *in,
                         struct sim_value **out)
{
    if (p->key.epoch != sim_epoch() && !renew_client(p)) {
        sim_exception_clear();
        return NS_ERROR_CALL_FAILED;
    }
    return sim_call(p->key.id, slot, p->iface, in, out);
}

uint32_t sim_proxy_call(void *self, const struct sim_slot *slot, void **args)
{
    struct proxy *p = self;
    struct sim_value *in = eb_calloc(slot->n + 1, sizeof(*in)), *out = NULL;
    uint32_t rc, stored;

    sim_marshal_in(slot, args, in);
    rc = call_one(p, slot, in, &out);
    if (rc == NS_ERROR_CALL_FAILED && eb_streq(p->iface->name, "IVirtualBoxClient"))
        rc = call_one(p, slot, in, &out);
    if (out) {
        stored = sim_marshal_out(slot, args, out);
        if (!(rc & 0x80000000u) && stored != NS_OK)
            rc = stored;
        sim_values_free(out, slot->n);
    }
    sim_values_free(in, slot->n);
    return rc;
}

void *const *sim_vtable(const struct sim_iface *iface)
{
    void *const *v;

    pthread_mutex_lock(&lock);
    v = vtable_locked(iface);
    pthread_mutex_unlock(&lock);
    return v;
}
