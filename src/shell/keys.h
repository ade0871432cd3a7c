/* SPDX-License-Identifier: LGPL-2.1-or-later */
/** @file keys.h Names of keys. */
#ifndef EB_SHELL_KEYS_H
#define EB_SHELL_KEYS_H

/** Linux' code of "KEY_LEFTCTRL"; 0: there is no such key. */
unsigned key_code(const char *name);

#endif
