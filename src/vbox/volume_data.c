/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Contents of volumes. What is uploaded gathers in a file that has no name until all of it is there; then it
 * takes the old file's place or, where it is a part of it or the old file has other names, is copied into it.
 */
#include "core/stream.h"
#include "vbox/domain.h"
#include "vbox/storage.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static int check(uint64_t offset, uint64_t length, unsigned flags, const char *function, eb_error *err)
{
    enum { SPARSE_STREAM = 1 << 0 };

    if (flags & SPARSE_STREAM)
        return eb_error_set(err, EB_ERR_ARGUMENT_UNSUPPORTED,
                            "sparse streams are not supported: without the flag 'sparse' all bytes are sent");
    if (eb_check_flags(flags, 0, function, err) < 0)
        return -1;
    if (offset > INT64_MAX || length > INT64_MAX - offset)
        return eb_error_set(err, EB_ERR_INVALID_ARG, "no file has %" PRIu64 " bytes at %" PRIu64, length,
                            offset);
    return 0;
}

/* ---- From a volume ---- */

struct download {
    int fd;
    off_t at, end;
};

static int download_read(void *own, void *bytes, size_t n, eb_error *err)
{
    struct download *d = own;
    ssize_t got;

    if (n > (size_t)(d->end - d->at))
        n = (size_t)(d->end - d->at);
    while ((got = pread(d->fd, bytes, n, d->at)) < 0) {
        if (errno != EINTR)
            return eb_error_set_errno(err, errno, "cannot read the volume");
    }
    d->at += got;
    return (int)got;
}

static int download_write(void *own EB_UNUSED, const void *bytes EB_UNUSED, size_t n EB_UNUSED, eb_error *err)
{
    return eb_error_set(err, EB_ERR_INVALID_STREAM, "the stream can only be read");
}

static int download_finish(void *own EB_UNUSED, eb_error *err EB_UNUSED)
{
    return 0;
}

static void download_abort(void *own EB_UNUSED)
{
}

static void download_free(void *own)
{
    struct download *d = own;

    close(d->fd);
    free(d);
}

static const struct eb_stream_ops download_ops = {
    download_read, download_write, download_finish, download_abort, download_free,
};

int vbox_volume_download(eb_conn *conn, const struct eb_object_key *vol, uint64_t offset, uint64_t length,
                         unsigned flags, eb_stream **out, eb_error *err)
{
    struct vbox_conn *c = vbox_conn_of(conn);
    VB_AUTO(IVirtualBox) vbox = NULL;
    EB_AUTOFREE char *path = NULL;
    struct download *d;
    int fd;

    if (check(offset, length, flags, "virStorageVolDownload", err) < 0 || vbox_begin(c, &vbox, err) < 0 ||
        vbox_volume_path(c, vbox, vol, &path, err) < 0)
        return -1;
    fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (fd < 0)
        return eb_error_set_errno(err, errno, "Unable to open stream for '%s'", path);
    d = EB_NEW(struct download);
    d->fd = fd;
    d->at = (off_t)offset;
    d->end = length ? (off_t)(offset + length) : INT64_MAX;
    *out = eb_stream_of_ops(&download_ops, d);
    return 0;
}

/* ---- To a volume ---- */

struct upload {
    eb_conn *conn;
    struct eb_object_key vol;
    int fd;     /* what came, at the place that it will have */
    char *temp; /* its name, where it has one already; else NULL */
    off_t begin, at, end;
    bool bounded; /* the one who sends said how much it is */
    atomic_bool failed;
};

static int upload_read(void *own EB_UNUSED, void *bytes EB_UNUSED, size_t n EB_UNUSED, eb_error *err)
{
    return eb_error_set(err, EB_ERR_INVALID_STREAM, "the stream can only be written");
}

static int upload_write(void *own, const void *bytes, size_t n, eb_error *err)
{
    struct upload *u = own;
    const char *from = bytes;

    if (n > (size_t)(u->end - u->at)) {
        u->failed = true;
        return eb_error_set_errno(err, ENOSPC, "cannot write to stream");
    }
    while (n) {
        ssize_t put = pwrite(u->fd, from, n, u->at);

        if (put < 0 && errno == EINTR)
            continue;
        if (put <= 0) {
            u->failed = true;
            return eb_error_set_errno(err, put < 0 ? errno : EIO, "cannot write to stream");
        }
        from += put;
        u->at += put;
        n -= (size_t)put;
    }
    return 0;
}

static void upload_abort(void *own)
{
    ((struct upload *)own)->failed = true;
}

static void upload_free(void *own)
{
    struct upload *u = own;

    if (u->temp)
        unlink(u->temp);
    free(u->temp);
    close(u->fd);
    eb_object_key_clear(&u->vol);
    eb_conn_unref(u->conn);
    free(u);
}

/* ---- Its end ---- */

/* A name beside `path` that no volume has. */
static char *name_beside(const char *path)
{
    const char *slash = strrchr(path, '/');
    unsigned char random[16];
    char id[EB_UUID_STRLEN + 1];

    eb_uuid_generate(random);
    eb_uuid_format(random, id);
    return eb_asprintf("%.*s/.upload-%s", (int)(slash - path), path, id);
}

static int give_name(struct upload *u, const char *path)
{
    EB_AUTOFREE char *open_file = eb_asprintf("/proc/self/fd/%d", u->fd);

    if (u->temp)
        return 0;
    u->temp = name_beside(path);
    if (linkat(AT_FDCWD, open_file, AT_FDCWD, u->temp, AT_SYMLINK_FOLLOW) == 0)
        return 0;
    free(EB_STEAL(u->temp));
    return -1;
}

