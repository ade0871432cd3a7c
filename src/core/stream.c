/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Streams: of bytes that are there, or over a descriptor. */
#include "core/stream.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdatomic.h>
#include <sys/eventfd.h>
#include <unistd.h>

struct eb_stream {
    atomic_int refs;
    int fd;    /* -1: the bytes below */
    int abort; /* readable once the stream is aborted */
    atomic_bool aborted, finished;
    unsigned char *bytes;
    size_t n, used;
};

static eb_stream *new_stream(void)
{
    eb_stream *stream = EB_NEW(eb_stream);

    atomic_init(&stream->refs, 1);
    stream->fd = stream->abort = -1;
    return stream;
}

eb_stream *eb_stream_of_bytes(unsigned char *bytes, size_t n)
{
    eb_stream *stream = new_stream();

    stream->bytes = bytes;
    stream->n = n;
    return stream;
}

eb_stream *eb_stream_of_fd(int fd)
{
    eb_stream *stream = new_stream();

    stream->fd = fd;
    stream->abort = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    (void)fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
    return stream;
}

int eb_stream_fd(const eb_stream *stream)
{
    return stream->fd;
}

eb_stream *eb_stream_ref(eb_stream *stream)
{
    atomic_fetch_add(&stream->refs, 1);
    return stream;
}

void eb_stream_unref(eb_stream *stream)
{
    if (!stream || atomic_fetch_sub(&stream->refs, 1) != 1)
        return;
    if (stream->fd >= 0)
        close(stream->fd);
    if (stream->abort >= 0)
        close(stream->abort);
    free(stream->bytes);
    free(stream);
}

static int check_open(const eb_stream *stream, eb_error *err)
{
    if (stream->aborted)
        return eb_error_set(err, EB_ERR_OPERATION_ABORTED, "the stream was aborted");
    if (stream->finished)
        return eb_error_set(err, EB_ERR_INVALID_STREAM, "the stream is finished");
    return 0;
}

static int wait_for(eb_stream *stream, short events, eb_error *err)
{
    struct pollfd fds[] = {{.fd = stream->fd, .events = events}, {.fd = stream->abort, .events = POLLIN}};

    while (poll(fds, EB_ARRAY_SIZE(fds), -1) < 0) {
        if (errno != EINTR)
            return eb_error_set_errno(err, errno, "cannot wait for the stream");
    }
    return check_open(stream, err);
}

int eb_stream_read(eb_stream *stream, void *bytes, size_t n, eb_error *err)
{
    ssize_t got;

    if (check_open(stream, err) < 0)
        return -1;
    if (n > INT32_MAX)
        n = INT32_MAX;
    if (stream->fd < 0) {
        if (n > stream->n - stream->used)
            n = stream->n - stream->used;
        if (n)
            memcpy(bytes, stream->bytes + stream->used, n);
        stream->used += n;
        return (int)n;
    }
    while ((got = read(stream->fd, bytes, n)) < 0) {
        /* the other end of a serial port went away */
        if (errno == ECONNRESET || errno == EIO)
            return 0;
        if (errno != EAGAIN && errno != EINTR)
            return eb_error_set_errno(err, errno, "cannot read from the stream");
        if (errno == EAGAIN && wait_for(stream, POLLIN, err) < 0)
            return -1;
    }
    return (int)got;
}

int eb_stream_write(eb_stream *stream, const void *bytes, size_t n, eb_error *err)
{
    const char *at = bytes;
    ssize_t put;

    if (check_open(stream, err) < 0)
        return -1;
    if (stream->fd < 0)
        return eb_error_set(err, EB_ERR_INVALID_STREAM, "the stream can only be read");
    while (n) {
        put = write(stream->fd, at, n);
        if (put >= 0) {
            at += put;
            n -= (size_t)put;
        } else if (errno == EAGAIN) {
            if (wait_for(stream, POLLOUT, err) < 0)
                return -1;
        } else if (errno != EINTR) {
            return eb_error_set_errno(err, errno, "cannot write to the stream");
        }
    }
    return 0;
}

int eb_stream_finish(eb_stream *stream, eb_error *err)
{
    if (check_open(stream, err) < 0)
        return -1;
    stream->finished = true;
    return 0;
}

void eb_stream_abort(eb_stream *stream)
{
    uint64_t one = 1;

    stream->aborted = true;
    if (stream->abort >= 0 && write(stream->abort, &one, sizeof(one)) < 0)
        return; /* it was aborted before */
}
