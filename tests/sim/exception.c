/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The current exception of each thread. */
#include <pthread.h>

#include "client.h"

static pthread_key_t key;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void drop(void *object)
{
    struct sim_unknown *u = object;

    if (u)
        u->v->release(u);
}

static void make_key(void)
{
    pthread_key_create(&key, drop);
}

void sim_exception_clear(void)
{
    void *old;

    pthread_once(&once, make_key);
    old = pthread_getspecific(key);
    pthread_setspecific(key, NULL);
    drop(old);
}

void sim_exception_set(uint64_t object, uint32_t iface)
{
    sim_exception_clear();
    pthread_setspecific(key, sim_proxy(object, iface));
}

void *sim_exception_get(void)
{
    struct sim_unknown *u;

    pthread_once(&once, make_key);
    u = pthread_getspecific(key);
    if (u)
        u->v->add_ref(u);
    return u;
}
