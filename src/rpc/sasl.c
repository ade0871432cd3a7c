/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rpc/sasl.h"

#include <pthread.h>
#include <sasl/sasl.h>

#include "base/log.h"

#define EB_MODULE "sasl"

enum { MECHANISM_MAX = 64, LAYER_BUFFER = 65536 };

struct rpc_sasl {
    sasl_conn_t *conn;
    bool hidden;
    unsigned max_out; /* bytes that one call of encode takes */
};

/* ---- The library, once ---- */

static pthread_once_t once = PTHREAD_ONCE_INIT;
static int ready;

static void *mutex_new(void)
{
    pthread_mutex_t *mutex = EB_NEW(pthread_mutex_t);

    pthread_mutex_init(mutex, NULL);
    return mutex;
}

static int mutex_lock(void *mutex)
{
    return pthread_mutex_lock(mutex) == 0 ? SASL_OK : SASL_FAIL;
}

static int mutex_unlock(void *mutex)
{
    return pthread_mutex_unlock(mutex) == 0 ? SASL_OK : SASL_FAIL;
}

static void mutex_free(void *mutex)
{
    if (mutex)
        pthread_mutex_destroy(mutex);
    free(mutex);
}

/* What it says may hold what a client sent: passwords and traces are never written down. */
static int say(void *context EB_UNUSED, int level, const char *text)
{
    if (level == SASL_LOG_ERR || level == SASL_LOG_WARN || level == SASL_LOG_FAIL)
        EB_WARN("%s", text ? text : "");
    else if (level == SASL_LOG_NOTE)
        EB_INFO("%s", text ? text : "");
    return SASL_OK;
}

static void begin(void)
{
    static const sasl_callback_t callbacks[] = {{SASL_CB_LOG, (int (*)(void))(void *)say, NULL},
                                                {SASL_CB_LIST_END, NULL, NULL}};

    sasl_set_mutex(mutex_new, mutex_lock, mutex_unlock, mutex_free);
    ready = sasl_server_init(callbacks, "libvirt");
}

/* ---- A session ---- */

static int failed(struct rpc_sasl *sasl, int result, const char *what, eb_error *err)
{
    /* What precisely was wrong is for the log alone. */
    EB_WARN("%s: %s", what,
            sasl && sasl->conn ? sasl_errdetail(sasl->conn) : sasl_errstring(result, NULL, NULL));
    return eb_error_set(err, EB_ERR_AUTH_FAILED, NULL);
}

static int set_up(struct rpc_sasl *sasl, const struct rpc_sasl_peer *peer)
{
    sasl_security_properties_t wanted = {.maxbufsize = LAYER_BUFFER};
    sasl_ssf_t external = peer->strength;
    int result = SASL_OK;

    if (peer->strength)
        result = sasl_setprop(sasl->conn, SASL_SSF_EXTERNAL, &external);
    if (!peer->hidden) {
        wanted.min_ssf = RPC_SASL_MIN_STRENGTH;
        wanted.max_ssf = 100000;
        wanted.security_flags |= SASL_SEC_NOPLAINTEXT;
    }
    wanted.security_flags |= SASL_SEC_NOANONYMOUS;
    return result == SASL_OK ? sasl_setprop(sasl->conn, SASL_SEC_PROPS, &wanted) : result;
}

int rpc_sasl_new(const struct rpc_sasl_peer *peer, struct rpc_sasl **out, char **mechanisms, eb_error *err)
{
    struct rpc_sasl *sasl;
    const char *list = NULL;
    int result;

    pthread_once(&once, begin);
    if (ready != SASL_OK)
        return failed(NULL, ready, "cannot begin", err);
    sasl = EB_NEW(struct rpc_sasl);
    sasl->hidden = peer->hidden;
    result = sasl_server_new("libvirt", NULL, NULL, peer->local, peer->remote, NULL, SASL_SUCCESS_DATA,
                             &sasl->conn);
    if (result == SASL_OK)
        result = set_up(sasl, peer);
    if (result == SASL_OK)
        result = sasl_listmech(sasl->conn, NULL, "", ",", "", &list, NULL, NULL);
    if (result != SASL_OK || !list || !*list) {
        failed(sasl, result, "no mechanism can be offered", err);
        rpc_sasl_free(sasl);
        return -1;
    }
    *mechanisms = eb_strdup(list);
    *out = sasl;
    return 0;
}

