/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Streams: what a call opened, until either side ends it. The reader keeps what comes until someone reads it;
 * while much of it waits and no call does, it takes its time, so that the far side sends no faster than what
 * is here is read, and still hears answers to its pings.
 */
#include "core/stream.h"
#include "remote/client.h"

#include <time.h>

enum {
    CHUNK = 262120,            /* bytes of one message: what the oldest servers take */
    MUCH = 16 << 20,           /* bytes that may wait at full speed */
    TOO_MUCH = 256 << 20,      /* and at all */
    SLOWLY_NS = 100 * 1000000, /* between two messages, where much waits */
};

struct remote_stream {
    struct remote *r;
    eb_conn *conn; /* kept open */
    uint32_t procedure, serial;
    bool listed;
    bool at_end;   /* all of it came */
    bool finished; /* the far side confirms that it was ended */
    bool failed;
    eb_error why; /* with `failed` */
    struct eb_strbuf got;
    size_t used; /* of `got` */
    struct remote_stream *next;
};

/* ---- in the list; with the lock held ---- */

void remote_stream_list(struct remote *r, struct remote_stream *s, uint32_t procedure, uint32_t serial)
{
    s->procedure = procedure;
    s->serial = serial;
    s->listed = true;
    s->next = r->streams;
    r->streams = s;
}

static void unlist(struct remote_stream *s)
{
    struct remote_stream **at = &s->r->streams;

    if (!s->listed)
        return;
    while (*at != s)
        at = &(*at)->next;
    *at = s->next;
    s->listed = false;
}

static struct remote_stream *find(const struct remote *r, const struct rpc_header *header)
{
    struct remote_stream *s = r->streams;

    while (s && (s->serial != header->serial || s->procedure != header->procedure))
        s = s->next;
    return s;
}

/* ---- what comes ---- */

static void take(struct remote_stream *s, const struct rpc_header *header, const unsigned char *payload,
                 size_t n)
{
    if (header->status == RPC_STATUS_ERROR) {
        s->failed = true;
        remote_take_error(payload, n, &s->why);
    } else if (header->status == RPC_STATUS_OK) {
        s->at_end = s->finished = true;
    } else if (!n) {
        s->at_end = true;
    } else if (s->got.len - s->used + n > TOO_MUCH) {
        s->failed = true;
        eb_error_set_from(&s->why, EB_FROM_RPC, EB_ERR_RPC,
                          "%d bytes of the stream wait for someone to read them", TOO_MUCH);
    } else {
        eb_strbuf_addn(&s->got, (const char *)payload, n);
    }
}

static bool much_waits(const struct remote *r)
{
    for (const struct remote_stream *s = r->streams; s; s = s->next) {
        if (s->got.len - s->used > MUCH)
            return true;
    }
    return false;
}

void remote_stream_came(struct remote *r, const struct rpc_header *header, const unsigned char *payload,
                        size_t n)
{
    struct remote_stream *s;
    struct timespec until;
    bool slowly = true;

    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += SLOWLY_NS;
    until.tv_sec += until.tv_nsec / 1000000000;
    until.tv_nsec %= 1000000000;
    pthread_mutex_lock(&r->lock);
    s = find(r, header);
    if (s) /* else it crossed the end of its stream */
        take(s, header, payload, n);
    pthread_cond_broadcast(&r->answered);
    while (slowly && !r->list && !r->closing && much_waits(r))
        slowly = pthread_cond_timedwait(&r->answered, &r->lock, &until) == 0;
    pthread_mutex_unlock(&r->lock);
}

/* ---- use ---- */

static int send_part(struct remote_stream *s, uint32_t status, const char *bytes, size_t n, eb_error *err)
{
    struct rpc_header header = {.program = RPC_PROGRAM_REMOTE,
                                .version = REMOTE_VERSION,
                                .procedure = s->procedure,
                                .type = RPC_TYPE_STREAM,
                                .serial = s->serial,
                                .status = status};
    struct eb_strbuf frame = {0};

    rpc_frame_begin(&frame, &header);
    if (n)
        eb_strbuf_addn(&frame, bytes, n);
    if (rpc_frame_end(&frame, err) < 0) {
        eb_strbuf_free(&frame);
        return -1;
    }
    return remote_write(s->r, &frame, err);
}

static void tell(const eb_error *why, eb_error *err)
{
    if (!err || eb_error_is_set(err))
        return;
    eb_error_set_from(err, why->domain, why->code, NULL);
    eb_replace_string(&err->message, eb_error_message(why));
}

/* -1 with the error once the stream or the connection failed; with the lock held. */
static int check(struct remote_stream *s, eb_error *err)
{
    if (s->failed) {
        tell(&s->why, err);
        return -1;
    }
    return s->r->gone ? remote_say_lost(s->r, err) : 0;
}

