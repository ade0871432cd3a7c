/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Media: their registry, states, and what IVirtualBox makes and finds of them. */
#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/strbuf.h"
#include "medium.h"

enum { SECTOR = 512 };

struct node *medium_node(const char *id)
{
    return id && *id ? node_child(global, "Medium", id) : NULL;
}

struct node *medium_at(const char *location)
{
    for (size_t i = 0; i < global->n; i++)
        if (strcmp(global->children[i]->tag, "Medium") == 0 &&
            eb_streq(node_get(global->children[i], "location"), location) &&
            !eb_streq(node_get(global->children[i], "state"), "NotCreated"))
            return global->children[i];
    return NULL;
}

/* Before 3.1 there was an interface for each kind. */
static const char *iface_of(const struct node *n)
{
    const char *type = node_get_or(n, "deviceType", "HardDisk");

    if (!sim_iface_named(release, "IHardDisk"))
        return "IMedium";
    if (node_bool(n, "hostDrive"))
        return eb_streq(type, "DVD") ? "IHostDVDDrive" : "IHostFloppyDrive";
    return eb_streq(type, "DVD") ? "IDVDImage" : eb_streq(type, "Floppy") ? "IFloppyImage" : "IHardDisk";
}

/* One without storage lives as long as someone holds it. */
static void destroy(struct object *o)
{
    struct node *n = medium_node(medium_id(o));

    if (n && eb_streq(node_get(n, "state"), "NotCreated"))
        node_remove(n);
}

struct object *medium_object(const char *id)
{
    EB_AUTOFREE char *path = eb_asprintf("Medium#%s", id ? id : "");
    struct node *n = medium_node(id);

    struct object *o = n ? object_view(iface_of(n), VIEW_GLOBAL, NULL, NULL, NULL, path) : NULL;

    if (o)
        o->destroy = destroy;
    return o;
}

const char *medium_id(const struct object *o)
{
    return o && o->path && eb_starts_with(o->path, "Medium#") ? o->path + strlen("Medium#") : NULL;
}

static bool attached_in(const struct node *config, const char *id)
{
    for (size_t i = 0; config && i < config->n; i++)
        if (eb_streq(node_get(config->children[i], "medium"), id))
            return true;
    return false;
}

static void snapshots_with(const struct node *snapshots, const char *id, struct eb_strbuf *b)
{
    for (size_t i = 0; snapshots && i < snapshots->n; i++) {
        const struct node *s = snapshots->children[i];

        if (strcmp(s->tag, "Snapshot") != 0)
            continue;
        if (attached_in(node_child(s, "Machine", NULL), id))
            eb_strbuf_printf(b, "%s%s", b->len ? " " : "", s->id);
        snapshots_with(s, id, b);
    }
}

char *medium_users(const char *id, const char *snapshots_of)
{
    struct eb_strbuf b = {0};

    for (struct machine *m = machines; m; m = m->next) {
        EB_AUTOSTRBUF struct eb_strbuf in = {0};
        bool now = attached_in(m->pending ? m->pending : m->config, id) || attached_in(m->config, id);

        if (snapshots_of && !eb_streq(m->id, snapshots_of))
            continue;
        snapshots_with(m->snapshots, id, &in);
        if (snapshots_of)
            eb_strbuf_printf(&b, "%s%s%s", now ? m->id : "", now && in.len ? " " : "", in.s ? in.s : "");
        else if (now || in.len)
            eb_strbuf_printf(&b, "%s%s", b.len ? " " : "", m->id);
    }
    return eb_strbuf_steal(&b);
}

static bool is_parent_of(const char *id, const char *child)
{
    for (const struct node *n = medium_node(child); n; n = medium_node(node_get(n, "parent")))
        if (eb_streq(node_get(n, "parent"), id))
            return true;
    return false;
}

/* A machine that is on holds its disks for writing, their parents and its images for reading. */
static const char *lock_by_machines(const struct node *medium)
{
    for (struct machine *m = machines; m; m = m->next)
        for (size_t i = 0; machine_online(m) && i < m->config->n; i++) {
            const struct node *a = m->config->children[i];
            const char *id = strcmp(a->tag, "Attachment") == 0 ? node_get(a, "medium") : NULL;

            if (!id)
                continue;
            if (eb_streq(id, medium->id))
                return eb_streq(node_get(a, "type"), "HardDisk") &&
                               !eb_streq(node_get(medium, "type"), "Shareable")
                           ? "LockedWrite"
                           : "LockedRead";
            if (is_parent_of(medium->id, id))
                return "LockedRead";
        }
    return NULL;
}

