/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "vbox/com/ipc.h"
#include "base/util.h"

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define POLL_MS 20

/* VirtualBox asks in this order for the name of its folder. */
static char *folder(void)
{
    const char *name = getenv("VBOX_IPC_SOCKETID");
    struct passwd entry, *user = NULL;
    char buffer[1024];

    if (!name || !*name)
        name = getenv("LOGNAME");
    if (!name || !*name)
        name = getenv("USER");
    if (!name || !*name) {
        if (getpwuid_r(getuid(), &entry, buffer, sizeof(buffer), &user) == 0 && user)
            name = user->pw_name;
    }
    return name && *name && !strchr(name, '/') ? eb_asprintf("/tmp/.vbox-%s-ipc", name) : NULL;
}

static bool refuses(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd, result;

    if (strlen(path) >= sizeof(address.sun_path))
        return false;
    memcpy(address.sun_path, path, strlen(path) + 1);
    fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return false;
    result = connect(fd, (struct sockaddr *)&address, sizeof(address));
    if (result < 0)
        result = -errno;
    close(fd);
    return result == -ECONNREFUSED || result == -ENOENT;
}

static long lock_owner(const char *path)
{
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    int fd = open(path, O_RDWR | O_CLOEXEC);
    long pid = 0;

    if (fd < 0)
        return 0;
    if (fcntl(fd, F_GETLK, &lock) == 0 && lock.l_type != F_UNLCK)
        pid = lock.l_pid;
    close(fd);
    return pid;
}

long vb_ipc_deaf_server(void)
{
    EB_AUTOFREE char *at = folder();
    EB_AUTOFREE char *lock = at ? eb_asprintf("%s/lock", at) : NULL;
    EB_AUTOFREE char *path = at ? eb_asprintf("%s/ipcd", at) : NULL;
    long owner = at ? lock_owner(lock) : 0;

    return owner && refuses(path) ? owner : 0;
}

bool vb_ipc_wait_for_place(unsigned timeout_ms)
{
    for (unsigned waited = 0; vb_ipc_deaf_server(); waited += POLL_MS) {
        if (waited >= timeout_ms)
            return false;
        usleep(POLL_MS * 1000);
    }
    return true;
}
