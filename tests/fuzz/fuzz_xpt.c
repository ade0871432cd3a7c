/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the reader accepts must be consistent: sorted, findable, and printable and bindable without a bad
 * access. */
#include "vbox/com/bind.h"
#include "vbox/com/dump.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    EB_AUTOERROR eb_error err = EB_ERROR_INIT;
    EB_AUTOSTRBUF struct eb_strbuf out = {0};
    struct vb_typelib *tl = NULL;

    if (vb_xpt_parse("input", data, size, &tl, &err) < 0) {
        if (!eb_error_is_set(&err))
            abort();
        return 0;
    }
    for (unsigned i = 0; i < tl->n_interfaces; i++) {
        const struct vb_tl_interface *iface = &tl->interfaces[i];

        if (vb_typelib_find(tl, iface->name) != iface)
            abort();
        if (iface->resolved && iface->parent &&
            iface->first_slot != iface->parent->first_slot + iface->parent->n_methods)
            abort();
    }
    vb_dump_typelib(tl, &out);
    vb_binding_free(vb_bind(tl));
    vb_typelib_free(tl);
    return 0;
}
