/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/passed.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/log.h"

#define EB_MODULE "daemon"

enum { FIRST_FD = 3, MAX_FDS = 64 };

int daemon_passed_count(void)
{
    const char *pid = getenv("LISTEN_PID"), *fds = getenv("LISTEN_FDS");
    uint64_t whose, n;

    if (!pid || !fds || !eb_parse_u64(pid, INT32_MAX, &whose) || (pid_t)whose != getpid() ||
        !eb_parse_u64(fds, MAX_FDS, &n))
        return 0;
    return (int)n;
}

/* The access of a socket by its name or path, or -1. */
static int classify(int fd, const char *name, bool system, const struct daemon_config *config,
                    struct rpc_access *access, eb_error *err)
{
    union {
        struct sockaddr any;
        struct sockaddr_un local;
        struct sockaddr_storage room;
    } address = {0};
    socklen_t len = sizeof(address.room) - 1;
    bool told;

    *access = (struct rpc_access){0};
    if (getsockname(fd, &address.any, &len) < 0)
        return eb_error_set(err, EB_ERR_OPERATION_FAILED, "the passed descriptor %d is no socket", fd);
    if (address.any.sa_family == AF_UNIX) {
        told = strstr(name, "-ro") || strstr(name, "-admin");
        access->same_user = !system;
        access->read_only = told ? strstr(name, "-ro") != NULL : eb_ends_with(address.local.sun_path, "-ro");
        access->admin =
            told ? strstr(name, "-admin") != NULL : strstr(address.local.sun_path, "-admin") != NULL;
        if (!access->admin)
            access->auth =
                daemon_config_auth(access->read_only ? config->auth_unix_ro : config->auth_unix_rw);
        return 0;
    }
    if (strstr(name, "-tls")) {
        if (!config->listen_tls)
            return eb_error_set(err, EB_ERR_CONF_SYNTAX, "the passed socket '%s' needs listen_tls = 1", name);
        access->transport = RPC_TLS;
        access->auth = daemon_config_auth(config->auth_tls);
        return 0;
    }
    if (!strstr(name, "-tcp"))
        return eb_error_set(
            err, EB_ERR_OPERATION_FAILED,
            "the passed socket %d is of the Internet and its name '%s' has neither -tls nor -tcp", fd, name);
    if (!config->listen_tcp)
        return eb_error_set(err, EB_ERR_CONF_SYNTAX, "the passed socket '%s' needs listen_tcp = 1", name);
    access->transport = RPC_TCP;
    access->auth = daemon_config_auth(config->auth_tcp);
    return 0;
}

int daemon_passed_listen(int n, bool system, const struct daemon_config *config, struct rpc_server *server,
                         unsigned *abroad, eb_error *err)
{
    EB_AUTOFREE char *names = eb_strdup(getenv("LISTEN_FDNAMES"));
    char *rest = names;

    for (int fd = FIRST_FD; fd < FIRST_FD + n; fd++) {
        const char *name = rest ? strsep(&rest, ":") : "";
        struct rpc_access access;

        if (classify(fd, name, system, config, &access, err) < 0)
            return -1;
        if (access.transport != RPC_UNIX)
            *abroad |= 1u << access.transport;
        fcntl(fd, F_SETFD, FD_CLOEXEC);
        if (rpc_server_listen(server, fd, &access, err) < 0)
            return eb_error_prefix(err, "the passed socket %d '%s'", fd, name);
        EB_INFO("listening on the passed socket %d '%s'", fd, name);
    }
    unsetenv("LISTEN_PID");
    unsetenv("LISTEN_FDS");
    unsetenv("LISTEN_FDNAMES");
    return 0;
}
