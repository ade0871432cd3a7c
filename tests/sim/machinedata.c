/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a machine carries with it: extra data, guest properties, shared folders, boot order. */
#include <fnmatch.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "model.h"

/* ---- extra data: of a machine, and of the whole ---- */

static struct node *extra(struct call *c, uint32_t *rc)
{
    *rc = S_OK;
    if (!c->self->machine)
        return node_need(global, "ExtraData", NULL);
    if (!node_read(c, rc))
        return NULL;
    /* of the machine as a whole, whatever snapshot or session it is seen through */
    return node_need(c->self->machine->snapshots, "ExtraData", NULL);
}

static uint32_t get_extra(struct call *c)
{
    uint32_t rc;
    struct node *n = extra(c, &rc), *item = n ? node_child(n, "Item", arg_str(c, "key")) : NULL;

    if (n)
        ret_str(c, node_get_or(item, "value", ""));
    return rc;
}

static uint32_t set_extra(struct call *c)
{
    const char *key = arg_str(c, "key"), *value = arg_str(c, "value");
    struct machine *m = c->self->machine;
    const char *id = m ? m->id : "00000000-0000-0000-0000-000000000000";
    uint32_t rc;
    struct node *n = extra(c, &rc);

    if (!n)
        return rc;
    if (!m && happen(key, value))
        return S_OK;
    /* it takes a session since 5.0 */
    if (m && (c->self->view == VIEW_SNAPSHOT ||
              (c->self->view == VIEW_MACHINE && m->registered && release->numeric >= 5000000)))
        return fail(c, VBOX_E_INVALID_VM_STATE, "Cannot set extradata for an immutable machine");
    event_fire("vbox", "OnExtraDataCanChange", "machineId", id, "key", key, "value", value, NULL);
    if (*value)
        node_set(node_need(n, "Item", key), "value", value);
    else
        node_remove(node_child(n, "Item", key));
    if (!m)
        save_global();
    else if (m->registered)
        rc = machine_save(c, m);
    event_fire("vbox", "OnExtraDataChanged", "machineId", id, "key", key, "value", value, NULL);
    return rc;
}

static uint32_t get_extra_keys(struct call *c)
{
    uint32_t rc;
    struct node *n = extra(c, &rc);

    for (size_t i = 0; n && i < n->n; i++)
        ret_add_text(c, n->children[i]->id);
    return rc;
}

static uint32_t next_extra_key(struct call *c)
{
    const char *key = arg_str(c, "key");
    uint32_t rc;
    struct node *n = extra(c, &rc);
    size_t i = 0;

    if (!n)
        return rc;
    while (*key && i < n->n && !eb_streq(n->children[i]->id, key))
        i++;
    if (*key && i == n->n)
        return not_found(c, "Could not find the extra data key '%s'", key);
    i += *key ? 1 : 0;
    out_text(c, "nextKey", i < n->n ? n->children[i]->id : "");
    out_text(c, "nextValue", i < n->n ? node_get_or(n->children[i], "value", "") : "");
    return S_OK;
}

/* ---- guest properties ---- */

static const struct node *property(struct call *c, const char *name, uint32_t *rc)
{
    struct node *n = node_read(c, rc);

    return n ? node_child(n, "GuestProperty", name) : NULL;
}

static uint32_t get_property(struct call *c)
{
    uint32_t rc;
    const struct node *p = property(c, arg_str(c, "name"), &rc);

    out_text(c, "value", node_get_or(p, "value", ""));
    out_num(c, "timestamp", (uint64_t)node_num(p, "timestamp"));
    out_text(c, "flags", node_get_or(p, "flags", ""));
    return rc;
}

static uint32_t get_property_value(struct call *c)
{
    uint32_t rc;

    ret_str(c, node_get_or(property(c, arg_str(c, "property"), &rc), "value", ""));
    return rc;
}

static uint32_t get_property_timestamp(struct call *c)
{
    uint32_t rc;

    ret_num(c, (uint64_t)node_num(property(c, arg_str(c, "property"), &rc), "timestamp"));
    return rc;
}

