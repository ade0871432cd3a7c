/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Settings files of VirtualBox as definitions, and back: VirtualBox itself reads and writes them, with files
 * in a folder that goes at the end.
 */
#include "vbox/native.h"

#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "vbox/device_ops.h"
#include "vbox/domain.h"
#include "vbox/machine_medium.h"
#include "vbox/native_text.h"

#define FORMAT "vbox"
enum { SETTINGS_MAX = 16 << 20 };

static int check_format(const char *format, unsigned flags, const char *function, eb_error *err)
{
    if (eb_check_flags(flags, 0, function, err) < 0)
        return -1;
    if (strcmp(format, FORMAT) != 0)
        return eb_error_set(err, EB_ERR_INVALID_ARG, "unsupported config type %s", format);
    return 0;
}

/* ---- A folder of our own ---- */

static int remove_entry(const char *path, const struct stat *st EB_UNUSED, int what EB_UNUSED,
                        struct FTW *where EB_UNUSED)
{
    return remove(path) < 0 && errno != ENOENT ? -1 : 0;
}

static void remove_folder(char **folder)
{
    if (!*folder)
        return;
    nftw(*folder, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
    free(EB_STEAL(*folder));
}
#define AUTO_FOLDER EB_CLEANUP(remove_folder)

static int make_folder(char **out, eb_error *err)
{
    const char *tmp = getenv("TMPDIR");
    EB_AUTOFREE char *path = eb_asprintf("%s/everbox-XXXXXX", tmp && *tmp == '/' ? tmp : "/tmp");

    if (!mkdtemp(path))
        return eb_error_set_errno(err, errno, "cannot create a folder '%s'", path);
    *out = EB_STEAL(path);
    return 0;
}

/* ---- Media that VirtualBox came to know ---- */

/* VirtualBox lets media go when that is saved, into a file that goes too. */
static void detach_all(struct vbox_conn *c, IMachine *machine)
{
    IMediumAttachment **list = NULL;
    size_t n = 0;

    if (!vb_has(c->vb, VB_IMachine_get_mediumAttachments) ||
        IMachine_get_mediumAttachments(c->vb, machine, &n, &list, NULL) < 0)
        return;
    for (size_t i = 0; i < n; i++) {
        EB_AUTOFREE char *controller = NULL;
        int32_t port = 0, device = 0;

        if (IMediumAttachment_get_controller(c->vb, list[i], &controller, NULL) == 0 &&
            IMediumAttachment_get_port(c->vb, list[i], &port, NULL) == 0 &&
            IMediumAttachment_get_device(c->vb, list[i], &device, NULL) == 0)
            (void)IMachine_detachDevice(c->vb, machine, controller, port, device, NULL);
    }
    vb_objects_free(n, list);
    (void)IMachine_saveSettings(c->vb, machine, NULL);
}

/* 1: VirtualBox knows it. 0: not. */
static int is_known(struct vm *vm, const char *path, enum vb_DeviceType type, eb_error *err)
{
    IMedium *medium = NULL;
    int result = vm_image_find(vm, path, type, &medium, err) < 0 ? -1 : medium != NULL;

    vb_unref(medium);
    return result;
}

static bool forget(struct vm *vm, const char *path, enum vb_DeviceType type)
{
    IMedium *medium = NULL;
    bool closed = vm_image_find(vm, path, type, &medium, NULL) == 0 && medium &&
                  IMedium_close(vm->vb, medium, NULL) == 0;

    vb_unref(medium);
    return closed;
}

/* ---- From ---- */

/* The folder in which the machine lives, or would live. */
static int home_of(struct vbox_conn *c, IVirtualBox *vbox, const struct vbox_native *n, char **out,
                   eb_error *err)
{
    struct eb_domain_def named = {.name = n->name};
    VB_AUTO(IMachine) same = NULL;
    char *slash;

    if (vbox_find_any(c, vbox, n->uuid, &same, NULL) < 0)
        return vbox_machine_usual_folder(c, vbox, &named, out, err);
    if (IMachine_get_settingsFilePath(c->vb, same, out, err) < 0)
        return -1;
    if ((slash = strrchr(*out, '/')))
        *slash = '\0';
    return 0;
}

static int open_machine(struct vbox_conn *c, IVirtualBox *vbox, const char *file, IMachine **out,
                        eb_error *err)
{
    VB_AUTO(IMachine) machine = NULL;
    bool accessible = true;

    if ((vb_has(c->vb, VB_IVirtualBox_openMachine__password)
             ? IVirtualBox_openMachine__password(c->vb, vbox, file, "", &machine, err)
             : IVirtualBox_openMachine__plain(c->vb, vbox, file, &machine, err)) < 0 ||
        IMachine_get_accessible(c->vb, machine, &accessible, err) < 0)
        return -1;
    if (!accessible)
        return vbox_inaccessible(c, machine, err);
    *out = EB_STEAL(machine);
    return 0;
}

static int read_machine(struct vbox_conn *c, IVirtualBox *vbox, IMachine *machine,
                        const struct vbox_native *n, struct eb_domain_def **out, eb_error *err)
{
    VBOX_AUTOFOUND struct vbox_found f = {0};
    EB_AUTODEF struct eb_domain_def *def = NULL;
    EB_AUTOFREE char *hidden = NULL;
    EB_AUTOFREE char *xml = NULL;
    unsigned char uuid[16];

    if (vbox_machine_uuid(c, machine, uuid, err) < 0)
        return -1;
    vbox_found_new(c, vbox, machine, uuid, &f);
    if (vbox_domain_def(&f, EB_XML_INACTIVE, &def, err) < 0)
        return -1;
    memcpy(def->uuid, n->uuid, sizeof(def->uuid));
    def->has_uuid = true;
    hidden = eb_domain_def_format(def, EB_XML_INACTIVE);
    xml = vbox_swaps_undo(&n->swaps, hidden);
    return eb_domain_def_parse(xml, EB_XML_INACTIVE, out, err);
}

/* Children go before their parents, in as many rounds as that takes. */
static void forget_images(struct vbox_conn *c, const struct vbox_native *n)
{
    static const enum vb_DeviceType types[] = {[VBOX_NATIVE_DISK] = DeviceType_HardDisk,
                                               [VBOX_NATIVE_DVD] = DeviceType_DVD,
                                               [VBOX_NATIVE_FLOPPY] = DeviceType_Floppy};
    struct vm vm VM_AUTO = {0};
    bool closed = n->n_images != 0;

    if (!closed || vm_open(c, NULL, 0, &vm, NULL) < 0)
        return;
    while (closed) {
        closed = false;
        for (size_t i = 0; i < n->n_images; i++)
            closed |= forget(&vm, n->images[i].path, types[n->images[i].kind]);
    }
}

int vbox_xml_from_native(eb_conn *conn, const char *format, const char *config, unsigned flags,
                         struct eb_domain_def **out, eb_error *err)
{
    struct vbox_conn *c = vbox_conn_of(conn);
    struct vbox_native n EB_CLEANUP(vbox_native_clear) = {0};
    VB_AUTO(IVirtualBox) vbox = NULL;
    AUTO_FOLDER char *folder = NULL;
    EB_AUTOFREE char *home = NULL, *text = NULL, *file = NULL;
    IMachine *machine = NULL;
    int result = -1;

    if (check_format(format, flags, "virConnectDomainXMLFromNative", err) < 0 ||
        vbox_native_parse(config, &n, err) < 0 || vbox_begin(c, &vbox, err) < 0 ||
        home_of(c, vbox, &n, &home, err) < 0 || make_folder(&folder, err) < 0)
        return -1;
    text = vbox_native_hide(&n, home, folder);
    file = eb_asprintf("%s/machine.%s", folder, vb_has(c->vb, VB_IMachine_unregister) ? "vbox" : "xml");
    if (eb_write_file(file, text, strlen(text), 0600) < 0)
        return eb_error_set_errno(err, errno, "cannot write '%s'", file);
    if (open_machine(c, vbox, file, &machine, err) == 0) {
        result = read_machine(c, vbox, machine, &n, out, err);
        detach_all(c, machine);
        vb_unref(machine);
    }
    forget_images(c, &n);
    return result;
}

/* ---- To ---- */

/* An image that can only be had by a differencing image on it would get one, which would stay. */
static int check_image(struct vm *vm, const struct eb_disk *disk, eb_error *err)
{
    VM_AUTO_MEDIUM struct vm_medium medium = {0};
    EB_AUTOFREE char *what = NULL;
    bool read_only = false;

    if (vm_disk_type(disk) != DeviceType_HardDisk || !vb_has(vm->vb, VB_IMedium_get_readOnly))
        return 0;
    if (vm_medium_open(vm, disk, &medium, err) < 0 ||
        IMedium_get_readOnly(vm->vb, medium.medium, &read_only, err) < 0)
        return -1;
    if (!read_only)
        return 0;
    what = eb_asprintf("disk '%s' in a settings file", disk->source);
    return vm_refuse(vm, err, what, "VirtualBox would make a differencing image of it");
}

struct image {
    const struct eb_disk *disk;
    bool known;
};

/* Which images VirtualBox knows already, and that none of them would change. */
static int look_at_images(struct vm *vm, const struct eb_domain_def *def, struct image *images, size_t *n,
                          eb_error *err)
{
    for (size_t i = 0; i < def->n_disks; i++) {
        const struct eb_disk *disk = &def->disks[i];
        int known;

        if (disk->type != EB_DISK_TYPE_FILE || !disk->source)
            continue;
        if ((known = is_known(vm, disk->source, vm_disk_type(disk), err)) < 0)
            return -1;
        images[(*n)++] = (struct image){.disk = disk, .known = known};
        if (check_image(vm, disk, err) < 0)
            return -1;
    }
    return 0;
}

/* What VirtualBox came to know it forgets, and what it forgot with the machine it knows again. */
static void put_back(struct vm *vm, const struct image *images, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const char *path = images[i].disk->source;
        enum vb_DeviceType type = vm_disk_type(images[i].disk);
        IMedium *medium = NULL;

        if (!images[i].known) {
            (void)(forget(vm, path, type) || forget(vm, path, type));
        } else if (is_known(vm, path, type, NULL) == 0) {
            (void)vm_image_open(vm, path, type, &medium, NULL);
            vb_unref(medium);
        }
    }
}

