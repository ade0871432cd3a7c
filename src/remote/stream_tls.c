/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "remote/stream_tls.h"

#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <unistd.h>

#define DEFAULT_PRIORITY "NORMAL"
enum { PATIENCE_MS = 30000 }; /* until the server is done with its part of the handshake */

struct eb_tls_stream {
    gnutls_certificate_credentials_t credentials;
    gnutls_session_t session;
};

struct files {
    char *ca, *cert, *key;
};

static void files_clear(struct files *f)
{
    free(f->ca);
    free(f->cert);
    free(f->key);
}

static struct files system_files(void)
{
    return (struct files){eb_strdup("/etc/pki/CA/cacert.pem"), eb_strdup("/etc/pki/libvirt/clientcert.pem"),
                          eb_strdup("/etc/pki/libvirt/private/clientkey.pem")};
}

static struct files folder_files(const char *folder)
{
    return (struct files){eb_asprintf("%s/cacert.pem", folder), eb_asprintf("%s/clientcert.pem", folder),
                          eb_asprintf("%s/clientkey.pem", folder)};
}

/* The user's own certificate needs its key beside it; the authority's alone may be the system's. */
static struct files find_files(const char *pkipath)
{
    const char *home = getenv("HOME");
    struct files system = system_files(), user;

    if (pkipath) {
        files_clear(&system);
        return folder_files(pkipath);
    }
    if (geteuid() == 0 || !home || !*home)
        return system;
    EB_AUTOFREE char *folder = eb_asprintf("%s/.pki/libvirt", home);
    user = folder_files(folder);
    if (access(user.ca, R_OK) == 0) {
        free(system.ca);
        system.ca = EB_STEAL(user.ca);
    }
    if (access(user.cert, R_OK) == 0 && access(user.key, R_OK) == 0) {
        free(system.cert);
        free(system.key);
        system.cert = EB_STEAL(user.cert);
        system.key = EB_STEAL(user.key);
    }
    files_clear(&user);
    return system;
}

static int tls_error(eb_error *err, const char *what, int code)
{
    return eb_error_set_from(err, EB_FROM_RPC, EB_ERR_SYSTEM_ERROR, "TLS: %s: %s", what,
                             gnutls_strerror(code));
}

/* Without a certificate of ours the server decides. */
static int load(struct eb_tls_stream *s, const char *pkipath, eb_error *err)
{
    struct files f = find_files(pkipath);
    int code, result = 0;

    code = gnutls_certificate_set_x509_trust_file(s->credentials, f.ca, GNUTLS_X509_FMT_PEM);
    if (code < 0)
        result = eb_error_set_from(err, EB_FROM_RPC, EB_ERR_SYSTEM_ERROR,
                                   "TLS: the certificate of the authority, %s, cannot be read: %s", f.ca,
                                   gnutls_strerror(code));
    else if (access(f.cert, F_OK) == 0 && (code = gnutls_certificate_set_x509_key_file(
                                               s->credentials, f.cert, f.key, GNUTLS_X509_FMT_PEM)) < 0)
        result = eb_error_set_from(err, EB_FROM_RPC, EB_ERR_SYSTEM_ERROR,
                                   "TLS: the client's certificate %s and key %s cannot be used: %s", f.cert,
                                   f.key, gnutls_strerror(code));
    files_clear(&f);
    return result;
}

