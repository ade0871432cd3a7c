/* SPDX-License-Identifier: LGPL-2.1-or-later */
/** @file stream.h Streams, for drivers, for core and for who serves others. */
#ifndef EB_CORE_STREAM_H
#define EB_CORE_STREAM_H

#include "core/driver.h"

/** A stream of bytes that are there (taken). */
eb_stream *eb_stream_of_bytes(unsigned char *bytes, size_t n);
/** A stream over a descriptor (taken) that can be polled. */
eb_stream *eb_stream_of_fd(int fd);

/** A stream of a driver's own; `own` is what `free` gets once nobody has the stream any more. Each does as
 * the call of its name (everbox/guest.h) after core looked whether the stream is still open; `abort` comes
 * from any thread, and once. */
struct eb_stream_ops {
    int (*read)(void *own, void *bytes, size_t n, eb_error *err);
    int (*write)(void *own, const void *bytes, size_t n, eb_error *err);
    int (*finish)(void *own, eb_error *err);
    void (*abort)(void *own);
    void (*free)(void *own);
};
eb_stream *eb_stream_of_ops(const struct eb_stream_ops *ops, void *own);
/** Whether it is one of those: what it does may wait for a disk, so a loop leaves it to others. */
bool eb_stream_waits(const eb_stream *stream);

/** The descriptor, which stays the stream's; -1: its bytes are there, reading never waits. */
int eb_stream_fd(const eb_stream *stream);

/** For a stream over a socket: the one who has it gets it no further: reading and writing fail. From any
 * thread. */
void eb_stream_cut(eb_stream *stream);
/** Whether it was; with `err` filled. */
bool eb_stream_is_cut(const eb_stream *stream, eb_error *err);
/** `gone` is called once, when nobody has the stream any more, before its descriptor is closed. */
void eb_stream_on_free(eb_stream *stream, void (*gone)(void *opaque), void *opaque);

#endif
