/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Sessions and the machine's lock: opened and closed on IVirtualBox before 4.0, locked and unlocked since. */
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "model.h"

struct session *sessions;

static void destroy(struct object *o)
{
    struct session *s = o->data;

    for (struct session **i = &sessions; *i; i = &(*i)->next)
        if (*i == s) {
            *i = s->next;
            break;
        }
    /* objects of its lock may be left: their keys name it, so it stays */
    s->object = NULL;
    s->machine = NULL;
    s->generation++;
}

struct session *session_of(struct object *o)
{
    struct session *s;

    if (!o || !eb_streq(o->iface->name, "ISession"))
        return NULL;
    if (!o->data) {
        s = EB_NEW(struct session);
        s->object = o;
        s->state = "Unlocked";
        s->lock_type = "";
        s->next = sessions;
        sessions = s;
        o->data = s;
        o->destroy = destroy;
    }
    return o->data;
}

bool session_valid(const struct object *o)
{
    return o->session && o->session->machine == o->machine && o->session->generation == o->generation;
}

static void set_lock(struct session *s, struct machine *m, const char *type)
{
    s->machine = m;
    s->state = "Locked";
    s->lock_type = type;
    s->generation++;
    object_hold(s->object);
}

static void drop_lock(struct session *s)
{
    s->machine = NULL;
    s->state = "Unlocked";
    s->lock_type = "";
    s->generation++;
    pthread_cond_broadcast(&model_changed);
    object_drop(s->object);
}

static void end_sharers(struct machine *m)
{
    bool again = true;

    while (again) {
        again = false;
        for (struct session *s = sessions; s; s = s->next)
            if (s->machine == m && s != m->locker) {
                drop_lock(s);
                again = true;
                break;
            }
    }
    m->sharers = 0;
}

/* The lock's owner lets go: what was not saved is lost, and nobody has a session any more. */
static void unlock_machine(struct machine *m)
{
    m->locker = NULL;
    m->vm = false;
    m->session_pid = 0;
    free(EB_STEAL(m->session_name));
    end_sharers(m);
    if (m->pending) {
        storage_drop_diffs(m->pending, m->config);
        node_free(EB_STEAL(m->pending));
    }
    machine_session_state(m, "Unlocked");
}

static uint32_t locked_elsewhere(struct call *c, const struct machine *m)
{
    return fail(c, VBOX_E_INVALID_OBJECT_STATE,
                "The machine '%s' is already locked for a session (or being unlocked)", machine_name(m));
}

static uint32_t check_lockable(struct call *c, const struct session *s, const struct machine *m)
{
    EB_AUTOFREE char *other = option(c->client, "LOCKED");

    if (!s)
        return fail(c, E_INVALIDARG, "Invalid session object");
    if (!m->registered)
        return fail(c, E_UNEXPECTED, "The machine '%s' is not registered", machine_name(m));
    if (!eb_streq(s->state, "Unlocked"))
        return fail(c, VBOX_E_INVALID_OBJECT_STATE, "The given session is busy");
    if (m->access_error)
        return fail(c, E_ACCESSDENIED, "The object is not ready");
    if (eb_streq(m->session_state, "Spawning") || eb_streq(m->session_state, "Unlocking") ||
        (other && eb_streq(other, machine_name(m))))
        return fail(c, VBOX_E_INVALID_OBJECT_STATE,
                    "The machine '%s' is already locked by a session (or being locked or unlocked)",
                    machine_name(m));
    return S_OK;
}

static uint32_t lock_for(struct call *c, struct session *s, struct machine *m, const char *type)
{
    uint32_t rc = check_lockable(c, s, m);

    if (rc != S_OK)
        return rc;
    if (eb_streq(m->session_state, "Locked") && !eb_streq(type, "Shared"))
        return locked_elsewhere(c, m);
    s->client = c->client;
    if (eb_streq(m->session_state, "Locked")) {
        set_lock(s, m, "Shared");
        m->sharers++;
        return S_OK;
    }
    set_lock(s, m, eb_streq(type, "VM") ? "VM" : eb_streq(type, "Shared") ? "SharedFirst" : "Write");
    m->locker = s;
    m->session_pid = c->client->pid;
    eb_replace_string(&m->session_name, s->name ? s->name : "");
    machine_session_state(m, "Locked");
    return S_OK;
}

static uint32_t lock_machine(struct call *c)
{
    EB_AUTOFREE char *type = eb_strdup(arg_enum(c, "lockType"));

    return lock_for(c, session_of(arg_obj(c, "session")), c->self->machine, type);
}

static struct machine *by_argument(struct call *c)
{
    struct machine *m = machine_find(arg_str(c, "machineId"));

