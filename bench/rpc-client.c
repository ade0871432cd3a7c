/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A client of libvirt's protocol for measuring daemons: raw messages by the project's codec, nothing between.
 * rpc-client SOCKET URI and:
 *
 * - state CLIENTS SECONDS [DOMAIN]: so many clients ask for a domain's (test's) state as fast as they are
 *   answered; calls a second, microseconds at the median and p99
 * - connect N: from connect() to the first answer, N times; median, p99
 * - idle N: N open connections, until standard input ends
 * - events CLIENTS N: a burst of N events to so many listeners, each of whom must hear every one once, in
 *   order; events a second, over all
 */
#include <errno.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "base/error.h"
#include "base/util.h"
#include "everbox/everbox.h"
#include "rpc/framing.h"
#include "rpc/protocol.h"

enum { MAX_SAMPLES = 4000000 };

struct client {
    int fd;
    uint32_t serial;
    struct rpc_framing input;
    struct eb_strbuf call; /* the call that is made again and again */
    int64_t sent;
    unsigned heard;
};

static const char *path, *uri;
static struct rpc_domain domain;

static void die(const char *what)
{
    fprintf(stderr, "rpc-client: %s: %s\n", what, errno ? strerror(errno) : "not what was expected");
    exit(1);
}

static int64_t now_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static void send_all(int fd, const char *bytes, size_t n)
{
    while (n > 0) {
        ssize_t sent = send(fd, bytes, n, MSG_NOSIGNAL);

        if (sent < 0)
            die("send");
        bytes += sent;
        n -= (size_t)sent;
    }
}

static void frame(struct client *c, uint32_t procedure, const struct xdr_type *type, const void *args,
                  struct eb_strbuf *out)
{
    struct rpc_header header = {.program = RPC_PROGRAM_REMOTE,
                                .version = 1,
                                .procedure = procedure,
                                .type = RPC_TYPE_CALL,
                                .serial = c->serial++};

    rpc_frame_begin(out, &header);
    if (xdr_encode(type, args, out, NULL) < 0 || rpc_frame_end(out, NULL) < 0)
        die("a call cannot be made");
}

/* Reads what is there: false at the end of the stream. */
static void fill(struct client *c)
{
    unsigned char bytes[65536];
    ssize_t n = recv(c->fd, bytes, sizeof(bytes), 0);

    if (n <= 0) {
        errno = n ? errno : 0;
        die("the daemon hung up");
    }
    rpc_framing_add(&c->input, bytes, (size_t)n);
}

static int next(struct client *c, struct rpc_header *header, const unsigned char **payload, size_t *n)
{
    int result = rpc_framing_next(&c->input, RPC_FRAME_MAX, header, payload, n, NULL);

    if (result < 0)
        die("no message came");
    return result;
}

/* Makes one call and waits for its answer, which is decoded into `ret`. */
static void call(struct client *c, uint32_t procedure, const struct xdr_type *type, const void *args,
                 const struct xdr_type *ret_type, void *ret)
{
    struct eb_strbuf out = {0};
    struct rpc_header header;
    const unsigned char *payload;
    size_t n;

    frame(c, procedure, type, args, &out);
    send_all(c->fd, out.s, out.len);
    eb_strbuf_free(&out);
    do {
        while (next(c, &header, &payload, &n) == 0)
            fill(c);
    } while (header.type != RPC_TYPE_REPLY);
    errno = 0;
    if (header.status != RPC_STATUS_OK || (ret && xdr_decode(ret_type, payload, n, ret, NULL) < 0))
        die("a call failed");
}

static void connect_client(struct client *c)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};

    memset(c, 0, sizeof(*c));
    snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
    c->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (c->fd < 0 || connect(c->fd, (struct sockaddr *)&address, sizeof(address)) < 0)
        die("connect");
    call(c, RPC_AUTH_LIST, NULL, NULL, NULL, NULL);
}

static void open_client(struct client *c)
{
    struct rpc_connect_open_args args = {.name = (char *)(uintptr_t)uri};

    connect_client(c);
    call(c, RPC_CONNECT_OPEN, &rpc_connect_open_args_type, &args, NULL, NULL);
}

