/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rpc/tls.h"

#include <errno.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>

#include "rpc/security.h"

struct rpc_tls_context {
    gnutls_certificate_credentials_t credentials;
    gnutls_priority_t priority;
};

struct rpc_tls {
    gnutls_session_t session;
    struct eb_strbuf input; /* what came and GnuTLS did not take yet */
    size_t used;            /* of it */
    struct eb_strbuf output;
    char *dn;
};

/* ---- The files ---- */

static int bad_file(int result, const char *what, const char *path, eb_error *err)
{
    return eb_error_set(err, EB_ERR_CONF_SYNTAX, "cannot use the %s '%s': %s", what, path,
                        gnutls_strerror(result));
}

/* Clients would refuse it each time, so that is said once, where it can be mended. */
static int check_own(const struct rpc_tls_context *context, const char *path, eb_error *err)
{
    gnutls_typed_vdata_st purpose = {.type = GNUTLS_DT_KEY_PURPOSE_OID,
                                     .data = (unsigned char *)(uintptr_t)GNUTLS_KP_TLS_WWW_SERVER};
    gnutls_x509_trust_list_t trusted;
    gnutls_x509_crt_t *chain = NULL;
    gnutls_datum_t text = {0};
    unsigned n = 0, status = 0;
    int result;

    gnutls_certificate_get_trust_list(context->credentials, &trusted);
    result = gnutls_certificate_get_x509_crt(context->credentials, 0, &chain, &n);
    if (result >= 0)
        result = gnutls_x509_trust_list_verify_crt2(trusted, chain, n, &purpose, 1, 0, &status, NULL);
    for (unsigned i = 0; i < n; i++)
        gnutls_x509_crt_deinit(chain[i]);
    gnutls_free(chain);
    if (result < 0)
        return bad_file(result, "certificate", path, err);
    if (!status)
        return 0;
    if (gnutls_certificate_verification_status_print(status, GNUTLS_CRT_X509, &text, 0) < 0)
        text = (gnutls_datum_t){0};
    eb_error_set(err, EB_ERR_CONF_SYNTAX, "clients would refuse the certificate '%s': %s", path,
                 text.data ? (char *)text.data : "it is not valid");
    gnutls_free(text.data);
    return -1;
}

static int load_files(struct rpc_tls_context *context, const struct rpc_tls_files *files, eb_error *err)
{
    int result;

    result = gnutls_certificate_set_x509_trust_file(context->credentials, files->ca, GNUTLS_X509_FMT_PEM);
    if (result <= 0)
        return bad_file(result ? result : GNUTLS_E_NO_CERTIFICATE_FOUND, "authority's certificate", files->ca,
                        err);
    if (files->crl) {
        result = gnutls_certificate_set_x509_crl_file(context->credentials, files->crl, GNUTLS_X509_FMT_PEM);
        if (result < 0)
            return bad_file(result, "list of revoked certificates", files->crl, err);
    }
    result = gnutls_certificate_set_x509_key_file(context->credentials, files->cert, files->key,
                                                  GNUTLS_X509_FMT_PEM);
    if (result < 0)
        return eb_error_set(err, EB_ERR_CONF_SYNTAX, "cannot use the certificate '%s' and the key '%s': %s",
                            files->cert, files->key, gnutls_strerror(result));
    return check_own(context, files->cert, err);
}

static int read_priority(const char *text, gnutls_priority_t *out, eb_error *err)
{
    const char *where = NULL;

    if (gnutls_priority_init(out, text ? text : "NORMAL", &where) >= 0)
        return 0;
    *out = NULL;
    return eb_error_set(err, EB_ERR_CONF_SYNTAX, "tls_priority is wrong from '%s' on", where ? where : text);
}

int rpc_tls_check_priority(const char *priority, eb_error *err)
{
    gnutls_priority_t read;

    if (read_priority(priority, &read, err) < 0)
        return -1;
    gnutls_priority_deinit(read);
    return 0;
}

