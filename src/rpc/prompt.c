/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Calls that run in the loop's own thread: for one that reads a few numbers from memory, being handed to a
 * worker and back takes longer than the call. The driver says each time whether nothing will be waited for,
 * and that is checked: a thread that waited, not merely worked, was put to sleep by the kernel, which counts
 * that.
 */
#include <sys/resource.h>

#include "base/log.h"
#include "core/driver.h"
#include "rpc/client.h"

#define EB_MODULE "rpc"

/* A shorter wait (for a page of memory, say) delays nobody noticeably. */
enum { TOO_LONG_NS = 10 * 1000 * 1000 };

/* How often this thread went to sleep. */
static long sleeps(void)
{
    struct rusage usage;

    return getrusage(RUSAGE_THREAD, &usage) == 0 ? usage.ru_nvcsw : 0;
}

bool rpc_prompt_run(struct rpc_call *call)
{
    struct rpc_client *client = call->client;
    struct rpc_server *server = client->server;
    uint64_t began, took;
    long before;

    if (!(call->proc->marks & RPC_PROMPT) || server->prompt_waited || !client->prompt_left ||
        !eb_conn_try_hold(call->conn))
        return false;
    client->prompt_left--;
    before = sleeps();
    began = uv_hrtime();
    rpc_dispatch_run(call);
    eb_conn_let_go(call->conn);
    took = uv_hrtime() - began;
    if (took > TOO_LONG_NS && sleeps() != before) {
        server->prompt_waited = true;
        eb_log(EB_LOG_ERROR, EB_MODULE,
               "%s kept every client waiting for %u ms: no call runs in the loop's thread any more",
               call->proc->name, (unsigned)(took / 1000000));
    }
    return true;
}
