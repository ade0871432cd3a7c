/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* IVirtualBox and IVirtualBoxClient: the user home and the registry of machines. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "model.h"

struct node *global;

static char *global_file(void)
{
    return eb_asprintf("%s/VirtualBox.xml", home);
}

void save_global(void)
{
    EB_AUTOFREE char *path = global_file();

    if (node_write_file(global, path) != 0)
        sim_log("cannot write %s: %s", path, strerror(errno));
}

void model_start(void)
{
    EB_AUTOFREE char *path = global_file(), *text = NULL, *why = NULL;
    size_t len;

    if (eb_read_file(path, 64u << 20, &text, &len) == 0)
        global = node_from_xml(text, len, &why);
    if (!global)
        global = node_new("VirtualBox", NULL);
    /* media that were never created, or were in use by others then */
    for (size_t i = global->n; i-- > 0;)
        if (strcmp(global->children[i]->tag, "Medium") == 0) {
            struct node *n = global->children[i];

            node_set(n, "readers", NULL);
            node_set(n, "writers", NULL);
            if (eb_streq(node_get(n, "state"), "NotCreated") || eb_streq(node_get(n, "state"), "Creating"))
                node_remove(n);
        }
    for (size_t i = 0; i < global->n; i++) {
        struct node *n = global->children[i];
        struct machine *m;

        if (strcmp(n->tag, "MachineEntry") != 0)
            continue;
        m = machine_new(n->id);
        m->settings_file = eb_strdup(node_get_or(n, "src", ""));
        machine_load(m);
        machine_adopt(m);
    }
}

bool model_busy(void)
{
    for (struct machine *m = machines; m; m = m->next)
        if (machine_online(m) || m->vm)
            return true;
    return progresses != NULL;
}

/* It is there to be seen and to be killed. */
int model_vm_process(void)
{
    struct pollfd p = {.fd = 0, .events = POLLIN};
    char c;

    prctl(PR_SET_PDEATHSIG, SIGKILL);
    for (;;)
        if (poll(&p, 1, -1) > 0 && read(0, &c, 1) <= 0)
            return 0;
}

struct object *model_create(const char *class_name, struct client *client)
{
    struct object *o = NULL;

    if (eb_streq(class_name, "VirtualBox"))
        o = object_get("IVirtualBox", "vbox");
    else if (eb_streq(class_name, "VirtualBoxClient"))
        o = object_get("IVirtualBoxClient", "client");
    else if (eb_streq(class_name, "CallbackWrapper"))
        o = object_new("ILocalOwner");
    else if (eb_streq(class_name, "Session")) {
        o = object_new("ISession");
        if (o)
            session_of(o)->client = client;
    }
    return o;
}

/* ---- facts ---- */

static uint32_t get_version(struct call *c)
{
    ret_str(c, release->version);
    return S_OK;
}

static uint32_t get_revision(struct call *c)
{
    ret_num(c, 100000 + release->numeric % 100000);
    return S_OK;
}

static uint32_t get_package_type(struct call *c)
{
    ret_str(c, "LINUX_64BITS_GENERIC");
    return S_OK;
}

static uint32_t get_api_version(struct call *c)
{
    EB_AUTOFREE char *v = eb_asprintf("%u_%u", release->numeric / 1000000, release->numeric / 1000 % 1000);

    ret_str(c, v);
    return S_OK;
}

static uint32_t get_api_revision(struct call *c)
{
    ret_num(c, (uint64_t)release->numeric << 32);
    return S_OK;
}

static uint32_t get_home(struct call *c)
{
    ret_str(c, home);
    return S_OK;
}

static uint32_t get_settings_file(struct call *c)
{
    EB_AUTOFREE char *path = global_file();

    ret_str(c, path);
    return S_OK;
}

static uint32_t get_settings_version(struct call *c)
{
    ret_str(c, "1.12-linux");
    return S_OK;
}

