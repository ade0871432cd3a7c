/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/sockets.h"

#include <errno.h>
#include <grp.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/log.h"
#include "daemon/inet.h"
#include "daemon/passed.h"
#include "daemon/pid_file.h"
#include "rpc/places.h"

#define EB_MODULE "daemon"

enum { GROUP_ROOM = 1 << 20 };

/* ---- Places ---- */

static int make_parents(const char *path, unsigned mode, eb_error *err)
{
    EB_AUTOFREE char *copy = eb_strdup(path);

    for (char *slash = strchr(copy + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        if (mkdir(copy, mode) < 0 && errno != EEXIST)
            return eb_error_set_errno(err, errno, "cannot make the folder '%s'", copy);
        *slash = '/';
    }
    return 0;
}

/* Whoever can rename what lies in the folder above can put a folder of their own in the place of ours. */
static int check_parent(const char *path, eb_error *err)
{
    EB_AUTOFREE char *parent = eb_strndup(path, (size_t)(strrchr(path, '/') - path));
    struct stat st;

    if (stat(parent, &st) < 0)
        return eb_error_set_errno(err, errno, "cannot look at '%s'", parent);
    if ((st.st_uid != geteuid() && st.st_uid != 0) || ((st.st_mode & S_IWOTH) && !(st.st_mode & S_ISVTX)))
        return eb_error_set(err, EB_ERR_OPERATION_FAILED,
                            "the sockets are not safe in '%s': other users can change that folder", parent);
    return 0;
}

/* A folder that nobody else can look into: what lies in it is ours. */
static int make_private_folder(const char *path, eb_error *err)
{
    struct stat st;

    if (make_parents(path, 0700, err) < 0 || check_parent(path, err) < 0)
        return -1;
    if (mkdir(path, 0700) < 0 && errno != EEXIST)
        return eb_error_set_errno(err, errno, "cannot make the folder '%s'", path);
    if (lstat(path, &st) < 0)
        return eb_error_set_errno(err, errno, "cannot look at '%s'", path);
    if (!S_ISDIR(st.st_mode) || st.st_uid != geteuid())
        return eb_error_set(err, EB_ERR_OPERATION_FAILED, "'%s' is not a folder of this user", path);
    if ((st.st_mode & 077) && chmod(path, 0700) < 0)
        return eb_error_set_errno(err, errno, "cannot make '%s' private", path);
    return 0;
}

/* A folder that everyone may look into, whatever the umask. */
static int make_open_folder(const char *path, eb_error *err)
{
    if (mkdir(path, 0755) < 0)
        return errno == EEXIST ? 0 : eb_error_set_errno(err, errno, "cannot make the folder '%s'", path);
    if (chmod(path, 0755) < 0)
        return eb_error_set_errno(err, errno, "cannot open the folder '%s' to all", path);
    return 0;
}

/* ---- The lock ---- */

static int lock_pid_file(struct daemon_sockets *sockets, const char *path, const char *answering,
                         eb_error *err)
{
    int fd = daemon_pid_file_take(path, answering, err);

    if (fd < 0)
        return -1;
    sockets->pid_file = eb_strdup(path);
    sockets->pid_fd = fd;
    return 0;
}

/* ---- Sockets ---- */

static int give_group(const char *path, const char *group, eb_error *err)
{
    EB_AUTOFREE char *room = NULL;
    struct group found, *entry = NULL;

    if (!group || !*group)
        return 0;
    room = eb_calloc(1, GROUP_ROOM);
    if (getgrnam_r(group, &found, room, GROUP_ROOM, &entry) != 0 || !entry)
        return eb_error_set(err, EB_ERR_OPERATION_FAILED, "there is no group '%s'", group);
    if (chown(path, (uid_t)-1, entry->gr_gid) < 0)
        return eb_error_set_errno(err, errno, "cannot give '%s' to the group '%s'", path, group);
    return 0;
}

bool daemon_sockets_answers(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    EB_AUTOCLOSE int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

    if (fd < 0 || strlen(path) >= sizeof(address.sun_path))
        return false;
    strcpy(address.sun_path, path);
    /* One that has no room for another client is there too. */
    return connect(fd, (const struct sockaddr *)&address, sizeof(address)) == 0 || errno == EAGAIN;
}

/* Bound, with its mode, not yet listening: nobody can come before all is set. Gives the descriptor. */
static int bind_socket(const char *path, unsigned mode, const char *group, eb_error *err)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    EB_AUTOCLOSE int fd = -1;
    mode_t mask;
    int result;

    if (strlen(path) >= sizeof(address.sun_path))
        return eb_error_set(err, EB_ERR_OPERATION_FAILED,
                            "the socket's path '%s' is too long: the limit is %zu bytes", path,
                            sizeof(address.sun_path) - 1);
    strcpy(address.sun_path, path);
    if (daemon_sockets_answers(path))
        return eb_error_set(err, EB_ERR_OPERATION_FAILED, "another daemon listens on '%s'", path);
    fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return eb_error_set_errno(err, errno, "cannot make a socket");
    unlink(path); /* of a daemon that is gone */
    mask = umask(0777 & ~mode);
    result = bind(fd, (const struct sockaddr *)&address, sizeof(address));
    umask(mask);
    if (result < 0)
        return eb_error_set_errno(err, errno, "cannot bind the socket '%s'", path);
    if (give_group(path, group, err) < 0) {
        unlink(path);
        return -1;
    }
    result = fd;
    fd = -1;
    return result;
}

