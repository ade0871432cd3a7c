/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file com.h
 * What src/vbox may use of VirtualBox's object model besides the generated calls (calls.h): opening an
 * installation, asking the binding what is there, object references, errors. Nothing above this folder sees a
 * slot, an IID, an enum number or UTF-16.
 *
 * The names in calls.h, for an interface IFoo, an attribute bar and a method baz:
 *
 *     IFoo                                   an opaque struct; objects are `IFoo *`
 *     int IFoo_get_bar(struct vb *vb, IFoo *self, TYPE *out, eb_error *err);
 *     int IFoo_set_bar(struct vb *vb, IFoo *self, TYPE value, eb_error *err);
 *     int IFoo_baz(struct vb *vb, IFoo *self, IN..., OUT *..., eb_error *err);
 *     VB_IFoo_get_bar, VB_IFoo_set_bar, VB_IFoo_baz       the member, for vb_has
 *     VB_IFACE_IFoo                          the interface, for vb_cast
 *     enum vb_Bar { Bar__none = 0, Bar_Running, … }       an enum: our numbers; the binding maps by name.
 * Bar__none stands for every value that this build does not know (out), and is refused (in).
 *
 * A member with more than one canonical shape has a function for each: IFoo_baz__NAME and VB_IFoo_baz__NAME,
 * where NAME is what used.def calls that shape; VB_IFoo_baz then means "any shape that this build knows".
 *
 * C types: bool; int32_t, uint32_t, int64_t …; strings `const char *` in (UTF-8; NULL is VirtualBox's null
 * string), `char **` out (free() it; never NULL on success); uuids are strings; objects `IFoo *` (out: a
 * counted reference, may be NULL; vb_unref it); arrays: in `size_t n, T const *items`, out `size_t *n, T
 * **items` (free with free(), vb_strings_free, vb_objects_free).
 *
 * Result of each: 0, or -1 with `err` filled: EB_FROM_VBOX, VirtualBox's text, component and result code, and
 * a code from the table in error.c. A member that is not bound is EB_ERR_NO_SUPPORT: "IMachine.foo of
 * VirtualBox 9.0 takes parameters that this build does not know" or "VirtualBox 3.0 has no IMachine.foo";
 * nothing is called.
 */
#ifndef EB_VBOX_COM_COM_H
#define EB_VBOX_COM_COM_H

#include "base/error.h"

struct vb;         /* an open installation: library, type library, binding. Reference counted, thread safe. */
struct vb_install; /* install.h */

enum vb_member;   /* calls.h */
enum vb_iface_id; /* calls.h */
enum vb_enum_id;  /* calls.h */

typedef struct IVirtualBox IVirtualBox;
typedef struct ISession ISession;

/**
 * Opens VirtualBox and connects to VBoxSVC. One process holds one library (it cannot be unloaded): a second
 * call for the same home gives the same `vb`; another home is loaded beside it. `home` NULL: the best
 * installation found.
 */
int vb_open(const char *home, struct vb **out, eb_error *err);
struct vb *vb_ref(struct vb *vb);
/** With the last reference VBoxSVC is let go: no object may be held and no call be on its way then. NULL is
 * fine. */
void vb_unref_client(struct vb *vb);

/**
 * Before each operation of the driver: registers the calling thread with VirtualBox and reconnects where
 * VBoxSVC is gone. Gives a counted reference to IVirtualBox and the connection's epoch, which changes
 * whenever objects of before are dead.
 */
int vb_begin(struct vb *vb, IVirtualBox **out, uint64_t *epoch, eb_error *err);
/** A fresh, unlocked session object, for the operation that this thread began (vb_begin). */
int vb_new_session(struct vb *vb, ISession **out, eb_error *err);

bool vb_has(const struct vb *vb, enum vb_member member);
/**
 * Of two members that do the same, in newer releases and in older ones: whether to call the newer one. Where
 * neither can be called it is the one whose parameters are unknown, else the newer one, so that the error
 * names what is wrong.
 */
bool vb_prefer(const struct vb *vb, enum vb_member newer, enum vb_member older);
/** True when the installation has this constant of the enum (`value` is calls.h's). */
bool vb_enum_has(const struct vb *vb, enum vb_enum_id id, int value);
/** "Running"; static. "unknown" for __none. */
const char *vb_enum_name(enum vb_enum_id id, int value);
/** The installation's number for it, for members that take enums ORed together in a u32; 0 when it has none.
 */
uint32_t vb_enum_number(const struct vb *vb, enum vb_enum_id id, int value);
/** True when a call that waits in VirtualBox holds up all others (before 4.3.8). */
bool vb_calls_take_turns(const struct vb *vb);
/** True when VirtualBox can call objects of ours (own.h): its event queue is found, and processed. */
bool vb_calls_back(const struct vb *vb);
/** major * 1000000 + minor * 1000 + build of the library. For display alone. */
unsigned vb_version(const struct vb *vb);
const char *vb_home(const struct vb *vb);

/** QueryInterface. EB_ERR_NO_SUPPORT when the object or the installation has no such interface. */
int vb_cast(struct vb *vb, void *object, enum vb_iface_id id, void **out, eb_error *err);
/** AddRef and Release; NULL is fine. */
void *vb_object_ref(void *object);
void vb_unref(void *object);
void vb_strings_free(size_t n, char **items);
void vb_objects_free(size_t n, void *items);
void vb_unref_cleanup(void *p);
/** `VB_AUTO(IMachine) machine = NULL;` */
#define VB_AUTO(iface) __attribute__((cleanup(vb_unref_cleanup))) iface *

/**
 * Result code classes, for the driver: the common names, matched by value (they are the same in every
 * release).
 */
#define VB_E_OBJECT_NOT_FOUND 0x80bb0001u
#define VB_E_INVALID_VM_STATE 0x80bb0002u
#define VB_E_VM_ERROR 0x80bb0003u
#define VB_E_FILE_ERROR 0x80bb0004u
#define VB_E_IPRT_ERROR 0x80bb0005u
#define VB_E_PDM_ERROR 0x80bb0006u
#define VB_E_INVALID_OBJECT_STATE 0x80bb0007u
#define VB_E_HOST_ERROR 0x80bb0008u
#define VB_E_NOT_SUPPORTED 0x80bb0009u
#define VB_E_XML_ERROR 0x80bb000au
#define VB_E_INVALID_SESSION_STATE 0x80bb000bu
#define VB_E_OBJECT_IN_USE 0x80bb000cu
#define VB_E_NOTIMPL 0x80004001u
#define VB_E_ACCESSDENIED 0x80070005u
#define VB_E_INVALIDARG 0x80070057u

/** How far an IProgress is. */
struct vb_progress {
    const char *step; /* NULL: it has no name */
    unsigned percent;
    int remaining_s; /* -1: VirtualBox does not know */
    bool cancelable;
};
/** True: cancel it. */
typedef bool (*vb_progress_fn)(const struct vb_progress *now, void *opaque);
/**
 * Waits for an IProgress (released by the caller) and turns its failure into `err` with its error info.
 * Reports to `fn` (may be NULL) at most ten times a second; when fn asks to cancel and the progress is
 * cancelable, cancels it.
 */
struct IProgress;
int vb_wait(struct vb *vb, struct IProgress *progress, const char *what, vb_progress_fn fn, void *opaque,
            eb_error *err);

#endif
