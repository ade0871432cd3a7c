/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file dyn.h
 * A client of VirtualBox that is not Everbox: calls any member of any release by name, with text for
 * arguments and results. For the stand-in's own tests, and to put the same questions to a real VirtualBox.
 * One thread.
 */
#ifndef SIM_DYN_H
#define SIM_DYN_H

#include "facts.h"

struct dyn_out {
    char *name; /* of the parameter; "" for the result */
    char *text; /* items of an array with a newline behind each; objects as %p */
    void *object;
};

struct dyn {
    struct sim_release *facts;
    void *library;
    const void *table;
    unsigned table_version;
    void *vbox, *session; /* from the table's initialisation */
    void *client;         /* IVirtualBoxClient, V3 and later */
    uint32_t rc;          /* of the last call */
    struct dyn_out out[16];
    unsigned n_out;
    void *owned[4096]; /* objects that came out of calls; released by dyn_close */
    unsigned n_owned;
};

/**
 * Loads FOLDER/VBoxXPCOMC.so and starts by the function table of that version (0x00010000 …). facts: the
 * folder with release.sim. NULL and a line on stderr when it cannot.
 */
struct dyn *dyn_open(const char *folder, const char *facts, unsigned table_version);
void dyn_close(struct dyn *d);
/**
 * "IFoo.bar", "IFoo.bar=" (a setter); then NAME, TEXT pairs for in parameters, ended by NULL. What is not
 * given is 0 or "". Objects as dyn_ptr() text. Result: the first result object, or NULL; d->rc and d->out
 * hold the rest.
 */
void *dyn_call(struct dyn *d, void *object, const char *member, ...) __attribute__((sentinel));
void *dyn_call_slot(struct dyn *d, void *object, const struct sim_slot *slot, const char *const *pairs);
/** The last call's result, or the out parameter of that name; "" when there is none. */
const char *dyn_result(const struct dyn *d);
const char *dyn_get(const struct dyn *d, const char *name);
/** %p; eight static buffers. */
const char *dyn_ptr(const void *object);
bool dyn_has(const struct dyn *d, const char *member);
/** The text of the current exception; the caller's. "" when there is none. */
char *dyn_error(struct dyn *d);
/** The object with that interface, or NULL. */
void *dyn_query(struct dyn *d, void *object, const char *iface);
/** The interface that the object really has: the most derived one that it answers to. */
const struct sim_iface *dyn_class(struct dyn *d, void *object, const struct sim_iface *declared);
/** Takes one object of a result array. */
void *dyn_item(const char *text, unsigned index);
/** The table's member with that number (from 1), as functions-table.md counts. */
void (*dyn_member(const struct dyn *d, unsigned number))(void);

#endif
