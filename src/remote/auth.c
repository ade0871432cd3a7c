/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Who we are: the way that the server wants, or that the URI asks for (auth=none, polkit, sasl,
 * sasl.MECHANISM). */
#include "remote/credentials.h"
#include "remote/remote.h"
#include "remote/sasl.h"
#include "rpc/sasl_layer.h"

enum way { BY_NOTHING = 0, BY_SASL = 1, BY_POLKIT = 2, BY_ANY = -1, BY_UNKNOWN = -2 };
enum { PATIENCE = 30 }; /* seconds */

/* ---- Which way ---- */

static enum way wanted_way(const char *asked, const char **mechanism, eb_error *err)
{
    *mechanism = NULL;
    if (!asked)
        return BY_ANY;
    if (strcasecmp(asked, "none") == 0)
        return BY_NOTHING;
    if (strcasecmp(asked, "polkit") == 0)
        return BY_POLKIT;
    if (strncasecmp(asked, "sasl.", 5) == 0)
        *mechanism = asked + 5;
    if (*mechanism || strcasecmp(asked, "sasl") == 0)
        return BY_SASL;
    eb_error_set_from(err, EB_FROM_RPC, EB_ERR_AUTH_FAILED, "unknown authentication type %s", asked);
    return BY_UNKNOWN;
}

/* Of what the server takes, the first where nothing is asked for. */
static enum way choose(struct remote *r, const struct eb_uri *uri, const char **mechanism, eb_error *err)
{
    enum way wanted = wanted_way(eb_uri_query(uri, "auth"), mechanism, err), found = BY_UNKNOWN;
    struct rpc_auth_list_ret list = {0};

    /* A daemon answers this at once; but the command that leads to it may ask a person for a password. */
    if (wanted == BY_UNKNOWN ||
        remote_call_within(r, eb_transport_is_command(remote_transport(r)) ? 0 : PATIENCE, RPC_AUTH_LIST,
                           NULL, &list, err) < 0)
        return BY_UNKNOWN;
    if (list.types.n == 0)
        found = BY_NOTHING;
    for (uint32_t i = 0; i < list.types.n && found == BY_UNKNOWN; i++) {
        if (wanted == BY_ANY || (int32_t)wanted == list.types.items[i])
            found = (enum way)list.types.items[i];
    }
    remote_clear(RPC_AUTH_LIST, &list);
    if (found == BY_UNKNOWN)
        eb_error_set_from(err, EB_FROM_RPC, EB_ERR_AUTH_FAILED, "requested authentication type %s rejected",
                          eb_uri_query(uri, "auth"));
    return found;
}

/* ---- SASL ---- */

struct conversation {
    eb_conn *conn;
    struct remote *r;
    char *file; /* of credentials, or NULL */
    const char *host;
    eb_error *err;
    struct remote_sasl *sasl;
};

/* From the file of credentials, else from the user. */
static int answer(void *opaque, const char *name, const char *prompt, bool hidden, const char *preset,
                  char **out)
{
    struct conversation *c = opaque;

    *out = NULL;
    if (name && c->file && remote_credentials_find(c->file, c->host, name, out, c->err) < 0)
        return -1;
    return *out ? 0 : eb_conn_ask(c->conn, prompt, hidden, preset, out);
}

/* What the server answered to a step. */
struct reply {
    bool complete;
    char *data; /* owned; NULL: none */
    size_t n;
};

/* The two answers have the same members, but are two types. What is empty is not the same as nothing. */
#define TAKE_REPLY(ret, reply)                                                                               \
    do {                                                                                                     \
        (reply)->complete = (ret).complete;                                                                  \
        (reply)->n = (ret).data.n;                                                                           \
        (reply)->data = (ret).nil ? NULL : eb_calloc((ret).data.n + 1, 1);                                   \
        if ((reply)->data && (ret).data.n)                                                                   \
            memcpy((reply)->data, (ret).data.items, (ret).data.n);                                           \
    } while (0)

static int send_start(struct conversation *c, const char *mechanism, const char *data, size_t n,
                      struct reply *reply)
{
    struct rpc_auth_sasl_start_args args = {.mechanism = (char *)(uintptr_t)mechanism, .nil = data == NULL};
    struct rpc_auth_sasl_start_ret ret = {0};

    args.data.n = (uint32_t)n;
    args.data.items = (char *)(uintptr_t)data;
    if (remote_call(c->r, RPC_AUTH_SASL_START, &args, &ret, c->err) < 0)
        return -1;
    TAKE_REPLY(ret, reply);
    remote_clear(RPC_AUTH_SASL_START, &ret);
    return 0;
}

