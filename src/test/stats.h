/* SPDX-License-Identifier: LGPL-2.1-or-later */
/** @file stats.h Statistics and guests of the test driver. */
#ifndef EB_TEST_STATS_H
#define EB_TEST_STATS_H

#include "core/driver.h"

/** What the clock of every guest says, and how long it has run: libvirt's. */
#define TEST_GUEST_TIME 627319920
#define TEST_CPU_TIME 48772617035

extern const struct eb_driver_stats_ops test_stats_ops; /* stats.c */
extern const struct eb_driver_guest_ops test_guest_ops; /* guest.c */

/** `name`: a target or a MAC address; NULL when there is none (guest.c). */
const struct eb_interface *test_find_interface(const struct eb_domain_def *def, const char *name);

#endif
