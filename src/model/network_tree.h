/* SPDX-License-Identifier: LGPL-2.1-or-later */
/** @file network_tree.h What the files of network_update*.c share: one change of one network's tree. */
#ifndef EB_MODEL_NETWORK_TREE_H
#define EB_MODEL_NETWORK_TREE_H

#include "model/network_update.h"
#include "model/xml_doc.h"

struct eb_net_update {
    const struct eb_network_def *def; /* as it was */
    const char *name;
    xmlDoc *doc;   /* the definition's */
    xmlNode *root; /* <network> */
    xmlNode *node; /* the element that the change is about, of another document */
    unsigned command;
    int index; /* of the <ip>; -1: not said */
};

/** An element of that name and no namespace; the first from `node` on, or in `parent` (NULL is fine). */
bool eb_net_is(const xmlNode *node, const char *name);
xmlNode *eb_net_next(xmlNode *node, const char *name);
xmlNode *eb_net_child(xmlNode *parent, const char *name);
/** Made where there is none. */
xmlNode *eb_net_need_child(xmlNode *parent, const char *name);
/** Puts a copy of the element before or behind those of its name in `parent`. */
void eb_net_add(struct eb_net_update *u, xmlNode *parent);
void eb_net_remove(xmlNode *node);
bool eb_net_adds(const struct eb_net_update *u);

/** "WHAT cannot be modified, only added or deleted". -1. */
int eb_net_no_change(const char *what, eb_error *err);
/** EB_ERR_OPERATION_INVALID. -1. */
int eb_net_invalid(eb_error *err, const char *fmt, ...) EB_PRINTF(2, 3);

/* network_update_dhcp.c */
int eb_net_update_host(struct eb_net_update *u, eb_error *err);
int eb_net_update_range(struct eb_net_update *u, eb_error *err);

#endif