static uint32_t get_machines(struct call *c)
{
    for (struct machine *m = machines; m; m = m->next)
        ret_add_obj(c, machine_object(m));
    return S_OK;
}

static uint32_t get_groups(struct call *c)
{
    ret_add_text(c, "/");
    for (struct machine *m = machines; m; m = m->next) {
        EB_AUTOFREE char *groups = eb_strdup(attr_value(m->config, "IMachine.groups", NULL));
        char *rest = NULL;

        for (char *g = strtok_r(groups, PATH_SEP_STR, &rest); g; g = strtok_r(NULL, PATH_SEP_STR, &rest))
            if (!eb_streq(g, "/"))
                ret_add_text(c, g);
    }
    return S_OK;
}

static uint32_t get_host(struct call *c)
{
    ret_obj(c, object_view("IHost", VIEW_GLOBAL, NULL, NULL, NULL, ""));
    return S_OK;
}

static uint32_t get_system_properties(struct call *c)
{
    ret_obj(c, object_view("ISystemProperties", VIEW_GLOBAL, NULL, NULL, NULL, ""));
    return S_OK;
}

static uint32_t get_collector(struct call *c)
{
    ret_obj(c, object_get("IPerformanceCollector", "collector"));
    return S_OK;
}

static uint32_t get_event_source(struct call *c)
{
    ret_obj(c, event_source_object(eb_streq(c->self->iface->name, "IVirtualBox") ? "vbox" : "client"));
    return S_OK;
}

static uint32_t get_empty(struct call *c)
{
    (void)c;
    return S_OK;
}

static uint32_t get_progresses(struct call *c)
{
    for (struct progress *p = progresses; p; p = p->next)
        ret_add_obj(c, p->object);
    return S_OK;
}

static uint32_t find_progress(struct call *c)
{
    char id[37];

    id_normal(arg_str(c, "id"), id);
    for (struct progress *p = progresses; p; p = p->next)
        if (eb_streq(p->id, id)) {
            ret_obj(c, p->object);
            return S_OK;
        }
    return fail(c, E_INVALIDARG, "Progress object with ID '%s' not found", arg_str(c, "id"));
}

/* ---- machines ---- */

static const char *settings_ending(void)
{
    return release->numeric >= 4000000 ? "vbox" : "xml";
}

static char *machines_folder(void)
{
    const char *own = node_get(node_child(global, "SystemProperties", NULL), "defaultMachineFolder");

    return own ? eb_strdup(own)
               : eb_asprintf("%s/%s", home, release->numeric >= 4000000 ? "VirtualBox VMs" : "Machines");
}

static char *compose_filename(const char *name, const char *group, const char *base)
{
    EB_AUTOFREE char *folder = *base ? eb_strdup(base) : machines_folder();

    return eb_asprintf("%s%s/%s/%s.%s", folder, eb_streq(group, "/") ? "" : group, name, name,
                       settings_ending());
}

static uint32_t compose_machine_filename(struct call *c)
{
    EB_AUTOFREE char *path = NULL;

    if (!*arg_str(c, "name"))
        return fail(c, E_INVALIDARG, "Machine name cannot be empty");
    path = compose_filename(arg_str(c, "name"), arg_has(c, "group") ? arg_str(c, "group") : "",
                            arg_str(c, "baseFolder"));
    ret_str(c, path);
    return S_OK;
}

/* "UUID=…,forceOverwrite=1" of 4.2 and later; the caller's. */
static char *flag_value(const char *flags, const char *name)
{
    EB_AUTOFREE char *copy = eb_strdup(flags);
    char *rest = NULL;
    size_t len = strlen(name);

    for (char *f = strtok_r(copy, ",", &rest); f; f = strtok_r(NULL, ",", &rest))
        if (strncmp(f, name, len) == 0 && f[len] == '=')
            return eb_strdup(f + len + 1);
    return NULL;
}

