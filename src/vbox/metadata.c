/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Description, title and <metadata>: VirtualBox has a place for the first alone; the others are extra data.
 */
#include "base/log.h"
#include "vbox/domain.h"
#include "vbox/metadata_text.h"

#define EB_MODULE "vbox"

static void set_unless_empty(char **dst, char *value)
{
    free(*dst);
    *dst = NULL;
    if (*value)
        *dst = value;
    else
        free(value);
}

int vbox_metadata_read(struct vbox_conn *c, IMachine *machine, struct eb_domain_def *def, eb_error *err)
{
    EB_AUTOFREE char *elements = NULL;
    char *description = NULL, *title = NULL;

    if (IMachine_get_description(c->vb, machine, &description, err) < 0)
        return -1;
    set_unless_empty(&def->description, description);
    if (vbox_extra_get(c, machine, VBOX_EXTRA_TITLE, &title, err) < 0)
        return -1;
    set_unless_empty(&def->title, title);
    if (vbox_extra_get(c, machine, VBOX_EXTRA_METADATA, &elements, err) < 0)
        return -1;
    vbox_metadata_free(def->metadata, def->n_metadata);
    def->metadata = NULL;
    def->n_metadata = 0;
    if (!vbox_metadata_decode(elements, &def->metadata, &def->n_metadata))
        EB_WARN("the extra data " VBOX_EXTRA_METADATA " of '%s' was changed by someone and is not read",
                def->name);
    return 0;
}

static bool same_text(const char *a, const char *b)
{
    return strcmp(a ? a : "", b ? b : "") == 0;
}

int vbox_metadata_apply(struct vbox_conn *c, IMachine *machine, const struct eb_domain_def *def,
                        const struct eb_domain_def *old, eb_error *err)
{
    EB_AUTOFREE char *now = vbox_metadata_encode(def->metadata, def->n_metadata);
    EB_AUTOFREE char *before = vbox_metadata_encode(old ? old->metadata : NULL, old ? old->n_metadata : 0);

    if (strlen(now) + strlen(def->title ? def->title : "") +
            strlen(def->description ? def->description : "") >
        VBOX_METADATA_MAX)
        return eb_error_set(err, EB_ERR_CONFIG_UNSUPPORTED,
                            "title, description and metadata are longer than %u bytes together",
                            VBOX_METADATA_MAX);
    if (!same_text(def->description, old ? old->description : NULL) &&
        IMachine_set_description(c->vb, machine, def->description ? def->description : "", err) < 0)
        return -1;
    if (!same_text(def->title, old ? old->title : NULL) &&
        vbox_extra_set(c, machine, VBOX_EXTRA_TITLE, def->title, err) < 0)
        return -1;
    if (strcmp(now, before) != 0 && vbox_extra_set(c, machine, VBOX_EXTRA_METADATA, now, err) < 0)
        return -1;
    return 0;
}

int vbox_get_metadata(eb_conn *conn, eb_uuid uuid, int type, const char *uri, unsigned flags, char **out,
                      eb_error *err)
{
    struct vbox_conn *c = vbox_conn_of(conn);
    EB_AUTODEF struct eb_domain_def *def = eb_domain_def_new();
    VBOX_AUTOFOUND struct vbox_found f = {0};

    if (vbox_check_flags(flags, EB_AFFECT_LIVE | EB_AFFECT_CONFIG, "virDomainGetMetadata", err) < 0 ||
        vbox_find_accessible(c, uuid, &f, err) < 0 ||
        vbox_check_affect(c, f.vbox, uuid, flags, f.active, err) < 0 ||
        vbox_metadata_read(c, f.machine, def, err) < 0)
        return -1;
    return eb_domain_def_get_metadata(def, type, uri, out, err);
}

int vbox_set_metadata(eb_conn *conn, eb_uuid uuid, int type, const char *metadata, const char *key,
                      const char *uri, unsigned flags, eb_error *err)
{
    struct vbox_conn *c = vbox_conn_of(conn);
    EB_AUTODEF struct eb_domain_def *def = eb_domain_def_new();
    EB_AUTODEF struct eb_domain_def *old = NULL;
    VBOX_AUTOEDIT struct vbox_edit e = {0};

    if (vbox_check_flags(flags, EB_AFFECT_LIVE | EB_AFFECT_CONFIG, "virDomainSetMetadata", err) < 0 ||
        vbox_edit_begin(c, uuid, &e, err) < 0 || vbox_check_affect(c, e.vbox, uuid, flags, e.live, err) < 0 ||
        vbox_metadata_read(c, e.s.machine, def, err) < 0)
        return -1;
    old = eb_domain_def_copy(def);
    if (eb_domain_def_set_metadata(def, type, metadata, key, uri, err) < 0 ||
        vbox_metadata_apply(c, e.s.machine, def, old, err) < 0)
        return -1;
    return vbox_edit_save(&e, err);
}
