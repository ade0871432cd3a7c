/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rpc/sasl.h"

#include <pthread.h>
#include <sasl/sasl.h>

#include "base/log.h"

#define EB_MODULE "sasl"

enum { MECHANISM_MAX = 64 };

struct rpc_sasl {
    sasl_conn_t *conn;
    bool hidden;
    unsigned max_out; /* bytes that one call of encode takes */
};

/* ---- The library, once ---- */

static pthread_once_t once = PTHREAD_ONCE_INIT;
static int ready;

static void begin(void)
{
    static const sasl_callback_t callbacks[] = {{SASL_CB_LOG, (int (*)(void))(void *)rpc_sasl_say, NULL},
                                                {SASL_CB_LIST_END, NULL, NULL}};

    rpc_sasl_library();
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
        result = rpc_sasl_want(sasl->conn, peer->strength, peer->hidden, SASL_SEC_NOANONYMOUS);
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

int rpc_sasl_user(struct rpc_sasl *sasl, const char **user, eb_error *err)
{
    const void *value = NULL;

    if (sasl_getprop(sasl->conn, SASL_USERNAME, &value) != SASL_OK || !value)
        return failed(sasl, SASL_FAIL, "a client has no name", err);
    *user = value;
    if (!sasl->hidden && rpc_sasl_strength(sasl->conn) < RPC_SASL_MIN_STRENGTH)
        return failed(sasl, SASL_TOOWEAK, "the layer is too weak", err);
    sasl->max_out = rpc_sasl_max_out(sasl->conn);
    return 0;
}

bool rpc_sasl_has_layer(struct rpc_sasl *sasl)
{
    return rpc_sasl_strength(sasl->conn) > 0;
}

int rpc_sasl_encode(struct rpc_sasl *sasl, const void *bytes, size_t n, struct eb_strbuf *out, eb_error *err)
{
    return rpc_sasl_encode_by(sasl->conn, sasl->max_out, bytes, n, out, err);
}

int rpc_sasl_decode(struct rpc_sasl *sasl, const void *bytes, size_t n, const char **out, size_t *out_n,
                    eb_error *err)
{
    return rpc_sasl_decode_by(sasl->conn, bytes, n, out, out_n, err);
}