static int stream_read(void *own, void *bytes, size_t n, eb_error *err)
{
    struct remote_stream *s = own;
    int result = -1;

    pthread_mutex_lock(&s->r->lock);
    while (s->used == s->got.len && !s->at_end && !s->failed && !s->r->gone)
        pthread_cond_wait(&s->r->answered, &s->r->lock);
    if (s->used < s->got.len || s->at_end) {
        if (n > s->got.len - s->used)
            n = s->got.len - s->used;
        if (n)
            memcpy(bytes, s->got.s + s->used, n);
        s->used += n;
        result = (int)n;
    } else {
        check(s, err);
    }
    if (s->used == s->got.len) {
        eb_strbuf_free(&s->got);
        s->used = 0;
        pthread_cond_broadcast(&s->r->answered); /* the reader may wait for room */
    }
    pthread_mutex_unlock(&s->r->lock);
    return result;
}

static int stream_write(void *own, const void *bytes, size_t n, eb_error *err)
{
    struct remote_stream *s = own;
    const char *at = bytes;
    int result;

    while (n) {
        size_t part = n < CHUNK ? n : CHUNK;

        pthread_mutex_lock(&s->r->lock);
        result = check(s, err);
        pthread_mutex_unlock(&s->r->lock);
        if (result < 0 || send_part(s, RPC_STATUS_CONTINUE, at, part, err) < 0)
            return -1;
        at += part;
        n -= part;
    }
    return 0;
}

/* The far side says when all that was written has arrived. What it still sent is dropped. */
static int stream_finish(void *own, eb_error *err)
{
    struct remote_stream *s = own;
    int result;

    if (send_part(s, RPC_STATUS_OK, NULL, 0, err) < 0)
        return -1;
    pthread_mutex_lock(&s->r->lock);
    while (!s->finished && !s->failed && !s->r->gone) {
        eb_strbuf_free(&s->got);
        s->used = 0;
        pthread_cond_wait(&s->r->answered, &s->r->lock);
    }
    result = s->finished ? 0 : check(s, err);
    unlist(s);
    pthread_mutex_unlock(&s->r->lock);
    return result;
}

static void stream_abort(void *own)
{
    struct remote_stream *s = own;
    bool open;

    pthread_mutex_lock(&s->r->lock);
    open = s->listed && !s->failed && !s->finished && !s->r->gone;
    if (!s->failed) {
        s->failed = true;
        eb_error_set(&s->why, EB_ERR_OPERATION_ABORTED, "the stream was aborted");
    }
    s->at_end = false;
    unlist(s);
    pthread_cond_broadcast(&s->r->answered);
    pthread_mutex_unlock(&s->r->lock);
    if (open)
        send_part(s, RPC_STATUS_ERROR, NULL, 0, NULL);
}

static void stream_free(void *own)
{
    struct remote_stream *s = own;

    stream_abort(s);
    eb_strbuf_free(&s->got);
    eb_error_clear(&s->why);
    eb_conn_unref(s->conn);
    free(s);
}

static const struct eb_stream_ops stream_ops = {
    stream_read, stream_write, stream_finish, stream_abort, stream_free,
};

int remote_call_opening(eb_conn *conn, uint32_t procedure, const void *args, void *ret, eb_stream **out,
                        eb_error *err)
{
    struct remote_stream *s = EB_NEW(struct remote_stream);
    struct remote *r = remote_of(conn)->r;
    int64_t number;

    s->r = r;
    number = remote_send_opening(r, procedure, args, s, err);
    if (number < 0 || remote_wait(r, number, ret, err) < 0) {
        pthread_mutex_lock(&r->lock);
        unlist(s);
        pthread_mutex_unlock(&r->lock);
        eb_strbuf_free(&s->got);
        eb_error_clear(&s->why);
        free(s);
        return -1;
    }
    s->conn = eb_conn_ref(conn);
    *out = eb_stream_of_ops(&stream_ops, s);
    return 0;
}

int remote_call_reading(eb_conn *conn, uint32_t procedure, const void *args, void *ret, unsigned char **bytes,
                        size_t *n, eb_error *err)
{
    EB_AUTOFREE char *part = eb_calloc(CHUNK, 1);
    struct eb_strbuf all = {0};
    eb_stream *stream = NULL;
    int got = -1;

    if (remote_call_opening(conn, procedure, args, ret, &stream, err) < 0)
        return -1;
    while ((got = eb_stream_read(stream, part, CHUNK, err)) > 0 && all.len < TOO_MUCH)
        eb_strbuf_addn(&all, part, (size_t)got);
    if (got > 0)
        got = eb_error_set_from(err, EB_FROM_RPC, EB_ERR_RPC, "the stream has more than %d bytes", TOO_MUCH);
    if (got == 0)
        got = eb_stream_finish(stream, err);
    eb_stream_unref(stream);
    if (got < 0) {
        eb_strbuf_free(&all);
        remote_clear(procedure, ret);
        return -1;
    }
    *n = all.len;
    *bytes = (unsigned char *)eb_strbuf_steal(&all);
    return 0;
}
