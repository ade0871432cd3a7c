/* SPDX-License-Identifier: LGPL-2.1-or-later */
/** @file spec.h Specifications with commas: "vda,snapshot=internal,file=/x". */
#ifndef EB_SHELL_SPEC_H
#define EB_SHELL_SPEC_H

#include "base/util.h"

/** The parts between commas; two commas stand for one. The caller frees the list. */
char **spec_split(const char *text);
/** Whether `part` is KEY=…; its value goes to *value, unless there is one already. */
bool spec_value(const char *part, const char *key, const char **value);

#endif
