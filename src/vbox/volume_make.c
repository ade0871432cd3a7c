/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Making, copying and deleting volumes. VirtualBox makes, converts and deletes the images of its formats; a
 * raw image and a CD's are plain files. What was made is closed again: a machine that gets it opens it.
 */
#include "vbox/domain.h"
#include "vbox/storage.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PREALLOC_METADATA = 1 << 0, SECTOR = 512 };

/* ---- VirtualBox's images ---- */

/* Until 3.0 an IHardDisk, as in struct vm_medium. */
static int new_medium(struct vbox_conn *c, IVirtualBox *vbox, const char *format, const char *path,
                      IMedium **out, eb_error *err)
{
    IHardDisk *disk = NULL;

    if (vb_has(c->vb, VB_IVirtualBox_createMedium))
        return IVirtualBox_createMedium(c->vb, vbox, format, path, AccessMode_ReadWrite, DeviceType_HardDisk,
                                        out, err);
    if (vb_has(c->vb, VB_IVirtualBox_createHardDisk__medium))
        return IVirtualBox_createHardDisk__medium(c->vb, vbox, format, path, out, err);
    if (IVirtualBox_createHardDisk__hardDisk(c->vb, vbox, format, path, &disk, err) < 0)
        return -1;
    *out = (IMedium *)(void *)disk;
    return 0;
}

static int as_disk(struct vbox_conn *c, IMedium *medium, IHardDisk **out, eb_error *err)
{
    void *disk = NULL;

    if (vb_cast(c->vb, medium, VB_IFACE_IHardDisk, &disk, err) < 0)
        return -1;
    *out = disk;
    return 0;
}

static int fill_new(struct vbox_conn *c, IMedium *medium, uint64_t size, enum vb_MediumVariant variant,
                    eb_error *err)
{
    uint32_t mask = vb_enum_number(c->vb, VB_ENUM_MediumVariant, (int)variant);
    uint64_t whole = (size + SECTOR - 1) / SECTOR * SECTOR;
    int64_t units = (int64_t)((whole + vbox_size_unit(c) - 1) / vbox_size_unit(c));
    VB_AUTO(IHardDisk) disk = NULL;
    IProgress *progress = NULL;
    int result;

    if (vb_has(c->vb, VB_IMedium_createBaseStorage__array))
        result = IMedium_createBaseStorage__array(c->vb, medium, units, 1, &variant, &progress, err);
    else if (vb_has(c->vb, VB_IMedium_createBaseStorage__mask))
        result = IMedium_createBaseStorage__mask(c->vb, medium, units, mask, &progress, err);
    else if (as_disk(c, medium, &disk, err) < 0)
        return -1;
    else
        result = IHardDisk_createBaseStorage(c->vb, disk, units, mask, &progress, err);
    return result < 0 ? -1 : vbox_wait(c, progress, "create", err);
}

static int fill_copy(struct vbox_conn *c, IMedium *medium, IMedium *from, enum vb_MediumVariant variant,
                     eb_error *err)
{
    uint32_t mask = vb_enum_number(c->vb, VB_ENUM_MediumVariant, (int)variant);
    VB_AUTO(IHardDisk) disk = NULL;
    VB_AUTO(IHardDisk) from_disk = NULL;
    IProgress *progress = NULL;
    int result;

    if (vb_has(c->vb, VB_IMedium_cloneTo__array))
        result = IMedium_cloneTo__array(c->vb, from, medium, 1, &variant, NULL, &progress, err);
    else if (vb_has(c->vb, VB_IMedium_cloneTo__mask))
        result = IMedium_cloneTo__mask(c->vb, from, medium, mask, NULL, &progress, err);
    else if (as_disk(c, medium, &disk, err) < 0 || as_disk(c, from, &from_disk, err) < 0)
        return -1;
    else
        result = IHardDisk_cloneTo(c->vb, from_disk, disk, mask, NULL, &progress, err);
    return result < 0 ? -1 : vbox_wait(c, progress, "clone", err);
}

static int delete_medium(struct vbox_conn *c, IMedium *medium, eb_error *err)
{
    VB_AUTO(IHardDisk) disk = NULL;
    IProgress *progress = NULL;
    int result;

    if (vb_has(c->vb, VB_IMedium_deleteStorage))
        result = IMedium_deleteStorage(c->vb, medium, &progress, err);
    else if (as_disk(c, medium, &disk, err) < 0)
        return -1;
    else
        result = IHardDisk_deleteStorage(c->vb, disk, &progress, err);
    return result < 0 ? -1 : vbox_wait(c, progress, "delete", err);
}

int vbox_medium_open(struct vbox_conn *c, IVirtualBox *vbox, const char *path, IMedium **out, bool *opened,
                     eb_error *err)
{
    struct vm vm = {.c = c, .vb = c->vb, .vbox = vbox};

    *opened = false;
    if (vm_image_find(&vm, path, DeviceType_HardDisk, out, err) < 0)
        return -1;
    if (*out)
        return 0;
    *opened = true;
    return vm_image_open(&vm, path, DeviceType_HardDisk, out, err);
}

