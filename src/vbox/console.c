/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The other end of a machine's serial port, where VirtualBox listens. It serves one at a time and sends
 * others away at once. Who has which port is kept here, for all connections of the process: a second one is
 * refused, or takes the place of the first.
 */
#include "core/stream.h"
#include "vbox/machine.h"
#include "vbox/stats.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum {
    CONNECT_MS = 10000,
    SENT_AWAY_MS = 100, /* in which VirtualBox sends away whom it does not serve */
    LEAVE_MS = 2000,    /* in which it notices that the one before has gone */
    AGAIN_MS = 20,
};

/* ---- Who has which ---- */

struct console {
    char *port;        /* "/path/of/pipe", "tcp:port" */
    eb_stream *stream; /* NULL: it is being opened */
    struct console *next;
};
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct console *consoles;

static struct console *find(const char *port)
{
    struct console *c = consoles;

    while (c && strcmp(c->port, port) != 0)
        c = c->next;
    return c;
}

static void take_out(struct console *gone)
{
    struct console **at = &consoles;

    while (*at && *at != gone)
        at = &(*at)->next;
    if (*at)
        *at = gone->next;
}

/* Nobody has the stream any more; another one may have taken its place. */
static void gone(void *opaque)
{
    struct console *c = opaque;

    pthread_mutex_lock(&lock);
    take_out(c);
    pthread_mutex_unlock(&lock);
    free(c->port);
    free(c);
}

static int refuse_second(eb_error *err)
{
    return eb_error_set(err, EB_ERR_OPERATION_FAILED, "Active console session exists for this domain");
}

/* ---- Connecting ---- */

/* A pipe whose queue is full says so at once, a TCP port that nobody serves in some time. */
static int wait_until_connected(int fd)
{
    struct pollfd wait = {.fd = fd, .events = POLLOUT};
    socklen_t size = sizeof(int);
    int failed = 0, n;

    do
        n = poll(&wait, 1, CONNECT_MS);
    while (n < 0 && errno == EINTR);
    if (n <= 0)
        return n == 0 ? ETIMEDOUT : errno;
    return getsockopt(fd, SOL_SOCKET, SO_ERROR, &failed, &size) < 0 ? errno : failed;
}

static int connect_to(int family, const struct sockaddr *address, socklen_t n, const char *name,
                      eb_error *err)
{
    int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    int failed = 0;

    if (fd < 0)
        return eb_error_set_errno(err, errno, "cannot make a socket");
    if (connect(fd, address, n) < 0)
        failed = errno == EINPROGRESS ? wait_until_connected(fd) : errno;
    if (!failed)
        return fd;
    close(fd);
    if (failed == EAGAIN) /* others have it, and wait for it */
        return refuse_second(err);
    return eb_error_set_errno(err, failed, "cannot connect to the serial port at '%s'", name);
}

static int connect_pipe(const char *path, eb_error *err)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};

    if (strlen(path) >= sizeof(address.sun_path))
        return eb_error_set(err, EB_ERR_INVALID_ARG, "the serial port's path '%s' is too long", path);
    strcpy(address.sun_path, path);
    return connect_to(AF_UNIX, (const struct sockaddr *)&address, sizeof(address), path, err);
}

static int connect_tcp(const char *port, eb_error *err)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd, yes = 1;
    uint64_t number;

    if (!eb_parse_u64(port, UINT16_MAX, &number))
        return eb_error_set(err, EB_ERR_OPERATION_UNSUPPORTED, "the serial port listens at '%s', no TCP port",
                            port);
    address.sin_port = htons((uint16_t)number);
    fd = connect_to(AF_INET, (const struct sockaddr *)&address, sizeof(address), port, err);
    if (fd >= 0)
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes));
    return fd;
}

/* Whether it is closed at once, without a word. */
static bool is_sent_away(int fd)
{
    struct pollfd wait = {.fd = fd, .events = POLLIN};
    char byte;
    ssize_t n;

    if (poll(&wait, 1, SENT_AWAY_MS) <= 0)
        return false;
    n = recv(fd, &byte, 1, MSG_PEEK);
    return n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR);
}