static int read_settings(struct vbox_conn *c, IMachine *machine, char **folder, char **text, eb_error *err)
{
    char *slash;
    size_t len;

    if (IMachine_get_settingsFilePath(c->vb, machine, folder, err) < 0)
        return -1;
    if (eb_read_file(*folder, SETTINGS_MAX, text, &len) < 0)
        return eb_error_set_errno(err, errno, "cannot read '%s'", *folder);
    if ((slash = strrchr(*folder, '/')))
        *slash = '\0';
    return 0;
}

/* What cannot be removed now the next look at it removes. */
static void remove_machine(struct vbox_conn *c, IVirtualBox *vbox, IMachine *machine, eb_uuid uuid)
{
    if (vbox_machine_remove(c, vbox, machine, true, VBOX_DISKS_KEEP, NULL) < 0 &&
        vbox_machine_remove(c, vbox, machine, true, VBOX_DISKS_KEEP, NULL) < 0)
        vbox_transient_mark_made(c, vbox, uuid, NULL);
    else if (vbox_transient_unmark(c, vbox, uuid, NULL) < 0)
        vbox_transient_unmark(c, vbox, uuid, NULL);
}

/*
 * VirtualBox attaches no drives to a machine that is not registered, so it is for a moment, under a name of
 * its own and hidden from all connections.
 */
