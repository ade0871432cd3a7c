/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "vbox/doctor.h"

#include "vbox/com/calls.h"
#include "vbox/com/origin.h"
#include "vbox/com/xpcom.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
    LIBRARY_MS = 10000,
    SERVICE_MS = 30000, /* VBoxSVC may have to be started */
};

/* ---- Child processes ---- */

static int64_t now_ms(void)
{
    struct timespec ts;
    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

/** In the child: only the answer may be seen, whatever the libraries print. */
static void silence(void)
{
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    if (null >= 0) {
        dup2(null, STDIN_FILENO);
        dup2(null, STDOUT_FILENO);
        dup2(null, STDERR_FILENO);
    }
}

/** Reads until the end, a zero byte or the time limit. */
static void read_answer(int fd, char *answer, size_t size, int limit_ms)
{
    int64_t end = now_ms() + limit_ms;
    size_t len = 0;

    while (len + 1 < size) {
        struct pollfd p = {.fd = fd, .events = POLLIN};
        int64_t left = end - now_ms();
        if (left <= 0 || poll(&p, 1, (int)left) <= 0)
            break;
        ssize_t n = read(fd, answer + len, size - 1 - len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            break;
        len += (size_t)n;
        if (memchr(answer, '\0', len))
            break;
    }
    answer[len] = '\0';
}

/**
 * Runs `fn` in a child process. It answers "+RESULT" or "!PROBLEM". Result: the answer without its mark, the
 * caller's; *good tells which it was.
 */
static char *in_child(const struct vb_install *install, char *(*fn)(const struct vb_install *), int limit_ms,
                      bool *good)
{
    char answer[2048];
    int fds[2];

    *good = false;
    if (pipe2(fds, O_CLOEXEC) < 0)
        return eb_asprintf("cannot make a pipe: %s", strerror(errno));
    pid_t child = fork();
    if (child == 0) {
        silence();
        char *text = fn(install);
        size_t len = strlen(text) + 1;
        _exit(write(fds[1], text, len) == (ssize_t)len ? 0 : 1);
    }
    close(fds[1]);
    if (child < 0) {
        close(fds[0]);
        return eb_asprintf("cannot start a process: %s", strerror(errno));
    }
    int64_t before = now_ms();
    read_answer(fds[0], answer, sizeof(answer), limit_ms);
    close(fds[0]);
    kill(child, SIGKILL);
    while (waitpid(child, NULL, 0) < 0 && errno == EINTR)
        ;
    *good = answer[0] == '+';
    if (answer[0] == '+' || answer[0] == '!')
        return eb_strdup(answer + 1);
    if (now_ms() - before >= limit_ms)
        return eb_asprintf("no answer within %d seconds", limit_ms / 1000);
    return eb_strdup("it ends the process that uses it");
}

static char *load_library(const struct vb_install *install)
{
    struct vb_xpcom xpcom;
    eb_error err = EB_ERROR_INIT;
    if (vb_xpcom_load(&xpcom, install->home, install->library, &err) < 0)
        return eb_asprintf("!%s", eb_error_message(&err));
    return eb_asprintf("+%s", xpcom.table);
}

static char *ask_service(const struct vb_install *install)
{
    eb_error err = EB_ERROR_INIT;
    IVirtualBox *virtualbox = NULL;
    IMachine **machines = NULL;
    struct vb *vb = NULL;
    uint64_t epoch;
    size_t n = 0;

    if (vb_open(install->home, &vb, &err) < 0 || vb_begin(vb, &virtualbox, &epoch, &err) < 0)
        return eb_asprintf("!%s", eb_error_message(&err));
    if (vb_has(vb, VB_IVirtualBox_get_machines) &&
        IVirtualBox_get_machines(vb, virtualbox, &n, &machines, &err) < 0)
        return eb_asprintf("!%s", eb_error_message(&err));
    return eb_asprintf("+%zu", n);
}

/* ---- One installation ---- */

static bool note_missing(enum vb_member member, enum vb_unbound why, void *opaque)
{
    struct vbox_feature *feature = opaque;
    feature->members++;
    if (why == VB_BOUND) {
        feature->bound++;
        return true;
    }
    struct vbox_missing *missing = EB_APPEND(feature->missing, feature->n_missing);
    missing->member = eb_strdup(vb_member_name(member));
    missing->why = why;
    return true;
}

static void examine_typelib(struct vbox_examined *e)
{
    eb_error err = EB_ERROR_INIT;
    struct vb_typelib *tl = NULL;

    if (vb_xpt_read(e->install.typelib, &tl, &err) < 0 ||
        (e->install.version && vb_origin_check(tl, e->install.version, &err) < 0)) {
        vb_typelib_free(tl);
        e->typelib_problem = eb_strdup(eb_error_message(&err));
        eb_error_clear(&err);
        return;
    }
    for (unsigned i = 0; i < tl->n_interfaces; i++)
        e->interfaces += tl->interfaces[i].resolved && tl->interfaces[i].n_methods > 0;
    struct vb_binding *binding = vb_bind(tl);
    vb_binding_counts(binding, &e->counts);
    for (unsigned f = 0; f < vb_feature_count(); f++) {
        struct vbox_feature *feature = EB_APPEND(e->features, e->n_features);
        feature->name = vb_feature_name(f);
        feature->text = vb_feature_text(f);
        vb_feature_members(binding, f, note_missing, feature);
    }
    vb_binding_free(binding);
    vb_typelib_free(tl);
}

static void examine(struct vbox_examined *e)
{
    bool good;

    vb_install_probe(&e->install);
    if (e->install.typelib)
        examine_typelib(e);
    if (e->install.unusable)
        return;
    char *table = in_child(&e->install, load_library, LIBRARY_MS, &good);
    if (!good) {
        e->install.unusable = table;
        return;
    }
    e->table = table;
    if (e->typelib_problem)
        return;
    int64_t before = now_ms();
    char *answer = in_child(&e->install, ask_service, SERVICE_MS, &good);
    e->service_ms = (unsigned)(now_ms() - before);
    if (good) {
        e->machines = (unsigned)strtoul(answer, NULL, 10);
        free(answer);
    } else {
        e->service_problem = answer;
    }
}

/* ---- The host ---- */

static bool has_driver(void)
{
    struct stat st;
    return stat("/dev/vboxdrv", &st) == 0 && S_ISCHR(st.st_mode);
}

static bool has_hardware_virtualization(void)
{
    FILE *f = fopen("/proc/cpuinfo", "re");
    char line[8192];
    bool found = false;

    while (f && !found && fgets(line, sizeof(line), f))
        found = strncmp(line, "flags", 5) == 0 && (strstr(line, " vmx") || strstr(line, " svm"));
    if (f)
        fclose(f);
    return found;
}

/* ---- All ---- */

void vbox_examine(const char *home, struct vbox_report *out)
{
    struct vb_install_places places = vb_install_system_places();
    eb_error err = EB_ERROR_INIT;
    struct vb_install *installs = NULL;
    size_t n = 0;

    memset(out, 0, sizeof(*out));
    if (vb_install_find(&places, home, &installs, &n, &err) < 0) {
        out->search_problem = eb_strdup(eb_error_message(&err));
        eb_error_clear(&err);
        n = 0;
    }
    for (size_t i = 0; i < n; i++) {
        struct vbox_examined *e = EB_APPEND(out->items, out->n);
        e->install = installs[i];
        memset(&installs[i], 0, sizeof(installs[i]));
        examine(e);
    }
    vb_installs_free(installs, n);
    out->driver = has_driver();
    out->hardware = has_hardware_virtualization();
}

bool vbox_usable(const struct vbox_examined *e)
{
    return !e->install.unusable && !e->typelib_problem && !e->service_problem;
}

const struct vbox_examined *vbox_chosen(const struct vbox_report *report)
{
    const struct vbox_examined *best = NULL;
    for (size_t i = 0; i < report->n; i++)
        if (vbox_usable(&report->items[i]) &&
            (!best || report->items[i].install.version > best->install.version))
            best = &report->items[i];
    return best;
}

static void examined_free(struct vbox_examined *e)
{
    for (size_t f = 0; f < e->n_features; f++) {
        for (size_t i = 0; i < e->features[f].n_missing; i++)
            free(e->features[f].missing[i].member);
        free(e->features[f].missing);
    }
    free(e->features);
    free(e->table);
    free(e->typelib_problem);
    free(e->service_problem);
    vb_install_clear(&e->install);
}

void vbox_report_free(struct vbox_report *report)
{
    for (size_t i = 0; i < report->n; i++)
        examined_free(&report->items[i]);
    free(report->items);
    free(report->search_problem);
    memset(report, 0, sizeof(*report));
}