static int listen_at(struct daemon_sockets *sockets, const char *path, unsigned mode, const char *group,
                     const struct rpc_access *access, struct rpc_server *server, eb_error *err)
{
    int fd = bind_socket(path, mode, group, err);

    if (fd < 0)
        return -1;
    *EB_APPEND(sockets->paths, sockets->n) = eb_strdup(path);
    if (rpc_server_listen(server, fd, access, err) < 0)
        return eb_error_prefix(err, "'%s'", path);
    EB_INFO("listening on %s", path);
    return 0;
}

/* A socket for all, and one for those who only look. */
static int listen_pair(struct daemon_sockets *sockets, const char *path, const struct daemon_places *places,
                       const struct daemon_config *config, struct rpc_server *server, eb_error *err)
{
    struct rpc_access all = {.same_user = !places->system, .auth = daemon_config_auth(config->auth_unix_rw)},
                      look = {.read_only = true,
                              .same_user = !places->system,
                              .auth = daemon_config_auth(config->auth_unix_ro)};
    unsigned mode = places->system ? daemon_config_perms(config->unix_sock_rw_perms) : 0700;
    unsigned look_mode = places->system ? daemon_config_perms(config->unix_sock_ro_perms) : 0700;
    const char *group = places->system ? config->unix_sock_group : NULL;
    EB_AUTOFREE char *look_path = eb_asprintf("%s-ro", path);

    if (listen_at(sockets, path, mode, group, &all, server, err) < 0)
        return -1;
    return listen_at(sockets, look_path, look_mode, NULL, &look, server, err);
}

/* For administration. */
static int listen_admin(struct daemon_sockets *sockets, const char *path, const struct daemon_places *places,
                        const struct daemon_config *config, struct rpc_server *server, eb_error *err)
{
    struct rpc_access access = {.admin = true, .same_user = !places->system};
    unsigned mode = places->system ? daemon_config_perms(config->unix_sock_admin_perms) : 0700;

    return listen_at(sockets, path, mode, NULL, &access, server, err);
}

static int listen_usual(struct daemon_sockets *sockets, const struct daemon_places *places,
                        const struct daemon_config *config, struct rpc_server *server, eb_error *err)
{
    EB_AUTOFREE char *folder = rpc_places_folder(places->system);
    EB_AUTOFREE char *pid_file = eb_asprintf("%s/" RPC_PLACES_PID, folder);
    EB_AUTOFREE char *path = eb_asprintf("%s/" RPC_PLACES_SOCKET, folder);
    EB_AUTOFREE char *admin = eb_asprintf("%s/" RPC_PLACES_ADMIN, folder);
    EB_AUTOFREE char *legacy = eb_asprintf("%s/" RPC_PLACES_LEGACY, folder);
    eb_error why = EB_ERROR_INIT;

    if ((places->system ? make_open_folder(folder, err) : make_private_folder(folder, err)) < 0)
        return -1;
    if (lock_pid_file(sockets, places->pid_file ? places->pid_file : pid_file, path, err) < 0 ||
        listen_admin(sockets, admin, places, config, server, err) < 0 ||
        listen_pair(sockets, path, places, config, server, err) < 0)
        return -1;
    if (config->legacy_socket && listen_pair(sockets, legacy, places, config, server, &why) < 0) {
        EB_WARN("%s", eb_error_message(&why));
        eb_error_clear(&why);
    }
    return 0;
}

