/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file suite.h
 * The driver suite: one specification of the domain operations, run against every backend through the public
 * API alone. What it shares: a fixture for each test, machines that clean up after themselves, and the table
 * of what a backend legitimately cannot do.
 */
#ifndef EB_SUITE_H
#define EB_SUITE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "everbox/everbox.h"

/** What a test gets: a connection of its own, a folder that vanishes after it, room for an error. */
struct fixture {
    eb_conn *conn;
    char dir[64];
    char prefix[64]; /* of the names of this test's machines */
    eb_error err;
    char **texts; /* freed after the test */
    size_t n_texts;
    eb_domain **domains; /* dropped after the test */
    size_t n_domains;
    eb_pool **pools; /* removed after the test, and what is in them */
    size_t n_pools;
    eb_volume **volumes; /* dropped after the test */
    size_t n_volumes;
};

int suite_setup(void **state);
/** Destroys and undefines every machine of the test, fails when one is left. */
int suite_teardown(void **state);
#define SUITE_TEST(fn) cmocka_unit_test_setup_teardown(fn, suite_setup, suite_teardown)

/** The URI that the suite runs against. */
extern const char *suite_uri;
eb_conn *suite_open(unsigned flags);

/* ---- What a call answers ---- */

/** The fixture's error, empty: pass it to each call. */
eb_error *fresh(struct fixture *t);
/** Fails the test unless the call succeeded; gives its result. */
#define OK(t, call) suite_ok((t), (call), #call, __FILE__, __LINE__)
int suite_ok(struct fixture *t, int result, const char *call, const char *file, int line);
/** Fails the test unless the call was refused with a message and `code` (EB_ERR_OK: any code). */
#define REFUSED(t, code, call) suite_refused((t), (code), (call), #call, __FILE__, __LINE__)
void suite_refused(struct fixture *t, eb_error_code code, int result, const char *call, const char *file,
                   int line);

/* ---- Machines ---- */

/** A name for a machine of this test; it lives as long as the test. */
const char *name_for(struct fixture *t, const char *label);
/** The definition of a small machine; `extra` goes before its <devices>, `devices` into them. */
const char *xml_for(struct fixture *t, const char *name, const char *extra, const char *devices);
/** A text that lives as long as the test. */
const char *text(struct fixture *t, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
const char *keep_text(struct fixture *t, char *owned);
/** Handles that live as long as the test. */
eb_domain *define(struct fixture *t, const char *xml);
eb_domain *define_small(struct fixture *t, const char *label);
eb_domain *start_small(struct fixture *t, const char *label);
eb_domain *create_small(struct fixture *t, const char *label);
eb_pool *keep_pool(struct fixture *t, eb_pool *pool);
eb_volume *keep_volume(struct fixture *t, eb_volume *vol);
eb_domain *keep_domain(struct fixture *t, eb_domain *dom);
const char *uuid_of(struct fixture *t, eb_domain *dom);
/** A path in the test's folder. */
const char *path_for(struct fixture *t, const char *name);

/* ---- Media (files.c); paths in the test's folder ---- */

/** A disc, and a hard disk of 4 MiB. */
const char *write_iso(struct fixture *t, const char *name);
const char *write_vdi(struct fixture *t, const char *name);

/* ---- What is true of a machine ---- */

/** Fails the test unless the domain is in this state; REASON_ANY where the backend may choose. */
#define REASON_ANY (-1)
#define IN_STATE(t, dom, state, reason) suite_in_state((t), (dom), (state), (reason), __FILE__, __LINE__)
void suite_in_state(struct fixture *t, eb_domain *dom, eb_domain_state state, int reason, const char *file,
                    int line);
/** Its XML; lives as long as the test. */
const char *xml_of(struct fixture *t, eb_domain *dom, unsigned flags);
/** 1 when the name is found through this connection. */
int exists(struct fixture *t, eb_conn *conn, const char *name);

/* ---- What a backend can do (abilities.c) ---- */

enum ability {
    ABLE_SHUTDOWN,
    ABLE_REBOOT,
    ABLE_TWO_DEFINITIONS,
    ABLE_LIVE_MEMORY,
    ABLE_BALLOON,
    ABLE_LIVE_VCPUS,
    ABLE_VCPU_ROOM,
    ABLE_COUNTED_IDS,
    ABLE_CHECK_MEDIA,
    ABLE_DELETE_STORAGE,
    ABLE_DETACH_DRIVE,
    ABLE_BRANCHED_SNAPSHOTS,
    ABLE_DELETE_SNAPSHOT_ONLINE,
    ABLE_LIVE_SNAPSHOT,
    ABLE_NAT_NETWORKS,
    ABLE_HOST_NETWORKS,
    ABLE_DHCP_HOSTS,
    ABLE_VOLUME_CONTENTS,
    ABLE_GROW_IMAGES,
    ABLE_LAST
};
/** True, or false with the reason printed. */
bool able(struct fixture *t, enum ability ability);
/** Skips the test, with the reason printed, where the backend is not able. */
#define NEEDS(t, ability)                                                                                    \
    do {                                                                                                     \
        if (!able((t), (ability)))                                                                           \
            skip();                                                                                          \
    } while (0)
/** "test" or "vbox": the type that a <domain> has here. */
const char *domain_type(struct fixture *t);
/** How often the threaded tests go round; EVERBOX_SUITE_ROUNDS. */
unsigned rounds(struct fixture *t);
/** How long an event that should not come is waited for; EVERBOX_SUITE_QUIET_MS. */
unsigned quiet_ms(void);

/* ---- The tests, a file each ---- */

struct suite_group {
    const char *name;
    const struct CMUnitTest *tests;
    size_t n;
};
extern const struct suite_group suite_list, suite_define, suite_life, suite_save, suite_config, suite_xml,
    suite_conn, suite_device, suite_event, suite_snapshot, suite_network, suite_storage, suite_threads;
#define SUITE_GROUP(variable, title, array)                                                                  \
    const struct suite_group variable = {title, array, sizeof(array) / sizeof((array)[0])}

#endif
