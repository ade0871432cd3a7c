/* SPDX-License-Identifier: LGPL-2.1-or-later */
/** @file domain_check.h What a definition must say, and what libvirt fills in for every driver. */
#ifndef EB_MODEL_DOMAIN_CHECK_H
#define EB_MODEL_DOMAIN_CHECK_H

#include "model/domain.h"

#include <libxml/tree.h>

/** Refuses a <domain> without a type. */
int eb_domain_check_type(xmlNode *root, eb_error *err);
/** Defaults, then everything that one element alone cannot show to be wrong. */
int eb_domain_check(struct eb_domain_def *def, eb_error *err);

#endif
