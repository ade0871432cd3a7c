/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "remote/sasl.h"

#include <pthread.h>
#include <sasl/sasl.h>

#include "rpc/sasl_layer.h"

enum { ANSWERS_MAX = 16 };

struct remote_sasl {
    sasl_conn_t *conn;
    bool hidden;
    unsigned max_out;
    remote_answer_fn answer;
    void *opaque;
    char *answers[ANSWERS_MAX]; /* the library keeps pointers to them */
    size_t n_answers;
    pthread_mutex_t lock; /* the library takes one call at a time */
};

/* ---- The library, once ---- */

static int ready;

static void begin(void)
{
    static const sasl_callback_t callbacks[] = {{SASL_CB_LOG, (int (*)(void))(void *)rpc_sasl_say, NULL},
                                                {SASL_CB_LIST_END, NULL, NULL}};

    rpc_sasl_library();
    ready = sasl_client_init(callbacks);
}

static int failed(struct remote_sasl *sasl, int result, const char *what, eb_error *err)
{
    return eb_error_set_from(err, EB_FROM_RPC, EB_ERR_AUTH_FAILED, "%s: %s", what,
                             sasl && sasl->conn ? sasl_errdetail(sasl->conn)
                                                : sasl_errstring(result, NULL, NULL));
}

struct remote_sasl *remote_sasl_new(const struct remote_sasl_peer *peer, remote_answer_fn answer,
                                    void *opaque, eb_error *err)
{
    /* without functions: the library asks for these when it needs them */
    static const sasl_callback_t asked[] = {
        {SASL_CB_AUTHNAME, NULL, NULL},   {SASL_CB_PASS, NULL, NULL},         {SASL_CB_GETREALM, NULL, NULL},
        {SASL_CB_ECHOPROMPT, NULL, NULL}, {SASL_CB_NOECHOPROMPT, NULL, NULL}, {SASL_CB_LIST_END, NULL, NULL}};
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    struct remote_sasl *sasl;
    int result;

    pthread_once(&once, begin);
    if (ready != SASL_OK) {
        failed(NULL, ready, "SASL cannot begin", err);
        return NULL;
    }
    sasl = EB_NEW(struct remote_sasl);
    pthread_mutex_init(&sasl->lock, NULL);
    sasl->hidden = peer->hidden;
    sasl->answer = answer;
    sasl->opaque = opaque;
    result = sasl_client_new("libvirt", peer->host, peer->local, peer->remote, asked, SASL_SUCCESS_DATA,
                             &sasl->conn);
    if (result == SASL_OK)
        result =
            rpc_sasl_want(sasl->conn, peer->strength, peer->hidden, peer->hidden ? 0 : SASL_SEC_NOANONYMOUS);
    if (result == SASL_OK)
        return sasl;
    failed(sasl, result, "SASL cannot begin", err);
    remote_sasl_free(sasl);
    return NULL;
}

void remote_sasl_free(struct remote_sasl *sasl)
{
    if (!sasl)
        return;
    if (sasl->conn)
        sasl_dispose(&sasl->conn);
    for (size_t i = 0; i < sasl->n_answers; i++) {
        explicit_bzero(sasl->answers[i], strlen(sasl->answers[i]));
        free(sasl->answers[i]);
    }
    pthread_mutex_destroy(&sasl->lock);
    free(sasl);
}

/* ---- What it wants to know ---- */

static const struct {
    unsigned long id;
    const char *name;
    bool hidden;
} questions[] = {
    {SASL_CB_AUTHNAME, "authname", false}, {SASL_CB_PASS, "password", true},
    {SASL_CB_GETREALM, "realm", false},    {SASL_CB_ECHOPROMPT, NULL, false},
    {SASL_CB_NOECHOPROMPT, NULL, true},
};

