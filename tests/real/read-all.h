/* SPDX-License-Identifier: LGPL-2.1-or-later */
/** @file read-all.h What the generated half of read-all (gen-read-all) needs of the written one (read-all.c).
 */
#ifndef EB_TESTS_REAL_READ_ALL_H
#define EB_TESTS_REAL_READ_ALL_H

#include "vbox/com/calls.h"

extern struct vb *read_vb;
extern eb_error read_error;
/** By enum vb_iface_id: reads all attributes of an object. */
extern void (*const read_interfaces[])(void *object);

bool read_wanted(enum vb_member member);
/** Counts; true when the call went well. */
bool read_result(enum vb_member member, int result);
void read_enum(enum vb_member member, enum vb_enum_id id, int value);
/** Reads an object's attributes in turn, and releases it. */
void read_object(enum vb_iface_id id, void *object);
void read_objects(enum vb_iface_id id, size_t n, void *objects);

#endif
