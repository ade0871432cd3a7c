/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file server.h
 * The stand-in's VBoxSVC: one model behind all releases. One lock (`model_lock`) is held by every handler;
 * waits give it up. Handlers are found by the member's name, take arguments by name and answer in text and
 * numbers; the release's declared types decide how that travels.
 */
#ifndef SIM_SERVER_H
#define SIM_SERVER_H

#include <pthread.h>
#include <uthash.h>

#include "facts.h"
#include "node.h"
#include "wire.h"

#define S_OK 0u
#define E_NOTIMPL 0x80004001u
#define CALL_FAILED 0x800706beu
#define E_NOINTERFACE 0x80004002u
#define E_FAIL 0x80004005u
#define E_UNEXPECTED 0x8000ffffu
#define E_ACCESSDENIED 0x80070005u
#define E_INVALIDARG 0x80070057u
#define VBOX_E_OBJECT_NOT_FOUND 0x80bb0001u
#define VBOX_E_INVALID_VM_STATE 0x80bb0002u
#define VBOX_E_VM_ERROR 0x80bb0003u
#define VBOX_E_FILE_ERROR 0x80bb0004u
#define VBOX_E_IPRT_ERROR 0x80bb0005u
#define VBOX_E_PDM_ERROR 0x80bb0006u
#define VBOX_E_INVALID_OBJECT_STATE 0x80bb0007u
#define VBOX_E_HOST_ERROR 0x80bb0008u
#define VBOX_E_NOT_SUPPORTED 0x80bb0009u
#define VBOX_E_XML_ERROR 0x80bb000au
#define VBOX_E_INVALID_SESSION_STATE 0x80bb000bu
#define VBOX_E_OBJECT_IN_USE 0x80bb000cu

struct machine;
struct session;

/* ---- clients and objects ---- */

struct client {
    uint64_t id;
    pid_t pid;
    unsigned connections;
    char *options; /* NAME=VALUE lines */
    int events_fd; /* -1: none */
    unsigned calls;
    struct ref *refs;
    UT_hash_handle hh;
};

/** What a machine-bound object shows. */
enum view {
    VIEW_GLOBAL,   /* the user home's settings */
    VIEW_MACHINE,  /* a machine as registered */
    VIEW_SESSION,  /* a machine as the session that has it locked sees it */
    VIEW_SNAPSHOT, /* a machine as a snapshot holds it */
    VIEW_OWN,      /* `own` */
};

struct object {
    uint64_t id;
    const struct sim_iface *iface;
    char *key; /* one object for one key */
    unsigned refs;
    enum view view;
    bool bare; /* answers to nothing */
    struct machine *machine;
    struct session *session;
    unsigned generation; /* of the session's lock */
    char *snapshot;      /* VIEW_SNAPSHOT: its id */
    char *path;          /* of the node below the view's root */
    struct node *own;
    void *data; /* its handlers' */
    void (*destroy)(struct object *);
    UT_hash_handle hh_id, hh_key;
};

/** A new object or the one with that key (key NULL: always a new one). The release may lack the interface:
 * NULL. */
struct object *object_get(const char *iface, const char *key);
struct object *object_new(const char *iface);
struct object *object_by_id(uint64_t id);
/** For holders in the server itself. */
void object_hold(struct object *o);
void object_drop(struct object *o);
/** Gives up a reference in favour of the answer that is about to be sent. */
void object_give(struct object *o);
void client_hold(struct client *c, uint64_t id);
void client_release(struct client *c, uint64_t id, uint32_t count);
void client_gone(struct client *c);
/** The object of a part of the same machine (or global) view: `o`'s view with another path. */
struct object *object_part(const struct object *o, const char *iface, const char *path);
/** The same for a part of an explicit view. */
struct object *object_view(const char *iface, enum view view, struct machine *m, struct session *s,
                           const char *snapshot, const char *path);

/* ---- calls ---- */

struct call {
    struct client *client;
    struct object *self;
    const struct sim_slot *slot;
    struct sim_value *in, *out; /* one for each parameter */
    struct object *error;       /* IVirtualBoxErrorInfo, when fail() was called */
};

typedef uint32_t (*handler)(struct call *c);

/** "IFoo.bar" is a method or a getter, "IFoo.bar=" a setter. Upper and lower case are the same. */
struct member {
    const char *name;
    handler fn;
};

