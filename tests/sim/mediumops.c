/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* IMedium: facts and operations of one medium. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "medium.h"

static struct node *self(struct call *c, uint32_t *rc)
{
    struct node *n = medium_node(medium_id(c->self));

    *rc = S_OK;
    if (!n)
        *rc = fail(c, E_ACCESSDENIED, "The object is not ready");
    return n;
}

#define SELF                                                                                                 \
    uint32_t rc;                                                                                             \
    struct node *n = self(c, &rc);                                                                           \
    if (!n)                                                                                                  \
        return rc;

static uint32_t get_id(struct call *c)
{
    SELF;
    ret_str(c, eb_streq(node_get(n, "state"), "NotCreated") ? "00000000-0000-0000-0000-000000000000" : n->id);
    return rc;
}

static uint32_t get_state(struct call *c)
{
    SELF;
    ret_text(c, medium_state(n));
    return rc;
}

static uint32_t refresh(struct call *c)
{
    SELF;
    medium_refresh(n);
    node_set(n, "sizeBefore", NULL);
    ret_text(c, medium_state(n));
    return rc;
}

static uint32_t get_variant(struct call *c)
{
    SELF;
    if (c->slot->params[0].array) {
        const char *v = node_get_or(n, "variant", "");

        if (strstr(v, "Fixed"))
            ret_add_text(c, "Fixed");
        if (strstr(v, "Diff"))
            ret_add_text(c, "Diff");
        if (!*v)
            ret_add_text(c, "Standard");
    } else {
        const char *v = node_get_or(n, "variant", "");

        ret_num(c, (strstr(v, "Fixed") ? 65536 : 0) | (strstr(v, "Diff") ? 131072 : 0));
    }
    return rc;
}

static uint32_t get_location(struct call *c)
{
    SELF;
    ret_str(c, node_get(n, "location"));
    return rc;
}

static uint32_t get_name(struct call *c)
{
    const char *location;
    SELF;
    location = node_get_or(n, "location", "");
    ret_str(c, strrchr(location, '/') && !node_bool(n, "hostDrive") ? strrchr(location, '/') + 1 : location);
    return rc;
}

static uint32_t get_size(struct call *c)
{
    struct stat st;
    SELF;
    ret_num(c, stat(node_get_or(n, "location", ""), &st) == 0 ? (uint64_t)st.st_size : 0);
    return rc;
}

/* In bytes since 4.0, in megabytes before. */
static uint64_t size_unit(void)
{
    return release->numeric >= 4000000 ? 1 : 1024 * 1024;
}

static uint32_t get_logical_size(struct call *c)
{
    struct stat st;
    int64_t size;
    SELF;
    size = node_num(n, node_get(n, "sizeBefore") ? "sizeBefore" : "logicalSize");
    if (!eb_streq(node_get_or(n, "deviceType", ""), "HardDisk") &&
        stat(node_get_or(n, "location", ""), &st) == 0)
        size = st.st_size;
    ret_num(c, (uint64_t)size / size_unit());
    return rc;
}

static uint32_t get_format(struct call *c)
{
    EB_AUTOFREE char *path = NULL;
    SELF;
    path = eb_asprintf("MediumFormat#%s", node_get_or(n, "format", "VDI"));
    ret_obj(c, object_view(sim_iface_named(release, "IMediumFormat") ? "IMediumFormat" : "IHardDiskFormat",
                           VIEW_GLOBAL, NULL, NULL, NULL, path));
    return rc;
}

static uint32_t get_type(struct call *c)
{
    SELF;
    ret_text(c, node_get_or(n, "type", "Normal"));
    return rc;
}

static uint32_t set_type(struct call *c)
{
    EB_AUTOFREE char *type = value_text(&c->slot->params[0], &c->in[0]), *users = NULL;
    SELF;
    if (!*type)
        return fail(c, E_INVALIDARG, "Invalid medium type");
    users = medium_users(n->id, NULL);
    if (*users)
        return fail(c, VBOX_E_OBJECT_IN_USE,
                    "Cannot change the type of medium '%s' because it is attached to 1 virtual "
                    "machines",
                    node_get_or(n, "location", ""));
    if (node_get(n, "parent"))
        return fail(c, VBOX_E_NOT_SUPPORTED,
                    "Cannot change the type of medium '%s' because it is a differencing medium",
                    node_get_or(n, "location", ""));
    node_set(n, "type", type);
    save_global();
    return rc;
}

