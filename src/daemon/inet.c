/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/inet.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

/* -1 with errno. */
static int bind_one(const struct addrinfo *at)
{
    EB_AUTOCLOSE int fd = socket(at->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int yes = 1, result;

    if (fd < 0)
        return -1;
    if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes)) < 0)
        return -1;
    /* Each family has a socket of its own. */
    if (at->ai_family == AF_INET6 && setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &yes, sizeof(yes)) < 0)
        return -1;
    if (bind(fd, at->ai_addr, at->ai_addrlen) < 0)
        return -1;
    result = fd;
    fd = -1;
    return result;
}

int daemon_inet_bind(const char *address, const char *port, int fds[DAEMON_INET_MAX], eb_error *err)
{
    struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE};
    struct addrinfo *list = NULL;
    int result = getaddrinfo(address, port, &hints, &list), n = 0;

    if (result != 0)
        return eb_error_set(err, EB_ERR_CONF_SYNTAX, "cannot listen on '%s' port '%s': %s",
                            address ? address : "*", port, gai_strerror(result));
    for (const struct addrinfo *at = list; at && n < DAEMON_INET_MAX; at = at->ai_next) {
        int fd = bind_one(at);

        if (fd >= 0) {
            fds[n++] = fd;
            continue;
        }
        /* A kernel without one of the families is fine, as long as another one works. */
        if (errno == EAFNOSUPPORT || (!address && errno == EADDRNOTAVAIL))
            continue;
        eb_error_set_errno(err, errno, "cannot listen on '%s' port '%s'", address ? address : "*", port);
        while (n > 0)
            close(fds[--n]);
        freeaddrinfo(list);
        return -1;
    }
    freeaddrinfo(list);
    if (!n)
        return eb_error_set_errno(err, EAFNOSUPPORT, "cannot listen on '%s' port '%s'",
                                  address ? address : "*", port);
    return n;
}