static int send_step(struct conversation *c, const char *data, size_t n, struct reply *reply)
{
    struct rpc_auth_sasl_step_args args = {.nil = data == NULL};
    struct rpc_auth_sasl_step_ret ret = {0};

    args.data.n = (uint32_t)n;
    args.data.items = (char *)(uintptr_t)data;
    if (remote_call(c->r, RPC_AUTH_SASL_STEP, &args, &ret, c->err) < 0)
        return -1;
    TAKE_REPLY(ret, reply);
    remote_clear(RPC_AUTH_SASL_STEP, &ret);
    return 0;
}

/* Those that the server offers, or the one that is asked for. The caller frees it. */
static char *mechanisms_of(struct conversation *c, const char *wanted)
{
    struct rpc_auth_sasl_init_ret ret = {0};
    char *list = NULL;

    if (remote_call(c->r, RPC_AUTH_SASL_INIT, NULL, &ret, c->err) < 0)
        return NULL;
    if (wanted && !strstr(ret.mechanisms, wanted))
        eb_error_set_from(c->err, EB_FROM_RPC, EB_ERR_AUTH_FAILED,
                          "SASL mechanism %s not supported by server", wanted);
    else
        list = eb_strdup(wanted ? wanted : ret.mechanisms);
    remote_clear(RPC_AUTH_SASL_INIT, &ret);
    return list;
}

/* Until both ends say that it is complete: what the server sent last is looked at also when it is, since
 * the server may have to prove itself too. */
static int converse(struct conversation *c, const char *wanted)
{
    EB_AUTOFREE char *mechanisms = mechanisms_of(c, wanted);
    const char *mechanism = NULL, *data = NULL;
    struct reply reply = {0};
    size_t n = 0;
    int done = -1;

    if (mechanisms)
        done = remote_sasl_start(c->sasl, mechanisms, &mechanism, &data, &n, c->err);
    if (done < 0 || send_start(c, mechanism, data, n, &reply) < 0)
        return -1;
    while (!reply.complete || !done || reply.data) {
        EB_AUTOFREE char *in = EB_STEAL(reply.data);

        done = remote_sasl_step(c->sasl, in, reply.n, &data, &n, c->err);
        if (done < 0)
            return -1;
        if (reply.complete && done)
            break;
        if (reply.complete)
            return eb_error_set_from(c->err, EB_FROM_RPC, EB_ERR_AUTH_FAILED,
                                     "the server ends the SASL negotiation before it proves itself");
        if (send_step(c, data, n, &reply) < 0)
            return -1;
    }
    return remote_sasl_check(c->sasl, c->err);
}

static int by_sasl(eb_conn *conn, struct remote *r, const struct eb_uri *uri, const char *mechanism,
                   eb_error *err)
{
    struct eb_transport *transport = remote_transport(r);
    struct conversation c = {.conn = conn, .r = r, .err = err};
    struct remote_sasl_peer peer = {.strength = eb_transport_strength(transport),
                                    .hidden = eb_transport_is_secure(transport)};
    EB_AUTOFREE char *local = eb_transport_address(transport, false);
    EB_AUTOFREE char *remote = eb_transport_address(transport, true);
    int result = -1;

    peer.local = local;
    peer.remote = remote;
    peer.host = c.host = uri->server ? uri->server : "localhost";
    c.file = remote_credentials_file(uri);
    c.sasl = remote_sasl_new(&peer, answer, &c, err);
    if (c.sasl)
        result = converse(&c, mechanism);
    free(c.file);
    if (result == 0 && remote_sasl_has_layer(c.sasl))
        eb_transport_set_sasl(transport, EB_STEAL(c.sasl));
    remote_sasl_free(c.sasl);
    return result;
}

int remote_authenticate(eb_conn *conn, struct remote *r, const struct eb_uri *uri, eb_error *err)
{
    struct rpc_auth_polkit_ret polkit = {0};
    const char *mechanism;
    enum way way = choose(r, uri, &mechanism, err);

    switch ((int)way) {
    case BY_NOTHING:
        return 0;
    case BY_POLKIT:
        return remote_call(r, RPC_AUTH_POLKIT, NULL, &polkit, err);
    case BY_SASL:
        return by_sasl(conn, r, uri, mechanism, err);
    case BY_UNKNOWN:
        return -1;
    default:
        return eb_error_set_from(err, EB_FROM_RPC, EB_ERR_AUTH_FAILED, "unsupported authentication type %d",
                                 (int)way);
    }
}