static bool flags_known(const char *flags)
{
    static const char *const known[] = {"TRANSIENT", "TRANSRESET", "RDONLYGUEST", "RDONLYHOST", "READONLY"};
    EB_AUTOFREE char *copy = eb_strdup(flags);
    char *rest = NULL;

    for (char *f = strtok_r(copy, ", ", &rest); f; f = strtok_r(NULL, ", ", &rest)) {
        bool ok = false;

        for (size_t i = 0; i < EB_ARRAY_SIZE(known); i++)
            ok = ok || strcasecmp(known[i], f) == 0;
        if (!ok)
            return false;
    }
    return true;
}

static void write_property(struct node *n, const char *name, const char *value, const char *flags)
{
    struct node *p;
    struct timespec now;

    if (!value) {
        node_remove(node_child(n, "GuestProperty", name));
        return;
    }
    clock_gettime(CLOCK_REALTIME, &now);
    p = node_need(n, "GuestProperty", name);
    node_set(p, "value", value);
    node_set_num(p, "timestamp", (int64_t)now.tv_sec * 1000000000 + now.tv_nsec);
    if (flags) {
        node_set(p, "flags", *flags ? flags : NULL);
        node_set(p, "transient", strstr(flags, "TRANS") ? "1" : NULL);
    }
}

static uint32_t change_property(struct call *c, const char *name, const char *value, const char *flags)
{
    struct machine *m = c->self->machine;
    const struct node *old;
    struct node *n;
    uint32_t rc;

    if (!*name || strpbrk(name, "*?|"))
        return fail(c, E_INVALIDARG, "Invalid guest property name '%s'", name);
    if (flags && !flags_known(flags))
        return fail(c, E_INVALIDARG, "Invalid guest property flag values: '%s'", flags);
    if (!node_read(c, &rc))
        return rc;
    /* while it runs, its process keeps them, whoever asks */
    if (!(machine_online(m) && c->self->view != VIEW_SNAPSHOT)) {
        n = node_write(c, true, &rc);
        if (!n)
            return rc == VBOX_E_INVALID_VM_STATE
                       ? fail(c, rc, "The machine is not mutable or saved (state is %s)", m->state)
                       : rc;
    }
    old = property(c, name, &rc);
    if (old && strstr(node_get_or(old, "flags", ""), "RDONLYHOST"))
        return fail(c, E_ACCESSDENIED, "The property '%s' cannot be changed by the host", name);
    if (machine_online(m)) {
        write_property(m->config, name, value, flags);
        if (m->pending)
            write_property(m->pending, name, value, flags);
    } else {
        write_property(machine_pending(m), name, value, flags);
    }
    event_fire("vbox", "OnGuestPropertyChanged", "machineId", m->id, "name", name, "value",
               value ? value : "", "flags", flags ? flags : "", "fWasDeleted", value ? "0" : "1", NULL);
    return S_OK;
}

static uint32_t set_property(struct call *c)
{
    const char *value = arg_str(c, "value");

    return change_property(c, arg_str(c, "property"), *value ? value : NULL, arg_str(c, "flags"));
}

static uint32_t set_property_value(struct call *c)
{
    const char *value = arg_str(c, "value");

    return change_property(c, arg_str(c, "property"), *value ? value : NULL, NULL);
}

static uint32_t delete_property(struct call *c)
{
    return change_property(c, arg_str(c, "name"), NULL, NULL);
}

static bool pattern_fits(const char *patterns, const char *name)
{
    EB_AUTOFREE char *copy = eb_strdup(patterns);
    char *rest = NULL;

    if (!*patterns)
        return true;
    for (char *p = strtok_r(copy, "|", &rest); p; p = strtok_r(NULL, "|", &rest))
        if (fnmatch(p, name, 0) == 0)
            return true;
    return false;
}