    if (!m)
        not_found(c, "Could not find a registered machine with UUID {%s}", arg_str(c, "machineId"));
    return m;
}

static uint32_t open_session(struct call *c)
{
    struct machine *m = by_argument(c);

    return m ? lock_for(c, session_of(arg_obj(c, "session")), m, "Write") : VBOX_E_OBJECT_NOT_FOUND;
}

static uint32_t open_existing(struct call *c)
{
    struct machine *m = by_argument(c);

    if (!m)
        return VBOX_E_OBJECT_NOT_FOUND;
    if (!eb_streq(m->session_state, "Locked"))
        return fail(c, VBOX_E_INVALID_SESSION_STATE, "The machine '%s' does not have an open session",
                    machine_name(m));
    return lock_for(c, session_of(arg_obj(c, "session")), m, "Shared");
}

/* ---- launching ---- */

static bool known_front_end(const char *name)
{
    static const char *const names[] = {"",    "gui",      "headless", "vrdp",
                                        "sdl", "separate", "GUI/Qt",   "emergencystop"};

    for (size_t i = 0; i < EB_ARRAY_SIZE(names); i++)
        if (strcasecmp(names[i], name) == 0)
            return true;
    return false;
}

static uint32_t launch(struct call *c, struct machine *m, const char *front_end)
{
    struct session *s = session_of(arg_obj(c, "session"));
    struct progress *p;
    uint32_t rc;

    /* from 4.3 on a caller may do without a session of its own */
    if (s || arg_value(c, "session")->num)
        rc = check_lockable(c, s, m);
    else
        rc = m->access_error ? fail(c, E_ACCESSDENIED, "The object is not ready") : S_OK;
    if (rc != S_OK)
        return rc;
    if (!eb_streq(m->session_state, "Unlocked"))
        return fail(c, VBOX_E_INVALID_OBJECT_STATE,
                    "The machine '%s' is already locked by a session (or being locked or unlocked)",
                    machine_name(m));
    if (!known_front_end(front_end))
        return fail(c, E_INVALIDARG, "Invalid frontend name: '%s'", front_end);
    machine_session_state(m, "Spawning");
    eb_replace_string(&m->session_name, *front_end ? front_end : "GUI/Qt");
    if (s)
        s->client = c->client;
    p = vm_power_up(c, m, front_end, false, true);
    p->data = NULL;
    m->spawning = p;
    if (s) {
        set_lock(s, m, "Remote");
        s->state = "Spawning";
        m->sharers++;
    }
    ret_obj(c, p->object);
    return S_OK;
}

static uint32_t launch_vm_process(struct call *c)
{
    EB_AUTOFREE char *name = eb_strdup(arg_str(c, "name|type"));

    return launch(c, c->self->machine, name);
}

static uint32_t open_remote_session(struct call *c)
{
    struct machine *m = by_argument(c);

    return m ? launch(c, m, arg_str(c, "type")) : VBOX_E_OBJECT_NOT_FOUND;
}

/* The VM's process: a child that is there to be seen, and to be killed. */
struct watched {
    struct machine *m;
    pid_t pid;
};

static void *watch_process(void *opaque)
{
    struct watched *w = opaque;
    struct machine *m = w->m;
    pid_t pid = w->pid;
    int status;

    free(w);

    while (waitpid(pid, &status, 0) < 0)
        ;
    pthread_mutex_lock(&model_lock);
    if (m->vm && m->session_pid == pid) {
        vm_end(m, "Aborted");
        unlock_machine(m);
    }
    pthread_mutex_unlock(&model_lock);
    return NULL;
}

void session_vm_started(struct machine *m)
{
    EB_AUTOFREE char *program = eb_asprintf("%s/VBoxSVC", release->folder);
    char *argv[] = {(char *)(uintptr_t) "VBoxHeadless", (char *)(uintptr_t) "--vm", NULL};
    posix_spawn_file_actions_t actions;
    pthread_t thread;
    pid_t pid = 0;
    int ends[2];

    if (pipe(ends) != 0)
        return;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, ends[0], 0);
    posix_spawn_file_actions_addclose(&actions, ends[0]);
    posix_spawn_file_actions_addclose(&actions, ends[1]);
    if (posix_spawn(&pid, program, &actions, NULL, argv, environ) != 0)
        pid = 0;
    posix_spawn_file_actions_destroy(&actions);
    close(ends[0]);
    m->vm = true;
    m->vm_pipe = ends[1];
    m->session_pid = pid;
    if (pid) {
        struct watched *w = EB_NEW(struct watched);

        *w = (struct watched){m, pid};
        if (pthread_create(&thread, NULL, watch_process, w) == 0)
            pthread_detach(thread);
        else
            free(w);
    }
    for (struct session *s = sessions; s; s = s->next)
        if (s->machine == m)
            s->state = "Locked";
    machine_session_state(m, "Locked");
}

