/* SPDX-License-Identifier: LGPL-2.1-or-later */
/** @file medium.h What the parts that deal with media share. */
#ifndef SIM_MEDIUM_H
#define SIM_MEDIUM_H

#include "model.h"

/** An image file's contents begin here. */
#define MEDIUM_DATA (1024 * 1024)

/** Looks whether the file is there. */
void medium_refresh(struct node *n);
/** The file says what the medium is now. */
bool medium_rewrite_head(const struct node *n);
void medium_registered(const struct node *n, bool there);

#endif