/* The new file in the old one's place, with its owner and mode: 1, or 0 where that cannot be, and nothing has
 * changed. */
static bool replace(struct upload *u, const char *path, const struct stat *old)
{
    struct stat new;

    if (old->st_nlink > 1 || fstat(u->fd, &new) < 0 ||
        ((new.st_uid != old->st_uid || new.st_gid != old->st_gid) &&
         fchown(u->fd, old->st_uid, old->st_gid) < 0) ||
        fchmod(u->fd, old->st_mode & 07777) < 0 || fsync(u->fd) < 0 || give_name(u, path) < 0 ||
        rename(u->temp, path) < 0)
        return false;
    free(EB_STEAL(u->temp));
    return true;
}

/* What came, into the old file. The room for it is made first, so that a full disk changes nothing. */
static int copy_over(struct upload *u, const char *path, const struct stat *old, bool whole, eb_error *err)
{
    EB_AUTOCLOSE int out = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
    int failed;

    if (out < 0)
        return eb_error_set_errno(err, errno, "Unable to open stream for '%s'", path);
    failed = posix_fallocate(out, u->begin, u->at - u->begin);
    if (failed) {
        (void)!ftruncate(out, old->st_size);
        return eb_error_set_errno(err, failed, "volume '%s' stays as it was", path);
    }
    if (vbox_copy_range(u->fd, out, u->begin, u->at) < 0 || (whole && ftruncate(out, u->at) < 0) ||
        fsync(out) < 0)
        return eb_error_set_errno(err, errno, "volume '%s' is overwritten in part", path);
    return 0;
}

static int put_in_place(struct upload *u, const char *path, eb_error *err)
{
    struct vbox_image image;
    struct stat old;
    bool whole;

    if (stat(path, &old) < 0 || vbox_image_read(path, &image) < 0)
        return eb_error_set_errno(err, errno, "cannot read '%s'", path);
    /* an image is one thing: what is left of a longer one would be no part of it */
    whole = u->begin == 0 && (u->at >= old.st_size || (!u->bounded && vbox_volume_format(image.format)));
    return whole && replace(u, path, &old) ? 0 : copy_over(u, path, &old, whole, err);
}

static int upload_finish(void *own, eb_error *err)
{
    struct upload *u = own;
    struct vbox_conn *c = vbox_conn_of(u->conn);
    struct vbox_volume_hold hold VBOX_AUTOHOLD = {0};
    VB_AUTO(IVirtualBox) vbox = NULL;
    EB_AUTOFREE char *path = NULL, *real = NULL;

    if (u->failed)
        return eb_error_set(err, EB_ERR_OPERATION_FAILED,
                            "volume '%s' stays as it was: not all of the upload arrived", u->vol.name);
    if (u->at == u->begin)
        return 0;
    if (vbox_begin(c, &vbox, err) < 0 || vbox_volume_path(c, vbox, &u->vol, &path, err) < 0 ||
        vbox_volume_hold(c, vbox, path, &hold, err) < 0 || vbox_volume_close(&hold, err) < 0)
        return -1;
    real = realpath(path, NULL);
    return real ? put_in_place(u, real, err) : eb_error_set_errno(err, errno, "cannot read '%s'", path);
}

static const struct eb_stream_ops upload_ops = {
    upload_read, upload_write, upload_finish, upload_abort, upload_free,
};

/* Without a name, so that nothing is left of it whatever happens; not every file system can. */
static int open_beside(const char *path, char **temp)
{
    EB_AUTOFREE char *folder = eb_strndup(path, (size_t)(strrchr(path, '/') - path) + 1);
    int fd = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

    *temp = NULL;
    if (fd >= 0 || (errno != EOPNOTSUPP && errno != EISDIR && errno != ENOENT))
        return fd;
    *temp = name_beside(path);
    return open(*temp, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
}

int vbox_volume_upload(eb_conn *conn, const struct eb_object_key *vol, uint64_t offset, uint64_t length,
                       unsigned flags, eb_stream **out, eb_error *err)
{
    struct vbox_conn *c = vbox_conn_of(conn);
    struct vbox_volume_hold hold VBOX_AUTOHOLD = {0};
    VB_AUTO(IVirtualBox) vbox = NULL;
    EB_AUTOFREE char *path = NULL, *real = NULL, *temp = NULL;
    struct upload *u;
    int fd;

    if (check(offset, length, flags, "virStorageVolUpload", err) < 0 || vbox_begin(c, &vbox, err) < 0 ||
        vbox_volume_path(c, vbox, vol, &path, err) < 0 || vbox_volume_hold(c, vbox, path, &hold, err) < 0)
        return -1;
    real = realpath(path, NULL);
    if (!real || access(real, W_OK) < 0)
        return eb_error_set_errno(err, errno, "Unable to open stream for '%s'", path);
    fd = open_beside(real, &temp);
    if (fd < 0)
        return eb_error_set_errno(err, errno, "cannot keep what is uploaded beside '%s'", path);
    u = EB_NEW(struct upload);
    u->conn = eb_conn_ref(conn);
    u->vol.name = eb_strdup(vol->name);
    u->vol.pool = eb_strdup(vol->pool);
    u->fd = fd;
    u->temp = EB_STEAL(temp);
    u->begin = u->at = (off_t)offset;
    u->end = length ? (off_t)(offset + length) : INT64_MAX;
    u->bounded = length > 0;
    *out = eb_stream_of_ops(&upload_ops, u);
    return 0;
}
