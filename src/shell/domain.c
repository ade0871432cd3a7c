/* SPDX-License-Identifier: LGPL-2.1-or-later */
/** @file domain.c What the commands on domains share: lookup, names of states, --config and --live. */
#include "shell/shell.h"

void sh_domain_cleanup(eb_domain **dom)
{
    eb_domain_unref(*dom);
}

/** Only "there is none" sends a lookup on to the next way. */
static bool not_found(const eb_error *err)
{
    return err->code == EB_ERR_NO_DOMAIN || err->code == EB_ERR_INVALID_ARG;
}

eb_domain *sh_domain(struct shell *sh, const struct args *args, unsigned by)
{
    eb_domain *dom = NULL;
    const char *name;
    int64_t id;

    if (args_string(sh, args, "domain", &name) != 1)
        return NULL;
    if ((by & BY_ID) && eb_parse_i64(name, 0, INT32_MAX, &id))
        eb_domain_lookup_by_id(sh->conn, (int)id, &dom, &sh->error);
    if (!dom && (by & BY_UUID) && strlen(name) == 36 && (sh_forget(sh), true))
        eb_domain_lookup_by_uuid_string(sh->conn, name, &dom, &sh->error);
    if (!dom && (by & BY_NAME) && (sh_forget(sh), true))
        eb_domain_lookup_by_name(sh->conn, name, &dom, &sh->error);
    if (!dom) {
        if (not_found(&sh->error))
            sh_forget(sh);
        sh_error(sh, "failed to get domain '%s'", name);
        return NULL;
    }
    sh_forget(sh);
    return dom;
}

int sh_affect(struct shell *sh, const struct args *args, unsigned *flags)
{
    if (args_exclusive(sh, args, "current", "live") < 0 || args_exclusive(sh, args, "current", "config") < 0)
        return -1;
    *flags =
        (args_has(args, "config") ? EB_AFFECT_CONFIG : 0u) | (args_has(args, "live") ? EB_AFFECT_LIVE : 0u);
    return 0;
}

const char *sh_state_name(int state)
{
    static const char *const names[] = {"no state",    "running",  "idle",    "paused",
                                        "in shutdown", "shut off", "crashed", "pmsuspended"};
    return state >= 0 && (size_t)state < EB_ARRAY_SIZE(names) ? names[state] : "no state";
}

static const char *const running_reasons[] = {
    "unknown",       "booted",   "migrated",           "restored",
    "from snapshot", "unpaused", "migration canceled", "save canceled",
    "event wakeup",  "crashed",  "post-copy",          "post-copy failed"};
static const char *const paused_reasons[] = {
    "unknown",   "user",        "migrating",     "saving",          "dumping",
    "I/O error", "watchdog",    "from snapshot", "shutting down",   "creating snapshot",
    "crashed",   "starting up", "post-copy",     "post-copy failed"};
static const char *const shutdown_reasons[] = {"unknown", "user"};
static const char *const shutoff_reasons[] = {"unknown", "shutdown", "destroyed",     "crashed", "migrated",
                                              "saved",   "failed",   "from snapshot", "daemon"};
static const char *const crashed_reasons[] = {"unknown", "panicked"};

const char *sh_reason_name(int state, int reason)
{
    static const struct {
        const char *const *names;
        size_t n;
    } tables[] = {
        [EB_DOMAIN_RUNNING] = {running_reasons, EB_ARRAY_SIZE(running_reasons)},
        [EB_DOMAIN_PAUSED] = {paused_reasons, EB_ARRAY_SIZE(paused_reasons)},
        [EB_DOMAIN_SHUTDOWN] = {shutdown_reasons, EB_ARRAY_SIZE(shutdown_reasons)},
        [EB_DOMAIN_SHUTOFF] = {shutoff_reasons, EB_ARRAY_SIZE(shutoff_reasons)},
        [EB_DOMAIN_CRASHED] = {crashed_reasons, EB_ARRAY_SIZE(crashed_reasons)},
    };
    if (state < 0 || (size_t)state >= EB_ARRAY_SIZE(tables) || reason < 0 ||
        (size_t)reason >= tables[state].n)
        return "unknown";
    return tables[state].names[reason];
}
