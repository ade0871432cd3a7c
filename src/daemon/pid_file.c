/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/pid_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "daemon/sockets.h"

/* As long as libvirt's client waits for the daemon that it started. */
enum { TRIES = 250, PAUSE_NS = 20 * 1000 * 1000 };

/* What is written is this user's own file, and that by no other name. */
static int check_plain(const struct stat *st, const char *path, eb_error *err)
{
    if (!S_ISREG(st->st_mode) || st->st_uid != geteuid() || st->st_nlink > 1)
        return eb_error_set(err, EB_ERR_OPERATION_FAILED,
                            "the pid file '%s' is not a plain file of this user", path);
    return 0;
}

/* The descriptor with the lock, -1, or -2 to try again: the lock is taken, or the file was removed by the
 * daemon that had it. */
static int try_lock(const char *path, eb_error *err)
{
    EB_AUTOCLOSE int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0644);
    struct stat ours, there;
    int locked;

    if (fd < 0 || fstat(fd, &ours) < 0)
        return eb_error_set_errno(err, errno, "cannot open the pid file '%s'", path);
    if (check_plain(&ours, path, err) < 0)
        return -1;
    if (flock(fd, LOCK_EX | LOCK_NB) < 0)
        return errno == EWOULDBLOCK ? -2
                                    : eb_error_set_errno(err, errno, "cannot lock the pid file '%s'", path);
    if (lstat(path, &there) < 0 || there.st_dev != ours.st_dev || there.st_ino != ours.st_ino)
        return -2;
    locked = fd;
    fd = -1;
    return locked;
}

static int write_number(int fd, const char *path, eb_error *err)
{
    char text[32];
    int n = snprintf(text, sizeof(text), "%d\n", (int)getpid());

    if (ftruncate(fd, 0) == 0 && pwrite(fd, text, (size_t)n, 0) == n)
        return 0;
    eb_error_set_errno(err, errno, "cannot write the pid file '%s'", path);
    unlink(path);
    close(fd);
    return -1;
}

int daemon_pid_file_take(const char *path, const char *answering, eb_error *err)
{
    const struct timespec pause = {.tv_nsec = PAUSE_NS};
    int fd;

    for (int i = 0; (fd = try_lock(path, err)) == -2; i++) {
        if (i == TRIES || (answering && daemon_sockets_answers(answering)))
            return eb_error_set(err, EB_ERR_OPERATION_FAILED, "another daemon holds the pid file '%s'", path);
        nanosleep(&pause, NULL);
    }
    if (fd < 0 || write_number(fd, path, err) < 0)
        return -1;
    return fd;
}
