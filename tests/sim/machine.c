/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Machines: their registry, settings files, states; IMachine's own facts. */
#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

#include "model.h"

struct machine *machines;

const char *machine_name(const struct machine *m)
{
    return node_get_or(m->config, "name", "");
}

struct machine *machine_by_id(const char *id)
{
    for (struct machine *m = machines; m; m = m->next)
        if (eb_streq(m->id, id))
            return m;
    return NULL;
}

struct machine *machine_find(const char *name_or_id)
{
    char id[37];
    struct machine *m;

    id_normal(name_or_id, id);
    m = *id ? machine_by_id(id) : NULL;
    for (struct machine *i = machines; i && !m; i = i->next)
        if (!i->access_error && eb_streq(machine_name(i), name_or_id))
            m = i;
    return m;
}

static int64_t wall_ms(void)
{
    struct timeval t;

    gettimeofday(&t, NULL);
    return (int64_t)t.tv_sec * 1000 + t.tv_usec / 1000;
}

struct machine *machine_new(const char *id)
{
    struct machine *m = EB_NEW(struct machine);

    snprintf(m->id, sizeof(m->id), "%s", id);
    m->state = "PoweredOff";
    m->session_state = "Unlocked";
    m->last_change = wall_ms();
    m->vm_pipe = -1;
    return m;
}

void machine_adopt(struct machine *m)
{
    struct machine **end = &machines;

    while (*end)
        end = &(*end)->next;
    *end = m;
    m->registered = true;
}

struct object *machine_object(struct machine *m)
{
    return m ? object_view("IMachine", VIEW_MACHINE, m, NULL, NULL, "") : NULL;
}

struct object *machine_session_object(struct machine *m, struct session *s)
{
    return object_view("IMachine", VIEW_SESSION, m, s, NULL, "");
}

static bool one_of(const char *state, const char *const *states)
{
    for (; *states; states++)
        if (eb_streq(state, *states))
            return true;
    return false;
}

bool machine_online(const struct machine *m)
{
    static const char *const states[] = {"Running",
                                         "Paused",
                                         "Stuck",
                                         "Teleporting",
                                         "Starting",
                                         "Stopping",
                                         "Saving",
                                         "Restoring",
                                         "LiveSnapshotting",
                                         "OnlineSnapshotting",
                                         "DeletingSnapshotOnline",
                                         "DeletingSnapshotPaused",
                                         NULL};

    return one_of(m->state, states);
}

bool machine_runs(const struct machine *m)
{
    static const char *const states[] = {"Running", "Paused", "Stuck", NULL};

    return one_of(m->state, states);
}

bool machine_transient(const struct machine *m)
{
    static const char *const states[] = {"Starting",
                                         "Stopping",
                                         "Saving",
                                         "Restoring",
                                         "LiveSnapshotting",
                                         "OnlineSnapshotting",
                                         "Snapshotting",
                                         "RestoringSnapshot",
                                         "DeletingSnapshot",
                                         "DeletingSnapshotOnline",
                                         "DeletingSnapshotPaused",
                                         "SettingUp",
                                         NULL};

    return one_of(m->state, states);
}

uint32_t machine_bad_state(struct call *c, const struct machine *m)
{
    return fail(c, VBOX_E_INVALID_VM_STATE, "The machine is not mutable (state is %s)", m->state);
}

char *machine_folder(const struct machine *m)
{
    const char *slash = strrchr(m->settings_file, '/');

    return eb_strndup(m->settings_file, slash ? (size_t)(slash - m->settings_file) : 0);
}

char *machine_snapshot_folder(const struct machine *m)
{
    EB_AUTOFREE char *folder = machine_folder(m);
    const char *own = node_get_or(m->config, "snapshotFolder", "");

    if (*own == '/')
        return eb_strdup(own);
    return eb_asprintf("%s/%s", folder, *own ? own : "Snapshots");
}

/* What of a state has to be known after a restart. */
static void record_state(struct machine *m)
{
    struct node *s = m->snapshots;

    /* while it runs, too: should nobody write again, it was aborted */
    node_set(s, "aborted", eb_streq(m->state, "Aborted") || machine_online(m) ? "1" : NULL);
    node_set_num(s, "lastStateChange", m->last_change);
}

void machine_state(struct machine *m, const char *state)
{
    bool was_online = machine_online(m);

    m->state = state;
    m->last_change = wall_ms();
    record_state(m);
    if (m->registered && (was_online != machine_online(m) || !machine_online(m)))
        machine_save(NULL, m);
    event_fire("vbox", "OnMachineStateChanged", "machineId", m->id, "state", state, NULL);
    if (m->vm || machine_online(m) || was_online)
        event_fire(console_source(m), "OnStateChanged", "state", state, NULL);
    pthread_cond_broadcast(&model_changed);
}

