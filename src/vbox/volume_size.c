/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Sizes of volumes and of domains' disks, and wiping. VirtualBox makes its images larger, never smaller; a
 * raw file is ours to change.
 */
#include "vbox/domain.h"
#include "vbox/stats.h"
#include "vbox/storage.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- VirtualBox's images ---- */

uint64_t vbox_size_unit(const struct vbox_conn *c)
{
    return vb_has(c->vb, VB_IMachine_lockMachine) ? 1 : 1 << 20;
}

static int logical_size(struct vbox_conn *c, IMedium *medium, uint64_t *out, eb_error *err)
{
    VB_AUTO(IHardDisk) disk = NULL;
    void *as = NULL;
    int64_t size = 0;

    if (vb_has(c->vb, VB_IMedium_get_logicalSize)) {
        if (IMedium_get_logicalSize(c->vb, medium, &size, err) < 0)
            return -1;
    } else {
        if (vb_cast(c->vb, medium, VB_IFACE_IHardDisk, &as, err) < 0)
            return -1;
        disk = as;
        if (IHardDisk_get_logicalSize(c->vb, disk, &size, err) < 0)
            return -1;
    }
    *out = (uint64_t)size * vbox_size_unit(c);
    return 0;
}

/* Of a VMDK, 7.2 changes the head alone, says that all went well, and has a medium of the old size. */
static int check_growing(struct vbox_conn *c, IMedium *medium, eb_error *err)
{
    EB_AUTOFREE char *format = NULL;

    if (IMedium_get_format(c->vb, medium, &format, err) < 0)
        return -1;
    return strcasecmp(format, "VMDK") == 0
               ? eb_error_set(err, EB_ERR_OPERATION_UNSUPPORTED,
                              "VirtualBox cannot make images of the format vmdk larger")
               : 0;
}

/* A medium tells its old size until it is looked at anew. */
static int check_grown(struct vbox_conn *c, IMedium *medium, uint64_t capacity, eb_error *err)
{
    enum vb_MediumState state = MediumState__none;
    uint64_t is = 0;

    if (IMedium_refreshState(c->vb, medium, &state, err) < 0 || logical_size(c, medium, &is, err) < 0)
        return -1;
    return is < capacity
               ? eb_error_set(
                     err, EB_ERR_OPERATION_FAILED,
                     "VirtualBox says that the image has become larger, but it has %" PRIu64 " bytes", is)
               : 0;
}

int vbox_medium_grow(struct vbox_conn *c, IMedium *medium, uint64_t capacity, eb_error *err)
{
    enum { SECTOR = 512 };
    IProgress *progress = NULL;
    uint64_t is = 0;

    if (logical_size(c, medium, &is, err) < 0)
        return -1;
    if (capacity <= is)
        return 0;
    /* 3.1 and 3.2 have the call, and answer that it is not there */
    if (!vb_has(c->vb, VB_IMedium_resize) || !vb_has(c->vb, VB_IMachine_lockMachine))
        return eb_error_set(err, EB_ERR_OPERATION_UNSUPPORTED,
                            "this VirtualBox cannot make an image larger: 4.0 and later can");
    if (check_growing(c, medium, err) < 0)
        return -1;
    if (IMedium_resize(c->vb, medium, (int64_t)((capacity + SECTOR - 1) / SECTOR * SECTOR), &progress, err) <
        0)
        return -1;
    return vbox_wait(c, progress, "resize", err) < 0 ? -1 : check_grown(c, medium, capacity, err);
}

static int refuse_shrinking(const char *what, const char *format, eb_error *err)
{
    return eb_error_set(err, EB_ERR_OPERATION_UNSUPPORTED,
                        "VirtualBox cannot make '%s' smaller: it is an image of the format %s", what, format);
}

static int resize_image(struct vbox_conn *c, IVirtualBox *vbox, const char *path,
                        const struct vbox_image *image, uint64_t capacity, unsigned flags, eb_error *err)
{
    VB_AUTO(IMedium) medium = NULL;
    bool opened = false;
    int result;

    if (capacity < image->capacity)
        return refuse_shrinking(path, image->format, err);
    if (flags & EB_VOLUME_RESIZE_ALLOCATE)
        return eb_error_set(err, EB_ERR_ARGUMENT_UNSUPPORTED,
                            "VirtualBox allocates what is new in '%s' as the rest of the image: the flag "
                            "'allocate' is not supported",
                            path);
    if (vbox_medium_open(c, vbox, path, &medium, &opened, err) < 0)
        return -1;
    result = vbox_medium_grow(c, medium, capacity, err);
    if (opened)
        IMedium_close(c->vb, medium, NULL);
    return result;
}