/* All of it at once where that is asked for; what QEMU's formats are asked for of that kind is not heeded by
 * libvirt either. */
static enum vb_MediumVariant variant_of(const struct eb_volume_def *def)
{
    bool fixed = !def->allocation_implied && def->capacity > 0 && def->allocation >= def->capacity;

    return fixed && !eb_streq(vbox_volume_format(def->format), "QCOW") ? MediumVariant_Fixed
                                                                       : MediumVariant_Standard;
}

static int make_image(struct vbox_conn *c, IVirtualBox *vbox, const struct eb_volume_def *def,
                      const char *path, const char *from, eb_error *err)
{
    enum vb_MediumVariant variant = variant_of(def);
    VB_AUTO(IMedium) medium = NULL;
    VB_AUTO(IMedium) source = NULL;
    bool opened = false;
    int result;

    if (from && vbox_medium_open(c, vbox, from, &source, &opened, err) < 0)
        return -1;
    result = new_medium(c, vbox, vbox_volume_format(def->format), path, &medium, err);
    if (result == 0) {
        result = source ? fill_copy(c, medium, source, variant, err)
                        : fill_new(c, medium, def->capacity, variant, err);
        if (result == 0 && source && vbox_medium_grow(c, medium, def->capacity, err) < 0) {
            delete_medium(c, medium, NULL);
            result = -1;
        }
        IMedium_close(c->vb, medium, NULL);
    }
    if (opened)
        IMedium_close(c->vb, source, NULL);
    return result;
}

/* ---- Plain files ---- */

/* By way of this process, for file systems between which the kernel does not copy. */
static int copy_bytes(int in, int out, off_t at, off_t end)
{
    enum { PART = 1 << 20 };
    EB_AUTOFREE char *part = eb_calloc(PART, 1);

    while (at < end) {
        ssize_t n = pread(in, part, (size_t)(end - at < PART ? end - at : PART), at), put = 0;

        if (n < 0 && errno == EINTR)
            continue;
        if (n > 0)
            put = pwrite(out, part, (size_t)n, at);
        if (n <= 0 || put <= 0) {
            errno = n == 0 || put == 0 ? EIO : errno;
            return -1;
        }
        at += put;
    }
    return 0;
}

int vbox_copy_range(int in, int out, off_t at, off_t end)
{
    while (at < end) {
        off_t from = at, to = at;
        ssize_t n = copy_file_range(in, &from, out, &to, (size_t)(end - at), 0);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0 && (errno == EXDEV || errno == EINVAL || errno == ENOSYS || errno == EOPNOTSUPP))
            return copy_bytes(in, out, at, end);
        if (n <= 0) {
            errno = n == 0 ? EIO : errno;
            return -1;
        }
        at += n;
    }
    return 0;
}

/* Holes stay holes. */
static int copy_data(int in, int out, off_t size)
{
    off_t at = 0;

    while (at < size) {
        off_t data = lseek(in, at, SEEK_DATA), hole;

        if (data < 0)
            return errno == ENXIO ? 0 : -1;
        hole = lseek(in, data, SEEK_HOLE);
        if (hole < 0 || vbox_copy_range(in, out, data, hole) < 0)
            return -1;
        at = hole;
    }
    return 0;
}

static int fill_file(int out, const struct eb_volume_def *def, const char *from)
{
    EB_AUTOCLOSE int in = from ? open(from, O_RDONLY | O_CLOEXEC) : -1;
    off_t size = (off_t)def->capacity;
    struct stat st;
    int failed;

    if (from) {
        if (in < 0 || fstat(in, &st) < 0)
            return -1;
        size = st.st_size > size ? st.st_size : size;
    }
    if (ftruncate(out, size) < 0)
        return -1;
    if (from)
        return copy_data(in, out, st.st_size);
    if (def->allocation == 0)
        return 0;
    failed =
        posix_fallocate(out, 0, (off_t)(def->allocation < def->capacity ? def->allocation : def->capacity));
    errno = failed;
    return failed ? -1 : 0;
}

static int make_file(const struct eb_volume_def *def, const char *path, const char *from, eb_error *err)
{
    EB_AUTOCLOSE int out = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

    if (out < 0)
        return eb_error_set_errno(err, errno, "cannot create path '%s'", path);
    if (def->capacity <= INT64_MAX && fill_file(out, def, from) == 0)
        return 0;
    eb_error_set_errno(err, def->capacity > INT64_MAX ? EFBIG : errno, "cannot fill file '%s'", path);
    unlink(path);
    return -1;
}

/* ---- The operations ---- */

static bool is_plain(const char *format)
{
    return eb_streq(format, "raw") || eb_streq(format, "iso");
}

