/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "vbox/com/own.h"

#include <pthread.h>

#include "base/uuid.h"
#include "vbox/com/known.h"
#include "vbox/com/own_thunk.h"

#define RESULT_OK 0u
#define RESULT_NO_INTERFACE 0x80004002u
#define RESULT_NOT_IMPLEMENTED 0x80004001u
#define RESULT_POINTER 0x80004003u

enum { SLOT_QUERY, SLOT_ADD_REF, SLOT_RELEASE, FIRST_SLOT };

struct own {
    vb_fn *slots; /* first: what VirtualBox takes for the vtable's address */
    atomic_uint refs;
    const struct vb_binding *binding; /* lives as long as the installation, which is never freed */
    unsigned char iid[16];
    pthread_rwlock_t lock; /* of `fn`: calls read, the end writes */
    vb_own_fn fn;          /* NULL: closed */
    void *opaque;
};

static const unsigned char supports_iid[16] = {0, 0, 0, 0, 0, 0, 0, 0, 0xc0, 0, 0, 0, 0, 0, 0, 0x46};

static uint32_t add_ref(void *self)
{
    struct own *own = self;

    return atomic_fetch_add(&own->refs, 1) + 1;
}

static uint32_t release(void *self)
{
    struct own *own = self;
    unsigned left = atomic_fetch_sub(&own->refs, 1) - 1;

    if (left > 0)
        return left;
    pthread_rwlock_destroy(&own->lock);
    free(own->slots);
    free(own);
    return 0;
}

static uint32_t query(void *self, const struct vb_guid *iid, void **out)
{
    struct own *own = self;
    unsigned char wanted[16];

    if (!out || !iid)
        return RESULT_POINTER;
    *out = NULL;
    vb_guid_to_bytes(iid, wanted);
    if (memcmp(wanted, own->iid, 16) != 0 && memcmp(wanted, supports_iid, 16) != 0)
        return RESULT_NO_INTERFACE;
    add_ref(own);
    *out = own;
    return RESULT_OK;
}

/* In the slots of members that this build does not know. Whatever they take, the caller cleans it up. */
static uint32_t not_implemented(void *self)
{
    (void)self;
    return RESULT_NOT_IMPLEMENTED;
}

/* The number of slots that got a function. */
static unsigned fill(struct own *own, enum vb_iface_id id)
{
    unsigned n = own->binding->ifaces[id].n_slots, filled = 0;

    own->slots = eb_calloc(n, sizeof(*own->slots));
    for (unsigned i = FIRST_SLOT; i < n; i++)
        own->slots[i] = (vb_fn)not_implemented;
    own->slots[SLOT_QUERY] = (vb_fn)query;
    own->slots[SLOT_ADD_REF] = (vb_fn)add_ref;
    own->slots[SLOT_RELEASE] = (vb_fn)release;
    for (const struct vb_own_thunk *t = vb_own_thunks; t->iface != VB_IFACE__COUNT; t++) {
        const struct vb_bound *bound = &own->binding->members[t->member];

        if (t->iface != id || bound->slot < FIRST_SLOT || bound->thunk != t->thunk ||
            (unsigned)bound->slot >= n)
            continue;
        own->slots[bound->slot] = t->fn;
        filled++;
    }
    return filled;
}

int vb_own_new(struct vb *vb, enum vb_iface_id id, vb_own_fn fn, void *opaque, void **out, eb_error *err)
{
    const struct vb_binding *binding = vb_current_binding(vb);
    struct own *own;

    *out = NULL;
    if (!binding->ifaces[id].there || binding->ifaces[id].n_slots < FIRST_SLOT)
        return eb_error_set_from(err, EB_FROM_VBOX, EB_ERR_NO_SUPPORT, "VirtualBox %u.%u has no %s",
                                 vb->version / 1000000, vb->version / 1000 % 1000,
                                 vb_known_ifaces[id].names[0]);
    own = EB_NEW(struct own);
    own->binding = binding;
    atomic_init(&own->refs, 1);
    memcpy(own->iid, binding->ifaces[id].iid, sizeof(own->iid));
    own->fn = fn;
    own->opaque = opaque;
    pthread_rwlock_init(&own->lock, NULL);
    if (fill(own, id) == 0) {
        release(own);
        return eb_error_set_from(
            err, EB_FROM_VBOX, EB_ERR_NO_SUPPORT, "this build implements no member of %s of VirtualBox %u.%u",
            vb_known_ifaces[id].names[0], vb->version / 1000000, vb->version / 1000 % 1000);
    }
    *out = own;
    return 0;
}

void vb_own_close(void *object)
{
    struct own *own = object;

    if (!own)
        return;
    pthread_rwlock_wrlock(&own->lock);
    own->fn = NULL;
    pthread_rwlock_unlock(&own->lock);
    release(own);
}

/* ---- for the generated functions ---- */

char *vb_own_uuid(const struct vb_guid *guid)
{
    unsigned char bytes[16] = {0};
    char text[EB_UUID_STRLEN + 1];

    if (guid)
        vb_guid_to_bytes(guid, bytes);
    eb_uuid_format(bytes, text);
    return eb_strdup(text);
}

int vb_own_enum(void *self, enum vb_enum_id id, uint32_t number)
{
    return vb_binding_enum_value(((struct own *)self)->binding, id, number);
}

void vb_own_called(void *self, struct vb_own_call *call)
{
    struct own *own = self;

    pthread_rwlock_rdlock(&own->lock);
    if (own->fn)
        own->fn(own->opaque, call);
    pthread_rwlock_unlock(&own->lock);
    for (size_t i = 0; i < VB_OWN_ARGS; i++)
        free(call->in[i].text);
}
