/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* everboxd: signals, going to the background, its end; the rest is in rpc. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/log.h"
#include "core/loop.h"
#include "daemon/logging.h"
#include "daemon/options.h"
#include "daemon/security.h"
#include "daemon/sockets.h"
#include "everbox/everbox.h"

#define EB_MODULE "daemon"

struct daemon {
    struct daemon_options options;
    struct daemon_config config;
    char *config_path;
    struct daemon_sockets sockets;
    struct rpc_server *server;
    uv_signal_t signals[3];
    uv_timer_t patience; /* runs while the daemon stops */
    bool in_background;
};

/* ---- Configuration ---- */

static char *default_config(void)
{
    const char *folder = getenv("XDG_CONFIG_HOME");
    const char *home = getenv("HOME");

    if (geteuid() == 0)
        return eb_strdup("/etc/everbox/everboxd.conf");
    if (folder && *folder)
        return eb_asprintf("%s/everbox/everboxd.conf", folder);
    return eb_asprintf("%s/.config/everbox/everboxd.conf", home && *home ? home : "");
}

/* The environment's, else the file's, lowered by --verbose. */
static enum eb_log_level log_level(const struct daemon *d, const struct daemon_config *config)
{
    const char *name = getenv("EVERBOX_LOG");

    for (int level = EB_LOG_DEBUG; name && level <= EB_LOG_ERROR; level++) {
        if (strcmp(name, eb_log_level_name((enum eb_log_level)level)) == 0)
            return (enum eb_log_level)level;
    }
    if (d->options.verbose && config->log_level > EB_LOG_INFO)
        return EB_LOG_INFO;
    return (enum eb_log_level)config->log_level;
}

static int set_logging(const struct daemon *d, const struct daemon_config *config, eb_error *err)
{
    return daemon_logging_set(log_level(d, config), config->log_filters, config->log_outputs,
                              d->in_background, err);
}

static bool is_system(void)
{
    return geteuid() == 0;
}

/* The file, then what the command line says; the former settings stay when the file, or one that it names, is
 * wrong. `*security` is the caller's, as are the names of keys in `*fixed` (or NULL) that changed to no
 * effect. */
static int load_config(struct daemon *d, struct rpc_security **security, char **fixed, eb_error *err)
{
    struct daemon_config config;

    daemon_config_init(&config);
    if (daemon_config_load(&config, d->config_path, !d->options.config, err) < 0 ||
        daemon_security_load(&config, is_system(), security, err) < 0) {
        daemon_config_clear(&config);
        return -1;
    }
    if (d->options.timeout)
        config.limits.idle_timeout = d->options.timeout;
    if (set_logging(d, &config, err) < 0) {
        rpc_security_unref(EB_STEAL(*security));
        daemon_config_clear(&config);
        return -1;
    }
    if (fixed)
        *fixed = daemon_config_fixed_changes(&d->config, &config);
    daemon_config_clear(&d->config);
    d->config = config;
    return 0;
}

/* ---- The background ---- */

/* In the child: the descriptor to say on that all is well. The parent never returns: it ends as the child
 * begins. */
static int go_to_background(eb_error *err)
{
    int ends[2];
    pid_t child;
    char ready;

    if (pipe2(ends, O_CLOEXEC) < 0)
        return eb_error_set_errno(err, errno, "cannot make a pipe");
    child = fork();
    if (child < 0)
        return eb_error_set_errno(err, errno, "cannot fork");
    if (child > 0) {
        close(ends[1]);
        _exit(read(ends[0], &ready, 1) == 1 ? 0 : 1);
    }
    close(ends[0]);
    setsid();
    return ends[1];
}

static void leave_terminal(struct daemon *d, int ready)
{
    eb_error err = EB_ERROR_INIT;
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);

    if (null >= 0) {
        dup2(null, 0);
        dup2(null, 1);
        dup2(null, 2);
    }
    d->in_background = true;
    if (set_logging(d, &d->config, &err) < 0)
        eb_error_clear(&err); /* it was good before; then all goes on as it was */
    (void)!write(ready, "", 1);
    close(ready);
}

