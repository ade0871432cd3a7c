/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a machine is to be later. VirtualBox has one definition, which a running machine mostly cannot change;
 * but who creates a transient domain and then defines it (as installers do: with the medium to install from,
 * then without) gives the definition of the time after. Nor can VirtualBox attach an image that is not there
 * yet; but who clones defines the new domain before its volumes. Such a definition waits in VirtualBox's
 * extra data Everbox/Next/UUID until it can be carried out, and the domain does not start before.
 */
#include "base/log.h"
#include "model/domain_xml.h"
#include "vbox/domain.h"
#include "vbox/storage.h"

#include <unistd.h>

enum { PATIENCE_MS = 3000 };

static char *key_of(eb_uuid uuid)
{
    char id[EB_UUID_STRLEN + 1];

    eb_uuid_format(uuid, id);
    return eb_asprintf(VBOX_EXTRA_PREFIX "Next/%s", id);
}

int vbox_next_note(struct vbox_found *f, const struct eb_domain_def *def, eb_error *err)
{
    EB_AUTOFREE char *key = key_of(f->uuid);
    EB_AUTOFREE char *xml = def ? eb_domain_def_format(def, EB_XML_SECURE | EB_XML_INACTIVE) : NULL;

    return vbox_global_set(f->c, f->vbox, key, xml, err);
}

int vbox_next_read(struct vbox_found *f, struct eb_domain_def **out, eb_error *err)
{
    EB_AUTOERROR eb_error why = EB_ERROR_INIT;
    EB_AUTOFREE char *key = key_of(f->uuid);
    EB_AUTOFREE char *xml = NULL;

    *out = NULL;
    if (vbox_global_get(f->c, f->vbox, key, &xml, err) < 0)
        return -1;
    if (!*xml)
        return 0;
    if (eb_domain_def_parse(xml, EB_XML_INACTIVE, out, &why) == 0)
        return 1;
    eb_log(EB_LOG_WARN, "vbox", "the note of what %s is to be cannot be read: %s", f->id,
           eb_error_message(&why));
    return 0;
}

int vbox_next_apply(struct vbox_found *f, eb_error *err)
{
    EB_AUTODEF struct eb_domain_def *def = NULL;
    int there = vbox_next_read(f, &def, err);

    if (there <= 0)
        return there;
    if (!vbox_wait_unlocked(f->c, f->machine, PATIENCE_MS))
        return eb_error_set(err, EB_ERR_RESOURCE_BUSY, "another process changes the domain now");
    if (vbox_redefine(f, def, err) < 0)
        return eb_error_prefix(err, "domain '%s' cannot become what it was defined as", def->name);
    return vbox_next_note(f, NULL, err);
}

/* ---- Volumes that are to come ---- */

static bool is_to_come(const struct eb_disk *disk, const struct vbox_pool *pools, int n)
{
    const char *slash = disk->source ? strrchr(disk->source, '/') : NULL;

    if (disk->type != EB_DISK_TYPE_FILE || !slash || access(disk->source, F_OK) == 0)
        return false;
    for (int i = 0; i < n; i++) {
        const char *target = pools[i].def->target;

        if (pools[i].active && strlen(target) == (size_t)(slash - disk->source) &&
            eb_starts_with(disk->source, target))
            return true;
    }
    return false;
}

int vbox_next_split(struct vbox_conn *c, IVirtualBox *vbox, const struct eb_domain_def *def,
                    struct eb_domain_def **now, eb_error *err)
{
    EB_AUTODEF struct eb_domain_def *copy = NULL;
    EB_AUTODEF struct eb_domain_def *rest = eb_domain_def_new();
    struct vbox_pool *pools = NULL;
    size_t kept = 0;
    int n = vbox_pools_read(c, vbox, &pools, err);

    *now = NULL;
    if (n < 0)
        return -1;
    copy = eb_domain_def_copy(def);
    for (size_t i = 0; i < copy->n_disks; i++) {
        if (is_to_come(&copy->disks[i], pools, n))
            *EB_APPEND(rest->disks, rest->n_disks) = copy->disks[i];
        else
            copy->disks[kept++] = copy->disks[i];
    }
    vbox_pools_free(pools, (size_t)n);
    copy->n_disks = kept;
    if (rest->n_disks > 0)
        *now = EB_STEAL(copy);
    return 0;
}

int vbox_next_def(struct vbox_found *f, unsigned flags, struct eb_domain_def **out, eb_error *err)
{
    VBOX_AUTOJOB void *job = NULL;
    int there;

    *out = NULL;
    if ((f->active && !(flags & EB_XML_INACTIVE)) || (there = vbox_next_read(f, out, err)) == 0)
        return 0;
    if (there < 0 || f->active || eb_conn_is_read_only(f->c->conn) || !(job = vbox_job_try(f->uuid)))
        return there;
    if (vbox_next_apply(f, NULL) < 0)
        return 1; /* it waits on */
    eb_domain_def_free(EB_STEAL(*out));
    return 0;
}
