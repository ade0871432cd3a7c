/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Streams of a client: what a call opened, until either side ends it. All of it is the loop's, but that a
 * stream whose reading and writing may wait for a disk is read and written by libuv's workers, one thing at a
 * time; meanwhile its client is read only as far as what it sends finds room.
 */
#include "core/stream.h"
#include "rpc/client.h"
#include "rpc/errors.h"

#include <errno.h>
#include <unistd.h>

enum {
    CHUNK = 262120,            /* bytes of one message: what the oldest clients take */
    MAX_UNSENT = 4 * CHUNK,    /* beyond them a stream waits until the client reads */
    MAX_UNWRITTEN = 16 * CHUNK /* what a client may send that its stream does not take */
};

/* What a worker does with a stream. */
enum work { NOTHING, READING, WRITING, FINISHING, DROPPING };

struct rpc_stream {
    uv_poll_t poll;
    uv_work_t work;
    struct rpc_client *client;
    struct rpc_header header; /* of the call */
    bool in, out;
    bool at_end;    /* all was sent */
    bool finishing; /* the client has sent all */
    bool polled;    /* `poll` is a handle of the loop */
    bool works;     /* workers have it; then: */
    enum work doing;
    struct eb_strbuf part; /* what is written, or was read */
    int result;
    eb_error why; /* with a `result` of -1 */
    eb_stream *stream;
    struct eb_strbuf unwritten;
    size_t written; /* of `unwritten` */
    unsigned held;  /* by functions that use it: what they send may end it */
    bool ended;     /* it is in no list any more */
    struct rpc_stream *next;
};

static void send_message(struct rpc_stream *s, uint32_t status, const char *data, size_t n)
{
    struct rpc_header header = s->header;
    struct eb_strbuf frame = {0};

    header.type = RPC_TYPE_STREAM;
    header.status = status;
    rpc_frame_begin(&frame, &header);
    if (n)
        eb_strbuf_addn(&frame, data, n);
    if (rpc_frame_end(&frame, NULL) == 0)
        rpc_client_write(s->client, &frame);
}

static void free_stream(struct rpc_stream *s)
{
    eb_strbuf_free(&s->unwritten);
    eb_strbuf_free(&s->part);
    eb_error_clear(&s->why);
    eb_stream_unref(s->stream);
    free(s);
}

static void poll_closed(uv_handle_t *handle)
{
    struct rpc_stream *s = handle->data;
    struct rpc_client *client = s->client;

    free_stream(s);
    rpc_client_handle_gone(client);
}

static void hold(struct rpc_stream *s)
{
    s->held++;
}

static void release(struct rpc_stream *s)
{
    if (--s->held == 0 && s->ended && !s->polled && !s->works)
        free_stream(s);
}

static void begin_work(struct rpc_stream *s, enum work doing);

static void end_stream(struct rpc_stream *s)
{
    struct rpc_stream **at = &s->client->streams;

    if (s->ended)
        return;
    s->ended = true;
    while (*at != s)
        at = &(*at)->next;
    *at = s->next;
    s->client->n_streams--;
    if (s->polled)
        uv_close((uv_handle_t *)&s->poll, poll_closed);
    else if (s->works && s->doing != NOTHING)
        eb_stream_abort(s->stream);
    else if (s->works)
        begin_work(s, DROPPING);
    else if (!s->held)
        free_stream(s);
}

/* Tells the client, and ends the stream. Takes what `err` holds. */
static void fail_stream(struct rpc_stream *s, eb_error *err)
{
    struct rpc_header header = s->header;
    struct eb_strbuf frame = {0};

    header.type = RPC_TYPE_STREAM;
    rpc_error_frame(&header, err, &frame);
    eb_error_clear(err);
    rpc_client_write(s->client, &frame);
    end_stream(s);
}

/* ---- To the client ---- */

/* Sends what one read gives: 1, 0 when there is nothing now, -1 when the stream is ended. */
static int send_some(struct rpc_stream *s)
{
    EB_AUTOFREE char *bytes = eb_calloc(CHUNK, 1);
    eb_error err = EB_ERROR_INIT;
    ssize_t n;

    if (eb_stream_fd(s->stream) >= 0)
        n = read(eb_stream_fd(s->stream), bytes, CHUNK);
    else
        n = eb_stream_read(s->stream, bytes, CHUNK, NULL);
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return 0;
    /* the other end of a serial port went away */
    if (n < 0 && (errno == EIO || errno == ECONNRESET))
        n = 0;
    if (n < 0)
        eb_error_set_errno(&err, errno, "cannot read from the stream");
    if (n < 0 || (n == 0 && eb_stream_is_cut(s->stream, &err))) {
        fail_stream(s, &err);
        return -1;
    }
    s->at_end = n == 0;
    send_message(s, RPC_STATUS_CONTINUE, bytes, (size_t)n);
    return 1;
}