static void process_ends(void *data)
{
    struct machine *m = data;

    if (!m->vm || machine_online(m))
        return;
    m->vm = false;
    if (m->vm_pipe >= 0)
        close(m->vm_pipe);
    m->vm_pipe = -1;
    unlock_machine(m);
}

/* After the last state the process needs a moment to go. */
void session_vm_ended(struct machine *m)
{
    if (m->vm)
        task_after(2, process_ends, m);
    else if (eb_streq(m->session_state, "Spawning"))
        unlock_machine(m);
}

/* ---- unlocking ---- */

static void release_lock(struct session *s)
{
    struct machine *m = s->machine;
    bool owner = m->locker == s;

    if (owner && machine_online(m) && !m->vm)
        vm_end(m, "PoweredOff");
    if (owner)
        m->locker = NULL;
    else if (m->sharers)
        m->sharers--;
    drop_lock(s);
    if (owner)
        unlock_machine(m);
}

static uint32_t unlock(struct call *c)
{
    struct session *s = session_of(c->self);

    if (!s->machine || eb_streq(s->state, "Spawning"))
        return fail(c, E_UNEXPECTED, "The session is not locked (session state: %s)", s->state);
    release_lock(s);
    return S_OK;
}

void session_end_all(struct client *c)
{
    bool again = true;

    while (again) {
        again = false;
        for (struct session *s = sessions; s; s = s->next) {
            struct machine *m = s->machine;

            if (s->client != c || !m)
                continue;
            /* its process died with the VM in it */
            if (m->locker == s && machine_online(m) && !m->vm)
                vm_end(m, "Aborted");
            if (s->machine)
                release_lock(s);
            again = true;
            break;
        }
    }
    for (struct session *s = sessions; s; s = s->next)
        if (s->client == c)
            s->client = NULL;
}

/* ---- ISession ---- */

static uint32_t get_state(struct call *c)
{
    ret_text(c, session_of(c->self)->state);
    return S_OK;
}

static uint32_t get_type(struct call *c)
{
    const char *type = session_of(c->self)->lock_type;

    ret_text(c, eb_streq(type, "Shared")   ? "Shared"
                : eb_streq(type, "Remote") ? "Remote"
                : *type                    ? "WriteLock"
                                           : "Null");
    return S_OK;
}

static uint32_t get_name(struct call *c)
{
    ret_str(c, session_of(c->self)->name);
    return S_OK;
}

static uint32_t set_name(struct call *c)
{
    struct session *s = session_of(c->self);

    if (s->machine)
        return fail(c, VBOX_E_INVALID_OBJECT_STATE, "The session is locked");
    eb_replace_string(&s->name, c->in[0].str);
    return S_OK;
}

static uint32_t not_locked(struct call *c, const struct session *s)
{
    return fail(c, E_UNEXPECTED, "The session is not locked (session state: %s)", s->state);
}

static uint32_t get_machine(struct call *c)
{
    struct session *s = session_of(c->self);

    if (!s->machine || !eb_streq(s->state, "Locked"))
        return not_locked(c, s);
    ret_obj(c, machine_session_object(s->machine, s));
    return S_OK;
}

static uint32_t get_console(struct call *c)
{
    struct session *s = session_of(c->self);

    if (!s->machine || !eb_streq(s->state, "Locked"))
        return not_locked(c, s);
    /* the newest give a lock for writing no console */
    if (eb_streq(s->lock_type, "Write") && release->numeric >= 7001000) {
        ret_obj(c, NULL);
        return S_OK;
    }
    ret_obj(c, object_view("IConsole", VIEW_SESSION, s->machine, s, NULL, ""));
    return S_OK;
}

const struct member session_members[] = {
    {"IMachine.lockMachine", lock_machine},
    {"IMachine.launchVMProcess", launch_vm_process},
    {"IVirtualBox.openSession", open_session},
    {"IVirtualBox.openExistingSession", open_existing},
    {"IVirtualBox.openRemoteSession", open_remote_session},
    {"ISession.state", get_state},
    {"ISession.type", get_type},
    {"ISession.name", get_name},
    {"ISession.name=", set_name},
    {"ISession.machine", get_machine},
    {"ISession.console", get_console},
    {"ISession.unlockMachine", unlock},
    {"ISession.close", unlock},
    {NULL, NULL},
};
