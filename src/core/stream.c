/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Streams: of bytes that are there, over a descriptor, or as a driver moves its bytes. */
#include "core/stream.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdatomic.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

struct eb_stream {
    atomic_int refs;
    int fd;    /* -1: the bytes below */
    int abort; /* readable once the stream is aborted */
    atomic_bool aborted, finished, cut;
    unsigned char *bytes;
    size_t n, used;
    const struct eb_stream_ops *ops; /* NULL: one of the above */
    void *own;
    void (*gone)(void *opaque);
    void *gone_opaque;
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

eb_stream *eb_stream_of_ops(const struct eb_stream_ops *ops, void *own)
{
    eb_stream *stream = new_stream();

    stream->ops = ops;
    stream->own = own;
    return stream;
}

bool eb_stream_waits(const eb_stream *stream)
{
    return stream->ops != NULL;
}

int eb_stream_fd(const eb_stream *stream)
{
    return stream->fd;
}

void eb_stream_cut(eb_stream *stream)
{
    stream->cut = true;
    shutdown(stream->fd, SHUT_RDWR);
}

bool eb_stream_is_cut(const eb_stream *stream, eb_error *err)
{
    if (stream->cut)
        eb_error_set_from(err, EB_FROM_RPC, EB_ERR_RPC, "stream had unexpected termination");
    return stream->cut;
}

void eb_stream_on_free(eb_stream *stream, void (*gone)(void *opaque), void *opaque)
{
    stream->gone = gone;
    stream->gone_opaque = opaque;
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
    if (stream->gone)
        stream->gone(stream->gone_opaque);
    if (stream->ops)
        stream->ops->free(stream->own);
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
    return eb_stream_is_cut(stream, err) ? -1 : 0;
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

static int read_bytes(eb_stream *stream, void *bytes, size_t n)
{
    if (n > stream->n - stream->used)
        n = stream->n - stream->used;
    if (n)
        memcpy(bytes, stream->bytes + stream->used, n);
    stream->used += n;
    return (int)n;
}

int eb_stream_read(eb_stream *stream, void *bytes, size_t n, eb_error *err)
{
    ssize_t got;

    if (check_open(stream, err) < 0)
        return -1;
    if (n > INT32_MAX)
        n = INT32_MAX;
    if (stream->ops)
        return stream->ops->read(stream->own, bytes, n, err);
    if (stream->fd < 0)
        return read_bytes(stream, bytes, n);
    while ((got = read(stream->fd, bytes, n)) < 0) {
        /* the other end of a serial port went away */
        if (errno == ECONNRESET || errno == EIO)
            break;
        if (errno != EAGAIN && errno != EINTR)
            return eb_error_set_errno(err, errno, "cannot read from the stream");
        if (errno == EAGAIN && wait_for(stream, POLLIN, err) < 0)
            return -1;
    }
    if (got <= 0 && check_open(stream, err) < 0)
        return -1;
    return got < 0 ? 0 : (int)got;
}

/* A signal of a peer that has gone would end the program; of what is no socket there is none. */
static ssize_t put(int fd, const char *bytes, size_t n)
{
    ssize_t sent = send(fd, bytes, n, MSG_NOSIGNAL);

    return sent < 0 && errno == ENOTSOCK ? write(fd, bytes, n) : sent;
}

int eb_stream_write(eb_stream *stream, const void *bytes, size_t n, eb_error *err)
{
    const char *at = bytes;
    ssize_t sent;

    if (check_open(stream, err) < 0)
        return -1;
    if (stream->ops)
        return stream->ops->write(stream->own, bytes, n, err);
    if (stream->fd < 0)
        return eb_error_set(err, EB_ERR_INVALID_STREAM, "the stream can only be read");
    while (n) {
        sent = put(stream->fd, at, n);
        if (sent >= 0) {
            at += sent;
            n -= (size_t)sent;
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
    return stream->ops ? stream->ops->finish(stream->own, err) : 0;
}

void eb_stream_abort(eb_stream *stream)
{
    uint64_t one = 1;

    if (atomic_exchange(&stream->aborted, true))
        return;
    if (stream->ops && !stream->finished)
        stream->ops->abort(stream->own);
    if (stream->abort >= 0 && write(stream->abort, &one, sizeof(one)) < 0)
        return; /* nobody waits */
}
