/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "vbox/com/facts.h"

#include "base/strbuf.h"
#include "vbox/com/dump.h"
#include "vbox/com/facts_data.h"
#include "vbox/com/install.h"

#include <stdio.h>
#include <sys/stat.h>

size_t facts_count(void)
{
    return facts_n_releases;
}

const char *facts_name(size_t i)
{
    return facts_releases[i].name;
}

const char *facts_span(size_t i)
{
    return facts_releases[i].span;
}

/** Starts a block from its head line. */
static struct facts_item *add_item(struct facts *facts, const char *head, const char *const *lines, size_t n)
{
    size_t kind = strcspn(head, " "), name = head[kind] ? strcspn(head + kind + 1, " ") : 0;
    struct facts_item *item = EB_APPEND(facts->items, facts->n);
    item->kind = eb_strndup(head, kind);
    item->name = head[kind] ? eb_strndup(head + kind + 1, name) : eb_strdup("");
    item->lines = lines;
    item->n = n;
    return item;
}

/* ---- Releases ---- */

/** Three numbers of a version, those that are missing 0; false when it is none. */
static bool read_version(const char *text, unsigned v[3])
{
    char rest;
    v[0] = v[1] = v[2] = 0;
    return sscanf(text, "%3u.%3u.%3u%c", &v[0], &v[1], &v[2], &rest) == 3 ||
           sscanf(text, "%3u.%3u%c", &v[0], &v[1], &rest) == 2;
}

/** The newest facts of the same line that are not newer than the release asked for; -1 when there are none.
 */
static int find_release(const unsigned asked[3])
{
    int best = -1;
    unsigned best_patch = 0;
    for (size_t i = 0; i < facts_n_releases; i++) {
        unsigned v[3];
        if (!read_version(facts_releases[i].name, v) || v[0] != asked[0] || v[1] != asked[1] ||
            v[2] > asked[2])
            continue;
        if (best < 0 || v[2] >= best_patch) {
            best = (int)i;
            best_patch = v[2];
        }
    }
    return best;
}

static bool is_older(const unsigned a[3], const unsigned b[3])
{
    for (int i = 0; i < 3; i++)
        if (a[i] != b[i])
            return a[i] < b[i];
    return false;
}

/** Takes " NAME=VALUE" out of an enum's head. */
static void cut_constant(char *head, const char *name)
{
    EB_AUTOFREE char *start = eb_asprintf(" %s=", name);
    char *at = strstr(head, start);
    if (at)
        memmove(at, at + 1 + strcspn(at + 1, " "), strlen(at + 1 + strcspn(at + 1, " ")) + 1);
}

/** "  since Enum.CONSTANT 4.3.8": drops the constants that came after the release asked for. */
static void drop_newer_constants(struct facts *facts, const unsigned asked[3])
{
    for (size_t i = 0; i < facts->n; i++) {
        struct facts_item *item = &facts->items[i];
        for (size_t l = 1; strcmp(item->kind, "enum") == 0 && l < item->n; l++) {
            char name[128], text[32];
            unsigned since[3];
            const char *dot = strchr(item->lines[l], '.');
            if (dot && sscanf(dot + 1, "%127s %31s", name, text) == 2 && read_version(text, since) &&
                is_older(asked, since))
                cut_constant((char *)(uintptr_t)item->lines[0], name);
        }
        if (strcmp(item->kind, "enum") == 0)
            item->n = 1;
    }
}

static void load_release(const struct facts_release *release, struct facts *out)
{
    size_t total = 0, used = 0;

    for (size_t i = 0; i < release->n; i++)
        total += facts_blocks[release->blocks[i]].n;
    out->title = eb_strdup(release->name);
    out->span = eb_strdup(release->span);
    out->owned = eb_calloc(total + 1, sizeof(*out->owned));
    for (size_t i = 0; i < release->n; i++) {
        const struct facts_block *block = &facts_blocks[release->blocks[i]];
        for (size_t l = 0; l < block->n; l++)
            out->owned[used + l] = eb_strdup(facts_lines[facts_numbers[block->first + l]]);
        add_item(out, out->owned[used], (const char *const *)&out->owned[used], block->n);
        used += block->n;
    }
}

/* ---- Type libraries ---- */

static size_t count_lines(const char *text)
{
    size_t n = 0;
    for (const char *p = text; *p; p += strcspn(p, "\n") + (strchr(p, '\n') != NULL))
        n++;
    return n;
}

static int load_typelib(const char *path, struct facts *out, eb_error *err)
{
    EB_AUTOSTRBUF struct eb_strbuf text = {0};
    struct vb_typelib *tl = NULL;
    size_t n = 0;

    if (vb_xpt_read(path, &tl, err) < 0)
        return -1;
    vb_dump_typelib(tl, &text);
    vb_typelib_free(tl);
    out->title = eb_strdup(path);
    out->measured = true;
    out->owned = eb_calloc(count_lines(text.s ? text.s : "") + 1, sizeof(*out->owned));
    for (const char *p = text.s; p && *p;) {
        size_t len = strcspn(p, "\n");
        out->owned[n] = eb_strndup(p, len);
        if (*p == ' ' && out->n > 0)
            out->items[out->n - 1].n++;
        else if (len > 0)
            add_item(out, out->owned[n], (const char *const *)&out->owned[n], 1);
        n++;
        p += len + (p[len] == '\n');
    }
    return 0;
}

static int load_installed(const char *home, struct facts *out, eb_error *err)
{
    struct vb_install_places places = vb_install_system_places();
    struct vb_install install;

    if (vb_install_choose(&places, home, &install, err) < 0)
        return -1;
    int result = load_typelib(install.typelib, out, err);
    vb_install_clear(&install);
    return result;
}

/* ---- All ---- */

int facts_load(const char *what, struct facts *out, eb_error *err)
{
    unsigned version[3];
    struct stat st;

    memset(out, 0, sizeof(*out));
    if (strcmp(what, "installed") == 0)
        return load_installed(NULL, out, err);
    if (read_version(what, version)) {
        int i = find_release(version);
        if (i >= 0) {
            load_release(&facts_releases[i], out);
            if (strchr(what, '.') != strrchr(what, '.'))
                drop_newer_constants(out, version);
            return 0;
        }
    } else if (strchr(what, '/')) {
        if (stat(what, &st) < 0)
            return eb_error_set(err, EB_ERR_INVALID_ARG, "no such file: %s", what);
        return S_ISDIR(st.st_mode) ? load_installed(what, out, err) : load_typelib(what, out, err);
    }
    return eb_error_set(
        err, EB_ERR_INVALID_ARG,
        "'%s' is no release that this build knows (%s to %s), not 'installed', and no path with a /", what,
        facts_releases[0].name, facts_releases[facts_n_releases - 1].name);
}

const struct facts_item *facts_find(const struct facts *facts, const char *name)
{
    for (size_t i = 0; i < facts->n; i++)
        if (strcasecmp(facts->items[i].name, name) == 0)
            return &facts->items[i];
    return NULL;
}

void facts_free(struct facts *facts)
{
    for (size_t i = 0; i < facts->n; i++) {
        free(facts->items[i].kind);
        free(facts->items[i].name);
    }
    free(facts->items);
    eb_strv_free(facts->owned);
    free(facts->title);
    free(facts->span);
    memset(facts, 0, sizeof(*facts));
}
