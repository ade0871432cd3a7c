/* SPDX-License-Identifier: LGPL-2.1-or-later */
/** @file cmd_api.c The command api: the interfaces of VirtualBox's releases, shown and compared. */
#include "shell/opts.h"
#include "shell/table.h"
#include "vbox/com/facts.h"

#include <ctype.h>
#include <stdio.h>

static void complete_action(struct shell *sh, const struct args *args, struct candidates *list);
static void complete_what(struct shell *sh, const struct args *args, struct candidates *list);

static const struct opt api_opts[] = {
    {"action", OPT_DATA, 0, "list, show or diff", complete_action},
    {"what", OPT_ARGV, 0,
     "list: [RELEASE]; show: NAME[@RELEASE]; diff: RELEASE RELEASE [NAME]. A release is a version, "
     "'installed', a VirtualBox folder or a type library",
     complete_what},
    OPTS_END,
};

enum { MOST_WHATS = 3 };

static size_t get_whats(const struct args *args, const char **whats)
{
    size_t n = 0;
    for (size_t i = 0; i < args->n; i++) {
        if (strcmp(args->items[i].opt->name, "what") != 0)
            continue;
        if (n < MOST_WHATS)
            whats[n] = args->items[i].value;
        n++;
    }
    return n;
}

static void complete_action(struct shell *sh, const struct args *args, struct candidates *list)
{
    (void)sh;
    (void)args;
    candidates_add(list, "list");
    candidates_add(list, "show");
    candidates_add(list, "diff");
}

static void add_names(const char *release, const char *suffix, struct candidates *list)
{
    struct facts facts;
    if (facts_load(release, &facts, NULL) < 0)
        return;
    for (size_t i = 0; i < facts.n; i++) {
        EB_AUTOFREE char *text = eb_asprintf("%s%s", facts.items[i].name, suffix);
        candidates_add(list, text);
    }
    facts_free(&facts);
}

static void complete_what(struct shell *sh, const struct args *args, struct candidates *list)
{
    const char *action = args_get(args, "action"), *whats[MOST_WHATS];
    size_t n = get_whats(args, whats);
    (void)sh;
    if (eb_streq(action, "show")) {
        const char *at = strchr(list->prefix, '@');
        for (size_t i = 0; at && i < facts_count(); i++) {
            EB_AUTOFREE char *text =
                eb_asprintf("%.*s@%s", (int)(at - list->prefix), list->prefix, facts_name(i));
            candidates_add(list, text);
        }
        if (!at)
            add_names(facts_name(facts_count() - 1), "", list);
    } else if (n < 2) {
        for (size_t i = 0; i < facts_count(); i++)
            candidates_add(list, facts_name(i));
        candidates_add(list, "installed");
    } else {
        add_names(whats[1], "", list);
    }
}

/* ---- list ---- */

static int list_releases(struct shell *sh, const struct args *args)
{
    static const char *const titles[] = {"Interfaces", "Releases"};
    AUTO_TABLE struct table t;
    AUTO_JSON struct json j = {0};

    table_init(&t, 2, titles);
    json_begin_array(&j, NULL);
    for (size_t i = 0; i < facts_count(); i++) {
        table_add(&t, (const char *const[]){facts_name(i), facts_span(i)});
        json_begin(&j, NULL);
        json_string(&j, "interfaces", facts_name(i));
        json_string(&j, "releases", facts_span(i));
        json_end(&j);
    }
    json_end_array(&j);
    if (sh_wants_json(args)) {
        sh_json_print(sh, &j);
        return 0;
    }
    EB_AUTOFREE char *text = table_format(&t, !sh->quiet);
    sh_print(sh, "%s", text);
    return 0;
}

static int list_one(struct shell *sh, const struct args *args, const char *release)
{
    AUTO_JSON struct json j = {0};
    struct facts facts;

    if (facts_load(release, &facts, &sh->error) < 0)
        return -1;
    json_begin_array(&j, NULL);
    for (size_t i = 0; i < facts.n; i++) {
        json_begin(&j, NULL);
        json_string(&j, "kind", facts.items[i].kind);
        json_string(&j, "name", facts.items[i].name);
        json_end(&j);
        if (!sh_wants_json(args))
            sh_print(sh, "%s %s\n", facts.items[i].kind, facts.items[i].name);
    }
    json_end_array(&j);
    if (sh_wants_json(args))
        sh_json_print(sh, &j);
    facts_free(&facts);
    return 0;
}

/* ---- show ---- */