static void first_settings(struct node *config, const char *os_type)
{
    struct node *nic = node_need(config, "NetworkAdapter", "0");
    static const char *const boot[] = {"Floppy", "DVD", "HardDisk"};

    node_set(config, "OSTypeId", *os_type ? os_type : "Other");
    for (unsigned i = 0; i < EB_ARRAY_SIZE(boot); i++) {
        char id[8];

        snprintf(id, sizeof(id), "%u", i + 1);
        node_set(node_need(config, "BootOrder", id), "device", boot[i]);
    }
    node_set(nic, "enabled", "1");
    node_set(nic, "attachmentType", "NAT");
    if (os_type_64(os_type)) {
        node_set(nic, "adapterType", "I82540EM");
        node_set(node_need(config, "Firmware", NULL), "IOAPICEnabled", "1");
        node_set(node_need(config, "Platform", NULL), "cpu.LongMode", "1");
    }
    if (release->numeric >= 7001000 && *os_type)
        node_set(config, "memorySize", "1024");
}

static uint32_t new_machine(struct call *c, const char *id, const char *name, const char *file,
                            const char *os_type, bool overwrite)
{
    struct machine *m;

    if (!*name)
        return fail(c, E_INVALIDARG, "Machine name cannot be empty");
    if (*os_type && !os_type_known(os_type))
        return not_found(c, "Guest OS type '%s' is invalid", os_type);
    if (access(file, F_OK) == 0 && !overwrite)
        return fail(c, VBOX_E_FILE_ERROR, "Machine settings file '%s' already exists", file);
    m = machine_new(id);
    m->settings_file = eb_strdup(file);
    m->config = node_new("Machine", id);
    m->snapshots = node_new("Snapshots", NULL);
    node_set(m->config, "name", name);
    first_settings(m->config, os_type);
    m->pending = node_copy(m->config);
    ret_obj(c, machine_object(m));
    return S_OK;
}

static uint32_t create_machine(struct call *c)
{
    const char *flags = arg_has(c, "flags") ? arg_str(c, "flags") : "", *name = arg_str(c, "name");
    const char *given = arg_has(c, "settingsFile") ? arg_str(c, "settingsFile") : "";
    const char *base = arg_has(c, "baseFolder") ? arg_str(c, "baseFolder") : "";
    const struct sim_value *groups = arg_has(c, "groups") ? arg_value(c, "groups") : NULL;
    bool overwrite = (arg_has(c, "forceOverwrite") && arg_bool(c, "forceOverwrite")) ||
                     (arg_has(c, "override") && arg_bool(c, "override"));
    EB_AUTOFREE char *flag_id = flag_value(flags, "UUID"), *flag_force = flag_value(flags, "forceOverwrite");
    EB_AUTOFREE char *file = NULL, *fresh = id_new();
    const char *wanted = flag_id ? flag_id : arg_has(c, "id") ? arg_str(c, "id") : "";
    const char *group = groups && groups->kind == SIM_V_LIST && groups->len ? groups->items[0].str : "";
    char id[37];
    uint32_t rc;

    id_normal(wanted, id);
    if (!*id && *wanted)
        return fail(c, E_INVALIDARG, "Invalid machine UUID '%s'", wanted);
    if (!*id || eb_streq(id, "00000000-0000-0000-0000-000000000000"))
        snprintf(id, sizeof(id), "%s", fresh);
    file = *given ? eb_strdup(given) : compose_filename(name, group, base);
    rc = new_machine(c, id, name, file, arg_str(c, "osTypeId"),
                     overwrite || (flag_force && *flag_force == '1'));
    if (rc == S_OK && *group) {
        struct object *o = object_by_id(c->out[c->slot->n - 1].num);
        struct sim_param as = {.kind = SIM_WSTRING, .array = true};
        EB_AUTOFREE char *text = value_text(&as, groups);

        node_set(o->machine->config, "groups", text);
        node_set(o->machine->pending, "groups", text);
    }
    return rc;
}

