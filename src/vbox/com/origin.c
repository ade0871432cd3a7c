/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "vbox/com/origin.h"
#include "vbox/com/known.h"

#define FNV_START 0xcbf29ce484222325u
#define FNV_PRIME 0x100000001b3u

static uint64_t add_bytes(uint64_t mark, const void *bytes, size_t n)
{
    const unsigned char *b = bytes;

    for (size_t i = 0; i < n; i++)
        mark = (mark ^ b[i]) * FNV_PRIME;
    return mark;
}

/* Of its name, id and number of slots. */
static uint64_t mark_of(const struct vb_tl_interface *iface)
{
    unsigned n = iface->n_methods;
    const unsigned char count[4] = {(unsigned char)n, (unsigned char)(n >> 8), (unsigned char)(n >> 16),
                                    (unsigned char)(n >> 24)};
    uint64_t mark = add_bytes(FNV_START, iface->name, strlen(iface->name) + 1);

    mark = add_bytes(mark, iface->iid, sizeof(iface->iid));
    return add_bytes(mark, count, sizeof(count));
}

static uint64_t mark_all(const struct vb_typelib *tl)
{
    uint64_t mark = 0;

    for (unsigned i = 0; i < VB_IFACE__COUNT; i++) {
        for (const char *const *name = vb_known_ifaces[i].names; *name; name++) {
            const struct vb_tl_interface *iface = vb_typelib_find(tl, *name);

            if (iface && iface->resolved && !iface->builtin)
                mark += mark_of(iface);
        }
    }
    return mark;
}

int vb_origin_check(const struct vb_typelib *tl, unsigned version, eb_error *err)
{
    const struct vb_origin *other = NULL;
    uint64_t mark = mark_all(tl);
    bool known = false;

    for (unsigned i = 0; i < vb_n_origins; i++) {
        const struct vb_origin *o = &vb_origins[i];
        bool is_it = version >= o->since && version < o->until;

        if (o->mark == mark && is_it)
            return 0;
        if (o->mark == mark)
            other = o;
        known = known || is_it;
    }
    if (!other || !known)
        return 0;
    return eb_error_set_from(
        err, EB_FROM_VBOX, EB_ERR_INTERNAL_ERROR,
        "type library %s: it is that of VirtualBox %s, and the library beside it is %u.%u.%u", tl->path,
        other->span, version / 1000000, version / 1000 % 1000, version % 1000);
}