/* ---- Plain files ---- */

static int resize_file(const char *path, const struct vbox_image *image, uint64_t capacity, unsigned flags,
                       eb_error *err)
{
    EB_AUTOCLOSE int fd = -1;
    off_t old = (off_t)image->physical, size = (off_t)capacity;
    int failed = 0;

    if (capacity > INT64_MAX)
        return eb_error_set_errno(err, EFBIG, "cannot resize file '%s'", path);
    if (capacity < image->allocation && capacity < image->capacity)
        return eb_error_set(err, EB_ERR_INVALID_ARG, "can't shrink capacity below existing allocation");
    fd = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
    if (fd < 0)
        return eb_error_set_errno(err, errno, "Unable to open '%s'", path);
    if ((flags & EB_VOLUME_RESIZE_ALLOCATE) && size > old)
        failed = posix_fallocate(fd, old, size - old);
    if (!failed && ftruncate(fd, size) == 0)
        return 0;
    failed = failed ? failed : errno;
    (void)!ftruncate(fd, old);
    return eb_error_set_errno(err, failed, "Failed to resize file '%s'", path);
}

/* ---- Volumes ---- */

static int new_capacity(uint64_t is, uint64_t capacity, unsigned flags, uint64_t *out, eb_error *err)
{
    *out = capacity;
    if ((flags & EB_VOLUME_RESIZE_DELTA) && (flags & EB_VOLUME_RESIZE_SHRINK))
        *out = capacity < is ? is - capacity : 0;
    else if (flags & EB_VOLUME_RESIZE_DELTA)
        *out = is + capacity;
    if ((flags & EB_VOLUME_RESIZE_DELTA) && !(flags & EB_VOLUME_RESIZE_SHRINK) && *out < is)
        return eb_error_set(err, EB_ERR_OVERFLOW, "no volume has so many bytes");
    if (*out < is && !(flags & EB_VOLUME_RESIZE_SHRINK))
        return eb_error_set(err, EB_ERR_INVALID_ARG,
                            "Can't shrink capacity below current capacity unless shrink flag explicitly "
                            "specified");
    return 0;
}

int vbox_volume_resize(eb_conn *conn, const struct eb_object_key *vol, uint64_t capacity, unsigned flags,
                       eb_error *err)
{
    struct vbox_conn *c = vbox_conn_of(conn);
    VB_AUTO(IVirtualBox) vbox = NULL;
    struct vbox_volume_hold hold VBOX_AUTOHOLD = {0};
    EB_AUTOFREE char *path = NULL;
    struct vbox_image image;

    if (eb_check_flags(flags, EB_VOLUME_RESIZE_ALLOCATE | EB_VOLUME_RESIZE_DELTA | EB_VOLUME_RESIZE_SHRINK,
                       "virStorageVolResize", err) < 0 ||
        vbox_begin(c, &vbox, err) < 0 || vbox_volume_path(c, vbox, vol, &path, err) < 0)
        return -1;
    if (vbox_image_read(path, &image) < 0)
        return eb_error_set_errno(err, errno, "cannot read '%s'", path);
    if (new_capacity(image.capacity, capacity, flags, &capacity, err) < 0)
        return -1;
    if (vbox_volume_format(image.format))
        return resize_image(c, vbox, path, &image, capacity, flags, err);
    if (vbox_volume_hold(c, vbox, path, &hold, err) < 0 || vbox_volume_close(&hold, err) < 0)
        return -1;
    return resize_file(path, &image, capacity, flags, err);
}

/* ---- Domains' disks ---- */