static uint32_t open_machine(struct call *c)
{
    struct machine *m = machine_new("");

    m->settings_file = eb_strdup(arg_str(c, "settingsFile|settingsFilePath"));
    machine_load(m);
    if (m->access_error)
        return fail(c, VBOX_E_FILE_ERROR, "%s", m->access_error);
    ret_obj(c, machine_object(m));
    return S_OK;
}

static uint32_t register_machine(struct call *c)
{
    struct object *o = arg_obj(c, "machine");
    struct machine *m = o ? o->machine : NULL, *other;
    uint32_t rc;

    if (!m || o->view != VIEW_MACHINE)
        return fail(c, E_INVALIDARG, "Invalid machine object");
    other = machine_by_id(m->id);
    if (other)
        return fail(c, VBOX_E_INVALID_OBJECT_STATE, "Registered machine with UUID {%s} ('%s') already exists",
                    m->id, other->settings_file);
    other = machine_find(m->pending ? node_get_or(m->pending, "name", "") : machine_name(m));
    if (other)
        return fail(c, VBOX_E_OBJECT_IN_USE, "Registered machine with the name '%s' already exists",
                    machine_name(other));
    machine_commit(m);
    rc = machine_save(c, m);
    if (rc != S_OK)
        return rc;
    m->deleted = false;
    machine_adopt(m);
    node_set(node_need(global, "MachineEntry", m->id), "src", m->settings_file);
    save_global();
    event_fire("vbox", "OnMachineRegistered", "machineId", m->id, "registered", "1", NULL);
    return S_OK;
}

static void unlist(struct machine *m)
{
    for (struct machine **p = &machines; *p; p = &(*p)->next)
        if (*p == m) {
            *p = m->next;
            break;
        }
    m->next = NULL;
    m->registered = false;
    node_remove(node_child(global, "MachineEntry", m->id));
    save_global();
    event_fire("vbox", "OnMachineRegistered", "machineId", m->id, "registered", "0", NULL);
}

static uint32_t check_free(struct call *c, const struct machine *m)
{
    if (!eb_streq(m->session_state, "Unlocked"))
        return fail(c, VBOX_E_INVALID_OBJECT_STATE, "Cannot unregister the machine '%s' while it is locked",
                    machine_name(m));
    return S_OK;
}

/* Before 4.0 everything must have been detached by the caller. */
static uint32_t unregister_by_id(struct call *c)
{
    struct machine *m = machine_find(arg_str(c, "id"));
    uint32_t rc;

    if (!m)
        return not_found(c, "Could not find a registered machine with UUID {%s}", arg_str(c, "id"));
    rc = check_free(c, m);
    if (rc == S_OK && snapshot_count(m->snapshots))
        rc = fail(c, VBOX_E_INVALID_OBJECT_STATE,
                  "Cannot unregister the machine '%s' because it has %u snapshots", machine_name(m),
                  snapshot_count(m->snapshots));
    if (rc == S_OK && node_child(m->config, "Attachment", NULL))
        for (size_t i = 0; i < m->config->n && rc == S_OK; i++)
            if (eb_streq(m->config->children[i]->tag, "Attachment") &&
                eb_streq(node_get(m->config->children[i], "type"), "HardDisk"))
                rc = fail(c, VBOX_E_INVALID_OBJECT_STATE,
                          "Cannot unregister the machine '%s' because it has medium attachments",
                          machine_name(m));
    if (rc != S_OK)
        return rc;
    ret_obj(c, machine_object(m));
    unlist(m);
    return S_OK;
}

