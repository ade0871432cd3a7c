/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file domain.h
 * What the files of a domain's life share: finding a machine with its state, extra data, making and removing
 * machines, launching them, and the operations themselves.
 */
#ifndef EB_VBOX_DOMAIN_H
#define EB_VBOX_DOMAIN_H

#include "vbox/state.h"
#include "vbox/vbox.h"

/* ---- Finding (find.c) ---- */

/** A machine as one operation sees it. A zeroed one is empty. */
struct vbox_found {
    struct vbox_conn *c;
    IVirtualBox *vbox;
    IMachine *machine;
    unsigned char uuid[16];
    char id[EB_UUID_STRLEN + 1];
    bool accessible; /* its settings could be read; else state is MachineState_Null */
    enum vb_MachineState state;
    bool active;
};
/**
 * EB_ERR_NO_DOMAIN in libvirt's words when there is none; a transient domain that has stopped counts as gone,
 * and is removed.
 */
int vbox_find(struct vbox_conn *c, eb_uuid uuid, struct vbox_found *out, eb_error *err);
/** As vbox_find, and refuses an inaccessible machine with what VirtualBox says is wrong with it. */
int vbox_find_accessible(struct vbox_conn *c, eb_uuid uuid, struct vbox_found *out, eb_error *err);
/** A machine that was just made, without asking VirtualBox again. */
void vbox_found_new(struct vbox_conn *c, IVirtualBox *vbox, IMachine *machine, eb_uuid uuid,
                    struct vbox_found *out);
/** As vbox_find, of a machine that was just found. */
int vbox_found_open(struct vbox_conn *c, IVirtualBox *vbox, IMachine *machine, eb_uuid uuid,
                    struct vbox_found *out, eb_error *err);
void vbox_found_clear(struct vbox_found *f);
#define VBOX_AUTOFOUND EB_CLEANUP(vbox_found_clear)
/** The machine with this uuid and none of the above. */
int vbox_find_any(struct vbox_conn *c, IVirtualBox *vbox, eb_uuid uuid, IMachine **out, eb_error *err);
/** The machine with this name, or NULL; inaccessible ones are known by their settings file's. */
int vbox_find_by_name(struct vbox_conn *c, IVirtualBox *vbox, const char *name, IMachine **out,
                      eb_error *err);
int vbox_machine_uuid(struct vbox_conn *c, IMachine *machine, unsigned char uuid[16], eb_error *err);
/** The machine's name; for an inaccessible one its settings file's, without ".vbox" or ".xml". */
int vbox_machine_name(struct vbox_conn *c, IMachine *machine, char **out, eb_error *err);
/** Sets `err` to why the machine is inaccessible. -1. */
int vbox_inaccessible(struct vbox_conn *c, IMachine *machine, eb_error *err);
/** The id of an active machine, from its VM's process. */
int vbox_machine_id(struct vbox_conn *c, IMachine *machine, eb_uuid uuid, int *id, eb_error *err);
/** Keeps `reason` for the state that `machine` is in now because of us. */
void vbox_keep_reason(struct vbox_conn *c, IMachine *machine, eb_uuid uuid, int reason);

/** Sets EB_ERR_OPERATION_INVALID "domain is not running". -1. */
int vbox_not_running(eb_error *err);
/** Refuses flags that are not in `known` in libvirt's words. */
int vbox_check_flags(unsigned flags, unsigned known, const char *function, eb_error *err);
/* ---- Jobs (job.c) ---- */

/** Makes the caller the only one in this process that changes the domain. */
void *vbox_job_begin(eb_uuid uuid);
/** NULL when another one changes it now. */
void *vbox_job_try(eb_uuid uuid);
/** NULL is fine. */
void vbox_job_end(void *job);
void vbox_job_cleanup(void **job);
#define VBOX_AUTOJOB EB_CLEANUP(vbox_job_cleanup)

/** vbox_edit_begin for a machine that is found, within the caller's job. */
int vbox_edit_found(struct vbox_found *f, struct vbox_edit *out, eb_error *err);
/** vbox_edit_begin for a running domain: EB_ERR_OPERATION_INVALID when it does not run. */
int vbox_edit_running(struct vbox_conn *c, eb_uuid uuid, struct vbox_edit *out, eb_error *err);