static void item_json(struct json *j, const struct facts_item *item)
{
    json_begin(j, NULL);
    json_string(j, "kind", item->kind);
    json_string(j, "name", item->name);
    json_string(j, "head", item->lines[0]);
    json_begin_array(j, "members");
    for (size_t i = 1; i < item->n; i++)
        json_string(j, NULL, item->lines[i] + strspn(item->lines[i], " "));
    json_end_array(j);
    json_end(j);
}

static int no_such_name(struct shell *sh, const struct facts *facts, const char *name)
{
    struct nearest near = {.typed = name};
    for (size_t i = 0; i < facts->n; i++)
        nearest_consider(&near, facts->items[i].name);
    sh_error(sh, "VirtualBox %s has no '%s'; 'api list %s' lists what it has", facts->title, name,
             facts->title);
    return near.name ? sh_error(sh, "did you mean '%s'?", near.name) : -1;
}

static int show(struct shell *sh, const struct args *args, const char *what)
{
    const char *at = strrchr(what, '@');
    EB_AUTOFREE char *name = at ? eb_strndup(what, (size_t)(at - what)) : eb_strdup(what);
    struct facts facts;
    int result = 0;

    if (facts_load(at ? at + 1 : facts_name(facts_count() - 1), &facts, &sh->error) < 0)
        return -1;
    const struct facts_item *item = facts_find(&facts, name);
    if (!item) {
        result = no_such_name(sh, &facts, name);
    } else if (sh_wants_json(args)) {
        AUTO_JSON struct json j = {0};
        item_json(&j, item);
        sh_json_print(sh, &j);
    } else {
        for (size_t i = 0; i < item->n; i++)
            sh_print(sh, "%s\n", item->lines[i]);
    }
    facts_free(&facts);
    return result;
}

/* ---- diff ---- */

/** Lines of an item as they are compared. */
struct side {
    char **lines;
    size_t n;
};

static bool is_enum(const struct facts *facts, const char *type, size_t len)
{
    for (size_t i = 0; i < facts->n; i++)
        if (strcmp(facts->items[i].kind, "enum") == 0 && strlen(facts->items[i].name) == len &&
            strncmp(facts->items[i].name, type, len) == 0)
            return true;
    return false;
}

/** A type as a type library knows it: enums and results are u32, objects of any kind stay. */
static void add_measured_type(struct eb_strbuf *b, const struct facts *facts, const char *type)
{
    size_t len = strcspn(type, "[*");
    if (type[len] == '*')
        eb_strbuf_add(b, "ptr");
    else if (is_enum(facts, type, len) || (len == 6 && strncmp(type, "result", 6) == 0))
        eb_strbuf_printf(b, "u32%s", type + len);
    else
        eb_strbuf_add(b, type);
}

/** Cuts a word off the end of a line, if it is there. */
static void cut_end(char *line, const char *word)
{
    if (eb_ends_with(line, word))
        line[strlen(line) - strlen(word)] = '\0';
}

/**
 * "  method foo in u32 p0, ret IBar p1" without names of parameters: the only thing that both kinds tell.
 * NULL for a line that a type library cannot have.
 */
static char *measured_line(const struct facts *facts, const char *line)
{
    EB_AUTOSTRBUF struct eb_strbuf b = {0};
    EB_AUTOFREE char *copy = eb_strdup(line + strspn(line, " "));

    if (eb_ends_with(copy, " mscom-only") || eb_starts_with(copy, "since "))
        return NULL;
    cut_end(copy, " xpcom-only");
    cut_end(copy, " native");
    char *rest = copy, *word;
    bool attr = eb_starts_with(copy, "attr "), method = eb_starts_with(copy, "method ");

    for (size_t i = 0; (word = strsep(&rest, " ")); i++) {
        bool type = (attr && i == 2) || (method && i >= 2 && (i - 2) % 3 == 1);
        bool name = method && i >= 2 && (i - 2) % 3 == 2;
        if (name)
            continue;
        if (i > 0)
            eb_strbuf_addc(&b, ' ');
        if (type)
            add_measured_type(&b, facts, word);
        else
            eb_strbuf_add(&b, word);
    }
    return eb_strbuf_steal(&b);
}

/**
 * A type library has an array attribute as methods: "attr rw u8[] foo" is "method getFoo ret u8[]" and
 * "method setFoo in u8[]". Result: how many lines; *out is one of them or both.
 */
static size_t split_array_attribute(char *line, char *out[2])
{
    char mode[4], type[128], name[128];
    if (sscanf(line, "attr %3s %127s %127s", mode, type, name) != 3 || !eb_ends_with(type, "[]")) {
        out[0] = line;
        return 1;
    }
    size_t n = 0;
    name[0] = (char)toupper((unsigned char)name[0]);
    out[n++] = eb_asprintf("method get%s ret %s", name, type);
    if (strcmp(mode, "rw") == 0)
        out[n++] = eb_asprintf("method set%s in %s", name, type);
    free(line);
    return n;
}