static int write_machine(struct vbox_conn *c, IVirtualBox *vbox, const struct eb_domain_def *def,
                         const char *folder, char **own_folder, char **text, eb_error *err)
{
    VB_AUTO(IMachine) machine = NULL;
    int result;

    if (vbox_machine_make(c, vbox, def, folder, &machine, err) < 0 ||
        vbox_transient_mark_hidden(c, vbox, def->uuid, err) < 0)
        return -1;
    if (IVirtualBox_registerMachine(c->vb, vbox, machine, err) < 0) {
        vbox_transient_unmark(c, vbox, def->uuid, NULL);
        return -1;
    }
    result = vbox_fill_new(c, machine, def, VBOX_APPLY_KEEP_MEDIA, err) < 0 ||
                     read_settings(c, machine, own_folder, text, err) < 0
                 ? -1
                 : 0;
    remove_machine(c, vbox, machine, def->uuid);
    return result;
}

static char *text_of(const struct eb_domain_def *def)
{
    EB_AUTODEF struct eb_domain_def *read = NULL;
    EB_AUTOFREE char *xml = eb_domain_def_format(def, EB_XML_INACTIVE);

    return eb_domain_def_parse(xml, EB_XML_INACTIVE, &read, NULL) < 0
               ? NULL
               : eb_domain_def_format(read, EB_XML_INACTIVE);
}

