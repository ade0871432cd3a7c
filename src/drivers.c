/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which drivers this library holds, in the order in which they are asked. */
#include "core/driver.h"
#include "remote/driver.h"
#include "test/driver.h"
#include "vbox/driver.h"

const struct eb_driver *const eb_drivers[] = {&eb_remote_driver, &eb_vbox_driver, &eb_test_driver, NULL};
