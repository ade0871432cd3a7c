/* SPDX-License-Identifier: LGPL-2.1-or-later */
/** @file tune.h How much of the host domains may use (tune.c). */
#ifndef EB_VBOX_TUNE_H
#define EB_VBOX_TUNE_H

#include "vbox/domain.h"

extern const struct eb_driver_tune_ops vbox_tune_ops;

#endif