/* 1: the definition is that of a machine that is there, whose own file says it best. */
static int read_own(struct vbox_conn *c, const struct eb_domain_def *given, char **text, eb_error *err)
{
    VBOX_AUTOFOUND struct vbox_found f = {0};
    EB_AUTODEF struct eb_domain_def *now = NULL;
    EB_AUTOFREE char *own = NULL, *wanted = NULL, *folder = NULL;

    if (!given->has_uuid || vbox_find(c, given->uuid, &f, NULL) < 0 || !f.accessible)
        return 0;
    if (vbox_domain_def(&f, EB_XML_INACTIVE, &now, err) < 0)
        return -1;
    own = text_of(now);
    wanted = text_of(given);
    if (!eb_streq(own, wanted))
        return 0;
    return read_settings(c, f.machine, &folder, text, err) < 0 ? -1 : 1;
}

/* A copy under a name and a uuid that nothing else has. */
static struct eb_domain_def *disguise(const struct eb_domain_def *given)
{
    struct eb_domain_def *def = eb_domain_def_copy(given);
    char id[EB_UUID_STRLEN + 1];

    eb_uuid_generate(def->uuid);
    def->has_uuid = true;
    eb_uuid_format(def->uuid, id);
    free(def->name);
    def->name = eb_asprintf("everbox-%s", id);
    return def;
}

/* Folder, name and uuid are again those of the definition. */
static char *as_meant(const char *text, const struct eb_domain_def *def, const char *folder,
                      const struct eb_domain_def *given, const char *home)
{
    struct vbox_swaps swaps EB_CLEANUP(vbox_swaps_clear) = {0};
    char stands[EB_UUID_STRLEN + 1], meant[EB_UUID_STRLEN + 1];
    unsigned char uuid[16];

    memcpy(uuid, given->uuid, sizeof(uuid));
    if (!given->has_uuid)
        eb_uuid_generate(uuid);
    eb_uuid_format(def->uuid, stands);
    eb_uuid_format(uuid, meant);
    vbox_swaps_add(&swaps, folder, home);
    vbox_swaps_add(&swaps, def->name, given->name);
    vbox_swaps_add(&swaps, stands, meant);
    return vbox_swaps_undo(&swaps, text);
}

int vbox_xml_to_native(eb_conn *conn, const char *format, const struct eb_domain_def *given, unsigned flags,
                       char **config, eb_error *err)
{
    struct vbox_conn *c = vbox_conn_of(conn);
    EB_AUTODEF struct eb_domain_def *def = disguise(given);
    VB_AUTO(IVirtualBox) vbox = NULL;
    EB_AUTOFREE struct image *images = eb_calloc(def->n_disks + 1, sizeof(*images));
    AUTO_FOLDER char *folder = NULL;
    EB_AUTOFREE char *home = NULL, *own_folder = NULL, *text = NULL;
    struct vm vm VM_AUTO = {0};
    size_t n = 0;
    int result;

    if (check_format(format, flags, "virConnectDomainXMLToNative", err) < 0 ||
        vm_open(c, NULL, VBOX_APPLY_KEEP_MEDIA, &vm, err) < 0 || vbox_check_def(c, def, err) < 0 ||
        (result = read_own(c, given, config, err)) < 0)
        return -1;
    if (result == 1)
        return 0;
    if (vbox_begin(c, &vbox, err) < 0 || vbox_machine_usual_folder(c, vbox, given, &home, err) < 0 ||
        make_folder(&folder, err) < 0)
        return -1;
    result = look_at_images(&vm, def, images, &n, err);
    if (result == 0)
        result = write_machine(c, vbox, def, folder, &own_folder, &text, err);
    put_back(&vm, images, n);
    if (result == 0)
        *config = as_meant(text, def, own_folder, given, home);
    return result;
}