static int listen_named(struct daemon_sockets *sockets, const struct daemon_places *places,
                        const struct daemon_config *config, struct rpc_server *server, eb_error *err)
{
    EB_AUTOFREE char *pid_file = eb_asprintf("%s.pid", places->socket);
    EB_AUTOFREE char *admin = eb_asprintf("%s-admin", places->socket);

    if (lock_pid_file(sockets, places->pid_file ? places->pid_file : pid_file, places->socket, err) < 0 ||
        listen_admin(sockets, admin, places, config, server, err) < 0)
        return -1;
    return listen_pair(sockets, places->socket, places, config, server, err);
}

/* ---- The Internet ---- */

static int listen_inet(const struct daemon_config *config, const char *port, const struct rpc_access *access,
                       struct rpc_server *server, eb_error *err)
{
    int fds[DAEMON_INET_MAX], n = daemon_inet_bind(config->listen_addr, port, fds, err), result = 0;

    if (n < 0)
        return -1;
    for (int i = 0; i < n; i++) {
        if (result < 0)
            close(fds[i]);
        else if (rpc_server_listen(server, fds[i], access, err) < 0)
            result = eb_error_prefix(err, "port '%s'", port);
    }
    EB_INFO("listening on port %s", port);
    return result;
}

/* But for the kinds that are there already. */
static int listen_abroad(const struct daemon_config *config, unsigned there, struct rpc_server *server,
                         eb_error *err)
{
    struct rpc_access tls = {.transport = RPC_TLS, .auth = daemon_config_auth(config->auth_tls)},
                      tcp = {.transport = RPC_TCP, .auth = daemon_config_auth(config->auth_tcp)};

    if (config->listen_tls && !(there & (1u << RPC_TLS)) &&
        listen_inet(config, config->tls_port, &tls, server, err) < 0)
        return -1;
    if (config->listen_tcp && !(there & (1u << RPC_TCP)) &&
        listen_inet(config, config->tcp_port, &tcp, server, err) < 0)
        return -1;
    return 0;
}

int daemon_sockets_open(struct daemon_sockets *sockets, const struct daemon_places *places,
                        const struct daemon_config *config, struct rpc_server *server, eb_error *err)
{
    int passed = daemon_passed_count();
    unsigned abroad = 0;
    int result;

    if (passed && places->socket)
        return eb_error_set(err, EB_ERR_INVALID_ARG, "--socket='%s': the sockets are passed (LISTEN_FDS)",
                            places->socket);
    if (passed && places->pid_file && lock_pid_file(sockets, places->pid_file, NULL, err) < 0)
        return -1;
    if (passed)
        result = daemon_passed_listen(passed, places->system, config, server, &abroad, err);
    else if (places->socket)
        result = listen_named(sockets, places, config, server, err);
    else
        result = listen_usual(sockets, places, config, server, err);
    if (result == 0)
        result = listen_abroad(config, abroad, server, err);
    if (result < 0)
        daemon_sockets_close(sockets);
    return result;
}

void daemon_sockets_close(struct daemon_sockets *sockets)
{
    for (size_t i = 0; i < sockets->n; i++) {
        unlink(sockets->paths[i]);
        free(sockets->paths[i]);
    }
    free(sockets->paths);
    if (sockets->pid_file) {
        unlink(sockets->pid_file);
        close(sockets->pid_fd);
        free(sockets->pid_file);
    }
    memset(sockets, 0, sizeof(*sockets));
}