static uint32_t list_properties(struct call *c)
{
    const char *patterns = arg_str(c, "patterns");
    uint32_t rc;
    struct node *n = node_read(c, &rc);
    bool plural = false;

    for (unsigned i = 0; i < c->slot->n; i++)
        plural = plural || eb_streq(c->slot->params[i].name, "names");
    for (size_t i = 0; n && i < n->n; i++) {
        const struct node *p = n->children[i];

        if (strcmp(p->tag, "GuestProperty") != 0 || !pattern_fits(patterns, p->id))
            continue;
        out_add_text(c, plural ? "names" : "name", p->id);
        out_add_text(c, plural ? "values" : "value", node_get_or(p, "value", ""));
        out_add_num(c, plural ? "timestamps" : "timestamp", node_num(p, "timestamp"));
        out_add_text(c, "flags", node_get_or(p, "flags", ""));
    }
    return rc;
}

/* ---- shared folders: of a machine, of a running one for its time, of all ---- */

static struct node *folders(struct call *c, bool write, uint32_t *rc)
{
    *rc = S_OK;
    if (!c->self->machine)
        return global;
    if (!write)
        return node_read(c, rc);
    if (eb_streq(c->self->iface->name, "IConsole")) {
        if (!node_read(c, rc))
            return NULL;
        if (!machine_online(c->self->machine))
            *rc = fail(c, VBOX_E_INVALID_VM_STATE,
                       "Cannot create a transient shared folder while the machine is not running");
        return *rc == S_OK ? c->self->machine->config : NULL;
    }
    return node_write(c, true, rc);
}

static uint32_t create_folder(struct call *c)
{
    const char *name = arg_str(c, "name"), *path = arg_str(c, "hostPath");
    bool console = eb_streq(c->self->iface->name, "IConsole");
    struct node *n, *f;
    uint32_t rc;

    n = folders(c, true, &rc);
    if (!n)
        return rc;
    if (!*name || strchr(name, '\\'))
        return fail(c, E_INVALIDARG, "Invalid shared folder name '%s'", name);
    if (*path != '/')
        return fail(c, E_INVALIDARG, "Shared folder path '%s' is not absolute", path);
    if (node_child(n, "SharedFolder", name))
        return fail(c, VBOX_E_OBJECT_IN_USE, "Shared folder named '%s' already exists", name);
    f = node_need(n, "SharedFolder", name);
    node_set(f, "name", name);
    node_set(f, "hostPath", path);
    node_set(f, "writable", arg_bool(c, "writable") ? "1" : "0");
    node_set(f, "autoMount", arg_has(c, "automount") && arg_bool(c, "automount") ? "1" : "0");
    node_set(f, "autoMountPoint", arg_has(c, "autoMountPoint") ? arg_str(c, "autoMountPoint") : "");
    node_set(f, "transient", console ? "1" : NULL);
    if (c->self->machine && machine_online(c->self->machine))
        event_fire(console_source(c->self->machine), "OnSharedFolderChanged", "scope",
                   console ? "Session" : "Machine", NULL);
    if (!c->self->machine)
        save_global();
    return S_OK;
}

static uint32_t remove_folder(struct call *c)
{
    struct node *n, *f;
    uint32_t rc;

    n = folders(c, true, &rc);
    if (!n)
        return rc;
    f = node_child(n, "SharedFolder", arg_str(c, "name"));
    if (!f)
        return not_found(c, "Could not find a shared folder named '%s'", arg_str(c, "name"));
    node_remove(f);
    if (!c->self->machine)
        save_global();
    return S_OK;
}

static uint32_t get_folders(struct call *c)
{
    bool console = eb_streq(c->self->iface->name, "IConsole");
    uint32_t rc;
    struct node *n = folders(c, false, &rc);

    for (size_t i = 0; n && i < n->n; i++) {
        const struct node *f = n->children[i];
        EB_AUTOFREE char *path = eb_asprintf("SharedFolder#%s", f->id);

        if (strcmp(f->tag, "SharedFolder") == 0 && node_bool(f, "transient") == console)
            ret_add_obj(c, c->self->machine
                               ? object_part(c->self, "ISharedFolder", path)
                               : object_view("ISharedFolder", VIEW_GLOBAL, NULL, NULL, NULL, path));
    }
    return rc;
}