static int shake(struct eb_tls_stream *s, const char *host, eb_error *err)
{
    char confirmation = 0;
    int code;

    do
        code = gnutls_handshake(s->session);
    while (code == GNUTLS_E_INTERRUPTED || code == GNUTLS_E_AGAIN);
    if (code == GNUTLS_E_CERTIFICATE_VERIFICATION_ERROR) {
        gnutls_datum_t text = {0};

        gnutls_certificate_verification_status_print(gnutls_session_get_verify_cert_status(s->session),
                                                     GNUTLS_CRT_X509, &text, 0);
        eb_error_set_from(err, EB_FROM_RPC, EB_ERR_SYSTEM_ERROR,
                          "TLS: the certificate of '%s' is refused: %s", host,
                          text.data ? (const char *)text.data : "it cannot be verified");
        gnutls_free(text.data);
        return -1;
    }
    if (code < 0)
        return tls_error(err, "the handshake failed", code);
    /* The server says with one byte that it takes our certificate. */
    gnutls_record_set_timeout(s->session, PATIENCE_MS);
    do
        code = (int)gnutls_record_recv(s->session, &confirmation, 1);
    while (code == GNUTLS_E_INTERRUPTED || code == GNUTLS_E_AGAIN);
    gnutls_record_set_timeout(s->session, 0);
    if (code != 1 || confirmation != 1)
        return eb_error_set_from(err, EB_FROM_RPC, EB_ERR_SYSTEM_ERROR,
                                 "TLS: '%s' does not accept this client's certificate%s%s", host,
                                 code < 0 ? ": " : "", code < 0 ? gnutls_strerror(code) : "");
    return 0;
}

static bool is_address(const char *host)
{
    return strchr(host, ':') || strspn(host, "0123456789.") == strlen(host);
}

struct eb_tls_stream *eb_tls_stream_open(int fd, const char *host, const char *pkipath, const char *priority,
                                         bool verify, eb_error *err)
{
    struct eb_tls_stream *s = EB_NEW(struct eb_tls_stream);
    int code = gnutls_certificate_allocate_credentials(&s->credentials);

    if (code < 0 || (code = gnutls_init(&s->session, GNUTLS_CLIENT)) < 0 ||
        (code = gnutls_priority_set_direct(s->session, priority ? priority : DEFAULT_PRIORITY, NULL)) < 0 ||
        (code = gnutls_credentials_set(s->session, GNUTLS_CRD_CERTIFICATE, s->credentials)) < 0) {
        tls_error(err, "cannot begin", code);
        eb_tls_stream_free(s);
        return NULL;
    }
    if (!is_address(host))
        gnutls_server_name_set(s->session, GNUTLS_NAME_DNS, host, strlen(host));
    if (verify)
        gnutls_session_set_verify_cert(s->session, host, 0);
    gnutls_transport_set_int(s->session, fd);
    gnutls_handshake_set_timeout(s->session, PATIENCE_MS);
    if (load(s, pkipath, err) < 0 || shake(s, host, err) < 0) {
        eb_tls_stream_free(s);
        return NULL;
    }
    return s;
}

ssize_t eb_tls_stream_read(struct eb_tls_stream *s, void *bytes, size_t n, eb_error *err)
{
    ssize_t got;

    do
        got = gnutls_record_recv(s->session, bytes, n);
    while (got == GNUTLS_E_INTERRUPTED || got == GNUTLS_E_AGAIN);
    if (got == GNUTLS_E_PREMATURE_TERMINATION)
        return 0;
    return got < 0 ? tls_error(err, "reading", (int)got) : got;
}

int eb_tls_stream_write(struct eb_tls_stream *s, const void *bytes, size_t n, eb_error *err)
{
    const char *at = bytes;

    while (n) {
        ssize_t sent = gnutls_record_send(s->session, at, n);

        if (sent == GNUTLS_E_INTERRUPTED || sent == GNUTLS_E_AGAIN)
            continue;
        if (sent < 0)
            return tls_error(err, "writing", (int)sent);
        at += sent;
        n -= (size_t)sent;
    }
    return 0;
}

unsigned eb_tls_stream_strength(struct eb_tls_stream *s)
{
    return (unsigned)gnutls_cipher_get_key_size(gnutls_cipher_get(s->session)) * 8;
}

void eb_tls_stream_free(struct eb_tls_stream *s)
{
    if (!s)
        return;
    if (s->session)
        gnutls_deinit(s->session);
    if (s->credentials)
        gnutls_certificate_free_credentials(s->credentials);
    free(s);
}
