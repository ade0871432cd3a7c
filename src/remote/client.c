/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Messages: calls wait for their answers, whichever comes first; one thread reads. */
#include "remote/client.h"
#include "base/log.h"

#include <errno.h>
#include <time.h>

#define EB_MODULE "remote"
#define READ_SIZE 65536

enum { PING = 1, PONG = 2 };

/* A call that waits. */
struct pending {
    uint32_t serial;
    uint32_t procedure;
    bool answered, failed;
    unsigned char *payload; /* owned */
    size_t n;
    eb_error err;
    struct pending *next;
};

static const struct rpc_procedure *describe(uint32_t procedure)
{
    return &rpc_programs[0].procedures[procedure - 1];
}

struct eb_transport *remote_transport(const struct remote *r)
{
    return r->transport;
}

int remote_write(struct remote *r, struct eb_strbuf *frame, eb_error *err)
{
    int result;

    pthread_mutex_lock(&r->write_lock);
    result = eb_transport_write(r->transport, frame->s, frame->len, err);
    pthread_mutex_unlock(&r->write_lock);
    eb_strbuf_free(frame);
    return result;
}

int remote_say_lost(const struct remote *r, eb_error *err)
{
    return eb_error_set_from(err, EB_FROM_RPC, EB_ERR_SYSTEM_ERROR, "the connection is lost: %s",
                             eb_error_message(&r->why));
}

/* ---- answers ---- */

void remote_take_error(const unsigned char *payload, size_t n, eb_error *err)
{
    struct rpc_error value = {0};

    if (xdr_decode(&rpc_error_type, payload, n, &value, err) < 0)
        return;
    eb_error_set_from(err, (eb_error_domain)value.domain, (eb_error_code)value.code, NULL);
    if (value.message) {
        free(err->message);
        err->message = EB_STEAL(value.message);
    }
    xdr_clear(&rpc_error_type, &value);
}

static void take_answer(struct pending *p, const struct rpc_header *header, const unsigned char *payload,
                        size_t n)
{
    p->answered = true;
    p->failed = header->status != RPC_STATUS_OK;
    if (p->failed)
        remote_take_error(payload, n, &p->err);
    else {
        p->payload = n ? eb_memdup(payload, n) : NULL;
        p->n = n;
    }
}

static void on_reply(struct remote *r, const struct rpc_header *header, const unsigned char *payload,
                     size_t n)
{
    struct pending *p;

    pthread_mutex_lock(&r->lock);
    for (p = r->list; p && p->serial != header->serial; p = p->next)
        ;
    if (p && !p->answered)
        take_answer(p, header, payload, n);
    else
        EB_WARN("%s: an answer to no call (%u)", eb_transport_peer(r->transport), header->serial);
    pthread_cond_broadcast(&r->answered);
    pthread_mutex_unlock(&r->lock);
}

static void on_event(struct remote *r, const struct rpc_header *header, const unsigned char *payload,
                     size_t n)
{
    EB_AUTOERROR eb_error err = EB_ERROR_INIT;
    const struct rpc_procedure *proc;
    void *message;

    if (header->procedure < 1 || header->procedure > rpc_programs[0].n)
        return;
    proc = describe(header->procedure);
    if (!(proc->marks & RPC_EVENT) || !proc->args) /* one that this build knows by name alone */
        return;
    message = eb_calloc(1, proc->args->size);
    if (xdr_decode(proc->args, payload, n, message, &err) < 0)
        EB_WARN("%s: %s: %s", eb_transport_peer(r->transport), proc->name, eb_error_message(&err));
    else
        r->event(r->opaque, header->procedure, message);
    xdr_clear(proc->args, message);
    free(message);
}

static void say(struct remote *r, uint32_t procedure)
{
    struct eb_strbuf frame = {0};
    struct rpc_header header = {.program = RPC_PROGRAM_KEEPALIVE,
                                .version = REMOTE_VERSION,
                                .procedure = procedure,
                                .type = RPC_TYPE_EVENT};

    rpc_frame_begin(&frame, &header);
    if (rpc_frame_end(&frame, NULL) == 0)
        remote_write(r, &frame, NULL);
}

static void on_message(struct remote *r, const struct rpc_header *header, const unsigned char *payload,
                       size_t n)
{
    if (header->program == RPC_PROGRAM_KEEPALIVE) {
        if (header->procedure == PING)
            say(r, PONG);
    } else if (header->program != RPC_PROGRAM_REMOTE) {
        EB_DEBUG("%s: a message of the program 0x%x", eb_transport_peer(r->transport), header->program);
    } else if (header->type == RPC_TYPE_REPLY) {
        on_reply(r, header, payload, n);
    } else if (header->type == RPC_TYPE_EVENT) {
        on_event(r, header, payload, n);
    } else if (header->type == RPC_TYPE_STREAM) {
        remote_stream_came(r, header, payload, n);
    }
}

/* ---- the reader ---- */