static struct side make_side(const struct facts *facts, const struct facts_item *item, bool measured)
{
    struct side side = {0};
    for (size_t i = 1; item && i < item->n; i++) {
        const char *line = item->lines[i];
        if (!measured) {
            *EB_APPEND(side.lines, side.n) = eb_strdup(line + strspn(line, " "));
            continue;
        }
        char *parts[2];
        char *text = measured_line(facts, line);
        size_t n = text ? split_array_attribute(text, parts) : 0;
        for (size_t p = 0; p < n; p++)
            *EB_APPEND(side.lines, side.n) = parts[p];
    }
    /* An enum's constants stand in its head: "enum Foo A=0 B=1". */
    if (item && strcmp(item->kind, "enum") == 0) {
        EB_AUTOFREE char *copy = eb_strdup(item->lines[0]);
        char *rest = copy, *word;
        for (size_t i = 0; (word = strsep(&rest, " ")); i++)
            if (i >= 2 && *word)
                *EB_APPEND(side.lines, side.n) = eb_strdup(word);
    }
    return side;
}

static void side_free(struct side *side)
{
    for (size_t i = 0; i < side->n; i++)
        free(side->lines[i]);
    free(side->lines);
}

struct change {
    char sign; /* '-', '+' or ' ' */
    const char *line;
};

/** The shortest way from one list of lines to the other (longest common subsequence). */
static size_t compare_sides(const struct side *a, const struct side *b, struct change *out)
{
    size_t width = b->n + 1, n = 0, i = 0, j = 0;
    EB_AUTOFREE uint16_t *common = eb_calloc((a->n + 1) * width, sizeof(*common));

    for (size_t x = a->n; x-- > 0;) {
        for (size_t y = b->n; y-- > 0;) {
            uint16_t down = common[(x + 1) * width + y], right = common[x * width + y + 1];
            common[x * width + y] = strcmp(a->lines[x], b->lines[y]) == 0
                                        ? (uint16_t)(common[(x + 1) * width + y + 1] + 1)
                                    : down > right ? down
                                                   : right;
        }
    }
    while (i < a->n || j < b->n) {
        if (i < a->n && j < b->n && strcmp(a->lines[i], b->lines[j]) == 0) {
            out[n++] = (struct change){' ', a->lines[i++]};
            j++;
        } else if (i < a->n && (j == b->n || common[(i + 1) * width + j] >= common[i * width + j + 1])) {
            out[n++] = (struct change){'-', a->lines[i++]};
        } else {
            out[n++] = (struct change){'+', b->lines[j++]};
        }
    }
    return n;
}

/** The word after "iid" of an interface's head; NULL when there is none. */
static char *iid_of(const struct facts_item *item)
{
    const char *iid = item ? strstr(item->lines[0], " iid ") : NULL;
    return iid ? eb_strndup(iid + 5, strcspn(iid + 5, " ")) : NULL;
}

struct diff {
    struct shell *sh;
    const struct facts *a, *b;
    bool measured;
    struct json *json; /* NULL: print text */
    size_t changed;
};

static void report_text(struct diff *d, const struct facts_item *any, const struct facts_item *x,
                        const struct facts_item *y, const struct change *changes, size_t n)
{
    EB_AUTOFREE char *before = iid_of(x), *after = iid_of(y);

    sh_print(d->sh, "%s %s%s\n", any->kind, any->name, !x ? " is new" : !y ? " is gone" : "");
    if (x && y && before && after && strcmp(before, after) != 0)
        sh_print(d->sh, "  iid %s -> %s\n", before, after);
    for (size_t i = 0; x && y && i < n; i++)
        if (changes[i].sign != ' ')
            sh_print(d->sh, "  %c %s\n", changes[i].sign, changes[i].line);
}

static void report_json(struct diff *d, const struct facts_item *any, const struct facts_item *x,
                        const struct facts_item *y, const struct change *changes, size_t n)
{
    EB_AUTOFREE char *before = iid_of(x), *after = iid_of(y);
    static const char signs[] = "-+";

    json_begin(d->json, NULL);
    json_string(d->json, "kind", any->kind);
    json_string(d->json, "name", any->name);
    json_string(d->json, "change", !x ? "new" : !y ? "gone" : "changed");
    json_string(d->json, "iid_before", before);
    json_string(d->json, "iid_after", after);
    for (size_t s = 0; s < 2; s++) {
        json_begin_array(d->json, s == 0 ? "removed" : "added");
        for (size_t i = 0; i < n; i++)
            if (changes[i].sign == signs[s])
                json_string(d->json, NULL, changes[i].line);
        json_end_array(d->json);
    }
    json_end(d->json);
}