/* ---- Sessions (session.c) ---- */

/**
 * Waits until no process holds the machine's lock, for as long as the one that does is about to let it go.
 * False when it is still held after `timeout_ms`.
 */
bool vbox_wait_unlocked(struct vbox_conn *c, IMachine *machine, unsigned timeout_ms);
/**
 * Launches the VM with `frontend` and waits until it runs or has failed; then with VirtualBox's reason. The
 * caller holds the job.
 */
int vbox_launch(struct vbox_found *f, const char *frontend, eb_error *err);
/** Ends the VM's process at once. */
int vbox_emergency_stop(struct vbox_found *f, eb_error *err);

/* ---- Extra data (extra.c) ---- */

/** `*out` is "" when there is no such key. */
int vbox_extra_get(struct vbox_conn *c, IMachine *machine, const char *key, char **out, eb_error *err);
/** On a session's machine. `value` NULL removes. Saved at once. */
int vbox_extra_set(struct vbox_conn *c, IMachine *machine, const char *key, const char *value, eb_error *err);
/** VirtualBox's own, not a machine's. */
int vbox_global_get(struct vbox_conn *c, IVirtualBox *vbox, const char *key, char **out, eb_error *err);
int vbox_global_set(struct vbox_conn *c, IVirtualBox *vbox, const char *key, const char *value,
                    eb_error *err);
/** All keys; free with vb_strings_free. */
int vbox_global_keys(struct vbox_conn *c, IVirtualBox *vbox, size_t *n, char ***out, eb_error *err);

/* ---- Making and removing machines (create.c) ---- */

/** Creates and saves a machine, which belongs to nobody yet, in the folder `base` (NULL: the usual one). */
int vbox_machine_make(struct vbox_conn *c, IVirtualBox *vbox, const struct eb_domain_def *def,
                      const char *base, IMachine **out, eb_error *err);
/** The folder in which a machine of this name and these groups lives; the caller frees it. */
int vbox_machine_usual_folder(struct vbox_conn *c, IVirtualBox *vbox, const struct eb_domain_def *def,
                              char **out, eb_error *err);
/** Creates, saves and registers a machine with this definition's name, uuid, OS type and groups. */
int vbox_machine_create(struct vbox_conn *c, IVirtualBox *vbox, const struct eb_domain_def *def,
                        IMachine **out, eb_error *err);
enum vbox_disks { VBOX_DISKS_KEEP, VBOX_DISKS_DELETE };
/**
 * Unregisters the machine and deletes its files (settings, logs, saved states, NVRAM); disk images stay, or
 * with VBOX_DISKS_DELETE those go that no other machine uses.
 */
int vbox_machine_remove(struct vbox_conn *c, IVirtualBox *vbox, IMachine *machine, bool accessible,
                        enum vbox_disks disks, eb_error *err);

/* ---- Transient domains (transient.c) ---- */

/**
 * A transient domain is a machine with a mark: VirtualBox's extra data "Everbox/Transient/<uuid>". While it
 * is made the mark names the process that makes it; once it runs it says "1". A marked machine that does not
 * run (and is not being made by a process that lives) is gone for every caller, and the next look removes it.
 */
#define VBOX_TRANSIENT_KEY VBOX_EXTRA_PREFIX "Transient/"
int vbox_transient_mark_making(struct vbox_conn *c, IVirtualBox *vbox, eb_uuid uuid, eb_error *err);
int vbox_transient_mark_made(struct vbox_conn *c, IVirtualBox *vbox, eb_uuid uuid, eb_error *err);
int vbox_transient_unmark(struct vbox_conn *c, IVirtualBox *vbox, eb_uuid uuid, eb_error *err);
/** For a machine that no caller is to see, ever: only VirtualBox itself knows of it while this process lives.
 */
