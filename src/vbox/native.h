/* SPDX-License-Identifier: LGPL-2.1-or-later */
/** @file native.h Definitions in VirtualBox's own format: operations of struct eb_driver. */
#ifndef EB_VBOX_NATIVE_H
#define EB_VBOX_NATIVE_H

#include "vbox/vbox.h"

int vbox_xml_from_native(eb_conn *conn, const char *format, const char *config, unsigned flags,
                         struct eb_domain_def **out, eb_error *err);
int vbox_xml_to_native(eb_conn *conn, const char *format, const struct eb_domain_def *def, unsigned flags,
                       char **config, eb_error *err);

#endif
