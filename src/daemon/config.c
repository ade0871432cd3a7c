/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/config.h"

#include <ctype.h>
#include <errno.h>

#include "base/log.h"

enum kind { COUNT, SIZE, SECONDS, FLAG, LEVEL, TEXT, OCTAL };

#define LIMIT(member) offsetof(struct daemon_config, limits.member)
/* Every key. COUNT and SIZE begin at 1; a SIZE is in KiB. */
static const struct key {
    const char *name;
    enum kind kind;
    size_t offset;
    uint64_t max;
} keys[] = {
    {"max_clients", COUNT, LIMIT(max_clients), 100000},
    {"max_client_requests", COUNT, LIMIT(max_client_requests), 10000},
    {"max_client_waiting", COUNT, LIMIT(max_client_waiting), 10000},
    {"max_message_size", SIZE, LIMIT(max_message), 32 * 1024},
    {"max_client_output", SIZE, LIMIT(max_client_output), 1024 * 1024},
    {"max_workers", COUNT, LIMIT(workers), 1000},
    {"prio_workers", COUNT, LIMIT(quick_workers), 1000},
    {"keepalive_interval", SECONDS, LIMIT(keepalive_interval), 86400},
    {"keepalive_count", COUNT, LIMIT(keepalive_count), 1000},
    {"timeout", SECONDS, LIMIT(idle_timeout), 86400},
    {"log_level", LEVEL, offsetof(struct daemon_config, log_level), EB_LOG_ERROR},
    {"legacy_socket", FLAG, offsetof(struct daemon_config, legacy_socket), 1},
    {"unix_sock_group", TEXT, offsetof(struct daemon_config, unix_sock_group), 0},
    {"unix_sock_rw_perms", OCTAL, offsetof(struct daemon_config, unix_sock_rw_perms), 0},
    {"unix_sock_ro_perms", OCTAL, offsetof(struct daemon_config, unix_sock_ro_perms), 0},
};

void daemon_config_init(struct daemon_config *config)
{
    memset(config, 0, sizeof(*config));
    config->limits = (struct rpc_limits)RPC_LIMITS_DEFAULT;
    config->log_level = EB_LOG_WARN;
    config->unix_sock_rw_perms = eb_strdup("0700");
    config->unix_sock_ro_perms = eb_strdup("0777");
}

void daemon_config_clear(struct daemon_config *config)
{
    free(config->unix_sock_group);
    free(config->unix_sock_rw_perms);
    free(config->unix_sock_ro_perms);
    memset(config, 0, sizeof(*config));
}

unsigned daemon_config_perms(const char *octal)
{
    return (unsigned)strtoul(octal, NULL, 8);
}

static bool is_octal(const char *s)
{
    size_t n = strlen(s);

    return n >= 3 && n <= 4 && strspn(s, "01234567") == n;
}

/* Cuts white space from both ends. */
static char *trim(char *s)
{
    char *end;

    while (isspace((unsigned char)*s))
        s++;
    end = s + strlen(s);
    while (end > s && isspace((unsigned char)end[-1]))
        *--end = '\0';
    return s;
}

static const struct key *find_key(const char *name)
{
    for (size_t i = 0; i < EB_ARRAY_SIZE(keys); i++) {
        if (strcmp(keys[i].name, name) == 0)
            return &keys[i];
    }
    return NULL;
}

static int set_text(const struct key *key, void *place, char *value, eb_error *err)
{
    size_t n = strlen(value);

    if (n < 2 || value[0] != '"' || value[n - 1] != '"')
        return eb_error_set(err, EB_ERR_CONF_SYNTAX, "%s is a text, in quotes", key->name);
    value[n - 1] = '\0';
    if (strchr(value + 1, '"'))
        return eb_error_set(err, EB_ERR_CONF_SYNTAX, "%s has a quote inside its text", key->name);
    if (key->kind == OCTAL && !is_octal(value + 1))
        return eb_error_set(err, EB_ERR_CONF_SYNTAX, "%s is '%s', not three or four octal digits", key->name,
                            value + 1);
    eb_replace_string(place, value + 1);
    return 0;
}

static int set_number(const struct key *key, void *place, const char *value, eb_error *err)
{
    bool from_one = key->kind == COUNT || key->kind == SIZE || key->kind == LEVEL;
    uint64_t number;

    if (!eb_parse_u64(value, key->max, &number) || (from_one && !number))
        return eb_error_set(err, EB_ERR_CONF_SYNTAX, "%s is '%s', not a number from %d to %llu", key->name,
                            value, from_one, (unsigned long long)key->max);
    if (key->offset == LIMIT(max_client_output))
        *(size_t *)place = (size_t)number * 1024;
    else
        *(unsigned *)place = (unsigned)number * (key->kind == SIZE ? 1024 : 1);
    return 0;
}

static int set_line(struct daemon_config *config, char *line, eb_error *err)
{
    const struct key *key;
    char *equals, *name;
    void *place;

    line = trim(line);
    if (!*line || *line == '#')
        return 0;
    equals = strchr(line, '=');
    if (!equals)
        return eb_error_set(err, EB_ERR_CONF_SYNTAX, "'%s' is not `key = value`", line);
    *equals = '\0';
    name = trim(line);
    key = find_key(name);
    if (!key)
        return eb_error_set(err, EB_ERR_CONF_SYNTAX, "there is no key '%s'", name);
    place = (char *)config + key->offset;
    if (key->kind == TEXT || key->kind == OCTAL)
        return set_text(key, place, trim(equals + 1), err);
    return set_number(key, place, trim(equals + 1), err);
}

int daemon_config_load(struct daemon_config *config, const char *path, bool optional, eb_error *err)
{
    EB_AUTOFREE char *text = NULL;
    char *line, *rest;
    unsigned at = 0;
    size_t n;

    if (eb_read_file(path, 1 << 20, &text, &n) < 0) {
        if (optional && errno == ENOENT)
            return 0;
        return eb_error_set_errno(err, errno, "cannot read '%s'", path);
    }
    if (!eb_utf8_valid(text, n))
        return eb_error_set(err, EB_ERR_CONF_SYNTAX, "'%s' is not UTF-8", path);
    rest = text;
    while ((line = strsep(&rest, "\n"))) {
        at++;
        if (set_line(config, line, err) < 0)
            return eb_error_prefix(err, "%s:%u", path, at);
    }
    return 0;
}