int vbox_block_resize(eb_conn *conn, eb_uuid uuid, const char *path, uint64_t bytes, unsigned flags,
                      eb_error *err)
{
    VBOX_AUTOFOUND struct vbox_found f = {0};
    VB_AUTO(IMedium) medium = NULL;
    VBOX_AUTOJOB void *job = NULL;
    uint64_t is = 0;

    if (eb_check_flags(flags, 0, "virDomainBlockResize", err) < 0)
        return -1;
    job = vbox_job_begin(uuid);
    if (vbox_find_accessible(vbox_conn_of(conn), uuid, &f, err) < 0 ||
        vbox_disk_medium(&f, path, &medium, err) < 0)
        return -1;
    if (!medium)
        return eb_error_set(err, EB_ERR_OPERATION_INVALID, "disk '%s' has no image", path);
    if (f.active)
        return eb_error_set(err, EB_ERR_OPERATION_UNSUPPORTED,
                            "VirtualBox cannot resize disk '%s' while the domain runs", path);
    if (logical_size(f.c, medium, &is, err) < 0)
        return -1;
    if (bytes < is)
        return eb_error_set(err, EB_ERR_OPERATION_UNSUPPORTED, "VirtualBox cannot make disk '%s' smaller",
                            path);
    return vbox_medium_grow(f.c, medium, bytes, err);
}

/* ---- Wiping ---- */

/* Zeros where there are data: holes hold none. */
static int zero_data(int fd, off_t size)
{
    enum { PART = 1 << 20 };
    EB_AUTOFREE char *zeros = eb_calloc(PART, 1);
    off_t at = 0;

    while (at < size) {
        off_t end;

        at = lseek(fd, at, SEEK_DATA);
        if (at < 0)
            return errno == ENXIO ? 0 : -1;
        end = lseek(fd, at, SEEK_HOLE);
        if (end < 0)
            return -1;
        while (at < end) {
            ssize_t put = pwrite(fd, zeros, (size_t)(end - at < PART ? end - at : PART), at);

            if (put <= 0 && errno != EINTR)
                return -1;
            at += put > 0 ? put : 0;
        }
    }
    return 0;
}

static int wipe_file(const char *path, eb_error *err)
{
    EB_AUTOCLOSE int fd = open(path, O_RDWR | O_CLOEXEC | O_NOCTTY);
    struct stat st;

    if (fd < 0 || fstat(fd, &st) < 0)
        return eb_error_set_errno(err, errno, "Failed to open storage volume with path '%s'", path);
    if (zero_data(fd, st.st_size) < 0 || fsync(fd) < 0)
        return eb_error_set_errno(err, errno, "volume '%s' is wiped in part", path);
    return 0;
}

int vbox_volume_wipe(eb_conn *conn, const struct eb_object_key *vol, unsigned algorithm, unsigned flags,
                     eb_error *err)
{
    static const char *const names[] = {"zero",     "nnsa",      "dod",        "bsi",    "gutmann",
                                        "schneier", "pfitzner7", "pfitzner33", "random", "trim"};
    struct vbox_conn *c = vbox_conn_of(conn);
    VB_AUTO(IVirtualBox) vbox = NULL;
    struct vbox_volume_hold hold VBOX_AUTOHOLD = {0};
    EB_AUTOFREE char *path = NULL;
    struct vbox_image image;

    if (eb_check_flags(flags, 0, "virStorageVolWipePattern", err) < 0)
        return -1;
    if (algorithm >= EB_ARRAY_SIZE(names))
        return eb_error_set(err, EB_ERR_INVALID_ARG, "wiping algorithm %u not supported", algorithm);
    if (algorithm != EB_VOLUME_WIPE_ZERO)
        return eb_error_set(err, EB_ERR_ARGUMENT_UNSUPPORTED, "'%s' algorithm not supported",
                            names[algorithm]);
    if (vbox_begin(c, &vbox, err) < 0 || vbox_volume_path(c, vbox, vol, &path, err) < 0)
        return -1;
    if (vbox_image_read(path, &image) < 0)
        return eb_error_set_errno(err, errno, "cannot read '%s'", path);
    if (vbox_volume_format(image.format))
        return eb_error_set(err, EB_ERR_OPERATION_UNSUPPORTED,
                            "VirtualBox cannot wipe '%s', an image of the format %s, and zeros in its place "
                            "would be no image: delete it and make it anew",
                            path, image.format);
    if (vbox_volume_hold(c, vbox, path, &hold, err) < 0 || vbox_volume_close(&hold, err) < 0)
        return -1;
    return wipe_file(path, err);
}
