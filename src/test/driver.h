/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file driver.h
 * The test driver: machines in memory, with the state machine, the reasons and the words of libvirt's driver
 * of the same name. `test:///default` is one world for the whole process, made anew when the first connection
 * to it opens and gone with the last; `test:///PATH.xml` is a world of its own for each connection, filled
 * from that file.
 */
#ifndef EB_TEST_DRIVER_H
#define EB_TEST_DRIVER_H

#include "core/driver.h"

extern const struct eb_driver eb_test_driver;

#endif