/* Detaches what hangs below the node; the media go to the result where `want` says so. */
static void detach_all(struct call *c, struct node *n, const char *mode)
{
    for (size_t i = 0; i < n->n; i++) {
        struct node *a = n->children[i];
        const char *id = node_get_or(a, "medium", ""), *type = node_get_or(a, "type", "");
        bool disk = eb_streq(type, "HardDisk");

        if (strcmp(a->tag, "Attachment") != 0) {
            detach_all(c, a, mode);
            continue;
        }
        if (*id && medium_node(id) &&
            (eb_starts_with(mode, "Full") || (disk && strstr(mode, "ReturnHardDisks"))) &&
            (disk || eb_streq(mode, "Full") || strstr(mode, "Removable"))) {
            struct object *o = medium_object(id);
            int ret = (int)c->slot->n - 1;
            bool there = false;

            for (size_t k = 0; c->out[ret].kind == SIM_V_LIST && k < c->out[ret].len; k++)
                there = there || c->out[ret].items[k].num == o->id;
            if (!there)
                ret_add_obj(c, o);
        }
        node_set(a, "medium", NULL);
        node_set(a, "detached", "1");
    }
}

static bool has_attachments(const struct node *n)
{
    for (size_t i = 0; i < n->n; i++)
        if (strcmp(n->children[i]->tag, "Attachment") == 0 || has_attachments(n->children[i]))
            return true;
    return false;
}

static void remove_detached(struct node *n)
{
    for (size_t i = n->n; i-- > 0;)
        if (node_get(n->children[i], "detached"))
            node_remove(n->children[i]);
        else
            remove_detached(n->children[i]);
}

static uint32_t unregister(struct call *c)
{
    struct machine *m = c->self->machine;
    EB_AUTOFREE char *mode = eb_strdup(arg_enum(c, "cleanupMode"));
    bool detach = !eb_streq(mode, "UnregisterOnly");
    uint32_t rc;

    if (!m->registered || c->self->view == VIEW_SNAPSHOT)
        return fail(c, VBOX_E_INVALID_OBJECT_STATE, "The machine '%s' is not registered", machine_name(m));
    rc = check_free(c, m);
    if (rc != S_OK)
        return rc;
    if (!detach && !m->access_error && (has_attachments(m->config) || has_attachments(m->snapshots)))
        return fail(c, VBOX_E_INVALID_OBJECT_STATE,
                    "Cannot unregister the machine '%s' because it has media attachments", machine_name(m));
    if (eb_streq(m->state, "Saved") && detach)
        machine_drop_saved_state(m, true);
    if (detach) {
        detach_all(c, m->config, mode);
        detach_all(c, m->snapshots, mode);
        remove_detached(m->config);
        remove_detached(m->snapshots);
        /* media are given back from the leaves on, so that they can be deleted in that order */
        while (node_child(m->snapshots, "Snapshot", NULL))
            node_remove(node_child(m->snapshots, "Snapshot", NULL));
        node_set(m->snapshots, "currentSnapshot", NULL);
        m->state = "PoweredOff";
        machine_save(NULL, m);
    }
    node_free(EB_STEAL(m->pending));
    unlist(m);
    return S_OK;
}

static uint32_t find_machine(struct call *c)
{
    const char *what = arg_str(c, "nameOrId|name|id");
    char id[37];
    struct machine *m = machine_find(what);

    id_normal(what, id);
    if (!m && *id)
        return not_found(c, "Could not find a registered machine with UUID {%s}", id);
    if (!m)
        return not_found(c, "Could not find a registered machine named '%s'", what);
    ret_obj(c, machine_object(m));
    return S_OK;
}

static uint32_t machine_states(struct call *c)
{
    const struct sim_value *v = arg_value(c, "machines");

    for (size_t i = 0; v->kind == SIM_V_LIST && i < v->len; i++) {
        struct object *o = object_by_id(v->items[i].num);

        ret_add_text(c, o && o->machine && !o->machine->access_error ? o->machine->state : "Null");
    }
    return S_OK;
}

