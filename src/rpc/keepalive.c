/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Is the peer still there? Whatever it sends says so; when it is silent, it is asked. */
#include "base/log.h"
#include "rpc/client.h"

#define EB_MODULE "rpc"

enum { PING = 1, PONG = 2 };

static void say(struct rpc_client *client, uint32_t procedure)
{
    struct eb_strbuf frame = {0};
    struct rpc_header header = {.program = RPC_PROGRAM_KEEPALIVE,
                                .version = RPC_VERSION,
                                .procedure = procedure,
                                .type = RPC_TYPE_EVENT};

    rpc_frame_begin(&frame, &header);
    if (rpc_frame_end(&frame, NULL) == 0)
        rpc_client_write(client, &frame);
}

static void ask(uv_timer_t *timer)
{
    struct rpc_client *client = timer->data;

    if (!client->reading) /* its pongs wait as everything else that it sends */
        return;
    if (client->unanswered >= client->server->limits.keepalive_count) {
        EB_WARN("client %llu is gone: %u pings were not answered", (unsigned long long)client->id,
                client->unanswered);
        rpc_client_close(client);
        return;
    }
    client->unanswered++;
    say(client, PING);
}

void rpc_keepalive_start(struct rpc_client *client)
{
    uint64_t ms = (uint64_t)client->server->limits.keepalive_interval * 1000;

    if (!ms || client->pinging || client->closing)
        return;
    client->pinging = true;
    uv_timer_start(&client->ping_timer, ask, ms, ms);
}

void rpc_keepalive_message(struct rpc_client *client, const struct rpc_header *header)
{
    if (header->procedure == PING)
        say(client, PONG);
    else if (header->procedure != PONG)
        EB_WARN("client %llu sent the unknown keepalive message %u", (unsigned long long)client->id,
                header->procedure);
}