static void close_client(struct client *c)
{
    close(c->fd);
    rpc_framing_free(&c->input);
    eb_strbuf_free(&c->call);
}

static void find_domain(struct client *c, const char *name)
{
    struct rpc_domain_lookup_by_name_args args = {.name = (char *)(uintptr_t)name};
    struct rpc_domain_lookup_by_name_ret ret;

    call(c, RPC_DOMAIN_LOOKUP_BY_NAME, &rpc_domain_lookup_by_name_args_type, &args,
         &rpc_domain_lookup_by_name_ret_type, &ret);
    domain = ret.dom;
}

/* ---- Many at once ---- */

static struct client *open_clients(unsigned n, int *epoll)
{
    struct client *clients = eb_calloc(n, sizeof(*clients));

    *epoll = epoll_create1(EPOLL_CLOEXEC);
    for (unsigned i = 0; i < n; i++) {
        struct epoll_event event = {.events = EPOLLIN};

        open_client(&clients[i]);
        event.data.ptr = &clients[i];
        if (epoll_ctl(*epoll, EPOLL_CTL_ADD, clients[i].fd, &event) < 0)
            die("epoll_ctl");
    }
    return clients;
}

static int compare(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

    return x < y ? -1 : x > y;
}

static void print_times(int64_t *ns, size_t n)
{
    qsort(ns, n, sizeof(*ns), compare);
    printf(" median_us %.1f p99_us %.1f\n", (double)ns[n / 2] / 1000, (double)ns[n * 99 / 100] / 1000);
}

static void ask(struct client *c)
{
    c->sent = now_ns();
    send_all(c->fd, c->call.s, c->call.len);
}

static void measure_state(unsigned n, unsigned seconds, const char *name)
{
    int64_t *samples = eb_calloc(MAX_SAMPLES, sizeof(*samples)), begun, end;
    int epoll;
    struct client *clients = open_clients(n, &epoll);
    struct rpc_domain_get_state_args args = {0};
    size_t count = 0;

    find_domain(&clients[0], name);
    args.dom = domain;
    for (unsigned i = 0; i < n; i++) {
        frame(&clients[i], RPC_DOMAIN_GET_STATE, &rpc_domain_get_state_args_type, &args, &clients[i].call);
        ask(&clients[i]);
    }
    begun = now_ns();
    end = begun + (int64_t)seconds * 1000000000;
    while (now_ns() < end && count < MAX_SAMPLES - n) {
        struct epoll_event events[256];
        int ready = epoll_wait(epoll, events, 256, 1000);

        for (int i = 0; i < ready; i++) {
            struct client *c = events[i].data.ptr;
            struct rpc_header header;
            const unsigned char *payload;
            size_t len;

            fill(c);
            while (next(c, &header, &payload, &len)) {
                errno = 0;
                if (header.type != RPC_TYPE_REPLY || header.status != RPC_STATUS_OK)
                    die("a state was not told");
                samples[count++] = now_ns() - c->sent;
                ask(c);
            }
        }
    }
    printf("calls_per_second %.0f", (double)count * 1e9 / (double)(now_ns() - begun));
    print_times(samples, count);
    for (unsigned i = 0; i < n; i++)
        close_client(&clients[i]);
    free(clients);
    free(samples);
    close(epoll);
}

static void measure_connect(unsigned n)
{
    int64_t *samples = eb_calloc(n, sizeof(*samples));

    for (unsigned i = 0; i < n; i++) {
        int64_t begun = now_ns();
        struct client c;

        open_client(&c);
        samples[i] = now_ns() - begun;
        close_client(&c);
    }
    printf("connects %u", n);
    print_times(samples, n);
    free(samples);
}

static void hold_idle(unsigned n)
{
    int epoll;
    struct client *clients = open_clients(n, &epoll);
    char byte;

    printf("ready\n");
    fflush(stdout);
    while (read(STDIN_FILENO, &byte, 1) > 0)
        ;
    for (unsigned i = 0; i < n; i++)
        close_client(&clients[i]);
    free(clients);
    close(epoll);
}

