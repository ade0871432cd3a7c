/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Connections: choosing a driver, opening, closing, and the questions about the connection itself. */
#include "core/conn.h"

#include <errno.h>
#include <libxml/parser.h>
#include <unistd.h>

int eb_no_support(eb_conn *conn, const char *function, eb_error *err)
{
    return eb_error_set_from(err, conn->driver->error_domain, EB_ERR_NO_SUPPORT, "%s", function);
}

int eb_need_write(eb_conn *conn, const char *function, eb_error *err)
{
    if (conn->flags & EB_CONNECT_RO)
        return eb_error_set(err, EB_ERR_OPERATION_DENIED, "read only access prevents %s", function);
    return 0;
}

int eb_need_arg(const void *value, const char *name, const char *function, eb_error *err)
{
    if (!value)
        return eb_error_set_arg(err, EB_FROM_DOMAIN, "%s in %s must not be NULL", name, function);
    return 0;
}

int eb_need_exclusive(unsigned flags, unsigned a, const char *a_name, unsigned b, const char *b_name,
                      eb_error *err)
{
    if ((flags & a) && (flags & b))
        return eb_error_set_arg(err, EB_FROM_DOMAIN, "Flags '%s' and '%s' are mutually exclusive", a_name,
                                b_name);
    return 0;
}

int eb_check_flags(unsigned flags, unsigned supported, const char *function, eb_error *err)
{
    if (flags & ~supported)
        return eb_error_set_arg(err, EB_FROM_NONE, "unsupported flags (0x%x) in function %s",
                                flags & ~supported, function);
    return 0;
}

int eb_driver_result(eb_conn *conn, int result, eb_error *err)
{
    if (result < 0 && err && err->domain == EB_FROM_NONE)
        err->domain = conn->driver->error_domain;
    return result;
}

unsigned eb_version(void)
{
    return EB_VERSION_NUMBER;
}

static void free_conn(eb_conn *conn)
{
    eb_conn_events_free(conn);
    pthread_mutex_destroy(&conn->lock);
    eb_uri_free(conn->uri);
    free(conn);
}

int eb_conn_ask(eb_conn *conn, const char *prompt, bool hidden, const char *preset, char **answer)
{
    return conn->ask ? conn->ask(prompt, hidden, preset, answer, conn->ask_opaque) : -1;
}

/* Who opens a connection, and how. */
struct opening {
    unsigned flags;
    eb_ask_fn ask;
    void *opaque;
};

static int open_with(const struct eb_driver *driver, struct eb_uri *uri, const struct opening *how,
                     eb_conn **out, eb_error *err)
{
    eb_conn *conn = EB_NEW(eb_conn);

    atomic_init(&conn->refs, 1);
    pthread_mutex_init(&conn->lock, NULL);
    eb_conn_events_init(conn);
    conn->driver = driver;
    conn->virt = driver->virt;
    conn->flags = how->flags;
    conn->uri = uri;
    conn->ask = how->ask;
    conn->ask_opaque = how->opaque;
    if (eb_driver_result(conn, driver->conn.open(conn, uri, err), err) < 0) {
        free_conn(conn);
        return -1;
    }
    conn->ask = NULL;
    *out = conn;
    return 0;
}

/* The URI to open when the caller names none; the caller frees it. */
static char *default_uri(void)
{
    static const char *const variables[] = {"EVERBOX_DEFAULT_URI", "VIRSH_DEFAULT_CONNECT_URI",
                                            "LIBVIRT_DEFAULT_URI"};
    char *uri = NULL;

    for (size_t i = 0; i < EB_ARRAY_SIZE(variables); i++) {
        const char *value = getenv(variables[i]);

        if (value && *value)
            return eb_strdup(value);
    }
    for (const struct eb_driver *const *d = eb_drivers; *d; d++) {
        if ((*d)->conn.probe_default && (*d)->conn.probe_default(&uri))
            return uri;
    }
    return NULL;
}

int eb_connect_open(const char *name, unsigned flags, eb_conn **out, eb_error *err)
{
    return eb_connect_open_auth(name, flags, NULL, NULL, out, err);
}

int eb_connect_open_auth(const char *name, unsigned flags, eb_ask_fn ask, void *opaque, eb_conn **out,
                         eb_error *err)
{
    const struct opening how = {flags, ask, opaque};
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    EB_AUTOFREE char *chosen = name && *name ? eb_strdup(name) : default_uri();
    struct eb_uri *uri = NULL;

    pthread_once(&once, xmlInitParser); /* libxml2 wants it before it is used in several threads */
    if (eb_check_flags(flags, EB_CONNECT_RO, "virConnectOpenAuth", err) < 0)
        return -1;
    if (!chosen)
        return eb_error_set(err, EB_ERR_NO_CONNECT, NULL);
    if (eb_uri_parse(chosen, &uri, err) < 0)
        return -1;
    for (const struct eb_driver *const *d = eb_drivers; *d; d++) {
        int takes = (*d)->conn.probe(uri, err);

        if (takes > 0)
            return open_with(*d, uri, &how, out, err);
        if (takes < 0) {
            if (err && err->domain == EB_FROM_NONE)
                err->domain = (*d)->error_domain;
            eb_uri_free(uri);
            return -1;
        }
    }
    eb_uri_free(uri);
    return eb_error_set(err, EB_ERR_NO_CONNECT, "%s", chosen);
}

eb_conn *eb_conn_ref(eb_conn *conn)
{
    atomic_fetch_add(&conn->refs, 1);
    return conn;
}

void eb_conn_unref(eb_conn *conn)
{
    if (!conn || atomic_fetch_sub(&conn->refs, 1) != 1)
        return;
    eb_conn_events_stop(conn);
    conn->driver->conn.close(conn);
    free_conn(conn);
}