static uint32_t get_allowed_types(struct call *c)
{
    static const char *const types[] = {"Normal",    "Immutable", "Writethrough",
                                        "Shareable", "Readonly",  "MultiAttach"};
    SELF;
    if (!eb_streq(node_get_or(n, "deviceType", ""), "HardDisk"))
        ret_add_text(c, "Readonly");
    else
        for (size_t i = 0; i < EB_ARRAY_SIZE(types); i++)
            if (enum_has("MediumType", types[i]) && i != 4)
                ret_add_text(c, types[i]);
    return rc;
}

static uint32_t get_parent(struct call *c)
{
    SELF;
    ret_obj(c, medium_object(node_get(n, "parent")));
    return rc;
}

static unsigned children_of(const char *id, struct call *add_to)
{
    unsigned count = 0;

    for (size_t i = 0; i < global->n; i++) {
        const struct node *n = global->children[i];

        if (strcmp(n->tag, "Medium") != 0 || !eb_streq(node_get(n, "parent"), id) ||
            eb_streq(node_get(n, "state"), "NotCreated"))
            continue;
        count++;
        if (add_to)
            ret_add_obj(add_to, medium_object(n->id));
    }
    return count;
}

static uint32_t get_children(struct call *c)
{
    SELF;
    children_of(n->id, c);
    return rc;
}

static uint32_t get_base(struct call *c)
{
    SELF;
    while (medium_node(node_get(n, "parent")))
        n = medium_node(node_get(n, "parent"));
    ret_obj(c, medium_object(n->id));
    return rc;
}

static uint32_t get_read_only(struct call *c)
{
    const char *type;
    SELF;
    type = node_get_or(n, "type", "Normal");
    ret_num(c, children_of(n->id, NULL) > 0 || eb_streq(type, "Immutable") || eb_streq(type, "MultiAttach") ||
                   eb_streq(node_get_or(n, "deviceType", ""), "DVD"));
    return rc;
}

static void add_words(struct call *c, char *words)
{
    char *rest = NULL;

    for (char *w = strtok_r(words, " ", &rest); w; w = strtok_r(NULL, " ", &rest))
        ret_add_text(c, w);
}

static uint32_t get_machine_ids(struct call *c)
{
    EB_AUTOFREE char *users = NULL;
    SELF;
    users = medium_users(n->id, NULL);
    add_words(c, users);
    return rc;
}

static uint32_t get_snapshot_ids(struct call *c)
{
    EB_AUTOFREE char *users = NULL;
    char id[37];
    SELF;
    id_normal(arg_str(c, "machineId"), id);
    users = medium_users(n->id, id);
    add_words(c, users);
    return rc;
}

/* ---- locks ---- */

static void count(struct node *n, const char *what, int by)
{
    int64_t now = node_num(n, what) + by;

    node_set(n, what, NULL);
    if (now > 0)
        node_set_num(n, what, now);
}

static void drop_token(struct object *o)
{
    struct node *n = medium_node(node_get(o->own, "medium"));

    if (n && !node_get(o->own, "given back"))
        count(n, node_get(o->own, "what"), -1);
}

static uint32_t lock(struct call *c, const char *what)
{
    struct object *token;
    SELF;
    if (eb_streq(medium_state(n), "LockedWrite") ||
        (eb_streq(what, "writers") && eb_streq(medium_state(n), "LockedRead")))
        return fail(c, VBOX_E_INVALID_OBJECT_STATE, "Medium '%s' is locked for %s by another task",
                    node_get_or(n, "location", ""), eb_streq(what, "writers") ? "writing" : "reading");
    count(n, what, 1);
    if (c->slot->params[0].kind == SIM_ENUM) {
        ret_text(c, medium_state(n));
        return rc;
    }
    token = object_new("IToken");
    token->view = VIEW_OWN;
    token->own = node_new("Token", NULL);
    node_set(token->own, "medium", n->id);
    node_set(token->own, "what", what);
    token->destroy = drop_token;
    ret_obj(c, token);
    return rc;
}