static int check_new(const struct eb_volume_def *def, const char *path, eb_error *err)
{
    struct stat st;

    if (vbox_volume_check_name(def->base.name, err) < 0)
        return -1;
    if (!eb_streq(def->type, "file") || (!is_plain(def->format) && !vbox_volume_format(def->format)))
        return eb_error_set(err, EB_ERR_CONFIG_UNSUPPORTED,
                            "a volume of type '%s' and format '%s' is not supported by the VirtualBox driver",
                            def->type, def->format);
    if (def->backing_path)
        return eb_error_set(err, EB_ERR_CONFIG_UNSUPPORTED,
                            "element <backingStore> is not supported by the VirtualBox driver");
    if (lstat(path, &st) == 0)
        return eb_error_set(err, EB_ERR_STORAGE_VOL_EXIST, "'%s'", def->base.name);
    return 0;
}

static int copies_plainly(const struct eb_volume_def *def, const char *from, bool *plain, eb_error *err)
{
    struct vbox_image image = {.format = "raw"};

    if (from && vbox_image_read(from, &image) < 0)
        return eb_error_set_errno(err, errno, "cannot read '%s'", from);
    *plain = is_plain(def->format) && is_plain(image.format);
    if (is_plain(def->format) && !*plain)
        return eb_error_set(
            err, EB_ERR_CONFIG_UNSUPPORTED,
            "converting a volume of format '%s' to '%s' is not supported by the VirtualBox driver",
            image.format, def->format);
    return 0;
}

int vbox_volume_create(eb_conn *conn, const struct eb_object_key *key, const struct eb_volume_def *def,
                       const struct eb_object_key *from, unsigned flags, struct eb_object_key *out,
                       eb_error *err)
{
    struct vbox_conn *c = vbox_conn_of(conn);
    VBOX_AUTOPOOL struct vbox_pool pool = {0};
    VB_AUTO(IVirtualBox) vbox = NULL;
    EB_AUTOFREE char *path = NULL, *from_path = NULL;
    bool plain = false;
    int result;

    if (eb_check_flags(flags, PREALLOC_METADATA,
                       from ? "virStorageVolCreateXMLFrom" : "virStorageVolCreateXML", err) < 0 ||
        vbox_begin(c, &vbox, err) < 0 || vbox_pool_find(c, vbox, key->uuid, &pool, err) < 0 ||
        vbox_pool_need_active(&pool, err) < 0)
        return -1;
    path = eb_asprintf("%s/%s", pool.def->target, def->base.name);
    if (check_new(def, path, err) < 0 || (from && vbox_volume_path(c, vbox, from, &from_path, err) < 0) ||
        copies_plainly(def, from_path, &plain, err) < 0)
        return -1;
    result = plain ? make_file(def, path, from_path, err) : make_image(c, vbox, def, path, from_path, err);
    if (result < 0)
        return -1;
    if (vbox_set_permissions(path, &def->permissions, err) < 0) {
        unlink(path);
        return -1;
    }
    vbox_volume_key(&pool, def->base.name, out);
    return 0;
}

/* Of an image in several files, the others go too. */
static int delete_known(struct vbox_conn *c, IVirtualBox *vbox, const char *path, bool *gone, eb_error *err)
{
    static const enum vb_DeviceType kinds[] = {DeviceType_HardDisk, DeviceType_DVD, DeviceType_Floppy};
    struct vm vm = {.c = c, .vb = c->vb, .vbox = vbox};
    struct vbox_image image;

    *gone = false;
    for (size_t i = 0; i < EB_ARRAY_SIZE(kinds); i++) {
        VB_AUTO(IMedium) medium = NULL;

        if (vm_image_find(&vm, path, kinds[i], &medium, err) < 0)
            return -1;
        if (!medium)
            continue;
        *gone = kinds[i] == DeviceType_HardDisk;
        return *gone ? delete_medium(c, medium, err) : IMedium_close(c->vb, medium, err);
    }
    if (vbox_image_read(path, &image) == 0 && eb_streq(image.format, "vmdk")) {
        VB_AUTO(IMedium) medium = NULL;

        if (vm_image_open(&vm, path, DeviceType_HardDisk, &medium, NULL) == 0) {
            *gone = true;
            return delete_medium(c, medium, err);
        }
    }
    return 0;
}

int vbox_volume_delete(eb_conn *conn, const struct eb_object_key *vol, unsigned flags, eb_error *err)
{
    struct vbox_conn *c = vbox_conn_of(conn);
    VB_AUTO(IVirtualBox) vbox = NULL;
    EB_AUTOFREE char *path = NULL;
    bool gone;

    if (eb_check_flags(flags, 0, "virStorageVolDelete", err) < 0 || vbox_begin(c, &vbox, err) < 0 ||
        vbox_volume_path(c, vbox, vol, &path, err) < 0 || delete_known(c, vbox, path, &gone, err) < 0)
        return -1;
    if (!gone && unlink(path) < 0)
        return eb_error_set_errno(err, errno, "cannot unlink file '%s'", path);
    return 0;
}
