/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file driver.h
 * The driver of what a daemon serves, here or on another host: URIs with a transport or a server
 * (vbox+unix:///session?socket=…, vbox+ssh://user@host/session, vbox+tls://host/system,
 * test+tcp://host/default).
 */
#ifndef EB_REMOTE_DRIVER_H
#define EB_REMOTE_DRIVER_H

#include "core/driver.h"

extern const struct eb_driver eb_remote_driver;

#endif
