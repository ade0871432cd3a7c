/* SPDX-License-Identifier: LGPL-2.1-or-later */
/** @file run.c Connecting, and running parsed commands one after another. */
#include "shell/shell.h"

#include "shell/interrupt.h"

#include <time.h>
#include <unistd.h>

static const char *environment_uri(void)
{
    static const char *const names[] = {"EVERBOX_DEFAULT_URI", "VIRSH_DEFAULT_CONNECT_URI",
                                        "LIBVIRT_DEFAULT_URI"};
    for (size_t i = 0; i < EB_ARRAY_SIZE(names); i++) {
        const char *value = getenv(names[i]);
        if (value && *value)
            return value;
    }
    return NULL;
}

/** Who names an installation means VirtualBox: one that is not there is then an error, not a simulated host.
 */
static const char *default_uri(void)
{
    const char *home = getenv("VBOX_APP_HOME");
    const char *uri = environment_uri();
    return uri || !home || !*home ? uri : "vbox:///session";
}

/** Nobody said where to: tell what was chosen. */
static void tell_default(struct shell *sh)
{
    EB_AUTOFREE char *uri = NULL;
    if (eb_conn_get_uri(sh->conn, &uri, NULL) < 0)
        return;
    if (eb_starts_with(uri, "test:"))
        sh_note(sh, "no VirtualBox found; using the simulated host %s ('everbox doctor' says why)", uri);
    else
        sh_note(sh, "using %s", uri);
}

/** What a far host wants to know, where someone sits at a terminal. */
static int ask(const char *prompt, int hidden, const char *preset, char **answer, void *opaque EB_UNUSED)
{
    char *line = NULL;
    size_t size = 0;

    if (!isatty(STDIN_FILENO))
        return -1;
    if (hidden) {
        EB_AUTOFREE char *with_colon = eb_asprintf("%s: ", prompt);
        char *typed = getpass(with_colon);

        *answer = typed ? eb_strdup(typed) : NULL;
        if (typed)
            explicit_bzero(typed, strlen(typed));
        return typed ? 0 : -1;
    }
    printf("%s: ", prompt);
    fflush(stdout);
    if (getline(&line, &size, stdin) < 0) {
        free(line);
        return -1;
    }
    line[strcspn(line, "\r\n")] = '\0';
    if (!*line && preset)
        eb_replace_string(&line, preset);
    *answer = line;
    return 0;
}

int sh_connect(struct shell *sh)
{
    const char *uri = sh->uri ? sh->uri : default_uri();

    if (sh->conn)
        return 0;
    if (eb_connect_open_auth(uri, sh->readonly ? EB_CONNECT_RO : 0, ask, NULL, &sh->conn, &sh->error) < 0) {
        sh->conn = NULL;
        sh_error(sh, "failed to connect to the hypervisor");
        sh_report(sh);
        return -1;
    }
    eb_conn_set_progress(sh->conn, progress_update, &sh->progress);
    eb_conn_set_keepalive(sh->conn, sh->keepalive_interval, sh->keepalive_count, NULL);
    if (!uri)
        tell_default(sh);
    return 0;
}

void sh_disconnect(struct shell *sh)
{
    eb_conn_unref(EB_STEAL(sh->conn));
}

static double now_ms(void)
{
    struct timespec ts;
    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (double)ts.tv_sec * 1e3 + (double)ts.tv_nsec / 1e6;
}

/** One command: connect, run, report. */
static int run_one(struct shell *sh, const struct args *args)
{
    if (!(args->cmd->flags & CMD_NO_CONNECT) && sh_connect(sh) < 0)
        return -1;
    sh_forget(sh);
    interrupt_begin();
    int result = args->cmd->run(sh, args);
    interrupt_end();
    progress_reset(&sh->progress);
    if (result < 0)
        sh_report(sh);
    sh_forget(sh);
    return result;
}

int sh_run(struct shell *sh, const struct args *list)
{
    int result = 0;

    for (const struct args *args = list; args && !sh->quit; args = args->next) {
        double before = now_ms();
        result = run_one(sh, args);
        if (sh->quit)
            break;
        if (sh->timing)
            sh_print(sh, "\n(Time: %.3f ms)\n\n", now_ms() - before);
        else
            sh_extra(sh, "\n");
        /* Ctrl-C keeps what was to follow from running; whether it failed the command, that one says. */
        if (interrupt_pending())
            return args->next ? -1 : result;
    }
    return result;
}

int sh_run_string(struct shell *sh, const char *text)
{
    struct parse_error problem = {0};
    struct args *list = NULL;

    if (parse_string(text, &list, &problem) < 0)
        return sh_parse_error(sh, &problem);
    int result = sh_run(sh, list);
    args_free(list);
    return result;
}

int sh_parse_error(struct shell *sh, struct parse_error *problem)
{
    for (size_t i = 0; i < problem->n; i++)
        sh_error(sh, "%s", problem->lines[i]);
    parse_error_clear(problem);
    return -1;
}