static uint32_t lock_read(struct call *c)
{
    return lock(c, "readers");
}

static uint32_t lock_write(struct call *c)
{
    return lock(c, "writers");
}

static uint32_t unlock(struct call *c, const char *what)
{
    SELF;
    if (!node_num(n, what))
        return fail(c, VBOX_E_INVALID_OBJECT_STATE, "Medium '%s' is not locked",
                    node_get_or(n, "location", ""));
    count(n, what, -1);
    ret_text(c, medium_state(n));
    return rc;
}

static uint32_t unlock_read(struct call *c)
{
    return unlock(c, "readers");
}

static uint32_t unlock_write(struct call *c)
{
    return unlock(c, "writers");
}

static uint32_t token_abandon(struct call *c)
{
    drop_token(c->self);
    node_set(c->self->own, "given back", "1");
    return S_OK;
}

/* ---- closing and deleting ---- */

static uint32_t check_unused(struct call *c, const struct node *n, const char *what)
{
    EB_AUTOFREE char *users = medium_users(n->id, NULL);
    unsigned machines_with = *users ? 1 : 0;

    for (const char *p = users; *p; p++)
        machines_with += *p == ' ';
    if (machines_with)
        return fail(c, VBOX_E_OBJECT_IN_USE,
                    "Medium '%s' cannot be %s because it is still attached to %u virtual machines",
                    node_get_or(n, "location", ""), what, machines_with);
    if (children_of(n->id, NULL))
        return fail(c, VBOX_E_OBJECT_IN_USE, "Medium '%s' cannot be %s because it has %u child media",
                    node_get_or(n, "location", ""), what, children_of(n->id, NULL));
    if (eb_starts_with(medium_state(n), "Locked"))
        return fail(c, VBOX_E_INVALID_OBJECT_STATE, "Medium '%s' is locked for %s by another task",
                    node_get_or(n, "location", ""),
                    eb_streq(medium_state(n), "LockedWrite") ? "writing" : "reading");
    return S_OK;
}

static uint32_t close_medium(struct call *c)
{
    SELF;
    rc = check_unused(c, n, "closed");
    if (rc == S_OK)
        medium_forget(n->id, false);
    return rc;
}

static void delete_end(struct progress *p, bool cancelled)
{
    struct node *n = medium_node(p->data);

    if (!n)
        return;
    node_set(n, "state", NULL);
    if (cancelled || p->rc)
        return;
    /* the object stays, without storage */
    unlink(node_get_or(n, "location", ""));
    medium_registered(n, false);
    node_set(n, "state", "NotCreated");
    save_global();
}

static uint32_t delete_storage(struct call *c)
{
    struct progress *p;
    EB_AUTOFREE char *text = NULL;
    SELF;
    if (eb_streq(node_get(n, "state"), "NotCreated"))
        return fail(c, VBOX_E_INVALID_OBJECT_STATE, "Storage for the medium '%s' is not created",
                    node_get_or(n, "location", ""));
    rc = check_unused(c, n, "deleted");
    if (rc != S_OK)
        return rc;
    text = eb_asprintf("Deleting medium storage unit '%s'", node_get_or(n, "location", ""));
    node_set(n, "state", "Deleting");
    p = progress_begin(c, text, false, delete_end);
    p->data = eb_strdup(n->id);
    ret_obj(c, p->object);
    return rc;
}

/* ---- making ---- */

/* p->data: the medium's id, then what else it needs. */
static void create_end(struct progress *p, bool cancelled)
{
    struct node *n = medium_node(p->data);
    const char *location = n ? node_get_or(n, "location", "") : "";

    if (!n)
        return;
    if (cancelled || p->rc) {
        node_set(n, "state", "NotCreated");
        return;
    }
    if (node_num(n, "logicalSize") % 512) {
        node_set(n, "state", "NotCreated");
        progress_fail(
            p, VBOX_E_FILE_ERROR, "MediumWrap",
            "Could not create the medium storage unit '%s'.\n%s: invalid size (VERR_VD_INVALID_SIZE)",
            location, node_get_or(n, "format", "VDI"));
        return;
    }
    if (!medium_write_file(NULL, n)) {
        node_set(n, "state", "NotCreated");
        progress_fail(p, VBOX_E_FILE_ERROR, "MediumWrap",
                      "Could not create the medium storage unit '%s'.\n%s: cannot create image '%s' (%s)",
                      location, node_get_or(n, "format", "VDI"), location,
                      errno == EEXIST   ? "VERR_ALREADY_EXISTS"
                      : errno == ENOSPC ? "VERR_DISK_FULL"
                      : errno == ENOENT ? "VERR_PATH_NOT_FOUND"
                                        : "VERR_ACCESS_DENIED");
        return;
    }
    node_set(n, "state", NULL);
    save_global();
    medium_registered(n, true);
}