/* ---- The loop of event callbacks, in a thread of its own ---- */

static atomic_bool events_end;

static void *run_events(void *opaque EB_UNUSED)
{
    while (!atomic_load(&events_end) && eb_loop_run_default(NULL) == 0)
        ;
    return NULL;
}

static int start_events(pthread_t *thread, eb_error *err)
{
    sigset_t all, before;
    int result;

    if (eb_loop_register_default(err) < 0)
        return -1;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    result = pthread_create(thread, NULL, run_events, NULL);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return result == 0 ? 0 : eb_error_set_errno(err, result, "cannot start a thread");
}

static void nothing(int timer EB_UNUSED, void *opaque EB_UNUSED)
{
}

/* Every connection is closed: no callback is left, only what the loop has to free in a turn or two. */
static void end_events(pthread_t thread)
{
    const struct eb_loop *loop = eb_loop_current();
    int timer;

    atomic_store(&events_end, true);
    timer = loop->add_timer(0, nothing, NULL, NULL);
    pthread_join(thread, NULL);
    for (int turn = 0; turn < 3; turn++)
        eb_loop_run_default(NULL);
    loop->remove_timer(timer);
    eb_loop_run_default(NULL);
}

/* ---- Signals ---- */

/* What still runs is left where it is: no call into VirtualBox can be taken back. */
static void out_of_patience(uv_timer_t *timer)
{
    struct daemon *d = timer->data;

    EB_WARN("operations still run after %u s: they are left", d->config.stop_timeout);
    daemon_sockets_close(&d->sockets);
    _exit(1);
}

static void end_signals(struct daemon *d)
{
    for (size_t i = 0; i < EB_ARRAY_SIZE(d->signals); i++) {
        /* A second SIGINT or SIGTERM does what it does to everyone: it does not wait for running operations.
         */
        uv_close((uv_handle_t *)&d->signals[i], NULL);
    }
}

/* In the loop, as the server begins to stop. */
static void stopping(void *opaque)
{
    struct daemon *d = opaque;

    end_signals(d);
    if (d->config.stop_timeout)
        uv_timer_start(&d->patience, out_of_patience, (uint64_t)d->config.stop_timeout * 1000, 0);
}

static void end_patience(struct daemon *d)
{
    uv_close((uv_handle_t *)&d->patience, NULL);
    uv_run(rpc_server_loop(d->server), UV_RUN_NOWAIT);
}

static void asked_to_end(uv_signal_t *handle, int number EB_UNUSED)
{
    struct daemon *d = handle->data;

    rpc_server_stop(d->server);
}

static void asked_to_reload(uv_signal_t *handle, int number EB_UNUSED)
{
    struct daemon *d = handle->data;
    struct rpc_security *security = NULL;
    EB_AUTOFREE char *fixed = NULL;
    eb_error err = EB_ERROR_INIT;

    if (load_config(d, &security, &fixed, &err) < 0) {
        EB_WARN("the former settings stay: %s", eb_error_message(&err));
        eb_error_clear(&err);
        return;
    }
    rpc_server_set_limits(d->server, &d->config.limits);
    rpc_server_set_security(d->server, security);
    rpc_security_unref(security);
    if (fixed)
        EB_WARN("these keys count after a restart alone: %s", fixed);
    EB_INFO("read %s anew", d->config_path);
}

/* ---- Administration ---- */

/* What was said last holds, until the file is read anew. */
static int change_logging(struct daemon *d, char **which, const char *text, eb_error *err)
{
    char *before = *which;

    *which = eb_strdup(text && *text ? text : NULL);
    if (set_logging(d, &d->config, err) < 0) {
        free(*which);
        *which = before;
        return -1;
    }
    free(before);
    return 0;
}

