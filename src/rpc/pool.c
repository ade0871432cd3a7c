/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rpc/pool.h"

#include <pthread.h>
#include <signal.h>

struct rpc_pool {
    pthread_mutex_t lock; /* guards what follows */
    pthread_cond_t work;
    struct rpc_job *first, **last;
    pthread_t *threads;
    unsigned n, max, idle;
    unsigned queued;
    unsigned look;         /* counts rpc_pool_look_after */
    unsigned young, older; /* jobs that began after the last look, after the one before */
    unsigned old;          /* that take long */
    bool ending;
};

/* How many may run now. */
static unsigned allowed(const struct rpc_pool *pool)
{
    unsigned most = pool->max * RPC_POOL_MORE;

    return pool->max + pool->old < most ? pool->max + pool->old : most;
}

static bool may_run(const struct rpc_pool *pool)
{
    return pool->first && (pool->ending || pool->n - pool->idle < allowed(pool));
}

/* The count in which a job is that began at this look. */
static unsigned *age(struct rpc_pool *pool, unsigned look)
{
    return look == pool->look ? &pool->young : look + 1 == pool->look ? &pool->older : &pool->old;
}

static void *work(void *opaque)
{
    struct rpc_pool *pool = opaque;
    struct rpc_job *job;
    unsigned look;

    pthread_mutex_lock(&pool->lock);
    for (;;) {
        pool->idle++;
        while (!may_run(pool) && (pool->first || !pool->ending))
            pthread_cond_wait(&pool->work, &pool->lock);
        pool->idle--;
        job = pool->first;
        if (!job)
            break;
        pool->first = job->next;
        if (!pool->first)
            pool->last = &pool->first;
        pool->queued--;
        look = pool->look;
        pool->young++;
        pthread_mutex_unlock(&pool->lock);
        job->run(job);
        pthread_mutex_lock(&pool->lock);
        --*age(pool, look);
    }
    pthread_mutex_unlock(&pool->lock);
    return NULL;
}

/* Under the lock. Signals are for the loop's thread. */
static int add_thread(struct rpc_pool *pool)
{
    sigset_t all, before;
    int result;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    result = pthread_create(&pool->threads[pool->n], NULL, work, pool);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (result == 0)
        pool->n++;
    return result;
}

int rpc_pool_new(unsigned max, struct rpc_pool **out, eb_error *err)
{
    struct rpc_pool *pool = EB_NEW(struct rpc_pool);
    int result;

    pool->last = &pool->first;
    pool->max = max;
    pool->threads = eb_calloc((size_t)max * RPC_POOL_MORE, sizeof(*pool->threads));
    pthread_mutex_init(&pool->lock, NULL);
    pthread_cond_init(&pool->work, NULL);
    /* One at least, so that a submitted job never waits for a thread that cannot be made. */
    pthread_mutex_lock(&pool->lock);
    result = add_thread(pool);
    pthread_mutex_unlock(&pool->lock);
    if (result != 0) {
        rpc_pool_free(pool);
        return eb_error_set_errno(err, result, "cannot start a worker");
    }
    *out = pool;
    return 0;
}

void rpc_pool_submit(struct rpc_pool *pool, struct rpc_job *job)
{
    job->next = NULL;
    pthread_mutex_lock(&pool->lock);
    *pool->last = job;
    pool->last = &job->next;
    pool->queued++;
    if (pool->queued > pool->idle && pool->n < allowed(pool))
        (void)add_thread(pool); /* the others will come to it */
    pthread_cond_signal(&pool->work);
    pthread_mutex_unlock(&pool->lock);
}

bool rpc_pool_look_after(struct rpc_pool *pool)
{
    bool busy;

    pthread_mutex_lock(&pool->lock);
    pool->look++;
    pool->old += pool->older;
    pool->older = pool->young;
    pool->young = 0;
    while (pool->queued > pool->idle && pool->n < allowed(pool) && add_thread(pool) == 0)
        ;
    pthread_cond_broadcast(&pool->work); /* more may run than before */
    busy = pool->queued || pool->n > pool->idle;
    pthread_mutex_unlock(&pool->lock);
    return busy;
}

void rpc_pool_free(struct rpc_pool *pool)
{
    if (!pool)
        return;
    pthread_mutex_lock(&pool->lock);
    pool->ending = true;
    pthread_cond_broadcast(&pool->work);
    pthread_mutex_unlock(&pool->lock);
    for (unsigned i = 0; i < pool->n; i++)
        pthread_join(pool->threads[i], NULL);
    pthread_cond_destroy(&pool->work);
    pthread_mutex_destroy(&pool->lock);
    free(pool->threads);
    free(pool);
}

void rpc_pool_look(struct rpc_pool *pool, struct rpc_pool_state *out)
{
    pthread_mutex_lock(&pool->lock);
    *out = (struct rpc_pool_state){pool->n, pool->max, pool->idle, pool->queued};
    pthread_mutex_unlock(&pool->lock);
}