/* ---- From the client ---- */

/* 0, or -1 when the stream is ended. */
static int write_some(struct rpc_stream *s)
{
    eb_error err = EB_ERROR_INIT;
    ssize_t n;

    while (s->written < s->unwritten.len) {
        n = write(eb_stream_fd(s->stream), s->unwritten.s + s->written, s->unwritten.len - s->written);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0 && errno == EAGAIN)
            return 0;
        if (n < 0) {
            if (!eb_stream_is_cut(s->stream, &err))
                eb_error_set_errno(&err, errno, "cannot write to the stream");
            fail_stream(s, &err);
            return -1;
        }
        s->written += (size_t)n;
    }
    eb_strbuf_free(&s->unwritten);
    s->written = 0;
    if (!s->finishing)
        return 0;
    send_message(s, RPC_STATUS_OK, NULL, 0);
    end_stream(s);
    return -1;
}

/* ---- By workers ---- */

static void do_work(uv_work_t *work)
{
    struct rpc_stream *s = work->data;

    if (s->doing == READING) {
        s->part.s = eb_calloc(CHUNK, 1);
        s->result = eb_stream_read(s->stream, s->part.s, CHUNK, &s->why);
    } else if (s->doing == WRITING) {
        s->result = eb_stream_write(s->stream, s->part.s, s->part.len, &s->why);
    } else if (s->doing == FINISHING) {
        s->result = eb_stream_finish(s->stream, &s->why);
    } else {
        eb_stream_unref(EB_STEAL(s->stream));
    }
}

/* Takes the next thing up that there is to do. */
static void work_on(struct rpc_stream *s)
{
    if (s->ended || s->doing != NOTHING)
        return;
    if (s->unwritten.len)
        begin_work(s, WRITING);
    else if (s->finishing)
        begin_work(s, FINISHING);
    else if (s->out && !s->at_end && s->client->output < MAX_UNSENT)
        begin_work(s, READING);
}

static void take_result(struct rpc_stream *s, enum work done)
{
    if (s->result < 0) {
        fail_stream(s, &s->why);
    } else if (done == FINISHING) {
        send_message(s, RPC_STATUS_OK, NULL, 0);
        end_stream(s);
    } else if (done == READING) {
        s->at_end = s->result == 0;
        send_message(s, RPC_STATUS_CONTINUE, s->part.s, (size_t)s->result);
    }
}

static void worked(uv_work_t *work, int status EB_UNUSED)
{
    struct rpc_stream *s = work->data;
    struct rpc_client *client = s->client;
    enum work done = s->doing;

    s->doing = NOTHING;
    if (done == DROPPING) {
        free_stream(s);
    } else if (s->ended) {
        begin_work(s, DROPPING);
    } else {
        take_result(s, done);
        free(s->part.s);
        memset(&s->part, 0, sizeof(s->part));
        work_on(s);
        if (!client->closing)
            rpc_client_read_or_wait(client);
    }
    rpc_client_handle_gone(client);
}

static void begin_work(struct rpc_stream *s, enum work doing)
{
    s->doing = doing;
    s->work.data = s;
    if (doing == WRITING) {
        s->part = s->unwritten;
        memset(&s->unwritten, 0, sizeof(s->unwritten));
    }
    s->client->open_handles++;
    if (uv_queue_work(&s->client->server->loop, &s->work, do_work, worked) < 0)
        abort(); /* only without a function to call */
}

bool rpc_streams_full(const struct rpc_client *client)
{
    for (const struct rpc_stream *s = client->streams; s; s = s->next) {
        if (s->works && s->unwritten.len > MAX_UNSENT)
            return true;
    }
    return false;
}

/* ---- Both ---- */

static void ready(uv_poll_t *poll, int status, int events);

/* Does what can be done now, and waits for the rest. */
static void move(struct rpc_stream *s)
{
    bool room = s->client->output < MAX_UNSENT;
    int events;

    if (s->works) {
        work_on(s);
        return;
    }
    /* of bytes that are there, as many as the client takes */
    while (!s->polled && !s->ended && s->out && !s->at_end && room) {
        if (send_some(s) < 0)
            return;
        room = s->client->output < MAX_UNSENT;
    }
    if (!s->polled || s->ended)
        return;
    events = (s->out && !s->at_end && room ? UV_READABLE : 0) | (s->unwritten.len ? UV_WRITABLE : 0);
    if (events)
        uv_poll_start(&s->poll, events, ready);
    else
        uv_poll_stop(&s->poll);
}

