/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file pool.h
 * Threads that run jobs in the order in which they came. So many run at a time, but one that takes long (it
 * may stand still: what it waits for was stopped) does not count, so that it takes nobody's place. Thread
 * safe.
 */
#ifndef EB_RPC_POOL_H
#define EB_RPC_POOL_H

#include "base/error.h"

enum {
    RPC_POOL_LOOK_MS = 1000, /* how often rpc_pool_look_after is to be called while jobs run */
    RPC_POOL_MORE = 10,      /* so many times the number that run at a time is the most, long ones counted */
};

/** Embedded in what the job is about; the pool forgets it before it runs it. */
struct rpc_job {
    void (*run)(struct rpc_job *job);
    struct rpc_job *next;
};

struct rpc_pool;
/** `max` jobs (1 or more) at a time; each thread is started when a job finds none idle, and stays. */
int rpc_pool_new(unsigned max, struct rpc_pool **out, eb_error *err);
void rpc_pool_submit(struct rpc_pool *pool, struct rpc_job *job);
/** Sees which jobs take long: those that ran at the last two calls already. False: nothing runs or waits. */
bool rpc_pool_look_after(struct rpc_pool *pool);
/** How many threads there are, how many jobs run at a time, threads without work, jobs that wait. */
struct rpc_pool_state {
    unsigned n, max, idle, queued;
};
void rpc_pool_look(struct rpc_pool *pool, struct rpc_pool_state *out);
/** Runs what is queued, ends the threads. NULL is fine. */
void rpc_pool_free(struct rpc_pool *pool);

#endif
