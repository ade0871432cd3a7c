/* SPDX-License-Identifier: LGPL-2.1-or-later */
/** @file checkpoint.h A test domain's checkpoints. */
#ifndef EB_TEST_CHECKPOINT_H
#define EB_TEST_CHECKPOINT_H

#include "test/world.h"

extern const struct eb_driver_checkpoint_ops test_checkpoint_ops;

/** Of a domain that goes away. */
void test_checkpoints_free(struct test_domain *dom);

#endif