static void set_variant(struct call *c, struct node *n, const char *extra)
{
    const char *name = sim_enum_named(release, "MediumVariant") ? "MediumVariant" : "HardDiskVariant";
    bool fixed = arg_flag(c, "variant", name, "Fixed");
    EB_AUTOFREE char *v = eb_asprintf("%s%s%s", fixed ? "Fixed" : "", fixed && *extra ? "|" : "", extra);

    node_set(n, "variant", *v ? v : NULL);
}

static uint32_t begin_create(struct call *c, struct node *n, const char *text)
{
    struct progress *p;

    if (!eb_streq(node_get(n, "state"), "NotCreated"))
        return fail(c, VBOX_E_INVALID_OBJECT_STATE, "Storage for the medium '%s' is already created",
                    node_get_or(n, "location", ""));
    node_set(n, "state", "Creating");
    p = progress_begin(c, text, true, create_end);
    p->data = eb_strdup(n->id);
    ret_obj(c, p->object);
    return S_OK;
}

static uint32_t create_base(struct call *c)
{
    int64_t size = arg_num(c, "logicalSize");
    EB_AUTOFREE char *text = NULL;
    SELF;
    if (size < 0)
        return fail(c, E_INVALIDARG, "The medium size argument (%lld) is negative", (long long)size);
    if (!eb_streq(node_get(n, "state"), "NotCreated"))
        return begin_create(c, n, "");
    set_variant(c, n, "");
    if (eb_streq(node_get(n, "format"), "QCOW") && strstr(node_get_or(n, "variant", ""), "Fixed"))
        return fail(c, VBOX_E_NOT_SUPPORTED, "Medium format 'QCOW' does not support fixed storage creation");
    node_set_num(n, "logicalSize", size * (int64_t)size_unit());
    text = eb_asprintf("Creating %s medium storage unit '%s'",
                       strstr(node_get_or(n, "variant", ""), "Fixed") ? "fixed" : "dynamic",
                       node_get_or(n, "location", ""));
    return begin_create(c, n, text);
}

static struct node *target_of(struct call *c)
{
    struct node *t = medium_node(medium_id(arg_obj(c, "target")));

    if (!t)
        fail(c, E_INVALIDARG, "Invalid target medium");
    return t;
}

static uint32_t create_diff(struct call *c)
{
    struct node *t;
    SELF;
    t = target_of(c);
    if (!t)
        return E_INVALIDARG;
    node_set(t, "parent", n->id);
    node_set(t, "logicalSize", node_get_or(n, "logicalSize", "0"));
    set_variant(c, t, "Diff");
    return begin_create(c, t, "Creating differencing medium storage unit");
}

static uint32_t clone_to(struct call *c)
{
    struct object *parent = arg_has(c, "parent") ? arg_obj(c, "parent") : NULL;
    struct node *t;
    SELF;
    t = target_of(c);
    if (!t)
        return E_INVALIDARG;
    if (!eb_streq(node_get(t, "state"), "NotCreated"))
        return begin_create(c, t, "");
    node_set(t, "parent", medium_id(parent));
    node_set(t, "logicalSize", node_get_or(n, "logicalSize", "0"));
    if (arg_has(c, "logicalSize"))
        node_set_num(t, "logicalSize", arg_num(c, "logicalSize"));
    set_variant(c, t, parent ? "Diff" : "");
    return begin_create(c, t, "Creating clone medium");
}

/* ---- changing ---- */

