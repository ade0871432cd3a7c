/* SPDX-License-Identifier: LGPL-2.1-or-later */
/** @file snapshot.h A test domain's snapshots. */
#ifndef EB_TEST_SNAPSHOT_H
#define EB_TEST_SNAPSHOT_H

#include "test/world.h"

extern const struct eb_driver_snapshot_ops test_snapshot_ops;

/** Of a domain that goes away. */
void test_snapshots_free(struct test_domain *dom);

#endif
