/* SPDX-License-Identifier: LGPL-2.1-or-later */
/** @file cmd_event.c What happens to domains, as it happens. */
#include "shell/await.h"
#include "shell/command.h"
#include "shell/job_text.h"
#include "shell/listen.h"
#include "shell/opts.h"
#include "shell/shell.h"

static const char *const event_names[] = {
    "lifecycle",
    "reboot",
    "rtc-change",
    "watchdog",
    "io-error",
    "graphics",
    "io-error-reason",
    "control-error",
    "block-job",
    "disk-change",
    "tray-change",
    "pm-wakeup",
    "pm-suspend",
    "balloon-change",
    "pm-suspend-disk",
    "device-removed",
    "block-job-2",
    "tunable",
    "agent-lifecycle",
    "device-added",
    "migration-iteration",
    "job-completed",
    "device-removal-failed",
    "metadata-change",
    "block-threshold",
    "memory-failure",
    "memory-device-size-change",
};
enum { N_EVENTS = EB_ARRAY_SIZE(event_names), MAX_DETAILS = 9 };

static const struct {
    const char *event;
    const char *details[MAX_DETAILS];
} lifecycle[] = {
    {"Defined", {"Added", "Updated", "Renamed", "Snapshot"}},
    {"Undefined", {"Removed", "Renamed"}},
    {"Started", {"Booted", "Migrated", "Restored", "Snapshot", "Event wakeup"}},
    {"Suspended",
     {"Paused", "Migrated", "I/O Error", "Watchdog", "Restored", "Snapshot", "API error", "Post-copy",
      "Post-copy Error"}},
    {"Resumed", {"Unpaused", "Migrated", "Snapshot", "Post-copy", "Post-copy Error"}},
    {"Stopped", {"Shutdown", "Destroyed", "Crashed", "Migrated", "Saved", "Failed", "Snapshot"}},
    {"Shutdown", {"Finished", "Finished after guest request", "Finished after host request"}},
    {"PMSuspended", {"Memory", "Disk"}},
    {"Crashed", {"Panicked", "Crashloaded"}},
};

/* The nth of a list of words that ends with NULL. */
static const char *word(const char *const *words, int n)
{
    for (int i = 0; words[i]; i++) {
        if (i == n)
            return words[i];
    }
    return "unknown";
}
#define WORD(n, ...) word((const char *const[]){__VA_ARGS__, NULL}, (n))

static const char *lifecycle_event(int event)
{
    return event >= 0 && event < (int)EB_ARRAY_SIZE(lifecycle) ? lifecycle[event].event : "unknown";
}

static const char *lifecycle_detail(int event, int detail)
{
    if (event < 0 || event >= (int)EB_ARRAY_SIZE(lifecycle) || detail < 0 || detail >= MAX_DETAILS ||
        !lifecycle[event].details[detail])
        return "unknown";
    return lifecycle[event].details[detail];
}

static const char *metadata_type(int type)
{
    return WORD(type, "description", "title", "element");
}

static const char *or_none(const char *text)
{
    return text ? text : "(null)";
}

/* ---- One event ---- */

struct listening {
    struct shell *sh;
    bool loop, timestamp, json;
    unsigned count;
};