/* clang-format never comes to rest on this list. */
/* clang-format off */
#define MODEL_PARTS                                                                                          \
    X(virtualbox)                                                                                            \
    X(machine) X(session) X(console) X(progress) X(medium) X(storage) X(network) X(hostnet) X(snapshot)      \
        X(machinedata) X(host) X(system) X(display) X(event) X(metrics) X(remote) X(usb) X(error) X(guest)   \
            X(platform) X(clone) X(mediumops) X(drives) X(dhcp)
/* clang-format on */
#define X(name) extern const struct member name##_members[];
MODEL_PARTS
#undef X

/* names: alternatives put together by '|', since parameters were renamed over the years */
bool arg_has(struct call *c, const char *names);
const char *arg_str(struct call *c, const char *names);
int64_t arg_num(struct call *c, const char *names);
bool arg_bool(struct call *c, const char *names);
/** The constant's name as the newest release has it; "" for a number that the enum lacks. */
const char *arg_enum(struct call *c, const char *names);
struct object *arg_obj(struct call *c, const char *names);
/** A client's own object; 0 when it is none. */
uint64_t arg_local(struct call *c, const char *names);
const struct sim_value *arg_value(struct call *c, const char *names);
/** The text of a value of that parameter: enum constants by name, numbers in decimal. The caller's. */
char *value_text(const struct sim_param *p, const struct sim_value *v);
/** Whether `flag` of the enum is in the argument, whether that is an array of the enum, one of it or a u32.
 */
bool arg_flag(struct call *c, const char *names, const char *enum_name, const char *flag);

void ret_str(struct call *c, const char *s);
void ret_num(struct call *c, uint64_t n);
void ret_obj(struct call *c, struct object *o);
/** By the declared type: enum constants by name, numbers from decimal, strings, ids. */
void ret_text(struct call *c, const char *text);
void ret_add_obj(struct call *c, struct object *o);
void ret_add_text(struct call *c, const char *text);
void out_text(struct call *c, const char *name, const char *text);
void out_num(struct call *c, const char *name, uint64_t n);
void out_obj(struct call *c, const char *name, struct object *o);
void out_add_text(struct call *c, const char *name, const char *text);
void out_add_num(struct call *c, const char *name, int64_t n);
void ret_bytes(struct call *c, const void *data, size_t n);
void text_to_value(const struct sim_param *p, const char *text, struct sim_value *v);

/** Result: rc, with error info: IVirtualBoxErrorInfo.component is taken from the object's interface. */
uint32_t fail(struct call *c, uint32_t rc, const char *fmt, ...) EB_PRINTF(3, 4);
struct object *error_new(uint32_t rc, const char *component, const char *text);
uint32_t not_found(struct call *c, const char *fmt, ...) EB_PRINTF(2, 3);

/* ---- where an object's data lie ---- */

/** For reading; NULL after fail(). */
struct node *node_read(struct call *c, uint32_t *rc);
/** For changing (after node_changed()): checks that the machine may be changed now. `live`: also while it
 * runs. */
struct node *node_write(struct call *c, bool live, uint32_t *rc);
/** The view's root, NULL when it is gone. */
struct node *view_root(const struct object *o);
/** Saves what is kept at once (the global settings). */
void node_changed(struct call *c);
/** A value with the schema's default; "" when there is none. */
const char *attr_value(const struct node *n, const char *iface_attr, const char *prop);
/** The schema's reading and writing of an attribute; false when it has none. */
bool generic_attr(struct call *c, uint32_t *rc);

/* ---- the whole ---- */

extern pthread_mutex_t model_lock;
extern pthread_cond_t model_changed; /* broadcast after events, state changes, finished tasks */
extern const struct sim_release *release;
extern struct node *global; /* VirtualBox.xml */
extern char *home;

void save_global(void);
/** Names of constants differ between releases: true when the release has it (or its old name). */
bool enum_has(const char *enum_name, const char *constant);
/** True when the release has the interface and the member. */
bool release_has(const char *iface, const char *member);
handler find_handler(const struct sim_slot *slot);
void dispatch(struct call *c, uint32_t *rc);
void sim_log(const char *fmt, ...) EB_PRINTF(1, 2);
/** An option's value (an EVERBOX_SIM_NAME variable of the client, or a NAME=VALUE line of the control file).
 */
char *option(const struct client *c, const char *name);
/** Looks whether the control file changed; before each call. */
void control_read(void);
bool faults_before(struct call *c, uint32_t *rc);
int64_t now_ms(void);

/** Runs fn(data) under the model's lock in `ms` milliseconds. */
void task_after(int64_t ms, void (*fn)(void *data), void *data);

char *id_new(void);
/** Accepts braces. "" when it is no uuid. */
void id_normal(const char *text, char out[37]);

#endif
