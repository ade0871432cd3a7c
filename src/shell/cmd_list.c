/* SPDX-License-Identifier: LGPL-2.1-or-later */
/** @file cmd_list.c The command list. */
#include "shell/list.h"
#include "shell/opts.h"
#include "shell/table.h"

#include <stdlib.h>

const struct opt list_opts[] = {
    OPT_FLAG("inactive", "those that do not run"),
    OPT_FLAG("all", "those that run and those that do not"),
    OPT_FLAG("transient", "only transient ones"),
    OPT_FLAG("persistent", "only defined ones"),
    OPT_FLAG("with-snapshot", "only those with snapshots"),
    OPT_FLAG("without-snapshot", "only those without snapshots"),
    OPT_FLAG("with-checkpoint", "only those with checkpoints"),
    OPT_FLAG("without-checkpoint", "only those without checkpoints"),
    OPT_FLAG("state-running", "only running ones"),
    OPT_FLAG("state-paused", "only paused ones"),
    OPT_FLAG("state-shutoff", "only those that are shut off"),
    OPT_FLAG("state-other", "only those in other states"),
    OPT_FLAG("autostart", "only those that start with the host"),
    OPT_FLAG("no-autostart", "only those that do not start with the host"),
    OPT_FLAG("with-managed-save", "only those with a managed save"),
    OPT_FLAG("without-managed-save", "only those without a managed save"),
    OPT_FLAG("uuid", "print uuids only"),
    OPT_FLAG("name", "print names only"),
    OPT_FLAG("id", "print ids only"),
    OPT_FLAG("table", "print a table (default)"),
    OPT_FLAG("managed-save", "show 'saved' where there is a managed save"),
    OPT_FLAG("title", "show titles"),
    OPT_FLAG("watch", "go on until Ctrl-C: show each change as it happens"),
    OPTS_END,
};

static unsigned list_flags(const struct args *args)
{
    static const struct {
        const char *name;
        unsigned flag;
    } filters[] = {
        {"inactive", EB_LIST_INACTIVE},
        {"all", EB_LIST_ACTIVE | EB_LIST_INACTIVE},
        {"transient", EB_LIST_TRANSIENT},
        {"persistent", EB_LIST_PERSISTENT},
        {"with-snapshot", EB_LIST_HAS_SNAPSHOT},
        {"without-snapshot", EB_LIST_NO_SNAPSHOT},
        {"with-checkpoint", EB_LIST_HAS_CHECKPOINT},
        {"without-checkpoint", EB_LIST_NO_CHECKPOINT},
        {"state-running", EB_LIST_RUNNING},
        {"state-paused", EB_LIST_PAUSED},
        {"state-shutoff", EB_LIST_SHUTOFF},
        {"state-other", EB_LIST_OTHER},
        {"autostart", EB_LIST_AUTOSTART},
        {"no-autostart", EB_LIST_NO_AUTOSTART},
        {"with-managed-save", EB_LIST_MANAGEDSAVE},
        {"without-managed-save", EB_LIST_NO_MANAGEDSAVE},
    };
    unsigned flags = 0;
    for (size_t i = 0; i < EB_ARRAY_SIZE(filters); i++)
        if (args_has(args, filters[i].name))
            flags |= filters[i].flag;
    /* As virsh has it: those that are shut off are meant to be listed, and then no others. */
    if (!(flags & EB_LIST_ACTIVE) && (flags & EB_LIST_SHUTOFF))
        flags |= EB_LIST_INACTIVE;
    if (!(flags & (EB_LIST_ACTIVE | EB_LIST_INACTIVE)))
        flags |= EB_LIST_ACTIVE;
    return flags;
}

/** Running ones by id, then the others by name. */
static int compare(const void *a, const void *b)
{
    const eb_domain_entry *x = a, *y = b;
    if ((x->id < 0) != (y->id < 0))
        return x->id < 0 ? 1 : -1;
    if (x->id >= 0 && x->id != y->id)
        return x->id < y->id ? -1 : 1;
    int order = strcasecmp(eb_domain_get_name(x->domain), eb_domain_get_name(y->domain));
    return order ? order : strcmp(eb_domain_get_name(x->domain), eb_domain_get_name(y->domain));
}

static const char *state_text(const eb_domain_entry *e, bool managed_save)
{
    if (managed_save && e->id < 0 && eb_domain_has_managed_save(e->domain, 0, NULL) == 1)
        return "saved";
    return sh_state_name((int)e->state);
}

