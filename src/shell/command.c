/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "shell/command.h"

const struct command_group command_groups[] = {
    {"Domain Management", "domain", commands_life},
    {"Saved States", "saved", commands_save},
    {"Snapshots", "snapshot", commands_snapshot},
    {"Checkpoints", "checkpoint", commands_checkpoint},
    {"Domain Configuration", "config", commands_config},
    {"Domain Tuning", "tune", commands_tune},
    {"CPUs and IOThreads", "pin", commands_pin},
    {"Domain Metadata", "metadata", commands_metadata},
    {"Domain Files of the Hypervisor", "native", commands_native},
    {"Domain Devices", "device", commands_device},
    {"Domain Monitoring", "monitor", commands_info},
    {"Device Monitoring", "devices", commands_devinfo},
    {"Statistics", "stats", commands_stats},
    {"Guest, Screen and Keyboard", "guest", commands_guest},
    {"Jobs", "job", commands_job},
    {"Events", "event", commands_event},
    {"Object Events", "object-event", commands_objevent},
    {"Networks", "network", commands_network},
    {"Storage Pools", "storage", commands_storage},
    {"Storage Volumes", "volume", commands_volume},
    {"Host Interfaces", "interface", commands_hostdev},
    {"Host Devices", "nodedev", commands_nodedev},
    {"Host and Hypervisor", "host", commands_host},
    {"Diagnosis", "diagnosis", commands_doctor},
    {"VirtualBox Interfaces", "interfaces", commands_api},
    {"The Daemon", "daemon", commands_daemon},
    {"Everbox itself", "everbox", commands_self},
    {0},
};

const struct opt command_json_opt = {"json", OPT_BOOL, 0, "print a JSON document", NULL};

const struct command *command_find(const char *name)
{
    for (const struct command_group *g = command_groups; g->title; g++)
        for (const struct command *c = g->commands; c->name; c++)
            if (strcmp(c->name, name) == 0)
                return c;
    return NULL;
}

const struct command_group *command_group_find(const char *keyword)
{
    for (const struct command_group *g = command_groups; g->title; g++)
        if (strcmp(g->keyword, keyword) == 0)
            return g;
    return NULL;
}

const struct opt *command_opt_at(const struct command *cmd, size_t i)
{
    size_t n = 0;
    while (cmd->opts && cmd->opts[n].name && n < i)
        n++;
    if (cmd->opts && cmd->opts[n].name)
        return &cmd->opts[n];
    return (cmd->flags & CMD_JSON) && i == n ? &command_json_opt : NULL;
}

const struct opt *command_find_opt(const struct command *cmd, const char *name)
{
    const struct opt *opt;
    for (size_t i = 0; (opt = command_opt_at(cmd, i)); i++)
        if (strcmp(opt->name, name) == 0)
            return opt;
    return NULL;
}

bool opt_is_positional(const struct opt *opt)
{
    return opt->kind != OPT_BOOL && !(opt->flags & OPT_NAMED_ONLY);
}

bool opt_is_required(const struct opt *opt)
{
    return opt->kind == OPT_DATA || opt->kind == OPT_NUMBER;
}

/* ---- What was meant by a mistyped name ---- */

enum { LONGEST_NAME = 40 };

static unsigned min3(unsigned a, unsigned b, unsigned c)
{
    unsigned ab = a < b ? a : b;
    return ab < c ? ab : c;
}

/** Damerau-Levenshtein, restricted: insertions, deletions, substitutions, swapped neighbours. */
static unsigned edit_distance(const char *a, const char *b)
{
    size_t la = strlen(a), lb = strlen(b);
    unsigned d[LONGEST_NAME + 1][LONGEST_NAME + 1];

    if (la > LONGEST_NAME || lb > LONGEST_NAME)
        return LONGEST_NAME;
    for (size_t i = 0; i <= la; i++)
        d[i][0] = (unsigned)i;
    for (size_t j = 0; j <= lb; j++)
        d[0][j] = (unsigned)j;
    for (size_t i = 1; i <= la; i++) {
        for (size_t j = 1; j <= lb; j++) {
            unsigned cost = a[i - 1] == b[j - 1] ? 0 : 1;
            d[i][j] = min3(d[i - 1][j] + 1, d[i][j - 1] + 1, d[i - 1][j - 1] + cost);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] &&
                d[i - 2][j - 2] + 1 < d[i][j])
                d[i][j] = d[i - 2][j - 2] + 1;
        }
    }
    return d[la][lb];
}

/** A name is near when no more than a third of it, and no more than two letters, are wrong. */
void nearest_consider(struct nearest *n, const char *name)
{
    unsigned distance = edit_distance(n->typed, name);
    if (distance <= 2 && distance * 3 <= strlen(name) && (!n->name || distance < n->distance)) {
        n->name = name;
        n->distance = distance;
    }
}

const char *command_suggest(const char *name)
{
    struct nearest n = {.typed = name};
    for (const struct command_group *g = command_groups; g->title; g++)
        for (const struct command *c = g->commands; c->name; c++)
            if (!(c->flags & CMD_HIDDEN))
                nearest_consider(&n, c->name);
    return n.name;
}

const char *command_suggest_opt(const struct command *cmd, const char *name)
{
    struct nearest n = {.typed = name};
    const struct opt *opt;
    for (size_t i = 0; (opt = command_opt_at(cmd, i)); i++)
        nearest_consider(&n, opt->name);
    return n.name;
}
