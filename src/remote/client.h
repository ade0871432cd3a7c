/* SPDX-License-Identifier: LGPL-2.1-or-later */
/** @file client.h What client.c (messages, calls) and stream.c (streams) share of a connection. */
#ifndef EB_REMOTE_CLIENT_H
#define EB_REMOTE_CLIENT_H

#include "remote/remote.h"
#include "rpc/framing.h"

enum { REMOTE_VERSION = 1 };

struct pending;
struct remote_stream;

struct remote {
    struct eb_transport *transport;
    void (*event)(void *opaque, uint32_t procedure, const void *message);
    void (*lost)(void *opaque, eb_close_reason reason);
    void *opaque;
    pthread_t reader, pinger;
    bool pings;

    pthread_mutex_t write_lock; /* one message at a time */
    pthread_mutex_t lock;       /* guards what follows, and the streams */
    pthread_cond_t answered;    /* something of it changed */
    struct pending *list;
    struct remote_stream *streams;
    uint32_t serial;
    bool gone, closing;
    eb_error why; /* with `gone` */
    unsigned interval, count, unanswered;
};

/** Sends a message, and frees it. */
int remote_write(struct remote *r, struct eb_strbuf *frame, eb_error *err);
/** As remote_send; `stream` (NULL: none) is in the connection's list, with the call's serial, before anything
 * can come over it. */
int64_t remote_send_opening(struct remote *r, uint32_t procedure, const void *args,
                            struct remote_stream *stream, eb_error *err);
/** "the connection is lost: …"; with the lock held. */
int remote_say_lost(const struct remote *r, eb_error *err);
/** The error that a message carries. */
void remote_take_error(const unsigned char *payload, size_t n, eb_error *err);

/** stream.c: with the lock held. */
void remote_stream_list(struct remote *r, struct remote_stream *s, uint32_t procedure, uint32_t serial);
/** A message of a stream came, in the reader's thread. */
void remote_stream_came(struct remote *r, const struct rpc_header *header, const unsigned char *payload,
                        size_t n);

#endif
