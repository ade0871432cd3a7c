/* SPDX-License-Identifier: LGPL-2.1-or-later */
/** @file cmd_objevent.c What happens to networks, storage pools and devices of the host, as it happens. */
#include "shell/command.h"
#include "shell/listen.h"
#include "shell/objects.h"
#include "shell/opts.h"

enum { MAX_WORDS = 7 };

struct kind {
    const char *what;            /* as virsh names it */
    const char *option;          /* that names one */
    const char *ids[3];          /* names of event ids */
    const char *life[MAX_WORDS]; /* of what LIFECYCLE tells */
};
static const struct kind networks = {
    "network", "network", {"lifecycle"}, {"Defined", "Undefined", "Started", "Stopped"}};
static const struct kind pools = {"storage pool",
                                  "pool",
                                  {"lifecycle", "refresh"},
                                  {"Defined", "Undefined", "Started", "Stopped", "Created", "Deleted"}};
static const struct kind nodedevs = {
    "node device", "device", {"lifecycle", "update"}, {"Created", "Deleted", "Defined", "Undefined"}};

struct listening {
    struct shell *sh;
    const struct kind *kind;
    bool loop, timestamp, json;
    unsigned count;
};

static const char *life(const struct kind *kind, int event)
{
    return event >= 0 && event < MAX_WORDS && kind->life[event] ? kind->life[event] : "unknown";
}

static void hear(struct listening *l, const char *name, const eb_object_event *e)
{
    EB_AUTOFREE char *when = l->timestamp ? listen_time_now() : NULL;
    AUTO_JSON struct json j = {0};
    const char *id = l->kind->ids[e->id];

    if (!l->loop && l->count > 0)
        return;
    l->count++;
    if (l->json) {
        json_begin(&j, NULL);
        json_string(&j, "event", id);
        json_string(&j, l->kind->option, name);
        if (when)
            json_string(&j, "time", when);
        if (e->id == 0)
            json_string(&j, "what", life(l->kind, e->event));
        json_end(&j);
        sh_json_print(l->sh, &j);
    } else {
        sh_print(l->sh, "%s%sevent '%s' for %s %s", when ? when : "", when ? ": " : "", id, l->kind->what,
                 name);
        if (e->id == 0)
            sh_print(l->sh, ": %s", life(l->kind, e->event));
        sh_print(l->sh, "\n");
    }
    fflush(stdout);
}

static void hear_network(eb_conn *conn, eb_network *net, const eb_object_event *e, void *opaque)
{
    (void)conn;
    hear(opaque, eb_network_get_name(net), e);
}

static void hear_pool(eb_conn *conn, eb_pool *pool, const eb_object_event *e, void *opaque)
{
    (void)conn;
    hear(opaque, eb_pool_get_name(pool), e);
}

static void hear_nodedev(eb_conn *conn, eb_nodedev *dev, const eb_object_event *e, void *opaque)
{
    (void)conn;
    hear(opaque, eb_nodedev_get_name(dev), e);
}

static int has_heard(void *opaque)
{
    const struct listening *l = opaque;

    return !l->loop && l->count > 0;
}

/* ---- Registering: with `only`, the object that the option names. -1 after an error was reported ---- */

static int listen_to_networks(struct listening *l, const struct args *args, bool only, int id)
{
    eb_network *net = only ? sh_network(l->sh, args, BY_NAME | BY_UUID) : NULL;
    int callback = -1;

    if (!only || net)
        callback = eb_conn_register_network_event(l->sh->conn, net, (eb_network_event_id)id, hear_network, l,
                                                  NULL, &l->sh->error);
    eb_network_unref(net);
    return callback;
}

static int listen_to_pools(struct listening *l, const struct args *args, bool only, int id)
{
    eb_pool *pool = only ? sh_pool(l->sh, args, "pool", BY_NAME | BY_UUID) : NULL;
    int callback = -1;

    if (!only || pool)
        callback = eb_conn_register_pool_event(l->sh->conn, pool, (eb_pool_event_id)id, hear_pool, l, NULL,
                                               &l->sh->error);
    eb_pool_unref(pool);
    return callback;
}