static int set_log_filters(const char *filters, void *opaque, eb_error *err)
{
    struct daemon *d = opaque;

    return change_logging(d, &d->config.log_filters, filters, err);
}

static int set_log_outputs(const char *outputs, void *opaque, eb_error *err)
{
    struct daemon *d = opaque;

    return change_logging(d, &d->config.log_outputs, outputs, err);
}

static int reload_security(void *opaque, eb_error *err)
{
    struct daemon *d = opaque;
    struct rpc_security *security;

    if (daemon_security_load(&d->config, is_system(), &security, err) < 0)
        return -1;
    rpc_server_set_security(d->server, security);
    rpc_security_unref(security);
    return 0;
}

static const struct rpc_admin_hooks hooks = {.log_filters = daemon_logging_filters,
                                             .log_outputs = daemon_logging_outputs,
                                             .set_log_filters = set_log_filters,
                                             .set_log_outputs = set_log_outputs,
                                             .reload_security = reload_security};

/* As many clients as the system lets this process have. */
static void raise_descriptor_limit(void)
{
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < limit.rlim_max) {
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
    }
}

static void watch_signals(struct daemon *d)
{
    static const int numbers[] = {SIGINT, SIGTERM, SIGHUP};

    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN); /* a file that may not grow fails its call */
    uv_timer_init(rpc_server_loop(d->server), &d->patience);
    uv_unref((uv_handle_t *)&d->patience);
    d->patience.data = d;
    for (size_t i = 0; i < EB_ARRAY_SIZE(numbers); i++) {
        uv_signal_init(rpc_server_loop(d->server), &d->signals[i]);
        d->signals[i].data = d;
        uv_signal_start(&d->signals[i], numbers[i] == SIGHUP ? asked_to_reload : asked_to_end, numbers[i]);
    }
}

static int serve(struct daemon *d, struct rpc_security *security, eb_error *err)
{
    struct daemon_places places = {
        .socket = d->options.socket, .pid_file = d->options.pid_file, .system = is_system()};
    pthread_t events;
    int ready = -1;

    if (d->options.background && (ready = go_to_background(err)) < 0)
        return -1;
    if (rpc_server_new(&d->config.limits, &d->server, err) < 0)
        return -1;
    rpc_server_set_security(d->server, security);
    rpc_server_set_admin_hooks(d->server, &hooks, d);
    /* Before anyone can see that the daemon is there, and tell it to end. */
    watch_signals(d);
    raise_descriptor_limit();
    if (daemon_sockets_open(&d->sockets, &places, &d->config, d->server, err) < 0 ||
        start_events(&events, err) < 0) {
        end_signals(d);
        end_patience(d);
        return -1;
    }
    if (ready >= 0)
        leave_terminal(d, ready);
    rpc_server_run(d->server, stopping, d);
    end_patience(d);
    end_events(events);
    return 0;
}

/* These are for clients: a daemon that took one for its own would ask itself. */
static void drop_client_uris(void)
{
    unsetenv("EVERBOX_DEFAULT_URI");
    unsetenv("VIRSH_DEFAULT_CONNECT_URI");
    unsetenv("LIBVIRT_DEFAULT_URI");
}

int main(int argc, char **argv)
{
    struct daemon d = {0};
    eb_error err = EB_ERROR_INIT;
    struct rpc_security *security = NULL;
    int status = daemon_options_parse(argc, argv, &d.options);

    if (status >= 0)
        return status;
    status = 0;
    drop_client_uris();
    d.config_path = d.options.config ? eb_strdup(d.options.config) : default_config();
    if (load_config(&d, &security, NULL, &err) < 0 || serve(&d, security, &err) < 0) {
        fprintf(stderr, "everboxd: %s\n", eb_error_message(&err));
        eb_error_clear(&err);
        status = 1;
    }
    daemon_sockets_close(&d.sockets);
    rpc_server_free(d.server);
    rpc_security_unref(security);
    daemon_logging_end();
    daemon_config_clear(&d.config);
    free(d.config_path);
    return status;
}