const char *medium_state(const struct node *n)
{
    const char *state = node_get(n, "state"), *lock = lock_by_machines(n);

    if (state && !eb_streq(state, "Inaccessible"))
        return eb_streq(state, "NotCreated") ? "NotCreated"
               : eb_streq(state, "Creating") ? "Creating"
                                             : "Deleting";
    if (lock)
        return lock;
    if (node_get(n, "writers"))
        return "LockedWrite";
    if (node_get(n, "readers"))
        return "LockedRead";
    return state ? "Inaccessible" : "Created";
}

bool medium_locked(const char *id)
{
    const struct node *n = medium_node(id);

    return n && eb_starts_with(medium_state(n), "Locked");
}

void medium_refresh(struct node *n)
{
    EB_AUTOFREE char *why = NULL;
    const char *location = node_get_or(n, "location", "");

    if (node_bool(n, "hostDrive") ||
        (node_get(n, "state") && !eb_streq(node_get(n, "state"), "Inaccessible")))
        return;
    if (access(location, R_OK) != 0)
        why = eb_asprintf(
            "Could not open the medium '%s'.\nVD: error VERR_FILE_NOT_FOUND opening image file '%s' "
            "(VERR_FILE_NOT_FOUND)",
            location, location);
    node_set(n, "state", why ? "Inaccessible" : NULL);
    node_set(n, "lastAccessError", why);
}

/* ---- files ---- */

/* As the real images of the format begin, for those who look without asking VirtualBox. */
static void write_signature(unsigned char head[SECTOR], const struct node *n)
{
    static const unsigned char vdi[] = "\x7f\x10\xda\xbe\x01\0\x01\0", vmdk[] = "KDMV\x01",
                               vhd[] = "conectix", qcow[] = "QFI\xfb\0\0\0\x02";
    const char *format = node_get_or(n, "format", "VDI");
    uint64_t size = (uint64_t)node_num(n, "logicalSize"), sectors = size / SECTOR, swapped = htobe64(size);

    if (eb_streq(format, "VDI")) {
        memcpy(head, "<<< Oracle VM VirtualBox Disk Image >>>\n", 40);
        memcpy(head + 0x40, vdi, 8);
        memcpy(head + 0x170, &size, sizeof(size));
    } else if (eb_streq(format, "VMDK")) {
        memcpy(head, vmdk, 5);
        memcpy(head + 12, &sectors, sizeof(sectors));
    } else if (eb_streq(format, "VHD")) {
        memcpy(head, vhd, 8);
        memcpy(head + 48, &swapped, sizeof(swapped));
    } else if (eb_streq(format, "QCOW")) {
        memcpy(head, qcow, 8);
        memcpy(head + 24, &swapped, sizeof(swapped));
    }
}

static bool write_head(int fd, const struct node *n)
{
    unsigned char signature[SECTOR] = {0};
    EB_AUTOFREE char *head =
        eb_asprintf("everbox-sim-medium\nid=%s\nlogicalSize=%s\nparent=%s\nformat=%s\nvariant=%s\n", n->id,
                    node_get_or(n, "logicalSize", "0"), node_get_or(n, "parent", ""),
                    node_get_or(n, "format", "VDI"), node_get_or(n, "variant", ""));

    write_signature(signature, n);
    return pwrite(fd, signature, SECTOR, 0) == SECTOR &&
           pwrite(fd, head, strlen(head) + 1, SECTOR) == (ssize_t)strlen(head) + 1;
}

bool medium_rewrite_head(const struct node *n)
{
    EB_AUTOCLOSE int fd = open(node_get_or(n, "location", ""), O_WRONLY | O_CLOEXEC);

    return fd >= 0 && write_head(fd, n);
}