static void diff_item(struct diff *d, const struct facts_item *x, const struct facts_item *y)
{
    const struct facts_item *any = x ? x : y;
    struct side a = make_side(d->a, x, d->measured), b = make_side(d->b, y, d->measured);
    struct change *changes = eb_calloc(a.n + b.n + 1, sizeof(*changes));
    size_t n = compare_sides(&a, &b, changes);
    EB_AUTOFREE char *before = iid_of(x), *after = iid_of(y);
    bool same = x && y && eb_streq(before, after);

    for (size_t i = 0; i < n; i++)
        same = same && changes[i].sign == ' ';
    if (!same) {
        d->changed++;
        if (d->json)
            report_json(d, any, x, y, changes, n);
        else
            report_text(d, any, x, y, changes, n);
    }
    free(changes);
    side_free(&a);
    side_free(&b);
}

/** A type library of XPCOM has neither classes nor results, nor what COM alone has. */
static bool compared(const struct diff *d, const struct facts_item *item)
{
    if (!d->measured)
        return true;
    return (strcmp(item->kind, "interface") == 0 || strcmp(item->kind, "enum") == 0) &&
           !eb_ends_with(item->lines[0], " mscom-only");
}

static void diff_all(struct diff *d)
{
    for (size_t i = 0; i < d->a->n; i++)
        if (compared(d, &d->a->items[i]))
            diff_item(d, &d->a->items[i], facts_find(d->b, d->a->items[i].name));
    for (size_t i = 0; i < d->b->n; i++)
        if (compared(d, &d->b->items[i]) && !facts_find(d->a, d->b->items[i].name))
            diff_item(d, NULL, &d->b->items[i]);
}

static int diff_loaded(struct diff *d, const char *name)
{
    if (!name) {
        diff_all(d);
    } else {
        const struct facts_item *x = facts_find(d->a, name), *y = facts_find(d->b, name);
        if (!x && !y)
            return sh_error(d->sh, "neither VirtualBox %s nor %s has '%s'", d->a->title, d->b->title, name);
        diff_item(d, x, y);
    }
    if (d->changed == 0 && !d->json)
        sh_extra(d->sh, "no difference\n");
    return 0;
}

static int diff(struct shell *sh, const struct args *args, const char *first, const char *second,
                const char *name)
{
    AUTO_JSON struct json j = {0};
    struct facts a, b;

    if (facts_load(first, &a, &sh->error) < 0)
        return -1;
    if (facts_load(second, &b, &sh->error) < 0) {
        facts_free(&a);
        return -1;
    }
    struct diff d = {.sh = sh,
                     .a = &a,
                     .b = &b,
                     .measured = a.measured || b.measured,
                     .json = sh_wants_json(args) ? &j : NULL};
    json_begin_array(&j, NULL);
    int result = diff_loaded(&d, name);
    json_end_array(&j);
    if (d.json && result == 0)
        sh_json_print(sh, &j);
    facts_free(&a);
    facts_free(&b);
    return result;
}

static int run_api(struct shell *sh, const struct args *args)
{
    const char *action, *whats[MOST_WHATS] = {NULL};
    size_t n = get_whats(args, whats);

    if (args_string(sh, args, "action", &action) < 0)
        return -1;
    if (strcmp(action, "list") == 0 && n <= 1)
        return n == 0 ? list_releases(sh, args) : list_one(sh, args, whats[0]);
    if (strcmp(action, "show") == 0 && n == 1)
        return show(sh, args, whats[0]);
    if (strcmp(action, "diff") == 0 && (n == 2 || n == 3))
        return diff(sh, args, whats[0], whats[1], whats[2]);
    return sh_error(sh, "expected syntax: api list [RELEASE], api show NAME[@RELEASE] or "
                        "api diff RELEASE RELEASE [NAME]");
}

const struct command commands_api[] = {
    {"api", "show and compare the interfaces of VirtualBox's releases",
     "'api list' lists the releases, 'api list 7.2' what one has, 'api show IMachine@4.1' one interface or\n"
     "enum, 'api diff 7.1 7.2 IMachine' what changed. 'installed' stands for the VirtualBox of this host, "
     "and\n"
     "a path with a / for a VirtualBox folder or a type library. A type library knows neither names of\n"
     "parameters nor enum types: against one, only types are compared.",
     api_opts, run_api, CMD_NO_CONNECT | CMD_JSON, "api diff 7.1 installed IMachine"},
    {0},
};
