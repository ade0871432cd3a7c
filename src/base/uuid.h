/* SPDX-License-Identifier: LGPL-2.1-or-later */
/** @file uuid.h 16 raw bytes, in the order of the text. */
#ifndef EB_BASE_UUID_H
#define EB_BASE_UUID_H

#include "base/util.h"

#define EB_UUID_STRLEN 36

/** Accepts what libvirt accepts: 32 hex digits with any `-` and blanks around. False when it is no uuid. */
bool eb_uuid_parse(const char *s, unsigned char uuid[16]);
/** Lower case with dashes. */
void eb_uuid_format(const unsigned char uuid[16], char out[EB_UUID_STRLEN + 1]);
/** Random, version 4. */
void eb_uuid_generate(unsigned char uuid[16]);

#endif
