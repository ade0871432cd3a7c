/* SPDX-License-Identifier: LGPL-2.1-or-later */
/** @file mac.h MAC addresses as text. */
#ifndef EB_MODEL_MAC_H
#define EB_MODEL_MAC_H

#include <stdio.h>

enum { EB_MAC_STRLEN = 17 };

/** Fills `text` ("52:54:00:…"), which has EB_MAC_STRLEN + 1 bytes, and gives it. */
static inline const char *eb_mac_format(const unsigned char mac[6], char *text)
{
    snprintf(text, EB_MAC_STRLEN + 1, "%02x:%02x:%02x:%02x:%02x:%02x", mac[0], mac[1], mac[2], mac[3], mac[4],
             mac[5]);
    return text;
}

#endif
