/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file objects.h
 * The rest of a test world: networks, storage pools with their volumes, host interfaces, node devices. The
 * world's lock guards them; every function here is called with the world locked.
 */
#ifndef EB_TEST_OBJECTS_H
#define EB_TEST_OBJECTS_H

#include "core/driver.h"

struct test_world;

struct test_object {
    /** The definition now; of an active one, the live one. */
    struct eb_object_def *def;
    /** Of an active one that was defined anew: what it will be at the next start. Else NULL. */
    struct eb_object_def *next;
    bool active, persistent, autostart;
    struct test_object **volumes; /* a pool's */
    size_t n_volumes;
};

struct test_list {
    struct test_object **items;
    size_t n;
};

struct test_objects {
    struct test_list lists[EB_OBJECT_LAST]; /* volumes are in their pool */
    struct test_list before;                /* the interfaces before the change that is being made */
    bool changing;                          /* between iface change_begin and its end */
};

void test_objects_free(struct test_objects *objects);
/** Adds what test:///default has. */
int test_objects_add_default(struct test_world *world, eb_error *err);
/** Adds an object of a file of definitions: active, and, where it can be, persistent. */
int test_objects_load(struct test_world *world, enum eb_object_kind kind, const char *xml, eb_error *err);

struct test_object *test_object_by_name(const struct test_world *world, enum eb_object_kind kind,
                                        const char *name);
/** The object of the key, or NULL with the error of its kind. */
struct test_object *test_object_need(const struct test_world *world, enum eb_object_kind kind,
                                     const struct eb_object_key *key, eb_error *err);
/** A new one, inactive; takes `def`, and gives it a uuid where its kind has one. */
struct test_object *test_object_add(struct test_list *list, struct eb_object_def *def);
void test_object_remove(struct test_list *list, struct test_object *object);
void test_list_clear(struct test_list *list);
/** Fills *out: its strings are the caller's. */
void test_object_key_of(const struct test_object *object, struct eb_object_key *out);

/* The tables of operations, by the file that has them. */
extern const struct eb_driver_object_ops test_network_ops, test_pool_ops;  /* objects.c */
extern const struct eb_driver_object_ops test_volume_ops;                  /* storage.c */
extern const struct eb_driver_object_ops test_iface_ops, test_nodedev_ops; /* hostdev.c */
extern const struct eb_driver_network_ops test_network_own_ops;            /* network.c */
extern const struct eb_driver_storage_ops test_storage_ops;
extern const struct eb_driver_iface_ops test_iface_own_ops;
extern const struct eb_driver_nodedev_ops test_nodedev_own_ops;

/* Shared by the tables. */
int test_object_is_active(const struct test_world *world, enum eb_object_kind kind,
                          const struct eb_object_key *key, eb_error *err);
/** A copy of the definition; `function` is for flags, of which none is known. */
int test_object_get_def(eb_conn *conn, enum eb_object_kind kind, const struct eb_object_key *key,
                        unsigned flags, const char *function, struct eb_object_def **out, eb_error *err);
int test_object_list(eb_conn *conn, enum eb_object_kind kind, struct eb_object_summary **out);
int test_object_lookup_name(eb_conn *conn, enum eb_object_kind kind, const char *name,
                            struct eb_object_key *out, eb_error *err);
/** What the world knows of a pool that is new or defined anew. */
void test_pool_fill(struct eb_object_def *def);

#endif
