/* SPDX-License-Identifier: LGPL-2.1-or-later */
/** @file picture.h Pictures of one colour with a white frame. */
#ifndef SIM_PICTURE_H
#define SIM_PICTURE_H

#include "base/util.h"

/** colour: 0xRRGGBB; format: BGR, BGR0, BGRA, RGBA or PNG. NULL for any other. The caller's. */
uint8_t *picture_make(unsigned width, unsigned height, uint32_t colour, const char *format, size_t *len);

#endif
