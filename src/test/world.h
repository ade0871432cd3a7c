/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file world.h
 * The test driver's world: a host that is made up, and its domains. One lock guards all of a world; nothing
 * that can block runs while it is held. A thread that has it may take it again: so who holds the world
 * (eb_driver_conn_ops.try_hold) reads it without waiting.
 */
#ifndef EB_TEST_WORLD_H
#define EB_TEST_WORLD_H

#include <pthread.h>

#include <uthash.h>

#include "core/driver.h"
#include "test/objects.h"

/** The most virtual CPUs of a domain. */
#define TEST_MAX_VCPUS 32
#define TEST_MAX_CELLS 2
#define TEST_CELL_CPUS 8
/** Of a guest with a disk vda. */
#define TEST_FILESYSTEMS 2

/** What is told of a domain's thread for input and output. */
struct test_iothread {
    unsigned id;
    uint64_t poll_max_ns;
    unsigned poll_grow, poll_shrink, poll_weight;
};

struct test_domain {
    unsigned char uuid[16];
    /** The definition now; while the domain runs, the live one. Its `id` is the domain's. */
    struct eb_domain_def *def;
    /** While a persistent domain runs: what it will be at the next start. Else NULL. */
    struct eb_domain_def *next;
    eb_domain_state state;
    int reason;
    bool persistent, autostart;
    bool managed_save;
    bool managed_save_paused;           /* start from the managed save, but paused */
    struct eb_snapshot_def **snapshots; /* in the order in which they were made */
    size_t n_snapshots;
    char *current_snapshot;                 /* the name; NULL: none */
    struct eb_checkpoint_def **checkpoints; /* the same of checkpoints */
    size_t n_checkpoints;
    char *current_checkpoint;
    eb_conn *autodestroy; /* destroyed when this connection closes; not a reference */
    bool time_set;        /* the guest's clock says what follows */
    int64_t seconds;
    unsigned nanoseconds;
    bool frozen[TEST_FILESYSTEMS];
    struct test_iothread *iothreads;
    size_t n_iothreads;
    UT_hash_handle by_uuid, by_name;
};

struct test_world {
    pthread_mutex_t lock;
    struct test_domain *by_uuid, *by_name; /* in the order in which they were made */
    int next_id;
    struct test_objects objects; /* what is no domain */
    eb_node_info node;
    struct eb_event_hub *hub; /* its connections */
    unsigned job_ms;          /* how long starting, saving and the like take: jobs */
    int cells; /* memory cells with known contents: TEST_MAX_CELLS, or 0 in a world from a file */
};

/** A host without domains. */
struct test_world *test_world_new(void);
void test_world_free(struct test_world *world);
/** Adds what `test:///default` has. */
int test_world_add_default(struct test_world *world, eb_error *err);
/** Adds what the file says; on failure the world is half filled and of no more use. */
int test_world_load(struct test_world *world, const char *path, eb_error *err);

/** The world of a connection, locked until test_world_leave. */
struct test_world *test_world_enter(eb_conn *conn);
void test_world_leave(struct test_world **world);
#define TEST_AUTOLEAVE EB_CLEANUP(test_world_leave)

struct test_domain *test_find_uuid(struct test_world *world, eb_uuid uuid);
struct test_domain *test_find_name(struct test_world *world, const char *name);
struct test_domain *test_find_id(struct test_world *world, int id);
/** The domain, or NULL with EB_ERR_NO_DOMAIN. */
struct test_domain *test_need(struct test_world *world, eb_uuid uuid, eb_error *err);

/** Fills *out; its name is the caller's. */
void test_key_of(const struct test_domain *dom, struct eb_domain_key *out);

static inline bool test_is_active(const struct test_domain *dom)
{
    return dom->def->id >= 0;
}
/** -1 with "domain is not running" when it does not. */
int test_need_active(const struct test_domain *dom, eb_error *err);

/**
 * Whether `def` may become a domain: 0, with *existing its domain or NULL; -1 when its name or uuid belongs
 * to another domain, or (with `start`) the domain runs already.
 */
int test_check_identity(struct test_world *world, const struct eb_domain_def *def, bool start,
                        struct test_domain **existing, eb_error *err);
/** -1 when no domain may have this name. */
int test_check_name(const char *name, eb_error *err);
/** A new shut off, transient domain; takes `def`, whose uuid and name nothing has. */
struct test_domain *test_add(struct test_world *world, struct eb_domain_def *def);
/** Takes `def` as the definition that the next start has; makes the domain persistent. */
void test_set_persistent_def(struct test_world *world, struct test_domain *dom, struct eb_domain_def *def);
/** Takes `def` as the definition now, in place of the one with the same name, uuid and id. */
void test_replace_def(struct test_world *world, struct test_domain *dom, struct eb_domain_def *def);
void test_remove(struct test_world *world, struct test_domain *dom);
/** Renames a domain that is not active; no other domain has `name`. */
void test_set_name(struct test_world *world, struct test_domain *dom, const char *name);

/** Starts a domain that is shut off, and tells nobody. `live` (taken) is what it runs with; NULL: its
 * definition. */
void test_run(struct test_world *world, struct test_domain *dom, struct eb_domain_def *live,
              eb_domain_state state, int reason);
/** Shuts off a domain that runs, and tells so; a transient one is gone then. */
void test_stop(struct test_world *world, struct test_domain *dom, int reason);

/** Tells the world's connections what happened to the domain, as it is now (events.c). */
void test_emit(struct test_world *world, const struct test_domain *dom, int event, int detail);
/** After test_run: started, with this detail; and suspended, where it is. */
void test_emit_started(struct test_world *world, const struct test_domain *dom, int detail);
void test_emit_metadata(struct test_world *world, const struct test_domain *dom, int type, const char *uri);
/** `name`: the device's alias, or what else tells it from the others. */
void test_emit_device(struct test_world *world, const struct test_domain *dom, eb_domain_event_id id,
                      const char *name);

/**
 * Before an operation that takes time, with the world not locked: takes the world's job_ms, as a job that
 * clients can look at and stop. `running`: what the domain must be; where it is not, or is not there, nothing
 * takes time and the operation itself says so. -1 when it was stopped (EB_ERR_OPERATION_ABORTED).
 */
int test_job_run(eb_conn *conn, eb_uuid uuid, eb_job_operation operation, bool running, eb_error *err);
const void *test_job_world(eb_conn *conn);

/** What happened to a network or a pool: `event` of its life, or EB_POOL_EVENT_ID_REFRESH. */
void test_emit_object(struct test_world *world, const struct test_object *object, int id, int event);
/** Its job ended; takes the parameters. */
void test_emit_job(struct test_world *world, const struct test_domain *dom, eb_param *params, size_t n);

/** Which definitions EB_AFFECT_* flags mean; the other one is NULL. */
struct test_targets {
    struct eb_domain_def *live, *config;
};
int test_resolve(struct test_domain *dom, unsigned flags, struct test_targets *out, eb_error *err);
/** As test_resolve for what reads or changes one definition only. */
struct eb_domain_def *test_resolve_one(struct test_domain *dom, unsigned flags, eb_error *err);

/** Fills in what the test hypervisor decides when a definition leaves it open: arch, MAC addresses, names of
 * host interfaces. */
void test_fill_defaults(struct eb_domain_def *def);

#endif
