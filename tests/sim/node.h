/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file node.h
 * The model's data: a tree of named nodes with text properties. Settings files, snapshots and a session's
 * uncommitted changes are such trees, so that all of them are kept, copied and thrown away in the same way.
 * Enum values are constants' names, so that a tree means the same to every release.
 */
#ifndef SIM_NODE_H
#define SIM_NODE_H

#include "base/util.h"

struct prop {
    char *name, *value;
};

struct node {
    char *tag;
    char *id; /* tells children with one tag apart; "" where there is one */
    size_t n_props;
    struct prop *props;
    size_t n;
    struct node **children;
    struct node *parent;
};

struct node *node_new(const char *tag, const char *id);
void node_free(struct node *n);
struct node *node_copy(const struct node *n);
/** NULL when it is not there. */
const char *node_get(const struct node *n, const char *name);
const char *node_get_or(const struct node *n, const char *name, const char *otherwise);
int64_t node_num(const struct node *n, const char *name);
bool node_bool(const struct node *n, const char *name);
/** value NULL: removes it. */
void node_set(struct node *n, const char *name, const char *value);
void node_set_num(struct node *n, const char *name, int64_t value);
/** The first child with the tag (and the id, when it is not NULL). */
struct node *node_child(const struct node *n, const char *tag, const char *id);
/** As node_child, made when it is not there. `n` takes it over. */
struct node *node_need(struct node *n, const char *tag, const char *id);
struct node *node_add(struct node *n, struct node *child);
/** Takes it out of its parent and frees it. */
void node_remove(struct node *n);
/** Takes it out of its parent, for the caller. */
struct node *node_take(struct node *n);
/** Follows TAG[#ID] steps put together by PATH_SEP. `make`: makes what is not there. */
struct node *node_follow(struct node *n, const char *path, bool make);
#define PATH_SEP '\x1f'
#define PATH_SEP_STR "\x1f"
bool node_equal(const struct node *a, const struct node *b);

/** XML, with `root` as the document's element. The caller's. */
char *node_to_xml(const struct node *root);
/** Writes it by way of a file beside it; a test's files need not outlive the machine. 0, or -1 and errno. */
int node_write_file(const struct node *root, const char *path);
/** NULL and *why (the caller's) when it is no such XML. */
struct node *node_from_xml(const char *xml, size_t len, char **why);

#endif