static uint32_t nothing_to_do(struct call *c)
{
    SELF;
    if (eb_starts_with(medium_state(n), "Locked"))
        return fail(c, VBOX_E_INVALID_OBJECT_STATE, "Medium '%s' is locked", node_get_or(n, "location", ""));
    ret_obj(c, progress_begin(c, "Changing medium", false, NULL)->object);
    return rc;
}

/* p->data: the medium's id, a blank, its new size. */
static void resize_end(struct progress *p, bool cancelled)
{
    char *words = p->data, *size = strchr(words, ' ');
    struct node *n;

    *size++ = '\0';
    n = medium_node(words);
    if (!n)
        return;
    node_set(n, "state", NULL);
    if (cancelled || p->rc)
        return;
    if (strstr(node_get_or(n, "variant", ""), "Fixed") || eb_streq(node_get(n, "format"), "QCOW")) {
        progress_fail(p, VBOX_E_NOT_SUPPORTED, "MediumWrap",
                      "Resizing to new size %s is not yet supported for medium '%s'", size,
                      node_get_or(n, "location", ""));
        return;
    }
    /* of VMDK nothing changes, and no word is said about it */
    if (eb_streq(node_get(n, "format"), "VMDK"))
        return;
    /* the old size is told until the medium is refreshed */
    node_set(n, "sizeBefore", node_get(n, "logicalSize"));
    node_set(n, "logicalSize", size);
    medium_rewrite_head(n);
    save_global();
}

static uint32_t resize(struct call *c)
{
    int64_t size = arg_num(c, "logicalSize");
    struct progress *p;
    SELF;
    if (release->numeric < 4000000)
        return fail(c, E_NOTIMPL, "Method Resize is not implemented");
    if (eb_starts_with(medium_state(n), "Locked"))
        return nothing_to_do(c);
    if (size < node_num(n, "logicalSize"))
        return fail(c, VBOX_E_NOT_SUPPORTED, "Shrinking is not yet supported for medium '%s'",
                    node_get_or(n, "location", ""));
    node_set(n, "state", "LockedWrite");
    p = progress_begin(c, "Resizing medium", true, resize_end);
    p->data = eb_asprintf("%s %lld", n->id, (long long)size);
    ret_obj(c, p->object);
    return rc;
}

static uint32_t move_to(struct call *c)
{
    const char *to = c->slot->what == SIM_SET ? c->in[0].str : arg_str(c, "location");
    const char *from;
    SELF;
    from = node_get_or(n, "location", "");
    if (!to || *to != '/')
        return fail(c, VBOX_E_FILE_ERROR, "The given path '%s' is not fully qualified", to ? to : "");
    if (eb_starts_with(medium_state(n), "Locked"))
        return nothing_to_do(c);
    /* setting the attribute tells where it was moved; moveTo moves it */
    if (c->slot->what == SIM_METHOD && rename(from, to) != 0)
        return fail(c, VBOX_E_FILE_ERROR, "Could not move '%s' to '%s': %s", from, to, strerror(errno));
    node_set(n, "location", to);
    save_global();
    if (c->slot->what == SIM_METHOD)
        ret_obj(c, progress_begin(c, "Moving medium", true, NULL)->object);
    return rc;
}

static uint32_t merge_to(struct call *c)
{
    struct node *t;
    char id[37] = "";
    SELF;
    if (arg_has(c, "targetId"))
        id_normal(arg_str(c, "targetId"), id);
    t = *id ? medium_node(id) : target_of(c);
    if (!t)
        return fail(c, VBOX_E_OBJECT_NOT_FOUND, "Could not find the target medium");
    if (eb_streq(node_get(t, "parent"), n->id))
        node_set(t, "parent", node_get(n, "parent"));
    for (size_t i = 0; i < global->n; i++)
        if (eb_streq(node_get(global->children[i], "parent"), n->id))
            node_set(global->children[i], "parent", t->id);
    medium_forget(n->id, true);
    ret_obj(c, progress_begin(c, "Merging media", true, NULL)->object);
    return rc;
}

static uint32_t set_ids(struct call *c)
{
    SELF;
    if (arg_bool(c, "setImageId") && *arg_str(c, "imageId")) {
        char id[37];

        id_normal(arg_str(c, "imageId"), id);
        if (!*id || medium_node(id))
            return fail(c, E_INVALIDARG, "Invalid image UUID '%s'", arg_str(c, "imageId"));
        eb_replace_string(&n->id, id);
        free(c->self->path);
        c->self->path = eb_asprintf("Medium#%s", id);
        save_global();
    }
    return rc;
}

