/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file bind.h
 * The binder: resolves every member, interface and enum constant that the driver uses against an
 * installation's type library, by name. A binding is immutable once made; any thread may read it.
 */
#ifndef EB_VBOX_COM_BIND_H
#define EB_VBOX_COM_BIND_H

#include "vbox/com/com.h"
#include "vbox/com/typelib.h"

/** Why a member is not bound. */
enum vb_unbound {
    VB_BOUND = 0,
    VB_NO_INTERFACE, /* the installation does not have the interface */
    VB_NO_MEMBER,    /* nor the member */
    VB_NO_SETTER,    /* it can be read only */
    VB_OTHER_SHAPE,  /* it is bound in another shape that this build knows */
    VB_UNKNOWN_SHAPE /* it takes parameters that this build does not know */
};

struct vb_bound {
    int16_t slot;  /* from the start of the vtable; -1: not bound */
    uint8_t thunk; /* the way in which the arguments are passed */
    uint8_t why;   /* enum vb_unbound */
};

struct vb_bound_iface {
    bool there;
    unsigned char iid[16]; /* in the order of the text */
    unsigned n_slots;      /* of the whole vtable */
};

/**
 * An enum's constants both ways. Two may have one number (MachineState_Running and _FirstOnline): it then
 * stands for the one that the type library has first.
 */
struct vb_bound_enum {
    uint32_t *numbers; /* by our value; only where `there` */
    bool *there;       /* by our value */
    uint32_t n;        /* constants there; pairs, sorted by number */
    struct vb_enum_pair {
        uint32_t number;
        uint32_t order; /* in the type library */
        int value;
    } * pairs;
};

struct vb_binding {
    struct vb_bound *members;      /* by enum vb_member */
    struct vb_bound_iface *ifaces; /* by enum vb_iface_id */
    struct vb_bound_enum *enums;   /* by enum vb_enum_id */
};

/** Binds what `tl` describes. Never fails: what is not there is not bound. `tl` may be freed afterwards. */
struct vb_binding *vb_bind(const struct vb_typelib *tl);
void vb_binding_free(struct vb_binding *binding);

/** The current binding of an open installation; lives as long as `vb`. */
const struct vb_binding *vb_binding_of(const struct vb *vb);

/** Our value of an installation's number; 0 (Bar__none) when this build does not know it. */
int vb_binding_enum_value(const struct vb_binding *binding, enum vb_enum_id id, uint32_t number);
/** The installation's number of our value; false when it has none. */
bool vb_binding_enum_number(const struct vb_binding *binding, enum vb_enum_id id, int value,
                            uint32_t *number);

struct vb_bind_counts {
    unsigned members, bound;        /* used members (each once, whatever its shapes) */
    unsigned unknown_shapes;        /* there, with parameters that this build does not know */
    unsigned interfaces, constants; /* of the installation, that this build knows */
};
void vb_binding_counts(const struct vb_binding *binding, struct vb_bind_counts *out);

/** The features of used.def, in its order. */
unsigned vb_feature_count(void);
const char *vb_feature_name(unsigned feature);
/** What a user loses without it. */
const char *vb_feature_text(unsigned feature);
/**
 * Calls `fn` for each used member of a feature (a member with several shapes once); `why` is VB_BOUND when
 * one of its shapes is bound. Ends early when `fn` returns false.
 */
void vb_feature_members(const struct vb_binding *binding, unsigned feature,
                        bool (*fn)(enum vb_member member, enum vb_unbound why, void *opaque), void *opaque);
/** "IMachine.lockMachine", "IMachine.name (set)"; static. */
const char *vb_member_name(enum vb_member member);

#endif
