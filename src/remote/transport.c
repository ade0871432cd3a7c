/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "remote/transport.h"
#include "base/strbuf.h"
#include "remote/sasl.h"
#include "remote/stream_tls.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <spawn.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#define TCP_PORT "16509"
#define TLS_PORT "16514"

enum kind { UNIX, TCP, TLS, SSH, EXT };
static const struct {
    const char *name;
    enum kind kind;
} kinds[] = {{"unix", UNIX}, {"tcp", TCP}, {"tls", TLS}, {"ssh", SSH}, {"ext", EXT}};

struct eb_transport {
    enum kind kind;
    int fd;
    pid_t pid; /* of the command, or 0 */
    struct eb_tls_stream *tls;
    _Atomic(struct remote_sasl *) sasl; /* NULL: no layer */
    struct eb_strbuf decoded;           /* by SASL, from `given` on for who reads next */
    size_t given;
    char *peer;
};

bool eb_transport_wanted(const struct eb_uri *uri)
{
    return uri->transport || uri->server;
}

/* ---- sockets ---- */

static int connect_unix(const char *path, eb_error *err)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd;

    if (strlen(path) >= sizeof(address.sun_path))
        return eb_error_set_arg(err, EB_FROM_RPC, "the path of the socket is too long: %s", path);
    memcpy(address.sun_path, path, strlen(path) + 1);
    fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd >= 0 && connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0)
        return fd;
    eb_error_set_errno(err, errno, "Failed to connect socket to '%s'", path);
    if (fd >= 0)
        close(fd);
    return -1;
}

static int connect_tcp(const char *host, const char *port, eb_error *err)
{
    struct addrinfo wanted = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_ADDRCONFIG}, *list = NULL;
    int failed = getaddrinfo(host, port, &wanted, &list), fd = -1, yes = 1;

    if (failed)
        return eb_error_set_from(err, EB_FROM_RPC, EB_ERR_SYSTEM_ERROR,
                                 "unable to resolve address '%s' service '%s': %s", host, port,
                                 gai_strerror(failed));
    failed = 0;
    for (struct addrinfo *a = list; a && fd < 0; a = a->ai_next) {
        fd = socket(a->ai_family, a->ai_socktype | SOCK_CLOEXEC, a->ai_protocol);
        if (fd >= 0 && connect(fd, a->ai_addr, a->ai_addrlen) < 0) {
            failed = errno;
            close(fd);
            fd = -1;
        }
    }
    freeaddrinfo(list);
    if (fd < 0)
        return eb_error_set_errno(err, failed, "unable to connect to server at '%s:%s'", host, port);
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes));
    setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &yes, sizeof(yes));
    return fd;
}

/* ---- commands ---- */

/* Starts `argv` with one end of a pair of sockets as its standard input and output. */
static int spawn(char *const *argv, pid_t *pid, eb_error *err)
{
    extern char **environ;
    posix_spawn_file_actions_t actions;
    int fds[2], failed;

    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) < 0)
        return eb_error_set_errno(err, errno, "cannot make a pair of sockets");
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, fds[1], STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, fds[1], STDOUT_FILENO);
    failed = posix_spawnp(pid, argv[0], &actions, NULL, argv, environ);
    posix_spawn_file_actions_destroy(&actions);
    close(fds[1]);
    if (failed) {
        close(fds[0]);
        return eb_error_set_errno(err, failed, "cannot run '%s'", argv[0]);
    }
    return fds[0];
}

static void add(char ***argv, size_t *n, const char *word)
{
    *argv = eb_reallocarray(*argv, *n + 2, sizeof(char *));
    (*argv)[(*n)++] = eb_strdup(word);
    (*argv)[*n] = NULL;
}

/* One word of a shell. */
static void quote(struct eb_strbuf *out, const char *word)
{
    eb_strbuf_add(out, "'");
    for (; *word; word++) {
        if (*word == '\'')
            eb_strbuf_add(out, "'\\''");
        else
            eb_strbuf_printf(out, "%c", *word);
    }
    eb_strbuf_add(out, "'");
}

/*
 * What runs on the far side: libvirt's own helper where it is and serves this driver; else netcat on the
 * socket that is asked for, or on that of the user's daemon, or of the system's.
 */
