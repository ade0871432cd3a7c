/* SPDX-License-Identifier: LGPL-2.1-or-later */
/** @file conn.h What a connection and its handles are made of; for src/core alone. */
#ifndef EB_CORE_CONN_H
#define EB_CORE_CONN_H

#include <pthread.h>
#include <stdatomic.h>

#include "core/driver.h"

struct eb_conn {
    atomic_int refs;
    const struct eb_driver *driver; /* set before open, never changes */
    void *private_data;
    enum eb_virt_type virt; /* set before open returns */
    unsigned flags;
    struct eb_uri *uri;
    eb_ask_fn ask; /* while it is opened; NULL: nobody */
    void *ask_opaque;
    pthread_mutex_t lock; /* guards what follows */
    eb_progress_fn progress;
    void *progress_opaque;
    eb_close_fn close_fn; /* NULL: none is registered */
    int close_id;         /* its callback, once it is there */
    struct eb_event_state *events;
    pthread_mutex_t source_lock; /* guards what follows; taken before all others */
    bool source;                 /* the driver's source of events runs */
};

struct eb_domain {
    atomic_int refs;
    eb_conn *conn;
    unsigned char uuid[16];
    pthread_mutex_t lock; /* guards what follows */
    char **names;         /* the last is the name now; the former stay, since callers may hold them */
    size_t n_names;
};

/** events_api.c: the connection's event state; its end. */
void eb_conn_events_init(eb_conn *conn);
/** Removes the callbacks and stops the driver's source: before the driver closes. */
void eb_conn_events_stop(eb_conn *conn);
void eb_conn_events_free(eb_conn *conn);

/**
 * Registers a callback of the public API, for events that the driver has (EB_ERR_NO_SUPPORT in the name of
 * `function`), and has the driver's source run. `registration`: taken; it is freed with `free_registration`
 * when the callback can run no more, and on failure with free(). Gives the callback's id.
 */
int eb_conn_add_callback(eb_conn *conn, const char *function, enum eb_event_class class, int id,
                         const unsigned char *uuid, eb_event_fn fn, void *registration,
                         void (*free_registration)(void *), eb_error *err);
/** Removes it; the source ends with the last one. */
int eb_conn_remove_callback(eb_conn *conn, const char *function, int callback_id, eb_error *err);

/**
 * What a driver's lookup or definition gave, as a handle: passes `result` through; `out` NULL drops the key.
 * Takes key->name.
 */
int eb_domain_give(eb_conn *conn, int result, struct eb_domain_key *key, eb_domain **out);

/** "this function is not supported by the connection driver: FUNCTION". Result: -1. */
int eb_no_support(eb_conn *conn, const char *function, eb_error *err);
/** -1 with EB_ERR_OPERATION_DENIED when the connection is read-only. */
int eb_need_write(eb_conn *conn, const char *function, eb_error *err);
/** -1 with EB_ERR_INVALID_ARG when `value` is NULL: "NAME in FUNCTION must not be NULL". */
int eb_need_arg(const void *value, const char *name, const char *function, eb_error *err);
/** -1 with EB_ERR_INVALID_ARG when both bits are set; their names are libvirt's. */
int eb_need_exclusive(unsigned flags, unsigned a, const char *a_name, unsigned b, const char *b_name,
                      eb_error *err);
/** Passes a driver's result through; a failure without a domain of its own gets the driver's. */
int eb_driver_result(eb_conn *conn, int result, eb_error *err);

/** Calls an operation of the connection's driver, or says that it has none. */
#define EB_CALL(conn, function, op, ...)                                                                     \
    ((conn)->driver->op ? eb_driver_result((conn), (conn)->driver->op(__VA_ARGS__), err)                     \
                        : eb_no_support((conn), (function), err))

#endif
