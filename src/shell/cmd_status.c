/* SPDX-License-Identifier: LGPL-2.1-or-later */
/** @file cmd_status.c What the running daemon does. */
#include <time.h>
#include <unistd.h>

#include "rpc/caller.h"
#include "rpc/places.h"
#include "shell/opts.h"
#include "shell/shell.h"
#include "shell/table.h"

static const struct opt status_opts[] = {
    {"socket", OPT_STRING, 0,
     "the daemon's socket for administration (default: this user's, or root's for root)", complete_file},
    OPT_FLAG("system", "root's daemon"),
    OPTS_END,
};

static void format_time(int64_t at, char text[32])
{
    time_t seconds = (time_t)at;
    struct tm utc;

    gmtime_r(&seconds, &utc);
    strftime(text, 32, "%Y-%m-%d %H:%M:%S", &utc);
}

static void show_clients(struct shell *sh, const struct rpc_status_get_ret *status)
{
    static const char *const titles[] = {"Id",    "Transport", "User",    "From",   "Connection",
                                         "Since", "Calls",     "Running", "Waiting"};
    AUTO_TABLE struct table t;
    EB_AUTOFREE char *text = NULL;

    table_init(&t, EB_ARRAY_SIZE(titles), titles);
    for (uint32_t i = 0; i < status->clients.n; i++) {
        const struct rpc_status_client *c = &status->clients.items[i];
        EB_AUTOFREE char *id = eb_asprintf("%llu", (unsigned long long)c->id);
        EB_AUTOFREE char *from = c->address ? eb_strdup(c->address) : eb_asprintf("process %d", c->pid);
        EB_AUTOFREE char *uri =
            eb_asprintf("%s%s", c->uri ? c->uri : "-", c->read_only ? " (read-only)" : "");
        EB_AUTOFREE char *calls = eb_asprintf("%llu", (unsigned long long)c->calls);
        EB_AUTOFREE char *running = eb_asprintf("%u", c->running);
        EB_AUTOFREE char *waiting = eb_asprintf("%u", c->waiting);
        char since[32];

        format_time(c->since, since);
        table_add(&t, (const char *const[]){id, c->transport, c->user ? c->user : "-", from, uri, since,
                                            calls, running, waiting});
    }
    text = table_format(&t, true);
    sh_print(sh, "%s\n", text);
}

static void show_jobs(struct shell *sh, const struct rpc_status_get_ret *status)
{
    static const char *const titles[] = {"Client", "Call", "Object", "For"};
    AUTO_TABLE struct table t;
    EB_AUTOFREE char *text = NULL;

    table_init(&t, EB_ARRAY_SIZE(titles), titles);
    for (uint32_t i = 0; i < status->jobs.n; i++) {
        const struct rpc_status_job *j = &status->jobs.items[i];
        EB_AUTOFREE char *id = eb_asprintf("%llu", (unsigned long long)j->client);
        EB_AUTOFREE char *time = eb_asprintf("%.1f s", (double)j->milliseconds / 1000);

        table_add(&t, (const char *const[]){id, j->procedure, j->object ? j->object : "-", time});
    }
    text = table_format(&t, true);
    sh_print(sh, "%s\n", text);
}

static void show(struct shell *sh, const struct rpc_status_get_ret *s)
{
    char since[32];

    format_time(s->started, since);
    sh_print(sh, "%-15s everboxd %u.%u.%u, process %d\n", "Daemon:", s->version / 1000000,
             s->version / 1000 % 1000, s->version % 1000, s->pid);
    sh_print(sh, "%-15s %s UTC\n", "Since:", since);
    sh_print(sh, "%-15s %u of at most %u\n", "Clients:", s->clients.n, s->max_clients);
    sh_print(sh, "%-15s %u of at most %u work, %u calls wait for one\n\n", "Workers:", s->workers,
             s->max_workers, s->queued);
    if (s->clients.n)
        show_clients(sh, s);
    if (s->jobs.n)
        show_jobs(sh, s);
}

static void json_clients(struct json *j, const struct rpc_status_get_ret *s)
{
    json_begin_array(j, "clients");
    for (uint32_t i = 0; i < s->clients.n; i++) {
        const struct rpc_status_client *c = &s->clients.items[i];

        json_begin(j, NULL);
        json_uint(j, "id", c->id);
        json_string(j, "transport", c->transport);
        json_string(j, "user", c->user);
        json_string(j, "address", c->address);
        if (c->pid)
            json_int(j, "pid", c->pid);
        json_string(j, "uri", c->uri);
        json_bool(j, "read_only", c->read_only);
        json_int(j, "since", c->since);
        json_uint(j, "calls", c->calls);
        json_uint(j, "running", c->running);
        json_uint(j, "waiting", c->waiting);
        json_end(j);
    }
    json_end_array(j);
}

static void show_json(struct shell *sh, const struct rpc_status_get_ret *s)
{
    AUTO_JSON struct json j = {0};
    EB_AUTOFREE char *version =
        eb_asprintf("%u.%u.%u", s->version / 1000000, s->version / 1000 % 1000, s->version % 1000);

    json_begin(&j, NULL);
    json_string(&j, "version", version);
    json_int(&j, "pid", s->pid);
    json_int(&j, "since", s->started);
    json_uint(&j, "max_clients", s->max_clients);
    json_uint(&j, "workers", s->workers);
    json_uint(&j, "max_workers", s->max_workers);
    json_uint(&j, "queued", s->queued);
    json_clients(&j, s);
    json_begin_array(&j, "jobs");
    for (uint32_t i = 0; i < s->jobs.n; i++) {
        const struct rpc_status_job *job = &s->jobs.items[i];

        json_begin(&j, NULL);
        json_uint(&j, "client", job->client);
        json_string(&j, "call", job->procedure);
        json_string(&j, "object", job->object);
        json_uint(&j, "milliseconds", job->milliseconds);
        json_end(&j);
    }
    json_end_array(&j);
    json_end(&j);
    sh_json_print(sh, &j);
}

static int run_status(struct shell *sh, const struct args *args)
{
    EB_AUTOFREE char *folder = rpc_places_folder(args_has(args, "system") || geteuid() == 0);
    EB_AUTOFREE char *path = eb_asprintf("%s/" RPC_PLACES_ADMIN, folder);
    struct rpc_status_get_ret status = {0};
    struct rpc_caller *caller = NULL;
    const char *socket = NULL;
    int result;

    if (args_exclusive(sh, args, "socket", "system") < 0 || args_string(sh, args, "socket", &socket) < 0)
        return -1;
    result = rpc_caller_open(socket ? socket : path, &caller, &sh->error);
    if (result == 0)
        result = rpc_caller_call(caller, RPC_PROGRAM_STATUS, RPC_STATUS_GET, NULL, &status, &sh->error);
    rpc_caller_close(caller);
    if (result < 0)
        return sh_error(sh, "Failed to get the daemon's status");
    if (sh_wants_json(args))
        show_json(sh, &status);
    else
        show(sh, &status);
    xdr_clear(&rpc_status_get_ret_type, &status);
    return 0;
}

const struct command commands_daemon[] = {
    {"status", "show the running daemon, its clients and what it does for them",
     "Asks everboxd on its socket for administration: its version, who is connected, as whom and since when, "
     "how "
     "many calls each made, and the calls that run now, with what they are about and for how long.",
     status_opts, run_status, CMD_NO_CONNECT | CMD_JSON, "status --system"},
    {0},
};