void machine_session_state(struct machine *m, const char *state)
{
    m->session_state = state;
    event_fire("vbox", "OnSessionStateChanged", "machineId", m->id, "state", state, NULL);
    pthread_cond_broadcast(&model_changed);
}

/* ---- settings files ---- */

static void set_state_from_file(struct machine *m)
{
    const char *file = node_get(m->snapshots, "stateFile");

    m->last_change = node_num(m->snapshots, "lastStateChange");
    if (file && access(file, F_OK) == 0)
        m->state = "Saved";
    else if (node_bool(m->snapshots, "aborted"))
        m->state = "Aborted";
    else
        m->state = "PoweredOff";
}

static char *read_settings(struct machine *m, struct node **root)
{
    EB_AUTOFREE char *text = NULL, *why = NULL;
    size_t len;

    *root = NULL;
    if (eb_read_file(m->settings_file, 64u << 20, &text, &len) != 0)
        return eb_asprintf("Runtime error opening '%s' for reading: -%d (%s)", m->settings_file,
                           errno == ENOENT ? 102 : 108,
                           errno == ENOENT ? "File not found." : "General file error.");
    *root = node_from_xml(text, len, &why);
    if (!*root)
        return eb_asprintf("Could not load the settings file '%s': %s", m->settings_file, why);
    if (!node_child(*root, "Machine", NULL)) {
        node_free(EB_STEAL(*root));
        return eb_asprintf("The settings file '%s' describes no machine", m->settings_file);
    }
    return NULL;
}

void machine_load(struct machine *m)
{
    struct node *root, *config;
    char *problem = read_settings(m, &root);

    free(m->access_error);
    m->access_error = problem;
    if (problem) {
        if (!m->config) {
            m->config = node_new("Machine", m->id);
            m->snapshots = node_new("Snapshots", NULL);
        }
        return;
    }
    config = node_child(root, "Machine", NULL);
    node_free(m->config);
    m->config = node_take(config);
    node_free(m->snapshots);
    m->snapshots = node_take(node_need(root, "Snapshots", NULL));
    node_free(root);
    if (!m->id[0])
        id_normal(node_get_or(m->config, "uuid", m->config->id), m->id);
    eb_replace_string(&m->config->id, m->id);
    set_state_from_file(m);
}

static void make_parents(const char *path)
{
    EB_AUTOFREE char *copy = eb_strdup(path);

    for (char *p = copy + 1; *p; p++)
        if (*p == '/') {
            *p = '\0';
            mkdir(copy, 0700);
            *p = '/';
        }
}

uint32_t machine_save(struct call *c, struct machine *m)
{
    struct node root = {.tag = (char *)(uintptr_t) "VirtualBox", .id = (char *)(uintptr_t) ""};
    struct node *children[2] = {m->config, m->snapshots};
    EB_AUTOFREE char *uuid = NULL;

    if (m->access_error || m->deleted)
        return S_OK;
    if (c && disk_full(c))
        return fail(c, VBOX_E_FILE_ERROR, "Could not write the settings file '%s' (VERR_DISK_FULL)",
                    m->settings_file);
    root.children = children;
    root.n = 2;
    /* as in VirtualBox's own files, whose reader takes the id from there */
    uuid = eb_asprintf("{%s}", m->id);
    node_set(m->config, "uuid", uuid);
    make_parents(m->settings_file);
    if (node_write_file(&root, m->settings_file) != 0)
        return c ? fail(c, VBOX_E_FILE_ERROR, "Could not write the settings file '%s': %s", m->settings_file,
                        strerror(errno))
                 : E_FAIL;
    return S_OK;
}

struct node *machine_pending(struct machine *m)
{
    if (!m->pending)
        m->pending = node_copy(m->config);
    return m->pending;
}