static uint32_t folder_accessible(struct call *c)
{
    struct stat st;
    uint32_t rc;
    struct node *n = node_read(c, &rc);

    if (n)
        ret_num(c, stat(node_get_or(n, "hostPath", ""), &st) == 0 && S_ISDIR(st.st_mode));
    return rc;
}

static uint32_t folder_error(struct call *c)
{
    uint32_t rc;
    struct node *n = node_read(c, &rc);

    if (n && access(node_get_or(n, "hostPath", ""), F_OK) != 0) {
        EB_AUTOFREE char *text =
            eb_asprintf("'%s' is not accessible (VERR_PATH_NOT_FOUND)", node_get(n, "hostPath"));

        ret_str(c, text);
    }
    return rc;
}

/* ---- boot order ---- */

static uint32_t set_boot_order(struct call *c)
{
    EB_AUTOFREE char *device = eb_strdup(arg_enum(c, "device"));
    EB_AUTOFREE char *id = eb_asprintf("%" PRId64, arg_num(c, "position"));
    struct node *n;
    uint32_t rc;

    if (arg_num(c, "position") < 1 || arg_num(c, "position") > 4)
        return fail(c, E_INVALIDARG, "Invalid boot position: %s (must be in range [1, 4])", id);
    if (eb_streq(device, "USB"))
        return fail(c, E_NOTIMPL, "Booting from USB device is currently not supported");
    n = node_write(c, false, &rc);
    if (n)
        node_set(node_need(n, "BootOrder", id), "device", *device ? device : "Null");
    return rc;
}

static uint32_t get_boot_order(struct call *c)
{
    EB_AUTOFREE char *id = eb_asprintf("%" PRId64, arg_num(c, "position"));
    uint32_t rc;
    struct node *n;

    if (arg_num(c, "position") < 1 || arg_num(c, "position") > 4)
        return fail(c, E_INVALIDARG, "Invalid boot position: %s (must be in range [1, 4])", id);
    n = node_read(c, &rc);
    if (n)
        ret_text(c, node_get_or(node_child(n, "BootOrder", id), "device", "Null"));
    return rc;
}

const struct member machinedata_members[] = {
    {"IMachine.getExtraData", get_extra},
    {"IMachine.setExtraData", set_extra},
    {"IMachine.getExtraDataKeys", get_extra_keys},
    {"IMachine.getNextExtraDataKey", next_extra_key},
    {"IVirtualBox.getExtraData", get_extra},
    {"IVirtualBox.setExtraData", set_extra},
    {"IVirtualBox.getExtraDataKeys", get_extra_keys},
    {"IVirtualBox.getNextExtraDataKey", next_extra_key},
    {"IMachine.getGuestProperty", get_property},
    {"IMachine.getGuestPropertyValue", get_property_value},
    {"IMachine.getGuestPropertyTimestamp", get_property_timestamp},
    {"IMachine.setGuestProperty", set_property},
    {"IMachine.setGuestPropertyValue", set_property_value},
    {"IMachine.deleteGuestProperty", delete_property},
    {"IMachine.enumerateGuestProperties", list_properties},
    {"IMachine.createSharedFolder", create_folder},
    {"IMachine.removeSharedFolder", remove_folder},
    {"IMachine.sharedFolders", get_folders},
    {"IConsole.createSharedFolder", create_folder},
    {"IConsole.removeSharedFolder", remove_folder},
    {"IConsole.sharedFolders", get_folders},
    {"IVirtualBox.createSharedFolder", create_folder},
    {"IVirtualBox.removeSharedFolder", remove_folder},
    {"IVirtualBox.sharedFolders", get_folders},
    {"ISharedFolder.accessible", folder_accessible},
    {"ISharedFolder.lastAccessError", folder_error},
    {"IMachine.setBootOrder", set_boot_order},
    {"IMachine.getBootOrder", get_boot_order},
    {NULL, NULL},
};
