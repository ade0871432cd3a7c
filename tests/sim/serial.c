/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Serial ports of machines that run: pipes and TCP ports that VirtualBox listens at or connects to. It serves
 * one client at a time; others are sent away at once. The guest behind them says "tick" again and again, to
 * nobody when nobody is there, and answers what it is told in capitals.
 */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "model.h"

enum { TICK_MS = 100 };

struct serial {
    int listener, peer; /* -1: there is none */
    int stop[2];        /* readable once the machine is off */
    char *path;         /* of the pipe that was made here, or NULL */
    pthread_t guest;
    struct serial *next;
};

static void drop_peer(struct serial *s)
{
    close(s->peer);
    s->peer = -1;
}

/* What the guest says reaches whoever is there. */
static void say(struct serial *s, const char *bytes, size_t n)
{
    if (s->peer >= 0 && send(s->peer, bytes, n, MSG_NOSIGNAL) < 0 && errno != EAGAIN)
        drop_peer(s);
}

static void hear(struct serial *s)
{
    char bytes[256];
    ssize_t n = recv(s->peer, bytes, sizeof(bytes), 0);

    if (n <= 0) {
        if (n == 0 || (errno != EAGAIN && errno != EINTR))
            drop_peer(s);
        return;
    }
    for (ssize_t i = 0; i < n; i++)
        bytes[i] = (char)toupper((unsigned char)bytes[i]);
    say(s, bytes, (size_t)n);
}

static void let_in(struct serial *s)
{
    int fd = accept4(s->listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

    if (s->peer < 0)
        s->peer = fd;
    else if (fd >= 0)
        close(fd);
}

static void *be_guest(void *opaque)
{
    struct serial *s = opaque;

    for (;;) {
        struct pollfd fds[] = {
            {.fd = s->stop[0], .events = POLLIN},
            {.fd = s->listener, .events = POLLIN},
            {.fd = s->peer, .events = POLLIN},
        };
        int n = poll(fds, EB_ARRAY_SIZE(fds), TICK_MS);

        if (fds[0].revents)
            return NULL;
        if (n == 0)
            say(s, "tick\r\n", 6);
        if (n > 0 && fds[1].revents)
            let_in(s);
        if (n > 0 && fds[2].revents)
            hear(s);
    }
}

/* ---- opening ---- */

static int open_socket(struct serial *s, int family, const void *address, socklen_t n, bool server)
{
    int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0), yes = 1;

    if (fd < 0)
        return -1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
    if (server ? bind(fd, address, n) < 0 || listen(fd, 0) < 0 : connect(fd, address, n) < 0) {
        close(fd);
        return -1;
    }
    if (!server)
        (void)fcntl(fd, F_SETFL, O_NONBLOCK);
    *(server ? &s->listener : &s->peer) = fd;
    return 0;
}

static int open_pipe(struct serial *s, const char *path, bool server)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};

    snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
    if (server)
        unlink(path);
    if (open_socket(s, AF_UNIX, &address, sizeof(address), server) < 0)
        return -1;
    s->path = server ? eb_strdup(path) : NULL;
    return 0;
}

static int open_tcp(struct serial *s, const char *path, bool server)
{
    const char *colon = strrchr(path, ':');
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((uint16_t)atoi(colon ? colon + 1 : path)),
                                  .sin_addr.s_addr = htonl(server ? INADDR_ANY : INADDR_LOOPBACK)};

    return open_socket(s, AF_INET, &address, sizeof(address), server);
}

static void close_one(struct serial *s)
{
    if (s->listener >= 0)
        close(s->listener);
    if (s->peer >= 0)
        close(s->peer);
    if (s->path)
        unlink(s->path);
    if (s->stop[0] >= 0) {
        close(s->stop[0]);
        close(s->stop[1]);
    }
    free(s->path);
    free(s);
}

void serials_close(struct machine *m)
{
    while (m->serials) {
        struct serial *s = m->serials;

        m->serials = s->next;
        if (write(s->stop[1], "", 1) == 1)
            pthread_join(s->guest, NULL);
        close_one(s);
    }
}

static int open_one(struct machine *m, const char *mode, const char *path, bool server)
{
    struct serial *s = EB_NEW(struct serial);
    int failed;

    s->listener = s->peer = s->stop[0] = s->stop[1] = -1;
    failed = eb_streq(mode, "TCP") ? open_tcp(s, path, server) : open_pipe(s, path, server);
    if (failed || pipe2(s->stop, O_CLOEXEC) < 0 || pthread_create(&s->guest, NULL, be_guest, s) != 0) {
        close_one(s);
        return -1;
    }
    s->next = m->serials;
    m->serials = s;
    return 0;
}

bool serials_open(struct machine *m, char **why)
{
    for (size_t i = 0; i < m->config->n; i++) {
        const struct node *port = m->config->children[i];
        const char *mode = node_get_or(port, "hostMode", "Disconnected");
        const char *path = node_get_or(port, "path", "");

        if (strcmp(port->tag, "SerialPort") != 0 || !node_bool(port, "enabled") ||
            (!eb_streq(mode, "HostPipe") && !eb_streq(mode, "TCP")))
            continue;
        if (open_one(m, mode, path, node_bool(port, "server")) < 0) {
            *why = eb_asprintf("NamedPipe#0 failed to open local socket %s (%s)", path, strerror(errno));
            serials_close(m);
            return false;
        }
    }
    return true;
}
