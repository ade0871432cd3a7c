/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file model.h
 * What the parts of the model know of each other.
 */
#ifndef SIM_MODEL_H
#define SIM_MODEL_H

#include "server.h"

/** Reads the user home. */
void model_start(void);
/** True while a machine runs or a progress is under way. */
bool model_busy(void);
/** VBoxSVC --vm: the process of a machine that runs; ends with its parent. */
int model_vm_process(void);
/** The object of a creatable class. */
struct object *model_create(const char *class_name, struct client *client);

/* ---- machines ---- */

struct progress;
struct serial;

struct machine {
    char id[37];
    char *settings_file;
    bool registered;
    bool deleted;
    char *access_error;     /* why it is not accessible, or NULL */
    struct node *config;    /* committed */
    struct node *pending;   /* changed since, or NULL */
    struct node *snapshots; /* "Snapshots": the tree and what belongs to the machine as a whole */
    const char *state;      /* MachineState's constant */
    int64_t last_change;    /* ms since 1970 */
    const char *session_state;
    char *session_name;
    int64_t session_pid;
    struct session *locker; /* has the write lock, unless the VM's process has it */
    unsigned sharers;
    bool vm; /* a VM process holds the lock */
    bool vm_guru;
    int vm_pipe;
    bool paused_before;
    int64_t started;
    struct progress *spawning;
    /* of a running one (happen.c) */
    unsigned viewers;
    char *viewer_address, *viewer_user;
    char *additions; /* AdditionsRunLevelType's constant; NULL: None */
    struct serial *serials;
    struct machine *next;
};

extern struct machine *machines; /* in the order of their registration */

struct machine *machine_find(const char *name_or_id);
struct machine *machine_by_id(const char *id);
struct machine *machine_new(const char *id);
const char *machine_name(const struct machine *m);
struct object *machine_object(struct machine *m);
struct object *machine_session_object(struct machine *m, struct session *s);
bool machine_online(const struct machine *m); /* Running, Paused, …: from FirstOnline to LastOnline */
bool machine_transient(const struct machine *m);
bool machine_runs(const struct machine *m);
/** Sets the state, with its time and its events. */
void machine_state(struct machine *m, const char *state);
void machine_session_state(struct machine *m, const char *state);
/** Reads its settings file; access_error tells why not. */
void machine_load(struct machine *m);
/** Writes the settings file. 0, or a result code (with c's error info). */
uint32_t machine_save(struct call *c, struct machine *m);
/** Makes pending changes the machine's. */
void machine_commit(struct machine *m);
struct node *machine_pending(struct machine *m);
/** serial.c: the ports of a machine that goes up; `why` not is the caller's. */
bool serials_open(struct machine *m, char **why);
void serials_close(struct machine *m);
void machine_adopt(struct machine *m); /* into the registry */
char *machine_folder(const struct machine *m);
char *machine_snapshot_folder(const struct machine *m);
void machine_drop_saved_state(struct machine *m, bool remove);
/** fail() with "The machine is not mutable". */
uint32_t machine_bad_state(struct call *c, const struct machine *m);

/* ---- sessions ---- */

struct session {
    struct object *object;
    struct client *client;
    struct machine *machine;
    const char *state;
    const char *lock_type; /* "Write", "Shared", "VM" */
    unsigned generation;
    char *name;
    struct session *next;
};

extern struct session *sessions;
bool session_valid(const struct object *o); /* a VIEW_SESSION object's session still has its machine */
void session_end_all(struct client *c);
/** The VM's process is there: the machine's lock is its. */
void session_vm_started(struct machine *m);
void session_vm_ended(struct machine *m);
struct session *session_of(struct object *o);

/* ---- progress ---- */

/** Called when the time is over (cancelled: false) or it was cancelled; under the lock. May set rc and text.
 */
typedef void (*progress_end)(struct progress *p, bool cancelled);

struct progress {
    struct object *object;
    char *id;
    char *description;
    bool cancelable;
    bool completed, canceled;
    int64_t begun, ms;
    uint32_t rc;
    struct object *error;
    progress_end end;
    struct machine *machine;
    void *data; /* the operation's; freed with free() */
    unsigned operations;
    bool paused; /* waits for progress_finish() */
    struct progress *next;
};

extern struct progress *progresses; /* under way */
/** Begins one that ends by itself after its time. The client's option PROGRESS_MS sets it. */
struct progress *progress_begin(struct call *c, const char *description, bool cancelable, progress_end end);
/** Completes it now, after p->rc was set. */
void progress_finish(struct progress *p);
/** Fails it: result code and text, of a component (an interface's name without I). */
void progress_fail(struct progress *p, uint32_t rc, const char *component, const char *fmt, ...)
    EB_PRINTF(4, 5);
int64_t operation_ms(const struct client *c);

/* ---- power (console.c) ---- */

void vm_begin(struct machine *m);
void vm_end(struct machine *m, const char *state);
struct progress *vm_power_up(struct call *c, struct machine *m, const char *front_end, bool paused,
                             bool spawn);
bool vm_needs(struct call *c, struct machine *m, uint32_t *rc);

/* ---- what happens in and to a VM (happen.c) ---- */

/** Makes it happen; false when the key asks for nothing of that kind. */
bool happen(const char *key, const char *value);
void vm_was_reset(struct machine *m);
/** A machine that is deleted takes its logs along. */
void vm_drop_logs(struct machine *m);
/** A client asked to power it off: its log says so. */
void vm_log_request(struct machine *m);

/* ---- media ---- */

struct node *medium_node(const char *id);
struct node *medium_at(const char *location);
struct object *medium_object(const char *id);
/** Its id from an object argument; NULL for none. */
const char *medium_id(const struct object *o);
/** A difference on top of `parent` in that folder, with its file; gives its id (the caller's). */
char *medium_make_diff(const char *parent, const char *folder);
void medium_forget(const char *id, bool delete_file);
/** Machines that use it: ids put together by blanks; the caller's. `snapshots_of`: only that machine's
 * snapshots. */
char *medium_users(const char *id, const char *snapshots_of);
bool medium_locked(const char *id);
const char *medium_state(const struct node *medium);
/** Writes a small real file. False and errno. */
bool medium_write_file(const struct call *c, const struct node *medium);
struct object *host_drive(const char *type, const char *name);

/* ---- storage ---- */

/** Every attachment of this configuration whose disk needs a difference gets one; *made: their ids. */
void storage_make_diffs(struct machine *m, struct node *config);
void storage_drop_diffs(const struct node *before, const struct node *now);
void storage_implicit_diffs(struct machine *m, struct node *config);

/* ---- events ---- */

struct event_source;
/** NAME VALUE pairs, ended by NULL; a value that begins with '@' is an object's number. */
void event_fire(const char *source, const char *type, ...) __attribute__((sentinel));
void event_client_gone(struct client *c);
struct object *event_source_object(const char *source);
/** The key of a machine's console source; static buffer. */
const char *console_source(const struct machine *m);
void event_machine_data(const struct machine *m);
const char *event_object(const struct object *o); /* "@17"; static buffer */
/** As the machine's console tells it. */
void event_console(struct machine *m, const char *type, const char *name, const char *value);

/* ---- others ---- */

/** NULL when the release or the list lacks it. */
const char *const *os_types(void);
struct object *os_type_object(const char *id);
bool os_type_known(const char *id);
bool os_type_64(const char *id);
bool disk_full(const struct call *c);
struct node *extra_data(struct node *n);
unsigned snapshot_count(const struct node *snapshots);
struct node *snapshot_find(const struct machine *m, const char *name_or_id);
struct object *snapshot_object(struct machine *m, const char *id);

#endif
