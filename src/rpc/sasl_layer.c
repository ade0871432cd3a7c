/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rpc/sasl_layer.h"

#include <pthread.h>
#include <sasl/sasl.h>

#include "base/log.h"

#define EB_MODULE "sasl"

enum { LAYER_BUFFER = 65536 };

/* ---- The library, once ---- */

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

static void begin(void)
{
    sasl_set_mutex(mutex_new, mutex_lock, mutex_unlock, mutex_free);
}

void rpc_sasl_library(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;

    pthread_once(&once, begin);
}

/* Passwords and traces come at other levels. */
int rpc_sasl_say(void *context EB_UNUSED, int level, const char *text)
{
    if (level == SASL_LOG_ERR || level == SASL_LOG_WARN || level == SASL_LOG_FAIL)
        EB_WARN("%s", text ? text : "");
    else if (level == SASL_LOG_NOTE)
        EB_INFO("%s", text ? text : "");
    return SASL_OK;
}

/* ---- The layer ---- */

int rpc_sasl_want(sasl_conn_t *conn, unsigned peer_strength, bool hidden, unsigned flags)
{
    sasl_security_properties_t wanted = {.maxbufsize = LAYER_BUFFER, .security_flags = flags};
    sasl_ssf_t external = peer_strength;
    int result = SASL_OK;

    if (peer_strength)
        result = sasl_setprop(conn, SASL_SSF_EXTERNAL, &external);
    if (!hidden) {
        wanted.min_ssf = RPC_SASL_MIN_STRENGTH;
        wanted.max_ssf = 100000;
        wanted.security_flags |= SASL_SEC_NOPLAINTEXT;
    }
    return result == SASL_OK ? sasl_setprop(conn, SASL_SEC_PROPS, &wanted) : result;
}

unsigned rpc_sasl_strength(sasl_conn_t *conn)
{
    const void *value = NULL;

    if (sasl_getprop(conn, SASL_SSF, &value) != SASL_OK || !value)
        return 0;
    return *(const sasl_ssf_t *)value;
}

unsigned rpc_sasl_max_out(sasl_conn_t *conn)
{
    const void *value = NULL;

    if (sasl_getprop(conn, SASL_MAXOUTBUF, &value) != SASL_OK || !value)
        return 0;
    return *(const unsigned *)value;
}

int rpc_sasl_encode_by(sasl_conn_t *conn, unsigned max_out, const void *bytes, size_t n,
                       struct eb_strbuf *out, eb_error *err)
{
    const char *p = bytes, *encoded;
    unsigned encoded_n, part;

    while (n) {
        part = max_out && n > max_out ? max_out : (unsigned)n;
        if (sasl_encode(conn, p, part, &encoded, &encoded_n) != SASL_OK)
            return eb_error_set(err, EB_ERR_RPC, "SASL: %s", sasl_errdetail(conn));
        eb_strbuf_addn(out, encoded, encoded_n);
        p += part;
        n -= part;
    }
    return 0;
}

int rpc_sasl_decode_by(sasl_conn_t *conn, const void *bytes, size_t n, const char **out, size_t *out_n,
                       eb_error *err)
{
    unsigned decoded_n = 0;

    *out = NULL;
    if (sasl_decode(conn, bytes, (unsigned)n, out, &decoded_n) != SASL_OK)
        return eb_error_set(err, EB_ERR_RPC, "SASL: %s", sasl_errdetail(conn));
    *out_n = *out ? decoded_n : 0;
    return 0;
}