int rpc_tls_context_new(const struct rpc_tls_files *files, struct rpc_tls_context **out, eb_error *err)
{
    struct rpc_tls_context *context = EB_NEW(struct rpc_tls_context);
    int result = gnutls_certificate_allocate_credentials(&context->credentials);

    if (result < 0) {
        free(context);
        return eb_error_set(err, EB_ERR_INTERNAL_ERROR, "TLS: %s", gnutls_strerror(result));
    }
    result = read_priority(files->priority, &context->priority, err);
    if (result == 0)
        result = load_files(context, files, err);
    if (result < 0) {
        rpc_tls_context_free(context);
        return -1;
    }
    *out = context;
    return 0;
}

void rpc_tls_context_free(struct rpc_tls_context *context)
{
    if (!context)
        return;
    if (context->priority)
        gnutls_priority_deinit(context->priority);
    gnutls_certificate_free_credentials(context->credentials);
    free(context);
}

/* ---- Buffers in the socket's place ---- */

static ssize_t pull(gnutls_transport_ptr_t opaque, void *out, size_t size)
{
    struct rpc_tls *tls = opaque;
    size_t left = tls->input.len - tls->used;

    if (!left) {
        gnutls_transport_set_errno(tls->session, EAGAIN);
        return -1;
    }
    if (size > left)
        size = left;
    memcpy(out, tls->input.s + tls->used, size);
    tls->used += size;
    if (tls->used == tls->input.len) {
        eb_strbuf_free(&tls->input);
        tls->used = 0;
    }
    return (ssize_t)size;
}

static ssize_t push(gnutls_transport_ptr_t opaque, const void *bytes, size_t n)
{
    struct rpc_tls *tls = opaque;

    eb_strbuf_addn(&tls->output, bytes, n);
    return (ssize_t)n;
}

/* ---- A session ---- */

int rpc_tls_new(struct rpc_tls_context *context, struct rpc_tls **out, eb_error *err)
{
    struct rpc_tls *tls = EB_NEW(struct rpc_tls);
    int result = gnutls_init(&tls->session, GNUTLS_SERVER | GNUTLS_NONBLOCK);

    if (result < 0) {
        free(tls);
        return eb_error_set(err, EB_ERR_INTERNAL_ERROR, "TLS: %s", gnutls_strerror(result));
    }
    result = gnutls_priority_set(tls->session, context->priority);
    if (result >= 0)
        result = gnutls_credentials_set(tls->session, GNUTLS_CRD_CERTIFICATE, context->credentials);
    if (result < 0) {
        rpc_tls_free(tls);
        return eb_error_set(err, EB_ERR_INTERNAL_ERROR, "TLS: %s", gnutls_strerror(result));
    }
    gnutls_certificate_server_set_request(tls->session, GNUTLS_CERT_REQUIRE);
    gnutls_transport_set_ptr(tls->session, tls);
    gnutls_transport_set_pull_function(tls->session, pull);
    gnutls_transport_set_push_function(tls->session, push);
    *out = tls;
    return 0;
}

void rpc_tls_free(struct rpc_tls *tls)
{
    if (!tls)
        return;
    gnutls_deinit(tls->session);
    eb_strbuf_free(&tls->input);
    eb_strbuf_free(&tls->output);
    free(tls->dn);
    free(tls);
}

void rpc_tls_feed(struct rpc_tls *tls, const void *bytes, size_t n)
{
    eb_strbuf_addn(&tls->input, bytes, n);
}

int rpc_tls_handshake(struct rpc_tls *tls, eb_error *err)
{
    int result;

    do {
        result = gnutls_handshake(tls->session);
    } while (result < 0 && result != GNUTLS_E_AGAIN && !gnutls_error_is_fatal(result));
    if (result == GNUTLS_E_AGAIN)
        return 0;
    if (result == 0)
        return 1;
    gnutls_alert_send_appropriate(tls->session, result);
    if (result == GNUTLS_E_FATAL_ALERT_RECEIVED)
        return eb_error_set(err, EB_ERR_AUTH_FAILED, "TLS handshake: the client said '%s'",
                            gnutls_alert_get_name(gnutls_alert_get(tls->session)));
    return eb_error_set(err, EB_ERR_AUTH_FAILED, "TLS handshake: %s", gnutls_strerror(result));
}