static int answer_one(struct remote_sasl *sasl, sasl_interact_t *want, eb_error *err)
{
    const char *prompt = want->prompt ? want->prompt : want->challenge;

    for (size_t i = 0; i < EB_ARRAY_SIZE(questions); i++) {
        char *answer = NULL;

        if (questions[i].id != want->id)
            continue;
        if (sasl->n_answers == ANSWERS_MAX ||
            sasl->answer(sasl->opaque, questions[i].name, prompt ? prompt : "", questions[i].hidden,
                         want->defresult, &answer) < 0)
            break;
        sasl->answers[sasl->n_answers++] = answer;
        want->result = answer;
        want->len = (unsigned)strlen(answer);
        return 0;
    }
    return eb_error_set_from(err, EB_FROM_RPC, EB_ERR_AUTH_FAILED,
                             "Failed to collect auth credentials: no answer to '%s'", prompt ? prompt : "");
}

static int answer_all(struct remote_sasl *sasl, sasl_interact_t *wants, eb_error *err)
{
    for (; wants && wants->id != SASL_CB_LIST_END; wants++) {
        if (answer_one(sasl, wants, err) < 0)
            return -1;
    }
    return 0;
}

/* ---- The conversation ---- */

static int came(struct remote_sasl *sasl, int result, const char *data, unsigned n, const char **out,
                size_t *out_n, eb_error *err)
{
    if (result != SASL_OK && result != SASL_CONTINUE)
        return failed(sasl, result, "SASL negotiation failed", err);
    if (n > RPC_SASL_DATA_MAX)
        return eb_error_set_from(err, EB_FROM_RPC, EB_ERR_AUTH_FAILED,
                                 "SASL negotiation data too long: %u bytes", n);
    *out = data;
    *out_n = data ? n : 0;
    return result == SASL_OK;
}

int remote_sasl_start(struct remote_sasl *sasl, const char *mechanisms, const char **mechanism,
                      const char **out, size_t *n, eb_error *err)
{
    sasl_interact_t *wants = NULL;
    const char *data = NULL;
    unsigned data_n = 0;
    int result;

    while ((result = sasl_client_start(sasl->conn, mechanisms, &wants, &data, &data_n, mechanism)) ==
           SASL_INTERACT) {
        if (answer_all(sasl, wants, err) < 0)
            return -1;
    }
    return came(sasl, result, data, data_n, out, n, err);
}

int remote_sasl_step(struct remote_sasl *sasl, const char *in, size_t in_n, const char **out, size_t *n,
                     eb_error *err)
{
    sasl_interact_t *wants = NULL;
    const char *data = NULL;
    unsigned data_n = 0;
    int result;

    while ((result = sasl_client_step(sasl->conn, in, (unsigned)in_n, &wants, &data, &data_n)) ==
           SASL_INTERACT) {
        if (answer_all(sasl, wants, err) < 0)
            return -1;
    }
    return came(sasl, result, data, data_n, out, n, err);
}

int remote_sasl_check(struct remote_sasl *sasl, eb_error *err)
{
    unsigned strength = rpc_sasl_strength(sasl->conn);

    if (!sasl->hidden && strength < RPC_SASL_MIN_STRENGTH)
        return eb_error_set_from(err, EB_FROM_RPC, EB_ERR_AUTH_FAILED,
                                 "negotiation SSF %u was not strong enough", strength);
    sasl->max_out = rpc_sasl_max_out(sasl->conn);
    return 0;
}

bool remote_sasl_has_layer(struct remote_sasl *sasl)
{
    return rpc_sasl_strength(sasl->conn) > 0;
}

int remote_sasl_encode(struct remote_sasl *sasl, const void *bytes, size_t n, struct eb_strbuf *out,
                       eb_error *err)
{
    int result;

    pthread_mutex_lock(&sasl->lock);
    result = rpc_sasl_encode_by(sasl->conn, sasl->max_out, bytes, n, out, err);
    pthread_mutex_unlock(&sasl->lock);
    return result;
}

int remote_sasl_decode(struct remote_sasl *sasl, const void *bytes, size_t n, struct eb_strbuf *out,
                       eb_error *err)
{
    const char *decoded;
    size_t decoded_n;
    int result;

    pthread_mutex_lock(&sasl->lock);
    result = rpc_sasl_decode_by(sasl->conn, bytes, n, &decoded, &decoded_n, err);
    if (result == 0 && decoded_n)
        eb_strbuf_addn(out, decoded, decoded_n);
    pthread_mutex_unlock(&sasl->lock);
    return result;
}