static uint32_t machines_by_groups(struct call *c)
{
    const struct sim_value *v = arg_value(c, "groups");

    for (struct machine *m = machines; m; m = m->next) {
        const char *groups = attr_value(m->config, "IMachine.groups", NULL);
        bool in = false;

        for (size_t i = 0; v->kind == SIM_V_LIST && i < v->len; i++) {
            EB_AUTOFREE char *one = eb_asprintf("%s" PATH_SEP_STR, v->items[i].str);

            in = in || strstr(groups, one) == groups;
        }
        if (in)
            ret_add_obj(c, machine_object(m));
    }
    return S_OK;
}

/* ---- IVirtualBoxClient ---- */

static uint32_t client_vbox(struct call *c)
{
    ret_obj(c, object_get("IVirtualBox", "vbox"));
    return S_OK;
}

static uint32_t client_session(struct call *c)
{
    struct object *o = object_new("ISession");

    session_of(o)->client = c->client;
    ret_obj(c, o);
    return S_OK;
}

static uint32_t check_machine_error(struct call *c)
{
    struct object *o = arg_obj(c, "machine");

    if (!o || !o->machine)
        return fail(c, E_INVALIDARG, "Invalid machine object");
    return o->machine->access_error ? fail(c, E_FAIL, "%s", o->machine->access_error) : S_OK;
}

/* Keeps what a callback wrapper stands for. */
static uint32_t set_local_object(struct call *c)
{
    c->self->data = (void *)(uintptr_t)(arg_local(c, "object|aObject") & ~SIM_LOCAL_OBJECT);
    return S_OK;
}

const struct member virtualbox_members[] = {
    {"IVirtualBox.version", get_version},
    {"IVirtualBox.versionNormalized", get_version},
    {"IVirtualBox.revision", get_revision},
    {"IVirtualBox.packageType", get_package_type},
    {"IVirtualBox.APIVersion", get_api_version},
    {"IVirtualBox.APIRevision", get_api_revision},
    {"IVirtualBox.homeFolder", get_home},
    {"IVirtualBox.settingsFilePath", get_settings_file},
    {"IVirtualBox.settingsFileVersion", get_settings_version},
    {"IVirtualBox.settingsFormatVersion", get_settings_version},
    {"IVirtualBox.machines", get_machines},
    {"IVirtualBox.machines2", get_machines},
    {"IVirtualBox.machineGroups", get_groups},
    {"IVirtualBox.host", get_host},
    {"IVirtualBox.systemProperties", get_system_properties},
    {"IVirtualBox.performanceCollector", get_collector},
    {"IVirtualBox.eventSource", get_event_source},
    {"IVirtualBox.internalNetworks", get_empty},
    {"IVirtualBox.genericNetworkDrivers", get_empty},
    {"IVirtualBox.progressOperations", get_progresses},
    {"IVirtualBox.findProgressById", find_progress},
    {"IVirtualBox.saveSettings", get_empty},
    {"IVirtualBox.composeMachineFilename", compose_machine_filename},
    {"IVirtualBox.createMachine", create_machine},
    {"IVirtualBox.createLegacyMachine", create_machine},
    {"IVirtualBox.openMachine", open_machine},
    {"IVirtualBox.registerMachine", register_machine},
    {"IVirtualBox.unregisterMachine", unregister_by_id},
    {"IVirtualBox.getMachine", find_machine},
    {"IVirtualBox.findMachine", find_machine},
    {"IVirtualBox.getMachineStates", machine_states},
    {"IVirtualBox.getMachinesByGroups", machines_by_groups},
    {"IMachine.unregister", unregister},
    {"IVirtualBoxClient.virtualBox", client_vbox},
    {"IVirtualBoxClient.session", client_session},
    {"IVirtualBoxClient.eventSource", get_event_source},
    {"IVirtualBoxClient.checkMachineError", check_machine_error},
    {"ILocalOwner.setLocalObject", set_local_object},
    {NULL, NULL},
};
