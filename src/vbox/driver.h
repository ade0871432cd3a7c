/* SPDX-License-Identifier: LGPL-2.1-or-later */
/** @file driver.h The driver for every VirtualBox. */
#ifndef EB_VBOX_DRIVER_H
#define EB_VBOX_DRIVER_H

#include "core/driver.h"

extern const struct eb_driver eb_vbox_driver;

#endif
