/* SPDX-License-Identifier: LGPL-2.1-or-later */
/** @file png.h Pictures as PNG files. */
#ifndef EB_BASE_PNG_H
#define EB_BASE_PNG_H

#include "base/util.h"

/** `rgb` has three bytes a pixel, rows from the top without gaps, `width` and `height` from 1 to 32768. Gives
 * a whole PNG file of *n bytes, the caller's. */
unsigned char *eb_png_encode(const unsigned char *rgb, unsigned width, unsigned height,
                             size_t *n) EB_MUST_CHECK;

#endif
