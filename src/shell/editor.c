/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "shell/editor.h"

#include <errno.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

char *editor_file(struct shell *sh, const char *text)
{
    const char *dir = getenv("TMPDIR");
    EB_AUTOFREE char *path = eb_asprintf("%s/everboxXXXXXX.xml", dir && *dir ? dir : "/tmp");
    EB_AUTOCLOSE int fd = mkstemps(path, 4);
    size_t left = strlen(text);

    if (fd < 0) {
        sh_error(sh, "Failed to create temporary file '%s': %s", path, strerror(errno));
        return NULL;
    }
    while (left > 0) {
        ssize_t n = write(fd, text, left);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0) {
            sh_error(sh, "Failed to write '%s': %s", path, strerror(errno));
            unlink(path);
            return NULL;
        }
        text += n;
        left -= (size_t)n;
    }
    return EB_STEAL(path);
}

int editor_run(struct shell *sh, const char *path)
{
    const char *editor = getenv("VISUAL");
    if (!editor || !*editor)
        editor = getenv("EDITOR");
    if (!editor || !*editor)
        editor = "vi";
    EB_AUTOFREE char *script = eb_asprintf("%s \"$1\"", editor);
    char sh_name[] = "sh", option[] = "-c", name[] = "editor";
    EB_AUTOFREE char *file = eb_strdup(path);
    char *const argv[] = {sh_name, option, script, name, file, NULL};
    pid_t pid;
    int status;

    fflush(stdout);
    int failed = posix_spawnp(&pid, "sh", NULL, NULL, argv, environ);
    if (failed)
        return sh_error(sh, "Failed to run the editor '%s': %s", editor, strerror(failed));
    while (waitpid(pid, &status, 0) < 0)
        if (errno != EINTR)
            return sh_error(sh, "Failed to wait for the editor '%s': %s", editor, strerror(errno));
    if (WIFSIGNALED(status))
        return sh_error(sh, "The editor '%s' was ended by signal %d", editor, WTERMSIG(status));
    if (WEXITSTATUS(status) != 0)
        return sh_error(sh, "The editor '%s' failed with exit status %d", editor, WEXITSTATUS(status));
    return 0;
}

/* Off a terminal nobody is asked. */
static bool wants_again(void)
{
    char answer[64];

    if (!isatty(STDIN_FILENO))
        return false;
    for (;;) {
        fputs("Failed. Try again? [y,n,?]: ", stdout);
        fflush(stdout);
        if (!fgets(answer, sizeof(answer), stdin) || answer[0] == 'n')
            return false;
        if (answer[0] == 'y')
            return true;
        puts("y - yes, start the editor again\nn - no, throw the changes away\n? - print this help");
    }
}

static int change_file(struct shell *sh, const char *path, const char *before, editor_apply_fn *apply,
                       void *opaque)
{
    for (;;) {
        EB_AUTOFREE char *text = NULL;

        if (editor_run(sh, path) < 0 || sh_read_file(sh, path, &text) < 0)
            return -1;
        if (eb_streq(text, before))
            return 0;
        if (apply(sh, text, opaque) == 0)
            return 1;
        sh_report(sh);
        if (!wants_again())
            return isatty(STDIN_FILENO) ? -1 : sh_error(sh, "Failed.");
    }
}

int editor_change(struct shell *sh, const char *before, editor_apply_fn *apply, void *opaque)
{
    EB_AUTOFREE char *path = editor_file(sh, before);
    int result;

    if (!path)
        return -1;
    result = change_file(sh, path, before, apply, opaque);
    unlink(path);
    return result;
}
