/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rpc/caller.h"

#include <errno.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "rpc/framing.h"

enum { PATIENCE = 30, CHUNK = 65536, VERSION = 1 };

struct rpc_caller {
    int fd;
    uint32_t serial;
    struct rpc_framing input;
};

int rpc_caller_open(const char *path, struct rpc_caller **out, eb_error *err)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    struct timeval patience = {.tv_sec = PATIENCE};
    EB_AUTOCLOSE int fd = -1;

    if (strlen(path) >= sizeof(address.sun_path))
        return eb_error_set(err, EB_ERR_INVALID_ARG, "the socket's path '%s' is too long", path);
    strcpy(address.sun_path, path);
    fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || connect(fd, (const struct sockaddr *)&address, sizeof(address)) < 0)
        return eb_error_set_errno(err, errno, "no daemon can be reached on '%s'", path);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
    *out = EB_NEW(struct rpc_caller);
    (*out)->fd = fd;
    fd = -1;
    return 0;
}

void rpc_caller_close(struct rpc_caller *caller)
{
    if (!caller)
        return;
    close(caller->fd);
    rpc_framing_free(&caller->input);
    free(caller);
}

static int lost(eb_error *err)
{
    if (errno == EAGAIN || errno == EWOULDBLOCK)
        return eb_error_set(err, EB_ERR_OPERATION_TIMEOUT, "the daemon is silent");
    return eb_error_set(err, EB_ERR_RPC, "the daemon is gone: %s", strerror(errno));
}

static int send_all(struct rpc_caller *caller, const char *bytes, size_t n, eb_error *err)
{
    ssize_t sent;

    for (; n; bytes += sent, n -= (size_t)sent) {
        sent = send(caller->fd, bytes, n, MSG_NOSIGNAL);
        if (sent < 0)
            return lost(err);
    }
    return 0;
}

static int send_call(struct rpc_caller *caller, const struct rpc_header *header,
                     const struct rpc_procedure *proc, const void *args, eb_error *err)
{
    EB_AUTOSTRBUF struct eb_strbuf frame = {0};

    rpc_frame_begin(&frame, header);
    if (xdr_encode(proc->args, args, &frame, err) < 0 || rpc_frame_end(&frame, err) < 0)
        return -1;
    return send_all(caller, frame.s, frame.len, err);
}

/* The next message; `*payload` is the caller's until the next one. */
static int receive(struct rpc_caller *caller, struct rpc_header *header, const unsigned char **payload,
                   size_t *n, eb_error *err)
{
    char chunk[CHUNK];
    ssize_t got;
    int there;

    while ((there = rpc_framing_next(&caller->input, RPC_FRAME_MAX, header, payload, n, err)) == 0) {
        got = recv(caller->fd, chunk, sizeof(chunk), 0);
        if (got == 0)
            errno = ECONNRESET;
        if (got <= 0)
            return lost(err);
        rpc_framing_add(&caller->input, chunk, (size_t)got);
    }
    return there < 0 ? -1 : 0;
}

/* What the daemon says went wrong. */
static int take_error(const unsigned char *payload, size_t n, eb_error *err)
{
    struct rpc_error value;

    if (xdr_decode(&rpc_error_type, payload, n, &value, err) < 0)
        return -1;
    if (err && !eb_error_is_set(err)) {
        err->code = value.code ? (eb_error_code)value.code : EB_ERR_INTERNAL_ERROR;
        err->domain = (eb_error_domain)value.domain;
        err->message = eb_strdup(value.message ? value.message : "unknown error");
    }
    xdr_clear(&rpc_error_type, &value);
    return -1;
}

static const struct rpc_procedure *find(uint32_t program, uint32_t procedure)
{
    for (size_t i = 0; i < rpc_n_programs; i++) {
        if (rpc_programs[i].number == program && procedure >= 1 && procedure <= rpc_programs[i].n)
            return &rpc_programs[i].procedures[procedure - 1];
    }
    return NULL;
}

int rpc_caller_call(struct rpc_caller *caller, uint32_t program, uint32_t procedure, const void *args,
                    void *ret, eb_error *err)
{
    struct rpc_header header = {.program = program,
                                .version = VERSION,
                                .procedure = procedure,
                                .type = RPC_TYPE_CALL,
                                .serial = caller->serial++};
    const struct rpc_procedure *proc = find(program, procedure);
    uint32_t serial = header.serial;
    const unsigned char *payload;
    size_t n;

    if (!proc)
        return eb_error_set(err, EB_ERR_RPC, "there is no procedure %u of program 0x%08x", procedure,
                            program);
    if (send_call(caller, &header, proc, args, err) < 0)
        return -1;
    do { /* pings and events may come in between */
        if (receive(caller, &header, &payload, &n, err) < 0)
            return -1;
    } while (header.program != program || header.type != RPC_TYPE_REPLY || header.serial != serial);
    if (header.status == RPC_STATUS_ERROR)
        return take_error(payload, n, err);
    return xdr_decode(proc->ret, payload, n, ret, err);
}
