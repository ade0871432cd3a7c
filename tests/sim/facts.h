/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file facts.h
 * What a stand-in knows of the release that it plays: the flattened facts (see api/) beside the library
 * ("release.sim"), with the entry point's flavour on top. Read once, immutable, shared by all threads.
 */
#ifndef SIM_FACTS_H
#define SIM_FACTS_H

#include "base/util.h"

enum sim_kind {
    SIM_BOOL,
    SIM_U8,
    SIM_I16,
    SIM_U16,
    SIM_I32,
    SIM_U32,
    SIM_I64,
    SIM_U64,
    SIM_WSTRING,
    SIM_STRING,
    SIM_UUID,
    SIM_ENUM,
    SIM_OBJECT,
    SIM_PTR,
};

enum sim_dir { SIM_IN, SIM_OUT, SIM_RET };
enum sim_what { SIM_GET, SIM_SET, SIM_METHOD, SIM_RESERVED };

struct sim_const {
    char *name;
    uint32_t value;
};

struct sim_enum {
    char *name;
    unsigned n;
    struct sim_const *consts;
};

struct sim_param {
    char *name;
    enum sim_dir dir;
    enum sim_kind kind;
    bool array;                    /* count and pointer */
    bool raw;                      /* T*: a pointer that is not marshalled */
    const struct sim_enum *en;     /* SIM_ENUM */
    const struct sim_iface *iface; /* SIM_OBJECT; NULL: any */
};

struct sim_slot {
    const struct sim_iface *iface;
    char *name; /* attribute or method; "" for a reserved one */
    enum sim_what what;
    unsigned index; /* in the flattened vtable */
    unsigned n;
    struct sim_param *params;
    void *found; /* its handler, for VBoxSVC (under its lock), once looked_for */
    bool looked_for;
};

struct sim_iface {
    char *name;
    char *base_name;
    unsigned char iid[16];        /* as in the text */
    const struct sim_iface *base; /* NULL: nsISupports */
    unsigned number;              /* in sim_release.ifaces */
    unsigned first;               /* the first own slot's index */
    unsigned n;
    struct sim_slot *slots;
};

struct sim_class {
    char *name, *contract;
    unsigned char clsid[16];
};

struct sim_release {
    char *folder; /* of the installation */
    char *version;
    unsigned numeric; /* major * 1000000 + minor * 1000 + build */
    char *table;      /* "V1", "V2", "V3", "V4a", "V4b", "V4c" */
    unsigned n_ifaces;
    struct sim_iface *ifaces;
    unsigned n_enums;
    struct sim_enum *enums;
    unsigned n_classes;
    struct sim_class *classes;
    char *digest; /* tells two descriptions apart */
};

/** Reads FOLDER/release.sim. NULL and a line in *why (the caller's) when it cannot. */
struct sim_release *sim_release_read(const char *folder, char **why);
void sim_release_free(struct sim_release *r);
const struct sim_iface *sim_iface_named(const struct sim_release *r, const char *name);
const struct sim_iface *sim_iface_by_iid(const struct sim_release *r, const unsigned char iid[16]);
const struct sim_enum *sim_enum_named(const struct sim_release *r, const char *name);
/** NULL when there is no such constant. */
const struct sim_const *sim_const_named(const struct sim_enum *e, const char *name);
const struct sim_const *sim_const_valued(const struct sim_enum *e, uint32_t value);
/** The slot of the flattened vtable; NULL for nsISupports' own. */
const struct sim_slot *sim_slot_at(const struct sim_iface *iface, unsigned index);
unsigned sim_slot_count(const struct sim_iface *iface);
/** True when `iface` is `base` or derives from it. */
bool sim_iface_is(const struct sim_iface *iface, const struct sim_iface *base);

#endif