static char *far_script(const struct eb_uri *uri, bool ro)
{
    const char *socket_path = eb_uri_query(uri, "socket"), *netcat = eb_uri_query(uri, "netcat");
    struct eb_strbuf out = {0};

    if (socket_path) {
        quote(&out, netcat ? netcat : "nc");
        eb_strbuf_add(&out, " -U ");
        quote(&out, socket_path);
        return eb_strbuf_steal(&out);
    }
    if (!netcat && eb_streq(uri->scheme, "vbox"))
        eb_strbuf_printf(
            &out,
            "if command -v virt-ssh-helper >/dev/null 2>&1; then exec virt-ssh-helper %s 'vbox://%s'; fi; ",
            ro ? "-r" : "", eb_streq(uri->path, "/system") ? "/system" : "/session");
    eb_strbuf_add(&out, "s=${XDG_RUNTIME_DIR:+$XDG_RUNTIME_DIR/libvirt/virtvboxd-sock}; "
                        "[ -S \"$s\" ] || s=$HOME/.cache/libvirt/virtvboxd-sock; ");
    eb_strbuf_printf(&out, "[ -S \"$s\" ] || s=/run/libvirt/virtvboxd-sock%s; exec ", ro ? "-ro" : "");
    quote(&out, netcat ? netcat : "nc");
    eb_strbuf_add(&out, " -U \"$s\"");
    return eb_strbuf_steal(&out);
}

static int open_ssh(struct eb_transport *t, const struct eb_uri *uri, bool ro, eb_error *err)
{
    const char *command = eb_uri_query(uri, "command"), *keyfile = eb_uri_query(uri, "keyfile");
    EB_AUTOFREE char *script = far_script(uri, ro);
    struct eb_strbuf far = {0};
    char **argv = NULL, port[16];
    size_t n = 0;

    add(&argv, &n, command ? command : "ssh");
    if (uri->port) {
        snprintf(port, sizeof(port), "%d", uri->port);
        add(&argv, &n, "-p");
        add(&argv, &n, port);
    }
    if (uri->user) {
        add(&argv, &n, "-l");
        add(&argv, &n, uri->user);
    }
    if (keyfile) {
        add(&argv, &n, "-i");
        add(&argv, &n, keyfile);
    }
    if (eb_streq(eb_uri_query(uri, "no_verify"), "1")) {
        add(&argv, &n, "-o");
        add(&argv, &n, "StrictHostKeyChecking=no");
    }
    if (eb_streq(eb_uri_query(uri, "no_tty"), "1")) {
        add(&argv, &n, "-o");
        add(&argv, &n, "BatchMode=yes");
    }
    add(&argv, &n, "-T");
    add(&argv, &n, "-e");
    add(&argv, &n, "none");
    add(&argv, &n, "--");
    add(&argv, &n, uri->server);
    eb_strbuf_add(&far, "sh -c ");
    quote(&far, script);
    add(&argv, &n, far.s);
    t->fd = spawn(argv, &t->pid, err);
    eb_strbuf_free(&far);
    eb_strv_free(argv);
    return t->fd < 0 ? -1 : 0;
}

/* ---- opening ---- */

/* The session's daemon listens in the user's own folder; the system's where everybody may look. */
static char *default_socket(const struct eb_uri *uri, bool ro)
{
    const char *run = getenv("XDG_RUNTIME_DIR"), *cache = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
    char *path;

    if (!eb_streq(uri->path, "/system")) {
        if (run && *run)
            path = eb_asprintf("%s/libvirt/virtvboxd-sock", run);
        else if (cache && *cache)
            path = eb_asprintf("%s/libvirt/virtvboxd-sock", cache);
        else
            path = eb_asprintf("%s/.cache/libvirt/virtvboxd-sock", home && *home ? home : "");
        if (geteuid() != 0 || access(path, F_OK) == 0)
            return path;
        free(path);
    }
    return eb_asprintf("/run/libvirt/virtvboxd-sock%s", ro ? "-ro" : "");
}

