/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * [credentials-NAME] says what is said, [auth-libvirt-HOST] or else [auth-libvirt-default] by
 * `credentials=NAME` for whom.
 */
#include "remote/credentials.h"

#include <stdio.h>
#include <unistd.h>

/* A copy of `path` where it can be read; takes `path`. */
static char *readable(char *path)
{
    if (path && access(path, R_OK) == 0)
        return path;
    free(path);
    return NULL;
}

char *remote_credentials_file(const struct eb_uri *uri)
{
    const char *said = getenv("LIBVIRT_AUTH_FILE"), *config = getenv("XDG_CONFIG_HOME"),
               *home = getenv("HOME");
    char *path;

    if (!said || !*said)
        said = eb_uri_query(uri, "authfile");
    if (said)
        return readable(eb_strdup(said));
    if (config && *config)
        path = readable(eb_asprintf("%s/libvirt/auth.conf", config));
    else
        path = readable(eb_asprintf("%s/.config/libvirt/auth.conf", home ? home : ""));
    return path ? path : readable(eb_strdup("/etc/libvirt/auth.conf"));
}

static char *trimmed(char *text)
{
    size_t n;

    while (*text == ' ' || *text == '\t')
        text++;
    n = strlen(text);
    while (n && strchr(" \t\r\n", text[n - 1]))
        text[--n] = '\0';
    return text;
}

/* The value of `key` in the group, NULL: it has none; `*there`: whether there is such a group. */
static int find_value(const char *file, const char *group, const char *key, bool *there, char **out,
                      eb_error *err)
{
    FILE *in = fopen(file, "re");
    char *line = NULL;
    size_t size = 0;
    bool inside = false;
    int result = 0;

    *out = NULL;
    *there = false;
    if (!in)
        return eb_error_set_from(err, EB_FROM_CONF, EB_ERR_SYSTEM_ERROR, "cannot read '%s'", file);
    for (unsigned number = 1; result == 0 && getline(&line, &size, in) >= 0; number++) {
        char *text = trimmed(line), *end = text + strlen(text), *equals = strchr(text, '=');

        if (!*text || *text == '#' || *text == ';')
            continue;
        if (*text == '[' && end[-1] == ']') {
            end[-1] = '\0';
            inside = strcmp(text + 1, group) == 0;
            *there |= inside;
        } else if (!equals) {
            result = eb_error_set_from(err, EB_FROM_CONF, EB_ERR_CONF_SYNTAX,
                                       "%s:%u: neither [GROUP] nor KEY=VALUE", file, number);
        } else if (inside) {
            *equals = '\0';
            if (strcmp(trimmed(text), key) == 0)
                eb_replace_string(out, trimmed(equals + 1));
        }
    }
    if (line)
        explicit_bzero(line, size);
    free(line);
    fclose(in);
    return result;
}

int remote_credentials_find(const char *file, const char *host, const char *name, char **out, eb_error *err)
{
    EB_AUTOFREE char *of_host = eb_asprintf("auth-libvirt-%s", host), *which = NULL, *group = NULL;
    bool there;

    *out = NULL;
    if (find_value(file, of_host, "credentials", &there, &which, err) < 0)
        return -1;
    if (!there && find_value(file, "auth-libvirt-default", "credentials", &there, &which, err) < 0)
        return -1;
    if (!there)
        return 0;
    if (!which)
        return eb_error_set_from(err, EB_FROM_CONF, EB_ERR_CONF_SYNTAX,
                                 "Missing item 'credentials' in group '%s' in '%s'", of_host, file);
    group = eb_asprintf("credentials-%s", which);
    if (find_value(file, group, name, &there, out, err) < 0)
        return -1;
    if (there)
        return 0;
    return eb_error_set_from(err, EB_FROM_CONF, EB_ERR_CONF_SYNTAX,
                             "Missing group '%s' referenced from group '%s' in '%s'", group, of_host, file);
}
