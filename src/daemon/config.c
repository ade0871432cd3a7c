/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/config.h"

#include <errno.h>

#include "base/strbuf.h"

enum { FILE_MAX = 1 << 20 };

/* ---- Values ---- */

static bool is_octal(const char *s)
{
    size_t n = strlen(s);

    return n >= 3 && n <= 4 && strspn(s, "01234567") == n;
}

static bool is_word_of(const char *words, const char *value)
{
    size_t n = strlen(value), len;

    for (; n && *words; words += len + (words[len] == ' ')) {
        len = strcspn(words, " ");
        if (len == n && strncmp(words, value, n) == 0)
            return true;
    }
    return false;
}

static int set_number(const struct daemon_key *key, void *place, const char *value, eb_error *err)
{
    bool from_one = key->kind == KEY_COUNT || key->kind == KEY_SIZE;
    uint64_t number, unit = key->kind == KEY_SIZE ? 1024 : 1;

    if (!eb_parse_u64(value, key->max, &number) || (from_one && !number))
        return eb_error_set(err, EB_ERR_CONF_SYNTAX, "%s is '%s', not a number from %d to %llu", key->name,
                            value, from_one, (unsigned long long)key->max);
    if (key->wide)
        *(size_t *)place = (size_t)(number * unit);
    else
        *(unsigned *)place = (unsigned)(number * unit);
    return 0;
}

static int set_text(const struct daemon_key *key, void *place, const char *value, eb_error *err)
{
    if (key->kind == KEY_OCTAL && !is_octal(value))
        return eb_error_set(err, EB_ERR_CONF_SYNTAX, "%s is '%s', not three or four octal digits", key->name,
                            value);
    if (key->kind == KEY_CHOICE && !is_word_of(key->words, value))
        return eb_error_set(err, EB_ERR_CONF_SYNTAX, "%s is '%s', not one of: %s", key->name, value,
                            key->words);
    if (key->check && *value && key->check(key->name, value, err) < 0)
        return -1;
    eb_replace_string(place, *value ? value : NULL);
    return 0;
}

static bool is_text(const struct daemon_key *key)
{
    return key->kind == KEY_TEXT || key->kind == KEY_OCTAL || key->kind == KEY_CHOICE;
}

/* ---- The file ---- */

struct scan {
    char *p;
    unsigned line;
};

static void skip_blanks(struct scan *s)
{
    while (*s->p == ' ' || *s->p == '\t' || *s->p == '\r')
        s->p++;
}

/* Blanks, ends of lines and comments. */
static void skip_space(struct scan *s)
{
    for (;;) {
        skip_blanks(s);
        if (*s->p == '#')
            s->p += strcspn(s->p, "\n");
        if (*s->p != '\n')
            return;
        s->line++;
        s->p++;
    }
}

/* What is between quotes (either kind) on one line; it is cut out of the text. NULL when there is none. */
static char *take_quoted(struct scan *s)
{
    char quote = *s->p, *begin = s->p + 1, *end;

    if (quote != '"' && quote != '\'')
        return NULL;
    end = begin + strcspn(begin, quote == '"' ? "\"\n" : "'\n");
    if (*end != quote)
        return NULL;
    *end = '\0';
    s->p = end + 1;
    return begin;
}

static int take_list(const struct daemon_key *key, struct scan *s, char ***place, eb_error *err)
{
    EB_AUTOSTRV char **list = eb_calloc(1, sizeof(char *));
    size_t n = 0;
    char *item;

    if (*s->p++ != '[')
        return eb_error_set(err, EB_ERR_CONF_SYNTAX, "%s is a list of texts, in [ and ]", key->name);
    for (skip_space(s); *s->p != ']'; skip_space(s)) {
        item = take_quoted(s);
        if (!item)
            return eb_error_set(err, EB_ERR_CONF_SYNTAX, "%s is a list of texts, each in quotes", key->name);
        list = eb_reallocarray(list, n + 2, sizeof(char *));
        list[n++] = eb_strdup(item);
        list[n] = NULL;
        skip_space(s);
        if (*s->p == ',')
            s->p++;
        else if (*s->p != ']')
            return eb_error_set(err, EB_ERR_CONF_SYNTAX, "%s wants a comma or a ] after '%s'", key->name,
                                item);
    }
    s->p++;
    eb_strv_free(*place);
    *place = EB_STEAL(list);
    return 0;
}

static int take_value(const struct daemon_key *key, struct scan *s, void *place, eb_error *err)
{
    EB_AUTOFREE char *number = NULL;
    size_t n;
    char *text;

    if (key->kind == KEY_LIST)
        return take_list(key, s, place, err);
    if (is_text(key)) {
        text = take_quoted(s);
        if (!text)
            return eb_error_set(err, EB_ERR_CONF_SYNTAX, "%s is a text, in quotes", key->name);
        return set_text(key, place, text, err);
    }
    n = strcspn(s->p, " \t\r\n#");
    number = eb_strndup(s->p, n);
    s->p += n;
    return set_number(key, place, number, err);
}

