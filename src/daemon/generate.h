/* SPDX-License-Identifier: LGPL-2.1-or-later */
/** @file generate.h What is made from the tables of keys and options when Everbox is built. */
#ifndef EB_DAEMON_GENERATE_H
#define EB_DAEMON_GENERATE_H

/** Prints everboxd.conf (conf), everboxd.conf(5) (man-conf), everboxd(8) (man) or the completion for bash
 * (bash). -1 when it is none of them. */
int daemon_generate(const char *what);

#endif