int vbox_transient_mark_hidden(struct vbox_conn *c, IVirtualBox *vbox, eb_uuid uuid, eb_error *err);
/** 1: marked. 0: not. */
int vbox_is_transient(struct vbox_conn *c, IVirtualBox *vbox, eb_uuid uuid, eb_error *err);
/** What a mark's value means for a machine that does not run: it is still being made. */
bool vbox_transient_is_making(const char *value);
/** Removes a stopped transient machine, as far as that is possible now. Never fails: the next look tries
 * again. */
void vbox_transient_reap(struct vbox_conn *c, IVirtualBox *vbox, IMachine *machine, eb_uuid uuid);
/** Within the domain's job, after it was stopped: removes it if it is transient. */
void vbox_transient_stopped(struct vbox_found *f);
/** 1: this machine, which does not run, is a transient domain that has stopped (and reaped). */
int vbox_transient_gone(struct vbox_found *f, eb_error *err);

/* ---- What a machine is to be later (next.c) ---- */

/** NULL: it stays as it is. */
int vbox_next_note(struct vbox_found *f, const struct eb_domain_def *def, eb_error *err);
/** 1: *out is the caller's. 0: nothing waits. */
int vbox_next_read(struct vbox_found *f, struct eb_domain_def **out, eb_error *err);
/** Within the job, of a machine that does not run: makes it what waits, which waits on where that fails. */
int vbox_next_apply(struct vbox_found *f, eb_error *err);
/** For a new domain: *now is NULL, or `def` without the disks whose images are volumes to come (of an active
 * pool, but not there); the caller frees it. */
int vbox_next_split(struct vbox_conn *c, IVirtualBox *vbox, const struct eb_domain_def *def,
                    struct eb_domain_def **now, eb_error *err);
/** For who asks for the definition: 1 and what waits, or 0 when the machine itself tells. */
int vbox_next_def(struct vbox_found *f, unsigned flags, struct eb_domain_def **out, eb_error *err);
/** define.c: within the job, the machine anew. */
int vbox_redefine(struct vbox_found *f, const struct eb_domain_def *def, eb_error *err);

/* ---- Parts of a definition that VirtualBox keeps for us (metadata.c) ---- */

int vbox_metadata_read(struct vbox_conn *c, IMachine *machine, struct eb_domain_def *def, eb_error *err);
/** On a session's machine; `old` as vbox_apply_def's. */
int vbox_metadata_apply(struct vbox_conn *c, IMachine *machine, const struct eb_domain_def *def,
                        const struct eb_domain_def *old, eb_error *err);
/** The whole definition of a machine, with id when it is active. */
int vbox_domain_def(struct vbox_found *f, unsigned flags, struct eb_domain_def **out, eb_error *err);

/* ---- Used by several operations ---- */

/** start.c: starts a machine that does not run. `resumed`: from a saved state. Within the caller's job. */
int vbox_start(struct vbox_found *f, bool paused, bool resumed, eb_error *err);
/** define.c: makes a new, registered machine be as `def` says, and saves. `flags`: vbox_apply_def_flags'. */
int vbox_fill_new(struct vbox_conn *c, IMachine *machine, const struct eb_domain_def *def, unsigned flags,
                  eb_error *err);
/** define.c: a new machine with this definition; leaves nothing behind when it fails. */
int vbox_define_new(struct vbox_conn *c, IVirtualBox *vbox, const struct eb_domain_def *def, IMachine **out,
                    eb_error *err);
/** define.c: stops and removes a machine that was made for a transient domain, and its mark. */
void vbox_take_back(struct vbox_found *f);
/** define.c: refuses a name or uuid that another machine has, in libvirt's words. `*same`: the machine with
 * this uuid, or NULL. */
int vbox_check_identity(struct vbox_conn *c, IVirtualBox *vbox, const struct eb_domain_def *def,
                        IMachine **same, eb_error *err);
