/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "vbox/save_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAGIC "Everbox saved 1\n"
#define HEADER_SIZE 32
#define XML_MAX (10u << 20)

void vbox_save_header_clear(struct vbox_save_header *h)
{
    free(h->xml);
    *h = (struct vbox_save_header){0};
}

static void put(unsigned char *p, uint64_t value, size_t n)
{
    for (size_t i = 0; i < n; i++)
        p[i] = (unsigned char)(value >> 8 * (n - 1 - i));
}

static uint64_t get(const unsigned char *p, size_t n)
{
    uint64_t value = 0;

    for (size_t i = 0; i < n; i++)
        value = value << 8 | p[i];
    return value;
}

static int write_all(int fd, const void *data, size_t n)
{
    const char *p = data;

    while (n > 0) {
        ssize_t done = write(fd, p, n);

        if (done < 0 && errno == EINTR)
            continue;
        if (done < 0)
            return -1;
        p += done;
        n -= (size_t)done;
    }
    return 0;
}

/* Where it stands, `n` bytes; 0, or -1 with errno (EIO when the source ends early). */
static int copy(int from, int to, uint64_t n)
{
    EB_AUTOFREE char *buffer = eb_calloc(1, 1 << 20);

    while (n > 0) {
        ssize_t got = read(from, buffer, n < 1 << 20 ? (size_t)n : 1 << 20);

        if (got < 0 && errno == EINTR)
            continue;
        if (got == 0)
            errno = EIO;
        if (got <= 0 || write_all(to, buffer, (size_t)got) < 0)
            return -1;
        n -= (uint64_t)got;
    }
    return 0;
}

int vbox_save_open(const char *path, struct vbox_save_writer *out, eb_error *err)
{
    struct stat st;

    if (stat(path, &st) == 0 && !S_ISREG(st.st_mode))
        return eb_error_set(err, EB_ERR_OPERATION_FAILED, "'%s' is not a file", path);
    *out = (struct vbox_save_writer){.fd = -1, .path = eb_strdup(path)};
    out->temporary = eb_asprintf("%s.XXXXXX", path);
    out->fd = mkostemp(out->temporary, O_CLOEXEC);
    if (out->fd < 0) {
        free(EB_STEAL(out->temporary));
        return eb_error_set_errno(err, errno, "cannot save to '%s'", path);
    }
    return 0;
}

int vbox_save_write(struct vbox_save_writer *w, const char *xml, bool paused, const char *state_file,
                    eb_error *err)
{
    EB_AUTOCLOSE int state = open(state_file, O_RDONLY | O_CLOEXEC);
    unsigned char header[HEADER_SIZE];
    struct stat st;

    if (state < 0 || fstat(state, &st) < 0)
        return eb_error_set_errno(err, errno, "cannot read the saved state '%s'", state_file);
    memcpy(header, MAGIC, 16);
    put(header + 16, strlen(xml), 4);
    put(header + 20, paused, 4);
    put(header + 24, (uint64_t)st.st_size, 8);
    if (write_all(w->fd, header, sizeof(header)) < 0 || write_all(w->fd, xml, strlen(xml)) < 0 ||
        copy(state, w->fd, (uint64_t)st.st_size) < 0 || fsync(w->fd) < 0)
        return eb_error_set_errno(err, errno, "cannot write '%s'", w->path);
    return 0;
}

int vbox_save_commit(struct vbox_save_writer *w, eb_error *err)
{
    if (rename(w->temporary, w->path) < 0)
        return eb_error_set_errno(err, errno, "cannot write '%s'", w->path);
    free(EB_STEAL(w->temporary));
    return 0;
}

void vbox_save_writer_clear(struct vbox_save_writer *w)
{
    if (w->temporary)
        unlink(w->temporary);
    if (w->path && w->fd >= 0)
        close(w->fd);
    free(w->temporary);
    free(w->path);
    *w = (struct vbox_save_writer){0};
}

static int read_exactly(int fd, void *out, size_t n)
{
    char *p = out;

    while (n > 0) {
        ssize_t got = read(fd, p, n);

        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return -1;
        p += got;
        n -= (size_t)got;
    }
    return 0;
}

int vbox_save_read_header(const char *path, struct vbox_save_header *out, eb_error *err)
{
    VBOX_AUTOHEADER struct vbox_save_header h = {0};
    EB_AUTOCLOSE int fd = open(path, O_RDONLY | O_CLOEXEC);
    unsigned char header[HEADER_SIZE];
    struct stat st;
    uint64_t n_xml;

    if (fd < 0 || fstat(fd, &st) < 0)
        return eb_error_set_errno(err, errno, "cannot read '%s'", path);
    if (!S_ISREG(st.st_mode) || read_exactly(fd, header, sizeof(header)) < 0 ||
        memcmp(header, MAGIC, 16) != 0)
        return eb_error_set(err, EB_ERR_OPERATION_FAILED, "'%s' is not a domain saved by Everbox", path);
    n_xml = get(header + 16, 4);
    h.paused = get(header + 20, 4) == 1;
    h.state_size = get(header + 24, 8);
    h.state_offset = HEADER_SIZE + n_xml;
    if (n_xml > XML_MAX || h.state_offset > (uint64_t)st.st_size ||
        h.state_size != (uint64_t)st.st_size - h.state_offset)
        return eb_error_set(err, EB_ERR_OPERATION_FAILED, "'%s' is damaged: its lengths are wrong", path);
    h.xml = eb_calloc(n_xml + 1, 1);
    if (read_exactly(fd, h.xml, n_xml) < 0)
        return eb_error_set_errno(err, errno, "cannot read '%s'", path);
    *out = h;
    h = (struct vbox_save_header){0};
    return 0;
}

int vbox_save_extract(const char *path, const struct vbox_save_header *h, const char *state_file,
                      eb_error *err)
{
    EB_AUTOCLOSE int from = open(path, O_RDONLY | O_CLOEXEC);
    EB_AUTOCLOSE int to = -1;

    if (from < 0 || lseek(from, (off_t)h->state_offset, SEEK_SET) < 0)
        return eb_error_set_errno(err, errno, "cannot read '%s'", path);
    to = open(state_file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (to < 0)
        return eb_error_set_errno(err, errno, "cannot make '%s'", state_file);
    if (copy(from, to, h->state_size) < 0 || fsync(to) < 0) {
        eb_error_set_errno(err, errno, "cannot copy the saved state to '%s'", state_file);
        unlink(state_file);
        return -1;
    }
    return 0;
}