static char *title_text(const eb_domain_entry *e)
{
    char *title = NULL;
    if (eb_domain_get_metadata(e->domain, EB_METADATA_TITLE, NULL, 0, &title, NULL) < 0)
        return eb_strdup("");
    return title;
}

static void print_table(struct shell *sh, const struct args *args, const eb_domain_entry *entries, int n)
{
    static const char *const titles[] = {"Id", "Name", "State", "Title"};
    AUTO_TABLE struct table t;
    bool title = args_has(args, "title");

    table_init(&t, title ? 4 : 3, titles);
    for (int i = 0; i < n; i++) {
        EB_AUTOFREE char *text = title ? title_text(&entries[i]) : NULL;
        char id[16] = "-";
        if (entries[i].id >= 0)
            snprintf(id, sizeof(id), "%d", entries[i].id);
        table_add(&t, (const char *const[]){id, eb_domain_get_name(entries[i].domain),
                                            state_text(&entries[i], args_has(args, "managed-save")), text});
    }
    EB_AUTOFREE char *text = table_format(&t, !sh->quiet);
    sh_print(sh, "%s", text);
}

/** --uuid, --id and --name: one line each, what was asked for with a blank between. */
static void print_plain(struct shell *sh, const struct args *args, const eb_domain_entry *entries, int n)
{
    bool uuid = args_has(args, "uuid"), id = args_has(args, "id"), name = args_has(args, "name");

    for (int i = 0; i < n; i++) {
        EB_AUTOSTRBUF struct eb_strbuf line = {0};
        char text[37];
        if (!uuid && !name && entries[i].id < 0)
            continue;
        eb_domain_get_uuid_string(entries[i].domain, text);
        if (uuid)
            eb_strbuf_printf(&line, " %s", text);
        if (id && entries[i].id >= 0)
            eb_strbuf_printf(&line, " %d", entries[i].id);
        else if (id)
            eb_strbuf_add(&line, " -");
        if (name)
            eb_strbuf_printf(&line, " %s", eb_domain_get_name(entries[i].domain));
        sh_print(sh, "%s\n", line.s + 1);
    }
}

static void print_json(struct shell *sh, const eb_domain_entry *entries, int n)
{
    AUTO_JSON struct json j = {0};

    json_begin_array(&j, NULL);
    for (int i = 0; i < n; i++) {
        EB_AUTOFREE char *title = title_text(&entries[i]);
        char uuid[37];
        eb_domain_get_uuid_string(entries[i].domain, uuid);
        json_begin(&j, NULL);
        if (entries[i].id >= 0)
            json_int(&j, "id", entries[i].id);
        else
            json_null(&j, "id");
        json_string(&j, "name", eb_domain_get_name(entries[i].domain));
        json_string(&j, "uuid", uuid);
        json_string(&j, "state", sh_state_name((int)entries[i].state));
        json_string(&j, "reason", sh_reason_name((int)entries[i].state, entries[i].reason));
        json_string(&j, "title", title);
        json_bool(&j, "persistent", eb_domain_is_persistent(entries[i].domain, NULL) == 1);
        json_bool(&j, "autostart", eb_domain_get_autostart(entries[i].domain, NULL) == 1);
        json_bool(&j, "managed_save", eb_domain_has_managed_save(entries[i].domain, 0, NULL) == 1);
        json_end(&j);
    }
    json_end_array(&j);
    sh_json_print(sh, &j);
}

int list_read(struct shell *sh, const struct args *args, eb_domain_entry **out)
{
    int n = eb_conn_list_domains_full(sh->conn, list_flags(args), out, &sh->error);

    if (n < 0)
        return sh_error(sh, "Failed to list domains");
    qsort(*out, (size_t)n, sizeof(**out), compare);
    return n;
}

void list_print(struct shell *sh, const struct args *args, const eb_domain_entry *entries, int n)
{
    if (sh_wants_json(args))
        print_json(sh, entries, n);
    else if (args_has(args, "uuid") || args_has(args, "name") || args_has(args, "id"))
        print_plain(sh, args, entries, n);
    else
        print_table(sh, args, entries, n);
}

int run_list(struct shell *sh, const struct args *args)
{
    eb_domain_entry *entries = NULL;
    int n;

    if (args_exclusive(sh, args, "table", "name") < 0 || args_exclusive(sh, args, "table", "uuid") < 0 ||
        args_exclusive(sh, args, "table", "id") < 0)
        return -1;
    if (args_has(args, "watch"))
        return list_watch(sh, args);
    n = list_read(sh, args, &entries);
    if (n < 0)
        return -1;
    list_print(sh, args, entries, n);
    eb_domain_entries_free(entries, (size_t)n);
    return 0;
}
