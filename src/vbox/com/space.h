/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file space.h
 * A name space of shared libraries (dlmopen) for one more copy of VirtualBox in this process, C library and
 * all.
 *
 * All C libraries of a process share each thread's table of thread-specific values, but each hands out its
 * keys from 0 on. So that two of them never use the same place, a space gets a range of keys of its own,
 * which nobody else in the process is given any more, and no other key.
 */
#ifndef EB_VBOX_COM_SPACE_H
#define EB_VBOX_COM_SPACE_H

#include "base/error.h"

struct vb_space;

/**
 * A new one, whose C library has VBOX_APP_HOME set to `home`; never freed. NULL: *why says why not, a static
 * or thread-local text. The C library has room for about a dozen.
 */
struct vb_space *vb_space_new(const char *home, const char **why);
/** As dlopen(RTLD_NOW | RTLD_LOCAL), in the space. */
void *vb_space_load(struct vb_space *space, const char *library);
/**
 * Has to run on each thread before it calls into the space. Cheap when it has run there already. NULL is
 * fine.
 */
void vb_space_prepare_thread(const struct vb_space *space);

#endif
