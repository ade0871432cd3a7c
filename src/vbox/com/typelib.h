/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file typelib.h
 * An installation's own description of its interfaces, in memory, whatever file it was read from (an XPT file
 * on XPCOM, a COM type library on Windows). Immutable after it was read; any thread may read it.
 */
#ifndef EB_VBOX_COM_TYPELIB_H
#define EB_VBOX_COM_TYPELIB_H

#include "base/error.h"

/** Base kinds of a parameter, in the words of api/README.md. */
enum vb_type_kind {
    VB_T_VOID = 0, /* a result of no use, as an AddRef's */
    VB_T_BOOL,
    VB_T_I8,
    VB_T_U8,
    VB_T_I16,
    VB_T_U16,
    VB_T_I32,
    VB_T_U32, /* enums too: a type library has no enum-typed parameters */
    VB_T_I64,
    VB_T_U64,
    VB_T_FLOAT,
    VB_T_DOUBLE,
    VB_T_CHAR,
    VB_T_WCHAR,
    VB_T_STRING,  /* char * */
    VB_T_WSTRING, /* UTF-16 */
    VB_T_UUID,
    VB_T_INTERFACE,
    VB_T_INTERFACE_IS, /* typed by an iid parameter */
    VB_T_PTR,          /* void * and what cannot be marshalled */
};

struct vb_tl_param {
    enum vb_type_kind kind;
    bool in, out, retval;
    bool pointer;      /* uuid by pointer or reference; always set for strings, interfaces, arrays */
    bool array;        /* `kind` is the element's; count_arg is the index of the parameter with the count */
    uint8_t count_arg; /* arrays only */
    const char *iface; /* VB_T_INTERFACE: its name, or NULL when the type library does not say */
};

struct vb_tl_method {
    const char *name; /* as in the file: `name` of an attribute (no get/set prefix), or the method's */
    bool getter, setter;
    bool notxpcom; /* returns its value instead of a status */
    bool hidden;   /* reserved, [noscript] */
    unsigned n_params;
    const struct vb_tl_param *params; /* without the result */
    struct vb_tl_param result;
};

struct vb_tl_const {
    const char *name;
    uint32_t value;
};

struct vb_tl_interface {
    const char *name;
    unsigned char iid[16];                /* in the order of the text */
    const struct vb_tl_interface *parent; /* NULL for nsISupports or when unresolved (first_slot is then 0) */
    const char *parent_name;              /* NULL: none */
    bool resolved;                        /* described here with all its ancestors, not only named */
    bool builtin;                         /* described by us, since the file only names it */
    unsigned first_slot;                  /* of its own methods; the parents' come before */
    unsigned n_methods;
    const struct vb_tl_method *methods;
    unsigned n_consts;
    const struct vb_tl_const *consts; /* an enum is an interface that has constants and no methods */
};

struct vb_typelib {
    char *path;
    unsigned n_interfaces;
    struct vb_tl_interface *interfaces; /* sorted by name (strcmp) */
    void *arena;                        /* what all of it is allocated from */
};

/** Binary search; NULL when there is none. */
const struct vb_tl_interface *vb_typelib_find(const struct vb_typelib *tl, const char *name);
void vb_typelib_free(struct vb_typelib *tl);

/**
 * Reads an XPT file (components/VirtualBox_XPCOM.xpt). nsISupports (3 slots) and nsIException (10 more) are
 * built in, since VirtualBox's file only names them. Every offset and count is checked; a truncated, looping
 * or hostile file is EB_ERR_INTERNAL_ERROR with the path, the offset and what is wrong there. At most 64 MiB
 * are read.
 */
int vb_xpt_read(const char *path, struct vb_typelib **out, eb_error *err);
/** The same from memory; `name` is for messages. */
int vb_xpt_parse(const char *name, const uint8_t *data, size_t len, struct vb_typelib **out, eb_error *err);

#endif
