/* SPDX-License-Identifier: LGPL-2.1-or-later */
/** @file places.h Where libvirt's clients look for a daemon's sockets. */
#ifndef EB_RPC_PLACES_H
#define EB_RPC_PLACES_H

#include "base/util.h"

/** The folder of root's daemon, or of this user's by the environment; the caller frees it. */
char *rpc_places_folder(bool system);

/** Names in it; those who only look add -ro to the first and the third. */
#define RPC_PLACES_SOCKET "virtvboxd-sock"
#define RPC_PLACES_ADMIN "virtvboxd-admin-sock"
#define RPC_PLACES_LEGACY "libvirt-sock"
#define RPC_PLACES_PID "virtvboxd.pid"

#endif
