/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Who the client is: the kernel said so when it came through a Unix socket, its certificate did, or it is
 * found out here, by SASL or by polkit. Calls of the handshake run alone in their client. */
#include "base/log.h"
#include "rpc/client.h"
#include "rpc/polkit.h"

#define EB_MODULE "auth"

int rpc_serve_auth_list(struct rpc_call *call, struct rpc_auth_list_ret *ret, eb_error *err EB_UNUSED)
{
    struct rpc_client *client = call->client;

    ret->types.n = 1;
    ret->types.items = EB_NEW(int32_t);
    ret->types.items[0] = client->authenticated ? RPC_BY_NOTHING : (int32_t)client->access.auth;
    return 0;
}

/* -1 unless it is now for the client to prove who it is, in this way. */
static int check_turn(const struct rpc_client *client, enum rpc_auth way, eb_error *err)
{
    if (client->access.auth != way || client->authenticated)
        return eb_error_set_from(err, EB_FROM_RPC, EB_ERR_AUTH_FAILED, NULL);
    return 0;
}

static int refused(struct rpc_client *client)
{
    client->auth_failures++;
    rpc_sasl_free(EB_STEAL(client->wire.sasl));
    return -1;
}

/* ---- SASL ---- */

int rpc_serve_auth_sasl_init(struct rpc_call *call, struct rpc_auth_sasl_init_ret *ret, eb_error *err)
{
    struct rpc_client *client = call->client;
    struct rpc_sasl_peer peer = {.local = client->local,
                                 .remote = client->remote,
                                 .strength = client->strength,
                                 .hidden = client->access.transport != RPC_TCP};

    if (check_turn(client, RPC_BY_SASL, err) < 0)
        return refused(client);
    if (client->wire.sasl) {
        eb_error_set_from(err, EB_FROM_RPC, EB_ERR_AUTH_FAILED, NULL);
        return refused(client);
    }
    return rpc_sasl_new(&peer, &client->wire.sasl, &ret->mechanisms, err) < 0 ? refused(client) : 0;
}

/* 1: it is who it says and may come in, else as `result`. */
static int conclude(struct rpc_client *client, int result, eb_error *err)
{
    const char *user = NULL;

    if (result <= 0)
        return result;
    if (rpc_sasl_user(client->wire.sasl, &user, err) < 0)
        return -1;
    if (!client->security || !rpc_security_listed(client->security->sasl_allowed_users, user)) {
        EB_WARN("client %llu: the user '%s' is not in sasl_allowed_username_list",
                (unsigned long long)client->id, user);
        return eb_error_set_from(err, EB_FROM_RPC, EB_ERR_AUTH_FAILED, NULL);
    }
    eb_replace_string(&client->sasl_user, user);
    EB_INFO("client %llu is the user '%s'", (unsigned long long)client->id, user);
    rpc_client_trust(client);
    return 1;
}

/* The two answers have the same members, but are two types. */
#define PUT_REPLY(ret, done, data_, n_)                                                                      \
    do {                                                                                                     \
        (ret)->complete = (done);                                                                            \
        (ret)->nil = (data_) == NULL;                                                                        \
        (ret)->data.n = (uint32_t)(n_);                                                                      \
        (ret)->data.items = (n_) ? eb_memdup((data_), (n_)) : NULL;                                          \
    } while (0)

/* -1 unless a session is there for the client to go on with. */
static int check_session(const struct rpc_client *client, eb_error *err)
{
    if (check_turn(client, RPC_BY_SASL, err) < 0)
        return -1;
    return client->wire.sasl ? 0 : eb_error_set_from(err, EB_FROM_RPC, EB_ERR_AUTH_FAILED, NULL);
}

/* What a client sent: nothing is not the same as empty. */
#define SENT(args) ((args)->nil ? NULL : (args)->data.n ? (args)->data.items : "")

int rpc_serve_auth_sasl_start(struct rpc_call *call, const struct rpc_auth_sasl_start_args *args,
                              struct rpc_auth_sasl_start_ret *ret, eb_error *err)
{
    struct rpc_client *client = call->client;
    const char *reply = NULL;
    size_t n = 0;
    int result = check_session(client, err);

    if (result == 0)
        result =
            rpc_sasl_start(client->wire.sasl, args->mechanism, SENT(args), args->data.n, &reply, &n, err);
    result = conclude(client, result, err);
    if (result < 0)
        return refused(client);
    PUT_REPLY(ret, result, reply, n);
    return 0;
}

int rpc_serve_auth_sasl_step(struct rpc_call *call, const struct rpc_auth_sasl_step_args *args,
                             struct rpc_auth_sasl_step_ret *ret, eb_error *err)
{
    struct rpc_client *client = call->client;
    const char *reply = NULL;
    size_t n = 0;
    int result = check_session(client, err);

    if (result == 0)
        result = rpc_sasl_step(client->wire.sasl, SENT(args), args->data.n, &reply, &n, err);
    result = conclude(client, result, err);
    if (result < 0)
        return refused(client);
    PUT_REPLY(ret, result, reply, n);
    return 0;
}

/* ---- polkit ---- */

int rpc_serve_auth_polkit(struct rpc_call *call, struct rpc_auth_polkit_ret *ret, eb_error *err)
{
    struct rpc_client *client = call->client;
    struct rpc_polkit_subject subject = {
        .pid = client->pid, .start_time = client->pid_start_time, .uid = client->uid};

    if (check_turn(client, RPC_BY_POLKIT, err) < 0)
        return refused(client);
    if (rpc_polkit_check(&subject, client->access.read_only, err) < 0) {
        err->domain = EB_FROM_RPC;
        return refused(client);
    }
    rpc_client_trust(client);
    ret->complete = 1;
    return 0;
}
