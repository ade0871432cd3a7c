/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/driver.h"

#include <libxml/uri.h>
#include <libxml/xmlmemory.h>

const char *eb_uri_query(const struct eb_uri *uri, const char *name)
{
    for (char **q = uri->query; q && *q; q += 2) {
        if (strcmp(q[0], name) == 0)
            return q[1];
    }
    return NULL;
}

void eb_uri_free(struct eb_uri *uri)
{
    if (!uri)
        return;
    free(uri->text);
    free(uri->scheme);
    free(uri->transport);
    free(uri->user);
    free(uri->server);
    free(uri->path);
    eb_strv_free(uri->query);
    free(uri);
}

static char *unescape(const char *s, size_t n)
{
    char *raw = xmlURIUnescapeString(s, (int)n, NULL);
    char *copy = n ? eb_strdup(raw) : eb_strdup("");

    xmlFree(raw);
    return copy;
}

static int parse_query(struct eb_uri *uri, const char *query, eb_error *err)
{
    size_t n = 0;

    uri->query = eb_calloc(1, sizeof(char *));
    while (*query) {
        size_t len = strcspn(query, "&;");
        const char *eq = memchr(query, '=', len);
        size_t name_len = eq ? (size_t)(eq - query) : len;

        if (len) {
            char *name = unescape(query, name_len);
            char *value = eq ? unescape(eq + 1, len - name_len - 1) : eb_strdup("");

            uri->query = eb_reallocarray(uri->query, n + 3, sizeof(char *));
            uri->query[n++] = name;
            uri->query[n++] = value;
            uri->query[n] = NULL;
            if (!name || !value)
                return eb_error_set(err, EB_ERR_INVALID_ARG, "URI '%s' has a broken %% escape in its query",
                                    uri->text);
        }
        query += len + (query[len] != '\0');
    }
    return 0;
}

int eb_uri_parse(const char *text, struct eb_uri **out, eb_error *err)
{
    struct eb_uri *uri;
    xmlURIPtr parsed = eb_utf8_valid(text, strlen(text)) ? xmlParseURIRaw(text, 1) : NULL;
    const char *plus;
    int result = 0;

    if (!parsed || !parsed->scheme || !*parsed->scheme) {
        xmlFreeURI(parsed);
        return eb_error_set(err, EB_ERR_INVALID_ARG, "'%s' is not a connection URI, such as vbox:///session",
                            text);
    }
    uri = EB_NEW(struct eb_uri);
    uri->text = eb_strdup(text);
    plus = strchr(parsed->scheme, '+');
    uri->scheme =
        plus ? eb_strndup(parsed->scheme, (size_t)(plus - parsed->scheme)) : eb_strdup(parsed->scheme);
    uri->transport = plus ? eb_strdup(plus + 1) : NULL;
    uri->server = parsed->server && *parsed->server ? eb_strdup(parsed->server) : NULL;
    uri->user = parsed->user && *parsed->user ? unescape(parsed->user, strlen(parsed->user)) : NULL;
    uri->port = parsed->port > 0 ? parsed->port : 0;
    uri->path = parsed->path ? unescape(parsed->path, strlen(parsed->path)) : eb_strdup("");
    if (!uri->path)
        result = eb_error_set(err, EB_ERR_INVALID_ARG, "URI '%s' has a broken %% escape in its path", text);
    else if (parsed->query_raw)
        result = parse_query(uri, parsed->query_raw, err);
    xmlFreeURI(parsed);
    if (result < 0)
        eb_uri_free(uri);
    else
        *out = uri;
    return result;
}