/* What follows "event 'NAME' for domain 'NAME'". */
static void print_details(struct shell *sh, const eb_domain_event *e)
{
    switch ((int)e->id) {
    case EB_DOMAIN_EVENT_ID_LIFECYCLE:
        sh_print(sh, ": %s %s", lifecycle_event(e->data.lifecycle.event),
                 lifecycle_detail(e->data.lifecycle.event, e->data.lifecycle.detail));
        break;
    case EB_DOMAIN_EVENT_ID_IO_ERROR:
    case EB_DOMAIN_EVENT_ID_IO_ERROR_REASON:
        sh_print(sh, ": %s (%s) %s", e->data.io_error.source, e->data.io_error.device,
                 WORD(e->data.io_error.action, "none", "pause", "report"));
        if (e->id == EB_DOMAIN_EVENT_ID_IO_ERROR_REASON)
            sh_print(sh, " due to %s", e->data.io_error.reason);
        break;
    case EB_DOMAIN_EVENT_ID_DISK_CHANGE:
        sh_print(sh, " disk %s: %s -> %s: %s", e->data.disk_change.device,
                 or_none(e->data.disk_change.old_source), or_none(e->data.disk_change.new_source),
                 WORD(e->data.disk_change.reason, "changed", "dropped"));
        break;
    case EB_DOMAIN_EVENT_ID_TRAY_CHANGE:
        sh_print(sh, " disk %s: %s", e->data.tray_change.device,
                 WORD(e->data.tray_change.reason, "opened", "closed"));
        break;
    case EB_DOMAIN_EVENT_ID_BALLOON_CHANGE:
        sh_print(sh, ": %lluKiB", (unsigned long long)e->data.balloon_change.actual);
        break;
    case EB_DOMAIN_EVENT_ID_DEVICE_ADDED:
    case EB_DOMAIN_EVENT_ID_DEVICE_REMOVED:
    case EB_DOMAIN_EVENT_ID_DEVICE_REMOVAL_FAILED:
        sh_print(sh, ": %s", e->data.device.alias);
        break;
    case EB_DOMAIN_EVENT_ID_AGENT_LIFECYCLE:
        sh_print(sh, ": state: '%s' reason: '%s'",
                 WORD(e->data.agent_lifecycle.state, "unknown", "connected", "disconnected"),
                 WORD(e->data.agent_lifecycle.reason, "unknown", "domain started", "channel event"));
        break;
    case EB_DOMAIN_EVENT_ID_METADATA_CHANGE:
        sh_print(sh, ": type %s, uri %s", metadata_type(e->data.metadata_change.type),
                 e->data.metadata_change.uri ? e->data.metadata_change.uri : "N/A");
        break;
    case EB_DOMAIN_EVENT_ID_JOB_COMPLETED:
        sh_print(sh, ":");
        break;
    default:
        break;
    }
}

static void add_details(struct json *j, const eb_domain_event *e)
{
    switch ((int)e->id) {
    case EB_DOMAIN_EVENT_ID_LIFECYCLE:
        json_string(j, "what", lifecycle_event(e->data.lifecycle.event));
        json_string(j, "detail", lifecycle_detail(e->data.lifecycle.event, e->data.lifecycle.detail));
        break;
    case EB_DOMAIN_EVENT_ID_TRAY_CHANGE:
        json_string(j, "device", e->data.tray_change.device);
        json_string(j, "what", WORD(e->data.tray_change.reason, "opened", "closed"));
        break;
    case EB_DOMAIN_EVENT_ID_BALLOON_CHANGE:
        json_uint(j, "memory", e->data.balloon_change.actual);
        break;
    case EB_DOMAIN_EVENT_ID_DEVICE_ADDED:
    case EB_DOMAIN_EVENT_ID_DEVICE_REMOVED:
    case EB_DOMAIN_EVENT_ID_DEVICE_REMOVAL_FAILED:
        json_string(j, "device", e->data.device.alias);
        break;
    case EB_DOMAIN_EVENT_ID_AGENT_LIFECYCLE:
        json_string(j, "what", WORD(e->data.agent_lifecycle.state, "unknown", "connected", "disconnected"));
        break;
    case EB_DOMAIN_EVENT_ID_METADATA_CHANGE:
        json_string(j, "type", metadata_type(e->data.metadata_change.type));
        json_string(j, "uri", e->data.metadata_change.uri);
        break;
    case EB_DOMAIN_EVENT_ID_JOB_COMPLETED:
        job_params_json(j, e->data.job_completed.params, e->data.job_completed.n_params);
        break;
    default:
        break;
    }
}

static void print_json(const struct listening *l, eb_domain *dom, const eb_domain_event *e)
{
    EB_AUTOFREE char *when = listen_time_now();
    AUTO_JSON struct json j = {0};

    json_begin(&j, NULL);
    json_string(&j, "event", event_names[e->id]);
    json_string(&j, "domain", eb_domain_get_name(dom));
    if (l->timestamp)
        json_string(&j, "time", when);
    add_details(&j, e);
    json_end(&j);
    sh_json_print(l->sh, &j);
}

static void hear(eb_conn *conn, eb_domain *dom, const eb_domain_event *e, void *opaque)
{
    struct listening *l = opaque;
    EB_AUTOFREE char *when = NULL;

    (void)conn;
    if (!l->loop && l->count > 0)
        return;
    l->count++;
    if (l->json) {
        print_json(l, dom, e);
    } else {
        if (l->timestamp)
            sh_print(l->sh, "%s: ", when = listen_time_now());
        sh_print(l->sh, "event '%s' for domain '%s'", event_names[e->id], eb_domain_get_name(dom));
        print_details(l->sh, e);
        sh_print(l->sh, "\n");
        if (e->id == EB_DOMAIN_EVENT_ID_JOB_COMPLETED)
            job_params_print(l->sh, e->data.job_completed.params, e->data.job_completed.n_params, "\t");
    }
    fflush(stdout);
}