static void act(struct rpc_stream *s, int events)
{
    if ((events & UV_WRITABLE) && s->unwritten.len && write_some(s) < 0)
        return;
    if ((events & UV_READABLE) && s->out && !s->at_end && send_some(s) < 0)
        return;
    if (!s->ended)
        move(s);
}

static void ready(uv_poll_t *poll, int status, int events)
{
    struct rpc_stream *s = poll->data;

    hold(s);
    /* after a failure the read or the write tells what it is */
    act(s, status < 0 ? UV_READABLE | UV_WRITABLE : events);
    release(s);
}

int rpc_stream_open(struct rpc_call *call, eb_error *err)
{
    struct rpc_client *client = call->client;
    struct rpc_stream *s = EB_NEW(struct rpc_stream);
    int fd = eb_stream_fd(call->stream);

    s->client = client;
    s->header = call->header;
    s->in = call->proc->marks & RPC_STREAM_IN;
    s->out = call->proc->marks & RPC_STREAM_OUT;
    s->poll.data = s;
    if (fd >= 0 && uv_poll_init(&client->server->loop, &s->poll, fd) < 0) {
        free(s);
        return eb_error_set_from(err, EB_FROM_RPC, EB_ERR_INTERNAL_ERROR, "cannot wait for the stream");
    }
    s->polled = fd >= 0;
    s->works = eb_stream_waits(call->stream);
    client->open_handles += s->polled;
    s->stream = EB_STEAL(call->stream);
    s->next = client->streams;
    client->streams = s;
    client->n_streams++;
    return 0;
}

static struct rpc_stream *find(struct rpc_client *client, uint32_t serial)
{
    struct rpc_stream *s = client->streams;

    while (s && s->header.serial != serial)
        s = s->next;
    return s;
}

bool rpc_streams_have(const struct rpc_client *client, const struct rpc_header *header)
{
    for (const struct rpc_stream *s = client->streams; s; s = s->next) {
        if (s->header.serial == header->serial && s->header.program == header->program)
            return true;
    }
    return false;
}

void rpc_streams_start(struct rpc_client *client, uint32_t serial)
{
    struct rpc_stream *s = find(client, serial);

    if (!s)
        return;
    hold(s);
    move(s);
    release(s);
}

void rpc_streams_move(struct rpc_client *client)
{
    struct rpc_stream *next;

    for (struct rpc_stream *s = client->streams; s && !client->closing; s = next) {
        next = s->next;
        hold(s);
        move(s);
        release(s);
    }
}

void rpc_streams_close(struct rpc_client *client)
{
    while (client->streams)
        end_stream(client->streams);
}

static void got_data(struct rpc_stream *s, const unsigned char *payload, size_t n)
{
    eb_error err = EB_ERROR_INIT;

    if (!s->in)
        eb_error_set_from(&err, EB_FROM_RPC, EB_ERR_RPC, "the stream can only be read");
    else if (s->finishing)
        eb_error_set_from(&err, EB_FROM_RPC, EB_ERR_RPC, "the stream is finished");
    else if (!s->works && s->unwritten.len - s->written + n > MAX_UNWRITTEN)
        eb_error_set_from(&err, EB_FROM_RPC, EB_ERR_RPC, "the other end of the stream does not read");
    if (eb_error_is_set(&err)) {
        fail_stream(s, &err);
        return;
    }
    if (n)
        eb_strbuf_addn(&s->unwritten, (const char *)payload, n);
    if (s->works || write_some(s) == 0)
        move(s);
}

static void got_message(struct rpc_stream *s, const struct rpc_header *header, const unsigned char *payload,
                        size_t n)
{
    eb_error err = EB_ERROR_INIT;

    if (header->type == RPC_TYPE_STREAM_HOLE) {
        eb_error_set_from(&err, EB_FROM_RPC, EB_ERR_RPC, "the stream takes no holes");
        fail_stream(s, &err);
    } else if (header->status == RPC_STATUS_CONTINUE) {
        got_data(s, payload, n);
    } else if (header->status == RPC_STATUS_OK) {
        s->finishing = true;
        if (s->works || write_some(s) == 0)
            move(s);
    } else {
        eb_stream_abort(s->stream);
        send_message(s, RPC_STATUS_OK, NULL, 0);
        end_stream(s);
    }
}

void rpc_stream_message(struct rpc_client *client, const struct rpc_header *header,
                        const unsigned char *payload, size_t n)
{
    struct rpc_stream *s = find(client, header->serial);

    /* Or what crossed the end of its stream. */
    if (!s || s->header.program != header->program || s->header.procedure != header->procedure)
        return;
    hold(s);
    got_message(s, header, payload, n);
    release(s);
}