/** power.c: stops it, waits until its lock is free. */
int vbox_power_down(struct vbox_found *f, bool graceful, eb_error *err);
/** save.c: the saved state goes; with its file or without. */
int vbox_discard_saved(struct vbox_found *f, bool remove_file, eb_error *err);
/** save.c: saves a running machine's state and waits until its lock is free. */
int vbox_save_state(struct vbox_found *f, eb_error *err);
/** save.c: notes whether the saved state is a paused machine's, which it will be again. */
int vbox_note_saved_paused(struct vbox_found *f, bool paused, eb_error *err);
/** conn.c: domains to be destroyed when the connection closes. */
void vbox_conn_autodestroy(struct vbox_conn *c, eb_uuid uuid);

/* ---- Operations of struct eb_driver ---- */

int vbox_conn_probe(const struct eb_uri *uri, eb_error *err);
int vbox_conn_probe_default(char **uri);
int vbox_conn_open(eb_conn *conn, const struct eb_uri *uri, eb_error *err);
void vbox_conn_close(eb_conn *conn);
int vbox_conn_get_version(eb_conn *conn, unsigned long *out, eb_error *err);
int vbox_conn_get_capabilities(eb_conn *conn, char **xml, eb_error *err);
int vbox_conn_get_domain_capabilities(eb_conn *conn, const char *emulator, const char *arch,
                                      const char *machine, const char *virttype, unsigned flags, char **xml,
                                      eb_error *err);
int vbox_conn_get_max_vcpus(eb_conn *conn, const char *type, eb_error *err);
int vbox_conn_get_sysinfo(eb_conn *conn, unsigned flags, char **xml, eb_error *err);
int vbox_conn_is_secure(eb_conn *conn, eb_error *err);
int vbox_conn_is_encrypted(eb_conn *conn, eb_error *err);
int vbox_conn_is_alive(eb_conn *conn, eb_error *err);
int vbox_node_get_info(eb_conn *conn, eb_node_info *out, eb_error *err);
int vbox_node_get_free_memory(eb_conn *conn, uint64_t *bytes, eb_error *err);
int vbox_node_get_cells_free_memory(eb_conn *conn, uint64_t *bytes, int start, int n, eb_error *err);
int vbox_node_get_security_model(eb_conn *conn, eb_security_model *out, eb_error *err);

int vbox_list(eb_conn *conn, unsigned want, struct eb_domain_summary **out, eb_error *err);
int vbox_lookup_uuid(eb_conn *conn, eb_uuid uuid, struct eb_domain_key *out, eb_error *err);
int vbox_lookup_name(eb_conn *conn, const char *name, struct eb_domain_key *out, eb_error *err);
int vbox_lookup_id(eb_conn *conn, int id, struct eb_domain_key *out, eb_error *err);

int vbox_get_state(eb_conn *conn, eb_uuid uuid, eb_domain_state *state, int *reason, eb_error *err);
int vbox_get_info(eb_conn *conn, eb_uuid uuid, eb_domain_info *out, eb_error *err);
int vbox_get_os_type(eb_conn *conn, eb_uuid uuid, char **out, eb_error *err);
int vbox_is_active(eb_conn *conn, eb_uuid uuid, eb_error *err);
int vbox_is_persistent(eb_conn *conn, eb_uuid uuid, eb_error *err);
int vbox_is_updated(eb_conn *conn, eb_uuid uuid, eb_error *err);
int vbox_get_def(eb_conn *conn, eb_uuid uuid, unsigned flags, struct eb_domain_def **out, eb_error *err);
int vbox_get_security_label(eb_conn *conn, eb_uuid uuid, eb_security_label *out, eb_error *err);
const void *vbox_job_world(eb_conn *conn);
int vbox_get_messages(eb_conn *conn, eb_uuid uuid, unsigned flags, char ***out, eb_error *err);

int vbox_define(eb_conn *conn, const struct eb_domain_def *def, unsigned flags, struct eb_domain_key *out,
                eb_error *err);
int vbox_create(eb_conn *conn, const struct eb_domain_def *def, unsigned flags, struct eb_domain_key *out,
                eb_error *err);
