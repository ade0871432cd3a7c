/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "vbox/com/install.h"
#include "base/strbuf.h"
#include "vbox/com/xpcom.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define CONFIG_MAX ((size_t)64 << 10)
#define PROBE_TIMEOUT_MS 10000

#if defined(__APPLE__)
#define LIBRARY "VBoxXPCOMC.dylib"
#else
#define LIBRARY "VBoxXPCOMC.so"
#endif
#define TYPELIB "components/VirtualBox_XPCOM.xpt"

static const char *const standard_folders[] = {
#if defined(__APPLE__)
    "/Applications/VirtualBox.app/Contents/MacOS",
    "/Application/VirtualBox.app/Contents/MacOS",
#elif defined(__sun)
    "/opt/VirtualBox/amd64",
    "/opt/VirtualBox/i386",
    "/opt/VirtualBox",
#else
    "/opt/VirtualBox",
    "/usr/lib/virtualbox",
    "/usr/lib64/virtualbox",
    "/usr/local/lib/virtualbox",
#endif
    NULL,
};

struct vb_install_places vb_install_system_places(void)
{
    return (struct vb_install_places){
        .app_home = getenv("VBOX_APP_HOME"), .config = "/etc/vbox/vbox.cfg", .folders = standard_folders};
}

void vb_install_clear(struct vb_install *install)
{
    free(install->home);
    free(install->library);
    free(install->typelib);
    free(install->unusable);
    memset(install, 0, sizeof(*install));
}

void vb_installs_free(struct vb_install *installs, size_t n)
{
    for (size_t i = 0; i < n; i++)
        vb_install_clear(&installs[i]);
    free(installs);
}

/* INSTALL_DIR of a shell-like file, the last one, without its quotes; NULL when there is none. */
static char *config_folder(const char *path)
{
    static const char key[] = "INSTALL_DIR=";
    EB_AUTOFREE char *text = NULL;
    char *found = NULL, *save = NULL;
    size_t len = 0;

    if (eb_read_file(path, CONFIG_MAX, &text, &len) < 0)
        return NULL;
    for (char *line = strtok_r(text, "\r\n", &save); line; line = strtok_r(NULL, "\r\n", &save)) {
        size_t n;

        line += strspn(line, " \t");
        if (!eb_starts_with(line, key))
            continue;
        line += strlen(key);
        if (*line == '\'' || *line == '"') {
            char *end = strchr(line + 1, *line);

            line++;
            n = end ? (size_t)(end - line) : strlen(line);
        } else {
            n = strcspn(line, " \t#;");
        }
        free(found);
        found = eb_strndup(line, n);
    }
    if (found && !*found) {
        free(found);
        return NULL;
    }
    return found;
}

static char *missing(const char *home, const char *library, const char *typelib)
{
    if (access(library, R_OK) < 0)
        return eb_asprintf("%s: %s", library, strerror(errno));
    if (access(typelib, R_OK) < 0)
        return eb_asprintf("%s: %s", typelib, strerror(errno));
    (void)home;
    return NULL;
}

/* `named`: someone named this folder, so it is listed even when nothing is there. */
static void add(const char *folder, bool named, struct vb_install **installs, size_t *n)
{
    EB_AUTOFREE char *home = realpath(folder, NULL);
    EB_AUTOFREE char *library = NULL;
    struct vb_install *install;

    if (!home)
        home = eb_strdup(folder);
    for (size_t i = 0; i < *n; i++)
        if (strcmp((*installs)[i].home, home) == 0)
            return;
    library = eb_asprintf("%s/%s", home, LIBRARY);
    if (!named && access(library, F_OK) < 0)
        return;
    install = EB_APPEND(*installs, *n);
    install->typelib = eb_asprintf("%s/%s", home, TYPELIB);
    install->unusable = missing(home, library, install->typelib);
    install->home = EB_STEAL(home);
    install->library = EB_STEAL(library);
}

static int add_only(const char *folder, const char *who, struct vb_install **installs, size_t *n,
                    eb_error *err)
{
    struct stat st;

    if (stat(folder, &st) < 0)
        return eb_error_set_from(err, EB_FROM_VBOX, EB_ERR_OPERATION_FAILED, "%s names the folder %s: %s",
                                 who, folder, strerror(errno));
    if (!S_ISDIR(st.st_mode))
        return eb_error_set_from(err, EB_FROM_VBOX, EB_ERR_OPERATION_FAILED,
                                 "%s names %s, which is no folder", who, folder);
    add(folder, true, installs, n);
    if ((*installs)[0].unusable)
        return eb_error_set_from(err, EB_FROM_VBOX, EB_ERR_OPERATION_FAILED,
                                 "%s names %s, which is no VirtualBox: %s", who, folder,
                                 (*installs)[0].unusable);
    return 0;
}