/* The folder and the file are named after the machine, unless someone named them otherwise. */
static void follow_name(struct machine *m, const char *old, const char *name)
{
    EB_AUTOFREE char *folder = machine_folder(m), *file = NULL, *moved = NULL, *from = NULL;
    const char *base = strrchr(folder, '/') ? strrchr(folder, '/') + 1 : folder,
               *end = strrchr(m->settings_file, '.');

    if (eb_streq(old, name) || !eb_streq(base, old) || !end)
        return;
    moved = eb_asprintf("%.*s%s", (int)(base - folder), folder, name);
    if (access(moved, F_OK) == 0 || rename(folder, moved) != 0)
        return;
    from = eb_asprintf("%s/%s", moved, strrchr(m->settings_file, '/') + 1);
    file = eb_asprintf("%s/%s%s", moved, name, end);
    if (rename(from, file) != 0)
        return;
    for (size_t i = 0; i < global->n; i++) {
        const char *location = node_get(global->children[i], "location");

        if (location && eb_starts_with(location, folder) && location[strlen(folder)] == '/') {
            EB_AUTOFREE char *now = eb_asprintf("%s%s", moved, location + strlen(folder));

            node_set(global->children[i], "location", now);
        }
    }
    eb_replace_string(&m->settings_file, file);
    if (node_child(global, "MachineEntry", m->id))
        node_set(node_child(global, "MachineEntry", m->id), "src", file);
    save_global();
}

void machine_commit(struct machine *m)
{
    EB_AUTOFREE char *old = eb_strdup(machine_name(m));

    if (!m->pending)
        return;
    if (node_get(m->snapshots, "currentSnapshot") && !node_equal(m->config, m->pending))
        node_set(m->snapshots, "currentStateModified", "1");
    storage_drop_diffs(m->config, m->pending);
    node_free(m->config);
    m->config = EB_STEAL(m->pending);
    if (m->registered)
        follow_name(m, old, machine_name(m));
}

static uint32_t save_settings(struct call *c)
{
    struct machine *m = c->self->machine;
    uint32_t rc;
    bool changed;

    if (!node_read(c, &rc))
        return rc;
    if (c->self->view == VIEW_SNAPSHOT || (c->self->view == VIEW_MACHINE && m->registered))
        return machine_bad_state(c, m);
    if (disk_full(c))
        return fail(c, VBOX_E_FILE_ERROR, "Could not write the settings file '%s' (VERR_DISK_FULL)",
                    m->settings_file);
    changed = m->pending && !node_equal(m->config, m->pending);
    if (m->pending)
        storage_implicit_diffs(m, m->pending);
    machine_commit(m);
    rc = machine_save(c, m);
    if (rc == S_OK && changed && m->registered)
        event_machine_data(m);
    if (release_has("IMachine", "saveSettingsWithBackup"))
        out_text(c, "bakFileName", "");
    return rc;
}

static uint32_t discard_settings(struct call *c)
{
    struct machine *m = c->self->machine;
    uint32_t rc;

    if (!node_read(c, &rc))
        return rc;
    if (c->self->view != VIEW_SESSION && m->registered)
        return machine_bad_state(c, m);
    if (m->registered && m->pending) {
        storage_drop_diffs(m->pending, m->config);
        node_free(EB_STEAL(m->pending));
    }
    return S_OK;
}

/* ---- attributes ---- */

static uint32_t get_name(struct call *c)
{
    uint32_t rc;
    struct node *n;

    if (c->self->machine->access_error && c->self->view == VIEW_MACHINE) {
        /* all that is known of it is its file */
        EB_AUTOFREE char *base = eb_strdup(strrchr(c->self->machine->settings_file, '/') + 1);

        *(strrchr(base, '.') ? strrchr(base, '.') : base + strlen(base)) = '\0';
        ret_str(c, base);
        return S_OK;
    }
    n = node_read(c, &rc);
    if (n)
        ret_str(c, node_get(n, "name"));
    return rc;
}

static uint32_t set_name(struct call *c)
{
    const char *name = c->in[0].str ? c->in[0].str : "";
    struct machine *other = machine_find(name);
    struct node *n;
    uint32_t rc;

    if (!*name)
        return fail(c, E_INVALIDARG, "A machine cannot have a UUID as its name");
    n = node_write(c, false, &rc);
    if (!n)
        return rc;
    if (other && other != c->self->machine)
        return fail(c, VBOX_E_OBJECT_IN_USE, "Registered machine with the name '%s' already exists", name);
    node_set(n, "name", name);
    return S_OK;
}

static uint32_t get_id(struct call *c)
{
    ret_str(c, c->self->machine->id);
    return S_OK;
}

static uint32_t set_memory(struct call *c)
{
    int64_t mb = (int64_t)c->in[0].num;
    struct node *n;
    uint32_t rc;

    if (mb < 4 || mb > 2097152)
        return fail(c, E_INVALIDARG, "Invalid RAM size: %lld MB (must be in range [4, 2097152] MB)",
                    (long long)mb);
    n = node_write(c, false, &rc);
    if (n)
        node_set_num(n, "memorySize", mb);
    return rc;
}

