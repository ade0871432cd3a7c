/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "shell/tree.h"

#define NO_CHILD SIZE_MAX

static size_t last_child(const struct tree_node *nodes, size_t n, const char *parent)
{
    size_t last = NO_CHILD;

    for (size_t i = 0; i < n; i++) {
        if (nodes[i].parent && eb_streq(nodes[i].parent, parent))
            last = i;
    }
    return last;
}

/* `indent`: what stands before the lines of this node. `last`: no brother comes after it. */
static void add_node(struct eb_strbuf *out, const struct tree_node *nodes, size_t n, size_t self, bool last,
                     const char *indent)
{
    bool root = !nodes[self].parent;
    size_t youngest = last_child(nodes, n, nodes[self].name);
    EB_AUTOFREE char *below = eb_asprintf("%s%s", indent, root ? "" : last ? "  " : "| ");
    EB_AUTOFREE char *inner = eb_asprintf("%s  ", below);

    eb_strbuf_printf(out, "%s%s%s\n", indent, root ? "" : "+- ", nodes[self].name);
    if (youngest != NO_CHILD)
        eb_strbuf_printf(out, "%s  |\n", below);
    for (size_t i = 0; i < n; i++) {
        if (nodes[i].parent && eb_streq(nodes[i].parent, nodes[self].name))
            add_node(out, nodes, n, i, i == youngest, inner);
    }
    if (youngest == NO_CHILD && last)
        eb_strbuf_printf(out, "%s\n", below);
}

void tree_format(struct eb_strbuf *out, const struct tree_node *nodes, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (!nodes[i].parent)
            add_node(out, nodes, n, i, true, "");
    }
}