static int open_unix(struct eb_transport *t, const struct eb_uri *uri, bool ro, eb_error *err)
{
    const char *asked = eb_uri_query(uri, "socket");
    EB_AUTOFREE char *path = asked ? eb_strdup(asked) : default_socket(uri, ro);

    if (uri->server)
        return eb_error_set_arg(err, EB_FROM_RPC,
                                "using unix socket and remote server '%s' is not supported.", uri->server);
    t->peer = eb_asprintf("the socket %s", path);
    t->fd = connect_unix(path, err);
    return t->fd < 0 ? -1 : 0;
}

static int open_inet(struct eb_transport *t, const struct eb_uri *uri, eb_error *err)
{
    const char *host = uri->server ? uri->server : "localhost";
    EB_AUTOFREE char *port =
        uri->port ? eb_asprintf("%d", uri->port) : eb_strdup(t->kind == TLS ? TLS_PORT : TCP_PORT);

    t->peer = eb_asprintf("%s:%s", host, port);
    t->fd = connect_tcp(host, port, err);
    if (t->fd < 0)
        return -1;
    if (t->kind == TLS) {
        t->tls =
            eb_tls_stream_open(t->fd, host, eb_uri_query(uri, "pkipath"), eb_uri_query(uri, "tls_priority"),
                               !eb_streq(eb_uri_query(uri, "no_verify"), "1"), err);
        return t->tls ? 0 : -1;
    }
    return 0;
}

static int open_ext(struct eb_transport *t, const struct eb_uri *uri, eb_error *err)
{
    const char *command = eb_uri_query(uri, "command");
    char *argv[] = {(char *)(uintptr_t)command, NULL};

    if (!command)
        return eb_error_set_arg(err, EB_FROM_RPC, "the transport 'ext' needs the parameter 'command': %s",
                                uri->text);
    t->peer = eb_asprintf("the command %s", command);
    t->fd = spawn(argv, &t->pid, err);
    return t->fd < 0 ? -1 : 0;
}

static int find_kind(const struct eb_uri *uri, enum kind *out, eb_error *err)
{
    if (!uri->transport) {
        *out = uri->server ? TLS : UNIX;
        return 0;
    }
    for (size_t i = 0; i < EB_ARRAY_SIZE(kinds); i++) {
        if (strcmp(kinds[i].name, uri->transport) == 0) {
            *out = kinds[i].kind;
            return 0;
        }
    }
    return eb_error_set_arg(err, EB_FROM_RPC,
                            "transport '%s' in the URI '%s' is not one of unix, tls, tcp, ssh, ext",
                            uri->transport, uri->text);
}

struct eb_transport *eb_transport_open(const struct eb_uri *uri, bool ro, eb_error *err)
{
    struct eb_transport *t = EB_NEW(struct eb_transport);
    int result = find_kind(uri, &t->kind, err);

    t->fd = -1;
    if (result < 0) {
        eb_transport_close(t);
        return NULL;
    }
    switch (t->kind) {
    case UNIX:
        result = open_unix(t, uri, ro, err);
        break;
    case TCP:
    case TLS:
        result = open_inet(t, uri, err);
        break;
    case SSH:
        if (!uri->server)
            result = eb_error_set_arg(err, EB_FROM_RPC, "the transport 'ssh' needs a host: %s", uri->text);
        else
            result = open_ssh(t, uri, ro, err);
        t->peer = eb_asprintf("%s by ssh", uri->server ? uri->server : "");
        break;
    case EXT:
        result = open_ext(t, uri, err);
        break;
    }
    if (result < 0) {
        eb_transport_close(t);
        return NULL;
    }
    return t;
}

/* ---- use ---- */

static ssize_t read_bytes(struct eb_transport *t, void *bytes, size_t n, eb_error *err)
{
    ssize_t got;

    if (t->tls)
        return eb_tls_stream_read(t->tls, bytes, n, err);
    do
        got = read(t->fd, bytes, n);
    while (got < 0 && errno == EINTR);
    if (got < 0 && errno == ECONNRESET)
        return 0;
    return got < 0 ? eb_error_set_errno(err, errno, "cannot read from %s", t->peer) : got;
}

