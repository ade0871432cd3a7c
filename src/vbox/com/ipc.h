/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file ipc.h
 * What can be seen from outside of the folder in which VirtualBox's IPC meets (/tmp/.vbox-USER-ipc on all
 * releases with XPCOM): a VBoxSVC that is on its way out, or stands still, keeps the lock there and answers
 * nobody, so that no other can start. Nothing here calls VirtualBox, and where the folder is elsewhere
 * nothing is seen.
 */
#ifndef EB_VBOX_COM_IPC_H
#define EB_VBOX_COM_IPC_H

#include <stdbool.h>

/**
 * The process that holds the place of VBoxSVC but refuses connections; 0 when there is none: the place is
 * free, or its holder answers.
 */
long vb_ipc_deaf_server(void);
/** Waits until there is no such process, at most \a timeout_ms. False when it is still there then. */
bool vb_ipc_wait_for_place(unsigned timeout_ms);

#endif