static const struct daemon_key *find_key(const char *name)
{
    for (const struct daemon_key *key = daemon_keys; key->name; key++) {
        if (*key->name && strcmp(key->name, name) == 0)
            return key;
    }
    return NULL;
}

static int take_line(struct daemon_config *config, struct scan *s, eb_error *err)
{
    EB_AUTOFREE char *name = NULL;
    const struct daemon_key *key;
    size_t n = strcspn(s->p, " \t\r\n=#");

    name = eb_strndup(s->p, n);
    s->p += n;
    skip_blanks(s);
    if (!n || *s->p != '=')
        return eb_error_set(err, EB_ERR_CONF_SYNTAX, "'%s' is not `key = value`", name);
    s->p++;
    skip_blanks(s);
    key = find_key(name);
    if (!key)
        return eb_error_set(err, EB_ERR_CONF_SYNTAX, "there is no key '%s'", name);
    if (take_value(key, s, (char *)config + key->offset, err) < 0)
        return -1;
    skip_blanks(s);
    if (*s->p && *s->p != '\n' && *s->p != '#')
        return eb_error_set(err, EB_ERR_CONF_SYNTAX, "%s has something after its value", key->name);
    return 0;
}

static int load_text(struct daemon_config *config, char *text, unsigned *line, eb_error *err)
{
    struct scan s = {text, 1};

    for (skip_space(&s); *s.p; skip_space(&s)) {
        *line = s.line;
        if (take_line(config, &s, err) < 0)
            return -1;
    }
    return 0;
}

int daemon_config_load(struct daemon_config *config, const char *path, bool optional, eb_error *err)
{
    EB_AUTOFREE char *text = NULL;
    unsigned line = 1;
    size_t n;

    if (eb_read_file(path, FILE_MAX, &text, &n) < 0) {
        if (optional && errno == ENOENT)
            return 0;
        return eb_error_set_errno(err, errno, "cannot read '%s'", path);
    }
    if (!eb_utf8_valid(text, n) || memchr(text, 0, n))
        return eb_error_set(err, EB_ERR_CONF_SYNTAX, "'%s' is not a text in UTF-8", path);
    if (load_text(config, text, &line, err) < 0)
        return eb_error_prefix(err, "%s:%u", path, line);
    return 0;
}

/* ---- What changed ---- */

static bool differs(const struct daemon_key *key, const struct daemon_config *one,
                    const struct daemon_config *other)
{
    const void *a = (const char *)one + key->offset, *b = (const char *)other + key->offset;
    char *const *text = a, *const *other_text = b;

    return is_text(key) ? !eb_streq(*text, *other_text)
                        : memcmp(a, b, key->wide ? sizeof(size_t) : sizeof(unsigned)) != 0;
}

char *daemon_config_fixed_changes(const struct daemon_config *before, const struct daemon_config *now)
{
    struct eb_strbuf names = {0};

    for (const struct daemon_key *key = daemon_keys; key->name; key++) {
        if (*key->name && key->fixed && differs(key, before, now))
            eb_strbuf_printf(&names, "%s%s", names.len ? " " : "", key->name);
    }
    return eb_strbuf_steal(&names);
}

/* ---- Life ---- */

void daemon_config_init(struct daemon_config *config)
{
    memset(config, 0, sizeof(*config));
    for (const struct daemon_key *key = daemon_keys; key->name; key++) {
        EB_AUTOFREE char *value = eb_strdup(key->value);
        struct scan s = {value, 1};

        /* The table's own values are good. */
        if (value && take_value(key, &s, (char *)config + key->offset, NULL) < 0)
            abort();
    }
}

void daemon_config_clear(struct daemon_config *config)
{
    for (const struct daemon_key *key = daemon_keys; key->name; key++) {
        void *place = (char *)config + key->offset;

        if (!*key->name)
            continue;
        if (is_text(key))
            free(*(char **)place);
        else if (key->kind == KEY_LIST)
            eb_strv_free(*(char ***)place);
    }
    memset(config, 0, sizeof(*config));
}

unsigned daemon_config_perms(const char *octal)
{
    return (unsigned)strtoul(octal, NULL, 8);
}

enum rpc_auth daemon_config_auth(const char *word)
{
    if (eb_streq(word, "sasl"))
        return RPC_BY_SASL;
    return eb_streq(word, "polkit") ? RPC_BY_POLKIT : RPC_BY_NOTHING;
}