static void lose(struct remote *r, eb_close_reason reason, eb_error *why)
{
    bool tell;

    pthread_mutex_lock(&r->lock);
    tell = !r->gone && !r->closing;
    if (!r->gone) {
        r->gone = true;
        eb_error_move(&r->why, why);
    }
    pthread_cond_broadcast(&r->answered);
    pthread_mutex_unlock(&r->lock);
    eb_error_clear(why);
    if (tell)
        r->lost(r->opaque, reason);
}

static int read_messages(struct remote *r, struct rpc_framing *framing, eb_error *err)
{
    const unsigned char *payload;
    struct rpc_header header;
    size_t n;
    int got;

    while ((got = rpc_framing_next(framing, RPC_FRAME_MAX, &header, &payload, &n, err)) > 0) {
        pthread_mutex_lock(&r->lock);
        r->unanswered = 0;
        pthread_mutex_unlock(&r->lock);
        on_message(r, &header, payload, n);
    }
    return got;
}

static void *read_all(void *opaque)
{
    struct remote *r = opaque;
    struct rpc_framing framing = {0};
    eb_error err = EB_ERROR_INIT;
    eb_close_reason reason = EB_CLOSE_REASON_EOF;
    unsigned char *bytes = eb_calloc(1, READ_SIZE);

    for (;;) {
        ssize_t n = eb_transport_read(r->transport, bytes, READ_SIZE, &err);

        if (n <= 0) {
            if (n < 0)
                reason = EB_CLOSE_REASON_ERROR;
            else
                eb_error_set_from(&err, EB_FROM_RPC, EB_ERR_SYSTEM_ERROR, "%s closed the connection",
                                  eb_transport_peer(r->transport));
            break;
        }
        rpc_framing_add(&framing, bytes, (size_t)n);
        if (read_messages(r, &framing, &err) < 0) {
            reason = EB_CLOSE_REASON_ERROR;
            break;
        }
    }
    rpc_framing_free(&framing);
    free(bytes);
    lose(r, reason, &err);
    return NULL;
}

/* ---- keepalive ---- */

/* Waits for the time of the next ping; whatever else happens only makes it look again. With the lock held. */
static bool ping_is_due(struct remote *r)
{
    unsigned interval = r->interval;
    struct timespec until;

    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += interval;
    while (!r->closing && !r->gone && r->interval == interval) {
        if (!interval)
            pthread_cond_wait(&r->answered, &r->lock);
        else if (pthread_cond_timedwait(&r->answered, &r->lock, &until) == ETIMEDOUT)
            return true;
    }
    return false;
}

static void *ping_all(void *opaque)
{
    struct remote *r = opaque;
    eb_error err = EB_ERROR_INIT;
    bool dead = false;

    pthread_mutex_lock(&r->lock);
    while (!r->closing && !r->gone && !dead) {
        if (!ping_is_due(r))
            continue;
        dead = r->unanswered++ >= r->count;
        pthread_mutex_unlock(&r->lock);
        if (!dead)
            say(r, PING);
        pthread_mutex_lock(&r->lock);
    }
    pthread_mutex_unlock(&r->lock);
    if (dead) {
        eb_error_set_from(&err, EB_FROM_RPC, EB_ERR_INTERNAL_ERROR,
                          "connection closed due to keepalive timeout");
        lose(r, EB_CLOSE_REASON_KEEPALIVE, &err);
        eb_transport_shutdown(r->transport);
    }
    return NULL;
}

void remote_keepalive(struct remote *r, unsigned interval, unsigned count)
{
    pthread_mutex_lock(&r->lock);
    r->interval = interval;
    r->count = count;
    r->unanswered = 0;
    if (!r->pings)
        r->pings = pthread_create(&r->pinger, NULL, ping_all, r) == 0;
    pthread_cond_broadcast(&r->answered);
    pthread_mutex_unlock(&r->lock);
}

/* ---- calls ---- */

static struct pending *enqueue(struct remote *r, uint32_t procedure, struct remote_stream *stream,
                               eb_error *err)
{
    struct pending *p = NULL;

    pthread_mutex_lock(&r->lock);
    if (r->gone) {
        remote_say_lost(r, err);
    } else {
        p = EB_NEW(struct pending);
        p->serial = ++r->serial;
        p->procedure = procedure;
        p->next = r->list;
        r->list = p;
        if (stream)
            remote_stream_list(r, stream, procedure, p->serial);
        pthread_cond_broadcast(&r->answered); /* the reader may take its time */
    }
    pthread_mutex_unlock(&r->lock);
    return p;
}

/* With the lock held. */
static struct pending *take(struct remote *r, uint32_t serial)
{
    for (struct pending **at = &r->list; *at; at = &(*at)->next) {
        struct pending *p = *at;

        if (p->serial == serial) {
            *at = p->next;
            return p;
        }
    }
    return NULL;
}

static void drop(struct pending *p)
{
    eb_error_clear(&p->err);
    free(p->payload);
    free(p);
}