void rpc_sasl_free(struct rpc_sasl *sasl)
{
    if (!sasl)
        return;
    if (sasl->conn)
        sasl_dispose(&sasl->conn);
    free(sasl);
}

static int came(struct rpc_sasl *sasl, int result, const char *data, unsigned n, const char **reply,
                size_t *reply_n, eb_error *err)
{
    if (result != SASL_OK && result != SASL_CONTINUE)
        return failed(sasl, result, "a client was refused", err);
    if (n > RPC_SASL_DATA_MAX)
        return failed(sasl, SASL_FAIL, "a step has too much data", err);
    *reply = data;
    *reply_n = data ? n : 0;
    return result == SASL_OK;
}

int rpc_sasl_start(struct rpc_sasl *sasl, const char *mechanism, const char *in, size_t in_n,
                   const char **reply, size_t *n, eb_error *err)
{
    const char *data = NULL;
    unsigned data_n = 0;
    int result;

    if (strlen(mechanism) > MECHANISM_MAX)
        return failed(sasl, SASL_NOMECH, "a client was refused", err);
    result = sasl_server_start(sasl->conn, mechanism, in, (unsigned)in_n, &data, &data_n);
    return came(sasl, result, data, data_n, reply, n, err);
}

int rpc_sasl_step(struct rpc_sasl *sasl, const char *in, size_t in_n, const char **reply, size_t *n,
                  eb_error *err)
{
    const char *data = NULL;
    unsigned data_n = 0;
    int result = sasl_server_step(sasl->conn, in, (unsigned)in_n, &data, &data_n);

    return came(sasl, result, data, data_n, reply, n, err);
}

static sasl_ssf_t strength(struct rpc_sasl *sasl)
{
    const void *value = NULL;

    if (sasl_getprop(sasl->conn, SASL_SSF, &value) != SASL_OK || !value)
        return 0;
    return *(const sasl_ssf_t *)value;
}

int rpc_sasl_user(struct rpc_sasl *sasl, const char **user, eb_error *err)
{
    const void *value = NULL;
    const unsigned *max_out;

    if (sasl_getprop(sasl->conn, SASL_USERNAME, &value) != SASL_OK || !value)
        return failed(sasl, SASL_FAIL, "a client has no name", err);
    *user = value;
    if (!sasl->hidden && strength(sasl) < RPC_SASL_MIN_STRENGTH)
        return failed(sasl, SASL_TOOWEAK, "the layer is too weak", err);
    if (sasl_getprop(sasl->conn, SASL_MAXOUTBUF, &value) == SASL_OK && value) {
        max_out = value;
        sasl->max_out = *max_out;
    }
    return 0;
}

bool rpc_sasl_has_layer(struct rpc_sasl *sasl)
{
    return strength(sasl) > 0;
}

int rpc_sasl_encode(struct rpc_sasl *sasl, const void *bytes, size_t n, struct eb_strbuf *out, eb_error *err)
{
    const char *p = bytes, *encoded;
    unsigned encoded_n, part;
    int result;

    while (n) {
        part = sasl->max_out && n > sasl->max_out ? sasl->max_out : (unsigned)n;
        result = sasl_encode(sasl->conn, p, part, &encoded, &encoded_n);
        if (result != SASL_OK)
            return eb_error_set(err, EB_ERR_RPC, "SASL: %s", sasl_errdetail(sasl->conn));
        eb_strbuf_addn(out, encoded, encoded_n);
        p += part;
        n -= part;
    }
    return 0;
}

int rpc_sasl_decode(struct rpc_sasl *sasl, const void *bytes, size_t n, const char **out, size_t *out_n,
                    eb_error *err)
{
    unsigned decoded_n = 0;

    *out = NULL;
    if (sasl_decode(sasl->conn, bytes, (unsigned)n, out, &decoded_n) != SASL_OK)
        return eb_error_set(err, EB_ERR_RPC, "SASL: %s", sasl_errdetail(sasl->conn));
    *out_n = *out ? decoded_n : 0;
    return 0;
}
