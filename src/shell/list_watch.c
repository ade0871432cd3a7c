/* SPDX-License-Identifier: LGPL-2.1-or-later */
/** @file list_watch.c list --watch: the table, drawn anew at each change; off a terminal, a line a change. */
#include <unistd.h>

#include "shell/list.h"
#include "shell/listen.h"

struct watch {
    struct shell *sh;
    const struct args *args;
    bool terminal;
    bool changed; /* something happened since the list was read */
    eb_domain_entry *entries;
    int n;
};

static void note(eb_conn *conn, eb_domain *dom, const eb_domain_event *e, void *opaque)
{
    struct watch *w = opaque;

    (void)conn;
    (void)dom;
    (void)e;
    w->changed = true;
}

static const eb_domain_entry *find(const eb_domain_entry *entries, int n, eb_domain *dom)
{
    unsigned char wanted[16], uuid[16];

    eb_domain_get_uuid(dom, wanted);
    for (int i = 0; i < n; i++) {
        eb_domain_get_uuid(entries[i].domain, uuid);
        if (memcmp(uuid, wanted, sizeof(uuid)) == 0)
            return &entries[i];
    }
    return NULL;
}

/* From what it was to what it is; one of them may be NULL: not in the list. */
static void print_change(struct watch *w, const eb_domain_entry *was, const eb_domain_entry *is)
{
    const eb_domain_entry *known = is ? is : was;
    const char *name = known ? eb_domain_get_name(known->domain) : "";
    const char *before = was ? sh_state_name((int)was->state) : NULL;
    const char *now = is ? sh_state_name((int)is->state) : NULL;

    if (was && is && was->state == is->state && was->id == is->id &&
        strcmp(eb_domain_get_name(was->domain), name) == 0)
        return;
    if (sh_wants_json(w->args)) {
        AUTO_JSON struct json j = {0};

        json_begin(&j, NULL);
        json_string(&j, "name", name);
        json_string(&j, "before", before);
        json_string(&j, "now", now);
        json_end(&j);
        sh_json_print(w->sh, &j);
    } else {
        sh_print(w->sh, "%s: %s -> %s\n", name, before ? before : "-", now ? now : "-");
    }
}

static void print_changes(struct watch *w, const eb_domain_entry *now, int n)
{
    for (int i = 0; i < w->n; i++) {
        if (!find(now, n, w->entries[i].domain))
            print_change(w, &w->entries[i], NULL);
    }
    for (int i = 0; i < n; i++)
        print_change(w, find(w->entries, w->n, now[i].domain), &now[i]);
}

static int show(void *opaque)
{
    struct watch *w = opaque;
    eb_domain_entry *now = NULL;
    bool first = !w->entries;
    int n;

    if (!w->changed)
        return 0;
    w->changed = false;
    n = list_read(w->sh, w->args, &now);
    if (n < 0)
        return -1;
    if (w->terminal && !sh_wants_json(w->args)) {
        sh_print(w->sh, "\033[H\033[2J");
        list_print(w->sh, w->args, now, n);
    } else if (first) {
        list_print(w->sh, w->args, now, n);
    } else {
        print_changes(w, now, n);
    }
    fflush(stdout);
    eb_domain_entries_free(w->entries, (size_t)w->n);
    w->entries = now;
    w->n = n;
    return 0;
}

int list_watch(struct shell *sh, const struct args *args)
{
    struct watch w = {.sh = sh, .args = args, .terminal = isatty(STDOUT_FILENO), .changed = true};
    int life, metadata;
    enum listen_end end;

    if (eb_loop_register_default(&sh->error) < 0)
        return -1;
    life = eb_conn_register_domain_event(sh->conn, NULL, EB_DOMAIN_EVENT_ID_LIFECYCLE, note, &w, NULL,
                                         &sh->error);
    if (life < 0)
        return -1;
    /* titles; not every VirtualBox tells of them */
    metadata = eb_conn_register_domain_event(sh->conn, NULL, EB_DOMAIN_EVENT_ID_METADATA_CHANGE, note, &w,
                                             NULL, NULL);
    end = listen_until(sh, 0, show, &w);
    eb_conn_deregister_domain_event(sh->conn, life, NULL);
    if (metadata >= 0)
        eb_conn_deregister_domain_event(sh->conn, metadata, NULL);
    eb_domain_entries_free(w.entries, (size_t)w.n);
    return end == LISTEN_ERROR ? -1 : 0;
}
