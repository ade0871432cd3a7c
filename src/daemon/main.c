/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* everboxd: options, signals, going to the background; the rest is in rpc. */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/resource.h>
#include <syslog.h>
#include <unistd.h>

#include "base/log.h"
#include "core/loop.h"
#include "daemon/sockets.h"
#include "everbox/everbox.h"

#define EB_MODULE "daemon"

struct options {
    const char *config, *pid_file, *socket;
    bool background, verbose;
    bool has_timeout;
    unsigned timeout;
};

struct daemon {
    struct options options;
    struct daemon_config config;
    char *config_path;
    struct daemon_sockets sockets;
    struct rpc_server *server;
    uv_signal_t signals[3];
    bool stopping;
};

static const char usage[] =
    "usage: everboxd [OPTION]...\n"
    "Serves libvirt's clients: vbox:///session, vbox:///system, test:///default.\n"
    "\n"
    "  -d, --daemon             go to the background once the sockets are there\n"
    "  -f, --config=FILE        read FILE (default: /etc/everbox/everboxd.conf, or\n"
    "                           $XDG_CONFIG_HOME/everbox/everboxd.conf for a session)\n"
    "  -p, --pid-file=FILE      where the process's number is written\n"
    "  -s, --socket=PATH        listen on PATH and, read-only, on PATH-ro\n"
    "  -t, --timeout=SECONDS    end after so long without a client\n"
    "  -v, --verbose            say more\n"
    "  -h, --help               show this\n"
    "  -V, --version            show the version\n";

static int bad_usage(const char *text)
{
    fprintf(stderr, "everboxd: %s\n%s", text, usage);
    return 2;
}

/* -1 to go on, else the exit status. */
static int parse_options(int argc, char **argv, struct options *options)
{
    static const struct option known[] = {{"daemon", no_argument, NULL, 'd'},
                                          {"config", required_argument, NULL, 'f'},
                                          {"pid-file", required_argument, NULL, 'p'},
                                          {"socket", required_argument, NULL, 's'},
                                          {"timeout", required_argument, NULL, 't'},
                                          {"verbose", no_argument, NULL, 'v'},
                                          {"help", no_argument, NULL, 'h'},
                                          {"version", no_argument, NULL, 'V'},
                                          {NULL, 0, NULL, 0}};
    uint64_t seconds;
    int c;

    while ((c = getopt_long(argc, argv, "df:p:s:t:vhV", known, NULL)) != -1) {
        switch (c) {
        case 'd':
            options->background = true;
            break;
        case 'f':
            options->config = optarg;
            break;
        case 'p':
            options->pid_file = optarg;
            break;
        case 's':
            options->socket = optarg;
            break;
        case 't':
            if (!eb_parse_u64(optarg, 86400, &seconds) || !seconds)
                return bad_usage("--timeout needs a number of seconds from 1 to 86400");
            options->timeout = (unsigned)seconds;
            options->has_timeout = true;
            break;
        case 'v':
            options->verbose = true;
            break;
        case 'h':
            fputs(usage, stdout);
            return 0;
        case 'V':
            printf("everboxd (everbox) %u.%u.%u\n", eb_version() / 1000000, eb_version() / 1000 % 1000,
                   eb_version() % 1000);
            return 0;
        default:
            fputs(usage, stderr);
            return 2;
        }
    }
    return optind < argc ? bad_usage("no arguments are expected") : -1;
}

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

/* The file, then what the command line says; the former settings stay when the file is wrong. */
static int load_config(struct daemon *d, eb_error *err)
{
    struct daemon_config config;

    daemon_config_init(&config);
    if (daemon_config_load(&config, d->config_path, !d->options.config, err) < 0) {
        daemon_config_clear(&config);
        return -1;
    }
    if (d->options.has_timeout)
        config.limits.idle_timeout = d->options.timeout;
    if (d->options.verbose && config.log_level > EB_LOG_INFO)
        config.log_level = EB_LOG_INFO;
    daemon_config_clear(&d->config);
    d->config = config;
    if (!getenv("EVERBOX_LOG"))
        eb_log_set_level((enum eb_log_level)config.log_level);
    return 0;
}

/* ---- The background ---- */

static void log_to_syslog(enum eb_log_level level, const char *module, const char *text,
                          void *opaque EB_UNUSED)
{
    static const int priorities[] = {LOG_DEBUG, LOG_DEBUG, LOG_INFO, LOG_WARNING, LOG_ERR};

    syslog(priorities[level], "%s: %s", module, text);
}

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

static void leave_terminal(int ready)
{
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);

    if (null >= 0) {
        dup2(null, 0);
        dup2(null, 1);
        dup2(null, 2);
    }
    openlog("everboxd", LOG_PID, LOG_DAEMON);
    eb_log_set_sink(log_to_syslog, NULL);
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

static void end_signals(void *opaque)
{
    struct daemon *d = opaque;

    for (size_t i = 0; i < EB_ARRAY_SIZE(d->signals); i++) {
        /* A second SIGINT or SIGTERM does what it does to everyone: it does not wait for running operations.
         */
        uv_close((uv_handle_t *)&d->signals[i], NULL);
    }
}

static void asked_to_end(uv_signal_t *handle, int number EB_UNUSED)
{
    struct daemon *d = handle->data;

    rpc_server_stop(d->server);
}

static void asked_to_reload(uv_signal_t *handle, int number EB_UNUSED)
{
    struct daemon *d = handle->data;
    eb_error err = EB_ERROR_INIT;

    if (load_config(d, &err) < 0) {
        EB_WARN("the former settings stay: %s", eb_error_message(&err));
        eb_error_clear(&err);
        return;
    }
    rpc_server_set_limits(d->server, &d->config.limits);
    EB_INFO("read %s anew", d->config_path);
}

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
    for (size_t i = 0; i < EB_ARRAY_SIZE(numbers); i++) {
        uv_signal_init(rpc_server_loop(d->server), &d->signals[i]);
        d->signals[i].data = d;
        uv_signal_start(&d->signals[i], numbers[i] == SIGHUP ? asked_to_reload : asked_to_end, numbers[i]);
    }
}

static int serve(struct daemon *d, eb_error *err)
{
    struct daemon_places places = {
        .socket = d->options.socket, .pid_file = d->options.pid_file, .system = geteuid() == 0};
    pthread_t events;
    int ready = -1;

    if (d->options.background && (ready = go_to_background(err)) < 0)
        return -1;
    if (rpc_server_new(&d->config.limits, &d->server, err) < 0)
        return -1;
    /* Before anyone can see that the daemon is there, and tell it to end. */
    watch_signals(d);
    raise_descriptor_limit();
    if (daemon_sockets_open(&d->sockets, &places, &d->config, d->server, err) < 0 ||
        start_events(&events, err) < 0) {
        end_signals(d);
        return -1;
    }
    if (ready >= 0)
        leave_terminal(ready);
    rpc_server_run(d->server, end_signals, d);
    end_events(events);
    return 0;
}

int main(int argc, char **argv)
{
    struct daemon d = {0};
    eb_error err = EB_ERROR_INIT;
    int status = parse_options(argc, argv, &d.options);

    if (status >= 0)
        return status;
    status = 0;
    d.config_path = d.options.config ? eb_strdup(d.options.config) : default_config();
    if (load_config(&d, &err) < 0 || serve(&d, &err) < 0) {
        fprintf(stderr, "everboxd: %s\n", eb_error_message(&err));
        eb_error_clear(&err);
        status = 1;
    }
    daemon_sockets_close(&d.sockets);
    rpc_server_free(d.server);
    daemon_config_clear(&d.config);
    free(d.config_path);
    return status;
}
