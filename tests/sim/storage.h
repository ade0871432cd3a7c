/* SPDX-License-Identifier: LGPL-2.1-or-later */
/** @file storage.h What the parts that deal with storage share. */
#ifndef SIM_STORAGE_H
#define SIM_STORAGE_H

#include "model.h"

/** The attachment's node, or NULL. */
struct node *storage_attachment(const struct node *config, const char *controller, int64_t port,
                                int64_t device);
/** "devices" a port, "min" and "max" ports, "hotplug", "instances" of a controller of the bus. */
unsigned storage_bus_fact(const char *bus, const char *fact);

#endif