static uint32_t set_cpus(struct call *c)
{
    int64_t count = (int64_t)c->in[0].num;
    struct node *n;
    uint32_t rc;

    if (count < 1 || count > 64)
        return fail(c, E_INVALIDARG, "Invalid virtual CPU count: %lld (must be in range [1, 64])",
                    (long long)count);
    n = node_write(c, false, &rc);
    if (n)
        node_set_num(n, "CPUCount", count);
    return rc;
}

static uint32_t set_os_type(struct call *c)
{
    struct node *n;
    uint32_t rc;

    if (!os_type_known(c->in[0].str))
        return not_found(c, "Guest OS type '%s' is invalid", c->in[0].str);
    n = node_write(c, false, &rc);
    if (n)
        node_set(n, "OSTypeId", c->in[0].str);
    return rc;
}

static uint32_t get_hardware_uuid(struct call *c)
{
    uint32_t rc;
    struct node *n = node_read(c, &rc);

    if (n)
        ret_str(c, node_get_or(n, "hardwareUUID", c->self->machine->id));
    return rc;
}

static uint32_t set_hardware_uuid(struct call *c)
{
    char id[37];
    struct node *n;
    uint32_t rc;

    id_normal(c->in[0].str, id);
    if (!*id && *c->in[0].str)
        return fail(c, E_INVALIDARG, "Invalid hardware UUID '%s'", c->in[0].str);
    n = node_write(c, false, &rc);
    if (n)
        node_set(n, "hardwareUUID", *id && !eb_streq(id, c->self->machine->id) ? id : NULL);
    return rc;
}

static uint32_t get_parent(struct call *c)
{
    ret_obj(c, object_get("IVirtualBox", "vbox"));
    return S_OK;
}

/* Asking is what makes VirtualBox look at the file again. */
static uint32_t get_accessible(struct call *c)
{
    struct machine *m = c->self->machine;

    if (m->access_error)
        machine_load(m);
    ret_num(c, !m->access_error);
    return S_OK;
}

static uint32_t get_access_error(struct call *c)
{
    struct machine *m = c->self->machine;

    ret_obj(c, m->access_error ? error_new(E_FAIL, "MachineWrap", m->access_error) : NULL);
    return S_OK;
}

static uint32_t get_state(struct call *c)
{
    if (c->self->view == VIEW_SNAPSHOT) {
        struct node *s = snapshot_find(c->self->machine, c->self->snapshot);

        ret_text(c, node_get(s, "stateFile") ? "Saved" : "PoweredOff");
        return S_OK;
    }
    ret_text(c, c->self->machine->access_error ? "Null" : c->self->machine->state);
    return S_OK;
}

static uint32_t get_session_state(struct call *c)
{
    ret_text(c, c->self->machine->session_state);
    return S_OK;
}

static uint32_t get_session_name(struct call *c)
{
    struct machine *m = c->self->machine;

    ret_str(c, m->session_name ? m->session_name : "");
    return S_OK;
}

static uint32_t get_session_pid(struct call *c)
{
    ret_num(c, (uint64_t)c->self->machine->session_pid);
    return S_OK;
}

static uint32_t get_last_change(struct call *c)
{
    ret_num(c, (uint64_t)c->self->machine->last_change);
    return S_OK;
}

static uint32_t get_settings_file(struct call *c)
{
    ret_str(c, c->self->machine->settings_file);
    return S_OK;
}

static uint32_t get_settings_modified(struct call *c)
{
    struct machine *m = c->self->machine;
    bool unsaved = !m->registered && access(m->settings_file, F_OK) != 0;

    ret_num(c, unsaved || (m->pending && !node_equal(m->pending, m->config)));
    return S_OK;
}

static uint32_t get_snapshot_folder(struct call *c)
{
    EB_AUTOFREE char *folder = machine_snapshot_folder(c->self->machine);
    uint32_t rc;

    if (!node_read(c, &rc))
        return rc;
    ret_str(c, folder);
    return S_OK;
}

static uint32_t get_log_folder(struct call *c)
{
    EB_AUTOFREE char *folder = machine_folder(c->self->machine), *logs = eb_asprintf("%s/Logs", folder);

    ret_str(c, logs);
    return S_OK;
}

static uint32_t get_state_file(struct call *c)
{
    if (c->self->view == VIEW_SNAPSHOT)
        ret_str(c, node_get(snapshot_find(c->self->machine, c->self->snapshot), "stateFile"));
    else
        ret_str(c, node_get(c->self->machine->snapshots, "stateFile"));
    return S_OK;
}