int64_t remote_send_opening(struct remote *r, uint32_t procedure, const void *args,
                            struct remote_stream *stream, eb_error *err)
{
    const struct rpc_procedure *proc = describe(procedure);
    struct rpc_header header = {.program = RPC_PROGRAM_REMOTE,
                                .version = REMOTE_VERSION,
                                .procedure = procedure,
                                .type = RPC_TYPE_CALL};
    struct eb_strbuf frame = {0};
    struct pending *p = enqueue(r, procedure, stream, err);
    uint32_t serial;
    int result;

    if (!p)
        return -1;
    header.serial = serial = p->serial;
    rpc_frame_begin(&frame, &header);
    result = xdr_encode(proc->args, args, &frame, err) < 0 || rpc_frame_end(&frame, err) < 0 ||
                     remote_write(r, &frame, err) < 0
                 ? -1
                 : 0;
    eb_strbuf_free(&frame);
    if (result == 0)
        return serial;
    pthread_mutex_lock(&r->lock);
    drop(take(r, serial));
    pthread_mutex_unlock(&r->lock);
    return -1;
}

int64_t remote_send(struct remote *r, uint32_t procedure, const void *args, eb_error *err)
{
    return remote_send_opening(r, procedure, args, NULL, err);
}

/* Until it is answered, nobody is there any more, or (`until` not NULL) it is that late. With the lock held.
 */
static void await(struct remote *r, const struct pending *p, const struct timespec *until)
{
    int late = 0;

    while (!p->answered && !r->gone && late != ETIMEDOUT)
        late = until ? pthread_cond_timedwait(&r->answered, &r->lock, until)
                     : pthread_cond_wait(&r->answered, &r->lock);
}

static int wait_until(struct remote *r, int64_t number, const struct timespec *until, void *ret,
                      eb_error *err)
{
    struct pending *p;
    int result = -1;

    pthread_mutex_lock(&r->lock);
    for (p = r->list; p->serial != (uint32_t)number; p = p->next)
        ;
    await(r, p, until);
    p = take(r, (uint32_t)number);
    if (!p->answered && !r->gone)
        eb_error_set_from(err, EB_FROM_RPC, EB_ERR_OPERATION_TIMEOUT, "%s does not answer",
                          eb_transport_peer(r->transport));
    else if (!p->answered)
        remote_say_lost(r, err);
    pthread_mutex_unlock(&r->lock);
    if (p->failed)
        eb_error_move(err, &p->err);
    else if (p->answered)
        result = xdr_decode(describe(p->procedure)->ret, p->payload, p->n, ret, err);
    drop(p);
    return result;
}

int remote_wait(struct remote *r, int64_t number, void *ret, eb_error *err)
{
    return wait_until(r, number, NULL, ret, err);
}

int remote_call_within(struct remote *r, unsigned seconds, uint32_t procedure, const void *args, void *ret,
                       eb_error *err)
{
    int64_t number = remote_send(r, procedure, args, err);
    struct timespec until;

    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += seconds;
    return number < 0 ? -1 : wait_until(r, number, seconds ? &until : NULL, ret, err);
}

int remote_call(struct remote *r, uint32_t procedure, const void *args, void *ret, eb_error *err)
{
    int64_t number = remote_send(r, procedure, args, err);

    return number < 0 ? -1 : remote_wait(r, number, ret, err);
}

void remote_clear(uint32_t procedure, void *ret)
{
    xdr_clear(describe(procedure)->ret, ret);
}

int remote_count(int32_t n, eb_error *err)
{
    return n < 0 ? eb_error_set_from(err, EB_FROM_RPC, EB_ERR_RPC, "the far side counted %d", n) : n;
}

bool remote_is_alive(struct remote *r)
{
    bool alive;

    pthread_mutex_lock(&r->lock);
    alive = !r->gone;
    pthread_mutex_unlock(&r->lock);
    return alive;
}

/* ---- life ---- */

struct remote *remote_new(struct eb_transport *transport,
                          void (*event)(void *opaque, uint32_t procedure, const void *message),
                          void (*lost)(void *opaque, eb_close_reason reason), void *opaque)
{
    struct remote *r = EB_NEW(struct remote);
    pthread_condattr_t attr;

    r->transport = transport;
    r->event = event;
    r->lost = lost;
    r->opaque = opaque;
    pthread_mutex_init(&r->write_lock, NULL);
    pthread_mutex_init(&r->lock, NULL);
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&r->answered, &attr);
    pthread_condattr_destroy(&attr);
    if (pthread_create(&r->reader, NULL, read_all, r) != 0)
        abort(); /* as when there is no memory */
    return r;
}

void remote_free(struct remote *r)
{
    pthread_mutex_lock(&r->lock);
    r->closing = true;
    pthread_cond_broadcast(&r->answered);
    pthread_mutex_unlock(&r->lock);
    eb_transport_shutdown(r->transport);
    pthread_join(r->reader, NULL);
    if (r->pings)
        pthread_join(r->pinger, NULL);
    eb_transport_close(r->transport);
    eb_error_clear(&r->why);
    pthread_cond_destroy(&r->answered);
    pthread_mutex_destroy(&r->lock);
    pthread_mutex_destroy(&r->write_lock);
    free(r);
}
