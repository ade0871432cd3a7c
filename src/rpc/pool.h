/* SPDX-License-Identifier: LGPL-2.1-or-later */
/** @file pool.h A bounded number of threads that run jobs in the order in which they came. Thread safe. */
#ifndef EB_RPC_POOL_H
#define EB_RPC_POOL_H

#include "base/error.h"

/** Embedded in what the job is about; the pool forgets it before it runs it. */
struct rpc_job {
    void (*run)(struct rpc_job *job);
    struct rpc_job *next;
};

struct rpc_pool;
/** At most `max` threads (1 or more), each started when a job finds none idle. */
int rpc_pool_new(unsigned max, struct rpc_pool **out, eb_error *err);
void rpc_pool_submit(struct rpc_pool *pool, struct rpc_job *job);
/** How many threads there are, of how many at most, and of them without work; how many jobs wait. */
struct rpc_pool_state {
    unsigned n, max, idle, queued;
};
void rpc_pool_look(struct rpc_pool *pool, struct rpc_pool_state *out);
/** Runs what is queued, ends the threads. NULL is fine. */
void rpc_pool_free(struct rpc_pool *pool);

#endif