void machine_drop_saved_state(struct machine *m, bool remove)
{
    EB_AUTOFREE char *file = eb_strdup(node_get(m->snapshots, "stateFile"));

    node_set(m->snapshots, "stateFile", NULL);
    /* a snapshot may have the same file */
    if (file && remove) {
        EB_AUTOFREE char *left = node_to_xml(m->snapshots);

        if (!strstr(left, file))
            unlink(file);
    }
}

static uint32_t delete_config(struct call *c)
{
    struct machine *m = c->self->machine;
    const struct sim_value *media = arg_has(c, "media|aMedia") ? arg_value(c, "media|aMedia") : NULL;
    EB_AUTOFREE char *folder = machine_folder(m), *snapshots = machine_snapshot_folder(m);

    if (m->registered)
        return fail(c, VBOX_E_INVALID_VM_STATE, "Cannot delete settings of a registered machine");
    for (size_t i = 0; media && media->kind == SIM_V_LIST && i < media->len; i++) {
        const char *id = medium_id(object_by_id(media->items[i].num));
        EB_AUTOFREE char *copy = eb_strdup(id ? id : "");

        if (*copy)
            medium_forget(copy, true);
    }
    machine_drop_saved_state(m, true);
    unlink(m->settings_file);
    vm_drop_logs(m);
    m->deleted = true;
    rmdir(snapshots);
    rmdir(folder);
    if (media)
        ret_obj(c, progress_begin(c, "Deleting machine files", false, NULL)->object);
    return S_OK;
}

static uint32_t delete_settings(struct call *c)
{
    struct machine *m = c->self->machine;
    EB_AUTOFREE char *folder = machine_folder(m);

    if (m->registered)
        return machine_bad_state(c, m);
    vm_drop_logs(m);
    if (unlink(m->settings_file) != 0)
        return fail(c, VBOX_E_FILE_ERROR, "Could not delete the settings file '%s': %s", m->settings_file,
                    strerror(errno));
    m->deleted = true;
    rmdir(folder);
    return S_OK;
}

static uint32_t can_show(struct call *c)
{
    ret_num(c, 0);
    return S_OK;
}

static uint32_t apply_defaults(struct call *c)
{
    uint32_t rc;
    struct node *n = node_write(c, false, &rc), *controller;

    if (!n)
        return rc;
    if (!node_child(n, "StorageController", NULL)) {
        controller = node_need(n, "StorageController", "SATA");
        node_set(controller, "bus", "SATA");
        node_set(controller, "controllerType", "IntelAhci");
        node_set(controller, "portCount", "4");
    }
    node_set(node_need(n, "AudioAdapter", NULL), "enabled", "1");
    return S_OK;
}

static uint32_t query_log(struct call *c)
{
    EB_AUTOFREE char *folder = machine_folder(c->self->machine),
                     *file = eb_asprintf("%s/Logs/VBox.log", folder);

    ret_str(c, arg_num(c, "idx") == 0 ? file : "");
    return S_OK;
}

const struct member machine_members[] = {
    {"IMachine.parent", get_parent},
    {"IMachine.name", get_name},
    {"IMachine.name=", set_name},
    {"IMachine.id", get_id},
    {"IMachine.memorySize=", set_memory},
    {"IMachine.CPUCount=", set_cpus},
    {"IMachine.OSTypeId=", set_os_type},
    {"IMachine.hardwareUUID", get_hardware_uuid},
    {"IMachine.hardwareUUID=", set_hardware_uuid},
    {"IMachine.accessible", get_accessible},
    {"IMachine.accessError", get_access_error},
    {"IMachine.state", get_state},
    {"IMachine.sessionState", get_session_state},
    {"IMachine.sessionType", get_session_name},
    {"IMachine.sessionName", get_session_name},
    {"IMachine.sessionPID", get_session_pid},
    {"IMachine.lastStateChange", get_last_change},
    {"IMachine.settingsFilePath", get_settings_file},
    {"IMachine.settingsModified", get_settings_modified},
    {"IMachine.snapshotFolder", get_snapshot_folder},
    {"IMachine.logFolder", get_log_folder},
    {"IMachine.stateFilePath", get_state_file},
    {"IMachine.saveSettings", save_settings},
    {"IMachine.saveSettingsWithBackup", save_settings},
    {"IMachine.discardSettings", discard_settings},
    {"IMachine.deleteConfig", delete_config},
    {"IMachine.delete", delete_config},
    {"IMachine.deleteSettings", delete_settings},
    {"IMachine.canShowConsoleWindow", can_show},
    {"IMachine.applyDefaults", apply_defaults},
    {"IMachine.queryLogFilename", query_log},
    {NULL, NULL},
};