/* Whoever had it before may have left a moment ago. */
static int connect_port(bool tcp, const char *path, eb_error *err)
{
    for (unsigned waited = 0; waited < LEAVE_MS; waited += AGAIN_MS) {
        int fd = tcp ? connect_tcp(path, err) : connect_pipe(path, err);

        if (fd < 0 || !is_sent_away(fd))
            return fd;
        close(fd);
        usleep(AGAIN_MS * 1000);
    }
    return refuse_second(err);
}

/* A place for who opens it now, or NULL where someone has it. */
static struct console *reserve(const char *port, unsigned flags, eb_error *err)
{
    struct console *c;

    pthread_mutex_lock(&lock);
    c = find(port);
    if (c && (!c->stream || !(flags & EB_CONSOLE_FORCE))) {
        c = NULL;
        refuse_second(err);
    } else {
        if (c) {
            eb_stream_cut(c->stream);
            take_out(c);
        }
        c = EB_NEW(struct console);
        c->port = eb_strdup(port);
        c->next = consoles;
        consoles = c;
    }
    pthread_mutex_unlock(&lock);
    return c;
}

static int open_console(bool tcp, const char *path, const char *port, unsigned flags, eb_stream **out,
                        eb_error *err)
{
    struct console *c = reserve(port, flags, err);
    int fd = c ? connect_port(tcp, path, err) : -1;

    if (fd < 0) {
        if (c)
            gone(c);
        return -1;
    }
    *out = eb_stream_of_fd(fd);
    eb_stream_on_free(*out, gone, c);
    pthread_mutex_lock(&lock);
    c->stream = *out;
    pthread_mutex_unlock(&lock);
    return 0;
}

/* ---- Serial ports ---- */

/* Connects to a port that is enabled. */
static int open_port(struct vb *vb, ISerialPort *serial, const char *name, unsigned flags, eb_stream **out,
                     eb_error *err)
{
    EB_AUTOFREE char *path = NULL, *port = NULL;
    enum vb_PortMode mode;
    bool server;

    if (ISerialPort_get_hostMode(vb, serial, &mode, err) < 0 ||
        ISerialPort_get_server(vb, serial, &server, err) < 0 ||
        ISerialPort_get_path(vb, serial, &path, err) < 0)
        return -1;
    if (mode != PortMode_HostPipe && mode != PortMode_TCP)
        return eb_error_set(err, EB_ERR_OPERATION_UNSUPPORTED,
                            "character device %s has no pipe and no TCP port for a console", name);
    if (!server)
        return eb_error_set(err, EB_ERR_OPERATION_UNSUPPORTED,
                            "character device %s is the client of '%s': its console is that server's", name,
                            path);
    port = mode == PortMode_TCP ? eb_asprintf("tcp:%s", path) : eb_strdup(path);
    return open_console(mode == PortMode_TCP, path, port, flags, out, err);
}

/* A console is its machine's first serial port by another name. */
static bool is_meant(const char *device, const char *alias)
{
    return !device || eb_streq(device, "console0") || eb_streq(device, alias);
}

int vbox_open_console(eb_conn *conn, eb_uuid uuid, const char *device, unsigned flags, eb_stream **out,
                      eb_error *err)
{
    VBOX_AUTORUNNING struct vbox_running r;
    struct vm vm VM_AUTO = {0};
    uint32_t ports;
    struct vb *vb;

    if (vbox_running_open(conn, uuid, &r, err) < 0 || vm_open(r.f.c, r.f.machine, 0, &vm, err) < 0 ||
        vm_count_of(&vm, VM_SERIAL_PORTS, &ports, err) < 0)
        return -1;
    vb = r.f.c->vb;
    for (uint32_t i = 0; i < ports; i++) {
        VB_AUTO(ISerialPort) port = NULL;
        EB_AUTOFREE char *alias = eb_asprintf("serial%u", i);
        bool enabled = false;

        if (!is_meant(device, alias))
            continue;
        if (IMachine_getSerialPort(vb, r.s.machine, i, &port, err) < 0 ||
            ISerialPort_get_enabled(vb, port, &enabled, err) < 0)
            return -1;
        if (enabled)
            return open_port(vb, port, alias, flags, out, err);
    }
    return eb_error_set(err, EB_ERR_INTERNAL_ERROR, "cannot find character device %s",
                        device ? device : "<null>");
}
