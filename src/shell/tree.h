/* SPDX-License-Identifier: LGPL-2.1-or-later */
/** @file tree.h Things with parents, as virsh draws them. */
#ifndef EB_SHELL_TREE_H
#define EB_SHELL_TREE_H

#include "base/strbuf.h"

struct tree_node {
    const char *name;
    const char *parent; /* NULL: a root */
};

/** Adds each root with what is below it, in the order of the nodes. No node is its own ancestor. */
void tree_format(struct eb_strbuf *out, const struct tree_node *nodes, size_t n);

#endif
