/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file facts.h
 * The interfaces of every VirtualBox release, as api/ has them, and of any type library, in the same form:
 * blocks of lines, the first one the head ("interface IMachine iid …"), the others its members.
 */
#ifndef EB_VBOX_COM_FACTS_H
#define EB_VBOX_COM_FACTS_H

#include "base/error.h"

struct facts_item {
    char *kind, *name; /* "interface", "IMachine" */
    const char *const *lines;
    size_t n; /* at least 1: the head */
};

struct facts {
    char *title;              /* "7.1" or a path */
    char *span;               /* "7.1.0..7.1.4", or NULL */
    bool measured;            /* from a type library: enums are u32, parameters have no names */
    struct facts_item *items; /* sorted by kind, then by name */
    size_t n;
    char **owned; /* all lines, in order */
};

/** Releases that differ in their interfaces, oldest first. */
size_t facts_count(void);
const char *facts_name(size_t i);
const char *facts_span(size_t i);

/**
 * `what`: a release ("7.1.8": as it was then; "7.1": its first interfaces with all constants that came
 * later), "installed" (the installation that a connection would take), a folder of VirtualBox, or a type
 * library. EB_ERR_INVALID_ARG names what there is.
 */
int facts_load(const char *what, struct facts *out, eb_error *err);
/** Any kind but "interface" and "enum" is found too ("class", "result"). NULL when there is none. */
const struct facts_item *facts_find(const struct facts *facts, const char *name);
void facts_free(struct facts *facts);

#endif
