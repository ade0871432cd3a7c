/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Extra data: the notes that VirtualBox keeps for others, with a machine or for itself. */
#include "vbox/domain.h"
#include "vbox/known.h"

int vbox_extra_get(struct vbox_conn *c, IMachine *machine, const char *key, char **out, eb_error *err)
{
    return IMachine_getExtraData(c->vb, machine, key, out, err);
}

int vbox_extra_set(struct vbox_conn *c, IMachine *machine, const char *key, const char *value, eb_error *err)
{
    return IMachine_setExtraData(c->vb, machine, key, value ? value : "", err);
}

int vbox_global_get(struct vbox_conn *c, IVirtualBox *vbox, const char *key, char **out, eb_error *err)
{
    if (vbox_known_lacks_key(c, vbox, key)) {
        *out = eb_strdup("");
        return 0;
    }
    return IVirtualBox_getExtraData(c->vb, vbox, key, out, err);
}

int vbox_global_set(struct vbox_conn *c, IVirtualBox *vbox, const char *key, const char *value, eb_error *err)
{
    return IVirtualBox_setExtraData(c->vb, vbox, key, value ? value : "", err);
}

/* One key after the other, where VirtualBox does not give all at once. */
static int walk_keys(struct vbox_conn *c, IVirtualBox *vbox, size_t *n, char ***out, eb_error *err)
{
    EB_AUTOFREE char *key = NULL;

    for (;;) {
        EB_AUTOFREE char *next = NULL, *value = NULL;

        if (IVirtualBox_getNextExtraDataKey(c->vb, vbox, key ? key : "", &next, &value, err) < 0)
            return -1;
        if (!next || !*next)
            return 0;
        *EB_APPEND(*out, *n) = eb_strdup(next);
        eb_replace_string(&key, next);
    }
}

int vbox_global_keys(struct vbox_conn *c, IVirtualBox *vbox, size_t *n, char ***out, eb_error *err)
{
    *n = 0;
    *out = NULL;
    if (vb_has(c->vb, VB_IVirtualBox_getExtraDataKeys))
        return IVirtualBox_getExtraDataKeys(c->vb, vbox, n, out, err);
    if (walk_keys(c, vbox, n, out, err) < 0) {
        vb_strings_free(*n, *out);
        return -1;
    }
    return 0;
}