/* The name in the certificate that the peer proved to have; NULL when it cannot be read. */
static char *peer_name(struct rpc_tls *tls)
{
    const gnutls_datum_t *chain;
    gnutls_x509_crt_t cert;
    gnutls_datum_t name = {0};
    char *dn = NULL;
    unsigned n = 0;

    chain = gnutls_certificate_get_peers(tls->session, &n);
    if (!chain || !n || gnutls_x509_crt_init(&cert) < 0)
        return NULL;
    /* As older programs write it, which is what lists of names hold. */
    if (gnutls_x509_crt_import(cert, &chain[0], GNUTLS_X509_FMT_DER) >= 0 &&
        gnutls_x509_crt_get_dn3(cert, &name, GNUTLS_X509_DN_FLAG_COMPAT) >= 0) {
        if (strlen((const char *)name.data) == name.size && eb_utf8_valid((char *)name.data, name.size))
            dn = eb_strndup((char *)name.data, name.size);
        gnutls_free(name.data);
    }
    gnutls_x509_crt_deinit(cert);
    return dn;
}

static int refuse(struct rpc_tls *tls, gnutls_alert_description_t alert)
{
    gnutls_alert_send(tls->session, GNUTLS_AL_FATAL, alert);
    return -1;
}

int rpc_tls_check_peer(struct rpc_tls *tls, char *const *allowed, const char **dn, eb_error *err)
{
    gnutls_typed_vdata_st purpose = {.type = GNUTLS_DT_KEY_PURPOSE_OID,
                                     .data = (unsigned char *)(uintptr_t)GNUTLS_KP_TLS_WWW_CLIENT};
    gnutls_datum_t text = {0};
    unsigned status = 0;
    int result;

    *dn = NULL;
    result = gnutls_certificate_verify_peers(tls->session, &purpose, 1, &status);
    if (result < 0) {
        eb_error_set(err, EB_ERR_AUTH_FAILED, "the client's certificate: %s", gnutls_strerror(result));
        return refuse(tls, GNUTLS_A_BAD_CERTIFICATE);
    }
    free(tls->dn);
    *dn = tls->dn = peer_name(tls);
    if (status) {
        if (gnutls_certificate_verification_status_print(status, GNUTLS_CRT_X509, &text, 0) < 0)
            text = (gnutls_datum_t){0};
        eb_error_set(err, EB_ERR_AUTH_FAILED, "the client's certificate (%s): %s",
                     tls->dn ? tls->dn : "no name", text.data ? (char *)text.data : "not valid");
        gnutls_free(text.data);
        return refuse(tls, GNUTLS_A_BAD_CERTIFICATE);
    }
    if (!tls->dn || !rpc_security_listed(allowed, tls->dn)) {
        eb_error_set(err, EB_ERR_AUTH_FAILED, "the client's name '%s' is not in tls_allowed_dn_list",
                     tls->dn ? tls->dn : "");
        return refuse(tls, GNUTLS_A_ACCESS_DENIED);
    }
    return 0;
}

unsigned rpc_tls_strength(struct rpc_tls *tls)
{
    return (unsigned)gnutls_cipher_get_key_size(gnutls_cipher_get(tls->session)) * 8;
}

int rpc_tls_read(struct rpc_tls *tls, void *out, size_t size, eb_error *err)
{
    ssize_t n;

    do {
        n = gnutls_record_recv(tls->session, out, size);
        /* A handshake in the middle would change who speaks. */
        if (n == GNUTLS_E_REHANDSHAKE)
            break;
    } while (n < 0 && n != GNUTLS_E_AGAIN && !gnutls_error_is_fatal((int)n));
    if (n == GNUTLS_E_AGAIN)
        return 0;
    if (n > 0)
        return (int)n;
    return eb_error_set(err, EB_ERR_RPC, "TLS: %s", n == 0 ? "the client left" : gnutls_strerror((int)n));
}

int rpc_tls_write(struct rpc_tls *tls, const void *bytes, size_t n, eb_error *err)
{
    const char *p = bytes;
    ssize_t sent;

    while (n) {
        sent = gnutls_record_send(tls->session, p, n);
        if (sent < 0)
            return eb_error_set(err, EB_ERR_RPC, "TLS: %s", gnutls_strerror((int)sent));
        p += sent;
        n -= (size_t)sent;
    }
    return 0;
}

struct eb_strbuf rpc_tls_output(struct rpc_tls *tls)
{
    struct eb_strbuf out = tls->output;

    memset(&tls->output, 0, sizeof(tls->output));
    return out;
}