int vb_install_find(const struct vb_install_places *places, const char *home, struct vb_install **out,
                    size_t *n, eb_error *err)
{
    EB_AUTOFREE char *configured = NULL;
    struct vb_install *installs = NULL;
    bool by_environment = places->app_home && *places->app_home;
    size_t count = 0;

    if (home || by_environment) {
        if (add_only(home ? home : places->app_home, home ? "home=" : "VBOX_APP_HOME", &installs, &count,
                     err) < 0) {
            vb_installs_free(installs, count);
            return -1;
        }
    } else {
        configured = places->config ? config_folder(places->config) : NULL;
        if (configured)
            add(configured, true, &installs, &count);
        for (const char *const *folder = places->folders; *folder; folder++)
            add(*folder, false, &installs, &count);
    }
    *out = installs;
    *n = count;
    return 0;
}

/* In the child: the version as a line, or why it does not load behind a '!'. */
static void probe_child(const struct vb_install *install, int fd)
{
    EB_AUTOERROR eb_error err = EB_ERROR_INIT;
    EB_AUTOFREE char *text = NULL;
    struct vb_xpcom xpcom;
    ssize_t written;

    if (vb_xpcom_load(&xpcom, install->home, install->library, &err) < 0)
        text = eb_asprintf("!%s", eb_error_message(&err));
    else
        text = eb_asprintf("%u", xpcom.get_version());
    written = write(fd, text, strlen(text));
    _exit(written < 0 ? 1 : 0);
}

static void read_answer(int fd, char *buffer, size_t size)
{
    size_t len = 0;

    while (len + 1 < size) {
        struct pollfd p = {.fd = fd, .events = POLLIN};
        ssize_t n;

        if (poll(&p, 1, PROBE_TIMEOUT_MS) <= 0)
            break;
        n = read(fd, buffer + len, size - 1 - len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            break;
        len += (size_t)n;
    }
    buffer[len] = '\0';
}

void vb_install_probe(struct vb_install *install)
{
    char answer[1024];
    uint64_t version;
    int fds[2];
    pid_t child;

    if (install->version || install->unusable)
        return;
    if (pipe2(fds, O_CLOEXEC) < 0) {
        install->unusable = eb_asprintf("cannot make a pipe: %s", strerror(errno));
        return;
    }
    child = fork();
    if (child == 0)
        probe_child(install, fds[1]);
    close(fds[1]);
    if (child > 0)
        read_answer(fds[0], answer, sizeof(answer));
    close(fds[0]);
    if (child < 0) {
        install->unusable = eb_asprintf("cannot start a process: %s", strerror(errno));
        return;
    }
    kill(child, SIGKILL);
    while (waitpid(child, NULL, 0) < 0 && errno == EINTR)
        ;
    if (answer[0] != '!' && eb_parse_u64(answer, UINT32_MAX, &version))
        install->version = (unsigned)version;
    else
        install->unusable =
            eb_strdup(answer[0] == '!' ? answer + 1 : "the library ends the process that loads it");
}

static int none_usable(const struct vb_install_places *places, const struct vb_install *installs, size_t n,
                       eb_error *err)
{
    EB_AUTOSTRBUF struct eb_strbuf text = {0};

    for (size_t i = 0; i < n; i++)
        eb_strbuf_printf(&text, "%s%s: %s", i ? "; " : "", installs[i].home, installs[i].unusable);
    if (n == 0) {
        eb_strbuf_add(&text, "looked in");
        for (const char *const *folder = places->folders; *folder; folder++)
            eb_strbuf_printf(&text, " %s", *folder);
        eb_strbuf_add(&text, "; VBOX_APP_HOME can name another folder");
    }
    return eb_error_set_from(err, EB_FROM_VBOX, EB_ERR_OPERATION_FAILED,
                             "no usable VirtualBox on this machine (%s)", text.s);
}

int vb_install_choose(const struct vb_install_places *places, const char *home, struct vb_install *out,
                      eb_error *err)
{
    struct vb_install *installs = NULL;
    size_t n = 0, usable = 0, best = 0;
    bool found = false;

    if (vb_install_find(places, home, &installs, &n, err) < 0)
        return -1;
    for (size_t i = 0; i < n; i++)
        usable += !installs[i].unusable;
    for (size_t i = 0; i < n; i++) {
        if (usable > 1)
            vb_install_probe(&installs[i]);
        if (!installs[i].unusable && (!found || installs[i].version > installs[best].version)) {
            best = i;
            found = true;
        }
    }
    if (found) {
        *out = installs[best];
        memset(&installs[best], 0, sizeof(installs[best]));
    } else {
        none_usable(places, installs, n, err);
    }
    vb_installs_free(installs, n);
    return found ? 0 : -1;
}