/* ---- event ---- */

static const struct opt event_opts[] = {
    {"domain", OPT_STRING, OPT_NAMED_ONLY, "only of this domain: its name, id or uuid", complete_domain},
    {"event", OPT_STRING, OPT_NAMED_ONLY, "the kind of event to wait for (--list shows them)", NULL},
    OPT_FLAG("all", "every kind of event that the driver tells"),
    OPT_FLAG("loop", "go on until the timeout or Ctrl-C, not only until the first event"),
    {"timeout", OPT_INT, OPT_NAMED_ONLY, "wait at most this many seconds", NULL},
    OPT_FLAG("list", "list the kinds of events"),
    OPT_FLAG("timestamp", "print when each event came"),
    OPTS_END,
};

static int has_heard(void *opaque)
{
    const struct listening *l = opaque;

    return !l->loop && l->count > 0;
}

static int kind_of(struct shell *sh, const char *name)
{
    for (int i = 0; i < N_EVENTS; i++) {
        if (strcmp(event_names[i], name) == 0)
            return i;
    }
    return sh_error(sh, "unknown event type %s", name);
}

/* With `kind` -1: all that the driver has. Gives the number of callbacks. */
static int register_all(struct listening *l, eb_domain *dom, int kind, int *ids)
{
    struct shell *sh = l->sh;
    int n = 0;

    for (int i = kind < 0 ? 0 : kind; i < (kind < 0 ? N_EVENTS : kind + 1); i++) {
        ids[n] =
            eb_conn_register_domain_event(sh->conn, dom, (eb_domain_event_id)i, hear, l, NULL, &sh->error);
        if (ids[n] >= 0)
            n++;
        else if (kind < 0 && sh->error.code == EB_ERR_NO_SUPPORT)
            sh_forget(sh);
        else
            break;
    }
    return n;
}

static int run_event(struct shell *sh, const struct args *args)
{
    struct listening l = {.sh = sh,
                          .loop = args_has(args, "loop"),
                          .timestamp = args_has(args, "timestamp"),
                          .json = sh_wants_json(args)};
    int ids[N_EVENTS], n, kind = -1, seconds;
    const char *name = NULL;
    enum listen_end end;

    AUTO_DOMAIN dom = NULL;
    if (args_has(args, "list")) {
        for (int i = 0; i < N_EVENTS; i++)
            sh_print(sh, "%s\n", event_names[i]);
        return 0;
    }
    if (args_string(sh, args, "event", &name) < 0 || listen_timeout(sh, args, &seconds) < 0)
        return -1;
    if (name ? (kind = kind_of(sh, name)) < 0 : !args_has(args, "all"))
        return name ? -1 : sh_error(sh, "one of --list, --all, or --event <type> is required");
    if ((args_has(args, "domain") && !(dom = sh_domain(sh, args, BY_ANY))) ||
        eb_loop_register_default(&sh->error) < 0)
        return -1;
    n = register_all(&l, dom, kind, ids);
    end = eb_error_is_set(&sh->error) ? LISTEN_ERROR : listen_until(sh, seconds, has_heard, &l);
    for (int i = 0; i < n; i++)
        eb_conn_deregister_domain_event(sh->conn, ids[i], NULL);
    return listen_result(sh, end, l.json, l.count);
}

const struct command commands_event[] = {
    {"event", "print what happens to domains",
     "Prints what happens to domains as it happens: the first event, or with --loop all until the timeout or "
     "Ctrl-C.\n\nWhich kinds of events there are depends on the driver; --all leaves out those that it "
     "cannot tell.",
     event_opts, run_event, CMD_JSON, "event --all --loop --timestamp"},
    {"await", "wait until a domain is in a state, or has an address",
     "Returns as soon as the domain is in the state, and fails when the timeout comes first. In place of a "
     "state: 'address' waits until its guest has an address in a network, 'additions' until the guest "
     "additions run.",
     await_opts, run_await, 0, "await demo 'shut off' --timeout 60"},
    {0},
};