void eb_conn_set_private(eb_conn *conn, void *data)
{
    conn->private_data = data;
}

void eb_conn_set_virt(eb_conn *conn, enum eb_virt_type virt)
{
    conn->virt = virt;
}

void *eb_conn_get_private(eb_conn *conn)
{
    return conn->private_data;
}

bool eb_conn_try_hold(eb_conn *conn)
{
    return conn->driver->conn.try_hold && conn->driver->conn.try_hold(conn);
}

void eb_conn_let_go(eb_conn *conn)
{
    conn->driver->conn.let_go(conn);
}

void eb_conn_set_progress(eb_conn *conn, eb_progress_fn fn, void *opaque)
{
    pthread_mutex_lock(&conn->lock);
    conn->progress = fn;
    conn->progress_opaque = opaque;
    pthread_mutex_unlock(&conn->lock);
}

int eb_conn_progress(const char *what, unsigned done, unsigned total, void *opaque)
{
    eb_conn *conn = opaque;
    eb_progress_fn fn;
    void *data;

    pthread_mutex_lock(&conn->lock);
    fn = conn->progress;
    data = conn->progress_opaque;
    pthread_mutex_unlock(&conn->lock);
    return fn ? fn(what, done, total, data) : 0;
}

int eb_conn_is_read_only(eb_conn *conn)
{
    return (conn->flags & EB_CONNECT_RO) != 0;
}

int eb_conn_set_keepalive(eb_conn *conn, unsigned interval, unsigned count, eb_error *err)
{
    if (!conn->driver->conn.set_keepalive)
        return 1;
    return EB_CALL(conn, "virConnectSetKeepAlive", conn.set_keepalive, conn, interval, count, err);
}

int eb_conn_get_uri(eb_conn *conn, char **out, eb_error *err)
{
    if (!conn->driver->conn.get_uri) {
        *out = eb_strdup(conn->uri->text);
        return 0;
    }
    return EB_CALL(conn, "virConnectGetURI", conn.get_uri, conn, out, err);
}

const char *eb_conn_get_type(eb_conn *conn)
{
    return conn->driver->conn.get_type ? conn->driver->conn.get_type(conn) : conn->driver->type;
}

int eb_conn_get_version(eb_conn *conn, unsigned long *out, eb_error *err)
{
    return EB_CALL(conn, "virConnectGetVersion", conn.get_version, conn, out, err);
}

int eb_conn_get_hostname(eb_conn *conn, char **out, eb_error *err)
{
    char name[256];

    if (conn->driver->conn.get_hostname)
        return EB_CALL(conn, "virConnectGetHostname", conn.get_hostname, conn, out, err);
    if (gethostname(name, sizeof(name)) < 0)
        return eb_error_set_errno(err, errno, "failed to determine host name");
    name[sizeof(name) - 1] = '\0';
    *out = eb_strdup(name);
    return 0;
}

int eb_conn_get_capabilities(eb_conn *conn, char **xml, eb_error *err)
{
    return EB_CALL(conn, "virConnectGetCapabilities", conn.get_capabilities, conn, xml, err);
}

int eb_conn_get_domain_capabilities(eb_conn *conn, const char *emulator, const char *arch,
                                    const char *machine, const char *virttype, unsigned flags, char **xml,
                                    eb_error *err)
{
    return EB_CALL(conn, "virConnectGetDomainCapabilities", conn.get_domain_capabilities, conn, emulator,
                   arch, machine, virttype, flags, xml, err);
}

int eb_conn_get_max_vcpus(eb_conn *conn, const char *type, eb_error *err)
{
    return EB_CALL(conn, "virConnectGetMaxVcpus", conn.get_max_vcpus, conn, type, err);
}

int eb_conn_get_sysinfo(eb_conn *conn, unsigned flags, char **xml, eb_error *err)
{
    return EB_CALL(conn, "virConnectGetSysinfo", conn.get_sysinfo, conn, flags, xml, err);
}

int eb_conn_is_alive(eb_conn *conn, eb_error *err)
{
    return EB_CALL(conn, "virConnectIsAlive", conn.is_alive, conn, err);
}

int eb_conn_is_encrypted(eb_conn *conn, eb_error *err)
{
    return EB_CALL(conn, "virConnectIsEncrypted", conn.is_encrypted, conn, err);
}

int eb_conn_is_secure(eb_conn *conn, eb_error *err)
{
    return EB_CALL(conn, "virConnectIsSecure", conn.is_secure, conn, err);
}

int eb_node_get_info(eb_conn *conn, eb_node_info *out, eb_error *err)
{
    return EB_CALL(conn, "virNodeGetInfo", node.get_info, conn, out, err);
}

int eb_node_get_free_memory(eb_conn *conn, uint64_t *bytes, eb_error *err)
{
    return EB_CALL(conn, "virNodeGetFreeMemory", node.get_free_memory, conn, bytes, err);
}

int eb_node_get_cells_free_memory(eb_conn *conn, uint64_t *bytes, int start, int n, eb_error *err)
{
    if (start < 0)
        return eb_error_set_arg(err, EB_FROM_NONE,
                                "startCell in virNodeGetCellsFreeMemory must be zero or greater");
    if (n < 1)
        return eb_error_set_arg(err, EB_FROM_NONE,
                                "maxCells in virNodeGetCellsFreeMemory must be greater than zero");
    return EB_CALL(conn, "virNodeGetCellsFreeMemory", node.get_cells_free_memory, conn, bytes, start, n, err);
}

int eb_node_get_security_model(eb_conn *conn, eb_security_model *out, eb_error *err)
{
    memset(out, 0, sizeof(*out));
    return EB_CALL(conn, "virNodeGetSecurityModel", node.get_security_model, conn, out, err);
}