int vbox_undefine(eb_conn *conn, eb_uuid uuid, unsigned flags, eb_error *err);
int vbox_domain_start(eb_conn *conn, eb_uuid uuid, unsigned flags, eb_error *err);
int vbox_suspend(eb_conn *conn, eb_uuid uuid, eb_error *err);
int vbox_resume(eb_conn *conn, eb_uuid uuid, eb_error *err);
int vbox_shutdown(eb_conn *conn, eb_uuid uuid, unsigned flags, eb_error *err);
int vbox_reboot(eb_conn *conn, eb_uuid uuid, unsigned flags, eb_error *err);
int vbox_reset(eb_conn *conn, eb_uuid uuid, unsigned flags, eb_error *err);
int vbox_destroy(eb_conn *conn, eb_uuid uuid, unsigned flags, eb_error *err);
int vbox_save(eb_conn *conn, eb_uuid uuid, const char *path, const struct eb_domain_def *dxml, unsigned flags,
              eb_error *err);
int vbox_restore(eb_conn *conn, const char *path, const struct eb_domain_def *dxml, unsigned flags,
                 eb_error *err);
int vbox_save_image_get_def(eb_conn *conn, const char *path, unsigned flags, struct eb_domain_def **out,
                            eb_error *err);
int vbox_managed_save(eb_conn *conn, eb_uuid uuid, unsigned flags, eb_error *err);
int vbox_has_managed_save(eb_conn *conn, eb_uuid uuid, unsigned flags, eb_error *err);
int vbox_managed_save_remove(eb_conn *conn, eb_uuid uuid, unsigned flags, eb_error *err);
int vbox_get_autostart(eb_conn *conn, eb_uuid uuid, eb_error *err);
int vbox_set_autostart(eb_conn *conn, eb_uuid uuid, bool autostart, eb_error *err);
int vbox_get_max_memory(eb_conn *conn, eb_uuid uuid, uint64_t *kib, eb_error *err);
int vbox_set_memory(eb_conn *conn, eb_uuid uuid, uint64_t kib, unsigned flags, eb_error *err);
int vbox_get_vcpus(eb_conn *conn, eb_uuid uuid, unsigned flags, eb_error *err);
int vbox_set_vcpus(eb_conn *conn, eb_uuid uuid, unsigned count, unsigned flags, eb_error *err);
int vbox_get_vcpu_info(eb_conn *conn, eb_uuid uuid, eb_vcpu_info **out, eb_error *err);
int vbox_get_metadata(eb_conn *conn, eb_uuid uuid, int type, const char *uri, unsigned flags, char **out,
                      eb_error *err);
int vbox_set_metadata(eb_conn *conn, eb_uuid uuid, int type, const char *metadata, const char *key,
                      const char *uri, unsigned flags, eb_error *err);
int vbox_rename(eb_conn *conn, eb_uuid uuid, const char *name, unsigned flags, eb_error *err);

/** The autostart setting of a found machine: 1 or 0. */
int vbox_autostart_of(struct vbox_conn *c, IMachine *machine, eb_error *err);
/** vcpus that are plugged in; `*max`: how many there may be. */
int vbox_vcpus_of(struct vbox_conn *c, IMachine *machine, unsigned *max, unsigned *current, eb_error *err);
/** KiB: the machine's memory, and what the balloon leaves of it. */
int vbox_memory_of(struct vbox_conn *c, IMachine *machine, uint64_t *max, uint64_t *current, eb_error *err);

/* ---- /proc (process.c) ---- */

/** Processor time of a process in nanoseconds; 0 when it is gone. */
uint64_t vbox_process_time(uint32_t pid);
/** The two parts of it; false when it is gone. */
bool vbox_process_times(uint32_t pid, uint64_t *user, uint64_t *system);
/** KiB of memory that it has now; 0 when it is gone. */
uint64_t vbox_process_memory(uint32_t pid);
/** When it started, in the kernel's own count; 0 when there is none. With the pid it names one process. */
uint64_t vbox_process_started(uint32_t pid);
/** It was stopped, by a signal or a debugger: it answers nobody until it goes on. */
bool vbox_process_stands_still(uint32_t pid);
/** Processor time and last host cpu of a VM process's thread for virtual CPU `n`; false when it is not there.
 */
bool vbox_vcpu_time(uint32_t pid, unsigned n, uint64_t *ns, int *cpu);

#endif