static uint32_t get_property(struct call *c)
{
    EB_AUTOFREE char *name = NULL;
    SELF;
    name = eb_asprintf("property.%s", arg_str(c, "name"));
    if (!node_get(n, name) && !eb_streq(arg_str(c, "name"), "AllocationBlockSize"))
        return fail(c, VBOX_E_OBJECT_NOT_FOUND, "Property '%s' does not exist", arg_str(c, "name"));
    ret_str(c, node_get_or(n, name, "1048576"));
    return rc;
}

static uint32_t set_property(struct call *c)
{
    EB_AUTOFREE char *name = NULL;
    SELF;
    name = eb_asprintf("property.%s", arg_str(c, "name"));
    node_set(n, name, arg_str(c, "value"));
    save_global();
    return rc;
}

static uint32_t get_properties(struct call *c)
{
    SELF;
    for (size_t i = 0; i < n->n_props; i++)
        if (eb_starts_with(n->props[i].name, "property.")) {
            out_add_text(c, "returnNames", n->props[i].name + strlen("property."));
            ret_add_text(c, n->props[i].value);
        }
    return rc;
}

static uint32_t get_encryption(struct call *c)
{
    SELF;
    return fail(c, VBOX_E_NOT_SUPPORTED, "Medium '%s' is not encrypted", node_get_or(n, "location", ""));
}

/* ---- host drives of before 3.1 ---- */

static uint32_t drive_name(struct call *c)
{
    SELF;
    ret_str(c, node_get(n, "location"));
    return rc;
}

const struct member mediumops_members[] = {
    {"IMedium.id", get_id},
    {"IMedium.state", get_state},
    {"IMedium.refreshState", refresh},
    {"IMedium.variant", get_variant},
    {"IMedium.location", get_location},
    {"IMedium.location=", move_to},
    {"IMedium.setLocation", move_to},
    {"IMedium.moveTo", move_to},
    {"IMedium.name", get_name},
    {"IMedium.size", get_size},
    {"IMedium.logicalSize", get_logical_size},
    {"IMedium.mediumFormat", get_format},
    {"IMedium.type", get_type},
    {"IMedium.type=", set_type},
    {"IMedium.allowedTypes", get_allowed_types},
    {"IMedium.parent", get_parent},
    {"IMedium.children", get_children},
    {"IMedium.base", get_base},
    {"IMedium.root", get_base},
    {"IMedium.readOnly", get_read_only},
    {"IMedium.machineIds", get_machine_ids},
    {"IMedium.getSnapshotIds", get_snapshot_ids},
    {"IMedium.lockRead", lock_read},
    {"IMedium.unlockRead", unlock_read},
    {"IMedium.lockWrite", lock_write},
    {"IMedium.unlockWrite", unlock_write},
    {"IToken.abandon", token_abandon},
    {"IMedium.close", close_medium},
    {"IMedium.deleteStorage", delete_storage},
    {"IMedium.createBaseStorage", create_base},
    {"IMedium.createDiffStorage", create_diff},
    {"IMedium.cloneTo", clone_to},
    {"IMedium.cloneToBase", clone_to},
    {"IMedium.resizeAndCloneTo", clone_to},
    {"IMedium.mergeTo", merge_to},
    {"IMedium.compact", nothing_to_do},
    {"IMedium.reset", nothing_to_do},
    {"IMedium.resize", resize},
    {"IMedium.setIds", set_ids},
    {"IMedium.getProperty", get_property},
    {"IMedium.setProperty", set_property},
    {"IMedium.getProperties", get_properties},
    {"IMedium.getEncryptionSettings", get_encryption},
    {"IMedium.checkEncryptionPassword", get_encryption},
    {"IHostDVDDrive.name", drive_name},
    {"IHostDVDDrive.description", drive_name},
    {"IHostDVDDrive.udi", drive_name},
    {"IHostFloppyDrive.name", drive_name},
    {"IHostFloppyDrive.description", drive_name},
    {"IHostFloppyDrive.udi", drive_name},
    {NULL, NULL},
};
