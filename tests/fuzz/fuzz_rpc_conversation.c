/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whole conversations: whatever a client sends, the server hangs up on it in the end and goes on to serve the
 * next. Through the read-only socket, so that no input writes files. Built two more times: as a client who
 * has yet to say who it is (FUZZ_HANDSHAKE), and as one of administration (FUZZ_ADMIN). */
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/log.h"
#include "rpc/server.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#if defined(FUZZ_HANDSHAKE)
#define FUZZED                                                                                               \
    {                                                                                                        \
        .read_only = true, .auth = RPC_BY_SASL                                                               \
    }
#elif defined(FUZZ_ADMIN)
#define FUZZED                                                                                               \
    {                                                                                                        \
        .admin = true                                                                                        \
    }
#else
#define FUZZED                                                                                               \
    {                                                                                                        \
        .read_only = true                                                                                    \
    }
#endif

enum { PATIENCE = 20000 };

static pthread_once_t once = PTHREAD_ONCE_INIT;
static struct rpc_server *server;
static struct sockaddr_un address;
static socklen_t address_size;
static int stays;

static int connected(void)
{
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);

    if (fd < 0 || connect(fd, (struct sockaddr *)&address, address_size) < 0)
        abort();
    return fd;
}

static void *run(void *opaque)
{
    (void)opaque;
    rpc_server_run(server, NULL, NULL);
    return NULL;
}

static void set_up(void)
{
    struct rpc_limits limits = RPC_LIMITS_DEFAULT;
    struct rpc_access access = FUZZED;
    pthread_t thread;
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);

    eb_log_set_level(EB_LOG_ERROR);
    limits.max_message = 65536;
    limits.handshake_timeout = 86400;
    address.sun_family = AF_UNIX;
    /* Of the abstract kind: no file. */
    address_size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1);
    address_size += (socklen_t)snprintf(address.sun_path + 1, sizeof(address.sun_path) - 1, "everbox-fuzz-%d",
                                        (int)getpid());
    if (fd < 0 || bind(fd, (struct sockaddr *)&address, address_size) < 0 ||
        rpc_server_new(&limits, &server, NULL) < 0 || rpc_server_listen(server, fd, &access, NULL) < 0 ||
        pthread_create(&thread, NULL, run, NULL) != 0)
        abort();
    /* Whoever sets the idle timeout does not end the server: this one stays. */
    stays = connected();
}

/* Sends all, reading meanwhile; then until the server hangs up. */
static void converse(int fd, const uint8_t *data, size_t size)
{
    char answer[4096];
    size_t sent = 0;

    for (;;) {
        struct pollfd p = {.fd = fd, .events = POLLIN};
        ssize_t n;
        int ready;

        if (sent < size)
            p.events |= POLLOUT;
        do
            ready = poll(&p, 1, PATIENCE);
        while (ready < 0 && errno == EINTR); /* the fuzzer's own clock */
        if (ready <= 0)
            abort(); /* it hangs */
        if (p.revents & (POLLIN | POLLHUP | POLLERR)) {
            n = recv(fd, answer, sizeof(answer), MSG_DONTWAIT);
            if (n == 0 || (n < 0 && errno != EAGAIN))
                return;
        }
        if (sent < size && (p.revents & POLLOUT)) {
            n = send(fd, data + sent, size - sent, MSG_DONTWAIT | MSG_NOSIGNAL);
            if (n < 0 && errno != EAGAIN)
                return;
            sent += n > 0 ? (size_t)n : 0;
            if (sent == size)
                shutdown(fd, SHUT_WR);
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int fd;

    pthread_once(&once, set_up);
    if (!size)
        return 0;
    fd = connected();
    converse(fd, data, size);
    close(fd);
    return 0;
}