bool medium_write_file(const struct call *c, const struct node *n)
{
    const char *location = node_get_or(n, "location", ""), *variant = node_get_or(n, "variant", "");
    EB_AUTOFREE char *folder = eb_strdup(location);
    EB_AUTOCLOSE int fd = -1;
    off_t size = strstr(variant, "Fixed") ? MEDIUM_DATA + node_num(n, "logicalSize") : 2 * MEDIUM_DATA;

    if (disk_full(c)) {
        errno = ENOSPC;
        return false;
    }
    for (char *p = folder + 1; *p; p++)
        if (*p == '/') {
            *p = '\0';
            mkdir(folder, 0700);
            *p = '/';
        }
    fd = open(location, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    return fd >= 0 && write_head(fd, n) && ftruncate(fd, size) == 0;
}

static char *head_value(const char *head, const char *name)
{
    EB_AUTOFREE char *key = eb_asprintf("\n%s=", name);
    const char *at = strstr(head, key);

    return at ? eb_strndup(at + strlen(key), strcspn(at + strlen(key), "\n")) : eb_strdup("");
}

/* Reads what an image says of itself. False when it is no hard disk that we know. */
static bool read_head(const char *location, struct node *n)
{
    char head[4096] = {0}, *own = head + SECTOR; /* what the stand-in notes follows the format's own */
    EB_AUTOCLOSE int fd = open(location, O_RDONLY | O_CLOEXEC);
    ssize_t len = fd >= 0 ? read(fd, head, sizeof(head) - 1) : -1;
    uint64_t size = 0;
    struct stat st;

    if (len > SECTOR && eb_starts_with(own, "everbox-sim-medium\n")) {
        EB_AUTOFREE char *logical = head_value(own, "logicalSize"), *parent = head_value(own, "parent");
        EB_AUTOFREE char *format = head_value(own, "format"), *id = head_value(own, "id"),
                         *variant = head_value(own, "variant");

        eb_replace_string(&n->id, id);
        node_set(n, "logicalSize", logical);
        node_set(n, "format", format);
        node_set(n, "parent", *parent ? parent : NULL);
        node_set(n, "variant", *variant ? variant : NULL);
        return true;
    }
    if (len > 0x178 && memcmp(head + 0x40, "\x7f\x10\xda\xbe", 4) == 0) {
        memcpy(&size, head + 0x170, sizeof(size));
        node_set_num(n, "logicalSize", (int64_t)size);
        node_set(n, "format", "VDI");
        return true;
    }
    if (len > 20 && memcmp(head, "KDMV", 4) == 0) {
        memcpy(&size, head + 12, sizeof(size));
        node_set_num(n, "logicalSize", (int64_t)size * 512);
        node_set(n, "format", "VMDK");
        return true;
    }
    if (len > 0 && fstat(fd, &st) == 0 &&
        (eb_ends_with(location, ".img") || eb_ends_with(location, ".raw"))) {
        node_set_num(n, "logicalSize", st.st_size);
        node_set(n, "format", "RAW");
        return true;
    }
    return false;
}

/* ---- registering ---- */

void medium_registered(const struct node *n, bool there)
{
    event_fire("vbox", "OnMediumRegistered", "mediumId", n->id, "mediaId", n->id, "mediumType",
               node_get_or(n, "deviceType", "HardDisk"), "mediaType",
               node_get_or(n, "deviceType", "HardDisk"), "registered", there ? "1" : "0", NULL);
}

void medium_forget(const char *id, bool delete_file)
{
    struct node *n = medium_node(id);

    if (!n)
        return;
    if (delete_file)
        unlink(node_get_or(n, "location", ""));
    if (!eb_streq(node_get(n, "state"), "NotCreated"))
        medium_registered(n, false);
    node_remove(n);
    save_global();
}

char *medium_make_diff(const char *parent, const char *folder)
{
    EB_AUTOFREE char *id = id_new();
    EB_AUTOFREE char *location = eb_asprintf("%s/{%s}.vdi", folder, id);
    const struct node *p = medium_node(parent);
    struct node *n = node_need(global, "Medium", id);

    node_set(n, "location", location);
    node_set(n, "format", "VDI");
    node_set(n, "deviceType", "HardDisk");
    node_set(n, "parent", parent);
    node_set(n, "variant", "Diff");
    node_set(n, "logicalSize", p ? node_get_or(p, "logicalSize", "0") : "0");
    medium_write_file(NULL, n);
    save_global();
    medium_registered(n, true);
    return EB_STEAL(id);
}

struct object *host_drive(const char *type, const char *name)
{
    bool dvd = eb_streq(type, "DVD");
    const char *id = dvd ? "00445644-0000-0000-2f64-65762f737230" : "00465044-0000-0000-2f64-65762f666430";
    struct node *n;

    if (name && *name && !eb_streq(name, dvd ? "/dev/sr0" : "/dev/fd0"))
        return NULL;
    n = node_need(global, "Medium", id);
    node_set(n, "location", dvd ? "/dev/sr0" : "/dev/fd0");
    node_set(n, "deviceType", type);
    node_set(n, "hostDrive", "1");
    node_set(n, "format", "RAW");
    node_set(n, "logicalSize", "0");
    return medium_object(id);
}

/* ---- IVirtualBox ---- */

static uint32_t list(struct call *c, const char *type)
{
    for (size_t i = 0; i < global->n; i++) {
        const struct node *n = global->children[i];

        /* differences are found below their bases */
        if (strcmp(n->tag, "Medium") == 0 && eb_streq(node_get_or(n, "deviceType", "HardDisk"), type) &&
            !node_bool(n, "hostDrive") && !medium_node(node_get(n, "parent")) &&
            !eb_streq(node_get(n, "state"), "NotCreated"))
            ret_add_obj(c, medium_object(n->id));
    }
    return S_OK;
}

static uint32_t hard_disks(struct call *c)
{
    return list(c, "HardDisk");
}

static uint32_t dvd_images(struct call *c)
{
    return list(c, "DVD");
}

static uint32_t floppy_images(struct call *c)
{
    return list(c, "Floppy");
}

static char *full_location(const char *location)
{
    const char *own = node_get(node_child(global, "SystemProperties", NULL), "defaultHardDiskFolder");

    if (*location == '/' || release->numeric >= 4000000)
        return eb_strdup(location);
    return own && *own ? eb_asprintf("%s/%s", own, location) : eb_asprintf("%s/HardDisks/%s", home, location);
}

static const char *known_format(const char *name)
{
    static const char *const formats[] = {"VDI",  "VMDK", "VHD",  "Parallels", "DMG", "QED",
                                          "QCOW", "VHDX", "VISO", "RAW",       "CUE", "iSCSI"};

    for (size_t i = 0; i < EB_ARRAY_SIZE(formats); i++)
        if (strcasecmp(formats[i], name) == 0)
            return formats[i];
    return NULL;
}

static uint32_t create_medium(struct call *c)
{
    EB_AUTOFREE char *location = full_location(arg_str(c, "location")), *id = id_new();
    const char *format = *arg_str(c, "format") ? known_format(arg_str(c, "format")) : "VDI";
    const char *type = arg_has(c, "aDeviceTypeType") ? arg_enum(c, "aDeviceTypeType") : "HardDisk";
    struct node *n;

    if (!format)
        return fail(c, E_INVALIDARG, "Invalid medium storage format '%s'", arg_str(c, "format"));
    if (*location != '/')
        return fail(c, VBOX_E_FILE_ERROR, "The given path '%s' is not fully qualified", location);
    if (!eb_streq(type, "HardDisk") && !eb_streq(type, "DVD") && !eb_streq(type, "Floppy"))
        return fail(c, E_INVALIDARG, "Device type must be HardDisk, DVD or Floppy");
    n = node_need(global, "Medium", id);
    node_set(n, "location", location);
    node_set(n, "format", format);
    node_set(n, "deviceType", type);
    node_set(n, "state", "NotCreated");
    ret_obj(c, medium_object(id));
    return S_OK;
}

/* What an image of the format that is not there says. */
static uint32_t no_file(struct call *c, const char *location)
{
    uint32_t rc =
        fail(c, VBOX_E_FILE_ERROR, "Could not find file for the medium '%s' (VERR_FILE_NOT_FOUND)", location);

    node_set(c->error->own, "component", release->numeric >= 5000000 ? "MediumWrap" : "Medium");
    return rc;
}

static uint32_t open_as(struct call *c, const char *type, bool may_be_known)
{
    EB_AUTOFREE char *location = full_location(arg_str(c, "location")), *fresh = id_new();
    bool force = arg_has(c, "forceNewUuid") && arg_bool(c, "forceNewUuid");
    const char *wanted = arg_has(c, "imageId") ? arg_str(c, "imageId")
                         : arg_has(c, "id")    ? arg_str(c, "id")
                                               : "";
    struct node *n = medium_at(location), *other;
    char id[37];

    id_normal(location, id);
    if (!n && *id)
        n = medium_node(id);
    if (n && (may_be_known || node_bool(n, "hostDrive"))) {
        ret_obj(c, medium_object(n->id));
        return S_OK;
    }
    if (n)
        return fail(c, E_INVALIDARG,
                    "Cannot register the medium '%s' because it is registered already with UUID {%s}",
                    location, n->id);
    if (*location != '/')
        return fail(c, *id ? VBOX_E_OBJECT_NOT_FOUND : VBOX_E_FILE_ERROR,
                    "The given path '%s' is not fully qualified", location);
    if (access(location, R_OK) != 0)
        return no_file(c, location);
    n = node_new("Medium", fresh);
    node_set(n, "location", location);
    node_set(n, "format", "RAW");
    node_set(n, "deviceType", type);
    if (eb_streq(type, "HardDisk") && !read_head(location, n)) {
        node_free(n);
        return fail(c, VBOX_E_IPRT_ERROR,
                    "Could not get the storage format of the medium '%s' (VERR_NOT_SUPPORTED)", location);
    }
    id_normal(wanted, id);
    if (force || (*id && strtoull(id, NULL, 16)))
        eb_replace_string(&n->id, force ? fresh : id);
    other = medium_node(n->id);
    if (other) {
        uint32_t rc = fail(
            c, E_INVALIDARG,
            "Cannot register the hard disk '%s' {%s} because a hard disk '%s' with UUID {%s} already exists",
            location, n->id, node_get_or(other, "location", ""), other->id);

        node_free(n);
        return rc;
    }
    node_add(global, n);
    save_global();
    medium_registered(n, true);
    ret_obj(c, medium_object(n->id));
    return S_OK;
}

static uint32_t open_medium(struct call *c)
{
    EB_AUTOFREE char *type = eb_strdup(arg_enum(c, "deviceType"));

    if (!eb_streq(type, "HardDisk") && !eb_streq(type, "DVD") && !eb_streq(type, "Floppy"))
        return fail(c, E_INVALIDARG, "Device type must be HardDisk, DVD or Floppy");
    return open_as(c, type, true);
}

static uint32_t open_hard_disk(struct call *c)
{
    return open_as(c, "HardDisk", false);
}

static uint32_t open_dvd(struct call *c)
{
    return open_as(c, "DVD", false);
}

static uint32_t open_floppy(struct call *c)
{
    return open_as(c, "Floppy", false);
}

static uint32_t find_as(struct call *c, const char *what, const char *type)
{
    EB_AUTOFREE char *location = full_location(what);
    char id[37];
    const struct node *n;

    id_normal(what, id);
    n = *id ? medium_node(id) : medium_at(location);
    if (!n || !eb_streq(node_get_or(n, "deviceType", "HardDisk"), type))
        return not_found(c, "Could not find an open %s with %s '%s'",
                         eb_streq(type, "HardDisk") ? "hard disk" : "medium", *id ? "UUID" : "location",
                         what);
    ret_obj(c, medium_object(n->id));
    return S_OK;
}

static uint32_t find_medium(struct call *c)
{
    EB_AUTOFREE char *type = eb_strdup(arg_enum(c, "type"));

    return find_as(c, arg_str(c, "location"), type);
}

static uint32_t find_hard_disk(struct call *c)
{
    return find_as(c, arg_str(c, arg_has(c, "id") ? "id" : "location"), "HardDisk");
}

static uint32_t find_dvd(struct call *c)
{
    return find_as(c, arg_str(c, arg_has(c, "id") ? "id" : "location"), "DVD");
}

static uint32_t find_floppy(struct call *c)
{
    return find_as(c, arg_str(c, arg_has(c, "id") ? "id" : "location"), "Floppy");
}

const struct member medium_members[] = {
    {"IVirtualBox.hardDisks", hard_disks},
    {"IVirtualBox.DVDImages", dvd_images},
    {"IVirtualBox.floppyImages", floppy_images},
    {"IVirtualBox.createHardDisk", create_medium},
    {"IVirtualBox.createMedium", create_medium},
    {"IVirtualBox.openMedium", open_medium},
    {"IVirtualBox.openHardDisk", open_hard_disk},
    {"IVirtualBox.openDVDImage", open_dvd},
    {"IVirtualBox.openFloppyImage", open_floppy},
    {"IVirtualBox.findMedium", find_medium},
    {"IVirtualBox.findHardDisk", find_hard_disk},
    {"IVirtualBox.getHardDisk", find_hard_disk},
    {"IVirtualBox.findDVDImage", find_dvd},
    {"IVirtualBox.getDVDImage", find_dvd},
    {"IVirtualBox.findFloppyImage", find_floppy},
    {"IVirtualBox.getFloppyImage", find_floppy},
    {NULL, NULL},
};
