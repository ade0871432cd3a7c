/* SPDX-License-Identifier: LGPL-2.1-or-later */
/** @file cmd_volume_data.c Contents and sizes of storage volumes. */
#include "shell/volume.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

enum { CHUNK = 262120 };

#define OPTS_RANGE                                                                                           \
    {"pool", OPT_STRING, 0, "the pool's name or uuid", complete_pool},                                       \
        {"offset", OPT_INT, 0, "bytes of the volume before the first one", NULL},                            \
    {                                                                                                        \
        "length", OPT_INT, 0, "how many bytes; 0: all", NULL                                                 \
    }

const struct opt volume_upload_opts[] = {
    OPT_VOLUME,
    OPT_FILE("what to upload; - is stdin"),
    OPTS_RANGE,
    OPTS_END,
};
const struct opt volume_download_opts[] = {
    OPT_VOLUME,
    OPT_FILE("where to write it; - is stdout"),
    OPTS_RANGE,
    OPTS_END,
};

static void drop_stream(eb_stream **stream)
{
    eb_stream_unref(*stream);
}
#define AUTO_STREAM EB_CLEANUP(drop_stream) eb_stream *

static int read_number(struct shell *sh, const struct args *args, const char *name, uint64_t *out)
{
    const char *text = args_get(args, name);

    *out = 0;
    if (!text || eb_parse_u64(text, UINT64_MAX, out))
        return 0;
    return sh_error(sh, "Numeric value '%s' for <%s> option is malformed or out of range", text, name);
}

static int read_range(struct shell *sh, const struct args *args, uint64_t *offset, uint64_t *length)
{
    return read_number(sh, args, "offset", offset) < 0 ? -1 : read_number(sh, args, "length", length);
}

/* -1 once the user wants no more. In thousandths: a bar counts no further than an unsigned. */
static int show(struct shell *sh, const char *what, uint64_t done, uint64_t total)
{
    unsigned part = total ? (unsigned)((double)(done < total ? done : total) * 1000 / (double)total) : 0;

    if (!sh->progress.enabled || progress_update(what, part, 1000, &sh->progress) == 0)
        return 0;
    return eb_error_set(&sh->error, EB_ERR_OPERATION_ABORTED, "interrupted");
}

/* ---- vol-upload ---- */

static int send_file(struct shell *sh, int fd, eb_stream *stream, uint64_t total)
{
    EB_AUTOFREE char *part = eb_calloc(CHUNK, 1);
    uint64_t done = 0;
    ssize_t n;

    while ((n = read(fd, part, CHUNK)) != 0) {
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return eb_error_set_errno(&sh->error, errno, "cannot read the file");
        if (eb_stream_write(stream, part, (size_t)n, &sh->error) < 0 ||
            show(sh, "Uploading", done += (uint64_t)n, total) < 0)
            return -1;
    }
    return 0;
}

int run_volume_upload(struct shell *sh, const struct args *args)
{
    AUTO_VOLUME vol = NULL;
    AUTO_STREAM stream = NULL;
    EB_AUTOCLOSE int fd = -1;
    uint64_t offset, length;
    const char *file;
    struct stat st;

    if (read_range(sh, args, &offset, &length) < 0 || !(vol = sh_volume(sh, args, "pool")) ||
        args_string(sh, args, "file", &file) < 1)
        return -1;
    fd = eb_streq(file, "-") ? dup(STDIN_FILENO) : open(file, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &st) < 0)
        return sh_error(sh, "cannot read %s", file);
    if (eb_volume_upload(vol, offset, length, 0, &stream, &sh->error) < 0)
        return sh_error(sh, "cannot upload to volume %s", eb_volume_get_name(vol));
    if (send_file(sh, fd, stream, S_ISREG(st.st_mode) ? (uint64_t)st.st_size : 0) < 0) {
        eb_stream_abort(stream);
        return sh_error(sh, "cannot send data to volume %s", eb_volume_get_name(vol));
    }
    if (eb_stream_finish(stream, &sh->error) < 0)
        return sh_error(sh, "cannot close volume %s", eb_volume_get_name(vol));
    return 0;
}

/* ---- vol-download ---- */

/* A file that was there before stays as it was until there is something to put into it. */
static int open_file(const char *file, bool *created)
{
    int fd;

    *created = false;
    if (eb_streq(file, "-"))
        return dup(STDOUT_FILENO);
    fd = open(file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    *created = fd >= 0;
    return fd >= 0 || errno != EEXIST ? fd : open(file, O_WRONLY | O_CLOEXEC);
}

static int write_all(struct shell *sh, int fd, const char *bytes, size_t n)
{
    while (n) {
        ssize_t put = write(fd, bytes, n);

        if (put < 0 && errno == EINTR)
            continue;
        if (put < 0)
            return eb_error_set_errno(&sh->error, errno, "cannot write the file");
        bytes += put;
        n -= (size_t)put;
    }
    return 0;
}

static int receive_file(struct shell *sh, eb_stream *stream, int fd, uint64_t total)
{
    EB_AUTOFREE char *part = eb_calloc(CHUNK, 1);
    uint64_t done = 0;
    int n;

    while ((n = eb_stream_read(stream, part, CHUNK, &sh->error)) > 0) {
        if (write_all(sh, fd, part, (size_t)n) < 0 || show(sh, "Downloading", done += (uint64_t)n, total) < 0)
            return -1;
    }
    return n;
}

static uint64_t how_much(eb_volume *vol, uint64_t offset, uint64_t length)
{
    eb_volume_info info = {0};

    if (eb_volume_get_info_flags(vol, &info, EB_VOLUME_GET_PHYSICAL, NULL) < 0 || info.allocation <= offset)
        return length;
    return length && length < info.allocation - offset ? length : info.allocation - offset;
}

static int download(struct shell *sh, eb_volume *vol, const char *file, int fd, uint64_t offset,
                    uint64_t length)
{
    AUTO_STREAM stream = NULL;
    struct stat st;

    if (eb_volume_download(vol, offset, length, 0, &stream, &sh->error) < 0)
        return sh_error(sh, "cannot download from volume %s", eb_volume_get_name(vol));
    if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && !eb_streq(file, "-") && ftruncate(fd, 0) < 0) {
        eb_error_set_errno(&sh->error, errno, "cannot empty it");
        return sh_error(sh, "cannot create %s", file);
    }
    if (receive_file(sh, stream, fd, sh->progress.enabled ? how_much(vol, offset, length) : 0) < 0) {
        eb_stream_abort(stream);
        return sh_error(sh, "cannot receive data from volume %s", eb_volume_get_name(vol));
    }
    if (eb_stream_finish(stream, &sh->error) < 0)
        return sh_error(sh, "cannot close volume %s", eb_volume_get_name(vol));
    return 0;
}

