/* SPDX-License-Identifier: LGPL-2.1-or-later */
/** @file stream.h Streams, for core and for who serves others. */
#ifndef EB_CORE_STREAM_H
#define EB_CORE_STREAM_H

#include "core/driver.h"

/** A stream of bytes that are there (taken). */
eb_stream *eb_stream_of_bytes(unsigned char *bytes, size_t n);
/** A stream over a descriptor (taken) that can be polled. */
eb_stream *eb_stream_of_fd(int fd);
/** The descriptor, which stays the stream's; -1: its bytes are there, reading never waits. */
int eb_stream_fd(const eb_stream *stream);

#endif
