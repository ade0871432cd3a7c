/* SPDX-License-Identifier: LGPL-2.1-or-later */
/** @file tune.h How much of the host the domains of the test driver may use: tune.c, pins.c. */
#ifndef EB_TEST_TUNE_H
#define EB_TEST_TUNE_H

#include "core/params.h"
#include "test/stats.h"
#include "test/world.h"

/** One definition that is told of or changed. */
struct tuned {
    struct eb_domain_def *def;
    const char *device; /* NULL: the whole domain */
    bool live;          /* the definition is of a domain that runs */
};

extern const struct eb_driver_tune_ops test_tune_ops;

/* pins.c */
#define TUNE_OP(name) __typeof__(*((struct eb_driver_tune_ops *)0)->name) test_##name
TUNE_OP(vcpu_pins);
TUNE_OP(pin_vcpu);
TUNE_OP(emulator_pin);
TUNE_OP(pin_emulator);
TUNE_OP(iothreads);
TUNE_OP(pin_iothread);
TUNE_OP(add_iothread);
TUNE_OP(del_iothread);
TUNE_OP(set_iothread);
#undef TUNE_OP
/** What virConnectGetAllDomainStats tells of them. */
int test_iothread_stats(eb_conn *conn, eb_uuid uuid, eb_param **out, eb_error *err);

/** The CPUs of the host that a virtual one may run on. `map`: EB_CPUSET_BYTES bytes. */
void test_vcpu_map(const struct test_world *world, const struct eb_domain_def *def, unsigned vcpu,
                   unsigned char *map);

#endif
