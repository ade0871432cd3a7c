/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Who hears of what happens in a world that several connections share. */
#include "core/driver.h"

#include <pthread.h>

struct eb_event_hub {
    pthread_mutex_t lock;
    eb_conn **members; /* not references: each leaves before it is freed */
    size_t n_members;
};

struct eb_event_hub *eb_event_hub_new(void)
{
    struct eb_event_hub *hub = EB_NEW(struct eb_event_hub);

    pthread_mutex_init(&hub->lock, NULL);
    return hub;
}

void eb_event_hub_free(struct eb_event_hub *hub)
{
    if (!hub)
        return;
    pthread_mutex_destroy(&hub->lock);
    free(hub->members);
    free(hub);
}

void eb_event_hub_join(struct eb_event_hub *hub, eb_conn *conn)
{
    pthread_mutex_lock(&hub->lock);
    *EB_APPEND(hub->members, hub->n_members) = conn;
    pthread_mutex_unlock(&hub->lock);
}

void eb_event_hub_leave(struct eb_event_hub *hub, eb_conn *conn)
{
    size_t kept = 0;

    pthread_mutex_lock(&hub->lock);
    for (size_t i = 0; i < hub->n_members; i++) {
        if (hub->members[i] != conn)
            hub->members[kept++] = hub->members[i];
    }
    hub->n_members = kept;
    pthread_mutex_unlock(&hub->lock);
}

bool eb_event_hub_wants(struct eb_event_hub *hub, enum eb_event_class class, int id)
{
    bool wanted = false;

    pthread_mutex_lock(&hub->lock);
    for (size_t i = 0; i < hub->n_members && !wanted; i++)
        wanted = eb_conn_wants_event(hub->members[i], class, id);
    pthread_mutex_unlock(&hub->lock);
    return wanted;
}

void eb_event_hub_emit(struct eb_event_hub *hub, struct eb_event *event)
{
    pthread_mutex_lock(&hub->lock);
    for (size_t i = 0; i < hub->n_members; i++)
        eb_conn_emit(hub->members[i], eb_event_ref(event));
    pthread_mutex_unlock(&hub->lock);
    eb_event_unref(event);
}
