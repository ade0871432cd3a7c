/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What pools there are at a place, and what kinds there can be: folders. */
#include "vbox/domain.h"
#include "vbox/storage.h"

int vbox_find_pool_sources(eb_conn *conn EB_UNUSED, const char *type, const char *spec EB_UNUSED,
                           unsigned flags, char **xml EB_UNUSED, eb_error *err)
{
    if (eb_check_flags(flags, 0, "virConnectFindStoragePoolSources", err) < 0)
        return -1;
    if (eb_pool_type_from_string(type) < 0)
        return eb_error_set(err, EB_ERR_INTERNAL_ERROR, "unknown storage pool type %s", type);
    return eb_error_set(err, EB_ERR_NO_SUPPORT, "pool type '%s' does not support source discovery", type);
}

/* The same folder, whatever slashes there are. */
static bool is_same(const char *a, const char *b)
{
    while (*a && *b) {
        if (*a != *b)
            break;
        a += *a == '/' ? strspn(a, "/") : 1;
        b += *b == '/' ? strspn(b, "/") : 1;
    }
    return !a[strspn(a, "/")] && !b[strspn(b, "/")];
}

int vbox_pool_lookup_target(eb_conn *conn, const char *path, struct eb_object_key *out, eb_error *err)
{
    struct vbox_conn *c = vbox_conn_of(conn);
    VB_AUTO(IVirtualBox) vbox = NULL;
    struct vbox_pool *pools = NULL;
    int n, found = -1;

    if (vbox_begin(c, &vbox, err) < 0)
        return -1;
    n = vbox_pools_read(c, vbox, &pools, err);
    if (n < 0)
        return -1;
    for (int i = 0; i < n && found < 0; i++) {
        const struct eb_object_def *def = &pools[i].def->base;

        if (!pools[i].active || !is_same(pools[i].def->target, path))
            continue;
        memset(out, 0, sizeof(*out));
        memcpy(out->uuid, def->uuid, sizeof(out->uuid));
        out->name = eb_strdup(def->name);
        found = i;
    }
    vbox_pools_free(pools, (size_t)n);
    return found >= 0 ? 0
                      : eb_error_set(err, EB_ERR_NO_STORAGE_POOL,
                                     "no storage pool with matching target path '%s'", path);
}

int vbox_pool_capabilities(eb_conn *conn EB_UNUSED, unsigned flags, char **xml, eb_error *err)
{
    EB_AUTOSTRBUF struct eb_strbuf b = {0};
    const char *name;

    if (eb_check_flags(flags, 0, "virConnectGetStoragePoolCapabilities", err) < 0)
        return -1;
    eb_strbuf_add(&b, "<storagepoolCapabilities>\n"
                      "  <pool type='dir' supported='yes'>\n"
                      "    <volOptions>\n"
                      "      <defaultFormat type='raw'/>\n"
                      "      <enum name='targetFormatType'>\n"
                      "        <value>raw</value>\n"
                      "        <value>iso</value>\n");
    for (size_t i = 0; (name = vbox_volume_format_at(i)); i++)
        eb_strbuf_printf(&b, "        <value>%s</value>\n", name);
    eb_strbuf_add(&b, "      </enum>\n"
                      "    </volOptions>\n"
                      "  </pool>\n");
    for (int type = 0; (name = eb_pool_type_to_string(type)); type++) {
        if (type != EB_POOL_DIR)
            eb_strbuf_printf(&b, "  <pool type='%s' supported='no'>\n  </pool>\n", name);
    }
    eb_strbuf_add(&b, "</storagepoolCapabilities>\n");
    *xml = eb_strbuf_steal(&b);
    return 0;
}