int run_volume_download(struct shell *sh, const struct args *args)
{
    AUTO_VOLUME vol = NULL;
    uint64_t offset, length;
    const char *file;
    bool created;
    int fd, result;

    if (read_range(sh, args, &offset, &length) < 0 || !(vol = sh_volume(sh, args, "pool")) ||
        args_string(sh, args, "file", &file) < 1)
        return -1;
    fflush(stdout);
    fd = open_file(file, &created);
    if (fd < 0)
        return sh_error(sh, "cannot create %s", file);
    result = download(sh, vol, file, fd, offset, length);
    if (close(fd) < 0 && result == 0) {
        eb_error_set_errno(&sh->error, errno, "the file is not whole");
        result = sh_error(sh, "cannot close file %s", file);
    }
    if (result < 0 && created)
        unlink(file);
    return result;
}

/* ---- vol-resize ---- */

const struct opt volume_resize_opts[] = {
    OPT_VOLUME,
    {"capacity", OPT_DATA, 0, "the new size, with a unit (bytes without one)", NULL},
    {"pool", OPT_STRING, 0, "the pool's name or uuid", complete_pool},
    OPT_FLAG("allocate", "take the room on the disk at once"),
    OPT_FLAG("delta", "the size is by how much it changes"),
    OPT_FLAG("shrink", "it may become smaller"),
    OPTS_END,
};

int run_volume_resize(struct shell *sh, const struct args *args)
{
    AUTO_VOLUME vol = sh_volume(sh, args, "pool");
    const char *text, *by;
    uint64_t capacity;
    bool delta = args_has(args, "delta");
    unsigned flags = (args_has(args, "allocate") ? EB_VOLUME_RESIZE_ALLOCATE : 0u) |
                     (args_has(args, "shrink") ? EB_VOLUME_RESIZE_SHRINK : 0u);

    if (!vol || args_string(sh, args, "capacity", &text) < 1)
        return -1;
    if (*text == '-') {
        if (!(flags & EB_VOLUME_RESIZE_SHRINK))
            return sh_error(sh, "negative size requires --shrink");
        delta = true;
        text++;
    }
    if (sh_size(sh, text, &capacity) < 0)
        return -1;
    by = delta ? "by" : "to";
    if (eb_volume_resize(vol, capacity, flags | (delta ? EB_VOLUME_RESIZE_DELTA : 0u), &sh->error) < 0)
        return sh_error(sh, "Failed to change size of volume '%s' %s %s", eb_volume_get_name(vol), by, text);
    sh_extra(sh, "Size of volume '%s' successfully changed %s %s\n", eb_volume_get_name(vol), by, text);
    return 0;
}

/* ---- vol-wipe ---- */

static const char *const algorithms[] = {"zero",     "nnsa",      "dod",        "bsi",    "gutmann",
                                         "schneier", "pfitzner7", "pfitzner33", "random", "trim"};

static void complete_algorithm(struct shell *sh EB_UNUSED, const struct args *args EB_UNUSED,
                               struct candidates *list)
{
    for (size_t i = 0; i < EB_ARRAY_SIZE(algorithms); i++)
        candidates_add(list, algorithms[i]);
}

const struct opt volume_wipe_opts[] = {
    OPT_VOLUME,
    {"pool", OPT_STRING, 0, "the pool's name or uuid", complete_pool},
    {"algorithm", OPT_STRING, 0, "what to write over it", complete_algorithm},
    OPTS_END,
};

int run_volume_wipe(struct shell *sh, const struct args *args)
{
    AUTO_VOLUME vol = sh_volume(sh, args, "pool");
    const char *name = NULL;
    unsigned algorithm = 0;

    if (!vol || args_string(sh, args, "algorithm", &name) < 0)
        return -1;
    while (name && algorithm < EB_ARRAY_SIZE(algorithms) && !eb_streq(algorithms[algorithm], name))
        algorithm++;
    if (algorithm == EB_ARRAY_SIZE(algorithms))
        return sh_error(sh, "Unsupported algorithm '%s'", name);
    if (eb_volume_wipe(vol, algorithm, 0, &sh->error) < 0)
        return sh_error(sh, "Failed to wipe vol %s", eb_volume_get_name(vol));
    sh_extra(sh, "Vol %s wiped\n", eb_volume_get_name(vol));
    return 0;
}