static int listen_to_nodedevs(struct listening *l, const struct args *args, bool only, int id)
{
    eb_nodedev *dev = NULL;
    const char *name;
    int callback = -1;

    if (only && args_string(l->sh, args, "device", &name) == 1 &&
        eb_nodedev_lookup_by_name(l->sh->conn, name, &dev, &l->sh->error) < 0)
        sh_error(l->sh, "Could not find matching device '%s'", name);
    if (!only || dev)
        callback = eb_conn_register_nodedev_event(l->sh->conn, dev, (eb_nodedev_event_id)id, hear_nodedev, l,
                                                  NULL, &l->sh->error);
    eb_nodedev_unref(dev);
    return callback;
}

static int id_of(struct shell *sh, const struct kind *kind, const char *name)
{
    for (int i = 0; kind->ids[i]; i++) {
        if (strcmp(kind->ids[i], name) == 0)
            return i;
    }
    return sh_error(sh, "unknown event type %s", name);
}

static int run(struct shell *sh, const struct args *args, const struct kind *kind,
               int (*listen_to)(struct listening *, const struct args *, bool only, int id))
{
    struct listening l = {.sh = sh,
                          .kind = kind,
                          .loop = args_has(args, "loop"),
                          .timestamp = args_has(args, "timestamp"),
                          .json = sh_wants_json(args)};
    const char *name = NULL;
    int seconds, id, callback;
    enum listen_end end;

    if (args_has(args, "list")) {
        for (int i = 0; kind->ids[i]; i++)
            sh_print(sh, "%s\n", kind->ids[i]);
        return 0;
    }
    if (args_string(sh, args, "event", &name) < 0)
        return -1;
    if (!name)
        return sh_error(sh, "either --list or --event <type> is required");
    id = id_of(sh, kind, name);
    if (id < 0 || listen_timeout(sh, args, &seconds) < 0 || eb_loop_register_default(&sh->error) < 0)
        return -1;
    callback = listen_to(&l, args, args_has(args, kind->option), id);
    if (callback < 0)
        return -1;
    end = listen_until(sh, seconds, has_heard, &l);
    eb_conn_deregister_object_event(sh->conn, callback, NULL);
    return listen_result(sh, end, l.json, l.count);
}

static int run_net_event(struct shell *sh, const struct args *args)
{
    return run(sh, args, &networks, listen_to_networks);
}

static int run_pool_event(struct shell *sh, const struct args *args)
{
    return run(sh, args, &pools, listen_to_pools);
}

static int run_nodedev_event(struct shell *sh, const struct args *args)
{
    return run(sh, args, &nodedevs, listen_to_nodedevs);
}

/* clang-format off */
#define OPTS_EVENT                                                                                           \
    {"event", OPT_STRING, OPT_NAMED_ONLY, "the kind of event to wait for (--list shows them)", NULL},        \
    OPT_FLAG("loop", "go on until the timeout or Ctrl-C, not only until the first event"),                   \
    {"timeout", OPT_INT, OPT_NAMED_ONLY, "wait at most this many seconds", NULL},                            \
    OPT_FLAG("list", "list the kinds of events"),                                                            \
    OPT_FLAG("timestamp", "print when each event came"),                                                     \
    OPTS_END
/* clang-format on */

static const struct opt net_opts[] = {
    {"network", OPT_STRING, OPT_NAMED_ONLY, "only of this network: its name or uuid", NULL},
    OPTS_EVENT,
};
static const struct opt pool_opts[] = {
    {"pool", OPT_STRING, OPT_NAMED_ONLY, "only of this pool: its name or uuid", NULL},
    OPTS_EVENT,
};
static const struct opt nodedev_opts[] = {
    {"device", OPT_STRING, OPT_NAMED_ONLY, "only of this device: its name", NULL},
    OPTS_EVENT,
};

const struct command commands_objevent[] = {
    {"net-event", "print what happens to networks", NULL, net_opts, run_net_event, CMD_JSON,
     "net-event --event lifecycle --loop"},
    {"nodedev-event", "print what happens to the host's devices", NULL, nodedev_opts, run_nodedev_event,
     CMD_JSON, "nodedev-event --event lifecycle --loop"},
    {"pool-event", "print what happens to storage pools", NULL, pool_opts, run_pool_event, CMD_JSON,
     "pool-event --event refresh --loop"},
    {0},
};
