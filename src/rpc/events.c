/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rpc/client.h"

struct rpc_events {
    pthread_mutex_t lock;
};

struct rpc_events *rpc_events_new(void)
{
    struct rpc_events *events = EB_NEW(struct rpc_events);

    pthread_mutex_init(&events->lock, NULL);
    return events;
}

void rpc_events_free(struct rpc_events *events)
{
    pthread_mutex_destroy(&events->lock);
    free(events);
}

void rpc_events_clear(struct rpc_events *events EB_UNUSED, eb_conn *conn EB_UNUSED)
{
}