static size_t give_decoded(struct eb_transport *t, void *bytes, size_t n)
{
    if (n > t->decoded.len - t->given)
        n = t->decoded.len - t->given;
    if (n)
        memcpy(bytes, t->decoded.s + t->given, n);
    t->given += n;
    if (t->given == t->decoded.len) {
        eb_strbuf_free(&t->decoded);
        t->given = 0;
    }
    return n;
}

/* The layer may come while this waits: the first bytes of it are those that come next. */
ssize_t eb_transport_read(struct eb_transport *t, void *bytes, size_t n, eb_error *err)
{
    struct remote_sasl *sasl;
    ssize_t got;

    while (!t->decoded.len) {
        got = read_bytes(t, bytes, n, err);
        sasl = t->sasl;
        if (got <= 0 || !sasl)
            return got;
        if (remote_sasl_decode(sasl, bytes, (size_t)got, &t->decoded, err) < 0)
            return -1;
    }
    return (ssize_t)give_decoded(t, bytes, n);
}

static int write_bytes(struct eb_transport *t, const void *bytes, size_t n, eb_error *err)
{
    const char *at = bytes;

    if (t->tls)
        return eb_tls_stream_write(t->tls, bytes, n, err);
    while (n) {
        ssize_t sent = send(t->fd, at, n, MSG_NOSIGNAL);

        if (sent < 0 && errno == EINTR)
            continue;
        if (sent < 0)
            return eb_error_set_errno(err, errno, "cannot write to %s", t->peer);
        at += sent;
        n -= (size_t)sent;
    }
    return 0;
}

int eb_transport_write(struct eb_transport *t, const void *bytes, size_t n, eb_error *err)
{
    EB_AUTOSTRBUF struct eb_strbuf encoded = {0};

    if (!t->sasl)
        return write_bytes(t, bytes, n, err);
    if (remote_sasl_encode(t->sasl, bytes, n, &encoded, err) < 0)
        return -1;
    return write_bytes(t, encoded.s, encoded.len, err);
}

void eb_transport_set_sasl(struct eb_transport *t, struct remote_sasl *sasl)
{
    t->sasl = sasl;
}

unsigned eb_transport_strength(const struct eb_transport *t)
{
    return t->tls ? eb_tls_stream_strength(t->tls) : 0;
}

char *eb_transport_address(const struct eb_transport *t, bool far)
{
    struct sockaddr_storage address;
    socklen_t n = sizeof(address);
    char host[NI_MAXHOST], port[NI_MAXSERV];

    if ((t->kind != TCP && t->kind != TLS) ||
        (far ? getpeername : getsockname)(t->fd, (struct sockaddr *)&address, &n) < 0 ||
        getnameinfo((struct sockaddr *)&address, n, host, sizeof(host), port, sizeof(port),
                    NI_NUMERICHOST | NI_NUMERICSERV) != 0)
        return NULL;
    return eb_asprintf("%s;%s", host, port);
}

void eb_transport_shutdown(struct eb_transport *t)
{
    shutdown(t->fd, SHUT_RDWR);
}

/* It ends with its standard input; one that does not is ended. */
static void end_command(pid_t pid)
{
    for (unsigned i = 0; i < 100; i++) {
        pid_t ended = waitpid(pid, NULL, WNOHANG);

        if (ended == pid || (ended < 0 && errno != EINTR))
            return;
        if (i == 50)
            kill(pid, SIGTERM);
        usleep(10000);
    }
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
}

void eb_transport_close(struct eb_transport *t)
{
    remote_sasl_free(t->sasl);
    eb_strbuf_free(&t->decoded);
    eb_tls_stream_free(t->tls);
    if (t->fd >= 0)
        close(t->fd);
    if (t->pid)
        end_command(t->pid);
    free(t->peer);
    free(t);
}

bool eb_transport_is_command(const struct eb_transport *t)
{
    return t->pid != 0;
}

bool eb_transport_is_encrypted(const struct eb_transport *t)
{
    return t->kind == TLS || t->kind == SSH || t->sasl;
}

bool eb_transport_is_secure(const struct eb_transport *t)
{
    return t->kind == UNIX || eb_transport_is_encrypted(t);
}

const char *eb_transport_peer(const struct eb_transport *t)
{
    return t->peer;
}
