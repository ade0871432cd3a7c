/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "shell/complete.h"

#include "shell/xml.h"

#include <stdlib.h>

void candidates_add(struct candidates *list, const char *text)
{
    if (!list->prefix || eb_starts_with(text, list->prefix))
        *EB_APPEND(list->items, list->n) = eb_strdup(text);
}

void candidates_free(struct candidates *list)
{
    for (size_t i = 0; i < list->n; i++)
        free(list->items[i]);
    free(list->items);
    memset(list, 0, sizeof(*list));
}

static int compare(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void sort_unique(struct candidates *list)
{
    size_t kept = 0;
    if (list->n == 0)
        return;
    qsort(list->items, list->n, sizeof(*list->items), compare);
    for (size_t i = 1; i < list->n; i++) {
        if (strcmp(list->items[kept], list->items[i]) == 0)
            free(list->items[i]);
        else
            list->items[++kept] = list->items[i];
    }
    list->n = kept + 1;
}

/* ---- Values ---- */

/** Completion must neither speak nor fail: a connection that cannot be had gives no names. */
static eb_conn *quiet_connection(struct shell *sh)
{
    const char *uri = sh->uri;
    if (!sh->conn && eb_connect_open(uri, sh->readonly ? EB_CONNECT_RO : 0, &sh->conn, NULL) < 0)
        sh->conn = NULL;
    return sh->conn;
}

static void add_domains(struct shell *sh, unsigned flags, struct candidates *list)
{
    eb_domain **domains = NULL;
    eb_conn *conn = quiet_connection(sh);
    int n = conn ? eb_conn_list_domains(conn, flags, &domains, NULL) : 0;

    for (int i = 0; i < n; i++) {
        candidates_add(list, eb_domain_get_name(domains[i]));
        eb_domain_unref(domains[i]);
    }
    eb_free(domains);
}

void complete_domain(struct shell *sh, const struct args *args, struct candidates *list)
{
    (void)args;
    add_domains(sh, 0, list);
}

void complete_domain_active(struct shell *sh, const struct args *args, struct candidates *list)
{
    (void)args;
    add_domains(sh, EB_LIST_ACTIVE, list);
}

void complete_domain_inactive(struct shell *sh, const struct args *args, struct candidates *list)
{
    (void)args;
    add_domains(sh, EB_LIST_INACTIVE, list);
}

void complete_domain_saved(struct shell *sh, const struct args *args, struct candidates *list)
{
    (void)args;
    add_domains(sh, EB_LIST_MANAGEDSAVE, list);
}

void complete_domain_uuid(struct shell *sh, const struct args *args, struct candidates *list)
{
    eb_domain **domains = NULL;
    eb_conn *conn = quiet_connection(sh);
    int n = conn ? eb_conn_list_domains(conn, 0, &domains, NULL) : 0;
    char uuid[37];

    (void)args;
    for (int i = 0; i < n; i++) {
        eb_domain_get_uuid_string(domains[i], uuid);
        candidates_add(list, uuid);
        eb_domain_unref(domains[i]);
    }
    eb_free(domains);
}

void complete_file(struct shell *sh, const struct args *args, struct candidates *list)
{
    (void)sh;
    (void)args;
    list->files = true;
}

void complete_shutdown_mode(struct shell *sh, const struct args *args, struct candidates *list)
{
    static const char *const modes[] = {"acpi", "agent", "initctl", "signal", "paravirt"};
    (void)sh;
    (void)args;
    for (size_t i = 0; i < EB_ARRAY_SIZE(modes); i++)
        candidates_add(list, modes[i]);
}

void complete_command(struct shell *sh, const struct args *args, struct candidates *list)
{
    (void)sh;
    (void)args;
    for (const struct command_group *g = command_groups; g->title; g++) {
        if (args)
            candidates_add(list, g->keyword);
        for (const struct command *c = g->commands; c->name; c++)
            if (!(c->flags & CMD_HIDDEN))
                candidates_add(list, c->name);
    }
}

void complete_uri(struct shell *sh, const struct args *args, struct candidates *list)
{
    (void)sh;
    (void)args;
    candidates_add(list, "vbox:///session");
    candidates_add(list, "vbox:///system");
    candidates_add(list, "test:///default");
}

void complete_snapshot(struct shell *sh, const struct args *args, struct candidates *list)
{
    const char *name = args ? args_get(args, "domain") : NULL;
    eb_snapshot **snapshots = NULL;
    eb_domain *dom = NULL;
    int n = -1;

    if (!name || !quiet_connection(sh) || eb_domain_lookup_by_name(sh->conn, name, &dom, NULL) < 0)
        return;
    n = eb_domain_list_snapshots(dom, 0, &snapshots, NULL);
    for (int i = 0; i < n; i++) {
        candidates_add(list, eb_snapshot_get_name(snapshots[i]));
        eb_snapshot_unref(snapshots[i]);
    }
    eb_free(snapshots);
    eb_domain_unref(dom);
}

void complete_checkpoint(struct shell *sh, const struct args *args, struct candidates *list)
{
    const char *name = args ? args_get(args, "domain") : NULL;
    eb_checkpoint **checkpoints = NULL;
    eb_domain *dom = NULL;
    int n = -1;

    if (!name || !quiet_connection(sh) || eb_domain_lookup_by_name(sh->conn, name, &dom, NULL) < 0)
        return;
    n = eb_domain_list_checkpoints(dom, 0, &checkpoints, NULL);
    for (int i = 0; i < n; i++) {
        candidates_add(list, eb_checkpoint_get_name(checkpoints[i]));
        eb_checkpoint_unref(checkpoints[i]);
    }
    eb_free(checkpoints);
    eb_domain_unref(dom);
}

/** The XML of the domain that is named already, or NULL. */
static char *named_domain_xml(struct shell *sh, const struct args *args)
{
    const char *name = args ? args_get(args, "domain") : NULL;
    eb_domain *dom = NULL;
    char *xml = NULL;

    if (!name || !quiet_connection(sh) || eb_domain_lookup_by_name(sh->conn, name, &dom, NULL) < 0)
        return NULL;
    if (eb_domain_get_xml(dom, 0, &xml, NULL) < 0)
        xml = NULL;
    eb_domain_unref(dom);
    return xml;
}

void complete_interface(struct shell *sh, const struct args *args, struct candidates *list)
{
    EB_CLEANUP(xml_interfaces_free) struct xml_interfaces nics = {0};
    EB_AUTOFREE char *xml = named_domain_xml(sh, args);
    if (!xml || xml_read_interfaces(xml, &nics, NULL) < 0)
        return;
    for (size_t i = 0; i < nics.n; i++) {
        candidates_add(list, nics.items[i].mac);
        if (*nics.items[i].target)
            candidates_add(list, nics.items[i].target);
    }
}

void complete_disk(struct shell *sh, const struct args *args, struct candidates *list)
{
    EB_CLEANUP(xml_disks_free) struct xml_disks disks = {0};
    EB_AUTOFREE char *xml = named_domain_xml(sh, args);
    if (!xml || xml_read_disks(xml, &disks, NULL) < 0)
        return;
    for (size_t i = 0; i < disks.n; i++)
        candidates_add(list, disks.items[i].target);
}

void complete_pool(struct shell *sh, const struct args *args EB_UNUSED, struct candidates *list)
{
    eb_pool **pools = NULL;
    int n = eb_conn_list_pools(sh->conn, 0, &pools, NULL);
    for (int i = 0; i < n; i++) {
        candidates_add(list, eb_pool_get_name(pools[i]));
        eb_pool_unref(pools[i]);
    }
    eb_free(pools);
}

static void add_volumes(eb_pool *pool, bool names, struct candidates *list)
{
    eb_volume **vols = NULL;
    int n = eb_pool_list_volumes(pool, 0, &vols, NULL);
    for (int i = 0; i < n; i++) {
        candidates_add(list, names ? eb_volume_get_name(vols[i]) : eb_volume_get_key(vols[i]));
        eb_volume_unref(vols[i]);
    }
    eb_free(vols);
}

/* Of the pool that the line names already; else of all, by key. */
void complete_volume(struct shell *sh, const struct args *args, struct candidates *list)
{
    const char *name = args_get(args, "pool");
    eb_pool **pools = NULL, *pool = NULL;
    if (name) {
        if (eb_pool_lookup_by_name(sh->conn, name, &pool, NULL) == 0)
            add_volumes(pool, true, list);
        eb_pool_unref(pool);
        return;
    }
    int n = eb_conn_list_pools(sh->conn, EB_LIST_POOLS_ACTIVE, &pools, NULL);
    for (int i = 0; i < n; i++) {
        add_volumes(pools[i], false, list);
        eb_pool_unref(pools[i]);
    }
    eb_free(pools);
}

/* ---- Where the cursor stands ---- */

static bool has_option(const struct args *args, const struct opt *opt)
{
    for (size_t i = 0; i < args->n; i++)
        if (args->items[i].opt == opt)
            return true;
    return false;
}

static void add_options(const struct args *args, struct candidates *list)
{
    const struct opt *opt;
    for (size_t i = 0; (opt = command_opt_at(args->cmd, i)); i++) {
        if (has_option(args, opt) && opt->kind != OPT_ARGV)
            continue;
        EB_AUTOFREE char *text = eb_asprintf("--%s", opt->name);
        candidates_add(list, text);
    }
    candidates_add(list, "--help");
}

static void add_values(struct shell *sh, const struct args *args, const struct opt *opt,
                       struct candidates *list)
{
    if (opt->complete)
        opt->complete(sh, args, list);
}

/** The option whose value the word after `word` is, as in `--mode ac`; NULL when it takes none. */
static const struct opt *awaits_value(const struct command *cmd, const char *word)
{
    if (!eb_starts_with(word, "--") || strchr(word, '='))
        return NULL;
    const struct opt *opt = command_find_opt(cmd, word + 2);
    return opt && opt->kind != OPT_BOOL ? opt : NULL;
}

/** `--mode=ac`: values, each with the option before it. */
static void add_joined_values(struct shell *sh, const struct args *args, const char *word,
                              struct candidates *list)
{
    size_t before = (size_t)(strchr(word, '=') - word) + 1;
    EB_AUTOFREE char *name = eb_strndup(word + 2, before - 3);
    const struct opt *opt = command_find_opt(args->cmd, name);
    struct candidates values = {.prefix = word + before};

    if (!opt || opt->kind == OPT_BOOL)
        return;
    add_values(sh, args, opt, &values);
    for (size_t i = 0; i < values.n; i++) {
        EB_AUTOFREE char *text = eb_asprintf("%.*s%s", (int)before, word, values.items[i]);
        candidates_add(list, text);
    }
    candidates_free(&values);
}

static void add_positional_values(struct shell *sh, const struct args *args, struct candidates *list)
{
    const struct opt *opt;
    for (size_t i = 0; (opt = command_opt_at(args->cmd, i)); i++) {
        if (opt_is_positional(opt) && (opt->kind == OPT_ARGV || !has_option(args, opt))) {
            add_values(sh, args, opt, list);
            return;
        }
    }
}

void complete_words(struct shell *sh, const struct words *words, struct candidates *out)
{
    const char *word = words->items[words->n - 1].text;

    memset(out, 0, sizeof(*out));
    out->prefix = word;
    if (words->n == 1) {
        complete_command(sh, NULL, out);
    } else {
        struct args *args = parse_partial(words, words->n - 1);
        if (!args)
            return;
        const struct opt *opt =
            words->n > 2 ? awaits_value(args->cmd, words->items[words->n - 2].text) : NULL;
        if (opt) {
            add_values(sh, args, opt, out);
        } else if (eb_starts_with(word, "--") && strchr(word, '=')) {
            add_joined_values(sh, args, word, out);
        } else {
            if (!eb_starts_with(word, "-"))
                add_positional_values(sh, args, out);
            if (*word == '\0' || eb_starts_with(word, "-"))
                add_options(args, out);
        }
        args_free(args);
    }
    sort_unique(out);
}
