/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/error.h"
#include "vbox/com/known.h"
#include "vbox/com/marshal.h"
#include "vbox/com/result.h"

#define E_NOINTERFACE 0x80004002u

_Thread_local struct vb_pin vb_pin;

/* The first three slots of every object. */
enum { SLOT_QUERY_INTERFACE, SLOT_ADD_REF, SLOT_RELEASE };

static vb_fn slot(void *object, unsigned n)
{
    return (*(vb_fn **)object)[n];
}

int vb_cast(struct vb *vb, void *object, enum vb_iface_id id, void **out, eb_error *err)
{
    const struct vb_binding *binding = vb_current_binding(vb);
    const char *name = vb_known_ifaces[id].names[0];
    struct vb_guid iid;
    int32_t result;

    *out = NULL;
    if (!object)
        return eb_error_set_from(err, EB_FROM_VBOX, EB_ERR_INTERNAL_ERROR, "cast of no object to %s", name);
    if (!binding->ifaces[id].there)
        return eb_error_set_from(err, EB_FROM_VBOX, EB_ERR_NO_SUPPORT, "VirtualBox %u.%u has no %s",
                                 vb->version / 1000000, vb->version / 1000 % 1000, name);
    iid = vb_guid_from_bytes(binding->ifaces[id].iid);
    result = ((int32_t(*)(void *, const struct vb_guid *, void **))slot(object, SLOT_QUERY_INTERFACE))(
        object, &iid, out);
    if (result >= 0 && *out)
        return 0;
    *out = NULL;
    if (result >= 0 || (uint32_t)result == E_NOINTERFACE)
        return eb_error_set_from(err, EB_FROM_VBOX, EB_ERR_NO_SUPPORT, "the object is no %s", name);
    atomic_store(&vb->suspect, true); /* an object that lives in VBoxSVC asks it */
    eb_error_set_from(err, EB_FROM_VBOX, vb_result_code((uint32_t)result),
                      "cannot tell whether the object is a %s (0x%08x)", name, (uint32_t)result);
    if (err && !err->vbox_result)
        err->vbox_result = (uint32_t)result;
    return -1;
}

void *vb_object_ref(void *object)
{
    if (object)
        ((uint32_t(*)(void *))slot(object, SLOT_ADD_REF))(object);
    return object;
}

void vb_unref(void *object)
{
    if (object)
        ((uint32_t(*)(void *))slot(object, SLOT_RELEASE))(object);
}

void vb_unref_cleanup(void *p)
{
    vb_unref(*(void **)p);
}

void vb_strings_free(size_t n, char **items)
{
    for (size_t i = 0; i < n; i++)
        free(items[i]);
    free(items);
}

void vb_objects_free(size_t n, void *items)
{
    void **objects = items;

    for (size_t i = 0; i < n; i++)
        vb_unref(objects[i]);
    free(objects);
}
