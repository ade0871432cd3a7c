/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Connections: vbox:///session, vbox:///system, each also with ?home=FOLDER of one installation. */
#include "vbox/com/install.h"
#include "vbox/domain.h"
#include "vbox/known.h"

#include <pthread.h>
#include <stdio.h>
#include <unistd.h>

struct private
{
    struct vbox_conn c;
    pthread_mutex_t lock; /* of the following */
    unsigned char(*autodestroy)[16];
    size_t n_autodestroy;
};

struct vbox_conn *vbox_conn_of(eb_conn *conn)
{
    struct private *p = eb_conn_get_private(conn);

    return &p->c;
}

static int check_query(const struct eb_uri *uri, eb_error *err)
{
    for (char **q = uri->query; q && q[0]; q += 2)
        if (strcmp(q[0], "home") != 0)
            return eb_error_set(err, EB_ERR_INVALID_ARG,
                                "URI '%s': unknown parameter '%s' (only home=FOLDER)", uri->text, q[0]);
    if (eb_uri_query(uri, "home") && eb_uri_query(uri, "home")[0] != '/')
        return eb_error_set(err, EB_ERR_INVALID_ARG, "URI '%s': home is not an absolute path", uri->text);
    return 0;
}

int vbox_conn_probe(const struct eb_uri *uri, eb_error *err)
{
    const char *path = uri->path ? uri->path : "";

    if (!uri->scheme || strcmp(uri->scheme, "vbox") != 0)
        return 0;
    if (uri->transport || uri->server)
        return eb_error_set(
            err, EB_ERR_NO_SUPPORT,
            "URI '%s' names another host or a transport: this program manages the VirtualBox of "
            "this host alone",
            uri->text);
    if (!*path || strcmp(path, "/") == 0)
        return eb_error_set(err, EB_ERR_INTERNAL_ERROR,
                            "no VirtualBox driver path specified (try vbox:///session)");
    if (strcmp(path, "/session") != 0 && strcmp(path, "/system") != 0)
        return eb_error_set(err, EB_ERR_INTERNAL_ERROR,
                            "unknown driver path '%s' specified (try vbox:///session)", path);
    if (strcmp(path, "/system") == 0 && geteuid() != 0)
        return eb_error_set(err, EB_ERR_OPERATION_DENIED,
                            "vbox:///system are root's machines; yours are vbox:///session");
    return check_query(uri, err) < 0 ? -1 : 1;
}

static bool is_installed(void)
{
    struct vb_install_places places = vb_install_system_places();
    struct vb_install *installs = NULL;
    bool usable = false;
    size_t n = 0;

    if (vb_install_find(&places, NULL, &installs, &n, NULL) < 0)
        return false;
    for (size_t i = 0; i < n; i++)
        usable |= !installs[i].unusable;
    vb_installs_free(installs, n);
    return usable;
}

int vbox_conn_probe_default(char **uri)
{
    if (!is_installed())
        return 0;
    *uri = eb_strdup(geteuid() == 0 ? "vbox:///system" : "vbox:///session");
    return 1;
}

int vbox_conn_open(eb_conn *conn, const struct eb_uri *uri, eb_error *err)
{
    VB_AUTO(IVirtualBox) vbox = NULL;
    struct private *p = EB_NEW(struct private);

    p->c.conn = conn;
    if (vb_open(eb_uri_query(uri, "home"), &p->c.vb, err) < 0) {
        free(p);
        return -1;
    }
    if (vbox_begin(&p->c, &vbox, err) < 0) {
        vb_unref_client(p->c.vb);
        free(p);
        return -1;
    }
    vbox_known_ref(p->c.vb);
    pthread_mutex_init(&p->lock, NULL);
    eb_conn_set_private(conn, p);
    return 0;
}

void vbox_conn_close(eb_conn *conn)
{
    struct private *p = eb_conn_get_private(conn);

    if (!p)
        return;
    for (size_t i = 0; i < p->n_autodestroy; i++)
        vbox_destroy(conn, p->autodestroy[i], 0, NULL);
    eb_conn_set_private(conn, NULL);
    vbox_known_unref(p->c.vb);
    vb_unref_client(p->c.vb);
    pthread_mutex_destroy(&p->lock);
    free(p->autodestroy);
    free(p);
}

void vbox_conn_autodestroy(struct vbox_conn *c, eb_uuid uuid)
{
    struct private *p = eb_conn_get_private(c->conn);

    pthread_mutex_lock(&p->lock);
    memcpy(EB_APPEND(p->autodestroy, p->n_autodestroy), uuid, 16);
    pthread_mutex_unlock(&p->lock);
}

int vbox_conn_get_version(eb_conn *conn, unsigned long *out, eb_error *err)
{
    struct vbox_conn *c = vbox_conn_of(conn);
    VB_AUTO(IVirtualBox) vbox = NULL;
    EB_AUTOFREE char *text = NULL;
    unsigned major, minor, micro;

    if (vbox_begin(c, &vbox, err) < 0 || IVirtualBox_get_version(c->vb, vbox, &text, err) < 0)
        return -1;
    if (sscanf(text, "%u.%u.%u", &major, &minor, &micro) != 3)
        return eb_error_set(err, EB_ERR_INTERNAL_ERROR, "VirtualBox gave '%s' as its version", text);
    *out = major * 1000000ul + minor * 1000ul + micro;
    return 0;
}

int vbox_conn_is_alive(eb_conn *conn, eb_error *err)
{
    VB_AUTO(IVirtualBox) vbox = NULL;

    (void)err;
    return vbox_begin(vbox_conn_of(conn), &vbox, NULL) == 0;
}

/* Nothing leaves this host. */
int vbox_conn_is_secure(eb_conn *conn, eb_error *err)
{
    (void)conn;
    (void)err;
    return 1;
}

int vbox_conn_is_encrypted(eb_conn *conn, eb_error *err)
{
    (void)conn;
    (void)err;
    return 0;
}