/* ---- A burst of events ---- */

/* Suspended and resumed take turns: so one that is missing, or comes twice, shows. */
static void take_event(struct client *c, const unsigned char *payload, size_t n)
{
    struct rpc_domain_event_callback_lifecycle_msg message;
    int32_t expected = c->heard % 2 == 0 ? EB_DOMAIN_EVENT_SUSPENDED : EB_DOMAIN_EVENT_RESUMED;

    errno = 0;
    if (xdr_decode(&rpc_domain_event_callback_lifecycle_msg_type, payload, n, &message, NULL) < 0 ||
        message.event != expected)
        die("an event was lost or came twice");
    xdr_clear(&rpc_domain_event_callback_lifecycle_msg_type, &message);
    c->heard++;
}

static void read_events(struct client *c)
{
    struct rpc_header header;
    const unsigned char *payload;
    size_t len;

    fill(c);
    while (next(c, &header, &payload, &len)) {
        if (header.type == RPC_TYPE_EVENT)
            take_event(c, payload, len);
    }
}

/* Sends all changes without waiting for their answers, in a process of its own. */
static void make_changes(unsigned n)
{
    struct rpc_domain_suspend_args suspend;
    struct rpc_domain_resume_args resume;
    struct client c;

    open_client(&c);
    find_domain(&c, "test");
    suspend.dom = resume.dom = domain;
    for (unsigned i = 0; i < n; i += 2) {
        call(&c, RPC_DOMAIN_SUSPEND, &rpc_domain_suspend_args_type, &suspend, NULL, NULL);
        call(&c, RPC_DOMAIN_RESUME, &rpc_domain_resume_args_type, &resume, NULL, NULL);
    }
    close_client(&c);
}

static void measure_events(unsigned n, unsigned count)
{
    struct rpc_connect_domain_event_callback_register_any_args args = {0};
    int epoll;
    struct client *clients = open_clients(n, &epoll);
    unsigned done = 0;
    int64_t begun;

    for (unsigned i = 0; i < n; i++)
        call(&clients[i], RPC_CONNECT_DOMAIN_EVENT_CALLBACK_REGISTER_ANY,
             &rpc_connect_domain_event_callback_register_any_args_type, &args, NULL, NULL);
    begun = now_ns();
    if (fork() == 0) {
        make_changes(count);
        _exit(0);
    }
    while (done < n) {
        struct epoll_event events[256];
        int ready = epoll_wait(epoll, events, 256, 20000);

        errno = 0;
        if (ready <= 0)
            die("events are missing");
        for (int i = 0; i < ready; i++) {
            struct client *c = events[i].data.ptr;
            bool was_done = c->heard == count;

            read_events(c);
            done += !was_done && c->heard == count;
        }
    }
    printf("events_per_second %.0f\n", (double)n * count * 1e9 / (double)(now_ns() - begun));
    /* one too many would come now */
    usleep(200000);
    for (unsigned i = 0; i < n; i++) {
        if (recv(clients[i].fd, &(char){0}, 1, MSG_DONTWAIT) > 0)
            die("an event came twice");
        close_client(&clients[i]);
    }
    free(clients);
    close(epoll);
}

int main(int argc, char **argv)
{
    unsigned n, more;

    if (argc < 5) {
        fprintf(stderr,
                "usage: rpc-client SOCKET URI state|connect|idle|events N [SECONDS|EVENTS [DOMAIN]]\n");
        return 2;
    }
    path = argv[1];
    uri = argv[2];
    n = (unsigned)strtoul(argv[4], NULL, 10);
    more = argc > 5 ? (unsigned)strtoul(argv[5], NULL, 10) : 2;
    if (n == 0 || more == 0)
        return 2;
    if (strcmp(argv[3], "state") == 0)
        measure_state(n, more, argc > 6 ? argv[6] : "test");
    else if (strcmp(argv[3], "connect") == 0)
        measure_connect(n);
    else if (strcmp(argv[3], "idle") == 0)
        hold_idle(n);
    else if (strcmp(argv[3], "events") == 0)
        measure_events(n, more & ~1u);
    else
        return 2;
    return 0;
}
