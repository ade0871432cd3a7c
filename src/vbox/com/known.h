/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file known.h
 * The tables that gen-calls makes from used.def and the facts, for the binder and the trace.
 */
#ifndef EB_VBOX_COM_KNOWN_H
#define EB_VBOX_COM_KNOWN_H

#include "vbox/com/calls.h"

enum vb_role { VB_METHOD, VB_GETTER, VB_SETTER };

/** A parameter of a C function. */
struct vb_known_param {
    const char *name;
    char kind; /* b bool, B u8, h i16, H u16, i i32, u u32, l i64, s string, e enum, I or U interface */
    bool out, array;
    uint16_t enum_id; /* kind e */
};

struct vb_known_member {
    const char *name;  /* "IMachine.lockMachine" */
    const char *shape; /* "groups", or NULL */
    uint8_t role;
    uint8_t feature;
    uint16_t any;                   /* the member that stands for all shapes; itself when there is one */
    uint16_t first_shape, n_shapes; /* in vb_known_shapes; only of an `any` */
    uint16_t n_params;
    const struct vb_known_param *params; /* NULL when only its shapes can be called */
};

/** A way in which some release passes a member's arguments. */
struct vb_known_shape {
    const char *abi; /* bind.c's text of a type library's parameters */
    uint16_t member; /* the member to bind: the `any` itself or one of its shapes */
    uint16_t
        witness; /* this shape only where that member is bound; VB_MEMBER__COUNT: none. Tried in order. */
    uint8_t thunk;
};

/** A name in an interface. */
struct vb_known_name {
    const char *name; /* lower case */
    uint16_t member;  /* method or getter; VB_MEMBER__COUNT: none */
    uint16_t setter;  /* the same */
    bool method_only;
};

struct vb_known_iface {
    const char *const *names;     /* in all releases; NULL-terminated, the first is its name here */
    uint16_t first_name, n_names; /* in vb_known_names, sorted by name */
};

struct vb_known_enum {
    const char *const *names;
    const char *const *constants; /* by our value; [0] is "unknown" */
    uint16_t n_constants;
};

struct vb_known_feature {
    const char *name, *text;
};

extern const struct vb_known_member vb_known_members[];
extern const struct vb_known_shape vb_known_shapes[];
extern const struct vb_known_name vb_known_names[];
extern const struct vb_known_iface vb_known_ifaces[];
extern const struct vb_known_enum vb_known_enums[];
extern const struct vb_known_feature vb_known_features[];
extern const unsigned vb_known_n_features;

#endif
